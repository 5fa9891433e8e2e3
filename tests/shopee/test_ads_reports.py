"""Reports of Shopee's ads: spans cut as Shopee answers them, joined, summed, and told what they mean."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shopee.ads_wire import Wire, refused

from socialcommerce import State
from socialcommerce.backends.shopee.ads.figures import asked, buckets, earlier, spans
from socialcommerce.errors import InvalidRequest, Unsupported
from socialcommerce.models import Attribution, Money
from socialcommerce.resources.jobs import Job

IDS = "get_product_level_campaign_id_list"
DAILY = "get_product_campaign_daily_performance"
HOURLY = "get_product_campaign_hourly_performance"
SHOP_DAILY = "get_all_cpc_ads_daily_performance"
SHOP_HOURLY = "get_all_cpc_ads_hourly_performance"
GMS = "get_gms_campaign_performance"
ITEMS = "get_gms_item_performance"
TODAY = date(2025, 11, 15)
NO_GMS = refused("ads_error_product_gms_campaign_not_found", "Product GMS Campaign cannot be found.")


def read(text: str) -> date:
    return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007  # a day, as the wire writes it


def figures(day: date, **changes: Any) -> dict[str, Any]:
    return {
        "date": day.strftime("%d-%m-%Y"),
        "impression": 100,
        "clicks": 10,
        "expense": Decimal("2.5"),
        "broad_order": 2,
        "broad_gmv": Decimal("40.2"),
        "broad_item_sold": 3,
    } | changes


def every_day(asked: Any) -> list[dict[str, Any]]:
    """A row for each day asked for, as the account's daily call answers."""
    start, end = read(asked.query["start_date"]), read(asked.query["end_date"])
    assert start < end, "Shopee refuses a span of a single day"
    assert end <= TODAY, "Shopee refuses the future"
    assert end < earlier(start, -1) or end - start <= timedelta(days=30), "Shopee refuses more than a month"
    return [figures(start + timedelta(days=number)) for number in range((end - start).days + 1)]


def every_campaign(asked: Any) -> list[dict[str, Any]]:
    rows = every_day(asked)
    ids = asked.query["campaign_id_list"].split(",")
    return [{"campaign_list": [{"campaign_id": int(one), "metrics_list": rows} for one in ids]}]


def gms(asked: Any) -> dict[str, Any]:
    days = (read(asked.body["end_date"]) - read(asked.body["start_date"])).days + 1
    return {"campaign_id": 900, "report": {"impression": 10 * days, "clicks": days, "expense": days}}


@pytest.fixture
def wire() -> Wire:
    return Wire(
        {
            IDS: {"campaign_list": [{"campaign_id": 1}, {"campaign_id": 2}], "has_next_page": False},
            SHOP_DAILY: every_day,
            DAILY: every_campaign,
            GMS: NO_GMS,
        }
    )


def test_the_sample_is_mapped_whole(wire: Wire, shared: Path) -> None:
    text = (shared / "samples/shopee/ads_get_product_campaign_daily_performance.json").read_text()
    wire.answers[DAILY] = json.loads(text, parse_float=Decimal)["response"]
    report = wire.client().ads.report("campaign", date(2025, 11, 1), date(2025, 11, 2), campaigns=["12121"])
    (row,) = report
    assert (row.campaign_id, row.date, row.hour) == ("12121", date(2025, 11, 1), None)
    assert (row.impressions, row.clicks, row.link_clicks, row.orders) == (1110, 22, 22, 3)
    assert (row.spend, row.conversion_value) == (Money("5.5", "SGD"), Money("61.2", "SGD"))
    assert (row.conversions, row.items_sold, row.reach) == (Decimal(3), Decimal(4), None)
    assert row.account_id == "14701711"
    assert row.raw["cpdc"] == Decimal("2.75")


def test_ratios_are_computed_here_whatever_shopee_calls_them(wire: Wire, shared: Path) -> None:
    text = (shared / "samples/shopee/ads_get_product_campaign_daily_performance.json").read_text()
    wire.answers[DAILY] = json.loads(text, parse_float=Decimal)["response"]
    (row,) = wire.client().ads.report("campaign", date(2025, 11, 1), date(2025, 11, 2), campaigns=["12121"])
    assert row.ctr == Decimal(22) / 1110
    assert row.cpc == Money("0.25", "SGD")
    assert row.roas == Decimal("61.2") / Decimal("5.5")
    assert row.conversion_rate == Decimal(3) / 22


def test_a_report_says_what_its_figures_mean(wire: Wire) -> None:
    report = wire.client().ads.report("account", date(2025, 11, 1), date(2025, 11, 3))
    assert (report.timezone, report.day_basis, report.currency) == ("Asia/Singapore", "account", "SGD")
    assert (report.booked_on, report.attribution) == ("click", Attribution(click_days=Decimal(7)))
    assert report.final_until == date(2025, 11, 3)
    fresh = wire.client().ads.report("account", date(2025, 11, 1), TODAY)
    assert fresh.final_until == date(2025, 11, 7)


def test_a_long_account_report_is_cut_by_month_without_gaps_or_doubles(wire: Wire) -> None:
    since = date(2025, 5, 20)
    report = wire.client().ads.report("account", since, TODAY)
    days = [row.date for row in report]
    assert days == [since + timedelta(days=number) for number in range((TODAY - since).days + 1)]
    assert len(wire.asked) == 6


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1), earlier(TODAY, 6)])
def test_a_single_day_takes_in_a_neighbour_that_is_dropped(wire: Wire, day: date) -> None:
    report = wire.client().ads.report("account", day, day)
    assert [row.date for row in report] == [day]


def test_campaigns_are_listed_where_none_are_named(wire: Wire) -> None:
    report = wire.client().ads.report("campaign", date(2025, 11, 1), date(2025, 11, 2))
    assert [(row.date.day, row.campaign_id) for row in report if row.date] == [
        (1, "1"),
        (1, "2"),
        (2, "1"),
        (2, "2"),
    ]
    assert wire.names() == [GMS, IDS, DAILY]


def test_campaigns_are_asked_by_the_hundred(wire: Wire) -> None:
    ids = [str(number) for number in range(1, 151)]
    report = wire.client().ads.report("campaign", date(2025, 11, 1), date(2025, 11, 2), ids=ids)
    assert len(report) == 300
    assert wire.names().count(DAILY) == 2


def test_a_group_is_reported_as_its_campaign(wire: Wire) -> None:
    report = wire.client().ads.report("ad_group", date(2025, 11, 1), date(2025, 11, 2), ids=["1"])
    assert [(row.ad_group_id, row.campaign_id) for row in report] == [("1", "1")] * 2


@pytest.mark.parametrize(
    ("granularity", "rows"),
    [
        ("total", [(None, 20)]),
        ("week", [(date(2025, 10, 27), 7), (date(2025, 11, 3), 7), (date(2025, 11, 10), 6)]),
        ("month", [(date(2025, 10, 27), 5), (date(2025, 11, 1), 15)]),
    ],
)
def test_longer_parts_are_sums_of_days(wire: Wire, granularity: Any, rows: Any) -> None:
    report = wire.client().ads.report("account", date(2025, 10, 27), TODAY, granularity=granularity)
    assert [(row.date, row.clicks) for row in report] == [(day, 10 * days) for day, days in rows]
    assert report[0].spend == Money(Decimal("2.5") * rows[0][1], "SGD")
    assert len(report[0].raw) == rows[0][1]


def test_a_figure_that_a_part_lacks_is_none_rather_than_too_small(wire: Wire) -> None:
    wire.answers[SHOP_DAILY] = [
        figures(date(2025, 11, 1)),
        {"date": "02-11-2025", "impression": 5, "clicks": 1},
    ]
    (row,) = wire.client().ads.report("account", date(2025, 11, 1), date(2025, 11, 2), granularity="total")
    assert (row.impressions, row.clicks) == (105, 11)
    assert row.spend is None
    assert row.roas is None


def test_hours_are_asked_a_day_a_call(wire: Wire) -> None:
    wire.answers[SHOP_HOURLY] = lambda asked: [figures(read(asked.query["performance_date"]), hour=13)]
    report = wire.client().ads.report("account", date(2025, 11, 1), date(2025, 11, 3), granularity="hour")
    assert [(row.date, row.hour) for row in report] == [(date(2025, 11, day), 13) for day in (1, 2, 3)]
    assert wire.names() == [SHOP_HOURLY] * 3


def test_hours_of_campaigns_too(wire: Wire) -> None:
    wire.answers[HOURLY] = lambda asked: [
        {
            "campaign_list": [
                {
                    "campaign_id": 1,
                    "metrics_list": [figures(read(asked.query["performance_date"]), hour=hour)],
                }
                for hour in (9, 10)
            ]
        }
    ]
    report = wire.client().ads.report("campaign", TODAY, TODAY, granularity="hour", campaigns=["1"])
    assert [(row.campaign_id, row.hour) for row in report] == [("1", 9), ("1", 10)]


def test_days_without_figures_are_left_out_unless_asked_for(wire: Wire) -> None:
    wire.answers[SHOP_DAILY] = [figures(date(2025, 11, 2))]
    ads = wire.client().ads
    assert len(ads.report("account", date(2025, 11, 1), date(2025, 11, 3))) == 1
    filled = ads.report("account", date(2025, 11, 1), date(2025, 11, 3), fill_zero=True)
    assert [(row.date.day, row.clicks) for row in filled if row.date] == [(1, 0), (2, 10), (3, 0)]
    assert filled[0].spend == Money(0, "SGD")
    assert filled[0].cpc is None
    assert filled[0].reach is None


def test_every_campaign_and_hour_is_filled(wire: Wire) -> None:
    wire.answers[HOURLY] = []
    report = wire.client().ads.report("campaign", TODAY, TODAY, granularity="hour", fill_zero=True)
    assert len(report) == 48
    assert {row.campaign_id for row in report} == {"1", "2"}


def test_only_the_metrics_asked_for_are_given_with_what_a_ratio_needs(wire: Wire) -> None:
    (row,) = wire.client().ads.report("account", TODAY, TODAY, metrics=["impressions", "roas", "reach"])
    assert (row.impressions, row.clicks, row.orders, row.reach) == (100, None, None, None)
    assert row.roas == Decimal("40.2") / Decimal("2.5")


def test_the_whole_shops_campaign_is_asked_once_a_row(wire: Wire) -> None:
    wire.answers[GMS] = gms
    report = wire.client().ads.report("campaign", date(2025, 11, 1), date(2025, 11, 3), campaigns=["900"])
    assert [(row.date, row.clicks) for row in report] == [(date(2025, 11, day), 1) for day in (1, 2, 3)]
    assert [row.conversion_value for row in report] == [None] * 3
    assert wire.bodies(GMS)[1:] == [
        {"campaign_id": 900, "start_date": f"0{day}-11-2025", "end_date": f"0{day}-11-2025"}
        for day in (1, 2, 3)
    ]


def test_its_total_over_half_a_year_takes_spans_of_three_months(wire: Wire) -> None:
    wire.answers |= {GMS: gms, IDS: {"campaign_list": []}}
    (row,) = wire.client().ads.report("campaign", date(2025, 5, 20), TODAY, granularity="total")
    assert (row.campaign_id, row.date, row.clicks) == ("900", None, 180)
    assert wire.names() == [GMS, IDS, GMS, GMS]


def test_it_has_no_hours(wire: Wire) -> None:
    wire.answers[GMS] = gms
    with pytest.raises(Unsupported, match="by the hour"):
        wire.client().ads.report("campaign", TODAY, TODAY, granularity="hour", campaigns=["900"])


def items(asked: Any) -> dict[str, Any]:
    rows = [{"item_id": item, "report": {"clicks": item}} for item in (7, 8)]
    start = asked.body["offset"]
    return {"result_list": rows[start : start + 1], "has_next_page": start == 0}


def test_its_items_are_reported_as_ads(wire: Wire) -> None:
    wire.answers |= {GMS: gms, ITEMS: items}
    report = wire.client().ads.report("ad", date(2025, 11, 1), date(2025, 11, 3), granularity="total")
    assert [(row.ad_id, row.campaign_id, row.ad_group_id, row.clicks) for row in report] == [
        ("900:7", "900", "900", 7),
        ("900:8", "900", "900", 8),
    ]
    assert report[0].breakdowns == {"product": "7"}


def test_one_item_is_picked_and_filled(wire: Wire) -> None:
    wire.answers |= {GMS: gms, ITEMS: items}
    report = wire.client().ads.report("ad", TODAY, TODAY, ids=["900:8", "900:9"], fill_zero=True)
    assert [(row.ad_id, row.clicks) for row in report] == [("900:8", 8), ("900:9", 0)]


def test_items_of_product_campaigns_are_reported_as_campaigns(wire: Wire) -> None:
    wire.answers |= {GMS: gms, ITEMS: items}
    ads = wire.client().ads
    with pytest.raises(Unsupported, match="level='campaign'"):
        ads.report("ad", TODAY, TODAY, ids=["1:34001"])
    with pytest.raises(Unsupported):
        ads.report("ad", TODAY, TODAY, granularity="hour")
    assert len(ads.report("ad", TODAY, TODAY, campaigns=["900"], ids=["1:34001"])) == 0


def test_a_shop_without_gmv_max_has_no_ads_to_report(wire: Wire) -> None:
    assert len(wire.client().ads.report("ad", TODAY, TODAY)) == 0


def test_one_campaign_limits_the_other(wire: Wire) -> None:
    report = wire.client().ads.report(
        "campaign", date(2025, 11, 1), date(2025, 11, 2), campaigns=["1"], ids=["1", "2"]
    )
    assert {row.campaign_id for row in report} == {"1"}


@pytest.mark.parametrize(
    ("since", "until", "match"),
    [
        (TODAY, TODAY - timedelta(days=1), "before since"),
        (TODAY, TODAY + timedelta(days=1), "after today"),
        (date(2025, 5, 14), TODAY, "six months"),
        (datetime(2025, 11, 1, tzinfo=UTC), TODAY, "give a date"),
    ],
)
def test_days_without_figures_on_shopee_are_refused_before_sending(
    wire: Wire, since: date, until: date, match: str
) -> None:
    with pytest.raises(InvalidRequest, match=match):
        wire.client().ads.report("account", since, until)
    assert wire.asked == []


@pytest.mark.parametrize(
    "options",
    [
        {"breakdowns": ["country"]},
        {"attribution": Attribution(click_days=Decimal(1))},
        {"booked_on": "conversion"},
    ],
)
def test_what_shopee_fixes_is_refused(wire: Wire, options: Any) -> None:
    with pytest.raises(Unsupported):
        wire.client().ads.report("account", TODAY, TODAY, **options)
    assert wire.asked == []


@pytest.mark.parametrize("options", [{"ids": ["1"]}, {"campaigns": ["1"]}])
def test_an_account_report_is_about_the_account(wire: Wire, options: Any) -> None:
    with pytest.raises(InvalidRequest, match="account alone"):
        wire.client().ads.report("account", TODAY, TODAY, booked_on="click", **options)


def test_a_report_can_be_taken_up_again_by_another_client(wire: Wire) -> None:
    state = State.memory()
    job = wire.client(state=state).ads.report("campaign", TODAY, TODAY, campaigns=["1"], wait=False)
    assert isinstance(job, Job)
    assert wire.asked == []
    report = wire.client(state=state).jobs.resume(job.id)
    assert [row.campaign_id for row in report] == ["1"]


DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))


@given(DAYS, st.integers(0, 400), st.sampled_from([1, 3]))
def test_spans_cover_every_day_once_and_none_is_too_long(since: date, length: int, months: int) -> None:
    until = since + timedelta(days=length)
    cuts = list(spans(since, until, months))
    days = [start + timedelta(days=n) for start, end in cuts for n in range((end - start).days + 1)]
    assert days == [since + timedelta(days=n) for n in range(length + 1)]
    assert all(end < earlier(start, -months) and (end - start).days < 30 * months for start, end in cuts)


@given(DAYS, st.integers(0, 40), st.integers(0, 5))
def test_what_is_asked_is_never_one_day_nor_the_future(since: date, length: int, ago: int) -> None:
    until = since + timedelta(days=length)
    start, end = asked(since, until, until + timedelta(days=ago))
    assert start <= since
    assert start < end
    assert until <= end <= until + timedelta(days=ago)


@given(DAYS, st.integers(0, 100), st.sampled_from(["day", "week", "month", "total", "hour"]))
def test_buckets_join_without_gaps(since: date, length: int, granularity: Any) -> None:
    until = since + timedelta(days=length)
    found = buckets(since, until, granularity)
    assert (found[0][1], found[-1][2]) == (since, until)
    joints = pairwise(found)
    assert all(before[2] + timedelta(days=1) == after[1] for before, after in joints)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 3, 31), 1, date(2025, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 15), 6, date(2024, 7, 15)),
        (date(2025, 12, 31), -2, date(2026, 2, 28)),
    ],
)
def test_months_are_counted_as_the_calendar_does(day: date, months: int, expected: date) -> None:
    assert earlier(day, months) == expected
