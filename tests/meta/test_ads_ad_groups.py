"""Ad groups on Meta: made below their campaign, fitting it, changed in one call."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.meta.ads_wire import (
    CLICKS,
    DAILY,
    GROUPS,
    PAST,
    SOON,
    AdsWire,
    campaign,
    group,
    group_plan,
    rows,
)
from tests.meta.wire import AD

from socialcommerce import Money, errors
from socialcommerce.models.ads import (
    Bid,
    Budget,
    Delivery,
    Hours,
    Schedule,
    Targeting,
)
from socialcommerce.runtime.transport import Interrupted


@pytest.fixture
def wire() -> AdsWire:
    return AdsWire()


def test_an_ad_group_is_made_below_its_campaign(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1", daily_budget=None, bid_strategy=None), "11": group("11")}
    wire[GROUPS] = {"id": "11"}
    delivery = Delivery(
        goal="clicks",
        bid=Bid("cost_cap", Money("1.20", "USD"), billing_event="clicks"),
        schedule=Schedule(start=SOON, end=SOON + timedelta(days=9)),
        targeting=Targeting(
            countries=["US"],
            regions=["3847"],
            age_min=21,
            age_max=40,
            genders=["female"],
            languages=["6"],
            interests=["6003139266461"],
            audiences=["238"],
            placements=["instagram", "facebook:feed", "facebook:marketplace"],
        ),
    )
    wire.meta().ads.ad_groups.create(group_plan(delivery=delivery, budget=DAILY))
    assert wire.sent_form(GROUPS) == {
        "name": "G",
        "campaign_id": "1",
        "status": "PAUSED",
        "billing_event": "LINK_CLICKS",
        "optimization_goal": "LINK_CLICKS",
        "bid_strategy": "COST_CAP",
        "bid_amount": "120",
        "daily_budget": "5000",
        "start_time": "2026-12-01T08:00:00+0000",
        "end_time": "2026-12-10T08:00:00+0000",
        "targeting": {
            "geo_locations": {"countries": ["US"], "regions": [{"key": "3847"}]},
            "age_min": 21,
            "age_max": 40,
            "genders": [2],
            "locales": [6],
            "flexible_spec": [{"interests": [{"id": "6003139266461"}]}],
            "custom_audiences": [{"id": "238"}],
            "publisher_platforms": ["instagram", "facebook"],
            "facebook_positions": ["feed", "marketplace"],
            "targeting_automation": {"advantage_audience": 0},
        },
    }


def test_beneath_a_campaign_with_a_budget_only_amounts_are_written(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1", bid_strategy="COST_CAP"), "11": group("11")}
    wire[GROUPS] = {"id": "11"}
    told = Delivery(
        goal="clicks", bid=Bid("cost_cap", Money(2, "USD")), targeting=Targeting(countries=["US"])
    )
    wire.meta().ads.ad_groups.create(group_plan(delivery=told))
    form = wire.sent_form(GROUPS)
    assert form["bid_amount"] == "200"
    assert not form.keys() & {"bid_strategy", "daily_budget"}


def test_a_target_roas_is_written_in_ten_thousandths_and_read_back(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", daily_budget=None, objective="OUTCOME_SALES")
    wire.nodes["11"] = group("11", bid_constraints={"roas_average_floor": 25000})
    wire[GROUPS] = {"id": "11"}
    told = Delivery(goal="value", targeting=Targeting(countries=["US"]))
    client = wire.meta(pixel_id="555")
    made = client.ads.ad_groups.create(group_plan(delivery=told, budget=DAILY, target_roas=Decimal("2.5")))
    form = wire.sent_form(GROUPS)
    assert form["bid_constraints"] == {"roas_average_floor": 25000}
    assert form["bid_strategy"] == "LOWEST_COST_WITH_MIN_ROAS"
    assert form["promoted_object"] == {"pixel_id": "555", "custom_event_type": "PURCHASE"}
    assert made.target_roas == Decimal("2.5")


@pytest.mark.parametrize(
    ("goal", "word", "promoted"),
    [
        ("impressions", "IMPRESSIONS", None),
        ("reach", "REACH", None),
        ("landing_page_views", "LANDING_PAGE_VIEWS", None),
        ("video_views", "THRUPLAY", None),
        ("leads", "LEAD_GENERATION", {"page_id": "1001"}),
        ("followers", "PAGE_LIKES", {"page_id": "1001"}),
        ("conversations", "CONVERSATIONS", {"page_id": "1001"}),
        ("add_to_cart", "OFFSITE_CONVERSIONS", {"pixel_id": "555", "custom_event_type": "ADD_TO_CART"}),
        ("purchases", "OFFSITE_CONVERSIONS", {"pixel_id": "555", "custom_event_type": "PURCHASE"}),
    ],
)
def test_goals_are_written_with_what_they_count_and_read_back(
    wire: AdsWire, goal: Any, word: str, promoted: Any
) -> None:
    wire.nodes["1"] = campaign("1")
    wire[GROUPS] = {"id": "11"}
    told = Delivery(goal=goal, targeting=Targeting(countries=["US"]))
    wire.nodes["11"] = group("11", optimization_goal=word, promoted_object=promoted)
    made = wire.meta(pixel_id="555").ads.ad_groups.create(group_plan(delivery=told))
    assert wire.sent_form(GROUPS)["optimization_goal"] == word
    assert wire.sent_form(GROUPS).get("promoted_object") == promoted
    assert made.settings is not None
    assert made.settings.goal == goal


def test_the_objective_leads_an_ad_group_to_its_destination(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1", objective="OUTCOME_ENGAGEMENT"), "11": group("11")}
    wire[GROUPS] = {"id": "11"}
    told = Delivery(objective="messages", targeting=Targeting(countries=["US"]))
    client = wire.meta()
    client.ads.ad_groups.create(group_plan(delivery=told))
    form = wire.sent_form(GROUPS)
    assert (form["destination_type"], form["optimization_goal"]) == ("MESSENGER", "CONVERSATIONS")
    client.ads.ad_groups.create(group_plan(delivery=told, native={"destination_type": "WHATSAPP"}))
    assert wire.sent_form(GROUPS)["destination_type"] == "WHATSAPP"
    with pytest.raises(errors.InvalidRequest, match="OUTCOME_ENGAGEMENT"):
        client.ads.ad_groups.create(group_plan(delivery=CLICKS.model_copy(update={"objective": "traffic"})))


def test_parts_of_the_week_begin_on_sunday_at_meta(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", daily_budget=None)
    parts = [
        {"start_minute": 540, "end_minute": 1020, "days": [0, 1], "timezone_type": "ADVERTISER"},
        {"start_minute": 0, "end_minute": 1440, "days": [6], "timezone_type": "ADVERTISER"},
    ]
    wire.nodes["11"] = group("11", adset_schedule=parts, pacing_type=["day_parting"])
    wire[GROUPS] = {"id": "11"}
    hours = [
        Hours(weekday=0, start=time(9), end=time(17)),
        Hours(weekday=5),
        Hours(weekday=6, start=time(9), end=time(17)),
    ]
    told = CLICKS.model_copy(update={"schedule": Schedule(end=SOON, hours=hours)})
    lifetime = Budget(kind="lifetime", amount=Money(900, "USD"))
    made = wire.meta().ads.ad_groups.create(group_plan(delivery=told, budget=lifetime))
    form = wire.sent_form(GROUPS)
    assert form["adset_schedule"] == parts
    assert (form["pacing_type"], form["lifetime_budget"]) == (["day_parting"], "90000")
    assert made.settings is not None
    assert made.settings.schedule is not None
    assert list(made.settings.schedule.hours) == hours


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"delivery": None}, "delivery.goal"),
        ({"delivery": Delivery(goal="clicks")}, "delivery.targeting.countries"),
        ({"delivery": Delivery(goal="purchases")}, "delivery.goal"),
        ({"delivery": Delivery(goal="app_installs")}, "delivery.goal"),
        ({"delivery": Delivery(goal="clicks", schedule=Schedule(end=PAST))}, "delivery.schedule.end"),
        (
            {
                "delivery": Delivery(
                    goal="clicks", schedule=Schedule(hours=[Hours(weekday=0, start=time(9, 30))])
                )
            },
            "delivery.schedule.hours",
        ),
        ({"delivery": Delivery(goal="clicks", bid=Bid("highest_value"))}, "delivery.bid"),
        ({"delivery": Delivery(goal="clicks", bid=Bid("target_roas"))}, "target_roas"),
        (
            {"delivery": Delivery(goal="clicks", bid=Bid("bid_cap", Money("0.001", "USD")))},
            "delivery.bid.amount",
        ),
        ({"target_roas": Decimal("2.00001")}, "target_roas"),
        (
            {"target_roas": Decimal(2), "delivery": Delivery(bid=Bid("cost_cap", Money(1, "USD")))},
            "target_roas",
        ),
        ({"budget": Budget(kind="lifetime", amount=Money(5, "USD"))}, "delivery.schedule.end"),
        ({"budget": None}, "budget"),
        (
            {"delivery": Delivery(targeting=Targeting(countries=["US"], age_max=65))},
            "delivery.targeting.age_max",
        ),
        (
            {"delivery": Delivery(targeting=Targeting(countries=["US"], age_min=70))},
            "delivery.targeting.age_min",
        ),
        ({"delivery": Delivery(targeting=Targeting(genders=["unknown"]))}, "delivery.targeting.genders"),
        ({"delivery": Delivery(targeting=Targeting(languages=["en"]))}, "delivery.targeting.languages"),
        ({"delivery": Delivery(targeting=Targeting(placements=["tv"]))}, "delivery.targeting.placements"),
        (
            {"delivery": Delivery(targeting=Targeting(placements=["messenger:story"]))},
            "delivery.targeting.placements",
        ),
        ({"delivery": Delivery(targeting=Targeting(countries=["DE"]))}, "native.dsa_payor"),
    ],
)
def test_what_is_wrong_with_an_ad_group_is_named(wire: AdsWire, fields: Any, field: str) -> None:
    wire.nodes["1"] = campaign("1", daily_budget=None, bid_strategy=None)
    with pytest.raises(errors.InvalidRequest) as failure:
        wire.meta().ads.ad_groups.create(group_plan(**({"budget": DAILY} | fields)))
    assert field in (failure.value.fields or {})
    assert wire.writes() == []


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"status": "draft"}, "ads.campaigns.create:status=draft"),
        ({"products": ["S"]}, "ads.ad_groups.create:products"),
        ({"delivery": Delivery(bid=Bid("manual", Money(1, "USD")))}, "ads.ad_groups.create:bid_strategy"),
        ({"delivery": Delivery(bid=Bid(billing_event="other"))}, "ads.ad_groups.create:billing"),
        ({"delivery": Delivery(goal="other")}, "ads.ad_groups.create:goal"),
        ({"delivery": Delivery(objective="other")}, "ads.campaigns.create:other"),
        ({"delivery": Delivery(targeting=Targeting(keywords=["shoes"]))}, "ads.ad_groups.create:keywords"),
    ],
)
def test_what_an_ad_group_has_no_place_for_is_refused(wire: AdsWire, fields: Any, name: str) -> None:
    wire.nodes["1"] = campaign("1")
    with pytest.raises(errors.Unsupported) as failure:
        wire.meta().ads.ad_groups.create(group_plan(**fields))
    assert failure.value.operation == name


@pytest.mark.parametrize(
    ("above", "fields", "field"),
    [
        ({}, {"budget": DAILY}, "budget"),
        ({}, {"delivery": Delivery(goal="clicks", bid=Bid("bid_cap", Money(1, "USD")))}, "delivery.bid"),
        ({"bid_strategy": "COST_CAP"}, {}, "delivery.bid"),
        ({"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS"}, {}, "target_roas"),
        ({"promoted_object": {"product_catalog_id": "2002"}}, {}, "native.promoted_object"),
        ({"lifetime_budget": "900"}, {}, "delivery.schedule.end"),
    ],
)
def test_an_ad_group_fits_its_campaign(wire: AdsWire, above: Any, fields: Any, field: str) -> None:
    wire.nodes["1"] = campaign("1", **above)
    with pytest.raises(errors.InvalidRequest) as failure:
        wire.meta().ads.ad_groups.create(group_plan(**fields))
    assert field in (failure.value.fields or {})


def test_in_the_european_union_somebody_pays_and_benefits(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1"), "11": group("11")}
    wire[GROUPS] = {"id": "11"}
    told = Delivery(goal="clicks", targeting=Targeting(countries=["DE"]))
    names = {"dsa_beneficiary": "Acme GmbH", "dsa_payor": "Acme GmbH"}
    wire.meta().ads.ad_groups.create(group_plan(delivery=told, native=names))
    assert wire.sent_form(GROUPS)["dsa_payor"] == "Acme GmbH"
    default = AdsWire(default_dsa_beneficiary="Acme", default_dsa_payor="Acme")
    default.nodes |= wire.nodes | {AD: default.nodes[AD]}
    default[GROUPS] = {"id": "11"}
    assert default.meta().ads.ad_groups.create(group_plan(delivery=told)).id == "11"


def test_an_ad_group_needs_its_campaign(wire: AdsWire) -> None:
    with pytest.raises(errors.InvalidRequest, match="campaign_id"):
        wire.meta().ads.ad_groups.create(group_plan(campaign_id=None))
    with pytest.raises(errors.NotFound, match="campaign 1"):
        wire.meta().ads.ad_groups.create(group_plan())


def test_a_lost_ad_group_is_looked_for_in_its_campaign(wire: AdsWire) -> None:
    fresh = group("12", name="G", created_time="2026-11-21T12:00:10+0000")
    wire.nodes |= {"1": campaign("1"), "12": fresh}
    wire[GROUPS] = Interrupted("cut")
    wire["/1/adsets"] = rows(fresh)
    assert wire.meta().ads.ad_groups.create(group_plan()).id == "12"


def test_an_ad_group_changes_and_keeps_what_is_not_named(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", daily_budget=None)
    wire.nodes["11"] = group(
        "11", promoted_object={"pixel_id": "5", "custom_event_type": "PURCHASE"}, end_time=None
    )
    told = Delivery(
        goal="add_to_cart",
        bid=Bid("bid_cap", Money("1.5", "USD"), billing_event="impressions"),
        schedule=Schedule(end=SOON),
        targeting=Targeting(countries=["CA"]),
    )
    wire.meta().ads.ad_groups.update("11", name="N", budget=DAILY, delivery=told)
    assert wire.sent_form("/11") == {
        "name": "N",
        "daily_budget": "5000",
        "bid_strategy": "LOWEST_COST_WITH_BID_CAP",
        "bid_amount": "150",
        "billing_event": "IMPRESSIONS",
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "promoted_object": {"pixel_id": "5", "custom_event_type": "ADD_TO_CART"},
        "end_time": "2026-12-01T08:00:00+0000",
        "targeting": {
            "geo_locations": {"countries": ["CA"]},
            "targeting_automation": {"advantage_audience": 0},
        },
    }


@pytest.mark.parametrize(
    ("above", "known", "changes", "field"),
    [
        ({}, {}, {"budget": DAILY}, "budget"),
        ({"daily_budget": None}, {}, {"budget": None}, "budget"),
        ({"daily_budget": None}, {}, {"target_roas": None}, "target_roas"),
        (
            {"daily_budget": None},
            {},
            {"budget": Budget(kind="lifetime", amount=Money(5, "USD"))},
            "delivery.schedule.end",
        ),
        (
            {"daily_budget": None},
            {"lifetime_budget": "500", "end_time": "2026-12-01T08:00:00+0000"},
            {"delivery": Delivery(schedule=Schedule(end=None))},
            "delivery.schedule.end",
        ),
        (
            {},
            {},
            {"delivery": Delivery(schedule=Schedule(hours=[Hours(weekday=1)]))},
            "delivery.schedule.hours",
        ),
    ],
)
def test_what_is_wrong_with_a_change_is_named(
    wire: AdsWire, above: Any, known: Any, changes: Any, field: str
) -> None:
    wire.nodes |= {"1": campaign("1", **above), "11": group("11", **known)}
    with pytest.raises(errors.InvalidRequest) as failure:
        wire.meta().ads.ad_groups.update("11", **changes)
    assert field in (failure.value.fields or {})


def test_hours_of_an_ad_group_that_ends_may_change(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", daily_budget=None)
    wire.nodes["11"] = group("11", lifetime_budget="500", end_time="2026-12-01T08:00:00+0000")
    wire.meta().ads.ad_groups.update("11", delivery=Delivery(schedule=Schedule(hours=[Hours(weekday=1)])))
    assert wire.sent_form("/11").keys() == {"pacing_type", "adset_schedule"}
    wire.meta().ads.ad_groups.update("11", target_roas=Decimal(2))
    assert wire.sent_form("/11")["bid_constraints"] == {"roas_average_floor": 20000}


@pytest.mark.parametrize(
    ("delivery", "name"),
    [
        (Delivery(objective="traffic"), "ads.ad_groups.update:objective"),
        (Delivery(goal="other"), "ads.ad_groups.create:goal"),
    ],
)
def test_what_an_ad_group_cannot_change_is_refused(wire: AdsWire, delivery: Delivery, name: str) -> None:
    wire.nodes |= {"1": campaign("1"), "11": group("11")}
    with pytest.raises(errors.Unsupported) as failure:
        wire.meta().ads.ad_groups.update("11", delivery=delivery)
    assert failure.value.operation == name


@pytest.mark.parametrize("above", ["OUTCOME_ENGAGEMENT", "OUTCOME_SALES", "OUTCOME_LEADS"])
def test_messages_may_be_wanted_of_several_objectives(wire: AdsWire, above: str) -> None:
    wire.nodes |= {"1": campaign("1", objective=above), "11": group("11", destination_type="WHATSAPP")}
    wire[GROUPS] = {"id": "11"}
    told = Delivery(objective="messages", targeting=Targeting(countries=["US"]))
    made = wire.meta().ads.ad_groups.create(group_plan(delivery=told))
    assert made.settings is not None
    assert made.settings.objective == "messages"


def test_a_native_goal_and_targeting_are_the_makers_own(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1"), "11": group("11")}
    wire[GROUPS] = {"id": "11"}
    targeting = {"geo_locations": {"country_groups": ["worldwide"]}}
    own = {"optimization_goal": "PROFILE_VISIT", "targeting": targeting}
    wire.meta().ads.ad_groups.create(group_plan(delivery=None, native=own))
    form = wire.sent_form(GROUPS)
    assert (form["optimization_goal"], form["targeting"]) == ("PROFILE_VISIT", targeting)
    assert "promoted_object" not in form
