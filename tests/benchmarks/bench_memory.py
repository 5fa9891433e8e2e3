"""What long listings take of memory: a large catalogue, and the orders of several shops as one.

Run it: ``python -m tests.benchmarks.bench_memory [items]``. Pages are made up as they are asked for, by a
function in the place of the transport. Budgets: a million products within 30 MiB over the first page; a
million orders of eight shops in a process that never holds more than 200 MB, everything included, and
that grows no longer after the first tenth.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from attrs import frozen
from tests.benchmarks.bench_typed import item, shopee
from tests.benchmarks.made_orders import page, shop_of, shops_of_one_app

from socialcommerce import Client, Fleet, RateLimits, Request, Response

PAGE = 100
SHOPS = 8
MIB = 1 << 20
CEILING = 200 * 10**6
"""Bytes that the whole process may hold at most while a million orders run through it."""

T = TypeVar("T")


def apart(work: Callable[..., T], *arguments: Any) -> T:
    """Do it in a process of its own, whose memory nothing else has touched."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def marketplace(products: int) -> Any:
    """A transport behind which a shop has so many products, each with a SKU of its own."""

    def answer(request: Request) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        if request.path.endswith("get_item_list"):
            payload = _listed(int(query["offset"]), products)
        else:
            payload = {"item_list": [item(int(key) - 34_000_000) for key in query["item_id_list"].split(",")]}
        return Response(200, {}, json.dumps({"error": "", "response": payload}).encode())

    return answer


def _listed(offset: int, products: int) -> dict[str, Any]:
    end = min(offset + PAGE, products)
    rows = [
        {"item_id": 34_000_000 + number, "item_status": "NORMAL", "update_time": 1762003200}
        for number in range(offset, end)
    ]
    return {"item": rows, "total_count": PAGE, "has_next_page": end < products, "next_offset": end}


def resident(name: str = "VmRSS") -> int:
    """Bytes of this process that lie in memory; ``VmHWM`` are the most that ever did.

    Not ``ru_maxrss``: a process begins with that of the one that started it.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def growth(products: int) -> tuple[int, int]:
    """Iterate them all: the bytes that were added after the first page, and how many products came."""
    with Client(
        shopee("http://x"), transport=marketplace(products), limits=RateLimits(enabled=False)
    ) as shop:
        given = iter(shop.catalog.list())
        count = sum(1 for _ in islice(given, PAGE))
        first = resident()
        highest = first
        for _ in given:
            count += 1
            if count % 5_000 == 0:
                highest = max(highest, resident())
    return highest - first, count


def orders_behind(orders: int) -> Any:
    """A transport behind which every shop has so many orders."""

    def answer(request: Request) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        place = int(query.get("page_token") or 0)
        return Response(200, {}, page(place, PAGE, -(-orders // PAGE)))

    return answer


@frozen
class Streamed:
    """What a stream of orders took: bytes at the highest, and how many came after the first tenth."""

    count: int
    ceiling: int
    grown: int


def streamed(orders: int, shops: int = SHOPS) -> Streamed:
    """Let so many orders run through a fleet, in this process."""
    app = shop_of("http://x")
    with Client(app, transport=orders_behind(orders // shops), limits=RateLimits(enabled=False)) as root:
        fleet = Fleet(shops_of_one_app(root, shops))
        count = tenth = highest = 0
        for _ in fleet.orders.list():
            count += 1
            if count % 5_000 == 0:
                highest = max(highest, resident())
            if count == orders // 10:
                tenth = max(highest, resident())
    return Streamed(count, resident("VmHWM"), max(highest - tenth, 0))


def main(items: int = 1_000_000) -> None:
    """Print what was added, and what it came to."""
    added, count = apart(growth, items)
    sys.stdout.write(f"{count} products: {added / MIB:.1f} MiB over the first page\n")
    orders = apart(streamed, items)
    sys.stdout.write(
        f"{orders.count} orders of {SHOPS} shops: {orders.ceiling / 1e6:.0f} MB at the highest"
        f" (budget {CEILING / 1e6:.0f}), {orders.grown / MIB:.1f} MiB more than after the first tenth\n"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
