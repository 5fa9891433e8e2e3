"""Programs that a seller on WhatsApp writes, from what the interface promises alone."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from socialcommerce import (
    Audio,
    Client,
    Consent,
    Contact,
    ConversationRef,
    Event,
    File,
    Identity,
    Image,
    Interactive,
    Location,
    Media,
    Order,
    OwnCarrier,
    ProductCard,
    ProductRef,
    QuickReplies,
    QuickReply,
    Reaction,
    Recipient,
    Sticker,
    StockChange,
    Template,
    TemplateInput,
    Text,
    Video,
    simulate,
)
from socialcommerce.backends import WhatsApp
from socialcommerce.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    PolicyViolation,
    SocialCommerceError,
    Unsupported,
    WebhookError,
)
from socialcommerce.models.content import Button, Content, Section


def receive(shop: Client) -> list[Event]:
    """Hand over what the pretend WhatsApp pushed meanwhile."""
    events: list[Event] = []
    for push in shop.market.pushes():
        with shop.webhooks.receive(push.method, push.headers, push.body) as receipt:
            events += receipt.events
    return events


@pytest.fixture
def shop() -> Iterator[Client]:
    with simulate("whatsapp") as client:
        client.market.add_product("TS-1", stock=50, price="19.90")
        yield client


@pytest.fixture
def chat(shop: Client) -> ConversationRef:
    """A buyer's conversation within its window."""
    shop.market.say("Is it warm?")
    receive(shop)
    (conversation,) = shop.messaging.conversations()
    return conversation.ref


@pytest.fixture
def order(shop: Client) -> Order:
    number = shop.market.buy("TS-1", 2)
    receive(shop)
    return shop.orders.get(number)


PICTURE = Media.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
CONTENTS: dict[str, str | Content] = {
    "plain text": "Very",
    "text": Text("Very"),
    "picture": Image(PICTURE, caption="front"),
    "film": Video(Media.from_url("https://example.com/a.mp4")),
    "sound": Audio(Media.from_url("https://example.com/a.ogg")),
    "file": File(Media.from_url("https://example.com/a.pdf"), name="sizes.pdf"),
    "sticker": Sticker(media=Media.from_url("https://example.com/a.webp")),
    "place": Location(1.29, 103.85, name="shop"),
    "person": Contact("Ann Lee", phones=["+65 8123 4567"]),
    "product": ProductCard([ProductRef(sku="TS-1")], text="This one"),
    "answers": QuickReplies("Which?", [QuickReply("Red"), QuickReply("Blue")]),
    "many answers": QuickReplies("Which?", [QuickReply(f"Size {n}") for n in range(6)]),
    "link": Interactive("Read on", buttons=[Button("Sizes", url="https://example.com")]),
    "list": Interactive("Choose", sections=[Section("Tees", [Button("Red")])], list_label="Open"),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_everything_that_can_be_said_is_said_once(
    shop: Client, chat: ConversationRef, content: str | Content
) -> None:
    receipt = shop.messaging.send(chat, content)
    assert len(receipt.ids) == 1
    assert len(shop.market.outbox) == 1
    said = next(one for one in shop.messaging.messages(chat) if one.echo)
    assert (said.id, said.author) == (receipt.ids[0], "person")
    assert shop.messaging.send(chat, Reaction(said.id, "👍")).ids


WRONG: dict[str, tuple[Any, Any, type[SocialCommerceError]]] = {
    "nobody": ("", "hi", InvalidRequest),
    "a word": ("abc", "hi", InvalidRequest),
    "an unknown order": ("wamid.404", "hi", NotFound),
    "a person of Facebook": (Identity(kind="psid", value="24051"), "hi", InvalidRequest),
    "a user id of another platform": (Identity(kind="user_id", value="6581234567"), "hi", InvalidRequest),
    "another platform's chat": (
        ConversationRef(platform="shopee", native_id="6581234567"),
        "hi",
        InvalidRequest,
    ),
    "a stranger": ("+65 8123-4567", "hi", PolicyViolation),
    "nothing to say": (None, [], InvalidRequest),
    "a number": (None, 3, InvalidRequest),
    "too many words": (None, "x" * 4097, InvalidRequest),
    "a nameless product": (None, ProductCard([ProductRef(id="1")]), InvalidRequest),
    "a template unasked": (None, Template("hello", "en"), PolicyViolation),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_sent_is_told_and_nothing_is_sent(
    shop: Client, chat: ConversationRef, case: str
) -> None:
    to, contents, expected = WRONG[case]
    with pytest.raises(expected) as caught:
        shop.messaging.send(chat if to is None else to, contents)
    assert caught.value.sent == "no"
    assert not shop.market.requests


def test_another_platforms_chat_is_nobody_here_though_its_id_is_somebodys_number(
    shop: Client, chat: ConversationRef
) -> None:
    assert chat.peer is not None
    for to in (
        ConversationRef(platform="shopee", native_id=chat.peer.value),
        Identity(kind="user_id", value=chat.peer.value),
    ):
        with pytest.raises(InvalidRequest):
            shop.messaging.send(to, "Hello!")
    with pytest.raises(InvalidRequest, match="of shopee, not of whatsapp"):
        shop.messaging.broadcast(
            [Recipient(to=ConversationRef(platform="shopee", native_id=chat.peer.value))],
            Template("news", "en"),
            allow_paid=True,
        )
    assert not shop.market.outbox


def test_what_stopped_half_way_says_what_was_sent(shop: Client, chat: ConversationRef) -> None:
    with pytest.raises(PartiallyApplied) as caught:
        shop.messaging.send(chat, ["first", Reaction("wamid.404", "x"), "third"])
    assert len(caught.value.done) == len(shop.market.outbox) == 1


def test_after_the_window_only_templates_are_sent(shop: Client, chat: ConversationRef) -> None:
    asked = TemplateInput(
        name="back", language="en", category="utility", body="Hi, {{1}} is back.", variables={"1": "Tee"}
    )
    template = shop.messaging.templates.create(asked)
    with pytest.raises(Conflict) as caught:
        shop.messaging.templates.create(asked)
    assert caught.value.reason == "duplicate"
    shop.market.approve_templates()
    shop.market.advance(timedelta(hours=25))
    assert not shop.messaging.policy(chat).can_reply
    with pytest.raises(PolicyViolation):
        shop.messaging.send(chat, "Hello?")
    said = Template(template.name, "en", variables={"1": "Tee"})
    assert shop.messaging.send(chat, said, purpose="utility", allow_paid=True).ids
    shop.messaging.templates.delete(template.name)
    with pytest.raises(NotFound):
        shop.messaging.templates.delete(template.name)


# orders


def test_an_order_is_told_on_and_each_status_once(shop: Client, order: Order) -> None:
    for step in (shop.orders.accept, shop.orders.ship):
        step(order)
        step(order.id)
    assert len(shop.market.outbox) == 2
    assert shop.orders.get(order).fulfilment_status == "shipped"
    shop.orders.update_tracking(order, OwnCarrier("DHL", "JD01"))
    shop.orders.update_tracking(order, OwnCarrier("DHL", "JD02"))
    assert "JD02" in str(shop.market.outbox[-1].contents)
    with pytest.raises(Conflict) as caught:
        shop.orders.accept(order)
    assert (caught.value.reason, caught.value.sent) == ("state", "no")


def test_two_who_ship_an_order_at_once_tell_it_once(shop: Client, order: Order) -> None:
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda _: shop.orders.ship(order), range(4)))
    assert {shipment.order_id for shipment in told} == {order.id}
    assert len(shop.market.outbox) == 1


def test_a_cancelled_order_stays_so(shop: Client, order: Order) -> None:
    shop.orders.cancel(order, "sold out")
    shop.orders.cancel(order, "sold out")
    assert len(shop.market.outbox) == 1
    for step in (
        shop.orders.accept,
        shop.orders.ship,
        lambda one: shop.orders.update_tracking(one, OwnCarrier("DHL", "JD01")),
    ):
        with pytest.raises(Conflict):
            step(order)
    assert shop.orders.get(order).status == "cancelled"
    assert len(shop.market.outbox) == 1


def test_orders_are_listed_from_what_was_received(shop: Client, order: Order) -> None:
    for _ in range(4):
        shop.market.buy("TS-1")
    receive(shop)
    pager = shop.orders.list()
    first = pager.collect(2)
    rest = shop.orders.list(cursor=pager.cursor).collect()
    assert len({one.id for one in [*first, *rest]}) == 5
    assert shop.orders.list(status="open", created_after=order.created_at).collect()
    result = shop.orders.get([order, "wamid.404"])
    assert [outcome.status for outcome in result] == ["ok", "failed"]
    for refused in (
        lambda: shop.orders.list(updated_after=shop.market.now()).collect(),
        lambda: shop.orders.label(order),
        lambda: shop.orders.ship(order, OwnCarrier("DHL", "1")),
        lambda: shop.ads.campaigns.list().collect(),
        lambda: shop.messaging.profile(Identity(kind="wa_id", value="6581234567")),
    ):
        with pytest.raises(Unsupported) as caught:
            refused()
        assert caught.value.reason


def test_a_write_whose_answer_is_lost_is_not_repeated(shop: Client, order: Order) -> None:
    for verb in (lambda: shop.orders.ship(order), lambda: shop.messaging.send(order, "On its way!")):
        before = len(shop.market.outbox)
        shop.market.fault("drop_after", on="POST *messages")
        with pytest.raises(OutcomeUnknown) as caught:
            verb()
        assert caught.value.how_to_find_out
        assert len(shop.market.outbox) == before + 1


# several numbers


def test_a_number_shows_its_own_catalog_and_knows_its_own_orders() -> None:
    with simulate("whatsapp", accounts=2) as root:
        numbers = root.accounts(kind="phone")
        for number in numbers:
            there = root.market.account(number)
            there.add_product(f"SKU-{number.id}", stock=5, price="3")
            there.buy(f"SKU-{number.id}")
        receive(root)
        for number in numbers:
            shop = root.for_account(number)
            (product,) = shop.catalog.list()
            assert product.variants[0].sku == f"SKU-{number.id}"
            assert shop.catalog.set_stock(StockChange(sku=f"SKU-{number.id}", quantity=7)).available == 7
            (order,) = shop.orders.list()
            shop.messaging.send(order, "Thank you!")
            assert f"/{number.id}/messages" in root.market.requests[-1].path


# one message to many


def agreed(shop: Client) -> Consent:
    return Consent(source="form", obtained_at=shop.market.now(), purposes=["messaging"])


@pytest.fixture
def news(shop: Client) -> Template:
    made = TemplateInput(
        name="news", language="en", category="utility", body="Hi {{1}}!", variables={"1": "Ann"}
    )
    shop.messaging.templates.create(made)
    shop.market.approve_templates()
    receive(shop)
    return Template("news", "en")


def people(count: int) -> list[Recipient]:
    return [Recipient(f"+65 9000 {n:04}", {"1": f"N{n}"}) for n in range(count)]


def test_one_message_goes_to_many_and_each_outcome_is_told(shop: Client, news: Template) -> None:
    result = shop.messaging.broadcast(
        [*people(3), Recipient("abc", {"1": "x"})], news, consent=agreed(shop), allow_paid=True
    )
    assert [outcome.status for outcome in result] == ["ok", "ok", "ok", "failed"]
    assert {outcome.value.status for outcome in result if outcome.value} == {"pending"}
    assert isinstance(result[3].error, InvalidRequest)
    assert result[3].error.sent == "no"
    assert len(shop.market.outbox) == 3


def test_nobody_is_named_twice_with_the_same_words(shop: Client, news: Template) -> None:
    twice = [Recipient("+65 9000 0000", {"1": "A"}), Recipient("6590000000", {"1": "A"})]
    with pytest.raises(InvalidRequest, match="recipient 1 is recipient 0 again"):
        shop.messaging.broadcast(twice, news, consent=agreed(shop), allow_paid=True)
    about = [Recipient("+65 9000 0000", {"1": "A"}), Recipient("+65 9000 0000", {"1": "B"})]
    result = shop.messaging.broadcast(about, news, consent=agreed(shop), allow_paid=True)
    assert [outcome.status for outcome in result] == ["ok", "ok"]


def test_a_job_stops_where_its_token_ends(shop: Client, news: Template) -> None:
    job = shop.messaging.broadcast(people(50), news, consent=agreed(shop), allow_paid=True, wait=False)
    job.refresh()
    sent = len(shop.market.outbox)
    shop.market.fault("expire_token", on="POST *messages", times=1000)
    with pytest.raises(SocialCommerceError):
        job.wait()
    assert sent == len(shop.market.outbox) == 40, "nobody's outcome is the dead token"
    assert job.status == "running"


# deliveries


def test_hostile_deliveries_have_one_error(shop: Client) -> None:
    shop.market.say("hello")
    (push,) = shop.market.pushes()
    hostile: tuple[Callable[[], Any], ...] = (
        lambda: shop.webhooks.receive(push.method, push.headers, push.body.replace(b"hello", b"hallo")),
        lambda: shop.webhooks.receive(push.method, {}, push.body),
        lambda: shop.webhooks.receive("GET", {}, b"", query={"hub.mode": "subscribe"}),
        lambda: shop.webhooks.receive("POST", push.headers, b""),
    )
    for deliver in hostile:
        with pytest.raises(WebhookError):
            deliver()
    with shop.webhooks.receive(push.method, push.headers, push.body) as receipt:
        assert [event.type for event in receipt.events] == ["message.received"]
    with shop.webhooks.receive(push.method, push.headers, push.body) as receipt:
        assert not receipt.events, "a delivery that was handled is seen"


def test_a_flow_is_asked_and_answered_under_its_own_key() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shop = Client(WhatsApp("1", "secret", "token", phone_number_id="1", flow_private_key=pem.decode()))
    aes, vector = os.urandom(16), os.urandom(16)
    wrapped = key.public_key().encrypt(
        aes, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    )
    asked = {"version": "3.0", "action": "data_exchange", "screen": "SIZE", "data": {"size": "M"}}
    parts = {
        "encrypted_flow_data": AESGCM(aes).encrypt(vector, json.dumps(asked).encode(), None),
        "encrypted_aes_key": wrapped,
        "initial_vector": vector,
    }
    body = json.dumps({name: base64.b64encode(part).decode() for name, part in parts.items()}).encode()
    signed = shop.webhooks.sign(body)
    with shop.webhooks.receive(signed.method, signed.headers, signed.body) as receipt:
        (event,) = receipt.events
        assert event.data["data"] == {"size": "M"}
        receipt.respond({"screen": "DONE", "data": {}})
    turned = bytes(byte ^ 0xFF for byte in vector)
    said = AESGCM(aes).decrypt(turned, base64.b64decode(receipt.response.content), None)
    assert json.loads(said)["screen"] == "DONE"
    assert receipt.assurance == "encrypted"
