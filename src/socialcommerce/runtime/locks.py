"""Locks by name: among threads, and among processes through the operating system.

A process that dies gives its file locks back, whatever killed it. A forked child starts
with none of its parent's locks, neither held nor awaited.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Protocol
from weakref import WeakMethod, WeakValueDictionary

__all__ = ["Lock", "Mutexes", "after_fork"]


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


_reborn: list[WeakMethod[Callable[[], None]]] = []


def after_fork(renew: Callable[[], None]) -> None:
    """Call the bound method ``renew`` in every forked child, for as long as its object lives."""
    if hasattr(os, "register_at_fork"):
        _reborn[:] = [method for method in _reborn if method() is not None]
        _reborn.append(WeakMethod(renew))


def _renew_all() -> None:
    for method in list(_reborn):
        if renew := method():
            renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
