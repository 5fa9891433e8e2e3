"""What all of Shopee's order flows stand on: reading rows, and naming a parcel on the wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from socialcommerce.backends.shared import order_id_of
from socialcommerce.backends.shopee.codes.errors import error_for
from socialcommerce.backends.shopee.codes.orders import DETAIL_FIELDS
from socialcommerce.backends.shopee.noun import ShopeeNoun
from socialcommerce.backends.shopee.orders.values import Json, chunks
from socialcommerce.errors import NotFound, PlatformError
from socialcommerce.models.order import Order
from socialcommerce.models.shipping import Package, Shipment
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["OrdersNoun", "Parcel", "in_halves", "missing_order", "parcel_in", "row_error"]

_DETAILS = 50
"""Orders of one ``get_order_detail``, and packages of one ``get_package_detail``."""


@frozen
class Parcel:
    """One parcel as the wire names it: ``number`` only where the order is split."""

    order_sn: str
    number: str | None
    order_row: Json
    row: Json

    def named(self, **fields: Any) -> dict[str, Any]:
        """The parameters that name it; an empty package number would be refused."""
        who = {"order_sn": self.order_sn} | ({"package_number": self.number} if self.number else {})
        return who | fields


def row_error(row: Json) -> PlatformError | None:
    """The error of one row of a batch reply; None where it succeeded."""
    code, message = row.get("fail_error"), row.get("fail_message") or row.get("fail_reason")
    if not code and not message:
        return None
    return error_for({"error": code or "logistics.error_param", "message": message or ""}, 200)


class OrdersNoun(ShopeeNoun):
    """Reads that every order flow needs."""

    def rows(self, ids: Sequence[str]) -> Flow[dict[str, Json]]:
        """``get_order_detail`` for any number of orders, by ``order_sn``; missing ones are left out."""
        parts = chunks(list(dict.fromkeys(ids)), _DETAILS)
        found = yield from gather([in_halves(part, self._details) for part in parts])
        return {row["order_sn"]: row for rows in found for row in rows}

    def _details(self, ids: Sequence[str]) -> Flow[Sequence[Json]]:
        query = {
            "order_sn_list": list(ids),
            "response_optional_fields": DETAIL_FIELDS,
            "request_order_status_pending": True,
        }
        answer = yield from self.ask("GET", "/api/v2/order/get_order_detail", query=query)
        rows: Sequence[Json] = answer.get("order_list") or ()
        return rows

    def row(self, order_sn: str) -> Flow[Json]:
        """One order's row; ``NotFound`` where there is none."""
        rows = yield from self.rows([order_sn])
        if order_sn not in rows:
            raise missing_order(order_sn)
        return rows[order_sn]

    def parcel(self, target: str | Order | Package | Shipment) -> Flow[Parcel]:
        """The parcel that a target means, read afresh."""
        order_sn = order_id_of(target)
        row = yield from self.row(order_sn)
        return parcel_in(row, target)

    def parcels(self, targets: Sequence[Any]) -> Flow[list[Parcel | PlatformError]]:
        """The parcels of several targets, or the error of each that names none."""
        ids = [order_id_of(target) for target in targets]
        rows = yield from self.rows(ids)
        return [_found(rows.get(sn), sn, target) for sn, target in zip(ids, targets, strict=True)]


def in_halves(
    ids: Sequence[str], read: Callable[[Sequence[str]], Flow[Sequence[Json]]]
) -> Flow[Sequence[Json]]:
    """Read a batch; where an unknown id fails the whole, its halves, until all that is there is read."""
    try:
        return (yield from read(ids))
    except NotFound:
        if len(ids) == 1:
            return ()
    middle = len(ids) // 2
    first, second = yield from gather([in_halves(half, read) for half in (ids[:middle], ids[middle:])])
    return [*first, *second]


def missing_order(order_sn: str) -> NotFound:
    """Shopee leaves an unknown order out of its answer, without an error."""
    return NotFound(f"there is no order {order_sn} in this shop", platform="shopee", sent="yes")


def _found(row: Json | None, order_sn: str, target: Any) -> Parcel | PlatformError:
    if row is None:
        return missing_order(order_sn)
    try:
        return parcel_in(row, target)
    except PlatformError as error:
        return error


def parcel_in(row: Json, target: Any) -> Parcel:
    """The parcel of an order that a target means; an order of several parcels is not one."""
    order_sn, parcels = row["order_sn"], row.get("package_list") or ()
    wanted = target.id if isinstance(target, Package) else getattr(target, "package_id", None)
    if wanted is not None:
        parcels = [parcel for parcel in parcels if parcel["package_number"] == wanted]
        if not parcels:
            raise NotFound(f"order {order_sn} has no package {wanted}", platform="shopee", sent="yes")
    if len(parcels) > 1:
        numbers = ", ".join(parcel["package_number"] for parcel in parcels)
        raise invalid(order=f"is split into {numbers}; give one of orders.packages(order)")
    found = parcels[0] if parcels else {}
    split = len(row.get("package_list") or ()) > 1
    return Parcel(order_sn, found.get("package_number") if split else None, row, found)
