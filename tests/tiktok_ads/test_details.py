"""The rest of the rules: rows of every shape, changes that are refused, lists by id and by parent."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from tests.tiktok_ads.wire import Wire, ad, campaign, group, page, refusal

from socialcommerce import Money, errors
from socialcommerce.models.ads import (
    AdGroupInput,
    AdInput,
    Bid,
    Budget,
    CampaignInput,
    Delivery,
    Hours,
    Keyword,
    LaunchPlan,
    Schedule,
    Targeting,
)
from socialcommerce.models.creatives import Built, CatalogCreative, ExistingPost
from socialcommerce.models.media import Media
from socialcommerce.models.product import Ref

REGIONS = Targeting(regions=["1"])
DAILY = Budget(kind="daily", amount=Money("20", "USD"))


def read(**fields: Any) -> Any:
    wire = Wire()
    wire["/adgroup/get/"] = page(group("11", **fields))
    return wire.client().ads.ad_groups.get("11").settings


@pytest.mark.parametrize(
    ("row", "bid"),
    [
        ({"bid_type": "BID_TYPE_NO_BID", "billing_event": "OCPM"}, Bid("auto", billing_event="impressions")),
        ({"bid_type": "BID_TYPE_CUSTOM", "bid_price": 0.5}, Bid("bid_cap", Money("0.5", "USD"))),
        ({"bid_type": "BID_TYPE_CUSTOM", "conversion_bid_price": 2}, Bid("cost_cap", Money("2", "USD"))),
        ({"deep_bid_type": "VO_HIGHEST_VALUE"}, Bid("highest_value")),
        ({"deep_bid_type": "VO_MIN_ROAS", "roas_bid": 2.5}, Bid("target_roas")),
        ({"bid_type": "BRAND_NEW"}, Bid("other")),
        ({}, None),
    ],
)
def test_bids_are_read(row: dict[str, Any], bid: Bid | None) -> None:
    assert read(**row).bid == bid


def test_the_week_and_the_ages_are_read_back_as_they_were_written() -> None:
    marks = "1" * 48 + "0" * 16 + "1" * 8 + "0" * 264
    settings = read(
        dayparting=marks, schedule_start_time="2025-11-01 00:00:00", schedule_type="SCHEDULE_FROM_NOW"
    )
    assert settings.schedule.hours == (
        Hours(weekday=0),
        Hours(weekday=1, start=time(8), end=time(12)),
    )
    assert read(age_groups=["AGE_55_100"]).targeting.age_min == 55
    gap = read(age_groups=["AGE_18_24", "AGE_55_100"]).targeting
    assert (gap.age_min, gap.native["age_groups"]) == (None, ["AGE_18_24", "AGE_55_100"])
    words = read(search_keywords=[{"keyword": "tea", "match_type": "PRECISE_WORD", "keyword_bid": 1}])
    assert words.targeting.keywords == (Keyword("tea", "exact", Money("1", "USD")),)


@pytest.mark.parametrize(
    ("row", "goal"),
    [
        ({"optimization_goal": "CONVERT", "optimization_event": "ON_WEB_CART"}, "add_to_cart"),
        ({"optimization_goal": "CONVERT", "optimization_event": "SHOPPING"}, "purchases"),
        ({"optimization_goal": "CONVERT", "optimization_event": "FORM"}, "other"),
        ({"optimization_goal": "BRAND_NEW"}, "other"),
    ],
)
def test_goals_are_read(row: dict[str, Any], goal: str) -> None:
    assert read(**row).goal == goal


def test_a_word_that_is_new_does_no_harm() -> None:
    wire = Wire()
    row = campaign(
        "1", operation_status="NEW", secondary_status="NEW", objective_type="NEW", budget_mode="NEW"
    )
    wire["/campaign/get/"] = page(row)
    one = wire.client().ads.campaigns.get("1")
    assert (one.status, one.native_status, one.delivery, one.settings.objective) == (
        "other",
        "NEW",
        "other",
        "other",
    )
    assert one.budget is None


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"delivery": Delivery(objective="leads")}, errors.Unsupported),
        ({"delivery": Delivery(goal="clicks")}, errors.InvalidRequest),
        ({"delivery": Delivery(targeting=Targeting(placements=["P"]))}, errors.InvalidRequest),
        ({"delivery": Delivery(bid=Bid(billing_event="clicks"))}, errors.InvalidRequest),
        (
            {"delivery": Delivery(schedule=Schedule(end=datetime(2020, 1, 1, tzinfo=UTC)))},
            errors.InvalidRequest,
        ),
        (
            {"delivery": Delivery(schedule=Schedule(hours=[Hours(weekday=0, start=time(8, 15))]))},
            errors.InvalidRequest,
        ),
        (
            {"delivery": Delivery(targeting=Targeting(keywords=[Keyword("x", negative=True)]))},
            errors.InvalidRequest,
        ),
        ({"target_roas": Decimal("1.234")}, errors.InvalidRequest),
        ({"budget": None}, errors.Unsupported),
        ({"name": ""}, errors.InvalidRequest),
        ({"status": "ended"}, errors.Unsupported),
    ],
)
def test_changes_of_an_ad_group_that_are_refused(changes: dict[str, Any], kind: type[Exception]) -> None:
    wire = Wire()
    wire["/adgroup/get/"] = page(group("11"))
    with pytest.raises(kind):
        wire.client().ads.ad_groups.update("11", **changes)
    assert "/adgroup/update/" not in wire.paths()


def test_an_ad_group_is_rescheduled_and_a_smart_one_has_a_spec() -> None:
    wire = Wire()
    wire["/adgroup/get/"] = page(group("11"))
    wire["/adgroup/update/"] = {}
    end = Schedule(end=datetime(2026, 1, 1, tzinfo=UTC))
    client = wire.client()
    client.ads.ad_groups.update("11", delivery=Delivery(schedule=end))
    body = wire.body("/adgroup/update/")
    assert (body["schedule_type"], "schedule_start_time" in body) == ("SCHEDULE_START_END", False)
    wire["/adgroup/get/"] = page()
    wire["/smart_plus/adgroup/get/"] = page(group("31"))
    wire["/smart_plus/adgroup/update/"] = {}
    client.ads.ad_groups.update(
        "31", delivery=Delivery(targeting=REGIONS, bid=Bid("cost_cap", Money("2", "USD")))
    )
    body = wire.body("/smart_plus/adgroup/update/")
    assert (body["targeting_spec"]["location_ids"], body["conversion_bid_price"]) == (["1"], 2)


def test_a_smart_ad_group_is_made() -> None:
    wire = Wire()
    wire["/smart_plus/campaign/get/"] = page(campaign("3", objective_type="WEB_CONVERSIONS"))
    wire["/smart_plus/adgroup/create/"] = {"adgroup_id": "31"}
    wire["/smart_plus/adgroup/get/"] = page(group("31", campaign_id="3"))
    plan = AdGroupInput(
        name="G", campaign_id="3", delivery=Delivery(goal="purchases", targeting=REGIONS), budget=DAILY
    )
    assert wire.client().ads.ad_groups.create(plan, idempotency_key="77").id == "31"
    body = wire.body("/smart_plus/adgroup/create/")
    assert (body["request_id"], body["targeting_spec"]["location_ids"]) == ("77", ["1"])
    assert body["optimization_event"] == "SHOPPING"


@pytest.mark.parametrize(
    ("goal", "bid", "wanted"),
    [
        ("value", Bid("highest_value"), {"bid_type": "BID_TYPE_NO_BID", "deep_bid_type": "VO_HIGHEST_VALUE"}),
        ("value", Bid("target_roas"), {"bid_type": "BID_TYPE_CUSTOM", "deep_bid_type": "VO_MIN_ROAS"}),
        (
            "purchases",
            Bid("cost_cap", Money("3", "USD")),
            {"billing_event": "OCPM", "conversion_bid_price": 3},
        ),
        ("conversations", Bid(), {"promotion_type": "LEAD_GEN_CLICK_TO_TT_DIRECT_MESSAGE"}),
    ],
)
def test_bids_are_written(goal: Any, bid: Bid, wanted: dict[str, Any]) -> None:
    wire = Wire()
    wire["/campaign/get/"] = page(campaign("1"))
    wire["/adgroup/create/"] = {"adgroup_id": "11"}
    wire["/adgroup/get/"] = page(group("11"))
    roas = Decimal("2.5") if bid.strategy == "target_roas" else None
    delivery = Delivery(goal=goal, bid=bid, targeting=REGIONS)
    plans = [AdGroupInput(name=name, campaign_id="1", target_roas=roas, delivery=delivery) for name in "AB"]
    result = wire.client().ads.ad_groups.create(plans, idempotency_key="k")
    assert result.ok
    body = wire.body("/adgroup/create/")
    assert {name: body[name] for name in wanted} == wanted
    assert wire.body("/adgroup/create/", 0)["request_id"] != wire.body("/adgroup/create/", 1)["request_id"]


def test_ads_are_listed_by_their_parents_and_time() -> None:
    wire = Wire()
    wire["/ad/get/"] = page(ad("21", modify_time="2025-11-02 09:30:00"), ad("22", adgroup_id="12"))
    since = datetime(2025, 11, 1, tzinfo=UTC)
    found = wire.client().ads.ads.list(ad_group="11", updated_after=since).collect()
    assert [one.id for one in found] == ["21"]
    assert wire.query("/ad/get/")["filtering"] == {
        "adgroup_ids": ["11"],
        "modified_after": "2025-11-01 00:00:00",
    }


def test_an_ad_of_that_name_is_taken_where_a_key_says_so() -> None:
    wire = Wire()
    wire["/adgroup/get/"] = page(group("11"))
    wire["/ad/get/"] = page(ad("21", ad_name="Tea"))
    plan = AdInput(name="Tea", ad_group_id="11", creative=ExistingPost("750"))
    assert wire.client().ads.ads.create(plan, idempotency_key="k").id == "21"
    with pytest.raises(errors.NotFound):
        wire.client().ads.ads.create(plan.model_copy(update={"ad_group_id": "404"}))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"creative": None}, errors.InvalidRequest),
        ({"delivery": Delivery(goal="clicks")}, errors.Unsupported),
        ({"name": "🎁"}, errors.InvalidRequest),
    ],
)
def test_changes_of_an_ad_that_are_refused(changes: dict[str, Any], kind: type[Exception]) -> None:
    wire = Wire()
    wire["/ad/get/"] = page(ad("21"))
    with pytest.raises(kind):
        wire.client().ads.ads.update("21", **changes)


def test_native_words_change_an_ad_and_two_films_do_not_fit() -> None:
    wire = Wire()
    wire["/ad/get/"] = page(ad("21"))
    wire["/adgroup/get/"] = page(group("11"))
    wire["/ad/update/"] = {}
    client = wire.client()
    client.ads.ads.update("21", native={"music_id": "m1"})
    assert wire.body("/ad/update/")["creatives"] == [{"ad_id": "21", "music_id": "m1"}]
    client.ads.ads.update(
        "21", creative=CatalogCreative("s", {"dynamic_format": "X"}, native={"identity_type": "TT_USER"})
    )
    assert wire.body("/ad/update/")["creatives"][0]["dynamic_format"] == "X"
    client.ads.ads.update("21", creative=CatalogCreative("s", "vp1", native={"identity_type": "TT_USER"}))
    assert wire.body("/ad/update/")["creatives"][0]["shopping_ads_video_package_id"] == "vp1"
    films = Built([Media.from_id("1", kind="video"), Media.from_id("2", kind="video")])
    with pytest.raises(errors.InvalidRequest, match="one film"):
        client.ads.ads.update("21", creative=films)


GMV = {"campaign_id": "4", "campaign_name": "GMV", "budget": 20, "roas_bid": 3, "operation_status": "ENABLE"}


def test_a_gmv_max_campaign_is_changed() -> None:
    wire = Wire()
    wire["/campaign/gmv_max/info/"] = GMV
    wire["/campaign/gmv_max/update/"] = {}
    client = wire.client()
    end = Delivery(schedule=Schedule(end=datetime(2026, 1, 1, tzinfo=UTC)))
    client.ads.campaigns.update("4", target_roas=Decimal("4"), budget=DAILY, delivery=end)
    body = wire.body("/campaign/gmv_max/update/")
    assert (body["roas_bid"], body["budget"], body["schedule_end_time"]) == (4, 20, "2026-01-01 00:00:00")
    with pytest.raises(errors.InvalidRequest):
        client.ads.campaigns.update("4", delivery=Delivery(schedule=Schedule(hours=[Hours(weekday=0)])))
    with pytest.raises(errors.Unsupported):
        client.ads.campaigns.update("4", delivery=Delivery(goal="clicks"))
    with pytest.raises(errors.InvalidRequest, match="cannot be changed"):
        client.ads.campaigns.update("4", colour="red")


def test_a_target_roas_of_an_ordinary_campaign_belongs_to_its_groups() -> None:
    wire = Wire()
    wire["/campaign/get/"] = page(campaign("1"))
    with pytest.raises(errors.Unsupported):
        wire.client().ads.campaigns.update("1", target_roas=Decimal("4"))


def test_a_check_asks_whether_value_is_open_and_the_account_runs() -> None:
    wire = Wire()
    wire["/tool/vbo_status/"] = {"min_roas": "NOT_ALLOWED"}
    plan = LaunchPlan(
        campaign=CampaignInput(name="C", delivery=Delivery(objective="conversions")),
        ad_groups=[AdGroupInput(name="G", delivery=Delivery(goal="value", targeting=REGIONS))],
    )
    found = wire.client().ads.check(plan)
    assert [one.field for one in found.problems] == ["delivery.goal"]
    row = {"advertiser_id": "1", "currency": "USD", "timezone": "UTC", "status": "STATUS_LIMIT"}
    wire["/advertiser/info/"] = {"list": [row]}
    assert [one.field for one in wire.client().ads.check(CampaignInput(name="C")).problems] == [
        "delivery.objective",
        "account",
    ]


def test_a_check_tells_a_country_and_a_shop_that_are_not_there() -> None:
    wire = Wire()
    wire["/tool/region/"] = {"region_info": []}
    groups = [AdGroupInput(name="G", delivery=Delivery(goal="clicks", targeting=Targeting(countries=["AQ"])))]
    top = CampaignInput(name="C", delivery=Delivery(objective="traffic"))
    assert not wire.client().ads.check(LaunchPlan(campaign=top, ad_groups=groups))
    wire["/gmv_max/store/list/"] = {"store_list": []}
    shop = CampaignInput(name="C", kind="shop_gmv_max", budget=DAILY, target_roas=Decimal(3))
    found = wire.client(store_id="9").ads.check(shop)
    assert [one.field for one in found.problems] == ["native.store_id"]


def test_products_and_groups_of_a_gmv_max_plan() -> None:
    wire = Wire()
    shop = {"name": "C", "kind": "shop_gmv_max", "budget": DAILY, "target_roas": Decimal(3)}
    for wrong in ([Ref(sku="TS-1")], [Ref(product_id=str(number)) for number in range(51)]):
        with pytest.raises(errors.InvalidRequest):
            wire.client().ads.campaigns.create(CampaignInput(**shop, products=wrong), may_spend=True)
    tree = LaunchPlan(campaign=CampaignInput(**shop), ad_groups=[AdGroupInput(name="G")])
    with pytest.raises(errors.Unsupported):
        wire.client().ads.launch(tree, may_spend=True)
    ads = LaunchPlan(
        campaign=CampaignInput(name="C", delivery=Delivery(objective="catalog_sales")),
        ads=[AdInput(name="A", creative=ExistingPost("1"))],
    )
    with pytest.raises(errors.InvalidRequest, match="ad_groups"):
        wire.client().ads.launch(ads)


def test_a_launch_that_never_began_says_so_plainly() -> None:
    wire = Wire()
    wire["/campaign/create/"] = refusal(40002, "no")
    with pytest.raises(errors.InvalidRequest):
        wire.client().ads.launch(
            LaunchPlan(campaign=CampaignInput(name="C", delivery=Delivery(objective="traffic")))
        )


def test_an_ad_account_is_chosen_or_the_only_one() -> None:
    wire = Wire()
    wire["/advertiser/info/"] = {"list": []}
    with pytest.raises(errors.NotFound):
        wire.client().for_account("9").ads.campaigns.get("1")
    bare = wire.client(advertiser_id=None, access_token="")
    with pytest.raises(errors.ConfigurationError):
        bare.ads.campaigns.get("1")


BASE: dict[str, Any] = {"name": "C", "kind": "shop_gmv_max", "budget": DAILY, "target_roas": Decimal(3)}


@pytest.mark.parametrize(
    "changes",
    [
        {
            "kind": "auto",
            "delivery": Delivery(objective="leads"),
            "budget": Budget(kind="unlimited"),
            "target_roas": None,
        },
        {"kind": "standard", "delivery": Delivery(objective="other"), "target_roas": None},
        {
            "kind": "standard",
            "delivery": Delivery(objective="traffic"),
            "target_roas": None,
            "products": [Ref(product_id="1")],
        },
        {"budget": Budget(kind="lifetime", amount=Money("9", "USD"))},
        {"delivery": Delivery(objective="traffic")},
        {"target_roas": Decimal("3.125")},
    ],
)
def test_more_plans_that_are_not_sent(changes: dict[str, Any]) -> None:
    wire = Wire()
    with pytest.raises((errors.InvalidRequest, errors.Unsupported)):
        wire.client().ads.campaigns.create(CampaignInput(**BASE | changes), may_spend=True)
    assert set(wire.paths()) <= {"/advertiser/info/"}


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "draft"},
        {"products": [Ref(product_id="1")]},
        {
            "target_roas": Decimal(2),
            "delivery": Delivery(goal="clicks", bid=Bid("highest_value"), targeting=REGIONS),
        },
        {"campaign_id": "4"},
        {"campaign_id": None},
    ],
)
def test_more_ad_groups_that_are_not_sent(changes: dict[str, Any]) -> None:
    wire = Wire()
    wire["/campaign/get/"] = page(campaign("1"))
    wire["/campaign/gmv_max/info/"] = GMV
    given: dict[str, Any] = {
        "name": "G",
        "campaign_id": "1",
        "delivery": Delivery(goal="clicks", targeting=REGIONS),
    }
    with pytest.raises((errors.InvalidRequest, errors.Unsupported)):
        wire.client().ads.ad_groups.create(AdGroupInput(**given | changes))
    assert "/adgroup/create/" not in wire.paths()


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "draft"},
        {"delivery": Delivery(goal="clicks")},
        {"creative": None, "products": [Ref(product_id="1")]},
    ],
)
def test_more_ads_that_are_not_sent(changes: dict[str, Any]) -> None:
    wire = Wire()
    wire["/adgroup/get/"] = page(group("11"))
    given: dict[str, Any] = {"name": "A", "ad_group_id": "11", "creative": ExistingPost("1")}
    with pytest.raises(errors.Unsupported):
        wire.client().ads.ads.create(AdInput(**given | changes))
