"""Single values as Meta writes them, read without trust: pushes may hold anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from json import dumps
from typing import Any

from socialcommerce.backends.shared import Json

__all__ = ["digest", "moment", "rows", "table", "word"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLIS = 10**11
"""From here on a count is of milliseconds: as seconds it would lie beyond the year 5000."""
_TOO_MANY = 253_402_300_800_000
"""Milliseconds at the end of the year 9999, the last that can be told."""
_DIGITS = 15


def word(value: Any) -> str:
    """An id or a word as text: ids come as numbers or as text; anything else is none (empty)."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        return str(value)
    return ""


def moment(value: Any) -> datetime | None:
    """An instant: ISO text (``2026-11-21T10:11:12+0000``), Unix seconds or milliseconds; None for others.

    Changes tell seconds and messages milliseconds, so the size of the number decides.
    """
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        return _iso(value)
    number = _count(value)
    if number <= 0:
        return None
    return _EPOCH + (timedelta(milliseconds=number) if number >= _MILLIS else timedelta(seconds=number))


def _iso(value: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(value)
        return told.astimezone(UTC) if told.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _count(value: Any) -> int:
    if isinstance(value, str):
        value = int(value) if len(value) <= _DIGITS else 0
    if isinstance(value, Decimal):
        # The size first: 1e999999 is short on the wire, and takes seconds to be written out.
        value = int(value) if value.is_finite() and 0 < value < _TOO_MANY else 0
    return value if isinstance(value, int) and not isinstance(value, bool) and value < _TOO_MANY else 0


def table(value: Any) -> Json:
    """An object; an empty one where it is none."""
    return value if type(value) is dict or isinstance(value, Mapping) else {}


def rows(value: Any) -> Sequence[Json]:
    """The objects of a list, or of a ``{"data": [...]}``; none where it is neither."""
    if isinstance(value, dict):
        value = value.get("data")
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def digest(value: Any) -> str:
    """The same short text for the same value, whatever the order of its names."""
    content = dumps(value, sort_keys=True, default=str)
    return blake2b(content.encode(), digest_size=16).hexdigest()
