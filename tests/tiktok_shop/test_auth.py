"""Consent, tokens and the shops that one login shares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.tiktok_shop.wire import SHOP_ID, Wire, refusal, sample

from socialcommerce import Client, State, errors, simulate
from socialcommerce.backends import TikTokShop

BACK = "https://me.example/back"


def fresh(number: int, *, expires: float = 4e9) -> dict[str, Any]:
    return {
        "access_token": f"access-{number}",
        "access_token_expire_in": int(expires),
        "refresh_token": f"refresh-{number}",
        "refresh_token_expire_in": 4_100_000_000,
        "open_id": "open-1",
        "user_type": 0,
        "granted_scopes": ["seller.product.basic"],
    }


def app(**settings: Any) -> TikTokShop:
    return TikTokShop("key", "secret", service_id=77, **settings)


def consented(wire: Wire, now: float = 1e9, **options: Any) -> Client:
    client = Client(app(), transport=wire, clock=lambda: now, **options)
    client.auth.exchange(f"{BACK}?code=abc")
    return client


class TestLink:
    def test_the_market_decides_the_page(self) -> None:
        for region, host in (("US", "services.us.tiktokshop.com"), ("GB", "services.tiktokshop.com")):
            client = Client(app(region=region), transport=Wire())
            link = urlsplit(client.auth.authorize_url(BACK, state="s"))
            assert (link.netloc, dict(parse_qsl(link.query))) == (host, {"service_id": "77", "state": "s"})

    def test_it_takes_the_service_id(self) -> None:
        with pytest.raises(errors.ConfigurationError, match="service_id"):
            Client(TikTokShop("key", "secret"), transport=Wire()).auth.authorize_url(BACK)

    def test_scopes_are_refused_and_styles_known(self) -> None:
        client = Client(app(), transport=Wire())
        with pytest.raises(errors.Unsupported, match="Partner Center"):
            client.auth.authorize_url(BACK, scopes=["x"])
        with pytest.raises(errors.InvalidRequest):
            client.auth.authorize_url(BACK, native={"style": "odd"})


class TestExchange:
    def test_the_vendors_own_reply_is_read_whole(self, shared: Any) -> None:
        wire = Wire()
        wire["GET /token/get"] = sample("auth_token_get")
        wire["GET /shops"] = sample("authorized_shops")
        client = Client(app(), transport=wire, clock=lambda: 1_659_952_000.0)
        (grant,) = client.auth.exchange(f"{BACK}?code=TTP_x&state=s", state="s")
        assert grant.subject == "7010736057180325637"
        assert grant.token.access_expires_at == datetime.fromtimestamp(1660556783, UTC)
        assert [(one.id, one.region, one.currency) for one in grant.accounts] == [
            ("7000714532876273420", "GB", "GBP"),
            ("7000714532876273421", "US", "USD"),
        ]
        assert grant.accounts[0].native_ids["shop_cipher"] == "GCP_XF90igAAAABh00qsWgtvOiGFNqyubMt3"

    def test_it_is_asked_unsigned_with_the_code(self) -> None:
        wire = Wire()
        wire["GET /token/get"] = fresh(1)
        consented(wire)
        request = wire.request("GET /token/get")
        assert dict(parse_qsl(urlsplit(request.url).query)) == {
            "app_key": "key",
            "app_secret": "secret",
            "auth_code": "abc",
            "grant_type": "authorized_code",
        }
        assert urlsplit(request.url).netloc == "auth.tiktok-shops.com"
        assert request.content == b""
        assert wire.request("GET /authorization/202309/shops").headers["x-tts-access-token"] == "access-1"

    @pytest.mark.parametrize(
        ("callback", "problem"),
        [
            (f"{BACK}?code=abc&state=other", "may be forged"),
            (f"{BACK}?code=null&error=auth_denied&state=s", "did not consent"),
            ({"state": "s"}, "no code"),
        ],
    )
    def test_a_return_that_says_no_sends_nothing(self, callback: Any, problem: str) -> None:
        wire = Wire()
        with pytest.raises(errors.AuthenticationError, match=problem):
            Client(app(), transport=wire).auth.exchange(callback, state="s")
        assert wire.sent == []

    def test_a_creator_has_no_shops(self) -> None:
        wire = Wire()
        wire["GET /token/get"] = {**fresh(1), "user_type": 1}
        (grant,) = Client(app(), transport=wire).auth.exchange({"code": "abc"})
        assert grant.accounts == ()

    def test_the_only_shop_is_then_spoken_for_with_its_cipher(self) -> None:
        wire = Wire()
        wire["GET /token/get"] = fresh(1)
        wire["GET /brands"] = {"brands": []}
        client = consented(wire)
        client.call("GET", "/product/202309/brands", query={"page_size": 1})
        assert [one.path for one in wire.sent].count("/authorization/202309/shops") == 1


class TestRenewal:
    def test_sister_shops_spend_a_refresh_token_once(self) -> None:
        wire = Wire()
        shops = [
            {"id": str(number), "name": "n", "region": "US", "cipher": f"c{number}"} for number in (1, 2)
        ]
        wire["GET /shops"] = {"shops": shops}
        wire["GET /token/get"] = fresh(1, expires=1e9 + 600)
        wire["GET /token/refresh"] = [fresh(2), refusal(36004004, "refresh token is spent")]
        wire["GET /brands"] = {"brands": []}
        state = State.memory(lambda: 1e9)
        consented(wire, state=state)
        later = Client(app(), transport=wire, state=state, clock=lambda: 1e9 + 700)
        for shop in ("1", "2", "1"):
            later.for_account(shop).call("GET", "/product/202309/brands", query={"page_size": 1})
        refreshes = [one for one in wire.sent if one.path.endswith("/token/refresh")]
        assert len(refreshes) == 1
        assert dict(parse_qsl(urlsplit(refreshes[0].url).query))["refresh_token"] == "refresh-1"
        assert wire.sent[-1].headers["x-tts-access-token"] == "access-2"

    def test_a_token_that_is_refused_is_renewed_once(self) -> None:
        wire = Wire()
        wire["GET /token/get"] = fresh(1)
        wire["GET /token/refresh"] = fresh(2)
        wire["GET /brands"] = [sample("error_token_expired"), {"brands": []}]
        client = consented(wire)
        client.call("GET", "/product/202309/brands", query={"page_size": 1})
        assert wire.sent[-1].headers["x-tts-access-token"] == "access-2"

    def test_a_refused_refresh_token_means_the_consent_is_gone(self) -> None:
        wire = Wire()
        wire["GET /token/get"] = fresh(1)
        wire["GET /token/refresh"] = refusal(36004004, "Invalid refresh token")
        client = consented(wire)
        with pytest.raises(errors.AuthorizationRevoked):
            client.auth.refresh()

    def test_tokens_of_the_settings_serve_every_shop(self) -> None:
        wire = Wire()
        wire["GET /token/refresh"] = fresh(2)
        backend = app(shop_id=SHOP_ID, access_token="a", refresh_token="r")
        client = Client(backend, transport=wire)
        assert client.auth.refresh().access_token.get_secret_value() == "access-2"
        sister = client.for_account("7000714532876273420")
        assert sister.auth.refresh().access_token.get_secret_value() == "access-2"
        assert [one.path for one in wire.sent] == ["/api/v2/token/refresh"]


class TestAccounts:
    def test_tokens_alone_list_the_shops(self) -> None:
        wire = Wire()
        client = Client(app(access_token="token"), transport=wire)
        assert [one.id for one in client.accounts()] == [SHOP_ID]
        assert client.accounts(kind="ad") == ()

    def test_each_login_is_asked_once(self) -> None:
        wire = Wire()
        wire["GET /token/get"] = fresh(1)
        client = consented(wire)
        before = len(wire.sent)
        assert [one.id for one in client.accounts()] == [SHOP_ID]
        assert len(wire.sent) == before + 1

    def test_nobody_is_logged_in(self) -> None:
        with pytest.raises(errors.ConfigurationError, match="authorise one"):
            Client(app(), transport=Wire()).accounts()


class TestStatus:
    def test_it_tells_expiries_scopes_and_a_near_end(self) -> None:
        wire = Wire()
        wire["GET /token/get"] = {**fresh(1), "refresh_token_expire_in": int(1e9 + 86400 * 5)}
        status = consented(wire).auth.status()
        assert status.authorized
        assert status.scopes == ("seller.product.basic",)
        assert "the consent ends 2001-09-14" in status.warnings[0]

    def test_without_a_token_it_says_so(self) -> None:
        assert not Client(app(shop_id=1), transport=Wire()).auth.status()

    def test_a_withdrawn_consent_is_a_warning(self) -> None:
        wire = Wire()
        wire["GET /token/get"] = fresh(1)
        client = consented(wire)
        wire["GET /shops"] = sample("error_bad_token_36009004")
        wire["GET /token/refresh"] = refusal(36004004, "Invalid refresh token")
        status = client.auth.status()
        assert (status.authorized, len(status.warnings)) == (False, 1)

    def test_what_only_the_seller_can_do_is_refused(self) -> None:
        client = Client(app(), transport=Wire())
        with pytest.raises(errors.Unsupported, match="Seller Center"):
            client.auth.revoke()
        with pytest.raises(errors.Unsupported, match="consent"):
            client.auth.acquire()


class TestStory:
    def test_from_the_link_to_the_shops(self) -> None:
        client = simulate("tiktok_shop", accounts=2, authorized=False)
        link = client.auth.authorize_url(BACK, state="s")
        grants = client.auth.exchange(client.market.consent(link), state="s")
        shops = [account for grant in grants for account in grant.accounts]
        assert len(shops) == 2
        for shop in shops:
            assert client.for_account(shop).store.info().id == shop.id

    def test_a_week_later_both_shops_still_work(self) -> None:
        client = simulate("tiktok_shop", accounts=2, authorized=False, state=None)
        callback = client.market.consent(client.auth.authorize_url(BACK))
        (grant,) = client.auth.exchange(callback)
        client.market.advance(timedelta(days=8))
        for shop in grant.accounts:
            assert client.for_account(shop).catalog.categories()
        refreshes = [one for one in client.market.requests if one.path.endswith("/token/refresh")]
        assert len(refreshes) == 1

    def test_an_expired_token_is_renewed(self) -> None:
        client = simulate("tiktok_shop")
        client.market.fault("expire_token", on="GET */categories")
        assert client.catalog.categories()

    def test_a_revoked_shop_must_consent_again(self) -> None:
        client = simulate("tiktok_shop")
        (shop,) = client.accounts()
        client.market.account(shop.id).revoke()
        with pytest.raises(errors.AuthenticationError):
            client.catalog.categories()


def test_state_survives_another_client() -> None:
    wire, state = Wire(), State.memory()
    wire["GET /token/get"] = fresh(1)
    wire["GET /brands"] = {"brands": []}
    Client(app(), transport=wire, state=state).auth.exchange({"code": "abc"})
    later = Client(app(), transport=wire, state=state)
    later.call("GET", "/product/202309/brands", query={"page_size": 1})
    assert wire.sent[-1].headers["x-tts-access-token"] == "access-1"
