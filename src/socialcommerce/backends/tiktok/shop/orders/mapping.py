"""TikTok Shop's order and package rows as models (fact sheet, 'Field map')."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import define

from socialcommerce.backends.payments import payment_method
from socialcommerce.backends.shared import Json, text
from socialcommerce.backends.tiktok.shop.codes import orders as codes
from socialcommerce.backends.tiktok.shop.noun import instant
from socialcommerce.backends.tiktok.shop.orders.lines import line_refs, order_lines, order_totals
from socialcommerce.backends.tiktok.shop.orders.values import NONE, exact, money
from socialcommerce.models.base import Blueprint
from socialcommerce.models.identity import Address, Buyer, Identity, Masked
from socialcommerce.models.message import ConversationRef
from socialcommerce.models.order import Cancellation, Order, Payment, PaymentStatus
from socialcommerce.models.shipping import Package, Shipment

__all__ = ["address", "cancellation", "order", "package", "packages_of", "shipment", "status_of"]

_GRAMS = {"GRAM": Decimal(1), "KILOGRAM": Decimal(1000), "POUND": Decimal("453.59237")}


@define
class _Placed:
    """An order's row, whose shop it is, and its price detail where that was read."""

    row: Json
    shop_id: str | None
    detail: Json


def order(row: Json, shop_id: str | None = None, detail: Json = NONE) -> Order:
    """An order of the search or of the detail; ``detail`` is its price detail where that was read."""
    number = str(row["id"])
    return _ORDER(_Placed(row, shop_id, detail), id=number, number=number, raw=row)


def _ids(row: Json) -> dict[str, str]:
    names = ("id", "user_id", "warehouse_id", "delivery_option_id", "replaced_order_id")
    return {name: str(row[name]) for name in names if row.get(name)}


def status_of(row: Json) -> Any:
    """The order's status; a buyer who waits for a cancellation shows in a flag of its own."""
    status = codes.ORDERS.get(row.get("status") or "", ("other", "other"))[0]
    asked = row.get("is_buyer_request_cancel") and status not in ("cancelled", "completed")
    return "cancel_requested" if asked else status


def _digital(row: Json) -> bool:
    return row.get("shipping_type") == "TIKTOK_DIGITAL"


def _fulfilment(row: Json) -> Any:
    if _digital(row):
        return "not_required"
    return codes.ORDERS.get(row.get("status") or "", ("other", "other"))[1]


def _native_fulfilment(row: Json) -> str | None:
    return text(row.get("shipping_type")) if _digital(row) else row.get("status") or ""


def payment_status(row: Json) -> PaymentStatus:
    """TikTok Shop says nothing of payment: it follows from status, COD and the time of payment."""
    word = row.get("status")
    if word == "CANCELLED":
        return "refunded" if row.get("paid_time") else "unpaid"
    if row.get("is_cod") and word not in ("DELIVERED", "COMPLETED"):
        return "due_on_delivery"
    if word == "UNPAID":
        return "unpaid"
    return "paid" if row.get("paid_time") or word == "COMPLETED" else "other"


def _cancellation_of(row: Json) -> Cancellation | None:
    """What the order itself tells of its cancellation, under the order's id; None where there is none."""
    cancelled = row.get("status") == "CANCELLED"
    if not cancelled and not row.get("is_buyer_request_cancel"):
        return None
    party = row.get("cancellation_initiator") or ("" if cancelled else "BUYER")
    return Cancellation.build(
        id=str(row["id"]),
        platform="tiktok_shop",
        native_ids={"order_id": str(row["id"])},
        order_id=str(row["id"]),
        status="completed" if cancelled else "requested",
        native_status=row.get("status"),
        requested_by=codes.PARTIES.get(party),
        native_reason=text(row.get("cancel_reason")),
        requested_at=instant(row.get("request_cancel_time")),
        raw=row,
    )


def cancellation(row: Json, order_row: Json = NONE) -> Cancellation:
    """A cancellation of the search; with its order's row, its lines have that order's keys."""
    amount = row.get("refund_amount") or NONE
    waits = [step.get("deadline") for step in row.get("seller_next_action_response") or ()]
    word = row.get("cancel_status")
    return Cancellation.build(
        id=str(row["cancel_id"]),
        platform="tiktok_shop",
        native_ids={"cancel_id": str(row["cancel_id"]), "order_id": str(row.get("order_id") or "")},
        order_id=str(row.get("order_id") or ""),
        status=codes.CANCELLATIONS.get(word or "", "other"),
        native_status=word,
        requested_by=codes.PARTIES.get(row.get("role") or ""),
        reason=text(row.get("cancel_reason_text")),
        native_reason=text(row.get("cancel_reason")),
        lines=_cancelled_lines(row, order_row),
        amount=_refund(amount),
        requested_at=instant(row.get("create_time")),
        answer_by=instant(waits[0]) if waits else None,
        raw=row,
    )


def _cancelled_lines(row: Json, order_row: Json) -> Any:
    """By SKU where the order is not at hand: that is a line's key, but for SKUs sold at several prices."""
    items = row.get("cancel_line_items") or ()
    known = order_row.get("line_items") or [
        {"id": item["order_line_item_id"], "sku_id": item.get("sku_id")} for item in items
    ]
    return line_refs({"line_items": known}, (item["order_line_item_id"] for item in items))


def _refund(amount: Json) -> Any:
    given = amount.get("refund_total")
    return money(given, amount["currency"]) if given not in (None, "") and amount.get("currency") else None


def _clear(value: Any) -> str | None:
    """What is not masked: stars stand over what is hidden."""
    found = text(value)
    return None if found is None or "*" in found else found


def _hidden(value: Any) -> str | Masked | None:
    found = text(value)
    return Masked.build(token=found) if found is not None and "*" in found else found


def address(row: Json | None) -> Address | None:
    """A recipient's address; None while it is kept back (ON_HOLD)."""
    if not row or not any(row.get(name) for name in ("full_address", "region_code", "name", "postal_code")):
        return None
    district, city, region = _places(row)
    lines = [_clear(row.get(f"address_line{number}")) for number in range(1, 5)]
    detail = _clear(row.get("address_detail"))
    return Address.build(
        name=_hidden(row.get("name")),
        phone=_hidden(row.get("phone_number")),
        lines=tuple(line for line in lines if line) or ((detail,) if detail else ()),
        district=district,
        city=city,
        region=region,
        postal_code=_clear(row.get("postal_code")),
        country=_clear(row.get("region_code")),
        full=_hidden(row.get("full_address")),
    )


_CITIES = ("city", "town", "municipality", "locality")
_REGIONS = ("state", "province", "region", "prefecture", "county")


def _places(row: Json) -> tuple[str | None, str | None, str | None]:
    """District, city and region: which level is the city differs by market, so the level's name decides."""
    levels = {
        place.get("address_level") or "": place
        for place in row.get("district_info") or ()
        if place.get("address_level") != "L0"
    }
    region = levels.get("L1") or _named(levels, _REGIONS)
    city = _named(levels, _CITIES) or levels.get("L2")
    rest = [place for place in levels.values() if place is not region and place is not city]
    names = [_clear(place.get("address_name")) if place else None for place in (rest[-1:] or [None])]
    told = _clear(row.get("post_town")) or (_clear(city.get("address_name")) if city else None)
    return names[0], told, _clear(region.get("address_name")) if region else None


def _named(levels: dict[str, Json], words: Iterable[str]) -> Json | None:
    for level in levels.values():
        if any(word in str(level.get("address_level_name") or "").lower() for word in words):
            return level
    return None


def _buyer(row: Json) -> Buyer:
    identity = _identity(row)
    return Buyer.build(
        identities=(identity,) if identity else (),
        username=_clear(row.get("buyer_nickname")),
        email=_hidden(row.get("buyer_email")),
    )


def _identity(row: Json) -> Identity | None:
    return Identity.build(kind="user_id", value=str(row["user_id"])) if row.get("user_id") else None


def _conversation(row: Json, shop_id: str | None) -> ConversationRef | None:
    peer = _identity(row)
    if peer is None:
        return None
    return ConversationRef.build(platform="tiktok_shop", own_account=shop_id or None, peer=peer)


def _payment(row: Json) -> Payment:
    word = row.get("payment_method_name") or row.get("payment_method_code") or ""
    return Payment.build(
        method="cash_on_delivery" if row.get("is_cod") else payment_method(word),
        native_method=text(word),
        paid_at=instant(row.get("paid_time")),
    )


def packages_of(row: Json) -> list[Json]:
    """The packages of an order, put together from its units, which alone tell their state."""
    found: dict[str, dict[str, Any]] = {
        str(one["id"]): {"package_id": str(one["id"])} for one in row.get("packages") or () if one.get("id")
    }
    for unit in row.get("line_items") or ():
        number = str(unit.get("package_id") or "")
        if not number:
            continue
        known = found.setdefault(number, {"package_id": number})
        known.setdefault("order_line_item_ids", []).append(unit["id"])
        for name in ("package_status", "tracking_number", "shipping_provider_name", "shipping_provider_id"):
            if unit.get(name):
                known.setdefault(name, unit[name])
    return list(found.values())


def package(row: Json, order_row: Json = NONE) -> Package:
    """A package of the detail, of the search, or as its order tells of it."""
    status, word = _package_status(row)
    return Package.build(
        id=_number(row),
        platform="tiktok_shop",
        native_ids=_package_ids(row),
        order_ids=_order_ids(row, order_row),
        lines=line_refs(order_row, row.get("order_line_item_ids") or ()),
        status=status,
        native_status=word,
        carrier=text(row.get("shipping_provider_name")),
        tracking_number=text(row.get("tracking_number")),
        weight_g=_weight(row.get("weight") or NONE),
        ship_by=instant(order_row.get("rts_sla_time") or order_row.get("shipping_due_time")),
        raw=row,
    )


def _number(row: Json) -> str:
    return str(row.get("package_id") or row.get("id") or "")


def _package_ids(row: Json) -> dict[str, str]:
    ids = {"package_id": _number(row), "shipping_provider_id": str(row.get("shipping_provider_id") or "")}
    return {name: value for name, value in ids.items() if value}


def _order_ids(row: Json, order_row: Json) -> tuple[str, ...]:
    told = tuple(str(one["id"]) for one in row.get("orders") or () if one.get("id"))
    return told or ((str(order_row["id"]),) if order_row.get("id") else ())


def _package_status(row: Json) -> tuple[Any, str | None]:
    """The sub-status is the more exact word, where it is one we know."""
    word, sub = row.get("package_status") or row.get("status"), row.get("package_sub_status")
    if sub is not None and sub in codes.PACKAGES:
        return codes.PACKAGES[sub], sub
    return codes.PACKAGES.get(word or "", "other"), word


def _weight(row: Json) -> Decimal | None:
    unit = _GRAMS.get(row.get("unit") or "")
    return exact(row["value"]) * unit if unit is not None and row.get("value") else None


def shipment(row: Json, order_row: Json = NONE, **known: Any) -> Shipment:
    """A package as a shipment; ``known`` are facts that another call told (events, times)."""
    status, word = _package_status(row)
    orders = _order_ids(row, order_row)
    fields = {
        "tracking_number": text(row.get("tracking_number")),
        "created_at": instant(row.get("create_time")),
        "shipped_at": instant(order_row.get("collection_time")),
        "delivered_at": instant(order_row.get("delivery_time")),
    }
    return Shipment.build(
        id=_number(row) or str(order_row.get("id") or ""),
        platform="tiktok_shop",
        native_ids=_package_ids(row),
        order_id=str(order_row.get("id") or "") or (orders[0] if orders else ""),
        package_id=_number(row) or None,
        status=status,
        native_status=word,
        carrier=text(row.get("shipping_provider_name")),
        carrier_id=text(row.get("shipping_provider_id")),
        lines=line_refs(order_row, row.get("order_line_item_ids") or ()),
        raw=row,
        **(fields | known),
    )


def _when(name: str) -> Callable[[_Placed], datetime | None]:
    return lambda placed: instant(placed.row.get(name))


_ORDER: Blueprint[Order, _Placed] = Blueprint(
    Order,
    "tiktok_shop",
    {
        "native_ids": lambda placed: _ids(placed.row),
        "status": lambda placed: status_of(placed.row),
        "native_status": lambda placed: placed.row.get("status") or "",
        "payment_status": lambda placed: payment_status(placed.row),
        "fulfilment_status": lambda placed: _fulfilment(placed.row),
        "native_fulfilment_status": lambda placed: _native_fulfilment(placed.row),
        "cancellation": lambda placed: _cancellation_of(placed.row),
        "currency": lambda placed: text((placed.row.get("payment") or NONE).get("currency")),
        "lines": lambda placed: order_lines(placed.row, placed.detail),
        "totals": lambda placed: order_totals(placed.row),
        "buyer": lambda placed: _buyer(placed.row),
        "shipping_address": lambda placed: address(placed.row.get("recipient_address")),
        "packages": lambda placed: tuple(package(one, placed.row) for one in packages_of(placed.row)),
        "shipments": lambda placed: tuple(
            shipment(one, placed.row)
            for one in packages_of(placed.row)
            if one.get("package_status") in codes.ARRANGED
        ),
        "payment": lambda placed: _payment(placed.row),
        "ship_by": lambda placed: instant(
            placed.row.get("rts_sla_time") or placed.row.get("shipping_due_time")
        ),
        "cancel_by": _when("cancel_order_sla_time"),
        "conversation": lambda placed: _conversation(placed.row, placed.shop_id),
        "notes": lambda placed: text(placed.row.get("seller_note")),
        "buyer_note": lambda placed: text(placed.row.get("buyer_message")),
        "created_at": _when("create_time"),
        "updated_at": _when("update_time"),
    },
)
"""An order of a page is mapped when it is looked at: a listing of many shops reads little but times."""
