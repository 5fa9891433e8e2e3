"""Orders: what was bought, sending it, and giving money back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, overload

from socialcommerce.models.order import (
    Cancellation,
    CancelReason,
    Order,
    OrderInput,
    OrderStatus,
    Refund,
    RefundInput,
    Transactions,
)
from socialcommerce.models.shipping import (
    LineRef,
    OwnCarrier,
    Package,
    Pickup,
    Shipment,
    ShippingMethod,
    ShippingOptions,
)
from socialcommerce.resources.face import Async, Sync, each, job, operation, pages, sub
from socialcommerce.resources.noun import Noun
from socialcommerce.resources.returns import (
    AsyncCancellations,
    AsyncReturns,
    Cancellations,
    Returns,
    SyncCancellations,
    SyncReturns,
)

if TYPE_CHECKING:
    from socialcommerce.models.bulk import BulkResult
    from socialcommerce.models.check import Check
    from socialcommerce.models.event import Event
    from socialcommerce.models.media import Document
    from socialcommerce.resources.jobs import AsyncJob, Job
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.jobs import Task
    from socialcommerce.runtime.paging import Page

__all__ = ["AsyncOrders", "Detail", "Orders", "Progress", "RevealField", "SyncOrders", "Target"]

Detail: TypeAlias = Literal["full", "summary", "ids"]
Target: TypeAlias = str | Order | Package | Shipment
RevealField: TypeAlias = Literal["name", "phone", "address", "email"]
Progress: TypeAlias = Literal["in_transit", "delivered", "delivery_failed"]


class Orders(Noun):
    """The contract of ``client.orders``: what a backend may override, refused until it does.

    A ``Target`` is an order or its id, a package, or a shipment; text is always an order's id.
    """

    noun = "orders"
    cancellations: ClassVar[type[Cancellations]] = Cancellations
    returns: ClassVar[type[Returns]] = Returns

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
        """List orders. Every filter given holds, whether the platform can combine them or not.

        Args:
            status: only these unified statuses.
            created_after: only orders placed at or after this instant.
            created_before: only orders placed before this instant.
            updated_after: only orders changed at or after this instant.
            updated_before: only orders changed before this instant.
            detail: ``"full"`` completes every order with detail calls, ``"summary"`` leaves out
                what costs a call an order, ``"ids"`` reads the listing alone; a field that was left
                out raises ``NotLoaded`` when read.
            cursor: go on where an earlier listing stood.

        Returns:
            A pager of orders. The backend's page says which orders come where no instant is given.
        """
        self.refuse("list")

    def get(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Order]]:
        """Read orders whole.

        Args:
            orders: orders or their ids.

        Returns:
            The order, or a ``BulkResult`` with ``NotFound`` for each id that is not there.
        """
        self.refuse("get")

    def create(
        self, orders: Sequence[OrderInput], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[OrderInput, Order]]:
        """Import orders that were placed elsewhere into a store.

        Args:
            orders: what to import; the same ``channel`` and ``number`` are imported once.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Returns:
            The order as the store keeps it, the one already there where it was imported before.
        """
        self.refuse("create")

    def accept(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Order]]:
        """Take orders on, where a platform waits for that before they may be sent.

        Args:
            orders: orders or their ids.

        Returns:
            The order after the change.
        """
        self.refuse("accept")

    def packages(self, order: str | Order) -> Flow[Sequence[Package]]:
        """Say in which packages an order is sent.

        Args:
            order: the order or its id.

        Returns:
            The packages with their lines and statuses; a package may hold other orders too.
        """
        self.refuse("packages")

    def split(
        self, order: str | Order, parcels: Sequence[Sequence[str | LineRef]]
    ) -> Flow[Sequence[Package]]:
        """Divide an order into packages that are sent apart.

        Args:
            order: the order or its id.
            parcels: the lines of each package, as line keys or ``LineRef``; one package with
                every line joins the packages of the order again, where the platform can.

        Returns:
            The packages that the order now has.

        Raises:
            InvalidRequest: a line is missing or given twice; nothing was sent.
        """
        self.refuse("split")

    def combine(self, packages: Sequence[Package]) -> Flow[Package]:
        """Join packages, also of several orders, so that they are sent as one.

        Args:
            packages: what to join.

        Returns:
            The package in which everything is now.
        """
        self.refuse("combine")

    def shipping_options(self, target: str | Order | Package) -> Flow[ShippingOptions]:
        """Say in which ways an order or a package may be sent.

        Args:
            target: an order, its id, or a package.

        Returns:
            Pickup addresses with their slots, drop-off branches, carriers of one's own; what is
            not offered is empty.
        """
        self.refuse("shipping_options")

    def ship(
        self,
        targets: Sequence[str | Order | Package],
        method: ShippingMethod | None = None,
        lines: Sequence[str | LineRef] | None = None,
    ) -> Flow[BulkResult[str | Order | Package, Shipment]]:
        """Hand orders or packages over to the carrier.

        Args:
            targets: orders, their ids, or packages.
            method: ``Pickup``, ``DropOff`` or ``OwnCarrier``; None is the platform's own way.
            lines: only these lines of the order, as line keys or ``LineRef``.

        Returns:
            The shipment; its ``tracking_number`` may come later (None, then an event).

        Raises:
            Conflict: it was sent already, or may not be sent yet.
            Unsupported: the platform's own way needs a choice; the error names what to give.
        """
        self.refuse("ship")

    def update_tracking(
        self,
        target: Target,
        method: OwnCarrier | Pickup,
        *,
        status: Progress | None = None,
        reason: str | None = None,
    ) -> Flow[Shipment]:
        """Correct how a parcel is sent: another tracking number, or another pickup.

        Args:
            target: the shipment, its package or its order.
            method: ``OwnCarrier`` with the new number, or ``Pickup`` with the new slot.
            status: how far a parcel of one's own carrier is, where the seller must tell.
            reason: why a delivery failed, in the platform's words.

        Returns:
            The shipment after the change.
        """
        self.refuse("update_tracking")

    def tracking(self, targets: Sequence[Target]) -> Flow[BulkResult[Target, Shipment]]:
        """Follow parcels.

        Args:
            targets: shipments, packages, or orders of one parcel.

        Returns:
            A fresh shipment with status, tracking number and events, the newest first.
        """
        self.refuse("tracking")

    def label(
        self, target: Target | Sequence[Target], *, format: str | None = None, size: str | None = None
    ) -> Flow[Task[Document]]:
        """Get the label to stick on a parcel. Takes ``wait`` too: False answers a job.

        Args:
            target: a shipment, package or order; several are printed into one document where
                the platform can.
            format: ``"pdf"``, or the platform's name of a document type; None is what it suggests.
            size: ``"A4"`` (``"normal"``) or ``"A6"`` (``"thermal"``), or the platform's own name.

        Returns:
            The document, its bytes loaded.

        Raises:
            NotReady: the carrier has given no tracking number yet, or is at work.
        """
        self.refuse("label")

    def cancel_reasons(self, order: str | Order) -> Flow[Sequence[CancelReason]]:
        """Say for which reasons an order can be cancelled now; none where it cannot be.

        Args:
            order: the order or its id.
        """
        self.refuse("cancel_reasons")

    def cancel(
        self,
        order: str | Order,
        reason: str | CancelReason,
        lines: Sequence[LineRef] | None = None,
        *,
        note: str | None = None,
    ) -> Flow[Cancellation]:
        """Ask the platform to cancel an order, or a part of it (``cancellations.create`` for short).

        Args:
            order: the order or its id.
            reason: one of ``cancel_reasons(order)``, or its ``id``.
            lines: the part to cancel; None is the whole order.
            note: what the buyer or the platform is told besides, where it can be.

        Returns:
            The cancellation: it may be done at once (``completed``) or wait (``requested``).
        """
        self.refuse("cancel")

    def check_refund(self, order: str | Order, refund: RefundInput) -> Flow[Check]:
        """Say whether a refund would be taken, and what it would cost, without paying.

        Args:
            order: the order or its id.
            refund: the refund that ``refund`` would be given.

        Returns:
            A check; ``cost`` is what would go back to the buyer, where it is known.
        """
        self.refuse("check_refund")

    def refund(
        self, order: str | Order, refund: RefundInput, *, idempotency_key: str | None = None
    ) -> Flow[Refund]:
        """Give money back.

        Args:
            order: the order or its id.
            refund: lines, amount, shipping; ``move_money`` says whether it is paid.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Returns:
            The refund.
        """
        self.refuse("refund")

    def transactions(self, orders: Sequence[str | Order]) -> Flow[BulkResult[str | Order, Transactions]]:
        """Read what orders bring: every fee and payment, signed as the seller sees it.

        Args:
            orders: orders or their ids.

        Returns:
            Items that add up to ``net``, estimated or final.
        """
        self.refuse("transactions")

    def reveal(
        self, order: str | Order, fields: Sequence[RevealField] = ("name", "phone", "address")
    ) -> Flow[Order]:
        """Uncover what the platform hides of the buyer, where it offers that; it keeps a record of it.

        Args:
            order: the order or its id.
            fields: what is needed, no more.

        Returns:
            The order with these fields in clear.
        """
        self.refuse("reveal")

    def note(self, order: str | Order, text: str) -> Flow[None]:
        """Write a note that the buyer does not see.

        Args:
            order: the order or its id.
            text: the note; capabilities say whether it replaces the old one.
        """
        self.refuse("note")

    def answer_address_change(self, order: str | Order, *, accept: bool) -> Flow[None]:
        """Answer a buyer's wish to change the delivery address.

        Args:
            order: the order or its id.
            accept: True sends it to the new address.
        """
        self.refuse("answer_address_change")

    def changes(self, *, since: datetime, cursor: str | None = None) -> Flow[Page[Event]]:
        """Find by polling what changed, as the same events that webhooks bring.

        Args:
            since: the instant from which on changes are wanted.
            cursor: go on where an earlier listing stood.
        """
        self.refuse("changes")


class _Orders:
    contract = Orders
    cancellations = sub(SyncCancellations, AsyncCancellations)
    returns = sub(SyncReturns, AsyncReturns)

    list = pages(Orders.list)
    get = each(Orders.get)
    create = each(Orders.create)
    accept = each(Orders.accept)
    packages = operation(Orders.packages)
    split = operation(Orders.split)
    combine = operation(Orders.combine)
    shipping_options = operation(Orders.shipping_options)
    ship = each(Orders.ship)
    update_tracking = operation(Orders.update_tracking)
    tracking = each(Orders.tracking)
    label = job(Orders.label)
    cancel_reasons = operation(Orders.cancel_reasons)
    cancel = operation(Orders.cancel)
    check_refund = operation(Orders.check_refund)
    refund = operation(Orders.refund)
    transactions = each(Orders.transactions)
    reveal = operation(Orders.reveal)
    note = operation(Orders.note)
    answer_address_change = operation(Orders.answer_address_change)
    changes = pages(Orders.changes)


class SyncOrders(Sync, _Orders):
    """``client.orders``."""

    if TYPE_CHECKING:

        @overload
        def label(
            self,
            target: Target | Sequence[Target],
            *,
            format: str | None = None,
            size: str | None = None,
            wait: Literal[True] = True,
        ) -> Document: ...
        @overload
        def label(
            self,
            target: Target | Sequence[Target],
            *,
            format: str | None = None,
            size: str | None = None,
            wait: Literal[False],
        ) -> Job[Document]: ...
        def label(
            self,
            target: Target | Sequence[Target],
            *,
            format: str | None = None,
            size: str | None = None,
            wait: bool = True,
        ) -> Document | Job[Document]:
            """The label of a parcel, or with ``wait=False`` the job that makes it."""
            ...


class AsyncOrders(Async, _Orders):
    """``client.orders`` of an ``AsyncClient``."""

    if TYPE_CHECKING:

        @overload
        async def label(
            self,
            target: Target | Sequence[Target],
            *,
            format: str | None = None,
            size: str | None = None,
            wait: Literal[True] = True,
        ) -> Document: ...
        @overload
        async def label(
            self,
            target: Target | Sequence[Target],
            *,
            format: str | None = None,
            size: str | None = None,
            wait: Literal[False],
        ) -> AsyncJob[Document]: ...
        async def label(
            self,
            target: Target | Sequence[Target],
            *,
            format: str | None = None,
            size: str | None = None,
            wait: bool = True,
        ) -> Document | AsyncJob[Document]:
            """The label of a parcel, or with ``wait=False`` the job that makes it."""
            ...
