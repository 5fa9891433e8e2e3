"""Why nothing of orders is done here."""

from __future__ import annotations

from typing import Final

from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "NO_ORDERS", "REFUSALS"]

NO_ORDERS: Final = Refusal(
    "order endpoints were removed from every Graph version on 2026-10-27; sales happen on the seller's own site",
    "the backend of the seller's shop; tell Meta of sales with client.ads (conversions)",
)
"""The reason for every operation of ``client.orders``."""

REFUSALS: Final[dict[str, Refusal]] = {}
FEATURES: Final[dict[str, Level | Refusal]] = {}
