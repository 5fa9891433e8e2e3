"""Webhooks of a WhatsApp Business Account: messages, statuses, and what happens to the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.entities import Message
from socialcommerce.simulators.meta.graph.hooks import Hook
from socialcommerce.simulators.meta.graph.subscriptions import listeners
from socialcommerce.simulators.meta.whatsapp.waba import Waba

__all__ = ["FIELDS", "OBJECT", "changed", "message", "metadata", "payment", "status"]

OBJECT = "whatsapp_business_account"
FIELDS = frozenset(
    {"account_alerts", "account_review_update", "account_update", "automatic_events",
     "business_capability_update", "calls", "flows", "group_lifecycle_update", "group_participants_update",
     "group_settings_update", "group_status_update", "history", "message_template_components_update",
     "message_template_quality_update", "message_template_status_update", "messages", "partner_solutions",
     "payment_configuration_update", "phone_number_name_update", "phone_number_quality_update", "security",
     "smb_app_state_sync", "smb_message_echoes", "template_category_update", "user_id_update",
     "user_preferences"}
)  # fmt: skip
"""What an app can hear of."""
PAUSES = (0, 60, 300, 900, 3600, 10800, 21600, 43200, 86400, 86400, 86400, 86400, 86400, 86400)
"""Seconds between the tries of a delivery; together less than seven days."""


def changed(waba: Waba, field: str, value: Mapping[str, Any], timed: bool = False) -> None:
    """Tell every app that is subscribed to the account, and listens to the field, of a change."""
    entry: dict[str, Any] = {"id": waba.id}
    if timed:
        entry["time"] = int(waba.clock.now())
    entry["changes"] = [{"value": dict(value), "field": field}]
    own = (waba.settings.get("webhook_configuration") or {}).get("override_callback_uri")
    for one in listeners(waba.twin, waba.node, OBJECT, field):
        url = own or one.installation.get("override_callback_uri") or one.hook.url
        Hook(str(url), one.hook.secret).send(waba.twin.market, OBJECT, [entry], PAUSES)


def metadata(waba: Waba) -> dict[str, Any]:
    """Which number a webhook speaks of."""
    known = {"display_phone_number": waba.display, "phone_number_id": waba.phone_id}
    return {"messaging_product": "whatsapp", "metadata": known}


def _who(who: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A contact: no ``wa_id`` where the number is hidden, a username where there is one."""
    profile = {"name": name} | ({"username": who["username"]} if who["username"] else {})
    contact: dict[str, Any] = {"profile": profile, "user_id": who["user_id"]}
    return contact if who["hidden"] else {**contact, "wa_id": who["wa_id"]}


def message(waba: Waba, one: Message) -> None:
    """A person wrote; nobody hears of it who was blocked."""
    talk = waba.talks[one.conversation_id]
    who = talk.buyer.native
    waba.spoken[one.id] = one
    if who["user_id"] in waba.blocked:
        return
    content = {"body": one.contents["text"]} if one.kind == "text" else one.contents.get(one.kind)
    shown: dict[str, Any] = {} if who["hidden"] else {"from": who["wa_id"]}
    shown |= {"from_user_id": who["user_id"], "id": one.id, "timestamp": str(int(one.sent)), "type": one.kind}
    shown |= {one.kind: content} if content is not None else {}
    shown |= one.native.get("beside", {})
    value = metadata(waba) | {"contacts": [_who(who, talk.buyer.name)], "messages": [shown]}
    if one.kind == "system":
        del value["contacts"]
    changed(waba, "messages", value)


def status(waba: Waba, one: Message, word: str, error: Mapping[str, Any] | None = None) -> None:
    """A message that was sent got further: sent, delivered, read, played or failed."""
    talk = waba.talks[one.conversation_id]
    who = talk.buyer.native
    if word in one.native["statuses"]:
        return
    one.native["statuses"].append(word)
    shown: dict[str, Any] = {"id": one.id, "status": word, "timestamp": str(int(waba.clock.now()))}
    shown |= {"recipient_id": "" if who["hidden"] else who["wa_id"], "recipient_user_id": who["user_id"]}
    if one.native["callback"] is not None:
        shown["biz_opaque_callback_data"] = one.native["callback"]
    if error is not None:
        shown["errors"] = [dict(error)]
    elif one.native.get("pricing") and word in ("sent", "delivered"):
        shown["pricing"] = one.native["pricing"]
    _tell_status(waba, who, shown)


def _tell_status(waba: Waba, who: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
    contact = {"user_id": who["user_id"]} | ({} if who["hidden"] else {"wa_id": who["wa_id"]})
    changed(waba, "messages", metadata(waba) | {"contacts": [contact], "statuses": [dict(shown)]})


def payment(waba: Waba, reference_id: str) -> None:
    """The payment of an order that was sent got further."""
    paid = waba.payments[reference_id]
    who, order = waba.talks[paid["talk"]].buyer.native, paid["order"]
    told = {
        "id": paid["message_id"],
        "status": paid["status"],
        "type": "payment",
        "timestamp": str(int(waba.clock.now())),
        "recipient_id": "" if who["hidden"] else who["wa_id"],
        "recipient_user_id": who["user_id"],
        "payment": {
            "reference_id": reference_id,
            "amount": dict(order["total_amount"]),
            "currency": order["currency"],
            "transaction": dict(paid["transaction"]),
        },
    }
    _tell_status(waba, who, told)
