"""The shop itself, its warehouses and carriers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tiktok_shop.wire import SHOP_ID, WAREHOUSE, Wire, refusal, sample

from socialcommerce import Client, Retry, errors, simulate
from socialcommerce.backends import TikTokShop

OPTIONS = f"GET /{WAREHOUSE}/delivery_options"


def test_the_shop_is_what_its_login_says() -> None:
    info = Wire(region="GB").client().store.info()
    assert (info.id, info.name, info.region) == (SHOP_ID, "Maomao", "GB")
    assert (info.currency, info.timezone) == ("GBP", "Europe/London")
    with pytest.raises(errors.NotLoaded):
        _ = info.vacation


def test_the_market_is_read_from_the_shop_where_the_settings_name_none() -> None:
    wire = Wire(region="JP")
    shop = TikTokShop("key", "secret", shop_id=SHOP_ID, access_token="token")
    assert Client(shop, transport=wire).catalog.limits().variants_max == 300


def test_a_market_that_is_new_has_no_constants() -> None:
    info = Wire(region="ZZ").client().store.info()
    assert (info.region, info.currency, info.timezone) == ("ZZ", None, None)


def test_the_vendors_warehouses_are_read_whole(shared: Any) -> None:
    wire = Wire()
    wire["GET /warehouses"] = sample("warehouses")
    store = wire.client().store
    (place,) = store.locations()
    assert (place.id, place.name, place.default, place.active) == (
        "7000714532876273410",
        "Guangzhou",
        True,
        True,
    )
    (kept,) = store.addresses()
    assert (kept.uses, kept.location_id) == (("ship_from",), place.id)
    assert kept.address.lines == ("South Sea 11 floor",)
    assert (kept.address.district, kept.address.country) == ("HuaDu", "CN")


def test_a_return_warehouse_has_an_address_and_no_stock() -> None:
    wire = Wire()
    returns = {
        "id": "5",
        "type": "RETURN_WAREHOUSE",
        "address": {"address_line1": "1 Road", "region_code": "US"},
    }
    wire["GET /warehouses"] = {"warehouses": [returns]}
    store = wire.client().store
    assert store.locations() == ()
    assert [one.uses for one in store.addresses()] == [("return",)]


def test_a_shop_without_warehouses() -> None:
    wire = Wire()
    wire["GET /warehouses"] = {"code": 0, "message": "Success", "request_id": "r", "data": None}
    assert wire.client().store.locations() == ()


def test_carriers_are_those_of_every_delivery_option() -> None:
    wire = Wire()
    wire["GET /delivery_options"] = {"delivery_options": []}
    wire[OPTIONS] = {"delivery_options": [{"id": "1", "name": "own"}, {"id": "2", "name": "TikTok"}]}
    wire["GET /1/shipping_providers"] = {"shipping_providers": [{"id": "71", "name": "USPS"}]}
    wire["GET /2/shipping_providers"] = refusal(21011001, "shipped by the platform")
    client = wire.client()
    (carrier,) = client.store.carriers()
    assert (carrier.id, carrier.name) == ("71", "USPS")
    asked = len(wire.sent)
    assert client.store.carriers() == (carrier,)
    assert len(wire.sent) == asked


def test_a_failing_option_is_not_hidden() -> None:
    wire = Wire()
    wire["GET /delivery_options"] = {"delivery_options": []}
    wire[OPTIONS] = {"delivery_options": [{"id": "1"}]}
    wire["GET /1/shipping_providers"] = refusal(36009003, "internal")
    with pytest.raises(errors.PlatformUnavailable):
        wire.client(retry=Retry(attempts=1)).store.carriers()


def test_the_twin_agrees() -> None:
    store = simulate("tiktok_shop").store
    assert store.info().region == "US"
    assert store.locations()[0].default
    assert {use for one in store.addresses() for use in one.uses} == {"ship_from", "return"}
    assert store.carriers()
