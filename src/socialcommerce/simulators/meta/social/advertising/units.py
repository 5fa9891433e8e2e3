"""What campaigns, ad sets and ads share: states, fields, lists, switches, deletion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from socialcommerce.simulators.meta.graph.tables import edges
from socialcommerce.simulators.meta.graph.wire import Call, Rows
from socialcommerce.simulators.meta.social.advertising import filters
from socialcommerce.simulators.meta.social.advertising.budgets import BUDGETS, budget_of, refused
from socialcommerce.simulators.meta.social.advertising.shapes import SHAPES, shaped
from socialcommerce.simulators.meta.social.advertising.state import (
    SUCCESS,
    Advertising,
    Level,
    Unit,
    ads_of,
    instant,
    only_validated,
    text_time,
    unit_of,
)

__all__ = [
    "LEVELS",
    "SET_APART",
    "change",
    "check_name",
    "effective_status",
    "issues",
    "kept",
    "listing",
    "new_status",
    "rejected",
    "remove",
    "row_of",
    "shape",
    "switch",
]

Shape: TypeAlias = Callable[[Advertising, Unit], Mapping[str, Any]]
VIEWS: dict[Level, Shape] = {}
NEVER_KEPT = frozenset({"status", "execution_options"})
INSTANTS = ("start_time", "end_time", "stop_time")
SET_APART = ("DELETED", "ARCHIVED")
MOST_LETTERS = 400


# -- states


def issues(ads: Advertising, unit: Unit) -> list[dict[str, Any]]:
    """What keeps an object from delivering, in the platform's words: an empty product set."""
    group = unit.chain.get("adset")
    wanted = (group.row.get("promoted_object") or {}).get("product_set_id") if group else None
    if wanted is None or ads.set_size(str(wanted)) != 0:
        return []
    return [
        {
            "level": unit.level.upper(),
            "error_code": 1815869,
            "error_type": "HARD_ERROR",
            "error_summary": "Product set is empty",
            "error_message": "Add products to the set.",
        }
    ]


def effective_status(ads: Advertising, unit: Unit) -> str:
    """What really happens with an object: what stands above it counts first."""
    for word in SET_APART:
        if any(one.status == word for one in (unit, *unit.above)):
            return word
    for one in reversed(unit.above):
        if one.status == "PAUSED":
            return f"{one.level.upper()}_PAUSED"
    if unit.status == "PAUSED":
        return "PAUSED"
    if unit.level == "ad" and (held := _held(ads, unit)):
        return held
    return "WITH_ISSUES" if issues(ads, unit) else "ACTIVE"


def _held(ads: Advertising, unit: Unit) -> str:
    """What the platform holds an ad back for; empty where it may run."""
    if ads.now() < unit.reviewed:
        return "PENDING_REVIEW"
    if rejected(ads, unit):
        return "DISAPPROVED"
    return "" if ads.funded else "PENDING_BILLING_INFO"


def rejected(ads: Advertising, unit: Unit) -> bool:
    """Whether the review of an ad finds a forbidden word in it."""
    said = f"{unit.name} {ads.creatives[unit.row['creative_id']].data}".lower()
    return any(word in said for word in ads.forbidden)


# -- fields


def shape(level: Level) -> Callable[[Shape], Shape]:
    """Mark how the fields of a level, beside what all levels share, are shown."""

    def mark(show: Shape) -> Shape:
        VIEWS[level] = show
        return show

    return mark


def row_of(ads: Advertising, unit: Unit) -> dict[str, Any]:
    """Every field of an object as the platform shows it; the objects above it stand as nodes."""
    shared: dict[str, Any] = {
        "id": unit.id,
        "account_id": ads.number,
        "name": unit.name,
        "status": unit.status,
        "configured_status": unit.status,
        "effective_status": effective_status(ads, unit),
        "created_time": text_time(unit.created),
        "updated_time": text_time(unit.updated),
    }
    if found := issues(ads, unit):
        shared["issues_info"] = found
    if unit.source:
        shared[f"source_{unit.level}_id"] = unit.source
        shared[f"source_{unit.level}"] = ads.units[unit.source].node
    for one in unit.above:
        shared |= {f"{one.level}_id": one.id, one.level: one.node}
    times = {name: text_time(unit.row[name]) for name in INSTANTS if unit.row.get(name) is not None}
    plain = {name: value for name, value in unit.row.items() if name not in BUDGETS}
    return {**plain, **VIEWS[unit.level](ads, unit), **times, **shared}


# -- lists

FILTERED = ("id", "name", "status", "effective_status", "objective", "optimization_goal", "daily_budget",
            "lifetime_budget")  # fmt: skip
MOMENTS = ("created_time", "updated_time")
LEVELS: tuple[Level, ...] = ("campaign", "adset", "ad")


def _filterable(ads: Advertising, unit: Unit) -> dict[str, Any]:
    """The fields that conditions can name: bare for the object, with their level for those above too."""
    found: dict[str, Any] = {}
    for level, one in unit.chain.items():
        shown = row_of(ads, one)
        values = {name: shown.get(name) for name in FILTERED}
        values |= {"created_time": one.created, "updated_time": one.updated}
        found |= {f"{level}.{name}": value for name, value in values.items()}
        found |= values if one is unit else {}
    return found


def _conditions(call: Call, level: Level) -> list[dict[str, Any]]:
    over = LEVELS[: LEVELS.index(level) + 1]
    names = {*FILTERED, *MOMENTS}
    known = names | {f"{one}.{name}" for one in over for name in names}
    return filters.check(call.given.get("filtering"), known)


def listing(call: Call, level: Level, units: Iterable[Unit]) -> Rows:
    """The objects that the filters let through, newest first.

    Archived and deleted ones are left out unless a filter names them.
    """
    ads, conditions = ads_of(call), _conditions(call, level)
    wanted = shaped("effective_status", call.given.get("effective_status") or [])
    named = {one["field"].rpartition(".")[2] for one in conditions}
    hidden = () if wanted or named & {"effective_status", "status", "id"} else SET_APART
    since = int(call.given.get("updated_since") or 0)
    found = [
        unit
        for unit in units
        if (state := effective_status(ads, unit)) not in hidden
        if not wanted or state in wanted
        if unit.updated >= since
        if not conditions or filters.passes(_filterable(ads, unit), conditions)
    ]
    return Rows([unit.node for unit in sorted(found, key=lambda unit: -unit.created)])


# -- changes


def check_name(row: Mapping[str, Any]) -> None:
    """Refuse an object without a name, or with one that is too long."""
    name = str(row.get("name") or "")
    if not name.strip() or len(name) > MOST_LETTERS:
        raise refused("Name", f"The name must hold 1 to {MOST_LETTERS} letters.", "name")


def new_status(call: Call) -> str:
    """The status of a new object: ACTIVE unless it is to be PAUSED."""
    status = str(call.given.get("status") or "ACTIVE")
    if status not in ("ACTIVE", "PAUSED"):
        raise refused("Status", "During creation only ACTIVE and PAUSED can be used.", "status")
    return status


def kept(call: Call, kind: str, edge: str) -> dict[str, Any]:
    """The given values that belong to the object, instants in epoch seconds."""
    known = {one.name for one in edges()["POST", kind, edge].parameters} - NEVER_KEPT
    found = {
        name: shaped(name, value) if name in SHAPES else value
        for name, value in call.given.items()
        if name in known and value is not None and (value != "" or name == "name")
    }
    return found | {name: instant(found[name], name) for name in INSTANTS if name in found}


def _check_open(unit: Unit, given: Mapping[str, Any]) -> None:
    """Of what is set apart only the name can be changed; what is archived can still be deleted."""
    if unit.status not in SET_APART:
        return
    asked = given.keys() - {"execution_options", "name", "appsecret_proof", "appsecret_time"}
    same = (given.get("status") or unit.status) == unit.status
    if asked - {"status"} or not (same or (unit.status, given["status"]) == ("ARCHIVED", "DELETED")):
        user = f"This object is {unit.status.lower()}: only its name can be changed."
        raise refused(f"Cannot edit {unit.status.lower()} object", user, *sorted(asked))


def change(call: Call, check: Callable[[Mapping[str, Any]], None]) -> Mapping[str, Any]:
    """Write fields of the object in the path, if ``check`` lets the whole row pass; its status too."""
    ads, unit = ads_of(call), unit_of(call)
    _check_open(unit, call.given)
    changes = kept(call, unit.node.kind, "")
    kind = budget_of(unit.row)
    if kind and any(changes.get(name) for name in BUDGETS if name != kind):
        raise refused("Budget type cannot be changed", f"The object has a {kind}.", *BUDGETS)
    check(unit.row | changes)
    if not only_validated(call):
        unit.row.update(changes)
        switch(ads, unit, str(call.given.get("status") or unit.status))
    return SUCCESS


def switch(ads: Advertising, unit: Unit, status: str) -> None:
    """Set the status of an object, and note that it was changed."""
    unit.status = status
    unit.updated = ads.now()
    ads.note(unit)


def remove(call: Call) -> Mapping[str, Any]:
    """Delete the object in the path; what stands below it goes with it. Its reports stay."""
    switch(ads_of(call), unit_of(call), "DELETED")
    return SUCCESS
