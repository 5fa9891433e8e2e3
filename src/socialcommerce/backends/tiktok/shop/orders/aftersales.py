"""What may be asked for an order after the sale: eligibility, reasons, and the units it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from attrs import frozen

from socialcommerce.backends.shared import Json
from socialcommerce.backends.tiktok.shop.orders.base import RETURNS, OrdersNoun, conflict, digits
from socialcommerce.backends.tiktok.shop.orders.lines import folded, units_of
from socialcommerce.models.shipping import LineRef
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["AftersalesNoun", "Eligibility", "Request", "named", "parts_of"]

Request: TypeAlias = Literal["CANCEL", "REFUND", "RETURN_AND_REFUND"]


@frozen
class Eligibility:
    """What TikTok Shop allows of one kind of request, unit by unit; reasons belong to order and moment."""

    entries: tuple[Json, ...]

    def of(self, unit_ids: Sequence[str]) -> list[Json]:
        """The entries about these units; all of them where none are named."""
        wanted = set(unit_ids)
        return [entry for entry in self.entries if not wanted or wanted & units_in(entry)]

    def reasons(self, unit_ids: Sequence[str] = ()) -> list[str]:
        """The reasons that every unit which may be asked for takes."""
        lists = [
            entry.get("available_reason_names") or ()
            for entry in self.of(unit_ids)
            if entry.get("eligible", True)
        ]
        first = lists[0] if lists else ()
        return [reason for reason in dict.fromkeys(first) if all(reason in names for names in lists)]

    def obstacles(self, unit_ids: Sequence[str] = ()) -> list[Json]:
        """The entries that are not eligible."""
        return [entry for entry in self.of(unit_ids) if entry.get("eligible") is False]


def units_in(entry: Json) -> set[str]:
    """The units that an entry is about, under either of its two names."""
    rows = entry.get("order_line_list") or ()
    legacy = entry.get("order_line_items_ids") or entry.get("order_line_item_ids") or ()
    return {str(row["order_line_item_id"]) for row in rows} or {str(unit) for unit in legacy}


class AftersalesNoun(OrdersNoun):
    """Reads that cancellations, refunds and returns begin with."""

    def eligibility(self, order_id: str, *kinds: Request) -> Flow[Eligibility]:
        """GET /return_refund/202602/orders/{id}/aftersale_eligibility, as the seller."""
        path = f"{RETURNS}/orders/{digits(order_id)}/aftersale_eligibility"
        query = {"initiate_aftersale_user": "SELLER", "request_types": list(kinds)}
        answer = yield from self.ask("GET", path, query=query)
        entries = (
            entry
            for sku in answer.get("sku_eligibility") or ()
            for entry in sku.get("line_item_eligibility") or ()
        )
        return Eligibility(tuple(entry for entry in entries if entry.get("request_type") in (*kinds, None)))

    def permitted(
        self, row: Json, kind: Request, lines: Sequence[str | LineRef], reason: str | None
    ) -> Flow[tuple[list[str], str]]:
        """The units that are meant, and the reason to give.

        Refuses what TikTok Shop would refuse, before anything is asked for.
        """
        order_id = str(row["id"])
        allowed = yield from self.eligibility(order_id, kind)
        unit_ids = parts_of(row, lines, allowed)
        return unit_ids, _reason(order_id, kind, allowed, unit_ids, reason)


def _reason(
    order_id: str, kind: Request, allowed: Eligibility, unit_ids: Sequence[str], reason: str | None
) -> str:
    reasons = allowed.reasons(unit_ids)
    if not reasons or (unit_ids and allowed.obstacles(unit_ids)):
        raise conflict(f"order {order_id} takes no {kind} now: {_why(allowed.obstacles(unit_ids))}")
    if reason is None and len(reasons) == 1:
        return reasons[0]
    if reason not in reasons:
        said = "is required" if reason is None else f"{reason!r} is not offered"
        raise invalid(reason=f"{said}; this order takes {', '.join(reasons)}")
    return reason


def _why(entries: Sequence[Json]) -> str:
    told = dict.fromkeys(str(entry.get("ineligible_reason") or "no reason given") for entry in entries)
    return "; ".join(told) or "nothing of it is eligible"


def named(unit_ids: Sequence[str]) -> dict[str, Any]:
    """The units of a request as it names them; without any it is about the whole order."""
    return {"order_line_item_ids": list(unit_ids)} if unit_ids else {}


def parts_of(row: Json, lines: Sequence[str | LineRef], allowed: Eligibility) -> list[str]:
    """The units that lines mean: first those that may be asked for, none that are cancelled.

    Of three of a kind, one given back, two are left to choose from.
    """
    barred = {unit for entry in allowed.obstacles() for unit in units_in(entry)}
    there = {
        key: sorted(
            (unit for unit in units if unit.get("display_status") != "CANCELLED"),
            key=lambda unit: str(unit["id"]) in barred,
        )
        for key, units in folded(row).items()
    }
    return [str(unit["id"]) for unit in units_of(row, lines, there)]
