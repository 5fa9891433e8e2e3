"""Fixtures of the stores, one of each kind, on a clock that only the test moves; and of the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from attrs import define
from tests.runtime.loopback import Peer, Scripted

from socialcommerce.runtime.file_store import FileStore
from socialcommerce.runtime.sqlite_store import SQLiteStore
from socialcommerce.runtime.stores import KeyValue, MemoryStore


@define
class Clock:
    """Seconds since the epoch, as the test says."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def memory_store(_: Path, clock: Callable[[], float]) -> KeyValue:
    return MemoryStore(clock)


def file_store(folder: Path, clock: Callable[[], float]) -> KeyValue:
    return FileStore(folder / "part.json", clock=clock)


def sqlite_store(folder: Path, clock: Callable[[], float]) -> KeyValue:
    return SQLiteStore(folder / "state.db", "part", clock=clock)


def redis_store(_: Path, clock: Callable[[], float], url: str) -> KeyValue:
    from socialcommerce.runtime.redis_store import RedisStore

    return RedisStore(url, f"test-{token_hex(6)}", clock=clock)


@pytest.fixture(params=[memory_store, file_store, sqlite_store, redis_store], ids=lambda make: make.__name__)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[KeyValue]:
    there = (request.getfixturevalue("redis_url"),) if request.param is redis_store else ()
    made: KeyValue = request.param(tmp_path, clock, *there)
    yield made
    made.close()


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def play(stack: ExitStack) -> Callable[..., Scripted]:
    """Start a server that plays a script on every connection."""

    def start(script: Callable[[Peer], object], **settings: Any) -> Scripted:
        server = Scripted(script, **settings)
        stack.callback(server.close)
        return server

    return start
