"""The client's own memory of conversations, for platforms that keep no history to be read.

Messages come in through ``webhooks.receive`` and go out through ``messaging.send``; both are kept in
``State.inbox``, and what is read from there looks like what another platform's history answers.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from socialcommerce.models.message import Conversation, ConversationRef, Message
from socialcommerce.runtime import memory
from socialcommerce.runtime.paging import Page

if TYPE_CHECKING:
    from socialcommerce.runtime.flow import Flow

__all__ = ["conversations", "heard_at", "keep", "last_from_buyer", "messages"]

_DEEP = 200


def _account(ref: ConversationRef) -> str:
    return f"{ref.platform}:{ref.surface}:{ref.own_account or ''}"


def keep(message: Message) -> Flow[bool]:
    """Keep a message; False where it was kept before, or says not when it was sent."""
    if message.sent_at is None:
        return False
    row = message.model_dump(mode="json") | {"id": message.id, "sent_at": message.sent_at.timestamp()}
    ref = message.conversation
    return (yield from memory.append_message(_account(ref), ref.key[3], row, _is_heard(message)))


def _is_heard(message: Message) -> bool:
    """Whether the other side wrote it, which opens a window."""
    return message.author == "buyer" and not message.echo


def _message(row: dict[str, Any]) -> Message:
    return Message.model_validate(row | {"sent_at": datetime.fromtimestamp(row["sent_at"], UTC)})


def conversations(
    ref: ConversationRef, *, updated_after: datetime | None = None, cursor: str | None = None
) -> Flow[Page[Conversation]]:
    """One page of conversations, the newest first.

    Args:
        ref: any conversation of the account: platform, surface and ``own_account`` count.
        updated_after: only those with a message at or after this instant.
        cursor: where an earlier page ended.
    """
    rows, following = yield from memory.list_conversations(_account(ref), cursor or "")
    found = [_conversation(row) for row in rows]
    if updated_after is not None:
        recent = [thread for thread in found if thread.updated_at and thread.updated_at >= updated_after]
        following = following if len(recent) == len(found) else None
        found = recent
    return Page(found, following)


def _conversation(row: dict[str, Any]) -> Conversation:
    last = _message(row["last"])
    return Conversation.build(
        id=row["id"],
        platform=last.conversation.platform,
        ref=last.conversation,
        buyer=last.conversation.peer,
        last_message=last.text or None,
        updated_at=last.sent_at,
        missing=("unread", "status"),
    )


def messages(ref: ConversationRef, *, cursor: str | None = None, limit: int = 50) -> Flow[Page[Message]]:
    """One page of the messages of a conversation, the newest first; at most ``limit`` of them."""
    rows, following = yield from memory.list_messages(_account(ref), ref.key[3], cursor or "", limit)
    return Page([_message(row) for row in rows], following)


def heard_at(ref: ConversationRef) -> Flow[datetime | None]:
    """When the other side wrote last; None where it is not known to have written at all."""
    told = yield from memory.last_heard(_account(ref), ref.key[3])
    if told is None:
        last = yield from last_from_buyer(ref)
        return last.sent_at if last else None
    return datetime.fromtimestamp(told, UTC) if told else None


def last_from_buyer(ref: ConversationRef) -> Flow[Message | None]:
    """The newest message that the other side wrote, which opens a window; None where none is known."""
    cursor: str | None = None
    for _ in range(_DEEP):
        page = yield from messages(ref, cursor=cursor)
        for message in page.items:
            if _is_heard(message):
                return message
        cursor = page.next
        if cursor is None:
            break
    return None
