"""Logins of Facebook: consent, tokens in two levels, renewal before the end, what is told of them."""

from __future__ import annotations

import json
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.meta.login_wire import APP_TOKEN, DAY, RETURN, bare, facts, logged_in, token
from tests.meta.wire import AD, APP, CATALOG, NOW, PAGE, SECRET, Wire, noun, refusal, rows, run

from socialcommerce import errors
from socialcommerce.backends import Meta, Response

# -- the link


def test_the_link_asks_for_what_catalogue_ads_and_messages_need(wire: Wire) -> None:
    link = urlsplit(wire.meta().auth.authorize_url("https://x.example/cb", state="s"))
    query = parse_qs(link.query)
    assert f"{link.scheme}://{link.netloc}{link.path}" == "https://www.facebook.com/v26.0/dialog/oauth"
    assert (query["client_id"], query["state"], query["response_type"]) == ([APP], ["s"], ["code"])
    assert {"catalog_management", "ads_management", "pages_messaging"} <= set(query["scope"][0].split(","))
    assert not wire.sent


def test_a_configuration_takes_the_place_of_scopes(wire: Wire) -> None:
    native = {"config_id": 5, "auth_type": "rerequest"}
    query = parse_qs(urlsplit(wire.meta().auth.authorize_url("https://x.example", native=native)).query)
    assert (query["config_id"], query["auth_type"]) == (["5"], ["rerequest"])
    assert "scope" not in query
    assert "state" not in query


def test_a_link_needs_the_app(wire: Wire) -> None:
    with pytest.raises(errors.ConfigurationError, match="app_id"):
        wire.client(Meta()).auth.authorize_url("https://x.example")


@pytest.mark.parametrize(
    "operation", ["authorize_url", "exchange", "refresh", "status", "accounts", "acquire", "revoke"]
)
def test_the_login_of_instagram_alone_is_refused(wire: Wire, operation: str) -> None:
    given = {"authorize_url": ("https://x.example",), "exchange": (RETURN,)}.get(operation, ())
    with pytest.raises(errors.Unsupported, match="not verified"):
        getattr(wire.meta().auth, operation)(*given, slot="instagram_login")
    assert not wire.sent


def test_an_unknown_slot_is_named(wire: Wire) -> None:
    with pytest.raises(errors.ConfigurationError, match="slot 'other'"):
        wire.meta().auth.status(slot="other")


# -- the return


def test_a_login_brings_a_long_lived_token_and_those_of_its_pages(wire: Wire) -> None:
    wire["/oauth/access_token"] = [token("short", 3600), token("long")]
    wire["/debug_token"] = facts(scopes=["catalog_management"])
    wire["/me/accounts"] = rows({"id": PAGE, "name": "Acme", "access_token": "of-page"})
    (grant,) = bare(wire).auth.exchange(RETURN, state="s1")
    assert wire.query("/oauth/access_token", 0) == {
        "client_id": APP,
        "client_secret": SECRET,
        "redirect_uri": "https://x.example/cb",
        "code": "abc",
    }
    assert wire.bearer("/oauth/access_token") is None
    assert wire.query("/oauth/access_token", 1) == {
        "grant_type": "fb_exchange_token",
        "client_id": APP,
        "client_secret": SECRET,
        "fb_exchange_token": "short",
    }
    assert wire.query("/debug_token") == {"input_token": "short"}
    assert (wire.bearer("/debug_token"), wire.bearer("/me/accounts")) == (APP_TOKEN, "long")
    assert (grant.subject, [one.name for one in grant.accounts]) == ("77", ["Acme"])
    assert grant.token.access_token.get_secret_value() == "long"
    assert grant.token.access_expires_at == datetime.fromtimestamp(NOW + 5183944, UTC)
    assert grant.token.scopes == ("catalog_management",)
    assert "of-page" not in repr(grant) + str(grant.accounts[0].raw)


def test_the_redirect_is_sent_again_with_its_own_query(wire: Wire) -> None:
    wire["/oauth/access_token"] = refusal(100)
    with pytest.raises(errors.InvalidRequest):
        bare(wire).auth.exchange("https://x.example/cb?next=%2Fa&x=1&code=abc&state=s1#_=_")
    assert wire.query("/oauth/access_token")["redirect_uri"] == "https://x.example/cb?next=%2Fa&x=1"


def test_a_system_users_token_is_kept_as_it_comes(wire: Wire) -> None:
    wire["/oauth/access_token"] = token("forever", None)
    wire["/debug_token"] = facts("SYSTEM_USER")
    wire["/me/accounts"] = rows()
    (grant,) = bare(wire).auth.exchange({"code": "abc", "redirect_uri": "https://x.example/cb"})
    assert grant.token.access_expires_at is None
    assert wire.paths().count("/oauth/access_token") == 1


@pytest.mark.parametrize(
    ("callback", "kind", "words"),
    [
        ("https://x.example/cb?code=abc&state=other", errors.AuthenticationError, "forged"),
        ("https://x.example/cb?state=s1", errors.AuthenticationError, "no code"),
        (
            "https://x.example/cb?error=access_denied&error_description=Denied&state=s1",
            errors.AuthorizationRevoked,
            "Denied",
        ),
        ({"code": "abc", "state": "s1"}, errors.InvalidRequest, "redirect_uri"),
    ],
)
def test_a_return_that_cannot_be_used_sends_nothing(
    wire: Wire, callback: Any, kind: type[errors.SocialCommerceError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        bare(wire).auth.exchange(callback, state="s1")
    assert (caught.value.sent, wire.sent) == ("no", [])


def test_a_code_is_never_sent_twice(wire: Wire) -> None:
    wire["/oauth/access_token"] = refusal(2)
    with pytest.raises(errors.OutcomeUnknown):
        bare(wire).auth.exchange(RETURN)
    assert len(wire.sent) == 1


def test_without_the_apps_secret_no_code_is_exchanged(wire: Wire) -> None:
    with pytest.raises(errors.AuthenticationError, match="app_secret"):
        wire.client(Meta(APP)).auth.exchange(RETURN)
    assert not wire.sent


# -- two levels


def test_calls_after_a_login_carry_its_tokens(wire: Wire) -> None:
    client = logged_in(wire, page_id=PAGE, catalog_id=CATALOG, ad_account_id=AD)
    wire["/1"] = {}
    for service, expected in (("catalog", "long"), ("ads", "long"), ("page", "of-page"), ("pixel", "long")):
        run(client, noun(client, service).ask("GET", "/1"))
        assert wire.bearer("/1") == expected


def test_the_only_page_of_a_login_need_not_be_named(wire: Wire) -> None:
    client = logged_in(wire)
    wire["/1"] = {}
    run(client, noun(client, "page").ask("GET", "/1"))
    assert wire.bearer("/1") == "of-page"


def test_a_pages_token_is_derived_from_the_logins_once(wire: Wire) -> None:
    wire[f"/{PAGE}"] = {"access_token": "derived", "id": PAGE}
    wire["/1"] = {}
    client = wire.meta(page_token="")
    for _ in range(2):
        run(client, noun(client, "page").ask("GET", "/1"))
    assert wire.paths() == [f"/{PAGE}", "/1", "/1"]
    assert wire.query(f"/{PAGE}") == {"fields": "access_token"}
    assert (wire.bearer(f"/{PAGE}"), wire.bearer("/1")) == ("user-token", "derived")


def test_a_pages_token_that_died_is_derived_again(wire: Wire) -> None:
    wire[f"/{PAGE}"] = {"access_token": "derived", "id": PAGE}
    wire["/1"] = [refusal(190, subcode=463), {}]
    client = wire.meta()
    run(client, noun(client, "page").ask("GET", "/1"))
    assert [wire.bearer("/1", number) for number in (0, 1)] == ["page-token", "derived"]


def test_another_page_is_chosen_by_its_account(wire: Wire) -> None:
    wire["/9"] = {"access_token": "of-nine", "id": "9"}
    wire["/1"] = {}
    client = wire.meta().for_account("9")
    run(client, noun(client, "page").ask("GET", "/1"))
    assert wire.bearer("/1") == "of-nine"
    assert noun(client).own("page") == "9"


def test_a_pages_token_can_be_asked_for(wire: Wire) -> None:
    wire[f"/{PAGE}"] = {"access_token": "derived"}
    grant = wire.meta(page_token="").auth.acquire(slot="page")
    assert (grant.subject, grant.token.access_token.get_secret_value()) == (PAGE, "derived")


@pytest.mark.parametrize("slot", ["page", "system_user"])
def test_a_reply_that_cannot_be_read_keeps_no_token(wire: Wire, slot: str) -> None:
    cut = Response(200, {}, b'{"access_token": "top-secret')
    for path in (f"/{PAGE}", "/88/access_tokens", "/me/accounts"):
        wire[path] = cut
    client = wire.meta(page_token="", system_user_id="88")
    for attempt in (lambda: client.auth.acquire(slot=slot), lambda: client.accounts(kind="page")):
        with pytest.raises((errors.DecodeError, errors.OutcomeUnknown)) as caught:
            attempt()
        assert "top-secret" not in "".join(traceback.format_exception(caught.value))
        for told in (caught.value, caught.value.__cause__):
            assert b"top-secret" not in (getattr(told, "raw", None) or b"")


def test_a_page_on_which_the_login_has_no_role_is_told(wire: Wire) -> None:
    wire[f"/{PAGE}"] = {"id": PAGE}
    with pytest.raises(errors.AuthenticationError, match="no role"):
        wire.meta(page_token="").auth.acquire(slot="page")


# -- renewal


def test_a_token_of_60_days_is_renewed_a_week_before_its_end(wire: Wire) -> None:
    client = logged_in(wire, catalog_id=CATALOG)
    wire["/1"] = {}
    wire["/debug_token"] = facts("SYSTEM_USER")
    wire["/oauth/access_token"] = token("newer")
    wire.now = NOW + 52 * DAY
    run(client, noun(client).ask("GET", "/1"))
    assert wire.bearer("/1") == "long"
    wire.now = NOW + 54 * DAY
    run(client, noun(client).ask("GET", "/1"))
    assert wire.bearer("/1") == "newer"
    query = wire.query("/oauth/access_token")
    assert (query["fb_exchange_token"], query["set_token_expires_in_60_days"]) == ("long", "true")


def test_an_early_renewal_that_fails_leaves_the_old_token_at_work(wire: Wire) -> None:
    client = logged_in(wire, catalog_id=CATALOG)
    wire["/1"], wire["/oauth/access_token"] = {}, refusal(1)
    wire.now = NOW + 54 * DAY
    run(client, noun(client).ask("GET", "/1"))
    assert wire.bearer("/1") == "long"


def test_a_token_that_ended_takes_a_new_consent(wire: Wire) -> None:
    client = logged_in(wire, catalog_id=CATALOG)
    sent = len(wire.sent)
    wire.now = NOW + 61 * DAY
    with pytest.raises(errors.AuthorizationRevoked, match="authorize_url"):
        run(client, noun(client).ask("GET", "/1"))
    assert len(wire.sent) == sent


def test_a_token_that_died_early_takes_a_new_consent(wire: Wire) -> None:
    wire["/1"] = refusal(190, "Invalid OAuth access token")
    wire["/debug_token"] = facts(is_valid=False, error={"code": 190, "subcode": 460, "message": "Changed"})
    client = wire.meta()
    with pytest.raises(errors.AuthorizationRevoked, match="Changed") as caught:
        run(client, noun(client).ask("GET", "/1"))
    assert caught.value.code == "190/460"
    assert wire.paths() == ["/1", "/debug_token"]


def test_an_exchange_that_is_refused_is_an_end(wire: Wire) -> None:
    wire["/debug_token"] = facts()
    wire["/oauth/access_token"] = refusal(190, "no", fbtrace_id="T1")
    with pytest.raises(errors.AuthorizationRevoked, match="cannot be renewed") as caught:
        wire.meta().auth.refresh()
    assert (caught.value.code, caught.value.request_id) == ("190", "T1")


def test_refresh_answers_the_new_token(wire: Wire, shared: Path) -> None:
    wire["/debug_token"] = json.loads((shared / "samples/meta/debug_token.json").read_text())
    wire["/oauth/access_token"] = token("newer")
    wire["/1"] = {}
    client = wire.meta()
    fresh = client.auth.refresh()
    assert fresh.access_token.get_secret_value() == "newer"
    assert fresh.access_expires_at == datetime.fromtimestamp(NOW + 5183944, UTC)
    run(client, noun(client, "page").ask("GET", "/1"))
    assert wire.bearer("/1") == "page-token"


def test_refresh_of_a_page_derives_its_token_again(wire: Wire) -> None:
    wire[f"/{PAGE}"] = {"access_token": "derived"}
    assert wire.meta().auth.refresh(slot="page").access_token.get_secret_value() == "derived"


@pytest.mark.parametrize("operation", ["refresh", "revoke"])
def test_the_apps_token_neither_ends_nor_is_renewed(wire: Wire, operation: str) -> None:
    with pytest.raises(errors.InvalidRequest, match="slot"):
        getattr(wire.meta().auth, operation)(slot="app")
    assert not wire.sent


# -- tokens without a person


def test_the_app_has_a_token_of_its_own(wire: Wire) -> None:
    grant = wire.meta().auth.acquire(slot="app")
    assert (grant.subject, grant.token.access_token.get_secret_value()) == (APP, APP_TOKEN)
    assert not wire.sent


def test_a_system_users_token_is_made_with_an_administrators(wire: Wire) -> None:
    wire["/88/access_tokens"] = token("made", None)
    wire["/debug_token"] = facts("SYSTEM_USER", expires_at=int(NOW + 60 * DAY))
    wire["/1"] = {}
    client = wire.meta(system_user_id=88)
    grant = client.auth.acquire(slot="system_user")
    form = wire.form("/88/access_tokens")
    assert (form["business_app"], form["set_token_expires_in_60_days"]) == (APP, "true")
    assert "ads_management" in form["scope"].split(",")
    assert len(form["appsecret_proof"]) == 64
    assert grant.token.access_expires_at == datetime.fromtimestamp(NOW + 60 * DAY, UTC)
    for service in ("catalog", "ads"):
        run(client, noun(client, service).ask("GET", "/1"))
        assert wire.bearer("/1") == "made"


def test_a_system_user_must_be_named(wire: Wire) -> None:
    with pytest.raises(errors.ConfigurationError, match="system_user_id"):
        wire.meta().auth.acquire()


# -- the end


def test_revoking_ends_the_login_its_copies_and_its_pages(wire: Wire) -> None:
    client = logged_in(wire, page_id=PAGE, catalog_id=CATALOG)
    wire["/oauth/revoke"] = {"success": True}
    assert client.auth.revoke() is None
    assert wire.query("/oauth/revoke")["revoke_token"] == "long"
    assert wire.bearer("/oauth/revoke") == "long"
    for service in ("catalog", "ads", "page"):
        with pytest.raises(errors.AuthenticationError, match="authorize_url"):
            run(client, noun(client, service).ask("GET", "/1"))


def test_every_token_of_a_system_user_can_be_ended(wire: Wire) -> None:
    wire["/88/access_tokens"] = {"success": True}
    assert wire.meta(system_user_id="88").auth.revoke(slot="system_user") is None
    assert wire.sent[-1].method == "DELETE"


# -- status


def test_the_status_tells_scopes_and_both_ends(wire: Wire, shared: Path) -> None:
    wire["/debug_token"] = json.loads((shared / "samples/meta/debug_token.json").read_text())
    status = wire.meta().auth.status()
    assert (bool(status), status.subject, status.slot) == (True, CATALOG, "user")
    assert "ads_management" in status.scopes
    assert status.access_expires_at == datetime.fromtimestamp(1800446400, UTC)
    assert (status.consent_expires_at, status.warnings) == (None, ())
    assert wire.bearer("/debug_token") == APP_TOKEN


def test_an_end_that_the_status_told_is_kept_to(wire: Wire) -> None:
    wire["/debug_token"] = facts("SYSTEM_USER", expires_at=int(NOW + 20 * DAY))
    wire["/oauth/access_token"] = token("newer")
    wire["/1"] = {}
    client = wire.meta()
    client.auth.status()
    wire.now = NOW + 14 * DAY
    run(client, noun(client, "ads").ask("GET", "/1"))
    assert wire.bearer("/1") == "newer"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"is_valid": False, "error": {"message": "Session has expired"}}, "Session has expired"),
        ({"data_access_expires_at": int(NOW - 1)}, "90 days"),
    ],
)
def test_the_status_warns_of_what_takes_a_person(wire: Wire, told: dict[str, Any], words: str) -> None:
    wire["/debug_token"] = facts(**told)
    status = wire.meta().auth.status()
    assert words in status.warnings[0]
    assert bool(status) is told.get("is_valid", True)


def test_the_status_warns_of_a_version_that_ends(wire: Wire) -> None:
    wire["/v21.0/debug_token"] = facts()
    assert "ends on 2027-01-21" in wire.meta(api_version="v21.0").auth.status().warnings[0]


def test_nobody_is_logged_in_where_there_is_no_token(wire: Wire) -> None:
    status = bare(wire).auth.status()
    assert (bool(status), status.subject, wire.sent) == (False, None, [])


def test_an_unknown_slot_is_answered_with_those_there_are(wire: Wire) -> None:
    with pytest.raises(errors.ConfigurationError, match="'bogus'; it has user, page, app, system_user"):
        wire.meta().auth.status(slot="bogus")
