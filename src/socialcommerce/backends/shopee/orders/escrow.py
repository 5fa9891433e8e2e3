"""What escrow knows of an order's money: its sums, and what the seller is paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from socialcommerce.backends.shopee.codes import orders as codes
from socialcommerce.backends.shopee.orders.values import Json, exact, instant, money, text
from socialcommerce.models.money import Money
from socialcommerce.models.order import Discounts, Line, Totals, Transaction, Transactions

__all__ = ["totals", "transactions"]

_BY_SELLER = ("seller_discount", "voucher_from_seller")
_BY_PLATFORM = (
    "shopee_discount",
    "voucher_from_shopee",
    "voucher_from_external_party",
    "coins",
    "payment_promotion",
    "pix_discount",
)
_BUYER_FEES = (
    "buyer_transaction_fee",
    "buyer_paid_packaging_fee",
    "final_product_protection",
    "bcrs_deposit",
)
_BUYER_SERVICES = ("buyer_service_fee", "bulky_handling_fee", "shopeevip_subtotal")


def totals(row: Json, lines: Sequence[Line], escrow: Json | None) -> Totals:
    """The sums of an order.

    ``subtotal`` is before any discount, ``discounts`` holds those of lines, vouchers, coins and
    payment promotions, so subtotal less discounts plus shipping, tax and fees is the total.
    """
    currency = row["currency"]
    total = money(row["total_amount"], currency) if row.get("total_amount") is not None else None
    known = _escrowed(escrow, currency) if escrow else {}
    missing = [name for name in ("discounts", "shipping", "tax", "fees") if name not in known]
    return Totals.build(
        missing=tuple(missing if total else [*missing, "total", "paid"]),
        total=total,
        subtotal=Money.of(
            sum((line.unit_price.amount * line.quantity.ordered for line in lines), Decimal()), currency
        ),
        paid=total if row.get("pay_time") or not total else Money.of(Decimal(), currency),
        **known,
    )


def _escrowed(escrow: Json, currency: str) -> dict[str, object]:
    income, info = escrow["order_income"], escrow.get("buyer_payment_info") or {}
    fees = _sum(income, _BUYER_FEES) + _sum(info, _BUYER_SERVICES)
    return {
        "discounts": Discounts.build(
            seller=Money.of(_sum(income, _BY_SELLER), currency),
            platform=Money.of(_sum(income, _BY_PLATFORM), currency),
        ),
        "shipping": money(income.get("buyer_paid_shipping_fee"), currency),
        "tax": money(info.get("buyer_tax_amount") or income.get("cross_border_tax"), currency),
        "fees": Money.of(fees, currency),
    }


def _sum(row: Json, names: Sequence[str]) -> Decimal:
    return sum((exact(row.get(name)) for name in names), Decimal())


def transactions(order_sn: str, escrow: Json, currency: str, native_status: str | None) -> Transactions:
    """What an order brings, by Shopee's own formula; what the formula does not explain is its own item."""
    income = escrow["order_income"]
    adjustments = tuple(_adjustments(income, currency))
    net = exact(income["escrow_amount"]) + sum((item.amount.amount for item in adjustments), Decimal())
    items = (*_terms(income, currency), *adjustments)
    rest = net - sum((item.amount.amount for item in items), Decimal())
    if rest:
        items = (*items, _unexplained(rest, currency))
    over = native_status in ("COMPLETED", "CANCELLED")
    return Transactions.build(
        order_id=order_sn,
        items=items,
        net=Money.of(net, currency),
        status="final" if over else "estimated",
        native_status=native_status,
        raw=escrow,
    )


def _terms(income: Json, currency: str) -> Iterator[Transaction]:
    """The terms of the formula that are not nothing; older replies know the goods' final price alone."""
    original = income.get("original_cost_of_goods_sold") is not None
    if not original:
        yield _item("sale", "cost_of_goods_sold", exact(income.get("cost_of_goods_sold")), currency)
    for name, sign, kind in codes.TRANSACTIONS:
        amount = sign * exact(income.get(name))
        if amount and (original or name not in ("original_shopee_discount", "shopee_discount")):
            yield _item(kind, name, amount, currency)


def _item(kind: str, native: str, amount: Decimal, currency: str) -> Transaction:
    return Transaction.build(kind=kind, native_kind=native, amount=Money.of(amount, currency))


def _unexplained(rest: Decimal, currency: str) -> Transaction:
    return Transaction.build(
        kind="other",
        native_kind="escrow_amount",
        amount=Money.of(rest, currency),
        note="part of the escrow amount that Shopee does not itemise",
    )


def _adjustments(income: Json, currency: str) -> Iterator[Transaction]:
    """Corrections after settlement; one in another currency cannot be added and only their sum is given."""
    rows = income.get("order_adjustment") or ()
    if any(text(row.get("currency")) not in (None, currency) for row in rows):
        yield _item(
            "adjustment", "total_adjustment_amount", exact(income.get("total_adjustment_amount")), currency
        )
        return
    for row in rows:
        yield Transaction.build(
            kind="adjustment",
            native_kind="order_adjustment",
            amount=money(row["amount"], currency),
            at=instant(row.get("date")),
            note=text(row.get("adjustment_reason")),
        )
