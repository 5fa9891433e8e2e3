"""Packages: which there are, dividing an order into several, joining several into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from socialcommerce.backends.shared import Json, order_id_of
from socialcommerce.backends.tiktok.shop.codes import orders as codes
from socialcommerce.backends.tiktok.shop.codes.errors import row_error
from socialcommerce.backends.tiktok.shop.orders import mapping
from socialcommerce.backends.tiktok.shop.orders.base import (
    FULFILLMENT,
    OrdersNoun,
    Parcel,
    Verdict,
    conflict,
)
from socialcommerce.backends.tiktok.shop.orders.lines import folded, open_units, units_of
from socialcommerce.errors import Unsupported
from socialcommerce.models.order import Order
from socialcommerce.models.shipping import LineRef, Package
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.orders import Orders
from socialcommerce.runtime.call import Absent, Found
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Splitting"]

_PAGE = 50


class Splitting(OrdersNoun, Orders):
    """``orders.packages``, ``split`` and ``combine`` of TikTok Shop."""

    @supports("native", params=native("order"), requires=("shop",), cost="1 call, and 1 a package")
    def packages(self, order: str | Order) -> Flow[Sequence[Package]]:
        """GET /order/202507/orders, then GET /fulfillment/202309/packages/{id} for each."""
        row = yield from self.row(order_id_of(order))
        return (yield from self._packages(row))

    def _packages(self, row: Json) -> Flow[tuple[Package, ...]]:
        known = mapping.packages_of(row)
        details = yield from gather([self.package_row(one["package_id"]) for one in known])
        return tuple(
            mapping.package({**one, **detail}, row) for one, detail in zip(known, details, strict=True)
        )

    @supports(
        "native",
        params=native("order", "parcels"),
        requires=("shop",),
        when="before shipping; in Brazil, Mexico and South-East Asia only between SKUs",
        cost="5 calls and more",
    )
    def split(
        self, order: str | Order, parcels: Sequence[Sequence[str | LineRef]]
    ) -> Flow[Sequence[Package]]:
        """GET /fulfillment/202309/orders/split_attributes, then POST orders/{id}/split.

        The first parcel stays in the package that there is; each other one gets a new package.
        """
        row = yield from self.row(order_id_of(order))
        groups = _groups(row, parcels)
        if len(groups) == 1:
            raise Unsupported("orders.split", "tiktok_shop", "no call joins the packages of one order again")
        yield from self._split(row, groups[1:])
        known = tuple(order.packages) if isinstance(order, Order) else ()
        return (yield from self.told_after(self._divided(row), known))

    def _divided(self, row: Json) -> Flow[tuple[Package, ...]]:
        return (yield from self._packages((yield from self.row(str(row["id"])))))

    def _apart(self, row: Json, unit_ids: Sequence[str]) -> Flow[Parcel]:
        """These units in a package of their own, split off unless they are in one already."""
        found = _holding(row, unit_ids)
        if found is None:
            made = yield from self._split(row, [list(unit_ids)])
            known = {"package_id": made[0], "order_line_item_ids": list(unit_ids)}

            def parcel(order: Json) -> Parcel:
                return Parcel(order, _holding(order, unit_ids) or known)

            return (yield from self.mapped_after(self.row(str(row["id"])), parcel, row))
        return Parcel(row, found)

    def _split(self, row: Json, groups: Sequence[Sequence[str]]) -> Flow[list[str]]:
        """POST orders/{id}/split; answers the new packages in the order of the groups."""
        order_id = str(row["id"])
        yield from self._check_splittable(order_id)
        region = (row.get("recipient_address") or {}).get("region_code") or (yield from self.region()).code
        _check_market(row, groups, str(region))
        answer = yield from self.ask(
            "POST",
            f"{FULFILLMENT}/orders/{order_id}/split",
            body=_split_body(row, groups),
            safety="state_guarded",
            readback=lambda: self._is_split(order_id, groups),
        )
        made = {str(one.get("splittable_group_id")): str(one["id"]) for one in answer.get("packages") or ()}
        return [made.get(str(number), "") for number in range(1, len(groups) + 1)]

    def _check_splittable(self, order_id: str) -> Flow[None]:
        path = f"{FULFILLMENT}/orders/split_attributes"
        answer = yield from self.ask("GET", path, query={"order_ids": [order_id]})
        for row in answer.get("split_attributes") or ():
            if row.get("can_split") is False:
                raise conflict(f"order {order_id} cannot be split: {row.get('reason') or 'no reason given'}")

    def _is_split(self, order_id: str, groups: Sequence[Sequence[str]]) -> Flow[Verdict]:
        row = yield from self.row(order_id)
        found = [_holding(row, group) for group in groups]
        if any(one is None for one in found):
            return Absent()
        rows = [
            {"splittable_group_id": str(number), "id": one["package_id"]}
            for number, one in enumerate(found, 1)
            if one is not None
        ]
        return Found({"packages": rows})

    @supports(
        "native",
        params=native("packages"),
        requires=("shop",),
        when="packages that TikTok Shop finds combinable: one buyer, one address",
        cost="3 calls; 1 more for 50 combinable packages",
    )
    def combine(self, packages: Sequence[Package]) -> Flow[Package]:
        """GET /fulfillment/202309/combinable_packages/search, then POST packages/combine."""
        wanted = sorted({order_id for package in packages for order_id in package.order_ids})
        if len(wanted) < 2:
            raise invalid(packages="must be of two orders or more; TikTok Shop joins whole orders")
        draft = yield from self._draft(wanted)
        answer = yield from self.ask(
            "POST",
            f"{FULFILLMENT}/packages/combine",
            body={"combinable_packages": [{"id": draft, "order_ids": wanted}]},
            safety="state_guarded",
            readback=lambda: self._is_combined(wanted),
        )
        for error in answer.get("errors") or ():
            raise row_error(error)
        made = str(answer["packages"][0]["id"])
        known = {"package_id": made, "orders": [{"id": order_id} for order_id in wanted]}
        read = self.package_row(made)
        return (yield from self.mapped_after(read, lambda row: mapping.package({**known, **row}), known))

    def _draft(self, wanted: Sequence[str]) -> Flow[str]:
        """The package that TikTok Shop has drawn up for these orders."""
        token: str | None = None
        while True:
            query = {"page_size": _PAGE, "page_token": token}
            answer = yield from self.ask("GET", f"{FULFILLMENT}/combinable_packages/search", query=query)
            for row in answer.get("combinable_packages") or ():
                if set(wanted) <= {str(order_id) for order_id in row.get("order_ids") or ()}:
                    return str(row["id"])
            token = answer.get("next_page_token") or None
            if token is None:
                raise conflict(f"orders {', '.join(wanted)} cannot be combined")

    def _is_combined(self, wanted: Sequence[str]) -> Flow[Verdict]:
        rows = yield from self.rows(wanted)
        held = Counter(one["package_id"] for row in rows.values() for one in mapping.packages_of(row))
        for number, count in held.items():
            if count == len(wanted):
                return Found({"packages": [{"id": number, "order_ids": list(wanted)}]})
        return Absent()


def _groups(row: Json, parcels: Sequence[Sequence[str | LineRef]]) -> list[list[str]]:
    """The units of each parcel: every unit that is to be sent, in one parcel or another."""
    left = open_units(row)
    groups: list[list[str]] = []
    for parcel in parcels:
        units = units_of(row, parcel, left)
        taken = {unit["id"] for unit in units}
        left = {key: [unit for unit in rows if unit["id"] not in taken] for key, rows in left.items()}
        groups.append([str(unit["id"]) for unit in units])
    rest = {key: len(rows) for key, rows in left.items() if rows}
    if rest:
        raise invalid(parcels=f"no parcel holds {', '.join(f'{n} of line {key}' for key, n in rest.items())}")
    if not groups or not all(groups):
        raise invalid(parcels="must each hold something")
    return groups


def _check_market(row: Json, groups: Sequence[Sequence[str]], region: str) -> None:
    if region not in codes.WHOLE_SKU_MARKETS:
        return
    for group in groups:
        for key, units in folded(row).items():
            inside = sum(unit["id"] in group for unit in units)
            if 0 < inside < len(units):
                raise invalid(parcels=f"{region} splits between SKUs alone: line {key} must stay together")


def _split_body(row: Json, groups: Sequence[Sequence[str]]) -> Json:
    """The groups by unit, and again by sub-item where bundles are among them."""
    body: dict[str, Any] = {
        "splittable_groups": [
            {"id": str(number), "order_line_item_ids": list(group)} for number, group in enumerate(groups, 1)
        ]
    }
    subs = {unit["id"]: unit.get("sub_item_info") or () for unit in row.get("line_items") or ()}
    if any(subs.values()):
        body["splittable_groups_v2"] = [
            {"id": str(number), "order_line_list": [part for unit in group for part in _entries(unit, subs)]}
            for number, group in enumerate(groups, 1)
        ]
    return body


def _entries(unit: str, subs: Json) -> list[Json]:
    parts: list[Json] = [{"order_line_id": unit, "sub_item_id": sub["id"]} for sub in subs[unit]]
    return parts or [{"order_line_id": unit}]


def _holding(row: Json, unit_ids: Sequence[str]) -> Json | None:
    """The package that holds just these units."""
    for one in mapping.packages_of(row):
        if set(one.get("order_line_item_ids") or ()) == set(unit_ids):
            return one
    return None
