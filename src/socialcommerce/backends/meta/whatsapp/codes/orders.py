"""Orders as data: what an order in a chat can be told, and what WhatsApp has nothing of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.order import FulfilmentStatus, OrderStatus, PaymentStatus
    from socialcommerce.models.shipping import ShipmentStatus

__all__ = [
    "CANCEL_REASONS",
    "FEATURES",
    "OFFSET",
    "ORDERS",
    "PAYMENTS",
    "PAYMENT_MARKETS",
    "REFERENCE",
    "REFUSALS",
    "SHIPMENTS",
    "STEPS",
    "WORDS",
    "WRITTEN",
]

OFFSET: Final = 100
"""Amounts of ``order_details`` and of payments are whole numbers of hundredths."""

REFERENCE: Final = 35
"""Characters of a ``reference_id`` at most."""

PAYMENT_MARKETS: Final = "India, Brazil, Singapore"

ORDERS: Final[dict[str, tuple[OrderStatus, FulfilmentStatus]]] = {
    "": ("open", "unfulfilled"),
    "pending": ("pending", "unfulfilled"),
    "processing": ("open", "unfulfilled"),
    "partially-shipped": ("open", "partially_shipped"),
    "shipped": ("open", "shipped"),
    "completed": ("completed", "delivered"),
    "canceled": ("cancelled", "cancelled"),
}
"""The status that was told last, as order and fulfilment status; "" where none was."""

STEPS: Final[dict[str, int]] = {
    "pending": 1,
    "processing": 2,
    "partially-shipped": 3,
    "shipped": 4,
    "completed": 5,
    "canceled": 5,
}
"""How far on each status is; no order goes back, and nothing follows the last ones."""

WRITTEN: Final[dict[str, str]] = {
    "pending": "pending",
    "open": "processing",
    "processing": "processing",
    "partially_shipped": "partially-shipped",
    "shipped": "shipped",
    "delivered": "completed",
    "completed": "completed",
    "cancelled": "canceled",
    **{word: word for word in ORDERS if word},
}
"""What ``OrderCard.status`` may say, in our words or WhatsApp's, as an ``order_status`` message says it."""

PAYMENTS: Final[dict[str, PaymentStatus]] = {
    "pending": "pending",
    "captured": "paid",
    "success": "paid",
    "failed": "failed",
}
"""The words of a payment and of its transaction; a plain order message is ``unpaid``."""

SHIPMENTS: Final[dict[str, ShipmentStatus]] = {
    "partially-shipped": "in_transit",
    "shipped": "in_transit",
    "completed": "delivered",
}

WORDS: Final[dict[str, str]] = {
    "pending": "Your order is waiting.",
    "processing": "Your order is being prepared.",
    "partially-shipped": "A part of your order is on its way.",
    "shipped": "Your order is on its way.",
    "completed": "Your order was delivered.",
    "canceled": "Your order was cancelled.",
}
"""What a buyer reads where the caller gave no words; ``OrderCard(text=...)`` gives others."""

CANCEL_REASONS: Final = (
    "What you ordered is sold out.",
    "You asked us to cancel this order.",
    "We cannot deliver to your address.",
)
"""Suggestions: WhatsApp takes any words, and the buyer reads them."""

_NO_LOGISTICS: Final = Refusal("WhatsApp has no logistics", "orders.ship tells the buyer, by a message")
_NO_RETURNS: Final = Refusal("WhatsApp has no returns", "messaging.send")
_NO_REFUND: Final = Refusal(
    "WhatsApp gives no money back", "refund where it was paid, and tell the buyer by messaging.send"
)

REFUSALS: Final[dict[str, Refusal]] = {
    "orders.list:updated": Refusal("orders received as messages are never updated by the platform"),
    "orders.create": Refusal(
        "an order cannot be created server-side: order_details asks for payment inside a chat, and the "
        "buyer's cart makes the order",
        "messaging.send with ProductCard",
    ),
    **dict.fromkeys(
        (
            "orders.shipping_options",
            "orders.label",
            "orders.tracking",
            "orders.packages",
            "orders.split",
            "orders.combine",
        ),
        _NO_LOGISTICS,
    ),
    "orders.ship:lines": Refusal("only the whole order can be marked shipped"),
    "orders.ship:method": Refusal(
        "WhatsApp offers no choice of logistics", "orders.update_tracking tells carrier and number"
    ),
    "orders.cancellations.create:lines": Refusal("only whole orders are cancelled"),
    "orders.cancellations.answer": Refusal("a buyer's wish to cancel is a message, no object"),
    "orders.cancellations.list": Refusal("WhatsApp keeps no cancellations"),
    "orders.refund": _NO_REFUND,
    "orders.check_refund": _NO_REFUND,
    **{f"orders.returns.{verb}": _NO_RETURNS for verb in ("list", "get", "create", "options", "decide")},
    "orders.reveal": Refusal("a number the user hides cannot be read"),
    "orders.answer_address_change": Refusal("orders hold no address"),
}

FEATURES: Final[dict[str, Level | Refusal]] = {
    "orders.returns.decide:accept": _NO_RETURNS,
    "orders.returns.decide:reject": _NO_RETURNS,
}
