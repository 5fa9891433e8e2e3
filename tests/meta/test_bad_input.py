"""What is wrong with an input is said before anything is written, and names the field and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from attrs import frozen
from tests.meta.ads_scenarios import ad, daily, group, plan
from tests.meta.catalog_scenarios import mug, shirts, usd

from socialcommerce import Client, connect, simulate
from socialcommerce.backends import Meta
from socialcommerce.errors import (
    AuthenticationError,
    ConfigurationError,
    Conflict,
    InvalidRequest,
    NotFound,
    PolicyViolation,
    SocialCommerceError,
    Unsupported,
)
from socialcommerce.models import (
    AudienceInput,
    AudienceMember,
    Consent,
    Delivery,
    Identity,
    Image,
    Media,
    Money,
    PriceChange,
    Sale,
    StockChange,
    Targeting,
    VariantInput,
)
from socialcommerce.models.content import ProductCard, ProductRef, QuickReplies, QuickReply
from socialcommerce.models.message import TemplateInput

Case: TypeAlias = tuple[Callable[[Any], Any], type[SocialCommerceError], str]

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  # naive on purpose
PLATFORMS = ("meta", "whatsapp")
DAYS = (date(2026, 11, 1), date(2026, 11, 2))
CONSENT = Consent(source="checkout", obtained_at=datetime(2025, 1, 1, tzinfo=UTC), purposes=["ads"])
ANN = AudienceMember(email="ann@example.com")


def shop_of(platform: str = "meta", currency: str = "USD") -> Client:
    """A seller with two products and a conversation."""
    shop = simulate(platform, currency=currency)
    shop.market.add_product("MUG", 10)
    shop.market.add_product("POT", 10)
    shop.market.say("hello")
    return shop


def item(shop: Any, number: int = 0) -> str:
    """The id of an item of the catalogue."""
    return str(list(shop.market.default.products.values())[number].variants[0].id)


def talk(shop: Any) -> str:
    return str(next(iter(shop.market.default.conversations)))


def first(result: Any) -> Any:
    return result[0].unwrap() if hasattr(result, "values") else result


def create(**fields: Any) -> Callable[[Any], Any]:
    return lambda shop: shop.catalog.create(mug(**fields))


def of_one(**fields: Any) -> list[VariantInput]:
    return [VariantInput(**{"sku": "NEW", "quantity": 1, "price": usd("1")} | fields)]


# -- the catalogue, which is one for both platforms

CATALOG: dict[str, Case] = {
    "naive time": (
        lambda shop: shop.catalog.list(updated_after=NAIVE).collect(),
        SocialCommerceError,
        "updated_after",
    ),
    "unknown status": (lambda shop: shop.catalog.list(status="fresh").collect(), InvalidRequest, "status"),
    "float as price": (
        lambda shop: shop.catalog.set_prices([PriceChange(sku="MUG", base_price=19.9)]),
        InvalidRequest,
        "base_price",
    ),
    "price that would be cut": (
        lambda shop: first(shop.catalog.set_prices([PriceChange(sku="MUG", base_price=usd("10.005"))])),
        InvalidRequest,
        "base_price",
    ),
    "no new price": (
        lambda shop: first(shop.catalog.set_prices([PriceChange(sku="MUG")])),
        InvalidRequest,
        "price",
    ),
    "a sale that ends before it begins": (
        lambda shop: first(
            shop.catalog.set_prices(
                [
                    PriceChange(
                        sku="MUG",
                        sale=Sale(
                            price=usd("5"),
                            from_=shop.market.now(),
                            until=shop.market.now() - timedelta(days=1),
                        ),
                    )
                ]
            )
        ),
        InvalidRequest,
        "sale",
    ),
    "negative quantity": (
        lambda shop: first(shop.catalog.set_stock([StockChange(sku="MUG", quantity=-1)])),
        InvalidRequest,
        "quantity",
    ),
    "stock that was counted before": (
        lambda shop: first(shop.catalog.set_stock([StockChange(sku="MUG", quantity=1, expected=99)])),
        Conflict,
        "expected 99",
    ),
    "more stock, repeatable or not": (
        lambda shop: first(shop.catalog.set_stock([StockChange(sku="MUG", quantity=1, mode="add")])),
        Unsupported,
        "expected",
    ),
    "stock at a place": (
        lambda shop: first(shop.catalog.set_stock([StockChange(sku="MUG", quantity=1, location="x")])),
        Unsupported,
        "location",
    ),
    "no title": (create(title=""), InvalidRequest, "title"),
    "over-long title": (create(title="x" * 500), InvalidRequest, "title"),
    "over-long description": (create(description="x" * 10_001), InvalidRequest, "description"),
    "no picture": (create(media=[]), InvalidRequest, "media"),
    "a picture from this machine": (
        create(media=[Media.from_bytes(b"\x89PNG", "image/png")]),
        SocialCommerceError,
        "media",
    ),
    "no variant": (create(variants=[]), InvalidRequest, "variants"),
    "no SKU": (create(variants=of_one(sku=None)), InvalidRequest, "sku"),
    "over-long SKU": (create(variants=of_one(sku="S" * 101)), InvalidRequest, "sku"),
    "a SKU twice": (create(variants=[*shirts("Red"), *shirts("Red")]), InvalidRequest, "TEE-Red"),
    "no price": (create(variants=of_one(price=None)), InvalidRequest, "price"),
    "price of less than nothing": (create(variants=of_one(price=usd("-1"))), InvalidRequest, "price"),
    "new price that would be cut": (create(variants=of_one(price=usd("1.001"))), InvalidRequest, "price"),
    "a SKU that is taken": (create(variants=of_one(sku="MUG")), Conflict, "upsert"),
    "no address of a page": (create(url=None), InvalidRequest, "url"),
    "unknown native field of a new product": (
        create(native={"colour": "red"}),
        InvalidRequest,
        "native.colour",
    ),
    "over-long title of an edit": (
        lambda shop: shop.catalog.update(item(shop), title="x" * 500),
        InvalidRequest,
        "title",
    ),
    "unknown part": (
        lambda shop: shop.catalog.update(item(shop), colour="red"),
        SocialCommerceError,
        "colour",
    ),
    "unknown product": (lambda shop: shop.catalog.update("999", title="A new title"), NotFound, "999"),
    "a product that is no id": (lambda shop: shop.catalog.delete("../me"), SocialCommerceError, "../me"),
    "a product of spaces": (lambda shop: shop.catalog.get(" "), SocialCommerceError, "product"),
    "number for an id": (lambda shop: shop.catalog.delete(7), SocialCommerceError, "7"),
    "cursor of nowhere": (
        lambda shop: shop.catalog.list(cursor="page 2").collect(),
        InvalidRequest,
        "cursor",
    ),
    "cursor of other filters": (
        lambda shop: shop.catalog.list(status="inactive", cursor=cursor(shop)).collect(),
        InvalidRequest,
        "cursor",
    ),
    "cursor cut short": (
        lambda shop: shop.catalog.list(cursor=cursor(shop)[:-4]).collect(),
        InvalidRequest,
        "cursor",
    ),
}


def cursor(shop: Client) -> str:
    with simulate(shop.backend.name, market=shop.market, page_size=1) as paged:
        listing = paged.catalog.list()
        next(iter(listing))
        return str(listing.cursor)


# -- advertising

ADS: dict[str, Case] = {
    "budget in another currency": (
        lambda shop: shop.ads.campaigns.create(plan(budget=evolve_budget("50", "EUR"))),
        InvalidRequest,
        "USD",
    ),
    "budget that would be cut": (
        lambda shop: shop.ads.campaigns.create(plan(budget=daily("50.005"))),
        InvalidRequest,
        "budget",
    ),
    "budget of nothing": (
        lambda shop: shop.ads.campaigns.create(plan(budget=daily("0"))),
        InvalidRequest,
        "budget",
    ),
    "a legal declaration that was not made": (
        lambda shop: shop.ads.campaigns.create(plan(native={})),
        InvalidRequest,
        "special_ad_categories",
    ),
    "unknown objective": (
        lambda shop: shop.ads.campaigns.create(plan(delivery=Delivery(objective="fame"))),
        InvalidRequest,
        "objective",
    ),
    "no name": (lambda shop: shop.ads.campaigns.create(plan(name="")), InvalidRequest, "name"),
    "an ad group of no campaign": (
        lambda shop: shop.ads.ad_groups.create(group()),
        InvalidRequest,
        "campaign",
    ),
    "an ad of no ad group": (lambda shop: shop.ads.ads.create(ad()), InvalidRequest, "ad_group"),
    "unknown campaign": (lambda shop: shop.ads.campaigns.get("999"), NotFound, "999"),
    "a campaign that is no number": (
        lambda shop: shop.ads.campaigns.set_status("../me", "paused"),
        SocialCommerceError,
        "../me",
    ),
    "unknown status": (
        lambda shop: shop.ads.campaigns.set_status("1", "asleep"),
        InvalidRequest,
        "status",
    ),
    "unknown part": (
        lambda shop: shop.ads.campaigns.update("1", colour="red"),
        SocialCommerceError,
        "colour",
    ),
    "days upside down": (lambda shop: shop.ads.report("campaign", DAYS[1], DAYS[0]), InvalidRequest, "until"),
    "unknown level": (lambda shop: shop.ads.report("planet", *DAYS), InvalidRequest, "level"),
    "unknown breakdown": (
        lambda shop: shop.ads.report("campaign", *DAYS, breakdowns=["mood"]),
        SocialCommerceError,
        "mood",
    ),
    "unknown metric": (
        lambda shop: shop.ads.report("campaign", *DAYS, metrics=["joy"]),
        SocialCommerceError,
        "joy",
    ),
    "people who were not asked": (
        lambda shop: shop.ads.audiences.create(AudienceInput(name="Friends", members=[ANN])),
        SocialCommerceError,
        "consent",
    ),
    "a picture that is none": (
        lambda shop: shop.ads.upload_media(Media.from_bytes(b"hello", "text/plain")),
        SocialCommerceError,
        "media",
    ),
}


def evolve_budget(amount: str, currency: str) -> Any:
    return daily(amount).model_copy(update={"amount": Money(amount, currency)})


# -- messages

READY = {"name": "shipped", "language": "en_US", "category": "utility", "body": "On its way"}
MESSAGES: dict[str, Case] = {
    "naive time": (
        lambda shop: shop.messaging.messages(talk(shop), since=NAIVE).collect(),
        InvalidRequest,
        "since",
    ),
    "nothing to say": (lambda shop: shop.messaging.send(talk(shop), []), InvalidRequest, "contents"),
    "empty text": (lambda shop: shop.messaging.send(talk(shop), ""), InvalidRequest, "text"),
    "over-long text": (lambda shop: shop.messaging.send(talk(shop), "x" * 2001), InvalidRequest, "2000"),
    "a picture too large": (
        lambda shop: shop.messaging.send(
            talk(shop), Image(Media.from_bytes(b"\x89PNG" + b"0" * 27_000_000, "image/png"))
        ),
        InvalidRequest,
        "MB",
    ),
    "a key that Messenger does not know": (
        lambda shop: shop.messaging.send(talk(shop), "hi", idempotency_key="k"),
        Unsupported,
        "idempotency_key",
    ),
    "marketing": (
        lambda shop: shop.messaging.send(talk(shop), "Buy!", purpose="marketing"),
        Unsupported,
        "marketing",
    ),
    "unknown purpose": (
        lambda shop: shop.messaging.send(talk(shop), "hi", purpose="fun"),
        InvalidRequest,
        "purpose",
    ),
    "too many quick replies": (
        lambda shop: shop.messaging.send(
            talk(shop), QuickReplies("Size?", [QuickReply(str(one)) for one in range(14)])
        ),
        InvalidRequest,
        "13",
    ),
    "a product that is not there": (
        lambda shop: shop.messaging.send(talk(shop), ProductCard([ProductRef(sku="NO")])),
        SocialCommerceError,
        "NO",
    ),
    "unknown conversation": (lambda shop: shop.messaging.send("t_999", "hi"), NotFound, "t_999"),
    "a person by telephone": (
        lambda shop: shop.messaging.send(Identity(kind="phone", value="+1 650 555 1234"), "hi"),
        InvalidRequest,
        "phone",
    ),
    "None for a conversation": (lambda shop: shop.messaging.send(None, "hi"), InvalidRequest, "to"),
    "closed window": (
        lambda shop: shop.market.advance(timedelta(hours=25)) or shop.messaging.send(talk(shop), "late"),
        PolicyViolation,
        "24",
    ),
    "a template that is no utility": (
        lambda shop: shop.messaging.templates.create(TemplateInput(**READY | {"category": "marketing"})),
        InvalidRequest,
        "category",
    ),
    "a variable without an example": (
        lambda shop: shop.messaging.templates.create(TemplateInput(**READY | {"body": "Hi {{name}}"})),
        InvalidRequest,
        "name",
    ),
    "a template that is not there": (
        lambda shop: shop.messaging.templates.delete("no_such"),
        NotFound,
        "no_such",
    ),
    "unknown event": (lambda shop: shop.webhooks.subscribe(["order.exploded"]), InvalidRequest, "events"),
    "an event without an address": (
        lambda shop: shop.webhooks.subscribe(["message.received"], endpoint="nowhere"),
        ConfigurationError,
        "callback_urls",
    ),
}

# -- credentials


def nothing_goes_out(request: Any) -> Any:
    raise AssertionError(f"{request} was sent")


def alone(**settings: Any) -> Client:
    return Client(Meta(**settings), transport=nothing_goes_out)


CREDENTIALS: dict[str, Case] = {
    "unknown setting": (lambda _: connect("meta", key="1"), ConfigurationError, "app_id"),
    "no token": (
        lambda _: alone(app_id=1, app_secret="s", catalog_id=2).catalog.get("1"),
        AuthenticationError,
        "authorize_url",
    ),
    "no catalogue": (
        lambda _: alone(access_token="t").catalog.list().collect(),
        ConfigurationError,
        "catalog_id",
    ),
    "no ad account": (
        lambda _: alone(access_token="t").ads.campaigns.list().collect(),
        ConfigurationError,
        "ad_account_id",
    ),
    "no page": (
        lambda _: alone(access_token="t").messaging.conversations().collect(),
        ConfigurationError,
        "page_id",
    ),
    "a version that is none": (lambda _: Meta(api_version="26"), ConfigurationError, "api_version"),
    "no app to log in with": (
        lambda _: alone().auth.authorize_url("https://a.example.com"),
        ConfigurationError,
        "app_id",
    ),
    "a slot that is none": (lambda shop: shop.auth.status(slot="seller"), SocialCommerceError, "slot"),
    "a return that is forged": (
        lambda shop: shop.auth.exchange({"code": "c", "state": "theirs"}, state="ours"),
        AuthenticationError,
        "forged",
    ),
    "a return without a code": (lambda shop: shop.auth.exchange({}), AuthenticationError, "no code"),
    "a return without its address": (
        lambda shop: shop.auth.exchange({"code": "c"}),
        InvalidRequest,
        "redirect_uri",
    ),
}


@frozen
class Told:
    """What an input leads to: a platform, and the case."""

    platform: str
    name: str
    case: Case


CASES = [
    *(Told(platform, name, case) for platform in PLATFORMS for name, case in CATALOG.items()),
    *(Told("meta", name, case) for table in (ADS, MESSAGES, CREDENTIALS) for name, case in table.items()),
]


@pytest.mark.parametrize("told", CASES, ids=lambda one: f"{one.platform}: {one.name}")
def test_it_is_refused_with_field_and_remedy_and_nothing_is_written(told: Told) -> None:
    act, kind, words = told.case
    with shop_of(told.platform) as shop:
        with pytest.raises(kind) as caught:
            act(shop)
        assert words in str(caught.value)
        sent = [(seen.method, seen.path) for seen in shop.market.requests]
        assert not [line for line in sent if line[0] != "GET" and line[1] not in READING]


READING = {"/v26.0/", "/", "/v26.0"}
"""Where a batch of reads goes, which is a POST."""


AIMED: dict[str, tuple[Targeting | None, str]] = {
    "nobody to show it to": (None, "countries"),
}


@pytest.mark.parametrize("name", AIMED)
def test_a_wrong_aim_is_told_before_anything_is_made_of_it(name: str) -> None:
    targeting, words = AIMED[name]
    with shop_of() as shop:
        made = shop.ads.campaigns.create(plan())
        wrong = group(made.id, delivery=Delivery(goal="clicks", targeting=targeting))
        with pytest.raises(InvalidRequest, match=words):
            shop.ads.ad_groups.create(wrong)
        assert shop.ads.ad_groups.list().collect() == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_empty_list_is_an_empty_result(platform: str) -> None:
    with shop_of(platform) as shop:
        for answer in (
            shop.catalog.create([]),
            shop.catalog.upsert([]),
            shop.catalog.set_stock([]),
            shop.catalog.set_prices([]),
            shop.catalog.delete([]),
            shop.catalog.publish([]),
            shop.catalog.unpublish([]),
        ):
            assert list(answer) == []
        assert shop.market.requests == []
