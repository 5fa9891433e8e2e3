"""Conversations as they are read: threads, messages, people; and whose turn it is in a thread."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.entities import Conversation, Message
from socialcommerce.simulators.meta.graph.errors import Refused, missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.social import people, push
from socialcommerce.simulators.meta.social.people import DAY, INBOX

__all__ = ["routes"]

routes = Routes("pages_messaging", "instagram_manage_messages", holders=("PAGE",), use_case="messenger")
routes.readable("UnifiedThread", "id", "link", "updated_time")
routes.readable("UnifiedMessage", "id", "created_time")

SHOWN_ON_INSTAGRAM = 20
"""Messages of an Instagram thread whose content can be read."""


@routes.edge("GET", "Page", "conversations")
def conversations(call: Call) -> Rows:
    """The conversations of Messenger (or of Instagram), newest first."""
    given = call.given
    platform = str(given.get("platform") or "messenger").lower()
    folder = str(given.get("folder") or "inbox").lower()
    rows = [
        node
        for node in call.twin.of("UnifiedThread", call.seller)
        if node.entity.native["platform"] == platform
        if given.get("user_id") in (None, "", node.entity.buyer.id)
        if node.entity.native.get("folder", "inbox") == folder
    ]
    rows.sort(key=lambda node: (-_updated(node), node.id))
    return Rows(rows, most=100)


def _updated(node: Node) -> float:
    talk: Conversation = node.entity
    return talk.messages[-1].sent if talk.messages else node.created


def _business(call: Call, talk: Conversation) -> dict[str, Any]:
    """The end of a conversation that is the business."""
    if talk.native["platform"] == "instagram":
        account = call.seller.asset("IGUser")
        return {"username": account.data["username"], "id": account.id}
    page = call.seller.asset("Page")
    return {"name": page.data["name"], "email": f"{page.id}@facebook.com", "id": page.id}


def _person(talk: Conversation) -> dict[str, Any]:
    if talk.native["platform"] == "instagram":
        return {"username": talk.buyer.name.lower().replace(" ", "."), "id": talk.buyer.id}
    return {"name": talk.buyer.name, "email": f"{talk.buyer.id}@facebook.com", "id": talk.buyer.id}


@routes.reads("UnifiedThread", "participants", "senders")
def participants(call: Call, node: Node) -> dict[str, Any]:
    """Who takes part: the person, and the business."""
    return {"data": [_person(node.entity), _business(call, node.entity)]}


@routes.reads("UnifiedThread", "updated_time")
def updated_time(call: Call, node: Node) -> str:
    """When the last message was written."""
    return call.twin.moment(_updated(node))


@routes.reads("UnifiedThread", "link")
def link(call: Call, node: Node) -> str:
    """Where people of the business read it."""
    return f"/{call.seller.asset('Page').id}/inbox/{node.id.removeprefix('t_')}/"


@routes.reads("UnifiedThread", "snippet")
def snippet(call: Call, node: Node) -> str:
    """The last text."""
    return next(
        (str(one.contents["text"]) for one in reversed(node.entity.messages) if "text" in one.contents), ""
    )


@routes.reads("UnifiedThread", "unread_count")
def unread_count(call: Call, node: Node) -> int:
    """How many messages nobody has seen."""
    return int(node.entity.unread)


@routes.reads("UnifiedThread", "message_count")
def message_count(call: Call, node: Node) -> int:
    """How many messages there are."""
    return len(node.entity.messages)


@routes.reads("UnifiedThread", "can_reply")
def can_reply(call: Call, node: Node) -> bool:
    """Whether the window is open."""
    heard = people.last_heard(node.entity)
    return heard is not None and call.twin.clock.now() - heard <= DAY


# -- messages


@routes.edge("GET", "UnifiedThread", "messages")
def messages(call: Call) -> Rows:
    """The messages, newest first."""
    found = call.own.entity.messages[::-1]
    return Rows([call.twin.nodes[one.id] for one in found], most=500)


def _talk(node: Node) -> Conversation:
    assert node.seller is not None
    return node.seller.conversations[node.entity.conversation_id]


def _hidden(node: Node) -> bool:
    """Instagram tells the content of the newest messages only."""
    talk = _talk(node)
    recent = talk.messages[-SHOWN_ON_INSTAGRAM:]
    return talk.native["platform"] == "instagram" and node.entity not in recent


@routes.reads("UnifiedMessage", "created_time")
def created_time(call: Call, node: Node) -> str:
    """When it was written."""
    return call.twin.moment(node.entity.sent)


@routes.reads("UnifiedMessage", "from")
def sender(call: Call, node: Node) -> dict[str, Any] | None:
    """Who wrote it."""
    talk, mine = _talk(node), node.entity.author != "buyer"
    return None if _hidden(node) else _business(call, talk) if mine else _person(talk)


@routes.reads("UnifiedMessage", "to")
def recipients(call: Call, node: Node) -> dict[str, Any] | None:
    """Whom it was written to."""
    talk, mine = _talk(node), node.entity.author != "buyer"
    return None if _hidden(node) else {"data": [_person(talk) if mine else _business(call, talk)]}


@routes.reads("UnifiedMessage", "message")
def text(call: Call, node: Node) -> str | None:
    """Its text, "" where it has none."""
    return None if _hidden(node) else str(node.entity.contents.get("text", ""))


@routes.reads("UnifiedMessage", "attachments")
def attachments(call: Call, node: Node) -> dict[str, Any] | None:
    """Its files, as they are read."""
    found = node.entity.contents.get("attachments")
    if not found or _hidden(node):
        return None
    return {"data": [_file(node.entity, at, one) for at, one in enumerate(found)]}


def _file(message: Message, at: int, one: dict[str, Any]) -> dict[str, Any]:
    url, kind = (one.get("payload") or {}).get("url", ""), one["type"]
    shown: dict[str, Any] = {"id": f"{message.id}:{at}"}
    if kind in ("image", "video"):
        return {
            **shown,
            "mime_type": {"image": "image/jpeg", "video": "video/mp4"}[kind],
            f"{kind}_data": {"url": url},
        }
    if kind in ("audio", "file"):
        return {**shown, "mime_type": "application/octet-stream", "file_url": url}
    return {**shown, "generic_template": one.get("payload", {})}


@routes.reads("UnifiedMessage", "reply_to")
def reply_to(call: Call, node: Node) -> dict[str, Any] | None:
    """What it answers."""
    found: dict[str, Any] | None = node.entity.native.get("beside", {}).get("reply_to")
    return found


# -- whose turn it is


def _of_recipient(call: Call) -> Conversation:
    recipient = call.given.get("recipient")
    key = recipient.get("id") if isinstance(recipient, dict) else recipient
    if not key:
        raise missing("recipient")
    talk = people.find(call.seller, str(key))
    if talk is None:
        raise wrong("No matching user found", subcode=2018001)
    return talk


def _hand(call: Call, talk: Conversation, owner: str | None, event: str) -> None:
    old, talk.native["owner"] = talk.native["owner"] or call.app.app_id, owner
    told = {
        "previous_owner_app_id": old,
        "new_owner_app_id": owner,
        "metadata": call.given.get("metadata", ""),
    }
    push.messaging(call.twin, call.seller, talk, "messaging_handovers", {event: told})


@routes.edge("POST", "Page", "pass_thread_control")
def pass_control(call: Call) -> None:
    """Give the thread to another app, or to the inbox."""
    talk, target = _of_recipient(call), str(call.given.get("target_app_id") or "")
    if target not in {*call.twin.authority.apps, *INBOX.values()}:
        raise wrong("Param target_app_id is not an app that takes threads", subcode=2018153)
    _hand(call, talk, target, "pass_thread_control")


@routes.edge("POST", "Page", "take_thread_control")
def take_control(call: Call) -> None:
    """Take the thread."""
    _hand(call, _of_recipient(call), call.app.app_id, "take_thread_control")


@routes.edge("POST", "Page", "release_thread_control")
def release_control(call: Call) -> None:
    """Give the thread back: it is nobody's."""
    talk = _of_recipient(call)
    if talk.native["owner"] != call.app.app_id:
        raise Refused(10, "(#10) The app does not own the thread", subcode=2018300)
    _hand(call, talk, None, "release_thread_control")


@routes.edge("POST", "Page", "request_thread_control")
def request_control(call: Call) -> None:
    """Ask the owner for the thread."""
    asked = {"requested_owner_app_id": call.app.app_id, "metadata": call.given.get("metadata", "")}
    event = {"request_thread_control": asked}
    push.messaging(call.twin, call.seller, _of_recipient(call), "messaging_handovers", event)


@routes.edge("GET", "Page", "thread_owner")
def thread_owner(call: Call) -> Rows:
    """Whose the thread is."""
    owner = _of_recipient(call).native["owner"]
    return Rows([{"thread_owner": {"app_id": owner}}] if owner else [])


@routes.edge("GET", "Page", "secondary_receivers")
def receivers(call: Call) -> Rows:
    """The apps that can have a thread."""
    platform = str(call.given.get("platform") or "messenger").lower()
    inbox = {"id": INBOX[platform], "name": "Page Inbox"}
    others = [{"id": app.app_id, "name": app.name} for app in call.twin.authority.apps.values()]
    return Rows([inbox, *(one for one in others if one["id"] != call.app.app_id)])


# -- what greets people


@routes.edge("GET", "Page", "messenger_profile")
def profile(call: Call) -> Rows:
    """Greeting, menu, ice breakers and so on, those asked for."""
    kept = call.own.hidden.get("messenger_profile", {})
    return Rows([dict(kept)] if kept else [])


@routes.edge("POST", "Page", "messenger_profile")
def set_profile(call: Call) -> dict[str, Any]:
    """Set parts of it."""
    call.own.hidden.setdefault("messenger_profile", {}).update(call.without("platform", "appsecret_proof"))
    return {"result": "success"}


@routes.edge("DELETE", "Page", "messenger_profile")
def delete_profile(call: Call) -> dict[str, Any]:
    """Take parts of it away."""
    kept = call.own.hidden.get("messenger_profile", {})
    for name in call.given["fields"]:
        kept.pop(str(name).lower(), None)
    return {"result": "success"}
