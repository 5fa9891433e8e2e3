"""Smart+ and GMV Max on the pretend TikTok: their own calls, keys and rights."""

from __future__ import annotations

import json
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


def smart_campaign(ads: AdsCaller, **values: Any) -> str:
    given = {"campaign_name": "Auto", "objective_type": "WEB_CONVERSIONS", "request_id": "1", "budget": 80}
    budget = {"budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"}
    return str(ads.post("/smart_plus/campaign/create/", **given | budget | values)["campaign_id"])


def smart_group(ads: AdsCaller, campaign: str, **values: Any) -> str:
    given = {
        "campaign_id": campaign, "adgroup_name": "All", "request_id": "2", "billing_event": "OCPM",
        "optimization_goal": "CONVERT", "promotion_type": "WEBSITE", "schedule_type": "SCHEDULE_FROM_NOW",
        "schedule_start_time": f"{ads.market.now():%Y-%m-%d %H:%M:%S}",
        "targeting_spec": {"location_ids": ["6252001"]}, **values,
    }  # fmt: skip
    return str(ads.post("/smart_plus/adgroup/create/", **given)["adgroup_id"])


def smart_ad(ads: AdsCaller, group: str, video: str) -> str:
    creatives = [{"creative_info": {"ad_format": "SINGLE_VIDEO", "video_info": {"video_id": video}}}]
    values = {"adgroup_id": group, "ad_name": "Mix", "creative_list": creatives}
    return str(ads.post("/smart_plus/ad/create/", **values)["smart_plus_ad_id"])


def test_smart_plus_has_lists_of_its_own(ads: AdsCaller) -> None:
    campaign = smart_campaign(ads, operation_status="DISABLE")
    group = smart_group(ads, campaign)
    ad = smart_ad(ads, group, ads.video())
    assert ads.get("/campaign/get/")["list"] == []
    listed = ads.get("/smart_plus/campaign/get/")["list"]
    assert [(one["campaign_id"], one["operation_status"]) for one in listed] == [(campaign, "DISABLE")]
    found = ads.get("/smart_plus/adgroup/get/", filtering={"campaign_ids": [campaign]})["list"]
    assert found[0]["adgroup_id"] == group
    shown = ads.get("/smart_plus/ad/get/", filtering={"smart_plus_ad_ids": [ad]})["list"][0]
    assert (shown["campaign_name"], shown["secondary_status"]) == ("Auto", "AD_STATUS_CAMPAIGN_DISABLE")
    assert ads.get("/smart_plus/ad/get/", filtering={"smart_plus_ad_ids": ["1"]})["list"] == []


def test_smart_plus_creates_want_a_key(ads: AdsCaller) -> None:
    with pytest.raises(Refusal) as caught:
        smart_campaign(ads, request_id=None)
    assert caught.value.code == 40002
    smart_campaign(ads)
    with pytest.raises(Refusal) as caught:
        smart_campaign(ads)
    assert caught.value.code == 40050


def test_smart_plus_objects_are_changed_and_switched(ads: AdsCaller) -> None:
    campaign = smart_campaign(ads)
    group = smart_group(ads, campaign)
    ads.post("/smart_plus/campaign/update/", campaign_id=campaign, budget=90)
    ads.post("/smart_plus/adgroup/update/", adgroup_id=group, adgroup_name="Everyone")
    assert refused(ads, "/smart_plus/campaign/update/", campaign_id=campaign, campaign_name="🎁") == 40002
    switched = ads.post(
        "/smart_plus/campaign/status/update/", campaign_ids=[campaign], operation_status="DISABLE"
    )
    assert switched["campaign_list"] == [{"campaign_id": campaign, "status": "DISABLE"}]
    both = {"adgroup_ids": [group, "1"], "operation_status": "DELETE"}
    assert refused(ads, "/smart_plus/adgroup/status/update/", **both) == 40007
    gone = ads.post("/smart_plus/adgroup/status/update/", adgroup_ids=[group], operation_status="DELETE")
    assert gone["adgroup_list"] == [{"adgroup_id": group, "status": "DELETE"}]
    assert ads.get("/smart_plus/adgroup/get/")["list"] == []


def test_two_writes_to_one_smart_plus_ad_need_five_seconds(ads: AdsCaller) -> None:
    ad = smart_ad(ads, smart_group(ads, smart_campaign(ads)), ads.video())
    ads.post("/smart_plus/ad/update/", smart_plus_ad_id=ad, ad_name="First")
    assert refused(ads, "/smart_plus/ad/update/", smart_plus_ad_id=ad, ad_name="Second") == 40202
    switch = {"smart_plus_ad_ids": [ad], "operation_status": "DISABLE"}
    assert refused(ads, "/smart_plus/ad/status/update/", **switch) == 40202
    assert ads.get("/smart_plus/ad/get/")["list"][0]["operation_status"] == "ENABLE"
    ads.market.advance(timedelta(seconds=6))
    assert ads.post("/smart_plus/ad/status/update/", **switch)["smart_plus_ad_ids"] == [ad]


def test_smart_plus_media_must_be_in_the_library(ads: AdsCaller) -> None:
    group = smart_group(ads, smart_campaign(ads))
    with pytest.raises(Refusal):
        smart_ad(ads, group, "v1")
    pictures = [{"creative_info": {"ad_format": "CAROUSEL_ADS", "image_info": [{"web_uri": "i1"}]}}]
    values = {"adgroup_id": group, "ad_name": "Mix", "creative_list": pictures}
    assert refused(ads, "/smart_plus/ad/create/", **values) == 40007


def gmv_fields(ads: AdsCaller, **values: Any) -> dict[str, Any]:
    return {
        "store_id": ads.account.store_id, "store_authorized_bc_id": ads.bc_id, "request_id": "5",
        "shopping_ads_type": "PRODUCT", "optimization_goal": "VALUE", "deep_bid_type": "VO_MIN_ROAS",
        "product_video_specific_type": "AUTO_SELECTION", "roas_bid": 3.5, "budget": 100,
        "schedule_type": "SCHEDULE_FROM_NOW", "campaign_name": "Max",
        "schedule_start_time": f"{ads.market.now():%Y-%m-%d %H:%M:%S}", **values,
    }  # fmt: skip


def gmv(ads: AdsCaller, **values: Any) -> str:
    return str(ads.post("/campaign/gmv_max/create/", **gmv_fields(ads, **values))["campaign_id"])


def take_right(ads: AdsCaller) -> None:
    shop = {"store_id": ads.account.store_id, "store_authorized_bc_id": ads.bc_id}
    ads.post("/gmv_max/exclusive_authorization/create/", **shop)


def test_gmv_max_needs_the_exclusive_right_first(ads: AdsCaller) -> None:
    with pytest.raises(Refusal) as caught:
        gmv(ads)
    assert caught.value.code == 40001
    shop = {"store_id": ads.account.store_id, "store_authorized_bc_id": ads.bc_id}
    before = ads.get("/gmv_max/exclusive_authorization/get/", **shop)
    assert before["authorization_status"] == "UNAUTHORIZED"
    assert ads.get("/gmv_max/store/list/")["store_list"][0]["exclusive_authorized_advertiser_info"] is None
    take_right(ads)
    store = ads.get("/gmv_max/store/list/")["store_list"][0]
    assert store["exclusive_authorized_advertiser_info"]["advertiser_id"] == ads.id
    assert gmv(ads)


def test_a_gmv_max_campaign_is_on_at_once_and_has_its_own_calls(ads: AdsCaller) -> None:
    take_right(ads)
    fields = gmv_fields(ads, operation_status="DISABLE")  # no such parameter: ignored
    made = json.loads(ads.send("POST", "/campaign/gmv_max/create/", **fields).content)
    key = made["data"]["campaign_id"]
    info = ads.get("/campaign/gmv_max/info/", campaign_id=key)
    assert (info["operation_status"], info["roas_bid"], info["product_specific_type"]) == (
        "ENABLE",
        3.5,
        "ALL",
    )
    only = {"gmv_max_promotion_types": ["PRODUCT_GMV_MAX"]}
    assert [one["campaign_id"] for one in ads.get("/gmv_max/campaign/get/", filtering=only)["list"]] == [key]
    for other in ({"gmv_max_promotion_types": ["LIVE_GMV_MAX"]}, {**only, "store_ids": ["1"]}):
        assert ads.get("/gmv_max/campaign/get/", filtering=other)["list"] == []
    assert ads.get("/campaign/get/")["list"] == []
    ads.post("/campaign/status/update/", campaign_ids=[key], operation_status="DISABLE")
    assert ads.get("/campaign/gmv_max/info/", campaign_id=key)["operation_status"] == "DISABLE"
    with pytest.raises(Refusal):
        ads.get("/campaign/gmv_max/info/", campaign_id="1")


def test_a_gmv_max_campaign_is_changed(ads: AdsCaller) -> None:
    take_right(ads)
    product = ads.market.add_product("TEE", stock=5)
    key = gmv(ads)
    ads.post(
        "/campaign/gmv_max/update/", campaign_id=key, roas_bid=4, budget=120, item_group_ids=[product.id]
    )
    info = ads.get("/campaign/gmv_max/info/", campaign_id=key)
    assert (info["roas_bid"], info["budget"], info["item_group_ids"]) == (4, 120, [product.id])
    assert info["product_specific_type"] == "CUSTOMIZED_PRODUCTS"
    assert refused(ads, "/campaign/gmv_max/update/", campaign_id=key, roas_bid=-1) == 40002


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"roas_bid": None}, 40002),
        ({"budget": None}, 40002),
        ({"store_id": "1"}, 40007),
        ({"store_authorized_bc_id": "1"}, 40001),
        ({"product_video_specific_type": None}, 40002),
        ({"shopping_ads_type": "LIVE"}, 40002),
        ({"product_specific_type": "CUSTOMIZED_PRODUCTS"}, 40002),
        ({"product_specific_type": "ALL", "item_group_ids": ["1"]}, 40002),
        ({"product_specific_type": "CUSTOMIZED_PRODUCTS", "item_group_ids": ["1"]}, 40007),
        ({"item_group_ids": ["1"] * 51}, 40011),
        ({"schedule_end_time": "2099-01-01 00:00:00"}, 40002),
        ({"request_id": None}, 40002),
    ],
)
def test_a_gmv_max_campaign_that_breaks_a_rule_is_refused(
    ads: AdsCaller, values: dict[str, Any], code: int
) -> None:
    take_right(ads)
    with pytest.raises(Refusal) as caught:
        gmv(ads, **values)
    assert caught.value.code == code


def test_the_shop_shows_its_products_and_which_are_taken(ads: AdsCaller) -> None:
    take_right(ads)
    dear = ads.market.add_product("COAT", stock=0, price=90, title="Warm coat")
    cheap = ads.market.add_product("TEE", stock=5, price=10)
    shop = {"bc_id": ads.bc_id, "store_id": ads.account.store_id}
    gmv(ads, product_specific_type="CUSTOMIZED_PRODUCTS", item_group_ids=[cheap.id])
    rows = ads.get("/store/product/get/", **shop, sort_field="min_price", sort_type="ASC")["store_products"]
    assert [one["item_group_id"] for one in rows] == [cheap.id, dear.id]
    assert [one["gmv_max_ads_status"] for one in rows] == ["OCCUPIED", "UNOCCUPIED"]
    assert [one["status"] for one in rows] == ["AVAILABLE", "NOT_AVAILABLE"]
    found = ads.get("/store/product/get/", **shop, filtering={"product_name": "warm"})["store_products"]
    assert [one["title"] for one in found] == ["Warm coat"]
    one = ads.get("/store/product/get/", **shop, filtering={"item_group_ids": [cheap.id]})["store_products"]
    assert [each["min_price"] for each in one] == ["10"]
    with pytest.raises(Refusal):
        ads.get("/store/product/get/", bc_id=ads.bc_id, store_id="1")
    assert ads.get("/store/list/")["stores"][0]["store_id"] == ads.account.store_id
    assert ads.get("/store/list/", store_id="1")["stores"] == []


def test_suggestions_and_checks_of_a_shop(ads: AdsCaller) -> None:
    product = ads.market.add_product("COAT", stock=3, price=90)
    shop = {"store_id": ads.account.store_id}
    ask = {"shopping_ads_type": "PRODUCT", "optimization_goal": "VALUE", "item_group_ids": [product.id]}
    assert ads.get("/gmv_max/bid/recommend/", **shop, **ask) == {"roas_bid": 4.5, "budget": 900}
    assert ads.get("/gmv_max/store/shop_ad_usage_check/", **shop)["promote_all_products_allowed"] is True
    who = ads.get("/gmv_max/identity/get/", **shop, store_authorized_bc_id=ads.bc_id)["identity_list"]
    assert [one["identity_type"] for one in who] == ["TT_USER"]
