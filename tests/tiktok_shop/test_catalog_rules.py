"""Categories, attributes, limits and checks of products before they are written."""

from __future__ import annotations

import pytest
from tests.tiktok_shop.catalog_wire import mug, shop
from tests.tiktok_shop.wire import Wire

from socialcommerce import Money, errors


class TestRules:
    def test_categories_keep_their_tree(self) -> None:
        wire = shop()
        rows = [
            {"id": "1", "parent_id": "0", "local_name": "Home", "is_leaf": False},
            {"id": "2", "parent_id": "1", "local_name": "Mugs", "is_leaf": True},
        ]
        wire["GET /categories"] = {"categories": rows}
        catalog = wire.client().catalog
        (mugs,) = catalog.categories(parent="1")
        assert (mugs.tree, mugs.leaf, mugs.name) == ("v2", True, "Mugs")
        assert catalog.categories(tree="v1")[0].parent_id is None
        assert [wire.query("GET /categories", call) for call in range(2)] == [
            {"category_version": "v2"},
            {"category_version": "v1"},
        ]

    def test_attributes_and_the_brand(self) -> None:
        wire = shop()
        wire["GET /2/attributes"] = {
            "attributes": [
                {
                    "id": "7",
                    "name": "Size",
                    "type": "SALES_PROPERTY",
                    "is_customizable": True,
                    "values": [{"id": "1", "name": "S"}],
                },
                {
                    "id": "8",
                    "name": "Weight",
                    "type": "PRODUCT_PROPERTY",
                    "is_requried": True,
                    "value_data_format": "POSITIVE_INT_OR_DECIMAL",
                },
            ]
        }
        wire["GET /brands"] = {"brands": [{"id": "9", "name": "Acme"}]}
        brand, size, weight = wire.client().catalog.attributes("2")
        assert (brand.id, brand.values[0].name) == ("brand", "Acme")
        assert (size.kind, size.variant, size.custom_values) == ("choice", True, True)
        assert (weight.kind, weight.required) == ("number", True)

    def test_limits_are_those_of_the_market_and_the_category(self) -> None:
        wire = shop()
        wire["GET /2/rules"] = {"package_dimension": {"is_required": True}}
        limits = wire.client().catalog.limits("2")
        assert (limits.title_max, limits.variants_max, limits.images_max) == (255, 300, 9)
        assert limits.dimensions_required
        assert limits.price_step == Money("0.01", "USD")
        asian = Wire(region="TH").client().catalog.limits()
        assert (asian.title_min, asian.variants_max) == (25, 100)

    def test_a_check_asks_for_the_listing_and_the_shop(self) -> None:
        wire = shop()
        wire["GET /rules"] = {}
        wire["POST /listing_check"] = {
            "check_result": "FAILED",
            "fail_reasons": [{"code": 12, "message": "brand"}],
            "warnings": {"message": "few images"},
        }
        unmet = {"check_item": "SHOP_TAX", "is_failed": True, "fail_reasons": ["no number"]}
        wire["GET /prerequisites"] = {
            "check_results": [unmet, {"check_item": "SHOP_STATUS", "is_failed": False}]
        }
        check = wire.client().catalog.check(mug())
        assert not check
        assert [(one.field, one.message) for one in check.problems] == [
            ("product.12", "brand"),
            ("shop.SHOP_TAX", "no number"),
            ("warning", "few images"),
        ]

    def test_a_check_that_fails_silently_and_one_that_only_warns(self) -> None:
        wire = shop()
        wire["GET /rules"] = {}
        wire["GET /prerequisites"] = {}
        wire["POST /listing_check"] = [
            {"check_result": "FAILED"},
            {"check_result": "PASS", "warnings": {"message": "w"}},
        ]
        catalog = wire.client().catalog
        assert not catalog.check(mug())
        assert catalog.check(mug())

    def test_what_is_known_to_be_wrong_is_not_asked(self) -> None:
        wire = shop()
        wire["GET /rules"] = {}
        check = wire.client().catalog.check(mug(title="x" * 300))
        assert [one.field for one in check.problems] == ["title"]
        assert not any("listing_check" in path for path in wire.paths())

    def test_a_brand_that_nobody_knows(self) -> None:
        wire = shop()
        wire["GET /brands"] = {"brands": []}
        with pytest.raises(errors.InvalidRequest, match="not a brand"):
            wire.client().catalog.create(mug(brand="Nobody"))
