"""The two systems of limits: the app's, and that of a business use case; each with its header."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.meta.graph.errors import Refused
from socialcommerce.simulators.meta.graph.wire import dumps

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.wire import Node

__all__ = ["USE_CASES", "Limits", "UseCase"]

HOUR = 3600.0
TIER = "standard_access"
TELL_FROM = 1
"""The percentage from which the headers are sent."""


@frozen
class UseCase:
    """What a business use case allows in its window, and how it says stop."""

    code: int
    message: str
    budget: int
    asset: str
    window: float = HOUR
    subcode: int | None = None
    status: int = 400


def _many(what: str) -> str:
    return f"There have been too many calls {what}. Wait a bit and try again."


USE_CASES: Mapping[str, UseCase] = {
    "ads_management": UseCase(80004, _many("to this ad-account"), 100_000, "AdAccount", subcode=2446079),
    "ads_insights": UseCase(80000, _many("from this ad-account"), 190_000, "AdAccount", subcode=2446079),
    "custom_audience": UseCase(80003, _many("to this ad-account"), 190_000, "AdAccount", subcode=2446079),
    "catalog_management": UseCase(80009, _many("to this catalog account"), 20_000, "ProductCatalog"),
    "catalog_batch": UseCase(
        80014,
        "There have been too many batch uploads to this catalog account. Wait a bit and try again.",
        200,
        "ProductCatalog",
        subcode=2446079,
    ),
    "pages": UseCase(80001, _many("to this Page account"), 48_000, "Page"),
    "messenger": UseCase(80006, _many("to this Page account"), 20_000, "Page", 24 * HOUR),
    "instagram": UseCase(80002, _many("to this Instagram account"), 48_000, "IGUser", 24 * HOUR),
    "whatsapp_business_management": UseCase(
        80008, _many("to this WhatsApp Business account"), 5_000, "WhatsAppBusinessAccount"
    ),
}
"""The use cases by the ``type`` that their header names, and what each allows where few people are."""


class Limits:
    """Counts calls in rolling windows. ``budgets`` overrides what a use case allows ("app": the app's)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self.budgets: dict[str, int] = {"app": 100_000}

    def budget(self, name: str) -> int:
        """How many calls the window of a use case (or of the app) allows."""
        return self.budgets.get(name, USE_CASES[name].budget if name in USE_CASES else 1)

    def count(self, name: str, key: str) -> dict[str, str]:
        """Count a call; answers the header that tells of it. Raises ``Refused`` once all are used up.

        Calls made while throttled count as well, and so make the block longer.
        """
        window = USE_CASES[name].window if name in USE_CASES else HOUR
        calls, now = self._calls.setdefault((name, key), deque()), self._clock.now()
        while calls and calls[0] <= now - window:
            calls.popleft()
        calls.append(now)
        over = len(calls) - self.budget(name)
        if over > 0:
            raise self.refusal(name, key, math.ceil((calls[over - 1] + window - now) / 60))
        used = 100 * len(calls) // self.budget(name)
        return self.header(name, key, used, 0) if used >= TELL_FROM else {}

    def refusal(self, name: str, key: str, minutes: int) -> Refused:
        """What a call too many meets."""
        case = USE_CASES.get(name)
        headers = self.header(name, key, 100, minutes)
        if case is None:
            return Refused(4, "(#4) Application request limit reached", is_transient=True, headers=headers)
        return Refused(
            case.code,
            f"(#{case.code}) {case.message}",
            subcode=case.subcode,
            status=case.status,
            headers=headers,
        )

    def header(self, name: str, key: str, percent: int, minutes: int) -> dict[str, str]:
        """The usage header; ``minutes`` until access comes back."""
        used = {"call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2}
        if name not in USE_CASES:
            return {"X-App-Usage": dumps(used).decode()}
        entry = {"type": name, **used, "estimated_time_to_regain_access": minutes}
        if name.startswith(("ads_", "custom_")):
            entry["ads_api_access_tier"] = TIER
        return {
            "X-Business-Use-Case-Usage": dumps({key: [entry]}).decode(),
            **_of_ads(name, percent, minutes),
        }


def _of_ads(name: str, percent: int, minutes: int) -> dict[str, str]:
    """The older headers of ads calls, which tell the same in other words; seconds until it is over."""
    told = {"acc_id_util_pct": percent, "ads_api_access_tier": TIER}
    if name == "ads_management":
        return {"X-Ad-Account-Usage": dumps({**told, "reset_time_duration": minutes * 60}).decode()}
    if name == "ads_insights":
        return {"X-FB-Ads-Insights-Throttle": dumps({**told, "app_id_util_pct": percent}).decode()}
    return {}


def asset_key(name: str, node: Node | None, otherwise: str) -> str:
    """The id under which a call counts: that of the seller's asset, without ``act_``."""
    case = USE_CASES.get(name)
    if case is None or node is None or node.seller is None:
        return otherwise
    if node.kind == case.asset:
        return node.id.removeprefix("act_")
    found = node.seller.assets.get(case.asset)
    return found.id.removeprefix("act_") if found is not None else otherwise
