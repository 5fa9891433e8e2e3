"""Why Facebook and Instagram have no orders: the endpoints are gone from every version of the Graph API."""

from __future__ import annotations

from datetime import date
from typing import Final

from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "GONE", "REFUSALS", "REMOVED"]

REMOVED: Final = date(2026, 10, 27)
"""The day on which the order endpoints were removed from the versions that still had them."""

GONE: Final = Refusal(
    f"order endpoints were removed from every Graph version on {REMOVED}; "
    "sales happen on the seller's own site",
    "the backend of that site (Shopify, WooCommerce, …), or whatsapp for orders sent in a chat; "
    "tell Meta of sales with ads.conversions.send",
)

_OPERATIONS: Final = (
    "list",
    "get",
    "create",
    "accept",
    "packages",
    "split",
    "combine",
    "shipping_options",
    "ship",
    "update_tracking",
    "tracking",
    "label",
    "cancel",
    "cancel_reasons",
    "cancellations.create",
    "cancellations.list",
    "cancellations.answer",
    "check_refund",
    "refund",
    "returns.list",
    "returns.get",
    "returns.create",
    "returns.options",
    "returns.decide",
    "transactions",
    "reveal",
    "note",
    "answer_address_change",
    "changes",
)
_PARTS: Final = (
    "list:status",
    "list:created",
    "list:updated",
    "list:cursor",
    "get:ids",
    "ship:default",
    "ship:lines",
    "ship:method",
    "cancellations.create:lines",
    "returns.decide:accept",
    "returns.decide:reject",
)

REFUSALS: Final[dict[str, Refusal]] = {f"orders.{name}": GONE for name in _OPERATIONS}
FEATURES: Final[dict[str, Level | Refusal]] = {f"orders.{name}": GONE for name in _PARTS}
