"""``RedisStore``: a part of the state on a Redis server, for back ends on many machines."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from math import inf
from secrets import token_hex
from typing import Any, NoReturn, Protocol, TypeAlias

from socialcommerce.runtime.limits import Bucket, Level, penalty, schedule
from socialcommerce.runtime.locks import Lock
from socialcommerce.runtime.stores import Clock, Row, Value, holds

__all__ = ["RedisStore"]

# Four keys a store: the rows (a hash of "version:expires:json"), their order (for scan),
# their expiries, and the last version given out. One hash tag keeps them on one node.
#
# ARGV: now, then per row: key, expected version ("" for any), expires ("" for never), json ("" deletes).
# All rows are written or none is. A few rows that have expired go with every write.
_SWAP = """
local rows, order, expiries, versions = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now = tonumber(ARGV[1])
local function drop(key)
  redis.call('HDEL', rows, key)
  redis.call('ZREM', order, key)
  redis.call('ZREM', expiries, key)
end
for _, key in ipairs(redis.call('ZRANGEBYSCORE', expiries, '-inf', ARGV[1], 'LIMIT', 0, 32)) do
  drop(key)
end
local function version(key)
  local row = redis.call('HGET', rows, key)
  if not row then return '0' end
  local number, expires = string.match(row, '^(%d+):([^:]*):')
  if expires ~= '' and tonumber(expires) <= now then return '0' end
  return number
end
for i = 2, #ARGV, 4 do
  if ARGV[i + 1] ~= '' and version(ARGV[i]) ~= ARGV[i + 1] then return 0 end
end
for i = 2, #ARGV, 4 do
  local key, expires, value = ARGV[i], ARGV[i + 2], ARGV[i + 3]
  drop(key)
  if value ~= '' then
    redis.call('HSET', rows, key, redis.call('INCR', versions) .. ':' .. expires .. ':' .. value)
    redis.call('ZADD', order, 0, key)
    if expires ~= '' then redis.call('ZADD', expiries, expires, key) end
  end
end
return 1
"""

# KEYS: the lock. ARGV: the holder's token, milliseconds to hold on (0 gives it back).
_HOLD = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""

LEASE_SECONDS = 30.0
POLL_SECONDS = 0.05

_Change: TypeAlias = tuple[str, int | None, Value | None, float]


class Server(Protocol):
    """What is used of a redis-py client made with ``decode_responses=True``."""

    def hmget(self, name: str, keys: Sequence[str]) -> Any:
        """Values of a hash, None where absent."""
        ...

    def zrangebylex(self, name: str, min: str, max: str, start: int, num: int) -> Any:
        """Members of a sorted set in byte order."""
        ...

    def eval(self, script: str, numkeys: int, *keys_and_args: str) -> Any:
        """Run a script atomically."""
        ...

    def set(self, name: str, value: str, *, nx: bool, px: int) -> Any:
        """Set a key with an expiry, if absent."""
        ...

    def close(self) -> None:
        """Give back the connections."""
        ...


def _redis() -> Any:
    try:
        return import_module("redis")
    except ImportError as missing:
        raise ImportError("state on Redis needs the extra: pip install 'socialcommerce[redis]'") from missing


class RedisStore:
    """Rows under ``prefix`` on the server ``url`` (``redis://``, ``rediss://``, ``unix://``).

    ``clock`` answers seconds since the epoch; machines that share a store must agree on
    it. ``server`` replaces the connection made from ``url``. Locks are leases of 30 s,
    renewed by a thread while held: a process that dies frees them by falling silent.
    """

    blocking = True

    def __init__(
        self, url: str, prefix: str, *, clock: Clock = time.time, server: Server | None = None
    ) -> None:
        self.clock = clock
        self._prefix = prefix
        redis = _redis()
        self._failure: type[Exception] = redis.RedisError
        self._server: Server = server or redis.Redis.from_url(url, decode_responses=True)
        self._keys = [f"{{{prefix}}}:{name}" for name in ("rows", "order", "expiries", "versions")]

    def load(self, key: str) -> tuple[Value | None, int]:
        """See ``KeyValue.load``."""
        row = self._rows([key])[0]
        return (row.value, row.version) if row else (None, 0)

    def swap(self, key: str, version: int, value: Value | None, ttl: float | None = None) -> bool:
        """See ``KeyValue.swap``."""
        return self._swap([(key, version, value, inf if ttl is None else self.clock() + ttl)])

    def write(self, rows: Mapping[str, Value], ttl: float | None = None) -> None:
        """See ``KeyValue.write``."""
        expires = inf if ttl is None else self.clock() + ttl
        known = zip(rows.items(), self._rows(list(rows)), strict=True)
        changes = [(key, None, value, expires) for (key, value), row in known if not holds(row, value, ttl)]
        if changes:
            self._swap(changes)

    def scan(self, prefix: str, after: str = "", limit: int = 100) -> list[tuple[str, Value]]:
        """See ``KeyValue.scan``."""
        found: list[tuple[str, Value]] = []
        least = f"({after}" if after >= prefix and after else f"[{prefix}"
        while len(found) < limit:
            keys: list[str] = self._server.zrangebylex(self._keys[1], least, "+", 0, limit)
            ours = [key for key in keys if key.startswith(prefix)]
            rows = self._rows(ours)
            found += [(key, row.value) for key, row in zip(ours, rows, strict=True) if row]
            if len(ours) < limit:
                break
            least = f"({ours[-1]}"
        return found[:limit]

    def reserve(self, limits: Sequence[Bucket], now: float, patience: float = inf) -> float:
        """See ``KeyValue.reserve``."""
        keys = [bucket.key for bucket in limits]
        while True:
            rows = self._rows(keys)
            wait, booked = schedule(limits, [_level(row) for row in rows], now)
            lag = self.clock() - now
            changes = [_change(*each, lag) for each in zip(keys, rows, booked, strict=True)]
            if wait > patience or self._swap(changes):
                return wait

    def penalise(self, key: str, until: float) -> None:
        """See ``KeyValue.penalise``."""
        while True:
            row = self._rows([key])[0]
            if self._swap([_change(key, row, penalty(_level(row), until))]):
                return

    def lock(self, key: str) -> Lock:
        """See ``KeyValue.lock``: among all machines that use the same server and prefix."""
        return _Lease(self._server, f"{{{self._prefix}}}:lock:{key}", self._failure)

    def close(self) -> None:
        """Give back the connections."""
        self._server.close()

    def _rows(self, keys: Sequence[str]) -> list[Row | None]:
        found = self._server.hmget(self._keys[0], keys) if keys else []
        now = self.clock()
        rows = [_decode(text) if text else None for text in found]
        return [row if row and row.expires > now else None for row in rows]

    def _swap(self, changes: Sequence[_Change]) -> bool:
        arguments = [text for change in changes for text in _encode(*change)]
        return bool(self._server.eval(_SWAP, 4, *self._keys, repr(self.clock()), *arguments))

    def __repr__(self) -> str:
        return f"<RedisStore {self._prefix!r}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a RedisStore cannot be pickled or copied: its URL may hold a password")


def _level(row: Row | None) -> Level:
    return Level.of(row.value if row else None)


def _change(key: str, row: Row | None, level: Level, lag: float = 0.0) -> _Change:
    return key, row.version if row else 0, level.row(), level.rests_at + lag


def _encode(key: str, version: int | None, value: Value | None, expires: float) -> tuple[str, ...]:
    text = "" if value is None else json.dumps(value, separators=(",", ":"))
    return key, "" if version is None else str(version), "" if expires == inf else repr(expires), text


def _decode(text: str) -> Row:
    version, expires, value = text.split(":", 2)
    return Row(json.loads(value), int(version), float(expires) if expires else inf)


class _Lease:
    """A lock that lapses by itself unless its holder keeps renewing it."""

    def __init__(self, server: Server, key: str, failure: type[Exception]) -> None:
        self._server = server
        self._key = key
        self._failure = failure
        self._token = token_hex(16)
        self._owner = 0
        self._released = threading.Event()

    def acquire(self, blocking: bool = True) -> bool:
        """See ``Lock.acquire``."""
        while not self._server.set(self._key, self._token, nx=True, px=int(LEASE_SECONDS * 1000)):
            if not blocking:
                return False
            time.sleep(POLL_SECONDS * random.uniform(0.5, 1.5))
        self._owner = os.getpid()
        self._released = threading.Event()
        threading.Thread(target=self._keep, args=(self._released,), daemon=True).start()
        return True

    def release(self) -> None:
        """See ``Lock.release``; does nothing in a child forked while the lock was held."""
        self._released.set()
        if self._owner == os.getpid():
            self._hold(0)

    def _keep(self, released: threading.Event) -> None:
        held = True
        while held and not released.wait(LEASE_SECONDS / 3):
            # A server that cannot be reached now is asked again while the lease lasts.
            with suppress(self._failure):
                held = self._hold(LEASE_SECONDS)

    def _hold(self, seconds: float) -> bool:
        return bool(self._server.eval(_HOLD, 1, self._key, self._token, str(int(seconds * 1000))))
