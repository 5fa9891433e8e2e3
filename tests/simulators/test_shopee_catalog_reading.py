"""What a pretend Shopee shop sells, read: items, their models, categories, limits, sales."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.shopee_caller import Caller
from tests.support.shopee_spec import ShopeeSpec

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.entities import Product
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin

STATUSES = ["NORMAL", "UNLIST"]


class TestReading:
    def _walk(self, shop: Caller, **filters: Any) -> list[int]:
        found: list[int] = []
        offset = 0
        while True:
            reply = shop.get(
                "product/get_item_list", offset=offset, page_size=2, item_status=STATUSES, **filters
            )["response"]
            found += [one["item_id"] for one in reply["item"]]
            if not reply["has_next_page"]:
                return found
            offset = reply["next_offset"]

    def test_pages_follow_the_next_offset(self, market: Market, shop: Caller) -> None:
        ids = [int(market.add_product(f"S-{n}", stock=1).id) for n in range(5)]
        assert self._walk(shop) == ids

    def test_a_window_of_update_times_narrows(self, market: Market, shop: Caller) -> None:
        market.add_product("old", stock=1)
        market.advance(timedelta(hours=1))
        late = market.add_product("late", stock=1)
        assert self._walk(shop, update_time_from=int(late.updated)) == [int(late.id)]
        assert len(self._walk(shop, update_time_to=int(late.updated) - 1)) == 1

    def test_statuses_are_asked_for_by_repetition(
        self, market: Market, shop: Caller, product: Product
    ) -> None:
        def count(statuses: Any) -> Any:
            reply = shop.get("product/get_item_list", offset=0, page_size=2, item_status=statuses)
            return reply["response"]["total_count"] if not reply["error"] else reply["error"]

        assert count(["NORMAL", "BANNED"]) == 1
        assert count(["BANNED"]) == 0
        assert count("NORMAL,BANNED") == "product.error_param"

    def test_a_computed_deep_offset_is_refused(self, shop: Caller) -> None:
        reply = shop.get("product/get_item_list", offset=20_000, page_size=100, item_status="NORMAL")
        assert "over limit, please use the next field" in reply["message"]

    @pytest.mark.parametrize("missing", ["offset", "page_size", "item_status"])
    def test_required_parameters_are_required(self, twin: ShopeeTwin, shop: Caller, missing: str) -> None:
        params = {"offset": 0, "page_size": 10, "item_status": "NORMAL"}
        del params[missing]
        reply = twin.handle(shop.request("GET", "product/get_item_list", params))
        assert f"{missing} is required" in json.loads(reply.content)["message"]

    @pytest.mark.parametrize("size", [0, 101, "ten"])
    def test_a_page_has_bounds(self, shop: Caller, size: object) -> None:
        reply = shop.get("product/get_item_list", offset=0, page_size=size, item_status="NORMAL")
        assert reply["error"] == "product.error_param"

    def test_the_worlds_own_page_size_caps(self, spec: ShopeeSpec | None) -> None:
        twin = open_twin("shopee", page_size=1)
        assert isinstance(twin, ShopeeTwin)
        twin.market.add_product("A", stock=1)
        twin.market.add_product("B", stock=1)
        reply = Caller(twin, spec).get("product/get_item_list", offset=0, page_size=50, item_status="NORMAL")
        assert (len(reply["response"]["item"]), reply["response"]["next_offset"]) == (1, 1)

    def test_an_item_without_models_tells_price_and_stock(self, shop: Caller, product: Product) -> None:
        reply = shop.get("product/get_item_base_info", item_id_list=f"[{product.id}]")
        (item,) = reply["response"]["item_list"]
        assert item["price_info"][0]["current_price"] == 19.9
        assert item["stock_info_v2"]["summary_info"]["total_available_stock"] == 5
        assert (item["has_model"], item["weight"], item["item_status"]) == (False, "0.50", "NORMAL")

    def test_an_item_with_models_leaves_them_to_the_models(self, shop: Caller, varied: Product) -> None:
        (item,) = shop.get("product/get_item_base_info", item_id_list=varied.id, need_tax_info="true")[
            "response"
        ]["item_list"]
        assert not {"price_info", "stock_info_v2"} & item.keys()
        models = shop.get("product/get_model_list", item_id=varied.id)["response"]
        assert [one["model_sku"] for one in models["model"]] == ["M-0", "M-1"]
        assert models["tier_variation"][0]["option_list"] == [{"option": "red"}, {"option": "blue"}]

    def test_unknown_ids_are_left_out_and_only_unknown_ids_are_refused(
        self, shop: Caller, product: Product
    ) -> None:
        reply = shop.get("product/get_item_base_info", item_id_list=f"{product.id},1")
        assert len(reply["response"]["item_list"]) == 1
        assert shop.get("product/get_item_base_info", item_id_list="1")["error"] == (
            "product.error_item_not_found"
        )

    def test_at_most_fifty_ids_and_once(self, twin: ShopeeTwin, shop: Caller) -> None:
        many = ",".join(map(str, range(51)))
        assert shop.get("product/get_item_base_info", item_id_list=many)["error"] == "product.error_param"
        repeated = shop.get("product/get_item_base_info", item_id_list=["1", "2"])
        assert "more than once" in repeated["message"]

    def test_warehouse_stock_is_text_for_models_and_a_number_for_items(
        self, shop: Caller, product: Product
    ) -> None:
        product.variants[0].native["shopee_stock"] = 4
        (item,) = shop.get("product/get_item_base_info", item_id_list=product.id)["response"]["item_list"]
        assert item["stock_info_v2"]["shopee_stock"] == [{"location_id": "", "stock": 4}]

    def test_search_finds_the_parent_sku_with_a_text_cursor(self, market: Market, shop: Caller) -> None:
        ids = [int(market.add_product(f"S-{n}", stock=1, title="Mug").id) for n in range(3)]
        first = shop.get("product/search_item", page_size=2, item_name="mug")["response"]
        second = shop.get("product/search_item", page_size=2, item_name="mug", offset=first["next_offset"])
        assert first["item_id_list"] + second["response"]["item_id_list"] == ids
        assert second["response"]["next_offset"] == ""
        assert shop.get("product/search_item", page_size=2, item_sku="S-1")["response"]["item_id_list"] == [
            ids[1]
        ]
        assert shop.get("product/search_item", page_size=2, offset="zz")["error"] == "product.error_param"

    def test_the_tree_of_categories_has_leaves(self, shop: Caller) -> None:
        rows = shop.get("product/get_category")["response"]["category_list"]
        parents = {one["parent_category_id"] for one in rows}
        assert all(one["has_children"] is (one["category_id"] in parents) for one in rows)
        guess = shop.get("product/category_recommend", item_name="A blue mug")["response"]["category_id"]
        assert guess == [100801] or 100801 in guess
        assert shop.get("product/category_recommend", item_name="zzz")["response"]["category_id"]

    def test_attributes_brands_and_variations(self, shop: Caller) -> None:
        tree = shop.get("product/get_attribute_tree", category_id_list="100701,100636")["response"]["list"]
        assert [one["attribute_tree"][0]["mandatory"] for one in tree] == [True, False]
        many = ",".join(map(str, range(21)))
        assert shop.get("product/get_attribute_tree", category_id_list=many)["error"]
        page = shop.get("product/get_brand_list", offset=0, page_size=10, category_id=100636, status=1)
        assert (page["response"]["has_next_page"], page["response"]["next_offset"]) == (True, 10)
        pending = shop.get("product/get_brand_list", offset=0, page_size=10, category_id=100636, status=2)
        assert pending["response"]["brand_list"] == []
        assert shop.get("product/get_variation_tree", category_id=100636)["data"]

    def test_the_gtin_rule_stands_beside_the_limits(self, shop: Caller) -> None:
        reply = shop.get("product/get_item_limit")
        assert "gtin_limit" in reply
        assert reply["response"]["price_limit"]["min_limit"] == 0.1

    def test_promotions_and_sales(self, market: Market, shop: Caller, product: Product) -> None:
        market.complete(market.buy("TS-1", quantity=2))
        product.promoted = True
        extra = shop.get("product/get_item_extra_info", item_id_list=product.id)["response"]["item_list"]
        assert extra[0]["sale"] == 2
        reply = shop.get("product/get_item_promotion", item_id_list=f"{product.id},1")["response"]
        assert reply["success_list"][0]["promotion"][0]["promotion_staging"] == "ongoing"
        assert reply["failure_list"][0]["item_id"] == 1
