"""What the client remembers, part by part, as flows over the stores.

Keys are made of parts that may hold anything; they are quoted so that no part runs into
the next. Instants are seconds since the epoch, durations seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from socialcommerce.runtime.flow import Flow, Part, Store
from socialcommerce.runtime.text import joined, plain_parts

__all__ = [
    "append_message",
    "claim",
    "confirm",
    "last_heard",
    "list_conversations",
    "list_messages",
    "lookup",
    "made_under",
    "note_made",
    "release",
    "remember",
]

DAY = 86400.0
Record = Mapping[str, Any]
Change = Callable[[Record | None], Record | None]
"""The new value of a row, given the present one; None leaves it as it is."""


def _keys(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A key a row. Most hold nothing to quote; all rows of a page are looked at together."""
    keys = ["/".join(parts) for parts in rows]
    if plain_parts("".join(keys), sum(map(len, rows)) - len(rows)):
        return keys
    return [joined(*parts) for parts in rows]


def _update(part: Part, key: str, change: Change, ttl: float | None = None) -> Flow[bool]:
    """Change one row until nobody came between; say whether there was anything to change."""
    while True:
        value, version = yield Store(part, "load", (key,))
        fresh = change(value)
        if fresh is None:
            return False
        if (yield Store(part, "swap", (key, version, fresh, ttl))):
            return True


# seen: events by their key


def claim(key: str, now: float, lease: float) -> Flow[bool]:
    """Claim the event ``key`` for handling; False when it was handled, or is being handled.

    A handler that crashed neither confirms nor releases: its claim lapses ``lease``
    seconds after ``now``.
    """

    def take(row: Record | None) -> Record | None:
        taken = row is not None and (row["done"] or row["until"] > now)
        return None if taken else {"done": False, "until": now + lease}

    return _update("seen", key, take, lease)


def confirm(key: str, days: float = 30.0) -> Flow[bool]:
    """Note that the event was handled; forgotten after so many ``days``."""
    return _update("seen", key, lambda _: {"done": True, "until": 0.0}, days * DAY)


def release(key: str) -> Flow[bool]:
    """Give a claim back after a failed handling, for the platform's next try.

    False when there was none, or the event was handled in the meantime.
    """
    while True:
        row, version = yield Store("seen", "load", (key,))
        if row is None or row["done"]:
            return False
        if (yield Store("seen", "swap", (key, version, None))):
            return True


# seen: what was made under a caller's key, where the platform forgets the key too soon

_KEYS_KEPT = 90 * DAY


def made_under(platform: str, account: str, kind: str, key: str) -> Flow[Record | None]:
    """What ``note_made`` kept under a caller's key for a thing of this kind; None where nothing was."""
    value, _ = yield Store("seen", "load", (joined("made", platform, account, kind, key),))
    return value  # type: ignore[no-any-return]  # effects answer whatever their driver sends


def note_made(platform: str, account: str, kind: str, key: str, made: Record) -> Flow[bool]:
    """Keep for 90 days what a caller's key made, in the place of what was kept before."""
    return _update("seen", joined("made", platform, account, kind, key), lambda _: made, _KEYS_KEPT)


# skus: where each SKU is sold


def remember(platform: str, account: str, rows: Iterable[tuple[str, Mapping[str, str]]]) -> Flow[None]:
    """Note ``(sku, ref)`` pairs, as a list or a get showed them; a ref is a mapping of ids.

    Each pair is a row of its own, so all that a page showed is written at once and nothing need be read.
    """
    pairs = list(rows)
    keys = _keys([(platform, account, sku, *ref.values()) for sku, ref in pairs])
    yield Store("skus", "write", (dict(zip(keys, [ref for _, ref in pairs], strict=True)),))


def lookup(platform: str, account: str, sku: str) -> Flow[list[dict[str, Any]]]:
    """The refs remembered for ``sku``; one product or several, none when it was never seen."""
    rows = yield Store("skus", "scan", (joined(platform, account, sku) + "/", "", _NAMESAKES))
    return [dict(ref) for _, ref in rows]


_NAMESAKES = 100
"""How many products of one SKU are looked at."""


# inbox: messages by conversation, newest first
#
# Two kinds of row: "m/account/conversation/time/id" holds a message, and
# "c/account/time/conversation" the newest of a conversation, found through
# "n/account/conversation", which knows too when the other side was heard last.
# Times count down, so that key order is newest first.

_END_OF_TIME = 10**13


def _downwards(sent_at: float) -> str:
    return f"{_END_OF_TIME - round(sent_at * 1000):014d}"


def append_message(account: str, conversation: str, message: Record, heard: bool = False) -> Flow[bool]:
    """Keep a received or sent message; False when it was kept before.

    ``message`` is a mapping with at least ``id`` and ``sent_at`` (seconds since the epoch);
    ``heard`` where the other side said it.
    """
    key = joined("m", account, conversation, _downwards(message["sent_at"]), message["id"])
    fresh: bool = yield Store("inbox", "swap", (key, 0, message))
    yield from _freshen(account, conversation, message, heard)
    return fresh


def _freshen(account: str, conversation: str, message: Record, heard: bool) -> Flow[None]:
    newest = joined("n", account, conversation)
    listed = _conversation(account, conversation, message["sent_at"])
    while True:
        row, version = yield Store("inbox", "load", (newest,))
        # Two instants may be listed at one place, which counts no finer than milliseconds.
        before = _conversation(account, conversation, row["sent_at"]) if row else listed
        late = row is not None and row["sent_at"] > message["sent_at"]
        if not late:
            # Listed under the new time before the old one goes: never lost, at worst twice.
            value = {"id": conversation, "updated_at": message["sent_at"], "last": message}
            yield Store("inbox", "write", ({listed: value},))
        fresh = _newest(row, message["sent_at"], heard)
        if fresh == row or (yield Store("inbox", "swap", (newest, version, fresh))):
            break
    if before != listed:
        # Of a late one: whoever was newer came between, and knows nothing of what was listed here.
        yield from _forget("inbox", listed if late else before)


def _newest(row: Record | None, sent_at: float, heard: bool) -> Record:
    """When a conversation moved last, and when the other side was ``heard_at``: 0 where it never was.

    A row of an earlier version does not tell; the next message that is newer than all before does.
    """
    if row is None:
        return {"sent_at": sent_at, "heard_at": sent_at if heard else 0.0}
    fresh = dict(row)
    if heard and (sent_at >= row["sent_at"] or "heard_at" in row):
        fresh["heard_at"] = max(sent_at, row.get("heard_at", 0.0))
    fresh["sent_at"] = max(sent_at, row["sent_at"])
    return fresh


def last_heard(account: str, conversation: str) -> Flow[float | None]:
    """When the other side said something last (seconds since the epoch), 0 where it never did.

    None where that was not noted: nothing was kept, or by an earlier version.
    """
    row, _ = yield Store("inbox", "load", (joined("n", account, conversation),))
    return row.get("heard_at") if row else None


def _conversation(account: str, conversation: str, sent_at: float) -> str:
    return joined("c", account, _downwards(sent_at), conversation)


def _forget(part: Part, key: str) -> Flow[None]:
    _, version = yield Store(part, "load", (key,))
    yield Store(part, "swap", (key, version, None))


def list_conversations(
    account: str, cursor: str = "", limit: int = 50
) -> Flow[tuple[list[dict[str, Any]], str | None]]:
    """Conversations ``{id, updated_at, last}``, the one with the newest message first.

    Answers a page and the cursor after it, None at the end.
    """
    return _page("inbox", joined("c", account) + "/", cursor, limit)


def list_messages(
    account: str, conversation: str, cursor: str = "", limit: int = 50
) -> Flow[tuple[list[dict[str, Any]], str | None]]:
    """The messages of one conversation, newest first; a page and the cursor after it, None at the end."""
    return _page("inbox", joined("m", account, conversation) + "/", cursor, limit)


def _page(part: Part, prefix: str, cursor: str, limit: int) -> Flow[tuple[list[dict[str, Any]], str | None]]:
    after = prefix + cursor if cursor else ""
    rows: list[tuple[str, Record]] = yield Store(part, "scan", (prefix, after, limit + 1))
    page = rows[:limit]
    following = page[-1][0].removeprefix(prefix) if len(rows) > limit else None
    return [dict(value) for _, value in page], following
