"""TikTok Shop's catalogue as models: products with their SKUs, categories, attributes, events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import define

from socialcommerce.backends.tiktok.shop.codes import catalog as codes
from socialcommerce.backends.tiktok.shop.noun import Json, instant
from socialcommerce.backends.tiktok.shop.regions import Region
from socialcommerce.models.base import Blueprint
from socialcommerce.models.event import Event, EventRef
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.product import (
    Attribute,
    AttributeChoice,
    AttributeValue,
    Category,
    CategoryRef,
    Inventory,
    Limits,
    Option,
    Parcel,
    Product,
    Ref,
    Review,
    StockLevel,
    Variant,
)

__all__ = [
    "attribute",
    "brand_attribute",
    "category",
    "changed",
    "limits",
    "product",
    "sku_rows",
    "stock_level",
    "summary",
]

_UNREAD = ("description", "categories", "brand", "attributes", "options", "media", "package")
_UNREAD_VARIANT = ("options", "gtin", "media", "weight_g", "title")
_GRAMS = {"KILOGRAM": Decimal(1000), "GRAM": Decimal(1), "POUND": Decimal("453.59237")}
_MILLIMETRES = {"CENTIMETER": Decimal(10), "INCH": Decimal("25.4")}


@define(eq=False)
class _Shown:
    """A product's row; ``pending`` is the copy under review or the draft, whatever is on sale."""

    row: Json
    pending: bool = False
    unread: tuple[str, ...] = ()
    """What its variants' rows leave out."""

    def variants(self) -> tuple[Variant, ...]:
        """Its SKUs."""
        return tuple([_variant(self.row, sku, self.unread) for sku in self.row.get("skus") or ()])


def summary(row: Json) -> Product:
    """A row of products/search: what it leaves out is not loaded."""
    return _PRODUCT(_Shown(row, unread=_UNREAD_VARIANT), missing=_UNREAD, id=str(row["id"]), raw=row)


def product(row: Json, *, pending: bool = False) -> Product:
    """The reply of GET product; ``pending`` is the copy under review or the draft, whatever is on sale."""
    return _PRODUCT(_Shown(row, pending), id=str(row["id"]), raw=row)


def unread(product_id: str, title: str) -> Product:
    """A product that was written and cannot be read: its id and name, and nothing else is known."""
    missing = ("description", "categories", "attributes", "options", "variants", "media", "package")
    row = {"id": product_id, "title": title}
    return _PRODUCT(_Shown(row), missing=missing, id=product_id, raw=row)


def _native_ids(shown: _Shown) -> dict[str, str]:
    names = {"product_id": shown.row["id"], "external_product_id": shown.row.get("external_product_id")}
    return {name: str(value) for name, value in names.items() if value}


def _status(shown: _Shown) -> Any:
    if shown.pending and (shown.row.get("audit") or {}).get("status") in ("AUDITING", "PRE_APPROVED"):
        return "under_review"
    return codes.STATUSES.get(shown.row.get("status") or "", "other")


def _categories(shown: _Shown) -> tuple[CategoryRef, ...]:
    steps = shown.row.get("category_chains") or ()
    return tuple(
        CategoryRef.build(id=str(step["id"]), name=step.get("local_name"))
        for step in steps
        if step.get("is_leaf")
    )


def _review(row: Json) -> Review | None:
    audit = row.get("audit") or {}
    native = audit.get("status")
    if native in (None, "NONE"):
        return None
    failures = row.get("audit_failed_reasons") or ()
    reasons = [
        text for one in failures for text in (*(one.get("reasons") or ()), *(one.get("suggestions") or ()))
    ]
    return Review.build(
        status=codes.REVIEWS.get(native, "other"),
        native_status=native,
        reasons=(*reasons, *(audit.get("pre_approved_reasons") or ())),
    )


def _attribute_value(row: Json) -> AttributeValue:
    values = row.get("values") or ()
    return AttributeValue.build(
        id=str(row["id"]),
        name=row.get("name"),
        values=tuple([value.get("name") or "" for value in values]),
        value_ids=tuple([str(value["id"]) for value in values if value.get("id")]),
    )


def _options(skus: Sequence[Json]) -> Iterator[Option]:
    found: dict[str, dict[str, None]] = {}
    for sku in skus:
        for name, value in options_of(sku).items():
            found.setdefault(name, {})[value] = None
    for name, values in found.items():
        yield Option.build(name=name, values=tuple(values))


def options_of(sku: Json) -> dict[str, str]:
    """What a SKU chooses of each option, by their names."""
    chosen = sku.get("sales_attributes") or ()
    return {one.get("name") or str(one.get("id")): one.get("value_name") or "" for one in chosen}


@define(eq=False)
class _Sku:
    """A SKU of a product's row."""

    row: Json
    sku: Json

    def options(self) -> dict[str, str]:
        """What it chooses of each option."""
        return options_of(self.sku)


def _variant(row: Json, sku: Json, missing: tuple[str, ...] = ()) -> Variant:
    """A SKU; a price, or a stock, that the row does not tell is not loaded, or unknown."""
    unpriced = () if _shown_price(sku) else ("price",)
    return _VARIANT(_Sku(row, sku), missing=(*missing, *unpriced), id=str(sku["id"]), raw=sku)


def _shown_price(sku: Json) -> Money | None:
    price = sku.get("price") or {}
    return _money(price.get("sale_price") or price.get("tax_exclusive_price"), price.get("currency"))


def _list_price(one: _Sku) -> Money | None:
    crossed_out = one.sku.get("list_price") or {}
    return _money(crossed_out.get("amount"), crossed_out.get("currency"))


def _statuses(one: _Sku) -> tuple[Any, str | None]:
    native = (one.sku.get("status_info") or {}).get("status")
    return codes.SKU_STATUSES.get(native or "", "other"), native


def _stock(one: _Sku) -> tuple[tuple[Inventory, ...], int | None]:
    rows = one.sku.get("inventory")
    if rows is None:
        return (), None
    places = [
        Inventory.build(location=str(row["warehouse_id"]), available=int(row.get("quantity") or 0))
        for row in rows
    ]
    return tuple(places), sum(place.available or 0 for place in places)


def _money(amount: Any, currency: Any) -> Money | None:
    return Money.of(Decimal(str(amount)), currency) if amount not in (None, "") and currency else None


def _images(sku: Json) -> Iterator[Media]:
    for one in sku.get("sales_attributes") or ():
        for image in (one.get("sku_img"), *(one.get("supplementary_sku_images") or ())):
            if image:
                yield _image(image)


def _image(row: Json) -> Media:
    urls = row.get("urls") or (None,)
    return Media.build(id=row.get("uri"), url=urls[0], width=row.get("width"), height=row.get("height"))


def _media(row: Json) -> Iterator[Media]:
    yield from map(_image, row.get("main_images") or ())
    film = row.get("video")
    if film:
        yield Media.build(kind="video", id=film.get("id"), url=film.get("url"))


def _parcel(row: Json) -> Parcel | None:
    weight, size = row.get("package_weight"), row.get("package_dimensions") or {}
    if not weight and not size:
        return None
    scale = _MILLIMETRES.get(size.get("unit") or "")
    lengths = {
        f"{name}_mm": Decimal(size[name]) * scale if scale and size.get(name) else None
        for name in ("length", "width", "height")
    }
    return Parcel.build(weight_g=_grams(weight), **lengths)


def _grams(weight: Json | None) -> Decimal | None:
    scale = _GRAMS.get((weight or {}).get("unit") or "")
    return Decimal(str((weight or {})["value"])) * scale if scale and (weight or {}).get("value") else None


_VARIANT: Blueprint[Variant, _Sku] = Blueprint(
    Variant,
    "tiktok_shop",
    {
        "native_ids": lambda one: {"product_id": str(one.row["id"]), "sku_id": str(one.sku["id"])},
        "is_default": lambda one: not one.options() and len(one.row.get("skus") or ()) == 1,
        "sku": lambda one: one.sku.get("seller_sku") or None,
        "gtin": lambda one: (one.sku.get("identifier_code") or {}).get("code") or None,
        "title": lambda one: ", ".join(one.options().values()) or None,
        "options": _Sku.options,
        "price": lambda one: _shown_price(one.sku),
        "base_price": lambda one: _shown_price(one.sku),
        "list_price": _list_price,
        "weight_g": lambda one: _grams(one.sku.get("sku_weight")),
        "media": lambda one: tuple(_images(one.sku)),
        ("status", "native_status"): _statuses,
        ("inventory", "available"): _stock,
    },
)
_PRODUCT: Blueprint[Product, _Shown] = Blueprint(
    Product,
    "tiktok_shop",
    {
        "native_ids": _native_ids,
        "title": lambda shown: shown.row.get("title") or "",
        "description": lambda shown: shown.row.get("description"),
        "status": _status,
        "native_status": lambda shown: shown.row.get("status") or None,
        "review": lambda shown: _review(shown.row),
        "categories": _categories,
        "brand": lambda shown: (shown.row.get("brand") or {}).get("name") or None,
        "attributes": lambda shown: tuple(map(_attribute_value, shown.row.get("product_attributes") or ())),
        "options": lambda shown: tuple(_options(shown.row.get("skus") or ())),
        "variants": _Shown.variants,
        "media": lambda shown: tuple(_media(shown.row)),
        "package": lambda shown: _parcel(shown.row),
        "created_at": lambda shown: instant(shown.row.get("create_time")),
        "updated_at": lambda shown: instant(shown.row.get("update_time")),
    },
)


def stock_level(ref: Ref, row: Json) -> StockLevel:
    """A SKU row of inventory/search, under the ref that was asked for."""
    return StockLevel.build(
        ref=ref,
        available=int(row.get("total_available_quantity") or 0),
        locations=tuple(map(_shelf, row.get("warehouse_inventory") or ())),
    )


def _shelf(row: Json) -> Inventory:
    available, reserved = int(row.get("available_quantity") or 0), int(row.get("committed_quantity") or 0)
    return Inventory.build(
        location=str(row["warehouse_id"]),
        on_hand=available + reserved,
        reserved=reserved,
        available=available,
    )


def sku_rows(row: Json) -> Iterator[tuple[str, dict[str, str]]]:
    """Every SKU that a product's row shows, with where it is sold."""
    for sku in row.get("skus") or ():
        if sku.get("seller_sku"):
            yield sku["seller_sku"], {"product_id": str(row["id"]), "variant_id": str(sku["id"])}


def changed(row: Json, account: str | None) -> Event:
    """A row of products/search as the event that it was changed, deleted or frozen."""
    native = row.get("status") or ""
    return Event.build(
        key=f"tiktok_shop:product:{row['id']}:{row.get('update_time')}",
        type=codes.EVENTS.get(native, "product.updated"),
        native_type=native,
        platform="tiktok_shop",
        account=account,
        ref=EventRef.build(kind="product", id=str(row["id"])),
        occurred_at=instant(row.get("update_time")),
        raw=row,
    )


def category(row: Json, tree: str) -> Category:
    """A row of GET categories, of the tree (``v1``, ``v2``) that was asked for."""
    parent = str(row.get("parent_id") or "0")
    return Category.build(
        id=str(row["id"]),
        platform="tiktok_shop",
        name=row.get("local_name") or "",
        tree=tree,
        parent_id=parent if parent != "0" else None,
        leaf=bool(row.get("is_leaf")),
        raw=row,
    )


def attribute(row: Json) -> Attribute:
    """A row of GET attributes; ``is_requried`` is how the vendor spells it."""
    values = row.get("values") or ()
    free = "number" if row.get("value_data_format") else "text"
    return Attribute.build(
        id=str(row["id"]),
        platform="tiktok_shop",
        name=row.get("name") or "",
        required=bool(row.get("is_requried", row.get("is_required"))),
        kind="choice" if values else free,
        multiple=bool(row.get("is_multiple_selection")),
        custom_values=bool(row.get("is_customizable")),
        variant=row.get("type") == "SALES_PROPERTY",
        values=tuple(
            [AttributeChoice.build(id=str(one["id"]), name=one.get("name") or "") for one in values]
        ),
        raw=row,
    )


def brand_attribute(brands: Sequence[Json]) -> Attribute:
    """The brand, which TikTok Shop keeps apart from attributes; its id here is ``brand``."""
    choices = tuple([AttributeChoice.build(id=str(row["id"]), name=row.get("name") or "") for row in brands])
    return Attribute.build(
        id="brand", platform="tiktok_shop", name="Brand", kind="choice", custom_values=True, values=choices
    )


def limits(region: Region, rules: Mapping[str, Any] | None) -> Limits:
    """The limits of a market, and what GET rules adds for a category."""
    known = region.currency != "XXX"
    return Limits.build(
        title_min=region.title_min,
        title_max=region.title_max,
        description_min=1,
        description_max=codes.DESCRIPTION_MAX,
        images_min=1,
        images_max=codes.IMAGES_MAX,
        variants_max=region.variants,
        options_max=codes.OPTIONS_MAX,
        price_step=Money.of(region.price_step, region.currency) if known else None,
        stock_min=0,
        stock_max=codes.STOCK_MAX,
        dimensions_required=bool(((rules or {}).get("package_dimension") or {}).get("is_required")),
        raw=rules,
    )
