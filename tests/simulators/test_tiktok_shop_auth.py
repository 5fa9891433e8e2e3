"""The gate of the pretend TikTok Shop: consent, tokens, signatures, ciphers, paths, throttling."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from attrs import evolve
from tests.support.tiktok_shop_caller import AUTH, HOST, Caller

from socialcommerce.runtime.transport import Interrupted, Request
from socialcommerce.simulators import open_twin
from socialcommerce.simulators.tiktok_shop import TikTokShopTwin
from socialcommerce.simulators.tiktok_shop.wire import (
    Parameter,
    Refused,
    operations,
    parameters,
    signature,
    webhook_signature,
)

SHOPS = "/authorization/202309/shops"
SEARCH = "/order/202309/orders/search"
LINK = "https://services.us.tiktokshop.com/open/authorize"


def ask(twin: TikTokShopTwin, step: str, method: str = "GET", **query: str) -> tuple[int, Any]:
    app = twin.apps[0]
    values = {"app_key": app.app_key, "app_secret": app.app_secret} | query
    response = twin.handle(Request(method, f"{AUTH}/api/v2/token/{step}?{urlencode(values)}"))
    return response.status, json.loads(response.content) if response.status == 200 else None


def code_of(twin: TikTokShopTwin, **choices: Any) -> str:
    url = twin.market.consent(f"{LINK}?service_id={twin.apps[0].service_id}&state=s%261", **choices)
    query = parse_qs(urlsplit(url).query)
    assert query["state"] == ["s&1"]
    return query["code"][0]


def get_token(twin: TikTokShopTwin, code: str) -> Any:
    return ask(twin, "get", auth_code=code, grant_type="authorized_code")[1]


def refresh(twin: TikTokShopTwin, token: str) -> Any:
    return ask(twin, "refresh", refresh_token=token, grant_type="refresh_token")[1]


def nonsense(tree: tuple[Parameter, ...], text: str, whole: bool) -> dict[str, Any]:
    """Values of the documented kinds that mean nothing; with ``whole`` the optional ones too."""
    found: dict[str, Any] = {}
    for one in tree:
        if one.required or whole:
            words = sorted(one.words)
            value: Any = {"i": 1, "f": 1, "b": True}.get(one.kind, words[0] if words else text)
            if one.kind in "ox":
                value = nonsense(one.children, text, whole)
            found[one.name] = [value] if one.many else value
    return found


class TestConsent:
    def test_the_page_answers_a_code_and_the_state(self, tiktok: TikTokShopTwin) -> None:
        assert code_of(tiktok)

    def test_refusing_answers_an_error(self, tiktok: TikTokShopTwin) -> None:
        url = tiktok.market.consent(f"{LINK}?service_id={tiktok.apps[0].service_id}&state=x", deny=True)
        assert parse_qs(urlsplit(url).query) == {"code": ["null"], "error": ["auth_denied"], "state": ["x"]}

    def test_the_app_key_is_no_service_id(self, tiktok: TikTokShopTwin) -> None:
        with pytest.raises(Refused, match="This service does not exist"):
            tiktok.market.consent(f"{LINK}?service_id={tiktok.apps[0].app_key}")

    def test_the_legacy_link_takes_the_app_key(self, tiktok: TikTokShopTwin) -> None:
        url = f"{AUTH}/oauth/authorize?app_key={tiktok.apps[0].app_key}"
        assert "code=ROW_" in tiktok.market.consent(url)

    def test_other_pages_are_not_ours(self, tiktok: TikTokShopTwin) -> None:
        with pytest.raises(ValueError, match="consent page"):
            tiktok.market.consent("https://example.com/open/authorize")


class TestTokens:
    def test_expiries_are_absolute_seconds(self, tiktok: TikTokShopTwin) -> None:
        data = get_token(tiktok, code_of(tiktok))["data"]
        now = int(tiktok.clock.now())
        assert data["access_token_expire_in"] - now == pytest.approx(7 * 86400, abs=1)
        assert data["refresh_token_expire_in"] - now == pytest.approx(365 * 86400, abs=1)
        assert data["user_type"] == 0
        assert "seller.order.info" in data["granted_scopes"]

    def test_a_code_works_once_and_for_half_an_hour(self, tiktok: TikTokShopTwin) -> None:
        code = code_of(tiktok)
        assert get_token(tiktok, code)["code"] == 0
        assert get_token(tiktok, code)["code"] == 36004004
        late = code_of(tiktok)
        tiktok.market.advance(timedelta(minutes=31))
        assert get_token(tiktok, late)["code"] == 36004004

    def test_refreshing_rotates(self, tiktok: TikTokShopTwin) -> None:
        first = get_token(tiktok, code_of(tiktok))["data"]
        second = refresh(tiktok, first["refresh_token"])["data"]
        assert second["refresh_token"] != first["refresh_token"]
        assert refresh(tiktok, first["refresh_token"])["code"] == 36004004
        assert refresh(tiktok, second["refresh_token"])["code"] == 0

    def test_only_get_on_the_right_path_and_host(self, tiktok: TikTokShopTwin) -> None:
        assert ask(tiktok, "refresh", "POST", refresh_token="x")[0] == 404
        url = f"{HOST}/api/v2/token/get?{urlencode({'app_key': tiktok.apps[0].app_key})}"
        assert tiktok.handle(Request("GET", url)).status == 404
        assert json.loads(tiktok.handle(Request("GET", f"{AUTH}{SHOPS}")).content)["code"] == 36009009

    @pytest.mark.parametrize(
        ("step", "query", "code"),
        [
            ("get", {"grant_type": "refresh_token", "refresh_token": "x"}, 98001004),
            ("get", {"grant_type": "authorized_code"}, 98001004),
            ("get", {"app_secret": "wrong"}, 98001004),
            ("get", {"app_key": "wrong"}, 36009004),
        ],
    )
    def test_what_is_wrong_is_named(
        self, tiktok: TikTokShopTwin, step: str, query: dict[str, str], code: int
    ) -> None:
        app = tiktok.apps[0]
        values = {"app_key": app.app_key, "app_secret": app.app_secret} | query
        reply = tiktok.handle(Request("GET", f"{AUTH}/api/v2/token/{step}?{urlencode(values)}"))
        assert json.loads(reply.content)["code"] == code

    def test_an_access_token_runs_out_after_a_week(self, caller: Caller) -> None:
        caller.twin.market.advance(timedelta(days=7, seconds=1))
        assert caller.code("GET", SHOPS) == 105002

    def test_a_token_can_be_made_to_run_out(self, caller: Caller) -> None:
        caller.twin.market.fault("expire_token", on=f"GET {SHOPS}")
        assert caller.code("GET", SHOPS) == 105002

    def test_consent_ends_after_a_year_and_warns_daily_for_a_month(self, caller: Caller) -> None:
        caller.twin.market.advance(timedelta(days=364, hours=1))
        warnings = caller.told(7)
        assert len(warnings) == 30
        assert isinstance(warnings[0]["expiration_time"], str)
        caller.twin.market.advance(timedelta(days=1))
        assert refresh(caller.twin, caller.refresh_token)["code"] == 36004004

    def test_a_revoked_shop_is_told_and_gone(self, caller: Caller) -> None:
        shop = caller.twin.accounts[0]
        caller.twin.market.account(shop.id).revoke()
        assert shop.id in caller.told(6)[0]["message"]
        assert caller.code("GET", SHOPS) == 36009004
        again = Caller(caller.twin, caller.spec)
        assert again.get(SHOPS)["shops"][0]["id"] == shop.id


class TestShops:
    def test_one_login_reaches_every_shop_by_its_cipher(self) -> None:
        twin = open_twin("tiktok_shop", accounts=2, seed=3)
        assert isinstance(twin, TikTokShopTwin)
        caller = Caller(twin)
        shops = caller.get(SHOPS)["shops"]
        assert [one["seller_type"] for one in shops] == ["CROSS_BORDER"] * 2
        for one in shops:
            caller.cipher = one["cipher"]
            assert caller.code("POST", SEARCH, {}, page_size=1) == 0
        twin.market.account(shops[1]["id"]).revoke()
        assert caller.code("POST", SEARCH, {}, page_size=1) == 101000
        assert len(caller.get(SHOPS)["shops"]) == 1

    def test_what_else_the_token_reaches(self, caller: Caller) -> None:
        assert caller.get("/seller/202309/shops")["shops"][0]["region"] == "US"
        assert caller.get("/seller/202309/permissions") == {"permissions": []}
        assert caller.get("/authorization/202405/category_assets") == {"category_assets": []}

    def test_a_scope_that_was_not_granted_is_missed(self, tiktok: TikTokShopTwin) -> None:
        app = tiktok.add_app(["seller.authorization.info", "seller.order.info"], "https://a.example/cb?x=1")
        caller = Caller(tiktok, app=app)
        assert caller.code("POST", SEARCH, {}, page_size=1) == 0
        assert caller.code("GET", "/customer_service/202309/conversations", page_size=1) == 105005
        link = f"{LINK}?service_id={app.service_id}"
        assert tiktok.market.consent(link).startswith("https://a.example/cb?x=1&code=")

    def test_the_consent_may_hold_one_shop_and_few_scopes(self) -> None:
        twin = open_twin("tiktok_shop", accounts=2, seed=3)
        assert isinstance(twin, TikTokShopTwin)
        code = code_of(twin, account=twin.accounts[1], scopes=["seller.authorization.info"])
        caller = Caller(twin, index=1)
        caller.token = get_token(twin, code)["data"]["access_token"]
        assert [one["id"] for one in caller.get(SHOPS)["shops"]] == [twin.accounts[1].id]
        assert caller.code("POST", SEARCH, {}, page_size=1) == 105005

    def test_creator_calls_want_another_kind_of_user(self, caller: Caller) -> None:
        caller.cipher = None
        assert caller.code("GET", "/affiliate_creator/202508/profiles") == 101000


class TestSignature:
    def test_every_published_vector(self, shared: Path) -> None:
        checked = 0
        for one in json.loads((shared / "vectors/tiktok_shop.json").read_text(encoding="utf-8")):
            given = one["inputs"]
            if one["kind"] == "request_sign":
                found = signature(
                    given["app_secret"],
                    given["path"],
                    given["query"],
                    given["content_type"],
                    given["body"].encode(),
                )
            elif one["kind"] == "webhook_sign":
                found = webhook_signature(given["app_key"], given["app_secret"], given["body"].encode())
            else:
                continue
            checked += 1
            assert found == one["expected"], one["name"]
        assert checked >= 8

    def send(self, caller: Caller, **changes: str | None) -> tuple[int, int]:
        request = caller.request("GET", SHOPS)
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        kept = {name: value for name, value in (query | changes).items() if value is not None}
        response = caller.twin.handle(evolve(request, url=f"{HOST}{SHOPS}?{urlencode(kept)}"))
        return json.loads(response.content)["code"], response.status

    def test_upper_case_hex_is_refused(self, caller: Caller) -> None:
        sign = parse_qs(urlsplit(caller.request("GET", SHOPS).url).query)["sign"][0]
        assert self.send(caller, sign=sign.upper()) == (106001, 401)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"sign": None}, 36009004),
            ({"sign": "0" * 64}, 106001),
            ({"page_size": "1"}, 106001),
            ({"app_key": "nobody"}, 36009004),
            ({"timestamp": None}, 36009004),
            ({"timestamp": "1763700000000"}, 36009004),
        ],
    )
    def test_what_is_wrong_is_refused(
        self, caller: Caller, changes: dict[str, str | None], code: int
    ) -> None:
        assert self.send(caller, **changes)[0] == code

    def test_the_token_in_the_query_is_not_signed(self, caller: Caller) -> None:
        assert self.send(caller, access_token="x")[0] == 0

    @pytest.mark.parametrize(("late", "code"), [(299, 0), (310, 36009004), (-29, 0), (-40, 36009004)])
    def test_the_clock_may_be_off_by_five_minutes_or_thirty_seconds(
        self, caller: Caller, late: int, code: int
    ) -> None:
        caller.late = late
        assert caller.code("GET", SHOPS) == code

    def test_the_body_counts_byte_for_byte(self, caller: Caller) -> None:
        request = caller.request("POST", SEARCH, {"page_size": 1}, {"shipping_type": "TIKTOK"})
        changed = evolve(request, content=request.content.replace(b": ", b":"))
        assert json.loads(caller.twin.handle(changed).content)["code"] == 106001

    def test_a_wrong_token_is_invalid(self, caller: Caller) -> None:
        caller.token = "ROW_wrong"
        reply = caller.call("GET", SHOPS)
        assert reply["code"] == 36009004
        assert "x-tts-access-token" in reply["message"]


class TestGate:
    def test_a_cipher_is_required_or_forbidden(self, caller: Caller) -> None:
        reply = json.loads(caller.twin.handle(caller.request("GET", SHOPS, cipher=True)).content)
        assert (reply["code"], "Unexpected identifier" in reply["message"]) == (36009004, True)
        caller.cipher = None
        assert caller.code("POST", SEARCH, {}, page_size=1) == 106013
        caller.cipher = "GCP_somebody_else"
        assert caller.code("POST", SEARCH, {}, page_size=1) == 101000

    @pytest.mark.parametrize(
        ("method", "path", "code", "status"),
        [
            ("GET", "/nowhere/202309/things", 36009009, 404),
            ("GET", SEARCH, 36009010, 405),
            ("POST", "/order/202301/orders/search", 36009014, 404),
            ("GET", "/analytics/202609/shop/performance", 36009004, 400),
            ("GET", "/product/202606/skpps/sum", 36009009, 404),
        ],
    )
    def test_paths_methods_and_versions(
        self, caller: Caller, method: str, path: str, code: int, status: int
    ) -> None:
        response = caller.twin.handle(caller.request(method, path, {"page_size": 1}, cipher=True))
        assert (json.loads(response.content)["code"], response.status) == (code, status)

    @pytest.mark.parametrize(
        ("kind", "body", "code"),
        [
            ("text/plain", b"{}", 36009023),
            ("application/json", b"{", 36009022),
            ("application/json", b"[]", 36009022),
        ],
    )
    def test_bodies(self, caller: Caller, kind: str, body: bytes, code: int) -> None:
        request = caller.request("POST", SEARCH, {"page_size": 1})
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        del query["sign"]
        query["sign"] = caller.sign(SEARCH, query, body)
        headers = {**request.headers, "content-type": kind}
        sent = evolve(request, url=f"{HOST}{SEARCH}?{urlencode(query)}", headers=headers, content=body)
        assert json.loads(caller.twin.handle(sent).content)["code"] == code

    @pytest.mark.parametrize(
        ("query", "body"),
        [
            ({}, {}),
            ({"page_size": "many"}, {}),
            ({"page_size": 1, "sort_order": "UP"}, {}),
            ({"page_size": 1}, {"create_time_ge": "1"}),
            ({"page_size": 1}, {"create_time_ge": True}),
            ({"page_size": 1}, {"order_status": "LOST"}),
            ({"page_size": 1}, {"warehouse_ids": "1"}),
            ({"page_size": 1}, {"warehouse_ids": [1]}),
            ({"page_size": 1}, {"warehouse_ids": ["1"] * 101}),
        ],
    )
    def test_parameters(self, caller: Caller, query: Any, body: Any) -> None:
        assert caller.code("POST", SEARCH, body, **query) == 36009004

    def test_booleans_in_the_query(self, caller: Caller) -> None:
        path = "/product/202309/products/1"
        assert caller.code("GET", path, return_draft_version="maybe") == 36009004
        assert caller.code("GET", path, return_draft_version=True) == 12052048

    def test_throttling(self, caller: Caller) -> None:
        caller.twin.market.fault("throttle", retry_after=timedelta(seconds=3))
        response = caller.twin.handle(caller.request("GET", SHOPS))
        assert (response.status, response.headers["retry-after"]) == (429, "3")
        assert json.loads(response.content)["code"] == 36009002
        caller.twin.market.fault("throttle")
        assert "retry-after" not in caller.twin.handle(caller.request("GET", SHOPS)).headers

    def test_bursts_within_a_second_are_throttled_where_asked(self, caller: Caller) -> None:
        caller.twin.burst = 2
        assert [caller.code("GET", SHOPS) for _ in range(3)] == [0, 0, 36009002]
        caller.twin.market.advance(timedelta(seconds=1))
        assert caller.code("GET", SHOPS) == 0

    def test_other_faults(self, caller: Caller) -> None:
        caller.twin.market.fault("server_error")
        response = caller.twin.handle(caller.request("GET", SHOPS))
        assert (response.status, json.loads(response.content)["code"]) == (500, 36009003)
        caller.twin.market.fault("drop_after")
        with pytest.raises(Interrupted):
            caller.twin.handle(caller.request("GET", SHOPS))

    def test_unknown_words_can_be_scripted(self, caller: Caller) -> None:
        caller.twin.market.add_product("A", 1)
        caller.twin.market.buy("A")
        caller.twin.market.fault("unknown_enum")
        reply = json.loads(caller.twin.handle(caller.request("POST", SEARCH, {"page_size": 1}, {})).content)
        assert reply["data"]["orders"][0]["status"] == "FRESHLY_INVENTED"

    @pytest.mark.parametrize("whole", [False, True])
    @pytest.mark.parametrize("text", ["1", "", "é"])
    def test_nonsense_of_the_right_shape_is_answered(self, caller: Caller, text: str, whole: bool) -> None:
        caller.spec = None
        for one in operations():
            body = None if one.body == "-" or one.multipart else nonsense(parameters(one.body), text, whole)
            query = {
                k: v
                for k, v in nonsense(parameters(one.query), "1", whole).items()
                if isinstance(v, str | int)
            }
            path = "/".join("1" if part.startswith("{") else part for part in one.segments)
            response = caller.twin.handle(caller.request(one.method, path, query, body, cipher=one.cipher))
            assert set(json.loads(response.content)) == {"code", "message", "request_id", "data"}, (
                one.template
            )

    def test_no_documented_operation_crashes(self, caller: Caller) -> None:
        for one in operations():
            path = "/".join("1" if part.startswith("{") else part for part in one.segments)
            response = caller.twin.handle(
                caller.request(one.method, path, {"page_size": 1}, {}, cipher=one.cipher)
            )
            assert set(json.loads(response.content)) == {"code", "message", "request_id", "data"}, (
                one.template
            )
