"""Every write of TikTok Shop's orders, of what comes after the sale and of returns, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from tests.faults.scenarios import Scenario, order, two_orders, wishing_to_cancel
from tests.faults.tiktok_shop_write import Write, usd

from socialcommerce import Client
from socialcommerce.models import (
    AcceptReturn,
    LineRef,
    OfferPartial,
    OwnCarrier,
    Pickup,
    Received,
    RefundInput,
    RefundOnly,
    Reject,
    ReturnInput,
)
from socialcommerce.simulators.entities import Order, Return
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.tiktok_shop.defaults import units_of

__all__ = ["OUT", "SCENARIOS"]


UPS = "7117858858072016686"
GOODWILL = "seller_refund_reason_goodwill"
OUT = "seller_cancel_reason_out_of_stock"


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


SCENARIOS: tuple[Scenario, ...] = (*_orders(), *_aftersales(), *_decisions())
