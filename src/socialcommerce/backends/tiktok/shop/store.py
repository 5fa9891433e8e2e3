"""The shop itself: what it is called, where its stock lies, who carries its parcels."""

from __future__ import annotations

from collections.abc import Sequence

from socialcommerce.backends.tiktok.shop.codes import store as codes
from socialcommerce.backends.tiktok.shop.noun import Json, TikTokShopNoun
from socialcommerce.backends.tiktok.shop.regions import region_of
from socialcommerce.errors import PlatformError
from socialcommerce.models.identity import Address
from socialcommerce.models.store import Carrier, StoreAddress, StoreInfo, StoreLocation
from socialcommerce.resources.capability import supports
from socialcommerce.resources.store import Store
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["WAREHOUSES", "TikTokShopStore", "address"]

WAREHOUSES = "/logistics/202309/warehouses"
_OPTIONS = "/logistics/202309/delivery_options"
_HOUR = 3600.0


class TikTokShopStore(TikTokShopNoun, Store):
    """``client.store`` on TikTok Shop."""

    @supports("native", cost="1 call a day")
    def info(self) -> Flow[StoreInfo]:
        """GET /authorization/202309/shops; currency and time zone are those of the region.

        Whether a shop is on vacation is documented nowhere, so ``vacation`` is not loaded.
        """
        return store_info((yield from self.shop()))

    @supports("native", cost="1 call")
    def locations(self) -> Flow[Sequence[StoreLocation]]:
        """GET /logistics/202309/warehouses: those that ship; a return warehouse holds no stock to sell."""
        rows = yield from self._warehouses()
        return tuple(location(row) for row in rows if row.get("type") == codes.SALES_WAREHOUSE)

    @supports("native", cost="1 call")
    def addresses(self) -> Flow[Sequence[StoreAddress]]:
        """GET /logistics/202309/warehouses: the address of each, to ship from or to send returns to."""
        rows = yield from self._warehouses()
        return tuple(store_address(row) for row in rows if row.get("address"))

    def _warehouses(self) -> Flow[Sequence[Json]]:
        answer = yield from self.ask("GET", WAREHOUSES)
        rows: Sequence[Json] = answer.get("warehouses") or ()
        return rows

    @supports("native", cost="1 call + 1 a warehouse + 1 a delivery option, kept for an hour")
    def carriers(self) -> Flow[Sequence[Carrier]]:
        """GET warehouses, the delivery options of each, and the shipping providers of each option.

        Options that TikTok ships itself name no provider, and are left out.
        """
        return (yield from self.remember("carriers", self._read_carriers, _HOUR))

    def _read_carriers(self) -> Flow[Sequence[Carrier]]:
        warehouses = yield from self._warehouses()
        asked = [
            self._delivery_options(row) for row in warehouses if row.get("type") == codes.SALES_WAREHOUSE
        ]
        lists = yield from gather(asked)
        options = {str(option["id"]): option for rows in lists for option in rows}
        providers = yield from gather([self._providers(option_id) for option_id in options])
        found = {str(row["id"]): carrier(row) for rows in providers for row in rows}
        return tuple(found.values())

    def _delivery_options(self, warehouse: Json) -> Flow[Sequence[Json]]:
        answer = yield from self.ask("GET", f"{WAREHOUSES}/{warehouse['id']}/delivery_options")
        rows: Sequence[Json] = answer.get("delivery_options") or ()
        return rows

    def _providers(self, option_id: str) -> Flow[Sequence[Json]]:
        try:
            answer = yield from self.ask("GET", f"{_OPTIONS}/{option_id}/shipping_providers")
        except PlatformError as error:
            if error.retryable or error.status not in (None, 200, 400):
                raise
            return ()
        rows: Sequence[Json] = answer.get("shipping_providers") or ()
        return rows


def store_info(row: Json) -> StoreInfo:
    """A row of GET authorization/shops."""
    region = region_of(row.get("region") or "")
    return StoreInfo.build(
        missing=("vacation",),
        id=str(row["id"]),
        platform="tiktok_shop",
        native_ids={
            name: str(row[key]) for name, key in (("shop_id", "id"), ("shop_code", "code")) if row.get(key)
        },
        name=row.get("name") or "",
        region=region.code or None,
        currency=region.currency if region.currency != "XXX" else None,
        timezone=region.timezone if region.currency != "XXX" else None,
        status="active",
        raw=row,
    )


def location(row: Json) -> StoreLocation:
    """A warehouse as a place of stock."""
    return StoreLocation.build(
        id=str(row["id"]),
        platform="tiktok_shop",
        native_ids={"warehouse_id": str(row["id"])},
        name=row.get("name") or str(row["id"]),
        active=row.get("effect_status") in (None, codes.ENABLED),
        default=bool(row.get("is_default")),
        address=address(row.get("address") or {}),
        raw=row,
    )


def store_address(row: Json) -> StoreAddress:
    """The address of a warehouse, with what it is used for."""
    return StoreAddress.build(
        id=str(row["id"]),
        platform="tiktok_shop",
        native_ids={"warehouse_id": str(row["id"])},
        address=address(row["address"]),
        uses=(codes.ADDRESS_USES.get(row.get("type") or "", "other"),),
        location_id=str(row["id"]),
        raw=row,
    )


def address(row: Json) -> Address:
    """A warehouse's address; the vendor spells its district ``distict``."""
    lines = [row.get(f"address_line{number}") for number in range(1, 5)]
    return Address.build(
        name=row.get("contact_person") or None,
        phone=row.get("phone_number") or None,
        lines=tuple(line for line in lines if line) or tuple(filter(None, (row.get("full_address"),))),
        district=row.get("distict") or row.get("town") or None,
        city=row.get("city") or None,
        region=row.get("state") or None,
        postal_code=row.get("postal_code") or None,
        country=row.get("region_code") or None,
        full=row.get("full_address") or None,
    )


def carrier(row: Json) -> Carrier:
    """A shipping provider, as ``OwnCarrier`` takes it."""
    return Carrier.build(
        id=str(row["id"]),
        platform="tiktok_shop",
        native_ids={"shipping_provider_id": str(row["id"])},
        name=row.get("name") or "",
        needs_tracking_number=True,
        raw=row,
    )
