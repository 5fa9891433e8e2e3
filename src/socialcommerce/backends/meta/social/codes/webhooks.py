"""Webhooks of Facebook and Instagram as data: families of objects, fields, the events they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.event import EventType

__all__ = [
    "ACCOUNT_KINDS",
    "AD_FIELDS",
    "COMMENT_FIELDS",
    "DASHBOARD",
    "EVENTS",
    "FEATURES",
    "FIELDS",
    "HANDOVERS",
    "ITEMS",
    "NOT_PUSHED",
    "PAGE_FIELDS",
    "REFUSALS",
    "TEMPLATE_STATUS",
]

ACCOUNT_KINDS: Final[Mapping[str, str]] = {"page": "page", "instagram": "instagram", "ad_account": "ad"}
"""Whose an entry is, by the object of its push."""

ITEMS: Final[Mapping[str, str]] = {
    "message": "messages",
    "message_edit": "message_edits",
    "postback": "messaging_postbacks",
    "read": "message_reads",
    "delivery": "message_deliveries",
    "reaction": "message_reactions",
    "referral": "messaging_referrals",
    "optin": "messaging_optins",
    "optout": "messaging_optouts",
    "pass_thread_control": "messaging_handovers",
    "take_thread_control": "messaging_handovers",
    "request_thread_control": "messaging_handovers",
    "app_roles": "messaging_handovers",
    "policy_enforcement": "messaging_policy_enforcement",
    "policy-enforcement": "messaging_policy_enforcement",
    "response_feedback": "response_feedback",
    "account_linking": "messaging_account_linking",
}
"""What an item of ``messaging`` holds, and the field that is subscribed to for it."""

HANDOVERS: Final = ("pass_thread_control", "take_thread_control", "request_thread_control", "app_roles")
COMMENT_FIELDS: Final = frozenset({"comments", "live_comments"})
"""Fields of Instagram that tell of a comment; on pages it is ``feed`` with the item ``comment``."""
TEMPLATE_STATUS: Final = "message_template_status_update"

AD_FIELDS: Final[Mapping[str, EventType]] = {
    "in_process_ad_objects": "ad.status_changed",
    "with_issues_ad_objects": "ad.status_changed",
}
"""What ad accounts tell; every other field is ``ad.updated``."""

FIELDS: Final[Mapping[str, Mapping[str, tuple[EventType, ...]]]] = {
    "page": {
        "messages": ("message.received", "message.deleted"),
        "message_echoes": ("message.sent",),
        "message_reads": ("message.read",),
        "message_deliveries": ("message.delivered",),
        "message_reactions": ("message.received",),
        "message_edits": ("message.updated",),
        "messaging_postbacks": ("message.received",),
        "messaging_referrals": ("message.window_opened",),
        "messaging_optins": ("message.subscribed", "message.unsubscribed"),
        "messaging_optouts": ("message.unsubscribed",),
        "messaging_handovers": ("message.handover",),
        "messaging_policy_enforcement": ("unknown",),
        "response_feedback": ("unknown",),
        "standby": ("message.received", "message.sent"),
        TEMPLATE_STATUS: ("message.template_updated",),
        "feed": ("unknown",),
        "leadgen": ("ad.updated",),
    },
    "instagram": {
        "messages": ("message.received", "message.sent", "message.deleted"),
        "messaging_seen": ("message.read",),
        "message_reactions": ("message.received",),
        "message_edit": ("message.updated",),
        "messaging_postbacks": ("message.received",),
        "messaging_referral": ("message.window_opened",),
        "messaging_optins": ("message.subscribed", "message.unsubscribed"),
        "messaging_handover": ("message.handover",),
        "standby": ("message.received", "message.sent"),
        "comments": ("unknown",),
        "live_comments": ("unknown",),
        "mentions": ("unknown",),
        "story_insights": ("unknown",),
    },
    "ad_account": {
        "in_process_ad_objects": ("ad.status_changed",),
        "with_issues_ad_objects": ("ad.status_changed",),
    },
}
"""What can be subscribed to, by the object, and the events that come of it."""

PAGE_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "page": {field: field for field in FIELDS["page"]},
    "instagram": {
        "messages": "messages",
        "messaging_seen": "message_reads",
        "message_reactions": "message_reactions",
        "message_edit": "message_edits",
        "messaging_postbacks": "messaging_postbacks",
        "messaging_referral": "messaging_referrals",
        "messaging_optins": "messaging_optins",
        "messaging_handover": "messaging_handovers",
        "standby": "standby",
        "comments": "feed",
        "live_comments": "feed",
        "mentions": "feed",
        "story_insights": "feed",
    },
}
"""Objects whose app level alone pushes nothing, and what their page is subscribed to for each field."""

_ORDERS: Final = Refusal("there are no orders", "the backend of the seller's own site")
_SHIPMENTS: Final = Refusal(
    "there are no orders, so nothing is shipped", "the backend of the seller's own site"
)
_PRODUCTS: Final = Refusal("Meta pushes nothing of products", "catalog.changes(since), which polls")
_STOCK: Final = Refusal("the seller owns the stock; Meta tells nothing of it")

NOT_PUSHED: Final[dict[str, Refusal]] = {
    **dict.fromkeys(
        (
            "order.created",
            "order.paid",
            "order.updated",
            "order.cancellation_requested",
            "order.cancelled",
            "order.completed",
            "order.address_changed",
        ),
        _ORDERS,
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
        ),
        _SHIPMENTS,
    ),
    "settlement.updated": Refusal("there is no settlement interface"),
    **dict.fromkeys(
        (
            "product.created",
            "product.updated",
            "product.reviewed",
            "product.status_changed",
            "price.changed",
        ),
        _PRODUCTS,
    ),
    "product.deleted": Refusal("nothing tells it", "a walk over catalog.list(detail='ids')"),
    "inventory.changed": _STOCK,
    "inventory.low": _STOCK,
    "authorization.granted": Refusal("it is known from the exchange itself", "auth.exchange"),
    "authorization.expiring": Refusal("nothing tells it", "auth.status()"),
    "account.updated": Refusal("Meta tells nothing of closures or penalties over the API"),
    "job.finished": Refusal("nothing tells it", "client.jobs.resume(id), which polls"),
}

DASHBOARD: Final[dict[str, Refusal]] = dict.fromkeys(
    ("authorization.revoked", "privacy.requested"),
    Refusal(
        "it comes to an address of its own, which the app's dashboard alone knows",
        "set the Deauthorize and the Data Deletion Request callback URL there",
    ),
)
"""What arrives, though no subscription asks for it."""

EVENTS: Final[dict[str, Level | Refusal]] = {
    **{kind: "native" for fields in FIELDS.values() for kinds in fields.values() for kind in kinds},
    "message.*": "native",
    "ad.*": "native",
    "authorization.revoked": "native",
    "privacy.requested": "native",
    "verification": "native",
    "unknown": "native",
    **NOT_PUSHED,
}
"""What becomes of every event type."""

REFUSALS: Final[dict[str, Refusal]] = {
    "webhooks.recover": Refusal(
        "what was not delivered within 36 hours of retries is not kept",
        "messaging.conversations(updated_after=…), then messages of each",
    ),
    "webhooks.respond": Refusal(
        "only a request to delete data takes content in the answer", "messaging.send(event.state, …)"
    ),
}
FEATURES: Final[dict[str, Level | Refusal]] = {}
