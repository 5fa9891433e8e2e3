"""Shopee chat, written: what is asked, what is refused, what happens to a lost answer, who may send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.shopee.chat_wire import NOW, Wire, client, sample, shopee
from tests.shopee.threads import BUYER, PNG, REF, SENT, THREAD, own

from socialcommerce import (
    Conversation,
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
    Video,
)
from socialcommerce.errors import (
    InvalidRequest,
    OutcomeUnknown,
    PartiallyApplied,
    PermissionDenied,
    PolicyViolation,
    Unsupported,
)
from socialcommerce.models import Audio, Buyer, Cart, File, Interactive, Location, Reaction, Template
from socialcommerce.models import Unsupported as Unknown
from socialcommerce.runtime.transport import Interrupted, NotSent

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


def test_a_picture_can_be_uploaded_once_and_sent_often() -> None:
    answer = {"url": "https://cf.shopee.sg/file/n", "file_server_id": 3, "thumbnail": "t"}
    wire = Wire(upload_image=answer, send_message=SENT)
    shop = client(wire)
    media = shop.messaging.upload_media(Media.from_bytes(PNG, "image/gif"))
    assert (media.id, media.url, media.status) == ("3", "https://cf.shopee.sg/file/n", "ready")
    shop.messaging.send(REF, Image(media))
    assert len(wire.sent("upload_image")) == 1


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


def test_every_row_of_the_matrix_is_a_capability(shared: Path) -> None:
    capabilities = client(Wire()).capabilities
    rows = [line.split("\t") for line in (shared / "mapping" / "messaging.tsv").read_text().splitlines()]
    for name, platform, _, support, *_ in rows:
        if platform == "shopee":
            assert capabilities[name.partition(" (")[0]].level == support, name


def test_policy_knows_no_end(shared: Path) -> None:
    policy = client(Wire()).messaging.policy(THREAD)
    assert (policy.can_reply, policy.free_until, policy.remaining, policy.exits) == (True, None, None, ())
