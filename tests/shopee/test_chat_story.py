"""Whole stories of chat and pushes against the pretend Shopee."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from socialcommerce import AsyncClient, Image, Media, OrderCard, ProductCard, ProductRef, Sticker, simulate
from socialcommerce.errors import OutcomeUnknown, WebhookError

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def shop() -> Any:
    with simulate("shopee") as client:
        yield client


def handle(shop: Any, **options: Any) -> list[Any]:
    """Receive everything that the market pushed, as a web application would."""
    events = []
    for push in shop.market.pushes():
        with shop.webhooks.receive(
            method=push.method, headers=push.headers, body=push.body, **options
        ) as receipt:
            events += receipt.events
            assert (receipt.response.status, receipt.response.content) == (200, b"")
    return events


def test_a_buyer_writes_and_is_answered(shop: Any) -> None:
    thread = shop.market.say("Is it in stock?")
    (event,) = handle(shop)
    assert (event.type, event.state.text, event.state.author) == (
        "message.received",
        "Is it in stock?",
        "buyer",
    )
    (conversation,) = shop.messaging.conversations(unread=True)
    assert conversation.id == event.state.conversation.native_id == thread
    assert conversation.ref == event.state.conversation
    receipt = shop.messaging.send(event.state, "It is!")
    (sent,) = shop.market.outbox
    assert str(sent.to) in (conversation.buyer.value, thread)
    shop.messaging.mark_read(conversation)
    assert shop.messaging.conversations(unread=True).collect() == []
    newest, oldest = shop.messaging.messages(thread).collect()
    assert (newest.id, newest.text, newest.echo) == (receipt.ids[0], "It is!", True)
    assert (oldest.text, oldest.echo) == ("Is it in stock?", False)
    assert shop.messaging.profile(conversation).name == conversation.buyer_name


def test_every_content_arrives(shop: Any) -> None:
    shop.market.add_product("TS-1", stock=5)
    order = shop.market.buy("TS-1")
    thread = shop.market.say("hello")
    product = shop.catalog.find("TS-1")[0].product_id
    contents = [
        Image(Media.from_bytes(PNG, "image/png")),
        Sticker("1", "2"),
        ProductCard([ProductRef(product)]),
        OrderCard(order),
    ]
    receipt = shop.messaging.send(thread, contents)
    assert len(receipt.ids) == 4
    found = [message.contents[0] for message in shop.messaging.messages(thread)][:4][::-1]
    assert [content.type for content in found] == ["image", "sticker", "product_card", "order_card"]
    assert found[2].products[0].id == product
    assert found[3].order_id == order


def test_the_buyer_of_an_order_is_written_to(shop: Any) -> None:
    shop.market.add_product("TS-1", stock=5)
    order = shop.orders.get(shop.market.buy("TS-1"))
    assert shop.messaging.send(order, "On its way!").ids
    assert shop.messaging.send(order.id, "Soon there.").ids
    (conversation,) = shop.messaging.conversations()
    assert [message.text for message in shop.messaging.messages(conversation)] == [
        "Soon there.",
        "On its way!",
    ]


def test_a_lost_answer_does_not_send_twice(shop: Any) -> None:
    thread = shop.market.say("hello")
    (conversation,) = shop.messaging.conversations()
    shop.market.fault("drop_after", on="POST *send_message")
    receipt = shop.messaging.send(conversation, "only once")
    texts = [message.text for message in shop.messaging.messages(thread)]
    assert texts == ["only once", "hello"]
    assert receipt.ids == (shop.messaging.messages(thread).collect()[0].id,)
    shop.market.fault("drop_before", on="POST *send_message")
    with pytest.raises(OutcomeUnknown):
        shop.messaging.send(conversation, "never arrived")
    shop.market.fault("drop_before", on="POST *send_message")
    with pytest.raises(OutcomeUnknown):
        shop.messaging.send(conversation, "only once more")
    assert len(shop.messaging.messages(thread).collect()) == 2


def test_long_inboxes_are_walked_to_their_end(shop: Any) -> None:
    threads = []
    for number in range(60):
        threads.append(shop.market.say(f"hello {number}"))
        shop.market.advance(timedelta(seconds=1))
    found = [conversation.id for conversation in shop.messaging.conversations()]
    assert found == threads[::-1]
    for number in range(130):
        shop.market.say(f"and {number}", conversation=threads[0])
        shop.market.advance(timedelta(seconds=1))
    texts = [message.text for message in shop.messaging.messages(threads[0])]
    assert texts == [f"and {number}" for number in reversed(range(130))] + ["hello 0"]
    since = shop.market.now() - timedelta(seconds=10)
    assert 9 <= len(shop.messaging.messages(threads[0], since=since).collect()) <= 11


def test_an_order_is_told_from_payment_to_the_end(shop: Any) -> None:
    shop.market.add_product("TS-1", stock=5)
    order = shop.market.buy("TS-1")
    (paid,) = [event for event in handle(shop) if event.type == "order.paid"]
    assert paid.ref.id == order
    assert paid.fetch().id == order
    shop.market.complete(order)
    types = [event.type for event in handle(shop)]
    assert "order.completed" in types


def test_a_repeated_push_is_handled_once(shop: Any) -> None:
    shop.market.fault("duplicate_push")
    shop.market.say("hello")
    assert [event.type for event in handle(shop)] == ["message.received"]


def test_a_push_of_a_changed_body_is_refused(shop: Any) -> None:
    shop.market.say("hello")
    (push,) = shop.market.pushes()
    with pytest.raises(WebhookError) as caught:
        shop.webhooks.receive(
            method=push.method, headers=push.headers, body=push.body.replace(b"hello", b"jello")
        )
    assert caught.value.reason == "signature"


def test_subscriptions_are_changed_and_told(shop: Any) -> None:
    assert shop.webhooks.health()
    off = shop.webhooks.unsubscribe(["message.received"])
    assert "webchat_push" not in [row.topic for row in off]
    assert "webchat_push" in [row.topic for row in shop.webhooks.subscribe(["message.received"])]


async def test_the_same_story_awaited() -> None:
    async with simulate("shopee", AsyncClient) as shop:
        thread = shop.market.say("hello")
        for push in shop.market.pushes():
            async with shop.webhooks.receive(
                method=push.method, headers=push.headers, body=push.body
            ) as receipt:
                (event,) = receipt.events
        assert (await shop.messaging.send(event.state, "hi")).ids
        assert [message.text async for message in shop.messaging.messages(thread)] == ["hi", "hello"]
