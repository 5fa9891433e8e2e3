"""Ad sets: whom an ad reaches, when, for how much, and what it shall bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.tables import words
from socialcommerce.simulators.meta.graph.wire import Call, Routes, Rows
from socialcommerce.simulators.meta.social.advertising.budgets import (
    BID_STRATEGY,
    BUDGETS,
    budget_of,
    budget_rows,
    check_amounts,
    check_bid,
    check_schedule,
    refused,
)
from socialcommerce.simulators.meta.social.advertising.state import (
    SUCCESS,
    Advertising,
    Unit,
    ads_of,
    only_validated,
    unit_of,
)
from socialcommerce.simulators.meta.social.advertising.targets import check_targeting
from socialcommerce.simulators.meta.social.advertising.units import (
    change,
    check_name,
    kept,
    listing,
    new_status,
    remove,
    shape,
)

__all__ = ["check", "over", "routes"]

routes = Routes("ads_read", "ads_management", use_case="ads_management")
FREE = "LOWEST_COST_WITHOUT_CAP"
OF_CONVERSIONS = frozenset({"OFFSITE_CONVERSIONS", "VALUE"})
SOURCES = ("pixel_id", "product_set_id", "custom_conversion_id", "application_id", "page_id",
           "offline_conversion_data_set_id", "omnichannel_object")  # fmt: skip
EVENTS = words()["AdPromotedObject_custom_event_type"]


def over(ads: Advertising, level: str, key: object, name: str) -> Unit:
    """The campaign or ad set that a new object shall stand under; refused if it is none, or set apart."""
    unit = ads.units.get(str(key))
    if unit is None or unit.level != level:
        raise refused("Unknown object", f"There is no {level} {key}.", name)
    if any(one.status in ("DELETED", "ARCHIVED") for one in (unit, *unit.above)):
        raise refused("Object is set apart", f"The {level} {key} is archived or deleted.", name)
    return unit


def _check_goal(ads: Advertising, campaign: Unit, row: Mapping[str, Any]) -> None:
    for name in ("billing_event", "optimization_goal"):
        if not row.get(name):
            raise refused("Missing setting", f"{name} is required.", name)
    promoted = row.get("promoted_object") or {}
    if row["optimization_goal"] in OF_CONVERSIONS and not any(promoted.get(name) for name in SOURCES):
        user = f"promoted_object is required when optimization_goal is {row['optimization_goal']}."
        raise refused("Promoted object", user, "promoted_object")
    if promoted.get("custom_event_type", "PURCHASE") not in EVENTS:
        raise refused("Promoted object", "custom_event_type is unknown.", "promoted_object")
    for name, kind in (("pixel_id", "AdsPixel"), ("product_set_id", "ProductSet"), ("page_id", "Page")):
        if promoted.get(name) is not None and not ads.has(kind, promoted[name]):
            raise refused("Promoted object", f"There is no {kind} {promoted[name]}.", "promoted_object")
    catalog = (campaign.row.get("promoted_object") or {}).get("product_catalog_id")
    if catalog and not promoted.get("product_set_id"):
        user = "promoted_object.product_set_id is required under a catalog campaign."
        raise refused("Promoted object", user, "promoted_object")


def _check_budget(ads: Advertising, campaign: Unit, row: Mapping[str, Any]) -> None:
    shared = budget_of(campaign.row)
    if shared and budget_of(row):
        raise refused("Campaign budget", "The campaign holds the budget: give none here.", *BUDGETS)
    if not shared and not budget_of(row):
        raise refused("Budget required", "Give a daily_budget or a lifetime_budget.", *BUDGETS)
    check_amounts(ads, row)
    if "lifetime_budget" in (shared, budget_of(row)) and row.get("end_time") is None:
        raise refused("End time required", "A lifetime budget needs an end_time.", "end_time")
    if row.get("adset_schedule") and "lifetime_budget" not in (shared, budget_of(row)):
        raise refused("Schedule", "adset_schedule needs a lifetime budget.", "adset_schedule")


def _check_strategy(campaign: Unit, row: Mapping[str, Any]) -> None:
    above = campaign.row.get("bid_strategy", FREE) if budget_of(campaign.row) else None
    if above is not None and row.get("bid_strategy", above) != above:
        user = f"The campaign's bid_strategy is {above}: it cannot be another one here."
        raise refused("Bid strategy", user, "bid_strategy", subcode=BID_STRATEGY)
    check_bid(row, row.get("bid_strategy") or above or FREE)


def check(ads: Advertising, campaign: Unit, row: Mapping[str, Any]) -> None:
    """Refuse an ad set that breaks a rule of names, goals, budgets, bids, schedules or targeting."""
    check_name(row)
    _check_goal(ads, campaign, row)
    _check_budget(ads, campaign, row)
    _check_strategy(campaign, row)
    check_schedule(row, "end_time")
    categories = [one for one in campaign.row.get("special_ad_categories") or () if one != "NONE"]
    check_targeting(ads, categories, row)


@shape("adset")
def show(ads: Advertising, unit: Unit) -> Mapping[str, Any]:
    """An ad set's own fields. The kind of budget that it does not hold stands as "0"."""
    campaign = unit.chain["campaign"]
    strategy = unit.row.get("bid_strategy") or campaign.row.get("bid_strategy") or FREE
    attribution = [
        {"event_type": "CLICK_THROUGH", "window_days": 7},
        {"event_type": "VIEW_THROUGH", "window_days": 1},
    ]
    return {
        "bid_strategy": strategy,
        "destination_type": unit.row.get("destination_type", "UNDEFINED"),
        "attribution_spec": unit.row.get("attribution_spec", attribution),
        "learning_stage_info": {"status": "LEARNING", "conversions": 0},
        **dict.fromkeys(BUDGETS, "0"),
        **budget_rows(ads, unit),
    }


@routes.edge("POST", "AdAccount", "adsets", scope="ads_management")
def create(call: Call) -> Any:
    """A new ad set, ACTIVE unless ``status`` is PAUSED."""
    ads, row = ads_of(call), kept(call, "AdAccount", "adsets")
    campaign = over(ads, "campaign", row.pop("campaign_id", None), "campaign_id")
    check(ads, campaign, row)
    status = new_status(call)
    row.setdefault("start_time", ads.now())
    if only_validated(call):
        return SUCCESS
    promoted = ads.find("ProductSet", (row.get("promoted_object") or {}).get("product_set_id"))
    if promoted is not None:
        promoted.hidden["live"] = True
    return {"id": ads.add("adset", campaign, row, status).id}


@routes.edge("GET", "AdAccount", "adsets")
def adsets(call: Call) -> Rows:
    """Ad sets of the account."""
    return listing(call, "adset", ads_of(call).at("adset"))


@routes.edge("GET", "Campaign", "adsets")
def adsets_of_campaign(call: Call) -> Rows:
    """Ad sets of a campaign."""
    return listing(call, "adset", ads_of(call).at("adset", unit_of(call)))


@routes.node("POST", "AdSet", scope="ads_management")
def update(call: Call) -> Any:
    """Change an ad set; its targeting is replaced whole."""
    ads, campaign = ads_of(call), unit_of(call).chain["campaign"]
    return change(call, lambda row: check(ads, campaign, row))


@routes.node("DELETE", "AdSet", scope="ads_management")
def delete(call: Call) -> Any:
    """Delete an ad set with all below it."""
    return remove(call)
