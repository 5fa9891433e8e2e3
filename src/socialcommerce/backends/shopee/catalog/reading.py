"""Reading Shopee's catalogue: listings and their details, SKUs, stock, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from math import ceil
from typing import Any, Literal, TypeVar

from attrs import evolve, frozen

from socialcommerce.backends.shopee.catalog import mapping
from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.backends.shopee.noun import ShopeeNoun
from socialcommerce.errors import NotFound, PlatformError, Sent, Unsupported
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.event import Event
from socialcommerce.models.product import Product, ProductStatus, Ref, StockLevel, Variant
from socialcommerce.resources.capability import Refusal, emulated, native, no, supports
from socialcommerce.resources.catalog import Catalog, Detail
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime import memory
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["PREFIX", "Place", "Reading", "chunks", "no_product"]

T = TypeVar("T")

Json = Mapping[str, Any]
PREFIX = "/api/v2/product/"

_OPENED = 1_420_070_400
"""The year in which Shopee opened: no item is older."""


@frozen
class Place:
    """Where a listing stands: its windows of update time still to read, and the offset in the first.

    A window is ``(from, to)`` in epoch seconds, ``to`` not included; None is open.
    """

    windows: tuple[tuple[int | None, int | None], ...]
    offset: int = 0

    @classmethod
    def read(cls, cursor: str | None, after: datetime | None, before: datetime | None) -> Place:
        """Where the cursor says, or at the beginning of the listing that the filters describe."""
        kept = read_position(cursor)
        if kept:
            return cls(tuple((window[0], window[1]) for window in kept["windows"]), kept["offset"])
        return cls(((_seconds(after), _seconds(before)),))

    def text(self) -> str | None:
        """The place as a page position; None when nothing is left to read."""
        return position(windows=self.windows, offset=self.offset) if self.windows else None

    def moved(self, answer: Json) -> Place:
        """After a page: further in this window, or at the beginning of the next one."""
        if answer.get("has_next_page") and answer.get("next_offset"):
            return evolve(self, offset=int(answer["next_offset"]))
        return Place(self.windows[1:])

    def halved(self, now: float) -> Place | None:
        """The same with its window cut in two; None where it is one second long already.

        The later half of an open window stays open, so that what changes meanwhile is still met.
        """
        since, until = self.windows[0]
        start, end = since if since is not None else _OPENED, until if until is not None else ceil(now)
        if end - start < 2:
            return None
        middle = (start + end) // 2
        return Place(((since, middle), (middle, until), *self.windows[1:]))


def _seconds(moment: datetime | None) -> int | None:
    """Shopee keeps whole seconds: at or after, and before, both round up."""
    return ceil(moment.timestamp()) if moment is not None else None


class Reading(ShopeeNoun, Catalog):
    """The part of ``client.catalog`` that reads products."""

    def __init__(self, session: Any, operation: str = "") -> None:
        super().__init__(session, operation)
        self._read: dict[str, Product] = {}

    @property
    def _account(self) -> str:
        subject = self.subject or self.backend.default_subject()
        return subject.id if subject else ""

    @supports(
        "native",
        params={**native("status", "updated_after", "updated_before", "detail", "group", "cursor")},
        requires=("seller",),
        cost="per 100 products: ids 1 call, summary 3, full 3 + one for each product with variants",
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
        """GET product/get_item_list, completed by get_item_base_info and get_model_list.

        A shop with more items than offsets reach is cut by time of update. Products are grouped
        anyway, so ``group`` changes nothing. A scheduled product is told from an unlisted one by
        its details, so asking for either reads them even with ``detail="ids"``.
        """
        wanted = _wanted(status)
        natives = _native_statuses(wanted)
        if not natives:
            return Page(())
        rows, place = yield from self._rows(natives, Place.read(cursor, updated_after, updated_before))
        if wanted and "UNLIST" in natives and detail == "ids":
            detail = "summary"
        items = yield from self._detailed(rows, detail)
        kept = [item for item in items if not wanted or item.status in wanted]
        return Page(kept, place.text())

    def _rows(self, statuses: Sequence[str], place: Place) -> Flow[tuple[Sequence[Json], Place]]:
        """One page of get_item_list; cuts a window that is too long to be walked by offsets."""
        while place.windows:
            since, until = place.windows[0]
            if since is not None and until is not None and since >= until:
                return [], Place(place.windows[1:])
            try:
                answer = yield from self._item_list(statuses, place)
            except PlatformError as error:
                parts = place.halved(self.session.clock()) if "offset over limit" in error.message else None
                if parts is None:
                    raise
                place = parts
                continue
            long = place.offset == 0 and int(answer.get("total_count") or 0) > codes.WINDOW_ROWS
            parts = place.halved(self.session.clock()) if long else None
            if parts is None:
                rows = [row for row in answer.get("item") or () if _within(row, since, until)]
                return rows, place.moved(answer)
            place = parts
        return [], place

    def _item_list(self, statuses: Sequence[str], place: Place) -> Flow[Json]:
        since, until = place.windows[0]
        answer: Json = yield from self.ask(
            "GET",
            PREFIX + "get_item_list",
            query={
                "offset": place.offset,
                "page_size": codes.ITEM_PAGE,
                "update_time_from": since,
                "update_time_to": until,
                "item_status": list(statuses),
            },
        )
        return answer

    def _detailed(self, rows: Sequence[Json], detail: Detail) -> Flow[Sequence[Product]]:
        if detail == "ids" or not rows:
            return [mapping.stub(row) for row in rows]
        ids = [str(row["item_id"]) for row in rows]
        found = yield from self._products(ids, models=detail == "full")
        return [found.get(item_id) or mapping.stub(row) for item_id, row in zip(ids, rows, strict=True)]

    def _products(
        self, ids: Iterable[str], *, models: bool = True, fresh: bool = False
    ) -> Flow[dict[str, Product]]:
        """Products by id, those that are not there left out; each read once in an operation."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        missing = [item_id for item_id in wanted if fresh or not self._complete(item_id, models)]
        pages = yield from gather([self._base_infos(chunk) for chunk in chunks(missing, codes.DETAIL_PAGE)])
        rows = list(chain.from_iterable(pages))
        flat = [row for row in rows if not (models and row.get("has_model"))]
        deep = yield from gather([self._whole(row) for row in rows if models and row.get("has_model")])
        items = [*map(mapping.product, flat), *deep]
        for item in items:
            self._read[item.id] = item
        yield from self._remember_skus(items)
        return {item_id: self._read[item_id] for item_id in wanted if item_id in self._read}

    def _complete(self, item_id: str, models: bool) -> bool:
        item = self._read.get(item_id)
        return item is not None and (not models or item.loaded("variants"))

    def _base_infos(self, ids: Sequence[str]) -> Flow[Sequence[Json]]:
        """Rows of get_item_base_info, those of unknown ids left out."""
        try:
            answer = yield from self.ask(
                "GET", PREFIX + "get_item_base_info", query={"item_id_list": ",".join(ids)}
            )
        except NotFound:
            if len(ids) == 1:
                return []
            alone = yield from gather([self._base_infos([item_id]) for item_id in ids])
            return list(chain.from_iterable(alone))
        rows: Sequence[Json] = answer.get("item_list") or []
        return rows

    def _whole(self, row: Json) -> Flow[Product]:
        """An item with its models; those of a deleted one may be gone, and are then not loaded."""
        try:
            answer = yield from self.ask("GET", PREFIX + "get_model_list", query={"item_id": row["item_id"]})
        except NotFound:
            return mapping.product(row)
        return mapping.product(row, answer)

    def _remember_skus(self, items: Iterable[Product]) -> Flow[None]:
        live = [item for item in items if item.raw.get("item_status") not in codes.DELETED]
        rows = [pair for item in live for pair in mapping.sku_rows(item)]
        if rows:
            yield from memory.remember("shopee", self._account, rows)

    @supports(
        "native",
        params={
            **native("ids"),
            "version": no("Shopee keeps one copy of a product; one under review has that status"),
        },
        requires=("seller",),
        cost="1 call for 50 products + one for each product with variants",
    )
    def get(
        self, products: Sequence[str | Product], *, version: Literal["live", "pending"] = "live"
    ) -> Flow[BulkResult[str | Product, Product]]:
        """GET product/get_item_base_info, and get_model_list for each product with variants.

        A product without variants has one, with the id ``"0"``.
        """
        ids = [identity(item) for item in products]
        found = yield from self._products([item_id for item_id in ids if item_id.isdigit()], fresh=True)
        pairs = zip(products, ids, strict=True)
        return BulkResult(
            Outcome.of(item, found.get(key) or no_product(key, "yes" if key.isdigit() else "no"))
            for item, key in pairs
        )

    @supports(
        "emulated",
        params=emulated("scan"),
        requires=("seller",),
        cost="1-4 calls a SKU; with scan, as list with detail='full'",
    )
    def find(self, skus: Sequence[str], *, scan: bool = False) -> Flow[BulkResult[str, tuple[Ref, ...]]]:
        """State.skus first, then GET product/search_item?item_sku; what is found is read and compared.

        Shopee searches the SKU of products alone, so a variant's SKU that was never seen here is
        refused, unless ``scan=True`` walks the catalogue once for all that were asked.
        """
        found = yield from gather([self._seek(sku) for sku in skus])
        if not scan:
            answers = zip(skus, found, strict=True)
            return BulkResult(Outcome.of(sku, refs or self._not_searched()) for sku, refs in answers)
        unseen = {sku for sku, refs in zip(skus, found, strict=True) if not refs}
        scanned = (yield from self._scan(unseen)) if unseen else {}
        both = zip(skus, found, strict=True)
        return BulkResult(Outcome.of(sku, refs or scanned.get(sku, ())) for sku, refs in both)

    def _not_searched(self) -> Unsupported:
        refusal: Refusal = codes.SKU_NOT_SEARCHED
        return Unsupported("catalog.find", "shopee", refusal.reason, refusal.instead)

    def _seek(self, sku: str) -> Flow[tuple[Ref, ...]]:
        """Where a SKU is sold, as far as that can be told without a scan; read back, never believed."""
        known = yield from memory.lookup("shopee", self._account, sku)
        items = yield from self._products([ref["product_id"] for ref in known])
        refs = self._carriers(sku, items.values())
        return refs or (yield from self._search(sku))

    def _search(self, sku: str) -> Flow[tuple[Ref, ...]]:
        offset: str | None = None
        ids: list[str] = []
        while True:
            answer = yield from self.ask(
                "GET",
                PREFIX + "search_item",
                query={"offset": offset, "page_size": codes.ITEM_PAGE, "item_sku": sku},
            )
            page = [str(item_id) for item_id in answer.get("item_id_list") or ()]
            ids += page
            offset = answer.get("next_offset") or None
            if not page or offset is None or len(ids) >= int(answer.get("total_count") or len(ids)):
                break
        items = yield from self._products(ids)
        return self._carriers(sku, items.values())

    def _carriers(self, sku: str, items: Iterable[Product]) -> tuple[Ref, ...]:
        """Every product and variant among these that has the SKU and is not deleted."""
        return tuple(
            Ref.build(sku=sku, product_id=ids["product_id"], variant_id=ids.get("variant_id"))
            for item in items
            if item.native_status not in codes.DELETED
            for found, ids in mapping.sku_rows(item)
            if found == sku
        )

    def _scan(self, skus: Iterable[str]) -> Flow[dict[str, tuple[Ref, ...]]]:
        """Walk every product that is not deleted for these SKUs, a page at a time in memory."""
        statuses = [status for status in codes.ALL_STATUSES if status not in codes.DELETED]
        found: dict[str, tuple[Ref, ...]] = {}
        place = Place(((None, None),))
        while place.windows:
            rows, place = yield from self._rows(statuses, place)
            items = yield from self._detailed(rows, "full")
            self._read.clear()
            for sku in skus:
                found[sku] = found.get(sku, ()) + self._carriers(sku, items)
        return found

    @supports(
        "native",
        requires=("seller",),
        cost="1 call for 50 products without variants, else one more each; a SKU as find",
    )
    def stock(self, refs: Sequence[Ref]) -> Flow[BulkResult[Ref, StockLevel]]:
        """GET product/get_item_base_info or get_model_list, after find where a SKU is given."""
        yield from self._load(refs)
        return (yield from each_alone(refs, self._stock_of))

    def _stock_of(self, ref: Ref) -> Flow[StockLevel]:
        _, variant = yield from self._target(ref)
        return mapping.stock_level(ref.ref(), variant)

    def _load(self, refs: Sequence[Ref]) -> Flow[None]:
        """Read at once the products that refs name by id, so that each is then found in memory."""
        ids = (ref.product_id or "" for ref in refs)
        yield from self._products(item_id for item_id in ids if item_id.isdigit())

    def _target(self, ref: Ref) -> Flow[tuple[Product, Variant]]:
        """The one variant that a ref names; an error where there is none, or where there are several."""
        product_id, variant_id = ref.product_id, ref.variant_id
        if product_id is None:
            product_id, variant_id = yield from self._by_sku(ref.sku or "")
        known = yield from self._products([product_id] if product_id.isdigit() else [])
        item = known.get(product_id)
        if item is None or item.native_status in codes.DELETED:
            raise no_product(product_id)
        return item, _variant_of(item, variant_id, ref.sku)

    def _by_sku(self, sku: str) -> Flow[tuple[str, str | None]]:
        refs = yield from self._seek(sku)
        if not refs:
            raise self._not_searched()
        first, *others = refs
        if others:
            places = ", ".join(f"{ref.product_id}/{ref.variant_id or '*'}" for ref in refs)
            raise invalid(sku=f"{sku} is sold in several places ({places}); give product_id and variant_id")
        return first.product_id or "", first.variant_id

    @supports(
        "emulated", params=native("since", "cursor"), requires=("seller",), cost="1 call for 100 products"
    )
    def changes(self, *, since: datetime, cursor: str | None = None) -> Flow[Page[Event]]:
        """GET product/get_item_list by time of update, in every status, deleted ones included.

        Shopee does not say what changed, and does not document whether stock and price move the time.
        """
        rows, place = yield from self._rows(codes.ALL_STATUSES, Place.read(cursor, since, None))
        return Page([mapping.changed(row, self._account or None) for row in rows], place.text())


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in order, at most ``size`` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


def _wanted(status: ProductStatus | Sequence[ProductStatus] | None) -> frozenset[str]:
    if status is None:
        return frozenset()
    return frozenset({status} if isinstance(status, str) else status)


def _native_statuses(wanted: frozenset[str]) -> Sequence[str]:
    if not wanted:
        return codes.ALL_STATUSES
    natives = (codes.NATIVE_STATUSES.get(status, ()) for status in codes.NATIVE_STATUSES if status in wanted)
    return tuple(dict.fromkeys(chain.from_iterable(natives)))


def _within(row: Json, since: int | None, until: int | None) -> bool:
    """Keep each row in one window, however Shopee counts the ends."""
    moment = row.get("update_time")
    if moment is None:
        return True
    return bool((since is None or since <= moment) and (until is None or moment < until))


def no_product(product_id: str, sent: Sent = "no") -> NotFound:
    """There is no such product, or no more; ``sent`` is "no" where a write stayed for this reason."""
    return NotFound(f"this shop has no product {product_id}", platform="shopee", sent=sent)


def _variant_of(item: Product, variant_id: str | None, sku: str | None) -> Variant:
    for variant in item.variants:
        if variant_id is not None and variant.id == variant_id:
            return variant
    if variant_id not in (None, "0") or not item.variants:
        raise NotFound(
            f"product {item.id} has no variant {variant_id or ''}".rstrip(), platform="shopee", sent="no"
        )
    named = [variant for variant in item.variants if sku is not None and variant.sku == sku]
    first, *others = named if len(named) == 1 else item.variants
    if others:
        raise invalid(variant_id=f"product {item.id} has {len(item.variants)} variants; say which one")
    return first
