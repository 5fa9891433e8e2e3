"""A campaign to make, held against Shopee's rules: what is wrong with it, and the body that makes it.

The rules stand here once: ``check`` tells them as problems, ``create`` and ``update`` raise them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import frozen

from socialcommerce.backends.flaws import Flaw, Rules
from socialcommerce.backends.shopee.ads.wire import (
    amount_problem,
    day_text,
    first_day,
    last_day,
    local_day,
    roas_problem,
)
from socialcommerce.backends.shopee.codes.ads import REFUSALS
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.models.ads import (
    Bid,
    Budget,
    CampaignInput,
    Delivery,
    Keyword,
    Schedule,
    Targeting,
)

__all__ = [
    "LOCATIONS",
    "Flaw",
    "Place",
    "body",
    "budget_flaws",
    "days",
    "delivery_flaws",
    "flaws",
    "keyword_of",
    "native_flaws",
    "places",
    "problems",
    "raise_flaws",
    "roas_flaws",
    "unsupported",
]

LOCATIONS = ("daily_discover", "you_may_also_like")
NATIVE = frozenset({"enhanced_cpc", "discovery_ads_locations", "smart_creative_setting"})
"""What ``native`` may hold: names and values as Shopee's create call takes them."""

_RULE = "ads.campaigns.create:"
_STRATEGIES = frozenset({"auto", "target_roas", "manual", "highest_value"})


_RULES = Rules("shopee", REFUSALS)
unsupported, raise_flaws, problems = _RULES.unsupported, _RULES.hold, _RULES.problems


@frozen
class Place:
    """Where and when a plan is held against the rules: the shop's market, and now."""

    region: Region
    now: datetime


def flaws(plan: CampaignInput, place: Place) -> Iterator[Flaw]:
    """Everything wrong with a campaign to make."""
    if plan.name is not None:
        yield Flaw("name", refusal=_RULE + "name")
    if plan.status == "draft":
        yield Flaw("status", refusal=_RULE + "status=draft")
    yield from _kind_flaws(plan)
    yield from budget_flaws(plan.budget, place.region, shop=plan.kind == "shop_gmv_max")
    yield from roas_flaws(plan.target_roas)
    yield from native_flaws(plan.native)
    yield from delivery_flaws(plan.delivery, place)
    yield from _bid_flaws(plan, place.region)
    if _schedule(plan) is None or _schedule(plan) == Schedule():
        return
    yield from _start_flaws(_schedule(plan), place)


def _kind_flaws(plan: CampaignInput) -> Iterator[Flaw]:
    shop = plan.kind == "shop_gmv_max"
    if shop and (plan.products or _is_manual(plan) or plan.native):
        yield Flaw("kind", refusal=_RULE + "shop_gmv_max")
    if not shop and len(plan.products) != 1:
        yield Flaw("products", f"must be exactly one item; there are {len(plan.products)}")
    if plan.kind == "auto" and _is_manual(plan):
        yield Flaw("delivery.bid", "an automatic campaign does not bid by hand; kind='standard' does")


def budget_flaws(budget: Budget | None, region: Region, *, shop: bool) -> Iterator[Flaw]:
    """What is wrong with a budget; ``shop`` says that it is for the whole shop's campaign."""
    if budget is not None and (budget.kind not in ("daily", "unlimited") or budget.shared_id):
        yield Flaw("budget", refusal=_RULE + "budget")
    elif shop and (budget is None or budget.amount is None):
        yield Flaw("budget", "the campaign of the whole shop needs a daily amount")
    elif budget is not None and budget.amount is not None:
        problem = amount_problem(budget.amount, region)
        if problem:
            yield Flaw("budget.amount", problem)


def roas_flaws(target: Decimal | None) -> Iterator[Flaw]:
    """What is wrong with a target ROAS."""
    problem = roas_problem(target) if target is not None else None
    if problem:
        yield Flaw("target_roas", problem)


def native_flaws(native: Mapping[str, Any]) -> Iterator[Flaw]:
    """Names in ``native`` that Shopee's ads do not know."""
    for name in sorted(native.keys() - NATIVE):
        yield Flaw(f"native.{name}", f"is not known; Shopee's ads take {', '.join(sorted(NATIVE))}")


def delivery_flaws(delivery: Delivery | None, place: Place) -> Iterator[Flaw]:
    """What is wrong with a delivery block, whatever level it was given at."""
    if delivery is None:
        return
    if delivery.objective not in (None, "shop_sales"):
        yield Flaw("delivery.objective", refusal=_RULE + "objective")
    if delivery.goal not in (None, "purchases", "value"):
        yield Flaw("delivery.goal", refusal=_RULE + "goal")
    yield from native_flaws(delivery.native)
    yield from _schedule_flaws(delivery.schedule, place)
    yield from _targeting_flaws(delivery.targeting, place.region)
    bid = delivery.bid
    if bid is not None and (bid.strategy not in _STRATEGIES or bid.billing_event not in (None, "clicks")):
        yield Flaw("delivery.bid", refusal=_RULE + "bid")
    elif bid is not None and bid.amount is not None and amount_problem(bid.amount, place.region):
        yield Flaw("delivery.bid.amount", str(amount_problem(bid.amount, place.region)))


def _schedule_flaws(schedule: Schedule | None, place: Place) -> Iterator[Flaw]:
    if schedule is None:
        return
    if schedule.hours:
        yield Flaw("delivery.schedule.hours", refusal=_RULE + "hours")
    start, end = schedule.start, schedule.end
    first = first_day(start, place.region, place.now) if start else None
    last = last_day(end, place.region) if end else None
    today = local_day(place.now, place.region)
    if (start and first is None) or (end and last is None):
        yield Flaw("delivery.schedule", refusal=_RULE + "schedule")
    if first is not None and first < today:
        yield Flaw("delivery.schedule.start", "lies before today")
    if last is not None and last < (first or today):
        yield Flaw("delivery.schedule.end", "lies before the first day")


def _start_flaws(schedule: Schedule | None, place: Place) -> Iterator[Flaw]:
    """Shopee's own rule: a campaign without an end starts today."""
    if schedule is None or schedule.start is None or schedule.end is not None:
        return
    if first_day(schedule.start, place.region, place.now) != local_day(place.now, place.region):
        yield Flaw(
            "delivery.schedule.end", "is needed where a campaign starts later; without one it starts today"
        )


def _targeting_flaws(targeting: Targeting | None, region: Region) -> Iterator[Flaw]:
    if targeting is None:
        return
    if targeting != Targeting.build(keywords=targeting.keywords, placements=targeting.placements):
        yield Flaw("delivery.targeting", refusal=_RULE + "targeting")
    for word in map(keyword_of, targeting.keywords):
        if word.negative or word.match == "phrase":
            yield Flaw("delivery.targeting.keywords", refusal=_RULE + "keywords")
        problem = amount_problem(word.bid, region) if word.bid else None
        if problem:
            yield Flaw("delivery.targeting.keywords", f"the bid for {word.text!r} {problem}")
    for name in targeting.placements:
        if name not in ("search", *LOCATIONS):
            yield Flaw("delivery.targeting.placements", f"{name!r} is none of search, {', '.join(LOCATIONS)}")


def _bid_flaws(plan: CampaignInput, region: Region) -> Iterator[Flaw]:
    bid, targeting = _bid(plan), _targeting(plan)
    words = [keyword_of(word) for word in targeting.keywords]
    if bid.strategy == "target_roas" and plan.target_roas is None:
        yield Flaw("target_roas", "is needed for this bid")
    if bid.strategy == "highest_value" and plan.kind != "shop_gmv_max":
        yield Flaw("delivery.bid", refusal=_RULE + "bid")
    if not _is_manual(plan):
        if words or targeting.placements:
            yield Flaw("delivery.bid", "keywords and placements need Bid('manual', amount)")
        return
    if plan.target_roas is not None:
        yield Flaw("target_roas", "goes with automatic bidding alone")
    if not words:
        yield Flaw("delivery.targeting.keywords", "are needed for a manual bid")


def body(plan: CampaignInput, item: str | None, place: Place) -> dict[str, Any]:
    """The body of the create call for a plan without flaws; ``item`` is None for the whole shop."""
    first, last = days(_schedule(plan), place)
    budget = plan.budget.amount.amount if plan.budget and plan.budget.amount else Decimal(0)
    made: dict[str, Any] = {"start_date": first or day_text(local_day(place.now, place.region))}
    if last is not None:
        made["end_date"] = last
    if plan.target_roas is not None:
        made["roas_target"] = plan.target_roas
    if item is None:
        return made | {"daily_budget": budget}
    made |= {
        "budget": budget,
        "item_id": int(item),
        "bidding_method": "manual" if _is_manual(plan) else "auto",
    }
    return made | (_manual_body(plan) if _is_manual(plan) else {}) | dict(plan.native)


def _manual_body(plan: CampaignInput) -> dict[str, Any]:
    bid, targeting = _bid(plan), _targeting(plan)
    amount = bid.amount.amount if bid.amount else None
    words = [keyword_of(word) for word in targeting.keywords]
    made: dict[str, Any] = {
        "selected_keywords": [
            {
                "keyword": word.text,
                "match_type": word.match,
                "bid_price_per_click": word.bid.amount if word.bid else amount,
            }
            for word in words
        ]
    }
    locations = [{"location": name, "bid_price": amount} for name in places(targeting)]
    return made | ({"discovery_ads_locations": locations} if locations else {})


def days(schedule: Schedule | None, place: Place) -> tuple[str | None, str | None]:
    """First and last day of a schedule as Shopee writes them, where it has them."""
    start, end = (schedule.start, schedule.end) if schedule else (None, None)
    first = first_day(start, place.region, place.now) if start else None
    last = last_day(end, place.region) if end else None
    return (day_text(first) if first else None), (day_text(last) if last else None)


def places(targeting: Targeting) -> Sequence[str]:
    """The locations of discovery among the placements; search comes with the keywords."""
    return [name for name in targeting.placements if name in LOCATIONS]


def keyword_of(word: Keyword | str) -> Keyword:
    """A keyword that was given as plain text, broad and without a bid of its own."""
    return Keyword(word) if isinstance(word, str) else word


def _is_manual(plan: CampaignInput) -> bool:
    return _bid(plan).strategy == "manual"


def _bid(plan: CampaignInput) -> Bid:
    return (plan.delivery.bid if plan.delivery else None) or Bid()


def _targeting(plan: CampaignInput) -> Targeting:
    return (plan.delivery.targeting if plan.delivery else None) or Targeting()


def _schedule(plan: CampaignInput) -> Schedule | None:
    return plan.delivery.schedule if plan.delivery else None
