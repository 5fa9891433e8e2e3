"""Campaigns of the pretend Shopee: what they are today, and the rules that hold for all of them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import ROUND_DOWN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Campaign, DayMetrics, Product
from socialcommerce.simulators.shopee.defaults import TWO_DECIMALS
from socialcommerce.simulators.shopee.wire import Call, Refused, wrong

__all__ = [
    "CREDIT",
    "DAY",
    "LEAST_BUDGET",
    "MOST_BUDGET",
    "add_campaign",
    "ads_day",
    "advertised",
    "campaign_report",
    "check_account",
    "check_budget",
    "check_days",
    "check_past",
    "check_shop",
    "day_if_sent",
    "midnight",
    "money_step",
    "months_after",
    "per",
    "ratio",
    "report_span",
    "shares",
    "spent",
    "status_of",
    "today",
    "together",
    "used_once",
]

DAY = "%d-%m-%Y"
MOST_BUDGET = Decimal(1_000_000_000)
LEAST_BUDGET: Mapping[str, int] = {
    "SG": 1, "MY": 2, "BR": 3, "MX": 10, "PL": 2, "ID": 5_000, "TH": 10, "VN": 10_000, "PH": 20, "TW": 20,
    "CO": 2_000, "CL": 500,
}  # fmt: skip
"""The smallest daily budget by region, in whole units of its currency."""
CREDIT = Decimal(1_000_000)
"""What a shop has paid in for ads, unless its ``native["ads_credit"]`` says otherwise."""

HISTORY_MONTHS = 6


# -- days


def today(shop: Account) -> date:
    """The shop's local day."""
    return shop.clock.moment().astimezone(ZoneInfo(shop.timezone)).date()


def midnight(shop: Account, day: date) -> int:
    """When that day begins in the shop, in epoch seconds."""
    return int(datetime.combine(day, time(), ZoneInfo(shop.timezone)).timestamp())


def ads_day(call: Call, name: str) -> date:
    """A required parameter DD-MM-YYYY as a day."""
    try:
        return datetime.strptime(call.params[name], DAY).date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        raise wrong(call.operation, f"{name} should be DD-MM-YYYY.") from None


def day_if_sent(call: Call, name: str) -> date | None:
    """The same where it may be left out, or sent empty."""
    return ads_day(call, name) if call.get(name) else None


def months_after(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def check_past(shop: Account, *days: date) -> None:
    """Refuse days of a report that are to come, or more than six months old."""
    if max(days) > today(shop):
        raise Refused(
            "ads.performance.error_date_in_future",
            "The date must be today or earlier than today up to 6 months ago.",
        )
    if min(days) < months_after(today(shop), -HISTORY_MONTHS):
        raise Refused("ads.performance.error_date_too_old", "The date can't be earlier than 6 months ago.")


def report_span(call: Call, months: int, single_day: bool = False) -> tuple[date, date]:
    """``start_date`` and ``end_date`` of a report over at most so many months.

    ``single_day``: whether both may be the same day.
    """
    start, end = ads_day(call, "start_date"), ads_day(call, "end_date")
    if start > end:
        raise Refused(
            "ads.performance.error_start_later_than_end", "The start date can't be later than the end date."
        )
    if start == end and not single_day:
        raise Refused(
            "ads.performance.error_same_start_end_dates",
            "Start date can't be equal to end date. For single date's hourly performance data, please"
            " query hourly api.",
        )
    if end > months_after(start, months):
        raise Refused("ads.performance.error_date_range_too_long", "Date range can't be longer than 1 month.")
    check_past(call.shop, start, end)
    return start, end


def check_days(call: Call, start: date, end: date | None, running: bool = False) -> None:
    """Refuse a plan of days that Shopee does not take; ``running`` campaigns keep their start."""
    now = today(call.shop)
    if (start < now and not running) or (end is not None and end < max(now, start)):
        raise Refused(
            "ads.campaign.error_date_setting",
            "The start/end date of campaign should be larger or equal to today. End date to be empty for"
            " unlimited duration.",
        )
    if end is None and start > now:
        raise Refused(
            "ads.campaign.invalid_start_date",
            "The start date has to be today for no end date (unlimited duration).",
        )


# -- money


def money_step(shop: Account) -> Decimal:
    """The smallest amount of the shop's currency."""
    return Decimal("0.01") if shop.region in TWO_DECIMALS else Decimal(1)


def check_budget(shop: Account, asked: Any) -> Decimal:
    """A daily budget in its bounds (0 is unlimited), else the platform's refusal."""
    budget = Decimal(asked)
    least = LEAST_BUDGET[shop.region]
    if budget and (not least <= budget <= MOST_BUDGET or budget % money_step(shop)):
        raise Refused("ads.campaign.error_daily_budget_range", "The budget set is invalid.")
    return budget


def ratio(asked: Any) -> Decimal:
    """A target return on spend: one decimal is kept, the others are cut; negative ones are refused."""
    target = Decimal(asked or 0)
    if target < 0:
        raise Refused("ads_invalid_roas_target", "ROAS Target should be greater than equal to zero.")
    return target.quantize(Decimal("0.1"), ROUND_DOWN)


def spent(shop: Account) -> Decimal:
    """What all campaigns of the shop have cost so far."""
    days = (day for campaign in shop.campaigns.values() for day in campaign.days.values())
    return sum((day.spend for day in days), Decimal(0))


# -- what a campaign is


def status_of(shop: Account, campaign: Campaign) -> str:
    """The campaign's status today: what the seller wants, the calendar and the item together."""
    native, now = campaign.native, today(shop)
    conditions = (
        ("deleted", campaign.status == "deleted"),
        ("closed", any(not _sold(shop, item) for item in native["items"])),
        ("ended", campaign.status == "ended" or (native["end"] is not None and native["end"] < now)),
        ("paused", campaign.status == "paused"),
        ("scheduled", native["start"] > now),
    )
    return next((name for name, holds in conditions if holds), "ongoing")


def _sold(shop: Account, item_id: str) -> bool:
    product = shop.products.get(item_id)
    return product is not None and product.status not in ("deleted", "removed")


def add_campaign(call: Call, kind: str, name: str, budget: Decimal, **native: Any) -> Campaign:
    """Put a new campaign into the shop; ``native`` are its settings."""
    settings: dict[str, Any] = {
        "kind": kind,
        "items": [],
        "bidding": "auto",
        "placement": "all",
        "roas": Decimal(0),
        "enhanced_cpc": False,
        "keywords": {},
        "locations": {},
        "smart_creative": "default",
        "removed": [],
    }
    campaign = Campaign(call.twin.new_id("campaign"), name, "active", budget, native=settings | native)
    call.shop.campaigns[campaign.id] = campaign
    return campaign


def check_account(shop: Account) -> None:
    """Refuse where the platform has closed the shop's ads account."""
    if shop.native.get("ads_account", "normal") != "normal":
        raise Refused("ads.ads_account.invalid_status", "Ads account status is Invalid.")


def check_shop(shop: Account) -> None:
    """Refuse where the shop may not advertise now."""
    check_account(shop)
    if shop.native["holiday"]:
        raise Refused("ads.shop.in_holiday_mode", "Shop is in holiday mode.")


def advertised(call: Call, item_id: object) -> Product:
    """The item, where it may be advertised, else the platform's refusal."""
    product = call.shop.products.get(str(item_id))
    if product is None:
        raise Refused("error_not_found", "The information you queried is not found.")
    if product.status == "banned":
        raise Refused("ads.item.blocked_for_promotion", "Item is blocked for promotion.")
    if product.status != "active":
        raise Refused("ads.item.invalid_status", "Item status is invalid.")
    if not any(variant.available > 0 for variant in product.variants):
        raise Refused("ads.item.sold_out", "Item is sold out.")
    return product


def used_once(call: Call) -> Callable[[], None]:
    """Refuse a ``reference_id`` that has succeeded before; call the answer once this one has."""
    used: set[str] = call.shop.native.setdefault("ads_references", set())
    reference = call.get("reference_id")
    if reference in used:
        raise wrong(call.operation, "duplicate reference_id.")
    return lambda: None if reference is None else used.add(reference)


# -- what a campaign has done


def together(days: Iterable[DayMetrics]) -> DayMetrics:
    """Several days as one."""
    whole = DayMetrics()
    for day in days:
        for name in METRICS:
            setattr(whole, name, getattr(whole, name) + getattr(day, name))
    return whole


METRICS: Sequence[str] = ("spend", "conversion_value", "impressions", "clicks", "orders", "items")


def shares(shop: Account, whole: DayMetrics, parts: int) -> list[DayMetrics]:
    """A day divided so that the parts add up to it; the last takes what is left over."""
    step = money_step(shop)
    found = [DayMetrics() for _ in range(parts)]
    for name in METRICS:
        value = getattr(whole, name)
        each = value // parts if isinstance(value, int) else (value / parts).quantize(step, ROUND_DOWN)
        for part in found[:-1]:
            setattr(part, name, each)
        setattr(found[-1], name, value - each * (parts - 1))
    return found


def per(value: Decimal | int, base: Decimal | int) -> Decimal:
    """One value for each of another, to four decimals; 0 where there is nothing to divide by."""
    return round(Decimal(value) / Decimal(base), 4) if base else Decimal(0)


def campaign_report(day: DayMetrics) -> dict[str, Any]:
    """The figures of a campaign's report; every sale is taken for one of the advertised item."""
    result: dict[str, Any] = {
        "impression": day.impressions,
        "clicks": day.clicks,
        "expense": day.spend,
        "cpc": per(day.spend, day.orders),
        "cpdc": per(day.spend, day.orders),
        "cr": per(day.orders, day.clicks),
        "direct_cr": per(day.orders, day.clicks),
    }
    for kind in ("broad", "direct"):
        result |= {
            f"{kind}_gmv": day.conversion_value,
            f"{kind}_order": day.orders,
            f"{kind}_order_amount": day.items,
            f"{kind}_roi": per(day.conversion_value, day.spend),
            f"{kind}_cir": per(day.spend, day.conversion_value),
        }
    return result
