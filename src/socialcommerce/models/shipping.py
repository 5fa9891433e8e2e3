"""Parcels on their way: packages, shipments, and the ways to hand them over."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AwareDatetime, BeforeValidator, Field

from socialcommerce.models.base import Entity, Model, Record, Value, absent
from socialcommerce.models.identity import Address
from socialcommerce.models.store import Carrier, StoreAddress

__all__ = [
    "Branch",
    "DropOff",
    "DropOffOption",
    "LineRef",
    "OwnCarrier",
    "OwnCarrierOption",
    "Package",
    "Pickup",
    "PickupOption",
    "PickupSlot",
    "Shipment",
    "ShipmentStatus",
    "ShippingMethod",
    "ShippingOptions",
    "TrackingEvent",
]

ShipmentStatus: TypeAlias = Literal[
    "pending",
    "ready",
    "label_purchased",
    "awaiting_collection",
    "pickup_failed",
    "in_transit",
    "out_for_delivery",
    "delayed",
    "delivery_attempted",
    "ready_for_pickup",
    "delivered",
    "delivery_failed",
    "lost",
    "returning",
    "returned",
    "error",
    "cancelled",
    "not_required",
    "other",
]


class LineRef(Value):
    """Part of an order: ``quantity`` pieces of the line with this ``key``; None is all of it."""

    key: str
    quantity: Annotated[int, Field(strict=True, gt=0)] | None = None

    def __hash__(self) -> int:
        return hash((self.key, self.quantity))


class TrackingEvent(Model):
    """One step of a parcel's way, in the carrier's words."""

    at: AwareDatetime
    status: ShipmentStatus = "other"
    native_status: str | None = None
    description: str = ""
    location: str | None = None


class Package(Entity):
    """What is sent together. It may hold a part of an order, or several orders."""

    order_ids: tuple[str, ...] = ()
    lines: tuple[LineRef, ...] = ()
    status: ShipmentStatus = "other"
    native_status: str | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    weight_g: Decimal | None = None
    ship_by: AwareDatetime | None = None


class Shipment(Entity):
    """A parcel handed over, or about to be. ``tracking_number`` may come later: None until then."""

    order_id: str = absent()
    package_id: str | None = None
    status: ShipmentStatus = "other"
    native_status: str | None = None
    carrier: str | None = None
    carrier_id: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    lines: tuple[LineRef, ...] = ()
    events: tuple[TrackingEvent, ...] = ()
    created_at: AwareDatetime | None = None
    shipped_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    estimated_delivery: AwareDatetime | None = None


class PickupSlot(Model):
    """A time in which the carrier would come."""

    id: str
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    text: str | None = None
    recommended: bool = False


class PickupOption(Model):
    """Where the carrier would come, and when."""

    address: StoreAddress
    slots: tuple[PickupSlot, ...] = ()


class Branch(Entity):
    """A counter that takes parcels."""

    name: str | None = None
    address: Address | None = None


class DropOffOption(Model):
    """A counter to bring the parcel to; None where any will do."""

    branch: Branch | None = None


class OwnCarrierOption(Model):
    """A carrier of the seller's own choice that the platform accepts."""

    carrier: Carrier


class ShippingOptions(Record):
    """How this order may be sent; a way that is empty is not offered. ``default`` is the platform's own."""

    pickup: tuple[PickupOption, ...] = ()
    dropoff: tuple[DropOffOption, ...] = ()
    own_carrier: tuple[OwnCarrierOption, ...] = ()
    default: Literal["pickup", "dropoff", "own_carrier"] | None = None


def _identified(value: Any) -> Any:
    """What was listed, in place of its id."""
    if isinstance(value, DropOffOption):
        value = value.branch
    if isinstance(value, OwnCarrierOption):
        value = value.carrier
    return value.id if isinstance(value, Entity | PickupSlot) else value


class Pickup(Value):
    """The carrier comes: to ``address``, in ``slot``.

    Each as it was listed, or its id; None leaves it to the platform.
    """

    address: Annotated[str | StoreAddress | None, BeforeValidator(_identified)] = None
    slot: Annotated[str | PickupSlot | None, BeforeValidator(_identified)] = None


class DropOff(Value):
    """The seller brings it to ``branch`` (as listed, or its id; None is any)."""

    branch: Annotated[str | Branch | DropOffOption | None, BeforeValidator(_identified)] = None


class OwnCarrier(Value):
    """The seller sends it with ``carrier`` (as listed, its id, or its name) under tracking ``number``."""

    carrier: Annotated[str | Carrier | OwnCarrierOption, BeforeValidator(_identified)]
    number: str | None = None
    url: str | None = None


ShippingMethod: TypeAlias = Pickup | DropOff | OwnCarrier
