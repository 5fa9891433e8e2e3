"""``SQLiteStore``: a part of the state as one table, for everything on one machine."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from math import inf
from os import PathLike
from pathlib import Path
from typing import Any

from attrs import frozen

from socialcommerce.runtime.locks import FileLock, Lock, LockDirectory, on_fork
from socialcommerce.runtime.stores import Clock, Row, Table, TransactionalStore, Value

__all__ = ["SQLiteStore"]

BUSY_SECONDS = 60.0

# The version is the row id: a rewritten row is a new row, and AUTOINCREMENT uses no id twice.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS "{table}" (
    version INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, value TEXT NOT NULL, expires REAL);
CREATE INDEX IF NOT EXISTS "{table}_expires" ON "{table}" (expires) WHERE expires IS NOT NULL;
"""


@frozen
class _Rows:
    """One table as seen through one connection."""

    connection: sqlite3.Connection
    table: str
    now: float

    def get(self, key: str) -> Row | None:
        found = self.connection.execute(
            f'SELECT value, version, expires FROM "{self.table}" '
            "WHERE key = ? AND (expires IS NULL OR expires > ?)",
            (key, self.now),
        ).fetchone()
        if found is None:
            return None
        value, version, expires = found
        return Row(json.loads(value), version, inf if expires is None else expires)

    def put(self, key: str, value: Value, ttl: float | None) -> None:
        self.connection.execute(
            f'INSERT OR REPLACE INTO "{self.table}" (key, value, expires) VALUES (?, ?, ?)',
            (key, json.dumps(value, separators=(",", ":")), None if ttl is None else self.now + ttl),
        )

    def drop(self, key: str) -> None:
        self.connection.execute(f'DELETE FROM "{self.table}" WHERE key = ?', (key,))

    def purge(self) -> None:
        self.connection.execute(f'DELETE FROM "{self.table}" WHERE expires <= ?', (self.now,))

    def scan(self, prefix: str, after: str, limit: int) -> list[tuple[str, Value]]:
        found = self.connection.execute(
            f'SELECT key, value FROM "{self.table}" WHERE key >= ? AND key > ? '
            "AND (expires IS NULL OR expires > ?) ORDER BY key LIMIT ?",
            (prefix, after, self.now, limit),
        )
        return [(key, json.loads(value)) for key, value in found if key.startswith(prefix)]


class SQLiteStore(TransactionalStore):
    """Rows in one ``table`` of the database ``path`` (made with mode 0600), in WAL mode.

    ``durable`` waits until the disk has each change; without, a power cut may lose the
    last ones, a crash of the process still none. ``clock`` answers seconds since the
    epoch. A connection serves one thread at a time and no process but the one that opened
    it. Not for network file systems, whose locks cannot be trusted.
    """

    blocking = True

    def __init__(
        self, path: str | PathLike[str], table: str, *, durable: bool = True, clock: Clock = time.time
    ) -> None:
        if not table.isidentifier():
            raise ValueError(f"not a table name: {table!r}")
        self.path = Path(path)
        self.table = table
        self.durable = durable
        self.clock = clock
        self._renew()
        on_fork(before=self._close_idle, child=self._renew)

    def _renew(self) -> None:
        self._idle: deque[sqlite3.Connection] = deque()
        self._opening = threading.Lock()
        self._writing = threading.Lock()
        self._locks = LockDirectory(self.path.with_name(f"{self.path.name}.{self.table}.locks"))

    @contextmanager
    def transaction(self) -> Generator[Table]:
        """See ``TransactionalStore.transaction``."""
        # The mutex queues this process's threads; SQLite's own waiting is polling.
        with self._writing, self._rows() as rows:
            rows.connection.execute("BEGIN IMMEDIATE")
            try:
                rows.purge()
                yield rows
            except BaseException:
                rows.connection.rollback()
                raise
            rows.connection.commit()

    def load(self, key: str) -> tuple[Value | None, int]:
        """See ``KeyValue.load``."""
        with self._rows() as rows:
            row = rows.get(key)
        return (row.value, row.version) if row else (None, 0)

    def scan(self, prefix: str, after: str = "", limit: int = 100) -> list[tuple[str, Value]]:
        """See ``KeyValue.scan``."""
        with self._rows() as rows:
            return rows.scan(prefix, after, limit)

    def lock(self, key: str) -> Lock:
        """See ``KeyValue.lock``: among all processes that use the same path and table."""
        return self._locks.of(key)

    def close(self) -> None:
        """Close the connections that nobody is using, and sweep away free lock files."""
        self._close_idle()
        self._locks.sweep()

    @contextmanager
    def _rows(self) -> Generator[_Rows]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield _Rows(connection, self.table, self.clock())
        finally:
            self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        self._create()
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        # SQLite does not wait for whoever else is turning a new database into WAL mode.
        lock = FileLock(self.path.with_name(self.path.name + ".lock"), self._opening)
        lock.acquire()
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {'FULL' if self.durable else 'OFF'}")
            connection.executescript(_SCHEMA.format(table=self.table))
        except BaseException:
            connection.close()
            raise
        finally:
            lock.release()
        return connection

    def _create(self) -> None:
        # Only if it is new: closing a file drops every lock this process has on it.
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    def _close_idle(self) -> None:
        while True:
            try:
                self._idle.pop().close()
            except IndexError:
                return

    def __repr__(self) -> str:
        return f"<SQLiteStore {str(self.path)!r} {self.table}>"

    def __reduce__(self) -> tuple[Callable[..., SQLiteStore], tuple[Any, ...]]:
        return _rebuild, (self.path, self.table, self.durable, self.clock)


def _rebuild(path: Path, table: str, durable: bool, clock: Clock) -> SQLiteStore:
    return SQLiteStore(path, table, durable=durable, clock=clock)
