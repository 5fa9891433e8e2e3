"""The shared state of a pretend marketplace, and the plain functions that arrange it.

A ``Market`` holds accounts, a clock, seeded randomness and scripted faults; it knows no
platform. A twin (``simulators.twin``) opens accounts in it and plays the platform's
wire. The verbs on the market itself act on the first account.
"""

from __future__ import annotations

import random
import struct
import threading
import zlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.account import Account, Amount, NotPlayed, OutOfStock, UnknownEntity, key_of
from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.entities import Product, Sent
from socialcommerce.simulators.faults import Faults

if TYPE_CHECKING:
    from socialcommerce.simulators.twin import Twin

__all__ = ["Account", "Delivery", "Market", "NotPlayed", "OutOfStock", "Seen", "UnknownEntity"]


@frozen
class Delivery:
    """A webhook as it reaches the seller: raw body, headers and query as sent to ``url``."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = field(factory=dict)


@define(slots=True)
class Seen:
    """A request that reached the platform, and the status answered (None: the line broke)."""

    method: str
    path: str
    request: Request = field(repr=False)
    status: int | None = None


class Market:
    """A pretend world. ``seed`` makes it repeatable; ``clock`` starts at the real now."""

    def __init__(self, seed: int = 0, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.random = random.Random(seed)
        self.faults = Faults()
        self.accounts: dict[str, Account] = {}
        self.twins: dict[str, Twin] = {}
        self.requests: list[Seen] = []
        self.deliveries: list[Delivery] = []
        self.lock = threading.RLock()

    # -- accounts

    def open(self, account: Account) -> None:
        """Add an account; the first one answers the market's own verbs."""
        self.accounts[account.id] = account

    def account(self, account_id: object) -> Account:
        """The account with that id (or of an object with an ``id``): the same verbs, and ``revoke``.

        Raises ``UnknownEntity``.
        """
        key = key_of(account_id)
        if key in self.accounts:
            return self.accounts[key]
        for twin in self.twins.values():
            found = twin.account_of(key)
            if found is not None:
                return found
        raise UnknownEntity(f"there is no account {key!r}")

    @property
    def default(self) -> Account:
        """The first account."""
        if not self.accounts:
            raise UnknownEntity("no twin has opened an account in this market yet")
        return next(iter(self.accounts.values()))

    # -- what people do

    def add_product(self, sku: str, stock: int, price: Amount | None = None, **native: Any) -> Product:
        """List a product of one variant. See ``Account.add_product``."""
        with self.lock:
            return self.default.add_product(sku, stock, price, **native)

    def buy(self, sku: str, quantity: int = 1) -> str:
        """A buyer orders and pays; answers the order's id. See ``Account.buy``."""
        with self.lock:
            return self.default.buy(sku, quantity)

    def complete(self, order: object) -> None:
        """Deliver, accept and settle an order (the id, or an object with one)."""
        with self.lock:
            self._holder("orders", order).complete(key_of(order))

    def request_cancellation(self, order: object) -> str:
        """The buyer asks to cancel; answers the order's id."""
        with self.lock:
            return self._holder("orders", order).request_cancellation(key_of(order))

    def request_return(self, order: object) -> str:
        """The buyer asks to give the order back; answers the return's id."""
        with self.lock:
            return self._holder("orders", order).request_return(key_of(order))

    def say(self, text: str, conversation: object = None) -> str:
        """A buyer writes; a new one unless a conversation is given. Answers its id."""
        with self.lock:
            if conversation is None:
                return self.default.say(text)
            return self._holder("conversations", conversation).say(text, key_of(conversation))

    def post(self, text: str) -> str:
        """Publish a post by hand; answers its id. ``NotPlayed`` where there are none."""
        with self.lock:
            return self.default.post(text)

    def approve_templates(self) -> None:
        """Approve every waiting message template. ``NotPlayed`` where there are none."""
        with self.lock:
            self.default.approve_templates()

    def record_ads(
        self,
        campaign: object,
        day: date,
        spend: Amount,
        conversion_value: Amount,
    ) -> None:
        """Book a campaign's day, in the account's currency. See ``Account.record_ads``."""
        with self.lock:
            holder = self._holder("campaigns", campaign)
            holder.record_ads(key_of(campaign), day, spend, conversion_value)

    def consent(self, url: str, **choices: Any) -> str:
        """Do on the consent page behind ``url`` what the seller would; answers the callback url.

        ``choices`` are the twin's own (which account, for how many days). Raises
        ``ValueError`` where no platform here has such a page.
        """
        with self.lock:
            for twin in self.twins.values():
                answer = twin.consent(url, **choices)
                if answer is not None:
                    return answer
        raise ValueError("no platform of this market has a consent page at that address")

    def image(self) -> bytes:
        """A small valid PNG, another colour each time."""
        return png(bytes(self.random.randrange(256) for _ in range(3)))

    def _holder(self, shelf: str, thing: object) -> Account:
        key = key_of(thing)
        for account in self.accounts.values():
            if key in getattr(account, shelf):
                return account
        raise UnknownEntity(f"{key!r} is not among the {shelf}")

    # -- time and trouble

    def now(self) -> datetime:
        """The pretend instant, aware, in UTC."""
        return self.clock.moment()

    def advance(self, by: timedelta) -> None:
        """Let time pass; whatever falls due on the way happens."""
        with self.lock:
            self.clock.advance(by.total_seconds())

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass: what a simulated driver does in place of waiting."""
        self.advance(timedelta(seconds=seconds))

    def fault(
        self, kind: str, on: str | None = None, times: int = 1, retry_after: timedelta | None = None
    ) -> None:
        """Script trouble: the next ``times`` requests that match ``on`` meet ``kind``.

        ``on`` is a glob over "METHOD path" ("POST */update_stock"); every request matches
        unless it is given. Kinds: ``faults.KINDS``. Raises ``ValueError`` for another word.
        """
        self.faults.add(kind, on, times, retry_after)

    def clear_faults(self) -> None:
        """Forget every fault that has not happened yet."""
        self.faults.clear()

    # -- what came of it

    def pushes(self) -> list[Delivery]:
        """Every webhook delivered so far, oldest first."""
        return list(self.deliveries)

    def deliver(self, delivery: Delivery) -> bool:
        """Deliver a webhook, or twice or not at all where a fault says so; says whether it arrived."""
        if self.faults.strikes("lose_push"):
            return False
        self.deliveries.extend([delivery] * (2 if self.faults.strikes("duplicate_push") else 1))
        return True

    @property
    def outbox(self) -> list[Sent]:
        """Every message that the sellers sent."""
        return [sent for account in self.accounts.values() for sent in account.outbox]


def png(colour: bytes, side: int = 8) -> bytes:
    """A square PNG of one colour (three bytes: red, green, blue), ``side`` pixels wide."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = (b"\0" + colour * side) * side
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
