"""Pages, batch requests and limits of the pretend Graph API."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.support.graph_caller import GraphCaller, Refusal, error_of, list_items, raw

from socialcommerce.simulators.meta.graph.authority import proof

# -- pages


def test_pages_end_without_a_next(graph: GraphCaller) -> None:
    path = list_items(graph, 5)
    pages, after = [], None
    while True:
        page = graph.get(path, limit=2, fields="retailer_id", **({"after": after} if after else {}))
        pages.append([one["retailer_id"] for one in page["data"]])
        after = page["paging"]["cursors"]["after"]
        assert ("previous" in page["paging"]) is (len(pages) > 1)
        if "next" not in page["paging"]:
            break
    assert pages == [["TS-0", "TS-1"], ["TS-2", "TS-3"], ["TS-4"]]
    assert graph.get(path, limit=2, after=after)["data"] == [], "a cursor stands on the last page too"


def test_a_full_last_page_is_followed_by_an_empty_one(graph: GraphCaller) -> None:
    path = list_items(graph, 4)
    second = graph.get(path, limit=2, after=graph.get(path, limit=2)["paging"]["cursors"]["after"])
    assert len(second["data"]) == 2
    last = graph.get(path, limit=2, after=second["paging"]["cursors"]["after"])
    assert last["data"] == []
    assert "next" not in last["paging"]
    assert last["paging"]["cursors"]["after"]


def test_a_page_may_be_empty_and_go_on(graph: GraphCaller) -> None:
    path = list_items(graph, 3)
    graph.twin.empty_pages = 2
    cursors, rows, after = [], 0, ""
    while True:
        page = graph.get(path, limit=2, **({"after": after} if after else {}))
        rows += len(page["data"])
        after = page["paging"]["cursors"]["after"]
        cursors.append(after)
        if "next" not in page["paging"]:
            break
    assert rows == 3
    assert len(set(cursors)) == len(cursors) == 4


def test_one_may_page_backwards(graph: GraphCaller) -> None:
    path = list_items(graph, 5)
    second = graph.get(path, limit=2, after=graph.get(path, limit=2)["paging"]["cursors"]["after"])
    first = graph.get(path, limit=2, before=second["paging"]["cursors"]["before"], fields="retailer_id")
    assert [one["retailer_id"] for one in first["data"]] == ["TS-0", "TS-1"]
    assert "next" in first["paging"]


def test_links_echo_the_query_with_its_token(graph: GraphCaller) -> None:
    path = list_items(graph, 3)
    reply = raw(graph, "GET", f"/v26.0{path}?access_token={graph.token}&limit=2&fields=retailer_id")
    link = urlsplit(reply["paging"]["next"])
    values = parse_qs(link.query)
    assert (link.netloc, link.path) == ("graph.facebook.com", f"/v26.0{path}")
    assert (values["access_token"], values["fields"], values["limit"]) == (
        [graph.token],
        ["retailer_id"],
        ["2"],
    )
    followed = raw(graph, "GET", f"{link.path}?{link.query}")
    assert [one["retailer_id"] for one in followed["data"]] == ["TS-2"]
    assert graph.token not in graph.get(path, limit=2)["paging"]["next"], "a header is not echoed"


def test_a_nested_edge_pages_by_itself(graph: GraphCaller) -> None:
    list_items(graph, 3)
    shown = graph.get(f"/{graph.catalog}", fields="products.limit(2){retailer_id}")["products"]
    link = urlsplit(shown["paging"]["next"])
    reply = raw(graph, "GET", f"{link.path}?{link.query}&access_token={graph.token}")
    assert [one["retailer_id"] for one in reply["data"]] == ["TS-2"]


def test_a_cursor_survives_that_rows_are_taken_away(graph: GraphCaller) -> None:
    path = list_items(graph, 5)
    page = graph.get(path, limit=2)
    graph.call("DELETE", f"/{page['data'][1]['id']}")
    rest = graph.get(path, limit=2, after=page["paging"]["cursors"]["after"], fields="retailer_id")["data"]
    assert [one["retailer_id"] for one in rest] == ["TS-2", "TS-3"]


def test_rows_are_counted_on_request_and_too_many_are_too_much(graph: GraphCaller) -> None:
    path = list_items(graph, 3)
    assert graph.get(path, summary="true", limit=1)["summary"] == {"total_count": 3}
    assert graph.get(path, summary="total_count,colours", limit=1)["summary"] == {"total_count": 3}
    assert "summary" not in graph.get(path, summary="false")
    assert graph.get(path, limit=0)["data"] != []
    with pytest.raises(Refusal, match="reduce the amount of data") as refusal:
        graph.get(path, limit=3001)
    assert (refusal.value.status, refusal.value.code) == (500, 1)
    graph.twin.most_data = 2
    with pytest.raises(Refusal, match="reduce the amount of data"):
        graph.get(path)
    assert len(graph.get(path, limit=2)["data"]) == 2


# -- batches


def batch(graph: GraphCaller, *parts: dict[str, Any], **values: Any) -> Any:
    return graph.post("/", batch=list(parts), **values)


def test_a_batch_answers_part_by_part(graph: GraphCaller) -> None:
    item = graph.market.add_product("TS-1", stock=1).variants[0].id
    parts = [
        {"method": "GET", "relative_url": f"{item}?fields=retailer_id"},
        {"method": "POST", "relative_url": f"v26.0/{item}", "body": "inventory=9"},
        {"method": "GET", "relative_url": "4711"},
        {"method": "GET", "relative_url": "?ids=1"},
    ]
    first, second, third, fourth = batch(graph, *parts)
    assert json.loads(first["body"])["retailer_id"] == "TS-1"
    assert first["headers"][0]["name"] == "content-type"
    assert json.loads(second["body"]) == {"success": True}
    assert error_of(json.loads(third["body"])) == (100, 33)
    assert error_of(json.loads(fourth["body"]))[0] == 12
    assert "headers" not in batch(graph, parts[0], include_headers="false")[0]


def test_parts_that_did_not_run_in_time_are_null(graph: GraphCaller) -> None:
    graph.twin.unrun = 2
    parts = [{"method": "GET", "relative_url": "me"}] * 3
    assert [one is None for one in batch(graph, *parts)] == [False, True, True]
    assert None not in batch(graph, *parts)


def test_a_part_may_use_what_another_found(graph: GraphCaller) -> None:
    list_items(graph, 2)
    parts = [
        {"method": "GET", "name": "all", "relative_url": f"{graph.catalog}/products?fields=id"},
        {"method": "GET", "relative_url": "{result=all:$.data.*.id}", "depends_on": "all"},
        {"method": "GET", "name": "me", "relative_url": "me", "omit_response_on_success": False},
        {"method": "GET", "relative_url": "{result=me:$.id}?fields=name"},
        {"method": "GET", "relative_url": "me", "depends_on": "nothing"},
    ]
    found = batch(graph, *parts)
    assert found[0] is None
    assert "," in json.loads(found[1]["body"])["error"]["message"]
    assert json.loads(found[3]["body"])["name"] == "Pretend system user"
    assert found[4] is None


def test_each_part_may_bring_its_own_token_and_proof(graph: GraphCaller) -> None:
    app = graph.twin.apps[0]
    app.require_proof = True
    other = graph.twin.token(None, "USER", 3600.0).access
    own = f"me?access_token={other}&appsecret_proof={proof(app.secret, other)}"
    parts = [{"method": "GET", "relative_url": one} for one in ("me", own, f"me?access_token={other}")]
    found = batch(graph, *parts, appsecret_proof=proof(app.secret, graph.token))
    assert [one["code"] for one in found] == [200, 200, 400]


def test_what_is_no_batch(graph: GraphCaller) -> None:
    with pytest.raises(Refusal, match="Maximum batch size is 50"):
        batch(graph, *[{"method": "GET", "relative_url": "me"}] * 51)
    for bad in ("[", "{}", "[1]"):
        with pytest.raises(Refusal, match="JSON array"):
            graph.post("/", batch=bad)


def test_a_batch_counts_as_many_calls_as_it_has_parts(graph: GraphCaller) -> None:
    graph.twin.limits.budgets["app"] = 3
    found = batch(graph, *[{"method": "GET", "relative_url": "me"}] * 4)
    assert [one["code"] for one in found] == [200, 200, 200, 400]
    assert error_of(json.loads(found[3]["body"]))[0] == 4


# -- limits and trouble


def test_usage_is_told_once_it_is_worth_telling(graph: GraphCaller) -> None:
    graph.twin.limits.budgets |= {"app": 200, "catalog_management": 10}
    path = f"/{graph.catalog}/products"
    first = graph.send("GET", path)
    assert "x-app-usage" not in first.headers
    (usage,) = json.loads(first.headers["x-business-use-case-usage"])[graph.catalog]
    assert (usage["type"], usage["call_count"]) == ("catalog_management", 10)
    second = graph.send("GET", path)
    assert json.loads(second.headers["x-app-usage"])["call_count"] == 1
    for _ in range(8):
        graph.get(path)
    with pytest.raises(Refusal) as refusal:
        graph.get(path)
    assert refusal.value.code == 80009


def test_calls_made_while_throttled_make_it_longer(graph: GraphCaller) -> None:
    graph.twin.limits.budgets["app"] = 2
    for _ in range(2):
        graph.get("/me")
    for _ in range(4):
        with pytest.raises(Refusal) as refusal:
            graph.get("/me")
        assert refusal.value.code == 4
        graph.market.advance(timedelta(minutes=25))
    graph.market.advance(timedelta(hours=1))
    graph.get("/me")


def test_throttling_speaks_the_words_of_the_use_case(graph: GraphCaller) -> None:
    product = graph.market.add_product("TS-1", stock=1)
    for path, method, code in (
        (f"/{graph.catalog}/items_batch", "POST", 80014),
        (f"/{graph.catalog}/products", "GET", 80009),
        (f"/{product.variants[0].id}", "DELETE", 80009),
        ("/me", "GET", 4),
    ):
        graph.market.fault("throttle", retry_after=timedelta(seconds=90))
        response = graph.send(method, path)
        assert error_of(json.loads(response.content))[0] == code
        usage = response.headers.get("x-business-use-case-usage")
        if usage is not None:
            assert json.loads(usage)[graph.catalog][0]["estimated_time_to_regain_access"] == 2


def test_trouble_inside_is_transient(graph: GraphCaller) -> None:
    graph.market.fault("server_error")
    with pytest.raises(Refusal) as refusal:
        graph.get("/me")
    assert (refusal.value.status, refusal.value.code, refusal.value.error["is_transient"]) == (500, 2, True)
    graph.twin.html_errors = True
    graph.market.fault("server_error")
    response = graph.send("GET", "/me")
    assert (response.status, response.content[:9]) == (502, b"<!DOCTYPE")
