"""Many processes and threads at once, and processes that die at the worst moment."""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from socialcommerce.runtime import file_store
from socialcommerce.runtime.file_store import FileStore
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.locks import FileLock
from socialcommerce.runtime.sqlite_store import SQLiteStore
from socialcommerce.runtime.stores import KeyValue, MemoryStore

from .test_stores import in_threads

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")

NOW = 1_800_000_000.0
FEW = (4, 4)
STUCK = 200
"""Seconds after which a child tells where it hangs and ends, before the test's own limit."""
MANY = pytest.param((50, 50), marks=pytest.mark.slow)


def shared_file(folder: Path) -> KeyValue:
    return FileStore(folder / "part.json", durable=False, clock=lambda: NOW)


def shared_database(folder: Path) -> KeyValue:
    return SQLiteStore(folder / "state.db", "part", durable=False, clock=lambda: NOW)


@pytest.fixture(params=[shared_file, shared_database], ids=lambda make: make.__name__)
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyValue]:
    made: KeyValue = request.param(tmp_path)
    yield made
    made.close()


def fork(work: Callable[[], object]) -> int:
    """Run ``work`` in a child; its exit code is 0 unless it raised."""
    child = os.fork()
    if child:
        return child
    sys.settrace(None)  # the child is not measured: a tracer and crowds of threads after a fork do not agree
    threading.settrace(None)  # type: ignore[arg-type]  # None is what unsets it
    faulthandler.dump_traceback_later(STUCK, exit=True, file=2)
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def exit_code(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def in_processes(crowd: tuple[int, int], work: Callable[[], object]) -> None:
    """Run ``work`` in so many processes of so many threads, and see all of them end well."""
    processes, threads = crowd
    children = [fork(lambda: in_threads(threads, work)) for _ in range(processes)]
    assert [exit_code(child) for child in children] == [0] * processes


@pytest.mark.parametrize("crowd", [FEW, MANY])
def test_locked_updates_are_never_lost(shared: KeyValue, crowd: tuple[int, int]) -> None:
    def add() -> None:
        lock = shared.lock("n")
        lock.acquire(True)
        value, version = shared.load("n")
        assert shared.swap("n", version, {"n": (value["n"] if value else 0) + 1})
        lock.release()

    in_processes(crowd, add)
    assert shared.load("n")[0] == {"n": crowd[0] * crowd[1]}


@pytest.mark.parametrize("crowd", [FEW, MANY])
def test_of_all_who_create_a_row_one_succeeds(shared: KeyValue, crowd: tuple[int, int]) -> None:
    def create() -> None:
        if shared.swap("first", 0, {"by": os.getpid()}):
            assert shared.swap(f"winner:{os.getpid()}:{threading.get_ident()}", 0, {})

    in_processes(crowd, create)
    assert len(shared.scan("winner:")) == 1


@pytest.mark.parametrize("crowd", [FEW, MANY])
def test_all_share_one_budget(shared: KeyValue, crowd: tuple[int, int]) -> None:
    bucket = Bucket("app", rate=1, burst=1)
    in_processes(crowd, lambda: shared.reserve([bucket], NOW))
    assert shared.reserve([bucket], NOW) == pytest.approx(crowd[0] * crowd[1])


def test_unlocked_updates_of_processes_are_never_lost(shared: KeyValue) -> None:
    def add() -> None:
        done = False
        while not done:
            value, version = shared.load("n")
            done = shared.swap("n", version, {"n": (value["n"] if value else 0) + 1})

    in_processes(FEW, add)
    assert shared.load("n")[0] == {"n": 16}


def test_a_process_that_dies_holding_a_lock_leaves_it_free(shared: KeyValue) -> None:
    def die() -> None:
        assert shared.lock("k").acquire(True)
        os._exit(7)

    assert exit_code(fork(die)) == 7
    lock = shared.lock("k")
    assert lock.acquire(False)
    lock.release()


def test_a_child_neither_holds_nor_frees_its_parents_lock(shared: KeyValue) -> None:
    held = shared.lock("k")
    assert held.acquire(True)

    def try_it() -> None:
        assert not shared.lock("k").acquire(False)
        held.release()
        assert not shared.lock("k").acquire(False)

    assert exit_code(fork(try_it)) == 0
    held.release()
    assert held.acquire(False)
    held.release()


def test_a_living_child_does_not_keep_the_lock_of_its_parent(shared: KeyValue) -> None:
    ready, go = os.pipe()
    held = shared.lock("k")
    held.acquire(True)

    def wait() -> None:
        os.close(go)
        os.read(ready, 1)

    child = fork(wait)
    held.release()
    lock = shared.lock("k")
    assert lock.acquire(False), "though the child lives, with all files its parent had open"
    lock.release()
    os.write(go, b"x")
    assert exit_code(child) == 0
    os.close(ready)
    os.close(go)


def test_a_child_uses_a_store_that_its_parent_was_using(shared: KeyValue) -> None:
    shared.swap("a", 0, {"n": 1})

    def go_on() -> None:
        assert shared.swap("a", shared.load("a")[1], {"n": 2})
        shared.close()

    assert exit_code(fork(go_on)) == 0
    assert shared.load("a")[0] == {"n": 2}


def test_a_memory_store_is_free_in_a_child_forked_while_it_was_locked() -> None:
    store = MemoryStore()
    lock = store.lock("k")
    lock.acquire(True)

    def use_it() -> None:
        assert store.swap("a", 0, {})
        assert store.lock("k").acquire(False)

    with store.transaction():
        child = fork(use_it)
    assert exit_code(child) == 0
    lock.release()


def test_a_lock_whose_file_was_swept_away_meanwhile_is_taken_on_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first, second, third = (FileLock(path, threading.Lock()) for _ in range(3))
    first.acquire()
    waiting = threading.Thread(target=second.acquire)
    waiting.start()
    path.unlink()
    first.release()
    waiting.join(20)
    assert not third.acquire(False)
    second.release()


@pytest.mark.parametrize("step", range(12))
def test_a_crash_between_two_steps_of_a_write_leaves_the_old_or_the_new(tmp_path: Path, step: int) -> None:
    store = FileStore(tmp_path / "part.json")
    store.swap("token", 0, {"n": 1})
    _, version = store.load("token")

    def write_and_die() -> None:
        die_at(step)
        store.swap("token", version, {"n": 2})

    code = exit_code(fork(write_and_die))
    value, now = store.load("token")
    assert value in ({"n": 1}, {"n": 2})
    assert code == 9 or value == {"n": 2}, "what was answered is kept"
    assert store.swap("token", now, {"n": 3}), "and whoever comes next is not held up"
    assert store.load("token")[0] == {"n": 3}


def die_at(step: int) -> None:
    """Let this process die before the so-manieth step on a file (0: before the first)."""
    left = step

    def dying(action: Callable[..., object]) -> Callable[..., object]:
        def act(*arguments: object, **options: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)
            return action(*arguments, **options)

        return act

    for name in ("open", "fsync", "replace", "close"):
        setattr(os, name, dying(getattr(os, name)))
    file_store.__dict__["open"] = dying(open)
