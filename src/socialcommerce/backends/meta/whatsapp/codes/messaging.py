"""Messages as data: limits, words, statuses, and what WhatsApp does not offer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from socialcommerce.backends.meta.codes.templates import TEMPLATE_STATUSES
from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.message import DeliveryStatus, TemplateCategory

__all__ = [
    "BSUID",
    "CONTENT_REFUSALS",
    "DELIVERY",
    "EMULATED_CONTENTS",
    "FEATURES",
    "FILE_HOSTS",
    "FREE_ENTRY",
    "FREE_SERVICE_MESSAGES",
    "INTERACTIVE_KINDS",
    "MEDIA",
    "MOST_BYTES",
    "NATIVE_CONTENTS",
    "PAUSING_CODES",
    "RECIPIENT_CODES",
    "REFUSALS",
    "STOPPING_CODES",
    "TEMPLATE_CATEGORIES",
    "TEMPLATE_FIELDS",
    "TEMPLATE_NAME",
    "TEMPLATE_STATUSES",
    "UPLOADED_FOR",
    "WINDOW",
]

WINDOW: Final = timedelta(hours=24)
"""How long after a person wrote or called anything may be sent; after it templates alone."""

FREE_ENTRY: Final = timedelta(hours=72)
"""The same where an ad opened the conversation and it was answered within ``WINDOW``."""

FREE_SERVICE_MESSAGES: Final = 1000
"""Messages other than templates that a number may have delivered in a month before they are billed."""

UPLOADED_FOR: Final = timedelta(days=30)
"""How long WhatsApp keeps an uploaded file."""

BSUID: Final = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
"""A business-scoped user id; everything else that people are known by is digits."""

FILE_HOSTS: Final = re.compile(r"(.+\.)?(fbsbx\.com|facebook\.com|whatsapp\.net|fbcdn\.net)")
"""Where received files lie."""

MEDIA: Final[dict[str, str]] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "document",
    "sticker": "sticker",
}
"""WhatsApp's name of each content that is a file."""

_MB = 1024 * 1024
MOST_BYTES: Final[dict[str, int]] = {
    "image": 5 * _MB,
    "video": 16 * _MB,
    "audio": 16 * _MB,
    "document": 100 * _MB,
    "sticker": 500 * 1024,
}
"""Known from memory alone, so they are checked for uploads only, which could not succeed anyway."""

INTERACTIVE_KINDS: Final = frozenset(
    {
        "button",
        "list",
        "cta_url",
        "flow",
        "product",
        "product_list",
        "catalog_message",
        "carousel",
        "address_message",
        "location_request_message",
        "order_details",
        "order_status",
    }
)
"""Interactive messages that ``Unsupported(kind, {...})`` sends just as they are written."""

DELIVERY: Final[dict[str, DeliveryStatus]] = {
    "accepted": "pending",
    "held_for_quality_assessment": "pending",
    "paused": "pending",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
"""How far a message got: the words of the send call, then those of the status webhooks."""

PAUSING_CODES: Final = frozenset({"131056", "130429", "80007", "80008", "4"})
"""Errors that stop a broadcast for a while: they are about the sender, not about one recipient."""

STOPPING_CODES: Final = frozenset({"131048", "131064"})
"""Errors of the sender that last a day and more: the job is resumed by whoever has looked into it."""

RECIPIENT_CODES: Final = frozenset({"130497"})
"""Restrictions that are about the country of one recipient, and no others."""

TEMPLATE_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
TEMPLATE_FIELDS: Final = (
    "id,name,language,status,category,components,rejected_reason,quality_score,parameter_format"
)
TEMPLATE_CATEGORIES: Final[dict[str, TemplateCategory]] = {
    "MARKETING": "marketing",
    "UTILITY": "utility",
    "AUTHENTICATION": "authentication",
}

NATIVE_CONTENTS: Final = (
    "text",
    "image",
    "video",
    "audio",
    "file",
    "sticker",
    "product_card",
    "order_card",
    "template",
    "location",
    "interactive",
    "reaction",
    "contact_card",
    "unsupported",
)
EMULATED_CONTENTS: Final = ("quick_replies", "coupon_card")
CONTENT_REFUSALS: Final[dict[str, Refusal]] = {
    "content.shared_post_comment": Refusal(
        "WhatsApp shares no posts or comments; an ad arrives as the referral of a message",
        "a text with a link",
    ),
    "content.cart": Refusal("a cart comes from a buyer; it is not sent", "ProductCard with several products"),
    "content.postback": Refusal("a postback comes from a person; it is not sent"),
    "content.email": Refusal("WhatsApp sends no mail"),
}

REFUSALS: Final[dict[str, Refusal]] = {
    "messaging.profile": Refusal(
        "there is no profile read for users; a name comes with each inbound message",
        "conversation.buyer_name, or event.data['contact']",
    ),
    "messaging.handover": Refusal(
        "one app owns a number, people join by coexistence; no hand-over call is documented"
    ),
    "messaging.conversations:unread": Refusal("WhatsApp does not tell what is unread"),
    "messaging.send:silent": Refusal("WhatsApp offers no silent messages"),
    "messaging.send:content.unsupported": Refusal("its kind has no name here, so it cannot be written"),
    **{f"messaging.send:{name}": refusal for name, refusal in CONTENT_REFUSALS.items()},
}

FEATURES: Final[dict[str, Level | Refusal]] = {
    "messaging.delivery and read receipts": "native",
}
