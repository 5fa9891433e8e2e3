"""Messages as Meta tells them, in the history of a conversation and in pushes, read as ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

from socialcommerce.backends.meta.social.codes import messaging as codes
from socialcommerce.backends.meta.words import moment, rows, table, word
from socialcommerce.backends.shared import Json
from socialcommerce.models.content import (
    Audio,
    Content,
    File,
    Image,
    Location,
    Postback,
    ProductCard,
    ProductRef,
    Reaction,
    Sticker,
    Text,
    Unsupported,
    Video,
)
from socialcommerce.models.identity import Identity, IdentityKind
from socialcommerce.models.media import Media, MediaKind
from socialcommerce.models.message import ConversationRef, Message, ReplyHandle

__all__ = [
    "comment_ref",
    "identity_kind",
    "listed",
    "person",
    "postback_of",
    "pushed",
    "reaction_of",
    "ref_of",
    "text_of",
]

Surface = str
_PSID: Final[IdentityKind] = "psid"
_IGSID: Final[IdentityKind] = "igsid"


def identity_kind(surface: Surface) -> IdentityKind:
    """How people are known there: by page-scoped or by Instagram-scoped id."""
    return _IGSID if surface == "instagram" else _PSID


def person(surface: Surface, account: str, number: str) -> Identity | None:
    """Somebody, whose id means something to this page or account alone."""
    if not number:
        return None
    return Identity.build(kind=identity_kind(surface), scope=account or None, value=number)


def ref_of(surface: Surface, account: str, peer: str) -> ConversationRef:
    """The conversation of a page (``messenger``) or of its Instagram account with a person."""
    return ConversationRef.build(
        platform="meta",
        surface=surface,
        own_account=account or None,
        peer=person(surface, account, peer),
    )


def comment_ref(
    surface: Surface, account: str, peer: str, comment: str, at: datetime | None
) -> ConversationRef:
    """Where a comment is answered privately: once, within seven days."""
    handle = ReplyHandle.build(
        value=f"comment_id:{comment}",
        expires_at=at + codes.PRIVATE_REPLY if at else None,
        single_use=True,
        free=True,
    )
    return ref_of(surface, account, peer).model_copy(update={"reply_handle": handle})


def text_of(value: Any) -> tuple[Content, ...]:
    """Words as content; none where there are none."""
    words = word(value) if isinstance(value, str) else ""
    return (Text.build(text=words),) if words else ()


# the history


def listed(row: Json, ref: ConversationRef, own: frozenset[str]) -> Message:
    """A message of ``GET /{conversation-id}/messages``; ``own`` are the ids on our side."""
    sender = word(table(row.get("from")).get("id"))
    ours = sender in own
    number = word(row.get("id"))
    return Message.build(
        id=number,
        platform="meta",
        native_ids={"mid": number},
        conversation=ref,
        author="person" if ours else "buyer",
        sender=person(ref.surface, ref.own_account or "", sender),
        echo=ours,
        contents=_listed_contents(row),
        sent_at=moment(row.get("created_time")),
        delivery="sent" if ours else None,
        raw=row,
    )


def _listed_contents(row: Json) -> tuple[Content, ...]:
    files = tuple(_listed_file(one) for one in rows(row.get("attachments")))
    found = (*text_of(row.get("message")), *files)
    return found or (Unsupported.build(kind="message", raw=row),)


def _listed_file(row: Json) -> Content:
    """An attachment of the history: what it is, the kind of its data tells, else its media type."""
    name = word(row.get("name")) or None
    if row.get("image_data"):
        return Image.build(media=_media("image", table(row["image_data"]), name))
    if row.get("video_data"):
        return Video.build(media=_media("video", table(row["video_data"]), name))
    url = word(row.get("file_url"))
    if not url:
        return Unsupported.build(kind="attachment", raw=row)
    media_type = word(row.get("mime_type"))
    if media_type.startswith("audio/"):
        return Audio.build(media=_media("audio", {"url": url}, name, media_type))
    return File.build(media=_media("file", {"url": url}, name, media_type), name=name)


def _media(kind: MediaKind, data: Json, name: str | None = None, media_type: str = "") -> Media:
    return Media.build(
        kind=kind,
        url=word(data.get("url")) or None,
        name=name,
        media_type=media_type or None,
        width=_size(data.get("width")),
        height=_size(data.get("height")),
    )


def _size(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# pushes


def pushed(row: Json, told: Json, ref: ConversationRef, *, own_app: str = "") -> Message:
    """A message of a push: ``row`` is the whole item, ``told`` its ``message``.

    Args:
        row: sender, recipient and time.
        told: what was written.
        ref: the conversation it belongs to.
        own_app: the id of our app: an echo with it was sent through us, every other by somebody else.
    """
    number, echo = word(told.get("mid")), told.get("is_echo") is True
    peer, sender = ref.peer, word(table(row.get("sender")).get("id"))
    known = peer is not None and peer.value == sender
    return Message.build(
        id=number,
        platform="meta",
        native_ids={"mid": number},
        conversation=ref,
        author=_author(told, own_app) if echo else "buyer",
        sender=peer if known else person(ref.surface, ref.own_account or "", sender),
        echo=echo,
        contents=_pushed_contents(told),
        sent_at=moment(row.get("timestamp")),
        delivery="sent" if echo else None,
        reply_to=word(table(told.get("reply_to")).get("mid")) or None,
        raw=row,
    )


def _author(told: Json, own_app: str) -> Literal["person", "bot"]:
    return "bot" if own_app and word(told.get("app_id")) == own_app else "person"


def _pushed_contents(told: Json) -> tuple[Content, ...]:
    found = tuple(_parts(told))
    return found or (Unsupported.build(kind="message", raw=told),)


def _parts(told: Json) -> Iterator[Content]:
    yield from text_of(told.get("text"))
    reply = table(told.get("quick_reply"))
    if reply:
        # The words that were pressed stand beside it as text.
        yield Postback.build(payload=word(reply.get("payload")), title=word(told.get("text")) or None)
    for one in rows(told.get("attachments")):
        yield _attachment(one)
    product = word(table(table(told.get("referral")).get("product")).get("id"))
    if product:
        yield ProductCard.build(products=(ProductRef.build(id=product),))


def _attachment(row: Json) -> Content:
    read = _READERS.get(word(row.get("type")))
    content = read(table(row.get("payload"))) if read else None
    return content or Unsupported.build(kind=word(row.get("type")) or "attachment", raw=row)


def _location(payload: Json) -> Content | None:
    point = table(payload.get("coordinates"))
    latitude, longitude = _degrees(point.get("lat"), 90), _degrees(point.get("long"), 180)
    if latitude is None or longitude is None:
        return None
    return Location.build(latitude=latitude, longitude=longitude, name=word(payload.get("title")) or None)


def _degrees(value: Any, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return float(value) if -most <= value <= most else None


def _sticker(payload: Json) -> Content | None:
    number, url = word(payload.get("sticker_id")), word(payload.get("url"))
    if not number and not url:
        return None
    return Sticker.build(id=number or None, media=_media("image", payload) if url else None)


def _picture(payload: Json) -> Content | None:
    if payload.get("sticker_id"):  # how stickers came until August 2026
        return _sticker(payload)
    return Image.build(media=_media("image", payload)) if payload.get("url") else None


def _film(payload: Json) -> Content | None:
    return Video.build(media=_media("video", payload)) if payload.get("url") else None


def _sound(payload: Json) -> Content | None:
    return Audio.build(media=_media("audio", payload)) if payload.get("url") else None


def _file(payload: Json) -> Content | None:
    return File.build(media=_media("file", payload)) if payload.get("url") else None


_READERS: Final[dict[str, Callable[[Json], Content | None]]] = {
    "image": _picture,
    "video": _film,
    "audio": _sound,
    "file": _file,
    "sticker": _sticker,
    "location": _location,
}
"""Attachments by type; shares, story mentions, reels and fallbacks have no name here and keep theirs."""


def postback_of(told: Json) -> tuple[Content, ...]:
    """The press of a button."""
    title = word(told.get("title")) or None
    return (Postback.build(payload=word(told.get("payload")), title=title, message_id=_mid(told)),)


def reaction_of(told: Json) -> tuple[Content, ...]:
    """A reaction to a message, or its withdrawal."""
    emoji = word(told.get("emoji")) or word(told.get("reaction")) or None
    taken_back = told.get("action") == "unreact"
    return (Reaction.build(message_id=_mid(told) or "", emoji=None if taken_back else emoji),)


def _mid(told: Json) -> str | None:
    return word(told.get("mid")) or None
