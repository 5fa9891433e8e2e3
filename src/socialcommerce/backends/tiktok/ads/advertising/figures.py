"""Figures of a report: TikTok's names for metrics, sums over days, rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from attrs import frozen

from socialcommerce.backends.reporting import DERIVED, bucket, buckets
from socialcommerce.backends.tiktok.ads.noun import number
from socialcommerce.models.money import Money
from socialcommerce.models.reports import Granularity, ReportRow

__all__ = [
    "BREAKDOWNS",
    "FIELDS",
    "GMV_FIELDS",
    "Key",
    "Sample",
    "fields_of",
    "native_names",
    "row",
    "samples_of",
    "spans",
    "summed",
    "zeros",
]

FIELDS: dict[str, tuple[str, ...]] = {
    "impressions": ("impressions",),
    "clicks": ("clicks",),
    "spend": ("spend",),
    "orders": ("onsite_total_purchase", "complete_payment"),
    "conversions": ("conversion",),
    "conversion_value": ("onsite_total_purchase_value", "total_complete_payment_rate"),
    "reach": ("reach",),
    "frequency": ("frequency",),
    "video_views": ("video_play_actions",),
    "video_completions": ("video_views_p100",),
    "add_to_cart": ("onsite_total_add_to_cart", "web_event_add_to_cart"),
    "add_to_cart_value": ("onsite_total_add_to_cart_value",),
    "initiate_checkout": ("onsite_total_checkout_initiation", "initiate_checkout"),
    "page_views": ("onsite_total_product_details_page_view",),
    "leads": ("form", "onsite_form"),
    "followers": ("follows",),
    "items_sold": ("shop_total_items_purchased",),
}
"""A metric's names at TikTok: what happened in the shop and on a website, added up."""

GMV_FIELDS: dict[str, tuple[str, ...]] = {
    "spend": ("cost",),
    "orders": ("orders",),
    "conversions": ("orders",),
    "conversion_value": ("gross_revenue",),
}
"""The same for GMV Max."""

_SLICED = frozenset({"impressions", "clicks", "spend", "conversions", "reach", "video_views"})
"""What TikTok splits by people and places."""

BREAKDOWNS: dict[str, str] = {
    "country": "country_code",
    "region": "province_id",
    "gender": "gender",
    "age": "age",
    "device": "platform",
    "placement": "placement",
}
"""Dimensions of the report that splits by people and places."""

_MONEY = frozenset({"spend", "conversion_value", "add_to_cart_value"})
_WHOLE = frozenset(
    {"impressions", "clicks", "orders", "reach", "video_views", "video_completions", "followers"}
)
_NO_SUM = frozenset({"reach", "frequency"})
_LONGEST = {"hour": 1, "total": 365}
_DAYS = 30


@frozen
class Key:
    """What a row is about: an object, the slice of people, and when."""

    object: str
    slices: tuple[tuple[str, str], ...] = ()
    day: date | None = None
    hour: int | None = None
    gmv: bool = False


@frozen
class Sample:
    """TikTok's figures for a key."""

    key: Key
    figures: Mapping[str, Any]


def fields_of(metrics: Iterable[str] | None, sliced: bool) -> tuple[str, ...]:
    """The fields of a row that the metrics asked for need; all that there are where none were named."""
    if metrics is None:
        return tuple(name for name in FIELDS if not sliced or name in _SLICED)
    needed = {name for metric in metrics for name in DERIVED.get(metric, (metric,))}
    return tuple(name for name in FIELDS if name in needed)


def native_names(fields: Sequence[str], table: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What to ask for, each once."""
    return list(dict.fromkeys(native for name in fields for native in table.get(name, ())))


def spans(first: date, last: date, granularity: Granularity) -> Iterator[tuple[date, date]]:
    """Cut a range into neighbouring spans that a call answers."""
    longest = timedelta(days=_LONGEST.get(granularity, _DAYS) - 1)
    while first <= last:
        end = min(last, first + longest)
        yield first, end
        first = end + timedelta(days=1)


def samples_of(
    rows: Iterable[Mapping[str, Any]],
    dimension: str,
    slices: Mapping[str, str],
    granularity: Granularity,
    since: date,
    *,
    gmv: bool = False,
) -> Iterator[Sample]:
    """The figures of rows, each under the object, slice and part of the range that it counts for."""
    for one in rows:
        told = one["dimensions"]
        day, hour = _moment(told)
        cut = tuple((name, str(told[native])) for name, native in slices.items() if native in told)
        shown = bucket(day, granularity, since) if day is not None and granularity != "hour" else day
        yield Sample(Key(str(told[dimension]), cut, shown, hour, gmv), one["metrics"])


def _moment(told: Mapping[str, Any]) -> tuple[date | None, int | None]:
    text = told.get("stat_time_hour") or told.get("stat_time_day")
    if text is None:
        return None, None
    day = date.fromisoformat(str(text)[:10])
    return day, int(str(text)[11:13]) if told.get("stat_time_hour") else None


def summed(samples: Iterable[Sample]) -> dict[Key, list[Mapping[str, Any]]]:
    """The figures of each key, in the order in which the keys came."""
    found: dict[Key, list[Mapping[str, Any]]] = {}
    for sample in samples:
        found.setdefault(sample.key, []).append(sample.figures)
    return found


def zeros(objects: Iterable[str], first: date, last: date, granularity: Granularity) -> Iterator[Sample]:
    """A sample of zeros for each object and each part of the range."""
    nothing = {native: "0" for names in FIELDS.values() for native in names}
    hours: Sequence[int | None] = range(24) if granularity == "hour" else (None,)
    parts = buckets(first, last, "day" if granularity == "hour" else granularity)
    for one in objects:
        for day, _, _ in parts:
            for hour in hours:
                yield Sample(Key(one, (), day, hour), nothing)


def row(
    key: Key,
    parts: Sequence[Mapping[str, Any]],
    fields: Sequence[str],
    currency: str,
    ids: Mapping[str, Any],
) -> ReportRow:
    """One row: the figures of its parts added up; None for what TikTok did not tell or cannot be added."""
    table = GMV_FIELDS if key.gmv else FIELDS
    values = {name: _typed(name, _sum(name, parts, table), currency) for name in fields}
    return ReportRow.build(
        date=key.day,
        hour=key.hour,
        breakdowns=dict(key.slices),
        raw=parts[0] if len(parts) == 1 else tuple(parts),
        **values,
        **ids,
    )


def _sum(
    name: str, parts: Sequence[Mapping[str, Any]], table: Mapping[str, tuple[str, ...]]
) -> Decimal | None:
    if len(parts) > 1 and name in _NO_SUM:
        return None
    told = [
        value
        for part in parts
        for native in table.get(name, ())
        if (value := number(part.get(native))) is not None
    ]
    return sum(told, Decimal(0)) if told else None


def _typed(name: str, value: Decimal | None, currency: str) -> Any:
    if value is None:
        return None
    if name in _MONEY:
        return Money.of(value, currency)
    return int(value) if name in _WHOLE else value
