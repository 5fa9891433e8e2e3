"""Ad sets of the pretend Meta: budgets, bids, goals, audiences."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.meta_ads_caller import AdsCaller, Refusal, open_ads, pushed, read, refused


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


def test_an_adset_shows_what_was_set_and_what_follows(ads: AdsCaller) -> None:
    campaign = ads.campaign()
    key = ads.adset(campaign, daily_budget=None, lifetime_budget=150000, end_time="2030-12-01T08:00:00+0000")
    found = ads.get(
        f"/{key}",
        fields="name,daily_budget,lifetime_budget,end_time,start_time,targeting,campaign{id,name},"
        "campaign_id,billing_event,bid_strategy,attribution_spec,destination_type,learning_stage_info",
    )
    assert (found["daily_budget"], found["lifetime_budget"]) == ("0", "150000")
    assert found["end_time"] == "2030-12-01T08:00:00+0000"
    assert found["campaign"] == {"id": campaign, "name": "Sale"}
    assert found["targeting"] == {"geo_locations": {"countries": ["US"]}}
    assert found["bid_strategy"] == "LOWEST_COST_WITHOUT_CAP"
    assert found["attribution_spec"][0] == {"event_type": "CLICK_THROUGH", "window_days": 7}
    assert found["learning_stage_info"]["status"] == "LEARNING"


US = {"geo_locations": {"countries": ["US"]}}


@pytest.mark.parametrize(
    ("given", "blamed"),
    [
        ({"name": ""}, "name"),
        ({"campaign_id": "12"}, "campaign_id"),
        ({"daily_budget": None}, "daily_budget"),
        ({"daily_budget": 5}, "daily_budget"),
        ({"daily_budget": None, "lifetime_budget": 5000}, "end_time"),
        ({"end_time": "2020-01-01T00:00:00+0000", "start_time": "2021-01-01T00:00:00+0000"}, "end_time"),
        ({"adset_schedule": [{"days": [1]}]}, "adset_schedule"),
        ({"billing_event": None}, "billing_event"),
        ({"optimization_goal": None}, "optimization_goal"),
        ({"optimization_goal": "OFFSITE_CONVERSIONS"}, "promoted_object"),
        ({"optimization_goal": "VALUE", "promoted_object": {"pixel_id": "1"}}, "promoted_object"),
        ({"promoted_object": {"page_id": "1"}}, "promoted_object"),
        ({"promoted_object": {"custom_event_type": "JOY"}}, "promoted_object"),
        ({"bid_strategy": "COST_CAP"}, "bid_amount"),
        ({"bid_amount": 100}, "bid_amount"),
        ({"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS"}, "bid_constraints"),
        (
            {
                "bid_strategy": "LOWEST_COST_WITH_MIN_ROAS",
                "bid_constraints": {"roas_average_floor": 20000},
            },
            "optimization_goal",
        ),
        ({"bid_constraints": {"roas_average_floor": 20000}}, "bid_constraints"),
        ({"targeting": None}, "targeting"),
        ({"targeting": {"age_min": 20}}, "targeting"),
        ({"targeting": {**US, "shoe_size": 44}}, "targeting"),
        ({"targeting": {"geo_locations": {"planets": ["Mars"]}}}, "targeting"),
        ({"targeting": {"geo_locations": ["US"]}}, "targeting"),
        ({"targeting": {"geo_locations": {"countries": ["USA"]}}}, "targeting"),
        ({"targeting": {**US, "age_min": 12}}, "targeting"),
        ({"targeting": {**US, "age_min": 40, "age_max": 30}}, "targeting"),
        ({"targeting": {**US, "genders": [3]}}, "targeting"),
        ({"targeting": {**US, "messenger_positions": ["story"]}}, "targeting"),
        ({"targeting": {**US, "custom_audiences": [{"id": "5"}]}}, "targeting"),
        ({"targeting": {"geo_locations": {"countries": ["DE"]}}}, "dsa_beneficiary"),
        ({"targeting": {"geo_locations": {"countries": ["DE"]}}, "dsa_beneficiary": "Me"}, "dsa_payor"),
    ],
)
def test_an_adset_that_breaks_a_rule_is_refused(ads: AdsCaller, given: dict[str, Any], blamed: str) -> None:
    campaign = ads.campaign()
    error = refused(ads.adset, campaign, **given)
    assert error.code == 100
    assert blamed in error.blamed
    assert ads.get(f"/{ads.act}/adsets")["data"] == []


def test_europe_wants_to_know_who_pays(ads: AdsCaller) -> None:
    europe = {"targeting": {"geo_locations": {"countries": ["DE"]}}}
    assert ads.adset(ads.campaign(), **europe, dsa_beneficiary="Me", dsa_payor="Me")
    ads.post(f"/{ads.act}", default_dsa_payor="Me", default_dsa_beneficiary="Me")
    assert ads.adset(ads.campaign(), **europe)


def test_goals_of_value_take_a_floor(ads: AdsCaller) -> None:
    key = ads.adset(
        ads.campaign(),
        optimization_goal="VALUE",
        bid_strategy="LOWEST_COST_WITH_MIN_ROAS",
        bid_constraints={"roas_average_floor": 20000},
        promoted_object={"pixel_id": ads.pixel, "custom_event_type": "PURCHASE"},
    )
    assert read(ads, key, "bid_constraints")["bid_constraints"] == {"roas_average_floor": 20000}


def test_the_budget_stands_at_the_campaign_or_at_its_adsets(ads: AdsCaller) -> None:
    campaign = ads.budgeted(bid_strategy="COST_CAP")
    assert "daily_budget" in refused(ads.adset, campaign, bid_amount=300).blamed
    assert refused(ads.adset, campaign, daily_budget=None).blamed == ["bid_amount"]
    other = {"daily_budget": None, "bid_strategy": "LOWEST_COST_WITHOUT_CAP"}
    assert refused(ads.adset, campaign, **other).blamed == ["bid_strategy"]
    key = ads.adset(campaign, daily_budget=None, bid_amount=300)
    assert read(ads, key, "bid_strategy", "bid_amount", "daily_budget") == {
        "id": key,
        "bid_strategy": "COST_CAP",
        "bid_amount": 300,
        "daily_budget": "0",
    }
    lifetime = ads.campaign(lifetime_budget=90000, is_adset_budget_sharing_enabled=None)
    assert refused(ads.adset, lifetime, daily_budget=None).blamed == ["end_time"]


def test_special_categories_bind_the_audience(ads: AdsCaller) -> None:
    campaign = ads.campaign(special_ad_categories=["HOUSING"])
    assert refused(ads.adset, campaign).code == 2909035
    automatic = {**US, "targeting_automation": {"advantage_audience": 0}}
    for narrowed in ({"age_min": 30}, {"genders": [1]}, {"geo_locations": {"zips": [{"key": "US:90210"}]}}):
        assert refused(ads.adset, campaign, targeting={**automatic, **narrowed}).code == 2909035
    assert ads.adset(campaign, targeting=automatic)
    assert ads.adset(ads.campaign(special_ad_categories=["NONE"]))


def test_targeting_is_replaced_whole(ads: AdsCaller) -> None:
    key = ads.adset(ads.campaign(), targeting={**US, "age_min": 21})
    ads.post(f"/{key}", targeting={"geo_locations": {"countries": ["CA"]}})
    assert read(ads, key, "targeting")["targeting"] == {"geo_locations": {"countries": ["CA"]}}
    assert refused(ads.post, f"/{key}", targeting={"age_min": 21}).subcode == 1885183


def test_adsets_are_listed_for_a_campaign(ads: AdsCaller) -> None:
    first, second = ads.campaign(), ads.campaign()
    mine, other = ads.adset(first), ads.adset(second)
    assert [row["id"] for row in ads.get(f"/{first}/adsets")["data"]] == [mine]
    assert {row["id"] for row in ads.get(f"/{ads.act}/adsets")["data"]} == {mine, other}
    condition = [{"field": "campaign.id", "operator": "EQUAL", "value": second}]
    assert [row["id"] for row in ads.get(f"/{ads.act}/adsets", filtering=condition)["data"]] == [other]
    ads.delete(f"/{mine}")
    assert ads.get(f"/{first}/adsets")["data"] == []


def test_a_catalog_campaign_needs_a_product_set(ads: AdsCaller) -> None:
    catalog = ads.seller.catalog.id
    campaign = ads.campaign(promoted_object={"product_catalog_id": catalog})
    goal = {"optimization_goal": "OFFSITE_CONVERSIONS"}
    assert refused(ads.adset, campaign, **goal, promoted_object={"pixel_id": ads.pixel}).code == 100
    rule = {"retailer_id": {"eq": "nothing-has-this"}}
    product_set = ads.post(f"/{catalog}/product_sets", name="Empty", filter=rule)["id"]
    promoted = {"product_set_id": product_set, "custom_event_type": "PURCHASE"}
    adset = ads.adset(campaign, **goal, promoted_object=promoted)
    found = read(ads, adset, "effective_status", "issues_info")
    assert found["effective_status"] == "WITH_ISSUES"
    assert found["issues_info"][0]["error_summary"] == "Product set is empty"
    with pytest.raises(Refusal):
        ads.delete(f"/{product_set}")
    ad = ads.ad(adset)
    ads.wait(61)
    (_, told) = pushed(ads)
    assert (told["field"], told["value"]["id"]) == ("with_issues_ad_objects", ad)
    assert told["value"]["error_summary"] == "Product set is empty"
    ads.delete(f"/{product_set}", allow_live_product_set_deletion=True)
    assert "issues_info" not in read(ads, adset, "issues_info")
