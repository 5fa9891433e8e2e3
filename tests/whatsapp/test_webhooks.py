"""What WhatsApp's pushes tell, and what the client remembers of them."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.meta.wire import NOW, PHONE, WABA, Wire
from tests.whatsapp.chat import (
    NAME,
    NUMBER,
    USER,
    change,
    deliver,
    events,
    message,
    ordered,
    push,
    sample,
    status,
)

from socialcommerce import Event, EventRef, Identity, Money
from socialcommerce.errors import Unsupported
from socialcommerce.models.content import (
    Audio,
    Cart,
    Contact,
    File,
    Image,
    Location,
    OrderCard,
    Postback,
    ProductCard,
    Reaction,
    Sticker,
    Text,
    Video,
)
from socialcommerce.models.content import Unsupported as Other

CLIENT = Wire().whatsapp()


def only(body: bytes) -> Event:
    (event,) = events(CLIENT, body)
    return event


def contents(**fields: Any) -> Any:
    """The contents of a message of that kind."""
    return only(push(message(**fields))).state.contents


# what it tells


def test_a_message_comes_whole() -> None:
    event = only(push(message(context={"id": "wamid.0", "from": "15550783881"})))
    assert (event.type, event.native_type, event.account) == ("message.received", "messages.text", PHONE)
    assert event.ref == EventRef(kind="message", id="wamid.1", parent_id=USER)
    assert event.occurred_at == datetime.fromtimestamp(NOW, UTC)
    assert event.data["contact"]["profile"]["name"] == NAME
    said = event.state
    assert (said.id, said.text, said.author, said.reply_to) == ("wamid.1", "Is it blue?", "buyer", "wamid.0")
    assert said.conversation.native_id == USER
    assert said.conversation.peer == Identity(kind="wa_id", value=NUMBER)


def test_who_hides_their_number_is_known_by_id() -> None:
    event = only(json.dumps(sample("webhook_text_bsuid_only")).encode())
    assert event.state.sender == Identity(kind="bsuid", value=USER)
    assert event.state.conversation.native_id == USER


def test_who_has_no_id_is_known_by_number() -> None:
    event = only(json.dumps(sample("webhook_text")).encode())
    assert event.state.conversation.native_id == NUMBER
    assert event.state.sender == Identity(kind="wa_id", value=NUMBER)


@pytest.mark.parametrize(
    ("fields", "kind", "facts"),
    [
        (
            {"kind": "image", "image": {"id": "m1", "mime_type": "image/jpeg", "caption": "This one"}},
            Image,
            {"caption": "This one"},
        ),
        ({"kind": "video", "video": {"id": "m2", "mime_type": "video/mp4"}}, Video, {"caption": None}),
        (
            {"kind": "audio", "audio": {"id": "m3", "mime_type": "audio/ogg", "voice": True}},
            Audio,
            {"voice": True},
        ),
        (
            {"kind": "document", "document": {"id": "m4", "filename": "bill.pdf", "caption": "c"}},
            File,
            {"name": "bill.pdf", "caption": "c"},
        ),
        (
            {"kind": "sticker", "sticker": {"id": "m5", "mime_type": "image/webp", "animated": False}},
            Sticker,
            {},
        ),
        (
            {"kind": "location", "location": {"latitude": 1.3, "longitude": 103.8, "name": "Home"}},
            Location,
            {"latitude": 1.3, "longitude": 103.8, "name": "Home"},
        ),
        (
            {
                "kind": "contacts",
                "contacts": [
                    {
                        "name": {"formatted_name": "Ana"},
                        "phones": [{"phone": "+1 2"}],
                        "org": {"company": "A"},
                    }
                ],
            },
            Contact,
            {"name": "Ana", "phones": ("+1 2",), "organization": "A"},
        ),
        (
            {"kind": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}},
            Reaction,
            {"message_id": "wamid.0", "emoji": "👍"},
        ),
        ({"kind": "reaction", "reaction": {"message_id": "wamid.0"}}, Reaction, {"emoji": None}),
        (
            {"kind": "button", "button": {"payload": "YES", "text": "Yes"}},
            Postback,
            {"payload": "YES", "title": "Yes"},
        ),
        (
            {
                "kind": "interactive",
                "interactive": {"type": "button_reply", "button_reply": {"id": "a", "title": "A"}},
            },
            Postback,
            {"payload": "a", "title": "A"},
        ),
        ({"kind": "interactive", "interactive": {"type": "new"}}, Other, {"kind": "interactive"}),
        ({"kind": "request_welcome"}, Other, {"kind": "request_welcome"}),
        ({"kind": "location", "location": {"latitude": 999, "longitude": 0}}, Other, {"kind": "location"}),
        ({"kind": "text", "text": {}}, Other, {"kind": "text"}),
        ({"kind": ""}, Other, {"kind": "none"}),
    ],
)
def test_every_kind_of_message_is_a_content(fields: Any, kind: type[Any], facts: dict[str, Any]) -> None:
    (content,) = contents(**fields)
    assert isinstance(content, kind)
    assert {name: getattr(content, name) for name in facts} == facts


def test_received_files_are_known_by_id() -> None:
    (content,) = contents(
        kind="document", document={"id": "m4", "filename": "b.pdf", "mime_type": "application/pdf"}
    )
    assert (content.media.kind, content.media.id, content.media.media_type) == (
        "file",
        "m4",
        "application/pdf",
    )


def test_an_order_is_two_events() -> None:
    created, received = events(CLIENT, push(ordered(note="At the door")))
    assert (created.type, received.type) == ("order.created", "message.received")
    assert created.ref == EventRef(kind="order", id="wamid.order")
    order = created.state
    assert order.totals.total == Money("85.50", "USD")
    assert [(line.sku, line.quantity.ordered, line.total) for line in order.lines] == [
        ("TS-1", 2, Money(60, "USD")),
        ("TS-2", 1, Money("25.5", "USD")),
    ]
    assert (order.status, order.payment_status, order.fulfilment_status) == ("open", "unpaid", "unfulfilled")
    assert (order.buyer.name, order.buyer.phone, order.buyer_note) == (NAME, NUMBER, "At the door")
    card, cart = received.state.contents
    assert isinstance(card, OrderCard)
    assert (card.order_id, card.total) == ("wamid.order", Money("85.50", "USD"))
    assert isinstance(cart, Cart)
    assert [(line.product.sku, line.quantity, line.price) for line in cart.lines] == [
        ("TS-1", 2, Money(30, "USD")),
        ("TS-2", 1, Money("25.5", "USD")),
    ]


def test_an_order_with_odd_prices_has_no_total() -> None:
    items = [
        {"product_retailer_id": "a", "quantity": 1, "item_price": 3, "currency": "USD"},
        {"product_retailer_id": "b", "quantity": 0, "item_price": "?", "currency": "USD"},
        {"product_retailer_id": "c", "quantity": 2, "item_price": 3, "currency": "??"},
    ]
    created, _ = events(CLIENT, push(message("wamid.o", kind="order", order={"product_items": items})))
    assert not created.state.loaded("totals")
    assert not created.state.lines[1].loaded("unit_price")
    assert created.state.currency is None


def test_what_was_looked_at_and_which_ad_it_came_of_are_told() -> None:
    _, product = only(json.dumps(sample("webhook_product_inquiry")).encode()).state.contents
    assert isinstance(product, ProductCard)
    assert (product.products[0].sku, product.products[0].catalog_id) == ("di9ozbzfi4", "194836987003835")
    words, referral = only(json.dumps(sample("webhook_ctwa_referral")).encode()).state.contents
    assert isinstance(words, Text)
    assert (referral.kind, referral.raw["ctwa_clid"][:4]) == ("referral", "Aff-")


@pytest.mark.parametrize(
    ("word", "kind", "delivery"),
    [
        ("sent", "message.sent", "sent"),
        ("delivered", "message.delivered", "delivered"),
        ("read", "message.read", "read"),
        ("played", "message.read", "read"),
        ("failed", "message.failed", "failed"),
        ("exploded", "unknown", "other"),
    ],
)
def test_statuses_say_how_far_a_message_got(word: str, kind: str, delivery: str) -> None:
    pricing = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}
    event = only(push(statuses=[status(word, pricing=pricing)]))
    assert (event.type, event.data["delivery"], event.key) == (kind, delivery, f"status:wamid.9:{word}")
    assert event.ref == EventRef(kind="message", id="wamid.9", parent_id=USER)
    assert event.data["pricing"]["type"] == "regular"


def payment(word: str = "captured", **fields: Any) -> dict[str, Any]:
    paid = {
        "reference_id": "ref-1",
        "amount": {"value": 8550, "offset": 100},
        "currency": "INR",
        "transaction": {"id": "t1", "status": "success", "type": "upi"},
    }
    return status(word, type="payment", payment=paid | fields)


def test_payments_are_events_of_their_order() -> None:
    event = only(push(statuses=[payment()]))
    assert (event.type, event.key, event.ref) == (
        "order.paid",
        "payment:ref-1:captured",
        EventRef(kind="order", id="ref-1"),
    )
    assert (event.data["payment"]["amount"], event.data["payment"]["currency"]) == ("85.5", "INR")
    waiting = only(push(statuses=[payment("pending")]))
    assert (waiting.type, waiting.key) == ("unknown", "payment:ref-1:pending:t1")


@pytest.mark.parametrize(
    ("field", "value", "kind", "about"),
    [
        (
            "message_template_status_update",
            {"message_template_id": 7},
            "message.template_updated",
            ("template", "7"),
        ),
        (
            "message_template_quality_update",
            {"message_template_id": 7},
            "message.template_updated",
            ("template", "7"),
        ),
        (
            "template_category_update",
            {"message_template_id": 7},
            "message.template_updated",
            ("template", "7"),
        ),
        ("account_update", {"event": "VERIFIED_ACCOUNT"}, "account.updated", ("account", WABA)),
        ("account_update", {"event": "PARTNER_REMOVED"}, "authorization.revoked", ("account", WABA)),
        ("account_alerts", {"alert_type": "x"}, "account.updated", ("account", WABA)),
        ("phone_number_quality_update", {"event": "FLAGGED"}, "account.updated", ("account", WABA)),
        ("security", {"event": "PIN_CHANGED"}, "account.updated", ("account", WABA)),
        ("brand_new", {"a": 1}, "unknown", None),
        ("flows", {"event": "FLOW_STATUS_CHANGE"}, "unknown", None),
        ("messages", {"errors": [{"code": 1}]}, "unknown", None),
        ("messages", {"messages": [{"type": "text"}]}, "unknown", None),
    ],
)
def test_other_fields(field: str, value: dict[str, Any], kind: str, about: tuple[str, str] | None) -> None:
    event = only(change(field, value, time=1_751_247_548))
    assert (event.type, event.native_type, event.account) == (kind, field, WABA)
    assert (event.ref and (event.ref.kind, event.ref.id)) == about
    assert event.occurred_at == datetime.fromtimestamp(1_751_247_548, UTC)
    assert event.data == value
    assert event.key == only(change(field, value, time=1_751_247_548)).key
    assert event.key != only(change(field, value, time=1_751_247_549)).key


@pytest.mark.parametrize(
    ("wish", "kind"), [("stop", "message.unsubscribed"), ("resume", "message.subscribed"), ("x", "unknown")]
)
def test_people_stop_and_resume_marketing(wish: str, kind: str) -> None:
    row = {"wa_id": NUMBER, "user_id": USER, "value": wish, "timestamp": 1731705721}
    event = only(change("user_preferences", {"user_preferences": [row]}))
    assert (event.type, event.ref) == (kind, EventRef(kind="conversation", id=USER))


def test_what_the_business_wrote_on_its_phone_is_an_echo() -> None:
    row = {"from": "15550783881", "to": NUMBER, "id": "wamid.e", "timestamp": "1795262400", "type": "text",
           "text": {"body": "On its way"}}  # fmt: skip
    value = {"metadata": {"phone_number_id": PHONE}, "message_echoes": [row, {"type": "text"}]}
    event = only(change("smb_message_echoes", value))
    assert (event.type, event.state.echo, event.state.author) == ("message.sent", True, "person")
    assert event.state.conversation.native_id == NUMBER


def test_a_call_opens_the_window() -> None:
    call = {"id": "wacid.1", "from": NUMBER, "event": "connect", "direction": "USER_INITIATED",
            "timestamp": "1795262400"}  # fmt: skip
    value = {"metadata": {"phone_number_id": PHONE}, "calls": [call, call | {"event": "terminate"}]}
    event = only(change("calls", value))
    assert (event.type, event.state.author) == ("message.window_opened", "buyer")
    client = Wire().whatsapp()
    assert not client.messaging.policy(NUMBER).can_reply
    deliver(client, change("calls", value))
    assert client.messaging.policy(NUMBER).can_reply


@pytest.mark.parametrize(
    "name",
    [
        "ctwa_referral", "flow_completion", "list_reply", "order", "order_bsuid", "product_inquiry",
        "status_delivered_pmp", "status_failed", "status_failed_131047", "status_sent_legacy_cbp",
        "system_number_changed", "template_status_rejected", "text", "text_bsuid_only", "unsupported",
        "user_id_update", "user_preferences",
    ],
)  # fmt: skip
def test_the_published_webhooks_are_read(name: str) -> None:
    found = events(CLIENT, json.dumps(sample(f"webhook_{name}")).encode())
    assert found
    assert all(event.ref and event.key and event.occurred_at for event in found)
    assert all(event.type != "unknown" for event in found) or name == "user_id_update"


def test_an_event_that_nobody_looked_at_is_whole_wherever_it_goes() -> None:
    def untouched() -> Event:
        return only(push(message(context={"id": "wamid.0"})))

    for event in (
        untouched(),
        pickle.loads(pickle.dumps(untouched())),
        untouched().model_copy(),
        untouched().model_copy(deep=True),
        untouched().attached(lambda: None),
    ):
        said = event.state
        assert (said.sender, said.text) == (Identity(kind="wa_id", value=NUMBER), "Is it blue?")
        assert (said.reply_to, said.native_ids) == ("wamid.0", {"message_id": "wamid.1"})
        assert event.ref == EventRef(kind="message", id="wamid.1", parent_id=said.conversation.native_id)
        assert event.occurred_at == said.sent_at
        assert event == untouched()
    assert json.loads(untouched().model_dump_json()) == untouched().model_dump(mode="json")
    assert Event.model_validate_json(untouched().model_dump_json()).ref == untouched().ref
    assert "wamid.0" in repr(untouched())
    assert NUMBER not in repr(untouched().masked())


def test_an_event_points_to_the_conversation_of_its_message() -> None:
    known: list[dict[str, Any]] = [{}, {"from": None}, {"from_user_id": None}]
    for fields in known:
        event = only(push(message(**fields)))
        assert event.ref == EventRef(
            kind="message", id="wamid.1", parent_id=event.state.conversation.native_id
        )


@pytest.mark.parametrize("half", [r"\ud83d", r"\uD83D"])
def test_half_a_character_is_kept_out_of_what_is_remembered(half: str) -> None:
    body = push(message()).replace(b"Is it blue?", f"Blue {half}?".encode())
    assert only(body).state.text == "Blue ??"


def test_one_push_may_hold_much() -> None:
    both = json.loads(push(message("wamid.1"), message("wamid.2")))
    other = json.loads(push(message("wamid.3"), phone="777"))
    both["entry"] += other["entry"] + [{"id": WABA, "changes": "odd"}, "odd"]
    found = events(CLIENT, json.dumps(both).encode())
    assert [(event.ref and event.ref.id, event.account) for event in found] == [
        ("wamid.1", PHONE),
        ("wamid.2", PHONE),
        ("wamid.3", "777"),
    ]


def test_a_repeat_is_handed_out_once() -> None:
    client = Wire().whatsapp()
    body = push(ordered())
    assert len(deliver(client, body)) == 2
    assert deliver(client, body) == ()
    assert len(client.orders.list().collect()) == 1


# what is remembered, and whose it is


def test_an_event_fetches_what_it_is_about() -> None:
    client = Wire().whatsapp()
    created, received = deliver(client, push(ordered()))
    assert created.fetch().id == "wamid.order"
    with pytest.raises(Unsupported, match=r"event\.state"):
        received.fetch()


def test_an_event_of_another_number_is_fetched_for_that_number() -> None:
    client = Wire().whatsapp()
    created, _ = deliver(client, push(ordered(), phone="777"))
    assert created.fetch().id == "wamid.order"
    assert client.orders.list().collect() == []


def test_a_person_who_changes_their_number_stays_the_same() -> None:
    client = Wire().whatsapp()
    deliver(
        client, json.dumps(sample("webhook_system_number_changed")).replace("106540352242922", PHONE).encode()
    )
    assert client.messaging.policy("16505551234").reason
    deliver(client, push(message() | {"from": "12195555358"}, contacts=[]))
    assert client.messaging.policy("12195555358").can_reply
    assert client.messaging.policy("+1 650-555-1234").can_reply


def test_a_person_who_gets_a_new_id_stays_the_same() -> None:
    client = Wire().whatsapp()
    deliver(client, push(message()))
    text = json.dumps(sample("webhook_user_id_update")).replace("106540352242922", PHONE)
    deliver(client, text.encode())
    assert client.messaging.policy("US.24817305912873645029").can_reply
    assert client.messaging.policy(USER).can_reply
    assert client.messaging.policy(NUMBER).can_reply


def test_a_number_and_its_id_may_change_one_after_the_other() -> None:
    """The number brings a new id with it: what was said before stays the same conversation."""
    client = Wire().whatsapp()
    deliver(client, push(message()))
    notice = {"type": "user_changed_number", "wa_id": "12195555358", "body": "changed"}
    deliver(client, push(message("wamid.s", NOW + 1, "system", system=notice), contacts=[]))
    moved = message("wamid.2", NOW + 2) | {"from": "12195555358", "from_user_id": "US.2"}
    deliver(client, push(moved, contacts=[]))
    for person in (NUMBER, USER, "12195555358", "US.2"):
        said = [one.id for one in client.messaging.messages(person) if one.author == "buyer"]
        assert said == ["wamid.2", "wamid.1"]
    deliver(client, push(message("wamid.late", NOW)))  # an old push that comes last changes nothing
    assert client.messaging.policy(USER).can_reply
    newest, *_ = client.messaging.messages(NUMBER)
    assert newest.id == "wamid.2"
