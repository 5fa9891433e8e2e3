"""The pretend TikTok Shop lists: searching, versions, review, stock, prices, categories, media."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.support.tiktok_shop_caller import Caller

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.entities import Location
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.tiktok_shop import TikTokShopTwin

PRODUCTS = "/product/202309/products"
SEARCH = "/product/202502/products/search"
V2 = {"category_version": "v2"}


def detail(caller: Caller, product: str, **query: Any) -> Any:
    return caller.get(f"{PRODUCTS}/{product}", **query)


def listed(caller: Caller, **changes: Any) -> str:
    """A product that was created and passed review."""
    product = str(caller.post(PRODUCTS, caller.listing(**changes))["product_id"])
    caller.twin.market.advance(timedelta(minutes=1))
    return product


def edit(caller: Caller, product: str, body: Any) -> Any:
    return caller.post(f"/product/202509/products/{product}/partial_edit", body)


def sku_of(caller: Caller, product: str) -> Any:
    return detail(caller, product)["skus"][0]


class TestSearch:
    def test_by_sku_status_and_time(self, caller: Caller) -> None:
        first = caller.twin.market.add_product("A", 1)
        caller.twin.market.advance(timedelta(minutes=1))
        caller.twin.market.add_product("B", 1)
        found = caller.post(SEARCH, {"seller_skus": ["A"]}, page_size=10)
        assert [one["id"] for one in found["products"]] == [first.id]
        assert found["products"][0]["skus"][0]["price"]["sale_price"] == "10.00"
        assert "description" not in found["products"][0]
        assert caller.post(SEARCH, {"status": "ACTIVATE"}, page_size=10)["total_count"] == 2
        assert caller.post(SEARCH, {"status": "DRAFT"}, page_size=10)["total_count"] == 0
        early = {"update_time_le": int(first.updated), "create_time_ge": int(first.created)}
        assert caller.post(SEARCH, early, page_size=10)["total_count"] == 1
        assert caller.post(SEARCH, {"sku_ids": [first.variants[0].id]}, page_size=10)["total_count"] == 1
        assert caller.code("POST", SEARCH, {"sku_ids": ["1"] * 11}, page_size=10) == 36009004

    def test_pages_and_the_cap(self, caller: Caller) -> None:
        for number in range(3):
            caller.twin.market.add_product(f"S{number}", 1)
        page = caller.post(SEARCH, page_size=2)
        assert page["total_count"] == 3
        rest = caller.post(SEARCH, page_size=2, page_token=page["next_page_token"])
        assert (len(rest["products"]), rest["next_page_token"]) == (1, "")
        caller.twin.search_cap = 2
        assert caller.code("POST", SEARCH, {}, page_size=2, page_token=page["next_page_token"]) == 12052180

    def test_an_empty_result_has_no_list(self, caller: Caller) -> None:
        assert "products" not in caller.post(SEARCH, page_size=1)


class TestCreating:
    def test_a_listing_waits_for_review(self, caller: Caller) -> None:
        made = caller.post(PRODUCTS, caller.listing())
        assert detail(caller, made["product_id"])["status"] == "PENDING"
        assert (
            detail(caller, made["product_id"], return_under_review_version=True)["audit"]["status"]
            == "AUDITING"
        )
        caller.twin.market.advance(timedelta(minutes=1))
        assert detail(caller, made["product_id"])["status"] == "ACTIVATE"
        assert caller.twin.market.buy("NEW-1")
        assert caller.told(16)[0]["product_id"] == int(made["product_id"])
        assert [one["audit"]["status"] for one in caller.told(37)] == ["AUDITING", "APPROVED"]
        assert caller.told(5)[0]["status"] == "PRODUCT_FIRST_PASS_REVIEW"

    def test_a_forbidden_title_fails_review_and_can_be_mended(self, caller: Caller) -> None:
        product = listed(caller, title="A counterfeit T-shirt of cotton")
        found = detail(caller, product)
        assert (found["status"], found["audit"]["status"]) == ("FAILED", "FAILED")
        assert found["audit_failed_reasons"][0]["reasons"]
        assert caller.told(5)[0]["status"] == "PRODUCT_AUDIT_FAILURE"
        edit(caller, product, {"title": "An honest T-shirt of cotton"})
        caller.twin.market.advance(timedelta(minutes=1))
        assert detail(caller, product)["status"] == "ACTIVATE"

    def test_a_draft_stays_one_until_it_is_listed(self, caller: Caller) -> None:
        product = listed(caller, save_mode="AS_DRAFT")
        assert detail(caller, product, return_draft_version=True)["status"] == "DRAFT"
        edit(caller, product, {"title": "Another draft of a T-shirt", "save_mode": "AS_DRAFT"})
        assert detail(caller, product)["title"] == "Another draft of a T-shirt"
        assert (
            caller.post(f"{PRODUCTS}/activate", {"product_ids": [product]})["errors"][0]["code"] == 12052003
        )
        edit(caller, product, {"save_mode": "LISTING"})
        assert detail(caller, product)["status"] == "PENDING"

    def test_the_same_key_creates_once(self, caller: Caller) -> None:
        body = caller.listing(idempotency_key="k1")
        assert caller.post(PRODUCTS, body)["product_id"] == caller.post(PRODUCTS, body)["product_id"]
        assert caller.code("POST", PRODUCTS, caller.listing(idempotency_key="k" * 129)) == 36009004
        assert caller.code("POST", PRODUCTS, caller.listing(idempotency_key="k" * 256)) == 36009004

    def test_an_unknown_brand_is_cleared_with_a_warning(self, caller: Caller) -> None:
        made = caller.post(PRODUCTS, caller.listing(brand_id="1"))
        assert "automatically cleared" in made["warnings"][0]["message"]
        assert detail(caller, made["product_id"])["brand"] is None

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"title": "x" * 256}, 12052017),
            ({"category_id": "600000"}, 12052024),
            ({"category_id": "601001"}, 12052251),
            ({"category_version": "v1"}, 12052023),
            ({"main_images": [{"uri": "nowhere"}]}, 12052221),
            ({"main_images": []}, 12052220),
            ({"skus": []}, 12052240),
            ({"title": None}, 36009004),
        ],
    )
    def test_what_breaks_a_rule_is_refused(self, caller: Caller, changes: Any, code: int) -> None:
        body = caller.listing(**changes)
        assert (
            caller.code("POST", PRODUCTS, {name: value for name, value in body.items() if value is not None})
            == code
        )

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"price": {"currency": "EUR", "amount": "1"}}, 12052090),
            ({"price": {"currency": "USD", "amount": "1.999"}}, 12052091),
            ({"price": {"currency": "USD", "amount": "-1"}}, 12052091),
            ({"price": {"currency": "USD", "amount": "cheap"}}, 12052091),
            ({"inventory": [{"warehouse_id": "1", "quantity": 1}]}, 12052990),
            ({"inventory": [{"quantity": 100_000}]}, 36009004),
            ({"inventory": []}, 0),
        ],
    )
    def test_skus_are_checked(self, caller: Caller, change: Any, code: int) -> None:
        body = caller.listing()
        body["skus"] = [body["skus"][0] | change]
        assert caller.code("POST", PRODUCTS, body) == code

    def test_variants_differ_in_their_options(self, caller: Caller) -> None:
        body = caller.listing()
        sku = body["skus"][0]
        red = {"id": "100000", "value_id": "1000001"}
        own = {"name": "Pattern", "value_name": "Dots"}
        body["skus"] = [
            sku | {"sales_attributes": [red]},
            sku | {"seller_sku": "N2", "sales_attributes": [own]},
        ]
        made = caller.post(PRODUCTS, body)
        assert len(made["skus"]) == 2
        shown = detail(caller, made["product_id"])["skus"]
        assert shown[0]["sales_attributes"][0]["value_name"] == "Red"
        assert shown[1]["sales_attributes"][0]["name"] == "Pattern"
        body["skus"] = [sku, sku]
        assert caller.code("POST", PRODUCTS, body) == 12052241

    def test_an_external_id_is_taken_once(self, caller: Caller) -> None:
        listed(caller, external_product_id="E1")
        assert caller.code("POST", PRODUCTS, caller.listing(external_product_id="E1")) == 12052996

    def test_a_shop_that_may_not_list(self, caller: Caller) -> None:
        caller.twin.accounts[0].native["unmet"] = {"SHOP_TAX": ["W9_MISSING"]}
        found = caller.get("/product/202312/prerequisites")["check_results"]
        assert [one["check_item"] for one in found if one["is_failed"]] == ["SHOP_TAX"]
        assert caller.code("POST", PRODUCTS, caller.listing()) == 12052701

    def test_south_east_asia_wants_longer_titles(self) -> None:
        caller = Caller(TikTokShopTwin(Market(), currency="SGD"))
        assert caller.code("POST", PRODUCTS, caller.listing(title="Short")) == 12052017


class TestEditing:
    def test_content_of_a_live_product_waits_while_the_old_copy_sells(self, caller: Caller) -> None:
        product = listed(caller)
        assert (
            edit(caller, product, {"title": "A much better T-shirt of cotton"})["audit"]["status"]
            == "AUDITING"
        )
        live = detail(caller, product)
        assert (live["status"], live["title"]) == ("ACTIVATE", "A plain T-shirt made of cotton")
        pending = detail(caller, product, return_under_review_version=True)
        assert pending["title"] == "A much better T-shirt of cotton"
        caller.twin.market.advance(timedelta(minutes=1))
        assert detail(caller, product)["title"] == "A much better T-shirt of cotton"
        assert caller.told(15)[-1]["changed_fields"] == ["title"]
        path = f"{PRODUCTS}/{product}"
        assert caller.code("GET", path, return_under_review_version=True) == 12052049
        assert caller.code("GET", path, return_draft_version=True) == 12052049

    def test_price_and_stock_apply_at_once(self, caller: Caller) -> None:
        product = listed(caller)
        sku = sku_of(caller, product)
        row = {
            "id": sku["id"],
            "price": {"currency": "USD", "amount": "15"},
            "inventory": [{"warehouse_id": sku["inventory"][0]["warehouse_id"], "quantity": 9}],
        }
        assert edit(caller, product, {"skus": [row]})["audit"]["status"] == "APPROVED"
        assert sku_of(caller, product)["price"]["sale_price"] == "15.00"
        assert sku_of(caller, product)["inventory"][0]["quantity"] == 9

    def test_a_rejected_edit_leaves_the_live_copy(self, caller: Caller) -> None:
        product = listed(caller)
        edit(caller, product, {"title": "A counterfeit T-shirt of cotton"})
        caller.twin.market.advance(timedelta(minutes=1))
        found = detail(caller, product)
        assert (found["status"], found["audit"]["status"]) == ("ACTIVATE", "FAILED")

    def test_a_draft_of_a_live_product_is_kept_apart(self, caller: Caller) -> None:
        product = listed(caller)
        edit(caller, product, {"title": "A drafted T-shirt of cotton", "save_mode": "AS_DRAFT"})
        assert detail(caller, product)["has_draft"]
        assert detail(caller, product)["title"] == "A plain T-shirt made of cotton"
        assert detail(caller, product, return_draft_version=True)["title"] == "A drafted T-shirt of cotton"
        found = caller.post(SEARCH, {"return_draft_version": True}, page_size=10)["products"]
        assert [one["title"] for one in found] == ["A drafted T-shirt of cotton"]

    def test_replacing_clears_what_is_left_out(self, caller: Caller) -> None:
        product = listed(caller, external_product_id="E1")
        sku = sku_of(caller, product)
        body = caller.listing(category_id="600002")
        body["skus"][0]["id"] = sku["id"]
        del body["package_weight"]
        reply = caller.call("PUT", f"/product/202509/products/{product}", None, body)
        assert reply["code"] == 0
        caller.twin.market.advance(timedelta(minutes=1))
        found = detail(caller, product)
        assert "external_product_id" not in found
        assert "package_weight" not in found
        assert found["category_chains"][-1]["id"] == "600002"
        assert caller.told(18)[0]["current_category_id"] == "600002"

    def test_skus_come_and_go_by_review(self, caller: Caller) -> None:
        product = listed(caller)
        old = sku_of(caller, product)["id"]
        blue = [{"id": "100000", "value_name": "Blue"}]
        new = caller.listing()["skus"][0] | {"seller_sku": "NEW-2", "sales_attributes": blue}
        edit(caller, product, {"skus": [new]})
        assert len(detail(caller, product)["skus"]) == 1
        caller.twin.market.advance(timedelta(minutes=1))
        assert [one["seller_sku"] for one in detail(caller, product)["skus"]] == ["NEW-1", "NEW-2"]
        body = caller.listing(skus=[{"id": old}])
        assert caller.call("PUT", f"/product/202509/products/{product}", None, body)["code"] == 0
        caller.twin.market.advance(timedelta(minutes=1))
        assert [one["id"] for one in detail(caller, product)["skus"]] == [old]

    def test_what_cannot_be_edited(self, caller: Caller) -> None:
        product = listed(caller)
        path = f"/product/202509/products/{product}/partial_edit"
        assert caller.code("POST", path, {"skus": [{"id": "1"}]}) == 12052048
        caller.call("DELETE", PRODUCTS, None, {"product_ids": [product]})
        assert caller.code("POST", path, {"title": "Too late for a new title"}) == 12052003
        pending = str(caller.post(PRODUCTS, caller.listing())["product_id"])
        path = f"/product/202509/products/{pending}/partial_edit"
        assert (
            caller.code("POST", path, {"title": "A draft under review", "save_mode": "AS_DRAFT"}) == 12052003
        )
        edit(caller, pending, {"title": "Edited while under review"})
        caller.twin.market.advance(timedelta(minutes=1))
        assert detail(caller, pending)["title"] == "Edited while under review"


class TestOnAndOffSale:
    def act(self, caller: Caller, verb: str, *products: str) -> Any:
        return caller.post(f"{PRODUCTS}/{verb}", {"product_ids": list(products)})

    def test_off_and_on_again(self, caller: Caller) -> None:
        product = listed(caller)
        assert self.act(caller, "deactivate", product) == {}
        assert self.act(caller, "deactivate", product) == {}
        assert detail(caller, product)["status"] == "SELLER_DEACTIVATED"
        assert self.act(caller, "activate", product) == {}
        assert detail(caller, product)["status"] == "PENDING"
        caller.twin.market.advance(timedelta(minutes=1))
        assert detail(caller, product)["status"] == "ACTIVATE"
        assert caller.told(50)[0]["skus"][0]["status"] == "DEACTIVATED"

    def test_errors_are_named_product_by_product(self, caller: Caller) -> None:
        product = listed(caller)
        draft = listed(caller, save_mode="AS_DRAFT")
        found = self.act(caller, "deactivate", product, draft, "1")["errors"]
        assert [(one["detail"]["product_id"], one["code"]) for one in found] == [
            (draft, 12052003),
            ("1", 12052048),
        ]
        assert caller.code("POST", f"{PRODUCTS}/activate", {"product_ids": ["1"] * 21}) == 36009004

    def test_delete_and_recover(self, caller: Caller) -> None:
        product = listed(caller)
        assert self.act(caller, "recover", product)["errors"][0]["code"] == 12052003
        for _ in range(2):
            assert caller.call("DELETE", PRODUCTS, None, {"product_ids": [product]})["data"] == {}
        assert detail(caller, product)["status"] == "DELETED"
        assert self.act(caller, "recover", product) == {}
        assert detail(caller, product)["status"] == "SELLER_DEACTIVATED"
        caller.twin.accounts[0].products[product].status = "frozen"
        reply = caller.call("DELETE", PRODUCTS, None, {"product_ids": [product]})
        assert reply["data"]["errors"][0]["code"] == 12052003

    def test_a_product_deleted_under_review_stays_deleted(self, caller: Caller) -> None:
        product = str(caller.post(PRODUCTS, caller.listing())["product_id"])
        caller.call("DELETE", PRODUCTS, None, {"product_ids": [product]})
        caller.twin.market.advance(timedelta(minutes=1))
        assert detail(caller, product)["status"] == "DELETED"


class TestStockAndPrices:
    def test_every_warehouse_must_be_sent(self, caller: Caller) -> None:
        shop = caller.twin.accounts[0]
        shop.locations.append(Location("7068517275539719942", "Second"))
        product = caller.twin.market.add_product("A", 5)
        path, sku = f"{PRODUCTS}/{product.id}/inventory/update", product.variants[0].id
        first, second = (place.id for place in shop.locations)
        half = [{"id": sku, "inventory": [{"warehouse_id": first, "quantity": 3}]}]
        error = caller.post(path, {"skus": half})["errors"][0]
        assert error["code"] == 12052990
        assert error["detail"]["extra_errors"][0]["warehouse_id"] == second
        whole = [
            {
                "id": sku,
                "inventory": [
                    {"warehouse_id": first, "quantity": 3},
                    {"warehouse_id": second, "quantity": 4},
                ],
            }
        ]
        assert caller.post(path, {"skus": whole}) == {}
        found = caller.post("/product/202309/inventory/search", {"sku_ids": [sku], "product_ids": ["1"]})
        level = found["inventory"][0]["skus"][0]
        assert (level["total_available_quantity"], len(level["warehouse_inventory"])) == (7, 2)
        assert caller.post(path, {"skus": [whole[0] | {"id": "1"}]})["errors"][0]["detail"]["sku_id"] == "1"
        change = caller.told(71)[-1]
        assert (change["sku_id"], change["change_detail"][0]["available_quantity_delta"]) == (int(sku), 2)

    def test_an_order_commits_stock_until_it_leaves(self, caller: Caller) -> None:
        product = caller.twin.market.add_product("A", 6)
        order = caller.twin.market.buy("A", 2)

        def level() -> tuple[int, int]:
            found = caller.post("/product/202309/inventory/search", {"product_ids": [product.id]})
            sku = found["inventory"][0]["skus"][0]
            return sku["total_available_quantity"], sku["total_committed_quantity"]

        assert level() == (4, 2)
        caller.twin.market.complete(order)
        assert level() == (4, 0)
        assert caller.told(27)[0]["current_inventory_status"] == "LOW_STOCK"

    def test_the_search_of_stock_is_limited(self, caller: Caller) -> None:
        path = "/product/202309/inventory/search"
        assert caller.code("POST", path, {}) == 36009004
        assert caller.code("POST", path, {"product_ids": ["1"] * 101}) == 36009004
        assert caller.post(path, {"product_ids": ["1"]}) == {}

    def test_prices_change_on_live_products_out_of_promotions(self, caller: Caller) -> None:
        product = caller.twin.market.add_product("A", 5)
        path = f"{PRODUCTS}/{product.id}/prices/update"
        row = {
            "id": product.variants[0].id,
            "price": {"currency": "USD", "amount": "12.50"},
            "list_price": {"currency": "USD", "amount": "15"},
        }
        assert caller.post(path, {"skus": [row]}) == {}
        shown = sku_of(caller, product.id)
        assert (shown["price"]["sale_price"], shown["list_price"]["amount"]) == ("12.50", "15")
        assert caller.post(SEARCH, page_size=1)["products"][0]["skus"][0]["list_price"]
        assert caller.told(15)[-1]["changed_fields"] == ["price"]
        assert caller.code("POST", path, {"skus": [row, row | {"id": "1"}]}) == 12052048
        product.promoted = True
        assert caller.code("POST", path, {"skus": [row]}) == 12052098
        product.status = "inactive"
        assert caller.code("POST", path, {"skus": [row]}) == 12052003
        product.status = "deleted"
        assert (
            caller.code(
                "POST",
                f"{PRODUCTS}/{product.id}/inventory/update",
                {"skus": [{"id": row["id"], "inventory": [{"quantity": 1}]}]},
            )
            == 12052003
        )


class TestAskingFirst:
    def test_the_tree_of_the_market(self, caller: Caller) -> None:
        rows = caller.get("/product/202309/categories", **V2)["categories"]
        assert {one["parent_id"] for one in rows if one["is_leaf"]} == {"600000", "601000"}
        assert len(caller.get("/product/202309/categories", keyword="shirts", **V2)["categories"]) == 1
        assert caller.code("GET", "/product/202309/categories") == 12052023
        mexico = Caller(TikTokShopTwin(Market(), currency="MXN"))
        assert mexico.get("/product/202309/categories")["categories"]

    def test_attributes_and_rules(self, caller: Caller) -> None:
        rows = caller.get("/product/202309/categories/601001/attributes", **V2)["attributes"]
        assert [one["is_requried"] for one in rows] == [False, True]
        assert caller.get("/product/202309/categories/601001/rules", **V2)["cod"] == {"is_supported": False}
        assert caller.code("GET", "/product/202309/categories/600000/rules", **V2) == 12052024

    def test_a_category_is_recommended(self, caller: Caller) -> None:
        body = {"product_title": "Summer dress", **V2}
        assert caller.post("/product/202309/categories/recommend", body)["leaf_category_id"] == "600002"

    def test_a_listing_is_checked_against_every_rule(self, caller: Caller) -> None:
        path = f"{PRODUCTS}/listing_check"
        assert caller.post(path, caller.listing())["check_result"] == "PASS"
        found = caller.post(path, caller.listing(title="x" * 256, category_id="600000"))
        assert [one["code"] for one in found["fail_reasons"]] == [12052017, 12052024]

    def test_brands(self, caller: Caller) -> None:
        found = caller.get("/product/202309/brands", page_size=1)
        assert (found["total_count"], len(found["brands"])) == (2, 1)
        key = caller.post("/product/202309/brands", {"name": "Fabrikam"})["id"]
        assert caller.get("/product/202309/brands", page_size=9, brand_name="fabri")["brands"][0]["id"] == key
        assert caller.code("POST", "/product/202309/brands", {"name": "Fabrikam"}) == 36009004
        product = caller.post(PRODUCTS, caller.listing(brand_id=key))["product_id"]
        assert detail(caller, product)["brand"]["name"] == "Fabrikam"

    def test_suggestions(self, caller: Caller) -> None:
        product = caller.twin.market.add_product("A", 1)
        found = caller.get("/product/202405/products/suggestions", product_ids=product.id)
        assert found["products"][0]["suggestions"][0]["field"] == "TITLE"


def test_no_market_uses_that_currency() -> None:
    with pytest.raises(ValueError, match="no TikTok Shop market"):
        open_twin("tiktok_shop", currency="CHF")
