"""Logins of WhatsApp: Embedded Signup, business tokens, and the numbers they reach."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.meta.login_wire import facts, token
from tests.meta.wire import APP, CATALOG, PHONE, SECRET, WABA, Wire, noun, refusal, rows, run

from socialcommerce import Client, errors
from socialcommerce.backends import WhatsApp

BROUGHT = {"code": "abc", "waba_id": WABA, "phone_number_id": PHONE}
ACCOUNT = {"id": WABA, "name": "Acme", "currency": "USD", "timezone_id": "1"}


@pytest.fixture
def wire() -> Wire:
    """A Graph API that says what the test tells it to."""
    wire = Wire()
    wire["/oauth/access_token"] = token("business", None)
    wire["/debug_token"] = facts(
        "SYSTEM_USER",
        granular_scopes=[
            {"scope": "whatsapp_business_management", "target_ids": [WABA]},
            {"scope": "whatsapp_business_messaging"},
        ],
    )
    wire[f"/{WABA}"] = ACCOUNT
    wire[f"/{WABA}/phone_numbers"] = rows({"id": PHONE, "verified_name": "Acme", "status": "CONNECTED"})
    wire[f"/{WABA}/product_catalogs"] = rows({"id": CATALOG, "name": "Goods"})
    wire[f"/{WABA}/subscribed_apps"] = {"success": True}
    wire[f"/{PHONE}/register"] = {"success": True}
    return wire


def bare(wire: Wire, **settings: Any) -> Client:
    """A client without a token."""
    return wire.client(WhatsApp(APP, SECRET, **settings))


def test_the_link_is_the_dialog_that_embedded_signup_opens(wire: Wire) -> None:
    native = {"config_id": "55", "extras": {"setup": {}}}
    link = urlsplit(wire.whatsapp().auth.authorize_url("https://x.example", state="s", native=native))
    assert link.path == "/v26.0/dialog/oauth"
    assert {name: value[0] for name, value in parse_qs(link.query).items()} == {
        "client_id": APP,
        "redirect_uri": "https://x.example",
        "state": "s",
        "response_type": "code",
        "override_default_response_type": "true",
        "config_id": "55",
        "extras": '{"setup":{}}',
    }


def test_a_link_needs_a_configuration_and_takes_no_scopes(wire: Wire) -> None:
    auth = wire.whatsapp().auth
    with pytest.raises(errors.InvalidRequest, match="config_id"):
        auth.authorize_url("https://x.example")
    with pytest.raises(errors.Unsupported, match="config_id"):
        auth.authorize_url("https://x.example", scopes=["x"], native={"config_id": "1"})


def test_a_signup_brings_the_account_and_its_numbers_and_registers(wire: Wire) -> None:
    client = bare(wire)
    (grant,) = client.auth.exchange({**BROUGHT, "pin": "123456"})
    assert wire.query("/oauth/access_token") == {"client_id": APP, "client_secret": SECRET, "code": "abc"}
    assert wire.paths() == [
        "/oauth/access_token",
        "/debug_token",
        f"/{WABA}",
        f"/{WABA}/phone_numbers",
        f"/{WABA}/subscribed_apps",
        f"/{PHONE}/register",
    ]
    assert wire.body(f"/{PHONE}/register") == {"messaging_product": "whatsapp", "pin": "123456"}
    assert wire.bearer(f"/{WABA}/subscribed_apps") == "business"
    assert [(one.kind, one.id, one.status) for one in grant.accounts] == [
        ("waba", WABA, "other"),
        ("phone", PHONE, "active"),
    ]
    wire["/1"] = {}
    chosen = client.for_account(PHONE)
    run(chosen, noun(chosen, "business").ask("GET", "/1"))
    assert (wire.bearer("/1"), noun(chosen).own("phone")) == ("business", PHONE)


def test_without_a_pin_no_number_is_registered(wire: Wire) -> None:
    bare(wire).auth.exchange(BROUGHT | {"phone_number_id": "999"})
    assert f"/{PHONE}/register" not in wire.paths()


def test_a_number_that_is_not_listed_yet_is_there_all_the_same(wire: Wire) -> None:
    (grant,) = bare(wire).auth.exchange(BROUGHT | {"phone_number_id": "999"})
    assert [one.id for one in grant.accounts if one.kind == "phone"] == [PHONE, "999"]


def test_the_consent_names_the_account_where_the_return_does_not(wire: Wire) -> None:
    (grant,) = bare(wire).auth.exchange("https://x.example/cb?code=abc&state=s", state="s")
    assert wire.query("/oauth/access_token")["redirect_uri"] == "https://x.example/cb"
    assert [one.id for one in grant.accounts] == [WABA, PHONE]
    assert f"/{WABA}/subscribed_apps" in wire.paths()


def test_a_spent_code_is_told(wire: Wire) -> None:
    wire["/oauth/access_token"] = refusal(100, "This authorization code has been used.", 36009)
    with pytest.raises(errors.InvalidRequest, match="has been used"):
        bare(wire).auth.exchange(BROUGHT)


def test_the_numbers_and_catalogues_of_a_business(wire: Wire, shared: Path) -> None:
    wire["/4004/owned_whatsapp_business_accounts"] = rows({"id": WABA})
    wire["/4004/client_whatsapp_business_accounts"] = rows({"id": WABA})
    wire[f"/{WABA}/phone_numbers"] = json.loads(
        (shared / "samples/whatsapp/phone_numbers_list.json").read_text()
    )
    client = wire.whatsapp(business_id="4004", waba_id=None)
    found = client.accounts()
    assert [(one.kind, one.id, one.name) for one in found] == [
        ("waba", WABA, "Acme"),
        ("phone", "1906385232743451", "Jasper's Market"),
        ("phone", "1913623884432103", "Jasper's Ice Cream"),
        ("catalog", CATALOG, "Goods"),
    ]
    assert (found[0].currency, found[0].timezone, found[0].raw["timezone_id"]) == ("USD", None, "1")
    assert [one.status for one in found[1:3]] == ["active", "other"]
    assert found[1].native_ids == {"phone_number_id": "1906385232743451", "waba_id": WABA}
    assert wire.paths().count(f"/{WABA}") == 1


def test_one_kind_alone_costs_no_more_than_it_must(wire: Wire) -> None:
    assert [one.kind for one in wire.whatsapp().accounts(kind="phone")] == ["phone"]
    assert f"/{WABA}/product_catalogs" not in wire.paths()


def test_without_business_and_account_the_consent_says_which(wire: Wire) -> None:
    client = wire.whatsapp(waba_id=None)
    assert [one.id for one in client.accounts(kind="waba")] == [WABA]
    assert wire.query("/debug_token") == {"input_token": "business-token"}


def test_a_chosen_business_is_asked(wire: Wire) -> None:
    wire["/7/owned_whatsapp_business_accounts"] = rows()
    wire["/7/client_whatsapp_business_accounts"] = rows({"id": WABA})
    client = wire.whatsapp(business_id="7")
    assert [one.id for one in client.accounts(kind="waba")] == [WABA]


def test_the_app_reaches_no_accounts(wire: Wire) -> None:
    assert wire.whatsapp().auth.accounts(slot="app") == []


def test_a_system_users_token_has_the_scopes_of_whatsapp(wire: Wire) -> None:
    wire["/88/access_tokens"] = token("made", None)
    wire.whatsapp(system_user_id="88").auth.acquire()
    assert "whatsapp_business_messaging" in wire.form("/88/access_tokens")["scope"].split(",")


def test_the_business_token_is_renewed_and_ended_as_metas(wire: Wire) -> None:
    wire["/oauth/revoke"] = {"success": True}
    client = wire.whatsapp()
    assert client.auth.refresh().access_token.get_secret_value() == "business"
    assert bool(client.auth.status())
    assert client.auth.revoke() is None
    assert wire.query("/oauth/revoke")["revoke_token"] == "business"


def test_a_catalogue_may_have_a_token_of_its_own(wire: Wire) -> None:
    wire["/1"] = {}
    client = wire.whatsapp(catalog_token="of-catalog")
    run(client, noun(client, "catalog").ask("GET", "/1"))
    assert wire.bearer("/1") == "of-catalog"
    assert client.auth.status(slot="catalog").slot == "catalog"
    assert wire.query("/debug_token") == {"input_token": "of-catalog"}


def test_no_key_or_token_shows(wire: Wire) -> None:
    backend = WhatsApp(APP, SECRET, "tok-1", flow_private_key="PEM-1", catalog_token="tok-2")
    assert not [one for one in ("tok-1", "PEM-1", "tok-2", SECRET) if one in repr(vars(backend)["app"])]
    assert "PEM-1" not in repr(backend)
