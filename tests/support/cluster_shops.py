"""What a worker of a cluster needs to speak for a shop: a module that it can import."""

from __future__ import annotations

import json
import os
from functools import cache, partial
from typing import Any

from socialcommerce import Client, State
from socialcommerce.backends import Shopee

__all__ = ["fail", "open_shop", "opener", "where"]


@cache
def _root(settings: str, address: str, prefix: str) -> Client:
    """One client a process: its shops share connections, tokens and limits."""
    return Client(Shopee(**json.loads(settings)), state=State.redis(address, prefix))


def open_shop(settings: str, address: str, prefix: str, account: str) -> Client:
    return _root(settings, address, prefix).for_account(account)


def opener(settings: dict[str, Any], address: str, prefix: str) -> partial[Client]:
    """``open`` for a fleet. In a program of one's own the worker reads secrets where it runs."""
    return partial(open_shop, json.dumps(settings), address, prefix)


def where(shop: Client) -> tuple[int, str]:
    """The process that asks, and the shop's name."""
    return os.getpid(), shop.store.info().name


def fail(shop: Client) -> None:
    shop.orders.get("no such order")
