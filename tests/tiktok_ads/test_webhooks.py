"""Both families of webhooks: verified, read, subscribed to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.tiktok_ads.wire import ADVERTISER, BUSINESS, NOW, Wire

from socialcommerce import Client, errors
from socialcommerce.backends import TikTokAds

SHARED = shared_path()
VECTORS: list[dict[str, Any]] = json.loads((SHARED / "vectors/tiktok_ads.json").read_text()) if SHARED else []
MOMENT = datetime.fromtimestamp(NOW, UTC)


def receiver(secret: str = "app-secret", **settings: Any) -> Client:
    def refuse(request: Any) -> Any:
        raise AssertionError("nothing may be sent")

    return Client(TikTokAds("7012345678901234567", secret, **settings), transport=refuse, clock=lambda: NOW)


def deliver(client: Client, body: bytes, now: datetime = MOMENT) -> Any:
    signed = client.webhooks.sign(body, now=MOMENT)
    return client.webhooks.receive(method="POST", headers=signed.headers, body=body, now=now)


@pytest.mark.parametrize(
    "vector", [one for one in VECTORS if one["kind"] == "webhook"], ids=lambda one: one["name"]
)
def test_signatures_are_as_published(vector: dict[str, Any]) -> None:
    given = vector["inputs"]
    client = receiver(given.get("client_secret") or given["app_secret"])
    body, now = given["raw_body"].encode(), datetime.fromtimestamp(given.get("now", NOW), UTC)
    headers = {given["header_name"]: given["header"]}
    if not vector["expected"]["valid"]:
        with pytest.raises(errors.WebhookError) as caught:
            client.webhooks.receive(method="POST", headers=headers, body=body, now=now)
        assert caught.value.reason == "stale"
        return
    receipt = client.webhooks.receive(method="POST", headers=headers, body=body, now=now)
    assert (receipt.assurance, receipt.response.status, len(receipt.events)) == ("signed", 200, 1)
    forged = body.replace(b"1763", b"1764", 1)
    with pytest.raises(errors.WebhookError):
        client.webhooks.receive(method="POST", headers=headers, body=forged, now=now)


SAMPLES = {
    "webhook_im_receive_msg": ("message.received", "message", "7500000000000000001"),
    "webhook_im_receive_image": ("message.received", "message", "7500000000000000004"),
    "webhook_im_send_msg_echo": ("message.sent", "message", "7500000000000000012"),
    "webhook_im_mark_read": ("message.read", "conversation", "c+AbC/1=="),
    "webhook_comment_update": ("unknown", "comment", "7500000000000000002"),
    "webhook_subscription_ad_review": ("ad.reviewed", "ad", "1700000000002001"),
    "webhook_subscription_lead": ("unknown", "lead", "7012345678901234567"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_published_push_is_read_and_keeps_its_key(shared: Path, name: str) -> None:
    body = (shared / f"samples/tiktok_ads/{name}.json").read_bytes()
    client = receiver()
    (one,) = deliver(client, body).events
    kind, about, number = SAMPLES[name]
    assert (one.type, one.ref.kind, one.ref.id) == (kind, about, number)
    assert one.account in (BUSINESS, ADVERTISER)
    (again,) = deliver(client, body).events
    assert again.key == one.key


def test_a_message_is_carried_whole(shared: Path) -> None:
    body = (shared / "samples/tiktok_ads/webhook_im_receive_msg.json").read_bytes()
    (one,) = deliver(receiver(), body).events
    assert (one.state.text, one.state.author, one.state.conversation.native_id) == (
        "Hi – còn size M? 🙏",
        "buyer",
        "c+AbC/1==",
    )
    body = (shared / "samples/tiktok_ads/webhook_im_send_msg_echo.json").read_bytes()
    (echo,) = deliver(receiver(), body).events
    assert echo.state.echo
    assert echo.state.conversation.peer.value == "u-1"


def test_the_time_is_checked_both_ways_and_keys_can_be_replaced() -> None:
    body = b'{"client_key":"7","event":"im_receive_msg","create_time":1,"user_openid":"b","content":"{}"}'
    for off in (timedelta(minutes=6), timedelta(minutes=-6)):
        with pytest.raises(errors.WebhookError):
            deliver(receiver(), body, MOMENT + off)
    signed = receiver("old").webhooks.sign(body, now=MOMENT)
    new = receiver("new", webhook_secrets="old")
    assert new.webhooks.receive(method="POST", headers=signed.headers, body=body, now=MOMENT).events


def test_a_subscription_signed_over_its_raw_bytes_is_taken_too() -> None:
    import hmac

    body = '{"object":1,"time":1,"entry":[{"id":1,"name":"Åsa"}]}'.encode()
    made = hmac.new(b"app-secret", body, "sha256").hexdigest()
    receipt = receiver().webhooks.receive(method="POST", headers={"X-Open-Signature": made}, body=body)
    assert receipt.assurance == "signed"


@pytest.mark.parametrize(
    "headers", [{}, {"Tiktok-Signature": "t=x,s=y"}, {"Tiktok-Signature": ""}, {"X-Open-Signature": "00"}]
)
def test_what_is_not_signed_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(errors.WebhookError):
        receiver().webhooks.receive(method="POST", headers=headers, body=b"{}", now=MOMENT)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"event":"x","content":"[]"}', b'{"object":"z"}', b"\xff"]
)
def test_hostile_bodies_are_one_error(body: bytes) -> None:
    with pytest.raises(errors.WebhookError):
        deliver(receiver(), body)


def test_subscriptions_are_made_listed_and_ended() -> None:
    wire = Wire()
    wire["/business/webhook/update/"] = {}
    wire["/business/webhook/delete/"] = {}
    wire["/business/webhook/list/"] = lambda request: (
        {"event_type": "DIRECT_MESSAGE", "callback_url": "https://x.example/hook"}
        if "DIRECT_MESSAGE" in request.url
        else {"data": None, "code": 0}
    )
    wire["/subscription/subscribe/"] = {"subscription_id": "s1"}
    wire["/subscription/unsubscribe/"] = {}
    wire["/subscription/get/"] = lambda request: {
        "subscriptions": [
            {
                "subscription_id": "s1",
                "callback_url": "https://x.example/hook",
                "subscription_detail": {"advertiser_id": ADVERTISER, "access_token": "hidden"},
            }
        ]
        if "entity=AD&" in request.url
        else []
    }
    client = wire.client(callback_urls={"default": "https://x.example/hook"})
    found = client.webhooks.subscribe(["message.received", "ad.reviewed"])
    assert [(one.topic, one.level) for one in found] == [("DIRECT_MESSAGE", "app"), ("AD", "account")]
    assert "hidden" not in repr([one.raw for one in found])
    assert wire.body("/subscription/subscribe/")["subscription_detail"]["advertiser_id"] == ADVERTISER
    assert all("Access-Token" not in one.headers for one in wire.sent)
    client.webhooks.unsubscribe(["DIRECT_MESSAGE", "AD"])
    assert wire.body("/subscription/unsubscribe/")["subscription_id"] == "s1"
    assert client.webhooks.health().status == "unknown"
    wire["/business/webhook/list/"] = {"code": 0, "data": None}
    wire["/subscription/get/"] = {"subscriptions": []}
    assert not client.webhooks.health()


def test_what_tiktok_does_not_push_is_refused() -> None:
    client = receiver(callback_urls={"default": "https://x.example/hook"})
    with pytest.raises(errors.Unsupported):
        client.webhooks.subscribe(["order.paid"])
    with pytest.raises(errors.InvalidRequest):
        client.webhooks.subscribe(["NONSENSE"])
    with pytest.raises(errors.ConfigurationError):
        receiver().webhooks.subscribe(["message.received"])
    with pytest.raises(errors.Unsupported):
        client.webhooks.recover().collect()
