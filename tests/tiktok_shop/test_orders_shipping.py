"""Sending: three roads, one order or several, and what a lost answer means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.tiktok_shop.orders_wire import (
    DETAIL,
    NOW,
    ONE,
    ORDER,
    OTHER,
    PACKAGE,
    SECOND,
    SKU,
    UPS,
    by_seller,
    lost,
    order,
    package,
    shop,
    unit,
)
from tests.tiktok_shop.wire import refusal

from socialcommerce import DropOff, LineRef, OwnCarrier, Pickup
from socialcommerce.errors import Conflict, InvalidRequest, NotFound, OutcomeUnknown, Unsupported

SHIP = f"POST /packages/{PACKAGE}/ship"
MARK = f"POST /fulfillment/202610/orders/{ORDER}/packages"


def test_by_default_it_is_picked_up_in_the_first_slot_that_is_free() -> None:
    wire, one = shop()
    wire[SHIP] = {}
    wire[ONE] = [package("PROCESSING", tracking_number="1Z", shipping_provider_name="USPS")]
    found = one.orders.ship(ORDER)
    slot = {"start_time": NOW + 7200, "end_time": NOW + 9000}
    assert wire.body(SHIP) == {"handover_method": "PICKUP", "pickup_slot": slot}
    assert (found.tracking_number, found.status, found.carrier) == ("1Z", "awaiting_collection", "USPS")
    assert found.lines == (LineRef(key=SKU, quantity=2), LineRef(key=SECOND, quantity=1))


@pytest.mark.parametrize(
    ("offer", "method", "body"),
    [
        ({"can_pickup": False, "can_drop_off": True}, None, {"handover_method": "DROP_OFF"}),
        ({"can_pickup": True, "can_drop_off": True}, DropOff(), {"handover_method": "DROP_OFF"}),
        ({"can_pickup": True, "can_drop_off": True}, Pickup(), {"handover_method": "PICKUP"}),
    ],
)
def test_a_method_is_always_sent(offer: dict[str, Any], method: Any, body: dict[str, Any]) -> None:
    wire, one = shop()
    wire["GET /handover_time_slots"] = offer
    wire[SHIP] = {}
    one.orders.ship(ORDER, method)
    assert wire.body(SHIP) == body


@pytest.mark.parametrize(
    ("method", "match"),
    [
        (Pickup(slot="1-2"), "not offered"),
        (DropOff(branch="b"), "branch"),
        (OwnCarrier("UPS", "1Z123"), "TikTok Shop ships"),
    ],
)
def test_what_is_not_offered_is_refused_before_it_is_sent(method: Any, match: str) -> None:
    wire, one = shop()
    with pytest.raises(InvalidRequest, match=match):
        one.orders.ship(ORDER, method)
    assert SHIP.replace("POST ", "POST /fulfillment/202309") not in wire.paths()


def test_the_options_are_those_of_the_package() -> None:
    _, one = shop()
    options = one.orders.shipping_options(ORDER)
    slots = options.pickup[0].slots
    assert [slot.id for slot in slots] == [f"{NOW + 7200}-{NOW + 9000}"]
    assert slots[0].start == datetime.fromtimestamp(NOW + 7200, UTC)
    assert (len(options.dropoff), options.own_carrier, options.default) == (1, (), "pickup")


def test_a_seller_who_ships_chooses_a_carrier_and_needs_a_number() -> None:
    wire, one = shop(by_seller())
    options = one.orders.shipping_options(ORDER)
    assert [option.carrier.name for option in options.own_carrier] == ["UPS"]
    with pytest.raises(Unsupported, match="OwnCarrier"):
        one.orders.ship(ORDER)
    with pytest.raises(InvalidRequest, match="number"):
        one.orders.ship(ORDER, OwnCarrier(UPS, "1"))
    with pytest.raises(InvalidRequest, match="not offered"):
        one.orders.ship(ORDER, OwnCarrier("DHL", "JD0123"))
    assert not any("POST" in path for path in wire.paths())


def test_an_own_carrier_marks_the_units_as_shipped() -> None:
    wire, one = shop(by_seller())
    wire[MARK] = {"package_id": PACKAGE, "order_line_item_ids": []}
    wire[ONE] = [package("PROCESSING", tracking_number="1Z123")]
    assert one.orders.ship(ORDER, OwnCarrier("ups", "1Z123"), [LineRef(key=SKU)]).tracking_number == "1Z123"
    assert wire.body(MARK) == {
        "order_line_list": [{"order_line_id": f"57708651212375500{n}"} for n in (1, 2)],
        "shipping_info_list": [{"tracking_number": "1Z123", "shipping_provider_id": UPS}],
    }


def test_in_south_east_asia_the_number_goes_with_the_package() -> None:
    wire, one = shop(by_seller("TH"), region="TH")
    wire[SHIP] = {}
    one.orders.ship(ORDER, OwnCarrier(UPS, "TH0123"))
    assert wire.body(SHIP) == {"self_shipment": {"tracking_number": "TH0123", "shipping_provider_id": UPS}}


@pytest.mark.parametrize("word", ["ON_HOLD", "UNPAID", "CANCELLED"])
def test_what_must_not_be_shipped_is_a_conflict(word: str) -> None:
    _, one = shop(order(status=word))
    with pytest.raises(Conflict, match=word):
        one.orders.ship(ORDER)


def test_what_was_shipped_is_not_shipped_again() -> None:
    _, one = shop(order(unit(1, package_status="PROCESSING", display_status="AWAITING_COLLECTION")))
    with pytest.raises(Conflict, match="already"):
        one.orders.ship(ORDER)
    _, one = shop(order(unit(1, display_status="IN_TRANSIT", package_id="")))
    with pytest.raises(Conflict, match="already"):
        one.orders.ship(ORDER)


@pytest.mark.parametrize(("word", "times"), [("PROCESSING", 1), ("TO_FULFILL", 2)])
def test_a_lost_answer_is_looked_up_on_the_package(word: str, times: int) -> None:
    wire, one = shop()
    wire[SHIP] = [lost, {}]
    wire[ONE] = package(word)
    one.orders.ship(ORDER)
    assert sum(path.endswith("/ship") for path in wire.paths()) == times


def test_a_package_in_no_clear_state_is_not_shipped_twice() -> None:
    wire, one = shop()
    wire[SHIP] = lost
    wire[ONE] = package("CANCELLED")
    with pytest.raises(OutcomeUnknown):
        one.orders.ship(ORDER)


def test_a_lost_mark_is_found_by_the_number_on_the_units() -> None:
    wire, one = shop(by_seller())
    marked = by_seller(line_items=[unit(n, tracking_number="1Z123") for n in (1, 2, 3)])
    wire[DETAIL] = [{"orders": [by_seller()]}, {"orders": [marked]}]
    wire[MARK] = lost
    assert one.orders.ship(ORDER, OwnCarrier(UPS, "1Z123")).package_id == PACKAGE


def test_a_failed_read_afterwards_does_not_hide_that_it_was_shipped() -> None:
    wire, one = shop()
    wire[SHIP] = {}
    wire[ONE] = refusal(36009003, "internal")
    assert one.orders.ship(ORDER).status == "awaiting_collection"


def test_several_are_shipped_together_with_one_outcome_each() -> None:
    second = order(unit(4, package_id=OTHER), id="577")
    wire, one = shop(order(), second)
    wire[DETAIL] = lambda request: {"orders": [row for row in (order(), second) if row["id"] in request.url]}
    wire[f"GET /packages/{OTHER}"] = package(number=OTHER, orders=[{"id": "577"}])
    wire["POST /packages/ship"] = {
        "errors": [{"code": 10007014, "message": "package in freeze status", "detail": {"package_id": OTHER}}]
    }
    result = one.orders.ship([ORDER, "577", "578"])
    assert [outcome.status for outcome in result] == ["ok", "failed", "failed"]
    assert "freeze" in str(result[1].error)
    assert [row["id"] for row in wire.body("POST /packages/ship")["packages"]] == [PACKAGE, OTHER]


def test_a_lost_batch_is_told_package_by_package() -> None:
    second = order(unit(4, package_id=OTHER), id="577")
    wire, one = shop(order(), second)
    wire[DETAIL] = lambda request: {"orders": [row for row in (order(), second) if row["id"] in request.url]}
    wire[f"GET /packages/{OTHER}"] = package(number=OTHER)
    wire[ONE] = package("PROCESSING")
    wire["POST /packages/ship"] = lost
    result = one.orders.ship([ORDER, "577"])
    assert result[0].ok
    assert isinstance(result[1].error, Conflict)


def test_where_there_is_no_package_a_label_is_bought() -> None:
    bare = [unit(n, package_id="") for n in (1, 2, 3)]
    wire, one = shop(order(*bare))
    wire["POST /fulfillment/202512/packages"] = {"package_id": PACKAGE}
    wire[ONE] = package("PROCESSING", package_sub_status="RTS")
    weight = {"value": "1.2", "unit": "POUND"}
    found = one.orders.ship(ORDER, Pickup(native={"weight": weight, "shipping_service_id": "9"}))
    assert found.status == "label_purchased"
    assert wire.body("POST /fulfillment/202512/packages") == {
        "ship_type": "1",
        "order_id": ORDER,
        "weight": weight,
        "shipping_service_id": "9",
    }
    wire["POST /shipping_services/query"] = {"shipping_services": [{"id": "9", "price": "4.10"}]}
    assert one.orders.shipping_options(ORDER).raw["shipping_services"][0]["price"] == "4.10"


def test_the_carriers_of_a_warehouse_are_found_where_the_order_names_no_option() -> None:
    wire, one = shop(by_seller(delivery_option_id=""))
    wire["GET /delivery_options"] = {
        "delivery_options": [{"id": "5", "type": "STANDARD"}, {"id": "6", "type": "SEND_BY_SELLER"}]
    }
    one.orders.shipping_options(ORDER)
    assert wire.paths()[-1] == "GET /logistics/202309/delivery_options/6/shipping_providers"
    wire["GET /delivery_options"] = {"delivery_options": []}
    with pytest.raises(NotFound, match="no delivery by the seller"):
        one.orders.shipping_options(ORDER)


def test_of_a_lost_batch_what_cannot_be_told_stays_unknown() -> None:
    second = order(unit(4, package_id=OTHER), id="577")
    wire, one = shop(order(), second)
    wire[DETAIL] = lambda request: {"orders": [row for row in (order(), second) if row["id"] in request.url]}
    wire[f"GET /packages/{OTHER}"] = package("CANCELLED", OTHER)
    wire["POST /packages/ship"] = [lost, {}]
    result = one.orders.ship([ORDER, "577"])
    assert [outcome.status for outcome in result] == ["failed", "unknown"]
    wire[f"GET /packages/{OTHER}"] = package(number=OTHER)
    wire["POST /packages/ship"] = [lost, {}]
    assert one.orders.ship([ORDER, "577"]).ok
    wire["POST /packages/ship"] = refusal(36009003, "internal")
    assert [outcome.status for outcome in one.orders.ship([ORDER, "577"])] == ["failed", "failed"]


def test_several_with_labels_to_be_bought_and_several_of_the_sellers() -> None:
    bare = order(unit(1, package_id=""), unit(2, package_id=""))
    wire, one = shop(bare, by_seller(id="577"))
    wire[DETAIL] = lambda request: {
        "orders": [row for row in (bare, by_seller(id="577")) if row["id"] in request.url]
    }
    wire["POST /fulfillment/202512/packages"] = {"package_id": PACKAGE}
    wire[ONE] = package("PROCESSING")
    result = one.orders.ship([ORDER, "577"])
    assert result[0].ok
    assert isinstance(result[1].error, Unsupported)


def test_a_part_of_an_order_without_packages_is_a_label_of_its_own() -> None:
    bare = [unit(n, package_id="") for n in (1, 2, 3)]
    wire, one = shop(order(*bare))
    wire["POST /fulfillment/202512/packages"] = [lost]
    made = [unit(1, package_id=PACKAGE), *bare[1:]]
    wire[DETAIL] = [{"orders": [order(*bare)]}, {"orders": [order(*made)]}]
    wire[ONE] = package("PROCESSING")
    found = one.orders.ship(ORDER, lines=[LineRef(key=SKU, quantity=1)])
    assert found.package_id == PACKAGE
    body = wire.body("POST /fulfillment/202512/packages")
    assert (body["ship_type"], body["order_line_item"]) == ("2", [{"order_line_id": bare[0]["id"]}])
    assert wire.paths().count("POST /fulfillment/202512/packages") == 1


def test_a_label_that_was_surely_not_bought_is_asked_for_again() -> None:
    wire, one = shop(order(*[unit(n, package_id="") for n in (1, 2, 3)]))
    wire["POST /fulfillment/202512/packages"] = [lost, {"package_id": PACKAGE}]
    wire[ONE] = [package(), package("PROCESSING")]
    wire[SHIP] = {}
    assert one.orders.ship(ORDER).status == "awaiting_collection"


@pytest.mark.parametrize("words", [("TO_FULFILL",) * 3, ("TO_FULFILL", "FULFILLING", "TO_FULFILL")])
def test_a_mark_that_was_lost_is_made_again_only_where_it_surely_was_not_made(words: tuple[str, ...]) -> None:
    wire, one = shop(by_seller())
    after = by_seller(
        line_items=[unit(n, package_status=word) for n, word in zip((1, 2, 3), words, strict=True)]
    )
    wire[DETAIL] = [{"orders": [by_seller()]}, {"orders": [after]}]
    wire[MARK] = [lost, {"package_id": PACKAGE}]
    if len(set(words)) == 1:
        assert one.orders.ship(ORDER, OwnCarrier(UPS, "1Z123")).package_id == PACKAGE
    else:
        with pytest.raises(OutcomeUnknown):
            one.orders.ship(ORDER, OwnCarrier(UPS, "1Z123"))


def test_lines_that_make_no_sense() -> None:
    _, one = shop()
    with pytest.raises(InvalidRequest, match="name nothing"):
        one.orders.ship(ORDER, lines=[])
    found = one.orders.get(ORDER).packages[0]
    with pytest.raises(InvalidRequest, match="shipped whole"):
        one.orders.ship(found, lines=[SKU])
    _, seller = shop(by_seller())
    with pytest.raises(InvalidRequest, match="OwnCarrier"):
        seller.orders.ship(ORDER, Pickup())


def test_all_lines_are_the_whole_order() -> None:
    wire, one = shop()
    wire[SHIP] = {}
    one.orders.ship(ORDER, lines=[SKU, SECOND])
    assert not any("split" in path for path in wire.paths())


@pytest.mark.parametrize("offer", [{"can_pickup": True, "can_drop_off": False, "pickup_slots": []}])
def test_where_nothing_can_be_had_now_nothing_is_asked_for(offer: dict[str, Any]) -> None:
    wire, one = shop()
    wire["GET /handover_time_slots"] = offer
    with pytest.raises(Conflict, match="no pickup"):
        one.orders.ship(ORDER)
    with pytest.raises(InvalidRequest, match="dropped off"):
        one.orders.ship(ORDER, DropOff())
    wire["GET /handover_time_slots"] = {"can_pickup": False, "can_drop_off": True}
    with pytest.raises(InvalidRequest, match="picked up"):
        one.orders.ship(ORDER, Pickup())
    _, seller = shop(by_seller())
    with pytest.raises(InvalidRequest, match="url"):
        seller.orders.ship(ORDER, OwnCarrier(UPS, "1Z123", url="https://ups.example"))
