"""What a product becomes in the columns of a batch or a feed; what is wrong with it is said before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.catalog.prices import price, sale_columns, too_fine
from socialcommerce.backends.meta.codes import catalog as codes
from socialcommerce.backends.shared import ProductUpdate
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.product import AttributeValue, CategoryRef, ProductInput, Sale, VariantInput

__all__ = [
    "Columns",
    "advice",
    "flaws",
    "group_key",
    "kept",
    "native_flaws",
    "price_flaws",
    "stock",
    "update_flaws",
]

Json = Mapping[str, Any]
Host = Callable[[Any], str]

_WRITTEN = {"active": codes.ON_SALE, "draft": codes.OFF_SALE, "inactive": codes.OFF_SALE}
"""The ``status`` column by the status that a product shall have."""


@frozen
class Columns:
    """Writes inputs as columns.

    ``now`` is when a sale without a beginning begins; ``host`` makes public addresses of media that
    have none (``Client(media_host=…)``).
    """

    now: datetime
    host: Host | None = None

    def rows(self, product: ProductInput) -> list[dict[str, Any]]:
        """A new product: one row a variant, joined by ``item_group_id`` where there are several."""
        common = self.product(product)
        group = group_key(product)
        if group is not None:
            common["item_group_id"] = group
        return [
            {"id": one.sku, "availability": "in stock", **common, **self.variant(one)}
            for one in product.variants
        ]

    def product(self, product: ProductInput | ProductUpdate) -> dict[str, Any]:
        """What all items of a product have alike; of a change, the fields that were named."""
        new = product if isinstance(product, ProductInput) else None
        row: dict[str, Any] = {}
        for field, column in (("title", "title"), ("description", "description"), ("brand", "brand")):
            value = getattr(product, field)
            if value or (new is None and _named(product, field)):
                row[column] = value or ""
        if new and new.url:
            row["link"] = new.url
        if new or _named(product, "status"):
            row["status"] = _WRITTEN[product.status]
        if (new or _named(product, "condition")) and product.condition != "other":
            row["condition"] = product.condition
        if product.media:
            row["image"] = self.images(product.media)
        refs: Sequence[Any] = product.categories
        row |= {codes.TREES[ref.tree]: ref.id for ref in refs}
        values: Any = product.attributes or ()
        row |= {value.id: value.values[0] for value in values}
        return row | product.native

    def variant(self, variant: VariantInput) -> dict[str, Any]:
        """What is the item's own, as far as it was given."""
        row: dict[str, Any] = {}
        if variant.price is not None:
            row["price"] = price(variant.price)
        if variant.sale is not None:
            row |= sale_columns(variant.sale, self.now)
        if variant.quantity is not None:
            row |= stock(variant.quantity)
        if variant.gtin is not None:
            row["gtin"] = variant.gtin
        if variant.media:
            row["image"] = self.images(variant.media)
        return row | _options(variant.options) | variant.native

    def images(self, media: Sequence[Media]) -> list[dict[str, str]]:
        """Pictures by their public addresses, the main one first."""
        return [{"url": self.address(one)} for one in media]

    def address(self, media: Media) -> str:
        """The address under which Meta fetches a picture."""
        if media.url is None and self.host is not None:
            return self.host(media)
        return media.url or ""


def stock(quantity: int) -> dict[str, Any]:
    """A count, and the word beside it that decides whether the item is sold."""
    return {
        "quantity_to_sell_on_facebook": quantity,
        "availability": "in stock" if quantity else "out of stock",
    }


def group_key(product: ProductInput) -> str | None:
    """The seller's key of a product's group: the given one, else the first SKU where there are variants."""
    if product.group_id is not None or len(product.variants) < 2:
        return product.group_id
    return product.variants[0].sku


def kept(row: Json) -> dict[str, Any]:
    """What an item that is there passes on to a new variant of its product."""
    group = row.get("retailer_product_group_id")
    addresses = [row.get("image_url"), *(row.get("additional_image_urls") or ())]
    columns = {
        "title": row.get("name"),
        "description": row.get("description"),
        "brand": row.get("brand"),
        "link": row.get("url"),
        "condition": row.get("condition"),
        "image": [{"url": url} for url in addresses if url],
        "item_group_id": group or row.get("retailer_id"),
        codes.GOOGLE: row.get("category"),
        codes.FACEBOOK: row.get("fb_product_category"),
    }
    return {name: value for name, value in columns.items() if value}


def _named(product: Any, field: str) -> bool:
    return isinstance(product, ProductUpdate) and product.gives(field)


def _options(chosen: Mapping[str, str]) -> dict[str, str]:
    """Options in the columns that Meta has for them; all others in one, as ``Fit:Regular,Neck:Crew``."""
    row: dict[str, str] = {}
    further = []
    for name, value in chosen.items():
        column = codes.OPTION_WORDS.get(name.casefold())
        if column is not None:
            row[column] = value
        else:
            further.append(f"{name}:{value}")
    if further:
        row["additional_variant_attribute"] = ",".join(further)
    return row


def flaws(product: ProductInput, hosted: bool) -> Iterator[Flaw]:
    """What of a new product breaks a rule of the feed specification.

    Args:
        product: the input.
        hosted: whether there is a media host for pictures without an address.
    """
    yield from _common_flaws(product, hosted)
    if not product.url or not product.url.startswith(("https://", "http://")):
        yield Flaw("url", "is required: the page on which the product is sold, beginning with https://")
    if product.condition == "other" and "condition" not in product.native:
        yield Flaw(
            "condition", f"is one of new, refurbished, used; or native={{'condition': …}} of {_CONDITIONS}"
        )
    if product.status == "unlisted":
        yield Flaw("status", refusal="catalog.create:unlisted")
    if product.group_id is not None and len(product.group_id) > codes.SKU_MAX:
        yield Flaw("group_id", f"has {len(product.group_id)} characters; at most {codes.SKU_MAX}")
    for variant in product.variants:
        yield from _variant_flaws(variant, hosted)
        if variant.price is None:
            yield Flaw("variants.price", "is required")
        if not product.media and not variant.media:
            yield Flaw("media", "at least one picture is required, as Media.from_url")


_CONDITIONS = ", ".join(sorted(codes.CONDITIONS))


def update_flaws(changes: ProductUpdate, hosted: bool) -> Iterator[Flaw]:
    """The same of a change: only what was named."""
    yield from _common_flaws(changes, hosted)
    if changes.gives("status") and changes.status not in _WRITTEN:
        yield Flaw("status", f"{changes.status} cannot be written; there are {', '.join(_WRITTEN)}")
    if changes.gives("options") and not changes.gives("variants"):
        yield Flaw("options", "are what the items say: give variants with their options")
    if changes.gives("description") and not changes.description:
        yield Flaw("description", "cannot be cleared: give another one")
    if changes.gives("media") and not changes.media:
        yield Flaw("media", "at least one picture stays")
    if changes.gives("condition") and changes.condition == "other" and "condition" not in changes.native:
        yield Flaw(
            "condition", f"is one of new, refurbished, used; or native={{'condition': …}} of {_CONDITIONS}"
        )
    for field in ("attributes", "categories"):
        if changes.gives(field) and not getattr(changes, field):
            yield Flaw(field, "cannot be cleared as a whole: set each to another value")
    for variant in changes.variants:
        yield from _variant_flaws(variant, hosted)


def _common_flaws(product: ProductInput | ProductUpdate, hosted: bool) -> Iterator[Flaw]:
    yield from _too_long("title", product.title, codes.TITLE_MAX)
    yield from _too_long("description", product.description or "", codes.DESCRIPTION_MAX)
    yield from _media_flaws("media", product.media, hosted)
    if product.package is not None:
        yield Flaw("package", refusal="catalog.create:package")
    refs: Sequence[Any] = product.categories
    yield from _category_flaws(refs)
    values: Any = product.attributes or ()
    yield from _attribute_flaws(values)
    yield from native_flaws("native", product.native)


def _variant_flaws(variant: VariantInput, hosted: bool) -> Iterator[Flaw]:
    if not variant.sku:
        yield Flaw("variants.sku", "is required: Meta knows an item by its retailer_id")
    yield from _too_long("variants.sku", variant.sku or "", codes.SKU_MAX)
    yield from _media_flaws("variants.media", variant.media, hosted)
    yield from price_flaws("variants.price", "variants.sale", variant.price, variant.sale)
    if variant.list_price is not None:
        yield Flaw("variants.list_price", refusal="catalog.create:list_price")
    if variant.location is not None:
        yield Flaw("variants.location", refusal="catalog.set_stock:location")
    if variant.weight_g is not None:
        yield Flaw("variants.weight_g", refusal="catalog.create:package")
    yield from _option_flaws(variant.options)
    yield from native_flaws("variants.native", variant.native)


def price_flaws(field: str, sale_field: str, money: Money | None, sale: Sale | None) -> Iterator[Flaw]:
    """What of a price and a sale Meta would cut, or could not keep."""
    if money is not None:
        yield from _amount_flaws(field, money)
    if sale is not None:
        yield from _sale_flaws(sale_field, sale, money)


def _amount_flaws(field: str, money: Money) -> Iterator[Flaw]:
    wrong = too_fine(money)
    if wrong:
        yield Flaw(field, wrong)


def _sale_flaws(field: str, sale: Sale, money: Money | None) -> Iterator[Flaw]:
    yield from _amount_flaws(f"{field}.price", sale.price)
    if money is not None and sale.price.currency != money.currency:
        yield Flaw(f"{field}.price", f"is in {sale.price.currency}, the price in {money.currency}")
    if sale.from_ is not None and sale.until is not None and sale.from_ >= sale.until:
        yield Flaw(field, "ends before it begins")


def _too_long(field: str, text: str, most: int) -> Iterator[Flaw]:
    if len(text) > most:
        yield Flaw(field, f"has {len(text)} characters; at most {most}")


def _media_flaws(field: str, media: Sequence[Media], hosted: bool) -> Iterator[Flaw]:
    if len(media) > 1 + codes.EXTRA_IMAGES:
        yield Flaw(field, f"{len(media)} pictures; at most {1 + codes.EXTRA_IMAGES}")
    for one in media:
        if one.kind != "image":
            yield Flaw(field, f"is a {one.kind}; native={{'video': [{{'url': …}}]}} takes films")
        elif one.url is None and not hosted:
            yield Flaw(field, "Meta fetches pictures: Media.from_url('https://…'), or Client(media_host=…)")
        elif one.url is not None and not one.url.startswith("https://"):
            yield Flaw(field, "a picture's address begins with https://")


def _category_flaws(refs: Sequence[CategoryRef]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for ref in refs:
        column = codes.TREES.get(ref.tree)
        if column is None:
            yield Flaw("categories", f"there is no tree {ref.tree!r}; {codes.GOOGLE} and {codes.FACEBOOK}")
        elif column in seen:
            yield Flaw("categories", f"an item has one {column}")
        else:
            seen.add(column)


def _attribute_flaws(values: Sequence[AttributeValue]) -> Iterator[Flaw]:
    for value in values:
        if len(value.values) != 1:
            yield Flaw(f"attributes.{value.id}", "takes one value")
        else:
            yield from native_flaws("attributes", {value.id: value.values[0]})


def native_flaws(field: str, given: Mapping[str, Any]) -> Iterator[Flaw]:
    """Columns that Meta does not have, and words that a column does not take."""
    for name, value in given.items():
        if name not in codes.COLUMNS:
            yield Flaw(f"{field}.{name}", f"is no column; there are {', '.join(sorted(codes.COLUMNS))}")
        else:
            yield from _closed(f"{field}.{name}", name, value)


def _closed(field: str, column: str, value: Any) -> Iterator[Flaw]:
    words = codes.CLOSED.get(column)
    if words is not None and value not in words:
        yield Flaw(field, f"{value!r} is none of {', '.join(sorted(words))}")


def _option_flaws(chosen: Mapping[str, str]) -> Iterator[Flaw]:
    for name, value in chosen.items():
        column = codes.OPTION_WORDS.get(name.casefold())
        field = f"variants.options.{name}"
        if column is not None:
            yield from _closed(field, column, value)
        elif codes.SEPARATORS & set(name + value):
            yield Flaw(field, "holds no comma and no colon: Meta writes options as Name:Value,Name:Value")


def advice(product: ProductInput) -> Iterator[Flaw]:
    """What Meta's documents disagree on: taken by one, cut or refused by another."""
    if len(product.title) > codes.TITLE_ADVISED:
        yield Flaw("warning.title", f"is longer than {codes.TITLE_ADVISED}, which a batch may refuse")
    if len(product.description) > codes.DESCRIPTION_ADVISED:
        yield Flaw(
            "warning.description", f"is longer than {codes.DESCRIPTION_ADVISED}, which a batch may refuse"
        )
