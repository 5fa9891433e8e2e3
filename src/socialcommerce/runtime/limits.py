"""Rate limits: the buckets a platform counts by, and the arithmetic that fills them.

The generic cell rate algorithm (GCRA) keeps one instant per bucket, the *theoretical
arrival time* (TAT): when the bucket would be empty again. Everything here is pure; the
stores (``runtime.stores``) keep the levels and make several buckets change at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import Attribute, field, frozen

__all__ = ["AT_REST", "Bucket", "Level", "penalty", "schedule"]


def _positive(_: object, attribute: Attribute[Any], value: float) -> None:
    if not value > 0:
        raise ValueError(f"{attribute.name} must be positive, not {value!r}")


def _within_burst(bucket: Bucket, attribute: Attribute[Any], value: float) -> None:
    if not 0 < value <= bucket.burst:
        raise ValueError(f"cost must be above 0 and at most the burst ({bucket.burst}), not {value!r}")


@frozen
class Bucket:
    """One thing that a platform counts, and how fast it may be used.

    ``key`` names what is counted (app, shop and endpoint family, recipient pair...): one
    key, one rate. ``rate`` is in units a second, ``burst`` the units that may go at once
    from rest, ``cost`` the units this call takes.
    """

    key: str
    rate: float = field(validator=_positive)
    burst: int = field(validator=_positive)
    cost: float = field(default=1, validator=_within_burst)


@frozen
class Level:
    """How full a bucket is: its TAT, and the instant before which the platform wants no call."""

    tat: float = 0.0
    until: float = 0.0

    @classmethod
    def of(cls, row: Mapping[str, Any] | None) -> Level:
        """The level kept in a store's row; an absent row is a bucket at rest."""
        return cls(row["tat"], row["until"]) if row else cls()

    def row(self) -> dict[str, float]:
        """The level as a store keeps it."""
        return {"tat": self.tat, "until": self.until}

    @property
    def rests_at(self) -> float:
        """The instant from which this level says nothing any more."""
        return max(self.tat, self.until)


AT_REST = Level()
"""A bucket that was not used lately."""


def schedule(buckets: Sequence[Bucket], levels: Sequence[Level], now: float) -> tuple[float, list[Level]]:
    """Find the first instant at which one call fits into every bucket.

    Answers the seconds from ``now`` until then, and the levels once the call is booked.
    Every bucket is charged for the instant at which the call really goes, not for
    ``now``: only so does none ever let more than ``burst + rate × t`` through in any
    window of ``t`` seconds, whatever the other buckets delay.
    """
    if len(buckets) > 1 and len({bucket.key for bucket in buckets}) != len(buckets):
        raise ValueError("one call may name a bucket only once")
    start = now
    for bucket, level in zip(buckets, levels, strict=True):
        allowed = max(level.tat, now) + (bucket.cost - bucket.burst) / bucket.rate
        start = max(start, level.until, allowed)
    booked = [
        Level(max(level.tat, start) + bucket.cost / bucket.rate, level.until)
        for bucket, level in zip(buckets, levels, strict=True)
    ]
    return start - now, booked


def penalty(level: Level, until: float) -> Level:
    """The level after the platform said 'not before ``until``'; never shortens an earlier penalty."""
    return Level(max(level.tat, until), max(level.until, until))
