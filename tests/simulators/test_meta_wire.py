"""The pretend Graph API itself: versions, ways to send, fields, pages, batches, limits, errors."""

from __future__ import annotations

import json
import threading
import urllib.request
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from tests.support.graph_caller import GraphCaller, Refusal

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators import open_twin
from socialcommerce.simulators.account import NotPlayed, UnknownEntity
from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.meta.graph.authority import proof
from socialcommerce.simulators.meta.graph.fields import parse
from socialcommerce.simulators.meta.graph.show import written
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.graph.versions import served
from socialcommerce.simulators.meta.graph.wire import Plain, Routes, Rows, dumps
from socialcommerce.simulators.meta.social import MetaTwin
from socialcommerce.simulators.serve import main, serve

HOST = "https://graph.facebook.com"
FORM = "application/x-www-form-urlencoded"


def raw(graph: GraphCaller, method: str, address: str, content: bytes = b"", **headers: str) -> Any:
    """The decoded reply to a request written by hand."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return json.loads(graph.twin.handle(Request(method, HOST + address, named, content)).content)


def error_of(reply: Any) -> tuple[int, int | None]:
    return reply["error"]["code"], reply["error"].get("error_subcode")


def list_items(graph: GraphCaller, count: int) -> str:
    for number in range(count):
        graph.market.add_product(f"TS-{number}", stock=1)
    return f"/{graph.catalog}/products"


# -- versions


def test_an_expired_version_is_silently_another(graph: GraphCaller) -> None:
    twin = open_twin("meta", market=Market(1, Clock(1_795_300_000)))
    assert isinstance(twin, MetaTwin)
    graph = GraphCaller(twin)
    for version in ("v26.0", "v25.0", "v20.0"):
        graph.version = version
        graph.get("/me")
    raw(graph, "GET", "/me", authorization=f"Bearer {graph.token}")
    assert twin.versions == {"v26.0": 1, "v25.0": 1, "v21.0": 2}


def test_marketing_versions_live_shorter() -> None:
    moment = Clock(1_795_300_000).moment().date()
    assert served("v24.0", True, moment) == "v25.0"
    assert served("v24.0", False, moment) == "v24.0"
    assert served("", True, moment) == "v25.0"
    assert served("v26.0", True, moment.replace(year=2040)) == "v26.0"
    assert served("v20.0", False, moment.replace(year=2040)) == "v26.0"


def test_a_version_of_the_future_is_refused(graph: GraphCaller) -> None:
    graph.version = "v27.0"
    with pytest.raises(Refusal, match="Unknown API version"):
        graph.get("/me")


def test_what_went_with_the_legacy_protocol(graph: GraphCaller) -> None:
    for values in ({"pretty": 1}, {"debug": "all"}, {"date_format": "U"}):
        with pytest.raises(Refusal) as refusal:
            graph.get("/me", **values)
        assert refusal.value.code == 12
    for values in ({"ids": "1,2"}, {"id": "1"}):
        with pytest.raises(Refusal) as refusal:
            graph.get("/", **values)
        assert refusal.value.code == 12
    with pytest.raises(Refusal):
        graph.get("/")


# -- ways to send


def test_a_token_goes_in_header_query_or_form(graph: GraphCaller) -> None:
    product = graph.market.add_product("TS-1", stock=1)
    item = product.variants[0].id
    assert raw(graph, "GET", f"/v26.0/me?access_token={graph.token}")["id"]
    assert raw(graph, "GET", "/v26.0/me", authorization=f"OAuth {graph.token}")["id"]
    form = urlencode({"access_token": graph.token, "inventory": 7}).encode()
    assert raw(graph, "POST", f"/v26.0/{item}", form, content_type=FORM) == {"success": True}
    assert product.variants[0].available == 7
    body = json.dumps({"access_token": graph.token, "inventory": 8}).encode()
    assert raw(graph, "POST", f"/v26.0/{item}", body, content_type="application/json") == {"success": True}
    assert product.variants[0].available == 8
    query = f"/v26.0/{item}?access_token={graph.token}&inventory=9"
    assert raw(graph, "POST", query) == {"success": True}
    assert product.variants[0].available == 9


def test_the_method_may_be_said_in_a_parameter(graph: GraphCaller) -> None:
    item = graph.market.add_product("TS-1", stock=1).variants[0].id
    form = urlencode({"access_token": graph.token, "method": "get", "fields": "retailer_id"}).encode()
    assert raw(graph, "POST", f"/v26.0/{item}", form, content_type=FORM)["retailer_id"] == "TS-1"
    assert raw(graph, "GET", f"/v26.0/{item}?access_token={graph.token}&method=DELETE") == {"success": True}


def test_what_cannot_be_read(graph: GraphCaller) -> None:
    kinds = {"application/json": b"{", "multipart/form-data": b"x", "application/json; charset=utf-8": b"[]"}
    for kind, content in kinds.items():
        reply = raw(graph, "POST", f"/v26.0/{graph.catalog}", content, content_type=kind)
        assert error_of(reply)[0] == 100


def test_types_of_parameters_are_held_to(graph: GraphCaller) -> None:
    path = f"/{graph.catalog}/products"
    for values, message in (
        ({"bulk_pagination": "maybe"}, "must be a boolean"),
        ({"filter": "{"}, "valid JSON"),
        ({"filter": 3}, "must be an object"),
        ({"error_priority": "URGENT"}, "must be one of"),
        ({"limit": "many"}, "must be an integer"),
        ({"after": "nowhere"}, "Invalid cursors"),
    ):
        with pytest.raises(Refusal, match=message):
            graph.get(path, **values)


def test_an_edge_that_nobody_plays_is_a_missing_capability(graph: GraphCaller) -> None:
    with pytest.raises(Refusal) as refusal:
        graph.get(f"/{graph.catalog}/hotels")
    assert refusal.value.code == 3
    with pytest.raises(Refusal) as refusal:
        graph.get(f"/{graph.catalog}/nonsense")
    assert (refusal.value.code, refusal.value.subcode) == (100, 33)


def test_errors_have_the_platforms_envelope(graph: GraphCaller) -> None:
    with pytest.raises(Refusal) as refusal:
        graph.get("/4711")
    assert (refusal.value.status, refusal.value.code, refusal.value.subcode) == (400, 100, 33)
    assert refusal.value.error["type"] == "GraphMethodException"
    assert refusal.value.error["fbtrace_id"].startswith("A")
    with pytest.raises(Refusal) as refusal:
        graph.get("/somebody")
    assert refusal.value.code == 803


# -- fields


def test_fields_choose_and_nest(graph: GraphCaller) -> None:
    graph.market.add_product("TS-1", stock=1)
    shown = graph.get(f"/{graph.catalog}", fields="name,products.limit(5){retailer_id},business{name}")
    assert shown["products"]["data"][0] == {"retailer_id": "TS-1", "id": shown["products"]["data"][0]["id"]}
    assert set(shown) == {"id", "name", "products", "business"}
    assert set(graph.get(f"/{graph.catalog}")) == {"id", "name"}
    with pytest.raises(Refusal, match="nonexisting field"):
        graph.get(f"/{graph.catalog}", fields="colour")
    body = json.dumps({"access_token": graph.token, "method": "GET", "fields": ["id", "vertical"]}).encode()
    reply = raw(graph, "POST", f"/v26.0/{graph.catalog}", body, content_type="application/json")
    assert reply["vertical"] == "commerce"


@pytest.mark.parametrize("text", ["id,,name", "a{b", "a.limit(3", "a}", "", "a b"])
def test_what_is_no_list_of_fields(graph: GraphCaller, text: str) -> None:
    reply = raw(graph, "GET", f"/v26.0/me?access_token={graph.token}&fields={quote(text)}")
    assert ("error" in reply) is bool(text), "an empty list asks for nothing in particular"


def test_fields_are_written_as_they_are_read() -> None:
    text = 'id,a.limit(5).filter({"x":(1)}){b,c{d}}'
    assert written(parse(text)) == text


def test_the_scope_of_a_nested_edge_counts(graph: GraphCaller) -> None:
    narrow = graph.twin.token(graph.twin.accounts[0], scopes={"business_management"})
    path = f"/{graph.twin.business.id}"
    assert graph.call("GET", path, narrow.access, fields="owned_product_catalogs{name}")
    with pytest.raises(Refusal, match="catalog_management"):
        graph.call("GET", path, narrow.access, fields="owned_product_catalogs{products{id}}")


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


# -- who owns what


def test_the_business_lists_what_it_owns_and_what_was_lent() -> None:
    twin = open_twin("meta", seed=7, accounts=2)
    assert isinstance(twin, GraphTwin)
    graph = GraphCaller(twin)
    token = twin.token().access
    twin.sellers[1].shared = True
    for edge in ("product_catalogs", "ad_accounts", "pages", "pixels"):
        owned, lent = (
            graph.call("GET", f"/{twin.business.id}/{start}_{edge}", token)["data"]
            for start in ("owned", "client")
        )
        assert (len(owned), len(lent)) == (1, 1)
    (account,) = graph.call(
        "GET", f"/{twin.business.id}/owned_ad_accounts", token, fields="id,account_id,currency,timezone_name"
    )["data"]
    assert account["id"] == f"act_{account['account_id']}"
    instagram = graph.call("GET", f"/{twin.business.id}/owned_instagram_accounts", token)["data"]
    assert len(instagram) == 1
    instagram = graph.call("GET", f"/{twin.business.id}/instagram_accounts", token, fields="username")["data"]
    assert [one["username"] for one in instagram] == ["brand1"]
    (business,) = graph.call("GET", "/me/businesses", token)["data"]
    assert business["id"] == twin.business.id


def test_a_person_lists_pages_ad_accounts_and_catalogs(graph: GraphCaller, meta: MetaTwin) -> None:
    ids = meta.settings()
    (page,) = graph.get("/me/accounts", fields="id,instagram_business_account{id,username}")["data"]
    assert page["instagram_business_account"]["id"] == ids["instagram_id"]
    (account,) = graph.get("/me/adaccounts", fields="account_id")["data"]
    assert account["account_id"] == ids["ad_account_id"]
    assert graph.get("/me/assigned_product_catalogs")["data"][0]["id"] == ids["catalog_id"]
    (linked,) = graph.get(f"/{page['id']}/instagram_accounts")["data"]
    assert linked["id"] == ids["instagram_id"]
    assert meta.seller(page["id"]) is meta.sellers[0]
    with pytest.raises(LookupError):
        meta.seller("1")


def test_settings_name_no_account_where_there_are_several() -> None:
    twin = open_twin("meta", seed=7, accounts=2, currency="EUR")
    assert isinstance(twin, MetaTwin)
    assert set(twin.settings()) == {"app_id", "app_secret", "business_id", "verify_token"}
    assert twin.settings(1)["catalog_id"] == twin.accounts[1].id
    assert twin.accounts[0].region == "DE"


@pytest.mark.parametrize("name", ["meta", "whatsapp"])
def test_a_login_opens_every_asset(name: str) -> None:
    twin = open_twin(name, seed=7, accounts=2)
    assert isinstance(twin, GraphTwin)
    graph = GraphCaller(twin)
    first, second = (twin.grants(account) for account in twin.accounts)
    for _, kind, key, token in (*first, *second):
        access = token["access_token"]
        known = key if key in twin.nodes else f"act_{key}"
        assert graph.call("GET", f"/{known}", access)["id"] == known
        if kind != "business":
            assert twin.market.account(key).id in {one.id for one in twin.accounts}
    assert first[0][3] == second[0][3], "one person logs in, once"
    with pytest.raises(UnknownEntity):
        twin.market.account("1")


# -- what a part of the twin can rely on


def test_a_part_answers_rows_nodes_objects_files_or_nothing(meta: MetaTwin) -> None:
    routes = Routes("catalog_management")
    routes.edge("GET", "ProductCatalog", "raw")(lambda call: Plain(b"a,b", "text/csv"))
    routes.edge("GET", "ProductCatalog", "bare")(
        lambda call: Rows([{"id": "1", "size": "S", "color": "red"}])
    )
    routes.edge("GET", "ProductCatalog", "strict", holders=("PAGE",))(lambda call: call.own)
    routes.edge("GET", "ProductCatalog", "odd", holders=("USER", "PAGE"))(lambda call: call.own)
    routes.path("GET", "/homeless")(lambda call: call.seller)
    routes.path("GET", "/nameless")(lambda call: call.own)
    routes.path("GET", "/holderless", public=True)(lambda call: call.holder)
    routes.path("GET", "/scoped", scope="ads_read")(lambda call: None)
    meta.routes.merge(routes)
    graph = GraphCaller(meta)
    path = f"/{graph.catalog}"
    response = graph.send("GET", f"{path}/raw")
    assert (response.headers["content-type"], response.content) == ("text/csv", b"a,b")
    assert graph.get(f"{path}/bare", fields="size")["data"] == [{"id": "1", "size": "S"}]
    for edge, code in (("strict", 210), ("odd", 15)):
        with pytest.raises(Refusal) as refusal:
            graph.get(f"{path}/{edge}")
        assert refusal.value.code == code
    for fixed in ("homeless", "nameless", "holderless"):
        with pytest.raises(Refusal):
            graph.get(f"/{fixed}")
    assert graph.get("/scoped") == {"success": True}


def test_a_nested_object_is_shown_with_what_was_asked_for(graph: GraphCaller) -> None:
    node = graph.twin.nodes[graph.catalog]
    node.data |= {
        "da_display_settings": {"a": 1, "b": 2},
        "creator_user": [graph.twin.person],
        "feed_count": 1,
        "default_image_url": None,
    }
    shown = graph.send(
        "GET", f"/{graph.catalog}", fields="id,da_display_settings{a},creator_user{name},default_image_url"
    )
    found = json.loads(shown.content)
    assert found["da_display_settings"] == {"a": 1}
    assert found["creator_user"]["data"][0]["name"] == "Pat Seller"
    assert "default_image_url" not in found


def test_files_are_served_to_whom_they_are_meant_for(graph: GraphCaller) -> None:
    url = graph.twin.keep_file("/secret.bin", b"x", "application/octet-stream", 300, token=True)
    assert graph.twin.handle(Request("GET", url, {"authorization": f"Bearer {graph.token}"})).content == b"x"
    assert graph.twin.handle(Request("GET", url)).status == 400


def test_verbs_that_no_part_plays_are_said_to_be_missing(graph: GraphCaller) -> None:
    graph.twin.routes.verbs.clear()
    with pytest.raises(NotPlayed):
        graph.market.approve_templates()


def test_a_listener_hears_what_happens(graph: GraphCaller) -> None:
    heard: list[str] = []
    graph.twin.routes.hears("product.created")(lambda twin, seller, product: heard.append(product.sku))
    graph.market.add_product("TS-1", stock=1)
    assert heard == ["TS-1"]


def test_what_is_no_json_is_a_mistake_of_a_part() -> None:
    with pytest.raises(TypeError):
        dumps({"a": object()})
    assert dumps({"a": Decimal("1.50")}) == b'{"a":1.5}'
    assert dumps({"a": "é/"}) == b'{"a":"\\u00e9\\/"}'


# -- served on loopback


def test_the_served_twin_links_to_itself(graph: GraphCaller) -> None:
    path = list_items(graph, 3)
    with serve(graph.twin) as served:
        url = f"{served.base_url}/v26.0{path}?" + urlencode({"access_token": graph.token, "limit": 2})
        seen = 0
        while url:
            with urllib.request.urlopen(url, timeout=60) as reply:
                page = json.load(reply)
            seen += len(page["data"])
            url = page["paging"].get("next")
    assert seen == 3


@pytest.mark.parametrize("name", ["meta", "whatsapp"])
def test_the_program_prints_what_to_use(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    stop = threading.Event()
    stop.set()
    main([name, "--seed", "3"], stop)
    told = json.loads(capsys.readouterr().out)
    assert {"app_id", "app_secret", "catalog_id", "business_id", "verify_token"} <= told["settings"].keys()
    assert told["token"]["access_token"].startswith("EAA")
