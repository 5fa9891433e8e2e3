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

pytest.importorskip("pyreqwest", reason="the compiled rows need the extra 'fast'")

from tests.benchmarks import bench_import, bench_memory, bench_typed, bench_webhook
from tests.benchmarks.bench_call import measure, serving

HEAVY = {"pydantic", "httpx", "anyio", "pyreqwest", "msgspec", "ssl", "sqlite3", "asyncio"}
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
    "fifty products": (bench_typed.PAGE, lambda client: client.catalog.get(bench_typed.IDS), 1.5, 1.5),
}
"""Each with its budget over the default and the compiled transport; for the fifty products, half as much
again as the aim of 1.0, which is not reached (docs/benchmarks.md)."""


@pytest.mark.parametrize("row", ROWS)
def test_a_call_beside_a_bare_one(row: str) -> None:
    reply, work, default, compiled = ROWS[row]

    def worst() -> float:
        """Of both transports, the greater share of its budget."""
        bare, ours, fast = measure(rows, 60, time.process_time).values()
        return max(ours / bare / default, fast / bare / compiled)

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
