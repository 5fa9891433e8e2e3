"""What people do on WhatsApp: write, order, press, read, pay, hide their number, want no advertising."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.account import UnknownEntity
from socialcommerce.simulators.entities import Conversation, Message, Order
from socialcommerce.simulators.meta.whatsapp import push
from socialcommerce.simulators.meta.whatsapp.content import MEDIA
from socialcommerce.simulators.meta.whatsapp.waba import Media, Waba

__all__ = [
    "answer_by_hand",
    "ask_about",
    "change_number",
    "come_by_ad",
    "fill_in",
    "hear",
    "hide_number",
    "keep_media",
    "ordered",
    "pay",
    "prefer_marketing",
    "press",
    "read",
    "send_file",
    "send_unsupported",
    "set_username",
    "talk_of",
]


def talk_of(waba: Waba, conversation: str) -> Conversation:
    """The conversation with that person; raises ``UnknownEntity``."""
    found = waba.talk_with(conversation)
    if found is None:
        raise UnknownEntity(f"there is no conversation {conversation!r}")
    return found


def hear(
    waba: Waba,
    talk: Conversation,
    kind: str,
    contents: Mapping[str, Any],
    message_id: str = "",
    **beside: Any,
) -> Message:
    """A person sends a message of any kind; ``beside`` are its context, referral or errors."""
    said = Message(
        message_id or waba.twin.new_id("message"), talk.id, "buyer", kind, dict(contents), waba.clock.now()
    )
    said.native["beside"] = beside
    if "referral" in beside:
        talk.native["entry"] = said.sent
    talk.messages.append(said)
    talk.unread += 1
    read(waba, talk)
    push.message(waba, said)
    return said


def ordered(waba: Waba, order: Order, note: str = "") -> None:
    """A person sends the cart: the order is the message, and bears its id."""
    items = [
        {
            "product_retailer_id": line.variant.sku,
            "quantity": line.quantity,
            "item_price": _major(line.unit_price),
            "currency": waba.seller.currency,
        }
        for line in order.lines
    ]
    cart = {"catalog_id": waba.catalog_id or "", "text": note, "product_items": items}
    hear(waba, waba.open_talk(order.buyer), "order", {"order": cart}, order.id)


def _major(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def keep_media(waba: Waba, kind: str, mime: str, content: bytes) -> Media:
    """Hold a file for thirty days."""
    digest = hashlib.sha256(content)
    shown = base64.b64encode(digest.digest()).decode()
    node = waba.twin.add("WhatsAppMedia", waba.seller)
    held = Media(node.id, kind, mime, content, waba.clock.now(), shown)
    node.entity = waba.media[held.id] = held
    return held


def send_file(waba: Waba, talk: Conversation, kind: str, mime: str, content: bytes, **more: Any) -> Message:
    """A person sends an image, video, audio, document or sticker; ``more`` are caption and the like."""
    if kind not in MEDIA:
        raise ValueError(f"{kind!r} is no kind of file")
    held = keep_media(waba, kind, mime, content)
    shown = {"mime_type": mime, "sha256": held.sha256, "id": held.id, **more}
    return hear(waba, talk, kind, {kind: shown})


def press(waba: Waba, message_id: str, choice: str) -> Message:
    """A person presses a button, a row or a quick reply of a message, by its id or title."""
    asked = waba.spoken[message_id]
    talk = waba.talks[asked.conversation_id]
    context = {"from": waba.display, "id": message_id}
    kind, reply = _choice(asked, choice)
    return hear(waba, talk, kind, {kind: reply}, context=context)


def _choice(asked: Message, choice: str) -> tuple[str, dict[str, Any]]:
    if asked.kind == "template":
        return "button", {"payload": choice, "text": choice}
    action = asked.contents["interactive"]["action"]
    for button in action.get("buttons", ()):
        if choice in (button["reply"]["id"], button["reply"]["title"]):
            return "interactive", {"type": "button_reply", "button_reply": dict(button["reply"])}
    for section in action.get("sections", ()):
        for row in section.get("rows", ()):
            if choice in (row["id"], row["title"]):
                return "interactive", {"type": "list_reply", "list_reply": dict(row)}
    raise UnknownEntity(f"nothing of that message is called {choice!r}")


def come_by_ad(
    waba: Waba, talk: Conversation, ad_id: str, text: str = "Can I get more info on this?"
) -> Message:
    """A person taps an ad that leads here, and writes: the first message tells of the ad."""
    referral = {
        "source_url": f"https://fb.me/{ad_id[-8:]}",
        "source_id": ad_id,
        "source_type": "ad",
        "headline": "Chat with us",
        "body": "New this week",
        "media_type": "image",
        "image_url": "https://scontent.xx.fbcdn.net/v/ad.jpg",
        "ctwa_clid": waba.twin.new_word(60),
        "welcome_message": {"text": "Hi there! Let us know how we can help!"},
    }
    return hear(waba, talk, "text", {"text": text}, referral=referral)


def ask_about(waba: Waba, talk: Conversation, sku: str, text: str) -> Message:
    """A person writes from the page of a product."""
    product = {"catalog_id": waba.catalog_id, "product_retailer_id": sku}
    context = {"from": waba.display, "id": waba.twin.new_id("message"), "referred_product": product}
    return hear(waba, talk, "text", {"text": text}, context=context)


def send_unsupported(waba: Waba, talk: Conversation) -> Message:
    """A person sends something that the platform does not pass on."""
    details = {"details": "Message type is currently not supported."}
    wrong = {"code": 131051, "title": "Message type unknown", "message": "Message type unknown"}
    return hear(waba, talk, "unsupported", {}, errors=[{**wrong, "error_data": details}])


def fill_in(waba: Waba, message_id: str, answers: Mapping[str, Any]) -> Message:
    """A person completes a flow that was sent."""
    asked = waba.spoken[message_id]
    text = json.dumps(dict(answers), separators=(",", ":"))
    reply = {"response_json": text, "body": "Sent", "name": "flow"}
    context = {"from": waba.display, "id": message_id}
    said = {"type": "nfm_reply", "nfm_reply": reply}
    return hear(
        waba, waba.talks[asked.conversation_id], "interactive", {"interactive": said}, context=context
    )


def read(waba: Waba, talk: Conversation) -> None:
    """A person opens the chat: what was delivered is read now."""
    for one in talk.messages:
        if one.author == "seller" and "delivered" in one.native["statuses"]:
            push.status(waba, one, "read")


def answer_by_hand(waba: Waba, talk: Conversation, text: str) -> Message:
    """Somebody of the business answers in the WhatsApp Business app, where the number is used in both."""
    one = Message(waba.twin.new_id("message"), talk.id, "seller", "text", {"text": text}, waba.clock.now())
    one.native = {"callback": None, "statuses": ["sent", "delivered"]}
    talk.messages.append(one)
    waba.spoken[one.id] = one
    who = talk.buyer.native
    told = {"from": waba.display, "to": who["wa_id"], "to_user_id": who["user_id"], "id": one.id}
    said = {"timestamp": str(int(one.sent)), "type": "text", "text": {"body": text}}
    push.changed(waba, "smb_message_echoes", push.metadata(waba) | {"message_echoes": [told | said]})
    return one


def pay(waba: Waba, reference_id: str, status: str = "captured") -> None:
    """A person pays an order that was sent; ``status`` is pending or captured."""
    if reference_id not in waba.payments:
        raise UnknownEntity(f"no order was sent under {reference_id!r}")
    paid = waba.payments[reference_id]
    word = {"pending": "pending", "captured": "success"}[status]
    paid.setdefault("message_id", waba.twin.new_id("message"))
    number = paid.get("transaction", {}).get("id") or waba.twin.new_id("transaction")
    paid |= {"status": status, "transaction": {"id": number, "status": word}}
    push.payment(waba, reference_id)


# -- who they are


def hide_number(waba: Waba, talk: Conversation, username: str) -> None:
    """A person takes a username: from now on there is no phone number in the payloads."""
    talk.buyer.native |= {"hidden": True, "username": username}


def set_username(waba: Waba, talk: Conversation, username: str) -> None:
    """A person takes a username, and is known by number all the same."""
    talk.buyer.native["username"] = username


def change_number(waba: Waba, talk: Conversation, number: str) -> None:
    """A person moves to another number, and gets another business-scoped user id with it."""
    who = talk.buyer.native
    old, before = who["wa_id"], who["user_id"]
    fresh = waba.twin.new_id("conversation")
    text = f"User {talk.buyer.name} changed from {old} to {number}"
    said = {"body": text, "wa_id": number, "type": "user_changed_number"}
    hear(waba, talk, "system", {"system": said})
    who |= {"wa_id": number, "user_id": fresh}
    _rekey(waba, talk, fresh)
    update = {
        "wa_id": number,
        "detail": f"User id for {talk.buyer.name} has been updated.",
        "user_id": {"previous": before, "current": fresh},
        "timestamp": str(int(waba.clock.now())),
    }
    contacts = [{"profile": {"name": talk.buyer.name}, "wa_id": number}]
    value = push.metadata(waba) | {"contacts": contacts, "user_id_update": [update]}
    push.changed(waba, "user_id_update", value)


def _rekey(waba: Waba, talk: Conversation, fresh: str) -> None:
    del waba.talks[talk.id]
    talk.id = fresh
    waba.talks[fresh] = talk
    for one in talk.messages:
        one.conversation_id = fresh


def prefer_marketing(waba: Waba, talk: Conversation, wanted: bool) -> None:
    """A person stops marketing messages of this business, or resumes them."""
    who = talk.buyer.native
    who["marketing"] = wanted
    word = "resume" if wanted else "stop"
    preference = {
        "wa_id": who["wa_id"],
        "user_id": who["user_id"],
        "detail": f"User requested to {word} marketing messages",
        "category": "marketing_messages",
        "value": word,
        "timestamp": int(waba.clock.now()),
    }
    contacts = [{"profile": {"name": talk.buyer.name}, "wa_id": who["wa_id"], "user_id": who["user_id"]}]
    value = push.metadata(waba) | {"contacts": contacts, "user_preferences": [preference]}
    push.changed(waba, "user_preferences", value)
