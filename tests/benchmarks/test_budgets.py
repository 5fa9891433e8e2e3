"""The budgets in a short form: a row fails only at twice its budget, and only if it does so three times.

What is measured is processor time, which a busy machine does not change; where the budget is in
seconds, it grows with the slowness of the machine. Whatever measures coverage is put off meanwhile.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httptools", reason="the fast rows need the extra 'fast'")
pytest.importorskip("aiohttp", reason="the loop by hand is written with it")

from tests.benchmarks import (
    bench_fleet,
    bench_growth,
    bench_import,
    bench_memory,
    bench_peers,
    bench_typed,
    bench_webhook,
)
from tests.benchmarks.bench_call import measure, serving

HEAVY = {"pydantic", "httpx", "anyio", "httptools", "msgspec", "ssl", "sqlite3", "asyncio"}
TRIES = 3
YARDSTICK = 2.1e-3
"""Seconds that ``plain_python`` takes on the machine for which the budgets are written."""


@pytest.fixture(scope="module", autouse=True)
def _untraced() -> Iterator[None]:
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)


def least(measured: Callable[[], float], most: float) -> float:
    """Measure, and again while it is too much: the least of it all."""
    lowest = measured()
    for _ in range(TRIES - 1):
        if lowest > most:
            lowest = min(lowest, measured())
    return lowest


def plain_python() -> dict[int, str]:
    kept: dict[int, str] = {}
    for number in range(20_000):
        kept[number % 97] = str(number)
    return kept


@pytest.fixture(scope="module")
def slowness() -> float:
    """How many times as long as on the machine of the budgets this one works; at least 1."""
    seconds = measure({"": plain_python}, 20, time.process_time)[""]
    return max(1.0, seconds / YARDSTICK)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> bench_import.Run:
    return bench_import.runner(str(tmp_path_factory.mktemp("bytecode")))


@pytest.mark.parametrize(("code", "most"), [(bench_import.IMPORT, 200), (bench_import.SIMULATE, 400)])
def test_what_is_not_needed_yet_is_not_imported(run: bench_import.Run, code: str, most: int) -> None:
    _, modules = run(code)
    assert not modules & HEAVY
    assert len(modules) <= most


@pytest.mark.parametrize(("code", "budget"), [(bench_import.IMPORT, 25), (bench_import.SIMULATE, 200)])
def test_the_milliseconds_until_it_is_ready(
    run: bench_import.Run, slowness: float, code: str, budget: float
) -> None:
    run(code)  # and keep its bytecode
    most = 2 * budget * slowness
    assert least(lambda: run(code)[0], most) <= most


ROWS: dict[str, tuple[bytes, Callable[[Any], Any], float, float]] = {
    "one typed GET": (bench_typed.CALL, lambda client: client.store.addresses(), 0.85, 0.45),
    "fifty products": (bench_typed.PAGE, lambda client: client.catalog.get(bench_typed.IDS), 1.2, 1.0),
}
"""Each with its budget over the default and the fast transport; for the fifty products over the default
one, what is reached instead of the aim of 1.0 (docs/benchmarks.md)."""


@pytest.mark.parametrize("row", ROWS)
def test_a_call_beside_a_bare_one(row: str) -> None:
    reply, work, default, quick = ROWS[row]

    def worst() -> float:
        """Of both transports, the greater share of its budget."""
        bare, ours, fast = measure(rows, 60, time.process_time).values()
        return max(ours / bare / default, fast / bare / quick)

    with serving(reply) as base, ExitStack() as stack:
        rows = bench_typed.sync_rows(base, stack, work)
        assert least(worst, 2) <= 2


def test_microseconds_of_a_push(slowness: float) -> None:
    rows, most = bench_webhook.rows(), 2 * 25 * slowness
    assert least(lambda: 1e6 * measure(rows, 200, time.process_time)["verify + parse"], most) <= most


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
def test_a_long_listing_stays_small() -> None:
    added, count = bench_memory.growth(25_000)
    assert count == 25_000
    assert added <= 30 * bench_memory.MIB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
def test_the_orders_of_many_shops_stay_small() -> None:
    orders = bench_memory.apart(bench_memory.streamed, 40_000)
    assert orders.count == 40_000
    assert orders.ceiling <= bench_memory.CEILING
    assert orders.grown <= 30 * bench_memory.MIB


@pytest.mark.parametrize("size", bench_fleet.BUDGETS)
def test_a_fleet_beside_a_loop_by_hand(size: int) -> None:
    most = 2 * bench_fleet.BUDGETS[size]
    assert least(lambda: bench_fleet.ratio(bench_fleet.measured(size, 20, 3)), most) <= most


EXCHANGES = {
    "facebook-business": "Meta catalogue",
    "pywa": "text on WhatsApp",
    "pyshopee": "products of Shopee",
    "tiktok-shop-api": "TikTok Shop",
}


@pytest.mark.parametrize("peer", EXCHANGES)
def test_no_slower_than_the_other_client_of_the_platform(peer: str) -> None:
    table = next(one for one in bench_peers.tables() if EXCHANGES[peer] in one.title)

    def share() -> float:
        told = bench_peers.measured(rows, 20)
        return told[bench_peers.OURS][1] / told[peer][1]

    with serving(table.reply) as base, ExitStack() as stack:
        rows, left_out = bench_peers.prepared(table, base, stack)
        if peer in left_out:
            pytest.skip(left_out[peer])
        assert least(share, 2) <= 2


def test_a_peer_that_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "linebot.v3", None)
    with ExitStack() as stack:
        rows, left_out = bench_peers.prepared(bench_peers.PUSHES, "", stack)
    assert next(iter(rows)) == "ours"
    assert [name for name in left_out if name.startswith("line-bot-sdk")]


@pytest.mark.parametrize("what", ["shops", "products"])
def test_the_growth_is_kept_and_drawn(tmp_path: Path, what: str) -> None:
    bench_growth.keep([bench_growth.Point(what, size, size / 99, size / 9) for size in (1, 80)], tmp_path)
    assert (tmp_path / "growth.csv").read_text().splitlines() == [
        "what,size,seconds,mib",
        f"{what},1,0.01,0.1",
        f"{what},80,0.808,8.9",
    ]
    assert (tmp_path / f"growth-{what}.svg").read_text().count("<circle") == 4
