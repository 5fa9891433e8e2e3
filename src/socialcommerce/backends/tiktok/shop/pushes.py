"""Webhooks read as events. Whatever a signed webhook holds, it becomes events: what is new, ``unknown``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

from attrs import evolve, frozen

from socialcommerce.backends.shared import Json
from socialcommerce.backends.tiktok.shop.chat import message_of, moment, word
from socialcommerce.backends.tiktok.shop.codes import webhooks as codes
from socialcommerce.errors import WebhookError
from socialcommerce.models.event import Event, EventRef, EventType
from socialcommerce.runtime.text import read_json

__all__ = ["Push", "events_of", "read_push"]

_LONGEST_KEY = 200
_STAMPED = ("update_time", "create_time", "refund_timestamp", "rma_request_update_time")
_DATED = (*_STAMPED, "aftersales_request_update_time", "expiration_time", "cancel_time")


@frozen
class Push:
    """One webhook: its envelope settled, its data as it came."""

    type: int
    shop: str
    data: Json
    key: str
    at: datetime | None
    raw: Any

    def event(
        self, kind: EventType, ref: EventRef | None = None, *, part: str = "", state: Any = None
    ) -> Event:
        """One event of this webhook; ``part`` tells apart the several events of one."""
        return Event.build(
            key=f"{self.key}:{part}" if part else self.key,
            type=kind,
            native_type=codes.NAMES.get(self.type, f"type {self.type}"),
            platform="tiktok_shop",
            account=self.shop or None,
            ref=ref,
            occurred_at=self.at,
            state=state,
            data=dict(self.data),
            raw=self.raw,
        )


def read_push(body: bytes) -> Push:
    """Read the bytes of a webhook; ``WebhookError`` where they are none."""
    raw: Any = None
    try:
        raw = read_json(body)
        number = _type(raw.get("type")) if isinstance(raw, Mapping) else None
    except (ValueError, RecursionError):
        number = None
    if number is None:
        raise WebhookError("the body is not a webhook of TikTok Shop's", reason="malformed")
    data = raw.get("data")
    data = data if isinstance(data, Mapping) else {}
    shop = word(raw.get("shop_id")) or word(data.get("shop_id"))
    at = next((at for name in _DATED[:5] if (at := moment(data.get(name)))), None)
    return Push(number, shop, data, _key(raw, number, shop, data), at or moment(raw.get("timestamp")), raw)


def _type(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _key(raw: Json, number: int, shop: str, data: Json) -> str:
    """The same for every delivery of one webhook: its own id, or its contents where it has none.

    The envelope's time counts only where the data holds none: a repeat may be stamped anew.
    """
    for own in (raw.get("tts_notification_id"), data.get("event_id")):
        if isinstance(own, str) and 0 < len(own) <= _LONGEST_KEY:
            return word(own)
    dated = None if any(data.get(name) for name in _DATED) else raw.get("timestamp")
    text = json.dumps([number, shop, dated, data], sort_keys=True, default=str)
    return f"{number}:{shop}:{blake2b(text.encode(), digest_size=16).hexdigest()}"


def events_of(push: Push) -> tuple[Event, ...]:
    """Every event that a webhook is; none is lost."""
    found = tuple(_message(push)) if push.type in (14, 33) else tuple(_plain(push))
    return found or (push.event("unknown"),)


def _plain(push: Push) -> Iterator[Event]:
    rule = codes.RULES.get(push.type)
    if rule is None:
        return
    native = push.data.get(rule.by) if rule.by else None
    kind = rule.words.get(native, rule.type) if isinstance(native, str) else rule.type
    if not rule.each:
        yield push.event(kind, _ref(rule, push))
        return
    rows = push.data.get(rule.each)
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping):
            ref = _ref(rule, evolve(push, data={**push.data, **row}))
            yield push.event(kind, ref, part=ref.id if ref else "")


def _ref(rule: codes.Rule, push: Push) -> EventRef | None:
    """What an event is about; of a refund, the order that it belongs to, where it is but one."""
    if rule.kind is None:
        return None
    own, parent = _id(push, rule.id), _id(push, rule.parent)
    if push.type == 67 and (order := _order_of(push.data)):
        return EventRef.build(kind="order", id=order, parent_id=None)
    return EventRef.build(kind=rule.kind, id=own, parent_id=parent or None) if own else None


def _order_of(data: Json) -> str:
    rows = data.get("line_items")
    orders = {word(row.get("main_order_id")) for row in rows if isinstance(row, Mapping)} if rows else set()
    return orders.pop() if len(orders) == 1 else ""


def _id(push: Push, path: str) -> str:
    """The id at a path of the data, or of the envelope; of a list, its first."""
    value: Any = push.data
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if value is None and path and isinstance(push.raw, Mapping):
        value = push.raw.get(path)
    if isinstance(value, list):
        value = value[0] if value else None
    return word(value)


def _message(push: Push) -> Iterator[Event]:
    """A message of a buyer's chat, or of a creator's, which is another inbox. Hidden ones are none."""
    if not word(push.data.get("message_id")) or push.data.get("is_visible") is False:
        return
    message = message_of(push.data, push.shop, surface="creator" if push.type == 33 else "default")
    ref = EventRef.build(kind="message", id=message.id, parent_id=message.conversation.native_id)
    yield push.event("message.sent" if message.echo else "message.received", ref, state=message)
