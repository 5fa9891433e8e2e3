"""Arguments: what users may leave out in writing them, and what is wrong on every platform.

Positional arguments may go on where the contract takes keywords; where it takes several things, one will
do. Wrong are things of another class, instants without a zone, spans upside down, unknown words.
"""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from attrs import frozen

from socialcommerce.resources.noun import invalid

__all__ = ["Hints", "Order", "is_one", "refuse_wrong"]

K = TypeVar("K")

_NAIVE = "is a naive datetime; give it a time zone, as in datetime.now(timezone.utc)"
_SPANS = (("created_after", "created_before"), ("updated_after", "updated_before"), ("since", "until"))
_IDS = frozenset({"ids", "parent"})
"""Parameters that contracts take as ids alone; users may give the objects."""
_SHOWN = 20
"""How many words of a closed set a message lists."""


@frozen
class Order:
    """In which order the arguments of a contract's method come: its own first, then its keywords."""

    hints: Hints
    own: tuple[str, ...]
    keywords: tuple[str, ...]

    @classmethod
    def of(cls, parameters: Mapping[str, inspect.Parameter], hints: Hints) -> Order:
        """That of a method with these parameters, ``self`` left out."""
        kinds = [(name, parameter.kind) for name, parameter in parameters.items()]
        own = tuple(name for name, kind in kinds if kind is inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return cls(hints, own, tuple(name for name, kind in kinds if kind is inspect.Parameter.KEYWORD_ONLY))

    def taken(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Arguments as the contract takes them.

        Positional ones beyond its own go to its keywords, in order: ``changes(yesterday)`` is
        ``changes(since=yesterday)``; what is too much stays, to be refused as usual.
        """
        if not args and not kwargs:
            return (), {}
        extra = dict(zip(self.keywords, args[len(self.own) :], strict=False))
        if twice := extra.keys() & kwargs.keys():
            raise TypeError(f"got several values for argument {min(twice)!r}")
        read = self.hints.read
        placed = [read(name, value) for name, value in zip(self.own, args, strict=False)]
        named = {name: read(name, value) for name, value in {**kwargs, **extra}.items()}
        return (*placed, *args[len(self.own) + len(extra) :]), named


def is_one(given: Any) -> bool:
    """Whether an operation was given one thing rather than several (a model is one, though it iterates)."""
    return isinstance(given, str | bytes | Mapping) or _is_model(given) or not isinstance(given, Iterable)


def _is_model(given: Any) -> bool:
    return hasattr(type(given), "model_fields")


def _is_list(hint: Any) -> bool:
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    kinds = {get_origin(part) for part in parts if part is not type(None)}
    return kinds == {Sequence}


def _inner(hint: Any) -> Any:
    """What a list holds."""
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return next(get_args(part)[0] for part in parts if get_origin(part) is Sequence)


def _classes(hint: Any) -> Iterator[type | None]:
    """The classes of a hint; None for a part that cannot be told."""
    origin = get_origin(hint)
    if origin in (Union, UnionType) or origin in (Sequence, list):
        for part in get_args(hint):
            yield from _classes(part)
    elif origin is Literal:
        yield from {type(word) for word in get_args(hint)}
    elif isinstance(hint, type) and hint not in (_Other, object, float, Any):
        yield hint
    else:
        yield None


def _refuse_kind(name: str, value: Any, known: tuple[type, ...]) -> None:
    items = value if isinstance(value, list | tuple) else (value,) if is_one(value) else ()
    for item in items:
        if not isinstance(item, known) and not (_by_name(known) and _name_of(item)):
            raise invalid(**{name: f"expected {_wanted(known)}, not {_shown(item)}"})


def _by_name(known: tuple[type, ...]) -> bool:
    """Whether these are objects or the text that names them."""
    others = [kind for kind in known if kind is not str]
    return len(others) < len(known) and bool(others) and all(_name_of(kind) for kind in others)


def _name_of(thing: Any) -> str:
    """Which field of an object, or of objects of a class, names it."""
    fields = getattr(thing, "model_fields", ()) if isinstance(thing, type) else dir(thing)
    return next((name for name in ("id", "key") if name in fields), "")


def _wanted(known: tuple[type, ...]) -> str:
    if not _by_name(known):
        return " or ".join("text" if kind is str else kind.__name__ for kind in known)
    others = [kind for kind in known if kind is not str]
    return f"{' or '.join(kind.__name__ for kind in others)} or its {_name_of(others[0])} as text"


def _shown(item: Any) -> str:
    return repr(item) if isinstance(item, int | float) else type(item).__name__


def _groups(name: str, value: Any) -> Iterator[Any]:
    """The groups that were given, each of them several things."""
    for group in value if isinstance(value, list | tuple) else ():
        if is_one(group):
            what = type(group).__name__
            raise invalid(
                **{name: f"expected groups, as in [[first, second], [third]], not {what} by itself"}
            )
        yield group


@frozen
class Hints:
    """What the annotations of a contract's method say of its parameters, by name.

    ``words`` of those that take nothing but such words; ``kinds``, the classes (of a list: of its items)
    of those that take objects of this library, instants or plain text (where text is an id, anything with
    one will do); ``plural`` those that take several things and never one; ``groups`` those that take
    several things several times.
    """

    words: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[type, ...]]
    plural: frozenset[str]
    groups: frozenset[str] = frozenset()

    @classmethod
    def of(cls, method: Callable[..., Any], singular: Set[str] = frozenset()) -> Hints:
        """Those of a method; its ``singular`` lists are known to be taken apart by the face."""
        hints = get_type_hints(method, localns=_Names(method))
        hints.pop("return", None)
        return cls(
            words=_told({name: list(_words(hint)) for name, hint in hints.items()}),
            kinds=_checked(_told({name: list(_classes(hint)) for name, hint in hints.items()})),
            groups=frozenset(
                name for name, hint in hints.items() if _is_list(hint) and _is_list(_inner(hint))
            ),
            plural=frozenset(name for name, hint in hints.items() if _is_list(hint)) - singular,
        )

    def read(self, name: str, value: Any) -> Any:
        """What was given for a parameter, as the contract takes it: several for one, an id for its object."""
        if value is not None and name in self.plural:
            value = (value,) if is_one(value) else tuple(value)
        if name not in _IDS:
            return value
        return tuple(map(_id, value)) if isinstance(value, tuple) else _id(value)


def _id(thing: Any) -> Any:
    return thing.id if _is_model(thing) and isinstance(getattr(thing, "id", None), str) else thing


def _told(found: Mapping[str, list[K | None]]) -> dict[str, tuple[K, ...]]:
    """Those of which every part is known."""
    return {
        name: tuple(dict.fromkeys(part for part in parts if part is not None))
        for name, parts in found.items()
        if parts and None not in parts
    }


def _checked(kinds: Mapping[str, tuple[type, ...]]) -> dict[str, tuple[type, ...]]:
    """Those of one kind, and of objects or their names; text that is more than a name is read elsewhere."""
    apart = {name: tuple(kind for kind in known if kind is not NoneType) for name, known in kinds.items()}
    return {
        name: known for name, known in apart.items() if str not in known or known == (str,) or _by_name(known)
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


def refuse_wrong(given: Mapping[str, Any], hints: Hints, platform: str = "") -> None:
    """Raise ``InvalidRequest``, nothing sent, for the first argument that no platform could honour.

    ``platform`` is the one that is asked: what was said elsewhere is not answered here.
    """
    if not given:
        return
    for name, value in given.items():
        if isinstance(value, datetime) and value.tzinfo is None:
            raise invalid(**{name: _NAIVE})
    for name, value in given.items():
        if name in hints.words:
            _refuse_unknown(name, value, hints.words[name])
        if name in hints.kinds and value is not None:
            for group in _groups(name, value) if name in hints.groups else (value,):
                _refuse_kind(name, group, hints.kinds[name])
    for name in _WHOM & given.keys():
        _refuse_elsewhere(name, given[name], platform)
    _refuse_backward(given)


def _refuse_backward(given: Mapping[str, Any]) -> None:
    """Refuse a span of time that ends before it begins."""
    for first, last in _SPANS:
        begin, end = given.get(first), given.get(last)
        if begin is None or end is None or type(begin) is not type(end) or not isinstance(begin, date):
            continue
        if end < begin:
            raise invalid(**{last: f"lies before {first}"})


_WHOM = frozenset({"to", "conversation"})


def _refuse_elsewhere(name: str, whom: Any, platform: str) -> None:
    """Refuse another platform's conversation: its id may be somebody's here."""
    for one in whom if isinstance(whom, list | tuple) else (whom,):
        ref = _told_by(one)
        theirs = ref.get("platform") if isinstance(ref, Mapping) else getattr(ref, "platform", None)
        if theirs and platform and theirs != platform:
            raise invalid(**{name: f"is a conversation of {theirs}, not of {platform}"})


def _told_by(whom: Any) -> Any:
    """The conversation that a recipient, a message or an order names; else the thing itself."""
    for name in ("to", "ref", "conversation"):
        if name in getattr(type(whom), "__pydantic_fields__", ()):  # to ask for what is not there takes long
            whom = getattr(whom, name, None) or whom
    return whom


def _refuse_unknown(name: str, value: Any, words: tuple[str, ...]) -> None:
    values = [value] if isinstance(value, str) else value if isinstance(value, list | tuple | set) else ()
    for word in values:
        if isinstance(word, str) and word not in words:
            shown = ", ".join(words[:_SHOWN]) + (", …" if len(words) > _SHOWN else "")
            raise invalid(**{name: f"{word!r} is not known; there is {shown}"})
