"""What is wrong with an input is said before anything is written, and names the field and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest
from tests.faults.scenarios import PICTURE
from tests.faults.tiktok_shop_catalog_scenarios import listing
from tests.faults.tiktok_shop_orders_scenarios import OUT
from tests.faults.tiktok_shop_write import usd

from socialcommerce import Client, connect, simulate
from socialcommerce.backends import TikTokShop
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
    Identity,
    Image,
    LineRef,
    Media,
    Money,
    OwnCarrier,
    Pickup,
    PriceChange,
    ProductInput,
    RefundInput,
    StockChange,
    VariantInput,
)

Case: TypeAlias = tuple[Callable[[Any], Any], type[SocialCommerceError], str]

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  # naive on purpose


def shop_of(currency: str = "USD") -> Client:
    """A shop with two products, an order and a conversation."""
    shop = simulate("tiktok_shop", currency=currency)
    shop.market.add_product("MUG", 10)
    shop.market.add_product("POT", 10)
    shop.market.buy("MUG", 2)
    shop.market.say("hello")
    return shop


def the(shop: Client, shelf: str) -> str:
    """The id of the first thing on a shelf."""
    return next(iter(getattr(shop.market.default, shelf)))


def of_sizes(*prices: Money, options: int = 1) -> ProductInput:
    """A product with a variant a price."""
    variants = [
        VariantInput(
            sku=f"T-{number}",
            quantity=1,
            price=price,
            options={f"Option {at}": str(number) for at in range(options)},
        )
        for number, price in enumerate(prices)
    ]
    return listing(variants=variants)


def create(product: Callable[[], ProductInput]) -> Callable[[Client], Any]:
    return lambda shop: shop.catalog.create(product())


def first(result: Any) -> Any:
    return result[0].unwrap() if hasattr(result, "values") else result


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
    "naive time, cancellations": (
        lambda shop: shop.orders.cancellations.list(created_before=NAIVE).collect(),
        InvalidRequest,
        "created_before",
    ),
    "naive time, chat": (
        lambda shop: shop.messaging.messages(the(shop, "conversations"), since=NAIVE).collect(),
        InvalidRequest,
        "since",
    ),
    "naive time, changes": (lambda shop: list(shop.orders.changes(since=NAIVE)), InvalidRequest, "since"),
    "time upside down": (
        lambda shop: shop.orders.list(
            created_after=shop.market.now(), created_before=shop.market.now() - timedelta(days=1)
        ).collect(),
        InvalidRequest,
        "created_before",
    ),
}

MONEY: dict[str, Case] = {
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
    "price of nothing": (create(lambda: of_sizes(usd("0"))), InvalidRequest, "price"),
    "new price that would be cut": (create(lambda: of_sizes(usd("1.001"))), InvalidRequest, "price"),
    "another currency": (
        lambda shop: first(shop.catalog.set_prices([PriceChange(sku="MUG", base_price=Money("9", "EUR"))])),
        InvalidRequest,
        "USD",
    ),
    "mixed currencies": (create(lambda: of_sizes(usd("10"), Money("10", "EUR"))), InvalidRequest, "USD"),
    "refund in another currency": (
        lambda shop: shop.orders.refund(
            delivered(shop), RefundInput(move_money=True, amount=Money("1", "EUR"), reason=GOODWILL)
        ),
        InvalidRequest,
        "USD",
    ),
    "refund of too much": (
        lambda shop: shop.orders.refund(
            delivered(shop), RefundInput(move_money=True, amount=usd("999"), reason=GOODWILL)
        ),
        InvalidRequest,
        "at most",
    ),
}

GOODWILL = "seller_refund_reason_goodwill"


def delivered(shop: Any) -> str:
    order = the(shop, "orders")
    shop.market.complete(order)
    return order


SIZES: dict[str, Case] = {
    "over-long title": (create(lambda: listing(title="x" * 500)), InvalidRequest, "title"),
    "no title": (create(lambda: listing(title="")), InvalidRequest, "title"),
    "over-long title of an edit": (
        lambda shop: shop.catalog.update(the(shop, "products"), title="x" * 500),
        InvalidRequest,
        "title",
    ),
    "over-long description": (
        create(lambda: listing(description="x" * 10_001)),
        InvalidRequest,
        "description",
    ),
    "too many images": (create(lambda: listing(media=[PICTURE] * 10)), InvalidRequest, "media"),
    "too many images of an edit": (
        lambda shop: shop.catalog.update(the(shop, "products"), media=[PICTURE] * 10),
        InvalidRequest,
        "media",
    ),
    "no image": (create(lambda: listing(media=[])), InvalidRequest, "media"),
    "image by address": (
        create(lambda: listing(media=[Media.from_url("https://a.example.com/a.png")])),
        Unsupported,
        "from_bytes",
    ),
    "a picture of a kind that is not taken": (
        create(lambda: listing(media=[Media.from_bytes(b"GIF89a", "image/gif")])),
        InvalidRequest,
        "media",
    ),
    "no variant": (create(lambda: listing(variants=[])), InvalidRequest, "variants"),
    "301 variants": (create(lambda: of_sizes(*[usd("1")] * 301)), InvalidRequest, "variants"),
    "four options": (create(lambda: of_sizes(usd("1"), usd("2"), options=4)), InvalidRequest, "options"),
    "options twice": (
        create(
            lambda: listing(
                variants=[
                    VariantInput(sku=sku, quantity=1, price=usd("1"), options={"Colour": "red"})
                    for sku in ("A-1", "A-2")
                ]
            )
        ),
        InvalidRequest,
        "options",
    ),
    "over-long SKU": (
        create(lambda: listing("S" * 51)),
        InvalidRequest,
        "variants.sku",
    ),
    "two categories": (create(lambda: listing(categories=["600001", "600002"])), InvalidRequest, "categor"),
    "no category": (create(lambda: listing(categories=[])), InvalidRequest, "categories"),
    "half a parcel": (
        create(lambda: listing(package={"weight_g": 100, "length_mm": 10})),
        InvalidRequest,
        "package",
    ),
    "half a parcel of an edit": (
        lambda shop: shop.catalog.update(the(shop, "products"), package={"length_mm": 10}),
        InvalidRequest,
        "package",
    ),
    "unknown native field of a new product": (
        create(lambda: listing(native={"colour": "red"})),
        InvalidRequest,
        "native.colour",
    ),
    "unknown brand": (create(lambda: listing(brand="Nobody's")), SocialCommerceError, "brand"),
    "negative quantity": (
        lambda shop: first(shop.catalog.set_stock([StockChange(sku="MUG", quantity=-1)])),
        InvalidRequest,
        "quantity",
    ),
    "more stock than can be kept": (
        lambda shop: first(shop.catalog.set_stock([StockChange(sku="MUG", quantity=100_000)])),
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
    "more lines than ordered": (
        lambda shop: shop.orders.cancel(the(shop, "orders"), OUT, lines=[LineRef(line(shop), 9)]),
        InvalidRequest,
        "lines",
    ),
    "over-long key": (
        lambda shop: shop.catalog.create(listing(), idempotency_key="k" * 200),
        InvalidRequest,
        "idempotency_key",
    ),
    "over-long text": (
        lambda shop: shop.messaging.send(the(shop, "conversations"), "x" * 2001),
        InvalidRequest,
        "2000",
    ),
    "picture too large for chat": (
        lambda shop: shop.messaging.send(
            the(shop, "conversations"), Image(Media.from_bytes(b"\x89PNG" + b"0" * 10_500_000, "image/png"))
        ),
        InvalidRequest,
        "10 MB",
    ),
}


def line(shop: Any) -> str:
    return str(shop.orders.get(the(shop, "orders")).lines[0].key)


NAMES: dict[str, Case] = {
    "unknown product": (lambda shop: shop.catalog.update("999", title="A new title"), NotFound, "product"),
    "a product that is no number": (lambda shop: shop.catalog.delete("abc"), NotFound, "abc"),
    "unknown SKU": (
        lambda shop: first(shop.catalog.set_stock([StockChange(sku="NO", quantity=1)])),
        NotFound,
        "NO",
    ),
    "unknown order": (lambda shop: shop.orders.ship("576000000000000000"), NotFound, "576000000000000000"),
    "an order that is no number": (lambda shop: shop.orders.ship("../9"), SocialCommerceError, "../9"),
    "unknown line": (
        lambda shop: shop.orders.ship(the(shop, "orders"), lines=["0-0"]),
        InvalidRequest,
        "line",
    ),
    "no line": (
        lambda shop: shop.orders.cancel(the(shop, "orders"), OUT, lines=[]),
        InvalidRequest,
        "lines",
    ),
    "a carrier of one's own where TikTok ships": (
        lambda shop: shop.orders.ship(the(shop, "orders"), OwnCarrier("DHL", "1")),
        SocialCommerceError,
        "method",
    ),
    "another collection": (
        lambda shop: shop.orders.update_tracking(the(shop, "orders"), Pickup()),
        Unsupported,
        "OwnCarrier",
    ),
    "None for an id": (lambda shop: shop.orders.ship(None), InvalidRequest, "id"),
    "number for an id": (lambda shop: shop.catalog.delete(7), SocialCommerceError, "7"),
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
    "status that is not written": (create(lambda: listing(status="blocked")), InvalidRequest, "status"),
    "unknown reason": (
        lambda shop: shop.orders.cancel(the(shop, "orders"), "bored"),
        InvalidRequest,
        OUT,
    ),
    "unknown event": (lambda shop: shop.webhooks.subscribe(["order.exploded"]), InvalidRequest, "events"),
    "an event without an address": (
        lambda shop: shop.webhooks.subscribe(["order.paid"], endpoint="nowhere"),
        ConfigurationError,
        "callback_urls",
    ),
    "unknown part": (
        lambda shop: shop.catalog.update(the(shop, "products"), colour="red"),
        SocialCommerceError,
        "colour",
    ),
    "unknown native field": (
        lambda shop: shop.catalog.update(the(shop, "products"), native={"colour": "red"}),
        InvalidRequest,
        "native.colour",
    ),
    "nothing to say": (
        lambda shop: shop.messaging.send(the(shop, "conversations"), []),
        InvalidRequest,
        "contents",
    ),
    "empty text": (lambda shop: shop.messaging.send(the(shop, "conversations"), ""), InvalidRequest, "text"),
    "a crowd that was not asked": (
        lambda shop: shop.messaging.broadcast([Identity(kind="email", value="a@b.example")], "Title\nBody"),
        PolicyViolation,
        "consent",
    ),
    "a sale that is a promotion": (
        lambda shop: first(shop.catalog.set_prices([PriceChange(sku="MUG", sale=None, list_price=None)])),
        InvalidRequest,
        "price",
    ),
}


def cursor(shop: Client) -> str:
    listing_of_products = shop.catalog.list()
    next(iter(listing_of_products))
    return str(listing_of_products.cursor)


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
    "cursor of another platform": (
        lambda shop: shop.catalog.list(cursor=_of_shopee()).collect(),
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


def _of_shopee() -> str:
    with simulate("shopee", page_size=1) as shop:
        shop.market.add_product("MUG", 1)
        shop.market.add_product("POT", 1)
        return cursor(shop)


CREDENTIALS: dict[str, Case] = {
    "no app key": (
        lambda shop: connect("tiktok_shop", app_secret="secret"),
        ConfigurationError,
        "SOCIALCOMMERCE_TIKTOK_SHOP_APP_KEY",
    ),
    "an empty secret": (lambda shop: TikTokShop("key", ""), ConfigurationError, "app_secret"),
    "unknown setting": (lambda shop: connect("tiktok_shop", key="1"), ConfigurationError, "app_key"),
    "no token": (
        lambda shop: Client(TikTokShop("1", "key", shop_id=2), transport=nothing_goes_out).store.info(),
        AuthenticationError,
        "authorize_url",
    ),
    "no account": (
        lambda shop: Client(TikTokShop("1", "key"), transport=nothing_goes_out).store.info(),
        ConfigurationError,
        "shop_id",
    ),
    "no service id": (
        lambda shop: Client(TikTokShop("1", "key")).auth.authorize_url("https://a.example.com"),
        ConfigurationError,
        "service_id",
    ),
    "a return that is forged": (
        lambda shop: shop.auth.exchange({"code": "c", "state": "theirs"}, state="ours"),
        AuthenticationError,
        "forged",
    ),
    "a return without a code": (lambda shop: shop.auth.exchange({}), AuthenticationError, "no code"),
}


def nothing_goes_out(request: Any) -> Any:
    raise AssertionError(f"{request} was sent")


CASES: dict[str, Case] = TIMES | MONEY | SIZES | NAMES | CURSORS | CREDENTIALS
READS = ("/search", "/refunds/calculate")
"""Ends of the POST calls that only read."""


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_field_and_remedy_and_nothing_is_written(name: str) -> None:
    act, kind, words = CASES[name]
    with shop_of() as shop:
        with pytest.raises(kind) as caught:
            act(shop)
        assert words in str(caught.value)
        sent = [f"{seen.method} {seen.path}" for seen in shop.market.requests]
        assert not [line for line in sent if not line.startswith("GET") and not line.endswith(READS)]


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError, match="Decimal, an int or text"):
        Money(19.9, "USD")  # type: ignore[arg-type]  # that is the mistake


def test_an_empty_list_is_an_empty_result() -> None:
    with shop_of() as shop:
        for answer in (
            shop.catalog.create([]),
            shop.catalog.set_stock([]),
            shop.catalog.set_prices([]),
            shop.catalog.delete([]),
            shop.catalog.publish([]),
            shop.catalog.upsert([]),
            shop.orders.ship([]),
            shop.orders.get([]),
        ):
            assert list(answer) == []
        assert shop.market.requests == []
