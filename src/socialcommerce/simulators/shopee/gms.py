"""The shop-wide campaign of the pretend Shopee (GMV Max): one for all items, less those removed."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Campaign, DayMetrics
from socialcommerce.simulators.shopee.ads_editing import edit
from socialcommerce.simulators.shopee.campaigns import (
    add_campaign,
    ads_day,
    campaign_report,
    check_budget,
    check_days,
    check_shop,
    day_if_sent,
    ratio,
    report_span,
    shares,
    status_of,
    together,
    used_once,
)
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

MOST_ROWS, MOST_ITEMS = 100, 30
SPAN_MONTHS = 3
ACTIONS = ("change_budget", "change_duration", "pause", "resume", "start", "change_roas_target")


def _check_listed(shop: Account) -> None:
    check_shop(shop)
    if not shop.native.get("gms_allowed", True):
        raise Refused(
            "ads_error_not_whitelisted_for_product_gms", "This shop is not whitelisted for Product GMS."
        )


def _present(shop: Account) -> Campaign | None:
    """The shop's campaign that is not over, if there is one."""
    found = [one for one in shop.campaigns.values() if one.native["kind"] == "gms"]
    return next((one for one in found if status_of(shop, one) in ("scheduled", "ongoing", "paused")), None)


def _campaign(call: Call) -> Campaign:
    """The campaign named by ``campaign_id``, or the shop's own where none is named."""
    _check_listed(call.shop)
    number = call.get("campaign_id")
    found = _present(call.shop) if number is None else call.shop.campaigns.get(str(number))
    if found is None or found.native["kind"] != "gms":
        raise Refused("ads_error_product_gms_campaign_not_found", "Product GMS Campaign cannot be found.")
    return found


@routes.get("ads/check_create_gms_product_campaign_eligibility")
def eligibility(call: Call) -> Any:
    """Whether the shop may make such a campaign, and why not."""
    reason = _obstacle(call.shop)
    return {"is_eligible": not reason, "reason": reason}


def _obstacle(shop: Account) -> str:
    check_shop(shop)
    if not shop.native.get("gms_allowed", True):
        return "not_whitelisted"
    if _present(shop) is not None:
        return "active_campaign"
    enough = any(one.status == "active" for one in shop.products.values())
    return "" if enough else "not_have_enough_sku"


@routes.post("ads/create_gms_product_campaign")
def create(call: Call) -> Any:
    """Make the shop's campaign."""
    succeed = used_once(call)
    _check_listed(call.shop)
    obstacle = _obstacle(call.shop)
    if obstacle:
        raise wrong(call.operation, f"{obstacle}.")
    budget = check_budget(call.shop, call.params["daily_budget"])
    start, end = ads_day(call, "start_date"), day_if_sent(call, "end_date")
    check_days(call, start, end)
    target = ratio(call.get("roas_target"))
    campaign = add_campaign(call, "gms", "Shop GMV Max", budget, start=start, end=end, roas=target)
    succeed()
    return {"campaign_id": int(campaign.id)}


@routes.post("ads/edit_gms_product_campaign")
def edit_campaign(call: Call) -> Any:
    """Change one thing of the campaign."""
    campaign = _campaign(call)
    edit(call, campaign, ACTIONS)
    return {"campaign_id": int(campaign.id)}


@routes.post("ads/edit_gms_item_product_campaign")
def edit_items(call: Call) -> Any:
    """Take items out of the campaign, or put them back."""
    campaign, action = _campaign(call), call.params["edit_action"]
    items = [str(one) for one in call.params["item_id_list"]]
    if action not in ("add", "remove") or not 1 <= len(items) <= MOST_ITEMS:
        raise wrong(call.operation, "edit_action or item_id_list.")
    if any(one not in call.shop.products for one in items):
        raise wrong(call.operation, "the item is not found.")
    removed: list[str] = campaign.native["removed"]
    kept = [one for one in removed if one not in items]
    campaign.native["removed"] = kept + items if action == "remove" else kept
    return {"campaign_id": int(campaign.id)}


def _rows(call: Call) -> tuple[int, int]:
    start, size = call.get("offset", 0), call.get("limit", 50)
    if size > MOST_ROWS:
        raise Refused("error_query_limit_max", "Limit is above the maximum allowed for this query API.")
    if start < 0 or size < 1:
        raise wrong(call.operation, "offset or limit.")
    return start, call.twin.page(size)


@routes.post("ads/list_gms_user_deleted_item")
def removed_items(call: Call) -> Any:
    """The items that the seller has taken out."""
    campaign, (start, size) = _campaign(call), _rows(call)
    rows = [int(one) for one in campaign.native["removed"]]
    return {
        "campaign_id": int(campaign.id),
        "item_id_list": rows[start : start + size],
        "total": len(rows),
        "has_next_page": start + size < len(rows),
    }


# -- reports


def _done(call: Call, campaign: Campaign) -> DayMetrics:
    start, end = report_span(call, SPAN_MONTHS, single_day=True)
    return together(metrics for day, metrics in campaign.days.items() if start <= day <= end)


def _report(done: DayMetrics) -> dict[str, Any]:
    """As a product campaign's, but for the sales of the advertised item, which are not told."""
    return {name: value for name, value in campaign_report(done).items() if name != "direct_gmv"}


@routes.post("ads/get_gms_campaign_performance")
def campaign_performance(call: Call) -> Any:
    """The campaign's totals over at most three months."""
    campaign = _campaign(call)
    return {"campaign_id": int(campaign.id), "report": _report(_done(call, campaign))}


@routes.post("ads/get_gms_item_performance")
def item_performance(call: Call) -> Any:
    """The totals by item, in the order of their ids; items without any are left out."""
    campaign, (start, size) = _campaign(call), _rows(call)
    items = _promoted(call.shop, campaign)
    done = _done(call, campaign)
    parts = zip(items, shares(call.shop, done, len(items)) if items else [], strict=True)
    rows = [
        {"item_id": item, "report": _report(part)}
        for item, part in parts
        if part.spend or part.conversion_value
    ]
    return {
        "campaign_id": int(campaign.id),
        "result_list": rows[start : start + size],
        "total": len(rows),
        "has_next_page": start + size < len(rows),
    }


def _promoted(shop: Account, campaign: Campaign) -> list[int]:
    removed = set(campaign.native["removed"])
    return sorted(
        int(one.id) for one in shop.products.values() if one.status == "active" and one.id not in removed
    )
