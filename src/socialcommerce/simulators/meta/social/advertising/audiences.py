"""Custom audiences: lists of hashed people, lookalikes, and rules on what visitors did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.social.advertising import filters
from socialcommerce.simulators.meta.social.advertising.budgets import refused
from socialcommerce.simulators.meta.social.advertising.members import SAMPLES, read
from socialcommerce.simulators.meta.social.advertising.shapes import shaped
from socialcommerce.simulators.meta.social.advertising.state import SUCCESS, Advertising, ads_of
from socialcommerce.simulators.meta.social.advertising.units import check_name, kept

__all__ = ["routes"]

routes = Routes("ads_read", "ads_management", use_case="custom_audience")
WRITING = "ads_management"
TOO_SMALL = 20
WINDOW = 90 * 60
"""Seconds within which all parts of one session must arrive."""
NORMAL = {"code": 200, "description": "Normal"}
UPDATING = {"code": 300, "description": "This audience is being updated."}
SMALL = {"code": 300, "description": "This audience is too small to deliver."}
SMALLEST_RATIO, LARGEST_RATIO = 0.01, 0.20


# -- rules


def _check_lookalike(ads: Advertising, given: Mapping[str, Any]) -> dict[str, Any]:
    origin = str(given.get("origin_audience_id", ""))
    if origin not in ads.audiences:
        raise refused("Lookalike", f"There is no origin audience {origin}.", "origin_audience_id")
    spec = given.get("lookalike_spec")
    if not spec:
        raise missing("lookalike_spec")
    ratio = spec.get("ratio", SMALLEST_RATIO if spec.get("type") else None)
    if ratio is None or not SMALLEST_RATIO <= float(ratio) <= LARGEST_RATIO:
        user = f"lookalike_spec.ratio must lie between {SMALLEST_RATIO} and {LARGEST_RATIO}."
        raise refused("Lookalike", user, "lookalike_spec")
    if not (spec.get("country") or spec.get("location_spec")):
        raise refused("Lookalike", "lookalike_spec needs a country or a location_spec.", "lookalike_spec")
    return {**spec, "ratio": float(ratio), "origin": [{"id": origin, "type": "custom_audience"}]}


def _check_rule(row: Mapping[str, Any]) -> None:
    if not (row.get("rule") or {}).get("inclusions"):
        raise refused("Rule", "rule must hold inclusions.", "rule")


def _new(call: Call, row: dict[str, Any]) -> Node:
    ads, subtype = ads_of(call), row.get("subtype", "WEBSITE" if "rule" in row else "CUSTOM")
    people: set[tuple[str, ...]] = set()
    if subtype == "LOOKALIKE":
        row["lookalike_spec"] = _check_lookalike(ads, row)
        people = set(ads.audiences[str(row.pop("origin_audience_id"))].hidden["people"])
    elif subtype == "CUSTOM" and not row.get("customer_file_source"):
        raise refused("Customer file source", "customer_file_source is required.", "customer_file_source")
    elif subtype in ("WEBSITE", "APP"):
        _check_rule(row)
    now = int(ads.now())
    made = ads.make("CustomAudience", **row | {"subtype": subtype, "time_created": now})
    made.hidden |= {"people": people, "ready": now + ads.audience_delay, "sessions": {}}
    made.data |= {"time_updated": now, "time_content_updated": now, "permission_for_actions": PERMITTED}
    made.data["data_source"] = {"type": "FILE_IMPORTED", "sub_type": "HASHES", "creation_params": "[]"}
    return made


PERMITTED = {
    "can_edit": True,
    "can_see_insight": "True",
    "can_share": "True",
    "subtype_supports_lookalike": True,
}


@routes.edge("POST", "AdAccount", "customaudiences", scope=WRITING)
def create(call: Call) -> Any:
    """A new audience; it can be used a while later."""
    row = kept(call, "AdAccount", "customaudiences")
    check_name(row)
    made = _new(call, row)
    ads_of(call).audiences[made.id] = made
    return {"id": made.id}


@routes.edge("GET", "AdAccount", "customaudiences")
def audiences(call: Call) -> Rows:
    """Audiences of the account, newest first."""
    known = ("id", "name", "subtype", "time_updated", "time_created")
    conditions = filters.check(call.given.get("filtering") or [], known)
    rows = [
        one
        for one in ads_of(call).audiences.values()
        if filters.passes({**one.data, "id": one.id}, conditions)
    ]
    return Rows(rows[::-1])


@routes.node("POST", "CustomAudience", scope=WRITING)
def update(call: Call) -> Any:
    """Change the name and the description of an audience."""
    changes = {
        name: call.given[name] for name in ("name", "description", "opt_out_link") if name in call.given
    }
    check_name(call.own.data | changes)
    call.own.data |= changes | {"time_updated": int(call.twin.clock.now())}
    return SUCCESS


@routes.node("DELETE", "CustomAudience", scope=WRITING)
def delete(call: Call) -> Any:
    """Take an audience away; a lookalike of it stays."""
    ads_of(call).audiences.pop(call.own.id)
    call.twin.nodes.pop(call.own.id)
    return SUCCESS


# -- people


def _session(call: Call, made: Node) -> dict[str, Any]:
    """The session that a part belongs to; a part that comes too late is refused."""
    given = shaped("session", call.given.get("session") or {})
    if given and not str(given.get("session_id", "")).isdecimal():
        raise wrong("Param session: session_id must be a 64-bit number.")
    key = str(given.get("session_id") or call.twin.new_id("session"))
    now = call.twin.clock.now()
    fresh = {
        "session_id": key,
        "start_time": now,
        "received": 0,
        "invalid": 0,
        "batches": set(),
        "people": set(),
    }
    found: dict[str, Any] = made.hidden["sessions"].setdefault(key, fresh)
    if found.get("done") or now - found["start_time"] > WINDOW:
        raise refused("Session", f"The session {key} is closed.", "session")
    found["last"] = bool(given.get("last_batch_flag", not given))
    if given:
        found["batches"].add(int(given.get("batch_seq", 1)))
    return found


def _told(made: Node, session: Mapping[str, Any], received: int, invalid: list[Any]) -> dict[str, Any]:
    samples = {str(at): str(one) for at, one in enumerate(invalid[:SAMPLES])}
    return {
        "audience_id": made.id,
        "session_id": session["session_id"],
        "num_received": received,
        "num_invalid_entries": len(invalid),
        "invalid_entry_samples": samples,
    }


def _list(call: Call) -> Node:
    if call.own.data["subtype"] != "CUSTOM":
        raise refused("Audience", "People can be written into a customer list only.", "payload")
    if "payload" not in call.given:
        raise missing("payload")
    return call.own


def _take(call: Call) -> tuple[Node, dict[str, Any], set[tuple[str, ...]], dict[str, Any]]:
    made = _list(call)
    people, received, invalid = read(call.given["payload"])
    session = _session(call, made)
    session["received"] += received
    session["invalid"] += len(invalid)
    session["people"] |= people
    session["done"] = session["last"]
    return made, session, people, _told(made, session, received, invalid)


def _changed(call: Call, made: Node, people: set[tuple[str, ...]]) -> None:
    ads, now = ads_of(call), call.twin.clock.now()
    made.hidden["people"] = people
    made.hidden["ready"] = now + ads.audience_delay
    made.data |= {"time_updated": int(now), "time_content_updated": int(now)}


@routes.edge("POST", "CustomAudience", "users", scope=WRITING)
def add(call: Call) -> Any:
    """Add people; who is there already is not added twice."""
    made, _, people, told = _take(call)
    _changed(call, made, made.hidden["people"] | people)
    return told


@routes.edge("DELETE", "CustomAudience", "users", scope=WRITING)
def remove(call: Call) -> Any:
    """Remove people, by any identifier that they were added with."""
    made, _, people, told = _take(call)
    gone = {value for one in people for value in one}
    _changed(call, made, {one for one in made.hidden["people"] if not gone & set(one)})
    return told


@routes.edge("POST", "CustomAudience", "usersreplace", scope=WRITING)
def replace(call: Call) -> Any:
    """Put others in the place of all people, once the last part of the session has come."""
    if not shaped("session", call.given.get("session") or {}):
        raise missing("session")
    made, session, _, told = _take(call)
    if session["last"]:
        _changed(call, made, session["people"])
    return told


@routes.edge("GET", "CustomAudience", "sessions")
def sessions(call: Call) -> Rows:
    """The latest sessions with their counts."""
    wanted = call.given.get("session_id")
    rows = [
        {
            "session_id": key,
            "start_time": str(int(one["start_time"])),
            "num_received": str(one["received"]),
            "num_matched": str(len(one["people"])),
            "num_invalid_entries": str(one["invalid"]),
            "stage": "done" if one.get("done") else "in_progress",
            "progress": "100.00" if one.get("done") else "50.00",
        }
        for key, one in call.own.hidden["sessions"].items()
        if wanted is None or key == str(wanted)
    ]
    return Rows(rows)


# -- fields


def _ready(call: Call, node: Node) -> bool:
    return call.twin.clock.now() >= float(node.hidden["ready"])


@routes.reads("CustomAudience", "operation_status")
def operation_status(call: Call, node: Node) -> Any:
    """Whether an audience is being worked on."""
    return NORMAL if _ready(call, node) else UPDATING


@routes.reads("CustomAudience", "delivery_status")
def delivery_status(call: Call, node: Node) -> Any:
    """Whether ads can be shown to an audience."""
    return NORMAL if len(node.hidden["people"]) >= TOO_SMALL else SMALL


@routes.reads("CustomAudience", "approximate_count_lower_bound")
def lower_bound(call: Call, node: Node) -> int:
    """At least how many people were found; -1 while nobody knows."""
    return len(node.hidden["people"]) * 9 // 10 if _ready(call, node) else -1


@routes.reads("CustomAudience", "approximate_count_upper_bound")
def upper_bound(call: Call, node: Node) -> int:
    """At most how many people were found; -1 while nobody knows."""
    return len(node.hidden["people"]) * 11 // 10 if _ready(call, node) else -1
