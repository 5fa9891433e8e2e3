"""Store: the seller's own side, read only: the shop itself, its places, addresses and carriers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from socialcommerce.resources.face import Async, Sync, operation
from socialcommerce.resources.noun import Noun

if TYPE_CHECKING:
    from socialcommerce.models.store import Carrier, StoreAddress, StoreInfo, StoreLocation
    from socialcommerce.runtime.flow import Flow

__all__ = ["AsyncStore", "Store", "SyncStore"]


class Store(Noun):
    """The contract of ``client.store``: what a backend may override, refused until it does."""

    noun = "store"

    def info(self) -> Flow[StoreInfo]:
        """Read the store itself.

        Returns:
            Name, region, currency, time zone, whether it is on vacation, and until when the
            credentials may speak for it, as far as the platform tells.
        """
        self.refuse("info")

    def locations(self) -> Flow[Sequence[StoreLocation]]:
        """List the places that hold stock.

        Returns:
            Locations whose ``id`` is what ``StockChange.location`` takes.
        """
        self.refuse("locations")

    def addresses(self) -> Flow[Sequence[StoreAddress]]:
        """List the seller's addresses, each with what it is used for.

        Returns:
            Addresses that ``Pickup`` and ``AcceptReturn`` take.
        """
        self.refuse("addresses")

    def carriers(self) -> Flow[Sequence[Carrier]]:
        """List who carries parcels for this store.

        Returns:
            Carriers whose ``id`` is what ``OwnCarrier`` takes, those switched off included.
        """
        self.refuse("carriers")


class _Store:
    contract = Store

    info = operation(Store.info)
    locations = operation(Store.locations)
    addresses = operation(Store.addresses)
    carriers = operation(Store.carriers)


class SyncStore(Sync, _Store):
    """``client.store``."""


class AsyncStore(Async, _Store):
    """``client.store`` of an ``AsyncClient``."""
