"""Returns and cancellations: what buyers and sellers take back of an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from socialcommerce.resources.face import Async, Sync, each, operation, pages
from socialcommerce.resources.noun import Noun

if TYPE_CHECKING:
    from socialcommerce.models.bulk import BulkResult
    from socialcommerce.models.order import Cancellation, CancellationStatus, CancelReason, Order
    from socialcommerce.models.returns import Decision, Return, ReturnInput, ReturnStatus
    from socialcommerce.models.shipping import LineRef
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.paging import Page

__all__ = [
    "AsyncCancellations",
    "AsyncReturns",
    "Cancellations",
    "Returns",
    "SyncCancellations",
    "SyncReturns",
]


class Cancellations(Noun):
    """The contract of ``client.orders.cancellations``."""

    noun = "orders.cancellations"

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
        """List cancellations, whoever asked for them.

        Args:
            status: only these unified statuses.
            created_after: only those of orders placed at or after this instant.
            created_before: only those of orders placed before this instant.
            updated_after: only those that changed at or after this instant.
            updated_before: only those that changed before this instant.
            cursor: go on where an earlier listing stood.

        Returns:
            A pager of cancellations.
        """
        self.refuse("list")

    def create(
        self,
        order: str | Order,
        reason: str | CancelReason,
        lines: Sequence[LineRef] | None = None,
        *,
        note: str | None = None,
    ) -> Flow[Cancellation]:
        """Ask the platform to cancel an order, or a part of it.

        Args:
            order: the order or its id.
            reason: one of ``orders.cancel_reasons(order)``, or its ``id``.
            lines: the part to cancel; None is the whole order.
            note: what the buyer or the platform is told besides, where it can be.

        Returns:
            The cancellation: it may be done at once (``completed``) or wait (``requested``).

        Raises:
            Unsupported: the platform, or this market, does not take the reason.
            Conflict: the order is too far on its way.
        """
        self.refuse("create")

    def answer(
        self, cancellation: str | Cancellation, *, accept: bool, reason: str | None = None
    ) -> Flow[Cancellation]:
        """Answer a buyer's wish to cancel.

        Args:
            cancellation: the cancellation or its id.
            accept: True cancels the order, False lets it go on.
            reason: why it is refused, where the platform asks.

        Returns:
            The cancellation after the answer.

        Raises:
            Conflict: nobody waits for an answer (any more).
        """
        self.refuse("answer")


class Returns(Noun):
    """The contract of ``client.orders.returns``."""

    noun = "orders.returns"

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
        """List returns.

        Args:
            status: only these unified statuses.
            created_after: only returns opened at or after this instant.
            created_before: only returns opened before this instant.
            updated_after: only returns changed at or after this instant.
            updated_before: only returns changed before this instant.
            cursor: go on where an earlier listing stood.

        Returns:
            A pager of returns.
        """
        self.refuse("list")

    def get(self, returns: Sequence[str | Return]) -> Flow[BulkResult[str | Return, Return]]:
        """Read returns whole.

        Args:
            returns: returns or their ids.

        Returns:
            The return, or a ``BulkResult`` with ``NotFound`` for each id that is not there.
        """
        self.refuse("get")

    def create(
        self, order: str | Order, wanted: ReturnInput, *, idempotency_key: str | None = None
    ) -> Flow[Return]:
        """Open a return for a buyer.

        Args:
            order: the order or its id.
            wanted: the lines that come back, why, and what is given for them.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Returns:
            The return as the platform keeps it.
        """
        self.refuse("create")

    def options(self, which: str | Return) -> Flow[Sequence[Decision]]:
        """Say what may be decided about a return now.

        Args:
            which: the return or its id.

        Returns:
            Decisions as ``decide`` takes them; one that needs more (an amount, evidence, an
            e-mail address) holds what the platform suggests, to be completed with ``model_copy``.
        """
        self.refuse("options")

    def decide(self, which: str | Return, decision: Decision) -> Flow[Return]:
        """Decide about a return. This may move money.

        Args:
            which: the return or its id.
            decision: one of ``options(which)``, completed, or one made by hand.

        Returns:
            The return after the decision.

        Raises:
            Conflict: it cannot be decided (so) in its present state.
            InvalidRequest: something that the platform demands is missing; nothing was sent.
            Unsupported: the platform knows no such decision.
        """
        self.refuse("decide")


class _Cancellations:
    contract = Cancellations

    list = pages(Cancellations.list)
    create = operation(Cancellations.create)
    answer = operation(Cancellations.answer)


class SyncCancellations(Sync, _Cancellations):
    """``client.orders.cancellations``."""


class AsyncCancellations(Async, _Cancellations):
    """``client.orders.cancellations`` of an ``AsyncClient``."""


class _Returns:
    contract = Returns

    list = pages(Returns.list)
    get = each(Returns.get)
    create = operation(Returns.create)
    options = operation(Returns.options)
    decide = operation(Returns.decide)


class SyncReturns(Sync, _Returns):
    """``client.orders.returns``."""


class AsyncReturns(Async, _Returns):
    """``client.orders.returns`` of an ``AsyncClient``."""
