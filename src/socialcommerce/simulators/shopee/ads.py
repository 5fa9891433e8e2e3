"""Ads of the pretend Shopee: the account, its campaigns as they are, reports, suggestions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Campaign, DayMetrics
from socialcommerce.simulators.shopee.campaigns import (
    CREDIT,
    DAY,
    LEAST_BUDGET,
    MOST_BUDGET,
    ads_day,
    advertised,
    campaign_report,
    check_account,
    check_past,
    midnight,
    money_step,
    per,
    report_span,
    shares,
    spent,
    status_of,
    together,
)
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

MOST_IDS = 100
HOURS = (10, 20)
"""The hours at which the pretend buyers look at ads."""
LISTED = ("manual", "auto")
"""The kinds of campaigns that the list of ids and the settings know; the shop's GMV Max is not."""


# -- the account


@routes.get("ads/get_total_balance")
def balance(call: Call) -> Any:
    """What is left of the credit."""
    check_account(call.shop)
    left = Decimal(call.shop.native.get("ads_credit", CREDIT)) - spent(call.shop)
    return {"data_timestamp": call.now, "total_balance": max(left, Decimal(0))}


@routes.get("ads/get_shop_toggle_info")
def toggles(call: Call) -> Any:
    """The shop's switches."""
    native = call.shop.native
    return {
        "data_timestamp": call.now,
        "auto_top_up": bool(native.get("ads_auto_top_up")),
        "campaign_surge": bool(native.get("ads_campaign_surge")),
    }


@routes.get("ads/get_ads_facil_shop_rate")
def facil_rate(call: Call) -> Any:
    """The rate of the Brazilian programme, beside ``error``."""
    if call.shop.region != "BR":
        raise Refused("error_param", "The information you queried is not found.")
    return {"rate": Decimal("0.05"), "update_at": call.now}


# -- campaigns


@routes.get("ads/get_product_level_campaign_id_list")
def campaign_ids(call: Call) -> Any:
    """Ids and kinds of the product campaigns that are not deleted."""
    kind = call.get("ad_type", "") or "all"
    if kind not in ("all", *LISTED):
        raise wrong(call.operation, "ad_type is unknown.")
    kinds = LISTED if kind == "all" else (kind,)
    start, size = call.within("offset", 0, 10**9, default=0), call.within("limit", 1, 5000, default=5000)
    size = call.twin.page(size)
    rows = [
        {"ad_type": one.native["kind"], "campaign_id": int(one.id)}
        for one in call.shop.campaigns.values()
        if one.native["kind"] in kinds and one.status != "deleted"
    ]
    return _place(call.shop) | {
        "has_next_page": start + size < len(rows),
        "campaign_list": rows[start : start + size],
    }


def _place(shop: Account) -> dict[str, Any]:
    return {"shop_id": int(shop.id), "region": shop.region}


def _asked(call: Call) -> tuple[list[Campaign], list[str]]:
    """The campaigns that ``campaign_id_list`` names, and the ids that name none."""
    ids = call.csv("campaign_id_list", most=MOST_IDS)
    shop = call.shop
    known = [shop.campaigns[one] for one in ids if one in shop.campaigns]
    known = [one for one in known if one.native["kind"] in LISTED]
    return known, sorted(set(ids) - {one.id for one in known})


@routes.get("ads/get_product_level_campaign_setting_info")
def settings(call: Call) -> Any:
    """The settings of up to 100 campaigns, by blocks: 1 common, 2 manual, 3 auto bidding, 4 auto product."""
    blocks = set(call.csv("info_type_list", most=4))
    if not blocks <= BLOCKS.keys():
        raise wrong(call.operation, "info_type_list is unknown.")
    known, unknown = _asked(call)
    if not known:
        raise Refused("error_not_found", "The information you queried is not found.")
    rows = [
        {"campaign_id": int(one.id)}
        | {name: read(call.shop, one) for key, (name, read) in BLOCKS.items() if key in blocks}
        for one in known
    ]
    warning = f"Not found: {','.join(unknown)}." if unknown else ""
    return _place(call.shop) | {"campaign_list": rows, "_warning": warning}


def _common(shop: Account, campaign: Campaign) -> dict[str, Any]:
    native = campaign.native
    end = native["end"]
    return {
        "ad_type": native["kind"],
        "ad_name": campaign.name,
        "campaign_status": status_of(shop, campaign),
        "bidding_method": native["bidding"],
        "campaign_placement": native["placement"],
        "campaign_budget": campaign.budget,
        "campaign_duration": {
            "start_time": midnight(shop, native["start"]),
            "end_time": 0 if end is None else midnight(shop, end + timedelta(days=1)) - 1,
        },
        "item_id_list": [int(one) for one in native["items"]],
    }


def _manual(shop: Account, campaign: Campaign) -> dict[str, Any]:
    native = campaign.native
    return {
        "enhanced_cpc": native["enhanced_cpc"],
        "selected_keywords": list(native["keywords"].values()),
        "discovery_ads_locations": list(native["locations"].values()),
    }


def _auto(shop: Account, campaign: Campaign) -> dict[str, Any]:
    return {"roas_target": campaign.native["roas"]}


def _auto_product(shop: Account, campaign: Campaign) -> list[dict[str, Any]]:
    if campaign.native["kind"] != "auto":
        return []
    status = {"ongoing": "ongoing", "paused": "paused", "scheduled": "learning"}
    word = status.get(status_of(shop, campaign), "ended")
    return [
        {"product_name": one.title, "status": word, "item_id": int(one.id)}
        for one in shop.products.values()
        if one.status == "active"
    ]


BLOCKS: Mapping[str, tuple[str, Callable[[Account, Campaign], Any]]] = {
    "1": ("common_info", _common),
    "2": ("manual_bidding_info", _manual),
    "3": ("auto_bidding_info", _auto),
    "4": ("auto_product_ads_info", _auto_product),
}


# -- reports


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


def _hourly_day(call: Call) -> date:
    day = ads_day(call, "performance_date")
    check_past(call.shop, day)
    return day


def _of_day(campaigns: Iterable[Campaign], day: date) -> DayMetrics | None:
    """What the campaigns did on a day; None where they did nothing."""
    found = [one.days[day] for one in campaigns if day in one.days]
    return together(found) if found else None


def _by_hour(shop: Account, day: DayMetrics | None) -> list[tuple[int, DayMetrics]]:
    return [] if day is None else list(zip(HOURS, shares(shop, day, len(HOURS)), strict=True))


def _account_row(day: date, done: DayMetrics) -> dict[str, Any]:
    row: dict[str, Any] = {
        "date": day.strftime(DAY),
        "impression": done.impressions,
        "clicks": done.clicks,
        "ctr": per(done.clicks, done.impressions),
        "expense": done.spend,
        "cost_per_conversion": per(done.spend, done.orders),
    }
    for kind in ("direct", "broad"):
        row |= {
            f"{kind}_order": done.orders,
            f"{kind}_conversions": per(done.orders, done.clicks),
            f"{kind}_item_sold": done.items,
            f"{kind}_gmv": done.conversion_value,
            f"{kind}_roas": per(done.conversion_value, done.spend),
        }
    return row


@routes.get("ads/get_all_cpc_ads_daily_performance")
def account_daily(call: Call) -> Any:
    """The shop's days, of at least two days and at most a month; days without ads are left out."""
    start, end = report_span(call, months=1)
    campaigns = call.shop.campaigns.values()
    return [
        _account_row(day, done) for day in _days(start, end) if (done := _of_day(campaigns, day)) is not None
    ]


@routes.get("ads/get_all_cpc_ads_hourly_performance")
def account_hourly(call: Call) -> Any:
    """The hours of one day."""
    day = _hourly_day(call)
    hours = _by_hour(call.shop, _of_day(call.shop.campaigns.values(), day))
    return [{"hour": hour} | _account_row(day, done) for hour, done in hours]


def _performance(call: Call, rows: Callable[[Campaign], list[dict[str, Any]]]) -> Any:
    known, unknown = _asked(call)
    if unknown:
        raise Refused("ads.shop.campaign_not_match", "Invalid campaign ID for this shop.")
    found = [
        {
            "campaign_id": int(one.id),
            "ad_type": one.native["kind"],
            "campaign_placement": one.native["placement"],
            "ad_name": one.name,
            "metrics_list": rows(one),
        }
        for one in known
    ]
    return [_place(call.shop) | {"campaign_list": found}]


def _campaign_row(day: date, done: DayMetrics) -> dict[str, Any]:
    shown = {"date": day.strftime(DAY), "ctr": per(done.clicks, done.impressions)}
    return shown | campaign_report(done)


@routes.get("ads/get_product_campaign_daily_performance")
def campaign_daily(call: Call) -> Any:
    """The days of up to 100 campaigns."""
    start, end = report_span(call, months=1)

    def rows(campaign: Campaign) -> list[dict[str, Any]]:
        return [_campaign_row(day, campaign.days[day]) for day in _days(start, end) if day in campaign.days]

    return _performance(call, rows)


@routes.get("ads/get_product_campaign_hourly_performance")
def campaign_hourly(call: Call) -> Any:
    """The hours of one day of up to 100 campaigns."""
    day = _hourly_day(call)

    def rows(campaign: Campaign) -> list[dict[str, Any]]:
        hours = _by_hour(call.shop, campaign.days.get(day))
        return [{"hour": hour} | _campaign_row(day, done) for hour, done in hours]

    return _performance(call, rows)


# -- suggestions


@routes.get("ads/get_recommended_keyword_list")
def keyword_ideas(call: Call) -> Any:
    """Keywords out of the item's title, and the one that was typed."""
    product = call.shop.products.get(str(call.params["item_id"]))
    if product is None:
        raise Refused("ads.keyword.item_not_match", "Item doesn't belong to the shop.")
    typed = call.get("input_keyword", "")
    words = dict.fromkeys([*([typed] if typed else []), *product.title.lower().split()])
    bid = max(Decimal(LEAST_BUDGET[call.shop.region]) / 10, money_step(call.shop))
    rows = [
        {"keyword": word, "quality_score": 8, "search_volume": 1000 - 10 * place, "suggested_bid": bid}
        for place, word in enumerate(words)
    ]
    return {"item_id": int(product.id), "input_keyword": typed, "suggested_keywords": rows}


@routes.get("ads/get_recommended_item_list")
def item_ideas(call: Call) -> Any:
    """The items worth advertising."""
    shop = call.shop
    running = {
        item
        for one in shop.campaigns.values()
        if status_of(shop, one) == "ongoing"
        for item in one.native["items"]
    }
    return [
        {
            "item_id": int(one.id),
            "item_status_list": [] if one.status == "active" else ["blocked"],
            "sku_tag_list": ["best selling"],
            "ongoing_ad_type_list": ["search ads", "discovery ads"] if one.id in running else [],
        }
        for one in shop.products.values()
        if one.status in ("active", "banned")
    ]


@routes.get("ads/get_product_recommended_roi_target")
def roi_ideas(call: Call) -> Any:
    """Three targets for the return on spend, with how many similar ads each beats."""
    advertised(call, call.params["item_id"])
    targets = {"lower_bound": ("3.5", 80), "exact": ("5.9", 50), "upper_bound": ("10.8", 20)}
    return {
        name: {"value": Decimal(value), "percentile": percentile}
        for name, (value, percentile) in targets.items()
    }


@routes.get("ads/get_create_product_ad_budget_suggestion")
def budget_ideas(call: Call) -> Any:
    """What a campaign of that kind may cost a day, and what is advised."""
    choices = {
        "product_selection": ("auto", "manual"),
        "campaign_placement": ("search", "discovery", "all"),
        "bidding_method": ("auto", "manual"),
    }
    if any(call.params[name] not in words for name, words in choices.items()):
        raise wrong(call.operation, f"{', '.join(choices)}.")
    if call.params["product_selection"] == "manual":
        _check_manual_idea(call)
    least = Decimal(LEAST_BUDGET[call.shop.region])
    return {"budget": {"recommended_budget": least * 10, "min_budget": least, "max_budget": MOST_BUDGET}}


def _check_manual_idea(call: Call) -> None:
    needed = ["item_id"]
    if call.params["bidding_method"] == "manual":
        needed.append("enhanced_cpc")
        if call.params["campaign_placement"] != "search":
            needed.append("discovery_ads_location_names")
    for name in needed:
        if call.get(name) is None:
            raise wrong(call.operation, f"{name} is required.")
    advertised(call, call.params["item_id"])
