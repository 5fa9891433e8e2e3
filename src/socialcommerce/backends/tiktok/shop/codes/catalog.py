"""TikTok Shop's product words and what they mean here; the limits that its documents fix; refusals."""

from __future__ import annotations

from typing import Final

from socialcommerce.models.product import ProductStatus, ReviewStatus
from socialcommerce.resources.capability import Level, Refusal

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

SEARCHED: Final = tuple(native for natives in NATIVE_STATUSES.values() for native in natives)
ON_SHELF: Final = "ACTIVATE"
DELETED: Final = "DELETED"
DRAFT: Final = "DRAFT"
SKU_STATUSES: Final[dict[str, ProductStatus]] = {"NORMAL": "active", "DEACTIVATED": "inactive"}
REVIEWS: Final[dict[str, ReviewStatus]] = {
    "AUDITING": "pending",
    "PRE_APPROVED": "pending",
    "FAILED": "rejected",
    "APPROVED": "approved",
}
EVENTS: Final = {"DELETED": "product.deleted", "FREEZE": "product.status_changed"}
"""What a row of that status says has happened; any other one was updated."""

PAGE: Final = 100
SKUS_A_SEARCH: Final = 50
STOCK_PRODUCTS: Final = 100
WRITE_ROWS: Final = 20
BRAND_PAGE: Final = 100
SEARCH_ROWS: Final = 10_000
SEARCH_CAP: Final = "12052180"
"""A search reaches so many rows; more are refused with this code, so its window is cut."""

OPENED: Final = 1_577_836_800
"""No product is older than the year 2020."""

DESCRIPTION_MAX: Final = 10_000
IMAGES_MAX: Final = 9
OPTIONS_MAX: Final = 3
STOCK_MAX: Final = 99_999
KEY_MAX: Final = 128
SKU_MAX: Final = 50
IMAGE_BYTES: Final = 10_000_000
PDF_BYTES: Final = 20_000_000
VIDEO_BYTES: Final = 100_000_000
IMAGE_TYPES: Final = frozenset(
    {"image/jpeg", "image/jpg", "image/png", "image/webp", "image/heic", "image/bmp"}
)
USE_CASES: Final = {
    "product": "MAIN_IMAGE",
    "variant": "ATTRIBUTE_IMAGE",
    "description": "DESCRIPTION_IMAGE",
    "size_chart": "SIZE_CHART_IMAGE",
    "proof": "CERTIFICATION_IMAGE",
}
WRITTEN_STATUSES: Final = {"active": "LISTING", "draft": "AS_DRAFT"}
GLOBAL_SELLER: Final = "CROSS_BORDER"
LIST_PRICE_CURRENCY: Final = "USD"

PARTIAL_EXTRAS: Final = frozenset(
    {
        "auto_translate_enabled",
        "brand_id",
        "category_version",
        "certifications",
        "external_product_id",
        "inventory_mode",
        "is_blind_box",
        "is_cod_allowed",
        "key_product_features",
        "listing_platforms",
        "locale",
        "manufacturer_ids",
        "pod_info",
        "responsible_person_ids",
        "scheduled_sale",
        "search_terms",
        "size_chart",
        "subscribe_info_edit",
        "video",
    }
)
"""What ``native={…}`` of a product may hold and partial_edit takes."""
WHOLE_EXTRAS: Final = frozenset(
    {
        "delivery_option_ids",
        "is_live_quick",
        "is_pre_owned",
        "minimum_order_quantity",
        "product_tag_operations",
        "purchase_order_quantity_limit",
        "selling_format",
        "shipping_insurance_requirement",
        "shipping_template_id",
    }
)
"""What of it only creating, and replacing a product whole, takes."""
CREATE_EXTRAS: Final = (
    PARTIAL_EXTRAS - {"inventory_mode", "pod_info", "subscribe_info_edit"}
    | WHOLE_EXTRAS
    | {"is_not_for_sale", "primary_combined_product_id"}
)
"""What ``native={…}`` of a new product may hold."""
UNCHECKED: Final = frozenset(
    {
        "auto_translate_enabled",
        "category_version",
        "is_blind_box",
        "is_not_for_sale",
        "purchase_order_quantity_limit",
        "save_mode",
    }
)
"""Fields of a new product that listing_check does not take."""
SKU_EXTRAS: Final = frozenset(
    {
        "combined_skus",
        "external_list_prices",
        "external_sku_id",
        "external_urls",
        "extra_identifier_codes",
        "fees",
        "identifier_code",
        "inventory",
        "pre_sale",
        "sku_unit_count",
    }
)
"""What ``native={…}`` of a variant may hold; ``inventory`` is its stock in several warehouses."""

PRICES_BY_PROMOTION: Final = Refusal(
    "a lower price for a time is a promotion activity, which is a thing of its own",
    'client.call("POST", "/promotion/202309/activities", …)',
)
LIST_PRICES: Final = Refusal("TikTok Shop keeps list prices in the United States alone, in USD", "base_price")
FREE_ADD: Final = Refusal(
    "TikTok Shop sets absolute numbers, so an addition that was repeated would count twice",
    "give expected=… with mode='add', or set the quantity",
)
