"""Customer service chat: what is asked, what may be sent, what a lost answer means; engagement tasks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.tiktok_shop.orders_wire import NOW, ORDER, lost, order, shop
from tests.tiktok_shop.wire import SHOP_ID, refusal, sample

from socialcommerce import (
    Audio,
    Consent,
    ConversationRef,
    Coupon,
    Identity,
    Image,
    Location,
    Media,
    OrderCard,
    ProductCard,
    ProductRef,
    Recipient,
    Sticker,
    Template,
    Text,
    Video,
)
from socialcommerce.backends import Response
from socialcommerce.errors import (
    InvalidRequest,
    OutcomeUnknown,
    PartiallyApplied,
    PermissionDenied,
    PolicyViolation,
    Unsupported,
)

TALK, BUYER = "7494560109732334261", "7494560109732334262"
LIST = "GET /customer_service/202309/conversations"
HISTORY = f"GET /conversations/{TALK}/messages"
SEND = f"POST /customer_service/202606/conversations/{TALK}/messages"
PNG = b"\x89PNG\r\n\x1a\n"


def talk(number: str = TALK, open_now: bool = True, **fields: Any) -> dict[str, Any]:
    row = sample("conversations")["data"]["conversations"][0]
    return row | {"id": number, "can_send_message": open_now} | fields


def said(
    number: str, text: str = "hi", role: str = "CUSTOMER_SERVICE", at: int = NOW, **more: Any
) -> dict[str, Any]:
    return {
        "id": number,
        "type": "TEXT",
        "content": json.dumps({"content": text}),
        "create_time": at,
        "index": str(at),
        "is_visible": True,
        "sender": {"role": role, "im_user_id": "1"},
    } | more


def chat(**row: Any) -> Any:
    wire, one = shop()
    wire[LIST] = {"conversations": [talk(**row)]}
    wire[HISTORY] = {"messages": []}
    wire[SEND] = {"message_id": "77"}
    return wire, one


def ref() -> ConversationRef:
    return ConversationRef(platform="tiktok_shop", native_id=TALK)


def test_conversations_are_filtered_on_our_side() -> None:
    wire, one = chat()
    wire[LIST] = [
        {"conversations": [talk(unread_count=2), talk("8", unread_count=0)], "next_page_token": "t"},
        {"conversations": [talk("9", unread_count=1)]},
    ]
    found = list(one.messaging.conversations(unread=True))
    assert [each.id for each in found] == [TALK, "9"]
    assert wire.query(LIST, 1) == {"page_size": "20", "page_token": "t"}
    first = found[0]
    assert (first.buyer, first.buyer_name) == (Identity(kind="user_id", value=BUYER), "Albert")
    assert (first.last_message, first.ref.own_account) == ("simple text message", SHOP_ID)
    assert first.native_ids["im_user_id"] == TALK
    wire[LIST] = {"conversations": [talk()]}
    assert list(one.messaging.conversations(updated_after=datetime(2024, 1, 1, tzinfo=UTC))) == []


def test_the_conversation_with_one_buyer_is_opened() -> None:
    wire, one = chat()
    wire["POST /customer_service/202309/conversations"] = {"conversation_id": TALK}
    wire[f"GET /customer_service/202601/conversations/{TALK}"] = {"conversation": talk()}
    (found,) = one.messaging.conversations(user=BUYER)
    assert found.id == TALK
    assert wire.body("POST /customer_service/202309/conversations") == {"buyer_user_id": BUYER}
    with pytest.raises(InvalidRequest, match="user_id"):
        list(one.messaging.conversations(user=Identity(kind="phone", value="+1")))


def test_messages_come_newest_first_without_hidden_ones() -> None:
    wire, one = chat()
    rows = [said("1", at=NOW - 9), said("2", at=NOW - 1), said("3", is_visible=False), said("4", at=NOW - 5)]
    wire[HISTORY] = [{"messages": rows, "next_page_token": "n"}, {"messages": [said("5", at=NOW - 99)]}]
    assert [each.id for each in one.messaging.messages(TALK)] == ["2", "4", "1", "5"]
    assert wire.query(HISTORY) == {"page_size": "10", "sort_order": "DESC"}
    wire[HISTORY] = {"messages": rows, "next_page_token": "n"}
    since = datetime.fromtimestamp(NOW - 6, UTC)
    until = datetime.fromtimestamp(NOW - 1, UTC)
    assert [each.id for each in one.messaging.messages(TALK, since=since, until=until)] == ["4"]


def test_a_message_is_read_whole() -> None:
    wire, one = chat()
    wire[HISTORY] = sample("messages") | {"data": sample("messages")["data"] | {"next_page_token": ""}}
    (found,) = one.messaging.messages(TALK)
    assert (found.text, found.author, found.echo) == ("simple text message", "buyer", False)
    assert found.sender == Identity(kind="external_id", scope="im", value="7494560109732334261")


@pytest.mark.parametrize(
    ("kind", "content", "type_"),
    [
        ("IMAGE", '{"url":"https://x.example/a","width":"9","height":9}', "image"),
        ("VIDEO", '{"vid":"v1"}', "video"),
        ("EMOTICONS", '{"url":"https://x.example/e"}', "sticker"),
        ("PRODUCT_CARD", '{"product_id":"7"}', "product_card"),
        ("BUYER_ENTER_FROM_ORDER", '{"order_id":"5"}', "order_card"),
        ("LOGISTICS_CARD", '{"order_id":"5","package_id":"4"}', "order_card"),
        ("COUPON_CARD", '{"coupon_id":"3"}', "coupon"),
        ("ALLOCATED_SERVICE", '{"nickname":"x"}', "unsupported"),
        ("TEXT", "not json", "unsupported"),
        ("IMAGE", "{}", "unsupported"),
        ("VIDEO", "{}", "unsupported"),
    ],
)
def test_every_kind_of_content_is_read(kind: str, content: str, type_: str) -> None:
    wire, one = chat()
    wire[HISTORY] = {"messages": [said("1", type=kind, content=content)]}
    (found,) = one.messaging.messages(TALK)
    assert [each.type for each in found.contents] == [type_]


@pytest.mark.parametrize(
    ("content", "kind", "written"),
    [
        ("hé 🙏", "TEXT", {"content": "hé 🙏"}),
        (Video(Media.from_id("v1", kind="video")), "VIDEO", {"vid": "v1"}),
        (ProductCard([ProductRef(id="7")]), "PRODUCT_CARD", {"product_id": "7"}),
        (OrderCard("5"), "ORDER_CARD", {"order_id": "5"}),
        (
            OrderCard("5", native={"type": "LOGISTICS_CARD", "package_id": "4"}),
            "LOGISTICS_CARD",
            {"order_id": "5", "package_id": "4"},
        ),
        (
            OrderCard("5", native={"type": "RETURN_REFUND_CARD", "sku_id": "4"}),
            "RETURN_REFUND_CARD",
            {"order_id": "5", "sku_id": "4"},
        ),
        (Coupon(id="3"), "COUPON_CARD", {"coupon_id": "3"}),
    ],
)
def test_every_type_is_sent_as_a_json_string(content: Any, kind: str, written: dict[str, str]) -> None:
    wire, one = chat()
    receipt = one.messaging.send(ref(), content)
    assert (receipt.ids, receipt.billable) == (("77",), False)
    body = wire.body(SEND)
    assert body["type"] == kind
    assert json.loads(body["content"]) == written


def test_a_picture_is_uploaded_first() -> None:
    wire, one = chat()
    wire["POST /images/upload"] = {"url": "https://p16.example/x", "width": 20, "height": 10}
    one.messaging.send(TALK, Image(Media.from_bytes(PNG)))
    assert b'name="data"' in wire.request("POST /images/upload").content
    assert json.loads(wire.body(SEND)["content"]) == {
        "url": "https://p16.example/x",
        "width": 20,
        "height": 10,
    }
    media = one.messaging.upload_media(Media.from_bytes(PNG))
    one.messaging.send(TALK, Image(media))
    assert len([path for path in wire.paths() if "upload" in path]) == 2


@pytest.mark.parametrize(
    "content",
    [
        "x" * 2001,
        Image(Media.from_bytes(PNG), caption="words"),
        Image(Media.from_url("https://elsewhere.example/a.png")),
        Image(Media.from_bytes(b"%PDF", "application/pdf")),
        Image(Media.from_bytes(PNG + b"0" * 10_485_760)),
        Video(Media.from_url("https://elsewhere.example/a.mp4", kind="video")),
        ProductCard([ProductRef(id="1"), ProductRef(id="2")]),
        ProductCard([ProductRef(sku="TS-1")]),
        OrderCard("5", native={"type": "CARD"}),
        OrderCard("5", native={"type": "RETURN_REFUND_CARD"}),
        Coupon(code="X"),
    ],
)
def test_what_tiktok_would_not_take_is_refused_before_it_is_sent(content: Any) -> None:
    wire, one = chat()
    with pytest.raises(InvalidRequest):
        one.messaging.send(ref(), ["hello", content])
    assert wire.sent == []


@pytest.mark.parametrize("content", [Audio(Media.from_id("a")), Sticker("1"), Template("t"), Location(1, 2)])
def test_what_the_chat_has_not_is_unsupported(content: Any) -> None:
    wire, one = chat()
    with pytest.raises(Unsupported):
        one.messaging.send(ref(), content)
    assert wire.sent == []


def test_a_buyer_is_written_to_by_order() -> None:
    wire, one = chat()
    wire["POST /customer_service/202309/conversations"] = {"conversation_id": TALK}
    bought = one.orders.get(ORDER)
    one.messaging.send(bought, "On its way!")
    assert wire.body("POST /customer_service/202309/conversations")["buyer_user_id"] == "7021436810468230477"
    one.messaging.send(bought.model_copy(update={"buyer": bought.buyer.model_copy()}), "Again")
    assert len([path for path in wire.paths() if path == SEND]) == 2


def test_where_nothing_may_be_sent_nothing_is() -> None:
    wire, one = chat(open_now=False)
    policy = one.messaging.policy(ref())
    assert not policy.can_reply
    assert "30 days" in (policy.reason or "")
    with pytest.raises(PolicyViolation) as failure:
        one.messaging.send(ref(), "hi")
    assert failure.value.sent == "no"
    assert wire.paths().count(LIST) == 1  # the flag is kept for a minute


def test_the_flag_is_looked_for_among_all_conversations() -> None:
    wire, one = chat()
    wire[LIST] = [
        {"conversations": [talk("1")], "next_page_token": "a"},
        {"conversations": [talk(open_now=False)], "next_page_token": "b"},
    ]
    assert not one.messaging.policy(ref()).can_reply
    wire[LIST] = {"conversations": []}
    assert one.messaging.policy(ConversationRef(platform="tiktok_shop", native_id="5")).can_reply


def test_a_lost_message_is_found_in_the_history_once() -> None:
    wire, one = chat()
    wire[SEND] = [lost, lost, {"message_id": "78"}]
    wire[HISTORY] = {"messages": [said("9", "hi", "BUYER"), said("8", "hi", at=NOW - 60), said("7", "hi")]}
    assert one.messaging.send(ref(), "hi").ids == ("7",)
    with pytest.raises(OutcomeUnknown):
        one.messaging.send(ref(), "hi")  # the one in the history was the first one
    assert wire.paths().count(SEND) == 2


def test_a_later_part_that_fails_is_told() -> None:
    wire, one = chat()
    wire[SEND] = [{"message_id": "1"}, refusal(98001004, "bad card")]
    with pytest.raises(PartiallyApplied) as failure:
        one.messaging.send(ref(), ["hi", OrderCard("5")])
    assert failure.value.done == ["1"]


def test_a_whole_conversation_is_marked_as_read() -> None:
    wire, one = chat()
    wire[f"POST /conversations/{TALK}/messages/read"] = {}
    one.messaging.mark_read(TALK)
    assert wire.body(f"POST /conversations/{TALK}/messages/read") == {}
    with pytest.raises(Unsupported, match="whole conversation"):
        one.messaging.mark_read(TALK, up_to="1")


def test_a_profile_is_what_the_conversation_shows() -> None:
    wire, one = chat()
    wire[f"GET /customer_service/202601/conversations/{TALK}"] = {"conversation": talk()}
    found = one.messaging.profile(TALK)
    assert (found.name, found.identity.value) == ("Albert", BUYER)
    assert found.picture_url is not None


def test_received_files_are_fetched_from_tiktoks_hosts_alone() -> None:
    wire, one = chat()
    wire["GET /file.png"] = Response(200, {"content-type": "image/png"}, PNG)
    found = one.messaging.download_media(Media.from_url("https://p16-oec-va.ibyteimg.com/file.png"))
    assert (found.content, found.name) == (PNG, "file.png")
    with pytest.raises(InvalidRequest):
        one.messaging.download_media(Media.from_url("https://ibyteimg.com.evil.example/file.png"))


@pytest.mark.parametrize("call", [
    lambda one: one.messaging.typing(TALK),
    lambda one: one.messaging.handover(TALK),
    lambda one: one.messaging.templates.delete("1"),
    lambda one: one.messaging.send(TALK, "x", reply_to="1"),
    lambda one: one.messaging.send(TALK, "x", silent=True),
    lambda one: one.messaging.send(TALK, "x", purpose="utility"),
])  # fmt: skip
def test_what_the_chat_cannot_do(call: Any) -> None:
    wire, one = chat()
    with pytest.raises(Unsupported):
        call(one)
    assert wire.sent == []


def test_an_order_whose_buyer_is_not_loaded_is_read() -> None:
    wire, one = chat()
    wire["POST /customer_service/202309/conversations"] = {"conversation_id": TALK}
    bought = one.orders.get(ORDER)
    bare = type(bought).build(id=bought.id, platform="tiktok_shop", missing=("buyer",))
    assert one.messaging.send(bare, "hi").ids == ("77",)
    wire["GET /order/202507/orders"] = {"orders": [order(user_id="")]}
    with pytest.raises(InvalidRequest, match="who bought"):
        one.messaging.send(bare, "hi")


def test_a_person_and_a_message_name_their_conversation() -> None:
    wire, one = chat()
    wire["POST /customer_service/202309/conversations"] = {"conversation_id": TALK}
    wire[HISTORY] = {"messages": [said("1", "?", "BUYER")]}
    one.messaging.send(Identity(kind="user_id", value=BUYER), "hi")
    one.messaging.send(next(iter(one.messaging.messages(TALK))), "hi")
    assert wire.paths().count(SEND) == 2
    with pytest.raises(InvalidRequest, match="this machine"):
        one.messaging.upload_media(
            Media.from_url("https://x.example/a.png").model_copy(update={"media_type": "image/png"})
        )


# engagement tasks

CONSENT = Consent(source="checkout", obtained_at=datetime(2026, 1, 1, tzinfo=UTC), purposes=["messaging"])
CUSTOM = "POST /customer_engagement/202502/engagement_tasks/custom"
TASK = "POST /customer_engagement/202412/engagement_tasks"
TELL = "POST /customer_engagement/202412/messages"


def people(count: int) -> list[Identity]:
    return [Identity(kind="email", value=f"b{n}@chat.seller.us.tiktok.com") for n in range(count)]


def engaged(region: str = "US") -> Any:
    wire, one = shop(order(), region=region)
    wire["GET /permissions"] = {"features": [{"name": "FUNDAMENTAL", "is_authorized": True}]}
    wire[CUSTOM] = wire[TASK] = {"task_id": "t1"}
    wire[TELL] = {}
    return wire, one


def test_a_broadcast_is_a_task_and_its_messages() -> None:
    wire, one = engaged()
    wire[TELL] = [
        {"errors": [{"code": 5, "message": "opted out", "detail": {"buyer_email": people(2)[1].value}}]},
        {},
    ]
    result = one.messaging.broadcast(
        people(60), [Text("Sale\nUp to 20 % off"), Coupon(id="3")], consent=CONSENT
    )
    assert len(result) == 60
    assert len(result.failures) == 1
    assert "opted out" in str(result[1].error)
    body = wire.body(CUSTOM)
    assert body["custom_message"] == {"title": "Sale", "body": "Up to 20 % off"}
    assert (body["channel"], body["coupon_ids"], body["end_time"]) == ("TIKTOK_IM", ["3"], NOW + 3 * 86_400)
    assert [len(wire.body(TELL, n)["buyer_emails"]) for n in (0, 1)] == [50, 10]


def test_a_template_is_used_by_its_id() -> None:
    wire, one = engaged()
    one.messaging.broadcast(people(1), [Template("730"), ProductCard([ProductRef(id="7")])], consent=CONSENT)
    assert (wire.body(TASK)["template_id"], wire.body(TASK)["product_ids"]) == ("730", ["7"])
    wire["GET /message_templates"] = {
        "message_templates": [{"id": "730", "message_title": "Sale", "message_body": "Come"}]
    }
    (found,) = one.messaging.templates.list(language="en_US")
    assert (found.id, found.body, found.status) == ("730", "Come", "approved")
    assert wire.query("GET /message_templates") == {"locale": "en-US"}
    assert list(one.messaging.templates.list(status="rejected")) == []


def test_whom_a_lost_call_reached_is_unknown_and_not_asked_again() -> None:
    wire, one = engaged()
    wire[TELL] = lost
    result = one.messaging.broadcast(people(2), "Sale\nNow", consent=CONSENT)
    assert [outcome.status for outcome in result] == ["unknown", "unknown"]
    assert wire.paths().count(TELL) == 1
    wire[TELL] = refusal(105005, "apply auth pkg")
    assert [
        outcome.status for outcome in one.messaging.broadcast(people(1), "Sale\nNow", consent=CONSENT)
    ] == ["failed"]


@pytest.mark.parametrize(
    ("to", "contents", "consent", "error"),
    [
        ("audience", "a\nb", CONSENT, Unsupported),
        ([], "a\nb", CONSENT, InvalidRequest),
        (["123"], "a\nb", CONSENT, InvalidRequest),
        (people(1), "a\nb", None, PolicyViolation),
        (people(1), "no title", CONSENT, InvalidRequest),
        (people(1), [Text("a\nb"), Template("1")], CONSENT, InvalidRequest),
        (people(1), OrderCard("5"), CONSENT, InvalidRequest),
        ([Recipient(to=people(1)[0], variables={"a": "b"})], "a\nb", CONSENT, InvalidRequest),
    ],
)
def test_broadcasts_that_cannot_be_sent(to: Any, contents: Any, consent: Any, error: type[Exception]) -> None:
    wire, one = engaged()
    with pytest.raises(error):
        one.messaging.broadcast(to, contents, consent=consent)
    assert wire.sent == []


def test_engagement_needs_the_market_and_the_permission() -> None:
    _, one = engaged("TH")
    with pytest.raises(Unsupported, match="United States"):
        one.messaging.broadcast(people(1), "a\nb", consent=CONSENT)
    wire, one = engaged()
    wire["GET /permissions"] = {"features": [{"name": "FUNDAMENTAL", "is_authorized": False}]}
    with pytest.raises(PermissionDenied):
        one.messaging.broadcast(people(1), "a\nb", consent=CONSENT)
