"""A thousand shops with ten pages of orders each, as one listing, beside a loop written by hand.

Run it: ``python -m tests.benchmarks.bench_fleet [shops] [rounds]``. A loopback server in a process of
its own gives both the same bytes. The loop asks with ``aiohttp`` and reads with ``json.loads``: plain
dictionaries, unsigned, as they come. Ours are typed orders, signed and limited call by call, with the
token of each shop, in the order of their times over all shops. Both keep ``AT_ONCE`` shops going.
Budgets: 1.3 times the loop's processor time for pages of one order (1 kB), 2.5 times for 50 (48 kB).
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

import aiohttp
from attrs import frozen

from socialcommerce import AsyncClient, AsyncFleet, RateLimits
from socialcommerce.backends import TikTokShop
from socialcommerce.runtime.call import Subject, TokenRecord

PAGES = 10
AT_ONCE = 50
SHOPS = 1_000
BUDGETS = {1: 1.3, 50: 2.5}
"""Times the loop, by how many orders a page holds."""
SEARCH = "/order/202309/orders/search"
GENEROUS = RateLimits(scale=1e6)
MADE_AT = 1_763_690_000


def order(number: int) -> dict[str, Any]:
    """One order as the search answers it, about 960 bytes."""
    return {
        "id": str(576461413038785752 + number),
        "status": "AWAITING_SHIPMENT",
        "order_type": "NORMAL",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": "SELLER",
        "delivery_option_id": "7091146663229654785",
        "commerce_platform": "TIKTOK_SHOP",
        "is_cod": False,
        "user_id": "7021436810468230477",
        "create_time": MADE_AT + 60 * number,
        "paid_time": MADE_AT + 60 * number + 30,
        "update_time": MADE_AT + 60 * number + 30,
        "rts_sla_time": MADE_AT + 60 * number + 172_800,
        "payment_method_name": "CCDC",
        "warehouse_id": "7068517275539719942",
        "line_items": [
            {
                "id": str(577086512123755001 + number),
                "product_id": "1729592969712207999",
                "product_name": "Organic tee",
                "sku_id": "1729592969712310001",
                "sku_name": "Red, S",
                "seller_sku": "TEE-Red-S",
                "currency": "USD",
                "original_price": "19.99",
                "sale_price": "15.99",
                "display_status": "AWAITING_SHIPMENT",
                "package_id": "1153132168123859123",
            }
        ],
        "packages": [{"id": "1153132168123859123"}],
        "payment": {
            "currency": "USD",
            "total_amount": "16.99",
            "sub_total": "15.99",
            "shipping_fee": "1.00",
        },
    }


def page(place: int, size: int, pages: int = PAGES) -> bytes:
    """The envelope of one page of orders; the last has no token for a next one."""
    orders = [order(number) for number in range(place * size, (place + 1) * size)]
    data = {
        "orders": orders,
        "total_count": size * pages,
        "next_page_token": str(place + 1) if place + 1 < pages else "",
    }
    return json.dumps({"code": 0, "message": "Success", "request_id": "2026", "data": data}).encode()


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
def shops_of(size: int, pages: int = PAGES) -> Iterator[str]:
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


async def by_hand(base: str, shops: int) -> int:
    """The loop: so many workers, each through one shop after the other; how many orders came."""
    url = f"{base}{SEARCH}?page_size=100&sort_field=update_time&sort_order=ASC"
    count, waiting = 0, iter(range(shops))

    async def worker(session: aiohttp.ClientSession) -> None:
        nonlocal count
        for _ in waiting:
            token = "0"
            while token:
                async with session.post(f"{url}&page_token={token}", data=b"{}") as response:
                    data = json.loads(await response.read())["data"]
                count += len(data["orders"])
                token = data["next_page_token"]

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        await asyncio.gather(*(worker(session) for _ in range(AT_ONCE)))
    return count


def fleet_of(base: str, shops: int) -> AsyncFleet:
    """A fleet of so many shops of one app, each with tokens of its own."""
    app = TikTokShop("6bcd3fg", "e59af819cc", host=base, region="US")
    root = AsyncClient(app, limits=GENEROUS)
    for number in range(shops):
        key = app.token_key(app.services["shop"], Subject("shop", str(number)))
        record = TokenRecord(f"TTP_{number:08d}", extra={"cipher": f"ROW_{number:08d}"})
        root.state.tokens.swap(key, 0, record.dump())
    return AsyncFleet((root.for_account(str(number)) for number in range(shops)), concurrency=AT_ONCE)


async def by_fleet(fleet: AsyncFleet) -> int:
    """All orders of all shops, each looked at as little as the listing itself does; how many came."""
    count = 0
    async for _ in fleet.orders.list():
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
        "AsyncFleet": lambda: by_fleet(fleet),
    }
    taken: dict[str, list[Taken]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, work in rows.items():
            taken[name].append(await _taken(work, expected))
    return taken


def ratio(taken: dict[str, list[Taken]], clock: str = "processor") -> float:
    """How many times as long as the loop by hand the fleet took; the middle of the rounds."""
    hand, ours = taken.values()
    return median(getattr(our, clock) / getattr(his, clock) for his, our in zip(hand, ours, strict=True))


def measured(size: int, shops: int, rounds: int) -> dict[str, list[Taken]]:
    """Serve, compare, and answer what each took."""
    with shops_of(size) as base:
        return asyncio.run(compared(base, size, shops, rounds))


def main(shops: int = SHOPS, rounds: int = 3) -> None:
    """Print both, for small pages and large ones."""
    for size, budget in BUDGETS.items():
        taken = measured(size, shops, rounds)
        lines = [f"{shops} shops x {PAGES} pages of {len(page(0, size))} bytes, {AT_ONCE} at once"]
        for name, each in taken.items():
            processor, wall = median(one.processor for one in each), median(one.wall for one in each)
            lines.append(f"  {name:18} {processor:7.2f} s processor {wall:7.2f} s wall")
        told = f"{ratio(taken):.2f} x processor, {ratio(taken, 'wall'):.2f} x wall"
        sys.stdout.write("\n".join([*lines, f"  {told} (budget {budget} x)"]) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
