"""Campaigns, ad groups and ads on Meta: listed, read, switched, deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.meta.ads_wire import (
    LISTING,
    SINGLE,
    AdsWire,
    ad,
    campaign,
    group,
    refusal,
    rows,
)

from socialcommerce import errors
from socialcommerce.runtime.transport import Interrupted


@pytest.fixture
def wire() -> AdsWire:
    return AdsWire()


def test_a_listing_follows_the_pages_and_shows_the_living(wire: AdsWire) -> None:
    wire[LISTING] = [rows(campaign("1"), after="A"), rows(after="B"), rows(campaign("2"))]
    assert [one.id for one in wire.meta().ads.campaigns.list()] == ["1", "2"]
    assert [wire.query(LISTING, number).get("after") for number in range(3)] == [None, "A", "B"]
    assert "effective_status" not in wire.query(LISTING)


def test_filters_go_to_meta_and_are_held_here_too(wire: AdsWire) -> None:
    wire[LISTING] = rows(
        campaign("1", name="Summer Sale"),
        campaign("2", name="sale", status="ACTIVE", effective_status="ACTIVE"),
        campaign("3", name="Sale", updated_time="2026-11-01T00:00:00+0000"),
        campaign("4", name="Other"),
    )
    since = datetime(2026, 11, 20, 9, tzinfo=UTC)
    found = wire.meta().ads.campaigns.list(status="paused", name="sale", updated_after=since)
    assert [one.id for one in found] == ["1"]
    assert wire.query(LISTING)["filtering"] == [
        {"field": "name", "operator": "CONTAIN", "value": "sale"},
        {"field": "updated_time", "operator": "GREATER_THAN", "value": int(since.timestamp()) - 1},
    ]
    assert wire.query(LISTING)["effective_status"] == ["IN_PROCESS", "PAUSED", "WITH_ISSUES"]


def test_archived_and_deleted_ones_are_asked_for_by_name(wire: AdsWire) -> None:
    wire[LISTING] = rows(campaign("1", status="ARCHIVED", effective_status="ARCHIVED"))
    assert wire.meta().ads.campaigns.list(status=["archived", "deleted"]).collect()[0].status == "archived"
    assert wire.query(LISTING)["effective_status"] == ["ARCHIVED", "DELETED"]


def test_an_ad_group_may_be_paused_beneath_a_paused_campaign(wire: AdsWire) -> None:
    wire["/1/adsets"] = rows(group("11"), group("12", status="ACTIVE"))
    assert [one.id for one in wire.meta().ads.ad_groups.list(campaign="1", status="paused")] == ["11"]
    assert "CAMPAIGN_PAUSED" in wire.query("/1/adsets")["effective_status"]


def test_ads_are_listed_beneath_their_parents(wire: AdsWire) -> None:
    wire["/11/ads"] = rows(ad("21"), ad("22", campaign_id="2"))
    wire["/1/ads"] = rows(ad("21"))
    wire[SINGLE] = rows(ad("21"), ad("23"))
    client = wire.meta()
    assert [one.id for one in client.ads.ads.list(ad_group="11", campaign="1")] == ["21"]
    assert [one.id for one in client.ads.ads.list(campaign="1")] == ["21"]
    assert [one.id for one in client.ads.ads.list()] == ["21", "23"]


def test_ids_are_read_in_batches_and_gaps_left_out(wire: AdsWire) -> None:
    wire.nodes |= {str(number): campaign(str(number)) for number in range(1, 61)}
    ids = [*map(str, range(1, 61)), "999"]
    assert len(wire.meta().ads.campaigns.list(ids=ids).collect()) == 60
    assert wire.paths().count("/") == 2


def test_get_names_each_that_is_not_there(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1")
    result = wire.meta().ads.campaigns.get(["1", "9"])
    assert [one.status for one in result] == ["ok", "failed"]
    assert isinstance(result[1].error, errors.NotFound)
    with pytest.raises(errors.NotFound):
        wire.meta().ads.ads.get("9")


def test_an_error_of_one_read_ends_a_listing_by_ids(wire: AdsWire) -> None:
    wire.nodes["1"] = refusal(200, "no permission")
    with pytest.raises(errors.PermissionDenied):
        wire.meta().ads.campaigns.list(ids=["1"]).collect()
    assert isinstance(wire.meta().ads.campaigns.get(["1", "1"])[0].error, errors.PermissionDenied)


def test_advantage_campaigns_are_read_as_auto(wire: AdsWire) -> None:
    wire[LISTING] = rows(
        campaign("1", advantage_state_info={"advantage_state": "ADVANTAGE_PLUS_SALES"}),
        campaign("2", advantage_state_info={"advantage_state": "DISABLED"}),
    )
    found = wire.meta().ads.campaigns.list(kind="auto").collect()
    assert [(one.id, one.kind, one.native_kind) for one in found] == [("1", "auto", "ADVANTAGE_PLUS_SALES")]


@pytest.mark.parametrize(
    ("fields", "delivery"),
    [
        ({}, "delivering"),
        ({"start_time": "2026-12-24T00:00:00+0000"}, "scheduled"),
        ({"end_time": "2026-11-01T00:00:00+0000"}, "ended"),
        ({"learning_stage_info": {"status": "LEARNING"}}, "learning"),
        ({"learning_stage_info": {"status": "SUCCESS"}}, "delivering"),
        ({"effective_status": "CAMPAIGN_PAUSED"}, "parent_paused"),
        ({"effective_status": "PENDING_BILLING_INFO"}, "balance_exhausted"),
        ({"effective_status": "IN_PROCESS"}, "in_review"),
        ({"effective_status": "WITH_ISSUES"}, "limited"),
        ({"effective_status": "SOMETHING_NEW"}, "other"),
    ],
)
def test_what_happens_is_told_beside_what_was_set(wire: AdsWire, fields: Any, delivery: str) -> None:
    wire.nodes["11"] = group("11", **({"status": "ACTIVE", "effective_status": "ACTIVE"} | fields))
    found = wire.meta().ads.ad_groups.get("11")
    assert (found.status, found.delivery) == ("active", delivery)


def test_a_rejected_ad_says_why(wire: AdsWire) -> None:
    wire.nodes["21"] = ad(
        "21",
        effective_status="DISAPPROVED",
        status="SOMETHING_NEW",
        ad_review_feedback={
            "global": {"TEXT": "Too loud."},
            "placement_specific": {"fb": {"A": "Too loud."}},
        },
    )
    found = wire.meta().ads.ads.get("21")
    assert found.review is not None
    assert (found.review.status, found.review.reasons) == ("rejected", ("Too loud.",))
    assert (found.status, found.native_status, found.creative_id) == ("other", "SOMETHING_NEW", "31")


def test_switching_writes_only_what_differs(wire: AdsWire) -> None:
    wire.nodes |= {
        "1": campaign("1", status="ACTIVE"),
        "2": campaign("2"),
        "3": campaign("3", status="DELETED"),
    }
    result = wire.meta().ads.campaigns.set_status(["1", "2", "3", "4"], "active")
    assert [one.status for one in result] == ["ok", "ok", "failed", "failed"]
    assert isinstance(result[2].error, errors.Conflict)
    assert isinstance(result[3].error, errors.NotFound)
    assert wire.writes() == ["POST /2"]
    assert result[1].value is not None
    assert result[1].value.status == "active"


def test_archived_is_a_status_and_ended_is_none(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1"), "11": group("11"), "21": ad("21")}
    client = wire.meta()
    assert client.ads.campaigns.set_status("1", "archived").status == "archived"
    assert client.ads.ad_groups.set_status("11", "archived").status == "archived"
    assert client.ads.ads.set_status("21", "archived").status == "archived"
    with pytest.raises(errors.Unsupported, match="ended"):
        client.ads.campaigns.set_status("1", "ended")


def test_a_refused_switch_is_the_outcome_of_that_one(wire: AdsWire) -> None:
    wire.nodes["2"] = campaign("2")
    wire["/2"] = refusal(368, "blocked")
    with pytest.raises(errors.AccountRestricted):
        wire.meta().ads.campaigns.set_status("2", "active")


def test_deleting_is_final_and_safe_to_repeat(wire: AdsWire) -> None:
    wire.nodes |= {"1": campaign("1"), "11": group("11"), "21": ad("21")}
    client = wire.meta()
    assert client.ads.campaigns.delete("1") == "deleted"
    assert client.ads.campaigns.delete("1") == "deleted"
    assert client.ads.ad_groups.delete("11") == "deleted"
    assert client.ads.ads.delete("21") == "deleted"
    assert wire.writes() == ["DELETE /1", "DELETE /11", "DELETE /21"]
    with pytest.raises(errors.NotFound):
        client.ads.campaigns.delete("404")


@pytest.mark.parametrize("after", [refusal(100, "gone", 33), campaign("1", status="DELETED")])
def test_a_deletion_whose_answer_was_lost_is_one(wire: AdsWire, after: Any) -> None:
    wire.nodes["1"] = campaign("1")
    wire["/1"] = [Interrupted("cut"), refusal(100, "no", 1), after]
    assert wire.meta().ads.campaigns.delete("1") == "deleted"


def test_a_deletion_that_is_refused_is_refused(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1")
    wire["/1"] = [Interrupted("cut"), refusal(100, "no", 1), campaign("1")]
    with pytest.raises(errors.InvalidRequest):
        wire.meta().ads.campaigns.delete("1")


def test_objects_of_another_ad_account_are_not_shown_in_this_ones_money(wire: AdsWire) -> None:
    wire.nodes["1"] = campaign("1", account_id="4711")
    client = wire.meta()
    with pytest.raises(errors.NotFound, match="act_4711"):
        client.ads.campaigns.get("1")
    with pytest.raises(errors.NotFound, match="act_4711"):
        client.ads.campaigns.update("1", name="N")
    assert client.ads.campaigns.list(ids=["1"]).collect() == []
    assert wire.writes() == []


def test_nothing_asked_is_nothing_read(wire: AdsWire) -> None:
    assert list(wire.meta().ads.campaigns.get([])) == []
    assert wire.meta().ads.campaigns.list(ids=[]).collect() == []
    assert wire.paths().count("/") == 0


def test_ad_groups_without_bid_and_budget_are_read(wire: AdsWire) -> None:
    wire.nodes["11"] = {"id": "11", "name": "G", "campaign_id": "1", "status": "PAUSED"}
    found = wire.meta().ads.ad_groups.get("11")
    assert (found.budget, found.target_roas, found.delivery) == (None, None, None)
    assert found.settings is not None
    assert (found.settings.bid, found.settings.goal, found.settings.targeting) == (None, None, None)


def test_the_newest_are_listed_whatever_their_status(wire: AdsWire) -> None:
    wire[LISTING] = rows(campaign("1", status="SOMETHING_NEW"), campaign("2"))
    assert [one.id for one in wire.meta().ads.campaigns.list(status="other")] == ["1"]
    assert "PAUSED" in wire.query(LISTING)["effective_status"]
