"""JSON and queries, with money that never becomes a binary float on the way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

__all__ = ["read_json", "write_json", "write_query"]

_EXACT_DIGITS = 15


def read_json(content: bytes) -> Any:
    """Decode JSON; numbers with a fraction become ``Decimal``. ``ValueError`` on anything else."""
    return _decoder.decode(content.decode())


_decoder = json.JSONDecoder(parse_float=Decimal)


def write_json(value: Any) -> bytes:
    """Encode JSON compactly as UTF-8; a ``Decimal`` is written as the number it is."""
    return _encoder.encode(value).encode()


def _number(value: object) -> int | float | str:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not JSON")
    if value == value.to_integral_value():
        return int(value)
    if len(value.normalize().as_tuple().digits) > _EXACT_DIGITS:
        raise ValueError(f"{value} has more digits than a JSON number keeps")
    return float(value)


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_number)


def write_query(pairs: Iterable[tuple[str, str]] | Mapping[str, str]) -> str:
    """Encode a query string, percent-encoding everything but the unreserved characters."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in items)
