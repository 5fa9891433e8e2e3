"""WhatsApp's webhooks: who sent them, what they tell, and what the client remembers of them."""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import shared_path
from tests.meta.wire import APP, NOW, PHONE, SECRET, WABA, Wire, refusal, rows
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

from socialcommerce import Client, Event, EventRef, Identity, Money
from socialcommerce.backends import WhatsApp
from socialcommerce.backends.meta import signature
from socialcommerce.backends.meta.whatsapp import flows
from socialcommerce.backends.meta.whatsapp.codes import webhooks as codes
from socialcommerce.errors import ConfigurationError, InvalidRequest, Unsupported, WebhookError
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
from socialcommerce.webhooks.answers import refusal as answer_of
from socialcommerce.webhooks.delivery import Delivery

SHARED = shared_path()
VECTORS = json.loads((SHARED / "vectors" / "whatsapp.json").read_text()) if SHARED else []
PUSHES = [v for v in VECTORS if v["kind"] == "webhook" and "header_value" in v["inputs"]]
FLOW = next((v for v in VECTORS if v["inputs"].get("scheme") == "whatsapp_flow_endpoint"), None)
MANY = settings(max_examples=int(os.environ.get("WEBHOOK_EXAMPLES", "150")), deadline=None)
CLIENT = Wire().whatsapp()


def only(body: bytes) -> Event:
    (event,) = events(CLIENT, body)
    return event


def contents(**fields: Any) -> Any:
    """The contents of a message of that kind."""
    return only(push(message(**fields))).state.contents


# who sent it


@pytest.mark.parametrize("vector", PUSHES, ids=lambda v: v["name"])
def test_signatures_are_those_of_other_clients(vector: dict[str, Any]) -> None:
    inputs = vector["inputs"]
    body = base64.b64decode(inputs["body_b64"])
    assert body == inputs["body_utf8"].encode()
    delivery = Delivery.of("POST", {inputs["header_name"]: inputs["header_value"]}, body)
    now = datetime.fromtimestamp(NOW, UTC)
    if vector["expected"]["valid"]:
        assert signature.verify_push(delivery, [inputs["app_secret"]], now) == "signed"
        return
    with pytest.raises(WebhookError) as caught:
        signature.verify_push(delivery, [inputs["app_secret"]], now)
    assert caught.value.reason == "signature"


@pytest.mark.parametrize(
    "vector",
    [v for v in PUSHES if v["expected"]["valid"] and v["inputs"]["body_b64"]],
    ids=lambda v: v["name"],
)
def test_signed_pushes_are_read_and_answered(vector: dict[str, Any]) -> None:
    inputs = vector["inputs"]
    client = Client(WhatsApp(1, inputs["app_secret"]), transport=Wire())
    receipt = client.webhooks.receive(
        method="POST",
        headers={inputs["header_name"]: inputs["header_value"]},
        body=base64.b64decode(inputs["body_b64"]),
    )
    assert receipt.assurance == "signed"
    assert receipt.events
    assert (receipt.response.status, receipt.response.content) == (200, b"")


def test_the_trial_of_an_address_is_answered_with_the_bare_challenge() -> None:
    vector = next(v for v in VECTORS if "challenge" in v["name"]) if VECTORS else None
    query = vector["inputs"]["query_string"] if vector else "hub.mode=subscribe&hub.challenge=1632341"
    if vector is None:
        query += "&hub.verify_token=xyzxyz"
    client = Wire().whatsapp(verify_token="xyzxyz")
    receipt = client.webhooks.receive(method="GET", headers={}, body=b"", query=query)
    assert (receipt.response.status, receipt.response.content) == (200, b"1632341")
    assert receipt.assurance == "shared_secret"
    for wrong in (query.replace("xyzxyz", "other"), query.replace("subscribe", "no"), ""):
        with pytest.raises(WebhookError):
            client.webhooks.receive(method="GET", headers={}, body=b"", query=wrong)


def test_without_a_secret_nothing_is_taken() -> None:
    bare = Client(WhatsApp(), transport=Wire())
    with pytest.raises(WebhookError) as caught:
        bare.webhooks.receive(method="POST", headers={"X-Hub-Signature-256": "sha256=00"}, body=b"{}")
    assert caught.value.reason == "configuration"
    with pytest.raises(ConfigurationError, match="app_secret"):
        bare.webhooks.sign(b"{}")


def test_an_old_secret_counts_while_it_is_replaced() -> None:
    old = Client(WhatsApp(1, "old"), transport=Wire())
    new = Client(WhatsApp(1, "new", webhook_secrets=["old"]), transport=Wire())
    body = push(message())
    receipt = new.webhooks.receive(method="POST", headers=old.webhooks.sign(body).headers, body=body)
    assert receipt.events[0].account == PHONE


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


# forms and Flows


def form(client: Client, endpoint: str) -> Any:
    said = {"algorithm": "HMAC-SHA256", "user_id": "218471", "issued_at": 1291836800}
    payload = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    import hmac

    made = hmac.digest(SECRET.encode(), payload.encode(), "sha256")
    text = base64.urlsafe_b64encode(made).decode().rstrip("=")
    body = f"signed_request={text}.{payload}".encode()
    return client.webhooks.receive(method="POST", headers={}, body=body, endpoint=endpoint)


def test_people_take_the_apps_access_back() -> None:
    receipt = form(Wire().whatsapp(), "deauthorize")
    (event,) = receipt.events
    assert (event.type, event.ref) == ("authorization.revoked", EventRef(kind="user", id="218471"))
    assert (receipt.response.status, receipt.assurance) == (200, "signed")


def test_people_want_their_data_deleted() -> None:
    client = Wire().whatsapp(callback_urls={"deletion_status": "https://shop.example/deletion"})
    receipt = form(client, "deletion")
    assert receipt.events[0].type == "privacy.requested"
    answer = json.loads(receipt.response.content)
    assert answer["url"] == f"https://shop.example/deletion?code={answer['confirmation_code']}"
    with pytest.raises(WebhookError, match="deletion_status"):
        form(Wire().whatsapp(), "deletion")


def flow_client(**settings: Any) -> Client:
    if FLOW is None:
        pytest.skip("needs ../shared/vectors/whatsapp.json")
    pytest.importorskip("cryptography")
    return Wire().whatsapp(flow_private_key=FLOW["inputs"]["private_key_pem"], **settings)


def flow_body() -> bytes:
    return json.dumps(FLOW["inputs"]["body"]).encode() if FLOW else b""


def test_the_published_request_of_a_flow_is_opened_and_answered() -> None:
    client = flow_client()
    assert FLOW is not None
    opened = flows.decrypt(FLOW["inputs"]["body"], FLOW["inputs"]["private_key_pem"])
    assert opened.content == FLOW["expected"]["decrypted_request"]
    assert base64.b64encode(opened.key).decode() == FLOW["expected"]["aes_key_b64"]
    assert (
        opened.answer(FLOW["inputs"]["response_json_text"]).decode()
        == FLOW["expected"]["response_body_base64"]
    )
    signed = client.webhooks.sign(flow_body())
    receipt = client.webhooks.receive(
        method="POST", headers=signed.headers, body=flow_body(), minimum="encrypted"
    )
    assert receipt.assurance == "encrypted"
    assert (receipt.events[0].type, receipt.events[0].native_type) == ("verification", "flow.ping")
    assert receipt.response.headers["content-type"] == "text/plain"
    assert receipt.response.content == opened.answer({"data": {"status": "active"}})


def asked(content: Any) -> bytes:
    """A request of a Flow, encrypted for the published key as Meta encrypts it."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    assert FLOW is not None
    private: Any = load_pem_private_key(FLOW["inputs"]["private_key_pem"].encode(), None)
    key, vector = bytes(range(16)), bytes(range(16, 32))
    wrap = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    parts = {
        "encrypted_flow_data": AESGCM(key).encrypt(vector, json.dumps(content).encode(), None),
        "encrypted_aes_key": private.public_key().encrypt(key, wrap),
        "initial_vector": vector,
    }
    return json.dumps({name: base64.b64encode(part).decode() for name, part in parts.items()}).encode()


def test_a_flow_is_answered_with_its_next_screen() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    client = flow_client()
    body = asked({"version": "3.0", "action": "data_exchange", "screen": "A", "data": {"size": "M"}})
    receipt = client.webhooks.receive(method="POST", headers=client.webhooks.sign(body).headers, body=body)
    (event,) = receipt.events
    assert (event.type, event.native_type, event.data["data"]) == (
        "unknown",
        "flow.data_exchange",
        {"size": "M"},
    )
    receipt.respond({"screen": "B", "data": {}})
    inverted = bytes(byte ^ 0xFF for byte in range(16, 32))
    plain = AESGCM(bytes(range(16))).decrypt(inverted, base64.b64decode(receipt.response.content), None)
    assert json.loads(plain) == {"screen": "B", "data": {}}


def test_what_a_flows_endpoint_cannot_trust_has_answers_of_its_own() -> None:
    client = flow_client()
    body = flow_body()
    with pytest.raises(WebhookError) as forged:
        client.webhooks.receive(method="POST", headers={"X-Hub-Signature-256": "sha256=0"}, body=body)
    assert answer_of(forged.value).status == 432
    for wrong in (
        body.replace(b"SoajaPd", b"ToajaPd"),
        body.replace(b'"X+Wne', b'"Y+Wne'),
        body.replace(b"lSCY", b"????"),
    ):
        with pytest.raises(WebhookError) as locked:
            client.webhooks.receive(method="POST", headers=client.webhooks.sign(wrong).headers, body=wrong)
        assert answer_of(locked.value).status == 421
    listed = asked([1])
    with pytest.raises(WebhookError, match="no object"):
        events(client, listed)
    with pytest.raises(WebhookError, match="flow_private_key") as caught:
        events(Wire().whatsapp(), body)
    assert caught.value.reason == "configuration"


def test_the_key_of_a_flow_must_be_one() -> None:
    flow_client()
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    curve = ec.generate_private_key(ec.SECP256R1())
    text = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for key, match in (("no key", "PEM"), (text, "RSA")):
        with pytest.raises(ConfigurationError, match=match):
            events(Wire().whatsapp(flow_private_key=key), flow_body())


def test_a_push_that_only_names_encryption_is_a_push() -> None:
    event = only(push(message(text={"body": 'see "encrypted_flow_data"'})))
    assert event.type == "message.received"
    body = push(message(encrypted_flow_data="x"))
    assert events(CLIENT, body)[0].type == "message.received"


def test_pushes_take_no_content_in_their_answer() -> None:
    body = push(message())
    receipt = CLIENT.webhooks.receive(method="POST", headers=CLIENT.webhooks.sign(body).headers, body=body)
    with pytest.raises(Unsupported, match="Flow"):
        receipt.respond("hello")


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


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(WebhookError):
        events(CLIENT, b'{"object":"whatsapp_business_account","entry":' + b"[" * 100_000)


def test_prices_are_never_floats() -> None:
    body = push(ordered()).replace(b"25.5,", b"25.10000000000000000001,")
    created, _ = events(CLIENT, body)
    assert created.state.lines[1].unit_price.amount == Decimal("25.10000000000000000001")


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


# subscriptions

APP_PATH, ACCOUNT_PATH = f"/{APP}/subscriptions", f"/{WABA}/subscribed_apps"
HOOK = "https://shop.example/hooks"


def app_row(*fields: str) -> dict[str, Any]:
    return {
        "object": "whatsapp_business_account",
        "callback_url": HOOK,
        "active": True,
        "fields": [{"name": name, "version": "v26.0"} for name in fields],
    }


def hooked(*fields: str, **settings: Any) -> tuple[Wire, Client]:
    wire = Wire()
    wire[APP_PATH] = rows(app_row(*fields), {"object": "page", "fields": []}) if fields else rows()
    wire[ACCOUNT_PATH] = {"success": True}
    given_settings = {"verify_token": "vt", "callback_urls": {"default": HOOK}} | settings
    return wire, wire.whatsapp(**given_settings)


def answered_by_method(wire: Wire, path: str, **replies: Any) -> None:
    wire[path] = lambda request: replies.get(request.method, {"success": True})


def test_events_are_subscribed_to_at_both_levels() -> None:
    wire, client = hooked()
    answered_by_method(wire, APP_PATH, GET=rows(app_row("account_update", "messages")))
    app = {"id": APP, "name": "Shop"}
    answered_by_method(wire, ACCOUNT_PATH, GET={"data": [{"whatsapp_business_api_data": app}]})
    found = client.webhooks.subscribe(["order.created", "message.template_updated"])
    (posted,) = [index for index, one in enumerate(wire.requests(APP_PATH)) if one.method == "POST"]
    query = wire.body(APP_PATH, posted)
    assert query["object"] == "whatsapp_business_account"
    assert (query["callback_url"], query["verify_token"]) == (HOOK, "vt")
    assert set(query["fields"].split(",")) == {
        "account_update",  # what was there stays
        "messages",
        "message_template_status_update",
        "message_template_quality_update",
        "message_template_components_update",
        "template_category_update",
    }
    assert wire.bearer(APP_PATH, posted) == f"{APP}|{SECRET}"
    assert [one.method for one in wire.requests(ACCOUNT_PATH)] == ["POST", "GET"]
    assert [(one.topic, one.level) for one in found] == [
        ("account_update", "app"),
        ("messages", "app"),
        ("subscribed_apps", "account"),
    ]
    assert "order.created" in found[1].events


def test_one_account_may_have_an_address_of_its_own() -> None:
    wire, client = hooked("messages")
    answered_by_method(wire, ACCOUNT_PATH, GET=rows())
    client.webhooks.subscribe(["message.received"], level="account")
    assert wire.body(ACCOUNT_PATH, 0) == {"override_callback_uri": HOOK, "verify_token": "vt"}
    assert all(one.method == "GET" for one in wire.requests(APP_PATH))


def test_the_published_subscriptions_are_read() -> None:
    wire, client = hooked("messages")
    wire[ACCOUNT_PATH] = sample("subscribed_apps_list")
    assert [one.topic for one in client.webhooks.subscriptions()] == ["messages"]
    one = wire.client(WhatsApp("1234567890123456", SECRET, "t", waba_id=WABA))
    wire["/1234567890123456/subscriptions"] = rows()
    (own,) = one.webhooks.subscriptions()
    assert (own.level, own.account) == ("account", WABA)


def test_fields_are_unsubscribed_from_and_the_account_when_none_is_left() -> None:
    wire, client = hooked()
    answered_by_method(wire, APP_PATH, GET=rows(app_row("messages", "account_update")))
    answered_by_method(wire, ACCOUNT_PATH, GET=rows())
    client.webhooks.unsubscribe(["order.created"])
    deleted = [
        wire.query(APP_PATH, i) for i, one in enumerate(wire.requests(APP_PATH)) if one.method == "DELETE"
    ]
    assert deleted == [{"object": "whatsapp_business_account", "fields": "messages"}]
    assert all(one.method == "GET" for one in wire.requests(ACCOUNT_PATH))
    client.webhooks.unsubscribe(["messages", "account_update"])
    assert "DELETE" in [one.method for one in wire.requests(ACCOUNT_PATH)]
    with pytest.raises(InvalidRequest, match="account_update"):
        client.webhooks.unsubscribe(["messages"], level="account")


@pytest.mark.parametrize(
    ("event", "error", "match"),
    [
        ("order.cancelled", Unsupported, "never updated"),
        ("product.deleted", Unsupported, "detail='ids'"),
        ("privacy.requested", Unsupported, "dashboard"),
        ("order.exploded", InvalidRequest, "neither"),
        ("unknown", InvalidRequest, "neither"),
    ],
)
def test_what_cannot_be_subscribed_to(event: str, error: type[Exception], match: str) -> None:
    wire, client = hooked()
    with pytest.raises(error, match=match):
        client.webhooks.subscribe([event])
    assert wire.sent == []


def test_where_to_push_must_be_known() -> None:
    _, client = hooked()
    with pytest.raises(ConfigurationError, match="callback_urls"):
        client.webhooks.subscribe(["order.paid"], endpoint="other")
    _, tokenless = hooked(verify_token="")
    with pytest.raises(ConfigurationError, match="verify_token"):
        tokenless.webhooks.subscribe(["order.paid"])


def test_health_is_presence_only() -> None:
    wire, client = hooked()
    wire[ACCOUNT_PATH] = rows()
    assert client.webhooks.health().status == "down"
    wire[ACCOUNT_PATH] = {"data": [{"whatsapp_business_api_data": {"id": APP}}]}
    wire[f"/{PHONE}"] = {"id": PHONE, "webhook_configuration": {"application": HOOK}}
    health = client.webhooks.health()
    assert (health.status, health.raw["phone"]["id"]) == ("unknown", PHONE)
    wire[f"/{PHONE}"] = refusal(100)
    assert client.webhooks.health().status == "unknown"


def test_lost_webhooks_are_lost() -> None:
    with pytest.raises(Unsupported, match="no history"):
        list(CLIENT.webhooks.recover())
