"""The rules of sending that hold on every platform, and the memory that stands in for a history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from socialcommerce import (
    Client,
    Conversation,
    ConversationRef,
    Identity,
    Message,
    OrderCard,
    SendPolicy,
    SendReceipt,
    State,
    Text,
)
from socialcommerce.backends import Backend, Messaging, native, no, supports
from socialcommerce.errors import InvalidRequest, PartiallyApplied, PolicyViolation, Unsupported
from socialcommerce.models import Content
from socialcommerce.resources import inbox
from socialcommerce.resources.sending import SendOptions, as_contents, portable, settled, together
from socialcommerce.runtime.drivers import SyncDriver
from socialcommerce.runtime.flow import Flow, done
from socialcommerce.runtime.paging import Page

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WHO = Identity(kind="user_id", value="them")
REF = ConversationRef(platform="toy", own_account="me", peer=WHO, native_id="t")


class ToyMessaging(Messaging):
    """Two contents a call; free only where the test says so."""

    batch = 2
    policy_now = SendPolicy(can_reply=True)
    price: bool | None = False
    sent: list[tuple[str, ...]]

    @supports("native", params=native("purpose", "allow_paid", "silent"))
    def send(self, to: Any, contents: Any, **options: Any) -> Flow[SendReceipt]:
        return self.sending(to, contents, SendOptions(**options))

    @supports("native")
    def policy(self, conversation: Any) -> Flow[SendPolicy]:
        return done(self.policy_now)

    @supports("emulated", params={"since": "emulated", "until": no("it is short")})
    def messages(self, conversation: Any, **more: Any) -> Flow[Page[Message]]:
        return inbox.messages(settled(conversation), cursor=more.get("cursor"))

    def recipient(self, to: Any) -> Flow[ConversationRef]:
        return done(to)

    def payload(self, content: Content) -> Any:
        return content.text if isinstance(content, Text) else super().payload(content)

    def price_of(self, *_: Any) -> bool | None:
        return self.price

    def deliver(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions
    ) -> Flow[SendReceipt]:
        texts = tuple(self.payload(content) for content in contents)
        if "fail" in texts:
            raise InvalidRequest("refused", sent="yes")
        self.sent.append(texts)
        return done(SendReceipt(ids=texts, via="toy"))


def toy(state: State | None = None, **rules: Any) -> tuple[Client, list[tuple[str, ...]]]:
    noun = type("Noun", (ToyMessaging,), {"sent": [], **rules})
    backend = type("Toy", (Backend,), {"name": "toy", "messaging": noun, "services": {}})
    return Client(backend(), state=state or State.memory(), transport=lambda _: None), noun.sent


def test_contents_go_out_in_order_as_many_a_call_as_the_platform_takes() -> None:
    shop, sent = toy()
    receipt = shop.messaging.send(REF, ["one", Text("two"), "three"])
    assert sent == [("one", "two"), ("three",)]
    assert (receipt.ids, receipt.via, receipt.billable) == (("one", "two", "three"), "toy", False)


def test_all_is_checked_before_anything_leaves() -> None:
    shop, sent = toy()
    with pytest.raises(Unsupported, match=r"content\.order_card"):
        shop.messaging.send(REF, ["one", "two", OrderCard("1")])
    assert sent == []


def test_a_later_failure_says_what_was_sent_and_how_to_go_on() -> None:
    shop, sent = toy()
    with pytest.raises(PartiallyApplied) as caught:
        shop.messaging.send(REF, ["one", "two", "fail", "four"])
    assert sent == [("one", "two")]
    assert (caught.value.done, caught.value.failed) == (["one", "two"], ["text", "text"])
    assert [Text.model_validate(row).text for row in caught.value.resume["contents"]] == ["fail", "four"]
    with pytest.raises(InvalidRequest, match="refused"):
        shop.messaging.send(REF, "fail")


def test_the_platforms_rule_forbids() -> None:
    closed = SendPolicy(can_reply=False, exits=("utility",), reason="the window is closed")
    shop, sent = toy(policy_now=closed)
    for purpose in ("reply", "marketing"):
        with pytest.raises(
            PolicyViolation, match="window is closed; other purposes that are open: utility"
        ) as caught:
            shop.messaging.send(REF, "hello", purpose=purpose)
        assert (caught.value.sent, caught.value.reason, caught.value.platform) == ("no", "policy", "toy")
    assert sent == []
    assert shop.messaging.send(REF, "hello", purpose="utility").ids == ("hello",)


@pytest.mark.parametrize(("price", "word"), [(True, "costs"), (None, "may cost")])
def test_nothing_is_paid_for_unasked(price: bool | None, word: str) -> None:
    shop, sent = toy(price=price)
    with pytest.raises(PolicyViolation, match=f"{word} something") as caught:
        shop.messaging.send(REF, "hello")
    assert (caught.value.sent, caught.value.reason, sent) == ("no", "paid", [])
    assert shop.messaging.send(REF, "hello", allow_paid=True).billable is price


def test_where_nobody_knows_a_price_it_counts_as_one() -> None:
    shop, _ = toy(price_of=Messaging.price_of)
    with pytest.raises(PolicyViolation, match="may cost"):
        shop.messaging.send(REF, "hello")


def test_what_the_backend_does_not_name_is_refused() -> None:
    shop, _ = toy()
    with pytest.raises(Unsupported):
        shop.messaging.send(REF, "hello", reply_to="1")
    with pytest.raises(Unsupported):
        shop.messaging.typing(REF)
    with pytest.raises(Unsupported):
        shop.messaging.messages(REF, until=NOW)


def test_an_empty_contract_refuses_all() -> None:
    backend = type("Bare", (Backend,), {"name": "bare", "services": {}})
    messaging = Client(backend(), transport=lambda _: None).messaging
    calls: list[Any] = [
        lambda: messaging.conversations().collect(),
        lambda: messaging.messages("1").collect(),
        lambda: messaging.send("1", "hello"),
        lambda: messaging.policy("1"),
        lambda: messaging.mark_read("1"),
        lambda: messaging.upload_media(None),  # type: ignore[arg-type]  # refused before it is looked at
        lambda: messaging.download_media(None),  # type: ignore[arg-type]  # refused before it is looked at
        lambda: messaging.profile("1"),
        lambda: messaging.broadcast([], "x"),
        lambda: messaging.templates.create(None),  # type: ignore[arg-type]  # refused before it is looked at
        lambda: messaging.templates.update("1", body="x"),
    ]
    for call in calls:
        with pytest.raises(Unsupported):
            call()


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("conversations", ()),
        ("messages", ("1",)),
        ("send", ("1", "hello")),
        ("policy", ("1",)),
        ("mark_read", ("1",)),
        ("typing", ("1",)),
        ("handover", ("1",)),
        ("upload_media", (None,)),
        ("download_media", (None,)),
        ("profile", ("1",)),
        ("broadcast", ([], "x")),
        ("recipient", ("1",)),
        ("payload", (Text("x"),)),
        ("deliver", (REF, [Text("x")], SendOptions())),
        ("templates.list", ()),
        ("templates.create", (None,)),
        ("templates.update", ("1",)),
        ("templates.delete", ("1",)),
    ],
)
def test_what_a_backend_leaves_out_refuses_itself(method: str, arguments: tuple[Any, ...]) -> None:
    backend = type("Bare", (Backend,), {"name": "bare", "services": {}})
    session = Client(backend(), transport=lambda _: None)._core.session
    noun: Any = Messaging.templates(session) if "." in method else Messaging(session)
    with pytest.raises(Unsupported):
        getattr(noun, method.rpartition(".")[2])(*arguments)


def test_a_quoted_message_is_known_by_its_id() -> None:
    assert SendOptions(reply_to=message(7)).reply_to == "7"
    assert SendOptions(reply_to="7").reply_to == "7"


@pytest.mark.parametrize("contents", [[], [[]], 5, [5]])
def test_contents_are_text_or_content(contents: Any) -> None:
    with pytest.raises(InvalidRequest):
        as_contents(contents)


# who a listing is about


@pytest.mark.parametrize(
    "given", [REF, Conversation.build(id="t", ref=REF), Message.build(id="m", conversation=REF)]
)
def test_a_cursor_keeps_the_whole_conversation(given: Any) -> None:
    assert settled(portable(given)) == REF
    assert settled(portable(WHO)) == WHO
    assert settled(portable("t")) == "t"


# the memory that stands in for a history


def message(number: int, **more: Any) -> Message:
    fields: dict[str, Any] = {
        "id": str(number),
        "platform": "toy",
        "conversation": REF,
        "contents": (Text(f"message {number}"),),
        "sent_at": NOW + timedelta(minutes=number),
    }
    return Message.build(**fields | more)


def kept(*messages: Message) -> tuple[State, Any]:
    state = State.memory(NOW.timestamp)
    run = SyncDriver(None, state).run  # type: ignore[arg-type]  # nothing is sent
    for one in messages:
        run(inbox.keep(one))
    return state, run


def test_the_memory_answers_as_a_history_would() -> None:
    state, _ = kept(*(message(number) for number in range(120)))
    shop, _ = toy(state)
    pager = shop.messaging.messages(REF)
    texts = [found.text for found in pager]
    assert texts == [f"message {number}" for number in reversed(range(120))]
    iterator = iter(pager)
    [next(iterator) for _ in range(70)]
    rest = shop.messaging.messages(REF, cursor=pager.cursor).collect()
    assert [found.id for found in rest] == [str(number) for number in reversed(range(50))]


def test_a_message_is_kept_once_and_comes_back_the_same() -> None:
    one = message(1, author="buyer", native_ids={"mid": "1"})
    _, run = kept(one)
    assert not run(inbox.keep(one))
    (found,) = run(inbox.messages(REF)).items
    assert found == one
    assert not run(inbox.keep(message(2, sent_at=None)))


def test_conversations_are_listed_by_their_newest_message() -> None:
    other = REF.model_copy(update={"native_id": "u"})
    _, run = kept(message(1), message(2, conversation=other), message(3))
    page = run(inbox.conversations(REF))
    assert [(thread.id, thread.last_message) for thread in page.items] == [
        ("t", "message 3"),
        ("u", "message 2"),
    ]
    assert page.items[0].ref == REF
    assert not page.items[0].loaded("unread")
    recent = run(inbox.conversations(REF, updated_after=NOW + timedelta(minutes=3)))
    assert [thread.id for thread in recent.items] == ["t"]
    assert recent.next is None
    elsewhere = REF.model_copy(update={"own_account": "another"})
    assert run(inbox.conversations(elsewhere)).items == []


def test_the_buyers_last_word_opens_a_window() -> None:
    _, run = kept(message(1), *(message(number, author="person", echo=True) for number in range(2, 80)))
    assert run(inbox.last_from_buyer(REF)).id == "1"
    assert run(inbox.heard_at(REF)) == message(1).sent_at
    nobody = REF.model_copy(update={"native_id": "x"})
    assert (run(inbox.last_from_buyer(nobody)), run(inbox.heard_at(nobody))) == (None, None)


def test_who_was_only_written_to_was_not_heard() -> None:
    ours = [message(number, author="person", echo=True) for number in (1, 2)]
    _, run = kept(*ours, message(3, echo=True), message(4, author="system"))
    assert run(inbox.heard_at(REF)) is None


def test_where_a_window_was_not_noted_the_history_tells_it() -> None:
    state, run = kept(message(1), message(2, author="person", echo=True))
    ((key, row),) = state.inbox.scan("n/")
    for sent in (NOW + timedelta(minutes=2), NOW + timedelta(minutes=9)):
        assert state.inbox.swap(key, state.inbox.load(key)[1], {"sent_at": sent.timestamp()})
        assert run(inbox.heard_at(REF)) == message(1).sent_at
        assert row["heard_at"] == (NOW + timedelta(minutes=1)).timestamp()


def test_one_receipt_says_what_it_was_given() -> None:
    free = SendReceipt(ids=("1",), via="x", billable=False, raw={"a": 1})
    unknown = SendReceipt(ids=("2",), via="y", raw={"b": 1})
    assert (together([free], True).billable, together([free], True).raw) == (False, {"a": 1})
    assert [together([unknown], told).billable for told in (True, False, None)] == [True, False, None]
    assert together([unknown], True).ids == ("2",)
