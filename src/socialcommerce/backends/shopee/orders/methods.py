"""Ways to send a parcel: what ``get_shipping_parameter`` offers, and what ``ship_order`` is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from socialcommerce.backends.shopee.orders.mapping import place_address
from socialcommerce.backends.shopee.orders.values import Json, instant, text
from socialcommerce.errors import Conflict, InvalidRequest, Unsupported
from socialcommerce.models.shipping import (
    Branch,
    DropOff,
    DropOffOption,
    OwnCarrier,
    OwnCarrierOption,
    Pickup,
    PickupOption,
    PickupSlot,
    ShippingMethod,
    ShippingOptions,
)
from socialcommerce.models.store import AddressUse, Carrier, StoreAddress
from socialcommerce.resources.noun import invalid

__all__ = ["chosen", "options", "pickup_body"]

_USES: dict[str, AddressUse] = {
    "default_address": "default",
    "pickup_address": "pickup",
    "return_address": "return",
    "current_address": "ship_from",
}
_WAYS: dict[type[ShippingMethod], str] = {
    Pickup: "pickup",
    DropOff: "dropoff",
    OwnCarrier: "non_integrated",
}
_PREFERRED = ("default_address", "pickup_address")


def options(offer: Json, parcel: Json) -> ShippingOptions:
    """The ways that are open; ``parcel`` is the order's package, whose channel the buyer chose."""
    needed = offer.get("info_needed") or {}
    return ShippingOptions.build(
        pickup=tuple(_pickup_option(row) for row in _addresses(offer)) if "pickup" in needed else (),
        dropoff=_dropoff_options(offer) if "dropoff" in needed else (),
        own_carrier=(_own_option(parcel, needed["non_integrated"]),) if "non_integrated" in needed else (),
        default=_default_way(offer, needed),
        raw=offer,
    )


def _addresses(offer: Json) -> Sequence[Json]:
    rows: Sequence[Json] = (offer.get("pickup") or {}).get("address_list") or ()
    return rows


def _branches(offer: Json) -> Sequence[Json]:
    rows: Sequence[Json] = (offer.get("dropoff") or {}).get("branch_list") or ()
    return rows


def _slugs(offer: Json) -> Sequence[Json]:
    rows: Sequence[Json] = (offer.get("dropoff") or {}).get("slug_list") or ()
    return rows


def _pickup_option(row: Json) -> PickupOption:
    return PickupOption.build(
        address=StoreAddress.build(
            id=str(row["address_id"]),
            platform="shopee",
            native_ids={"address_id": str(row["address_id"])},
            address=place_address(row),
            uses=tuple(_USES[flag] for flag in row.get("address_flag") or () if flag in _USES),
            raw=row,
        ),
        slots=tuple(_slot(slot) for slot in row.get("time_slot_list") or ()),
    )


def _slot(row: Json) -> PickupSlot:
    return PickupSlot.build(
        id=str(row["pickup_time_id"]),
        start=instant(row.get("date")),
        text=text(row.get("time_text")),
        recommended=_recommended(row),
    )


def _recommended(slot: Json) -> bool:
    return "recommended" in (slot.get("flags") or ())


def _dropoff_options(offer: Json) -> tuple[DropOffOption, ...]:
    """Branches, Taiwan's drop-off partners by their slug, or anywhere."""
    branches = [
        Branch.build(
            id=str(row["branch_id"]), platform="shopee", name=None, address=place_address(row), raw=row
        )
        for row in _branches(offer)
    ]
    partners = [
        Branch.build(id=row["slug"], platform="shopee", name=text(row.get("slug_name")), raw=row)
        for row in _slugs(offer)
    ]
    found = [*branches, *partners]
    if not found:
        return (DropOffOption.build(branch=None),)
    return tuple(DropOffOption.build(branch=branch) for branch in found)


def _own_option(parcel: Json, needed: Sequence[str]) -> OwnCarrierOption:
    """The buyer chose the channel at checkout; only its tracking number is the seller's."""
    channel = str(parcel.get("logistics_channel_id") or "")
    return OwnCarrierOption.build(
        carrier=Carrier.build(
            id=channel,
            platform="shopee",
            name=parcel.get("shipping_carrier") or channel,
            needs_tracking_number="tracking_no" in (needed or ()),
        )
    )


def _default_way(offer: Json, needed: Json) -> Literal["pickup", "dropoff", "own_carrier"] | None:
    if "pickup" in needed and (not needed["pickup"] or _addresses(offer)):
        return "pickup"
    if "dropoff" in needed and not needed["dropoff"]:
        return "dropoff"
    return "own_carrier" if "non_integrated" in needed and not needed["non_integrated"] else None


def chosen(offer: Json, parcel: Json, method: ShippingMethod | None) -> dict[str, Any]:
    """What ``ship_order`` is told: exactly one of pickup, dropoff and non_integrated.

    Without a method it is the one that needs nothing of the seller: pickup (the default or
    pickup address; the recommended slot, else the first, or none where none is offered), then
    drop-off, then the channel's own way.
    """
    needed = offer.get("info_needed") or {}
    if method is None:
        return _by_default(offer, needed)
    way = _WAYS[type(method)]
    if way not in needed:
        raise invalid(method=f"this parcel takes {' or '.join(needed) or 'no way'}, not {way}")
    if isinstance(method, Pickup):
        return {way: pickup_body(offer, method)}
    if isinstance(method, DropOff):
        return {way: _dropoff_body(offer, needed[way] or (), method)}
    return {way: _own_body(parcel, needed[way] or (), method)}


def _by_default(offer: Json, needed: Json) -> dict[str, Any]:
    way = _default_way(offer, needed)
    if way == "pickup":
        return {"pickup": pickup_body(offer, Pickup()) if needed["pickup"] else {}}
    if way is not None:
        return {"dropoff" if way == "dropoff" else "non_integrated": {}}
    if not needed:
        raise Conflict("nothing can be arranged for this parcel now", platform="shopee", sent="yes")
    raise Unsupported("orders.ship:default", "shopee", _demands(offer, needed), "give a method")


def _demands(offer: Json, needed: Json) -> str:
    """What the seller has to choose, in words."""
    ways = [f"{way} needs {', '.join(fields)}" for way, fields in needed.items() if fields]
    branches = ", ".join(str(row["branch_id"]) for row in _branches(offer))
    partners = ", ".join(str(row["slug"]) for row in _slugs(offer))
    if branches:
        ways.append(f"branches: {branches}")
    if partners:
        ways.append(f"drop-off partners: {partners}")
    return "the choice is the seller's; " + "; ".join(ways)


def pickup_body(offer: Json, method: Pickup) -> dict[str, Any]:
    """A pickup on the wire; address and slot must be among those offered."""
    address = _address(_addresses(offer), method.address)
    if address is None:
        return {}
    slots = address.get("time_slot_list") or ()
    slot = _slot_id(slots, method.slot)
    return {"address_id": address["address_id"]} | ({"pickup_time_id": slot} if slot else {})


def _address(rows: Sequence[Json], wanted: Any) -> Json | None:
    if wanted is not None:
        return _one_of(rows, "address_id", str(wanted), "address")
    flagged = (row for row in rows if set(_PREFERRED) & set(row.get("address_flag") or ()))
    return next(flagged, rows[0] if rows else None)


def _slot_id(slots: Sequence[Json], wanted: Any) -> str | None:
    if wanted is not None:
        return str(_one_of(slots, "pickup_time_id", str(wanted), "slot")["pickup_time_id"])
    best = next((slot for slot in slots if _recommended(slot)), slots[0] if slots else None)
    return str(best["pickup_time_id"]) if best else None


def _one_of(rows: Sequence[Json], name: str, wanted: str, what: str) -> Json:
    for row in rows:
        if str(row[name]) == wanted:
            return row
    offered = ", ".join(str(row[name]) for row in rows) or "none"
    raise invalid(**{what: f"{wanted} is not offered; there is {offered}"})


def _dropoff_body(offer: Json, needed: Sequence[str], method: DropOff) -> dict[str, Any]:
    """A drop-off; ``native`` takes ``sender_real_name`` and ``tracking_number`` where they are asked for."""
    body: dict[str, Any] = dict(method.native)
    if method.branch is not None:
        branch = str(method.branch)
        if any(row["slug"] == branch for row in _slugs(offer)):
            body["slug"] = branch
        else:
            body["branch_id"] = _one_of(_branches(offer), "branch_id", branch, "branch")["branch_id"]
    _complete("dropoff", needed, body)
    return body


def _own_body(parcel: Json, needed: Sequence[str], method: OwnCarrier) -> dict[str, Any]:
    channel = str(parcel.get("logistics_channel_id") or "")
    if method.carrier not in (channel, parcel.get("shipping_carrier")):
        name = parcel.get("shipping_carrier")
        raise invalid(carrier=f"the buyer chose {name} ({channel}); give this one, not another")
    if method.url is not None:
        raise invalid(url="is told with orders.update_tracking once the parcel is under way (Brazil)")
    body = {"tracking_number": method.number} if method.number else {}
    _complete("non_integrated", needed, body)
    return body


_FIELDS = {"tracking_no": "tracking_number"}


def _complete(way: str, needed: Sequence[str], body: Json) -> None:
    absent = [_FIELDS.get(name, name) for name in needed if _FIELDS.get(name, name) not in body]
    if absent:
        raise InvalidRequest(fields=dict.fromkeys(absent, f"is required for {way}"), sent="no")
