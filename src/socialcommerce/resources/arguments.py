"""Arguments that are wrong on every platform: instants without a zone, spans upside down, unknown words."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints

from socialcommerce.resources.noun import invalid

__all__ = ["closed_sets", "refuse_wrong"]

_NAIVE = "is a naive datetime; give it a time zone, as in datetime.now(timezone.utc)"
_SPANS = (("created_after", "created_before"), ("updated_after", "updated_before"), ("since", "until"))
_SHOWN = 20
"""How many words of a closed set a message lists."""


def closed_sets(method: Callable[..., Any]) -> Mapping[str, tuple[str, ...]]:
    """The words that each parameter takes, of those parameters that take nothing but such words."""
    hints = get_type_hints(method, localns=_Names(method))
    found = {name: list(_words(hint)) for name, hint in hints.items()}
    return {
        name: tuple(dict.fromkeys(word for word in words if word is not None))
        for name, words in found.items()
        if words and None not in words
    }


class _Other:
    """Stands for a type that is no set of words."""

    def __class_getitem__(cls, item: Any) -> type[_Other]:
        return cls


class _Names(dict[str, Any]):
    """The names of a contract's annotations, which it imports for type checkers alone."""

    def __init__(self, method: Callable[..., Any]) -> None:
        super().__init__()
        self._known = method.__globals__ | vars(builtins)

    def __missing__(self, name: str) -> Any:
        import socialcommerce.models

        if name in self._known:
            return self._known[name]
        return getattr(socialcommerce.models, name, _GENERIC.get(name, _Other))


_GENERIC = {"Sequence": Sequence, "Iterable": Iterable, "Mapping": Mapping}


def _words(hint: Any) -> Iterator[str | None]:
    """The words of a hint; None for a part that takes something else."""
    if get_origin(hint) is Literal:
        yield from (word if isinstance(word, str) else None for word in get_args(hint))
        return
    parts = [part for part in get_args(hint) if part not in (type(None), ...)]
    if not parts:
        yield None
    for part in parts:
        yield from _words(part)


def refuse_wrong(given: Mapping[str, Any], closed: Mapping[str, tuple[str, ...]]) -> None:
    """Raise ``InvalidRequest``, nothing sent, for the first argument that no platform could honour."""
    for name, value in given.items():
        if isinstance(value, datetime) and value.tzinfo is None:
            raise invalid(**{name: _NAIVE})
        if name in closed:
            _refuse_unknown(name, value, closed[name])
    for first, last in _SPANS:
        begin, end = given.get(first), given.get(last)
        if begin is None or end is None or type(begin) is not type(end) or not isinstance(begin, date):
            continue
        if end < begin:
            raise invalid(**{last: f"lies before {first}"})


def _refuse_unknown(name: str, value: Any, words: tuple[str, ...]) -> None:
    values = [value] if isinstance(value, str) else value if isinstance(value, list | tuple | set) else ()
    for word in values:
        if isinstance(word, str) and word not in words:
            shown = ", ".join(words[:_SHOWN]) + (", …" if len(words) > _SHOWN else "")
            raise invalid(**{name: f"{word!r} is not known; there is {shown}"})
