"""Reports (insights): asked for at once, or, where they would be too large, made by Meta as a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import asdict, evolve, frozen

from socialcommerce.backends.meta.errors import error_for, too_much
from socialcommerce.backends.meta.graph import FORM
from socialcommerce.backends.meta.social.advertising.account import AccountNoun, AdAccount, number
from socialcommerce.backends.meta.social.advertising.base import AD_GROUPS, ADS, CAMPAIGNS, RULES
from socialcommerce.backends.meta.social.advertising.figures import (
    Key,
    fields_of,
    key_of,
    native_names,
    row,
    zeros,
)
from socialcommerce.backends.meta.social.codes.reports import (
    BOOKED_ON,
    BREAKDOWNS,
    FINAL_DAYS,
    HOUR,
    INCREMENTS,
    LEVELS,
    WINDOWS,
    ReportLevel,
)
from socialcommerce.backends.reporting import buckets
from socialcommerce.backends.shared import chunks
from socialcommerce.errors import PlatformError
from socialcommerce.models.reports import Attribution, Report
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.jobs import Task
from socialcommerce.runtime.transport import Response

__all__ = ["Part", "Question", "ReportsNoun", "question_of"]

_PAGE, _IDS, _LISTED = 500, 100, 100
_WAIT = 5.0
_TRIES = 3
_DAY = timedelta(days=1)
_OBJECTS = {"campaign": CAMPAIGNS, "ad_group": AD_GROUPS, "ad": ADS}
_RUN = "id,async_status,async_percent_completion,error_code,error_subcode,error_message,error_user_msg"
_FAILED = frozenset({"Job Failed", "Job Skipped"})
_TOO_LARGE = "-3"


@frozen
class Question:
    """What was asked of a report, as a job keeps it."""

    level: str
    since: str
    until: str
    granularity: Any = "day"
    metrics: tuple[str, ...] | None = None
    breakdowns: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    booked_on: Any = None
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
    def at(self) -> ReportLevel:
        """The level in Meta's words."""
        return LEVELS[self.level]

    @property
    def fields(self) -> tuple[str, ...]:
        """The metrics of its rows."""
        return fields_of(self.metrics, self.granularity)

    @property
    def attribution(self) -> Attribution | None:
        """The windows that were chosen."""
        days = {
            name: Decimal(day)
            for name, known in WINDOWS.items()
            for day, word in known.items()
            if word in self.windows
        }
        return Attribution(**days) if days else None


@frozen
class Part:
    """A part of a question that is asked alone: some days of some objects.

    ``run`` is the job that Meta makes it in, ``tries`` how many have been given up before it.
    """

    since: str
    until: str
    filtering: Sequence[Mapping[str, Any]] = ()
    run: str | None = None
    tries: int = 0

    def again(self, error: PlatformError, granularity: Any) -> tuple[Part, ...]:
        """What to order after a job that Meta gave up: the halves, the same; nothing where that is idle."""
        if _too_large(error):
            return self.halves(granularity) or ()
        if error.retryable and self.tries + 1 < _TRIES:
            return (evolve(self, tries=self.tries + 1),)
        return ()

    def halves(self, granularity: Any) -> tuple[Part, Part] | None:
        """The same in two, cut between weeks or months where it holds several; None where it is one day."""
        first, last = date.fromisoformat(self.since), date.fromisoformat(self.until)
        if first == last:
            return None
        spans = buckets(first, last, "day" if granularity == "hour" else granularity)
        middle = spans[len(spans) // 2][1] if len(spans) > 1 else first + ((last - first) // 2) + _DAY
        early, late = (middle - _DAY).isoformat(), middle.isoformat()
        return evolve(self, until=early), evolve(self, since=late)


def question_of(level: str, since: date, until: date, options: Mapping[str, Any]) -> Question:
    """A question, held against what Meta can tell."""
    for name, day in (("since", since), ("until", until)):
        if isinstance(day, datetime) or not isinstance(day, date):
            raise invalid(**{name: "is a day of the ad account: give a date"})
    if options["booked_on"] not in (None, *BOOKED_ON):
        raise invalid(booked_on=f"is one of {', '.join(BOOKED_ON)}")
    named = {name: _ids(options[name]) for name in ("campaigns", "ids")}
    if level == "account" and any(one is not None for one in named.values()):
        raise invalid(ids="an account report is about the account alone")
    return Question(
        level,
        since.isoformat(),
        until.isoformat(),
        options["granularity"],
        tuple(options["metrics"]) if options["metrics"] else None,
        _breakdowns(options["breakdowns"]),
        _windows(options["attribution"]),
        options["booked_on"],
        fill_zero=options["fill_zero"],
        **named,
    )


def _ids(given: Sequence[Any] | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(dict.fromkeys(identity(one) for one in given))


def _breakdowns(given: Sequence[str]) -> tuple[str, ...]:
    if "keyword" in given:
        raise RULES.unsupported("ads.report:keyword")
    return tuple(dict.fromkeys(given))


def _windows(attribution: Attribution | None) -> tuple[str, ...]:
    """The windows in Meta's words; none where nothing was chosen."""
    if attribution is None:
        return ()
    found: list[str] = []
    for name, known in WINDOWS.items():
        days = getattr(attribution, name)
        if days is not None and days not in known:
            choices = ", ".join(map(str, known))
            raise invalid(attribution=f"{name} is one of {choices} at Meta, not {days}")
        found += [] if days is None else [known[int(days)]]
    if not found:
        raise invalid(attribution="counts nothing: give click_days, view_days or engagement_days")
    return tuple(found)


def parts_of(question: Question) -> Iterator[Part]:
    """The calls of a question: by hundred ids, and a week that does not begin on Monday apart."""
    if question.ids == () or question.campaigns == ():
        return
    for first, last in _spans(question):
        for filtering in _filters(question):
            yield Part(first.isoformat(), last.isoformat(), filtering)


def _spans(question: Question) -> list[tuple[date, date]]:
    """Meta counts weeks from the first day asked for, so the days before a Monday go alone."""
    first, last = question.first, question.last
    monday = first + timedelta(days=-first.weekday() % 7)
    if question.granularity != "week" or monday == first or monday > last:
        return [(first, last)]
    return [(first, monday - _DAY), (monday, last)]


def _filters(question: Question) -> Iterator[list[Mapping[str, Any]]]:
    """What a call is limited to; deleted and archived objects are only told when they are asked for."""
    if question.level == "account":
        yield []
        return
    word = question.at.word
    states = sorted({*_OBJECTS[question.level].effective, "ARCHIVED", "DELETED"})
    fixed = [_one_of(f"{word}.effective_status", states)]
    if question.ids is not None and question.campaigns is not None:
        fixed.append(_one_of("campaign.id", question.campaigns))
    ids, name = (question.ids, word) if question.ids is not None else (question.campaigns, "campaign")
    if ids is None:
        yield fixed
    for some in chunks(ids or (), _IDS):
        yield [*fixed, _one_of(f"{name}.id", some)]


def _one_of(field: str, values: Sequence[str]) -> Mapping[str, Any]:
    return {"field": field, "operator": "IN", "value": list(values)}


def query_of(question: Question, part: Part) -> dict[str, Any]:
    """The parameters of one call."""
    ids = [native for _, native in question.at.ids]
    breakdowns = [native for name in question.breakdowns for native in BREAKDOWNS[name]]
    if question.granularity == "hour":
        breakdowns.append(HOUR)
    query = {
        "level": question.at.word,
        "fields": ",".join(["account_id", *ids, *native_names(question.fields)]),
        "time_range": {"since": part.since, "until": part.until},
        "time_increment": INCREMENTS.get(question.granularity),
        "breakdowns": breakdowns or None,
        "filtering": list(part.filtering) or None,
        "action_attribution_windows": list(question.windows) or None,
        "action_report_time": BOOKED_ON.get(question.booked_on),
    }
    return {name: value for name, value in query.items() if value is not None}


class ReportsNoun(AccountNoun):
    """A noun that reports."""

    def step(self, task: Task[Report]) -> Flow[Task[Report]]:
        """Take a report one step on: ask for it, or look how far Meta is with it."""
        kept = dict(task.state)
        question = Question(**{name: _tuple(value) for name, value in kept["question"].items()})
        if "parts" not in kept:
            found = yield from self._at_once(question)
            if found is None:
                ordered = yield from gather([self._order(question, one) for one in parts_of(question)], 2)
                return evolve(task, state={**kept, "parts": list(map(asdict, ordered))}, wait=_WAIT)
        else:
            looks = yield from gather([self._look(question, Part(**one)) for one in kept["parts"]], 4)
            parts = [part for some, _ in looks for part in some]
            done = sum(ready for _, ready in looks) / len(looks)
            kept["parts"] = list(map(asdict, parts))
            if done < 1:
                return evolve(task, state=kept, wait=_WAIT, progress=done)
            found = yield from self._made(parts)
        return evolve(task, state=kept, done=True, value=(yield from self._report(question, found)))

    # -- at once

    def _at_once(self, question: Question) -> Flow[list[Mapping[str, Any]] | None]:
        """All rows; None where one call of them is too large for Meta, so that a job makes them."""
        try:
            parts = yield from gather([self._rows(question, part) for part in parts_of(question)], 2)
        except PlatformError as error:
            if too_much(error):
                return None
            raise
        return [one for some in parts for one in some]

    def _rows(self, question: Question, part: Part) -> Flow[list[Mapping[str, Any]]]:
        """GET /act_{id}/insights, page after page."""
        path, query = f"/{self.own('ad')}/insights", query_of(question, part)
        found: list[Mapping[str, Any]] = []
        cursor: str | None = None
        while True:
            page = yield from self.edge(path, query, cursor=cursor, limit=_PAGE, shrink=False)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found

    # -- jobs

    def _order(self, question: Question, part: Part) -> Flow[Part]:
        """POST /act_{id}/insights: repeated after a cut connection; a second job changes nothing."""
        path, body = f"/{self.own('ad')}/insights", query_of(question, part)
        data = yield from self.ask("POST", path, body=body, headers=FORM, safety="absolute")
        return evolve(part, run=str(data["report_run_id"]))

    def _look(self, question: Question, part: Part) -> Flow[tuple[list[Part], float]]:
        """GET /{report_run_id}: the part and how much of it is made; what was ordered instead."""
        told = yield from self.ask("GET", f"/{part.run}", query={"fields": _RUN})
        status, percent = told.get("async_status"), number(told.get("async_percent_completion"))
        if status == "Job Completed" and percent == 100:
            return [part], 1.0
        if status not in _FAILED:
            return [part], min(float(percent or 0) / 100, 0.99)
        error = _failure(told)
        again = part.again(error, question.granularity)
        if not again:
            raise error
        return (yield from gather([self._order(question, one) for one in again])), 0.0

    def _made(self, parts: Sequence[Part]) -> Flow[list[Mapping[str, Any]]]:
        """GET /{report_run_id}/insights of every job."""
        found = yield from gather([self.edge_all(f"/{one.run}/insights", limit=_PAGE) for one in parts], 2)
        return [row for some in found for row in some]

    # -- joining

    def _report(self, question: Question, found: Sequence[Mapping[str, Any]]) -> Flow[Report]:
        account = yield from self.account()
        told: dict[Key, list[Mapping[str, Any]]] = {}
        for one in found:
            key = key_of(one, question.at, question.breakdowns, question.granularity, question.first)
            told.setdefault(key, []).append(one)
        rows: dict[Key, list[Mapping[str, Any]] | None] = {**told}
        if question.fill_zero:
            there = {key.place for key in told}
            objects = yield from self._objects(question)
            empty = zeros(objects, question.at, question.first, question.last, question.granularity)
            rows |= {key: None for key in empty if key.place not in there}
        return _joined(question, rows, account, self.now())

    def _objects(self, question: Question) -> Flow[Sequence[str]]:
        """Every object of the level that the report is about, those in the archive left out."""
        if question.level == "account":
            return [self.own("ad")]
        if question.ids is not None:
            return question.ids
        if question.level == "campaign" and question.campaigns is not None:
            return question.campaigns
        owners = [self.own("ad")] if question.campaigns is None else question.campaigns
        edge = _OBJECTS[question.level].edge
        query = {"fields": "id"}
        listings = [self.edge_all(f"/{owner}/{edge}", query, limit=_LISTED) for owner in owners]
        pages = yield from gather(listings, 2)
        return list(dict.fromkeys(str(one["id"]) for some in pages for one in some))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _failure(told: Mapping[str, Any]) -> PlatformError:
    """Why Meta gave a report up, as the error that its code stands for."""
    why = told.get("error_message") or told.get("error_user_msg") or "no reason given"
    text = f"report run {told.get('id')} ended as {told.get('async_status')}: {why}"
    if told.get("error_code") is None:
        return PlatformError(text, platform="meta", raw=dict(told), sent="yes")
    facts = {"message": text, "code": told["error_code"], "error_subcode": told.get("error_subcode")}
    error = error_for({"error": facts}, Response(200, {}, b""), "meta")
    error.sent = "yes"
    return error


def _too_large(error: PlatformError) -> bool:
    return too_much(error) or (error.code or "").partition("/")[0] == _TOO_LARGE


def _joined(
    question: Question,
    rows: Mapping[Key, Sequence[Mapping[str, Any]] | None],
    account: AdAccount,
    now: datetime,
) -> Report:
    today = now.astimezone(account.timezone).date()
    found = [
        row(key, parts, question.fields, question.windows, account)
        for key, parts in sorted(rows.items(), key=lambda one: one[0].order)
    ]
    return Report(
        rows=tuple(found),
        level=question.level,  # type: ignore[arg-type]  # a job keeps the level as text
        since=question.first,
        until=question.last,
        granularity=question.granularity,
        timezone=account.timezone.key,
        day_basis="account",
        currency=account.currency,
        attribution=question.attribution,
        booked_on=question.booked_on or "other",
        final_until=today - timedelta(days=FINAL_DAYS + 1),
    )
