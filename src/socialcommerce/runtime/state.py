"""``State``: everything a client must remember, part by part."""

from __future__ import annotations

import time
from os import PathLike
from pathlib import Path

from attrs import field, fields, frozen

from socialcommerce.runtime.stores import Clock, KeyValue, MemoryStore

__all__ = ["State"]

PARTS = ("tokens", "seen", "inbox", "jobs", "limits", "skus")
# A lost row of these is learnt again or costs one call too many; of the others it costs
# a credential, a second handling, a message or a second campaign: those are flushed to disk.
RELEARNT = frozenset({"limits", "skus"})

MOST_SKUS = 20_000
"""How many SKUs a client remembers in its process's memory (about ten megabytes)."""


@frozen
class State:
    """Where the parts of a client's memory are kept; any of them may be replaced.

    ``tokens``: credentials. ``seen``: webhook events already handled. ``inbox``: messages
    received, where the platform keeps no history. ``jobs``: long work under way.
    ``limits``: how full the rate limits are. ``skus``: which product has which SKU.
    In memory it keeps the ``MOST_SKUS`` that were written last; in a file or a database, all.
    Each is a store of its own (memory unless told): keys of one never meet another's.
    """

    tokens: KeyValue = field(factory=MemoryStore)
    seen: KeyValue = field(factory=MemoryStore)
    inbox: KeyValue = field(factory=MemoryStore)
    jobs: KeyValue = field(factory=MemoryStore)
    limits: KeyValue = field(factory=MemoryStore)
    skus: KeyValue = field(factory=lambda: MemoryStore(most=MOST_SKUS))

    @classmethod
    def memory(cls, clock: Clock = time.time) -> State:
        """All of it in this process's memory; ``clock`` answers seconds since the epoch."""
        return cls(**{part: MemoryStore(clock, MOST_SKUS if part == "skus" else None) for part in PARTS})

    @classmethod
    def file(cls, directory: str | PathLike[str], clock: Clock = time.time) -> State:
        """One JSON file a part in ``directory`` (made with mode 0700): for scripts and small shops."""
        from socialcommerce.runtime.file_store import FileStore

        folder = Path(directory)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(
            **{
                part: FileStore(folder / f"{part}.json", durable=part not in RELEARNT, clock=clock)
                for part in PARTS
            }
        )

    @classmethod
    def sqlite(cls, path: str | PathLike[str], clock: Clock = time.time) -> State:
        """One table a part in the database ``path``: for all processes of one machine."""
        from socialcommerce.runtime.sqlite_store import SQLiteStore

        return cls(
            **{part: SQLiteStore(path, part, durable=part not in RELEARNT, clock=clock) for part in PARTS}
        )

    @classmethod
    def redis(cls, url: str, prefix: str = "socialcommerce", clock: Clock = time.time) -> State:
        """One keyspace a part under ``prefix`` on the server ``url``: for many machines.

        ``ImportError`` without the extra ``socialcommerce[redis]``.
        """
        from socialcommerce.runtime.redis_store import RedisStore

        return cls(**{part: RedisStore(url, f"{prefix}:{part}", clock=clock) for part in PARTS})

    def close(self) -> None:
        """Close every part; harmless when repeated."""
        for part in fields(State):
            getattr(self, part.name).close()
