"""What Meta refuses of webhooks, and its words."""

from __future__ import annotations

from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "REFUSALS"]

REFUSALS: dict[str, Refusal] = {}
FEATURES: dict[str, Level | Refusal] = {}
