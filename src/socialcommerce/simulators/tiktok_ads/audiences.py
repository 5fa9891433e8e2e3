"""Audiences: files of hashed people, what is made of them, and where they are used."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser
from socialcommerce.simulators.tiktok_ads.defaults import text_time
from socialcommerce.simulators.tiktok_ads.nodes import find, touch
from socialcommerce.simulators.tiktok_ads.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

DAYS = 365
HASHES = {"SHA256": re.compile(r"[0-9a-f]{64}"), "MD5": re.compile(r"[0-9a-f]{32}")}


def _members(call: Call, content: bytes) -> frozenset[str]:
    """The hashes of a file, one a line or cell; anything else is no member."""
    kind = call.values["calculate_type"]
    cells = [cell.strip() for cell in re.split(r"[\r\n,]+", content.decode("utf-8", "replace"))]
    shape = HASHES.get(kind.rpartition("_")[2], HASHES["SHA256"])  # MULTIPLE_TYPES are SHA-256 too
    return frozenset(cell for cell in cells if shape.fullmatch(cell))


@routes.on("POST", "/dmp/custom_audience/file/upload/")
def upload(call: Call) -> Any:
    """Upload a file of people; the answer's path goes into create or update."""
    file = call.files["file"]
    if not file.name.endswith((".csv", ".txt")):
        raise wrong("file: Only .csv and .txt files are supported.")
    digest = hashlib.md5(file.content, usedforsecurity=False).hexdigest()
    if call.values["file_signature"].lower() != digest:
        raise Refused(40900, "file_signature: The MD5 of the file does not match.")
    path = f"{call.advertiser.id}/{call.twin.authority.hex(32)}"
    files = call.advertiser.native.setdefault("audience_files", {})
    files[path] = (call.values["calculate_type"], _members(call, file.content))
    return {"file_path": path}


def _files(call: Call, kind: str) -> frozenset[str]:
    """The people of the files named, all of one kind."""
    shelf = call.advertiser.native.setdefault("audience_files", {})
    people: frozenset[str] = frozenset()
    for path in call.values.get("file_paths") or ():
        if path not in shelf:
            raise Refused(40007, f"file_paths: {path} doesn't exist.")
        if shelf[path][0] != kind:
            raise wrong("calculate_type: Does not match the one of the uploaded file.")
        people |= shelf[path][1]
    return people


def _find(call: Call, key: str) -> dict[str, Any]:
    found = call.advertiser.audiences.get(key)
    if found is None:
        raise Refused(40007, f"custom_audience_id: {key} doesn't exist.")
    return found


def _enter(call: Call, kind: str, people: frozenset[str], **more: Any) -> dict[str, str]:
    key, now = call.twin.new_id("audience"), call.advertiser.clock.now()
    days = call.values.get("retention_in_days", DAYS)
    call.advertiser.audiences[key] = {
        "audience_id": key,
        "name": call.values["custom_audience_name"],
        "audience_type": kind,
        "audience_sub_type": call.values.get("audience_sub_type", "NORMAL"),
        "calculate_type": call.values.get("calculate_type"),
        "create_time": text_time(now),
        "expired_time": text_time(now + days * 86400),
        "people": people,
        "ready": now + call.twin.audience_delay,
        "history": [("CREATE", text_time(now))],
        **more,
    }
    return {"custom_audience_id": key}


@routes.on("POST", "/dmp/custom_audience/create/")
def create(call: Call) -> Any:
    """An audience out of uploaded files; it can be used a while later."""
    people = _files(call, call.values["calculate_type"])
    if not people:
        raise wrong("file_paths: The files hold no valid member.")
    return _enter(call, "Customer File", people)


@routes.on("POST", "/dmp/custom_audience/lookalike/create/")
def lookalike(call: Call) -> Any:
    """An audience that resembles another."""
    spec = call.values["lookalike_spec"]
    source = _find(call, spec["source_audience_id"])
    return _enter(call, "Lookalike Audience", source["people"], lookalike_spec=spec)


@routes.on("POST", "/dmp/custom_audience/update/")
def update(call: Call) -> Any:
    """Rename an audience; add, remove or replace its people."""
    found, now = _find(call, call.values["custom_audience_id"]), call.advertiser.clock.now()
    if "custom_audience_name" in call.values:
        found["name"] = call.values["custom_audience_name"]
    if call.values.get("file_paths"):
        action = call.values.get("action")
        people = _files(call, found["calculate_type"])
        before = found["people"]
        changed = {"APPEND": before | people, "REMOVE": before - people, "REPLACE": people}
        if action not in changed:
            raise wrong("Missing required field(s): action.")
        found["people"], found["ready"] = changed[action], now + call.twin.audience_delay
        found["history"].append((action, text_time(now)))
    return {"custom_audience_id": found["audience_id"]}


@routes.on("POST", "/dmp/custom_audience/delete/")
def delete(call: Call) -> Any:
    """Take audiences away; ad groups keep their ids."""
    for key in call.values["custom_audience_ids"]:
        _find(call, key)
    for key in call.values["custom_audience_ids"]:
        call.advertiser.audiences.pop(key, None)


def _show(account: Advertiser, one: dict[str, Any]) -> dict[str, Any]:
    hidden = {"people", "ready", "history", "log"}
    ready = account.clock.now() >= one["ready"]
    return {name: value for name, value in one.items() if name not in hidden} | {
        "cover_num": len(one["people"]) if ready else 0,
        "is_valid": ready and bool(one["people"]),
        "is_creator": True,
        "is_expiring": False,
        "is_auto_refresh": False,
        "shared": False,
        "owner_id": account.id,
        "msg": "" if ready else "Processing",
        "error_msg": "",
    }


@routes.on("GET", "/dmp/custom_audience/list/")
def audiences(call: Call) -> Any:
    """Audiences, oldest first."""
    wanted = call.values.get("custom_audience_ids")
    rows = [one for key, one in call.advertiser.audiences.items() if not wanted or key in wanted]
    return call.page(rows, lambda one: _show(call.advertiser, one), 100)


@routes.on("GET", "/dmp/custom_audience/get/")
def details(call: Call) -> Any:
    """Audiences by id, with what was done to them; unknown ids are left out."""
    size = call.values.get("history_size", 10)
    shown = []
    for key in call.values["custom_audience_ids"]:
        one = call.advertiser.audiences.get(key)
        if one is not None:
            history = [
                {"action": action, "opt_time": time, "msg": ""} for action, time in one["history"][-size:]
            ]
            shown.append({"audience_details": _show(call.advertiser, one), "audience_history": history})
    return {"list": shown}


@routes.on("POST", "/dmp/custom_audience/apply/")
def apply(call: Call) -> Any:
    """Use an audience in ad groups, to include or exclude its people; or use it no longer."""
    account, values = call.advertiser, call.values
    found = _find(call, values["custom_audience_id"])
    field = "excluded_audience_ids" if values.get("usage_mode") == "Exclude" else "audience_ids"
    groups = [find(account, "adgroup", key, ("standard",)) for key in values["adgroup_ids"]]
    for group in groups:
        left = [key for key in group.row[field] or () if key != found["audience_id"]]
        joined = [*left, found["audience_id"]] if values["action_mode"] == "Apply" else left
        touch(account, group, {field: joined})
        found.setdefault("log", []).append(
            {
                "audience_id": found["audience_id"],
                "adgroup_id": group.id,
                "adgroup_name": group.name,
                "usage_mode": values.get("usage_mode", "Include"),
                "editor": "API",
                "action_timestamp": text_time(account.clock.now()),
            }
        )


@routes.on("GET", "/dmp/custom_audience/apply/log/")
def applied(call: Call) -> Any:
    """Where audiences were used."""
    shelf = call.advertiser.audiences
    rows = [row for key in call.values["custom_audience_ids"] for row in shelf.get(key, {}).get("log", ())]
    return {"advertiser_id": call.advertiser.id, **call.page(rows, dict, 100)}
