"""Business messages of a TikTok account (the user writes first; 48 hours; ten messages)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from socialcommerce.backends.tiktok.ads.chat import message_of, moment, payload_of, ref_of
from socialcommerce.backends.tiktok.ads.codes import messaging as codes
from socialcommerce.backends.tiktok.ads.noun import TikTokNoun
from socialcommerce.errors import ConfigurationError, NotFound, PlatformError, PolicyViolation
from socialcommerce.models.content import Content, Image
from socialcommerce.models.identity import Identity, Profile
from socialcommerce.models.media import Document, Media
from socialcommerce.models.message import Conversation, ConversationRef, Message, SendPolicy, SendReceipt
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.messaging import Messaging, To
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.sending import Contents, SendOptions, capability_of, settled
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Call, Found, Subject, Undecided, Upload
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["TikTokMessaging"]

_MESSAGE = "/business/message/"
_KNOWN = "2+ sources"
_REQUIRES = ("account",)
_KINDS = ("SINGLE", "STRANGER")
"""Conversations that were answered before, and new ones: two listings, read side by side."""
_FAR = 10


class TikTokMessaging(TikTokNoun, Messaging):
    """``client.messaging`` on TikTok."""

    service: ClassVar[str] = "account"

    def business(self) -> Flow[Subject]:
        """The TikTok account that speaks."""
        if self.subject is not None and self.subject.kind == "page":
            return self.subject
        given = self.backend.identities.get("page")
        if given is not None:
            return given
        service = self.backend.services["account"]
        only = yield from tokens.only_subject(self.session, service, Call("GET", f"{_MESSAGE}content/list/"))
        if only is None:
            raise ConfigurationError("name the TikTok account that writes: business_id=…")
        return only

    @supports(
        "native",
        params=emulated("updated_after", "user")
        | {
            "unread": codes.REFUSALS["messaging.conversations:unread"],
            "unread_only": codes.REFUSALS["messaging.conversations:unread"],
        },
        requires=_REQUIRES,
        cost="2 calls for 200; with a user 1 more a conversation",
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
        """GET /business/message/conversation/list/, of both kinds, merged by their last message."""
        business = yield from self.business()
        place = read_position(cursor) or dict.fromkeys(_KINDS, 0)
        found: list[Conversation] = []
        following: dict[str, Any] = {}
        for kind in (one for one in _KINDS if one in place):
            rows, after = yield from self._page(kind, place[kind])
            shown = [_conversation(row, kind, business.id) for row in rows]
            kept = [one for one in shown if _recent(one, updated_after)]
            found += kept
            if after is not None and len(kept) == len(shown):
                following[kind] = after
        found.sort(key=lambda one: one.updated_at.timestamp() if one.updated_at else 0.0, reverse=True)
        wanted = settled(user)
        if wanted is not None:
            found = yield from self._with(found, _user_id(wanted))
        return Page(found, position(**following) if following else None)

    def _page(self, kind: str, cursor: Any) -> Flow[tuple[Sequence[Mapping[str, Any]], Any]]:
        query = {"conversation_type": kind, "limit": codes.PAGE, "cursor": cursor or None}
        data = yield from self.ask("GET", f"{_MESSAGE}conversation/list/", query=query)
        rows = data.get("conversations") or ()
        return rows, data.get("cursor") if data.get("has_more") and rows else None

    def _with(self, found: Sequence[Conversation], user: str) -> Flow[list[Conversation]]:
        """The conversations with a person; who takes part is told with the messages alone."""
        kept = []
        for one in found:
            _, people = yield from self._content(one.id)
            if any(str(person.get("id")) == user for person in people):
                peer = ref_of(one.ref.own_account or "", one.id, user)
                kept.append(one.model_copy(update={"ref": peer, "buyer": peer.peer}))
        return kept

    def _content(
        self, conversation: str
    ) -> Flow[tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]]:
        """GET /business/message/content/list/: messages and who takes part; not paged."""
        query = {"conversation_id": conversation}
        data = yield from self.ask("GET", f"{_MESSAGE}content/list/", query=query)
        return data.get("messages") or (), data.get("participants") or ()

    @supports(
        "native",
        params=emulated("since", "until", "since/until"),
        requires=_REQUIRES,
        cost="1 call",
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
        """GET /business/message/content/list/, whole, newest first."""
        ref = yield from self.recipient(settled(conversation))
        found = yield from self._history(ref)
        return Page(
            [
                one
                for one in found
                if one.sent_at is None
                or ((since is None or one.sent_at >= since) and (until is None or one.sent_at < until))
            ]
        )

    def _history(self, ref: ConversationRef) -> Flow[list[Message]]:
        business = yield from self.business()
        rows, people = yield from self._content(str(ref.native_id))
        known = {str(one.get("id")) for one in people if one.get("role") == "BUSINESS_ACCOUNT"}
        found = [message_of(_own(row, known, business.id), business.id) for row in rows]
        return sorted(found, key=lambda one: one.sent_at.timestamp() if one.sent_at else 0.0, reverse=True)

    @supports(
        "native",
        params=native("reply_to", "allow_paid", *(f"content.{name}" for name in codes.NATIVE_CONTENTS))
        | codes.CONTENT_REFUSALS
        | {
            "purpose": no("nothing but an answer is sent, and that within 48 hours"),
            "silent": no("TikTok offers no silent messages"),
            "idempotency_key": no(
                "TikTok knows no such key; what was sent is found in the conversation, or OutcomeUnknown"
            ),
        },
        requires=_REQUIRES,
        when="not for accounts of the EEA, Switzerland and the United Kingdom; pictures by region",
        cost="2 calls; 2 more for a picture",
        confidence=_KNOWN,
    )
    def send(self, to: To, contents: Contents, **options: Any) -> Flow[SendReceipt]:
        """POST /business/message/send/, one content a call.

        A shared post is ``Unsupported("share_post", {"item_id": …})``.
        """
        return self.sending(to, contents, SendOptions(**options))

    def payload(self, content: Content) -> Any:
        """The fields of the body that send a content."""
        found = payload_of(content)
        if found is None:
            self.refuse(f"send:{capability_of(content)}")
        if isinstance(content, Image) and content.media.id is None:
            _picture(content.media)
        return found

    def recipient(self, to: To) -> Flow[ConversationRef]:
        """The conversation to write to: messages go to a conversation, never to a person."""
        if isinstance(to, ConversationRef) and to.native_id:
            return to
        if isinstance(to, Conversation):
            return to.ref
        if isinstance(to, Message):
            return to.conversation
        business = yield from self.business()
        if isinstance(to, str):
            return ref_of(business.id, to)
        person = to if isinstance(to, Identity) else getattr(to, "peer", None)
        if not isinstance(person, Identity):
            raise invalid(to="TikTok's messages know conversations and the people in them, no orders")
        return (yield from self._thread_with(person))

    def _thread_with(self, person: Identity) -> Flow[ConversationRef]:
        cursor: str | None = None
        for _ in range(_FAR):
            page = yield from self.conversations(user=person, cursor=cursor)
            if page.items:
                return page.items[0].ref
            cursor = page.next
            if cursor is None:
                break
        raise NotFound("this person has not written to the account", platform="tiktok_ads", sent="yes")

    def price_of(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions, policy: SendPolicy
    ) -> bool | None:
        """Business messages carry no price."""
        return False

    def deliver(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions
    ) -> Flow[SendReceipt]:
        """Send one content; after a lost answer the conversation tells whether it went out."""
        fields = self.payload(contents[0])
        if isinstance(contents[0], Image):
            fields = yield from self._image(ref, contents[0])
        body = {"recipient_type": "CONVERSATION", "recipient": ref.native_id, **fields}
        if options.reply_to is not None:
            body["referenced_message_info"] = {"referenced_message_id": options.reply_to}
        find = partial(self._find, ref, contents[0], self.now().replace(microsecond=0))
        data = yield from self.ask("POST", f"{_MESSAGE}send/", body=body, safety="unsafe", readback=find)
        number = str(data["message"]["message_id"])
        self.claim("message", number)
        return SendReceipt.build(ids=(number,), via="business_message", billable=False, raw=data)

    def _image(self, ref: ConversationRef, content: Image) -> Flow[dict[str, Any]]:
        """A picture, uploaded first; refused where TikTok says that this conversation takes none."""
        if not (yield from self._takes_images(ref)):
            raise PolicyViolation(
                "this conversation takes no pictures: TikTok limits them by region",
                reason="region",
                platform="tiktok_ads",
                sent="no",
            )
        media = content.media if content.media.id else (yield from self._upload(content.media))
        return {"message_type": "IMAGE", "image": {"media_id": media.id}}

    def _takes_images(self, ref: ConversationRef) -> Flow[bool]:
        """GET /business/message/capabilities/get/."""
        query = {
            "capability_types": ["IMAGE_SEND"],
            "conversation_id": ref.native_id,
            "conversation_type": "SINGLE",
        }
        data = yield from self.ask("GET", f"{_MESSAGE}capabilities/get/", query=query)
        rows = data.get("capability_infos") or ()
        return all(row.get("capability_result") is not False for row in rows)

    def _find(self, ref: ConversationRef, content: Content, since: datetime) -> Flow[Found[Any] | Undecided]:
        """Look for an own message of the same content, sent at or after the attempt."""
        history = yield from self._history(ref)
        for one in history:
            fresh = one.sent_at is not None and one.sent_at >= since
            same = one.contents and one.contents[0].type == content.type
            says = getattr(content, "text", None) in (None, one.text)
            if fresh and one.echo and same and says and self.claim("message", one.id):
                return Found({"message": {"message_id": one.id}})
        return Undecided(
            f"the {len(history)} messages do not hold it, but it may still arrive",
            "look at messaging.messages(conversation) before sending it again",
        )

    @supports("emulated", requires=_REQUIRES, cost="1 call", confidence=_KNOWN)
    def policy(self, conversation: To) -> Flow[SendPolicy]:
        """From the messages: 48 hours after the user's last one, ten of ours since then."""
        ref = yield from self.recipient(conversation)
        history = yield from self._history(ref)
        last = next((one for one in history if not one.echo and one.sent_at is not None), None)
        if last is None or last.sent_at is None:
            return SendPolicy.build(can_reply=False, reason="this person has not written first")
        end = last.sent_at + codes.WINDOW
        ours = sum(1 for one in history if one.echo and one.sent_at and one.sent_at >= last.sent_at)
        left = max(0, codes.MOST_MESSAGES - ours)
        reason = None
        if self.now() >= end:
            reason = f"the 48 hours after the last message of this person ended at {end:%Y-%m-%d %H:%M} UTC"
        elif left == 0:
            reason = "ten messages went out since this person wrote; TikTok takes no more until they answer"
        return SendPolicy.build(can_reply=reason is None, free_until=end, remaining=left, reason=reason)

    @supports(
        "native",
        params={"up_to": no("TikTok marks a conversation as read, not a message")},
        requires=_REQUIRES,
        cost="1 call",
        confidence=_KNOWN,
    )
    def mark_read(self, conversation: To, *, up_to: str | Message | None = None) -> Flow[None]:
        """POST /business/message/send/ with MARK_READ."""
        yield from self._act(conversation, "MARK_READ")

    @supports("native", requires=_REQUIRES, cost="1 call", confidence=_KNOWN)
    def typing(self, conversation: To) -> Flow[None]:
        """POST /business/message/send/ with TYPING."""
        yield from self._act(conversation, "TYPING")

    def _act(self, conversation: To, action: str) -> Flow[None]:
        ref = yield from self.recipient(conversation)
        body = {
            "recipient_type": "CONVERSATION",
            "recipient": ref.native_id,
            "message_type": "SENDER_ACTION",
            "sender_action": action,
        }
        yield from self.ask("POST", f"{_MESSAGE}send/", body=body, safety="absolute")

    @supports("native", params=native("source"), requires=_REQUIRES, cost="1 call", confidence=_KNOWN)
    def upload_media(self, source: Media) -> Flow[Media]:
        """POST /business/message/media/upload/: jpg or png, at most 3 MB; it lives 30 days."""
        return (yield from self._upload(source))

    def _upload(self, source: Media) -> Flow[Media]:
        file = _picture(source)
        data = yield from self.ask(
            "POST",
            f"{_MESSAGE}media/upload/",
            body={"media_type": "IMAGE"},
            files={"file": file},
            safety="absolute",
        )
        return Media.build(
            kind="image", id=str(data["media_id"]), name=file.filename, media_type=file.media_type
        )

    @supports("native", params=native("media"), requires=_REQUIRES, cost="2 calls", confidence=_KNOWN)
    def download_media(self, media: Media) -> Flow[Document]:
        """POST /business/message/media/download/, then the file, from TikTok's hosts only."""
        conversation, _, message = (media.name or "").rpartition("/")
        if media.id is None or not conversation or not message:
            raise invalid(media="is not that of a received message")
        body = {
            "conversation_id": conversation,
            "message_id": message,
            "media_id": media.id,
            "media_type": media.kind.upper(),
        }
        data = yield from self.ask("POST", f"{_MESSAGE}media/download/", body=body, safety="read")
        return (yield from self._file(str(data["download_url"]), media))

    def _file(self, url: str, media: Media) -> Flow[Document]:
        """TikTok wants to see the token at this address, so the host is looked at first."""
        parts = urlsplit(url)
        if parts.scheme != "https" or not codes.FILE_HOSTS.fullmatch(parts.hostname or ""):
            raise PlatformError("the file is not on a host of TikTok's", platform="tiktok_ads", sent="yes")
        business = yield from self.business()
        record = yield from tokens.usable(self.session, self.backend.services["account"], business)
        headers = {"x-user": record.access_token}
        reply = yield from self.perform(Call("GET", url, account="none", raw=True, headers=headers))
        return Document.build(
            name=media.id or "file",
            media_type=reply.response.headers.get("content-type", "application/octet-stream"),
            content=reply.value,
        )

    @supports("emulated", params=emulated("who"), requires=_REQUIRES, cost="1 call", confidence=_KNOWN)
    def profile(self, who: Identity | Conversation | ConversationRef | str) -> Flow[Profile]:
        """Name and picture, as the conversation tells them with its messages."""
        ref = yield from self.recipient(who)
        _, people = yield from self._content(str(ref.native_id))
        for person in people:
            if person.get("role") == "PERSONAL_ACCOUNT":
                return Profile.build(
                    identity=Identity.build(kind="user_id", scope=ref.own_account, value=str(person["id"])),
                    name=person.get("display_name"),
                    picture_url=person.get("profile_image"),
                    follows=person.get("is_follower"),
                )
        raise NotFound("nobody but the account takes part in it", platform="tiktok_ads", sent="yes")


def _own(row: Mapping[str, Any], known: set[str], business: str) -> Mapping[str, Any]:
    """A row whose sender is told by role alone, with the account's id in its place."""
    sender = row.get("from_user") or {}
    if str(sender.get("id")) in known:
        return {**row, "from_user": {**sender, "id": business}}
    return row


def _conversation(row: Mapping[str, Any], kind: str, business: str) -> Conversation:
    number = str(row["conversation_id"])
    return Conversation.build(
        id=number,
        platform="tiktok_ads",
        native_ids={"conversation_id": number},
        ref=ref_of(business, number),
        native_status=kind,
        updated_at=moment(row.get("up_time")),
        raw=row,
        missing=("unread", "last_message", "status"),
    )


def _recent(one: Conversation, after: datetime | None) -> bool:
    return after is None or one.updated_at is None or one.updated_at >= after


def _user_id(user: Identity | str) -> str:
    if isinstance(user, str):
        return user
    if user.kind != "user_id":
        raise invalid(user="TikTok knows people by user id only")
    return user.value


def _picture(media: Media) -> Upload:
    """The file to upload; ``InvalidRequest`` where TikTok would not take it."""
    if media.kind != "image" or media.media_type not in codes.IMAGE_TYPES:
        raise invalid(media="TikTok takes jpg and png pictures")
    try:
        content = media.read()
    except ValueError as error:
        raise invalid(media="must be given as bytes or as a file of this machine") from error
    if len(content) > codes.IMAGE_BYTES:
        raise invalid(media=f"has {len(content)} bytes; at most {codes.IMAGE_BYTES} (3 MB)")
    return Upload(media.name or "image.png", content, media.media_type or "")
