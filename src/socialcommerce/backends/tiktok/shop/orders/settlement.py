"""What an order brings: settlements, itemised, and estimates before there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from socialcommerce.backends.shared import Json
from socialcommerce.backends.tiktok.shop.codes.orders import kind_of
from socialcommerce.backends.tiktok.shop.noun import instant
from socialcommerce.backends.tiktok.shop.orders.base import OrdersNoun, digits
from socialcommerce.backends.tiktok.shop.orders.values import NONE, exact, total
from socialcommerce.errors import NotFound, PlatformError
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.money import Money
from socialcommerce.models.order import Order, Transaction, TransactionKind, Transactions
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import identity
from socialcommerce.resources.orders import Orders
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Settlement", "settled"]

_PAGE = 100
_GROUPS: tuple[tuple[str, tuple[str, ...], str, TransactionKind], ...] = (
    ("revenue", ("revenue_amount", "est_revenue_amount"), "revenue_breakdown", "sale"),
    ("shipping", ("shipping_cost_amount", "est_shipping_cost_amount"), "shipping_cost_breakdown", "shipping"),
    (
        "fee",
        ("fee_tax_amount", "fee_and_tax_amount", "est_fee_tax_amount"),
        "fee_tax_breakdown",
        "service_fee",
    ),
)
"""Group, the names its sum may have, where it is itemised, and what is left unexplained of it."""


class Settlement(OrdersNoun, Orders):
    """``orders.transactions`` of TikTok Shop."""

    @supports(
        "native",
        params=native("orders"),
        requires=("shop",),
        cost="1 call an order; a walk over unsettled orders, 100 a call, for those not yet settled",
    )
    def transactions(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Transactions]]:
        """GET /finance/202501/orders/{id}/statement_transactions; before that, 202507/orders/unsettled.

        The items add up to ``net``: what a group's breakdown leaves unexplained is an item of its own.
        """
        ids = [identity(each) for each in orders]
        unique = list(dict.fromkeys(ids))
        found = dict(zip(unique, (yield from gather([self._settled(one) for one in unique])), strict=True))
        open_ones = {order_id for order_id, value in found.items() if value is None}
        estimates = (yield from self._estimates(open_ones)) if open_ones else {}
        return BulkResult(
            Outcome.of(given, found[order_id] or estimates.get(order_id) or _nothing(order_id))
            for given, order_id in zip(orders, ids, strict=True)
        )

    def _settled(self, order_id: str) -> Flow[Transactions | PlatformError | None]:
        path = f"/finance/202501/orders/{digits(order_id)}/statement_transactions"
        try:
            row: Json = yield from self.ask("GET", path)
        except NotFound:
            return None
        except PlatformError as error:
            return error
        return settled(order_id, row) if row.get("sku_transactions") else None

    def _estimates(self, wanted: set[str]) -> Flow[dict[str, Transactions]]:
        """Walk what is unsettled, the newest order first, until all that are wanted were met."""
        rows: dict[str, list[Json]] = {}
        token: str | None = None
        while wanted - rows.keys():
            query = {"page_size": _PAGE, "sort_field": "order_create_time", "sort_order": "DESC"}
            answer = yield from self.ask(
                "GET", "/finance/202507/orders/unsettled", query=query | {"page_token": token}
            )
            for row in answer.get("transactions") or ():
                order_id = str(row.get("order_id") or row.get("adjustment_order_id") or "")
                if order_id in wanted:
                    rows.setdefault(order_id, []).append(row)
            token = answer.get("next_page_token") or None
            if token is None:
                break
        return {order_id: _estimate(order_id, parts) for order_id, parts in rows.items()}


def _nothing(order_id: str) -> NotFound:
    return NotFound(
        f"order {order_id} is neither settled nor waits for it", platform="tiktok_shop", sent="yes"
    )


def settled(order_id: str, row: Json) -> Transactions:
    """A settled order: its SKUs' breakdowns together."""
    return _transactions(order_id, row, row.get("sku_transactions") or (), final=True)


def _estimate(order_id: str, rows: Sequence[Json]) -> Transactions:
    return _transactions(order_id, rows[0], rows, final=False)


def _transactions(order_id: str, head: Json, rows: Sequence[Json], *, final: bool) -> Transactions:
    currency = head["currency"]
    net = exact(head["settlement_amount"]) if final else total(r.get("est_settlement_amount") for r in rows)
    items = [item for row in rows for item in _items(row)]
    rest = net - total(amount for _, _, amount in items)
    if rest:
        items.append(("adjustment", "adjustment", rest))
    return Transactions.build(
        order_id=order_id,
        items=tuple(
            Transaction.build(kind=kind, native_kind=name, amount=Money.of(amount, currency))
            for kind, name, amount in items
        ),
        net=Money.of(net, currency),
        status="final" if final else "estimated",
        settlement_status="settled" if final else "processing",
        native_status=None if final else head.get("status"),
        settled_at=instant(head.get("statement_time")),
        raw=head if final else list(rows),
    )


def _items(row: Json) -> Iterator[tuple[TransactionKind, str, Decimal]]:
    """The entries of one row, signed as the seller sees them."""
    sign = _sign(row)
    for group, sums, breakdown, rest_kind in _GROUPS:
        factor = 1 if group == "revenue" else sign
        left = _sum(row, sums)
        for name, amount, kind in _entries(group, row.get(breakdown) or NONE):
            left -= amount
            if amount:
                yield kind, name, amount * factor
        if left:
            yield rest_kind, sums[0], left * factor


def _entries(group: str, breakdown: Json) -> Iterator[tuple[str, Decimal, TransactionKind]]:
    """The single amounts of a breakdown; what only details another amount of it is left out."""
    for name, value in breakdown.items():
        if name == "supplementary_component":
            continue
        if isinstance(value, Mapping):
            yield from _entries("tax" if name == "tax" else group, value)
        else:
            yield name, exact(value), kind_of(group, name)


def _sum(row: Json, names: Sequence[str]) -> Decimal:
    return next((exact(row[name]) for name in names if row.get(name) not in (None, "")), Decimal(0))


def _sign(row: Json) -> int:
    """Whether costs are written as they move money (below zero), or as what is taken off.

    The vendor's formula takes them off, its examples hold them below zero: the sums tell which it is.
    """
    revenue, shipping, fees = (_sum(row, sums) for _, sums, _, _ in _GROUPS)
    net = _sum(row, ("settlement_amount", "est_settlement_amount"))
    if revenue - shipping - fees == net and shipping + fees > 0:
        return -1
    return 1 if revenue + shipping + fees == net or shipping + fees <= 0 else -1
