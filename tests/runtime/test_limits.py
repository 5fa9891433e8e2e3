"""GCRA: what a bucket lets through in any window, and how long one waits."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcommerce.runtime.limits import Bucket, Level, penalty, schedule

RATES = st.sampled_from([0.01, 0.5, 1.0, 3.0, 40.0])
BURSTS = st.integers(1, 6)


@given(
    rate=RATES,
    burst=BURSTS,
    slow=RATES,
    calls=st.lists(st.tuples(st.floats(0, 30), st.integers(1, 3), st.booleans()), max_size=20),
)
def test_no_window_ever_holds_more_than_the_burst_and_the_rate(
    rate: float, burst: int, slow: float, calls: list[tuple[float, int, bool]]
) -> None:
    now, level, other = 1000.0, Level(), Level()
    gone: list[tuple[float, float]] = []
    for pause, cost, together in calls:
        now += pause
        bucket = Bucket("a", rate, burst, min(cost, burst))
        if together:
            wait, (level, other) = schedule([bucket, Bucket("b", slow, 1)], [level, other], now)
        else:
            wait, (level,) = schedule([bucket], [level], now)
        assert wait >= 0
        gone.append((now + wait, bucket.cost))
    for first, last in combinations_with_replacement(sorted({at for at, _ in gone}), 2):
        through = sum(cost for at, cost in gone if first <= at <= last)
        assert through <= burst + rate * (last - first) + 1e-6


@given(rate=RATES, burst=BURSTS, count=st.integers(1, 50))
def test_the_last_of_many_calls_waits_for_all_beyond_the_burst(rate: float, burst: int, count: int) -> None:
    level, wait = Level(), 0.0
    for _ in range(count):
        wait, (level,) = schedule([Bucket("a", rate, burst)], [level], 1000.0)
    assert wait == pytest.approx(max(0, count - burst) / rate, abs=1e-6)


@given(rate=RATES, burst=BURSTS, delay=st.floats(0, 100), before=st.integers(0, 10))
def test_a_penalty_is_kept_whatever_the_burst(rate: float, burst: int, delay: float, before: int) -> None:
    bucket, level = Bucket("a", rate, burst), Level()
    for _ in range(before):
        _, (level,) = schedule([bucket], [level], 1000.0)
    level = penalty(level, 1000.0 + delay)
    wait, _ = schedule([bucket], [level], 1000.0)
    assert wait >= delay - 1e-6


def test_a_level_survives_its_row() -> None:
    assert Level.of(Level(3.5, 4.5).row()) == Level(3.5, 4.5)
    assert Level.of(None) == Level()


@pytest.mark.parametrize(
    "wrong", [{"rate": 0}, {"rate": float("nan")}, {"burst": 0}, {"cost": 0}, {"cost": 6}, {"cost": -1}]
)
def test_a_bucket_that_could_never_let_a_call_through_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Bucket(**{"key": "a", "rate": 1, "burst": 5} | wrong)
