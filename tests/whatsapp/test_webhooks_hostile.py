"""Whatever a delivery holds, it becomes events or one kind of error."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.meta.wire import PHONE, Wire
from tests.whatsapp.chat import change, deliver, events, message, ordered, push

from socialcommerce.backends.meta.whatsapp.codes import webhooks as codes
from socialcommerce.errors import WebhookError

MANY = settings(max_examples=int(os.environ.get("WEBHOOK_EXAMPLES", "150")), deadline=None)
CLIENT = Wire().whatsapp()


# hostile bodies


@MANY
@given(st.binary(max_size=200) | st.from_type(dict[str, int]).map(lambda value: json.dumps(value).encode()))
def test_hostile_bodies_are_one_kind_of_error(body: bytes) -> None:
    with pytest.raises(WebhookError):
        events(CLIENT, body)


JSONISH = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(
    ["text", "image", "order", "interactive", "button", "location", "contacts", "reaction", "system", "audio"]
)
NAMES = st.sampled_from(
    ["id", "from", "from_user_id", "timestamp", "context", "referral", "errors", "text", "order",
     "interactive", "button", "location", "contacts", "reaction", "system", "payment", "status", "wa_id",
     "user_id", "value"]
)  # fmt: skip


def row_of(kind: str, parts: dict[str, Any]) -> dict[str, Any]:
    return {"id": "wamid.1", "type": kind} | parts


@MANY
@given(KINDS, st.dictionaries(NAMES, JSONISH, max_size=6))
def test_whatever_a_signed_message_holds_it_becomes_events(kind: str, parts: dict[str, Any]) -> None:
    row = row_of(kind, parts)
    assert events(CLIENT, change("messages", {"messages": [row], "statuses": [parts]}))
    client = Wire().whatsapp()
    deliver(client, change("messages", {"metadata": {"phone_number_id": PHONE}, "messages": [row]}))
    client.orders.list().collect()
    client.messaging.conversations().collect()


@MANY
@given(st.sampled_from([*codes.FIELDS, "new"]), st.dictionaries(NAMES | st.sampled_from(
    ["metadata", "messages", "statuses", "calls", "message_echoes", "user_preferences", "user_id_update"]
), JSONISH, max_size=6))  # fmt: skip
def test_whatever_a_signed_change_holds_it_becomes_events(field: str, value: dict[str, Any]) -> None:
    assert events(CLIENT, change(field, value))
    client = Wire().whatsapp()
    deliver(client, change(field, value | {"metadata": {"phone_number_id": PHONE}}))
    client.orders.list().collect()
    client.messaging.conversations().collect()


PARTS = st.dictionaries(
    NAMES
    | st.sampled_from(
        ["direction", "event", "biz_opaque_callback_data", "pricing", "to", "reference_id", "amount",
         "currency", "transaction", "offset", "previous", "current", "recipient_id"]
    ),
    JSONISH | st.sampled_from(["captured", "failed", "USER_INITIATED", "connect", "US.1", "16505551234"]),
    max_size=6,
)  # fmt: skip
PLACES = st.sampled_from(
    [
        ("messages", "statuses"),
        ("calls", "calls"),
        ("smb_message_echoes", "message_echoes"),
        ("user_preferences", "user_preferences"),
        ("user_id_update", "user_id_update"),
    ]
)


@MANY
@given(PLACES, PARTS, PARTS, st.sampled_from(["payment", "text", "system", None]))
def test_whatever_a_row_holds_it_is_remembered_without_harm(
    place: tuple[str, str], row: dict[str, Any], inner: dict[str, Any], kind: str | None
) -> None:
    field, name = place
    told = row | {"id": "wamid.1", "type": kind, "payment": inner, "user_id": inner, "system": inner}
    client = Wire().whatsapp()
    deliver(client, push(message()))
    deliver(client, change(field, {"metadata": {"phone_number_id": PHONE}, name: [told]}))
    client.orders.changes(since=datetime.fromtimestamp(0, UTC)).collect()
    for conversation in client.messaging.conversations():
        client.messaging.messages(conversation).collect()
        client.messaging.policy(conversation)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(WebhookError):
        events(CLIENT, b'{"object":"whatsapp_business_account","entry":' + b"[" * 100_000)


def test_prices_are_never_floats() -> None:
    body = push(ordered()).replace(b"25.5,", b"25.10000000000000000001,")
    created, _ = events(CLIENT, body)
    assert created.state.lines[1].unit_price.amount == Decimal("25.10000000000000000001")
