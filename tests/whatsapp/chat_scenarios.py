"""Every write of WhatsApp's messages, templates and orders as data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.faults.scenarios import Scenario

from socialcommerce import Client, Consent, Media, Recipient
from socialcommerce.models.content import Image, ProductCard, ProductRef, QuickReplies, QuickReply, Template
from socialcommerce.models.message import TemplateInput
from socialcommerce.simulators.market import Market

__all__ = ["AGREED", "READY", "SCENARIOS", "handled"]

PICTURE = Media.from_bytes(b"\x89PNG\r\n\x1a\nmug", name="mug.png")
AGREED = Consent(source="checkout", obtained_at=datetime(2026, 1, 1, tzinfo=UTC), purposes=["messaging"])
READY = TemplateInput(
    name="order_ready", language="en_US", category="utility", body="Hi {{1}}!", variables={"1": "Ana"}
)
HOOK = "https://hooks.example.com/webhooks/whatsapp"
SEND = "POST */messages"
TEMPLATES = "*/message_templates"
Write = partial(Scenario, platform="whatsapp", currency="USD")


def handled(shop: Client) -> None:
    """Take what was pushed: it opens windows and brings orders."""
    for push in shop.market.pushes():
        with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body):
            pass


def talk(shop: Client) -> str:
    thread = str(shop.market.say("Is it blue?"))
    handled(shop)
    return thread


def said(market: Market, _: Any) -> int:
    return len(market.outbox)


def _answered(shop: Client) -> str:
    thread = talk(shop)
    shop.messaging.send(thread, "It is!")
    return thread


def _offered(shop: Client) -> str:
    shop.market.add_product("TS-1", stock=5)
    return talk(shop)


def sold(shop: Client) -> str:
    """An order of two pieces, by the id of its message."""
    shop.market.add_product("TS-1", 5)
    number = str(shop.market.buy("TS-1", 2))
    handled(shop)
    return number


def _messages() -> Iterator[Scenario]:
    sent = {
        "text": "It is!",
        "picture": Image(PICTURE),
        "quick replies": QuickReplies("Size?", [QuickReply("M")]),
    }
    for name, content in sent.items():
        yield Write(
            f"messaging.send, {name}",
            SEND,
            lambda shop, thread, content=content: shop.messaging.send(thread, content),
            said,
            talk,
        )
    yield Write(
        "messaging.send, the same text again",
        SEND,
        lambda shop, thread: shop.messaging.send(thread, "It is!"),
        lambda market, thread: said(market, thread) - 1,
        _answered,
    )
    yield Write(
        "messaging.send, product card",
        SEND,
        lambda shop, thread: shop.messaging.send(thread, ProductCard([ProductRef(sku="TS-1")])),
        said,
        _offered,
    )
    yield Write(
        "messaging.send, at the picture's upload",
        "POST */media",
        lambda shop, thread: shop.messaging.send(thread, Image(PICTURE)),
        said,
        talk,
    )
    yield Write(
        "messaging.mark_read",
        SEND,
        lambda shop, thread: shop.messaging.mark_read(thread),
        lambda market, thread: int(_conversation(market, thread).unread == 0),
        talk,
    )


def _conversation(market: Market, thread: str) -> Any:
    return market.default.conversations[thread]


# -- templates


def template(shop: Client) -> str:
    made = shop.messaging.templates.create(READY)
    shop.market.approve_templates()
    return str(made.id)


def _kept(market: Market) -> list[Any]:
    return list(_twin(market).of("WhatsAppBusinessHSM"))


def _twin(market: Market) -> Any:
    return market.twins["whatsapp"]


def _broadcast(shop: Any, _: Any) -> Any:
    people = [Recipient(to="+1 650 555 1234", variables={"1": "Bo"})]
    words = Template("order_ready", "en_US")
    return shop.messaging.broadcast(people, words, consent=AGREED, allow_paid=True)


def _templates() -> Iterator[Scenario]:
    yield Write(
        "messaging.templates.create",
        f"POST {TEMPLATES}",
        lambda shop, _: shop.messaging.templates.create(READY),
        lambda market, _: len(_kept(market)),
    )
    yield Write(
        "messaging.templates.update",
        "POST /v26.0/[0-9]*",
        lambda shop, one: shop.messaging.templates.update(one, body="Hello {{1}}!"),
        lambda market, one: int("Hello" in str(_twin(market).nodes[one].data["components"])),
        template,
    )
    yield Write(
        "messaging.templates.delete",
        f"DELETE {TEMPLATES}",
        lambda shop, _: shop.messaging.templates.delete("order_ready"),
        lambda market, _: 1 - len(_kept(market)),
        template,
    )
    yield Write("messaging.broadcast", SEND, _broadcast, said, template)


# -- orders, which are told to the buyer


def _orders() -> Iterator[Scenario]:
    yield Write("orders.accept", SEND, lambda shop, one: shop.orders.accept(one), said, sold)
    yield Write("orders.ship", SEND, lambda shop, one: shop.orders.ship(one), said, sold)
    yield Write(
        "orders.cancel", SEND, lambda shop, one: shop.orders.cancel(one, "Sold out after all"), said, sold
    )


SCENARIOS = (*_messages(), *_templates(), *_orders())
