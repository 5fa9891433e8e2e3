"""Every write of Messenger's messages as data: the world before, and how often its effect is there after."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.faults.scenarios import Scenario

from socialcommerce import Client
from socialcommerce.models import Media
from socialcommerce.models.content import (
    Image,
    ProductCard,
    ProductRef,
    QuickReplies,
    QuickReply,
    Template,
)
from socialcommerce.models.message import TemplateInput
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS"]

PICTURE = Media.from_bytes(b"\x89PNG\r\n\x1a\nmug", name="mug.png")
SEND = "POST */messages"
READY = TemplateInput(
    name="shipped",
    language="en_US",
    category="utility",
    body="Order {{order}} is on its way",
    variables={"order": "1001"},
)
TEMPLATES = "*/message_templates"
Write = partial(Scenario, platform="meta", currency="USD")


def talk(shop: Client) -> str:
    return str(shop.market.say("Is it in stock?"))


def said(market: Market, _: Any) -> int:
    return len(market.outbox)


def _answered(shop: Client) -> str:
    thread = talk(shop)
    shop.messaging.send(thread, "It is!")
    return thread


def _offered(shop: Client) -> tuple[str, str]:
    shop.market.add_product("TS-1", stock=5)
    return talk(shop), str(shop.catalog.find("TS-1")[0].product_id)


def _commented(shop: Client) -> Any:
    """A comment on a post, as it was pushed."""
    post = shop.market.post("New mugs")
    shop.market.twins["meta"].comment(post, "Price?")
    push = shop.market.pushes()[-1]
    with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as receipt:
        return receipt.events[0].state


def _approved(shop: Client) -> tuple[str, Any]:
    made = shop.messaging.templates.create(READY)
    shop.market.approve_templates()
    return talk(shop), made


def _templates(market: Market) -> int:
    return len(_twin(market).of("MessengerBusinessTemplate"))


def _twin(market: Market) -> Any:
    return market.twins["meta"]


def _unread(market: Market, thread: str) -> int:
    return market.default.conversations[thread].unread


def _beyond_messages() -> Iterator[Scenario]:
    yield Write(
        "messaging.send, on Instagram",
        SEND,
        lambda shop, thread: shop.messaging.send(thread, "It is!"),
        said,
        lambda shop: _twin(shop.market).say_on_instagram("Is it in stock?"),
    )
    yield Write(
        "messaging.send, answering a comment",
        SEND,
        lambda shop, comment: shop.messaging.send(comment, "12 dollars"),
        said,
        _commented,
    )
    yield Write(
        "messaging.send, template",
        SEND,
        lambda shop, found: shop.messaging.send(
            found[0],
            Template("shipped", language="en_US", variables={"order": "7"}),
            purpose="utility",
            allow_paid=True,
        ),
        said,
        _approved,
    )
    yield Write(
        "messaging.mark_read",
        SEND,
        lambda shop, thread: shop.messaging.mark_read(thread),
        lambda market, thread: int(_unread(market, thread) == 0),
        talk,
    )
    yield Write(
        "messaging.upload_media",
        "POST */message_attachments",
        lambda shop, _: shop.messaging.upload_media(PICTURE),
        # A file that nobody sends is harmless, so that it may be there twice.
        lambda market, _: min(1, len(_twin(market).of("MessageAttachment"))),
    )
    yield Write(
        "messaging.templates.create",
        f"POST {TEMPLATES}",
        lambda shop, _: shop.messaging.templates.create(READY),
        lambda market, _: _templates(market),
    )
    yield Write(
        "messaging.templates.delete",
        f"DELETE {TEMPLATES}",
        lambda shop, found: shop.messaging.templates.delete(found[1]),
        lambda market, _: 1 - _templates(market),
        _approved,
    )


def _owner(market: Market, thread: str) -> Any:
    return market.default.conversations[thread].native["owner"]


def _taken(shop: Client) -> str:
    thread = talk(shop)
    shop.messaging.handover(thread, to="self")
    return thread


def _handovers() -> Iterator[Scenario]:
    changes: list[tuple[str, str, str | None, Any, Any]] = [
        ("to the inbox", "pass", "inbox", talk, lambda owner: owner is not None),
        ("to ourselves", "take", "self", talk, lambda owner: owner is not None),
        ("given back", "release", None, _taken, lambda owner: owner is None),
    ]
    for name, verb, to, arrange, is_done in changes:
        yield Write(
            f"messaging.handover, {name}",
            f"POST */{verb}_thread_control",
            lambda shop, thread, to=to: shop.messaging.handover(thread, to=to),
            lambda market, thread, is_done=is_done: int(is_done(_owner(market, thread))),
            arrange,
        )


def _scenarios() -> Iterator[Scenario]:
    yield Write(
        "messaging.send, text", SEND, lambda shop, thread: shop.messaging.send(thread, "It is!"), said, talk
    )
    yield Write(
        "messaging.send, the same text again",
        SEND,
        lambda shop, thread: shop.messaging.send(thread, "It is!"),
        lambda market, thread: said(market, thread) - 1,
        _answered,
    )
    yield Write(
        "messaging.send, picture",
        SEND,
        lambda shop, thread: shop.messaging.send(thread, Image(PICTURE)),
        said,
        talk,
    )
    yield Write(
        "messaging.send, product card",
        SEND,
        lambda shop, found: shop.messaging.send(found[0], ProductCard([ProductRef(found[1])])),
        said,
        _offered,
    )
    yield Write(
        "messaging.send, quick replies",
        SEND,
        lambda shop, thread: shop.messaging.send(thread, QuickReplies("Size?", replies=[QuickReply("M")])),
        said,
        talk,
    )


SCENARIOS = (*_scenarios(), *_beyond_messages(), *_handovers())
