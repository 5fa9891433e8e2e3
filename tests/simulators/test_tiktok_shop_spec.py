"""The check against TikTok Shop's interface data finds what it should, and the twin's table is made of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.support.tiktok_shop_operations import load, rows
from tests.support.tiktok_shop_spec import TikTokShopSpec

from socialcommerce.simulators.tiktok_shop.wire import Routes, dumps, operations, parameters

SEARCH = "/order/202309/orders/search"
STOCK = "/product/202309/products/1/inventory/update"
GOOD = {"page_size": "1", "shop_cipher": "x", "app_key": "a", "sign": "s", "timestamp": "1"}
C = {"shop_cipher": "x"}
OK = {"code": 0, "message": "", "request_id": ""}


@pytest.fixture
def rules(tiktok_spec: TikTokShopSpec | None) -> TikTokShopSpec:
    if tiktok_spec is None:
        pytest.skip("the vendor's interface data (../shared) is not here")
    return tiktok_spec


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "reply", "fault"),
    [
        ("POST", SEARCH, GOOD, {}, OK | {"data": {"orders": [{"id": "1"}]}}, None),
        ("POST", SEARCH, GOOD, {}, {"code": 1, "message": "", "request_id": "", "data": None}, None),
        ("POST", SEARCH, GOOD, {}, {"code": 1}, "another envelope"),
        ("GET", SEARCH, GOOD, None, None, "no such operation"),
        ("POST", SEARCH, {"page_size": "1"}, {}, None, "shop_cipher is required"),
        ("GET", "/authorization/202309/shops", C, None, None, "shop_cipher is forbidden"),
        ("GET", "/authorization/202309/shops", {}, {}, None, "takes no body"),
        ("POST", SEARCH, C, {}, None, "page_size is required"),
        ("POST", SEARCH, GOOD | {"page_size": "x"}, {}, None, "page_size should be an integer"),
        ("POST", SEARCH, GOOD | {"colour": "x"}, {}, None, "colour is no query parameter"),
        ("POST", SEARCH, GOOD | {"sort_order": "UP"}, {}, None, "sort_order does not know UP"),
        ("POST", SEARCH, GOOD, {"colour": 1}, None, "body.colour is not documented"),
        ("POST", SEARCH, GOOD, {"order_status": "LOST"}, None, "body.order_status does not know LOST"),
        ("POST", SEARCH, GOOD, {}, OK | {"data": {"colour": 1}}, "data.colour is not documented"),
        ("POST", SEARCH, GOOD, {}, OK | {"data": {"total_count": "1"}}, "should be integer"),
        ("POST", SEARCH, GOOD, {}, OK | {"data": {"total_count": True}}, "should be integer"),
        ("POST", STOCK, C, None, None, "the body is missing"),
        ("POST", STOCK, C, {"skus": [{"id": "1"}]}, None, "body.skus[].inventory is required"),
        ("GET", "/product/202309/products/1", C | {"return_draft_version": "x"}, None, None, "a boolean"),
        ("POST", "/product/202309/images/upload", {}, None, None, None),
    ],
)
def test_disagreements(
    rules: TikTokShopSpec, method: str, path: str, query: Any, body: Any, reply: Any, fault: str | None
) -> None:
    found = rules.disagreements(method, path, query, body, reply)
    assert bool(found) is bool(fault), found
    assert fault is None or any(fault in one for one in found), found


def test_webhooks(rules: TikTokShopSpec, shared: Path) -> None:
    body = json.loads((shared / "samples/tiktok_shop/webhook_order_status.json").read_text(encoding="utf-8"))
    assert rules.webhook(body) == []
    body["data"]["colour"] = 1
    assert rules.webhook(body) == ["type 1: data.colour is not documented"]
    assert rules.webhook({"type": 2}) == ["type 2 is not documented"]


def test_the_published_samples_agree(rules: TikTokShopSpec, shared: Path) -> None:
    samples = {
        "authorized_shops": ("GET", "/authorization/202309/shops", {}),
        "inventory_update_partial_error": ("POST", STOCK, C),
        "warehouses": ("GET", "/logistics/202309/warehouses", C),
        "cancellations_search": ("POST", "/return_refund/202602/cancellations/search", C),
        "packages_search": ("POST", "/fulfillment/202309/packages/search", C | {"page_size": "1"}),
    }
    for name, (method, path, query) in samples.items():
        reply = json.loads((shared / f"samples/tiktok_shop/{name}.json").read_text(encoding="utf-8"))
        body = {"skus": [{"id": "1", "inventory": [{"quantity": 1}]}]} if path == STOCK else None
        assert rules.disagreements(method, path, query, body, reply) == [], name


def test_operations_are_counted(rules: TikTokShopSpec) -> None:
    name = f"POST {SEARCH}"
    assert name in rules.operations
    before = rules.validated[name]
    rules.disagreements("POST", SEARCH, GOOD, {}, None)
    assert rules.validated[name] == before + 1


def test_the_table_of_the_twin_is_up_to_date(shared: Path) -> None:
    source = Path(__file__).parents[2] / "src/socialcommerce/simulators/tiktok_shop/operations.tsv"
    assert source.read_text(encoding="utf-8").splitlines() == rows(load(shared / "specs/tiktok_shop"))


def test_the_table_reads_kinds_lists_words_and_children() -> None:
    size, rows_, nothing = parameters("size:i!=1|2,rows:o[]{id:s!,deep:o{x:b}},note:s")
    assert (size.name, size.kind, size.required, size.words) == ("size", "i", True, {"1", "2"})
    assert (rows_.many, [one.name for one in rows_.children]) == (True, ["id", "deep"])
    assert rows_.children[1].children[0].kind == "b"
    assert not nothing.required
    assert parameters("-") == parameters("{}") == ()
    with pytest.raises(ValueError, match="what is"):
        parameters("a:s}b:s")


def test_a_handler_must_belong_to_a_documented_operation() -> None:
    with pytest.raises(ValueError, match="not a documented operation"):
        Routes().on("GET", "/nowhere")
    assert len(operations()) == 318


def test_amounts_go_out_as_text() -> None:
    assert dumps({"a": Decimal("1.50")}) == b'{"a":"1.50"}'
    with pytest.raises(TypeError, match="object"):
        dumps(object())
