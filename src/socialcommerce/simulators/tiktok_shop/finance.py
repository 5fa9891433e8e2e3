"""Money of the pretend TikTok Shop: statements of settled orders, payments, and what is still to come.

An order is settled when it is completed; each UTC day of completions is one statement, paid
at once. TikTok keeps six in a hundred of the goods.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Order
from socialcommerce.simulators.tiktok_shop.defaults import Unit, amount, units_of
from socialcommerce.simulators.tiktok_shop.orders import order_of, sku_name, unit_amounts
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes

__all__ = ["routes"]

routes = Routes()

DAY = 86400
COMMISSION = Decimal("0.06")


@frozen
class Sums:
    """What goods brought, what TikTok kept of it (negative), and the rest."""

    revenue: Decimal
    fee: Decimal

    @property
    def settlement(self) -> Decimal:
        """What the seller gets."""
        return self.revenue + self.fee


def _sums(shop: Account, units: list[Unit]) -> Sums:
    kept = [unit for unit in units if not unit.cancelled and not unit.returned]
    goods = [unit_amounts(one)["original"] - unit_amounts(one)["seller"] for one in kept]
    fees = [Decimal(amount(shop, one * COMMISSION)) for one in goods]
    return Sums(sum(goods, Decimal(0)), -sum(fees, Decimal(0)))


def _statement_id(order: Order) -> str:
    return f"72{int(order.completed or 0) // DAY:017d}"


def _statements(shop: Account) -> dict[str, list[Order]]:
    found: dict[str, list[Order]] = {}
    for order in shop.orders.values():
        if order.completed is not None:
            found.setdefault(_statement_id(order), []).append(order)
    return found


def _of_orders(shop: Account, orders: list[Order]) -> Sums:
    return _sums(shop, [unit for order in orders for unit in units_of(order)])


def _moment(orders: list[Order]) -> int:
    return int(orders[0].completed or 0) // DAY * DAY + DAY


def _inside(call: Call, when: int, name: str) -> bool:
    earliest, end = call.query.get(f"{name}_ge", 0), call.query.get(f"{name}_lt", float("inf"))
    return bool(earliest <= when < end)


def _sorted(call: Call, found: Mapping[str, list[Order]], name: str) -> list[tuple[str, list[Order]]]:
    rows = [(key, orders) for key, orders in found.items() if _inside(call, _moment(orders), name)]
    return sorted(rows, key=lambda row: _moment(row[1]), reverse=call.query.get("sort_order") != "ASC")


@routes.on("GET", "/finance/202309/statements")
def statements(call: Call) -> Any:
    """Daily statements."""
    wanted = call.query.get("payment_status")
    rows = [] if wanted not in (None, "PAID") else _sorted(call, _statements(call.shop), "statement_time")
    return call.page(
        "statements", rows, lambda row: _statement(call.shop, *row), 100, default=20, total=False
    )


def _statement(shop: Account, key: str, orders: list[Order]) -> dict[str, Any]:
    sums = _of_orders(shop, orders)
    return {
        "id": key,
        "statement_time": _moment(orders),
        "currency": shop.currency,
        "revenue_amount": amount(shop, sums.revenue),
        "net_sales_amount": amount(shop, sums.revenue),
        "fee_amount": amount(shop, sums.fee),
        "adjustment_amount": "0",
        "shipping_cost_amount": "0",
        "settlement_amount": amount(shop, sums.settlement),
        "payment_status": "PAID",
        "payment_id": _payment_id(key),
        "payment_time": _moment(orders),
    }


def _payment_id(statement_id: str) -> str:
    return "34" + statement_id[2:]


@routes.on("GET", "/finance/202605/payments")
def payments(call: Call) -> Any:
    """What was paid out; not offered in South-East Asia."""
    if call.shop.region in ("ID", "MY", "PH", "SG", "TH", "VN"):
        raise Refused(36009004, "Invalid parameter. Payments are not available in this market.", 400)

    def row(pair: tuple[str, list[Order]]) -> dict[str, Any]:
        value = {
            "value": amount(call.shop, _of_orders(call.shop, pair[1]).settlement),
            "currency": call.shop.currency,
        }
        when = _moment(pair[1])
        return {
            "id": _payment_id(pair[0]),
            "create_time": when,
            "paid_time": when,
            "status": "PAID",
            "amount": value,
            "settlement_amount": value,
            "payment_amount_before_exchange": value,
            "exchange_rate": "1",
            "bank_account": "****1234",
        }

    rows = _sorted(call, _statements(call.shop), "create_time")
    return call.page("payments", rows, row, 100, default=20, total=False)


@routes.on("GET", "/finance/202309/withdrawals")
def withdrawals(call: Call) -> Any:
    """Money that moved to and from the seller's account."""

    def row(pair: tuple[str, list[Order]]) -> dict[str, Any]:
        value = amount(call.shop, _of_orders(call.shop, pair[1]).settlement)
        return {
            "id": "33" + pair[0][2:],
            "type": "SETTLE",
            "amount": value,
            "currency": call.shop.currency,
            "status": "SUCCESS",
            "create_time": _moment(pair[1]),
        }

    rows = _sorted(call, _statements(call.shop), "create_time") if "SETTLE" in call.query["types"] else []
    return call.page("withdrawals", rows, row, 100, default=20)


@routes.on("GET", "/finance/202501/statements/{statement_id}/statement_transactions")
def by_statement(call: Call) -> Any:
    """The orders of a statement."""
    orders = _statements(call.shop).get(call.path["statement_id"])
    if orders is None:
        raise Refused(36011001, "The statement does not exist")
    sums = _of_orders(call.shop, orders)
    answer = call.page("transactions", orders, lambda order: _transaction(call.shop, order), 100, default=20)
    return answer | {
        "id": call.path["statement_id"],
        "create_time": _moment(orders),
        "status": "PAID",
        "currency": call.shop.currency,
        "payable_amount": amount(call.shop, sums.settlement),
        "total_reserve_amount": "0",
        "total_settlement_amount": amount(call.shop, sums.settlement),
    }


def _transaction(shop: Account, order: Order) -> dict[str, Any]:
    sums = _of_orders(shop, [order])
    return {
        "id": "35" + order.id,
        "type": "ORDER",
        "order_id": order.id,
        "order_create_time": int(order.created),
        "settlement_amount": amount(shop, sums.settlement),
        "revenue_amount": amount(shop, sums.revenue),
        "shipping_cost_amount": "0",
        "fee_tax_amount": amount(shop, sums.fee),
        "fee_tax_breakdown": _fees(shop, sums),
    }


def _fees(shop: Account, sums: Sums) -> dict[str, Any]:
    return {"fee": {"platform_commission_amount": amount(shop, sums.fee)}, "tax": {"vat_amount": "0"}}


@routes.on("GET", "/finance/202501/orders/{order_id}/statement_transactions")
def by_order(call: Call) -> Any:
    """What an order brought, SKU by SKU; nothing before it is settled."""
    order = order_of(call)
    if order.completed is None:
        return {"order_id": order.id, "order_create_time": int(order.created), "total_count": 0}
    by_sku: dict[str, list[Unit]] = {}
    for unit in units_of(order):
        by_sku.setdefault(unit.line.variant.id, []).append(unit)
    rows = [_sku_transaction(call.shop, order, units) for units in by_sku.values()]
    sums = _of_orders(call.shop, [order])
    return {
        "order_id": order.id,
        "order_create_time": int(order.created),
        "currency": call.shop.currency,
        "revenue_amount": amount(call.shop, sums.revenue),
        "fee_and_tax_amount": amount(call.shop, sums.fee),
        "shipping_cost_amount": "0",
        "settlement_amount": amount(call.shop, sums.settlement),
        "sku_transactions": rows,
        "total_count": len(rows),
    }


def _sku_transaction(shop: Account, order: Order, units: list[Unit]) -> dict[str, Any]:
    sums, first = _sums(shop, units), units[0]
    goods = sum((unit_amounts(one)["original"] for one in units), Decimal(0))
    return {
        "sku_id": first.line.variant.id,
        "sku_name": sku_name(first),
        "statement_id": _statement_id(order),
        "product_name": first.line.product.title,
        "quantity": str(len(units)),
        "settlement_amount": amount(shop, sums.settlement),
        "revenue_amount": amount(shop, sums.revenue),
        "revenue_breakdown": {
            "subtotal_before_discount_amount": amount(shop, goods),
            "seller_discount_amount": amount(shop, sums.revenue - goods),
        },
        "shipping_cost_amount": "0",
        "fee_tax_amount": amount(shop, sums.fee),
        "fee_tax_breakdown": _fees(shop, sums),
    }


@routes.on("GET", "/finance/202507/orders/unsettled")
def unsettled(call: Call) -> Any:
    """Orders that are not settled yet, with estimates."""
    rows = [
        order
        for order in call.shop.orders.values()
        if order.completed is None
        and order.status not in ("cancelled", "unpaid")
        and _inside(call, int(order.created), "search_time")
    ]
    rows.sort(key=lambda order: order.created, reverse=call.query.get("sort_order") != "ASC")
    sums = _of_orders(call.shop, rows)
    answer = call.page("transactions", rows, lambda order: _estimate(call.shop, order), 100, default=20)
    return answer | {
        "sum_est_settlement_amount": amount(call.shop, sums.settlement),
        "sum_est_revenue_amount": amount(call.shop, sums.revenue),
        "sum_est_adjustment_amount": "0",
        "sum_est_fee_amount": amount(call.shop, sums.fee),
    }


def _estimate(shop: Account, order: Order) -> dict[str, Any]:
    sums = _of_orders(shop, [order])
    return {
        "type": "ORDER",
        "id": "35" + order.id,
        "status": "UNSETTLED",
        "currency": shop.currency,
        "order_create_time": int(order.created),
        "order_id": order.id,
        "unsettled_reason": "Order not completed",
        "est_settlement_amount": amount(shop, sums.settlement),
        "est_revenue_amount": amount(shop, sums.revenue),
        "est_shipping_cost_amount": "0",
        "est_adjustment_amount": "0",
        "est_fee_tax_amount": amount(shop, sums.fee),
        "fee_tax_breakdown": _fees(shop, sums),
    }
