"""Sending on WhatsApp: to whom, within which window, at whose cost, and how a lost answer is found again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Final

from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.backends.meta.whatsapp.book import Book
from socialcommerce.backends.meta.whatsapp.codes import messaging as codes
from socialcommerce.backends.meta.whatsapp.incoming import came_by_ad
from socialcommerce.backends.meta.whatsapp.messaging.payloads import (
    Payload,
    is_template,
    payload_of,
    template_key,
)
from socialcommerce.backends.meta.whatsapp.messaging.templates import WhatsAppTemplates
from socialcommerce.backends.meta.words import rows, table, word
from socialcommerce.errors import PolicyViolation
from socialcommerce.models.content import Content, Coupon, Template
from socialcommerce.models.identity import Identity
from socialcommerce.models.media import Media
from socialcommerce.models.message import (
    Conversation,
    ConversationRef,
    Message,
    MessageTemplate,
    Purpose,
    SendPolicy,
    SendReceipt,
)
from socialcommerce.models.order import Order
from socialcommerce.resources import inbox
from socialcommerce.resources.capability import supports
from socialcommerce.resources.messaging import Messaging, Templates, To
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.orders import Orders
from socialcommerce.resources.sending import SendOptions, capability_of
from socialcommerce.runtime.call import Found, Undecided, Upload
from socialcommerce.runtime.flow import Flow

__all__ = ["WhatsAppSending", "person_id"]

_FEW: Final = 8
"""Messages read at a time, to see who wrote last."""
_DEEP: Final = 1000
"""How many times so many: no conversation is searched without end."""
_NOT_DIGITS: Final = re.compile(r"[\s().+-]")
_KINDS: Final = frozenset({"wa_id", "phone", "bsuid"})
_BUTTON_TYPES: Final[Mapping[str, tuple[str, str, str]]] = {
    "QUICK_REPLY": ("quick_reply", "payload", "payload"),
    "URL": ("url", "text", "text"),
    "OTP": ("url", "text", "text"),
    "COPY_CODE": ("copy_code", "coupon_code", "coupon_code"),
    "CATALOG": ("catalog", "action", "thumbnail_product_retailer_id"),
}
"""Of each button of a template: its ``sub_type``, the type of its parameter, and the name of its value."""


def person_id(value: str) -> str:
    """A business-scoped user id, or a phone number as digits; ``InvalidRequest`` for anything else."""
    if codes.BSUID.fullmatch(value):
        return value
    digits = _NOT_DIGITS.sub("", value)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 20):
        raise invalid(to="is neither a phone number nor a business-scoped user id (US.134…)")
    return digits


class WhatsAppSending(GraphNoun, Messaging):
    """What sending one message and sending many have in common."""

    service: ClassVar[str] = "business"
    templates: ClassVar[type[Templates]] = WhatsAppTemplates
    spent: int = 0
    """Messages other than templates that went out this month, as this client counted them."""
    parts: int = 0
    """How many messages this operation has sent: each has a reference of its own."""

    def deliver_all(
        self, ref: ConversationRef, items: Sequence[Content], options: SendOptions, billable: bool | None
    ) -> Flow[SendReceipt]:
        """As everywhere; only the status webhook tells whether it was billed."""
        return super().deliver_all(ref, items, options, None)

    def speaker(self, ref: ConversationRef) -> str:
        """The number that speaks in a conversation, by its id."""
        return ref.own_account or self.own("phone")

    def payload(self, content: Content) -> Payload:
        """The fields of a message that send a content."""
        found = payload_of(content, partial(self.own, "catalog"))
        if found is None:
            self.refuse(f"send:{capability_of(content)}")
        local = _local(content)
        if local is not None:
            _file(local[1], _style(content, local[1]))
        return found

    def recipient(self, to: To) -> Flow[ConversationRef]:
        """The conversation that is meant, by the newest id that its person is known by."""
        if isinstance(to, str) and to.startswith("wamid."):
            found = yield from self.sibling(Orders).get([to])
            to = found[0].unwrap()
        ref = _given(to)
        phone = (ref.own_account if ref else None) or self.own("phone")
        person = (ref.native_id or (ref.peer.value if ref.peer else "")) if ref else _person(to)
        book = Book(phone)
        thread = yield from book.newest(person_id(person))
        if ref is not None and ref.peer is not None and ref.native_id == thread:
            return ref
        return (yield from book.conversation(thread))

    def price_of(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions, policy: SendPolicy
    ) -> bool | None:
        """Templates may be billed, other messages are beyond the free ones of the month.

        What is no template is refused outside of the window, whatever the purpose.
        """
        plain = [content for content in contents if not is_template(content)]
        if plain and not policy.can_reply:
            raise PolicyViolation(
                f"{policy.reason}; only a Template may be sent now",
                reason="policy",
                platform="whatsapp",
                sent="no",
            )
        if len(plain) < len(contents):
            return None
        return None if self.spent + len(plain) > codes.FREE_SERVICE_MESSAGES else False

    def deliver(
        self, ref: ConversationRef, contents: Sequence[Content], options: SendOptions
    ) -> Flow[SendReceipt]:
        """POST /{phone-number-id}/messages, or /marketing_messages: one content."""
        phone = self.speaker(ref)
        content = yield from self._uploaded(contents[0], phone)
        fields = yield from self._written(content)
        reference = self._reference(options)
        body = {**_address(ref), **fields, "biz_opaque_callback_data": reference}
        if options.reply_to is not None:
            body["context"] = {"message_id": options.reply_to}
        marketing = yield from self._is_marketing(content, options)
        path = f"/{phone}/marketing_messages" if marketing else f"/{phone}/messages"
        answer = yield from self.ask(
            "POST",
            path,
            body=body,
            safety="unsafe",
            readback=partial(self._find, Book(phone), reference),
        )
        yield from self._note(Book(phone), ref, content, fields, answer)
        return _receipt(answer, "marketing_messages" if marketing else "messages")

    def _reference(self, options: SendOptions) -> str:
        """What the status webhooks will echo: the caller's key, or one of our own."""
        self.parts += 1
        key = options.idempotency_key or uuid.uuid4().hex
        if len(key) > 500:
            raise invalid(idempotency_key=f"has {len(key)} characters; at most 500")
        return key if self.parts == 1 or self.operation == "messaging.broadcast" else f"{key}:{self.parts}"

    def _find(self, book: Book, reference: str) -> Flow[Found[Any] | Undecided]:
        """WhatsApp reads nothing back; a status that came meanwhile tells that it was sent."""
        row = yield from book.echo(reference)
        if "id" in row:
            return Found({"messages": [{"id": row["id"], "message_status": row.get("status")}]})
        return Undecided(
            {"biz_opaque_callback_data": reference},
            "wait for a status event (message.sent, message.failed) whose data holds this reference",
        )

    def _note(
        self, book: Book, ref: ConversationRef, content: Content, fields: Payload, answer: Any
    ) -> Flow[None]:
        """Keep what was sent: the history, this month's count, and what an order was told."""
        for contact in rows(answer.get("contacts")):
            yield from book.same(word(contact.get("wa_id")).strip(), word(contact.get("user_id")).strip())
        if not is_template(content):
            yield from book.spend(self.now())
        told = _told(fields)
        if told is not None:
            yield from book.advance(*told)
        yield from inbox.keep(_echo(ref, content, word(answer["messages"][0].get("id")), self.now()))

    # templates

    def _written(self, content: Content) -> Flow[Payload]:
        """The fields of a message; the buttons of a template are told by its definition."""
        fields = self.payload(content)
        if isinstance(content, Template) and content.buttons:
            template = yield from self._definition(content)
            part = next(
                (one for one in rows(table(template.raw).get("components")) if one.get("type") == "BUTTONS"),
                {},
            )
            components = fields["template"].setdefault("components", [])
            components += _buttons(content.buttons, rows(part.get("buttons")))
        return fields

    def _definition(self, content: Template | Coupon) -> Flow[MessageTemplate]:
        templates = WhatsAppTemplates(self.session, self.operation)
        return templates.defined(*template_key(content))

    def category_of(self, content: Content) -> Flow[Purpose | None]:
        """What a template is for, where the settings name the account that keeps it."""
        if not isinstance(content, Template | Coupon) or "waba" not in self.backend.identities:
            return None
        template = yield from self._definition(content)
        return "marketing" if template.category == "marketing" else "utility"

    def _is_marketing(self, content: Content, options: SendOptions) -> Flow[bool]:
        if not is_template(content):
            return False
        if self.operation == "messaging.broadcast":
            return options.purpose == "marketing"
        category = yield from self.category_of(content)
        return (category or options.purpose) == "marketing"

    # files

    def _uploaded(self, content: Content, phone: str) -> Flow[Content]:
        """The content with its file in WhatsApp's hands."""
        local = _local(content)
        if local is None:
            return content
        name, media = local
        kept = yield from self.upload(media, _style(content, media), phone)
        changed: Content = content.model_copy(update={name: kept})
        return changed

    def upload(self, media: Media, style: str, phone: str) -> Flow[Media]:
        """POST /{phone-number-id}/media."""
        file = _file(media, style)
        answer = yield from self.ask(
            "POST",
            f"/{phone}/media",
            files={"file": file},
            body={"messaging_product": "whatsapp", "type": file.media_type},
            safety="absolute",
        )
        return Media.build(
            kind=media.kind,
            id=str(answer["id"]),
            name=media.name,
            media_type=file.media_type,
            expires_at=self.now() + codes.UPLOADED_FOR,
        )

    # windows

    @supports("emulated", requires=("inbox",), cost="no call; reads State.inbox", confidence="official")
    def policy(self, conversation: To) -> Flow[SendPolicy]:
        """From what ``webhooks.receive`` brought: 24 hours after a person wrote or called, 72 from an ad.

        ``free`` is free of a window, not of a price: see ``send(allow_paid=...)``.
        """
        ref = yield from self.recipient(conversation)
        return self._policy(ref, (yield from self._open_until(ref)))

    def standing(self, ref: ConversationRef) -> Flow[SendPolicy]:
        """As ``policy``; whoever wrote within a day may be answered, whatever else holds a window open."""
        self.spent = yield from Book(self.speaker(ref)).spent(self.now())
        heard = yield from inbox.heard_at(ref)
        if heard is None or self.now() >= heard + codes.WINDOW:
            return self._policy(ref, (yield from self._open_until(ref)))
        return self._policy(ref, heard + codes.WINDOW)

    def _policy(self, ref: ConversationRef, end: datetime | None) -> SendPolicy:
        exits: tuple[Purpose, ...] = ("utility", "marketing")
        if ref.peer is not None and ref.peer.kind == "bsuid" and ref.peer.value.startswith("US."):
            exits = ("utility",)  # WhatsApp delivers no marketing in the United States
        reason = None
        if end is None:
            reason = "this person has not written to the number, as far as this client's inbox knows"
        elif self.now() >= end:
            reason = f"the window after this person's last message ended at {end:%Y-%m-%d %H:%M} UTC"
        return SendPolicy.build(can_reply=reason is None, free_until=end, exits=exits, reason=reason)

    def _open_until(self, ref: ConversationRef) -> Flow[datetime | None]:
        """When the last window ends that a person opened, under every id; None where they wrote nothing."""
        book, entered, heard = Book(self.speaker(ref)), list[datetime | None](), list[datetime]()
        places = yield from self.threads(ref)
        for place in places:
            entered.append((yield from book.entry(place.native_id or "", self.now() - codes.FREE_ENTRY)))
        if any(entered):
            return _window((yield from self._history(places, entered)))
        for place in places:
            at = yield from inbox.heard_at(place)
            heard += [at] if at else []
        return max(heard) + codes.WINDOW if heard else None

    def _history(
        self, places: Sequence[ConversationRef], entered: Sequence[datetime | None]
    ) -> Flow[list[Message]]:
        """The messages that may hold a window open, under every id of the person; else the last one."""
        found: list[Message] = []
        for place, since in zip(places, entered, strict=True):
            found += yield from self._back_to(place, since)
        return found

    def _back_to(self, place: ConversationRef, entered: datetime | None) -> Flow[list[Message]]:
        """The newest messages, back to where the person came by an ad, else to the last that is theirs."""
        found: list[Message] = []
        cursor: str | None = None
        for _ in range(_DEEP):
            page = yield from inbox.messages(place, cursor=cursor, limit=_FEW)
            for one in page.items:
                found.append(one)
                if one.author != "buyer" or one.echo or one.sent_at is None:
                    continue
                if entered is None or one.sent_at <= entered:
                    return found
            cursor = page.next
            if cursor is None:
                break
        return found

    def threads(self, ref: ConversationRef) -> Flow[list[ConversationRef]]:
        """The conversation under every id that its person is known by, the newest id first."""
        newest = ref.native_id or ""
        former = yield from Book(self.speaker(ref)).former(newest)
        keys = dict.fromkeys([newest, ref.peer.value if ref.peer else "", *reversed(former)])
        return [ref.model_copy(update={"native_id": key}) for key in keys if key]


def _given(to: Any) -> ConversationRef | None:
    if isinstance(to, ConversationRef):
        return to
    if isinstance(to, Conversation):
        return to.ref
    if isinstance(to, Message):
        return to.conversation
    if isinstance(to, Order):
        if to.conversation is None:
            raise invalid(to="this order names no conversation; give a phone number or a user id")
        return to.conversation
    return None


def _person(to: Any) -> str:
    if isinstance(to, Identity):
        # A user id is one of WhatsApp's by its shape alone: any other would pass for a phone number.
        if to.kind not in _KINDS and not (to.kind == "user_id" and codes.BSUID.fullmatch(to.value)):
            raise invalid(to=f"WhatsApp knows nobody by {to.kind}; give a phone number or a user id")
        return to.value
    return str(to)


def _address(ref: ConversationRef) -> Payload:
    """A person by number, or by business-scoped id where the number is hidden."""
    value = ref.peer.value if ref.peer else ref.native_id or ""
    to = {"recipient": value} if codes.BSUID.fullmatch(value) else {"to": value}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **to}


def _local(content: Content) -> tuple[str, Media] | None:
    """The field of a content whose file lies on this machine."""
    for name in ("media", "header"):
        media = vars(content).get(name)
        if isinstance(media, Media) and media.id is None and media.url is None:
            return name, media
    return None


def _style(content: Content, media: Media) -> str:
    return codes.MEDIA.get(content.type) or codes.MEDIA[media.kind]


def _file(media: Media, style: str) -> Upload:
    """The file to upload; ``InvalidRequest`` where WhatsApp would not take it."""
    try:
        content = media.read()
    except (ValueError, OSError) as error:
        raise invalid(media="must be given as bytes or as a file of this machine") from error
    most = codes.MOST_BYTES[style]
    if len(content) > most:
        size = f"{most >> 20} MB" if most >= 2**20 else f"{most >> 10} KB"
        raise invalid(media=f"has {len(content)} bytes; {style}: at most {most} ({size})")
    return Upload(media.name or style, content, media.media_type or "application/octet-stream")


def _buttons(values: Sequence[str], defined: Sequence[Mapping[str, Any]]) -> list[Payload]:
    """The variable parts of a template's buttons, each for the button in its place; "" leaves one out."""
    if len(values) > len(defined):
        raise invalid(buttons=f"{len(values)} are given; the template has {len(defined)}")
    made: list[Payload] = []
    for place, (value, button) in enumerate(zip(values, defined, strict=False)):
        if not value:
            continue
        known = _BUTTON_TYPES.get(word(button.get("type")))
        if known is None:
            raise invalid(buttons=f"button {place + 1} ({button.get('type')}) takes no value")
        style, kind, name = known
        parameter: Payload = (
            {"type": kind, kind: {name: value}} if kind == "action" else {"type": kind, name: value}
        )
        made.append({"type": "button", "sub_type": style, "index": str(place), "parameters": [parameter]})
    return made


def _told(fields: Payload) -> tuple[str, Payload] | None:
    """What a message tells of an order: its reference, and what is now known of it."""
    if "interactive" not in fields:
        return None
    action = table(table(fields["interactive"]).get("action"))
    parameters = table(action.get("parameters"))
    status = word(table(parameters.get("order")).get("status"))
    if action.get("name") == "review_order":
        return str(parameters["reference_id"]), {"status": status}
    if action.get("name") == "review_and_pay":
        opened = {"opened": True, "status": status}
        config = word(parameters.get("payment_configuration"))
        return str(parameters.get("reference_id")), opened | ({"configuration": config} if config else {})
    return None


def _echo(ref: ConversationRef, content: Content, number: str, now: datetime) -> Message:
    return Message.build(
        id=number,
        platform="whatsapp",
        native_ids={"message_id": number},
        conversation=ref,
        author="person",
        echo=True,
        contents=(content,),
        sent_at=now,
        delivery="pending",
    )


def _receipt(answer: Any, via: str) -> SendReceipt:
    message = answer["messages"][0]
    native = word(message.get("message_status"))
    return SendReceipt.build(
        ids=(str(message["id"]),),
        via=via,
        status=codes.DELIVERY.get(native or "accepted", "other"),
        native_status=native or None,
        raw=answer,
    )


def _window(history: Sequence[Message]) -> datetime | None:
    """When the last window that these messages opened ends; None where a person wrote none of them."""
    ours = [one.sent_at for one in history if one.echo and one.sent_at]
    ends: list[datetime] = []
    for one in history:
        if one.author != "buyer" or one.echo or one.sent_at is None:
            continue
        ends.append(one.sent_at + codes.WINDOW)
        answered = any(one.sent_at <= sent <= one.sent_at + codes.WINDOW for sent in ours)
        if answered and came_by_ad(one):
            ends.append(one.sent_at + codes.FREE_ENTRY)
    return max(ends, default=None)
