"""Shopee's words about orders, parcels and returns, and what of the contract it cannot do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

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
    "CANCEL_MARKETS",
    "CANCEL_REASONS",
    "CANCEL_WORDS",
    "DETAIL_FIELDS",
    "EVENTS",
    "FEATURES",
    "FILTERABLE",
    "NEGOTIATIONS",
    "ORDERS",
    "PARTIES",
    "PROGRESS",
    "REFUSALS",
    "RETURNS",
    "SELLER_CHANNELS",
    "SHIPMENTS",
    "TRANSACTIONS",
    "filters_for",
    "return_filters",
]

ORDERS: Mapping[str, tuple[OrderStatus, FulfilmentStatus]] = {
    "UNPAID": ("pending", "unfulfilled"),
    "PENDING": ("on_hold", "on_hold"),
    "INVOICE_PENDING": ("on_hold", "on_hold"),
    "READY_TO_SHIP": ("open", "ready_to_ship"),
    "PROCESSED": ("open", "processing"),
    "RETRY_SHIP": ("open", "exception"),
    "SHIPPED": ("open", "shipped"),
    "TO_CONFIRM_RECEIVE": ("open", "delivered"),
    "TO_RETURN": ("open", "delivered"),
    "IN_CANCEL": ("cancel_requested", "on_hold"),
    "CANCELLED": ("cancelled", "cancelled"),
    "COMPLETED": ("completed", "delivered"),
}
"""``order_status`` as order and fulfilment status."""

FILTERABLE = frozenset(
    {
        "UNPAID",
        "READY_TO_SHIP",
        "PROCESSED",
        "SHIPPED",
        "COMPLETED",
        "IN_CANCEL",
        "CANCELLED",
        "INVOICE_PENDING",
    }
)
"""What ``get_order_list`` takes as a filter; the other words are picked out on our side."""


def filters_for(statuses: Iterable[OrderStatus]) -> list[str | None]:
    """The walks that find these statuses: one a native word, or one unfiltered (None).

    INVOICE_PENDING shows only where it is the filter, so it keeps a walk of its own.
    """
    wanted = set(statuses)
    words = [word for word, (status, _) in ORDERS.items() if status in wanted]
    if "other" in wanted or any(word not in FILTERABLE for word in words):
        return [None, *(["INVOICE_PENDING"] if "on_hold" in wanted else [])]
    return list(words)


CANCELLATIONS: Mapping[str, CancellationStatus] = {"IN_CANCEL": "requested", "CANCELLED": "completed"}

SHIPMENTS: Mapping[str, ShipmentStatus] = {
    "LOGISTICS_NOT_START": "pending",
    "LOGISTICS_NOT_STARTED": "pending",  # as the interface data spells it in places
    "LOGISTICS_PENDING_ARRANGE": "pending",
    "ORDER_CREATED": "pending",
    "LOGISTICS_READY": "ready",
    "LOGISTICS_REQUEST_CREATED": "awaiting_collection",
    "LOGISTICS_PICKUP_RETRY": "pickup_failed",
    "LOGISTICS_PICKUP_FAILED": "pickup_failed",
    "LOGISTICS_PICKUP_DONE": "in_transit",
    "PICKED_UP": "in_transit",
    "DELIVERY_PENDING": "in_transit",
    "LOGISTICS_DELIVERY_DONE": "delivered",
    "DELIVERED": "delivered",
    "LOGISTICS_DELIVERY_FAILED": "delivery_failed",
    "LOGISTICS_COD_REJECTED": "delivery_failed",
    "FAILED_DELIVERED": "delivery_failed",
    "LOGISTICS_LOST": "lost",
    "LOST": "lost",
    "RETURN_STARTED": "returning",
    "RETURNED": "returned",
    "LOGISTICS_REQUEST_CANCELED": "cancelled",
    "LOGISTICS_INVALID": "cancelled",
    "CANCELED": "cancelled",
}
"""``logistics_status`` of packages (with prefix) and of tracking events (without)."""

ARRANGED = frozenset(
    word
    for word, status in SHIPMENTS.items()
    if word.startswith("LOGISTICS_") and status not in ("pending", "ready", "cancelled")
)
"""The words of a parcel whose shipment was arranged."""

RETURNS: Mapping[str, ReturnStatus] = {
    "REQUESTED": "requested",
    "ACCEPTED": "approved",
    "PROCESSING": "in_transit",
    "JUDGING": "disputed",
    "SELLER_DISPUTE": "disputed",
    "CANCELLED": "cancelled",
    "CLOSED": "closed",
}

NEGOTIATIONS: Mapping[str, ReturnStatus] = {
    "PENDING_RESPOND": "requested",
    "PENDING_BUYER_RESPOND": "awaiting_buyer_answer",
    "TERMINATED": "closed",
}
"""``negotiation_status``, for a return whose own status does not say more."""


def return_filters(statuses: Iterable[ReturnStatus]) -> list[dict[str, str]]:
    """The native filters, one a walk, that find returns of these statuses."""
    wanted = set(statuses)
    if "other" in wanted:
        return [{}]
    waiting = [{"negotiation_status": "PENDING_BUYER_RESPOND"}] if "awaiting_buyer_answer" in wanted else []
    return [{"status": word} for word, status in RETURNS.items() if status in wanted] + waiting


CANCEL_REASONS: Mapping[str, tuple[str, str]] = {
    "out_of_stock": ("OUT_OF_STOCK", "Out of stock"),
    "customer_request": ("CUSTOMER_REQUEST", "The customer asked for it"),
    "undeliverable": ("UNDELIVERABLE_AREA", "The area cannot be delivered to"),
    "cod_unsupported": ("COD_NOT_SUPPORTED", "Cash on delivery is not supported"),
}
"""Our reason: Shopee's word, and what to call it."""

CANCEL_WORDS: Mapping[str, str] = {native: ours for ours, (native, _) in CANCEL_REASONS.items()}

CANCEL_MARKETS: Mapping[str, frozenset[str]] = {"UNDELIVERABLE_AREA": frozenset({"TW", "MY"})}
"""Reasons that only some markets take."""

PARTIES: Mapping[str, str] = {"buyer": "buyer", "seller": "seller", "system": "platform", "ops": "platform"}

SELLER_CHANNELS = frozenset({90021, 90025, 90026})
"""Channels of Brazil on which the seller carries parcels and tells Shopee how far they are."""

PROGRESS: Mapping[str, str] = {
    "in_transit": "logistics_pickup_done",
    "delivered": "logistics_delivery_done",
    "delivery_failed": "logistics_delivery_failed",
}

DETAIL_FIELDS: tuple[str, ...] = (
    "buyer_user_id",
    "buyer_username",
    "estimated_shipping_fee",
    "recipient_address",
    "actual_shipping_fee",
    "goods_to_declare",
    "note",
    "note_update_time",
    "item_list",
    "pay_time",
    "dropshipper",
    "dropshipper_phone",
    "split_up",
    "buyer_cancel_reason",
    "cancel_by",
    "cancel_reason",
    "actual_shipping_fee_confirmed",
    "buyer_cpf_id",
    "fulfillment_flag",
    "pickup_done_time",
    "package_list",
    "shipping_carrier",
    "payment_method",
    "total_amount",
    "invoice_data",
    "order_chargeable_weight_gram",
    "return_request_due_date",
    "edt",
    "payment_info",
    "international_label",
)
"""``response_optional_fields`` of ``get_order_detail``, all of them: without, most of an order is missing."""

EVENTS: Mapping[str, EventType] = {
    "READY_TO_SHIP": "order.paid",
    "PENDING": "order.paid",
    "IN_CANCEL": "order.cancellation_requested",
    "CANCELLED": "order.cancelled",
    "COMPLETED": "order.completed",
}
"""What an ``order_status`` tells that was reached; any other one is ``order.updated``."""

TRANSACTIONS: tuple[tuple[str, int, TransactionKind], ...] = (
    ("original_cost_of_goods_sold", 1, "sale"),
    ("original_shopee_discount", -1, "subsidy"),
    ("shopee_discount", 1, "subsidy"),
    ("seller_return_refund", 1, "refund"),
    ("voucher_from_seller", -1, "discount"),
    ("seller_coin_cash_back", -1, "discount"),
    ("buyer_paid_shipping_fee", 1, "shipping"),
    ("actual_shipping_fee", -1, "shipping"),
    ("shopee_shipping_rebate", 1, "shipping_subsidy"),
    ("shipping_fee_discount_from_3pl", 1, "shipping_subsidy"),
    ("shipping_fee_discount_from_pl", 1, "shipping_subsidy"),
    ("reverse_shipping_fee", -1, "shipping"),
    ("rsf_seller_protection_fee_claim_amount", 1, "adjustment"),
    ("final_return_to_seller_shipping_fee", -1, "shipping"),
    ("seller_transaction_fee", -1, "payment_fee"),
    ("service_fee", -1, "service_fee"),
    ("commission_fee", -1, "commission"),
    ("campaign_fee", -1, "service_fee"),
    ("shipping_seller_protection_fee_amount", -1, "service_fee"),
    ("delivery_seller_protection_fee_premium_amount", -1, "service_fee"),
    ("final_escrow_product_gst", -1, "tax"),
    ("order_ams_commission_fee", -1, "affiliate_fee"),
    ("escrow_tax", -1, "tax"),
    ("sales_tax_on_lvg", -1, "tax"),
    ("reverse_shipping_fee_sst", -1, "tax"),
    ("shipping_fee_sst", -1, "tax"),
    ("withholding_tax", -1, "tax"),
    ("overseas_return_service_fee", -1, "service_fee"),
    ("vat_on_imported_goods", -1, "tax"),
    ("withholding_vat_tax", -1, "tax"),
    ("withholding_pit_tax", -1, "tax"),
    ("withholding_cit_tax", -1, "tax"),
    ("seller_order_processing_fee", -1, "service_fee"),
    ("buyer_paid_packaging_fee", 1, "other"),
    ("trade_in_bonus_by_seller", -1, "discount"),
    ("fbs_fee", -1, "service_fee"),
    ("ads_escrow_top_up_fee_or_technical_support_fee", -1, "service_fee"),
    ("th_import_duty", -1, "tax"),
)
"""The terms of Shopee's formula for ``escrow_amount``: the field, its sign for the seller, what it is."""

REFUSALS: Mapping[str, Refusal] = {
    "orders.create": Refusal("orders are made by buyers only"),
    "orders.accept": Refusal("orders need no acceptance; READY_TO_SHIP is ready at once", "orders.ship"),
    "orders.combine": Refusal(
        "packages of several orders cannot be joined over the API; only the parcels of one order can again",
        "orders.split(order, [every line]) joins the parcels of one order",
    ),
    "orders.refund": Refusal(
        "money goes back only through cancellations and returns",
        "orders.cancel before shipping, orders.returns.decide after it",
    ),
    "orders.returns.create": Refusal("returns are opened by the buyer"),
    "orders.reveal": Refusal(
        "there is no decode call: orders come unmasked only for allow-listed callers (IP, audit), "
        "never the phone in BR",
        "ask Shopee for access to unmasked buyer data",
    ),
    "orders.answer_address_change": Refusal("not documented by Shopee"),
}

FEATURES: Mapping[str, Level | Refusal] = {}
