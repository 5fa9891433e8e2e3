"""Returns: what a buyer sends back, and what a seller may decide."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AwareDatetime, BeforeValidator, Field

from socialcommerce.models.base import Entity, Input, Many, Model, Value, absent
from socialcommerce.models.identity import PersonalText
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.shipping import LineRef, Shipment
from socialcommerce.models.store import StoreAddress

__all__ = [
    "AcceptReturn",
    "Decision",
    "Dispute",
    "Exchange",
    "OfferPartial",
    "Received",
    "RefundOnly",
    "Reject",
    "Return",
    "ReturnInput",
    "ReturnLine",
    "ReturnStatus",
]

ReturnStatus: TypeAlias = Literal[
    "requested",
    "awaiting_buyer_answer",
    "approved",
    "awaiting_return",
    "in_transit",
    "received",
    "disputed",
    "rejected",
    "refund_pending",
    "refund_failed",
    "refunded",
    "exchange_due",
    "exchange_shipped",
    "exchanged",
    "cancelled",
    "closed",
    "none",
    "other",
]


class ReturnLine(Model):
    """What comes back of one line; ``reason`` in the buyer's words."""

    key: str
    quantity: int
    sku: str | None = None
    title: str | None = None
    amount: Money | None = None
    reason: str | None = None


class Return(Entity):
    """A buyer's wish to give back. ``answer_by`` is when it is decided without an answer."""

    order_id: str = absent()
    status: ReturnStatus = "other"
    native_status: str | None = None
    kind: Literal["return_and_refund", "refund_only", "exchange", "other"] = "other"
    lines: tuple[ReturnLine, ...] = absent()
    reason: str | None = None
    native_reason: str | None = None
    note: PersonalText = None
    amount: Money | None = None
    shipment: Shipment | None = None
    evidence: tuple[Media, ...] = ()
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    answer_by: AwareDatetime | None = None


class ReturnInput(Input):
    """A return the seller opens for an order."""

    lines: Many[LineRef] = Field(min_length=1)
    kind: Literal["return_and_refund", "refund_only", "exchange"] = "return_and_refund"
    reason: str | None = None
    note: str | None = None
    amount: Money | None = None


def _address_id(value: Any) -> Any:
    return value.id if isinstance(value, StoreAddress) else value


class RefundOnly(Value):
    """Give the money back, nothing needs to be sent."""

    kind: Literal["refund_only"] = Field(default="refund_only", kw_only=True)


class AcceptReturn(Value):
    """Let it come back, to ``address`` (as ``store.addresses`` lists it, or its id; None is the default)."""

    address: Annotated[str | StoreAddress | None, BeforeValidator(_address_id)] = None
    note: str | None = None
    kind: Literal["accept_return"] = Field(default="accept_return", kw_only=True)


class Received(Value):
    """It has come back in order: pay the refund out."""

    note: str | None = None
    kind: Literal["received"] = Field(default="received", kw_only=True)


class OfferPartial(Value):
    """Offer ``amount`` back and let the buyer keep it."""

    amount: Money
    note: str | None = None
    kind: Literal["offer_partial"] = Field(default="offer_partial", kw_only=True)


class Exchange(Value):
    """Send another: with tracking ``number`` of ``carrier`` once it is on its way."""

    carrier: str | None = None
    number: str | None = None
    kind: Literal["exchange"] = Field(default="exchange", kw_only=True)


class Reject(Value):
    """Refuse, for a ``reason`` the platform takes, with pictures or films as ``evidence``.

    ``returns.options`` gives one for each reason; ``label`` is then what the platform calls it.
    """

    reason: str = Field(min_length=1)
    evidence: Many[Media] = ()
    label: str | None = None
    note: str | None = None
    kind: Literal["reject"] = Field(default="reject", kw_only=True)


class Dispute(Value):
    """Ask the platform to judge, for a ``reason`` it takes. ``email`` is where it reaches the seller.

    ``returns.options`` gives one for each reason; ``label`` is then what the platform calls it.
    """

    reason: str = Field(min_length=1)
    email: PersonalText = None
    evidence: Many[Media] = ()
    label: str | None = None
    note: str | None = None
    kind: Literal["dispute"] = Field(default="dispute", kw_only=True)


Decision: TypeAlias = RefundOnly | AcceptReturn | Received | OfferPartial | Exchange | Reject | Dispute
