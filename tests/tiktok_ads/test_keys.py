"""A caller's key makes one campaign or ad group, also long after TikTok has forgotten the key."""

from __future__ import annotations

import pytest
from tests.tiktok_ads.plans import DAILY, REACH, TRAFFIC, gmv, gmv_wire
from tests.tiktok_ads.wire import ADVERTISER, NOW, Wire, campaign, group, page, refusal

from socialcommerce import Client, State, errors
from socialcommerce.backends import TikTokAds
from socialcommerce.models.ads import AdGroupInput, CampaignInput

PLAN = CampaignInput(name="Campaign 1", budget=DAILY, delivery=TRAFFIC)
GROUP = AdGroupInput(name="Group 11", campaign_id="1", budget=DAILY, delivery=REACH)
CREATE, GMV = "/campaign/create/", "/campaign/gmv_max/create/"
PAUSE = "/campaign/status/update/"


def later(wire: Wire, state: State, seconds: float = 0) -> Client:
    """Another process, so much later, with the same memory."""
    backend = TikTokAds("7012345678901234567", "app-secret", advertiser_id=ADVERTISER, access_token="t" * 40)
    return Client(backend, transport=wire, state=state, clock=lambda: NOW + seconds, sleep=lambda _: None)


def wire_of_one() -> Wire:
    wire = Wire()
    wire[CREATE] = {"campaign_id": "1"}
    wire["/campaign/get/"] = page(campaign("1"))
    return wire


def test_a_campaign_is_made_once_by_a_key() -> None:
    wire, state = wire_of_one(), State.memory(lambda: NOW)
    first = later(wire, state).ads.campaigns.create(PLAN, idempotency_key="autumn")
    again = later(wire, state, 86_400).ads.campaigns.create(PLAN, idempotency_key="autumn")
    assert (first.id, again) == ("1", first)
    assert len(wire.requests(CREATE)) == 1
    wire[CREATE] = {"campaign_id": "2"}
    wire["/campaign/get/"] = page(campaign("1"), campaign("2"))
    assert later(wire, state).ads.campaigns.create(PLAN, idempotency_key="winter").id == "2"
    assert later(wire, state).ads.campaigns.create(PLAN).id == "2"
    assert len(wire.requests(CREATE)) == 3


def test_each_of_several_has_a_place_under_the_key() -> None:
    wire, state = Wire(), State.memory(lambda: NOW)
    wire[CREATE] = [{"campaign_id": "1"}, {"campaign_id": "2"}]
    wire["/campaign/get/"] = page(campaign("1"), campaign("2"))
    plans = [PLAN, CampaignInput(name="Campaign 2", budget=DAILY, delivery=TRAFFIC)]
    for _ in range(2):
        result = later(wire, state).ads.campaigns.create(plans, idempotency_key="autumn")
        assert sorted(one.id for one in result.values) == ["1", "2"]
    assert len(wire.requests(CREATE)) == 2


def test_a_key_is_not_used_for_something_else() -> None:
    wire, state = wire_of_one(), State.memory(lambda: NOW)
    later(wire, state).ads.campaigns.create(PLAN, idempotency_key="autumn")
    other = CampaignInput(name="Another", budget=DAILY, delivery=TRAFFIC)
    with pytest.raises(errors.InvalidRequest, match="idempotency_key: has made 'Campaign 1' already"):
        later(wire, state).ads.campaigns.create(other, idempotency_key="autumn")
    assert len(wire.requests(CREATE)) == 1


def test_what_was_refused_leaves_the_key_free() -> None:
    wire, state = wire_of_one(), State.memory(lambda: NOW)
    wire[CREATE] = [refusal(40002, "no"), {"campaign_id": "1"}]
    with pytest.raises(errors.SocialCommerceError):
        later(wire, state).ads.campaigns.create(PLAN, idempotency_key="autumn")
    assert later(wire, state).ads.campaigns.create(PLAN, idempotency_key="autumn").id == "1"


def test_an_ad_group_is_made_once_by_a_key() -> None:
    wire, state = wire_of_one(), State.memory(lambda: NOW)
    wire["/adgroup/create/"] = {"adgroup_id": "11"}
    wire["/adgroup/get/"] = page(group("11"))
    made = [
        later(wire, state, day * 86_400).ads.ad_groups.create(GROUP, idempotency_key="autumn").id
        for day in range(3)
    ]
    assert made == ["11", "11", "11"]
    assert len(wire.requests("/adgroup/create/")) == 1


def test_a_repeat_pauses_what_could_not_be_paused_and_nothing_else() -> None:
    wire, state = gmv_wire(), State.memory(lambda: NOW)
    wire["/gmv_max/campaign/get/"] = page({"campaign_id": "4", "campaign_name": "GMV"})
    wire["/campaign/gmv_max/info/"] = {"campaign_name": "GMV", "operation_status": "ENABLE"}
    wire[PAUSE] = refusal(40000, "no")
    with pytest.raises(errors.PartiallyApplied):
        later(wire, state).ads.campaigns.create(gmv(), may_spend=True, idempotency_key="gmv")
    wire[PAUSE] = {"campaign_ids": ["4"], "status": "DISABLE"}
    tried = len(wire.requests(PAUSE))
    for _ in range(2):
        again = later(wire, state).ads.campaigns.create(gmv(), may_spend=True, idempotency_key="gmv")
        assert again.id == "4"
    assert len(wire.requests(GMV)) == 1
    assert len(wire.requests(PAUSE)) == tried + 1
