"""Business messages: read, answered within the window, pictures, what TikTok does not send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.tiktok_ads.wire import BUSINESS, NOW, Wire, refusal

from socialcommerce import errors
from socialcommerce.models.content import (
    Button,
    Image,
    Interactive,
    ProductCard,
    ProductRef,
    QuickReplies,
    QuickReply,
    Text,
    Unsupported,
    Video,
)
from socialcommerce.models.identity import Identity
from socialcommerce.models.media import Media
from socialcommerce.runtime.transport import Interrupted

PATH = "/business/message/"
PEOPLE = [
    {"role": "PERSONAL_ACCOUNT", "id": "u-1", "display_name": "Buyer", "is_follower": True},
    {"role": "BUSINESS_ACCOUNT", "id": BUSINESS},
]
PNG = Media.from_bytes(b"\x89PNGhello")


def said(number: str = "m1", ago: float = 60, ours: bool = False, **fields: Any) -> dict[str, Any]:
    people = [{"id": BUSINESS, "role": "BUSINESS_ACCOUNT"}, {"id": "u-1", "role": "PERSONAL_ACCOUNT"}]
    sender, receiver = people if ours else people[::-1]
    return {
        "message_id": number,
        "conversation_id": "c+1",
        "timestamp": int((NOW - ago) * 1000),
        "message_type": "TEXT",
        "text": {"body": "Hi"},
        "from_user": sender,
        "to_user": receiver,
    } | fields


def wired(*messages: dict[str, Any]) -> Wire:
    wire = Wire()
    wire[f"{PATH}content/list/"] = {"messages": list(messages or [said()]), "participants": PEOPLE}
    wire[f"{PATH}send/"] = {"message": {"message_id": "m9"}}
    wire[f"{PATH}capabilities/get/"] = {
        "capability_infos": [{"capability_type": "IMAGE_SEND", "capability_result": True}]
    }
    wire[f"{PATH}media/upload/"] = {"media_id": "i9"}
    return wire


def test_the_published_conversation_is_read_whole(shared: Path) -> None:
    folder = shared / "samples/tiktok_ads"
    wire = Wire()
    listed = json.loads((folder / "message_conversation_list.json").read_text())
    wire[f"{PATH}conversation/list/"] = [
        listed,
        {"conversations": [], "has_more": False},
        {"conversations": []},
    ]
    wire[f"{PATH}content/list/"] = json.loads((folder / "message_content_list.json").read_text())
    client = wire.client()
    found = client.messaging.conversations().collect()
    assert [one.id for one in found] == ["c+AbC/1==", "c+AbC/2=="]
    assert found[0].updated_at == datetime.fromtimestamp(1_763_700_000.123, UTC)
    newest, oldest = client.messaging.messages(found[0])
    assert (oldest.author, oldest.text, oldest.echo) == ("buyer", "Hi – còn size M? 🙏", False)
    assert newest.echo
    assert isinstance(newest.contents[0], Image)
    assert "conversation_id=c%2BAbC%2F1%3D%3D" in wire.sent[-1].url


def test_two_listings_are_merged_and_gone_through_to_their_ends() -> None:
    wire = Wire()

    def listing(request: Any) -> dict[str, Any]:
        single = "SINGLE" in request.url
        if "cursor=7" in request.url:
            return {"conversations": [{"conversation_id": "old", "up_time": 1000}], "has_more": False}
        row = {"conversation_id": "s" if single else "n", "up_time": 5000 if single else 9000}
        return {"conversations": [row], "has_more": single, "cursor": 7}

    wire[f"{PATH}conversation/list/"] = listing
    client = wire.client()
    assert [one.id for one in client.messaging.conversations()] == ["n", "s", "old"]
    after = datetime.fromtimestamp(6, UTC)
    assert [one.id for one in client.messaging.conversations(updated_after=after)] == ["n"]
    wire[f"{PATH}content/list/"] = {"messages": [], "participants": PEOPLE}
    assert len(client.messaging.conversations(user="u-1").collect()) == 3
    assert client.messaging.conversations(user=Identity(kind="user_id", value="u-2")).collect() == []
    with pytest.raises(errors.Unsupported):
        client.messaging.conversations(unread=True).collect()


def test_an_answer_is_sent() -> None:
    wire = wired()
    receipt = wire.client().messaging.send("c+1", "Yes!", reply_to="m1")
    assert (receipt.ids, receipt.billable) == (("m9",), False)
    assert wire.body(f"{PATH}send/") == {
        "business_id": BUSINESS,
        "recipient_type": "CONVERSATION",
        "recipient": "c+1",
        "message_type": "TEXT",
        "text": {"body": "Yes!"},
        "referenced_message_info": {"referenced_message_id": "m1"},
    }


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (Image(PNG), "IMAGE"),
        (Image(Media.from_id("i1")), "IMAGE"),
        (QuickReplies("Size?", [QuickReply("M"), QuickReply("L")]), "TEMPLATE"),
        (Interactive("More?", [Button("Yes", "y")]), "TEMPLATE"),
        (Unsupported("share_post", {"item_id": "750"}), "SHARE_POST"),
    ],
)
def test_every_content_that_tiktok_takes(content: Any, kind: str) -> None:
    wire = wired()
    wire.client().messaging.send("c+1", content)
    assert wire.body(f"{PATH}send/")["message_type"] == kind


@pytest.mark.parametrize(
    "content",
    [
        Text("x" * 6001),
        Image(PNG, "with words"),
        Image(Media.from_bytes(b"GIF89a")),
        Image(Media.from_bytes(b"\x89PNG" + b"x" * (3 * 1024 * 1024))),
        Image(Media.from_url("https://x.example/a.png")),
        QuickReplies("x" * 41, [QuickReply("M")]),
        QuickReplies("x", [QuickReply(str(n)) for n in range(4)]),
        Interactive("x", [Button("Go", url="https://x.example")]),
        Interactive("x", [Button("Go")], footer="f"),
        Unsupported("share_post", {}),
        Unsupported("other"),
        Video(Media.from_id("v")),
        ProductCard([ProductRef(id="1")]),
    ],
)
def test_what_tiktok_would_not_take_is_not_sent(content: Any) -> None:
    wire = wired()
    with pytest.raises((errors.InvalidRequest, errors.Unsupported)):
        wire.client().messaging.send("c+1", content)
    assert wire.sent == []


def test_a_conversation_without_pictures_is_told() -> None:
    wire = wired()
    wire[f"{PATH}capabilities/get/"] = {"capability_infos": [{"capability_result": False}]}
    with pytest.raises(errors.PolicyViolation, match="pictures"):
        wire.client().messaging.send("c+1", Image(PNG))


def test_the_window_is_48_hours_and_ten_messages() -> None:
    policy = wired(said()).client().messaging.policy("c+1")
    assert (policy.can_reply, policy.remaining) == (True, 10)
    assert policy.free_until == datetime.fromtimestamp(NOW - 60, UTC) + timedelta(hours=48)
    late = wired(said(ago=49 * 3600)).client()
    assert not late.messaging.policy("c+1").can_reply
    with pytest.raises(errors.PolicyViolation, match="48 hours"):
        late.messaging.send("c+1", "Too late")
    many = [said(f"o{n}", ago=30 - n, ours=True) for n in range(10)]
    full = wired(said(), *many).client().messaging.policy("c+1")
    assert (full.can_reply, full.remaining) == (False, 0)
    assert not wired(said(ours=True)).client().messaging.policy("c+1").can_reply


def test_a_lost_answer_is_found_in_the_conversation_or_left_unknown() -> None:
    wire = wired()
    wire[f"{PATH}send/"] = Interrupted("cut")
    wire[f"{PATH}content/list/"] = [
        {"messages": [said()], "participants": PEOPLE},
        {"messages": [said(), said("m5", ago=-1, ours=True, text={"body": "Yes!"})], "participants": PEOPLE},
    ]
    assert wire.client().messaging.send("c+1", "Yes!").ids == ("m5",)
    assert len(wire.requests(f"{PATH}send/")) == 1
    wire[f"{PATH}content/list/"] = {"messages": [said()], "participants": PEOPLE}
    with pytest.raises(errors.OutcomeUnknown):
        wire.client().messaging.send("c+1", "Yes!")


def test_too_fast_is_tried_later() -> None:
    wire = wired()
    wire[f"{PATH}send/"] = [refusal(40064, "too fast"), {"message": {"message_id": "m9"}}]
    assert wire.client().messaging.send("c+1", "Yes!").ids == ("m9",)


def test_reading_and_typing_are_shown() -> None:
    wire = wired()
    wire[f"{PATH}send/"] = {"message": {"message_id": ""}}
    client = wire.client()
    client.messaging.mark_read("c+1")
    client.messaging.typing("c+1")
    actions = [wire.body(f"{PATH}send/", number)["sender_action"] for number in range(2)]
    assert actions == ["MARK_READ", "TYPING"]
    with pytest.raises(errors.Unsupported):
        client.messaging.mark_read("c+1", up_to="m1")


def test_received_media_are_fetched_from_tiktok_alone() -> None:
    wire = wired(said(message_type="IMAGE", image={"media_id": "i1"}))
    wire[f"{PATH}media/download/"] = {"download_url": "https://p16.tiktokcdn.com/i1"}
    wire["/i1"] = _bytes
    client = wire.client()
    (message,) = client.messaging.messages("c+1")
    document = client.messaging.download_media(message.contents[0].media)
    assert document.content == b"picture"
    assert wire.sent[-1].headers["x-user"] == "act.one"
    wire[f"{PATH}media/download/"] = {"download_url": "https://evil.example/i1"}
    with pytest.raises(errors.PlatformError):
        client.messaging.download_media(message.contents[0].media)
    with pytest.raises(errors.InvalidRequest):
        client.messaging.download_media(Media.from_id("i1"))


def _bytes(request: Any) -> Any:
    from socialcommerce import Response

    return Response(200, {"content-type": "image/png"}, b"picture")


def test_who_writes_is_told() -> None:
    wire = wired()
    profile = wire.client().messaging.profile("c+1")
    assert (profile.identity.value, profile.name, profile.follows) == ("u-1", "Buyer", True)
    wire[f"{PATH}content/list/"] = {"messages": [], "participants": []}
    with pytest.raises(errors.NotFound):
        wire.client().messaging.profile("c+1")


def test_a_person_is_written_to_in_their_conversation() -> None:
    wire = wired()
    wire[f"{PATH}conversation/list/"] = {"conversations": [{"conversation_id": "c+1", "up_time": 1}]}
    person = Identity(kind="user_id", value="u-1")
    wire.client().messaging.send(person, "Yes!")
    assert wire.body(f"{PATH}send/")["recipient"] == "c+1"
    with pytest.raises(errors.NotFound):
        wire.client().messaging.send(Identity(kind="user_id", value="u-9"), "Yes!")
    with pytest.raises(errors.InvalidRequest):
        wire.client().messaging.send(Identity(kind="phone", value="+65"), "Yes!")


def test_messages_are_cut_by_time_and_media_uploaded() -> None:
    client = wired(said("m1", ago=100), said("m2", ago=10)).client()
    since = datetime.fromtimestamp(NOW - 50, UTC)
    assert [one.id for one in client.messaging.messages("c+1", since=since)] == ["m2"]
    assert [one.id for one in client.messaging.messages("c+1", until=since)] == ["m1"]
    assert client.messaging.upload_media(PNG).id == "i9"


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"message_type": "STICKER", "sticker": {"sticker_id": "s"}}, "sticker"),
        ({"message_type": "VIDEO", "video": {"media_id": "v"}}, "video"),
        (
            {"message_type": "TEMPLATE", "template": {"title": "t", "buttons": [{"title": "a"}]}},
            "interactive",
        ),
        ({"message_type": "SHARE_POST", "share_post": {"embed_url": "u"}}, "unsupported"),
        ({"message_type": "OTHER"}, "unsupported"),
    ],
)
def test_whatever_arrives_is_read(row: dict[str, Any], kind: str) -> None:
    (message,) = wired(said(**row)).client().messaging.messages("c+1")
    assert message.contents[0].type == kind
