"""Listings over Shopee's windows: a walk is a list of steps, a cursor says which step and where in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from attrs import frozen

from socialcommerce.backends.shared import Bounds
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.paging import position, read_position, windows

__all__ = ["LONGEST", "Period", "Place", "Step", "plan"]

F = TypeVar("F")

LONGEST = timedelta(days=15)
_OVERLAP = timedelta(minutes=10)
_OPENED = datetime(2015, 1, 1, tzinfo=UTC)
"""Shopee opened in 2015: before that there is no order to find."""


@frozen
class Period(Bounds):
    """Time bounds, of which Shopee takes those of one field at a time."""

    @property
    def by_update(self) -> bool:
        """Which of the two time fields the platform is asked for: the one with the later beginning."""
        if self.updated_after is None:
            return False
        return self.created_after is None or self.updated_after >= self.created_after

    @property
    def begins(self) -> datetime | None:
        """The lower bound that the platform is asked for; None where there is none."""
        return self.updated_after if self.by_update else self.created_after

    def ends(self, now: datetime) -> datetime:
        """The upper bound that the platform is asked for, never in the future."""
        before = self.updated_before if self.by_update else self.created_before
        return min(before, now) if before is not None else now

    @property
    def field(self) -> str:
        """The value of ``time_range_field``."""
        return "update_time" if self.by_update else "create_time"


@frozen
class Step(Generic[F]):
    """One native listing of a walk: a window in Unix seconds, and a filter."""

    since: int
    until: int
    filter: F


@frozen
class Place:
    """Where a walk stands: when it began (Unix seconds), which step, the native cursor in it."""

    began: int
    step: int = 0
    cursor: str = ""

    @classmethod
    def read(cls, text: str | None, now: datetime) -> Place:
        """The place that a cursor names; the beginning where there is none."""
        if text is None:
            return cls(math.ceil(now.timestamp()))
        parts = read_position(text)
        try:
            return cls(int(parts["began"]), int(parts["step"]), str(parts["cursor"]))
        except (KeyError, ValueError, TypeError) as error:
            raise invalid(cursor="is not a cursor of this listing") from error

    def then(self, steps: int, cursor: str | None) -> str | None:
        """The text of the next place: further in this step, the next step, or None at the end."""
        if cursor:
            return position(began=self.began, step=self.step, cursor=cursor)
        if self.step + 1 >= steps:
            return None
        return position(began=self.began, step=self.step + 1, cursor="")


def plan(period: Period, began: int, filters: Sequence[F]) -> list[Step[F]]:
    """The steps of a walk over windows of 15 days.

    With a lower bound the oldest window comes first, so that what changes meanwhile is met
    again later; windows of update times overlap for the same reason. Without one the newest
    comes first, back to the platform's first day.
    """
    until = period.ends(datetime.fromtimestamp(began, UTC))
    since = period.begins or _OPENED
    start = datetime.fromtimestamp(math.floor(since.timestamp()), UTC)
    end = max(start, datetime.fromtimestamp(math.ceil(until.timestamp()), UTC))
    cuts = windows(start, end, LONGEST, _OVERLAP if period.by_update else timedelta())
    if period.begins is None:
        cuts.reverse()
    return [
        Step(int(first.timestamp()), int(last.timestamp()), each) for first, last in cuts for each in filters
    ]
