"""People and what they did, told to an ad platform: audiences, conversions, and what it suggests."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AwareDatetime, Field, model_validator

from socialcommerce.models.ads import Match
from socialcommerce.models.base import Entity, Input, Many, Personal, Record, absent
from socialcommerce.models.identity import PersonalText
from socialcommerce.models.message import Consent
from socialcommerce.models.money import Money

__all__ = [
    "ActionSource",
    "Audience",
    "AudienceInput",
    "AudienceMember",
    "AudienceStatus",
    "ClickIds",
    "ConversionEvent",
    "ConversionItem",
    "ConversionType",
    "Suggestion",
    "TargetingOption",
]

AudienceStatus: TypeAlias = Literal["not_ready", "ready", "too_small", "failed", "other"]
ConversionType: TypeAlias = Literal[
    "purchase",
    "add_to_cart",
    "initiate_checkout",
    "add_payment_info",
    "view_content",
    "page_view",
    "search",
    "add_to_wishlist",
    "lead",
    "complete_registration",
    "contact",
    "subscribe",
    "refund",
    "other",
]
ActionSource: TypeAlias = Literal[
    "website", "app", "physical_store", "messaging", "email", "phone_call", "system", "other"
]


class AudienceMember(Input):
    """One person, as plainly as you know them; the backend normalises and hashes as its platform asks.

    ``phone`` in E.164 (``+6591234567``), ``country`` ISO 3166-1, ``birth_date`` as ``YYYY-MM-DD``.
    A value that is already a SHA-256 in hex is passed on as it is where the platform takes hashes.
    """

    email: PersonalText = None
    phone: PersonalText = None
    mobile_ad_id: PersonalText = None
    external_id: PersonalText = None
    platform_user_id: PersonalText = None
    first_name: PersonalText = None
    last_name: PersonalText = None
    birth_date: PersonalText = None
    gender: Annotated[Literal["female", "male"] | None, Personal()] = None
    city: PersonalText = None
    region: PersonalText = None
    postal_code: PersonalText = None
    country: str | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        known = self.email, self.phone, self.mobile_ad_id, self.external_id, self.platform_user_id
        if not any(known) and not (self.first_name and self.last_name and self.postal_code):
            raise ValueError("give an email, a phone, an id, or a full name with postal_code")
        return self


class AudienceInput(Input):
    """An audience to make. ``consent`` says where the people agreed, and is compulsory for a list of people.

    ``seed_id`` is the audience a lookalike grows from, in ``countries``, by ``ratio`` (0.01 is 1 %).
    """

    name: str = Field(min_length=1)
    kind: Literal["customer_list", "lookalike", "website", "app", "engagement"] = "customer_list"
    description: str = ""
    consent: Consent | None = None
    members: Many[AudienceMember] = ()
    retention_days: int | None = Field(default=None, gt=0)
    seed_id: str | None = None
    countries: Many[str] = ()
    ratio: Decimal | None = Field(default=None, gt=0, le=Decimal("0.2"))

    @model_validator(mode="after")
    def _fits_kind(self) -> Self:
        if self.kind == "customer_list" and self.consent is None:
            raise ValueError("a list of people needs consent=Consent(source, obtained_at, purposes=['ads'])")
        if self.kind == "lookalike" and self.seed_id is None:
            raise ValueError("a lookalike needs the seed_id of the audience it grows from")
        return self


class Audience(Entity):
    """People an ad may reach. ``size_min`` and ``size_max`` are the platform's estimate."""

    name: str = absent()
    kind: Literal["customer_list", "lookalike", "website", "app", "engagement", "other"] = "other"
    native_kind: str | None = None
    status: AudienceStatus = "other"
    native_status: str | None = None
    size_min: int | None = None
    size_max: int | None = None
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None


class ClickIds(Input):
    """What the platforms' own links and cookies left behind; give what you kept of the click."""

    click_id: str | None = None
    browser_id: str | None = None
    ip: PersonalText = None
    user_agent: PersonalText = None


class ConversionItem(Input):
    """One product of a conversion."""

    id: str
    quantity: int = Field(default=1, ge=1)
    price: Money | None = None


class ConversionEvent(Input):
    """Something a person did after an ad. ``event_id`` makes a repeat harmless: keep it the same.

    ``source`` is the pixel, data set or event set it goes to. ``test_code`` sends it to the platform's
    test page alone. ``native_type`` names an event of the seller's own where ``type`` is ``other``.
    """

    type: ConversionType
    event_id: str = Field(min_length=1)
    occurred_at: AwareDatetime
    source: str = Field(min_length=1)
    action_source: ActionSource
    person: AudienceMember | None = None
    click: ClickIds | None = None
    value: Money | None = None
    order_id: str | None = None
    items: Many[ConversionItem] = ()
    url: str | None = None
    consent: Consent | None = None
    test_code: str | None = None
    native_type: str | None = None

    @model_validator(mode="after")
    def _can_be_matched(self) -> Self:
        if self.person is None and self.click is None:
            raise ValueError("give the person, or the click it came from: nothing else finds the ad")
        if self.type == "purchase" and self.value is None:
            raise ValueError("a purchase has a value")
        return self


class TargetingOption(Entity):
    """One thing to target, as ``targeting.search`` finds it; ``id`` goes into ``Targeting``."""

    name: str = absent()
    kind: str = "other"
    path: tuple[str, ...] = ()
    audience_size: int | None = None


class Suggestion(Record):
    """What the platform recommends: a value with its bounds (bid, budget, ROAS), a keyword, a product."""

    kind: Literal["bid", "budget", "roas", "keywords", "products"]
    product_id: str | None = None
    amount: Money | None = None
    amount_min: Money | None = None
    amount_max: Money | None = None
    roas: Decimal | None = None
    roas_min: Decimal | None = None
    roas_max: Decimal | None = None
    keyword: str | None = None
    match: Match | None = None
    search_volume: int | None = None
    reason: str | None = None
