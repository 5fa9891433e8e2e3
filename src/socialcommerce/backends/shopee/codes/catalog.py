"""Shopee's product words and what they mean here; the limits that its documents fix; refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from socialcommerce.errors import Conflict, InvalidRequest, NotFound, PlatformError, PlatformUnavailable
from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.product import ProductStatus

__all__ = [
    "ALL_STATUSES",
    "DELETED",
    "FEATURES",
    "ITEM_EXTRAS",
    "MODEL_EXTRAS",
    "MODEL_STATUSES",
    "NATIVE_STATUSES",
    "REFUSALS",
    "STATUSES",
    "WRITTEN_STATUSES",
    "refused_rows",
    "row_error",
]

STATUSES: Final[dict[str, ProductStatus]] = {
    "NORMAL": "active",
    "UNLIST": "inactive",
    "BANNED": "blocked",
    "REVIEWING": "under_review",
    "SELLER_DELETE": "deleted",
    "SHOPEE_DELETE": "deleted",
}
ALL_STATUSES: Final = tuple(STATUSES)
DELETED: Final = frozenset({"SELLER_DELETE", "SHOPEE_DELETE"})
NATIVE_STATUSES: Final[dict[ProductStatus, tuple[str, ...]]] = {
    "active": ("NORMAL",),
    "inactive": ("UNLIST",),
    "scheduled": ("UNLIST",),
    "blocked": ("BANNED",),
    "under_review": ("REVIEWING",),
    "deleted": ("SELLER_DELETE", "SHOPEE_DELETE"),
}
"""What to ask for; a status that Shopee has not gives nothing. A scheduled item is an unlisted one."""

WRITTEN_STATUSES: Final[dict[str, str]] = {"active": "NORMAL", "inactive": "UNLIST", "draft": "UNLIST"}
"""Shopee keeps no drafts: what shall not be sold yet is created off the shelf."""

MODEL_STATUSES: Final[dict[str, ProductStatus]] = {
    "MODEL_NORMAL": "active",
    "NORMAL": "active",
    "MODEL_UNAVAILABLE": "inactive",
    "UNAVAILABLE": "inactive",
}

ITEM_PAGE: Final = 100
DETAIL_PAGE: Final = 50
BRAND_PAGE: Final = 100
WRITE_ROWS: Final = 50
MODELS_MAX: Final = 50
TIERS_MAX: Final = 2
SKU_MAX: Final = 100
IMAGE_BYTES: Final = 10_000_000
IMAGE_TYPES: Final = frozenset({"image/jpeg", "image/jpg", "image/png"})
VIDEO_BYTES: Final = 30 * 1024 * 1024
VIDEO_PART: Final = 4 * 1024 * 1024

WINDOW_ROWS: Final = 4000
"""A listing longer than this is cut by update time: deep offsets are refused, at a depth nobody tells."""

ITEM_EXTRAS: Final = frozenset(
    {
        "item_sku",
        "logistic_info",
        "pre_order",
        "wholesale",
        "brand",
        "video_upload_id",
        "item_dangerous",
        "tax_info",
        "complaint_policy",
        "description_info",
        "description_type",
        "gtin_code",
        "ds_cat_rcmd_id",
        "promotion_images",
        "compatibility_info",
        "scheduled_publish_time",
        "authorised_brand_id",
        "size_chart_info",
        "certification_info",
        "purchase_limit_info",
        "medicine_id",
        "image_ratio",
        "location_id",
    }
)
"""What ``native={…}`` of a product may hold: fields of add_item and update_item that Shopee alone knows.

``item_sku`` is the parent SKU, ``location_id`` the warehouse of the first
stock, ``image_ratio`` that of all images.
"""
MODEL_EXTRAS: Final = frozenset({"pre_order", "dimension", "model_status"})
"""What ``native={…}`` of a variant may hold."""

ATTRIBUTE_KINDS: Final = {1: "number", 2: "text", 3: "number", 4: "date"}
"""``input_validation_type`` of free values; 0 is unchecked text."""
CHOICES: Final = frozenset({1, 2, 4, 5})
COMBO_BOXES: Final = frozenset({2, 3, 5})
MULTIPLE: Final = frozenset({4, 5})
CERTIFIED_REGIONS: Final = frozenset({"PH", "TW"})

PRICES_BY_PROMOTION: Final = Refusal(
    "Shopee writes the original price alone; a lower price for a time is a discount activity",
    "set base_price, and make a discount in Seller Centre",
)
FREE_ADD: Final = Refusal(
    "Shopee sets absolute numbers, so an addition that was repeated would count twice",
    "give expected=… with mode='add', or set the quantity",
)
NO_KEYS: Final = Refusal(
    "Shopee knows no idempotency key; a creation of unknown outcome is looked for before it is repeated",
    "catalog.upsert, which finds a product by its SKU",
)
SKU_NOT_SEARCHED: Final = Refusal(
    "Shopee searches a product's own SKU (item_sku) and never a variant's, and this one was not seen yet",
    "find(sku, scan=True), or list the catalogue once: State.skus remembers every SKU seen",
)

REFUSALS: Final[dict[str, Refusal]] = {
    "catalog.export_feed": Refusal("Shopee reads no product file over its API", "catalog.upsert"),
}
FEATURES: Final[dict[str, Level | Refusal]] = {}

_ROW_ERRORS: Final[tuple[tuple[re.Pattern[str], type[PlatformError], dict[str, str]], ...]] = (
    (re.compile(r"reserve", re.I), Conflict, {"reason": "promotion"}),
    (re.compile(r"promotion|slash sale|flash sale", re.I), Conflict, {"reason": "promotion"}),
    (re.compile(r"not found|not exist|not belong|wrong model", re.I), NotFound, {}),
    (re.compile(r"review|banned|status|uneditable|holiday", re.I), Conflict, {"reason": "state"}),
    (re.compile(r"try later|system error|some time to respond", re.I), PlatformUnavailable, {}),
)


def row_error(reason: str) -> PlatformError:
    """The typed error of one row of a ``failure_list``, told by its text: rows carry no code."""
    for pattern, error, facts in _ROW_ERRORS:
        if pattern.search(reason):
            return error(reason, platform="shopee", sent="yes", raw={"failed_reason": reason}, **facts)
    return InvalidRequest(reason, platform="shopee", sent="yes", raw={"failed_reason": reason})


def refused_rows(error: PlatformError) -> Mapping[str, Any]:
    """The payload of a call whose every row failed: such a call says so in its envelope too.

    Raises the error where it holds no rows.
    """
    answer = (error.raw or {}).get("response") if isinstance(error.raw, Mapping) else None
    if isinstance(answer, Mapping) and answer.get("failure_list"):
        return answer
    raise error
