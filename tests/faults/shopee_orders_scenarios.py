"""Every write of Shopee's orders and returns as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from tests.faults.scenarios import PICTURE, Scenario, order, two_orders, wishing_to_cancel
from tests.faults.shopee_catalog_scenarios import sgd

from socialcommerce import Client
from socialcommerce.models import (
    AcceptReturn,
    Dispute,
    LineRef,
    OfferPartial,
    OwnCarrier,
    Pickup,
    Received,
    RefundOnly,
    Reject,
)
from socialcommerce.simulators.entities import Order, Return
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import return_cases

__all__ = ["SCENARIOS"]


EMAIL = "seller@example.com"


# -- orders


def order_of_two(shop: Client) -> Order:
    """An order of two lines: a second purchase put into the first one's parcel."""
    first = order(shop)
    shop.market.add_product("POT", 10)
    second = shop.market.default.orders.pop(shop.market.buy("POT"))
    first.lines += second.lines
    first.packages[0].contents |= {line.id: line.quantity for line in second.lines}
    return first


def on(channel: int, furnished: Callable[[Client], Order] = order) -> Callable[[Client], Order]:
    def arrange(shop: Client) -> Order:
        made = furnished(shop)
        for package in made.packages:
            package.native["channel"] = channel
        return made

    return arrange


def missed(shop: Client) -> Order:
    made = order(shop)
    shop.orders.ship(made.id)
    shop.market.default.miss_pickup(made.id)
    return made


def shipped(shop: Client) -> Order:
    made = order(shop)
    shop.orders.ship(made.id)
    shop.market.advance(timedelta(minutes=10))
    return made


def arranged(_: Market, one: Order) -> int:
    return sum(package.arranged is not None for package in one.packages)


def _orders() -> Iterator[Scenario]:
    ship = "*/logistics/ship_order"
    yield Scenario("orders.ship", ship, lambda shop, one: shop.orders.ship(one.id), arranged, order)
    yield Scenario(
        "orders.ship, collected", ship, lambda shop, one: shop.orders.ship(one.id, Pickup()), arranged, order
    )
    yield Scenario(
        "orders.ship, own fleet",
        ship,
        lambda shop, one: shop.orders.ship(one.id, OwnCarrier("80015", "MY-1")),
        arranged,
        on(80015),
    )
    yield Scenario(
        "orders.ship, several",
        "*/logistics/mass_ship_order",
        lambda shop, both: shop.orders.ship([one.id for one in both]),
        lambda market, both: sum(arranged(market, one) for one in both) // 2,
        two_orders,
    )
    for step, count in (
        ("order/split_order", lambda market, found: len(found[0].packages) - 1),
        ("logistics/ship_order", lambda market, found: arranged(market, found[0])),
    ):
        yield Scenario(
            f"orders.ship of lines, at {step.partition('/')[2]}",
            f"*/{step}",
            lambda shop, found: shop.orders.ship(found[0].id, lines=[found[1]]),
            count,
            _with_first_line,
        )
    yield Scenario(
        "orders.split",
        "*/order/split_order",
        lambda shop, found: shop.orders.split(found[0].id, [[key] for key in found[1]]),
        lambda market, found: len(found[0].packages) - 1,
        _with_keys,
    )
    yield Scenario(
        "orders.split, joined again",
        "*/order/unsplit_order",
        lambda shop, found: shop.orders.split(found[0].id, [found[1]]),
        lambda market, found: 2 - len(found[0].packages),
        _split,
    )
    yield Scenario(
        "orders.label",
        "*/logistics/create_shipping_document",
        lambda shop, one: shop.orders.label(one.id),
        lambda market, one: int("document" in one.packages[0].native),
        shipped,
        harmless=True,
    )
    yield Scenario(
        "orders.cancel",
        "*/order/cancel_order",
        lambda shop, one: shop.orders.cancel(one.id, "out_of_stock"),
        lambda market, one: int(one.status == "cancelled"),
        order,
    )
    yield Scenario(
        "orders.cancel of lines",
        "*/order/cancel_order",
        lambda shop, found: shop.orders.cancel(found[0].id, "out_of_stock", lines=[found[2]]),
        lambda market, found: sum(line.cancelled + line.cancel_requested for line in found[0].lines),
        _with_first_line,
    )
    for accept, status in ((True, "cancelled"), (False, "ready")):
        yield Scenario(
            f"orders.cancellations.answer, {'accept' if accept else 'reject'}",
            "*/order/handle_buyer_cancellation",
            lambda shop, one, accept=accept: shop.orders.cancellations.answer(one.id, accept=accept),
            lambda market, one, status=status: int(one.status == status),
            wishing_to_cancel,
        )
    yield Scenario(
        "orders.note",
        "*/order/set_note",
        lambda shop, one: shop.orders.note(one.id, "fragile"),
        lambda market, one: int(one.note == "fragile"),
        order,
    )
    yield Scenario(
        "orders.update_tracking, another collection",
        "*/logistics/update_shipping_order",
        lambda shop, one: shop.orders.update_tracking(one.id, Pickup()),
        lambda market, one: int(one.packages[0].status == "arranged"),
        missed,
    )
    yield Scenario(
        "orders.update_tracking, own number",
        "*/logistics/update_tracking_status",
        lambda shop, one: shop.orders.update_tracking(one.id, OwnCarrier("90021", "BR-1")),
        lambda market, one: int(one.packages[0].tracking_number == "BR-1"),
        on(90021),
        "BRL",
    )


def _with_first_line(shop: Client) -> Any:
    made = order_of_two(shop)
    key = shop.orders.get(made.id).lines[0].key
    return made, key, LineRef(key, 1)


def _with_keys(shop: Client) -> Any:
    made = order_of_two(shop)
    return made, [line.key for line in shop.orders.get(made.id).lines]


def _split(shop: Client) -> Any:
    made, keys = _with_keys(shop)
    shop.orders.split(made.id, [[key] for key in keys])
    return made, keys


# -- returns


def request(shop: Client) -> Return:
    made = order(shop)
    shop.market.default.ship(made.id)
    found: Return = shop.market.default.returns[shop.market.request_return(made.id)]
    return found


def countered(shop: Client) -> Return:
    found = request(shop)
    return_cases.buyer_counters(shop.market.default, found, "5")
    return found


def coming_back(shop: Client) -> Return:
    found = request(shop)
    return_cases.buyer_sends_back(shop.market.twins["shopee"], shop.market.default, found)
    return found


def accepted(_: Market, found: Return) -> int:
    return int(found.status == "accepted")


def offered(_: Market, found: Return) -> int:
    return int(found.native["negotiation"]["negotiation_status"] == "PENDING_BUYER_RESPOND")


def disputed(_: Market, found: Return) -> int:
    return int(found.native["dispute"] is not None)


def _returns() -> Iterator[Scenario]:
    evidence = [PICTURE]
    reason = "50"
    decisions: list[tuple[str, str, Any, Callable[[Market, Return], int], Callable[[Client], Return]]] = [
        ("accept the return", "confirm", AcceptReturn(), accepted, request),
        ("refund only", "offer", RefundOnly(), offered, request),
        ("refund only, as the buyer offers", "accept_offer", RefundOnly(), accepted, countered),
        ("offer a part", "offer", OfferPartial(sgd("4")), offered, request),
        ("received", "confirm", Received(), accepted, coming_back),
        ("dispute", "dispute", Dispute(reason, email=EMAIL, evidence=evidence), disputed, request),
        ("reject", "dispute", Reject(reason, evidence=evidence, native={"email": EMAIL}), disputed, request),
    ]
    for name, step, decision, count, arrange in decisions:
        yield Scenario(
            f"orders.returns.decide, {name}",
            f"*/returns/{step}",
            lambda shop, found, decision=decision: shop.orders.returns.decide(found.id, decision),
            count,
            arrange,
        )


SCENARIOS: tuple[Scenario, ...] = (*_orders(), *_returns())
