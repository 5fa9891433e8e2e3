"""The parts that inputs share, in Meta's words: budget, goal, bid, schedule, what is promoted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.social.advertising.account import AdAccount
from socialcommerce.backends.meta.social.codes import ads as codes
from socialcommerce.models.ads import Bid, Budget, Delivery, Hours, Schedule
from socialcommerce.models.money import Money

__all__ = [
    "ROAS_SCALE",
    "Place",
    "bid_flaws",
    "budget_fields",
    "budget_flaws",
    "goal_flaws",
    "moment_text",
    "name_flaws",
    "promoted_object",
    "roas_flaws",
    "schedule_fields",
    "schedule_flaws",
    "wire_bid",
]

ROAS_SCALE = 10_000
"""A target ROAS is written in ten-thousandths."""

_GROUP, _CAMPAIGN = "ads.ad_groups.create:", "ads.campaigns.create:"
_LONGEST = 400
_A_DAY = 24 * 60


@frozen
class Place:
    """Where and when an input is held against the rules; ``own`` are the ids in the settings by kind."""

    account: AdAccount
    now: datetime
    own: Mapping[str, str] = field(factory=dict)


def name_flaws(name: str | None) -> Iterator[Flaw]:
    """What is wrong with a name."""
    if not name:
        yield Flaw("name", "is needed")
    elif len(name) > _LONGEST:
        yield Flaw("name", f"is {len(name)} characters long; at most {_LONGEST}")


def amount_flaws(name: str, amount: Money | None, account: AdAccount) -> Iterator[Flaw]:
    """Why the wire would not carry an amount as it is."""
    if amount is None:
        return
    if amount.currency != account.currency:
        yield Flaw(name, f"is in {amount.currency}; this ad account pays in {account.currency}")
    elif not amount.is_multiple_of(account.step):
        yield Flaw(name, f"must be a multiple of {account.step} {amount.currency}")


def budget_flaws(budget: Budget | None, account: AdAccount) -> Iterator[Flaw]:
    """What is wrong with a budget."""
    if budget is None:
        return
    if budget.shared_id is not None:
        yield Flaw("budget.shared_id", refusal=_CAMPAIGN + "shared_budget")
    elif budget.kind == "monthly_cap":
        yield Flaw("budget.kind", refusal=_CAMPAIGN + "monthly_cap")
    yield from amount_flaws("budget.amount", budget.amount, account)


def budget_fields(budget: Budget | None, account: AdAccount) -> dict[str, str]:
    """A budget as it is written, in minor units; nothing for one without an amount."""
    if budget is None or budget.amount is None:
        return {}
    name = "lifetime_budget" if budget.kind == "lifetime" else "daily_budget"
    return {name: account.minor(budget.amount)}


def goal_flaws(delivery: Delivery, native: Mapping[str, Any], place: Place) -> Iterator[Flaw]:
    """What is wrong with a goal, and with what it promotes."""
    goal = goal_of(delivery)
    if goal is None and "optimization_goal" not in native:
        yield Flaw("delivery.goal", f"is needed: one of {', '.join(codes.GOALS)}")
    elif goal is not None and goal not in codes.GOALS and "optimization_goal" not in native:
        yield Flaw("delivery.goal", refusal=_GROUP + "goal")
    promotes = codes.GOALS[goal].promotes if goal in codes.GOALS else None
    if promotes is None or native.get("promoted_object") or place.own.get(promotes):
        return
    remedy = "native={'promoted_object': {…}}"
    setting = f"name it in the settings ({promotes}_id), or by " if promotes != "app" else "name it by "
    yield Flaw("delivery.goal", f"{goal} needs the {promotes} that it counts for: {setting}{remedy}")


def goal_of(delivery: Delivery) -> str | None:
    """The goal of an ad group: as told, or the only one that its objective means."""
    meant = codes.OBJECTIVES.get(str(delivery.objective))
    return delivery.goal or (meant.goal if meant else None)


def promoted_object(goal: str | None, told: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """What an ad group promotes: what was told, and beside it what its goal counts."""
    known = codes.GOALS.get(str(goal))
    found: dict[str, Any] = {}
    if known is not None and known.promotes == "pixel":
        found = {"pixel_id": place.own.get("pixel"), "custom_event_type": known.event}
    elif known is not None and known.promotes == "page":
        found = {"page_id": place.own.get("page")}
    return {name: value for name, value in found.items() if value} | dict(told)


def roas_flaws(roas: Decimal | None, delivery: Delivery) -> Iterator[Flaw]:
    """What is wrong with a target ROAS beside a bid."""
    strategy = delivery.bid.strategy if delivery.bid else "auto"
    if roas is None:
        if strategy == "target_roas":
            yield Flaw("target_roas", "is needed: the bid is target_roas")
        return
    if strategy not in ("auto", "target_roas"):
        yield Flaw("target_roas", f"does not go with the bid {strategy}")
    if (roas * ROAS_SCALE) % 1:
        yield Flaw("target_roas", "has at most four decimals")


def bid_flaws(bid: Bid | None, goal: str | None, account: AdAccount) -> Iterator[Flaw]:
    """What is wrong with a bid."""
    if bid is None:
        return
    if bid.strategy not in codes.BID_STRATEGIES:
        yield Flaw("delivery.bid", refusal=_GROUP + "bid_strategy")
    if bid.strategy == "highest_value" and goal not in (None, "value"):
        yield Flaw("delivery.bid", f"highest_value goes with the goal value, not {goal}")
    if bid.billing_event is not None and bid.billing_event not in codes.BILLING:
        yield Flaw("delivery.bid.billing_event", refusal=_GROUP + "billing")
    yield from amount_flaws("delivery.bid.amount", bid.amount, account)


def wire_bid(
    bid: Bid | None, target_roas: Decimal | None, account: AdAccount, *, below_budget: bool
) -> dict[str, Any]:
    """A bid as an ad group writes it; where the campaign holds the budget, it holds the strategy too."""
    told = bid or Bid()
    strategy = "target_roas" if target_roas is not None else told.strategy
    fields: dict[str, Any] = {} if below_budget else {"bid_strategy": codes.BID_STRATEGIES[strategy]}
    if told.amount is not None:
        fields["bid_amount"] = account.minor(told.amount)
    if target_roas is not None:
        fields["bid_constraints"] = {"roas_average_floor": int(target_roas * ROAS_SCALE)}
    return fields


def schedule_flaws(schedule: Schedule | None, lifetime: bool, now: datetime) -> Iterator[Flaw]:
    """What is wrong with a schedule; ``lifetime`` where it goes with a budget for the whole time."""
    if lifetime and (schedule is None or schedule.end is None):
        yield Flaw("delivery.schedule.end", "is needed: a lifetime budget lasts until then")
    if schedule is None:
        return
    if schedule.end is not None and schedule.end <= now:
        yield Flaw("delivery.schedule.end", "lies in the past")
    if schedule.hours and not lifetime:
        yield Flaw("delivery.schedule.hours", "need a lifetime budget")
    clocks = [one for part in schedule.hours for one in (part.start, part.end or time(0))]
    if any(one.minute or one.second for one in clocks):
        yield Flaw("delivery.schedule.hours", "begin and end at a full hour")


def schedule_fields(schedule: Schedule | None, end: str = "end_time") -> dict[str, Any]:
    """When to run; ``end`` is the field's name (``stop_time`` of campaigns)."""
    if schedule is None:
        return {}
    fields: dict[str, Any] = {}
    if schedule.start is not None:
        fields["start_time"] = moment_text(schedule.start)
    if schedule.end is not None:
        fields[end] = moment_text(schedule.end)
    if schedule.hours:
        fields |= {"pacing_type": ["day_parting"], "adset_schedule": _parts(schedule.hours)}
    return fields


def moment_text(moment: datetime) -> str:
    """An instant as writes take it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S%z")


def _parts(hours: Sequence[Hours]) -> list[dict[str, Any]]:
    """Parts of the week in minutes of the day, equal ones together; Meta's week begins on Sunday."""
    days: dict[tuple[int, int], list[int]] = {}
    for part in hours:
        end = _A_DAY if part.end is None else _minutes(part.end)
        days.setdefault((_minutes(part.start), end), []).append((part.weekday + 1) % 7)
    return [
        {"start_minute": start, "end_minute": end, "days": sorted(found), "timezone_type": "ADVERTISER"}
        for (start, end), found in days.items()
    ]


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
