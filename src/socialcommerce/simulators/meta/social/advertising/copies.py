"""Copies of campaigns, ad sets and ads, with what stands below them or without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.wire import Call, Routes, Rows
from socialcommerce.simulators.meta.social.advertising.adsets import over
from socialcommerce.simulators.meta.social.advertising.budgets import refused
from socialcommerce.simulators.meta.social.advertising.reviews import begin
from socialcommerce.simulators.meta.social.advertising.shapes import shaped
from socialcommerce.simulators.meta.social.advertising.state import (
    KINDS,
    Advertising,
    Level,
    Unit,
    ads_of,
    instant,
    unit_of,
)
from socialcommerce.simulators.meta.social.advertising.units import listing

__all__ = ["routes"]

routes = Routes("ads_read", "ads_management", use_case="ads_management")
BELOW: Mapping[Level, Level] = {"campaign": "adset", "adset": "ad"}
WORDS: Mapping[Level, str] = {"campaign": "campaign", "adset": "ad_set", "ad": "ad"}
MOST_AT_ONCE = 3
TOO_MANY = 1885194


def _name(unit: Unit, options: Mapping[str, Any], top: bool) -> str:
    """How a copy is called; only the topmost one is renamed unless DEEP_RENAME is asked for."""
    strategy = options.get("rename_strategy", "ONLY_TOP_LEVEL_RENAME")
    if strategy == "NO_RENAME" or (strategy == "ONLY_TOP_LEVEL_RENAME" and not top):
        return unit.name
    return f"{options.get('rename_prefix', '')}{unit.name}{options.get('rename_suffix', ' - Copy')}"


def _copy(call: Call, unit: Unit, above: Unit | None, options: Mapping[str, Any], top: bool) -> Unit:
    ads, option = ads_of(call), call.given.get("status_option", "PAUSED")
    status = unit.status if option == "INHERITED_FROM_SOURCE" else str(option)
    row = dict(unit.row) | {"name": _name(unit, options, top)}
    if top and unit.level != "ad":
        end = "stop_time" if unit.level == "campaign" else "end_time"
        for given, name in (("start_time", "start_time"), ("end_time", end)):
            if call.given.get(given) is not None:
                row[name] = instant(call.given[given], given)
    made = ads.add(unit.level, above, row, status)
    made.source = unit.id
    if unit.level == "ad":
        begin(ads, made)
    return made


def _children(ads: Advertising, unit: Unit) -> list[Unit]:
    level = BELOW.get(unit.level)
    rows = [] if level is None else ads.at(level, unit)
    return [one for one in rows if one.status not in ("DELETED", "ARCHIVED")]


def _copy_tree(call: Call, unit: Unit, above: Unit | None, options: Mapping[str, Any]) -> list[Unit]:
    ads = ads_of(call)
    made = [_copy(call, unit, above, options, top=True)]
    waiting = [(child, made[0]) for child in _children(ads, unit)] if call.given.get("deep_copy") else []
    for child, parent in waiting:
        copy = _copy(call, child, parent, options, top=False)
        made.append(copy)
        waiting.extend((one, copy) for one in _children(ads, child))
    return made


def _count(ads: Advertising, unit: Unit) -> int:
    return sum(1 + _count(ads, one) for one in _children(ads, unit))


@routes.edge("POST", "Campaign", "copies", scope="ads_management")
@routes.edge("POST", "AdSet", "copies", scope="ads_management")
@routes.edge("POST", "Ad", "copies", scope="ads_management")
def copy(call: Call) -> Any:
    """Copy an object, paused unless told; a deep copy of more than a few objects is refused."""
    ads, unit = ads_of(call), unit_of(call)
    if call.given.get("deep_copy") and _count(ads, unit) > MOST_AT_ONCE:
        user = f"A deep copy holds at most {MOST_AT_ONCE} objects below the copied one."
        raise refused("Too many objects to copy", user, "deep_copy", subcode=TOO_MANY)
    above = unit.over
    for level, name in (("campaign", "campaign_id"), ("adset", "adset_id")):
        if above is not None and above.level == level and call.given.get(name):
            above = over(ads, level, call.given[name], name)
    options = shaped("rename_options", call.given.get("rename_options") or {})
    made = _copy_tree(call, unit, above, options)
    pairs = [
        {"ad_object_type": WORDS[one.level], "source_id": one.source, "copied_id": one.id} for one in made
    ]
    return {f"copied_{unit.level}_id": made[0].id, "ad_object_ids": pairs}


def _copies(call: Call) -> Rows:
    unit = unit_of(call)
    rows = [one for one in ads_of(call).at(unit.level) if one.source == unit.id]
    return listing(call, unit.level, rows)


for _kind in KINDS.values():
    routes.edge("GET", _kind, "copies")(_copies)
