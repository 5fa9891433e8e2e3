"""Cancelling: reasons, requests, answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from socialcommerce.backends.shared import Bounds, Json, several
from socialcommerce.backends.tiktok.shop.codes import orders as codes
from socialcommerce.backends.tiktok.shop.noun import instant
from socialcommerce.backends.tiktok.shop.orders import mapping
from socialcommerce.backends.tiktok.shop.orders.aftersales import AftersalesNoun, named
from socialcommerce.backends.tiktok.shop.orders.base import RETURNS, Verdict, conflict, digits
from socialcommerce.backends.tiktok.shop.orders.values import key_of, times
from socialcommerce.errors import Unsupported
from socialcommerce.models.order import Cancellation, CancellationStatus, CancelReason, Order
from socialcommerce.models.shipping import LineRef
from socialcommerce.resources.capability import native, no, supports
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.resources.orders import Orders
from socialcommerce.resources.returns import Cancellations
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["Cancelling", "TikTokShopCancellations"]

_PAGE = "50"
_NO_NOTE = no("TikTok Shop takes a reason, and no words of one's own")
_ANSWERED = "/return_refund/202309/cancellations"


class TikTokShopCancellations(AftersalesNoun, Cancellations):
    """``orders.cancellations`` of TikTok Shop."""

    @supports(
        "native",
        params=native(
            "status", "created_after", "created_before", "updated_after", "updated_before", "cursor"
        ),
        requires=("shop",),
        cost="1 call for 50",
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
        """POST /return_refund/202602/cancellations/search, by update time from the oldest on.

        The times are those of the cancellation, not of its order.
        """
        wanted = several(status)
        words = codes.cancellation_filter(wanted)
        if wanted and not words and "other" not in wanted:
            return Page(())
        bounds = Bounds(created_after, created_before, updated_after, updated_before)
        body = times(bounds) | ({"cancel_status": words} if words and "other" not in wanted else {})
        answer = yield from self._search(body, read_position(cursor).get("token"))
        rows = [row for row in answer.get("cancellations") or () if _within(row, bounds)]
        found = [mapping.cancellation(row) for row in rows]
        token = answer.get("next_page_token") or None
        kept = [each for each in found if not wanted or each.status in wanted]
        return Page(kept, position(token=token) if token else None)

    def _search(self, body: Json, token: str | None = None) -> Flow[Json]:
        query = {"page_size": _PAGE, "sort_field": "update_time", "sort_order": "ASC", "page_token": token}
        answer: Json = yield from self.ask("POST", f"{RETURNS}/cancellations/search", query=query, body=body)
        return answer

    def _rows(self, **names: str) -> Flow[Sequence[Json]]:
        """The cancellations of one order, or the one with this id; the newest last."""
        answer = yield from self._search({name: [value] for name, value in names.items()})
        return sorted(
            answer.get("cancellations") or (), key=lambda row: (row.get("create_time") or 0, row["cancel_id"])
        )

    @supports(
        "native",
        params={**native("order", "reason", "lines"), "note": _NO_NOTE},
        requires=("shop",),
        when="before collection; lines: United States and United Kingdom",
        cost="3 or 4 calls",
    )
    def create(
        self,
        order: str | Order,
        reason: str | CancelReason,
        lines: Sequence[LineRef] | None = None,
        *,
        note: str | None = None,
    ) -> Flow[Cancellation]:
        """GET aftersale_eligibility, then POST /return_refund/202602/cancellations.

        The answer is a request: it may wait (``requested``) before the order is cancelled.
        """
        order_id = identity(order)
        row = yield from self.row(order_id)
        if lines is not None:
            yield from self._check_part(row, lines)
        word = reason if isinstance(reason, str) else reason.id
        units, word = yield from self.permitted(row, "CANCEL", lines or (), word)
        before = {each["cancel_id"] for each in (yield from self._rows(order_ids=order_id))}
        answer = yield from self.ask(
            "POST",
            f"{RETURNS}/cancellations",
            body={"order_id": order_id, "cancel_reason": word, **named(units)},
            safety="state_guarded",
            readback=lambda: self._is_requested(order_id, word, before),
        )
        known = {"order_id": order_id, "cancel_reason": word, "role": "SELLER", **answer}
        read = self._afresh(str(answer["cancel_id"]), row, known)
        return (yield from self.told_after(read, mapping.cancellation(known, row)))

    def _check_part(self, row: Json, lines: Sequence[LineRef]) -> Flow[None]:
        told = (row.get("recipient_address") or {}).get("region_code")
        region = str(told) if told else (yield from self.region()).code
        if region not in codes.PARTIAL_CANCEL_MARKETS:
            raise Unsupported(
                "orders.cancellations.create:lines",
                "tiktok_shop",
                f"a part of an order is cancelled in the US and the UK alone, not in {region}",
                "cancel the whole order",
            )
        if not lines:
            raise invalid(lines="name nothing; give keys of order.lines")

    def _is_requested(self, order_id: str, word: str, before: set[str]) -> Flow[Verdict]:
        """A cancellation that was not there before, for this reason."""
        for row in (yield from self._rows(order_ids=order_id)):
            if row["cancel_id"] not in before and row.get("cancel_reason") == word:
                return Found(row)
        return Absent()

    def _afresh(self, cancel_id: str, order_row: Json, known: Json) -> Flow[Cancellation]:
        rows = yield from self._rows(cancel_ids=cancel_id)
        return mapping.cancellation({**known, **(rows[-1] if rows else {})}, order_row)

    @supports(
        "native",
        params=native("cancellation", "accept", "reason"),
        requires=("shop",),
        cost="3 calls; 1 more to refuse",
    )
    def answer(
        self, cancellation: str | Cancellation, *, accept: bool, reason: str | None = None
    ) -> Flow[Cancellation]:
        """POST /return_refund/202309/cancellations/{id}/approve or /reject.

        The id is the cancellation's; its order's is taken too, and means the request that waits.
        A refusal needs a reason of TikTok Shop's (GET reject_reasons), unless there is but one.
        """
        row = yield from self._waiting(cancellation)
        if accept and reason is not None:
            raise invalid(reason="is said when a cancellation is refused, not when it is accepted")
        cancel_id = str(row["cancel_id"])
        verb = "approve" if accept else "reject"
        body = {} if accept else {"reject_reason": (yield from self._reject_reason(cancel_id, reason))}
        yield from self.ask(
            "POST",
            f"{_ANSWERED}/{cancel_id}/{verb}",
            query={"idempotency_key": key_of(cancel_id, verb, reason)},
            body=body,
            safety="keyed",
            readback=lambda: self._is_answered(cancel_id, accept),
        )
        word = "CANCELLATION_REQUEST_SUCCESS" if accept else "CANCELLATION_REQUEST_CANCEL"
        known = {**row, "cancel_status": word}
        return (yield from self.told_after(self._afresh(cancel_id, {}, known), mapping.cancellation(known)))

    def _waiting(self, given: str | Cancellation) -> Flow[Json]:
        """The request that is meant, as it stands; ``Conflict`` where it does not wait."""
        number = digits(identity(given))
        ids = given.native_ids if isinstance(given, Cancellation) else {}
        rows = yield from self._rows(cancel_ids=ids.get("cancel_id", number))
        if not rows:
            rows = yield from self._rows(order_ids=ids.get("order_id", number))
        for row in rows:
            if row.get("cancel_status") == "CANCELLATION_REQUEST_PENDING":
                return row
        state = ", ".join(str(row.get("cancel_status")) for row in rows) or "there is none"
        raise conflict(f"no cancellation of {number} waits for an answer: {state}")

    def _reject_reason(self, cancel_id: str, reason: str | None) -> Flow[str]:
        query = {"return_or_cancel_id": cancel_id}
        answer = yield from self.ask("GET", "/return_refund/202309/reject_reasons", query=query)
        names = [str(row["name"]) for row in answer.get("reasons") or ()]
        if reason is None and len(names) == 1:
            return names[0]
        if reason is None or (names and reason not in names):
            raise invalid(reason=f"is required; this cancellation takes {', '.join(names) or 'none'}")
        return reason

    def _is_answered(self, cancel_id: str, accept: bool) -> Flow[Verdict]:
        rows = yield from self._rows(cancel_ids=cancel_id)
        word = rows[-1].get("cancel_status") if rows else None
        if word == "CANCELLATION_REQUEST_PENDING":
            return Absent()
        accepted = codes.CANCELLATIONS.get(str(word)) in ("accepted", "completed")
        if accepted == accept:
            return Found({})
        return Undecided({"cancel_status": word}, "somebody else may have answered: look at the order")


class Cancelling(AftersalesNoun, Orders):
    """``orders.cancel`` and ``cancel_reasons`` of TikTok Shop."""

    @supports(
        "native",
        params={**native("order", "reason", "lines"), "note": _NO_NOTE},
        requires=("shop",),
        when="before collection; lines: United States and United Kingdom",
        cost="3 or 4 calls",
    )
    def cancel(
        self,
        order: str | Order,
        reason: str | CancelReason,
        lines: Sequence[LineRef] | None = None,
        *,
        note: str | None = None,
    ) -> Flow[Cancellation]:
        """POST /return_refund/202602/cancellations: ``cancellations.create`` under a shorter name."""
        return self.sibling(Cancellations).create(order, reason, lines)

    @supports("native", params=native("order"), requires=("shop",), cost="1 call")
    def cancel_reasons(self, order: str | Order) -> Flow[Sequence[CancelReason]]:
        """GET /return_refund/202602/orders/{id}/aftersale_eligibility: reasons of this order, at this moment.

        One that not every unit takes needs the lines that take it.
        """
        allowed = yield from self.eligibility(identity(order), "CANCEL")
        for_all = set(allowed.reasons()) if not allowed.obstacles() else set()
        names = dict.fromkeys(
            name
            for entry in allowed.entries
            if entry.get("eligible", True)
            for name in entry.get("available_reason_names") or ()
        )
        return tuple(
            CancelReason.build(id=name, name=_words(name), needs_lines=name not in for_all) for name in names
        )


def _words(name: str) -> str:
    """A reason's key in words: TikTok Shop answers no text beside it."""
    core = name.rpartition("_reason_")[2].removeprefix("seller_cancel_").removeprefix("seller_")
    return core.replace("_", " ").strip().capitalize() or name


def _within(row: Any, bounds: Bounds) -> bool:
    return bounds.holds(instant(row.get("create_time")), instant(row.get("update_time")))
