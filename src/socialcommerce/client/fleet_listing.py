"""Listings of many shops as one, by time: a merge without I/O, and the two pagers that drive it.

Of every shop at most a page and a half is held, or ``_AHEAD`` items and a page where pages are
small. When one runs dry, it is read again together with all that are half empty, so that the
reading is side by side and not shop after shop.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from itertools import islice
from math import inf
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from attrs import define, evolve, field, frozen

from socialcommerce.client.fleet_work import AsyncCrew, Crew, Progress, attempt, raise_all
from socialcommerce.errors import DecodeError, SocialCommerceError
from socialcommerce.models.bulk import Outcome
from socialcommerce.resources.pager import AsyncFrames, Frames
from socialcommerce.runtime.drivers import on_asyncio
from socialcommerce.runtime.paging import Cursor, Page, Walk

if TYPE_CHECKING:
    import asyncio

__all__ = ["AsyncFleetPager", "FleetPager", "Merge", "ShopListing", "times"]

T = TypeVar("T")

_AHEAD = 16
"""So few items of a shop are few, however small its pages: all such shops are read together."""


@frozen
class ShopListing:
    """One shop's part of a listing: where it starts, and what reads the page at a place."""

    start: Cursor
    fetch: Callable[[str | None], Any]


Source = Outcome[str, ShopListing]
"""A shop, and its listing or why there is none."""


def times(filters: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that a listing under these filters is merged by; the first that an item has counts."""
    if any(name.startswith("updated_") for name in filters):
        return ("updated_at", "created_at")
    return ("occurred_at", "created_at", "updated_at")


@define(eq=False)
class _Stream(Generic[T]):
    """One shop's part: what was read of it and not given yet.

    Beside each of the ``rows`` stands its number in its page, and beside each page how many of it are
    left: plain numbers, since what is held for a thousand shops is visited by every garbage collection.
    """

    account: str
    fetch: Callable[[str | None], Any]
    walk: Walk[T]
    error: SocialCommerceError | None = None
    rows: deque[T] = field(factory=deque)
    _numbers: deque[int] = field(init=False, factory=deque)
    _pages: deque[tuple[str | None, int]] = field(init=False, factory=deque)
    page: int = 0
    mark: float = -inf
    _place: str | None = field(init=False)
    _given: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._place, self._given = self.walk.place, self.walk.given

    @property
    def open(self) -> bool:
        """Whether there may be more to read."""
        return self.error is None and not self.walk.ended

    @property
    def low(self) -> bool:
        """Whether it may be read again: half of its page is given, or little is held at all."""
        held = len(self.rows)
        return (2 * held <= self.page or held < _AHEAD) and self.open

    @property
    def cursor(self) -> str:
        """After the last item given."""
        if not self.rows and not self.error:
            return self.walk.cursor.text()
        return evolve(self.walk.start, position=self._place, given=self._given).text()

    def take(self, read: Outcome[str, Page[T]]) -> None:
        """Keep the page that was read, or the error in its place."""
        try:
            page = read.unwrap()
            self.page = len(page.items)
            self._keep(page)
        except SocialCommerceError as error:
            error.cursor = self.walk.cursor.text()
            self.error = error

    def _keep(self, page: Page[T]) -> None:
        walk, place, before = self.walk, self.walk.place, len(self.rows)
        try:
            for item in walk.items(page):
                self.rows.append(item)
                self._numbers.append(walk.given)
        finally:
            if len(self.rows) > before:
                self._pages.append((place, len(self.rows) - before))

    def give(self) -> T:
        """The next item."""
        self._given = self._numbers.popleft()
        self._place, left = self._pages[0]
        if left > 1:
            self._pages[0] = (self._place, left - 1)
        else:
            self._pages.popleft()
        return self.rows.popleft()


@define(eq=False)
class Merge(Generic[T]):
    """The streams of many shops as one, without I/O: it says what to read and what to give.

    A shop's own order is kept, so the whole is in time order where the shops list in the same
    direction. An item that comes later than its time says is given as soon as it is read.
    """

    streams: Sequence[_Stream[T]]
    fields: tuple[str, ...]
    _sign: int = field(init=False, default=0)
    _heads: list[tuple[float, int]] = field(init=False, factory=list)
    _bare: set[int] = field(init=False)
    _open: list[_Stream[T]] = field(init=False)
    _known: dict[type, tuple[str, ...]] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self._bare = set(range(len(self.streams)))
        self._open = list(self.streams)

    def wanted(self) -> list[_Stream[T]]:
        """The streams to read before anything can be given; none where something can, or all is over."""
        for index in self._bare:
            stream = self.streams[index]
            if not stream.rows and stream.open:
                self._open = [stream for stream in self._open if stream.open]
                return [stream for stream in self._open if stream.low]
        return []

    def next(self) -> _Stream[T] | None:
        """The stream whose item comes next; None where all is given. Only when nothing is wanted."""
        self._sign = self._sign or self._direction()
        for index in self._bare:
            stream = self.streams[index]
            if stream.rows:
                heappush(self._heads, (self._rank(stream), index))
        self._bare.clear()
        if not self._heads:
            return None
        index = heappop(self._heads)[1]
        self._bare.add(index)
        return self.streams[index]

    def _rank(self, stream: _Stream[T]) -> float:
        instant = self._instant(stream.rows[0])
        if instant is not None:
            stream.mark = max(stream.mark, self._sign * instant)
        return stream.mark

    def _instant(self, item: T) -> float | None:
        kind = type(item)
        names = self._known.get(kind)
        if names is None:
            has = getattr(kind, "model_fields", self.fields)
            names = self._known[kind] = tuple(name for name in self.fields if name in has)
        try:
            for name in names:
                value = getattr(item, name, None)  # a field that was not loaded is an AttributeError too
                if isinstance(value, datetime):
                    return value.timestamp()
        except DecodeError:
            pass  # whoever reads the item learns what is wrong with it; the other shops go on
        return None

    def _direction(self) -> int:
        """Newest first where all that were read begin so, else oldest first: platforms differ."""
        spans = [self._span(list(stream.rows)) for stream in self.streams]
        return -1 if min(spans, default=0) < 0 and max(spans) <= 0 else 1

    def _span(self, items: Sequence[T]) -> float:
        instants = [instant for instant in map(self._instant, items) if instant is not None]
        return instants[-1] - instants[0] if instants else 0


class _Listing(Generic[T]):
    """What both pagers know: the shops' pagers, and the merge under way."""

    def __init__(self, start: Cursor, sources: Sequence[Source], progress: Progress | None) -> None:
        self._start = start
        self._sources = sources
        self._progress = progress
        self._restart()

    def _restart(self) -> Merge[T]:
        self._streams: list[_Stream[T]] = [
            _Stream(source.input, source.value.fetch, Walk(source.value.start))
            for source in self._sources
            if source.value is not None
        ]
        self._told: set[str] = set()
        return Merge(self._streams, times(self._start.filters))

    @property
    def cursor(self) -> str:
        """Where the latest iteration stands in every shop, as one opaque string for ``cursor=``."""
        places: dict[str, str | None] = {source.input: None for source in self._sources}
        places |= {stream.account: stream.cursor for stream in self._streams}
        return Cursor(self._start.operation, self._start.filters, json.dumps(places)).text()

    @property
    def failures(self) -> Mapping[str, SocialCommerceError]:
        """The shops whose listing broke off in the latest iteration, and why; the rest went on.

        ``cursor`` stands before what such a shop did not give: resumed there, it is asked again.
        """
        read = {stream.account: stream.error for stream in self._streams}
        found = {source.input: source.error or read.get(source.input) for source in self._sources}
        return {account: error for account, error in found.items() if error is not None}

    def raise_for_failures(self) -> None:
        """``BulkFailure`` with one error a shop that broke off, where any did."""
        raise_all(self.failures, len(self._sources))

    def _going(self, at_once: int) -> list[_Stream[T]]:
        """The first shops that may have more, as many as are asked at once; more where pages are small.

        How small they are is not known before some were read.
        """
        largest = max((stream.page for stream in self._streams), default=0) or _AHEAD
        most = at_once * max(1, _AHEAD // largest)
        return list(islice((stream for stream in self._streams if stream.open), most))

    def _ended(self) -> None:
        """An iteration that could list no shop at all does not pass for an empty one."""
        if len(self.failures) == len(self._sources):
            self.raise_for_failures()

    def _tell(self) -> None:
        """Report every shop that is through and was not reported yet."""
        if self._progress is None:
            return
        going = {stream.account for stream in self._streams if stream.open or stream.rows}
        for source in self._sources:
            if source.input not in going and source.input not in self._told:
                self._told.add(source.input)
                self._progress(len(self._told), len(self._sources), source.input)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._start.operation} of {len(self._sources)} shops>"


def _given(streams: Sequence[_Stream[T]]) -> Iterator[tuple[str, T]]:
    """All that was read of some shops, with the shop it belongs to."""
    for stream in streams:
        while stream.rows:
            yield stream.account, stream.give()


def _taker(asked: Sequence[_Stream[T]]) -> Callable[[int, Outcome[str, Any]], None]:
    return lambda index, read: asked[index].take(read)


def _works(wanted: Sequence[_Stream[T]]) -> list[tuple[str, Callable[[], Any]]]:
    return [(stream.account, partial(stream.fetch, stream.walk.place)) for stream in wanted]


class FleetPager(_Listing[T], Frames[T]):
    """A listing of many shops. Every iteration begins anew, where the pager was made to begin."""

    def __init__(
        self, start: Cursor, sources: Sequence[Source], progress: Progress | None, crew: Crew
    ) -> None:
        super().__init__(start, sources, progress)
        self._crew = crew

    def __iter__(self) -> Iterator[T]:
        return (item for _, item in self.by_account())

    def by_account(self) -> Iterator[tuple[str, T]]:
        """Each item with the account it belongs to."""
        merge = self._restart()
        while True:
            while wanted := merge.wanted():
                self._crew.do(_works(wanted), _taker(wanted))
            self._tell()
            stream = merge.next()
            if stream is None:
                break
            yield stream.account, stream.give()
        self._ended()

    def as_read(self) -> Iterator[tuple[str, T]]:
        """Each item with the account it belongs to, page by page as the shops answer.

        In no order over the shops, so that nothing waits for a page of every shop: at most ``concurrency``
        pages are held (or some more where pages are small), however many shops there are. Failures and
        ``cursor`` are as elsewhere.
        """
        self._restart()
        while going := self._going(self._crew.limit):
            self._crew.do(_works(going), _taker(going))
            yield from _given(going)
            self._tell()
        self._ended()


class _AsyncPairs(AsyncIterator[tuple[str, T]]):
    """One passage. No async generator: whoever stops half-way leaves nothing open."""

    def __init__(self, pager: AsyncFleetPager[T]) -> None:
        self._pager = pager
        self._merge = pager._restart()

    async def __anext__(self) -> tuple[str, T]:
        while wanted := self._merge.wanted():
            await self._pager._crew.do(_works(wanted), _taker(wanted))
        self._pager._tell()
        stream = self._merge.next()
        if stream is None:
            self._pager._ended()
            raise StopAsyncIteration
        return stream.account, stream.give()


class _Tasks(Generic[T]):
    """Pages read in tasks of asyncio: as many as are asked at once are under way or wait to be given.

    A shop that was begun is read to its end before another is begun.
    """

    def __init__(self, streams: Sequence[_Stream[T]], limit: int) -> None:
        import asyncio

        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self._to_read = deque(stream for stream in streams if stream.open)
        self._reading: set[asyncio.Task[_Stream[T]]] = set()
        self._read: deque[asyncio.Task[_Stream[T]]] = deque()
        self._arrival: asyncio.Future[None] = self._loop.create_future()
        self._stopped = False

    async def next(self, given: Sequence[_Stream[T]]) -> Sequence[_Stream[T]]:
        """The next shop of which a page was read; none where all are through. ``given`` were given out."""
        import asyncio

        self._to_read.extendleft(stream for stream in given if stream.open)
        self._begin()
        while not self._read:
            if not self._reading:
                return ()
            if self._arrival.done():
                self._arrival = self._loop.create_future()
            await asyncio.shield(self._arrival)
        try:
            return (self._read.popleft().result(),)
        except BaseException:
            self.stop()  # an error that is not ours ends the passage
            raise

    def _begin(self) -> None:
        while self._to_read and not self._stopped and len(self._reading) + len(self._read) < self._limit:
            task = self._loop.create_task(_read(self._to_read.popleft()))
            self._reading.add(task)
            task.add_done_callback(self._arrived)

    def _arrived(self, task: asyncio.Task[_Stream[T]]) -> None:
        self._reading.discard(task)
        self._read.append(task)
        if not self._arrival.done():
            self._arrival.set_result(None)
        if self._stopped:
            self._forget()

    def stop(self) -> None:
        """Read no more, whichever thread says so; with a loop that is closed its tasks have ended."""
        self._stopped = True
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._forget)

    def _forget(self) -> None:
        for task in self._reading:
            task.cancel()
        for task in self._read:
            _ = task.cancelled() or task.exception()  # looked at, so that asyncio does not report it as lost


async def _read(stream: _Stream[T]) -> _Stream[T]:
    stream.take(await attempt(stream.account, partial(stream.fetch, stream.walk.place)))
    return stream


class _Rounds(Generic[T]):
    """Pages read side by side, and the next ones when all of those are given: where there are no tasks."""

    def __init__(self, pager: AsyncFleetPager[T]) -> None:
        self._pager = pager

    async def next(self, given: Sequence[_Stream[T]]) -> Sequence[_Stream[T]]:
        """The shops of which a page was read; none where all are through."""
        held = [stream for stream in self._pager._streams if stream.rows]  # of a round that was cut off
        going = held or self._pager._going(self._pager._crew.limit)
        if not held:
            await self._pager._crew.do(_works(going), _taker(going))
        return going

    def stop(self) -> None:
        """Nothing is under way between two rounds."""


class _AsyncRead(AsyncIterator[tuple[str, T]]):
    """One passage in no order."""

    _reader: _Tasks[T] | _Rounds[T] | None = None

    def __init__(self, pager: AsyncFleetPager[T]) -> None:
        self._pager = pager
        self._streams: Sequence[_Stream[T]] = ()
        self._given: Iterator[tuple[str, T]] = iter(())
        pager._restart()

    async def __anext__(self) -> tuple[str, T]:
        while True:
            for pair in self._given:
                return pair
            if not all(stream.open for stream in self._streams):
                self._pager._tell()
            given, self._streams = self._streams, ()  # once, also where the wait is cut off
            self._streams = await self._opened().next(given)
            if not self._streams:
                self._pager._tell()
                self._pager._ended()
                raise StopAsyncIteration
            self._given = _given(self._streams)

    def _opened(self) -> _Tasks[T] | _Rounds[T]:
        if self._reader is None:
            limit, streams = self._pager._crew.limit, self._pager._streams
            self._reader = _Tasks(streams, limit) if on_asyncio() else _Rounds(self._pager)
        return self._reader

    def __del__(self) -> None:
        """Whoever stops half-way leaves nothing under way."""
        if self._reader is not None:
            self._reader.stop()


class _AsyncItems(AsyncIterator[T]):
    def __init__(self, pairs: AsyncIterator[tuple[str, T]]) -> None:
        self._pairs = pairs

    async def __anext__(self) -> T:
        return (await anext(self._pairs))[1]


class AsyncFleetPager(_Listing[T], AsyncFrames[T]):
    """A listing of many shops to be iterated with ``async for``; see ``FleetPager``."""

    def __init__(
        self, start: Cursor, sources: Sequence[Source], progress: Progress | None, crew: AsyncCrew
    ) -> None:
        super().__init__(start, sources, progress)
        self._crew = crew

    def __aiter__(self) -> AsyncIterator[T]:
        return _AsyncItems(self.by_account())

    def by_account(self) -> AsyncIterator[tuple[str, T]]:
        """Each item with the account it belongs to."""
        return _AsyncPairs(self)

    def as_read(self) -> AsyncIterator[tuple[str, T]]:
        """Each item with its account, page by page as the shops answer; see ``FleetPager.as_read``.

        On asyncio pages are read ahead: up to ``concurrency`` are under way or wait to be given.
        """
        return _AsyncRead(self)
