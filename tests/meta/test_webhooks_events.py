"""Every kind of push of Meta's as the events it means, with keys that stay the same."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.meta.chat_wire import APP, INSTAGRAM, JANE, JOHN, PAGE, Wire, client, now, sample
from tests.meta.hooks_wire import VECTORS, WHEN, change, events, item, only, push, signed

from socialcommerce import EventRef, Identity
from socialcommerce.backends.meta.social.codes import webhooks as codes

# what happened


@pytest.mark.parametrize(
    ("told", "kind", "native", "ref"),
    [
        ({"message": {"mid": "m", "text": "hi"}}, "message.received", "messages", ("message", "m")),
        ({"message": {"mid": "m", "is_deleted": True}}, "message.deleted", "messages", ("message", "m")),
        ({"message_edit": {"mid": "m", "text": "ho", "num_edit": 1}}, "message.updated", "message_edits",
         ("message", "m")),
        ({"postback": {"mid": "m", "title": "T", "payload": "P"}}, "message.received", "messaging_postbacks",
         ("message", "m")),
        ({"read": {"watermark": WHEN}}, "message.read", "message_reads", ("conversation", JANE)),
        ({"read": {"mid": "m"}}, "message.read", "message_reads", ("message", "m")),
        ({"delivery": {"mids": ["m"], "watermark": WHEN}}, "message.delivered", "message_deliveries",
         ("conversation", JANE)),
        ({"reaction": {"mid": "m", "action": "react", "emoji": "❤"}}, "message.received", "message_reactions",
         ("message", "m")),
        ({"referral": {"source": "ADS"}}, "message.window_opened", "messaging_referrals",
         ("conversation", JANE)),
        ({"optin": {"type": "notification_messages", "notification_messages_token": "t"}},
         "message.subscribed", "messaging_optins", ("conversation", JANE)),
        ({"optin": {"notification_messages_status": "STOP_NOTIFICATIONS"}}, "message.unsubscribed",
         "messaging_optins", ("conversation", JANE)),
        ({"optout": {"payload": "x"}}, "message.unsubscribed", "messaging_optouts", ("conversation", JANE)),
        ({"pass_thread_control": {"new_owner_app_id": "1"}}, "message.handover", "messaging_handovers",
         ("conversation", JANE)),
        ({"take_thread_control": {}}, "message.handover", "messaging_handovers", ("conversation", JANE)),
        ({"policy_enforcement": {"action": "block"}}, "unknown", "messaging_policy_enforcement",
         ("conversation", JANE)),
        ({"brand_new": {"a": 1}}, "unknown", "messaging", ("conversation", JANE)),
    ],
)  # fmt: skip
def test_every_kind_of_item_is_the_event_it_means(told: Any, kind: str, native: str, ref: Any) -> None:
    event = only(item(**told))
    assert (event.type, event.native_type, event.account) == (kind, native, PAGE)
    assert event.ref is not None
    assert (event.ref.kind, event.ref.id) == ref
    assert event.occurred_at == now(milliseconds=7)
    assert event.data["sender"] == {"id": JANE}
    assert kind == "unknown" or kind in codes.FIELDS["page"][native]


def test_a_message_comes_whole() -> None:
    attachments = [
        {"type": "image", "payload": {"url": "https://scontent.xx.fbcdn.net/1"}},
        {
            "type": "image",
            "payload": {"url": "https://scontent.xx.fbcdn.net/2", "sticker_id": 369239263222822},
        },
        {"type": "sticker", "payload": {"sticker_id": "5"}},
        {"type": "video", "payload": {"url": "https://video.xx.fbcdn.net/1"}},
        {"type": "audio", "payload": {"url": "https://cdn.fbsbx.com/1"}},
        {"type": "file", "payload": {"url": "https://cdn.fbsbx.com/2"}},
        {"type": "location", "payload": {"title": "Here", "coordinates": {"lat": 52.5, "long": 13}}},
        {"type": "location", "payload": {"coordinates": {"lat": "52", "long": 13}}},
        {"type": "sticker", "payload": {}},
        {"type": "fallback", "title": "A link"},
    ]
    told = {
        "mid": "m",
        "text": "Look",
        "attachments": attachments,
        "reply_to": {"mid": "m_0"},
        "referral": {"product": {"id": "7001"}},
    }
    message = only(item(message=told)).state
    kinds = [content.type for content in message.contents]
    assert kinds == [
        *("text", "image", "sticker", "sticker", "video", "audio", "file", "location"),
        *["unsupported"] * 3,
        "product_card",
    ]
    assert message.contents[-1].products[0].id == "7001"
    assert message.contents[7].longitude == 13.0
    assert (message.reply_to, message.author, message.echo) == ("m_0", "buyer", False)
    assert message.conversation.peer == Identity(kind="psid", scope=PAGE, value=JANE)


def test_a_press_of_a_quick_reply_carries_its_payload() -> None:
    message = only(json.dumps(sample("webhook_page_message")).encode()).state
    assert [content.type for content in message.contents] == ["text", "postback"]
    assert message.contents[1].payload == "STOCK_Q"


@pytest.mark.parametrize(("app", "author"), [(APP, "bot"), (263902037430900, "person"), (None, "person")])
def test_echoes_tell_who_of_us_wrote(app: Any, author: str) -> None:
    row = {
        "sender": {"id": PAGE},
        "recipient": {"id": JANE},
        "timestamp": WHEN,
        "message": {"mid": "m", "is_echo": True, "app_id": app, "text": "Yes"},
    }
    event = only(push("page", PAGE, messaging=[row]))
    assert (event.type, event.native_type) == ("message.sent", "message_echoes")
    assert (event.state.author, event.state.echo) == (author, True)
    assert event.state.conversation.peer.value == JANE


def test_what_comes_on_standby_is_the_same_message() -> None:
    row = {
        "sender": {"id": JANE},
        "recipient": {"id": PAGE},
        "timestamp": WHEN,
        "message": {"mid": "m", "text": "hi"},
    }
    waiting, ours = only(push("page", PAGE, standby=[row])), only(push("page", PAGE, messaging=[row]))
    assert (waiting.type, waiting.native_type) == ("message.received", "standby")
    assert waiting.key == ours.key


def test_instagram_tells_of_messages_as_changes_too_and_in_seconds() -> None:
    value = {
        "sender": {"id": JOHN},
        "recipient": {"id": INSTAGRAM},
        "timestamp": "1795262400",
        "message": {"mid": "i", "text": "hi"},
    }
    event = only(change("messages", value, "instagram", INSTAGRAM))
    assert (event.type, event.state.text, event.account) == ("message.received", "hi", INSTAGRAM)
    assert event.occurred_at == now()
    assert event.state.conversation.surface == "instagram"
    assert event.state.conversation.peer == Identity(kind="igsid", scope=INSTAGRAM, value=JOHN)


def test_an_opt_in_brings_a_right_to_write() -> None:
    token = {"optin": {"notification_messages_token": "t", "token_expiry_timestamp": WHEN}}
    handle = only(item(**token)).state.conversation.reply_handle
    assert (handle.value, handle.single_use) == ("notification_messages_token:t", False)
    assert handle.expires_at == now(milliseconds=7)
    visitor = only(item(optin={"user_ref": "u"})).state.conversation.reply_handle
    assert (visitor.value, visitor.single_use, visitor.expires_at) == ("user_ref:u", True, None)
    assert only(item(optin={"ref": "x"})).state.conversation.reply_handle is None


@pytest.mark.parametrize(
    ("name", "surface", "comment", "post", "author"),
    [
        ("webhook_page_feed_comment", "messenger", f"{PAGE}_998877", f"{PAGE}_112233", JANE),
        (
            "webhook_instagram_comment",
            "instagram",
            "17865799348089039",
            "17887498072083520",
            "17841405793187218",
        ),
    ],
)
def test_a_comment_is_no_message_and_can_be_answered_privately(
    name: str, surface: str, comment: str, post: str, author: str
) -> None:
    event = only(json.dumps(sample(name)).encode())
    assert event.type == "unknown"
    assert event.ref == EventRef(kind="comment", id=comment, parent_id=post)
    handle = event.state.conversation.reply_handle
    assert (event.state.text, event.state.conversation.surface) == ("Price?", surface)
    assert (handle.value, handle.single_use) == (f"comment_id:{comment}", True)
    assert (handle.expires_at - event.occurred_at).days == 7
    assert event.state.conversation.peer.value == author


def test_comments_of_ours_and_edits() -> None:
    value = {"item": "comment", "verb": "edited", "comment_id": "1_2", "from": {"id": PAGE}, "message": "x"}
    event = only(change("feed", value))
    assert (event.state.echo, event.state.author, event.state.conversation.peer) == (True, "person", None)
    assert only(change("feed", value, time=1_795_262_600)).key != event.key
    first = change("feed", value | {"verb": "add"})
    assert only(first).key == only(change("feed", value | {"verb": "add"}, time=1_795_262_600)).key


@pytest.mark.parametrize(
    ("body", "kind", "native", "ref"),
    [
        (change("leadgen", {"leadgen_id": 444, "form_id": 5}), "ad.updated", "leadgen", ("lead", "444")),
        (change("message_template_status_update", {"message_template_id": 7, "event": "APPROVED"}),
         "message.template_updated", "message_template_status_update", ("template", "7")),
        (change("feed", {"item": "reaction", "verb": "add"}), "unknown", "feed", None),
        (change("mention", "odd"), "unknown", "mention", None),
        (change("mentions", {"comment_id": "1"}, "instagram", INSTAGRAM), "unknown", "mentions", None),
        (change("in_process_ad_objects", {"id": "9", "level": "AD"}, "ad_account", "3"),
         "ad.status_changed", "in_process_ad_objects", ("ad", "9")),
        (change("with_issues_ad_objects", {"id": "9", "level": "AD_SET"}, "ad_account", "3"),
         "ad.status_changed", "with_issues_ad_objects", ("ad_group", "9")),
        (change("ad_recommendations", {}, "ad_account", "3"), "ad.updated", "ad_recommendations", None),
        (change("ads_management", {"verb": "revoked"}, "permissions", "77"), "authorization.revoked",
         "permissions", ("user", "77")),
        (change("ads_management", {"verb": "granted"}, "permissions", "77"), "unknown", "permissions",
         ("user", "77")),
        (change("messages", {"statuses": []}, "whatsapp_business_account", "1"), "unknown", "messages", None),
        (push("user", "77", changed_fields=["feed"]), "unknown", "user", None),
    ],
)  # fmt: skip
def test_every_family_of_changes(body: bytes, kind: str, native: str, ref: tuple[str, str] | None) -> None:
    event = only(body)
    assert (event.type, event.native_type) == (kind, native)
    assert (event.ref and (event.ref.kind, event.ref.id)) == ref
    assert event.raw


def test_a_thousand_updates_of_several_accounts_are_each_an_event() -> None:
    entries = [
        {"id": str(account), "time": WHEN, "messaging": [
            {"sender": {"id": JANE}, "recipient": {"id": str(account)}, "timestamp": WHEN,
             "message": {"mid": f"m_{account}_{number}", "text": "hi"}} for number in range(100)]}
        for account in range(10)
    ]  # fmt: skip
    found = events(json.dumps({"object": "page", "entry": entries}).encode())
    assert len(found) == len({event.key for event in found}) == 1000
    assert {event.account for event in found} == {str(number) for number in range(10)}


# once, and whose


def test_a_repeat_has_the_same_key_and_is_handed_out_once() -> None:
    one = client(Wire())
    given = signed(item(message={"mid": "m_1", "text": "hi"}), one)
    with one.webhooks.receive(**given) as receipt:
        assert [event.key for event in receipt.events] == ["page:message:m_1"]
    with one.webhooks.receive(**given) as receipt:
        assert receipt.events == ()
        assert receipt.response.status == 200


@pytest.mark.parametrize(
    "told",
    [
        {"read": {"watermark": 1}},
        {"delivery": {"watermark": 1}},
        {"reaction": {"mid": "m", "action": "react"}},
        {"referral": {}},
        {"postback": {"payload": "P"}},
        {"postback": {"payload": "P" * 500}},
        {"message": {"text": "no mid"}},
        {"app_roles": {"1": ["x"]}},
        {"new": {}},
    ],
)
def test_keys_stay_the_same_and_tell_people_and_pages_apart(told: Any) -> None:
    event = only(item(**told))
    assert event.key == only(item(**told)).key
    row = {"sender": {"id": "other"}, "recipient": {"id": PAGE}, "timestamp": WHEN, **told}
    assert event.key != only(push("page", PAGE, messaging=[row])).key
    assert event.key != only(push("page", "42", messaging=[row])).key
    assert len(event.key) < 260


def test_the_entries_of_the_published_batch_are_three_events() -> None:
    vector = next((v for v in VECTORS if "three entries" in v["name"]), None)
    if vector is None:
        pytest.skip("the platform facts (../shared beside the repository) are not here")
    found = events(base64.b64decode(vector["inputs"]["body_b64"]))
    assert [event.account for event in found] == ["0", "1", "2"]
    assert len({event.key for event in found}) == 3


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        (item(message={"mid": "m"}), ("page", PAGE)),
        (change("comments", {"id": "1"}, "instagram", INSTAGRAM), ("instagram", INSTAGRAM)),
        (change("x", {}, "ad_account", "3"), ("ad", "3")),
        (change("x", {}, "user", "3"), None),
    ],
)
def test_an_event_belongs_to_its_account(body: bytes, subject: Any) -> None:
    from socialcommerce.resources.webhooks import Webhooks

    one = client(Wire())
    (event,) = one.webhooks.receive(**signed(body, one)).events
    reader: Any = one.backend.noun(Webhooks)(one._core.session, "webhooks.receive")
    found = reader.subject_of(event)
    assert (found and (found.kind, found.id)) == subject


@pytest.mark.parametrize("time", ["tomorrow", 253_402_300_800_000, -1, "99999999999999999999", True, None])
def test_a_time_that_is_none_is_left_out(time: Any) -> None:
    row = {"sender": {"id": JANE}, "recipient": {"id": PAGE}, "timestamp": time, "message": {"mid": "m"}}
    (event,) = events(json.dumps({"object": "page", "entry": [{"id": PAGE, "messaging": [row]}]}).encode())
    assert event.occurred_at is None
