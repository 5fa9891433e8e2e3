"""Shops of a fleet whose workers come to grief: opened by name in whatever process is asked to."""

from __future__ import annotations

import os
import signal
from functools import cache

from socialcommerce import Client, Product, simulate
from socialcommerce.errors import DecodeError


@cache
def shop_of(account: str) -> Client:
    """A pretend shop of this process, with one order."""
    shop = simulate("shopee")
    shop.market.add_product("A", stock=9)
    shop.market.buy("A")
    return shop


def dying(account: str) -> Client:
    """The shop; ``"b"`` takes its worker down instead."""
    if account == "b":
        os.kill(os.getpid(), signal.SIGKILL)
    return shop_of(account)


def process_of(shop: Client) -> int:
    """Which process asks."""
    return os.getpid()


class Misshapen(Product):
    """A product whose row shows its flaw when it is looked at as a whole: when it is pickled, say."""

    def __reduce__(self) -> tuple[object, ...]:
        raise DecodeError.misshapen(KeyError("title"), "shopee")


def unreadable(shop: Client) -> Product:
    """What no worker can send back."""
    return Misshapen.build(id="1")
