"""Returns: finding them, and deciding about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from socialcommerce.backends.shared import several
from socialcommerce.backends.shopee.codes import orders as codes
from socialcommerce.backends.shopee.orders.base import OrdersNoun
from socialcommerce.backends.shopee.orders.return_rows import (
    ASKED,
    DISPUTABLE,
    decisions,
    return_of,
    return_status,
    unread,
)
from socialcommerce.backends.shopee.orders.values import Json, exact
from socialcommerce.backends.shopee.orders.walks import Period, Place, Step, plan
from socialcommerce.errors import Conflict, InvalidRequest, NotFound, Unsupported
from socialcommerce.models.bulk import BulkResult
from socialcommerce.models.media import Media
from socialcommerce.models.returns import (
    AcceptReturn,
    Decision,
    Dispute,
    Exchange,
    OfferPartial,
    Received,
    RefundOnly,
    Reject,
    Return,
    ReturnStatus,
)
from socialcommerce.resources.capability import native, no, supports
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.resources.returns import Returns
from socialcommerce.runtime.call import Absent, Found, Upload
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page

__all__ = ["ShopeeReturns"]

_PATH = "/api/v2/returns/"
_PAGE = 100
_IMAGES = 3


class ShopeeReturns(OrdersNoun, Returns):
    """``orders.returns`` of Shopee."""

    @supports(
        "native",
        params=native(
            "status", "created_after", "created_before", "updated_after", "updated_before", "cursor"
        ),
        requires=("seller",),
        cost="1 call a page of 100 and 15 days",
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
        """GET returns/get_return_list; without ``created_after`` or ``updated_after``, in one walk of all."""
        wanted = several(status)
        filters = codes.return_filters(wanted) if wanted else [{}]
        if not filters:
            return Page(())
        period = Period(created_after, created_before, updated_after, updated_before)
        place = Place.read(cursor, self.now())
        steps = _steps(period, place.began, filters)
        while True:
            rows, more = yield from self._listed(steps[place.step], period, int(place.cursor or 0))
            found = [return_of(row) for row in rows if not wanted or return_status(row) in wanted]
            kept = [each for each in found if period.holds(each.created_at, each.updated_at)]
            following = place.then(len(steps), more)
            if kept or following is None:
                return Page(kept, following)
            place = Place.read(following, self.now())

    def _listed(
        self, step: Step[dict[str, str]], period: Period, page: int
    ) -> Flow[tuple[Sequence[Json], str | None]]:
        bounds = {f"{period.field}_from": step.since, f"{period.field}_to": step.until} if step.until else {}
        answer = yield from self.ask(
            "GET",
            _PATH + "get_return_list",
            query={"page_no": page, "page_size": _PAGE, **bounds, **step.filter},
        )
        return answer.get("return") or (), str(page + 1) if answer.get("more") else None

    @supports("native", params=native("returns"), requires=("seller",), cost="1 or 2 calls a return")
    def get(self, returns: Sequence[str | Return]) -> Flow[BulkResult[str | Return, Return]]:
        """GET returns/get_return_detail, and get_reverse_tracking_info where something comes back."""
        return (yield from each_alone(returns, self._get))

    def _get(self, which: str | Return) -> Flow[Return]:
        row = yield from self._row(identity(which))
        return return_of(row, (yield from self._route(row)))

    def _row(self, return_sn: str) -> Flow[Json]:
        row: Json = yield from self.ask("GET", _PATH + "get_return_detail", query={"return_sn": return_sn})
        if not row.get("return_sn"):
            raise NotFound(f"there is no return {return_sn}", platform="shopee", sent="yes")
        return row

    def _route(self, row: Json) -> Flow[Json]:
        if not row.get("needs_logistics") or row.get("status") == "REQUESTED":
            return {}
        query = {"return_sn": row["return_sn"]}
        return (yield from self._optional("get_reverse_tracking_info", query))

    def _optional(self, name: str, query: Json) -> Flow[Json]:
        """A read that Shopee answers with an error where there is nothing to tell (yet)."""
        try:
            answer: Json = yield from self.ask("GET", _PATH + name, query=query)
        except (InvalidRequest, NotFound, Conflict):
            return {}
        return answer

    @supports("native", params=native("which"), requires=("seller",), cost="3 calls")
    def options(self, which: str | Return) -> Flow[Sequence[Decision]]:
        """GET returns/get_available_solutions and get_return_dispute_reason.

        An ``OfferPartial`` holds the least amount, and the range in ``native``; a ``Dispute``
        lacks ``email``, and the evidence that its ``native["evidence_module_list"]`` asks for.
        """
        row = yield from self._row(identity(which))
        query = {"return_sn": row["return_sn"]}
        solutions, reasons = yield from gather(
            [self._optional("get_available_solutions", query), self._reasons(row)]
        )
        return decisions(row, solutions, reasons.get("dispute_reason_list") or ())

    def _reasons(self, row: Json) -> Flow[Json]:
        if row.get("status") not in DISPUTABLE:
            return {}
        query = {"return_sn": row["return_sn"]}
        return (yield from self._optional("get_return_dispute_reason", query))

    @supports(
        "native",
        params={
            **native("which", "decision", "accept", "reject"),
            "decision.exchange": no("Shopee knows refunds, with or without the goods, and no exchange"),
        },
        requires=("seller",),
        cost="3 to 5 calls, and 1 for each picture",
    )
    def decide(self, which: str | Return, decision: Decision) -> Flow[Return]:
        """Decide about a return; several of these decisions pay the buyer.

        ``RefundOnly`` and ``AcceptReturn``: POST confirm where that is what the buyer asks for
        (or last offered: accept_offer), else POST offer, which the buyer has to accept.
        ``Received``: POST confirm. ``OfferPartial``: POST offer with the amount. ``Dispute`` and
        ``Reject``, which Shopee does not tell apart: POST dispute, with an e-mail address
        (``native={"email": …}`` on a ``Reject``) and pictures.
        """
        row = yield from self._row(identity(which))
        yield from self._decide(row, decision)
        return (yield from self.told_after(self._get(row["return_sn"]), unread(row)))

    def _decide(self, row: Json, decision: Decision) -> Flow[None]:
        match decision:
            case Received():
                _without_note(decision.note)
                return self._confirm(row)
            case RefundOnly():
                return self._settle(row, "REFUND")
            case AcceptReturn():
                _without_note(decision.note)
                if decision.address is not None:
                    raise _refused("accept:address", "Shopee decides where goods go back to")
                return self._settle(row, "RETURN_REFUND")
            case OfferPartial():
                _without_note(decision.note)
                return self._offer_part(row, decision)
            case Dispute():
                return self._dispute(row, decision, decision.email)
            case Reject():
                return self._dispute(row, decision, decision.native.get("email"))
            case Exchange():
                raise _refused("exchange", "Shopee knows refunds, with or without the goods, and no exchange")

    def _settle(self, row: Json, solution: str) -> Flow[None]:
        """Give what the buyer asks for, take what the buyer offers, or offer something else."""
        if _counter_offer(row) == solution:
            yield from self._write("accept_offer", row, {}, _is_accepted)
        elif _asked(row) == solution:
            yield from self._confirm(row)
        else:
            offer = _eligible((yield from self._solutions(row)), solution)
            yield from self._offer(row, solution, _full_amount(offer))

    def _confirm(self, row: Json) -> Flow[None]:
        yield from self._write("confirm", row, {}, _is_accepted)

    def _solutions(self, row: Json) -> Flow[Json]:
        query = {"return_sn": row["return_sn"]}
        found: Json = yield from self.ask("GET", _PATH + "get_available_solutions", query=query)
        return found

    def _offer_part(self, row: Json, decision: OfferPartial) -> Flow[None]:
        offer = _eligible((yield from self._solutions(row)), "REFUND")
        amount = decision.amount
        if amount.currency != row["currency"]:
            raise invalid(amount=f"must be in {row['currency']}, not {amount.currency}")
        if not offer.get("refund_amount_adjustable"):
            raise Conflict("the amount of this return is fixed", platform="shopee", sent="no")
        low, high = exact(offer.get("min_refund_amount")), exact(offer.get("max_refund_amount"))
        if not low <= amount.amount <= high:
            raise invalid(amount=f"must lie between {low} and {high} {amount.currency}")
        yield from self._offer(row, "REFUND", amount.amount)

    def _offer(self, row: Json, solution: str, amount: Decimal | None) -> Flow[None]:
        """Another solution than the one asked for; the buyer has to accept it."""
        body: dict[str, Any] = {"proposed_solution": solution}
        body |= {"proposed_adjusted_refund_amount": amount} if amount is not None else {}
        yield from self._write("offer", row, body, lambda now: _is_offered(now, solution, amount))

    def _dispute(self, row: Json, decision: Dispute | Reject, email: Any) -> Flow[None]:
        if not email:
            raise invalid(email="a dispute needs the address at which Shopee reaches the seller")
        if row.get("status") not in DISPUTABLE:
            raise Conflict(
                f"a return that is {row.get('status')} cannot be disputed", platform="shopee", sent="no"
            )
        query = {"return_sn": row["return_sn"]}
        answer = yield from self.ask("GET", _PATH + "get_return_dispute_reason", query=query)
        reason = _reason(answer.get("dispute_reason_list") or (), decision.reason)
        modules = _modules(reason, decision.evidence)
        urls = yield from gather([self._picture(row, media) for media in decision.evidence], limit=2)
        body: dict[str, Any] = {"email": str(email), "dispute_reason_id": _number(decision.reason)}
        body |= {"image_list": _images(modules, urls)} if urls else {}
        body |= {"dispute_text_reason": decision.note} if decision.note else {}
        yield from self._write("dispute", row, body, _is_disputed)

    def _picture(self, row: Json, media: Media) -> Flow[str]:
        """A picture's address with Shopee (POST returns/convert_image); one with an address is passed on."""
        if media.url is not None:
            return media.url
        picture = Upload(media.name or "evidence.jpg", media.read(), media.media_type or "image/jpeg")
        answer = yield from self.ask(
            "POST",
            _PATH + "convert_image",
            body={"return_sn": row["return_sn"]},
            files={"upload_image": picture},
            safety="absolute",
        )
        return str(answer["url"])

    def _write(self, name: str, row: Json, body: Json, done: Callable[[Json], bool]) -> Flow[None]:
        """One decision; whether a lost one arrived is seen on the return."""
        return_sn = row["return_sn"]
        yield from self.ask(
            "POST",
            _PATH + name,
            body={"return_sn": return_sn, **body},
            safety="state_guarded",
            readback=lambda: self._is(return_sn, done),
        )

    def _is(self, return_sn: str, done: Callable[[Json], bool]) -> Flow[Found[Any] | Absent]:
        row = yield from self._row(return_sn)
        return Found({"return_sn": return_sn}) if done(row) else Absent()


def _steps(period: Period, began: int, filters: Sequence[dict[str, str]]) -> list[Step[dict[str, str]]]:
    """Windows only where there is a lower bound: without one, Shopee lists every return by itself."""
    if period.begins is None:
        return [Step(0, 0, each) for each in filters]
    return plan(period, began, filters)


def _is_accepted(row: Json) -> bool:
    return row.get("status") in ("ACCEPTED", "CLOSED")


def _is_disputed(row: Json) -> bool:
    return row.get("status") in ("SELLER_DISPUTE", "JUDGING")


def _is_offered(row: Json, solution: str, amount: Decimal | None) -> bool:
    bargain = row.get("negotiation") or {}
    same = bargain.get("latest_solution") == solution
    same = same and bargain.get("negotiation_status") == "PENDING_BUYER_RESPOND"
    return same and (amount is None or exact(bargain.get("latest_offer_amount")) == amount)


def _counter_offer(row: Json) -> str | None:
    """What the buyer last offered and waits for, where it is not what was asked for at first."""
    bargain = row.get("negotiation") or {}
    buyer = (row.get("user") or {}).get("username")
    if bargain.get("negotiation_status") != "PENDING_RESPOND" or bargain.get("latest_offer_creator") != buyer:
        return None
    amount = bargain.get("latest_offer_amount")
    same_amount = amount is None or exact(amount) == exact(row.get("refund_amount"))
    latest: str | None = bargain.get("latest_solution")
    return None if same_amount and latest == _asked(row) else latest


def _asked(row: Json) -> str | None:
    return ASKED.get(row.get("return_solution", 0))


_OFFERS = {"REFUND": "offer_refund", "RETURN_REFUND": "offer_return_refund"}


def _eligible(solutions: Json, solution: str) -> Json:
    offer: Json = solutions.get(_OFFERS[solution]) or {}
    if not offer.get("eligibility"):
        raise Conflict(
            f"{solution} cannot be offered for this return; see orders.returns.options",
            platform="shopee",
            sent="no",
        )
    return offer


def _full_amount(offer: Json) -> Decimal | None:
    """All that may be given, where Shopee wants an amount to be said."""
    return exact(offer["max_refund_amount"]) if offer.get("refund_amount_adjustable") else None


def _reason(rows: Sequence[Json], wanted: str) -> Json:
    for row in rows:
        if str(row["dispute_reason"]) == wanted:
            return row
    offered = ", ".join(str(row["dispute_reason"]) for row in rows) or "none"
    raise invalid(reason=f"{wanted} is not a reason for this return; there is {offered}")


def _number(reason: str) -> int | str:
    return int(reason) if reason.isdigit() else reason


def _modules(reason: Json, evidence: Sequence[Media]) -> list[Json]:
    """The parts of evidence that pictures go to: first one for every part that is demanded."""
    modules: Sequence[Json] = reason.get("evidence_module_list") or ()
    demanded = [module for module in modules if module.get("is_required")]
    if len(evidence) < len(demanded):
        what = "; ".join(str(module.get("requirement")) for module in demanded)
        raise invalid(evidence=f"{len(demanded)} pictures are demanded: {what}")
    places = [*demanded, *(module for module in modules if module not in demanded)]
    if len(evidence) > _IMAGES * len(places):
        raise invalid(evidence=f"at most {_IMAGES * len(places)} pictures are taken for this reason")
    return places


def _images(places: Sequence[Json], urls: Sequence[str]) -> list[Json]:
    """One picture to every place in turn, at most three in each."""
    return [
        {
            "module_index": module["module_index"],
            "requirement": module["requirement"],
            "image_url": urls[index :: len(places)],
        }
        for index, module in enumerate(places)
        if urls[index :: len(places)]
    ]


def _without_note(note: str | None) -> None:
    if note is not None:
        raise _refused("accept:note", "Shopee takes no words with this decision")


def _refused(part: str, reason: str) -> Unsupported:
    return Unsupported(f"orders.returns.decide:{part}", "shopee", reason)
