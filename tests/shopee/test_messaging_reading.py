"""Shopee chat, read: conversations, messages, received files and profiles, and how each is mapped."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.chat_wire import Wire, client, sample
from tests.shopee.threads import BUYER, PNG, REF, THREAD, own

from socialcommerce import (
    Coupon,
    Identity,
    Image,
    Media,
    Message,
    OrderCard,
    ProductCard,
    ProductRef,
    Response,
    Sticker,
    Text,
    Video,
)
from socialcommerce.errors import InvalidRequest, NotFound, PlatformUnavailable, TransportError
from socialcommerce.models import Unsupported as Unknown
from socialcommerce.runtime.transport import Interrupted

# conversations


def test_conversations_are_asked_newest_first_a_page_of_25(shared: Path) -> None:
    wire = Wire(
        get_conversation_list=[sample(shared, "sellerchat_get_conversation_list"), {"conversations": []}]
    )
    shop = client(wire)
    shop.messaging.conversations().collect()
    assert wire.query("get_conversation_list", 0) == {"direction": "older", "type": "all", "page_size": "25"}
    assert wire.query("get_conversation_list", 1)["next_timestamp_nano"] == "1726044700000000000"


def test_a_conversation_is_mapped_whole(shared: Path) -> None:
    page = sample(shared, "sellerchat_get_conversation_list") | {"page_result": {"more": False}}
    first, second = client(Wire(get_conversation_list=page)).messaging.conversations().collect()
    assert first.id == THREAD
    assert first.ref == REF
    assert first.buyer == Identity(kind="user_id", value=BUYER)
    assert first.buyer_name == "vn_cstoreponorogo"
    assert first.unread == 1
    assert first.last_message == "Baik kak .. 🤗"
    assert first.updated_at == datetime(2024, 9, 11, 8, 52, 1, tzinfo=UTC)
    assert second.id == "709122092476686868"


def test_unread_is_asked_of_the_platform(shared: Path) -> None:
    wire = Wire(get_conversation_list={"conversations": []})
    assert client(wire).messaging.conversations(unread=True).collect() == []
    assert wire.query("get_conversation_list")["type"] == "unread"


def test_updated_after_stops_the_walk(shared: Path) -> None:
    wire = Wire(get_conversation_list=sample(shared, "sellerchat_get_conversation_list"))
    since = datetime.fromtimestamp(1726044710, UTC)
    assert [row.id for row in client(wire).messaging.conversations(updated_after=since)] == [THREAD]
    assert len(wire.requests) == 1


def test_a_person_is_looked_for_among_all(shared: Path) -> None:
    page = sample(shared, "sellerchat_get_conversation_list") | {"page_result": {}}
    shop = client(Wire(get_conversation_list=page))
    who = Identity(kind="user_id", value="165105354")
    assert [row.id for row in shop.messaging.conversations(user=who)] == ["709122092476686868"]
    assert [row.id for row in shop.messaging.conversations(user="165105353")] == [THREAD]
    with pytest.raises(InvalidRequest, match="user id only"):
        shop.messaging.conversations(user=Identity(kind="phone", value="+65")).collect()


# messages


def test_the_first_page_of_messages_is_asked_without_an_offset(shared: Path) -> None:
    wire = Wire(get_message=[sample(shared, "sellerchat_get_message"), {"messages": [], "page_result": {}}])
    rows = client(wire).messaging.messages(THREAD).collect()
    assert wire.query("get_message", 0) == {"conversation_id": THREAD, "page_size": "60"}
    assert wire.query("get_message", 1)["offset"] == "2302748948493123900"
    assert [row.id for row in rows] == ["2302748948493123953", "2302748948493123900"]


def test_an_offset_that_stands_still_ends_the_listing(shared: Path) -> None:
    wire = Wire(get_message=sample(shared, "sellerchat_get_message"))
    assert len(client(wire).messaging.messages(THREAD).collect()) == 2
    assert len(wire.requests) == 2


def test_messages_know_who_wrote_them(shared: Path) -> None:
    answer = sample(shared, "sellerchat_get_message") | {"page_result": {}}
    theirs, ours = client(Wire(get_message=answer)).messaging.messages(REF).collect()
    assert (theirs.author, theirs.echo, theirs.text) == ("buyer", False, "Baik kak .. 🤗")
    assert theirs.sender == Identity(kind="user_id", value=BUYER)
    assert (ours.author, ours.echo, ours.delivery) == ("person", True, "sent")
    assert ours.contents == (OrderCard("220818EGS328B9"),)
    assert ours.conversation.peer == Identity(kind="user_id", value=BUYER)
    assert theirs.sent_at == datetime.fromtimestamp(1726044721, UTC)


def test_messages_are_cut_by_time_and_the_walk_stops(shared: Path) -> None:
    wire = Wire(get_message=sample(shared, "sellerchat_get_message"))
    shop = client(wire)
    middle = datetime.fromtimestamp(1726044700, UTC)
    assert [row.echo for row in shop.messaging.messages(THREAD, since=middle)] == [False]
    assert len(wire.requests) == 1
    wire.answers["get_message"] = [sample(shared, "sellerchat_get_message") | {"page_result": {}}]
    assert [row.echo for row in shop.messaging.messages(THREAD, until=middle)] == [True]


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("text", {"text": "hi"}, Text("hi")),
        ("image", {"url": "https://cf.shopee.sg/file/a"}, Image(Media(url="https://cf.shopee.sg/file/a"))),
        (
            "video",
            {
                "vid": "v1",
                "video_url": "https://cf.shopee.sg/v",
                "duration_seconds": 7,
                "thumb_url": "https://t",
            },
            Video(
                Media(kind="video", id="v1", url="https://cf.shopee.sg/v"),
                preview=Media(url="https://t"),
                duration=7.0,
            ),
        ),
        ("sticker", {"sticker_id": "1", "sticker_package_id": "9"}, Sticker("1", "9")),
        ("item", {"item_id": 42, "shop_id": 1}, ProductCard([ProductRef("42")])),
        ("order", {"order_sn": "240901ABC"}, OrderCard("240901ABC")),
        ("voucher", {"voucher_id": 7, "voucher_code": "TEN"}, Coupon("7", "TEN")),
        ("bundle_message", {"messages": []}, Unknown("bundle_message", {"messages": []})),
        ("faq_liveagent", {"x": 1}, Unknown("faq_liveagent", {"x": 1})),
        ("text", {"text": ""}, Unknown("text", {"text": ""})),
        ("image", {}, Unknown("image", {})),
        ("video", {}, Unknown("video", {})),
        ("sticker", {}, Unknown("sticker", {})),
        ("item", "?", Unknown("item", "?")),
    ],
)
def test_every_content_that_arrives_is_kept(kind: str, content: Any, expected: Any) -> None:
    row = {"message_id": 9007199254740993, "message_type": kind, "content": content, "from_id": 1}
    (message,) = client(Wire(get_message={"messages": [row]})).messaging.messages(THREAD).collect()
    assert message.contents == (expected,)
    assert message.id == "9007199254740993"


@pytest.mark.parametrize(
    "value", [1726044721, 1726044721000, 1726044721000000, 1726044721000000000, "1726044721"]
)
def test_instants_are_told_by_their_magnitude(value: Any) -> None:
    row = {"conversation_id": THREAD, "to_id": 1, "last_message_timestamp": value}
    (thread,) = client(Wire(get_conversation_list={"conversations": [row]})).messaging.conversations()
    assert thread.updated_at == datetime.fromtimestamp(1726044721, UTC)


# marking


def test_a_conversation_is_marked_read_up_to_a_message(shared: Path) -> None:
    row = sample(shared, "sellerchat_get_conversation_list")["conversations"][0]
    wire = Wire(read_conversation={}, get_one_conversation=row)
    shop = client(wire)
    shop.messaging.mark_read(THREAD, up_to=Message.build(id="5"))
    assert wire.body("read_conversation") == {"conversation_id": int(THREAD), "last_read_message_id": "5"}
    shop.messaging.mark_read(REF)
    assert wire.body("read_conversation")["last_read_message_id"] == "2302748948493123953"


def test_marking_needs_the_id_of_a_conversation() -> None:
    with pytest.raises(InvalidRequest, match="conversation"):
        client(Wire()).messaging.mark_read(REF.model_copy(update={"native_id": "x"}), up_to="5")


# files, profiles and persons


def test_a_received_file_is_fetched_without_credentials() -> None:
    wire = Wire(a=Response(200, {"Content-Type": "image/png"}, PNG))
    document = client(wire).messaging.download_media(Media.from_url("https://cf.shopee.co.id/file/a"))
    assert (document.name, document.media_type, document.read()) == ("a", "image/png", PNG)
    assert wire.requests[0].url == "https://cf.shopee.co.id/file/a"
    assert wire.requests[0].headers == {}


@pytest.mark.parametrize(
    "url", ["https://evil.example/a", "http://cf.shopee.sg/a", "https://shopee.sg.evil.com/a"]
)
def test_nothing_is_fetched_from_elsewhere(url: str) -> None:
    with pytest.raises(InvalidRequest):
        client(Wire()).messaging.download_media(Media.from_url(url))


@pytest.mark.parametrize(
    ("answer", "error"),
    [(Response(404), NotFound), (Response(500), PlatformUnavailable), (Interrupted("gone"), TransportError)],
)
def test_a_file_that_is_gone_is_an_error(answer: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        client(Wire(a=answer)).messaging.download_media(Media.from_url("https://cf.shopee.sg/a"))


def test_a_profile_is_what_the_conversation_shows(shared: Path) -> None:
    page = sample(shared, "sellerchat_get_conversation_list")
    wire = Wire(get_one_conversation=page["conversations"][0], get_conversation_list=page)
    shop = client(wire)
    by_thread = shop.messaging.profile(THREAD)
    assert by_thread.name == "vn_cstoreponorogo"
    assert by_thread.picture_url == "https://cf.shopee.co.id/file/2a9a85ce"
    assert shop.messaging.profile(Identity(kind="user_id", value=BUYER)) == by_thread
    nobody = {"conversations": [], "page_result": {}}
    with pytest.raises(NotFound):
        client(Wire(get_conversation_list=nobody)).messaging.profile(Identity(kind="user_id", value="9"))


def test_messages_of_a_person_are_those_of_their_conversation(shared: Path) -> None:
    wire = Wire(
        get_conversation_list=sample(shared, "sellerchat_get_conversation_list"),
        get_message={"messages": []},
    )
    client(wire).messaging.messages(Identity(kind="user_id", value=BUYER)).collect()
    assert wire.query("get_message")["conversation_id"] == THREAD


def test_a_listing_goes_on_from_its_cursor(shared: Path) -> None:
    wire = Wire(get_message=[sample(shared, "sellerchat_get_message"), {"messages": [own({"text": "x"})]}])
    pager = client(wire).messaging.messages(THREAD)
    iterator = iter(pager)
    next(iterator)
    kept = json.loads(json.dumps(pager.cursor))
    again = Wire(get_message=sample(shared, "sellerchat_get_message") | {"page_result": {}})
    rest = client(again).messaging.messages(THREAD, cursor=kept).collect()
    assert [row.echo for row in rest] == [True]
