"""Every catalogue sample of the platform's facts is read whole."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from tests.meta.catalog_wire import BATCH, CATALOG, STATUS, Wire, item, sample

from socialcommerce import Media, Money, ProductInput, Sale, StockChange, VariantInput, errors
from socialcommerce.backends import Response

PRODUCTS = f"GET /{CATALOG}/products"
ITEM = "24500000000001"
PACIFIC = "-0800"


def everything_is_kept(row: Any, product: Any) -> None:
    """Nothing of the payload is lost: it stays at hand beside what was made of it."""
    assert product.raw == row


def test_three_pages_of_products() -> None:
    wire = Wire()
    pages = [sample(f"catalog_products_page_{name}") for name in ("first", "middle", "last")]
    wire[PRODUCTS] = pages
    small, medium, blue, mug = wire.client().catalog.list()
    everything_is_kept(pages[0]["data"][0], small)
    assert [wire.query(PRODUCTS, n).get("after") for n in range(3)] == [None, "QVFIUjI", "QVFIUjQ"]
    assert small.id == ITEM
    assert small.native_ids == {"product_id": ITEM, "retailer_id": "TEE-1-RED-S"}
    assert (small.title, small.description, small.brand) == ("Tee", "Organic cotton tee", "Acme")
    assert (small.status, small.native_status) == ("active", "approved/published")
    assert small.review is not None
    assert small.review.status == "approved"
    assert (small.group_id, small.condition) == ("TEE-1", "new")
    assert small.url == "https://shop.example.com/p/TEE-1-RED-S"
    assert [one.url for one in small.media] == [
        "https://cdn.example.com/TEE-1-RED-S.jpg",
        "https://cdn.example.com/TEE-1-RED-S-2.jpg",
    ]
    variant = small.variants[0]
    assert (variant.sku, variant.price, variant.base_price) == (
        "TEE-1-RED-S",
        Money("19.99", "USD"),
        Money("19.99", "USD"),
    )
    assert (variant.available, variant.inventory[0].on_hand, variant.sale) == (12, 12, None)
    assert variant.options == {"Color": "Red", "Size": "S"}
    assert medium.variants[0].available == 0
    assert blue.variants[0].price == Money("1299.50", "EUR")
    assert mug.variants[0].price == Money("1200", "JPY")
    assert mug.variants[0].is_default


def test_an_item_with_its_group() -> None:
    wire, row = Wire(), sample("product_item_with_group")
    wire[f"GET /{ITEM}"] = row
    product = wire.client().catalog.get(ITEM)
    everything_is_kept(row, product)
    assert product.native_ids["product_group_id"] == "24600000000001"
    variant = product.variants[0]
    assert (variant.price, variant.base_price) == (Money("14.99", "USD"), Money("19.99", "USD"))
    assert variant.sale is not None
    assert variant.sale.from_ == datetime.fromisoformat(f"2026-11-20T00:00:00{PACIFIC}")
    assert variant.sale.until == datetime.fromisoformat(f"2026-11-30T23:59:59{PACIFIC}")
    assert variant.gtin == "00012345678905"
    assert variant.options == {"Color": "Red", "Size": "S", "Gender": "unisex", "Age group": "adult"}
    assert product.review is not None
    assert product.review.reasons == ("Image resolution is low: Use at least 500 x 500 pixels.",)


def test_the_groups_own_items_as_one_product() -> None:
    wire, row = Wire(), sample("product_item_with_group")["product_group"]
    wire[f"GET /{CATALOG}/product_groups"] = {"data": [row], "paging": {"cursors": {"after": "x"}}}
    (product,) = wire.client().catalog.list(group=True)
    assert (product.id, product.group_id, len(product.variants)) == ("24600000000001", "TEE-1", 3)
    assert {option.name: option.values for option in product.options} == {
        "Color": ("Red", "Blue"),
        "Size": ("S", "M"),
    }


def test_the_requests_of_a_batch_are_written_alike() -> None:
    wire = Wire()
    wire["GET catalog:TEE-1-RED-S"] = item("TEE-1-RED-S")
    start, end = f"2026-11-20T00:00:00{PACIFIC}", f"2026-11-30T23:59:00{PACIFIC}"
    price = Sale(
        price=Money("14.99", "USD"), from_=datetime.fromisoformat(start), until=datetime.fromisoformat(end)
    )
    variant = VariantInput(
        sku="TEE-1-RED-S",
        quantity=12,
        price=Money("19.99", "USD"),
        sale=price,
        options={"Color": "Red", "Size": "S", "Fit": "Regular", "Neck": "Crew"},
    )
    product = ProductInput(
        title="Tee",
        description="Organic cotton tee",
        brand="Acme",
        url="https://shop.example.com/p/TEE-1-RED-S",
        media=[Media.from_url("https://cdn.example.com/1.jpg")],
        group_id="TEE-1",
        variants=[variant],
    )
    client = wire.client()
    client.catalog.upsert([product])
    client.catalog.set_stock(StockChange(sku="TEE-1-RED-M", quantity=0))
    create, update, _ = sample("items_batch_request")["requests"]
    expected = {name: value for name, value in create["data"].items() if name != "image"}
    written = wire.written()["TEE-1-RED-S"]
    assert {name: written[name] for name in expected} == expected
    assert written["image"] == [{"url": one["url"]} for one in create["data"]["image"]]
    assert wire.body(BATCH, 1)["requests"] == [update]


@pytest.mark.parametrize("running", [0, 2])
def test_a_batch_that_went_well_but_for_one_item(running: int) -> None:
    wire = Wire()
    wire[BATCH] = sample("items_batch_response_ok")
    wire[STATUS] = [sample("check_batch_status_in_progress")] * running + [
        sample("check_batch_status_finished")
    ]
    wire["GET catalog:TEE-1-RED-M"] = item("TEE-1-RED-M")
    skus = ["TEE-1-RED-S", "TEE-1-RED-M", "OLD-1"]
    result = wire.client().catalog.set_stock([StockChange(sku=sku, quantity=1) for sku in skus])
    assert [one.status for one in result] == ["ok", "failed", "ok"]
    assert "Invalid price" in str(result[1].error)


def test_a_validation_that_warns_of_one_and_refuses_a_nameless_one() -> None:
    wire = Wire()
    wire[BATCH] = sample("items_batch_response_validation")
    result = wire.client().catalog.set_stock([StockChange(sku="TEE-1-RED-S", quantity=1)])
    assert result.ok


def test_nothing_accepted() -> None:
    wire = Wire()
    wire[BATCH] = sample("items_batch_response_nothing_accepted")
    wire["GET catalog:X"] = item("X")
    with pytest.raises(errors.InvalidRequest, match="A required field is missing: price"):
        wire.client().catalog.set_stock(StockChange(sku="X", quantity=1))


def test_too_many_batches() -> None:
    wire = Wire()
    reply = json.dumps(sample("error_80014_catalog_batch")).encode()
    wire[BATCH] = Response(400, {}, reply)
    wire["GET catalog:X"] = item("X")
    with pytest.raises(errors.RateLimited) as caught:
        wire.client().with_options(on_limit="raise").catalog.set_stock(StockChange(sku="X", quantity=1))
    assert caught.value.scope == "catalog_batch"
    assert caught.value.request_id == "AmFGcW_3hwDB7qFbl_QdebZ"


@pytest.mark.parametrize(
    ("name", "path"),
    [("product_sets_list", f"/{CATALOG}/product_sets"), ("feed_upload", "/556677")],
)
def test_sets_and_uploads_are_read_through_the_call(name: str, path: str) -> None:
    wire = Wire()
    wire[f"GET {path}"] = sample(name)
    assert wire.client().call("GET", path) == sample(name)
