"""What people send, as messages and orders: pure, and without trust in any part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from socialcommerce.backends.meta.whatsapp.book import Row, ref_of
from socialcommerce.backends.meta.whatsapp.codes import orders as order_codes
from socialcommerce.backends.meta.words import moment, rows, table, word
from socialcommerce.models.content import (
    Audio,
    Cart,
    CartLine,
    Contact,
    Content,
    File,
    Image,
    Location,
    OrderCard,
    Postback,
    ProductCard,
    ProductRef,
    Reaction,
    Sticker,
    Text,
    Unsupported,
    Video,
)
from socialcommerce.models.identity import Buyer, Identity
from socialcommerce.models.media import Media
from socialcommerce.models.message import ConversationRef, Message
from socialcommerce.models.money import Money
from socialcommerce.models.order import Line, Order, Payment, Quantities, Totals

__all__ = ["came_by_ad", "decimal_of", "message_of", "money_of", "order_of", "order_row", "peer_of"]

Native = Mapping[str, Any]


def peer_of(phone: str, row: Native, contact: Native) -> ConversationRef:
    """The conversation that a message belongs to; number and id stand in it or with its contact."""
    return ref_of(
        phone,
        wa_id=word(row.get("from")) or word(contact.get("wa_id")),
        user_id=word(row.get("from_user_id")) or word(contact.get("user_id")),
    )


def message_of(row: Native, contact: Native, phone: str) -> Message:
    """An inbound message; a notice of WhatsApp's own is of ``system``."""
    ref, kind = peer_of(phone, row, contact), word(row.get("type"))
    return Message.build(
        id=word(row.get("id")),
        platform="whatsapp",
        native_ids={"message_id": word(row.get("id"))},
        conversation=ref,
        author="system" if kind == "system" else "buyer",
        sender=ref.peer,
        contents=_contents(row, kind),
        sent_at=moment(row.get("timestamp")),
        reply_to=word(table(row.get("context")).get("id")) or None,
        raw=row,
    )


def _contents(row: Native, kind: str) -> tuple[Content, ...]:
    read = _READERS.get(kind)
    found = read(row, table(row.get(kind))) if read is not None else []
    return (*(found or [Unsupported.build(kind=kind or "none", raw=dict(row))]), *_around(row))


def _around(row: Native) -> list[Content]:
    """What a message came from: a product that was looked at, an ad that was pressed."""
    product = table(table(row.get("context")).get("referred_product"))
    found: list[Content] = []
    if product:
        ref = ProductRef.build(
            sku=word(product.get("product_retailer_id")) or None,
            catalog_id=word(product.get("catalog_id")) or None,
        )
        found.append(ProductCard.build(products=(ref,)))
    if table(row.get("referral")):
        found.append(Unsupported.build(kind="referral", raw=dict(table(row["referral"]))))
    return found


def came_by_ad(message: Message) -> bool:
    """Whether a person wrote because they pressed an ad."""
    return any(isinstance(part, Unsupported) and part.kind == "referral" for part in message.contents)


def _text(_: Native, part: Native) -> list[Content]:
    words = word(part.get("body"))
    return [Text.build(text=words)] if words else []


_KINDS: Final = {"image": "image", "sticker": "image", "video": "video", "audio": "audio"}


def _media(kind: str, part: Native) -> Media:
    return Media.build(
        kind=_KINDS.get(kind, "file"),
        id=word(part.get("id")) or None,
        media_type=word(part.get("mime_type")) or None,
        name=word(part.get("filename")) or None,
    )


def _image(_: Native, part: Native) -> list[Content]:
    return [Image.build(media=_media("image", part), caption=word(part.get("caption")) or None)]


def _video(_: Native, part: Native) -> list[Content]:
    return [Video.build(media=_media("video", part), caption=word(part.get("caption")) or None)]


def _audio(_: Native, part: Native) -> list[Content]:
    return [Audio.build(media=_media("audio", part), voice=part.get("voice") is True)]


def _document(_: Native, part: Native) -> list[Content]:
    media = _media("file", part)
    return [File.build(media=media, caption=word(part.get("caption")) or None, name=media.name)]


def _sticker(_: Native, part: Native) -> list[Content]:
    return [Sticker.build(media=_media("sticker", part))]


def _location(_: Native, part: Native) -> list[Content]:
    place = (_degrees(part.get("latitude"), 90), _degrees(part.get("longitude"), 180))
    if place[0] is None or place[1] is None:
        return []
    named = {name: word(part.get(name)) or None for name in ("name", "address")}
    return [Location.build(latitude=place[0], longitude=place[1], **named)]


def _degrees(told: Any, most: int) -> float | None:
    number = decimal_of(told)
    return float(number) if number is not None and -most <= number <= most else None


def _contacts(row: Native, _: Native) -> list[Content]:
    return [_contact(card) for card in rows(row.get("contacts"))]


def _contact(card: Native) -> Content:
    return Contact.build(
        name=word(table(card.get("name")).get("formatted_name")),
        phones=_each(card.get("phones"), "phone"),
        emails=_each(card.get("emails"), "email"),
        organization=word(table(card.get("org")).get("company")) or None,
    )


def _each(told: Any, name: str) -> tuple[str, ...]:
    return tuple(found for found in (word(row.get(name)) for row in rows(told)) if found)


def _reaction(_: Native, part: Native) -> list[Content]:
    return [Reaction.build(message_id=word(part.get("message_id")), emoji=word(part.get("emoji")) or None)]


def _button(row: Native, part: Native) -> list[Content]:
    quoted = word(table(row.get("context")).get("id")) or None
    title = word(part.get("text"))
    return [
        Postback.build(payload=word(part.get("payload")) or title, title=title or None, message_id=quoted)
    ]


def _interactive(row: Native, part: Native) -> list[Content]:
    """A pressed button, a chosen row, or a form that was filled in, whose payload is JSON of the answers."""
    quoted = word(table(row.get("context")).get("id")) or None
    kind = word(part.get("type"))
    chosen = table(part.get(kind))
    if kind in ("button_reply", "list_reply"):
        return [
            Postback.build(
                payload=word(chosen.get("id")),
                title=word(chosen.get("title")) or None,
                message_id=quoted,
            )
        ]
    if kind == "nfm_reply":
        return [
            Postback.build(
                payload=word(chosen.get("response_json")),
                title=word(chosen.get("body")) or None,
                message_id=quoted,
            )
        ]
    return []


def _order(row: Native, part: Native) -> list[Content]:
    made = order_row(row, {}, "")
    lines = [_cart_line(line, made["catalog_id"]) for line in made["lines"]]
    note, total = made["text"] or None, _total(made)
    return [
        OrderCard.build(order_id=made["id"], text=note, total=total),
        Cart.build(lines=tuple(lines), catalog_id=made["catalog_id"], text=note),
    ]


def _cart_line(line: Row, catalog: str | None) -> CartLine:
    return CartLine.build(
        product=ProductRef.build(sku=line["sku"], catalog_id=catalog),
        quantity=line["quantity"] or 0,
        price=_price(line),
    )


_READERS: Final[Mapping[str, Callable[[Native, Native], list[Content]]]] = {
    "text": _text,
    "image": _image,
    "video": _video,
    "audio": _audio,
    "document": _document,
    "sticker": _sticker,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
}


def decimal_of(told: Any) -> Decimal | None:
    """A number, as JSON or text has it; None for anything else, or out of all range."""
    if isinstance(told, bool) or not isinstance(told, int | str | Decimal):
        return None
    try:
        number = Decimal(told) if not isinstance(told, str) or len(told) < 30 else None
    except ArithmeticError:
        return None
    return number if number is not None and number.is_finite() and abs(number.adjusted()) < 20 else None


def order_row(row: Native, contact: Native, phone: str) -> dict[str, Any]:
    """An order message as the client's book keeps it: JSON, amounts as text."""
    part, sent = table(row.get("order")), moment(row.get("timestamp"))
    ref = peer_of(phone, row, contact)
    return {
        "id": word(row.get("id")),
        "at": sent.timestamp() if sent else 0.0,
        "catalog_id": word(part.get("catalog_id")) or None,
        "text": word(part.get("text")),
        "lines": [_line_row(item) for item in rows(part.get("product_items"))],
        "name": word(table(contact.get("profile")).get("name")) or None,
        "username": word(table(contact.get("profile")).get("username")) or None,
        "conversation": ref.model_dump(mode="json"),
    }


def _line_row(item: Native) -> dict[str, Any]:
    price = decimal_of(item.get("item_price"))
    return {
        "sku": word(item.get("product_retailer_id")) or None,
        "quantity": _quantity(item.get("quantity")),
        "price": str(price) if price is not None else None,
        "currency": word(item.get("currency")) or None,
    }


def _quantity(told: Any) -> int | None:
    """How many were ordered; None where that is not told, so that nobody delivers a guess."""
    number = decimal_of(told)
    return int(number) if number is not None and number == number.to_integral_value() > 0 else None


def money_of(amount: str | None, currency: str | None) -> Money | None:
    """An amount as the book keeps it; None where a part is missing or no currency."""
    if amount is None or currency is None:
        return None
    try:
        return Money(amount, currency)
    except ValueError:
        return None


def _price(line: Row) -> Money | None:
    return money_of(line["price"], line["currency"])


def _total(row: Row) -> Money | None:
    """The sum of an order; None where a price is missing, or the currencies differ."""
    amounts = [_amount(line) for line in row["lines"]]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(amounts) or len({money.currency for money in known}) > 1:
        return None
    return sum(known[1:], known[0])


def _amount(line: Row) -> Money | None:
    """What a line comes to; None where its price or its quantity is missing."""
    price, count = _price(line), line["quantity"]
    return None if price is None or count is None else price * count


def order_of(row: Row, progress: Row) -> Order:
    """An order, of the message that made it and of what was told and paid since."""
    told = progress.get("status") or ""
    status, fulfilment = order_codes.ORDERS.get(told, ("other", "other"))
    paid = progress.get("payment") or {}
    total = _total(row)
    return Order.build(
        id=row["id"],
        platform="whatsapp",
        native_ids={"message_id": row["id"]},
        number=row["id"],
        status=status,
        native_status=told or None,
        payment_status=order_codes.PAYMENTS.get(paid.get("status", ""), "other") if paid else "unpaid",
        native_payment_status=paid.get("status"),
        fulfilment_status=fulfilment,
        native_fulfilment_status=told or None,
        currency=total.currency if total else None,
        lines=tuple(_line(line, place) for place, line in enumerate(row["lines"], 1)),
        totals=_totals(total, paid),
        buyer=_buyer(row),
        payment=_payment(paid),
        conversation=ConversationRef.model_validate(row["conversation"]),
        notes=progress.get("note"),
        buyer_note=row["text"] or None,
        created_at=_instant(row["at"]),
        raw=row,
        missing=("totals",) if total is None else (),
    )


def _line(line: Row, place: int) -> Line:
    count = line["quantity"]
    known = {
        "quantity": Quantities.build(ordered=count) if count is not None else None,
        "unit_price": _price(line),
        "total": _amount(line),
    }
    missing = ("title", *(name for name, value in known.items() if value is None))
    return Line.build(key=str(place), sku=line["sku"], missing=missing, **known)


def _totals(total: Money | None, paid: Row) -> Totals:
    if total is None:
        return Totals.build(missing=("total",))
    captured = paid.get("status") == "captured"
    amount = money_of(paid.get("amount"), paid.get("currency")) if captured else None
    return Totals.build(total=total, subtotal=total, paid=amount)


def _payment(paid: Row) -> Payment | None:
    if not paid:
        return None
    captured = paid.get("status") == "captured"
    return Payment.build(native_method=paid.get("method"), paid_at=_instant(paid["at"]) if captured else None)


def _buyer(row: Row) -> Buyer:
    ref = ConversationRef.model_validate(row["conversation"])
    known: list[Identity] = [ref.peer] if ref.peer else []
    if ref.peer is not None and ref.native_id not in (None, ref.peer.value):
        known.append(Identity.build(kind="bsuid", value=ref.native_id))
    number = next((each.value for each in known if each.kind == "wa_id"), None)
    return Buyer.build(identities=tuple(known), name=row["name"], username=row["username"], phone=number)


def _instant(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
