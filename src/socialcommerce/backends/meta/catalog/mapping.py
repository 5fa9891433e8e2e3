"""Meta's catalogue as models: an item is a variant, a group of items (or an item by itself) a product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from attrs import define, frozen

from socialcommerce.backends.meta.catalog.prices import instant, shown
from socialcommerce.backends.meta.codes import catalog as codes
from socialcommerce.models.base import Blueprint
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.product import (
    AttributeValue,
    CategoryRef,
    Condition,
    Inventory,
    Limits,
    Option,
    Parcel,
    Product,
    ProductStatus,
    Ref,
    Review,
    Sale,
    StockLevel,
    Variant,
)

__all__ = [
    "Shelf",
    "found",
    "leading",
    "limits",
    "options_of",
    "sellable",
    "sku_rows",
    "status",
    "stock_level",
]

Json = Mapping[str, Any]
Detail: TypeAlias = Literal["full", "summary", "ids"]

_SUMMARY = (
    "description",
    "categories",
    "brand",
    "attributes",
    "options",
    "media",
    "url",
    "condition",
    "package",
)
_IDS = (*_SUMMARY, "title", "status", "native_status", "review", "group_id")
_UNREAD: Mapping[str, tuple[str, ...]] = {"full": (), "summary": _SUMMARY, "ids": _IDS}
_SUMMARY_VARIANT = ("gtin", "options", "media", "is_default", "weight_g")
_STOCK = ("inventory", "available")
_IDS_VARIANT = (
    *_SUMMARY_VARIANT,
    *_STOCK,
    "title",
    "price",
    "base_price",
    "sale",
    "status",
    "native_status",
    "group_id",
)
_UNREAD_VARIANT: Mapping[str, tuple[str, ...]] = {
    "full": (),
    "summary": _SUMMARY_VARIANT,
    "ids": _IDS_VARIANT,
}
_ORDER: Sequence[ProductStatus] = (
    "active",
    "under_review",
    "rejected",
    "inactive",
    "draft",
)
"""The status of a group is the first of these that one of its items has."""


@frozen
class Shelf:
    """Makes models of one platform's rows, at one instant (a sale runs at it or does not).

    ``detail`` says which fields the rows carry; all others are not loaded.
    """

    platform: str
    now: datetime
    detail: Detail = "full"

    def item(self, row: Json) -> Product:
        """An item by itself: a product with one variant."""
        listed = _Listed(self, row, (row,), row)
        return _products(self.platform)(listed, missing=_UNREAD[self.detail], id=str(row["id"]), raw=row)

    def group(self, row: Json) -> Product:
        """A product group with its items in ``products.data``; without items it is empty."""
        items: Sequence[Json] = (row.get("products") or {}).get("data") or ()
        first = items[0] if items else {}
        key = row.get("retailer_id") or first.get("retailer_product_group_id")
        listed = _Listed(self, {**first, "retailer_product_group_id": key}, items, row)
        return _products(self.platform)(listed, missing=_UNREAD[self.detail], id=str(row["id"]), raw=row)

    def variant(self, row: Json) -> Variant:
        """An item as what is bought; a price whose text could be two amounts is not loaded."""
        sold = _Sold(row, self.now)
        missing = _UNREAD_VARIANT[self.detail]
        if self.detail != "ids":
            missing = (*missing, *sold.unreadable())
        return _variants(self.platform)(sold, missing=missing, id=str(row["id"]), raw=row)

    def unread(self, product_id: str, title: str) -> Product:
        """A product that was written and cannot be read: its id and title, and nothing else is known."""
        missing = ("review", "variants", "status", "native_status", *_SUMMARY)
        return Product.build(
            missing=missing, id=product_id, platform=self.platform, native_ids={}, title=title
        )


@define(eq=False)
class _Listed:
    """What a product is read from: its first item for its words, all of its items, and its whole payload."""

    shelf: Shelf
    first: Json
    items: Sequence[Json]
    raw: Json

    def ids(self) -> dict[str, str]:
        """Every id that Meta gave."""
        row = self.raw
        if row is not self.first:
            key = self.first["retailer_product_group_id"] or ""
            return {"product_group_id": str(row["id"]), "retailer_id": key}
        ids = _ids(row)
        group = row.get("product_group")
        return {**ids, "product_group_id": group["id"]} if group else ids

    def judged(self) -> tuple[ProductStatus, str | None, Review | None]:
        """Status, Meta's own words for it, and its review."""
        chief = leading(self.items)
        return status(chief), native_status(chief), review(chief)


@define(eq=False)
class _Sold:
    """What a variant is read from, and the instant at which its price counts."""

    row: Json
    now: datetime

    def unreadable(self) -> tuple[str, ...]:
        """The prices whose texts have no one meaning."""
        price, base, _ = self.prices()
        if price is not None:
            return ()
        return ("price",) if base is not None else ("price", "base_price")

    def prices(self) -> tuple[Money | None, Money | None, Sale | None]:
        """What a buyer pays now, what the seller asks, and a sale."""
        row = self.row
        currency = row.get("currency")
        base = shown(row.get("price"), currency)
        if not row.get("sale_price"):
            return base, base, None
        lowered = shown(row["sale_price"], currency)
        start, end = instant(row.get("sale_price_start_date")), instant(row.get("sale_price_end_date"))
        runs = (start is None or start <= self.now) and (end is None or self.now < end)
        until = None if end is not None and end >= codes.OPEN_END else end
        sale = Sale.build(price=lowered, from_=start, until=until) if lowered is not None else None
        return (lowered if runs else base), base, sale


def _ids(row: Json) -> dict[str, str]:
    return {"product_id": str(row["id"]), "retailer_id": row.get("retailer_id") or ""}


def leading(items: Sequence[Json]) -> Json:
    """The item whose status is that of the product."""
    if len(items) < 2:
        return items[0] if items else {}
    by_status = {status(item): item for item in reversed(items)}
    return next((by_status[one] for one in _ORDER if one in by_status), items[0])


def status(row: Json) -> ProductStatus:
    """The status of an item, from Meta's review and whether the seller shows it."""
    reviewed, visible = row.get("review_status"), row.get("visibility") != "staging"
    if reviewed == "approved":
        return "active" if visible else "inactive"
    if reviewed == "rejected":
        return "rejected"
    if reviewed in ("pending", "outdated"):
        return "under_review"
    if reviewed:
        return "other"
    return "under_review" if visible else "draft"


def native_status(row: Json) -> str | None:
    """Meta's two words together, as ``approved/published``."""
    words = [row.get("review_status"), row.get("visibility")]
    return "/".join(word for word in words if word) or None


def review(row: Json) -> Review | None:
    """The judgement of an item, with what Meta holds against it."""
    native = row.get("review_status")
    found = row.get("errors")
    if not native and not found:
        return None
    reasons = [*(row.get("review_rejection_reasons") or ()), *map(_told, found or ())]
    return _review(native or None, tuple(reasons))


@lru_cache(maxsize=1024)
def _review(native: str | None, reasons: tuple[str, ...]) -> Review:
    """Frozen, and the same for most items."""
    known = codes.REVIEWS.get(native, "other") if native else "pending"
    return Review.build(status=known, native_status=native, reasons=reasons)


def _told(error: Json) -> str:
    words = (error.get("title"), error.get("description"))
    return ": ".join(word for word in words if word) or str(error.get("error_type") or "")


def sellable(row: Json) -> int | None:
    """What can still be bought: nothing where ``availability`` says so, else the count; None without one."""
    if row.get("availability", "in stock") not in codes.SELLABLE:
        return 0
    return _count(row)


def _count(row: Json) -> int | None:
    count = row.get("quantity_to_sell_on_facebook")
    count = row.get("inventory") if count is None else count
    return int(count) if count is not None else None


def _inventory(row: Json) -> tuple[Inventory, ...]:
    count = _count(row)
    return () if count is None else (Inventory.build(on_hand=count, available=sellable(row)),)


def _weight(row: Json) -> Decimal | None:
    return _grams(row.get("shipping_weight_value"), row.get("shipping_weight_unit"))


def _package(row: Json) -> Parcel | None:
    weight = _weight(row)
    return Parcel.build(weight_g=weight) if weight is not None else None


def _condition(row: Json) -> Condition | None:
    native = row.get("condition")
    return codes.CONDITIONS.get(native, "other") if native else None


@lru_cache(maxsize=1024)
def _grams(weight: Any, unit: str | None) -> Decimal | None:
    scale = codes.GRAMS.get(unit or "")
    return Decimal(str(weight)) * scale if scale is not None and weight else None


def _categories(row: Json) -> tuple[CategoryRef, ...]:
    return _category_refs(row.get("category"), row.get("fb_product_category"))


@lru_cache(maxsize=1024)
def _category_refs(google: str | None, facebook: str | None) -> tuple[CategoryRef, ...]:
    """Frozen, and the same for all items of a category."""
    trees = {codes.GOOGLE: google, codes.FACEBOOK: facebook}
    return tuple([CategoryRef.build(tree=tree, id=str(key)) for tree, key in trees.items() if key])


def _attributes(row: Json) -> Iterator[AttributeValue]:
    for name, column in codes.READ_COLUMNS.items():
        value = row.get(name)
        if value:
            yield AttributeValue.build(id=column, name=column, values=(str(value),))


def options_of(row: Json) -> dict[str, str]:
    """What an item chooses of each option, by their names."""
    chosen = {name: row[field] for field, name in codes.OPTIONS.items() if row.get(field)}
    further = row.get("additional_variant_attributes")
    for pair in further or ():
        # A list of maps, either {"Fit": "Regular"} or {"key": "Fit", "value": "Regular"}.
        if pair.keys() == {"key", "value"}:
            chosen[pair["key"]] = pair["value"]
        else:
            chosen.update(pair)
    return chosen


def _options(items: Iterable[Json]) -> tuple[Option, ...]:
    """The options of all items, each with the values that are there."""
    found: dict[str, dict[str, None]] = {}
    for item in items:
        for name, value in options_of(item).items():
            found.setdefault(name, {})[value] = None
    return tuple([Option.build(name=name, values=tuple(values)) for name, values in found.items()])


def _media(items: Iterable[Json]) -> tuple[Media, ...]:
    """The pictures of items, each once."""
    addresses = dict.fromkeys(url for item in items for url in _addresses(item))
    return tuple([Media.build(url=url) for url in addresses])


def _addresses(row: Json) -> list[str]:
    first = row.get("image_url")
    return [*([first] if first else ()), *(row.get("additional_image_urls") or ())]


@lru_cache(maxsize=8)
def _products(platform: str) -> Blueprint[Product, _Listed]:
    return Blueprint(
        Product,
        platform,
        {
            "native_ids": _Listed.ids,
            "title": lambda one: one.first.get("name") or "",
            ("status", "native_status", "review"): _Listed.judged,
            "group_id": lambda one: one.first.get("retailer_product_group_id"),
            "description": lambda one: one.first.get("description"),
            "categories": lambda one: _categories(one.first),
            "brand": lambda one: one.first.get("brand") or None,
            "attributes": lambda one: tuple(_attributes(one.first)),
            "options": lambda one: _options(one.items),
            "variants": lambda one: tuple([one.shelf.variant(item) for item in one.items]),
            "media": lambda one: _media(one.items),
            "url": lambda one: one.first.get("url") or None,
            "condition": lambda one: _condition(one.first),
            "package": lambda one: _package(one.first),
        },
    )


@lru_cache(maxsize=8)
def _variants(platform: str) -> Blueprint[Variant, _Sold]:
    return Blueprint(
        Variant,
        platform,
        {
            "native_ids": lambda one: _ids(one.row),
            "sku": lambda one: one.row.get("retailer_id") or None,
            "title": lambda one: one.row.get("name"),
            "group_id": lambda one: one.row.get("retailer_product_group_id"),
            # Each by itself: one may be loaded where another has no readable text.
            "price": lambda one: one.prices()[0],
            "base_price": lambda one: one.prices()[1],
            "sale": lambda one: one.prices()[2],
            "status": lambda one: status(one.row),
            "native_status": lambda one: native_status(one.row),
            "available": lambda one: sellable(one.row),
            "inventory": lambda one: _inventory(one.row),
            "options": lambda one: options_of(one.row),
            "is_default": lambda one: not options_of(one.row),
            "gtin": lambda one: one.row.get("gtin") or None,
            "media": lambda one: _media((one.row,)),
            "weight_g": lambda one: _weight(one.row),
        },
    )


def stock_level(ref: Ref, row: Json) -> StockLevel:
    """What an item's stock is, under the ref that was asked for."""
    return StockLevel.build(ref=ref, available=sellable(row), locations=_inventory(row))


def found(row: Json) -> Ref:
    """Where a SKU is sold: the item is the product and its only variant."""
    return Ref.build(sku=row["retailer_id"], product_id=str(row["id"]), variant_id=str(row["id"]))


def sku_rows(items: Iterable[Json]) -> list[tuple[str, dict[str, str]]]:
    """The SKU of every item, with where it is sold."""
    return [
        (row["retailer_id"], {"product_id": str(row["id"]), "variant_id": str(row["id"])})
        for row in items
        if row.get("retailer_id")
    ]


def limits() -> Limits:
    """The constants of Meta's feed specification."""
    return Limits.build(
        title_min=1,
        title_max=codes.TITLE_MAX,
        description_max=codes.DESCRIPTION_MAX,
        images_min=1,
        images_max=1 + codes.EXTRA_IMAGES,
        stock_min=0,
    )
