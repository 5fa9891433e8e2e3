"""Orders: what was bought, by whom, for how much, and how far it got."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AwareDatetime, Field, model_validator

from socialcommerce.models.base import Entity, Input, Many, Model, Record, absent
from socialcommerce.models.identity import Address, Buyer, Identity, PersonalText
from socialcommerce.models.message import ConversationRef
from socialcommerce.models.money import Money
from socialcommerce.models.returns import ReturnStatus
from socialcommerce.models.shipping import LineRef, Package, Shipment

__all__ = [
    "CancelReason",
    "Cancellation",
    "CancellationStatus",
    "Discounts",
    "FulfilmentStatus",
    "Line",
    "LineInput",
    "Order",
    "OrderInput",
    "OrderStatus",
    "Payment",
    "PaymentMethod",
    "PaymentStatus",
    "Quantities",
    "Refund",
    "RefundInput",
    "SettlementStatus",
    "Totals",
    "Transaction",
    "TransactionKind",
    "Transactions",
]

OrderStatus: TypeAlias = Literal[
    "draft",
    "pending",
    "on_hold",
    "open",
    "cancel_requested",
    "cancelled",
    "expired",
    "failed",
    "completed",
    "closed",
    "archived",
    "other",
]
PaymentStatus: TypeAlias = Literal[
    "not_required",
    "unpaid",
    "due_on_delivery",
    "pending",
    "in_review",
    "authorized",
    "partially_paid",
    "paid",
    "partially_refunded",
    "refund_pending",
    "refunded",
    "refund_failed",
    "refund_reversed",
    "failed",
    "voided",
    "expired",
    "disputed",
    "other",
]
FulfilmentStatus: TypeAlias = Literal[
    "not_required",
    "unfulfilled",
    "scheduled",
    "on_hold",
    "ready_to_ship",
    "processing",
    "ready_for_pickup",
    "partially_shipped",
    "shipped",
    "delivered",
    "exception",
    "cancelled",
    "other",
]
CancellationStatus: TypeAlias = Literal[
    "requested", "accepted", "completed", "withdrawn", "rejected", "other"
]
SettlementStatus: TypeAlias = Literal[
    "pending", "processing", "partial", "settled", "paid_out", "refunded_to_buyer", "held", "failed", "other"
]
PaymentMethod: TypeAlias = Literal[
    "card", "wallet", "bank_transfer", "cash_on_delivery", "instalments", "points", "other"
]
Party: TypeAlias = Literal["buyer", "seller", "platform", "other"]


class Quantities(Model):
    """Pieces of a line. ``shipped`` is None where the platform does not count it by line."""

    ordered: int
    cancelled: int = 0
    shipped: int | None = None
    returned: int = 0


class Discounts(Model):
    """What was taken off, by who bears it; amounts above zero."""

    seller: Money | None = None
    platform: Money | None = None

    @property
    def total(self) -> Money | None:
        """Both together; None where neither is known."""
        known = [amount for amount in (self.seller, self.platform) if amount is not None]
        return sum(known[1:], known[0]) if known else None


class Line(Record):
    """One row of an order. ``key`` names it within the order (``LineRef``), ``unit_ids`` its single pieces.

    ``unit_price`` is what one piece costs before discounts, ``total`` what is paid for the whole line.
    A bundle has its contents as ``parts``, whose amounts are already in the bundle's.
    """

    key: str
    unit_ids: tuple[str, ...] = ()
    product_id: str | None = None
    variant_id: str | None = None
    sku: str | None = None
    title: str = absent()
    options: dict[str, str] = Field(default_factory=dict)
    quantity: Quantities = absent()
    unit_price: Money = absent()
    discounts: Discounts | None = None
    tax: Money | None = None
    total: Money = absent()
    image_url: str | None = None
    parts: tuple[Line, ...] = ()


class Totals(Record):
    """The sums of an order; None where the platform does not say. ``total`` is what the buyer owes in all."""

    total: Money = absent()
    subtotal: Money | None = None
    discounts: Discounts | None = None
    shipping: Money | None = None
    tax: Money | None = None
    fees: Money | None = None
    paid: Money | None = None


class Payment(Record):
    """How it was paid; ``native_method`` is the platform's word."""

    method: PaymentMethod = "other"
    native_method: str | None = None
    paid_at: AwareDatetime | None = None


class Cancellation(Entity):
    """A request to cancel, by either side; ``answer_by`` is when it is decided without an answer."""

    order_id: str = absent()
    status: CancellationStatus = "other"
    native_status: str | None = None
    requested_by: Party | None = None
    reason: str | None = None
    native_reason: str | None = None
    note: str | None = None
    lines: tuple[LineRef, ...] = ()
    amount: Money | None = None
    requested_at: AwareDatetime | None = None
    answer_by: AwareDatetime | None = None


class CancelReason(Model):
    """A reason the platform takes: give it, or its ``id``, to ``cancel``."""

    id: str
    name: str
    needs_lines: bool = False


class Order(Entity):
    """An order. ``number`` is what people call it; every status keeps the platform's word beside it.

    ``ship_by`` and ``cancel_by`` are the platform's deadlines. ``lines`` fold rows per piece into
    rows per product, whose quantities and amounts add up exactly.
    """

    number: str = absent()
    status: OrderStatus = "other"
    native_status: str | None = None
    payment_status: PaymentStatus = "other"
    native_payment_status: str | None = None
    fulfilment_status: FulfilmentStatus = "other"
    native_fulfilment_status: str | None = None
    return_status: ReturnStatus | None = None
    native_return_status: str | None = None
    cancellation: Cancellation | None = None
    currency: str | None = None
    lines: tuple[Line, ...] = absent()
    totals: Totals = absent()
    buyer: Buyer = absent()
    shipping_address: Address | None = None
    billing_address: Address | None = None
    packages: tuple[Package, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    payment: Payment | None = None
    ship_by: AwareDatetime | None = None
    cancel_by: AwareDatetime | None = None
    conversation: ConversationRef | None = None
    notes: PersonalText = None
    buyer_note: PersonalText = None
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None

    def line(self, key: str) -> Line:
        """The line with this key; KeyError where there is none."""
        for line in self.lines:
            if line.key == key:
                return line
        raise KeyError(key)


class LineInput(Input):
    """A row of an order to import; ``unit_price`` before discounts, the rest for the whole row."""

    sku: str | None = None
    product_id: str | None = None
    variant_id: str | None = None
    title: str | None = None
    quantity: Annotated[int, Field(strict=True, gt=0)]
    unit_price: Money
    discount: Money | None = None
    tax: Money | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.sku is None and self.product_id is None and self.title is None:
            raise ValueError("give a sku, a product_id, or a title for what the store does not list")
        return self


class OrderInput(Input):
    """An order made elsewhere, to import into a store. ``number`` is the channel's order id.

    The same ``channel`` and ``number`` are imported once, however often they are sent.
    """

    number: str = Field(min_length=1)
    channel: str = Field(min_length=1)
    lines: Many[LineInput] = Field(min_length=1)
    placed_at: AwareDatetime
    payment_status: Literal["paid", "unpaid", "due_on_delivery"] = "paid"
    buyer: Identity | None = None
    email: PersonalText = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    shipping: Money | None = None
    discount: Money | None = None
    tax: Money | None = None
    note: str | None = None
    notify_buyer: bool = False
    reduce_stock: bool = False

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        amounts = [self.shipping, self.discount, self.tax, *(line.unit_price for line in self.lines)]
        currencies = sorted({amount.currency for amount in amounts if amount is not None})
        if len(currencies) > 1:
            raise ValueError(f"an order is in one currency, not {' and '.join(currencies)}")
        return self


class RefundInput(Input):
    """What to give back: by ``lines``, by ``amount``, or both; ``shipping`` is the part of its shipping fee.

    ``move_money`` has no default: True pays the buyer back, False only writes it down.
    ``restock`` puts the pieces back on sale, at ``location`` where the store has several.
    """

    move_money: Annotated[bool, Field(strict=True)]
    lines: Many[LineRef] = ()
    amount: Money | None = None
    shipping: Money | None = None
    reason: str | None = None
    note: str | None = None
    restock: bool = False
    location: str | None = None
    notify_buyer: bool = True

    @model_validator(mode="after")
    def _gives_something_back(self) -> Self:
        if not self.lines and self.amount is None and self.shipping is None:
            raise ValueError("give lines, an amount or shipping to refund")
        for amount in (self.amount, self.shipping):
            if amount is not None and amount.amount <= 0:
                raise ValueError(f"a refund is above zero, not {amount}")
        return self


class Refund(Entity):
    """Money given back, or on its way."""

    order_id: str = absent()
    status: Literal["pending", "completed", "failed", "other"] = "other"
    native_status: str | None = None
    amount: Money | None = None
    lines: tuple[LineRef, ...] = ()
    reason: str | None = None
    created_at: AwareDatetime | None = None


TransactionKind: TypeAlias = Literal[
    "sale",
    "discount",
    "subsidy",
    "shipping",
    "shipping_subsidy",
    "commission",
    "service_fee",
    "payment_fee",
    "affiliate_fee",
    "tax",
    "refund",
    "adjustment",
    "payment",
    "payout",
    "other",
]


class Transaction(Model):
    """One movement, seen from the seller: above zero comes in, below zero goes out."""

    kind: TransactionKind = "other"
    native_kind: str | None = None
    amount: Money
    at: AwareDatetime | None = None
    note: str | None = None


class Transactions(Record):
    """What an order brings: its ``items`` add up to ``net``. ``estimated`` until the platform settles it."""

    order_id: str = absent()
    items: tuple[Transaction, ...] = ()
    net: Money | None = None
    status: Literal["estimated", "final"] = "estimated"
    settlement_status: SettlementStatus | None = None
    native_status: str | None = None
    settled_at: AwareDatetime | None = None
