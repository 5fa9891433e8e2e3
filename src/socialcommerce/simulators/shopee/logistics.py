"""Shipping of the pretend Shopee: ways, arrangements, tracking, channels, addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Order, Package
from socialcommerce.simulators.shopee.defaults import (
    CHANNEL,
    CHANNEL_NAMES,
    DROP_OFF,
    OWN_FLEET,
    PACKAGE_STATUS,
    SELLER_BR,
)
from socialcommerce.simulators.shopee.orders import order_of
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["package_of", "routes"]

routes = Routes()

NUMBER_AFTER = 300
"""Seconds from the arrangement until the carrier's tracking number is known."""
WAYS: Mapping[int, Mapping[str, list[str]]] = {
    CHANNEL: {"pickup": ["address_id", "pickup_time_id"], "dropoff": []},
    DROP_OFF: {"dropoff": ["branch_id"]},
    OWN_FLEET: {"non_integrated": ["tracking_number"]},
    SELLER_BR: {"non_integrated": []},
}
"""What each channel needs for each way of shipping that it offers."""
BRANCH = 5501
TRACKING_OPTIONAL = ("plp_number", "first_mile_tracking_number", "last_mile_tracking_number")
SELLER_STATUS: Mapping[str, str] = {
    "logistics_pickup_done": "picked_up",
    "logistics_delivery_done": "delivered",
    "logistics_delivery_failed": "failed",
}


def package_of(order: Order, package_number: str | None, code: str = "package_number_not_exist") -> Package:
    """The parcel meant; for a split order it must be named, else the refusal ``code``."""
    if package_number is None:
        if len(order.packages) > 1:
            raise Refused(f"logistics.{code}", "Please request with package_number for this split order.")
        return order.packages[0]
    found = order.package(package_number)
    if found is None:
        raise Refused("logistics.package_not_exist", "The package is not exist.")
    return found


def _named(call: Call) -> tuple[Order, Package]:
    order = order_of(call)
    return order, package_of(order, call.get("package_number"))


def _to_write(order: Order, package_number: str | None) -> Package:
    if package_number is not None and len(order.packages) == 1:
        raise Refused(
            "logistics.ship_order_not_need_pacakge_number",
            "Please don't request with package_number for this unsplit order.",
        )
    return package_of(order, package_number, "ship_order_need_pacakge_number")


# -- ways to ship


def _slots(call: Call) -> list[dict[str, Any]]:
    day = call.now - call.now % 86400 + 86400 + 10 * 3600
    return [
        {
            "date": day + n * 86400,
            "time_text": "09:00-18:00",
            "pickup_time_id": str(day + n * 86400),
            "flags": ["recommended"] if n == 0 else [],
        }
        for n in range(3)
    ]


@routes.get("logistics/get_shipping_parameter")
def parameter(call: Call) -> Any:
    """How a parcel that waits can be shipped, with addresses, slots and branches."""
    _, package = _named(call)
    if package.status not in ("ready", "retry"):
        raise Refused(
            "error_param", "Shipping parameters can only be obtained when package is ready to be shipped"
        )
    ways, place = WAYS[package.native["channel"]], call.shop.native["address"]
    address = {**place, "region": call.shop.region}
    answer: dict[str, Any] = {"info_needed": dict(ways)}
    if "pickup" in ways:
        flags = ["default_address", "pickup_address", "return_address"]
        answer["pickup"] = {
            "address_list": [{**address, "address_flag": flags, "time_slot_list": _slots(call)}]
        }
    if "dropoff" in ways:
        branch = {key: value for key, value in address.items() if key != "address_id"}
        answer["dropoff"] = {
            "branch_list": [{"branch_id": BRANCH, **branch}] if ways["dropoff"] else None,
            "slug_list": [],
        }
    return answer


def _way(package: Package, sent: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    given = [way for way in ("pickup", "dropoff", "non_integrated") if sent.get(way) is not None]
    if len(given) != 1:
        raise Refused(
            "logistics.ship_order_only_support_one_type",
            "Please select just one way to ship order: pickup or dropoff or non_integrated.",
        )
    if given[0] not in WAYS[package.native["channel"]]:
        raise Refused(
            f"logistics.ship_order_unsupport_{given[0]}",
            f"This order does not support ship with {given[0]}.",
        )
    return given[0], sent[given[0]]


def _check_way(call: Call, package: Package, way: str, details: Mapping[str, Any]) -> None:
    needed = WAYS[package.native["channel"]][way]
    if any(not details.get(name) for name in needed):
        name = "address_pickup_time" if way == "pickup" else needed[0]
        raise Refused(f"logistics.ship_order_need_{name}", f"Parameter {' and '.join(needed)} is required.")
    if way == "pickup":
        if details["address_id"] != call.shop.native["address"]["address_id"]:
            raise Refused("logistics.address_not_found", "Address is not found.")
        if details["pickup_time_id"] not in {one["pickup_time_id"] for one in _slots(call)}:
            raise Refused("logistics.ship_order_pickup_time_invalid", "Invalid pickup time id.")
    if needed == ["branch_id"] and details["branch_id"] != BRANCH:
        raise Refused("logistics.error_store_not_found", "Store is not found.")


def _arrange(call: Call, order: Order, package: Package, sent: Mapping[str, Any]) -> None:
    if package.status in ("arranged", "picked_up", "delivered"):
        raise Refused("logistics.package_already_shipped", "This package has already been arranged shipment.")
    if order.status not in ("ready", "processed") or package.status != "ready":
        raise Refused("logistics.ship_order_not_ready_to_ship", "The order is not ready to ship.")
    way, details = _way(package, sent)
    _check_way(call, package, way, details)
    number = details.get("tracking_number") or "" if way == "non_integrated" else ""
    shop, fresh = call.shop, call.twin.new_id
    shop.move_package(package, status="arranged", arranged=call.twin.clock.now(), tracking_number=number)
    if all(one.arranged is not None for one in order.packages):
        shop.move_order(order, status="processed")

    def numbered() -> None:
        if package.status == "arranged" and not package.tracking_number:
            shop.move_package(package, tracking_number=fresh("tracking"))

    if way != "non_integrated":
        shop.later(NUMBER_AFTER, numbered)


@routes.post("logistics/ship_order")
def ship(call: Call) -> Any:
    """Arrange the shipment of one parcel, in exactly one way."""
    order = order_of(call)
    _arrange(call, order, _to_write(order, call.get("package_number")), call.params)
    return {}


def _by_number(shop: Account, number: str) -> tuple[Order, Package]:
    for order in shop.orders.values():
        package = order.package(number)
        if package is not None:
            return order, package
    raise Refused("logistics.package_not_exist", "The package is not exist.")


@routes.post("logistics/mass_ship_order")
def mass_ship(call: Call) -> Any:
    """Arrange up to fifty parcels of one channel in one way (a bare reply)."""
    numbers = call.get("non_integrated", {}).get("tracking_number", [])
    tracking = {one["package_number"]: one["tracking_number"] for one in numbers}
    done, failed = [], []
    for row in call.rows("package_list"):
        number = row["package_number"]
        sent = {way: call.get(way) for way in ("pickup", "dropoff")}
        if call.get("non_integrated") is not None:
            sent["non_integrated"] = {"tracking_number": tracking.get(number)}
        try:
            _arrange(call, *_by_number(call.shop, number), sent)
        except Refused as failure:
            failed.append({"package_number": number, "fail_reason": failure.message})
        else:
            done.append({"package_number": number})
    return {"success_list": done, "fail_list": failed}


@routes.post("logistics/batch_ship_order")
def batch_ship(call: Call) -> Any:
    """Arrange up to fifty orders in one way; each row has its own outcome."""

    def one(order: Order, package: Package, row: Mapping[str, Any]) -> dict[str, Any]:
        _arrange(call, order, package, call.params)
        return {}

    return each_row(call, one)


def each_row(call: Call, handle: Any) -> dict[str, Any]:
    """Handle every row of ``order_list`` for itself; all failed is a refusal of the whole."""
    rows, failed = [], []
    for row in call.rows("order_list"):
        named = {key: row[key] for key in ("order_sn", "package_number") if row.get(key)}
        try:
            order = order_of(call, row["order_sn"])
            package = package_of(order, row.get("package_number"))
            rows.append({**named, "package_number": package.id, **handle(order, package, row)})
        except Refused as failure:
            failed.append(named)
            rows.append({**named, "fail_error": failure.code, "fail_message": failure.message})
    answer = {"result_list": rows}
    if len(failed) == len(rows):
        raise Refused(
            "common.batch_api_all_failed",
            "Failed, please check result_list for more details.",
            response=answer,
        )
    return answer | {"_warning": failed}


@routes.post("logistics/update_shipping_order")
def update_shipping(call: Call) -> Any:
    """Order another collection after the carrier has missed one."""
    order = order_of(call)
    package = _to_write(order, call.get("package_number"))
    if package.status != "retry":
        raise Refused("logistics.order_not_ready_to_update", "The order status is not ready to update.")
    _check_way(call, package, "pickup", call.params["pickup"])
    call.shop.move_package(package, status="arranged", arranged=call.twin.clock.now())
    call.shop.move_order(order, status="processed")
    return {}


@routes.post("logistics/update_tracking_status")
def update_status(call: Call) -> Any:
    """A Brazilian seller with own logistics says how far the parcel is."""
    order, status = order_of(call), SELLER_STATUS.get(call.params["logistics_status"])
    package = package_of(order, None)
    if package.native["channel"] != SELLER_BR:
        raise Refused("logistics.feature_not_supported", "Feature is not supported.")
    number = call.get("tracking_number")
    if status is None or ((number or call.get("tracking_url")) and status != "picked_up"):
        raise wrong(call.operation, "logistics_status does not fit.")
    changes: dict[str, Any] = {"status": status} | ({"tracking_number": number} if number else {})
    moments = {"picked_up": "picked_up", "delivered": "delivered"}
    if status in moments:
        changes[moments[status]] = call.twin.clock.now()
    call.shop.move_package(package, **changes)
    if status in moments:
        call.shop.move_order(order, status="shipped" if status == "picked_up" else "delivered")
    return {"update_result": "success"}


# -- tracking


def _number(package: Package, optional: Sequence[str]) -> dict[str, Any]:
    waiting = package.arranged is not None and not package.tracking_number
    answer = {
        "tracking_number": package.tracking_number,
        "hint": "The tracking number is being allocated, please try again later." if waiting else "",
    }
    if package.tracking_number:
        answer |= {name: "" for name in TRACKING_OPTIONAL if name in optional}
    return answer


@routes.get("logistics/get_tracking_number")
def tracking_number(call: Call) -> Any:
    """The carrier's number, empty for some minutes after the arrangement."""
    return _number(_named(call)[1], call.csv("response_optional_fields"))


@routes.post("logistics/get_mass_tracking_number")
def mass_tracking(call: Call) -> Any:
    """The carrier's numbers of up to fifty parcels."""
    optional, done, failed = call.csv("response_optional_fields"), [], []
    for row in call.rows("package_list"):
        number = row["package_number"]
        try:
            _, package = _by_number(call.shop, number)
        except Refused as failure:
            failed.append({"package_number": number, "fail_reason": failure.message})
        else:
            done.append({"package_number": number} | _number(package, optional))
    return {"success_list": done, "fail_list": failed}


@routes.get("logistics/get_tracking_info")
def tracking_info(call: Call) -> Any:
    """What has happened to the parcel, newest first."""
    order, package = _named(call)
    if package.arranged is None:
        raise Refused("logistics.invalid_error", "The package has no tracking information yet.")
    events = (
        (package.arranged, "Order created", "ORDER_CREATED"),
        (package.picked_up, "Parcel picked up", "PICKED_UP"),
        (package.delivered, "Parcel delivered", "DELIVERED"),
    )
    return {
        "order_sn": order.id,
        "package_number": package.id,
        "logistics_status": PACKAGE_STATUS[package.status],
        "tracking_info": [
            {"update_time": int(when), "description": text, "logistics_status": word}
            for when, text, word in reversed(events)
            if when is not None
        ],
    }


# -- channels and addresses


@routes.get("logistics/get_channel_list")
def channels(call: Call) -> Any:
    """The shop's logistics channels; the last one is masked by the first."""
    return {"logistics_channel_list": [_channel(number) for number in CHANNEL_NAMES]}


def _channel(number: int) -> dict[str, Any]:
    return {
        "logistics_channel_id": number,
        "logistics_channel_name": CHANNEL_NAMES[number],
        "cod_enabled": False,
        "enabled": number != SELLER_BR,
        "fee_type": "SIZE_INPUT",
        "size_list": [],
        "weight_limit": {"item_max_weight": 30, "item_min_weight": 0},
        "item_max_dimension": {
            "height": 100,
            "width": 100,
            "length": 100,
            "unit": "cm",
            "dimension_sum": 200,
        },
        "volume_limit": {"item_max_volume": 0, "item_min_volume": 0},
        "logistics_description": CHANNEL_NAMES[number],
        "force_enable": False,
        "mask_channel_id": CHANNEL if number == SELLER_BR else 0,
        "block_seller_cover_shipping_fee": False,
        "support_cross_border": False,
        "logistics_capability": {"seller_logistics": number in (OWN_FLEET, SELLER_BR)},
        "preprint": False,
    }


@routes.get("logistics/get_address_list")
def addresses(call: Call) -> Any:
    """The shop's addresses, with what each is for."""
    kinds = ["DEFAULT_ADDRESS", "PICKUP_ADDRESS", "RETURN_ADDRESS"]
    row = {**call.shop.native["address"], "region": call.shop.region, "address_type": kinds}
    return {"show_pickup_address": True, "address_list": [row]}
