"""Catalog: products, variants, stock and prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeAlias, TypedDict, TypeVar

from typing_extensions import Unpack

from socialcommerce.resources.arguments import is_one
from socialcommerce.resources.face import Async, Sync, chunked, each, operation, pages
from socialcommerce.resources.noun import Noun

if TYPE_CHECKING:
    from socialcommerce.models.bulk import BulkResult
    from socialcommerce.models.check import Check
    from socialcommerce.models.event import Event
    from socialcommerce.models.media import Document, Media
    from socialcommerce.models.product import (
        Attribute,
        AttributeValue,
        Category,
        CategoryRef,
        Condition,
        Limits,
        Option,
        Parcel,
        PriceChange,
        Product,
        ProductInput,
        ProductStatus,
        Ref,
        StockChange,
        StockLevel,
        VariantInput,
    )
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.paging import Page

__all__ = ["AsyncCatalog", "Catalog", "Detail", "ProductChanges", "SyncCatalog"]

P = ParamSpec("P")
R = TypeVar("R")

Detail: TypeAlias = Literal["full", "summary", "ids"]
Purpose: TypeAlias = Literal["product", "variant", "description", "video", "size_chart", "proof"]


class ProductChanges(TypedDict, total=False):
    """What ``catalog.update`` can change: absent leaves it, None clears it."""

    title: str
    description: str | None
    status: ProductStatus
    categories: Sequence[CategoryRef | str]
    brand: str | None
    attributes: Sequence[AttributeValue] | Mapping[str, str] | None
    options: Sequence[Option]
    variants: Sequence[VariantInput]
    media: Sequence[Media]
    condition: Condition
    package: Parcel | None
    native: Mapping[str, Any]


class Catalog(Noun):
    """The contract of ``client.catalog``: what a backend may override, refused until it does."""

    noun = "catalog"

    def list(
        self,
        *,
        status: ProductStatus | Sequence[ProductStatus] | None = None,
        updated_after: datetime | None = None,
        updated_before: datetime | None = None,
        detail: Detail = "full",
        group: bool = False,
        cursor: str | None = None,
    ) -> Flow[Page[Product]]:
        """List products.

        Args:
            status: only these unified statuses.
            updated_after: only products changed at or after this instant.
            updated_before: only products changed before this instant.
            detail: ``"full"`` completes every product with detail calls, ``"summary"`` leaves out
                what costs a call an item, ``"ids"`` reads the listing alone; a field that was left
                out raises ``NotLoaded`` when read.
            group: on a flat catalogue, join the items of a group into one product.
            cursor: go on where an earlier listing stood.

        Returns:
            A pager of products.
        """
        self.refuse("list")

    def get(
        self, products: Sequence[str | Product], *, version: Literal["live", "pending"] = "live"
    ) -> Flow[BulkResult[str | Product, Product]]:
        """Read products whole.

        Args:
            products: products or their ids.
            version: the copy on sale, or the copy under review where the platform keeps two.

        Returns:
            The product, or a ``BulkResult`` with ``NotFound`` for each id that is not there.
        """
        self.refuse("get")

    def find(self, skus: Sequence[str], *, scan: bool = False) -> Flow[BulkResult[str, tuple[Ref, ...]]]:
        """Find what carries a SKU.

        Args:
            skus: the seller's own article numbers.
            scan: walk the whole catalogue where the platform cannot search a SKU (slow).

        Returns:
            Every product and variant with that SKU; none where it was searched and is not there.
            A SKU that could not be searched is ``Unsupported`` with what to do instead.
        """
        self.refuse("find")

    def check(self, product: ProductInput) -> Flow[Check]:
        """Say what the platform would refuse in a new product, without creating it.

        Args:
            product: the product that ``create`` would be given.

        Returns:
            A check with one problem a field: title, images, attributes, category, price, stock.
        """
        self.refuse("check")

    def create(
        self, products: Sequence[ProductInput], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[ProductInput, Product]]:
        """Create products, uploading their media first.

        Args:
            products: what to create; ``native`` takes what one platform alone demands.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Returns:
            The product as the platform keeps it.

        Raises:
            InvalidRequest: a field breaks a rule of the platform; nothing was sent.
            PartiallyApplied: the product exists, its variants do not yet; ``resume`` finishes them.
        """
        self.refuse("create")

    def update(self, product: str | Product, **changes: Unpack[ProductChanges]) -> Flow[Product]:
        """Change some fields of a product; what is not named stays.

        Args:
            product: the product or its id.
            changes: fields of ``ProductInput``; None clears one where the platform can.

        Returns:
            The product after the change.

        Raises:
            PartiallyApplied: one of several calls failed after others took effect.
        """
        self.refuse("update")

    def delete(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """Delete products.

        Raises:
            Conflict: a promotion holds it (``reason="promotion"``).
        """
        self.refuse("delete")

    def publish(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """Put products on sale."""
        self.refuse("publish")

    def unpublish(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """Take products off sale without deleting them."""
        self.refuse("unpublish")

    def stock(self, refs: Sequence[Ref]) -> Flow[BulkResult[Ref, StockLevel]]:
        """Read what can still be bought, in all and by location.

        Args:
            refs: ``Ref(sku=…)`` or ``Ref(product_id=…, variant_id=…)``; a product or its id will do where
                it has one variant.
        """
        self.refuse("stock")

    def set_stock(
        self, changes: Sequence[StockChange], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[StockChange, StockLevel]]:
        """Set how many units buyers can still buy.

        Args:
            changes: one a variant and location; ``quantity`` in units.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Raises:
            Conflict: ``expected`` does not hold (``reason="stale"``), or a promotion has reserved more.
        """
        self.refuse("set_stock")

    def set_prices(
        self, changes: Sequence[PriceChange], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[PriceChange, Ref]]:
        """Set prices; what the platform's step would cut is refused, never rounded.

        Args:
            changes: one a variant.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Raises:
            Conflict: the price is locked by a promotion (``reason="promotion"``).
        """
        self.refuse("set_prices")

    def upsert(self, products: Sequence[ProductInput]) -> Flow[BulkResult[ProductInput, Product]]:
        """Create what is not there and update what is, matched by SKU.

        Args:
            products: any iterable; it is read in chunks, never whole.
        """
        self.refuse("upsert")

    def categories(self, *, tree: str | None = None, parent: str | None = None) -> Flow[Sequence[Category]]:
        """Read the category tree.

        Args:
            tree: which tree, where a platform has several.
            parent: only the children of this category.
        """
        self.refuse("categories")

    def attributes(self, category: str | Category) -> Flow[Sequence[Attribute]]:
        """Read the attributes that products of a category carry, the brand included.

        Args:
            category: a leaf category or its id.
        """
        self.refuse("attributes")

    def limits(self, category: str | Category | None = None) -> Flow[Limits]:
        """Read the rules for titles, images, prices and stock.

        Args:
            category: the category they hold for, where rules differ.
        """
        self.refuse("limits")

    def upload_media(
        self, source: Media, *, purpose: Purpose = "product", product: str | Product | None = None
    ) -> Flow[Media]:
        """Upload an image or a video for use in products.

        Args:
            source: the file, from bytes, a path or a URL.
            purpose: what it is for; some platforms treat a description's image in another way.
            product: the product it belongs to, where a platform asks.

        Returns:
            The media with its platform id.
        """
        self.refuse("upload_media")

    def export_feed(
        self, products: Iterable[Product], *, format: Literal["csv", "xml", "json"] = "csv"
    ) -> Flow[Document]:
        """Write products as the file that the platform reads as a feed."""
        self.refuse("export_feed")

    def changes(self, *, since: datetime, cursor: str | None = None) -> Flow[Page[Event]]:
        """Find by polling what changed, as the same events that webhooks bring.

        Args:
            since: the instant from which on changes are wanted.
            cursor: go on where an earlier listing stood.
        """
        self.refuse("changes")


class _each_ref(each[Any, P, R]):  # noqa: N801  # used like a decorator
    """``each`` over what is sold: a ``Ref``; a product or its id is read as one."""

    def _given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        from socialcommerce.models.product import read_ref

        given, rest = super()._given(args, kwargs)
        return read_ref(given) if is_one(given) else [read_ref(item) for item in given], rest


class _Catalog:
    contract = Catalog

    list = pages(Catalog.list)
    get = each(Catalog.get)
    find = each(Catalog.find)
    check = operation(Catalog.check)
    create = each(Catalog.create)
    update = operation(Catalog.update)
    delete = each(Catalog.delete)
    publish = each(Catalog.publish)
    unpublish = each(Catalog.unpublish)
    stock = _each_ref(Catalog.stock)
    set_stock = each(Catalog.set_stock)
    set_prices = each(Catalog.set_prices)
    upsert = chunked(Catalog.upsert)
    categories = operation(Catalog.categories)
    attributes = operation(Catalog.attributes)
    limits = operation(Catalog.limits)
    upload_media = operation(Catalog.upload_media)
    export_feed = operation(Catalog.export_feed)
    changes = pages(Catalog.changes)


class SyncCatalog(Sync, _Catalog):
    """``client.catalog``."""


class AsyncCatalog(Async, _Catalog):
    """``client.catalog`` of an ``AsyncClient``."""
