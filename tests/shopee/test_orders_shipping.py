"""Sending Shopee's orders: ways, parcels, one and many, labels, and lost replies."""

from __future__ import annotations

from typing import Any

import pytest
from tests.shopee.orders_wire import NOW, PICKUP, SN, Wire, client, order, parcel, shipping

from socialcommerce import (
    Client,
    DropOff,
    LineRef,
    OwnCarrier,
    Package,
    Pickup,
    Shipment,
    simulate,
)
from socialcommerce.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    PlatformError,
    Unsupported,
)
from socialcommerce.runtime.transport import Interrupted


def test_ways_to_send_are_read_whole() -> None:
    branches = [{"branch_id": 7, "city": "Jurong", "address": "2 Road"}]
    partners = [{"slug": "TWA", "slug_name": "Partner"}]
    offer = PICKUP | {
        "info_needed": PICKUP["info_needed"] | {"non_integrated": ["tracking_no"]},
        "dropoff": {"branch_list": branches, "slug_list": partners},
    }
    ways = client(shipping(get_shipping_parameter=offer)).orders.shipping_options(SN)
    assert [option.address.id for option in ways.pickup] == ["234", "235"]
    assert ways.pickup[1].address.uses == ("pickup",)
    assert [(slot.id, slot.recommended) for slot in ways.pickup[1].slots] == [
        ("slot-1", False),
        ("slot-2", True),
    ]
    assert [option.branch.id for option in ways.dropoff if option.branch] == ["7", "TWA"]
    assert ways.own_carrier[0].carrier.name == "Standard"
    assert ways.own_carrier[0].carrier.needs_tracking_number
    assert ways.default == "pickup"


def test_by_default_the_pickup_address_and_the_recommended_slot_are_taken() -> None:
    wire = shipping()
    shipment = client(wire).orders.ship(SN)
    assert wire.body("ship_order") == {
        "order_sn": SN,
        "pickup": {"address_id": 235, "pickup_time_id": "slot-2"},
    }
    assert (shipment.package_id, shipment.tracking_number, shipment.carrier) == ("OFG1", None, "Standard")


@pytest.mark.parametrize(
    ("needed", "body"),
    [
        ({"dropoff": []}, {"dropoff": {}}),
        ({"non_integrated": []}, {"non_integrated": {}}),
        ({"pickup": []}, {"pickup": {}}),
        ({"pickup": ["address_id"], "dropoff": []}, {"dropoff": {}}),
    ],
)
def test_what_needs_nothing_is_told_as_an_empty_object(needed: Any, body: Any) -> None:
    wire = shipping(get_shipping_parameter={"info_needed": needed})
    client(wire).orders.ship(SN)
    assert wire.body("ship_order") == {"order_sn": SN} | body


def test_a_choice_that_is_the_sellers_is_named_and_not_made() -> None:
    offer = {
        "info_needed": {"dropoff": ["branch_id", "slug"]},
        "dropoff": {"branch_list": [{"branch_id": 7}], "slug_list": [{"slug": "TWA"}]},
    }
    wire = shipping(get_shipping_parameter=offer)
    with pytest.raises(Unsupported, match=r"branches: 7.*partners: TWA") as caught:
        client(wire).orders.ship(SN)
    assert caught.value.operation == "orders.ship:default"
    assert "ship_order" not in wire.operations


def test_an_order_for_which_nothing_can_be_arranged_is_a_conflict() -> None:
    with pytest.raises(Conflict, match="nothing can be arranged"):
        client(shipping(get_shipping_parameter={"info_needed": {}})).orders.ship(SN)


@pytest.mark.parametrize(
    ("method", "body"),
    [
        (Pickup("235", "slot-1"), {"pickup": {"address_id": 235, "pickup_time_id": "slot-1"}}),
        (Pickup("234"), {"pickup": {"address_id": 234}}),
        (DropOff("7"), {"dropoff": {"branch_id": 7}}),
        (DropOff("TWA"), {"dropoff": {"slug": "TWA"}}),
        (OwnCarrier("Standard", "JD01"), {"non_integrated": {"tracking_number": "JD01"}}),
        (OwnCarrier("80012"), {"non_integrated": {}}),
    ],
)
def test_each_way_is_one_object_of_the_body(method: Any, body: Any) -> None:
    offer = PICKUP | {
        "info_needed": PICKUP["info_needed"] | {"non_integrated": []},
        "dropoff": {"branch_list": [{"branch_id": 7}], "slug_list": [{"slug": "TWA"}]},
    }
    wire = shipping(get_shipping_parameter=offer)
    client(wire).orders.ship(SN, method)
    assert wire.body("ship_order") == {"order_sn": SN} | body


@pytest.mark.parametrize(
    ("method", "field"),
    [
        (Pickup("999"), "address"),
        (Pickup("235", "never"), "slot"),
        (OwnCarrier("DHL", "1"), "carrier"),
        (OwnCarrier("Standard", "1", "https://a.example"), "url"),
        (OwnCarrier("Standard"), "tracking_number"),
        (DropOff("9"), "branch"),
    ],
)
def test_a_choice_that_was_not_offered_is_refused_before_it_is_sent(method: Any, field: str) -> None:
    offer = PICKUP | {"info_needed": PICKUP["info_needed"] | {"non_integrated": ["tracking_no"]}}
    wire = shipping(get_shipping_parameter=offer)
    with pytest.raises(InvalidRequest) as caught:
        client(wire).orders.ship(SN, method)
    assert list(caught.value.fields) == [field]
    assert caught.value.sent == "no"


def test_a_way_that_is_not_open_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidRequest, match="takes pickup or dropoff, not non_integrated"):
        client(shipping()).orders.ship(SN, OwnCarrier("Standard", "1"))


def test_what_a_drop_off_needs_besides_comes_from_native() -> None:
    wire = shipping(get_shipping_parameter={"info_needed": {"dropoff": ["sender_real_name", "tracking_no"]}})
    method = DropOff().model_copy(update={"native": {"sender_real_name": "Lin", "tracking_number": "T1"}})
    client(wire).orders.ship(SN, method)
    assert wire.body("ship_order")["dropoff"] == {"sender_real_name": "Lin", "tracking_number": "T1"}


def test_a_parcel_of_a_split_order_is_named_and_the_order_alone_is_not_enough() -> None:
    row = order(parcel("OFG1"), parcel("OFG2"))
    wire = shipping(row)
    shop = client(wire)
    with pytest.raises(InvalidRequest, match="OFG1, OFG2"):
        shop.orders.ship(SN)
    shipment = shop.orders.ship(shop.orders.packages(SN)[1])
    assert wire.body("ship_order")["package_number"] == "OFG2"
    assert shipment.package_id == "OFG2"


def test_a_package_of_another_order_is_not_found() -> None:
    stray = Package.build(id="OFG9", order_ids=(SN,))
    with pytest.raises(NotFound, match="OFG9"):
        client(shipping()).orders.ship(stray)
    with pytest.raises(InvalidRequest, match="one order"):
        client(shipping()).orders.ship(Package.build(id="OFG9"))


def test_what_was_shipped_is_not_shipped_again() -> None:
    wire = shipping(order(parcel("OFG1", "LOGISTICS_REQUEST_CREATED")))
    with pytest.raises(Conflict, match="shipped already"):
        client(wire).orders.ship(SN)
    assert "ship_order" not in wire.operations


def test_an_order_fulfilled_in_advance_goes_by_its_booking() -> None:
    wire = shipping(order(parcel("OFG1"), booking_sn="B1", advance_package=True))
    with pytest.raises(Unsupported, match="booking"):
        client(wire).orders.ship(SN)


SENT = order(parcel("OFG1", "LOGISTICS_REQUEST_CREATED"), order_status="PROCESSED")
FRESH = order(parcel("OFG1"))


def test_a_lost_reply_is_settled_by_reading_the_order() -> None:
    details = [{"order_list": [FRESH]}, {"order_list": [SENT]}]
    wire = shipping(get_order_detail=details, ship_order=Interrupted("gone"))
    assert client(wire).orders.ship(SN).package_id == "OFG1"
    assert len(wire.sent("ship_order")) == 1


def test_a_request_that_did_not_arrive_is_sent_again() -> None:
    wire = shipping(FRESH, ship_order=[Interrupted("gone"), {}])
    client(wire).orders.ship(SN)
    assert len(wire.sent("ship_order")) == 2


def test_what_cannot_be_told_is_said_and_not_repeated() -> None:
    odd = order(parcel("OFG1", "LOGISTICS_INVALID"))
    wire = shipping(
        get_order_detail=[{"order_list": [FRESH]}, {"order_list": [odd]}], ship_order=Interrupted("gone")
    )
    with pytest.raises(OutcomeUnknown) as caught:
        client(wire).orders.ship(SN)
    assert caught.value.evidence["logistics_status"] == "LOGISTICS_INVALID"
    assert len(wire.sent("ship_order")) == 1


def mass(**answers: Any) -> Wire:
    rows = [order(parcel(f"OFG{sn}"), sn=sn) for sn in ("A", "B")]
    rows.append(order(parcel("OFGC", logistics_channel_id=7), sn="C"))
    known = {
        "mass_ship_order": {"success_list": [], "fail_list": []},
        "get_mass_tracking_number": {
            "success_list": [{"package_number": "OFGA", "tracking_number": "T-A"}],
            "fail_list": [],
        },
    }
    return shipping(*rows, **(known | answers))


def test_many_parcels_of_one_channel_and_warehouse_go_in_one_call() -> None:
    wire = mass()
    found = client(wire).orders.ship(["A", "B", "C", "missing"])
    assert [outcome.ok for outcome in found] == [True, True, True, False]
    bodies = [wire.body("mass_ship_order", index) for index in range(2)]
    first = next(body for body in bodies if body["logistics_channel_id"] == 80012)
    assert first["package_list"] == [{"package_number": "OFGA"}, {"package_number": "OFGB"}]
    assert first["product_location_id"] == "SGZ"
    assert first["pickup"] == {"address_id": 235, "pickup_time_id": "slot-2"}
    assert found[0].unwrap().tracking_number == "T-A"
    assert found[1].unwrap().tracking_number is None


def test_a_row_that_failed_fails_alone() -> None:
    failed = {"success_list": [], "fail_list": [{"package_number": "OFGB", "fail_reason": "no courier"}]}
    found = client(mass(mass_ship_order=failed)).orders.ship(["A", "B"])
    assert [outcome.status for outcome in found] == ["ok", "failed"]
    assert "no courier" in str(found[1].error)


def test_a_whole_call_that_failed_fails_its_rows_and_no_others() -> None:
    no = {"error": "logistics.ship_order_only_support_one_type", "message": "just one way"}
    found = client(mass(mass_ship_order=[no, {"success_list": []}])).orders.ship(["A", "B", "C"])
    assert sorted(outcome.ok for outcome in found) in ([False, False, True], [False, True, True])
    assert all(isinstance(outcome.error, PlatformError) for outcome in found.failures)


def test_a_mass_shipment_that_was_lost_is_sorted_out_parcel_by_parcel() -> None:
    before = [order(parcel(f"OFG{sn}"), sn=sn) for sn in ("A", "B")]
    sent = order(parcel("OFGA", "LOGISTICS_REQUEST_CREATED"), sn="A", order_status="PROCESSED")
    wire = mass(
        get_order_detail=[{"order_list": before}, {"order_list": [sent, before[1]]}],
        mass_ship_order=Interrupted("gone"),
    )
    found = client(wire).orders.ship(["A", "B"])
    assert [outcome.ok for outcome in found] == [True, False]
    assert len(wire.sent("mass_ship_order")) == 1


def test_of_a_lost_mass_shipment_what_cannot_be_told_is_unknown() -> None:
    before = [order(parcel(f"OFG{sn}"), sn=sn) for sn in ("A", "B")]
    odd = order(parcel("OFGA", "LOGISTICS_INVALID"), sn="A")
    wire = mass(
        get_order_detail=[{"order_list": before}, {"order_list": [odd, before[1]]}],
        mass_ship_order=Interrupted("gone"),
    )
    found = client(wire).orders.ship(["A", "B"])
    assert [outcome.status for outcome in found] == ["unknown", "failed"]


def test_an_order_named_twice_is_shipped_once() -> None:
    wire = mass()
    assert client(wire).orders.ship(["A", "A"]).ok
    assert wire.body("mass_ship_order")["package_list"] == [{"package_number": "OFGA"}]


def test_an_order_without_a_parcel_cannot_be_shipped_yet() -> None:
    wire = shipping(order(order_status="UNPAID"))
    with pytest.raises(Conflict, match="no parcel to ship yet"):
        client(wire).orders.ship(SN)
    assert not client(wire).orders.ship([SN, SN]).ok


def test_a_mass_shipment_that_never_arrived_is_sent_again() -> None:
    wire = mass(mass_ship_order=[Interrupted("gone"), {"success_list": []}])
    assert client(wire).orders.ship(["A", "B"]).ok
    assert len(wire.sent("mass_ship_order")) == 2


def test_own_numbers_are_given_parcel_by_parcel() -> None:
    wire = mass(get_shipping_parameter={"info_needed": {"non_integrated": []}})
    found = client(wire).orders.ship(["A", "B"], OwnCarrier("Standard"))
    assert found.ok
    assert len(wire.sent("ship_order")) == 2


TWO = order(
    parcel("OFG1", item_list=[{"item_id": 1, "model_id": 0}]),
    parcel("OFG2", item_list=[{"item_id": 2, "model_id": 0}]),
)


def test_some_lines_are_shipped_by_splitting_first() -> None:
    wire = shipping(get_order_detail=[{"order_list": [FRESH]}, {"order_list": [TWO]}], split_order={})
    shipment = client(wire).orders.ship(SN, lines=["2-0"])
    wanted = [{"item_id": 2, "model_id": 0, "order_item_id": 2, "promotion_group_id": 0}]
    assert wire.body("split_order")["package_list"][0] == {"item_list": wanted}
    assert wire.body("ship_order")["package_number"] == "OFG2"
    assert shipment.package_id == "OFG2"


def test_all_lines_are_the_order_itself() -> None:
    wire = shipping()
    client(wire).orders.ship(SN, lines=["1-0", LineRef(key="2-0")])
    assert "split_order" not in wire.operations


def test_a_split_whose_parcel_was_not_shipped_says_how_far_it_got() -> None:
    refused = {"error": "logistics.error_param", "message": "Seller address is invalid."}
    wire = shipping(
        get_order_detail=[{"order_list": [FRESH]}, {"order_list": [TWO]}], split_order={}, ship_order=refused
    )
    with pytest.raises(PartiallyApplied) as caught:
        client(wire).orders.ship(SN, lines=["2-0"])
    assert (caught.value.done, caught.value.failed) == (("split",), ("ship",))
    assert caught.value.resume == {"order_sn": SN, "package_number": "OFG2"}


def test_a_split_that_came_out_otherwise_ships_nothing() -> None:
    wire = shipping(get_order_detail=[{"order_list": [FRESH]}, {"order_list": [FRESH]}], split_order={})
    with pytest.raises(Conflict, match="not split as asked"):
        client(wire).orders.ship(SN, lines=["2-0"])


@pytest.mark.parametrize("lines", [["9-0"], [LineRef(key="1-0", quantity=3)], []])
def test_lines_must_be_those_of_the_order(lines: Any) -> None:
    with pytest.raises(InvalidRequest, match="lines"):
        client(shipping()).orders.ship(SN, lines=lines)


def test_lines_belong_to_one_order() -> None:
    shop = client(shipping())
    with pytest.raises(InvalidRequest, match="one at a time"):
        shop.orders.ship([SN, SN], lines=["1-0"])
    with pytest.raises(InvalidRequest, match="whole"):
        shop.orders.ship(Package.build(id="OFG1", order_ids=(SN,)), lines=["1-0"])


def test_pieces_of_a_line_may_be_parted_and_only_then_are_counted() -> None:
    wire = shipping(get_order_detail=[{"order_list": [FRESH]}, {"order_list": [TWO]}], split_order={})
    found = client(wire).orders.split(
        SN, [[LineRef(key="1-0", quantity=1), "2-0"], [LineRef(key="1-0", quantity=1)]]
    )
    sent = wire.body("split_order")["package_list"]
    assert [[item.get("model_quantity") for item in each["item_list"]] for each in sent] == [[1, None], [1]]
    assert [package.id for package in found] == ["OFG1", "OFG2"]


def test_one_parcel_with_every_line_joins_them_again() -> None:
    wire = shipping(get_order_detail=[{"order_list": [TWO]}, {"order_list": [FRESH]}], unsplit_order={})
    (package,) = client(wire).orders.split(SN, [["1-0", "2-0"]])
    assert wire.body("unsplit_order") == {"order_sn": SN}
    assert package.id == "OFG1"


def test_joining_what_is_one_parcel_costs_nothing() -> None:
    wire = shipping()
    client(wire).orders.split(SN, [["1-0", "2-0"]])
    assert not {"split_order", "unsplit_order"} & set(wire.operations)


def test_a_split_order_is_joined_before_it_is_split_anew() -> None:
    with pytest.raises(Conflict, match="join it first"):
        client(shipping(TWO)).orders.split(SN, [["1-0"], ["2-0"]])


@pytest.mark.parametrize("parcels", [[["1-0"]], [["1-0", "2-0"], []], [["1-0"], ["1-0", "2-0"]], []])
def test_every_piece_goes_into_one_parcel_or_another(parcels: Any) -> None:
    wire = shipping()
    with pytest.raises(InvalidRequest):
        client(wire).orders.split(SN, parcels)
    assert wire.operations == ["get_order_detail"]


def test_only_a_ready_order_is_split() -> None:
    with pytest.raises(Conflict, match="READY_TO_SHIP"):
        client(shipping(SENT)).orders.split(SN, [["1-0"], ["2-0"]])


@pytest.mark.parametrize(("after", "times"), [(TWO, 1), (FRESH, 2)])
def test_a_lost_split_is_settled_by_counting_parcels(after: Any, times: int) -> None:
    wire = shipping(
        get_order_detail=[{"order_list": [FRESH]}, {"order_list": [after]}],
        split_order=[Interrupted("gone"), {}],
    )
    client(wire).orders.split(SN, [["1-0"], ["2-0"]])
    assert len(wire.sent("split_order")) == times


def test_a_failed_pickup_is_arranged_again() -> None:
    wire = shipping(order(parcel("OFG1", "LOGISTICS_PICKUP_RETRY")), update_shipping_order={})
    shipment = client(wire).orders.update_tracking(SN, Pickup("235", "slot-1"))
    assert wire.body("update_shipping_order") == {
        "order_sn": SN,
        "pickup": {"address_id": 235, "pickup_time_id": "slot-1"},
    }
    assert shipment.status == "pickup_failed"


def test_a_pickup_that_is_arranged_so_already_is_no_error() -> None:
    row = order(parcel("OFG1", "LOGISTICS_PICKUP_RETRY"))
    same = {"error": "logistics.update_shipping_order_no_param_change", "message": "the same parameters"}
    found = client(shipping(row, update_shipping_order=same)).orders.update_tracking(SN, Pickup("235"))
    assert found.package_id == "OFG1"
    no = {"error": "logistics.ship_order_pickup_time_invalid", "message": "Invalid pickup time id."}
    with pytest.raises(InvalidRequest, match="pickup time"):
        client(shipping(row, update_shipping_order=no)).orders.update_tracking(SN, Pickup("235"))


BRAZIL = order(parcel("OFG1", "LOGISTICS_READY", logistics_channel_id=90021), region="BR")


def test_in_brazil_the_seller_tells_number_and_state() -> None:
    wire = shipping(BRAZIL, update_tracking_status={"update_result": "succeed"})
    shop = client(wire)
    shop.orders.update_tracking(SN, OwnCarrier("Standard", "BR1", "https://t.example"))
    assert wire.body("update_tracking_status") == {
        "order_sn": SN,
        "logistics_status": "logistics_pickup_done",
        "tracking_number": "BR1",
        "tracking_url": "https://t.example",
    }
    shop.orders.update_tracking(SN, OwnCarrier("x"), status="delivery_failed", reason="buyer_unreachable")
    assert wire.body("update_tracking_status")["failed_reason"] == "buyer_unreachable"
    with pytest.raises(InvalidRequest, match="in_transit"):
        shop.orders.update_tracking(SN, OwnCarrier("x", "BR1"), status="delivered")


def test_elsewhere_the_number_is_shopees_own() -> None:
    with pytest.raises(Unsupported, match="Brazil"):
        client(shipping()).orders.update_tracking(SN, OwnCarrier("Standard", "1"))


def test_a_parcel_that_nobody_has_yet_has_no_events() -> None:
    wire = shipping(get_tracking_info={"error": "logistics.order_not_exist", "message": "not exist"})
    shipment = client(wire).orders.tracking(SN)
    assert (shipment.events, shipment.tracking_number, shipment.status) == ((), None, "ready")


def test_a_parcel_is_followed_to_its_delivery() -> None:
    events = [
        {"update_time": NOW, "description": "Parcel delivered", "logistics_status": "DELIVERED"},
        {"update_time": NOW - 60, "description": "Parcel picked up", "logistics_status": "PICKED_UP"},
        {"update_time": NOW - 90, "description": "Odd"},
    ]
    wire = shipping(
        get_tracking_info={"logistics_status": "LOGISTICS_DELIVERY_DONE", "tracking_info": events},
        get_tracking_number={"tracking_number": "T1"},
    )
    found = client(wire).orders.tracking(Shipment.build(id="OFG1", order_id=SN, package_id="OFG1"))
    assert [event.status for event in found.events] == ["delivered", "in_transit", "other"]
    assert found.delivered_at == found.events[0].at
    assert (found.status, found.tracking_number) == ("delivered", "T1")


@pytest.fixture
def shop() -> Client:
    shop = simulate("shopee")
    shop.market.add_product("TS-1", stock=25, price="19.90")
    return shop


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_dropped_connection_ships_once(shop: Client, kind: str) -> None:
    order_id = shop.market.buy("TS-1")
    shop.market.fault(kind, on="POST */ship_order")
    assert shop.orders.ship(order_id).status == "awaiting_collection"
    with pytest.raises(Conflict):
        shop.orders.ship(order_id)


def test_packages_know_their_numbers(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    (package,) = shop.orders.packages(order_id)
    assert package.status == "ready"
    assert package.order_ids == (order_id,)
    assert shop.orders.shipping_options(package).default == "pickup"
