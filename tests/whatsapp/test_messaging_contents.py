"""What a message on WhatsApp holds: every content as WhatsApp writes it, files both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.meta.wire import CATALOG, NOW, PHONE, rows
from tests.whatsapp.chat import (
    MEDIA,
    MESSAGES,
    NUMBER,
    TEMPLATES,
    deliver,
    known,
    ordered,
    push,
    said,
    sample,
    template_row,
)

from socialcommerce import Money, errors
from socialcommerce.backends import Request, Response
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

PNG = Media.from_bytes(b"\x89PNGhello")
WEBP = Media.from_bytes(b"RIFF0000WEBP")


def written(content: Any, **more: Any) -> dict[str, Any]:
    """The object that a content becomes, named after its type."""
    wire, client = known()
    wire[TEMPLATES] = rows(template_row(), template_row(id="78", name="autumn"))
    wire[MEDIA] = {"id": "m1"}
    client.messaging.send(NUMBER, content, allow_paid=True, **more)
    body = said(wire)
    found: dict[str, Any] = body[body["type"]]
    return found


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
