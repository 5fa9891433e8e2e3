"""What every report is made of: which day counts under what, and what a ratio is computed from."""

from __future__ import annotations

from datetime import date, timedelta

from socialcommerce.models.reports import Granularity

__all__ = ["DERIVED", "bucket", "buckets"]

_DAY = timedelta(days=1)

DERIVED: dict[str, tuple[str, ...]] = {
    "ctr": ("clicks", "impressions"),
    "cpc": ("spend", "clicks"),
    "cpm": ("spend", "impressions"),
    "cpa": ("spend", "conversions"),
    "cost_per_order": ("spend", "orders"),
    "roas": ("conversion_value", "spend"),
    "conversion_rate": ("conversions", "clicks"),
    "aov": ("conversion_value", "orders"),
}
"""The metrics that each derived one is computed from."""


def bucket(day: date, granularity: Granularity, since: date) -> date | None:
    """The first day of what a day is counted under; None for everything in one."""
    if granularity == "total":
        return None
    if granularity == "week":
        return max(since, day - timedelta(days=day.weekday()))
    return max(since, day.replace(day=1)) if granularity == "month" else day


def buckets(since: date, until: date, granularity: Granularity) -> list[tuple[date | None, date, date]]:
    """Every bucket of a range with its first and last day."""
    found: list[tuple[date | None, date, date]] = []
    day = since
    while day <= until:
        name = bucket(day, granularity, since)
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1], day)
        else:
            found.append((name, day, day))
        day += _DAY
    return found
