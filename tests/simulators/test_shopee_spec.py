"""The check against the vendor's interface data finds what it should, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.shopee_spec import ShopeeSpec

LIST = "/api/v2/order/get_order_list"
STOCK = "/api/v2/product/update_stock"
GOOD = {"time_range_field", "time_from", "time_to", "page_size", "partner_id", "sign"}


@pytest.fixture
def rules(spec: ShopeeSpec | None) -> ShopeeSpec:
    if spec is None:
        pytest.skip("the vendor's interface data (../shared) is not here")
    return spec


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "reply", "faults"),
    [
        ("GET", LIST, GOOD, None, {"error": "", "response": {"more": False}}, []),
        ("POST", LIST, GOOD, None, None, ["documented as GET", "belongs into the body"]),
        ("GET", LIST, GOOD | {"colour"}, None, None, ["colour is not a parameter"]),
        ("GET", LIST, GOOD - {"page_size"}, None, None, ["page_size is required"]),
        ("GET", LIST, GOOD, {"cursor": ""}, None, ["cursor belongs into the query"]),
        ("GET", LIST, GOOD, None, {"error": "", "response": {"colour": 1}}, ["colour is not documented"]),
        ("GET", LIST, GOOD, None, {"error": "", "response": {"more": 1}}, ["more should be boolean"]),
        ("GET", LIST, GOOD, None, {"error": "", "response": {"order_list": {}}}, ["should be a list"]),
        ("POST", STOCK, (), {"item_id": "1", "stock_list": []}, None, ["item_id should be int64"]),
        ("POST", STOCK, (), {"item_id": 1, "stock_list": [{}]}, None, ["seller_stock is required"]),
        ("POST", STOCK, (), {"item_id": True, "stock_list": []}, None, ["item_id should be int64"]),
        ("GET", "/api/v2/nowhere", (), None, None, ["no such operation"]),
        ("GET", "/api/v2/sellerchat/anything", ("x",), None, {"y": 1}, []),
    ],
)
def test_disagreements(
    rules: ShopeeSpec, method: str, path: str, query: Any, body: Any, reply: Any, faults: list[str]
) -> None:
    found = rules.disagreements(method, path, query, body, reply)
    assert all(any(fault in one for one in found) for fault in faults), found
    assert bool(found) is bool(faults), found


def test_the_published_samples_agree(rules: ShopeeSpec, shared: Any) -> None:
    samples = {
        "order_get_order_detail": ("GET", "/api/v2/order/get_order_detail", {"order_sn_list"}),
        "product_get_model_list": ("GET", "/api/v2/product/get_model_list", {"item_id"}),
        "product_get_item_base_info": ("GET", "/api/v2/product/get_item_base_info", {"item_id_list"}),
        "shop_get_shop_info": ("GET", "/api/v2/shop/get_shop_info", set()),
        "logistics_get_tracking_info": ("GET", "/api/v2/logistics/get_tracking_info", {"order_sn"}),
    }
    for name, (method, path, query) in samples.items():
        reply = json.loads((shared / f"samples/shopee/{name}.json").read_text(encoding="utf-8"))
        assert rules.disagreements(method, path, query, None, reply) == [], name


def test_operations_are_counted(rules: ShopeeSpec) -> None:
    before = rules.validated[LIST]
    rules.disagreements("GET", LIST, GOOD, None, None)
    assert rules.validated[LIST] == before + 1
