"""From a delivery to events that are handled once: verify, parse, claim, and say so afterwards.

``accept`` is pure: the same delivery at the same instant gives the same answer. A ``Receipt`` adds the
memory: inside ``with receipt:`` its events are claimed, and they are marked as seen when the block ended
well, so that handling is at least once.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypeAlias

from attrs import frozen

from socialcommerce.errors import WebhookError
from socialcommerce.runtime import memory
from socialcommerce.runtime.flow import Flow, Store
from socialcommerce.runtime.transport import Response
from socialcommerce.webhooks.delivery import ASSURANCES, Assurance, Delivery

if TYPE_CHECKING:
    from socialcommerce.models.event import Event

__all__ = ["AsyncReceipt", "Reader", "Received", "Receipt", "accept", "seen_key"]

LEASE = 120.0
"""Seconds after which the claim of a handler that died lapses: less than a platform waits to repeat."""

BUSY = Response(503, {"retry-after": str(int(LEASE))})


class Reader(Protocol):
    """What the receiver needs of a platform; the ``Webhooks`` contract has it."""

    def verify(self, delivery: Delivery, now: datetime) -> Assurance:
        """What the delivery proves; ``WebhookError`` where it was forged."""
        ...

    def parse(self, delivery: Delivery) -> Sequence[Event]:
        """The events a delivery holds."""
        ...

    def reply(self, delivery: Delivery) -> Response:
        """The exact answer the platform expects."""
        ...

    def respond(self, delivery: Delivery, content: Any) -> Response:
        """The answer that carries content back."""
        ...

    def absorb(self, event: Event) -> Flow[None]:
        """Keep what the client itself must remember of an event."""
        ...

    def scope(self, endpoint: str) -> str:
        """What sets this endpoint's events apart from others in a shared memory."""
        ...

    def now(self) -> datetime:
        """The present instant."""
        ...


@frozen
class Received:
    """A delivery that was verified and read: nothing remembered yet."""

    delivery: Delivery
    events: tuple[Event, ...]
    response: Response
    assurance: Assurance


def accept(reader: Reader, delivery: Delivery, now: datetime, minimum: Assurance) -> Received:
    """Verify and read a delivery.

    A handshake that proves less than ``minimum`` is answered, since an endpoint could not be set up
    otherwise, but no event comes of it.

    Raises:
        WebhookError: it was forged, cannot be read, or proves less than ``minimum``.
    """
    assurance = reader.verify(delivery, now)
    events = tuple(reader.parse(delivery))
    if ASSURANCES.index(assurance) < ASSURANCES.index(minimum):
        if not events or any(event.type != "verification" for event in events):
            raise WebhookError(
                f"the delivery proves {assurance.replace('_', ' ')}; at least {minimum.replace('_', ' ')} "
                "is asked for",
                reason="assurance",
            )
        events = ()
    return Received(delivery, events, reader.reply(delivery), assurance)


Claim: TypeAlias = Literal["ours", "done", "busy"]


def seen_key(scope: str, event: Event) -> str:
    """Under which key the memory notes that an event was handled."""
    return f"{scope}:{event.key}"


def _claim(key: str, now: float) -> Flow[Claim]:
    if (yield from memory.claim(key, now, LEASE)):
        return "ours"
    row, _ = yield Store("seen", "load", (key,))
    return "done" if row is not None and row["done"] else "busy"


def _open(reader: Reader, scope: str, events: Sequence[Event]) -> Flow[dict[Claim, list[Event]]]:
    """Claim events one by one; each claim that is ours leaves its traces in the client's memory."""
    now = reader.now().timestamp()
    found: dict[Claim, list[Event]] = {"ours": [], "done": [], "busy": []}
    keys: set[str] = set()
    for event in events:
        key = seen_key(scope, event)
        claim: Claim = "done" if key in keys else (yield from _claim(key, now))
        keys.add(key)
        found[claim].append(event)
    kept = False
    try:
        for event in found["ours"]:
            yield from reader.absorb(event)
        kept = True
    finally:
        if not kept:
            yield from _close(scope, found["ours"], handled=False)
    return found


def _close(scope: str, events: Sequence[Event], handled: bool) -> Flow[None]:
    for event in events:
        settle = memory.confirm if handled else memory.release
        yield from settle(seen_key(scope, event))


class _Receipt:
    """What both receipts know."""

    _claimed: tuple[Event, ...] = ()
    duplicates: tuple[Event, ...] = ()
    busy: tuple[Event, ...] = ()

    def __init__(self, reader: Reader, received: Received, run: Callable[[Any], Any]) -> None:
        self._reader = reader
        self._run = run
        self.delivery = received.delivery
        self.events = received.events
        self.response = received.response
        self.assurance = received.assurance

    @property
    def _scope(self) -> str:
        return self._reader.scope(self.delivery.endpoint)

    def respond(self, content: Any) -> None:
        """Answer the platform with content, where the answer to a delivery may carry some.

        Raises:
            Unsupported: the platform takes no content in the answer.
        """
        self.response = self._reader.respond(self.delivery, content)

    def _opening(self) -> Flow[dict[Claim, list[Event]]]:
        return _open(self._reader, self._scope, self.events)

    def _opened(self, found: dict[Claim, list[Event]]) -> None:
        self.events = self._claimed = tuple(found["ours"])
        self.duplicates = tuple(found["done"])
        self.busy = tuple(found["busy"])
        if self.busy:
            # Somebody else is at it and may still fail: the platform shall ask again.
            self.response = BUSY

    def _closing(self, handled: bool) -> Flow[None]:
        return _close(self._scope, self._claimed, handled)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {len(self.events)} events, {self.assurance}>"


class Receipt(_Receipt):
    """A delivery to be handled inside ``with``.

    ``events``: what is new (before the block begins: all that arrived). ``duplicates``: what was handled
    before. ``busy``: what somebody else is handling just now; ``response`` then asks the platform to try
    again. ``response``: the exact answer the platform expects. ``assurance``: what was proven.
    """

    def __enter__(self) -> Self:
        self._opened(self._run(self._opening()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._closing(handled=kind is None))


class AsyncReceipt(_Receipt):
    """A delivery to be handled inside ``async with``; see ``Receipt``."""

    _run: Callable[[Any], Coroutine[Any, Any, Any]]

    async def __aenter__(self) -> Self:
        self._opened(await self._run(self._opening()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from anyio import CancelScope

        # A handler that was cancelled gives its events back all the same.
        with CancelScope(shield=True):
            await self._run(self._closing(handled=kind is None))
