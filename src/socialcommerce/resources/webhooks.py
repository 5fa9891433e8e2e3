"""Webhooks: what platforms tell by themselves, verified and handed out as events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    Self,
    TypeVar,
    overload,
)

from socialcommerce.errors import Unsupported
from socialcommerce.models.message import Message
from socialcommerce.resources import inbox
from socialcommerce.resources.face import Async, Core, Sync, _Bound, _Entry, gate, operation, pages
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime.transport import Response
from socialcommerce.webhooks.answers import MAX_BODY
from socialcommerce.webhooks.delivery import Assurance, Delivery
from socialcommerce.webhooks.receiver import AsyncReceipt, Receipt, Received, accept

if TYPE_CHECKING:
    from socialcommerce.models.event import Event, EventType
    from socialcommerce.runtime.call import Subject
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.paging import Page
    from socialcommerce.webhooks.subscription import Subscription, WebhookHealth

__all__ = ["AsyncWebhooks", "SyncWebhooks", "Webhooks", "attach"]

P = ParamSpec("P")
R = TypeVar("R")

_READERS: dict[str, tuple[str, str]] = {
    "order": ("orders", "get"),
    "shipment": ("orders", "get"),
    "product": ("catalog", "get"),
    "return": ("orders.returns", "get"),
}
"""Which operation reads what an event is about, by the kind of its ref; of a shipment, its order."""


class Webhooks(Noun):
    """The contract of ``client.webhooks``.

    A backend writes ``verify``, ``parse`` and ``reply`` (pure: no token, no network) and marks
    ``receive``; ``respond``, ``sign``, ``absorb`` where the platform has them; and the flows that manage
    subscriptions. ``keeps_inbox`` is set where the platform keeps no history of messages; ``max_body`` is
    how many bytes it pushes at most.
    """

    noun = "webhooks"
    keeps_inbox: ClassVar[bool] = False
    max_body: ClassVar[int] = MAX_BODY

    def receive(
        self,
        *,
        method: str,
        headers: Any,
        body: Any,
        query: Any = None,
        endpoint: str = "default",
        now: datetime | None = None,
        minimum: Assurance = "signed",
    ) -> Received:
        """Verify one delivery and read its events; handle them inside ``with receipt:``.

        Nothing is asked of the network. The same delivery gives the same events and the same response.

        Args:
            method: the HTTP method of the request.
            headers: its headers, as a mapping or pairs.
            body: its raw bytes, before any parsing.
            query: its query string or parameters.
            endpoint: the name of the address that was called, as in the backend's settings.
            now: the instant to check signed times against; the client's clock unless given.
            minimum: the least that must be proven: ``nothing``, ``shared_secret``, ``signed``,
                ``encrypted``.

        Returns:
            A receipt: ``events``, ``response`` (answer the platform with exactly this), ``assurance``.

        Raises:
            WebhookError: forged, stale, unreadable, or proving less than ``minimum``.
        """
        self.refuse("receive")

    def received(
        self,
        *,
        method: str,
        headers: Any,
        body: Any,
        query: Any = None,
        endpoint: str = "default",
        now: datetime | None = None,
        minimum: Assurance = "signed",
    ) -> Received:
        """What a backend's ``receive`` answers: the delivery, verified, parsed and attached."""
        delivery = Delivery.of(method, headers, body, query, endpoint)
        return accept(self, delivery, now or self.now(), minimum)

    def verify(self, delivery: Delivery, now: datetime) -> Assurance:
        """What the delivery proves; ``WebhookError`` where it was forged or is stale."""
        self.refuse("receive")

    def parse(self, delivery: Delivery) -> Sequence[Event]:
        """Every event a delivery holds; ``WebhookError`` where it cannot be read."""
        self.refuse("receive")

    def reply(self, delivery: Delivery) -> Response:
        """The exact answer the platform expects: status, headers, body."""
        return Response(200)

    def respond(self, delivery: Delivery, content: Any) -> Response:
        """The answer that carries ``content`` back, where a platform takes one."""
        self.refuse("respond")

    def absorb(self, event: Event) -> Flow[None]:
        """Keep what the client must remember of an event: messages where the platform keeps no history.

        A backend whose events carry credentials saves them here.
        """
        if self.keeps_inbox and isinstance(event.state, Message):
            yield from inbox.keep(event.state)

    def scope(self, endpoint: str) -> str:
        """What sets one endpoint's events apart in a memory that several clients share."""
        return f"{self.backend.name}:{endpoint}"

    def subject_of(self, event: Event) -> Subject | None:
        """The account an event belongs to; None leaves the client's own."""
        return None

    def fetch(self, event: Event) -> Flow[Any]:
        """Read what an event is about, as it is now, for the event's own account."""
        if event.ref is None or event.ref.kind not in _READERS:
            kind = event.ref.kind if event.ref else "nothing"
            reason = f"the event is about {kind}, which no operation reads by itself"
            raise Unsupported("event.fetch", self.backend.name, reason, "event.state and event.data")
        path, method = _READERS[event.ref.kind]
        wanted = event.ref.parent_id if event.ref.kind == "shipment" else event.ref.id
        session = self.session.for_subject(self.subject_of(event) or self.subject)
        noun: Any = self.backend.noun_at(path)(session, f"{path}.{method}")
        result = yield from getattr(noun, method)([wanted])
        return result[0].unwrap()

    def sign(self, body: bytes, *, endpoint: str = "default", now: datetime | None = None) -> Delivery:
        """A delivery as the platform would sign it with the first of the keys: for tests.

        Args:
            body: the raw body.
            endpoint: the name of the address it is sent to.
            now: the instant of signing, where the signature holds one.
        """
        self.refuse("sign")

    def subscribe(
        self,
        events: Sequence[EventType | str],
        *,
        level: Literal["app", "account"] | None = None,
        endpoint: str = "default",
    ) -> Flow[Sequence[Subscription]]:
        """Have the platform push events.

        Args:
            events: types such as ``order.paid``, or the platform's own topics.
            level: for the whole app or for this account; the platform's own where it has but one.
            endpoint: the name of the address to push to.

        Returns:
            The subscriptions that now exist.

        Raises:
            Unsupported: an event that the platform does not push, or only its console switches on.
        """
        self.refuse("subscribe")

    def unsubscribe(
        self, events: Sequence[EventType | str], *, level: Literal["app", "account"] | None = None
    ) -> Flow[Sequence[Subscription]]:
        """Have the platform stop pushing events; answers the subscriptions that remain.

        Args:
            events: types such as ``order.paid``, or the platform's own topics.
            level: as in ``subscribe``.
        """
        self.refuse("unsubscribe")

    def subscriptions(self) -> Flow[Sequence[Subscription]]:
        """What the platform pushes now."""
        self.refuse("subscriptions")

    def health(self) -> Flow[WebhookHealth]:
        """Whether what is pushed arrives."""
        self.refuse("health")

    def recover(self, *, cursor: str | None = None) -> Flow[Page[Event]]:
        """Fetch events that could not be delivered, oldest first.

        Going on to the next page tells the platform that this one was handled, so handle each event
        inside the loop: one that raises leaves the page to be recovered again. Events that were handled
        before are left out.

        Args:
            cursor: go on where an earlier recovery stood.
        """
        self.refuse("recover")


class _BoundAtOnce(_Bound):
    """An operation without I/O: it answers at once on both faces."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._entry.taken(args, kwargs)
        return self._entry.gated(self._core, kwargs)(*args, **kwargs)


class at_once(_Entry, Generic[P, R]):  # noqa: N801  # used like a decorator
    """An operation that asks nothing of the world, so that it is never awaited."""

    bound = _BoundAtOnce

    def __init__(self, method: Callable[Concatenate[Any, P], R]) -> None:
        super().__init__(method)

    @overload
    def __get__(self, face: None, owner: type) -> Self: ...
    @overload
    def __get__(self, face: Sync | Async, owner: type) -> Callable[P, R]: ...
    def __get__(self, face: Any, owner: type) -> Any:
        return self._on(face)


class _BoundReceipt(_Bound):
    """``receive``: verified and read at once; the receipt does the rest."""

    def __init__(self, entry: _Entry, core: Any, kind: type[Receipt] | type[AsyncReceipt]) -> None:
        super().__init__(entry, core)
        self._kind = kind

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args:  # what is named is taken as it is: nothing here is several things, or the id of one
            args, kwargs = self._entry.taken(args, kwargs)
        core, entry = self._core, self._entry
        # Every part of a delivery is read on every platform; only an instant may be wrong on all of them.
        gate(core, entry, {"now": kwargs["now"]} if "now" in kwargs else {})
        reader, run = core.noun(Webhooks, entry.full_name), core.run
        answer = self._kind(reader, reader.receive(*args, **kwargs), run)
        answer.events = tuple([attach(event, reader, run) for event in answer.events])
        return answer


class receipt(_Entry, Generic[P]):  # noqa: N801  # used like a decorator
    """The one operation that answers a context manager: plain or asynchronous, by its face."""

    def __init__(self, method: Callable[Concatenate[Any, P], Received]) -> None:
        super().__init__(method)

    @overload
    def __get__(self, face: None, owner: type) -> Self: ...
    @overload
    def __get__(self, face: Sync, owner: type) -> Callable[P, Receipt]: ...
    @overload
    def __get__(self, face: Async, owner: type) -> Callable[P, AsyncReceipt]: ...
    def __get__(self, face: Any, owner: type) -> Any:
        if face is None:
            return self
        kind = Receipt if isinstance(face, Sync) else AsyncReceipt
        # Bound once: what stands in the face itself is found before this, as with a cached_property.
        bound = vars(face)[self.name] = _BoundReceipt(self, face._core, kind)
        return bound


def attach(event: Event, reader: Webhooks, run: Callable[[Any], Any]) -> Event:
    """The same event, whose ``fetch`` asks through the client that ``reader`` and ``run`` belong to."""
    return event.attached(lambda: run(reader.fetch(event)))


class _Webhooks:
    contract = Webhooks

    receive = receipt(Webhooks.receive)
    sign = at_once(Webhooks.sign)
    subscribe = operation(Webhooks.subscribe)
    unsubscribe = operation(Webhooks.unsubscribe)
    subscriptions = operation(Webhooks.subscriptions)
    health = operation(Webhooks.health)
    recover = pages(Webhooks.recover)


def _max_body(core: Core) -> int:
    noun = core.noun(Webhooks, "webhooks.receive")
    assert isinstance(noun, Webhooks)
    return noun.max_body


class SyncWebhooks(Sync, _Webhooks):
    """``client.webhooks``."""

    @property
    def max_body(self) -> int:
        """Bytes that the platform pushes at most; an endpoint need not read more."""
        return _max_body(self._core)


class AsyncWebhooks(Async, _Webhooks):
    """``client.webhooks`` of an ``AsyncClient``: ``receive`` answers at once, ``async with`` handles it."""

    @property
    def max_body(self) -> int:
        """Bytes that the platform pushes at most; an endpoint need not read more."""
        return _max_body(self._core)
