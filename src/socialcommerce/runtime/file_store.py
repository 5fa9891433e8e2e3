"""``FileStore``: a part of the state as one JSON file, for scripts and small shops.

Every change writes the whole file anew beside the old one and renames it into place, so
a reader, and whoever comes after a crash, finds the old state or the new, never a half.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from math import inf
from os import PathLike
from pathlib import Path
from typing import Any

from attrs import Factory, define

from socialcommerce.runtime.locks import FileLock, Lock, LockDirectory, on_fork
from socialcommerce.runtime.stores import Clock, Row, TransactionalStore, Value

__all__ = ["FileStore"]

_NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)


@define
class _Image:
    """The whole file in memory, inside one transaction."""

    now: float
    version: int = 0
    rows: dict[str, Row] = Factory(dict)
    changed: bool = False

    @classmethod
    def decode(cls, content: bytes, now: float) -> _Image:
        data = json.loads(content)
        rows = {
            key: Row(value, version, inf if expires is None else expires)
            for key, (value, version, expires) in data["rows"].items()
            if expires is None or expires > now
        }
        return cls(now, data["version"], rows)

    def encode(self) -> bytes:
        rows: dict[str, Any] = {
            key: (row.value, row.version, None if row.expires == inf else row.expires)
            for key, row in self.rows.items()
        }
        return json.dumps({"version": self.version, "rows": rows}, separators=(",", ":")).encode()

    def get(self, key: str) -> Row | None:
        return self.rows.get(key)

    def put(self, key: str, value: Value, ttl: float | None) -> None:
        self.version += 1
        self.rows[key] = Row(value, self.version, inf if ttl is None else self.now + ttl)
        self.changed = True

    def drop(self, key: str) -> None:
        self.changed = self.rows.pop(key, None) is not None or self.changed


class FileStore(TransactionalStore):
    """Rows in the JSON file ``path`` (mode 0600), shared by all processes of this machine.

    ``durable`` waits until the disk has each change; without, a power cut may lose the
    last ones, a crash of the process still none. ``clock`` answers seconds since the
    epoch. Beside the file stand ``path.lock``, ``path.tmp`` and the folder ``path.locks``.
    Not for network file systems, whose locks cannot be trusted.
    """

    blocking = True

    def __init__(self, path: str | PathLike[str], *, durable: bool = True, clock: Clock = time.time) -> None:
        self.path = Path(path)
        self.durable = durable
        self.clock = clock
        self._renew()
        on_fork(child=self._renew)

    def _renew(self) -> None:
        self._mutex = threading.Lock()
        self._locks = LockDirectory(_beside(self.path, ".locks"))

    @contextmanager
    def transaction(self) -> Generator[_Image]:
        """See ``TransactionalStore.transaction``."""
        lock = FileLock(_beside(self.path, ".lock"), self._mutex)
        lock.acquire()
        try:
            image = self._read()
            yield image
            if image.changed:
                self._replace(image.encode())
        finally:
            lock.release()

    def load(self, key: str) -> tuple[Value | None, int]:
        """See ``KeyValue.load``; ``ValueError`` when the file is not one of ours."""
        row = self._look().get(key)
        return (row.value, row.version) if row else (None, 0)

    def swap(self, key: str, version: int, value: Value | None, ttl: float | None = None) -> bool:
        """See ``KeyValue.swap``."""
        # Whoever comes too late learns it without queueing for the lock.
        return self.load(key)[1] == version and super().swap(key, version, value, ttl)

    def scan(self, prefix: str, after: str = "", limit: int = 100) -> list[tuple[str, Value]]:
        """See ``KeyValue.scan``."""
        rows = self._look().rows
        keys = sorted(key for key in rows if key.startswith(prefix) and key > after)
        return [(key, rows[key].value) for key in keys[:limit]]

    def lock(self, key: str) -> Lock:
        """See ``KeyValue.lock``: among all processes that use the same path."""
        return self._locks.of(key)

    def close(self) -> None:
        """Sweep away lock files that nobody holds."""
        self._locks.sweep()

    def _look(self) -> _Image:
        # A rename is atomic, so readers need no lock; but Windows renames no open file.
        return self._read_locked() if os.name == "nt" else self._read()

    def _read_locked(self) -> _Image:
        with self.transaction() as image:
            return image

    def _read(self) -> _Image:
        try:
            return _Image.decode(self.path.read_bytes(), self.clock())
        except FileNotFoundError:
            return _Image(self.clock())
        except (ValueError, TypeError, KeyError, AttributeError):
            # The original error quotes the file, which holds secrets.
            raise ValueError(f"{self.path} is not a state file of socialcommerce, or is damaged") from None

    def _replace(self, content: bytes) -> None:
        fresh = _beside(self.path, ".tmp")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NO_FOLLOW, 0o600)
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            self._flush(file.fileno())
        os.replace(fresh, self.path)
        if self.durable and os.name != "nt":
            self._flush_directory()

    def _flush(self, descriptor: int) -> None:
        if self.durable:
            os.fsync(descriptor)

    def _flush_directory(self) -> None:
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def __repr__(self) -> str:
        return f"<FileStore {str(self.path)!r}>"

    def __reduce__(self) -> tuple[Callable[..., FileStore], tuple[Any, ...]]:
        return _rebuild, (self.path, self.durable, self.clock)


def _rebuild(path: Path, durable: bool, clock: Clock) -> FileStore:
    return FileStore(path, durable=durable, clock=clock)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
