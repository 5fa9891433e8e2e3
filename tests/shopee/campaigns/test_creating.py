"""Campaigns on Shopee, created: plans written and refused, lost replies, the whole shop's, launches."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.shopee.ads_wire import Turns, Wire, lost, refused, settings_row
from tests.shopee.campaigns_wire import (
    CREATE,
    EDIT,
    GMS_EDIT,
    IDS,
    MADE,
    SETTINGS,
    SGT,
    by_hand,
    daily,
    plan,
    settings,
    sgd,
)

from socialcommerce.errors import (
    ApprovalRequired,
    Conflict,
    InvalidRequest,
    OutcomeUnknown,
    PartiallyApplied,
    PolicyViolation,
    Unsupported,
)
from socialcommerce.models import (
    Bid,
    Budget,
    CampaignInput,
    Delivery,
    Hours,
    Keyword,
    LaunchPlan,
    Money,
    Ref,
    Schedule,
    Targeting,
)
from socialcommerce.models.ads import AdGroupInput

# creating


def test_a_create_never_spends_unasked(wire: Wire) -> None:
    with pytest.raises(PolicyViolation, match="may_spend=True") as caught:
        wire.client().ads.campaigns.create(plan())
    assert (caught.value.sent, caught.value.reason, wire.asked) == ("no", "may_spend", [])


def test_a_campaign_is_created_paused_right_after_and_read_back(wire: Wire) -> None:
    made = wire.client().ads.campaigns.create(plan(), may_spend=True)
    assert made.id == "12121"
    assert wire.names() == [CREATE, EDIT, SETTINGS]
    assert wire.bodies(CREATE) == [
        {"budget": Decimal("12.5"), "start_date": "15-11-2025", "item_id": 34001, "bidding_method": "auto"}
    ]
    assert wire.bodies(EDIT) == [{"campaign_id": 12121, "edit_action": "pause"}]


def test_one_that_shall_run_is_not_paused(wire: Wire) -> None:
    wire.client().ads.campaigns.create(plan(status="active"), may_spend=True)
    assert wire.names() == [CREATE, SETTINGS]


def test_days_target_and_no_budget_are_written_as_shopee_wants_them(wire: Wire) -> None:
    schedule = Schedule(datetime(2025, 12, 1, tzinfo=SGT), datetime(2025, 12, 8, tzinfo=SGT))
    wanted = plan(budget=None, target_roas=Decimal("5.50"), delivery=Delivery(schedule=schedule))
    wire.client().ads.campaigns.create(wanted, may_spend=True)
    assert wire.bodies(CREATE) == [
        {
            "budget": 0,
            "start_date": "01-12-2025",
            "end_date": "07-12-2025",
            "item_id": 34001,
            "bidding_method": "auto",
            "roas_target": Decimal("5.5"),
        }
    ]


def test_keywords_and_placements_bid_by_hand(wire: Wire) -> None:
    wanted = plan(delivery=by_hand(), native={"enhanced_cpc": True, "smart_creative_setting": "off"})
    wire.client().ads.campaigns.create(wanted, may_spend=True)
    (body,) = wire.bodies(CREATE)
    assert body["bidding_method"] == "manual"
    assert body["selected_keywords"] == [
        {"keyword": "mug", "match_type": "broad", "bid_price_per_click": Decimal("0.2")},
        {"keyword": "tea cup", "match_type": "exact", "bid_price_per_click": Decimal("0.3")},
    ]
    assert body["discovery_ads_locations"] == [{"location": "daily_discover", "bid_price": Decimal("0.2")}]
    assert (body["enhanced_cpc"], body["smart_creative_setting"]) == (True, "off")


BAD_PLANS: dict[str, tuple[dict[str, Any], str]] = {
    "no product": ({"products": []}, "exactly one item"),
    "two products": ({"products": [Ref(product_id="1"), Ref(product_id="2")]}, "exactly one item"),
    "cents of a cent": ({"budget": daily("1.234")}, "multiple of 0.01"),
    "another currency": ({"budget": Budget(kind="daily", amount=Money("5", "USD"))}, "paid in SGD"),
    "two decimals of ROAS": ({"target_roas": Decimal("5.55")}, "one decimal"),
    "an unknown native name": ({"native": {"colour": "red"}}, "is not known"),
    "an automatic campaign by hand": ({"kind": "auto", "delivery": by_hand()}, "does not bid by hand"),
    "by hand without keywords": ({"delivery": Delivery(bid=Bid("manual", sgd("1")))}, "are needed"),
    "keywords without a bid": ({"delivery": by_hand(bid=None)}, "need Bid"),
    "ROAS by hand": ({"delivery": by_hand(), "target_roas": Decimal(2)}, "automatic bidding"),
    "a ROAS bid without ROAS": ({"delivery": Delivery(bid=Bid("target_roas"))}, "is needed"),
    "a start before today": (
        {"delivery": Delivery(schedule=Schedule(datetime(2025, 11, 14, tzinfo=SGT)))},
        "before today",
    ),
    "a later start without an end": (
        {"delivery": Delivery(schedule=Schedule(datetime(2025, 11, 20, tzinfo=SGT)))},
        "starts today",
    ),
    "an end that is over": (
        {"delivery": Delivery(schedule=Schedule(None, datetime(2025, 11, 14, tzinfo=SGT)))},
        "before the first day",
    ),
    "a bid too fine": ({"delivery": by_hand(bid=Bid("manual", sgd("0.123")))}, "multiple"),
    "a keyword's bid too fine": (
        {"delivery": by_hand(targeting=Targeting(keywords=[Keyword("a", "broad", sgd("0.001"))]))},
        "multiple",
    ),
    "an unknown placement": (
        {"delivery": by_hand(targeting=Targeting(keywords=["a"], placements=["moon"]))},
        "none of search",
    ),
    "the whole shop without a budget": (
        {"kind": "shop_gmv_max", "products": [], "budget": None},
        "daily amount",
    ),
}


@pytest.mark.parametrize("case", BAD_PLANS)
def test_what_shopee_would_cut_or_refuse_is_refused_before_sending(wire: Wire, case: str) -> None:
    changes, message = BAD_PLANS[case]
    with pytest.raises(InvalidRequest, match=message) as caught:
        wire.client().ads.campaigns.create(plan(**changes), may_spend=True)
    assert (caught.value.sent, wire.asked) == ("no", [])


FOREIGN_PLANS: dict[str, dict[str, Any]] = {
    "a name": {"name": "Summer"},
    "a draft": {"status": "draft"},
    "a lifetime budget": {"budget": Budget(kind="lifetime", amount=sgd("10"))},
    "a shared budget": {"budget": Budget(kind="daily", shared_id="b-1")},
    "another objective": {"delivery": Delivery(objective="traffic")},
    "another goal": {"delivery": Delivery(goal="clicks")},
    "a bid cap": {"delivery": Delivery(bid=Bid("bid_cap", sgd("1")))},
    "paying by impression": {"delivery": Delivery(bid=Bid("auto", None, "impressions"))},
    "highest value for one item": {"delivery": Delivery(bid=Bid("highest_value"))},
    "day-parting": {"delivery": Delivery(schedule=Schedule(hours=[Hours(weekday=0)]))},
    "a time of day": {"delivery": Delivery(schedule=Schedule(datetime(2025, 12, 1, 9, tzinfo=SGT)))},
    "ages": {"delivery": by_hand(targeting=Targeting(keywords=["a"], age_min=18))},
    "a negative keyword": {"delivery": by_hand(targeting=Targeting(keywords=[Keyword("a", negative=True)]))},
    "a phrase": {"delivery": by_hand(targeting=Targeting(keywords=[Keyword("a", "phrase")]))},
    "products for the whole shop": {"kind": "shop_gmv_max"},
}


@pytest.mark.parametrize("case", FOREIGN_PLANS)
def test_what_shopee_has_no_place_for_is_unsupported(wire: Wire, case: str) -> None:
    with pytest.raises(Unsupported) as caught:
        wire.client().ads.campaigns.create(plan(**FOREIGN_PLANS[case]), may_spend=True)
    assert (caught.value.sent, wire.asked) == ("no", [])
    assert str(caught.value).startswith("shopee does not support ads.campaigns.create:")


@pytest.mark.parametrize(("region", "currency"), [("VN", "VND"), ("ID", "IDR"), ("TW", "TWD")])
def test_markets_without_decimals_take_whole_amounts(wire: Wire, region: str, currency: str) -> None:
    wanted = plan(budget=Budget(kind="daily", amount=Money("1000.5", currency)))
    with pytest.raises(InvalidRequest, match="multiple of 1"):
        wire.client(region).ads.campaigns.create(wanted, may_spend=True)


def test_starting_right_now_is_starting_today_and_the_last_minute_ends_a_day(wire: Wire) -> None:
    schedule = Schedule(datetime(2025, 11, 15, 3, 59, tzinfo=UTC), datetime(2025, 11, 20, 23, 59, tzinfo=SGT))
    wire.client().ads.campaigns.create(plan(delivery=Delivery(schedule=schedule)), may_spend=True)
    (body,) = wire.bodies(CREATE)
    assert (body["start_date"], body["end_date"]) == ("15-11-2025", "20-11-2025")


def test_a_lost_reply_is_repeated_under_the_same_reference_and_its_campaign_found(wire: Wire) -> None:
    used = refused("error_param", "Wrong parameters, detail: reference_id has been used.")
    fitting = settings_row(
        12121, bidding_method="auto", campaign_duration={"start_time": 1763136000, "end_time": 0}
    )
    wire.answers |= {
        CREATE: Turns([lost, used]),
        IDS: {"campaign_list": [{"campaign_id": 7}, {"campaign_id": 12121}]},
        SETTINGS: settings(settings_row(7), fitting),
    }
    made = wire.client().ads.campaigns.create(plan(status="active"), may_spend=True)
    assert made.id == "12121"
    assert wire.names() == [CREATE, CREATE, IDS, SETTINGS, SETTINGS]
    first, second = (asked.body["reference_id"] for asked in wire.asked[:2])
    assert first == second


def test_a_key_that_made_a_campaign_before_finds_it(wire: Wire) -> None:
    fitting = settings_row(12121, campaign_duration={"start_time": 1763136000, "end_time": 0})
    wire.answers |= {
        CREATE: refused("error_param", "reference id was used"),
        IDS: {"campaign_list": [{"campaign_id": 12121}]},
        SETTINGS: settings(fitting),
    }
    made = wire.client().ads.campaigns.create(plan(status="active"), may_spend=True, idempotency_key="k-1")
    assert (made.id, wire.asked[0].body["reference_id"]) == ("12121", "k-1")


def test_a_key_used_for_something_else_is_a_conflict(wire: Wire) -> None:
    wire.answers |= {
        CREATE: refused("error_param", "reference id was used"),
        IDS: {"campaign_list": []},
    }
    with pytest.raises(Conflict) as caught:
        wire.client().ads.campaigns.create(plan(), may_spend=True, idempotency_key="k-1")
    assert caught.value.reason == "duplicate"


def test_replies_lost_for_good_leave_the_outcome_unknown(wire: Wire) -> None:
    span = {"start_time": 1763136000, "end_time": 0}
    wire.answers |= {
        CREATE: lost,
        IDS: {"campaign_list": [{"campaign_id": 1}, {"campaign_id": 2}]},
        SETTINGS: settings(settings_row(1, campaign_duration=span), settings_row(2, campaign_duration=span)),
    }
    with pytest.raises(OutcomeUnknown) as caught:
        wire.client().ads.campaigns.create(plan(), may_spend=True)
    assert caught.value.evidence == ["1", "2"]
    assert len({asked.body["reference_id"] for asked in wire.asked if asked.name == CREATE}) == 1


def test_several_at_once_have_an_outcome_and_a_reference_each(wire: Wire) -> None:
    bad = plan(name="x")
    result = wire.client().ads.campaigns.create(
        [plan(status="active"), bad], may_spend=True, idempotency_key="k"
    )
    assert [outcome.status for outcome in result] == ["ok", "failed"]
    assert result[1].input is bad
    assert wire.asked[0].body["reference_id"] == "k:0"


def test_a_campaign_that_could_not_be_paused_is_reported_as_running(wire: Wire) -> None:
    wire.answers[EDIT] = refused("ads.edit.invalid_action", "Edit Action is invalid.")
    with pytest.raises(PartiallyApplied) as caught:
        wire.client().ads.campaigns.create(plan(), may_spend=True)
    assert (caught.value.done, caught.value.failed) == (("create",), ("pause",))
    assert json.loads(json.dumps(caught.value.resume)) == {"campaign_id": "12121", "shop": False}


def test_a_campaign_that_cannot_be_read_yet_is_answered_all_the_same(wire: Wire) -> None:
    wire.answers[SETTINGS] = settings()
    made = wire.client().ads.campaigns.create(plan(status="active"), may_spend=True)
    assert (made.id, made.loaded("name"), made.loaded("status")) == ("12121", False, False)


def test_a_failure_to_look_does_not_pass_for_a_failure_to_write(wire: Wire) -> None:
    wire.answers[SETTINGS] = Turns(
        [settings(settings_row()), refused("ads.ads_account.invalid_status", "no")]
    )
    changed = wire.client().ads.campaigns.set_status("12121", "paused")
    assert changed.id == "12121"
    assert not changed.loaded("status")


def test_many_are_set_with_one_look_before_and_one_after(wire: Wire) -> None:
    wire.answers[SETTINGS] = settings(settings_row(1), settings_row(2), settings_row(3))
    result = wire.client().ads.campaigns.set_status(["1", "2", "3"], "paused")
    assert result.ok
    assert sorted(wire.names()) == [EDIT] * 3 + [SETTINGS] * 2


def test_the_whole_shops_campaign_asks_first_whether_it_may(shop_wire: Wire) -> None:
    wanted = CampaignInput(kind="shop_gmv_max", budget=daily("100.12"), target_roas=Decimal("10.1"))
    made = shop_wire.client().ads.campaigns.create(wanted, may_spend=True)
    assert (made.id, made.kind) == ("900", "shop_gmv_max")
    assert shop_wire.names() == [
        "check_create_gms_product_campaign_eligibility",
        "create_gms_product_campaign",
        GMS_EDIT,
    ]
    assert shop_wire.bodies("create_gms_product_campaign") == [
        {"daily_budget": Decimal("100.12"), "start_date": "15-11-2025", "roas_target": Decimal("10.1")}
    ]


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("not_whitelisted", ApprovalRequired),
        ("not_have_enough_sku", InvalidRequest),
        ("active_campaign", Conflict),
    ],
)
def test_a_shop_that_may_not_have_one_is_told_why(shop_wire: Wire, reason: str, error: type) -> None:
    shop_wire.answers["check_create_gms_product_campaign_eligibility"] = {
        "is_eligible": False,
        "reason": reason,
    }
    with pytest.raises(error, match=reason):
        shop_wire.client().ads.campaigns.create(
            CampaignInput(kind="shop_gmv_max", budget=daily("5")), may_spend=True
        )
    assert "create_gms_product_campaign" not in shop_wire.names()


def test_the_whole_shops_campaign_is_found_after_a_lost_reply(shop_wire: Wire) -> None:
    shop_wire.answers["create_gms_product_campaign"] = Turns(
        [lost, refused("error_param", "reference_id used")]
    )
    made = shop_wire.client().ads.campaigns.create(
        CampaignInput(kind="shop_gmv_max", budget=daily("5"), status="active"), may_spend=True
    )
    assert made.id == "900"


# launch


def test_a_launch_makes_the_tree_in_one_call(wire: Wire) -> None:
    made = wire.client().ads.launch(LaunchPlan(campaign=plan()), may_spend=True)
    assert made.campaign.id == "12121"
    assert [group.id for group in made.ad_groups] == ["12121"]
    assert [ad.id for ad in made.ads] == ["12121:34001"]
    assert wire.names() == [CREATE, EDIT, SETTINGS]


def test_a_launch_goes_on_where_pausing_failed(wire: Wire) -> None:
    wire.answers[EDIT] = Turns([refused("ads.edit.invalid_action", "no"), MADE])
    ads = wire.client().ads
    tree = LaunchPlan(campaign=plan())
    with pytest.raises(PartiallyApplied) as caught:
        ads.launch(tree, may_spend=True)
    made = ads.launch(tree, may_spend=True, resume=caught.value.resume)
    assert made.campaign.id == "12121"
    assert wire.names().count(CREATE) == 1
    with pytest.raises(InvalidRequest, match="resume"):
        ads.launch(tree, may_spend=True, resume="x")


def test_a_launch_takes_no_levels_that_shopee_lacks_and_spends_only_when_told(wire: Wire) -> None:
    ads = wire.client().ads
    with pytest.raises(Unsupported, match="one call"):
        ads.launch(LaunchPlan(campaign=plan(), ad_groups=[AdGroupInput(name="a")]), may_spend=True)
    with pytest.raises(PolicyViolation):
        ads.launch(LaunchPlan(campaign=plan()))
    assert wire.asked == []
