"""Pagers: a listing to be iterated, resumed, collected or turned into a frame."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from socialcommerce import models
from socialcommerce.errors import SocialCommerceError
from socialcommerce.runtime.drivers import on_asyncio
from socialcommerce.runtime.paging import Cursor, Page, Walk

if TYPE_CHECKING:
    import asyncio

    import pandas
    import polars
    import pyarrow

__all__ = ["AsyncFrames", "AsyncPager", "Frames", "Pager"]

T = TypeVar("T")


class _Listing(Generic[T]):
    """What both pagers know: where the listing starts, and the walk under way."""

    def __init__(self, start: Cursor, fetch: Callable[[str | None], Any]) -> None:
        self._start = start
        self._fetch = fetch
        self._walk: Walk[T] = Walk(start)
        self._ahead = False

    @property
    def cursor(self) -> str:
        """Where the latest iteration stands, after the last item given; the end is a cursor too."""
        return self._walk.cursor.text()

    def _restart(self) -> Walk[T]:
        self._walk = Walk(self._start)
        return self._walk

    def __repr__(self) -> str:
        state = "ended" if self._walk.ended else "open"
        return f"<{type(self).__name__} {self._start.operation} {state}>"


class Frames(Iterable[T]):
    """What can be made of all items of an iterable."""

    def collect(self, limit: int | None = None) -> list[T]:
        """The first ``limit`` items, or all of them, as a list."""
        items: list[T] = []
        for item in self if limit is None or limit > 0 else ():
            items.append(item)
            if len(items) == limit:
                break
        return items

    def to_rows(self, explode: models.Explode | None = None) -> list[dict[str, Any]]:
        """One flat mapping an item; ``explode="variants"`` or ``"lines"`` gives one a part."""
        return list(models.to_rows(cast("Iterable[Any]", self), explode))

    def to_pandas(self, explode: models.Explode | None = None) -> pandas.DataFrame:
        """A pandas frame, one row an item (extra ``pandas``); Money becomes ``x`` and ``x_currency``."""
        return models.to_pandas(cast("Iterable[Any]", self), explode)

    def to_polars(self, explode: models.Explode | None = None) -> polars.DataFrame:
        """A polars frame, one row an item (extra ``polars``)."""
        return models.to_polars(cast("Iterable[Any]", self), explode)

    def to_arrow(self, explode: models.Explode | None = None) -> pyarrow.Table:
        """An Arrow table, one row an item (extra ``arrow``)."""
        return models.to_arrow(cast("Iterable[Any]", self), explode)


class AsyncFrames(AsyncIterable[T]):
    """What can be made of all items of an asynchronous iterable."""

    async def collect(self, limit: int | None = None) -> list[T]:
        """The first ``limit`` items, or all of them, as a list."""
        items: list[T] = []
        if limit is not None and limit <= 0:
            return items
        async for item in self:
            items.append(item)
            if len(items) == limit:
                break
        return items

    async def _all(self) -> list[Any]:
        return list(await self.collect())

    async def to_rows(self, explode: models.Explode | None = None) -> list[dict[str, Any]]:
        """One flat mapping an item; ``explode="variants"`` or ``"lines"`` gives one a part."""
        return list(models.to_rows(await self._all(), explode))

    async def to_pandas(self, explode: models.Explode | None = None) -> pandas.DataFrame:
        """A pandas frame, one row an item (extra ``pandas``)."""
        return models.to_pandas(await self._all(), explode)

    async def to_polars(self, explode: models.Explode | None = None) -> polars.DataFrame:
        """A polars frame, one row an item (extra ``polars``)."""
        return models.to_polars(await self._all(), explode)

    async def to_arrow(self, explode: models.Explode | None = None) -> pyarrow.Table:
        """An Arrow table, one row an item (extra ``arrow``)."""
        return models.to_arrow(await self._all(), explode)


class Pager(_Listing[T], Frames[T]):
    """A listing. Every iteration begins anew, where the pager was made to begin."""

    def __iter__(self) -> Iterator[T]:
        walk = self._restart()
        for page in self._pages(walk):
            yield from walk.items(page)

    def pages(self) -> Iterator[Sequence[T]]:
        """Page by page, as the platform cuts them."""
        walk = self._restart()
        for page in self._pages(walk):
            yield list(walk.items(page))

    def prefetch(self) -> Pager[T]:
        """Read the next page in a thread while the caller works on this one."""
        self._ahead = True
        return self

    def _pages(self, walk: Walk[T]) -> Iterator[Page[T]]:
        if self._ahead:
            yield from self._pages_ahead(walk)
            return
        while not walk.ended:
            yield self._read(walk, partial(self._fetch, walk.place))

    def _read(self, walk: Walk[T], fetch: Callable[[], Page[T]]) -> Page[T]:
        try:
            return fetch()
        except SocialCommerceError as error:
            error.cursor = walk.cursor.text()
            raise

    def _pages_ahead(self, walk: Walk[T]) -> Iterator[Page[T]]:
        if walk.ended:
            return
        with ThreadPoolExecutor(1, thread_name_prefix="socialcommerce-prefetch") as reader:
            coming: Future[Page[T]] | None = reader.submit(self._fetch, walk.place)
            while coming is not None:
                page = self._read(walk, coming.result)
                coming = reader.submit(self._fetch, page.next) if page.next is not None else None
                yield page


class _AsyncWalk(Generic[T]):
    """One passage. No async generator: whoever stops half-way leaves nothing open."""

    def __init__(
        self, walk: Walk[T], fetch: Callable[[str | None], Coroutine[Any, Any, Page[T]]], ahead: bool
    ) -> None:
        self._walk = walk
        self._fetch = fetch
        self._ahead = ahead
        self._coming: asyncio.Task[Page[T]] | None = None

    async def _items(self) -> Iterator[T]:
        """The items of the next page."""
        if self._walk.ended:
            raise StopAsyncIteration
        coming, self._coming = self._coming, None
        try:
            page = await (coming or self._fetch(self._walk.place))
        except SocialCommerceError as error:
            error.cursor = self._walk.cursor.text()
            raise
        if self._ahead and page.next is not None and on_asyncio():
            self._coming = _begun(self._fetch(page.next))
        return self._walk.items(page)


def _begun(reading: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """A page that is read from now on; who never asks for it is not told how it ended."""
    import asyncio

    task = asyncio.ensure_future(reading)
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    return task


class _AsyncPages(_AsyncWalk[T], AsyncIterator[Sequence[T]]):
    async def __anext__(self) -> Sequence[T]:
        return list(await self._items())


class _AsyncItems(_AsyncWalk[T], AsyncIterator[T]):
    _given: Iterator[T] = iter(())

    async def __anext__(self) -> T:
        while True:
            for item in self._given:
                return item
            self._given = await self._items()


class AsyncPager(_Listing[T], AsyncFrames[T]):
    """A listing to be iterated with ``async for``. Every iteration begins anew."""

    def __aiter__(self) -> AsyncIterator[T]:
        return _AsyncItems(self._restart(), self._fetch, self._ahead)

    def pages(self) -> AsyncIterator[Sequence[T]]:
        """Page by page, as the platform cuts them."""
        return _AsyncPages(self._restart(), self._fetch, self._ahead)

    def prefetch(self) -> AsyncPager[T]:
        """Read the next page in a task while the caller works on this one.

        On asyncio. trio has no task without a nursery that waits for it, so there pages are read one
        after the other all the same.
        """
        self._ahead = True
        return self
