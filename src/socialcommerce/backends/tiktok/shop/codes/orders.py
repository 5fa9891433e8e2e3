"""TikTok Shop's words about orders, packages, cancellations and returns, and what it cannot do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.event import EventType
    from socialcommerce.models.order import (
        CancellationStatus,
        FulfilmentStatus,
        OrderStatus,
        TransactionKind,
    )
    from socialcommerce.models.returns import ReturnStatus
    from socialcommerce.models.shipping import ShipmentStatus

__all__ = [
    "ARRANGED",
    "CANCELLATIONS",
    "DOCUMENTS",
    "EVENTS",
    "FEATURES",
    "FEES",
    "FILE_HOSTS",
    "KINDS",
    "ORDERS",
    "PACKAGES",
    "PARTIAL_CANCEL_MARKETS",
    "PARTIES",
    "REFUSALS",
    "RETURNS",
    "SELF_SHIPMENT_MARKETS",
    "SHIPPED_UNITS",
    "WHOLE_SKU_MARKETS",
    "cancellation_filter",
    "kind_of",
    "order_filters",
    "return_filters",
]

ORDERS: Mapping[str, tuple[OrderStatus, FulfilmentStatus]] = {
    "UNPAID": ("pending", "unfulfilled"),
    "ON_HOLD": ("on_hold", "on_hold"),
    "AWAITING_SHIPMENT": ("open", "ready_to_ship"),
    "PARTIALLY_SHIPPING": ("open", "partially_shipped"),
    "AWAITING_COLLECTION": ("open", "processing"),
    "IN_TRANSIT": ("open", "shipped"),
    "DELIVERED": ("open", "delivered"),
    "COMPLETED": ("completed", "delivered"),
    "CANCELLED": ("cancelled", "cancelled"),
    "CANCEL": ("cancelled", "cancelled"),  # as webhooks spell it
}
"""``status`` as order and fulfilment status."""


def order_filters(statuses: Iterable[OrderStatus]) -> list[dict[str, Any]]:
    """The walks that find orders of these statuses: a call takes one native word."""
    wanted = set(statuses)
    if "other" in wanted:
        return [{}]
    words = [word for word, (status, _) in ORDERS.items() if status in wanted and word != "CANCEL"]
    asked = [{"is_buyer_request_cancel": True}] if "cancel_requested" in wanted else []
    return [*({"order_status": word} for word in words), *asked]


SHIPPED_UNITS = frozenset({"IN_TRANSIT", "DELIVERED", "COMPLETED"})
"""``display_status`` of a unit that is on its way, or has arrived."""

PACKAGES: Mapping[str, ShipmentStatus] = {
    "CREATED": "pending",
    "TSP_PENDING": "pending",
    "HBW": "pending",
    "HBWING": "pending",
    "TO_FULFILL": "ready",
    "STOCKING": "ready",
    "RTSING": "label_purchased",
    "RTS": "label_purchased",
    "PROCESSING": "awaiting_collection",
    "FULFILLING": "in_transit",
    "TTS": "in_transit",
    "COMPLETED": "delivered",
    "DELIVERED": "delivered",
    "SHIP_EXCEPTION": "delivery_failed",
    "PART_DELIVERED_AND_EXCEPTION": "delivery_failed",
    "ISSUE": "error",
    "CANCELLED": "cancelled",
}
"""``package_status`` and, more exact where it is told, ``package_sub_status``."""

ARRANGED = frozenset({"PROCESSING", "FULFILLING", "COMPLETED"})
"""``package_status`` of a package whose shipment was arranged."""

SELF_SHIPMENT_MARKETS = frozenset({"ID", "MY", "PH", "SG", "TH", "VN"})
"""Where one's own carrier is told with the package; elsewhere the order's units are marked as shipped."""

WHOLE_SKU_MARKETS = SELF_SHIPMENT_MARKETS | {"BR", "MX"}
"""Where an order is split by SKU, never between the units of one."""

PARTIAL_CANCEL_MARKETS = frozenset({"US", "GB", "UK"})

DOCUMENTS: Mapping[str, tuple[str, str | None]] = {
    "pdf": ("SHIPPING_LABEL", "PDF"),
    "zpl": ("SHIPPING_LABEL", "ZPL"),
}
"""Label formats as document type and file format; another word is a document type of TikTok Shop's."""

FILE_HOSTS = re.compile(
    r"(.+\.)?(tiktokglobalshop\.com|tiktok-shops\.com|tiktokshop\.com|tiktok\.com|tiktokcdn(-\w+)?\.com"
    r"|ibyteimg\.com|byteoversea\.com|bytedance\.(com|net2?)|ttwstatic\.com|tokopedia\.(com|net))"
)
"""Where TikTok Shop keeps labels and the pictures and films of chats."""

CANCELLATIONS: Mapping[str, CancellationStatus] = {
    "CANCELLATION_REQUEST_PENDING": "requested",
    "CANCELLATION_REQUEST_SUCCESS": "accepted",
    "CANCELLATION_REQUEST_COMPLETE": "completed",
    "CANCELLATION_REQUEST_CANCEL": "withdrawn",
    "CANCELLATION_REQUEST_CANCELLED": "withdrawn",  # as webhooks spell it
}


def cancellation_filter(statuses: Iterable[CancellationStatus]) -> list[str]:
    """The native words of these statuses, as a search takes them."""
    wanted = set(statuses)
    return [word for word, status in CANCELLATIONS.items() if status in wanted and word[-9:] != "CANCELLED"]


RETURNS: Mapping[str, ReturnStatus] = {
    "RETURN_OR_REFUND_REQUEST_PENDING": "requested",
    "REPLACEMENT_REQUEST_PENDING": "requested",
    "EXCHANGE_REQUEST_PENDING": "requested",
    "AWAITING_BUYER_RESPONSE": "awaiting_buyer_answer",
    "AWAITING_BUYER_SHIP": "awaiting_return",
    "BUYER_SHIPPED_ITEM": "in_transit",
    "REFUND_OR_RETURN_REQUEST_REJECT": "rejected",
    "REJECT_RECEIVE_PACKAGE": "rejected",
    "REPLACEMENT_REQUEST_REJECT": "rejected",
    "RETURN_OR_REFUND_REQUEST_SUCCESS": "refund_pending",
    "RETURN_OR_REFUND_REQUEST_COMPLETE": "refunded",
    "REPLACEMENT_REQUEST_REFUND_SUCCESS": "refunded",
    "EXCHANGE_REQUEST_REFUND_SUCCESS": "refunded",
    "REPLACEMENT_REQUEST_COMPLETE": "exchanged",
    "EXCHANGE_REQUEST_COMPLETE": "exchanged",
    "RETURN_OR_REFUND_REQUEST_CANCEL": "cancelled",
    "REPLACEMENT_REQUEST_CANCEL": "cancelled",
    "EXCHANGE_REQUEST_CANCEL": "cancelled",
}

LATER_RETURNS: Mapping[str, ReturnStatus] = {
    "INIT": "awaiting_return",
    "AWAITING_BUYER_RETURN": "awaiting_return",
    "AWAITING_BUYER_SHIPPED": "awaiting_return",
    "RETURN_IN_TRANSIT": "in_transit",
    "PENDING_PACKAGE_REVIEW": "received",
    "PACKAGE_REVIEW_COMPLETED": "refund_pending",
    "PENDING_REQUEST_REVIEW": "requested",
    "REQUEST_REVIEW_COMPLETED": "approved",
}
"""Words of the newer after-sales and RMA objects, which webhooks 64 and 65 tell."""


def return_filters(statuses: Iterable[ReturnStatus]) -> list[dict[str, Any]]:
    """The walks that find returns of these statuses; a judgement is an axis of its own."""
    wanted = set(statuses)
    if "other" in wanted:
        return [{}]
    words = [word for word, status in RETURNS.items() if status in wanted]
    judged = [{"arbitration_status": ["IN_PROGRESS"]}] if "disputed" in wanted else []
    return [*([{"return_status": words}] if words else []), *judged]


KINDS: Mapping[str, str] = {
    "REFUND": "refund_only",
    "RETURN_AND_REFUND": "return_and_refund",
    "REPLACEMENT": "exchange",
    "EXCHANGE": "exchange",
}

PARTIES: Mapping[str, str] = {
    "BUYER": "buyer",
    "SELLER": "seller",
    "SYSTEM": "platform",
    "OPERATOR": "platform",
}

EVENTS: Mapping[str, EventType] = {
    "AWAITING_SHIPMENT": "order.paid",
    "AWAITING_COLLECTION": "shipment.created",
    "DELIVERED": "shipment.delivered",
    "COMPLETED": "order.completed",
    "CANCELLED": "order.cancelled",
    "CANCEL": "order.cancelled",
}
"""What a ``status`` tells that was reached; any other one is ``order.updated``."""

FEES: tuple[tuple[str, TransactionKind], ...] = (
    ("affiliate", "affiliate_fee"),
    ("creator", "affiliate_fee"),
    ("tap_shop_ads", "affiliate_fee"),
    ("commission", "commission"),
    ("referral_fee", "commission"),
    ("transaction_fee", "payment_fee"),
    ("credit_card", "payment_fee"),
    ("paylater", "payment_fee"),
    ("_tax", "tax"),
    ("vat", "tax"),
    ("gst", "tax"),
    ("sst", "tax"),
    ("duty", "tax"),
    ("customs", "tax"),
    ("pit_", "tax"),
    ("isr_", "tax"),
    ("iva_", "tax"),
    ("", "service_fee"),
)
"""What a fee or tax is, by the first part of its name that fits."""

_REVENUE: Mapping[str, TransactionKind] = {
    "subtotal_before_discount_amount": "sale",
    "seller_discount_amount": "discount",
    "refund_subtotal_before_discount_amount": "refund",
    "seller_discount_refund_amount": "refund",
    "cod_service_fee_amount": "payment",
    "refund_cod_service_fee_amount": "refund",
    "distant_item_fee_amount": "payment",
}
_SUBSIDIES = ("discount", "subsidy", "incentive", "reimbursement", "return_shipping_fee_paid_buyer")


def kind_of(group: str, name: str) -> TransactionKind:
    """What one entry of a settlement is: ``group`` is revenue, shipping, fee or tax."""
    if group == "revenue":
        return _REVENUE.get(name, "sale")
    if group == "shipping":
        return "shipping_subsidy" if any(word in name for word in _SUBSIDIES) else "shipping"
    if group == "tax":
        return "tax"
    return next(kind for part, kind in FEES if part in name)


REFUSALS: Mapping[str, Refusal] = {
    "orders.accept": Refusal("orders need no acceptance; ON_HOLD ends by itself", "orders.ship"),
    "orders.create": Refusal(
        "orders are made by buyers only; external_orders only attaches references to existing ones"
    ),
    "orders.note": Refusal("seller_note is readable, no call writes it", "order.notes"),
    "orders.reveal": Refusal("buyer data of TikTok-shipped and FBT orders cannot be read unmasked"),
    "orders.answer_address_change": Refusal("a change is only announced (webhook 3); no call answers it"),
}

FEATURES: Mapping[str, Level | Refusal] = {}
