"""Shopee chat: what is asked, how it is read, what is refused, and what happens to a lost answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.chat_wire import NOW, SHOP, Wire, client, sample, shopee

from socialcommerce import (
    Conversation,
    ConversationRef,
    Coupon,
    Identity,
    Image,
    Media,
    Message,
    Order,
    OrderCard,
    ProductCard,
    ProductRef,
    Response,
    Sticker,
    Text,
    Video,
)
from socialcommerce.errors import (
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    PermissionDenied,
    PlatformUnavailable,
    PolicyViolation,
    TransportError,
    Unsupported,
)
from socialcommerce.models import (
    Audio,
    Buyer,
    Cart,
    File,
    Interactive,
    Location,
    Reaction,
    Template,
)
from socialcommerce.models import (
    Unsupported as Unknown,
)
from socialcommerce.runtime.transport import Interrupted, NotSent

THREAD = "709122092476686867"
BUYER = "165105353"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
REF = ConversationRef(
    platform="shopee", own_account=SHOP, native_id=THREAD, peer=Identity(kind="user_id", value=BUYER)
)
SENT = {"message_id": "2302748948493123999", "conversation_id": int(THREAD), "created_timestamp": int(NOW)}


def own(content: dict[str, Any], kind: str = "text", at: float = NOW, **more: Any) -> dict[str, Any]:
    return {
        "message_id": "2302748948493124000",
        "message_type": kind,
        "from_shop_id": int(SHOP),
        "from_id": 947151379,
        "to_id": int(BUYER),
        "conversation_id": THREAD,
        "created_timestamp": int(at),
        "content": content,
    } | more


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


# send


def test_text_goes_to_the_user_not_to_the_conversation(shared: Path) -> None:
    wire = Wire(send_message=sample(shared, "sellerchat_send_message"))
    receipt = client(wire).messaging.send(REF, "Terima kasih")
    assert wire.body("send_message") == {
        "to_id": 165105353,
        "message_type": "text",
        "content": {"text": "Terima kasih"},
    }
    assert receipt.ids == ("2302748948493123999",)
    assert (receipt.via, receipt.billable, receipt.status) == ("chat", False, "sent")


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (
            Image(Media.from_id("h1").model_copy(update={"url": "https://cf/x"})),
            "image",
            {"image_url": "https://cf/x"},
        ),
        (
            Image(Media.from_url("https://cf.shopee.sg/file/a")),
            "image",
            {"image_url": "https://cf.shopee.sg/file/a"},
        ),
        (
            Video(Media(kind="video", id="v", url="https://u"), duration=3, preview=Media(url="https://t")),
            "video",
            {"vid": "v", "video_url": "https://u", "duration_seconds": 3, "thumb_url": "https://t"},
        ),
        (Sticker("1", "9"), "sticker", {"sticker_id": "1", "sticker_package_id": "9"}),
        (ProductCard([ProductRef("42")]), "item", {"item_id": 42}),
        (OrderCard("240901ABC"), "order", {"order_sn": "240901ABC"}),
        (Coupon("7", "TEN"), "voucher", {"voucher_id": 7, "voucher_code": "TEN"}),
    ],
)
def test_every_content_that_shopee_takes_is_written(content: Any, kind: str, expected: Any) -> None:
    wire = Wire(send_message=SENT)
    client(wire).messaging.send(REF, content)
    body = wire.body("send_message")
    assert (body["message_type"], body["content"]) == (kind, expected)


@pytest.mark.parametrize(
    "content",
    [
        Audio(Media(kind="audio", id="a")),
        File(Media(kind="file", id="f")),
        Location(1, 2),
        Template("welcome"),
        Interactive("choose"),
        Reaction("1", "👍"),
        Cart([]),
        Unknown("x"),
    ],
    ids=lambda content: content.type,
)
def test_what_shopee_does_not_offer_is_refused_before_anything_is_sent(content: Any) -> None:
    wire = Wire(send_message=SENT)
    with pytest.raises(Unsupported) as caught:
        client(wire).messaging.send(REF, ["first", content])
    assert caught.value.operation == f"messaging.send:content.{content.type}"
    assert wire.requests == []


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Image(Media.from_url("https://elsewhere.example/a.png")), "media"),
        (Image(Media.from_bytes(PNG, "image/webp")), "media"),
        (Image(Media.from_bytes(b"0" * (2 * 1024 * 1024 + 1), "image/png")), "media"),
        (Image(Media.from_id("only-an-id")), "media"),
        (Image(Media(kind="video", url="https://cf.shopee.sg/a")), "media"),
        (Image(Media.from_bytes(PNG, "image/png"), caption="look"), "caption"),
        (Video(Media(kind="video", url="https://u")), "media"),
        (Video(Media(kind="video", id="v", url="https://u"), caption="look"), "caption"),
        (Sticker("1"), "sticker"),
        (ProductCard([ProductRef("1"), ProductRef("2")]), "products"),
        (ProductCard([ProductRef("1")], text="look"), "text"),
        (ProductCard([ProductRef(sku="TS-1")]), "products"),
        (OrderCard("1", text="yours"), "text"),
        (Coupon(code="TEN"), "coupon"),
        ([], "contents"),
        (5, "contents"),
    ],
)
def test_what_would_be_lost_or_refused_is_said_before_sending(content: Any, field: str) -> None:
    wire = Wire(send_message=SENT)
    with pytest.raises(InvalidRequest) as caught:
        client(wire).messaging.send(REF, content)
    assert list(caught.value.fields) == [field]
    assert caught.value.sent == "no"
    assert wire.requests == []


def test_a_picture_is_uploaded_first() -> None:
    wire = Wire(upload_image={"url": "https://cf.shopee.sg/file/n", "url_hash": "h"}, send_message=SENT)
    client(wire).messaging.send(REF, Image(Media.from_bytes(PNG, "image/png", name="a.png")))
    upload = wire.sent("upload_image")[0]
    assert b'name="file"; filename="a.png"' in upload.content
    assert PNG in upload.content
    assert wire.body("send_message")["content"] == {"image_url": "https://cf.shopee.sg/file/n"}


@pytest.mark.parametrize(
    "to",
    [
        REF,
        Identity(kind="user_id", value=BUYER),
        Conversation.build(id=THREAD, ref=REF),
        Message.build(id="1", conversation=REF),
        Order.build(id="240901ABC", buyer=Buyer.build(identities=(Identity(kind="user_id", value=BUYER),))),
    ],
    ids=["ref", "identity", "conversation", "message", "order"],
)
def test_whoever_is_named_is_found_without_asking(to: Any) -> None:
    wire = Wire(send_message=SENT)
    client(wire).messaging.send(to, "hello")
    assert [wire.body("send_message")["to_id"], len(wire.requests)] == [int(BUYER), 1]


def test_the_id_of_a_conversation_is_looked_up(shared: Path) -> None:
    row = sample(shared, "sellerchat_get_conversation_list")["conversations"][0]
    wire = Wire(get_one_conversation=row, send_message=SENT)
    client(wire).messaging.send(THREAD, "hello")
    assert wire.query("get_one_conversation") == {"conversation_id": THREAD}
    assert wire.body("send_message")["to_id"] == int(BUYER)


def test_affiliates_are_answered_in_their_own_chat() -> None:
    wire = Wire(send_message=SENT, get_message={"messages": []})
    shop = client(wire)
    shop.messaging.send(REF.model_copy(update={"surface": "affiliate"}), "hello")
    assert wire.body("send_message") | {"business_type": 11, "conversation_id": THREAD} == wire.body(
        "send_message"
    )
    shop.messaging.messages(REF.model_copy(update={"surface": "affiliate"})).collect()
    assert wire.query("get_message")["business_type"] == "11"


def test_several_contents_are_several_messages_in_order() -> None:
    wire = Wire(send_message=[SENT, SENT | {"message_id": 5}])
    receipt = client(wire).messaging.send(REF, ["one", OrderCard("240901ABC")])
    assert receipt.ids == ("2302748948493123999", "5")
    assert [wire.body("send_message", n)["message_type"] for n in (0, 1)] == ["text", "order"]


def test_a_later_failure_tells_what_was_sent() -> None:
    refused = {"error": "error_param", "message": "content is illegal"}
    wire = Wire(send_message=[SENT, refused])
    with pytest.raises(PartiallyApplied) as caught:
        client(wire).messaging.send(REF, ["one", "two", "three"])
    assert caught.value.done == ["2302748948493123999"]
    assert caught.value.failed == ["text", "text"]
    assert [row["text"] for row in caught.value.resume["contents"]] == ["two", "three"]
    assert isinstance(caught.value.__cause__, InvalidRequest)


# a lost answer


@pytest.mark.parametrize(
    "lost", [Interrupted("gone"), Response(502, {}, b"<html>"), Response(200, {}, b'{"er')]
)
def test_a_lost_answer_is_found_again_in_the_history(lost: Any) -> None:
    wire = Wire(send_message=lost, get_message={"messages": [own({"text": "hello"})]})
    receipt = client(wire).messaging.send(REF, "hello")
    assert receipt.ids == ("2302748948493124000",)
    assert len(wire.sent("send_message")) == 1


@pytest.mark.parametrize(
    "row",
    [
        own({"text": "hello"}, at=NOW - 60),
        own({"text": "another"}),
        own({"text": "hello"}, from_shop_id=0),
        own({"text": "hello"}, kind="image"),
        own({"text": "hello"}) | {"content": "?"},
    ],
    ids=["older", "other words", "the buyer's", "other kind", "unreadable"],
)
def test_what_cannot_be_found_is_never_sent_again(row: Any) -> None:
    wire = Wire(send_message=Interrupted("gone"), get_message={"messages": [row]})
    with pytest.raises(OutcomeUnknown, match="not repeated") as caught:
        client(wire).messaging.send(REF, "hello")
    assert caught.value.sent == "unknown"
    assert "messaging.messages" in caught.value.how_to_find_out
    assert len(wire.sent("send_message")) == 1


def test_the_first_of_two_equal_messages_is_not_taken_for_the_second() -> None:
    first = own({"text": "ok"}, message_id=SENT["message_id"])
    wire = Wire(send_message=[SENT, Interrupted("gone")], get_message={"messages": [first]})
    with pytest.raises(PartiallyApplied) as caught:
        client(wire).messaging.send(REF, ["ok", "ok"])
    assert isinstance(caught.value.__cause__, OutcomeUnknown)


def test_a_first_message_is_looked_for_by_the_person(shared: Path) -> None:
    page = sample(shared, "sellerchat_get_conversation_list")
    wire = Wire(
        send_message=Interrupted("gone"),
        get_conversation_list=page,
        get_message={"messages": [own({"image_url": "https://cf.shopee.sg/a"}, "image", url=1)]},
    )
    picture = Image(Media.from_url("https://cf.shopee.sg/a"))
    receipt = client(wire).messaging.send(Identity(kind="user_id", value=BUYER), picture)
    assert receipt.ids == ("2302748948493124000",)
    assert wire.query("get_message")["conversation_id"] == THREAD


def test_without_a_conversation_nobody_can_say() -> None:
    page = {"conversations": [], "page_result": {"more": False}}
    wire = Wire(send_message=Interrupted("gone"), get_conversation_list=page)
    with pytest.raises(OutcomeUnknown):
        client(wire).messaging.send(Identity(kind="user_id", value=BUYER), "hello")


def test_what_never_left_is_sent_again() -> None:
    wire = Wire(send_message=[NotSent("refused"), SENT])
    assert client(wire).messaging.send(REF, "hello").ids == ("2302748948493123999",)


# permission and policy


def test_an_app_without_chat_is_told_so_and_the_policy_remembers() -> None:
    wire = Wire(send_message=Response(491), get_message={"messages": []})
    shop = client(wire)
    assert shop.messaging.policy(REF).can_reply
    with pytest.raises(PermissionDenied) as caught:
        shop.messaging.send(REF, "hello")
    assert caught.value.kind == "app_category"
    policy = shop.messaging.policy(REF)
    assert not policy.can_reply
    assert "Customer Service" in (policy.reason or "")
    with pytest.raises(PolicyViolation):
        shop.messaging.send(REF, "hello")
    assert len(wire.requests) == 1


def test_shops_in_taiwan_cannot_write() -> None:
    wire = Wire(send_message=SENT)
    with pytest.raises(PolicyViolation, match="Taiwan") as caught:
        client(wire, backend=shopee(region="TW")).messaging.send(REF, "hello")
    assert caught.value.sent == "no"
    assert wire.requests == []


def test_chat_speaks_with_the_app_it_was_given() -> None:
    from socialcommerce.backends import App

    wire = Wire(send_message=SENT)
    backend = shopee(chat=App(777, "chat-key", access_token="chat-token"))
    client(wire, backend=backend).messaging.send(REF, "hello", allow_paid=True)
    assert "partner_id=777" in wire.requests[0].url
    assert "access_token=chat-token" in wire.requests[0].url


@pytest.mark.parametrize(
    "option", [{"purpose": "marketing"}, {"reply_to": "1"}, {"silent": True}, {"idempotency_key": "k"}]
)
def test_options_that_shopee_does_not_know_are_refused(option: dict[str, Any]) -> None:
    wire = Wire(send_message=SENT)
    with pytest.raises(Unsupported) as caught:
        client(wire).messaging.send(REF, "hello", **option)
    assert caught.value.operation == f"messaging.send:{next(iter(option))}"
    assert wire.requests == []


def test_the_rest_is_refused_with_its_reason() -> None:
    messaging = client(Wire()).messaging
    for call in (
        lambda: messaging.typing(REF),
        lambda: messaging.handover(REF),
        lambda: messaging.broadcast([BUYER], "sale"),
        messaging.templates.list,
        lambda: messaging.templates.delete("1"),
    ):
        with pytest.raises(Unsupported) as caught:
            call()
        assert len(caught.value.reason) > 20


# the rest


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


def test_a_picture_can_be_uploaded_once_and_sent_often() -> None:
    answer = {"url": "https://cf.shopee.sg/file/n", "file_server_id": 3, "thumbnail": "t"}
    wire = Wire(upload_image=answer, send_message=SENT)
    shop = client(wire)
    media = shop.messaging.upload_media(Media.from_bytes(PNG, "image/gif"))
    assert (media.id, media.url, media.status) == ("3", "https://cf.shopee.sg/file/n", "ready")
    shop.messaging.send(REF, Image(media))
    assert len(wire.sent("upload_image")) == 1


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


def test_every_row_of_the_matrix_is_a_capability(shared: Path) -> None:
    capabilities = client(Wire()).capabilities
    rows = [line.split("\t") for line in (shared / "mapping" / "messaging.tsv").read_text().splitlines()]
    for name, platform, _, support, *_ in rows:
        if platform == "shopee":
            assert capabilities[name.partition(" (")[0]].level == support, name


def test_policy_knows_no_end(shared: Path) -> None:
    policy = client(Wire()).messaging.policy(THREAD)
    assert (policy.can_reply, policy.free_until, policy.remaining, policy.exits) == (True, None, None, ())
