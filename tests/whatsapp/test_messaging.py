"""Messages on WhatsApp: whom they reach, what they hold, when they may be sent, and what they cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.meta.wire import CATALOG, NOW, PHONE, WABA, Wire, refusal, rows
from tests.whatsapp.chat import (
    MESSAGES,
    NUMBER,
    USER,
    accepted,
    deliver,
    known,
    message,
    ordered,
    push,
    said,
    sample,
    status,
)

from socialcommerce import Client, ConversationRef, Identity, Money, errors
from socialcommerce.backends import Request, Response
from socialcommerce.backends.meta.whatsapp.codes import messaging as codes
from socialcommerce.backends.meta.whatsapp.messaging import cards
from socialcommerce.models.content import (
    Audio,
    Button,
    Cart,
    Contact,
    Coupon,
    Email,
    File,
    Image,
    Interactive,
    Location,
    OrderCard,
    Postback,
    ProductCard,
    ProductRef,
    QuickReplies,
    QuickReply,
    Reaction,
    Section,
    Sticker,
    Template,
    Text,
    Unsupported,
    Video,
)
from socialcommerce.models.media import Media
from socialcommerce.runtime.transport import Interrupted

PNG = Media.from_bytes(b"\x89PNGhello")
MEDIA = f"/{PHONE}/media"
TEMPLATES = f"/{WABA}/message_templates"
WEBP = Media.from_bytes(b"RIFF0000WEBP")


def template_row(**fields: Any) -> dict[str, Any]:
    buttons = [
        {"type": "QUICK_REPLY", "text": "Stop"},
        {"type": "URL", "text": "See", "url": "https://x/{{1}}"},
    ]
    return {
        "id": "77",
        "name": "order_ready",
        "language": "en_US",
        "status": "APPROVED",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hi {{1}}"}, {"type": "BUTTONS", "buttons": buttons}],
    } | fields


def hidden(number: str, user: str) -> dict[str, Any]:
    """A message of somebody who shows no phone number."""
    told = message(number, from_user_id=user)
    del told["from"]
    return told


def written(content: Any, **more: Any) -> dict[str, Any]:
    """The object that a content becomes, named after its type."""
    wire, client = known()
    wire[TEMPLATES] = rows(template_row(), template_row(id="78", name="autumn"))
    wire[MEDIA] = {"id": "m1"}
    client.messaging.send(NUMBER, content, allow_paid=True, **more)
    body = said(wire)
    found: dict[str, Any] = body[body["type"]]
    return found


# whom


def test_an_answer_goes_to_the_number() -> None:
    wire, client = known()
    (conversation,) = client.messaging.conversations()
    receipt = client.messaging.send(conversation, "Yes!", reply_to="wamid.1")
    assert (receipt.ids, receipt.via, receipt.status) == (("wamid.9",), "messages", "pending")
    assert receipt.billable is None  # only the status webhook tells
    assert said(wire) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": NUMBER,
        "type": "text",
        "text": {"body": "Yes!"},
        "context": {"message_id": "wamid.1"},
    }
    assert wire.bearer(MESSAGES) == "business-token"


@pytest.mark.parametrize(
    "to",
    [
        NUMBER,
        "+1 650-555-1234",
        "+1 (650) 555.1234",
        USER,
        Identity(kind="wa_id", value=NUMBER),
        Identity(kind="phone", value=f"+{NUMBER}"),
        Identity(kind="bsuid", value=USER),
        ConversationRef(platform="whatsapp", own_account=PHONE, native_id=USER),
    ],
    ids=repr,
)
def test_a_person_is_known_by_number_and_by_id(to: Any) -> None:
    wire, client = known()
    client.messaging.send(to, "Yes!")
    assert said(wire)["to"] == NUMBER


def test_who_hides_their_number_is_written_to_by_id() -> None:
    wire, client = known()
    other = "SG.9"
    deliver(client, push(hidden("wamid.2", other), contacts=[]))
    (answered,) = [one for one in client.messaging.conversations() if one.id == other]
    client.messaging.send(answered, "Yes!")
    body = said(wire)
    assert (body["recipient"], "to" in body) == (other, False)


def test_a_message_is_answered_by_the_number_it_came_to() -> None:
    wire, client = known()
    (_, received) = deliver(client, push(ordered(), phone="777"))
    wire["/777/messages"] = accepted()
    client.messaging.send(received.state, "Thank you")
    client.messaging.mark_read(received.state)
    wire["/777/media"] = {"id": "m1"}
    client.messaging.send(received.state, Image(PNG))
    assert wire.paths() == ["/777/messages", "/777/messages", "/777/media", "/777/messages"]


def test_an_order_reaches_its_buyer() -> None:
    wire, client = known()
    deliver(client, push(ordered()))
    client.messaging.send("wamid.order", "Thank you")
    client.messaging.send(client.orders.get("wamid.order"), "Thank you")
    assert [said(wire, number)["to"] for number in (0, 1)] == [NUMBER, NUMBER]
    with pytest.raises(errors.NotFound):
        client.messaging.send("wamid.other", "Thank you")


@pytest.mark.parametrize(
    "to", ["nobody", "12ab", "", Identity(kind="email", value="a@b.c"), Identity(kind="wa_id", value="x")]
)
def test_nobody_else_is_reached(to: Any) -> None:
    wire, client = known()
    with pytest.raises(errors.InvalidRequest):
        client.messaging.send(to, "Yes!")
    assert wire.sent == []


# what


FILE = {"id": "m1"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Text("see https://shop.example"), {"body": "see https://shop.example", "preview_url": True}),
        (Image(Media.from_id("i1"), caption="Red"), {"id": "i1", "caption": "Red"}),
        (Image(Media.from_url("https://x.example/a.png")), {"link": "https://x.example/a.png"}),
        (Image(PNG), FILE),
        (Video(Media.from_id("i1", kind="video")), {"id": "i1"}),
        (Audio(Media.from_id("i1", kind="audio"), voice=True), {"id": "i1", "voice": True}),
        (
            File(Media.from_id("i1", kind="file"), caption="Bill", name="bill.pdf"),
            {"id": "i1", "caption": "Bill", "filename": "bill.pdf"},
        ),
        (Sticker(media=WEBP), FILE),
        (Sticker(id="s1"), {"id": "s1"}),
        (
            Location(1.3, 103.8, name="Shop", address="1 Road"),
            {"latitude": "1.3", "longitude": "103.8", "name": "Shop", "address": "1 Road"},
        ),
        (
            Contact("Ana Lim", phones=["+65 1"], emails=["a@b.c"], organization="Shop"),
            [
                {
                    "name": {"formatted_name": "Ana Lim", "first_name": "Ana"},
                    "phones": [{"phone": "+65 1"}],
                    "emails": [{"email": "a@b.c"}],
                    "org": {"company": "Shop"},
                }
            ],
        ),
        (Location(0.0000001, -0.5), {"latitude": "0.0000001", "longitude": "-0.5"}),
        (Reaction("wamid.1", "👍"), {"message_id": "wamid.1", "emoji": "👍"}),
        (Reaction("wamid.1", None), {"message_id": "wamid.1", "emoji": ""}),
        (
            ProductCard([ProductRef(sku="TS-1")], text="Look"),
            {
                "type": "product",
                "action": {"catalog_id": CATALOG, "product_retailer_id": "TS-1"},
                "body": {"text": "Look"},
            },
        ),
        (
            ProductCard(
                [ProductRef(sku="A", catalog_id="9"), ProductRef(sku="B")], text="New\nLook at these"
            ),
            {
                "type": "product_list",
                "action": {
                    "catalog_id": "9",
                    "sections": [
                        {"product_items": [{"product_retailer_id": "A"}, {"product_retailer_id": "B"}]}
                    ],
                },
                "header": {"type": "text", "text": "New"},
                "body": {"text": "Look at these"},
            },
        ),
        (
            QuickReplies("Which?", [QuickReply("Red", payload="r"), QuickReply("Blue")]),
            {
                "type": "button",
                "action": {
                    "buttons": [
                        {"type": "reply", "reply": {"id": "r", "title": "Red"}},
                        {"type": "reply", "reply": {"id": "Blue", "title": "Blue"}},
                    ]
                },
                "body": {"text": "Which?"},
            },
        ),
        (
            QuickReplies("Which?", [QuickReply(str(number)) for number in range(4)]),
            {
                "type": "list",
                "action": {
                    "button": "Choose",
                    "sections": [
                        {"rows": [{"id": str(number), "title": str(number)} for number in range(4)]}
                    ],
                },
                "body": {"text": "Which?"},
            },
        ),
        (
            Interactive("Go", buttons=[Button("Open", url="https://x.example")], header="H", footer="F"),
            {
                "type": "cta_url",
                "action": {
                    "name": "cta_url",
                    "parameters": {"display_text": "Open", "url": "https://x.example"},
                },
                "header": {"type": "text", "text": "H"},
                "body": {"text": "Go"},
                "footer": {"text": "F"},
            },
        ),
        (
            Interactive("Go", buttons=[Button("Yes", payload="y")], header=PNG),
            {
                "type": "button",
                "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
                "header": {"type": "image", "image": {"id": "m1"}},
                "body": {"text": "Go"},
            },
        ),
        (
            OrderCard("ref-1", status="partially_shipped"),
            {
                "type": "order_status",
                "action": {
                    "name": "review_order",
                    "parameters": {"reference_id": "ref-1", "order": {"status": "partially-shipped"}},
                },
                "body": {"text": "A part of your order is on its way."},
            },
        ),
        (
            cards.location_request("Where are you?"),
            {
                "type": "location_request_message",
                "action": {"name": "send_location"},
                "body": {"text": "Where are you?"},
            },
        ),
        (
            cards.address_request("Where to?", country="IN", values={"name": "Ana"}),
            {
                "type": "address_message",
                "action": {
                    "name": "address_message",
                    "parameters": {"country": "IN", "values": {"name": "Ana"}},
                },
                "body": {"text": "Where to?"},
            },
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_content_is_written_as_whatsapp_writes_it(content: Any, expected: Any) -> None:
    assert written(content) == expected


def test_a_template_is_written_with_its_values() -> None:
    when = datetime(1977, 2, 25, 15, 33, tzinfo=UTC)
    template = Template(
        "order_ready",
        "en_US",
        variables={"2": Money("100.99", "USD"), "1": "Ana", "3": when},
        header=Media.from_url("https://x.example/a.png"),
        buttons=["", "10042"],
    )
    assert written(template) == {
        "name": "order_ready",
        "language": {"code": "en_US", "policy": "deterministic"},
        "components": [
            {
                "type": "header",
                "parameters": [{"type": "image", "image": {"link": "https://x.example/a.png"}}],
            },
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "text": "Ana"},
                    {
                        "type": "currency",
                        "currency": {
                            "fallback_value": str(Money("100.99", "USD")),
                            "code": "USD",
                            "amount_1000": 100990,
                        },
                    },
                    {
                        "type": "date_time",
                        "date_time": {
                            "fallback_value": "February 25, 1977",
                            "calendar": "GREGORIAN",
                            "year": 1977,
                            "month": 2,
                            "day_of_month": 25,
                            "day_of_week": 5,
                            "hour": 15,
                            "minute": 33,
                        },
                    },
                ],
            },
            {
                "type": "button",
                "sub_type": "url",
                "index": "1",
                "parameters": [{"type": "text", "text": "10042"}],
            },
        ],
    }


def test_named_variables_say_their_names() -> None:
    (body,) = written(Template("order_ready", "en_US", variables={"name": "Ana"}))["components"]
    assert body["parameters"] == [{"type": "text", "text": "Ana", "parameter_name": "name"}]


def test_a_coupon_is_a_template_with_a_code() -> None:
    assert written(Coupon(id="autumn/en_US", code="SAVE20"), purpose="utility")["components"] == [
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "0",
            "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}],
        }
    ]


@pytest.mark.parametrize(
    "content",
    [
        Text("x" * 4097),
        Image(Media.from_id("1"), caption="x" * 1025),
        Image(Media(kind="image")),
        Image(Media.from_bytes(b"\x89PNG" + b"x" * (5 * 1024 * 1024))),
        Sticker(),
        ProductCard([ProductRef(id="1")]),
        ProductCard([ProductRef(sku="A", catalog_id="1"), ProductRef(sku="B", catalog_id="2")], text="a\nb"),
        ProductCard([ProductRef(sku=str(number)) for number in range(31)], text="a\nb"),
        ProductCard([ProductRef(sku="A"), ProductRef(sku="B")], text="one line"),
        Interactive("x"),
        Interactive("x", buttons=[Button("a")], sections=[Section("s", [Button("b")])]),
        Interactive("x", buttons=[Button("a", phone="1")]),
        Interactive("x", buttons=[Button("a", url="https://x.example"), Button("b")]),
        Interactive("x", buttons=[Button(str(number)) for number in range(4)]),
        Interactive("x", buttons=[Button("x" * 21)]),
        Interactive("x", buttons=[Button("a")], header="x" * 61),
        Interactive("x", buttons=[Button("a")], header=Media.from_id("1", kind="audio")),
        Interactive("x", sections=[Section("s", [Button("b")])]),
        Interactive("x", sections=[Section("s", [Button("b")])], list_label="l", header=PNG),
        Interactive("x", sections=[Section("s", [Button(str(n)) for n in range(11)])], list_label="l"),
        QuickReplies("x", [QuickReply("a", image=PNG)]),
        OrderCard("1"),
        OrderCard("1", status="exploded"),
        Template("t"),
        Template("t", "en", variables={"1": Money("1.2345", "USD")}),
        Template("order_ready", "en_US", buttons=["a", "b", "c"]),
        Coupon(code="X"),
        Coupon(id="autumn", code="X"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_would_be_refused_is_not_sent(content: Any) -> None:
    wire, client = known()
    wire[TEMPLATES] = rows(template_row())
    with pytest.raises(errors.InvalidRequest) as caught:
        client.messaging.send(NUMBER, content, allow_paid=True)
    assert caught.value.sent == "no"
    assert MESSAGES not in wire.paths()


@pytest.mark.parametrize(
    "content",
    [
        Cart(lines=[]),
        Postback("p"),
        Email("s"),
        Unsupported("referral", {}),
        Unsupported("flow", "no object"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_whatsapp_does_not_know_is_refused(content: Any) -> None:
    wire, client = known()
    with pytest.raises(errors.Unsupported):
        client.messaging.send(NUMBER, content)
    with pytest.raises(errors.Unsupported):
        client.messaging.send(NUMBER, "x", silent=True)
    assert wire.sent == []


def test_a_button_that_takes_no_value_is_told() -> None:
    wire, client = known()
    row = template_row(
        components=[{"type": "BUTTONS", "buttons": [{"type": "PHONE_NUMBER", "text": "Call"}]}]
    )
    wire[TEMPLATES] = rows(row)
    with pytest.raises(errors.InvalidRequest, match="PHONE_NUMBER"):
        client.messaging.send(NUMBER, Template("order_ready", "en_US", buttons=["x"]), allow_paid=True)
    with pytest.raises(errors.NotFound):
        client.messaging.send(NUMBER, Template("order_ready", "fr", buttons=["x"]), allow_paid=True)


def test_the_catalog_button_names_the_product_that_is_shown() -> None:
    wire, client = known()
    row = template_row(components=[{"type": "BUTTONS", "buttons": [{"type": "CATALOG", "text": "View"}]}])
    wire[TEMPLATES] = rows(row)
    client.messaging.send(NUMBER, Template("order_ready", "en_US", buttons=["TS-1"]), allow_paid=True)
    (part,) = said(wire)["template"]["components"]
    assert part["parameters"] == [{"type": "action", "action": {"thumbnail_product_retailer_id": "TS-1"}}]


def test_files_are_uploaded_and_kept_by_id(tmp_path: Path) -> None:
    wire, client = known()
    wire[MEDIA] = {"id": "4490709327384033"}
    file = tmp_path / "bill.pdf"
    file.write_bytes(b"%PDF-1.4")
    media = client.messaging.upload_media(Media.from_file(file))
    assert (media.id, media.media_type, media.name) == ("4490709327384033", "application/pdf", "bill.pdf")
    assert media.expires_at is not None
    assert media.expires_at == datetime.fromtimestamp(NOW, UTC) + timedelta(days=30)
    sent = wire.requests(MEDIA)[0].content
    assert b'name="messaging_product"\r\n\r\nwhatsapp' in sent
    assert b'filename="bill.pdf"' in sent
    file.unlink()
    with pytest.raises(errors.InvalidRequest, match="bytes"):
        client.messaging.upload_media(Media(kind="file", path=file))
    wire.now += 1
    client.messaging.send(NUMBER, Image(PNG))
    newest = next(iter(client.messaging.messages(NUMBER)))
    (content,) = newest.contents
    assert isinstance(content, Image)
    assert (content.media.id, content.media.content) == ("4490709327384033", None)


def test_received_files_are_fetched_with_the_token() -> None:
    wire, client = known()
    url = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"
    wire["/m7"] = sample("media_url_response") | {"url": url}
    asked: list[Request] = []

    def file(request: Request) -> Response:
        asked.append(request)
        return Response(200, {"content-type": "image/jpeg"}, b"\xff\xd8\xff")

    wire["/whatsapp_business/attachments/"] = file
    document = client.messaging.download_media(Media.from_id("m7"))
    assert (document.read(), document.media_type) == (b"\xff\xd8\xff", "image/jpeg")
    assert wire.query("/m7") == {"phone_number_id": PHONE}
    assert asked[0].headers["Authorization"] == "Bearer business-token"
    assert "appsecret_proof" not in asked[0].url
    wire["/m7"] = {"id": "m7", "url": "https://evil.example/x"}
    with pytest.raises(errors.PlatformError, match="host"):
        client.messaging.download_media(Media.from_id("m7"))
    wire["/m7"] = {"id": "m7", "url": "http://lookaside.fbsbx.com/x"}
    with pytest.raises(errors.PlatformError, match="host"):
        client.messaging.download_media(Media.from_id("m7"))
    with pytest.raises(errors.InvalidRequest):
        client.messaging.download_media(Media.from_url("https://lookaside.fbsbx.com/x"))


# when


def test_without_a_word_of_theirs_only_templates_go_out() -> None:
    wire = Wire()
    wire[MESSAGES] = accepted()
    wire[TEMPLATES] = rows(template_row())
    client = wire.whatsapp()
    policy = client.messaging.policy(NUMBER)
    assert (policy.can_reply, policy.free_until, policy.exits) == (False, None, ("utility", "marketing"))
    for purpose in ("reply", "utility"):
        with pytest.raises(errors.PolicyViolation) as caught:
            client.messaging.send(NUMBER, "Hello", purpose=purpose, allow_paid=True)
        assert (caught.value.sent, caught.value.reason) == ("no", "policy")
    receipt = client.messaging.send(
        NUMBER, Template("order_ready", "en_US"), purpose="utility", allow_paid=True
    )
    assert receipt.ids == ("wamid.9",)


def test_a_window_is_open_for_a_day_after_they_wrote() -> None:
    wire, client = known()
    policy = client.messaging.policy(NUMBER)
    end = datetime.fromtimestamp(NOW, UTC) + timedelta(hours=24)
    assert (policy.can_reply, policy.free_until, policy.remaining, policy.reason) == (True, end, None, None)
    wire.now = NOW + 24 * 3600
    late = client.messaging.policy(NUMBER)
    assert (late.can_reply, late.free_until) == (False, end)
    assert "2026-11-22" in str(late.reason)
    wire.now = NOW + 30 * 86400
    assert client.messaging.policy(NUMBER).free_until == end


def test_an_ad_opens_it_for_three_days_once_it_was_answered() -> None:
    wire = Wire()
    wire[MESSAGES] = accepted()
    client = wire.whatsapp()
    deliver(client, push(message(referral={"source_type": "ad", "ctwa_clid": "Aff"})))
    start = datetime.fromtimestamp(NOW, UTC)
    assert client.messaging.policy(NUMBER).free_until == start + timedelta(hours=24)
    wire.now = NOW + 60
    client.messaging.send(NUMBER, "Hello!")
    assert client.messaging.policy(NUMBER).free_until == start + timedelta(hours=72)
    wire.now = NOW + 71 * 3600
    assert client.messaging.policy(NUMBER).can_reply


def test_marketing_is_not_for_people_of_the_united_states() -> None:
    wire = Wire()
    client = wire.whatsapp()
    assert client.messaging.policy(USER).exits == ("utility",)
    assert client.messaging.policy("SG.1").exits == ("utility", "marketing")
    with pytest.raises(errors.PolicyViolation):
        client.messaging.send(USER, Template("t", "en"), purpose="marketing", allow_paid=True)


# at whose cost


def test_templates_are_paid_for_and_that_must_be_said() -> None:
    wire, client = known()
    with pytest.raises(errors.PolicyViolation) as caught:
        client.messaging.send(NUMBER, Template("order_ready", "en_US"))
    assert (caught.value.reason, caught.value.sent, wire.sent) == ("paid", "no", [])


def test_the_free_messages_of_a_month_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes.FREE_SERVICE_MESSAGES == 1000
    monkeypatch.setattr(codes, "FREE_SERVICE_MESSAGES", 2)
    wire, client = known()
    client.messaging.send(NUMBER, ["one", "two"])
    with pytest.raises(errors.PolicyViolation) as caught:
        client.messaging.send(NUMBER, "three")
    assert (caught.value.reason, caught.value.sent, len(wire.sent)) == ("paid", "no", 2)
    client.messaging.send(NUMBER, "three", allow_paid=True)
    wire.now += 10 * 86400  # December: the person writes again, and the count begins anew
    deliver(client, push(message("wamid.5", wire.now)))
    client.messaging.send(NUMBER, "free again")


def test_marketing_goes_its_own_way() -> None:
    wire, client = known()
    wire[TEMPLATES] = rows(template_row(category="MARKETING"))
    receipt = client.messaging.send(NUMBER, Template("order_ready", "en_US"), allow_paid=True)
    assert receipt.via == "marketing_messages"
    wire[TEMPLATES] = rows(template_row(name="autumn", category="MARKETING"))
    coupon = client.messaging.send(NUMBER, Coupon(id="autumn/en_US", code="X"), allow_paid=True)
    assert coupon.via == "marketing_messages"
    bare_wire = Wire()
    bare_wire[f"/{PHONE}/marketing_messages"] = accepted(message_status="held_for_quality_assessment")
    bare = bare_wire.whatsapp(waba_id=None)
    held = bare.messaging.send(NUMBER, Template("t", "en"), purpose="marketing", allow_paid=True)
    assert (held.status, held.native_status) == ("pending", "held_for_quality_assessment")


# what became of it


def test_a_lost_answer_is_found_by_the_status_that_echoes_our_reference() -> None:
    wire, client = known()

    def lost(request: Request) -> Any:
        reference = wire.body(MESSAGES)["biz_opaque_callback_data"]
        row = status("sent", "wamid.77", biz_opaque_callback_data=reference)
        deliver(client, push(statuses=[row]))
        return Interrupted("the line was cut")

    wire[MESSAGES] = lost
    assert client.messaging.send(NUMBER, "once").ids == ("wamid.77",)
    assert len(wire.requests(MESSAGES)) == 1


def test_where_no_status_came_the_outcome_stays_unknown() -> None:
    wire, client = known()
    wire[MESSAGES] = Interrupted("the line was cut")
    with pytest.raises(errors.OutcomeUnknown) as caught:
        client.messaging.send(NUMBER, "once", idempotency_key="order-10042")
    assert caught.value.evidence == {"biz_opaque_callback_data": "order-10042"}
    assert len(wire.requests(MESSAGES)) == 1


def test_the_callers_key_comes_back_with_the_statuses() -> None:
    wire, client = known()
    client.messaging.send(NUMBER, ["one", "two"], idempotency_key="k")
    sent = [wire.body(MESSAGES, number)["biz_opaque_callback_data"] for number in (0, 1)]
    assert sent == ["k", "k:2"]
    with pytest.raises(errors.InvalidRequest):
        client.messaging.send(NUMBER, "x", idempotency_key="k" * 501)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (131047, errors.PolicyViolation),
        (131026, errors.RecipientUnreachable),
        (132001, errors.NotFound),
        (131009, errors.InvalidRequest),
        (131042, errors.InsufficientFunds),
    ],
)
def test_refusals_are_typed(code: int, error: type[errors.PlatformError]) -> None:
    wire, client = known()
    wire[MESSAGES] = refusal(code, error_data={"details": "why"})
    with pytest.raises(error) as caught:
        client.messaging.send(NUMBER, "hello")
    assert (caught.value.code, caught.value.sent) == (str(code), "yes")


# what is remembered


def test_the_conversation_is_read_from_the_clients_memory() -> None:
    wire, client = known()
    wire.now += 5
    client.messaging.send(NUMBER, ["Yes!", Location(1.0, 2.0)])
    newest = client.messaging.messages(NUMBER).collect()
    assert [(one.text, one.echo, one.author) for one in newest if one.text] == [
        ("Yes!", True, "person"),
        ("Is it blue?", False, "buyer"),
    ]
    since = datetime.fromtimestamp(NOW + 1, UTC)
    assert len(client.messaging.messages(NUMBER, since=since).collect()) == 2
    assert [one.text for one in client.messaging.messages(NUMBER, until=since)] == ["Is it blue?"]
    (conversation,) = client.messaging.conversations(user=NUMBER)
    assert (conversation.id, conversation.ref.peer) == (USER, Identity(kind="wa_id", value=NUMBER))
    assert client.messaging.conversations(user="4912345678").collect() == []
    assert client.messaging.conversations(updated_after=datetime.fromtimestamp(NOW + 9, UTC)).collect() == []
    with pytest.raises(errors.Unsupported):
        client.messaging.conversations(unread=True)


def test_what_was_said_under_a_number_is_kept_when_its_id_becomes_known() -> None:
    wire = Wire()
    client = wire.whatsapp()
    deliver(client, push(message("wamid.0", from_user_id=None), contacts=[]))
    deliver(client, push(message("wamid.1", NOW + 60)))
    wire.now = NOW + 100
    assert [one.id for one in client.messaging.messages(NUMBER)] == ["wamid.1", "wamid.0"]
    assert [one.id for one in client.messaging.messages(USER)] == ["wamid.1", "wamid.0"]


def test_messages_are_marked_as_read() -> None:
    wire, client = known()
    wire[MESSAGES] = {"success": True}
    (conversation,) = client.messaging.conversations()
    client.messaging.mark_read(conversation)
    assert wire.body(MESSAGES) == {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}
    (last,) = client.messaging.messages(conversation)
    client.messaging.mark_read(last)
    client.messaging.mark_read(conversation, up_to="wamid.0")
    client.messaging.mark_read(conversation, up_to=last)
    assert [wire.body(MESSAGES, n)["message_id"] for n in (1, 2, 3)] == ["wamid.1", "wamid.0", "wamid.1"]
    client.messaging.typing(conversation)
    assert wire.body(MESSAGES)["typing_indicator"] == {"type": "text"}
    with pytest.raises(errors.NotFound, match="up_to"):
        client.messaging.mark_read("4912345678")


def test_what_is_not_offered_says_why() -> None:
    _, client = known()
    with pytest.raises(errors.Unsupported, match="name comes with"):
        client.messaging.profile(NUMBER)
    with pytest.raises(errors.Unsupported, match="coexistence"):
        client.messaging.handover(NUMBER)


def test_a_number_must_be_named() -> None:
    client: Client = Wire().whatsapp(phone_number_id=None)
    with pytest.raises(errors.ConfigurationError, match="phone_number_id"):
        client.messaging.send(NUMBER, "hello")


def test_a_card_shows_files_that_whatsapp_can_reach() -> None:
    _, client = known()
    deliver(client, push(ordered()))
    order = client.orders.get("wamid.order")
    bill = cards.order_details(order, "Pay", payment={}, header=Media.from_id("1", kind="file"))
    assert bill.raw["header"] == {"type": "document", "document": {"id": "1"}}
    with pytest.raises(errors.InvalidRequest, match="upload_media"):
        cards.order_details(order, "Pay", payment={}, header=PNG)
    with pytest.raises(errors.InvalidRequest, match="30 in 10"):
        cards.product_list("H", "T", {}, catalog_id="1")
    flow = cards.flow_message("T", flow_id="1", label="Go", token="t", draft=True)
    assert flow.raw["action"]["parameters"] == {
        "flow_message_version": "3",
        "flow_id": "1",
        "flow_cta": "Go",
        "flow_token": "t",
        "flow_action": "data_exchange",
        "mode": "draft",
    }
    assert "description" not in cards.order_status(order, "shipped", "T").raw["action"]["parameters"]["order"]


# the price of a template's money parameter is exact


def test_money_in_templates_is_exact() -> None:
    (body,) = written(Template("order_ready", "en_US", variables={"1": Money(Decimal("0.001"), "KWD")}))[
        "components"
    ]
    assert body["parameters"][0]["currency"]["amount_1000"] == 1
