"""Customer service chat between buyers and the shop (module ``customer_service``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from socialcommerce.backends.shared import Json, fetch_file
from socialcommerce.backends.tiktok.shop.chat import WRITERS, Payload, message_of, moment, ref_of, same, word
from socialcommerce.backends.tiktok.shop.codes import messaging as codes
from socialcommerce.backends.tiktok.shop.codes.orders import FILE_HOSTS
from socialcommerce.backends.tiktok.shop.engagement import Engagement, EngagementTemplates
from socialcommerce.backends.tiktok.shop.noun import TikTokShopNoun
from socialcommerce.models.content import Content, Image
from socialcommerce.models.identity import Identity, Profile
from socialcommerce.models.media import Document, Media
from socialcommerce.models.message import Conversation, ConversationRef, Message, SendPolicy, SendReceipt
from socialcommerce.models.order import Order
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.messaging import Messaging, Templates, To
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.resources.orders import Orders
from socialcommerce.resources.sending import Contents, SendOptions, capability_of, settled
from socialcommerce.runtime.call import Found, Undecided, Upload
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page, position, read_position
from socialcommerce.runtime.text import write_json

__all__ = ["TikTokShopMessaging"]

_CHAT = "/customer_service/202309"
_SCOPE = ("shop", "scope: customer service")
_KNOWN_FOR = 60.0
"""Seconds for which a listed ``can_send_message`` is taken as it was."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_SEARCHED_PAGES = 25
"""How far a policy looks for a conversation among all: 500 of them."""


class TikTokShopMessaging(Engagement, TikTokShopNoun, Messaging):
    """``client.messaging`` on TikTok Shop."""

    templates: ClassVar[type[Templates]] = EngagementTemplates

    @supports(
        "native",
        params=native("user") | emulated("unread", "unread_only", "updated_after"),
        requires=_SCOPE,
        cost="1 call for 20",
    )
    def conversations(
        self,
        *,
        unread: bool = False,
        updated_after: datetime | None = None,
        user: Identity | str | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Conversation]]:
        """GET /customer_service/202309/conversations; filters are ours. No order is promised.

        With ``user``: the one conversation with that buyer, opened where there was none.
        """
        wanted = settled(user)
        if wanted is not None:
            ref = yield from self._with(_user_id(wanted))
            found = yield from self._one(ref)
            return Page([found] if _meets(found, unread, updated_after) else [])
        rows, following = yield from self._listed(read_position(cursor).get("token"))
        every = [self._conversation(row) for row in rows]
        kept = [each for each in every if _meets(each, unread, updated_after)]
        return Page(kept, position(token=following) if following else None)

    def _listed(self, token: str | None) -> Flow[tuple[Sequence[Json], str | None]]:
        """A page of rows, whose ``can_send_message`` is remembered: no other call tells it."""
        query = {"page_size": codes.PAGE, "page_token": token}
        answer = yield from self.ask("GET", f"{_CHAT}/conversations", query=query)
        rows: Sequence[Json] = answer.get("conversations") or ()
        until = self.session.clock() + _KNOWN_FOR
        for row in rows:
            self.session.memo[self._flag(row["id"])] = (until, bool(row.get("can_send_message")))
        return rows, answer.get("next_page_token") or None

    def _flag(self, conversation_id: Any) -> Any:
        return (self.subject, ("can_send_message", str(conversation_id)))

    def _conversation(self, row: Json) -> Conversation:
        buyer = _buyer(row)
        latest = row.get("latest_message") or {}
        last = message_of(latest, self.account) if latest else None
        number, peer = str(row["id"]), word(buyer.get("user_id"))
        ids = {"conversation_id": number, "user_id": peer, "im_user_id": word(buyer.get("im_user_id"))}
        return Conversation.build(
            id=number,
            platform="tiktok_shop",
            native_ids={name: value for name, value in ids.items() if value},
            ref=ref_of(self.account, number, peer),
            buyer=Identity.build(kind="user_id", value=peer) if peer else None,
            buyer_name=buyer.get("nickname") or None,
            unread=row.get("unread_count"),
            last_message=(last.text or None) if last else None,
            updated_at=last.sent_at if last else moment(row.get("create_time")),
            raw=row,
        )

    @supports(
        "native", params=emulated("since", "until", "since/until"), requires=_SCOPE, cost="1 call for 10"
    )
    def messages(
        self,
        conversation: To,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Message]]:
        """GET /customer_service/202309/conversations/{id}/messages, newest first, without hidden ones.

        It does not mark anything as read.
        """
        ref = yield from self.recipient(settled(conversation))
        answer = yield from self._history(ref, read_position(cursor).get("token"))
        rows = [row for row in answer.get("messages") or () if row.get("is_visible") is not False]
        every = sorted((message_of(row, self.account, ref=ref) for row in rows), key=_index, reverse=True)
        found = [
            each
            for each in every
            if not _before(each.sent_at, since) and (until is None or _before(each.sent_at, until))
        ]
        past = any(_before(each.sent_at, since) for each in every)
        following = answer.get("next_page_token") or None
        return Page(found, None if past or following is None else position(token=following))

    def _history(self, ref: ConversationRef, token: str | None = None) -> Flow[Json]:
        path = f"{_CHAT}/conversations/{ref.native_id}/messages"
        query = {"page_size": codes.MESSAGES_PAGE, "sort_order": "DESC", "page_token": token}
        answer: Json = yield from self.ask("GET", path, query=query)
        return answer

    @supports(
        "native",
        params=native("allow_paid", *(f"content.{name}" for name in codes.NATIVE_CONTENTS))
        | codes.CONTENT_REFUSALS
        | {
            "purpose": no("can_send_message decides; TikTok Shop asks for no purpose"),
            "reply_to": no("the chat has no quoting", "name the matter in the text"),
            "silent": no("the chat offers no silent messages"),
            "idempotency_key": no(
                "no such key is known; what was sent is found again in the history, or OutcomeUnknown"
            ),
        },
        requires=_SCOPE,
        when="while can_send_message: a chat within 30 days, an order within 60 days, or any past return",
        cost="1 call a content, 1 more to upload a picture; 1 and more to look whether it may be sent",
    )
    def send(self, to: To, contents: Contents, **options: Any) -> Flow[SendReceipt]:
        """POST /customer_service/202606/conversations/{id}/messages, one content a call.

        A buyer without a conversation is written to by opening one (POST conversations).
        """
        return self.sending(to, contents, SendOptions(**options))

    def payload(self, content: Content) -> Payload:
        """The type and content that TikTok Shop would be sent."""
        write = WRITERS.get(type(content))
        if write is None:
            self.refuse(f"send:{capability_of(content)}")
        kind, body = write(content)
        if isinstance(content, Image) and not body:
            _picture(content.media)
        return kind, body

    def recipient(self, to: To) -> Flow[ConversationRef]:
        """The conversation to write into; a buyer's is opened, which answers the one that there is."""
        if isinstance(to, str) and to.isdigit():
            return ref_of(self.account, to)
        ref = _given(to)
        if ref is not None and ref.native_id:
            return ref
        peer = ref.peer if ref is not None else to if isinstance(to, Identity) else None
        if peer is None:
            peer = yield from self._buyer_of(to)
        return (yield from self._with(_user_id(peer)))

    def _buyer_of(self, order: Any) -> Flow[Identity]:
        known = _loaded_buyer(order)
        if known is None:
            found = yield from self.sibling(Orders).get([identity(order)])
            known = _loaded_buyer(found[0].unwrap())
        if known is None:
            raise invalid(to="TikTok Shop does not tell who bought this order")
        return known

    def _with(self, user_id: str) -> Flow[ConversationRef]:
        """POST /customer_service/202309/conversations: the one with this buyer, whether new or not."""
        body = {"buyer_user_id": user_id}
        answer = yield from self.ask("POST", f"{_CHAT}/conversations", body=body, safety="absolute")
        return ref_of(self.account, word(answer.get("conversation_id")), user_id)

    def price_of(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions, policy: SendPolicy
    ) -> bool | None:
        """Customer service messages carry no price."""
        return False

    def deliver(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions
    ) -> Flow[SendReceipt]:
        """Send one content; after a lost answer the history tells whether it went out."""
        kind, content = yield from self._uploaded(contents[0])
        find = partial(self._find, ref, kind, content, self.now().replace(microsecond=0))
        answer = yield from self.ask(
            "POST",
            f"/customer_service/202606/conversations/{ref.native_id}/messages",
            body={"type": kind, "content": write_json(content).decode()},
            safety="unsafe",
            readback=find,
        )
        number = word(answer.get("message_id"))
        self.claim("message", number)  # the next message may say the same
        return SendReceipt.build(ids=(number,), via="customer_service", billable=False, raw=answer)

    def _uploaded(self, content: Content) -> Flow[Payload]:
        kind, body = self.payload(content)
        if isinstance(content, Image) and not body:
            media = yield from self._upload(content.media)
            body = {"url": media.url, "width": media.width, "height": media.height}
        return kind, body

    def _find(
        self, ref: ConversationRef, kind: str, content: Json, since: datetime
    ) -> Flow[Found[Any] | Undecided]:
        """Look for an own message of the same content, made at or after the attempt."""
        rows = (yield from self._history(ref)).get("messages") or ()
        for row in rows:
            made, role = moment(row.get("create_time")), (row.get("sender") or {}).get("role")
            fresh = made is not None and made >= since and role != "BUYER"
            matches = row.get("type") == kind and same(content, row.get("content"))
            if fresh and matches and self.claim("message", word(row.get("id"))):
                return Found({"message_id": row["id"]})
        return Undecided(
            f"the {len(rows)} newest messages do not hold it, but it may still arrive",
            "look at messaging.messages(conversation) before sending it again",
        )

    @supports("emulated", requires=_SCOPE, cost="1 call for 20 conversations, up to 25; kept for a minute")
    def policy(self, conversation: To) -> Flow[SendPolicy]:
        """Whether the seller may write: ``can_send_message``, which only the list of conversations tells.

        One that is not among the newest 500 is taken for open, and TikTok Shop has the last word.
        """
        ref = yield from self.recipient(conversation)
        allowed = yield from self._may_send(ref.native_id or "")
        return SendPolicy.build(can_reply=allowed, reason=None if allowed else codes.CLOSED)

    def _may_send(self, conversation_id: str) -> Flow[bool]:
        token: str | None = None
        for _ in range(_SEARCHED_PAGES):
            kept = self.session.memo.get(self._flag(conversation_id))
            if kept is not None and kept[0] > self.session.clock():
                return bool(kept[1])
            _, token = yield from self._listed(token)
            if token is None:
                break
        kept = self.session.memo.get(self._flag(conversation_id))
        return kept is None or kept[0] <= self.session.clock() or bool(kept[1])

    @supports(
        "native",
        params={"up_to": no("a whole conversation is marked as read, not a part of it")},
        requires=_SCOPE,
        cost="1 call",
    )
    def mark_read(self, conversation: To, *, up_to: str | Message | None = None) -> Flow[None]:
        """POST /customer_service/202309/conversations/{id}/messages/read."""
        ref = yield from self.recipient(conversation)
        path = f"{_CHAT}/conversations/{ref.native_id}/messages/read"
        yield from self.ask("POST", path, body={}, safety="absolute")

    @supports("native", requires=_SCOPE, cost="1 call")
    def upload_media(self, source: Media) -> Flow[Media]:
        """POST /customer_service/202309/images/upload: jpg, png, gif or webp, at most 10 MB."""
        return (yield from self._upload(source))

    def _upload(self, source: Media) -> Flow[Media]:
        file = _picture(source)
        answer = yield from self.ask(
            "POST", f"{_CHAT}/images/upload", files={"data": file}, safety="absolute"
        )
        return Media.build(
            kind="image",
            url=answer["url"],
            width=answer.get("width"),
            height=answer.get("height"),
            name=file.filename,
            media_type=file.media_type,
        )

    @supports("emulated", cost="1 call")
    def download_media(self, media: Media) -> Flow[Document]:
        """GET the address that came with the content, without credentials, from TikTok's file hosts only."""
        return fetch_file(self, media.url or "", FILE_HOSTS, media.name)

    @supports("emulated", requires=_SCOPE, cost="1 or 2 calls")
    def profile(self, who: Identity | Conversation | ConversationRef | str) -> Flow[Profile]:
        """GET /customer_service/202601/conversations/{id}: nickname and picture of the buyer in it."""
        thread = yield from self._one((yield from self.recipient(who)))
        buyer = _buyer(thread.raw)
        known = thread.buyer or Identity.build(
            kind="external_id", scope="im", value=word(buyer.get("im_user_id"))
        )
        return Profile.build(identity=known, name=thread.buyer_name, picture_url=buyer.get("avatar") or None)

    def _one(self, ref: ConversationRef) -> Flow[Conversation]:
        answer = yield from self.ask("GET", f"/customer_service/202601/conversations/{ref.native_id}")
        row = answer.get("conversation") or {}
        return self._conversation({**row, "id": row.get("id") or ref.native_id})


def _buyer(row: Json) -> Json:
    people: Sequence[Json] = row.get("participants") or ()
    return next((person for person in people if person.get("role") == "BUYER"), {})


def _index(message: Message) -> tuple[int, int, datetime]:
    """Larger is newer; as text, so that a longer one is larger. Time where there is none."""
    index = message.native_ids["index"]
    number = int(index) if index.isascii() and index.isdigit() else 0
    return (len(index), number, message.sent_at or _NEVER)


def _picture(media: Media) -> Upload:
    """The file to upload; ``InvalidRequest`` where TikTok Shop would not take it."""
    kind = codes.IMAGE_TYPES.get(media.media_type or "")
    if kind is None:
        raise invalid(media="the chat takes jpg, png, gif and webp pictures")
    try:
        content = media.read()
    except ValueError as error:
        raise invalid(media="must be given as bytes or as a file of this machine") from error
    if len(content) > codes.IMAGE_BYTES:
        raise invalid(media=f"has {len(content)} bytes; at most {codes.IMAGE_BYTES} (10 MB)")
    return Upload(media.name or f"image.{kind}", content, media.media_type or "")


def _given(to: Any) -> ConversationRef | None:
    """The conversation that an argument names by itself."""
    if isinstance(to, Conversation):
        return to.ref
    if isinstance(to, Message):
        return to.conversation
    return to if isinstance(to, ConversationRef) else None


def _loaded_buyer(order: Any) -> Identity | None:
    """The buyer of an order by user id, as far as this very row told it."""
    if not isinstance(order, Order) or not order.loaded("buyer"):
        return None
    return order.buyer.identity("user_id")


def _user_id(user: Identity | str) -> str:
    value = user.value if isinstance(user, Identity) else user
    if (isinstance(user, Identity) and user.kind != "user_id") or not value.isdigit():
        raise invalid(user="TikTok Shop knows buyers by their user_id, as orders tell it")
    return value


def _before(at: datetime | None, limit: datetime | None) -> bool:
    return at is not None and limit is not None and at < limit


def _meets(found: Conversation, unread: bool, updated_after: datetime | None) -> bool:
    if unread and not found.unread:
        return False
    return updated_after is None or not _before(found.updated_at, updated_after)
