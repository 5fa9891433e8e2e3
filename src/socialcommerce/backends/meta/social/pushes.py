"""Pushes of Facebook and Instagram read as events. Whatever a signed push holds, it becomes events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from socialcommerce.backends.meta.social.codes import webhooks as codes
from socialcommerce.backends.meta.social.messaging.chat import (
    comment_ref,
    person,
    postback_of,
    pushed,
    reaction_of,
    ref_of,
    text_of,
)
from socialcommerce.backends.meta.words import digest, moment, rows, table, word
from socialcommerce.backends.shared import Json
from socialcommerce.errors import WebhookError
from socialcommerce.models.content import Content, Unsupported
from socialcommerce.models.event import Event, EventRef, EventType
from socialcommerce.models.message import ConversationRef, Message, ReplyHandle
from socialcommerce.runtime.text import read_json

__all__ = ["events_of"]

_LONGEST = 200
"""Characters of an id that a key keeps as it is."""


def events_of(body: bytes, own_app: str = "") -> tuple[Event, ...]:
    """Every event of a push, in the order in which it holds them.

    Args:
        body: the raw JSON.
        own_app: the id of our app, which tells our echoes from those of others.

    Raises:
        WebhookError: it is no push of Meta's.
    """
    try:
        push = read_json(body)
    except (ValueError, RecursionError):
        push = None
    if not isinstance(push, dict) or not word(push.get("object")) or not isinstance(push.get("entry"), list):
        raise WebhookError("the body is not a push of Meta's", reason="malformed")
    family = word(push["object"])
    return tuple(event for entry in push["entry"] for event in _entry(family, entry, own_app).events())


def _entry(family: str, raw: Any, own_app: str) -> _Entry:
    told = table(raw)
    return _Entry(family, told, word(told.get("id")) or word(told.get("uid")), raw, own_app)


@frozen
class _Entry:
    """What happened to one page, account or user."""

    family: str
    told: Json
    account: str
    raw: Any
    own_app: str

    def events(self) -> Iterator[Event]:
        """The events of all its items; an entry without any is an event of its own."""
        found = False
        for name in ("messaging", "standby"):
            for item in rows(self.told.get(name)):
                found = True
                yield from self._talk(item, name)
        for change in rows(self.told.get("changes")):
            found = True
            yield from self._change(change)
        if not found:
            yield self.event("unknown", self.family, digest(self.raw))

    def event(
        self,
        kind: EventType,
        native: str,
        key: str,
        *,
        part: str = "",
        ref: EventRef | None = None,
        at: datetime | None = None,
        state: Any = None,
        data: Json | None = None,
    ) -> Event:
        """One event of this entry."""
        return Event.build(
            key=f"{self.family}:{part or native}:{key}",
            type=kind,
            native_type=native,
            platform="meta",
            account=self.account or None,
            ref=ref,
            occurred_at=at or moment(self.told.get("time")),
            state=state,
            data=dict(data if data is not None else self.told),
            raw=self.raw,
        )

    # what people write and press

    def _talk(self, item: Json, where: str) -> Iterator[Event]:
        name = next((name for name in codes.ITEMS if isinstance(item.get(name), dict)), "")
        field = where if where == "standby" else codes.ITEMS.get(name, "messaging")
        told = table(item.get(name))
        yield _Talk(self, item, told, name, field, self._peer(item, told)).event()

    def _peer(self, item: Json, told: Json) -> str:
        """The person: the one of both sides who is not ours."""
        sender, recipient = (word(table(item.get(side)).get("id")) for side in ("sender", "recipient"))
        ours = told.get("is_echo") is True or sender == self.account
        return recipient if ours else sender

    def _change(self, change: Json) -> Iterator[Event]:
        field, value = word(change.get("field")), table(change.get("value"))
        if value.get("sender") and value.get("recipient"):
            # Instagram may tell of messages as changes of the field; the item inside is the same.
            yield from self._talk(value, "messaging")
            return
        yield (_CHANGES.get(self.family) or _other)(self, field, value, change)


@frozen
class _Talk:
    """One item of ``messaging``: who, with whom, and what became of it."""

    entry: _Entry
    item: Json
    told: Json
    name: str
    field: str
    peer: str

    @property
    def surface(self) -> str:
        return "instagram" if self.entry.family == "instagram" else "messenger"

    @property
    def ref(self) -> ConversationRef:
        return ref_of(self.surface, self.entry.account, self.peer)

    @property
    def at(self) -> datetime | None:
        return moment(self.item.get("timestamp"))

    @property
    def native(self) -> str:
        """The field that is subscribed to for it: pages have one of their own for echoes."""
        echo = self.told.get("is_echo") is True and self.entry.family == "page"
        return "message_echoes" if echo and self.field == "messages" else self.field

    def event(self) -> Event:
        """The event that the item is."""
        kind, state, key = (_TALKS.get(self.name) or _unnamed)(self)
        about = self._about(state)
        # The same message may come once as ours to answer and once on standby: one key for both.
        part = self.name or "item"
        return self.entry.event(
            kind, self.native, key, part=part, ref=about, at=self.at, state=state, data=self.item
        )

    def _about(self, state: Message | None) -> EventRef | None:
        """The message that an item is or is about; else the conversation."""
        number = state.id if state is not None and self.name in ("message", "postback") else ""
        number = number or word(self.told.get("mid"))
        if number:
            return EventRef.build(kind="message", id=number, parent_id=self.peer or None)
        return EventRef.build(kind="conversation", id=self.peer) if self.peer else None

    def once(self, *parts: Any) -> str:
        """A key of the account, the person and what sets this apart; of everything, where nothing does."""
        words = [word(part) for part in parts]
        if not all(words) or sum(map(len, words)) > _LONGEST:
            return digest([self.entry.account, self.item])
        return ":".join((self.entry.account, self.peer, *words))

    def message(self, contents: Sequence[Content], number: str) -> Message:
        """An item that says something without being a message, as the message it amounts to."""
        return Message.build(
            id=number,
            platform="meta",
            native_ids={"mid": word(self.told.get("mid"))} if self.told.get("mid") else {},
            conversation=self.ref,
            author="buyer",
            sender=person(self.surface, self.entry.account, self.peer),
            contents=tuple(contents),
            sent_at=self.at,
            raw=self.item,
        )


Told = tuple[EventType, Message | None, str]
"""The type of an event, the message it carries, and what makes it the same when it comes again."""


def _message(talk: _Talk) -> Told:
    mid = word(talk.told.get("mid"))
    key = mid if 0 < len(mid) <= _LONGEST else digest([talk.entry.account, talk.item])
    state = pushed(talk.item, talk.told, talk.ref, own_app=talk.entry.own_app)
    if talk.told.get("is_deleted") is True:
        return "message.deleted", state, f"deleted:{key}"
    return ("message.sent" if state.echo else "message.received"), state, key


def _edited(talk: _Talk) -> Told:
    key = talk.once(talk.told.get("mid"), talk.told.get("num_edit"))
    return "message.updated", talk.message(text_of(talk.told.get("text")), word(talk.told.get("mid"))), key


def _postback(talk: _Talk) -> Told:
    mid = word(talk.told.get("mid"))
    key = talk.once(mid) if mid else talk.once(talk.item.get("timestamp"), talk.told.get("payload"))
    return "message.received", talk.message(postback_of(talk.told), mid or key), key


def _reaction(talk: _Talk) -> Told:
    key = talk.once(talk.told.get("mid"), talk.told.get("action"), talk.item.get("timestamp"))
    return "message.received", talk.message(reaction_of(talk.told), key), key


def _read(talk: _Talk) -> Told:
    return "message.read", None, talk.once(talk.told.get("mid") or talk.told.get("watermark"))


def _delivered(talk: _Talk) -> Told:
    return "message.delivered", None, talk.once(talk.told.get("watermark"))


def _referral(talk: _Talk) -> Told:
    key = talk.once(talk.item.get("timestamp"))
    content = Unsupported.build(kind="referral", raw=talk.told)
    return "message.window_opened", talk.message((content,), key), key


def _optin(talk: _Talk) -> Told:
    stopped = talk.told.get("notification_messages_status") == "STOP_NOTIFICATIONS"
    key = talk.once(talk.item.get("timestamp"), talk.told.get("type") or "optin")
    content = Unsupported.build(kind="optin", raw=talk.told)
    return ("message.unsubscribed" if stopped else "message.subscribed"), _invited(talk, content, key), key


def _invited(talk: _Talk, content: Content, key: str) -> Message:
    """An opt-in, whose ref carries the right to write that it gave."""
    message = talk.message((content,), key)
    for field, kind in (
        ("user_ref", "user_ref"),
        ("notification_messages_token", "notification_messages_token"),
    ):
        value = word(talk.told.get(field) or talk.item.get(field))
        if value:
            until = moment(talk.told.get("token_expiry_timestamp"))
            handle = ReplyHandle.build(
                value=f"{kind}:{value}", expires_at=until, single_use=kind == "user_ref", free=False
            )
            ref = message.conversation.model_copy(update={"reply_handle": handle})
            return message.model_copy(update={"conversation": ref})
    return message


def _optout(talk: _Talk) -> Told:
    return "message.unsubscribed", None, talk.once(talk.item.get("timestamp"), "optout")


def _handover(talk: _Talk) -> Told:
    return "message.handover", None, talk.once(talk.name, talk.item.get("timestamp"))


def _unnamed(talk: _Talk) -> Told:
    return "unknown", None, digest([talk.entry.account, talk.item])


_TALKS: Final[dict[str, Callable[[_Talk], Told]]] = {
    "message": _message,
    "message_edit": _edited,
    "postback": _postback,
    "reaction": _reaction,
    "read": _read,
    "delivery": _delivered,
    "referral": _referral,
    "optin": _optin,
    "optout": _optout,
    **dict.fromkeys(codes.HANDOVERS, _handover),
}

# what happens to pages, accounts and permissions


def _comment(entry: _Entry, field: str, value: Json, number: str, surface: str) -> Event:
    """A comment: no message, and yet its state says how to answer it privately."""
    at = moment(value.get("created_time")) or moment(entry.told.get("time"))
    author = word(table(value.get("from")).get("id"))
    verb = word(value.get("verb")) or "add"
    post = word(value.get("post_id")) or word(table(value.get("media")).get("id"))
    state = Message.build(
        id=number,
        platform="meta",
        native_ids={"comment_id": number} | ({"post_id": post} if post else {}),
        conversation=comment_ref(
            surface, entry.account, "" if author == entry.account else author, number, at
        ),
        author="person" if author == entry.account else "buyer",
        sender=person(surface, entry.account, author),
        echo=author == entry.account,
        contents=text_of(value.get("message")) or text_of(value.get("text")),
        sent_at=at,
        reply_to=word(value.get("parent_id")) or None,
        raw=value,
    )
    # The first time is told once; later edits of one comment differ by their time alone.
    key = f"{number}:{verb}" if verb == "add" else f"{number}:{verb}:{word(entry.told.get('time'))}"
    about = EventRef.build(kind="comment", id=number, parent_id=post or None)
    key = key if len(key) <= _LONGEST else digest([entry.account, value])
    return entry.event("unknown", field, key, ref=about, at=at, state=state, data=value)


def _page(entry: _Entry, field: str, value: Json, change: Json) -> Event:
    comment = word(value.get("comment_id"))
    if field == "feed" and value.get("item") == "comment" and comment:
        return _comment(entry, field, value, comment, "messenger")
    if field == "leadgen" and word(value.get("leadgen_id")):
        lead = word(value["leadgen_id"])
        about = EventRef.build(kind="lead", id=lead, parent_id=word(value.get("form_id")) or None)
        at = moment(value.get("created_time"))
        return entry.event("ad.updated", field, digest(lead), ref=about, at=at, data=value)
    if field == codes.TEMPLATE_STATUS:
        template = word(value.get("message_template_id"))
        about_template = EventRef.build(kind="template", id=template) if template else None
        key = _changed(entry, change)
        return entry.event("message.template_updated", field, key, ref=about_template, data=value)
    return _other(entry, field, value, change)


def _instagram(entry: _Entry, field: str, value: Json, change: Json) -> Event:
    comment = word(value.get("id"))
    if field in codes.COMMENT_FIELDS and comment:
        return _comment(entry, field, value, comment, "instagram")
    return _other(entry, field, value, change)


def _ad_account(entry: _Entry, field: str, value: Json, change: Json) -> Event:
    number, level = word(value.get("id")), word(value.get("level")).lower()
    about = EventRef.build(kind=_LEVELS.get(level, "ad_object"), id=number) if number else None
    kind = codes.AD_FIELDS.get(field, "ad.updated")
    return entry.event(kind, field, _changed(entry, change), ref=about, data=value)


_LEVELS: Final = {"campaign": "campaign", "ad_set": "ad_group", "adset": "ad_group", "ad": "ad"}


def _permissions(entry: _Entry, field: str, value: Json, change: Json) -> Event:
    """What a person granted or took back; only the latter is told as more than it is."""
    kind: EventType = "authorization.revoked" if value.get("verb") == "revoked" else "unknown"
    about = EventRef.build(kind="user", id=entry.account) if entry.account else None
    return entry.event(kind, "permissions", _changed(entry, change), ref=about, data=dict(change))


def _other(entry: _Entry, field: str, value: Json, change: Json) -> Event:
    return entry.event("unknown", field or entry.family, _changed(entry, change), data=value or dict(change))


def _changed(entry: _Entry, change: Json) -> str:
    return digest([entry.account, entry.told.get("time"), change])


_CHANGES: Final[dict[str, Callable[[_Entry, str, Json, Json], Event]]] = {
    "page": _page,
    "instagram": _instagram,
    "ad_account": _ad_account,
    "permissions": _permissions,
}
