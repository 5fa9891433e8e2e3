"""What WhatsApp pushes, switched on and off, of the app and of the account."""

from __future__ import annotations

from typing import Any

import pytest
from tests.meta.wire import APP, PHONE, SECRET, WABA, Wire, refusal, rows
from tests.whatsapp.chat import (
    sample,
)

from socialcommerce import Client
from socialcommerce.backends import WhatsApp
from socialcommerce.errors import ConfigurationError, InvalidRequest, Unsupported

CLIENT = Wire().whatsapp()


APP_PATH, ACCOUNT_PATH = f"/{APP}/subscriptions", f"/{WABA}/subscribed_apps"
HOOK = "https://shop.example/hooks"


def app_row(*fields: str) -> dict[str, Any]:
    return {
        "object": "whatsapp_business_account",
        "callback_url": HOOK,
        "active": True,
        "fields": [{"name": name, "version": "v26.0"} for name in fields],
    }


def hooked(*fields: str, **settings: Any) -> tuple[Wire, Client]:
    wire = Wire()
    wire[APP_PATH] = rows(app_row(*fields), {"object": "page", "fields": []}) if fields else rows()
    wire[ACCOUNT_PATH] = {"success": True}
    given_settings = {"verify_token": "vt", "callback_urls": {"default": HOOK}} | settings
    return wire, wire.whatsapp(**given_settings)


def answered_by_method(wire: Wire, path: str, **replies: Any) -> None:
    wire[path] = lambda request: replies.get(request.method, {"success": True})


def test_events_are_subscribed_to_at_both_levels() -> None:
    wire, client = hooked()
    answered_by_method(wire, APP_PATH, GET=rows(app_row("account_update", "messages")))
    app = {"id": APP, "name": "Shop"}
    answered_by_method(wire, ACCOUNT_PATH, GET={"data": [{"whatsapp_business_api_data": app}]})
    found = client.webhooks.subscribe(["order.created", "message.template_updated"])
    (posted,) = [index for index, one in enumerate(wire.requests(APP_PATH)) if one.method == "POST"]
    query = wire.body(APP_PATH, posted)
    assert query["object"] == "whatsapp_business_account"
    assert (query["callback_url"], query["verify_token"]) == (HOOK, "vt")
    assert set(query["fields"].split(",")) == {
        "account_update",  # what was there stays
        "messages",
        "message_template_status_update",
        "message_template_quality_update",
        "message_template_components_update",
        "template_category_update",
    }
    assert wire.bearer(APP_PATH, posted) == f"{APP}|{SECRET}"
    assert [one.method for one in wire.requests(ACCOUNT_PATH)] == ["POST", "GET"]
    assert [(one.topic, one.level) for one in found] == [
        ("account_update", "app"),
        ("messages", "app"),
        ("subscribed_apps", "account"),
    ]
    assert "order.created" in found[1].events


def test_one_account_may_have_an_address_of_its_own() -> None:
    wire, client = hooked("messages")
    answered_by_method(wire, ACCOUNT_PATH, GET=rows())
    client.webhooks.subscribe(["message.received"], level="account")
    assert wire.body(ACCOUNT_PATH, 0) == {"override_callback_uri": HOOK, "verify_token": "vt"}
    assert all(one.method == "GET" for one in wire.requests(APP_PATH))


def test_the_published_subscriptions_are_read() -> None:
    wire, client = hooked("messages")
    wire[ACCOUNT_PATH] = sample("subscribed_apps_list")
    assert [one.topic for one in client.webhooks.subscriptions()] == ["messages"]
    one = wire.client(WhatsApp("1234567890123456", SECRET, "t", waba_id=WABA))
    wire["/1234567890123456/subscriptions"] = rows()
    (own,) = one.webhooks.subscriptions()
    assert (own.level, own.account) == ("account", WABA)


def test_fields_are_unsubscribed_from_and_the_account_when_none_is_left() -> None:
    wire, client = hooked()
    answered_by_method(wire, APP_PATH, GET=rows(app_row("messages", "account_update")))
    answered_by_method(wire, ACCOUNT_PATH, GET=rows())
    client.webhooks.unsubscribe(["order.created"])
    deleted = [
        wire.query(APP_PATH, i) for i, one in enumerate(wire.requests(APP_PATH)) if one.method == "DELETE"
    ]
    assert deleted == [{"object": "whatsapp_business_account", "fields": "messages"}]
    assert all(one.method == "GET" for one in wire.requests(ACCOUNT_PATH))
    client.webhooks.unsubscribe(["messages", "account_update"])
    assert "DELETE" in [one.method for one in wire.requests(ACCOUNT_PATH)]
    with pytest.raises(InvalidRequest, match="account_update"):
        client.webhooks.unsubscribe(["messages"], level="account")


@pytest.mark.parametrize(
    ("event", "error", "match"),
    [
        ("order.cancelled", Unsupported, "never updated"),
        ("product.deleted", Unsupported, "detail='ids'"),
        ("privacy.requested", Unsupported, "dashboard"),
        ("order.exploded", InvalidRequest, "neither"),
        ("unknown", InvalidRequest, "neither"),
    ],
)
def test_what_cannot_be_subscribed_to(event: str, error: type[Exception], match: str) -> None:
    wire, client = hooked()
    with pytest.raises(error, match=match):
        client.webhooks.subscribe([event])
    assert wire.sent == []


def test_where_to_push_must_be_known() -> None:
    _, client = hooked()
    with pytest.raises(ConfigurationError, match="callback_urls"):
        client.webhooks.subscribe(["order.paid"], endpoint="other")
    _, tokenless = hooked(verify_token="")
    with pytest.raises(ConfigurationError, match="verify_token"):
        tokenless.webhooks.subscribe(["order.paid"])


def test_health_is_presence_only() -> None:
    wire, client = hooked()
    wire[ACCOUNT_PATH] = rows()
    assert client.webhooks.health().status == "down"
    wire[ACCOUNT_PATH] = {"data": [{"whatsapp_business_api_data": {"id": APP}}]}
    wire[f"/{PHONE}"] = {"id": PHONE, "webhook_configuration": {"application": HOOK}}
    health = client.webhooks.health()
    assert (health.status, health.raw["phone"]["id"]) == ("unknown", PHONE)
    wire[f"/{PHONE}"] = refusal(100)
    assert client.webhooks.health().status == "unknown"


def test_lost_webhooks_are_lost() -> None:
    with pytest.raises(Unsupported, match="no history"):
        list(CLIENT.webhooks.recover())
