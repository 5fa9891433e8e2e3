"""What happened on the seller's side: pixels, offline event sets, and the Events API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser
from socialcommerce.simulators.tiktok_ads.defaults import text_time
from socialcommerce.simulators.tiktok_ads.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

HASH = re.compile(r"[0-9a-f]{64}")
HASHED = ("email", "phone", "external_id")
KNOWN = ("email", "phone", "external_id", "ttclid", "ttp", "ip", "user_agent", "idfa", "gaid", "locale",
         "idfv", "att_status")  # fmt: skip
OLDEST, LATEST = 28 * 86400, 600
"""How many seconds an event may lie in the past (offline), and in the future."""
RECENT = 7 * 86400
KINDS = {"web": "pixel", "app": "app", "offline": "offline", "crm": "crm"}


def _source(call: Call) -> Advertiser:
    """The ad account whose pixel (or app, or event set) the events belong to."""
    opened = call.twin.authority.tokens[call.token].advertisers
    kind, key = KINDS[call.values["event_source"]], call.values["event_source_id"]
    for account in call.twin.advertisers:
        source = account.pixels.get(key)
        if source is not None and source["kind"] == kind and account.id in opened:
            return account
    raise Refused(40001, f"No permission to operate the event_source_id {key}.")


def _check_user(user: Mapping[str, Any], where: str) -> None:
    unknown = set(user) - set(KNOWN)
    if unknown:
        raise wrong(f"{where}.{sorted(unknown)[0]}: Unknown field.")
    for name in HASHED:
        given = user.get(name)
        for one in given if isinstance(given, list) else [given] if given is not None else ():
            if not isinstance(one, str) or not HASH.fullmatch(one):
                raise wrong(f"{where}.{name}: Must be hashed with SHA-256.")


def _check_event(call: Call, event: Mapping[str, Any], at: int) -> None:
    where, now = f"data.{at}", call.twin.clock.now()
    oldest = OLDEST if call.values["event_source"] in ("offline", "crm") else RECENT
    if not now - oldest <= event["event_time"] <= now + LATEST:
        raise wrong(f"{where}.event_time: Must be Unix seconds within the last {oldest // 86400} days.")
    _check_user(event.get("user") or {}, f"{where}.user")
    properties = event.get("properties") or {}
    if properties.get("value") is not None and not re.fullmatch(r"[A-Z]{3}", str(properties.get("currency"))):
        raise wrong(f"{where}.properties.currency: Required with value.")
    if call.values["event_source"] == "web" and not (event.get("page") or {}).get("url"):
        raise wrong(f"{where}.page.url: Required when event_source is web.")


@routes.on("POST", "/event/track/")
def track(call: Call) -> Any:
    """Take up to a thousand events, all or none; repeats of an event_id count once."""
    account = _source(call)
    for at, event in enumerate(call.values["data"]):
        _check_event(call, event, at)
    source = call.values["event_source_id"]
    seen = {(one["source"], one["event_id"], one["event"]) for one in account.events}
    for event in call.values["data"]:
        key = (source, event.get("event_id"), event["event"])
        if key[1] is None or key not in seen:
            seen.add(key)
            test = call.values.get("test_event_code")
            account.events.append({**event, "event_id": key[1], "source": source, "test": test})


def _keep(call: Call, kind: str, key: str, **fields: Any) -> dict[str, Any]:
    row = {"kind": kind, "create_time": text_time(call.advertiser.clock.now()), **fields}
    call.advertiser.pixels[key] = row
    return row


@routes.on("POST", "/pixel/create/")
def create_pixel(call: Call) -> Any:
    """A pixel; its code is the ``event_source_id`` of web events."""
    key, code = call.twin.new_id("pixel"), call.twin.authority.hex(20).upper()
    name = call.values["pixel_name"]
    _keep(call, "pixel", code, pixel_id=key, pixel_code=code, pixel_name=name, pixel_setup_mode="STANDARD")
    return {"pixel_id": key, "pixel_code": code}


@routes.on("GET", "/pixel/list/")
def pixels(call: Call) -> Any:
    """Pixels, by id, code or name."""
    asked = {"pixel_id": "pixel_id", "code": "pixel_code", "name": "pixel_name"}
    rows = [
        one
        for one in call.advertiser.pixels.values()
        if one["kind"] == "pixel"
        if all(one[field] == call.values[name] for name, field in asked.items() if name in call.values)
    ]
    return call.page(rows, lambda one: {name: one[name] for name in one if name != "kind"}, 20, "pixels")


@routes.on("POST", "/offline/create/")
def create_offline(call: Call) -> Any:
    """An offline event set."""
    key = call.twin.new_id("event_set")
    name, about = call.values["name"], call.values["description"]
    _keep(call, "offline", key, event_set_id=key, name=name, description=about)
    return {"event_set_id": key}


@routes.on("GET", "/offline/get/")
def offline_sets(call: Call) -> Any:
    """Offline event sets."""
    rows = [one for one in call.advertiser.pixels.values() if one["kind"] == "offline"]
    wanted = call.values.get("event_set_ids")
    shown = [
        {name: one[name] for name in one if name != "kind"}
        for one in rows
        if not wanted or one["event_set_id"] in wanted
    ]
    return {"event_sets": shown}
