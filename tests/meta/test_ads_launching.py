"""Whole trees, asking first, advice, and what can be targeted, on Meta."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.meta.ads_wire import (
    CREATIVES,
    DAILY,
    GROUPS,
    IMAGES,
    LISTING,
    NONE,
    SINGLE,
    AdsWire,
    ad,
    campaign,
    group,
    ready,
    refusal,
    rows,
)
from tests.meta.wire import AD

from socialcommerce import Money, errors
from socialcommerce.models.ads import (
    AdGroupInput,
    AdInput,
    Bid,
    CampaignInput,
    Delivery,
    LaunchPlan,
    Schedule,
    Targeting,
)
from socialcommerce.models.creatives import Built, CatalogCreative, ExistingPost
from socialcommerce.models.media import Media

PNG = b"\x89PNG\r\n\x1a\nhello"
URL = "https://shop.example/x"


@pytest.fixture
def wire() -> AdsWire:
    return ready()


# -- launching


def tree(**fields: Any) -> LaunchPlan:
    told = Delivery(objective="traffic", goal="clicks", targeting=Targeting(countries=["US"]))
    top = {"name": "Spring", "budget": DAILY, "delivery": told, "native": NONE}
    return LaunchPlan(
        campaign=CampaignInput(**(top | fields.pop("campaign", {}))),
        **(
            {
                "ad_groups": [AdGroupInput(name="G")],
                "ads": [AdInput(name="A", creative=Built(Media.from_bytes(PNG), "Hi", url=URL))],
            }
            | fields
        ),
    )


def test_a_tree_is_made_paused_level_by_level(wire: AdsWire) -> None:
    made = wire.meta().ads.launch(tree())
    assert [made.campaign.id, made.ad_groups[0].id, made.ads[0].id] == ["1", "11", "21"]
    assert wire.writes() == [f"POST {one}" for one in (LISTING, GROUPS, IMAGES, CREATIVES, SINGLE)]
    assert {wire.sent_form(one)["status"] for one in (LISTING, GROUPS, SINGLE)} == {"PAUSED"}
    assert wire.sent_form(GROUPS)["optimization_goal"] == "LINK_CLICKS"
    assert "targeting" not in wire.sent_form(LISTING)


def test_the_parts_of_a_campaign_go_where_meta_keeps_them(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", objective="OUTCOME_SALES", bid_strategy="COST_CAP")
    told = Delivery(
        objective="conversions",
        goal="purchases",
        bid=Bid("cost_cap", Money(2, "USD")),
        schedule=Schedule(end=datetime(2026, 12, 1, tzinfo=UTC)),
        targeting=Targeting(countries=["US"]),
    )
    wire.meta(pixel_id="5").ads.launch(tree(campaign={"delivery": told}))
    above, below = wire.sent_form(LISTING), wire.sent_form(GROUPS)
    assert above["bid_strategy"] == "COST_CAP"
    assert not above.keys() & {"bid_amount", "stop_time"}
    assert (below["bid_amount"], below["end_time"]) == ("200", "2026-12-01T00:00:00+0000")
    assert below["destination_type"] == "WEBSITE"


def test_a_target_roas_of_a_campaign_holds_for_its_ad_groups(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", objective="OUTCOME_SALES", bid_strategy="LOWEST_COST_WITH_MIN_ROAS")
    told = Delivery(objective="conversions", goal="value", targeting=Targeting(countries=["US"]))
    plan = tree(campaign={"delivery": told, "target_roas": Decimal(3)})
    wire.meta(pixel_id="5").ads.launch(plan)
    assert wire.sent_form(LISTING)["bid_strategy"] == "LOWEST_COST_WITH_MIN_ROAS"
    assert wire.sent_form(GROUPS)["bid_constraints"] == {"roas_average_floor": 30000}


def test_without_a_budget_above_the_whole_bid_goes_below(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", daily_budget=None, bid_strategy=None)
    told = Delivery(
        objective="traffic", goal="clicks", bid=Bid("auto"), targeting=Targeting(countries=["US"])
    )
    groups = [AdGroupInput(name="G", budget=DAILY)]
    wire.meta().ads.launch(tree(campaign={"delivery": told, "budget": None}, ad_groups=groups))
    assert wire.sent_form(LISTING)["is_adset_budget_sharing_enabled"] == "false"
    assert wire.sent_form(GROUPS)["bid_strategy"] == "LOWEST_COST_WITHOUT_CAP"


def test_an_ad_of_the_catalogue_says_what_its_ad_group_promotes(wire: AdsWire) -> None:
    promoted = {"product_catalog_id": "2002"}
    wire.nodes["1"] = campaign("1", objective="OUTCOME_SALES", promoted_object=promoted)
    told = Delivery(objective="catalog_sales", goal="purchases", targeting=Targeting(countries=["US"]))
    ads = [AdInput(name="A", creative=CatalogCreative("998877"))]
    wire.meta(pixel_id="5").ads.launch(tree(campaign={"delivery": told}, ads=ads))
    assert wire.sent_form(LISTING)["promoted_object"] == promoted
    assert wire.sent_form(GROUPS)["promoted_object"] == {
        "pixel_id": "5",
        "custom_event_type": "PURCHASE",
        "product_set_id": "998877",
    }


def test_a_launch_goes_on_where_it_stopped(wire: AdsWire) -> None:
    wire[SINGLE] = [{"id": "21"}, refusal(100, "no"), {"id": "22"}]
    wire[CREATIVES] = [{"id": "31"}, {"id": "32"}]
    wire.nodes["22"] = ad("22")
    ads = [AdInput(name=name, creative=ExistingPost("1_2")) for name in ("A", "B")]
    client, plan = wire.meta(), tree(ads=ads)
    with pytest.raises(errors.PartiallyApplied) as failure:
        client.ads.launch(plan)
    assert failure.value.done == ("campaign 1", "ad group 11", "creative 31", "creative 32", "ad 21")
    assert failure.value.failed == ("ad B",)
    before = len(wire.writes())
    made = client.ads.launch(plan, resume=failure.value.resume)
    assert [one.id for one in made.ads] == ["21", "22"]
    assert wire.writes()[before:] == [f"POST {SINGLE}"]
    assert wire.sent_form(SINGLE)["creative"] == {"creative_id": "32"}


def test_a_launch_that_made_nothing_just_failed(wire: AdsWire) -> None:
    wire[LISTING] = refusal(200, "no permission")
    with pytest.raises(errors.PermissionDenied):
        wire.meta().ads.launch(tree())
    with pytest.raises(errors.InvalidRequest, match="resume"):
        wire.meta().ads.launch(tree(), resume="nonsense")


def test_a_launch_that_stopped_early_names_what_is_left(wire: AdsWire) -> None:
    wire[GROUPS] = refusal(100, "no")
    with pytest.raises(errors.PartiallyApplied) as failure:
        wire.meta().ads.launch(tree())
    assert failure.value.failed == ("ad group G", "ad A")


def test_everything_wrong_with_a_tree_is_told_before_anything_is_made(wire: AdsWire) -> None:
    groups = [AdGroupInput(name="G"), AdGroupInput(name="H", budget=DAILY)]
    ads = [AdInput(name=None, ad_group_id="G", creative=ExistingPost("1_2"))]
    with pytest.raises(errors.InvalidRequest) as failure:
        wire.meta().ads.launch(tree(ad_groups=groups, ads=ads))
    assert set(failure.value.fields or {}) == {"ad_groups.1.budget", "ads.0.name"}
    assert wire.writes() == []


# -- asking first


def test_a_good_plan_is_checked_by_meta(wire: AdsWire) -> None:
    wire[LISTING] = {"success": True}
    told = Delivery(
        objective="traffic", goal="clicks", targeting=Targeting(countries=["US"], interests=["5", "6"])
    )
    wire[f"/{AD}/targetingvalidation"] = rows({"id": "5", "valid": True}, {"id": "6", "valid": False})
    client = wire.meta()
    found = client.ads.check(tree(campaign={"delivery": told}))
    assert [one.field for one in found.problems] == ["ad_groups.0.delivery.targeting.interests"]
    assert client.ads.check(tree())
    assert client.ads.check(tree().campaign.model_copy(update={"delivery": Delivery(objective="traffic")}))
    assert {wire.sent_form(LISTING, one)["execution_options"][0] for one in range(3)} == {"validate_only"}


def test_what_meta_blames_becomes_a_problem(wire: AdsWire) -> None:
    wire[LISTING] = [
        refusal(100, "bad", error_data='{"blame_field_specs":[["daily_budget"]]}'),
        refusal(100, "worse"),
    ]
    client = wire.meta()
    assert [one.field for one in client.ads.check(tree()).problems] == ["daily_budget"]
    assert [one.field for one in client.ads.check(tree()).problems] == ["campaign"]


def test_our_own_rules_come_first(wire: AdsWire) -> None:
    found = AdsWire(account_status=2).meta().ads.check(tree(campaign={"native": {}}, ad_groups=[]))
    assert {one.field for one in found.problems} >= {"native.special_ad_categories", "ad_groups", "account"}


# -- advice, products, targets


def test_a_bid_is_estimated_for_a_delivery(wire: AdsWire) -> None:
    path = f"/{AD}/delivery_estimate"
    wire[path] = rows({"estimate_ready": True, "bid_estimate": {"min_bid": 50, "median_bid": 120}}, {})
    told = Delivery(goal="purchases", targeting=Targeting(countries=["US"]))
    first, second = wire.meta(pixel_id="5").ads.suggest("bid", delivery=told)
    assert (first.amount, first.amount_min, first.amount_max) == (
        Money("1.20", "USD"),
        Money("0.50", "USD"),
        None,
    )
    assert second.amount is None
    assert wire.query(path)["optimization_goal"] == "OFFSITE_CONVERSIONS"
    assert wire.query(path)["promoted_object"]["pixel_id"] == "5"
    for wrong in (None, Delivery(goal="clicks"), Delivery(targeting=Targeting(countries=["US"]))):
        with pytest.raises(errors.InvalidRequest):
            wire.meta().ads.suggest("bid", delivery=wrong)


def test_the_least_budget_is_in_the_currency_of_the_account(wire: AdsWire) -> None:
    wire[f"/{AD}/minimum_budgets"] = rows(
        {"currency": "USD", "min_daily_budget_imp": 100}, {"currency": "EUR", "min_daily_budget_imp": 90}
    )
    (found,) = wire.meta().ads.suggest("budget")
    assert found.amount == Money("1", "USD")


def test_words_lead_to_interests(wire: AdsWire) -> None:
    wire[f"/{AD}/targetingsearch"] = rows({"id": "5", "name": "Tea", "audience_size_lower_bound": 9})
    wire[f"/{AD}/targetingsuggestions"] = rows({"id": "6", "name": "Coffee"}, {"id": "5", "name": "Tea"})
    found = wire.meta().ads.suggest("keywords", query="tea")
    assert [one.keyword for one in found] == ["Tea", "Coffee"]
    assert wire.query(f"/{AD}/targetingsuggestions")["targeting_list"] == [{"type": "interests", "id": "5"}]
    wire[f"/{AD}/targetingsearch"] = rows()
    assert wire.meta().ads.suggest("keywords", query="zzz") == []
    with pytest.raises(errors.InvalidRequest, match="query"):
        wire.meta().ads.suggest("keywords")


@pytest.mark.parametrize("what", ["roas", "products"])
def test_what_meta_does_not_recommend_is_refused(wire: AdsWire, what: Any) -> None:
    with pytest.raises(errors.Unsupported):
        wire.meta().ads.suggest(what)


def test_the_products_of_a_campaign_are_those_of_its_sets(wire: AdsWire) -> None:
    wire["/1/adsets"] = rows(
        {"promoted_object": {"product_set_id": "7"}},
        {"promoted_object": {"product_set_id": "8"}},
        {"promoted_object": {"product_set_id": "7"}},
        {},
    )
    wire["/7/products"] = [rows({"id": "100", "retailer_id": "S1"}, after="A"), rows({"id": "101"})]
    wire["/8/products"] = rows({"id": "102", "retailer_id": "S3"})
    found = wire.meta().ads.products("1").collect()
    assert [(one.product_id, one.sku) for one in found] == [("100", "S1"), ("101", None), ("102", "S3")]


def test_without_sets_they_are_those_of_the_catalogue(wire: AdsWire) -> None:
    wire["/1/adsets"] = rows()
    assert wire.meta().ads.products("1").collect() == []
    wire.nodes["1"] = campaign("1", promoted_object={"product_catalog_id": "2002"})
    wire["/2002/products"] = rows({"id": "100", "retailer_id": "S1"})
    assert [one.sku for one in wire.meta().ads.products("1")] == ["S1"]
    with pytest.raises(errors.Unsupported):
        wire.meta().ads.products("1", excluded=True)


def test_interests_are_searched_or_browsed(wire: AdsWire) -> None:
    row = {"id": "5", "name": "Tea", "type": "interests", "path": ["Food", "Tea"], "audience_size": 10}
    wire[f"/{AD}/targetingsearch"] = wire[f"/{AD}/targetingbrowse"] = rows(row, {"id": 7, "type": "new"})
    client = wire.meta()
    found = client.ads.targeting.search("tea").collect()
    assert [(one.id, one.kind, one.audience_size) for one in found] == [
        ("5", "interests", 10),
        ("7", "other", None),
    ]
    assert found[0].path == ("Food", "Tea")
    assert "limit_type" not in wire.query(f"/{AD}/targetingsearch")
    client.ads.targeting.search("tea", kind="devices").collect()
    assert wire.query(f"/{AD}/targetingsearch")["limit_type"] == "user_device"
    client.ads.targeting.search(kind="behaviors").collect()
    assert wire.query(f"/{AD}/targetingbrowse")["limit_type"] == "behaviors"


def test_places_languages_and_placements(wire: AdsWire) -> None:
    wire["/search"] = rows(
        {"key": "3847", "name": "California", "type": "region", "country_name": "United States"}
    )
    client = wire.meta()
    (found,) = client.ads.targeting.search("cali", kind="regions").collect()
    assert (found.id, found.kind, found.path) == ("3847", "regions", ("United States",))
    query = wire.query("/search")
    assert (query["type"], query["location_types"], query["q"]) == ("adgeolocation", ["region"], "cali")
    client.ads.targeting.search("german", kind="languages").collect()
    assert wire.query("/search")["type"] == "adlocale"
    assert [one.id for one in client.ads.targeting.search("insta", kind="placements")] == ["instagram"]
    assert len(client.ads.targeting.search(kind="placements").collect()) > 4
    with pytest.raises(errors.InvalidRequest, match="query"):
        client.ads.targeting.search(kind="countries").collect()
    with pytest.raises(errors.Unsupported):
        client.ads.targeting.search("tea", kind="keywords").collect()


def test_a_targeting_that_was_read_can_be_written_again(wire: AdsWire) -> None:
    spec = {
        "geo_locations": {"countries": ["US"], "cities": [{"key": "5", "radius": 10}]},
        "age_min": 18,
        "age_max": 65,
        "genders": [1],
        "locales": [6],
        "flexible_spec": [{"interests": [{"id": "5", "name": "Tea"}], "behaviors": [{"id": "6"}]}],
        "custom_audiences": [{"id": "9", "name": "Buyers"}],
        "publisher_platforms": ["facebook", "instagram"],
        "facebook_positions": ["feed"],
        "targeting_automation": {"advantage_audience": 1},
    }
    wire.nodes["11"] = group("11", targeting=spec)
    client = wire.meta()
    told = client.ads.ad_groups.get("11").settings
    assert told is not None
    assert told.targeting is not None
    assert (told.targeting.age_max, told.targeting.genders) == (None, ("male",))
    assert told.targeting.placements == ("facebook:feed", "instagram")
    client.ads.ad_groups.update("11", delivery=Delivery(targeting=told.targeting))
    written = wire.sent_form("/11")["targeting"]
    assert written == {name: one for name, one in spec.items() if name != "age_max"} | {
        "custom_audiences": [{"id": "9"}]
    }


def test_an_account_of_an_unknown_time_zone_is_read_in_utc() -> None:
    wire = AdsWire(timezone_name="Nowhere/Land")
    wire[LISTING] = rows()
    assert wire.meta().ads.campaigns.list().collect() == []


def test_who_speaks_is_known_before_anything_is_made(wire: AdsWire) -> None:
    mute = wire.meta(page_id=None)
    with pytest.raises(errors.InvalidRequest) as failure:
        mute.ads.launch(tree())
    assert set(failure.value.fields or {}) == {"ads.0.creative.identity"}
    with pytest.raises(errors.InvalidRequest, match="page_id"):
        mute.ads.ads.update("21", creative=CatalogCreative("998877"))
    assert wire.writes() == []


@pytest.mark.parametrize(
    ("budget", "found"),
    [
        (None, {"ad_groups.0.budget": "the campaign has none"}),
        (DAILY, {}),
        (DAILY.model_copy(update={"kind": "lifetime"}), {"ad_groups.0.delivery.schedule.end": "until then"}),
    ],
)
def test_a_flawed_campaign_does_not_hide_the_flaws_below(wire: AdsWire, budget: Any, found: Any) -> None:
    plan = tree(campaign={"native": {}, "budget": budget})
    told = {one.field: one.message for one in wire.meta().ads.check(plan).problems}
    assert "native.special_ad_categories" in told
    below = {name: text for name, text in told.items() if name.startswith("ad_groups")}
    assert below.keys() == found.keys()
    assert all(found[name] in text for name, text in below.items())
