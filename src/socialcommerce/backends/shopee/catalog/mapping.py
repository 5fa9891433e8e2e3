"""What Shopee's items, models, categories and limits mean as models of this library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from attrs import define

from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.models.base import Blueprint
from socialcommerce.models.event import Event, EventRef
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.product import (
    AttributeValue,
    CategoryRef,
    Inventory,
    Option,
    Parcel,
    Product,
    Ref,
    Review,
    StockLevel,
    Variant,
)

__all__ = ["changed", "instant", "product", "sku_rows", "stock_level", "stub", "money"]

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


@define(eq=False)
class _Item:
    """A row of get_item_base_info, with the reply of get_model_list where it was read."""

    row: Json
    models: Json | None = None

    def tiers(self) -> tuple[Tier, ...]:
        """The options of an item that has models."""
        return tiers_of(self.models) if self.models is not None and self.row.get("has_model") else ()


def product(row: Json, models: Json | None = None) -> Product:
    """A row of get_item_base_info; ``models`` is the reply of get_model_list where it was read.

    Without it, the variants of an item that has models are not loaded.
    """
    return _PRODUCT(
        _Item(row, models),
        missing=_UNMODELLED if models is None and row.get("has_model") else (),
        id=str(row["item_id"]),
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


def _options(item: _Item) -> tuple[Option, ...]:
    return tuple([Option.build(name=name, values=_names(choices)) for name, choices in item.tiers()])


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


@define(eq=False)
class _Sold:
    """What is bought of an item: the row of one of its models, or its own where it has none."""

    item: Json
    model: Json
    tiers: tuple[Tier, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether the item is sold as it is."""
        return self.model is self.item

    @property
    def id(self) -> str:
        """The model's id; an item without models has one of id 0."""
        return "0" if self.alone else str(self.model["model_id"])

    def chosen(self) -> list[tuple[str, Json]]:
        """The choice it is of each option."""
        index = self.model.get("tier_index") or ()
        pairs = zip(self.tiers, index, strict=False)
        return [(name, choices[at]) for (name, choices), at in pairs if at < len(choices)]


def _variants(item: _Item) -> tuple[Variant, ...]:
    row = item.row
    if item.models is None or not row.get("has_model"):
        return (_variant(_Sold(row, row)),)
    tiers = item.tiers()
    return tuple([_variant(_Sold(row, model, tiers)) for model in item.models.get("model") or ()])


def _variant(sold: _Sold) -> Variant:
    missing = () if sold.model.get("price_info") else _PRICES
    return _VARIANT(sold, missing=missing, id=sold.id, is_default=sold.alone, raw=sold.model)


def _sku(sold: _Sold) -> str | None:
    return sold.model.get("item_sku" if sold.alone else "model_sku") or None


def _statuses(sold: _Sold) -> tuple[Any, str | None]:
    if sold.alone:
        return _status(sold.item), sold.item.get("item_status")
    native = sold.model.get("model_status")
    return codes.MODEL_STATUSES.get(native or "", "other"), native


def _prices(sold: _Sold) -> tuple[Money | None, Money | None, Money | None]:
    """What a buyer pays now, what the seller wrote, and what is crossed out."""
    row = sold.model["price_info"][0]
    currency = row.get("currency") or "XXX"
    base = money(row.get("original_price"), currency)
    now = money(row.get("current_price"), currency) or base
    crossed_out = base if base is not None and now is not None and now.amount < base.amount else None
    return now, base, crossed_out


def money(amount: Any, currency: str) -> Money | None:
    """An amount of the wire, a JSON number or text; None where there is none."""
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


_PRICES = ("price", "base_price", "list_price")
_VARIANT: Blueprint[Variant, _Sold] = Blueprint(
    Variant,
    "shopee",
    {
        "native_ids": lambda sold: {"item_id": str(sold.item["item_id"]), "model_id": sold.id},
        "sku": _sku,
        "gtin": lambda sold: _gtin(sold.model),
        "title": lambda sold: ", ".join(choice["name"] for _, choice in sold.chosen()) or None,
        "options": lambda sold: {name: choice["name"] for name, choice in sold.chosen()},
        _PRICES: _prices,
        ("inventory", "available"): lambda sold: inventory_of(sold.model.get("stock_info_v2") or {}),
        "weight_g": lambda sold: _grams(sold.model.get("weight") or sold.item.get("weight")),
        "media": lambda sold: tuple(_images(choice for _, choice in sold.chosen())),
        ("status", "native_status"): _statuses,
    },
)
_PRODUCT: Blueprint[Product, _Item] = Blueprint(
    Product,
    "shopee",
    {
        "native_ids": lambda item: {"item_id": str(item.row["item_id"])},
        "title": lambda item: item.row.get("item_name", ""),
        "status": lambda item: _status(item.row),
        "native_status": lambda item: item.row.get("item_status"),
        "description": lambda item: _description(item.row),
        "review": lambda item: _PENDING if item.row.get("item_status") == "REVIEWING" else None,
        "categories": lambda item: _categories(item.row),
        "brand": lambda item: _brand(item.row),
        "attributes": lambda item: tuple(map(_attribute_value, item.row.get("attribute_list") or ())),
        "options": _options,
        "variants": _variants,
        "media": lambda item: tuple(_media(item.row)),
        "condition": lambda item: {"NEW": "new", "USED": "used"}.get(item.row.get("condition") or ""),
        "package": lambda item: _parcel(item.row),
        "created_at": lambda item: instant(item.row.get("create_time")),
        "updated_at": lambda item: instant(item.row.get("update_time")),
    },
)


def _place(row: Json) -> tuple[str | None, int]:
    return row.get("location_id") or None, int(row.get("stock") or 0)


def stock_level(ref: Ref, variant: Variant) -> StockLevel:
    """What a variant's stock is, under the ref that was asked for."""
    return StockLevel.build(ref=ref, available=variant.available, locations=variant.inventory)


def sku_rows(item: Product) -> list[tuple[str, dict[str, str]]]:
    """Every SKU that a product shows, with where it is sold; a parent's SKU has no variant."""
    row: Json = item.raw or {}
    parent = row.get("item_sku")
    if not row.get("has_model"):
        return [(parent, {"product_id": item.id, "variant_id": "0"})] if parent else []
    models = (row.get("model_list") or {}).get("model") or ()
    rows = [
        (model["model_sku"], {"product_id": item.id, "variant_id": str(model["model_id"])})
        for model in models
        if model.get("model_sku")
    ]
    if parent and parent not in [sku for sku, _ in rows]:
        rows.append((parent, {"product_id": item.id}))
    return rows


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
