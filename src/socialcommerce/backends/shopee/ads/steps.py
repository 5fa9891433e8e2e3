"""An update as Shopee takes it: one edit a changed field, each with a reference of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import Factory, asdict, evolve, frozen

from socialcommerce.backends.shopee.ads.mapping import Known, exact
from socialcommerce.backends.shopee.ads.plan import Place, days, keyword_of, places
from socialcommerce.backends.shopee.ads.wire import day_text, reference
from socialcommerce.backends.shopee.codes.ads import DELIVERY, STATUS
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.errors import Conflict
from socialcommerce.models.ads import Bid, Budget, Delivery, Keyword, Targeting
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.text import read_json, write_json

__all__ = ["KEYWORDS", "Step", "dump", "holds", "load", "named", "status_action", "steps_of", "unmet"]

KEYWORDS = "keywords"
"""The action of a step that edits keywords, which is a call of its own."""


@frozen
class Step:
    """One edit: the unified ``field`` it changes, Shopee's ``action`` and what goes with it."""

    field: str
    action: str
    fields: Mapping[str, Any] = Factory(dict)
    reference: str = Factory(reference)


def dump(campaign_id: str, steps: list[Step]) -> str:
    """Steps as text that can be kept, to go on with them later."""
    return write_json({"campaign": campaign_id, "steps": [asdict(step) for step in steps]}).decode()


def load(text: str, campaign_id: str) -> list[Step]:
    """The steps that ``dump`` wrote for the same campaign."""
    try:
        kept = read_json(str(text).encode())
        steps = [Step(**step) for step in kept["steps"]]
    except (ValueError, KeyError, TypeError) as error:
        raise invalid(resume="is not what PartiallyApplied.resume of such an update holds") from error
    if kept.get("campaign") != campaign_id:
        raise invalid(resume=f"belongs to campaign {kept.get('campaign')}")
    return steps


def named(steps: list[Step], key: str | None) -> list[Step]:
    """The steps with references that follow from the caller's key, so that a repeat is recognised."""
    return [evolve(step, reference=f"{key}:{step.field}") for step in steps] if key else steps


def status_action(known: Known, status: str) -> str | None:
    """The action that brings a campaign to a status; None where it is there already.

    Raises ``Conflict`` where no action leads there.
    """
    present = known.status
    if present not in DELIVERY and present not in STATUS:
        return _LIKELY[status]
    if present in _THERE[status]:
        return None
    action = _ACTIONS[status].get(present)
    if action is None:
        raise Conflict(
            f"campaign {known.id} is {present} and cannot become {status}",
            reason="state",
            platform="shopee",
            sent="no",
        )
    return action


_LIKELY = {"active": "resume", "paused": "pause", "ended": "stop"}
"""What to try where Shopee does not say where a campaign stands, or in a word that is new."""

_THERE = {"active": ("ongoing",), "paused": ("paused",), "ended": ("ended", "closed")}
_ACTIONS = {
    "active": {"paused": "resume", "scheduled": "start"},
    "paused": {"ongoing": "pause", "scheduled": "pause"},
    "ended": {"ongoing": "stop", "paused": "stop", "scheduled": "stop"},
}


def steps_of(known: Known, changes: Mapping[str, Any], place: Place) -> list[Step]:
    """The edits that bring about changes which hold no flaw; none for what is so already."""
    wanted = [
        *(_budget_step(known, changes["budget"]) if "budget" in changes else ()),
        *(_roas_step(changes["target_roas"]) if "target_roas" in changes else ()),
        *(_delivery_steps(known, changes["delivery"], place) if changes.get("delivery") else ()),
        *_native_steps(changes.get("native") or {}),
    ]
    return [step for step in wanted if known.shop or not holds(step, known, place.region)]


def _budget_step(known: Known, budget: Budget | None) -> Iterator[Step]:
    amount = budget.amount.amount if budget and budget.amount else 0
    yield Step("budget", "change_budget", {"daily_budget" if known.shop else "budget": amount})


def _roas_step(target: Any) -> Iterator[Step]:
    yield Step("target_roas", "change_roas_target", {"roas_target": target if target is not None else 0})


def _native_steps(native: Mapping[str, Any]) -> Iterator[Step]:
    for name, action in (
        ("enhanced_cpc", "change_enhanced_cpc"),
        ("smart_creative_setting", "change_smart_creative"),
        ("discovery_ads_locations", "change_location"),
    ):
        if name in native:
            yield Step(f"native.{name}", action, {name: native[name]})


def _delivery_steps(known: Known, delivery: Delivery, place: Place) -> Iterator[Step]:
    if delivery.schedule is not None:
        first, last = days(delivery.schedule, place)
        span = {"start_date": first, "end_date": last}
        yield Step(
            "delivery.schedule",
            "change_duration",
            {name: day for name, day in span.items() if day is not None},
        )
    if delivery.targeting is not None:
        named_bids = "discovery_ads_locations" in delivery.native
        yield from _targeting_steps(known, delivery.targeting, delivery.bid or Bid(), named_bids)
    yield from _native_steps(delivery.native)


def _targeting_steps(known: Known, targeting: Targeting, bid: Bid, named_bids: bool) -> Iterator[Step]:
    """Keywords and placements are replaced whole, each where it was given.

    Locations that ``native`` names, each with its bid, stand in for the placements.
    """
    if "keywords" in targeting.model_fields_set:
        wanted = [keyword_of(word) for word in targeting.keywords]
        edits = list(_keyword_edits(known.manual.get("selected_keywords") or (), wanted, bid))
        if edits:
            yield Step("delivery.targeting.keywords", KEYWORDS, {"selected_keywords": edits})
    if "placements" in targeting.model_fields_set and not named_bids:
        edits = list(_location_edits(known, places(targeting), bid))
        if edits:
            yield Step("delivery.targeting.placements", "change_location", {"discovery_ads_locations": edits})


def _keyword_edits(present: Any, wanted: list[Keyword], bid: Bid) -> Iterator[dict[str, Any]]:
    rows = {row["keyword"]: row for row in present}
    kept = {word.text for word in wanted}
    for word in wanted:
        amount = word.bid or bid.amount
        price = amount.amount if amount else None
        row = rows.get(word.text)
        if row is None:
            yield _added(word, price)
        else:
            yield from _changed(row, word, price)
    for text, row in rows.items():
        if text not in kept and row.get("status") != "deleted":
            yield {"edit_action": "delete", "keyword": text}


def _added(word: Keyword, price: Any) -> dict[str, Any]:
    if price is None:
        raise invalid(
            **{"delivery.targeting.keywords": f"{word.text!r} needs a bid, or delivery.bid.amount for all"}
        )
    return {
        "edit_action": "add",
        "keyword": word.text,
        "match_type": word.match,
        "bid_price_per_click": price,
    }


def _changed(row: Mapping[str, Any], word: Keyword, price: Any) -> Iterator[dict[str, Any]]:
    if row.get("status") == "deleted":
        yield {"edit_action": "restore", "keyword": word.text}
    if price is not None and exact(row["bid_price_per_click"]) != price:
        yield {"edit_action": "change_bid_price", "keyword": word.text, "bid_price_per_click": price}
    if row["match_type"] != word.match:
        yield {"edit_action": "change_match_type", "keyword": word.text, "match_type": word.match}


def _location_edits(known: Known, wanted: Any, bid: Bid) -> Iterator[dict[str, Any]]:
    rows = {row["location"]: row for row in known.manual.get("discovery_ads_locations") or ()}
    for name in dict.fromkeys((*wanted, *rows)):
        row = rows.get(name, {})
        price = bid.amount.amount if bid.amount else row.get("bid_price")
        status = "active" if name in wanted else "inactive"
        if price is None:
            raise invalid(**{"delivery.bid": f"the placement {name} needs a bid: Bid('manual', amount)"})
        if row.get("status") != status or exact(row["bid_price"]) != price:
            yield {"location": name, "status": status, "bid_price": price}


def holds(step: Step, known: Known, region: Region) -> bool:
    """Whether the settings show the effect of a step; False also where they do not show such a thing."""
    common, fields = known.common, step.fields
    if step.action in _STATES:
        return known.status in _STATES[step.action]
    if step.action == KEYWORDS:
        return not unmet(step, known)
    if step.action == "change_budget":
        return exact(common.get("campaign_budget", -1)) == exact(fields["budget"])
    if step.action == "change_roas_target":
        target = (known.row.get("auto_bidding_info") or {}).get("roas_target", -1)
        return exact(target) == exact(fields["roas_target"])
    if step.action == "change_enhanced_cpc":
        return bool(known.manual.get("enhanced_cpc") == fields["enhanced_cpc"])
    if step.action == "change_duration":
        return _spans(common.get("campaign_duration") or {}, fields, region)
    return step.action == "change_location" and _located(known, fields["discovery_ads_locations"])


_STATES = {
    "pause": ("paused",),
    "resume": ("ongoing",),
    "start": ("ongoing",),
    "stop": ("ended", "closed"),
    "delete": ("deleted",),
}


def _spans(span: Mapping[str, Any], fields: Mapping[str, Any], region: Region) -> bool:
    zone = ZoneInfo(region.timezone)
    shown = {
        name: day_text(datetime.fromtimestamp(span[key], UTC).astimezone(zone).date())
        for name, key in (("start_date", "start_time"), ("end_date", "end_time"))
        if span.get(key)
    }
    same_start = "start_date" not in fields or shown.get("start_date") == fields["start_date"]
    return same_start and shown.get("end_date") == fields.get("end_date")


def _located(known: Known, wanted: Any) -> bool:
    rows = {row["location"]: row for row in known.manual.get("discovery_ads_locations") or ()}
    return all(
        rows.get(edit["location"], {}).get("status") == edit.get("status", "active")
        and exact(rows[edit["location"]]["bid_price"]) == exact(edit["bid_price"])
        for edit in wanted
    )


def unmet(step: Step, known: Known) -> list[str]:
    """The keywords of a step whose edit the settings do not show."""
    rows = {row["keyword"]: row for row in known.manual.get("selected_keywords") or ()}
    return [
        edit["keyword"]
        for edit in step.fields["selected_keywords"]
        if not _met(edit, rows.get(edit["keyword"]))
    ]


def _met(edit: Mapping[str, Any], row: Mapping[str, Any] | None) -> bool:
    if row is None or row.get("status") == "deleted":
        return bool(edit["edit_action"] == "delete")
    if edit["edit_action"] == "delete":
        return False
    same_bid = "bid_price_per_click" not in edit or exact(row["bid_price_per_click"]) == exact(
        edit["bid_price_per_click"]
    )
    return same_bid and edit.get("match_type") in (None, row["match_type"])
