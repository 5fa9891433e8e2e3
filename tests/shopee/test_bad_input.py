"""What is wrong with an input is said before anything is written, and names the field and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import pytest
from tests.faults.scenarios import PICTURE
from tests.faults.shopee_catalog_scenarios import mug, sgd, shirt

from socialcommerce import Client, connect, simulate
from socialcommerce.backends import Shopee
from socialcommerce.errors import (
    AuthenticationError,
    ConfigurationError,
    InvalidRequest,
    NotFound,
    PolicyViolation,
    SocialCommerceError,
    Unsupported,
)
from socialcommerce.models import (
    Budget,
    CampaignInput,
    Image,
    LineRef,
    Media,
    Money,
    OwnCarrier,
    PriceChange,
    ProductInput,
    Ref,
    StockChange,
    VariantInput,
)

Case: TypeAlias = tuple[Callable[[Any], Any], type[SocialCommerceError], str]

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  # naive on purpose
SHIRTS = [f"colour {number}" for number in range(51)]


def shop_of(currency: str) -> Client:
    """A shop with a product, an order, a conversation and a campaign."""
    shop = simulate("shopee", currency=currency)
    shop.market.add_product("MUG", 10)
    shop.market.add_product("POT", 10)
    shop.market.buy("MUG", 2)
    shop.market.say("hello")
    return shop


def the(shop: Client, shelf: str) -> str:
    """The id of the first thing on a shelf."""
    return next(iter(getattr(shop.market.default, shelf)))


def priced(amount: str, currency: str = "SGD") -> Money:
    return Money(amount, currency)


def two_prices(*amounts: Money) -> ProductInput:
    variants = [
        VariantInput(sku=f"T-{number}", quantity=1, price=amount, options={"Size": str(number)})
        for number, amount in enumerate(amounts)
    ]
    return mug(variants=variants)


def three_tiers() -> ProductInput:
    options = {"Colour": "red", "Size": "S", "Cut": "slim"}
    return mug(variants=[VariantInput(sku="T", quantity=1, price=sgd("10"), options=options)])


def plan(**changes: Any) -> CampaignInput:
    given: dict[str, Any] = {
        "products": [Ref(sku="MUG")],
        "budget": Budget(kind="daily", amount=sgd("20")),
        "status": "active",
    }
    return CampaignInput(**given | changes)


def create(product: Callable[[], ProductInput]) -> Callable[[Client], Any]:
    return lambda shop: shop.catalog.create(product())


def first(result: Any) -> Any:
    return result[0].unwrap()


TIMES: dict[str, Case] = {
    "naive time, orders": (
        lambda shop: shop.orders.list(created_after=NAIVE).collect(),
        InvalidRequest,
        "created_after",
    ),
    "naive time, catalog": (
        lambda shop: shop.catalog.list(updated_after=NAIVE).collect(),
        InvalidRequest,
        "updated_after",
    ),
    "naive time, returns": (
        lambda shop: shop.orders.returns.list(updated_before=NAIVE).collect(),
        InvalidRequest,
        "updated_before",
    ),
    "naive time, chat": (
        lambda shop: shop.messaging.conversations(updated_after=NAIVE).collect(),
        InvalidRequest,
        "updated_after",
    ),
    "naive time, changes": (lambda shop: list(shop.orders.changes(since=NAIVE)), InvalidRequest, "since"),
    "time upside down": (
        lambda shop: shop.orders.list(
            created_after=shop.market.now(), created_before=shop.market.now() - timedelta(days=1)
        ).collect(),
        InvalidRequest,
        "created_before",
    ),
    "report days upside down": (
        lambda shop: shop.ads.report("account", date(2026, 11, 2), date(2026, 11, 1)),
        InvalidRequest,
        "until",
    ),
}

MONEY: dict[str, Case] = {
    "float as price": (
        lambda shop: shop.catalog.set_prices([PriceChange(sku="MUG", base_price=19.9)]),
        InvalidRequest,
        "base_price",
    ),
    "price that would be cut": (
        lambda shop: first(shop.catalog.set_prices([PriceChange(sku="MUG", base_price=priced("10.005"))])),
        InvalidRequest,
        "base_price",
    ),
    "new price that would be cut": (
        create(lambda: two_prices(sgd("1.001"), sgd("2"))),
        InvalidRequest,
        "price",
    ),
    "another currency": (
        lambda shop: first(shop.catalog.set_prices([PriceChange(sku="MUG", base_price=priced("10", "MYR"))])),
        InvalidRequest,
        "SGD",
    ),
    "mixed currencies": (create(lambda: two_prices(sgd("10"), priced("10", "MYR"))), InvalidRequest, "SGD"),
    "prices too far apart": (create(lambda: two_prices(sgd("1"), sgd("1000"))), InvalidRequest, "price"),
    "budget in another currency": (
        lambda shop: shop.ads.campaigns.create(
            plan(budget=Budget(kind="daily", amount=priced("20", "MYR"))), may_spend=True
        ),
        InvalidRequest,
        "SGD",
    ),
    "budget that would be cut": (
        lambda shop: shop.ads.campaigns.create(
            plan(budget=Budget(kind="daily", amount=priced("20.001"))), may_spend=True
        ),
        InvalidRequest,
        "budget",
    ),
    "ROAS that would be cut": (
        lambda shop: shop.ads.campaigns.create(plan(target_roas=Decimal("4.55")), may_spend=True),
        InvalidRequest,
        "target_roas",
    ),
}

SIZES: dict[str, Case] = {
    "over-long title": (create(lambda: mug(title="x" * 500)), InvalidRequest, "title"),
    "no title": (create(lambda: mug(title="")), InvalidRequest, "title"),
    "too many images": (create(lambda: mug(media=[PICTURE] * 10)), InvalidRequest, "media"),
    "no image": (create(lambda: mug(media=[])), InvalidRequest, "media"),
    "image by address": (
        create(lambda: mug(media=[Media.from_url("https://a.example.com/a.png")])),
        Unsupported,
        "from_bytes",
    ),
    "no variant": (create(lambda: mug(variants=[])), InvalidRequest, "variants"),
    "51 variants": (create(lambda: shirt(*SHIRTS)), InvalidRequest, "variants"),
    "three options": (create(three_tiers), InvalidRequest, "options"),
    "options twice": (create(lambda: shirt("red", "red")), InvalidRequest, "T-red"),
    "no leaf category": (create(lambda: mug(categories=["1"])), InvalidRequest, "categor"),
    "no category": (create(lambda: mug(categories=[])), InvalidRequest, "categories"),
    "negative quantity": (
        lambda shop: first(shop.catalog.set_stock([StockChange(sku="MUG", quantity=-1)])),
        InvalidRequest,
        "quantity",
    ),
    "negative quantity of a new product": (
        create(lambda: mug(variants=[VariantInput(sku="A", quantity=-1, price=sgd("1"))])),
        InvalidRequest,
        "quantity",
    ),
    "more lines than ordered": (
        lambda shop: shop.orders.cancel(
            the(shop, "orders"),
            "out_of_stock",
            lines=[LineRef(shop.orders.get(the(shop, "orders")).lines[0].key, 9)],
        ),
        InvalidRequest,
        "lines",
    ),
    "picture too large for chat": (
        lambda shop: shop.messaging.send(
            the(shop, "conversations"), Image(Media.from_bytes(b"\x89PNG" + b"0" * 3_000_000, "image/png"))
        ),
        InvalidRequest,
        "2 MB",
    ),
}

NAMES: dict[str, Case] = {
    "unknown product": (lambda shop: shop.catalog.update("999", title="A new title"), NotFound, "999"),
    "a product that is no number": (lambda shop: shop.catalog.delete("abc"), NotFound, "abc"),
    "unknown SKU": (
        lambda shop: first(shop.catalog.set_stock([StockChange(sku="NO", quantity=1)])),
        Unsupported,
        "scan=True",
    ),
    "unknown order": (lambda shop: shop.orders.ship("2409XXXXXXXXXX"), NotFound, "2409XXXXXXXXXX"),
    "unknown campaign": (lambda shop: shop.ads.campaigns.set_status("999", "paused"), NotFound, "999"),
    "a campaign that is no number": (
        lambda shop: shop.ads.campaigns.set_status("x", "paused"),
        InvalidRequest,
        "id",
    ),
    "unknown line": (
        lambda shop: shop.orders.ship(the(shop, "orders"), lines=["0-0"]),
        InvalidRequest,
        "lines",
    ),
    "unknown carrier": (
        lambda shop: shop.orders.ship(the(shop, "orders"), OwnCarrier("DHL", "1")),
        SocialCommerceError,
        "method",
    ),
    "None for an id": (lambda shop: shop.orders.ship(None), InvalidRequest, "id"),
    "number for an id": (lambda shop: shop.catalog.delete(7), InvalidRequest, "id"),
    "unknown order status": (
        lambda shop: shop.orders.list(status="fresh").collect(),
        InvalidRequest,
        "status",
    ),
    "unknown product status": (
        lambda shop: shop.catalog.list(status="fresh").collect(),
        InvalidRequest,
        "status",
    ),
    "unknown status to set": (
        lambda shop: shop.ads.campaigns.set_status("999", "fresh"),
        InvalidRequest,
        "paused",
    ),
    "status that is not written": (create(lambda: mug(status="blocked")), InvalidRequest, "status"),
    "unknown reason": (
        lambda shop: shop.orders.cancel(the(shop, "orders"), "bored"),
        Unsupported,
        "out_of_stock",
    ),
    "reason of another region": (
        lambda shop: shop.orders.cancel(the(shop, "orders"), "undeliverable"),
        Unsupported,
        "TW",
    ),
    "unknown event": (lambda shop: shop.webhooks.subscribe(["order.exploded"]), InvalidRequest, "events"),
    "unknown part": (
        lambda shop: shop.catalog.update(the(shop, "products"), colour="red"),
        SocialCommerceError,
        "colour",
    ),
    "nothing to say": (
        lambda shop: shop.messaging.send(the(shop, "conversations"), []),
        InvalidRequest,
        "contents",
    ),
    "empty text": (lambda shop: shop.messaging.send(the(shop, "conversations"), ""), InvalidRequest, "text"),
    "spending that was not allowed": (
        lambda shop: shop.ads.campaigns.create(plan()),
        PolicyViolation,
        "may_spend=True",
    ),
}


def cursor(shop: Client) -> str:
    listing = shop.catalog.list()
    next(iter(listing))
    return str(listing.cursor)


CURSORS: dict[str, Case] = {
    "cursor of another listing": (
        lambda shop: shop.orders.list(cursor=cursor(shop)).collect(),
        InvalidRequest,
        "cursor",
    ),
    "cursor of other filters": (
        lambda shop: shop.catalog.list(status="draft", cursor=cursor(shop)).collect(),
        InvalidRequest,
        "cursor",
    ),
    "no cursor at all": (lambda shop: shop.orders.list(cursor="page 2").collect(), InvalidRequest, "cursor"),
    "cursor cut short": (
        lambda shop: shop.catalog.list(cursor=cursor(shop)[:-4]).collect(),
        InvalidRequest,
        "cursor",
    ),
}

CREDENTIALS: dict[str, Case] = {
    "no partner id": (
        lambda shop: connect("shopee", partner_key="key"),
        ConfigurationError,
        "SOCIALCOMMERCE_SHOPEE_PARTNER_ID",
    ),
    "unknown setting": (lambda shop: connect("shopee", partner="1"), ConfigurationError, "partner_id"),
    "partner id that is no number": (lambda shop: Shopee("abc", "key"), ConfigurationError, "partner_id"),
    "no token": (
        lambda shop: simulate("shopee", market=shop.market, authorized=False).store.info(),
        AuthenticationError,
        "authorize_url",
    ),
    "no account": (
        lambda shop: Client(Shopee("1", "key"), transport=nothing_goes_out).store.info(),
        ConfigurationError,
        "shop_id",
    ),
}


def nothing_goes_out(request: Any) -> Any:
    raise AssertionError(f"{request} was sent")


CASES: dict[str, Case] = TIMES | MONEY | SIZES | NAMES | CURSORS | CREDENTIALS


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_field_and_remedy_and_nothing_is_written(name: str) -> None:
    act, kind, words = CASES[name]
    with shop_of("SGD") as shop:
        with pytest.raises(kind) as caught:
            act(shop)
        assert words in str(caught.value)
        written = [seen.path for seen in shop.market.requests if not _reads(seen)]
        assert not written


def _reads(seen: Any) -> bool:
    """Some reads of Shopee are POST; their names say so."""
    return seen.method == "GET" or seen.path.rpartition("/")[2].startswith("get_")


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError, match="Decimal, an int or text"):
        Money(19.9, "SGD")  # type: ignore[arg-type]  # that is the mistake


def test_an_empty_list_is_an_empty_result() -> None:
    with shop_of("SGD") as shop:
        for answer in (
            shop.catalog.create([]),
            shop.catalog.set_stock([]),
            shop.catalog.set_prices([]),
            shop.catalog.delete([]),
            shop.catalog.publish([]),
            shop.catalog.upsert([]),
            shop.orders.ship([]),
            shop.orders.get([]),
            shop.ads.campaigns.delete([]),
        ):
            assert list(answer) == []
        assert shop.market.requests == []
