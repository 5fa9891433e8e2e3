"""Meta's published campaign, ad set and ad are read whole: nothing in them is forgotten."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.meta.ads_wire import AdsWire, rows
from tests.meta.wire import AD

from socialcommerce import Money
from socialcommerce.backends.meta.codes.currencies import OFFSET_1
from socialcommerce.backends.meta.social.advertising.account import AdAccount
from socialcommerce.backends.meta.social.advertising.base import AD_GROUPS, ADS, CAMPAIGNS, Level
from socialcommerce.backends.meta.social.advertising.creatives import CREATIVE_FIELDS
from socialcommerce.backends.meta.social.codes import ads as codes
from socialcommerce.models.ads import Bid, Budget, Schedule, Targeting

LISTING = f"/{AD}/campaigns"


def sample(shared: Path, name: str) -> Any:
    return json.loads((shared / f"samples/meta/{name}.json").read_text())


def test_the_campaign(shared: Path) -> None:
    wire = AdsWire()
    page = sample(shared, "campaigns_list")
    wire[LISTING] = [page, rows()]
    (one,) = wire.meta().ads.campaigns.list()
    assert wire.query(LISTING)["after"] == page["paging"]["cursors"]["after"]
    assert (one.id, one.platform, one.name, one.kind) == (
        "120210000000000001",
        "meta",
        "Catalog sales US",
        "standard",
    )
    assert (one.status, one.native_status, one.delivery, one.native_delivery) == (
        "active",
        "ACTIVE",
        "delivering",
        "ACTIVE",
    )
    assert one.native_objective == "OUTCOME_SALES"
    assert one.settings is not None
    assert one.settings.objective == "catalog_sales"
    assert one.settings.bid == Bid("auto")
    started = datetime(2026, 10, 1, 9, tzinfo=UTC)
    assert one.settings.schedule == Schedule(start=started)
    assert one.budget == Budget(kind="daily", amount=Money("50", "USD"))
    assert (one.created_at, one.updated_at) == (started, datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert one.raw == page["data"][0]


def test_the_ad_set(shared: Path) -> None:
    row = sample(shared, "adset")
    wire = AdsWire()
    wire.nodes[row["id"]] = row
    one = wire.meta().ads.ad_groups.get(row["id"])
    assert (one.id, one.campaign_id, one.name) == ("120210000000000002", "120210000000000001", "US 18+")
    assert (one.status, one.delivery, one.native_delivery) == ("paused", "parent_paused", "CAMPAIGN_PAUSED")
    assert one.budget == Budget(kind="lifetime", amount=Money("1500", "USD"))
    told = one.settings
    assert told is not None
    assert told.goal == "purchases"
    assert told.bid == Bid("other", Money("12", "USD"), "impressions")
    assert told.schedule == Schedule(
        start=datetime(2026, 11, 21, 8, tzinfo=UTC), end=datetime(2026, 12, 1, 8, tzinfo=UTC)
    )
    assert told.targeting == Targeting(
        countries=["US"], age_min=18, native={"targeting_automation": {"advantage_audience": 1}}
    )
    kept = ("destination_type", "promoted_object", "attribution_spec")
    assert told.native == {name: row[name] for name in kept}
    assert one.raw == row


def test_the_ad(shared: Path) -> None:
    row = sample(shared, "ad")
    wire = AdsWire()
    wire.nodes[row["id"]] = row
    one = wire.meta().ads.ads.get(row["id"])
    assert (one.id, one.ad_group_id, one.campaign_id) == (
        "120210000000000003",
        "120210000000000002",
        "120210000000000001",
    )
    assert (one.name, one.status, one.delivery) == ("Carousel", "active", "in_review")
    assert one.review is not None
    assert one.review.status == "pending"
    assert one.reasons == ("Add products to the set.",)
    assert (one.creative, one.creative_id) == (None, "23859000000000001")
    assert one.created_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert one.raw == row


# -- our words against Meta's interface data


def nodes(shared: Path, name: str) -> Any:
    return json.loads((shared / f"specs/meta/api_specs/{name}.json").read_text())


@pytest.mark.parametrize(("level", "node"), [(CAMPAIGNS, "Campaign"), (AD_GROUPS, "AdSet"), (ADS, "Ad")])
def test_every_field_that_is_asked_for_is_there(shared: Path, level: Level, node: str) -> None:
    known = {one["name"] for one in nodes(shared, node)["fields"]}
    assert {one.partition("{")[0] for one in _top(level.fields)} <= known
    effective = {
        one["name"]: set(one["values"]) for one in nodes(shared, "enum_types") if one["node"] == node
    }
    assert set(level.effective) <= effective[f"{node}_effective_status"]


def _top(fields: str) -> list[str]:
    """The fields at the top, without those of what is inside."""
    found, depth = [""], 0
    for sign in fields:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return found


def test_every_field_of_a_creative_is_there(shared: Path) -> None:
    known = {one["name"] for one in nodes(shared, "AdCreative")["fields"]}
    assert set(CREATIVE_FIELDS.split(",")) <= known


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("adaccountcampaigns_objective_enum_param", {one.word for one in codes.OBJECTIVES.values()}),
        ("adaccountcampaigns_objective_enum_param", codes.READ_OBJECTIVES),
        ("adaccountadsets_optimization_goal_enum_param", {one.word for one in codes.GOALS.values()}),
        ("adaccountadsets_optimization_goal_enum_param", codes.READ_GOALS),
        ("AdPromotedObject_custom_event_type", {one.event for one in codes.GOALS.values()} - {None}),
        ("adaccountadsets_bid_strategy_enum_param", codes.READ_BIDS),
        ("adaccountadsets_billing_event_enum_param", codes.READ_BILLING),
        ("adaccountadsets_destination_type_enum_param", {*codes.READ_DESTINATIONS, "WEBSITE"}),
        ("adaccountcampaigns_status_enum_param", codes.STATUS),
        ("adaccountcampaigns_effective_status_enum_param", codes.DELIVERY),
        ("adaccountcampaigns_special_ad_categories_enum_param", codes.SPECIAL_CATEGORIES),
        ("AdCreative_call_to_action_type", codes.READ_CALLS_TO_ACTION),
    ],
)
def test_every_word_that_is_written_or_read_is_metas(shared: Path, kind: str, words: Any) -> None:
    known = next(one["values"] for one in nodes(shared, "enum_types") if one["name"] == kind)
    assert set(words) <= set(known)


def test_the_currencies_without_cents_are_metas(shared: Path) -> None:
    table = json.loads((shared / "specs/meta/currency_offsets.json").read_text())
    assert set(table["offset_1"]) == OFFSET_1
    assert not set(table["offset_100"]) & OFFSET_1
    zone = ZoneInfo("UTC")
    assert {AdAccount("act_1", one, zone, {}).offset for one in table["offset_1"]} == {1}
    assert {AdAccount("act_1", one, zone, {}).offset for one in table["offset_100"]} == {100}
