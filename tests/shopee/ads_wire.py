"""A client of Shopee's ads over replies that a test writes down; it remembers what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from attrs import define, field, frozen

from socialcommerce import Client, State
from socialcommerce.backends import Request, Response, Shopee, write_json
from socialcommerce.runtime.retry import RateLimits
from socialcommerce.runtime.transport import Interrupted

__all__ = ["NOW", "Asked", "Turns", "Wire", "lost", "refused", "settings_row"]

NOW = datetime(2025, 11, 15, 4, tzinfo=UTC)
"""Noon of 15 November 2025 in Singapore."""

_COMMON = {"partner_id", "timestamp", "sign", "access_token", "shop_id"}


@frozen
class Asked:
    """One request as Shopee saw it, without the parameters that every call carries."""

    method: str
    name: str
    query: Mapping[str, str]
    body: Any


@frozen
class refused:  # noqa: N801  # reads like the reply it is
    """A reply that refuses."""

    code: str
    message: str = ""


@frozen
class Lost:
    """The request arrives and its reply never does."""


lost = Lost()


Answer: TypeAlias = Any | refused | Lost | Callable[[Asked], Any]


@define
class Turns:
    """Answers given one after the other, the last one for good."""

    left: list[Answer]

    def next(self) -> Answer:
        """The next one."""
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


@define
class Wire:
    """Replies by the last part of the path: one for always, a function of the request, or ``Turns``."""

    answers: dict[str, Answer] = field(factory=dict)
    asked: list[Asked] = field(factory=list)
    _lock: threading.Lock = field(factory=threading.Lock)

    def client(self, region: str = "SG", state: State | None = None) -> Client:
        """A client of shop 14701711 whose clock stands at ``NOW``."""
        shopee = Shopee(1, "key", shop_id=14701711, access_token="token", region=region)
        return Client(
            shopee,
            state=state,
            transport=self.handle,
            limits=RateLimits(enabled=False),
            clock=NOW.timestamp,
            sleep=lambda seconds: None,
            jitter=lambda: 0.0,
        )

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        parts = urlsplit(request.url)
        query = {name: ",".join(values) for name, values in parse_qs(parts.query).items()}
        body = json.loads(bytes(request.content), parse_float=Decimal) if request.content else None
        name = parts.path.rpartition("/")[2]
        own = {key: value for key, value in query.items() if key not in _COMMON}
        asked = Asked(request.method, name, own, body)
        with self._lock:
            self.asked.append(asked)
            answer = self.answers[name]
            if isinstance(answer, Turns):
                answer = answer.next()
        return self._reply(asked, answer)

    def _reply(self, asked: Asked, answer: Answer) -> Response:
        if isinstance(answer, Lost):
            raise Interrupted("the reply was lost")
        if callable(answer):
            answer = answer(asked)
        if isinstance(answer, refused):
            return Response(200, {}, write_json({"error": answer.code, "message": answer.message}))
        return Response(200, {}, write_json({"error": "", "message": "", "response": answer}))

    def names(self) -> list[str]:
        """What was asked, in order."""
        return [asked.name for asked in self.asked]

    def bodies(self, name: str) -> list[Any]:
        """The bodies of one call; references, which are drawn, are left out."""
        return [
            {key: value for key, value in asked.body.items() if key != "reference_id"}
            for asked in self.asked
            if asked.name == name
        ]


def settings_row(campaign: int = 12121, **changes: Any) -> dict[str, Any]:
    """A settings row of a manual campaign; ``changes`` go into ``common_info``."""
    common = {
        "ad_type": "manual",
        "ad_name": "Mug",
        "campaign_status": "ongoing",
        "bidding_method": "manual",
        "campaign_placement": "all",
        "campaign_budget": Decimal("12.5"),
        "campaign_duration": {"start_time": 1762000000, "end_time": 0},
        "item_id_list": [34001],
    }
    words = [("mug", "normal", "exact", "0.25"), ("cup", "deleted", "broad", "0.1")]
    manual = {
        "enhanced_cpc": True,
        "selected_keywords": [
            {
                "keyword": word,
                "status": status,
                "match_type": match,
                "bid_price_per_click": Decimal(bid),
            }
            for word, status, match, bid in words
        ],
        "discovery_ads_locations": [
            {"location": "daily_discover", "status": "active", "bid_price": Decimal("0.2")}
        ],
    }
    return {
        "campaign_id": campaign,
        "common_info": common | changes,
        "manual_bidding_info": manual,
        "auto_bidding_info": {"roas_target": 0},
        "auto_product_ads_info": [],
    }
