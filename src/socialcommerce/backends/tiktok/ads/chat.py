"""Business messages between TikTok's words and ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from socialcommerce.backends.tiktok.ads.codes import messaging as codes
from socialcommerce.models.content import (
    Button,
    Content,
    Image,
    Interactive,
    Postback,
    QuickReplies,
    Sticker,
    Text,
    Unsupported,
    Video,
)
from socialcommerce.models.identity import Identity
from socialcommerce.models.media import Media
from socialcommerce.models.message import ConversationRef, Message
from socialcommerce.resources.noun import invalid

__all__ = ["contents_of", "message_of", "moment", "payload_of", "ref_of"]


def ref_of(business: str, conversation: str, peer: str = "") -> ConversationRef:
    """A conversation; ``peer`` is the other person's id, which means something to this account alone."""
    who = Identity.build(kind="user_id", scope=business, value=peer) if peer else None
    return ConversationRef.build(
        platform="tiktok_ads", own_account=business, native_id=conversation or None, peer=who
    )


def moment(told: Any) -> datetime | None:
    """An instant from milliseconds."""
    return datetime.fromtimestamp(int(told) / 1000, UTC) if told else None


def message_of(row: Mapping[str, Any], business: str) -> Message:
    """A message, as the list tells it (type in capitals) or a webhook (in small letters)."""
    sender = _person(row, "from")
    ours = sender == business or (row.get("from_user") or {}).get("role") == "BUSINESS_ACCOUNT" or _by_us(row)
    peer = _person(row, "to") if ours else sender
    return Message.build(
        id=str(row.get("message_id") or ""),
        platform="tiktok_ads",
        native_ids={name: str(row[name]) for name in ("message_id", "conversation_id") if row.get(name)},
        conversation=ref_of(
            business, str(row.get("conversation_id") or ""), "" if peer == business else peer
        ),
        author=_author(row) if ours else "buyer",
        sender=Identity.build(kind="user_id", scope=business, value=sender) if sender else None,
        echo=ours,
        contents=contents_of(row),
        sent_at=moment(row.get("timestamp")),
        delivery="sent" if ours else None,
        reply_to=(row.get("referenced_message_info") or {}).get("referenced_message_id"),
        raw=row,
    )


def _person(row: Mapping[str, Any], side: str) -> str:
    return str((row.get(f"{side}_user") or {}).get("id") or "")


def _by_us(row: Mapping[str, Any]) -> bool:
    return "from_user" not in row and (row.get("message_tag") or {}).get("source") == "API"


def _author(row: Mapping[str, Any]) -> Any:
    return "bot" if row.get("auto_message_type") else "person"


def contents_of(row: Mapping[str, Any]) -> tuple[Content, ...]:
    """What a message holds; what has no name here keeps its own."""
    kind = str(row.get("message_type") or row.get("type") or "other").lower()
    part = row.get(kind) or {}
    if kind == "text" and part.get("body"):
        return (Text.build(text=part["body"]),)
    if kind in ("image", "video") and part.get("media_id"):
        return (_media(kind, str(part["media_id"]), row),)
    if kind == "sticker":
        return (Sticker.build(id=str(part.get("sticker_id") or part.get("id") or "") or None),)
    if kind == "template" and part.get("title"):
        buttons = tuple(
            Button.build(title=str(one.get("title") or ""), payload=one.get("id"))
            for one in part.get("buttons") or ()
        )
        return (Interactive.build(text=part["title"], buttons=buttons),)
    if kind == "postback":
        return (Postback.build(payload=str(part.get("id") or ""), title=part.get("title")),)
    return (Unsupported.build(kind=kind, raw=row.get(kind) or row),)


def _media(kind: str, number: str, row: Mapping[str, Any]) -> Content:
    """Received media: its name says where it lies, since TikTok fetches it by message."""
    place = f"{row.get('conversation_id')}/{row.get('message_id')}"
    media = Media.build(kind=kind, id=number, name=place)
    return Image.build(media=media) if kind == "image" else Video.build(media=media)


def payload_of(content: Content) -> dict[str, Any] | None:
    """The body fields that send a content; None for one that cannot be sent."""
    if isinstance(content, Text):
        if len(content.text) > codes.TEXT:
            raise invalid(contents=f"has {len(content.text)} characters; at most {codes.TEXT}")
        return {"message_type": "TEXT", "text": {"body": content.text}}
    if isinstance(content, Image):
        if content.caption:
            raise invalid(contents="text and picture are never one message: send the caption by itself")
        return {"message_type": "IMAGE", "image": {"media_id": content.media.id}}
    if isinstance(content, QuickReplies):
        buttons = [(one.title, one.payload) for one in content.replies]
        return _card("QA_BUTTON_CARD", content.text, buttons)
    if isinstance(content, Interactive):
        if content.sections or content.header or content.footer:
            raise invalid(contents="TikTok's cards have a title and buttons, nothing else")
        if any(one.url or one.phone for one in content.buttons):
            raise invalid(contents="TikTok's buttons answer; they open no pages and call nobody")
        return _card("QA_LINK_CARD", content.text, [(one.title, one.payload) for one in content.buttons])
    if isinstance(content, Unsupported) and content.kind == "share_post":
        return _post(content.raw)
    return None


def _card(kind: str, title: str, buttons: list[tuple[str, str | None]]) -> dict[str, Any]:
    if len(title) > codes.TITLE:
        raise invalid(contents=f"the title has {len(title)} characters; at most {codes.TITLE}")
    if not 1 <= len(buttons) <= 3:
        raise invalid(contents=f"there are {len(buttons)} buttons; 1 to 3 fit")
    written = [
        {"type": "REPLY", "title": name, "id": payload if payload is not None else str(index)}
        for index, (name, payload) in enumerate(buttons, 1)
    ]
    return {"message_type": "TEMPLATE", "template": {"type": kind, "title": title, "buttons": written}}


def _post(raw: Any) -> dict[str, Any]:
    number = raw.get("item_id") if isinstance(raw, Mapping) else raw
    if not number:
        raise invalid(contents="a shared post needs its item_id: Unsupported('share_post', {'item_id': …})")
    return {"message_type": "SHARE_POST", "share_post": {"item_id": str(number)}}
