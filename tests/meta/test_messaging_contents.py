"""What Messenger and Instagram are sent: every content, its limits, what cannot be sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.meta.chat_wire import (
    CATALOG,
    JANE,
    LINK,
    PAGE,
    PNG,
    SEND,
    Wire,
    client,
    error,
    instagram,
    jane,
    john,
    now,
    talk,
)

from socialcommerce import Button, Consent, Media, Money
from socialcommerce.errors import (
    InvalidRequest,
    PolicyViolation,
    Unsupported,
)
from socialcommerce.models.content import (
    Audio,
    Cart,
    Contact,
    Content,
    Coupon,
    File,
    Image,
    Interactive,
    Location,
    OrderCard,
    ProductCard,
    ProductRef,
    QuickReplies,
    QuickReply,
    Reaction,
    Section,
    Sticker,
    Template,
    Video,
)

# what is written


def use(**variables: Any) -> Template:
    return Template("shipped", language="en_US", variables=variables)


CARD = ProductCard(products=[ProductRef(id="7001"), ProductRef(id="7002")])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (Image(LINK), {"attachment": {"type": "image", "payload": {"url": LINK.url}}}),
        (Video(Media.from_id("9", kind="video")),
         {"attachment": {"type": "video", "payload": {"attachment_id": "9"}}}),
        (Audio(Media.from_url("https://x.example/a.mp3", kind="audio")),
         {"attachment": {"type": "audio", "payload": {"url": "https://x.example/a.mp3"}}}),
        (File(Media.from_url("https://x.example/a.pdf", kind="file")),
         {"attachment": {"type": "file", "payload": {"url": "https://x.example/a.pdf"}}}),
        (CARD, {"attachment": {"type": "template", "payload": {
            "template_type": "product", "elements": [{"id": "7001"}, {"id": "7002"}]}}}),
        (QuickReplies("Size?", replies=[QuickReply("M", payload="SIZE_M"), QuickReply("L", image=LINK)]),
         {"text": "Size?", "quick_replies": [
             {"content_type": "text", "title": "M", "payload": "SIZE_M"},
             {"content_type": "text", "title": "L", "payload": "L", "image_url": LINK.url}]}),
        (Interactive("Which?", buttons=[Button("Yes"), Button("Shop", url="https://s.example"),
                                        Button("Call", phone="+4930123")]),
         {"attachment": {"type": "template", "payload": {
             "template_type": "button", "text": "Which?", "buttons": [
             {"type": "postback", "title": "Yes", "payload": "Yes"},
             {"type": "web_url", "title": "Shop", "url": "https://s.example"},
             {"type": "phone_number", "title": "Call", "payload": "+4930123"}]}}}),
        (Interactive("Text", header="Head", buttons=[Button("Yes", payload="Y")]),
         {"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": [
             {"title": "Head", "subtitle": "Text",
              "buttons": [{"type": "postback", "title": "Yes", "payload": "Y"}]}]}}}),
        (Interactive("Text", header=LINK, footer="Foot", buttons=[Button("Yes", payload="Y")]),
         {"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": [
             {"title": "Text", "subtitle": "Foot", "image_url": LINK.url,
              "buttons": [{"type": "postback", "title": "Yes", "payload": "Y"}]}]}}}),
        (OrderCard("1001", text="Your order", status="paid", total=Money("19.90", "EUR"), url="https://s.example/1001"),
         {"text": "Your order\n1001\npaid\nEUR 19.90\nhttps://s.example/1001"}),
        (Coupon(code="TEN", title="Ten off", discount=Money(10, "EUR"), expires_at=now()),
         {"text": "Ten off\nTEN\nEUR 10.00\n2026-11-21"}),
        (Coupon(code="TEN"), {"text": "TEN"}),
    ],
)  # fmt: skip
def test_contents_are_written_as_meta_takes_them(content: Content, message: dict[str, Any]) -> None:
    wire = talk()
    client(wire).messaging.send(jane(), content)
    assert wire.body(SEND)["message"] == message


def test_words_around_a_card_are_messages_of_their_own() -> None:
    wire = talk()
    listed = Interactive("Which?", sections=[Section("Mugs", rows=[Button("Blue")])])
    contents = [Image(LINK, caption="Blue"), ProductCard(products=CARD.products, text="Look"), listed]
    receipt = client(wire).messaging.send(jane(), contents)
    bodies = [json.loads(one.content)["message"] for one in wire.sent[1:]]
    assert [body.get("text") for body in bodies] == [None, "Blue", "Look", None, "Which?", None]
    assert bodies[-1]["attachment"]["payload"]["elements"][0]["title"] == "Mugs"
    assert len(receipt.ids) == 6


def test_templates_are_sent_as_utility_for_those_who_say_so() -> None:
    wire = talk()
    one = client(wire, at=now(days=30))
    moment = now()
    content = use(name="Jane", total=Money("9.90", "EUR"), on=moment)
    with pytest.raises(PolicyViolation, match="allow_paid"):
        one.messaging.send(jane(), content, purpose="utility")
    receipt = one.messaging.send(jane(), content, purpose="utility", allow_paid=True)
    assert wire.body(SEND) == {
        "recipient": {"id": JANE},
        "messaging_type": "UTILITY",
        "message": {
            "template": {
                "name": "shipped",
                "language": {"code": "en_US"},
                "components": [
                    {
                        "type": "body",
                        "parameters": [
                            {"type": "text", "parameter_name": "name", "text": "Jane"},
                            {"type": "text", "parameter_name": "total", "text": "EUR 9.90"},
                            {"type": "text", "parameter_name": "on", "text": moment.isoformat()},
                        ],
                    }
                ],
            }
        },
    }
    assert receipt.billable is None


def test_numbered_variables_go_in_their_order() -> None:
    wire = talk()
    client(wire).messaging.send(jane(), use(**{"2": "b", "10": "c", "1": "a"}), allow_paid=True)
    template = wire.body(SEND)["message"]["template"]
    assert [one["text"] for one in template["components"][0]["parameters"]] == ["a", "b", "c"]
    assert wire.body(SEND)["messaging_type"] == "UTILITY"
    client(wire).messaging.send(jane(), use(), allow_paid=True)
    assert "components" not in wire.body(SEND, 1)["message"]["template"]


def test_utility_is_for_templates_and_templates_are_messengers() -> None:
    with pytest.raises(InvalidRequest, match="templates"):
        client(talk()).messaging.send(jane(), "hi", purpose="utility", allow_paid=True)
    with pytest.raises(Unsupported, match="Messenger"):
        client(instagram()).messaging.send(john(), use(), allow_paid=True)


def test_a_reaction_is_an_action_and_no_message() -> None:
    wire = talk(**{SEND: {"recipient_id": JANE}})
    one = client(wire)
    assert one.messaging.send(jane(), Reaction(message_id="m_1", emoji="❤️")).ids == ()
    one.messaging.send(jane(), Reaction(message_id="m_1", emoji=None))
    one.messaging.send(jane(), Reaction(message_id="m_1", emoji="🦆"))
    assert wire.body(SEND) == {
        "recipient": {"id": JANE},
        "sender_action": "react",
        "payload": {"message_id": "m_1", "reaction": "love"},
    }
    assert wire.body(SEND, 1)["sender_action"] == "unreact"
    assert wire.body(SEND, 2)["payload"]["reaction"] == "🦆"


def test_quotes_and_silence() -> None:
    wire = talk()
    client(wire).messaging.send(jane(), "yes", reply_to="m_1", silent=True)
    assert wire.body(SEND)["reply_to"] == {"mid": "m_1"}
    assert wire.body(SEND)["notification_type"] == "NO_PUSH"
    with pytest.raises(Unsupported, match="Instagram has no silent"):
        client(instagram()).messaging.send(john(), "yes", silent=True)


def test_products_are_found_by_their_sku() -> None:
    path = f"GET /catalog:{CATALOG}:TS0x"
    wire = talk(**{path: {"id": "7001", "retailer_id": "M-1"}})
    wire.replies = _any_catalog(wire)
    card = ProductCard(products=[ProductRef(sku="M-1"), ProductRef(id="7002")])
    client(wire).messaging.send(jane(), card)
    elements = wire.body(SEND)["message"]["attachment"]["payload"]["elements"]
    assert elements == [{"id": "7001"}, {"id": "7002"}]


def _any_catalog(wire: Wire) -> Any:
    class Replies(dict[str, list[Any]]):
        def __missing__(self, key: str) -> list[Any]:
            assert key.startswith(f"GET /catalog:{CATALOG}:"), key
            return [{"id": "7001", "retailer_id": "M-1"}]

    return Replies(wire.replies)


def test_a_local_file_is_uploaded_first() -> None:
    wire = talk()
    client(wire).messaging.send(jane(), Image(PNG))
    upload = next(one for one in wire.sent if one.url.split("?")[0].endswith("/message_attachments"))
    assert b'name="filedata"; filename="upload.png"' in upload.content
    assert b'{"attachment":{"type":"image","payload":{"is_reusable":true}}}' in upload.content
    assert b"messenger" in upload.content
    assert wire.body(SEND)["message"]["attachment"]["payload"] == {"attachment_id": "55"}


def test_media_are_uploaded_from_an_address_too() -> None:
    wire = talk()
    media = client(wire).messaging.upload_media(LINK)
    body = wire.body(f"POST /{PAGE}/message_attachments")
    assert body["message"]["attachment"]["payload"] == {"is_reusable": True, "url": LINK.url}
    assert body["platform"] == "messenger"
    assert (media.id, media.kind) == ("55", "image")


# limits


@pytest.mark.parametrize(
    "content",
    [
        "x" * 2001,
        QuickReplies("?", replies=[QuickReply(str(number)) for number in range(14)]),
        QuickReplies("?", replies=[QuickReply("x" * 21)]),
        QuickReplies("?", replies=[QuickReply("a", image=PNG)]),
        Interactive("?"),
        Interactive("?", buttons=[Button(str(number)) for number in range(4)]),
        Interactive("?", header="h", footer="f", buttons=[Button("a")]),
        Interactive("?", header=PNG, buttons=[Button("a")]),
        Interactive("?", sections=[Section("s", rows=[Button("a")])] * 11),
        ProductCard(products=[ProductRef(id=str(number)) for number in range(11)]),
        ProductCard(products=[ProductRef(title="mug")]),
        Coupon(id="1"),
        Template("t"),
        Template("t", language="en", buttons=["x"]),
        Image(Media.from_bytes(b"\x89PNG" + b"0" * (25 << 20))),
        Image(Media.build(kind="image")),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_asked(content: Any) -> None:
    wire = talk()
    with pytest.raises(InvalidRequest) as caught:
        client(wire).messaging.send(JANE, content, allow_paid=True)
    assert caught.value.sent == "no"
    assert wire.sent == []


@pytest.mark.parametrize(
    "content",
    [
        "ä" * 501,
        Image(Media.from_bytes(b"\x89PNG" + b"0" * (8 << 20))),
        File(Media.from_bytes(b"PK", "application/zip")),
    ],
    ids=["bytes", "picture", "file"],
)
def test_instagram_takes_less_than_messenger(content: Any) -> None:
    client(talk()).messaging.send(jane(), content)
    wire = instagram()
    with pytest.raises(InvalidRequest):
        client(wire).messaging.send(john(), content)
    assert wire.sent == []


@pytest.mark.parametrize(
    "content",
    [
        Sticker(id="1"),
        Location(1.0, 2.0),
        Contact(name="Jane"),
        Cart(lines=[]),
    ],
    ids=lambda content: content.type,
)
def test_what_meta_cannot_send_is_refused_with_the_reason(content: Any) -> None:
    wire = talk()
    with pytest.raises(Unsupported) as caught:
        client(wire).messaging.send(jane(), content)
    assert caught.value.operation.startswith("messaging.send:content.")
    assert caught.value.reason
    assert wire.sent == []


def test_there_is_no_key_and_no_broadcast() -> None:
    one = client(talk())
    with pytest.raises(Unsupported, match="no such key"):
        one.messaging.send(jane(), "hi", idempotency_key="k")
    with pytest.raises(Unsupported, match="broadcast"):
        one.messaging.broadcast(
            [JANE], "Sale", consent=Consent(source="form", obtained_at=now(), purposes=["messaging"])
        )
    with pytest.raises(Unsupported):
        one.messaging.templates.update("t", body="x")


def test_a_sku_that_nobody_sells_is_said_before_sending() -> None:
    wire = talk()
    wire.replies = _catalog_without(wire)
    with pytest.raises(InvalidRequest, match="M-1"):
        client(wire).messaging.send(jane(), ProductCard(products=[ProductRef(sku="M-1")]))
    assert SEND not in wire.lines()


def _catalog_without(wire: Wire) -> Any:
    class Replies(dict[str, list[Any]]):
        def __missing__(self, key: str) -> list[Any]:
            assert key.startswith(f"GET /catalog:{CATALOG}:"), key
            return [error(100, 33)]

    return Replies(wire.replies)
