"""The shop itself: what it is called, where its stock lies, who carries its parcels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from socialcommerce.backends.shopee.codes import store as codes
from socialcommerce.backends.shopee.noun import ShopeeNoun
from socialcommerce.backends.shopee.regions import region_of
from socialcommerce.errors import PlatformError
from socialcommerce.models.base import Blueprint
from socialcommerce.models.identity import Address
from socialcommerce.models.store import Carrier, StoreAddress, StoreInfo, StoreLocation
from socialcommerce.resources.capability import supports
from socialcommerce.resources.store import Store
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["ShopeeStore", "address", "carrier"]

Json = Mapping[str, Any]


class ShopeeStore(ShopeeNoun, Store):
    """``client.store`` on Shopee."""

    @supports("native", requires=("seller",), cost="3 calls")
    def info(self) -> Flow[StoreInfo]:
        """GET shop/get_shop_info, shop/get_profile and shop/get_shop_holiday_mode, side by side.

        Currency and time zone are those of the region. A partial holiday still takes orders, so
        only a full one is a vacation.
        """
        calls = ("get_shop_info", "get_profile", "get_shop_holiday_mode")
        shop, profile, holiday = yield from gather(
            [self.ask("GET", f"/api/v2/shop/{name}") for name in calls]
        )
        subject = self.subject or self.backend.default_subject()
        return store_info(subject.id if subject else "", shop, profile, holiday, self.session.clock())

    @supports("native", requires=("seller",), cost="2 calls")
    def locations(self) -> Flow[Sequence[StoreLocation]]:
        """GET shop/get_warehouse_detail for pickup and return warehouses.

        A shop without warehouses keeps its stock in one place; it has one location with the id
        ``default``, which stock changes leave out.
        """
        lists = yield from gather([self._warehouses(kind) for kind in codes.WAREHOUSE_TYPES])
        rows = [row for rows in lists for row in rows]
        if not rows:
            return (StoreLocation.build(id="default", platform="shopee", name="default", default=True),)
        by_id: dict[str, StoreLocation] = {}
        for row in rows:
            by_id.setdefault(str(row["location_id"]), location(row))
        return tuple(by_id.values())

    def _warehouses(self, kind: int) -> Flow[Sequence[Json]]:
        try:
            rows = yield from self.ask(
                "GET", "/api/v2/shop/get_warehouse_detail", query={"warehouse_type": kind}
            )
        except PlatformError as error:
            if (error.code or "").rpartition(".")[2].strip() in codes.NO_WAREHOUSES:
                return []
            raise
        return rows if isinstance(rows, list) else []

    @supports("native", requires=("seller",), cost="1 call")
    def addresses(self) -> Flow[Sequence[StoreAddress]]:
        """GET logistics/get_address_list."""
        answer = yield from self.ask("GET", "/api/v2/logistics/get_address_list")
        return tuple(store_address(row) for row in answer.get("address_list") or ())

    @supports("native", requires=("seller",), cost="1 call")
    def carriers(self) -> Flow[Sequence[Carrier]]:
        """GET logistics/get_channel_list: every logistics channel, those switched off included."""
        answer = yield from self.ask("GET", "/api/v2/logistics/get_channel_list")
        return tuple(carrier(row) for row in answer.get("logistics_channel_list") or ())


def store_info(shop_id: str, shop: Json, profile: Json, holiday: Json, now: float) -> StoreInfo:
    """The shop of three replies; ``now`` in epoch seconds settles whether its holiday has begun."""
    region = region_of(shop["region"])
    return StoreInfo.build(
        id=shop_id,
        platform="shopee",
        native_ids=_ids(shop_id=shop_id, merchant_id=shop.get("merchant_id")),
        name=profile.get("shop_name") or shop["shop_name"],
        region=region.code,
        currency=region.currency,
        timezone=region.timezone,
        vacation=_on_vacation(holiday, now),
        status=codes.SHOP_STATUSES.get(shop["status"], "other"),
        native_status=shop["status"],
        authorized_until=_instant(shop.get("expire_time")),
        raw={"shop_info": shop, "profile": profile, "holiday_mode": holiday},
    )


def _on_vacation(holiday: Json, now: float) -> bool:
    if not holiday.get("holiday_mode_on") or holiday.get("holiday_mode_type") == 1:
        return False
    start, end = holiday.get("holiday_mode_start_time") or 0, holiday.get("holiday_mode_end_time")
    return bool(start <= now and (not end or now <= end))


def location(row: Json) -> StoreLocation:
    """A warehouse as a place of stock; ``holiday_mode_state`` 1 and 3 mean closed, or closing."""
    return StoreLocation.build(
        id=str(row["location_id"]),
        platform="shopee",
        native_ids=_ids(
            location_id=row["location_id"],
            warehouse_id=row.get("warehouse_id"),
            address_id=row.get("address_id"),
        ),
        name=row.get("warehouse_name") or str(row["location_id"]),
        active=row.get("holiday_mode_state", 0) in (0, 2),
        address=address(row),
        raw=row,
    )


def _use(word: str) -> Any:
    return codes.ADDRESS_USES.get(word, "other")


def store_address(row: Json) -> StoreAddress:
    """An address of the shop, with its uses."""
    return _ADDRESS(row, id=str(row["address_id"]), raw=row)


def address(row: Json) -> Address:
    """An address as Shopee writes it: ``region`` is the country, ``state`` the region within."""
    return Address.build(
        lines=tuple(line for line in (row.get("address"), row.get("town")) if line),
        district=row.get("district") or None,
        city=row.get("city") or None,
        region=row.get("state") or None,
        postal_code=row.get("zipcode") or None,
        country=row.get("region") or None,
    )


_ADDRESS: Blueprint[StoreAddress, Json] = Blueprint(
    StoreAddress,
    "shopee",
    {
        "native_ids": lambda row: _ids(address_id=row["address_id"]),
        "address": address,
        "uses": lambda row: tuple(map(_use, row.get("address_type") or ())),
    },
)


def carrier(row: Json) -> Carrier:
    """A logistics channel. ``native_ids`` holds ``mask_channel_id``; "0" marks what items attach to."""
    return Carrier.build(
        id=str(row["logistics_channel_id"]),
        platform="shopee",
        native_ids=_ids(
            logistics_channel_id=row["logistics_channel_id"], mask_channel_id=row.get("mask_channel_id")
        ),
        name=row.get("logistics_channel_name") or "",
        enabled=bool(row.get("enabled")),
        cash_on_delivery=row.get("cod_enabled"),
        raw=row,
    )


def _ids(**ids: Any) -> dict[str, str]:
    return {name: str(value) for name, value in ids.items() if value is not None}


def _instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
