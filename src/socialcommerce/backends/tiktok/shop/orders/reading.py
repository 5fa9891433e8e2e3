"""Finding and reading orders, what they bring, and what changed of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from socialcommerce.backends.shared import Bounds, Json, several
from socialcommerce.backends.tiktok.shop.codes import orders as codes
from socialcommerce.backends.tiktok.shop.noun import instant
from socialcommerce.backends.tiktok.shop.orders import mapping
from socialcommerce.backends.tiktok.shop.orders.base import OrdersNoun, digits, missing
from socialcommerce.backends.tiktok.shop.orders.merging import merged
from socialcommerce.backends.tiktok.shop.orders.settlement import Settlement
from socialcommerce.backends.tiktok.shop.orders.values import NONE, exact, times
from socialcommerce.errors import InvalidRequest, NotFound, PermissionDenied
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.event import Event, EventRef, EventType
from socialcommerce.models.order import Cancellation, Order, OrderStatus
from socialcommerce.models.returns import Return
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.resources.orders import Detail, Orders
from socialcommerce.resources.returns import Cancellations, Returns
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page

__all__ = ["Reading", "following", "step_of"]

_PAGE = 100
_TIMES = ("created_after", "created_before", "updated_after", "updated_before")


def step_of(cursor: str | None, steps: int) -> tuple[int, str | None]:
    """Which of the walks of a listing a cursor stands in, and the native cursor in it."""
    if cursor is None:
        return 0, None
    step, _, token = cursor.partition(" ")
    if step not in map(str, range(steps)):
        raise invalid(cursor="is not a cursor of this listing")
    return int(step), token or None


def following(step: int, steps: int, token: Any) -> str | None:
    """The text of the next place: further in this walk, the next walk, or None at the end."""
    if token:
        return f"{step} {token}"
    return f"{step + 1}" if step + 1 < steps else None


class Reading(Settlement, OrdersNoun, Orders):
    """``orders.list``, ``get`` and ``changes`` of TikTok Shop."""

    @supports(
        "native",
        params=native("status", "created", "updated", "cursor", "detail", *_TIMES),
        requires=("shop",),
        cost="1 call for 100, for each native status",
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
        """POST /order/202309/orders/search, by update time from the oldest on.

        A page holds whole orders, so ``detail`` saves nothing. Of taxes it tells what stands on the
        lines; ``get`` reads the price detail where they are not itemised.
        """
        wanted = several(status)
        filters = codes.order_filters(wanted) if wanted else [{}]
        if not filters:
            return Page(())
        bounds = Bounds(created_after, created_before, updated_after, updated_before)
        step, token = step_of(cursor, len(filters))
        shop_id = self.account
        while True:
            answer = yield from self._search(filters[step] | times(bounds), token)
            orders = [mapping.order(row, shop_id) for row in answer.get("orders") or ()]
            kept = _asked(orders, wanted, bounds)
            place = following(step, len(filters), answer.get("next_page_token"))
            if kept or place is None:
                return Page(kept, place)
            step, token = step_of(place, len(filters))

    def _search(self, body: Json, token: str | None) -> Flow[Json]:
        query = {"page_size": _PAGE, "sort_field": "update_time", "sort_order": "ASC", "page_token": token}
        answer: Json = yield from self.ask("POST", "/order/202309/orders/search", query=query, body=body)
        return answer

    @supports(
        "native",
        params=native("ids", "orders"),
        requires=("shop",),
        cost="1 call for 50; 1 more for each order whose taxes are not itemised",
    )
    def get(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Order]]:
        """GET /order/202507/orders for 50 at a time; price_detail where lines do not tell their taxes."""
        ids = [identity(each) for each in orders]
        rows = yield from self.rows(ids)
        taxed = [order_id for order_id, row in rows.items() if _needs_detail(row)]
        details = yield from gather([self._price_detail(order_id) for order_id in taxed])
        priced = dict(zip(taxed, details, strict=True))
        found = {sn: mapping.order(row, self.account, priced.get(sn, NONE)) for sn, row in rows.items()}
        return BulkResult(
            Outcome.of(given, found.get(order_id) or missing(order_id))
            for given, order_id in zip(orders, ids, strict=True)
        )

    def _price_detail(self, order_id: str) -> Flow[Json]:
        """GET /order/202407/orders/{id}/price_detail; nothing where it is not told."""
        try:
            answer: Json = yield from self.ask("GET", f"/order/202407/orders/{digits(order_id)}/price_detail")
        except (NotFound, InvalidRequest, PermissionDenied):
            return NONE
        return answer

    @supports(
        "emulated",
        params=native("since", "cursor"),
        requires=("shop",),
        cost="3 calls a page: orders, cancellations, returns by update time",
    )
    def changes(self, *, since: datetime, cursor: str | None = None) -> Flow[Page[Event]]:
        """Orders, cancellations and returns by update time, merged; each event holds the object as it is.

        The same change found again has the same ``key``.
        """
        sources = {
            "orders": partial(self._changed, self.sibling(Orders), since, self._order_event),
            "cancellations": partial(
                self._changed, self.sibling(Cancellations), since, self._cancellation_event
            ),
            "returns": partial(self._changed, self.sibling(Returns), since, self._return_event),
        }
        return (yield from merged(sources, cursor))

    def _changed(self, noun: Any, since: datetime, event: Any, cursor: str | None) -> Flow[Page[Event]]:
        page: Page[Any] = yield from noun.list(updated_after=since, cursor=cursor)
        return Page([event(each, since) for each in page.items], page.next)

    def _order_event(self, order: Order, since: datetime) -> Event:
        word = order.native_status or ""
        fresh = order.created_at is not None and order.created_at >= since
        kind: EventType = codes.EVENTS.get(word, "order.updated")
        if order.status == "cancel_requested":
            kind = "order.cancellation_requested"
        elif word in ("UNPAID", "ON_HOLD") and fresh:
            kind = "order.created"
        return self._event("order", order, None, kind, word)

    def _cancellation_event(self, found: Cancellation, since: datetime) -> Event:
        kind: EventType = {
            "requested": "order.cancellation_requested",
            "completed": "order.cancelled",
        }.get(found.status, "order.updated")  # type: ignore[assignment]  # a mapping's values widen to str
        return self._event("order", found, None, kind, found.native_status, found.order_id)

    def _return_event(self, found: Return, since: datetime) -> Event:
        fresh = found.created_at is not None and found.created_at >= since
        kind: EventType = "return.created" if fresh else "return.updated"
        return self._event("return", found, found.order_id, kind, found.native_status)

    def _event(
        self,
        noun: str,
        state: Any,
        parent: str | None,
        kind: EventType,
        word: str | None,
        about: str | None = None,
    ) -> Event:
        changed = getattr(state, "updated_at", None) or instant(state.raw.get("update_time"))
        changed = changed or self.now()
        what = type(state).__name__.lower()
        return Event.build(
            key=f"tiktok_shop:{what}:{state.id}:{int(changed.timestamp())}",
            type=kind,
            native_type=word,
            platform="tiktok_shop",
            account=self.account or None,
            ref=EventRef.build(kind=noun, id=about or state.id, parent_id=parent),
            occurred_at=changed,
            state=state,
            raw=state.raw,
        )


def _asked(orders: list[Order], wanted: Sequence[OrderStatus], bounds: Bounds) -> list[Order]:
    """Those that meet the filters, the ones that the platform was asked for included."""
    if wanted:
        orders = [order for order in orders if order.status in wanted]
    if bounds == _UNBOUNDED:  # no order need be looked at
        return orders
    return [order for order in orders if bounds.holds(order.created_at, order.updated_at)]


_UNBOUNDED = Bounds()


def _needs_detail(row: Json) -> bool:
    """Whether there are taxes that no line tells."""
    taxed = exact((row.get("payment") or NONE).get("tax")) != 0
    return taxed and not all("item_tax" in unit for unit in row.get("line_items") or ())
