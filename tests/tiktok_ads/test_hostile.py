"""Whatever arrives at TikTok's webhooks: an event, or a WebhookError that says why; never anything else."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiktok_ads.wire import Wire

from socialcommerce.errors import WebhookError

SHOP = Wire().client()
MANY = settings(max_examples=int(os.environ.get("WEBHOOK_EXAMPLES", "300")), deadline=None)

text = st.text(st.characters(codec=None))
wild = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | text
    | st.sampled_from(["0", "9" * 400, 10**400, -(10**18), "\ud800", "{}", "[]", "null"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
NAMES = [
    "message_id",
    "conversation_id",
    "comment_id",
    "video_id",
    "timestamp",
    "type",
    "message_type",
    "text",
    "image",
    "from_user",
    "to_user",
    "read",
    "share_id",
    "publish_id",
    "comment_action",
    "referenced_message_info",
    "template",
    "sticker",
    "message_tag",
]
contents = st.dictionaries(st.sampled_from(NAMES), wild | st.sampled_from(["text", "image"]), max_size=8)
EVENTS = ["im_receive_msg", "im_send_msg", "im_mark_read_msg", "comment.update", "post.publish.complete", "x"]
account = st.fixed_dictionaries(
    {"event": st.sampled_from(EVENTS) | wild, "content": contents.map(json.dumps) | contents | wild},
    optional={"create_time": wild, "user_openid": wild, "client_key": wild},
)
ENTRY = [
    "id",
    "log_id",
    "advertiser_id",
    "adv_id",
    "ad_id",
    "adgroup_id",
    "campaign_id",
    "reject_reason",
    "changes",
]
entries = st.lists(st.dictionaries(st.sampled_from(ENTRY), wild, max_size=6) | wild, max_size=3) | wild
subscription = st.fixed_dictionaries(
    {"object": st.sampled_from([1, 2, 3, 8, 9, 10, 11, "3"]) | wild, "entry": entries},
    optional={"time": wild, "request_id": wild},
)


def received(headers: Any, body: Any) -> Any:
    try:
        receipt = SHOP.webhooks.receive(method="POST", headers=headers, body=body)
    except WebhookError:
        return None
    return receipt.events


@MANY
@given(account | subscription)
def test_a_signed_push_of_any_shape_is_events_or_malformed(push: dict[str, Any]) -> None:
    body = json.dumps(push).encode()
    for event in received(SHOP.webhooks.sign(body).headers, body) or ():
        assert event.key.encode()
        assert event.raw is not None
        assert event.model_dump_json()


@MANY
@given(
    st.dictionaries(st.sampled_from(["Tiktok-Signature", "X-Open-Signature", "x"]), text | st.binary()),
    st.binary() | text,
)
def test_unsigned_bytes_are_never_events(headers: dict[str, Any], body: Any) -> None:
    assert received(headers, body) is None


@MANY
@given(account | subscription, st.integers(0, 10**6), st.integers(1, 255))
def test_one_changed_byte_of_a_signed_push_is_refused(push: dict[str, Any], place: int, by: int) -> None:
    body = json.dumps(push).encode()
    changed = bytearray(body)
    changed[place % len(body)] ^= by
    assert received(SHOP.webhooks.sign(body).headers, bytes(changed)) is None


@MANY
@given(st.binary().filter(lambda body: b"event" not in body and b"object" not in body))
def test_signed_garbage_is_malformed(body: bytes) -> None:
    headers = SHOP.webhooks.sign(body).headers
    with pytest.raises(WebhookError) as caught:
        SHOP.webhooks.receive(method="POST", headers=headers, body=body)
    assert caught.value.reason == "malformed"
