"""Messenger and Instagram messages as data: limits, windows, words, and what cannot be sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from socialcommerce.backends.meta.codes.templates import TEMPLATE_STATUSES
from socialcommerce.resources.capability import Level, Refusal

__all__ = [
    "BUTTONS",
    "CONTENT_REFUSALS",
    "EMULATED_CONTENTS",
    "FEATURES",
    "FILE_BYTES",
    "FILE_HOSTS",
    "FOLLOW_UP",
    "IMAGE_BYTES_INSTAGRAM",
    "INBOX_APPS",
    "INSTAGRAM_BYTES",
    "INSTAGRAM_FILES",
    "MESSENGER_CHARACTERS",
    "NATIVE_CONTENTS",
    "PAGE",
    "PRIVATE_REPLY",
    "PRODUCTS",
    "PURPOSES",
    "REACTIONS",
    "REFUSALS",
    "REPLIES",
    "RETIRED_TAGS",
    "SURFACES",
    "TEMPLATE_STATUSES",
    "TITLE",
    "WINDOW",
]

SURFACES: Final[tuple[str, ...]] = ("messenger", "instagram")
"""The two inboxes of a page, as ``platform=`` names them."""

PAGE: Final = 25
WINDOW: Final = timedelta(hours=24)
"""How long after a person wrote they may be answered freely."""
FOLLOW_UP: Final = timedelta(days=7)
"""How long after a person wrote a human may still answer (tag HUMAN_AGENT)."""
PRIVATE_REPLY: Final = timedelta(days=7)
"""How long after a comment it may be answered privately, once."""

MESSENGER_CHARACTERS: Final = 2000
INSTAGRAM_BYTES: Final = 1000
TITLE: Final = 20
"""Characters on a quick reply or a button."""
REPLIES: Final = 13
BUTTONS: Final = 3
PRODUCTS: Final = 10
"""Products, or cards, of one message."""
FILE_BYTES: Final = 25 * 1024 * 1024
IMAGE_BYTES_INSTAGRAM: Final = 8 * 1024 * 1024
INSTAGRAM_FILES: Final = "application/pdf"

FILE_HOSTS: Final = re.compile(r"(.+\.)?(fbcdn\.net|fbsbx\.com|cdninstagram\.com)")
"""Where received files lie."""

INBOX_APPS: Final[Mapping[str, str]] = {"messenger": "263902037430900", "instagram": "1217981644879628"}
"""The app that a page's own inbox is, for handing a conversation to the people who sit there."""

REACTIONS: Final[Mapping[str, str]] = {
    "❤": "love",
    "😆": "smile",
    "😂": "smile",
    "😮": "wow",
    "😢": "sad",
    "😠": "angry",
    "👍": "like",
    "👎": "dislike",
}
"""Emojis with a word of their own; others are sent as they are."""

PURPOSES: Final[Mapping[str, Mapping[str, str]]] = {
    "reply": {"messaging_type": "RESPONSE"},
    "human_followup": {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"},
    "utility": {"messaging_type": "UTILITY"},
}
"""How the reason of a message is written."""


NATIVE_CONTENTS: Final = (
    "text",
    "image",
    "video",
    "audio",
    "file",
    "product_card",
    "template",
    "quick_replies",
    "interactive",
    "reaction",
    "shared_post_comment",
)
EMULATED_CONTENTS: Final = ("order_card", "coupon_card")
CONTENT_REFUSALS: Final[dict[str, Refusal]] = {
    "content.sticker": Refusal("stickers can be received, not sent", "a picture"),
    "content.location": Refusal("a location can be received, not sent", "a text with a link to a map"),
    "content.contact_card": Refusal("Meta sends no contact cards", "a text"),
    "content.cart": Refusal("a cart comes from a person; Meta sends none", "a product card"),
    "content.postback": Refusal("a postback comes from a person; it is not sent"),
    "content.email": Refusal("Meta sends no mail"),
    "content.unsupported": Refusal("only what has a name here can be sent"),
}

RETIRED_TAGS: Final = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")
_RETIRED: Final = Refusal(
    "this message tag was retired on 2026-04-27 and fails with error 100",
    "purpose='utility' with an approved template (Messenger), or purpose='human_followup' within 7 days",
)
_MARKETING: Final = Refusal(
    "marketing messages are paid ads objects or notification tokens, never sent by messaging.send",
    "ads, or a reply while the window is open",
)
_BROADCAST: Final = Refusal(
    "there is no broadcast of ordinary messages; "
    "paid marketing messages are ad objects or notification tokens",
    "messaging.send to those whose window is open",
)

REFUSALS: Final[dict[str, Refusal]] = {
    "messaging.broadcast": _BROADCAST,
    "messaging.templates.update": Refusal(
        "a utility template is not changed once it was handed in",
        "messaging.templates.create under another name, then delete the old one",
    ),
    "messaging.send:purpose.marketing": _MARKETING,
    **{f"messaging.send:purpose.{tag}": _RETIRED for tag in RETIRED_TAGS},
    "messaging.send:idempotency_key": Refusal(
        "Meta knows no such key; what was sent is found in the conversation, or OutcomeUnknown"
    ),
    "messaging.send:silent@instagram": Refusal("Instagram has no silent messages; Messenger has"),
    "messaging.send:content.template@instagram": Refusal(
        "utility templates are Messenger's only", "purpose='human_followup' within 7 days"
    ),
    "messaging.mark_read:up_to": Refusal("a conversation is marked as read, not a message"),
    **{f"messaging.send:{name}": refusal for name, refusal in CONTENT_REFUSALS.items()},
}

FEATURES: Final[dict[str, Level | Refusal]] = {
    "messaging.send@instagram": "native",
    "messaging.delivery and read receipts": "native",
    "messaging.broadcast:job": _BROADCAST,
}
