"""Stock and prices of what is listed: one item a call, at most fifty variants in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from attrs import frozen

from socialcommerce.backends.shopee.catalog import inputs
from socialcommerce.backends.shopee.catalog.reading import PREFIX, chunks
from socialcommerce.backends.shopee.catalog.rules import Rules
from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.errors import Conflict, DecodeError, PlatformError, SocialCommerceError, Unsupported
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.product import (
    Inventory,
    PriceChange,
    Product,
    Ref,
    StockChange,
    StockLevel,
    Variant,
)
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Amounts"]

Json = Mapping[str, Any]
C = TypeVar("C", StockChange, PriceChange)
R = TypeVar("R")


@frozen
class Target:
    """A change with the variant it means; ``index`` is its place among the inputs."""

    index: int
    change: Any
    item: Product
    variant: Variant

    @property
    def model_id(self) -> int:
        """The id as update_stock and update_price take it: 0 without models."""
        return int(self.variant.id)


@frozen
class Write:
    """What is written to one variant: the row of the call, and what it then is."""

    target: Target
    row: dict[str, Any]
    value: Any


Results = dict[int, Any]
_ANYWHERE = (None, "default")
"""No location given, or the one that ``store.locations`` names where a shop has no warehouses."""


class Amounts(Rules):
    """The part of ``client.catalog`` that sets stock and prices."""

    @supports(
        "native",
        params={
            **native("changes", "set", "location"),
            **emulated("expected", "add", "idempotency_key"),
        },
        requires=("seller",),
        cost="1-2 calls to read and 1 to write for each product",
    )
    def set_stock(
        self, changes: Sequence[StockChange], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[StockChange, StockLevel]]:
        """POST product/update_stock, one product a call.

        Shopee takes the seller's whole stock, of which promotions and its own warehouses may hold
        a part. So the stock is read first, and moved by as much as buyers shall be able to buy more or
        less. ``expected`` is compared with what was read, a moment before the write. ``mode="add"``
        is taken together with ``expected`` alone: a repeat then meets other stock and is refused. So
        every change may be repeated, whatever ``idempotency_key`` it carries.
        """
        return (yield from self._change(changes, self._refuse_stock, self._write_stock))

    @supports(
        "native",
        params={
            **native("changes", "base_price"),
            **emulated("idempotency_key"),
            "list_price": codes.PRICES_BY_PROMOTION,
            "sale": codes.PRICES_BY_PROMOTION,
        },
        requires=("seller",),
        cost="1-2 calls to read and 1 to write for each product",
    )
    def set_prices(
        self, changes: Sequence[PriceChange], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[PriceChange, Ref]]:
        """POST product/update_price, one product a call: the original price.

        Prices are read first, since the dearest variant may cost only so many times the cheapest.
        """
        return (yield from self._change(changes, self._refuse_prices, self._write_prices))

    def _change(
        self,
        changes: Sequence[C],
        refuse: Callable[[C], None],
        write: Callable[[Sequence[Target], Results], Flow[None]],
    ) -> Flow[BulkResult[C, Any]]:
        """Find what each change means, group by product, write product by product side by side."""
        results: Results = {}
        for index, change in enumerate(changes):
            _settle(results, index, partial(refuse, change))
        yield from self._load([change for index, change in enumerate(changes) if index not in results])
        open_ = [index for index in range(len(changes)) if index not in results]
        found = yield from gather([self._aim(index, changes[index], results) for index in open_])
        targets = _once(
            sorted((target for target in found if target), key=lambda target: target.index), results
        )
        groups: dict[str, list[Target]] = {}
        for target in targets:
            groups.setdefault(target.item.id, []).append(target)
        yield from gather([self._guarded(write, group, results) for group in groups.values()])
        return BulkResult(Outcome.of(change, results[index]) for index, change in enumerate(changes))

    def _aim(self, index: int, change: Any, results: Results) -> Flow[Target | None]:
        try:
            item, variant = yield from self._target(change)
        except SocialCommerceError as error:
            results[index] = error
            return None
        return Target(index, change, item, variant)

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
            for target in group:
                results.setdefault(target.index, error)

    def _refuse_stock(self, change: StockChange) -> None:
        if change.mode == "add" and change.expected is None:
            refusal = codes.FREE_ADD
            raise Unsupported("catalog.set_stock:add", "shopee", refusal.reason, refusal.instead)

    def _refuse_prices(self, change: PriceChange) -> None:
        inputs.refuse_promotion_prices("catalog.set_prices", change)

    def _write_stock(self, group: Sequence[Target], results: Results) -> Flow[None]:
        writes: list[Write] = []
        for target in group:
            _settle(results, target.index, partial(_collect, writes, _stock_write, target))
        for chunk in _by_model(writes):
            rows: dict[int, list[Json]] = {}
            for write in chunk:
                rows.setdefault(write.target.model_id, []).append(write.row)
            body = [{"model_id": model_id, "seller_stock": stock} for model_id, stock in rows.items()]
            yield from self._send("update_stock", "stock_list", body, chunk, results)

    def _write_prices(self, group: Sequence[Target], results: Results) -> Flow[None]:
        region = yield from self.region()
        priced = partial(_price_write, region)
        writes: list[Write] = []
        for target in group:
            _settle(results, target.index, partial(_collect, writes, priced, target))
        item = group[0].item
        after = {variant.id: variant.base_price.amount for variant in item.variants if variant.base_price}
        after |= {write.target.variant.id: write.row["original_price"] for write in writes}
        ratio = inputs.ratio_problem(after.values(), region)
        if ratio:
            raise invalid(base_price=ratio)
        for chunk in _by_model(writes):
            yield from self._send(
                "update_price", "price_list", [write.row for write in chunk], chunk, results
            )

    def _send(
        self, call: str, field: str, rows: Sequence[Json], writes: Sequence[Write], results: Results
    ) -> Flow[None]:
        """Write one product's rows; ``failure_list`` tells those that Shopee refused."""
        item_id = int(writes[0].target.item.id)
        body = {"item_id": item_id, field: list(rows)}
        try:
            answer = yield from self.ask("POST", PREFIX + call, body=body, safety="absolute")
        except PlatformError as error:
            answer = codes.refused_rows(error)
        failed = {row.get("model_id") or 0: row for row in answer.get("failure_list") or ()}
        succeeded = {row.get("model_id") or 0 for row in answer.get("success_list") or ()}
        for write in writes:
            target = write.target
            if target.model_id in failed:
                results[target.index] = codes.row_error(failed[target.model_id].get("failed_reason") or "")
            elif target.model_id in succeeded:
                results[target.index] = write.value
            else:
                results[target.index] = _unanswered(call, target)


def _unanswered(call: str, target: Target) -> DecodeError:
    return DecodeError(
        f"{call} answered neither success nor failure for {target.item.id}/{target.variant.id}",
        platform="shopee",
        status=200,
    )


def _settle(results: Results, index: int, step: Callable[[], Any]) -> None:
    """Run one step for one change; what it raises is that change's result."""
    try:
        step()
    except SocialCommerceError as error:
        results[index] = error


def _collect(writes: list[Write], make: Callable[[Target], Write], target: Target) -> None:
    writes.append(make(target))


def _once(targets: Iterable[Target], results: Results) -> list[Target]:
    """Refuse a second change of the same variant and place: which one counts would be chance."""
    seen: set[tuple[str, str, str | None]] = set()
    kept = []
    for target in targets:
        place = getattr(target.change, "location", None)
        key = (target.item.id, target.variant.id, None if place in _ANYWHERE else place)
        if key in seen:
            results[target.index] = invalid(variant_id="is changed twice in one call; keep one of the two")
        else:
            seen.add(key)
            kept.append(target)
    return kept


def _by_model(writes: Sequence[Write]) -> list[list[Write]]:
    """At most fifty models a call, all locations of a model in the same one."""
    by_model: dict[int, list[Write]] = {}
    for write in writes:
        by_model.setdefault(write.target.model_id, []).append(write)
    return [
        [write for rows in chunk for write in rows]
        for chunk in chunks(list(by_model.values()), codes.WRITE_ROWS)
    ]


def _price_write(region: Region, target: Target) -> Write:
    price = inputs.price(target.change.base_price, region, "base_price")
    row = {"model_id": target.model_id, "original_price": price}
    ref = Ref.build(
        sku=target.variant.sku or target.change.sku, product_id=target.item.id, variant_id=target.variant.id
    )
    return Write(target, row, ref)


def _stock_write(target: Target) -> Write:
    """Move the seller's stock by what buyers shall be able to buy more or less than now."""
    change, place = target.change, _shelf(target)
    if change.expected is not None and place.available != change.expected:
        raise Conflict(
            f"expected {change.expected} available, and there are {place.available}",
            reason="stale",
            platform="shopee",
            sent="no",
        )
    wanted = place.available + change.quantity if change.mode == "add" else change.quantity
    more = wanted - place.available
    if wanted < 0:
        raise invalid(quantity=f"{change.quantity} would leave {wanted}")
    if place.stock + more < 0:
        raise invalid(
            quantity=f"{wanted} cannot be reached: {place.available - place.stock} lie with Shopee, "
            "whose stock cannot be changed"
        )
    row: dict[str, Any] = {"stock": place.stock + more}
    if change.location not in _ANYWHERE:
        row["location_id"] = change.location
    return Write(target, row, _level_after(target, place, more))


@frozen
class Shelf:
    """Where stock is written: the seller's stock there, and how much of it can be bought."""

    location: str | None
    stock: int
    available: int


def _shelf(target: Target) -> Shelf:
    info = target.variant.raw.get("stock_info_v2") or {}
    seller = {row.get("location_id"): int(row.get("stock") or 0) for row in info.get("seller_stock") or ()}
    own = sum(seller.values())
    everything = own + sum(int(row.get("stock") or 0) for row in info.get("shopee_stock") or ())
    available, location = target.variant.available or 0, target.change.location
    if location in _ANYWHERE:
        if len(seller) > 1:
            names = ", ".join(str(name) for name in seller)
            raise invalid(location=f"this variant is kept at {names}; say which stock to set")
        return Shelf(next(iter(seller), None), own, available)
    if everything == own and set(seller) <= {location}:
        return Shelf(location, own, available)
    if everything != available:
        raise Conflict(
            "a promotion holds stock back, and Shopee does not tell at which location; wait for its end",
            reason="promotion",
            platform="shopee",
            sent="no",
        )
    return Shelf(location, seller.get(location, 0), seller.get(location, 0))


def _level_after(target: Target, shelf: Shelf, more: int) -> StockLevel:
    """The stock after the write, as far as it follows from what was read."""
    places = tuple(
        _moved(place, more) if place.location == shelf.location else place
        for place in target.variant.inventory
    )
    return StockLevel.build(
        ref=target.change.ref(), available=(target.variant.available or 0) + more, locations=places
    )


def _moved(place: Inventory, more: int) -> Inventory:
    return Inventory.build(
        location=place.location,
        on_hand=None if place.on_hand is None else place.on_hand + more,
        reserved=place.reserved,
        available=None if place.available is None else place.available + more,
    )
