"""What a pretend Shopee shop sells, written: listing, prices and stock, models."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.shopee_caller import Caller
from tests.support.shopee_items import TIERS, model
from tests.support.shopee_spec import ShopeeSpec

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.entities import Location, Product
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin


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
