"""What a message holds: text, pictures, cards, templates and the rest, in and out.

Every content says its ``type``, so that a list of them reads back from JSON as what it was.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AwareDatetime, Field

from socialcommerce.models.base import Many, Model, Personal, Value
from socialcommerce.models.identity import PersonalText
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money

__all__ = [
    "Audio",
    "Button",
    "Cart",
    "CartLine",
    "Contact",
    "Content",
    "Coupon",
    "Email",
    "File",
    "Image",
    "Interactive",
    "Location",
    "OrderCard",
    "Postback",
    "ProductCard",
    "ProductRef",
    "QuickReplies",
    "QuickReply",
    "Reaction",
    "Section",
    "Sticker",
    "Template",
    "Text",
    "Unsupported",
    "Video",
]


class Text(Value):
    """Plain text, non-empty."""

    text: Annotated[str, Field(min_length=1), Personal()]
    type: Literal["text"] = Field(default="text", kw_only=True)


class Image(Value):
    """A picture, with words below it where the platform shows them."""

    media: Media
    caption: str | None = None
    type: Literal["image"] = Field(default="image", kw_only=True)


class Video(Value):
    """A film."""

    media: Media
    caption: str | None = None
    preview: Media | None = None
    duration: float | None = Field(default=None, description="seconds")
    type: Literal["video"] = Field(default="video", kw_only=True)


class Audio(Value):
    """A sound; ``voice`` where it was spoken into the phone. ``duration`` in seconds."""

    media: Media
    voice: bool = False
    duration: float | None = Field(default=None, description="seconds")
    type: Literal["audio"] = Field(default="audio", kw_only=True)


class File(Value):
    """Any other file."""

    media: Media
    caption: str | None = None
    name: str | None = None
    type: Literal["file"] = Field(default="file", kw_only=True)


class Sticker(Value):
    """A sticker: by ``id`` in its ``package``, or as a picture."""

    id: str | None = None
    package: str | None = None
    media: Media | None = None
    type: Literal["sticker"] = Field(default="sticker", kw_only=True)


class Location(Value):
    """A point on the map, in degrees (WGS 84)."""

    latitude: Annotated[float, Field(ge=-90, le=90), Personal()]
    longitude: Annotated[float, Field(ge=-180, le=180), Personal()]
    name: str | None = None
    address: PersonalText = None
    type: Literal["location"] = Field(default="location", kw_only=True)


class Contact(Value):
    """Somebody's card."""

    name: Annotated[str, Personal()]
    phones: Annotated[Many[str], Personal()] = ()
    emails: Annotated[Many[str], Personal()] = ()
    organization: str | None = None
    type: Literal["contact"] = Field(default="contact", kw_only=True)


class ProductRef(Value):
    """A product as a message names it; fill in what you have.

    Id, SKU and catalogue are for platforms with product cards of their own; title, price, image and
    url for those that show any link.
    """

    id: str | None = None
    sku: str | None = None
    catalog_id: str | None = None
    title: str | None = None
    price: Money | None = None
    image: Media | None = None
    url: str | None = None


class ProductCard(Value):
    """One product or several, with words around them."""

    products: Many[ProductRef] = Field(min_length=1)
    text: str | None = None
    type: Literal["product_card"] = Field(default="product_card", kw_only=True)


class OrderCard(Value):
    """An order of this buyer, by its id."""

    order_id: str = Field(min_length=1)
    text: str | None = None
    status: str | None = None
    total: Money | None = None
    image: Media | None = None
    url: str | None = None
    type: Literal["order_card"] = Field(default="order_card", kw_only=True)


class CartLine(Model):
    """One row of a cart a buyer sent."""

    product: ProductRef
    quantity: int
    price: Money | None = None


class Cart(Value):
    """What a buyer wants to buy, sent as a message."""

    lines: Many[CartLine]
    catalog_id: str | None = None
    text: str | None = None
    type: Literal["cart"] = Field(default="cart", kw_only=True)


class Coupon(Value):
    """A voucher, by the id or the code the platform made."""

    id: str | None = None
    code: str | None = None
    title: str | None = None
    discount: Money | Decimal | None = None
    expires_at: AwareDatetime | None = None
    type: Literal["coupon"] = Field(default="coupon", kw_only=True)


class Template(Value):
    """Use of an approved template: its ``name`` and ``language``, and a value for each variable.

    ``header`` is the media of a template that has one; ``buttons`` the variable part of each button.
    """

    name: str = Field(min_length=1)
    language: str | None = None
    variables: dict[str, str | Money | AwareDatetime] = Field(default_factory=dict)
    header: Media | None = None
    buttons: Many[str] = ()
    type: Literal["template"] = Field(default="template", kw_only=True)


class Button(Value):
    """Something to press: ``payload`` comes back as a ``Postback``; ``url`` opens a page; ``phone`` calls."""

    title: str = Field(min_length=1)
    payload: str | None = None
    url: str | None = None
    phone: str | None = None


class QuickReply(Value):
    """An answer to press; ``payload`` is what comes back (the title where it is None)."""

    title: str = Field(min_length=1)
    payload: str | None = None
    image: Media | None = None


class QuickReplies(Value):
    """A question with answers to press, gone once one was chosen."""

    text: str
    replies: Many[QuickReply] = Field(min_length=1)
    type: Literal["quick_replies"] = Field(default="quick_replies", kw_only=True)


class Section(Value):
    """A titled group of rows in a list."""

    title: str
    rows: Many[Button] = Field(min_length=1)


class Interactive(Value):
    """Text with buttons, or with a list of sections to choose from."""

    text: str
    buttons: Many[Button] = ()
    sections: Many[Section] = ()
    header: str | Media | None = None
    footer: str | None = None
    list_label: str | None = None
    type: Literal["interactive"] = Field(default="interactive", kw_only=True)


class Reaction(Value):
    """A reaction to one message; ``emoji`` None takes it back."""

    message_id: str
    emoji: str | None
    type: Literal["reaction"] = Field(default="reaction", kw_only=True)


class Postback(Value):
    """A button was pressed: the ``payload`` it was given, and the ``title`` it showed."""

    payload: str
    title: str | None = None
    message_id: str | None = None
    type: Literal["postback"] = Field(default="postback", kw_only=True)


class Email(Value):
    """A mail: its subject, and its body as text, HTML or both."""

    subject: str
    text: str | None = None
    html: str | None = Field(default=None, repr=False)
    attachments: Many[Media] = ()
    headers: dict[str, str] = Field(default_factory=dict, repr=False)
    type: Literal["email"] = Field(default="email", kw_only=True)


class Unsupported(Value):
    """Something the platform sent that has no name here: its own ``kind`` and untouched ``raw``."""

    kind: str
    raw: Any = Field(default=None, repr=False)
    type: Literal["unsupported"] = Field(default="unsupported", kw_only=True)


Content: TypeAlias = Annotated[
    Text
    | Image
    | Video
    | Audio
    | File
    | Sticker
    | Location
    | Contact
    | ProductCard
    | OrderCard
    | Cart
    | Coupon
    | Template
    | QuickReplies
    | Interactive
    | Reaction
    | Postback
    | Email
    | Unsupported,
    Field(discriminator="type"),
]
