"""Shopee's order rows as models (fact sheet, 'Field map')."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from attrs import define

from socialcommerce.backends.payments import payment_method
from socialcommerce.backends.shopee.codes import orders as codes
from socialcommerce.backends.shopee.orders.escrow import totals
from socialcommerce.backends.shopee.orders.lines import keyed, line_key, order_lines
from socialcommerce.backends.shopee.orders.values import Json, exact, instant, text
from socialcommerce.models.base import Blueprint
from socialcommerce.models.identity import Address, Buyer, Identity, Masked, VirtualPhone
from socialcommerce.models.message import ConversationRef
from socialcommerce.models.order import (
    Cancellation,
    CancellationStatus,
    FulfilmentStatus,
    Line,
    Order,
    Payment,
    PaymentStatus,
)
from socialcommerce.models.shipping import LineRef, Package, Shipment

__all__ = [
    "address",
    "cancellation",
    "listed_order",
    "order",
    "package",
    "place_address",
    "shipment",
    "unread",
]

_NONE: Json = {}


def listed_order(row: Json, native: str | None = None) -> Order:
    """An order as ``get_order_list`` names it: id and status alone."""
    word = native or row.get("order_status")
    status, fulfilment = codes.ORDERS.get(word or "", ("other", "other"))
    known = {"id", "platform", "native_ids", "number", "status", "native_status", "fulfilment_status", "raw"}
    known |= {"native_fulfilment_status", "not_loaded"}
    return Order.build(
        missing=tuple(name for name in Order.model_fields if name not in known),
        id=row["order_sn"],
        platform="shopee",
        native_ids=native_ids(row),
        number=row["order_sn"],
        status=status,
        native_status=word,
        fulfilment_status=fulfilment,
        native_fulfilment_status=word,
        raw=row,
    )


def native_ids(row: Json) -> dict[str, str]:
    """The ids of an order row, as far as they are set."""
    names = ("order_sn", "booking_sn", "buyer_user_id")
    return {name: str(row[name]) for name in names if row.get(name)}


@define(eq=False)
class _Placed:
    """An order as it was read: its row, and what other calls knew of it."""

    row: Json
    native: str | None = None
    shop_id: str | None = None
    escrow: Json | None = None

    @property
    def word(self) -> str:
        """Its native status."""
        return self.native or self.row["order_status"]

    @property
    def packages(self) -> Sequence[Json]:
        """The rows of its packages."""
        return self.row.get("package_list") or ()

    def lines(self) -> tuple[Line, ...]:
        """Its lines."""
        return order_lines(self.row, (self.escrow or _NONE).get("order_income"))


def order(
    row: Json, native: str | None = None, shop_id: str | None = None, escrow: Json | None = None
) -> Order:
    """An order of ``get_order_detail``.

    ``native`` is its status where the listing knew it better; ``escrow`` is its
    ``get_escrow_detail``, without which discounts, shipping, tax and fees are not loaded.
    """
    order_sn = row["order_sn"]
    return _ORDER(_Placed(row, native, shop_id, escrow), id=order_sn, number=order_sn, raw=row)


def _statuses(placed: _Placed) -> tuple[Any, ...]:
    """What Shopee's one word says on the axes of order, fulfilment and return."""
    word = placed.word
    status, fulfilment = codes.ORDERS.get(word, ("other", "other"))
    returning = ("requested", word) if word == "TO_RETURN" else ("none", None)
    return status, word, _on_the_way(word, placed.packages) or fulfilment, word, *returning


def _on_the_way(word: str, packages: Sequence[Json]) -> FulfilmentStatus | None:
    """TO_RETURN may begin in transit: then the packages know how far the order is."""
    moving = any(codes.SHIPMENTS.get(item.get("logistics_status", "")) == "in_transit" for item in packages)
    return "shipped" if word == "TO_RETURN" and moving else None


def payment_status(row: Json) -> PaymentStatus:
    """Shopee says nothing of payment: it follows from status, COD and the time of payment."""
    word = row["order_status"]
    if word == "UNPAID":
        return "unpaid"
    if row.get("cod") and word != "COMPLETED":
        return "due_on_delivery"
    if word == "CANCELLED":
        return "refunded" if row.get("pay_time") else "unpaid"
    return "paid" if row.get("pay_time") or word == "COMPLETED" else "other"


def cancellation(row: Json) -> Cancellation | None:
    """What is cancelled of an order, whole or in part; None where nothing is."""
    word = row["order_status"]
    status = codes.CANCELLATIONS.get(word) or _partly(row)
    if status is None:
        return None
    reason = text(row.get("cancel_reason")) or text(row.get("buyer_cancel_reason"))
    return Cancellation.build(
        id=row["order_sn"],
        platform="shopee",
        native_ids={"order_sn": row["order_sn"]},
        order_id=row["order_sn"],
        status=status,
        native_status=word,
        requested_by=codes.PARTIES.get(str(row.get("cancel_by") or "").lower()),
        reason=codes.CANCEL_WORDS.get(reason or ""),
        native_reason=reason,
        note=text(row.get("buyer_cancel_reason")),
        lines=_cancelled_lines(row),
        raw=row,
    )


def _partly(row: Json) -> CancellationStatus | None:
    rows = row.get("item_list") or ()
    if any(item.get("cancel_requested_qty") for item in rows):
        return "requested"
    return "completed" if any(item.get("cancelled_qty") for item in rows) else None


def _cancelled_lines(row: Json) -> tuple[LineRef, ...]:
    pieces = {
        key: int(item.get("cancel_requested_qty") or 0) + int(item.get("cancelled_qty") or 0)
        for key, item in keyed(row.get("item_list") or ()).items()
    }
    return tuple(LineRef.build(key=key, quantity=count) for key, count in pieces.items() if count)


def _clear(value: Any) -> str | None:
    """What is not masked: Shopee writes stars over what it hides."""
    found = text(value)
    return None if found is None or "*" in found else found


def _hidden(value: Any) -> str | Masked | None:
    found = text(value)
    return Masked.build(token=found) if found is not None and "*" in found else found


def address(row: Json | None, packages: Iterable[Json] = ()) -> Address | None:
    """A recipient's address; what is masked stays hidden, a virtual number replaces a hidden phone."""
    if not row:
        return None
    town = _clear(row.get("town"))
    return Address.build(
        name=_hidden(row.get("name")),
        phone=_virtual_phone(packages) or _hidden(row.get("phone")),
        lines=(town,) if town else (),
        district=_clear(row.get("district")),
        city=_clear(row.get("city")),
        region=_clear(row.get("state")),
        postal_code=_clear(row.get("zipcode")),
        country=_clear(row.get("region")),
        full=_hidden(row.get("full_address")),
    )


def place_address(row: Json) -> Address:
    """An address of the seller, or of a branch: nothing of it is hidden."""
    return Address.build(
        lines=tuple(str(part) for part in (row.get("address"), row.get("town")) if part),
        district=text(row.get("district")),
        city=text(row.get("city")),
        region=text(row.get("state")),
        postal_code=text(row.get("zipcode")),
        country=text(row.get("region")),
    )


def _virtual_phone(packages: Iterable[Json]) -> VirtualPhone | None:
    for item in packages:
        if number := text(item.get("virtual_contact_number")):
            return VirtualPhone.build(number=number, extension=text(item.get("package_query_number")))
    return None


def _buyer(row: Json) -> Buyer:
    identity = _identity(row)
    return Buyer.build(identities=(identity,) if identity else (), username=_clear(row.get("buyer_username")))


def _identity(row: Json) -> Identity | None:
    user = row.get("buyer_user_id")
    return Identity.build(kind="user_id", value=str(user)) if user else None


def _conversation(row: Json, shop_id: str | None) -> ConversationRef | None:
    peer = _identity(row)
    return ConversationRef.build(platform="shopee", own_account=shop_id, peer=peer) if peer else None


def _payment(row: Json) -> Payment:
    word = row.get("payment_method") or ""
    return Payment.build(
        method="cash_on_delivery" if row.get("cod") else payment_method(word),
        native_method=text(word),
        paid_at=instant(row.get("pay_time")),
    )


def package_lines(row: Json) -> tuple[LineRef, ...]:
    """The lines of a parcel, by the keys that the order's lines have."""
    return tuple(
        LineRef.build(
            key=line_key(item), quantity=int(item["model_quantity"]) if item.get("model_quantity") else None
        )
        for item in row.get("item_list") or ()
    )


def _weight(row: Json) -> Decimal | None:
    grams = row.get("parcel_chargeable_weight_gram") or row.get("parcel_chargeable_weight")
    return exact(grams) if grams else None


def package(row: Json, order_row: Json = _NONE) -> Package:
    """A parcel, of ``get_package_detail`` or of an order's ``package_list``."""
    word = row.get("fulfillment_status") or row.get("logistics_status")
    order_sn = row.get("order_sn") or order_row.get("order_sn")
    number = row["package_number"]
    return Package.build(
        missing=() if "tracking_number" in row else ("tracking_number",),
        id=number,
        platform="shopee",
        native_ids=_parcel_ids(row, order_sn),
        order_ids=(order_sn,) if order_sn else (),
        lines=package_lines(row),
        status=codes.SHIPMENTS.get(word or "", "other"),
        native_status=word,
        carrier=text(row.get("shipping_carrier")),
        tracking_number=text(row.get("tracking_number")),
        weight_g=_weight(row),
        ship_by=instant(row.get("ship_by_date") or order_row.get("ship_by_date")),
        raw=row,
    )


def _parcel_ids(row: Json, order_sn: str | None) -> dict[str, str]:
    names = ("package_number", "logistics_channel_id", "group_shipment_id")
    ids = {name: str(row[name]) for name in names if row.get(name)}
    return ids | ({"order_sn": order_sn} if order_sn else {})


def shipment(row: Json, order_row: Json = _NONE, **known: Any) -> Shipment:
    """A parcel as a shipment; ``known`` are facts that another call told (number, events)."""
    word = row.get("fulfillment_status") or row.get("logistics_status")
    order_sn = row.get("order_sn") or order_row.get("order_sn")
    if "tracking_number" in row:
        known.setdefault("tracking_number", text(row["tracking_number"]))
    return Shipment.build(
        missing=() if "tracking_number" in known else ("tracking_number",),
        id=text(row.get("package_number")) or order_sn,
        platform="shopee",
        native_ids=_parcel_ids(row, order_sn),
        order_id=order_sn,
        package_id=text(row.get("package_number")),
        status=codes.SHIPMENTS.get(word or "", "other"),
        native_status=word,
        carrier=text(row.get("shipping_carrier")),
        carrier_id=text(row.get("logistics_channel_id")),
        lines=package_lines(row),
        shipped_at=instant(row.get("pickup_done_time") or order_row.get("pickup_done_time")),
        raw=row,
        **known,
    )


_ORDER: Blueprint[Order, _Placed] = Blueprint(
    Order,
    "shopee",
    {
        "native_ids": lambda placed: native_ids(placed.row),
        (
            "status",
            "native_status",
            "fulfilment_status",
            "native_fulfilment_status",
            "return_status",
            "native_return_status",
        ): _statuses,
        "payment_status": lambda placed: payment_status(placed.row),
        "cancellation": lambda placed: cancellation(placed.row),
        "currency": lambda placed: placed.row["currency"],
        "lines": _Placed.lines,
        "totals": lambda placed: totals(placed.row, placed.lines(), placed.escrow),
        "buyer": lambda placed: _buyer(placed.row),
        "shipping_address": lambda placed: address(placed.row.get("recipient_address"), placed.packages),
        "packages": lambda placed: tuple(package(item, placed.row) for item in placed.packages),
        "shipments": lambda placed: tuple(
            shipment(item, placed.row)
            for item in placed.packages
            if item.get("logistics_status") in codes.ARRANGED
        ),
        "payment": lambda placed: _payment(placed.row),
        "ship_by": lambda placed: instant(placed.row.get("ship_by_date")),
        "conversation": lambda placed: _conversation(placed.row, placed.shop_id),
        "notes": lambda placed: text(placed.row.get("note")),
        "buyer_note": lambda placed: text(placed.row.get("message_to_seller")),
        "created_at": lambda placed: instant(placed.row["create_time"]),
        "updated_at": lambda placed: instant(placed.row["update_time"]),
    },
)

_CHANGING = ("logistics_status", "fulfillment_status", "tracking_number")


def unread(row: Json, order_row: Json) -> Shipment:
    """A parcel after a write, when it cannot be read: without what the write has changed."""
    return shipment({name: value for name, value in row.items() if name not in _CHANGING}, order_row)
