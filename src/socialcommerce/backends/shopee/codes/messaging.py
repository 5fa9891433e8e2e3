"""Shopee chat as data: hosts of its files, limits, statuses, and what it does not offer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.message import DeliveryStatus

__all__ = [
    "AFFILIATE",
    "CONTENT_REFUSALS",
    "DELIVERY",
    "FEATURES",
    "FILE_HOSTS",
    "IMAGE_BYTES",
    "IMAGE_TYPES",
    "MESSAGES_PAGE",
    "NATIVE_CONTENTS",
    "NO_PERMISSION",
    "PAGE",
    "REFUSALS",
    "SILENT_REGIONS",
]

PAGE: Final = 25
"""Conversations a page: a larger size is answered with an empty list."""

MESSAGES_PAGE: Final = 60
IMAGE_BYTES: Final = 2 * 1024 * 1024
IMAGE_TYPES: Final = {"image/jpeg": "jpg", "image/jpg": "jpg", "image/png": "png", "image/gif": "gif"}

FILE_HOSTS: Final = re.compile(
    r"(.+\.)?(shopee\.(com\.[a-z]{2}|co\.[a-z]{2}|[a-z]{2,3})|shopeemobile\.com|susercontent\.com)"
)
"""Where Shopee keeps pictures and films of chats."""

AFFILIATE: Final = 11
"""The ``business_type`` of chats with affiliates; buyers' have 0."""

SILENT_REGIONS: Final = {"TW": "Shopee lets no app send chat messages for shops in Taiwan"}
NO_PERMISSION: Final = (
    "Shopee did not let this app into the chat module; only apps of the categories Seller In-house System "
    "and Customer Service are"
)

DELIVERY: Final[dict[str, DeliveryStatus]] = {
    "normal": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
}
"""The ``status`` of own messages; other words are kept as they came."""

NATIVE_CONTENTS: Final = ("text", "image", "video", "sticker", "product_card", "order_card", "coupon_card")
CONTENT_REFUSALS: Final[dict[str, Refusal]] = {
    "content.audio": Refusal("Shopee chat sends no sound"),
    "content.file": Refusal("Shopee chat sends no files", "a text with a link"),
    "content.template": Refusal("Shopee chat has no message templates over the API"),
    "content.location": Refusal("Shopee chat sends no locations", "a text with a link"),
    "content.quick_replies": Refusal("Shopee chat offers no quick replies", "a text"),
    "content.interactive": Refusal("Shopee chat offers no buttons or lists", "a text"),
    "content.reaction": Refusal("Shopee chat has no reactions over the API"),
    "content.contact_card": Refusal("Shopee chat has no contact cards"),
    "content.shared_post_comment": Refusal("Shopee chat shares no posts or comments"),
    "content.cart": Refusal("Shopee chat sends no carts", "one ProductCard a product"),
    "content.postback": Refusal("a postback comes from a buyer; it is not sent"),
    "content.email": Refusal("Shopee sends no mail for sellers"),
    "content.unsupported": Refusal("its kind has no name here, so it cannot be written"),
}

_TEMPLATES: Final = Refusal("Shopee chat has no message templates over the API")
_BULK: Final = Refusal(
    "send_message forbids bulk use and Shopee offers no broadcast over the API",
    "messaging.send to one conversation",
)
_TYPING: Final = Refusal("the chat module has no typing indicator")

REFUSALS: Final[dict[str, Refusal]] = {
    "messaging.broadcast": _BULK,
    "messaging.broadcast:job": _BULK,
    "messaging.typing": _TYPING,
    "messaging.handover": Refusal("no hand-over call is known in the chat module"),
    **{f"messaging.templates.{verb}": _TEMPLATES for verb in ("list", "create", "update", "delete")},
    **{f"messaging.send:{name}": refusal for name, refusal in CONTENT_REFUSALS.items()},
}

FEATURES: Final[dict[str, Level | Refusal]] = {
    "messaging.typing indicator": _TYPING,
    "messaging.download received media": "emulated",
    "messaging.delivery and read receipts": "emulated",
    "messaging.broadcast:job": _BULK,
}
