"""What iterating a large catalogue adds to the memory of the process, beyond its first page.

Run it: ``python -m tests.benchmarks.bench_memory [products]``. Pages are made up as they are asked for,
by a function in the place of the transport. Budget: a million products within 30 MiB over the first page.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.benchmarks.bench_typed import item, shopee

from socialcommerce import Client, RateLimits, Request, Response

PAGE = 100
MIB = 1 << 20


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


def resident() -> int:
    """Bytes of this process that lie in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise LookupError("VmRSS")


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


def main(products: int = 1_000_000) -> None:
    """Print what was added."""
    added, count = growth(products)
    sys.stdout.write(f"{count} products: {added / MIB:.1f} MiB over the first page\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
