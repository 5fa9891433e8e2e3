"""Making, changing and removing products in Meta's catalogue, and putting a whole list of them in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from attrs import frozen
from typing_extensions import Unpack

from socialcommerce.backends.meta.catalog import inputs
from socialcommerce.backends.meta.catalog.amounts import Amounts
from socialcommerce.backends.meta.catalog.batches import Failures, Write
from socialcommerce.backends.meta.catalog.reading import address
from socialcommerce.backends.meta.codes import catalog as codes
from socialcommerce.backends.shared import ProductUpdate
from socialcommerce.errors import Conflict, PartiallyApplied, SocialCommerceError
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.product import Product, ProductInput
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.catalog import ProductChanges
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["Writing"]

Json = Mapping[str, Any]
Results = dict[int, Any]


@frozen
class Making:
    """An input under way: its place among the inputs, and the rows it becomes."""

    index: int
    product: ProductInput
    rows: Sequence[Json]

    @property
    def skus(self) -> list[str]:
        """The SKUs of its rows."""
        return [row["id"] for row in self.rows]


class Writing(Amounts):
    """The part of ``client.catalog`` that changes products."""

    upsert_size: ClassVar[int] = codes.BATCH_ROWS

    @supports(
        "native",
        requires=codes.SCOPES,
        params={**native("products"), **emulated("idempotency_key")},
        cost="1 call for 5000 items and some to see its end; 1 read before for each; after as upsert",
    )
    def create(
        self, products: Sequence[ProductInput], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[ProductInput, Product]]:
        """POST items_batch, CREATE with ``allow_upsert=false``: one item a variant.

        The variants of one product are joined by ``group_id``, or by the first SKU where it has none.
        What has one variant is answered as the item, else as the group. A SKU is Meta's own key, so nothing
        is made twice, whatever ``idempotency_key`` it carries: one that is there already is refused
        (``Conflict(reason="duplicate")``). ``draft`` writes the item as archived.

        Raises:
            PartiallyApplied: some variants were made and others refused;
                ``update(resume["product"], **resume["changes"])`` makes the rest.
        """
        results: Results = {}
        making = self._making(products, results)
        making = yield from self._new_ones(making, results)
        writes = [Write("CREATE", row["id"], row) for one in making for row in one.rows]
        failures = yield from self._write(writes)
        failures = yield from self._not_there_yet(failures, failures)
        yield from self._made(making, failures, results)
        return BulkResult(Outcome.of(product, results[index]) for index, product in enumerate(products))

    @supports(
        "native",
        requires=codes.SCOPES,
        params={**native("products"), **native("sku")},
        cost="1 call for 5000 items and some to see its end; reads after: 1 for 100 items, 1 each group",
    )
    def upsert(self, products: Sequence[ProductInput]) -> Flow[BulkResult[ProductInput, Product]]:
        """POST items_batch, UPDATE with ``allow_upsert=true``, matched by SKU; 5000 products at a time.

        Where two inputs share a SKU, the columns of the later one count.
        """
        results: Results = {}
        making = self._making(products, results)
        writes = [Write("UPDATE", row["id"], row) for one in making for row in one.rows]
        failures = yield from self._write(writes, upsert=True)
        yield from self._made(making, failures, results)
        return BulkResult(Outcome.of(product, results[index]) for index, product in enumerate(products))

    def _making(self, products: Sequence[ProductInput], results: Results) -> list[Making]:
        """The rows of each product; what is wrong with one is its result."""
        making = []
        for index, product in enumerate(products):
            try:
                self.rules.hold(self._flaws(product))
                making.append(Making(index, product, self.columns.rows(product)))
            except SocialCommerceError as error:
                results[index] = error
        return making

    def _new_ones(self, making: Sequence[Making], results: Results) -> Flow[list[Making]]:
        """Those whose SKUs are not there yet, so that a repeat of a lost batch meets only what it made."""
        rows = yield from self._by_sku([sku for one in making for sku in one.skus], codes.IDS)
        there = {sku for sku, row in rows.items() if not isinstance(row, SocialCommerceError)}
        new: list[Making] = []
        for one in making:
            known = [sku for sku in one.skus if sku in there]
            if known:
                results[one.index] = self._taken(known)
            else:
                new.append(one)
                there.update(one.skus)
        return new

    def _not_there_yet(self, failures: Failures, made: Iterable[str], group: str = "") -> Flow[Failures]:
        """Failures without those of items to be ``made`` that are there, in the ``group`` where one is named.

        They were made by a batch whose reply was lost; its repeat is told that they exist.
        """
        doubted = failures.keys() & set(made)
        if not doubted:
            return failures
        rows = yield from self.told_after(self._by_sku(sorted(doubted), codes.GROUPED), {})
        there = {
            sku
            for sku, row in rows.items()
            if not isinstance(row, SocialCommerceError) and group in ("", _group_of(row))
        }
        return {sku: error for sku, error in failures.items() if sku not in there}

    def _taken(self, skus: Sequence[str]) -> Conflict:
        return Conflict(
            f"{', '.join(skus)}: there is an item with this SKU; catalog.upsert changes it",
            reason="duplicate",
            platform=self.backend.name,
            sent="no",
        )

    def _made(self, making: Sequence[Making], failures: Failures, results: Results) -> Flow[None]:
        """What became of each: the product as it is read, or the error of its items."""
        written = [one for one in making if not _settled(one.skus, failures, results, one)]
        rows = yield from self.told_after(self._many([sku for one in written for sku in one.skus]), {})
        items = {sku: row for sku, row in rows.items() if not isinstance(row, SocialCommerceError)}
        groups = {one.index: _group_of(items.get(one.skus[0])) for one in written if len(one.rows) > 1}
        wanted = [key for key in dict.fromkeys(groups.values()) if key]
        read = yield from self.told_after(self._read_groups(wanted, codes.FULL), {})
        yield from self._remember_skus(items.values())
        catalog = yield from self.catalog_id()
        for one in written:
            node = read.get(groups[one.index] or "") if one.index in groups else items.get(one.skus[0])
            if node is None or isinstance(node, SocialCommerceError):
                own = address(catalog, one.skus[0]).lstrip("/")
                results[one.index] = self.shelf().unread(own, one.product.title)
            else:
                results[one.index] = self._product(node)
        for one in making:
            error = results[one.index]
            if isinstance(error, PartiallyApplied):
                error.resume = yield from self._rest(one.product, error.done[0])

    def _rest(self, product: ProductInput, sku: str) -> Flow[Json]:
        """What finishes a product of which some items were made: its variants, as ``update`` takes them."""
        rows = yield from self.told_after(self._by_sku([sku], codes.FULL), {})
        row = rows.get(sku)
        group = _group_of(row) if isinstance(row, Mapping) else None
        changes = ProductUpdate.of(product).portable(["variants"])
        return {"product": group, "changes": changes}

    @supports(
        "native",
        requires=codes.SCOPES,
        params={**native("product", *ProductChanges.__annotations__), "package": codes.NO_PARCEL},
        cost="1-2 calls to read, 1 to write and some to see its end, 1-2 to read back",
    )
    def update(self, product: str | Product, **changes: Unpack[ProductChanges]) -> Flow[Product]:
        """POST items_batch, UPDATE of every item of the product.

        The id of an item changes that item, the id of a group all of its items. ``variants`` is the whole
        list of a group's items: those with a new SKU are created like their siblings, those left out are
        deleted. ``status`` is ``active``, or ``inactive`` or ``draft``, which are both written as archived.

        Raises:
            PartiallyApplied: some items were changed and others not;
                ``update(resume["product"], **resume["changes"])`` does it again, which is safe.
        """
        product_id = identity(product)
        update = ProductUpdate.model_validate(dict(changes))
        self.rules.hold(inputs.update_flaws(update, self.session.media_host is not None))
        node = (yield from self._nodes([product_id], codes.FULL))[product_id]
        if isinstance(node, SocialCommerceError):
            raise node
        writes = self._update_writes(node, update)
        new = [write.sku for write in writes if write.method == "CREATE"]
        failures = yield from self._not_there_yet((yield from self._write(writes)), new, product_id)
        failures = yield from self._explained(failures)
        self._hold_written(product_id, update, _summed([write.sku for write in writes], failures))
        known = self.shelf().unread(product_id, update.title or _title(node))
        return (yield from self.told_after(self._again(product_id), known))

    def _hold_written(
        self, product_id: str, update: ProductUpdate, error: SocialCommerceError | None
    ) -> None:
        if isinstance(error, PartiallyApplied):
            changes = update.portable([*ProductChanges.__annotations__])
            error.resume = {"product": product_id, "changes": changes}
        if error is not None:
            raise error

    def _again(self, product_id: str) -> Flow[Product]:
        nodes = yield from self._nodes([product_id], codes.FULL)
        node = nodes[product_id]
        if isinstance(node, SocialCommerceError):
            raise node
        yield from self._remember_skus(_items(node))
        read = self._product(node)
        assert isinstance(read, Product)
        return read

    def _update_writes(self, node: Json, update: ProductUpdate) -> list[Write]:
        """The writes of a change: the product's words to every item, and each variant's own to its."""
        common = self.columns.product(update)
        items = {item["retailer_id"]: item for item in _items(node)}
        if not update.gives("variants"):
            return [Write("UPDATE", sku, common) for sku in items] if common else []
        wanted = {one.sku or "": one for one in update.variants}
        if "products" not in node and wanted.keys() != items.keys():
            raise invalid(
                variants=f"{node['id']} is one item, {next(iter(items))}; give the id of its group "
                f"({_group_of(node)}) to add or to remove variants"
            )
        if not wanted:
            raise invalid(variants="at least one stays; catalog.delete removes the product")
        base = inputs.kept(next(iter(items.values()))) if items else {}
        writes = []
        for sku, one in wanted.items():
            row = common | self.columns.variant(one)
            if sku in items:
                writes.append(Write("UPDATE", sku, row))
            elif one.price is None:
                raise invalid(**{"variants.price": f"is required: {sku} is new"})
            else:
                writes.append(Write("CREATE", sku, {"availability": "in stock", **base, **row}))
        return [*writes, *(Write("DELETE", sku, {}) for sku in items if sku not in wanted)]

    @supports(
        "native",
        requires=codes.SCOPES,
        params=native("products"),
        cost="1 call for 5000 items and some to see its end",
    )
    def delete(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """POST items_batch, DELETE of the item, or of every item of the group; a read before for an id."""
        return (yield from self._every_item(products, "DELETE", {}))

    @supports(
        "native",
        requires=codes.SCOPES,
        params=native("products"),
        cost="1 call for 5000 items and some to see its end",
    )
    def publish(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """POST items_batch, UPDATE of ``status`` to active; it shows once its review ended well."""
        return (yield from self._every_item(products, "UPDATE", {"status": codes.ON_SALE}))

    @supports(
        "native",
        requires=codes.SCOPES,
        params=native("products"),
        cost="1 call for 5000 items and some to see its end",
    )
    def unpublish(self, products: Sequence[str | Product]) -> Flow[BulkResult[str | Product, None]]:
        """POST items_batch, UPDATE of ``status`` to archived."""
        return (yield from self._every_item(products, "UPDATE", {"status": codes.OFF_SALE}))

    def _every_item(
        self, products: Sequence[str | Product], method: Any, columns: Json
    ) -> Flow[BulkResult[str | Product, None]]:
        """The same written to all items of each product."""
        ids = [identity(product) for product in products]
        nodes = yield from self._nodes(ids, codes.NAMES)
        skus = {
            key: [item["retailer_id"] for item in _items(node)]
            for key, node in nodes.items()
            if not isinstance(node, SocialCommerceError)
        }
        every = dict.fromkeys(sku for some in skus.values() for sku in some)
        failures = yield from self._explained(
            (yield from self._write(Write(method, sku, columns) for sku in every))
        )
        ended = {key: _summed(some, failures) for key, some in skus.items()}
        return BulkResult(
            Outcome.of(product, ended[key] if key in ended else nodes[key])
            for product, key in zip(products, ids, strict=True)
        )


def _settled(skus: Sequence[str], failures: Failures, results: Results, one: Making) -> bool:
    error = _summed(skus, failures)
    if error is not None:
        results[one.index] = error
    return error is not None


def _summed(skus: Iterable[str], failures: Failures) -> SocialCommerceError | None:
    """What the failures of some of a product's items come to."""
    every = list(skus)
    failed = [sku for sku in every if sku in failures]
    if not failed:
        return None
    first = failures[failed[0]]
    if len(failed) == len(every):
        return first
    error = PartiallyApplied(
        f"{len(failed)} of {len(every)} items were refused: {first}",
        done=[sku for sku in every if sku not in failures],
        failed=failed,
    )
    error.__cause__ = first
    return error


def _items(node: Json) -> Sequence[Json]:
    items: Sequence[Json] = node["products"]["data"] if "products" in node else (node,)
    return items


def _title(node: Json) -> str:
    items = _items(node)
    return str(items[0].get("name") or "") if items else ""


def _group_of(row: Json | None) -> str | None:
    group = (row or {}).get("product_group") or {}
    return str(group["id"]) if group.get("id") else None
