"""Webhooks as data: which field is which event, and what WhatsApp does not push."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.event import EventType

__all__ = ["EVENTS", "FEATURES", "FIELDS", "GROUPS", "LOST", "OBJECT", "REFUSALS", "STATUSES"]

OBJECT: Final = "whatsapp_business_account"

FIELDS: Final[dict[str, tuple[EventType, ...]]] = {
    "messages": (
        "message.received",
        "message.sent",
        "message.delivered",
        "message.read",
        "message.failed",
        "order.created",
        "order.paid",
    ),
    "smb_message_echoes": ("message.sent",),
    "calls": ("message.window_opened",),
    "user_preferences": ("message.subscribed", "message.unsubscribed"),
    "message_template_status_update": ("message.template_updated",),
    "message_template_quality_update": ("message.template_updated",),
    "message_template_components_update": ("message.template_updated",),
    "template_category_update": ("message.template_updated",),
    "account_update": ("account.updated", "authorization.revoked"),
    "account_alerts": ("account.updated",),
    "account_review_update": ("account.updated",),
    "phone_number_quality_update": ("account.updated",),
    "phone_number_name_update": ("account.updated",),
    "business_capability_update": ("account.updated",),
    "security": ("account.updated",),
    "payment_configuration_update": ("account.updated",),
    "user_id_update": ("unknown",),
    "flows": ("unknown",),
    "history": ("unknown",),
    "smb_app_state_sync": ("unknown",),
    "automatic_events": ("unknown",),
    "partner_solutions": ("unknown",),
}
"""Every field that can be subscribed to, and the events that come of it."""

GROUPS: Final = "group_"
"""How the fields of groups begin, all of which are ``unknown`` here."""

STATUSES: Final[dict[str, EventType]] = {
    "sent": "message.sent",
    "delivered": "message.delivered",
    "read": "message.read",
    "played": "message.read",
    "failed": "message.failed",
}

LOST: Final = frozenset({"PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED", "ACCOUNT_DELETED"})
"""Words of ``account_update`` after which the account is out of reach."""

_POLLED: Final[dict[str, tuple[str, str | None]]] = {
    **dict.fromkeys(
        (
            "order.updated",
            "order.cancellation_requested",
            "order.cancelled",
            "order.completed",
            "order.address_changed",
        ),
        ("orders arrive only as messages, and are never updated", None),
    ),
    **dict.fromkeys(
        (
            "shipment.created",
            "shipment.updated",
            "shipment.delivered",
            "shipment.label_ready",
            "return.created",
            "return.updated",
            "refund.succeeded",
            "job.finished",
        ),
        ("WhatsApp has nothing of the kind", None),
    ),
    "settlement.updated": ("WhatsApp has no settlements", None),
    **dict.fromkeys(
        ("product.created", "product.updated", "product.reviewed", "product.status_changed", "price.changed"),
        ("WhatsApp tells nothing of its catalog", "catalog.changes(since)"),
    ),
    "product.deleted": (
        "WhatsApp tells nothing of its catalog",
        "a walk over catalog.list(detail='ids'), compared with the last one",
    ),
    **dict.fromkeys(("inventory.changed", "inventory.low"), ("the seller keeps the stock", None)),
    "authorization.granted": ("known from the exchange itself", "auth.exchange"),
    "authorization.expiring": ("WhatsApp announces no end of a token", "auth.status()"),
    "ad.*": ("WhatsApp has no ads of its own", "the meta backend"),
}

EVENTS: Final[dict[str, Level | Refusal]] = {
    **{kind: "native" for kinds in FIELDS.values() for kind in kinds},
    **{kind: Refusal(reason, instead) for kind, (reason, instead) in _POLLED.items()},
    "message.*": "native",
    "privacy.requested": "native",
    "verification": "native",
}
"""What becomes of every event type."""

REFUSALS: Final[dict[str, Refusal]] = {
    "webhooks.recover": Refusal(
        "nothing is kept beyond the retries of 7 days and no history exists: what was lost is lost"
    ),
}
FEATURES: Final[dict[str, Level | Refusal]] = {}
