"""Whole stories of messages and pushes against the pretend Facebook and Instagram."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from socialcommerce import (
    AsyncClient,
    Button,
    Image,
    Interactive,
    Media,
    ProductCard,
    ProductRef,
    QuickReplies,
    QuickReply,
    Template,
    TemplateInput,
    simulate,
)
from socialcommerce.errors import NotFound, OutcomeUnknown, PolicyViolation, WebhookError

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def shop() -> Any:
    with simulate("meta") as client:
        yield client


def handle(shop: Any) -> list[Any]:
    """Receive everything that the market pushed, as a web application would."""
    events = []
    for push in shop.market.pushes():
        with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as receipt:
            events += receipt.events
            assert receipt.response.status == 200
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
    assert conversation.id == thread
    assert conversation.ref == event.state.conversation
    receipt = shop.messaging.send(event.state, "It is!")
    (sent,) = shop.market.outbox
    assert str(sent.to) in (conversation.buyer.value, thread)
    shop.messaging.mark_read(conversation)
    assert shop.messaging.conversations(unread=True).collect() == []
    newest, oldest = shop.messaging.messages(thread).collect()
    assert (newest.id, newest.text, newest.echo) == (receipt.ids[0], "It is!", True)
    assert (oldest.id, oldest.text, oldest.echo) == (event.state.id, "Is it in stock?", False)
    echoes = [one for one in handle(shop) if one.type == "message.sent"]
    assert [one.state.id for one in echoes] == [newest.id]
    assert echoes[0].state.author == "bot"


def test_instagram_is_a_surface_of_the_same_client(shop: Any) -> None:
    thread = shop.market.twins["meta"].say_on_instagram("Hi from Instagram")
    other = shop.market.say("Hi from Messenger")
    surfaces = {one.id: one.ref.surface for one in shop.messaging.conversations()}
    assert surfaces == {thread: "instagram", other: "messenger"}
    assert shop.messaging.policy(thread).exits == ("human_followup",)
    assert shop.messaging.send(thread, "Hello").via == "instagram"
    (event,) = (
        one
        for one in handle(shop)
        if one.native_type == "messages" and one.state.text.startswith("Hi from I")
    )
    assert event.state.conversation.surface == "instagram"
    assert shop.messaging.messages(event.state.conversation).collect()[0].text == "Hello"
    account = next(one for one in shop.accounts() if one.kind == "instagram")
    chosen = shop.for_account(account)
    assert [one.id for one in chosen.messaging.conversations()] == [thread]
    assert chosen.messaging.profile(event.state.conversation).identity.kind == "igsid"


def test_every_content_arrives(shop: Any) -> None:
    shop.market.add_product("TS-1", stock=5)
    thread = shop.market.say("hello")
    contents = [
        "Look",
        Image(Media.from_bytes(PNG, "image/png")),
        ProductCard([ProductRef(sku="TS-1")]),
        QuickReplies("Size?", replies=[QuickReply("M"), QuickReply("L")]),
        Interactive("Which?", buttons=[Button("Shop", url="https://shop.example")]),
    ]
    receipt = shop.messaging.send(thread, contents)
    assert len(receipt.ids) == len(shop.market.outbox) == 5


def test_the_window_closes_and_what_is_open_then(shop: Any) -> None:
    thread = shop.market.say("hello")
    assert shop.messaging.policy(thread).can_reply
    shop.market.advance(timedelta(hours=25))
    policy = shop.messaging.policy(thread)
    assert (policy.can_reply, policy.exits) == (False, ("human_followup", "utility"))
    with pytest.raises(PolicyViolation) as caught:
        shop.messaging.send(thread, "too late")
    assert caught.value.sent == "no"
    assert shop.messaging.send(thread, "a human again", purpose="human_followup").ids
    shop.market.advance(timedelta(days=7))
    assert shop.messaging.policy(thread).exits == ("utility",)
    shop.market.say("still there?", thread)
    assert shop.messaging.send(thread, "yes").ids


def test_a_template_is_approved_and_opens_a_closed_window(shop: Any) -> None:
    thread = shop.market.say("hello")
    templates = shop.messaging.templates
    made = templates.create(
        TemplateInput(
            name="shipped",
            language="en_US",
            category="utility",
            body="Order {{order}} is on its way",
            variables={"order": "1001"},
        )
    )
    assert made.status == "in_review"
    shop.market.approve_templates()
    (listed,) = templates.list(status="approved")
    assert (listed.name, listed.language, listed.variables) == ("shipped", "en_US", ("order",))
    shop.market.advance(timedelta(days=30))
    content = Template("shipped", language="en_US", variables={"order": "1001"})
    with pytest.raises(PolicyViolation, match="allow_paid"):
        shop.messaging.send(thread, content, purpose="utility")
    assert shop.messaging.send(thread, content, purpose="utility", allow_paid=True).ids
    templates.delete(listed)
    assert templates.list().collect() == []
    with pytest.raises(NotFound, match=listed.id):
        templates.delete(listed)


def test_a_lost_answer_is_found_and_nothing_is_said_twice(shop: Any) -> None:
    thread = shop.market.say("hello")
    shop.market.fault("drop_after", on="POST */messages")
    receipt = shop.messaging.send(thread, "once")
    assert [one.id for one in shop.messaging.messages(thread) if one.echo] == list(receipt.ids)


def test_what_nobody_can_tell_is_said_so_and_not_repeated(shop: Any) -> None:
    thread = shop.market.say("hello")
    shop.messaging.policy(thread)
    shop.market.fault("drop_before", on="POST */messages")
    with pytest.raises(OutcomeUnknown) as caught:
        shop.messaging.send(thread, "perhaps")
    assert "messaging.messages" in caught.value.how_to_find_out
    assert not any(one.echo for one in shop.messaging.messages(thread))


def test_a_forged_push_is_refused(shop: Any) -> None:
    shop.market.say("hello")
    (push,) = shop.market.pushes()
    with pytest.raises(WebhookError):
        shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body + b" ")


def test_subscriptions_are_kept_on_both_levels(shop: Any) -> None:
    found = shop.webhooks.subscribe(["message.received"])
    assert {one.level for one in found} == {"app", "account"}
    assert {one.url for one in found if one.level == "app"} == {shop.market.twins["meta"].push_url}
    assert shop.webhooks.health()
    left = shop.webhooks.unsubscribe(["message.received"], level="account")
    assert not any("message.received" in one.events for one in left if one.level == "account")


async def test_the_same_story_awaited() -> None:
    async with simulate("meta", AsyncClient) as shop:
        thread = shop.market.say("Is it in stock?")
        conversations = await shop.messaging.conversations().collect()
        assert [one.id for one in conversations] == [thread]
        receipt = await shop.messaging.send(thread, "It is!")
        messages = await shop.messaging.messages(thread).collect()
        assert messages[0].id == receipt.ids[0]
        (push, *_) = shop.market.pushes()
        async with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as got:
            assert got.events[0].state.text == "Is it in stock?"


def test_a_comment_is_answered_privately_once_and_in_time(shop: Any) -> None:
    post = shop.market.post("New mugs")
    first = shop.market.twins["meta"].comment(post, "Price?")
    second = shop.market.twins["meta"].comment(post, "Size?")
    told = {one.ref.id: one.state for one in handle(shop) if one.ref and one.ref.kind == "comment"}
    assert told[first].text == "Price?"
    receipt = shop.messaging.send(told[first], "12 dollars")
    assert (receipt.via, len(receipt.ids)) == ("private_reply", 1)
    with pytest.raises(PolicyViolation, match="one private reply"):
        shop.messaging.send(told[first], "or 11")
    restarted = simulate("meta", market=shop.market)
    with pytest.raises(PolicyViolation, match="already replied"):
        restarted.messaging.send(told[first], "or 11")
    shop.market.advance(timedelta(days=8))
    with pytest.raises(PolicyViolation, match="7 days"):
        shop.messaging.send(told[second], "too late")


def test_a_button_that_was_pressed_and_a_message_that_was_read(shop: Any) -> None:
    thread = shop.market.say("hello")
    shop.messaging.send(thread, "Hi")
    kinds = [one.type for one in handle(shop)]
    assert kinds[:2] == ["message.received", "message.sent"]
    assert set(kinds[2:]) <= {"message.delivered", "message.read"}


def test_who_removes_the_app_is_told(shop: Any) -> None:
    account = next(one for one in shop.accounts() if one.kind == "catalog")
    shop.market.account(account.id).revoke()
    assert [one.type for one in handle(shop)] == ["authorization.revoked"]
