"""Cancelling on the pretend TikTok Shop: what is possible, asking for it, answering the buyer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Order
from socialcommerce.simulators.tiktok_shop.cases import (
    COMPLETE,
    PENDING,
    Cancellation,
    cancel_units,
    move_cancellation,
    open_cancellation,
    pending_cancellation,
)
from socialcommerce.simulators.tiktok_shop.defaults import Unit, amount, order_word, package_word, units_of
from socialcommerce.simulators.tiktok_shop.orders import order_of, package_of_unit, sku_name, unit_amounts
from socialcommerce.simulators.tiktok_shop.products import IMAGE_HOST
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

__all__ = [
    "REFUND_REASONS",
    "REJECT_CANCEL",
    "case_item",
    "choose_units",
    "money_of",
    "refund_of",
    "refundable",
    "routes",
    "within",
]

routes = Routes()

ANSWER_LIFE = 2 * 86400
REASONS: Mapping[str, str] = {
    "seller_cancel_reason_out_of_stock": "Out of stock",
    "seller_cancel_reason_wrong_price": "Pricing error",
    "seller_cancel_paid_reason_address_not_deliver": "Unable to deliver to buyer address",
}
"""Why a seller cancels; answered per order."""
REFUND_REASONS: Mapping[str, str] = {
    "seller_refund_reason_goodwill": "Goodwill",
    "seller_refund_reason_item_missing": "Item missing",
}
REJECT_CANCEL: Mapping[str, str] = {
    "seller_reject_apply_product_has_been_packed": "The product has been packed",
    "seller_reject_apply_agreement_with_customer": "Agreed with the customer",
}
BUYER_REASONS: Mapping[str, str] = {
    "ecom_order_to_ship_canceled_reason_created_by_mistakes": "Order created by mistake",
}


def cancellable(order: Order) -> list[Unit]:
    """The units that have not left: the seller can still cancel them."""
    if order.status not in ("unpaid", "ready", "processed", "retry"):
        return []
    return [unit for unit in units_of(order) if not unit.cancelled and _waits(order, unit)]


def _waits(order: Order, unit: Unit) -> bool:
    package = package_of_unit(order, unit)
    return package is None or package_word(package) in ("TO_FULFILL", "PROCESSING")


def refundable(order: Order) -> list[Unit]:
    """The units that were delivered and neither given back nor asked to be."""
    if order_word(order) not in ("DELIVERED", "COMPLETED"):
        return []
    return [unit for unit in units_of(order) if not (unit.cancelled or unit.asked or unit.returned)]


ELIGIBLE: Mapping[str, tuple[Callable[[Order], list[Unit]], Mapping[str, str]]] = {
    "CANCEL": (cancellable, REASONS),
    "REFUND": (refundable, REFUND_REASONS),
    "RETURN_AND_REFUND": (refundable, REFUND_REASONS),
}
"""Request type -> the units that it is open for, and the reasons to give."""


@routes.on("GET", "/return_refund/202602/orders/{order_id}/aftersale_eligibility")
def eligibility(call: Call) -> Any:
    """What may be asked for which units, and with which reasons."""
    order = order_of(call)
    kinds = call.query.get("request_types") or list(ELIGIBLE)
    by_sku: dict[str, list[Unit]] = {}
    for unit in units_of(order):
        by_sku.setdefault(unit.line.variant.id, []).append(unit)
    rows = []
    for sku, units in by_sku.items():
        entries = [entry for kind in kinds for entry in _entries(order, units, kind)]
        rows.append({"sku_id": sku, "line_item_eligibility": entries})
    return {"sku_eligibility": rows}


def _entries(order: Order, units: list[Unit], kind: str) -> list[dict[str, Any]]:
    possible, reasons = ELIGIBLE[kind]
    open_ones = {unit.id for unit in possible(order)}
    entries = []
    for eligible in (True, False):
        keys = [unit.id for unit in units if (unit.id in open_ones) is eligible]
        if keys:
            entry = {
                "request_type": kind,
                "order_line_items_ids": keys,
                "order_line_list": [{"order_line_item_id": key} for key in keys],
                "eligible": eligible,
            }
            why = {"ineligible_code": 25020001, "ineligible_reason": "The order status does not allow it"}
            entries.append(entry | ({"available_reason_names": list(reasons)} if eligible else why))
    return entries


def choose_units(call: Call, possible: list[Unit]) -> list[Unit]:
    """The units that a body names by SKU, id or not at all; refused where one is not open for it."""
    body = call.body
    ids = list(body.get("order_line_item_ids") or ())
    listed = [row["order_line_item_id"] for row in body.get("order_line_list") or ()]
    if ids and listed:
        raise wrong("Give `order_line_item_ids` or `order_line_list`, not both.")
    by_id = {unit.id: unit for unit in possible}
    keys = ids or listed
    for row in [] if keys else body.get("skus") or ():
        same = [unit.id for unit in possible if unit.line.variant.id == row["sku_id"]]
        if not 1 <= row["quantity"] <= len(same):
            raise Refused(25020002, "The quantity of the SKU is not eligible")
        keys = keys + same[: row["quantity"]]
    keys = keys or list(by_id)
    if not keys or not set(keys) <= set(by_id) or len(set(keys)) < len(keys):
        raise Refused(25020001, "The order status does not allow it for these items")
    return [by_id[key] for key in keys]


def refund_of(order: Order, units: list[Unit]) -> dict[str, Decimal]:
    """What the buyer gets back for units; the shipping fee with the last of them."""
    costs = [unit_amounts(unit) for unit in units]
    goods, tax = (
        sum((one["paid"] for one in costs), Decimal(0)),
        sum((one["tax"] for one in costs), Decimal(0)),
    )
    left = [unit for unit in units_of(order) if not unit.cancelled and not unit.returned]
    fee: Decimal = order.native["shipping_fee"] if len(units) >= len(left) else Decimal(0)
    return {
        "refund_total": goods + tax + fee,
        "refund_subtotal": goods,
        "refund_shipping_fee": fee,
        "refund_tax": tax,
    }


def money_of(shop: Account, amounts: Mapping[str, Decimal]) -> dict[str, str]:
    """Refund amounts as the API writes them."""
    return {"currency": shop.currency} | {name: amount(shop, value) for name, value in amounts.items()}


@routes.on("POST", "/return_refund/202602/refunds/calculate")
def calculate(call: Call) -> Any:
    """What a request would refund."""
    order, kind = order_of(call, call.body["order_id"]), call.body["request_type"]
    if kind not in ELIGIBLE:
        raise Refused(98001004, "Parameter invalid: request_type")
    possible, reasons = ELIGIBLE[kind]
    if call.body["reason_name"] not in reasons:
        raise Refused(98001004, "Parameter invalid: reason_name")
    units = choose_units(call, possible(order))
    return {
        "order_refund_amount": money_of(call.shop, refund_of(order, units)) | {"retail_delivery_fee": "0"}
    }


# -- asking


@routes.on("POST", "/return_refund/202602/cancellations")
def create(call: Call) -> Any:
    """The seller cancels an order, or (in the US and the UK) units of it."""
    order, reason = order_of(call, call.body["order_id"]), call.body["cancel_reason"]
    if reason not in REASONS:
        raise Refused(98001004, "Parameter invalid: cancel_reason")
    if pending_cancellation(call.shop, order) is not None:
        raise Refused(25020003, "A cancellation of the order is in progress")
    possible = cancellable(order)
    units = choose_units(call, possible)
    left = [unit for unit in units_of(order) if not unit.cancelled]
    keys = [unit.id for unit in units]
    if len(units) == len(left):
        call.shop.cancel(order, "seller", reason)
        case = next(one for one in reversed(list(_cases(call).values())) if one.order is order)
    elif call.shop.region not in ("US", "GB"):
        raise Refused(25020004, "Partial cancellation is not supported in this market")
    else:
        case = open_cancellation(call.twin, call.shop, order, keys, "SELLER", reason, COMPLETE)
        order.cancel_reason = reason
        cancel_units(call.shop, order, keys)
    return {"cancel_id": case.id, "cancel_status": case.status}


# -- searching and answering


def _cases(call: Call) -> dict[str, Cancellation]:
    cases: dict[str, Cancellation] = call.shop.native["cancellations"]
    return cases


def within(call: Call, created: float, updated: float) -> bool:
    """Whether a case lies inside the times that the body asks for."""
    return all(
        call.body.get(f"{name}_ge", 0) <= int(when) < call.body.get(f"{name}_lt", float("inf"))
        for name, when in (("create_time", created), ("update_time", updated))
    )


@routes.on("POST", "/return_refund/202602/cancellations/search")
def search(call: Call) -> Any:
    """Cancellations, newest first unless said otherwise."""
    tests: Mapping[str, Callable[[Cancellation], str]] = {
        "cancel_ids": lambda case: case.id,
        "order_ids": lambda case: case.order.id,
        "buyer_user_ids": lambda case: case.order.buyer.id,
        "cancel_types": _type,
        "cancel_status": lambda case: case.status,
    }
    rows = [
        case
        for case in _cases(call).values()
        if within(call, case.created, case.updated)
        and all(read(case) in call.body[name] for name, read in tests.items() if call.body.get(name))
    ]
    updated = call.query.get("sort_field") == "update_time"
    rows.sort(
        key=lambda case: case.updated if updated else case.created,
        reverse=call.query.get("sort_order") != "ASC",
    )
    return call.page("cancellations", rows, lambda case: _row(call.shop, case), 50, default=10)


def _type(case: Cancellation) -> str:
    return "BUYER_CANCEL" if case.role == "BUYER" else "CANCEL"


def _row(shop: Account, case: Cancellation) -> dict[str, Any]:
    chosen = [unit for unit in units_of(case.order) if unit.id in case.units]
    texts = {**REASONS, **BUYER_REASONS}
    row = {
        "cancel_id": case.id,
        "order_id": case.order.id,
        "cancel_type": _type(case),
        "cancel_status": case.status,
        "role": case.role,
        "cancel_reason": case.reason,
        "cancel_reason_text": texts.get(case.reason, case.reason),
        "create_time": int(case.created),
        "update_time": int(case.updated),
        "refund_amount": money_of(shop, refund_of(case.order, chosen)),
        "cancel_line_items": [
            {"cancel_line_item_id": case.lines[unit.id]} | case_item(shop, case.order, unit)
            for unit in chosen
        ],
    }
    if case.status == PENDING:
        action = {"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": int(case.created) + ANSWER_LIFE}
        row["seller_next_action_response"] = [action]
    return row


def case_item(shop: Account, order: Order, unit: Unit) -> dict[str, Any]:
    """A unit as cancellations and returns list it."""
    image = unit.line.product.native["main_images"][0]["uri"]
    costs = unit_amounts(unit)
    refund = {
        "refund_total": costs["paid"] + costs["tax"],
        "refund_subtotal": costs["paid"],
        "refund_shipping_fee": Decimal(0),
        "refund_tax": costs["tax"],
    }
    return {
        "order_line_item_id": unit.id,
        "sku_id": unit.line.variant.id,
        "sku_name": sku_name(unit),
        "product_name": unit.line.product.title,
        "seller_sku": unit.line.variant.sku,
        "product_image": {"url": f"{IMAGE_HOST}/{image}", "width": 200, "height": 200},
        "refund_amount": money_of(shop, refund),
    }


def _open_case(call: Call) -> Cancellation:
    case = _cases(call).get(call.path["cancel_id"])
    if case is None:
        raise Refused(25020005, "The cancellation does not exist")
    if case.status != PENDING:
        raise Refused(25020006, "The cancellation status does not allow the operation")
    return case


@routes.on("POST", "/return_refund/202309/cancellations/{cancel_id}/approve")
def approve(call: Call) -> Any:
    """Grant the buyer's wish."""
    case = _open_case(call)
    call.shop.cancel(case.order, "buyer", case.reason)
    return {}


@routes.on("POST", "/return_refund/202309/cancellations/{cancel_id}/reject")
def reject(call: Call) -> Any:
    """Refuse the buyer's wish: the order goes on as before."""
    case = _open_case(call)
    if call.body["reject_reason"] not in REJECT_CANCEL:
        raise Refused(98001004, "Parameter invalid: reject_reason")
    move_cancellation(call.twin, call.shop, case, "CANCELLATION_REQUEST_CANCEL")
    call.shop.keep(case.order)
    return {}
