"""Arguments: what users may leave out in writing them, and what is wrong on every platform.

Positional arguments may go on where the contract takes keywords, and where it takes several things, one
will do. Wrong are instants without a zone, spans upside down, unknown words.
"""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from socialcommerce.resources.noun import invalid

__all__ = ["closed_sets", "in_order", "is_one", "lists", "refuse_wrong"]

_NAIVE = "is a naive datetime; give it a time zone, as in datetime.now(timezone.utc)"
_SPANS = (("created_after", "created_before"), ("updated_after", "updated_before"), ("since", "until"))
_SHOWN = 20
"""How many words of a closed set a message lists."""


def in_order(
    parameters: Mapping[str, inspect.Parameter],
    plural: frozenset[str],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments as the contract takes them.

    Positional ones beyond its own go to its keywords, in order: ``changes(yesterday)`` is
    ``changes(since=yesterday)``; what is too much stays, to be refused as usual. One thing for a
    ``plural`` parameter is one of several.
    """
    kinds = [(name, parameter.kind) for name, parameter in parameters.items()]
    own = sum(kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for _, kind in kinds)
    keywords = [name for name, kind in kinds if kind is inspect.Parameter.KEYWORD_ONLY]
    extra = dict(zip(keywords, args[own:], strict=False))
    if twice := extra.keys() & kwargs.keys():
        raise TypeError(f"got several values for argument {min(twice)!r}")
    placed = [
        _several(value) if name in plural else value
        for (name, _), value in zip(kinds, args[:own], strict=False)
    ]
    named = {**kwargs, **extra}
    return (*placed, *args[own + len(extra) :]), {
        name: _several(value) if name in plural else value for name, value in named.items()
    }


def is_one(given: Any) -> bool:
    """Whether an operation was given one thing rather than several (a model is one, though it iterates)."""
    return isinstance(given, str | bytes | Mapping) or _is_model(given) or not isinstance(given, Iterable)


def _is_model(given: Any) -> bool:
    return hasattr(type(given), "model_fields")


def _several(value: Any) -> Any:
    """What was given where several things are taken: one thing is one of them, None is none said."""
    if value is None or (isinstance(value, Sequence) and not is_one(value)):
        return value
    return (value,) if is_one(value) else tuple(value)


def lists(method: Callable[..., Any]) -> frozenset[str]:
    """The parameters that take several things and never one: ``reveal(order, fields)``."""
    hints = get_type_hints(method, localns=_Names(method))
    return frozenset(name for name, hint in hints.items() if name != "return" and _is_list(hint))


def _is_list(hint: Any) -> bool:
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    kinds = {get_origin(part) for part in parts if part is not type(None)}
    return kinds == {Sequence}


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
