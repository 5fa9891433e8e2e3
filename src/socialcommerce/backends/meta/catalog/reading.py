"""Reading Meta's catalogue: items and groups, SKUs and stock."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from socialcommerce.backends.meta.catalog import mapping
from socialcommerce.backends.meta.catalog.batches import Batches
from socialcommerce.backends.meta.codes import catalog as codes
from socialcommerce.backends.shared import chunks, several
from socialcommerce.errors import InvalidRequest, NotFound, SocialCommerceError
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.product import Product, ProductStatus, Ref, StockLevel
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.catalog import Catalog, Detail
from socialcommerce.resources.noun import identity
from socialcommerce.runtime import memory
from socialcommerce.runtime.call import Call, Reply
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["Reading", "no_product"]

Json = Mapping[str, Any]
Version = Literal["live", "pending"]
Rows = dict[str, Json | SocialCommerceError]
"""Nodes by their id or SKU; the error of each that could not be read."""

_FIELDS: Mapping[Detail, str] = {"full": codes.FULL, "summary": codes.SUMMARY, "ids": codes.IDS}
_ID = re.compile(r"\d+|catalog:\d+:[\w=-]+")
"""Ids of items and groups; an item has a second address, by the catalogue and its SKU."""


class Reading(Batches, Catalog):
    """The part of ``client.catalog`` that reads products."""

    def shelf(self, detail: Detail = "full") -> mapping.Shelf:
        """Makes models of this platform's rows."""
        return mapping.Shelf(self.backend.name, self.now(), detail)

    @supports(
        "native",
        requires=codes.SCOPES,
        params={
            **native("detail", "group", "cursor"),
            **emulated("status"),
            "updated_after": codes.NO_TIMES,
            "updated_before": codes.NO_TIMES,
        },
        cost="1 call for 500 items, 1000 with less detail, 50 groups",
        confidence="2+",
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
        """GET /{catalog}/products: one product an item, with ``group_id``.

        With ``group``, GET /{catalog}/product_groups: one product a group, its items as variants; its words
        are those of its first item. Meta filters by no status, so all is read and the rest left out. Cursors
        are Meta's own and live shortly.
        """
        catalog = yield from self.catalog_id()
        shelf = self.shelf(detail)
        wanted = frozenset(several(status))
        fields = _FIELDS[detail] if detail != "ids" or not wanted else codes.STATUS
        if group:
            page = yield from self._groups(catalog, fields, cursor)
        else:
            page = yield from self.edge(
                f"/{catalog}/products", {"fields": fields}, cursor=cursor, limit=codes.PAGES[detail]
            )
        yield from self._remember_skus([item for row in page.items for item in _items(row, group)])
        make = shelf.group if group else shelf.item
        kept = page.items
        if wanted:
            kept = [row for row in kept if mapping.status(mapping.leading(_items(row, group))) in wanted]
        return Page([make(row) for row in kept], page.next)

    def _groups(self, catalog: str, fields: str, cursor: str | None) -> Flow[Page[Json]]:
        page = yield from self.edge(
            f"/{catalog}/product_groups", {"fields": _group_fields(fields)}, cursor=cursor, limit=codes.GROUPS
        )
        rows: list[Json] = []
        for row in page.items:
            rows.append((yield from self._whole_group(row, fields)))
        return Page(rows, page.next)

    def _whole_group(self, row: Json, fields: str) -> Flow[Json]:
        """A group with all of its items: they come in pages of their own."""
        products: Json = row.get("products") or {"data": []}
        if not (products.get("paging") or {}).get("next"):
            return {**row, "products": products}
        items = yield from self.edge_all(
            f"/{row['id']}/products", {"fields": fields}, limit=codes.GROUP_ITEMS
        )
        return {**row, "products": {"data": items}}

    def _remember_skus(self, items: Iterable[Json]) -> Flow[None]:
        pairs = mapping.sku_rows(items)
        if pairs:
            yield from memory.remember(self.backend.name, (yield from self.catalog_id()), pairs)

    @supports(
        "native",
        requires=codes.SCOPES,
        params={**native("ids"), "version": codes.NO_COPY},
        cost="1 call an item, 2 a group; of many, 50 in one request",
    )
    def get(
        self, products: Sequence[str | Product], *, version: Version = "live"
    ) -> Flow[BulkResult[str | Product, Product]]:
        """GET /{id} of an item, and GET /{id}?fields=retailer_id,products{…} of a group; many in POST batch.

        An id says nothing of its kind, so it is read as an item first.
        """
        ids = [identity(product) for product in products]
        nodes = yield from self._nodes(ids, codes.FULL)
        rows = [node for node in nodes.values() if not isinstance(node, SocialCommerceError)]
        yield from self._remember_skus([item for row in rows for item in _items(row, _is_group(row))])
        return BulkResult(
            Outcome.of(product, self._product(nodes[key])) for product, key in zip(products, ids, strict=True)
        )

    def _product(self, node: Json | SocialCommerceError) -> Product | SocialCommerceError:
        if isinstance(node, SocialCommerceError):
            return node
        return self.shelf().group(node) if _is_group(node) else self.shelf().item(node)

    def _nodes(self, ids: Sequence[str], fields: str) -> Flow[Rows]:
        """Items and groups by their ids: what refuses the fields of an item is read as a group.

        One of the fields must be an item's alone.
        """
        asked = list(dict.fromkeys(ids))
        known = [one for one in asked if _ID.fullmatch(one)]
        rows: Rows = {one: no_product(one, self.backend.name) for one in asked if one not in known}
        rows |= yield from self._read({one: f"/{one}" for one in known}, f"{fields},{codes.OWNER}")
        groups = [one for one in known if isinstance(rows[one], InvalidRequest) and one.isdigit()]
        rows |= yield from self._read_groups(groups, fields)
        catalog = yield from self.catalog_id()
        for one in known:
            rows[one] = self._ours(one, rows[one], catalog)
        return rows

    def _read_groups(self, ids: Sequence[str], fields: str) -> Flow[Rows]:
        paths = {one: f"/{one}" for one in ids}
        rows = yield from self._read(paths, f"{_group_fields(fields)},{codes.OWNER}")
        for one, node in rows.items():
            if not isinstance(node, SocialCommerceError):
                rows[one] = yield from self._whole_group(node, fields)
        return rows

    def _ours(self, node_id: str, node: Any, catalog: str) -> Any:
        """The node; of another catalogue of the login, whose SKUs mean other items, the error."""
        owner = (
            str((node.get("product_catalog") or {}).get("id") or catalog) if not _failed(node) else catalog
        )
        return node if owner == catalog else no_product(node_id, self.backend.name, owner)

    def _read(self, paths: Mapping[str, str], fields: str) -> Flow[Rows]:
        """GET each path with these fields: one by itself, several as a batch."""
        calls = [Call("GET", path, query={"fields": fields}, service=self.service) for path in paths.values()]
        if len(calls) == 1:
            answers = [(yield from self._alone(calls[0]))]
        else:
            answers = (yield from self.together(calls)) if calls else []
        return {
            key: self._not_there(key, answer) if isinstance(answer, SocialCommerceError) else answer.value
            for key, answer in zip(paths, answers, strict=True)
        }

    def _alone(self, call: Call) -> Flow[Reply[Any] | SocialCommerceError]:
        try:
            return (yield from self.perform(call))
        except (InvalidRequest, NotFound) as error:
            return error

    def _not_there(self, key: str, error: SocialCommerceError) -> SocialCommerceError:
        if not isinstance(error, NotFound):
            return error
        gone = no_product(key, self.backend.name)
        gone.sent, gone.__cause__ = "yes", error
        return gone

    def _by_sku(self, skus: Iterable[str], fields: str) -> Flow[Rows]:
        """Items by their SKU; those that are not there as ``NotFound``."""
        catalog = yield from self.catalog_id()
        return (yield from self._read({sku: address(catalog, sku) for sku in dict.fromkeys(skus)}, fields))

    def _many(self, skus: Sequence[str]) -> Flow[Rows]:
        """Items whole, by SKU: many with GET /{catalog}/products?filter=…, what that leaves one by one."""
        rows: Rows = {}
        if len(skus) > codes.FEW:
            catalog = yield from self.catalog_id()
            parts = chunks(list(dict.fromkeys(skus)), codes.FILTERED)
            calls = [self._filtered(catalog, part) for part in parts]
            for answer in (yield from self.together(calls, codes.FILTERS)):
                found = () if isinstance(answer, SocialCommerceError) else answer.value["data"]
                rows |= {row["retailer_id"]: row for row in found}
        return rows | (yield from self._by_sku([sku for sku in skus if sku not in rows], codes.FULL))

    def _filtered(self, catalog: str, skus: Sequence[str]) -> Call:
        asked = {"retailer_id": {"is_any": list(skus)}}
        query = {"fields": codes.FULL, "filter": asked, "limit": len(skus)}
        return Call("GET", f"/{catalog}/products", query=query, service=self.service)

    @supports(
        "native",
        requires=codes.SCOPES,
        params=native("skus", "scan"),
        cost="1 call a SKU; of many, 50 in one request",
    )
    def find(self, skus: Sequence[str], *, scan: bool = False) -> Flow[BulkResult[str, tuple[Ref, ...]]]:
        """GET /catalog:{catalog}:{SKU in base64url}; every SKU is searched, so ``scan`` changes nothing."""
        rows = yield from self._by_sku(skus, codes.IDS)
        yield from self._remember_skus(
            [row for row in rows.values() if not isinstance(row, SocialCommerceError)]
        )
        return BulkResult(Outcome.of(sku, _carriers(rows[sku])) for sku in skus)

    @supports(
        "native",
        requires=codes.SCOPES,
        params=native("refs"),
        cost="1 call an item; of many, 50 in one request",
    )
    def stock(self, refs: Sequence[Ref]) -> Flow[BulkResult[Ref, StockLevel]]:
        """GET /catalog:{catalog}:{SKU} or /{id} with availability, inventory, quantity_to_sell_on_facebook.

        Nothing is sold on Meta, so the count is what was last written; ``availability`` decides, and
        where it says no, nothing can be bought whatever the count.
        """
        rows = yield from self._targets(refs, codes.STOCK)
        return BulkResult(
            Outcome.of(
                ref, row if isinstance(row, SocialCommerceError) else mapping.stock_level(ref.ref(), row)
            )
            for ref, row in zip(refs, rows, strict=True)
        )

    def _targets(self, refs: Sequence[Ref], fields: str) -> Flow[Sequence[Json | SocialCommerceError]]:
        """The item that each ref names: by its SKU, or by the id of the variant or product."""
        by_sku = yield from self._by_sku([ref.sku for ref in refs if ref.sku], fields)
        ids = [ref.variant_id or ref.product_id or "" for ref in refs if not ref.sku]
        by_id = yield from self._nodes(ids, fields)
        return [by_sku[ref.sku] if ref.sku else self._only_item(ref, by_id) for ref in refs]

    def _only_item(self, ref: Ref, nodes: Rows) -> Json | SocialCommerceError:
        node = nodes[ref.variant_id or ref.product_id or ""]
        if isinstance(node, SocialCommerceError) or not _is_group(node):
            return node
        items = _items(node, grouped=True)
        if len(items) == 1:
            return items[0]
        told = f"product {node['id']} has {len(items)} variants; say which one"
        return InvalidRequest(fields={"variant_id": told}, platform=self.backend.name, sent="no")


def _failed(node: Any) -> bool:
    return isinstance(node, SocialCommerceError)


def _is_group(row: Json) -> bool:
    return "products" in row


def _items(row: Json, grouped: bool) -> Sequence[Json]:
    if not grouped:
        return (row,)
    items: Sequence[Json] = (row.get("products") or {}).get("data") or ()
    return items


def _group_fields(fields: str) -> str:
    return f"id,retailer_id,products.limit({codes.GROUP_ITEMS}){{{fields}}}"


def _carriers(row: Json | SocialCommerceError) -> tuple[Ref, ...] | SocialCommerceError:
    if isinstance(row, NotFound):
        return ()
    return row if isinstance(row, SocialCommerceError) else (mapping.found(row),)


def address(catalog: str, sku: str) -> str:
    """An item by the seller's own number: ``/catalog:{catalog}:{base64url}``."""
    return f"/catalog:{catalog}:{urlsafe_b64encode(sku.encode()).decode()}"


def no_product(product_id: str, platform: str, owner: str | None = None) -> NotFound:
    """There is no such product in this catalogue; ``owner`` is the other one that has it."""
    where = f"; it belongs to catalogue {owner}: client.for_account({owner!r})" if owner else ""
    return NotFound(f"this catalogue has no product {product_id}{where}", platform=platform, sent="no")
