"""Pushes as Meta sends them to the page of ``chat_wire``."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import shared_path
from tests.meta.chat_wire import JANE, PAGE, Wire, client

from socialcommerce import Client, Event

SHARED = shared_path()
VECTORS = json.loads((SHARED / "vectors" / "meta.json").read_text()) if SHARED else []
WHEN = 1_795_262_400_007
"""Milliseconds: 2026-11-21T12:00:00.007Z."""


def signed(body: bytes, one: Client | None = None, endpoint: str = "default") -> dict[str, Any]:
    """What a web framework would hand over of a delivery that Meta signed."""
    made = (one or client(Wire())).webhooks.sign(body, endpoint=endpoint)
    return {"method": "POST", "headers": made.headers, "body": made.body, "endpoint": endpoint}


def events(body: bytes) -> tuple[Event, ...]:
    """What a client of the page makes of a push."""
    one = client(Wire())
    return one.webhooks.receive(**signed(body, one)).events


def only(body: bytes) -> Event:
    """The same of a push that is one event."""
    (event,) = events(body)
    return event


def push(family: str, number: str, **entry: Any) -> bytes:
    """A push of one entry."""
    return json.dumps({"object": family, "entry": [{"id": number, "time": WHEN, **entry}]}).encode()


def item(**told: Any) -> bytes:
    """A push of one item from Jane to the page."""
    row = {"sender": {"id": JANE}, "recipient": {"id": PAGE}, "timestamp": WHEN, **told}
    return push("page", PAGE, messaging=[row])


def change(
    field: str, value: Any, family: str = "page", number: str = PAGE, time: int = 1_795_262_500
) -> bytes:
    entry = {"id": number, "time": time, "changes": [{"field": field, "value": value}]}
    return json.dumps({"object": family, "entry": [entry]}).encode()
