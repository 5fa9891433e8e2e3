"""What all of TikTok Shop's order flows stand on: rows, packages, and what a target means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from attrs import frozen

from socialcommerce.backends.shared import Json, chunks, order_id_of
from socialcommerce.backends.tiktok.shop.noun import TikTokShopNoun
from socialcommerce.backends.tiktok.shop.orders.mapping import packages_of
from socialcommerce.errors import Conflict, NotFound
from socialcommerce.models.order import Order
from socialcommerce.models.shipping import Package, Shipment
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow, gather

__all__ = [
    "FULFILLMENT",
    "RETURNS",
    "OrdersNoun",
    "Parcel",
    "Target",
    "Verdict",
    "conflict",
    "digits",
    "missing",
    "parcel_in",
]

FULFILLMENT = "/fulfillment/202309"
RETURNS = "/return_refund/202602"

Target: TypeAlias = str | Order | Package | Shipment
Verdict: TypeAlias = Found[Any] | Absent | Undecided

_DETAILS = 50
"""Orders of one order detail."""


@frozen
class Parcel:
    """One package of an order; ``row`` is empty where the order has none yet.

    ``labelled``: the running operation has bought its label, so that what fails now is not all undone.
    """

    order: Json
    row: Json
    labelled: bool = False

    @property
    def id(self) -> str:
        """The package's id; empty where there is none yet."""
        return str(self.row.get("package_id") or "")

    @property
    def status(self) -> str:
        """How far it is, in TikTok Shop's word."""
        return str(self.row.get("package_status") or "")

    @property
    def by_seller(self) -> bool:
        """Whether the seller finds the carrier."""
        return (self.row.get("shipping_type") or self.order.get("shipping_type")) == "SELLER"


def conflict(message: str) -> Conflict:
    """What was asked for does not go with the state that was read; nothing was sent."""
    return Conflict(message, platform="tiktok_shop", sent="no")


def missing(order_id: str) -> NotFound:
    """An unknown order is left out of the answer, without an error."""
    return NotFound(f"there is no order {order_id} in this shop", platform="tiktok_shop", sent="yes")


class OrdersNoun(TikTokShopNoun):
    """Reads that every order flow needs."""

    def rows(self, ids: Sequence[str]) -> Flow[dict[str, Json]]:
        """GET /order/202507/orders, 50 at a time; orders that are not there are left out."""
        parts = chunks(list(dict.fromkeys(ids)), _DETAILS)
        found = yield from gather([self._details(part) for part in parts])
        return {str(row["id"]): row for rows in found for row in rows}

    def _details(self, ids: Sequence[str]) -> Flow[Sequence[Json]]:
        try:
            answer = yield from self.ask("GET", "/order/202507/orders", query={"ids": list(ids)})
        except NotFound:
            return ()
        rows: Sequence[Json] = answer.get("orders") or ()
        return rows

    def row(self, order_id: str) -> Flow[Json]:
        """One order's row; ``NotFound`` where there is none."""
        rows = yield from self.rows([order_id])
        if order_id not in rows:
            raise missing(order_id)
        return rows[order_id]

    def package_row(self, package_id: str) -> Flow[Json]:
        """GET /fulfillment/202309/packages/{id}."""
        row: Json = yield from self.ask("GET", f"{FULFILLMENT}/packages/{digits(package_id)}")
        return {**row, "package_id": str(row.get("package_id") or package_id)}

    def parcel(self, target: Target) -> Flow[Parcel]:
        """The package that a target means, and its order (the first one, where it holds several)."""
        number = target.id if isinstance(target, Package) else getattr(target, "package_id", None)
        if number:
            row = yield from self.package_row(number)
            ids = [str(one["id"]) for one in row.get("orders") or ()]
            ids = ids or list(getattr(target, "order_ids", ())) or [order_id_of(target)]
            return Parcel((yield from self.row(ids[0])), row)
        row = yield from self.row(order_id_of(target))
        return parcel_in(row)


def parcel_in(row: Json) -> Parcel:
    """The package of an order that has one, or none yet; of several, one must be named."""
    packages = packages_of(row)
    if len(packages) > 1:
        numbers = ", ".join(one["package_id"] for one in packages)
        raise invalid(order=f"is split into {numbers}; give one of orders.packages(order)")
    return Parcel(row, packages[0] if packages else {})


def digits(number: str) -> str:
    """Ids are part of a signed path: nothing but digits may get into it."""
    if not number.isascii() or not number.isdigit():
        raise invalid(id=f"{number!r} is not an id of TikTok Shop's: they are numbers")
    return number
