"""Meta's product words and what they mean here; the limits that its documents fix; what it refuses.

WhatsApp's catalogue is a Meta catalogue, so all of it holds for both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from socialcommerce.models.product import Condition, ReviewStatus
from socialcommerce.resources.capability import Level, Refusal

NO_TIMES: Final = Refusal(
    "items expose no modification time, nor a filter for one", "catalog.list() and compare with what you keep"
)
NO_COPY: Final = Refusal(
    "review_status tells the state of an item, no call reads a second, pending copy; 'live' is the default",
    "catalog.get(id).review",
)

REFUSALS: Final[dict[str, Refusal]] = {
    "catalog.categories": Refusal(
        "no category call: items take free google_product_category / fb_product_category ids from public "
        "lists",
        "ProductInput(categories=[CategoryRef(tree='google_product_category', id='212')])",
    ),
    "catalog.attributes": Refusal(
        "fixed column list for every item, no per-category requirement call",
        "ProductInput(attributes={'material': 'cotton'}), and catalog.check",
    ),
    "catalog.upload_media": Refusal(
        "catalogue images are public URLs; a changed image needs a new URL",
        "Media.from_url, or Client(media_host=…)",
    ),
    "catalog.changes": Refusal(
        "items expose no modification time and nothing is pushed for them; only a full scan compared with an "
        "earlier one would tell",
        "catalog.list()",
    ),
}
SCOPES: Final = ("catalog_management",)
"""What a token must have been granted."""
FEATURES: Final[dict[str, Level | Refusal]] = {}

NO_LIST_PRICE: Final = Refusal(
    "Meta keeps a price and a sale price: while a sale runs, the price itself is the one crossed out",
    "base_price with sale=Sale(price=…)",
)
NO_LOCATION: Final = Refusal("stock has no locations in Meta catalogues (one number an item)")
NO_PARCEL: Final = Refusal(
    "Meta ships nothing, and documents no column of a batch for a parcel",
    "native={'shipping_weight': '1.2 kg'}",
)
NO_UNLISTED: Final = Refusal("an item is on sale or it is not; there is nothing between", "status='draft'")
NO_JSON: Final = Refusal("Meta reads no feed in JSON", "format='csv' or 'xml'")
FREE_ADD: Final = Refusal(
    "Meta sets absolute numbers, so an addition that was repeated would count twice",
    "give expected=… with mode='add', or set the quantity",
)

RULES: Final = {
    "catalog.create:list_price": NO_LIST_PRICE,
    "catalog.create:package": NO_PARCEL,
    "catalog.create:unlisted": NO_UNLISTED,
    "catalog.set_stock:location": NO_LOCATION,
    "catalog.set_stock:add": FREE_ADD,
    "catalog.set_prices:list_price": NO_LIST_PRICE,
}
"""What a catalogue has no place for, wherever it is given."""

REVIEWS: Final[dict[str, ReviewStatus]] = {
    "approved": "approved",
    "rejected": "rejected",
    "pending": "pending",
    "outdated": "pending",
}
CONDITIONS: Final[dict[str, Condition]] = {
    "new": "new",
    "open_box_new": "new",
    "refurbished": "refurbished",
    "cpo": "refurbished",
    "used": "used",
    "used_like_new": "used",
    "used_good": "used",
    "used_fair": "used",
}
SELLABLE: Final = frozenset({"in stock", "preorder", "available for order"})
"""What availability must say for buyers to be able to buy, whatever the count."""
AVAILABILITIES: Final = SELLABLE | {"out of stock", "discontinued", "pending", "mark_as_sold"}
ON_SALE: Final = "active"
OFF_SALE: Final = "archived"

OPTIONS: Final = {
    "color": "Color",
    "size": "Size",
    "pattern": "Pattern",
    "material": "Material",
    "gender": "Gender",
    "age_group": "Age group",
}
"""Fields in which variants differ, and what the option is called here; further ones bring their names."""
OPTION_WORDS: Final = {
    "color": "color",
    "colour": "color",
    "size": "size",
    "pattern": "pattern",
    "material": "material",
    "gender": "gender",
    "age group": "age_group",
    "age_group": "age_group",
}
CLOSED: Final = {
    "gender": frozenset({"female", "male", "unisex"}),
    "age_group": frozenset({"adult", "all ages", "teen", "kids", "toddler", "infant", "newborn"}),
    "availability": AVAILABILITIES,
    "condition": frozenset(CONDITIONS),
}
"""Columns that take nothing but these words."""
SEPARATORS: Final = frozenset(",:")
"""What no name and no value of a further option may hold."""

GRAMS: Final = {
    "kg": Decimal(1000),
    "g": Decimal(1),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}

GOOGLE: Final = "google_product_category"
FACEBOOK: Final = "fb_product_category"
TREES: Final = {None: GOOGLE, "google": GOOGLE, GOOGLE: GOOGLE, "facebook": FACEBOOK, FACEBOOK: FACEBOOK}
"""The column in which a category is written, by the tree it belongs to."""

READ_COLUMNS: Final = {
    "manufacturer_part_number": "mpn",
    "product_type": "product_type",
    **{f"custom_label_{number}": f"custom_label_{number}" for number in range(5)},
}
"""Fields of an item that are read as attributes, and the column in which each is written."""
COLUMNS: Final = frozenset(
    {
        *READ_COLUMNS.values(),
        *CLOSED,
        *(f"custom_number_{number}" for number in range(5)),
        "additional_variant_attribute",
        "applink",
        "color",
        "expiration_date",
        "importer_address",
        "importer_name",
        "manufacturer_info",
        "material",
        "mobile_link",
        "origin_country",
        "pattern",
        "rich_text_description",
        "shipping",
        "shipping_weight",
        "short_description",
        "size",
        "tax",
        "video",
        "wa_compliance_category",
    }
)
"""What ``native={…}`` and ``attributes`` of a product may hold: columns of the items."""

FULL: Final = (
    "id,retailer_id,name,description,availability,condition,price,sale_price,sale_price_start_date,"
    "sale_price_end_date,currency,inventory,quantity_to_sell_on_facebook,brand,gtin,url,image_url,"
    "additional_image_urls,retailer_product_group_id,review_status,review_rejection_reasons,visibility,"
    "category,fb_product_category,color,size,pattern,material,gender,age_group,"
    "additional_variant_attributes,errors,shipping_weight_value,shipping_weight_unit,"
    "product_group{id,retailer_id}," + ",".join(READ_COLUMNS)
)
SUMMARY: Final = (
    "id,retailer_id,name,price,sale_price,sale_price_start_date,sale_price_end_date,currency,availability,"
    "inventory,quantity_to_sell_on_facebook,review_status,visibility,retailer_product_group_id"
)
IDS: Final = "id,retailer_id"
GROUPED: Final = "id,retailer_id,product_group{id}"
STATUS: Final = "id,retailer_id,review_status,visibility"
NAMES: Final = "id,retailer_id,name,availability"
"""Enough to write to what an id names; a group has no availability, which tells it from an item."""
STOCK: Final = "id,retailer_id,availability,inventory,quantity_to_sell_on_facebook"

OWNER: Final = "product_catalog{id}"
"""Asked for beside the rest where an id was given: it may be of another catalogue of the login."""

PAGES: Final = {"full": 500, "summary": 1000, "ids": 1000}
GROUPS: Final = 50
GROUP_ITEMS: Final = 100
"""Groups a page, and items of each that come with it."""

FEW: Final = 50
"""Up to so many items are read one by one, in one request; of more, a filter takes many in one call."""
FILTERED: Final = 100
FILTERS: Final = 10
"""SKUs in one filter, and filters in one request."""

BATCH_ROWS: Final = 5000
BATCH_BYTES: Final = 28_000_000
SKU_MAX: Final = 100
TITLE_MAX: Final = 200
TITLE_ADVISED: Final = 100
DESCRIPTION_MAX: Final = 9999
DESCRIPTION_ADVISED: Final = 5000
EXTRA_IMAGES: Final = 20

FINISHED: Final = "finished"
FAILED: Final = frozenset({"error", "failed", "canceled"})
"""How a batch ends; any other word means that it is still worked on."""
BATCH_DEADLINE: Final = 1800.0
"""Seconds after which a batch is no longer waited for; two minutes are usual."""

OPEN_END: Final = datetime(2099, 12, 31, 23, 59, tzinfo=UTC)
"""How a sale without an end is written, since Meta takes both ends or none."""
