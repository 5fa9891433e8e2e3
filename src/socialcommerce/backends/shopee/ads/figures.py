"""Figures of advertising: spans that Shopee answers, sums over days, rows of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from attrs import frozen

from socialcommerce.backends.reporting import DERIVED, buckets
from socialcommerce.backends.shopee.ads.mapping import exact
from socialcommerce.models.money import Money
from socialcommerce.models.reports import Granularity, ReportRow

__all__ = [
    "FIELDS",
    "Key",
    "Sample",
    "asked",
    "earlier",
    "fields_of",
    "row",
    "spans",
    "summed",
    "zeros",
]

_DAY = timedelta(days=1)

FIELDS: dict[str, tuple[str, ...]] = {
    "impressions": ("impression",),
    "clicks": ("clicks",),
    "link_clicks": ("clicks",),
    "spend": ("expense",),
    "orders": ("broad_order",),
    "conversions": ("broad_order",),
    "conversion_value": ("broad_gmv",),
    "items_sold": ("broad_order_amount", "broad_item_sold"),
}
"""A metric's name on Shopee; the shop's report has its own for items. Sales are those of any item
of the shop within 7 days of a click (``broad``)."""

_MONEY = frozenset({"spend", "conversion_value"})
_FRACTIONS = frozenset({"conversions", "items_sold"})


@frozen
class Key:
    """What a row of a report is about."""

    campaign: str | None = None
    item: str | None = None
    day: date | None = None
    hour: int | None = None


@frozen
class Sample:
    """Shopee's figures for a key."""

    key: Key
    figures: Mapping[str, Any]


def fields_of(metrics: Iterable[str] | None) -> tuple[str, ...]:
    """The fields of a row that the metrics asked for need; all of them where none were named."""
    if metrics is None:
        return tuple(FIELDS)
    needed = {name for metric in metrics for name in DERIVED.get(metric, (metric,))}
    return tuple(name for name in FIELDS if name in needed)


def earlier(day: date, months: int) -> date:
    """The same day so many months before; the last of its month where there is no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - _DAY).day))


def spans(since: date, until: date, months: int) -> Iterator[tuple[date, date]]:
    """Cut ``[since, until]`` into neighbouring spans, each within so many months however they are counted."""
    while since <= until:
        end = min(until, earlier(since, -months) - _DAY, since + timedelta(days=30 * months - 1))
        yield since, end
        since = end + _DAY


def asked(since: date, until: date, today: date) -> tuple[date, date]:
    """The span to ask for: Shopee refuses one that is a single day, so that takes in a neighbour."""
    if since < until:
        return since, until
    return (since, until + _DAY) if until < today else (since - _DAY, until)


def summed(samples: Iterable[Sample]) -> dict[Key, list[Mapping[str, Any]]]:
    """The figures of each key, in the order in which the keys came."""
    found: dict[Key, list[Mapping[str, Any]]] = {}
    for sample in samples:
        found.setdefault(sample.key, []).append(sample.figures)
    return found


def zeros(objects: Sequence[Key], since: date, until: date, granularity: Granularity) -> Iterator[Sample]:
    """A sample of zeros for each object and each day, hour or other part of the range."""
    nothing = {name: 0 for names in FIELDS.values() for name in names}
    hours: Sequence[int | None] = range(24) if granularity == "hour" else (None,)
    for one in objects:
        for name, _, _ in buckets(since, until, granularity):
            for hour in hours:
                yield Sample(Key(one.campaign, one.item, name, hour), nothing)


def row(
    key: Key, parts: Sequence[Mapping[str, Any]], fields: Sequence[str], currency: str, ids: Mapping[str, Any]
) -> ReportRow:
    """One row: the figures of its parts added up; a figure that a part lacks is None."""
    values: dict[str, Any] = {name: _typed(name, _sum(name, parts), currency) for name in fields} | dict(ids)
    return ReportRow.build(
        date=key.day,
        hour=key.hour,
        campaign_id=key.campaign,
        breakdowns={"product": key.item} if key.item else {},
        raw=parts[0] if len(parts) == 1 else tuple(parts),
        **values,
    )


def _sum(name: str, parts: Sequence[Mapping[str, Any]]) -> Decimal | None:
    total = Decimal(0)
    for part in parts:
        given = next((part[native] for native in FIELDS[name] if part.get(native) is not None), None)
        if given is None:
            return None
        total += exact(given)
    return total


def _typed(name: str, value: Decimal | None, currency: str) -> Any:
    if value is None:
        return None
    if name in _MONEY:
        return Money.of(value, currency)
    return value if name in _FRACTIONS else int(value)
