"""The accounts that a login of Facebook reaches, and which of them are chosen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.meta.login_wire import RETURN, facts, logged_in, token
from tests.meta.wire import AD, CATALOG, PAGE, Wire, noun, rows, run

from socialcommerce import Client, errors
from socialcommerce.backends import Meta, Response


def reached(wire: Wire, **settings: Any) -> Client:
    page = {"id": PAGE, "name": "Acme", "access_token": "of-page"}
    wire["/me/accounts"] = rows(page | {"instagram_business_account": {"id": "178", "username": "acme"}})
    ad = {"id": AD, "account_id": AD[4:], "name": "Ads", "currency": "EUR", "timezone_name": "Europe/Berlin"}
    wire["/me/adaccounts"] = [
        rows(ad | {"account_status": 1}, after="c"),
        rows({"id": "act_9", "account_status": 2}),
    ]
    wire["/4004/owned_ad_accounts"] = rows(ad | {"account_status": 1})
    wire["/4004/client_ad_accounts"] = rows({"id": "act_8", "account_status": 101})
    wire["/4004/owned_product_catalogs"] = rows({"id": CATALOG, "name": "Goods"})
    wire["/4004/client_product_catalogs"] = rows()
    wire["/4004/instagram_accounts"] = rows({"id": "178", "username": "acme"}, {"id": "179", "username": "b"})
    wire["/4004"] = {"id": "4004", "name": "Acme Inc."}
    wire["/debug_token"] = facts(
        granular_scopes=[{"scope": "business_management", "target_ids": ["4004"]}, {"scope": "ads_read"}]
    )
    return wire.meta(**settings)


def test_everything_that_the_login_reaches_each_once(wire: Wire) -> None:
    found = reached(wire, business_id="4004").accounts()
    assert sorted((one.kind, one.id) for one in found) == [
        ("ad", "act_3003"),
        ("ad", "act_8"),
        ("ad", "act_9"),
        ("business", "4004"),
        ("catalog", CATALOG),
        ("instagram", "178"),
        ("instagram", "179"),
        ("page", PAGE),
    ]
    ad = next(one for one in found if one.id == AD)
    assert (ad.currency, ad.timezone, ad.status, ad.native_status) == ("EUR", "Europe/Berlin", "active", "1")
    assert ad.native_ids == {"ad_account_id": AD, "account_id": "3003"}
    assert {one.id: one.status for one in found if one.kind == "ad"} == {
        AD: "active",
        "act_8": "closed",
        "act_9": "suspended",
    }


def test_without_a_business_only_what_the_login_itself_reaches(wire: Wire) -> None:
    client = reached(wire)
    assert [one.id for one in client.accounts(kind="ad")] == [AD, "act_9"]
    assert client.accounts(kind="catalog") == []
    assert [one.id for one in client.accounts(kind="business")] == ["4004"]
    assert [one.id for one in client.accounts(kind="instagram")] == ["178"]
    assert client.auth.accounts(slot="app") == []


def test_without_the_apps_secret_nobody_says_which_businesses(wire: Wire) -> None:
    client = wire.client(Meta(access_token="t"))
    assert client.accounts(kind="business") == []
    assert not wire.sent


def test_an_account_that_was_listed_after_a_login_can_be_chosen(wire: Wire) -> None:
    client = logged_in(wire)
    wire["/me/adaccounts"] = rows({"id": AD})
    wire["/1"] = {}
    (ad,) = client.accounts(kind="ad")
    chosen = client.for_account(ad)
    run(chosen, noun(chosen, "ads").ask("GET", "/1"))
    assert (wire.bearer("/1"), noun(chosen, "ads").own("ad")) == ("long", AD)


def test_two_logins_in_one_memory_keep_apart(wire: Wire) -> None:
    client = logged_in(wire)
    wire["/oauth/access_token"] = token("second", None)
    wire["/debug_token"] = facts("SYSTEM_USER", user_id="78")
    wire["/me/accounts"] = rows({"id": "9", "name": "Other", "access_token": "of-nine"})
    client.auth.exchange(RETURN, state="s1")
    wire["/1"] = {}
    for page, login, own in ((PAGE, "long", "of-page"), ("9", "second", "of-nine")):
        chosen = client.for_account(page)
        for service, expected in (("catalog", login), ("page", own)):
            run(chosen, noun(chosen, service).ask("GET", "/1"))
            assert wire.bearer("/1") == expected
    with pytest.raises(errors.ConfigurationError, match="choose one page"):
        run(client, noun(client, "page").ask("GET", "/1"))


def test_a_business_may_be_chosen(wire: Wire) -> None:
    client = reached(wire)
    (business,) = client.accounts(kind="business")
    assert [one.id for one in client.for_account(business).accounts(kind="catalog")] == [CATALOG]


def denied() -> Any:
    said = {"message": "(#200) Requires pages_show_list", "type": "OAuthException", "code": 200}
    return Response(403, {}, json.dumps({"error": said}).encode())


def test_a_login_that_may_not_list_pages_lists_what_it_may(wire: Wire) -> None:
    client = reached(wire, business_id="4004")
    wire["/me/accounts"] = denied()
    assert {one.kind for one in client.accounts()} == {"ad", "business", "catalog", "instagram"}
    with pytest.raises(errors.PermissionDenied):
        client.accounts(kind="page")


def test_a_login_that_may_list_nothing_is_told_so(wire: Wire) -> None:
    wire["/me/accounts"] = wire["/me/adaccounts"] = denied()
    wire["/debug_token"] = facts()
    with pytest.raises(errors.PermissionDenied):
        wire.meta().accounts()
