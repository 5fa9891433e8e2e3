"""Many in, a result for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar, overload

import attrs

from socialcommerce.errors import BulkFailure, OutcomeUnknown, PartiallyApplied, SocialCommerceError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from socialcommerce.models.frames import Explode

__all__ = ["BulkResult", "Outcome", "OutcomeStatus"]

I_co = TypeVar("I_co", covariant=True)
T_co = TypeVar("T_co", covariant=True)

OutcomeStatus: TypeAlias = Literal["ok", "failed", "unknown"]


@attrs.frozen
class Outcome(Generic[I_co, T_co]):
    """What became of one input: ``ok`` with its ``value``, ``failed`` or ``unknown`` with its ``error``.

    ``unknown`` means that it was sent and nobody can say whether it happened: look before you repeat.
    """

    input: I_co
    status: OutcomeStatus
    value: T_co | None = None
    error: SocialCommerceError | None = None

    @classmethod
    def of(cls, input: I_co, result: T_co | SocialCommerceError) -> Outcome[I_co, T_co]:  # type: ignore[misc]  # a constructor takes what the object then gives out
        """The outcome of an input whose result is a value, or the error in its place."""
        if isinstance(result, SocialCommerceError):
            return cls(input, "unknown" if _is_unknown(result) else "failed", error=result)
        return cls(input, "ok", value=result)

    @property
    def ok(self) -> bool:
        """Whether it happened."""
        return self.status == "ok"

    def unwrap(self) -> T_co:
        """The value, or the error raised."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # T_co itself may be None, and an outcome without error holds one


def _is_unknown(error: BaseException | None) -> bool:
    """Whether nobody can say what became of the last step that was sent."""
    while isinstance(error, PartiallyApplied):
        error = error.__cause__
    return isinstance(error, OutcomeUnknown)


def _kept(outcomes: Iterable[Outcome[Any, Any]]) -> tuple[Outcome[Any, Any], ...]:
    return tuple(outcomes)


@attrs.frozen
class BulkResult(Sequence[Outcome[I_co, T_co]]):
    """One outcome for each input, in input order. Nothing is raised until ``raise_for_failures``."""

    outcomes: tuple[Outcome[I_co, T_co], ...] = attrs.field(converter=_kept)

    @overload
    def __getitem__(self, index: int) -> Outcome[I_co, T_co]: ...
    @overload
    def __getitem__(self, index: slice) -> BulkResult[I_co, T_co]: ...
    def __getitem__(self, index: int | slice) -> Outcome[I_co, T_co] | BulkResult[I_co, T_co]:
        return BulkResult(self.outcomes[index]) if isinstance(index, slice) else self.outcomes[index]

    def __len__(self) -> int:
        return len(self.outcomes)

    def __iter__(self) -> Iterator[Outcome[I_co, T_co]]:
        return iter(self.outcomes)

    @property
    def ok(self) -> bool:
        """Whether every input succeeded."""
        return all(outcome.ok for outcome in self.outcomes)

    @property
    def values(self) -> tuple[T_co, ...]:
        """The values of those that succeeded, in input order."""
        return tuple(outcome.unwrap() for outcome in self.outcomes if outcome.ok)

    @property
    def failures(self) -> tuple[Outcome[I_co, T_co], ...]:
        """The outcomes that did not succeed, failed or unknown."""
        return tuple(outcome for outcome in self.outcomes if not outcome.ok)

    def raise_for_failures(self) -> BulkResult[I_co, T_co]:
        """This result where all went well; else ``BulkFailure``, a group of the errors in input order."""
        errors = [outcome.error for outcome in self.outcomes if outcome.error is not None]
        if errors:
            raise BulkFailure(f"{len(errors)} of {len(self.outcomes)} failed", errors)
        return self

    def to_pandas(self, explode: Explode | None = None) -> pandas.DataFrame:
        """The values of those that succeeded as a pandas frame (extra ``pandas``), one row a value."""
        from socialcommerce.models.frames import to_pandas

        return to_pandas(self._models(), explode)

    def to_polars(self, explode: Explode | None = None) -> polars.DataFrame:
        """The values of those that succeeded as a polars frame (extra ``polars``), one row a value."""
        from socialcommerce.models.frames import to_polars

        return to_polars(self._models(), explode)

    def to_arrow(self, explode: Explode | None = None) -> pyarrow.Table:
        """The values of those that succeeded as an Arrow table (extra ``arrow``), one row a value."""
        from socialcommerce.models.frames import to_arrow

        return to_arrow(self._models(), explode)

    def _models(self) -> tuple[Any, ...]:
        return tuple(value for value in self.values if value is not None)

    def __repr__(self) -> str:
        return f"<BulkResult: {len(self) - len(self.failures)} ok, {len(self.failures)} not>"

    def _repr_html_(self) -> str:
        """A compact table for notebooks."""
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(str(outcome.input))[:120]}</td><td>{outcome.status}</td>"
            f"<td>{escape(str(outcome.error or ''))[:200]}</td></tr>"
            for outcome in self.outcomes
        )
        return f"<table><tr><th>input</th><th>status</th><th>error</th></tr>{rows}</table>"
