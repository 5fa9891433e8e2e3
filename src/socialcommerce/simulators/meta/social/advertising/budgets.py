"""Rules of budgets, bids and schedules, which campaigns and ad sets share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import Refused
from socialcommerce.simulators.meta.social.advertising.books import spent
from socialcommerce.simulators.meta.social.advertising.money import minor, smallest_budget
from socialcommerce.simulators.meta.social.advertising.state import Advertising, Unit

__all__ = [
    "BUDGETS",
    "budget_of",
    "budget_rows",
    "check_amounts",
    "check_bid",
    "check_schedule",
    "refused",
]

BUDGETS = ("daily_budget", "lifetime_budget")
CAPPED = frozenset({"LOWEST_COST_WITH_BID_CAP", "COST_CAP"})
TOO_SMALL = 1885272
BID_STRATEGY = 3858418
DEEPEST_FLOOR, HIGHEST_FLOOR = 100, 10_000_000


def refused(title: str, user: str, *blame: str, subcode: int | None = None, code: int = 100) -> Refused:
    """The refusal of a setting, with the fields to blame."""
    return Refused(
        code,
        "Invalid parameter",
        subcode=subcode,
        is_transient=False,
        error_data=json.dumps({"blame_field_specs": [[name] for name in blame]}, separators=(",", ":")),
        error_user_title=title,
        error_user_msg=user,
    )


def budget_of(row: Mapping[str, Any]) -> str | None:
    """Which kind of budget an object holds itself; None where it holds none."""
    return next((name for name in BUDGETS if row.get(name)), None)


def budget_rows(ads: Advertising, unit: Unit) -> dict[str, str]:
    """Budgets as texts of the smallest steps, and what is left of them."""
    kind = budget_of(unit.row)
    if kind is None:
        return {}
    days = [ads.today()] if kind == "daily_budget" else None
    left = unit.row[kind] - minor(ads.seller, spent(ads, unit, days))
    return {kind: str(unit.row[kind]), "budget_remaining": str(max(left, 0))}


def check_amounts(ads: Advertising, row: Mapping[str, Any]) -> None:
    """Refuse two budgets, and a budget below the smallest."""
    if row.get("daily_budget") and row.get("lifetime_budget"):
        raise refused("Two budgets", "Give a daily budget or a lifetime budget, not both.", *BUDGETS)
    least = smallest_budget(ads.seller)
    for name in BUDGETS:
        if row.get(name) is not None and row[name] < least:
            user = f"The budget must be at least {least}, in the smallest unit of {ads.seller.currency}."
            raise refused("Your budget is too low", user, name, subcode=TOO_SMALL)


def check_schedule(row: Mapping[str, Any], end: str) -> None:
    """Refuse an end (the field of that name) that is not after the start."""
    if row.get(end) is not None and row[end] <= row.get("start_time", float("-inf")):
        raise refused("Schedule", f"{end} must be later than start_time.", end)


def check_bid(row: Mapping[str, Any], strategy: str) -> None:
    """Refuse a cap without its amount, an amount without its cap, and a ROAS goal without its floor."""
    amount, floor = row.get("bid_amount"), (row.get("bid_constraints") or {}).get("roas_average_floor")
    if strategy in CAPPED and (amount or 0) <= 0:
        user = f"bid_amount above zero is required when bid_strategy is {strategy}."
        raise refused("Bid amount required", user, "bid_amount", subcode=BID_STRATEGY)
    if strategy not in CAPPED and amount:
        user = f"bid_amount must not be given when bid_strategy is {strategy}."
        raise refused("Bid amount not allowed", user, "bid_amount", subcode=BID_STRATEGY)
    if strategy == "LOWEST_COST_WITH_MIN_ROAS":
        _check_roas(row, floor)
    elif floor is not None:
        user = "bid_constraints.roas_average_floor needs bid_strategy LOWEST_COST_WITH_MIN_ROAS."
        raise refused("ROAS floor not allowed", user, "bid_constraints", subcode=BID_STRATEGY)


def _check_roas(row: Mapping[str, Any], floor: Any) -> None:
    if not isinstance(floor, int) or not DEEPEST_FLOOR <= floor <= HIGHEST_FLOOR:
        user = f"roas_average_floor must be an integer from {DEEPEST_FLOOR} to {HIGHEST_FLOOR}."
        raise refused("ROAS floor required", user, "bid_constraints", subcode=BID_STRATEGY)
    if row.get("optimization_goal") != "VALUE":
        user = "LOWEST_COST_WITH_MIN_ROAS needs optimization_goal VALUE."
        raise refused("Goal does not fit", user, "optimization_goal", subcode=BID_STRATEGY)
