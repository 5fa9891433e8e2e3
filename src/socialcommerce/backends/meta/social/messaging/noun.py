"""``client.messaging`` on Facebook (Messenger) and Instagram."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from socialcommerce.backends.meta.social.codes import messaging as codes
from socialcommerce.backends.meta.social.messaging import writing
from socialcommerce.backends.meta.social.messaging.chat import listed
from socialcommerce.backends.meta.social.messaging.people import THREAD, Inbox, user_of
from socialcommerce.backends.meta.social.messaging.templates import MetaTemplates
from socialcommerce.backends.meta.words import moment, table, word
from socialcommerce.backends.shared import Json, fetch_file
from socialcommerce.errors import NotFound
from socialcommerce.models.content import Audio, Content, File, Image, ProductCard, Template, Video
from socialcommerce.models.identity import Identity, Profile
from socialcommerce.models.media import Document, Media
from socialcommerce.models.message import (
    Conversation,
    ConversationRef,
    Message,
    ReplyHandle,
    SendPolicy,
    SendReceipt,
)
from socialcommerce.resources import inbox
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.catalog import Catalog
from socialcommerce.resources.messaging import Messaging, Templates, To
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.sending import Contents, SendOptions, as_contents, capability_of, settled
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["MetaMessaging"]

_PAGE_SLOT = ("page", "pages_messaging")
_MESSAGE = "id,created_time,from,to,message,attachments"
_DEEP = 8
"""How many pages of a history are looked through for the person's last message."""
_SILENT = f"no message of this person in the last {codes.FOLLOW_UP.days} days is known"
_TAGS = {f"purpose.{name}": codes.REFUSALS[f"messaging.send:purpose.{name}"] for name in codes.RETIRED_TAGS}


class MetaMessaging(Inbox, Messaging):
    """``client.messaging`` of a page and its Instagram account.

    ``surface`` of a conversation is ``messenger`` or ``instagram``; people are known by ``psid`` or
    ``igsid``. A comment is answered privately through its ref, which carries a reply handle.
    """

    templates: ClassVar[type[Templates]] = MetaTemplates

    @supports(
        "native",
        params=emulated("unread", "unread_only", "updated_after") | native("user"),
        requires=_PAGE_SLOT,
        cost="1 call for 25, and 1 more for Instagram",
    )
    def conversations(
        self,
        *,
        unread: bool = False,
        updated_after: datetime | None = None,
        user: Identity | str | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Conversation]]:
        """GET /{page-id}/conversations, of each surface; every page is sorted newest first."""
        surface, wanted = user_of(settled(user)) if user is not None else (None, None)
        surfaces = (surface,) if surface else self.surfaces()
        place = read_position(cursor) or dict.fromkeys(surfaces)
        found: list[Conversation] = []
        following: dict[str, Any] = {}
        for one in (name for name in codes.SURFACES if name in place):
            query = {"platform": one, "fields": THREAD, "user_id": wanted}
            page = yield from self.edge(
                f"/{self.page}/conversations", query, cursor=place[one], limit=codes.PAGE
            )
            shown = [self.thread(row, one) for row in page.items]
            recent = [thread for thread in shown if _since(thread.updated_at, updated_after)]
            found += (thread for thread in recent if thread.unread or not unread)
            if page.next is not None and len(recent) == len(shown):
                following[one] = page.next
        found.sort(key=_age, reverse=True)
        return Page(found, position(**following) if following else None)

    @supports(
        "native",
        params=emulated("since", "until", "since/until"),
        requires=_PAGE_SLOT,
        cost="1 call for 25; 1 more to find a conversation, once an hour",
    )
    def messages(
        self,
        conversation: To,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Message]]:
        """GET /{conversation-id}/messages, newest first; Instagram shows the 20 newest."""
        ref, thread = yield from self.conversation_of(settled(conversation))
        page = yield from self._history(thread, cursor)
        ours = self.ours() | {ref.own_account or ""}
        shown = [listed(row, ref, ours) for row in page.items]
        recent = [one for one in shown if _since(one.sent_at, since)]
        kept = [one for one in recent if until is None or one.sent_at is None or one.sent_at < until]
        return Page(kept, page.next if len(recent) == len(shown) else None)

    def _history(self, thread: str, cursor: str | None = None) -> Flow[Page[Any]]:
        return self.edge(f"/{thread}/messages", {"fields": _MESSAGE}, cursor=cursor, limit=codes.PAGE)

    @supports(
        "native",
        params=native("purpose", "reply_to", "silent", *(f"content.{name}" for name in codes.NATIVE_CONTENTS))
        | emulated("allow_paid", *(f"content.{name}" for name in codes.EMULATED_CONTENTS))
        | codes.CONTENT_REFUSALS
        | _TAGS
        | {
            "purpose.marketing": codes.REFUSALS["messaging.send:purpose.marketing"],
            "idempotency_key": codes.REFUSALS["messaging.send:idempotency_key"],
        },
        requires=_PAGE_SLOT,
        when="within 24 hours of the person's last message, else by purpose",
        cost="2 calls, 1 more a further content or upload",
        confidence="official; order and coupon cards go as text, quotes and silence are unverified",
    )
    def send(self, to: To, contents: Contents, **options: Any) -> Flow[SendReceipt]:
        """POST /{page-id}/messages, one content a call.

        A caption, and the words around a card, are messages of their own. A comment is answered
        privately, once, by the ref that came with it.
        """
        chosen = SendOptions(**options)
        items = writing.one_by_one(as_contents(contents))
        for item in items:
            self.payload(item)
        ref = yield from self.recipient(to)
        self._check(ref, items, chosen)
        return (yield from self.sending(ref, items, chosen))

    def payload(self, content: Content) -> Any:
        """What a content adds to the body, as Messenger takes it."""
        return self._written(content, "messenger")

    def _written(self, content: Content, surface: str) -> dict[str, Any]:
        write = writing.WRITERS.get(type(content))
        if write is None:
            self.refuse(f"send:{capability_of(content)}")
        return write(content, surface)

    def _check(self, ref: ConversationRef, items: Sequence[Content], options: SendOptions) -> None:
        """The rules of a surface, of comments and of templates, before anything leaves."""
        templates = [isinstance(item, Template) for item in items]
        if options.purpose == "utility" and not all(templates):
            raise invalid(purpose="utility is for approved templates: send a Template(name, language)")
        if ref.surface == "instagram":
            if options.silent:
                self.refuse("send:silent@instagram")
            if any(templates):
                self.refuse("send:content.template@instagram")
        if ref.reply_handle is not None and len(items) > 1:
            raise invalid(contents="a comment is answered privately with one message; send the others later")
        for item in items:
            self._written(item, ref.surface)

    def price_of(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions, policy: SendPolicy
    ) -> bool | None:
        """Answers are free; whether a utility template is billed is not told."""
        return None if any(isinstance(item, Template) for item in contents) else False

    def deliver(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions
    ) -> Flow[SendReceipt]:
        """Send one content; after a lost answer the conversation tells whether it went out."""
        content = yield from self._prepared(contents[0], ref.surface)
        written = self._written(content, ref.surface)
        purpose = "utility" if isinstance(content, Template) else options.purpose
        beside = writing.options_of(purpose, options.reply_to, options.silent) if "message" in written else {}
        body = {"recipient": _recipient(ref), **beside, **written}
        find = partial(self._find, ref, content, self.now().replace(microsecond=0))
        # A reaction set twice is one reaction; a message sent twice is two.
        how: dict[str, Any] = {"safety": "unsafe", "readback": find} if beside else {"safety": "absolute"}
        answer = yield from self.ask("POST", f"/{self.page}/messages", body=body, **how)
        number = word(table(answer).get("message_id"))
        if number:
            self.claim("message", number)
        if ref.reply_handle is not None:
            self.claim("private reply", ref.reply_handle.value)
        return SendReceipt.build(
            ids=(number,) if number else (),
            via="private_reply" if ref.reply_handle else ref.surface,
            billable=None if purpose == "utility" else False,
            raw=answer,
        )

    def _prepared(self, content: Content, surface: str) -> Flow[Content]:
        """The content with its file uploaded and its products known by number."""
        if isinstance(content, Image | Video | Audio | File):
            media = content.media
            if not media.id and not media.url:
                return writing.with_media(content, (yield from self._upload(media, surface)))
        if isinstance(content, ProductCard) and not all(one.id for one in content.products):
            return (yield from self._numbered_products(content))
        return content

    def _numbered_products(self, content: ProductCard) -> Flow[ProductCard]:
        """The card with the catalogue's own number of each product, which a SKU never is."""
        skus = [str(one.sku) for one in content.products if not one.id]
        found = yield from self.sibling(Catalog).find(skus)
        numbers: dict[str | None, str | None] = {}
        for sku, outcome in zip(skus, found, strict=True):
            refs = outcome.unwrap()
            if not refs:
                raise invalid(contents=f"the catalogue has no product with the SKU {sku!r}")
            numbers[sku] = refs[0].product_id
        products = tuple(
            one if one.id else one.model_copy(update={"id": numbers[one.sku]}) for one in content.products
        )
        return content.model_copy(update={"products": products})

    def _find(self, ref: ConversationRef, content: Content, since: datetime) -> Flow[Found[Any] | Undecided]:
        """Look for an own message of the same content, sent at or after the attempt."""
        rows = (yield from self._newest(ref)) if ref.peer else ()
        for row in rows:
            number = word(row.get("id"))
            fresh = _sent_since(row, ref, since)
            if fresh and self._same(row, content) and self.claim("message", number):
                return Found({"message_id": number})
        return Undecided(
            f"the {len(rows)} newest messages do not hold it, but it may still arrive",
            "look at messaging.messages(conversation) before sending it again",
        )

    def _newest(self, ref: ConversationRef) -> Flow[Sequence[Json]]:
        """The newest messages with a person; none where there is no conversation yet."""
        try:
            thread = yield from self.thread_of(ref)
        except NotFound:
            return ()
        return (yield from self._history(thread)).items

    def _same(self, row: Json, content: Content) -> bool:
        ours = self.payload(content).get("message", {}).get("text")
        return bool(word(row.get("message")) == ours) if ours else not word(row.get("message"))

    @supports(
        "emulated",
        requires=_PAGE_SLOT,
        cost="no call where a push of the last 24 hours is remembered, else 1 or 2",
        confidence="2+ sources; HUMAN_AGENT needs the feature of that name, which nothing tells",
    )
    def policy(self, conversation: To) -> Flow[SendPolicy]:
        """From the person's last message: 24 hours to answer, 7 days for a human; a comment, 7 days, once.

        A click on an ad or an m.me link opens the window too, and is known where its push was received.
        """
        ref = yield from self.recipient(conversation)
        if ref.reply_handle is not None:
            return self._by_handle(ref.reply_handle)
        last = yield from self._last_from(ref)
        now = self.now()
        exits = ("utility",) if ref.surface == "messenger" else ()
        if last is None:
            return SendPolicy.build(can_reply=False, exits=exits, reason=_SILENT)
        end = last + codes.WINDOW
        if now < last + codes.FOLLOW_UP:
            exits = ("human_followup", *exits)
        reason = None
        if now >= end:
            reason = f"the 24 hours after the last message of this person ended at {end:%Y-%m-%d %H:%M} UTC"
        return SendPolicy.build(can_reply=reason is None, free_until=end, exits=exits, reason=reason)

    def _by_handle(self, handle: ReplyHandle) -> SendPolicy:
        end, reason = handle.expires_at, None
        if end is not None and self.now() >= end:
            reason = f"the 7 days for a private reply ended at {end:%Y-%m-%d %H:%M} UTC"
        elif handle.single_use and self.claimed("private reply", handle.value):
            reason = "it was answered privately before, and Meta takes one private reply"
        return SendPolicy.build(
            can_reply=reason is None,
            free_until=end,
            remaining=int(reason is None) if handle.single_use else None,
            reason=reason,
        )

    def _last_from(self, ref: ConversationRef) -> Flow[datetime | None]:
        """When the person wrote last, or did what opens the window, as pushes or the history tell."""
        pushed = yield from inbox.heard_at(ref.model_copy(update={"native_id": None}))
        if pushed is not None and self.now() < pushed + codes.WINDOW:
            return pushed
        told = yield from self._last_in_history(ref)
        return max((one for one in (pushed, told) if one is not None), default=None)

    def _last_in_history(self, ref: ConversationRef) -> Flow[datetime | None]:
        try:
            thread = yield from self.thread_of(ref)
        except NotFound:
            return None
        person, oldest = ref.peer.value if ref.peer else "", self.now() - codes.FOLLOW_UP
        cursor: str | None = None
        for _ in range(_DEEP):
            page = yield from self._history(thread, cursor)
            for row in page.items:
                told = moment(row.get("created_time"))
                if word(table(row.get("from")).get("id")) == person:
                    return told
                if told is not None and told < oldest:
                    return None
            cursor = page.next
            if cursor is None:
                break
        return None

    @supports(
        "native",
        params={"up_to": codes.REFUSALS["messaging.mark_read:up_to"]},
        requires=_PAGE_SLOT,
        cost="1 call",
    )
    def mark_read(self, conversation: To, *, up_to: str | Message | None = None) -> Flow[None]:
        """POST /{page-id}/messages with mark_seen."""
        yield from self._act(conversation, "mark_seen")

    @supports("native", requires=_PAGE_SLOT, cost="1 call")
    def typing(self, conversation: To) -> Flow[None]:
        """POST /{page-id}/messages with typing_on; it ends by itself, or with the next message."""
        yield from self._act(conversation, "typing_on")

    def _act(self, conversation: To, action: str) -> Flow[None]:
        ref = yield from self._somebody(conversation)
        body = {"recipient": _person(ref), "sender_action": action}
        yield from self.ask("POST", f"/{self.page}/messages", body=body, safety="absolute")

    def _somebody(self, to: Any) -> Flow[ConversationRef]:
        """Whom it is about, who must be known: a comment alone does not say who wrote it."""
        ref = yield from self.recipient(to)
        if ref.peer is None:
            raise invalid(
                conversation="this ref names a comment and nobody; give the person or a conversation"
            )
        return ref

    @supports(
        "native",
        params=native("to"),
        requires=_PAGE_SLOT,
        cost="1 call",
        confidence="official; the ids of the inbox are known from 1 source",
    )
    def handover(self, conversation: To, *, to: str | None = None) -> Flow[None]:
        """POST /{page-id}/pass_thread_control, /take_…, /request_… or /release_thread_control.

        ``to``: an app's id, ``inbox`` (the people in the page's own inbox), ``self`` takes the
        conversation, ``request`` asks its owner for it, None gives it back.
        """
        ref = yield from self._somebody(conversation)
        verb, more = _control(ref.surface, to)
        body = {"recipient": _person(ref), **more}
        find = partial(self._let_go, ref) if verb == "release" else None
        yield from self.ask(
            "POST", f"/{self.page}/{verb}_thread_control", body=body, safety="absolute", readback=find
        )

    def _let_go(self, ref: ConversationRef) -> Flow[Found[Any] | Absent]:
        """GET /{page-id}/thread_owner: a repeat of a release is refused, since nobody owns it any more."""
        query = {"recipient": _person(ref)["id"]}
        owners = yield from self.edge_all(f"/{self.page}/thread_owner", query)
        apps = [word(table(row.get("thread_owner")).get("app_id")) for row in owners]
        return Absent() if self.backend.app.id in apps else Found({})

    @supports("native", params=native("source"), requires=_PAGE_SLOT, cost="1 call")
    def upload_media(self, source: Media) -> Flow[Media]:
        """POST /{page-id}/message_attachments: from an address or from a file, to be sent often."""
        return self._upload(source, self.surfaces()[0])

    def _upload(self, source: Media, surface: str) -> Flow[Media]:
        """A file for one surface; another one does not know its id."""
        payload: dict[str, Any] = {"is_reusable": True}
        if source.url:
            payload["url"] = source.url
        file = None if source.url else writing.file_of(source, surface)
        answer = yield from self.ask(
            "POST",
            f"/{self.page}/message_attachments",
            body={"message": {"attachment": {"type": source.kind, "payload": payload}}, "platform": surface},
            files={"filedata": file} if file else None,
            safety="absolute",
        )
        return Media.build(
            kind=source.kind,
            id=word(answer["attachment_id"]),
            url=source.url,
            name=source.name,
            media_type=source.media_type,
        )

    @supports("emulated", params=emulated("media"), cost="1 call")
    def download_media(self, media: Media) -> Flow[Document]:
        """GET the address that came with the content, without credentials, from Meta's file hosts only."""
        return fetch_file(self, media.url or "", codes.FILE_HOSTS, media.name)

    @supports("native", params=native("who"), requires=_PAGE_SLOT, cost="1 call", confidence="unverified")
    def profile(self, who: Identity | Conversation | ConversationRef | str) -> Flow[Profile]:
        """GET /{psid} or /{igsid}: of people who wrote; the picture's address expires."""
        ref = yield from self._somebody(who)
        number = _person(ref)["id"]
        row = yield from self.ask("GET", f"/{number}", query={"fields": _PROFILES[ref.surface]})
        names = (word(row.get("first_name")), word(row.get("last_name")))
        locale = word(row.get("locale"))
        language, _, country = locale.partition("_")
        return Profile.build(
            identity=ref.peer,
            name=word(row.get("name")) or " ".join(name for name in names if name) or None,
            picture_url=word(row.get("profile_pic")) or None,
            language=language or None,
            country=country or None,
            follows=row.get("is_user_follow_business"),
        )


_PROFILES = {
    "messenger": "first_name,last_name,profile_pic,locale,timezone",
    "instagram": "name,username,profile_pic,follower_count,is_user_follow_business",
}


def _sent_since(row: Json, ref: ConversationRef, since: datetime) -> bool:
    """Whether a message of the history is ours, and not older than an attempt."""
    sent_at, person = moment(row.get("created_time")), ref.peer.value if ref.peer else ""
    return sent_at is not None and sent_at >= since and word(table(row.get("from")).get("id")) != person


def _since(moment: datetime | None, after: datetime | None) -> bool:
    return after is None or moment is None or moment >= after


def _age(thread: Conversation) -> float:
    return thread.updated_at.timestamp() if thread.updated_at else 0.0


def _recipient(ref: ConversationRef) -> dict[str, str]:
    """Whom the call names: a comment, a plugin's visitor, or a person."""
    if ref.reply_handle is not None:
        kind, _, value = ref.reply_handle.value.partition(":")
        return {kind: value}
    return _person(ref)


def _person(ref: ConversationRef) -> dict[str, str]:
    return {"id": ref.peer.value if ref.peer else ""}


def _control(surface: str, to: str | None) -> tuple[str, dict[str, str]]:
    """The verb and the further fields of a handover."""
    if to is None:
        return "release", {}
    if to in ("self", "request"):
        return ("take" if to == "self" else "request"), {}
    target = codes.INBOX_APPS[surface] if to == "inbox" else to
    if not target.isdecimal():
        raise invalid(to="an app's id, 'inbox', 'self' or 'request'; None gives the conversation back")
    return "pass", {"target_app_id": target}
