"""Parcels: a part split off, an order split, packages of two orders combined."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tiktok_shop.orders_wire import (
    DETAIL,
    ORDER,
    OTHER,
    PACKAGE,
    SECOND,
    SKU,
    lost,
    order,
    package,
    shop,
    unit,
)
from tests.tiktok_shop.wire import refusal

from socialcommerce import LineRef
from socialcommerce.errors import Conflict, InvalidRequest, PartiallyApplied, Unsupported

SPLIT = f"POST /orders/{ORDER}/split"
SPLITTABLE = {"split_attributes": [{"order_id": ORDER, "can_split": True}]}


def test_a_part_is_split_off_and_shipped_by_itself() -> None:
    apart = order(unit(1), unit(2), unit(3, SECOND, package_id=OTHER))
    wire, one = shop()
    wire[DETAIL] = [{"orders": [order()]}, {"orders": [apart]}]
    wire["GET /split_attributes"] = SPLITTABLE
    wire[SPLIT] = {"packages": [{"splittable_group_id": "1", "id": OTHER}]}
    wire[f"POST /packages/{OTHER}/ship"] = {}
    wire[f"GET /packages/{OTHER}"] = package("PROCESSING", OTHER)
    assert one.orders.ship(ORDER, lines=[SECOND]).package_id == OTHER
    assert wire.body(SPLIT) == {
        "splittable_groups": [{"id": "1", "order_line_item_ids": ["577086512123755003"]}]
    }


def test_a_part_that_was_split_off_and_not_shipped_is_told() -> None:
    apart = order(unit(1), unit(2), unit(3, SECOND, package_id=OTHER))
    wire, one = shop()
    wire[DETAIL] = [{"orders": [order()]}, {"orders": [apart]}]
    wire["GET /split_attributes"] = SPLITTABLE
    wire[SPLIT] = {"packages": [{"splittable_group_id": "1", "id": OTHER}]}
    wire[f"POST /packages/{OTHER}/ship"] = refusal(98001004, "no")
    with pytest.raises(PartiallyApplied) as failure:
        one.orders.ship(ORDER, lines=[SECOND])
    assert failure.value.resume == {"order_id": ORDER, "package_id": OTHER}


def test_a_split_leaves_the_first_parcel_where_it_is() -> None:
    apart = order(unit(1), unit(2, package_id=OTHER), unit(3, SECOND, package_id=OTHER))
    wire, one = shop()
    wire[DETAIL] = [{"orders": [order()]}, {"orders": [apart]}]
    wire["GET /split_attributes"] = SPLITTABLE
    wire[SPLIT] = lost
    wire[f"GET /packages/{OTHER}"] = package(number=OTHER, order_line_item_ids=["577086512123755002"])
    found = one.orders.split(ORDER, [[LineRef(key=SKU, quantity=1)], [SKU, SECOND]])
    assert [each.id for each in found] == [PACKAGE, OTHER]
    assert wire.paths().count(f"POST /fulfillment/202309/orders/{ORDER}/split") == 1


def test_a_split_is_checked_before_it_is_asked_for() -> None:
    wire, one = shop(order(recipient_address={"region_code": "BR"}))
    wire["GET /split_attributes"] = SPLITTABLE
    with pytest.raises(InvalidRequest, match="must stay together"):
        one.orders.split(ORDER, [[LineRef(key=SKU, quantity=1)], [SKU, SECOND]])
    with pytest.raises(InvalidRequest, match="no parcel holds"):
        one.orders.split(ORDER, [[SKU]])
    with pytest.raises(Unsupported, match="joins"):
        one.orders.split(ORDER, [[SKU, SECOND]])
    with pytest.raises(InvalidRequest, match="hold something"):
        one.orders.split(ORDER, [[SKU, SECOND], []])
    wire["GET /split_attributes"] = {"split_attributes": [{"can_split": False, "reason": "SHIPPED"}]}
    with pytest.raises(Conflict, match="SHIPPED"):
        one.orders.split(ORDER, [[SKU], [SECOND]])


def test_units_of_a_bundle_are_split_by_their_sub_items() -> None:
    bundle = unit(1, sub_item_info=[unit(7, SECOND), unit(8, SECOND)])
    wire, one = shop(order(bundle, unit(3, SECOND)))
    wire["GET /split_attributes"] = SPLITTABLE
    wire[SPLIT] = {"packages": []}
    one.orders.split(ORDER, [[SECOND], [SKU]])
    assert wire.body(SPLIT)["splittable_groups_v2"] == [
        {
            "id": "1",
            "order_line_list": [
                {"order_line_id": bundle["id"], "sub_item_id": f"57708651212375500{n}"} for n in (7, 8)
            ],
        }
    ]


def combinable() -> Any:
    first, second = order(), order(unit(4, package_id=OTHER), id="577")
    wire, one = shop(first, second)
    wire["GET /combinable_packages/search"] = [
        {"combinable_packages": [{"id": "8", "order_ids": ["1", "2"]}], "next_page_token": "n"},
        {"combinable_packages": [{"id": "9", "order_ids": [ORDER, "577"]}]},
    ]
    wire["GET /packages/99"] = package(number="99", orders=[{"id": ORDER}, {"id": "577"}])
    packages = [
        one.orders.packages(ORDER)[0].model_copy(update={"order_ids": (sn,)}) for sn in (ORDER, "577")
    ]
    return wire, one, packages


def test_packages_of_two_orders_are_combined() -> None:
    wire, one, packages = combinable()
    wire["POST /packages/combine"] = {"packages": [{"id": "99", "order_ids": [ORDER, "577"]}]}
    found = one.orders.combine(packages)
    assert (found.id, found.order_ids) == ("99", (ORDER, "577"))
    assert wire.body("POST /packages/combine") == {
        "combinable_packages": [{"id": "9", "order_ids": [ORDER, "577"]}]
    }


def test_what_cannot_be_combined_is_told() -> None:
    wire, one, packages = combinable()
    wire["POST /packages/combine"] = {"errors": [{"code": 1, "message": "address differs"}]}
    with pytest.raises(InvalidRequest, match="address differs"):
        one.orders.combine(packages)
    wire["GET /combinable_packages/search"] = {}
    with pytest.raises(Conflict, match="cannot be combined"):
        one.orders.combine(packages)
    with pytest.raises(InvalidRequest, match="two orders"):
        one.orders.combine(packages[:1])


def test_a_lost_combination_is_found_on_the_orders() -> None:
    wire, one, packages = combinable()
    rows = [order(unit(1, package_id="99")), order(unit(4, package_id="99"), id="577")]
    wire[DETAIL] = {"orders": rows}
    wire["POST /packages/combine"] = lost
    assert one.orders.combine(packages).id == "99"
