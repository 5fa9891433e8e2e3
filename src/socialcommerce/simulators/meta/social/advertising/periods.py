"""The days of a report: ranges, presets, and the pieces that ``time_increment`` cuts them into."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, TypeAlias

from socialcommerce.simulators.meta.graph.errors import Refused, wrong
from socialcommerce.simulators.meta.social.advertising.shapes import shaped

__all__ = ["Period", "asked_ranges", "pieces"]

Period: TypeAlias = tuple[date, date]
"""The first and the last day."""

DAY = timedelta(days=1)
OLDEST_MONTHS = 37
TOO_OLD = 3018


# -- presets


def _last(days: int) -> Callable[[date], Period]:
    return lambda today: (today - days * DAY, today - DAY)


def _months_ago(day: date, months: int) -> date:
    """The first day of the month that was so many months ago."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _week(today: date, begins: int, back: int) -> date:
    """The first day of the week that was so many weeks ago; it ``begins`` on that weekday."""
    return today - ((today.weekday() - begins) % 7 + 7 * back) * DAY


def _quarter(today: date) -> date:
    return date(today.year, (today.month - 1) // 3 * 3 + 1, 1)


def _oldest(today: date) -> date:
    return _months_ago(today, OLDEST_MONTHS)


PRESETS: Mapping[str, Callable[[date], Period]] = {
    "today": lambda today: (today, today),
    "yesterday": _last(1),
    "last_3d": _last(3),
    "last_7d": _last(7),
    "last_14d": _last(14),
    "last_28d": _last(28),
    "last_30d": _last(30),
    "last_90d": _last(90),
    "this_month": lambda today: (today.replace(day=1), today),
    "last_month": lambda today: (_months_ago(today, 1), today.replace(day=1) - DAY),
    "this_quarter": lambda today: (_quarter(today), today),
    "last_quarter": lambda today: (_quarter(_quarter(today) - DAY), _quarter(today) - DAY),
    "this_year": lambda today: (date(today.year, 1, 1), today),
    "last_year": lambda today: (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    "this_week_sun_today": lambda today: (_week(today, 6, 0), today),
    "this_week_mon_today": lambda today: (_week(today, 0, 0), today),
    "last_week_sun_sat": lambda today: (_week(today, 6, 1), _week(today, 6, 0) - DAY),
    "last_week_mon_sun": lambda today: (_week(today, 0, 1), _week(today, 0, 0) - DAY),
    "maximum": lambda today: (_oldest(today), today),
    "data_maximum": lambda today: (_oldest(today), today),
}


# -- what is asked


def _range(given: Mapping[str, Any], where: str, today: date) -> Period:
    if not {"since", "until"} <= given.keys():
        raise wrong(f"Param {where} must hold since and until.")
    try:
        since, until = (date.fromisoformat(str(given[edge])) for edge in ("since", "until"))
    except ValueError:
        raise wrong(f"Param {where}: Must be a date representation in the format YYYY-MM-DD") from None
    if since > until:
        raise wrong(f"Param {where}: the since date must not be after the until date")
    if since < _oldest(today):
        raise Refused(
            TOO_OLD,
            f"(#{TOO_OLD}) The start date of the time range cannot be beyond {OLDEST_MONTHS} months "
            "from the current date",
        )
    return since, until


def asked_ranges(given: Mapping[str, Any], today: date) -> list[Period]:
    """The ranges of days that a report is asked for; the last thirty days, unless told."""
    if given.get("time_ranges"):
        ranges = shaped("time_ranges", given["time_ranges"])
        return [_range(one, "time_ranges", today) for one in ranges]
    if given.get("time_range"):
        return [_range(shaped("time_range", given["time_range"]), "time_range", today)]
    return [PRESETS[str(given.get("date_preset") or "last_30d")](today)]


def pieces(period: Period, increment: object) -> list[Period]:
    """A period cut into pieces of so many days, into months, or left whole (``all_days``)."""
    text = str(increment or "all_days")
    if text == "all_days":
        return [period]
    if text != "monthly" and not (text.isdecimal() and 1 <= int(text) <= 90):
        raise wrong("Param time_increment must be 1 to 90, monthly or all_days.")
    found, start = [], period[0]
    while start <= period[1]:
        end = _month_end(start) if text == "monthly" else start + (int(text) - 1) * DAY
        found.append((start, min(end, period[1])))
        start = end + DAY
    return found


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
