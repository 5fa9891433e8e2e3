"""Reports: which calls answer a question about spend and sales, and how their answers join."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import frozen

from socialcommerce.backends.reporting import bucket, buckets
from socialcommerce.backends.shopee.ads.figures import (
    Key,
    Sample,
    asked,
    earlier,
    fields_of,
    row,
    spans,
    summed,
    zeros,
)
from socialcommerce.backends.shopee.ads.items import ItemsNoun
from socialcommerce.backends.shopee.ads.plan import unsupported
from socialcommerce.backends.shopee.ads.wire import day_text, number, read_day
from socialcommerce.models.ads import Ad, AdGroup, Campaign
from socialcommerce.models.reports import Attribution, Granularity, Level, Report, ReportRow
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Question", "ReportsNoun", "dates"]

_IDS = 100
_HISTORY_MONTHS = 6
_SHOP_MONTHS = 3
_CLICK_DAYS = 7


@frozen
class Question:
    """What a report is asked: JSON-able by ``attrs.asdict`` but for its days, which are ISO text."""

    level: Level
    since: str
    until: str
    granularity: Granularity
    metrics: tuple[str, ...] | None
    campaigns: tuple[str, ...] | None
    items: tuple[str, ...] | None
    fill_zero: bool

    @property
    def first(self) -> date:
        """The first day."""
        return date.fromisoformat(self.since)

    @property
    def last(self) -> date:
        """The last day, inclusive."""
        return date.fromisoformat(self.until)


def dates(since: date, until: date, today: date) -> tuple[str, str]:
    """Both days as text; ``InvalidRequest`` where Shopee has no figures for them."""
    for name, day in (("since", since), ("until", until)):
        if isinstance(day, datetime) or not isinstance(day, date):
            raise invalid(**{name: "is a day of the shop: give a date"})
    if until < since:
        raise invalid(until="lies before since")
    if until > today:
        raise invalid(until=f"lies after today, {today} in the shop's time zone")
    oldest = earlier(today, _HISTORY_MONTHS)
    if since < oldest:
        raise invalid(since=f"Shopee keeps six months of figures, from {oldest}")
    return since.isoformat(), until.isoformat()


def objects(
    level: Level,
    campaigns: Sequence[str | Campaign] | None,
    ids: Sequence[str | Campaign | AdGroup | Ad] | None,
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """The campaigns and items that a report is limited to; None where it is not."""
    named = None if campaigns is None else tuple(identity(one) for one in campaigns)
    if ids is None:
        return named, None
    wanted = tuple(identity(one) for one in ids)
    if level == "account":
        raise invalid(ids="an account report is about the account alone")
    items = wanted if level == "ad" else None
    within = tuple(dict.fromkeys(one.partition(":")[0] for one in wanted))
    return tuple(one for one in within if named is None or one in named), items


class ReportsNoun(ItemsNoun):
    """A noun that reports."""

    def answer(self, question: Question) -> Flow[Report]:
        """Ask what a question needs and join it."""
        region = yield from self.region()
        samples, things = yield from self._samples(question)
        if question.fill_zero:
            filled = zeros(things, question.first, question.last, question.granularity)
            told = summed(samples)
            samples = [*samples, *(one for one in filled if one.key not in told)]
        fields = fields_of(question.metrics)
        rows: tuple[ReportRow, ...] = tuple(
            row(key, parts, fields, region.currency, _ids(question.level, key, self._account_id()))
            for key, parts in sorted(summed(samples).items(), key=_order)
        )
        return self._report(question, rows, region.currency, region.timezone, (yield from self.today()))

    def _account_id(self) -> str | None:
        subject = self.subject or self.backend.default_subject()
        return subject.id if subject else None

    def _report(
        self, question: Question, rows: tuple[ReportRow, ...], currency: str, zone: str, today: date
    ) -> Report:
        """A sale is booked on the day of its click and may come 7 days later: then the day is final."""
        return Report(
            rows=rows,
            level=question.level,
            since=question.first,
            until=question.last,
            granularity=question.granularity,
            timezone=zone,
            day_basis="account",
            currency=currency,
            attribution=Attribution(click_days=Decimal(_CLICK_DAYS)),
            booked_on="click",
            final_until=min(question.last, today - timedelta(days=_CLICK_DAYS + 1)),
        )

    def _samples(self, question: Question) -> Flow[tuple[list[Sample], list[Key]]]:
        """The figures, and the objects that they are about."""
        if question.level == "account":
            return (yield from self._account(question)), [Key()]
        if question.level == "ad":
            return (yield from self._items(question))
        return (yield from self._campaigns(question))

    def _account(self, question: Question) -> Flow[list[Sample]]:
        """GET get_all_cpc_ads_daily_performance by month, or _hourly_performance by day."""
        if question.granularity == "hour":
            days = [day for _, day, _ in buckets(question.first, question.last, "day")]
            hourly = "get_all_cpc_ads_hourly_performance"
            replies = yield from gather([self.read(hourly, performance_date=day_text(day)) for day in days])
            return [_sample(question, None, figures) for reply in replies for figures in reply]
        today = yield from self.today()
        cuts = list(spans(question.first, question.last, 1))
        replies = yield from gather(
            [self.read("get_all_cpc_ads_daily_performance", **_span(*cut, today)) for cut in cuts]
        )
        return [
            _sample(question, None, figures)
            for cut, reply in zip(cuts, replies, strict=True)
            for figures in _inside(reply, *cut)
        ]

    def _campaigns(self, question: Question) -> Flow[tuple[list[Sample], list[Key]]]:
        """The product campaigns, and the whole shop's, which only tells totals of a span."""
        shop = yield from self.shop_campaign()
        ids = question.campaigns
        if ids is None:
            ids = (*(yield from self.all_ids()), *((shop,) if shop else ()))
        products = [one for one in ids if one != shop]
        samples = (yield from self._products(question, products)) if products else []
        if shop is not None and shop in ids:
            samples += yield from self._shop(question, shop)
        return samples, [Key(one) for one in ids]

    def _products(self, question: Question, ids: Sequence[str]) -> Flow[list[Sample]]:
        """GET get_product_campaign_daily_performance or _hourly_performance, a hundred campaigns a call."""
        today = yield from self.today()
        hourly = question.granularity == "hour"
        name = f"get_product_campaign_{'hourly' if hourly else 'daily'}_performance"
        cuts = list(_days(question) if hourly else spans(question.first, question.last, 1))
        asks = [
            (cut, [number(one) for one in ids[start : start + _IDS]])
            for cut in cuts
            for start in range(0, len(ids), _IDS)
        ]
        replies = yield from gather(
            [
                self.read(
                    name,
                    campaign_id_list=chunk,
                    **({"performance_date": day_text(cut[0])} if hourly else _span(*cut, today)),
                )
                for cut, chunk in asks
            ]
        )
        return [
            _sample(question, str(one["campaign_id"]), figures)
            for (cut, _), reply in zip(asks, replies, strict=True)
            for shop in reply
            for one in shop.get("campaign_list") or ()
            for figures in _inside(one.get("metrics_list") or (), *cut)
        ]

    def _shop(self, question: Question, shop: str) -> Flow[list[Sample]]:
        """POST get_gms_campaign_performance, once for each row: it does not split a span."""
        if question.granularity == "hour":
            raise unsupported("ads.report:hour")
        cuts = list(_cuts(question))
        replies = yield from gather(
            [
                self.post_read(
                    "get_gms_campaign_performance",
                    campaign_id=number(shop),
                    start_date=day_text(since),
                    end_date=day_text(until),
                )
                for _, since, until in cuts
            ]
        )
        return [
            Sample(Key(shop, None, name), reply["report"])
            for (name, _, _), reply in zip(cuts, replies, strict=True)
            if reply.get("report")
        ]

    def _items(self, question: Question) -> Flow[tuple[list[Sample], list[Key]]]:
        """POST get_gms_item_performance, once for each day, week, month or span and hundred items."""
        shop = yield from self.shop_campaign()
        others = [one for one in question.campaigns or () if one != shop]
        if question.granularity == "hour" or others:
            raise unsupported("ads.report:ad")
        if shop is None or question.campaigns == ():
            return [], []
        cuts = list(_cuts(question))
        found = yield from gather([self.all_shop_items(shop, since, until) for _, since, until in cuts])
        samples = [
            Sample(Key(shop, str(one["item_id"]), name), one["report"])
            for (name, _, _), rows in zip(cuts, found, strict=True)
            for one in rows
            if question.items is None or f"{shop}:{one['item_id']}" in question.items
        ]
        asked_for = [one.partition(":")[2] for one in question.items or ()]
        items = dict.fromkeys([*asked_for, *(str(sample.key.item) for sample in samples)])
        return samples, [Key(shop, item) for item in items]


def _days(question: Question) -> Iterator[tuple[date, date]]:
    for _, day, last in buckets(question.first, question.last, "day"):
        yield day, last


def _cuts(question: Question) -> Iterator[tuple[date | None, date, date]]:
    """The spans whose totals make the rows, each with the day of its row."""
    for name, since, until in buckets(question.first, question.last, question.granularity):
        for start, end in spans(since, until, _SHOP_MONTHS):
            yield name, start, end


def _span(since: date, until: date, today: date) -> dict[str, str]:
    start, end = asked(since, until, today)
    return {"start_date": day_text(start), "end_date": day_text(end)}


def _inside(rows: Any, since: date, until: date) -> Iterator[Any]:
    """The rows of the span itself, without the neighbour that a single day took in."""
    return (one for one in rows if since <= read_day(one["date"]) <= until)


def _sample(question: Question, campaign: str | None, figures: Any) -> Sample:
    day = read_day(figures["date"])
    if question.granularity == "hour":
        return Sample(Key(campaign, None, day, int(figures["hour"])), figures)
    return Sample(Key(campaign, None, bucket(day, question.granularity, question.first)), figures)


def _ids(level: Level, key: Key, account: str | None) -> dict[str, str | None]:
    return {
        "account_id": account,
        "ad_group_id": key.campaign if level in ("ad_group", "ad") else None,
        "ad_id": f"{key.campaign}:{key.item}" if key.item else None,
    }


def _order(entry: tuple[Key, Any]) -> tuple[Any, ...]:
    key = entry[0]
    return key.day or date.min, key.hour or 0, int(key.campaign or 0), int(key.item or 0)
