"""What a backend can do: marked on the method that does it, answered by ``client.capabilities``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeAlias, TypeVar

from attrs import field, frozen

__all__ = [
    "Capabilities",
    "Capability",
    "Level",
    "Mark",
    "Refusal",
    "emulated",
    "native",
    "no",
    "part",
    "supports",
]

F = TypeVar("F", bound=Callable[..., Any])

Level: TypeAlias = Literal["native", "emulated", "no"]


@frozen
class Refusal:
    """Why something is refused before anything is sent, and what to do instead."""

    reason: str
    instead: str | None = None


@frozen
class Mark:
    """What a method says of itself; see ``supports``."""

    level: Level
    params: Mapping[str, Level | Refusal]
    requires: tuple[str, ...]
    when: str
    cost: str
    confidence: str


@frozen
class Capability:
    """One operation, or one parameter of one; true where it can be used.

    ``level``: ``native`` (the platform does it), ``emulated`` (composed here from other calls or
    the client's state) or ``no``, with the ``reason``. ``params`` holds the parameters and
    values that the matrix tells apart. ``requires`` names credential slots, scopes, app
    categories; ``when`` limits it to markets or editions; ``cost`` counts the calls;
    ``confidence`` says how well the fact is known.
    """

    name: str
    level: Level
    reason: str = ""
    instead: str | None = None
    params: Mapping[str, Capability] = field(factory=dict, repr=False)
    requires: tuple[str, ...] = ()
    when: str = ""
    cost: str = ""
    confidence: str = "official"

    def __bool__(self) -> bool:
        return self.level != "no"

    @classmethod
    def refused(cls, name: str, refusal: Refusal) -> Capability:
        """A capability that is not there, with the reason."""
        return cls(name, "no", refusal.reason, refusal.instead)

    @classmethod
    def marked(cls, name: str, mark: Mark) -> Capability:
        """The capability that a method's mark describes."""
        params = {key: part(f"{name}:{key}", value) for key, value in mark.params.items()}
        return cls(
            name,
            mark.level,
            params=params,
            requires=mark.requires,
            when=mark.when,
            cost=mark.cost,
            confidence=mark.confidence,
        )


def part(name: str, value: Level | Refusal) -> Capability:
    """The capability of one parameter, value or feature."""
    return Capability.refused(name, value) if isinstance(value, Refusal) else Capability(name, value)


class Capabilities(Mapping[str, Capability]):
    """Every capability of one backend by name: ``orders.ship``, and ``orders.ship:lines`` for a part."""

    def __init__(self, operations: Mapping[str, Capability]) -> None:
        self._all = dict(operations)
        for capability in operations.values():
            self._all |= {part.name: part for part in capability.params.values()}

    def __getitem__(self, name: str) -> Capability:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __repr__(self) -> str:
        able = sum(1 for capability in self._all.values() if capability)
        return f"<Capabilities {able} of {len(self)}>"


def supports(
    level: Literal["native", "emulated"],
    *,
    params: Mapping[str, Level | Refusal] | None = None,
    requires: tuple[str, ...] = (),
    when: str = "",
    cost: str = "",
    confidence: str = "official",
) -> Callable[[F], F]:
    """Mark a backend's method as able.

    ``params`` names every parameter (and value, as ``content.text``) the method honours or
    refuses; a parameter that is not named is refused when a caller gives it.
    """
    mark = Mark(level, dict(params or {}), requires, when, cost, confidence)

    def attach(method: F) -> F:
        method.__capability__ = mark  # type: ignore[attr-defined]  # functions take attributes
        return method

    return attach


def native(*names: str) -> dict[str, Level | Refusal]:
    """Parameters that the platform itself honours."""
    return dict.fromkeys(names, "native")


def emulated(*names: str) -> dict[str, Level | Refusal]:
    """Parameters that are applied on our side, with a correct result."""
    return dict.fromkeys(names, "emulated")


def no(reason: str, instead: str | None = None) -> Refusal:
    """A part that is refused, and why."""
    return Refusal(reason, instead)
