"""What is wrong with an input, told once: a check shows it as problems, a write raises it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from socialcommerce.errors import Unsupported
from socialcommerce.models.check import Problem
from socialcommerce.resources.capability import Refusal
from socialcommerce.resources.noun import invalid

__all__ = ["Flaw", "Rules"]


@frozen
class Flaw:
    """One thing wrong with an input; ``refusal`` names the rule where the platform has no place for it."""

    field: str
    message: str = ""
    refusal: str | None = None


@frozen
class Rules:
    """The rules of one platform by name, with their reasons."""

    platform: str
    refusals: Mapping[str, Refusal]

    def unsupported(self, rule: str) -> Unsupported:
        """The refusal of a rule."""
        refusal = self.refusals[rule]
        return Unsupported(rule, self.platform, refusal.reason, refusal.instead)

    def hold(self, found: Iterable[Flaw]) -> None:
        """Raise what is wrong with an input, if anything: what the platform has no place for first."""
        flawed = list(found)
        for flaw in flawed:
            if flaw.refusal is not None:
                raise self.unsupported(flaw.refusal)
        if flawed:
            raise invalid(**{flaw.field: flaw.message for flaw in flawed})

    def problems(self, found: Iterable[Flaw]) -> list[Problem]:
        """The same as the problems of a check."""
        return [Problem.build(field=flaw.field, message=self._reason(flaw)) for flaw in found]

    def _reason(self, flaw: Flaw) -> str:
        return self.refusals[flaw.refusal].reason if flaw.refusal else flaw.message
