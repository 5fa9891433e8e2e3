"""A fleet's listing as it is read, on asyncio: no shop waits for another, and nothing is left under way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain
from types import SimpleNamespace
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from socialcommerce.client.fleet_listing import AsyncFleetPager, ShopListing
from socialcommerce.client.fleet_work import AsyncCrew
from socialcommerce.errors import PlatformError
from socialcommerce.models.bulk import Outcome
from socialcommerce.runtime.paging import Cursor, Page

PAGES = 3
Fetch = Callable[[str | None], Awaitable[Page[Any]]]


def item(shop: str, page: int) -> Any:
    return SimpleNamespace(id=f"{shop}{page}")


def paged(shop: str, before: Callable[[int], Awaitable[Any]]) -> Fetch:
    """What reads the pages of a shop, one item each, after what comes before each."""

    async def fetch(place: str | None) -> Page[Any]:
        page = int(place or 0)
        await before(page)
        return Page([item(shop, page)], str(page + 1) if page + 1 < PAGES else None)

    return fetch


async def at_once(_: int) -> None:
    """Nothing to wait for."""


def pager(shops: dict[str, Fetch], limit: int = 2, told: Any = None) -> AsyncFleetPager[Any]:
    sources = [Outcome.of(name, ShopListing(Cursor("orders.list"), fetch)) for name, fetch in shops.items()]
    return AsyncFleetPager(Cursor("fleet.orders.list"), sources, told, AsyncCrew(limit))


async def ids(listing: AsyncFleetPager[Any]) -> list[str]:
    return [each.id async for _, each in listing.as_read()]


async def turns() -> None:
    """Let the loop turn a few times."""
    for _ in range(4):
        await asyncio.sleep(0)


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


def test_a_shop_that_answers_late_holds_no_other_up() -> None:
    async def main() -> list[str]:
        through = asyncio.Event()

        async def last(page: int) -> None:
            if page == PAGES - 1:
                through.set()

        async def waits(_: int) -> None:
            await through.wait()

        return await ids(pager({"late": paged("late", waits), "quick": paged("quick", last)}))

    found = asyncio.run(main())
    assert [id for id in found if id.startswith("quick")] == ["quick0", "quick1", "quick2"]
    assert sorted(found) == ["late0", "late1", "late2", "quick0", "quick1", "quick2"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_more_pages_are_read_or_held_than_are_asked_at_once(limit: int) -> None:
    async def main() -> int:
        read = given = most = 0

        async def count(_: int) -> None:
            nonlocal read, most
            read += 1
            most = max(most, read - given)

        shops = {name: paged(name, count) for name in "abcde"}
        async for _ in pager(shops, limit).as_read():
            given += 1
            await asyncio.sleep(0)
        assert given == read == 5 * PAGES
        return most

    assert asyncio.run(main()) <= limit + 1  # what is being given makes room for the next


def test_a_shop_that_was_begun_is_read_to_its_end_before_another_is_begun() -> None:
    async def main() -> list[str]:
        return await ids(pager({name: paged(name, at_once) for name in "abc"}, limit=1))

    assert asyncio.run(main()) == [f"{name}{page}" for name in "abc" for page in range(PAGES)]


def test_whoever_stops_half_way_leaves_nothing_under_way() -> None:
    async def main() -> None:
        never = asyncio.Event()

        async def stalls(page: int) -> None:
            if page:
                await never.wait()

        listing = pager({name: paged(name, stalls) for name in "abcd"}, limit=3)
        async for _ in listing.as_read():
            break
        await turns()
        assert not others()

    asyncio.run(main())


def test_a_wait_that_is_cut_off_loses_nothing_and_doubles_nothing() -> None:
    async def main() -> tuple[list[str], Any]:
        async def slowly(_: int) -> None:
            await turns()

        listing = pager({name: paged(name, slowly) for name in "ab"})
        passage, found = listing.as_read(), list[str]()
        while True:
            waiting = asyncio.ensure_future(anext(passage))
            await asyncio.sleep(0)
            waiting.cancel()
            try:
                found.append((await waiting)[1].id)
            except asyncio.CancelledError:
                await turns()
            except StopAsyncIteration:
                return found, listing.failures

    found, failures = asyncio.run(main())
    assert sorted(found) == ["a0", "a1", "a2", "b0", "b1", "b2"]
    assert not failures


def test_without_tasks_a_round_that_is_cut_off_is_given_all_the_same() -> None:
    async def main() -> list[str]:
        scope = anyio.CancelScope()

        async def cuts(page: int) -> None:
            if not scope.cancel_called:
                scope.cancel()
                await anyio.lowlevel.checkpoint()

        listing = pager({"a": paged("a", at_once), "b": paged("b", cuts)}, limit=1)
        passage = listing.as_read()
        found = [(await anext(passage))[1].id]
        with scope:
            while True:
                found.append((await anext(passage))[1].id)
        return found + [each.id async for _, each in passage]

    assert sorted(anyio.run(main, backend="trio")) == ["a0", "a1", "a2", "b0", "b1", "b2"]


def test_two_may_take_from_one_passage() -> None:
    async def main() -> list[str]:
        async def slowly(_: int) -> None:
            await turns()

        passage = pager({name: paged(name, slowly) for name in "ab"}).as_read()

        async def taken() -> list[str]:
            return [each.id async for _, each in passage]

        return [*chain.from_iterable(await asyncio.gather(taken(), taken()))]

    assert sorted(asyncio.run(main())) == ["a0", "a1", "a2", "b0", "b1", "b2"]


def test_a_passage_may_outlive_its_loop() -> None:
    async def main() -> Any:
        async def stalls(page: int) -> None:
            if page:
                await asyncio.Event().wait()

        passage = pager({name: paged(name, stalls) for name in "abcd"}, limit=3).as_read()
        await anext(passage)
        return passage

    passage = asyncio.run(main())
    del passage  # an error in a finaliser is a warning, and warnings are errors here


def test_a_reading_that_was_cancelled_does_not_pass_for_the_end() -> None:
    async def main() -> None:
        stuck = asyncio.Event()

        async def sticks(page: int) -> None:
            if page == 1:
                stuck.set()
                await asyncio.Event().wait()

        async def cancels() -> None:
            await stuck.wait()
            for task in others() - {reader}:
                task.cancel()

        reader = asyncio.current_task()
        canceller = asyncio.ensure_future(cancels())
        with pytest.raises(asyncio.CancelledError):
            await ids(pager({"a": paged("a", sticks)}))
        await asyncio.gather(canceller, return_exceptions=True)

    asyncio.run(main())


def test_an_error_that_is_not_ours_is_raised_and_the_rest_goes_no_further() -> None:
    async def main() -> None:
        async def breaks(page: int) -> None:
            if page == 1:
                raise ZeroDivisionError

        async def stalls(_: int) -> None:
            await asyncio.Event().wait()

        with pytest.raises(ZeroDivisionError):
            await ids(pager({"a": paged("a", breaks), "b": paged("b", stalls)}))
        await turns()
        assert not others()

    asyncio.run(main())


def test_progress_is_told_as_each_shop_is_through_and_a_failure_is_its_own() -> None:
    async def main() -> tuple[list[tuple[int, int, str]], list[str], Any]:
        async def refuses(page: int) -> None:
            if page == 1:
                raise PlatformError("gone", sent="yes")

        told: list[tuple[int, int, str]] = []
        listing = pager(
            {"a": paged("a", refuses), "b": paged("b", at_once)},
            limit=1,
            told=lambda *what: told.append(what),
        )
        return told, await ids(listing), listing.failures

    told, found, failures = asyncio.run(main())
    assert found == ["a0", "b0", "b1", "b2"]
    assert told == [(1, 2, "a"), (2, 2, "b")]
    assert set(failures) == {"a"}
