"""Shipping on the pretend TikTok Shop: by TikTok, by a carrier of one's own, by the seller's fleet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.entities import Order, Package
from socialcommerce.simulators.tiktok_shop import push
from socialcommerce.simulators.tiktok_shop.defaults import order_word, package_word, units_of
from socialcommerce.simulators.tiktok_shop.logistics import PROVIDERS
from socialcommerce.simulators.tiktok_shop.media import image_size
from socialcommerce.simulators.tiktok_shop.orders import CARRIER_ID, CARRIER_NAME, order_of
from socialcommerce.simulators.tiktok_shop.packages import new_package, package_of
from socialcommerce.simulators.tiktok_shop.products import IMAGE_HOST
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

DAY = 86400
Body = Mapping[str, Any]


def _shares(call: Call, package: Package) -> list[tuple[Order, Package]]:
    return [
        (order, one) for order in call.shop.orders.values() for one in order.packages if one.id == package.id
    ]


def _arrange(call: Call, package: Package, tracking_number: str, **native: Any) -> None:
    for order, share in _shares(call, package):
        share.native |= native
        call.shop.move_package(
            share, status="arranged", arranged=call.twin.clock.now(), tracking_number=tracking_number
        )
        left = [one for one in order.packages if one.status in ("waiting", "ready") and one.native["units"]]
        if left or order.status != "ready":
            call.shop.move_order(order)
        else:
            call.shop.move_order(order, status="processed")


def _check_open(order: Order) -> None:
    if order_word(order) in ("ON_HOLD", "UNPAID"):
        raise Refused(21011006, "The order is on hold or unpaid, it must not be shipped")
    if order.status in ("cancelled", "cancel_requested"):
        raise Refused(21011008, "The order is cancelled, or its cancellation waits for an answer")


def _slots(call: Call) -> list[dict[str, Any]]:
    tomorrow = call.now - call.now % DAY + DAY
    return [
        {
            "start_time": tomorrow + day * DAY + 9 * 3600,
            "end_time": tomorrow + day * DAY + 12 * 3600,
            "avaliable": day != 1,
        }
        for day in range(3)
    ]


@routes.on("GET", "/fulfillment/202309/packages/{package_id}/handover_time_slots")
def slots(call: Call) -> Any:
    """When TikTok's carrier can come; ``avaliable`` is spelled as the platform does."""
    order, package = package_of(call)
    if order.native["shipping_type"] != "TIKTOK" or package_word(package) != "TO_FULFILL":
        raise Refused(21011013, "The package has no hand-over time slots")
    return {
        "can_pickup": True,
        "can_drop_off": True,
        "can_van_collection": False,
        "drop_off_point_url": "https://www.example.com/drop-off",
        "pickup_slots": _slots(call),
    }


def _ship(call: Call, package_id: str, body: Body) -> None:
    order, package = package_of(call, package_id)
    _check_open(order)
    if package_word(package) != "TO_FULFILL":
        raise Refused(21011007, "The package has been shipped already")
    if order.native["shipping_type"] == "SELLER":
        own = body.get("self_shipment")
        if not own:
            raise Refused(21011010, "The package is shipped by the seller, `self_shipment` is required")
        _arrange(call, package, own["tracking_number"], **_carrier(own))
        return
    method, slot = body.get("handover_method"), body.get("pickup_slot")
    if body.get("self_shipment"):
        raise Refused(21011011, "The package is shipped by TikTok, `self_shipment` is not supported")
    if method == "PICKUP" and not any(
        slot
        and one["avaliable"]
        and (one["start_time"], one["end_time"]) == (slot.get("start_time"), slot.get("end_time"))
        for one in _slots(call)
    ):
        raise Refused(21011014, "The pickup slot is not available")
    chosen = {"handover_method": method or "DROP_OFF"} | ({"pickup_slot": slot} if method == "PICKUP" else {})
    _arrange(
        call,
        package,
        call.twin.new_id("tracking"),
        carrier_id=CARRIER_ID,
        carrier_name=CARRIER_NAME,
        **chosen,
    )


def _carrier(own: Body) -> dict[str, str]:
    provider, number = own.get("shipping_provider_id", ""), own.get("tracking_number", "")
    if provider not in PROVIDERS:
        raise Refused(21011015, "The shipping provider is invalid")
    if not 4 <= len(number) <= 50:
        raise Refused(21011016, "The tracking number must have 4 to 50 characters")
    return {"carrier_id": provider, "carrier_name": PROVIDERS[provider]}


@routes.on("POST", "/fulfillment/202309/packages/{package_id}/ship")
def ship(call: Call) -> Any:
    """Hand a parcel to TikTok's carrier, or say which one took it."""
    _ship(call, call.path["package_id"], call.body)
    return {}


@routes.on("POST", "/fulfillment/202309/packages/ship")
def ship_many(call: Call) -> Any:
    """The same for several; what failed is told one by one."""
    errors = []
    for row in call.body["packages"]:
        try:
            _ship(call, row["id"], row)
        except Refused as refusal:
            errors.append(refusal.error(package_id=row["id"]))
    return {"errors": errors} if errors else {}


def _chosen(order: Order, rows: list[Body] | None, name: str) -> list[str]:
    open_units = {
        key
        for package in order.packages
        if package.status in ("waiting", "ready")
        for key in package.native["units"]
    }
    chosen = (
        [row[name] for row in rows] if rows else [one.id for one in units_of(order) if one.id in open_units]
    )
    if not chosen or not set(chosen) <= open_units:
        raise Refused(21011007, "The order line items are unknown or have been shipped already")
    return chosen


@routes.on("POST", "/fulfillment/202610/orders/{order_id}/packages")
def mark_shipped(call: Call) -> Any:
    """Units of an order (all unless named) left with a carrier of the seller's own."""
    order = order_of(call)
    _check_open(order)
    if order.native["shipping_type"] != "SELLER":
        raise Refused(21011011, "The order is shipped by TikTok")
    infos = call.body.get("shipping_info_list") or []
    if len(infos) != 1:
        raise Refused(21011017, "Give exactly one tracking number")
    carrier = _carrier(infos[0])
    units = _chosen(order, call.body.get("order_line_list"), "order_line_id")
    package = new_package(call, order, units, "DEFAULT")
    _arrange(call, package, infos[0]["tracking_number"], **carrier)
    return {"order_id": order.id, "package_id": package.id, "order_line_item_ids": units}


def _retrack(call: Call, package: Package, order: Order, info: Body) -> None:
    if order.native["shipping_type"] != "SELLER" or package_word(package) not in ("PROCESSING", "FULFILLING"):
        raise Refused(21011018, "Only a package that the seller has shipped can get another tracking number")
    native, number = _carrier(info), info["tracking_number"]
    for _, share in _shares(call, package):
        share.native |= native
        call.shop.move_package(share, tracking_number=number)
    call.shop.move_order(order)


@routes.on("POST", "/fulfillment/202610/packages/{package_id}/shipping_info/update")
def update_package(call: Call) -> Any:
    """Another tracking number for a parcel."""
    infos = call.body["shipping_info_list"]
    if len(infos) != 1:
        raise Refused(21011017, "Give exactly one tracking number")
    order, package = package_of(call)
    _retrack(call, package, order, infos[0])
    return {}


@routes.on("POST", "/fulfillment/202309/orders/{order_id}/shipping_info/update")
def update_order(call: Call) -> Any:
    """The same for an order that was not split."""
    order = order_of(call)
    if len(order.packages) != 1:
        raise Refused(21011019, "The order is split, update its packages")
    _retrack(call, order.packages[0], order, call.body)
    return {}


# -- bought labels


def _services(call: Call) -> list[dict[str, Any]]:
    rows = []
    for at, (name, price) in enumerate((("Standard", "4.20"), ("Express", "9.80"))):
        rows.append(
            {
                "id": f"71100000000000000{at}",
                "name": name,
                "price": price,
                "currency": call.shop.currency,
                "earliest_delivery_days": 2 - at,
                "latest_delivery_days": 5 - 3 * at,
                "is_default": at == 0,
                "shipping_provider_id": CARRIER_ID,
                "shipping_provider_name": CARRIER_NAME,
            }
        )
    return rows


@routes.on("POST", "/fulfillment/202309/orders/{order_id}/shipping_services/query")
def quotes(call: Call) -> Any:
    """What TikTok's carriers ask for an order."""
    order = order_of(call)
    body = {name: call.body[name] for name in ("weight", "dimension") if name in call.body}
    units = call.body.get("order_line_item_ids") or [unit.id for unit in units_of(order)]
    return {"order_id": order.id, "order_line_id": units, "shipping_services": _services(call)} | body


@routes.on("POST", "/fulfillment/202512/packages")
def buy_label(call: Call) -> Any:
    """Buy a label: for a whole order (1), part of one (2) or several orders (3)."""
    if call.shop.region not in ("US", "GB", "DE", "ES", "FR", "IE", "IT", "JP"):
        raise Refused(21011030, "Buying labels is not supported in this market")
    kind = call.body["ship_type"]
    keys = call.body.get("order_list_ids") if kind == "3" else [call.body.get("order_id")]
    if kind not in ("1", "2", "3") or not keys or None in keys:
        raise wrong("`ship_type` must be 1 or 2 with `order_id`, or 3 with `order_list_ids`.")
    orders = [order_of(call, key) for key in keys if key]
    rows = call.body.get("order_line_item") if kind == "2" else None
    for order in orders:
        _check_open(order)
        if order.native["shipping_type"] != "TIKTOK":
            raise Refused(21011010, "The order is shipped by the seller")
    service = _service(call)
    package_id, tracking = call.twin.new_id("package"), call.twin.new_id("tracking")
    tag = "COMBINE" if kind == "3" else "DEFAULT"
    made = [new_package(call, order, _chosen(order, rows, "order_line_id"), tag) for order in orders]
    for package in made:
        package.id = package_id
    _arrange(call, made[0], tracking, carrier_id=CARRIER_ID, carrier_name=CARRIER_NAME)
    kept = {name: call.body[name] for name in ("weight", "dimension") if name in call.body}
    return {"package_id": package_id, "shipping_service_info": service, "create_time": call.now} | kept


def _service(call: Call) -> dict[str, Any]:
    wanted = call.body.get("shipping_service_id")
    found = next(
        (one for one in _services(call) if one["id"] == wanted or (not wanted and one["is_default"])), None
    )
    if found is None:
        raise Refused(21011031, "The shipping service is invalid")
    return {name: value for name, value in found.items() if name != "is_default"} | {
        "price": str(Decimal(found["price"]))
    }


# -- the seller's own fleet, proofs and invoices


@routes.on("POST", "/fulfillment/202309/packages/deliver")
def deliver(call: Call) -> Any:
    """Parcels of the seller's own fleet arrived, or did not."""
    errors = []
    for row in call.body["packages"]:
        try:
            _deliver(call, row)
        except Refused as refusal:
            errors.append(refusal.error(package_id=row["id"]))
    return {"errors": errors} if errors else {}


def _deliver(call: Call, row: Body) -> None:
    order, package = package_of(call, row["id"])
    if order.native["shipping_type"] != "SELLER" or package_word(package) not in ("PROCESSING", "FULFILLING"):
        raise Refused(10007014, "package in freeze status")
    now = call.twin.clock.now()
    if row["delivery_type"] == "DELIVERY_FAILED":
        call.shop.move_package(package, status="failed")
    elif row["delivery_type"] == "DELIVERY_SUCCESS":
        call.shop.move_package(package, status="delivered", picked_up=package.picked_up or now, delivered=now)
        if all(one.status == "delivered" for one in order.packages):
            call.shop.move_order(order, status="delivered")


@routes.on("POST", "/fulfillment/202309/images/upload")
def proof_image(call: Call) -> Any:
    """A picture that proves a delivery."""
    width, height = image_size(call.files["data"].content)
    return {"url": f"{IMAGE_HOST}/proof/{call.twin.authority.text(20)}", "width": width, "height": height}


@routes.on("POST", "/fulfillment/202309/files/upload")
def proof_file(call: Call) -> Any:
    """A file that proves a delivery."""
    return {"url": f"{IMAGE_HOST}/proof/{call.twin.authority.text(20)}", "name": call.body["name"]}


@routes.on("POST", "/fulfillment/202502/invoice/upload")
def invoice(call: Call) -> Any:
    """Invoices of parcels, in Brazil."""
    errors = []
    for row in call.body.get("invoices", ()):
        found = call.twin.find_package(call.shop, row["package_id"]) if call.shop.region == "BR" else None
        if found is None:
            refusal = Refused(21011032, "The invoice can not be uploaded")
            errors.append(refusal.error(package_id=row["package_id"], order_ids=row["order_ids"]))
            continue
        data = {"package_id": row["package_id"], "order_ids": row["order_ids"], "invoice_status": "SUCCESS"}
        push.topic(call.twin, call.shop.id, "INVOICE_STATUS_CHANGE", data | {"invalid_reason": ""})
    return {"errors": errors} if errors else {}
