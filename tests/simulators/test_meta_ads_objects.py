"""Campaigns, ad sets, ads and creatives of the pretend Meta: rules, states, lists, copies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.meta_ads_caller import SPECS, AdsCaller, Refusal, open_ads


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


def refused(call: Any, *args: Any, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **given)
    return caught.value


def read(ads: AdsCaller, key: str, *fields: str) -> dict[str, Any]:
    return dict(ads.get(f"/{key}", fields=",".join(fields)))


def status(ads: AdsCaller, key: str) -> tuple[str, str]:
    found = read(ads, key, "status", "effective_status")
    return found["status"], found["effective_status"]


# -- the account


def test_an_account_tells_currency_zone_and_state(ads: AdsCaller) -> None:
    fields = (
        "account_id,currency,timezone_name,timezone_offset_hours_utc,account_status,amount_spent,owner,"
        "disable_reason,tos_accepted,min_daily_budget,created_time"
    )
    found = ads.get(f"/{ads.act}", fields=fields)
    assert found["id"] == f"act_{found['account_id']}"
    assert (found["currency"], found["account_status"], found["amount_spent"]) == ("USD", 1, "0")
    assert found["timezone_offset_hours_utc"] in (-7.0, -8.0)
    assert found["owner"] == ads.twin.business.id
    assert (found["disable_reason"], found["min_daily_budget"]) == (0, 100)
    ads.books.funded = False
    assert ads.get(f"/{ads.act}", fields="account_status")["account_status"] == 3


def test_accounts_are_listed_for_the_holder_of_the_token(ads: AdsCaller) -> None:
    (row,) = ads.get("/me/adaccounts", fields="id,account_id,currency")["data"]
    assert row["id"] == ads.act
    assert ads.get(f"/{ads.twin.business.id}/owned_ad_accounts")["data"][0]["id"] == ads.act
    assert ads.get(f"/{ads.twin.business.id}/client_ad_accounts")["data"] == []


def test_the_account_of_another_seller_is_as_good_as_none() -> None:
    ads = open_ads(accounts=2)
    other = ads.twin.sellers[1].asset("AdAccount").id
    error = refused(ads.get, f"/{other}/campaigns")
    assert (error.code, error.subcode) == (100, 33)


def test_an_account_can_be_renamed(ads: AdsCaller) -> None:
    assert ads.post(f"/{ads.act}", name="Mine", default_dsa_payor="Me") == {"success": True}
    assert read(ads, ads.act, "name")["name"] == "Mine"


def test_reading_needs_a_permission_and_writing_another(ads: AdsCaller) -> None:
    reader = AdsCaller(ads.twin, ("ads_read",))
    assert reader.get(f"/{ads.act}/campaigns")["data"] == []
    assert refused(reader.campaign).code == 200
    stranger = AdsCaller(ads.twin, ("pages_messaging",))
    assert refused(stranger.get, f"/{ads.act}/campaigns").code == 200


@pytest.mark.parametrize(("currency", "least"), [("USD", 100), ("JPY", 100), ("KRW", 1000), ("JOD", 100)])
def test_smallest_budgets_are_in_the_smallest_steps(currency: str, least: int) -> None:
    ads = open_ads(currency)
    (row,) = ads.get(f"/{ads.act}/minimum_budgets")["data"]
    assert (row["currency"], row["min_daily_budget_imp"]) == (currency, least)
    error = refused(ads.budgeted, daily_budget=least - 1)
    assert (error.code, error.subcode, error.blamed) == (100, 1885272, ["daily_budget"])


# -- campaigns


def test_a_campaign_is_on_unless_it_is_created_paused(ads: AdsCaller) -> None:
    assert status(ads, ads.campaign(status=None)) == ("ACTIVE", "ACTIVE")
    assert status(ads, ads.campaign(status="PAUSED")) == ("PAUSED", "PAUSED")
    assert {one.status for one in ads.seller.campaigns.values()} == {"active", "paused"}


def test_without_fields_only_the_id_is_told(ads: AdsCaller) -> None:
    key = ads.campaign()
    assert ads.get(f"/{key}") == {"id": key}
    assert ads.get(f"/{ads.act}/campaigns")["data"] == [{"id": key}]


def test_a_budget_is_a_text_of_the_smallest_steps(ads: AdsCaller) -> None:
    key = ads.budgeted()
    found = read(ads, key, "daily_budget", "lifetime_budget", "budget_remaining", "bid_strategy")
    assert found == {
        "id": key,
        "daily_budget": "5000",
        "budget_remaining": "5000",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
    }
    assert ads.seller.campaigns[key].budget == 50
    today = ads.books.today()
    ads.market.record_ads(key, today, "12.34", 0)
    assert read(ads, key, "budget_remaining")["budget_remaining"] == "3766"
    assert read(ads, ads.act, "amount_spent")["amount_spent"] == "1234"


def test_yen_have_no_smaller_step() -> None:
    ads = open_ads("JPY")
    key = ads.budgeted(daily_budget=5000)
    assert ads.seller.campaigns[key].budget == 5000


@pytest.mark.parametrize(
    ("given", "blamed"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 401}, "name"),
        ({"objective": "CONVERSIONS"}, "objective"),
        ({"objective": None}, "objective"),
        ({"is_adset_budget_sharing_enabled": None}, "is_adset_budget_sharing_enabled"),
        ({"daily_budget": 500, "is_adset_budget_sharing_enabled": True}, "is_adset_budget_sharing_enabled"),
        ({"daily_budget": 500, "lifetime_budget": 500}, "daily_budget"),
        ({"bid_strategy": "COST_CAP"}, "bid_strategy"),
        ({"special_ad_categories": ["NONE", "HOUSING"]}, "special_ad_categories"),
        ({"promoted_object": {"product_catalog_id": "1"}}, "promoted_object"),
        ({"status": "ARCHIVED"}, "status"),
        ({"start_time": 1795262400, "stop_time": 1795262400}, "stop_time"),
    ],
)
def test_a_campaign_that_breaks_a_rule_is_refused(ads: AdsCaller, given: dict[str, Any], blamed: str) -> None:
    error = refused(ads.campaign, **given)
    assert error.code == 100
    assert blamed in error.blamed
    assert ads.get(f"/{ads.act}/campaigns")["data"] == []


@pytest.mark.parametrize(
    "given",
    [
        {"special_ad_categories": None},
        {"special_ad_categories": ["GAMES"]},
        {"objective": "WORLD_PEACE"},
        {"daily_budget": -5},
        {"daily_budget": "5.50"},
        {"start_time": "tomorrow"},
    ],
)
def test_what_the_interface_data_rules_out_is_refused(ads: AdsCaller, given: dict[str, Any]) -> None:
    assert refused(ads.campaign, **given).code == 100


def test_a_call_can_only_be_checked(ads: AdsCaller) -> None:
    only = {"execution_options": ["validate_only"]}
    assert ads.campaign(**only) == "None"
    assert refused(ads.campaign, **only, name="").code == 100
    campaign, adset, ad = ads.tree()
    assert ads.adset(campaign, **only) == "None"
    assert ads.creative(**only) == "None"
    assert ads.ad(adset, **only) == "None"
    assert ads.post(f"/{campaign}", name="Other", **only) == {"success": True}
    assert read(ads, campaign, "name")["name"] == "Sale"
    assert [len(ads.get(f"/{ads.act}/{edge}")["data"]) for edge in ("campaigns", "adsets", "ads")] == [
        1,
        1,
        1,
    ]
    assert ad


def test_a_campaign_is_changed_field_by_field(ads: AdsCaller) -> None:
    key = ads.budgeted()
    ads.wait(60)
    assert ads.post(f"/{key}", name="Better", daily_budget=6000) == {"success": True}
    found = read(ads, key, "name", "daily_budget", "created_time", "updated_time", "advantage_state_info")
    assert (found["name"], found["daily_budget"]) == ("Better", "6000")
    assert found["created_time"] < found["updated_time"]
    assert found["updated_time"].endswith("+0000")
    assert found["advantage_state_info"]["advantage_budget_state"] == "ENABLED"
    assert refused(ads.post, f"/{key}", objective="OUTCOME_TRAFFIC").blamed == ["objective"]
    assert "daily_budget" in refused(ads.post, f"/{key}", lifetime_budget=9000).blamed


def test_what_is_deleted_stays_readable_and_is_listed_only_when_asked_for(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    other = ads.campaign(name="Other")
    assert ads.delete(f"/{campaign}") == {"success": True}
    assert status(ads, campaign) == ("DELETED", "DELETED")
    assert (status(ads, adset), status(ads, ad)) == (("ACTIVE", "DELETED"), ("ACTIVE", "DELETED"))
    assert [row["id"] for row in ads.get(f"/{ads.act}/campaigns")["data"]] == [other]
    asked = ads.get(f"/{ads.act}/campaigns", effective_status=["DELETED", "ARCHIVED"])
    assert [row["id"] for row in asked["data"]] == [campaign]
    assert ads.delete(f"/{campaign}") == {"success": True}
    assert refused(ads.post, f"/{campaign}", status="ACTIVE").code == 100
    assert ads.post(f"/{campaign}", name="Gone") == {"success": True}
    assert refused(ads.adset, campaign).blamed == ["campaign_id"]


def test_what_is_archived_can_only_be_renamed_or_deleted(ads: AdsCaller) -> None:
    key = ads.budgeted()
    ads.post(f"/{key}", status="ARCHIVED")
    assert ads.seller.campaigns[key].status == "archived"
    assert refused(ads.post, f"/{key}", status="ACTIVE").code == 100
    assert refused(ads.post, f"/{key}", daily_budget=7000).code == 100
    ads.post(f"/{key}", name="Old", status="ARCHIVED")
    ads.post(f"/{key}", status="DELETED")
    assert status(ads, key) == ("DELETED", "DELETED")


def test_lists_are_filtered_and_paged() -> None:
    ads = open_ads(page_size=2)
    keys = []
    for at in range(5):
        keys.append(ads.campaign(name=f"Campaign {at}", status="PAUSED" if at % 2 else "ACTIVE"))
        ads.wait(10)
    path = f"/{ads.act}/campaigns"
    assert [row["id"] for row in ads.rows(path)] == keys[::-1]
    assert [row["id"] for row in ads.rows(path, effective_status=["PAUSED"])] == [keys[3], keys[1]]

    def found(field: str, operator: str, value: Any) -> list[str]:
        condition = {"field": field, "operator": operator, "value": value}
        return [row["id"] for row in ads.rows(path, filtering=[condition])][::-1]

    made = ads.twin.nodes[keys[2]].created
    assert found("name", "CONTAIN", "campaign 3") == [keys[3]]
    assert found("name", "NOT_CONTAIN", "3") == [*keys[:3], keys[4]]
    assert found("name", "STARTS_WITH", "Camp") == keys
    assert found("id", "IN", keys[:2]) == keys[:2]
    assert found("id", "NOT_IN", keys[:2]) == keys[2:]
    assert found("campaign.name", "EQUAL", "Campaign 0") == keys[:1]
    assert found("name", "NOT_EQUAL", "Campaign 0") == keys[1:]
    assert found("updated_time", "GREATER_THAN", int(made)) == keys[2:]
    assert found("updated_time", "GREATER_THAN_OR_EQUAL", made + 1) == keys[3:]
    assert found("created_time", "LESS_THAN", "2000-01-01T00:00:00+0000") == []
    assert found("created_time", "LESS_THAN_OR_EQUAL", made) == keys[:3]
    assert found("created_time", "IN_RANGE", [made - 1, made + 1]) == [keys[2]]
    assert found("created_time", "NOT_IN_RANGE", [made - 1, made + 1]) == [*keys[:2], *keys[3:]]
    assert found("daily_budget", "GREATER_THAN", 1) == []


@pytest.mark.parametrize(
    "filtering",
    [
        "nonsense",
        {"field": "name"},
        [{"field": "name", "operator": "EQUAL"}],
        [{"field": "name", "operator": "SOUNDS_LIKE", "value": "x"}],
        [{"field": "colour", "operator": "EQUAL", "value": "x"}],
        [{"field": "id", "operator": "IN", "value": "x"}],
        [{"field": "created_time", "operator": "LESS_THAN", "value": "soon"}],
    ],
)
def test_a_filter_that_is_none_is_refused(ads: AdsCaller, filtering: Any) -> None:
    ads.campaign()
    assert refused(ads.get, f"/{ads.act}/campaigns", filtering=filtering).code == 100


def test_a_field_that_does_not_exist_is_refused(ads: AdsCaller) -> None:
    error = refused(read, ads, ads.campaign(), "colour")
    assert "nonexisting field (colour)" in str(error)


# -- ad sets


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


# -- creatives and ads


def test_a_creative_shows_what_it_was_built_of(ads: AdsCaller) -> None:
    link = {"link": "https://shop.example/", "message": "Hi", "call_to_action": {"type": "SHOP_NOW"}}
    instagram = ads.seller.asset("IGUser").id
    story = {"page_id": ads.page, "instagram_user_id": instagram, "link_data": link}
    key = ads.creative(name="Nice", object_story_spec=story)
    found = ads.get(
        f"/{key}",
        fields="id,name,status,object_type,object_story_spec,call_to_action_type,effective_object_story_id",
    )
    assert found["object_story_spec"] == story
    assert (found["status"], found["object_type"]) == ("ACTIVE", "SHARE")
    assert found["call_to_action_type"] == "SHOP_NOW"
    assert found["effective_object_story_id"].startswith(f"{ads.page}_")


def story(ads: AdsCaller, **parts: Any) -> dict[str, Any]:
    return {"object_story_spec": {"page_id": ads.page, **parts}}


def test_a_creative_that_breaks_a_rule_is_refused(ads: AdsCaller) -> None:
    link = {"link": "https://shop.example/"}
    bad: list[dict[str, Any]] = [
        {"object_story_spec": None},
        {"object_story_spec": [1]},
        {"object_story_spec": {"page_id": "1", "link_data": link}},
        story(ads),
        story(ads, link_data=link, text_data={"message": "x"}),
        story(ads, link_data={"message": "no link"}),
        story(ads, link_data={**link, "call_to_action": {"type": "JUMP"}}),
        story(ads, link_data={**link, "image_hash": "0"}),
        story(ads, link_data={**link, "child_attachments": [{"image_hash": "0"}]}),
        story(ads, video_data={"video_id": "0", "image_url": "https://x.example/x.png"}),
        story(ads, template_data={**link, "message": "x"}),
        story(ads, link_data=link, instagram_actor_id="1"),
        story(ads, link_data=link, instagram_user_id="1"),
        {**story(ads, link_data=link), "product_set_id": "1"},
        {**story(ads, link_data=link), "object_story_id": "1_2"},
        {**story(ads, link_data=link), "instagram_actor_id": "1"},
        {"object_story_spec": None, "object_story_id": "1_2"},
        {"object_story_spec": None, "source_instagram_media_id": "1"},
    ]
    for given in bad:
        assert refused(ads.creative, **given).code == 100, given
    assert ads.get(f"/{ads.act}/adcreatives")["data"] == []


def test_a_video_creative_needs_a_thumbnail(ads: AdsCaller) -> None:
    video = ads.post(f"/{ads.act}/advideos", file_url="https://x.example/v.mp4")["id"]
    assert refused(ads.creative, **story(ads, video_data={"video_id": video})).code == 100
    key = ads.creative(**story(ads, video_data={"video_id": video, "image_url": "https://x.example/x.png"}))
    assert read(ads, key, "object_type")["object_type"] == "VIDEO"


def test_a_post_that_exists_can_be_advertised(ads: AdsCaller) -> None:
    post = ads.market.post("Look at this")
    key = ads.creative(object_story_spec=None, object_story_id=post)
    found = read(ads, key, "object_story_id", "effective_object_story_id")
    assert found["object_story_id"] == found["effective_object_story_id"] == post


def test_a_creative_is_never_changed_but_for_its_name(ads: AdsCaller) -> None:
    key = ads.creative()
    assert ads.post(f"/{key}", name="Renamed") == {"success": True}
    assert read(ads, key, "name")["name"] == "Renamed"
    assert refused(ads.post, f"/{key}", object_story_spec={}).blamed == ["object_story_spec"]


def test_a_creative_in_use_is_not_deleted(ads: AdsCaller) -> None:
    key = ads.creative()
    ad = ads.ad(ads.adset(ads.campaign()), creative={"creative_id": key})
    assert refused(ads.delete, f"/{key}").code == 100
    ads.delete(f"/{ad}")
    assert ads.delete(f"/{key}") == {"success": True}
    assert ads.get(f"/{ads.act}/adcreatives")["data"] == []
    group = ads.adset(ads.campaign())
    assert refused(ads.ad, group, creative={"creative_id": key}).blamed == ["creative"]


def test_an_ad_is_reviewed_before_it_is_shown(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    assert status(ads, ad) == ("ACTIVE", "PENDING_REVIEW")
    ads.wait(61)
    assert status(ads, ad) == ("ACTIVE", "ACTIVE")
    ads.books.funded = False
    assert status(ads, ad) == ("ACTIVE", "PENDING_BILLING_INFO")
    ads.books.funded = True
    ads.post(f"/{adset}", status="PAUSED")
    assert (status(ads, adset)[1], status(ads, ad)[1]) == ("PAUSED", "ADSET_PAUSED")
    ads.post(f"/{campaign}", status="PAUSED")
    assert (status(ads, adset)[1], status(ads, ad)[1]) == ("CAMPAIGN_PAUSED", "CAMPAIGN_PAUSED")
    ads.post(f"/{campaign}", status="ACTIVE")
    ads.post(f"/{adset}", status="ACTIVE")
    ads.post(f"/{ad}", status="PAUSED")
    assert status(ads, ad) == ("PAUSED", "PAUSED")


def test_a_bad_ad_is_disapproved_with_a_reason(ads: AdsCaller) -> None:
    ad = ads.ad(ads.adset(ads.campaign()), name="Counterfeit bags")
    assert "ad_review_feedback" not in read(ads, ad, "ad_review_feedback")
    ads.wait(61)
    assert status(ads, ad) == ("ACTIVE", "DISAPPROVED")
    assert "global" in read(ads, ad, "ad_review_feedback")["ad_review_feedback"]


def pushed(ads: AdsCaller) -> list[dict[str, Any]]:
    """The changes that were told of the ad account."""
    bodies = [json.loads(one.body) for one in ads.market.pushes()]
    return [
        change for body in bodies if body["object"] == "ad_account" for change in body["entry"][0]["changes"]
    ]


def test_the_end_of_a_review_is_told(ads: AdsCaller) -> None:
    group = ads.adset(ads.campaign())
    good, bad = ads.ad(group), ads.ad(group, name="Counterfeit bags")
    assert pushed(ads) == []
    ads.wait(61)
    assert pushed(ads) == [
        {"field": "in_process_ad_objects", "value": {"id": good, "level": "AD", "status_name": "Active"}},
        {"field": "in_process_ad_objects", "value": {"id": bad, "level": "AD", "status_name": "Disapproved"}},
    ]
    ads.post(f"/{good}", creative={"creative_id": ads.creative()})
    ads.wait(30)
    ads.post(f"/{good}", creative={"creative_id": ads.creative()})
    ads.wait(61)
    assert len(pushed(ads)) == 3


def test_an_app_is_put_on_an_account_and_taken_off(ads: AdsCaller) -> None:
    path, app = f"/{ads.act}/subscribed_apps", ads.twin.apps[0].app_id
    ads.tree()
    assert [row["id"] for row in ads.get(path)["data"]] == [app]
    assert ads.delete(path) == {"success": True}
    ads.wait(61)
    assert pushed(ads) == []
    assert ads.post(path, app_id=app) == {"success": True}
    assert [row["id"] for row in ads.get(path)["data"]] == [app]
    assert refused(ads.post, path, app_id="5").code == 101


def test_an_ad_tells_its_creative_and_what_stands_above(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    found = ads.get(
        f"/{ad}", fields="id,adset_id,campaign_id,creative{object_story_spec},adset{name},account_id"
    )
    assert (found["adset_id"], found["campaign_id"]) == (adset, campaign)
    assert found["creative"]["object_story_spec"]["page_id"] == ads.page
    assert found["adset"]["name"] == "Everyone"
    for key in (campaign, adset):
        assert [row["id"] for row in ads.get(f"/{key}/ads")["data"]] == [ad]
    for key in (adset, ad):
        assert [row["id"] for row in ads.get(f"/{key}/adcreatives")["data"]] == [found["creative"]["id"]]
    condition = [{"field": "adset.name", "operator": "EQUAL", "value": "Everyone"}]
    assert [row["id"] for row in ads.get(f"/{ads.act}/ads", filtering=condition)["data"]] == [ad]


def test_another_creative_has_an_ad_reviewed_again(ads: AdsCaller) -> None:
    _, _, ad = ads.tree()
    ads.wait(61)
    other = ads.creative(name="Other")
    assert ads.post(f"/{ad}", creative={"creative_id": other}, name="New name") == {"success": True}
    assert status(ads, ad) == ("ACTIVE", "PENDING_REVIEW")
    assert read(ads, ad, "creative")["creative"]["id"] == other
    ads.wait(61)
    ads.post(f"/{ad}", name="Newer name")
    assert status(ads, ad) == ("ACTIVE", "ACTIVE")


def test_an_ad_can_build_its_creative(ads: AdsCaller) -> None:
    spec = {"name": "Inline", **story(ads, link_data={"link": "https://shop.example/"})}
    ad = ads.ad(ads.adset(ads.campaign()), creative=spec)
    assert ads.get(f"/{ad}", fields="creative{name}")["creative"]["name"] == "Inline"


def test_an_ad_that_breaks_a_rule_is_refused(ads: AdsCaller) -> None:
    adset = ads.adset(ads.campaign())
    assert refused(ads.ad, adset, name="").code == 100
    assert refused(ads.ad, adset, name=None).code == 100
    assert refused(ads.ad, adset, creative=None).code == 100
    assert refused(ads.ad, adset, creative=[1]).code == 100
    assert refused(ads.ad, "12").blamed == ["adset_id"]
    assert refused(ads.ad, adset, creative={"creative_id": "1"}).blamed == ["creative"]
    assert ads.get(f"/{ads.act}/ads")["data"] == []


# -- copies


def test_a_copy_is_paused_and_named_after_its_source(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    answer = ads.post(f"/{campaign}/copies", deep_copy=True)
    copied = answer["copied_campaign_id"]
    assert [one["ad_object_type"] for one in answer["ad_object_ids"]] == ["campaign", "ad_set", "ad"]
    assert [one["source_id"] for one in answer["ad_object_ids"]] == [campaign, adset, ad]
    assert read(ads, copied, "name", "status", "source_campaign_id") == {
        "id": copied,
        "name": "Sale - Copy",
        "status": "PAUSED",
        "source_campaign_id": campaign,
    }
    assert [row["id"] for row in ads.get(f"/{campaign}/copies")["data"]] == [copied]
    (below,) = ads.get(f"/{copied}/adsets", fields="name")["data"]
    assert below["name"] == "Everyone"


def test_a_copy_can_be_put_elsewhere_and_renamed(ads: AdsCaller) -> None:
    _, adset, ad = ads.tree()
    other = ads.campaign(name="Other")
    options = {"rename_strategy": "DEEP_RENAME", "rename_prefix": "2 ", "rename_suffix": ""}
    answer = ads.post(
        f"/{adset}/copies",
        campaign_id=other,
        deep_copy=True,
        rename_options=options,
        status_option="INHERITED_FROM_SOURCE",
        start_time="2030-01-01T00:00:00+0000",
    )
    copied = answer["copied_adset_id"]
    found = read(ads, copied, "name", "status", "campaign_id", "start_time")
    assert (found["name"], found["status"], found["campaign_id"]) == ("2 Everyone", "ACTIVE", other)
    assert found["start_time"] == "2030-01-01T00:00:00+0000"
    assert ads.get(f"/{copied}/ads", fields="name")["data"][0]["name"] == "2 Ad"
    single = ads.post(f"/{ad}/copies", adset_id=copied, rename_options={"rename_strategy": "NO_RENAME"})
    assert read(ads, single["copied_ad_id"], "name", "adset_id")["adset_id"] == copied
    assert refused(ads.post, f"/{adset}/copies", campaign_id="12").blamed == ["campaign_id"]


def test_a_deep_copy_of_too_much_is_refused(ads: AdsCaller) -> None:
    campaign, adset, _ = ads.tree()
    ads.ad(adset)
    ads.ad(adset)
    error = refused(ads.post, f"/{campaign}/copies", deep_copy=True)
    assert (error.subcode, error.blamed) == (1885194, ["deep_copy"])
    assert len(ads.get(f"/{ads.act}/campaigns")["data"]) == 1
    assert ads.post(f"/{campaign}/copies")["copied_campaign_id"]


# -- the interface data


@pytest.mark.skipif(not SPECS.is_dir(), reason="the vendor's interface data is not at hand")
def test_states_and_fields_are_those_of_the_interface_data(ads: AdsCaller) -> None:
    keys = dict(zip(("Campaign", "AdSet", "Ad"), ads.tree(), strict=True))
    enums = {one["name"]: one["values"] for one in json.loads((SPECS / "enum_types.json").read_text())}
    for kind, key in keys.items():
        names = [one["name"] for one in json.loads((SPECS / f"{kind}.json").read_text())["fields"]]
        found = ads.get(f"/{key}", fields=",".join(names))
        assert found["status"] in enums[f"{kind}_status"]
        assert found["effective_status"] in enums[f"{kind}_effective_status"]
        assert found.keys() <= {*names, "id"}


SAMPLES = SPECS.parents[2] / "samples/meta"


def shape(value: Any) -> Any:
    """What kinds of values a sample holds; lists are told by their first element."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value[:1]] if isinstance(value, list) else type(value).__name__


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand")
def test_objects_look_like_the_samples(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    budgeted = ads.budgeted(promoted_object={"product_catalog_id": ads.seller.catalog.id})
    (listed,) = json.loads((SAMPLES / "campaigns_list.json").read_text())["data"]
    found = read(ads, budgeted, *listed)
    assert shape(found) == shape(listed)
    sample = json.loads((SAMPLES / "adset.json").read_text())
    found = read(ads, adset, *sample)
    assert found.keys() | {"bid_amount", "end_time", "promoted_object"} == sample.keys()
    assert all(shape(found[name]) == shape(sample[name]) for name in found if name != "targeting")
    sample = json.loads((SAMPLES / "ad.json").read_text())
    found = read(ads, ad, *sample)
    assert found.keys() | {"issues_info"} == sample.keys()
    assert campaign == found["campaign_id"]
