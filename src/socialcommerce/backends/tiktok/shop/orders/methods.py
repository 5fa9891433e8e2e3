"""Ways to send a package: what TikTok Shop offers, and what it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from socialcommerce.backends.shared import Json
from socialcommerce.backends.tiktok.shop.noun import instant
from socialcommerce.backends.tiktok.shop.orders.base import Parcel, conflict
from socialcommerce.errors import Unsupported
from socialcommerce.models.shipping import (
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
from socialcommerce.models.store import Carrier, StoreAddress
from socialcommerce.resources.noun import invalid

__all__ = ["LABEL", "carrier_id", "handover", "no_own_way", "offered", "own_options", "tracking_info"]

LABEL = frozenset({"weight", "dimension", "shipping_service_id"})
"""What ``native`` of a method holds where a label is bought with a package of its own."""

_LONGEST, _SHORTEST = 50, 4


def _slots(offer: Json) -> list[Json]:
    """The slots that can still be had (the field is misspelt by TikTok Shop)."""
    rows: Sequence[Json] = offer.get("pickup_slots") or ()
    return [row for row in rows if row.get("avaliable", row.get("available", True))]


def _slot_id(row: Json) -> str:
    return f"{row['start_time']}-{row['end_time']}"


def offered(parcel: Parcel, offer: Json, services: Sequence[Json] = ()) -> ShippingOptions:
    """The ways that are open for a package that TikTok Shop's carriers take.

    ``raw`` holds the offer, and under ``shipping_services`` the quotes for a label to be bought.
    """
    pickup = bool(offer.get("can_pickup"))
    dropoff = bool(offer.get("can_drop_off"))
    return ShippingOptions.build(
        pickup=(_pickup_option(parcel, offer),) if pickup else (),
        dropoff=(DropOffOption.build(branch=None),) if dropoff else (),
        default="pickup" if pickup and _slots(offer) else "dropoff" if dropoff else None,
        raw={**offer, "shipping_services": list(services)},
    )


def _pickup_option(parcel: Parcel, offer: Json) -> PickupOption:
    """The address is the warehouse's, which the order names."""
    warehouse = str(parcel.row.get("warehouse_id") or parcel.order.get("warehouse_id") or "default")
    return PickupOption.build(
        address=StoreAddress.build(
            missing=("address",),
            id=warehouse,
            platform="tiktok_shop",
            uses=("pickup",),
            location_id=warehouse,
        ),
        slots=tuple(
            PickupSlot.build(id=_slot_id(row), start=instant(row["start_time"]), end=instant(row["end_time"]))
            for row in _slots(offer)
        ),
    )


def own_options(providers: Iterable[Json]) -> ShippingOptions:
    """The carriers among which a seller who ships may choose."""
    rows = list(providers)
    return ShippingOptions.build(
        own_carrier=tuple(
            OwnCarrierOption.build(
                carrier=Carrier.build(
                    id=str(row["id"]),
                    platform="tiktok_shop",
                    name=row.get("name") or str(row["id"]),
                    needs_tracking_number=True,
                    raw=row,
                )
            )
            for row in rows
        ),
        default=None,
        raw={"shipping_providers": rows},
    )


def no_own_way(parcel: Parcel) -> Unsupported:
    """Shipped by the seller: TikTok Shop has no way of its own, and knows no other one."""
    order_id = parcel.order.get("id")
    return Unsupported(
        "orders.ship:default",
        "tiktok_shop",
        f"order {order_id} is shipped by the seller: TikTok Shop needs a carrier and a tracking number",
        "OwnCarrier(carrier, number), with a carrier of orders.shipping_options(order)",
    )


def handover(offer: Json, method: ShippingMethod | None) -> dict[str, Any]:
    """What ``ship`` is told: a method always, and for a pickup a slot where there are any.

    Without a method it is a pickup in the first slot that is free, else a drop-off.
    """
    if isinstance(method, OwnCarrier):
        raise invalid(method="TikTok Shop ships this order: give Pickup, DropOff or none")
    if isinstance(method, DropOff):
        return _dropoff(offer, method)
    if isinstance(method, Pickup):
        return _pickup(offer, method)
    if offer.get("can_pickup") and _slots(offer):
        return _pickup(offer, Pickup())
    if offer.get("can_drop_off") or not offer.get("can_pickup"):
        return {"handover_method": "DROP_OFF"}
    raise conflict("no pickup can be had now, and this package cannot be dropped off")


def _dropoff(offer: Json, method: DropOff) -> dict[str, Any]:
    if method.branch is not None:
        raise invalid(branch="any drop-off point takes it: TikTok Shop is told none")
    if offer.get("can_drop_off") is False:
        raise invalid(method="this package cannot be dropped off; orders.shipping_options says what can be")
    return {"handover_method": "DROP_OFF"}


def _pickup(offer: Json, method: Pickup) -> dict[str, Any]:
    if offer.get("can_pickup") is False:
        raise invalid(method="this package cannot be picked up; orders.shipping_options says what can be")
    slots = _slots(offer)
    found = next((row for row in slots if method.slot in (None, _slot_id(row))), None)
    if found is None and method.slot is not None:
        there = ", ".join(map(_slot_id, slots)) or "none"
        raise invalid(slot=f"{method.slot} is not offered; there is {there}")
    if found is None:
        return {"handover_method": "PICKUP"}
    slot = {"start_time": found["start_time"], "end_time": found["end_time"]}
    return {"handover_method": "PICKUP", "pickup_slot": slot}


def carrier_id(options: ShippingOptions, method: OwnCarrier) -> str:
    """The provider's id: given as id or as name, and among those that the order's delivery takes."""
    wanted = str(method.carrier)
    carriers = [option.carrier for option in options.own_carrier]
    for carrier in carriers:
        if wanted == carrier.id or wanted.casefold() == carrier.name.casefold():
            return carrier.id
    there = ", ".join(f"{carrier.name} ({carrier.id})" for carrier in carriers) or "none"
    raise invalid(carrier=f"{wanted} is not offered; there is {there}")


def tracking_info(method: OwnCarrier, provider: str) -> dict[str, str]:
    """Number and carrier as every call takes them."""
    number = method.number or ""
    if not _SHORTEST <= len(number) <= _LONGEST:
        raise invalid(number=f"a tracking number of {_SHORTEST} to {_LONGEST} characters is required")
    if method.url is not None:
        raise invalid(url="TikTok Shop knows the pages of its carriers and takes no address")
    return {"tracking_number": number, "shipping_provider_id": provider}


def label_of(method: ShippingMethod | None) -> Mapping[str, Any]:
    """What a label is to be bought with: weight, dimension, service; nothing where none was given."""
    given = method.native if method is not None else {}
    return {name: value for name, value in given.items() if name in LABEL}
