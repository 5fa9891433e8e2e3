"""A thousand shops with ten pages of orders each, as one listing, beside loops written by hand.

Run it: ``python -m tests.benchmarks.bench_fleet [shops] [rounds]``. A loopback server in a process of
its own gives all the same bytes. The loops ask with ``aiohttp`` and read with ``json.loads``: plain
dictionaries, unsigned. One takes them as they come and holds nothing; the other holds a page a shop and
gives them in the order of their times, as ours does. Ours are typed orders, signed and limited call by
call, with the token of each shop. All keep ``AT_ONCE`` calls going. Budgets: 1.3 times the first loop's
processor time for pages of one order (1 kB), 2.5 times for 50 (48 kB).
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from heapq import heappop, heappush
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

import aiohttp
from attrs import frozen
from tests.benchmarks.made_orders import SEARCH, page, shop_of, shops_of_one_app

from socialcommerce import AsyncClient, AsyncFleet, RateLimits

PAGES = 10
AT_ONCE = 50
SHOPS = 1_000
BUDGETS = {1: 1.3, 50: 2.5}
"""Times the loop, by how many orders a page holds."""
GENEROUS = RateLimits(scale=1e6)


def _reply(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


class _Shop(asyncio.Protocol):
    """Answers every search with the page whose number stands in its ``page_token``."""

    def __init__(self, replies: list[bytes]) -> None:
        self._replies, self._unread = replies, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        # A body is "{}": it stands before the next head, where nobody looks.
        *heads, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for head in heads:
            _, _, token = head.partition(b"page_token=")
            digits = token[:8].partition(b"&")[0].partition(b" ")[0]
            self._transport.write(self._replies[int(digits or 0)])


def _serve(replies: list[bytes], port: Connection) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Shop(replies), "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def serving_pages(size: int, pages: int = PAGES) -> Iterator[str]:
    """Give the base URL of a server where every shop has so many pages of so many orders."""
    here, there = multiprocessing.Pipe()
    replies = [_reply(page(place, size, pages)) for place in range(pages)]
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(replies, there), daemon=True)
    process.start()
    there.close()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


@asynccontextmanager
async def pages_by_hand(base: str) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Give what reads the page of a token, as a dictionary."""
    url = f"{base}{SEARCH}?page_size=100&sort_field=update_time&sort_order=ASC"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def read(token: str) -> Any:
            async with session.post(f"{url}&page_token={token}", data=b"{}") as response:
                return json.loads(await response.read())["data"]

        yield read


async def each(shops: Iterable[int], work: Callable[[int], Awaitable[None]]) -> None:
    """Do the work for every shop, so many at once."""
    waiting = iter(shops)

    async def worker() -> None:
        for shop in waiting:
            await work(shop)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


async def by_hand(base: str, shops: int) -> int:
    """All orders as they come, nothing held; how many came."""
    count = 0

    async def through(_: int) -> None:
        nonlocal count
        token = "0"
        while token:
            data = await read(token)
            count += len(data["orders"])
            token = data["next_page_token"]

    async with pages_by_hand(base) as read:
        await each(range(shops), through)
    return count


async def merged_by_hand(base: str, shops: int) -> int:
    """All orders in the order of their times: a page a shop is held, read anew when half is given."""
    rows: list[deque[Any]] = [deque() for _ in range(shops)]
    tokens = ["0"] * shops
    count, heads = 0, list[tuple[int, int]]()

    async def fill(shop: int) -> None:
        data = await read(tokens[shop])
        if not rows[shop]:
            heappush(heads, (data["orders"][0]["create_time"], shop))
        rows[shop].extend(data["orders"])
        tokens[shop] = data["next_page_token"]

    async with pages_by_hand(base) as read:
        await each(range(shops), fill)
        most = len(rows[0])
        while heads:
            _, shop = heappop(heads)
            rows[shop].popleft()
            count += 1
            if rows[shop]:
                heappush(heads, (rows[shop][0]["create_time"], shop))
            elif tokens[shop]:
                low = [one for one in range(shops) if tokens[one] and 2 * len(rows[one]) <= most]
                await each(low, fill)
    return count


def fleet_of(base: str, shops: int) -> AsyncFleet:
    """A fleet of so many shops of one app."""
    root = AsyncClient(shop_of(base), limits=GENEROUS)
    return AsyncFleet(shops_of_one_app(root, shops), concurrency=AT_ONCE)


async def by_fleet(fleet: AsyncFleet) -> int:
    """All orders of all shops, each looked at as little as the listing itself does; how many came."""
    count = 0
    async for _ in fleet.orders.list():
        count += 1
    return count


async def as_read(fleet: AsyncFleet) -> int:
    """The same in no order, as they come."""
    count = 0
    async for _ in fleet.orders.list().as_read():
        count += 1
    return count


@frozen
class Taken:
    """Seconds of the wall clock and of the processor."""

    wall: float
    processor: float


async def _taken(work: Callable[[], Awaitable[int]], expected: int) -> Taken:
    wall, processor = time.perf_counter(), time.process_time()
    count = await work()
    taken = Taken(time.perf_counter() - wall, time.process_time() - processor)
    if count != expected:
        raise AssertionError(f"{count} orders came of {expected}")
    return taken


async def compared(base: str, size: int, shops: int, rounds: int) -> dict[str, list[Taken]]:
    """What each took, round by round, the two taking turns."""
    fleet, expected = fleet_of(base, shops), shops * PAGES * size
    rows: dict[str, Callable[[], Awaitable[int]]] = {
        "aiohttp by hand": lambda: by_hand(base, shops),
        "the same, by time": lambda: merged_by_hand(base, shops),
        "AsyncFleet": lambda: as_read(fleet),
        "AsyncFleet, by time": lambda: by_fleet(fleet),
    }
    taken: dict[str, list[Taken]] = {name: [] for name in rows}
    for warming in (by_fleet, as_read):  # modules are loaded when they are first used
        await warming(fleet_of(base, 1))
    for _ in range(rounds):
        for name, work in rows.items():
            taken[name].append(await _taken(work, expected))
    return taken


PAIRS = {"AsyncFleet": "aiohttp by hand", "AsyncFleet, by time": "the same, by time"}
"""What each of ours does as well."""


def ratio(taken: dict[str, list[Taken]], clock: str = "processor", mine: str = "AsyncFleet") -> float:
    """How many times as long as the loop by hand the fleet took; the middle of the rounds."""
    hand, ours = taken[PAIRS[mine]], taken[mine]
    return median(getattr(our, clock) / getattr(his, clock) for his, our in zip(hand, ours, strict=True))


def measured(size: int, shops: int, rounds: int) -> dict[str, list[Taken]]:
    """Serve, compare, and answer what each took."""
    with serving_pages(size) as base:
        return asyncio.run(compared(base, size, shops, rounds))


def main(shops: int = SHOPS, rounds: int = 3) -> None:
    """Print both, for small pages and large ones."""
    for size, budget in BUDGETS.items():
        taken = measured(size, shops, rounds)
        lines = [f"{shops} shops x {PAGES} pages of {len(page(0, size, PAGES))} bytes, {AT_ONCE} at once"]
        for name, rounds_ in taken.items():
            processor, wall = median(one.processor for one in rounds_), median(one.wall for one in rounds_)
            lines.append(f"  {name:18} {processor:7.2f} s processor {wall:7.2f} s wall")
        told = f"{ratio(taken):.2f} x processor, {ratio(taken, 'wall'):.2f} x wall"
        told += f"; by time {ratio(taken, mine='AsyncFleet, by time'):.2f} x processor"
        sys.stdout.write("\n".join([*lines, f"  {told} (budget {budget} x)"]) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
