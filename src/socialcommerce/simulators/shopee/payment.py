"""Money of the pretend Shopee: what orders bring, the wallet, payouts, ways to pay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Order
from socialcommerce.simulators.shopee.income import Movement, escrow, escrow_amount, movements
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

WINDOW = 15 * 86400
PAYOUTS_SINCE = 1_651_363_200
"""1 May 2022: earlier payouts are not told."""
RELEASED, PENDING, TO_RELEASE = 1, 2, 0
METHODS: Mapping[str, tuple[str, ...]] = {
    "BR": ("Pix", "Cybersource"),
    "ID": ("Bank Transfer", "ShopeePay", "Cash on Delivery"),
    "MY": ("MOLPay", "ShopeePay"),
    "PH": ("Cash on Delivery", "ShopeePay"),
    "SG": ("Cybersource", "ShopeePay"),
    "TH": ("Online Payment (KBANK)", "ShopeePay"),
    "TW": ("Cybersource", "Bank Transfer (CTBC VA)"),
    "VN": ("Airpay Credit Card", "ShopeePay", "Cash on Delivery"),
}
BATCH_NAMES: Mapping[str, str | None] = {
    "seller_return_refund": "refund_amount_to_buyer",
    "shipping_fee_discount_from_3pl": "shipping_fee_discount_from_pl",
    "buyer_total_amount": None,
    "buyer_paid_shipping_fee": None,
    "buyer_transaction_fee": None,
    "seller_voucher_code": None,
    "buyer_payment_method": None,
    "order_adjustment": None,
    "total_adjustment_amount": None,
    "escrow_amount_after_adjustment": None,
}
"""What the batch calls otherwise than the single call, or (None) does not tell."""
KIND_NUMBERS: Mapping[str, str] = {"ESCROW_VERIFIED_ADD": "101", "ADJUSTMENT_MINUS": "402"}
TABS: Mapping[str, str] = {
    "ESCROW_VERIFIED_ADD": "wallet_order_income",
    "ADJUSTMENT_MINUS": "wallet_adjustment_filter",
}


# -- orders


@routes.get("payment/get_escrow_detail")
def escrow_detail(call: Call) -> Any:
    """The accounting of one order: an estimate until the money is released."""
    order = call.shop.orders.get(call.params["order_sn"])
    if order is None:
        raise _no_order()
    return escrow(call.shop, order)


def _no_order() -> Refused:
    return Refused(
        "order_not_found",
        "Order SN provided is invalid or does not belong to you. Please enter a valid Order SN.",
    )


@routes.post("payment/get_escrow_detail_batch")
def escrow_batch(call: Call) -> Any:
    """The same for up to fifty orders, with fewer fields; unknown ones are left out."""
    wanted = call.params["order_sn_list"]
    if not 1 <= len(wanted) <= 50:
        raise wrong(call.operation, "order_sn_list should hold 1 to 50 entries.")
    known = [call.shop.orders[one] for one in wanted if one in call.shop.orders]
    if not known:
        raise _no_order()
    return [{"escrow_detail": _batch_row(call.shop, order)} for order in known]


def _batch_row(shop: Account, order: Order) -> dict[str, Any]:
    detail = escrow(shop, order)
    renamed = {BATCH_NAMES.get(name, name): value for name, value in detail["order_income"].items()}
    return detail | {"order_income": {name: value for name, value in renamed.items() if name is not None}}


@routes.get("payment/get_escrow_list")
def escrow_list(call: Call) -> Any:
    """Orders whose money was released within a span, oldest first; pages count from 1."""
    first, last = call.params["release_time_from"], call.params["release_time_to"]
    if last < first:
        raise Refused(
            "error_param",
            "release_time_from and/or release_time_to parameter is invalid. Please provide both a valid"
            " start date, and end date to query where start date cannot be later than the end date.",
        )
    rows = [
        {"order_sn": one.order.id, "payout_amount": one.amount, "escrow_release_time": one.at}
        for one in _releases(call.shop)
        if first <= one.at <= last
    ]
    page, more = _page(call, rows, call.within("page_no", 1, 10**6, default=1) - 1)
    return {"escrow_list": page, "more": more}


def _page(call: Call, rows: list[Any], number: int) -> tuple[list[Any], bool]:
    """The page with that number, from 0, and whether more follow."""
    size = call.twin.page(call.within("page_size", 1, 100, default=40))
    return rows[number * size : (number + 1) * size], (number + 1) * size < len(rows)


def _releases(shop: Account) -> list[Movement]:
    return [one for one in movements(shop) if one.kind == "ESCROW_VERIFIED_ADD"]


# -- the wallet


def _cross_border(shop: Account) -> bool:
    return shop.native["merchant_id"] is not None


@routes.get("payment/get_wallet_transaction_list")
def wallet(call: Call) -> Any:
    """What came to the wallet and left it, newest first; pages count from 0. For local shops."""
    if _cross_border(call.shop):
        raise Refused("error_param", "This payment API is only applicable for local shop")
    first, last = call.get("create_time_from"), call.get("create_time_to")
    if (first is None) != (last is None):
        raise Refused("time_invalid", "The param error: time is invalid")
    if first is not None and first > last:
        raise Refused("time_invalid", "The param error: create_time_from bigger than create_time_to.")
    if first is not None and last - first > WINDOW:
        raise Refused("time_period_too_large", "The param error: time period too large.")
    rows = [
        row
        for row in _transactions(call.shop)
        if (first is None or first <= row["create_time"] <= last) and _wanted(call, row)
    ]
    page, more = _page(call, rows, call.within("page_no", 0, 10**6))
    return {"transaction_list": page, "more": more}


def _transactions(shop: Account) -> list[dict[str, Any]]:
    rows, balance = [], Decimal(0)
    for one in movements(shop):
        balance += one.amount
        rows.append(
            {
                "status": "COMPLETED",
                "transaction_type": one.kind,
                "amount": one.amount,
                "current_balance": balance,
                "create_time": one.at,
                "order_sn": one.order.id,
                "refund_sn": one.return_sn,
                "withdrawal_type": "",
                "transaction_fee": 0,
                "description": "",
                "buyer_name": one.order.buyer.name,
                "pay_order_list": [{"order_sn": one.order.id, "shop_name": shop.name}],
                "shop_name": shop.name,
                "withdrawal_id": 0,
                "reason": "Return Refund deduction" if one.return_sn else "",
                "root_withdrawal_id": 0,
                "transaction_tab_type": TABS[one.kind],
                "money_flow": "MONEY_IN" if one.amount >= 0 else "MONEY_OUT",
            }
        )
    return rows[::-1]


def _wanted(call: Call, row: Mapping[str, Any]) -> bool:
    kind = row["transaction_type"]
    return (
        call.get("transaction_type", "") in ("", kind, KIND_NUMBERS[kind])
        and call.get("money_flow", "") in ("", row["money_flow"])
        and call.get("transaction_tab_type", "") in ("", "Default", row["transaction_tab_type"])
    )


# -- payouts


def _local_day(shop: Account, instant: float) -> date:
    return datetime.fromtimestamp(instant, ZoneInfo(shop.timezone)).date()


def _payouts(call: Call) -> list[list[Movement]]:
    """The payouts of a window, newest first: what was released on one day goes out together."""
    shop = call.shop
    if not _cross_border(shop):
        raise Refused("error_param", "This payment API is only applicable for cross boarder shop")
    first, last = call.params["payout_time_from"], call.params["payout_time_to"]
    if not 0 <= last - first <= WINDOW:
        raise Refused(
            "error_param",
            "invalid time range, please ensure payout_time_to is greater than payout_time_from but within 15"
            " days",
        )
    if first < PAYOUTS_SINCE:
        raise Refused(
            "error_param",
            "The selected payout start time is not supported. Please choose a start time no earlier than May"
            " 1, 2022.",
        )
    days = groupby(_releases(shop), key=lambda one: _local_day(shop, one.at))
    payouts = [list(rows) for _, rows in days]
    return [rows for rows in reversed(payouts) if first <= rows[-1].at <= last]


def _payout_info(shop: Account, rows: list[Movement]) -> dict[str, Any]:
    amount = sum((one.amount for one in rows), Decimal(0))
    return {
        "from_currency": shop.currency,
        "payout_currency": shop.currency,
        "from_amount": amount,
        "payout_amount": amount,
        "exchange_rate": "1",
        "payout_time": rows[-1].at,
        "pay_service": "Payoneer",
        "payee_id": "279016275538",
    }


@routes.get("payment/get_payout_detail")
def payout_detail(call: Call) -> Any:
    """Payouts with the orders that they hold, by pages from 1. For cross-border shops."""
    page, more = _page(call, _payouts(call), call.within("page_no", 1, 10**6) - 1)
    shop = call.shop
    rows = [
        {
            "payout_info": _payout_info(shop, payout),
            "escrow_list": [
                {"escrow_amount": one.amount, "currency": shop.currency, "order_sn": one.order.id}
                for one in payout
            ],
            "offline_adjustment_list": [],
        }
        for payout in page
    ]
    return {"more": more, "payout_list": rows}


@routes.get("payment/get_payout_info")
def payout_info(call: Call) -> Any:
    """Payouts by cursor. For cross-border shops."""
    page, cursor = _cursor_page(call, _payouts(call))
    rows = [
        _payout_info(call.shop, payout) | {"encrypted_payout_id": str(10**19 + payout[-1].at)}
        for payout in page
    ]
    return {"more": bool(cursor), "next_cursor": cursor, "payout_list": rows}


def _cursor_page(call: Call, rows: list[Any]) -> tuple[list[Any], str]:
    cursor = call.get("cursor", "")
    if cursor and not cursor.isdecimal():
        raise Refused("error_param", "cursor is required and format should be correct. Please check")
    size, start = call.twin.page(call.within("page_size", 1, 100)), int(cursor or 0)
    return rows[start : start + size], str(start + size) if start + size < len(rows) else ""


# -- income


@routes.get("payment/get_income_detail")
def income_detail(call: Call) -> Any:
    """Income by order (bare): released within at most a fortnight, or still to come."""
    shop, status = call.shop, call.params["income_status"]
    if status not in (RELEASED, PENDING) and not (status == TO_RELEASE and _cross_border(shop)):
        raise wrong(call.operation, "income_status is unknown.")
    rows = _released_rows(call) if status == RELEASED else []
    if status == PENDING:
        rows = [_pending_row(shop, order) for order in shop.orders.values() if _expected(order)]
    page, cursor = _cursor_page(call, rows)
    following = {"cursor": cursor, "page_size": call.params["page_size"]}
    return {"income_detail_list": {"list": page, "next_page": following}}


def _income_day(call: Call, name: str) -> date:
    try:
        return date.fromisoformat(call.params[name])
    except ValueError:
        raise wrong(call.operation, f"{name} should be YYYY-MM-DD.") from None


def _released_rows(call: Call) -> list[dict[str, Any]]:
    first, last = _income_day(call, "date_from"), _income_day(call, "date_to")
    if not 0 < (last - first).days <= 14:
        raise Refused(
            "error_param",
            "release_time_from and/or release_time_to parameter is missing or invalid. Please provide both a"
            " valid start date and end date to query, where the start date cannot be later than the end"
            " date, and the date range must not exceed 14 days.",
        )
    return [
        _income_row(call.shop, one.order, "The payment has been successfully transferred.")
        | {"released_amount": one.amount, "actual_payout_time": one.at}
        for one in reversed(_releases(call.shop))
        if first <= _local_day(call.shop, one.at) <= last
    ]


def _expected(order: Order) -> bool:
    return order.completed is None and order.status not in ("unpaid", "cancelled")


def _pending_row(shop: Account, order: Order) -> dict[str, Any]:
    row = _income_row(shop, order, "The order is not completed yet.")
    return row | {"estimated_escrow_amount": escrow_amount(shop, order)}


def _income_row(shop: Account, order: Order, status: str) -> dict[str, Any]:
    return {
        "payment_method": order.native["payment_method"],
        "order_sn": order.id,
        "description": "Order Income",
        "status": status,
        "currency": shop.currency,
        "creation_date": int(order.created),
    }


# -- ways to pay


@routes.get("payment/get_payment_method_list")
def payment_methods(call: Call) -> Any:
    """The ways to pay, by region; no shop is asked for."""
    return [{"payment_method": list(names), "region": region} for region, names in METHODS.items()]
