"""The chat of the pretend Shopee: conversations, messages, and what a seller may say.

The module has no public pages: names, limits and traps are those that clients report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Buyer, Conversation, Message, Upload
from socialcommerce.simulators.shopee.catalog import image_url
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

MOST_CONVERSATIONS, MOST_MESSAGES = 25, 60
IMAGE_BYTES = 2 * 1024 * 1024
MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")
SILENT_REGIONS = frozenset({"TW"})
"""Where programs may read and not send."""
BUYERS, AFFILIATES = 0, 11
CONTENT: Mapping[str, tuple[str, ...]] = {
    "text": ("text",),
    "image": ("image_url",),
    "sticker": ("sticker_id", "sticker_package_id"),
    "item": ("item_id",),
    "order": ("order_sn",),
    "voucher": ("voucher_id", "voucher_code"),
    "video": ("vid", "video_url"),
}
"""What a message of each type must hold."""


def _missing(what: str) -> Refused:
    return Refused("error_not_found", f"The {what} is not found.")


def _talk(call: Call) -> Conversation:
    talk = call.shop.conversations.get(str(call.params["conversation_id"]))
    if talk is None or not _visible(talk):
        raise _missing("conversation")
    return talk


def _visible(talk: Conversation) -> list[Message]:
    """What was said since the seller last deleted the conversation."""
    return talk.messages[talk.native.get("deleted", 0) :]


def _nano(shop: Account, talk: Conversation) -> int:
    """When the conversation was last moved, in nanoseconds; never the same for two of them."""
    place = list(shop.conversations).index(talk.id)
    return int(talk.messages[-1].sent * 1000) * 10**6 + place


def _unread(talk: Conversation) -> int:
    return min(talk.unread, len(_visible(talk)))


# -- conversations


@routes.get("sellerchat/get_conversation_list")
def conversations(call: Call) -> Any:
    """A page of conversations, before (``older``) or after (``latest``) an instant.

    Without an instant ``older`` begins with the newest and ``latest`` with the oldest. A page
    of more than 25 comes back empty.
    """
    direction, kept = call.params["direction"], TYPES.get(call.params["type"])
    if direction not in ("older", "latest") or kept is None:
        raise wrong(call.operation, "direction or type is unknown.")
    asked = call.within("page_size", 1, 10**6, default=MOST_CONVERSATIONS)
    if asked > MOST_CONVERSATIONS:
        return _conversation_page(call.shop, [], asked, more=False)
    size, since = call.twin.page(asked), _instant(call)
    older = direction == "older"
    rows = sorted(
        (
            (stamp, talk)
            for talk in call.shop.conversations.values()
            if _visible(talk) and kept(talk)
            for stamp in [_nano(call.shop, talk)]
            if not since or (stamp < since if older else stamp > since)
        ),
        key=lambda row: row[0],
        reverse=older,
    )
    page = [talk for _, talk in rows[:size]]
    return _conversation_page(call.shop, page, asked, more=len(rows) > size)


TYPES: Mapping[str, Callable[[Conversation], bool]] = {
    "all": lambda talk: True,
    "unread": lambda talk: _unread(talk) > 0,
    "pinned": lambda talk: bool(talk.native.get("pinned")),
}


def _instant(call: Call) -> int:
    text = str(call.get("next_timestamp_nano", ""))
    if text and not text.isdecimal():
        raise wrong(call.operation, "next_timestamp_nano should be a number.")
    return int(text or 0)


def _conversation_page(shop: Account, page: Sequence[Conversation], size: int, more: bool) -> dict[str, Any]:
    cursor = {"next_message_time_nano": "0", "conversation_id": ""}
    if page:
        cursor = {"next_message_time_nano": str(_nano(shop, page[-1])), "conversation_id": page[-1].id}
    return {
        "page_result": {"page_size": size, "next_cursor": cursor, "more": more},
        "conversations": [_conversation(shop, talk) for talk in page],
    }


def _conversation(shop: Account, talk: Conversation) -> dict[str, Any]:
    last, unread = talk.messages[-1], _unread(talk)
    read = talk.messages[: len(talk.messages) - unread]
    return {
        "conversation_id": talk.id,
        "to_id": int(talk.buyer.id),
        "to_name": talk.buyer.name,
        "to_avatar": image_url(f"avatar-{talk.buyer.id}"),
        "shop_id": int(shop.id),
        "unread_count": unread,
        "pinned": bool(talk.native.get("pinned")),
        "mute": bool(talk.native.get("mute")),
        "last_read_message_id": read[-1].id if read else "0",
        "latest_message_id": last.id,
        "latest_message_type": last.kind,
        "latest_message_content": last.contents,
        "latest_message_from_id": _parties(shop, talk, last)["from_id"],
        "last_message_timestamp": _nano(shop, talk),
        "last_message_option": 0,
        "max_general_option_hide_time": "0",
    }


@routes.get("sellerchat/get_one_conversation")
def one_conversation(call: Call) -> Any:
    """One conversation."""
    return _conversation(call.shop, _talk(call))


@routes.get("sellerchat/get_unread_conversation_count")
def unread_count(call: Call) -> Any:
    """How many conversations hold something unread."""
    waiting = [talk for talk in call.shop.conversations.values() if _unread(talk)]
    return {"total_unread_count": len(waiting)}


# -- messages


def _parties(shop: Account, talk: Conversation, message: Message) -> dict[str, int]:
    buyer, seller = (int(talk.buyer.id), 0), (int(shop.native["user_id"]), int(shop.id))
    sender, receiver = (buyer, seller) if message.author == "buyer" else (seller, buyer)
    return {
        "from_id": sender[0],
        "from_shop_id": sender[1],
        "to_id": receiver[0],
        "to_shop_id": receiver[1],
    }


@routes.get("sellerchat/get_message")
def messages(call: Call) -> Any:
    """Messages, newest first; ``offset`` is the last page's ``next_offset``, and never 0."""
    talk, offset = _talk(call), call.get("offset")
    size = call.twin.page(call.within("page_size", 1, MOST_MESSAGES, default=25))
    rows = _visible(talk)[::-1]
    wanted = set(call.csv("message_id_list"))
    if wanted:
        rows = [one for one in rows if one.id in wanted]
    elif offset is not None:
        place = next((at for at, one in enumerate(rows) if one.id == offset), None)
        if place is None:
            raise _missing("offset")
        rows = rows[place + 1 :]
    page = rows[:size]
    return {
        "messages": [_message(call.shop, talk, one) for one in page],
        "page_result": {"next_offset": page[-1].id if page else "", "page_size": size},
    }


def _message(shop: Account, talk: Conversation, message: Message) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "message_type": message.kind,
        **_parties(shop, talk, message),
        "conversation_id": talk.id,
        "created_timestamp": int(message.sent),
        "region": shop.region,
        "status": "normal",
        "source": "app" if message.author == "buyer" else "openapi",
        "content": message.contents,
        "message_option": 0,
        "source_content": {},
    }


# -- sending


def _buyer(shop: Account, user_id: str) -> Buyer:
    people = [talk.buyer for talk in shop.conversations.values()]
    people += [order.buyer for order in shop.orders.values()]
    found = next((buyer for buyer in people if buyer.id == user_id), None)
    if found is None:
        raise Refused("error_param", "Wrong parameters, detail: to_id is invalid.")
    return found


def _addressee(call: Call) -> Conversation:
    """The conversation with the buyer that ``to_id`` names; a first word opens one."""
    shop, user_id = call.shop, str(call.params["to_id"])
    talk = next((one for one in shop.conversations.values() if one.buyer.id == user_id), None)
    if talk is None:
        talk = Conversation(call.twin.new_id("conversation"), _buyer(shop, user_id))
        shop.conversations[talk.id] = talk
    if call.get("business_type", BUYERS) == AFFILIATES and str(call.get("conversation_id")) != talk.id:
        raise wrong(call.operation, "conversation_id is required for affiliate chats.")
    return talk


def _say(call: Call, kind: str, content: dict[str, Any]) -> tuple[Conversation, Message]:
    if call.shop.region in SILENT_REGIONS:
        raise Refused("error_permission", "Sending messages is not available in this region.")
    _check_content(call, kind, content)
    talk = _addressee(call)
    return talk, call.shop.add_message(talk, "seller", kind, content)


def _check_content(call: Call, kind: str, content: Mapping[str, Any]) -> None:
    if kind not in CONTENT:
        raise wrong(call.operation, "message_type is not supported.")
    for name in CONTENT[kind]:
        if content.get(name) in (None, ""):
            raise wrong(call.operation, f"content.{name} is required.")
    if kind == "item" and str(content["item_id"]) not in call.shop.products:
        raise _missing("item")
    if kind == "order" and str(content["order_sn"]) not in call.shop.orders:
        raise _missing("order")


@routes.post("sellerchat/send_message")
def send_message(call: Call) -> Any:
    """Say one thing to one buyer, named by user id."""
    kind, content = call.params["message_type"], call.params["content"]
    talk, message = _say(call, kind, content)
    return {
        "message_id": message.id,
        "to_id": int(talk.buyer.id),
        "message_type": kind,
        "content": content,
        "conversation_id": int(talk.id),
        "created_timestamp": int(message.sent),
        "message_option": 0,
        "region": call.shop.region,
    }


@routes.post("sellerchat/send_autoreply_message")
def send_autoreply(call: Call) -> Any:
    """Say a text that counts as an automatic answer."""
    _, message = _say(call, "text", call.params["content"])
    return {"message_id": message.id}


@routes.post("sellerchat/upload_image")
def upload_image(call: Call) -> Any:
    """Keep a picture of at most 2 MB, to be sent by its address."""
    (content,) = call.files["file"][:1]
    if not content.startswith(MAGIC):
        raise wrong(call.operation, "the image should be jpg, jpeg, png or gif.")
    if len(content) > IMAGE_BYTES:
        raise wrong(call.operation, "the image is larger than 2 MB.")
    name = hashlib.md5(content, usedforsecurity=False).hexdigest()
    call.shop.uploads[name] = Upload(name, content, call.twin.clock.now())
    return {
        "url": image_url(name),
        "thumbnail": image_url(f"{name}_tn"),
        "thumb_width": 320,
        "thumb_height": 320,
        "file_server_id": 0,
        "url_hash": name,
    }


# -- keeping order


@routes.post("sellerchat/read_conversation")
def read_conversation(call: Call) -> Any:
    """Everything up to a message has been read."""
    talk, last = _talk(call), str(call.params["last_read_message_id"])
    place = next((at for at, one in enumerate(talk.messages) if one.id == last), None)
    if place is None:
        raise _missing("message")
    talk.unread = sum(one.author == "buyer" for one in talk.messages[place + 1 :])
    return {}


@routes.post("sellerchat/unread_conversation")
def unread_conversation(call: Call) -> Any:
    """Mark a conversation as unread again."""
    talk = _talk(call)
    talk.unread = max(1, talk.unread)
    return {}


def _mark(name: str, value: bool) -> Callable[[Call], Any]:
    def mark(call: Call) -> Any:
        _talk(call).native[name] = value
        return {}

    return mark


routes.post("sellerchat/pin_conversation")(_mark("pinned", True))
routes.post("sellerchat/unpin_conversation")(_mark("pinned", False))


@routes.post("sellerchat/mute_conversation")
def mute_conversation(call: Call) -> Any:
    """Let a conversation be silent, or ring again."""
    _talk(call).native["mute"] = call.get("mute", True)
    return {}


@routes.post("sellerchat/delete_conversation")
def delete_conversation(call: Call) -> Any:
    """Hide a conversation until the buyer writes again; only what is new is shown then."""
    talk = _talk(call)
    talk.native["deleted"], talk.unread = len(talk.messages), 0
    return {}


@routes.post("sellerchat/delete_message")
def delete_message(call: Call) -> Any:
    """Take back one of the seller's own messages."""
    wanted = str(call.params["message_id"])
    for talk in call.shop.conversations.values():
        for message in _visible(talk):
            if message.id == wanted and message.author == "seller":
                talk.messages.remove(message)
                return {}
    raise _missing("message")


@routes.get("sellerchat/get_offer_toggle_status")
def offer_toggle(call: Call) -> Any:
    """Whether buyers are kept from making offers ("enabled" means that they are)."""
    return {"make_offer_status": call.shop.native.get("make_offer_status", "disabled")}


@routes.post("sellerchat/set_offer_toggle_status")
def set_offer_toggle(call: Call) -> Any:
    """Keep buyers from making offers, or let them."""
    status = call.params["make_offer_status"]
    if status not in ("enabled", "disabled"):
        raise wrong(call.operation, "make_offer_status should be enabled or disabled.")
    call.shop.native["make_offer_status"] = status
    return {}
