"""Reading TikTok Shop's catalogue: listings and their details, SKUs, stock, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from socialcommerce.backends.shared import Windows, chunks
from socialcommerce.backends.tiktok.shop.catalog import mapping
from socialcommerce.backends.tiktok.shop.codes import catalog as codes
from socialcommerce.backends.tiktok.shop.noun import Json, TikTokShopNoun
from socialcommerce.errors import Conflict, InvalidRequest, NotFound, PlatformError
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.event import Event
from socialcommerce.models.product import Product, ProductStatus, Ref, StockLevel
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.catalog import Catalog, Detail
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime import memory
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page

__all__ = ["PRODUCTS", "Reading", "no_product"]

PRODUCTS = "/product/202309/products"
_SEARCH = "/product/202502/products/search"
_INVENTORY = "/product/202309/inventory/search"
Version = Literal["live", "pending"]


class Reading(TikTokShopNoun, Catalog):
    """The part of ``client.catalog`` that reads products."""

    @supports(
        "native",
        params=native("status", "updated_after", "updated_before", "detail", "group", "cursor"),
        cost="per 100 products: ids and summary 1 call, full 101",
    )
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
        """POST /product/202502/products/search, and GET product for each with ``detail="full"``.

        A search takes one status, so several are read one after the other; one that reaches more than
        10,000 rows is cut by time of update. Products are grouped anyway, so ``group`` changes nothing.
        """
        filters = _filters(status)
        rows, place = yield from self._rows(Windows.read(cursor, filters, updated_after, updated_before))
        if detail == "full":
            items: Sequence[Product] = yield from gather([self._whole(row) for row in rows])
        else:
            items = [mapping.summary(row) for row in rows]
        yield from self._remember_skus(rows)
        return Page(items, place.text())

    def _rows(self, place: Windows) -> Flow[tuple[Sequence[Json], Windows]]:
        """One page of the search; a window that holds more than can be reached is cut in two."""
        while place.left:
            if place.left[0].empty:
                place = Windows(place.left[1:])
                continue
            try:
                answer = yield from self._page(place)
            except PlatformError as error:
                parts = self._cut(place) if error.code == codes.SEARCH_CAP else None
                if parts is None:
                    raise
                place = parts
                continue
            long = place.at is None and int(answer.get("total_count") or 0) > codes.SEARCH_ROWS
            parts = self._cut(place) if long else None
            if parts is None:
                return answer.get("products") or (), place.moved(answer.get("next_page_token"))
            place = parts
        return (), place

    def _cut(self, place: Windows) -> Windows | None:
        return place.halved(codes.OPENED, self.session.clock())

    def _page(self, place: Windows) -> Flow[Json]:
        window = place.left[0]
        body = {
            "status": window.filter,
            "update_time_ge": window.since,
            "update_time_le": window.until - 1 if window.until is not None else None,
        }
        return (yield from self._search(body, place.at))

    def _search(self, body: Mapping[str, Any], token: str | None = None) -> Flow[Json]:
        given = {name: value for name, value in body.items() if value is not None}
        query = {"page_size": codes.PAGE, "page_token": token}
        answer: Json = yield from self.ask("POST", _SEARCH, query=query, body=given, safety="read")
        return answer

    def _whole(self, row: Json) -> Flow[Product]:
        """A row with its details; a product that goes away meanwhile stays what the listing said."""
        try:
            return mapping.product((yield from self._detail(str(row["id"]))))
        except NotFound:
            return mapping.summary(row)

    def _detail(self, product_id: str, **version: bool) -> Flow[Json]:
        """GET product; ``return_under_review_version`` or ``return_draft_version`` asks for another copy."""
        row: Json = yield from self.ask("GET", f"{PRODUCTS}/{_digits(product_id)}", query=version)
        if not row.get("id"):
            raise no_product(product_id)
        return row

    def _remember_skus(self, rows: Iterable[Json]) -> Flow[None]:
        live = (row for row in rows if row.get("status") != codes.DELETED)
        pairs = [pair for row in live for pair in mapping.sku_rows(row)]
        if pairs:
            yield from memory.remember("tiktok_shop", self.account, pairs)

    @supports(
        "native",
        params={**emulated("ids"), **native("version")},
        cost="1 call a product; 1-3 with version='pending'",
    )
    def get(
        self, products: Sequence[str | Product], *, version: Version = "live"
    ) -> Flow[BulkResult[str | Product, Product]]:
        """GET /product/202309/products/{product_id} for each, side by side.

        ``version="pending"`` is the copy under review, else the draft; where there is neither,
        ``NotFound`` says so of the version.
        """

        def read(product: str | Product) -> Flow[Product]:
            product_id = identity(product)
            row = yield from self._detail(product_id) if version == "live" else self._pending(product_id)
            yield from self._remember_skus([row])
            return mapping.product(row, pending=version == "pending")

        return (yield from each_alone(products, read))

    def _pending(self, product_id: str) -> Flow[Json]:
        """The copy under review, else the draft; a product that was never on sale is its own."""
        try:
            row = yield from self._detail(product_id, return_under_review_version=True)
        except (Conflict, InvalidRequest, NotFound):
            row = {}
        if (row.get("audit") or {}).get("status") == "AUDITING" or row.get("status") == "PENDING":
            return row
        live = yield from self._detail(product_id)
        if live.get("status") in (codes.DRAFT, "PENDING"):
            return live
        if live.get("has_draft"):
            return (yield from self._detail(product_id, return_draft_version=True))
        raise NotFound(
            f"product {product_id} has no copy under review and no draft; version='live' reads it",
            platform="tiktok_shop",
            sent="yes",
        )

    @supports("native", params=native("skus", "scan"), cost="1 call for 50 SKUs")
    def find(self, skus: Sequence[str], *, scan: bool = False) -> Flow[BulkResult[str, tuple[Ref, ...]]]:
        """POST products/search with ``seller_skus``; every SKU is searched, so ``scan`` changes nothing."""
        found = yield from self._found(skus)
        return BulkResult(Outcome.of(sku, found.get(sku, ())) for sku in skus)

    def _found(self, skus: Iterable[str]) -> Flow[dict[str, tuple[Ref, ...]]]:
        """Where each SKU is sold, in products that are not deleted."""
        wanted = list(dict.fromkeys(skus))
        pages = yield from gather([self._carriers(some) for some in chunks(wanted, codes.SKUS_A_SEARCH)])
        rows = {str(row["id"]): row for page in pages for row in page}.values()
        yield from self._remember_skus(rows)
        found: dict[str, tuple[Ref, ...]] = {}
        for sku, ids in (pair for row in rows for pair in mapping.sku_rows(row)):
            found[sku] = (*found.get(sku, ()), Ref.build(sku=sku, **ids))
        return found

    def _carriers(self, skus: Sequence[str]) -> Flow[Sequence[Json]]:
        rows: list[Json] = []
        token: str | None = None
        while True:
            answer = yield from self._search({"seller_skus": list(skus)}, token)
            rows += [row for row in answer.get("products") or () if row.get("status") != codes.DELETED]
            token = answer.get("next_page_token") or None
            if token is None:
                return rows

    @supports("native", params=native("refs"), cost="1 call for 100 products; for SKUs 1 more for 50")
    def stock(self, refs: Sequence[Ref]) -> Flow[BulkResult[Ref, StockLevel]]:
        """POST /product/202309/inventory/search, after products/search where a SKU is given."""
        found = yield from self._found([ref.sku for ref in refs if ref.sku and not ref.product_id])
        ids = {ref.product_id for ref in refs if ref.product_id}
        ids |= {one.product_id for carriers in found.values() for one in carriers if one.product_id}
        stock = yield from self._inventory(ids)

        def level(ref: Ref) -> Flow[StockLevel]:
            yield from ()
            _, row = target(ref, found, stock)
            return mapping.stock_level(ref.ref(), row)

        return (yield from each_alone(refs, level))

    def _inventory(self, product_ids: Iterable[str]) -> Flow[dict[str, Sequence[Json]]]:
        """SKU rows of inventory/search by product; products that are not there are left out."""
        ids = sorted(product_id for product_id in product_ids if product_id.isdigit())
        pages = yield from gather([self._inventory_page(some) for some in chunks(ids, codes.STOCK_PRODUCTS)])
        return {str(row["product_id"]): row.get("skus") or () for page in pages for row in page}

    def _inventory_page(self, ids: Sequence[str]) -> Flow[Sequence[Json]]:
        try:
            answer = yield from self.ask("POST", _INVENTORY, body={"product_ids": list(ids)}, safety="read")
        except NotFound:
            if len(ids) == 1:
                return ()
            alone = yield from gather([self._inventory_page([one]) for one in ids])
            return [row for rows in alone for row in rows]
        rows: Sequence[Json] = answer.get("inventory") or ()
        return rows

    @supports("emulated", params=native("since", "cursor"), cost="1 call for 100 products")
    def changes(self, *, since: datetime, cursor: str | None = None) -> Flow[Page[Event]]:
        """POST products/search by time of update, in every status, deleted and frozen ones included.

        TikTok Shop does not say what changed, nor whether stock and price move the time.
        """
        rows, place = yield from self._rows(Windows.read(cursor, (None,), since, None))
        return Page([mapping.changed(row, self.account or None) for row in rows], place.text())


def target(
    ref: Ref, found: Mapping[str, Sequence[Ref]], stock: Mapping[str, Sequence[Json]]
) -> tuple[str, Json]:
    """The product's id and the one SKU row that a ref names; an error where none or several are."""
    product_id, variant_id = ref.product_id, ref.variant_id
    if product_id is None:
        product_id, variant_id = _carrier(ref.sku or "", found.get(ref.sku or "", ()))
    rows = stock.get(product_id)
    if rows is None:
        raise no_product(product_id)
    return product_id, _row(product_id, rows, variant_id, ref.sku)


def _carrier(sku: str, refs: Sequence[Ref]) -> tuple[str, str | None]:
    if not refs:
        raise NotFound(f"this shop sells nothing with the SKU {sku}", platform="tiktok_shop", sent="no")
    first, *others = refs
    if others:
        places = ", ".join(f"{ref.product_id}/{ref.variant_id}" for ref in refs)
        raise invalid(sku=f"{sku} is sold in several places ({places}); give product_id and variant_id")
    return first.product_id or "", first.variant_id


def _row(product_id: str, rows: Sequence[Json], variant_id: str | None, sku: str | None) -> Json:
    if variant_id is not None:
        named = [row for row in rows if str(row["id"]) == variant_id]
    else:
        named = [row for row in rows if sku is not None and row.get("seller_sku") == sku] or list(rows)
    if not named:
        raise NotFound(f"product {product_id} has no variant {variant_id}", platform="tiktok_shop", sent="no")
    if len(named) > 1:
        raise invalid(variant_id=f"product {product_id} has {len(rows)} variants; say which one")
    return named[0]


def _filters(status: ProductStatus | Sequence[ProductStatus] | None) -> Sequence[str | None]:
    if status is None:
        return (None,)
    wanted = {status} if isinstance(status, str) else set(status)
    return tuple(one for key, natives in codes.NATIVE_STATUSES.items() if key in wanted for one in natives)


def _digits(product_id: str) -> str:
    if not product_id.isdigit():
        raise no_product(product_id)
    return product_id


def no_product(product_id: str) -> NotFound:
    """There is no such product, or no more."""
    return NotFound(f"this shop has no product {product_id}", platform="tiktok_shop", sent="no")
