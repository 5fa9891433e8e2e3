"""The gate of the pretend TikTok API for Business: consent, tokens of both worlds, envelope, limits."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from tests.support.tiktok_ads_caller import HOST, AdsCaller, Refusal, open_ads

from socialcommerce.runtime.transport import Interrupted, Request
from socialcommerce.simulators.account import NotPlayed
from socialcommerce.simulators.tiktok_ads.wire import Refused

BACK = "https://app.example.com/callback?x=1"


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads(accounts=2)


def portal(ads: AdsCaller, **choices: object) -> dict[str, str]:
    query = urlencode({"app_id": ads.app_id, "redirect_uri": BACK, "state": "a b+c"})
    url = ads.market.consent(f"https://business-api.tiktok.com/portal/auth?{query}", **choices)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def account_page(ads: AdsCaller, **choices: object) -> dict[str, str]:
    fields = {"client_key": ads.app_id, "response_type": "code", "redirect_uri": BACK, "state": "s-1"}
    fields["scope"] = "user.info.basic,message.list.read,message.list.send"
    page = f"https://www.tiktok.com/v2/auth/authorize?{urlencode(fields)}"
    return {
        name: values[0]
        for name, values in parse_qs(urlsplit(ads.market.consent(page, **choices)).query).items()
    }


def code_of(ads: AdsCaller, method: str, path: str, token: str | None = None, **values: object) -> int:
    with pytest.raises(Refusal) as caught:
        ads.call(method, path, token, **values)
    return caught.value.code


def test_an_advertiser_consents_once_and_the_token_never_ends(ads: AdsCaller) -> None:
    back = portal(ads)
    assert back["state"] == "a b+c"
    assert back["x"] == "1"
    bought = ads.post("/oauth2/access_token/", **ads.app, auth_code=back["auth_code"])
    assert set(bought["advertiser_ids"]) == {one.id for one in ads.twin.advertisers}
    assert bought["scope"] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    ads.market.advance(timedelta(days=900))
    listed = ads.call("GET", "/oauth2/advertiser/get/", bought["access_token"], **ads.app)["list"]
    assert [one["advertiser_name"] for one in listed] == ["brand1.us", "brand2.us"]
    assert code_of(ads, "POST", "/oauth2/access_token/", **ads.app, auth_code=back["auth_code"]) == 40110


def test_a_code_lives_an_hour(ads: AdsCaller) -> None:
    code = portal(ads)["auth_code"]
    ads.market.advance(timedelta(minutes=61))
    assert code_of(ads, "POST", "/oauth2/access_token/", **ads.app, auth_code=code) == 40110


def test_the_other_form_answers_the_token_beside_the_code(ads: AdsCaller) -> None:
    fields = {"client_id": ads.app_id, "client_secret": ads.secret, "grant_type": "authorization_code"}
    body = json.loads(ads.send("POST", "/oauth2/token/", **fields, code=portal(ads)["auth_code"]).content)
    assert body["code"] == 0
    assert "data" not in body
    assert ads.call("GET", "/user/info/", body["access_token"])["core_user_id"] == ads.twin.user_id
    assert code_of(ads, "POST", "/oauth2/token/", **{**fields, "grant_type": "x"}, code="y") == 40002


def test_a_seller_may_refuse_name_one_account_or_grant_less(ads: AdsCaller) -> None:
    assert portal(ads, deny=True)["error"] == "access_denied"
    second = ads.twin.advertisers[1]
    code = portal(ads, account=second.id, scopes=[1])["auth_code"]
    short = ads.post("/oauth2/access_token/", **ads.app, auth_code=code, return_advertiser_ids=False)
    assert "advertiser_ids" not in short
    token = short["access_token"]
    assert code_of(ads, "GET", "/advertiser/info/", token, advertiser_ids=[ads.id]) == 40001
    assert (
        ads.call("GET", "/advertiser/info/", token, advertiser_ids=[second.id])["list"][0]["currency"]
        == "USD"
    )
    assert code_of(ads, "GET", "/campaign/get/", token, advertiser_id=second.id) == 40001


def test_the_page_knows_its_apps_and_their_redirects(ads: AdsCaller) -> None:
    strict = ads.twin.add_app(["https://only.example.com/"])
    page = "https://business-api.tiktok.com/portal/auth?"
    with pytest.raises(Refused):
        ads.market.consent(page + urlencode({"app_id": strict.app_id, "redirect_uri": BACK}))
    with pytest.raises(Refused):
        ads.market.consent(page + urlencode({"app_id": "1", "redirect_uri": BACK}))
    with pytest.raises(Refused):
        ads.market.consent(f"https://www.tiktok.com/v2/auth/authorize?client_key={ads.app_id}&redirect_uri=x")
    with pytest.raises(ValueError, match="no platform"):
        ads.market.consent("https://example.com/")


def test_an_account_token_lives_a_day_and_its_refresh_token_works_once(ads: AdsCaller) -> None:
    back = account_page(ads, account=ads.twin.advertisers[1].id)
    client = {"client_id": ads.app_id, "client_secret": ads.secret}
    grant = {**client, "grant_type": "authorization_code", "auth_code": back["code"]}
    pair = ads.post("/tt_user/oauth2/token/", **grant, redirect_uri=BACK)
    assert (pair["expires_in"], pair["refresh_token_expires_in"]) == (86_400, 31_536_000)
    assert pair["open_id"] == ads.twin.advertisers[1].open_id
    listing = {"business_id": pair["open_id"], "conversation_type": "SINGLE"}
    path = "/business/message/conversation/list/"
    assert ads.call("GET", path, pair["access_token"], **listing)["conversations"] == []
    ads.market.advance(timedelta(hours=25))
    assert code_of(ads, "GET", path, pair["access_token"], **listing) == 40102
    renewal = {**client, "grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    fresh = ads.post("/tt_user/oauth2/refresh_token/", **renewal)
    assert ads.call("GET", path, fresh["access_token"], **listing)["has_more"] is False
    assert code_of(ads, "POST", "/tt_user/oauth2/refresh_token/", **renewal) == 40107
    ads.market.advance(timedelta(days=366))
    late = {**renewal, "refresh_token": fresh["refresh_token"]}
    assert code_of(ads, "POST", "/tt_user/oauth2/refresh_token/", **late) == 40103


def test_an_account_code_wants_the_redirect_of_its_page(ads: AdsCaller) -> None:
    client = {"client_id": ads.app_id, "client_secret": ads.secret, "grant_type": "authorization_code"}
    code = account_page(ads)["code"]
    wrong = {**client, "auth_code": code, "redirect_uri": "https://else.example.com"}
    assert code_of(ads, "POST", "/tt_user/oauth2/token/", **wrong) == 40002


def test_tokens_of_one_world_do_not_open_the_other(ads: AdsCaller) -> None:
    path = "/business/message/conversation/list/"
    assert code_of(ads, "GET", path, ads.token, conversation_type="SINGLE") == 40001
    assert code_of(ads, "GET", "/campaign/get/", ads.account_token) == 40001
    joint = ads.twin.issue_token(ads.account)
    assert ads.call("GET", "/campaign/get/", joint["access_token"])["list"] == []
    assert ads.call("GET", path, joint["access_token"], conversation_type="SINGLE")["conversations"] == []
    assert joint["access_expires_at"] is None
    assert ads.twin.issue_token(ads.account, slot="advertiser")["refresh_token"] is None


def test_an_account_token_tells_about_itself_and_can_be_revoked(ads: AdsCaller) -> None:
    about = ads.post("/tt_user/token_info/get/", app_id=ads.app_id, access_token=ads.account_token)
    assert about["creator_id"] == ads.business_id
    client = {"client_id": ads.app_id, "client_secret": ads.secret}
    ads.post("/tt_user/oauth2/revoke/", **client, access_token=ads.account_token)
    gone = {"app_id": ads.app_id, "access_token": ads.account_token}
    assert code_of(ads, "POST", "/tt_user/token_info/get/", **gone) == 40105
    assert code_of(ads, "POST", "/tt_user/oauth2/revoke/", **client, access_token=ads.account_token) == 40105


def test_a_revoked_token_is_wrong_and_a_missing_one_is_named(ads: AdsCaller) -> None:
    assert code_of(ads, "GET", "/campaign/get/", "") == 40104
    ended = ads.post("/oauth2/revoke_token/", **ads.app, access_token=ads.token)
    assert ads.id in ended["advertiser_ids"]
    assert code_of(ads, "GET", "/campaign/get/") == 40105


def test_a_seller_withdraws_an_account(ads: AdsCaller) -> None:
    ads.market.account(ads.id).revoke()
    assert code_of(ads, "GET", "/campaign/get/") == 40001
    assert code_of(ads, "GET", "/business/get/") == 40105
    ads.twin.advertisers[1].revoke()
    assert code_of(ads, "GET", "/campaign/get/") == 40105


def test_app_id_and_secret_are_checked(ads: AdsCaller) -> None:
    assert code_of(ads, "GET", "/oauth2/advertiser/get/", app_id="1", secret="x") == 40101
    assert code_of(ads, "GET", "/oauth2/advertiser/get/", app_id=ads.app_id, secret="x") == 40113


def test_accounts_say_what_money_and_days_they_count_in(ads: AdsCaller) -> None:
    info = ads.get("/advertiser/info/", advertiser_ids=[one.id for one in ads.twin.advertisers])["list"]
    assert {one["timezone"] for one in info} == {"America/New_York"}
    assert info[0]["balance"] == 10_000
    few = ads.get("/advertiser/info/", advertiser_ids=[ads.id], fields=["currency"])["list"]
    assert few == [{"currency": "USD"}]
    assert code_of(ads, "GET", "/advertiser/info/", advertiser_ids=["7"]) == 40300
    assert code_of(ads, "GET", "/advertiser/info/", advertiser_ids=["7"] * 101) == 40011
    rows = ads.get("/advertiser/balance/get/", bc_id=ads.bc_id)["advertiser_account_list"]
    assert [one["account_balance"] for one in rows] == [10_000, 10_000]
    assert code_of(ads, "GET", "/advertiser/balance/get/", bc_id="1") == 40001
    assert ads.get("/bc/get/")["list"][0]["bc_info"]["bc_id"] == ads.bc_id
    with pytest.raises(ValueError, match="XXX"):
        open_ads(currency="XXX")


def test_terms_are_confirmed(ads: AdsCaller) -> None:
    assert ads.get("/term/check/", term_type="LeadAds") == {"confirmed": False}
    ads.post("/term/confirm/", term_type="LeadAds")
    assert ads.get("/term/check/", term_type="LeadAds") == {"confirmed": True}


def test_paths_end_with_a_slash_and_have_one_method(ads: AdsCaller) -> None:
    assert ads.send("GET", "/campaign/get").status == 404
    assert ads.send("GET", "/campaign/create/").status == 405
    other = Request("GET", "https://business-api.tiktok.com/campaign/get/", {"Access-Token": ads.token})
    assert ads.twin.handle(other).content == b"404 page not found"


def test_a_documented_call_that_is_not_played_answers_in_the_envelope(ads: AdsCaller) -> None:
    assert code_of(ads, "GET", "/optimizer/rule/list/") == 40008
    assert code_of(ads, "GET", "/campaign/spc/get/") == 40008


def test_parameters_are_checked_by_place_type_word_and_bound(ads: AdsCaller) -> None:
    base = {"budget_mode": "BUDGET_MODE_DAY", "budget": 50}
    assert code_of(ads, "POST", "/campaign/create/", **base) == 40002
    assert code_of(ads, "POST", "/campaign/create/", campaign_name=5, objective_type="REACH") == 40002
    assert (
        code_of(ads, "POST", "/campaign/create/", campaign_name="A", objective_type="REACH", budget=True)
        == 40002
    )
    assert code_of(ads, "GET", "/report/integrated/get/", report_type="ODD") == 40002
    assert code_of(ads, "GET", "/report/integrated/get/", report_type="BASIC", page_size=1001) == 40002
    assert code_of(ads, "GET", "/report/integrated/get/", report_type="BASIC", page_size="x") == 40002
    assert code_of(ads, "GET", "/report/integrated/get/", report_type="BASIC", query_lifetime="True") == 40002
    assert code_of(ads, "GET", "/campaign/get/", filtering="{") == 40002
    assert code_of(ads, "GET", "/campaign/get/", fields="[") == 40002
    assert code_of(ads, "GET", "/campaign/get/", fields={"a": 1}) == 40002
    assert code_of(ads, "GET", "/campaign/get/", filtering={"campaign_ids": ["1"] * 101}) == 40011
    assert code_of(ads, "GET", "/campaign/get/", page=0) == 40002
    assert (
        code_of(
            ads, "POST", "/smart_plus/campaign/status/update/", campaign_ids=[], operation_status="ENABLE"
        )
        == 40002
    )
    many = {"campaign_ids": ["1"] * 21, "operation_status": "ENABLE"}
    assert code_of(ads, "POST", "/smart_plus/campaign/status/update/", **many) == 40011


@pytest.mark.parametrize(
    ("kind", "content"), [("text/plain", b"{}"), ("application/json", b"{"), ("application/json", b"[]")]
)
def test_a_body_is_a_json_object(ads: AdsCaller, kind: str, content: bytes) -> None:
    headers = {"Access-Token": ads.token, "Content-Type": kind}
    reply = ads.twin.handle(Request("POST", f"{HOST}/campaign/create/", headers, content))
    assert json.loads(reply.content)["code"] == 40002


def test_too_many_calls_in_a_second_are_refused_until_the_next(ads: AdsCaller) -> None:
    ads.twin.burst = 2
    ads.get("/campaign/get/")
    ads.get("/campaign/get/")
    assert code_of(ads, "GET", "/campaign/get/") == 40100
    ads.market.advance(timedelta(seconds=1))
    ads.get("/campaign/get/")
    ads.twin.burst, ads.twin.bursts = None, {"/adgroup/get/": 0}
    assert code_of(ads, "GET", "/adgroup/get/") == 40100


def test_faults_speak_the_platforms_language(ads: AdsCaller) -> None:
    ads.market.fault("throttle", on="GET */campaign/get/", retry_after=timedelta(seconds=9))
    assert code_of(ads, "GET", "/campaign/get/") == 40100
    ads.market.fault("expire_token")
    assert code_of(ads, "GET", "/campaign/get/", ads.account_token) == 40102
    ads.market.fault("server_error")
    assert ads.send("GET", "/campaign/get/").status == 500
    ads.market.fault("drop_before")
    with pytest.raises(Interrupted):
        ads.send("GET", "/campaign/get/")
    ads.campaign()
    ads.market.fault("unknown_enum")
    assert ads.get("/campaign/get/")["list"][0]["operation_status"] == "FRESHLY_INVENTED"


def test_verbs_without_a_meaning_here_are_not_played(ads: AdsCaller) -> None:
    ads.market.add_product("TEE", stock=5)
    with pytest.raises(NotPlayed):
        ads.market.buy("TEE")
    with pytest.raises(NotPlayed):
        ads.market.approve_templates()
    for verb in ("complete", "request_cancellation", "request_return"):
        with pytest.raises(NotPlayed):
            getattr(ads.account, verb)("1")
    assert ads.account.find("TEE")[1].available == 5  # type: ignore[index]
