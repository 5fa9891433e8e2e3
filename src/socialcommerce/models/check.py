"""The answer to asking first."""

from __future__ import annotations

from collections.abc import Sequence

from socialcommerce.models.base import Model
from socialcommerce.models.money import Money

__all__ = ["Check", "Problem"]


class Problem(Model):
    """One thing that would be refused: the ``field`` (a dotted path), and what to do about it."""

    field: str
    message: str


class Check(Model):
    """The answer to asking first. True where it is ``ok``; ``cost`` is what it would take, where known."""

    ok: bool
    problems: tuple[Problem, ...] = ()
    cost: Money | None = None

    @classmethod
    def of(cls, problems: Sequence[Problem], cost: Money | None = None) -> Check:
        """A check that is ok where there are no problems."""
        return cls.build(ok=not problems, problems=tuple(problems), cost=cost)

    def __bool__(self) -> bool:
        return self.ok
