"""Campaigns on Meta: money in its own minor units, made paused, changed in one call."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.meta.ads_wire import (
    CLICKS,
    DAILY,
    GROUPS,
    LISTING,
    NONE,
    PAST,
    POST,
    SINGLE,
    SOON,
    AdsWire,
    ad,
    campaign,
    group,
    group_plan,
    plan,
    rows,
)

from socialcommerce import Money, errors
from socialcommerce.models.ads import (
    AdInput,
    Bid,
    Budget,
    CampaignInput,
    Delivery,
    Hours,
    Schedule,
    Targeting,
)
from socialcommerce.runtime.transport import Interrupted


@pytest.fixture
def wire() -> AdsWire:
    return AdsWire()


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
        wire.meta().ads.campaigns.create(CampaignInput(delivery=Delivery(schedule=Schedule(end=PAST))))
    assert set(failure.value.fields or {}) == {
        "name",
        "native.special_ad_categories",
        "delivery.objective",
        "delivery.schedule.end",
    }


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


def test_names_have_an_end(wire: AdsWire) -> None:
    with pytest.raises(errors.InvalidRequest, match="401 characters"):
        wire.meta().ads.campaigns.create(plan(name="x" * 401))


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


def test_an_unknown_status_is_named_with_those_there_are(wire: AdsWire) -> None:
    with pytest.raises(errors.InvalidRequest, match="'stopped' is not known; there is active"):
        wire.meta().ads.campaigns.update("1", status="stopped")
