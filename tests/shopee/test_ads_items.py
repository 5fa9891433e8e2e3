"""Ads and products of Shopee's campaigns: one ad an item; only the whole shop's can be put in and out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.shopee.ads_wire import Turns, Wire, refused, settings_row

from socialcommerce.errors import InvalidRequest, NotFound, PolicyViolation, Unsupported
from socialcommerce.models import AdInput, Bid, Budget, CampaignInput, Delivery, LaunchPlan, Money, Ref
from socialcommerce.models.ads import AdGroupInput
from socialcommerce.models.creatives import ExistingPost

IDS = "get_product_level_campaign_id_list"
SETTINGS = "get_product_level_campaign_setting_info"
GMS = "get_gms_campaign_performance"
ITEMS = "get_gms_item_performance"
GONE = "list_gms_user_deleted_item"
MOVE = "edit_gms_item_product_campaign"
NO_GMS = refused("ads_error_not_whitelisted_for_product_gms", "Not whitelisted.")


def performing(*items: int, more: bool = False) -> dict[str, Any]:
    rows = [{"item_id": item, "report": {"clicks": 1}} for item in items]
    return {"result_list": rows, "has_next_page": more}


def added(item: str = "7", **changes: Any) -> AdInput:
    fields: dict[str, Any] = {"products": [Ref(product_id=item)], "status": "active"}
    return AdInput(**fields | changes)


@pytest.fixture
def wire() -> Wire:
    """A product campaign, 12121, and the whole shop's, 900: item 7 runs, item 8 was taken out."""
    return Wire(
        {
            IDS: {"campaign_list": [{"campaign_id": 12121}], "has_next_page": False},
            SETTINGS: {"campaign_list": [settings_row()]},
            GMS: {"campaign_id": 900, "report": {}},
            ITEMS: performing(7, 8),
            GONE: {"item_id_list": [8], "has_next_page": False},
            MOVE: {"campaign_id": 900},
        }
    )


def whole_shop(wire: Wire) -> None:
    wire.answers[SETTINGS] = {"campaign_list": []}


def test_every_item_of_every_campaign_is_an_ad(wire: Wire) -> None:
    found = wire.client().ads.ads.list().collect()
    assert [(ad.id, ad.status, ad.delivery) for ad in found] == [
        ("12121:34001", "active", "delivering"),
        ("900:8", "paused", "paused"),
        ("900:7", "active", None),
    ]
    assert found[0].name == "Mug"
    assert (found[0].campaign_id, found[0].ad_group_id, found[0].creative) == ("12121", "12121", None)
    assert found[0].native_ids == {"campaign_id": "12121", "item_id": "34001"}
    assert not found[2].loaded("name")


def test_automatic_campaigns_tell_how_each_item_does(wire: Wire) -> None:
    words = ["learning", "ongoing", "paused", "ended", "unavailable", "new_word"]
    row = settings_row(ad_type="auto", item_id_list=[1]) | {
        "auto_product_ads_info": [
            {"item_id": number, "product_name": f"Item {number}", "status": word}
            for number, word in enumerate(words, 1)
        ]
    }
    wire.answers[SETTINGS] = {"campaign_list": [row]}
    found = wire.client().ads.ads.list(campaign="12121").collect()
    assert [(ad.name, ad.status, ad.delivery, ad.native_status) for ad in found] == [
        ("Item 1", "active", "learning", "learning"),
        ("Item 2", "active", "delivering", "ongoing"),
        ("Item 3", "paused", "paused", "paused"),
        ("Item 4", "other", "ended", "ended"),
        ("Item 5", "other", "limited", "unavailable"),
        ("Item 6", "other", "other", "new_word"),
    ]


def test_items_of_the_whole_shop_come_by_the_hundred(wire: Wire) -> None:
    whole_shop(wire)
    wire.answers[ITEMS] = Turns([performing(*range(1, 101), more=True), performing(101)])
    found = wire.client().ads.ads.list(ad_group="900").collect()
    assert [ad.id for ad in found if ad.status == "active"] == [
        f"900:{item}" for item in range(1, 102) if item != 8
    ]
    assert [ad.id for ad in found if ad.status == "paused"] == ["900:8"]
    asked = [asked.body for asked in wire.asked if asked.name == ITEMS]
    assert [(body["offset"], body["limit"]) for body in asked] == [(0, 100), (100, 100)]
    assert (asked[0]["start_date"], asked[0]["end_date"]) == ("18-08-2025", "15-11-2025")


def test_the_items_that_were_taken_out_are_read_to_the_end(wire: Wire) -> None:
    whole_shop(wire)
    wire.answers[GONE] = Turns(
        [{"item_id_list": [8], "has_next_page": True}, {"item_id_list": [9], "has_next_page": False}]
    )
    assert [ref.product_id for ref in wire.client().ads.products("900", excluded=True)] == ["8", "9"]
    assert [body["offset"] for body in wire.bodies(GONE)] == [0, 1]


def test_filters_by_status_and_id_are_applied_on_our_side(wire: Wire) -> None:
    ads = wire.client().ads.ads
    assert [ad.id for ad in ads.list(status="paused")] == ["900:8"]
    assert [ad.id for ad in ads.list(ids=["12121:34001"])] == ["12121:34001"]
    with pytest.raises(InvalidRequest, match="not the campaign given"):
        ads.list(ad_group="1", campaign="2").collect()


def test_one_ad_is_picked_from_its_campaign(wire: Wire) -> None:
    assert wire.client().ads.ads.get("12121:34001").status == "active"
    with pytest.raises(NotFound):
        wire.client().ads.ads.get("12121:1")
    with pytest.raises(InvalidRequest, match="campaign_id:item_id"):
        wire.client().ads.ads.get("12121")


def test_an_item_is_put_back_into_the_whole_shops_campaign(wire: Wire) -> None:
    made = wire.client().ads.ads.create(added(), may_spend=True)
    assert (made.id, made.status) == ("900:7", "active")
    assert wire.bodies(MOVE) == [{"campaign_id": 900, "edit_action": "add", "item_id_list": [7]}]


def test_items_go_by_the_thirty_and_share_the_fate_of_their_call(wire: Wire) -> None:
    def move(asked: Any) -> Any:
        items = asked.body["item_id_list"]
        return {"campaign_id": 900} if 1 in items else refused("ads.item.sold_out", "Item is sold out.")

    wire.answers[MOVE] = move
    result = wire.client().ads.ads.create([added(str(item)) for item in range(1, 41)], may_spend=True)
    assert [outcome.status for outcome in result] == ["ok"] * 30 + ["failed"] * 10
    assert sorted(len(body["item_id_list"]) for body in wire.bodies(MOVE)) == [10, 30]


@pytest.mark.parametrize(
    "changes",
    [
        {"creative": ExistingPost("1")},
        {"name": "Ad"},
        {"delivery": Delivery()},
        {"status": "paused"},
    ],
)
def test_the_listing_is_the_ad_and_runs_at_once(wire: Wire, changes: Any) -> None:
    with pytest.raises(Unsupported):
        wire.client().ads.ads.create(added(**changes), may_spend=True)
    assert wire.asked == []


def test_an_ad_of_a_product_campaign_is_fixed(wire: Wire) -> None:
    ads = wire.client().ads.ads
    with pytest.raises(Unsupported, match="one fixed item"):
        ads.create(added(ad_group_id="12121"), may_spend=True)
    with pytest.raises(Unsupported, match=r"campaigns\.set_status"):
        ads.set_status("12121:34001", "paused")
    assert MOVE not in wire.names()


def test_putting_an_item_in_spends_only_when_told(wire: Wire) -> None:
    with pytest.raises(PolicyViolation):
        wire.client().ads.ads.create(added())
    with pytest.raises(InvalidRequest, match="exactly one item"):
        wire.client().ads.ads.create(
            added(products=[Ref(product_id="1"), Ref(product_id="2")]), may_spend=True
        )
    assert wire.asked == []


def test_a_shop_without_gmv_max_has_nowhere_to_put_an_item(wire: Wire) -> None:
    wire.answers[GMS] = NO_GMS
    with pytest.raises(NotFound, match="no GMV Max"):
        wire.client().ads.ads.create(added(), may_spend=True)


@pytest.mark.parametrize(("status", "action"), [("paused", "remove"), ("active", "add")])
def test_pausing_an_item_takes_it_out(wire: Wire, status: Any, action: str) -> None:
    result = wire.client().ads.ads.set_status(["900:7", "900:8"], status)
    assert [ad.status for ad in result.values] == [status, status]
    assert wire.bodies(MOVE) == [{"campaign_id": 900, "edit_action": action, "item_id_list": [7, 8]}]


def test_deleting_an_item_takes_it_out_too(wire: Wire) -> None:
    assert wire.client().ads.ads.delete("900:7") == "deleted"
    assert wire.bodies(MOVE) == [{"campaign_id": 900, "edit_action": "remove", "item_id_list": [7]}]
    with pytest.raises(Unsupported):
        wire.client().ads.ads.set_status("900:7", "archived")


def test_products_of_a_campaign_are_its_items(wire: Wire) -> None:
    ads = wire.client().ads
    assert [ref.product_id for ref in ads.products("12121")] == ["34001"]
    assert ads.products("12121", excluded=True).collect() == []
    whole_shop(wire)
    wire.answers[ITEMS] = Turns([performing(*range(1, 101), more=True), performing(101)])
    assert len(ads.products("900").collect()) == 100


def test_a_campaign_that_is_not_there_has_no_products(wire: Wire) -> None:
    whole_shop(wire)
    with pytest.raises(NotFound):
        wire.client().ads.products("5").collect()


# advice

KEYWORDS = "get_recommended_keyword_list"
BUDGET = "get_create_product_ad_budget_suggestion"
ROAS = "get_product_recommended_roi_target"
BALANCE = "get_total_balance"
ELIGIBLE = "check_create_gms_product_campaign_eligibility"


@pytest.fixture
def advice(wire: Wire) -> Wire:
    word = {"keyword": "mug", "quality_score": 8, "search_volume": 1234, "suggested_bid": Decimal("12.34")}
    wire.answers |= {
        KEYWORDS: {"item_id": 1, "suggested_keywords": [word]},
        BUDGET: {
            "budget": {
                "recommended_budget": Decimal("20.5"),
                "min_budget": Decimal("15.2"),
                "max_budget": Decimal("30.1"),
            }
        },
        ROAS: {
            "exact": {"percentile": 50, "value": Decimal("8.7")},
            "lower_bound": {"percentile": 80, "value": Decimal("5.9")},
            "upper_bound": {"percentile": 20, "value": Decimal("10.6")},
        },
        "get_recommended_item_list": [{"item_id": 5, "sku_tag_list": ["best selling"]}],
        BALANCE: {"data_timestamp": 1689052069, "total_balance": Decimal("123.55")},
        "get_shop_toggle_info": {"auto_top_up": True, "campaign_surge": False},
        "get_shop_info": {"shop_name": "Mugs", "region": "SG"},
        ELIGIBLE: {"is_eligible": True, "reason": ""},
    }
    return wire


def sgd(amount: str) -> Money:
    return Money(amount, "SGD")


@pytest.mark.parametrize("what", ["bid", "keywords"])
def test_keywords_come_with_bid_and_volume(advice: Wire, what: Any) -> None:
    (one,) = advice.client().ads.suggest(what, product="1", query="mug")
    assert (one.kind, one.keyword, one.amount, one.search_volume) == (what, "mug", sgd("12.34"), 1234)
    assert advice.asked[-1].query == {"item_id": "1", "input_keyword": "mug"}


def test_a_budget_comes_with_its_bounds(advice: Wire) -> None:
    (one,) = advice.client().ads.suggest("budget", product=Ref(product_id="1"))
    assert (one.amount, one.amount_min, one.amount_max) == (sgd("20.5"), sgd("15.2"), sgd("30.1"))
    asked = dict(advice.asked[-1].query)
    assert asked.pop("reference_id")
    assert asked == {
        "product_selection": "manual",
        "campaign_placement": "all",
        "bidding_method": "auto",
        "item_id": "1",
    }


def test_a_budget_for_bids_by_hand_names_the_locations(advice: Wire) -> None:
    advice.client().ads.suggest("budget", product="1", delivery=Delivery(bid=Bid("manual", sgd("1"))))
    asked = advice.asked[-1].query
    assert (asked["bidding_method"], asked["enhanced_cpc"]) == ("manual", "false")
    assert asked["discovery_ads_location_names"] == "daily_discover,you_may_also_like"


def test_a_target_comes_with_its_bounds_and_products_with_a_reason(advice: Wire) -> None:
    (one,) = advice.client().ads.suggest("roas", product="1")
    assert (one.roas, one.roas_min, one.roas_max) == (Decimal("8.7"), Decimal("5.9"), Decimal("10.6"))
    (item,) = advice.client().ads.suggest("products")
    assert (item.product_id, item.reason) == ("5", "best selling")
    with pytest.raises(InvalidRequest, match="product"):
        advice.client().ads.suggest("roas")


def test_the_ad_account_has_the_shops_id_and_the_ads_balance(advice: Wire) -> None:
    (account,) = advice.client().accounts(kind="ad")
    assert (account.kind, account.id, account.name) == ("ad", "14701711", "Mugs")
    assert (account.region, account.currency, account.timezone) == ("SG", "SGD", "Asia/Singapore")
    assert (account.balance, account.status) == (sgd("123.55"), "active")
    assert account.raw["auto_top_up"] is True


@pytest.mark.parametrize(
    ("code", "status"),
    [("ads.ads_account.invalid_status", "suspended"), ("ads.shop.in_holiday_mode", "restricted")],
)
def test_an_account_that_may_not_advertise_says_so(advice: Wire, code: str, status: str) -> None:
    advice.answers[BALANCE] = refused(code, "no")
    (account,) = advice.client().accounts(kind="ad")
    assert (account.status, account.native_status, account.balance) == (status, code, None)


def campaign(**changes: Any) -> CampaignInput:
    budget = Budget(kind="daily", amount=sgd("20"))
    fields: dict[str, Any] = {"products": [Ref(product_id="1")], "budget": budget}
    return CampaignInput(**fields | changes)


def test_a_good_plan_is_ok(advice: Wire) -> None:
    check = advice.client().ads.check(campaign())
    assert check.ok
    assert advice.names() == [BUDGET, BALANCE]


def test_every_problem_of_a_plan_is_told_at_once(advice: Wire) -> None:
    advice.answers[BALANCE] = {"total_balance": 0}
    plan = LaunchPlan(
        campaign=campaign(name="Summer", products=[], target_roas=Decimal("1.25")),
        ad_groups=[AdGroupInput(name="a")],
    )
    check = advice.client().ads.check(plan)
    assert [problem.field for problem in check.problems] == [
        "ad_groups",
        "name",
        "products",
        "target_roas",
        "account",
    ]
    assert not check


def test_a_budget_out_of_bounds_and_a_closed_account_are_problems(advice: Wire) -> None:
    advice.answers[BALANCE] = refused("ads.ads_account.invalid_status", "no")
    check = advice.client().ads.check(campaign(budget=Budget(kind="daily", amount=sgd("10"))))
    assert [problem.field for problem in check.problems] == ["budget.amount", "account"]
    assert "between 15.2 and 30.1" in check.problems[0].message


def test_an_unlimited_plan_asks_for_no_bounds(advice: Wire) -> None:
    assert advice.client().ads.check(campaign(budget=None)).ok
    assert advice.names() == [BALANCE]


@pytest.mark.parametrize("reason", ["not_whitelisted", "exclusive_with_other_campaign"])
def test_the_whole_shops_campaign_is_checked_for_eligibility(advice: Wire, reason: str) -> None:
    plan = campaign(kind="shop_gmv_max", products=[])
    assert advice.client().ads.check(plan).ok
    advice.answers[ELIGIBLE] = {"is_eligible": False, "reason": reason}
    (problem,) = advice.client().ads.check(plan).problems
    assert problem.field == "kind"
    assert reason in problem.message


def test_what_shopee_has_not_is_refused_with_its_reason(wire: Wire) -> None:
    ads = wire.client().ads
    for refused_call in (
        lambda: ads.ad_groups.delete("1"),
        lambda: ads.ad_groups.set_status("1", "paused"),
        lambda: ads.ads.update("1:2", name="x"),
        lambda: ads.audiences.list().collect(),
        lambda: ads.audiences.delete("1"),
        lambda: ads.targeting.search("mugs").collect(),
        lambda: ads.creatives().collect(),
    ):
        with pytest.raises(Unsupported) as caught:
            refused_call()
        assert caught.value.sent == "no"
    assert wire.asked == []
