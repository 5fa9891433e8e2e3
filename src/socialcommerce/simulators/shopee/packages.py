"""Parcels of the pretend Shopee: finding them, and reading one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Order, Package
from socialcommerce.simulators.shopee.defaults import CHANNEL_NAMES, PACKAGE_STATUS
from socialcommerce.simulators.shopee.orders import package_items
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

STAGES: Mapping[int, tuple[str, ...]] = {
    0: ("waiting", "ready", "retry", "arranged"),
    1: ("waiting",),
    2: ("ready", "retry"),
    3: ("arranged",),
}
"""``package_status`` -> what it means; 2, to process, unless another is asked for."""


def _everything(shop: Account) -> list[tuple[Order, Package]]:
    return [(order, package) for order in shop.orders.values() for package in order.packages]


@routes.post("order/search_package_list")
def search(call: Call) -> Any:
    """Parcels by stage, with a cursor inside ``pagination``."""
    pagination, wish, sort = call.params["pagination"], call.get("filter", {}), call.get("sort", {})
    size, cursor = pagination["page_size"], pagination.get("cursor") or "0"
    stage = wish.get("package_status", 2)
    if not 1 <= size <= 100 or stage not in STAGES or not cursor.isdecimal():
        raise wrong(call.operation, "page_size, cursor or package_status.")
    channels = wish.get("logistics_channel_ids") or ()
    fitting = [
        (order, package)
        for order, package in _everything(call.shop)
        if package.status in STAGES[stage] and (not channels or package.native["channel"] in channels)
    ]
    ascending = sort.get("ascending", True)
    fitting.sort(key=lambda pair: pair[0].native["ship_by_date"], reverse=not ascending)
    start, size = int(cursor), call.twin.page(size)
    more = start + size < len(fitting)
    return {
        "packages_list": [_row(call.shop, *pair) for pair in fitting[start : start + size]],
        "pagination": {
            "total_count": len(fitting),
            "next_cursor": str(start + size) if more else "",
            "more": more,
        },
        "sort": {"sort_type": sort.get("sort_type", 1), "is_asc": ascending},
    }


def _row(shop: Account, order: Order, package: Package) -> dict[str, Any]:
    return {
        "order_sn": order.id,
        "package_number": package.id,
        "logistics_channel_id": package.native["channel"],
        "product_location_id": shop.locations[0].id,
        "sorting_group": "",
        "is_shipment_arranged": package.arranged is not None,
    }


@routes.get("order/get_package_detail")
def detail(call: Call) -> Any:
    """Up to fifty parcels; unknown ones are named in ``warning``."""
    wanted = call.csv("package_number_list", most=50)
    known = {package.id: (order, package) for order, package in _everything(call.shop)}
    rows = [_detail(call.shop, *known[number]) for number in wanted if number in known]
    if not rows:
        raise Refused("error_param", "The information you queried is not found.")
    missing = [number for number in wanted if number not in known]
    return {
        "package_list": rows,
        "_warning": f"package_number not found: {','.join(missing)}" if missing else "",
    }


def _detail(shop: Account, order: Order, package: Package) -> dict[str, Any]:
    items = [
        item | {"item_sku": line.product.sku, "model_sku": line.variant.sku}
        for item, line in zip(
            package_items(shop, order, package), map(order.line, package.contents), strict=True
        )
    ]
    ready = package.status == "ready"
    return {
        "order_sn": order.id,
        "package_number": package.id,
        "fulfillment_status": PACKAGE_STATUS[package.status],
        "update_time": int(package.updated),
        "logistics_channel_id": package.native["channel"],
        "shipping_carrier": CHANNEL_NAMES[package.native["channel"]],
        "allow_self_design_awb": True,
        "days_to_ship": order.native["days_to_ship"],
        "ship_by_date": order.native["ship_by_date"],
        "pending_terms": [],
        "pending_description": [],
        "tracking_number": package.tracking_number,
        "pickup_done_time": int(package.picked_up or 0),
        "is_split_up": len(order.packages) > 1,
        "item_list": items,
        "recipient_address": order.native["address"],
        "is_shipment_arranged": package.arranged is not None,
        "can_split_order": ready and len(order.packages) == 1 and len(order.lines) > 1,
        "can_unsplit_order": ready and len(order.packages) > 1,
        "is_pre_order": False,
    }
