"""TikTok Shop's catalogue as models: products with their SKUs, categories, attributes, events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from socialcommerce.backends.tiktok.shop.codes import catalog as codes
from socialcommerce.backends.tiktok.shop.noun import Json, instant
from socialcommerce.backends.tiktok.shop.regions import Region
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


def summary(row: Json) -> Product:
    """A row of products/search: what it leaves out is not loaded."""
    return Product.build(
        missing=_UNREAD,
        variants=tuple([_variant(row, sku, _UNREAD_VARIANT) for sku in row.get("skus") or ()]),
        **_common(row),
    )


def product(row: Json, *, pending: bool = False) -> Product:
    """The reply of GET product; ``pending`` is the copy under review or the draft, whatever is on sale."""
    fields = _common(row)
    if pending and (row.get("audit") or {}).get("status") in ("AUDITING", "PRE_APPROVED"):
        fields["status"] = "under_review"
    skus: Sequence[Json] = row.get("skus") or ()
    return Product.build(
        description=row.get("description"),
        categories=tuple(
            CategoryRef.build(id=str(step["id"]), name=step.get("local_name"))
            for step in row.get("category_chains") or ()
            if step.get("is_leaf")
        ),
        brand=(row.get("brand") or {}).get("name") or None,
        attributes=tuple([_attribute_value(one) for one in row.get("product_attributes") or ()]),
        options=tuple(_options(skus)),
        variants=tuple([_variant(row, sku) for sku in skus]),
        media=tuple(_media(row)),
        package=_parcel(row),
        **fields,
    )


def unread(product_id: str, title: str) -> Product:
    """A product that was written and cannot be read: its id and name, and nothing else is known."""
    missing = ("description", "categories", "attributes", "options", "variants", "media", "package")
    return Product.build(missing=missing, **_common({"id": product_id, "title": title}))


def _common(row: Json) -> dict[str, Any]:
    native = row.get("status") or ""
    ids = {"product_id": str(row["id"]), "external_product_id": row.get("external_product_id")}
    return {
        "id": str(row["id"]),
        "platform": "tiktok_shop",
        "native_ids": {name: str(value) for name, value in ids.items() if value},
        "title": row.get("title") or "",
        "status": codes.STATUSES.get(native, "other"),
        "native_status": native or None,
        "review": _review(row),
        "created_at": instant(row.get("create_time")),
        "updated_at": instant(row.get("update_time")),
        "raw": row,
    }


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


def _variant(row: Json, sku: Json, missing: Sequence[str] = ()) -> Variant:
    options, price = options_of(sku), sku.get("price") or {}
    shown = _money(price.get("sale_price") or price.get("tax_exclusive_price"), price.get("currency"))
    crossed_out = sku.get("list_price") or {}
    native = (sku.get("status_info") or {}).get("status")
    fields: dict[str, Any] = {
        "id": str(sku["id"]),
        "platform": "tiktok_shop",
        "native_ids": {"product_id": str(row["id"]), "sku_id": str(sku["id"])},
        "is_default": not options and len(row.get("skus") or ()) == 1,
        "sku": sku.get("seller_sku") or None,
        "gtin": (sku.get("identifier_code") or {}).get("code") or None,
        "title": ", ".join(options.values()) or None,
        "options": options,
        "price": shown,
        "base_price": shown,
        "list_price": _money(crossed_out.get("amount"), crossed_out.get("currency")),
        "weight_g": _grams(sku.get("sku_weight")),
        "media": tuple(_images(sku)),
        "status": codes.SKU_STATUSES.get(native or "", "other"),
        "native_status": native,
        "raw": sku,
        **_stock(sku.get("inventory")),
    }
    unread = (*missing, *(() if shown else ("price",)))
    return Variant.build(
        missing=unread, **{name: value for name, value in fields.items() if name not in unread}
    )


def _stock(rows: Sequence[Json] | None) -> dict[str, Any]:
    if rows is None:
        return {}
    places = [
        Inventory.build(location=str(row["warehouse_id"]), available=int(row.get("quantity") or 0))
        for row in rows
    ]
    return {"inventory": tuple(places), "available": sum(place.available or 0 for place in places)}


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
