"""The pretend Graph API itself: versions, ways to send, fields, pages, batches, limits, errors."""

from __future__ import annotations

import json
import threading
import urllib.request
from decimal import Decimal
from urllib.parse import quote, urlencode

import pytest
from tests.support.graph_caller import HOST, GraphCaller, Refusal, error_of, list_items, raw

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators import open_twin
from socialcommerce.simulators.account import NotPlayed, UnknownEntity
from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.meta.graph.fields import parse
from socialcommerce.simulators.meta.graph.show import written
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.graph.versions import served
from socialcommerce.simulators.meta.graph.wire import Plain, Routes, Rows, dumps
from socialcommerce.simulators.meta.social import MetaTwin
from socialcommerce.simulators.serve import main, serve

FORM = "application/x-www-form-urlencoded"


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
    listed = graph.send("GET", f"/{graph.catalog}", fields=["id", "vertical"])
    assert json.loads(listed.content)["vertical"] == "commerce", "a list, as JSON text"


@pytest.mark.parametrize("text", ['["id",', '["a{"]', "id,,name", "a{b", "a.limit(3", "a}", "", "a b"])
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
    assert set(twin.settings()) == {
        "app_id", "app_secret", "business_id", "verify_token", "callback_urls"
    }  # fmt: skip
    assert twin.settings(1)["page_id"] == twin.accounts[1].id
    assert twin.settings(1)["catalog_id"] == twin.sellers[1].catalog.id
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
    url = graph.twin.keep_file(HOST, "/secret.bin", b"x", "application/octet-stream", 300, token=True)
    assert graph.twin.handle(Request("GET", url, {"authorization": f"Bearer {graph.token}"})).content == b"x"
    assert graph.twin.handle(Request("GET", url)).status == 400


def test_a_file_lies_where_it_was_asked_for(graph: GraphCaller) -> None:
    kept = ("/file.txt", b"x", "text/plain")
    assert graph.twin.keep_file(HOST, *kept) == "https://lookaside.fbsbx.com/file.txt"
    with serve(graph.twin) as served:
        url = graph.twin.keep_file(served.base_url, *kept)
        assert url == f"{served.base_url}/file.txt"
        with urllib.request.urlopen(url, timeout=60) as reply:
            assert reply.read() == b"x"


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
