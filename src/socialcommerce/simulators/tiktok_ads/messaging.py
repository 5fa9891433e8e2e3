"""Business messages: conversations, messages, media, and the rules of who may write when."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from socialcommerce.simulators.entities import Conversation, Message, Upload
from socialcommerce.simulators.tiktok_ads import push
from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser
from socialcommerce.simulators.tiktok_ads.defaults import COMMENT_REPLIES, WITHOUT_MESSAGES, business, person
from socialcommerce.simulators.tiktok_ads.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

WINDOW = 48 * 3600
MOST_IN_A_ROW = 10
MEDIA_LIFE, LINK_LIFE = 30 * 86400, 86400
LARGEST_IMAGE = 3 * 1024 * 1024
MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
PARTS = {"TEXT": "text", "IMAGE": "image", "SHARE_POST": "share_post", "TEMPLATE": "template"}
LONGEST_TITLE = 40


def _check_region(account: Advertiser) -> None:
    if account.region in WITHOUT_MESSAGES:
        raise Refused(40001, "Business messages are not available in the region of this account.")


def _talk(account: Advertiser, key: str) -> Conversation:
    found = account.conversations.get(key)
    if found is None:
        raise Refused(40007, f"conversation_id: {key} doesn't exist.")
    return found


def _last_heard(talk: Conversation) -> float | None:
    return next((one.sent for one in reversed(talk.messages) if one.author == "buyer"), None)


# -- reading


@routes.on("GET", "/business/message/conversation/list/")
def conversations(call: Call) -> Any:
    """Conversations, newest first: answered ones (SINGLE), or those that wait for a first answer."""
    _check_region(call.advertiser)
    answered = call.values["conversation_type"] == "SINGLE"
    rows = [
        (int(talk.messages[-1].sent * 1000), talk)
        for talk in call.advertiser.conversations.values()
        if talk.native["answered"] is answered
    ]
    rows.sort(key=lambda row: (-row[0], row[1].id))
    cursor = call.values.get("cursor", 0)
    size = call.twin.page(call.values.get("limit", 100))
    shown = rows[cursor : cursor + size]
    more = cursor + size < len(rows)
    answer: dict[str, Any] = {
        "conversations": [{"conversation_id": talk.id, "up_time": time} for time, talk in shown],
        "has_more": more,
    }
    return answer | ({"cursor": cursor + size} if more else {})


def _show(account: Advertiser, talk: Conversation, one: Message) -> dict[str, Any]:
    mine = one.author != "buyer"
    ends = [business(account), person(talk.buyer)] if mine else [person(talk.buyer), business(account)]
    return {
        "sender": ends[0]["display_name"],
        "recipient": ends[1]["display_name"],
        "conversation_id": talk.id,
        "message_id": one.id,
        "timestamp": int(one.sent * 1000),
        "message_type": one.kind.upper(),
        "from_user": ends[0],
        "to_user": ends[1],
        "message_tag": {"source": "API" if mine else "APP"},
        **push.spoken(one),
    }


@routes.on("GET", "/business/message/content/list/")
def messages(call: Call) -> Any:
    """Every message of a conversation, and who takes part."""
    account = call.advertiser
    _check_region(account)
    talk = _talk(account, call.values["conversation_id"])
    shown = [_show(account, talk, one) for one in talk.messages]
    return {"messages": shown, "participants": [person(talk.buyer), business(account)]}


@routes.on("GET", "/business/message/capabilities/get/")
def capabilities(call: Call) -> Any:
    """Whether an image may be sent in a conversation."""
    _talk(call.advertiser, call.values["conversation_id"])
    able = call.advertiser.region not in WITHOUT_MESSAGES
    kinds = call.values["capability_types"]
    return {"capability_infos": [{"capability_type": kind, "capability_result": able} for kind in kinds]}


# -- writing


@routes.on("POST", "/business/message/send/")
def send(call: Call) -> Any:
    """Answer a user who wrote within 48 hours, at most ten times in a row."""
    account, values = call.advertiser, call.values
    _check_region(account)
    if "direct_reply" in values:
        return _reply_to_comment(call)
    if values.get("recipient_type") != "CONVERSATION" or not values.get("recipient"):
        raise wrong("Missing required field(s): recipient_type, recipient.")
    talk = _talk(account, values["recipient"])
    if values["message_type"] == "SENDER_ACTION":
        return _act(talk, values.get("sender_action"))
    contents = _contents(call, talk)
    _check_turn(call, talk)
    talk.native["answered"] = True
    kind = values["message_type"].lower()
    return {"message": {"message_id": account.add_message(talk, "seller", kind, contents).id}}


def _act(talk: Conversation, action: str | None) -> Any:
    if action is None:
        raise wrong("Missing required field(s): sender_action.")
    if action == "MARK_READ":
        talk.unread = 0
    talk.native["typing"] = action == "TYPING"
    return {"message": {"message_id": ""}}


def _check_turn(call: Call, talk: Conversation) -> None:
    heard, now = _last_heard(talk), call.advertiser.clock.now()
    if heard is None or now - heard > WINDOW:
        raise Refused(40002, "The user has not written within the last 48 hours.")
    said = list(takewhile(lambda one: one.author != "buyer", reversed(talk.messages)))
    if len(said) >= MOST_IN_A_ROW:
        raise Refused(40002, "At most 10 messages can be sent until the user answers.")


def _contents(call: Call, talk: Conversation) -> dict[str, Any]:
    account, values, kind = call.advertiser, call.values, call.values["message_type"]
    given = [part for part in PARTS.values() if part in values]
    part = PARTS[kind]
    if given != [part]:
        raise wrong(f"{part}: Exactly this field must be given when message_type is {kind}.")
    if kind == "IMAGE":
        _media(account, values["image"]["media_id"])
    if kind == "SHARE_POST" and values["share_post"]["item_id"] not in account.posts:
        raise Refused(40007, f"item_id: {values['share_post']['item_id']} doesn't exist.")
    if kind == "TEMPLATE" and len(values["template"]["title"]) > LONGEST_TITLE:
        raise wrong(f"template.title: Must hold at most {LONGEST_TITLE} characters.")
    contents = {"text": values["text"]["body"]} if kind == "TEXT" else {part: values[part]}
    quoted = values.get("referenced_message_info")
    if quoted is None:
        return contents
    if all(one.id != quoted["referenced_message_id"] for one in talk.messages):
        raise Refused(40007, f"referenced_message_id: {quoted['referenced_message_id']} doesn't exist.")
    return contents | {"referenced_message_info": quoted}


def _reply_to_comment(call: Call) -> Any:
    account = call.advertiser
    if account.region not in COMMENT_REPLIES:
        raise Refused(40001, "Direct replies to comments are not available in the region of this account.")
    key = call.values["direct_reply"]["comment_reply"]["comment_id"]
    comment = account.comments.get(key)
    if comment is None:
        raise Refused(40007, f"comment_id: {key} doesn't exist.")
    if call.values["message_type"] != "TEXT" or "text" not in call.values:
        raise wrong("message_type: Must be TEXT for a direct reply.")
    talk = Conversation(call.twin.new_id("conversation"), account.new_buyer())
    call.twin.furnish(account, talk)
    talk.native["answered"] = True
    account.conversations[talk.id] = talk
    sent = account.add_message(talk, "seller", "text", {"text": call.values["text"]["body"]})
    return {"message": {"message_id": sent.id}}


# -- media


def _media(account: Advertiser, key: str) -> Upload:
    found = account.uploads.get(key)
    if found is None or account.clock.now() - found.created > MEDIA_LIFE:
        raise Refused(40007, f"media_id: {key} doesn't exist or is expired.")
    return found


@routes.on("POST", "/business/message/media/upload/")
def upload(call: Call) -> Any:
    """Keep an image for thirty days, to be sent."""
    _check_region(call.advertiser)
    content = call.files["file"].content
    if not content.startswith(MAGIC) or len(content) > LARGEST_IMAGE:
        raise Refused(40900, "The file must be a JPG or PNG of at most 3 MB.")
    key = f"m-{call.twin.authority.hex(24)}"
    call.advertiser.uploads[key] = Upload(key, content, call.advertiser.clock.now())
    return {"media_id": key}


@routes.on("POST", "/business/message/media/download/")
def download(call: Call) -> Any:
    """A link to media of a message, for a day; it wants the token as ``x-user``."""
    account, values = call.advertiser, call.values
    talk = _talk(account, values["conversation_id"])
    if all(one.id != values["message_id"] for one in talk.messages):
        raise Refused(40007, f"message_id: {values['message_id']} doesn't exist.")
    found = _media(account, values["media_id"])
    path = f"/media/{found.id}/{values['message_id']}"
    return {"download_url": call.twin.keep_file(path, found.content, "image/png", LINK_LIFE, user=True)}


# -- automatic messages


@routes.on("POST", "/business/message/auto_message/create/")
def create_auto(call: Call) -> Any:
    """A welcome text, a suggested question (three at most) or a chat prompt (six at most)."""
    kind = call.values["auto_message_type"]
    limits = {"WELCOME_MESSAGE": 1, "SUGGESTED_QUESTION": 3, "CHAT_PROMPT": 6}
    shelf = call.advertiser.native.setdefault("auto", {})
    if kind not in limits or kind.lower() not in call.values:
        raise wrong("auto_message_type: Must be one of the known types, with its content.")
    if sum(one["auto_message_type"] == kind for one in shelf.values()) >= limits[kind]:
        raise wrong(f"auto_message_type: At most {limits[kind]} of {kind}.")
    key = call.twin.new_id("auto")
    shelf[key] = {"auto_message_id": key, "auto_message_type": kind, "audit_status": "APPROVED"}
    shelf[key][kind.lower()] = call.values[kind.lower()]
    return {"auto_message_id": key}


@routes.on("POST", "/business/message/auto_message/update/")
def update_auto(call: Call) -> Any:
    """Change an automatic message."""
    kind, key = call.values["auto_message_type"], call.values["auto_message_id"]
    shelf = call.advertiser.native.setdefault("auto", {})
    if key not in shelf or kind.lower() not in call.values:
        raise Refused(40007, f"auto_message_id: {key} doesn't exist.")
    shelf[key][kind.lower()] = call.values[kind.lower()]
    return {"auto_message_id": key}


@routes.on("GET", "/business/message/auto_message/get/")
def autos(call: Call) -> Any:
    """The automatic messages of a type."""
    kind = call.values["auto_message_type"]
    shelf = call.advertiser.native.setdefault("auto", {})
    rows = [one for one in shelf.values() if one["auto_message_type"] == kind]
    switched = call.advertiser.native.get("auto_status", {}).get(kind, "ENABLE")
    return {"business_id": call.advertiser.open_id, "operation_status": switched, "auto_messages": rows}


@routes.on("POST", "/business/message/auto_message/delete/")
def delete_auto(call: Call) -> Any:
    """Take an automatic message away."""
    key = call.values["auto_message_id"]
    if call.advertiser.native.setdefault("auto", {}).pop(key, None) is None:
        raise Refused(40007, f"auto_message_id: {key} doesn't exist.")


@routes.on("POST", "/business/message/auto_message/status/update/")
def switch_autos(call: Call) -> Any:
    """Switch the automatic messages of a type on or off."""
    switches = call.advertiser.native.setdefault("auto_status", {})
    switches[call.values["auto_message_type"]] = call.values["operation_status"]
