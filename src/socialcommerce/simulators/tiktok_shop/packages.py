"""Parcels of the pretend TikTok Shop: finding, reading, labels, tracking, splitting and combining."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Order, Package
from socialcommerce.simulators.tiktok_shop import push
from socialcommerce.simulators.tiktok_shop.cases import recount
from socialcommerce.simulators.tiktok_shop.defaults import package_word, units_of
from socialcommerce.simulators.tiktok_shop.orders import (
    CARRIER_ID,
    CARRIER_NAME,
    DELIVERY_NAME,
    DELIVERY_OPTION,
    order_of,
    shown_packages,
    sku_name,
)
from socialcommerce.simulators.tiktok_shop.products import IMAGE_HOST
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

__all__ = ["new_package", "package_of", "routes"]

routes = Routes()

DOCUMENT_LIFE = 86400
DOCUMENT_HOST = "https://magelng.bytedance.net"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SUB_STATUS: Mapping[str, str] = {
    "TO_FULFILL": "STOCKING",
    "PROCESSING": "RTS",
    "FULFILLING": "TTS",
    "COMPLETED": "DELIVERED",
    "CANCELLED": "CANCELLED",
}


def package_of(call: Call, package_id: str | None = None) -> tuple[Order, Package]:
    """The parcel meant by the path (or ``package_id``) with its order, else the platform's refusal."""
    found = call.twin.find_package(call.shop, call.path["package_id"] if package_id is None else package_id)
    if found is None:
        raise Refused(21011001, "The package does not exist")
    return found


def _everything(shop: Account) -> list[tuple[Order, Package]]:
    return [(order, one) for order in shop.orders.values() for one in shown_packages(order)]


def _merged(shop: Account, package: Package) -> list[tuple[Order, Package]]:
    """Every order that the parcel holds, with that order's share of it."""
    return [(order, one) for order, one in _everything(shop) if one.id == package.id]


# -- finding and reading


@routes.on("POST", "/fulfillment/202309/packages/search")
def search(call: Call) -> Any:
    """Parcels by time and status; there is no filter by order."""
    wish, by_id = call.body, {one.id: one for _, one in _everything(call.shop)}
    updated = call.query.get("sort_field") == "update_time"
    rows = [
        one
        for one in by_id.values()
        if all(test(one, wish[name]) for name, test in TESTS.items() if wish.get(name) not in (None, ""))
    ]
    rows.sort(
        key=lambda one: one.updated if updated else one.native["created"],
        reverse=call.query.get("sort_order") != "ASC",
    )
    return call.page("packages", rows, lambda one: _row(call.shop, one), 50)


TESTS: Mapping[str, Callable[[Package, Any], bool]] = {
    "package_status": lambda one, word: package_word(one) == word,
    "create_time_ge": lambda one, when: int(one.native["created"]) >= when,
    "create_time_lt": lambda one, when: int(one.native["created"]) < when,
    "update_time_ge": lambda one, when: int(one.updated) >= when,
    "update_time_lt": lambda one, when: int(one.updated) < when,
}


def _orders(shop: Account, package: Package) -> list[dict[str, Any]]:
    return [{"id": order.id, "skus": _skus(order, share)} for order, share in _merged(shop, package)]


def _skus(order: Order, share: Package) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for unit in units_of(order):
        if unit.id in share.native["units"]:
            image = unit.line.product.native["main_images"][0]["uri"]
            row = rows.setdefault(
                unit.line.variant.id,
                {
                    "id": unit.line.variant.id,
                    "name": sku_name(unit),
                    "image_url": f"{IMAGE_HOST}/{image}",
                    "quantity": 0,
                },
            )
            row["quantity"] += 1
    return list(rows.values())


def _row(shop: Account, package: Package) -> dict[str, Any]:
    return {
        "id": package.id,
        "orders": _orders(shop, package),
        "order_line_item_ids": [key for _, share in _merged(shop, package) for key in share.native["units"]],
        "status": package_word(package),
        "create_time": int(package.native["created"]),
        "update_time": int(package.updated),
        "tracking_number": package.tracking_number,
        "shipping_provider_id": package.native.get("carrier_id", CARRIER_ID),
        "shipping_provider_name": package.native.get("carrier_name", CARRIER_NAME),
    }


@routes.on("GET", "/fulfillment/202309/packages/{package_id}")
def detail(call: Call) -> Any:
    """One parcel whole."""
    order, package = package_of(call)
    row, native = _row(call.shop, package), package.native
    address = order.native["address"]
    kept = ("full_address", "phone_number", "name", "postal_code", "address_detail", "region_code")
    word = row.pop("status")
    del row["id"]
    found = row | {
        "package_id": package.id,
        "package_status": word,
        "package_sub_status": "SHIP_EXCEPTION" if package.status == "failed" else SUB_STATUS[word],
        "split_and_combine_tag": native["tag"],
        "has_multi_skus": len(package.contents) > 1,
        "note_tag": "BUYER_UNNOTED",
        "shipping_type": order.native["shipping_type"],
        "delivery_option_id": DELIVERY_OPTION,
        "delivery_option_name": DELIVERY_NAME,
        "recipient_address": {name: address[name] for name in kept},
        "weight": {"value": "500", "unit": "GRAM"},
        "dimension": {"length": "30", "width": "20", "height": "10", "unit": "CM"},
        "warehouse_id": next(iter(order.lines[0].variant.stock)),
    }
    return found | {name: native[name] for name in ("handover_method", "pickup_slot") if name in native}


@routes.on("GET", "/fulfillment/202309/packages/{package_id}/shipping_documents")
def document(call: Call) -> Any:
    """The label or packing slip of a parcel that TikTok carries; the link works for a day."""
    order, package = package_of(call)
    if order.native["shipping_type"] != "TIKTOK":
        raise Refused(21011012, "The package is not shipped by TikTok, there is no shipping document")
    if package_word(package) == "TO_FULFILL":
        raise Refused(21011013, "The package has not been shipped, the shipping document is not ready")
    kind = call.query["document_type"]
    if kind not in DOCUMENTS:
        raise wrong("The `document_type` query parameter is unknown.")
    zpl = call.query.get("document_format") == "ZPL"
    content = f"^XA^FD{package.tracking_number}^FS^XZ".encode() if zpl else PDF
    path = f"/wsos_v2/oec_fulfillment_doc_tts/object/{call.twin.authority.text(24).lower()}"
    media = "text/plain" if zpl else "image/png" if kind.endswith("PICTURE") else "application/pdf"
    call.twin.keep_file(
        path, call.twin.market.image() if media == "image/png" else content, media, DOCUMENT_LIFE
    )
    return {"doc_url": f"{DOCUMENT_HOST}{path}", "tracking_number": package.tracking_number}


DOCUMENTS = frozenset(
    {
        "SHIPPING_LABEL",
        "PACKING_SLIP",
        "SHIPPING_LABEL_AND_PACKING_SLIP",
        "SHIPPING_LABEL_PICTURE",
        "HAZMAT_LABEL",
        "INVOICE_LABEL",
    }
)


def _steps(order: Order) -> list[tuple[float, str, int, Package]]:
    steps = []
    for one in shown_packages(order):
        told = (
            (one.arranged, "Your package is being prepared.", 1),
            (one.picked_up, "Your package is on its way!", 2),
            (one.delivered, "Your package was delivered!", 3),
        )
        steps += [(when, text, code, one) for when, text, code in told if when is not None]
    return sorted(steps, key=lambda step: step[0], reverse=True)


@routes.on("GET", "/fulfillment/202309/orders/{order_id}/tracking")
def tracking(call: Call) -> Any:
    """What happened to the parcels, newest first, in milliseconds."""
    rows = [
        {"description": text, "update_time_millis": int(when * 1000), "action_code": code}
        for when, text, code, _ in _steps(order_of(call))
    ]
    return {"tracking": rows}


@routes.on("GET", "/logistics/202604/orders/{order_id}/tracking")
def tracking_by_parcel(call: Call) -> Any:
    """The same by tracking number."""
    order = order_of(call)
    details = [
        {
            "newest_tracking_no": one.tracking_number,
            "carrier_name": one.native.get("carrier_name", CARRIER_NAME),
            "track_list": [
                {
                    "description": text,
                    "tracking_no": one.tracking_number,
                    "update_time_millis": int(when * 1000),
                    "action_code": code,
                    "action_code_name": str(code),
                }
                for when, text, code, step in _steps(order)
                if step is one
            ],
        }
        for one in shown_packages(order)
    ]
    return {"order_id": order.id, "logistics_details": details}


# -- splitting and combining


def new_package(call: Call, order: Order, units: list[str], tag: str) -> Package:
    """A new parcel with units taken out of the others, which go when they are empty."""
    now = call.twin.clock.now()
    native = {"units": list(units), "made": True, "created": now, "tag": tag, "orders": [order.id]}
    package = Package(call.twin.new_id("package"), order.id, {}, updated=now, native=native)
    for other in order.packages:
        other.native["units"] = [key for key in other.native["units"] if key not in units]
        recount(order, other)
    order.packages = [one for one in order.packages if one.native["units"]] + [package]
    recount(order, package)
    return package


def _tell(call: Call, kind: str, packages: list[str], orders: list[str]) -> None:
    data = {
        "sc_type": kind,
        "role_type": "ROLE_SELLER",
        "package_list": [{"package_id": one, "order_id_list": orders} for one in packages],
        "update_time": call.now,
    }
    push.topic(call.twin, call.shop.id, "PACKAGE_UPDATE", data)


def _splittable(order: Order) -> str:
    """Why the order cannot be split; empty where it can."""
    if any(package_word(one) != "TO_FULFILL" for one in order.packages) or order.status != "ready":
        return "The order has been shipped"
    left = [unit for unit in units_of(order) if not unit.cancelled]
    return "" if len(left) > 1 else "The order has only one item"


@routes.on("GET", "/fulfillment/202309/orders/split_attributes")
def split_attributes(call: Call) -> Any:
    """Whether orders can be split, and whether they must."""
    rows = []
    for key in call.query["order_ids"]:
        reason = _splittable(order_of(call, key))
        row = {"order_id": key, "can_split": not reason, "must_split": False}
        rows.append(row | ({"reason": reason} if reason else {}))
    return {"split_attributes": rows}


@routes.on("POST", "/fulfillment/202309/orders/{order_id}/split")
def split(call: Call) -> Any:
    """Put groups of units into parcels of their own; units not named stay where they are."""
    order = order_of(call)
    if reason := _splittable(order):
        raise Refused(21011020, reason)
    groups = call.body["splittable_groups"]
    known = {unit.id for unit in units_of(order) if not unit.cancelled}
    named = [key for group in groups for key in group["order_line_item_ids"]]
    if not groups or len(set(named)) < len(named) or not set(named) <= known:
        raise wrong("The order line items are unknown or named twice.")
    packages = [new_package(call, order, group["order_line_item_ids"], "SPLIT") for group in groups]
    order.native["tag"] = "SPLIT"
    for one in order.packages:
        one.native["tag"] = "SPLIT"
    call.shop.move_order(order)
    _tell(call, "SPLIT", [one.id for one in order.packages], [order.id])
    rows = zip(groups, packages, strict=True)
    return {"packages": [{"splittable_group_id": group["id"], "id": one.id} for group, one in rows]}


def _combinable(call: Call) -> dict[str, list[tuple[Order, Package]]]:
    groups: dict[str, list[tuple[Order, Package]]] = {}
    for order, package in _everything(call.shop):
        if order.status == "ready" and package_word(package) == "TO_FULFILL" and not order.native["on_hold"]:
            groups.setdefault(order.buyer.id, []).append((order, package))
    return {buyer: pairs for buyer, pairs in groups.items() if len({order.id for order, _ in pairs}) > 1}


@routes.on("GET", "/fulfillment/202309/combinable_packages/search")
def combinable(call: Call) -> Any:
    """Parcels of one buyer that could go together."""
    groups = [pairs for pairs in _combinable(call).values() if len({one.id for _, one in pairs}) > 1]

    def row(pairs: list[tuple[Order, Package]]) -> dict[str, Any]:
        return {"id": pairs[0][1].id, "order_ids": [order.id for order, _ in pairs]}

    return call.page("combinable_packages", groups, row, 50)


@routes.on("POST", "/fulfillment/202309/packages/combine")
def combine(call: Call) -> Any:
    """Put orders of one buyer into one parcel; its id replaces the old ones."""
    made, errors = [], []
    for row in call.body["combinable_packages"]:
        wanted: set[str] = set(row.get("order_ids") or ())
        pairs = next(
            (each for each in _combinable(call).values() if wanted <= {order.id for order, _ in each}), []
        )
        chosen = [(order, one) for order, one in pairs if order.id in wanted]
        if len(wanted) < 2 or not chosen:
            refusal = Refused(21011021, "The packages can not be combined")
            errors.append(refusal.error(package_id=row["id"]))
            continue
        package_id = call.twin.new_id("package")
        for order, one in chosen:
            one.id, order.native["tag"], one.native["tag"] = package_id, "COMBINED", "COMBINE"
            call.shop.move_order(order)
        made.append({"id": package_id, "order_ids": sorted(wanted)})
        _tell(call, "COMBINE", [package_id], sorted(wanted))
    return {"packages": made} | ({"errors": errors} if errors else {})


@routes.on("POST", "/fulfillment/202309/packages/{package_id}/uncombine")
def uncombine(call: Call) -> Any:
    """Give orders of a combined parcel their own again (all of them unless named)."""
    _, package = package_of(call)
    pairs = _merged(call.shop, package)
    wanted: set[str] = set(call.body.get("order_ids") or [order.id for order, _ in pairs])
    if len(pairs) < 2 or package_word(package) != "TO_FULFILL":
        raise Refused(21011022, "The package can not be uncombined")
    rows = []
    for order, one in pairs:
        if order.id in wanted:
            one.id, order.native["tag"], one.native["tag"] = call.twin.new_id("package"), "", "DEFAULT"
            rows.append({"id": one.id, "order_ids": [order.id]})
            call.shop.move_order(order)
            _tell(call, "CANCEL_COMBINE", [one.id], [order.id])
    return {"packages": rows}
