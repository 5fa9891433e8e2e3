"""Pixels, and the Conversions API: events told by the seller's server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import Refused, missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.social.advertising.shapes import shaped
from socialcommerce.simulators.meta.social.advertising.state import SUCCESS, ads_of, text_time

__all__ = ["routes"]

routes = Routes("ads_management", "ads_read", "business_management", use_case="ads_management")
HASH = re.compile(r"[0-9a-f]{64}")
HASHED = frozenset({"em", "ph", "fn", "ln", "ct", "st", "zp", "country", "db", "ge", "f5first", "f5last",
                    "fi", "dobd", "dobm", "doby"})  # fmt: skip
PLAIN = frozenset(
    {"external_id", "client_ip_address", "client_user_agent", "fbc", "fbp", "subscription_id", "fb_login_id",
     "lead_id", "anon_id", "madid", "page_id", "page_scoped_user_id", "ctwa_clid", "ig_account_id", "ig_sid",
     "partner_id", "partner_name", "whatsapp_business_account_id"}
)  # fmt: skip
SOURCES = frozenset({"email", "website", "app", "phone_call", "chat", "physical_store", "system_generated",
                     "business_messaging", "other"})  # fmt: skip
MOST = 1000
DAY = 86400
OLDEST = {"physical_store": 62 * DAY}
WEEK = 7 * DAY
AHEAD = 60
DEDUPLICATED = 2 * DAY
BAD, TOO_OLD, NO_PERSON = 2804009, 2804003, 2804050


def _bad(at: int, what: str, subcode: int = BAD) -> Exception:
    return Refused(
        100,
        "Invalid parameter",
        subcode=subcode,
        is_transient=False,
        error_user_title="Invalid server event",
        error_user_msg=f"The event at index {at}: {what}",
    )


# -- rules of one event


def _check_user(at: int, user: Any) -> None:
    if not user or not any(user.values()):
        raise _bad(at, "user_data must hold at least one identifier.", NO_PERSON)
    unknown = sorted(user.keys() - HASHED - PLAIN)
    if unknown:
        raise _bad(at, f"user_data.{unknown[0]} is unknown.")
    for name in sorted(HASHED & user.keys()):
        given = user[name]
        for one in given if isinstance(given, list) else [given]:
            if not HASH.fullmatch(str(one)):
                raise _bad(at, f"user_data.{name} must be hashed with SHA-256.")


def _check_time(at: int, now: float, event: Mapping[str, Any]) -> None:
    moment = event.get("event_time")
    if not isinstance(moment, int) and not str(moment).isdecimal():
        raise _bad(at, "event_time must be Unix seconds.", TOO_OLD)
    oldest = OLDEST.get(str(event.get("action_source")), WEEK)
    if not now - oldest <= int(str(moment)) <= now + AHEAD:
        raise _bad(at, f"event_time must lie within the last {oldest // DAY} days.", TOO_OLD)


def _check_custom(at: int, event: Mapping[str, Any]) -> None:
    custom = event.get("custom_data") or {}
    currency = custom.get("currency")
    if event["event_name"] == "Purchase" and (custom.get("value") is None or currency is None):
        raise _bad(at, "custom_data of a Purchase must hold value and currency.")
    if custom.get("value") is not None and not re.fullmatch(r"[A-Za-z]{3}", str(currency)):
        raise _bad(at, "custom_data.currency must be a currency code.")
    contents = custom.get("contents")
    if contents is not None and not all(isinstance(one, dict) and one.get("id") for one in contents):
        raise _bad(at, "every one of custom_data.contents needs an id.")


def _check(at: int, now: float, event: Any) -> None:
    if not event.get("event_name"):
        raise _bad(at, "event_name is required.")
    if event.get("action_source") not in SOURCES:
        raise _bad(at, f"action_source must be one of {', '.join(sorted(SOURCES))}.")
    _check_time(at, now, event)
    _check_user(at, event.get("user_data"))
    _check_custom(at, event)


# -- the API


def _keep(call: Call, pixel: Node, event: dict[str, Any]) -> None:
    """Keep an event, unless the same one (name and id) came within two days."""
    kept: list[dict[str, Any]] = pixel.hidden.setdefault("events", [])
    now, key = call.twin.clock.now(), event.get("event_id")
    for one in kept:
        same = key is not None and (one["event_name"], one.get("event_id")) == (event["event_name"], key)
        if same and now - one["received"] < DEDUPLICATED:
            return
    kept.append({**event, "received": now})


@routes.edge("POST", "AdsPixel", "events", scope=("ads_management", "business_management"))
def events(call: Call) -> Any:
    """Take up to a thousand events, all or none. With a ``test_event_code`` they are only looked at."""
    data = [shaped("event", one, f"data[{at}]") for at, one in enumerate(call.given["data"])]
    if not data:
        raise missing("data")
    if len(data) > MOST:
        raise wrong(f"Param data can hold at most {MOST} events.", error_subcode=2804001)
    now = call.twin.clock.now()
    for at, event in enumerate(data):
        _check(at, now, event)
    for event in data:
        if call.given.get("test_event_code"):
            call.own.hidden.setdefault("tested", []).append(event)
        else:
            _keep(call, call.own, event)
    trace = f"A{call.twin.new_word(22)}"
    return {"events_received": len(data), "messages": [], "fbtrace_id": trace}


@routes.edge("GET", "AdAccount", "adspixels")
def pixels(call: Call) -> Rows:
    """The pixels of the account."""
    return Rows(call.twin.of("AdsPixel", call.seller))


@routes.edge("POST", "AdAccount", "adspixels", scope="ads_management")
def create(call: Call) -> Any:
    """Another pixel."""
    name = str(call.given.get("name") or "")
    if not name:
        raise missing("name")
    return {"id": ads_of(call).make("AdsPixel", name=name, is_unavailable=False).id}


@routes.node("POST", "AdsPixel", scope="ads_management")
def update(call: Call) -> Any:
    """Rename a pixel, or set how it matches people."""
    names = ("name", "enable_automatic_matching", "automatic_matching_fields", "first_party_cookie_status",
             "data_use_setting")  # fmt: skip
    call.own.data |= {name: call.given[name] for name in names if name in call.given}
    return SUCCESS


@routes.reads("AdsPixel", "creation_time")
def creation_time(call: Call, node: Node) -> str:
    """When a pixel was made."""
    return text_time(node.created)


@routes.reads("AdsPixel", "last_fired_time")
def last_fired(call: Call, node: Node) -> str | None:
    """When the last event came."""
    kept = node.hidden.get("events")
    return text_time(kept[-1]["received"]) if kept else None


@routes.reads("AdsPixel", "owner_ad_account")
def owner(call: Call, node: Node) -> Node | None:
    """The ad account that a pixel belongs to."""
    return node.seller.asset("AdAccount") if node.seller is not None else None
