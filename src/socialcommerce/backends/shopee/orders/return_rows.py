"""Shopee's return rows as models, and the decisions that are open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from socialcommerce.backends.shopee.codes import orders as codes
from socialcommerce.backends.shopee.orders.values import Json, instant, money, text
from socialcommerce.models.media import Media
from socialcommerce.models.returns import (
    AcceptReturn,
    Decision,
    Dispute,
    OfferPartial,
    RefundOnly,
    Return,
    ReturnLine,
    ReturnStatus,
)
from socialcommerce.models.shipping import Shipment, TrackingEvent

__all__ = ["ASKED", "DISPUTABLE", "decisions", "return_of", "return_status"]

ASKED: Mapping[int, str] = {0: "RETURN_REFUND", 1: "REFUND"}
"""``return_solution``: what the buyer asks for, in the words of an offer."""

DISPUTABLE = frozenset({"REQUESTED", "PROCESSING", "ACCEPTED"})
_NONE: Json = {}


def return_status(row: Json) -> ReturnStatus:
    """Its own status decides; a request that waits for the buyer says so by its negotiation."""
    negotiation = row.get("negotiation_status") or (row.get("negotiation") or _NONE).get("negotiation_status")
    bargained = codes.NEGOTIATIONS.get(negotiation or "")
    status = codes.RETURNS.get(row.get("status") or "")
    if status is None:
        return bargained or "other"
    return (
        "awaiting_buyer_answer" if (status, bargained) == ("requested", "awaiting_buyer_answer") else status
    )


def return_of(row: Json, route: Json = _NONE) -> Return:
    """A return; ``route`` is its ``get_reverse_tracking_info``, where that was read."""
    currency = row["currency"]
    return Return.build(
        id=row["return_sn"],
        platform="shopee",
        native_ids={"return_sn": row["return_sn"], "order_sn": row["order_sn"]},
        order_id=row["order_sn"],
        status=return_status(row),
        native_status=row.get("status"),
        kind="refund_only" if row.get("return_solution") == 1 else "return_and_refund",
        lines=tuple(_line(item, currency) for item in row.get("item") or ()),
        native_reason=text(row.get("reason")),
        reason=text(row.get("text_reason")) or text(row.get("reason")),
        note=text(row.get("text_reason")),
        amount=money(row.get("refund_amount"), currency),
        shipment=_shipment(row, route),
        evidence=tuple(_evidence(row)),
        created_at=instant(row.get("create_time")),
        updated_at=instant(row.get("update_time")),
        answer_by=instant(row.get("due_date")),
        raw=row,
    )


def unread(row: Json) -> Return:
    """A return after a decision, when it cannot be read: without what the decision has changed."""
    return return_of(row).model_copy(update={"status": "other", "native_status": None})


def _line(row: Json, currency: str) -> ReturnLine:
    """A returned item names item and model alone, so its key fits lines outside of deals."""
    quantity = int(row.get("amount") or 0)
    given = row.get("refund_amount")
    return ReturnLine.build(
        key=f"{row['item_id']}-{row.get('model_id') or 0}",
        quantity=quantity,
        sku=text(row.get("variation_sku")) or text(row.get("item_sku")),
        title=row.get("name") or "",
        amount=money(given, currency)
        if given is not None
        else money(row.get("item_price"), currency) * quantity,
    )


def _shipment(row: Json, route: Json) -> Shipment | None:
    """The parcel that comes back, where there is one."""
    word = text(route.get("reverse_logistics_status")) or text(row.get("reverse_logistics_status"))
    word = word or text(row.get("logistics_status"))
    number = text(route.get("tracking_number")) or text(row.get("tracking_number"))
    if word is None and number is None:
        return None
    return Shipment.build(
        id=row["return_sn"],
        platform="shopee",
        order_id=row["order_sn"],
        status=codes.SHIPMENTS.get(word or "", "other"),
        native_status=word,
        carrier=text(row.get("reverse_logistics_channel_name")),
        tracking_number=number,
        events=tuple(
            TrackingEvent.build(at=instant(event["update_time"]), description=event["tracking_description"])
            for event in route.get("tracking_info") or ()
        ),
        estimated_delivery=instant(route.get("estimated_delivery_date_max")),
        raw=route or None,
    )


def _evidence(row: Json) -> Iterator[Media]:
    for url in row.get("image") or ():
        yield Media.build(kind="image", url=url)
    for film in row.get("buyer_videos") or ():
        yield Media.build(kind="video", url=film["video_url"])


def decisions(row: Json, solutions: Json, reasons: Sequence[Json]) -> tuple[Decision, ...]:
    """What may be decided: by the solutions that are eligible, and the reasons of a dispute."""
    found: list[Decision] = []
    if (solutions.get("offer_return_refund") or _NONE).get("eligibility"):
        found.append(AcceptReturn())
    refund = solutions.get("offer_refund") or _NONE
    if refund.get("eligibility"):
        found.append(RefundOnly())
        if refund.get("refund_amount_adjustable"):
            found.append(_partial(refund, row["currency"]))
    return (*found, *(_dispute(reason) for reason in reasons))


def _partial(refund: Json, currency: str) -> OfferPartial:
    """The least that may be offered; ``native`` holds both ends of the range."""
    low, high = (money(refund[name], currency) for name in ("min_refund_amount", "max_refund_amount"))
    return OfferPartial.build(amount=low, native={"min_refund_amount": low, "max_refund_amount": high})


def _dispute(reason: Json) -> Dispute:
    """A dispute to be completed with an e-mail address and the evidence its ``native`` lists."""
    demanded = reason.get("dispute_requirement") or ""
    modules: list[Any] = list(reason.get("evidence_module_list") or ())
    return Dispute.build(
        reason=str(reason["dispute_reason"]),
        label=re.sub(r"<[^>]+>", " ", demanded).strip() or None,
        native={"evidence_module_list": modules},
    )
