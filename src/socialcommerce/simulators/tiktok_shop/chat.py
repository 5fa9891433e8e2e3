"""Customer service on the pretend TikTok Shop: conversations between buyers and the shop.

The shop may write while the two wrote within 30 days, or the buyer ordered within 60, or
ever gave something back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Buyer, Conversation, Message
from socialcommerce.simulators.tiktok_shop.media import image_size
from socialcommerce.simulators.tiktok_shop.products import IMAGE_HOST
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

__all__ = ["message_row", "routes"]

routes = Routes()

DAY = 86400
LONGEST = 2000
NEEDED: Mapping[str, tuple[str, ...]] = {
    "TEXT": ("content",),
    "IMAGE": ("url", "width", "height"),
    "VIDEO": ("vid",),
    "PRODUCT_CARD": ("product_id",),
    "ORDER_CARD": ("order_id",),
    "RETURN_REFUND_CARD": ("order_id", "sku_id"),
    "LOGISTICS_CARD": ("order_id",),
    "COUPON_CARD": ("coupon_id",),
}
"""Message type -> what its content must say."""
SENDERS = ("CUSTOMER_SERVICE", "SYSTEM", "ROBOT")
AVATAR = f"{IMAGE_HOST}/avatar.jpeg"


def may_write(shop: Account, buyer: Buyer) -> bool:
    """Whether the shop may write to a buyer now."""
    now = shop.clock.now()
    wrote = any(
        one.sent > now - 30 * DAY
        for talk in shop.conversations.values()
        if talk.buyer.id == buyer.id
        for one in talk.messages
        if one.author == "buyer"
    )
    ordered = any(one.buyer.id == buyer.id and one.created > now - 60 * DAY for one in shop.orders.values())
    return wrote or ordered or any(one.order.buyer.id == buyer.id for one in shop.returns.values())


def _talk(call: Call) -> Conversation:
    found = call.shop.conversations.get(call.path["conversation_id"])
    if found is None:
        raise Refused(45101003, "The conversation does not exist")
    return found


# -- reading


def message_row(shop: Account, talk: Conversation, message: Message) -> dict[str, Any]:
    """A message as the API and webhook 14 show it; its content is JSON inside JSON."""
    native = message.native
    kind = native.get("type", "TEXT" if message.kind == "text" else message.kind.upper())
    content = {"content": message.contents["text"]} if message.kind == "text" else message.contents
    position = talk.messages.index(message)
    return {
        "id": message.id,
        "type": kind,
        "content": native.get("content") or json.dumps(content, ensure_ascii=False),
        "create_time": int(message.sent),
        "is_visible": native.get("is_visible", True),
        "index": str(int(message.sent) * 10**6 + position),
        "sender": _sender(shop, talk, message),
    }


def _sender(shop: Account, talk: Conversation, message: Message) -> dict[str, str]:
    if message.author == "buyer":
        return {
            "im_user_id": talk.buyer.native["im_user_id"],
            "role": "BUYER",
            "nickname": talk.buyer.name,
            "avatar": AVATAR,
        }
    role = message.native.get("role", "SYSTEM" if message.author == "system" else "CUSTOMER_SERVICE")
    return {"im_user_id": f"7{shop.id[1:]}", "role": role, "nickname": shop.name, "avatar": AVATAR}


def _people(shop: Account, talk: Conversation, platform: str) -> list[dict[str, Any]]:
    buyer = talk.buyer
    return [
        {
            "role": "BUYER",
            "user_id": buyer.id,
            "im_user_id": buyer.native["im_user_id"],
            "nickname": buyer.name,
            "avatar": AVATAR,
            platform: "TIKTOK_SHOP",
        },
        {"role": "SHOP", "im_user_id": f"7{shop.id[1:]}", "nickname": shop.name, "avatar": AVATAR},
    ]


@routes.on("GET", "/customer_service/202309/conversations")
def conversations(call: Call) -> Any:
    """Conversations, the one that spoke last first."""
    talks = sorted(call.shop.conversations.values(), key=_last, reverse=True)
    return call.page("conversations", talks, lambda talk: _listed(call, talk), 20, total=False)


def _last(talk: Conversation) -> float:
    return talk.messages[-1].sent if talk.messages else float(talk.native["created"])


def _listed(call: Call, talk: Conversation) -> dict[str, Any]:
    people = _people(call.shop, talk, "buyer_platform")
    row: dict[str, Any] = {
        "id": talk.id,
        "participant_count": len(people),
        "participants": people,
        "can_send_message": may_write(call.shop, talk.buyer),
        "unread_count": talk.unread,
        "create_time": int(talk.native["created"]),
    }
    if talk.messages:
        row["latest_message"] = message_row(call.shop, talk, talk.messages[-1])
    return row | _session(call, talk)


def _session(call: Call, talk: Conversation) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if call.query.get("need_session_id"):
        wanted["cur_session_id"] = talk.native["session"]
    if call.query.get("need_session_info"):
        wanted["cur_session"] = {"id": talk.native["session"], "phase": "IN_PROGRESS"}
    return wanted


@routes.on("GET", "/customer_service/202601/conversations/{conversation_id}")
def conversation(call: Call) -> Any:
    """One conversation; whether the shop may write stands in the list alone."""
    talk = _talk(call)
    people = _people(call.shop, talk, "platform")
    row = {
        "id": talk.id,
        "participant_count": len(people),
        "participants": people,
        "create_time": int(talk.native["created"]),
        "unread_count": talk.unread,
    }
    return {"conversation": row | _session(call, talk)}


@routes.on("GET", "/customer_service/202309/conversations/{conversation_id}/messages")
def messages(call: Call) -> Any:
    """Messages, newest first unless asked otherwise; reading marks nothing as read."""
    talk = _talk(call)
    rows = talk.messages if call.query.get("sort_order") == "ASC" else talk.messages[::-1]
    answer = call.page("messages", rows, lambda one: message_row(call.shop, talk, one), 10, total=False)
    return answer | {"unsupported_msg_tips": "Please check this message in Seller Center.\n"}


# -- writing


@routes.on("POST", "/customer_service/202309/conversations")
def open_conversation(call: Call) -> Any:
    """The conversation with a buyer, opened where there is none and the shop may write."""
    wanted = call.body["buyer_user_id"]
    for talk in call.shop.conversations.values():
        if talk.buyer.id == wanted:
            return {"conversation_id": talk.id}
    buyer = next((one.buyer for one in call.shop.orders.values() if one.buyer.id == wanted), None)
    if buyer is None or not may_write(call.shop, buyer):
        raise Refused(45101004, "The shop can not start a conversation with the buyer")
    talk = Conversation(call.twin.new_id("conversation"), buyer)
    call.twin.furnish(call.shop, talk)
    call.shop.conversations[talk.id] = talk
    return {"conversation_id": talk.id}


@routes.on("POST", "/customer_service/202606/conversations/{conversation_id}/messages")
def send(call: Call) -> Any:
    """Write to a buyer."""
    talk, kind = _talk(call), call.body["type"]
    role = call.body.get("sender_role", SENDERS[0])
    if role not in SENDERS:
        raise wrong("The `sender_role` parameter is unknown.")
    content = _content(kind, call.body["content"])
    if not may_write(call.shop, talk.buyer):
        raise Refused(45101005, "The shop can not send messages in the conversation")
    _check_subject(call, kind, content)
    contents = {"text": content["content"]} if kind == "TEXT" else content
    message = call.shop.add_message(talk, "seller", kind.lower(), contents)
    message.native |= {"type": kind, "content": call.body["content"], "role": role}
    return {"message_id": message.id}


def _content(kind: str, text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict) or any(content.get(name) in (None, "") for name in NEEDED[kind]):
        raise wrong(f"The `content` of {kind} must be a JSON string with {', '.join(NEEDED[kind])}.")
    if kind == "TEXT" and len(str(content["content"])) > LONGEST:
        raise Refused(45101006, f"The text has more than {LONGEST} characters")
    return content


def _check_subject(call: Call, kind: str, content: Mapping[str, Any]) -> None:
    if kind == "PRODUCT_CARD" and content["product_id"] not in call.shop.products:
        raise Refused(45101007, "The product does not exist")
    if "order_id" in NEEDED[kind] and content["order_id"] not in call.shop.orders:
        raise Refused(45101008, "The order does not exist")


@routes.on("POST", "/customer_service/202309/conversations/{conversation_id}/messages/read")
def read(call: Call) -> Any:
    """Everything in the conversation counts as read."""
    _talk(call).unread = 0
    return {}


@routes.on("POST", "/customer_service/202605/conversations/{conversation_id}/sessions/{session_id}/end")
def end_session(call: Call) -> Any:
    """Close the case that is talked about."""
    talk = _talk(call)
    if talk.native["session"] != call.path["session_id"]:
        raise Refused(45101009, "The session does not exist")
    talk.native["session"] = call.twin.new_id("session")
    return {}


@routes.on("POST", "/customer_service/202309/images/upload")
def upload(call: Call) -> Any:
    """A picture to send: JPEG, GIF, WebP or PNG of at most 10 MB."""
    content = call.files["data"].content
    width, height = image_size(content)
    path = f"/tos-im/{call.twin.authority.text(32).lower()}"
    call.twin.keep_file(path, content, "image/png")
    return {"url": f"{IMAGE_HOST}{path}", "width": width, "height": height}


@routes.on("GET", "/customer_service/202309/agents/settings")
def settings(call: Call) -> Any:
    """Whether the agent takes conversations."""
    return {"can_accept_chat": call.shop.native["accepts_chat"]}


@routes.on("PUT", "/customer_service/202309/agents/settings")
def change_settings(call: Call) -> Any:
    """Take conversations, or stop."""
    call.shop.native["accepts_chat"] = call.body["can_accept_chat"]
    return {}
