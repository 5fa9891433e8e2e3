"""Advertising: campaigns, ad groups and ads, and what is handed in to make them.

Objects are made paused. Where a platform has fewer levels, the missing one is read as
``synthetic=True``; writing to it is refused with the name of the level to use.
"""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AwareDatetime, Field, model_validator

from socialcommerce.models.base import Entity, Exact, Given, Input, Many, Model, Value, absent
from socialcommerce.models.creatives import Creative
from socialcommerce.models.money import Money
from socialcommerce.models.product import RefLike, Review

__all__ = [
    "Ad",
    "AdDelivery",
    "AdGroup",
    "AdGroupInput",
    "AdInput",
    "AdStatus",
    "Bid",
    "BidStrategy",
    "BillingEvent",
    "Budget",
    "BudgetKind",
    "Campaign",
    "CampaignInput",
    "CampaignKind",
    "Delivery",
    "Goal",
    "Hours",
    "Keyword",
    "LaunchPlan",
    "Launched",
    "Objective",
    "Schedule",
    "Targeting",
]

AdStatus: TypeAlias = Literal["active", "paused", "archived", "draft", "deleted", "other"]
AdDelivery: TypeAlias = Literal[
    "delivering",
    "learning",
    "scheduled",
    "ended",
    "budget_exhausted",
    "balance_exhausted",
    "parent_paused",
    "paused",
    "in_review",
    "rejected",
    "limited",
    "account_issue",
    "other",
]
Objective: TypeAlias = Literal[
    "awareness",
    "traffic",
    "engagement",
    "video_views",
    "leads",
    "app_promotion",
    "conversions",
    "catalog_sales",
    "shop_sales",
    "messages",
    "followers",
    "store_visits",
    "other",
]
Goal: TypeAlias = Literal[
    "impressions",
    "reach",
    "clicks",
    "landing_page_views",
    "video_views",
    "leads",
    "app_installs",
    "add_to_cart",
    "purchases",
    "value",
    "conversations",
    "followers",
    "other",
]
BidStrategy: TypeAlias = Literal[
    "auto", "bid_cap", "cost_cap", "target_cost", "target_roas", "highest_value", "manual", "other"
]
BillingEvent: TypeAlias = Literal["impressions", "clicks", "video_views", "followers", "actions", "other"]
BudgetKind: TypeAlias = Literal["daily", "dynamic_daily", "lifetime", "monthly_cap", "unlimited"]
CampaignKind: TypeAlias = Literal["standard", "auto", "shop_gmv_max"]
Match: TypeAlias = Literal["exact", "phrase", "broad"]

Roas: TypeAlias = Annotated[Decimal, Exact, Field(gt=0)]


class Budget(Input):
    """How much may be spent. ``dynamic_daily`` may overspend one day and evens out over the week.

    ``shared_id`` is a budget of the account that several campaigns spend from. An amount the platform
    cannot take as it stands is refused, not rounded.
    """

    kind: BudgetKind
    amount: Money | None = None
    shared_id: str | None = None

    @model_validator(mode="after")
    def _amount_fits_kind(self) -> Self:
        if self.kind == "unlimited" and self.amount is not None:
            raise ValueError("an unlimited budget has no amount")
        if self.kind != "unlimited" and self.amount is None and self.shared_id is None:
            raise ValueError(f"a {self.kind} budget needs an amount, or the shared_id of one")
        if self.amount is not None and self.amount.amount <= 0:
            raise ValueError("a budget is above zero")
        return self


class Bid(Value):
    """How to bid. ``amount`` is the cap, the target or the bid, for the ``strategy`` that takes one."""

    strategy: BidStrategy = "auto"
    amount: Money | None = None
    billing_event: BillingEvent | None = None

    @model_validator(mode="after")
    def _amount_fits_strategy(self) -> Self:
        if self.strategy in {"bid_cap", "cost_cap", "target_cost", "manual"} and self.amount is None:
            raise ValueError(f"{self.strategy} needs an amount")
        if self.amount is not None and self.amount.amount <= 0:
            raise ValueError("a bid is above zero")
        return self


class Hours(Given):
    """A part of a weekday (0 is Monday), in the account's time zone; ``end`` None is midnight."""

    weekday: int = Field(ge=0, le=6)
    start: time = time(0)
    end: time | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end is not None and self.end <= self.start:
            raise ValueError("the end comes after the start; None is midnight")
        return self


class Schedule(Value):
    """From when to when; ``hours`` restricts it to parts of the week."""

    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    hours: Many[Hours] = ()

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("the end comes after the start")
        return self


class Keyword(Value):
    """A word people search for. ``negative`` keeps the advertisement away from it."""

    text: str = Field(min_length=1)
    match: Match = "broad"
    bid: Money | None = None
    negative: bool = False


class Targeting(Input):
    """Who shall see it. Countries are ISO 3166-1; the other ids come from ``targeting.search``.

    Ages are in years, inclusive. What is left out is not restricted.
    """

    countries: Many[str] = ()
    regions: Many[str] = ()
    age_min: int | None = Field(default=None, ge=13)
    age_max: int | None = Field(default=None, ge=13)
    genders: Many[Literal["female", "male", "unknown"]] = ()
    languages: Many[str] = ()
    interests: Many[str] = ()
    keywords: Many[Keyword | str] = ()
    audiences: Many[str] = ()
    placements: Many[str] = ()

    @model_validator(mode="after")
    def _ages_in_order(self) -> Self:
        if self.age_min is not None and self.age_max is not None and self.age_max < self.age_min:
            raise ValueError("age_max is not below age_min")
        return self


class Delivery(Input):
    """What to reach, how to bid, when, and for whom: one block, taken at any level.

    The backend puts each part where its platform keeps it, or refuses and names the level.
    """

    objective: Objective | None = None
    goal: Goal | None = None
    bid: Bid | None = None
    schedule: Schedule | None = None
    targeting: Targeting | None = None


class CampaignInput(Input):
    """A campaign to make; paused unless ``status`` says otherwise.

    ``name`` is left out where the platform names campaigns itself.
    """

    name: str | None = Field(default=None, min_length=1)
    kind: CampaignKind = "standard"
    status: Literal["paused", "active", "draft"] = "paused"
    budget: Budget | None = None
    target_roas: Roas | None = None
    delivery: Delivery | None = None
    products: Many[RefLike] = ()


class AdGroupInput(Input):
    """An ad group to make, in the campaign ``campaign_id`` (left out within a ``LaunchPlan``)."""

    name: str = Field(min_length=1)
    campaign_id: str | None = None
    status: Literal["paused", "active", "draft"] = "paused"
    budget: Budget | None = None
    target_roas: Roas | None = None
    delivery: Delivery | None = None
    products: Many[RefLike] = ()


class AdInput(Input):
    """An ad to make, in the ad group ``ad_group_id``.

    Within a ``LaunchPlan`` that is the ``name`` of one of its ad groups, and may be left out where
    there is only one. It shows a ``creative``, or, where the listing itself is the ad, ``products``.
    """

    name: str | None = Field(default=None, min_length=1)
    creative: Creative | None = None
    ad_group_id: str | None = None
    status: Literal["paused", "active", "draft"] = "paused"
    delivery: Delivery | None = None
    products: Many[RefLike] = ()

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if self.creative is None and not self.products:
            raise ValueError("give a creative, or the products whose listings are the ad")
        return self


class LaunchPlan(Input):
    """A whole tree to make in one go, and to go on with where it stopped."""

    campaign: CampaignInput
    ad_groups: Many[AdGroupInput] = ()
    ads: Many[AdInput] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        names = [group.name for group in self.ad_groups]
        if len(set(names)) < len(names):
            raise ValueError("each ad group of a plan has a name of its own")
        for ad in self.ads:
            if ad.ad_group_id is None and len(names) > 1:
                raise ValueError(f"ad {ad.name!r} does not say its ad group: ad_group_id, one of {names}")
            if ad.ad_group_id is not None and names and ad.ad_group_id not in names:
                raise ValueError(f"ad {ad.name!r} names ad group {ad.ad_group_id!r}; the plan has {names}")
        return self


class Campaign(Entity):
    """A campaign.

    ``status`` is what was set, ``delivery`` with ``reasons`` what happens. ``settings`` is the block an
    input calls ``delivery``, as far as the platform keeps it at this level.
    """

    name: str = absent()
    kind: CampaignKind = "standard"
    native_kind: str | None = None
    status: AdStatus = "other"
    native_status: str | None = None
    delivery: AdDelivery | None = None
    native_delivery: str | None = None
    reasons: tuple[str, ...] = ()
    review: Review | None = None
    budget: Budget | None = None
    target_roas: Decimal | None = None
    settings: Delivery | None = None
    native_objective: str | None = None
    synthetic: bool = False
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None


class AdGroup(Entity):
    """An ad group (ad set, ad squad, line item). See ``Campaign`` for the statuses."""

    name: str = absent()
    campaign_id: str = absent()
    status: AdStatus = "other"
    native_status: str | None = None
    delivery: AdDelivery | None = None
    native_delivery: str | None = None
    reasons: tuple[str, ...] = ()
    review: Review | None = None
    budget: Budget | None = None
    target_roas: Decimal | None = None
    settings: Delivery | None = None
    synthetic: bool = False
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None


class Ad(Entity):
    """An ad: what people see. See ``Campaign`` for the statuses."""

    name: str = absent()
    campaign_id: str | None = None
    ad_group_id: str = absent()
    status: AdStatus = "other"
    native_status: str | None = None
    delivery: AdDelivery | None = None
    native_delivery: str | None = None
    reasons: tuple[str, ...] = ()
    review: Review | None = None
    creative: Creative | None = None
    creative_id: str | None = None
    preview_url: str | None = None
    synthetic: bool = False
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None


class Launched(Model):
    """What a plan became, in the plan's own order."""

    campaign: Campaign
    ad_groups: tuple[AdGroup, ...] = ()
    ads: tuple[Ad, ...] = ()
