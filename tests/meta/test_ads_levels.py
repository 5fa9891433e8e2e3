"""Campaigns, ad groups and ads on Meta: listed, read, made paused, changed, switched, deleted."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.meta.ads_wire import AdsWire, ad, campaign, group, refusal, rows
from tests.meta.wire import AD

from socialcommerce import Money, errors
from socialcommerce.models.ads import (
    AdGroupInput,
    AdInput,
    Bid,
    Budget,
    CampaignInput,
    Delivery,
    Hours,
    Schedule,
    Targeting,
)
from socialcommerce.models.creatives import CatalogCreative, ExistingPost
from socialcommerce.runtime.transport import Interrupted

LISTING, GROUPS, SINGLE, CREATIVES = (f"/{AD}/{one}" for one in ("campaigns", "adsets", "ads", "adcreatives"))
NONE = {"special_ad_categories": []}
TRAFFIC = Delivery(objective="traffic")
DAILY = Budget(kind="daily", amount=Money("50", "USD"))
CLICKS = Delivery(goal="clicks", targeting=Targeting(countries=["US"]))
POST = ExistingPost("1001_77")
SOON = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.fixture
def wire() -> AdsWire:
    return AdsWire()


def plan(**fields: Any) -> CampaignInput:
    return CampaignInput(
        **({"name": "Spring", "delivery": TRAFFIC, "native": NONE, "budget": DAILY} | fields)
    )


def group_plan(**fields: Any) -> AdGroupInput:
    return AdGroupInput(**({"name": "G", "campaign_id": "1", "delivery": CLICKS} | fields))


# -- listing and reading


def test_a_listing_follows_the_pages_and_shows_the_living(wire: AdsWire) -> None:
    wire[LISTING] = [rows(campaign("1"), after="A"), rows(after="B"), rows(campaign("2"))]
    assert [one.id for one in wire.meta().ads.campaigns.list()] == ["1", "2"]
    assert [wire.query(LISTING, number).get("after") for number in range(3)] == [None, "A", "B"]
    assert "effective_status" not in wire.query(LISTING)


def test_filters_go_to_meta_and_are_held_here_too(wire: AdsWire) -> None:
    wire[LISTING] = rows(
        campaign("1", name="Summer Sale"),
        campaign("2", name="sale", status="ACTIVE", effective_status="ACTIVE"),
        campaign("3", name="Sale", updated_time="2026-11-01T00:00:00+0000"),
        campaign("4", name="Other"),
    )
    since = datetime(2026, 11, 20, 9, tzinfo=UTC)
    found = wire.meta().ads.campaigns.list(status="paused", name="sale", updated_after=since)
    assert [one.id for one in found] == ["1"]
    assert wire.query(LISTING)["filtering"] == [
        {"field": "name", "operator": "CONTAIN", "value": "sale"},
        {"field": "updated_time", "operator": "GREATER_THAN", "value": int(since.timestamp()) - 1},
    ]
    assert wire.query(LISTING)["effective_status"] == ["IN_PROCESS", "PAUSED", "WITH_ISSUES"]


def test_archived_and_deleted_ones_are_asked_for_by_name(wire: AdsWire) -> None:
    wire[LISTING] = rows(campaign("1", status="ARCHIVED", effective_status="ARCHIVED"))
    assert wire.meta().ads.campaigns.list(status=["archived", "deleted"]).collect()[0].status == "archived"
    assert wire.query(LISTING)["effective_status"] == ["ARCHIVED", "DELETED"]


def test_an_ad_group_may_be_paused_beneath_a_paused_campaign(wire: AdsWire) -> None:
    wire["/1/adsets"] = rows(group("11"), group("12", status="ACTIVE"))
    assert [one.id for one in wire.meta().ads.ad_groups.list(campaign="1", status="paused")] == ["11"]
    assert "CAMPAIGN_PAUSED" in wire.query("/1/adsets")["effective_status"]


def test_ads_are_listed_beneath_their_parents(wire: AdsWire) -> None:
    wire["/11/ads"] = rows(ad("21"), ad("22", campaign_id="2"))
    wire["/1/ads"] = rows(ad("21"))
    wire[SINGLE] = rows(ad("21"), ad("23"))
    client = wire.meta()
    assert [one.id for one in client.ads.ads.list(ad_group="11", campaign="1")] == ["21"]
    assert [one.id for one in client.ads.ads.list(campaign="1")] == ["21"]
    assert [one.id for one in client.ads.ads.list()] == ["21", "23"]


def test_ids_are_read_in_batches_and_gaps_left_out(wire: AdsWire) -> None:
    wire.nodes |= {str(number): campaign(str(number)) for number in range(1, 61)}
    ids = [*map(str, range(1, 61)), "999"]
    assert len(wire.meta().ads.campaigns.list(ids=ids).collect()) == 60
    assert wire.paths().count("/") == 2


def test_get_names_each_that_is_not_there(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1")
    result = wire.meta().ads.campaigns.get(["1", "9"])
    assert [one.status for one in result] == ["ok", "failed"]
    assert isinstance(result[1].error, errors.NotFound)
    with pytest.raises(errors.NotFound):
        wire.meta().ads.ads.get("9")


def test_an_error_of_one_read_ends_a_listing_by_ids(wire: AdsWire) -> None:
    wire.nodes["1"] = refusal(200, "no permission")
    with pytest.raises(errors.PermissionDenied):
        wire.meta().ads.campaigns.list(ids=["1"]).collect()
    assert isinstance(wire.meta().ads.campaigns.get(["1", "1"])[0].error, errors.PermissionDenied)


def test_advantage_campaigns_are_read_as_auto(wire: AdsWire) -> None:
    wire[LISTING] = rows(
        campaign("1", advantage_state_info={"advantage_state": "ADVANTAGE_PLUS_SALES"}),
        campaign("2", advantage_state_info={"advantage_state": "DISABLED"}),
    )
    found = wire.meta().ads.campaigns.list(kind="auto").collect()
    assert [(one.id, one.kind, one.native_kind) for one in found] == [("1", "auto", "ADVANTAGE_PLUS_SALES")]


@pytest.mark.parametrize(
    ("fields", "delivery"),
    [
        ({}, "delivering"),
        ({"start_time": "2026-12-24T00:00:00+0000"}, "scheduled"),
        ({"end_time": "2026-11-01T00:00:00+0000"}, "ended"),
        ({"learning_stage_info": {"status": "LEARNING"}}, "learning"),
        ({"learning_stage_info": {"status": "SUCCESS"}}, "delivering"),
        ({"effective_status": "CAMPAIGN_PAUSED"}, "parent_paused"),
        ({"effective_status": "PENDING_BILLING_INFO"}, "balance_exhausted"),
        ({"effective_status": "IN_PROCESS"}, "in_review"),
        ({"effective_status": "WITH_ISSUES"}, "limited"),
        ({"effective_status": "SOMETHING_NEW"}, "other"),
    ],
)
def test_what_happens_is_told_beside_what_was_set(wire: AdsWire, fields: Any, delivery: str) -> None:
    wire.nodes["11"] = group("11", **({"status": "ACTIVE", "effective_status": "ACTIVE"} | fields))
    found = wire.meta().ads.ad_groups.get("11")
    assert (found.status, found.delivery) == ("active", delivery)


def test_a_rejected_ad_says_why(wire: AdsWire) -> None:
    wire.nodes["21"] = ad(
        "21",
        effective_status="DISAPPROVED",
        status="SOMETHING_NEW",
        ad_review_feedback={
            "global": {"TEXT": "Too loud."},
            "placement_specific": {"fb": {"A": "Too loud."}},
        },
    )
    found = wire.meta().ads.ads.get("21")
    assert found.review is not None
    assert (found.review.status, found.review.reasons) == ("rejected", ("Too loud.",))
    assert (found.status, found.native_status, found.creative_id) == ("other", "SOMETHING_NEW", "31")


# -- money: Meta's own table


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [("USD", "50", "5000"), ("IDR", "90000", "90000"), ("HUF", "700", "700"), ("BHD", "5.25", "525")],
)
def test_budgets_are_written_in_metas_own_minor_units(currency: str, amount: str, minor: str) -> None:
    wire = AdsWire(currency=currency)
    wire[LISTING] = {"id": "1"}
    wire.nodes["1"] = campaign("1", daily_budget=minor)
    budget = Budget(kind="daily", amount=Money(amount, currency))
    made = wire.meta().ads.campaigns.create(plan(budget=budget))
    assert wire.sent_form(LISTING)["daily_budget"] == minor
    assert made.budget == budget


@pytest.mark.parametrize(
    ("currency", "amount"), [("USD", "50.005"), ("JPY", "100.5"), ("BHD", "5.255"), ("USD", None)]
)
def test_an_amount_that_the_wire_would_cut_is_refused(currency: str, amount: str | None) -> None:
    wire = AdsWire(currency=currency)
    money = Money(amount, currency) if amount else Money("50", "EUR")
    with pytest.raises(errors.InvalidRequest, match=r"budget\.amount") as failure:
        wire.meta().ads.campaigns.create(plan(budget=Budget(kind="daily", amount=money)))
    assert failure.value.sent == "no"
    assert wire.writes() == []


def test_lifetime_and_shared_budgets(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", daily_budget="0", lifetime_budget="150000")
    wire.nodes["2"] = campaign("2", daily_budget=None)
    first, second = wire.meta().ads.campaigns.get(["1", "2"]).values
    assert first.budget == Budget(kind="lifetime", amount=Money("1500", "USD"))
    assert second.budget == Budget(kind="unlimited")


# -- creating


def test_a_campaign_is_made_paused(wire: AdsWire) -> None:
    wire[LISTING] = {"id": "1"}
    wire.nodes["1"] = campaign("1")
    made = wire.meta().ads.campaigns.create(plan())
    assert made.status == "paused"
    assert wire.sent_form(LISTING) == {
        "name": "Spring",
        "objective": "OUTCOME_TRAFFIC",
        "status": "PAUSED",
        "special_ad_categories": [],
        "daily_budget": "5000",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
    }


def test_without_a_budget_the_sharing_of_budgets_is_settled(wire: AdsWire) -> None:
    wire[LISTING] = {"id": "1"}
    wire.nodes["1"] = campaign("1")
    wire.meta().ads.campaigns.create(plan(budget=Budget(kind="unlimited")))
    assert wire.sent_form(LISTING)["is_adset_budget_sharing_enabled"] == "false"
    assert "bid_strategy" not in wire.sent_form(LISTING)


def test_what_a_campaign_is_about_is_never_declared_for_its_maker(wire: AdsWire) -> None:
    with pytest.raises(errors.InvalidRequest, match="special_ad_categories"):
        wire.meta().ads.campaigns.create(plan(native={}))
    with pytest.raises(errors.InvalidRequest, match="GARDENING"):
        wire.meta().ads.campaigns.create(plan(native={"special_ad_categories": ["GARDENING"]}))


@pytest.mark.parametrize(
    ("objective", "word"),
    [
        ("awareness", "OUTCOME_AWARENESS"),
        ("video_views", "OUTCOME_AWARENESS"),
        ("leads", "OUTCOME_LEADS"),
        ("app_promotion", "OUTCOME_APP_PROMOTION"),
        ("conversions", "OUTCOME_SALES"),
        ("shop_sales", "OUTCOME_SALES"),
        ("messages", "OUTCOME_ENGAGEMENT"),
        ("followers", "OUTCOME_ENGAGEMENT"),
    ],
)
def test_objectives_have_their_word(wire: AdsWire, objective: Any, word: str) -> None:
    wire[LISTING] = {"id": "1"}
    wire.nodes["1"] = campaign("1", objective=word)
    wire.meta().ads.campaigns.create(plan(delivery=Delivery(objective=objective)))
    assert wire.sent_form(LISTING)["objective"] == word


def test_a_catalogue_campaign_names_its_catalogue(wire: AdsWire) -> None:
    wire[LISTING] = {"id": "1"}
    promoted = {"product_catalog_id": "2002"}
    wire.nodes["1"] = campaign("1", objective="OUTCOME_SALES", promoted_object=promoted)
    made = wire.meta().ads.campaigns.create(plan(delivery=Delivery(objective="catalog_sales")))
    assert wire.sent_form(LISTING)["promoted_object"] == promoted
    assert made.settings is not None
    assert made.settings.objective == "catalog_sales"
    bare = wire.meta(catalog_id=None)
    with pytest.raises(errors.InvalidRequest, match="catalog_id"):
        bare.ads.campaigns.create(plan(delivery=Delivery(objective="catalog_sales")))


def test_campaigns_start_stop_and_bid(wire: AdsWire) -> None:
    wire[LISTING] = {"id": "1"}
    wire.nodes["1"] = campaign("1", stop_time="2026-12-01T08:00:00+0000", bid_strategy="COST_CAP")
    told = Delivery(objective="traffic", bid=Bid("target_roas"), schedule=Schedule(end=SOON))
    made = wire.meta().ads.campaigns.create(plan(delivery=told, status="active"))
    form = wire.sent_form(LISTING)
    assert form["stop_time"] == "2026-12-01T08:00:00+0000"
    assert (form["bid_strategy"], form["status"]) == ("LOWEST_COST_WITH_MIN_ROAS", "ACTIVE")
    assert made.settings is not None
    assert made.settings.schedule == Schedule(end=SOON)
    assert made.settings.bid == Bid.build(strategy="cost_cap", amount=None, billing_event=None)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"kind": "auto"}, "kind"),
        ({"kind": "shop_gmv_max"}, "kind"),
        ({"status": "draft"}, "status=draft"),
        ({"products": ["SKU"]}, "products"),
        ({"target_roas": Decimal(3)}, "target_roas"),
        ({"budget": Budget(kind="monthly_cap", amount=Money(5, "USD"))}, "monthly_cap"),
        ({"budget": Budget(kind="daily", shared_id="5")}, "shared_budget"),
        ({"delivery": Delivery(objective="other")}, "other"),
        ({"delivery": Delivery(objective="traffic", goal="clicks")}, "goal"),
        ({"delivery": Delivery(objective="traffic", targeting=Targeting())}, "targeting"),
        ({"delivery": Delivery(objective="traffic", schedule=Schedule(hours=[Hours(weekday=0)]))}, "hours"),
        ({"delivery": Delivery(objective="traffic", bid=Bid("auto")), "budget": None}, "bid"),
        ({"delivery": Delivery(objective="traffic", bid=Bid("cost_cap", Money(5, "USD")))}, "bid_amount"),
    ],
)
def test_what_a_campaign_has_no_place_for_is_refused(wire: AdsWire, fields: Any, name: str) -> None:
    with pytest.raises(errors.Unsupported) as failure:
        wire.meta().ads.campaigns.create(plan(**fields))
    assert failure.value.operation == f"ads.campaigns.create:{name}"
    assert wire.writes() == []


def test_everything_wrong_is_told_at_once(wire: AdsWire) -> None:
    with pytest.raises(errors.InvalidRequest) as failure:
        wire.meta().ads.campaigns.create(CampaignInput(delivery=Delivery(schedule=Schedule(end=_past()))))
    assert set(failure.value.fields or {}) == {
        "name",
        "native.special_ad_categories",
        "delivery.objective",
        "delivery.schedule.end",
    }


def _past() -> datetime:
    return datetime(2020, 1, 1, tzinfo=UTC)


def test_a_native_objective_is_the_makers_own(wire: AdsWire) -> None:
    wire[LISTING] = {"id": "1"}
    wire.nodes["1"] = campaign("1")
    wire.meta().ads.campaigns.create(plan(delivery=None, native={**NONE, "objective": "OUTCOME_LEADS"}))
    assert wire.sent_form(LISTING)["objective"] == "OUTCOME_LEADS"


def test_validation_makes_nothing(wire: AdsWire) -> None:
    wire[LISTING] = wire[GROUPS] = wire[SINGLE] = {"success": True}
    wire.nodes["1"] = campaign("1")
    client = wire.meta()
    assert client.ads.campaigns.create(plan(), validate_only=True).id == ""
    assert client.ads.ad_groups.create(group_plan(), validate_only=True).id == ""
    made = client.ads.ads.create(AdInput(name="A", ad_group_id="11", creative=POST), validate_only=True)
    assert made.ad_group_id == "11"
    for path in (LISTING, GROUPS, SINGLE):
        assert wire.sent_form(path)["execution_options"] == ["validate_only"]
    assert wire.sent_form(SINGLE)["creative"] == {"object_story_id": "1001_77"}
    assert len(wire.writes()) == 3


def test_no_key_is_pretended(wire: AdsWire) -> None:
    with pytest.raises(errors.Unsupported, match="name"):
        wire.meta().ads.campaigns.create(plan(), idempotency_key="k")


def test_a_lost_answer_is_found_by_name_and_time(wire: AdsWire) -> None:
    fresh = campaign("8", name="Spring", created_time="2026-11-21T12:00:10+0000")
    old = campaign("7", name="Spring")
    wire[LISTING] = [Interrupted("cut"), rows(old, fresh)]
    wire.nodes["8"] = fresh
    assert wire.meta().ads.campaigns.create(plan()).id == "8"
    assert wire.query(LISTING)["filtering"] == [{"field": "name", "operator": "EQUAL", "value": "Spring"}]
    assert len(wire.writes()) == 1


def test_where_it_is_not_found_it_is_made_again(wire: AdsWire) -> None:
    wire[LISTING] = [Interrupted("cut"), rows(campaign("7", name="Spring")), {"id": "9"}]
    wire.nodes["9"] = campaign("9")
    assert wire.meta().ads.campaigns.create(plan()).id == "9"
    assert len(wire.writes()) == 2


def test_a_made_campaign_that_cannot_be_read_again_is_made_nonetheless(wire: AdsWire) -> None:
    wire[LISTING] = {"id": "1"}
    made = wire.meta().ads.campaigns.create(plan())
    assert (made.id, made.name, made.budget) == ("1", "Spring", DAILY)


def test_one_bad_campaign_does_not_stop_the_others(wire: AdsWire) -> None:
    wire[LISTING] = {"id": "1"}
    wire.nodes["1"] = campaign("1")
    result = wire.meta().ads.campaigns.create([plan(), plan(native={})])
    assert [one.status for one in result] == ["ok", "failed"]


# -- ad groups


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
        ({"delivery": Delivery(goal="clicks", schedule=Schedule(end=_past()))}, "delivery.schedule.end"),
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
        ({"delivery": Delivery(bid=Bid("manual", Money(1, "USD")))}, "ads.ad_groups.create:target_cost"),
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


# -- changing


def test_a_campaign_changes_in_one_call(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1")
    new = Budget(kind="daily", amount=Money("75", "USD"))
    told = Delivery(bid=Bid("auto"))
    changed = wire.meta().ads.campaigns.update(
        "1", name="New", budget=new, status="active", delivery=told, native={"spend_cap": "90000"}
    )
    assert wire.sent_form("/1") == {
        "name": "New",
        "status": "ACTIVE",
        "daily_budget": "7500",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "spend_cap": "90000",
    }
    assert (changed.name, changed.status, changed.budget) == ("New", "active", new)
    assert wire.writes() == ["POST /1"]


def test_a_change_of_nothing_writes_nothing(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1"), "11": group("11"), "21": ad("21")}
    client = wire.meta()
    client.ads.campaigns.update("1")
    client.ads.ad_groups.update("11", delivery=Delivery())
    client.ads.ads.update("21")
    assert wire.writes() == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"budget": None}, "ads.campaigns.update:no_budget"),
        ({"budget": Budget(kind="unlimited")}, "ads.campaigns.update:no_budget"),
        ({"target_roas": Decimal(3)}, "ads.campaigns.create:target_roas"),
        ({"delivery": Delivery(objective="traffic")}, "ads.campaigns.update:objective"),
        ({"delivery": CLICKS}, "ads.campaigns.create:goal"),
        ({"status": "ended"}, "ads.campaigns.set_status:ended"),
    ],
)
def test_what_a_campaign_cannot_change_is_refused(wire: AdsWire, changes: Any, name: str) -> None:
    wire.nodes["1"] = campaign("1")
    with pytest.raises(errors.Unsupported) as failure:
        wire.meta().ads.campaigns.update("1", **changes)
    assert failure.value.operation == name
    assert wire.writes() == []


def test_updates_name_what_is_wrong(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1"), "21": ad("21")}
    client = wire.meta()
    with pytest.raises(errors.InvalidRequest, match="cannot be changed"):
        client.ads.campaigns.update("1", kind="auto")
    with pytest.raises(errors.InvalidRequest, match="name"):
        client.ads.campaigns.update("1", name="")
    with pytest.raises(errors.InvalidRequest, match="creative"):
        client.ads.ads.update("21", creative=None)
    with pytest.raises(errors.Unsupported, match="ad group"):
        client.ads.ads.update("21", delivery=CLICKS)
    with pytest.raises(errors.Unsupported, match="one call"):
        client.ads.campaigns.update("1", name="N", resume="x")


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


# -- ads


def test_an_ad_is_a_creative_in_an_ad_group(wire: AdsWire) -> None:
    wire.nodes |= {"11": group("11"), "21": ad("21")}
    wire[CREATIVES], wire[SINGLE] = {"id": "31"}, {"id": "21"}
    wire.meta().ads.ads.create(AdInput(name="A", ad_group_id="11", creative=POST))
    assert wire.sent_form(SINGLE) == {
        "name": "A",
        "adset_id": "11",
        "status": "PAUSED",
        "creative": {"creative_id": "31"},
    }
    assert wire.sent_form(CREATIVES)["object_story_id"] == "1001_77"
    assert wire.sent_form(CREATIVES)["name"].startswith("A ")


def test_an_ad_that_failed_goes_on_with_its_creative(wire: AdsWire) -> None:
    wire.nodes |= {"11": group("11"), "21": ad("21")}
    wire[CREATIVES] = {"id": "31"}
    wire[SINGLE] = [refusal(100, "no"), {"id": "21"}]
    plan = AdInput(name="A", ad_group_id="11", creative=POST)
    client = wire.meta()
    with pytest.raises(errors.PartiallyApplied) as failure:
        client.ads.ads.create(plan)
    assert (failure.value.done, failure.value.failed) == (("creative 31",), ("ad",))
    again = plan.model_copy(update={"native": failure.value.resume})
    assert client.ads.ads.create(again).id == "21"
    assert wire.writes().count(f"POST {CREATIVES}") == 1
    assert wire.sent_form(SINGLE)["creative"] == {"creative_id": "31"}


def test_a_lost_creative_is_found_by_a_name_that_no_other_has(wire: AdsWire) -> None:
    wire.nodes |= {"11": group("11"), "21": ad("21")}

    def creatives(request: Any) -> Any:
        if request.method == "POST":
            raise Interrupted("cut")
        return rows({"id": "30", "name": "A"}, {"id": "31", "name": wire.sent_form(CREATIVES)["name"]})

    wire[CREATIVES], wire[SINGLE] = creatives, {"id": "21"}
    wire.meta().ads.ads.create(AdInput(name="A", ad_group_id="11", creative=POST))
    assert wire.sent_form(SINGLE)["creative"] == {"creative_id": "31"}


def test_a_lost_ad_whose_fate_nobody_can_tell_is_told_as_that(wire: AdsWire) -> None:
    wire.nodes["11"] = group("11")
    wire[CREATIVES] = {"id": "31"}
    wire[SINGLE], wire["/11/ads"] = Interrupted("cut"), Interrupted("cut")
    with pytest.raises(errors.OutcomeUnknown):
        wire.meta().ads.ads.create(AdInput(name="A", ad_group_id="11", creative=POST))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"status": "draft"}, "ads.campaigns.create:status=draft"),
        ({"delivery": CLICKS}, "ads.ads.create:delivery"),
        ({"products": ["S"]}, "ads.ads.create:products"),
    ],
)
def test_what_an_ad_has_no_place_for_is_refused(wire: AdsWire, fields: Any, name: str) -> None:
    with pytest.raises(errors.Unsupported) as failure:
        wire.meta().ads.ads.create(AdInput(**({"name": "A", "ad_group_id": "11", "creative": POST} | fields)))
    assert failure.value.operation == name


def test_an_ad_needs_its_ad_group(wire: AdsWire) -> None:
    with pytest.raises(errors.InvalidRequest, match="ad_group_id"):
        wire.meta().ads.ads.create(AdInput(name="A", creative=POST))
    with pytest.raises(errors.NotFound):
        wire.meta().ads.ads.create(AdInput(name="A", ad_group_id="99", creative=POST))


def test_a_new_look_is_a_new_creative(wire: AdsWire) -> None:
    wire.nodes["21"] = ad("21")
    wire[CREATIVES] = {"id": "32"}
    changed = wire.meta().ads.ads.update("21", creative=CatalogCreative("998877"), name="N", status="active")
    assert wire.sent_form("/21") == {"name": "N", "status": "ACTIVE", "creative": {"creative_id": "32"}}
    assert wire.sent_form(CREATIVES)["product_set_id"] == "998877"
    assert changed.name == "N"


def test_an_update_that_stopped_half_way_goes_on(wire: AdsWire) -> None:
    wire.nodes["21"] = ad("21")
    wire[CREATIVES] = {"id": "32"}
    wire["/21"] = [ad("21"), refusal(100, "no"), ad("21"), {"success": True}, ad("21")]
    client = wire.meta()
    with pytest.raises(errors.PartiallyApplied) as failure:
        client.ads.ads.update("21", creative=POST)
    assert (failure.value.done, failure.value.failed) == (("creative 32",), ("creative",))
    client.ads.ads.update("21", resume=failure.value.resume)
    assert wire.sent_form("/21") == {"creative": {"creative_id": "32"}}
    assert wire.writes().count(f"POST {CREATIVES}") == 1
    for wrong in ("nonsense", '{"ad": "22", "body": {}}'):
        with pytest.raises(errors.InvalidRequest, match="resume"):
            client.ads.ads.update("21", resume=wrong)


def test_a_plain_change_that_fails_is_no_half_way(wire: AdsWire) -> None:
    wire["/21"] = [ad("21"), refusal(100, "no")]
    with pytest.raises(errors.InvalidRequest):
        wire.meta().ads.ads.update("21", name="N")


# -- status


def test_switching_writes_only_what_differs(wire: AdsWire) -> None:
    wire.nodes |= {
        "1": campaign("1", status="ACTIVE"),
        "2": campaign("2"),
        "3": campaign("3", status="DELETED"),
    }
    result = wire.meta().ads.campaigns.set_status(["1", "2", "3", "4"], "active")
    assert [one.status for one in result] == ["ok", "ok", "failed", "failed"]
    assert isinstance(result[2].error, errors.Conflict)
    assert isinstance(result[3].error, errors.NotFound)
    assert wire.writes() == ["POST /2"]
    assert result[1].value is not None
    assert result[1].value.status == "active"


def test_archived_is_a_status_and_ended_is_none(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1"), "11": group("11"), "21": ad("21")}
    client = wire.meta()
    assert client.ads.campaigns.set_status("1", "archived").status == "archived"
    assert client.ads.ad_groups.set_status("11", "archived").status == "archived"
    assert client.ads.ads.set_status("21", "archived").status == "archived"
    with pytest.raises(errors.Unsupported, match="ended"):
        client.ads.campaigns.set_status("1", "ended")


def test_a_refused_switch_is_the_outcome_of_that_one(wire: AdsWire) -> None:
    wire.nodes["2"] = campaign("2")
    wire["/2"] = refusal(368, "blocked")
    with pytest.raises(errors.AccountRestricted):
        wire.meta().ads.campaigns.set_status("2", "active")


def test_deleting_is_final_and_safe_to_repeat(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1"), "11": group("11"), "21": ad("21")}
    client = wire.meta()
    assert client.ads.campaigns.delete("1") == "deleted"
    assert client.ads.campaigns.delete("1") == "deleted"
    assert client.ads.ad_groups.delete("11") == "deleted"
    assert client.ads.ads.delete("21") == "deleted"
    assert wire.writes() == ["DELETE /1", "DELETE /11", "DELETE /21"]
    with pytest.raises(errors.NotFound):
        client.ads.campaigns.delete("404")


@pytest.mark.parametrize("after", [refusal(100, "gone", 33), campaign("1", status="DELETED")])
def test_a_deletion_whose_answer_was_lost_is_one(wire: AdsWire, after: Any) -> None:
    wire.nodes["1"] = campaign("1")
    wire["/1"] = [Interrupted("cut"), refusal(100, "no", 1), after]
    assert wire.meta().ads.campaigns.delete("1") == "deleted"


def test_a_deletion_that_is_refused_is_refused(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1")
    wire["/1"] = [Interrupted("cut"), refusal(100, "no", 1), campaign("1")]
    with pytest.raises(errors.InvalidRequest):
        wire.meta().ads.campaigns.delete("1")


def test_objects_of_another_ad_account_are_not_shown_in_this_ones_money(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", account_id="4711")
    client = wire.meta()
    with pytest.raises(errors.NotFound, match="act_4711"):
        client.ads.campaigns.get("1")
    with pytest.raises(errors.NotFound, match="act_4711"):
        client.ads.campaigns.update("1", name="N")
    assert client.ads.campaigns.list(ids=["1"]).collect() == []
    assert wire.writes() == []


@pytest.mark.parametrize("above", ["OUTCOME_ENGAGEMENT", "OUTCOME_SALES", "OUTCOME_LEADS"])
def test_messages_may_be_wanted_of_several_objectives(wire: AdsWire, above: str) -> None:
    wire.nodes |= {"1": campaign("1", objective=above), "11": group("11", destination_type="WHATSAPP")}
    wire[GROUPS] = {"id": "11"}
    told = Delivery(objective="messages", targeting=Targeting(countries=["US"]))
    made = wire.meta().ads.ad_groups.create(group_plan(delivery=told))
    assert made.settings is not None
    assert made.settings.objective == "messages"


def test_nothing_asked_is_nothing_read(wire: AdsWire) -> None:
    assert list(wire.meta().ads.campaigns.get([])) == []
    assert wire.meta().ads.campaigns.list(ids=[]).collect() == []
    assert wire.paths().count("/") == 0


def test_names_have_an_end(wire: AdsWire) -> None:
    with pytest.raises(errors.InvalidRequest, match="401 characters"):
        wire.meta().ads.campaigns.create(plan(name="x" * 401))


def test_ad_groups_without_bid_and_budget_are_read(wire: AdsWire) -> None:
    wire.nodes["11"] = {"id": "11", "name": "G", "campaign_id": "1", "status": "PAUSED"}
    found = wire.meta().ads.ad_groups.get("11")
    assert (found.budget, found.target_roas, found.delivery) == (None, None, None)
    assert found.settings is not None
    assert (found.settings.bid, found.settings.goal, found.settings.targeting) == (None, None, None)


def test_the_newest_are_listed_whatever_their_status(wire: AdsWire) -> None:
    wire[LISTING] = rows(campaign("1", status="SOMETHING_NEW"), campaign("2"))
    assert [one.id for one in wire.meta().ads.campaigns.list(status="other")] == ["1"]
    assert "PAUSED" in wire.query(LISTING)["effective_status"]


def test_a_change_may_be_native_alone(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1", daily_budget=None), "11": group("11"), "21": ad("21")}
    client = wire.meta()
    client.ads.campaigns.update(
        "1", delivery=Delivery(schedule=Schedule(end=SOON), native={"spend_cap": "5"})
    )
    assert wire.sent_form("/1") == {"stop_time": "2026-12-01T08:00:00+0000", "spend_cap": "5"}
    client.ads.ad_groups.update("11", delivery=Delivery(goal="reach"), native={"daily_min_spend_target": "5"})
    assert wire.sent_form("/11") == {"optimization_goal": "REACH", "daily_min_spend_target": "5"}
    client.ads.ads.update("21", native={"conversion_domain": "shop.example"})
    assert wire.sent_form("/21") == {"conversion_domain": "shop.example"}


def test_a_native_goal_and_targeting_are_the_makers_own(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1"), "11": group("11")}
    wire[GROUPS] = {"id": "11"}
    targeting = {"geo_locations": {"country_groups": ["worldwide"]}}
    own = {"optimization_goal": "PROFILE_VISIT", "targeting": targeting}
    wire.meta().ads.ad_groups.create(group_plan(delivery=None, native=own))
    form = wire.sent_form(GROUPS)
    assert (form["optimization_goal"], form["targeting"]) == ("PROFILE_VISIT", targeting)
    assert "promoted_object" not in form
