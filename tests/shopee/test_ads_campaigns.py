"""Campaigns on Shopee: read, created, edited one action at a time, started, paused, deleted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.ads_wire import Turns, Wire, lost, refused, settings_row

from socialcommerce.errors import (
    ApprovalRequired,
    BulkFailure,
    Conflict,
    InvalidRequest,
    NotFound,
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

SGT = timezone(timedelta(hours=8))
IDS = "get_product_level_campaign_id_list"
SETTINGS = "get_product_level_campaign_setting_info"
GMS = "get_gms_campaign_performance"
CREATE = "create_manual_product_ads"
EDIT = "edit_manual_product_ads"
WORDS = "edit_manual_product_ad_keywords"
GMS_EDIT = "edit_gms_product_campaign"
NO_GMS = refused("ads_error_product_gms_campaign_not_found", "Product GMS Campaign cannot be found.")
MADE = [{"campaign_id": 12121}]


def sgd(amount: str) -> Money:
    return Money(amount, "SGD")


def daily(amount: str) -> Budget:
    return Budget(kind="daily", amount=sgd(amount))


def plan(**changes: Any) -> CampaignInput:
    fields: dict[str, Any] = {"products": [Ref(product_id="34001")], "budget": daily("12.5")}
    return CampaignInput(**fields | changes)


def by_hand(**changes: Any) -> Delivery:
    targeting = Targeting(
        keywords=["mug", Keyword("tea cup", "exact", sgd("0.3"))], placements=["search", "daily_discover"]
    )
    fields: dict[str, Any] = {"bid": Bid("manual", sgd("0.2")), "targeting": targeting}
    return Delivery(**fields | changes)


def settings(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"campaign_list": list(rows)}


def auto_row(**changes: Any) -> dict[str, Any]:
    row = settings_row(bidding_method="auto", **changes)
    return row | {"manual_bidding_info": {}}


@pytest.fixture
def wire() -> Wire:
    return Wire({SETTINGS: settings(settings_row()), EDIT: MADE, WORDS: MADE, CREATE: MADE, GMS: NO_GMS})


@pytest.fixture
def shop_wire() -> Wire:
    """A shop whose only campaign is the whole shop's, number 900."""
    return Wire(
        {
            SETTINGS: refused("error_not_found", "The information you queried is not found."),
            GMS: {"campaign_id": 900, "report": {}},
            GMS_EDIT: {"campaign_id": 900},
            "create_gms_product_campaign": {"campaign_id": 900},
            "check_create_gms_product_campaign_eligibility": {"is_eligible": True},
        }
    )


# reading


def test_a_listing_reads_ids_then_settings_and_ends_with_the_shops_own(wire: Wire, shared: Path) -> None:
    ids = json.loads((shared / "samples/shopee/ads_get_product_level_campaign_id_list.json").read_text())
    wire.answers |= {IDS: ids["response"], GMS: {"campaign_id": 900, "report": {}}}
    found = wire.client().ads.campaigns.list().collect()
    assert [(one.id, one.kind) for one in found] == [
        ("1234", "auto"),
        ("12121", "standard"),
        ("900", "shop_gmv_max"),
    ]
    assert wire.names() == [IDS, SETTINGS, GMS]
    assert wire.asked[0].query == {"ad_type": "all", "offset": "0", "limit": "100"}
    assert wire.asked[1].query == {"info_type_list": "1,2,3,4", "campaign_id_list": "1234,12121"}
    assert wire.asked[2].body == {"start_date": "15-11-2025", "end_date": "15-11-2025"}


def test_a_row_is_mapped_whole(wire: Wire, shared: Path) -> None:
    sample = json.loads(
        (shared / "samples/shopee/ads_get_product_level_campaign_setting_info.json").read_text(),
        parse_float=Decimal,
    )
    wire.answers[SETTINGS] = sample["response"]
    one = wire.client().ads.campaigns.get("12121")
    assert (one.id, one.platform, one.name) == ("12121", "shopee", "Mug")
    assert (one.status, one.native_status, one.delivery) == ("active", "ongoing", "delivering")
    assert (one.kind, one.native_kind, one.target_roas) == ("standard", "manual_product", None)
    assert one.budget == daily("12.5")
    assert one.settings is not None
    assert one.settings.schedule is not None
    assert one.settings.bid is not None
    assert one.settings.schedule.start == datetime.fromtimestamp(1762000000, UTC)
    assert one.settings.schedule.end is None
    assert (one.settings.objective, one.settings.goal) == ("shop_sales", "purchases")
    assert (one.settings.bid.strategy, one.settings.bid.billing_event) == ("manual", "clicks")
    assert one.raw == sample["response"]["campaign_list"][0]


@pytest.mark.parametrize(
    ("word", "status", "delivery"),
    [
        ("ongoing", "active", "delivering"),
        ("paused", "paused", "paused"),
        ("scheduled", "other", "scheduled"),
        ("ended", "other", "ended"),
        ("closed", "other", "ended"),
        ("deleted", "deleted", "other"),
        ("reviewed_by_cats", "other", "other"),
    ],
)
def test_every_status_has_its_meaning_and_keeps_its_word(
    wire: Wire, word: str, status: str, delivery: str
) -> None:
    wire.answers[SETTINGS] = settings(settings_row(campaign_status=word))
    one = wire.client().ads.campaigns.get("12121")
    assert (one.status, one.delivery, one.native_status) == (status, delivery, word)


def test_unlimited_automatic_and_target_roas_are_told_apart(wire: Wire) -> None:
    row = auto_row(campaign_budget=0) | {"auto_bidding_info": {"roas_target": Decimal("6.5")}}
    wire.answers[SETTINGS] = settings(row)
    one = wire.client().ads.campaigns.get("12121")
    assert one.budget is not None
    assert one.budget.kind == "unlimited"
    assert (one.kind, one.target_roas) == ("auto", Decimal("6.5"))
    assert one.settings is not None
    assert one.settings.bid is not None
    assert (one.settings.bid.strategy, one.settings.goal) == ("target_roas", "value")


def test_filters_are_applied_on_our_side(wire: Wire) -> None:
    wire.answers |= {
        IDS: {"campaign_list": [{"campaign_id": 1}, {"campaign_id": 2}], "has_next_page": False},
        SETTINGS: settings(settings_row(1, ad_name="Blue mug"), settings_row(2, campaign_status="paused")),
    }
    campaigns = wire.client().ads.campaigns
    assert [one.id for one in campaigns.list(status="paused")] == ["2"]
    assert [one.id for one in campaigns.list(name="BLUE")] == ["1"]
    assert [one.id for one in campaigns.list(status=["paused", "active"], kind="standard")] == ["1", "2"]
    assert wire.asked[-2].query["ad_type"] == "manual"


def test_the_shops_own_campaign_alone_costs_one_call(shop_wire: Wire) -> None:
    (one,) = shop_wire.client().ads.campaigns.list(kind="shop_gmv_max").collect()
    assert shop_wire.names() == [GMS]
    assert (one.id, one.budget, one.target_roas, one.native_status) == ("900", None, None, None)
    assert one.settings is not None
    assert one.settings.bid is not None
    assert one.settings.bid.strategy == "highest_value"


def test_pages_follow_until_the_last_and_can_be_resumed(wire: Wire) -> None:
    def page(asked: Any) -> Any:
        start = int(asked.query["offset"])
        rows = [{"campaign_id": number} for number in range(start + 1, start + 101)][: 100 - start // 2]
        return {"campaign_list": rows, "has_next_page": start == 0}

    def rows(asked: Any) -> Any:
        return settings(*[settings_row(int(one)) for one in asked.query["campaign_id_list"].split(",")])

    wire.answers |= {IDS: page, SETTINGS: rows}
    campaigns = wire.client().ads.campaigns
    pager = campaigns.list()
    assert len(pager.collect(limit=100)) == 100
    assert len(campaigns.list(cursor=pager.cursor).collect()) == 50


def test_ids_are_asked_by_the_hundred_without_listing(wire: Wire) -> None:
    def rows(asked: Any) -> Any:
        return settings(*[settings_row(int(one)) for one in asked.query["campaign_id_list"].split(",")])

    wire.answers[SETTINGS] = rows
    found = wire.client().ads.campaigns.list(ids=[str(number) for number in range(1, 151)]).collect()
    assert len(found) == 150
    assert wire.names() == [SETTINGS, SETTINGS]


def test_one_unknown_id_does_not_sink_the_others(wire: Wire) -> None:
    def rows(asked: Any) -> Any:
        ids = asked.query["campaign_id_list"].split(",")
        if "404" in ids:
            return refused("error_not_found", "The information you queried is not found.")
        return settings(*[settings_row(int(one)) for one in ids])

    wire.answers[SETTINGS] = rows
    result = wire.client().ads.campaigns.get(["1", "404", "3"])
    assert [outcome.status for outcome in result] == ["ok", "failed", "ok"]
    assert isinstance(result[1].error, NotFound)


def test_other_errors_of_reading_are_raised(wire: Wire) -> None:
    wire.answers |= {SETTINGS: refused("ads.ads_account.invalid_status", "Ads account status is Invalid.")}
    with pytest.raises(Exception, match="Invalid"):
        wire.client().ads.campaigns.get("1")
    wire.answers |= {SETTINGS: settings(), GMS: refused("ads.shop.in_holiday_mode", "Holiday.")}
    with pytest.raises(Exception, match="Holiday"):
        wire.client().ads.campaigns.get("1")


def test_an_id_that_is_no_number_is_refused_before_sending(wire: Wire) -> None:
    with pytest.raises(InvalidRequest, match="numbers"):
        wire.client().ads.campaigns.get("abc")
    assert wire.asked == []


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


def location(bid: str) -> dict[str, Any]:
    return {"location": "daily_discover", "status": "active", "bid_price": Decimal(bid)}


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


# ad groups: keywords and placements


def test_the_group_of_a_campaign_holds_its_bids(wire: Wire) -> None:
    (group,) = wire.client().ads.ad_groups.list(campaign="12121").collect()
    assert (group.id, group.campaign_id, group.synthetic) == ("12121", "12121", True)
    assert group.settings is not None
    assert group.settings.targeting is not None
    assert group.settings.targeting.keywords == (Keyword("mug", "exact", sgd("0.25")),)
    assert group.settings.targeting.placements == ("search", "daily_discover")
    assert wire.client().ads.ad_groups.get("12121") == group
    assert wire.client().ads.ad_groups.list(campaign="12121", ids=["7"]).collect() == []


def test_an_automatic_group_shows_search_and_discovery(wire: Wire) -> None:
    wire.answers[SETTINGS] = settings(auto_row())
    group = wire.client().ads.ad_groups.get("12121")
    assert group.settings is not None
    assert group.settings.targeting is not None
    assert group.settings.targeting.placements == ("search", "discovery")


def test_keywords_are_replaced_by_the_edits_that_lead_there(wire: Wire) -> None:
    wanted = [
        Keyword("mug", "broad", sgd("0.30")),
        Keyword("cup", "broad", sgd("0.10")),
        Keyword("pot", "exact"),
    ]
    delivery = Delivery(bid=Bid("manual", sgd("0.15")), targeting=Targeting(keywords=wanted))
    wire.client().ads.ad_groups.update("12121", delivery=delivery)
    assert wire.bodies(WORDS) == [
        {
            "campaign_id": 12121,
            "selected_keywords": [
                {
                    "edit_action": "change_bid_price",
                    "keyword": "mug",
                    "bid_price_per_click": Decimal("0.3"),
                },
                {"edit_action": "change_match_type", "keyword": "mug", "match_type": "broad"},
                {"edit_action": "restore", "keyword": "cup"},
                {
                    "edit_action": "add",
                    "keyword": "pot",
                    "match_type": "exact",
                    "bid_price_per_click": Decimal("0.15"),
                },
            ],
        }
    ]


def test_a_keyword_left_out_is_deleted_and_the_same_ones_cost_nothing(wire: Wire) -> None:
    groups = wire.client().ads.ad_groups
    groups.update("12121", delivery=Delivery(targeting=Targeting(keywords=[])))
    assert wire.bodies(WORDS)[0]["selected_keywords"] == [{"edit_action": "delete", "keyword": "mug"}]
    groups.update("12121", delivery=Delivery(targeting=Targeting(keywords=[Keyword("mug", "exact")])))
    assert len(wire.bodies(WORDS)) == 1


def test_placements_are_switched_on_and_off(wire: Wire) -> None:
    wanted = Delivery(bid=Bid("manual", sgd("0.4")), targeting=Targeting(placements=["you_may_also_like"]))
    wire.client().ads.ad_groups.update("12121", delivery=wanted)
    (body,) = wire.bodies(EDIT)
    assert body["edit_action"] == "change_location"
    assert body["discovery_ads_locations"] == [
        {"location": "you_may_also_like", "status": "active", "bid_price": Decimal("0.4")},
        {"location": "daily_discover", "status": "inactive", "bid_price": Decimal("0.4")},
    ]


@pytest.mark.parametrize(
    "targeting", [Targeting(keywords=["pot"]), Targeting(placements=["you_may_also_like"])]
)
def test_a_new_keyword_or_placement_needs_a_bid(wire: Wire, targeting: Targeting) -> None:
    with pytest.raises(InvalidRequest, match="needs a bid"):
        wire.client().ads.ad_groups.update("12121", delivery=Delivery(targeting=targeting))
    assert wire.names() == [SETTINGS]


def failed(keyword: str, code: str = "ads.keyword.price_too_low") -> dict[str, str]:
    return {"keyword": keyword, "error": code, "message": "Price of Keyword is too low."}


def test_keywords_refused_one_by_one_are_named_and_can_be_tried_again(wire: Wire) -> None:
    wire.answers[WORDS] = [{"campaign_id": 12121, "failed_edits": [failed("b")]}]
    bid = sgd("0.15")
    delivery = Delivery(
        targeting=Targeting(
            keywords=[Keyword("mug", "exact"), Keyword("a", "broad", bid), Keyword("b", "broad", bid)]
        )
    )
    groups = wire.client().ads.ad_groups
    with pytest.raises(PartiallyApplied) as caught:
        groups.update("12121", delivery=delivery, native={"enhanced_cpc": False})
    assert caught.value.done == ("keyword a",)
    assert caught.value.failed == ("keyword b", "native.enhanced_cpc")
    assert isinstance(caught.value.__cause__, InvalidRequest)
    wire.answers[WORDS] = MADE
    groups.update("12121", resume=caught.value.resume)
    assert [edit["keyword"] for edit in wire.bodies(WORDS)[1]["selected_keywords"]] == ["b"]
    assert wire.bodies(EDIT) == [
        {"campaign_id": 12121, "edit_action": "change_enhanced_cpc", "enhanced_cpc": False}
    ]


@pytest.mark.parametrize(("words", "error"), [(["a"], InvalidRequest), (["a", "b"], BulkFailure)])
def test_keywords_that_all_failed_are_the_error(wire: Wire, words: list[str], error: type) -> None:
    wire.answers[WORDS] = [{"campaign_id": 12121, "failed_edits": [failed(word) for word in words]}]
    keep = Keyword("mug", "exact")
    targeting = Targeting(keywords=[keep, *(Keyword(word, "broad", sgd("0.15")) for word in words)])
    with pytest.raises(error):
        wire.client().ads.ad_groups.update("12121", delivery=Delivery(targeting=targeting))


def test_keywords_whose_reply_was_lost_are_compared_with_the_settings(wire: Wire) -> None:
    wire.answers[WORDS] = refused("error_param", "duplicate reference_id")
    bid = sgd("0.25")
    there = Targeting(keywords=[Keyword("mug", "exact", bid), Keyword("gone", "broad", bid)])
    with pytest.raises(Exception, match="did not take effect"):
        wire.client().ads.ad_groups.update("12121", delivery=Delivery(targeting=there))


@pytest.mark.parametrize(
    "changes",
    [
        {"budget": None},
        {"status": "paused"},
        {"delivery": Delivery(schedule=Schedule(datetime(2025, 12, 1, tzinfo=SGT)))},
    ],
)
def test_what_belongs_to_the_campaign_is_changed_there(wire: Wire, changes: Any) -> None:
    with pytest.raises(Unsupported, match=r"campaigns\.update"):
        wire.client().ads.ad_groups.update("12121", **changes)
    assert wire.asked == []


def test_groups_without_hand_made_bids_have_no_keywords(wire: Wire, shop_wire: Wire) -> None:
    delivery = Delivery(targeting=Targeting(keywords=[Keyword("a", "broad", sgd("1"))]))
    with pytest.raises(InvalidRequest, match="has no keywords"):
        shop_wire.client().ads.ad_groups.update("900", delivery=delivery)
    wire.answers[SETTINGS] = settings(auto_row())
    with pytest.raises(InvalidRequest, match="bid by hand"):
        wire.client().ads.ad_groups.update("12121", delivery=delivery)


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
