"""The check against Meta's interface data finds what it should, and the twin's tables are made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.meta_operations import tables
from tests.support.meta_spec import MetaSpec

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.meta.graph import tables as made
from socialcommerce.simulators.meta.graph.parameters import typed
from socialcommerce.simulators.meta.graph.twin import GraphTwin

FOLDER = Path(__file__).resolve().parents[2] / "src/socialcommerce/simulators/meta/graph"
KINDS = {"1": "ProductCatalog", "2": "ProductItem", "3": "Page", "4": "Mystery"}


@pytest.fixture
def rules(meta_spec: MetaSpec | None) -> MetaSpec:
    if meta_spec is None:
        pytest.skip("the vendor's interface data (../shared) is not here")
    return meta_spec


GROUP = "product_group{retailer_id,products.limit(5){price}}"
PAGE = {"data": [], "paging": {"cursors": {"before": "a", "after": "b"}}}


@pytest.mark.parametrize(
    ("method", "path", "given", "reply", "fault"),
    [
        ("GET", "/2", {"fields": "id,price"}, {"id": "2", "price": "$1.00"}, None),
        ("GET", "/2", {"fields": GROUP}, {"product_group": {"id": "5", "products": PAGE}}, None),
        ("GET", "/2", {"fields": "cost"}, None, "no field cost"),
        ("GET", "/2", {"fields": "product_group{colour}"}, None, "ProductGroup has no field colour"),
        ("GET", "/2", {}, {"colour": "x"}, "colour is not documented"),
        ("GET", "/2", {}, {"price": 1}, "price should be a text"),
        ("GET", "/2", {}, {"inventory": "1"}, "inventory should be an integer"),
        ("GET", "/2", {}, {"images": "x"}, "images should be a list"),
        ("GET", "/2", {}, {"images": [1]}, "should be a text"),
        ("GET", "/2", {}, {"is_bundle_hero": "no"}, "should be a boolean"),
        ("GET", "/2", {}, {"review_status": "fine"}, "does not know fine"),
        ("GET", "/2", {}, {"product_catalog": {"colour": 1}}, "product_catalog.colour is not documented"),
        ("GET", "/1/products", {"limit": "5", "filter": "{}"}, PAGE, None),
        ("GET", "/1/products", {"filter": "x"}, None, "filter should be an object"),
        ("GET", "/1/products", {"bulk_pagination": "x"}, None, "should be a boolean"),
        ("GET", "/1/products", {"colour": "x"}, None, "colour is no parameter"),
        ("GET", "/1/products", {}, {"data": [], "paging": {"cursors": {}}}, "no cursors.after"),
        ("GET", "/1/products", {}, {"data": [], "paging": {"cursors": {"after": "x"}, "more": 1}}, "no more"),
        ("GET", "/1/products", {}, {"data": [], "count": 1}, "a page has no count"),
        ("GET", "/1/check_batch_request_status", {}, None, "handle is required"),
        ("GET", "/1/nonsense", {}, None, "no such call"),
        ("GET", "/1/nonsense", {}, {"error": {"code": 1}}, "the error lacks"),
        ("GET", "/4/anything", {"x": "y"}, {"z": 1}, None),
        ("GET", "/debug_token", {"input_token": "x"}, {"data": {}}, None),
        ("POST", "/2", {"availability": "soon"}, None, "does not know soon"),
        ("POST", "/2", {"price": "19.99"}, None, "price should be an integer"),
        ("POST", "/2", {"additional_image_urls": '["a"]'}, {"success": True}, None),
        ("POST", "/3/subscribed_apps", {"subscribed_fields": "messages,feed"}, None, None),
    ],
)
def test_disagreements(
    rules: MetaSpec, method: str, path: str, given: Any, reply: Any, fault: str | None
) -> None:
    found = rules.disagreements(method, path, given, reply, KINDS.get)
    assert bool(found) is bool(fault), found
    assert fault is None or any(fault in one for one in found), found


def test_the_parts_of_a_batch_are_held_one_by_one(rules: MetaSpec) -> None:
    parts = [{"method": "GET", "relative_url": "v26.0/2?fields=cost"}, {"method": "GET", "relative_url": "2"}]
    body = json.dumps({"batch": parts}).encode()
    request = Request("POST", "https://graph.facebook.com/v26.0/", {"content-type": "application/json"}, body)
    reply = [None, {"code": 200, "body": json.dumps({"price": 1})}]
    found = rules.exchange(request, Response(200, {}, json.dumps(reply).encode()), KINDS.get)
    assert [one.partition(": ")[2] for one in found] == [
        "ProductItem has no field cost",
        "ProductItem.price should be a text, not int",
    ]
    many = json.dumps({"batch": parts * 26}).encode()
    request = Request("POST", "https://graph.facebook.com/v26.0/", {"content-type": "application/json"}, many)
    assert "at most 50" in rules.exchange(request, Response(200, {}, b"[]"), KINDS.get)[0]


def test_the_published_samples_agree(rules: MetaSpec, shared: Path) -> None:
    samples = {
        "catalog_products_page_first": "/1/products",
        "catalog_products_page_middle": "/1/products",
        "catalog_products_page_last": "/1/products",
        "check_batch_status_finished": "/1/check_batch_request_status",
        "check_batch_status_in_progress": "/1/check_batch_request_status",
        "product_sets_list": "/1/product_sets",
    }
    for name, path in samples.items():
        reply = json.loads((shared / f"samples/meta/{name}.json").read_text(encoding="utf-8"))
        assert (
            rules.disagreements("GET", path, {"handle": "x"} if "check" in path else {}, reply, KINDS.get)
            == []
        )


def test_the_tables_are_those_of_the_interface_data(shared: Path) -> None:
    for name, text in tables(shared / "specs/meta").items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name} is to be made anew"


def test_every_handler_is_documented_or_known_to_be_missing(meta: GraphTwin, rules: MetaSpec) -> None:
    kinds = {kind for _, kind, _ in made.edges()}
    unknown = {
        f"{method} {kind}/{edge}"
        for method, kind, edge in meta.routes.calls
        if kind.startswith(("Product", "Business", "User", "SystemUser")) and kind in kinds
        and (method, kind, edge) not in made.edges()
    }  # fmt: skip
    assert unknown <= {
        "POST SystemUser/access_tokens",
        "DELETE SystemUser/access_tokens",
        "GET SystemUser/accounts",
        "GET SystemUser/adaccounts",
        "GET SystemUser/businesses",
        "GET ProductFeedUploadError/",
    }, unknown


def test_parameters_take_their_types() -> None:
    edge = made.edges()["POST", "ProductItem", ""]
    given = {
        "price": "5",
        "additional_image_urls": "a, b",
        "custom_data": '{"a":1}',
        "product_priority_0": "0.5",
        "name": {"a": 1},
        "extra": "kept",
        "size": "",
    }
    found = typed(edge, given, ())
    assert (found["price"], found["additional_image_urls"]) == (5, ["a", "b"])
    assert (found["custom_data"], str(found["product_priority_0"]), found["extra"]) == (
        {"a": 1},
        "0.5",
        "kept",
    )
    assert found["name"] == '{"a": 1}'
