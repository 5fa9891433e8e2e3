"""The ``fields`` language: ``id,name,products.limit(5).after(x){id,price}``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from attrs import field, frozen

from socialcommerce.simulators.meta.graph.errors import Refused

__all__ = ["Field", "Selection", "parse", "selected"]

_NAME = re.compile(r"\s*([A-Za-z0-9_:]+)\s*")
_MODIFIER = re.compile(r"\.([a-z_]+)\(")


@frozen
class Field:
    """One field asked for: the parameters of its edge, and what of its rows is wanted."""

    name: str
    given: Mapping[str, str] = field(factory=dict)
    inner: Selection | None = None


@frozen
class Selection:
    """The fields asked for, in the order in which they were named."""

    fields: tuple[Field, ...]

    @property
    def names(self) -> frozenset[str]:
        """Their names."""
        return frozenset(one.name for one in self.fields)


def selected(given: object) -> Selection | None:
    """The fields of a call: text, or a list of texts (in JSON, or as a form writes it); None for none."""
    if isinstance(given, str) and given.lstrip().startswith("["):
        try:
            given = json.loads(given)
        except ValueError:
            raise _unreadable(str(given)) from None
    text = ",".join(map(str, given)) if isinstance(given, list) else str(given or "")
    return parse(text) if text else None


def parse(text: str) -> Selection:
    """The fields written in ``text``; raises ``Refused`` (2500) where it is no list of fields."""
    found, rest = _level(text)
    if rest.strip():
        raise _unreadable(text)
    return found


def _level(text: str) -> tuple[Selection, str]:
    found: dict[str, Field] = {}
    while True:
        named = _NAME.match(text)
        if named is None:
            raise _unreadable(text)
        one, text = _rest_of(named[1], text[named.end() :])
        found[one.name] = one
        if not text.startswith(","):
            return Selection(tuple(found.values())), text
        text = text[1:]


def _rest_of(name: str, text: str) -> tuple[Field, str]:
    given: dict[str, str] = {}
    while (modifier := _MODIFIER.match(text)) is not None:
        value, text = _argument(text[modifier.end() :])
        given[modifier[1]] = value
    inner = None
    if text.startswith("{"):
        inner, text = _level(text[1:])
        if not text.startswith("}"):
            raise _unreadable(text)
        text = text[1:]
    return Field(name, given, inner), text.lstrip()


def _argument(text: str) -> tuple[str, str]:
    """The text up to the bracket that closes the modifier; brackets inside are balanced."""
    depth = 1
    for at, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return text[:at], text[at + 1 :]
    raise _unreadable(text)


def _unreadable(text: str) -> Refused:
    return Refused(2500, f"Syntax error in the fields parameter at: {text[:40]!r}")
