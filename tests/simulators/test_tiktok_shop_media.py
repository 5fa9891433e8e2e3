"""The pretend TikTok Shop keeps pictures and files, global products, warehouses and carriers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.support.tiktok_shop_caller import Caller

from socialcommerce.runtime.transport import Request

PRODUCTS = "/product/202309/products"


class TestMedia:
    path = "/product/202309/images/upload"

    def test_an_image_gives_a_uri_and_can_be_fetched(self, caller: Caller) -> None:
        picture = caller.twin.market.image()
        found = caller.upload(self.path, picture, use_case="MAIN_IMAGE")["data"]
        assert (found["width"], found["height"]) == (8, 8)
        assert caller.twin.handle(Request("GET", found["url"])).content == picture

    def test_what_is_no_image_is_refused(self, caller: Caller) -> None:
        assert caller.upload(self.path, b"text")["code"] == 12052222
        assert caller.upload(self.path, b"\xff\xd8\xff")["data"]["width"] == 600
        assert caller.upload(self.path, b"\x89PNG\r\n\x1a\n" + b"0" * (10 * 2**20))["code"] == 36009021
        assert caller.upload(self.path, b"\xff\xd8\xff", use_case="POEM")["code"] == 36009004

    def test_files(self, caller: Caller) -> None:
        path = "/product/202309/files/upload"
        assert caller.upload(path, b"%PDF", name="a.pdf")["code"] == 36009004
        found = json_of(caller, path, b"%PDF", "manual.pdf")
        assert found["data"]["format"] == "PDF"
        assert json_of(caller, path, b"x", "virus.exe")["code"] == 12052230
        assert json_of(caller, path, b"0" * (20 * 2**20 + 1), "big.pdf")["code"] == 36009021

    def test_a_form_is_needed(self, caller: Caller) -> None:
        assert caller.call("POST", self.path, None, {})["code"] == 36009023
        reply = caller.send(caller.request("POST", self.path, form=b"--x-boundary-x--\r\n"))
        assert b"36009004" in reply.content


def json_of(caller: Caller, path: str, content: bytes, name: str) -> Any:
    """The reply to an upload whose form also has a field ``name``."""
    form = (
        b'--x-boundary-x\r\ncontent-disposition: form-data; name="name"\r\n\r\n' + name.encode() + b"\r\n"
        b'--x-boundary-x\r\ncontent-disposition: form-data; name="data"; filename="f"\r\n\r\n'
        + content
        + b"\r\n--x-boundary-x--\r\n"
    )
    return json.loads(caller.send(caller.request("POST", path, form=form)).content)


class TestGlobalProducts:
    def body(self, caller: Caller) -> Any:
        place = caller.twin.accounts[0].locations[0].id
        sku = {
            "seller_sku": "G-1",
            "price": {"amount": "9", "currency": "USD"},
            "inventory": [{"global_warehouse_id": place, "quantity": 3}],
        }
        return {
            "title": "A global T-shirt made of cotton",
            "description": "x",
            "category_id": "600001",
            "main_images": [{"uri": caller.image()}],
            "skus": [sku],
            "package_weight": {"value": "1", "unit": "KILOGRAM"},
        }

    def test_from_making_to_publishing(self, caller: Caller) -> None:
        root = "/product/202309/global_products"
        made = caller.post(root, self.body(caller))
        key, sku = made["global_product_id"], made["global_skus"][0]["id"]
        inventory = [{"id": sku, "inventory": [{"global_warehouse_id": "1", "quantity": 8}]}]
        caller.post(f"{root}/{key}/inventory/update", {"global_skus": inventory})
        assert (
            caller.code(
                "POST", f"{root}/{key}/inventory/update", {"global_skus": [inventory[0] | {"id": "1"}]}
            )
            == 12052048
        )
        path = f"/product/202509/global_products/{key}/partial_edit"
        edited = caller.call("PUT", path, None, {"title": "Renamed", "category_id": "600002"})
        assert edited["code"] == 0
        row = {"related_global_sku_id": sku, "inventory": {"warehouse_id": "1", "quantity": 2}}
        targets = [{"region": "US", "skus": [row]}, {"region": "GB", "skus": [row]}]
        found = caller.post(f"{root}/{key}/publish", {"publish_target": targets})
        assert [one["status"] for one in found["publish_result"]] == ["SUCCESS", "FAILED"]
        shown = caller.get(f"{root}/{key}")
        assert (shown["title"], shown["skus"][0]["inventory"][0]["quantity"]) == ("Renamed", 8)
        assert shown["products"][0]["id"] == found["products"][0]["id"]
        caller.twin.market.advance(timedelta(minutes=1))
        assert caller.get(f"{PRODUCTS}/{found['products'][0]['id']}")["status"] == "ACTIVATE"
        listed_ones = caller.post(
            "/product/202312/global_products/search", {"seller_skus": ["G-1"]}, page_size=5
        )
        assert listed_ones["global_products"][0]["status"] == "PUBLISHED"
        unknown = [{"region": "US", "skus": [{"related_global_sku_id": "1"}]}]
        assert caller.code("POST", f"{root}/{key}/publish", {"publish_target": unknown}) == 12052048
        gone = caller.call("DELETE", root, None, {"global_product_ids": [key, "1"]})["data"]
        assert len(gone["errors"]) == 1
        assert caller.code("GET", f"{root}/{key}") == 12052048

    def test_their_categories(self, caller: Caller) -> None:
        assert caller.get("/product/202309/global_categories")["categories"]
        assert caller.get("/product/202309/categories/600001/global_attributes")["attributes"]
        assert caller.get("/product/202309/categories/600001/global_rules")["size_chart"]
        found = caller.post("/product/202309/global_categories/recommend", {"product_title": "A phone"})
        assert found["leaf_category_id"] == "601001"
        assert caller.get("/logistics/202309/global_warehouses")["global_warehouses"]


class TestLogistics:
    def test_warehouses_options_and_carriers(self, caller: Caller) -> None:
        rows = caller.get("/logistics/202309/warehouses")["warehouses"]
        assert [one["type"] for one in rows] == ["SALES_WAREHOUSE", "RETURN_WAREHOUSE"]
        options = caller.get(f"/logistics/202309/warehouses/{rows[0]['id']}/delivery_options")[
            "delivery_options"
        ]
        path = "/logistics/202309/delivery_options/{}/shipping_providers"
        assert caller.code("GET", path.format(options[0]["id"])) == 12019002
        assert len(caller.get(path.format(options[1]["id"]))["shipping_providers"]) == 3
        assert caller.code("GET", "/logistics/202309/warehouses/1/delivery_options") == 12019001
