"""Campaigns: objective, special ad categories, a budget of their own or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.wire import Call, Routes, Rows
from socialcommerce.simulators.meta.social.advertising.budgets import (
    budget_of,
    budget_rows,
    check_amounts,
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
from socialcommerce.simulators.meta.social.advertising.units import (
    change,
    check_name,
    kept,
    listing,
    new_status,
    remove,
    shape,
)

__all__ = ["routes"]

routes = Routes("ads_read", "ads_management", use_case="ads_management")
SHARING = 4834005


def check(ads: Advertising, row: Mapping[str, Any]) -> None:
    """Refuse a campaign that breaks a rule of names, objectives, budgets or bids."""
    check_name(row)
    _check_objective(ads, row)
    check_amounts(ads, row)
    check_schedule(row, "stop_time")
    shares, kind = row.get("is_adset_budget_sharing_enabled"), budget_of(row)
    if kind is None and shares is None:
        user = (
            "Must specify True or False in is_adset_budget_sharing_enabled field "
            "if you are not using campaign budget."
        )
        raise refused("Budget sharing", user, "is_adset_budget_sharing_enabled", subcode=SHARING)
    if kind and shares:
        user = "is_adset_budget_sharing_enabled needs budgets at the ad sets."
        raise refused("Budget sharing", user, "is_adset_budget_sharing_enabled", subcode=SHARING)
    if kind is None and row.get("bid_strategy"):
        raise refused("Bid strategy", "A bid strategy needs a campaign budget.", "bid_strategy")


def _check_objective(ads: Advertising, row: Mapping[str, Any]) -> None:
    objective = str(row.get("objective") or "")
    if not objective.startswith("OUTCOME_"):
        user = f"The objective {objective} cannot be used for new campaigns."
        raise refused("Objective is invalid", user, "objective")
    catalog = (row.get("promoted_object") or {}).get("product_catalog_id")
    if catalog is not None and not ads.has("ProductCatalog", catalog):
        raise refused("Catalog", f"There is no catalog {catalog}.", "promoted_object")
    categories = row.get("special_ad_categories") or []
    if "NONE" in categories and len(categories) > 1:
        raise refused("Special ad category", "NONE stands alone.", "special_ad_categories")


def _advantage(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "advantage_state": "DISABLED",
        "advantage_budget_state": "ENABLED" if budget_of(row) else "DISABLED",
        "advantage_audience_state": "DISABLED",
        "advantage_placement_state": "DISABLED",
    }


@shape("campaign")
def show(ads: Advertising, unit: Unit) -> Mapping[str, Any]:
    """A campaign's own fields."""
    shown = {"buying_type": "AUCTION", "advantage_state_info": _advantage(unit.row)}
    shown |= {"is_adset_budget_sharing_enabled": unit.row.get("is_adset_budget_sharing_enabled", False)}
    if budget_of(unit.row):
        shown["bid_strategy"] = unit.row.get("bid_strategy", "LOWEST_COST_WITHOUT_CAP")
    return shown | budget_rows(ads, unit)


@routes.edge("POST", "AdAccount", "campaigns", scope="ads_management")
def create(call: Call) -> Any:
    """A new campaign, ACTIVE unless ``status`` is PAUSED."""
    ads, row = ads_of(call), kept(call, "AdAccount", "campaigns")
    check(ads, row)
    status = new_status(call)
    row.setdefault("start_time", ads.now())
    return SUCCESS if only_validated(call) else {"id": ads.add("campaign", None, row, status).id}


@routes.edge("GET", "AdAccount", "campaigns")
def campaigns(call: Call) -> Rows:
    """Campaigns of the account."""
    return listing(call, "campaign", ads_of(call).at("campaign"))


@routes.node("POST", "Campaign", scope="ads_management")
def update(call: Call) -> Any:
    """Change a campaign; its objective stays."""
    ads, objective = ads_of(call), unit_of(call).row["objective"]
    if call.given.get("objective", objective) != objective:
        raise refused("Objective", "The objective cannot be changed.", "objective")
    return change(call, lambda row: check(ads, row))


@routes.node("DELETE", "Campaign", scope="ads_management")
def delete(call: Call) -> Any:
    """Delete a campaign with all below it."""
    return remove(call)
