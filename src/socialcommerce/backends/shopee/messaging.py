"""Chat with buyers: module ``sellerchat``, which only some categories of apps may call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from socialcommerce.backends.shared import fetch_file
from socialcommerce.backends.shopee.chat import (
    WRITERS,
    Json,
    Payload,
    instant,
    is_ours,
    message_of,
    ref_of,
    same,
    word,
)
from socialcommerce.backends.shopee.codes import messaging as codes
from socialcommerce.backends.shopee.noun import ShopeeNoun
from socialcommerce.errors import (
    NotFound,
    PermissionDenied,
)
from socialcommerce.models.content import Content, Image
from socialcommerce.models.identity import Identity, Profile
from socialcommerce.models.media import Document, Media
from socialcommerce.models.message import Conversation, ConversationRef, Message, SendPolicy, SendReceipt
from socialcommerce.models.order import Order
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.messaging import Messaging, To
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.resources.orders import Orders
from socialcommerce.resources.sending import Contents, SendOptions, capability_of, settled
from socialcommerce.runtime.call import Found, Undecided, Upload
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["ShopeeMessaging"]

_CHAT = "/api/v2/sellerchat/"
_KNOWN = "2+ sources; the module's pages are shown to permitted apps only"
_AN_HOUR = 3600.0
_SEARCHED_PAGES = 4
"""How far a read-back looks for the conversation of a first message."""


class ShopeeMessaging(ShopeeNoun, Messaging):
    """``client.messaging`` on Shopee."""

    service: ClassVar[str] = "chat"

    @property
    def shop(self) -> str:
        """The id of the shop that speaks."""
        subject = self.subject or self.backend.default_subject()
        return subject.id if subject else ""

    def ask(self, method: str, path: str, **fields: Any) -> Flow[Any]:
        """Ask as every noun does, and remember when Shopee shuts the module to this app."""
        try:
            return (yield from super().ask(method, path, **fields))
        except PermissionDenied as error:
            if path.startswith(_CHAT) and error.kind == "app_category":
                self.session.memo[(self.subject, "chat refused")] = self.session.clock() + _AN_HOUR
            raise

    @supports(
        "native",
        params=native("unread", "unread_only", "updated_after") | emulated("user"),
        requires=("chat",),
        cost="1 call for 25",
        confidence=_KNOWN,
    )
    def conversations(
        self,
        *,
        unread: bool = False,
        updated_after: datetime | None = None,
        user: Identity | str | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Conversation]]:
        """GET sellerchat/get_conversation_list, newest first."""
        query = {
            "direction": "older",  # without a time it begins with the newest, whatever the word says
            "type": "unread" if unread else "all",
            "page_size": codes.PAGE,
            "next_timestamp_nano": read_position(cursor).get("before"),
        }
        answer = yield from self.ask("GET", _CHAT + "get_conversation_list", query=query)
        rows = [self._conversation(row) for row in answer.get("conversations") or ()]
        kept = [row for row in rows if updated_after is None or not _before(row.updated_at, updated_after)]
        following = _older(answer.get("page_result") or {}) if len(kept) == len(rows) else None
        wanted = _user_id(settled(user))
        return Page([row for row in kept if wanted in (None, row.native_ids["to_id"])], following)

    def _conversation(self, row: Json) -> Conversation:
        ref = ref_of(
            word(row.get("shop_id")) or self.shop,
            word(row.get("conversation_id")),
            word(row.get("to_id")),
            row.get("business_type"),
        )
        latest = row.get("latest_message_content") or {}
        return Conversation.build(
            id=ref.native_id or "",
            platform="shopee",
            native_ids={
                name: word(row.get(name)) for name in ("conversation_id", "to_id", "latest_message_id")
            },
            ref=ref,
            buyer=ref.peer,
            buyer_name=row.get("to_name") or None,
            unread=row.get("unread_count"),
            last_message=latest.get("text") if isinstance(latest, dict) else None,
            updated_at=instant(row.get("last_message_timestamp")),
            raw=row,
        )

    @supports(
        "native",
        params=emulated("since", "until", "since/until"),
        requires=("chat",),
        cost="1 call for 60",
        confidence=_KNOWN,
    )
    def messages(
        self,
        conversation: To,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Message]]:
        """GET sellerchat/get_message, newest first; the first page is asked without an offset."""
        ref = yield from self._thread(settled(conversation))
        offset = read_position(cursor).get("offset")
        answer = yield from self._history(ref, offset)
        rows = [message_of(row, self.shop, _business(ref)) for row in answer.get("messages") or ()]
        found = [
            row
            for row in rows
            if not _before(row.sent_at, since) and (until is None or _before(row.sent_at, until))
        ]
        following = word((answer.get("page_result") or {}).get("next_offset"))
        past = any(_before(row.sent_at, since) for row in rows)
        ended = not rows or past or following in ("", offset)
        return Page(found, None if ended else position(offset=following))

    def _history(self, ref: ConversationRef, offset: str | None = None) -> Flow[Json]:
        query = {
            "conversation_id": ref.native_id,
            "offset": offset,
            "page_size": codes.MESSAGES_PAGE,
            "business_type": _business(ref) or None,
        }
        answer: Json = yield from self.ask("GET", _CHAT + "get_message", query=query)
        return answer

    @supports(
        "native",
        params=native("allow_paid", *(f"content.{name}" for name in codes.NATIVE_CONTENTS))
        | codes.CONTENT_REFUSALS
        | {
            "purpose": no("no window is known after which Shopee would ask for a purpose"),
            "reply_to": no("a quote is only known in messages that arrive", "name the matter in the text"),
            "silent": no("Shopee offers no silent messages"),
            "idempotency_key": no(
                "Shopee knows no such key; what was sent is found again in the history, or OutcomeUnknown"
            ),
        },
        requires=("chat",),
        when="not for shops in TW",
        cost="1 call a content; 1 more to upload a picture",
        confidence=_KNOWN,
    )
    def send(self, to: To, contents: Contents, **options: Any) -> Flow[SendReceipt]:
        """POST sellerchat/send_message, one content a call."""
        return self.sending(to, contents, SendOptions(**options))

    def payload(self, content: Content) -> Payload:
        """The message type and content that Shopee would be sent."""
        write = WRITERS.get(type(content))
        if write is None:
            self.refuse(f"send:{capability_of(content)}")
        if isinstance(content, Image) and content.media.url is None:
            _picture(content.media)
        return write(content)

    def recipient(self, to: To) -> Flow[ConversationRef]:
        """The user to write to: messages go to a user id, never to a conversation id."""
        if isinstance(to, Identity):
            return ref_of(self.shop, "", _user_id(to) or "")
        ref = self._given(to)
        if ref is None:
            return (yield from self._buyer_of(to))
        return ref if ref.peer else (yield from self._one(ref)).ref

    def _buyer_of(self, order: Any) -> Flow[ConversationRef]:
        known = _loaded_buyer(order)
        if known is None:
            found = yield from self.sibling(Orders).get([identity(order)])
            known = _loaded_buyer(found[0].unwrap())
        if known is None:
            raise invalid(to="Shopee does not tell who bought this order")
        return ref_of(self.shop, "", known.value)

    def price_of(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions, policy: SendPolicy
    ) -> bool | None:
        """Chat messages carry no price."""
        return False

    def deliver(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions
    ) -> Flow[SendReceipt]:
        """Send one content; after a lost answer the history tells whether it went out."""
        kind, content = yield from self._uploaded(contents[0])
        peer = ref.peer.value if ref.peer else ""
        body: dict[str, Any] = {"to_id": int(peer), "message_type": kind, "content": content}
        if _business(ref):
            body |= {"business_type": _business(ref), "conversation_id": ref.native_id}
        find = partial(self._find, ref, kind, content, self.now().replace(microsecond=0))
        answer = yield from self.ask(
            "POST", _CHAT + "send_message", body=body, safety="unsafe", readback=find
        )
        number = word(answer.get("message_id"))
        self.claim("message", number)  # the next message may say the same
        return SendReceipt.build(ids=(number,), via="chat", billable=False, raw=answer)

    def _uploaded(self, content: Content) -> Flow[Payload]:
        kind, body = self.payload(content)
        if isinstance(content, Image) and not body:
            media = yield from self._upload(content.media)
            body = {"image_url": media.url}
        return kind, body

    def _find(
        self, ref: ConversationRef, kind: str, content: Json, since: datetime
    ) -> Flow[Found[Any] | Undecided]:
        """Look for an own message of the same content, made at or after the attempt."""
        known = ref if ref.native_id else (yield from self._search(ref))
        rows = (yield from self._history(known)).get("messages") or () if known else ()
        for row in rows:
            made = instant(row.get("created_timestamp"))
            fresh = made is not None and made >= since and is_ours(row, self.shop)
            matches = word(row.get("message_type")) == kind and same(kind, content, row.get("content"))
            if fresh and matches and self.claim("message", word(row.get("message_id"))):
                return Found(row)
        return Undecided(
            f"the {len(rows)} newest messages do not hold it, but it may still arrive",
            "look at messaging.messages(conversation) before sending it again",
        )

    def _search(self, ref: ConversationRef) -> Flow[ConversationRef | None]:
        """The conversation with a user to whom nothing was known to be written before."""
        cursor: str | None = None
        for _ in range(_SEARCHED_PAGES):
            page = yield from self.conversations(user=ref.peer, cursor=cursor)
            if page.items:
                return page.items[0].ref
            cursor = page.next
            if cursor is None:
                break
        return None

    @supports("emulated", cost="no call; the shop's region is read once a day", confidence=_KNOWN)
    def policy(self, conversation: To) -> Flow[SendPolicy]:
        """No window or count is known; shops in Taiwan, and apps without permission, cannot write."""
        region = yield from self.region()
        reason = codes.SILENT_REGIONS.get(region.code)
        if self.session.memo.get((self.subject, "chat refused"), 0.0) > self.session.clock():
            reason = codes.NO_PERMISSION
        return SendPolicy.build(can_reply=reason is None, reason=reason)

    @supports("native", params=native("up_to"), requires=("chat",), cost="1 to 2 calls", confidence=_KNOWN)
    def mark_read(self, conversation: To, *, up_to: str | Message | None = None) -> Flow[None]:
        """POST sellerchat/read_conversation."""
        ref = yield from self._thread(conversation)
        last = up_to.id if isinstance(up_to, Message) else up_to
        if last is None:
            last = (yield from self._one(ref)).native_ids["latest_message_id"]
        body = {"conversation_id": _number(ref.native_id), "last_read_message_id": last}
        yield from self.ask("POST", _CHAT + "read_conversation", body=body, safety="absolute")

    @supports("native", requires=("chat",), cost="1 call", confidence=_KNOWN)
    def upload_media(self, source: Media) -> Flow[Media]:
        """POST sellerchat/upload_image: jpg, png or gif, at most 2 MB."""
        _picture(source)
        return (yield from self._upload(source))

    def _upload(self, source: Media) -> Flow[Media]:
        file = _picture(source)
        answer = yield from self.ask("POST", _CHAT + "upload_image", files={"file": file}, safety="absolute")
        number = word(answer.get("url_hash")) or word(answer.get("file_server_id"))
        return Media.build(
            kind="image",
            id=number or None,
            url=answer["url"],
            name=file.filename,
            media_type=file.media_type,
        )

    @supports("emulated", cost="1 call", confidence=_KNOWN)
    def download_media(self, media: Media) -> Flow[Document]:
        """GET the address that came with the content, without credentials, from Shopee's file hosts only."""
        return fetch_file(self, media.url or "", codes.FILE_HOSTS, media.name)

    @supports("emulated", requires=("chat",), cost="1 call, or 1 for 25 conversations", confidence=_KNOWN)
    def profile(self, who: Identity | Conversation | ConversationRef | str) -> Flow[Profile]:
        """Name and picture as the conversation shows them; Shopee tells nothing else."""
        if isinstance(who, Identity):
            thread = yield from self._with(who)
        else:
            thread = yield from self._one((yield from self._thread(who)))
        return Profile.build(
            identity=thread.buyer, name=thread.buyer_name, picture_url=thread.raw.get("to_avatar") or None
        )

    def _with(self, who: Identity) -> Flow[Conversation]:
        cursor: str | None = None
        while True:
            page = yield from self.conversations(user=who, cursor=cursor)
            if page.items:
                return page.items[0]
            cursor = page.next
            if cursor is None:
                raise NotFound("there is no conversation with this user", platform="shopee", sent="yes")

    def _one(self, ref: ConversationRef) -> Flow[Conversation]:
        query = {"conversation_id": ref.native_id, "business_type": _business(ref) or None}
        row = yield from self.ask("GET", _CHAT + "get_one_conversation", query=query)
        return self._conversation(row)

    def _thread(self, conversation: To) -> Flow[ConversationRef]:
        """The conversation that was meant; the one of a person or an order is looked up among all."""
        ref = self._given(conversation) or (yield from self.recipient(conversation))
        if ref.native_id or ref.peer is None:
            return ref
        return (yield from self._with(ref.peer)).ref

    def _given(self, to: To) -> ConversationRef | None:
        """The conversation that an argument names by itself; text of digits is a conversation's id."""
        if isinstance(to, str):
            return ref_of(self.shop, to, "") if to.isdigit() else None
        if isinstance(to, Conversation):
            return to.ref
        if isinstance(to, Message):
            return to.conversation
        return to if isinstance(to, ConversationRef) else None


def _picture(media: Media) -> Upload:
    """The file to upload; ``InvalidRequest`` where Shopee would not take it."""
    kind = codes.IMAGE_TYPES.get(media.media_type or "")
    if kind is None:
        raise invalid(media="Shopee chat takes jpg, png and gif pictures")
    try:
        content = media.read()
    except ValueError as error:
        raise invalid(media="must be given as bytes or as a file of this machine") from error
    if len(content) > codes.IMAGE_BYTES:
        raise invalid(media=f"has {len(content)} bytes; at most {codes.IMAGE_BYTES} (2 MB)")
    return Upload(media.name or f"image.{kind}", content, media.media_type or "")


def _loaded_buyer(order: Any) -> Identity | None:
    """The buyer of an order by user id, as far as this very row told it."""
    if not isinstance(order, Order) or not order.loaded("buyer"):
        return None
    return order.buyer.identity("user_id")


def _business(ref: ConversationRef) -> int:
    return codes.AFFILIATE if ref.surface == "affiliate" else 0


def _before(moment: datetime | None, limit: datetime | None) -> bool:
    return moment is not None and limit is not None and moment < limit


def _older(result: Json) -> str | None:
    following = word((result.get("next_cursor") or {}).get("next_message_time_nano"))
    return position(before=following) if result.get("more") and following else None


def _user_id(user: Identity | str | None) -> str | None:
    if isinstance(user, Identity):
        if user.kind != "user_id" or not user.value.isdigit():
            raise invalid(user="Shopee knows people by user id only")
        return user.value
    return user


def _number(value: str | None) -> int:
    if not value or not value.isdigit():
        raise invalid(conversation="is not the id of a Shopee conversation")
    return int(value)
