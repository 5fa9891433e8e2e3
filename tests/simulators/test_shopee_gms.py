"""The shop-wide campaign at the pretend Shopee."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.shopee_ads import day
from tests.support.shopee_caller import Caller

from socialcommerce.simulators.entities import Product
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee.campaigns import today

MISSING = "ads_error_product_gms_campaign_not_found"


@pytest.fixture
def products(market: Market) -> list[Product]:
    return sorted((market.add_product(sku, stock=5) for sku in "ABC"), key=lambda one: int(one.id))


def create(shop: Caller, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"start_date": day(shop.twin.market), "daily_budget": 20} | changes
    reply: dict[str, Any] = shop.post("ads/create_gms_product_campaign", **body)
    return reply


def edit(shop: Caller, action: str, **changes: Any) -> str:
    return str(shop.post("ads/edit_gms_product_campaign", edit_action=action, **changes)["error"])


def items(shop: Caller, action: str, *products: Product) -> str:
    ids = [int(one.id) for one in products]
    path = "ads/edit_gms_item_product_campaign"
    return str(shop.post(path, edit_action=action, item_id_list=ids)["error"])


def reason(shop: Caller) -> str:
    found = shop.get("ads/check_create_gms_product_campaign_eligibility")["response"]
    assert found["is_eligible"] == (found["reason"] == "")
    return str(found["reason"])


def test_a_shop_may_have_one(shop: Caller, market: Market) -> None:
    assert reason(shop) == "not_have_enough_sku"
    market.add_product("A", stock=1)
    assert reason(shop) == ""
    assert create(shop, roas_target=4.19)["response"]["campaign_id"] > 0
    assert reason(shop) == "active_campaign"
    assert create(shop)["error"] == "error_param"
    market.default.native["gms_allowed"] = False
    assert reason(shop) == "not_whitelisted"
    assert create(shop)["error"] == "ads_error_not_whitelisted_for_product_gms"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"daily_budget": 0.5}, "ads.campaign.error_daily_budget_range"),
        ({"roas_target": -1}, "ads_invalid_roas_target"),
        ({"start_date": "soon"}, "error_param"),
    ],
)
def test_a_wrong_plan_is_refused(
    shop: Caller, products: list[Product], change: dict[str, Any], code: str
) -> None:
    assert create(shop, **change)["error"] == code


def test_it_is_edited_by_id_or_as_the_shops_own(
    shop: Caller, market: Market, products: list[Product]
) -> None:
    assert edit(shop, "pause") == MISSING
    campaign = create(shop, reference_id="a")["response"]["campaign_id"]
    assert edit(shop, "pause", campaign_id=campaign) == ""
    assert edit(shop, "pause") == "ads.edit.invalid_action"
    assert edit(shop, "resume", reference_id="b") == ""
    assert edit(shop, "pause", reference_id="b") == "error_param"
    assert edit(shop, "change_budget", daily_budget=30) == ""
    assert edit(shop, "change_roas_target", roas_target=2) == ""
    assert edit(shop, "change_duration", start_date=day(market), end_date=day(market, 3)) == ""
    assert edit(shop, "delete") == "error_param"
    held = market.default.campaigns[str(campaign)]
    assert held.budget == 30
    assert held.native["roas"] == 2


def test_it_is_not_among_the_product_campaigns(shop: Caller, products: list[Product]) -> None:
    campaign = create(shop)["response"]["campaign_id"]
    rows = shop.get("ads/get_product_level_campaign_id_list")["response"]["campaign_list"]
    assert rows == []
    path = "ads/get_product_level_campaign_setting_info"
    assert shop.get(path, info_type_list="1", campaign_id_list=campaign)["error"] == "error_not_found"


def test_items_are_taken_out_and_put_back(shop: Caller, products: list[Product]) -> None:
    create(shop)
    assert items(shop, "remove", *products) == ""
    assert items(shop, "add", products[1]) == ""
    path = "ads/list_gms_user_deleted_item"
    first, second = shop.post(path, limit=1)["response"], shop.post(path, limit=1, offset=1)["response"]
    found = first["item_id_list"] + second["item_id_list"]
    assert found == [int(products[0].id), int(products[2].id)]
    assert (first["total"], first["has_next_page"], second["has_next_page"]) == (2, True, False)
    assert items(shop, "shuffle", products[0]) == "error_param"
    assert items(shop, "add") == "error_param"
    stranger = shop.post("ads/edit_gms_item_product_campaign", edit_action="add", item_id_list=[1])
    assert stranger["error"] == "error_param"


def test_pages_are_bounded(shop: Caller, products: list[Product]) -> None:
    create(shop)
    path = "ads/list_gms_user_deleted_item"
    assert shop.post(path, limit=101)["error"] == "error_query_limit_max"
    assert shop.post(path, limit=0)["error"] == "error_param"


def test_what_it_did_is_told_whole_and_by_item(shop: Caller, market: Market, products: list[Product]) -> None:
    campaign = create(shop)["response"]["campaign_id"]
    market.record_ads(campaign, today(market.default), 10, 100)
    items(shop, "remove", products[0])
    span: dict[str, Any] = {"start_date": day(market), "end_date": day(market)}
    report = shop.post("ads/get_gms_campaign_performance", **span)["response"]["report"]
    assert (report["expense"], report["broad_gmv"], report["broad_roi"]) == (10, 100, 10)
    found = shop.post("ads/get_gms_item_performance", **span)["response"]
    assert [one["item_id"] for one in found["result_list"]] == [int(one.id) for one in products[1:]]
    assert sum(one["report"]["expense"] for one in found["result_list"]) == 10
    assert found["total"] == 2


def test_nothing_done_is_no_row(shop: Caller, market: Market, products: list[Product]) -> None:
    create(shop)
    items(shop, "remove", *products)
    span: dict[str, Any] = {"start_date": day(market, -1), "end_date": day(market)}
    found = shop.post("ads/get_gms_item_performance", **span)["response"]
    assert (found["result_list"], found["has_next_page"]) == ([], False)


def test_reports_reach_over_three_months(shop: Caller, market: Market, products: list[Product]) -> None:
    create(shop)
    path = "ads/get_gms_campaign_performance"
    fits: dict[str, Any] = {"start_date": day(market, -85), "end_date": day(market)}
    assert shop.post(path, **fits)["error"] == ""
    longer: dict[str, Any] = {"start_date": day(market, -95), "end_date": day(market)}
    assert shop.post(path, **longer)["error"] == "ads.performance.error_date_range_too_long"
