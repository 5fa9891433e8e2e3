"""Business messages as data: limits, words, and what TikTok does not offer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from socialcommerce.resources.capability import Level, Refusal

__all__ = [
    "CLOSED_REGIONS",
    "CONTENT_REFUSALS",
    "FEATURES",
    "FILE_HOSTS",
    "IMAGE_BYTES",
    "IMAGE_TYPES",
    "MOST_MESSAGES",
    "NATIVE_CONTENTS",
    "PAGE",
    "REFUSALS",
    "TEXT",
    "TITLE",
    "WINDOW",
]

PAGE: Final = 100
TEXT: Final = 6000
TITLE: Final = 40
IMAGE_BYTES: Final = 3 * 1024 * 1024
IMAGE_TYPES: Final = frozenset({"image/jpeg", "image/jpg", "image/png"})
WINDOW: Final = timedelta(hours=48)
"""How long after a user wrote an answer may be sent."""
MOST_MESSAGES: Final = 10
"""How many messages may be sent until the user answers."""
FILE_HOSTS: Final = re.compile(
    r"(.+\.)?(tiktok|tiktokcdn|tiktokcdn-us|tiktokcdn-eu|tiktokv|ibyteimg|byteoversea)\.com"
)
"""Where received media lie."""
CLOSED_REGIONS: Final = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
        "IS",
        "LI",
        "NO",
        "CH",
        "GB",
    ]
)
"""Accounts of these countries may not use business messages: EEA, Switzerland, United Kingdom."""

NATIVE_CONTENTS: Final = ("text", "image", "quick_replies", "interactive", "shared_post_comment")
CONTENT_REFUSALS: Final[dict[str, Refusal]] = {
    "content.video": Refusal(
        "a video can be received, not sent", "a SHARE_POST: Unsupported('share_post', {…})"
    ),
    "content.audio": Refusal("TikTok sends no sound"),
    "content.file": Refusal("TikTok sends no files", "a text with a link"),
    "content.sticker": Refusal("a sticker can be received, not sent"),
    "content.product_card": Refusal(
        "TikTok has no product card; SHARE_POST shares a video", "a text with a link"
    ),
    "content.order_card": Refusal("TikTok has no order card", "a text"),
    "content.template": Refusal("TEMPLATE is a card with buttons, written in place", "Interactive(…)"),
    "content.location": Refusal("TikTok sends no locations", "a text with a link"),
    "content.reaction": Refusal("reactions cannot be sent"),
    "content.coupon_card": Refusal("TikTok has no coupon card", "a text with the code"),
    "content.contact_card": Refusal("TikTok has no contact card", "a text"),
    "content.cart": Refusal("TikTok sends no carts"),
    "content.postback": Refusal("a postback comes from a person; it is not sent"),
    "content.email": Refusal("TikTok sends no mail"),
    "content.unsupported": Refusal("only share_post can be sent under its own name"),
}

_TEMPLATES: Final = Refusal(
    "TikTok keeps no message templates to be used again", "Interactive(…), written in place"
)
_BULK: Final = Refusal("TikTok's business messages answer users only: no broadcast", "messaging.send")
_UNREAD: Final = Refusal("TikTok does not tell what is unread")

REFUSALS: Final[dict[str, Refusal]] = {
    "messaging.broadcast": _BULK,
    "messaging.broadcast:job": _BULK,
    "messaging.handover": Refusal("TikTok has no call that hands a conversation over"),
    "messaging.conversations:unread": _UNREAD,
    "messaging.conversations:unread_only": _UNREAD,
    **{f"messaging.templates.{verb}": _TEMPLATES for verb in ("list", "create", "update", "delete")},
    **{f"messaging.send:{name}": refusal for name, refusal in CONTENT_REFUSALS.items()},
}

FEATURES: Final[dict[str, Level | Refusal]] = {
    "messaging.typing indicator": "native",
    "messaging.download received media": "native",
    "messaging.delivery and read receipts": "native",
    "messaging.broadcast:job": _BULK,
}
