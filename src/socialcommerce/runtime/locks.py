"""Locks by name: among threads, and among processes through the operating system.

A process that dies gives its file locks back, whatever killed it. A forked child starts
with none of its parent's locks, neither held nor awaited.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from weakref import WeakMethod, WeakValueDictionary

if sys.platform == "win32":  # pragma: no cover - the other platform's half of the same rule
    import msvcrt
    import time
else:
    import fcntl

__all__ = ["FileLock", "LockDirectory", "Lock", "Mutexes", "on_fork"]


class Lock(Protocol):
    """A lock that is not bound to a thread: whoever holds the object may release it."""

    def acquire(self, blocking: bool = True) -> bool:
        """Take the lock; without ``blocking``, say False at once when somebody has it."""
        ...

    def release(self) -> None:
        """Give it back."""
        ...


class Mutexes:
    """Thread locks by key; one that nobody holds or awaits is forgotten."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    def of(self, key: str) -> threading.Lock:
        """The lock of ``key``, the same for everybody who holds it now."""
        with self._guard:
            lock = self._locks.get(key)
            if lock is None:
                lock = self._locks[key] = threading.Lock()
            return lock


class FileLock:
    """An exclusive lock on a file, held by this object alone, in this process and all others.

    ``mutex`` makes the threads of one process queue for one file descriptor.
    """

    def __init__(self, path: Path, mutex: threading.Lock) -> None:
        self._path = path
        self._mutex = mutex
        self._held: int | None = None
        self._owner = 0

    def acquire(self, blocking: bool = True) -> bool:
        """See ``Lock.acquire``; ``OSError`` when the file cannot be opened."""
        if not self._mutex.acquire(blocking):
            return False
        try:
            self._held = self._take(blocking)
        finally:
            if self._held is None:
                self._mutex.release()
        self._owner = os.getpid()
        return self._held is not None

    def release(self) -> None:
        """See ``Lock.release``; does nothing in a child forked while the lock was held."""
        held, self._held = self._held, None
        if held is not None and self._owner == os.getpid():
            # Closing alone would leave it with a child just forked, which has the file open too.
            _unlock(held)
            _close(held)
            self._mutex.release()

    def _take(self, blocking: bool) -> int | None:
        while True:
            descriptor = _open(self._path)
            taken = False
            try:
                if not _flock(descriptor, blocking):
                    return None
                # Somebody may have swept the file away while we waited for it.
                taken = _is_at(descriptor, self._path)
                if taken:
                    return descriptor
            finally:
                if not taken:
                    _close(descriptor)


class LockDirectory:
    """File locks by key, one file each, made when first asked for.

    Keys are hashed: they may hold what no file name can, and are nobody's business.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mutexes = Mutexes()

    def of(self, key: str) -> FileLock:
        """A lock on ``key``, shared with every process that uses the same directory."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = sha256(key.encode()).hexdigest()[:32]
        return FileLock(self._path / name, self._mutexes.of(key))

    def sweep(self) -> None:
        """Remove the files of locks that nobody holds."""
        for path in self._path.glob("*"):
            lock = FileLock(path, threading.Lock())
            if lock.acquire(blocking=False):
                # Windows refuses to remove an open file: then it stays, which does no harm.
                with suppress(OSError):
                    path.unlink()
                lock.release()
        with suppress(OSError):
            self._path.rmdir()


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


# Locks live on open files, and a forked child shares its parent's: it would keep the lock
# of a parent that died. So the child closes them, and no fork falls between open and note.
_forking = threading.Lock()
_descriptors: set[int] = set()


def _open(path: Path) -> int:
    with _forking:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        _descriptors.add(descriptor)
        return descriptor


def _close(descriptor: int) -> None:
    with _forking:
        _descriptors.discard(descriptor)
        os.close(descriptor)


if sys.platform == "win32":  # pragma: no cover - the other platform's half of the same rule

    def _flock(descriptor: int, blocking: bool) -> bool:
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
                return True
            except OSError:
                if not blocking:
                    return False
                time.sleep(0.02)

    def _unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:

    def _flock(descriptor: int, blocking: bool) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if blocking else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


_before: list[WeakMethod[Callable[[], None]]] = []
_in_child: list[WeakMethod[Callable[[], None]]] = []


def on_fork(*, child: Callable[[], None], before: Callable[[], None] | None = None) -> None:
    """Call bound methods ``before`` this process forks and in the ``child``, while their object lives."""
    with _forking:
        _note(_in_child, child)
        if before:
            _note(_before, before)


def _note(methods: list[WeakMethod[Callable[[], None]]], method: Callable[[], None]) -> None:
    methods[:] = [reference for reference in methods if reference() is not None]
    methods.append(WeakMethod(method))


def _call_all(methods: list[WeakMethod[Callable[[], None]]]) -> None:
    for reference in list(methods):
        if method := reference():
            method()


def _prepare_fork() -> None:
    _call_all(_before)
    _forking.acquire()


def _start_child() -> None:
    for descriptor in _descriptors:
        os.close(descriptor)
    _descriptors.clear()
    _forking.release()
    _call_all(_in_child)


if sys.platform != "win32":
    os.register_at_fork(before=_prepare_fork, after_in_parent=_forking.release, after_in_child=_start_child)
