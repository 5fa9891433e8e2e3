"""``Draft``: a store as it would be. What is changed in it never reaches the store below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from attrs import field, fields, frozen

from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.locks import Lock
from socialcommerce.runtime.state import State
from socialcommerce.runtime.stores import KeyValue, Value

__all__ = ["Draft", "drafted"]


def drafted(state: State) -> State:
    """A client's memory that can be read and changed and leaves nothing behind."""
    return State(**{part.name: Draft(getattr(state, part.name)) for part in fields(State)})


@frozen
class Draft:
    """The rows of ``base``, and beside them what would have been written; for one flow alone."""

    base: KeyValue
    rows: dict[str, tuple[Value | None, int]] = field(factory=dict, repr=False)

    @property
    def blocking(self) -> bool:
        """See ``KeyValue.blocking``."""
        return self.base.blocking

    def load(self, key: str) -> tuple[Value | None, int]:
        """See ``KeyValue.load``."""
        return self.rows[key] if key in self.rows else self.base.load(key)

    def swap(self, key: str, version: int, value: Value | None, ttl: float | None = None) -> bool:
        """See ``KeyValue.swap``."""
        if self.load(key)[1] != version:
            return False
        self.rows[key] = (None, 0) if value is None else (value, version + 1)
        return True

    def write(self, rows: Mapping[str, Value], ttl: float | None = None) -> None:
        """See ``KeyValue.write``."""
        for key, value in rows.items():
            self.swap(key, self.load(key)[1], value, ttl)

    def scan(self, prefix: str, after: str = "", limit: int = 100) -> list[tuple[str, Value]]:
        """See ``KeyValue.scan``."""
        found: dict[str, Value | None] = dict(self.base.scan(prefix, after, limit + len(self.rows)))
        found |= {
            key: value for key, (value, _) in self.rows.items() if key.startswith(prefix) and key > after
        }
        return [(key, value) for key, value in sorted(found.items()) if value is not None][:limit]

    def reserve(self, limits: Sequence[Bucket], now: float, patience: float = inf) -> float:
        """Nothing is booked, and nobody waits."""
        return 0.0

    def penalise(self, key: str, until: float) -> None:
        """Nobody is kept waiting for what was not sent."""

    def lock(self, key: str) -> Lock:
        """See ``KeyValue.lock``."""
        return self.base.lock(key)

    def close(self) -> None:
        """The store below stays open: it is not ours."""
