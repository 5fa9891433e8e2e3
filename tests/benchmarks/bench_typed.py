"""What a typed call costs, signed, limited and mapped, as a ratio to bare ``httpx`` on the same bytes.

Run it: ``python -m tests.benchmarks.bench_typed [rounds]``. Budgets: a typed GET at most 0.85 of a
bare ``httpx.Client.get(url).json()`` with the default transport and 0.45 with the fast one; a
page of fifty products (48 kB) at most 1.0; twenty at once, fast, at most 0.2 of
``httpx.AsyncClient``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import httpx
from tests.benchmarks.bench_call import AsyncRow, Row, _together, measure, measure_async, report, serving

from socialcommerce import AsyncClient, Client, RateLimits
from socialcommerce.backends import Shopee
from socialcommerce.runtime.http import AsyncDefaultTransport, DefaultTransport
from socialcommerce.runtime.http_fast import AsyncFastTransport, FastTransport

TOKEN = "59777174636562737266615546704c6d"
GENEROUS = RateLimits(scale=1e6)
ADDRESS = {"region": "SG", "state": "", "city": "Singapore", "address": "1 Fusionopolis", "zipcode": "138522"}
ADDRESSES = [{"address_id": n, **ADDRESS, "address_type": ["PICK_UP_ADDRESS"]} for n in range(8)]


def reply(payload: Any) -> bytes:
    """An HTTP reply that holds a Shopee envelope."""
    body = json.dumps({"error": "", "message": "", "request_id": "e3e3e7f3", "response": payload}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


def item(number: int) -> dict[str, Any]:
    """One item as ``get_item_base_info`` answers it, about 950 bytes."""
    return {
        "item_id": 34_000_000 + number,
        "category_id": 100636,
        "item_name": f"Heavyweight cotton tee {number}",
        "description": "A boxy tee of combed cotton, washed once. " * 4,
        "item_sku": f"TEE-{number}",
        "create_time": 1600572637,
        "update_time": 1762003200,
        "image": {"image_url_list": ["https://cf.shopee.sg/file/aaa111"], "image_id_list": ["aaa111"]},
        "weight": "1.20",
        "dimension": {"package_length": 30, "package_width": 20, "package_height": 10},
        "logistic_info": [{"logistic_id": 80012, "logistic_name": "Standard", "enabled": True}],
        "pre_order": {"is_pre_order": False, "days_to_ship": 2},
        "condition": "NEW",
        "item_status": "NORMAL",
        "has_model": False,
        "brand": {"brand_id": 0, "original_brand_name": "No Brand"},
        "price_info": [{"currency": "SGD", "original_price": 122.02, "current_price": 99.9}],
        "stock_info_v2": {
            "summary_info": {"total_reserved_stock": 0, "total_available_stock": 389},
            "seller_stock": [{"location_id": "SGZ", "stock": 90, "if_saleable": True}],
        },
    }


CALL = reply({"address_list": ADDRESSES})
PAGE = reply({"item_list": [item(number) for number in range(50)]})
IDS = [str(34_000_000 + number) for number in range(50)]


def shopee(base: str) -> Shopee:
    """A shop whose host is the loopback server."""
    key = "1391fd986fe8ec7569bebed75b0c33ee35eb5a305bed7038657a5cd5f75b1c88"
    return Shopee(2001887, key, shop_id=14701711, access_token=TOKEN, host=base, region="SG")


def sync_rows(base: str, stack: ExitStack, work: Any) -> dict[str, Row]:
    """The bare call and ours, over both transports."""
    bare = stack.enter_context(httpx.Client())
    url = f"{base}/api/v2/x?partner_id=2001887&timestamp=1700000000&sign={'0' * 64}"
    rows: dict[str, Row] = {"bare httpx.Client": lambda: bare.get(url).json()}
    for name, transport in (("default", DefaultTransport()), ("fast", FastTransport())):
        client = stack.enter_context(Client(shopee(base), transport=transport, limits=GENEROUS))
        rows[f"typed, {name} transport"] = lambda client=client: work(client)  # type: ignore[misc]  # a default binds the loop's value
    return rows


async def async_medians(base: str, rounds: int) -> dict[str, float]:
    """Twenty at once."""
    url = f"{base}/api/v2/x?partner_id=2001887&timestamp=1700000000&sign={'0' * 64}"
    async with httpx.AsyncClient() as bare, AsyncExitStack() as stack:

        async def plain() -> object:
            return (await bare.get(url)).json()

        rows: dict[str, AsyncRow] = {"bare httpx.AsyncClient": plain}
        for name, transport in (("default", AsyncDefaultTransport()), ("fast", AsyncFastTransport())):
            client = AsyncClient(shopee(base), transport=transport, limits=GENEROUS)
            stack.push_async_callback(client.aclose)
            rows[f"typed, {name} transport"] = client.store.addresses
        return await measure_async({name: _together(row) for name, row in rows.items()}, rounds)


def main(rounds: int = 1000) -> None:
    """Time every row and print the ratios."""
    with serving(CALL) as base, ExitStack() as stack:
        report("one typed GET", measure(sync_rows(base, stack, lambda c: c.store.addresses()), rounds))
        report("typed GET, 20 at once", asyncio.run(async_medians(base, max(rounds // 20, 10))))
    with serving(PAGE) as base, ExitStack() as stack:
        work = lambda client: client.catalog.get(IDS)  # noqa: E731  # one line says it
        report("a typed page of 50 products", measure(sync_rows(base, stack, work), max(rounds // 3, 10)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
