"""Answers on Messenger and Instagram: whom, the window, private replies, a lost answer, the rest."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from tests.meta.chat_wire import (
    CONVERSATIONS,
    HISTORY,
    INSTAGRAM,
    JANE,
    JOHN,
    LINK,
    PAGE,
    RECENT,
    SEND,
    SENT,
    THREAD,
    Wire,
    client,
    comment,
    error,
    instagram,
    jane,
    john,
    now,
    page,
    said,
    sample,
    talk,
    thread,
)

from socialcommerce import Identity, Media
from socialcommerce.errors import (
    ConfigurationError,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    PolicyViolation,
    RecipientUnreachable,
    Unsupported,
)
from socialcommerce.models.content import (
    Image,
    Text,
)
from socialcommerce.models.message import ConversationRef, ReplyHandle
from socialcommerce.runtime.transport import Interrupted

# whom, and why


def test_an_answer_goes_to_the_person_with_the_pages_token() -> None:
    wire = talk()
    receipt = client(wire).messaging.send(THREAD, "On its way!")
    assert wire.body(SEND) == {
        "recipient": {"id": JANE},
        "messaging_type": "RESPONSE",
        "message": {"text": "On its way!"},
    }
    assert wire.sent[-1].headers["Authorization"] == "Bearer PAGE"
    assert (receipt.ids, receipt.via, receipt.billable, receipt.status) == (
        ("m_sent",),
        "messenger",
        False,
        "sent",
    )


@pytest.mark.parametrize(
    ("to", "lines"),
    [
        (JANE, [CONVERSATIONS, HISTORY, SEND]),
        (Identity(kind="user_id", value=JANE), [CONVERSATIONS, HISTORY, SEND]),
        (Identity(kind="psid", value=JANE), [CONVERSATIONS, HISTORY, SEND]),
        (THREAD, [f"GET /{THREAD}", HISTORY, SEND]),
        (jane(), [HISTORY, SEND]),
    ],
)
def test_people_are_numbers_and_conversations_are_looked_up(to: Any, lines: list[str]) -> None:
    wire = talk()
    client(wire).messaging.send(to, "hi")
    assert wire.lines() == lines
    assert wire.body(SEND)["recipient"] == {"id": JANE}


def test_a_listed_conversation_or_message_is_answered() -> None:
    wire = talk()
    one = client(wire, instagram=False)
    conversation = one.messaging.conversations().collect(1)[0]
    one.messaging.send(conversation, "hi")
    message = one.messaging.messages(conversation).collect(1)[0]
    one.messaging.send(message, "hi again")
    assert [wire.body(SEND, number)["recipient"] for number in (0, 1)] == [{"id": JANE}, {"id": JANE}]


@pytest.mark.parametrize(
    "to", [Identity(kind="phone", value="+49301234"), jane().model_copy(update={"platform": "x"})]
)
def test_nobody_else_can_be_written_to(to: Any) -> None:
    wire = talk()
    with pytest.raises(InvalidRequest):
        client(wire).messaging.send(to, "hi")
    assert wire.sent == []


def test_a_person_of_another_page_is_not_written_to_by_this_one() -> None:
    wire = talk()
    for ref in (jane(), john()):
        with pytest.raises(InvalidRequest, match="for_account"):
            client(wire).messaging.send(ref.model_copy(update={"own_account": "42"}), "hi")
    assert wire.sent == []


def test_a_ref_made_by_hand_needs_but_the_person() -> None:
    wire = instagram(**{CONVERSATIONS: page(thread(peer=JOHN, own=INSTAGRAM))})
    ref = ConversationRef(platform="meta", peer=Identity(kind="igsid", value=JOHN))
    assert client(wire).messaging.send(ref, "hi").via == "instagram"
    assert wire.query(CONVERSATIONS)["platform"] == "instagram"


def test_an_instagram_person_is_answered_by_the_page_too() -> None:
    wire = instagram(**{CONVERSATIONS: page(thread(peer=JOHN, own=INSTAGRAM))})
    receipt = client(wire).messaging.send(Identity(kind="igsid", value=JOHN), "hi")
    assert wire.query(CONVERSATIONS)["platform"] == "instagram"
    assert wire.body(SEND)["recipient"] == {"id": JOHN}
    assert receipt.via == "instagram"


def test_a_conversation_of_an_unnamed_instagram_account_asks_for_its_id() -> None:
    wire = instagram(**{f"GET /{THREAD}": thread(peer=JOHN, own=INSTAGRAM)})
    assert client(wire).messaging.policy(THREAD).exits == ("human_followup",)
    with pytest.raises(ConfigurationError, match="instagram_id"):
        client(wire, instagram=False).messaging.send(THREAD, "hi")


def test_an_account_chosen_on_instagram_speaks_there() -> None:
    wire = instagram(**{CONVERSATIONS: page(thread(peer=JOHN, own=INSTAGRAM))})
    chosen = client(wire, instagram=False).for_account(_account("instagram", INSTAGRAM))
    chosen.messaging.send(JOHN, "hi")
    assert wire.query(CONVERSATIONS)["platform"] == "instagram"
    assert [one.ref.surface for one in chosen.messaging.conversations()] == ["instagram"]


def _account(kind: str, number: str) -> Any:
    from socialcommerce import Account

    return Account.build(kind=kind, id=number)


# the window


def test_within_a_day_an_answer_is_open() -> None:
    policy = client(talk()).messaging.policy(THREAD)
    assert (policy.can_reply, policy.remaining) == (True, None)
    assert policy.free_until == datetime.fromisoformat("2026-11-22T10:11:12+00:00")
    assert policy.exits == ("human_followup", "utility")


@pytest.mark.parametrize(
    ("days", "exits"),
    [(1, ("human_followup", "utility")), (6, ("human_followup", "utility")), (8, ("utility",))],
)
def test_after_a_day_a_human_may_write_for_a_week_and_templates_always(days: int, exits: Any) -> None:
    policy = client(talk(), at=now(days=days)).messaging.policy(jane())
    assert (policy.can_reply, policy.exits) == (False, exits)
    assert "24 hours" in str(policy.reason) or days > 6


def test_instagram_has_no_utility_templates() -> None:
    assert client(instagram()).messaging.policy(john()).exits == ("human_followup",)


def test_who_never_wrote_is_not_written_to() -> None:
    wire = talk(**{CONVERSATIONS: page()})
    policy = client(wire).messaging.policy(JANE)
    assert (policy.can_reply, policy.free_until) == (False, None)
    with pytest.raises(PolicyViolation, match="no message of this person") as caught:
        client(wire).messaging.send(JANE, "hi")
    assert (caught.value.sent, caught.value.reason) == ("no", "policy")


def test_our_own_messages_open_no_window() -> None:
    ours = [said("…", "2026-11-21T11:00:00", by=PAGE, number=f"m_{number}") for number in range(3)]
    old = said("hi", "2026-11-19T10:00:00")
    wire = talk(**{HISTORY: [page(*ours, after="a"), page(old)]})
    policy = client(wire).messaging.policy(jane())
    assert (policy.can_reply, policy.exits) == (False, ("human_followup", "utility"))
    assert wire.query(HISTORY, 1)["after"] == "a"


def test_a_history_is_not_read_beyond_the_week_that_counts() -> None:
    wire = talk(**{HISTORY: page(said("…", "2026-11-01T11:00:00", by=PAGE), after="a")})
    assert not client(wire).messaging.policy(jane()).can_reply
    assert wire.lines() == [HISTORY]


def test_a_history_without_end_is_given_up() -> None:
    wire = talk(**{HISTORY: page(said("…", "2026-11-21T11:00:00", by=PAGE), after="a")})
    assert not client(wire).messaging.policy(jane()).can_reply
    assert len(wire.sent) == 8


def test_outside_of_the_window_nothing_leaves() -> None:
    wire = talk()
    with pytest.raises(PolicyViolation, match="human_followup, utility") as caught:
        client(wire, at=now(days=2)).messaging.send(jane(), "hi")
    assert caught.value.sent == "no"
    assert SEND not in wire.lines()


def test_a_human_follows_up_with_the_tag_of_humans() -> None:
    wire = talk()
    client(wire, at=now(days=2)).messaging.send(jane(), "Sorry for the wait", purpose="human_followup")
    assert wire.body(SEND) == {
        "recipient": {"id": JANE},
        "messaging_type": "MESSAGE_TAG",
        "tag": "HUMAN_AGENT",
        "message": {"text": "Sorry for the wait"},
    }


@pytest.mark.parametrize("tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"])
def test_retired_tags_are_refused_with_the_day_they_ended(tag: Any) -> None:
    wire = talk()
    with pytest.raises(Unsupported, match="2026-04-27") as caught:
        client(wire).messaging.send(jane(), "hi", purpose=tag)
    assert "utility" in str(caught.value.instead)
    assert wire.sent == []


def test_marketing_is_not_sent_as_a_message() -> None:
    with pytest.raises(Unsupported, match="marketing"):
        client(talk()).messaging.send(jane(), "Sale!", purpose="marketing")


@pytest.mark.parametrize(("code", "subcode"), [(10, 2018278), (10, 2534022)])
def test_a_window_that_closed_meanwhile_is_told_as_such(code: int, subcode: int) -> None:
    wire = talk(**{SEND: error(code, subcode, "outside of allowed window")})
    with pytest.raises(PolicyViolation) as caught:
        client(wire).messaging.send(jane(), "hi")
    assert (caught.value.sent, caught.value.code) == ("yes", f"{code}/{subcode}")


@pytest.mark.parametrize(("code", "subcode"), [(551, None), (1545041, None), (100, 2018001)])
def test_people_who_cannot_be_reached_are_told_as_such(code: int, subcode: int | None) -> None:
    with pytest.raises(RecipientUnreachable):
        client(talk(**{SEND: error(code, subcode)})).messaging.send(jane(), "hi")


def test_what_was_pushed_is_remembered_and_opens_the_window_without_a_call() -> None:
    wire = talk()
    one = client(wire)
    for item in (
        {"referral": {"source": "ADS", "type": "OPEN_THREAD"}},
        {"postback": {"title": "Start", "payload": "GO", "mid": "m_7"}},
    ):
        wire.sent.clear()
        one = client(wire, at=now(days=30))
        _push(one, item, now(days=30, hours=-1))
        assert one.messaging.policy(jane()).can_reply
        assert wire.sent == []


def test_reactions_and_old_pushes_open_nothing() -> None:
    wire = talk(**{HISTORY: page(said("hi", "2026-11-21T10:11:12"))})
    one = client(wire, at=now(days=2))
    _push(one, {"reaction": {"mid": "m_1", "action": "react", "emoji": "❤"}}, now(days=2, hours=-1))
    _push(one, {"message": {"mid": "m_0", "text": "hello"}}, now(hours=-3))
    policy = one.messaging.policy(jane())
    assert (policy.can_reply, policy.exits) == (False, ("human_followup", "utility"))


def _push(one: Any, item: dict[str, Any], at: datetime) -> None:
    when = int(at.timestamp() * 1000)
    row = {"sender": {"id": JANE}, "recipient": {"id": PAGE}, "timestamp": when, **item}
    body = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": when, "messaging": [row]}]}).encode()
    with one.webhooks.receive(method="POST", headers=one.webhooks.sign(body).headers, body=body):
        pass


# a comment, answered privately


def test_a_comment_is_answered_privately() -> None:
    wire = talk()
    receipt = client(wire).messaging.send(comment(), "We sent you the price")
    assert wire.lines() == [SEND]
    assert wire.body(SEND)["recipient"] == {"comment_id": "1_2"}
    assert receipt.via == "private_reply"


def test_a_private_reply_is_one_message_within_seven_days_and_once() -> None:
    wire = talk()
    one = client(wire)
    assert one.messaging.policy(comment()).remaining == 1
    with pytest.raises(InvalidRequest, match="one message"):
        one.messaging.send(comment(), ["a", "b"])
    late = client(wire, at=now(days=6, seconds=1)).messaging.policy(comment())
    assert (late.can_reply, late.remaining) == (False, 0)
    one.messaging.send(comment(), "a")
    with pytest.raises(PolicyViolation, match="one private reply"):
        one.messaging.send(comment(), "b")
    assert wire.lines() == [SEND]


def test_a_right_that_may_be_used_again_counts_nothing() -> None:
    ref = jane().model_copy(update={"reply_handle": ReplyHandle(value="user_ref:u", single_use=False)})
    wire = talk()
    one = client(wire)
    one.messaging.send(ref, "a")
    one.messaging.send(ref, "b")
    assert one.messaging.policy(ref).remaining is None
    assert wire.body(SEND)["recipient"] == {"user_ref": "u"}


def test_a_comment_alone_does_not_say_who_wrote_it() -> None:
    ref = comment().model_copy(update={"peer": None})
    for ask in (lambda one: one.messaging.typing(ref), lambda one: one.messaging.profile(ref)):
        with pytest.raises(InvalidRequest, match="comment"):
            ask(client(talk()))


# a lost answer


def lost(*rows: Any) -> Wire:
    return talk(**{SEND: Interrupted("gone"), HISTORY: page(*rows, RECENT)})


def test_a_lost_answer_is_found_in_the_conversation() -> None:
    wire = lost(said("hello", "2026-11-21T12:00:00", by=PAGE, number="m_9"))
    receipt = client(wire).messaging.send(jane(), "hello")
    assert receipt.ids == ("m_9",)
    assert wire.lines().count(SEND) == 1


@pytest.mark.parametrize(
    "row",
    [
        said("hello", "2026-11-21T11:59:59", by=PAGE),
        said("another", "2026-11-21T12:00:00", by=PAGE),
        said("hello", "2026-11-21T12:00:00", by=JANE),
    ],
)
def test_what_is_older_or_other_is_not_taken_for_it(row: Any) -> None:
    wire = lost(row)
    with pytest.raises(OutcomeUnknown) as caught:
        client(wire).messaging.send(jane(), "hello")
    assert "newest messages" in str(caught.value.evidence)
    assert wire.lines().count(SEND) == 1


def test_the_same_words_sent_before_are_not_taken_for_it() -> None:
    first = said("hello", "2026-11-21T12:00:00", by=PAGE, number="m_sent")
    wire = talk(**{SEND: [SENT, Interrupted("gone")], HISTORY: page(first, RECENT)})
    one = client(wire)
    one.messaging.send(jane(), "hello")
    with pytest.raises(OutcomeUnknown):
        one.messaging.send(jane(), "hello")


def test_a_lost_picture_is_known_by_having_no_words() -> None:
    picture = {
        "attachments": {"data": [{"id": "1", "image_data": {"url": "https://scontent.xx.fbcdn.net/1"}}]}
    }
    wire = lost(said(None, "2026-11-21T12:00:00", by=PAGE, number="m_8", **picture))
    assert client(wire).messaging.send(jane(), Image(LINK)).ids == ("m_8",)


def test_a_lost_private_reply_to_somebody_unknown_stays_unknown() -> None:
    wire = talk(**{SEND: Interrupted("gone")})
    with pytest.raises(OutcomeUnknown):
        client(wire).messaging.send(comment().model_copy(update={"peer": None}), "hello")


def test_a_lost_private_reply_to_somebody_without_a_conversation_stays_unknown() -> None:
    wire = talk(**{SEND: Interrupted("gone"), CONVERSATIONS: page()})
    with pytest.raises(OutcomeUnknown) as caught:
        client(wire).messaging.send(comment(), "hello")
    assert "0 newest" in str(caught.value.evidence)


def test_a_later_part_that_fails_says_what_was_sent() -> None:
    wire = talk(**{SEND: [SENT, error(551)]})
    with pytest.raises(PartiallyApplied) as caught:
        client(wire).messaging.send(jane(), ["one", "two"])
    assert caught.value.done == ["m_sent"]
    assert caught.value.resume["contents"][0]["text"] == "two"


# the rest of a conversation


def test_read_marks_and_typing_are_actions_for_a_person() -> None:
    wire = talk()
    one = client(wire)
    one.messaging.mark_read(THREAD)
    one.messaging.typing(jane())
    assert [wire.body(SEND, number) for number in (0, 1)] == [
        {"recipient": {"id": JANE}, "sender_action": "mark_seen"},
        {"recipient": {"id": JANE}, "sender_action": "typing_on"},
    ]
    with pytest.raises(Unsupported, match="not a message"):
        one.messaging.mark_read(THREAD, up_to="m_1")


@pytest.mark.parametrize(
    ("ref", "to", "verb", "more"),
    [
        (jane(), "inbox", "pass", {"target_app_id": "263902037430900"}),
        (john(), "inbox", "pass", {"target_app_id": "1217981644879628"}),
        (jane(), "4711", "pass", {"target_app_id": "4711"}),
        (jane(), "self", "take", {}),
        (jane(), "request", "request", {}),
        (jane(), None, "release", {}),
    ],
)
def test_a_conversation_is_handed_over(ref: Any, to: str | None, verb: str, more: dict[str, str]) -> None:
    key = f"POST /{PAGE}/{verb}_thread_control"
    wire = talk(**{key: {"success": True}})
    client(wire).messaging.handover(ref, to=to)
    assert wire.body(key) == {"recipient": {"id": ref.peer.value}, **more}


def test_a_team_without_an_id_is_not_known() -> None:
    with pytest.raises(InvalidRequest, match="inbox"):
        client(talk()).messaging.handover(jane(), to="support")


def test_profiles_differ_by_surface() -> None:
    wire = talk(
        **{
            f"GET /{JANE}": {
                "first_name": "Jane",
                "last_name": "Doe",
                "locale": "en_US",
                "profile_pic": "https://p",
            },
            f"GET /{JOHN}": {"name": "John", "username": "j", "is_user_follow_business": True},
        }
    )
    one = client(wire)
    found = one.messaging.profile(jane())
    assert (found.name, found.language, found.country, found.picture_url) == (
        "Jane Doe",
        "en",
        "US",
        "https://p",
    )
    other = one.messaging.profile(Identity(kind="igsid", value=JOHN))
    assert (other.name, other.language, other.follows) == ("John", None, True)
    assert "first_name" in wire.query(f"GET /{JANE}")["fields"]
    assert "username" in wire.query(f"GET /{JOHN}")["fields"]


def test_received_files_come_from_metas_hosts_alone_and_without_a_token() -> None:
    wire = Wire({"GET /s": lambda request: _file()})
    one = client(wire)
    found = one.messaging.download_media(Media.from_url("https://lookaside.fbsbx.com/s"))
    assert found.read() == b"\x89PNG"
    assert "Authorization" not in wire.sent[0].headers
    with pytest.raises(InvalidRequest):
        one.messaging.download_media(Media.from_url("https://evil.example/fbsbx.com"))


def _file() -> Any:
    from socialcommerce.backends import Response

    return Response(200, {"content-type": "image/png"}, b"\x89PNG")


def test_the_published_receipt_is_read() -> None:
    wire = talk(**{SEND: sample("send_message_response")})
    assert client(wire).messaging.send(jane(), Text("hi")).ids == (
        sample("send_message_response")["message_id"],
    )


def test_nobody_but_the_page_in_a_conversation() -> None:
    alone = thread(participants={"data": [{"id": PAGE}]})
    with pytest.raises(NotFound):
        client(talk(**{f"GET /{THREAD}": alone})).messaging.send(THREAD, "hi")


def test_who_wrote_long_ago_is_not_said_never_to_have_written() -> None:
    wire = talk(**{HISTORY: page(said("…", "2026-11-01T11:00:00", by=PAGE))})
    reason = client(wire).messaging.policy(jane()).reason
    assert reason == "no message of this person in the last 7 days is known"
