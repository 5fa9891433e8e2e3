"""Reports: asked for at once, or, where they are large, made by TikTok as a job."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import evolve, frozen

from socialcommerce.backends.shared import chunks, fetch_file
from socialcommerce.backends.tiktok.ads.advertising.base import RULES
from socialcommerce.backends.tiktok.ads.advertising.families import AD_GROUPS, ADS, CAMPAIGNS
from socialcommerce.backends.tiktok.ads.advertising.figures import (
    BREAKDOWNS,
    FIELDS,
    GMV_FIELDS,
    Sample,
    fields_of,
    native_names,
    row,
    samples_of,
    spans,
    summed,
    zeros,
)
from socialcommerce.backends.tiktok.ads.advertising.shops import ShopNoun
from socialcommerce.backends.tiktok.ads.noun import AdAccount, last_page
from socialcommerce.errors import PermissionDenied, PlatformError
from socialcommerce.models.reports import Report
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.jobs import Task
from socialcommerce.runtime.text import write_json

__all__ = ["Question", "ReportsNoun", "question_of"]

_PAGE, _IDS = 1000, 100
_LARGE = 10_000
"""Rows from which a report is made as a job rather than paged through."""
_WAIT = 5.0
_DIMENSION = {"account": "advertiser_id", "campaign": "campaign_id", "ad_group": "adgroup_id", "ad": "ad_id"}
_LEVEL = {"account": "ADVERTISER", "campaign": "CAMPAIGN", "ad_group": "ADGROUP", "ad": "AD"}
_LEVELS = {"campaign": CAMPAIGNS, "ad_group": AD_GROUPS, "ad": ADS}
_TIME = {"day": "stat_time_day", "week": "stat_time_day", "month": "stat_time_day", "hour": "stat_time_hour"}
_FILES = re.compile(
    r"(.+\.)?(tiktok|tiktokcdn|tiktokcdn-us|tiktokcdn-eu|ibyteimg|byteoversea|ibytedtos)\.com"
)


@frozen
class Question:
    """What was asked of a report, as a job keeps it."""

    level: str
    since: str
    until: str
    granularity: Any = "day"
    metrics: tuple[str, ...] | None = None
    breakdowns: tuple[str, ...] = ()
    campaigns: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    fill_zero: bool = False

    @property
    def first(self) -> date:
        """The first day."""
        return date.fromisoformat(self.since)

    @property
    def last(self) -> date:
        """The last day, inclusive."""
        return date.fromisoformat(self.until)

    @property
    def by_product(self) -> bool:
        """Whether it is split by product, which GMV Max alone does."""
        return "product" in self.breakdowns

    @property
    def slices(self) -> dict[str, str]:
        """The breakdowns by people and places, in TikTok's words."""
        return {name: BREAKDOWNS[name] for name in self.breakdowns if name in BREAKDOWNS}


def question_of(level: str, since: date, until: date, options: Mapping[str, Any]) -> Question:
    """A question, held against what TikTok can tell."""
    for name, day in (("since", since), ("until", until)):
        if isinstance(day, datetime) or not isinstance(day, date):
            raise invalid(**{name: "is a day of the ad account: give a date"})
    if until < since:
        raise invalid(until="lies before since")
    if options["booked_on"] not in (None, "click"):
        raise RULES.unsupported("ads.report:booked_on")
    named = {name: _ids(options[name]) for name in ("campaigns", "ids")}
    if level == "account" and any(one is not None for one in named.values()):
        raise invalid(ids="an account report is about the account alone")
    breakdowns = tuple(options["breakdowns"])
    if "keyword" in breakdowns:
        raise invalid(breakdowns="keyword: no source tells how TikTok reports by keyword")
    if "product" in breakdowns and (level != "campaign" or len(breakdowns) > 1):
        raise invalid(breakdowns="product goes with level='campaign' alone, for GMV Max")
    metrics = tuple(options["metrics"]) if options["metrics"] else None
    return Question(
        level,
        since.isoformat(),
        until.isoformat(),
        options["granularity"],
        metrics,
        breakdowns,
        fill_zero=options["fill_zero"],
        **named,
    )


def _ids(given: Sequence[Any] | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(identity(one) for one in given)


class ReportsNoun(ShopNoun):
    """A noun that reports."""

    def step(self, task: Task[Report]) -> Flow[Task[Report]]:
        """Take a report one step on: ask for it, or look whether TikTok has made it."""
        kept = dict(task.state)
        question = Question(**{name: _tuple(value) for name, value in kept["question"].items()})
        if "tasks" not in kept:
            rows = yield from self._asked(question)
            if rows is None:
                tasks = yield from gather([self._order(query) for query in self._queries(question)], 2)
                return evolve(task, state={**kept, "tasks": tasks}, wait=_WAIT)
        else:
            ready = yield from gather([self._ready(one) for one in kept["tasks"]])
            if not all(ready):
                return evolve(task, wait=_WAIT, progress=sum(ready) / len(ready))
            parts = yield from gather([self._download(one) for one in kept["tasks"]])
            rows = [one for part in parts for one in part]
        return evolve(task, done=True, value=(yield from self._report(question, rows)))

    # -- asking

    def _queries(self, question: Question) -> Iterator[dict[str, Any]]:
        """One query for each span and hundred ids."""
        dimensions = [_DIMENSION[question.level], *question.slices.values()]
        if question.granularity in _TIME:
            dimensions.append(_TIME[question.granularity])
        fields = fields_of(question.metrics, bool(question.slices))
        base = {
            "report_type": "AUDIENCE" if question.slices else "BASIC",
            "service_type": "AUCTION",
            "data_level": f"AUCTION_{_LEVEL[question.level]}",
            "dimensions": dimensions,
            "metrics": native_names(fields, FIELDS),
        }
        for first, last in spans(question.first, question.last, question.granularity):
            for filters in _filters(question):
                dates = {"start_date": first.isoformat(), "end_date": last.isoformat()}
                yield {**base, **dates, **({"filtering": filters} if filters else {})}

    def _asked(self, question: Question) -> Flow[list[Mapping[str, Any]] | None]:
        """All rows; None where there are so many that a job makes them."""
        if question.by_product or question.ids == () or question.campaigns == ():
            return []
        queries = list(self._queries(question))
        firsts = yield from gather([self._page(query, 1) for query in queries])
        total = sum(int((data.get("page_info") or {}).get("total_number", 0)) for data in firsts)
        if total > _LARGE:
            return None
        rows: list[Mapping[str, Any]] = []
        for query, data in zip(queries, firsts, strict=True):
            rows += data.get("list") or ()
            page, more = 1, not last_page(data)
            while more:
                page += 1
                following = yield from self._page(query, page)
                rows += following.get("list") or ()
                more = not last_page(following)
        return rows

    def _page(self, query: Mapping[str, Any], page: int) -> Flow[Any]:
        """GET /report/integrated/get/."""
        whole = {**query, "page": page, "page_size": _PAGE}
        return self.ask("GET", "/report/integrated/get/", query=whole)

    # -- jobs

    def _order(self, query: Mapping[str, Any]) -> Flow[str]:
        """POST /report/task/create/: repeated after a cut connection; a second job changes nothing."""
        body = {**query, "output_format": "CSV_STRING", "enable_report_title_translation": False}
        data = yield from self.ask("POST", "/report/task/create/", body=body, safety="absolute")
        return str(data["task_id"])

    def _ready(self, task_id: str) -> Flow[bool]:
        """GET /report/task/check/."""
        data = yield from self.ask("GET", "/report/task/check/", query={"task_id": task_id})
        status = data.get("status")
        if status in ("FAILED", "CANCELED"):
            raise PlatformError(
                f"report task {task_id} ended as {status}: {data.get('message') or 'no reason given'}",
                platform="tiktok_ads",
                sent="yes",
            )
        return bool(status == "SUCCESS")

    def _download(self, task_id: str) -> Flow[list[Mapping[str, Any]]]:
        """GET /report/task/download/: the text itself, or where it lies."""
        data = yield from self.ask("GET", "/report/task/download/", query={"task_id": task_id}, raw=True)
        if isinstance(data, Mapping) and data.get("download_url"):
            document = yield from fetch_file(self, str(data["download_url"]), _FILES)
            data = document.content
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else str(data)
        return [_from_csv(line) for line in csv.DictReader(text.splitlines())]

    # -- GMV Max

    def _gmv(self, question: Question) -> Flow[list[Sample]]:
        """GET /gmv_max/report/get/, one shop a call; campaigns only, by the day."""
        if question.level != "campaign" or question.granularity == "hour" or question.slices:
            return []
        try:
            stores = yield from self.stores()
        except PermissionDenied:
            return []
        wanted = question.ids if question.ids is not None else question.campaigns
        found: list[Sample] = []
        for store in stores if wanted != () else ():
            for first, last in spans(question.first, question.last, question.granularity):
                rows = yield from self._gmv_rows(question, str(store["store_id"]), first, last, wanted)
                slices = {"product": "item_group_id"} if question.by_product else {}
                found += samples_of(
                    rows, "campaign_id", slices, question.granularity, question.first, gmv=True
                )
        return found

    def _gmv_rows(
        self, question: Question, store: str, first: date, last: date, wanted: Sequence[str] | None
    ) -> Flow[list[Mapping[str, Any]]]:
        dimensions = ["campaign_id", *(["item_group_id"] if question.by_product else [])]
        if question.granularity in _TIME:
            dimensions.append("stat_time_day")
        query: dict[str, Any] = {
            "store_ids": [store],
            "dimensions": dimensions,
            "metrics": native_names(tuple(GMV_FIELDS), GMV_FIELDS),
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            "page_size": _PAGE,
        }
        if wanted is not None:
            query["filtering"] = {"campaign_ids": list(wanted)}
        rows: list[Mapping[str, Any]] = []
        page, more = 1, True
        while more:
            data = yield from self.ask("GET", "/gmv_max/report/get/", query={**query, "page": page})
            rows += data.get("list") or ()
            page, more = page + 1, not last_page(data)
        return rows

    # -- joining

    def _report(self, question: Question, rows: Sequence[Mapping[str, Any]]) -> Flow[Report]:
        account = yield from self.account()
        samples = list(
            samples_of(
                rows, _DIMENSION[question.level], question.slices, question.granularity, question.first
            )
        )
        known = {sample.key.object for sample in samples}
        samples += [one for one in (yield from self._gmv(question)) if one.key.object not in known]
        if question.fill_zero:
            told = {evolve(sample.key, gmv=False, slices=()) for sample in samples}
            objects = yield from self._objects(question)
            filled = zeros(objects, question.first, question.last, question.granularity)
            samples += [one for one in filled if one.key not in told]
        return _joined(question, samples, account)

    def _objects(self, question: Question) -> Flow[Sequence[str]]:
        """Every object of the level that the report is about."""
        if question.level == "account":
            return [(yield from self.ad_subject())]
        if question.ids is not None:
            return question.ids
        filters = {} if question.campaigns is None else {"campaign_ids": list(question.campaigns)}
        found: list[str] = []
        families, cursor, more = _LEVELS[question.level].families, None, True
        while more:
            page, cursor = yield from self.page_of(families, cursor, filters)
            found += [one.id for one in page]
            more = cursor is not None
        return list(dict.fromkeys(found))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _filters(question: Question) -> Iterator[list[dict[str, str]]]:
    fixed = [_one_of("campaign_ids", question.campaigns)] if question.campaigns is not None else []
    if question.ids is None:
        yield fixed
        return
    name = f"{_DIMENSION[question.level]}s"
    for part in chunks(question.ids, _IDS):
        yield [*fixed, _one_of(name, part)]


def _one_of(name: str, ids: Sequence[str]) -> dict[str, str]:
    return {"field_name": name, "filter_type": "IN", "filter_value": write_json(list(ids)).decode()}


def _from_csv(line: Mapping[str, Any]) -> Mapping[str, Any]:
    dimensions = {*_DIMENSION.values(), *_TIME.values(), *BREAKDOWNS.values()}
    return {
        "dimensions": {name: value for name, value in line.items() if name in dimensions},
        "metrics": {name: value for name, value in line.items() if name not in dimensions},
    }


def _joined(question: Question, samples: Sequence[Sample], account: AdAccount) -> Report:
    sliced = bool(question.slices)
    fields = fields_of(question.metrics, sliced)
    name = {"campaign": "campaign_id", "ad_group": "ad_group_id", "ad": "ad_id"}.get(question.level)
    rows = [
        row(
            key,
            parts,
            fields,
            account.currency,
            {"account_id": account.id, **({name: key.object} if name else {}), **_parents(parts)},
        )
        for key, parts in sorted(summed(samples).items(), key=lambda one: _order_of(one[0]))
    ]
    return Report(
        rows=tuple(rows),
        level=question.level,  # type: ignore[arg-type]  # a job keeps the level as text
        since=question.first,
        until=question.last,
        granularity=question.granularity,
        timezone=account.timezone.key,
        day_basis="account",
        currency=account.currency,
        booked_on="click",
    )


def _parents(parts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The campaign and ad group of a row, where they came along among its metrics."""
    told = {"campaign_id": "campaign_id", "ad_group_id": "adgroup_id"}
    return {name: str(parts[0][native]) for name, native in told.items() if parts[0].get(native)}


def _order_of(key: Any) -> tuple[Any, ...]:
    return key.day or date.min, key.hour or 0, key.object, key.slices
