"""The client's own book of a number: people's ids, orders, what became of sent messages, this month's count.

WhatsApp keeps no history: what ``webhooks.receive`` brought and what was sent are all that is known. Rows
lie in ``State.inbox`` beside the messages; every key begins with the number's id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from attrs import frozen

from socialcommerce.backends.meta.whatsapp.codes.messaging import BSUID, FREE_ENTRY
from socialcommerce.models.identity import Identity
from socialcommerce.models.message import ConversationRef
from socialcommerce.runtime.flow import Flow, Store
from socialcommerce.runtime.text import joined

__all__ = ["Book", "Row", "ref_of", "reference_of"]

Row: TypeAlias = Mapping[str, Any]

_END_OF_TIME = 10**13
_HOPS = 8
"""How often one person may have changed number or id."""
_A_MONTH = 31 * 86_400.0
_PAGE = 50
_FAR = {word: far for far, word in enumerate(("sent", "delivered", "read", "played", "failed"), 1)}


def reference_of(order_id: str) -> str:
    """The ``reference_id`` of an order: its own id, where that is no message's, which would be too long."""
    if not order_id.startswith("wamid."):
        return order_id
    return hashlib.sha256(order_id.encode()).hexdigest()[:32]


def ref_of(phone: str, *, wa_id: str = "", user_id: str = "") -> ConversationRef:
    """The conversation of a number with a person.

    Known by the business-scoped user id, where WhatsApp tells one; written to by the phone number, where
    that is not hidden.
    """
    kind = "wa_id" if wa_id else "bsuid"
    return ConversationRef.build(
        platform="whatsapp",
        own_account=phone or None,
        native_id=user_id or wa_id,
        peer=Identity.build(kind=kind, value=wa_id or user_id) if wa_id or user_id else None,
    )


@frozen
class Book:
    """The rows of one number, by its id."""

    phone: str

    def _key(self, kind: str, *parts: str) -> str:
        return joined("whatsapp", self.phone, kind, *parts)

    def _load(self, kind: str, *parts: str) -> Flow[Row]:
        row, _ = yield Store("inbox", "load", (self._key(kind, *parts),))
        return row or {}

    def _change(self, key: str, change: Callable[[Row], Row], ttl: float | None = None) -> Flow[Row]:
        """Write a row as ``change`` makes it of the present one, until nobody came between."""
        while True:
            row, version = yield Store("inbox", "load", (key,))
            fresh = change(row or {})
            if (yield Store("inbox", "swap", (key, version, fresh, ttl))):
                return fresh

    # people

    def know(self, ref: ConversationRef) -> Flow[None]:
        """Note under which id a phone number's conversation is kept, and the number of that id."""
        if ref.peer is not None and ref.peer.kind == "wa_id":
            yield from self.same(ref.peer.value, ref.native_id or "")

    def same(self, number: str, thread: str) -> Flow[None]:
        """Note that a phone number and an id are one person's; nothing where only one is told."""
        if not number or thread in ("", number):
            return
        if thread not in (yield from self.ids(number)):
            yield from self.moved(number, thread)
            yield from self._change(self._key("number", thread), lambda _: {"number": number})

    def moved(self, old: str, new: str) -> Flow[None]:
        """Note that a person has another id, or another number, from now on."""
        if not old or not new:
            return
        known = yield from self.ids(old)
        if new in known:
            return
        yield from self._change(self._key("person", known[-1]), lambda _: {"thread": new})
        before = yield from self.former(known[0])
        former = list(dict.fromkeys([*before, *known]))[-_HOPS:]
        yield from self._change(self._key("former", new), lambda _: {"ids": former})

    def former(self, person: str) -> Flow[list[str]]:
        """The ids under which a person was known before this one."""
        row = yield from self._load("former", person)
        return list(row.get("ids", ()))

    def ids(self, person: str) -> Flow[list[str]]:
        """Every id that a person was known by from this one on, the newest last."""
        found = [person]
        for _ in range(_HOPS):
            row = yield from self._load("person", found[-1])
            following = row.get("thread")
            if not following or following in found:
                break
            found.append(following)
        return found

    def newest(self, person: str) -> Flow[str]:
        """The newest id of somebody known by a number or an id: that of their conversation."""
        return (yield from self.ids(person))[-1]

    def conversation(self, thread: str) -> Flow[ConversationRef]:
        """The conversation with somebody, by their newest id."""
        if not BSUID.fullmatch(thread):
            return ref_of(self.phone, wa_id=thread)
        row = yield from self._load("number", thread)
        return ref_of(self.phone, wa_id=row.get("number", ""), user_id=thread)

    def note_name(self, person: str, name: str) -> Flow[None]:
        """Keep what somebody calls themselves: it is told with their messages alone."""
        known = yield from self._load("name", person)
        if name and known.get("name") != name:
            yield from self._change(self._key("name", person), lambda _: {"name": name})

    def name(self, person: str) -> Flow[str | None]:
        """What somebody calls themselves; None where they did not write."""
        row = yield from self._load("name", person)
        return row.get("name")

    def note_entry(self, person: str, at: float) -> Flow[None]:
        """Keep when somebody came by an ad, in epoch seconds: it may hold a longer window open."""
        longest = FREE_ENTRY.total_seconds()

        def with_this(row: Row) -> Row:
            moments = {*row.get("at", ()), at}
            return {"at": sorted(one for one in moments if one > max(moments) - longest)}

        yield from self._change(self._key("entry", person), with_this)

    def entry(self, person: str, since: datetime) -> Flow[datetime | None]:
        """When somebody first came by an ad since an instant; None where they did not."""
        row = yield from self._load("entry", person)
        moments = [one for one in row.get("at", ()) if one >= since.timestamp()]
        return datetime.fromtimestamp(min(moments), UTC) if moments else None

    # what became of sent messages

    def note_delivery(self, number: str, word: str) -> Flow[None]:
        """Keep how far a message got; statuses come in any order, and the furthest counts."""

        def further(row: Row) -> Row:
            known = row.get("status", "")
            return row if _FAR.get(known, 0) > _FAR.get(word, 0) else {"status": word}

        yield from self._change(self._key("delivery", number), further, _A_MONTH)

    def delivery(self, number: str) -> Flow[str | None]:
        """How far a message got, in WhatsApp's word; None where no status came."""
        row = yield from self._load("delivery", number)
        return row.get("status")

    def note_echo(self, client_reference: str, row: Row) -> Flow[None]:
        """Keep what a status said of a message, by the reference that it was sent with."""
        key = self._key("echo", client_reference)
        yield from self._change(key, lambda before: {**before, **row}, _A_MONTH)

    def echo(self, client_reference: str) -> Flow[Row]:
        """What statuses said of a message; empty where none came."""
        return self._load("echo", client_reference)

    def spend(self, now: datetime) -> Flow[None]:
        """Count a message that was no template."""
        key = self._key("spent", f"{now:%Y-%m}")
        yield from self._change(key, lambda row: {"count": row.get("count", 0) + 1}, 2 * _A_MONTH)

    def spent(self, now: datetime) -> Flow[int]:
        """How many messages that were no templates this client sent in the month."""
        row = yield from self._load("spent", f"{now:%Y-%m}")
        return int(row.get("count", 0))

    # orders

    def note_order(self, row: Row) -> Flow[None]:
        """Keep an order as it was received, and that it was made."""
        yield from self._change(self._key("order", row["id"]), lambda before: before or row)
        named = self._key("reference", reference_of(row["id"]))
        yield from self._change(named, lambda _: {"id": row["id"]})
        yield from self._happened("order.created", row["id"], row["at"])

    def order(self, number: str) -> Flow[Row]:
        """An order as it was received; empty where it was not."""
        return self._load("order", number)

    def order_id(self, reference: str) -> Flow[str | None]:
        """The order of a ``reference_id``; None where it is no known order's."""
        row = yield from self._load("reference", reference)
        return row.get("id")

    def progress(self, reference: str) -> Flow[Row]:
        """What was told and paid of an order since: ``opened``, ``status``, ``payment``, ``note``."""
        return self._load("progress", reference)

    def advance(self, reference: str, changes: Row) -> Flow[Row]:
        """Keep what changed of an order."""
        return self._change(self._key("progress", reference), lambda before: {**before, **changes})

    def note_payment(self, reference: str, number: str, payment: Row) -> Flow[None]:
        """Keep how far the payment of an order is; what was captured stays so, whatever comes late."""

        def paid(before: Row) -> Row:
            done = (before.get("payment") or {}).get("status") == "captured"
            return before if done else {**before, "payment": payment}

        yield from self._change(self._key("progress", reference), paid)
        if payment.get("status") == "captured":
            yield from self._happened("order.paid", number, payment["at"])

    def _happened(self, kind: str, number: str, at: float) -> Flow[None]:
        when = f"{_END_OF_TIME - round(at * 1000):014d}"
        row = {"kind": kind, "id": number, "at": at}
        yield from self._change(self._key("happened", when, kind, number), lambda _: row)

    def happened(self, cursor: str | None) -> Flow[tuple[list[Row], str | None]]:
        """A page of what happened to orders, the newest first, and where the next one begins."""
        prefix = self._key("happened") + "/"
        found: list[tuple[str, Row]] = yield Store(
            "inbox", "scan", (prefix, prefix + cursor if cursor else "", _PAGE + 1)
        )
        page = found[:_PAGE]
        following = page[-1][0].removeprefix(prefix) if len(found) > _PAGE else None
        return [row for _, row in page], following
