"""Ad groups in TikTok's words: what would be cut is not sent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests.tiktok_ads.plans import REACH
from tests.tiktok_ads.wire import Wire, campaign, group, page

from socialcommerce import Money, errors
from socialcommerce.models.ads import (
    AdGroupInput,
    Bid,
    Budget,
    Delivery,
    Hours,
    Schedule,
    Targeting,
)


def test_an_ad_group_is_written_in_tiktoks_words() -> None:
    wire = Wire()
    wire["/campaign/get/"] = page(campaign("1"))
    wire["/adgroup/create/"] = {"adgroup_id": "11"}
    wire["/adgroup/get/"] = page(group("11"))
    wire["/tool/region/"] = {
        "region_info": [{"location_id": "6252001", "region_code": "US", "level": "COUNTRY"}]
    }
    plan = AdGroupInput(
        name="Group",
        campaign_id="1",
        budget=Budget(kind="daily", amount=Money("20", "USD")),
        delivery=Delivery(
            goal="clicks",
            bid=Bid("bid_cap", Money("0.75", "USD")),
            schedule=Schedule(
                datetime(2025, 12, 1, tzinfo=UTC), datetime(2025, 12, 9, tzinfo=UTC), hours=[Hours(weekday=0)]
            ),
            targeting=Targeting(
                countries=["US"],
                age_min=18,
                age_max=34,
                genders=["female"],
                placements=["PLACEMENT_TIKTOK"],
                keywords=["tea"],
            ),
        ),
    )
    assert wire.client().ads.ad_groups.create(plan).id == "11"
    body = wire.body("/adgroup/create/")
    assert body["dayparting"] == "1" * 48 + "0" * 288
    wanted = {
        "operation_status": "DISABLE",
        "promotion_type": "WEBSITE",
        "optimization_goal": "CLICK",
        "billing_event": "CPC",
        "bid_type": "BID_TYPE_CUSTOM",
        "bid_price": Decimal("0.75"),
        "schedule_type": "SCHEDULE_START_END",
        "schedule_end_time": "2025-12-09 00:00:00",
        "location_ids": ["6252001"],
        "age_groups": ["AGE_18_24", "AGE_25_34"],
        "gender": "GENDER_FEMALE",
        "budget": 20,
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "pacing": "PACING_MODE_SMOOTH",
    }
    assert {name: body[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("delivery", "kind"),
    [
        (Delivery(goal="clicks"), errors.InvalidRequest),
        (Delivery(targeting=REACH.targeting), errors.InvalidRequest),
        (Delivery(objective="traffic", goal="clicks", targeting=REACH.targeting), errors.Unsupported),
        (
            Delivery(goal="clicks", bid=Bid("target_cost", Money("1", "USD")), targeting=REACH.targeting),
            errors.Unsupported,
        ),
        (
            Delivery(goal="clicks", bid=Bid(billing_event="followers"), targeting=REACH.targeting),
            errors.Unsupported,
        ),
        (Delivery(goal="clicks", bid=Bid("target_roas"), targeting=REACH.targeting), errors.InvalidRequest),
        (Delivery(goal="clicks", targeting=Targeting(regions=["1"], age_min=20)), errors.InvalidRequest),
        (Delivery(goal="clicks", targeting=Targeting(regions=["1"], age_max=20)), errors.InvalidRequest),
        (
            Delivery(goal="clicks", targeting=Targeting(regions=["1"], genders=["unknown"])),
            errors.InvalidRequest,
        ),
    ],
)
def test_an_ad_group_that_would_be_cut_is_not_sent(delivery: Delivery, kind: type[Exception]) -> None:
    wire = Wire()
    wire["/campaign/get/"] = page(campaign("1"))
    with pytest.raises(kind):
        wire.client().ads.ad_groups.create(AdGroupInput(name="G", campaign_id="1", delivery=delivery))
    assert "/adgroup/create/" not in wire.paths()


def test_a_budget_alone_has_a_call_of_its_own() -> None:
    wire = Wire()
    wire["/adgroup/get/"] = page(group("11"))
    wire["/adgroup/budget/update/"] = {}
    wire["/adgroup/update/"] = {}
    client = wire.client()
    client.ads.ad_groups.update("11", budget=Budget(kind="daily", amount=Money("30", "USD")))
    assert wire.body("/adgroup/budget/update/")["budget"] == [{"adgroup_id": "11", "budget": 30}]
    client.ads.ad_groups.update(
        "11",
        name="N",
        target_roas=Decimal("2.5"),
        delivery=Delivery(bid=Bid("cost_cap", Money("2", "USD")), targeting=Targeting(regions=["1"])),
    )
    body = wire.body("/adgroup/update/")
    assert (body["conversion_bid_price"], body["roas_bid"], body["location_ids"]) == (
        2,
        Decimal("2.5"),
        ["1"],
    )
    assert "billing_event" not in body


def test_a_gmv_max_campaign_shows_one_synthetic_group() -> None:
    wire = Wire()
    wire["/gmv_max/campaign/get/"] = page({"campaign_id": "4"})
    wire["/campaign/gmv_max/info/"] = {"campaign_id": "4", "campaign_name": "GMV", "budget": 20}
    client = wire.client()
    (one,) = client.ads.ad_groups.list(campaign="4")
    assert (one.id, one.synthetic) == ("4", True)
    with pytest.raises(errors.Unsupported):
        client.ads.ad_groups.update("4", name="x")
