"""Pushes as events, one a message, an order, a status, any other change: pure, and without trust."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import define

from socialcommerce.backends.meta.whatsapp.book import ref_of
from socialcommerce.backends.meta.whatsapp.codes import messaging as message_codes
from socialcommerce.backends.meta.whatsapp.codes import orders as order_codes
from socialcommerce.backends.meta.whatsapp.codes import webhooks as codes
from socialcommerce.backends.meta.whatsapp.incoming import decimal_of, message_of, order_of, order_row
from socialcommerce.backends.meta.words import digest, moment, rows, table, word
from socialcommerce.models.blueprint import Blueprint
from socialcommerce.models.content import Unsupported
from socialcommerce.models.event import Event, EventRef
from socialcommerce.models.message import Message

if TYPE_CHECKING:
    from socialcommerce.models.event import EventType

__all__ = ["events_of"]

Json = Mapping[str, Any]


@define  # not frozen: that would double the time to make one, of which each push is made
class Change:
    """One change of a push: of which account, in which field, and when it was sent.

    ``phone`` is the number it is about, by its id; empty where it is about the account.
    """

    account: str
    field: str
    value: Json
    time: Any
    raw: Any
    phone: str

    def event(
        self,
        kind: EventType,
        key: str,
        data: dict[str, Any],
        *,
        occurred_at: datetime | None,
        native_type: str = "",
        ref: EventRef | None = None,
        state: Any = None,
    ) -> Event:
        """An event of this change."""
        return Event.build(
            key=key,
            type=kind,
            native_type=native_type or self.field,
            platform="whatsapp",
            account=self.phone or self.account or None,
            ref=ref,
            occurred_at=occurred_at,
            state=state,
            data=data,
            raw=self.raw,
        )

    def contact(self, row: Json) -> Json:
        """Who a message is of, as the push tells it beside the messages."""
        people = rows(self.value.get("contacts"))
        known = {word(row[name]) for name in _WHO if name in row} - {""}
        for person in people:
            if word(person.get("wa_id")) in known or word(person.get("user_id")) in known:
                return person
        return people[0] if len(people) == 1 and not known else {}


_WHO = ("from", "from_user_id", "recipient_id", "recipient_user_id")


def events_of(body: Json) -> tuple[Event, ...]:
    """Every event of a push; ``TypeError`` where it is no push of WhatsApp's at all."""
    if word(body.get("object")) == "" or not isinstance(body.get("entry"), list):
        raise TypeError
    found: list[Event] = []
    for entry in rows(body["entry"]):
        for change in rows(entry.get("changes")):
            name, value = word(change.get("field")), table(change.get("value"))
            phone = word(table(value.get("metadata")).get("phone_number_id"))
            found += _of(Change(word(entry.get("id")), name, value, entry.get("time"), body, phone))
    return tuple(found)


def _of(change: Change) -> Sequence[Event]:
    found = list(_READERS.get(change.field, _other)(change))
    # What could not be told apart is handed out as it came.
    return found or [_unknown(change)]


def _unknown(change: Change) -> Event:
    key = f"{change.field}:{change.account}:{digest([change.value, change.time])}"
    return change.event("unknown", key, dict(change.value), occurred_at=moment(change.time))


def _messages(change: Change) -> Iterator[Event]:
    for row in rows(change.value.get("messages")):
        number = word(row.get("id"))
        if number and row.get("type") == "order":
            yield _order(change, row, number)
        if number:
            yield _message(change, row, number)
    for row in rows(change.value.get("statuses")):
        yield _status(change, row)


def _order(change: Change, row: Json, number: str) -> Event:
    kept = order_row(row, change.contact(row), change.phone)
    return change.event(
        "order.created",
        f"order:{number}",
        {"order": kept},
        ref=EventRef.build(kind="order", id=number),
        native_type="messages.order",
        occurred_at=moment(row.get("timestamp")),
        state=order_of(kept, {}),
    )


def _message(change: Change, row: Json, number: str) -> Event:
    return _MESSAGE(
        (change, row),
        key=f"message:{number}",
        type="message.received",
        native_type=f"messages.{word(row.get('type')) or 'none'}",
        account=change.phone or change.account or None,
        raw=change.raw,
    )


def _read(said: tuple[Change, Json]) -> tuple[EventRef, datetime | None, Message, dict[str, Any]]:
    change, row = said
    contact = change.contact(row)
    message = message_of(row, contact, change.phone)
    return _ref(message), message.sent_at, message, {"contact": dict(contact), "message": dict(row)}


_MESSAGE: Final[Blueprint[Event, tuple[Change, Json]]] = Blueprint(
    Event, "whatsapp", {("ref", "occurred_at", "state", "data"): _read}
)
"""What was said is read when somebody looks: a push is answered before, and often comes again."""


def _ref(message: Message) -> EventRef:
    return EventRef.build(kind="message", id=message.id, parent_id=message.conversation.native_id or None)


def _echoes(change: Change) -> Iterator[Event]:
    """Messages that people of the business wrote in the app of the phone."""
    for row in rows(change.value.get("message_echoes")):
        number = word(row.get("id"))
        if not number:
            continue
        ref = ref_of(change.phone, wa_id=word(row.get("to")), user_id=word(row.get("to_user_id")))
        said = message_of(row, {}, change.phone)
        message = said.model_copy(
            update={"conversation": ref, "author": "person", "sender": None, "echo": True, "delivery": "sent"}
        )
        yield change.event(
            "message.sent",
            f"message:{number}",
            dict(row),
            ref=_ref(message),
            occurred_at=message.sent_at,
            state=message,
        )


def _status(change: Change, row: Json) -> Event:
    if row.get("type") == "payment":
        return _payment(change, row)
    number, status = word(row.get("id")), word(row.get("status"))
    return change.event(
        codes.STATUSES.get(status, "unknown"),
        f"status:{number}:{status}" if number else f"status:{digest(row)}",
        dict(row) | {"delivery": message_codes.DELIVERY.get(status, "other")},
        ref=EventRef.build(kind="message", id=number, parent_id=_receiver(row)) if number else None,
        native_type=f"statuses.{status or 'none'}",
        occurred_at=moment(row.get("timestamp")),
    )


def _receiver(row: Json) -> str | None:
    return word(row.get("recipient_user_id")) or word(row.get("recipient_id")) or None


def _payment(change: Change, row: Json) -> Event:
    payment = table(row.get("payment"))
    reference, status = word(payment.get("reference_id")), word(row.get("status"))
    transaction = "" if status == "captured" else word(table(payment.get("transaction")).get("id"))
    return change.event(
        "order.paid" if order_codes.PAYMENTS.get(status) == "paid" else "unknown",
        f"payment:{reference}:{status}" + (f":{transaction}" if transaction else ""),
        {"payment": _paid(row, payment, status)},
        ref=EventRef.build(kind="order", id=reference) if reference else None,
        native_type=f"statuses.payment.{status or 'none'}",
        occurred_at=moment(row.get("timestamp")),
    )


def _paid(row: Json, payment: Json, status: str) -> dict[str, Any]:
    """A payment as the client's book keeps it; amounts have an offset of their own."""
    told = table(payment.get("amount"))
    value = decimal_of(told.get("value") if told else payment.get("amount"))
    offset = decimal_of(told.get("offset")) or order_codes.OFFSET
    sent = moment(row.get("timestamp"))
    return {
        "reference": word(payment.get("reference_id")),
        "status": status,
        "amount": str(value / offset) if value is not None else "0",
        "currency": word(payment.get("currency")) or None,
        "method": word(table(payment.get("transaction")).get("type")) or None,
        "transaction": word(table(payment.get("transaction")).get("status")) or None,
        "at": sent.timestamp() if sent else 0.0,
    }


def _calls(change: Change) -> Iterator[Event]:
    """A call that a person began opens the window, as a message does."""
    for row in rows(change.value.get("calls")):
        number = word(row.get("id"))
        if not number or row.get("direction") != "USER_INITIATED" or row.get("event") != "connect":
            continue
        said = message_of({**row, "type": "call"}, change.contact(row), change.phone)
        message = said.model_copy(update={"contents": (Unsupported.build(kind="call", raw=dict(row)),)})
        yield change.event(
            "message.window_opened",
            f"call:{number}",
            dict(row),
            ref=_ref(message),
            occurred_at=message.sent_at,
            state=message,
        )


def _preferences(change: Change) -> Iterator[Event]:
    kinds: dict[str, EventType] = {"stop": "message.unsubscribed", "resume": "message.subscribed"}
    for row in rows(change.value.get("user_preferences")):
        who = word(row.get("user_id")) or word(row.get("wa_id"))
        wish = word(row.get("value"))
        yield change.event(
            kinds.get(wish, "unknown"),
            f"preference:{change.phone}:{who}:{wish}:{word(row.get('timestamp'))}",
            dict(row),
            ref=EventRef.build(kind="conversation", id=who) if who else None,
            occurred_at=moment(row.get("timestamp")),
        )


def _user_ids(change: Change) -> Iterator[Event]:
    for row in rows(change.value.get("user_id_update")):
        ids = table(row.get("user_id"))
        now = word(ids.get("current"))
        yield change.event(
            "unknown",
            f"user_id:{change.phone}:{word(ids.get('previous'))}:{now}",
            dict(row),
            ref=EventRef.build(kind="conversation", id=now) if now else None,
            occurred_at=moment(row.get("timestamp")),
        )


def _other(change: Change) -> Sequence[Event]:
    kinds = codes.FIELDS.get(change.field, ("unknown",))
    kind = kinds[0]
    if change.field == "account_update" and word(change.value.get("event")) in codes.LOST:
        kind = "authorization.revoked"
    if kind == "unknown":
        return ()
    key = f"{change.field}:{change.account}:{digest([change.value, change.time])}"
    at = moment(change.time)
    return (change.event(kind, key, dict(change.value), ref=_about(change), occurred_at=at),)


def _about(change: Change) -> EventRef | None:
    """The template or the account that a change is about."""
    template = word(change.value.get("message_template_id"))
    if template:
        return EventRef.build(kind="template", id=template)
    return EventRef.build(kind="account", id=change.account) if change.account else None


_READERS: Final[Mapping[str, Callable[[Change], Iterable[Event]]]] = {
    "messages": _messages,
    "smb_message_echoes": _echoes,
    "calls": _calls,
    "user_preferences": _preferences,
    "user_id_update": _user_ids,
}
"""By the field of a change; ``_other`` reads the rest."""
