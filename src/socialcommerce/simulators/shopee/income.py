"""What an order brings at the pretend Shopee: fees, what is paid out, and what is taken back later."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from attrs import frozen

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Line, Order, Return
from socialcommerce.simulators.shopee.defaults import TWO_DECIMALS
from socialcommerce.simulators.shopee.push import variation_id

__all__ = ["FEES", "Movement", "escrow", "escrow_amount", "movements", "refunds"]

FEES: Mapping[str, Decimal] = {
    "commission_fee": Decimal("0.06"),
    "service_fee": Decimal("0.04"),
    "seller_transaction_fee": Decimal("0.02"),
}
"""Fees as a share of what the buyer paid for the goods and was not refunded."""

NOTHING = (
    "order_seller_discount", "seller_discount", "shopee_discount", "original_shopee_discount",
    "voucher_from_seller", "voucher_from_shopee", "coins", "buyer_paid_shipping_fee",
    "buyer_transaction_fee", "cross_border_tax", "payment_promotion", "seller_lost_compensation",
    "seller_coin_cash_back", "escrow_tax", "estimated_shipping_fee", "final_shipping_fee",
    "actual_shipping_fee", "shopee_shipping_rebate", "shipping_fee_discount_from_3pl",
    "seller_shipping_discount", "reverse_shipping_fee", "campaign_fee", "withholding_tax",
    "seller_order_processing_fee", "credit_card_promotion", "order_ams_commission_fee",
)  # fmt: skip
"""Parts of an order's income of which nothing arises here; the platform tells them all the same."""


def refunds(shop: Account, order: Order, after_release: bool) -> list[Return]:
    """The accepted returns of an order: asked for before its money was released, or afterwards."""
    return [
        one
        for one in shop.returns.values()
        if one.order is order and one.status == "accepted" and one.native["after_release"] == after_release
    ]


def _sum(rows: list[Return]) -> Decimal:
    return sum((one.amount for one in rows), Decimal(0))


def _fee(shop: Account, name: str, base: Decimal) -> Decimal:
    step = Decimal("0.01") if shop.region in TWO_DECIMALS else Decimal(1)
    return (base * FEES[name]).quantize(step, ROUND_HALF_UP)


def escrow_amount(shop: Account, order: Order) -> Decimal:
    """What the seller receives: the goods, less early refunds, less fees. An estimate until released."""
    kept = order.total - _sum(refunds(shop, order, after_release=False))
    return kept - sum((_fee(shop, name, kept) for name in FEES), Decimal(0))


def escrow(shop: Account, order: Order) -> dict[str, Any]:
    """The accounting of an order as ``get_escrow_detail`` tells it."""
    method = order.native["payment_method"]
    paid = sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))
    return {
        "order_sn": order.id,
        "buyer_user_name": order.buyer.name,
        "return_order_sn_list": [one.id for one in shop.returns.values() if one.order is order],
        "order_income": _income(shop, order, paid) | {"buyer_payment_method": method},
        "buyer_payment_info": {
            "buyer_payment_method": method,
            "buyer_total_amount": paid,
            "merchant_subtotal": paid,
            "shipping_fee": 0,
            "seller_voucher": 0,
            "shopee_voucher": 0,
            "shopee_coins_redeemed": 0,
            "is_paid_by_credit_card": False,
        },
    }


def _income(shop: Account, order: Order, paid: Decimal) -> dict[str, Any]:
    refunded = _sum(refunds(shop, order, after_release=False))
    kept, amount = order.total - refunded, escrow_amount(shop, order)
    late = refunds(shop, order, after_release=True)
    adjustment = -_sum(late)
    income: dict[str, Any] = dict.fromkeys(NOTHING, 0)
    for name in ("order_original_price", "original_price", "order_discounted_price", "order_selling_price"):
        income[name] = order.total
    income |= {name: _fee(shop, name, kept) for name in FEES}
    return income | {
        "escrow_amount": amount,
        "buyer_total_amount": paid,
        "cost_of_goods_sold": kept,
        "original_cost_of_goods_sold": order.total,
        "seller_return_refund": -refunded,
        "drc_adjustable_refund": 0,
        "seller_voucher_code": [],
        "items": [_item(line) for line in order.lines],
        "order_adjustment": [_adjustment(shop, one) for one in late],
        "total_adjustment_amount": adjustment,
        "escrow_amount_after_adjustment": amount + adjustment,
    }


def _adjustment(shop: Account, request: Return) -> dict[str, Any]:
    return {
        "amount": -request.amount,
        "date": int(request.updated),
        "currency": shop.currency,
        "adjustment_reason": "Return Refund deduction",
    }


def _item(line: Line) -> dict[str, Any]:
    product, units = line.product, line.quantity - line.cancelled
    tiers = product.native["tiers"]
    names = [tier["options"][at]["name"] for tier, at in zip(tiers, line.variant.options, strict=False)]
    price = line.unit_price * units
    return {
        "item_id": int(product.id),
        "item_name": product.title,
        "item_sku": product.sku,
        "model_id": variation_id(product, line.variant.id),
        "model_name": ",".join(names),
        "model_sku": line.variant.sku if tiers else "",
        "line_item_id": int(line.id),
        "original_price": price,
        "selling_price": price,
        "discounted_price": price,
        "seller_discount": 0,
        "shopee_discount": 0,
        "discount_from_coin": 0,
        "discount_from_voucher_shopee": 0,
        "discount_from_voucher_seller": 0,
        "activity_type": "",
        "activity_id": 0,
        "is_main_item": False,
        "quantity_purchased": units,
        "is_b2c_shop_item": False,
        "ams_commission_fee": 0,
        "promotion_list": [],
    }


@frozen
class Movement:
    """Money that came to the seller's wallet or left it (a negative ``amount``)."""

    at: int
    kind: str
    amount: Decimal
    order: Order
    return_sn: str = ""


def movements(shop: Account) -> list[Movement]:
    """Every movement of the wallet, oldest first: money released, and refunds taken back later."""
    found = []
    for order in shop.orders.values():
        if order.completed is None:
            continue
        amount = escrow_amount(shop, order)
        found.append(Movement(int(order.completed), "ESCROW_VERIFIED_ADD", amount, order))
        found += [
            Movement(int(one.updated), "ADJUSTMENT_MINUS", -one.amount, order, one.id)
            for one in refunds(shop, order, after_release=True)
        ]
    return sorted(found, key=lambda one: one.at)
