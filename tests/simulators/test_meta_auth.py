"""Tokens of the pretend Graph API: how they are got, what they open, and how they end."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from tests.support.graph_caller import GraphCaller, Refusal

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.meta.graph.authority import proof
from socialcommerce.simulators.meta.graph.errors import Refused
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.whatsapp import WhatsAppTwin

BACK = "https://seller.example.com/back?next=/a"
DIALOG = "https://www.facebook.com/v26.0/dialog/oauth?"


def client(graph: GraphCaller) -> dict[str, str]:
    app = graph.twin.apps[0]
    return {"client_id": app.app_id, "client_secret": app.secret}


def dialog(
    graph: GraphCaller, scope: str = "catalog_management,pages_show_list", **more: Any
) -> dict[str, str]:
    """What stands in the callback after the login dialog."""
    choices = {key: more.pop(key) for key in ("deny", "scopes", "accounts") if key in more}
    asked = {
        "client_id": graph.twin.apps[0].app_id,
        "redirect_uri": BACK,
        "state": "st-é",
        "scope": scope,
        **more,
    }
    return dict(parse_qsl(urlsplit(graph.market.consent(DIALOG + urlencode(asked), **choices)).query))


def exchange(graph: GraphCaller, **values: Any) -> Any:
    return graph.call("GET", "/oauth/access_token", "", **client(graph), **values)


def inspected(graph: GraphCaller, token: str) -> Any:
    return graph.call("GET", "/debug_token", graph.twin.apps[0].token, input_token=token)["data"]


def refusal_of(graph: GraphCaller, token: str) -> tuple[int, int | None]:
    with pytest.raises(Refusal) as refusal:
        graph.call("GET", "/me", token)
    return refusal.value.code, refusal.value.subcode


def test_a_login_gives_a_code_a_short_token_and_a_long_one(graph: GraphCaller) -> None:
    back = dialog(graph)
    assert (back["state"], back["next"]) == ("st-é", "/a")
    short = exchange(graph, code=back["code"], redirect_uri=BACK)
    assert 3600 <= short["expires_in"] <= 7200
    assert short["token_type"] == "bearer"
    assert refusal_code(graph, code=back["code"], redirect_uri=BACK) == 36009
    long = exchange(graph, grant_type="fb_exchange_token", fb_exchange_token=short["access_token"])
    assert long["expires_in"] == 5183944
    graph.market.advance(timedelta(hours=3))
    assert refusal_of(graph, short["access_token"]) == (190, 463)
    assert graph.call("GET", "/me", long["access_token"])["name"] == "Pat Seller"
    graph.market.advance(timedelta(days=60))
    with pytest.raises(Refusal, match="expired"):
        exchange(graph, grant_type="fb_exchange_token", fb_exchange_token=long["access_token"])


def refusal_code(graph: GraphCaller, **values: Any) -> int:
    with pytest.raises(Refusal) as refusal:
        exchange(graph, **values)
    return int(refusal.value.error["error_subcode"])


def test_a_code_wants_its_own_redirect_and_lives_ten_minutes(graph: GraphCaller) -> None:
    code = dialog(graph)["code"]
    assert refusal_code(graph, code=code, redirect_uri="https://other.example/") == 36008
    assert refusal_code(graph, code=code, redirect_uri=BACK) == 36009, "a failed try uses it up"
    code = dialog(graph)["code"]
    graph.market.advance(timedelta(minutes=11))
    assert refusal_code(graph, code=code, redirect_uri=BACK) == 36007


def test_the_seller_may_refuse_grant_less_or_name_one_shop() -> None:
    graph = GraphCaller(open_twin_of("meta", accounts=2))
    assert dialog(graph, deny=True)["error_reason"] == "user_denied"
    second = graph.twin.sellers[1]
    less = dialog(graph, scopes=["pages_show_list"], accounts=[second])
    token = exchange(graph, code=less["code"], redirect_uri=BACK)["access_token"]
    pages = graph.call("GET", "/me/accounts", token, fields="id,name,tasks")["data"]
    assert [one["name"] for one in pages] == ["Brand 2"]
    with pytest.raises(Refusal) as refusal:
        graph.call("GET", f"/{second.catalog.id}/products", token)
    assert (refusal.value.code, refusal.value.status) == (200, 403)
    granted = graph.call("GET", "/me/permissions", token)["data"]
    assert granted == [{"permission": "pages_show_list", "status": "granted"}]


def open_twin_of(name: str, **options: Any) -> GraphTwin:
    found = open_twin(name, seed=7, **options)
    assert isinstance(found, GraphTwin)
    return found


def test_the_dialog_knows_its_apps_redirects_and_scopes(graph: GraphCaller) -> None:
    strict = graph.twin.add_app(("https://only.example.com/",))
    with pytest.raises(Refused):
        dialog(graph, client_id=strict.app_id)
    for wrong in (
        {"client_id": "1"},
        {"scope": "everything"},
        {"response_type": "token"},
        {"config_id": "1"},
    ):
        with pytest.raises(Refused):
            dialog(graph, **wrong)
    with pytest.raises(ValueError, match="no platform"):
        graph.market.consent("https://www.facebook.com/elsewhere")


def test_a_configuration_gives_a_system_users_token_at_once(graph: GraphCaller) -> None:
    config = graph.twin.add_config("catalog_management")
    code = dialog(graph, config_id=config)["code"]
    bought = exchange(graph, code=code, redirect_uri=BACK)
    assert "expires_in" not in bought
    assert inspected(graph, bought["access_token"])["type"] == "SYSTEM_USER"
    person = graph.twin.add_config("catalog_management", kind="USER")
    assert (
        exchange(graph, code=dialog(graph, config_id=person)["code"], redirect_uri=BACK)["expires_in"] > 3600
    )


def test_the_popup_of_whatsapp_needs_no_redirect() -> None:
    twin = open_twin_of("whatsapp")
    assert isinstance(twin, WhatsAppTwin)
    graph = GraphCaller(twin)
    assert exchange(graph, code=twin.signup())["access_token"]
    assert exchange(graph, code=twin.signup(twin.accounts[0]))["access_token"]


def test_a_page_has_a_token_of_its_own(graph: GraphCaller) -> None:
    user = graph.twin.token(None, "USER", 5183944.0)
    (page,) = graph.call("GET", "/me/accounts", user.access, fields="id,name,access_token,tasks")["data"]
    again = graph.call("GET", f"/{page['id']}", user.access, fields="access_token")
    assert again["access_token"] == page["access_token"]
    shown = inspected(graph, page["access_token"])
    assert (shown["type"], shown["expires_at"], shown["profile_id"]) == ("PAGE", 0, page["id"])
    assert graph.call("GET", "/me", page["access_token"], fields="name,access_token")["name"] == "Brand 1"
    graph.market.advance(timedelta(days=70))
    assert graph.call("GET", "/me", page["access_token"])["id"] == page["id"]
    short = graph.twin.token(None, "USER", 3600.0)
    brief = graph.call("GET", f"/{page['id']}", short.access, fields="access_token")["access_token"]
    graph.market.advance(timedelta(hours=2))
    assert refusal_of(graph, brief) == (190, 463)


def test_an_expiring_system_users_token_is_renewed_while_the_old_one_lives_on(graph: GraphCaller) -> None:
    old = graph.twin.token(graph.twin.accounts[0], seconds=60 * 86400.0)
    graph.market.advance(timedelta(days=30))
    given = {"grant_type": "fb_exchange_token", "fb_exchange_token": old.access}
    new = exchange(graph, **given, set_token_expires_in_60_days="true")
    assert new["expires_in"] == 60 * 86400
    assert new["access_token"] != old.access
    for token in (old.access, new["access_token"]):
        assert inspected(graph, token)["is_valid"] is True
    graph.market.advance(timedelta(days=31))
    assert refusal_of(graph, old.access) == (190, 463)
    forever = {"grant_type": "fb_exchange_token", "fb_exchange_token": graph.token}
    assert "expires_in" not in exchange(graph, **forever)


def test_a_system_user_is_given_a_token(graph: GraphCaller) -> None:
    app = graph.twin.apps[0]
    path = f"/{graph.twin.system_user.id}/access_tokens"
    good = {
        "business_app": app.app_id,
        "scope": "catalog_management",
        "appsecret_proof": proof(app.secret, graph.token),
    }
    made = graph.post(path, **good, set_token_expires_in_60_days="true")
    assert made["expires_in"] == 60 * 86400
    shown = inspected(graph, made["access_token"])
    assert shown["scopes"] == ["catalog_management"]
    assert shown["granular_scopes"] == [{"scope": "catalog_management", "target_ids": [graph.catalog]}]
    for change in ({"business_app": "1"}, {"scope": "everything"}, {"appsecret_proof": "x"}):
        with pytest.raises(Refusal):
            graph.post(path, **{**good, **change})
    with pytest.raises(Refusal, match="require an appsecret_proof"):
        graph.post(path, business_app=app.app_id, scope=["ads_read"])
    assert graph.call("DELETE", path) == {"success": True}
    assert refusal_of(graph, made["access_token"]) == (190, 458)


def test_one_token_is_revoked_and_what_was_derived_dies_with_it(graph: GraphCaller) -> None:
    user = graph.twin.token(None, "USER", 5183944.0)
    page = graph.call("GET", "/me/accounts", user.access, fields="access_token")["data"][0]["access_token"]
    assert graph.get("/oauth/revoke", **client(graph), revoke_token=user.access) == {"success": True}
    assert refusal_of(graph, user.access) == refusal_of(graph, page) == (190, 458)
    shown = inspected(graph, user.access)
    assert (shown["is_valid"], shown["error"]["subcode"]) == (False, 458)
    with pytest.raises(Refusal, match="Invalid revoke_token"):
        graph.get("/oauth/revoke", **client(graph), revoke_token="x")


def test_the_app_has_a_token_too(graph: GraphCaller) -> None:
    token = exchange(graph, grant_type="client_credentials")["access_token"]
    assert token == graph.twin.apps[0].token
    assert inspected(graph, token)["type"] == "APP"
    assert graph.call("GET", f"/{graph.twin.apps[0].app_id}", token)["name"] == "Pretend app"
    for path in (f"/{graph.catalog}", f"/{graph.twin.business.id}"):
        with pytest.raises(Refusal):
            graph.call("GET", path, token)


def test_debug_token_tells_until_when(graph: GraphCaller) -> None:
    user = graph.twin.token(None, "USER", 3600.0)
    shown = inspected(graph, user.access)
    assert shown["expires_at"] - shown["issued_at"] == 3600
    assert shown["data_access_expires_at"] - shown["issued_at"] == 90 * 86400
    assert shown["user_id"] == graph.twin.person.id
    graph.market.advance(timedelta(hours=2))
    assert inspected(graph, user.access)["error"]["subcode"] == 463
    for bad in ({"input_token": "x"}, {}):
        with pytest.raises(Refusal):
            graph.call("GET", "/debug_token", graph.twin.apps[0].token, **bad)


def test_what_the_token_calls_refuse(graph: GraphCaller) -> None:
    for values, code in (
        ({"grant_type": "password"}, 100),
        ({}, 100),
        ({"grant_type": "fb_exchange_token"}, 100),
        ({"grant_type": "fb_exchange_token", "fb_exchange_token": "x"}, 190),
        ({"code": "x", "redirect_uri": BACK}, 100),
    ):
        with pytest.raises(Refusal) as refusal:
            exchange(graph, **values)
        assert refusal.value.code == code
    for values in ({"client_id": "1", "client_secret": "x"}, {**client(graph), "client_secret": "x"}, {}):
        with pytest.raises(Refusal):
            graph.call("GET", "/oauth/access_token", "", **values)
    other = graph.twin.add_app()
    foreign = {"client_id": other.app_id, "client_secret": other.secret}
    with pytest.raises(Refusal):
        graph.call(
            "GET",
            "/oauth/access_token",
            "",
            **foreign,
            grant_type="fb_exchange_token",
            fb_exchange_token=graph.token,
        )
    with pytest.raises(Refusal):
        graph.call("GET", "/debug_token", other.token, input_token=graph.token)


def test_a_business_that_withdraws_ends_its_tokens() -> None:
    twin = open_twin_of("meta", accounts=2)
    graph = GraphCaller(twin)
    both, one = twin.token(), twin.token(twin.accounts[0])
    twin.market.account(twin.accounts[0]).revoke()
    assert refusal_of(graph, one.access) == (190, 458)
    found = graph.call("GET", f"/{twin.business.id}/owned_product_catalogs", both.access)["data"]
    assert [row["id"] for row in found] == [twin.sellers[1].catalog.id]
    with pytest.raises(Refusal, match="does not exist"):
        graph.call("GET", f"/{twin.accounts[0].id}", both.access)


def test_a_token_expires_where_a_fault_says_so(graph: GraphCaller) -> None:
    graph.market.fault("expire_token")
    assert refusal_of(graph, graph.token) == (190, 463)
    assert refusal_of(graph, "nonsense") == (190, None)
    assert refusal_of(graph, "") == (104, None)


# -- the proof


def test_both_forms_of_the_proof_are_taken_and_wrong_ones_are_not(graph: GraphCaller) -> None:
    app, now = graph.twin.apps[0], int(graph.market.clock.now())
    plain = hmac.new(app.secret.encode(), graph.token.encode(), hashlib.sha256).hexdigest()
    timed = hmac.new(app.secret.encode(), f"{graph.token}|{now}".encode(), hashlib.sha256).hexdigest()
    graph.get("/me", appsecret_proof=plain)
    graph.get("/me", appsecret_proof=timed, appsecret_time=now)
    for bad in (
        {"appsecret_proof": plain[:-1]},
        {"appsecret_proof": timed},
        {"appsecret_proof": timed, "appsecret_time": now - 1},
        {"appsecret_proof": timed, "appsecret_time": "soon"},
    ):
        with pytest.raises(Refusal, match="Invalid appsecret_proof"):
            graph.get("/me", **bad)
    graph.market.advance(timedelta(minutes=6))
    with pytest.raises(Refusal, match="Invalid appsecret_proof"):
        graph.get("/me", appsecret_proof=timed, appsecret_time=now)
    app.require_proof = True
    with pytest.raises(Refusal, match="require an appsecret_proof"):
        graph.get("/me")
    graph.get("/me", appsecret_proof=plain)


def test_the_proof_is_that_of_the_published_vectors(shared: Any) -> None:
    vectors = json.loads((shared / "vectors/meta.json").read_text(encoding="utf-8"))
    rows = vectors if isinstance(vectors, list) else vectors["vectors"]
    checked = 0
    for one in rows:
        given = one["inputs"]
        if str(given.get("scheme", "")).startswith("appsecret_proof"):
            found = proof(given["app_secret"], given["access_token"], given.get("appsecret_time"))
            assert found == one["expected"]["query"]["appsecret_proof"]
            checked += 1
    assert checked >= 4
