"""The store: a page with its shop and its catalogue, or a number of WhatsApp with its profile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.meta.wire import CATALOG, NOW, PAGE, PHONE, Wire, refusal, rows

from socialcommerce import errors
from socialcommerce.backends import Meta


def test_the_store_is_the_page_its_shop_and_the_catalogue(wire: Wire) -> None:
    wire["/1001"] = {"id": PAGE, "name": "Acme"}
    wire["/1001/commerce_merchant_settings"] = rows(
        {"id": "9", "display_name": "Acme Shop", "merchant_status": "ENABLED"}
    )
    wire["/2002"] = {"id": CATALOG, "name": "Goods", "product_count": 12}
    info = wire.meta().store.info()
    assert (info.id, info.name, info.status, info.currency) == (PAGE, "Acme Shop", "active", None)
    assert info.native_ids == {"page_id": PAGE, "catalog_id": CATALOG, "cms_id": "9"}
    assert (wire.bearer("/1001"), wire.bearer("/2002")) == ("page-token", "user-token")
    with pytest.raises(errors.NotLoaded):
        _ = info.vacation


def test_a_store_may_be_a_page_without_a_shop_or_a_catalogue_alone(wire: Wire) -> None:
    wire["/1001"] = {"id": PAGE, "name": "Acme"}
    wire["/1001/commerce_merchant_settings"] = refusal(10)
    assert wire.meta(catalog_id=None).store.info().name == "Acme"
    wire["/2002"] = {"id": CATALOG, "name": "Goods"}
    assert wire.meta(page_id=None).store.info().name == "Goods"
    with pytest.raises(errors.ConfigurationError, match="page_id or catalog_id"):
        wire.client(Meta(access_token="t")).store.info()


def test_an_outage_while_reading_the_shop_is_not_hidden(wire: Wire) -> None:
    wire["/1001"] = {"id": PAGE, "name": "Acme"}
    wire["/1001/commerce_merchant_settings"] = refusal(2)
    with pytest.raises(errors.PlatformUnavailable):
        wire.meta().store.info()


@pytest.mark.parametrize("operation", ["locations", "addresses", "carriers"])
@pytest.mark.parametrize("name", ["meta", "whatsapp"])
def test_meta_keeps_no_warehouse(wire: Wire, name: str, operation: str) -> None:
    with pytest.raises(errors.Unsupported, match=r"one number an item|logistics"):
        getattr(getattr(wire, name)().store, operation)()
    assert not wire.sent


def test_the_store_of_whatsapp_is_profile_account_and_settings(wire: Wire, shared: Path) -> None:
    wire["/5005/whatsapp_business_profile"] = {"data": [{"about": "Hi", "websites": ["https://a.example"]}]}
    wire["/6006"] = {"id": "6006", "name": "Acme", "currency": "USD", "timezone_id": "1"}
    wire["/5005/whatsapp_commerce_settings"] = json.loads(
        (shared / "samples/whatsapp/commerce_settings_response.json").read_text()
    )
    info = wire.whatsapp().store.info()
    assert (info.id, info.name, info.currency, info.status) == (PHONE, "Acme", "USD", "active")
    assert (info.url, info.timezone) == ("https://a.example", None)
    assert info.raw["account"]["timezone_id"] == "1"
    assert info.native_ids["catalog_id"] == "527759822865714"


def test_a_number_without_its_account_has_no_name(wire: Wire) -> None:
    wire["/5005/whatsapp_business_profile"] = {"data": [{"business_profile": {"about": "Hi"}}]}
    wire["/5005/whatsapp_commerce_settings"] = {"data": []}
    info = wire.whatsapp(waba_id=None).store.info()
    assert (info.status, info.raw["profile"]) == ("other", {"about": "Hi"})
    with pytest.raises(errors.NotLoaded):
        _ = info.name
    assert wire.now == NOW
