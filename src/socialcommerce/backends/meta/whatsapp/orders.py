"""Orders on WhatsApp: messages that buyers sent, kept in ``State.inbox``, and what they are told of them.

There is no order at WhatsApp: a cart that a buyer sends is a message, and its id is the order's. What was
not received is not known. Telling a status is a message too: an ``order_status`` where the order was opened
by ``order_details`` (payments), plain words elsewhere; both only while the conversation's window is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.backends.meta.whatsapp.book import Book, Row, reference_of
from socialcommerce.backends.meta.whatsapp.codes import orders as codes
from socialcommerce.backends.meta.whatsapp.incoming import decimal_of, money_of, order_of
from socialcommerce.backends.meta.words import rows, table, word
from socialcommerce.backends.shared import Bounds, order_id_of, several
from socialcommerce.errors import Conflict, NotFound, PlatformError
from socialcommerce.models.bulk import BulkResult
from socialcommerce.models.content import Content, OrderCard, Text
from socialcommerce.models.event import Event, EventRef
from socialcommerce.models.money import Money
from socialcommerce.models.order import (
    Cancellation,
    CancelReason,
    Order,
    OrderStatus,
    Transaction,
    Transactions,
)
from socialcommerce.models.shipping import LineRef, OwnCarrier, Package, Pickup, Shipment, ShippingMethod
from socialcommerce.resources.capability import emulated, supports
from socialcommerce.resources.messaging import Messaging
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.resources.orders import Detail, Orders, Progress, Target
from socialcommerce.resources.returns import Cancellations
from socialcommerce.resources.sending import SendOptions
from socialcommerce.runtime.flow import Exclusive, Flow, done
from socialcommerce.runtime.paging import Page

__all__ = ["WhatsAppCancellations", "WhatsAppOrders"]

_INBOX: Final = ("inbox",)
_REQUIRES: Final = ("business", "inbox", "scope: whatsapp_business_messaging")
_KEPT: Final = "orders that webhooks.receive brought to this client's State.inbox"
_WINDOW: Final = "while the buyer's window is open; no status can be told to an order that is no longer open"

_cancels = supports(
    "emulated",
    params=emulated("order", "reason", "note")
    | {"lines": codes.REFUSALS["orders.cancellations.create:lines"]},
    requires=_REQUIRES,
    when="before a payment is pending or captured; while the buyer's window is open",
    cost="1 call",
)


class _Told(GraphNoun):
    """What orders and cancellations share: reading the book, and telling the buyer."""

    service: ClassVar[str] = "business"

    @property
    def book(self) -> Book:
        """The book of the number that is worked on."""
        return Book(self.own("phone"))

    def known(self, order: str | Order) -> Flow[Order]:
        """An order by its message's id or its reference; ``NotFound`` where it was not received."""
        number = identity(order)
        row = yield from self.book.order(number)
        if not row:
            named = yield from self.book.order_id(number)
            row = (yield from self.book.order(named)) if named else {}
        if not row:
            raise NotFound(
                f"no order {number} was received by this client; WhatsApp keeps none",
                platform="whatsapp",
                sent="no",
            )
        progress = yield from self.book.progress(reference_of(row["id"]))
        return order_of(row, progress)

    def tell(self, order: Order, status: str, words: str | None = None, *, again: bool = False) -> Flow[None]:
        """Tell the buyer a status, and keep that it was told; what was told before only if ``again``.

        One at a time, so that two who ship an order at once do not both tell it.
        """
        flow = self._told(order, status, words, again)
        yield Exclusive(f"whatsapp:{self.book.phone}:told:{order.id}", flow, "inbox")

    def _told(self, order: Order, status: str, words: str | None, again: bool) -> Flow[None]:
        reference = reference_of(order.id)
        progress = yield from self.book.progress(reference)
        told = progress.get("status") or ""
        if told == status and not again:
            return
        _refuse_to_go_back(told, status)
        text = words or codes.WORDS[status]
        content: Content = Text(text)
        if progress.get("opened"):
            content = OrderCard(order.id, text=text, status=status)
        yield from self.sibling(Messaging).sending(order, content, SendOptions())
        yield from self.book.advance(reference, {"status": status})


def _refuse_to_go_back(told: str, status: str) -> None:
    """An order moves on, and one that was cancelled or delivered is through."""
    if told != status and codes.STEPS.get(told, 0) >= codes.STEPS[status]:
        raise Conflict(
            f"the buyer was told {told!r} of this order; it cannot be {status!r} after that",
            reason="state",
            platform="whatsapp",
            sent="no",
        )


class WhatsAppCancellations(_Told, Cancellations):
    """``client.orders.cancellations`` on WhatsApp: nothing but telling the buyer."""

    @_cancels
    def create(
        self,
        order: str | Order,
        reason: str | CancelReason,
        lines: Sequence[LineRef] | None = None,
        *,
        note: str | None = None,
    ) -> Flow[Cancellation]:
        """POST /{phone-number-id}/messages: ``order_status`` with ``canceled``, and the reason."""
        why = reason.name if isinstance(reason, CancelReason) else reason
        found = yield from self.known(order)
        if found.payment_status in ("pending", "paid"):
            raise Conflict(
                f"the payment of this order is {found.native_payment_status}: it is no longer cancelled",
                reason="state",
                platform="whatsapp",
                sent="no",
            )
        yield from self.tell(found, "canceled", "\n".join(part for part in (why, note) if part))
        return Cancellation.build(
            id=found.id,
            platform="whatsapp",
            order_id=found.id,
            status="completed",
            native_status="canceled",
            requested_by="seller",
            reason=why,
            note=note,
            requested_at=self.now(),
        )


class WhatsAppOrders(_Told, Orders):
    """``client.orders`` on WhatsApp, out of the client's own inbox."""

    cancellations: ClassVar[type[Cancellations]] = WhatsAppCancellations

    @supports(
        "emulated",
        params=emulated("status", "created_after", "created_before", "created", "detail", "cursor")
        | dict.fromkeys(
            ("updated_after", "updated_before", "updated"), codes.REFUSALS["orders.list:updated"]
        ),
        requires=_INBOX,
        when=_KEPT,
        cost="no call; reads State.inbox",
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
        """The orders of ``State.inbox``, the newest first; each is whole, whatever ``detail`` says."""
        bounds, wanted = Bounds(created_after, created_before), several(status)
        happened, following = yield from self.book.happened(cursor)
        found: list[Order] = []
        for row in happened:
            if row["kind"] == "order.created":
                order = yield from self.known(row["id"])
                if bounds.holds(order.created_at, None) and (not wanted or order.status in wanted):
                    found.append(order)
        past = any(created_after is not None and _at(row) < created_after for row in happened)
        return Page(found, None if past else following)

    @supports("emulated", params=emulated("orders", "ids"), requires=_INBOX, when=_KEPT, cost="no call")
    def get(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Order]]:
        """Orders of ``State.inbox``, by the id of their message or by their ``reference_id``."""
        return each_alone(orders, self.known)

    @supports("emulated", params=emulated("orders"), requires=_REQUIRES, when=_WINDOW, cost="1 call an order")
    def accept(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Order]]:
        """POST /{phone-number-id}/messages: ``order_status`` with ``processing``, or plain words."""
        return each_alone(orders, self._accepted, 1)

    def _accepted(self, order: str | Order) -> Flow[Order]:
        found = yield from self.known(order)
        yield from self.tell(found, "processing")
        return (yield from self.known(found))

    @supports(
        "emulated",
        params=emulated("targets", "default")
        | {
            "lines": codes.REFUSALS["orders.ship:lines"],
            "method": codes.REFUSALS["orders.ship:method"],
        },
        requires=_REQUIRES,
        when=_WINDOW,
        cost="1 call an order",
    )
    def ship(
        self,
        targets: Sequence[str | Order | Package],
        method: ShippingMethod | None = None,
        lines: Sequence[str | LineRef] | None = None,
    ) -> Flow[BulkResult[str | Order | Package, Shipment]]:
        """POST /{phone-number-id}/messages: ``order_status`` with ``shipped``, or plain words."""
        return each_alone(targets, self._shipped, 1)

    def _shipped(self, target: str | Order | Package) -> Flow[Shipment]:
        found = yield from self.known(order_id_of(target))
        yield from self.tell(found, "shipped")
        return self._shipment(found)

    def _shipment(self, order: Order, **told: Any) -> Shipment:
        return Shipment.build(
            id=order.id,
            platform="whatsapp",
            order_id=order.id,
            status=codes.SHIPMENTS["shipped"],
            native_status="shipped",
            shipped_at=self.now(),
            **told,
        )

    @supports(
        "emulated",
        params=emulated("target", "method", "reason") | {"status": codes.REFUSALS["orders.ship:lines"]},
        requires=_REQUIRES,
        when=_WINDOW,
        cost="1 call",
    )
    def update_tracking(
        self,
        target: Target,
        method: OwnCarrier | Pickup,
        *,
        status: Progress | None = None,
        reason: str | None = None,
    ) -> Flow[Shipment]:
        """POST /{phone-number-id}/messages with the number in its words; nothing is stored at WhatsApp."""
        if not isinstance(method, OwnCarrier):
            raise invalid(method="WhatsApp has no logistics: tell the buyer a number by OwnCarrier(...)")
        found = yield from self.known(order_id_of(target))
        told = [str(method.carrier), method.number, method.url, reason]
        words = " ".join([codes.WORDS["shipped"], *(part for part in told if part)])
        yield from self.tell(found, "shipped", words, again=True)
        return self._shipment(
            found,
            carrier=str(method.carrier),
            tracking_number=method.number,
            tracking_url=method.url,
        )

    @supports("emulated", params=emulated("order"), cost="no call", confidence="inferred")
    def cancel_reasons(self, order: str | Order) -> Flow[Sequence[CancelReason]]:
        """WhatsApp knows no reasons: any words are told to the buyer. These are what we suggest."""
        return done([CancelReason.build(id=words, name=words) for words in codes.CANCEL_REASONS])

    @_cancels
    def cancel(
        self,
        order: str | Order,
        reason: str | CancelReason,
        lines: Sequence[LineRef] | None = None,
        *,
        note: str | None = None,
    ) -> Flow[Cancellation]:
        """The same as ``cancellations.create``."""
        return WhatsAppCancellations(self.session, self.operation).create(order, reason, lines, note=note)

    @supports(
        "emulated",
        params=emulated("orders"),
        requires=_INBOX,
        when=f"payments in the chat: {codes.PAYMENT_MARKETS}",
        cost="no call; 1 where a payment was asked for and nothing is known of it",
        confidence="memory: unverified",
    )
    def transactions(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Transactions]]:
        """From the payment webhooks, else GET /{phone-number-id}/payments/{configuration}/{reference_id}."""
        return each_alone(orders, self._paid)

    def _paid(self, order: str | Order) -> Flow[Transactions]:
        found = yield from self.known(order)
        reference = reference_of(found.id)
        progress = yield from self.book.progress(reference)
        paid = progress.get("payment")
        if paid is None and progress.get("configuration"):
            paid = yield from self._looked_up(progress["configuration"], reference)
        if not paid:
            return Transactions.build(order_id=found.id)
        # What was asked for and not paid brings nothing.
        expected = paid["status"] in ("captured", "pending")
        amount = money_of(paid["amount"], paid["currency"]) if expected else None
        items = () if amount is None else (_transaction(paid, amount),)
        return Transactions.build(
            order_id=found.id,
            items=items,
            net=amount,
            status="final" if paid["status"] == "captured" else "estimated",
            native_status=paid["status"],
            raw=paid,
        )

    def _looked_up(self, configuration: str, reference: str) -> Flow[Row | None]:
        path = f"/{self.own('phone')}/payments/{configuration}/{reference}"
        answer = yield from self.ask("GET", path)
        row = next(iter(rows(answer.get("payments"))), None)
        if row is None:
            return None
        told = table(row.get("amount"))
        value, offset = decimal_of(told.get("value")), decimal_of(told.get("offset")) or codes.OFFSET
        return {
            "status": word(row.get("status")),
            "amount": str(value / offset) if value is not None else "0",
            "currency": word(row.get("currency")) or None,
            "at": 0.0,
        }

    @supports(
        "emulated",
        params=emulated("order", "text"),
        requires=_INBOX,
        cost="no call; the note is in this client's State alone",
        confidence="inferred",
    )
    def note(self, order: str | Order, text: str) -> Flow[None]:
        """Kept in ``State.inbox``; it replaces the note before."""
        found = yield from self.known(order)
        yield from self.book.advance(reference_of(found.id), {"note": text})

    @supports(
        "emulated", params=emulated("since"), requires=_INBOX, when=_KEPT, cost="no call; reads State.inbox"
    )
    def changes(self, *, since: datetime, cursor: str | None = None) -> Flow[Page[Event]]:
        """``order.created`` and ``order.paid`` of ``State.inbox``, the newest first."""
        happened, following = yield from self.book.happened(cursor)
        fresh = [row for row in happened if _at(row) >= since]
        found = []
        for row in fresh:
            found.append((yield from self._event(row)))
        return Page(found, following if len(fresh) == len(happened) else None)

    def _event(self, row: Row) -> Flow[Event]:
        try:
            state: Order | None = yield from self.known(row["id"])
        except PlatformError:
            state = None  # a payment of an order that this client never received
        return Event.build(
            key=_key(row),
            type=row["kind"],
            platform="whatsapp",
            account=self.own("phone"),
            ref=EventRef.build(kind="order", id=row["id"]),
            occurred_at=_at(row),
            state=state,
            raw=row,
        )


def _key(row: Row) -> str:
    """The key of the same event as webhooks bring it."""
    if row["kind"] == "order.created":
        return f"order:{row['id']}"
    return f"payment:{reference_of(row['id'])}:captured"


def _at(row: Row) -> datetime:
    return datetime.fromtimestamp(row["at"], UTC)


def _transaction(paid: Row, amount: Money) -> Transaction:
    return Transaction.build(
        kind="payment",
        native_kind=paid["status"],
        amount=amount,
        at=datetime.fromtimestamp(paid["at"], UTC) if paid["at"] else None,
    )
