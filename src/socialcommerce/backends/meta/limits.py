"""Rate limits that Meta tells in headers: what was used, and how long to stay away.

Nearly every limit depends on numbers that only Meta knows (users, active ads), so calls are not
paced by formula: buckets are wide, and every reply that shows a use near its end makes the calls
of the same kind rest. Calls made while throttled lengthen the block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from socialcommerce.runtime.call import Call, Subject
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.text import read_json
from socialcommerce.runtime.transport import Response

__all__ = ["asset", "buckets", "family", "pauses", "regained"]

APP_USAGE: Final = "x-app-usage"
BUSINESS_USAGE: Final = "x-business-use-case-usage"
AD_ACCOUNT_USAGE: Final = "x-ad-account-usage"
INSIGHTS_USAGE: Final = "x-fb-ads-insights-throttle"
_USAGE: Final = frozenset({APP_USAGE, BUSINESS_USAGE, AD_ACCOUNT_USAGE, INSIGHTS_USAGE})

_RATE, _BURST = 100.0, 100
"""Calls a second: wide on purpose, see above; Instagram's own limit for messages is this very number."""
_EASE = 90.0
"""From which percentage of a limit on calls begin to rest."""
_REST = 60.0
"""Seconds of rest at 100 %, where Meta names no time."""

_FAMILIES: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"/(items_batch|localized_items_batch|batch)$", "catalog_batch"),
        (r"/insights$", "ads_insights"),
        (r"/(customaudiences|users|usersreplace)$", "custom_audience"),
        (r"/(messages|conversations|message_attachments|messenger_profile)$", "messenger"),
    )
)
_OF_SERVICE: Final[Mapping[str, str]] = {
    "catalog": "catalog_management",
    "ads": "ads_management",
    "page": "pages",
    "business": "whatsapp_business_management",
}


def family(call: Call) -> str:
    """Which of Meta's business use cases counts a call: by its path, else by its service."""
    for pattern, name in _FAMILIES:
        if pattern.search(call.path):
            return name
    return _OF_SERVICE.get(call.service, "app")


def asset(call: Call, subject: Subject | None) -> str:
    """The account, catalogue or page that a call counts against, as the usage headers write it."""
    return (subject.id if subject else call.path.strip("/").partition("/")[0]).removeprefix("act_")


def buckets(name: str, call: Call, subject: Subject | None) -> tuple[Bucket, ...]:
    """What a call draws from: the use case of its asset, and the app. A batch costs what it holds.

    Args:
        name: what begins the keys: the platform and its app.
        call: the call.
        subject: the account it speaks for.
    """
    cost = min(_BURST, max(1, _inside(call)))
    return _pair(name, _key(name, asset(call, subject), family(call)), cost)


@lru_cache(maxsize=1024)
def _pair(whole: str, part: str, cost: int) -> tuple[Bucket, ...]:
    return (Bucket(part, _RATE, _BURST, cost), Bucket(whole, _RATE, _BURST, cost))


def _key(name: str, whose: str, kind: str) -> str:
    return f"{name}:{whose}:{kind}"


def _inside(call: Call) -> int:
    """How many calls a batch request holds."""
    batch = call.body.get("batch") if isinstance(call.body, Mapping) else None
    return len(batch) if isinstance(batch, list) and call.path == "/" else 1


def pauses(name: str, call: Call, subject: Subject | None, response: Response) -> Iterator[tuple[str, float]]:
    """Which buckets have to rest after a reply, and for how many seconds.

    Args:
        name: as for ``buckets``.
        call: what was asked.
        subject: the account it spoke for.
        response: the reply, whatever its status.
    """
    headers = response.headers
    if _USAGE.isdisjoint(headers):
        return
    whose = asset(call, subject)
    yield name, _rest(_most(_told(headers, APP_USAGE), ("call_count", "total_time", "total_cputime")))
    for account, row in _business(headers):
        rest = _minutes(row) or _rest(_most(row, ("call_count", "total_time", "total_cputime")))
        for key in dict.fromkeys((whose, account)):
            yield _key(name, key, str(row.get("type") or family(call)).lower()), rest
    used = _told(headers, AD_ACCOUNT_USAGE)
    rest = _rest(_most(used, ("acc_id_util_pct",)), float(used.get("reset_time_duration") or _REST))
    yield _key(name, whose, "ads_management"), rest
    throttle = _most(_told(headers, INSIGHTS_USAGE), ("app_id_util_pct", "acc_id_util_pct"))
    yield _key(name, whose, "ads_insights"), _rest(throttle)


def regained(headers: Mapping[str, str]) -> timedelta | None:
    """When a throttled use case is open again, of ``estimated_time_to_regain_access`` (minutes)."""
    waits = [_minutes(row) for _, row in _business(headers)]
    longest = max(waits, default=0.0)
    return timedelta(seconds=longest) if longest else None


def _business(headers: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for account, rows in _told(headers, BUSINESS_USAGE).items():
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, Mapping):
                yield account, row


def _told(headers: Mapping[str, str], name: str) -> Mapping[str, Any]:
    """A header that holds a JSON object; nothing where it is absent or unreadable."""
    if name not in headers:
        return {}
    try:
        value = read_json(headers[name].encode())
    except ValueError:
        return {}
    return value if isinstance(value, Mapping) else {}


def _most(usage: Mapping[str, Any], names: tuple[str, ...]) -> float:
    """The highest of some percentages."""
    return max((_figure(usage.get(name)) for name in names), default=0.0)


def _minutes(row: Mapping[str, Any]) -> float:
    """The seconds of a wait told in minutes."""
    return _figure(row.get("estimated_time_to_regain_access")) * 60


def _figure(value: Any) -> float:
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return 0.0


def _rest(percent: float, longest: float = _REST) -> float:
    """Seconds of rest: none below ``_EASE``, little at first, all of them at 100 %."""
    return longest * min(1.0, max(0.0, (percent - _EASE) / (100 - _EASE))) ** 3
