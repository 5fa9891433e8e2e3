"""Campaigns on Shopee, changed: edited one action at a time, started, paused, deleted."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.shopee.ads_wire import Turns, Wire, lost, refused, settings_row
from tests.shopee.campaigns_wire import (
    CREATE,
    EDIT,
    GMS_EDIT,
    MADE,
    SETTINGS,
    SGT,
    WORDS,
    auto_row,
    daily,
    location,
    plan,
    settings,
    sgd,
)

from socialcommerce.errors import Conflict, InvalidRequest, PartiallyApplied, Unsupported
from socialcommerce.models import Bid, Delivery, Keyword, Schedule, Targeting

# changing


def test_an_update_is_one_edit_a_field(wire: Wire) -> None:
    wire.answers[SETTINGS] = settings(auto_row())
    end = Schedule(None, datetime(2025, 12, 1, tzinfo=SGT))
    wire.client().ads.campaigns.update(
        "12121",
        budget=daily("20"),
        target_roas=Decimal("4.5"),
        delivery=Delivery(schedule=end),
        native={"smart_creative_setting": "on"},
        status="paused",
    )
    assert wire.bodies(EDIT) == [
        {"campaign_id": 12121, "edit_action": "pause"},
        {"campaign_id": 12121, "edit_action": "change_budget", "budget": 20},
        {"campaign_id": 12121, "edit_action": "change_roas_target", "roas_target": Decimal("4.5")},
        {"campaign_id": 12121, "edit_action": "change_duration", "end_date": "30-11-2025"},
        {"campaign_id": 12121, "edit_action": "change_smart_creative", "smart_creative_setting": "on"},
    ]
    references = [asked.body["reference_id"] for asked in wire.asked if asked.name == EDIT]
    assert len(set(references)) == 5


def test_none_takes_the_limit_the_target_and_the_end_away(wire: Wire) -> None:
    span = {"start_time": 1762000000, "end_time": 1765000000}
    row = auto_row(campaign_duration=span) | {"auto_bidding_info": {"roas_target": 3}}
    wire.answers[SETTINGS] = settings(row)
    wire.client().ads.campaigns.update(
        "12121", budget=None, target_roas=None, delivery=Delivery(schedule=Schedule())
    )
    assert wire.bodies(EDIT) == [
        {"campaign_id": 12121, "edit_action": "change_budget", "budget": 0},
        {"campaign_id": 12121, "edit_action": "change_roas_target", "roas_target": 0},
        {"campaign_id": 12121, "edit_action": "change_duration"},
    ]


def test_an_update_that_stops_half_way_says_what_is_done_and_goes_on(wire: Wire) -> None:
    wire.answers |= {
        SETTINGS: settings(auto_row()),
        EDIT: Turns([MADE, refused("ads_invalid_roas_target", "ROAS Target should be"), MADE]),
    }
    campaigns = wire.client().ads.campaigns
    with pytest.raises(PartiallyApplied) as caught:
        campaigns.update("12121", budget=daily("20"), target_roas=Decimal(3), status="paused")
    assert (caught.value.done, caught.value.failed) == (("status",), ("budget", "target_roas"))
    resume = json.loads(json.dumps(caught.value.resume))
    campaigns.update("12121", resume=resume)
    assert [body["edit_action"] for body in wire.bodies(EDIT)] == [
        "pause",
        "change_budget",
        "change_budget",
        "change_roas_target",
    ]
    again = [asked.body["reference_id"] for asked in wire.asked if asked.name == EDIT]
    assert again[1] == again[2]


def test_the_first_failure_of_an_update_is_raised_as_it_is(wire: Wire) -> None:
    wire.answers[EDIT] = refused("ads.campaign.error_daily_budget_range", "The budget set is invalid.")
    with pytest.raises(InvalidRequest, match="budget set is invalid"):
        wire.client().ads.campaigns.update("12121", budget=daily("20"))


def test_what_is_left_of_another_update_is_refused(wire: Wire) -> None:
    campaigns = wire.client().ads.campaigns
    with pytest.raises(InvalidRequest, match="PartiallyApplied"):
        campaigns.update("12121", resume="nonsense")
    with pytest.raises(InvalidRequest, match="belongs to campaign 1"):
        campaigns.update("12121", resume='{"campaign": "1", "steps": []}')


def test_references_of_an_update_follow_from_the_key(wire: Wire) -> None:
    wire.client().ads.campaigns.update("12121", budget=daily("20"), idempotency_key="k")
    assert [asked.body["reference_id"] for asked in wire.asked if asked.name == EDIT] == ["k:budget"]


def test_an_edit_whose_reference_has_succeeded_is_done(wire: Wire) -> None:
    wire.answers[EDIT] = refused("error_param", "reference_id is duplicated")
    assert wire.client().ads.campaigns.update("12121", budget=daily("13")).id == "12121"


@pytest.mark.parametrize(
    ("changes", "before"),
    [
        ({"budget": daily("12.5")}, settings_row(campaign_budget=10)),
        (
            {"delivery": Delivery(schedule=Schedule())},
            settings_row(campaign_duration={"start_time": 1762000000, "end_time": 1765000000}),
        ),
        (
            {"native": {"enhanced_cpc": True}},
            settings_row() | {"manual_bidding_info": {"enhanced_cpc": False}},
        ),
        (
            {"native": {"discovery_ads_locations": [location("0.2")]}},
            settings_row() | {"manual_bidding_info": {"discovery_ads_locations": [location("0.1")]}},
        ),
        ({"status": "active"}, settings_row(campaign_status="paused")),
    ],
)
def test_an_edit_of_unknown_outcome_is_read_back(wire: Wire, changes: Any, before: Any) -> None:
    wire.answers |= {
        EDIT: Turns([lost, refused("ads.edit.invalid_action", "invalid as per the current status")]),
        SETTINGS: Turns([settings(before), settings(settings_row())]),
    }
    assert wire.client().ads.campaigns.update("12121", **changes).id == "12121"


def test_what_is_so_already_is_not_sent(wire: Wire) -> None:
    campaigns = wire.client().ads.campaigns
    campaigns.update(
        "12121", budget=daily("12.50"), delivery=Delivery(schedule=Schedule()), native={"enhanced_cpc": True}
    )
    assert wire.names() == [SETTINGS]


def test_a_group_takes_back_the_settings_it_gave(wire: Wire) -> None:
    groups = wire.client().ads.ad_groups
    group = groups.get("12121")
    assert group.settings is not None
    groups.update(group, delivery=group.settings)
    assert wire.names() == [SETTINGS, SETTINGS]


def test_a_doubtful_target_is_read_back_too(wire: Wire) -> None:
    row = auto_row() | {"auto_bidding_info": {"roas_target": 3}}
    wire.answers |= {
        EDIT: Turns([lost, refused("ads.edit.invalid_action", "no")]),
        SETTINGS: Turns([settings(auto_row()), settings(row)]),
    }
    assert wire.client().ads.campaigns.update("12121", target_roas=Decimal(3)).target_roas == 3


def test_keywords_of_unknown_outcome_are_read_back(wire: Wire) -> None:
    words = [
        {
            "keyword": "mug",
            "status": "deleted",
            "match_type": "exact",
            "bid_price_per_click": Decimal("0.25"),
        },
        {"keyword": "pot", "status": "normal", "match_type": "exact", "bid_price_per_click": Decimal("0.3")},
    ]
    after = settings_row() | {"manual_bidding_info": {"selected_keywords": words}}
    wire.answers |= {
        WORDS: Turns([lost, refused("ads.edit.invalid_action", "no")]),
        SETTINGS: Turns([settings(settings_row()), settings(after)]),
    }
    wanted = Delivery(targeting=Targeting(keywords=[Keyword("pot", "exact", sgd("0.3"))]))
    group = wire.client().ads.ad_groups.update("12121", delivery=wanted)
    assert group.settings is not None
    assert group.settings.targeting is not None
    assert [word.text for word in group.settings.targeting.keywords] == ["pot"]  # type: ignore[union-attr]


def test_keywords_that_the_settings_show_unchanged_did_not_take_effect(wire: Wire) -> None:
    wire.answers[WORDS] = Turns([lost, refused("ads.edit.invalid_action", "no")])
    with pytest.raises(Conflict):
        wire.client().ads.ad_groups.update("12121", delivery=Delivery(targeting=Targeting(keywords=[])))


def test_a_conflict_that_is_no_repeat_is_raised(wire: Wire) -> None:
    wire.answers[CREATE] = refused("ads.item.blocked_for_promotion", "Item is blocked for promotion.")
    with pytest.raises(Conflict) as caught:
        wire.client().ads.campaigns.create(plan(), may_spend=True)
    assert caught.value.reason == "promotion"


def test_a_doubtful_edit_that_did_not_take_effect_is_a_conflict(wire: Wire) -> None:
    wire.answers[EDIT] = Turns([lost, refused("ads.edit.invalid_action", "invalid as per the status")])
    with pytest.raises(Conflict):
        wire.client().ads.campaigns.update("12121", native={"smart_creative_setting": "on"})


def test_the_whole_shops_campaign_is_edited_by_its_own_calls(shop_wire: Wire) -> None:
    shop_wire.client().ads.campaigns.update(
        "900", budget=daily("30"), target_roas=Decimal(7), status="active"
    )
    assert shop_wire.bodies(GMS_EDIT) == [
        {"campaign_id": 900, "edit_action": "change_budget", "daily_budget": 30},
        {"campaign_id": 900, "edit_action": "change_roas_target", "roas_target": 7},
        {"campaign_id": 900, "edit_action": "resume"},
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "New"},
        {"delivery": Delivery(bid=Bid("auto"))},
        {"delivery": Delivery(objective="leads")},
        {"status": "archived"},
    ],
)
def test_what_no_edit_changes_is_unsupported(wire: Wire, changes: Any) -> None:
    with pytest.raises(Unsupported):
        wire.client().ads.campaigns.update("12121", **changes)
    assert EDIT not in wire.names()


def test_an_unknown_change_is_named(wire: Wire) -> None:
    with pytest.raises(InvalidRequest, match="colour"):
        wire.client().ads.campaigns.update("12121", colour="red")  # type: ignore[call-arg]


def test_automatic_product_ads_are_read_only(wire: Wire) -> None:
    wire.answers[SETTINGS] = settings(settings_row(ad_type="auto"))
    campaigns = wire.client().ads.campaigns
    for write in (
        lambda: campaigns.update("12121", budget=None),
        lambda: campaigns.set_status("12121", "paused"),
        lambda: campaigns.delete("12121"),
    ):
        with pytest.raises(Unsupported, match="read only"):
            write()


# status


@pytest.mark.parametrize(
    ("present", "wanted", "action"),
    [
        ("paused", "active", "resume"),
        ("scheduled", "active", "start"),
        ("ongoing", "paused", "pause"),
        ("ongoing", "ended", "stop"),
        ("a_new_word", "paused", "pause"),
    ],
)
def test_a_status_is_reached_by_the_action_that_leads_there(
    wire: Wire, present: str, wanted: Any, action: str
) -> None:
    wire.answers[SETTINGS] = settings(settings_row(campaign_status=present))
    wire.client().ads.campaigns.set_status("12121", wanted)
    assert wire.bodies(EDIT) == [{"campaign_id": 12121, "edit_action": action}]


@pytest.mark.parametrize(
    ("present", "wanted"), [("ongoing", "active"), ("paused", "paused"), ("closed", "ended")]
)
def test_the_present_status_is_answered_without_an_edit(wire: Wire, present: str, wanted: Any) -> None:
    wire.answers[SETTINGS] = settings(settings_row(campaign_status=present))
    assert wire.client().ads.campaigns.set_status("12121", wanted).native_status == present
    assert wire.names() == [SETTINGS]


def test_an_ended_campaign_does_not_start_again(wire: Wire) -> None:
    wire.answers[SETTINGS] = settings(settings_row(campaign_status="ended"))
    with pytest.raises(Conflict) as caught:
        wire.client().ads.campaigns.set_status("12121", "active")
    assert (caught.value.reason, caught.value.sent) == ("state", "no")


def test_the_whole_shops_campaign_is_resumed_or_started_whichever_fits(shop_wire: Wire) -> None:
    shop_wire.answers[GMS_EDIT] = Turns([refused("ads.edit.invalid_action", "no"), {"campaign_id": 900}])
    shop_wire.client().ads.campaigns.set_status("900", "active")
    assert [body["edit_action"] for body in shop_wire.bodies(GMS_EDIT)] == ["resume", "start"]
    shop_wire.answers[GMS_EDIT] = refused("ads.edit.invalid_action", "no")
    with pytest.raises(Conflict):
        shop_wire.client().ads.campaigns.set_status("900", "paused")


def test_the_whole_shops_campaign_is_neither_stopped_nor_deleted(shop_wire: Wire) -> None:
    with pytest.raises(Unsupported):
        shop_wire.client().ads.campaigns.set_status("900", "ended")
    with pytest.raises(Unsupported, match="pause it"):
        shop_wire.client().ads.campaigns.delete("900")


def test_a_campaign_is_deleted_once(wire: Wire) -> None:
    campaigns = wire.client().ads.campaigns
    assert campaigns.delete("12121") == "deleted"
    assert wire.bodies(EDIT) == [{"campaign_id": 12121, "edit_action": "delete"}]
    wire.answers[SETTINGS] = settings(settings_row(campaign_status="deleted"))
    assert campaigns.delete("12121") == "deleted"
    assert len(wire.bodies(EDIT)) == 1


def test_a_deletion_whose_reply_was_lost_is_seen_by_the_campaign_being_gone(wire: Wire) -> None:
    wire.answers |= {
        EDIT: Turns([lost, refused("ads.edit.invalid_action", "no")]),
        SETTINGS: Turns([settings(settings_row()), settings()]),
    }
    assert wire.client().ads.campaigns.delete("12121") == "deleted"
