"""Campaigns on Shopee, read: listed, mapped, filtered, paged and asked for by id."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.ads_wire import Wire, refused, settings_row
from tests.shopee.campaigns_wire import (
    GMS,
    IDS,
    SETTINGS,
    auto_row,
    daily,
    settings,
)

from socialcommerce.errors import InvalidRequest, NotFound


def test_a_listing_reads_ids_then_settings_and_ends_with_the_shops_own(wire: Wire, shared: Path) -> None:
    ids = json.loads((shared / "samples/shopee/ads_get_product_level_campaign_id_list.json").read_text())
    wire.answers |= {IDS: ids["response"], GMS: {"campaign_id": 900, "report": {}}}
    found = wire.client().ads.campaigns.list().collect()
    assert [(one.id, one.kind) for one in found] == [
        ("1234", "auto"),
        ("12121", "standard"),
        ("900", "shop_gmv_max"),
    ]
    assert wire.names() == [IDS, SETTINGS, GMS]
    assert wire.asked[0].query == {"ad_type": "all", "offset": "0", "limit": "100"}
    assert wire.asked[1].query == {"info_type_list": "1,2,3,4", "campaign_id_list": "1234,12121"}
    assert wire.asked[2].body == {"start_date": "15-11-2025", "end_date": "15-11-2025"}


def test_a_row_is_mapped_whole(wire: Wire, shared: Path) -> None:
    sample = json.loads(
        (shared / "samples/shopee/ads_get_product_level_campaign_setting_info.json").read_text(),
        parse_float=Decimal,
    )
    wire.answers[SETTINGS] = sample["response"]
    one = wire.client().ads.campaigns.get("12121")
    assert (one.id, one.platform, one.name) == ("12121", "shopee", "Mug")
    assert (one.status, one.native_status, one.delivery) == ("active", "ongoing", "delivering")
    assert (one.kind, one.native_kind, one.target_roas) == ("standard", "manual_product", None)
    assert one.budget == daily("12.5")
    assert one.settings is not None
    assert one.settings.schedule is not None
    assert one.settings.bid is not None
    assert one.settings.schedule.start == datetime.fromtimestamp(1762000000, UTC)
    assert one.settings.schedule.end is None
    assert (one.settings.objective, one.settings.goal) == ("shop_sales", "purchases")
    assert (one.settings.bid.strategy, one.settings.bid.billing_event) == ("manual", "clicks")
    assert one.raw == sample["response"]["campaign_list"][0]


@pytest.mark.parametrize(
    ("word", "status", "delivery"),
    [
        ("ongoing", "active", "delivering"),
        ("paused", "paused", "paused"),
        ("scheduled", "other", "scheduled"),
        ("ended", "other", "ended"),
        ("closed", "other", "ended"),
        ("deleted", "deleted", "other"),
        ("reviewed_by_cats", "other", "other"),
    ],
)
def test_every_status_has_its_meaning_and_keeps_its_word(
    wire: Wire, word: str, status: str, delivery: str
) -> None:
    wire.answers[SETTINGS] = settings(settings_row(campaign_status=word))
    one = wire.client().ads.campaigns.get("12121")
    assert (one.status, one.delivery, one.native_status) == (status, delivery, word)


def test_unlimited_automatic_and_target_roas_are_told_apart(wire: Wire) -> None:
    row = auto_row(campaign_budget=0) | {"auto_bidding_info": {"roas_target": Decimal("6.5")}}
    wire.answers[SETTINGS] = settings(row)
    one = wire.client().ads.campaigns.get("12121")
    assert one.budget is not None
    assert one.budget.kind == "unlimited"
    assert (one.kind, one.target_roas) == ("auto", Decimal("6.5"))
    assert one.settings is not None
    assert one.settings.bid is not None
    assert (one.settings.bid.strategy, one.settings.goal) == ("target_roas", "value")


def test_filters_are_applied_on_our_side(wire: Wire) -> None:
    wire.answers |= {
        IDS: {"campaign_list": [{"campaign_id": 1}, {"campaign_id": 2}], "has_next_page": False},
        SETTINGS: settings(settings_row(1, ad_name="Blue mug"), settings_row(2, campaign_status="paused")),
    }
    campaigns = wire.client().ads.campaigns
    assert [one.id for one in campaigns.list(status="paused")] == ["2"]
    assert [one.id for one in campaigns.list(name="BLUE")] == ["1"]
    assert [one.id for one in campaigns.list(status=["paused", "active"], kind="standard")] == ["1", "2"]
    assert wire.asked[-2].query["ad_type"] == "manual"


def test_the_shops_own_campaign_alone_costs_one_call(shop_wire: Wire) -> None:
    (one,) = shop_wire.client().ads.campaigns.list(kind="shop_gmv_max").collect()
    assert shop_wire.names() == [GMS]
    assert (one.id, one.budget, one.target_roas, one.native_status) == ("900", None, None, None)
    assert one.settings is not None
    assert one.settings.bid is not None
    assert one.settings.bid.strategy == "highest_value"


def test_pages_follow_until_the_last_and_can_be_resumed(wire: Wire) -> None:
    def page(asked: Any) -> Any:
        start = int(asked.query["offset"])
        rows = [{"campaign_id": number} for number in range(start + 1, start + 101)][: 100 - start // 2]
        return {"campaign_list": rows, "has_next_page": start == 0}

    def rows(asked: Any) -> Any:
        return settings(*[settings_row(int(one)) for one in asked.query["campaign_id_list"].split(",")])

    wire.answers |= {IDS: page, SETTINGS: rows}
    campaigns = wire.client().ads.campaigns
    pager = campaigns.list()
    assert len(pager.collect(limit=100)) == 100
    assert len(campaigns.list(cursor=pager.cursor).collect()) == 50


def test_ids_are_asked_by_the_hundred_without_listing(wire: Wire) -> None:
    def rows(asked: Any) -> Any:
        return settings(*[settings_row(int(one)) for one in asked.query["campaign_id_list"].split(",")])

    wire.answers[SETTINGS] = rows
    found = wire.client().ads.campaigns.list(ids=[str(number) for number in range(1, 151)]).collect()
    assert len(found) == 150
    assert wire.names() == [SETTINGS, SETTINGS]


def test_one_unknown_id_does_not_sink_the_others(wire: Wire) -> None:
    def rows(asked: Any) -> Any:
        ids = asked.query["campaign_id_list"].split(",")
        if "404" in ids:
            return refused("error_not_found", "The information you queried is not found.")
        return settings(*[settings_row(int(one)) for one in ids])

    wire.answers[SETTINGS] = rows
    result = wire.client().ads.campaigns.get(["1", "404", "3"])
    assert [outcome.status for outcome in result] == ["ok", "failed", "ok"]
    assert isinstance(result[1].error, NotFound)


def test_other_errors_of_reading_are_raised(wire: Wire) -> None:
    wire.answers |= {SETTINGS: refused("ads.ads_account.invalid_status", "Ads account status is Invalid.")}
    with pytest.raises(Exception, match="Invalid"):
        wire.client().ads.campaigns.get("1")
    wire.answers |= {SETTINGS: settings(), GMS: refused("ads.shop.in_holiday_mode", "Holiday.")}
    with pytest.raises(Exception, match="Holiday"):
        wire.client().ads.campaigns.get("1")


def test_an_id_that_is_no_number_is_refused_before_sending(wire: Wire) -> None:
    with pytest.raises(InvalidRequest, match="numbers"):
        wire.client().ads.campaigns.get("abc")
    assert wire.asked == []
