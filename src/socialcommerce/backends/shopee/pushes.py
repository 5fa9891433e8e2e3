"""Pushes read as events. Whatever a signed push holds, it becomes events: what is new to us, ``unknown``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from attrs import define

from socialcommerce.backends.shopee.chat import Json, instant, message_of, word
from socialcommerce.backends.shopee.codes import webhooks as codes
from socialcommerce.errors import WebhookError
from socialcommerce.models.event import Event, EventRef, EventType
from socialcommerce.runtime.text import read_json

__all__ = ["Push", "events_of", "is_verification", "read_push"]

_LONGEST_KEY = 200
_ALL_TEXT = 28
"""The push that carries every number as text."""


@define  # not frozen: that would double the time to make one
class Push:
    """One push: its envelope settled, its data as it came."""

    code: int
    shop: str
    data: Json
    key: str
    at: datetime | None
    raw: Any

    def event(
        self,
        kind: EventType,
        ref: EventRef | None = None,
        *,
        part: str = "",
        key: str = "",
        account: str = "",
        state: Any = None,
    ) -> Event:
        """One event of this push; ``part`` tells apart the several events of one."""
        return Event.build(
            key=key or (f"{self.key}:{part}" if part else self.key),
            type=kind,
            native_type=codes.NAMES.get(self.code) or f"code {self.code}",
            platform="shopee",
            account=account or self.shop or None,
            ref=ref,
            occurred_at=self.at,
            state=state,
            data=dict(self.data),
            raw=self.raw,
        )


def read_push(body: bytes) -> Push:
    """Read the bytes of a push; ``WebhookError`` where they are none."""
    try:
        return push_of(read_json(body))
    except (ValueError, RecursionError):
        raise WebhookError("the body is not a push of Shopee's", reason="malformed") from None


def push_of(raw: Any) -> Push:
    """Settle a decoded push; ``ValueError`` where it is none."""
    code = _code(raw.get("code")) if isinstance(raw, dict) else None
    if code is None:
        raise ValueError("a push has a code")
    data = raw.get("data")
    if not isinstance(data, dict):
        data = {}
    if code == _ALL_TEXT:
        data = _numbers(data)
    shop = (
        word(raw.get("shop_id"))
        or word(raw.get("shopid"))
        or word(data.get("shop_id"))
        or word(data.get("shopid"))
    )
    at = instant(data.get("update_time")) or instant(raw.get("timestamp"))
    return Push(code, shop, data, _key(raw, code, shop, data), at, raw)


def _code(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _numbers(value: Any) -> Any:
    """Text of digits as the number it is, at every depth."""
    if isinstance(value, Mapping):
        return {name: _numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return value


def _key(raw: Json, code: int, shop: str, data: Json) -> str:
    """The same for every delivery of one push: its own id, or its contents where it has none.

    The envelope's time counts only where the data holds none of its own: a repeat may be stamped anew,
    but two grants of one shop must not be taken for the same.
    """
    own = raw.get("msg_id")
    if isinstance(own, str) and 0 < len(own) <= _LONGEST_KEY:
        return word(own)
    content = word(data.get("content", {}).get("message_id")) if isinstance(data.get("content"), dict) else ""
    if content:
        return f"{code}:{shop}:{content}"
    dated = None if data.get("update_time") else raw.get("timestamp")
    text = json.dumps([code, shop, dated, data], sort_keys=True, default=str)
    return f"{code}:{shop}:{blake2b(text.encode(), digest_size=16).hexdigest()}"


def is_verification(body: bytes) -> bool:
    """Whether a body is the push by which the console tries an address."""
    try:
        push = read_push(body)
    except WebhookError:
        return False
    return push.code == 0 and set(push.data) <= {"verify_info"}


def events_of(push: Push) -> tuple[Event, ...]:
    """Every event that a push is; none is lost."""
    if push.code in codes.ACCOUNTS:
        found = tuple(_accounts(push))
    elif push.code == 10:
        found = tuple(_chat(push))
    elif push.code == 29:
        found = tuple(_return(push))
    else:
        found = tuple(_plain(push))
    return found or (push.event("unknown"),)


def _plain(push: Push) -> Iterator[Event]:
    rule = codes.RULES.get(push.code)
    if rule is None:
        return
    native = push.data.get(rule.by) if rule.by else None
    chosen = rule.words.get(native) if isinstance(native, str) else None
    types: Sequence[EventType] = (chosen,) if chosen else rule.types
    ref = _ref(rule, push.data)
    if push.code == 3 and ref and isinstance(native, str) and native in codes.FIRST_STATUSES:
        # Shopee tells of no creation. One key for all early statuses: what was seen before is left out.
        yield push.event("order.created", ref, key=f"3:{push.shop}:{ref.id}:created")
    for kind in types:
        if kind != "order.created":
            yield push.event(kind, ref, part=kind if len(types) > 1 else "")


def _ref(rule: codes.Rule, data: Json) -> EventRef | None:
    if rule.kind is None:
        return None
    own, parent = _id(data, rule.id), _id(data, rule.parent)
    if own:
        return EventRef.build(kind=rule.kind, id=own, parent_id=parent or None)
    return EventRef.build(kind="order", id=parent) if parent else None


def _id(data: Json, name: str) -> str:
    if name in ("ordersn", "order_sn"):  # spelt both ways, by code and by age
        return word(data.get("ordersn")) or word(data.get("order_sn"))
    return word(data.get(name)) if name else ""


def _accounts(push: Push) -> Iterator[Event]:
    kind, fields = codes.ACCOUNTS[push.code]
    until = word(push.data.get("expire_before"))
    for account_kind, names in fields.items():
        for account in dict.fromkeys(_ids(push.data, names)):
            # Expiries come in pages that may hold an account twice: its own key makes it once.
            key = f"{push.code}:{account_kind}:{account}:{until}" if until else ""
            ref = EventRef.build(kind=account_kind, id=account)
            yield push.event(kind, ref, part=f"{account_kind}:{account}", key=key, account=account)
    if push.shop and not push.data.keys() & {name for names in fields.values() for name in names}:
        yield push.event(kind, EventRef.build(kind="shop", id=push.shop))


def _ids(data: Json, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        value = data.get(name)
        for item in value if isinstance(value, list) else (value,):
            if found := word(item):
                yield found


def _chat(push: Push) -> Iterator[Event]:
    content = push.data.get("content")
    if not isinstance(content, Mapping) or not word(content.get("message_id")):
        return
    kind = word(push.data.get("type"))
    row = content if "message_type" in content else {**content, "message_type": kind}
    message = message_of(row, push.shop)
    ref = EventRef.build(kind="message", id=message.id, parent_id=message.conversation.native_id)
    yield push.event("message.sent" if message.echo else "message.received", ref, state=message)


_REFUNDED = frozenset({"ACCEPTED", "CLOSED"})


def _return(push: Push) -> Iterator[Event]:
    own = word(push.data.get("return_sn"))
    order = _id(push.data, "order_sn")
    ref = EventRef.build(kind="return", id=own, parent_id=order or None) if own else None
    values = push.data.get("updated_values")
    changes = [row for row in values if isinstance(row, Mapping)] if isinstance(values, list) else []
    statuses = [row for row in changes if row.get("update_field") == "return_status"]
    first = any(not row.get("old_value") or row.get("new_value") == "REQUESTED" for row in statuses)
    yield push.event("return.created" if first else "return.updated", ref)
    if any(row.get("new_value") in _REFUNDED for row in statuses if isinstance(row.get("new_value"), str)):
        yield push.event("refund.succeeded", ref, part="refund")
