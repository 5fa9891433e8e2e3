"""Making and changing product campaigns at the pretend Shopee."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Campaign
from socialcommerce.simulators.shopee.campaigns import (
    LEAST_BUDGET,
    add_campaign,
    ads_day,
    advertised,
    check_budget,
    check_days,
    check_shop,
    day_if_sent,
    money_step,
    ratio,
    status_of,
    today,
    used_once,
)
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["ACTIONS", "Action", "edit", "routes"]

routes = Routes()

MATCHES = ("exact", "broad")
LOCATIONS = ("daily_discover", "you_may_also_like")
CREATIVE = ("", "default", "on", "off")
LEAST_BID, MOST_BID = Decimal("0.02"), 100
"""A click may cost from two hundredths of the smallest budget to a hundred times that budget."""


# -- making


@routes.post("ads/create_manual_product_ads")
def create_manual(call: Call) -> Any:
    """A campaign for one item, with automatic or manual bids."""
    succeed = used_once(call)
    check_shop(call.shop)
    bidding = call.params["bidding_method"]
    if bidding not in ("auto", "manual"):
        raise wrong(call.operation, "bidding_method should be auto or manual.")
    budget, days = _budget_and_days(call, "budget")
    product = advertised(call, call.params["item_id"])
    settings = _manual_settings(call) if bidding == "manual" else {"roas": ratio(call.get("roas_target"))}
    campaign = add_campaign(
        call,
        "manual",
        product.title,
        budget,
        items=[product.id],
        bidding=bidding,
        smart_creative=_creative(call),
        **settings,
        **days,
    )
    succeed()
    return [{"campaign_id": int(campaign.id)}]


def _budget_and_days(call: Call, name: str) -> tuple[Decimal, dict[str, Any]]:
    budget = check_budget(call.shop, call.params[name])
    start, end = ads_day(call, "start_date"), day_if_sent(call, "end_date")
    check_days(call, start, end)
    return budget, {"start": start, "end": end}


def _manual_settings(call: Call) -> dict[str, Any]:
    keywords, locations = call.get("selected_keywords", []), call.get("discovery_ads_locations", [])
    if not keywords and not locations:
        raise wrong(call.operation, "selected_keywords is required for manual bidding.")
    for one in keywords:
        fault = _keyword_fault(call.shop, one["match_type"], one["bid_price_per_click"])
        if fault:
            raise Refused(*fault)
    placement = "all" if keywords and locations else "search" if keywords else "discovery"
    return {
        "placement": placement,
        "enhanced_cpc": bool(call.get("enhanced_cpc")),
        "keywords": {one["keyword"]: dict(one) | {"status": "normal"} for one in keywords},
        "locations": _locations(call, locations),
    }


def _locations(call: Call, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if any(one["location"] not in LOCATIONS for one in rows):
        raise wrong(call.operation, "location is unknown.")
    if any(one.get("status", "active") not in ("active", "inactive") for one in rows):
        raise wrong(call.operation, "status should be active or inactive.")
    return {one["location"]: {"status": "active"} | dict(one) for one in rows}


def _creative(call: Call) -> str:
    value = call.get("smart_creative_setting", "")
    if value not in CREATIVE:
        raise wrong(call.operation, "smart_creative_setting is unknown.")
    return value or "default"


@routes.post("ads/create_auto_product_ads")
def create_auto(call: Call) -> Any:
    """A campaign for all items; a shop has one of them at most."""
    succeed = used_once(call)
    check_shop(call.shop)
    budget, days = _budget_and_days(call, "budget")
    if any(one.native["kind"] == "auto" and one.status != "deleted" for one in call.shop.campaigns.values()):
        raise Refused(
            "ads.auto_product.existing_ad",
            "Auto Product Ads (campaign id) is existing, please edit the existing one.",
        )
    if not any(one.status == "active" for one in call.shop.products.values()):
        raise Refused("ads.auto_product.no_eligible_sku", "No eligible SKU for auto product ads.")
    campaign = add_campaign(call, "auto", "Auto Product Ads", budget, **days)
    succeed()
    return [{"campaign_id": int(campaign.id)}]


# -- changing


@frozen
class Action:
    """What an ``edit_action`` does, and in which statuses of the campaign it may be done."""

    allowed: tuple[str, ...]
    apply: Callable[[Call, Campaign], None]


ALIVE = ("scheduled", "ongoing", "paused")


def _start(call: Call, campaign: Campaign) -> None:
    campaign.native["start"] = today(call.shop)


def _set_status(status: str) -> Callable[[Call, Campaign], None]:
    def apply(call: Call, campaign: Campaign) -> None:
        campaign.status = status

    return apply


def _needed(call: Call, name: str) -> Any:
    value = call.get(name)
    if value is None:
        raise wrong(call.operation, f"{name} is required.")
    return value


def _change_budget(call: Call, campaign: Campaign) -> None:
    name = "daily_budget" if "gms" in call.operation.path else "budget"
    campaign.budget = check_budget(call.shop, _needed(call, name))


def _change_duration(call: Call, campaign: Campaign) -> None:
    start = day_if_sent(call, "start_date") or campaign.native["start"]
    end = day_if_sent(call, "end_date")
    check_days(call, start, end, running=start == campaign.native["start"])
    campaign.native |= {"start": start, "end": end}


def _change_roas(call: Call, campaign: Campaign) -> None:
    _check_bidding(call, campaign, "auto")
    campaign.native["roas"] = ratio(_needed(call, "roas_target"))


def _change_cpc(call: Call, campaign: Campaign) -> None:
    _check_bidding(call, campaign, "manual")
    campaign.native["enhanced_cpc"] = _needed(call, "enhanced_cpc")


def _change_location(call: Call, campaign: Campaign) -> None:
    _check_bidding(call, campaign, "manual")
    campaign.native["locations"] |= _locations(call, _needed(call, "discovery_ads_locations"))


def _change_creative(call: Call, campaign: Campaign) -> None:
    campaign.native["smart_creative"] = _creative(call)


def _check_bidding(call: Call, campaign: Campaign, bidding: str) -> None:
    if campaign.native["bidding"] != bidding:
        raise wrong(call.operation, f"the campaign does not use {bidding} bidding.")


ACTIONS: Mapping[str, Action] = {
    "start": Action(("scheduled",), _start),
    "pause": Action(("scheduled", "ongoing"), _set_status("paused")),
    "resume": Action(("paused",), _set_status("active")),
    "stop": Action(ALIVE, _set_status("ended")),
    "delete": Action((*ALIVE, "ended", "closed"), _set_status("deleted")),
    "change_budget": Action(ALIVE, _change_budget),
    "change_duration": Action(ALIVE, _change_duration),
    "change_roas_target": Action(ALIVE, _change_roas),
    "change_enhanced_cpc": Action(ALIVE, _change_cpc),
    "change_location": Action(ALIVE, _change_location),
    "change_smart_creative": Action(ALIVE, _change_creative),
}
AUTO_ACTIONS = ("start", "pause", "resume", "stop", "change_budget", "change_duration")


def edit(call: Call, campaign: Campaign, actions: tuple[str, ...]) -> None:
    """Do the ``edit_action`` of the call, if it is one of ``actions`` and fits the campaign's status.

    The ``reference_id`` is spent with that.
    """
    succeed = used_once(call)
    check_shop(call.shop)
    name = call.params["edit_action"]
    if name not in actions:
        raise wrong(call.operation, "edit_action is unknown.")
    action = ACTIONS[name]
    if status_of(call.shop, campaign) not in action.allowed:
        raise Refused(
            "ads.edit.invalid_action", "Edit Action is invalid as per the current status of the campaign."
        )
    action.apply(call, campaign)
    succeed()


def _campaign(call: Call) -> Campaign:
    campaign = call.shop.campaigns.get(str(call.params["campaign_id"]))
    if campaign is None or campaign.native["kind"] == "gms":
        raise Refused("ads.shop.campaign_not_match", "Invalid campaign ID for this shop.")
    return campaign


@routes.post("ads/edit_manual_product_ads")
def edit_manual(call: Call) -> Any:
    """Change one thing of a campaign for one item."""
    campaign = _campaign(call)
    if campaign.native["kind"] != "manual":
        raise wrong(call.operation, "the campaign is no manual product ad.")
    edit(call, campaign, tuple(ACTIONS))
    return [{"campaign_id": int(campaign.id)}]


@routes.post("ads/edit_auto_product_ads")
def edit_auto(call: Call) -> Any:
    """Change one thing of the campaign for all items."""
    campaign = _campaign(call)
    if campaign.native["kind"] != "auto":
        raise Refused("ads.campaign.not_auto_product", "Campaign ID does not belong to auto product ad.")
    edit(call, campaign, AUTO_ACTIONS)
    return [{"campaign_id": int(campaign.id)}]


# -- keywords

Fault = tuple[str, str]


def _keyword_fault(shop: Account, match_type: Any, price: Any) -> Fault | None:
    if match_type not in MATCHES:
        return "error_param", "Wrong parameters, detail: match_type should be exact or broad."
    least = max(LEAST_BUDGET[shop.region] * LEAST_BID, money_step(shop))
    if Decimal(price) < least:
        return "ads.keyword.price_too_low", "Price of Keyword is too low."
    if Decimal(price) > LEAST_BUDGET[shop.region] * MOST_BID:
        return "ads.keyword.price_too_high", "Price of Keyword is too high."
    return None


@routes.post("ads/edit_manual_product_ad_keywords")
def edit_keywords(call: Call) -> Any:
    """Change keywords one by one; those that failed are named with the reason."""
    succeed, campaign = used_once(call), _campaign(call)
    check_shop(call.shop)
    _check_bidding(call, campaign, "manual")
    if status_of(call.shop, campaign) not in ALIVE:
        raise Refused(
            "ads.edit.invalid_action", "Edit Action is invalid as per the current status of the campaign."
        )
    rows = call.rows("selected_keywords", most=1000)
    faults = [(row["keyword"], _edit_keyword(call.shop, campaign, row)) for row in rows]
    failed = [
        {"keyword": word, "error": fault[0], "message": fault[1]}
        for word, fault in faults
        if fault is not None
    ]
    if len(failed) < len(rows):
        succeed()
    return [{"campaign_id": int(campaign.id), "failed_edits": failed}]


def _edit_keyword(shop: Account, campaign: Campaign, row: Mapping[str, Any]) -> Fault | None:
    keywords: dict[str, dict[str, Any]] = campaign.native["keywords"]
    present, action = keywords.get(row["keyword"]), row["edit_action"]
    if action == "add":
        return _add_keyword(shop, keywords, row)
    if present is None:
        return "ads.keyword.not_found", "Keyword is not found."
    change = KEYWORD_CHANGES.get(action)
    if change is None:
        return "error_param", "Wrong parameters, detail: edit_action is unknown."
    changed = present | change(row)
    if changed == present:
        return "ads.keyword.no_update", "Keyword has no update."
    fault = _keyword_fault(shop, changed["match_type"], changed["bid_price_per_click"])
    if fault is None:
        keywords[row["keyword"]] = changed
    return fault


def _add_keyword(shop: Account, keywords: dict[str, dict[str, Any]], row: Mapping[str, Any]) -> Fault | None:
    word = row["keyword"]
    if word in keywords and keywords[word]["status"] == "normal":
        return "ads.keyword.already_exists", "Keyword already exists."
    made = {
        "keyword": word,
        "match_type": row.get("match_type"),
        "bid_price_per_click": row.get("bid_price_per_click") or 0,
        "status": "normal",
    }
    fault = _keyword_fault(shop, made["match_type"], made["bid_price_per_click"])
    if fault is None:
        keywords[word] = made
    return fault


KEYWORD_CHANGES: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "delete": lambda row: {"status": "deleted"},
    "restore": lambda row: {"status": "normal"},
    "change_bid_price": lambda row: {"bid_price_per_click": row.get("bid_price_per_click") or 0},
    "change_match_type": lambda row: {"match_type": row.get("match_type")},
}
