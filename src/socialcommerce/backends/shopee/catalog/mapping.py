"""What Shopee's items, models, categories and limits mean as models of this library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.backends.shopee.regions import Region
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
    "instant",
    "limits",
    "product",
    "sku_rows",
    "stock_level",
    "stub",
    "variation",
]

Json = Mapping[str, Any]

_UNREAD = tuple(
    name
    for name in Product.model_fields
    if name
    not in {"id", "platform", "native_ids", "raw", "not_loaded", "status", "native_status", "updated_at"}
)
_UNMODELLED = ("options", "variants")
_PENDING = Review.build(status="pending", native_status="REVIEWING")


def instant(seconds: int | None) -> datetime | None:
    """Epoch seconds as an aware instant; None and 0 are unknown."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def stub(row: Json) -> Product:
    """A row of get_item_list: id, status and time of the last change, all else not loaded."""
    item_id = str(row["item_id"])
    native = row.get("item_status")
    return Product.build(
        missing=_UNREAD,
        id=item_id,
        platform="shopee",
        native_ids={"item_id": item_id},
        status=codes.STATUSES.get(native or "", "other"),
        native_status=native,
        updated_at=instant(row.get("update_time")),
        raw=row,
    )


def product(row: Json, models: Json | None = None) -> Product:
    """A row of get_item_base_info; ``models`` is the reply of get_model_list where it was read.

    Without it, the variants of an item that has models are not loaded.
    """
    item_id = str(row["item_id"])
    has_model = bool(row.get("has_model"))
    unread = has_model and models is None
    tiers = tiers_of(models) if models is not None and has_model else ()
    return Product.build(
        missing=_UNMODELLED if unread else (),
        id=item_id,
        platform="shopee",
        native_ids={"item_id": item_id},
        title=row.get("item_name", ""),
        description=_description(row),
        status=_status(row),
        native_status=row.get("item_status"),
        review=_PENDING if row.get("item_status") == "REVIEWING" else None,
        categories=_categories(row),
        brand=_brand(row),
        attributes=tuple(map(_attribute_value, row.get("attribute_list") or ())),
        options=tuple([Option.build(name=name, values=_names(choices)) for name, choices in tiers]),
        variants=() if unread else tuple(_variants(row, models, tiers)),
        media=tuple(_media(row)),
        condition={"NEW": "new", "USED": "used"}.get(row.get("condition") or ""),
        package=_parcel(row),
        created_at=instant(row.get("create_time")),
        updated_at=instant(row.get("update_time")),
        raw=row if models is None else {**row, "model_list": models},
    )


def _status(row: Json) -> Any:
    native = row.get("item_status", "")
    if native == "UNLIST" and row.get("scheduled_publish_time"):
        return "scheduled"
    return codes.STATUSES.get(native, "other")


def _description(row: Json) -> str | None:
    extended = (row.get("description_info") or {}).get("extended_description")
    if not extended:
        return row.get("description")
    texts = [part.get("text") for part in extended.get("field_list") or ()]
    return "\n".join(text for text in texts if text)


def _categories(row: Json) -> tuple[CategoryRef, ...]:
    category_id = row.get("category_id")
    return _category_refs(category_id) if category_id else ()


@lru_cache(maxsize=1024)
def _category_refs(category_id: int) -> tuple[CategoryRef, ...]:
    """Frozen, and the same for all products of a category."""
    return (CategoryRef.build(id=str(category_id)),)


def _brand(row: Json) -> str | None:
    brand = row.get("brand") or {}
    return brand.get("original_brand_name") if brand.get("brand_id") else None


def _attribute_value(row: Json) -> AttributeValue:
    values = row.get("attribute_value_list") or ()
    chosen = any(value.get("value_id") for value in values)
    units = [value["value_unit"] for value in values if value.get("value_unit")]
    return AttributeValue.build(
        id=str(row["attribute_id"]),
        name=row.get("original_attribute_name"),
        values=tuple([value.get("original_value_name") or "" for value in values]),
        value_ids=tuple([str(value.get("value_id") or 0) for value in values]) if chosen else (),
        unit=units[0] if units else None,
    )


def _media(row: Json) -> Iterator[Media]:
    image = row.get("image") or {}
    ids, urls = image.get("image_id_list") or (), image.get("image_url_list") or ()
    for key, url in zip_longest(ids, urls):
        yield Media.build(id=key, url=url)
    for film in row.get("video_info") or ():
        yield Media.build(kind="video", url=film.get("video_url"))


def _parcel(row: Json) -> Parcel | None:
    weight, size = row.get("weight"), row.get("dimension") or {}
    if not weight and not size:
        return None
    return _packed(weight, size.get("package_length"), size.get("package_width"), size.get("package_height"))


@lru_cache(maxsize=1024)
def _packed(kilograms: Any, length: Any, width: Any, height: Any) -> Parcel:
    """Frozen, and the same for all products that go in one box."""
    return Parcel.build(
        weight_g=_grams(kilograms),
        length_mm=_millimetres(length),
        width_mm=_millimetres(width),
        height_mm=_millimetres(height),
    )


@lru_cache(maxsize=1024)
def _grams(kilograms: Any) -> Decimal | None:
    return Decimal(str(kilograms)) * 1000 if kilograms not in (None, "") else None


def _millimetres(centimetres: Any) -> Decimal | None:
    return Decimal(str(centimetres)) * 10 if centimetres else None


Tier = tuple[str, tuple[Json, ...]]


def tiers_of(models: Json) -> tuple[Tier, ...]:
    """The options of a get_model_list reply: each name with its choices ``{name, id, image}``."""
    standard = models.get("standardise_tier_variation")
    if standard:
        return tuple(
            (tier.get("variation_name") or "", tuple(map(_standard, tier.get("variation_option_list") or ())))
            for tier in standard
        )
    return tuple(
        (tier.get("name") or "", tuple(map(_plain, tier.get("option_list") or ())))
        for tier in models.get("tier_variation") or ()
    )


def _standard(choice: Json) -> Json:
    image = {"image_id": choice.get("image_id"), "image_url": choice.get("image_url")}
    return {"name": choice.get("variation_option_name") or "", "image": image}


def _plain(choice: Json) -> Json:
    return {"name": choice.get("option") or "", "image": choice.get("image") or {}}


def _names(choices: Sequence[Json]) -> tuple[str, ...]:
    return tuple(choice["name"] for choice in choices)


def _variants(row: Json, models: Json | None, tiers: tuple[Tier, ...]) -> Iterator[Variant]:
    if models is not None and row.get("has_model"):
        for model in models.get("model") or ():
            yield _variant(row, model, tiers)
        return
    own = {
        "is_default": True,
        "sku": row.get("item_sku") or None,
        "gtin": _gtin(row),
        "weight_g": _grams(row.get("weight")),
        "status": _status(row),
        "native_status": row.get("item_status"),
    }
    yield _bought(row, "0", row, own)


def _variant(row: Json, model: Json, tiers: tuple[Tier, ...]) -> Variant:
    index = model.get("tier_index") or ()
    chosen = [
        (name, choices[at]) for (name, choices), at in zip(tiers, index, strict=False) if at < len(choices)
    ]
    native = model.get("model_status")
    own = {
        "sku": model.get("model_sku") or None,
        "gtin": _gtin(model),
        "title": ", ".join(choice["name"] for _, choice in chosen) or None,
        "options": {name: choice["name"] for name, choice in chosen},
        "weight_g": _grams(model.get("weight") or row.get("weight")),
        "media": tuple(_images(choice for _, choice in chosen)),
        "status": codes.MODEL_STATUSES.get(native or "", "other"),
        "native_status": native,
    }
    return _bought(row, str(model["model_id"]), model, own)


def _bought(item: Json, variant_id: str, row: Json, own: dict[str, Any]) -> Variant:
    """A variant: what an item without models and a model have in common (ids, prices, stock), and its own."""
    if prices := row.get("price_info"):
        own["price"], own["base_price"], own["list_price"] = _prices(prices[0])
    else:
        own["missing"] = ("price", "base_price", "list_price")
    own["inventory"], own["available"] = inventory_of(row.get("stock_info_v2") or {})
    ids = {"item_id": str(item["item_id"]), "model_id": variant_id}
    return Variant.build(id=variant_id, platform="shopee", native_ids=ids, raw=row, **own)


def _prices(row: Json) -> tuple[Money | None, Money | None, Money | None]:
    """What a buyer pays now, what the seller wrote, and what is crossed out."""
    currency = row.get("currency") or "XXX"
    base = _money(row.get("original_price"), currency)
    now = _money(row.get("current_price"), currency) or base
    crossed_out = base if base is not None and now is not None and now.amount < base.amount else None
    return now, base, crossed_out


def _money(amount: Any, currency: str) -> Money | None:
    if amount is None:
        return None
    return Money.of(amount if isinstance(amount, Decimal) else Decimal(str(amount)), currency)


def _gtin(row: Json) -> str | None:
    code = row.get("gtin_code")
    return code if code and code != "00" else None


def _images(choices: Iterator[Json]) -> Iterator[Media]:
    for choice in choices:
        image = choice["image"]
        if image.get("image_id") or image.get("image_url"):
            yield Media.build(id=image.get("image_id") or None, url=image.get("image_url") or None)


def inventory_of(stock: Json) -> tuple[tuple[Inventory, ...], int | None]:
    """Stock by location, and what can still be bought in all.

    Shopee tells what is reserved for the whole and not by location. So with several locations, what
    each has available is known only while nothing is held back.
    """
    summary = stock.get("summary_info")
    if summary is None:
        return (), None
    places = [*(stock.get("seller_stock") or ()), *(stock.get("shopee_stock") or ())]
    available, reserved = int(summary["total_available_stock"]), int(summary.get("total_reserved_stock") or 0)
    if len(places) == 1:
        place, units = _place(places[0])
        only = Inventory.build(location=place, on_hand=units, reserved=reserved, available=available)
        return (only,), available
    rows = [_place(place) for place in places]
    held = sum([units for _, units in rows]) != available
    return tuple(
        [
            Inventory.build(location=place, on_hand=units, available=None if held else units)
            for place, units in rows
        ]
    ), available


def _place(row: Json) -> tuple[str | None, int]:
    return row.get("location_id") or None, int(row.get("stock") or 0)


def stock_level(ref: Ref, variant: Variant) -> StockLevel:
    """What a variant's stock is, under the ref that was asked for."""
    return StockLevel.build(ref=ref, available=variant.available, locations=variant.inventory)


def sku_rows(item: Product) -> Iterator[tuple[str, dict[str, str]]]:
    """Every SKU that a product shows, with where it is sold; a parent's SKU has no variant."""
    parent = (item.raw or {}).get("item_sku")
    variants: Sequence[Variant] = item.variants if item.loaded("variants") else ()
    if parent and parent not in [variant.sku for variant in variants]:
        yield parent, {"product_id": item.id}
    for variant in variants:
        if variant.sku:
            yield variant.sku, {"product_id": item.id, "variant_id": variant.id}


def changed(row: Json, account: str | None) -> Event:
    """A row of get_item_list as the event that it was changed or deleted."""
    native = row.get("item_status", "")
    return Event.build(
        key=f"shopee:product:{row['item_id']}:{row.get('update_time')}",
        type="product.deleted" if native in codes.DELETED else "product.updated",
        native_type=native,
        platform="shopee",
        account=account,
        ref=EventRef.build(kind="product", id=str(row["item_id"])),
        occurred_at=instant(row.get("update_time")),
        raw=row,
    )


def category(row: Json) -> Category:
    """A row of get_category; only one without children takes products."""
    parent = row.get("parent_category_id")
    return Category.build(
        id=str(row["category_id"]),
        platform="shopee",
        name=row.get("display_category_name") or row.get("original_category_name") or "",
        parent_id=str(parent) if parent else None,
        leaf=not row.get("has_children"),
        raw=row,
    )


def attribute(row: Json) -> Attribute:
    """A row of get_attribute_tree."""
    info = row.get("attribute_info") or {}
    shape = info.get("input_type")
    choice = shape in codes.CHOICES
    free = codes.ATTRIBUTE_KINDS.get(info.get("input_validation_type") or 0, "text")
    units = tuple(info.get("attribute_unit_list") or ())
    return Attribute.build(
        id=str(row["attribute_id"]),
        platform="shopee",
        name=row.get("name") or "",
        required=bool(row.get("mandatory")),
        kind="choice" if choice else free,
        multiple=shape in codes.MULTIPLE,
        custom_values=shape in codes.COMBO_BOXES,
        unit=units[0] if len(units) == 1 else None,
        units=units,
        values=tuple(
            AttributeChoice.build(id=str(value["value_id"]), name=value.get("name") or "")
            for value in row.get("attribute_value_list") or ()
        ),
        raw=row,
    )


def brand_attribute(brands: Sequence[Json], required: bool) -> Attribute:
    """The brand, which Shopee keeps apart from attributes; its id here is ``brand``."""
    choices = (
        AttributeChoice.build(id=str(row["brand_id"]), name=row.get("original_brand_name") or "")
        for row in brands
    )
    return Attribute.build(
        id="brand", platform="shopee", name="Brand", required=required, kind="choice", values=tuple(choices)
    )


def variation(row: Json) -> Attribute:
    """A standard variation of a category: an option that variants may differ in."""
    groups = row.get("variation_group_list") or ()
    choices = (choice for group in groups for choice in group.get("variation_option_list") or ())
    return Attribute.build(
        id=f"variation:{row['variation_id']}",
        platform="shopee",
        native_ids={"variation_id": str(row["variation_id"])},
        name=row.get("variation_name") or "",
        kind="choice",
        custom_values=True,
        variant=True,
        values=tuple(
            AttributeChoice.build(
                id=str(choice["variation_option_id"]), name=choice.get("variation_option_name") or ""
            )
            for choice in choices
        ),
        raw=row,
    )


def limits(row: Json, region: Region) -> Limits:
    """The reply of get_item_limit; prices in the currency of the shop's region."""
    price = _range(row, "price_limit")
    title, text = _range(row, "item_name_length_limit"), _range(row, "item_description_length_limit")
    images, stock = _range(row, "item_image_count_limit"), _range(row, "stock_limit")
    return Limits.build(
        title_min=title[0],
        title_max=title[1],
        description_min=text[0],
        description_max=text[1],
        images_min=images[0],
        images_max=images[1],
        variants_max=codes.MODELS_MAX,
        options_max=codes.TIERS_MAX,
        price_min=_money(price[0], region.currency),
        price_max=_money(price[1], region.currency),
        price_step=Money.of(region.price_step, region.currency),
        stock_min=stock[0],
        stock_max=stock[1],
        weight_required=bool((row.get("weight_limit") or {}).get("weight_mandatory", True)),
        dimensions_required=bool((row.get("dimension_limit") or {}).get("dimension_mandatory")),
        raw=row,
    )


def _range(row: Json, name: str) -> tuple[Any, Any]:
    bounds = row.get(name) or {}
    return bounds.get("min_limit"), bounds.get("max_limit")
