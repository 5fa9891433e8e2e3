"""TikTok Shop's words for shops, warehouses and carriers, and what they mean here."""

from __future__ import annotations

from typing import Final

from socialcommerce.models.store import AddressUse
from socialcommerce.resources.capability import Level, Refusal

__all__ = ["ADDRESS_USES", "FEATURES", "REFUSALS", "SALES_WAREHOUSE"]

SALES_WAREHOUSE: Final = "SALES_WAREHOUSE"
ADDRESS_USES: Final[dict[str, AddressUse]] = {SALES_WAREHOUSE: "ship_from", "RETURN_WAREHOUSE": "return"}
ENABLED: Final = "ENABLED"

REFUSALS: Final[dict[str, Refusal]] = {}
FEATURES: Final[dict[str, Level | Refusal]] = {}
