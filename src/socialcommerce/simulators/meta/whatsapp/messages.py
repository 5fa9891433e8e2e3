"""Sending: to whom, how fast, within which window, at what price; and marking as read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.entities import Buyer, Conversation, Message, Sent
from socialcommerce.simulators.meta.whatsapp import content, push, templates
from socialcommerce.simulators.meta.whatsapp.refusals import failure, refuse
from socialcommerce.simulators.meta.whatsapp.waba import Waba

__all__ = ["PER_SECOND", "send"]

PER_SECOND = 80
"""Messages a number may send in one second."""
PAIR_PAUSE, PAIR_BURST = 6.0, 45
"""Seconds between messages to one person, and how many may be borrowed at once."""
LONGEST_NOTE = 512
FREE_SERVICE = 1000
"""Service messages a month that cost nothing."""
REACH_SPAN = 86400
FIRST, SECOND = 1.0, 2.0
"""Seconds until a message is sent, and until it is delivered."""
BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


def send(waba: Waba, values: Mapping[str, Any], marketing: bool = False) -> dict[str, Any]:
    """Take a message and answer its id, or mark one as read; ``marketing`` is the other endpoint."""
    if values.get("messaging_product") != "whatsapp":
        raise refuse(100, "The parameter messaging_product is required and must be 'whatsapp'.")
    if not waba.registered:
        raise refuse(133010, "Register the phone number before using it.")
    if "status" in values:
        return _mark_read(waba, values)
    kind = str(values.get("type") or "text")
    _check_frame(waba, values, kind, marketing)
    talk = _recipient(waba, values)
    said: Any = values.get(kind)
    content.check(waba, kind, said)
    template = templates.check_use(waba, said, talk, values, marketing) if kind == "template" else None
    _check_pace(waba, talk)
    category = "service" if template is None else str(template["category"]).lower()
    wrong = _obstacle(waba, talk, category)
    if wrong is not None and waba.at_once:
        raise refuse(wrong["code"], wrong["error_data"]["details"])
    message = _store(waba, talk, values, kind)
    _settle(waba, talk, message, category, wrong)
    return _accepted(values, talk, message, template)


def _check_frame(waba: Waba, values: Mapping[str, Any], kind: str, marketing: bool) -> None:
    if values.get("recipient_type", "individual") != "individual":
        raise refuse(131009, "Parameter 'recipient_type' must be 'individual'")
    if marketing and kind != "template":
        raise refuse(131009, "Only templates can be sent on this endpoint")
    note = values.get("biz_opaque_callback_data")
    if note is not None and (not isinstance(note, str) or len(note) > LONGEST_NOTE):
        raise refuse(131009, f"Parameter 'biz_opaque_callback_data' holds at most {LONGEST_NOTE} characters")
    quoted = values.get("context")
    if quoted is not None and not waba.knows_message(str(quoted.get("message_id"))):
        raise refuse(131009, "Message ID in context is invalid")


def _recipient(waba: Waba, values: Mapping[str, Any]) -> Conversation:
    if values.get("to"):
        return _by_number(waba, str(values["to"]))
    key = str(values.get("recipient") or "")
    if not key:
        raise refuse(131008, "Parameter 'to' or 'recipient' is mandatory")
    talk = waba.talk_with(key)
    if not BSUID.fullmatch(key) or talk is None:
        raise refuse(131009, "Parameter 'recipient' is not a known business-scoped user ID")
    return talk


def _by_number(waba: Waba, given: str) -> Conversation:
    digits = re.sub(r"[+\s().-]", "", given)
    if not digits.isdecimal() or not 5 <= len(digits) <= 15:
        raise refuse(131009, "Parameter 'to' is not a valid phone number")
    if digits == waba.display:
        raise refuse(131021, "Recipient phone number cannot be the sender phone number")
    if waba.allowed is not None and digits not in waba.allowed:
        raise refuse(131030, "Recipient phone number not in allowed list: add it to the list and try again")
    return waba.talk_with(digits) or waba.open_talk(Buyer(digits, f"+{digits}"))


# -- pace


def _check_pace(waba: Waba, talk: Conversation) -> None:
    now = waba.clock.now()
    if waba.seconds.get(int(now), 0) >= PER_SECOND:
        raise refuse(130429, "Cloud API message throughput has been reached.")
    left, since = waba.pairs.get(talk.id, (float(PAIR_BURST), now))
    left = min(float(PAIR_BURST), left + (now - since) / PAIR_PAUSE)
    if left < 1:
        raise refuse(
            131056,
            "Message failed to send because there were too many messages sent from this phone number"
            " to the same phone number in a short period of time.",
        )
    waba.pairs[talk.id] = (left - 1, now)
    waba.seconds = {int(now): waba.seconds.get(int(now), 0) + 1}


def over_reach(waba: Waba, talk: Conversation) -> bool:
    """Count a person written to first; says whether the portfolio's limit is passed."""
    now = waba.clock.now()
    waba.reached = {key: at for key, at in waba.reached.items() if now - at < REACH_SPAN}
    if talk.id not in waba.reached and len(waba.reached) >= waba.reach:
        return True
    waba.reached[talk.id] = now
    return False


# -- what becomes of it


def _store(waba: Waba, talk: Conversation, values: Mapping[str, Any], kind: str) -> Message:
    said = values[kind]
    contents = {"text": said["body"]} if kind == "text" else {kind: said}
    message = Message(waba.twin.new_id("message"), talk.id, "seller", kind, contents, waba.clock.now())
    message.native = {"callback": values.get("biz_opaque_callback_data"), "statuses": []}
    if "context" in values:
        message.native["context"] = dict(values["context"])
    talk.messages.append(message)
    waba.spoken[message.id] = message
    waba.seller.outbox.append(Sent(talk.buyer.id, [{"kind": kind, **contents}]))
    if kind == "interactive" and said["type"] == "order_details":
        order = said["action"]["parameters"]
        waba.payments[str(order["reference_id"])] = {"status": "unpaid", "talk": talk.id, "order": order}
    return message


def _accepted(
    values: Mapping[str, Any], talk: Conversation, message: Message, template: Mapping[str, Any] | None
) -> dict[str, Any]:
    who, asked = talk.buyer.native, str(values.get("to") or values.get("recipient"))
    contact = {"input": asked, "user_id": who["user_id"]}
    if values.get("to") or not who["hidden"]:
        contact["wa_id"] = who["wa_id"]
    told = {"id": message.id} | ({} if template is None else {"message_status": "accepted"})
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [told]}


def _settle(
    waba: Waba, talk: Conversation, message: Message, category: str, wrong: Mapping[str, Any] | None
) -> None:
    """Let the statuses tell in time what becomes of an accepted message."""
    if wrong is not None:
        waba.seller.later(FIRST, lambda: push.status(waba, message, "failed", wrong))
        return
    message.native["pricing"] = price = _pricing(waba, talk, category)
    waba.seller.later(FIRST, lambda: push.status(waba, message, "sent"))
    if price is not None:
        waba.seller.later(SECOND, lambda: push.status(waba, message, "delivered"))


def _obstacle(waba: Waba, talk: Conversation, category: str) -> dict[str, Any] | None:
    who, promoting = talk.buyer.native, category == "marketing"
    if category == "service" and not waba.may_answer(talk):
        return failure(
            131047,
            "Message failed to send because more than 24 hours have passed since the customer last"
            " replied to this number.",
        )
    if who["wa_id"] in waba.unreachable:
        return failure(131026, "Message Undeliverable.")
    if promoting and not who["marketing"]:
        return failure(131050, "Unable to deliver the message. The user has stopped marketing messages.")
    if promoting and who["wa_id"].startswith("1"):
        return failure(131049, "Marketing messages are not delivered to this country.")
    if who["experiment"]:
        return failure(
            130472, "Failed to send message because this user's phone number is part of an experiment"
        )
    if not waba.may_answer(talk) and over_reach(waba, talk):
        return failure(131048, "The limit of people that the business may write to first is reached.")
    return None


def _pricing(waba: Waba, talk: Conversation, category: str) -> dict[str, Any] | None:
    """What the message costs; None where it is past the free ones and nobody pays for it."""
    free = waba.free_entry(talk)
    kind = "free_entry_point" if free else "regular"
    if free:
        category = "referral_conversion"
    elif category == "service":
        month = f"{waba.clock.moment():%Y-%m}"
        waba.served[month] = waba.served.get(month, 0) + 1
        if waba.served[month] > FREE_SERVICE and not waba.payment_method:
            return None
        kind = "free_customer_service" if waba.served[month] <= FREE_SERVICE else "regular"
    elif category == "utility" and waba.may_answer(talk):
        kind = "free_customer_service"
    return {"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category}


# -- read receipts


def _mark_read(waba: Waba, values: Mapping[str, Any]) -> dict[str, Any]:
    found = waba.spoken.get(str(values.get("message_id")))
    if values["status"] != "read" or found is None or found.author != "buyer":
        raise refuse(131009, "Parameter 'message_id' is not the ID of a received message")
    talk = waba.talks[found.conversation_id]
    later = talk.messages[talk.messages.index(found) + 1 :]
    talk.unread = sum(one.author == "buyer" for one in later)
    indicator = values.get("typing_indicator")
    if indicator is not None:
        if indicator.get("type") != "text":
            raise refuse(131009, "Parameter 'typing_indicator.type' must be 'text'")
        talk.native["typing"] = waba.clock.now() + 25
    return {"success": True}
