"""The shop itself: its name and vacation, its places of stock, its addresses and channels."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.wire import Wire, query_of, refusal

from socialcommerce import simulate
from socialcommerce.errors import PermissionDenied, PlatformError

SHOP = {
    "error": "",
    "shop_name": "mysipuat",
    "region": "MY",
    "status": "NORMAL",
    "merchant_id": None,
    "expire_time": 1773503999,
}


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire["get_shop_info"] = dict(SHOP)
    wire["get_profile"] = {"shop_name": "My shop", "description": "Welcome"}
    wire["get_shop_holiday_mode"] = {"holiday_mode_on": False}
    return wire


def test_a_shop_knows_its_market_and_until_when_it_is_authorized(wire: Wire, shared: Path) -> None:
    wire["get_shop_info"] = json.loads((shared / "samples/shopee/shop_get_shop_info.json").read_text())
    info = wire.client().store.info()
    assert (info.id, info.name, info.region, info.currency, info.timezone) == (
        "14701711",
        "My shop",
        "MY",
        "MYR",
        "Asia/Kuala_Lumpur",
    )
    assert (info.status, info.native_status, info.vacation) == ("active", "NORMAL", False)
    assert info.authorized_until == datetime(2026, 3, 14, 15, 59, 59, tzinfo=UTC)
    assert sorted(wire.operations()) == ["get_profile", "get_shop_holiday_mode", "get_shop_info"]


@pytest.mark.parametrize(
    "holiday, away",
    [
        ({"holiday_mode_on": True, "holiday_mode_type": 0}, True),
        ({"holiday_mode_on": True, "holiday_mode_type": 1}, False),
        ({"holiday_mode_on": True, "holiday_mode_start_time": 4_000_000_000}, False),
        ({"holiday_mode_on": True, "holiday_mode_end_time": 1_000_000_000}, False),
    ],
    ids=["full", "partial still takes orders", "not yet", "over"],
)
def test_only_a_full_holiday_under_way_is_a_vacation(wire: Wire, holiday: Any, away: bool) -> None:
    wire["get_shop_holiday_mode"] = holiday
    assert wire.client().store.info().vacation is away


@pytest.mark.parametrize(
    "native, status", [("BANNED", "suspended"), ("FROZEN", "suspended"), ("NEW_WORD", "other")]
)
def test_a_shop_that_may_not_sell_says_so(wire: Wire, native: str, status: str) -> None:
    wire["get_shop_info"] = SHOP | {"status": native}
    info = wire.client().store.info()
    assert (info.status, info.native_status) == (status, native)


def test_a_refusal_of_one_of_the_three_calls_is_the_answer(wire: Wire) -> None:
    wire["get_profile"] = refusal("error_permission", "No permission.")
    with pytest.raises(PermissionDenied):
        wire.client().store.info()


WAREHOUSE = {
    "warehouse_id": 6,
    "warehouse_name": "North",
    "location_id": "IDZ",
    "address_id": 118454205,
    "region": "ID",
    "state": "ACEH",
    "city": "KAB. ACEH UTARA",
    "address": "Jalan 1",
    "town": "Lhok",
    "zipcode": "24379",
    "holiday_mode_state": 0,
}


def test_warehouses_are_locations_and_each_is_named_once(wire: Wire) -> None:
    closed = WAREHOUSE | {"location_id": "IDG", "warehouse_name": "", "holiday_mode_state": 1}
    rows = {"1": [WAREHOUSE], "2": [WAREHOUSE, closed]}
    wire["get_warehouse_detail"] = lambda request: {
        "error": "",
        "response": rows[query_of(request)["warehouse_type"][0]],
    }
    north, south = wire.client().store.locations()
    assert (north.id, north.name, north.active) == ("IDZ", "North", True)
    assert north.native_ids == {"location_id": "IDZ", "warehouse_id": "6", "address_id": "118454205"}
    assert north.address is not None
    assert north.address.lines == ("Jalan 1", "Lhok")
    assert (north.address.country, north.address.region, north.address.postal_code) == ("ID", "ACEH", "24379")
    assert (south.id, south.name, south.active) == ("IDG", "IDG", False)
    kinds = [wire.query("get_warehouse_detail", number)["warehouse_type"] for number in (0, 1)]
    assert sorted(kinds) == [["1"], ["2"]]


@pytest.mark.parametrize(
    "code", ["warehouse.error_not_in_whitelist", "warehouse.error_can_not_find_warehouse"]
)
def test_a_shop_without_warehouses_has_one_location(wire: Wire, code: str) -> None:
    wire["get_warehouse_detail"] = refusal(code, "Your shop is not in multi-warehouse whitelist.")
    (only,) = wire.client().store.locations()
    assert (only.id, only.default) == ("default", True)


def test_another_refusal_of_the_warehouses_is_raised(wire: Wire) -> None:
    wire["get_warehouse_detail"] = refusal("warehouse.error_region_not_valid", "region")
    with pytest.raises(PlatformError):
        wire.client().store.locations()


def test_addresses_say_what_they_are_for(wire: Wire) -> None:
    row = {
        "address_id": 1173,
        "region": "SG",
        "state": "",
        "city": "Singapore",
        "address": "1 Market Street",
        "zipcode": "018956",
        "address_type": [
            "DEFAULT_ADDRESS",
            "PICK_UP_ADDRESS",
            "RETURN_ADDRESS",
            "INBOUND_PICKUP_ADDRESS",
            "NEW",
        ],
    }
    wire["get_address_list"] = {"show_pickup_address": True, "address_list": [row]}
    (place,) = wire.client().store.addresses()
    assert place.id == "1173"
    assert place.uses == ("default", "pickup", "return", "ship_from", "other")
    assert place.address.region is None
    assert place.raw == row


def test_channels_are_carriers_those_switched_off_included(wire: Wire) -> None:
    wire["get_channel_list"] = {
        "logistics_channel_list": [
            {
                "logistics_channel_id": 80012,
                "logistics_channel_name": "Standard",
                "enabled": True,
                "cod_enabled": True,
                "mask_channel_id": 0,
            },
            {
                "logistics_channel_id": 80013,
                "logistics_channel_name": "Own",
                "enabled": False,
                "mask_channel_id": 80012,
            },
        ]
    }
    first, second = wire.client().store.carriers()
    assert (first.id, first.name, first.enabled, first.cash_on_delivery) == ("80012", "Standard", True, True)
    assert first.native_ids["mask_channel_id"] == "0"
    assert (second.enabled, second.cash_on_delivery) == (False, None)


def test_the_pretend_shop_answers_all_four() -> None:
    shop = simulate("shopee")
    assert shop.store.info().currency == "SGD"
    assert shop.store.locations()
    assert any("pickup" in place.uses for place in shop.store.addresses())
    assert any(carrier.enabled for carrier in shop.store.carriers())


def test_every_operation_is_native() -> None:
    capabilities = simulate("shopee").capabilities
    names = [name for name in capabilities if name.startswith("store.")]
    assert {capabilities[name].level for name in names} == {"native"}
    assert len(names) == 4
