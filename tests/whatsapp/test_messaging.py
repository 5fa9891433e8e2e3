"""Whom messages on WhatsApp reach, when they may be sent, what they cost, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.meta.wire import NOW, PHONE, Wire, refusal, rows
from tests.whatsapp.chat import (
    MESSAGES,
    NAME,
    NUMBER,
    TEMPLATES,
    USER,
    accepted,
    deliver,
    known,
    message,
    ordered,
    push,
    said,
    status,
    template_row,
)

from socialcommerce import Client, ConversationRef, Identity, errors
from socialcommerce.backends import Request
from socialcommerce.backends.meta.whatsapp.codes import messaging as codes
from socialcommerce.models.content import (
    Coupon,
    Image,
    Location,
    Template,
)
from socialcommerce.models.media import Media
from socialcommerce.runtime.transport import Interrupted

PNG = Media.from_bytes(b"\x89PNGhello")
WEBP = Media.from_bytes(b"RIFF0000WEBP")


def hidden(number: str, user: str) -> dict[str, Any]:
    """A message of somebody who shows no phone number."""
    told = message(number, from_user_id=user)
    del told["from"]
    return told


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


def test_what_they_wrote_after_an_ad_does_not_shut_the_longer_window() -> None:
    wire = Wire()
    wire[MESSAGES] = accepted()
    client = wire.whatsapp()
    deliver(client, push(message(referral={"source_type": "ad", "ctwa_clid": "Aff"})))
    wire.now = NOW + 60
    client.messaging.send(NUMBER, "Hello!")
    for later in range(1, 30):
        deliver(client, push(message(f"wamid.later{later}", NOW + 60 * later)))
    end = datetime.fromtimestamp(NOW, UTC) + timedelta(hours=72)
    assert client.messaging.policy(NUMBER).free_until == end
    wire.now = NOW + 73 * 3600
    assert not client.messaging.policy(NUMBER).can_reply


def counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many messages are read of a talk, each time that some are, from now on."""
    scan, read = client.state.inbox.scan, list[int]()

    def count(prefix: str, after: str = "", limit: int = 100) -> Any:
        rows = scan(prefix, after, limit)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(client.state.inbox, "scan", count)
    return read


def forget_who_was_heard(client: Client) -> None:
    """Leave the state as versions wrote it that did not note when somebody was heard."""
    store = client.state.inbox
    for key, row in store.scan("n/"):
        assert store.swap(key, store.load(key)[1], {"sent_at": row["sent_at"]})


@pytest.mark.parametrize("theirs", [True, False])
def test_a_long_talk_is_not_read_before_each_message(theirs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    wire, client = known()
    for number in range(100):
        wire.now = NOW + number
        if theirs:
            deliver(client, push(message(f"wamid.{number}", wire.now)))
        else:
            client.messaging.send(NUMBER, "and another thing")
    read = counted(client, monkeypatch)
    assert client.messaging.policy(NUMBER).can_reply
    client.messaging.send(NUMBER, "Yes!")
    assert sum(read) == 0


def test_nor_is_one_that_began_with_an_ad(monkeypatch: pytest.MonkeyPatch) -> None:
    _, client = known()
    deliver(client, push(message("wamid.2", NOW, referral={"source_type": "ad"})))
    for number in range(100):
        deliver(client, push(message(f"wamid.later{number}", NOW + number)))
    read = counted(client, monkeypatch)
    client.messaging.send(NUMBER, "Yes!")
    assert read == []


@pytest.mark.parametrize("answers", [0, 60])
def test_what_an_earlier_version_kept_holds_the_window_open(answers: int) -> None:
    wire, client = known()
    for number in range(answers):
        wire.now = NOW + number
        client.messaging.send(NUMBER, "and another thing")
    forget_who_was_heard(client)
    end = datetime.fromtimestamp(NOW, UTC) + timedelta(hours=24)
    for _ in range(2):  # what is sent now does not tell either when the person wrote
        assert client.messaging.policy(NUMBER).free_until == end
        client.messaging.send(NUMBER, "Yes!")
    wire.now = NOW + 24 * 3600
    with pytest.raises(errors.PolicyViolation):
        client.messaging.send(NUMBER, "Yes!")


def test_a_message_that_comes_late_opens_no_window_that_has_ended() -> None:
    wire, client = known()
    wire.now = NOW + 3600
    client.messaging.send(NUMBER, "Yes!")
    deliver(client, push(message("wamid.earlier", NOW - 60)))
    end = datetime.fromtimestamp(NOW, UTC) + timedelta(hours=24)
    assert client.messaging.policy(NUMBER).free_until == end
    deliver(client, push(message("wamid.later", NOW + 60)))
    assert client.messaging.policy(NUMBER).free_until == end + timedelta(seconds=60)


def test_a_window_opened_under_a_former_id_is_open() -> None:
    wire = Wire()
    wire[MESSAGES] = accepted()
    client = wire.whatsapp()
    deliver(client, push(message("wamid.0", from_user_id=None), contacts=[]))
    client.messaging.send(NUMBER, "Yes!")  # and the answer tells the id, under which nothing was heard
    wire.now = NOW + 60
    client.messaging.send(NUMBER, "It is!")
    assert [one.id for one in client.messaging.conversations()] == [USER, NUMBER]
    end = datetime.fromtimestamp(NOW, UTC) + timedelta(hours=24)
    assert client.messaging.policy(USER).free_until == end
    wire.now = NOW + 24 * 3600
    with pytest.raises(errors.PolicyViolation):
        client.messaging.send(NUMBER, "Yes!")


def test_an_ad_is_answered_under_whichever_id_the_answer_is_kept() -> None:
    wire = Wire()
    wire[MESSAGES] = accepted()
    client = wire.whatsapp()
    ad = message("wamid.0", from_user_id=None, referral={"source_type": "ad"})
    deliver(client, push(ad, contacts=[]))
    deliver(client, push(message("wamid.1", NOW + 60)))
    wire.now = NOW + 100
    client.messaging.send(NUMBER, "Yes!")
    end = datetime.fromtimestamp(NOW, UTC) + timedelta(hours=72)
    assert client.messaging.policy(NUMBER).free_until == end
    wire.now = NOW + 71 * 3600
    client.messaging.send(NUMBER, "And there is more")


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


def test_statuses_say_how_far_our_messages_got() -> None:
    wire, client = known()
    wire.now += 5
    client.messaging.send(NUMBER, "Yes!")
    assert next(iter(client.messaging.messages(NUMBER))).delivery == "pending"
    for word in ("read", "delivered"):  # in any order: the furthest counts
        deliver(client, push(statuses=[status(word, "wamid.9")]))
    newest, oldest = client.messaging.messages(NUMBER)
    assert (newest.delivery, newest.native_delivery, oldest.delivery) == ("read", "read", None)


def test_people_are_called_what_they_call_themselves() -> None:
    _, client = known()
    (conversation,) = client.messaging.conversations()
    assert conversation.buyer_name == NAME
    renamed = [{"profile": {"name": "Sheena N."}, "wa_id": NUMBER, "user_id": USER}]
    deliver(client, push(message("wamid.2"), contacts=renamed))
    assert [one.buyer_name for one in client.messaging.conversations()] == ["Sheena N."]


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
