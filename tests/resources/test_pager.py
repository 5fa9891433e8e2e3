"""Pagers: iterate, stop, resume, look ahead; memory stays where it is."""

from __future__ import annotations

import asyncio
import gc
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from socialcommerce.errors import PlatformUnavailable
from socialcommerce.models.base import Model
from socialcommerce.resources.pager import AsyncPager, Pager
from socialcommerce.runtime.paging import Cursor, Page

PAGES: dict[str | None, Page[int]] = {
    None: Page([1, 2, 3], "p2"),
    "p2": Page([], "p3"),
    "p3": Page([4, 5]),
}


class Reader:
    """Reads the pages above, noting what was asked; ``broken`` places fail once."""

    def __init__(self, *broken: str | None) -> None:
        self.broken = set(broken)
        self.asked: list[str | None] = []

    def __call__(self, place: str | None) -> Page[int]:
        self.asked.append(place)
        if place in self.broken:
            self.broken.discard(place)
            raise PlatformUnavailable("down", sent="yes")
        return PAGES[place]

    async def awaited(self, place: str | None) -> Page[int]:
        return self(place)


def pager(read: Callable[[str | None], Page[Any]] | None = None, start: Cursor | None = None) -> Pager[Any]:
    return Pager(start or Cursor("toy.list"), read or Reader())


def apager(read: Reader | None = None, start: Cursor | None = None) -> AsyncPager[Any]:
    return AsyncPager(start or Cursor("toy.list"), (read or Reader()).awaited)


def at(text: str | None) -> Cursor:
    assert text is not None
    return Cursor.read(text, "toy.list")


class TestPager:
    def test_gives_every_item_in_order(self) -> None:
        assert list(pager()) == [1, 2, 3, 4, 5]

    def test_reads_nothing_before_it_is_iterated_and_nothing_more_than_needed(self) -> None:
        read = Reader()
        listing = pager(read)
        assert read.asked == []
        assert listing.collect(2) == [1, 2]
        assert read.asked == [None]

    def test_every_iteration_begins_anew(self) -> None:
        listing = pager()
        assert list(listing) == list(listing)

    def test_gives_pages_as_the_platform_cuts_them(self) -> None:
        assert list(pager().pages()) == [[1, 2, 3], [], [4, 5]]

    @pytest.mark.parametrize(("limit", "items"), [(None, 5), (0, 0), (-1, 0), (4, 4), (99, 5)])
    def test_collects_so_many(self, limit: int | None, items: int) -> None:
        assert pager().collect(limit) == list(range(1, items + 1))

    @pytest.mark.parametrize("taken", range(6))
    def test_a_cursor_stands_after_the_last_item_given(self, taken: int) -> None:
        listing = pager()
        first = listing.collect(taken)
        assert first + list(pager(start=at(listing.cursor))) == [1, 2, 3, 4, 5]

    def test_the_end_is_a_cursor_that_yields_nothing_and_reads_nothing(self) -> None:
        listing, read = pager(), Reader()
        list(listing)
        assert list(pager(read, at(listing.cursor))) == []
        assert list(pager(read, at(listing.cursor)).prefetch()) == []
        assert read.asked == []

    @pytest.mark.parametrize("ahead", [False, True])
    def test_an_error_carries_the_cursor_to_go_on_with(self, ahead: bool) -> None:
        read = Reader("p3")
        listing = pager(read)
        taken: list[int] = []
        with pytest.raises(PlatformUnavailable) as caught:
            taken.extend(item for item in (listing.prefetch() if ahead else listing))
        assert list(pager(read, at(caught.value.cursor))) == [4, 5]

    def test_shows_what_it_lists_and_whether_it_ended(self) -> None:
        listing = pager()
        assert repr(listing) == "<Pager toy.list open>"
        list(listing)
        assert repr(listing) == "<Pager toy.list ended>"


class TestPrefetch:
    def test_gives_the_same_items(self) -> None:
        assert list(pager().prefetch()) == [1, 2, 3, 4, 5]

    def test_reads_the_next_page_while_this_one_is_worked_on(self) -> None:
        coming = threading.Event()

        def read(place: str | None) -> Page[int]:
            if place == "p2":
                coming.set()
            return PAGES[place]

        for _ in pager(read).prefetch():
            assert coming.wait(60)
            break

    def test_an_error_of_the_next_page_comes_after_the_items_of_this_one(self) -> None:
        taken = []
        listing = pager(Reader("p2")).prefetch()
        with pytest.raises(PlatformUnavailable) as caught:  # noqa: PT012
            for item in listing:
                taken.append(item)
        assert taken == [1, 2, 3]
        assert at(caught.value.cursor).position == "p2"

    def test_leaves_no_thread_behind_when_it_is_stopped(self) -> None:
        before = threading.active_count()
        assert pager().prefetch().collect(1) == [1]
        assert threading.active_count() == before


@pytest.mark.anyio
class TestAsyncPager:
    async def test_gives_every_item_in_order_each_time_anew(self) -> None:
        listing = apager()
        for _ in range(2):
            assert [item async for item in listing] == [1, 2, 3, 4, 5]

    async def test_gives_pages(self) -> None:
        assert [page async for page in apager().pages()] == [[1, 2, 3], [], [4, 5]]

    @pytest.mark.parametrize(("limit", "items"), [(None, 5), (0, 0), (4, 4), (99, 5)])
    async def test_collects_so_many(self, limit: int | None, items: int) -> None:
        assert await apager().collect(limit) == list(range(1, items + 1))

    async def test_whoever_stops_half_way_leaves_nothing_open(self) -> None:
        listing = apager()
        async for item in listing:
            if item == 2:
                break
        assert await apager(start=at(listing.cursor)).collect() == [3, 4, 5]

    async def test_an_error_carries_the_cursor_to_go_on_with(self) -> None:
        read = Reader("p3")
        with pytest.raises(PlatformUnavailable) as caught:
            await apager(read).collect()
        assert await apager(read, at(caught.value.cursor)).collect() == [4, 5]


@pytest.mark.anyio
class TestAsyncPrefetch:
    @pytest.mark.parametrize("start", [None, "p2", "p3"])
    async def test_gives_the_same_items(self, start: str | None) -> None:
        place = Cursor("toy.list", position=start)
        assert await apager(start=place).prefetch().collect() == await apager(start=place).collect()

    async def test_an_error_of_the_next_page_comes_after_the_items_of_this_one(self) -> None:
        taken = []
        with pytest.raises(PlatformUnavailable) as caught:  # noqa: PT012
            async for item in apager(Reader("p2")).prefetch():
                taken.append(item)
        assert taken == [1, 2, 3]
        assert at(caught.value.cursor).position == "p2"

    def test_whoever_stops_before_the_next_page_fails_is_not_told(self) -> None:
        read, told = Reader("p2"), list[object]()

        async def main() -> None:
            asyncio.get_running_loop().set_exception_handler(lambda _, facts: told.append(facts))
            assert await apager(read).prefetch().collect(1) == [1]
            for _ in range(3):  # the page ahead is asked for, and fails
                await asyncio.sleep(0)
            gc.collect()  # a task that failed and that nobody asked would complain when it goes
            await asyncio.sleep(0)

        asyncio.run(main())
        assert (read.asked, told) == ([None, "p2"], [])

    def test_reads_the_next_page_while_this_one_is_worked_on(self) -> None:
        async def main() -> None:
            coming = asyncio.Event()

            async def read(place: str | None) -> Page[int]:
                if place == "p2":
                    coming.set()
                return PAGES[place]

            async for _ in AsyncPager[int](Cursor("toy.list"), read).prefetch():
                await asyncio.wait_for(coming.wait(), 60)
                break

        asyncio.run(main())


class Row(Model):
    id: str
    title: str


ROWS = Page([Row(id="1", title="a"), Row(id="2", title="b")])


class TestFrames:
    def test_one_row_an_item(self) -> None:
        listing = pager(lambda place: ROWS)
        assert listing.to_rows() == [{"id": "1", "title": "a"}, {"id": "2", "title": "b"}]
        assert list(listing.to_pandas()["title"]) == ["a", "b"]
        assert listing.to_polars()["title"].to_list() == ["a", "b"]
        assert listing.to_arrow()["title"].to_pylist() == ["a", "b"]

    def test_the_same_awaited(self) -> None:
        async def read(place: str | None) -> Page[Row]:
            return ROWS

        async def main() -> None:
            listing: AsyncPager[Row] = AsyncPager(Cursor("toy.list"), read)
            assert [row["id"] for row in await listing.to_rows()] == ["1", "2"]
            assert list((await listing.to_pandas())["title"]) == ["a", "b"]
            assert (await listing.to_polars())["title"].to_list() == ["a", "b"]
            assert (await listing.to_arrow())["title"].to_pylist() == ["a", "b"]

        asyncio.run(main())


def test_memory_does_not_grow_with_the_number_of_items() -> None:
    """A million items must fit in 30 MiB: a tenth of them, in small pages, in a tenth of it."""

    def read(place: str | None) -> Page[Row]:
        start = int(place or 0)
        items = [Row.build(id=str(n), title="x" * 100) for n in range(start, start + 50)]
        return Page(items, str(start + 50) if start < 100_000 else None)

    tracemalloc.start()
    count = sum(1 for _ in pager(read))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 100_050
    assert peak < 3 * 2**20
