"""Trees of a campaign, its ad groups and ads: checked at once, launched, gone on with."""

from __future__ import annotations

import pytest
from tests.tiktok_ads.plans import STORE, ad_wire, gmv, gmv_wire
from tests.tiktok_ads.wire import campaign, page, refusal

from socialcommerce import errors
from socialcommerce.models.ads import (
    AdGroupInput,
    AdInput,
    CampaignInput,
    Delivery,
    LaunchPlan,
    Targeting,
)
from socialcommerce.models.creatives import ExistingPost


def tree() -> LaunchPlan:
    return LaunchPlan(
        campaign=CampaignInput(
            name="Campaign 1",
            delivery=Delivery(objective="traffic", goal="clicks", targeting=Targeting(regions=["6252001"])),
        ),
        ad_groups=[AdGroupInput(name="Group 11")],
        ads=[AdInput(name="Ad 21", creative=ExistingPost("750"))],
    )


def test_a_tree_is_launched_paused_and_goes_on_where_it_stopped() -> None:
    wire = ad_wire()
    wire["/campaign/create/"] = {"campaign_id": "1"}
    wire["/campaign/get/"] = page(campaign("1"))
    wire["/adgroup/create/"] = {"adgroup_id": "11"}
    wire["/ad/create/"] = refusal(40000, "bad video")
    client = wire.client()
    assert client.ads.check(tree())
    with pytest.raises(errors.PartiallyApplied) as caught:
        client.ads.launch(tree())
    assert caught.value.done == ("campaign 1", "ad group 11")
    wire["/ad/create/"] = {"ad_ids": ["21"]}
    launched = client.ads.launch(tree(), resume=caught.value.resume)
    assert (launched.campaign.id, launched.ad_groups[0].id, launched.ads[0].id) == ("1", "11", "21")
    assert len(wire.requests("/campaign/create/")) == len(wire.requests("/adgroup/create/")) == 1
    with pytest.raises(errors.InvalidRequest, match="resume"):
        client.ads.launch(tree(), resume="nonsense")


def test_a_check_tells_everything_at_once() -> None:
    wire = gmv_wire()
    wire["/gmv_max/store/list/"] = {"store_list": [{**STORE, "is_gmv_max_available": False}]}
    wire["/gmv_max/exclusive_authorization/get/"] = {
        "authorization_status": "EFFECTIVE",
        "advertiser_id": "9",
    }
    wire["/gmv_max/store/shop_ad_usage_check/"] = {"promote_all_products_allowed": False}
    found = wire.client().ads.check(gmv(name="🎁"))
    assert not found
    assert [one.field for one in found.problems] == ["name", "kind", "kind", "products"]


def test_gmv_max_is_launched_with_one_call() -> None:
    wire = gmv_wire()
    launched = wire.client().ads.launch(LaunchPlan(campaign=gmv()), may_spend=True)
    assert launched.ad_groups[0].synthetic
