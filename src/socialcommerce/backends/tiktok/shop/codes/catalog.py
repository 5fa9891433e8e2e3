"""TikTok Shop's product words and what they mean here; the limits that its documents fix; refusals."""

from __future__ import annotations

from typing import Final

from socialcommerce.models.product import ProductStatus
from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "NATIVE_STATUSES", "REFUSALS", "STATUSES"]

STATUSES: Final[dict[str, ProductStatus]] = {
    "DRAFT": "draft",
    "INITIAL": "draft",
    "PENDING": "under_review",
    "FAILED": "rejected",
    "SCHEDULED": "scheduled",
    "ACTIVATE": "active",
    "SELLER_DEACTIVATED": "inactive",
    "PLATFORM_DEACTIVATED": "blocked",
    "FREEZE": "blocked",
    "DELETED": "deleted",
}
NATIVE_STATUSES: Final[dict[ProductStatus, tuple[str, ...]]] = {
    "draft": ("DRAFT",),
    "under_review": ("PENDING",),
    "rejected": ("FAILED",),
    "active": ("ACTIVATE",),
    "inactive": ("SELLER_DEACTIVATED",),
    "blocked": ("PLATFORM_DEACTIVATED", "FREEZE"),
    "deleted": ("DELETED",),
}
"""What to ask for; a status that TikTok Shop does not search gives nothing."""

REFUSALS: Final[dict[str, Refusal]] = {
    "catalog.export_feed": Refusal(
        "TikTok Shop reads no product file over the API (ad catalogues of tiktok_ads do)", "catalog.upsert"
    ),
}
FEATURES: Final[dict[str, Level | Refusal]] = {}
