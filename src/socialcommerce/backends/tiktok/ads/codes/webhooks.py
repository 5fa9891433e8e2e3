"""Webhooks as data: which native event is which, what can be subscribed to and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.event import EventType

__all__ = ["ACCOUNT_EVENTS", "ENTITIES", "FEATURES", "OBJECTS", "REFUSALS", "TOPICS"]

ACCOUNT_EVENTS: Final[dict[str, EventType]] = {
    "im_receive_msg": "message.received",
    "im_send_msg": "message.sent",
    "im_mark_read_msg": "message.read",
    "post.publish.complete": "job.finished",
    "post.publish.failed": "job.finished",
}
"""Events of TikTok accounts; others (comments, mentions) are ``unknown`` and keep their name."""

OBJECTS: Final[dict[int, tuple[EventType, str]]] = {
    1: ("unknown", "LEAD"),
    2: ("ad.reviewed", "AD_GROUP"),
    3: ("ad.reviewed", "AD"),
    8: ("ad.updated", "CREATIVE_FATIGUE"),
    9: ("account.updated", "AD_ACCOUNT_SUSPENSION"),
    10: ("unknown", "TCM_VIDEOS"),
    11: ("ad.updated", "REPORT_DATA_CHANGE"),
}
"""Events of ad accounts, by their number: their type, and the entity that is subscribed to."""

TOPICS: Final[dict[str, tuple[EventType, ...]]] = {
    "DIRECT_MESSAGE": ("message.received", "message.sent", "message.read"),
    "COMMENT": ("unknown",),
    "VIDEO": ("job.finished",),
}
"""What /business/webhook/update/ switches on for the whole app."""

ENTITIES: Final[dict[str, tuple[EventType, ...]]] = {
    "AD_GROUP": ("ad.reviewed",),
    "AD": ("ad.reviewed",),
    "CREATIVE_FATIGUE": ("ad.updated",),
    "AD_ACCOUNT_SUSPENSION": ("account.updated",),
    "LEAD": ("unknown",),
    "REPORT_DATA_CHANGE": ("ad.updated",),
}
"""What /subscription/subscribe/ takes, for one ad account each."""

REFUSALS: Final[dict[str, Refusal]] = {
    "webhooks.recover": Refusal(
        "TikTok keeps nothing beyond 72 hours of retries",
        "messaging.messages(conversation), ads.ads.list(updated_after=…)",
    ),
    "webhooks.subscribe:event": Refusal("TikTok pushes no such event", "poll"),
}
FEATURES: Final[dict[str, Level | Refusal]] = {}
