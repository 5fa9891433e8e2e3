"""What a product of Shopee is made of, and how it is found by id and by SKU."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.wire import Wire, item, model, models, query_of, refusal, stock

from socialcommerce import Client, Money, Ref, State
from socialcommerce.backends import Request
from socialcommerce.errors import NotFound, NotLoaded, Unsupported

ALL = ["NORMAL", "UNLIST", "BANNED", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE"]


def sample(shared: Path, name: str) -> Any:
    return json.loads((shared / "samples" / "shopee" / f"{name}.json").read_text())


def rows(*ids: int, status: str = "NORMAL", **more: Any) -> dict[str, Any]:
    found = [{"item_id": one, "item_status": status, "update_time": 1_762_000_000} for one in ids]
    return {"item": found, "total_count": len(found), "has_next_page": False, "next_offset": 0, **more}


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire["get_item_list"] = rows(34001)
    wire["get_item_base_info"] = {"item_list": [item()]}
    return wire


class TestProduct:
    """What a product is made of."""

    def test_an_item_without_models_has_one_variant(self, wire: Wire, shared: Path) -> None:
        wire["get_item_base_info"] = sample(shared, "product_get_item_base_info")
        wire["get_model_list"] = sample(shared, "product_get_model_list")
        found = wire.client().catalog.get("34001")
        assert (found.title, found.status, found.condition, found.brand) == (
            "Plain mug",
            "active",
            "new",
            None,
        )
        assert found.categories[0].id == "100636"
        assert found.attributes[0].id == "4811"
        assert (found.attributes[0].values, found.attributes[0].value_ids) == (("Canvas",), ())
        assert found.media[0].id == "aaa111"
        assert found.package is not None
        assert (found.package.weight_g, found.package.length_mm) == (Decimal(1200), Decimal(300))
        assert found.created_at == datetime.fromtimestamp(1600572637, UTC)
        (only,) = found.variants
        assert (only.id, only.is_default, only.sku) == ("0", True, "PARENT-1")
        assert only.price == Money("99.9", "SGD")
        assert only.base_price == only.list_price == Money("122.02", "SGD")
        assert only.available == 389
        assert [(place.location, place.on_hand, place.available) for place in only.inventory] == [
            ("SGZ", 90, 90),
            ("SGG", 299, 299),
        ]

    def test_models_are_variants_with_options_prices_and_stock(self, wire: Wire, shared: Path) -> None:
        wire["get_item_base_info"] = sample(shared, "product_get_item_base_info")
        wire["get_model_list"] = sample(shared, "product_get_model_list")
        found = wire.client().catalog.get("34002")
        assert [(option.name, option.values) for option in found.options] == [
            ("Color", ("red", "blue")),
            ("Size", ("L", "XL")),
        ]
        first = found.variant("red-L")
        assert first.options == {"Color": "red", "Size": "L"}
        assert first.native_ids == {"item_id": "34002", "model_id": "2000458802"}
        assert (first.price, first.list_price) == (Money("25", "SGD"), Money("30.5", "SGD"))
        assert (first.available, first.inventory[0].reserved) == (100, 10)
        assert first.media[0].id == "aaa111"
        assert (first.status, first.gtin) == ("active", None)
        assert found.variant("red-XL").list_price is None

    def test_older_replies_without_standard_variations_read_the_same(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(has_model=True)]}
        wire["get_model_list"] = models(
            model(7, 1, sku="b", gtin_code="00", model_status="MODEL_UNAVAILABLE")
        )
        (only,) = wire.client().catalog.get("34001").variants
        assert (only.options, only.gtin, only.status) == ({"Colour": "blue"}, None, "inactive")

    @pytest.mark.parametrize(
        "fields, status",
        [
            ({"item_status": "UNLIST"}, "inactive"),
            ({"item_status": "UNLIST", "scheduled_publish_time": 1_900_000_000}, "scheduled"),
            ({"item_status": "SHOPEE_DELETE"}, "deleted"),
            ({"item_status": "NEW_WORD"}, "other"),
        ],
    )
    def test_the_status_keeps_the_native_word(self, wire: Wire, fields: dict[str, Any], status: str) -> None:
        wire["get_item_base_info"] = {"item_list": [item(**fields)]}
        found = wire.client().catalog.get("34001")
        assert (found.status, found.native_status) == (status, fields["item_status"])

    def test_a_product_under_review_says_so(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(item_status="REVIEWING")]}
        found = wire.client().catalog.get("34001")
        assert found.review is not None
        assert (found.status, found.review.status) == ("under_review", "pending")

    def test_extended_descriptions_brands_and_films_are_read(self, wire: Wire) -> None:
        parts = [
            {"field_type": "text", "text": "One"},
            {"field_type": "image", "image_info": {}},
            {"text": "Two"},
        ]
        wire["get_item_base_info"] = {
            "item_list": [
                item(
                    description="",
                    description_info={"extended_description": {"field_list": parts}},
                    brand={"brand_id": 7, "original_brand_name": "Acme"},
                    video_info=[{"video_url": "https://cvf.shopee.sg/v"}],
                    attribute_list=[
                        {
                            "attribute_id": 1,
                            "attribute_value_list": [
                                {"value_id": 5, "original_value_name": "Wool", "value_unit": "g"}
                            ],
                        }
                    ],
                )
            ]
        }
        found = wire.client().catalog.get("34001")
        assert (found.description, found.brand) == ("One\nTwo", "Acme")
        assert [media.kind for media in found.media] == ["video"]
        assert (found.attributes[0].value_ids, found.attributes[0].unit) == (("5",), "g")

    def test_an_item_without_a_price_says_that_it_was_not_loaded(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(price_info=[], stock_info_v2={})]}
        (only,) = wire.client().catalog.get("34001").variants
        assert only.available is None
        with pytest.raises(NotLoaded):
            _ = only.price

    def test_what_is_reserved_at_which_of_several_places_is_not_told(self, wire: Wire) -> None:
        held = stock(10, reserved=5, seller={"A": 10, "B": 5})
        wire["get_item_base_info"] = {"item_list": [item(stock_info_v2=held)]}
        (only,) = wire.client().catalog.get("34001").variants
        assert [(place.on_hand, place.available) for place in only.inventory] == [(10, None), (5, None)]


class TestGet:
    def test_ids_are_asked_for_in_one_call_comma_joined(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(1), item(2)]}
        result = wire.client().catalog.get(["1", "2"])
        assert [one.id for one in result.values] == ["1", "2"]
        assert wire.query("get_item_base_info")["item_id_list"] == ["1,2"]

    def test_each_id_that_is_not_there_is_not_found_by_itself(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(1)]}
        result = wire.client().catalog.get(["1", "2", "not-a-number"])
        assert [outcome.status for outcome in result] == ["ok", "failed", "failed"]
        assert all(isinstance(outcome.error, NotFound) for outcome in result.failures)

    def test_one_unknown_id_does_not_hide_the_others(self, wire: Wire) -> None:
        def details(request: Request) -> Any:
            asked = query_of(request)["item_id_list"][0].split(",")
            if "2" in asked:
                return refusal("product.error_item_not_found", "Item_id is not found.")
            return {"item_list": [item(int(one)) for one in asked]}

        wire["get_item_base_info"] = details
        assert [outcome.ok for outcome in wire.client().catalog.get(["1", "2", "3"])] == [True, False, True]

    def test_one_id_raises(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": []}
        with pytest.raises(NotFound, match="no product 9"):
            wire.client().catalog.get("9")

    def test_the_copy_under_review_is_refused_because_there_is_one_copy(self, wire: Wire) -> None:
        with pytest.raises(Unsupported, match="one copy"):
            wire.client().catalog.get("1", version="pending")
        assert wire.sent == []

    def test_a_deleted_product_whose_variants_are_gone_can_still_be_read(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(item_status="SELLER_DELETE", has_model=True)]}
        wire["get_model_list"] = refusal("product.error_item_not_found", "Product not found")
        found = wire.client().catalog.get("34001")
        assert (found.status, found.loaded("variants")) == ("deleted", False)


class TestFind:
    @pytest.fixture
    def shop(self, wire: Wire) -> Client:
        wire["search_item"] = {"item_id_list": [], "total_count": 0, "next_offset": ""}
        return wire.client()

    def test_a_products_sku_is_searched_and_compared(self, wire: Wire, shop: Client) -> None:
        wire["search_item"] = {"item_id_list": [1, 2], "total_count": 2, "next_offset": ""}
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="TS-1"), item(2, item_sku="TS-10")]}
        assert shop.catalog.find("TS-1") == (Ref(sku="TS-1", product_id="1", variant_id="0"),)
        assert wire.query("search_item") == {"page_size": ["100"], "item_sku": ["TS-1"]}

    def test_the_search_follows_its_text_offset(self, wire: Wire, shop: Client) -> None:
        wire["search_item"] = [
            {"item_id_list": [1], "total_count": 2, "next_offset": "abc"},
            {"item_id_list": [2], "total_count": 2, "next_offset": ""},
        ]
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="TS-1"), item(2, item_sku="TS-1")]}
        assert [ref.product_id for ref in shop.catalog.find("TS-1")] == ["1", "2"]
        assert wire.query("search_item", 1)["offset"] == ["abc"]

    def test_a_parents_sku_names_no_variant(self, wire: Wire, shop: Client) -> None:
        wire["search_item"] = {"item_id_list": [1], "total_count": 1, "next_offset": ""}
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="P", has_model=True)]}
        wire["get_model_list"] = models(model(7, 0, sku="red"), model(8, 1, sku="blue"))
        assert shop.catalog.find("P") == (Ref(sku="P", product_id="1"),)

    def test_a_variants_sku_that_was_never_seen_is_refused_with_the_way_out(self, shop: Client) -> None:
        with pytest.raises(Unsupported, match="scan=True") as caught:
            shop.catalog.find("red")
        assert caught.value.instead

    def test_a_listing_teaches_the_index_and_what_it_says_is_read_back(
        self, wire: Wire, shop: Client
    ) -> None:
        wire["get_item_base_info"] = {"item_list": [item(has_model=True)]}
        wire["get_model_list"] = models(model(7, 0, sku="red"))
        shop.catalog.list().collect()
        before = len(wire.sent)
        assert shop.catalog.find("red") == (Ref(sku="red", product_id="34001", variant_id="7"),)
        assert wire.operations()[before:] == ["get_item_base_info", "get_model_list"]

    def test_an_index_that_is_out_of_date_is_not_believed(self, wire: Wire, shop: Client) -> None:
        shop.catalog.list().collect()
        wire["get_item_base_info"] = {"item_list": [item(item_sku="renamed")]}
        with pytest.raises(Unsupported):
            shop.catalog.find("SKU-34001")

    def test_the_index_outlives_the_client(self, wire: Wire) -> None:
        state = State()
        wire.client(state=state).catalog.list().collect()
        wire["search_item"] = {"item_id_list": [], "total_count": 0, "next_offset": ""}
        assert wire.client(state=state).catalog.find("SKU-34001")

    def test_a_scan_walks_the_catalogue_once_for_all(self, wire: Wire, shop: Client) -> None:
        wire["get_item_list"] = rows(1, 2)
        wire["get_item_base_info"] = {"item_list": [item(1, has_model=True), item(2)]}
        wire["get_model_list"] = models(model(7, 0, sku="red"), model(8, 1, sku="blue"))
        result = shop.catalog.find(["red", "blue", "nowhere"], scan=True)
        assert [len(refs) for refs in result.values] == [1, 1, 0]
        assert wire.operations().count("get_item_list") == 1
        assert "SELLER_DELETE" not in wire.query("get_item_list")["item_status"]

    def test_deleted_products_do_not_carry_a_sku(self, wire: Wire, shop: Client) -> None:
        wire["search_item"] = {"item_id_list": [1], "total_count": 1, "next_offset": ""}
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="TS-1", item_status="SELLER_DELETE")]}
        assert shop.catalog.find("TS-1", scan=True) == ()
