"""Subscriptions of the app and of the page: made, listed, ended, and watched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.meta.chat_wire import APP, PAGE, Wire, client, error, page

from socialcommerce import Account, Client
from socialcommerce.backends import Meta
from socialcommerce.errors import (
    ConfigurationError,
    InvalidRequest,
    PartiallyApplied,
    PermissionDenied,
    Unsupported,
)

APPS, PAGES = f"/{APP}/subscriptions", f"/{PAGE}/subscribed_apps"
OF_APP = {
    "object": "page",
    "callback_url": "https://shop.example/hooks",
    "active": True,
    "fields": [{"name": "messages", "version": "v26.0"}, {"name": "feed", "version": "v26.0"}],
}
OF_PAGE = {"id": APP, "name": "Ours", "subscribed_fields": ["messages", "feed"]}
OTHERS = {"id": "99", "name": "Theirs", "subscribed_fields": ["leadgen"]}


def wired(**replies: Any) -> Wire:
    done = {"success": True}
    return Wire(
        {
            f"GET {APPS}": page(OF_APP),
            f"GET {PAGES}": page(OTHERS, OF_PAGE),
            f"POST {APPS}": done,
            f"POST {PAGES}": done,
            f"DELETE {APPS}": done,
            f"DELETE {PAGES}": done,
        }
        | replies
    )


def test_both_levels_are_listed_and_other_apps_are_not() -> None:
    wire = wired()
    found = client(wire).webhooks.subscriptions()
    assert [(one.topic, one.level, one.account) for one in found] == [
        ("page:messages", "app", None),
        ("page:feed", "app", None),
        ("messages", "account", PAGE),
        ("feed", "account", PAGE),
    ]
    assert found[0].url == "https://shop.example/hooks"
    assert found[0].events == ("message.received", "message.deleted")
    tokens = [request.headers["Authorization"] for request in wire.sent]
    assert tokens[0].startswith(f"Bearer {APP}|")
    assert tokens[1] == "Bearer PAGE"


def test_an_event_is_subscribed_to_on_both_levels_and_keeps_what_was_there() -> None:
    wire = wired()
    client(wire).webhooks.subscribe(["message.sent"])
    first, second = (wire.body(f"POST {APPS}", number) for number in (0, 1))
    assert first == {
        "object": "page",
        "callback_url": "https://shop.example/hooks",
        "fields": "message_echoes,standby",
        "verify_token": "meatyhamhock",
    }
    assert (second["object"], second["fields"]) == ("instagram", "messages,standby")
    fields = wire.query(f"POST {PAGES}")["subscribed_fields"]
    assert fields == "messages,feed,message_echoes,standby"


@pytest.mark.parametrize("name", ["feed", "page:feed"])
def test_fields_have_their_own_names_too(name: str) -> None:
    wire = wired()
    client(wire, instagram=False).webhooks.subscribe([name], level="app")
    assert wire.body(f"POST {APPS}")["fields"] == "feed"
    assert f"POST {PAGES}" not in wire.lines()


def test_instagram_is_told_through_its_page() -> None:
    wire = wired(**{f"GET {PAGES}": page()})
    client(wire).webhooks.subscribe(["instagram:comments", "messaging_seen"], level="account")
    assert wire.query(f"POST {PAGES}") == {"subscribed_fields": "feed,message_reads"}
    assert f"POST {APPS}" not in wire.lines()


def test_ads_are_told_to_the_app_as_a_whole() -> None:
    wire = wired()
    client(wire).webhooks.subscribe(["ad.status_changed"])
    assert wire.body(f"POST {APPS}")["object"] == "ad_account"
    with pytest.raises(InvalidRequest, match="level='app'"):
        client(wired()).webhooks.subscribe(["ad.status_changed"], level="account")


@pytest.mark.parametrize(
    ("event", "instead"),
    [
        ("order.paid", "own site"),
        ("product.updated", "catalog.changes"),
        ("privacy.requested", "Data Deletion"),
        ("authorization.revoked", "Deauthorize"),
    ],
)
def test_what_no_subscription_brings_says_what_does(event: Any, instead: str) -> None:
    wire = wired()
    with pytest.raises(Unsupported) as caught:
        client(wire).webhooks.subscribe([event])
    assert instead in str(caught.value.instead)
    assert wire.sent == []


def test_unknown_names_and_missing_settings() -> None:
    with pytest.raises(InvalidRequest, match="nor a field"):
        client(wired()).webhooks.subscribe(["no_such"])
    for missing in ({"callback_urls": {}}, {"verify_token": ""}):
        with pytest.raises(ConfigurationError, match="verify_token"):
            client(wired(), **missing).webhooks.subscribe(["feed"], level="app")


def test_an_event_ends_on_both_levels_and_the_rest_stays() -> None:
    wire = wired()
    client(wire, instagram=False).webhooks.unsubscribe(["feed"])
    assert wire.query(f"POST {PAGES}") == {"subscribed_fields": "messages"}
    assert wire.query(f"DELETE {APPS}") == {"object": "page", "fields": "feed"}


def test_the_last_field_of_a_page_lets_it_go() -> None:
    wire = wired()
    client(wire).webhooks.unsubscribe(["messages", "feed"], level="account")
    assert f"DELETE {PAGES}" in wire.lines()
    assert f"POST {PAGES}" not in wire.lines()
    assert f"DELETE {APPS}" not in wire.lines()


def test_how_far_it_came_is_told_where_a_step_fails() -> None:
    wire = wired(**{f"POST {PAGES}": error(200)})
    with pytest.raises(PartiallyApplied) as caught:
        client(wire, instagram=False).webhooks.subscribe(["feed"])
    assert (caught.value.done, caught.value.failed) == (["app page"], [f"page {PAGE}"])
    wire = wired(**{f"GET {APPS}": error(200)})
    with pytest.raises(PartiallyApplied) as caught:
        client(wire, instagram=False).webhooks.subscribe(["feed"], level="app")
    assert caught.value.failed == ["subscriptions"]
    with pytest.raises(PermissionDenied):
        client(wired(**{f"POST {APPS}": error(200)})).webhooks.subscribe(["feed"], level="app")


def test_without_an_app_only_the_page_is_asked_and_the_other_way_round() -> None:
    wire = wired()
    only_page = Client(Meta(page_id=PAGE, page_token="P"), transport=wire)
    assert {one.level for one in only_page.webhooks.subscriptions()} == {"account"}
    wire = wired()
    only_app = Client(Meta(APP, "secret"), transport=wire)
    assert {one.level for one in only_app.webhooks.subscriptions()} == {"app"}
    assert wire.lines() == [f"GET {APPS}"]


def test_a_chosen_page_is_the_one_that_is_subscribed() -> None:
    wire = wired(**{
        "GET /42": {"id": "42", "access_token": "OTHER"},
        "GET /me/accounts": page({"id": "42", "access_token": "OTHER"}),
        "GET /42/subscribed_apps": page(),
    })  # fmt: skip
    other = client(wire).for_account(Account.build(kind="page", id="42"))
    assert [one.account for one in other.webhooks.subscriptions()] == [None, None]


@pytest.mark.parametrize(
    ("apps", "pages", "status", "blocked"),
    [
        ([OF_APP], [OF_PAGE], "ok", ()),
        ([OF_APP], [OTHERS], "down", (PAGE,)),
        ([], [OF_PAGE], "down", ()),
        ([OF_APP | {"active": False}], [OF_PAGE], "warning", ()),
    ],
)
def test_a_page_that_was_cut_off_is_noticed(apps: Any, pages: Any, status: str, blocked: Any) -> None:
    wire = wired(**{f"GET {APPS}": page(*apps), f"GET {PAGES}": page(*pages)})
    health = client(wire).webhooks.health()
    assert (health.status, health.blocked) == (status, blocked)
    assert health.message


def test_what_was_lost_is_read_from_the_conversations() -> None:
    with pytest.raises(Unsupported, match="36 hours") as caught:
        client(wired()).webhooks.recover().collect()
    assert "conversations" in str(caught.value.instead)


def test_fields_that_are_plain_text_are_read_as_well() -> None:
    rows = page(
        {"object": "instagram", "fields": ["comments", None], "callback_url": ""},
        {"object": "x", "fields": "y"},
    )
    found = client(wired(**{f"GET {APPS}": rows})).webhooks.subscriptions()
    assert [(one.topic, one.url) for one in found if one.level == "app"] == [("instagram:comments", None)]
    assert json.dumps([one.model_dump(mode="json") for one in found])


def test_what_only_the_app_is_told_ends_there() -> None:
    wire = wired()
    client(wire).webhooks.unsubscribe(["ad.status_changed"])
    assert wire.lines()[0] == f"DELETE {APPS}"
    assert wire.query(f"DELETE {APPS}")["object"] == "ad_account"
    assert f"DELETE {PAGES}" not in wire.lines()
