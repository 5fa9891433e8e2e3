"""Pushes as Shopee sends them, and the events that a client makes of them."""

from __future__ import annotations

import json
from typing import Any

from tests.shopee.chat_wire import SHOP, Wire, client

from socialcommerce import Event

__all__ = ["events", "push", "types"]


def push(code: int, data: Any, shop: Any = SHOP, **more: Any) -> bytes:
    return json.dumps({"code": code, "data": data, "shop_id": shop, "timestamp": 1660123127} | more).encode()


def events(body: bytes) -> tuple[Event, ...]:
    shop = client(Wire())
    signed = shop.webhooks.sign(body)
    return shop.webhooks.receive(method="POST", headers=signed.headers, body=body).events


def types(body: bytes) -> list[str]:
    return [event.type for event in events(body)]
