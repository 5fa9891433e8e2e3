"""Ad groups on Shopee: the keywords and placements of a campaign, and the bids by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.shopee.ads_wire import Wire, refused
from tests.shopee.campaigns_wire import (
    EDIT,
    MADE,
    SETTINGS,
    SGT,
    WORDS,
    auto_row,
    settings,
    sgd,
)

from socialcommerce.errors import BulkFailure, InvalidRequest, PartiallyApplied, Unsupported
from socialcommerce.models import Bid, Delivery, Keyword, Schedule, Targeting


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
