"""What a pretend Shopee shop sells: reading, listing, models, prices, stock, media."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.shopee_caller import Caller
from tests.support.shopee_spec import ShopeeSpec

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.entities import Location, Product
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin

STATUSES = ["NORMAL", "UNLIST"]


def new_item(picture: str, **changes: Any) -> dict[str, Any]:
    """A complete listing, with changes; None leaves a field out."""
    item = {
        "original_price": 19.9,
        "description": "A bag that holds things",
        "weight": 0.7,
        "item_name": "Canvas backpack",
        "category_id": 100636,
        "logistic_info": [{"logistic_id": 80012, "enabled": True}],
        "image": {"image_id_list": [picture]},
        "item_sku": "BP-1",
        "brand": {"brand_id": 0, "original_brand_name": "NoBrand"},
        "seller_stock": [{"stock": 8}],
    } | changes
    return {key: value for key, value in item.items() if value is not None}


@pytest.fixture
def image(market: Market, shop: Caller) -> str:
    reply = shop.upload("media_space/upload_image", {"scene": "normal"}, [("image", market.image())])
    return str(reply["response"]["image_info"]["image_id"])


@pytest.fixture
def product(market: Market) -> Product:
    return market.add_product("TS-1", stock=5, price="19.90")


TIERS = [
    {
        "variation_id": 0,
        "variation_name": "Colour",
        "variation_option_list": [
            {"variation_option_id": 0, "variation_option_name": name} for name in ("red", "blue")
        ],
    }
]


def model(index: int, price: float = 10, stock: int = 3) -> dict[str, Any]:
    return {
        "tier_index": [index],
        "original_price": price,
        "model_sku": f"M-{index}",
        "seller_stock": [{"stock": stock}],
    }


@pytest.fixture
def varied(shop: Caller, product: Product) -> Product:
    reply = shop.post(
        "product/init_tier_variation",
        item_id=int(product.id),
        standardise_tier_variation=TIERS,
        model=[model(0), model(1)],
    )
    assert reply["error"] == ""
    return product


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


class TestListing:
    def test_an_item_is_listed_and_can_be_bought(self, market: Market, shop: Caller, image: str) -> None:
        reply = shop.post("product/add_item", **new_item(image))["response"]
        assert reply["price_info"] == {"current_price": 19.9, "original_price": 19.9}
        order = market.default.order(market.buy("BP-1"))
        assert order.lines[0].product.id == str(reply["item_id"])

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"item_name": None}, "product.error_param"),
            ({"item_name": "x" * 121}, "product.error_title_exceeds_max_length"),
            ({"category_id": 100001}, "product.error_invalid_category"),
            ({"category_id": 100701}, "product.error_less_required_attribute"),
            ({"original_price": 19.999}, "product.error_invalid_price"),
            ({"original_price": 0.05}, "product.error_price_exceed_min_limitt"),
            ({"original_price": 10**7}, "product.error_price_exceed_max_limitt"),
            ({"original_price": "19.9"}, "product.error_param"),
            ({"image": {"image_id_list": []}}, "product.error_image_num_min"),
            ({"image": {"image_id_list": ["nobody-uploaded-it"]}}, "product.error_image_unavailable"),
            ({"brand": {"brand_id": 5, "original_brand_name": "x"}}, "product.error_invalid_brand"),
            ({"logistic_info": [{"logistic_id": 1, "enabled": True}]}, "product.error_invalid_logistic_info"),
            ({"item_status": "BANNED"}, "product.error_param"),
            ({"seller_stock": [{"stock": -1}]}, "product.error_param"),
            ({"seller_stock": [{"stock": 1, "location_id": "SGZ"}]}, "product.error_auth"),
        ],
    )
    def test_a_faulty_listing_is_refused(
        self, twin: ShopeeTwin, shop: Caller, image: str, change: dict[str, Any], code: str
    ) -> None:
        request = shop.request("POST", "product/add_item", body=new_item(image, **change))
        assert json.loads(twin.handle(request).content)["error"] == code
        assert not twin.accounts[0].products

    def test_an_item_may_be_listed_out_of_sight(self, shop: Caller, image: str) -> None:
        reply = shop.post("product/add_item", **new_item(image, item_status="UNLIST", seller_stock=None))
        assert reply["response"]["item_status"] == "UNLIST"

    def test_prices_are_whole_where_the_market_has_no_cents(self, spec: ShopeeSpec | None) -> None:
        twin = open_twin("shopee", currency="VND")
        assert isinstance(twin, ShopeeTwin)
        product = twin.market.add_product("TS-1", stock=1, price=48000)
        shop = Caller(twin, spec)
        body = {"item_id": int(product.id), "price_list": [{"original_price": 48000.5}]}
        assert shop.post("product/update_price", **body)["error"] == "product.error_invalid_price"
        with pytest.raises(ValueError, match="EUR"):
            open_twin("shopee", currency="EUR")

    def test_an_update_merges_fields_and_replaces_lists(
        self, shop: Caller, product: Product, image: str
    ) -> None:
        reply = shop.post(
            "product/update_item",
            item_id=int(product.id),
            item_name="New title",
            item_sku="TS-2",
            image={"image_id_list": [image]},
            item_status="UNLIST",
        )["response"]
        assert (reply["item_name"], reply["images"]["image_id_list"]) == ("New title", [image])
        assert (product.variants[0].sku, product.status) == ("TS-2", "unlisted")
        assert product.native["weight"]

    @pytest.mark.parametrize("field", ["original_price", "seller_stock", "model", "logistic_info"])
    def test_an_update_takes_no_price_stock_or_models(
        self, twin: ShopeeTwin, shop: Caller, product: Product, field: str
    ) -> None:
        request = shop.request("POST", "product/update_item", body={"item_id": int(product.id), field: 1})
        assert "cannot be updated" in json.loads(twin.handle(request).content)["message"]

    def test_a_body_must_be_an_object_of_json(self, twin: ShopeeTwin, shop: Caller) -> None:
        for body in ([1], None):
            request = shop.request("POST", "product/update_item", body=body)
            assert json.loads(twin.handle(request).content)["error"]
        broken = shop.request("POST", "product/update_item", body={"item_id": 1})
        for content, headers in ((b"{", broken.headers), (broken.content, {"content-type": "text/plain"})):
            from attrs import evolve

            reply = twin.handle(evolve(broken, content=content, headers=headers))
            assert json.loads(reply.content)["message"] == "parse data failed"

    def test_parameters_of_a_post_in_the_query_are_not_seen(self, twin: ShopeeTwin, shop: Caller) -> None:
        request = shop.request("POST", "product/delete_item", {"item_id": 1}, body={})
        assert "item_id is required" in json.loads(twin.handle(request).content)["message"]

    def test_unlisting_reports_each_item(self, shop: Caller, product: Product) -> None:
        rows = [{"item_id": int(product.id), "unlist": True}, {"item_id": 1, "unlist": True}]
        reply = shop.post("product/unlist_item", item_list=rows)
        assert (reply["error"], reply["response"]["failure_list"][0]["item_id"]) == ("", 1)
        assert product.status == "unlisted"
        shop.post("product/unlist_item", item_list=[rows[0] | {"unlist": False}])
        assert product.status == "active"
        product.status = "banned"
        assert shop.post("product/unlist_item", item_list=rows[:1])["error"] == (
            "product.error_unlist_item_failed"
        )

    def test_a_deleted_item_stays_readable_for_ninety_days(
        self, market: Market, shop: Caller, product: Product
    ) -> None:
        assert shop.post("product/delete_item", item_id=int(product.id))["error"] == ""
        assert shop.post("product/delete_item", item_id=int(product.id))["error"]
        (item,) = shop.get("product/get_item_base_info", item_id_list=product.id)["response"]["item_list"]
        assert item["item_status"] == "SELLER_DELETE"
        market.advance(timedelta(days=91))
        late = Caller(shop.twin, shop.spec)
        assert late.get("product/get_item_base_info", item_id_list=product.id)["error"]

    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("update_item", {"item_name": "x"}),
            ("delete_item", {}),
            ("update_price", {"price_list": [{"original_price": 12}]}),
            ("update_stock", {"stock_list": [{"seller_stock": [{"stock": 1}]}]}),
            ("init_tier_variation", {"standardise_tier_variation": TIERS, "model": [model(0)]}),
        ],
    )
    def test_a_promotion_locks(self, shop: Caller, product: Product, name: str, body: Any) -> None:
        product.promoted = True
        assert "promotion" in shop.post(f"product/{name}", item_id=int(product.id), **body)["message"]
        row = {"item_id": int(product.id), "unlist": True}
        assert "promotion" in shop.post("product/unlist_item", item_list=[row])["message"]


class TestPriceAndStock:
    def test_stock_is_absolute_and_holds_what_is_reserved(self, shop: Caller, product: Product) -> None:
        product.variants[0].reserved = 3
        body = {"item_id": int(product.id)}
        reply = shop.post("product/update_stock", **body, stock_list=[{"seller_stock": [{"stock": 9}]}])
        assert reply["response"]["success_list"] == [{"model_id": 0, "location_id": "SGZ", "stock": 9}]
        assert product.variants[0].available == 6
        refused = shop.post(
            "product/update_stock", **body, stock_list=[{"model_id": 0, "seller_stock": [{"stock": 2}]}]
        )
        assert refused["error"] == "product.error_auth"
        assert refused["response"]["failure_list"][0]["failed_reason"].startswith("Stock should be larger")

    def test_each_model_has_its_own_outcome(self, shop: Caller, varied: Product) -> None:
        rows = [
            {"model_id": int(varied.variants[0].id), "seller_stock": [{"stock": 7}]},
            {"model_id": 1, "seller_stock": [{"stock": 7}]},
            {"seller_stock": [{"stock": 7}]},
        ]
        reply = shop.post("product/update_stock", item_id=int(varied.id), stock_list=rows)
        assert reply["error"] == ""
        assert [one["model_id"] for one in reply["response"]["failure_list"]] == [1, 0]
        assert varied.variants[0].available == 7

    def test_a_shop_of_many_warehouses_names_the_place(
        self, twin: ShopeeTwin, shop: Caller, product: Product
    ) -> None:
        seller = twin.accounts[0]
        assert shop.get("shop/get_warehouse_detail")["error"] == "warehouse.error_not_in_whitelist"
        seller.locations.append(Location("SGY", "Second"))
        seller.native["multi_warehouse"] = True

        def put(**where: Any) -> Any:
            row = {"seller_stock": [{"stock": 4, **where}]}
            return shop.post("product/update_stock", item_id=int(product.id), stock_list=[row])["error"]

        assert put(location_id="SGY") == ""
        assert product.variants[0].stock == {"SGZ": 5, "SGY": 4}
        assert put() == "product.error_busi"
        assert put(location_id="XX") == "product.error_inner"
        assert [one["location_id"] for one in shop.get("shop/get_warehouse_detail")["response"]] == [
            "SGZ",
            "SGY",
        ]
        assert shop.get("shop/get_warehouse_detail", warehouse_type=2)["response"] == []

    def test_a_price_change_is_pushed(self, market: Market, shop: Caller, product: Product) -> None:
        body = {"item_id": int(product.id), "price_list": [{"original_price": 21.5}]}
        assert shop.post("product/update_price", **body)["response"]["success_list"] == [
            {"model_id": 0, "original_price": 21.5}
        ]
        (push,) = (json.loads(one.body) for one in market.pushes())
        assert (push["code"], push["data"]["old_value"], push["data"]["new_value"]) == (22, 19.9, 21.5)

    def test_models_may_not_lie_too_far_apart_in_price(self, shop: Caller, varied: Product) -> None:
        first = int(varied.variants[0].id)
        rows = [{"model_id": first, "original_price": 51}, {"model_id": first, "original_price": 50}]
        reply = shop.post("product/update_price", item_id=int(varied.id), price_list=rows)["response"]
        assert (len(reply["success_list"]), len(reply["failure_list"])) == (1, 1)
        whole = shop.post("product/update_price", item_id=int(varied.id), price_list=[{"original_price": 9}])
        assert whole["error"] == "product.error_edit_item_price_for_item_has_model"

    def test_one_to_fifty_rows(self, shop: Caller, product: Product) -> None:
        assert shop.post("product/update_price", item_id=int(product.id), price_list=[])["error"]
        assert shop.post("product/update_price", item_id=1, price_list=[{"original_price": 1}])["error"] == (
            "product.error_item_not_found"
        )


class TestModels:
    def _init(self, shop: Caller, product: Product, tiers: Any = TIERS, models: Any = None) -> str:
        reply = shop.post(
            "product/init_tier_variation",
            item_id=int(product.id),
            standardise_tier_variation=tiers,
            model=models or [model(0)],
        )
        return str(reply["error"])

    @pytest.mark.parametrize(
        ("models", "code"),
        [
            ([model(0), model(0)], "product.error_model_duplicate_tier_variation_index"),
            ([model(2)], "product.error_tier_index"),
            ([model(0) | {"tier_index": [0, 0]}], "product.error_model_tier_index_level_mismatch_var_level"),
            ([model(0, price=10), model(1, price=51)], "product.error_price_out_of_range"),
            ([model(0) | {"model_sku": "x" * 101}], "product.error_param"),
        ],
    )
    def test_models_must_fit_the_tiers(self, shop: Caller, product: Product, models: Any, code: str) -> None:
        assert self._init(shop, product, models=models) == code
        assert product.variants[0].sku == "TS-1"

    def test_options_have_names_of_their_own_and_tiers_are_two_at_most(
        self, shop: Caller, product: Product
    ) -> None:
        twice = [TIERS[0] | {"variation_option_list": [TIERS[0]["variation_option_list"][0]] * 2}]
        assert self._init(shop, product, twice) == "product.error_model_duplicate_name"
        assert self._init(shop, product, TIERS * 3) == "product.error_param"

    def test_the_older_words_are_still_understood(self, shop: Caller, product: Product, image: str) -> None:
        older = [{"name": "Size", "option_list": [{"option": "L", "image": {"image_id": image}}]}]
        reply = shop.post(
            "product/init_tier_variation", item_id=int(product.id), tier_variation=older, model=[model(0)]
        )
        assert reply["response"]["tier_variation"][0]["name"] == "Size"
        models = shop.get("product/get_model_list", item_id=product.id)["response"]
        assert models["standardise_tier_variation"][0]["variation_option_list"][0]["image_id"] == image

    def test_models_left_out_of_an_update_of_tiers_are_removed(self, shop: Caller, varied: Product) -> None:
        kept = varied.variants[1]
        body = {"item_id": int(varied.id), "standardise_tier_variation": TIERS}
        row = {"model_id": int(kept.id), "tier_index": [0]}
        assert shop.post("product/update_tier_variation", **body)["error"] == (
            "product.error_busi_cannot_delete_all_model"
        )
        assert shop.post("product/update_tier_variation", **body, model_list=[row])["error"] == ""
        assert [(one.id, one.options) for one in varied.variants] == [(kept.id, (0,))]
        wrong = [row | {"model_id": 1}]
        assert shop.post("product/update_tier_variation", **body, model_list=wrong)["error"] == (
            "product.error_wrong_modelid"
        )
        deeper = body | {"standardise_tier_variation": [TIERS[0], TIERS[0]]}
        assert shop.post("product/update_tier_variation", **deeper, model_list=[row])["error"] == (
            "product.error_tier_var_level_not_same"
        )

    def test_an_item_without_tiers_has_no_options_to_change(self, shop: Caller, product: Product) -> None:
        body = {"item_id": int(product.id), "standardise_tier_variation": TIERS, "model_list": []}
        assert shop.post("product/update_tier_variation", **body)["error"] == "product.error_tier_var_is_"

    def test_models_are_added_changed_and_removed(self, shop: Caller, product: Product) -> None:
        self._init(shop, product)
        item = int(product.id)
        added = shop.post("product/add_model", item_id=item, model_list=[model(1) | {"weight": 0.3}])
        number = added["response"]["model"][0]["model_id"]
        again = shop.post("product/add_model", item_id=item, model_list=[model(1)])
        assert again["error"] == "product.error_model_duplicate_tier_variation_index"
        row = {"model_id": number, "model_sku": "NEW", "gtin_code": "00", "model_status": "MODEL_UNAVAILABLE"}
        assert shop.post("product/update_model", item_id=item, model=[row])["error"] == ""
        assert shop.post("product/update_model", item_id=item, model=[row, row])["error"]
        read = shop.get("product/get_model_list", item_id=item)["response"]["model"][1]
        assert (read["model_sku"], read["weight"], read["model_status"]) == (
            "NEW",
            "0.30",
            "MODEL_UNAVAILABLE",
        )
        assert shop.post("product/delete_model", item_id=item, model_id=number)["error"] == ""
        assert shop.post("product/delete_model", item_id=item, model_id=number)["error"]
        last = int(product.variants[0].id)
        assert shop.post("product/delete_model", item_id=item, model_id=last)["error"] == (
            "product.error_busi_cannot_delete_default_model"
        )


class TestMedia:
    def test_every_image_has_its_own_outcome(self, market: Market, shop: Caller) -> None:
        files = [("image", market.image()), ("image", b"GIF89a")]
        rows = shop.upload("media_space/upload_image", {}, files)["response"]["image_info_list"]
        assert [bool(one["error"]) for one in rows] == [False, True]
        assert shop.upload("media_space/upload_image", {}, files[1:])["error"] == "error_param"
        assert "at most 9" in shop.upload("media_space/upload_image", {}, files[:1] * 10)["message"]

    def test_the_bytes_arrive_as_they_were_sent(self, market: Market, twin: ShopeeTwin, shop: Caller) -> None:
        content = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + b"\r\n--\r\n\n\r"
        info = shop.upload("media_space/upload_image", {}, [("image", content)])["response"]["image_info"]
        assert twin.images[info["image_id"]] == content

    def test_an_upload_is_multipart(self, twin: ShopeeTwin, shop: Caller) -> None:
        request = shop.request("POST", "media_space/upload_image", body={"image": "x"}, public=True)
        assert "multipart" in json.loads(twin.handle(request).content)["message"]

    def test_a_video_is_sent_in_parts_and_transcoded(self, market: Market, shop: Caller) -> None:
        content = b"v" * (4 * 1024 * 1024 + 10)
        digest = hashlib.md5(content).hexdigest()
        opened = shop.post("media_space/init_video_upload", file_md5=digest, file_size=len(content))
        number = opened["response"]["video_upload_id"]
        for seq in (0, 1):
            part = content[seq * 4 * 1024 * 1024 : (seq + 1) * 4 * 1024 * 1024]
            fields = {
                "video_upload_id": number,
                "part_seq": str(seq),
                "content_md5": hashlib.md5(part).hexdigest(),
            }
            sent = shop.upload("media_space/upload_video_part", fields, [("part_content", part)])
            assert sent["error"] == ""
        body = {"video_upload_id": number, "part_seq_list": [0, 1], "report_data": {"upload_cost": 10}}
        assert shop.post("media_space/complete_video_upload", public=True, **body)["error"] == ""

        def status() -> str:
            reply = shop.get("media_space/get_video_upload_result", video_upload_id=number)
            return str(reply["response"]["status"])

        assert status() == "TRANSCODING"
        market.advance(timedelta(minutes=2))
        assert status() == "SUCCEEDED"
        assert json.loads(market.pushes()[-1].body)["code"] == 11
        assert shop.post("media_space/cancel_video_upload", video_upload_id=number)["error"]

    def test_a_faulty_video_is_refused(self, market: Market, shop: Caller) -> None:
        big = shop.post("media_space/init_video_upload", file_md5="x", file_size=31 * 1024 * 1024)
        assert big["error"] == "error_file_size"
        opened = shop.post("media_space/init_video_upload", file_md5="x", file_size=3)
        number = opened["response"]["video_upload_id"]
        for seq, content, code in (
            (5, b"abc", "error_invalid_part_seq"),
            (0, b"a", "error_invalid_part_size"),
            (0, b"abc", "error_param"),
        ):
            fields = {"video_upload_id": number, "part_seq": str(seq), "content_md5": "no"}
            sent = shop.upload("media_space/upload_video_part", fields, [("part_content", content)])
            assert sent["error"] == code
        body = {"video_upload_id": number, "part_seq_list": [0], "report_data": {"upload_cost": 10}}
        assert shop.post("media_space/complete_video_upload", public=True, **body)["error"] == "error_param"
        assert shop.post("media_space/cancel_video_upload", video_upload_id=number)["error"] == ""
        market.advance(timedelta(minutes=2))
        assert not market.pushes()


class TestShop:
    def test_the_shop_is_told_without_a_wrapper(self, shop: Caller) -> None:
        info = shop.get("shop/get_shop_info")
        assert (info["region"], info["status"], "response" in info) == ("SG", "NORMAL", False)
        assert info["expire_time"] - info["auth_time"] == 365 * 86400

    def test_profile_and_holiday_can_be_changed(self, shop: Caller) -> None:
        shop.post("shop/update_profile", shop_name="Bags & more", description="All bags")
        assert shop.get("shop/get_profile")["response"]["description"] == "All bags"
        assert shop.post("shop/set_shop_holiday_mode", holiday_mode_on=True)["error"] == ""
        assert shop.get("shop/get_shop_holiday_mode")["response"]["holiday_mode_on"] is True
