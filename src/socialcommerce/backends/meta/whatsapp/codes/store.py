"""What WhatsApp keeps nothing of: a seller's places, addresses and carriers."""

from __future__ import annotations

from socialcommerce.backends.meta.codes.store import NOT_A_WAREHOUSE
from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "REFUSALS"]

REFUSALS: dict[str, Refusal] = dict(NOT_A_WAREHOUSE)
FEATURES: dict[str, Level | Refusal] = {}
