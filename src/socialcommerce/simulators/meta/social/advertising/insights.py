"""Insights: what is asked, by level, time and breakdown, and the rows that answer it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Any

from attrs import evolve, frozen

from socialcommerce.simulators.books import Book, split
from socialcommerce.simulators.meta.graph.errors import Refused, reduce_data, wrong
from socialcommerce.simulators.meta.graph.paging import page
from socialcommerce.simulators.meta.graph.tables import fields_of
from socialcommerce.simulators.meta.graph.wire import Call, Routes, Rows
from socialcommerce.simulators.meta.social.advertising import filters
from socialcommerce.simulators.meta.social.advertising.books import Ledger, figures
from socialcommerce.simulators.meta.social.advertising.money import places
from socialcommerce.simulators.meta.social.advertising.periods import Period, asked_ranges, pieces
from socialcommerce.simulators.meta.social.advertising.state import (
    KINDS,
    Advertising,
    Level,
    Unit,
    ads_of,
)
from socialcommerce.simulators.meta.social.advertising.units import LEVELS, SET_APART, effective_status

__all__ = ["Question", "answer", "question", "routes", "rows_of"]

routes = Routes("ads_read", "ads_management", use_case="ads_insights")
Row = dict[str, Any]
HOURLY = frozenset(
    {"hourly_stats_aggregated_by_advertiser_time_zone", "hourly_stats_aggregated_by_audience_time_zone"}
)
HOURS = tuple(f"{hour:02d}:00:00 - {hour:02d}:59:59" for hour in range(24))
BREAKDOWNS: Mapping[str, tuple[str, ...]] = {
    "age": ("18-24", "25-34", "35-44", "45-54", "55-64", "65+"),
    "gender": ("female", "male", "unknown"),
    "country": (),
    "region": ("California", "New York"),
    "dma": ("Los Angeles", "New York"),
    "publisher_platform": ("facebook", "instagram"),
    "platform_position": ("feed", "facebook_reels"),
    "device_platform": ("mobile_app", "desktop"),
    "impression_device": ("iphone", "android_smartphone"),
    "product_id": (),
    **dict.fromkeys(HOURLY, HOURS),
}
"""What a breakdown splits a figure into; nothing: the account's country, or its products."""
TOGETHER = (
    {"age", "gender"},
    {"age", "country", "gender"},
    {"publisher_platform", "platform_position", "device_platform", "impression_device"},
    {"publisher_platform", "age", "gender"},
    {"publisher_platform", "country"},
    {"device_platform", "country"},
    {"region", "country"},
)
"""Breakdowns that can be asked for at once."""
ATTRIBUTES = ("campaign_id", "campaign_name", "adset_id", "adset_name", "ad_id", "ad_name")
CONSTANT = ("account_id", "account_name", "account_currency")
OF_CAMPAIGN = ("objective", "buying_type")
BAD_BREAKDOWN, TOO_MUCH = 1504041, 1487534


@frozen
class Question:
    """One report that is asked for: which objects, which days, how it is cut, and what is told."""

    level: Level | None
    under: Unit | None
    names: tuple[str, ...]
    spans: tuple[Period, ...]
    breakdowns: tuple[str, ...]
    windows: tuple[str, ...]
    conditions: tuple[Mapping[str, Any], ...]
    sort: tuple[str, ...]

    @property
    def hourly(self) -> bool:
        """Whether it is cut into hours."""
        return bool(HOURLY & set(self.breakdowns))

    @property
    def days(self) -> Period:
        """The first and the last day of all."""
        return min(one[0] for one in self.spans), max(one[1] for one in self.spans)


# -- what is asked


def _level(given: Mapping[str, Any], under: Unit | None) -> Level | None:
    own: Level | None = None if under is None else under.level
    level = given.get("level") or own or "account"
    if level == "account":
        return own
    found: Level = next(one for one in LEVELS if one == level)
    if own is not None and LEVELS.index(found) < LEVELS.index(own):
        raise wrong(f"Param level must not be above {own}.")
    return found


def _breakdowns(given: Mapping[str, Any]) -> tuple[str, ...]:
    asked = tuple(str(one) for one in given.get("breakdowns") or ())
    if not all(one in BREAKDOWNS for one in asked) or (
        len(asked) > 1 and not any(set(asked) <= allowed for allowed in TOGETHER)
    ):
        combination = ", ".join(("action_type", *asked))
        raise Refused(
            2,
            f"(#2) Current combination of data breakdown columns ({combination}) is invalid",
            subcode=BAD_BREAKDOWN,
        )
    return asked


def _names(call: Call, level: Level | None) -> tuple[str, ...]:
    known = fields_of("AdsInsights") or frozenset()
    if call.fields is None:
        ids = [] if level is None else [f"{one}_id" for one in LEVELS[: LEVELS.index(level) + 1]]
        return ("account_id", *ids, "impressions", "spend")
    names = tuple(one.name for one in call.fields.fields)
    for name in names:
        if name not in known and name not in BREAKDOWNS:
            allowed = ", ".join(sorted(known))
            raise wrong(f"{name} is not valid for fields param. please check {allowed}"[:300])
    return names


def _conditions(given: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    named = {f"{level}.{name}" for level in LEVELS for name in ("id", "name", "effective_status")}
    known = {*named, "impressions", "clicks", "spend", "reach", "frequency", "ctr", "cpc", "cpm"}
    return tuple(filters.check(given.get("filtering") or [], known))


def question(call: Call) -> Question:
    """The report that a call asks for; raises ``Refused`` where it cannot be made."""
    for name in call.given.get("action_breakdowns") or ():
        if name != "action_type":
            raise Refused(3, f"(#3) The action breakdown {name} is not available to this application.")
    under = call.own.entity if isinstance(call.own.entity, Unit) else None
    given, level = call.given, _level(call.given, under)
    ranges = asked_ranges(given, ads_of(call).today())
    spans = [one for period in ranges for one in pieces(period, given.get("time_increment"))]
    sort = given.get("sort") or ()
    for one in sort:
        if not str(one).endswith(("_ascending", "_descending")):
            raise wrong("Param sort must end with _ascending or _descending.")
    return Question(
        level=level,
        under=under,
        names=_names(call, level),
        spans=tuple(spans),
        breakdowns=_breakdowns(given),
        windows=tuple(given.get("action_attribution_windows") or ()),
        conditions=_conditions(given),
        sort=tuple(str(one) for one in sort),
    )


# -- what is answered


def _subjects(ads: Advertising, asked: Question) -> list[Unit | None]:
    """The objects that rows are about; None for the whole account.

    Archived and deleted ones are told of where they stand in the path or in a filter.
    """
    if asked.level is None:
        return [None]
    named = any(one["field"].endswith((".effective_status", ".id")) for one in asked.conditions)
    units = ads.at(asked.level, asked.under)
    if named or (asked.under is not None and effective_status(ads, asked.under) in SET_APART):
        return list(units)
    return [one for one in units if effective_status(ads, one) not in SET_APART]


def _book(ledger: Ledger, asked: Question, unit: Unit | None, period: Period) -> Book:
    units = (
        [unit] if unit is not None else ledger.ads.at("campaign") if asked.under is None else [asked.under]
    )
    since, until = period
    return ledger.book(units, [day for day in ledger.days() if since <= day <= until])


def _cells(ads: Advertising, asked: Question, book: Book) -> Iterator[tuple[dict[str, str], Book]]:
    """A book, broken down by whom, where or when it reached."""
    axes = []
    for name in asked.breakdowns:
        words = BREAKDOWNS[name] or _own_words(ads, name)
        axes.append([(name, word) for word in words])
    cells = list(product(*axes))
    if not cells:  # an empty catalogue has no products to break down by
        return
    shares = split(book, len(cells), places(ads.seller.currency))
    for cell, part in zip(cells, shares, strict=True):
        yield dict(cell), part


def _own_words(ads: Advertising, name: str) -> Sequence[str]:
    if name == "country":
        return [ads.seller.region]
    return [f"{one.sku}, {one.title}" for one in ads.seller.products.values()]


def _head(ads: Advertising, asked: Question, unit: Unit | None) -> dict[str, Any]:
    """What a row tells of the object that it is about."""
    chain = {} if unit is None else unit.chain
    found: dict[str, Any] = {
        "account_id": ads.number,
        "account_name": ads.defaults["name"],
        "account_currency": ads.seller.currency,
    }
    for level, one in chain.items():
        found |= {f"{level}_id": one.id, f"{level}_name": one.name}
    if "campaign" in chain:
        found |= {"objective": chain["campaign"].row["objective"], "buying_type": "AUCTION"}
    if "adset" in chain:
        found["optimization_goal"] = chain["adset"].row["optimization_goal"]
    return {name: found[name] for name in asked.names if name in found}


def _measured(shown: Mapping[str, Any], ads: Advertising, unit: Unit | None) -> dict[str, Any]:
    """A row with the fields that conditions can name."""
    found = dict(shown)
    for level, one in ({} if unit is None else unit.chain).items():
        status = effective_status(ads, one)
        found |= {
            f"{level}.id": one.id,
            f"{level}.name": one.name,
            f"{level}.effective_status": status,
        }
    return found


def _rows(ads: Advertising, asked: Question) -> Iterator[Row]:
    told = [one["field"] for one in asked.conditions if "." not in one["field"]]
    decimals = places(ads.seller.currency)
    ledger = Ledger(ads)
    for unit in _subjects(ads, asked):
        for period in asked.spans:
            for cell, book in _cells(ads, asked, _book(ledger, asked, unit, period)):
                if not book.impressions and not book.spend:
                    continue
                probe = figures(book, told, (), decimals, asked.hourly)
                if not filters.passes(_measured(probe, ads, unit), asked.conditions):
                    continue
                row = _head(ads, asked, unit)
                row |= figures(book, asked.names, asked.windows, decimals, asked.hourly)
                yield row | {"date_start": f"{period[0]}", "date_stop": f"{period[1]}"} | cell


def _key(row: Row, name: str) -> tuple[int, Any]:
    try:
        return 1, Decimal(str(row.get(name, 0)))
    except InvalidOperation:
        return 0, str(row.get(name))


def rows_of(ads: Advertising, asked: Question) -> list[Row]:
    """Every row of a report with something in it, in the order that was asked for."""
    found = list(_rows(ads, asked))
    for one in reversed(asked.sort):
        name, _, order = one.rpartition("_")
        found.sort(key=lambda row: _key(row, name), reverse=order == "descending")
    return found


def answer(call: Call, rows: list[Row], **more: Any) -> dict[str, Any]:
    """One page of a report; more rows than a page can carry are too much data (code 1)."""
    carried = Rows(rows, more=more, most=100_000)
    limit = str(call.given.get("limit", carried.default))
    if limit.isdecimal() and min(int(limit), len(rows)) > ads_of(call).page_rows:
        raise reduce_data()
    return page(evolve(call, fields=None), carried, lambda row: row)


def _summary(ads: Advertising, asked: Question, names: Sequence[str]) -> Row:
    whole = evolve(asked, level=None, breakdowns=(), spans=(asked.days,), names=tuple(names))
    book = _book(Ledger(ads), asked, None, asked.days)
    edges: dict[str, date] = dict(zip(("date_start", "date_stop"), whole.days, strict=True))
    shown = figures(book, names, asked.windows, places(ads.seller.currency), hourly=False)
    return shown | {name: str(day) for name, day in edges.items()}


def get(call: Call) -> Any:
    """A report at once; refused (100/1487534) where it finds too many rows."""
    ads, asked = ads_of(call), question(call)
    rows = rows_of(ads, asked)
    if len(rows) > ads.query_rows:
        raise wrong(
            "Please reduce the amount of data you're asking for, then retry your request",
            error_subcode=TOO_MUCH,
        )
    names = call.given.get("summary") or (asked.names if call.given.get("default_summary") else None)
    plain = evolve(call, given=call.without("summary"))
    return answer(plain, rows, **({} if names is None else {"summary": _summary(ads, asked, names)}))


for _kind in ("AdAccount", *KINDS.values()):
    routes.edge("GET", _kind, "insights")(get)
