"""Finding and reading orders, and what changed of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from socialcommerce.backends.shared import several
from socialcommerce.backends.shopee.codes import orders as codes
from socialcommerce.backends.shopee.orders import mapping
from socialcommerce.backends.shopee.orders.base import OrdersNoun, in_halves, missing_order
from socialcommerce.backends.shopee.orders.escrow import transactions
from socialcommerce.backends.shopee.orders.values import Json, chunks
from socialcommerce.backends.shopee.orders.walks import Period, Place, Step, plan
from socialcommerce.errors import InvalidRequest, NotFound, PermissionDenied
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.event import Event, EventRef, EventType
from socialcommerce.models.order import Order, OrderStatus, Transactions
from socialcommerce.models.returns import Return
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import identity
from socialcommerce.resources.orders import Detail, Orders
from socialcommerce.resources.returns import Returns
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["Reading"]

_PAGE = 100
_ESCROWS = 20
"""Orders of one ``get_escrow_detail_batch``: 50 are taken, 20 are advised."""


class Reading(OrdersNoun, Orders):
    """``orders.list``, ``get``, ``transactions`` and ``changes`` of Shopee."""

    @supports(
        "native",
        params=native("status", "created", "updated", "cursor")
        | native("created_after", "created_before", "updated_after", "updated_before", "detail"),
        requires=("seller",),
        cost="1 call a page of 100 and 15 days, 1 more for 50 orders of it",
    )
    def list(
        self,
        *,
        status: OrderStatus | Sequence[OrderStatus] | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        updated_after: datetime | None = None,
        updated_before: datetime | None = None,
        detail: Detail = "full",
        cursor: str | None = None,
    ) -> Flow[Page[Order]]:
        """GET order/get_order_list, then get_order_detail for 50 at a time unless ``detail="ids"``.

        With ``created_after`` or ``updated_after`` the oldest window of 15 days comes first; within
        one, orders stand as Shopee sorts them. Without, every order is
        listed, the newest first, back to Shopee's first day: an empty window of 15 days costs one
        call, so stop when you have enough or give a bound. Details do not hold what escrow
        alone knows (discounts, fees, the price of a bundle's lines): ``get`` does.
        """
        wanted = several(status)
        period = Period(created_after, created_before, updated_after, updated_before)
        filters = codes.filters_for(wanted) if wanted else [None]
        if not filters:
            return Page(())
        place = Place.read(cursor, self.now())
        steps = plan(period, place.began, filters)
        while True:
            rows, more = yield from self._listed(steps[place.step], period, place.cursor)
            rows = [row for row in rows if _maybe(row, wanted)]
            orders = yield from self._completed(rows, steps[place.step], detail, period)
            kept = [order for order in orders if _asked(order, wanted, period)]
            following = place.then(len(steps), more)
            if kept or following is None:
                return Page(kept, following)
            place = Place.read(following, self.now())

    def _listed(
        self, step: Step[str | None], period: Period, cursor: str
    ) -> Flow[tuple[Sequence[Json], str | None]]:
        """One native page: its rows, and the cursor of the next one."""
        answer = yield from self.ask(
            "GET",
            "/api/v2/order/get_order_list",
            query={
                "time_range_field": period.field,
                "time_from": step.since,
                "time_to": step.until,
                "page_size": _PAGE,
                "cursor": cursor,
                "order_status": step.filter,
                "response_optional_fields": "order_status",
                "request_order_status_pending": True,
            },
        )
        more = str(answer.get("next_cursor") or "") if answer.get("more") else ""
        return answer.get("order_list") or (), more or None

    def _completed(
        self, rows: Sequence[Json], step: Step[str | None], detail: Detail, period: Period
    ) -> Flow[Iterable[Order]]:
        """The orders of a page. Where two time bounds are to hold, ids alone do not suffice."""
        known = "INVOICE_PENDING" if step.filter == "INVOICE_PENDING" else None
        if detail == "ids" and not _both(period):
            return [mapping.listed_order(row, known or step.filter) for row in rows]
        details = yield from self.rows([row["order_sn"] for row in rows])
        return [
            mapping.order(details[row["order_sn"]], known, self.shop_id)
            if row["order_sn"] in details
            else mapping.listed_order(row, known or step.filter)
            for row in rows
        ]

    @property
    def shop_id(self) -> str | None:
        """The shop whose orders these are."""
        subject = self.subject or self.backend.default_subject()
        return subject.id if subject else None

    @supports("native", params=native("ids", "orders"), requires=("seller",), cost="2 calls for 20 orders")
    def get(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Order]]:
        """GET order/get_order_detail, and POST payment/get_escrow_detail_batch for the money of it.

        What escrow does not know (an order not yet paid) or does not tell (no permission) is not loaded.
        """
        ids = [identity(each) for each in orders]
        rows = yield from self.rows(ids)
        paid = [sn for sn, row in rows.items() if row["order_status"] != "UNPAID"]
        escrows = yield from self._optional_escrows(paid)
        found = {sn: mapping.order(row, None, self.shop_id, escrows.get(sn)) for sn, row in rows.items()}
        return BulkResult(
            Outcome.of(given, found.get(sn) or missing_order(sn))
            for given, sn in zip(orders, ids, strict=True)
        )

    def _optional_escrows(self, ids: Sequence[str]) -> Flow[dict[str, Json]]:
        try:
            return (yield from self.escrows(ids))
        except (NotFound, InvalidRequest, PermissionDenied):
            return {}

    def escrows(self, ids: Sequence[str]) -> Flow[dict[str, Json]]:
        """POST payment/get_escrow_detail_batch (documented as GET, which the gateway refuses), by order."""
        parts = chunks(list(dict.fromkeys(ids)), _ESCROWS)
        found = yield from gather([in_halves(part, self._escrow_part) for part in parts])
        return {row["order_sn"]: row for part in found for row in part}

    def _escrow_part(self, ids: Sequence[str]) -> Flow[Sequence[Json]]:
        path = "/api/v2/payment/get_escrow_detail_batch"
        rows = yield from self.ask("POST", path, body={"order_sn_list": list(ids)})
        details = [row.get("escrow_detail") or row for row in rows] if isinstance(rows, list) else []
        return [row for row in details if row.get("order_income")]

    @supports("native", params=native("orders"), requires=("seller",), cost="2 calls for 20 orders")
    def transactions(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Transactions]]:
        """GET payment/get_escrow_detail, or POST get_escrow_detail_batch for several.

        The items follow Shopee's formula of the escrow amount; what it leaves unexplained is an
        item of kind ``other``, so that they add up to ``net``. Final once the order is over.
        """
        ids = [identity(each) for each in orders]
        rows, escrows = yield from gather([self.rows(ids), self._escrows_of(ids)])
        return BulkResult(
            Outcome.of(given, _transactions(sn, rows.get(sn), escrows.get(sn)))
            for given, sn in zip(orders, ids, strict=True)
        )

    def _escrows_of(self, ids: Sequence[str]) -> Flow[dict[str, Json]]:
        if len(ids) > 1:
            return (yield from self.escrows(ids))
        path = "/api/v2/payment/get_escrow_detail"
        try:
            row = yield from self.ask("GET", path, query={"order_sn": ids[0]})
        except NotFound:
            return {}
        return {ids[0]: row}

    @supports(
        "emulated",
        params=native("since", "cursor"),
        requires=("seller",),
        cost="as list with updated_after, and as returns.list",
    )
    def changes(self, *, since: datetime, cursor: str | None = None) -> Flow[Page[Event]]:
        """Orders by update time, then returns by update time; each event holds the object as it is.

        The same change found again has the same ``key``.
        """
        stage = read_position(cursor)
        if stage.get("of") != "returns":
            page = yield from self.list(updated_after=since, cursor=stage.get("at"))
            events: list[Event] = [_order_event(order, since, self.shop_id) for order in page.items]
            following = position(of="orders", at=page.next) if page.next else position(of="returns", at=None)
            return Page(events, following)
        found = yield from self.sibling(Returns).list(updated_after=since, cursor=stage["at"])
        return Page(
            [_return_event(each, since, self.shop_id) for each in found.items],
            position(of="returns", at=found.next) if found.next else None,
        )


def _both(period: Period) -> bool:
    """Whether a bound is left that the platform was not asked for."""
    by_create = period.created_after is not None or period.created_before is not None
    by_update = period.updated_after is not None or period.updated_before is not None
    return by_create if period.by_update else by_update


def _maybe(row: Json, wanted: Sequence[OrderStatus]) -> bool:
    """Whether a listed row may meet the status filter, so that its details are worth a call."""
    word = row.get("order_status")
    return (
        not wanted
        or word is None
        or codes.ORDERS.get(word, ("other", ""))[0] in wanted
        or "on_hold" in wanted
    )


def _asked(order: Order, wanted: Sequence[OrderStatus], period: Period) -> bool:
    """Whether an order meets the filters, those that the platform was asked for included."""
    if wanted and order.status not in wanted:
        return False
    if not order.loaded("created_at"):
        return True
    return period.holds(order.created_at, order.updated_at)


def _transactions(order_sn: str, row: Json | None, escrow: Json | None) -> Transactions | NotFound:
    if row is None:
        return missing_order(order_sn)
    if escrow is None:
        return NotFound(f"order {order_sn} has no escrow yet", platform="shopee", sent="yes")
    return transactions(order_sn, escrow, row["currency"], row["order_status"])


def _order_event(order: Order, since: datetime, shop_id: str | None) -> Event:
    word, fresh = order.native_status or "", order.created_at is not None and order.created_at >= since
    kind: EventType = codes.EVENTS.get(word, "order.updated")
    if word == "UNPAID" or (order.payment_status == "due_on_delivery" and kind == "order.paid"):
        kind = "order.created" if fresh else "order.updated"
    return _event("order", order.id, None, kind, word, order, shop_id)


def _return_event(found: Return, since: datetime, shop_id: str | None) -> Event:
    fresh = found.created_at is not None and found.created_at >= since
    kind: EventType = "return.created" if fresh else "return.updated"
    return _event("return", found.id, found.order_id, kind, found.native_status, found, shop_id)


def _event(
    noun: str, id: str, parent: str | None, kind: EventType, word: str | None, state: Any, shop_id: str | None
) -> Event:
    changed = state.updated_at
    return Event.build(
        key=f"shopee:{noun}:{id}:{int(changed.timestamp())}" if changed else f"shopee:{noun}:{id}:{word}",
        type=kind,
        native_type=word,
        platform="shopee",
        account=shop_id,
        ref=EventRef.build(kind=noun, id=id, parent_id=parent),
        occurred_at=changed,
        state=state,
        raw=state.raw,
    )
