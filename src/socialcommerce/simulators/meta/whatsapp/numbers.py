"""The phone number itself: registration, profile, shop settings, blocked people, username, keys, links."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import Refused, missing, no_such_object, wrong
from socialcommerce.simulators.meta.graph.hooks import handshake
from socialcommerce.simulators.meta.graph.subscriptions import check_url
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.whatsapp import messages
from socialcommerce.simulators.meta.whatsapp.refusals import refuse
from socialcommerce.simulators.meta.whatsapp.waba import DAY, Waba, waba_of

__all__ = ["PHONE", "routes", "shown"]

PHONE = "WhatsAppBusinessPhoneNumber"
MANAGE = "whatsapp_business_management"
routes = Routes("whatsapp_business_messaging")
USERNAME = re.compile(r"[a-z0-9._]{3,35}")
REGISTRATIONS, REGISTRATION_SPAN = 10, 3 * DAY
PROFILE: Mapping[str, int] = {"about": 139, "address": 256, "description": 512, "email": 128}
"""Text of the profile -> its most characters."""
VERTICALS = frozenset(
    {"OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY", "GOVT",
     "HOTEL", "HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "ALCOHOL",
     "ONLINE_GAMBLING", "PHYSICAL_GAMBLING", "OTC_DRUGS"}
)  # fmt: skip


def tier(reach: int) -> str:
    """The portfolio's messaging limit as a word."""
    known = {250: "TIER_250", 2000: "TIER_2K", 10_000: "TIER_10K", 100_000: "TIER_100K"}
    return known.get(reach, "TIER_UNLIMITED")


def _hooks(waba: Waba) -> dict[str, Any]:
    override = (waba.settings.get("webhook_configuration") or {}).get("override_callback_uri")
    return {"phone_number": override} if override else {}


READ: Mapping[str, Callable[[Waba], Any]] = {
    "status": lambda waba: "LINKED" if waba.registered else "UNLINKED",
    "account_mode": lambda waba: "LIVE" if waba.allowed is None else "SANDBOX",
    "host_platform": lambda waba: "CLOUD_API",
    "throughput": lambda waba: {"level": "STANDARD"},
    "is_official_business_account": lambda waba: False,
    "is_pin_enabled": lambda waba: waba.registered,
    "username": lambda waba: waba.username,
    "whatsapp_business_manager_messaging_limit": lambda waba: tier(waba.reach),
    "webhook_configuration": _hooks,
}
"""Field of a number -> what it says."""


def shown(name: str) -> Callable[[Call, Node], Any]:
    """What reads a field of a number."""
    return lambda call, node: READ[name](node.entity)


for _name in READ:
    routes.reads(PHONE, _name)(shown(_name))


def _done(call: Call) -> Waba:
    if call.given.get("messaging_product") != "whatsapp":
        raise refuse(100, "The parameter messaging_product is required.")
    waba: Waba = call.own.entity
    return waba


# -- messages


@routes.edge("POST", PHONE, "messages")
def send(call: Call) -> dict[str, Any]:
    """Send a message, or mark one as read."""
    return messages.send(call.own.entity, call.given)


@routes.edge("POST", PHONE, "marketing_messages")
def send_marketing(call: Call) -> dict[str, Any]:
    """Send a marketing template."""
    return messages.send(call.own.entity, call.given, marketing=True)


@routes.edge("GET", PHONE, "payments")
def payment(call: Call) -> dict[str, Any]:
    """How far the payment of an order is, by the configuration and reference in the path."""
    waba, reference = call.own.entity, call.rest[-1] if len(call.rest) == 2 else ""
    found = waba.payments.get(reference)
    if found is None or found["order"].get("payment_configuration", call.rest[0]) != call.rest[0]:
        raise no_such_object("GET", reference)
    paid = {"reference_id": reference, "status": found["status"], "currency": found["order"]["currency"]}
    transactions = [found["transaction"]] if "transaction" in found else []
    amount = found["order"]["total_amount"]
    return {"payments": [{**paid, "amount": amount, "transactions": transactions}]}


# -- registration


def _count_registration(waba: Waba) -> None:
    now = waba.clock.now()
    waba.registrations = [at for at in waba.registrations if now - at < REGISTRATION_SPAN]
    if len(waba.registrations) >= REGISTRATIONS:
        raise refuse(133016, "At most 10 registrations and deregistrations in 72 hours.")
    waba.registrations.append(now)


@routes.edge("POST", PHONE, "register", scope=MANAGE)
def register(call: Call) -> dict[str, Any]:
    """Connect the number, by its six-digit PIN."""
    waba = _done(call)
    pin = str(call.given.get("pin") or "")
    if not re.fullmatch(r"\d{6}", pin):
        raise refuse(100, "The parameter pin must be 6 digits.")
    _count_registration(waba)
    if waba.pin not in ("", pin):
        raise refuse(133005, "The PIN does not match.")
    waba.pin, waba.registered = pin, True
    return {"success": True}


@routes.edge("POST", PHONE, "deregister", scope=MANAGE)
def deregister(call: Call) -> dict[str, Any]:
    """Disconnect the number."""
    waba = call.own.entity
    _count_registration(waba)
    waba.registered = False
    return {"success": True}


@routes.node("POST", PHONE, scope=MANAGE)
def configure(call: Call) -> dict[str, Any]:
    """Set the PIN, or where the webhooks of this number go."""
    waba, given = call.own.entity, call.given
    if "pin" in given:
        if not re.fullmatch(r"\d{6}", str(given["pin"])):
            raise refuse(100, "The parameter pin must be 6 digits.")
        waba.pin = str(given["pin"])
    if "webhook_configuration" in given:
        hook = given["webhook_configuration"]
        if hook.get("override_callback_uri"):
            url = check_url(str(hook["override_callback_uri"]))
            handshake(call.twin.market, url, str(hook.get("verify_token", "")))
        waba.settings["webhook_configuration"] = hook
    return {"success": True}


# -- profile and shop


@routes.edge("GET", PHONE, "whatsapp_business_profile")
def profile(call: Call) -> Rows:
    """What people see of the business; flat, as the live platform answers."""
    return Rows([{"messaging_product": "whatsapp", **call.own.entity.profile}])


@routes.edge("POST", PHONE, "whatsapp_business_profile")
def set_profile(call: Call) -> dict[str, Any]:
    """Change the fields that are given."""
    waba = _done(call)
    given = call.without("messaging_product")
    for name, most in PROFILE.items():
        if len(str(given.get(name, ""))) > most:
            raise refuse(100, f"Param {name} must be at most {most} characters long.")
    if given.get("about") == "" or given.get("vertical", "OTHER") not in VERTICALS:
        raise refuse(100, "Param about or vertical is not valid.")
    if len(given.get("websites") or ()) > 2:
        raise refuse(100, "Param websites holds at most 2 addresses.")
    kept = (*PROFILE, "vertical", "websites")
    waba.profile |= {name: given[name] for name in kept if name in given}
    if "profile_picture_handle" in given:
        waba.profile["profile_picture_url"] = f"https://pps.whatsapp.net/v/{waba.phone_id}.jpg"
    return {"success": True}


@routes.edge("GET", PHONE, "whatsapp_commerce_settings", scope=MANAGE)
def commerce(call: Call) -> Rows:
    """Whether the catalog is shown, and the cart."""
    waba = call.own.entity
    return Rows([{"id": waba.catalog_id, **waba.commerce}] if waba.catalog_id else [])


@routes.edge("POST", PHONE, "whatsapp_commerce_settings", scope=MANAGE)
def set_commerce(call: Call) -> dict[str, Any]:
    """Show or hide the catalog and the cart; both come in the query."""
    waba = call.own.entity
    asked = {name: call.query[name] for name in waba.commerce if name in call.query}
    if not asked or not set(asked.values()) <= {"true", "false"}:
        raise wrong("Param is_cart_enabled or is_catalog_visible must be a boolean in the query.")
    if waba.catalog_id is None:
        raise wrong("No catalog is linked to the account.")
    waba.commerce |= {name: word == "true" for name, word in asked.items()}
    return {"success": True}


# -- blocked people


@routes.edge("GET", PHONE, "block_users")
def blocked(call: Call) -> Rows:
    """Who is blocked."""
    waba = call.own.entity
    return Rows([_blocked(waba, key) for key in waba.blocked])


def _blocked(waba: Waba, user_id: str) -> dict[str, Any]:
    who = waba.talks[user_id].buyer.native
    shown_id = {} if who["hidden"] else {"wa_id": who["wa_id"]}
    return {"messaging_product": "whatsapp", "input": waba.blocked[user_id], **shown_id, "user_id": user_id}


@routes.edge("POST", PHONE, "block_users")
def block(call: Call) -> dict[str, Any]:
    """Block people who wrote within a day; others are named as failed."""
    return _change_blocked(call, "added_users", True)


@routes.edge("DELETE", PHONE, "block_users")
def unblock(call: Call) -> dict[str, Any]:
    """Hear people again."""
    return _change_blocked(call, "removed_users", False)


def _change_blocked(call: Call, name: str, blocking: bool) -> dict[str, Any]:
    waba, done, failed = _done(call), [], []
    if not call.given.get("block_users"):
        raise missing("block_users")
    for one in call.given["block_users"]:
        asked = str(one.get("user_id") or one.get("user") or "")
        talk = waba.talk_with(re.sub(r"[+\s()-]", "", asked) if "user" in one else asked)
        if talk is None or (blocking and not waba.may_answer(talk)):
            failed.append({"input": asked, "errors": [{"code": 139100, "message": "Failed to block user"}]})
            continue
        waba.blocked.pop(talk.id, None)
        if blocking:
            waba.blocked[talk.id] = asked
        done.append({"input": asked, "wa_id": talk.buyer.native["wa_id"], "user_id": talk.id})
    if not done:
        raise refuse(139101, "None of the users could be blocked or unblocked.")
    answer = {name: done} | ({"failed_users": failed} if failed else {})
    return {"messaging_product": "whatsapp", "block_users": answer}


# -- username, key, links


@routes.edge("GET", PHONE, "username", scope=MANAGE)
def username(call: Call) -> dict[str, Any]:
    """The name under which people find the business."""
    name = call.own.entity.username
    return {"username": name, "status": "approved"} if name else {}


@routes.edge("POST", PHONE, "username", scope=MANAGE)
def set_username(call: Call) -> dict[str, Any]:
    """Take a name, if nobody has it."""
    name = str(call.given.get("username") or "")
    if not USERNAME.fullmatch(name):
        raise refuse(147002, "A username has 3 to 35 lower-case letters, digits, dots and underscores.")
    waba = call.own.entity
    if any(waba_of(one).username == name for one in call.twin.sellers if one is not call.seller):
        raise refuse(147001, f"{name} is taken.")
    waba.username = name
    return {"status": "approved"}


@routes.edge("DELETE", PHONE, "username", scope=MANAGE)
def drop_username(call: Call) -> dict[str, Any]:
    """Give the name up."""
    call.own.entity.username = None
    return {"success": True}


@routes.edge("GET", PHONE, "whatsapp_business_encryption")
def key(call: Call) -> Rows:
    """The public key that flows are encrypted for."""
    text = call.own.entity.public_key
    valid = {"business_public_key": text, "business_public_key_signature_status": "VALID"}
    return Rows([valid] if text else [])


@routes.edge("POST", PHONE, "whatsapp_business_encryption")
def set_key(call: Call) -> dict[str, Any]:
    """Store the public key."""
    text = str(call.given.get("business_public_key") or "")
    if not text.startswith("-----BEGIN PUBLIC KEY-----"):
        raise wrong("Param business_public_key must be a 2048-bit RSA public key in PEM format.")
    call.own.entity.public_key = text
    return {"success": True}


@routes.edge("GET", PHONE, "message_qrdls", scope=MANAGE)
def links(call: Call) -> Rows:
    """Short links with a text that is ready to be sent; one of them if it is named."""
    rows = call.own.entity.qr_codes
    if call.rest:
        return Rows([rows[_link(call)]])
    wanted = call.given.get("code")
    return Rows([one for code, one in rows.items() if wanted in (None, code)])


@routes.edge("DELETE", PHONE, "message_qrdls", scope=MANAGE)
def drop_link(call: Call) -> None:
    """Delete a short link, named in the path."""
    del call.own.entity.qr_codes[_link(call)]


def _link(call: Call) -> str:
    code = "".join(call.rest[:1])
    if code not in call.own.entity.qr_codes:
        raise Refused(803, f"(#803) Some of the aliases you requested do not exist: {code}", status=404)
    return code


@routes.edge("POST", PHONE, "message_qrdls", scope=MANAGE)
def make_link(call: Call) -> dict[str, Any]:
    """Make a short link, or change the text of one."""
    text, code = str(call.given.get("prefilled_message") or ""), call.given.get("code")
    rows = call.own.entity.qr_codes
    if not 0 < len(text) <= 140:
        raise wrong("Param prefilled_message must have 1 to 140 characters.")
    if code is not None and code not in rows:
        raise no_such_object("POST", str(code))
    if code is None:
        code = "".join(call.twin.market.random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=14))
    rows[code] = {
        "code": code,
        "prefilled_message": text,
        "deep_link_url": f"https://wa.me/message/{code}",
    }
    if "generate_qr_image" in call.given:
        image = f"https://scontent.xx.fbcdn.net/qr/{code}.{str(call.given['generate_qr_image']).lower()}"
        rows[code]["qr_image_url"] = image
    return dict(rows[code])


@routes.edge("POST", PHONE, "conversational_automation", scope=MANAGE)
def automate(call: Call) -> dict[str, Any]:
    """Set ice breakers and commands."""
    call.own.entity.settings["conversational_automation"] = call.without()
    return {"success": True}
