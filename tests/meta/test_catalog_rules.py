"""What an item may be, asked before it is written; and products as a feed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.meta.catalog_wire import CATALOG, Wire, item
from tests.meta.test_catalog_writing import mug

from socialcommerce import (
    Client,
    Media,
    Money,
    Parcel,
    Product,
    ProductInput,
    Sale,
    Variant,
    VariantInput,
    errors,
)
from socialcommerce.backends.meta.whatsapp.backend import WhatsApp
from socialcommerce.models.product import AttributeValue, CategoryRef

SANDWICHED = "a, b: c"


def one(**fields: Any) -> list[VariantInput]:
    return [VariantInput(**{"sku": "A", "price": Money("1", "USD"), **fields})]


def film() -> Media:
    return Media.from_url("https://cdn.example.com/1.mp4", kind="video")


class TestCheck:
    def test_a_good_product_passes_without_a_call(self) -> None:
        wire = Wire()
        assert wire.client().catalog.check(mug())
        assert not wire.sent

    @pytest.mark.parametrize(
        ("fields", "where"),
        [
            ({"title": "x" * 201}, "title"),
            ({"description": "x" * 10_000}, "description"),
            ({"url": None}, "url"),
            ({"url": "ftp://x"}, "url"),
            ({"media": []}, "media"),
            ({"media": [Media.from_url("http://cdn.example.com/1.jpg")]}, "media"),
            ({"media": [Media.from_id("9")]}, "media"),
            ({"media": [film()]}, "media"),
            ({"media": [Media.from_url(f"https://x.example/{n}.jpg") for n in range(22)]}, "media"),
            ({"status": "unlisted"}, "status"),
            ({"condition": "other"}, "condition"),
            ({"package": Parcel(weight_g=1)}, "package"),
            ({"group_id": "x" * 101}, "group_id"),
            ({"categories": [CategoryRef(tree="shopee", id="1")]}, "categories"),
            ({"categories": ["1", "2"]}, "categories"),
            ({"attributes": {"colour": "red"}}, "attributes.colour"),
            ({"attributes": {"material": ["a", "b"]}}, "attributes.material"),
            ({"attributes": {"gender": "ladies"}}, "attributes.gender"),
            ({"native": {"link": "x"}}, "native.link"),
            ({"variants": one(sku=None)}, "variants.sku"),
            ({"variants": one(sku="x" * 101)}, "variants.sku"),
            ({"variants": one(price=None)}, "variants.price"),
            ({"variants": one(price=Money("1.005", "USD"))}, "variants.price"),
            ({"variants": one(list_price=Money("2", "USD"))}, "variants.list_price"),
            ({"variants": one(location="x")}, "variants.location"),
            ({"variants": one(weight_g=5)}, "variants.weight_g"),
            ({"variants": one(options={"Fit": SANDWICHED})}, "variants.options.Fit"),
            ({"variants": one(options={"Gender": "ladies"})}, "variants.options.Gender"),
            ({"variants": one(native={"availability": "maybe"})}, "variants.native.availability"),
            ({"variants": one(sale=Sale(price=Money("1", "EUR")))}, "variants.sale.price"),
        ],
    )
    def test_what_meta_would_refuse_is_told_with_its_field(self, fields: dict[str, Any], where: str) -> None:
        check = Wire().client().catalog.check(mug(**fields))
        assert not check
        assert where in [problem.field for problem in check.problems]
        assert all(problem.message for problem in check.problems)

    def test_lengths_on_which_meta_disagrees_with_itself_are_warnings(self) -> None:
        check = Wire().client().catalog.check(mug(title="x" * 150, description="x" * 6000))
        assert check.ok
        assert [problem.field for problem in check.problems] == ["warning.title", "warning.description"]

    def test_a_word_of_metas_own_may_stand_for_a_condition(self) -> None:
        assert Wire().client().catalog.check(mug(condition="other", native={"condition": "used_fair"}))

    def test_india_asks_for_more_on_whatsapp(self) -> None:
        settings = WhatsApp("1", "s", "t", catalog_id=CATALOG)
        client = Client(settings, transport=Wire())
        check = client.catalog.check(mug(variants=one(price=Money("100", "INR"))))
        assert check.ok
        assert [problem.field for problem in check.problems] == [
            "warning.native.wa_compliance_category",
            "warning.native.origin_country",
        ]
        told = {"wa_compliance_category": "DEFAULT", "origin_country": "IN"}
        assert not client.catalog.check(mug(variants=one(price=Money("100", "INR")), native=told)).problems
        assert not client.catalog.check(mug()).problems


def test_limits_are_the_constants_of_the_feed_specification() -> None:
    limits = Wire().client().catalog.limits()
    assert (limits.title_max, limits.description_max, limits.images_max) == (200, 9999, 21)


def listed(sku: str = "A", **fields: Any) -> Product:
    """A product as any platform lists it."""
    variant = Variant(
        id="1",
        sku=sku,
        price=Money("19.99", "USD"),
        base_price=Money("24.99", "USD"),
        available=3,
        sale=Sale(price=Money("19.99", "USD"), from_=datetime(2026, 11, 20, tzinfo=UTC)),
        options={"Color": "Red"},
    )
    defaults: dict[str, Any] = {
        "id": "9",
        "platform": "shopee",
        "title": "A mug, red & round",
        "description": 'with a "handle"',
        "status": "active",
        "condition": "new",
        "url": "https://shop.example.com/mug?a=1&b=2",
        "categories": (CategoryRef(id="100017"), CategoryRef(tree="google_product_category", id="212")),
        "attributes": (
            AttributeValue(id="mpn", values=("M",)),
            AttributeValue(id="100392", values=("Birthday",)),
        ),
        "media": (
            Media.from_url("https://cdn.example.com/1.jpg"),
            Media.from_url("https://cdn.example.com/2.jpg"),
        ),
        "variants": (variant,),
    }
    return Product(**{**defaults, **fields})


class TestFeed:
    def test_products_of_any_platform_become_rows(self) -> None:
        document = Wire().client().catalog.export_feed([listed()])
        (row,) = csv.DictReader(io.StringIO(document.read().decode()))
        assert row == {
            "id": "A",
            "title": "A mug, red & round",
            "description": 'with a "handle"',
            "availability": "in stock",
            "condition": "new",
            "price": "24.99 USD",
            "link": "https://shop.example.com/mug?a=1&b=2",
            "image_link": "https://cdn.example.com/1.jpg",
            "status": "active",
            "google_product_category": "212",
            "mpn": "M",
            "sale_price": "19.99 USD",
            "sale_price_effective_date": "2026-11-20T00:00+0000/2099-12-31T23:59+0000",
            "quantity_to_sell_on_facebook": "3",
            "color": "Red",
            "additional_image_link": "https://cdn.example.com/2.jpg",
        }
        assert document.media_type == "text/csv"
        assert "update_only" in (document.note or "")

    def test_the_same_as_xml(self) -> None:
        document = (
            Wire().client().catalog.export_feed([listed(), listed("B", status="inactive")], format="xml")
        )
        root = ElementTree.fromstring(document.read())
        rows = [{one.tag.partition("}")[2]: one.text for one in row} for row in root.iter("item")]
        assert [row["id"] for row in rows] == ["A", "B"]
        assert [row["status"] for row in rows] == ["active", "archived"]
        assert rows[0]["title"] == "A mug, red & round"

    def test_what_was_listed_here_goes_out_again(self) -> None:
        wire = Wire()
        wire[f"GET /{CATALOG}/products"] = {"data": [item("A"), item("B", "2", availability="out of stock")]}
        catalog = wire.client().catalog
        rows = list(csv.DictReader(io.StringIO(catalog.export_feed(catalog.list()).read().decode())))
        assert [(row["id"], row["item_group_id"], row["availability"]) for row in rows] == [
            ("A", "TS", "in stock"),
            ("B", "TS", "out of stock"),
        ]

    @pytest.mark.parametrize(
        ("fields", "where"),
        [
            ({"url": None}, "products.1.url"),
            ({"condition": None}, "products.1.condition"),
            ({"media": ()}, "products.1.media"),
            ({"variants": (Variant(id="1", price=Money("1", "USD")),)}, "products.1.variants.sku"),
        ],
    )
    def test_what_lacks_something_is_named_by_its_place(self, fields: dict[str, Any], where: str) -> None:
        with pytest.raises(errors.InvalidRequest) as caught:
            Wire().client().catalog.export_feed([listed("B"), listed(**fields)])
        assert where in caught.value.fields

    def test_a_sku_that_comes_twice_is_refused_since_meta_ignores_both(self) -> None:
        with pytest.raises(errors.InvalidRequest, match="twice"):
            Wire().client().catalog.export_feed([listed(), listed()])

    def test_one_product_will_do_and_what_cannot_be_walked_is_told(self) -> None:
        catalog = Wire().client().catalog
        assert catalog.export_feed(listed()).read() == catalog.export_feed([listed()]).read()  # type: ignore[arg-type]
        with pytest.raises(errors.InvalidRequest, match="collect"):
            catalog.export_feed(object())  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "wrong", [ProductInput(title="Tee", variants=[VariantInput(sku="A")]), "1", None]
    )
    def test_what_is_no_product_is_named_by_its_place(self, wrong: Any) -> None:
        with pytest.raises(errors.InvalidRequest, match="expected Product") as caught:
            Wire().client().catalog.export_feed([listed(), wrong])
        assert "products.1.product" in caught.value.fields

    def test_json_is_no_feed(self) -> None:
        with pytest.raises(errors.Unsupported, match="JSON"):
            Wire().client().catalog.export_feed([listed()], format="json")
