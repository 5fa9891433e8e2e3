"""The seller's own side: the store, its places, addresses and carriers."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import AwareDatetime

from socialcommerce.models.base import Entity, absent
from socialcommerce.models.identity import Address

__all__ = ["AddressUse", "Carrier", "StoreAddress", "StoreInfo", "StoreLocation"]

AddressUse: TypeAlias = Literal["ship_from", "pickup", "return", "default", "other"]


class StoreInfo(Entity):
    """The store as the platform knows it. ``region`` is ISO 3166-1, ``timezone`` an IANA name."""

    name: str = absent()
    region: str | None = None
    currency: str | None = None
    timezone: str | None = None
    url: str | None = None
    vacation: bool = False
    status: Literal["active", "inactive", "suspended", "other"] = "other"
    native_status: str | None = None
    authorized_until: AwareDatetime | None = None


class StoreLocation(Entity):
    """A place that holds stock; ``id`` is what ``StockChange.location`` takes."""

    name: str = absent()
    active: bool = True
    default: bool = False
    address: Address | None = None


class StoreAddress(Entity):
    """An address of the seller, to collect parcels from or send returns to."""

    address: Address = absent()
    uses: tuple[AddressUse, ...] = ()
    location_id: str | None = None


class Carrier(Entity):
    """Who carries parcels; ``id`` is what the platform takes, ``name`` what people call it."""

    name: str = absent()
    enabled: bool = True
    needs_tracking_number: bool | None = None
    cash_on_delivery: bool | None = None
    tracking_url: str | None = None
