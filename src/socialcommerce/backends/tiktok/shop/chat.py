"""Chat messages between TikTok Shop's words and ours; the history and webhooks share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from socialcommerce.backends.shared import Json
from socialcommerce.backends.tiktok.shop.codes import messaging as codes
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
from socialcommerce.runtime.text import read_json

__all__ = ["Payload", "WRITERS", "contents_of", "message_of", "moment", "ref_of", "same", "word"]

Payload: TypeAlias = tuple[str, dict[str, Any]]
"""``type``, and ``content`` before it is written as a JSON string."""

_DIGITS = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLIS = 10**11


def moment(value: Any) -> datetime | None:
    """An instant of a webhook, whatever it holds: Unix seconds, or milliseconds, as number or text."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS) or int(text) == 0:
        return None
    number = int(text)
    try:
        return _EPOCH + timedelta(milliseconds=number if number >= _MILLIS else number * 1000)
    except OverflowError:
        return None


def word(value: Any) -> str:
    """An id as text: it comes as text, or as a number beyond 2^53; anything else, and 0, is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**20:
        return str(value)
    return ""


def _text(content: Json) -> Content | None:
    text = content.get("content")
    return Text.build(text=text) if isinstance(text, str) and text else None


def _size(value: Any) -> int | None:
    text = word(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _image(content: Json) -> Content | None:
    url = word(content.get("url"))
    if not url:
        return None
    media = Media.build(
        kind="image", url=url, width=_size(content.get("width")), height=_size(content.get("height"))
    )
    return Image.build(media=media)


def _video(content: Json) -> Content | None:
    vid, url = word(content.get("vid")), word(content.get("url"))
    if not vid and not url:
        return None
    return Video.build(media=Media.build(kind="video", id=vid or None, url=url or None))


def _sticker(content: Json) -> Content | None:
    url = word(content.get("url"))
    return Sticker.build(media=Media.build(kind="image", url=url)) if url else None


def _product(content: Json) -> Content | None:
    number = word(content.get("product_id"))
    return ProductCard.build(products=(ProductRef.build(id=number),)) if number else None


def _order(content: Json) -> Content | None:
    number = word(content.get("order_id"))
    return OrderCard.build(order_id=number) if number else None


def _coupon(content: Json) -> Content | None:
    number = word(content.get("coupon_id"))
    return Coupon.build(id=number) if number else None


_READERS: dict[str, Callable[[Json], Content | None]] = {
    "TEXT": _text,
    "IMAGE": _image,
    "VIDEO": _video,
    "EMOTICONS": _sticker,
    "PRODUCT_CARD": _product,
    "BUYER_ENTER_FROM_PRODUCT": _product,
    "ORDER_CARD": _order,
    "LOGISTICS_CARD": _order,
    "RETURN_REFUND_CARD": _order,
    "BUYER_ENTER_FROM_ORDER": _order,
    "COUPON_CARD": _coupon,
}


def _opened(content: Any) -> Any:
    """What stands inside of a JSON string; what is none is kept as it came."""
    if not isinstance(content, str):
        return content
    try:
        return read_json(content.encode())
    except (ValueError, RecursionError):
        return content


def contents_of(kind: str, content: Any) -> tuple[Content, ...]:
    """What a message holds; a kind or shape without a name here is kept as it came."""
    inside = _opened(content)
    read = _READERS.get(kind)
    found = read(inside) if read and isinstance(inside, Mapping) else None
    return (found or Unsupported.build(kind=kind or "unknown", raw=inside),)


def ref_of(shop: str, conversation: str, peer: str = "", surface: str = "default") -> ConversationRef:
    """A conversation; ``peer`` is the buyer's ``user_id``, which orders know too."""
    return ConversationRef.build(
        platform="tiktok_shop",
        surface=surface,
        own_account=shop or None,
        peer=Identity.build(kind="user_id", value=peer) if peer else None,
        native_id=conversation or None,
    )


def message_of(
    row: Json, shop: str, *, surface: str = "default", ref: ConversationRef | None = None
) -> Message:
    """A message of the history or of a webhook. ``im_user_id`` is a chat's own id, not the ``user_id``."""
    sender = row.get("sender")
    sender = sender if isinstance(sender, Mapping) else {}
    role = word(sender.get("role")) or "BUYER"
    writer = word(sender.get("im_user_id")) or word(sender.get("sender_im_user_id"))
    number = word(row.get("message_id")) or word(row.get("id"))
    conversation = word(row.get("conversation_id"))
    return Message.build(
        id=number,
        platform="tiktok_shop",
        native_ids={"message_id": number, "conversation_id": conversation, "index": word(row.get("index"))},
        conversation=ref or ref_of(shop, conversation, surface=surface),
        author=codes.AUTHORS.get(role, "system"),
        sender=Identity.build(kind="external_id", scope="im", value=writer) if writer else None,
        echo=role != "BUYER",
        contents=contents_of(word(row.get("type")) or word(row.get("msg_type")), row.get("content")),
        sent_at=moment(row.get("create_time")),
        raw=row,
    )


def _write_text(content: Text) -> Payload:
    if len(content.text) > codes.TEXT_LENGTH:
        raise invalid(text=f"has {len(content.text)} characters; at most {codes.TEXT_LENGTH}")
    return "TEXT", {"content": content.text}


def _write_image(content: Image) -> Payload:
    """A picture that TikTok Shop keeps already; one that must be uploaded first has no content yet."""
    _no_words(content.caption, "a picture")
    media = content.media
    if media.url and media.width and media.height:
        return "IMAGE", {"url": media.url, "width": media.width, "height": media.height}
    if media.content is None and media.path is None:
        raise invalid(media="is not kept by TikTok Shop; give Media.from_file or from_bytes")
    return "IMAGE", {}


def _write_video(content: Video) -> Payload:
    _no_words(content.caption, "a film")
    if not content.media.id:
        raise invalid(
            media="no call uploads films for chats: only one by its vid (Media.from_id) can be sent"
        )
    return "VIDEO", {"vid": content.media.id}


def _write_product(content: ProductCard) -> Payload:
    _no_words(content.text, "a product")
    if len(content.products) != 1 or not content.products[0].id:
        raise invalid(products="one product a card, by its id; catalog.find answers it for a SKU")
    return "PRODUCT_CARD", {"product_id": content.products[0].id}


def _write_order(content: OrderCard) -> Payload:
    """``native={"type": "LOGISTICS_CARD" | "RETURN_REFUND_CARD", …}`` sends one of the other two cards."""
    _no_words(content.text, "an order")
    kind = str(content.native.get("type", "ORDER_CARD"))
    if kind not in codes.ORDER_CARDS:
        raise invalid(native=f"type must be one of {', '.join(codes.ORDER_CARDS)}")
    more = {name: value for name, value in content.native.items() if name in codes.ORDER_CARDS[kind]}
    if kind == "RETURN_REFUND_CARD" and "sku_id" not in more:
        raise invalid(native="a RETURN_REFUND_CARD needs sku_id")
    return kind, {"order_id": content.order_id, **more}


def _write_coupon(content: Coupon) -> Payload:
    if not content.id:
        raise invalid(coupon="TikTok Shop needs the coupon's id")
    return "COUPON_CARD", {"coupon_id": content.id}


def _no_words(words: str | None, what: str) -> None:
    if words:
        raise invalid(text=f"TikTok Shop shows no words beside {what}; send them as a text of their own")


WRITERS: dict[type[Any], Callable[[Any], Payload]] = {
    Text: _write_text,
    Image: _write_image,
    Video: _write_video,
    ProductCard: _write_product,
    OrderCard: _write_order,
    Coupon: _write_coupon,
}
"""How each content that TikTok Shop takes is written."""


def same(ours: Json, theirs: Any) -> bool:
    """Whether a message of the history holds what was sent; it may carry more than that."""
    inside = _opened(theirs)
    if not isinstance(inside, Mapping):
        return False
    return all(str(inside.get(name)) == str(value) for name, value in ours.items())
