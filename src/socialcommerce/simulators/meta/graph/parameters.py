"""Parameters held to the interface data: types, words, and what must be there."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from socialcommerce.simulators.meta.graph.errors import missing, wrong
from socialcommerce.simulators.meta.graph.tables import Edge, words

__all__ = ["typed"]

OBJECTS = frozenset({"Object", "map", "Targeting", "AdCreative", "AdSet"})
ANY_CASE = ("pagemess", "pageconversations", "pagesecondary")
"""Types whose words the messaging pages write in small letters, and the interface data in capitals."""
PLAIN = frozenset({"file_name", "file_type", "tag"})
"""Objects in the interface data, and words in life."""
SCALARS = frozenset({"string", "datetime", "bool", "int", "unsigned int", "float"})


def typed(edge: Edge, given: Mapping[str, Any], files: Collection[str]) -> dict[str, Any]:
    """The parameters of a documented call, of their types; undocumented ones stay as they came.

    Raises ``Refused`` (100) for what is missing, of the wrong type or an unknown word.
    """
    found = dict(given)
    for one in edge.parameters:
        if one.type == "file" or one.name in files or one.name in PLAIN:
            continue
        if found.get(one.name) in (None, ""):
            if one.required and one.name not in found:
                raise missing(one.name)
            continue
        found[one.name] = _value(one.name, one.type, found[one.name])
    return found


def _value(name: str, kind: str, value: Any) -> Any:
    if kind == "list" or kind.startswith("list<"):
        inner = kind.removeprefix("list").strip("<>") if not kind.startswith("list<list") else "any"
        return [_value(name, inner or "any", one) for one in _listed(name, value)]
    if kind in OBJECTS or kind.startswith("map<"):
        return _object(name, value)
    if kind in SCALARS:
        return _SCALAR[kind](name, value)
    known = words().get(kind)
    word = str(value).upper() if kind.startswith(ANY_CASE) else str(value)
    if known is not None and word not in known:
        raise wrong(f'Param {name} must be one of {{{", ".join(sorted(known))}}} - got "{value}"')
    return value


def _listed(name: str, value: Any) -> list[Any]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _decoded(name, value)
    if isinstance(value, str):
        return [one.strip() for one in value.split(",") if one.strip()]
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value]
    raise wrong(f"Param {name} must be an array.")


def _object(name: str, value: Any) -> Any:
    found = _decoded(name, value) if isinstance(value, str) else value
    if not isinstance(found, dict | list):
        raise wrong(f"Param {name} must be an object.")
    return found


def _decoded(name: str, text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        raise wrong(f"Param {name} must be valid JSON.") from None


def _bool(name: str, value: Any) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    found = known.get(str(value).lower())
    if found is None:
        raise wrong(f"Param {name} must be a boolean.")
    return found


def _int(name: str, value: Any) -> int:
    if isinstance(value, bool) or not str(value).removeprefix("-").isdecimal():
        raise wrong(f"Param {name} must be an integer.")
    return int(value)


def _unsigned(name: str, value: Any) -> int:
    found = _int(name, value)
    if found < 0:
        raise wrong(f"Param {name} must be an integer that is not negative.")
    return found


def _float(name: str, value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise wrong(f"Param {name} must be a number.") from None


def _string(name: str, value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    return str(value)


_SCALAR = {
    "bool": _bool,
    "int": _int,
    "unsigned int": _unsigned,
    "float": _float,
    "string": _string,
    "datetime": _string,
}
