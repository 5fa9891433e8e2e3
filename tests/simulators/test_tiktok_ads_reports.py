"""Reports of the pretend TikTok: levels, days, figures, filters, files."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.simulators.test_tiktok_ads_families import gmv, take_right
from tests.support.tiktok_ads_caller import AdsCaller, Refusal, open_ads

from socialcommerce.runtime.transport import Request

DAY = date(2026, 11, 19)
PATH = "/report/integrated/get/"
BASE = {"report_type": "BASIC", "start_date": "2026-11-01", "end_date": "2026-11-30"}


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


def asked(level: str, *dimensions: str, **values: Any) -> dict[str, Any]:
    return {**BASE, "data_level": f"AUCTION_{level}", "dimensions": list(dimensions), **values}


def code(ads: AdsCaller, **values: Any) -> int:
    with pytest.raises(Refusal) as caught:
        ads.get(PATH, **values)
    return caught.value.code


def booked(ads: AdsCaller) -> str:
    campaign = ads.campaign(campaign_name="Holiday")
    ads.market.record_ads(campaign, DAY, "12.34", 50)
    ads.market.record_ads(campaign, DAY + timedelta(days=1), 10, 0)
    return campaign


def test_a_campaign_is_reported_day_by_day_in_texts(ads: AdsCaller) -> None:
    campaign = booked(ads)
    metrics = ["spend", "clicks", "impressions", "ctr", "cost_per_conversion", "campaign_name", "currency"]
    rows = ads.get(PATH, **asked("CAMPAIGN", "campaign_id", "stat_time_day", metrics=metrics))["list"]
    assert [one["dimensions"] for one in rows] == [
        {"campaign_id": campaign, "stat_time_day": "2026-11-19 00:00:00"},
        {"campaign_id": campaign, "stat_time_day": "2026-11-20 00:00:00"},
    ]
    assert rows[0]["metrics"] == {
        "spend": "12.34", "clicks": "24", "impressions": "1200", "ctr": "2.00",
        "cost_per_conversion": "12.34", "campaign_name": "Holiday", "currency": "USD",
    }  # fmt: skip
    assert rows[1]["metrics"]["cost_per_conversion"] == "-"


def test_days_outside_and_campaigns_without_delivery_are_missing(ads: AdsCaller) -> None:
    booked(ads)
    ads.campaign(campaign_name="Silent")
    span = {"start_date": "2026-11-20", "end_date": "2026-11-20"}
    rows = ads.get(PATH, **asked("CAMPAIGN", "campaign_id", **span))["list"]
    assert [one["metrics"] for one in rows] == [{"spend": "10.00", "impressions": "1000"}]
    assert (
        ads.get(PATH, **asked("CAMPAIGN", "campaign_id", start_date="2026-12-01", end_date="2026-12-02"))[
            "list"
        ]
        == []
    )


@pytest.mark.parametrize(("level", "name"), [("ADGROUP", "adgroup_id"), ("AD", "ad_id")])
def test_what_stands_below_adds_up_to_the_campaign(ads: AdsCaller, level: str, name: str) -> None:
    campaign = ads.campaign()
    for _ in range(3):
        ads.ad(ads.adgroup(campaign))
    ads.market.record_ads(campaign, DAY, "10.00", 7)
    rows = ads.get(PATH, **asked(level, name, metrics=["spend", "clicks", f"{level.lower()}_name"]))["list"]
    assert len(rows) == 3
    assert sum(Decimal(one["metrics"]["spend"]) for one in rows) == 10
    assert sum(int(one["metrics"]["clicks"]) for one in rows) == 20
    up = ads.get(PATH, **asked("ADVERTISER", "advertiser_id"))["list"]
    assert [one["metrics"]["spend"] for one in up] == ["10.00"]


def test_hours_add_up_to_their_day(ads: AdsCaller) -> None:
    booked(ads)
    one_day = {"start_date": str(DAY), "end_date": str(DAY)}
    rows = ads.get(PATH, **asked("CAMPAIGN", "campaign_id", "stat_time_hour", **one_day, page_size=100))[
        "list"
    ]
    assert len(rows) == 24
    assert rows[5]["dimensions"]["stat_time_hour"] == "2026-11-19 05:00:00"
    assert sum(Decimal(one["metrics"]["spend"]) for one in rows) == Decimal("12.34")


def test_breakdowns_by_people_belong_to_the_audience_report(ads: AdsCaller) -> None:
    booked(ads)
    assert code(ads, **asked("CAMPAIGN", "campaign_id", "gender")) == 40002
    rows = ads.get(PATH, **asked("CAMPAIGN", "campaign_id", "gender", report_type="AUDIENCE"))["list"]
    assert {one["dimensions"]["gender"] for one in rows} == {"FEMALE", "MALE", "NONE"}
    country = ads.get(PATH, **asked("CAMPAIGN", "country_code"))["list"]
    assert [one["dimensions"] for one in country] == [{"country_code": "US"}]


def test_totals_pages_order_and_filters(ads: AdsCaller) -> None:
    first = booked(ads)
    second = ads.campaign(campaign_name="Other")
    ads.market.record_ads(second, DAY, 99, 10)
    base = asked("CAMPAIGN", "campaign_id", metrics=["spend", "campaign_name", "cost_per_conversion"])
    page = ads.get(
        PATH, **base, page=1, page_size=1, enable_total_metrics=True, order_field="spend", order_type="DESC"
    )
    assert page["list"][0]["dimensions"]["campaign_id"] == second
    assert page["total_metrics"]["spend"] == "121.34"
    assert page["page_info"]["total_page"] == 2
    up = ads.get(PATH, **base, order_field="cost_per_conversion", order_type="ASC")["list"]
    assert [one["dimensions"]["campaign_id"] for one in up] == [first, second]

    def kept(name: str, kind: str, value: object) -> list[str]:
        filtering = [{"field_name": name, "filter_type": kind, "filter_value": json.dumps(value)}]
        return [
            one["dimensions"]["campaign_id"] for one in ads.get(PATH, **base, filtering=filtering)["list"]
        ]

    assert kept("campaign_ids", "IN", [first]) == [first]
    assert kept("campaign_name", "MATCH", "Oth") == [second]
    assert kept("spend", "GREATER_EQUAL", 99) == [second]
    assert kept("spend", "LOWER_THAN", 99) == [first]
    assert kept("spend", "GREATER_THAN", 99) == []
    assert set(kept("spend", "LOWER_EQUAL", 99)) == {first, second}
    for name, kind in (("nothing", "IN"), ("spend", "BETWEEN")):
        with pytest.raises(Refusal):
            kept(name, kind, "x")
    broken = [{"field_name": "spend", "filter_type": "IN", "filter_value": "["}]
    assert code(ads, **base, filtering=broken) == 40002
    assert code(ads, **base, order_field="luck") == 40002


def test_lifetime_needs_no_days_and_takes_none(ads: AdsCaller) -> None:
    booked(ads)
    bare = {"report_type": "BASIC", "data_level": "AUCTION_CAMPAIGN", "query_lifetime": True}
    assert ads.get(PATH, **bare, dimensions=["campaign_id"])["list"][0]["metrics"]["spend"] == "22.34"
    assert code(ads, **bare, dimensions=["campaign_id", "stat_time_day"]) == 40002


@pytest.mark.parametrize(
    "values",
    [
        {"start_date": "2026-10-01"},
        {"start_date": "01.11.2026"},
        {"start_date": ""},
        {"end_date": "2026-10-01"},
        {"data_level": ""},
        {"dimensions": []},
        {"dimensions": ["luck"]},
        {"dimensions": ["campaign_id", "ad_id"]},
        {"dimensions": ["adgroup_id"]},
        {"metrics": ["luck"]},
        {"metrics": ["adgroup_name"]},
        {"service_type": "RESERVATION"},
        {"bc_id": "1"},
    ],
)
def test_a_question_that_breaks_a_rule_is_refused(ads: AdsCaller, values: dict[str, Any]) -> None:
    assert code(ads, **asked("CAMPAIGN", "campaign_id", "stat_time_day") | values) == 40002


def test_spans_end_with_the_finest_dimension(ads: AdsCaller) -> None:
    assert code(ads, **asked("CAMPAIGN", "campaign_id", "stat_time_hour")) == 40002
    year = {"start_date": "2025-12-01", "end_date": "2026-11-30"}
    assert ads.get(PATH, **asked("CAMPAIGN", "campaign_id", **year))["list"] == []
    assert code(ads, **asked("CAMPAIGN", "campaign_id", start_date="2025-11-30")) == 40002


def test_several_accounts_are_reported_at_once() -> None:
    ads = open_ads(accounts=2)
    for index, account in enumerate(ads.twin.advertisers):
        campaign = AdsCaller(ads.twin, index).campaign()
        account.record_ads(campaign, DAY, 5 + index, 0)
    base = asked("ADVERTISER", "advertiser_id")
    both = ads.get(PATH, **base, advertiser_ids=[one.id for one in ads.twin.advertisers])["list"]
    assert sorted(one["metrics"]["spend"] for one in both) == ["5.00", "6.00"]
    with pytest.raises(Refusal) as caught:
        ads.get(PATH, **base, advertiser_ids=["1"] * 6)
    assert caught.value.code == 40011
    request = ads.request("GET", PATH, {**base, "advertiser_ids": "x"})
    url = request.url.replace("advertiser_ids=x", f"bc_id={ads.bc_id}")
    whole = json.loads(ads.twin.handle(Request("GET", url, request.headers)).content)
    assert len(whole["data"]["list"]) == 2


TASK = {"metrics": ["spend", "clicks"], "enable_report_title_translation": False}


def test_a_report_is_written_meanwhile_and_fetched_as_a_stream(ads: AdsCaller) -> None:
    campaign = booked(ads)
    body = asked("CAMPAIGN", "campaign_id", **TASK, output_format="CSV_STRING")
    task = ads.post("/report/task/create/", **body)["task_id"]
    assert ads.get("/report/task/check/", task_id=task)["status"] == "QUEUING"
    with pytest.raises(Refusal) as caught:
        ads.get("/report/task/download/", task_id=task)
    assert caught.value.code == 40201
    ads.market.advance(timedelta(seconds=10))
    assert ads.get("/report/task/check/", task_id=task)["status"] == "PROCESSING"
    ads.market.advance(timedelta(seconds=10))
    assert ads.get("/report/task/check/", task_id=task)["status"] == "SUCCESS"
    stream = ads.send("GET", "/report/task/download/", task_id=task)
    assert stream.headers["content-type"] == "text/csv"
    rows = list(csv.DictReader(io.StringIO(stream.content.decode())))
    assert rows == [{"campaign_id": campaign, "spend": "22.34", "clicks": "44"}]
    with pytest.raises(Refusal):
        ads.post("/report/task/cancel/", task_id=task)


def test_a_report_file_lies_behind_a_link_for_an_hour(ads: AdsCaller) -> None:
    booked(ads)
    body = asked("CAMPAIGN", "campaign_id", metrics=["spend"], output_format="CSV_DOWNLOAD")
    task = ads.post("/report/task/create/", **body)["task_id"]
    ads.market.advance(timedelta(minutes=1))
    link = ads.get("/report/task/download/", task_id=task)["download_url"]
    assert ads.twin.handle(Request("GET", link, {})).content.startswith(b"Campaign ID,Cost\n")
    assert ads.twin.handle(Request("GET", link, {"Access-Token": ads.token})).status == 400
    ads.market.advance(timedelta(hours=2))
    assert ads.twin.handle(Request("GET", link, {})).status == 403


def test_a_task_is_cancelled_and_an_unknown_one_is_an_error(ads: AdsCaller) -> None:
    body = asked("CAMPAIGN", "campaign_id", output_format="XLSX_DOWNLOAD")
    task = ads.post("/report/task/create/", **body)["task_id"]
    other = ads.post("/report/task/create/", **body)["task_id"]
    ads.post("/report/task/cancel/", task_id=task)
    assert ads.get("/report/task/check/", task_id=task)["status"] == "CANCELED"
    with pytest.raises(Refusal) as caught:
        ads.get("/report/task/check/", task_id="1")
    assert caught.value.code == 40200
    ads.market.advance(timedelta(minutes=1))
    with pytest.raises(Refusal):
        ads.get("/report/task/download/", task_id=other)


def test_gmv_max_reports_what_a_shop_sold(ads: AdsCaller) -> None:
    take_right(ads)
    tee, coat = (ads.market.add_product(sku, stock=5) for sku in ("TEE", "COAT"))
    key = gmv(ads)
    ads.market.record_ads(key, DAY, "120.50", 1560)
    base = {
        "store_ids": [ads.account.store_id], "start_date": "2026-11-01", "end_date": "2026-11-30",
        "metrics": ["cost", "orders", "gross_revenue", "roi", "currency", "campaign_name"],
    }  # fmt: skip
    path = "/gmv_max/report/get/"
    found = ads.get(path, **base, dimensions=["campaign_id", "stat_time_day"], enable_total_metrics=True)
    assert found["list"][0]["metrics"] == {
        "cost": "120.50", "orders": "1", "gross_revenue": "1560.00", "roi": "12.95", "currency": "USD",
        "campaign_name": "Max",
    }  # fmt: skip
    assert found["total_metrics"]["cost"] == "120.50"
    by_product = ads.get(path, **base, dimensions=["item_group_id"])["list"]
    assert {one["dimensions"]["item_group_id"] for one in by_product} == {tee.id, coat.id}
    assert sum(Decimal(one["metrics"]["cost"]) for one in by_product) == Decimal("120.50")
    assert ads.get(path, **base, dimensions=["campaign_id"], filtering={"campaign_ids": ["1"]})["list"] == []
    for wrong in ({"dimensions": ["luck"]}, {"dimensions": ["campaign_id"], "metrics": ["luck"]}):
        with pytest.raises(Refusal):
            ads.get(path, **base | wrong)
    with pytest.raises(Refusal):
        ads.get(path, **base | {"store_ids": ["1"]}, dimensions=["campaign_id"])
