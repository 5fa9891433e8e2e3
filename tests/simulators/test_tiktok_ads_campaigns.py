"""Campaigns, ad groups and ads of the pretend TikTok: rules, states, lists, switches, review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.support.tiktok_ads_caller import AdsCaller, Refusal, open_ads


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


def refused(ads: AdsCaller, path: str, **values: Any) -> int:
    with pytest.raises(Refusal) as caught:
        ads.post(path, **values)
    return caught.value.code


def group_refused(ads: AdsCaller, campaign: str, **values: Any) -> int:
    with pytest.raises(Refusal) as caught:
        ads.adgroup(campaign, **values)
    return caught.value.code


def row(ads: AdsCaller, level: str, key: str, **more: Any) -> dict[str, Any]:
    filtering = {f"{level}_ids": [key], **more}
    found = ads.get(f"/{level}/get/", filtering=filtering)["list"]
    assert [one[f"{level}_id"] for one in found] == [key]
    return dict(found[0])


def test_a_campaign_is_on_unless_it_is_created_paused(ads: AdsCaller) -> None:
    on = row(ads, "campaign", ads.campaign())
    off = row(ads, "campaign", ads.campaign(operation_status="DISABLE"))
    assert (on["operation_status"], on["secondary_status"]) == ("ENABLE", "CAMPAIGN_STATUS_ENABLE")
    assert (off["operation_status"], off["secondary_status"]) == ("DISABLE", "CAMPAIGN_STATUS_DISABLE")
    assert on["budget"] == 50
    assert on["create_time"] == f"{ads.market.now():%Y-%m-%d %H:%M:%S}"
    assert {one.status for one in ads.account.campaigns.values()} == {"active", "paused"}


@pytest.mark.parametrize(
    "values",
    [
        {"campaign_name": "Sale 🎁"},
        {"campaign_name": "  "},
        {"campaign_name": "夏" * 257},
        {"objective_type": "WORLD_PEACE"},
        {"budget_mode": "BUDGET_MODE_HOURLY"},
        {"budget": 0},
        {"budget": 10.001},
        {"budget": -5},
        {"budget_mode": "BUDGET_MODE_INFINITE", "budget": 5},
        {"operation_status": "DELETE"},
        {"request_id": "abc"},
        {"request_id": str(2**64)},
    ],
)
def test_a_campaign_that_breaks_a_rule_is_refused(ads: AdsCaller, values: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        ads.campaign(**values)
    assert caught.value.code == 40002
    assert ads.get("/campaign/get/")["list"] == []


def test_money_without_decimals_is_whole() -> None:
    ads = open_ads(currency="IDR")
    with pytest.raises(Refusal):
        ads.campaign(budget=500_000.5)
    assert ads.campaign(budget=500_000)


def test_a_request_id_is_refused_twice_within_ten_seconds_and_forgotten_then(ads: AdsCaller) -> None:
    ads.campaign(request_id="12")
    with pytest.raises(Refusal) as caught:
        ads.campaign(request_id="12")
    assert caught.value.code == 40050
    ads.market.advance(timedelta(seconds=11))
    ads.campaign(request_id="12")
    assert ads.get("/campaign/get/")["page_info"]["total_number"] == 2


def test_pages_count_from_one_and_say_how_many_there_are(ads: AdsCaller) -> None:
    keys = [ads.campaign(campaign_name=f"C{number}") for number in range(5)]
    last = ads.get("/campaign/get/", page=3, page_size=2)
    assert [one["campaign_id"] for one in last["list"]] == keys[4:]
    assert last["page_info"] == {"page": 3, "page_size": 2, "total_number": 5, "total_page": 3}
    ads.twin.page_size = 1
    assert len(ads.get("/campaign/get/", page_size=1000)["list"]) == 1


def test_campaigns_are_filtered_and_trimmed(ads: AdsCaller) -> None:
    first = ads.campaign(campaign_name="Summer sale")
    ads.market.advance(timedelta(hours=1))
    second = ads.campaign(campaign_name="Winter", objective_type="REACH", operation_status="DISABLE")
    edge = f"{ads.market.now() - timedelta(minutes=5):%Y-%m-%d %H:%M:%S}"

    def listed(**filtering: Any) -> list[str]:
        return [one["campaign_id"] for one in ads.get("/campaign/get/", filtering=filtering)["list"]]

    assert listed(campaign_name="Summer") == [first]
    assert listed(objective_type="REACH") == [second]
    assert listed(primary_status="STATUS_DELIVERY_OK") == [first]
    assert listed(primary_status="STATUS_DISABLE") == [second]
    assert listed(primary_status="STATUS_ALL") == [first, second]
    assert listed(secondary_status="CAMPAIGN_STATUS_DISABLE") == [second]
    assert listed(secondary_status="CAMPAIGN_STATUS_NOT_DELETE") == [first, second]
    assert listed(creation_filter_start_time=edge) == [second]
    assert listed(creation_filter_end_time=edge) == [first]
    with pytest.raises(Refusal):
        listed(creation_filter_end_time="yesterday")
    few = ads.get("/campaign/get/", fields=["campaign_id", "app_id"])["list"][0]
    assert few == {"campaign_id": first, "app_id": None}
    bare = ads.get("/campaign/get/", exclude_field_types_in_response=["NULL_FIELD"])["list"][0]
    assert "app_id" not in bare


def test_name_and_budget_of_a_campaign_change_and_the_rest_stays(ads: AdsCaller) -> None:
    key = ads.campaign()
    ads.market.advance(timedelta(hours=1))
    ads.post("/campaign/update/", campaign_id=key, campaign_name="New", budget=75.5)
    found = row(ads, "campaign", key)
    assert (found["campaign_name"], found["budget"], found["objective_type"]) == ("New", 75.5, "TRAFFIC")
    assert found["modify_time"] > found["create_time"]
    assert refused(ads, "/campaign/update/", campaign_id=key, campaign_name="") == 40002
    assert refused(ads, "/campaign/update/", campaign_id=key, budget=0) == 40002
    assert refused(ads, "/campaign/update/", campaign_id="1", campaign_name="X") == 40007


def test_switching_is_all_or_nothing_and_deleting_is_final(ads: AdsCaller) -> None:
    key = ads.campaign()
    path = "/campaign/status/update/"
    assert refused(ads, path, campaign_ids=[key, "1"], operation_status="DISABLE") == 40007
    assert row(ads, "campaign", key)["operation_status"] == "ENABLE"
    done = ads.post(path, campaign_ids=[key], operation_status="DISABLE")
    assert done["status"] == "DISABLE"
    assert refused(ads, path, campaign_ids=[key]) == 40002
    assert refused(ads, path, campaign_ids=[], operation_status="ENABLE") == 40011
    assert refused(ads, path, campaign_ids=[key] * 21, operation_status="ENABLE") == 40011
    assert refused(ads, path, campaign_ids=[key], operation_status="PAUSE") == 40002
    ads.post(path, campaign_ids=[key], operation_status="DELETE")
    assert ads.get("/campaign/get/")["list"] == []
    gone = row(ads, "campaign", key, primary_status="STATUS_DELETE")
    assert gone["secondary_status"] == "CAMPAIGN_STATUS_DELETE"
    assert refused(ads, path, campaign_ids=[key], operation_status="ENABLE") == 40002


def test_a_spent_budget_stops_what_is_below(ads: AdsCaller) -> None:
    campaign = ads.campaign(budget=50)
    group = ads.adgroup(campaign)
    ads.market.record_ads(campaign, ads.market.now().astimezone().date() - timedelta(days=9), "500", 0)
    assert row(ads, "campaign", campaign)["secondary_status"] == "CAMPAIGN_STATUS_ENABLE"
    today = ads.market.now().date()
    for day in (today - timedelta(days=1), today):
        ads.market.record_ads(campaign, day, "50", 0)
    assert row(ads, "campaign", campaign)["secondary_status"] == "CAMPAIGN_STATUS_BUDGET_EXCEED"
    assert row(ads, "adgroup", group)["secondary_status"] == "ADGROUP_STATUS_CAMPAIGN_EXCEED"
    whole = ads.campaign(budget_mode="BUDGET_MODE_TOTAL", budget=10)
    ads.market.record_ads(whole, today - timedelta(days=40), 10, 0)
    found = row(ads, "campaign", whole, primary_status="STATUS_NOT_DELIVERY")
    assert found["secondary_status"] == "CAMPAIGN_STATUS_BUDGET_EXCEED"


def test_an_ad_group_tells_where_it_hangs(ads: AdsCaller) -> None:
    campaign = ads.campaign(campaign_name="Holiday")
    group = row(ads, "adgroup", ads.adgroup(campaign))
    assert (group["campaign_id"], group["campaign_name"]) == (campaign, "Holiday")
    assert group["secondary_status"] == "ADGROUP_STATUS_DELIVERY_OK"
    assert group["location_ids"] == ["6252001"]
    listed = ads.get("/adgroup/get/", filtering={"campaign_ids": ["1"]})["list"]
    assert listed == []


@pytest.mark.parametrize(
    "values",
    [
        {"promotion_type": ""},
        {"location_ids": []},
        {"billing_event": "CPX"},
        {"optimization_goal": "LUCK"},
        {"schedule_type": "SCHEDULE_START_END"},
        {"schedule_start_time": "2026-01-01"},
        {"schedule_type": "SCHEDULE_START_END", "schedule_end_time": "2020-01-01 00:00:00"},
        {"bid_type": "BID_TYPE_CUSTOM"},
        {"bid_type": "BID_TYPE_CUSTOM", "billing_event": "OCPM", "bid_price": 1},
        {"bid_price": 1},
        {"deep_bid_type": "VO_MIN_ROAS"},
        {"budget": 0},
        {"dayparting": "1" * 48},
    ],
)
def test_an_ad_group_that_breaks_a_rule_is_refused(ads: AdsCaller, values: dict[str, Any]) -> None:
    assert group_refused(ads, ads.campaign(), **values) == 40002


def test_bids_follow_what_is_billed(ads: AdsCaller) -> None:
    campaign = ads.campaign()
    capped = ads.adgroup(campaign, bid_type="BID_TYPE_CUSTOM", bid_price=0.5)
    cost = ads.adgroup(campaign, bid_type="BID_TYPE_CUSTOM", billing_event="OCPM", conversion_bid_price=4)
    roas = ads.adgroup(campaign, deep_bid_type="VO_MIN_ROAS", roas_bid=2.5, dayparting="01" * 168)
    assert row(ads, "adgroup", capped)["bid_price"] == 0.5
    assert row(ads, "adgroup", cost)["conversion_bid_price"] == 4
    assert row(ads, "adgroup", roas)["roas_bid"] == 2.5


def test_a_group_without_a_budget_needs_one_at_the_campaign(ads: AdsCaller) -> None:
    none = {"budget_mode": "BUDGET_MODE_INFINITE", "budget": 0}
    assert group_refused(ads, ads.campaign(**none), **none) == 40002
    shared = ads.campaign(budget_optimize_on=True)
    assert group_refused(ads, shared) == 40002
    assert row(ads, "adgroup", ads.adgroup(shared, **none))["budget_mode"] == "BUDGET_MODE_INFINITE"


def test_groups_wait_for_their_start_end_with_it_and_stop_without_money(ads: AdsCaller) -> None:
    begin, end = (f"{ads.market.now() + timedelta(days=days):%Y-%m-%d %H:%M:%S}" for days in (1, 3))
    when = {"schedule_type": "SCHEDULE_START_END", "schedule_start_time": begin, "schedule_end_time": end}
    group = ads.adgroup(ads.campaign(), **when)
    ad = ads.ad(group)
    ads.market.advance(timedelta(hours=1))
    assert row(ads, "adgroup", group)["secondary_status"] == "ADGROUP_STATUS_NOT_START"
    ads.market.advance(timedelta(days=1))
    ads.account.balance -= ads.account.balance
    assert row(ads, "ad", ad)["secondary_status"] == "AD_STATUS_BALANCE_EXCEED"
    ads.market.advance(timedelta(days=2))
    assert (
        row(ads, "adgroup", group, primary_status="STATUS_TIME_DONE")["secondary_status"]
        == "ADGROUP_STATUS_TIME_DONE"
    )
    assert row(ads, "ad", ad)["secondary_status"] == "AD_STATUS_DONE"


def test_a_group_is_changed_field_by_field(ads: AdsCaller) -> None:
    group = ads.adgroup(ads.campaign())
    ads.post("/adgroup/update/", adgroup_id=group, adgroup_name="Women", gender="GENDER_FEMALE")
    found = row(ads, "adgroup", group)
    assert (found["adgroup_name"], found["billing_event"], found["gender"]) == (
        "Women",
        "CPC",
        "GENDER_FEMALE",
    )
    assert refused(ads, "/adgroup/update/", adgroup_id=group, audience_ids=["1"]) == 40007
    assert refused(ads, "/adgroup/update/", adgroup_id="1") == 40007


def test_budgets_of_several_groups_are_partly_done(ads: AdsCaller) -> None:
    group = ads.adgroup(ads.campaign())
    path = "/adgroup/budget/update/"
    assert ads.post(path, budget=[{"adgroup_id": group, "budget": 30}])["adgroup_ids"] == [group]
    both = [{"adgroup_id": group, "budget": 35}, {"adgroup_id": "1", "budget": 35}]
    with pytest.raises(Refusal) as caught:
        ads.post(path, budget=both)
    assert (caught.value.code, caught.value.data["adgroup_ids"]) == (20001, [group])
    assert row(ads, "adgroup", group)["budget"] == 35
    assert refused(ads, path, budget=both[1:]) == 40007


def test_groups_are_switched_partly_where_that_is_allowed(ads: AdsCaller) -> None:
    group = ads.adgroup(ads.campaign())
    values = {"adgroup_ids": [group, "1"], "operation_status": "DISABLE"}
    assert refused(ads, "/adgroup/status/update/", **values) == 40007
    with pytest.raises(Refusal) as caught:
        ads.post("/adgroup/status/update/", **values, allow_partial_success=True)
    assert caught.value.code == 20001
    assert caught.value.data["error_list"][0]["adgroup_id"] == "1"
    assert row(ads, "adgroup", group)["secondary_status"] == "ADGROUP_STATUS_DISABLE"


def test_an_ad_is_reviewed_and_then_shown(ads: AdsCaller) -> None:
    ad = ads.ad(ads.adgroup(ads.campaign()))
    found = row(ads, "ad", ad)
    assert found["secondary_status"] == "AD_STATUS_AUDIT"
    assert (found["adgroup_name"], found["campaign_name"]) == ("Everyone", "Holiday")
    ads.market.advance(timedelta(minutes=2))
    assert row(ads, "ad", ad)["secondary_status"] == "AD_STATUS_DELIVERY_OK"


def test_an_ad_with_a_forbidden_word_falls_through_the_review(ads: AdsCaller) -> None:
    ad = ads.ad(ads.adgroup(ads.campaign()), ad_text="Counterfeit bags")
    ads.market.advance(timedelta(minutes=2))
    assert row(ads, "ad", ad)["secondary_status"] == "AD_STATUS_AUDIT_DENY"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"ad_name": ""}, 40002),
        ({"ad_format": "HOLOGRAM"}, 40002),
        ({"call_to_action": "RUN"}, 40002),
        ({"landing_page_url": "example.com"}, 40002),
        ({"identity_id": "nobody"}, 40007),
        ({"video_id": "v1"}, 40007),
        ({"video_id": None}, 40002),
        ({"ad_format": "SINGLE_IMAGE"}, 40002),
        ({"ad_format": "SINGLE_IMAGE", "image_ids": ["i1"]}, 40007),
        ({"tiktok_item_id": "5"}, 40002),
        ({"operation_status": "DELETE"}, 40002),
    ],
)
def test_a_creative_that_breaks_a_rule_is_refused(ads: AdsCaller, values: dict[str, Any], code: int) -> None:
    group = ads.adgroup(ads.campaign())
    with pytest.raises(Refusal) as caught:
        ads.ad(group, **values)
    assert caught.value.code == code
    assert ads.get("/ad/get/")["list"] == []


def test_a_post_becomes_an_ad_under_the_name_of_its_account(ads: AdsCaller) -> None:
    group, who = ads.adgroup(ads.campaign()), ads.account.identities[1]
    post = ads.market.post("New in")
    named = {"identity_type": "TT_USER", "identity_id": who["identity_id"], "video_id": None}
    assert row(ads, "ad", ads.ad(group, **named, tiktok_item_id=post))["tiktok_item_id"] == post
    with pytest.raises(Refusal):
        ads.ad(group, **named, tiktok_item_id="1")


def test_no_more_than_twenty_creatives_come_at_once(ads: AdsCaller) -> None:
    group, creative = ads.adgroup(ads.campaign()), ads.creative(video_id=ads.video())
    assert refused(ads, "/ad/create/", adgroup_id=group, creatives=[creative] * 21) == 40002
    made = ads.post("/ad/create/", adgroup_id=group, creatives=[creative] * 20)
    assert len(made["ad_ids"]) == 20


def test_an_ad_is_patched_or_written_anew(ads: AdsCaller) -> None:
    group = ads.adgroup(ads.campaign())
    ad = ads.ad(group)
    ads.market.advance(timedelta(minutes=2))
    patch = {"adgroup_id": group, "patch_update": True}
    ads.post("/ad/update/", **patch, creatives=[{"ad_id": ad, "ad_text": "Winter sale"}])
    found = row(ads, "ad", ad)
    assert (found["ad_text"], found["call_to_action"]) == ("Winter sale", "SHOP_NOW")
    assert found["secondary_status"] == "AD_STATUS_AUDIT"
    whole = ads.creative(ad_id=ad, video_id=found["video_id"])
    del whole["call_to_action"]
    ads.post("/ad/update/", adgroup_id=group, creatives=[whole])
    assert row(ads, "ad", ad)["call_to_action"] is None
    ads.post("/ad/update/", adgroup_id=group, creatives=[whole])
    other = ads.adgroup(ads.campaign())
    assert refused(ads, "/ad/update/", adgroup_id=other, creatives=[{"ad_id": ad}]) == 40007


def test_what_stands_above_decides_below(ads: AdsCaller) -> None:
    campaign = ads.campaign()
    group = ads.adgroup(campaign)
    ad = ads.ad(group)
    ads.market.advance(timedelta(minutes=2))
    edge = f"{ads.market.now():%Y-%m-%d %H:%M:%S}"
    ads.post("/adgroup/status/update/", adgroup_ids=[group], operation_status="DISABLE")
    assert row(ads, "ad", ad)["secondary_status"] == "AD_STATUS_ADGROUP_DISABLE"
    ads.post("/campaign/status/update/", campaign_ids=[campaign], operation_status="DISABLE")
    assert row(ads, "ad", ad)["secondary_status"] == "AD_STATUS_CAMPAIGN_DISABLE"
    ads.post("/ad/status/update/", ad_ids=[ad], operation_status="DISABLE")
    assert row(ads, "ad", ad, modified_after=edge)["secondary_status"] == "AD_STATUS_DISABLE"
    ads.post("/campaign/status/update/", campaign_ids=[campaign], operation_status="DELETE")
    assert ads.get("/ad/get/")["list"] == []
    assert (
        row(ads, "ad", ad, primary_status="STATUS_DELETE")["secondary_status"] == "AD_STATUS_CAMPAIGN_DELETE"
    )
    assert refused(ads, "/ad/status/update/", ad_ids=[ad], operation_status="ENABLE") == 40002


def test_identities_are_listed_by_kind_and_added(ads: AdsCaller) -> None:
    made = ads.post("/identity/create/", display_name="Brand", image_uri="https://example.com/b.png")
    custom = ads.get("/identity/get/", identity_type="CUSTOMIZED_USER")["identity_list"]
    assert made["identity_id"] in [one["identity_id"] for one in custom]
    assert len(ads.get("/identity/get/")["identity_list"]) == 3
