"""Shopee's words for shops, addresses and channels, and what they mean here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from socialcommerce.models.store import AddressUse
    from socialcommerce.resources.capability import Level, Refusal

__all__ = ["ADDRESS_USES", "FEATURES", "NO_WAREHOUSES", "REFUSALS", "SHOP_STATUSES", "WAREHOUSE_TYPES"]

SHOP_STATUSES: Final[dict[str, Literal["active", "suspended"]]] = {
    "NORMAL": "active",
    "BANNED": "suspended",
    "FROZEN": "suspended",
}
ADDRESS_USES: Final[dict[str, AddressUse]] = {
    "DEFAULT_ADDRESS": "default",
    "PICK_UP_ADDRESS": "pickup",
    "PICKUP_ADDRESS": "pickup",  # the vendor's own samples spell it both ways
    "INBOUND_PICKUP_ADDRESS": "ship_from",
    "RETURN_ADDRESS": "return",
}
PICKUP_WAREHOUSE: Final = 1
RETURN_WAREHOUSE: Final = 2
WAREHOUSE_TYPES: Final = (PICKUP_WAREHOUSE, RETURN_WAREHOUSE)
NO_WAREHOUSES: Final = frozenset({"error_not_in_whitelist", "error_can_not_find_warehouse"})
"""How get_warehouse_detail says that a shop keeps its stock in one place."""

REFUSALS: Final[dict[str, Refusal]] = {}
FEATURES: Final[dict[str, Level | Refusal]] = {}
