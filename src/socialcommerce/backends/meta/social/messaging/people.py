"""Whom a message goes to: pages and accounts of ours, people by their scoped ids, conversations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.backends.meta.social.codes import messaging as codes
from socialcommerce.backends.meta.social.messaging.chat import ref_of
from socialcommerce.backends.meta.words import moment, rows, table, word
from socialcommerce.backends.shared import Json
from socialcommerce.errors import ConfigurationError, NotFound
from socialcommerce.models.identity import Identity
from socialcommerce.models.message import Conversation, ConversationRef, Message
from socialcommerce.resources.messaging import To
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow, done

__all__ = ["THREAD", "Inbox", "user_of"]

THREAD = "id,updated_time,link,snippet,unread_count,message_count,can_reply,participants"
"""The fields of a conversation."""

_AN_HOUR = 3600.0
_SURFACE_OF: Mapping[str, str] = {"psid": "messenger", "igsid": "instagram"}


class Inbox(GraphNoun):
    """What every part of messaging asks first: which page, which surface, which person."""

    service: ClassVar[str] = "page"

    @property
    def page(self) -> str:
        """The id of the page that speaks, for its Instagram account too."""
        return self.own("page")

    @property
    def instagram(self) -> str:
        """The Instagram account of the page; empty where the settings name none for this page."""
        chosen, settled = self.subject, self.backend.identities
        if chosen is not None and chosen.kind == "instagram":
            return chosen.id
        known, page = settled.get("instagram"), settled.get("page")
        if known is None or (chosen is not None and chosen.kind == "page" and chosen != page):
            return ""
        return known.id

    def surfaces(self) -> tuple[str, ...]:
        """The inboxes to look into: the chosen account's, or all that the settings name."""
        if self.subject is not None and self.subject.kind == "instagram":
            return ("instagram",)
        return codes.SURFACES if self.instagram else ("messenger",)

    def account_of(self, surface: str) -> str:
        """Our own id on a surface."""
        return self.instagram if surface == "instagram" else self.page

    def ours(self) -> frozenset[str]:
        """The ids on our side of a conversation."""
        return frozenset(one for one in (self.page, self.instagram) if one)

    def thread(self, row: Json, surface: str) -> Conversation:
        """A conversation as the listing tells it."""
        ours = self.ours()
        others = [one for one in rows(row.get("participants")) if word(one.get("id")) not in ours]
        peer = others[0] if others else {}
        number = word(row.get("id"))
        # By the person alone, as pushes tell it: they do not know the conversation's id.
        ref = ref_of(surface, self.account_of(surface), word(peer.get("id")))
        return Conversation.build(
            id=number,
            platform="meta",
            native_ids={"thread_id": number},
            ref=ref,
            buyer=ref.peer,
            buyer_name=word(peer.get("name")) or word(peer.get("username")) or None,
            unread=row.get("unread_count"),
            last_message=word(row.get("snippet")) or None,
            updated_at=moment(row.get("updated_time")),
            raw=row,
            missing=("status",),
        )

    def recipient(self, to: To) -> Flow[ConversationRef]:
        """Whom a message goes to: Meta writes to people, or answers a comment, never to a conversation."""
        ref = self._given(to)
        if ref.peer is None and ref.reply_handle is None:
            number = str(ref.native_id)
            ref = yield from self.remember(("conversation", number), partial(self._read, number), _AN_HOUR)
        return ref

    def conversation_of(self, to: Any) -> Flow[tuple[ConversationRef, str]]:
        """With whom a history is, and the id under which Meta keeps it; ``NotFound`` where there is none."""
        ref = yield from self.recipient(to)
        return ref, (yield from self.thread_of(ref))

    def thread_of(self, ref: ConversationRef) -> Flow[str]:
        """The id of the conversation with a person; ``NotFound`` where they never wrote."""
        if ref.native_id:
            return ref.native_id
        peer = ref.peer
        if peer is None:
            raise invalid(conversation="a comment's ref has no history; give the person or a conversation")
        return (yield from self.remember(_place(ref), partial(self._search, ref, peer.value), _AN_HOUR))

    def _search(self, ref: ConversationRef, peer: str) -> Flow[str]:
        """GET /{page-id}/conversations?user_id=: at most one."""
        query = {"platform": ref.surface, "fields": THREAD, "user_id": peer}
        found = yield from self.edge(f"/{self.page}/conversations", query, limit=1)
        if not found.items:
            raise NotFound("this person has not written to the page", platform="meta", sent="yes")
        return word(found.items[0].get("id"))

    def _read(self, conversation: str) -> Flow[ConversationRef]:
        """GET /{conversation-id}: on Instagram where our account there takes part."""
        row = yield from self.ask("GET", f"/{conversation}", query={"fields": THREAD})
        people = {word(one.get("id")) for one in rows(table(row).get("participants"))}
        if self.page not in people and self.instagram not in people:
            raise ConfigurationError(
                "this conversation is not of the page: name its Instagram account, instagram_id=…"
            )
        ref = self.thread(row, "messenger" if self.page in people else "instagram").ref
        if ref.peer is None:
            raise NotFound("nobody but the page takes part in it", platform="meta", sent="yes")
        yield from self.remember(_place(ref), partial(done, conversation), _AN_HOUR)
        return ref

    def _given(self, to: Any) -> ConversationRef:
        if isinstance(to, Conversation):
            to = to.ref
        elif isinstance(to, Message):
            to = to.conversation
        if isinstance(to, str):
            # People are numbers, conversations are not.
            if not to.isdecimal():
                return ConversationRef.build(platform="meta", native_id=to)
            to = Identity.build(kind="user_id", value=to)
        if isinstance(to, Identity):
            to = self._person(to)
        if not isinstance(to, ConversationRef) or to.platform != "meta":
            raise invalid(to="Meta's messages know conversations, comments and people; it has no orders")
        return self._ours(to)

    def _ours(self, ref: ConversationRef) -> ConversationRef:
        """The ref with its surface and account said; refused where another page's, whose people differ."""
        if ref.peer is not None and ref.surface not in codes.SURFACES:
            ref = ref.model_copy(update={"surface": self._person(ref.peer).surface})
        own = self.account_of(ref.surface)
        if own and ref.own_account not in (None, own):
            raise invalid(to=f"belongs to {ref.own_account}: speak for it with client.for_account(...)")
        return ref if ref.own_account else ref.model_copy(update={"own_account": own or None})

    def _person(self, who: Identity) -> ConversationRef:
        told, number = user_of(who)
        surface = told or self.surfaces()[0]
        return ref_of(surface, self.account_of(surface), number)


def _place(ref: ConversationRef) -> tuple[str, str, str]:
    return "thread", ref.surface, ref.peer.value if ref.peer else ""


def user_of(who: Any) -> tuple[str | None, str]:
    """A person as the surface that knows them, None where the id does not say, and the id itself."""
    if isinstance(who, str):
        return None, who
    if who.kind not in ("user_id", *_SURFACE_OF):
        raise invalid(to=f"Meta knows people by psid, igsid or user id, not by {who.kind}")
    return _SURFACE_OF.get(who.kind), who.value
