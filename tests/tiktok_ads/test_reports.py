"""Reports: asked for, cut into spans, made as jobs, joined with GMV Max."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.tiktok_ads.wire import ADVERTISER, Wire, campaign, page, refusal

from socialcommerce import Money, Response, errors

NO_SHOPS = {"store_list": []}


def figures(number: str = "1", day: str = "2025-11-19", **metrics: str) -> dict[str, Any]:
    return {
        "dimensions": {"campaign_id": number, "stat_time_day": f"{day} 00:00:00"},
        "metrics": {"spend": "10.50", "impressions": "100", "clicks": "10", "conversion": "2", **metrics},
    }


def wired(*rows: dict[str, Any]) -> Wire:
    wire = Wire()
    wire["/gmv_max/store/list/"] = NO_SHOPS
    wire["/report/integrated/get/"] = page(*rows)
    return wire


def test_the_published_report_is_read_whole(shared: Path) -> None:
    folder = shared / "samples/tiktok_ads"
    wire = wired()
    wire["/report/integrated/get/"] = [
        json.loads((folder / f"report_integrated_{name}.json").read_text()) for name in ("page1", "last")
    ]
    report = wire.client().ads.report("campaign", date(2026, 11, 19), date(2026, 11, 20))
    first = report[0]
    assert len(report) == 3
    assert (first.date, first.campaign_id, first.spend) == (
        date(2026, 11, 19),
        "1700000000000001",
        Money("12.34", "USD"),
    )
    assert (first.impressions, first.clicks, first.conversions) == (2176, 27, Decimal(3))
    assert first.orders is None
    assert (report.timezone, report.currency, report.day_basis) == ("America/New_York", "USD", "account")
    query = wire.query("/report/integrated/get/", 0)
    assert query["dimensions"] == ["campaign_id", "stat_time_day"]
    assert (query["data_level"], query["start_date"], query["end_date"]) == (
        "AUCTION_CAMPAIGN",
        "2026-11-19",
        "2026-11-20",
    )


def test_a_dash_is_no_figure() -> None:
    report = (
        wired(figures(conversion="-")).client().ads.report("campaign", date(2025, 11, 19), date(2025, 11, 19))
    )
    assert report[0].conversions is None
    assert report[0].cpa is None


def test_long_spans_are_cut_and_weeks_added_up() -> None:
    wire = wired()
    wire["/report/integrated/get/"] = [page(figures(day="2025-09-01")), page(figures(day="2025-10-01"))]
    client = wire.client()
    assert len(client.ads.report("campaign", date(2025, 9, 1), date(2025, 10, 15))) == 2
    assert [wire.query("/report/integrated/get/", n)["end_date"] for n in (0, 1)] == [
        "2025-09-30",
        "2025-10-15",
    ]
    wire["/report/integrated/get/"] = page(figures(reach="5"), figures(day="2025-11-20", reach="5"))
    (week,) = client.ads.report("campaign", date(2025, 11, 17), date(2025, 11, 23), granularity="week")
    assert (week.clicks, week.reach, week.spend) == (20, None, Money("21", "USD"))


def test_metrics_breakdowns_and_ids_are_asked_for() -> None:
    row = {"dimensions": {"adgroup_id": "11", "gender": "FEMALE"}, "metrics": {"clicks": "3"}}
    wire = wired(row)
    report = wire.client().ads.report(
        "ad_group",
        date(2025, 11, 1),
        date(2025, 11, 2),
        metrics=["clicks", "cpc"],
        breakdowns=["gender"],
        granularity="total",
        ids=["11"],
        campaigns=["1"],
    )
    query = wire.query("/report/integrated/get/")
    assert (query["report_type"], query["metrics"]) == ("AUDIENCE", ["clicks", "spend"])
    assert [one["field_name"] for one in query["filtering"]] == ["campaign_ids", "adgroup_ids"]
    assert query["filtering"][1]["filter_value"] == '["11"]'
    assert (report[0].ad_group_id, report[0].breakdowns, report[0].clicks) == ("11", {"gender": "FEMALE"}, 3)


def test_hours_and_the_account() -> None:
    row = {
        "dimensions": {"advertiser_id": ADVERTISER, "stat_time_hour": "2025-11-19 13:00:00"},
        "metrics": {"spend": "1"},
    }
    (one,) = (
        wired(row).client().ads.report("account", date(2025, 11, 19), date(2025, 11, 19), granularity="hour")
    )
    assert (one.hour, one.account_id) == (13, ADVERTISER)


def test_gmv_max_is_reported_beside_the_others(shared: Path) -> None:
    wire = wired(figures())
    wire["/gmv_max/store/list/"] = json.loads(
        (shared / "samples/tiktok_ads/gmv_max_store_list.json").read_text()
    )
    wire["/gmv_max/report/get/"] = json.loads((shared / "samples/tiktok_ads/gmv_max_report.json").read_text())
    report = wire.client().ads.report("campaign", date(2026, 11, 19), date(2026, 11, 20))
    (gmv,) = [one for one in report if one.campaign_id == "1800000000000001"]
    assert (gmv.orders, gmv.conversion_value, gmv.spend) == (42, Money("1560", "USD"), Money("120.5", "USD"))
    wire["/gmv_max/report/get/"] = page(
        {"dimensions": {"campaign_id": "18", "item_group_id": "5"}, "metrics": {"cost": "1"}}
    )
    (one,) = wire.client().ads.report(
        "campaign",
        date(2026, 11, 1),
        date(2026, 11, 2),
        granularity="total",
        breakdowns=["product"],
        ids=["18"],
    )
    assert one.breakdowns == {"product": "5"}
    wire["/gmv_max/store/list/"] = refusal(40001, "none")
    assert len(wire.client().ads.report("campaign", date(2026, 11, 1), date(2026, 11, 2))) == 1


def test_rows_without_figures_are_filled_where_asked_for() -> None:
    wire = wired(figures())
    wire["/campaign/get/"] = page(campaign("1"), campaign("2"))
    report = wire.client().ads.report("campaign", date(2025, 11, 19), date(2025, 11, 20), fill_zero=True)
    assert [(one.campaign_id, one.clicks) for one in report] == [("1", 10), ("2", 0), ("1", 0), ("2", 0)]


def large(wire: Wire) -> None:
    first = page(figures())
    first["page_info"] |= {"total_number": 10_001, "total_page": 11}
    wire["/report/integrated/get/"] = first
    wire["/report/task/create/"] = {"task_id": "t1"}


CSV = "campaign_id,stat_time_day,spend,clicks\n1,2025-11-19 00:00:00,1.50,7\n"


def test_a_large_report_is_a_job_that_survives_a_restart() -> None:
    wire = wired()
    large(wire)
    wire["/report/task/check/"] = [{"status": "QUEUING"}, {"status": "PROCESSING"}, {"status": "SUCCESS"}]
    wire["/report/task/download/"] = Response(200, {"content-type": "text/csv"}, CSV.encode())
    client = wire.client()
    job = client.ads.report("campaign", date(2025, 11, 19), date(2025, 11, 19), wait=False)
    report = client.jobs.resume(job.id)
    assert [(one.campaign_id, one.clicks, one.spend) for one in report] == [("1", 7, Money("1.5", "USD"))]
    body = wire.body("/report/task/create/")
    assert (body["output_format"], body["enable_report_title_translation"]) == ("CSV_STRING", False)


def test_a_file_of_a_report_is_fetched_from_tiktok_alone_and_a_failed_job_is_told() -> None:
    wire = wired()
    large(wire)
    wire["/report/task/check/"] = {"status": "SUCCESS"}
    wire["/report/task/download/"] = {"download_url": "https://sf.tiktokcdn.com/r.csv"}
    wire["/r.csv"] = Response(200, {}, CSV.encode())
    client = wire.client()
    assert len(client.ads.report("campaign", date(2025, 11, 19), date(2025, 11, 19))) == 1
    assert "Access-Token" not in wire.requests_elsewhere("/r.csv")[0].headers
    wire["/report/task/download/"] = {"download_url": "https://evil.example/r.csv"}
    with pytest.raises(errors.InvalidRequest):
        client.ads.report("campaign", date(2025, 11, 19), date(2025, 11, 19))
    wire["/report/task/check/"] = {"status": "FAILED", "message": "too big"}
    with pytest.raises(errors.PlatformError, match="too big"):
        client.ads.report("campaign", date(2025, 11, 19), date(2025, 11, 19))


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"since": date(2025, 11, 3)}, errors.InvalidRequest),
        ({"booked_on": "conversion"}, errors.Unsupported),
        ({"breakdowns": ["keyword"]}, errors.InvalidRequest),
        ({"breakdowns": ["product", "age"]}, errors.InvalidRequest),
        ({"level": "account", "ids": ["1"]}, errors.InvalidRequest),
        ({"since": "2025-11-01"}, errors.InvalidRequest),
    ],
)
def test_what_cannot_be_reported_is_not_asked(options: dict[str, Any], kind: type[Exception]) -> None:
    wire = wired()
    asked = {"level": "campaign", "since": date(2025, 11, 1), "until": date(2025, 11, 2), **options}
    with pytest.raises(kind):
        wire.client().ads.report(**asked)
    assert wire.sent == []
