"""Rows of returns as models, and what may be decided of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from socialcommerce.backends.shared import Json, text
from socialcommerce.backends.tiktok.shop.codes import orders as codes
from socialcommerce.backends.tiktok.shop.noun import instant
from socialcommerce.backends.tiktok.shop.orders.values import exact, money
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.returns import (
    AcceptReturn,
    Decision,
    Exchange,
    OfferPartial,
    Received,
    RefundOnly,
    Reject,
    Return,
    ReturnLine,
)
from socialcommerce.models.shipping import Shipment
from socialcommerce.resources.noun import invalid

__all__ = ["decisions", "native_decision", "offered_amount", "return_of", "return_status"]


def return_status(row: Json) -> Any:
    """The status; a judgement that is under way is an axis of its own, and counts more."""
    if row.get("arbitration_status") == "IN_PROGRESS":
        return "disputed"
    return codes.RETURNS.get(row.get("return_status") or "", "other")


def return_of(row: Json, records: Sequence[Json] = ()) -> Return:
    """A return of the search; ``records`` is its history, which alone holds words and pictures."""
    waits = [step.get("deadline") for step in row.get("seller_next_action_response") or ()]
    ours = [record for record in records if record.get("role") == "BUYER"]
    return Return.build(
        id=str(row["return_id"]),
        platform="tiktok_shop",
        native_ids={"return_id": str(row["return_id"]), "order_id": str(row.get("order_id") or "")},
        order_id=str(row.get("order_id") or ""),
        status=return_status(row),
        native_status=row.get("return_status"),
        kind=codes.KINDS.get(row.get("return_type") or "", "other"),
        lines=tuple(_lines(row)),
        reason=text(row.get("return_reason_text")),
        native_reason=text(row.get("return_reason")),
        note=next((str(record["note"]) for record in ours if record.get("note")), None),
        amount=_amount(row.get("refund_amount")),
        shipment=_shipment(row),
        evidence=tuple(_evidence(ours)),
        created_at=instant(row.get("create_time")),
        updated_at=instant(row.get("update_time")),
        answer_by=instant(waits[0]) if waits else None,
        raw=row,
    )


def _amount(row: Json | None) -> Money | None:
    if not row or row.get("refund_total") in (None, "") or not row.get("currency"):
        return None
    return money(row["refund_total"], row["currency"])


def _lines(row: Json) -> Iterator[ReturnLine]:
    """One row a unit, folded by SKU: the key of the order's line, but for SKUs sold at several prices."""
    groups: dict[str, list[Json]] = {}
    for item in row.get("return_line_items") or ():
        groups.setdefault(str(item.get("sku_id") or item.get("order_line_item_id")), []).append(item)
    for key, items in groups.items():
        yield ReturnLine.build(
            key=key,
            quantity=len(items),
            sku=text(items[0].get("seller_sku")),
            title=items[0].get("product_name") or "",
            amount=_sum(items),
            reason=text(row.get("return_reason_text")),
        )


def _sum(items: Sequence[Json]) -> Money | None:
    amounts = [_amount(item.get("refund_amount")) for item in items]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(items):
        return None
    return Money.of(sum((amount.amount for amount in known), Decimal(0)), known[0].currency)


def _shipment(row: Json) -> Shipment | None:
    """The parcel that comes back, where there is one."""
    number = text(row.get("return_tracking_number"))
    if number is None:
        return None
    arrived = row.get("return_status") == "RETURN_OR_REFUND_REQUEST_COMPLETE"
    return Shipment.build(
        id=str(row["return_id"]),
        platform="tiktok_shop",
        order_id=str(row.get("order_id") or ""),
        status="returned" if arrived else "returning",
        native_status=row.get("return_status"),
        carrier=text(row.get("return_provider_name")),
        carrier_id=text(row.get("return_provider_id")),
        tracking_number=number,
        raw=row,
    )


def _evidence(records: Sequence[Json]) -> Iterator[Media]:
    for record in records:
        for image in record.get("images") or ():
            yield Media.build(kind="image", url=image.get("url"))
        for film in record.get("videos") or ():
            yield Media.build(kind="video", url=film.get("url"))


_DIRECT = ("DIRECT_REFUND", "ISSUE_REPLACEMENT_REFUND")


def decisions(row: Json, answer: Sequence[Json]) -> tuple[Decision, ...]:
    """What may be decided: each eligible decision, and a refusal for each reason that it takes."""
    found: list[Decision] = []
    for entry in answer:
        if entry.get("eligible") is False:
            continue
        word = str(entry.get("decision"))
        found += _made(row, word)
        if word.startswith("REJECT_") and word != "REJECT_REQUEST_CANCEL":
            found += _refusals(word, entry.get("available_reject_reasons") or ())
    return tuple(found)


_PLAIN: dict[str, Callable[[], Decision]] = {
    "APPROVE_REFUND": RefundOnly,
    "APPROVE_RETURN": AcceptReturn,
    "APPROVE_RECEIVED_PACKAGE": Received,
    "APPROVE_REPLACEMENT": Exchange,
}


def _made(row: Json, word: str) -> list[Decision]:
    """The decision of a word; none for a refusal, or a word that is new."""
    if word in _PLAIN:
        return [_PLAIN[word]()]
    if word in _DIRECT:
        return [RefundOnly.model_validate({"native": {"decision": word}})]
    amount = _amount(row.get("refund_amount"))
    return [OfferPartial(amount)] if word == "OFFER_PARTIAL_REFUND" and amount is not None else []


def _refusals(word: str, reasons: Sequence[Json]) -> list[Reject]:
    return [
        Reject.build(reason=str(reason["name"]), label=text(reason.get("text")), native={"decision": word})
        for reason in reasons
    ]


_REFUNDS = {
    "REFUND": "APPROVE_REFUND",
    "RETURN_AND_REFUND": "DIRECT_REFUND",
    "REPLACEMENT": "ISSUE_REPLACEMENT_REFUND",
}
_REJECTS = {"REFUND": "REJECT_REFUND", "REPLACEMENT": "REJECT_REPLACEMENT"}


def native_decision(row: Json, decision: Decision) -> str | None:
    """TikTok Shop's word for a decision about this return, at its stage; None where it has none."""
    given = decision.native.get("decision")
    if given is not None:
        return str(given)
    kind, shipped = row.get("return_type") or "", row.get("return_status") == "BUYER_SHIPPED_ITEM"
    match decision:
        case RefundOnly():
            return _REFUNDS.get(kind)
        case AcceptReturn():
            return "APPROVE_RETURN"
        case Received():
            return "APPROVE_RECEIVED_PACKAGE"
        case Exchange():
            return "APPROVE_REPLACEMENT" if kind == "REPLACEMENT" else None
        case OfferPartial():
            return "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG" if shipped else "OFFER_PARTIAL_REFUND"
        case Reject():
            return _REJECTS.get(kind) or ("REJECT_RECEIVED_PACKAGE" if shipped else "REJECT_RETURN")
        case _:
            return None


def offered_amount(decision: OfferPartial, row: Json) -> str:
    """The amount of an offer, checked against what is asked for."""
    asked = _amount(row.get("refund_amount"))
    if asked is not None and decision.amount.currency != asked.currency:
        raise invalid(amount=f"must be in {asked.currency}, not {decision.amount.currency}")
    if asked is not None and not exact(0) < decision.amount.amount <= asked.amount:
        raise invalid(amount=f"must be above zero and at most {asked}")
    return str(decision.amount.amount)
