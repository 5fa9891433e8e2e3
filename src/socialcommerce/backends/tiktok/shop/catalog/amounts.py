"""Stock and prices of what is listed: one product a call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from socialcommerce.backends.tiktok.shop.catalog import inputs, mapping
from socialcommerce.backends.tiktok.shop.catalog.reading import PRODUCTS, no_product, target
from socialcommerce.backends.tiktok.shop.catalog.rules import Rules
from socialcommerce.backends.tiktok.shop.codes import catalog as codes
from socialcommerce.backends.tiktok.shop.codes.errors import row_error
from socialcommerce.backends.tiktok.shop.noun import Json
from socialcommerce.errors import Conflict, NotFound, SocialCommerceError, Unsupported
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.product import PriceChange, Ref, StockChange, StockLevel
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Amounts"]

Results = dict[int, Any]


@frozen
class Target:
    """A change with the SKU row it means; ``index`` is its place among the inputs."""

    index: int
    change: Any
    product_id: str
    row: Json

    @property
    def sku_id(self) -> str:
        """The SKU as inventory and price updates name it."""
        return str(self.row["id"])


class Amounts(Rules):
    """The part of ``client.catalog`` that sets stock and prices."""

    @supports(
        "native",
        params={**native("changes", "set", "location"), **emulated("expected", "add", "idempotency_key")},
        cost="1 call to read 100 products and 1 to write each; for SKUs 1 more for 50",
    )
    def set_stock(
        self, changes: Sequence[StockChange], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[StockChange, StockLevel]]:
        """POST products/{id}/inventory/update, one product a call, after inventory/search.

        The quantity is what buyers can still buy, and TikTok Shop holds back what is sold by itself.
        Every warehouse of a SKU is written, those that do not change with what was read. ``expected`` is
        compared with that, a moment before the write; ``mode="add"`` is taken with ``expected`` alone, so
        that a repeat meets other stock and is refused, whatever ``idempotency_key`` it carries.
        """
        results: Results = {}
        for index, change in enumerate(changes):
            if change.mode == "add" and change.expected is None:
                refusal = codes.FREE_ADD
                results[index] = Unsupported(
                    "catalog.set_stock:add", "tiktok_shop", refusal.reason, refusal.instead
                )
        stock = yield from self._aimed(changes, results)
        groups = _by_product(stock)
        yield from gather([self._guarded(self._write_stock, group, results) for group in groups])
        return BulkResult(Outcome.of(change, results[index]) for index, change in enumerate(changes))

    @supports(
        "native",
        params={
            **native("changes", "base_price", "list_price"),
            **emulated("idempotency_key"),
            "sale": codes.PRICES_BY_PROMOTION,
        },
        cost="1 call to read and 1 to write each product; for SKUs 1 more for 50",
    )
    def set_prices(
        self, changes: Sequence[PriceChange], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[PriceChange, Ref]]:
        """POST products/{id}/prices/update, one product a call.

        Prices are read as ``sale_price``; local sellers write ``amount``, global ones ``sale_price``. The
        product must be on sale and in no promotion. A list price is kept in the United States alone.
        """
        results: Results = {}
        for index, change in enumerate(changes):
            try:
                inputs.refuse_sale(change, "catalog.set_prices")
            except Unsupported as error:
                results[index] = error
        targets = yield from self._aimed(changes, results)
        shelf = (yield from self._shelf()) if targets else None

        def write(group: Sequence[Target], results: Results) -> Flow[None]:
            assert shelf is not None
            return self._write_prices(group, results, shelf)

        groups = _by_product(targets)
        yield from gather([self._guarded(write, group, results) for group in groups])
        return BulkResult(Outcome.of(change, results[index]) for index, change in enumerate(changes))

    def _aimed(self, changes: Sequence[Any], results: Results) -> Flow[Sequence[Target]]:
        """The SKU that each change means, as inventory/search shows it; what none means is its error."""
        open_ = [(index, change) for index, change in enumerate(changes) if index not in results]
        found = yield from self._found([one.sku for _, one in open_ if one.sku and not one.product_id])
        ids = {one.product_id for _, one in open_ if one.product_id}
        ids |= {ref.product_id for refs in found.values() for ref in refs if ref.product_id}
        stock = yield from self._inventory(ids)
        targets: list[Target] = []
        for index, change in open_:
            try:
                targets.append(Target(index, change, *target(change, found, stock)))
            except SocialCommerceError as error:
                results[index] = error
        return _once(targets, results)

    def _guarded(
        self,
        write: Callable[[Sequence[Target], Results], Flow[None]],
        group: Sequence[Target],
        results: Results,
    ) -> Flow[None]:
        """A product that fails whole fails for each of its changes, and for no other product."""
        try:
            yield from write(group, results)
        except SocialCommerceError as error:
            for one in group:
                results.setdefault(one.index, error)

    def _write_stock(self, group: Sequence[Target], results: Results) -> Flow[None]:
        shelves: dict[str, dict[str, int]] = {}
        for one in group:
            try:
                shelves[one.sku_id] = _moved(one, shelves.get(one.sku_id) or _places(one.row))
            except SocialCommerceError as error:
                results[one.index] = error
        if not shelves:
            return
        rows = [
            {
                "id": sku_id,
                "inventory": [{"warehouse_id": key, "quantity": units} for key, units in places.items()],
            }
            for sku_id, places in shelves.items()
        ]
        path = f"{PRODUCTS}/{group[0].product_id}/inventory/update"
        answer = yield from self.ask("POST", path, body={"skus": rows}, safety="absolute")
        failed = {str((row.get("detail") or {}).get("sku_id")): row for row in answer.get("errors") or ()}
        for one in group:
            row = failed.get(one.sku_id)
            done = _level(one, shelves.get(one.sku_id, {}))
            results.setdefault(one.index, (_refused(one, row) if row else None) or done)

    def _write_prices(self, group: Sequence[Target], results: Results, shelf: inputs.Shelf) -> Flow[None]:
        detail = yield from self._detail(group[0].product_id)
        known = {str(sku["id"]): sku for sku in detail.get("skus") or ()}
        rows: list[dict[str, Any]] = []
        for one in group:
            try:
                rows.append(_price_row(one, known.get(one.sku_id), shelf))
                results[one.index] = Ref.build(
                    sku=one.row.get("seller_sku") or one.change.sku,
                    product_id=one.product_id,
                    variant_id=one.sku_id,
                )
            except SocialCommerceError as error:
                results[one.index] = error
        if rows:
            path = f"{PRODUCTS}/{group[0].product_id}/prices/update"
            yield from self._priced(path, rows, group, results)

    def _priced(
        self, path: str, rows: Sequence[Json], group: Sequence[Target], results: Results
    ) -> Flow[None]:
        try:
            yield from self.ask("POST", path, body={"skus": list(rows)}, safety="absolute")
        except SocialCommerceError as error:
            for one in group:
                if isinstance(results[one.index], Ref):
                    results[one.index] = error


def _by_product(targets: Iterable[Target]) -> list[list[Target]]:
    groups: dict[str, list[Target]] = {}
    for one in targets:
        groups.setdefault(one.product_id, []).append(one)
    return list(groups.values())


def _once(targets: Iterable[Target], results: Results) -> list[Target]:
    """Refuse a second change of the same SKU and warehouse: which one counts would be chance."""
    seen: set[tuple[str, str | None]] = set()
    kept = []
    for one in targets:
        key = (one.sku_id, getattr(one.change, "location", None) or _only(one.row))
        if key in seen:
            results[one.index] = invalid(variant_id="is changed twice in one call; keep one of the two")
            continue
        seen.add(key)
        kept.append(one)
    return kept


def _places(row: Json) -> dict[str, int]:
    return {
        str(place["warehouse_id"]): int(place.get("available_quantity") or 0)
        for place in row.get("warehouse_inventory") or ()
    }


def _only(row: Json) -> str | None:
    places = _places(row)
    return next(iter(places)) if len(places) == 1 else None


def _moved(one: Target, places: Mapping[str, int]) -> dict[str, int]:
    """The stock of a SKU by warehouse after a change."""
    change: StockChange = one.change
    place = change.location or _only(one.row)
    if place is None or place not in places:
        names = ", ".join(places) or "no warehouse"
        raise invalid(location=f"this variant is kept at {names}; say which stock to set")
    present = places[place]
    if change.expected is not None and present != change.expected:
        raise Conflict(
            f"expected {change.expected} available, and there are {present}",
            reason="stale",
            platform="tiktok_shop",
            sent="no",
        )
    wanted = present + change.quantity if change.mode == "add" else change.quantity
    if not 0 <= wanted <= codes.STOCK_MAX:
        raise invalid(quantity=f"would leave {wanted}; from 0 to {codes.STOCK_MAX}")
    return {**places, place: wanted}


def _level(one: Target, places: Mapping[str, int]) -> StockLevel:
    """The stock after the write, as far as it follows from what was read."""
    rows = [
        {**row, "available_quantity": places.get(str(row["warehouse_id"]), row.get("available_quantity"))}
        for row in one.row.get("warehouse_inventory") or ()
    ]
    whole = {"total_available_quantity": sum(places.values()), "warehouse_inventory": rows}
    return mapping.stock_level(one.change.ref(), whole)


def _refused(one: Target, row: Json) -> SocialCommerceError | None:
    """The error of a SKU's row: that of the change's own warehouse where the row tells them apart."""
    told = (row.get("detail") or {}).get("extra_errors") or ()
    place = one.change.location or _only(one.row)
    mine = [error for error in told if str(error.get("warehouse_id")) == place]
    if told and not mine:
        return None
    return row_error(mine[0] if mine else row)


def _price_row(one: Target, known: Json | None, shelf: inputs.Shelf) -> dict[str, Any]:
    """A row of prices/update: it always carries the price, so one that stays is written as it was read."""
    change: PriceChange = one.change
    if known is None:
        raise no_product(one.product_id)
    row: dict[str, Any] = {"id": one.sku_id}
    if change.base_price is not None:
        row["price"] = inputs.price(change.base_price, shelf, "base_price")
    else:
        shown = known.get("price") or {}
        if not shown.get("sale_price"):
            raise NotFound(
                f"{one.sku_id} shows no price yet; set base_price", platform="tiktok_shop", sent="no"
            )
        row["price"] = {"currency": shown["currency"], shelf.price_field: shown["sale_price"]}
    if change.list_price is not None:
        row["list_price"] = inputs.list_price(change.list_price, "catalog.set_prices")
    return row
