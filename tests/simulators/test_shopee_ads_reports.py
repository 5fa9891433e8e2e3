"""Ads at the pretend Shopee: lists, reports by the day, suggestions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.support.shopee_ads import (
    create,
    created,
    day,
    edit,
    settings,
    written,
)
from tests.support.shopee_caller import Caller

from socialcommerce.simulators.entities import Campaign, Product
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee.campaigns import months_after, today


@pytest.fixture
def product(market: Market) -> Product:
    return market.add_product("MUG", stock=5, title="Blue mug")


# -- lists


def test_ids_come_by_offset_and_limit_without_the_deleted(shop: Caller, product: Product) -> None:
    made = [created(shop, product) for _ in range(3)]
    edit(shop, made[0], "delete")
    path = "ads/get_product_level_campaign_id_list"
    first = shop.get(path, offset=0, limit=1)["response"]
    second = shop.get(path, ad_type="manual", offset=1, limit=1)["response"]
    rows = first["campaign_list"] + second["campaign_list"]
    assert [one["campaign_id"] for one in rows] == made[1:]
    assert (first["has_next_page"], second["has_next_page"]) == (True, False)
    assert shop.get(path, ad_type="auto")["response"]["campaign_list"] == []
    assert shop.get(path, ad_type="odd")["error"] == "error_param"


def test_settings_take_a_hundred_known_ids(shop: Caller, product: Product) -> None:
    campaign, path = created(shop, product), "ads/get_product_level_campaign_setting_info"
    assert shop.get(path, info_type_list="1", campaign_id_list="1")["error"] == "error_not_found"
    assert shop.get(path, info_type_list="9", campaign_id_list=campaign)["error"] == "error_param"
    many = ",".join(str(number) for number in range(101))
    assert shop.get(path, info_type_list="1", campaign_id_list=many)["error"] == "error_param"
    some = shop.get(path, info_type_list="1", campaign_id_list=f"{campaign},1")
    assert [one["campaign_id"] for one in some["response"]["campaign_list"]] == [campaign]
    assert "1" in some["warning"]


# -- the campaign for all items


def test_a_shop_has_one_automatic_campaign(shop: Caller, market: Market, product: Product) -> None:
    body: dict[str, Any] = {"budget": 5, "start_date": day(market)}
    reply = shop.post("ads/create_auto_product_ads", reference_id="a", **dict[str, Any](body))
    campaign = reply["response"][0]["campaign_id"]
    again = shop.post("ads/create_auto_product_ads", reference_id="b", **dict[str, Any](body))
    assert again["error"] == "ads.auto_product.existing_ad"
    row = settings(shop, campaign)
    assert row["common_info"]["ad_type"] == "auto"
    assert row["auto_product_ads_info"] == [
        {"product_name": "Blue mug", "status": "ongoing", "item_id": int(product.id)}
    ]
    path, change = "ads/edit_auto_product_ads", dict[str, Any](campaign_id=campaign)
    assert shop.post(path, reference_id="c", edit_action="pause", **change)["error"] == ""
    assert settings(shop, campaign)["auto_product_ads_info"][0]["status"] == "paused"
    assert shop.post(path, reference_id="d", edit_action="delete", **change)["error"] == "error_param"
    assert edit(shop, campaign, "pause") == "error_param"
    other = dict[str, Any](campaign_id=created(shop, product))
    odd = shop.post(path, reference_id="e", edit_action="pause", **other)
    assert odd["error"] == "ads.campaign.not_auto_product"


def test_an_empty_shop_has_nothing_to_advertise(shop: Caller, market: Market) -> None:
    reply = shop.post("ads/create_auto_product_ads", reference_id="a", budget=5, start_date=day(market))
    assert reply["error"] == "ads.auto_product.no_eligible_sku"


# -- reports


def test_a_day_of_ads_is_reported_by_shop_and_by_campaign(
    shop: Caller, market: Market, product: Product
) -> None:
    first, second = created(shop, product), created(shop, product)
    yesterday = today(market.default) - timedelta(days=1)
    market.record_ads(first, yesterday, 10, 50)
    market.record_ads(second, yesterday, 5, 0)
    span = {"start_date": day(market, -2), "end_date": day(market)}
    (row,) = shop.get("ads/get_all_cpc_ads_daily_performance", **dict[str, Any](span))["response"]
    assert (row["date"], row["expense"], row["broad_gmv"], row["clicks"]) == (written(yesterday), 15, 50, 30)
    assert (row["ctr"], row["broad_order"], row["direct_roas"]) == (0.02, 1, 3.3333)
    ids = {"campaign_id_list": f"{first},{second}"}
    reply = shop.get("ads/get_product_campaign_daily_performance", **dict[str, Any](span | ids))
    mine, other = reply["response"][0]["campaign_list"]
    assert (mine["campaign_id"], mine["metrics_list"][0]["broad_roi"]) == (first, 5)
    assert (other["metrics_list"][0]["expense"], other["metrics_list"][0]["cpc"]) == (5, 0)


def test_hours_add_up_to_their_day(shop: Caller, market: Market, product: Product) -> None:
    campaign = created(shop, product)
    market.record_ads(campaign, today(market.default), Decimal("10.01"), 33)
    one = {"performance_date": day(market)}
    hours = shop.get("ads/get_all_cpc_ads_hourly_performance", **dict[str, Any](one))["response"]
    assert sum(Decimal(str(row["expense"])) for row in hours) == Decimal("10.01")
    assert [row["hour"] for row in hours] == [10, 20]
    ids = {"campaign_id_list": str(campaign)}
    reply = shop.get("ads/get_product_campaign_hourly_performance", **dict[str, Any](one | ids))
    metrics = reply["response"][0]["campaign_list"][0]["metrics_list"]
    assert sum(row["broad_gmv"] for row in metrics) == 33
    quiet = {"performance_date": day(market, -1)}
    assert shop.get("ads/get_all_cpc_ads_hourly_performance", **dict[str, Any](quiet))["response"] == []


@pytest.mark.parametrize("campaign", [False, True])
@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (-1, -1, "error_same_start_end_dates"),
        (0, -1, "error_start_later_than_end"),
        (-40, 0, "error_date_range_too_long"),
        (-1, 1, "error_date_in_future"),
        (-190, -180, "error_date_too_old"),
    ],
)
def test_a_span_out_of_bounds_has_its_own_code(
    shop: Caller, market: Market, product: Product, campaign: bool, start: int, end: int, code: str
) -> None:
    params: dict[str, Any] = {"start_date": day(market, start), "end_date": day(market, end)}
    path = "ads/get_all_cpc_ads_daily_performance"
    if campaign:
        path = "ads/get_product_campaign_daily_performance"
        params["campaign_id_list"] = created(shop, product)
    assert shop.get(path, **params)["error"] == f"ads.performance.{code}"


def test_hours_of_the_future_and_of_strangers_are_refused(
    shop: Caller, market: Market, product: Product
) -> None:
    path = "ads/get_all_cpc_ads_hourly_performance"
    future = shop.get(path, performance_date=day(market, 1))
    assert future["error"] == "ads.performance.error_date_in_future"
    path = "ads/get_product_campaign_hourly_performance"
    stranger = shop.get(path, performance_date=day(market), campaign_id_list="1")
    assert stranger["error"] == "ads.shop.campaign_not_match"


@pytest.mark.parametrize(
    ("one", "months", "other"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 5), 3, date(2027, 2, 5)),
        (date(2026, 3, 31), -6, date(2025, 9, 30)),
    ],
)
def test_months_are_calendar_months(one: date, months: int, other: date) -> None:
    assert months_after(one, months) == other


# -- suggestions


def test_keywords_are_suggested_out_of_the_title(shop: Caller, product: Product) -> None:
    path = "ads/get_recommended_keyword_list"
    found = shop.get(path, item_id=product.id, input_keyword="cup")["response"]
    assert [one["keyword"] for one in found["suggested_keywords"]] == ["cup", "blue", "mug"]
    assert shop.get(path, item_id=1)["error"] == "ads.keyword.item_not_match"


def test_items_are_suggested_with_what_runs_on_them(shop: Caller, market: Market, product: Product) -> None:
    other = market.add_product("CUP", stock=1)
    other.status = "banned"
    created(shop, product)
    first, second = shop.get("ads/get_recommended_item_list")["response"]
    assert first["ongoing_ad_type_list"] == ["search ads", "discovery ads"]
    assert (second["item_status_list"], second["ongoing_ad_type_list"]) == (["blocked"], [])


def test_a_target_is_suggested_in_three_steps(shop: Caller, product: Product) -> None:
    found = shop.get("ads/get_product_recommended_roi_target", reference_id="r", item_id=product.id)[
        "response"
    ]
    assert found["lower_bound"]["value"] < found["exact"]["value"] < found["upper_bound"]["value"]
    assert create(shop, product, reference_id="r")["error"] == ""


def test_a_suggested_budget_can_be_set(shop: Caller, product: Product) -> None:
    path, asked = (
        "ads/get_create_product_ad_budget_suggestion",
        {
            "reference_id": "r",
            "product_selection": "manual",
            "campaign_placement": "all",
            "bidding_method": "manual",
        },
    )
    assert shop.get(path, **dict[str, Any](asked | {"bidding_method": "odd"}))["error"] == "error_param"
    for name, value in (
        ("item_id", product.id),
        ("enhanced_cpc", "true"),
        ("discovery_ads_location_names", "daily_discover"),
    ):
        assert shop.get(path, **dict[str, Any](asked))["message"].endswith(f"{name} is required.")
        asked[name] = value
    budget = shop.get(path, **dict[str, Any](asked))["response"]["budget"]
    assert budget["min_budget"] <= budget["recommended_budget"] <= budget["max_budget"]
    assert create(shop, product, budget=budget["min_budget"])["error"] == ""
    automatic = {"product_selection": "auto", "bidding_method": "auto"}
    assert shop.get(path, **dict[str, Any](asked | automatic))["error"] == ""


def test_the_market_books_days_into_the_campaign(market: Market, shop: Caller, product: Product) -> None:
    campaign = created(shop, product)
    market.record_ads(campaign, today(market.default), 1, 2)
    held: Campaign = market.default.campaigns[str(campaign)]
    assert held.days[today(market.default)].conversion_value == 2
