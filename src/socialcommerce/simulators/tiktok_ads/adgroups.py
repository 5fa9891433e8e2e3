"""Ad groups: budgets, bids, schedules and targeting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser, Node
from socialcommerce.simulators.tiktok_ads.campaigns import NOT_KEPT, check_budget
from socialcommerce.simulators.tiktok_ads.nodes import (
    amount,
    check_name,
    check_schedule,
    created,
    find,
    listing,
    once,
    set_status,
    show,
    touch,
    word,
)
from socialcommerce.simulators.tiktok_ads.wire import Call, Partial, Refused, Routes, wrong

__all__ = ["check_group", "routes"]

routes = Routes()

REQUIRED = ("promotion_type", "placement_type", "location_ids")
WORDS: Mapping[str, frozenset[str]] = {
    "billing_event": frozenset({"CPC", "CPM", "CPV", "OCPM", "GD", "CPA"}),
    "pacing": frozenset({"PACING_MODE_SMOOTH", "PACING_MODE_FAST"}),
    "schedule_type": frozenset({"SCHEDULE_FROM_NOW", "SCHEDULE_START_END"}),
    "placement_type": frozenset({"PLACEMENT_TYPE_AUTOMATIC", "PLACEMENT_TYPE_NORMAL"}),
    "bid_type": frozenset({"BID_TYPE_NO_BID", "BID_TYPE_CUSTOM", "BID_TYPE_MAX_CONVERSION"}),
    "gender": frozenset({"GENDER_FEMALE", "GENDER_MALE", "GENDER_UNLIMITED"}),
    "optimization_goal": frozenset(
        {"CLICK", "CONVERT", "INSTALL", "IN_APP_EVENT", "SHOW", "VIDEO_VIEW", "REACH", "LEAD_GENERATION",
         "CONVERSATION", "FOLLOWERS", "PROFILE_VIEWS", "PAGE_VISIT", "PAGE_VISITS", "VALUE",
         "AUTOMATIC_VALUE_OPTIMIZATION",
         "GMV", "PURCHASES", "INITIATE_CHECKOUTS", "MT_LIVE_ROOM", "PRODUCT_CLICK_IN_LIVE", "ENGAGED_VIEW",
         "ENGAGED_VIEW_FIFTEEN", "TRAFFIC_LANDING_PAGE_VIEW", "CONVERSION_LEADS", "DESTINATION_VISIT",
         "PREFERRED_LEAD"}
    ),
}  # fmt: skip
DEFAULTS: Mapping[str, Any] = {
    "placements": ["PLACEMENT_TIKTOK"],
    "gender": "GENDER_UNLIMITED",
    "age_groups": None,
    "languages": [],
    "audience_ids": [],
    "excluded_audience_ids": [],
    "bid_type": "BID_TYPE_NO_BID",
    "bid_price": 0,
    "conversion_bid_price": 0,
    "roas_bid": 0,
    "deep_bid_type": None,
    "schedule_end_time": None,
    "product_source": None,
    "store_id": None,
    "catalog_id": None,
    "is_new_structure": True,
}
NEVER_CHANGED = frozenset({"advertiser_id", "adgroup_id", "campaign_id", "promotion_type", "billing_event",
                           "optimization_goal", "budget_mode", "operation_status"})  # fmt: skip


def _check_bid(account: Advertiser, row: Mapping[str, Any]) -> None:
    paid_by_result = row["billing_event"] in ("OCPM", "CPA")
    wanted = "conversion_bid_price" if paid_by_result else "bid_price"
    custom = row.get("bid_type") == "BID_TYPE_CUSTOM"
    if not custom and row.get("deep_bid_type") not in ("VO_MIN_ROAS", "MIN", "VO_MIN"):
        for name in ("bid_price", "conversion_bid_price"):
            if row.get(name):
                raise wrong(f"{name}: Must not be given when bid_type is BID_TYPE_NO_BID.")
    if custom:
        amount(account, wanted, row.get(wanted))
    if row.get("deep_bid_type") == "VO_MIN_ROAS" and not 0 < (row.get("roas_bid") or 0) <= 1000:
        raise wrong("roas_bid: Must be between 0.01 and 1000.")


def _check_targeting(account: Advertiser, row: Mapping[str, Any]) -> None:
    for name in ("audience_ids", "excluded_audience_ids"):
        for key in row.get(name) or ():
            if key not in account.audiences:
                raise Refused(40007, f"{name}: {key} doesn't exist.")
    parting = row.get("dayparting")
    if parting is not None and (len(parting) != 336 or set(parting) - {"0", "1"}):
        raise wrong("dayparting: Must hold 336 digits of 0 or 1.")


def check_group(account: Advertiser, campaign: Node, row: Mapping[str, Any]) -> None:
    """Refuse an ad group that breaks a rule of words, budget, bid, schedule or targeting."""
    check_name("adgroup_name", row["adgroup_name"])
    for name, words in WORDS.items():
        if row.get(name) is not None:
            word(name, row[name], words)
    shared = campaign.row.get("budget_mode", "BUDGET_MODE_INFINITE") != "BUDGET_MODE_INFINITE"
    if shared and campaign.row.get("budget_optimize_on") and row.get("budget"):
        raise wrong("budget: Must not be given when the campaign shares its budget.")
    check_budget(account, row, may_be_infinite=shared)
    check_schedule(row)
    _check_bid(account, row)
    _check_targeting(account, row)


@routes.on("GET", "/adgroup/get/")
def get(call: Call) -> Any:
    """Ad groups of the ordinary family."""
    return listing(call, "adgroup", "standard")


@routes.on("POST", "/adgroup/create/")
def create(call: Call) -> Any:
    """A new ad group, on unless ``operation_status`` is DISABLE."""
    return once(call, lambda: _create(call))


def _create(call: Call) -> dict[str, Any]:
    account = call.advertiser
    campaign = find(account, "campaign", call.values["campaign_id"], ("standard",))
    missing = [name for name in REQUIRED if not call.values.get(name)]
    if missing:
        raise wrong(f"Missing required field(s): {', '.join(missing)}.")
    kept = {name: value for name, value in call.values.items() if name not in NOT_KEPT}
    key, now = call.twin.new_id("adgroup"), account.clock.now()
    row = {"adgroup_id": key, **DEFAULTS, **kept}
    check_group(account, campaign, row)
    return show(account, created(call, Node(key, "adgroup", "standard", campaign.id, row, now, now)))


@routes.on("POST", "/adgroup/update/")
def update(call: Call) -> Any:
    """Change fields of an ad group; goal, billing and kind of budget stay."""
    account = call.advertiser
    node = find(account, "adgroup", call.values["adgroup_id"], ("standard",))
    changes = {name: value for name, value in call.values.items() if name not in NEVER_CHANGED}
    check_group(account, account.above(node)[-1], node.row | changes)
    touch(account, node, changes)
    return show(account, node)


@routes.on("POST", "/adgroup/budget/update/")
def budgets(call: Call) -> Any:
    """Set budgets of up to twenty ad groups; the good ones are done, the others are told."""
    account, done, errors = call.advertiser, [], []
    for one in call.values.get("budget") or ():
        key = one["adgroup_id"]
        try:
            node = find(account, "adgroup", key, ("standard",))
            check_budget(account, node.row | {"budget": one["budget"]})
        except Refused as refusal:
            errors.append({"adgroup_id": key, "error_code": refusal.code, "error_message": refusal.message})
            continue
        touch(account, node, {"budget": one["budget"]})
        done.append(key)
    if errors and not done:
        raise Refused(errors[0]["error_code"], errors[0]["error_message"])
    answer: dict[str, Any] = {"adgroup_ids": done}
    return Partial(answer | {"error_list": errors}) if errors else answer


@routes.on("POST", "/adgroup/status/update/")
def status(call: Call) -> Any:
    """Switch ad groups on or off, or delete them."""
    return set_status(call, "adgroup", call.values["adgroup_ids"], ("standard",))
