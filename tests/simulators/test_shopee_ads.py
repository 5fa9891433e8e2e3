"""Ads at the pretend Shopee: campaigns by the calendar, edits by the state."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.shopee_ads import (
    KEYWORD,
    LOCATION,
    create,
    created,
    day,
    edit,
    later,
    manual,
    number,
    settings,
    status,
)
from tests.support.shopee_caller import Caller
from tests.support.shopee_spec import ShopeeSpec

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.entities import Product
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin
from socialcommerce.simulators.shopee.campaigns import today


@pytest.fixture
def product(market: Market) -> Product:
    return market.add_product("MUG", stock=5, title="Blue mug")


# -- the account


def test_the_balance_falls_as_campaigns_spend(shop: Caller, market: Market, product: Product) -> None:
    before = shop.get("ads/get_total_balance")["response"]["total_balance"]
    market.record_ads(created(shop, product), today(market.default), 20, 100)
    assert before - shop.get("ads/get_total_balance")["response"]["total_balance"] == 20
    market.default.native["ads_credit"] = 5
    assert shop.get("ads/get_total_balance")["response"]["total_balance"] == 0


def test_a_closed_ads_account_is_told_by_its_code(shop: Caller, market: Market, product: Product) -> None:
    market.default.native["ads_account"] = "invalid"
    assert shop.get("ads/get_total_balance")["error"] == "ads.ads_account.invalid_status"
    assert create(shop, product)["error"] == "ads.ads_account.invalid_status"


def test_toggles_are_off_until_somebody_turns_them(shop: Caller, market: Market) -> None:
    market.default.native["ads_auto_top_up"] = True
    found = shop.get("ads/get_shop_toggle_info")["response"]
    assert (found["auto_top_up"], found["campaign_surge"]) == (True, False)


@pytest.mark.parametrize("category", ["E", "C"])
def test_other_apps_may_not_advertise(twin: ShopeeTwin, category: str) -> None:
    caller = Caller(twin, app=twin.add_app(category))
    assert caller.get("ads/get_total_balance")["error"] == "error_api_permission"


def test_the_brazilian_rate_is_for_brazil_and_ads_apps() -> None:
    for currency, error in (("BRL", ""), ("SGD", "error_param")):
        twin = open_twin("shopee", currency=currency)
        assert isinstance(twin, ShopeeTwin)
        reply = Caller(twin, app=twin.add_app("A")).get("ads/get_ads_facil_shop_rate")
        assert reply["error"] == error
        assert ("rate" in reply) == (not error)


# -- creating


def test_a_new_campaign_runs_at_once_and_is_found(shop: Caller, market: Market, product: Product) -> None:
    campaign = created(shop, product, roas_target=5.19)
    row = settings(shop, campaign)
    common = row["common_info"]
    assert (
        common
        | {
            "ad_type": "manual",
            "ad_name": "Blue mug",
            "campaign_status": "ongoing",
            "bidding_method": "auto",
            "campaign_budget": 10,
            "item_id_list": [int(product.id)],
        }
        == common
    )
    assert common["campaign_duration"]["end_time"] == 0
    assert row["auto_bidding_info"] == {"roas_target": 5.1}
    assert row["auto_product_ads_info"] == []


def test_manual_bids_are_kept(shop: Caller, product: Product) -> None:
    row = settings(shop, manual(shop, product), "1,2")
    assert "auto_bidding_info" not in row
    assert row["common_info"]["campaign_placement"] == "all"
    assert row["manual_bidding_info"] == {
        "enhanced_cpc": True,
        "selected_keywords": [KEYWORD | {"status": "normal"}],
        "discovery_ads_locations": [LOCATION | {"status": "active"}],
    }


def test_a_reference_that_succeeded_is_spent_and_one_that_failed_is_not(
    shop: Caller, product: Product
) -> None:
    assert create(shop, product, reference_id="a", budget=0.5)["error"] != ""
    assert create(shop, product, reference_id="a")["error"] == ""
    again = create(shop, product, reference_id="a")
    assert (again["error"], "reference_id" in again["message"]) == ("error_param", True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start_date": 1}, "ads.campaign.invalid_start_date"),
        ({"start_date": -1}, "ads.campaign.error_date_setting"),
        ({"start_date": 2, "end_date": 1}, "ads.campaign.error_date_setting"),
        ({"budget": 0.5}, "ads.campaign.error_daily_budget_range"),
        ({"budget": 10.001}, "ads.campaign.error_daily_budget_range"),
        ({"budget": 10**10}, "ads.campaign.error_daily_budget_range"),
        ({"roas_target": -1}, "ads_invalid_roas_target"),
        ({"bidding_method": "best"}, "error_param"),
        ({"bidding_method": "manual"}, "error_param"),
        ({"smart_creative_setting": "maybe"}, "error_param"),
        ({"item_id": 1}, "error_not_found"),
        ({"start_date": "2026-01-01"}, "error_param"),
    ],
)
def test_a_campaign_out_of_order_is_refused(
    shop: Caller, market: Market, product: Product, change: dict[str, Any], code: str
) -> None:
    days = {
        key: day(market, value) if key.endswith("date") and isinstance(value, int) else value
        for key, value in change.items()
    }
    assert create(shop, product, **days)["error"] == code
    assert market.default.campaigns == {}


@pytest.mark.parametrize(
    ("bids", "code"),
    [
        ({"selected_keywords": [KEYWORD | {"bid_price_per_click": 0.01}]}, "ads.keyword.price_too_low"),
        ({"selected_keywords": [KEYWORD | {"bid_price_per_click": 101}]}, "ads.keyword.price_too_high"),
        ({"selected_keywords": [KEYWORD | {"match_type": "wide"}]}, "error_param"),
        ({"discovery_ads_locations": [LOCATION | {"location": "front"}]}, "error_param"),
    ],
)
def test_bids_out_of_order_are_refused(
    shop: Caller, product: Product, bids: dict[str, Any], code: str
) -> None:
    assert create(shop, product, bidding_method="manual", **bids)["error"] == code


@pytest.mark.parametrize(
    ("state", "code"),
    [("unlisted", "ads.item.invalid_status"), ("banned", "ads.item.blocked_for_promotion")],
)
def test_only_what_is_on_sale_is_advertised(shop: Caller, product: Product, state: str, code: str) -> None:
    product.status = state
    assert create(shop, product)["error"] == code


def test_what_is_sold_out_or_on_holiday_is_not_advertised(
    shop: Caller, market: Market, product: Product
) -> None:
    product.variants[0].take(5)
    assert create(shop, product)["error"] == "ads.item.sold_out"
    market.default.native["holiday"] = True
    assert create(shop, product)["error"] == "ads.shop.in_holiday_mode"


def test_prices_are_whole_where_the_currency_has_no_cents(spec: ShopeeSpec | None) -> None:
    twin = open_twin("shopee", currency="VND")
    assert isinstance(twin, ShopeeTwin)
    product, caller = twin.market.add_product("MUG", stock=1), Caller(twin, spec)
    assert create(caller, product, budget=50000.5)["error"] == "ads.campaign.error_daily_budget_range"
    assert create(caller, product, budget=50000)["error"] == ""


# -- the calendar and the state


def test_a_campaign_goes_by_the_calendar(shop: Caller, market: Market, product: Product) -> None:
    campaign = created(shop, product, start_date=day(market, 1), end_date=day(market, 2))
    seen = [status(shop, campaign)]
    for _ in range(3):
        later(shop, days=1)
        seen.append(status(shop, campaign))
    assert seen == ["scheduled", "ongoing", "ongoing", "ended"]
    assert edit(shop, campaign, "change_budget", budget=5) == "ads.edit.invalid_action"


def test_a_scheduled_campaign_can_start_now(shop: Caller, market: Market, product: Product) -> None:
    campaign = created(shop, product, start_date=day(market, 1), end_date=day(market, 2))
    assert edit(shop, campaign, "start") == ""
    assert status(shop, campaign) == "ongoing"
    assert edit(shop, campaign, "start") == "ads.edit.invalid_action"


def test_pause_resume_stop_and_delete_follow_the_state(shop: Caller, product: Product) -> None:
    campaign = created(shop, product)
    seen = []
    for action in ("resume", "pause", "pause", "resume", "stop", "resume", "delete", "delete"):
        seen.append((edit(shop, campaign, action), status(shop, campaign)))
    bad = "ads.edit.invalid_action"
    assert seen == [
        (bad, "ongoing"),
        ("", "paused"),
        (bad, "paused"),
        ("", "ongoing"),
        ("", "ended"),
        (bad, "ended"),
        ("", "deleted"),
        (bad, "deleted"),
    ]


def test_a_campaign_without_its_item_is_closed(shop: Caller, product: Product) -> None:
    campaign = created(shop, product)
    product.status = "deleted"
    assert status(shop, campaign) == "closed"
    assert edit(shop, campaign, "pause") == "ads.edit.invalid_action"


def test_the_budget_is_changed_in_its_bounds(shop: Caller, product: Product) -> None:
    campaign = created(shop, product)
    assert edit(shop, campaign, "change_budget", budget=0.1) == "ads.campaign.error_daily_budget_range"
    assert edit(shop, campaign, "change_budget") == "error_param"
    assert edit(shop, campaign, "change_budget", budget=0) == ""
    assert settings(shop, campaign)["common_info"]["campaign_budget"] == 0


def test_the_duration_of_a_running_campaign_may_change(
    shop: Caller, market: Market, product: Product
) -> None:
    campaign = created(shop, product)
    later(shop, days=2)
    past = "ads.campaign.error_date_setting"
    assert edit(shop, campaign, "change_duration", end_date=day(market, -1)) == past
    assert edit(shop, campaign, "change_duration", end_date=day(market, 1)) == ""
    span = settings(shop, campaign)["common_info"]["campaign_duration"]
    assert span["end_time"] - span["start_time"] == 4 * 86400 - 1
    assert edit(shop, campaign, "change_duration") == ""
    assert settings(shop, campaign)["common_info"]["campaign_duration"]["end_time"] == 0


def test_each_bidding_has_its_own_edits(shop: Caller, product: Product) -> None:
    automatic, by_hand = created(shop, product), manual(shop, product)
    assert edit(shop, automatic, "change_roas_target", roas_target=3) == ""
    assert edit(shop, by_hand, "change_roas_target", roas_target=3) == "error_param"
    assert edit(shop, by_hand, "change_enhanced_cpc", enhanced_cpc=False) == ""
    assert edit(shop, automatic, "change_enhanced_cpc", enhanced_cpc=False) == "error_param"
    place = LOCATION | {"location": "you_may_also_like", "status": "inactive"}
    assert edit(shop, by_hand, "change_location", discovery_ads_locations=[place]) == ""
    odd = place | {"status": "asleep"}
    assert edit(shop, by_hand, "change_location", discovery_ads_locations=[odd]) == "error_param"
    assert edit(shop, by_hand, "change_smart_creative", smart_creative_setting="on") == ""
    bids = settings(shop, by_hand)["manual_bidding_info"]
    assert (bids["enhanced_cpc"], len(bids["discovery_ads_locations"])) == (False, 2)
    assert settings(shop, automatic)["auto_bidding_info"] == {"roas_target": 3}


def test_edits_know_their_campaign_and_words(shop: Caller, product: Product) -> None:
    campaign = created(shop, product)
    assert edit(shop, 1, "pause") == "ads.shop.campaign_not_match"
    assert edit(shop, campaign, "explode") == "error_param"
    assert edit(shop, campaign, "pause", reference_id="once") == ""
    assert edit(shop, campaign, "resume", reference_id="once") == "error_param"


# -- keywords


def keywords(shop: Caller, campaign: int, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "reference_id": f"k-{number()}",
        "campaign_id": campaign,
        "selected_keywords": list(rows),
    }
    reply: dict[str, Any] = shop.post("ads/edit_manual_product_ad_keywords", **(body | changes))
    return reply


def test_keywords_are_changed_one_by_one_and_failures_are_named(shop: Caller, product: Product) -> None:
    campaign = manual(shop, product)
    reply = keywords(
        shop,
        campaign,
        {"edit_action": "add", **KEYWORD},
        {"edit_action": "add", **KEYWORD, "keyword": "cup"},
        {"edit_action": "add", **KEYWORD, "keyword": "glass", "bid_price_per_click": 0.01},
        {"edit_action": "delete", "keyword": "bowl"},
        {"edit_action": "change_bid_price", "keyword": "mug", "bid_price_per_click": 0.3},
        {"edit_action": "change_match_type", "keyword": "mug", "match_type": "exact"},
        {"edit_action": "polish", "keyword": "mug"},
    )
    (row,) = reply["response"]
    assert [(one["keyword"], one["error"]) for one in row["failed_edits"]] == [
        ("mug", "ads.keyword.already_exists"),
        ("glass", "ads.keyword.price_too_low"),
        ("bowl", "ads.keyword.not_found"),
        ("mug", "ads.keyword.no_update"),
        ("mug", "error_param"),
    ]
    kept = {
        one["keyword"]: one for one in settings(shop, campaign)["manual_bidding_info"]["selected_keywords"]
    }
    assert kept.keys() == {"mug", "cup"}
    assert kept["mug"]["bid_price_per_click"] == 0.3


def test_a_deleted_keyword_can_be_restored(shop: Caller, product: Product) -> None:
    campaign = manual(shop, product)

    def state() -> str:
        (row,) = settings(shop, campaign)["manual_bidding_info"]["selected_keywords"]
        return str(row["status"])

    keywords(shop, campaign, {"edit_action": "delete", "keyword": "mug"})
    assert state() == "deleted"
    keywords(shop, campaign, {"edit_action": "restore", "keyword": "mug"})
    assert state() == "normal"


def test_keywords_want_a_living_campaign_with_manual_bids(shop: Caller, product: Product) -> None:
    row = {"edit_action": "delete", "keyword": "mug"}
    assert keywords(shop, created(shop, product), row)["error"] == "error_param"
    campaign = manual(shop, product)
    failed = keywords(shop, campaign, row | {"keyword": "bowl"}, reference_id="k")
    assert failed["error"] == ""
    assert keywords(shop, campaign, row, reference_id="k")["response"][0]["failed_edits"] == []
    assert keywords(shop, campaign, row, reference_id="k")["error"] == "error_param"
    edit(shop, campaign, "stop")
    assert keywords(shop, campaign, row)["error"] == "ads.edit.invalid_action"
