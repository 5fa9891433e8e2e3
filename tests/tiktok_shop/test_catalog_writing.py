"""Creating, changing, shelving, deleting and upserting products."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from tests.tiktok_shop.catalog_wire import CREATE, DETAIL, EDIT, IMAGE, PNG, mug, shop, variant
from tests.tiktok_shop.wire import OTHER_WAREHOUSE, PRODUCT, WAREHOUSE, failed, found, refusal, row, sample

from socialcommerce import Media, Money, Parcel, Retry, Sale, VariantInput, errors
from socialcommerce.models.product import CategoryRef

THIS_MOMENT = -1


def new(product_id: str, title: str = "") -> dict[str, Any]:
    """A row of a product that was made this very moment (see ``dated``)."""
    return row(product_id, ("1", "MUG-1"), title=title or mug().title, create_time=THIS_MOMENT)


def dated(rows: list[Any]) -> list[Any]:
    """The rows, with the present time where a product was made this very moment."""
    now = int(time.time())
    return [one | {"create_time": now} if one.get("create_time") == THIS_MOMENT else one for one in rows]


class TestCreate:
    def test_a_product_becomes_one_body(self) -> None:
        wire = shop()
        made = wire.client().catalog.create(
            mug(
                package=Parcel(
                    weight_g=Decimal(1320), length_mm=Decimal(101), width_mm=Decimal(90), height_mm=Decimal(5)
                )
            ),
            idempotency_key="mine",
        )
        assert made.id == PRODUCT
        assert wire.body(CREATE) == {
            "title": "A mug of clay",
            "description": "<p>mug</p>",
            "main_images": [{"uri": "tos/main"}],
            "skus": [
                {
                    "seller_sku": "MUG-1",
                    "price": {"currency": "USD", "amount": "12.50"},
                    "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 5}],
                }
            ],
            "save_mode": "LISTING",
            "category_id": "842248",
            "category_version": "v2",
            "package_weight": {"value": "1.32", "unit": "KILOGRAM"},
            "package_dimensions": {"length": "11", "width": "9", "height": "1", "unit": "CENTIMETER"},
            "idempotency_key": "mine",
        }

    def test_variants_name_their_options_and_the_first_carries_the_picture(self) -> None:
        wire = shop()
        red = variant(
            "R",
            "Red",
            media=[Media.from_bytes(PNG)],
            gtin="00012345000001",
            location=OTHER_WAREHOUSE,
            weight_g=Decimal(80),
        )
        product = mug(variants=[red, variant("B", "Blue")], status="draft")
        wire.client().catalog.create(product)
        body = wire.body(CREATE)
        assert body["save_mode"] == "AS_DRAFT"
        assert body["skus"][0]["sales_attributes"] == [
            {
                "name": "Color",
                "value_name": "Red",
                "sku_img": {"uri": body["skus"][0]["sales_attributes"][0]["sku_img"]["uri"]},
            }
        ]
        assert body["skus"][0]["sku_weight"] == {"value": "0.08", "unit": "KILOGRAM"}
        assert body["skus"][0]["identifier_code"] == {"code": "00012345000001", "type": "GTIN"}
        assert body["skus"][0]["inventory"] == [{"warehouse_id": OTHER_WAREHOUSE, "quantity": 5}]
        assert body["skus"][1]["sales_attributes"] == [{"name": "Color", "value_name": "Blue"}]
        assert b"ATTRIBUTE_IMAGE" in wire.request(IMAGE).content

    def test_stock_in_several_warehouses_brand_attributes_and_film(self) -> None:
        wire = shop()
        wire["GET /brands"] = {"brands": [{"id": "8", "name": "Acme Ltd"}, {"id": "9", "name": "ACME"}]}
        inventory = [{"warehouse_id": place, "quantity": 2} for place in (WAREHOUSE, OTHER_WAREHOUSE)]
        one = VariantInput(sku="M", quantity=4, price=Money("1", "USD"), native={"inventory": inventory})
        film = Media.from_id("v09", kind="video")
        wire.client().catalog.create(
            mug(
                variants=[one],
                brand="acme",
                attributes={"100392": "Birthday"},
                media=[Media.from_id("tos/main"), film],
                native={"is_cod_allowed": False},
            )
        )
        body = wire.body(CREATE)
        assert body["skus"][0]["inventory"] == inventory
        assert (body["brand_id"], body["video"], body["is_cod_allowed"]) == ("9", {"id": "v09"}, False)
        assert body["product_attributes"] == [{"id": "100392", "values": [{"name": "Birthday"}]}]
        assert wire.query("GET /brands")["brand_name"] == "acme"

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"title": "x" * 256}, "title"),
            ({"media": []}, "media"),
            ({"categories": []}, "categories"),
            ({"condition": "used"}, "condition"),
            ({"status": "unlisted"}, "status"),
            ({"url": "https://x"}, "url"),
            ({"native": {"odd": 1}}, "native.odd"),
            ({"variants": [VariantInput(sku="M")]}, "variants.price"),
            ({"variants": [VariantInput(sku="M", price=Money("1", "EUR"))]}, "variants.price"),
            ({"variants": [VariantInput(sku="M", price=Money("1", "USD"), gtin="12")]}, "variants.gtin"),
            ({"variants": [VariantInput(sku="M" * 51, price=Money("1", "USD"))]}, "variants.sku"),
            (
                {"variants": [VariantInput(sku="M", price=Money("1", "USD"), quantity=100_000)]},
                "variants.quantity",
            ),
            (
                {"variants": [variant("A", "Red"), VariantInput(sku="B", price=Money("1", "USD"))]},
                "variants.options",
            ),
            ({"package": Parcel(length_mm=Decimal(1))}, "package"),
        ],
    )
    def test_what_is_wrong_is_said_before_anything_is_made(self, fields: dict[str, Any], field: str) -> None:
        wire = shop()
        with pytest.raises(errors.InvalidRequest) as caught:
            wire.client().catalog.create(mug(**fields))
        assert field in caught.value.fields
        assert not any(path.startswith("POST") for path in wire.paths())

    def test_a_price_for_a_time_is_a_promotion(self) -> None:
        one = VariantInput(sku="M", price=Money("2", "USD"), sale=Sale(price=Money("1", "USD")))
        with pytest.raises(errors.Unsupported, match="promotion"):
            shop().client().catalog.create(mug(variants=[one]))

    def test_a_repeat_after_a_cut_line_carries_the_same_key(self) -> None:
        wire = shop()
        wire[CREATE] = [refusal(36009003, "internal"), {"product_id": PRODUCT}]
        wire.client(sleep=lambda seconds: None).catalog.create(mug())
        keys = {wire.body(CREATE, number)["idempotency_key"] for number in range(2)}
        assert len(keys) == 1

    @pytest.mark.parametrize(
        ("rows", "outcome"),
        [
            ([new(PRODUCT)], PRODUCT),
            ([], None),
            ([row(PRODUCT, ("11", "MUG-1"), title=mug().title)], None),
            ([new(PRODUCT, "Another mug")], None),
            ([new("1"), new("2")], "?"),
        ],
    )
    def test_a_doubtful_creation_is_looked_for(self, rows: list[Any], outcome: str | None) -> None:
        wire = shop()
        wire[CREATE] = refusal(36009003, "internal")
        wire["POST /products/search"] = found(*dated(rows))
        catalog = wire.client(retry=Retry(attempts=1)).catalog
        if outcome == PRODUCT:
            assert catalog.create(mug()).id == PRODUCT
            return
        with pytest.raises(errors.OutcomeUnknown if outcome else errors.PlatformUnavailable):
            catalog.create(mug())

    def test_each_of_several_has_its_own_key(self) -> None:
        wire = shop()
        wire.client().catalog.create([mug(), mug()], idempotency_key="k")
        assert sorted(wire.body(CREATE, number)["idempotency_key"] for number in range(2)) == ["k", "k-1"]
        with pytest.raises(errors.InvalidRequest):
            wire.client().catalog.create(mug(), idempotency_key="k" * 126)

    def test_the_vendors_reply_is_read(self, shared: Any) -> None:
        wire = shop()
        wire[CREATE] = sample("product_create_with_warning")
        wire["GET /products/1729592969712207008"] = sample("product_detail_published")
        assert wire.client().catalog.create(mug()).id == "1729592969712207008"


class TestUpdate:
    def test_only_what_changes_is_sent(self) -> None:
        wire = shop()
        wire.client().catalog.update(PRODUCT, title="A better mug", native={"is_cod_allowed": True})
        assert wire.body(EDIT) == {"title": "A better mug", "is_cod_allowed": True}

    def test_a_draft_stays_a_draft_until_it_is_told(self) -> None:
        wire = shop(status="DRAFT")
        wire.client().catalog.update(PRODUCT, title="A better mug")
        wire.client().catalog.update(PRODUCT, status="active")
        assert wire.body(EDIT) == {"title": "A better mug", "save_mode": "AS_DRAFT"}
        assert wire.body(EDIT, 1) == {"save_mode": "LISTING"}

    def test_pictures_parcel_brand_and_attributes(self) -> None:
        wire = shop()
        wire["GET /brands"] = {"brands": []}
        wire.client().catalog.update(
            PRODUCT,
            media=[Media.from_bytes(PNG)],
            brand=None,
            attributes=None,
            package=Parcel(weight_g=Decimal(250)),
        )
        assert wire.body(EDIT) == {
            "main_images": [{"uri": wire.body(EDIT)["main_images"][0]["uri"]}],
            "brand_id": "",
            "product_attributes": [],
            "package_weight": {"value": "0.25", "unit": "KILOGRAM"},
        }

    def test_another_category_replaces_the_whole(self, shared: Any) -> None:
        wire = shop()
        wire[DETAIL] = sample("product_detail_variants")
        wire.client().catalog.update(PRODUCT, categories=[CategoryRef(tree="v1", id="5")])
        body = wire.body(f"PUT /{PRODUCT}")
        assert (body["category_id"], body["category_version"]) == ("5", "v1")
        assert body["title"] == "Organic tee – “Été” edition"
        assert body["main_images"] == [{"uri": "tos-maliva/main1"}, {"uri": "tos-maliva/main2"}]
        assert (body["brand_id"], body["is_cod_allowed"]) == ("7082427311584347905", False)
        assert body["product_attributes"] == [{"id": "100392", "values": [{"id": "1001533"}]}]
        first = body["skus"][0]
        assert first["price"] == {"currency": "USD", "amount": "19.99"}
        assert first["sales_attributes"][0] == {
            "id": "100000",
            "value_id": "1082",
            "sku_img": {"uri": "tos-maliva/Red"},
        }
        assert len(first["inventory"]) == 2

    def test_the_published_product_can_be_written_whole(self, shared: Any) -> None:
        product = "1729592969712207008"
        wire = shop()
        wire[f"GET /products/{product}"] = sample("product_detail_published")
        wire[f"PUT /{product}"] = {"product_id": product}
        wire.client().catalog.update(product, native={"minimum_order_quantity": 2})
        body = wire.body(f"PUT /{product}")
        assert body["minimum_order_quantity"] == 2
        assert body["certifications"][0]["files"] == ["v09ea0g40000cj91373c77u3mid3g1s0"]
        assert body["size_chart"]["template"] == {"id": "7267563252536723205"}
        assert body["delivery_option_ids"] == ["1729592969712203232"]

    def test_the_category_it_has_already_is_no_change(self, shared: Any) -> None:
        wire = shop()
        wire[DETAIL] = sample("product_detail_variants")
        wire.client().catalog.update(PRODUCT, categories=["842248"], title="T")
        assert wire.body(EDIT) == {"title": "T"}

    def test_a_list_of_variants_is_the_whole_list(self, shared: Any) -> None:
        wire = shop()
        wire[DETAIL] = sample("product_detail_variants")
        green = VariantInput(
            sku="G", quantity=1, price=Money("9", "USD"), options={"Color": "Green", "Size": "S"}
        )
        wire.client().catalog.update(
            PRODUCT, variants=[VariantInput(sku="TEE-Blue-S", price=Money("22", "USD")), green]
        )
        kept, new = wire.body(EDIT)["skus"]
        assert (kept["id"], kept["price"]) == ("1729592969712310003", {"currency": "USD", "amount": "22"})
        assert [one["value_id"] for one in kept["sales_attributes"]] == ["1066", "2083"]
        assert "id" not in new
        assert new["sales_attributes"][0] == {"name": "Color", "value_name": "Green"}

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"description": None}, "description"),
            ({"package": None}, "package"),
            ({"condition": "used"}, "condition"),
            ({"status": "archived"}, "status"),
            ({"media": []}, "media"),
            ({"variants": []}, "variants"),
            ({"categories": []}, "categories"),
            ({"variants": [VariantInput(sku="TEE-Red-S", quantity=1)]}, "variants.location"),
        ],
    )
    def test_what_cannot_be_written_is_not_sent(
        self, shared: Any, changes: dict[str, Any], field: str
    ) -> None:
        wire = shop()
        wire[DETAIL] = sample("product_detail_variants")
        with pytest.raises(errors.InvalidRequest) as caught:
            wire.client().catalog.update(PRODUCT, **changes)
        assert field in caught.value.fields
        assert not any("edit" in path for path in wire.paths())

    def test_an_edit_that_stands_while_the_shelf_refuses(self) -> None:
        wire = shop(status="SELLER_DEACTIVATED")
        wire["POST /activate"] = failed(
            [{"code": 12052003, "message": "status", "detail": {"product_id": PRODUCT}}]
        )
        client = wire.client()
        with pytest.raises(errors.PartiallyApplied) as caught:
            client.catalog.update(PRODUCT, title="T", status="active")
        assert caught.value.resume == {"product": PRODUCT, "changes": {"status": "active"}}
        with pytest.raises(errors.Conflict):
            client.catalog.update(PRODUCT, status="active")

    def test_a_deleted_product_is_not_there(self) -> None:
        with pytest.raises(errors.NotFound):
            shop(status="DELETED").client().catalog.update(PRODUCT, title="T")


class TestShelf:
    def test_twenty_products_are_one_call(self) -> None:
        wire = shop()
        wire["DELETE /products"] = {}
        result = wire.client().catalog.delete([*map(str, range(21)), "odd"])
        assert [len(wire.body("DELETE /products", call)["product_ids"]) for call in range(2)] == [20, 1]
        assert [one.status for one in result][-2:] == ["ok", "failed"]

    def test_what_is_there_already_is_done(self) -> None:
        wire = shop(status="SELLER_DEACTIVATED")
        refused = {
            "code": 12052003,
            "message": "The status does not allow it",
            "detail": {"product_id": PRODUCT},
        }
        wire["POST /deactivate"] = failed([refused])
        assert wire.client().catalog.unpublish(PRODUCT) is None

    def test_a_draft_is_listed_by_an_edit(self) -> None:
        wire = shop(status="DRAFT")
        cause = {"code": 12052003, "message": "The current product status can not be activated"}
        detail = {"product_id": PRODUCT, "extra_errors": [cause]}
        wire["POST /activate"] = failed([{"code": 12052990, "message": "batch", "detail": detail}])
        wire.client().catalog.publish(PRODUCT)
        assert wire.body(EDIT) == {"save_mode": "LISTING"}
        wire[EDIT] = refusal(12052024, "not a leaf category")
        with pytest.raises(errors.InvalidRequest):
            wire.client().catalog.publish(PRODUCT)

    def test_other_refusals_stay(self) -> None:
        wire = shop(status="FREEZE")
        refused = {"code": 12052003, "message": "in a promotion", "detail": {"product_id": PRODUCT}}
        wire["POST /deactivate"] = failed([refused])
        with pytest.raises(errors.Conflict) as caught:
            wire.client().catalog.unpublish(PRODUCT)
        assert caught.value.reason == "promotion"
        wire["POST /deactivate"] = refusal(105005, "no scope")
        with pytest.raises(errors.PermissionDenied):
            wire.client().catalog.unpublish(PRODUCT)


class TestUpsert:
    def test_what_is_there_is_changed_and_the_rest_made(self) -> None:
        wire = shop()
        wire["POST /products/search"] = found(row(PRODUCT, ("11", "MUG-1")))
        new = mug(variants=[VariantInput(sku="NEW", quantity=1, price=Money("1", "USD"))])
        result = wire.client().catalog.upsert([mug(), new])
        assert result.ok
        assert wire.body("POST /products/search") == {"seller_skus": ["MUG-1", "NEW"]}
        assert wire.body(CREATE)["skus"][0]["seller_sku"] == "NEW"

    def test_skus_of_several_products_are_a_conflict(self) -> None:
        wire = shop()
        wire["POST /products/search"] = found(row("1", ("11", "MUG-1")), row("2", ("21", "MUG-1")))
        nameless = mug(variants=[VariantInput(quantity=1, price=Money("1", "USD"))])
        first, second = wire.client().catalog.upsert([mug(), nameless])
        assert isinstance(first.error, errors.Conflict)
        assert first.error.reason == "duplicate"
        assert isinstance(second.error, errors.InvalidRequest)
