"""Shopee's gate: signatures, timestamps, tokens, apps, consent."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from tests.support.shopee_caller import Caller
from tests.support.shopee_operations import rows
from tests.support.shopee_spec import ShopeeSpec

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin
from socialcommerce.simulators.shopee.authority import App
from socialcommerce.simulators.shopee.wire import Refused, operations, push_signature, signature

RETURN = "https://app.example.com/cb?tenant=1"


def test_the_table_of_operations_is_the_vendors(shared: Path) -> None:
    import socialcommerce.simulators.shopee as package

    table = Path(str(package.__file__)).with_name("operations.tsv").read_text(encoding="utf-8")
    assert table.splitlines() == rows(shared / "specs/shopee")


def _vectors(shared: Path, kind: str) -> list[dict[str, Any]]:
    return [one for one in json.loads((shared / "vectors/shopee.json").read_text()) if one["kind"] == kind]


def test_the_signatures_of_other_clients_are_accepted(shared: Path) -> None:
    levels = {"public": "", "shop": "shop_id", "user": "user_id", "merchant": "merchant_id"}
    seen = 0
    for vector in _vectors(shared, "request_sign"):
        inputs, expected = vector["inputs"], vector["expected"]
        if inputs["level"] not in levels or "sign" not in expected:
            continue
        subject = inputs.get(levels[inputs["level"]], "")
        token = inputs.get("access_token", "")
        path = "/api/v2" + inputs["path"].removeprefix("/api/v2")
        made = signature(
            inputs["partner_key"], inputs["partner_id"], path, inputs["timestamp"], token, subject
        )
        assert made == expected["sign"], vector["name"]
        seen += 1
    assert seen >= 5


def test_the_push_signatures_of_other_clients_are_made(shared: Path) -> None:
    vectors = _vectors(shared, "webhook")
    for vector in vectors:
        inputs = vector["inputs"]
        made = push_signature(inputs["push_partner_key"], inputs["callback_url"], inputs["body"].encode())
        assert made == vector["expected"]["authorization"], vector["name"]
    assert vectors


@pytest.mark.parametrize(
    ("change", "status", "code", "message"),
    [
        ({"sign": "0" * 64}, 403, "error_sign", "Wrong sign."),
        ({"sign": ""}, 403, "error_param", "There is no sign in query."),
        ({"timestamp": "soon"}, 403, "error_param", "Invalid timestamp"),
        ({"partner_id": 1}, 403, "invalid_partner_id", ""),
        ({"partner_id": "x"}, 403, "invalid_partner_id", ""),
        ({"access_token": ""}, 403, "error_sign", ""),
    ],
)
def test_a_call_out_of_order_is_refused(
    shop: Caller, change: dict[str, Any], status: int, code: str, message: str
) -> None:
    reply = shop.send(shop.request("GET", "shop/get_profile", **change))
    body = json.loads(reply.content)
    assert (reply.status, body["error"]) == (status, code)
    assert message in body["message"]


@pytest.mark.parametrize(
    ("skew", "code"), [(-301, "error_param"), (301, "error_param"), (-299, ""), (299, "")]
)
def test_a_timestamp_holds_five_minutes_either_way(
    twin: ShopeeTwin, shop: Caller, skew: int, code: str
) -> None:
    path = "/api/v2/shop/get_profile"
    query = shop.query(path, public=False, timestamp=int(twin.clock.now()) + skew)
    request = shop.request("GET", "shop/get_profile", **query)
    assert json.loads(shop.send(request).content)["error"] == code


def test_a_shop_call_needs_a_token_even_when_well_signed(shop: Caller) -> None:
    shop.token = ""
    reply = shop.get("shop/get_profile")
    assert "access_token" in reply["message"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "nowhere/at_all"), ("POST", "shop/get_profile"), ("GET", "product/add_item")]
)
def test_a_wrong_path_or_method_is_said_to_be_offline(
    twin: ShopeeTwin, shop: Caller, method: str, path: str
) -> None:
    reply = twin.handle(shop.request(method, path))
    assert (reply.status, json.loads(reply.content)["error"]) == (404, "error_param")


def test_a_documented_call_that_is_not_played_is_an_answer_and_no_crash(shop: Caller) -> None:
    assert shop.get("account_health/get_shop_performance")["error"] == "api_suspended"


class TestTokens:
    def _renew(self, shop: Caller, token: str | None = None, **body: Any) -> Any:
        who = body or {"shop_id": shop.shop_id}
        return shop.post(
            "auth/access_token/get",
            public=True,
            refresh_token=token or shop.refresh_token,
            partner_id=shop.partner_id,
            **who,
        )

    def test_an_access_token_lasts_four_hours(self, market: Market, shop: Caller) -> None:
        market.advance(timedelta(hours=3, minutes=59))
        assert shop.get("shop/get_profile")["error"] == ""
        market.advance(timedelta(minutes=2))
        reply = shop.send(shop.request("GET", "shop/get_profile"))
        assert (reply.status, json.loads(reply.content)["error"]) == (403, "invalid_acceess_token")

    def test_the_old_access_token_works_five_minutes_after_a_refresh(
        self, market: Market, shop: Caller
    ) -> None:
        renewed = self._renew(shop)
        assert (renewed["error"], renewed["shop_id"], renewed["expire_in"]) == ("", shop.shop_id, 14400)
        market.advance(timedelta(minutes=4))
        assert shop.get("shop/get_profile")["error"] == ""
        market.advance(timedelta(minutes=2))
        assert shop.get("shop/get_profile")["error"] == "invalid_acceess_token"
        shop.token = renewed["access_token"]
        assert shop.get("shop/get_profile")["error"] == ""

    def test_a_refresh_token_is_spent_once(self, shop: Caller) -> None:
        renewed = self._renew(shop)
        assert self._renew(shop)["error"] == "error_shop_refresh_token"
        assert self._renew(shop, renewed["refresh_token"])["error"] == ""

    def test_a_refresh_token_lasts_thirty_days(self, market: Market, shop: Caller) -> None:
        market.advance(timedelta(days=31))
        assert self._renew(shop)["error"] == "refresh_token_expired"

    def test_a_refresh_names_exactly_one_identity(self, shop: Caller) -> None:
        reply = self._renew(shop, shop_id=shop.shop_id, merchant_id=1)
        assert "exactly one" in reply["message"]

    def test_a_refresh_for_an_unlinked_merchant_is_refused(self, shop: Caller) -> None:
        assert self._renew(shop, merchant_id=1)["error"] == "merchant_no_linked"

    def test_a_refresh_speaks_for_its_own_app(self, shop: Caller) -> None:
        reply = shop.post(
            "auth/access_token/get", public=True, refresh_token="x", partner_id=1, shop_id=shop.shop_id
        )
        assert reply["error"] == "error_param"

    def test_the_end_of_the_consent_is_the_end_of_all_tokens(self, market: Market, shop: Caller) -> None:
        for _ in range(13):
            market.advance(timedelta(days=29))
            if (renewed := self._renew(shop))["error"]:
                break
            shop.refresh_token, shop.token = renewed["refresh_token"], renewed["access_token"]
        assert renewed["error"] == "shop_access_expired"
        assert shop.get("shop/get_profile")["error"] == "shop_access_expired"

    def test_a_revoked_shop_is_no_longer_linked(self, market: Market, twin: ShopeeTwin, shop: Caller) -> None:
        market.account(twin.accounts[0]).revoke()
        reply = shop.send(shop.request("GET", "shop/get_profile"))
        assert (reply.status, json.loads(reply.content)["error"]) == (403, "partner_shop_no_link")
        assert self._renew(shop)["error"] == "shop_no_linked"

    def test_the_end_of_the_consent_is_announced_a_week_before(self, market: Market, shop: Caller) -> None:
        market.advance(timedelta(days=357, hours=23))
        assert not market.pushes()
        market.advance(timedelta(hours=2))
        (push,) = (json.loads(one.body) for one in market.pushes())
        assert (push["code"], push["data"]["shop_expire_soon"]) == (12, [shop.shop_id])

    def test_two_clients_of_one_world_keep_their_tokens(self, twin: ShopeeTwin, shop: Caller) -> None:
        other = Caller(twin)
        assert shop.get("shop/get_profile")["error"] == ""
        assert other.get("shop/get_profile")["error"] == ""

    def test_issued_times_are_aware(self, twin: ShopeeTwin, market: Market) -> None:
        token = twin.issue_token(twin.accounts[0])
        assert token["access_expires_at"] - market.now() == timedelta(hours=4)
        assert token["consent_expires_at"] - market.now() == timedelta(days=365)


class TestApps:
    def test_a_token_of_one_app_is_refused_by_another(self, twin: ShopeeTwin, shop: Caller) -> None:
        other = Caller(twin, app=twin.add_app("E"))
        other.token = shop.token
        assert other.get("shop/get_profile")["error"] == "error_auth"

    @pytest.mark.parametrize(
        ("category", "path", "allowed"),
        [
            ("E", "shop/get_profile", True),
            ("E", "ads/get_total_balance", False),
            ("E", "sellerchat/get_offer_toggle_status", False),
            ("A", "order/set_note", False),
            ("A", "ads/get_total_balance", True),
            ("C", "sellerchat/get_offer_toggle_status", True),
        ],
    )
    def test_the_category_of_an_app_decides_what_it_may_call(
        self, twin: ShopeeTwin, category: str, path: str, allowed: bool
    ) -> None:
        caller = Caller(twin, app=twin.add_app(category))
        method = "POST" if path == "order/set_note" else "GET"
        reply = twin.handle(caller.request(method, path))
        if reply.content:
            assert (json.loads(reply.content)["error"] == "error_api_permission") is not allowed
        else:  # chat refuses without a word
            assert (reply.status, allowed) == (491, False)

    def test_media_is_taken_with_a_shops_signature_too(self, market: Market, shop: Caller) -> None:
        reply = shop.upload("media_space/upload_image", {}, [("image", market.image())], public=False)
        assert reply["error"] == ""


def _link(twin: ShopeeTwin, app: App, **more: str) -> str:
    fields = {"partner_id": app.partner_id, "auth_type": "seller", "redirect_uri": RETURN}
    return "https://open.shopee.com/auth?" + urlencode({**fields, "response_type": "code", **more})


def _legacy(twin: ShopeeTwin, path: str = "/api/v2/shop/auth_partner", age: int = 0) -> str:
    app, moment = twin.apps[0], int(twin.clock.now()) - age
    sign = signature(app.partner_key, app.partner_id, path, moment)
    fields = {"partner_id": app.partner_id, "timestamp": moment, "sign": sign, "redirect": RETURN}
    return f"https://partner.shopeemobile.com{path}?" + urlencode(fields)


def _answer(url: str) -> dict[str, str]:
    assert url.startswith("https://app.example.com/cb?tenant=1&")
    return dict(parse_qsl(urlsplit(url).query))


class TestConsent:
    def _exchange(self, shop: Caller, code: str, **who: Any) -> Any:
        return shop.post("auth/token/get", public=True, code=code, partner_id=shop.partner_id, **who)

    @pytest.mark.parametrize("style", ["unsigned", "signed"])
    def test_a_code_is_exchanged_once(
        self, twin: ShopeeTwin, market: Market, shop: Caller, style: str
    ) -> None:
        link = _link(twin, twin.apps[0], state="s-1") if style == "unsigned" else _legacy(twin)
        answer = _answer(market.consent(link))
        assert answer.get("state") == ("s-1" if style == "unsigned" else None)
        reply = self._exchange(shop, answer["code"], shop_id=int(answer["shop_id"]))
        shop.token = reply["access_token"]
        assert shop.get("shop/get_profile")["error"] == ""
        again = self._exchange(shop, answer["code"], shop_id=int(answer["shop_id"]))
        assert again["error"] == "invalid_code"

    def test_a_code_lasts_ten_minutes(self, twin: ShopeeTwin, market: Market, shop: Caller) -> None:
        answer = _answer(market.consent(_link(twin, twin.apps[0])))
        market.advance(timedelta(minutes=11))
        assert self._exchange(shop, answer["code"], shop_id=shop.shop_id)["error"] == "invalid_code"

    def test_a_code_is_for_one_shop(self, twin: ShopeeTwin, market: Market, shop: Caller) -> None:
        codes = [_answer(market.consent(_link(twin, twin.apps[0])))["code"] for _ in range(2)]
        assert self._exchange(shop, codes[0], shop_id=1)["error"] == "invalid_shop_id"
        assert self._exchange(shop, codes[1], main_account_id=1)["error"] == "invalid_main_acount_id"

    def test_a_new_consent_replaces_the_tokens_before(
        self, twin: ShopeeTwin, market: Market, shop: Caller
    ) -> None:
        market.consent(_link(twin, twin.apps[0]))
        assert shop.get("shop/get_profile")["error"] == "error_auth"
        assert json.loads(market.pushes()[0].body)["code"] == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"partner_id": "1"},
            {"response_type": "token"},
            {"auth_type": "buyer"},
            {"redirect_uri": "https://evil.example/cb"},
        ],
    )
    def test_the_page_refuses_a_wrong_link(self, twin: ShopeeTwin, market: Market, change: Any) -> None:
        twin.apps[0].redirect_domain = "app.example.com"
        with pytest.raises(Refused):
            market.consent(_link(twin, twin.apps[0], **change))

    def test_a_signed_link_dies_after_five_minutes_or_with_a_wrong_sign(
        self, twin: ShopeeTwin, market: Market
    ) -> None:
        with pytest.raises(Refused):
            market.consent(_legacy(twin, age=301))
        with pytest.raises(Refused):
            market.consent(_legacy(twin).replace("sign=", "sign=0"))

    def test_another_page_is_not_shopees(self, market: Market) -> None:
        with pytest.raises(ValueError, match="no platform"):
            market.consent("https://example.com/auth")

    @pytest.mark.parametrize("style", ["unsigned", "signed"])
    def test_a_cancel_link_withdraws_the_authorisation(
        self, twin: ShopeeTwin, market: Market, shop: Caller, style: str
    ) -> None:
        link = _link(twin, twin.apps[0]).replace("/auth?", "/cancel_auth?")
        cancel = _legacy(twin, "/api/v2/shop/cancel_auth_partner") if style == "signed" else link
        assert market.consent(cancel) == RETURN
        assert shop.get("shop/get_profile")["error"] == "partner_shop_no_link"
        assert json.loads(market.pushes()[-1].body)["code"] == 2

    def test_a_resent_code_recovers_lost_tokens(self, twin: ShopeeTwin, shop: Caller) -> None:
        code = twin.resend_code(twin.accounts[0])
        reply = shop.post("public/get_token_by_resend_code", public=True, resend_code=code)
        assert reply["shop_id_list"] == [shop.shop_id]
        again = shop.post("public/get_token_by_resend_code", public=True, resend_code=code)
        assert again["error"] == "invalid_code"


class TestMainAccount:
    def test_one_login_brings_many_shops_and_the_first_refresh_token_is_shared(
        self, spec: ShopeeSpec | None
    ) -> None:
        twin = open_twin("shopee", accounts=2)
        assert isinstance(twin, ShopeeTwin)
        twin.accounts[0].native["merchant_id"] = 77
        shop = Caller(twin, spec)
        answer = _answer(twin.market.consent(_link(twin, twin.apps[0])))
        reply = shop.post(
            "auth/token/get",
            public=True,
            code=answer["code"],
            partner_id=shop.partner_id,
            main_account_id=int(answer["main_account_id"]),
        )
        shops = [int(one.id) for one in twin.accounts]
        assert (reply["shop_id_list"], reply["merchant_id_list"]) == (shops, [77])
        outcomes = []
        for who in ({"shop_id": shops[0]}, {"shop_id": shops[1]}, {"merchant_id": 77}, {"merchant_id": 77}):
            body = {"refresh_token": reply["refresh_token"], "partner_id": shop.partner_id, **who}
            outcomes.append(shop.post("auth/access_token/get", public=True, **body)["error"])
        assert outcomes == ["", "", "", "error_merchant_refresh_token"]
        linked = shop.get("public/get_shops_by_partner", public=True, page_size=1, page_no=1)
        assert (len(linked["authed_shop_list"]), linked["more"]) == (1, True)
        merchants = shop.get("public/get_merchants_by_partner", public=True)
        assert merchants["authed_merchant_list"][0]["merchant_id"] == 77
        assert shop.get("public/get_shopee_ip_ranges", public=True)["ip_list"]


def test_the_documented_types_of_identity_are_all_there() -> None:
    assert {one.api_type for one in operations().values()} == {
        "Shop",
        "Merchant",
        "User",
        "Principal",
        "Public",
    }
