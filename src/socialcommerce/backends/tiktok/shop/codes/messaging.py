"""TikTok Shop's customer service chat as data: limits, roles, and what it does not offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.message import Author

__all__ = [
    "AUTHORS",
    "CLOSED",
    "CONTENT_REFUSALS",
    "FEATURES",
    "IMAGE_BYTES",
    "IMAGE_TYPES",
    "MESSAGES_PAGE",
    "NATIVE_CONTENTS",
    "ORDER_CARDS",
    "PAGE",
    "REFUSALS",
    "TEXT_LENGTH",
]

PAGE: Final = 20
MESSAGES_PAGE: Final = 10
TEXT_LENGTH: Final = 2000
IMAGE_BYTES: Final = 10 * 1024 * 1024
IMAGE_TYPES: Final = {
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}

AUTHORS: Final[dict[str, Author]] = {
    "BUYER": "buyer",
    "SHOP": "person",
    "CUSTOMER_SERVICE": "person",
    "ROBOT": "bot",
    "SYSTEM": "system",
}

CLOSED: Final = (
    "TikTok Shop lets a seller write while there is a chat within 30 days, an order within 60 days, "
    "or any past return"
)

ORDER_CARDS: Final[dict[str, tuple[str, ...]]] = {
    "ORDER_CARD": (),
    "LOGISTICS_CARD": ("package_id",),
    "RETURN_REFUND_CARD": ("sku_id",),
}
"""The cards about an order, and what else each holds."""

NATIVE_CONTENTS: Final = ("text", "image", "video", "product_card", "order_card", "coupon_card")
CONTENT_REFUSALS: Final[dict[str, Refusal]] = {
    "content.audio": Refusal("the chat sends no sound"),
    "content.file": Refusal("the chat sends no files", "a text with a link"),
    "content.sticker": Refusal("stickers are not sendable; they arrive as EMOTICONS"),
    "content.template": Refusal(
        "templates are for customer engagement tasks only", "messaging.broadcast(recipients, Template(...))"
    ),
    "content.location": Refusal("the chat sends no locations", "a text with a link"),
    "content.quick_replies": Refusal("the chat offers no quick replies", "a text"),
    "content.interactive": Refusal("the chat offers cards only", "a ProductCard or OrderCard"),
    "content.reaction": Refusal("the chat has no reactions"),
    "content.contact_card": Refusal("the chat has no contact cards"),
    "content.shared_post_comment": Refusal("the chat shares no posts or comments"),
    "content.cart": Refusal("the chat sends no carts", "one ProductCard a product"),
    "content.postback": Refusal("a postback comes from a buyer; it is not sent"),
    "content.email": Refusal("TikTok Shop sends no mail for sellers"),
    "content.unsupported": Refusal("its kind has no name here, so it cannot be written"),
}

_PREDEFINED: Final = Refusal(
    "templates are predefined by TikTok; a custom task carries its own title and body"
)
_TYPING: Final = Refusal("the chat has no typing indicator")

REFUSALS: Final[dict[str, Refusal]] = {
    "messaging.typing": _TYPING,
    "messaging.handover": Refusal(
        "no hand-over call: sender_role only labels a message, sessions/{id}/end closes one"
    ),
    **{f"messaging.templates.{verb}": _PREDEFINED for verb in ("create", "update", "delete")},
    **{f"messaging.send:{name}": refusal for name, refusal in CONTENT_REFUSALS.items()},
}

FEATURES: Final[dict[str, Level | Refusal]] = {
    "messaging.delivery and read receipts": Refusal(
        "TikTok Shop tells sellers nothing of delivery or reading"
    ),
}
