"""Messaging: conversations with buyers, what may be sent, and what was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, ParamSpec, TypeAlias, TypedDict, TypeVar, overload

from typing_extensions import Unpack

from socialcommerce.errors import PolicyViolation, SocialCommerceError
from socialcommerce.models.identity import Identity, Profile
from socialcommerce.models.message import (
    Consent,
    Conversation,
    ConversationRef,
    Message,
    MessageTemplate,
    Purpose,
    Recipient,
    SendPolicy,
    SendReceipt,
    TemplateCategory,
    TemplateInput,
    TemplateStatus,
)
from socialcommerce.models.order import Order
from socialcommerce.resources.face import Async, Sync, _BoundPages, job, operation, pages, sub
from socialcommerce.resources.noun import Noun
from socialcommerce.resources.sending import (
    Contents,
    SendOptions,
    as_contents,
    capability_of,
    portable,
    stopped,
    together,
)

if TYPE_CHECKING:
    from socialcommerce.models.bulk import BulkResult
    from socialcommerce.models.content import Button, Content
    from socialcommerce.models.media import Document, Media
    from socialcommerce.resources.jobs import AsyncJob, Job
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.jobs import Task
    from socialcommerce.runtime.paging import Page

__all__ = [
    "AsyncMessaging",
    "AsyncTemplates",
    "Messaging",
    "SyncMessaging",
    "SyncTemplates",
    "TemplateChanges",
    "Templates",
    "To",
]

P = ParamSpec("P")
R = TypeVar("R")

To: TypeAlias = ConversationRef | Conversation | Message | Order | Identity | str


class TemplateChanges(TypedDict, total=False):
    """What ``templates.update`` can change: absent leaves it, None clears it."""

    category: TemplateCategory
    body: str
    header: str | Media | None
    footer: str | None
    buttons: Sequence[Button]
    variables: Mapping[str, str]


class Templates(Noun):
    """The contract of ``client.messaging.templates``; a template is known by name and language."""

    noun = "messaging.templates"

    def list(
        self,
        *,
        status: TemplateStatus | None = None,
        language: str | None = None,
        category: TemplateCategory | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[MessageTemplate]]:
        """List templates.

        Args:
            status: only those in this state of review.
            language: only this language (``en``, ``pt_BR``).
            category: only this category, which the platform may have changed.
            cursor: go on where an earlier listing stood.
        """
        self.refuse("list")

    def create(self, template: TemplateInput) -> Flow[MessageTemplate]:
        """Hand in a template for review; ``status`` says how that stands.

        Args:
            template: name, language, category, body with ``{{variables}}``.
        """
        self.refuse("create")

    def update(
        self, template: str | MessageTemplate, **changes: Unpack[TemplateChanges]
    ) -> Flow[MessageTemplate]:
        """Change a template, which may bring it back into review.

        Args:
            template: the template or its id.
            **changes: fields as in ``TemplateInput``.
        """
        self.refuse("update")

    def delete(self, template: str | MessageTemplate, *, language: str | None = None) -> Flow[None]:
        """Delete a template.

        Args:
            template: the template or its id.
            language: only this language of it.
        """
        self.refuse("delete")


class Messaging(Noun):
    """The contract of ``client.messaging``.

    A backend marks ``send`` and answers it with ``self.sending(...)``, which holds the rules that are the
    same everywhere; it then writes ``recipient``, ``payload`` and ``deliver``, and ``price_of`` where
    messages may cost something.
    """

    noun = "messaging"
    batch: ClassVar[int] = 1
    """How many contents one call of the platform takes."""

    templates: ClassVar[type[Templates]] = Templates

    def conversations(
        self,
        *,
        unread: bool = False,
        updated_after: datetime | None = None,
        user: Identity | str | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Conversation]]:
        """List conversations, the one that moved last first.

        Args:
            unread: only those with unread messages.
            updated_after: only those with a message at or after this instant.
            user: only those with this person.
            cursor: go on where an earlier listing stood.
        """
        self.refuse("conversations")

    def messages(
        self,
        conversation: To,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Message]]:
        """List the messages of a conversation, newest first.

        Args:
            conversation: the conversation, its ref or its id.
            since: only messages sent at or after this instant.
            until: only messages sent before this instant.
            cursor: go on where an earlier listing stood.
        """
        self.refuse("messages")

    def send(
        self,
        to: To,
        contents: Contents,
        *,
        purpose: Purpose = "reply",
        allow_paid: bool = False,
        reply_to: str | Message | None = None,
        silent: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[SendReceipt]:
        """Send one message, or several in order.

        Args:
            to: a conversation, a message to answer, an order (its buyer), a person, or an id as text.
            contents: text, one content, or several.
            purpose: why; ``policy`` lists in ``exits`` what is open when a reply is not.
            allow_paid: whether it may cost something; what may is refused without it.
            reply_to: the message to quote.
            silent: without a sound on the other side.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Returns:
            The ids of what was sent, and whether it was billed.

        Raises:
            PolicyViolation: the platform's rules, or ``allow_paid``, forbid it; nothing was sent.
            RecipientUnreachable: this person cannot be written to.
            PartiallyApplied: a later content failed; ``done`` holds the ids of those that were sent.
            OutcomeUnknown: nobody can say whether it was sent; it was not repeated.
        """
        self.refuse("send")

    def policy(self, conversation: To) -> Flow[SendPolicy]:
        """Say what may be sent now.

        Args:
            conversation: whom it would be sent to, as in ``send``.

        Returns:
            Whether a reply is open, until when, how many are left, and which other purposes are.
        """
        self.refuse("policy")

    def mark_read(self, conversation: To, *, up_to: str | Message | None = None) -> Flow[None]:
        """Mark messages as read.

        Args:
            conversation: the conversation, its ref or its id.
            up_to: the last message that was read; the newest unless given.
        """
        self.refuse("mark_read")

    def typing(self, conversation: To) -> Flow[None]:
        """Show that somebody is writing.

        Args:
            conversation: the conversation, its ref or its id.
        """
        self.refuse("typing")

    def handover(self, conversation: To, *, to: str | None = None) -> Flow[None]:
        """Give a conversation to somebody else, or take it.

        Args:
            conversation: the conversation, its ref or its id.
            to: an app, a team, ``inbox`` or ``self``, as the backend's page says; None gives it back.
        """
        self.refuse("handover")

    def upload_media(self, source: Media) -> Flow[Media]:
        """Upload a file to be sent, once or more often.

        Args:
            source: the file, from bytes or a path.

        Returns:
            The media as the platform knows it.
        """
        self.refuse("upload_media")

    def download_media(self, media: Media) -> Flow[Document]:
        """Fetch the file of a received message.

        Args:
            media: the media of the content, as received.
        """
        self.refuse("download_media")

    def profile(self, who: Identity | Conversation | ConversationRef | str) -> Flow[Profile]:
        """Read what the platform tells of a person: name, picture.

        Args:
            who: the person or a conversation with them.
        """
        self.refuse("profile")

    def broadcast(
        self,
        to: str | Sequence[Recipient | Identity | ConversationRef | str],
        contents: Contents,
        *,
        consent: Consent | None = None,
        allow_paid: bool = False,
    ) -> Flow[Task[BulkResult[Recipient, SendReceipt]]]:
        """Send the same to many.

        Args:
            to: an audience by name or id, or recipients with the values of their variables.
            contents: what to send, as in ``send``.
            consent: what every recipient agreed to, where it does not stand with the recipient.
            allow_paid: whether it may cost something.

        Returns:
            One outcome a recipient; those whose outcome is unknown are never sent to again.
        """
        self.refuse("broadcast")

    def recipient(self, to: To) -> Flow[ConversationRef]:
        """Settle whom ``to`` means on this platform."""
        self.refuse("send")

    def payload(self, content: Content) -> Any:
        """How the platform writes one content; refuses one that it cannot send."""
        self.refuse(f"send:{capability_of(content)}")

    def standing(self, ref: ConversationRef) -> Flow[SendPolicy]:
        """What ``send`` goes by: the ``policy`` of somebody who is settled already.

        Where a reply is open, its window may end later than is said here.
        """
        return self.policy(ref)

    def price_of(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions, policy: SendPolicy
    ) -> bool | None:
        """Whether sending this is billed; None where nobody can say, which counts as yes."""
        return None

    def deliver(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions
    ) -> Flow[SendReceipt]:
        """Send at most ``batch`` contents with one call."""
        self.refuse("send")

    def sending(self, to: To, contents: Contents, options: SendOptions) -> Flow[SendReceipt]:
        """The rules of ``send``, once for all platforms: all is checked before anything leaves."""
        items = as_contents(contents)
        for item in items:
            self.payload(item)
        ref = yield from self.recipient(to)
        policy = yield from self.standing(ref)
        billable = self.price_of(ref, items, options, policy)
        self._permit(policy, billable, options)
        return (yield from self.deliver_all(ref, items, options, billable))

    def _permit(self, policy: SendPolicy, billable: bool | None, options: SendOptions) -> None:
        open_now = policy.can_reply if options.purpose == "reply" else options.purpose in policy.exits
        if not open_now:
            exits = ", ".join(policy.exits) or "none"
            reason = policy.reason or f"{options.purpose} is not open now"
            raise self._forbidden(f"{reason}; other purposes that are open: {exits}", "policy")
        if billable is not False and not options.allow_paid:
            word = "costs" if billable else "may cost"
            raise self._forbidden(f"sending this {word} something; say allow_paid=True", "paid")

    def _forbidden(self, message: str, reason: str) -> PolicyViolation:
        return PolicyViolation(message, reason=reason, platform=self.backend.name, sent="no")

    def deliver_all(
        self, ref: ConversationRef, items: Sequence[Content], options: SendOptions, billable: bool | None
    ) -> Flow[SendReceipt]:
        """Send contents in order, as many a call as the platform takes; ``billable``: by ``price_of``."""
        receipts: list[SendReceipt] = []
        for start in range(0, len(items), self.batch):
            part = items[start : start + self.batch]
            try:
                receipts.append((yield from self.deliver(ref, part, options)))
            except SocialCommerceError as error:
                if not receipts:
                    raise
                raise stopped(receipts, items[start:], error) from error
        return together(receipts, billable)


class _Templates:
    contract = Templates

    list = pages(Templates.list)
    create = operation(Templates.create)
    update = operation(Templates.update)
    delete = operation(Templates.delete)


class SyncTemplates(Sync, _Templates):
    """``client.messaging.templates``."""


class AsyncTemplates(Async, _Templates):
    """``client.messaging.templates`` of an ``AsyncClient``."""


class _BoundTalk(_BoundPages):
    """A listing about somebody: its cursor keeps whom, whole."""

    def _filters(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        return {name: portable(value) for name, value in super()._filters(args, kwargs).items()}


class _talk(pages[P, R]):  # noqa: N801  # used like a decorator
    bound = _BoundTalk


class _Messaging:
    contract = Messaging

    conversations = _talk(Messaging.conversations)
    messages = _talk(Messaging.messages)
    send = operation(Messaging.send)
    policy = operation(Messaging.policy)
    mark_read = operation(Messaging.mark_read)
    typing = operation(Messaging.typing)
    handover = operation(Messaging.handover)
    upload_media = operation(Messaging.upload_media)
    download_media = operation(Messaging.download_media)
    profile = operation(Messaging.profile)
    broadcast = job(Messaging.broadcast)
    templates = sub(SyncTemplates, AsyncTemplates)


_Audience: TypeAlias = str | Sequence[Recipient | Identity | ConversationRef | str]


class SyncMessaging(Sync, _Messaging):
    """``client.messaging``."""

    if TYPE_CHECKING:

        @overload
        def broadcast(
            self,
            to: _Audience,
            contents: Contents,
            *,
            consent: Consent | None = None,
            allow_paid: bool = False,
            wait: Literal[True] = True,
        ) -> BulkResult[Recipient, SendReceipt]: ...
        @overload
        def broadcast(
            self,
            to: _Audience,
            contents: Contents,
            *,
            consent: Consent | None = None,
            allow_paid: bool = False,
            wait: Literal[False],
        ) -> Job[BulkResult[Recipient, SendReceipt]]: ...
        def broadcast(self, *args: Any, **kwargs: Any) -> Any:
            """Send the same to many; see ``Messaging.broadcast``."""


class AsyncMessaging(Async, _Messaging):
    """``client.messaging`` of an ``AsyncClient``."""

    if TYPE_CHECKING:

        @overload
        async def broadcast(
            self,
            to: _Audience,
            contents: Contents,
            *,
            consent: Consent | None = None,
            allow_paid: bool = False,
            wait: Literal[True] = True,
        ) -> BulkResult[Recipient, SendReceipt]: ...
        @overload
        async def broadcast(
            self,
            to: _Audience,
            contents: Contents,
            *,
            consent: Consent | None = None,
            allow_paid: bool = False,
            wait: Literal[False],
        ) -> AsyncJob[BulkResult[Recipient, SendReceipt]]: ...
        async def broadcast(self, *args: Any, **kwargs: Any) -> Any:
            """Send the same to many; see ``Messaging.broadcast``."""
