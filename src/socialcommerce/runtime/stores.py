"""Where a client's memory is kept: one small protocol, and the stores that need no service.

A store is a map from keys to JSON-able mappings, changed by compare-and-swap. Versions
are never used twice in one store, so a row that was deleted and written again is not
mistaken for the old one. Whatever must change together (a swap, a reservation over
several buckets) happens in one *transaction*; each store says only what that is for it.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from heapq import heappop, heappush
from itertools import islice
from math import inf
from typing import Any, NoReturn, Protocol, TypeAlias

from attrs import field, frozen

from socialcommerce.runtime.limits import AT_REST, Bucket, Level, penalty, schedule
from socialcommerce.runtime.locks import Lock, Mutexes, on_fork

__all__ = ["Clock", "KeyValue", "MemoryStore", "Row", "Table", "TransactionalStore", "Value"]

Clock: TypeAlias = Callable[[], float]
Value: TypeAlias = Mapping[str, Any]


class KeyValue(Protocol):
    """What a part of the client's state is kept in. Safe to use from several threads."""

    @property
    def blocking(self) -> bool:
        """Whether calls may wait for a disk or a network (then not from an event loop)."""
        ...

    def load(self, key: str) -> tuple[Value | None, int]:
        """The row's value, not to be changed, and its version; ``(None, 0)`` when absent."""
        ...

    def swap(self, key: str, version: int, value: Value | None, ttl: float | None = None) -> bool:
        """Write ``value`` if the row still has ``version`` (0: absent); say whether it did.

        None deletes. After ``ttl`` seconds the row counts as absent; without, it stays.
        """
        ...

    def write(self, rows: Mapping[str, Value], ttl: float | None = None) -> None:
        """Write many rows at once, whatever was there: the last writer wins, each row by itself.

        A row that holds its value already, and for good, is left alone. ``ttl`` as in ``swap``.
        """
        ...

    def scan(self, prefix: str, after: str = "", limit: int = 100) -> list[tuple[str, Value]]:
        """Up to ``limit`` rows whose key starts with ``prefix`` and is greater than ``after``.

        In the order of the keys' code points.
        """
        ...

    def reserve(self, limits: Sequence[Bucket], now: float, patience: float = inf) -> float:
        """Book one call in all buckets at once; answers the seconds to wait before it may go.

        ``now`` is in seconds since the epoch. Where the wait would be longer than
        ``patience`` seconds nothing is booked, so a caller who will not wait that long
        holds nobody else up.
        """
        ...

    def penalise(self, key: str, until: float) -> None:
        """Let no call through bucket ``key`` before ``until`` (seconds since the epoch)."""
        ...

    def lock(self, key: str) -> Lock:
        """A lock shared by everybody who asks this store for the same key; not re-entrant.

        Keep the object for as long as the lock is held.
        """
        ...

    def close(self) -> None:
        """Give back files and connections; a closed store opens them again when used."""
        ...


@frozen
class Row:
    """One stored value, its version, and the instant from which it counts as absent.

    The value may be a token: it is not shown, and a row is not pickled.
    """

    value: Value = field(repr=False)
    version: int
    expires: float = inf

    def __reduce__(self) -> Any:
        raise TypeError("a Row may hold a token and is not pickled")


class Table(Protocol):
    """The rows as seen inside one transaction."""

    def get(self, key: str) -> Row | None:
        """The row, if present and not expired."""
        ...

    def put(self, key: str, value: Value, ttl: float | None) -> None:
        """Write a row under a new version."""
        ...

    def drop(self, key: str) -> None:
        """Delete a row; nothing happens when it is absent."""
        ...


def changed(table: Table, key: str, version: int, value: Value | None, ttl: float | None) -> bool:
    """Swap a row within a transaction; say whether it still had that version."""
    row = table.get(key)
    if (row.version if row else 0) != version:
        return False
    if value is not None:
        table.put(key, value, ttl)
    elif row:
        table.drop(key)
    return True


def holds(row: Row | None, value: Value, ttl: float | None) -> bool:
    """Whether writing ``value`` would change nothing."""
    return row is not None and ttl is None and row.expires == inf and row.value == value


class TransactionalStore(ABC):
    """Everything that can be said once about stores with a transaction."""

    clock: Clock

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Table]:
        """The rows, with nobody else writing until the block ends; an error undoes the block."""

    def swap(self, key: str, version: int, value: Value | None, ttl: float | None = None) -> bool:
        """See ``KeyValue.swap``."""
        with self.transaction() as table:
            return changed(table, key, version, value, ttl)

    def write(self, rows: Mapping[str, Value], ttl: float | None = None) -> None:
        """See ``KeyValue.write``."""
        with self.transaction() as table:
            for key, value in rows.items():
                if not holds(table.get(key), value, ttl):
                    table.put(key, value, ttl)

    def reserve(self, limits: Sequence[Bucket], now: float, patience: float = inf) -> float:
        """See ``KeyValue.reserve``."""
        with self.transaction() as table:
            rows = [table.get(bucket.key) for bucket in limits]
            levels = [Level.of(row.value if row else None) for row in rows]
            wait, booked = schedule(limits, levels, now)
            if wait <= patience:
                for bucket, level in zip(limits, booked, strict=True):
                    table.put(bucket.key, level.row(), level.rests_at - now)
            return wait

    def penalise(self, key: str, until: float) -> None:
        """See ``KeyValue.penalise``."""
        with self.transaction() as table:
            row = table.get(key)
            level = penalty(Level.of(row.value if row else None), until)
            table.put(key, level.row(), level.rests_at - self.clock())


_FEW_KEYS = 64
_FEW_BUCKETS = 1024
"""So many buckets are kept before those at rest are forgotten."""


class MemoryStore(TransactionalStore):
    """Rows in this process's memory: nothing outlives it, and calls never wait.

    ``clock`` answers seconds since the epoch. ``most`` is the number of rows it keeps: when there are
    more, the eighth that was written longest ago goes. None keeps all.
    """

    blocking = False

    def __init__(self, clock: Clock = time.time, most: int | None = None) -> None:
        self.clock = clock
        self._most = inf if most is None else most
        self._rows: dict[str, Row] = {}  # in the order in which they were written
        self._keys: list[str] = []  # sorted, but for those that came after the last scan
        self._fresh: dict[str, None] = {}
        self._expiries: list[tuple[float, str]] = []  # heap; at most one entry a key
        self._timed: set[str] = set()  # keys that have an entry
        self._levels: dict[str, Level] = {}  # how full buckets are, apart from the rows: asked at every call
        self._crowded = _FEW_BUCKETS
        self._version = 0
        self._renew_locks()
        on_fork(child=self._renew_locks)

    def _renew_locks(self) -> None:
        self._mutex = threading.Lock()
        self._locks = Mutexes()

    @contextmanager
    def transaction(self) -> Generator[Table]:
        """See ``TransactionalStore.transaction``."""
        with self._mutex:
            self._purge(self.clock())
            yield self

    def swap(self, key: str, version: int, value: Value | None, ttl: float | None = None) -> bool:
        """See ``KeyValue.swap``; written out, since most of what changes is changed so."""
        with self._mutex:
            self._purge(self.clock())
            return changed(self, key, version, value, ttl)

    def load(self, key: str) -> tuple[Value | None, int]:
        """See ``KeyValue.load``."""
        row = self.get(key)
        return (row.value, row.version) if row else (None, 0)

    def scan(self, prefix: str, after: str = "", limit: int = 100) -> list[tuple[str, Value]]:
        """See ``KeyValue.scan``."""
        with self.transaction():
            keys = self._sorted()
            start = max(bisect_left(keys, prefix), bisect_right(keys, after))
            found = keys[start : start + limit]
            return [(key, self._rows[key].value) for key in found if key.startswith(prefix)]

    def _sorted(self) -> list[str]:
        """The keys in order: a few that are new are put in their places, many are sorted with all."""
        if len(self._fresh) <= _FEW_KEYS:
            for key in self._fresh:
                insort(self._keys, key)
        else:
            self._keys = sorted(self._rows)
        self._fresh.clear()
        return self._keys

    def lock(self, key: str) -> Lock:
        """See ``KeyValue.lock``: among the threads and tasks of this process."""
        return self._locks.of(key)

    def close(self) -> None:
        """Nothing to give back."""

    def reserve(self, limits: Sequence[Bucket], now: float, patience: float = inf) -> float:
        """See ``KeyValue.reserve``."""
        levels = self._levels
        with self._mutex:
            wait, booked = schedule(limits, [levels.get(bucket.key, AT_REST) for bucket in limits], now)
            if wait <= patience:
                for bucket, level in zip(limits, booked, strict=True):
                    levels[bucket.key] = level
                if len(levels) > self._crowded:
                    self._forget_rested(now)
            return wait

    def penalise(self, key: str, until: float) -> None:
        """See ``KeyValue.penalise``."""
        with self._mutex:
            self._levels[key] = penalty(self._levels.get(key, AT_REST), until)

    def _forget_rested(self, now: float) -> None:
        self._levels = {key: level for key, level in self._levels.items() if level.rests_at > now}
        self._crowded = max(_FEW_BUCKETS, 2 * len(self._levels))

    def get(self, key: str) -> Row | None:
        """See ``Table.get``."""
        row = self._rows.get(key)
        return row if row and row.expires > self.clock() else None

    def put(self, key: str, value: Value, ttl: float | None) -> None:
        """See ``Table.put``."""
        self._version += 1
        expires = inf if ttl is None else self.clock() + ttl
        if self._rows.pop(key, None) is None:
            self._fresh[key] = None
        self._rows[key] = Row(value, self._version, expires)
        self._watch(key, expires)
        if len(self._rows) > self._most:
            for oldest in list(islice(self._rows, len(self._rows) // 8 or 1)):
                self.drop(oldest)

    def drop(self, key: str) -> None:
        """See ``Table.drop``."""
        if self._rows.pop(key, None) is None:
            return
        if key in self._fresh:
            del self._fresh[key]
        else:
            del self._keys[bisect_left(self._keys, key)]

    def _watch(self, key: str, expires: float) -> None:
        # An entry that comes up before its row expires is put back, so rewriting a row
        # a million times leaves one entry, not a million.
        if expires < inf and key not in self._timed:
            self._timed.add(key)
            heappush(self._expiries, (expires, key))

    def _purge(self, now: float) -> None:
        while self._expiries and self._expiries[0][0] <= now:
            _, key = heappop(self._expiries)
            self._timed.discard(key)
            row = self._rows.get(key)
            if row and row.expires <= now:
                self.drop(key)
            elif row:
                self._watch(key, row.expires)

    def __repr__(self) -> str:
        return f"<MemoryStore {len(self._rows)} rows, {len(self._levels)} buckets>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a MemoryStore belongs to its process and cannot be pickled or copied; share a State.sqlite(path)"
        )
