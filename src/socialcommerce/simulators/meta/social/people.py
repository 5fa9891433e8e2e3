"""Who writes to a Page or an Instagram account, and what these people do there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.account import UnknownEntity
from socialcommerce.simulators.entities import Buyer, Conversation, Message
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.graph.wire import Node, Routes
from socialcommerce.simulators.meta.social import push

__all__ = [
    "DAY",
    "INBOX",
    "answer_by_hand",
    "begin",
    "click_ad",
    "edit",
    "find",
    "hear",
    "keep",
    "last_heard",
    "press",
    "react",
    "read",
    "routes",
    "talk_of",
    "unsend",
]

routes = Routes()
DAY = 86400
INBOX = {"messenger": "263902037430900", "instagram": "1217981644879628"}
"""The app of the platform's own inbox."""
PERSON = {"messenger": "PageScopedUser", "instagram": "InstagramScopedUser"}
"""Where somebody writes -> the kind of object that the person is there."""

people = Routes("pages_messaging", "instagram_manage_messages", use_case="messenger")
people.readable("PageScopedUser", "id", "first_name", "last_name", "profile_pic")
people.readable("InstagramScopedUser", "id", "name", "username", "profile_pic")
routes.merge(people)


def meet(twin: GraphTwin, seller: Seller, talk: Conversation, platform: str) -> None:
    """Give a new conversation its place, its object, and its person one."""
    talk.native |= {"platform": platform, "opened": None, "owner": None, "seen": 0.0}
    if talk.buyer.id not in twin.nodes:
        twin.add(
            PERSON[platform], seller, key=talk.buyer.id, **_profile(talk.buyer, platform)
        ).entity = talk.buyer
    twin.add("UnifiedThread", seller, key=talk.id).entity = talk


def _profile(buyer: Buyer, platform: str) -> dict[str, Any]:
    first, _, last = buyer.name.partition(" ")
    picture = f"https://platform-lookaside.fbsbx.com/platform/profilepic/?psid={buyer.id}"
    if platform == "messenger":
        names = {"first_name": first, "last_name": last, "name": buyer.name}
        return {**names, "profile_pic": picture, "locale": "en_US", "timezone": -8}
    names = {"name": buyer.name, "username": buyer.name.lower().replace(" ", ".")}
    return {**names, "profile_pic": picture, "follower_count": 12, "is_user_follow_business": False}


@routes.furnishes(Conversation)
def begun(twin: GraphTwin, seller: Seller, talk: Conversation) -> None:
    """Who writes without further ado writes to the Page."""
    meet(twin, seller, talk, "messenger")


def begin(twin: GraphTwin, seller: Seller, platform: str, buyer: Buyer | None = None) -> Conversation:
    """A conversation on "messenger" or "instagram", with a new person unless one is given."""
    talk = Conversation(twin.new_id("conversation"), buyer or seller.new_buyer())
    meet(twin, seller, talk, platform)
    seller.conversations[talk.id] = talk
    return talk


def find(seller: Seller, person: str) -> Conversation | None:
    """The conversation with a person, by the scoped id."""
    return next((one for one in seller.conversations.values() if one.buyer.id == person), None)


def talk_of(seller: Seller, key: str) -> Conversation:
    """The conversation of that id; raises ``UnknownEntity``."""
    if key not in seller.conversations:
        raise UnknownEntity(f"there is no conversation {key!r}")
    return seller.conversations[key]


def last_heard(talk: Conversation) -> float | None:
    """When the window was opened last: by a message of the person, or a click that leads here."""
    heard = next((one.sent for one in reversed(talk.messages) if one.author == "buyer"), None)
    opened: float | None = talk.native["opened"]
    return opened if heard is None else heard if opened is None else max(heard, opened)


def keep(twin: GraphTwin, seller: Seller, one: Message) -> Node:
    """Give a message its object."""
    node = twin.add("UnifiedMessage", seller, key=one.id)
    node.entity = one
    return node


@routes.hears("message.added")
def written(twin: GraphTwin, seller: Seller, one: Message) -> None:
    """Somebody wrote a text: what was sent before is read now, and the apps hear of it."""
    keep(twin, seller, one)
    talk = seller.conversations[one.conversation_id]
    read(twin, seller, talk)
    push.message(twin, seller, talk, one)


def hear(
    twin: GraphTwin, seller: Seller, talk: Conversation, kind: str, contents: Mapping[str, Any], **beside: Any
) -> Message:
    """A person sends anything; ``beside`` are reply_to, quick_reply and the like."""
    one = Message(twin.new_id("message"), talk.id, "buyer", kind, dict(contents), twin.clock.now())
    one.native["beside"] = beside
    talk.messages.append(one)
    talk.unread += 1
    written(twin, seller, one)
    return one


def read(twin: GraphTwin, seller: Seller, talk: Conversation) -> None:
    """A person opens the chat: what was sent is seen now."""
    last = next((one for one in reversed(talk.messages) if one.author == "seller"), None)
    if last is not None and last.sent > talk.native["seen"]:
        talk.native["seen"] = last.sent
        push.seen(twin, seller, talk, last)


def press(twin: GraphTwin, seller: Seller, talk: Conversation, title: str, payload: str) -> None:
    """A person presses a button: a postback."""
    talk.native["opened"] = twin.clock.now()
    mid = twin.new_id("message")
    postback = {"mid": mid, "title": title, "payload": payload}
    push.messaging(twin, seller, talk, "messaging_postbacks", {"postback": postback})


def click_ad(twin: GraphTwin, seller: Seller, talk: Conversation, ad_id: str, ref: str = "") -> None:
    """A person comes back by an ad: the window opens, and nothing was said."""
    talk.native["opened"] = twin.clock.now()
    referral = {"ref": ref, "source": "ADS", "type": "OPEN_THREAD", "ad_id": ad_id}
    push.messaging(twin, seller, talk, "messaging_referrals", {"referral": referral})


def react(twin: GraphTwin, seller: Seller, talk: Conversation, mid: str, emoji: str) -> None:
    """A person reacts to a message; an empty ``emoji`` takes the reaction back."""
    reaction: dict[str, Any] = {"mid": mid, "action": "react" if emoji else "unreact"}
    if emoji:
        reaction |= {"reaction": "love" if emoji == "❤" else "other", "emoji": emoji}
    push.messaging(twin, seller, talk, "message_reactions", {"reaction": reaction})


def unsend(twin: GraphTwin, seller: Seller, talk: Conversation, mid: str) -> None:
    """A person takes a message back."""
    push.messaging(twin, seller, talk, "messages", {"message": {"mid": mid, "is_deleted": True}})


def edit(twin: GraphTwin, seller: Seller, talk: Conversation, mid: str, text: str) -> None:
    """A person changes a text that was sent."""
    one = next(one for one in talk.messages if one.id == mid)
    one.contents["text"] = text
    one.native["edits"] = one.native.get("edits", 0) + 1
    changed = {"mid": mid, "text": text, "num_edit": one.native["edits"]}
    push.messaging(twin, seller, talk, "message_edits", {"message_edit": changed})


def answer_by_hand(twin: GraphTwin, seller: Seller, talk: Conversation, text: str) -> Message:
    """Somebody of the business answers in the platform's own inbox: the echo bears its app id."""
    one = Message(twin.new_id("message"), talk.id, "seller", "text", {"text": text}, twin.clock.now())
    talk.messages.append(one)
    talk.unread = 0
    keep(twin, seller, one)
    push.echo(twin, seller, talk, one, INBOX[talk.native["platform"]])
    return one
