"""Figures of a report: read out of Meta's rows, summed where a row was made of parts, typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen

from socialcommerce.backends.meta.social.advertising.account import number
from socialcommerce.backends.meta.social.codes.reports import (
    BREAKDOWNS,
    HOUR,
    METRICS,
    MONEY,
    NO_SUM,
    NOT_BY_HOUR,
    WHOLE,
    ReportLevel,
    Source,
)
from socialcommerce.backends.reporting import DERIVED, bucket, buckets
from socialcommerce.models.money import Money
from socialcommerce.models.reports import Granularity, ReportRow

__all__ = ["Key", "fields_of", "key_of", "native_names", "row", "zeros"]

Told = Mapping[str, Any]


@frozen
class Key:
    """What a row is about: an object (its ids, its own last), the slice of people, and when."""

    ids: tuple[tuple[str, str], ...]
    slices: tuple[tuple[str, str], ...] = ()
    day: date | None = None
    hour: int | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        """Where the row stands in its report."""
        return self.day or date.min, self.hour or 0, self.ids, self.slices

    @property
    def place(self) -> tuple[Any, ...]:
        """The object and moment, whatever the slice."""
        return self.ids[-1:], self.day, self.hour


def fields_of(metrics: Iterable[str] | None, granularity: Granularity) -> tuple[str, ...]:
    """The fields of a row that the metrics asked for need; all that there are where none were named.

    What Meta does not tell by the hour is not asked for, and stays None.
    """
    told = [name for name in METRICS if granularity != "hour" or name not in NOT_BY_HOUR]
    if metrics is None:
        return tuple(told)
    needed = {name for metric in metrics for name in DERIVED.get(metric, (metric,))}
    return tuple(name for name in told if name in needed)


def native_names(fields: Sequence[str]) -> list[str]:
    """What to ask for, each once."""
    sources = [METRICS[name] for name in fields]
    return list(dict.fromkeys(one for source in sources for one in (source.field, source.like) if one))


def key_of(
    told: Told, level: ReportLevel, breakdowns: Sequence[str], granularity: Granularity, since: date
) -> Key:
    """What one of Meta's rows is about; ``since`` is the first day of the report."""
    day = date.fromisoformat(str(told["date_start"]))
    hour = int(str(told[HOUR])[:2]) if granularity == "hour" else None
    return Key(
        tuple((name, str(told[native])) for name, native in level.ids),
        tuple((name, _slice(told, name)) for name in breakdowns),
        day if granularity == "hour" else bucket(day, granularity, since),
        hour,
    )


def _slice(told: Told, name: str) -> str:
    return ":".join(str(told.get(native, "")) for native in BREAKDOWNS[name])


def zeros(
    objects: Iterable[str], level: ReportLevel, first: date, last: date, granularity: Granularity
) -> Iterator[Key]:
    """A key for each object and each part of the range."""
    hours: Sequence[int | None] = range(24) if granularity == "hour" else (None,)
    parts = buckets(first, last, "day" if granularity == "hour" else granularity)
    for one in objects:
        for day, _, _ in parts:
            for hour in hours:
                yield Key(((level.ids[-1][0], one),) if level.ids else (), (), day, hour)


def row(
    key: Key, parts: Sequence[Told] | None, fields: Sequence[str], windows: Sequence[str], account: Any
) -> ReportRow:
    """One row: the figures of its parts added up; None for what Meta did not tell or cannot be added.

    Args:
        key: what it is about.
        parts: Meta's rows; None for a row of zeros.
        fields: the metrics to show.
        windows: the attribution windows that were chosen; none for Meta's default.
        account: the ad account, for its id and currency.
    """
    zero = Decimal(0)
    values = {name: zero if parts is None else _sum(name, parts, windows) for name in fields}
    return ReportRow.build(
        date=key.day,
        hour=key.hour,
        breakdowns=dict(key.slices),
        raw=parts[0] if parts is not None and len(parts) == 1 else tuple(parts or ()),
        account_id=account.id,
        **{name: _typed(name, value, account.currency) for name, value in values.items()},
        **dict(key.ids),
    )


def _sum(name: str, parts: Sequence[Told], windows: Sequence[str]) -> Decimal | None:
    if len(parts) > 1 and name in NO_SUM:
        return None
    found = [_figure(part, METRICS[name], windows) for part in parts]
    told = [one for one in found if one is not None]
    return sum(told, Decimal(0)) if told else None


def _figure(told: Told, source: Source, windows: Sequence[str]) -> Decimal | None:
    """One figure of a row; None where it is not told."""
    value = told.get(source.field)
    if source.field == "results":
        return _result(value, windows)
    if not source.types:
        return number(value)
    entries = _by_type(value)
    like = _by_type(told.get(source.like)) if source.like else entries
    kind = next((one for one in source.types if one in like), None)
    if kind is None and source.only and len(entries) == 1:
        kind = next(iter(entries))
    return _counted(entries[kind], windows, source) if kind in entries else None


def _by_type(told: Any) -> dict[str, Told]:
    return {str(entry["action_type"]): entry for entry in told or ()}


def _counted(entry: Told, windows: Sequence[str], source: Source) -> Decimal | None:
    """The value by Meta's default, or what the chosen windows hold together."""
    found = [number(entry[window]) for window in windows if window in entry]
    if not windows or not (found or source.attributed):
        return number(entry.get("value"))
    return sum((one for one in found if one is not None), Decimal(0))


def _result(told: Any, windows: Sequence[str]) -> Decimal | None:
    """What the ads were to bring about; None where their goals differ."""
    if not isinstance(told, list) or len(told) != 1:
        return None
    values = told[0].get("values") or [told[0]]
    wanted = set(windows or ("default",))
    chosen = [one for one in values if wanted & set(one.get("attribution_windows") or ("default",))]
    found = [figure for one in chosen if (figure := number(one.get("value"))) is not None]
    return sum(found, Decimal(0)) if found else None


def _typed(name: str, value: Decimal | None, currency: str) -> Any:
    if value is None:
        return None
    if name in MONEY:
        return Money.of(value, currency)
    return int(value) if name in WHOLE else value
