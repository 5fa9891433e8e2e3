"""Orders of the pretend TikTok Shop: searching, reading, prices in detail, references elsewhere.

A line item is one unit: there is no quantity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Order, Package
from socialcommerce.simulators.tiktok_shop.defaults import Unit, amount, order_word, package_word, units_of
from socialcommerce.simulators.tiktok_shop.products import IMAGE_HOST
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

__all__ = ["order_of", "package_of_unit", "payable", "routes", "sku_name", "unit_amounts"]

routes = Routes()

CARRIER_ID, CARRIER_NAME = "6617675021119438849", "TT Virtual express"
DELIVERY_OPTION, DELIVERY_NAME = "7091146663229654785", "Standard shipping"


def order_of(call: Call, order_id: str | None = None) -> Order:
    """The order meant by the path (or ``order_id``), else the platform's refusal."""
    found = call.shop.orders.get(call.path["order_id"] if order_id is None else order_id)
    if found is None:
        raise Refused(11001001, "The order does not exist")
    return found


# -- searching


@routes.on("POST", "/order/202309/orders/search")
def search(call: Call) -> Any:
    """Whole orders, newest first unless said otherwise."""
    wish = call.body
    if len(wish.get("warehouse_ids") or ()) > 100:
        raise wrong("At most 100 `warehouse_ids`.")
    updated = call.query.get("sort_field") == "update_time"
    rows = [
        order
        for order in call.shop.orders.values()
        if all(
            test(order, wish[name]) for name, test in TESTS.items() if wish.get(name) not in (None, [], "")
        )
    ]
    rows.sort(
        key=lambda one: one.updated if updated else one.created, reverse=call.query.get("sort_order") != "ASC"
    )
    return call.page("orders", rows, lambda one: _row(call.shop, one), 100)


def _asks_to_cancel(order: Order) -> bool:
    return order.status == "cancel_requested"


TESTS: Mapping[str, Callable[[Order, Any], bool]] = {
    "order_status": lambda order, word: order_word(order) == word,
    "create_time_ge": lambda order, when: int(order.created) >= when,
    "create_time_lt": lambda order, when: int(order.created) < when,
    "update_time_ge": lambda order, when: int(order.updated) >= when,
    "update_time_lt": lambda order, when: int(order.updated) < when,
    "shipping_type": lambda order, word: order.native["shipping_type"] == word,
    "buyer_user_id": lambda order, who: order.buyer.id == who,
    "is_buyer_request_cancel": lambda order, wish: _asks_to_cancel(order) is wish,
    "warehouse_ids": lambda order, ids: next(iter(order.lines[0].variant.stock)) in ids,
}
"""The filters of the search: what an order must be."""


@routes.on("GET", "/order/202507/orders")
def detail(call: Call) -> Any:
    """Up to fifty orders, comma-joined in ``ids``; unknown ones are left out."""
    ids = call.query["ids"]
    if not 1 <= len(ids) <= 50:
        raise wrong("Give 1 to 50 `ids`.")
    found = [call.shop.orders[key] for key in ids if key in call.shop.orders]
    if not found:
        raise Refused(11001001, "The order does not exist")
    return {"orders": [_row(call.shop, order) for order in found]}


# -- one order


def _row(shop: Account, order: Order) -> dict[str, Any]:
    return {**_head(shop, order), **_times(order), **_cancelling(order)}


def _head(shop: Account, order: Order) -> dict[str, Any]:
    held, native = order_word(order) == "ON_HOLD", order.native
    return {
        "id": order.id,
        "status": order_word(order),
        "order_type": "NORMAL",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": native["shipping_type"],
        "delivery_type": "HOME_DELIVERY",
        "delivery_option_id": DELIVERY_OPTION,
        "delivery_option_name": DELIVERY_NAME,
        "commerce_platform": "TIKTOK_SHOP",
        "is_sample_order": False,
        "is_cod": False,
        "is_on_hold_order": native["was_on_hold"],
        "is_replacement_order": False,
        "is_buyer_request_cancel": _asks_to_cancel(order),
        "user_id": order.buyer.id,
        "buyer_email": f"{order.buyer.name}@chat.seller.{shop.region.lower()}.tiktok.com",
        "buyer_nickname": order.buyer.name,
        "buyer_message": native.get("buyer_message", ""),
        "seller_note": "",
        "payment_method_name": "CCDC",
        "warehouse_id": next(iter(order.lines[0].variant.stock)),
        "recipient_address": {} if held else native["address"],
        "has_updated_recipient_address": native.get("address_changed", False),
        "packages": [{"id": one.id} for one in shown_packages(order)],
        "payment": _payment(shop, order),
        "line_items": [_line_item(shop, order, unit) for unit in units_of(order)],
    } | ({"split_or_combine_tag": native["tag"]} if native["tag"] else {})


def shown_packages(order: Order) -> list[Package]:
    """The parcels that the API shows: those made, and not emptied by a cancellation."""
    return [one for one in order.packages if one.native["made"] and one.native["units"]]


def _times(order: Order) -> dict[str, Any]:
    created = int(order.created)
    arranged = min((one.arranged for one in order.packages if one.arranged), default=None)
    collected = min((one.picked_up for one in order.packages if one.picked_up), default=None)
    delivered = max((one.delivered for one in order.packages if one.delivered), default=None)
    first = next((one for one in shown_packages(order) if one.tracking_number), None)
    times = {
        "paid_time": order.paid,
        "rts_time": arranged,
        "collection_time": collected,
        "delivery_time": delivered,
        "request_cancel_time": order.native["cancel_requested_at"],
    }
    carrier = (
        {}
        if first is None
        else {
            "tracking_number": first.tracking_number,
            "shipping_provider": first.native.get("carrier_name", CARRIER_NAME),
            "shipping_provider_id": first.native.get("carrier_id", CARRIER_ID),
        }
    )
    return (
        {
            "create_time": created,
            "update_time": int(order.updated),
            "rts_sla_time": created + 2 * 86400,
            "tts_sla_time": created + 3 * 86400,
            "cancel_order_sla_time": created + 7 * 86400,
            "delivery_sla_time": created + 8 * 86400,
        }
        | {name: int(when) for name, when in times.items() if when is not None}
        | carrier
    )


def _cancelling(order: Order) -> dict[str, Any]:
    if order.status != "cancelled":
        return {}
    initiator = {"buyer": "BUYER", "seller": "SELLER"}.get(order.cancelled_by, "SYSTEM")
    when = int(order.updated)
    return {"cancel_reason": order.cancel_reason, "cancellation_initiator": initiator, "cancel_time": when}


def unit_amounts(unit: Unit) -> dict[str, Decimal]:
    """What one unit costs: list price, discounts, what the buyer pays, and the tax on it."""
    native = unit.line.product.native
    seller = Decimal(str(native.get("seller_discount", 0)))
    platform = Decimal(str(native.get("platform_discount", 0)))
    paid = unit.line.unit_price - seller - platform
    rate = Decimal(str(native.get("tax_rate", 0)))
    tax = (paid * rate).quantize(Decimal("0.01"))
    return {
        "original": unit.line.unit_price,
        "seller": seller,
        "platform": platform,
        "paid": paid,
        "rate": rate,
        "tax": tax,
    }


def _sum(order: Order, name: str) -> Decimal:
    return sum((unit_amounts(unit)[name] for unit in units_of(order)), Decimal(0))


def payable(order: Order) -> Decimal:
    """What the buyer paid: goods after discounts, shipping and tax."""
    fee: Decimal = order.native["shipping_fee"]
    return _sum(order, "paid") + fee + _sum(order, "tax")


def _payment(shop: Account, order: Order) -> dict[str, Any]:
    fee, tax = order.native["shipping_fee"], _sum(order, "tax")
    amounts = {
        "original_total_product_price": _sum(order, "original"),
        "seller_discount": _sum(order, "seller"),
        "platform_discount": _sum(order, "platform"),
        "sub_total": _sum(order, "paid"),
        "original_shipping_fee": fee,
        "shipping_fee_seller_discount": Decimal(0),
        "shipping_fee_platform_discount": Decimal(0),
        "shipping_fee": fee,
        "product_tax": tax,
        "shipping_fee_tax": Decimal(0),
        "tax": tax,
        "retail_delivery_fee": Decimal(0),
        "total_amount": payable(order),
    }
    return {"currency": shop.currency} | {name: amount(shop, value) for name, value in amounts.items()}


def sku_name(unit: Unit) -> str:
    """The options of a unit's variant, as orders name them."""
    return ", ".join(one["value_name"] for one in unit.line.variant.native["sales_attributes"]) or "Default"


def package_of_unit(order: Order, unit: Unit) -> Package | None:
    """The parcel that holds a unit."""
    return next((one for one in order.packages if unit.id in one.native["units"]), None)


def _unit_word(order: Order, unit: Unit, package: Package | None) -> str:
    if unit.cancelled:
        return "CANCELLED"
    word = order_word(order)
    if word in ("COMPLETED", "UNPAID", "ON_HOLD", "CANCELLED") or package is None:
        return "AWAITING_SHIPMENT" if word in ("ON_HOLD", "PARTIALLY_SHIPPING") else word
    return PACKAGE_TO_UNIT.get(package_word(package), word)


PACKAGE_TO_UNIT = {
    "TO_FULFILL": "AWAITING_SHIPMENT",
    "PROCESSING": "AWAITING_COLLECTION",
    "FULFILLING": "IN_TRANSIT",
    "COMPLETED": "DELIVERED",
}


def _line_item(shop: Account, order: Order, unit: Unit) -> dict[str, Any]:
    package, costs, line = package_of_unit(order, unit), unit_amounts(unit), unit.line
    image = line.product.native["main_images"][0]["uri"]
    item = {
        "id": unit.id,
        "product_id": line.product.id,
        "product_name": line.product.title,
        "sku_id": line.variant.id,
        "sku_name": sku_name(unit),
        "seller_sku": line.variant.sku,
        "sku_image": f"{IMAGE_HOST}/{image}",
        "sku_type": "NORMAL",
        "currency": shop.currency,
        "original_price": amount(shop, costs["original"]),
        "sale_price": amount(shop, costs["paid"]),
        "seller_discount": amount(shop, costs["seller"]),
        "platform_discount": amount(shop, costs["platform"]),
        "item_tax": _taxes(shop, costs),
        "display_status": _unit_word(order, unit, package),
        "is_gift": False,
    }
    if unit.cancelled:
        user = {"buyer": "BUYER", "seller": "SELLER"}.get(order.cancelled_by, "SELLER")
        item |= {"cancel_user": user, "cancel_reason": order.cancel_reason}
    if package is not None and package.native["made"]:
        item |= _carried(package)
    return item


def _taxes(shop: Account, costs: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    if not costs["tax"]:
        return []
    return [
        {"tax_type": "SALES_TAX", "tax_amount": amount(shop, costs["tax"]), "tax_rate": str(costs["rate"])}
    ]


def _carried(package: Package) -> dict[str, Any]:
    shown = {"package_id": package.id, "package_status": package_word(package)}
    if package.tracking_number:
        shown |= {
            "tracking_number": package.tracking_number,
            "shipping_provider_id": package.native.get("carrier_id", CARRIER_ID),
            "shipping_provider_name": package.native.get("carrier_name", CARRIER_NAME),
        }
    return shown


# -- prices in detail


@routes.on("GET", "/order/202407/orders/{order_id}/price_detail")
def price_detail(call: Call) -> Any:
    """What the buyer paid, by unit; several units share the shipping fee, the first carries it."""
    order = order_of(call)
    fee: Decimal = order.native["shipping_fee"]
    items = [
        {"id": unit.id, "currency": call.shop.currency}
        | _prices(call.shop, unit_amounts(unit), fee if at == 0 else Decimal(0))
        for at, unit in enumerate(units_of(order))
    ]
    names = ("original", "seller", "platform", "paid", "tax")
    whole = {name: _sum(order, name) for name in names}
    return {"currency": call.shop.currency, **_prices(call.shop, whole, fee), "line_items": items}


def _prices(shop: Account, costs: Mapping[str, Decimal], fee: Decimal) -> dict[str, str]:
    amounts = {
        "total": costs["paid"] + fee + costs["tax"],
        "payment": costs["paid"] + fee + costs["tax"],
        "sku_list_price": costs["original"],
        "sku_sale_price": costs["paid"],
        "subtotal": costs["paid"],
        "subtotal_deduction_seller": costs["seller"],
        "subtotal_deduction_platform": costs["platform"],
        "subtotal_tax_amount": costs["tax"],
        "voucher_deduction_platform": Decimal(0),
        "voucher_deduction_seller": Decimal(0),
        "shipping_list_price": fee,
        "shipping_sale_price": fee,
        "shipping_fee_deduction_seller": Decimal(0),
        "shipping_fee_deduction_platform": Decimal(0),
        "tax_amount": costs["tax"],
        "net_price_amount": costs["paid"],
    }
    return {name: amount(shop, value) for name, value in amounts.items()}


# -- references to orders elsewhere


@routes.on("POST", "/order/202406/orders/external_orders")
def add_references(call: Call) -> Any:
    """Attach the ids that orders have elsewhere."""
    errors = []
    for row in call.body["orders"]:
        order, outside = call.shop.orders.get(row["id"]), row["external_order"]
        if order is None:
            detail = {
                "order_id": row["id"],
                "external_order": {"id": outside["id"], "platform": outside["platform"]},
            }
            errors.append({"code": "11001001", "message": "The order does not exist", "detail": detail})
        else:
            order.native["external"][outside["platform"]] = outside
    return {"errors": errors} if errors else {}


@routes.on("GET", "/order/202406/orders/{order_id}/external_orders")
def references(call: Call) -> Any:
    """The ids that an order has on one platform elsewhere."""
    found = order_of(call).native["external"].get(call.query["platform"])
    return {"external_orders": [found] if found else []}


@routes.on("POST", "/order/202406/orders/external_order_search")
def by_reference(call: Call) -> Any:
    """The orders that have an id elsewhere."""
    platform, key = call.query["platform"], call.query["external_order_id"]
    rows = [
        {"id": order.id, "external_order": order.native["external"][platform]}
        for order in call.shop.orders.values()
        if order.native["external"].get(platform, {}).get("id") == key
    ]
    return {"orders": rows}
