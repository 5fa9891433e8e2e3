"""Chat messages between Shopee's words and ours, in both directions; the history and pushes share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from socialcommerce.backends.shopee.codes import messaging as codes
from socialcommerce.models.content import (
    Content,
    Coupon,
    Image,
    OrderCard,
    ProductCard,
    ProductRef,
    Sticker,
    Text,
    Unsupported,
    Video,
)
from socialcommerce.models.identity import Identity
from socialcommerce.models.media import Media
from socialcommerce.models.message import ConversationRef, Message
from socialcommerce.resources.noun import invalid

__all__ = [
    "Json",
    "Payload",
    "WRITERS",
    "contents_of",
    "instant",
    "is_ours",
    "message_of",
    "ref_of",
    "same",
    "word",
]

Json: TypeAlias = Mapping[str, Any]
Payload: TypeAlias = tuple[str, dict[str, Any]]
"""``message_type`` and ``content`` as send_message takes them."""

_DIGITS = 20
_TOO_MANY = 10**_DIGITS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(value: Any) -> datetime | None:
    """An instant from Unix seconds, ms, µs or ns: Shopee mixes them, so the magnitude decides."""
    number = _whole(value)
    try:
        return _EPOCH + timedelta(microseconds=_micros(number)) if number > 0 else None
    except OverflowError:
        return None


def _whole(value: Any) -> int:
    """A count of seconds or less as an int; 0 where it is none.

    Sizes are looked at first: ``1e999999`` is short on the wire, and takes seconds to be written out.
    """
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) <= _DIGITS else 0
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and 0 < value < _TOO_MANY else 0
    return value if isinstance(value, int) and 0 < value < _TOO_MANY else 0


def _micros(number: int) -> int:
    if number >= 10**17:
        return number // 1000
    if number >= 10**14:
        return number
    return number * 1000 if number >= 10**11 else number * 1_000_000


def word(value: Any) -> str:
    """An id as text: it comes as a number or as text; anything else, and 0, is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value:
        return str(value)
    return ""


def _table(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}


def _media(kind: Any, url: Any, **more: Any) -> Media:
    return Media.build(kind=kind, url=word(url) or None, **more)


def _text(content: Json) -> Content | None:
    text = content.get("text")
    return Text.build(text=text) if isinstance(text, str) and text else None


def _image(content: Json) -> Content | None:
    url = word(content.get("url")) or word(content.get("image_url"))
    return Image.build(media=_media("image", url)) if url else None


def _video(content: Json) -> Content | None:
    vid, url = word(content.get("vid")), word(content.get("video_url"))
    if not vid and not url:
        return None
    preview = word(content.get("thumb_url"))
    seconds = content.get("duration_seconds")
    return Video.build(
        media=_media("video", url, id=vid or None),
        preview=_media("image", preview) if preview else None,
        duration=float(seconds) if isinstance(seconds, int) else None,
    )


def _sticker(content: Json) -> Content | None:
    number = word(content.get("sticker_id"))
    picture = word(content.get("image_url"))
    if not number and not picture:
        return None
    return Sticker.build(
        id=number or None,
        package=word(content.get("sticker_package_id")) or None,
        media=_media("image", picture) if picture else None,
    )


def _item(content: Json) -> Content | None:
    number = word(content.get("item_id"))
    return ProductCard.build(products=(ProductRef.build(id=number),)) if number else None


def _order(content: Json) -> Content | None:
    number = word(content.get("order_sn"))
    return OrderCard.build(order_id=number) if number else None


def _voucher(content: Json) -> Content | None:
    number, code = word(content.get("voucher_id")), word(content.get("voucher_code"))
    return Coupon.build(id=number or None, code=code or None) if number or code else None


_READERS: dict[str, Callable[[Json], Content | None]] = {
    "text": _text,
    "image": _image,
    "video": _video,
    "sticker": _sticker,
    "item": _item,
    "order": _order,
    "voucher": _voucher,
}


def contents_of(kind: str, content: Any) -> tuple[Content, ...]:
    """What a message holds; a kind or shape without a name here is kept as it came."""
    read = _READERS.get(kind)
    found = read(content) if read and isinstance(content, Mapping) else None
    return (found or Unsupported.build(kind=kind or "unknown", raw=content),)


def is_ours(row: Json, shop: str) -> bool:
    """Whether the shop itself wrote it.

    Buyers without a shop have 0 there; a push that names neither side's shop has the writer's as ``shop_id``.
    """
    if "from_shop_id" in row or "to_shop_id" in row:
        return bool(shop) and word(row.get("from_shop_id")) == shop
    return bool(shop) and word(row.get("shop_id")) == shop


def ref_of(shop: str, conversation: str, peer: str, business_type: Any = 0) -> ConversationRef:
    """A conversation: ``peer`` is the other side's user id, to which messages are sent."""
    affiliate = word(business_type) == str(codes.AFFILIATE)
    return ConversationRef.build(
        platform="shopee",
        surface="affiliate" if affiliate else "default",
        own_account=shop or None,
        peer=Identity.build(kind="user_id", value=peer) if peer else None,
        native_id=conversation or None,
    )


def message_of(row: Json, shop: str, surface: Any = 0) -> Message:
    """A message of the history or of a push, seen from ``shop``."""
    ours = is_ours(row, shop)
    status = word(row.get("status"))
    writer, reader = word(row.get("from_id")), word(row.get("to_id"))
    conversation = word(row.get("conversation_id"))
    return Message.build(
        id=word(row.get("message_id")),
        platform="shopee",
        native_ids={"message_id": word(row.get("message_id")), "conversation_id": conversation},
        conversation=ref_of(
            shop, conversation, reader if ours else writer, row.get("business_type", surface)
        ),
        author="person" if ours else "buyer",
        sender=Identity.build(kind="user_id", value=writer) if writer else None,
        echo=ours,
        contents=contents_of(word(row.get("message_type")), row.get("content")),
        sent_at=instant(row.get("created_timestamp")),
        delivery=codes.DELIVERY.get(status, "other") if ours and status else None,
        native_delivery=status or None,
        reply_to=word(_table(row.get("quoted_msg")).get("message_id")) or None,
        raw=row,
    )


def _write_text(content: Text) -> Payload:
    return "text", {"text": content.text}


def _write_image(content: Image) -> Payload:
    if content.caption:
        raise invalid(caption="Shopee shows no words below a picture; send them as a text of their own")
    media = content.media
    if media.kind != "image":
        raise invalid(media=f"is a {media.kind}, not an image")
    if media.url and (media.id or _is_shopees(media.url)):
        return "image", {"image_url": media.url}
    if media.content is None and media.path is None:
        raise invalid(
            media="Shopee chat shows only pictures uploaded to it; give Media.from_file or from_bytes"
        )
    return "image", {}


def _is_shopees(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(codes.FILE_HOSTS.fullmatch(parts.hostname or ""))


def _write_video(content: Video) -> Payload:
    if content.caption:
        raise invalid(caption="Shopee shows no words below a film; send them as a text of their own")
    if not (content.media.id and content.media.url):
        raise invalid(media="Shopee chat has no upload call for films; only one that it knows can be sent on")
    body: dict[str, Any] = {"vid": content.media.id, "video_url": content.media.url}
    if content.duration is not None:
        body["duration_seconds"] = int(content.duration)
    if content.preview is not None and content.preview.url:
        body["thumb_url"] = content.preview.url
    return "video", body


def _write_sticker(content: Sticker) -> Payload:
    if not (content.id and content.package):
        raise invalid(sticker="needs the id of the sticker and of its package")
    return "sticker", {"sticker_id": content.id, "sticker_package_id": content.package}


def _write_item(content: ProductCard) -> Payload:
    if len(content.products) != 1:
        raise invalid(products="Shopee shows one product a message; send a ProductCard for each")
    if content.text:
        raise invalid(text="Shopee shows no words beside a product; send them as a text of their own")
    number = content.products[0].id
    if not number or not number.isdigit():
        raise invalid(products="needs the product's id; catalog.find answers it for a SKU")
    return "item", {"item_id": int(number)}


def _write_order(content: OrderCard) -> Payload:
    if content.text:
        raise invalid(text="Shopee shows no words beside an order; send them as a text of their own")
    return "order", {"order_sn": content.order_id}


def _write_voucher(content: Coupon) -> Payload:
    if not content.id or not content.id.isdigit() or not content.code:
        raise invalid(coupon="Shopee needs both the voucher's id and its code")
    return "voucher", {"voucher_id": int(content.id), "voucher_code": content.code}


WRITERS: dict[type[Any], Callable[[Any], Payload]] = {
    Text: _write_text,
    Image: _write_image,
    Video: _write_video,
    Sticker: _write_sticker,
    ProductCard: _write_item,
    OrderCard: _write_order,
    Coupon: _write_voucher,
}
"""How each content that Shopee takes is written; a picture that must be uploaded first has no content yet."""


def same(kind: str, ours: Json, theirs: Any) -> bool:
    """Whether a message of the history holds what was sent; it may carry more than that."""
    if not isinstance(theirs, Mapping):
        return False
    if kind == "image":
        return ours["image_url"] in (theirs.get("url"), theirs.get("image_url"))
    return all(str(theirs.get(name)) == str(value) for name, value in ours.items())
