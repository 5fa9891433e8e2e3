"""What is sent: each content as WhatsApp writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from socialcommerce.backends.meta.whatsapp.book import reference_of
from socialcommerce.backends.meta.whatsapp.codes import messaging as codes
from socialcommerce.backends.meta.whatsapp.codes import orders as order_codes
from socialcommerce.models.content import (
    Audio,
    Button,
    Contact,
    Content,
    Coupon,
    File,
    Image,
    Interactive,
    Location,
    OrderCard,
    ProductCard,
    ProductRef,
    QuickReplies,
    Reaction,
    Section,
    Sticker,
    Template,
    Text,
    Unsupported,
    Video,
)
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.resources.noun import invalid

__all__ = ["Payload", "is_template", "media_object", "payload_of", "row_words", "template_key"]

Payload: TypeAlias = dict[str, Any]
"""The fields of a message beside its address: its ``type`` and the object named after it."""

Catalog: TypeAlias = Callable[[], str]
"""Answers the catalog that the number shows, for products that name none."""

_LINK: Final = re.compile(r"https?://")
_MOST_PRODUCTS: Final = 30
_MOST_ROWS: Final = 10
_MOST_REPLIES: Final = 3


def is_template(content: Content) -> bool:
    """Whether a content may be sent at any time, and is billed: a template, or a coupon made of one."""
    return isinstance(content, Template | Coupon)


def payload_of(content: Content, catalog: Catalog) -> Payload | None:
    """How a content is written; None for one that cannot be sent.

    Media that lie on this machine are written without an id: they are uploaded before they are sent.
    """
    if isinstance(content, ProductCard):
        return _products(content, catalog)
    write = _WRITERS.get(type(content))
    return None if write is None else write(content)


def _short(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise invalid(contents=f"the {what} has {len(text)} characters; at most {most}")
    return text


def _text(content: Text) -> Payload:
    body: Payload = {"body": _short("text", content.text, 4096)}
    if _LINK.search(content.text):
        body["preview_url"] = True
    return {"type": "text", "text": body}


def media_object(media: Media) -> Payload:
    """A file by its id or its public address; empty where it must be uploaded first."""
    if media.id is not None:
        return {"id": media.id}
    if media.url is not None:
        return {"link": media.url}
    if media.content is None and media.path is None:
        raise invalid(media="has neither an id, nor an address, nor bytes")
    return {}


def _file(kind: str, media: Media, **more: Any) -> Payload:
    given = {name: value for name, value in more.items() if value}
    if "caption" in given:
        _short("caption", given["caption"], 1024)
    return {"type": kind, kind: media_object(media) | given}


def _sticker(content: Sticker) -> Payload:
    media = content.media or (Media.from_id(content.id) if content.id else None)
    if media is None:
        raise invalid(contents="a sticker is a webp picture: Sticker(media=...)")
    return _file("sticker", media)


def _location(content: Location) -> Payload:
    named = {"name": content.name, "address": content.address}
    place = {"latitude": _degrees(content.latitude), "longitude": _degrees(content.longitude)}
    return {"type": "location", "location": place | {k: v for k, v in named.items() if v}}


def _degrees(number: float) -> str:
    return f"{Decimal(str(number)):f}"


def _contact(content: Contact) -> Payload:
    card: Payload = {"name": {"formatted_name": content.name, "first_name": content.name.split(" ")[0]}}
    if content.phones:
        card["phones"] = [{"phone": phone} for phone in content.phones]
    if content.emails:
        card["emails"] = [{"email": email} for email in content.emails]
    if content.organization:
        card["org"] = {"company": content.organization}
    return {"type": "contacts", "contacts": [card]}


def _reaction(content: Reaction) -> Payload:
    return {
        "type": "reaction",
        "reaction": {"message_id": content.message_id, "emoji": content.emoji or ""},
    }


def _interactive(
    kind: str, action: Payload, text: str | None, header: str | Media | None = None, footer: str | None = None
) -> Payload:
    card: Payload = {"type": kind, "action": action}
    if header is not None:
        card["header"] = _header(header)
    if text:
        card["body"] = {"text": _short("text", text, 1024)}
    if footer:
        card["footer"] = {"text": _short("footer", footer, 60)}
    return {"type": "interactive", "interactive": card}


def _header(header: str | Media) -> Payload:
    if isinstance(header, str):
        return {"type": "text", "text": _short("header", header, 60)}
    kind = codes.MEDIA[header.kind]
    if kind == "audio":
        raise invalid(contents="a header is text, a picture, a film or a document, no sound")
    return {"type": kind, kind: media_object(header)}


def _choices(content: Interactive) -> Payload:
    if bool(content.buttons) == bool(content.sections):
        raise invalid(contents="give either buttons or sections")
    if content.sections:
        action = _list(content.list_label or "", content.sections)
        if not isinstance(content.header, str | None):
            raise invalid(contents="a list has a header of text alone")
        return _interactive("list", action, content.text, content.header, content.footer)
    if any(button.phone for button in content.buttons):
        raise invalid(contents="a button that calls exists in templates alone")
    if any(button.url for button in content.buttons):
        return _interactive("cta_url", _link(content.buttons), content.text, content.header, content.footer)
    pairs = [(button.title, button.payload) for button in content.buttons]
    return _interactive("button", _replies(pairs), content.text, content.header, content.footer)


def _link(buttons: Sequence[Button]) -> Payload:
    if len(buttons) != 1:
        raise invalid(contents="a button that opens a page stands alone")
    (button,) = buttons
    return {"name": "cta_url", "parameters": {"display_text": button.title, "url": button.url}}


def _replies(pairs: Sequence[tuple[str, str | None]]) -> Payload:
    if len(pairs) > _MOST_REPLIES:
        raise invalid(contents=f"there are {len(pairs)} buttons; at most 3 (a list takes 10)")
    buttons = [
        {
            "type": "reply",
            "reply": {
                "id": _short("payload", title if payload is None else payload, 256),
                "title": _short("title", title, 20),
            },
        }
        for title, payload in pairs
    ]
    return {"buttons": buttons}


def row_words(title: str) -> tuple[str, str]:
    """The title of a row of a list, and its description: the lines after the first."""
    head, _, rest = title.partition("\n")
    return head, rest


def _list(label: str, sections: Sequence[Section]) -> Payload:
    if not label:
        raise invalid(list_label="is missing: the words on the button that opens the list")
    rows = sum(len(section.rows) for section in sections)
    if rows > _MOST_ROWS:
        raise invalid(contents=f"the list has {rows} rows; at most {_MOST_ROWS} in all")
    return {"button": _short("list_label", label, 20), "sections": [_section(one) for one in sections]}


def _section(section: Section) -> Payload:
    made: Payload = {"rows": [_row(row) for row in section.rows]}
    if section.title:
        made["title"] = _short("title", section.title, 24)
    return made


def _row(row: Button) -> Payload:
    title, description = row_words(row.title)
    number = title if row.payload is None else row.payload
    made = {"id": _short("payload", number, 200), "title": _short("title", title, 24)}
    return made | ({"description": _short("description", description, 72)} if description else {})


def _quick(content: QuickReplies) -> Payload:
    if any(reply.image for reply in content.replies):
        raise invalid(contents="WhatsApp's answers to press have no pictures")
    pairs = [(reply.title, reply.payload) for reply in content.replies]
    if len(pairs) <= _MOST_REPLIES:
        return _interactive("button", _replies(pairs), content.text)
    rows = [Button.build(title=title, payload=payload) for title, payload in pairs]
    return _interactive("list", _list("Choose", [Section.build(title="", rows=rows)]), content.text)


def _sku(product: ProductRef) -> str:
    if not product.sku:
        raise invalid(contents="WhatsApp names products by SKU: ProductRef(sku=...)")
    return product.sku


def _products(content: ProductCard, catalog: Catalog) -> Payload:
    skus = [_sku(product) for product in content.products]
    named = {product.catalog_id for product in content.products if product.catalog_id}
    if len(named) > 1:
        raise invalid(contents="the products of one message are of one catalog")
    number = named.pop() if named else catalog()
    if len(skus) == 1:
        action: Payload = {"catalog_id": number, "product_retailer_id": skus[0]}
        return _interactive("product", action, content.text)
    if len(skus) > _MOST_PRODUCTS:
        raise invalid(contents=f"there are {len(skus)} products; at most {_MOST_PRODUCTS}")
    header, _, words = (content.text or "").partition("\n")
    if not header or not words.strip():
        raise invalid(contents="several products need a headline, and words in the lines below it")
    section = {"product_items": [{"product_retailer_id": sku} for sku in skus]}
    action = {"catalog_id": number, "sections": [section]}
    return _interactive("product_list", action, words.strip(), header)


def _order(content: OrderCard) -> Payload:
    status = order_codes.WRITTEN.get(content.status or "")
    if status is None:
        known = ", ".join(sorted(order_codes.WRITTEN))
        raise invalid(
            contents=f"an order card tells a status ({known}); cards.order_details asks for a payment"
        )
    order: Payload = {"status": status}
    action = {
        "name": "review_order",
        "parameters": {"reference_id": reference_of(content.order_id), "order": order},
    }
    return _interactive("order_status", action, content.text or order_codes.WORDS[status])


def _template(content: Template) -> Payload:
    name, language = template_key(content)
    parts: list[Payload] = []
    if content.header is not None:
        parts.append({"type": "header", "parameters": [_header_parameter(content.header)]})
    if content.variables:
        parts.append({"type": "body", "parameters": _parameters(content.variables)})
    return _of_template(name, language, parts)


def _of_template(name: str, language: str, parts: list[Payload]) -> Payload:
    made: Payload = {"name": name, "language": {"code": language, "policy": "deterministic"}}
    if parts:
        made["components"] = parts
    return {"type": "template", "template": made}


def _header_parameter(header: Media) -> Payload:
    kind = codes.MEDIA[header.kind]
    return {"type": kind, kind: media_object(header)}


def _parameters(variables: Mapping[str, str | Money | datetime]) -> list[Payload]:
    if all(name.isdigit() for name in variables):
        return [_parameter(variables[name]) for name in sorted(variables, key=int)]
    return [_parameter(value) | {"parameter_name": name} for name, value in variables.items()]


def _parameter(value: str | Money | datetime) -> Payload:
    if isinstance(value, Money):
        thousandths = value.amount * 1000
        if thousandths != int(thousandths):
            raise invalid(variables=f"{value} has more than three decimals")
        amount = {"fallback_value": str(value), "code": value.currency, "amount_1000": int(thousandths)}
        return {"type": "currency", "currency": amount}
    if isinstance(value, datetime):
        return {"type": "date_time", "date_time": _moment(value)}
    return {"type": "text", "text": value}


def _moment(value: datetime) -> Payload:
    return {
        "fallback_value": f"{value:%B} {value.day}, {value.year}",
        "calendar": "GREGORIAN",
        "year": value.year,
        "month": value.month,
        "day_of_month": value.day,
        "day_of_week": value.isoweekday(),
        "hour": value.hour,
        "minute": value.minute,
    }


def template_key(content: Template | Coupon) -> tuple[str, str]:
    """The name and the language that a template is known by; a coupon says both in its id."""
    if isinstance(content, Template):
        if content.language is None:
            raise invalid(language="is missing: a template is known by its name and its language")
        return content.name, content.language
    name, _, language = (content.id or "").partition("/")
    if not name or not language or not content.code:
        raise invalid(
            contents="a coupon is sent by a template: Coupon(id='template_name/en_US', code='SAVE20')"
        )
    return name, language


def _coupon(content: Coupon) -> Payload:
    name, language = template_key(content)
    parameter = {"type": "coupon_code", "coupon_code": content.code}
    part = {"type": "button", "sub_type": "copy_code", "index": "0", "parameters": [parameter]}
    return _of_template(name, language, [part])


def _as_written(content: Unsupported) -> Payload | None:
    if content.kind not in codes.INTERACTIVE_KINDS or not isinstance(content.raw, Mapping):
        return None
    return {"type": "interactive", "interactive": {**content.raw, "type": content.kind}}


_WRITERS: Final[Mapping[type[Any], Callable[[Any], Payload | None]]] = {
    Text: _text,
    Image: lambda content: _file("image", content.media, caption=content.caption),
    Video: lambda content: _file("video", content.media, caption=content.caption),
    Audio: lambda content: _file("audio", content.media, voice=content.voice),
    File: lambda content: _file(
        "document", content.media, caption=content.caption, filename=content.name or content.media.name
    ),
    Sticker: _sticker,
    Location: _location,
    Contact: _contact,
    Reaction: _reaction,
    Interactive: _choices,
    QuickReplies: _quick,
    OrderCard: _order,
    Template: _template,
    Coupon: _coupon,
    Unsupported: _as_written,
}
