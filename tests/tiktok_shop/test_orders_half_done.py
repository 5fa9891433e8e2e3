"""What happened is told, also when the step after it fails or cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tiktok_shop.orders_wire import ONE, ORDER, OTHER, PACKAGE, lost, order, package, shop, unit
from tests.tiktok_shop.wire import Wire, refusal

from socialcommerce import Client, OwnCarrier
from socialcommerce.errors import OutcomeUnknown, PartiallyApplied, SocialCommerceError

BUY = "POST /fulfillment/202512/packages"
SHIP = f"POST /packages/{PACKAGE}/ship"
SLOTS = "GET /handover_time_slots"
RESUME = {"order_id": ORDER, "package_id": PACKAGE}


def bare() -> tuple[Wire, Client]:
    """A shop whose order has no package: a label must be bought."""
    wire, one = shop(order(*[unit(n, package_id="") for n in (1, 2, 3)]))
    wire[BUY] = {"package_id": PACKAGE}
    return wire, one


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        (SHIP, refusal(98001004, "no")),
        (SLOTS, refusal(36009003, "internal")),
        (SLOTS, {"can_pickup": True, "pickup_slots": [7]}),
    ],
)
def test_a_label_that_was_bought_is_told_when_the_hand_over_fails(step: str, reply: Any) -> None:
    wire, one = bare()
    wire[step] = reply
    with pytest.raises(PartiallyApplied, match="label") as failure:
        one.orders.ship(ORDER)
    told = failure.value
    assert (told.done, told.failed, told.resume) == (("label",), ("ship",), RESUME)
    assert told.__cause__ is not None


def test_a_hand_over_that_fails_without_a_label_is_a_plain_error() -> None:
    wire, one = shop()
    wire[SHIP] = refusal(98001004, "no")
    with pytest.raises(SocialCommerceError) as failure:
        one.orders.ship(ORDER)
    assert not isinstance(failure.value, PartiallyApplied)


def test_a_hand_over_nobody_can_tell_of_stays_unknown_after_a_label() -> None:
    wire, one = bare()
    wire[SHIP] = lost
    wire[ONE] = [package(), package("CANCELLED"), package("CANCELLED")]
    (outcome,) = one.orders.ship([ORDER])
    assert outcome.status == "unknown"
    assert isinstance(outcome.error, PartiallyApplied)
    assert isinstance(outcome.error.__cause__, OutcomeUnknown)


def test_of_several_each_label_that_was_bought_is_told() -> None:
    first = order(*[unit(n, package_id="") for n in (1, 2, 3)])
    second = order(unit(4, package_id=OTHER), id="577")
    wire, one = shop(first, second)
    wire["GET /order/202507/orders"] = lambda request: {
        "orders": [row for row in (first, second) if row["id"] in request.url]
    }
    wire[BUY] = {"package_id": PACKAGE}
    wire[f"GET /packages/{OTHER}"] = package(number=OTHER)
    wire["POST /packages/ship"] = refusal(98001004, "no")
    bought, plain = one.orders.ship([ORDER, "577"])
    assert isinstance(bought.error, PartiallyApplied)
    assert (bought.error.done, bought.error.resume) == (("label",), RESUME)
    assert plain.error is bought.error.__cause__
    wire[SLOTS] = refusal(36009003, "internal")
    bought, plain = one.orders.ship([ORDER, "577"])
    assert isinstance(bought.error, PartiallyApplied)
    assert plain.error is not None
    assert not isinstance(plain.error, PartiallyApplied)


@pytest.mark.parametrize("misshapen", [{"orders": 7}, {"order_line_item_ids": 5}, [1]])
def test_a_shipment_that_cannot_be_read_after_it_was_sent_is_told_as_sent(misshapen: Any) -> None:
    wire, one = shop()
    wire[SHIP] = {}
    wire[ONE] = [misshapen]
    found = one.orders.ship(ORDER)
    assert (found.package_id, found.status) == (PACKAGE, "awaiting_collection")


def test_an_own_carrier_is_told_though_the_package_cannot_be_read() -> None:
    wire, one = shop(order(shipping_type="SELLER"))
    wire[f"POST /fulfillment/202610/orders/{ORDER}/packages"] = {"package_id": PACKAGE}
    wire[ONE] = ["nothing of a package"]
    assert one.orders.ship(ORDER, OwnCarrier("7117858858072016686", "1Z123")).tracking_number == "1Z123"
