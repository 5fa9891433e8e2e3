"""Conversations: who writes where, what may be sent, and what became of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AwareDatetime, BeforeValidator, Field

from socialcommerce.models.base import Entity, Input, Many, Model, Value, absent
from socialcommerce.models.content import Button, Content, Text
from socialcommerce.models.identity import Identity, PersonalText
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money

__all__ = [
    "Author",
    "Consent",
    "Conversation",
    "ConversationRef",
    "DeliveryStatus",
    "Message",
    "MessageTemplate",
    "Purpose",
    "Recipient",
    "ReplyHandle",
    "SendPolicy",
    "SendReceipt",
    "TemplateCategory",
    "TemplateInput",
    "TemplateStatus",
]

Author: TypeAlias = Literal["buyer", "person", "bot", "system"]
Purpose: TypeAlias = Literal["reply", "human_followup", "utility", "marketing"]
DeliveryStatus: TypeAlias = Literal["pending", "sent", "delivered", "read", "failed", "other"]
TemplateCategory: TypeAlias = Literal["marketing", "utility", "authentication", "service", "other"]
TemplateStatus: TypeAlias = Literal[
    "draft", "in_review", "approved", "rejected", "paused", "disabled", "deleted", "other"
]


class ReplyHandle(Model):
    """A right to answer one incoming message. ``free`` where an answer by it costs nothing."""

    value: str = Field(repr=False)
    expires_at: AwareDatetime | None = None
    single_use: bool = True
    free: bool = True


class ConversationRef(Model):
    """All that is needed to write into a conversation, also after a restart: it serialises.

    ``surface`` is a part of the platform that has its own inbox (``messenger``, ``instagram``, …);
    ``own_account`` the shop, page or number that speaks; ``peer`` the person spoken to.
    """

    platform: str
    surface: str = "default"
    own_account: str | None = None
    peer: Identity | None = None
    native_id: str | None = None
    reply_handle: ReplyHandle | None = None

    @property
    def key(self) -> tuple[str, str, str | None, str]:
        """What makes it this conversation, whatever the handle of the last message."""
        return (
            self.platform,
            self.surface,
            self.own_account,
            self.native_id or (self.peer.value if self.peer else ""),
        )

    def __hash__(self) -> int:
        return hash(self.key)


class Conversation(Entity):
    """One thread with one person."""

    ref: ConversationRef = absent()
    buyer: Identity | None = None
    buyer_name: PersonalText = None
    unread: int | None = None
    last_message: PersonalText = Field(default=None, repr=False)
    status: Literal["open", "closed", "other"] = "other"
    native_status: str | None = None
    order_ids: tuple[str, ...] = ()
    updated_at: AwareDatetime | None = None


class Message(Entity):
    """One message. ``echo`` where it came back from our own side; ``delivery`` how far ours got."""

    conversation: ConversationRef = absent()
    author: Author = "buyer"
    sender: Identity | None = None
    echo: bool = False
    contents: tuple[Content, ...] = absent()
    sent_at: AwareDatetime | None = None
    delivery: DeliveryStatus | None = None
    native_delivery: str | None = None
    reply_to: str | None = None

    @property
    def text(self) -> str:
        """The words of it, one content a line; empty where there are none."""
        return "\n".join(content.text for content in self.contents if isinstance(content, Text))


class SendReceipt(Model):
    """What was sent: message ``ids`` in order, ``via`` which road, whether it was ``billable``.

    ``billable`` is None where the platform does not tell.
    """

    ids: tuple[str, ...] = ()
    via: str | None = None
    billable: bool | None = None
    status: DeliveryStatus = "sent"
    native_status: str | None = None
    cost: Money | None = None
    raw: Any = Field(default=None, repr=False, exclude=True)

    _UNCOMPARED = frozenset({"raw"})


class SendPolicy(Model):
    """What may be sent now. ``exits`` are purposes for ``send`` that are open although a reply is not.

    ``free_until`` is the end of the window, ``remaining`` how many messages it still takes; None where
    the platform has no such limit or does not tell.
    """

    can_reply: bool
    free_until: AwareDatetime | None = None
    remaining: int | None = None
    exits: tuple[Purpose, ...] = ()
    reason: str | None = None


class Consent(Input):
    """That a person agreed: where (``source``), when, and to what. Never defaulted."""

    source: str = Field(min_length=1)
    obtained_at: AwareDatetime
    purposes: Many[Literal["messaging", "ads"]] = Field(min_length=1)


def _to(value: Any) -> Any:
    return Identity.build(kind="user_id", value=value) if isinstance(value, str) else value


class Recipient(Value):
    """One receiver of a broadcast, with the values of the template's variables for them."""

    to: Annotated[Identity | ConversationRef | str, BeforeValidator(_to)]
    variables: dict[str, str | Money | AwareDatetime] = Field(default_factory=dict)
    consent: Consent | None = None


class TemplateInput(Input):
    """A message to have approved.

    Variables stand in ``body`` as ``{{name}}``; ``variables`` gives an example of each for reviewers.
    """

    name: str = Field(min_length=1)
    language: str = Field(min_length=2)
    category: TemplateCategory
    body: str = Field(min_length=1)
    header: str | Media | None = None
    footer: str | None = None
    buttons: Many[Button] = ()
    variables: dict[str, str] = Field(default_factory=dict)


class MessageTemplate(Entity):
    """A template as the platform keeps it; it may change ``category`` and ``status`` on its own."""

    name: str = absent()
    language: str | None = None
    category: TemplateCategory = "other"
    native_category: str | None = None
    status: TemplateStatus = "other"
    native_status: str | None = None
    reasons: tuple[str, ...] = ()
    body: str | None = None
    header: str | Media | None = None
    footer: str | None = None
    buttons: tuple[Button, ...] = ()
    variables: tuple[str, ...] = ()
    updated_at: AwareDatetime | None = None
