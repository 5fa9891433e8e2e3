"""Messages as the Send API takes them, held to its limits before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from socialcommerce.backends.meta.social.codes import messaging as codes
from socialcommerce.models.content import (
    Audio,
    Button,
    Content,
    Coupon,
    File,
    Image,
    Interactive,
    OrderCard,
    ProductCard,
    QuickReplies,
    QuickReply,
    Reaction,
    Template,
    Text,
    Video,
)
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.call import Upload

__all__ = ["WRITERS", "Body", "file_of", "one_by_one", "options_of", "with_media"]

Body = dict[str, Any]
"""What one content adds to the body of ``POST /{page-id}/messages``."""


def one_by_one(contents: Sequence[Content]) -> list[Content]:
    """Contents as Meta shows them: words around a picture, a card or a list are messages of their own."""
    return [part for content in contents for part in _parts(content)]


def _parts(content: Content) -> Iterator[Content]:
    if isinstance(content, Image | Video | File) and content.caption:
        yield content.model_copy(update={"caption": None})
        yield Text(content.caption)
    elif isinstance(content, ProductCard) and content.text:
        yield Text(content.text)
        yield content.model_copy(update={"text": None})
    elif isinstance(content, Interactive) and content.sections:
        yield Text(content.text)
        yield content
    else:
        yield content


def _message(**fields: Any) -> Body:
    return {"message": fields}


def _template(kind: str, **fields: Any) -> Body:
    return _message(attachment={"type": "template", "payload": {"template_type": kind, **fields}})


def _text(content: Text, surface: str) -> Body:
    _fits(content.text, surface)
    return _message(text=content.text)


def _fits(text: str, surface: str) -> None:
    """Messenger counts characters, Instagram the bytes of UTF-8."""
    if surface == "instagram":
        size = len(text.encode())
        if size > codes.INSTAGRAM_BYTES:
            raise invalid(contents=f"has {size} bytes; Instagram takes {codes.INSTAGRAM_BYTES}")
    elif len(text) > codes.MESSENGER_CHARACTERS:
        raise invalid(contents=f"has {len(text)} characters; Messenger takes {codes.MESSENGER_CHARACTERS}")


def _file(content: Image | Video | Audio | File, surface: str) -> Body:
    media, kind = content.media, content.type
    if media.id:
        payload: Body = {"attachment_id": media.id}
    elif media.url:
        payload = {"url": media.url}
    else:
        file_of(media, surface)
        payload = {}
    return _message(attachment={"type": kind, "payload": payload})


def with_media(content: Content, media: Media) -> Content:
    """The same content with its file where Meta has it."""
    return content.model_copy(update={"media": media})


def file_of(media: Media, surface: str) -> Upload:
    """A local file to upload; ``InvalidRequest`` where there is none, or it is too large."""
    try:
        content = media.read()
    except ValueError as error:
        raise invalid(
            media="must be given as bytes, as a file, as an address or as an attachment's id"
        ) from error
    if surface == "instagram" and media.kind == "file" and media.media_type != codes.INSTAGRAM_FILES:
        raise invalid(media="Instagram takes PDF files only")
    small = surface == "instagram" and media.kind == "image"
    most = codes.IMAGE_BYTES_INSTAGRAM if small else codes.FILE_BYTES
    if len(content) > most:
        raise invalid(media=f"has {len(content)} bytes; at most {most} ({most >> 20} MB)")
    return Upload(media.name or "file", content, media.media_type or "application/octet-stream")


def _products(content: ProductCard, surface: str) -> Body:
    if len(content.products) > codes.PRODUCTS:
        raise invalid(contents=f"there are {len(content.products)} products; at most {codes.PRODUCTS} fit")
    if any(not (one.id or one.sku) for one in content.products):
        raise invalid(contents="a product card needs the catalogue's numeric product id, or the SKU")
    return _template("product", elements=[{"id": one.id} for one in content.products])


def _replies(content: QuickReplies, surface: str) -> Body:
    if len(content.replies) > codes.REPLIES:
        raise invalid(contents=f"there are {len(content.replies)} replies; at most {codes.REPLIES} fit")
    _fits(content.text, surface)
    return _message(text=content.text, quick_replies=[_reply(one) for one in content.replies])


def _reply(reply: QuickReply) -> Body:
    written = {"content_type": "text", "title": _title(reply.title), "payload": _payload(reply)}
    return written | ({"image_url": _address(reply.image)} if reply.image else {})


def _payload(pressed: QuickReply | Button) -> str:
    return pressed.title if pressed.payload is None else pressed.payload


def _title(title: str) -> str:
    if len(title) > codes.TITLE:
        raise invalid(contents=f"the title {title!r} has {len(title)} characters; at most {codes.TITLE}")
    return title


def _address(media: Media) -> str:
    if not media.url:
        raise invalid(contents="Meta fetches the picture of a card itself: give it as Media.from_url")
    return media.url


def _interactive(content: Interactive, surface: str) -> Body:
    """Buttons below a text, or cards: one a section, or one with the header."""
    if content.sections:
        return _cards([{"title": one.title, "buttons": _buttons(one.rows)} for one in content.sections])
    if not content.buttons:
        raise invalid(contents="give the buttons or the sections to choose from")
    if content.header or content.footer:
        return _cards([_headed(content) | {"buttons": _buttons(content.buttons)}])
    _fits(content.text, surface)
    return _template("button", text=content.text, buttons=_buttons(content.buttons))


def _cards(elements: list[Body]) -> Body:
    if len(elements) > codes.PRODUCTS:
        raise invalid(contents=f"there are {len(elements)} cards; at most {codes.PRODUCTS} fit")
    return _template("generic", elements=elements)


def _headed(content: Interactive) -> Body:
    header, footer = content.header, content.footer
    if isinstance(header, str):
        if footer:
            raise invalid(
                contents="a card has a title and one line below it: leave the header or the footer out"
            )
        return {"title": header, "subtitle": content.text}
    card: Body = {"title": content.text}
    if footer:
        card["subtitle"] = footer
    return card | ({"image_url": _address(header)} if header else {})


def _buttons(buttons: Sequence[Button]) -> list[Body]:
    if len(buttons) > codes.BUTTONS:
        raise invalid(contents=f"there are {len(buttons)} buttons; at most {codes.BUTTONS} fit")
    return [_button(one) for one in buttons]


def _button(button: Button) -> Body:
    title = _title(button.title)
    if button.url:
        return {"type": "web_url", "title": title, "url": button.url}
    if button.phone:
        return {"type": "phone_number", "title": title, "payload": button.phone}
    return {"type": "postback", "title": title, "payload": _payload(button)}


def _use(content: Template, surface: str) -> Body:
    """The use of an approved utility template."""
    if content.language is None:
        raise invalid(contents=f"name the language in which template {content.name!r} is sent")
    if content.header or content.buttons:
        raise invalid(contents="a utility template takes the variables of its text, nothing else")
    template: Body = {"name": content.name, "language": {"code": content.language}}
    if content.variables:
        parameters = [_parameter(name, value) for name, value in _ordered(content.variables)]
        template["components"] = [{"type": "body", "parameters": parameters}]
    return _message(template=template)


def _ordered(variables: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Numbered variables in the order of their numbers, named ones as they were given."""
    if all(name.isdecimal() for name in variables):
        return sorted(variables.items(), key=lambda item: int(item[0]))
    return list(variables.items())


def _parameter(name: str, value: str | Money | datetime) -> Body:
    words = value.isoformat() if isinstance(value, datetime) else str(value)
    named = {} if name.isdecimal() else {"parameter_name": name}
    return {"type": "text", **named, "text": words}


def _react(content: Reaction, surface: str) -> Body:
    if content.emoji is None:
        return {"sender_action": "unreact", "payload": {"message_id": content.message_id}}
    word = codes.REACTIONS.get(content.emoji.rstrip("\ufe0f"), content.emoji)
    return {"sender_action": "react", "payload": {"message_id": content.message_id, "reaction": word}}


def _order(content: OrderCard, surface: str) -> Body:
    """An order in words: its own card would need what only a checkout of Meta's knew."""
    total = str(content.total) if content.total is not None else None
    return _lines((content.text, content.order_id, content.status, total, content.url), surface)


def _coupon(content: Coupon, surface: str) -> Body:
    if not content.code:
        raise invalid(contents="a coupon is sent as text: it needs its code")
    discount = str(content.discount) if content.discount is not None else None
    until = f"{content.expires_at:%Y-%m-%d}" if content.expires_at else None
    return _lines((content.title, content.code, discount, until), surface)


def _lines(words: Sequence[str | None], surface: str) -> Body:
    text = "\n".join(word for word in words if word)
    _fits(text, surface)
    return _message(text=text)


WRITERS: Final[Mapping[type, Callable[[Any, str], Body]]] = {
    Text: _text,
    Image: _file,
    Video: _file,
    Audio: _file,
    File: _file,
    ProductCard: _products,
    QuickReplies: _replies,
    Interactive: _interactive,
    Template: _use,
    Reaction: _react,
    OrderCard: _order,
    Coupon: _coupon,
}
"""How each content is written for a surface; what has no entry cannot be sent."""


def options_of(purpose: str, reply_to: str | None, silent: bool) -> Body:
    """The fields beside the message: why it is sent, what it quotes, whether a phone may ring."""
    quoted = {"reply_to": {"mid": reply_to}} if reply_to else {}
    quiet = {"notification_type": "NO_PUSH"} if silent else {}
    return {**codes.PURPOSES[purpose], **quoted, **quiet}
