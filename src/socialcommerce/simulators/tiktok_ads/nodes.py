"""What campaigns, ad groups and ads have in common: states, lists, switches and the rules of their fields."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from socialcommerce.simulators.tiktok_ads import defaults
from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser, Family, Level, Node
from socialcommerce.simulators.tiktok_ads.wire import Call, Partial, Refused, wrong

__all__ = [
    "amount",
    "check_name",
    "check_schedule",
    "created",
    "find",
    "listing",
    "once",
    "secondary_status",
    "set_status",
    "show",
    "spent_today",
    "switch",
    "touch",
    "word",
]

PREFIX: Mapping[Level, str] = {"campaign": "CAMPAIGN_STATUS", "adgroup": "ADGROUP_STATUS", "ad": "AD_STATUS"}
RUNNING: Mapping[Level, str] = {"campaign": "ENABLE", "adgroup": "DELIVERY_OK", "ad": "DELIVERY_OK"}
SWITCHES = frozenset({"ENABLE", "DISABLE", "DELETE"})
MOST_SWITCHED = 20
PAUSE_BETWEEN_WRITES = 5
LONGEST_NAME = 512


# -- states


def spent_today(account: Advertiser, campaign: Node) -> Decimal:
    """What the campaign cost on the account's present day."""
    today = account.clock.moment().astimezone(ZoneInfo(account.timezone)).date()
    book = account.campaigns[campaign.id].days.get(today)
    return book.spend if book else Decimal(0)


def _exhausted(account: Advertiser, campaign: Node) -> bool:
    budget, mode = campaign.row.get("budget") or 0, campaign.row.get("budget_mode")
    if not budget or mode == "BUDGET_MODE_INFINITE":
        return False
    if mode == "BUDGET_MODE_TOTAL":
        return sum(day.spend for day in account.campaigns[campaign.id].days.values()) >= budget
    return spent_today(account, campaign) >= budget


def _state(account: Advertiser, node: Node) -> tuple[str, str]:
    """The ``primary_status`` of an object, and the end of its ``secondary_status``."""
    chain = [node, *account.above(node)]
    for word_, primary in (("DELETE", "STATUS_DELETE"), ("DISABLE", "STATUS_DISABLE")):
        for one in [node, *reversed(chain[1:])]:
            if one.operation == word_:
                return primary, word_ if one is node else f"{one.level.upper()}_{word_}"
    if node.review != "OK":
        return "STATUS_NOT_DELIVERY", "AUDIT" if node.review == "AUDIT" else "AUDIT_DENY"
    if node.level != "campaign":
        return _timing(account, node, chain)
    if _exhausted(account, node):
        return "STATUS_NOT_DELIVERY", "BUDGET_EXCEED"
    return "STATUS_DELIVERY_OK", RUNNING["campaign"]


def _timing(account: Advertiser, node: Node, chain: Sequence[Node]) -> tuple[str, str]:
    now = account.clock.now()
    row = next((one.row for one in chain if one.level == "adgroup"), {})
    start, end = (defaults.moment(row.get(f"schedule_{edge}_time") or "") for edge in ("start", "end"))
    if end is not None and end <= now:
        return "STATUS_TIME_DONE", "DONE" if node.level == "ad" else "TIME_DONE"
    if start is not None and start > now:
        return "STATUS_NOT_DELIVERY", "NOT_START"
    if account.balance <= 0:
        return "STATUS_NOT_DELIVERY", "BALANCE_EXCEED"
    if _exhausted(account, chain[-1]):
        return "STATUS_NOT_DELIVERY", "CAMPAIGN_EXCEED"
    return "STATUS_DELIVERY_OK", RUNNING[node.level]


def secondary_status(account: Advertiser, node: Node) -> str:
    """Why an object is shown or not ("AD_STATUS_ADGROUP_DISABLE")."""
    return f"{PREFIX[node.level]}_{_state(account, node)[1]}"


def _primary_fits(account: Advertiser, node: Node, wanted: str) -> bool:
    primary = _state(account, node)[0]
    if wanted == "STATUS_ALL":
        return True
    return primary != "STATUS_DELETE" if wanted == "STATUS_NOT_DELETE" else primary == wanted


# -- rows


def show(account: Advertiser, node: Node) -> dict[str, Any]:
    """An object as the platform shows it, the names of what stands above it included."""
    over = account.above(node)
    names = {f"{one.level}_name": one.name for one in over} | {f"{one.level}_id": one.id for one in over}
    return {
        "advertiser_id": account.id,
        **names,
        **node.row,
        "operation_status": node.operation,
        "secondary_status": secondary_status(account, node),
        "create_time": defaults.text_time(node.created),
        "modify_time": defaults.text_time(node.modified),
    }


def _trim(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    fields = call.values.get("fields")
    if "NULL_FIELD" in (call.values.get("exclude_field_types_in_response") or ()):
        row = {name: value for name, value in row.items() if value is not None}
    return {name: value for name, value in row.items() if name in fields} if fields else row


TIMES: Mapping[str, Callable[[Node, float], bool]] = {
    "creation_filter_start_time": lambda node, edge: node.created >= edge,
    "creation_filter_end_time": lambda node, edge: node.created <= edge,
    "modified_after": lambda node, edge: node.modified >= edge,
}
SAME = ("objective_type", "optimization_goal", "promotion_type", "sales_destination", "campaign_type")


LEVEL_OF: Mapping[str, Level] = {
    "campaign_ids": "campaign",
    "adgroup_ids": "adgroup",
    "ad_ids": "ad",
    "smart_plus_ad_ids": "ad",
}


def _fits(account: Advertiser, node: Node, filters: Mapping[str, Any]) -> bool:
    chain = {one.level: one for one in [node, *account.above(node)]}
    if any(name in filters and chain[level].id not in filters[name] for name, level in LEVEL_OF.items()):
        return False
    for one in chain.values():
        if filters.get(f"{one.level}_name", "") not in one.name:
            return False
    for name in SAME:
        if name in filters and all(one.row.get(name) != filters[name] for one in chain.values()):
            return False
    wanted = filters.get("secondary_status")
    if wanted and not wanted.endswith(("_ALL", "_NOT_DELETE")) and wanted != secondary_status(account, node):
        return False
    return all(fit(node, _edge(name, filters[name])) for name, fit in TIMES.items() if name in filters)


def _edge(name: str, text: str) -> float:
    found = defaults.moment(text)
    if found is None:
        raise wrong(f"{name}: Must be in the format of YYYY-MM-DD HH:MM:SS.")
    return found


def listing(
    call: Call,
    level: Level,
    family: Family,
    shape: Callable[[Advertiser, Node], dict[str, Any]] = show,
    most: int = 1000,
    also: Callable[[Node], bool] = lambda node: True,
) -> Any:
    """One page of the objects of a level and family that ``filtering`` (and ``also``) let through.

    Deleted ones are left out unless ``primary_status`` asks for them.
    """
    account, filters = call.advertiser, call.filtering
    primary = filters.get("primary_status", "STATUS_NOT_DELETE")
    rows = [
        node
        for node in account.nodes.values()
        if node.level == level and node.family == family and also(node)
        if _primary_fits(account, node, primary) and _fits(account, node, filters)
    ]
    return call.page(rows, lambda node: _trim(call, shape(account, node)), most)


# -- changes


def find(account: Advertiser, level: Level, key: str, families: Iterable[Family]) -> Node:
    """The object with that id that was not deleted; else the platform's refusal."""
    node = account.nodes.get(key)
    if node is None or node.level != level or node.family not in families:
        raise Refused(40007, f"{level}_id: {key} doesn't exist.")
    if any(one.operation == "DELETE" for one in [node, *account.above(node)]):
        raise wrong(f"{level}_id: {key} has been deleted.")
    return node


def touch(account: Advertiser, node: Node, changes: Mapping[str, Any]) -> None:
    """Write fields of an object; Smart+ ads refuse two writes within five seconds."""
    now = account.clock.now()
    if (node.family, node.level) == ("smart_plus", "ad") and now - node.written < PAUSE_BETWEEN_WRITES:
        raise Refused(40202, "Write conflict: the entity is being written, please retry later.")
    node.row.update(changes)
    node.modified = node.written = now
    account.note(node)


def switch(account: Advertiser, node: Node, operation: str) -> None:
    """Turn an object on or off, or delete it for good."""
    before, node.operation = node.operation, operation
    try:
        touch(account, node, {})
    except Refused:
        node.operation = before
        raise


def set_status(call: Call, level: Level, ids: Sequence[str], families: Iterable[Family]) -> Any:
    """Switch up to twenty objects: all or none, unless ``allow_partial_success``."""
    operation = word("operation_status", call.values["operation_status"], SWITCHES)
    if not 1 <= len(ids) <= MOST_SWITCHED:
        raise Refused(40011, f"{level}_ids: Must hold 1 to {MOST_SWITCHED} ids.")
    account, kinds, partly = call.advertiser, tuple(families), call.values.get("allow_partial_success", False)
    good, errors = [], []
    for key in ids:
        try:
            good.append(find(account, level, key, kinds))
        except Refused as refusal:
            if not partly:
                raise
            errors.append({f"{level}_id": key, "error_code": refusal.code, "error_message": refusal.message})
    for node in good:
        switch(account, node, operation)
    answer = {f"{level}_ids": [node.id for node in good], "status": operation}
    return Partial(answer | {"error_list": errors}) if errors else answer


def created(call: Call, node: Node) -> Node:
    """Enter a new object in the account, switched as the caller asks (on, unless told)."""
    operation = call.values.get("operation_status", "ENABLE")
    node.operation = word("operation_status", operation, {"ENABLE", "DISABLE"})
    call.advertiser.add(node)
    return node


def once(call: Call, make: Callable[[], Any]) -> Any:
    """What ``make`` answers; refused for a ``request_id`` that succeeded a few seconds ago.

    The platform remembers it for ten seconds only: later the same id makes another object.
    """
    key, now = call.values.get("request_id"), call.advertiser.clock.now()
    if key is None:
        return make()
    if not key.isdecimal() or int(key) >= 2**64:
        raise wrong("request_id: Must be a 64-bit integer as a string.")
    seen = (call.operation.path, key)
    if now - call.advertiser.answered.get(seen, float("-inf")) <= call.twin.repeat_window:
        raise Refused(40050, "Duplicate request: this request_id has been used.")
    answer = make()
    call.advertiser.answered[seen] = now
    return answer


# -- rules


def word(name: str, value: Any, words: Iterable[str]) -> str:
    """The value, if it is one of the words; else the refusal."""
    allowed = set(words)
    if value not in allowed:
        raise wrong(f"{name}: Must be one of {', '.join(sorted(allowed))}.")
    return str(value)


def check_name(name: str, text: str) -> None:
    """Refuse a name that is empty, holds an emoji, or is longer than 512 (East Asian letters count two)."""
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    if not text.strip() or width > LONGEST_NAME:
        raise wrong(f"{name}: Must hold 1 to {LONGEST_NAME} characters.")
    if any(ord(letter) > 0xFFFF or unicodedata.category(letter) == "So" for letter in text):
        raise wrong(f"{name}: Emoji are not supported.")


def amount(account: Advertiser, name: str, value: Any, required: bool = True) -> Any:
    """A positive amount in major units with no more decimals than the currency has."""
    if not value:
        if required:
            raise wrong(f"{name}: Must be greater than 0.")
        return value
    exact, most = Decimal(str(value)), defaults.places(account.currency)
    if exact <= 0 or exact != round(exact, most):
        raise wrong(f"{name}: Must be greater than 0, with at most {most} decimals.")
    return value


def check_schedule(row: Mapping[str, Any]) -> None:
    """Refuse instants in another form, an end before the start, and START_END without an end."""
    kind = row.get("schedule_type")
    edges = {}
    for edge in ("start", "end"):
        text = row.get(f"schedule_{edge}_time")
        if text:
            edges[edge] = _edge(f"schedule_{edge}_time", text)
    if kind == "SCHEDULE_START_END" and "end" not in edges:
        raise wrong("Missing required field(s): schedule_end_time.")
    if len(edges) == 2 and edges["end"] <= edges["start"]:
        raise wrong("schedule_end_time: Must be later than schedule_start_time.")
