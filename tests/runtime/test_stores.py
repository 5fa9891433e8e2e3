"""What every store promises, whatever it keeps its rows in."""

from __future__ import annotations

import os
import pickle
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcommerce.runtime.file_store import FileStore
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.sqlite_store import SQLiteStore
from socialcommerce.runtime.state import State
from socialcommerce.runtime.stores import KeyValue, MemoryStore

from .conftest import Clock


class TestEveryStore:
    def test_an_absent_row_has_no_value_and_version_zero(self, store: KeyValue) -> None:
        assert store.load("a") == (None, 0)

    def test_a_new_row_is_read_back_with_a_version(self, store: KeyValue) -> None:
        assert store.swap("a", 0, {"n": 1, "list": [1, "é", None], "deep": {"x": 1.5}})
        value, version = store.load("a")
        assert value == {"n": 1, "list": [1, "é", None], "deep": {"x": 1.5}}
        assert version > 0

    def test_a_row_that_exists_is_not_created_twice(self, store: KeyValue) -> None:
        store.swap("a", 0, {"n": 1})
        assert not store.swap("a", 0, {"n": 2})
        assert store.load("a")[0] == {"n": 1}

    def test_only_the_version_that_was_read_can_be_replaced(self, store: KeyValue) -> None:
        store.swap("a", 0, {"n": 1})
        _, version = store.load("a")
        assert store.swap("a", version, {"n": 2})
        assert not store.swap("a", version, {"n": 3})
        assert store.load("a")[0] == {"n": 2}

    def test_none_deletes_the_version_that_was_read(self, store: KeyValue) -> None:
        store.swap("a", 0, {"n": 1})
        assert not store.swap("a", 99, None)
        assert store.swap("a", store.load("a")[1], None)
        assert store.load("a") == (None, 0)
        assert store.swap("a", 0, None), "deleting what is absent changes nothing, and is no conflict"

    def test_a_row_written_again_is_not_taken_for_the_deleted_one(self, store: KeyValue) -> None:
        store.swap("a", 0, {"n": 1})
        _, old = store.load("a")
        store.swap("a", old, None)
        store.swap("a", 0, {"n": 2})
        assert not store.swap("a", old, {"n": 3})

    def test_a_row_counts_as_absent_after_its_time_to_live(self, store: KeyValue, clock: Clock) -> None:
        store.swap("a", 0, {"n": 1}, 10.0)
        clock.now += 9.9
        assert store.load("a")[0] == {"n": 1}
        clock.now += 0.1
        assert store.load("a") == (None, 0)
        assert store.scan("") == []
        assert store.swap("a", 0, {"n": 2})
        clock.now += 1000
        assert store.load("a")[0] == {"n": 2}, "the old row's end is not the new row's"

    def test_rewriting_a_row_sets_its_time_to_live_anew(self, store: KeyValue, clock: Clock) -> None:
        store.swap("a", 0, {"n": 1}, 10.0)
        store.swap("a", store.load("a")[1], {"n": 2}, 30.0)
        clock.now += 20
        store.swap("other", 0, {})
        assert store.load("a")[0] == {"n": 2}
        clock.now += 10
        store.swap("another", 0, {})
        assert store.load("a") == (None, 0)

    def test_many_rows_are_written_at_once_whatever_was_there(self, store: KeyValue) -> None:
        store.swap("a", 0, {"n": 1})
        store.write({"a": {"n": 2}, "b": {"n": 3}})
        assert store.scan("") == [("a", {"n": 2}), ("b", {"n": 3})]
        store.write({})
        assert len(store.scan("")) == 2

    def test_who_read_before_such_a_write_swaps_in_vain(self, store: KeyValue) -> None:
        store.swap("a", 0, {"n": 1})
        _, version = store.load("a")
        store.write({"a": {"n": 2}})
        assert not store.swap("a", version, {"n": 3})

    def test_writing_what_is_there_leaves_the_row_alone(self, store: KeyValue) -> None:
        store.write({"a": {"n": 1}})
        before = store.load("a")
        store.write({"a": {"n": 1}})
        assert store.load("a") == before

    def test_rows_written_for_a_time_end_with_it(self, store: KeyValue, clock: Clock) -> None:
        store.write({"a": {"n": 1}, "b": {"n": 1}}, 10)
        clock.now += 6
        store.write({"a": {"n": 1}}, 10)
        store.write({"b": {"n": 1}})
        clock.now += 6
        assert [key for key, _ in store.scan("")] == ["a", "b"]
        clock.now += 6
        assert [key for key, _ in store.scan("")] == ["b"]

    def test_scan_gives_keys_of_a_prefix_in_order_and_resumes_after_one(self, store: KeyValue) -> None:
        for key in ("b:2", "a", "b:10", "b:1", "c", "b", "b:é"):
            store.swap(key, 0, {"key": key})
        assert store.scan("b:") == [(key, {"key": key}) for key in ("b:1", "b:10", "b:2", "b:é")]
        assert [key for key, _ in store.scan("b:", "b:10")] == ["b:2", "b:é"]
        assert [key for key, _ in store.scan("b:", "b:1", 2)] == ["b:10", "b:2"]
        assert [key for key, _ in store.scan("b:", "a", 1)] == ["b:1"]
        assert [key for key, _ in store.scan("")] == ["a", "b", "b:1", "b:10", "b:2", "b:é", "c"]
        assert store.scan("b:", "zzz") == []

    def test_scan_passes_over_what_is_gone(self, store: KeyValue, clock: Clock) -> None:
        for number in range(6):
            store.swap(f"k{number}", 0, {}, 10.0 if number < 4 else None)
        store.swap("k4", store.load("k4")[1], None)
        clock.now += 10
        assert store.scan("k", limit=1) == [("k5", {})]

    def test_a_burst_goes_at_once_and_then_one_by_one(self, store: KeyValue, clock: Clock) -> None:
        bucket = Bucket("app", rate=2, burst=3)
        waits = [store.reserve([bucket], clock.now) for _ in range(5)]
        assert waits == pytest.approx([0, 0, 0, 0.5, 1.0])

    def test_the_slowest_bucket_decides_and_all_are_booked(self, store: KeyValue, clock: Clock) -> None:
        fast, slow = Bucket("fast", rate=10, burst=1), Bucket("slow", rate=1, burst=1)
        assert store.reserve([fast, slow], clock.now) == 0
        assert store.reserve([fast, slow], clock.now) == pytest.approx(1)
        assert store.reserve([fast], clock.now) == pytest.approx(1.1)

    def test_nothing_is_booked_when_the_wait_exceeds_the_patience(
        self, store: KeyValue, clock: Clock
    ) -> None:
        bucket, other = Bucket("month", rate=0.01, burst=1), Bucket("app", rate=10, burst=1)
        store.reserve([bucket], clock.now)
        assert store.reserve([bucket, other], clock.now, 1.0) == pytest.approx(100)
        assert store.reserve([other], clock.now) == 0
        assert store.reserve([bucket], clock.now, 100.1) == pytest.approx(100), "as if never asked"

    def test_a_bucket_fills_again_with_time(self, store: KeyValue, clock: Clock) -> None:
        bucket = Bucket("app", rate=1, burst=2)
        for _ in range(2):
            store.reserve([bucket], clock.now)
        clock.now += 2
        assert [store.reserve([bucket], clock.now) for _ in range(3)] == pytest.approx([0, 0, 1])

    def test_no_call_goes_before_the_platform_said(self, store: KeyValue, clock: Clock) -> None:
        bucket = Bucket("app", rate=1, burst=5)
        store.penalise("app", clock.now + 30)
        store.penalise("app", clock.now + 10)
        assert store.reserve([bucket], clock.now) == pytest.approx(30)
        clock.now += 40
        assert store.reserve([bucket], clock.now) == 0

    def test_a_bucket_named_twice_is_refused_and_nothing_booked(self, store: KeyValue, clock: Clock) -> None:
        bucket = Bucket("app", rate=1, burst=1)
        with pytest.raises(ValueError, match="only once"):
            store.reserve([bucket, bucket], clock.now)
        assert store.reserve([bucket], clock.now) == 0

    def test_a_call_that_nothing_limits_goes_at_once(self, store: KeyValue, clock: Clock) -> None:
        assert store.reserve([], clock.now) == 0

    def test_a_lock_has_one_holder_and_can_be_had_again(self, store: KeyValue) -> None:
        held, wanted = store.lock("a"), store.lock("a")
        assert held.acquire(False)
        assert not wanted.acquire(False)
        other = store.lock("b")
        assert other.acquire(False), "another key is another lock"
        other.release()
        held.release()
        assert wanted.acquire(True)
        wanted.release()

    def test_a_lock_may_be_released_by_another_thread(self, store: KeyValue) -> None:
        held = store.lock("a")
        held.acquire(True)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(held.release).result()
        assert held.acquire(False)
        held.release()

    def test_waiting_for_a_lock_ends_with_its_release(self, store: KeyValue) -> None:
        held = store.lock("a")
        held.acquire(True)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(store.lock("a").acquire, True)
            held.release()
            assert waiting.result(20)

    def test_threads_lose_no_update(self, store: KeyValue) -> None:
        def add() -> None:
            for _ in range(5):
                done = False
                while not done:
                    value, version = store.load("n")
                    done = store.swap("n", version, {"n": (value["n"] if value else 0) + 1})

        in_threads(6, add)
        assert store.load("n")[0] == {"n": 30}

    def test_threads_share_one_budget(self, store: KeyValue, clock: Clock) -> None:
        waits: list[float] = []
        bucket = Bucket("app", rate=1, burst=4)
        in_threads(6, lambda: waits.extend(store.reserve([bucket], clock.now) for _ in range(3)))
        assert sorted(waits) == pytest.approx([0, 0, 0, 0, *range(1, 15)])

    def test_a_lock_guards_a_plain_read_and_write_among_threads(self, store: KeyValue) -> None:
        def add() -> None:
            lock = store.lock("n")
            for _ in range(5):
                lock.acquire(True)
                value, version = store.load("n")
                assert store.swap("n", version, {"n": (value["n"] if value else 0) + 1})
                lock.release()

        in_threads(6, add)
        assert store.load("n")[0] == {"n": 30}

    def test_its_repr_shows_no_value(self, store: KeyValue) -> None:
        store.swap("a", 0, {"access_token": "s3cret"})
        assert "s3cret" not in repr(store)

    def test_a_closed_store_opens_again_when_used(self, store: KeyValue) -> None:
        store.swap("a", 0, {"n": 1})
        store.close()
        store.close()
        assert store.load("a")[0] == {"n": 1}

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        steps=st.lists(
            st.tuples(
                st.sampled_from("abc"), st.sampled_from(["fresh", "stale"]), st.none() | st.integers(0, 9)
            ),
            max_size=12,
        )
    )
    def test_it_behaves_as_a_dictionary_with_versions(
        self, store: KeyValue, steps: list[tuple[str, str, int | None]]
    ) -> None:
        for key, _ in store.scan(""):
            store.swap(key, store.load(key)[1], None)
        model: dict[str, int] = {}
        for key, kind, number in steps:
            version = store.load(key)[1] if kind == "fresh" else 10**9
            value = None if number is None else {"n": number}
            assert store.swap(key, version, value) == (kind == "fresh")
            if kind == "fresh":
                model.pop(key, None)
                model |= {} if number is None else {key: number}
        assert store.scan("") == [(key, {"n": model[key]}) for key in sorted(model)]


def in_threads(count: int, work: object) -> None:
    """Run ``work`` in so many threads that start together; the first error is raised."""
    assert callable(work)
    gate = threading.Barrier(count)

    def start() -> None:
        gate.wait()
        work()

    with ThreadPoolExecutor(count) as pool:
        for future in [pool.submit(start) for _ in range(count)]:
            future.result()


KEYS = st.text("ab/", min_size=1, max_size=4)
STEPS = st.one_of(
    st.tuples(st.just("write"), st.lists(KEYS, min_size=1, max_size=100)),
    st.tuples(st.just("drop"), KEYS),
    st.tuples(st.just("scan"), KEYS),
)


class TestMemoryStore:
    @given(st.lists(STEPS, max_size=40))
    def test_a_scan_is_in_order_whatever_came_and_went_between(self, steps: list[tuple[str, Any]]) -> None:
        store, there = MemoryStore(), set[str]()
        for what, asked in steps:
            if what == "write":
                store.write({key: {} for key in asked})
                there |= set(asked)
            elif what == "drop":
                store.swap(asked, store.load(asked)[1], None)
                there.discard(asked)
            else:
                found = [key for key, _ in store.scan(asked, limit=1000)]
                assert found == sorted(key for key in there if key.startswith(asked))

    def test_it_refuses_to_be_pickled(self) -> None:
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(MemoryStore())

    def test_it_keeps_the_rows_written_last_where_it_was_told_how_many(self) -> None:
        store = MemoryStore(most=8)
        for name in "abcdefgh":
            store.swap(name, 0, {})
        store.swap("a", store.load("a")[1], {"again": True})
        store.swap("i", 0, {})
        assert "".join(key for key, _ in store.scan("")) == "acdefghi"

    def test_what_it_forgets_can_be_written_anew(self) -> None:
        store = MemoryStore(most=1)
        store.write({"a": {"n": 1}})
        store.write({"b": {"n": 2}})
        store.write({"a": {"n": 3}})
        assert store.scan("") == [("a", {"n": 3})]

    def test_rows_that_expired_take_no_room(self, clock: Clock) -> None:
        store = MemoryStore(clock)
        for number in range(50):
            store.swap(f"event:{number}", 0, {}, ttl=1)
        assert repr(store) == "<MemoryStore 50 rows, 0 buckets>"
        clock.now += 2
        store.swap("another", 0, {})
        assert repr(store) == "<MemoryStore 1 rows, 0 buckets>"

    def test_buckets_at_rest_are_forgotten_when_there_are_many(self, clock: Clock) -> None:
        store = MemoryStore(clock)
        for number in range(1024):
            store.reserve([Bucket(f"recipient:{number}", rate=1, burst=1)], clock.now)
        assert repr(store) == "<MemoryStore 0 rows, 1024 buckets>"
        clock.now += 2
        store.reserve([Bucket("app", rate=1, burst=1)], clock.now)
        assert repr(store) == "<MemoryStore 0 rows, 1 buckets>"

    def test_a_deleted_row_whose_time_comes_is_no_trouble(self, clock: Clock) -> None:
        store = MemoryStore(clock)
        store.swap("a", 0, {}, 5)
        store.swap("a", store.load("a")[1], None)
        clock.now += 10
        assert store.swap("b", 0, {})
        assert [key for key, _ in store.scan("")] == ["b"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="POSIX file modes")
class TestFilesAreTheOwnersAlone:
    def test_a_json_file(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path / "part.json")
        store.swap("a", 0, {})
        assert {mode(path) for path in tmp_path.iterdir()} == {0o600}

    def test_a_database_and_what_stands_beside_it(self, tmp_path: Path) -> None:
        store = SQLiteStore(tmp_path / "state.db", "part")
        store.swap("a", 0, {})
        assert {mode(path) for path in tmp_path.iterdir()} == {0o600}
        store.close()


class TestFileStore:
    def test_it_pickles_as_its_path(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path / "part.json", durable=False)
        store.swap("a", 0, {"token": "s3cret"})
        pickled = pickle.dumps(store)
        assert b"s3cret" not in pickled
        assert pickle.loads(pickled).load("a")[0] == {"token": "s3cret"}

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"rows": {}}', '{"version": 1, "rows": {"a": 1}}'])
    def test_a_damaged_file_is_refused_without_quoting_it(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "part.json").write_text(content)
        with pytest.raises(ValueError, match="damaged") as caught:
            FileStore(tmp_path / "part.json").load("a")
        assert caught.value.__cause__ is None
        assert (tmp_path / "part.json").read_text() == content

    def test_a_value_that_is_no_json_is_refused_and_nothing_changes(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path / "part.json")
        store.swap("a", 0, {"n": 1})
        with pytest.raises(TypeError):
            store.swap("b", 0, {"n": object()})
        assert [key for key, _ in store.scan("")] == ["a"]
        assert store.swap("b", 0, {"n": 2}), "and nothing stays locked"

    def test_closing_sweeps_free_locks_and_leaves_held_ones(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path / "part.json")
        held, free = store.lock("held"), store.lock("free")
        held.acquire(True)
        free.acquire(True)
        free.release()
        store.close()
        assert not store.lock("held").acquire(False)
        assert len(list((tmp_path / "part.json.locks").iterdir())) == 1
        held.release()
        store.close()
        assert not (tmp_path / "part.json.locks").exists()


class TestSQLiteStore:
    def test_tables_of_one_database_are_stores_of_their_own(self, tmp_path: Path) -> None:
        one, two = SQLiteStore(tmp_path / "s.db", "one"), SQLiteStore(tmp_path / "s.db", "two")
        one.swap("a", 0, {"n": 1})
        assert two.load("a") == (None, 0)
        assert one.lock("k").acquire(False)
        assert two.lock("k").acquire(False)
        one.close()
        two.close()

    def test_a_table_name_that_is_no_name_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="table name"):
            SQLiteStore(tmp_path / "s.db", 'x"; DROP TABLE y; --')

    def test_it_pickles_as_its_path(self, tmp_path: Path) -> None:
        store = SQLiteStore(tmp_path / "s.db", "part", durable=False)
        store.swap("a", 0, {"token": "s3cret"})
        pickled = pickle.dumps(store)
        assert b"s3cret" not in pickled
        again = pickle.loads(pickled)
        assert again.load("a")[0] == {"token": "s3cret"}
        again.close()
        store.close()

    def test_a_value_that_is_no_json_is_refused_and_nothing_changes(self, tmp_path: Path) -> None:
        store = SQLiteStore(tmp_path / "s.db", "part")
        with pytest.raises(TypeError):
            store.swap("b", 0, {"n": object()})
        assert store.swap("b", 0, {"n": 2})
        store.close()

    def test_a_file_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "s.db").write_text("not a database, but long enough to be looked at" * 50)
        with pytest.raises(Exception, match="not a database"):
            SQLiteStore(tmp_path / "s.db", "part").load("a")


class TestState:
    @pytest.mark.parametrize("kind", ["memory", "file", "sqlite"])
    def test_each_part_is_a_store_of_its_own(self, kind: str, tmp_path: Path) -> None:
        made = {
            "memory": State.memory,
            "file": lambda: State.file(tmp_path / "deep" / "state"),
            "sqlite": lambda: State.sqlite(tmp_path / "state.db"),
        }[kind]()
        parts = [made.tokens, made.seen, made.inbox, made.jobs, made.limits, made.skus]
        for number, part in enumerate(parts):
            assert part.swap("k", 0, {"n": number})
        assert [part.load("k")[0] for part in parts] == [{"n": number} for number in range(6)]
        made.close()
        made.close()

    def test_one_part_may_be_kept_elsewhere(self, tmp_path: Path) -> None:
        tokens = FileStore(tmp_path / "tokens.json")
        state = State(tokens=tokens)
        assert state.tokens is tokens
        assert not state.seen.blocking

    def test_what_is_kept_in_files_is_there_for_the_next_process(self, tmp_path: Path) -> None:
        for make in (lambda: State.file(tmp_path / "d"), lambda: State.sqlite(tmp_path / "s.db")):
            first = make()
            first.tokens.swap("t", 0, {"n": 1})
            first.close()
            second = make()
            assert second.tokens.load("t")[0] == {"n": 1}
            second.close()
