"""Insights of the pretend Meta: levels, time, breakdowns, actions, filters, and reports written meanwhile."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.support.meta_ads_caller import SPECS, AdsCaller, open_ads, refused

from socialcommerce.simulators.meta.social.advertising.periods import PRESETS

DAY = timedelta(days=1)


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


def days_ago(ads: AdsCaller, days: int) -> date:
    return ads.books.today() - days * DAY


def booked(ads: AdsCaller) -> tuple[str, str, str]:
    """A tree with two days of figures: 12.34 and 49.98 yesterday, 20.00 and nothing the day before."""
    campaign, adset, ad = ads.tree()
    ads.market.record_ads(campaign, days_ago(ads, 1), "12.34", "49.98")
    ads.market.record_ads(campaign, days_ago(ads, 2), "20.00", 0)
    return campaign, adset, ad


def span(ads: AdsCaller, since: int, until: int) -> dict[str, str]:
    return {"since": f"{days_ago(ads, since)}", "until": f"{days_ago(ads, until)}"}


def insights(ads: AdsCaller, key: str | None = None, **given: Any) -> list[dict[str, Any]]:
    return ads.rows(f"/{key or ads.act}/insights", **given)


# -- figures


def test_every_figure_is_a_text_and_what_is_nothing_is_left_out(ads: AdsCaller) -> None:
    campaign, _, _ = booked(ads)
    fields = (
        "spend,impressions,clicks,inline_link_clicks,reach,frequency,ctr,cpc,cpm,actions,action_values,"
        "purchase_roas"
    )
    (row,) = insights(ads, campaign, fields=fields, time_range=span(ads, 1, 1))
    assert (row["spend"], row["impressions"], row["clicks"]) == ("12.34", "1200", "24")
    assert (row["reach"], row["inline_link_clicks"]) == ("960", "21")
    assert Decimal(row["ctr"]) == 2
    assert Decimal(row["cpc"]) == round(Decimal("12.34") / 24, 6)
    assert Decimal(row["cpm"]) == round(Decimal("12340") / 1200, 6)
    actions = {one["action_type"]: one["value"] for one in row["actions"]}
    assert (actions["purchase"], actions["omni_purchase"], actions["add_to_cart"]) == ("1", "1", "2")
    values = {one["action_type"]: one["value"] for one in row["action_values"]}
    assert values["purchase"] == values["offsite_conversion.fb_pixel_purchase"] == "49.98"
    assert row["purchase_roas"] == [{"action_type": "omni_purchase", "value": "4.050243"}]
    (before,) = insights(ads, campaign, fields=fields, time_range=span(ads, 2, 2))
    assert "action_values" not in before
    assert "purchase_roas" not in before
    assert "purchase" not in {one["action_type"] for one in before["actions"]}


def test_costs_and_videos_are_told_where_they_are_asked_for(ads: AdsCaller) -> None:
    campaign, _, _ = booked(ads)
    fields = (
        "cost_per_action_type,website_purchase_roas,converted_product_quantity,converted_product_value,"
        "outbound_clicks,video_play_actions,video_p100_watched_actions,video_thruplay_watched_actions,cpp"
    )
    (row,) = insights(ads, campaign, fields=fields, time_range=span(ads, 1, 1))
    costs = {one["action_type"]: one["value"] for one in row["cost_per_action_type"]}
    assert costs["purchase"] == "12.34"
    assert row["converted_product_quantity"] == [{"action_type": "purchase", "value": "1"}]
    assert row["video_p100_watched_actions"] == [{"action_type": "video_view", "value": "120"}]
    assert row["outbound_clicks"][0]["value"] == "21"


def test_money_of_yen_has_no_decimals() -> None:
    ads = open_ads("JPY")
    campaign, _, _ = ads.tree()
    ads.market.record_ads(campaign, days_ago(ads, 1), 1234, 5000)
    (row,) = insights(ads, fields="spend,action_values,account_currency")
    assert (row["spend"], row["account_currency"]) == ("1234", "JPY")
    assert row["action_values"][0]["value"].isdecimal()


def test_without_fields_a_few_are_told(ads: AdsCaller) -> None:
    campaign, _, _ = booked(ads)
    (row,) = insights(ads, level="campaign")
    assert row.keys() == {"account_id", "campaign_id", "impressions", "spend", "date_start", "date_stop"}
    assert row["campaign_id"] == campaign


def test_days_without_delivery_have_no_row(ads: AdsCaller) -> None:
    booked(ads)
    rows = insights(ads, fields="spend", time_range=span(ads, 9, 0), time_increment=1)
    assert [row["spend"] for row in rows] == ["20.00", "12.34"]
    assert insights(ads, fields="spend", time_range=span(ads, 9, 5)) == []


SAMPLES = SPECS.parents[2] / "samples/meta"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand")
def test_rows_and_runs_look_like_the_samples(ads: AdsCaller) -> None:
    booked(ads)
    sample = json.loads((SAMPLES / "insights_page.json").read_text())["data"][0]
    windows = ["7d_click", "1d_view"]
    names = ",".join(sample)
    (row,) = insights(
        ads, level="ad", fields=names, time_range=span(ads, 1, 1), action_attribution_windows=windows
    )
    assert row.keys() == sample.keys()
    assert {name: type(value) for name, value in row.items()} == {
        name: type(value) for name, value in sample.items()
    }
    purchase = next(one for one in row["actions"] if one["action_type"] == "purchase")
    assert purchase.keys() == sample["actions"][1].keys()
    run = run_of(ads, time_range=span(ads, 30, 1))
    ads.wait(21)
    sample = json.loads((SAMPLES / "insights_async_status.json").read_text())
    found = ads.get(f"/{run}")
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in sample.items()
    }


# -- levels


def test_what_a_campaign_cost_is_shared_among_its_adsets_and_ads(ads: AdsCaller) -> None:
    campaign, adset, ad = booked(ads)
    other = ads.adset(campaign, name="Others")
    lone = ads.ad(other, name="Lone")
    whole: dict[str, Any] = {
        "fields": "spend,adset_id,ad_id,ad_name,campaign_name,objective,optimization_goal"
    }
    adsets = insights(ads, level="adset", **whole)
    assert {row["adset_id"] for row in adsets} == {adset, other}
    by_ad = insights(ads, level="ad", **whole)
    assert {row["ad_id"] for row in by_ad} == {ad, lone}
    for rows in (adsets, by_ad):
        assert sum(Decimal(row["spend"]) for row in rows) == Decimal("32.34")
    assert {row["ad_name"] for row in by_ad} == {"Ad", "Lone"}
    assert {(row["objective"], row["optimization_goal"]) for row in by_ad} == {
        ("OUTCOME_SALES", "LINK_CLICKS")
    }
    (account,) = insights(ads, fields="spend,account_id,account_name")
    assert account["spend"] == "32.34"


def test_an_object_has_insights_of_its_own_and_of_those_below(ads: AdsCaller) -> None:
    campaign, adset, ad = booked(ads)
    second, _, _ = ads.tree()
    ads.market.record_ads(second, days_ago(ads, 1), "5.00", 0)
    for key in (campaign, adset, ad):
        (row,) = insights(ads, key, fields="spend")
        assert row["spend"] == "32.34"
    (row,) = insights(ads, campaign, fields="ad_id,spend", level="ad")
    assert row["ad_id"] == ad
    (row,) = insights(ads, campaign, fields="spend", level="account")
    assert row["spend"] == "32.34"
    assert refused(insights, ads, ad, level="campaign").code == 100


def test_deleted_objects_are_told_of_only_where_a_filter_names_them(ads: AdsCaller) -> None:
    campaign, _, ad = booked(ads)
    ads.delete(f"/{campaign}")
    assert insights(ads, level="campaign", fields="spend") == []
    condition = [{"field": "campaign.effective_status", "operator": "IN", "value": ["DELETED"]}]
    (row,) = insights(ads, level="campaign", fields="spend", filtering=condition)
    assert row["spend"] == "32.34"
    assert insights(ads, campaign, fields="spend")[0]["spend"] == "32.34"
    assert insights(ads, campaign, fields="ad_id", level="ad")[0]["ad_id"] == ad
    assert insights(ads, fields="spend")[0]["spend"] == "32.34"


# -- time


def test_time_is_cut_into_days_weeks_months_or_not_at_all(ads: AdsCaller) -> None:
    booked(ads)
    whole: dict[str, Any] = {"fields": "spend", "time_range": span(ads, 10, 1)}
    (row,) = insights(ads, **whole)
    assert (row["date_start"], row["date_stop"]) == (f"{days_ago(ads, 10)}", f"{days_ago(ads, 1)}")
    weeks = insights(ads, **whole, time_increment=7)
    assert [row["date_start"] for row in weeks] == [f"{days_ago(ads, 3)}"]
    assert weeks[0]["date_stop"] == f"{days_ago(ads, 1)}"
    assert len(insights(ads, **whole, time_increment="all_days")) == 1
    months = insights(ads, fields="spend", time_range=span(ads, 300, 0), time_increment="monthly")
    assert sum(Decimal(row["spend"]) for row in months) == Decimal("32.34")
    assert all(row["date_start"][:7] == row["date_stop"][:7] for row in months)


def test_several_ranges_can_be_asked_for_at_once(ads: AdsCaller) -> None:
    booked(ads)
    rows = insights(ads, fields="spend", time_ranges=[span(ads, 2, 2), span(ads, 2, 1)])
    assert [row["spend"] for row in rows] == ["20.00", "32.34"]


@pytest.mark.parametrize(
    "given",
    [
        {"time_range": {"since": "2026-01-02", "until": "2026-01-01"}},
        {"time_range": {"since": "2026-01-02"}},
        {"time_range": {"since": "yesterday", "until": "2026-01-01"}},
        {"time_ranges": ["yesterday"]},
        {"time_increment": 91},
        {"time_increment": "hourly"},
        {"date_preset": "last_century"},
        {"level": "creative"},
        {"fields": "spend,happiness"},
        {"sort": ["spend"]},
        {"filtering": [{"field": "colour", "operator": "EQUAL", "value": 1}]},
    ],
)
def test_a_report_that_cannot_be_made_is_refused(ads: AdsCaller, given: dict[str, Any]) -> None:
    for method in ("GET", "POST"):
        assert refused(ads.send, method, f"/{ads.act}/insights", **given).code == 100


def test_reports_go_back_37_months(ads: AdsCaller) -> None:
    oldest = ads.books.today() - 1300 * DAY
    error = refused(insights, ads, time_range={"since": f"{oldest}", "until": f"{oldest}"})
    assert error.code == 3018


@pytest.mark.parametrize(
    ("preset", "period"),
    [
        ("today", ("2026-11-22", "2026-11-22")),
        ("yesterday", ("2026-11-21", "2026-11-21")),
        ("last_3d", ("2026-11-19", "2026-11-21")),
        ("last_30d", ("2026-10-23", "2026-11-21")),
        ("this_month", ("2026-11-01", "2026-11-22")),
        ("last_month", ("2026-10-01", "2026-10-31")),
        ("this_quarter", ("2026-10-01", "2026-11-22")),
        ("last_quarter", ("2026-07-01", "2026-09-30")),
        ("this_year", ("2026-01-01", "2026-11-22")),
        ("last_year", ("2025-01-01", "2025-12-31")),
        ("this_week_sun_today", ("2026-11-22", "2026-11-22")),
        ("this_week_mon_today", ("2026-11-16", "2026-11-22")),
        ("last_week_sun_sat", ("2026-11-15", "2026-11-21")),
        ("last_week_mon_sun", ("2026-11-09", "2026-11-15")),
        ("maximum", ("2023-10-01", "2026-11-22")),
        ("data_maximum", ("2023-10-01", "2026-11-22")),
    ],
)
def test_presets_are_ranges_of_days(preset: str, period: tuple[str, str]) -> None:
    found = PRESETS[preset](date(2026, 11, 22))
    assert tuple(f"{day}" for day in found) == period


# -- breakdowns and attribution


@pytest.mark.parametrize(
    ("breakdowns", "cells"),
    [
        (["age"], 6),
        (["age", "gender"], 18),
        (["country"], 1),
        (["publisher_platform", "platform_position"], 4),
        (["device_platform"], 2),
    ],
)
def test_breakdowns_add_up(ads: AdsCaller, breakdowns: list[str], cells: int) -> None:
    booked(ads)
    rows = insights(ads, fields="spend,impressions", breakdowns=breakdowns)
    assert len({tuple(row[name] for name in breakdowns) for row in rows}) == cells
    assert sum(Decimal(row["spend"]) for row in rows) == Decimal("32.34")


def test_products_are_told_by_id_and_name(ads: AdsCaller) -> None:
    booked(ads)
    ads.market.add_product("TS-1", stock=5)
    (row,) = insights(ads, fields="spend", breakdowns=["product_id"])
    assert row["product_id"].startswith("TS-1, ")


def test_by_the_hour_nobody_is_counted_as_a_person(ads: AdsCaller) -> None:
    booked(ads)
    name = "hourly_stats_aggregated_by_advertiser_time_zone"
    rows = insights(ads, fields="spend,reach,impressions", breakdowns=[name], time_range=span(ads, 1, 1))
    assert rows[0][name] == "00:00:00 - 00:59:59"
    assert len(rows) == 24
    assert all("reach" not in row for row in rows)
    assert sum(Decimal(row["spend"]) for row in rows) == Decimal("12.34")


@pytest.mark.parametrize("breakdowns", [["age", "product_id"], ["region", "gender"]])
def test_breakdowns_that_do_not_fit_are_refused(ads: AdsCaller, breakdowns: list[str]) -> None:
    error = refused(insights, ads, breakdowns=breakdowns)
    assert (error.code, error.subcode) == (2, 1504041)


def test_actions_are_told_by_type_alone(ads: AdsCaller) -> None:
    booked(ads)
    assert len(insights(ads, action_breakdowns=["action_type"])) == 1
    assert refused(insights, ads, action_breakdowns=["action_device"]).code == 3


def test_attribution_windows_stand_beside_the_value(ads: AdsCaller) -> None:
    campaign, _, _ = booked(ads)
    ads.market.record_ads(campaign, days_ago(ads, 1), "1.00", "10.00")
    windows = ["1d_click", "7d_click", "28d_click", "1d_view", "dda", "7d_view"]
    (row,) = insights(ads, fields="actions,action_values", action_attribution_windows=windows)
    actions = {one["action_type"]: one for one in row["actions"]}
    assert actions["purchase"] == {
        "action_type": "purchase",
        "value": "2",
        "1d_click": "1",
        "7d_click": "2",
        "28d_click": "2",
        "1d_view": "0",
        "dda": "2",
    }
    assert actions["link_click"].keys() == {"action_type", "value"}
    values = {one["action_type"]: one for one in row["action_values"]}
    assert (values["purchase"]["1d_click"], values["purchase"]["1d_view"]) == ("29.99", "0.00")
    assert refused(insights, ads, action_attribution_windows=["90d_click"]).code == 100


# -- filters, order, sums, pages


def test_rows_are_filtered_by_objects_and_figures(ads: AdsCaller) -> None:
    campaign, _, _ = booked(ads)
    other = ads.campaign(name="Other")
    ads.market.record_ads(other, days_ago(ads, 1), "100.00", 0)

    def found(field: str, operator: str, value: Any) -> list[str]:
        condition = [{"field": field, "operator": operator, "value": value}]
        rows = insights(ads, level="campaign", fields="campaign_id", filtering=condition)
        return [row["campaign_id"] for row in rows]

    assert found("campaign.id", "IN", [other]) == [other]
    assert found("campaign.name", "CONTAIN", "sale") == [campaign]
    assert found("spend", "GREATER_THAN", 50) == [other]
    assert found("impressions", "LESS_THAN", "5000") == [campaign]
    assert found("campaign.effective_status", "IN", ["ACTIVE"]) == [campaign, other]


def test_rows_stand_in_the_order_asked_for(ads: AdsCaller) -> None:
    campaign, _, _ = booked(ads)
    other = ads.campaign(name="Another")
    ads.market.record_ads(other, days_ago(ads, 1), "100.00", 0)
    whole: dict[str, Any] = {"level": "campaign", "fields": "campaign_id,campaign_name,spend"}

    def order(*sort: str) -> list[str]:
        return [row["campaign_id"] for row in insights(ads, **whole, sort=list(sort))]

    assert order("spend_descending") == [other, campaign]
    assert order("spend_ascending") == [campaign, other]
    assert order("campaign_name_ascending", "spend_ascending") == [other, campaign]


def test_a_summary_sums_all_rows(ads: AdsCaller) -> None:
    campaign, _, _ = booked(ads)
    whole: dict[str, Any] = {
        "level": "campaign",
        "fields": "spend",
        "time_increment": 1,
        "time_range": span(ads, 5, 0),
    }
    answer = ads.get(f"/{ads.act}/insights", **whole, default_summary=True)
    assert answer["summary"]["spend"] == "32.34"
    answer = ads.get(f"/{campaign}/insights", **whole, summary=["impressions"], limit=1)
    assert answer["summary"]["impressions"] == "3200"
    assert len(answer["data"]) == 1


def test_rows_come_page_by_page() -> None:
    ads = open_ads(page_size=1)
    booked(ads)
    first = ads.get(f"/{ads.act}/insights", fields="spend", time_increment=1)
    assert first["paging"]["next"].startswith("https://graph.facebook.com/v26.0/act_")
    assert [row["spend"] for row in insights(ads, fields="spend", time_increment=1)] == ["20.00", "12.34"]


def test_too_much_data_is_refused_until_less_is_asked_for(ads: AdsCaller) -> None:
    campaign, _, _ = ads.tree()
    for day in range(1, 11):
        ads.market.record_ads(campaign, days_ago(ads, day), "1.00", 0)
    ads.books.page_rows = 4
    whole: dict[str, Any] = {"fields": "spend", "time_increment": 1}
    error = refused(ads.get, f"/{ads.act}/insights", **whole, limit=8)
    assert (error.code, error.subcode) == (1, None)
    assert "reduce the amount of data" in str(error)
    assert len(insights(ads, **whole, limit=4)) == 10
    ads.books.query_rows = 9
    error = refused(ads.get, f"/{ads.act}/insights", **whole, limit=4)
    assert (error.code, error.subcode) == (100, 1487534)


# -- reports that are written meanwhile


def run_of(ads: AdsCaller, **given: Any) -> str:
    return str(ads.post(f"/{ads.act}/insights", **given)["report_run_id"])


def test_a_report_is_written_meanwhile(ads: AdsCaller) -> None:
    booked(ads)
    run = run_of(ads, fields="spend", level="campaign", time_range=span(ads, 5, 0), time_increment=1)
    seen = []
    for _ in range(5):
        found = ads.get(f"/{run}")
        seen.append((found["async_status"], found["async_percent_completion"], found["is_running"]))
        ads.wait(5)
    assert seen == [
        ("Job Not Started", 0, True),
        ("Job Started", 0, True),
        ("Job Running", 60, True),
        ("Job Running", 100, True),
        ("Job Completed", 100, False),
    ]
    found = ads.get(f"/{run}")
    assert found["time_completed"] > found["time_ref"]
    assert (found["date_start"], found["date_stop"]) == tuple(span(ads, 5, 0).values())
    rows = ads.rows(f"/{run}/insights", limit=1)
    assert [row["spend"] for row in rows] == ["20.00", "12.34"]


def test_a_report_is_of_any_object(ads: AdsCaller) -> None:
    _, adset, _ = booked(ads)
    run = ads.post(f"/{adset}/insights", fields="adset_id,spend")["report_run_id"]
    ads.wait(21)
    assert ads.rows(f"/{run}/insights") == [
        {
            "adset_id": adset,
            "spend": "32.34",
            **dict(zip(("date_start", "date_stop"), month(ads), strict=True)),
        }
    ]


def month(ads: AdsCaller) -> tuple[str, str]:
    return f"{days_ago(ads, 30)}", f"{days_ago(ads, 1)}"


def test_a_report_that_is_not_done_has_no_rows(ads: AdsCaller) -> None:
    run = run_of(ads)
    assert "time_completed" not in ads.get(f"/{run}")
    assert refused(ads.get, f"/{run}/insights").code == 2601


@pytest.mark.parametrize(("failure", "code"), [("Job Failed", -2), ("Job Skipped", -3)])
def test_a_report_can_fail(ads: AdsCaller, failure: str, code: int) -> None:
    ads.books.failing_reports, ads.books.failure = 1, failure
    run, good = run_of(ads), run_of(ads)
    ads.wait(21)
    found = ads.get(f"/{run}", fields="async_status,async_percent_completion,error_code")
    assert (found["async_status"], found["error_code"]) == (failure, code)
    assert refused(ads.get, f"/{run}/insights").code == code
    assert ads.get(f"/{good}")["async_status"] == "Job Completed"


def test_a_report_is_gone_after_thirty_days(ads: AdsCaller) -> None:
    run = run_of(ads)
    ads.wait(31 * 86400)
    error = refused(ads.get, f"/{run}")
    assert (error.code, error.subcode) == (100, 33)
    assert refused(ads.get, f"/{run}/insights").subcode == 33
