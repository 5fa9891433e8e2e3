"""What is particular to state on Redis; its promises as a store are in ``test_stores``."""

from __future__ import annotations

import pickle
import sys
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from socialcommerce.runtime import redis_store
from socialcommerce.runtime.redis_store import RedisStore
from socialcommerce.runtime.state import State

URL = "redis://:s3cret@127.0.0.1:1/0"


class Scripted:
    """A server that holds one lock, fails when told, and counts renewals."""

    def __init__(self, failures: int = 0) -> None:
        self.holder: str | None = None
        self.failures = failures
        self.renewed = threading.Event()

    def set(self, name: str, value: str, *, nx: bool, px: int) -> bool:
        assert nx
        assert px > 0
        free = self.holder is None
        self.holder = value if free else self.holder
        return free

    def eval(self, script: str, numkeys: int, *keys_and_args: str) -> int:
        _, token, milliseconds = keys_and_args
        if self.failures:
            self.failures -= 1
            raise pytest.importorskip("redis").ConnectionError("gone for a moment")
        if token != self.holder:
            return 0
        if milliseconds == "0":
            self.holder = None
        else:
            self.renewed.set()
        return 1

    def hmget(self, name: str, keys: Sequence[str]) -> Any:
        raise AssertionError("not used by locks")

    def zrangebylex(self, name: str, min: str, max: str, start: int, num: int) -> Any:
        raise AssertionError("not used by locks")

    def close(self) -> None:
        self.holder = None


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("redis")
    monkeypatch.setattr(redis_store, "LEASE_SECONDS", 0.03)


@pytest.mark.usefixtures("short_leases")
class TestLease:
    def test_it_is_renewed_while_held_even_past_a_failure(self) -> None:
        server = Scripted(failures=2)
        lock = RedisStore(URL, "p", server=server).lock("k")
        assert lock.acquire(True)
        assert server.renewed.wait(20)
        lock.release()
        assert server.holder is None

    def test_one_that_was_lost_frees_nobody_elses(self) -> None:
        server = Scripted()
        lock = RedisStore(URL, "p", server=server).lock("k")
        lock.acquire(True)
        server.holder = "somebody else"
        lock.release()
        assert server.holder == "somebody else"


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ImportError, match=r"socialcommerce\[redis\]"):
        State.redis(URL)


def test_it_shows_and_pickles_no_password() -> None:
    pytest.importorskip("redis")
    state = State.redis(URL, "shop")
    assert "s3cret" not in repr(state)
    assert repr(state.tokens) == "<RedisStore 'shop:tokens'>"
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(state.tokens)
    state.close()
