"""``Noun``: the base of every contract; what a backend's flows are written with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar, NoReturn, TypeVar

from socialcommerce.errors import SHAPE_ERRORS, InvalidRequest, SocialCommerceError, Unsupported
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.runtime.call import Call, Reply, Subject
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.perform import perform
from socialcommerce.runtime.session import Session

__all__ = ["Noun", "each_alone", "identity", "invalid"]

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741  # the letter of "input" reads best in signatures
N = TypeVar("N", bound="Noun")

_CLAIMS = 10_000
"""How many made things are remembered; what is looked for after a lost answer is minutes old at most."""


class Noun:
    """Some operations of one backend, as flows.

    A contract is a subclass that declares every operation and refuses it; a backend
    overrides what it can do and marks it with ``supports``. An instance lives for one
    operation of a user: ``session`` is the client's world, ``operation`` its name.
    """

    noun: ClassVar[str] = ""

    def __init__(self, session: Session, operation: str = "") -> None:
        self.session = session
        self.operation = operation

    @property
    def backend(self) -> Any:
        """The backend whose platform this is; a subclass narrows the type."""
        return self.session.platform

    @property
    def subject(self) -> Subject | None:
        """The account that was chosen, if any."""
        return self.session.chosen

    def now(self) -> datetime:
        """The present instant of the client's clock."""
        return self.session.now()

    def sibling(self, contract: type[N]) -> N:
        """Another noun of the same backend, for the same account and operation."""
        noun: N = self.backend.noun(contract)(self.session, self.operation)
        return noun

    def perform(self, call: Call) -> Flow[Reply[Any]]:
        """Send one call under every policy; answers the decoded reply and its response."""
        return perform(self.session, call, self.operation)

    def ask(self, method: str, path: str, **fields: Any) -> Flow[Any]:
        """Send one call (see ``Call`` for the fields) and answer its decoded value."""
        reply = yield from perform(self.session, Call(method, path, **fields), self.operation)
        return reply.value

    def refuse(self, what: str) -> NoReturn:
        """Refuse an operation or a part of one, with the reason that the backend gives for it."""
        name = f"{self.noun}.{what}" if self.noun else what
        refusal = self.backend.refusal(name)
        raise Unsupported(name, self.backend.name, refusal.reason, refusal.instead)

    def remember(self, key: Any, make: Callable[[], Flow[T]], seconds: float) -> Flow[T]:
        """What ``make`` answers, kept for the account during ``seconds`` (limits, categories)."""
        place = (self.subject, key)
        kept = self.session.memo.get(place)
        if kept is not None and kept[0] > self.session.clock():
            value: T = kept[1]
            return value
        fresh = yield from make()
        self.session.memo[place] = (self.session.clock() + seconds, fresh)
        return fresh

    def claimed(self, kind: str, number: str) -> bool:
        """Whether a call of this client is known to have made this thing.

        Without it a write that was lost would be taken for its like: the same text sent twice.
        """
        return number in self._claims(kind)

    def claim(self, kind: str, number: str) -> bool:
        """Take a thing as what this very call made; False where another call took it before."""
        claims, mine = self._claims(kind), object()
        while len(claims) >= _CLAIMS:
            claims.pop(next(iter(claims)), None)
        return claims.setdefault(number, mine) is mine

    def _claims(self, kind: str) -> dict[str, object]:
        claims: dict[str, object] = self.session.memo.setdefault((self.subject, "made", kind), {})
        return claims

    def told_after(self, read: Flow[T], known: T) -> Flow[T]:
        """What is read after a write that took effect; ``known`` where it cannot be read.

        That the write happened is what the caller has to hear: a read that fails, or answers what has no
        sense, is not the write's.
        """
        try:
            return (yield from read)
        except (SocialCommerceError, *SHAPE_ERRORS):
            return known

    def mapped_after(self, read: Flow[I], mapped: Callable[[I], T], known: I) -> Flow[T]:
        """``told_after`` of a row and what it means: of ``known`` where nothing sensible can be read."""

        def reading() -> Flow[T]:
            return mapped((yield from read))

        return (yield from self.told_after(reading(), mapped(known)))

    def advance(self, task: Any) -> Flow[Any]:
        """Take a task of this noun one step on; a backend with long work overrides it."""
        raise Unsupported(task.kind, self.backend.name, "this backend has no such job")


def invalid(message: str = "", **fields: str) -> InvalidRequest:
    """An input is wrong and nothing was sent: ``invalid(title="is 130 characters; at most 120")``."""
    return InvalidRequest(message, fields=fields, sent="no")


def identity(thing: Any) -> str:
    """The id of what an operation was given: an object, or its id."""
    value = thing if isinstance(thing, str) else getattr(thing, "id", None)
    if not isinstance(value, str) or not value:
        what = repr(thing) if isinstance(thing, int | str) else type(thing).__name__
        raise invalid(id=f"expected an object of this library or its id as text, not {what}")
    return value


def each_alone(inputs: Sequence[I], work: Callable[[I], Flow[T]], limit: int = 8) -> Flow[BulkResult[I, T]]:
    """Do ``work`` for every input by itself, side by side: one outcome an input, in order."""
    outcomes = yield from gather([_outcome(item, work) for item in inputs], limit)
    return BulkResult(tuple(outcomes))


def _outcome(item: I, work: Callable[[I], Flow[T]]) -> Flow[Outcome[I, T]]:
    try:
        value = yield from work(item)
    except SocialCommerceError as error:
        return Outcome.of(item, error)
    return Outcome.of(item, value)
