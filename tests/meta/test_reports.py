"""What Meta is asked of figures, byte by byte, and what its rows mean."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.meta.ads_wire import ACCOUNT, AdsWire, refusal, rows, spec
from tests.meta.reports_wire import EDGE, FIRST, LAST, told, usd
from tests.meta.wire import AD, NOW

from socialcommerce import Money
from socialcommerce.errors import InvalidRequest, PermissionDenied, Unsupported
from socialcommerce.models.reports import Attribution, Metric


def counted(**values: str) -> list[dict[str, str]]:
    """A list of actions by type."""
    return [{"action_type": name, "value": value} for name, value in values.items()]


def figures(row: Any) -> dict[str, Any]:
    """The figures of a row that are told."""
    shown = {name: getattr(row, name) for name in get_args(Metric)}
    return {name: value for name, value in shown.items() if value is not None}


def wired(*found: dict[str, Any], **account: Any) -> AdsWire:
    wire = AdsWire(**account)
    wire[EDGE] = rows(*found)
    return wire


def asked(wire: AdsWire, **options: Any) -> dict[str, Any]:
    """What one report asked for."""
    options = {"level": "campaign", "since": FIRST, "until": LAST} | options
    wire.meta().ads.report(**options)
    return wire.query(EDGE)


# -- reading


def test_the_published_page_is_read_whole(shared: Path) -> None:
    page = json.loads((shared / "samples/meta/insights_page.json").read_text(encoding="utf-8"))
    wire = AdsWire()
    wire[EDGE] = [page, rows()]
    report = wire.meta().ads.report("ad", FIRST, LAST)
    first, second = report
    assert (first.date, first.account_id, first.campaign_id, first.ad_group_id, first.ad_id) == (
        FIRST,
        AD,
        "120210000000000001",
        "120210000000000002",
        "120210000000000003",
    )
    assert figures(first) == {
        "impressions": 1010,
        "clicks": 20,
        "spend": usd("12.34"),
        "orders": 2,
        "conversion_value": usd("49.98"),
        "reach": 1007,
    }
    assert (first.raw, second.raw) == tuple(page["data"])
    assert (second.date, second.impressions, second.reach) == (LAST, 998, 995)
    assert first.cpc == usd("0.617")
    assert first.roas == Decimal("49.98") / Decimal("12.34")
    assert wire.query(EDGE)["after"] == page["paging"]["cursors"]["after"]
    assert (report.level, report.since, report.until, report.granularity) == ("ad", FIRST, LAST, "day")
    assert (report.timezone, report.day_basis, report.currency) == ("America/New_York", "account", "USD")
    assert (report.attribution, report.booked_on) == (None, "other")


def test_figures_are_final_when_the_longest_window_has_closed() -> None:
    wire = wired()
    report = wire.meta().ads.report("account", FIRST, LAST)
    assert datetime.fromtimestamp(NOW, UTC).date() == date(2026, 11, 21)
    assert report.final_until == date(2026, 10, 23)


def test_every_metric_has_its_place_in_a_row() -> None:
    row = told(
        inline_link_clicks="18",
        reach="900",
        frequency="1.111111",
        actions=counted(
            omni_purchase="3",
            purchase="2",
            video_view="300",
            omni_add_to_cart="7",
            add_to_cart="6",
            initiate_checkout="5",
            view_content="40",
            landing_page_view="15",
            lead="4",
            like="8",
        ),
        action_values=counted(omni_purchase="75.50", purchase="49.98", omni_add_to_cart="140"),
        results=[
            {
                "indicator": "actions:omni_purchase",
                "values": [{"value": "3", "attribution_windows": ["default"]}],
            }
        ],
        video_p100_watched_actions=counted(video_view="120"),
        converted_product_quantity=counted(offsite_purchase="9"),
    )
    (one,) = wired(row).meta().ads.report("campaign", FIRST, LAST)
    assert figures(one) == {
        "impressions": 1000,
        "clicks": 20,
        "link_clicks": 18,
        "spend": usd("12.34"),
        "orders": 3,
        "conversions": Decimal(3),
        "conversion_value": usd("75.50"),
        "reach": 900,
        "frequency": Decimal("1.111111"),
        "video_views": 300,
        "video_completions": 120,
        "add_to_cart": Decimal(7),
        "add_to_cart_value": usd("140"),
        "initiate_checkout": Decimal(5),
        "page_views": Decimal(40),
        "leads": Decimal(4),
        "followers": 8,
        "items_sold": Decimal(9),
    }


def test_a_value_belongs_to_the_action_type_of_its_count() -> None:
    row = told(actions=counted(purchase="2"), action_values=counted(purchase="20", omni_purchase="90"))
    (one,) = wired(row).meta().ads.report("campaign", FIRST, LAST)
    assert (one.orders, one.conversion_value) == (2, usd("20"))


def test_what_meta_leaves_out_is_none() -> None:
    (one,) = wired(told()).meta().ads.report("campaign", FIRST, LAST)
    assert (one.orders, one.conversions, one.reach, one.roas) == (None, None, None, None)


@pytest.mark.parametrize(
    ("results", "conversions"),
    [
        ([{"indicator": "a", "values": [{"value": "4"}]}], Decimal(4)),
        ([{"indicator": "a", "value": "5"}], Decimal(5)),
        ([{"indicator": "a", "values": [{"value": "1"}]}, {"indicator": "b", "values": []}], None),
        ([{"indicator": "a", "values": []}], None),
        ([], None),
    ],
)
def test_results_of_one_goal_are_conversions_and_of_several_none(results: Any, conversions: Any) -> None:
    (one,) = wired(told(results=results)).meta().ads.report("campaign", FIRST, LAST)
    assert one.conversions == conversions


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1234"), ("IDR", "1234.50"), ("BHD", "12.345")])
def test_money_is_in_whole_units_of_the_account_whatever_its_budgets_are(currency: str, amount: str) -> None:
    wire = wired(told(spend=amount), currency=currency)
    (one,) = wire.meta().ads.report("campaign", FIRST, LAST)
    assert one.spend == Money(amount, currency)


def test_empty_pages_are_not_the_end() -> None:
    wire = AdsWire()
    wire[EDGE] = [rows(told(), after="A"), rows(after="B"), rows(told("2026-11-20"))]
    report = wire.meta().ads.report("campaign", FIRST, LAST)
    assert [one.date for one in report] == [FIRST, LAST]
    assert wire.query(EDGE)["after"] == "B"


def test_days_are_those_of_the_account() -> None:
    wire = wired(timezone_name="Asia/Tokyo")
    report = wire.meta().ads.report("account", FIRST, LAST)
    assert report.timezone == "Asia/Tokyo"
    assert ACCOUNT["timezone_name"] != report.timezone


# -- asking


def test_a_report_of_campaigns_asks_for_days_and_for_what_was_deleted_as_well() -> None:
    query = asked(wired(), metrics=["impressions", "roas"])
    assert query == {
        "level": "campaign",
        "fields": "account_id,campaign_id,impressions,spend,actions,action_values",
        "time_range": {"since": "2026-11-19", "until": "2026-11-20"},
        "time_increment": "1",
        "filtering": [
            {
                "field": "campaign.effective_status",
                "operator": "IN",
                "value": ["ACTIVE", "ARCHIVED", "DELETED", "IN_PROCESS", "PAUSED", "WITH_ISSUES"],
            }
        ],
        "limit": "500",
    } | {"fields": query["fields"]}
    assert set(query["fields"].split(",")) == {
        "account_id",
        "campaign_id",
        "impressions",
        "spend",
        "actions",
        "action_values",
    }


def test_every_field_asked_for_is_one_of_metas() -> None:
    fields = set(asked(wired())["fields"].split(","))
    known = spec("AdsInsights")
    assert fields
    assert known is None or fields <= {one["name"] for one in known["fields"]}


@pytest.mark.parametrize(
    ("level", "word", "ids"),
    [
        ("account", "account", "account_id"),
        ("campaign", "campaign", "account_id,campaign_id"),
        ("ad_group", "adset", "account_id,campaign_id,adset_id"),
        ("ad", "ad", "account_id,campaign_id,adset_id,ad_id"),
    ],
)
def test_levels(level: str, word: str, ids: str) -> None:
    query = asked(wired(), level=level, metrics=["clicks"])
    assert (query["level"], query["fields"]) == (word, f"{ids},clicks")
    assert ("filtering" in query) is (level != "account")


@pytest.mark.parametrize(
    ("granularity", "increment"), [("total", None), ("day", "1"), ("month", "monthly"), ("hour", "1")]
)
def test_granularities(granularity: str, increment: str | None) -> None:
    assert asked(wired(), granularity=granularity).get("time_increment") == increment


def test_weeks_begin_on_monday_so_the_days_before_one_are_asked_for_apart() -> None:
    wire = AdsWire()
    wire[EDGE] = [rows(told("2026-11-19")), rows(told("2026-11-23"), told("2026-11-30"))]
    report = wire.meta().ads.report("campaign", FIRST, date(2026, 12, 1), granularity="week")
    queries = [wire.query(EDGE, number) for number in (0, 1)]
    assert [one["time_range"] for one in queries] == [
        {"since": "2026-11-19", "until": "2026-11-22"},
        {"since": "2026-11-23", "until": "2026-12-01"},
    ]
    assert {one["time_increment"] for one in queries} == {"7"}
    assert [one.date for one in report] == [FIRST, date(2026, 11, 23), date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("since", "until"), [(date(2026, 11, 16), date(2026, 11, 29)), (FIRST, date(2026, 11, 22))]
)
def test_weeks_from_a_monday_or_within_one_are_one_call(since: date, until: date) -> None:
    wire = wired()
    wire.meta().ads.report("campaign", since, until, granularity="week")
    assert len(wire.requests(EDGE)) == 1


def test_hours_are_a_breakdown_without_what_counts_people() -> None:
    hourly = "hourly_stats_aggregated_by_advertiser_time_zone"
    wire = wired(told(**{hourly: "13:00:00 - 13:59:59"}), told(**{hourly: "00:00:00 - 00:59:59"}))
    report = wire.meta().ads.report("campaign", FIRST, LAST, granularity="hour")
    assert [(one.date, one.hour) for one in report] == [(FIRST, 0), (FIRST, 13)]
    wire.meta().ads.report("campaign", FIRST, LAST, granularity="hour", metrics=["reach", "clicks"])
    query = wire.query(EDGE, 0)
    assert query["breakdowns"] == [hourly]
    assert wire.query(EDGE)["fields"] == "account_id,campaign_id,clicks"
    assert not {"reach", "frequency"} & set(query["fields"].split(","))


@pytest.mark.parametrize(
    ("name", "native", "values", "shown"),
    [
        ("country", ["country"], {"country": "US"}, "US"),
        ("region", ["region"], {"region": "California"}, "California"),
        ("gender", ["gender"], {"gender": "female"}, "female"),
        ("age", ["age"], {"age": "25-34"}, "25-34"),
        ("device", ["device_platform"], {"device_platform": "mobile_app"}, "mobile_app"),
        ("product", ["product_id"], {"product_id": "77"}, "77"),
        (
            "placement",
            ["publisher_platform", "platform_position"],
            {"publisher_platform": "instagram", "platform_position": "story"},
            "instagram:story",
        ),
    ],
)
def test_breakdowns(name: Any, native: list[str], values: dict[str, str], shown: str) -> None:
    wire = wired(told(**values))
    (one,) = wire.meta().ads.report("campaign", FIRST, LAST, breakdowns=[name])
    assert one.breakdowns == {name: shown}
    assert wire.query(EDGE)["breakdowns"] == native


def test_the_windows_that_count_are_chosen_and_added_up() -> None:
    purchase = {"action_type": "purchase", "value": "9", "7d_click": "2", "1d_view": "1", "1d_ev": "4"}
    row = told(
        actions=[purchase, *counted(video_view="300", lead="5")],
        action_values=[{"action_type": "purchase", "value": "99", "7d_click": "20.5"}],
        results=[
            {
                "indicator": "x",
                "values": [
                    {"value": "9", "attribution_windows": ["default"]},
                    {"value": "2", "attribution_windows": ["7d_click"]},
                    {"value": "1", "attribution_windows": ["1d_view"]},
                ],
            }
        ],
    )
    wire = wired(row)
    chosen = Attribution(click_days=Decimal(7), view_days=Decimal(1))
    report = wire.meta().ads.report("campaign", FIRST, LAST, attribution=chosen)
    assert wire.query(EDGE)["action_attribution_windows"] == ["7d_click", "1d_view"]
    (one,) = report
    assert (one.orders, one.conversion_value, one.conversions) == (3, usd("20.5"), Decimal(3))
    assert one.leads == 0, "none within the windows chosen"
    assert one.video_views == 300, "what happens on the ad has no window"
    assert report.attribution == chosen


@pytest.mark.parametrize(
    ("booked_on", "word"), [("click", "impression"), ("conversion", "conversion"), ("mixed", "mixed")]
)
def test_the_day_of_a_sale_can_be_chosen(booked_on: Any, word: str) -> None:
    wire = wired()
    report = wire.meta().ads.report("campaign", FIRST, LAST, booked_on=booked_on)
    assert wire.query(EDGE)["action_report_time"] == word
    assert report.booked_on == booked_on


def test_objects_are_asked_for_a_hundred_at_a_time() -> None:
    wire = wired()
    ids = [str(number) for number in range(101)]
    wire.meta().ads.report("ad", FIRST, LAST, ids=[*ids, "0"], campaigns=["1"])
    filters = [wire.query(EDGE, number)["filtering"][1:] for number in (0, 1)]
    campaigns = {"field": "campaign.id", "operator": "IN", "value": ["1"]}
    assert filters == [
        [campaigns, {"field": "ad.id", "operator": "IN", "value": ids[:100]}],
        [campaigns, {"field": "ad.id", "operator": "IN", "value": ids[100:]}],
    ]


def test_campaigns_limit_a_report_of_their_ads() -> None:
    (_, narrowed) = asked(wired(), level="ad", campaigns=["1", "2"])["filtering"]
    assert narrowed == {"field": "campaign.id", "operator": "IN", "value": ["1", "2"]}


@pytest.mark.parametrize("nobody", [{"ids": []}, {"campaigns": []}])
def test_a_report_about_nothing_asks_nothing(nobody: Any) -> None:
    wire = wired()
    assert not wire.meta().ads.report("campaign", FIRST, LAST, **nobody)
    assert not wire.requests(EDGE)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"level": "creative"}, InvalidRequest),
        ({"since": datetime(2026, 11, 19, tzinfo=UTC)}, InvalidRequest),
        ({"until": "2026-11-20"}, InvalidRequest),
        ({"until": date(2026, 11, 1)}, InvalidRequest),
        ({"level": "account", "ids": ["1"]}, InvalidRequest),
        ({"booked_on": "other"}, InvalidRequest),
        ({"breakdowns": ["weather"]}, InvalidRequest),
        ({"breakdowns": ["keyword"]}, Unsupported),
        ({"attribution": Attribution(view_days=Decimal(7))}, InvalidRequest),
        ({"attribution": Attribution(click_days=Decimal("0.5"))}, InvalidRequest),
        ({"attribution": Attribution()}, InvalidRequest),
    ],
)
def test_what_cannot_be_reported_is_not_asked(options: Any, kind: type[Exception]) -> None:
    wire = wired()
    with pytest.raises(kind):
        wire.meta().ads.report(**({"level": "campaign", "since": FIRST, "until": LAST} | options))
    assert not wire.sent


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal(100, "no permission", 3191001), PermissionDenied),
        (refusal(2, "bad breakdown", 1504041), InvalidRequest),
    ],
)
def test_a_refusal_is_told(reply: Any, kind: type[Exception]) -> None:
    wire = wired()
    wire[EDGE] = reply
    with pytest.raises(kind):
        wire.meta().ads.report("campaign", FIRST, LAST)


# -- zeros


def test_days_without_figures_are_filled_where_asked_for() -> None:
    wire = wired(told())
    wire[f"/{AD}/campaigns"] = rows({"id": "1"}, {"id": "2"})
    report = wire.meta().ads.report("campaign", FIRST, LAST, fill_zero=True)
    shown = [(one.date, one.campaign_id, one.impressions, one.spend) for one in report]
    assert shown == [
        (FIRST, "1", 1000, usd("12.34")),
        (FIRST, "2", 0, usd("0")),
        (LAST, "1", 0, usd("0")),
        (LAST, "2", 0, usd("0")),
    ]


@pytest.mark.parametrize(
    ("options", "paths", "count"),
    [
        ({"level": "account"}, [], 2),
        ({"level": "account", "granularity": "total"}, [], 1),
        ({"level": "account", "granularity": "hour"}, [], 48),
        ({"level": "campaign", "campaigns": ["1", "2"]}, [], 4),
        ({"level": "ad", "ids": ["21"]}, [], 2),
        ({"level": "ad_group", "campaigns": ["1"]}, ["/1/adsets"], 4),
    ],
)
def test_what_is_filled_are_the_objects_asked_for(options: Any, paths: list[str], count: int) -> None:
    wire = wired()
    wire["/1/adsets"] = rows({"id": "11"}, {"id": "12"})
    report = wire.meta().ads.report(since=FIRST, until=LAST, fill_zero=True, **options)
    assert [one for one in wire.paths() if one not in (EDGE, f"/{AD}")] == paths
    assert len(report) == count
    assert all(one.impressions == 0 for one in report)
