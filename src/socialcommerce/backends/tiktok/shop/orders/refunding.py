"""Refunds and returns that the seller opens: a case of TikTok Shop's, which pays the buyer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import uuid4

from socialcommerce.backends.shared import Json
from socialcommerce.backends.tiktok.shop.noun import instant
from socialcommerce.backends.tiktok.shop.orders.aftersales import (
    AftersalesNoun,
    Eligibility,
    Request,
    named,
    parts_of,
    units_in,
)
from socialcommerce.backends.tiktok.shop.orders.base import RETURNS, Verdict
from socialcommerce.backends.tiktok.shop.orders.lines import line_refs
from socialcommerce.backends.tiktok.shop.orders.values import money
from socialcommerce.errors import Unsupported
from socialcommerce.models.check import Check, Problem
from socialcommerce.models.money import Money
from socialcommerce.models.order import Order, Refund, RefundInput
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.resources.orders import Orders
from socialcommerce.runtime.call import Absent, Found
from socialcommerce.runtime.flow import Flow

__all__ = ["Opening", "Refunding"]

_STATES: dict[str, Literal["completed", "failed"]] = {
    "RETURN_OR_REFUND_REQUEST_COMPLETE": "completed",
    "REFUND_OR_RETURN_REQUEST_REJECT": "failed",
    "RETURN_OR_REFUND_REQUEST_CANCEL": "failed",
}
_NEEDLESS = {
    "shipping": "TikTok Shop itself works out how much of the shipping fee goes back",
    "note": "TikTok Shop takes a reason, and no words of one's own",
    "location": "a refund moves no stock; catalog.set_stock does",
}


class Opening(AftersalesNoun):
    """Opening a case: shared by refunds and by returns that the seller opens."""

    def open_case(self, kind: Request, row: Json, body: Json, key: str | None) -> Flow[Json]:
        """POST /return_refund/202602/returns; a lost answer is found again among the order's returns.

        Without a key of the caller's this case has one of its own: a second just like it is another case.
        """
        order_id = str(row["id"])
        before = {each["return_id"] for each in (yield from self.returns_of(order_id))}
        answer: Json = yield from self.ask(
            "POST",
            f"{RETURNS}/returns",
            query={"idempotency_key": key or str(uuid4())},
            body={"order_id": order_id, "return_type": kind, **body},
            safety="keyed",
            readback=lambda: self._is_open(order_id, kind, before),
        )
        return answer

    def _is_open(self, order_id: str, kind: Request, before: set[str]) -> Flow[Verdict]:
        for row in (yield from self.returns_of(order_id)):
            if row["return_id"] not in before and row.get("return_type") == kind:
                return Found(row)
        return Absent()

    def returns_of(self, order_id: str) -> Flow[Sequence[Json]]:
        """POST /return_refund/202602/returns/search for one order."""
        answer = yield from self.ask(
            "POST", f"{RETURNS}/returns/search", query={"page_size": "50"}, body={"order_ids": [order_id]}
        )
        return answer.get("return_orders") or ()

    def calculated(self, row: Json, kind: Request, reason: str, units: Sequence[str]) -> Flow[Money | None]:
        """POST /return_refund/202602/refunds/calculate: what the buyer would get; None where not told."""
        body = {"order_id": str(row["id"]), "request_type": kind, "reason_name": reason, **named(units)}
        answer = yield from self.ask("POST", f"{RETURNS}/refunds/calculate", body=body)
        amount = answer.get("order_refund_amount") or {}
        return money(amount["refund_total"], amount["currency"]) if amount.get("refund_total") else None


class Refunding(Opening, Orders):
    """``orders.check_refund`` and ``refund`` of TikTok Shop."""

    @supports("native", params=native("order", "refund"), requires=("shop",), cost="2 or 3 calls")
    def check_refund(self, order: str | Order, refund: RefundInput) -> Flow[Check]:
        """GET aftersale_eligibility, then POST refunds/calculate, whose total is the ``cost``."""
        row = yield from self.row(identity(order))
        allowed = yield from self.eligibility(str(row["id"]), "REFUND", "RETURN_AND_REFUND")
        only = Eligibility(tuple(e for e in allowed.entries if e.get("request_type") != "RETURN_AND_REFUND"))
        units = parts_of(row, refund.lines, only)
        problems = [*_unfit(refund), *_problems(row, only, units, refund)]
        reasons = only.reasons(units)
        if not reasons or only.obstacles(units):
            return Check.of(problems)
        reason = refund.reason if refund.reason in reasons else reasons[0]
        cost = yield from self.calculated(row, "REFUND", reason, units)
        return Check.of([*problems, *_too_much(refund, cost)], refund.amount or cost)

    @supports(
        "native",
        params=native("order", "refund", "idempotency_key"),
        requires=("shop",),
        when="orders that may be refunded without a return",
        cost="5 calls",
    )
    def refund(
        self, order: str | Order, refund: RefundInput, *, idempotency_key: str | None = None
    ) -> Flow[Refund]:
        """POST refunds/calculate, then POST /return_refund/202602/returns with ``return_type`` REFUND.

        The reason is one of ``check_refund``'s; without lines it is about the whole order. TikTok Shop
        always pays: ``move_money=False`` is refused.
        """
        _check_fit(refund)
        row = yield from self.row(identity(order))
        units, reason = yield from self.permitted(row, "REFUND", refund.lines, refund.reason)
        cost = yield from self.calculated(row, "REFUND", reason, units)
        for problem in _too_much(refund, cost):
            raise invalid(**{problem.field: problem.message})
        body = {"return_reason": reason, **named(units), **_amount(refund.amount)}
        answer = yield from self.open_case("REFUND", row, body, idempotency_key)
        return _refund_of(row, answer, units, reason, refund.amount or cost)


def _unfit(refund: RefundInput) -> list[Problem]:
    """What of a refund TikTok Shop cannot do."""
    given = [name for name in _NEEDLESS if getattr(refund, name) is not None]
    found = [Problem.build(field=name, message=_NEEDLESS[name]) for name in given]
    if not refund.move_money:
        found.append(Problem.build(field="move_money", message="TikTok Shop always pays a refund"))
    if refund.restock:
        found.append(Problem.build(field="restock", message=_NEEDLESS["location"]))
    if not refund.notify_buyer:
        found.append(Problem.build(field="notify_buyer", message="TikTok Shop always tells the buyer"))
    return found


def _check_fit(refund: RefundInput) -> None:
    for problem in _unfit(refund):
        raise Unsupported(f"orders.refund:{problem.field}", "tiktok_shop", problem.message)


def _problems(row: Json, allowed: Eligibility, units: Sequence[str], refund: RefundInput) -> list[Problem]:
    found = []
    for entry in allowed.obstacles(units):
        keys = ", ".join(ref.key for ref in line_refs(row, units_in(entry))) or str(row["id"])
        why = entry.get("ineligible_reason") or "not eligible"
        found.append(Problem.build(field="lines", message=f"{keys}: {why}"))
    reasons = allowed.reasons(units)
    if not reasons and not found:
        found.append(Problem.build(field="refund", message="nothing of this order can be refunded now"))
    if reasons and refund.reason not in reasons and not (refund.reason is None and len(reasons) == 1):
        found.append(Problem.build(field="reason", message=f"must be one of {', '.join(reasons)}"))
    return found


def _too_much(refund: RefundInput, cost: Money | None) -> list[Problem]:
    amount = refund.amount
    if amount is None or cost is None:
        return []
    if amount.currency != cost.currency:
        return [Problem.build(field="amount", message=f"must be in {cost.currency}, not {amount.currency}")]
    if amount.amount > cost.amount:
        return [Problem.build(field="amount", message=f"is {amount}; at most {cost} can go back")]
    return []


def _amount(amount: Money | None) -> dict[str, str]:
    return {} if amount is None else {"refund_total": str(amount.amount), "currency": amount.currency}


def _refund_of(row: Json, answer: Json, units: Sequence[str], reason: str, amount: Money | None) -> Refund:
    word = answer.get("return_status")
    return Refund.build(
        id=str(answer["return_id"]),
        platform="tiktok_shop",
        native_ids={"return_id": str(answer["return_id"]), "order_id": str(row["id"])},
        order_id=str(row["id"]),
        status=_STATES.get(word or "", "pending"),
        native_status=word,
        amount=amount,
        lines=line_refs(row, units or [unit["id"] for unit in row.get("line_items") or ()]),
        reason=reason,
        created_at=instant(answer.get("create_time")),
        raw=answer,
    )
