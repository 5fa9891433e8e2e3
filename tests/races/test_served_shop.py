"""One shop, served on loopback, and a crowd that shares its tokens: each refresh token is spent once.

The access tokens live for two seconds, so that every run sees several renewals.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from tests.races.crowd import BEFORE_SAVING, LEASE, STEPS, Config, opened

from socialcommerce.runtime.call import TokenRecord
from socialcommerce.simulators import open_twin
from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.serve import serve
from socialcommerce.simulators.shopee import ShopeeTwin, auth, authority
from socialcommerce.simulators.shopee.wire import Refused

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="forks"), pytest.mark.slow]

LIFE = 2
EARLIEST = LIFE * 3 / 4
"""Seconds after which a token is renewed at the soonest: a quarter of its life before its end."""
SPAN = 4.0
PATIENCE = 60.0
"""Seconds after which a crowd that should have ended by itself is called off."""
ROOT = Path(__file__).resolve().parents[2]
HARMLESS = [step for step in range(STEPS) if step != BEFORE_SAVING]


class RealClock(Clock):
    """The twin's clock, as it goes."""

    def now(self) -> float:
        return time.time()

    def moment(self, seconds: float | None = None) -> datetime:
        return super().moment(time.time() if seconds is None else seconds)


@define
class Shop:
    """The served shop: ``spent`` holds every refresh token that was shown, and whether it was taken."""

    settings: dict[str, Any]
    twin: ShopeeTwin
    spent: list[tuple[str, bool]] = field(factory=list)

    def consent(self, config: Config) -> None:
        """Authorise the seller's program, and put its tokens into the shared store."""
        given = self.twin.issue_token(self.twin.accounts[0])
        now = time.time()
        record = TokenRecord(
            given["access_token"], given["refresh_token"], now + LIFE, now + 86_400, issued_at=now
        )
        with opened(config) as client:
            tokens, backend = client.state.tokens, client.backend
            key = backend.token_key(backend.services["seller"], backend.default_subject())
            assert tokens.swap(key, tokens.load(key)[1], record.dump())

    def play(self, config: Config) -> dict[str, int]:
        """How the members of a crowd ended."""
        command = [sys.executable, "-m", "tests.races.crowd", config.dump()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
        assert done.stdout, done.stderr
        ends: dict[str, int] = json.loads(done.stdout)
        assert "broken" not in ends, done.stderr
        return ends


@pytest.fixture
def short_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (auth, authority):
        monkeypatch.setattr(module, "ACCESS_LIFE", LIFE)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(ThreadingHTTPServer, "request_queue_size", 256)
    twin = open_twin("shopee", market=Market(clock=RealClock()))
    assert isinstance(twin, ShopeeTwin)
    with serve(twin) as served:
        shop = Shop(twin.settings() | {"host": served.base_url}, twin)
        renew = twin.authority.renew

        def watched(app: Any, refresh_token: str, subject: Any) -> Any:
            try:
                pair = renew(app, refresh_token, subject)
            except Refused:
                shop.spent.append((refresh_token, False))
                raise
            shop.spent.append((refresh_token, True))
            return pair

        monkeypatch.setattr(twin.authority, "renew", watched)
        yield shop


def config(shop: Shop, store: Place, **changes: Any) -> Config:
    given: dict[str, Any] = {"processes": 50, "threads": 50, "until": time.time() + SPAN}
    return Config(shop.settings, *store, **given | changes)


Place = tuple[str, str]
"""A kind of store, and where it is."""


@pytest.fixture(params=["file", "sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """One that processes share."""
    kind = request.param
    server = f"{request.getfixturevalue('redis_url')} {tmp_path.name}" if kind == "redis" else ""
    return kind, server or str(tmp_path / "state")


@pytest.mark.usefixtures("short_lives")
def test_crowds_and_crashes_spend_each_refresh_token_once(shop: Shop, store: Place) -> None:
    twice, lease = (
        (1, LEASE) if store[0] == "redis" else (2, 0.0)
    )  # the dead hold a lock until its lease lapses
    crashes = HARMLESS * twice
    crowd = config(shop, store, crashes=crashes, until=time.time() + SPAN + lease * len(crashes))
    shop.consent(crowd)
    began = time.time()
    ends = shop.play(crowd)
    elapsed = time.time() - began
    died = {f"died before step {step}": twice for step in HARMLESS}
    assert ends == died | {"served": 51 - len(crowd.crashes)}
    shown = [token for token, _ in shop.spent]
    assert all(taken for _, taken in shop.spent), "a spent token was shown again"
    assert len(set(shown)) == len(shown)
    assert 2 <= len(shown) <= 1 + elapsed / EARLIEST, "one renewal an expiry"


@pytest.mark.usefixtures("short_lives")
def test_a_process_that_dies_before_saving_is_told_of(shop: Shop, store: Place) -> None:
    crowd = config(
        shop,
        store,
        processes=10,
        threads=10,
        crashes=[BEFORE_SAVING] * 9,
        until=time.time() + PATIENCE,  # each goes on until it dies, or hears of the loss
    )
    shop.consent(crowd)
    ends = shop.play(crowd)
    assert set(ends) == {f"died before step {BEFORE_SAVING}", "lost"}, "all others hear why it was lost"
    taken = [token for token, was_taken in shop.spent if was_taken]
    assert len(set(taken)) == len(taken)
    assert {token for token, was_taken in shop.spent if not was_taken} == {taken[-1]}
    again = config(shop, store, processes=2, threads=2, until=time.time() + 1)
    shop.consent(again)
    assert shop.play(again) == {"served": 3}


RATE, BURST = 10, 20
"""Calls a second that the limiter grants one shop, and at once."""
LATE = 0.5
"""Seconds that a call may take from its slot to the platform."""


def most_at_once(arrivals: list[float]) -> float:
    """By how many calls the busiest stretch of time exceeds what the limit grants; at most 0 is within."""
    return max(
        last - first + 1 - BURST - RATE * (arrivals[last] - arrivals[first] + LATE)
        for first in range(len(arrivals))
        for last in range(first, len(arrivals))
    )


def test_processes_that_share_a_store_share_the_limit(
    shop: Shop, store: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = crowd_under_the_limit(shop, store, monkeypatch)
    assert len(counted) > BURST
    assert most_at_once(counted) <= 0


def test_processes_that_share_nothing_exceed_it_together(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert most_at_once(crowd_under_the_limit(shop, ("memory", ""), monkeypatch)) > 0


def crowd_under_the_limit(shop: Shop, store: Place, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the platform was called by processes of many threads and of one, each keeping to the limit."""
    arrivals: list[float] = []
    handle = shop.twin.handle
    monkeypatch.setattr(shop.twin, "handle", lambda request: arrivals.append(time.time()) or handle(request))
    given = shop.twin.issue_token(shop.twin.accounts[0])
    monkeypatch.setitem(shop.settings, "access_token", given["access_token"])
    crowd = config(shop, store, processes=4, threads=20, limited=True)
    assert set(shop.play(crowd)) == {"served"}
    return sorted(arrivals)
