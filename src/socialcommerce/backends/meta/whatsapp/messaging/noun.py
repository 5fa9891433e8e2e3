"""Messages of a WhatsApp number: whoever wrote is answered within 24 hours, after that by templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from socialcommerce.backends.meta.whatsapp.book import Book, ref_of
from socialcommerce.backends.meta.whatsapp.codes import messaging as codes
from socialcommerce.backends.meta.whatsapp.messaging.broadcast import Broadcasts
from socialcommerce.errors import NotFound, PlatformError
from socialcommerce.models.identity import Identity
from socialcommerce.models.media import Document, Media
from socialcommerce.models.message import Conversation, Message, SendReceipt
from socialcommerce.resources import inbox
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.messaging import To
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.sending import Contents, SendOptions, settled
from socialcommerce.runtime.call import Call
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["WhatsAppMessaging"]

_REQUIRES = ("business", "scope: whatsapp_business_messaging")
_KEPT = "what webhooks.receive brought and this client sent: WhatsApp keeps no history"


class WhatsAppMessaging(Broadcasts):
    """``client.messaging`` on WhatsApp."""

    @supports(
        "emulated",
        params=emulated("updated_after", "user")
        | {"unread": codes.REFUSALS["messaging.conversations:unread"]},
        requires=("inbox",),
        when=_KEPT,
        cost="no call; reads State.inbox",
    )
    def conversations(
        self,
        *,
        unread: bool = False,
        updated_after: datetime | None = None,
        user: Identity | str | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Conversation]]:
        """The conversations of ``State.inbox``."""
        account = ref_of(self.own("phone"))
        page = yield from inbox.conversations(account, updated_after=updated_after, cursor=cursor)
        found = list(page.items)
        if user is not None:
            wanted = yield from self.recipient(settled(user))
            known = {wanted.native_id, wanted.peer.value if wanted.peer else None}
            found = [one for one in found if one.id in known]
        named: list[Conversation] = []
        for one in found:
            name = yield from Book(self.own("phone")).name(one.id)
            named.append(one.model_copy(update={"buyer_name": name}))
        return Page(named, page.next)

    @supports(
        "emulated",
        params=emulated("since", "until"),
        requires=("inbox",),
        when=_KEPT,
        cost="no call; reads State.inbox",
    )
    def messages(
        self,
        conversation: To,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Message]]:
        """The messages of ``State.inbox``, newest first; those under an older id of the person come last."""
        ref = yield from self.recipient(settled(conversation))
        places = yield from self.threads(ref)
        at = read_position(cursor)
        thread = int(at.get("thread", 0))
        page = yield from inbox.messages(places[thread], cursor=at.get("at"))
        following = page.next is not None or thread + 1 < len(places)
        further = {"thread": thread, "at": page.next} if page.next else {"thread": thread + 1, "at": None}
        found: list[Message] = []
        for one in page.items:
            if _between(one.sent_at, since, until):
                found.append((yield from self._as_delivered(one)))
        return Page(found, position(**further) if following else None)

    def _as_delivered(self, message: Message) -> Flow[Message]:
        """A message of ours with how far it got, as the statuses told since."""
        if not message.echo:
            return message
        word = yield from Book(self.speaker(message.conversation)).delivery(message.id)
        if word is None:
            return message
        delivery = codes.DELIVERY.get(word, "other")
        return message.model_copy(update={"delivery": delivery, "native_delivery": word})

    @supports(
        "native",
        params=native("reply_to", "purpose", *(f"content.{name}" for name in codes.NATIVE_CONTENTS))
        | emulated("allow_paid", "idempotency_key", *(f"content.{name}" for name in codes.EMULATED_CONTENTS))
        | codes.CONTENT_REFUSALS
        | {"silent": codes.REFUSALS["messaging.send:silent"]},
        requires=(*_REQUIRES, "inbox"),
        when="anything within 24 hours of a person's message (72 from an ad), after that templates",
        cost="1 call a content; 1 more to upload a file; 1 an hour for a template",
    )
    def send(self, to: To, contents: Contents, **options: Any) -> Flow[SendReceipt]:
        """POST /{phone-number-id}/messages, one content a call; marketing: /marketing_messages.

        ``to`` may be a phone number, a business-scoped user id, or an order's id. ``allow_paid`` is needed
        for templates, and for whatever goes beyond the 1000 free messages of a month that this client
        counted: the true rest cannot be read. ``idempotency_key`` comes back with the status webhooks; it
        tells messages apart and stops no second one. Messages that WhatsApp alone has (Flows, the whole
        catalog, a request for payment) are made by ``messaging.cards``.
        """
        return self.sending(to, contents, SendOptions(**options))

    @supports("native", params=native("up_to"), requires=_REQUIRES, cost="1 call")
    def mark_read(self, conversation: To, *, up_to: str | Message | None = None) -> Flow[None]:
        """POST /{phone-number-id}/messages with ``status=read``: this message and those before it."""
        yield from self._read(conversation, up_to)

    @supports("native", requires=(*_REQUIRES, "inbox"), cost="1 call")
    def typing(self, conversation: To) -> Flow[None]:
        """The same with ``typing_indicator``: shown until the answer, or for 25 s; it marks as read."""
        yield from self._read(conversation, None, typing_indicator={"type": "text"})

    def _read(self, conversation: To, up_to: str | Message | None, **more: Any) -> Flow[None]:
        message = up_to if up_to is not None else conversation
        ref = yield from self.recipient(conversation)
        if isinstance(message, Message):
            number = message.id
        else:
            number = up_to if isinstance(up_to, str) else (yield from self._last(ref)).id
        body = {"messaging_product": "whatsapp", "status": "read", "message_id": number, **more}
        yield from self.ask("POST", f"/{self.speaker(ref)}/messages", body=body, safety="absolute")

    def _last(self, ref: Any) -> Flow[Message]:
        for place in (yield from self.threads(ref)):
            last = yield from inbox.last_from_buyer(place)
            if last is not None:
                return last
        raise NotFound(
            "no message of this person is in this client's inbox; name it: up_to=…",
            platform="whatsapp",
            sent="no",
        )

    @supports("native", params=native("source"), requires=_REQUIRES, cost="1 call")
    def upload_media(self, source: Media) -> Flow[Media]:
        """POST /{phone-number-id}/media: kept for 30 days."""
        return (yield from self.upload(source, codes.MEDIA[source.kind], self.own("phone")))

    @supports("native", params=native("media"), requires=_REQUIRES, cost="2 calls")
    def download_media(self, media: Media) -> Flow[Document]:
        """GET /{media-id}, then the file with the same token: its address is good for 5 minutes."""
        if media.id is None:
            raise invalid(media="is not that of a received message: it has no id")
        query = {"phone_number_id": self.own("phone")}
        told = yield from self.ask("GET", f"/{media.id}", query=query)
        url = str(told["url"])
        parts = urlsplit(url)
        if parts.scheme != "https" or not codes.FILE_HOSTS.fullmatch(parts.hostname or ""):
            raise PlatformError("the file is not on a host of Meta's", platform="whatsapp", sent="yes")
        reply = yield from self.perform(Call("GET", url, service=self.service, raw=True))
        return Document.build(
            name=media.name or media.id,
            media_type=str(told.get("mime_type") or "application/octet-stream"),
            content=reply.value,
        )


def _between(moment: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    if moment is None:
        return since is None and until is None
    return (since is None or moment >= since) and (until is None or moment < until)
