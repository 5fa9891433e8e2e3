"""The budgets in a short form: a row fails only at twice its budget, since a test machine is never quiet."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyreqwest", reason="the compiled rows need the extra 'fast'")

from tests.benchmarks import bench_import, bench_memory, bench_typed, bench_webhook
from tests.benchmarks.bench_call import measure, serving

HEAVY = {"pydantic", "httpx", "anyio", "pyreqwest", "msgspec", "ssl", "sqlite3", "asyncio"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> bench_import.Run:
    return bench_import.runner(str(tmp_path_factory.mktemp("bytecode")))


@pytest.mark.parametrize(("code", "most"), [(bench_import.IMPORT, 200), (bench_import.SIMULATE, 400)])
def test_what_is_not_needed_yet_is_not_imported(run: bench_import.Run, code: str, most: int) -> None:
    _, modules = run(code)
    assert not modules & HEAVY
    assert len(modules) <= most


@pytest.mark.parametrize(("code", "budget"), [(bench_import.IMPORT, 25), (bench_import.SIMULATE, 200)])
def test_the_milliseconds_until_it_is_ready(run: bench_import.Run, code: str, budget: float) -> None:
    run(code)  # and keep its bytecode
    assert min(run(code)[0] for _ in range(3)) <= 2 * budget


ROWS: dict[str, tuple[bytes, Callable[[Any], Any], float, float]] = {
    "one typed GET": (bench_typed.CALL, lambda client: client.store.addresses(), 0.85, 0.45),
    "fifty products": (bench_typed.PAGE, lambda client: client.catalog.get(bench_typed.IDS), 1.5, 1.5),
}
"""Each with its budget over the default and the compiled transport; for the fifty products, half as much
again as the aim of 1.0, which is not reached (docs/benchmarks.md)."""


@pytest.mark.parametrize("row", ROWS)
def test_a_call_beside_a_bare_one(row: str) -> None:
    reply, work, default, compiled = ROWS[row]
    with serving(reply) as base, ExitStack() as stack:
        bare, ours, fast = measure(bench_typed.sync_rows(base, stack, work), 60).values()
    assert ours / bare <= 2 * default
    assert fast / bare <= 2 * compiled


def test_microseconds_of_a_push() -> None:
    best = min(measure(bench_webhook.rows(), 200)["verify + parse"] for _ in range(5))
    assert best * 1e6 <= 2 * 25


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
def test_a_long_listing_stays_small() -> None:
    added, count = bench_memory.growth(25_000)
    assert count == 25_000
    assert added <= 30 * bench_memory.MIB
