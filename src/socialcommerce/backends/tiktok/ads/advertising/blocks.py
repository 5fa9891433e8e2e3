"""The parts that inputs share, in TikTok's words: budget, goal, bid, schedule, targeting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.tiktok.ads.codes import ads as codes
from socialcommerce.backends.tiktok.ads.noun import AdAccount, utc_text
from socialcommerce.models.ads import Bid, Budget, Delivery, Hours, Keyword, Schedule, Targeting
from socialcommerce.models.money import Money

__all__ = [
    "Place",
    "bid_fields",
    "budget_fields",
    "budget_flaws",
    "dayparting",
    "delivery_flaws",
    "goal_fields",
    "schedule_fields",
    "targeting_fields",
    "targeting_native",
]

_GROUP, _CAMPAIGN = "ads.ad_groups.create:", "ads.campaigns.create:"
_SLOTS = 48


@frozen
class Place:
    """Where and when an input is held against the rules; ``countries`` are location ids by ISO code."""

    account: AdAccount
    now: datetime
    countries: Mapping[str, str] = field(factory=dict)


def amount_flaws(name: str, amount: Money | None, account: AdAccount) -> Iterator[Flaw]:
    """Why the wire would not carry an amount as it is."""
    if amount is None:
        return
    if amount.currency != account.currency:
        yield Flaw(name, f"is in {amount.currency}; this ad account pays in {account.currency}")
        return
    step = Decimal(1) if amount.currency in codes.NO_DECIMALS else Decimal("0.01")
    if not amount.is_multiple_of(step):
        yield Flaw(name, f"must be a multiple of {step} {amount.currency}")


def budget_flaws(budget: Budget | None, account: AdAccount) -> Iterator[Flaw]:
    """What is wrong with a budget."""
    if budget is None:
        return
    if budget.shared_id is not None:
        yield Flaw("budget.shared_id", refusal=_CAMPAIGN + "shared_budget")
    elif budget.kind not in codes.BUDGETS:
        yield Flaw("budget.kind", refusal=_CAMPAIGN + "monthly_cap")
    yield from amount_flaws("budget.amount", budget.amount, account)


def budget_fields(budget: Budget | None, *, auto: bool = False) -> dict[str, Any]:
    """A budget as it is written; a daily one of Smart+ evens out over the week."""
    if budget is None:
        return {}
    kind = "dynamic_daily" if auto and budget.kind == "daily" else budget.kind
    fields: dict[str, Any] = {"budget_mode": codes.BUDGETS[kind]}
    return fields if budget.amount is None else {**fields, "budget": budget.amount.amount}


def goal_fields(goal: str | None) -> dict[str, Any]:
    """A goal as it is written, with the event it optimises for."""
    if goal is None:
        return {}
    found = codes.GOALS[goal]
    return {"optimization_goal": found.word} | ({"optimization_event": found.event} if found.event else {})


def bid_fields(delivery: Delivery, target_roas: Decimal | None) -> dict[str, Any]:
    """A bid as it is written, and what is billed."""
    bid = delivery.bid or Bid()
    usual = codes.GOALS[delivery.goal].billing if delivery.goal in codes.GOALS else "OCPM"
    billed = codes.BILLING[bid.billing_event] if bid.billing_event else usual
    amount = bid.amount.amount if bid.amount else None
    if target_roas is not None or bid.strategy == "target_roas":
        return {
            "billing_event": billed,
            "bid_type": "BID_TYPE_CUSTOM",
            "deep_bid_type": "VO_MIN_ROAS",
            "roas_bid": target_roas,
        }
    if bid.strategy == "highest_value":
        deep = {"deep_bid_type": "VO_HIGHEST_VALUE"}
        return {"billing_event": billed, "bid_type": "BID_TYPE_NO_BID", **deep}
    if bid.strategy == "cost_cap":
        return {"billing_event": "OCPM", "bid_type": "BID_TYPE_CUSTOM", "conversion_bid_price": amount}
    if bid.strategy in ("bid_cap", "manual"):
        return {"billing_event": billed, "bid_type": "BID_TYPE_CUSTOM", "bid_price": amount}
    return {"billing_event": billed, "bid_type": "BID_TYPE_NO_BID"}


def schedule_fields(schedule: Schedule | None, place: Place) -> dict[str, Any]:
    """When to run, in UTC; from now on without an end unless told."""
    start = (schedule.start if schedule else None) or place.now
    fields: dict[str, Any] = {
        "schedule_type": "SCHEDULE_FROM_NOW",
        "schedule_start_time": utc_text(start),
    }
    if schedule is not None and schedule.end is not None:
        fields |= {"schedule_type": "SCHEDULE_START_END", "schedule_end_time": utc_text(schedule.end)}
    if schedule is not None and schedule.hours:
        fields["dayparting"] = dayparting(schedule.hours)
    return fields


def dayparting(hours: Sequence[Hours]) -> str:
    """Parts of the week as 336 marks, one each half hour from Monday on."""
    marks = ["0"] * (7 * _SLOTS)
    for part in hours:
        begin = part.weekday * _SLOTS
        end = _SLOTS if part.end is None else _slot(part.end)
        for slot in range(_slot(part.start), end):
            marks[begin + slot] = "1"
    return "".join(marks)


def _slot(moment: time) -> int:
    return moment.hour * 2 + moment.minute // 30


def targeting_native(delivery: Delivery) -> Mapping[str, Any]:
    """What a delivery says in TikTok's own words."""
    targeting = delivery.targeting.native if delivery.targeting else {}
    return {**targeting, **delivery.native}


def targeting_fields(targeting: Targeting | None, place: Place) -> dict[str, Any]:
    """Whom to reach, as it is written; what is not restricted is left out."""
    if targeting is None:
        return {"placement_type": "PLACEMENT_TYPE_AUTOMATIC"}
    places = [*(place.countries[one] for one in targeting.countries), *targeting.regions]
    fields: dict[str, Any] = {
        "location_ids": places,
        "age_groups": _ages(targeting),
        "gender": codes.GENDERS[frozenset(targeting.genders)] if targeting.genders else None,
        "languages": list(targeting.languages),
        "interest_category_ids": list(targeting.interests),
        "audience_ids": list(targeting.audiences),
        "search_keywords": [_keyword(word) for word in targeting.keywords],
        "placement_type": "PLACEMENT_TYPE_NORMAL" if targeting.placements else "PLACEMENT_TYPE_AUTOMATIC",
        "placements": list(targeting.placements),
    }
    return {name: value for name, value in fields.items() if value} | targeting.native


def _ages(targeting: Targeting) -> list[str]:
    if targeting.age_min is None and targeting.age_max is None:
        return []
    low, high = targeting.age_min or 0, targeting.age_max or 1000
    return [name for start, end, name in codes.AGE_GROUPS if start <= high and end >= low]


def _keyword(word: Keyword | str) -> dict[str, Any]:
    known = Keyword(word) if isinstance(word, str) else word
    bid = {"keyword_bid_type": "CUSTOM", "keyword_bid": known.bid.amount} if known.bid else {}
    return {"keyword": known.text, "match_type": codes.MATCHES[known.match], **bid}


def delivery_flaws(delivery: Delivery | None, place: Place) -> Iterator[Flaw]:
    """What is wrong with a delivery block, whatever level it was given at."""
    if delivery is None:
        return
    if delivery.goal is not None and delivery.goal not in codes.GOALS:
        yield Flaw("delivery.goal", refusal=_GROUP + "goal")
    bid = delivery.bid
    if bid is not None:
        if bid.strategy in ("target_cost", "other"):
            yield Flaw("delivery.bid", refusal=_GROUP + "target_cost")
        if bid.billing_event is not None and bid.billing_event not in codes.BILLING:
            yield Flaw("delivery.bid.billing_event", refusal=_GROUP + "followers")
        yield from amount_flaws("delivery.bid.amount", bid.amount, place.account)
    yield from _schedule_flaws(delivery.schedule, place)
    yield from _targeting_flaws(delivery.targeting, place)


def _schedule_flaws(schedule: Schedule | None, place: Place) -> Iterator[Flaw]:
    if schedule is None:
        return
    if schedule.end is not None and schedule.end <= place.now:
        yield Flaw("delivery.schedule.end", "lies in the past")
    for part in schedule.hours:
        if any(one.minute % 30 or one.second for one in (part.start, part.end or time(0))):
            yield Flaw("delivery.schedule.hours", "begin and end at a full or a half hour")


def _targeting_flaws(targeting: Targeting | None, place: Place) -> Iterator[Flaw]:
    if targeting is None:
        return
    starts = {start for start, _, _ in codes.AGE_GROUPS}
    ends = {end for _, end, _ in codes.AGE_GROUPS}
    if targeting.age_min is not None and targeting.age_min not in starts:
        yield Flaw("delivery.targeting.age_min", f"is one of {', '.join(map(str, sorted(starts)))}")
    if targeting.age_max is not None and targeting.age_max not in ends:
        yield Flaw(
            "delivery.targeting.age_max", f"is one of {', '.join(map(str, sorted(ends)))}, or left out"
        )
    if frozenset(targeting.genders) not in codes.GENDERS:
        yield Flaw("delivery.targeting.genders", "female, male, or everybody: TikTok has no other choice")
    for word in targeting.keywords:
        if isinstance(word, Keyword):
            yield from amount_flaws("delivery.targeting.keywords", word.bid, place.account)
            if word.negative:
                yield Flaw("delivery.targeting.keywords", "negative ones are added by client.call")
