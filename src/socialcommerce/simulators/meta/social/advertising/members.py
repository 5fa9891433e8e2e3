"""Payloads of custom audiences: which identifiers there are, and how each must be hashed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import Refused, wrong
from socialcommerce.simulators.meta.social.advertising.shapes import shaped
from socialcommerce.simulators.meta.social.advertising.state import decoded

__all__ = ["MOST", "read"]

HASH = re.compile(r"[0-9a-f]{64}")
MOST = 10_000
TOO_MANY = 2650
SAMPLES = 5


def _hashed(value: str) -> bool:
    return HASH.fullmatch(value) is not None


def _plain(value: str) -> bool:
    return bool(value)


HASHED = ("EMAIL", "PHONE", "GEN", "DOBY", "DOBM", "DOBD", "DOB", "LN", "FN", "FI", "CT", "ST", "ZIP",
          "COUNTRY", "F5FIRST", "F5LAST")  # fmt: skip
KEYS: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(HASHED, _hashed),
    **{f"{name}_SHA256": _hashed for name in ("EMAIL", "PHONE")},
    "MADID": _plain,
    "MOBILE_ADVERTISER_ID": _plain,
    "EXTERN_ID": _plain,
    "UID": str.isdecimal,
    "PAGEUID": str.isdecimal,
    "LOOKALIKE_VALUE": _plain,
}
"""Name of an identifier -> whether a value of it can be used. An empty value says nothing of a person."""


def _member(keys: list[str], row: Any) -> tuple[str, ...] | None:
    """One person as a set of ``key:value``; None where no value can be used."""
    values = row if isinstance(row, list) else [row]
    if len(values) != len(keys):
        return None
    pairs = [(key, str(value)) for key, value in zip(keys, values, strict=True) if value not in (None, "")]
    if not pairs or not all(KEYS[key](value) for key, value in pairs):
        return None
    return tuple(f"{key.removesuffix('_SHA256')}:{value}" for key, value in pairs)


def _keys(payload: Mapping[str, Any]) -> list[str]:
    schema = decoded(payload.get("schema"), "payload") if str(payload.get("schema")).startswith("[") else None
    named = schema or payload.get("schema")
    keys = [str(one) for one in (named if isinstance(named, list) else [named])]
    unknown = [one for one in keys if one not in KEYS]
    if unknown:
        raise wrong(f"Param payload: schema {unknown[0]} is unknown.")
    return keys


def read(given: Any) -> tuple[set[tuple[str, ...]], int, list[Any]]:
    """The people of a payload, how many entries it has, and those that cannot be used."""
    payload = shaped("payload", given)
    if payload.get("data") is None:
        raise wrong("Param payload must hold schema and data.")
    keys, rows = _keys(payload), payload["data"]
    if len(rows) > MOST:
        raise Refused(
            TOO_MANY, f"(#{TOO_MANY}) Failed to update the custom audience: at most {MOST} users a call."
        )
    people: set[tuple[str, ...]] = set()
    invalid = []
    for row in rows:
        member = _member(keys, row)
        if member is None:
            invalid.append(row)
        else:
            people.add(member)
    return people, len(rows), invalid
