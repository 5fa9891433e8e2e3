"""The Send API: to whom, within which window, what; actions, private replies, attachments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from socialcommerce.simulators.entities import Conversation, Message, Sent
from socialcommerce.simulators.meta.graph.errors import Refused, missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Routes
from socialcommerce.simulators.meta.social import content, people, push, utility
from socialcommerce.simulators.meta.social.people import DAY

__all__ = ["routes"]

routes = Routes("pages_messaging", "instagram_manage_messages", holders=("PAGE",), use_case="messenger")

WINDOW, HUMAN_WINDOW, COMMENT_WINDOW = DAY, 7 * DAY, 7 * DAY
OUTSIDE = (
    "(#10) This message is sent outside of allowed window. Learn more about the new policy here:"
    " https://developers.facebook.com/docs/messenger-platform/policy-overview"
)
OUTSIDE_CODES = {"messenger": 2018278, "instagram": 2534022}
RETIRED_TAGS = frozenset({"CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"})
LARGEST = 25 * 1024 * 1024


@frozen
class Target:
    """To whom a message goes: the conversation, and the comment that is answered in private."""

    talk: Conversation
    comment: Any = None


def outside(platform: str) -> Refused:
    """The refusal of a message that comes too late."""
    return Refused(10, OUTSIDE, subcode=OUTSIDE_CODES[platform])


@routes.edge("POST", "Page", "messages")
def send(call: Call) -> dict[str, Any]:
    """Send a message, or show that somebody types or has read."""
    given, target = call.given, _target(call)
    talk = target.talk
    if given.get("sender_action"):
        return _act(call, talk, str(given["sender_action"]).lower())
    if not given.get("message"):
        raise missing("message")
    message = given["message"]
    if talk.native.get("blocked"):
        raise Refused(551, "(#551) This person isn't available right now.", subcode=1545041)
    _check_type(call, target)
    content.check(call.twin, call.seller, talk.native["platform"], message)
    quoted = (given.get("reply_to") or message.get("reply_to") or {}).get("mid")
    if quoted is not None and all(one.id != quoted for one in talk.messages):
        raise wrong("Param reply_to[mid] is not a message of this conversation")
    if target.comment is not None:
        _settle_comment(call, target)
    one = _store(call, talk, message, quoted)
    call.twin.clock.later(1, lambda: push.delivered(call.twin, call.seller, talk, one))
    return {"recipient_id": talk.buyer.id, "message_id": one.id} | _kept(call, message)


# -- to whom


def _target(call: Call) -> Target:
    recipient = call.given["recipient"]
    if not isinstance(recipient, dict):
        raise missing("recipient")
    for name in ("comment_id", "post_id"):
        if name in recipient:
            return _private(call, str(recipient[name]))
    key = str(recipient.get("id") or recipient.get("user_ref") or "")
    talk = people.find(call.seller, key)
    if talk is None:
        raise wrong("No matching user found", subcode=2018001)
    return Target(talk)


def _private(call: Call, key: str) -> Target:
    """The author of a comment; a conversation begins where there was none."""
    comment = call.twin.nodes.get(key)
    if comment is None or comment.kind not in ("Comment", "IGComment") or comment.seller is not call.seller:
        raise wrong("Invalid comment_id", subcode=2018001)
    platform = "messenger" if comment.kind == "Comment" else "instagram"
    if call.twin.clock.now() - comment.created > COMMENT_WINDOW:
        raise outside(platform)
    if comment.hidden.get("answered"):
        raise Refused(10900, "(#10900) Activity already replied to")
    author = comment.entity
    if author is None:
        raise wrong("The comment is by the Page itself", subcode=2018001)
    talk = people.find(call.seller, author.id)
    return Target(talk or people.begin(call.twin, call.seller, platform, author), comment)


def _settle_comment(call: Call, target: Target) -> None:
    if "text" not in call.given["message"]:
        raise wrong("A private reply begins with a text")
    target.comment.hidden["answered"] = True


# -- when


def _check_type(call: Call, target: Target) -> None:
    """Hold ``messaging_type``, tag and window together."""
    given, talk = call.given, target.talk
    kind, tag = str(given.get("messaging_type") or "RESPONSE"), given.get("tag")
    platform = talk.native["platform"]
    if (tag is not None) != (kind == "MESSAGE_TAG"):
        raise wrong("Param tag must be given when, and only when, messaging_type is MESSAGE_TAG")
    if tag in RETIRED_TAGS:
        raise wrong(f"Message tag {tag} is deprecated and can no longer be used")
    if tag is not None and tag != "HUMAN_AGENT":
        raise wrong(f"Param tag must be one of {{HUMAN_AGENT}} - got {tag!r}")
    if (kind == "UTILITY") != ("template" in given["message"]):
        raise wrong("A template is sent with messaging_type UTILITY, and nothing else is")
    if kind == "UTILITY":
        return utility.check_use(call, platform, given["message"]["template"])
    if target.comment is not None:
        return None
    heard, now = people.last_heard(talk), call.twin.clock.now()
    window = WINDOW if tag is None else HUMAN_WINDOW
    if heard is None or now - heard > window:
        raise outside(platform)
    if tag is not None and not call.own.hidden.get("human_agent", True):
        raise Refused(10, "(#10) The app does not have the Human Agent feature")
    return None


# -- what becomes of it


def _store(call: Call, talk: Conversation, message: Mapping[str, Any], quoted: str | None) -> Message:
    kind, contents = _contents(message)
    one = Message(call.twin.new_id("message"), talk.id, "seller", kind, contents, call.twin.clock.now())
    beside = {"reply_to": {"mid": quoted}} if quoted else {}
    if message.get("metadata"):
        beside["metadata"] = message["metadata"]
    one.native["beside"] = beside
    talk.messages.append(one)
    people.keep(call.twin, call.seller, one)
    call.seller.outbox.append(Sent(talk.buyer.id, [{"kind": kind, **contents}]))
    push.echo(call.twin, call.seller, talk, one, call.app.app_id)
    return one


def _contents(message: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if "text" in message:
        replies = {"quick_replies": message["quick_replies"]} if message.get("quick_replies") else {}
        return "text", {"text": message["text"], **replies}
    if "template" in message:
        return "template", {"template": message["template"]}
    attachment = message["attachment"]
    return str(attachment["type"]), {"attachments": [dict(attachment)]}


def _kept(call: Call, message: Mapping[str, Any]) -> dict[str, Any]:
    """A file sent by its address can be sent again by an id, if that was asked for."""
    attachment = message.get("attachment") or {}
    payload = attachment.get("payload") or {}
    if attachment.get("type") not in content.FILES or not payload.get("is_reusable") or "url" not in payload:
        return {}
    return {"attachment_id": _keep(call, attachment["type"], payload["url"])}


def _act(call: Call, talk: Conversation, action: str) -> dict[str, Any]:
    heard = people.last_heard(talk)
    if heard is None or call.twin.clock.now() - heard > WINDOW:
        raise outside(talk.native["platform"])
    if action == "mark_seen":
        talk.unread = 0
    elif action in ("react", "unreact"):
        mid = _reacted_to(call.given.get("payload"))
        if all(one.id != mid for one in talk.messages):
            raise wrong("Param payload[message_id] is not a message of this conversation")
        next(one for one in talk.messages if one.id == mid).native["reaction"] = action == "react"
    else:
        talk.native["typing"] = action == "typing_on"
    return {"recipient_id": talk.buyer.id}


def _reacted_to(payload: Any) -> str:
    """The message under a reaction; the payload is an object, or a text that holds one."""
    try:
        found = json.loads(payload) if isinstance(payload, str) else payload
    except ValueError:
        found = None
    return str(found.get("message_id", "")) if isinstance(found, dict) else ""


# -- attachments


def _keep(call: Call, kind: str, url: str) -> str:
    node = call.twin.add("MessageAttachment", call.seller)
    node.hidden |= {"type": kind, "url": url}
    return node.id


@routes.edge("POST", "Page", "message_attachments")
def upload(call: Call) -> dict[str, Any]:
    """Keep a file, fetched from an address or uploaded as ``filedata``; answers its id."""
    attachment = (call.given.get("message") or {}).get("attachment") or {}
    kind, payload = attachment.get("type"), dict(attachment.get("payload") or {})
    if kind not in content.FILES:
        raise wrong(f"Param message[attachment][type] must be one of {', '.join(sorted(content.FILES))}")
    file = call.files.get("filedata")
    if file is not None:
        if not file.content or len(file.content) > LARGEST:
            raise wrong("Upload attachment failure: a file has 1 byte to 25 MB", subcode=2018047)
        path = f"/attachments/{call.twin.new_word(20)}/{file.name}"
        payload["url"] = call.twin.keep_file(call.origin, path, file.content, "application/octet-stream")
    platform = str(call.given.get("platform") or "messenger").lower()
    checked = {"type": kind, "payload": {"url": payload["url"]} if "url" in payload else payload}
    content.check_attachment(call.twin, call.seller, platform, checked)
    return {"attachment_id": _keep(call, str(kind), str(payload.get("url", "")))}
