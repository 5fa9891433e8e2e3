"""What authorisation of Meta cannot do, and what it needs."""

from __future__ import annotations

from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "REFUSALS"]

REFUSALS: dict[str, Refusal] = {}
FEATURES: dict[str, Level | Refusal] = {"auth.slots": "emulated", "auth.token record": "native"}
