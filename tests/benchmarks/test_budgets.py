"""The budgets in a short form: a row fails only at twice its budget, since a test machine is never quiet."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyreqwest", reason="the compiled rows need the extra 'fast'")

from tests.benchmarks import bench_memory, bench_typed, bench_webhook
from tests.benchmarks.bench_call import measure, serving

HEAVY = ("pydantic", "httpx", "anyio", "pyreqwest", "msgspec", "ssl", "sqlite3", "asyncio")
LOADED = """
import sys
before = set(sys.modules)
{code}
print(len(set(sys.modules) - before), *[name for name in {heavy} if name in sys.modules])
"""
TIMED = """
import time
began = time.process_time()
{code}
print((time.process_time() - began) * 1000)
"""
SIMULATE = "import socialcommerce; socialcommerce.simulate('shopee')"


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Run code in an interpreter of its own, which keeps its bytecode as an installed package's is kept."""
    cache = str(tmp_path_factory.mktemp("bytecode"))
    settings = os.environ | {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}

    def run(code: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=settings
        )
        return ended.stdout.strip()

    return run


@pytest.mark.parametrize("code", ["import socialcommerce", SIMULATE])
def test_what_is_not_needed_yet_is_not_imported(interpreter: Callable[[str], str], code: str) -> None:
    count, *heavy = interpreter(LOADED.format(code=code, heavy=HEAVY)).split()
    assert heavy == []
    assert int(count) <= (200 if code == "import socialcommerce" else 400)


@pytest.mark.parametrize(("code", "budget"), [("import socialcommerce", 25), (SIMULATE, 200)])
def test_the_milliseconds_until_it_is_ready(
    interpreter: Callable[[str], str], code: str, budget: float
) -> None:
    interpreter(code)
    assert min(float(interpreter(TIMED.format(code=code))) for _ in range(3)) <= 2 * budget


ROWS: dict[str, tuple[bytes, Callable[[Any], Any], float, float]] = {
    "one typed GET": (bench_typed.CALL, lambda client: client.store.addresses(), 0.85, 0.45),
    "fifty products": (bench_typed.PAGE, lambda client: client.catalog.get(bench_typed.IDS), 1.0, 1.0),
}


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
