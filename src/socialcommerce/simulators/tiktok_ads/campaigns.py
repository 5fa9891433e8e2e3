"""Campaigns of the ordinary family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser, Node
from socialcommerce.simulators.tiktok_ads.nodes import (
    amount,
    check_name,
    created,
    find,
    listing,
    once,
    set_status,
    show,
    touch,
    word,
)
from socialcommerce.simulators.tiktok_ads.wire import Call, Routes, wrong

__all__ = ["BUDGET_MODES", "check_budget", "routes"]

routes = Routes()

OBJECTIVES = frozenset(
    {"REACH", "TRAFFIC", "VIDEO_VIEWS", "ENGAGEMENT", "LEAD_GENERATION", "APP_PROMOTION", "WEB_CONVERSIONS",
     "PRODUCT_SALES", "RF_REACH"}
)  # fmt: skip
BUDGET_MODES = frozenset(
    {"BUDGET_MODE_DAY", "BUDGET_MODE_TOTAL", "BUDGET_MODE_INFINITE", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"}
)
DEFAULTS: Mapping[str, Any] = {
    "campaign_type": "REGULAR_CAMPAIGN",
    "sales_destination": None,
    "campaign_product_source": None,
    "budget": 0,
    "budget_mode": "BUDGET_MODE_INFINITE",
    "budget_optimize_on": False,
    "is_new_structure": True,
    "is_smart_performance_campaign": False,
    "is_search_campaign": False,
    "special_industries": [],
    "app_id": None,
    "app_promotion_type": None,
    "roas_bid": 0,
}
NOT_KEPT = frozenset({"advertiser_id", "request_id", "operation_status"})


def check_budget(account: Advertiser, row: Mapping[str, Any], may_be_infinite: bool = True) -> None:
    """Refuse a budget without a mode, a mode without its budget, and infinity where none is allowed."""
    mode = word("budget_mode", row.get("budget_mode"), BUDGET_MODES)
    if mode != "BUDGET_MODE_INFINITE":
        amount(account, "budget", row.get("budget"))
    elif row.get("budget"):
        raise wrong("budget: Must not be given when budget_mode is BUDGET_MODE_INFINITE.")
    elif not may_be_infinite:
        raise wrong("budget_mode: BUDGET_MODE_INFINITE needs a budget at the campaign.")


@routes.on("GET", "/campaign/get/")
def get(call: Call) -> Any:
    """Campaigns; Smart+ and GMV Max ones have calls of their own."""
    return listing(call, "campaign", "standard")


@routes.on("POST", "/campaign/create/")
def create(call: Call) -> Any:
    """A new campaign, on unless ``operation_status`` is DISABLE."""
    return once(call, lambda: _create(call))


def _create(call: Call) -> dict[str, Any]:
    account, given = call.advertiser, call.values
    check_name("campaign_name", given["campaign_name"])
    word("objective_type", given["objective_type"], OBJECTIVES)
    kept = {name: value for name, value in given.items() if name not in NOT_KEPT}
    objective = "APP" if given["objective_type"] == "APP_PROMOTION" else "LANDING_PAGE"
    key, now = call.twin.new_id("campaign"), account.clock.now()
    row = {"campaign_id": key, "objective": objective, **DEFAULTS, **kept}
    check_budget(account, row)
    return show(account, created(call, Node(key, "campaign", "standard", "", row, now, now)))


CHANGEABLE = ("campaign_name", "budget", "special_industries", "po_number")


@routes.on("POST", "/campaign/update/")
def update(call: Call) -> Any:
    """Change name and budget; the objective and the kind of budget stay."""
    account = call.advertiser
    node = find(account, "campaign", call.values["campaign_id"], ("standard",))
    changes = {name: call.values[name] for name in CHANGEABLE if name in call.values}
    if "campaign_name" in changes:
        check_name("campaign_name", changes["campaign_name"])
    check_budget(account, node.row | changes)
    touch(account, node, changes)
    return show(account, node)


@routes.on("POST", "/campaign/status/update/")
def status(call: Call) -> Any:
    """Switch campaigns on or off, or delete them with all below; GMV Max ones too."""
    ids = call.values.get("campaign_ids") or []
    if "operation_status" not in call.values:
        raise wrong("Missing required field(s): operation_status.")
    answer = set_status(call, "campaign", ids, ("standard", "gmv_max"))
    rows = [{"campaign_id": key, "status": answer["status"]} for key in answer["campaign_ids"]]
    return answer | {"campaign_list": rows}
