"""Whatever is sent to the pretend Graph API, it answers."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.support.graph_caller import GraphCaller

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators import open_twin
from socialcommerce.simulators.meta.graph.tables import edges
from socialcommerce.simulators.meta.graph.twin import GraphTwin

JUNK: list[Any] = [
    "", "x", "1", "-1", "[]", "{}", "null", "true", "é", "a" * 300, "2026-01-01",
    None, 1, -1, 1.5, True, [], {}, [1], ["a"], {"a": 1}, [{}], [[1]], {"x": {"y": []}}, {"and": 3},
    [{"data": {"id": 1}}], {"interval": "DAILY", "url": "x", "interval_count": "often"},
]  # fmt: skip
COLUMNS = [
    "price", "image", "additional_image_link", "availability", "inventory", "title", "item_group_id", "link",
    "sale_price", "sale_price_effective_date", "additional_variant_attribute", "id",
]  # fmt: skip
ALWAYS = [
    "limit",
    "after",
    "fields",
    "summary",
    "method",
    "item_type",
    "requests",
    "filter",
    "appsecret_proof",
]


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("seed", range(4))
def test_any_parameters_are_answered(seed: int) -> None:
    source = random.Random(seed)
    twin = open_twin("meta", seed=seed)
    assert isinstance(twin, GraphTwin)
    twin.market.add_product("TS-1", stock=1)
    graph = GraphCaller(twin)
    seed_objects(graph)
    mine = [key for key, route in twin.routes.calls.items() if ".graph." in route.handler.__module__]
    for method, kind, edge in mine * 3:
        for node in source.sample(twin.of(kind), min(1, len(twin.of(kind)))):
            documented = edges().get((method, kind, edge))
            names = [one.name for one in documented.parameters] if documented else []
            chosen = source.sample([*names, *ALWAYS], min(5, len(names) + len(ALWAYS)))
            given = {name: source.choice(JUNK) for name in chosen}
            response = twin.handle(written(graph, method, f"/{node.id}/{edge}".rstrip("/"), given, source))
            assert response.status in (200, 400, 403, 404, 500)
            json.loads(response.content)
    twin.market.sleep(90_000)


def seed_objects(graph: GraphCaller) -> None:
    graph.post(f"/{graph.catalog}/product_sets", name="All")
    feed = graph.post(f"/{graph.catalog}/product_feeds", name="Feed")["id"]
    graph.post(f"/{feed}/uploads", url="https://x.example/")


def written(
    graph: GraphCaller, method: str, path: str, given: dict[str, Any], source: random.Random
) -> Request:
    if method == "POST" and source.random() < 0.5:
        return graph.request(method, path, body=given)
    values = {name: text(value) for name, value in given.items()}
    url = f"https://graph.facebook.com/v26.0{path}?{urlencode(values)}"
    return Request(method, url, {"authorization": f"Bearer {graph.token}"})


@pytest.mark.parametrize("seed", range(4))
def test_any_rows_of_a_batch_are_worked_off(graph: GraphCaller, seed: int) -> None:
    source = random.Random(seed)
    graph.market.add_product("TS-1", stock=1)
    good = {"id": "N", "title": "T", "availability": "in stock", "condition": "new", "price": "1.00 USD",
            "link": "https://x", "image_link": "https://x"}  # fmt: skip
    rows = []
    for number in range(60):
        base = {"id": "TS-1"} if number % 2 else {**good, "id": f"N-{number}"}
        odd = {name: source.choice(JUNK) for name in source.sample(COLUMNS, 2)}
        rows.append(
            {"method": source.choice(["CREATE", "UPDATE", "DELETE", 3, None]), "data": {**base, **odd}}
        )
    response = graph.send(
        "POST", f"/{graph.catalog}/items_batch", body={"item_type": "PRODUCT_ITEM", "requests": rows}
    )
    handle = json.loads(response.content)["handles"][0]
    graph.market.sleep(200)
    status = graph.get(f"/{graph.catalog}/check_batch_request_status", handle=handle)["data"][0]
    assert status["status"] == "finished"
    assert graph.send("GET", f"/{graph.catalog}/products", fields="price,name,image_url").status == 200


@pytest.mark.parametrize(
    "address",
    [
        "", "/", "//", "/v26.0", "/v26.0/", "/v26.0//x", "/26.0/me", "/v26.0/%00", "/v26.0/catalog:",
        "/v26.0/catalog:1:2:3", "/v26.0/catalog:1:%C3%A9", "/v26.0/catalog:{}:ww", "/v26.0/me/accounts/x/y",
        "/v26.0/act_", "/v26.0/me?fields=%7B",
    ],
)  # fmt: skip
def test_any_path_is_answered(graph: GraphCaller, address: str) -> None:
    url = "https://graph.facebook.com" + address.replace("{}", graph.catalog)
    for method in ("GET", "POST", "DELETE", "PUT", "HEAD"):
        response = graph.twin.handle(Request(method, url, {"authorization": f"Bearer {graph.token}"}))
        assert response.status in (200, 400, 404)


def test_a_sku_that_is_no_text_is_found_nowhere(graph: GraphCaller) -> None:
    for packed in ("____", "a", "!!"):
        assert graph.send("GET", f"/catalog:{graph.catalog}:{packed}").status == 400
