"""The shared replies and pushes of messaging, field by field as the sheet maps them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.meta.chat_wire import (
    CONVERSATIONS,
    HISTORY,
    INSTAGRAM,
    JANE,
    JOHN,
    PAGE,
    SEND,
    THREAD,
    Wire,
    client,
    jane,
    sample,
    talk,
)
from tests.meta.hooks_wire import events

from socialcommerce import EventRef, Identity
from socialcommerce.errors import PolicyViolation, RateLimited
from socialcommerce.models.content import Postback, Text

ASKED = datetime(2026, 11, 21, 10, 11, 12, tzinfo=UTC)
WHO = Identity(kind="psid", scope=PAGE, value=JANE)


def pushed(name: str) -> Any:
    return events(json.dumps(sample(name)).encode())


def at(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)


def test_a_conversation() -> None:
    wire = Wire({CONVERSATIONS: sample("conversations_list")})
    (one,) = client(wire, instagram=False).messaging.conversations().collect()
    assert (one.id, one.native_ids) == (THREAD, {"thread_id": THREAD})
    assert (one.buyer, one.buyer_name) == (WHO, "Jane Doe")
    assert (one.unread, one.last_message, one.updated_at) == (1, "Is it in stock?", ASKED)
    assert (one.ref.surface, one.ref.own_account, one.ref.peer) == ("messenger", PAGE, WHO)
    assert not one.loaded("status")
    assert one.raw == sample("conversations_list")["data"][0]
    assert wire.query(CONVERSATIONS) == {
        "platform": "messenger",
        "fields": "id,updated_time,link,snippet,unread_count,message_count,can_reply,participants",
        "limit": "25",
    }


def test_a_history() -> None:
    wire = Wire({HISTORY: [sample("conversation_messages"), {"data": []}]})
    (one,) = client(wire).messaging.messages(jane()).collect()
    assert (one.id, one.native_ids) == ("m_aGVsbG8", {"mid": "m_aGVsbG8"})
    assert (one.contents, one.sent_at) == ((Text("Is it in stock?"),), ASKED)
    assert (one.author, one.sender, one.echo, one.delivery) == ("buyer", WHO, False, None)
    assert wire.query(HISTORY)["fields"] == "id,created_time,from,to,message,attachments"
    assert wire.query(HISTORY, 1)["after"] == "QVF2"


def test_what_a_send_answers() -> None:
    receipt = client(talk(**{SEND: sample("send_message_response")})).messaging.send(jane(), "Yes")
    assert receipt.ids == (sample("send_message_response")["message_id"],)
    assert receipt.raw == sample("send_message_response")


def test_a_closed_window() -> None:
    with pytest.raises(PolicyViolation) as caught:
        client(talk(**{SEND: sample("error_10_2018278_outside_window")})).messaging.send(jane(), "Yes")
    assert (caught.value.code, caught.value.request_id) == ("10/2018278", "AmFGcW_3hwDB7qFbl_QdebZ")


def test_a_throttled_page() -> None:
    wire = Wire({CONVERSATIONS: sample("error_80001_page_throttle")})
    with pytest.raises(RateLimited):
        client(wire).messaging.conversations().collect()


def test_a_message_to_the_page() -> None:
    (event,) = pushed("webhook_page_message")
    assert (event.type, event.native_type, event.account) == ("message.received", "messages", PAGE)
    assert event.ref == EventRef(kind="message", id="m_aGVsbG8", parent_id=JANE)
    assert event.occurred_at == at(1_795_262_400_007)
    assert event.state.contents == (
        Text("Is it in stock?"),
        Postback(payload="STOCK_Q", title="Is it in stock?"),
    )
    assert event.raw == sample("webhook_page_message")["entry"][0]


def test_an_echo_from_the_inbox_and_a_read_mark() -> None:
    echo, read = pushed("webhook_page_echo_and_read")
    assert (echo.type, echo.state.text, echo.state.author) == ("message.sent", "Yes it is", "person")
    assert echo.state.conversation.peer == WHO
    assert (read.type, read.ref) == ("message.read", EventRef(kind="conversation", id=JANE))
    assert read.data["read"] == {"watermark": 1_795_262_401_999}
    assert read.occurred_at == at(1_795_262_402_007)


def test_a_comment_on_the_page_is_told_in_seconds() -> None:
    (event,) = pushed("webhook_page_feed_comment")
    assert event.occurred_at == datetime.fromtimestamp(1_795_262_499, UTC)
    assert event.state.native_ids == {"comment_id": f"{PAGE}_998877", "post_id": f"{PAGE}_112233"}
    assert event.state.reply_to == f"{PAGE}_112233"


def test_a_comment_on_instagram() -> None:
    (event,) = pushed("webhook_instagram_comment")
    assert (event.native_type, event.account, event.state.text) == ("comments", INSTAGRAM, "Price?")
    assert event.occurred_at == datetime.fromtimestamp(1_795_262_411, UTC)
    assert event.state.conversation.peer == Identity(kind="igsid", scope=INSTAGRAM, value="17841405793187218")


def test_a_message_to_instagram() -> None:
    (event,) = pushed("webhook_instagram_message")
    assert (event.type, event.state.text) == ("message.received", "hi")
    assert event.state.conversation.peer == Identity(kind="igsid", scope=INSTAGRAM, value=JOHN)
    assert event.occurred_at == at(1_795_262_420_001)
    assert event.state.reply_to is None
