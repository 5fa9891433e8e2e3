"""Orders of the pretend Shopee: reading, cancelling, splitting, noting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Line, Order, Package
from socialcommerce.simulators.shopee.catalog import image_url
from socialcommerce.simulators.shopee.defaults import CHANNEL_NAMES, ORDER_STATUS, PACKAGE_STATUS
from socialcommerce.simulators.shopee.push import variation_id
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["find_line", "order_of", "package_items", "routes"]

routes = Routes()

WINDOW = 15 * 86400
FILTERS = frozenset(
    {"UNPAID", "READY_TO_SHIP", "PROCESSED", "SHIPPED", "COMPLETED", "IN_CANCEL", "CANCELLED",
     "INVOICE_PENDING"}
)  # fmt: skip
"""The statuses by which ``get_order_list`` filters; it knows no others."""
REASONS: Mapping[str, frozenset[str] | None] = {
    "OUT_OF_STOCK": None,
    "CUSTOMER_REQUEST": None,
    "COD_NOT_SUPPORTED": None,
    "UNDELIVERABLE_AREA": frozenset({"TW", "MY"}),
}
"""Why a seller may cancel, and where (None: everywhere)."""
CANCELLABLE = ("unpaid", "ready", "retry")


def order_of(call: Call, order_sn: str | None = None) -> Order:
    """The order meant by ``order_sn`` (a parameter unless given), else the platform's refusal."""
    order = call.shop.orders.get(order_sn or call.params["order_sn"])
    if order is None:
        raise Refused("error_not_found", "Wrong parameters, detail: the order is not found.")
    return order


def _status(order: Order, show_pending: bool) -> str:
    if show_pending and order.status == "ready" and order.native.get("pending"):
        return "PENDING"
    return ORDER_STATUS[order.status]


@routes.get("order/get_order_list")
def order_list(call: Call) -> Any:
    """Order numbers of a window of at most fifteen days, newest first."""
    size, status = call.twin.page(call.within("page_size", 1, 100)), call.get("order_status")
    clocks: Mapping[str, Callable[[Order], float]] = {
        "create_time": lambda order: order.created,
        "update_time": lambda order: order.updated,
    }
    when = clocks.get(call.params["time_range_field"])
    if when is None or (status is not None and status not in FILTERS):
        raise wrong(call.operation, "time_range_field or order_status is unknown.")
    earliest, latest = call.params["time_from"], call.params["time_to"]
    if not 0 < latest - earliest <= WINDOW:
        raise Refused(
            "order.order_list_invalid_time", "Start time must be earlier than end time and diff in 15days."
        )
    pending = call.get("request_order_status_pending", False)
    fitting = [
        order
        for order in sorted(call.shop.orders.values(), key=when, reverse=True)
        if earliest <= int(when(order)) <= latest and status in (None, _status(order, pending))
    ]
    with_status = "order_status" in call.csv("response_optional_fields")
    page, more, cursor = _page(call, fitting, call.get("cursor", ""), size)
    rows = [
        {"order_sn": order.id, "booking_sn": ""}
        | ({"order_status": _status(order, pending)} if with_status else {})
        for order in page
    ]
    return {"more": more, "next_cursor": cursor, "order_list": rows}


def _page(call: Call, rows: list[Any], cursor: str, size: int) -> tuple[list[Any], bool, str]:
    if cursor and not cursor.isdecimal():
        raise wrong(call.operation, "cursor is invalid.")
    start = int(cursor or 0)
    more = start + size < len(rows)
    return rows[start : start + size], more, str(start + size) if more else ""


@routes.get("order/get_order_detail")
def order_detail(call: Call) -> Any:
    """Up to fifty orders; most fields only where they are asked for."""
    wanted = call.csv("order_sn_list", most=50)
    asked = set(call.csv("response_optional_fields"))
    pending = call.get("request_order_status_pending", False)
    known = [call.shop.orders[number] for number in wanted if number in call.shop.orders]
    if not known:
        raise Refused("error_not_found", "Wrong parameters, detail: the order is not found.")
    missing = [f"{number}: the order is not found." for number in wanted if number not in call.shop.orders]
    rows = [_always(call.shop, order, pending) | _optional(call.shop, order, asked) for order in known]
    return {"order_list": rows, "_warning": missing}


def _always(shop: Account, order: Order, pending: bool) -> dict[str, Any]:
    status = _status(order, pending)
    held = {"pending_terms": ["SYSTEM_PENDING"], "pending_description": ["Being checked"]}
    return {
        "order_sn": order.id,
        "region": shop.region,
        "currency": shop.currency,
        "cod": order.native["cod"],
        "order_status": status,
        "message_to_seller": order.native["message_to_seller"],
        "create_time": int(order.created),
        "update_time": int(order.updated),
        "days_to_ship": order.native["days_to_ship"],
        "ship_by_date": order.native["ship_by_date"],
        "booking_sn": "",
        "advance_package": False,
        "reverse_shipping_fee": 0,
        "can_full_cancel_order": order.status in CANCELLABLE,
        "can_partial_cancel_order": order.status == "ready" and _units(order) > 1,
    } | (held if status == "PENDING" else {})


def _units(order: Order) -> int:
    return sum(line.active for line in order.lines)


def _optional(shop: Account, order: Order, asked: set[str]) -> dict[str, Any]:
    return {name: read(shop, order) for name, read in OPTIONAL.items() if name in asked}


def _picked_up(shop: Account, order: Order) -> int:
    return int(max((one.picked_up or 0 for one in order.packages), default=0))


def _invoice(shop: Account, order: Order) -> Any:
    return order.native.get("invoice_data")


def _weight(shop: Account, order: Order) -> int:
    grams = sum((line.product.native["weight"] * 1000 * line.quantity for line in order.lines), Decimal(0))
    return int(grams)


OPTIONAL: Mapping[str, Callable[[Account, Order], Any]] = {
    "buyer_user_id": lambda shop, order: int(order.buyer.id),
    "buyer_username": lambda shop, order: order.buyer.name,
    "estimated_shipping_fee": lambda shop, order: 0,
    "recipient_address": lambda shop, order: order.native["address"],
    "actual_shipping_fee": lambda shop, order: 0,
    "goods_to_declare": lambda shop, order: False,
    "note": lambda shop, order: order.note,
    "note_update_time": lambda shop, order: int(order.note_updated),
    "item_list": lambda shop, order: [_line(shop, line) for line in order.lines],
    "pay_time": lambda shop, order: None if order.paid is None else int(order.paid),
    "dropshipper": lambda shop, order: None,
    "dropshipper_phone": lambda shop, order: None,
    "split_up": lambda shop, order: len(order.packages) > 1,
    "buyer_cancel_reason": lambda shop, order: order.cancel_reason if order.cancelled_by == "buyer" else "",
    "cancel_by": lambda shop, order: order.cancelled_by,
    "cancel_reason": lambda shop, order: order.cancel_reason,
    "actual_shipping_fee_confirmed": lambda shop, order: order.status == "completed",
    "buyer_cpf_id": lambda shop, order: None,
    "fulfillment_flag": lambda shop, order: "fulfilled_by_local_seller",
    "pickup_done_time": _picked_up,
    "package_list": lambda shop, order: [_package(shop, order, one) for one in order.packages],
    "shipping_carrier": lambda shop, order: CHANNEL_NAMES[order.packages[0].native["channel"]],
    "payment_method": lambda shop, order: order.native["payment_method"],
    "total_amount": lambda shop, order: order.total,
    "invoice_data": _invoice,
    "order_chargeable_weight_gram": _weight,
    "return_request_due_date": lambda shop, order: int(order.created) + 15 * 86400,
    "edt": lambda shop, order: None,
    "payment_info": lambda shop, order: [],
}
"""The fields that ``response_optional_fields`` brings."""


def _line(shop: Account, line: Line) -> dict[str, Any]:
    product, variant = line.product, line.variant
    tiers = product.native["tiers"]
    names = [tier["options"][at]["name"] for tier, at in zip(tiers, variant.options, strict=False)]
    return {
        "item_id": int(product.id),
        "item_name": product.title,
        "item_sku": product.sku,
        "model_id": variation_id(product, variant.id),
        "model_name": ",".join(names),
        "model_sku": variant.sku if tiers else "",
        "model_quantity_purchased": line.quantity,
        "model_original_price": line.unit_price,
        "model_discounted_price": line.unit_price,
        "wholesale": False,
        "weight": product.native["weight"],
        "add_on_deal": False,
        "main_item": False,
        "add_on_deal_id": 0,
        "promotion_type": "",
        "promotion_id": 0,
        "order_item_id": int(product.id),
        "line_item_id": int(line.id),
        "promotion_group_id": 0,
        "image_info": {"image_url": image_url(product.native["images"][0])},
        "product_location_id": [shop.locations[0].id],
        "is_prescription_item": False,
        "is_b2c_owned_item": False,
        "promotion_list": [],
        "hot_listing_item": False,
        "active_qty": line.active,
        "cancel_requested_qty": line.cancel_requested,
        "cancelled_qty": line.cancelled,
        "return_requested_qty": line.return_requested,
        "returned_qty": line.returned,
    }


def package_items(shop: Account, order: Order, package: Package) -> list[dict[str, Any]]:
    """The lines of a parcel as most calls name them."""
    rows = []
    for key, units in package.contents.items():
        line = order.line(key)
        rows.append(
            {
                "item_id": int(line.product.id),
                "model_id": variation_id(line.product, line.variant.id),
                "model_quantity": units,
                "order_item_id": int(line.product.id),
                "promotion_group_id": 0,
                "product_location_id": shop.locations[0].id,
            }
        )
    return rows


def _package(shop: Account, order: Order, package: Package) -> dict[str, Any]:
    return {
        "package_number": package.id,
        "logistics_status": PACKAGE_STATUS[package.status],
        "logistics_channel_id": package.native["channel"],
        "shipping_carrier": CHANNEL_NAMES[package.native["channel"]],
        "allow_self_design_awb": True,
        "group_shipment_id": None,
        "parcel_chargeable_weight_gram": _weight(shop, order),
        "item_list": package_items(shop, order, package),
    }


# -- cancelling


def find_line(call: Call, order: Order, row: Mapping[str, Any]) -> Line:
    """The line that a row names by item and model, else the platform's refusal."""
    for line in order.lines:
        model_id = variation_id(line.product, line.variant.id)
        if int(line.product.id) == row["item_id"] and model_id == row["model_id"]:
            return line
    raise wrong(call.operation, "the item is not in the order.")


@routes.post("order/cancel_order")
def cancel(call: Call) -> Any:
    """The seller cancels an order, or units of it, before its shipment is arranged."""
    order, reason = order_of(call), call.params["cancel_reason"]
    if reason not in REASONS or call.shop.region not in (REASONS[reason] or {call.shop.region}):
        raise wrong(call.operation, "cancel_reason is invalid.")
    items, partial = call.get("item_list", []), call.get("partial_cancel_item_list", [])
    if reason == "OUT_OF_STOCK" and not items and not partial:
        raise wrong(call.operation, "item_list is required.")
    for row in items:
        find_line(call, order, row)
    if order.status not in CANCELLABLE:
        raise Refused("order.error_limit", "Can not cancel this order")
    if partial:
        _cancel_units(call, order, partial, reason)
    else:
        call.shop.cancel(order, "seller", reason)
    return {"update_time": int(order.updated)}


def _chosen(call: Call, order: Order, rows: list[dict[str, Any]]) -> list[tuple[Line, int]]:
    chosen = [(find_line(call, order, row), row["model_quantity"]) for row in rows]
    if any(not 0 < units <= line.active for line, units in chosen):
        raise wrong(call.operation, "model_quantity is invalid.")
    return chosen


def _cancel_units(call: Call, order: Order, rows: list[dict[str, Any]], reason: str) -> None:
    chosen = _chosen(call, order, rows)
    if sum(units for _, units in chosen) == _units(order):
        call.shop.cancel(order, "seller", reason)
        return
    for line, units in chosen:
        line.cancelled += units
        line.variant.give_back(units)
        for package in order.packages:
            if line.id in package.contents:
                package.contents[line.id] = line.active
    call.shop.move_order(order)


@routes.post("order/get_estimate_cancel_value")
def cancel_value(call: Call) -> Any:
    """What the buyer would get back for units (a bare reply, the amount as text)."""
    order = order_of(call)
    chosen = _chosen(call, order, call.rows("partial_cancel_item_list"))
    return {"cancel_value_price": str(sum((line.unit_price * units for line, units in chosen), Decimal(0)))}


@routes.post("order/handle_buyer_cancellation")
def answer_cancellation(call: Call) -> Any:
    """Accept or reject what the buyer asked for."""
    order, operation = order_of(call), call.params["operation"]
    if operation not in ("ACCEPT", "REJECT"):
        raise wrong(call.operation, "operation should be ACCEPT or REJECT.")
    if order.status != "cancel_requested":
        raise Refused(
            "order.cancel_order_invalid_status", "Invalid order_status.The order status should be IN_CANCEL."
        )
    if operation == "ACCEPT":
        call.shop.cancel(order, "buyer", order.cancel_reason)
    else:
        call.shop.keep(order)
    return {"update_time": int(order.updated)}


# -- splitting and noting


@routes.post("order/split_order")
def split(call: Call) -> Any:
    """Put every item of an order that waits to be shipped into one of several parcels."""
    order, rows = order_of(call), call.params["package_list"]
    if len(order.packages) > 1:
        raise Refused("order.order_has_been_split", "This order has already been split.")
    if order.status != "ready":
        raise Refused("order.order_cannot_split", "You don't have the permission to split order.")
    if not 2 <= len(rows) <= (30 if call.shop.region == "TW" else 5):
        raise Refused("error_param", "The size of package list is over limit.")
    contents = [{find_line(call, order, one).id: one for one in row["item_list"]} for row in rows]
    _check_split(order, contents)
    channel, now = order.packages[0].native["channel"], call.twin.clock.now()
    order.packages = [
        Package(
            call.twin.new_id("package"),
            order.id,
            {key: order.line(key).active for key in each},
            updated=now,
            native={"channel": channel},
        )
        for each in contents
    ]
    call.shop.move_order(order)
    return {
        "order_sn": order.id,
        "package_list": [_split_row(call.shop, order, one) for one in order.packages],
    }


def _check_split(order: Order, contents: list[dict[str, Any]]) -> None:
    keys = [key for each in contents for key in each]
    if len(set(keys)) < len(keys):
        raise Refused("order.order_split_duplicate_item", "Cannot split order with duplicate items.")
    if set(keys) != {line.id for line in order.lines if line.active}:
        raise Refused("order.order_split_package_missing_item", "Cannot split order with missing items.")


def _split_row(shop: Account, order: Order, package: Package) -> dict[str, Any]:
    items = package_items(shop, order, package)
    for item in items:
        del item["product_location_id"]
    return {"package_number": package.id, "item_list": items}


@routes.post("order/unsplit_order")
def unsplit(call: Call) -> Any:
    """Put the parcels of an order together again, while none is arranged."""
    order = order_of(call)
    if len(order.packages) < 2 or any(one.status != "ready" for one in order.packages):
        raise Refused("order.order_cannot_undo_split", "Cannot undo split this order.")
    first = order.packages[0]
    first.contents = {line.id: line.active for line in order.lines if line.active}
    order.packages = [first]
    call.shop.move_order(order)
    return {}


@routes.post("order/set_note")
def set_note(call: Call) -> Any:
    """Replace the seller's private note."""
    order = order_of(call)
    order.note, order.note_updated = call.params["note"], call.twin.clock.now()
    return {}
