"""Every write of TikTok Shop as data, as ``scenarios`` holds those of Shopee."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from tests.faults.scenarios import PACKAGE, PICTURE, Scenario, live, order, product, talk, two_orders

from socialcommerce import Client
from socialcommerce.models import (
    AcceptReturn,
    Consent,
    Identity,
    Image,
    LineRef,
    Media,
    Money,
    OfferPartial,
    OrderCard,
    OwnCarrier,
    Pickup,
    PriceChange,
    ProductCard,
    ProductInput,
    ProductRef,
    Received,
    RefundInput,
    RefundOnly,
    Reject,
    ReturnInput,
    StockChange,
    VariantInput,
)
from socialcommerce.simulators.entities import Order, Product, Return
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.tiktok_shop.defaults import units_of
from socialcommerce.simulators.tiktok_shop.push import TOPICS

__all__ = ["SCENARIOS", "listing", "usd"]

Write = partial(Scenario, platform="tiktok_shop", currency="USD")
"""One write of TikTok Shop, in a shop of the United States."""

TITLE = "A plain white mug for tea and coffee"
LEAF = "600001"
UPS = "7117858858072016686"
GOODWILL = "seller_refund_reason_goodwill"
OUT = "seller_cancel_reason_out_of_stock"


def usd(amount: str) -> Money:
    return Money(amount, "USD")


# -- catalog


def listing(sku: str | None = "MUG", **fields: Any) -> ProductInput:
    given: dict[str, Any] = {
        "title": TITLE,
        "description": "A mug, plain and white, for tea and for coffee.",
        "categories": [LEAF],
        "media": [PICTURE],
        "package": PACKAGE,
        "variants": [VariantInput(sku=sku, quantity=5, price=usd("10"))],
    }
    return ProductInput(**given | fields)


def _named(market: Market, made: Product) -> int:
    """Whether the new title is there, on sale or under review."""
    pending = made.native["pending"] or {}
    return int("A new name for it" in (made.title, pending.get("title")))


def _described(shop: Client) -> Product:
    made = product(shop)
    made.description = "A mug, plain and white."
    return made


def _of_status(status: str) -> Callable[[Client], Product]:
    def arrange(shop: Client) -> Product:
        made = product(shop)
        made.status = status
        return made

    return arrange


def _is(*statuses: str) -> Callable[[Market, Product], int]:
    return lambda market, made: int(made.status in statuses)


def _catalog() -> Iterator[Scenario]:
    made = "POST /product/202309/products"
    edited = "POST */partial_edit"
    yield Write("catalog.create", made, lambda shop, _: shop.catalog.create(listing()), _listed)
    yield Write(
        "catalog.create, without a SKU", made, lambda shop, _: shop.catalog.create(listing(None)), _listed
    )
    yield Write(
        "catalog.create, of two inputs alike",
        made,
        lambda shop, _: shop.catalog.create(listing(None)),
        lambda market, _: len(live(market)) - 1,
        lambda shop: shop.catalog.create(listing(None)),
    )
    yield Write(
        "catalog.create, a draft",
        made,
        lambda shop, _: shop.catalog.create(listing(status="draft")),
        _listed,
    )
    yield Write(
        "catalog.update",
        edited,
        lambda shop, one: shop.catalog.update(one.id, title="A new name for it"),
        _named,
        product,
    )
    yield Write(
        "catalog.update, whole",
        "PUT /product/202509/products/*",
        lambda shop, one: shop.catalog.update(one.id, native={"minimum_order_quantity": 3}),
        lambda market, one: int((one.native["pending"] or one.native).get("minimum_order_quantity") == 3),
        _described,
    )
    yield Write(
        "catalog.update, off sale too",
        "POST */deactivate",
        lambda shop, one: shop.catalog.update(one.id, title="A new name for it", status="inactive"),
        _is("inactive"),
        product,
    )
    yield Write(
        "catalog.delete",
        "DELETE /product/202309/products",
        lambda shop, one: shop.catalog.delete(one.id),
        _is("deleted"),
        product,
    )
    yield Write(
        "catalog.publish",
        "POST */products/activate",
        lambda shop, one: shop.catalog.publish(one.id),
        _is("pending", "active"),
        _of_status("inactive"),
    )
    yield Write(
        "catalog.publish, a draft",
        edited,
        lambda shop, one: shop.catalog.publish(one.id),
        _is("pending", "active"),
        _of_status("draft"),
    )
    yield Write(
        "catalog.unpublish",
        "POST */products/deactivate",
        lambda shop, one: shop.catalog.unpublish(one.id),
        _is("inactive"),
        product,
    )
    yield Write(
        "catalog.set_stock",
        "POST */inventory/update",
        lambda shop, _: shop.catalog.set_stock([StockChange(sku="MUG", quantity=25)]),
        lambda market, one: int(one.variants[0].available == 25),
        product,
    )
    yield Write(
        "catalog.set_stock, adding",
        "POST */inventory/update",
        lambda shop, _: shop.catalog.set_stock([StockChange(sku="MUG", quantity=5, mode="add", expected=10)]),
        lambda market, one: (one.variants[0].available - 10) // 5,
        product,
    )
    yield Write(
        "catalog.set_prices",
        "POST */prices/update",
        lambda shop, _: shop.catalog.set_prices([PriceChange(sku="MUG", base_price=usd("12.50"))]),
        lambda market, one: int(one.variants[0].price == Decimal("12.5")),
        product,
    )
    yield Write("catalog.upsert, making", made, lambda shop, _: shop.catalog.upsert([listing()]), _listed)
    yield Write(
        "catalog.upsert, changing",
        edited,
        lambda shop, _: shop.catalog.upsert([listing(title="A new name for it")]),
        _named,
        lambda shop: shop.market.add_product("MUG", 10, category_id=LEAF),
    )
    yield Write(
        "catalog.upload_media",
        "POST /product/202309/images/upload",
        lambda shop, _: shop.catalog.upload_media(PICTURE),
        lambda market, _: min(1, len(market.twins["tiktok_shop"].images)),  # type: ignore[attr-defined]  # a picture that nobody names is harmless
    )
    yield Write(
        "catalog.upload_media, a document",
        "POST /product/202309/files/upload",
        lambda shop, _: shop.catalog.upload_media(Media.from_bytes(b"%PDF-1.4", "application/pdf")),
        lambda market, _: _files(market, "/obj/"),
    )


def _files(market: Market, folder: str) -> int:
    """Whether the platform holds such a file; one that nobody names is harmless."""
    kept = market.twins["tiktok_shop"].files  # type: ignore[attr-defined]  # the twin of TikTok Shop keeps files
    return int(any(path.startswith(folder) for path in kept))


def _listed(market: Market, _: Any) -> int:
    return len(live(market))


# -- orders


def of_seller(furnished: Callable[[Client], Any] = order) -> Callable[[Client], Any]:
    """A shop that ships by itself."""

    def arrange(shop: Client) -> Any:
        shop.market.default.native["shipping_type"] = "SELLER"
        return furnished(shop)

    return arrange


def of_one_buyer(shop: Client) -> list[Order]:
    first, second = two_orders(shop)
    second.buyer = first.buyer
    return [first, second]


def of_two_lines(shop: Client) -> Any:
    made = order(shop)
    return made, shop.orders.get(made.id).lines[0].key


def shipped(shop: Client) -> Order:
    made = order(shop)
    shop.orders.ship(made.id, OwnCarrier(UPS, "1Z999AA1"))
    return made


def sold(shop: Client) -> Order:
    made = order(shop)
    shop.market.complete(made.id)
    return made


def wishing_to_cancel(shop: Client) -> Order:
    made = order(shop)
    shop.market.request_cancellation(made.id)
    return made


def sent(_: Market, one: Order) -> int:
    return sum(package.arranged is not None for package in one.packages)


def parcels(_: Market, found: Any) -> int:
    return len(found[0].packages) - 1


def cases(market: Market, _: Any) -> int:
    return len(market.default.returns)


def _orders() -> Iterator[Scenario]:
    ship = "POST */packages/*/ship"
    own = OwnCarrier(UPS, "1Z999AA1")
    bought = Pickup(
        native={"weight": {"value": "1", "unit": "POUND"}, "shipping_service_id": "711000000000000000"}
    )
    yield Write("orders.ship", ship, lambda shop, one: shop.orders.ship(one.id), sent, order)
    yield Write(
        "orders.ship, collected", ship, lambda shop, one: shop.orders.ship(one.id, Pickup()), sent, order
    )
    yield Write(
        "orders.ship, with a label bought",
        "POST /fulfillment/202512/packages",
        lambda shop, one: shop.orders.ship(one.id, bought),
        sent,
        order,
    )
    yield Write(
        "orders.ship, own carrier",
        "POST /fulfillment/202610/orders/*/packages",
        lambda shop, one: shop.orders.ship(one.id, own),
        sent,
        of_seller(),
    )
    yield Write(
        "orders.ship, own carrier in South-East Asia",
        ship,
        lambda shop, one: shop.orders.ship(one.id, own),
        sent,
        of_seller(),
        currency="SGD",
    )
    yield Write(
        "orders.ship, several",
        "POST */202309/packages/ship",
        lambda shop, both: shop.orders.ship([one.id for one in both]),
        lambda market, both: sum(sent(market, one) for one in both) // 2,
        two_orders,
    )
    for step, count in (("split", parcels), ("ship", lambda market, found: sent(market, found[0]))):
        yield Write(
            f"orders.ship of lines, at {step}",
            f"POST */{step}",
            lambda shop, found: shop.orders.ship(found[0].id, lines=[LineRef(found[1], 1)]),
            count,
            of_two_lines,
        )
    yield Write(
        "orders.ship of lines, own carrier",
        "POST /fulfillment/202610/orders/*/packages",
        lambda shop, found: shop.orders.ship(found[0].id, own, lines=[LineRef(found[1], 1)]),
        lambda market, found: sent(market, found[0]),
        of_seller(of_two_lines),
    )
    yield Write(
        "orders.split",
        "POST */split",
        lambda shop, found: shop.orders.split(found[0].id, [[LineRef(found[1], 1)], [LineRef(found[1], 1)]]),
        parcels,
        of_two_lines,
    )
    yield Write(
        "orders.combine",
        "POST */packages/combine",
        _combine,
        lambda market, both: int(both[0].packages[0].id == both[1].packages[0].id),
        lambda shop: [*of_one_buyer(shop), shop],
    )
    yield Write(
        "orders.update_tracking",
        "POST */shipping_info/update",
        lambda shop, one: shop.orders.update_tracking(one.id, OwnCarrier(UPS, "1Z999AA2")),
        lambda market, one: int(one.packages[0].tracking_number == "1Z999AA2"),
        of_seller(shipped),
    )


def _combine(shop: Any, both: Any) -> Any:
    packages = [both[2].orders.get(one.id).packages[0] for one in both[:2]]
    return shop.orders.combine(packages)


# -- what comes after the sale


def _aftersales() -> Iterator[Scenario]:
    wish = "POST /return_refund/202602/cancellations"
    yield Write(
        "orders.cancel",
        wish,
        lambda shop, one: shop.orders.cancel(one.id, OUT),
        lambda market, one: int(one.status == "cancelled"),
        order,
    )
    yield Write(
        "orders.cancel of lines",
        wish,
        lambda shop, found: shop.orders.cancel(found[0].id, OUT, lines=[LineRef(found[1], 1)]),
        lambda market, found: sum(unit.cancelled for unit in units_of(found[0])),
        of_two_lines,
    )
    yield Write(
        "orders.cancellations.create",
        wish,
        lambda shop, one: shop.orders.cancellations.create(one.id, OUT),
        lambda market, one: len(market.default.native["cancellations"]),
        order,
    )
    for verb, status, given in (
        ("approve", "cancelled", {"accept": True}),
        ("reject", "ready", {"accept": False, "reason": "seller_reject_apply_product_has_been_packed"}),
    ):
        yield Write(
            f"orders.cancellations.answer, {verb}",
            f"POST */cancellations/*/{verb}",
            lambda shop, one, given=given: shop.orders.cancellations.answer(one.id, **given),
            lambda market, one, status=status: int(one.status == status),
            wishing_to_cancel,
        )
    opened = "POST /return_refund/202602/returns"
    yield Write(
        "orders.refund",
        opened,
        lambda shop, found: shop.orders.refund(found[0].id, _one_unit(found[1])),
        cases,
        _sold_line,
    )
    yield Write(
        "orders.refund, of a line after another",
        opened,
        lambda shop, found: shop.orders.refund(found[0].id, _one_unit(found[1])),
        lambda market, found: cases(market, found) - 1,
        _refunded_once,
    )
    yield Write(
        "orders.returns.create",
        opened,
        lambda shop, found: shop.orders.returns.create(
            found[0].id,
            ReturnInput(kind="return_and_refund", reason=GOODWILL, lines=[LineRef(found[1], 1)]),
        ),
        cases,
        _sold_line,
    )


def _one_unit(key: str) -> RefundInput:
    return RefundInput(move_money=True, reason=GOODWILL, lines=[LineRef(key, 1)])


def _sold_line(shop: Client) -> Any:
    made = sold(shop)
    return made, shop.orders.get(made.id).lines[0].key


def _refunded_once(shop: Client) -> Any:
    made, key = _sold_line(shop)
    shop.orders.refund(made.id, _one_unit(key))
    return made, key


def request(shop: Client) -> Return:
    made = sold(shop)
    found: Return = shop.market.default.returns[shop.market.request_return(made.id)]
    return found


def for_money(shop: Client) -> Return:
    found = request(shop)
    found.native["type"] = "REFUND"
    return found


def coming_back(shop: Client) -> Return:
    found = request(shop)
    shop.orders.returns.decide(found.id, AcceptReturn())
    shop.market.advance(timedelta(days=1, minutes=1))
    return found


def _decisions() -> Iterator[Scenario]:
    rows: tuple[tuple[str, str, Any, str, Callable[[Client], Return]], ...] = (
        ("accept the return", "approve", AcceptReturn(), "AWAITING_BUYER_SHIP", request),
        ("refund only", "approve", RefundOnly(), "RETURN_OR_REFUND_REQUEST_COMPLETE", for_money),
        ("let the buyer keep it", "approve", RefundOnly(), "RETURN_OR_REFUND_REQUEST_COMPLETE", request),
        ("part of the money", "approve", OfferPartial(usd("5")), "AWAITING_BUYER_RESPONSE", request),
        (
            "refuse",
            "reject",
            Reject("seller_reject_apply_item_as_described"),
            "REFUND_OR_RETURN_REQUEST_REJECT",
            request,
        ),
        ("goods came back", "approve", Received(), "RETURN_OR_REFUND_REQUEST_COMPLETE", coming_back),
        (
            "refuse the goods",
            "reject",
            Reject("seller_reject_receive_wrong_item"),
            "REJECT_RECEIVE_PACKAGE",
            coming_back,
        ),
        (
            "part of the money for what came back",
            "reject",
            OfferPartial(usd("5"), native={"reject_reason": "seller_reject_receive_item_damaged"}),
            "AWAITING_BUYER_RESPONSE",
            coming_back,
        ),
    )
    for name, step, decision, status, arrange in rows:
        yield Write(
            f"orders.returns.decide, {name}",
            f"POST */returns/*/{step}",
            lambda shop, found, decision=decision: shop.orders.returns.decide(found.id, decision),
            lambda market, found, status=status: int(found.native["status"] == status),
            arrange,
        )


# -- messaging


def said(market: Market, _: Any) -> int:
    return len(market.outbox)


def _answered(shop: Client) -> str:
    thread = talk(shop)
    shop.messaging.send(thread, "It is!")
    return thread


def _messaging() -> Iterator[Scenario]:
    send = "POST /customer_service/202606/*/messages"
    yield Write(
        "messaging.send, text", send, lambda shop, thread: shop.messaging.send(thread, "It is!"), said, talk
    )
    yield Write(
        "messaging.send, the same text again",
        send,
        lambda shop, thread: shop.messaging.send(thread, "It is!"),
        lambda market, thread: said(market, thread) - 1,
        _answered,
    )
    yield Write(
        "messaging.send, picture",
        send,
        lambda shop, thread: shop.messaging.send(thread, Image(PICTURE)),
        said,
        talk,
    )
    yield Write(
        "messaging.send, product card",
        send,
        lambda shop, found: shop.messaging.send(found[0], ProductCard([ProductRef(found[1].id)])),
        said,
        lambda shop: (talk(shop), product(shop)),
    )
    yield Write(
        "messaging.send, order card to the buyer of an order",
        send,
        lambda shop, one: shop.messaging.send(one, OrderCard(one.id)),
        said,
        lambda shop: shop.orders.get(order(shop).id),
    )
    yield Write(
        "messaging.send, opening the conversation",
        "POST /customer_service/202309/conversations",
        lambda shop, one: shop.messaging.send(one, "Thank you!"),
        said,
        lambda shop: shop.orders.get(order(shop).id),
    )
    yield Write(
        "messaging.mark_read",
        "POST */messages/read",
        lambda shop, thread: shop.messaging.mark_read(thread),
        lambda market, thread: int(market.default.conversations[thread].unread == 0),
        talk,
    )
    yield Write(
        "messaging.upload_media",
        "POST /customer_service/202309/images/upload",
        lambda shop, _: shop.messaging.upload_media(PICTURE),
        lambda market, _: _files(market, "/tos-im/"),
    )
    yield Write(
        "messaging.broadcast, the task",
        "POST */engagement_tasks/custom",
        _broadcast,
        lambda market, _: len(market.default.native["tasks"]),
        lambda shop: shop.orders.get(order(shop).id),
    )
    yield Write(
        "messaging.broadcast, its messages",
        "POST /customer_engagement/202412/messages",
        _broadcast,
        lambda market, _: sum(len(task["emails"]) for task in market.default.native["tasks"].values()),
        lambda shop: shop.orders.get(order(shop).id),
    )


def _broadcast(shop: Any, one: Any) -> Any:
    consent = Consent(source="checkout", obtained_at=shop.market.now(), purposes=["messaging"])
    who = [Identity(kind="email", value=one.buyer.email)]
    return shop.messaging.broadcast(who, "Something new\nCome and see.", consent=consent)


# -- webhooks and consent


def _topics(market: Market) -> set[str]:
    app = market.twins["tiktok_shop"].apps[0]  # type: ignore[attr-defined]  # the twin of TikTok Shop has apps
    return set(app.subscriptions.get(market.default.id, {}))


def _subscribe(shop: Any, _: Any) -> Any:
    shop.backend.callback_urls["default"] = "https://shop.example.com/hooks"
    return shop.webhooks.subscribe(["ORDER_STATUS_CHANGE"])


def _pairs(market: Market) -> int:
    """How many pairs of tokens were ever given."""
    return len(market.twins["tiktok_shop"].authority._access)  # type: ignore[attr-defined]  # the twin of TikTok Shop keeps such a book


def _consented(shop: Client) -> Any:
    url = shop.auth.authorize_url("https://seller.example.com/back")
    return shop.market.consent(url), _pairs(shop.market)


def _new_pairs(market: Market, found: Any) -> int:
    return _pairs(market) - int(found[1])


def _the_rest() -> Iterator[Scenario]:
    hooks = "/event/202309/webhooks"
    topic = "ORDER_STATUS_CHANGE"
    assert topic in TOPICS
    yield Write(
        "webhooks.subscribe",
        f"PUT {hooks}",
        _subscribe,
        lambda market, _: int(topic in _topics(market)),
        step=f"PUT {topic}",
    )
    yield Write(
        "webhooks.unsubscribe",
        f"DELETE {hooks}",
        lambda shop, _: shop.webhooks.unsubscribe([topic]),
        lambda market, _: int(topic not in _topics(market)),
        lambda shop: _subscribe(shop, None),
        step=f"DELETE {topic}",
    )
    yield Write(
        "auth.exchange",
        "GET /api/v2/token/get",
        lambda shop, found: shop.auth.exchange(found[0]),
        _new_pairs,
        _consented,
    )
    yield Write(
        "auth.refresh",
        "GET /api/v2/token/refresh",
        lambda shop, _: shop.auth.refresh(),
        _new_pairs,
        lambda shop: (None, _pairs(shop.market)),
    )


SCENARIOS: tuple[Scenario, ...] = (
    *_catalog(),
    *_orders(),
    *_aftersales(),
    *_decisions(),
    *_messaging(),
    *_the_rest(),
)
