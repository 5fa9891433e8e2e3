"""One write of the fault table, as data, and what is there before it in shops of several platforms.

``arrange`` furnishes the pretend world through a client and answers what the write is about.
``act`` writes, through either client. ``count`` looks into the world, not at what a client was told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from attrs import field, frozen

from socialcommerce import Client
from socialcommerce.models import Image, Media, ProductCard, ProductRef
from socialcommerce.simulators.entities import Order, Product
from socialcommerce.simulators.market import Market, png

__all__ = [
    "PACKAGE",
    "PICTURE",
    "Scenario",
    "answered",
    "listed",
    "live",
    "order",
    "product",
    "said",
    "sends",
    "talk",
    "two_orders",
    "wishing_to_cancel",
]


PACKAGE: Any = {"weight_g": 250, "length_mm": 300, "width_mm": 200, "height_mm": 100}
PICTURE = Media.from_bytes(png(b"\x10\x20\x30"), "image/png", name="mug.png")


@frozen
class Scenario:
    """One write of a ``platform``; ``currency`` is the shop's.

    ``write`` is the request that meets the fault, as a pattern over "METHOD path"; ``step`` is its name
    among what ``PartiallyApplied`` says was done, where that is no part of the path.
    ``harmless``: asking for it again makes one and the same. ``lasting``: its token never expires.
    """

    name: str
    write: str
    act: Callable[[Any, Any], Any]
    count: Callable[[Market, Any], int]
    arrange: Callable[[Client], Any] = field(default=lambda shop: None)
    currency: str = "SGD"
    harmless: bool = False
    platform: str = "shopee"
    step: str = ""
    lasting: bool = False

    @property
    def done(self) -> str:
        """What holds the name of its step, where ``PartiallyApplied`` says that it was done."""
        return f"{self.write} {self.step}"

    @property
    def label(self) -> str:
        """Its name among the writes of all platforms."""
        return f"{self.platform}: {self.name}"


# -- what is sold


def live(market: Market) -> list[Product]:
    return [one for one in market.default.products.values() if one.status != "deleted"]


def product(shop: Client) -> Product:
    made: Product = shop.market.add_product("MUG", 10)
    return made


def listed(market: Market, _: Any) -> int:
    return len(live(market))


# -- who bought it


def order(shop: Client) -> Order:
    shop.market.add_product("MUG", 10)
    found: Order = shop.market.default.orders[shop.market.buy("MUG", 2)]
    return found


def two_orders(shop: Client) -> list[Order]:
    first = order(shop)
    return [first, shop.market.default.orders[shop.market.buy("MUG")]]


def wishing_to_cancel(shop: Client) -> Order:
    made = order(shop)
    shop.market.request_cancellation(made.id)
    return made


# -- who writes


def talk(shop: Client) -> str:
    thread: str = shop.market.say("Is it in stock?")
    return thread


def said(market: Market, _: Any) -> int:
    return len(market.outbox)


def answered(shop: Client) -> str:
    thread = talk(shop)
    shop.messaging.send(thread, "It is!")
    return thread


def sends(make: Callable[..., Scenario], send: str) -> Iterator[Scenario]:
    """What every chat can say, by the call that sends it."""
    yield make(
        "messaging.send, text", send, lambda shop, thread: shop.messaging.send(thread, "It is!"), said, talk
    )
    yield make(
        "messaging.send, the same text again",
        send,
        lambda shop, thread: shop.messaging.send(thread, "It is!"),
        lambda market, thread: said(market, thread) - 1,
        answered,
    )
    yield make(
        "messaging.send, picture",
        send,
        lambda shop, thread: shop.messaging.send(thread, Image(PICTURE)),
        said,
        talk,
    )
    yield make(
        "messaging.send, product card",
        send,
        lambda shop, found: shop.messaging.send(found[0], ProductCard([ProductRef(found[1].id)])),
        said,
        lambda shop: (talk(shop), product(shop)),
    )
