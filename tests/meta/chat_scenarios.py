"""Every write of Messenger's messages as data: the world before, and how often its effect is there after."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.faults.scenarios import Scenario

from socialcommerce import Client
from socialcommerce.models import Media
from socialcommerce.models.content import Image, ProductCard, ProductRef, QuickReplies, QuickReply
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS"]

PICTURE = Media.from_bytes(b"\x89PNG\r\n\x1a\nmug", name="mug.png")
SEND = "POST */messages"
Write = partial(Scenario, platform="meta", currency="USD", lasting=True)


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


SCENARIOS = tuple(_scenarios())
