"""JSON and queries, with money that never becomes a binary float on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any, NoReturn, cast
from urllib.parse import quote

__all__ = ["joined", "plain_parts", "quoted", "read_json", "write_json", "write_query"]


def read_json(content: bytes) -> Any:
    """Decode JSON; numbers with a fraction become ``Decimal``. ``ValueError`` on anything else.

    Half a surrogate pair, which an escape may write and no file or store would take, becomes ``?``.
    Twice as fast with msgspec (extra ``fast``), and the same: what msgspec does not take (a byte order
    mark, half a surrogate pair), and what is wrong, is left to the standard library.
    """
    fast = _fast_decoder()
    if fast is not None:
        decode, failures = fast
        try:
            return decode(content)
        except failures:
            pass
    try:
        value = _decoder.decode(content.decode().removeprefix("\ufeff"))
        return _whole(value) if _SURROGATE.search(content) else value
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
    except InvalidOperation:
        raise ValueError("a number out of all range") from None


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def _whole(value: Any) -> Any:
    """A decoded value whose texts hold whole characters only."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return value


@cache
def _fast_decoder() -> tuple[Callable[[bytes], Any], tuple[type[Exception], ...]] | None:
    try:
        import msgspec
    except ImportError:
        return None
    failures = (msgspec.MsgspecError, ValueError, RecursionError, InvalidOperation)
    return msgspec.json.Decoder(float_hook=Decimal).decode, failures


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)


def write_json(value: Any) -> bytes:
    """Encode JSON compactly as UTF-8; a ``Decimal`` is written as the number it is.

    ``TypeError`` for what JSON has no word for, ``ValueError`` for a number that it cannot keep.
    """
    return _encoder.encode(value).encode()


def _number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not JSON")
    if not value.is_finite():
        raise ValueError(f"{value} is not a JSON number")
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    if Decimal(repr(number)) != value:  # what is written is the repr: it must say the same number
        raise ValueError(f"{value} has more digits than a JSON number keeps")
    return number


_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_number)


def write_query(pairs: Iterable[tuple[str, str]] | Mapping[str, str]) -> str:
    """Encode a query string, percent-encoding everything but the unreserved characters."""
    items = list(cast("Iterable[tuple[str, str]]", pairs.items() if isinstance(pairs, Mapping) else pairs))
    text = "&".join([f"{name}={value}" for name, value in items])
    if _plain_query(text) and text.count("=") == len(items) and text.count("&") < max(len(items), 1):
        return text  # nothing in it to encode, as in most queries
    return "&".join([f"{quoted(name)}={quoted(value)}" for name, value in items])


_plain_query = re.compile(r"[A-Za-z0-9_.~=&-]*").fullmatch
_plain = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch


def quoted(text: str) -> str:
    """Percent-encode all but the unreserved characters; most texts have no other, or are lists of ids."""
    if text.isascii() and (text.isalnum() or _plain(text)):
        return text
    return text.replace(",", "%2C") if _plain(text.replace(",", "")) else quote(text, safe="")


def joined(*parts: str) -> str:
    """Parts as one key, quoted so that no part runs into the next; most hold nothing to quote."""
    text = "/".join(parts)
    if plain_parts(text, len(parts) - 1):
        return text
    return "/".join([part if part.isalnum() and part.isascii() else _quoted_before(part) for part in parts])


def plain_parts(text: str, slashes: int) -> bool:
    """Whether a text of parts joined by so many slashes holds nothing that had to be quoted."""
    return _plain_path(text) is not None and text.count("/") == slashes


_plain_path = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch


@lru_cache(maxsize=256)
def _quoted_before(part: str) -> str:
    """Of the parts of a key most stood in the key before: whose account it is, which conversation."""
    return quoted(part)
