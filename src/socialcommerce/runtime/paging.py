"""Listings: pages as flows, cursors that can be kept, windows that leave no gap.

A backend answers one ``Page`` at a time. ``Page.next`` is a position of its own making (any
text, see ``position`` and ``read_position``); None ends the listing. The user's cursor wraps
that position with the filters and the number of items already given.
"""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from attrs import define, evolve, field, frozen

from socialcommerce.errors import InvalidRequest, PlatformError

__all__ = ["Cursor", "Page", "Walk", "begun", "plain", "position", "read_position", "windows"]

T = TypeVar("T")

_REMEMBERED = 4096
"""How many items back a listing looks for the same item given twice (overlapping windows)."""


@frozen
class Page(Generic[T]):
    """Some items of a listing, and where the next ones begin (None: there are none)."""

    items: Sequence[T]
    next: str | None = None


def position(**parts: Any) -> str:
    """Write a native position (numbers, text, lists) as text for ``Page.next``."""
    return _written(parts)


_written = json.JSONEncoder(separators=(",", ":")).encode


def read_position(cursor: str | None) -> dict[str, Any]:
    """Read what ``position`` wrote; nothing at the beginning."""
    if cursor is None:
        return {}
    parts: dict[str, Any] = json.loads(cursor)
    return parts


def windows(
    since: datetime, until: datetime, longest: timedelta, overlap: timedelta = timedelta()
) -> list[tuple[datetime, datetime]]:
    """Cut ``[since, until]`` into windows of at most ``longest``, oldest first, in UTC, without gaps.

    Neighbours share their boundary and ``overlap``; the listing drops what comes twice. A period
    that ends before it begins is ``InvalidRequest``.
    """
    step = longest - overlap
    if step <= timedelta():
        raise ValueError("the overlap must be shorter than the window")
    # In UTC, since a local day may have 25 hours, and a window then more than the platform takes.
    start, end = since.astimezone(UTC), until.astimezone(UTC)
    if start > end:
        raise InvalidRequest("the period ends before it begins", sent="no")
    cuts = []
    while end - start > longest:
        cuts.append((start, start + longest))
        start += step
    return [*cuts, (start, end)]


@frozen
class Cursor:
    """Where a listing stands: whose operation, its filters, native position, items given of that page."""

    operation: str
    filters: Mapping[str, Any] = field(factory=dict)
    position: str | None = None
    given: int = 0
    ended: bool = False

    def text(self) -> str:
        """The cursor as an opaque string that can be kept anywhere."""
        state = [self.operation, plain(self.filters), self.position, self.given, self.ended]
        return (
            base64.urlsafe_b64encode(json.dumps(state, separators=(",", ":")).encode()).decode().rstrip("=")
        )

    @classmethod
    def read(cls, text: str, operation: str) -> Cursor:
        """Read a cursor of the same operation; ``InvalidRequest`` for anything else."""
        try:
            padded = text + "=" * (-len(text) % 4)
            found = cls(*json.loads(base64.urlsafe_b64decode(padded.encode("ascii"))))
            _refuse_misshapen(found)
            filters = {name: _rich(value) for name, value in found.filters.items()}
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidRequest(fields={"cursor": "is not a cursor of this library"}) from error
        if found.operation != operation:
            raise InvalidRequest(fields={"cursor": f"belongs to {found.operation}, not to {operation}"})
        return evolve(found, filters=filters)


def begun(operation: str, filters: Mapping[str, Any], cursor: str | None) -> Cursor:
    """Where a listing starts: at its beginning, or where a cursor stands, which holds its own filters.

    ``InvalidRequest`` where other filters are given beside it.
    """
    if cursor is None:
        return Cursor(operation, filters)
    found = Cursor.read(cursor, operation)
    kept = plain(found.filters)
    other = [name for name, value in filters.items() if name not in kept or kept[name] != plain(value)]
    if other:
        told = f"holds its own filters; leave out {', '.join(sorted(other))}"
        raise InvalidRequest(fields={"cursor": told}, sent="no")
    return found


def _refuse_misshapen(cursor: Cursor) -> None:
    """``TypeError`` for what was no cursor when somebody wrote it."""
    kinds = {"operation": str, "filters": dict, "position": str | None, "given": int, "ended": bool}
    wrong = [name for name, kind in kinds.items() if not isinstance(getattr(cursor, name), kind)]
    if wrong or cursor.given < 0:
        raise TypeError(f"not a cursor: {wrong}")


def plain(value: Any) -> Any:
    """A filter as JSON keeps it: instants and days marked as such, objects by their id."""
    if isinstance(value, datetime):
        return {"$at": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"$on": value.isoformat()}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    identity = getattr(value, "id", None)
    return identity if isinstance(identity, str) else value


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return [_rich(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$at" in value:
        return datetime.fromisoformat(value["$at"])
    if "$on" in value:
        return date.fromisoformat(value["$on"])
    return {key: _rich(item) for key, item in value.items()}


@define(eq=False)
class Walk(Generic[T]):
    """One passage through a listing, without I/O: it says where to fetch and what to give.

    Both pagers drive one. It holds the place, refuses a position that comes back a second
    time (a platform that walks in circles would never end), and drops items given already.
    """

    start: Cursor
    place: str | None = field(init=False)
    given: int = field(init=False)
    ended: bool = field(init=False)
    _places: set[int] = field(init=False, factory=set)  # hashes: native cursors can be long
    _recent: deque[Any] = field(init=False, factory=deque)
    _known: set[Any] = field(init=False, factory=set)

    def __attrs_post_init__(self) -> None:
        self.place, self.given, self.ended = self.start.position, self.start.given, self.start.ended
        self._places.add(hash(self.place))

    @property
    def cursor(self) -> Cursor:
        """Where the walk stands: after the last item given."""
        return evolve(self.start, position=self.place, given=self.given, ended=self.ended)

    def items(self, page: Page[T]) -> Iterator[T]:
        """Give the items of the page just fetched, moving on past each as it is given."""
        for index in range(self.given, len(page.items)):
            self.given = index + 1
            item = page.items[index]
            if not self._repeated(item):
                yield item
        self.turn(page)

    def turn(self, page: Page[T]) -> None:
        """Go on to the page after this one."""
        if page.next is not None and hash(page.next) in self._places:
            raise PlatformError(
                "the platform answered the same page position twice; the listing was stopped here",
                sent="yes",
                cursor=self.cursor.text(),
            )
        self.given = 0
        self.place = page.next
        self.ended = page.next is None
        self._places.add(hash(page.next))
        if self.ended:  # a fleet's thousand listings would be held until the last is through
            self._recent.clear()
            self._known.clear()

    def _repeated(self, item: T) -> bool:
        identity = getattr(item, "id", None) or getattr(item, "key", None)
        if identity is None:
            return False
        if identity in self._known:
            return True
        if len(self._recent) == _REMEMBERED:
            self._known.discard(self._recent.popleft())
        self._recent.append(identity)
        self._known.add(identity)
        return False
