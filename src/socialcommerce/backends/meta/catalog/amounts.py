"""Stock and prices of items: columns of a batch, by SKU."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from socialcommerce.backends.meta.catalog import inputs, mapping, prices
from socialcommerce.backends.meta.catalog.batches import Failures, Write
from socialcommerce.backends.meta.catalog.rules import RuleBook
from socialcommerce.backends.meta.codes import catalog as codes
from socialcommerce.errors import Conflict, NotFound, SocialCommerceError
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.product import Inventory, PriceChange, Ref, StockChange, StockLevel
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["Amounts"]

C = TypeVar("C", bound=Ref)
Results = dict[int, Any]
Json = Mapping[str, Any]


class Amounts(RuleBook):
    """The part of ``client.catalog`` that sets stock and prices."""

    @supports(
        "native",
        requires=codes.SCOPES,
        params={
            **native("changes", "set"),
            **emulated("expected", "add", "idempotency_key"),
            "location": codes.NO_LOCATION,
        },
        cost="1 call for 5000 items and some to see its end; 1 to read each that is named by id",
    )
    def set_stock(
        self, changes: Sequence[StockChange], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[StockChange, StockLevel]]:
        """POST items_batch, UPDATE of quantity_to_sell_on_facebook and availability.

        Both are written, since availability decides whether an item is sold: none left is ``out of
        stock``, else ``in stock`` (``native={"availability": "preorder"}`` says another word). ``expected``
        is compared with what is read a moment before; ``mode="add"`` is taken with ``expected`` alone. So
        every change may be repeated, whatever ``idempotency_key`` it carries.
        """
        return (yield from self._change(changes, self._stock_row, _level))

    @supports(
        "native",
        requires=codes.SCOPES,
        params={
            **native("changes", "base_price", "sale"),
            **emulated("idempotency_key"),
            "list_price": codes.NO_LIST_PRICE,
        },
        cost="1 call for 5000 items and some to see its end; 1 to read each that is named by id",
    )
    def set_prices(
        self, changes: Sequence[PriceChange], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[PriceChange, Ref]]:
        """POST items_batch, UPDATE of price, sale_price and sale_price_effective_date.

        Prices are written in major units with their currency (``19.99 USD``). A sale without a beginning
        begins now. While it runs, Meta crosses out the price itself.
        """
        return (yield from self._change(changes, self._price_row, _names))

    def _change(
        self,
        changes: Sequence[C],
        row: Callable[[C, Json], dict[str, Any]],
        value: Callable[[C, str, Json], Any],
    ) -> Flow[BulkResult[C, Any]]:
        """Find the item of each change, write all of them, and say of each what became of it."""
        results: Results = {}
        skus = yield from self._aimed(changes, results)
        columns: dict[str, dict[str, Any]] = {}
        for index, (sku, present) in skus.items():
            try:
                written = row(changes[index], present)
                columns[sku] = _agreed(columns.get(sku, {}), written)
            except SocialCommerceError as error:
                results[index] = error
        writes = [Write("UPDATE", sku, written) for sku, written in columns.items()]
        failures = yield from self._explained((yield from self._write(writes)))
        for index, (sku, _) in skus.items():
            done = failures.get(sku) or value(changes[index], sku, columns.get(sku, {}))
            results.setdefault(index, done)
        return BulkResult(Outcome.of(change, results[index]) for index, change in enumerate(changes))

    def _aimed(self, changes: Sequence[Any], results: Results) -> Flow[dict[int, tuple[str, Json]]]:
        """The SKU of each change, with the item as it is where that had to be read."""
        unread = [index for index, one in enumerate(changes) if _needs_reading(one)]
        rows = yield from self._targets([changes[index] for index in unread], codes.STOCK)
        skus: dict[int, tuple[str, Json]] = {
            index: (one.sku, {}) for index, one in enumerate(changes) if not _needs_reading(one)
        }
        for index, found in zip(unread, rows, strict=True):
            if isinstance(found, SocialCommerceError):
                results[index] = found
            else:
                skus[index] = found["retailer_id"], found
        return dict(sorted(skus.items()))

    def _stock_row(self, change: StockChange, present: Json) -> dict[str, Any]:
        if change.location is not None:
            raise self.rules.unsupported("catalog.set_stock:location")
        if change.mode == "add" and change.expected is None:
            raise self.rules.unsupported("catalog.set_stock:add")
        quantity = change.quantity
        if change.expected is not None:
            self._hold_expected(change.expected, mapping.sellable(present))
            quantity += change.expected if change.mode == "add" else 0
        if quantity < 0:
            raise invalid(quantity=f"would leave {quantity}; at least 0")
        self.rules.hold(inputs.native_flaws("native", change.native))
        return inputs.stock(quantity) | change.native

    def _hold_expected(self, expected: int, present: int | None) -> None:
        if present != expected:
            raise Conflict(
                f"expected {expected} available, and there are {present}",
                reason="stale",
                platform=self.backend.name,
                sent="no",
            )

    def _price_row(self, change: PriceChange, present: Json) -> dict[str, Any]:
        if change.list_price is not None:
            raise self.rules.unsupported("catalog.set_prices:list_price")
        self.rules.hold(inputs.price_flaws("base_price", "sale", change.base_price, change.sale))
        self.rules.hold(inputs.native_flaws("native", change.native))
        row: dict[str, Any] = {}
        if change.base_price is not None:
            row["price"] = prices.price(change.base_price)
        if change.sale is not None:
            row |= prices.sale_columns(change.sale, self.now())
        return row | change.native

    def _explained(self, failures: Failures) -> Flow[Failures]:
        """Failures, with ``NotFound`` for the items that are not there: a batch says that in words alone."""
        doubted = [sku for sku, error in failures.items() if error.sent == "yes"]
        if not doubted:
            return failures
        rows = yield from self.told_after(self._by_sku(doubted, codes.IDS), {})
        return failures | {sku: row for sku, row in rows.items() if isinstance(row, NotFound)}


def _needs_reading(change: Any) -> bool:
    return not change.sku or getattr(change, "expected", None) is not None


def _agreed(earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """Two changes of one item as one; where they disagree, which one counts would be chance."""
    twice = [name for name in later if name in earlier and earlier[name] != later[name]]
    if twice:
        raise invalid(sku=f"{', '.join(twice)}: is changed twice in one call; keep one of the two")
    return {**earlier, **later}


def _level(change: StockChange, sku: str, written: Json) -> StockLevel:
    """The stock after the write, which is what was written."""
    count = written.get("quantity_to_sell_on_facebook")
    available = mapping.sellable(written)
    place = Inventory.build(on_hand=count, available=available)
    return StockLevel.build(ref=change.ref(), available=available, locations=(place,))


def _names(change: PriceChange, sku: str, written: Json) -> Ref:
    return Ref.build(sku=sku, product_id=change.product_id, variant_id=change.variant_id)
