"""Cancelling: reasons, requests, answers, and what a refund would have to be instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from socialcommerce.backends.shared import several
from socialcommerce.backends.shopee.codes import orders as codes
from socialcommerce.backends.shopee.orders import mapping
from socialcommerce.backends.shopee.orders.base import OrdersNoun
from socialcommerce.backends.shopee.orders.lines import keyed, wire_item
from socialcommerce.backends.shopee.orders.splitting import asked_pieces
from socialcommerce.backends.shopee.orders.values import Json, money
from socialcommerce.errors import Conflict, NotFound, Unsupported
from socialcommerce.models.check import Check, Problem
from socialcommerce.models.money import Money
from socialcommerce.models.order import (
    Cancellation,
    CancellationStatus,
    CancelReason,
    Order,
    OrderStatus,
    RefundInput,
)
from socialcommerce.models.shipping import LineRef
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.noun import identity
from socialcommerce.resources.orders import Orders
from socialcommerce.resources.returns import Cancellations
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["Cancelling", "ShopeeCancellations"]

_LISTED: dict[CancellationStatus, OrderStatus] = {"requested": "cancel_requested", "completed": "cancelled"}
_NO_NOTE = no("Shopee takes a reason, and no words of one's own")
_BEFORE_SHIPPING = frozenset({"UNPAID", "READY_TO_SHIP", "PROCESSED", "RETRY_SHIP", "PENDING", "IN_CANCEL"})
_WAY = "Shopee refunds through cancellations and returns alone"


class ShopeeCancellations(OrdersNoun, Cancellations):
    """``orders.cancellations`` of Shopee: one cancellation an order, under the order's id."""

    @supports(
        "emulated",
        params=emulated(
            "status", "created_after", "created_before", "updated_after", "updated_before", "cursor"
        ),
        requires=("seller",),
        cost="as orders.list",
    )
    def list(
        self,
        *,
        status: CancellationStatus | Sequence[CancellationStatus] | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        updated_after: datetime | None = None,
        updated_before: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Cancellation]]:
        """GET order/get_order_list with IN_CANCEL (waiting) and CANCELLED (done), then the details.

        An order of which a part is cancelled is in neither list: read ``order.cancellation``.
        """
        wanted = several(status) or tuple(_LISTED)
        words: list[OrderStatus] = [_LISTED[word] for word in wanted if word in _LISTED]
        if not words:
            return Page(())
        page = yield from self.sibling(Orders).list(
            status=words,
            created_after=created_after,
            created_before=created_before,
            updated_after=updated_after,
            updated_before=updated_before,
            cursor=cursor,
        )
        found = [each.cancellation for each in page.items if each.loaded("cancellation")]
        return Page([each for each in found if each is not None], page.next)

    @supports(
        "native",
        params={**native("order", "reason", "lines"), "note": _NO_NOTE},
        requires=("seller",),
        when="before shipment",
        cost="3 calls",
    )
    def create(
        self,
        order: str | Order,
        reason: str | CancelReason,
        lines: Sequence[LineRef] | None = None,
        *,
        note: str | None = None,
    ) -> Flow[Cancellation]:
        """POST order/cancel_order, after reading what the order allows.

        Reasons: ``out_of_stock``, ``customer_request``, ``cod_unsupported``, and in Taiwan and
        Malaysia ``undeliverable``. ``lines`` cancels a part, where order and buyer allow it.
        """
        word = _native_reason(reason)
        row = yield from self.row(identity(order))
        _check_market(word, row)
        _check_allowed(row, lines)
        yield from self.ask(
            "POST",
            "/api/v2/order/cancel_order",
            body=_cancel_body(row, word, lines),
            safety="state_guarded",
            readback=lambda: self._is_cancelled(row, lines),
        )
        return (yield from self.told_after(self._requested(row["order_sn"], word), _on_its_way(row, word)))

    def _requested(self, order_sn: str, word: str) -> Flow[Cancellation]:
        row = yield from self.row(order_sn)
        return mapping.cancellation(row) or _on_its_way(row, word)

    def _is_cancelled(self, before: Json, lines: Sequence[LineRef] | None) -> Flow[Found[Any] | Absent]:
        row = yield from self.row(before["order_sn"])
        done = row["order_status"] in codes.CANCELLATIONS
        if lines is not None:
            done = done or _taken_off(row) > _taken_off(before)
        return Found({"update_time": row["update_time"]}) if done else Absent()

    @supports(
        "native",
        params={
            **native("cancellation", "accept"),
            "reason": no("Shopee takes ACCEPT or REJECT, and no reason"),
        },
        requires=("seller",),
        cost="2 calls",
    )
    def answer(
        self, cancellation: str | Cancellation, *, accept: bool, reason: str | None = None
    ) -> Flow[Cancellation]:
        """POST order/handle_buyer_cancellation; the order must be IN_CANCEL. The id is the order's."""
        order_sn = identity(cancellation)
        yield from self.ask(
            "POST",
            "/api/v2/order/handle_buyer_cancellation",
            body={"order_sn": order_sn, "operation": "ACCEPT" if accept else "REJECT"},
            safety="state_guarded",
            readback=lambda: self._is_answered(order_sn, accept),
        )
        known = _answered({"order_sn": order_sn}, "completed" if accept else "rejected")
        return (yield from self.told_after(self._answered(order_sn), known))

    def _answered(self, order_sn: str) -> Flow[Cancellation]:
        row = yield from self.row(order_sn)
        return mapping.cancellation(row) or _answered(row, "rejected")

    def _is_answered(self, order_sn: str, accept: bool) -> Flow[Found[Any] | Absent | Undecided]:
        row = yield from self.row(order_sn)
        word = row["order_status"]
        if word == "IN_CANCEL":
            return Absent()
        if accept == (word == "CANCELLED"):
            return Found({"update_time": row["update_time"]})
        return Undecided({"order_status": word}, "somebody else may have answered: look at the order")


class Cancelling(OrdersNoun, Orders):
    """``orders.cancel``, ``cancel_reasons`` and ``check_refund`` of Shopee."""

    @supports(
        "native",
        params={**native("order", "reason", "lines"), "note": _NO_NOTE},
        requires=("seller",),
        when="before shipment",
        cost="3 calls",
    )
    def cancel(
        self,
        order: str | Order,
        reason: str | CancelReason,
        lines: Sequence[LineRef] | None = None,
        *,
        note: str | None = None,
    ) -> Flow[Cancellation]:
        """POST order/cancel_order: ``cancellations.create`` under a shorter name."""
        return self.sibling(Cancellations).create(order, reason, lines)

    @supports("emulated", params=native("order"), requires=("seller",), cost="1 call")
    def cancel_reasons(self, order: str | Order) -> Flow[Sequence[CancelReason]]:
        """GET order/get_order_detail, for market and state; the reasons themselves are fixed."""
        row = yield from self.row(identity(order))
        if not _cancellable(row):
            return ()
        return tuple(
            CancelReason.build(id=ours, name=name, needs_lines=False)
            for ours, (word, name) in codes.CANCEL_REASONS.items()
            if row.get("region") in codes.CANCEL_MARKETS.get(word, {row.get("region")})
        )

    @supports("emulated", params=native("order", "refund"), requires=("seller",), cost="2 or 3 calls")
    def check_refund(self, order: str | Order, refund: RefundInput) -> Flow[Check]:
        """Never ok, since Shopee has no refund call; the problem names the way to go.

        Before shipping: POST order/get_estimate_cancel_value, whose amount is the ``cost``. With
        an open return: GET returns/get_available_solutions, for the range of an offer.
        """
        row = yield from self.row(identity(order))
        if row["order_status"] in _BEFORE_SHIPPING:
            cost = yield from self._estimate(row, refund)
            return _refused("cancel it, or a part of it, with orders.cancel(order, reason, lines)", cost)
        offer = yield from self._settlement(row)
        return _refused(offer or "the buyer opens a return; decide it with orders.returns.decide", None)

    def _estimate(self, row: Json, refund: RefundInput) -> Flow[Money | None]:
        if not refund.lines:
            return None
        answer = yield from self.ask(
            "POST",
            "/api/v2/order/get_estimate_cancel_value",
            body={"order_sn": row["order_sn"], "partial_cancel_item_list": _partial(row, refund.lines)},
        )
        return money(answer["cancel_value_price"], row["currency"])

    def _settlement(self, row: Json) -> Flow[str | None]:
        """The range in which an open return can be settled, in words."""
        try:
            escrow = yield from self.ask(
                "GET", "/api/v2/payment/get_escrow_detail", query={"order_sn": row["order_sn"]}
            )
        except NotFound:
            return None
        for return_sn in escrow.get("return_order_sn_list") or ():
            answer = yield from self.ask(
                "GET", "/api/v2/returns/get_available_solutions", query={"return_sn": return_sn}
            )
            solution = answer.get("offer_refund") or {}
            if solution.get("eligibility"):
                return _range(return_sn, solution, row["currency"])
        return None


def _refused(way: str, cost: Money | None) -> Check:
    return Check.of([Problem.build(field="refund", message=f"{_WAY}: {way}")], cost)


def _range(return_sn: str, solution: Json, currency: str) -> str:
    way = f"decide return {return_sn} with orders.returns.decide"
    if not solution.get("refund_amount_adjustable"):
        return way
    low, high = (money(solution[name], currency) for name in ("min_refund_amount", "max_refund_amount"))
    return f"{way}; an offer lies between {low} and {high}"


def _native_reason(reason: str | CancelReason) -> str:
    given = reason if isinstance(reason, str) else reason.id
    if given in codes.CANCEL_WORDS:
        return given
    if given not in codes.CANCEL_REASONS:
        raise Unsupported(
            "orders.cancellations.create:reason",
            "shopee",
            f"it has no reason {given!r}",
            f"one of {', '.join(codes.CANCEL_REASONS)}",
        )
    return codes.CANCEL_REASONS[given][0]


def _check_market(word: str, row: Json) -> None:
    markets = codes.CANCEL_MARKETS.get(word)
    if markets is not None and row.get("region") not in markets:
        raise Unsupported(
            "orders.cancellations.create:reason",
            "shopee",
            f"{word} is taken in {' and '.join(sorted(markets))} alone, not in {row.get('region')}",
        )


def _cancellable(row: Json) -> bool:
    return _open(row) and row.get("can_full_cancel_order") is not False


def _open(row: Json) -> bool:
    return row["order_status"] in _BEFORE_SHIPPING - {"IN_CANCEL"}


def _check_allowed(row: Json, lines: Sequence[LineRef] | None) -> None:
    """Shopee says beforehand what may be cancelled; where it says nothing, it is asked."""
    name = "can_full_cancel_order" if lines is None else "can_partial_cancel_order"
    if row.get(name) is False:
        what = "whole" if lines is None else "in part"
        raise Conflict(
            f"order {row['order_sn']} ({row['order_status']}) cannot be cancelled {what}",
            platform="shopee",
            sent="no",
        )


def _cancel_body(row: Json, word: str, lines: Sequence[LineRef] | None) -> dict[str, Any]:
    body: dict[str, Any] = {"order_sn": row["order_sn"], "cancel_reason": word}
    keys = list(keyed(row.get("item_list") or ())) if lines is None else [line.key for line in lines]
    if lines is not None:
        body["partial_cancel_item_list"] = _partial(row, lines)
    if word == "OUT_OF_STOCK":
        items = (wire_item(key) for key in keys)
        body["item_list"] = [{name: item[name] for name in ("item_id", "model_id")} for item in items]
    return body


def _partial(row: Json, lines: Sequence[LineRef]) -> list[Json]:
    return [wire_item(key) | {"model_quantity": count} for key, count in asked_pieces(row, lines).items()]


def _taken_off(row: Json) -> int:
    names = ("cancel_requested_qty", "cancelled_qty")
    return sum(int(item.get(name) or 0) for item in row.get("item_list") or () for name in names)


def _on_its_way(row: Json, word: str) -> Cancellation:
    """Taken, and not yet to be seen on the order."""
    return _bare(row, "requested").model_copy(
        update={"reason": codes.CANCEL_WORDS[word], "native_reason": word, "requested_by": "seller"}
    )


def _answered(row: Json, status: CancellationStatus) -> Cancellation:
    """What the row does not tell: after a refusal the order goes on, and keeps no trace of the request."""
    return _bare(row, status).model_copy(update={"requested_by": "buyer"})


def _bare(row: Json, status: CancellationStatus) -> Cancellation:
    return Cancellation.build(
        id=row["order_sn"],
        platform="shopee",
        native_ids={"order_sn": row["order_sn"]},
        order_id=row["order_sn"],
        status=status,
        native_status=row.get("order_status"),
        raw=row,
    )
