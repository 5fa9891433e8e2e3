"""Products as the file that Meta reads as a feed, whatever platform they come from."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from typing import Any, Final, Literal
from xml.sax.saxutils import escape

from socialcommerce.backends.meta.catalog.writing import Writing
from socialcommerce.backends.meta.codes import catalog as codes
from socialcommerce.errors import InvalidRequest
from socialcommerce.models.media import Document
from socialcommerce.models.product import Product, ProductInput, Variant, VariantInput
from socialcommerce.resources.capability import emulated, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow, done

__all__ = ["Feeds"]

Row = Mapping[str, str]

_FIRST: Final = ("id", "title", "description", "availability", "condition", "price", "link", "image_link")
_HAND_OVER: Final = (
    'client.call("POST", "/{feed-id}/uploads", files={"file": …}, body={"update_only": True}) hands it over; '
    "without update_only, and by a schedule, Meta deletes what the file does not name"
)


class Feeds(Writing):
    """The part of ``client.catalog`` that writes feeds."""

    @supports(
        "emulated", params={**emulated("products", "format"), "format.json": codes.NO_JSON}, cost="no call"
    )
    def export_feed(
        self, products: Iterable[Product], *, format: Literal["csv", "xml", "json"] = "csv"
    ) -> Flow[Document]:
        """Write products as a feed, one row a variant; nothing is sent.

        POST /{feed}/uploads hands it over. Products may come from any platform: what Meta demands
        (a SKU, a price, a page, a picture, a condition) must be there, and each SKU only once, since Meta
        ignores all rows of one that comes twice. Categories and attributes are taken where they are Meta's.

        Raises:
            InvalidRequest: a product lacks something; the field begins with its place in the list.
        """
        rows = self._feed_rows(products)
        if format == "xml":
            return done(_document("feed.xml", "application/rss+xml", _xml(rows)))
        return done(_document("feed.csv", "text/csv", _csv(rows)))

    def _feed_rows(self, products: Iterable[Product]) -> list[Row]:
        rows: dict[str, Row] = {}
        for index, product in enumerate(_several(products)):
            for row in self._rows_of(index, product):
                if row["id"] in rows:
                    raise invalid(**{f"products.{index}.sku": f"{row['id']} comes twice; Meta ignores both"})
                rows[row["id"]] = row
        return list(rows.values())

    def _rows_of(self, index: int, product: Product) -> list[Row]:
        try:
            given = _as_input(_product(product))
            self.rules.hold(self._flaws(given))
        except InvalidRequest as error:
            fields = {f"products.{index}.{field}": text for field, text in error.fields.items()}
            raise InvalidRequest(fields=fields, sent="no") from error
        return [_flat(row) for row in self.columns.rows(given)]


def _several(products: Any) -> Iterable[Product]:
    """One product as several; a listing of an asynchronous client cannot be walked from here."""
    if isinstance(products, Product):
        return (products,)
    if not isinstance(products, Iterable):
        raise invalid(products="give products in a list: await catalog.list().collect()")
    return products


def _product(given: Any) -> Product:
    """A product of the list; what is to be created has no feed yet, and is no product either."""
    if not isinstance(given, Product):
        raise invalid(product=f"expected Product, as catalog.list() gives it, not {type(given).__name__}")
    return given


def _as_input(product: Product) -> ProductInput:
    """What is on sale elsewhere as what would be created here."""
    if product.condition is None:
        raise invalid(condition="is not known; product.model_copy(update={'condition': 'new'}) says it")
    return ProductInput(
        title=product.title,
        description=product.description or "",
        status="active" if product.status in ("active", "under_review", "processing") else "draft",
        categories=[ref for ref in product.categories if ref.tree in (codes.GOOGLE, codes.FACEBOOK)],
        brand=product.brand,
        attributes=[one for one in product.attributes if one.id in codes.COLUMNS],
        variants=[_variant_input(variant) for variant in product.variants],
        media=product.media,
        url=product.url,
        condition=product.condition,
        group_id=product.group_id,
    )


def _variant_input(variant: Variant) -> VariantInput:
    return VariantInput(
        sku=variant.sku,
        quantity=variant.available,
        price=variant.base_price or variant.price,
        sale=variant.sale,
        options=variant.options,
        gtin=variant.gtin,
        media=variant.media,
    )


def _flat(row: Mapping[str, Any]) -> Row:
    """The columns of a batch as those of a file, where everything is text."""
    flat = {name: str(value) for name, value in row.items() if name != "image" and value not in (None, "")}
    images = [image["url"] for image in row.get("image") or ()]
    flat["image_link"] = images[0]
    if images[1:]:
        flat["additional_image_link"] = ",".join(images[1:])
    return flat


def _columns(rows: Iterable[Row]) -> list[str]:
    further = dict.fromkeys(name for row in rows for name in row)
    return [*_FIRST, *(name for name in further if name not in _FIRST)]


def _csv(rows: Sequence[Row]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, _columns(rows), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _xml(rows: Iterable[Row]) -> str:
    items = "".join(
        f"<item>{''.join(f'<g:{name}>{escape(value)}</g:{name}>' for name, value in row.items())}</item>\n"
        for row in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n'
        f"<channel><title>Products</title>\n{items}</channel>\n</rss>\n"
    )


def _document(name: str, media_type: str, text: str) -> Document:
    return Document.build(name=name, media_type=media_type, content=text.encode(), note=_HAND_OVER)
