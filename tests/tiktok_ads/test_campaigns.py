"""Campaigns of three kinds: listed, found, made paused, changed, switched."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.tiktok_ads.plans import DAILY, STORE, TRAFFIC, gmv, gmv_wire, sample
from tests.tiktok_ads.wire import Wire, ad, campaign, group, page, refusal

from socialcommerce import Money, errors
from socialcommerce.models.ads import (
    Budget,
    CampaignInput,
    Delivery,
    Targeting,
)
from socialcommerce.models.creatives import ExistingPost
from socialcommerce.runtime.transport import Interrupted


def test_three_families_are_one_listing() -> None:
    wire = Wire()
    wire["/campaign/get/"] = [page(campaign("1"), of=2), page(campaign("2"), number=2, of=2)]
    wire["/smart_plus/campaign/get/"] = page(campaign("3"))
    wire["/gmv_max/campaign/get/"] = page({"campaign_id": "4", "campaign_name": "GMV"})
    wire["/campaign/gmv_max/info/"] = {
        "campaign_name": "GMV",
        "roas_bid": 3.5,
        "budget": 20,
        "shopping_ads_type": "PRODUCT",
        "operation_status": "ENABLE",
    }
    found = wire.client().ads.campaigns.list().collect()
    assert [(one.id, one.kind) for one in found] == [
        ("1", "standard"),
        ("2", "standard"),
        ("3", "auto"),
        ("4", "shop_gmv_max"),
    ]
    assert found[3].target_roas == Decimal("3.5")
    assert found[3].settings is not None
    assert found[3].settings.objective == "shop_sales"


def test_an_account_without_gmv_max_has_none_of_it() -> None:
    wire = Wire()
    wire["/campaign/get/"] = page(campaign())
    wire["/gmv_max/campaign/get/"] = refusal(40001, "no permission")
    assert len(wire.client().ads.campaigns.list().collect()) == 1
    with pytest.raises(errors.PermissionDenied):
        wire.client().ads.campaigns.list(kind="shop_gmv_max").collect()


def test_filters_are_kept_where_tiktok_has_them_and_else_here() -> None:
    wire = Wire()
    wire["/campaign/get/"] = page(
        campaign("1"), campaign("2", operation_status="ENABLE", campaign_name="Sale")
    )
    client = wire.client()
    paused = client.ads.campaigns.list(status="paused", kind="standard").collect()
    assert [one.id for one in paused] == ["1"]
    assert wire.query("/campaign/get/")["filtering"] == {"primary_status": "STATUS_DISABLE"}
    assert [one.id for one in client.ads.campaigns.list(name="sale", kind="standard")] == ["2"]
    later = datetime(2025, 11, 3, tzinfo=UTC)
    assert client.ads.campaigns.list(updated_after=later, kind="standard").collect() == []
    client.ads.campaigns.list(status=["deleted"], kind="standard").collect()
    assert wire.query("/campaign/get/")["filtering"] == {"primary_status": "STATUS_DELETE"}
    assert [one.id for one in client.ads.campaigns.list(ids=["2", "9"], kind="standard")] == ["2"]


def test_the_published_campaigns_are_read_whole(shared: Path) -> None:
    wire = Wire()
    wire["/campaign/get/"] = [sample(shared, f"campaign_get_{name}") for name in ("page1", "page2", "last")]
    found = wire.client().ads.campaigns.list(kind="standard").collect()
    assert len(found) == 5
    first, third = found[0], found[2]
    assert (first.status, first.delivery, first.native_objective) == ("active", "delivering", "PRODUCT_SALES")
    assert first.budget == DAILY
    assert first.settings is not None
    assert first.settings.objective == "shop_sales"
    assert first.updated_at == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    assert third.budget is not None
    assert third.budget.kind == "unlimited"


def test_the_published_ad_group_and_ad_are_read_whole(shared: Path) -> None:
    wire = Wire()
    wire["/adgroup/get/"] = sample(shared, "adgroup_get")
    wire["/ad/get/"] = sample(shared, "ad_get")
    client = wire.client()
    one = client.ads.ad_groups.get("1700000000001001")
    assert one.settings is not None
    assert (one.settings.goal, one.settings.targeting.age_min, one.settings.targeting.age_max) == (
        "value",
        25,
        34,
    )
    assert one.settings.targeting.genders == ("female",)
    shown = client.ads.ads.get("1700000000002001")
    assert isinstance(shown.creative, ExistingPost)
    assert (shown.review.status, shown.creative.cta) == ("approved", "shop_now")


def test_an_id_alone_is_looked_for_in_every_family() -> None:
    wire = Wire()
    wire["/smart_plus/campaign/get/"] = page(campaign("3"))
    client = wire.client()
    assert client.ads.campaigns.get("3").kind == "auto"
    result = client.ads.campaigns.get(["3", "404"])
    assert [outcome.ok for outcome in result] == [True, False]
    assert isinstance(result[1].error, errors.NotFound)


def test_a_campaign_is_made_paused_with_a_key_that_a_repeat_keeps() -> None:
    wire = Wire()
    wire["/campaign/create/"] = [Interrupted("cut"), {"campaign_id": "1"}]
    wire["/campaign/get/"] = page(campaign("1"))
    plan = CampaignInput(name="Campaign 1", budget=DAILY, delivery=TRAFFIC)
    made = wire.client().ads.campaigns.create(plan, idempotency_key="order-7")
    assert (made.id, made.status) == ("1", "paused")
    first, second = wire.body("/campaign/create/", 0), wire.body("/campaign/create/", 1)
    assert first == second
    assert first.pop("request_id").isdigit()
    assert first == {
        "advertiser_id": "7000000000000000002",
        "campaign_name": "Campaign 1",
        "operation_status": "DISABLE",
        "objective_type": "TRAFFIC",
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 50,
    }


def test_a_create_that_is_refused_as_a_repeat_is_looked_up() -> None:
    wire = Wire()
    wire["/campaign/create/"] = refusal(40050, "duplicate")
    wire["/campaign/get/"] = page(campaign("1"))
    plan = CampaignInput(name="Campaign 1", delivery=TRAFFIC)
    assert wire.client().ads.campaigns.create(plan).id == "1"
    wire["/campaign/get/"] = page()
    with pytest.raises(errors.Conflict):
        wire.client().ads.campaigns.create(plan)


def test_smart_plus_has_calls_of_its_own() -> None:
    wire = Wire()
    wire["/smart_plus/campaign/create/"] = {"campaign_id": "3"}
    wire["/smart_plus/campaign/get/"] = page(campaign("3"))
    plan = CampaignInput(name="Auto", kind="auto", budget=DAILY, delivery=Delivery(objective="conversions"))
    assert wire.client().ads.campaigns.create(plan).kind == "auto"
    body = wire.body("/smart_plus/campaign/create/")
    assert (body["budget_mode"], body["sales_destination"]) == ("BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "WEBSITE")


def test_gmv_max_starts_at_once_so_it_needs_leave_and_is_paused() -> None:
    wire = gmv_wire()
    client = wire.client()
    with pytest.raises(errors.PolicyViolation, match="may_spend"):
        client.ads.campaigns.create(gmv())
    assert "/campaign/gmv_max/create/" not in wire.paths()
    made = client.ads.campaigns.create(gmv(), may_spend=True)
    assert made.id == "4"
    body = wire.body("/campaign/gmv_max/create/")
    assert (body["roas_bid"], body["product_specific_type"], body["schedule_type"]) == (
        Decimal("3.5"),
        "ALL",
        "SCHEDULE_FROM_NOW",
    )
    assert wire.body("/campaign/status/update/")["operation_status"] == "DISABLE"
    assert "/gmv_max/exclusive_authorization/create/" in wire.paths()


def test_a_gmv_max_campaign_that_cannot_be_paused_is_told() -> None:
    wire = gmv_wire()
    wire["/campaign/status/update/"] = refusal(40000, "no")
    with pytest.raises(errors.PartiallyApplied) as caught:
        wire.client().ads.campaigns.create(gmv(), may_spend=True)
    assert caught.value.failed == ("pause",)


def test_a_shop_that_others_advertise_is_left_to_them() -> None:
    wire = gmv_wire()
    wire["/gmv_max/exclusive_authorization/get/"] = {
        "authorization_status": "EFFECTIVE",
        "advertiser_id": "99",
    }
    with pytest.raises(errors.Conflict):
        wire.client().ads.campaigns.create(gmv(), may_spend=True)
    wire["/gmv_max/store/list/"] = {"store_list": [STORE, {**STORE, "store_id": "6"}]}
    with pytest.raises(errors.InvalidRequest, match="name the shop"):
        wire.client().ads.campaigns.create(gmv(), may_spend=True)
    with pytest.raises(errors.NotFound):
        wire.client(store_id="7").ads.campaigns.create(gmv(), may_spend=True)


@pytest.mark.parametrize(
    ("plan", "kind"),
    [
        (CampaignInput(delivery=TRAFFIC), errors.InvalidRequest),
        (CampaignInput(name="🎁", delivery=TRAFFIC), errors.InvalidRequest),
        (CampaignInput(name="字" * 257, delivery=TRAFFIC), errors.InvalidRequest),
        (CampaignInput(name="x"), errors.InvalidRequest),
        (CampaignInput(name="x", delivery=Delivery(objective="shop_sales")), errors.Unsupported),
        (CampaignInput(name="x", delivery=Delivery(objective="store_visits")), errors.Unsupported),
        (CampaignInput(name="x", delivery=Delivery(objective="traffic", goal="clicks")), errors.Unsupported),
        (CampaignInput(name="x", delivery=TRAFFIC, target_roas=Decimal(2)), errors.Unsupported),
        (CampaignInput(name="x", delivery=TRAFFIC, status="draft"), errors.Unsupported),
        (CampaignInput(name="x", kind="auto", delivery=TRAFFIC), errors.Unsupported),
        (
            CampaignInput(name="x", delivery=TRAFFIC, budget=Budget(kind="daily", amount=Money("1", "EUR"))),
            errors.InvalidRequest,
        ),
        (
            CampaignInput(
                name="x", delivery=TRAFFIC, budget=Budget(kind="daily", amount=Money("1.005", "USD"))
            ),
            errors.InvalidRequest,
        ),
        (
            CampaignInput(
                name="x", delivery=TRAFFIC, budget=Budget(kind="monthly_cap", amount=Money("1", "USD"))
            ),
            errors.Unsupported,
        ),
        (
            CampaignInput(name="x", delivery=TRAFFIC, budget=Budget(kind="daily", shared_id="9")),
            errors.Unsupported,
        ),
        (gmv(budget=None), errors.InvalidRequest),
        (gmv(target_roas=None), errors.InvalidRequest),
        (gmv(delivery=Delivery(targeting=Targeting(regions=["1"]))), errors.Unsupported),
    ],
)
def test_a_plan_that_tiktok_would_cut_or_refuse_is_not_sent(
    plan: CampaignInput, kind: type[Exception]
) -> None:
    wire = Wire()
    with pytest.raises(kind) as caught:
        wire.client().ads.campaigns.create(plan, may_spend=True)
    assert caught.value.sent == "no"
    assert set(wire.paths()) <= {"/advertiser/info/"}


def test_statuses_are_set_twenty_a_call_and_told_one_by_one() -> None:
    wire = Wire()
    rows = [campaign(str(number)) for number in range(1, 23)]
    rows[0]["operation_status"] = "ENABLE"
    wire["/campaign/get/"] = page(*rows)
    wire["/campaign/status/update/"] = [
        {"code": 20001, "message": "partly", "data": {"campaign_ids": [str(n) for n in range(3, 22)]}},
        {"campaign_ids": ["22"]},
    ]
    ids = [str(number) for number in range(1, 23)]
    result = wire.client().ads.campaigns.set_status([*ids, "404"], "active")
    assert [outcome.input for outcome in result.failures] == ["2", "404"]
    assert wire.body("/campaign/status/update/", 0)["campaign_ids"] == ids[1:21]
    assert result[21].status == "ok"


def test_a_status_that_tiktok_does_not_have_is_refused() -> None:
    with pytest.raises(errors.Unsupported):
        Wire().client().ads.campaigns.set_status("1", "archived")
    wire = Wire()
    wire["/campaign/get/"] = page(campaign("1", operation_status="DELETE"))
    with pytest.raises(errors.Conflict):
        wire.client().ads.campaigns.set_status("1", "active")
    assert wire.client().ads.campaigns.delete("1") == "deleted"


def test_groups_and_ads_are_switched_and_deleted() -> None:
    wire = Wire()
    wire["/adgroup/get/"] = page(group("11"), group("12"))
    wire["/adgroup/status/update/"] = {
        "adgroup_ids": ["12"],
        "error_list": [{"adgroup_id": "11", "error_message": "in review"}],
    }
    result = wire.client().ads.ad_groups.set_status(["11", "12"], "active")
    assert [outcome.ok for outcome in result] == [False, True]
    assert wire.body("/adgroup/status/update/")["allow_partial_success"] is True
    wire["/ad/get/"] = page(ad())
    wire["/ad/status/update/"] = {"ad_ids": ["21"]}
    assert wire.client().ads.ads.set_status("21", "active").id == "21"
    assert wire.client().ads.ads.delete("21") == "deleted"
    assert wire.body("/ad/status/update/")["operation_status"] == "DELETE"


def test_only_what_is_named_changes() -> None:
    wire = Wire()
    wire["/campaign/get/"] = page(campaign("1"))
    wire["/campaign/update/"] = {"campaign_id": "1"}
    wire["/campaign/status/update/"] = {"campaign_ids": ["1"]}
    wire.client().ads.campaigns.update(
        "1", name="New", budget=Budget(kind="daily", amount=Money("9.5", "USD"))
    )
    body = wire.body("/campaign/update/")
    assert {name: body[name] for name in ("campaign_id", "campaign_name", "budget")} == {
        "campaign_id": "1",
        "campaign_name": "New",
        "budget": Decimal("9.5"),
    }
    with pytest.raises(errors.Unsupported):
        wire.client().ads.campaigns.update("1", delivery=Delivery(objective="leads"))
    with pytest.raises(errors.Unsupported):
        wire.client().ads.campaigns.update("1", budget=Budget(kind="lifetime", amount=Money("9", "USD")))


def test_an_update_that_stops_half_way_goes_on_later() -> None:
    wire = Wire()
    wire["/campaign/get/"] = page(campaign("1"))
    wire["/campaign/update/"] = {"campaign_id": "1"}
    wire["/campaign/status/update/"] = refusal(40000, "not now")
    client = wire.client()
    with pytest.raises(errors.PartiallyApplied) as caught:
        client.ads.campaigns.update("1", name="New", status="active")
    assert (caught.value.done, caught.value.failed) == (("name",), ("status",))
    wire["/campaign/status/update/"] = {"campaign_ids": ["1"]}
    client.ads.campaigns.update("1", resume=caught.value.resume)
    assert len(wire.requests("/campaign/update/")) == 1
    for wrong in ("nonsense", caught.value.resume.replace('"1"', '"2"', 1)):
        with pytest.raises(errors.InvalidRequest, match="resume"):
            client.ads.campaigns.update("1", resume=wrong)
