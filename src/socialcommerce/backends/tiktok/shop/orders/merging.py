"""Several listings by time as one: what changed first comes first, whichever list it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from attrs import frozen

from socialcommerce.models.event import Event
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["Source", "merged"]

Source: TypeAlias = Callable[[str | None], Flow[Page[Event]]]
"""Reads one page of a list that is sorted by time, from a native cursor on."""


@frozen
class _Place:
    """Where one list stands: the cursor of a page, and how many of its events were given."""

    cursor: str | None
    given: int
    page: Page[Event]

    @property
    def left(self) -> list[Event]:
        """What of the page was not given yet."""
        return list(self.page.items[self.given :])

    @property
    def reaches(self) -> datetime | None:
        """Up to when nothing of this list is missing; None where it is read to its end."""
        if self.page.next is None or not self.left:
            return None
        return self.left[-1].occurred_at


def merged(sources: Mapping[str, Source], cursor: str | None) -> Flow[Page[Event]]:
    """One page of all lists together, sorted by time.

    An event is given once every list was read up to its time; the rest of a page is read again
    when the listing goes on, so that nothing has to be kept meanwhile.
    """
    started = read_position(cursor)
    open_ones = [name for name in sources if started.get(name, ()) is not None]
    pages = yield from gather([_read(sources[name], started.get(name)) for name in open_ones])
    places = dict(zip(open_ones, pages, strict=True))
    limits = [place.reaches for place in places.values() if place.reaches is not None]
    horizon = min(limits) if limits else None
    events: list[Event] = []
    following: dict[str, list[object] | None] = dict.fromkeys(sources)
    for name, place in places.items():
        ready = [event for event in place.left if horizon is None or _time(event) <= horizon]
        events += ready
        following[name] = _next(place, len(ready))
    events.sort(key=_time)
    ended = all(place is None for place in following.values())
    return Page(events, None if ended else position(**following))


def _read(source: Source, place: list[object] | None) -> Flow[_Place]:
    cursor, given = place or (None, 0)
    page = yield from source(None if cursor is None else str(cursor))
    return _Place(None if cursor is None else str(cursor), int(str(given)), page)


def _next(place: _Place, ready: int) -> list[object] | None:
    if place.given + ready < len(place.page.items):
        return [place.cursor, place.given + ready]
    return None if place.page.next is None else [place.page.next, 0]


def _time(event: Event) -> datetime:
    assert event.occurred_at is not None
    return event.occurred_at
