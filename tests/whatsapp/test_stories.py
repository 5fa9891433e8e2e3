"""Whole stories against the pretend WhatsApp: a cart becomes an order, is paid, shipped and talked about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialcommerce import AsyncClient, Client, Consent, Event, Recipient, errors, simulate
from socialcommerce.backends.meta.whatsapp.messaging import cards
from socialcommerce.models.content import (
    Button,
    Contact,
    Content,
    Image,
    Interactive,
    Location,
    ProductCard,
    ProductRef,
    QuickReplies,
    QuickReply,
    Reaction,
    Section,
    Template,
)
from socialcommerce.models.media import Media
from socialcommerce.models.message import TemplateInput

READY = TemplateInput(
    name="order_ready",
    language="en_US",
    category="utility",
    body="Hi {{1}}!",
    variables={"1": "Ana"},
    buttons=[Button("Stop")],
)
AGREED = Consent(source="checkout", obtained_at=datetime(2026, 1, 1, tzinfo=UTC), purposes=["messaging"])


def handled(client: Client) -> list[Event]:
    """Take everything that was pushed; what it tells is remembered."""
    found: list[Event] = []
    for push in client.market.pushes():
        with client.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as receipt:
            found += receipt.events
    return found


def sold(client: Client) -> Any:
    """An order of two pieces."""
    client.market.add_product("TS-1", 5)
    number = client.market.buy("TS-1", 2)
    handled(client)
    return client.orders.get(number)


def test_a_cart_becomes_an_order_that_is_accepted_and_shipped() -> None:
    with simulate("whatsapp") as shop:
        order = sold(shop)
        assert [(line.sku, line.quantity.ordered) for line in order.lines] == [("TS-1", 2)]
        assert [one.id for one in shop.orders.list()] == [order.id]
        shop.orders.accept(order)
        shop.orders.ship(order)
        assert shop.orders.get(order).fulfilment_status == "shipped"
        told = [entry.contents[0]["text"] for entry in shop.market.outbox]
        assert told == ["Your order is being prepared.", "Your order is on its way."]
        shop.orders.cancel(order, "Sold out after all")
        assert shop.orders.get(order).status == "cancelled"


def test_a_payment_is_asked_for_where_payments_exist() -> None:
    with simulate("whatsapp", currency="INR") as shop:
        order = sold(shop)
        payment = {"payment_type": "upi", "payment_configuration": "main"}
        shop.messaging.send(order, cards.order_details(order, "Please pay", payment=payment))
        assert shop.orders.get(order).status == "pending"
        assert shop.orders.accept(order).native_status == "processing"
        assert shop.orders.transactions(order).items == ()
    with simulate("whatsapp", currency="USD") as other:
        order = sold(other)
        with pytest.raises(errors.InvalidRequest, match="country"):
            other.messaging.send(order, cards.order_details(order, "Please pay", payment=payment))


def test_a_question_is_answered_until_the_window_closes() -> None:
    with simulate("whatsapp") as shop:
        number = shop.market.say("Is it blue?")
        (asked,) = handled(shop)
        (conversation,) = shop.messaging.conversations()
        assert conversation.id == number
        shop.messaging.mark_read(asked.state)
        shop.messaging.typing(conversation)
        shop.messaging.send(conversation, "Yes!", reply_to=asked.state)
        shop.market.advance(timedelta(minutes=5))
        words = {event.type for event in handled(shop)}
        assert "message.sent" in words
        assert [one.text for one in shop.messaging.messages(conversation)] == ["Yes!", "Is it blue?"]
        shop.market.advance(timedelta(hours=24))
        with pytest.raises(errors.PolicyViolation) as caught:
            shop.messaging.send(conversation, "Still there?")
        assert caught.value.sent == "no"
        shop.market.say("Yes?", conversation.ref)
        handled(shop)
        assert shop.messaging.send(conversation, "Here!").ids


def test_every_kind_of_content_is_taken() -> None:
    with simulate("whatsapp") as shop:
        order = sold(shop)
        contents: list[Content] = [
            Reaction(order.id, "👍"),
            Location(1.3, 103.8, name="Shop"),
            Contact("Ana Lim", phones=["+65 1234"]),
            Image(Media.from_bytes(b"\x89PNG\r\n\x1a\nhello"), caption="Blue"),
            QuickReplies("Which?", [QuickReply("Red"), QuickReply("Blue")]),
            Interactive("Pick", sections=[Section("Colours", [Button("Red\nwarm")])], list_label="Open"),
            Interactive("Look", buttons=[Button("Shop", url="https://shop.example")]),
            ProductCard([ProductRef(sku="TS-1")], text="This one"),
            cards.catalog_message("All of it", thumbnail="TS-1"),
        ]
        receipt = shop.messaging.send(order, contents)
        assert len(set(receipt.ids)) == len(contents)
        assert len(shop.market.outbox) == len(contents)
        with pytest.raises(errors.InvalidRequest):
            shop.messaging.send(order, ProductCard([ProductRef(sku="nothing")]))


def test_a_template_is_reviewed_sent_changed_and_deleted() -> None:
    with simulate("whatsapp") as shop:
        order = sold(shop)
        made = shop.messaging.templates.create(READY)
        assert made.status == "in_review"
        with pytest.raises(errors.SocialCommerceError):
            shop.messaging.send(
                order, Template("order_ready", "en_US", variables={"1": "Bo"}), allow_paid=True
            )
        shop.market.approve_templates()
        assert [event.type for event in handled(shop)] == ["message.template_updated"]
        (kept,) = shop.messaging.templates.list(status="approved")
        template = Template("order_ready", "en_US", variables={"1": "Bo"}, buttons=["stop"])
        shop.market.advance(timedelta(days=2))
        shop.messaging.send(order, template, purpose="utility", allow_paid=True)
        people = [Recipient(to=order.buyer.phone, variables={"1": "Bo"})]
        plain = Template("order_ready", "en_US")
        (outcome,) = shop.messaging.broadcast(people, plain, consent=AGREED, allow_paid=True)
        assert outcome.ok
        assert shop.messaging.templates.update(kept, body="Hello {{1}}!").body == "Hello {{1}}!"
        shop.messaging.templates.delete("order_ready")
        assert [one.status for one in shop.messaging.templates.list() if one.status != "deleted"] == []


def test_a_lost_answer_is_found_by_its_status() -> None:
    with simulate("whatsapp") as shop:
        number = shop.market.say("Hi")
        handled(shop)
        shop.market.fault("drop_after", on="POST *messages")
        with pytest.raises(errors.OutcomeUnknown) as caught:
            shop.messaging.send(number, "once", idempotency_key="k-1")
        assert caught.value.evidence == {"biz_opaque_callback_data": "k-1"}
        assert len(shop.market.outbox) == 1  # it went out, and is not sent again
        shop.market.advance(timedelta(minutes=5))
        assert "k-1" in {event.data.get("biz_opaque_callback_data") for event in handled(shop)}


def test_what_was_not_sent_is_sent_again() -> None:
    with simulate("whatsapp") as shop:
        number = shop.market.say("Hi")
        handled(shop)
        shop.market.fault("throttle", on="POST *messages", retry_after=timedelta(seconds=4))
        assert shop.messaging.send(number, "once").ids
        assert len(shop.market.outbox) == 1


def test_a_push_that_comes_twice_is_handled_once() -> None:
    with simulate("whatsapp") as shop:
        shop.market.fault("duplicate_push")
        shop.market.say("Hi")
        assert len(handled(shop)) == 1


def test_subscriptions_come_and_go() -> None:
    with simulate("whatsapp") as shop:
        found = shop.webhooks.subscribe(["order.created"])
        assert {one.level for one in found} == {"app", "account"}
        assert {one.url for one in found if one.level == "app"} == {shop.market.twins["whatsapp"].push_url}
        assert shop.webhooks.health().status == "unknown"
        left = shop.webhooks.unsubscribe([one.topic for one in found if one.level == "app"])
        assert left == ()
        assert not shop.webhooks.health()


@pytest.mark.anyio
async def test_the_same_is_awaited() -> None:
    async with simulate("whatsapp", AsyncClient) as shop:
        shop.market.add_product("TS-1", 5)
        number = shop.market.buy("TS-1")
        for push in shop.market.pushes():
            receipt = shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body)
            async with receipt:
                assert [event.type for event in receipt.events] == ["order.created", "message.received"]
        assert (await shop.orders.get(number)).lines[0].sku == "TS-1"
        await shop.messaging.send(number, "Thank you!")
        assert len(shop.market.outbox) == 1
