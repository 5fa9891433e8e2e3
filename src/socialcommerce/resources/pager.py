"""Pagers: a listing to be iterated, resumed, collected or turned into a frame."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from socialcommerce.errors import SocialCommerceError
from socialcommerce.models import frames
from socialcommerce.runtime.paging import Cursor, Page, Walk

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["AsyncPager", "Pager"]

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

    def _mark(self, error: SocialCommerceError, walk: Walk[T]) -> None:
        error.cursor = walk.cursor.text()

    def __repr__(self) -> str:
        state = "ended" if self._walk.ended else "open"
        return f"<{type(self).__name__} {self._start.operation} {state}>"


class Pager(_Listing[T]):
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

    def collect(self, limit: int | None = None) -> list[T]:
        """The first ``limit`` items, or all of them, as a list."""
        items: list[T] = []
        for item in self if limit is None or limit > 0 else ():
            items.append(item)
            if len(items) == limit:
                break
        return items

    def prefetch(self) -> Pager[T]:
        """Read the next page in a thread while the caller works on this one."""
        self._ahead = True
        return self

    def _pages(self, walk: Walk[T]) -> Iterator[Page[T]]:
        if self._ahead:
            yield from self._pages_ahead(walk)
            return
        while not walk.ended:
            yield self._read(walk, walk.place)

    def _read(self, walk: Walk[T], place: str | None) -> Page[T]:
        try:
            page: Page[T] = self._fetch(place)
        except SocialCommerceError as error:
            self._mark(error, walk)
            raise
        return page

    def _pages_ahead(self, walk: Walk[T]) -> Iterator[Page[T]]:
        with ThreadPoolExecutor(1, thread_name_prefix="socialcommerce-prefetch") as reader:
            coming: Future[Page[T]] | None = None
            while not walk.ended:
                page = coming.result() if coming else self._read(walk, walk.place)
                coming = reader.submit(self._read, walk, page.next) if page.next is not None else None
                yield page

    def to_rows(self, explode: str | None = None) -> list[dict[str, Any]]:
        """One flat mapping an item; ``explode="variants"`` or ``"lines"`` gives one a part."""
        return frames.to_rows(self, explode)

    def to_pandas(self, explode: str | None = None) -> pandas.DataFrame:
        """A pandas frame, one row an item (extra ``pandas``); Money becomes ``x`` and ``x_currency``."""
        return frames.to_pandas(self.to_rows(explode))

    def to_polars(self, explode: str | None = None) -> polars.DataFrame:
        """A polars frame, one row an item (extra ``polars``)."""
        return frames.to_polars(self.to_rows(explode))

    def to_arrow(self, explode: str | None = None) -> pyarrow.Table:
        """An Arrow table, one row an item (extra ``arrow``)."""
        return frames.to_arrow(self.to_rows(explode))


class AsyncPager(_Listing[T]):
    """A listing to be iterated with ``async for``. Every iteration begins anew."""

    async def __aiter__(self) -> AsyncIterator[T]:
        walk = self._restart()
        async for page in self._pages(walk):
            for item in walk.items(page):
                yield item

    async def pages(self) -> AsyncIterator[Sequence[T]]:
        """Page by page, as the platform cuts them."""
        walk = self._restart()
        async for page in self._pages(walk):
            yield list(walk.items(page))

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

    async def _pages(self, walk: Walk[T]) -> AsyncIterator[Page[T]]:
        while not walk.ended:
            try:
                page: Page[T] = await self._fetch(walk.place)
            except SocialCommerceError as error:
                self._mark(error, walk)
                raise
            yield page

    async def to_rows(self, explode: str | None = None) -> list[dict[str, Any]]:
        """One flat mapping an item; ``explode="variants"`` or ``"lines"`` gives one a part."""
        return frames.to_rows(await self.collect(), explode)

    async def to_pandas(self, explode: str | None = None) -> pandas.DataFrame:
        """A pandas frame, one row an item (extra ``pandas``)."""
        return frames.to_pandas(await self.to_rows(explode))

    async def to_polars(self, explode: str | None = None) -> polars.DataFrame:
        """A polars frame, one row an item (extra ``polars``)."""
        return frames.to_polars(await self.to_rows(explode))

    async def to_arrow(self, explode: str | None = None) -> pyarrow.Table:
        """An Arrow table, one row an item (extra ``arrow``)."""
        return frames.to_arrow(await self.to_rows(explode))
