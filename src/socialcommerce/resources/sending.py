"""What sending is made of on every platform: whom, options, contents in order, what became of the parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

from socialcommerce.errors import PartiallyApplied, SocialCommerceError
from socialcommerce.models.content import Content, Text
from socialcommerce.models.identity import Identity
from socialcommerce.models.message import Conversation, ConversationRef, Message, Purpose, SendReceipt
from socialcommerce.resources.noun import invalid

__all__ = [
    "Contents",
    "SendOptions",
    "as_contents",
    "capability_of",
    "portable",
    "settled",
    "stopped",
    "together",
]

Contents: TypeAlias = str | Content | Sequence[str | Content]

_CAPABILITY: dict[str, str] = {
    "coupon": "coupon_card",
    "contact": "contact_card",
}
"""Where the capability of a content type has another name than the type."""


def _quoted(message: str | Message | None) -> str | None:
    return message.id if isinstance(message, Message) else message


@frozen
class SendOptions:
    """How something is sent: everything of ``send`` but to whom and what."""

    purpose: Purpose = "reply"
    allow_paid: bool = False
    reply_to: str | None = field(default=None, converter=_quoted)
    silent: bool = False
    idempotency_key: str | None = None


def as_contents(contents: Contents) -> list[Content]:
    """The contents of a message as a list; text becomes ``Text``. ``InvalidRequest`` where there is none."""
    items = list(_each(contents))
    if not items:
        raise invalid(contents="is empty; give text, a content, or several")
    return items


def _each(contents: Any) -> Iterator[Content]:
    if isinstance(contents, str):
        yield Text(contents)
    elif hasattr(contents, "type"):
        yield contents
    elif isinstance(contents, Sequence):
        for item in contents:
            yield from _each(item)
    else:
        raise invalid(contents=f"expected text or a content, not {type(contents).__name__}")


def portable(to: Any) -> Any:
    """Whom a listing is about, as a cursor keeps it: conversations and people whole, as JSON."""
    if isinstance(to, Conversation):
        to = to.ref
    elif isinstance(to, Message):
        to = to.conversation
    return to.model_dump(mode="json") if isinstance(to, ConversationRef | Identity) else to


def settled(to: Any) -> Any:
    """Whom ``portable`` meant; anything else as it is."""
    if not isinstance(to, Mapping):
        return to
    return (Identity if "value" in to else ConversationRef).model_validate(to)


def capability_of(content: Content) -> str:
    """The part of ``messaging.send`` that a content is: ``content.product_card``."""
    return f"content.{_CAPABILITY.get(content.type, content.type)}"


def stopped(
    receipts: Sequence[SendReceipt], rest: Sequence[Content], error: SocialCommerceError
) -> PartiallyApplied:
    """The error of a message whose first parts were sent and whose next was not."""
    done = [message for receipt in receipts for message in receipt.ids]
    return PartiallyApplied(
        f"{len(done)} sent, then: {error}",
        done=done,
        failed=[content.type for content in rest],
        resume={"contents": [content.model_dump(mode="json") for content in rest]},
    )


def together(receipts: Sequence[SendReceipt], billable: bool | None) -> SendReceipt:
    """One receipt for all parts of a message."""
    first, last = receipts[0], receipts[-1]
    if len(receipts) == 1 and (billable is None or first.billable is not None):
        return first
    return SendReceipt.build(
        ids=tuple(message for receipt in receipts for message in receipt.ids),
        via=first.via,
        billable=billable if first.billable is None else first.billable,
        status=last.status,
        native_status=last.native_status,
        raw=first.raw if len(receipts) == 1 else [receipt.raw for receipt in receipts],
    )
