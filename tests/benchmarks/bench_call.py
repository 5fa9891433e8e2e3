"""What one call costs, as a ratio to bare ``httpx.Client.get(url).json()`` in the same run.

Run it: ``python -m tests.benchmarks.bench_call [rounds]``. One loopback server in a process of its
own answers the same bytes to everybody; the rows take turns, so that noise falls on all alike. A
row is a name and a function to time: add one to ``sync_rows`` or ``async_rows``.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from multiprocessing.connection import Connection
from statistics import median

import aiohttp
import httpx
import httpx2

from socialcommerce.runtime.http import (
    AsyncDefaultTransport,
    AsyncHttpxTransport,
    DefaultTransport,
    HttpxTransport,
)
from socialcommerce.runtime.http_fast import AsyncFastTransport, FastTransport
from socialcommerce.runtime.transport import AsyncTransport, Request, Timeout, Transport

Row = Callable[[], object]
AsyncRow = Callable[[], Awaitable[object]]

AT_ONCE = 20
PATH = "/api/v2/product/get_item_base_info?partner_id=2001887&timestamp=1700000000&sign=0123456789abcdef"
ITEMS = [{"item_id": n, "item_name": f"T-shirt {n}", "item_status": "NORMAL"} for n in range(10)]
BODY = json.dumps(
    {"error": "", "message": "", "request_id": "e3e3e7f3", "response": {"items": ITEMS}}
).encode()
REPLY = (
    b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\nX-Request-Id: e3e3e7f3\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)


class _Answer(asyncio.Protocol):
    def __init__(self, reply: bytes) -> None:
        self._reply, self._unread = reply, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *heads, self._unread = (self._unread + data).split(b"\r\n\r\n")
        self._transport.write(self._reply * len(heads))  # type: ignore[attr-defined]  # it is a WriteTransport


def _serve(reply: bytes, port: Connection) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Answer(reply), "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def serving(reply: bytes = REPLY) -> Iterator[str]:
    """Give the base URL of a server, in a process of its own, that answers ``reply`` to every GET."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(reply, there), daemon=True)
    process.start()
    there.close()  # so that a server which never came up is an end of file, not a wait without end
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def _fetch(transport: Transport, url: str) -> Row:
    timeout = Timeout()
    return lambda: json.loads(transport.send(Request("GET", url), timeout).content)


def sync_rows(url: str, stack: ExitStack) -> dict[str, Row]:
    """Answer what is timed one call after the other; the first row is the measure of the others."""
    bare = stack.enter_context(httpx.Client())
    rows: dict[str, Row] = {"bare httpx.Client": lambda: bare.get(url).json(), "pyreqwest": _pyreqwest(url)}
    for name, transport in {
        "DefaultTransport": DefaultTransport(),
        "DefaultTransport, httpcore2": DefaultTransport(core="httpcore2"),
        "HttpxTransport": HttpxTransport(httpx.Client(), owned=True),
        "HttpxTransport, httpx2": HttpxTransport(httpx2.Client(), owned=True),
        "FastTransport": FastTransport(),
    }.items():
        stack.callback(transport.close)
        rows[name] = _fetch(transport, url)
    return rows


def _pyreqwest(url: str) -> Row:
    from pyreqwest.client import SyncClientBuilder

    client = SyncClientBuilder().build()
    return lambda: json.loads(bytes(client.get(url).build().send().bytes()))


def _async_pyreqwest(url: str) -> AsyncRow:
    from pyreqwest.client import ClientBuilder

    client = ClientBuilder().build()

    async def send() -> object:
        reply = await client.get(url).build().send()
        return json.loads(bytes(await reply.bytes()))

    return send


def _aiohttp(url: str, session: aiohttp.ClientSession) -> AsyncRow:
    async def send() -> object:
        async with session.get(url) as reply:
            return json.loads(await reply.read())

    return send


def _together(send: AsyncRow) -> AsyncRow:
    async def all_at_once() -> object:
        return await asyncio.gather(*(send() for _ in range(AT_ONCE)))

    return all_at_once


def _async_fetch(transport: AsyncTransport, url: str) -> AsyncRow:
    timeout = Timeout()

    async def send() -> object:
        return json.loads((await transport.send(Request("GET", url), timeout)).content)

    return send


async def async_rows(url: str, stack: AsyncExitStack) -> dict[str, AsyncRow]:
    """Answer what is timed twenty at once; the first row is the measure of the others."""
    client = await stack.enter_async_context(httpx.AsyncClient())
    session = await stack.enter_async_context(aiohttp.ClientSession())

    async def bare() -> object:
        return (await client.get(url)).json()

    rows: dict[str, AsyncRow] = {"bare httpx.AsyncClient": bare}
    rows["aiohttp"], rows["pyreqwest"] = _aiohttp(url, session), _async_pyreqwest(url)
    for transport in (AsyncDefaultTransport(), AsyncHttpxTransport(client), AsyncFastTransport()):
        stack.push_async_callback(transport.aclose)
        rows[type(transport).__name__] = _async_fetch(transport, url)
    return rows


def measure(
    rows: dict[str, Row], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Answer each row's median in seconds, the rows taking turns."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    for turn in range(rounds + rounds // 10):
        for name, row in rows.items():
            started = clock()
            row()
            if turn >= rounds // 10:  # the first tenth warms up
                times[name].append(clock() - started)
    return {name: median(each) for name, each in times.items()}


async def measure_async(rows: dict[str, AsyncRow], rounds: int) -> dict[str, float]:
    """Answer each row's median in seconds, the rows taking turns."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    for turn in range(rounds + rounds // 10):
        for name, row in rows.items():
            started = time.perf_counter()
            await row()
            if turn >= rounds // 10:
                times[name].append(time.perf_counter() - started)
    return {name: median(each) for name, each in times.items()}


def report(title: str, medians: dict[str, float]) -> None:
    """Print each median and its ratio to the first."""
    first = next(iter(medians.values()))
    lines = [title]
    for name, seconds in medians.items():
        lines.append(f"  {name:26} {seconds * 1e6:9.1f} us   {seconds / first:5.2f} x")
    sys.stdout.write("\n".join(lines) + "\n")


async def _run_async(url: str, rounds: int) -> dict[str, float]:
    async with AsyncExitStack() as stack:
        rows = {name: _together(send) for name, send in (await async_rows(url, stack)).items()}
        return await measure_async(rows, rounds)


def main(rounds: int = 1500) -> None:
    """Time every row and print the ratios."""
    with serving() as base, ExitStack() as stack:
        report("one call", measure(sync_rows(base + PATH, stack), rounds))
        report(f"async, {AT_ONCE} at once", asyncio.run(_run_async(base + PATH, max(rounds // 20, 10))))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
