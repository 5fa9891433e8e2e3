"""Webhooks of the pretend Graph API: how they are signed, sent and sent again."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

from socialcommerce.simulators.market import Delivery, Market
from socialcommerce.simulators.meta.graph.wire import dumps

__all__ = ["Hook", "handshake", "signature", "signed_request"]

PAUSES = (0, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 28800, 28800)
"""Seconds between the tries; together less than 36 hours."""


def signature(secret: str, body: bytes) -> str:
    """``X-Hub-Signature-256`` over the bytes of the body."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def signed_request(secret: str, fields: Mapping[str, Any]) -> str:
    """The form field of a deauthorization or data deletion callback."""
    from base64 import urlsafe_b64encode

    def text(raw: bytes) -> str:
        return urlsafe_b64encode(raw).rstrip(b"=").decode()

    payload = text(json.dumps({"algorithm": "HMAC-SHA256", **fields}, separators=(",", ":")).encode())
    return f"{text(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest())}.{payload}"


@frozen
class Hook:
    """Where an app hears of things: the address, and the app secret that signs."""

    url: str
    secret: str

    def send(
        self,
        market: Market,
        object_name: str,
        entries: Sequence[Mapping[str, Any]],
        pauses: Sequence[float] = PAUSES,
        gave_up: Callable[[], None] | None = None,
    ) -> None:
        """Deliver entries, and again after each pause while nobody takes them; then ``gave_up``."""
        body = dumps({"object": object_name, "entry": list(entries)})
        legacy = hmac.new(self.secret.encode(), body, hashlib.sha1).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature": f"sha1={legacy}",
            "X-Hub-Signature-256": signature(self.secret, body),
        }
        self._try(market, Delivery("POST", self.url, headers, body), list(pauses), gave_up)

    def _try(
        self, market: Market, delivery: Delivery, pauses: list[float], gave_up: Callable[[], None] | None
    ) -> None:
        while not market.deliver(delivery):
            if not pauses:
                return gave_up() if gave_up else None
            pause = pauses.pop(0)
            if pause:
                return market.clock.later(pause, lambda: self._try(market, delivery, pauses, gave_up))


def handshake(market: Market, url: str, verify_token: str) -> str:
    """Ask the address for its consent with a GET; answers the challenge that it must send back."""
    challenge = str(market.random.randrange(10**9, 10**10))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    market.deliver(Delivery("GET", url, {"User-Agent": "facebookplatform/1.0"}, b"", query))
    return challenge
