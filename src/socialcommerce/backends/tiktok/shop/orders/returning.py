"""Returns: finding them, opening one, and deciding about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from socialcommerce.backends.shared import Bounds, Json, chunks, several
from socialcommerce.backends.tiktok.shop.codes import orders as codes
from socialcommerce.backends.tiktok.shop.noun import instant
from socialcommerce.backends.tiktok.shop.orders.aftersales import Request, named
from socialcommerce.backends.tiktok.shop.orders.base import RETURNS, Verdict, conflict, digits
from socialcommerce.backends.tiktok.shop.orders.reading import following, step_of
from socialcommerce.backends.tiktok.shop.orders.refunding import Opening
from socialcommerce.backends.tiktok.shop.orders.return_rows import (
    decisions,
    native_decision,
    offered_amount,
    return_of,
    return_status,
)
from socialcommerce.backends.tiktok.shop.orders.values import key_of, times
from socialcommerce.errors import InvalidRequest, NotFound, PermissionDenied, Unsupported
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.order import Order
from socialcommerce.models.returns import (
    AcceptReturn,
    Decision,
    Dispute,
    Exchange,
    OfferPartial,
    Received,
    Reject,
    Return,
    ReturnInput,
    ReturnStatus,
)
from socialcommerce.resources.capability import native, no, supports
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.resources.returns import Returns
from socialcommerce.runtime.call import Absent, Found
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page

__all__ = ["TikTokShopReturns"]

_PAGE = 50
_DECIDED = "/return_refund/202309/returns"
_REJECTED = "/return_refund/202606/returns"
_OPTIONS = frozenset({"shipment_type", "handover_method"})
_NO_DISPUTE = no("TikTok Shop judges by itself when a buyer appeals; no call asks for it", "Reject(reason)")


class TikTokShopReturns(Opening, Returns):
    """``orders.returns`` of TikTok Shop."""

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
        status: ReturnStatus | Sequence[ReturnStatus] | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        updated_after: datetime | None = None,
        updated_before: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Return]]:
        """POST /return_refund/202602/returns/search, by update time from the oldest on."""
        wanted = several(status)
        filters = codes.return_filters(wanted) if wanted else [{}]
        if not filters:
            return Page(())
        bounds = Bounds(created_after, created_before, updated_after, updated_before)
        step, token = step_of(cursor, len(filters))
        while True:
            answer = yield from self._search(filters[step] | times(bounds), token)
            rows = [row for row in answer.get("return_orders") or () if _asked(row, wanted, bounds)]
            place = following(step, len(filters), answer.get("next_page_token"))
            if rows or place is None:
                return Page([return_of(row) for row in rows], place)
            step, token = step_of(place, len(filters))

    def _search(self, body: Json, token: str | None = None) -> Flow[Json]:
        query = {
            "page_size": str(_PAGE),
            "sort_field": "update_time",
            "sort_order": "ASC",
            "page_token": token,
        }
        answer: Json = yield from self.ask("POST", f"{RETURNS}/returns/search", query=query, body=body)
        return answer

    @supports("native", params=native("returns"), requires=("shop",), cost="1 call for 50, and 1 a return")
    def get(self, returns: Sequence[str | Return]) -> Flow[BulkResult[str | Return, Return]]:
        """POST returns/search by ``return_ids``, and GET returns/{id}/records for words and pictures."""
        ids = [digits(identity(each)) for each in returns]
        rows = yield from self._rows(ids)
        histories = yield from gather([self._records(number) for number in rows])
        found = {
            number: return_of(row, history)
            for (number, row), history in zip(rows.items(), histories, strict=True)
        }
        return BulkResult(
            Outcome.of(given, found.get(number) or _missing(number))
            for given, number in zip(returns, ids, strict=True)
        )

    def _rows(self, ids: Sequence[str]) -> Flow[dict[str, Json]]:
        parts = chunks(list(dict.fromkeys(ids)), _PAGE)
        answers = yield from gather([self._search({"return_ids": list(part)}) for part in parts])
        return {str(row["return_id"]): row for a in answers for row in a.get("return_orders") or ()}

    def _row(self, return_id: str) -> Flow[Json]:
        rows = yield from self._rows([digits(return_id)])
        if return_id not in rows:
            raise _missing(return_id)
        return rows[return_id]

    def _records(self, return_id: str) -> Flow[Sequence[Json]]:
        """What happened so far; nothing where it is not told."""
        try:
            answer = yield from self.ask("GET", f"{_DECIDED}/{return_id}/records")
        except (InvalidRequest, NotFound, PermissionDenied):
            return ()
        return answer.get("records") or ()

    @supports(
        "native",
        params=native("order", "wanted", "idempotency_key"),
        requires=("shop",),
        when="orders that TikTok Shop lets a seller take back",
        cost="4 calls",
    )
    def create(
        self, order: str | Order, wanted: ReturnInput, *, idempotency_key: str | None = None
    ) -> Flow[Return]:
        """GET aftersale_eligibility, then POST /return_refund/202602/returns.

        ``native`` takes ``shipment_type`` (PLATFORM, BUYER_ARRANGE) and ``handover_method``.
        """
        kind = _kind(wanted)
        row = yield from self.row(identity(order))
        units, reason = yield from self.permitted(row, kind, wanted.lines, wanted.reason)
        body: dict[str, Any] = {"return_reason": reason, **named(units)}
        body |= {name: value for name, value in wanted.native.items() if name in _OPTIONS}
        if wanted.amount is not None:
            body |= {"refund_total": str(wanted.amount.amount), "currency": wanted.amount.currency}
        answer = yield from self.open_case(kind, row, body, idempotency_key)
        known = {"order_id": row["id"], "return_type": kind, "return_reason": reason, **answer}
        return (yield from self.told_after(self._afresh(known), return_of(known)))

    def _afresh(self, known: Json) -> Flow[Return]:
        row = yield from self._row(str(known["return_id"]))
        return return_of({**known, **row})

    @supports("native", params=native("which"), requires=("shop",), cost="2 calls")
    def options(self, which: str | Return) -> Flow[Sequence[Decision]]:
        """GET /return_refund/202601/decision_eligibility: decisions, and a ``Reject`` for each reason.

        An ``OfferPartial`` holds all that is asked for: lower it with ``model_copy``.
        """
        row = yield from self._row(identity(which))
        return decisions(row, (yield from self._eligible(str(row["return_id"]))))

    def _eligible(self, return_id: str) -> Flow[Sequence[Json]]:
        query = {"return_or_cancel_id": return_id}
        answer = yield from self.ask("GET", "/return_refund/202601/decision_eligibility", query=query)
        return answer.get("decisions") or ()

    @supports(
        "native",
        params={
            **native("which", "decision", "accept", "reject", "decision.exchange"),
            "decision.dispute": _NO_DISPUTE,
        },
        requires=("shop",),
        cost="4 calls",
    )
    def decide(self, which: str | Return, decision: Decision) -> Flow[Return]:
        """Decide about a return; several of these decisions pay the buyer.

        POST /return_refund/202309/returns/{id}/approve: ``RefundOnly`` (of a return: the buyer keeps the
        goods), ``AcceptReturn``, ``Received``, ``Exchange``, ``OfferPartial``. POST
        /return_refund/202606/returns/{id}/reject: ``Reject``, and an ``OfferPartial`` after the goods
        came back, which needs ``native={"reject_reason": …}``. ``native={"decision": …}`` names
        TikTok Shop's own word. Evidence is given by ``Media.from_id``.
        """
        row = yield from self._row(identity(which))
        word = _word(row, decision)
        path, body = _written(row, decision, word)
        return_id = str(row["return_id"])
        yield from self._check_eligible(return_id, word, decision)
        yield from self.ask(
            "POST",
            path,
            query={"idempotency_key": key_of(return_id, row.get("update_time"), sorted(body.items()))},
            body=body,
            safety="keyed",
            readback=lambda: self._is_decided(return_id, row),
        )
        return (yield from self.told_after(self._afresh(row), return_of(row)))

    def _check_eligible(self, return_id: str, word: str, decision: Decision) -> Flow[None]:
        """Refuse what TikTok Shop says beforehand that it would refuse."""
        for entry in (yield from self._eligible(return_id)):
            if entry.get("decision") != word:
                continue
            if entry.get("eligible") is False:
                reason = entry.get("ineligible_reason") or "not in its present state"
                raise conflict(f"return {return_id} takes no {word}: {reason}")
            names = [str(one["name"]) for one in entry.get("available_reject_reasons") or ()]
            if isinstance(decision, Reject) and names and decision.reason not in names:
                raise invalid(reason=f"{decision.reason!r} is not offered; there is {', '.join(names)}")

    def _is_decided(self, return_id: str, before: Json) -> Flow[Verdict]:
        row = yield from self._row(return_id)
        state = ("return_status", "arbitration_status", "seller_proposed_return_type")
        return Found({}) if any(row.get(n) != before.get(n) for n in state) else Absent()


def _asked(row: Json, wanted: Sequence[ReturnStatus], bounds: Bounds) -> bool:
    if wanted and return_status(row) not in wanted:
        return False
    return bounds.holds(instant(row.get("create_time")), instant(row.get("update_time")))


def _missing(return_id: str) -> NotFound:
    return NotFound(f"there is no return {return_id}", platform="tiktok_shop", sent="yes")


def _kind(wanted: ReturnInput) -> Request:
    if wanted.kind == "exchange":
        raise Unsupported("orders.returns.create:kind", "tiktok_shop", "exchanges are opened by buyers alone")
    if wanted.note is not None:
        raise invalid(note="TikTok Shop takes a reason, and no words of one's own")
    return "REFUND" if wanted.kind == "refund_only" else "RETURN_AND_REFUND"


def _word(row: Json, decision: Decision) -> str:
    if isinstance(decision, Dispute):
        raise _refused("dispute", _NO_DISPUTE.reason, _NO_DISPUTE.instead)
    word = native_decision(row, decision)
    if word is None:
        raise _refused(decision.kind, f"a return of type {row.get('return_type')} cannot be decided so")
    return word


def _refused(part: str, reason: str, instead: str | None = None) -> Unsupported:
    return Unsupported(f"orders.returns.decide:{part}", "tiktok_shop", reason, instead)


def _written(row: Json, decision: Decision, word: str) -> tuple[str, dict[str, Any]]:
    """The call of a decision, and its body."""
    return_id = str(row["return_id"])
    if isinstance(decision, Reject):
        return f"{_REJECTED}/{return_id}/reject", _rejection(decision, word)
    _check_plain(decision)
    body: dict[str, Any] = {"decision": word}
    if not isinstance(decision, OfferPartial):
        return f"{_DECIDED}/{return_id}/approve", body
    amount, currency = offered_amount(decision, row), decision.amount.currency
    if word == "OFFER_PARTIAL_REFUND":
        body["partial_refund"] = {"currency": currency, "amount": amount}
        return f"{_DECIDED}/{return_id}/approve", body
    reason = decision.native.get("reject_reason")
    if not reason:
        raise invalid(native="needs reject_reason: why the goods that came back are worth less")
    body["reject_reason"] = reason
    body["partial_refund_amount"] = {"partial_refund_total": amount, "currency": currency}
    return f"{_REJECTED}/{return_id}/reject", body


def _rejection(decision: Reject, word: str) -> dict[str, Any]:
    body: dict[str, Any] = {"decision": word, "reject_reason": decision.reason}
    if decision.note:
        body["comment"] = decision.note
    if decision.evidence:
        if any(media.id is None for media in decision.evidence):
            raise invalid(evidence="must be uploaded pictures: catalog.upload_media answers their ids")
        body["images"] = [{"image_id": media.id} for media in decision.evidence]
    return body


def _check_plain(decision: Decision) -> None:
    """What of a decision has no place in the call is refused, not dropped."""
    if isinstance(decision, AcceptReturn) and decision.address is not None:
        raise _refused("accept:address", "goods go back to the warehouse that TikTok Shop names")
    if isinstance(decision, Exchange) and (decision.carrier or decision.number):
        raise _refused("exchange:number", "the replacement is an order of its own", "orders.ship on it")
    if isinstance(decision, AcceptReturn | Received | OfferPartial) and decision.note is not None:
        raise invalid(note="is said when a return is refused, not when it is accepted")
