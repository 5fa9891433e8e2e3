"""Consent and tokens of the two worlds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.conftest import shared_path
from tests.tiktok_ads.wire import ADVERTISER, BUSINESS, NOW, Wire, page, refusal

from socialcommerce import Client, Money, errors

SHARED = shared_path()
VECTORS: list[dict[str, Any]] = json.loads((SHARED / "vectors/tiktok_ads.json").read_text()) if SHARED else []
ADVERTISERS = {"list": [{"advertiser_id": ADVERTISER, "advertiser_name": "Acme US"}]}


@pytest.mark.parametrize("vector", [one for one in VECTORS if one["kind"] == "oauth_url"], ids=str)
def test_the_links_are_as_published(vector: dict[str, Any]) -> None:
    given = vector["inputs"]["params"]
    account = "client_key" in given
    link = (
        Wire()
        .client()
        .auth.authorize_url(
            given["redirect_uri"],
            state=given["state"],
            scopes=given["scope"].split(",") if account else (),
            slot="account" if account else "advertiser",
        )
    )
    assert urlsplit(link)[:3] == urlsplit(vector["expected"])[:3]
    assert parse_qs(urlsplit(link).query) == parse_qs(urlsplit(vector["expected"]).query)


def test_a_link_of_an_advertiser_takes_no_scopes() -> None:
    with pytest.raises(errors.InvalidRequest, match="scopes"):
        Wire().client().auth.authorize_url("https://x.example", scopes=["2"])


def bare(wire: Wire) -> Client:
    return wire.client(
        advertiser_id=None, business_id=None, access_token="", account_token="", account_refresh_token=""
    )


def test_one_login_brings_every_ad_account_and_a_token_without_end(shared: Path) -> None:
    wire = Wire()
    wire["/oauth2/access_token/"] = json.loads(
        (shared / "samples/tiktok_ads/oauth_access_token.json").read_text()
    )
    client = bare(wire)
    grants = client.auth.exchange("https://x.example/cb?auth_code=abc&state=s1", state="s1")
    assert [one.subject for one in grants] == ["7000000000000000002", "7000000000000000003"]
    assert grants[0].token.access_expires_at is None
    assert grants[0].token.scopes == ("1", "2", "3", "4", "5", "9")
    assert wire.body("/oauth2/access_token/") == {
        "app_id": "7012345678901234567",
        "secret": "app-secret",
        "auth_code": "abc",
    }
    wire["/campaign/get/"] = page()
    client.for_account("7000000000000000003").ads.campaigns.list(kind="standard").collect()
    assert wire.sent[-1].headers["Access-Token"] == "f0e1d2c3b4a5968778695a4b3c2d1e0f00112233"


@pytest.mark.parametrize("query", ["auth_code=abc&state=other", "state=s1"])
def test_a_forged_or_empty_return_sends_nothing(query: str) -> None:
    wire = Wire()
    with pytest.raises(errors.AuthenticationError):
        wire.client().auth.exchange(f"https://x.example/cb?{query}", state="s1")
    assert wire.sent == []


def test_a_tiktok_account_logs_in_and_its_token_is_renewed(shared: Path) -> None:
    wire = Wire()
    wire["/tt_user/oauth2/token/"] = json.loads(
        (shared / "samples/tiktok_ads/tt_user_token.json").read_text()
    )
    client = bare(wire)
    (grant,) = client.auth.exchange("https://x.example/cb?code=abc", slot="account")
    assert grant.subject == "_000abcDEF-business-id"
    assert grant.token.access_expires_at is not None
    assert grant.token.access_expires_at.timestamp() == NOW + 86_400
    assert wire.body("/tt_user/oauth2/token/")["redirect_uri"] == "https://x.example/cb"
    wire["/tt_user/oauth2/refresh_token/"] = {
        "access_token": "act.two",
        "refresh_token": "rft.two",
        "expires_in": 86400,
        "open_id": "x",
    }
    fresh = client.auth.refresh(slot="account")
    assert fresh.access_token.get_secret_value() == "act.two"
    assert wire.body("/tt_user/oauth2/refresh_token/")["grant_type"] == "refresh_token"


def test_an_expired_account_token_is_renewed_once_and_used() -> None:
    wire = Wire()
    wire["/business/message/conversation/list/"] = [refusal(40102, "expired"), {"conversations": []}]
    wire["/tt_user/oauth2/refresh_token/"] = {
        "access_token": "act.two",
        "refresh_token": "rft.two",
        "expires_in": 86400,
    }
    wire.client().messaging.conversations().collect()
    assert wire.sent[-1].headers["Access-Token"] == "act.two"
    assert len(wire.requests("/tt_user/oauth2/refresh_token/")) == 1


def test_an_advertisers_token_cannot_be_refreshed() -> None:
    with pytest.raises(errors.Unsupported, match="never ends"):
        Wire().client().auth.refresh(slot="advertiser")


@pytest.mark.parametrize(
    ("slot", "path"), [("advertiser", "/oauth2/revoke_token/"), ("account", "/tt_user/oauth2/revoke/")]
)
def test_a_token_is_withdrawn(slot: str, path: str) -> None:
    wire = Wire()
    wire[path] = {}
    assert wire.client().auth.revoke(slot=slot) is None
    assert wire.body(path)["access_token"]
    assert "Access-Token" not in wire.sent[-1].headers


def test_status_asks_tiktok() -> None:
    wire = Wire()
    wire["/oauth2/advertiser/get/"] = [ADVERTISERS, {"list": []}, refusal(40105, "revoked")]
    client = wire.client()
    assert client.auth.status()
    assert wire.sent[-1].headers["Access-Token"] == "t" * 40
    assert not client.auth.status()
    revoked = client.auth.status()
    assert not revoked
    assert revoked.warnings
    wire["/tt_user/token_info/get/"] = {"scope": "message.list.read,user.info.basic", "creator_id": BUSINESS}
    assert client.auth.status(slot="account").scopes == ("message.list.read", "user.info.basic")
    assert not bare(wire).for_account("9").auth.status()


def test_accounts_are_ad_accounts_and_tiktok_accounts() -> None:
    wire = Wire()
    wire["/oauth2/advertiser/get/"] = ADVERTISERS
    wire["/business/get/"] = {"username": "acme", "display_name": "Acme"}
    found = wire.client().accounts()
    assert [(one.kind, one.id, one.name) for one in found] == [
        ("ad", ADVERTISER, "Acme US"),
        ("page", BUSINESS, "Acme"),
    ]
    assert (found[0].currency, found[0].timezone, found[0].status) == ("USD", "America/New_York", "active")
    assert found[0].balance == Money("12.5", "USD")
    assert not bare(wire).accounts()


def test_shops_and_catalogues_are_listed_where_asked_for() -> None:
    wire = Wire()
    wire["/store/list/"] = {
        "stores": [
            {"store_id": "5", "store_name": "Acme Shop", "catalog_id": "6", "targeting_region_codes": ["US"]}
        ]
    }
    wire["/catalog/get/"] = [
        page({"catalog_id": "6", "catalog_name": "All", "catalog_conf": {"currency": "USD"}}, of=2),
        page({"catalog_id": "7", "catalog_name": "Some"}, number=2, of=2),
    ]
    client = wire.client(bc_id="100")
    assert [one.region for one in client.accounts(kind="shop")] == ["US"]
    assert [one.id for one in client.accounts(kind="catalog")] == ["6", "7"]
    with pytest.raises(errors.ConfigurationError, match="bc_id"):
        wire.client().accounts(kind="catalog")
