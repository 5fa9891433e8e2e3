"""One seller's account in a pretend marketplace: what it holds, and what happens to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeAlias, TypeVar

from attrs import define, field

from socialcommerce.models.money import Money
from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.entities import (
    Buyer,
    Campaign,
    Conversation,
    DayMetrics,
    Line,
    Location,
    Message,
    Native,
    Order,
    Package,
    Product,
    Return,
    Sent,
    Upload,
    Variant,
)

__all__ = ["Account", "Amount", "NotPlayed", "OutOfStock", "Platform", "UnknownEntity", "key_of"]

T = TypeVar("T")

Amount: TypeAlias = Money | Decimal | int | str
"""An amount in the account's currency."""


class UnknownEntity(LookupError):
    """The pretend world holds nothing under that name."""


class OutOfStock(ValueError):
    """Fewer units are left than somebody wants to buy."""


class NotPlayed(NotImplementedError):
    """The platform has no such thing (posts, message templates ...)."""


class Platform(Protocol):
    """What an account asks of the platform that it lives on (a ``Twin`` answers it)."""

    def new_id(self, kind: str) -> str:
        """A fresh id as the platform writes it; ``kind`` names the entity ("order")."""
        ...

    def furnish(self, account: Account, entity: Any) -> None:
        """Fill the ``native`` part of an entity that the market has just made."""
        ...

    def happened(self, what: str, account: Account, entity: Any) -> None:
        """Hear of a change ("order.changed"), to tell it by webhook."""
        ...

    def revoke(self, account: Account) -> None:
        """Take every authorisation of the account away."""
        ...

    def publish(self, account: Account, text: str) -> str:
        """Publish a post as the seller would by hand; answers its id."""
        ...

    def approve_templates(self, account: Account) -> None:
        """Approve every message template that waits for review."""
        ...


@define(slots=True, eq=False)
class Account:
    """A shop with its products, orders, conversations and campaigns, and the verbs that change it.

    ``currency`` is ISO 4217, ``region`` two letters, ``timezone`` an IANA name.
    """

    id: str
    name: str
    currency: str
    region: str
    timezone: str
    clock: Clock
    platform: Platform
    locations: list[Location]
    products: dict[str, Product] = field(factory=dict)
    orders: dict[str, Order] = field(factory=dict)
    returns: dict[str, Return] = field(factory=dict)
    conversations: dict[str, Conversation] = field(factory=dict)
    campaigns: dict[str, Campaign] = field(factory=dict)
    uploads: dict[str, Upload] = field(factory=dict)
    outbox: list[Sent] = field(factory=list)
    native: Native = field(factory=dict)

    def add_product(self, sku: str, stock: int, price: Amount | None = None, **native: Any) -> Product:
        """List a product of one variant, ready to be bought.

        ``price`` is in the account's currency (10 unless given); ``native`` is kept as the
        platform's own fields. Raises ``ValueError`` where the SKU is taken.
        """
        if self.find(sku) is not None:
            raise ValueError(f"the SKU {sku!r} is already listed")
        now = self.clock.now()
        shelf = {location.id: 0 for location in self.locations}
        shelf[self.locations[0].id] = stock
        cost = Decimal(10) if price is None else self._amount(price)
        variant = Variant(self.platform.new_id("variant"), sku, cost, shelf)
        title = str(native.pop("title", f"Product {sku}"))
        product = Product(self.platform.new_id("product"), sku, title, [variant], now, now, native=native)
        self.platform.furnish(self, product)
        self.products[product.id] = product
        self.platform.happened("product.created", self, product)
        return product

    def _amount(self, given: Amount) -> Decimal:
        """A number in the account's currency; ``ValueError`` for money of another."""
        if not isinstance(given, Money):
            return Decimal(given)
        if given.currency != self.currency:
            raise ValueError(f"account {self.id} counts in {self.currency}, not in {given.currency}")
        return given.amount

    def find(self, sku: str) -> tuple[Product, Variant] | None:
        """The product and variant on sale under that SKU, if there is one."""
        for product in self.products.values():
            if product.status == "deleted":
                continue
            for variant in product.variants:
                if sku in (variant.sku, product.sku if len(product.variants) == 1 else variant.sku):
                    return product, variant
        return None

    def buy(self, sku: str, quantity: int = 1) -> str:
        """A new buyer orders and pays ``quantity`` units; answers the order's id.

        Raises ``UnknownEntity`` for a SKU that is not on sale, ``OutOfStock`` where too
        few units are left.
        """
        found = self.find(sku)
        if found is None or found[0].status != "active":
            raise UnknownEntity(f"no product on sale has the SKU {sku!r}")
        product, variant = found
        if quantity < 1 or variant.available < quantity:
            raise OutOfStock(f"{variant.available} of {sku!r} left, {quantity} asked for")
        variant.take(quantity)
        line = Line(self.platform.new_id("line"), product, variant, quantity, variant.price)
        order = self._order(line)
        self.platform.happened("order.placed", self, order)
        return order.id

    def _order(self, line: Line) -> Order:
        now = self.clock.now()
        order = Order(self.platform.new_id("order"), self.new_buyer(), [line], now, now, paid=now)
        order.packages = [
            Package(self.platform.new_id("package"), order.id, {line.id: line.quantity}, updated=now)
        ]
        self.platform.furnish(self, order)
        self.orders[order.id] = order
        return order

    def new_buyer(self) -> Buyer:
        """A person whom the account has not met."""
        number = self.platform.new_id("buyer")
        return Buyer(number, f"buyer_{number[-5:]}")

    def order(self, order_id: str) -> Order:
        """The order with that id; raises ``UnknownEntity``."""
        return _known(self.orders, order_id, "order")

    def move_order(self, order: Order, **changes: Any) -> None:
        """Set fields of an order, note the time, and let the platform tell of it."""
        _assign(order, changes, self.clock.now())
        self.platform.happened("order.changed", self, order)

    def move_package(self, package: Package, **changes: Any) -> None:
        """Set fields of a package, note the time, and let the platform tell of it."""
        _assign(package, changes, self.clock.now())
        self.platform.happened("package.changed", self, package)

    def ship(self, order_id: str) -> None:
        """The carrier collects every parcel of the order."""
        order, now = self.order(order_id), self.clock.now()
        for package in order.packages:
            if package.status in ("waiting", "ready", "arranged", "retry"):
                number = package.tracking_number or self.platform.new_id("tracking")
                arranged = package.arranged or now
                self.move_package(
                    package, status="picked_up", picked_up=now, arranged=arranged, tracking_number=number
                )
        self.move_order(order, status="shipped")

    def miss_pickup(self, order_id: str) -> None:
        """The carrier came for the arranged parcels and did not get them."""
        order = self.order(order_id)
        for package in order.packages:
            if package.status == "arranged":
                self.move_package(package, status="retry")
        self.move_order(order, status="retry")

    def complete(self, order_id: str) -> None:
        """The parcels are collected and delivered, the buyer accepts, the money is settled."""
        order = self.order(order_id)
        if order.status in ("cancelled", "unpaid", "completed"):
            raise ValueError(f"order {order_id} is {order.status}: it cannot be completed")
        if order.status not in ("shipped", "delivered"):
            self.ship(order_id)
        for package in order.packages:
            if package.status != "delivered":
                self.move_package(package, status="delivered", delivered=self.clock.now())
        if order.status != "delivered":
            self.move_order(order, status="delivered")
        self.move_order(order, status="completed", completed=self.clock.now())

    def request_cancellation(self, order_id: str) -> str:
        """The buyer asks to cancel an order that has not left; answers the order's id."""
        order = self.order(order_id)
        if order.status not in ("unpaid", "ready", "processed", "retry"):
            raise ValueError(f"order {order_id} is {order.status}: too late to ask for a cancellation")
        for line in order.lines:
            line.cancel_requested = line.active
        self.move_order(
            order,
            status="cancel_requested",
            before_request=order.status,
            cancelled_by="buyer",
            cancel_reason="Change of Mind",
        )
        return order.id

    def cancel(self, order: Order, by: str, reason: str) -> None:
        """Cancel whatever of the order is still wanted, and put the goods back on the shelf."""
        for line in order.lines:
            units = line.active + line.cancel_requested
            line.variant.give_back(units)
            line.cancelled += units
            line.cancel_requested = 0
        for package in order.packages:
            self.move_package(package, status="cancelled")
        self.move_order(order, status="cancelled", cancelled_by=by, cancel_reason=reason)

    def keep(self, order: Order) -> None:
        """Refuse the buyer's wish to cancel: the order goes on as before."""
        for line in order.lines:
            line.cancel_requested = 0
        self.move_order(order, status=order.before_request, cancelled_by="", cancel_reason="")

    def request_return(self, order_id: str) -> str:
        """The buyer wants to give the whole order back; answers the return's id.

        Raises ``ValueError`` for an order that has not left yet.
        """
        order, now = self.order(order_id), self.clock.now()
        if order.status not in ("shipped", "delivered", "completed"):
            raise ValueError(f"order {order_id} is {order.status}: nothing to give back yet")
        contents = {line.id: line.active for line in order.lines}
        for line in order.lines:
            line.return_requested = line.active
        amount = sum((order.line(key).unit_price * units for key, units in contents.items()), Decimal(0))
        request = Return(self.platform.new_id("return"), order, contents, amount, now, now)
        self.platform.furnish(self, request)
        self.returns[request.id] = request
        self.move_order(order, status="returning", before_request=order.status)
        self.platform.happened("return.requested", self, request)
        return request.id

    def move_return(self, request: Return, **changes: Any) -> None:
        """Set fields of a return, note the time, and let the platform tell of it."""
        _assign(request, changes, self.clock.now())
        self.platform.happened("return.changed", self, request)

    def say(self, text: str, conversation: str | None = None) -> str:
        """A buyer writes; a new one unless a ``conversation`` id is given. Answers its id."""
        if conversation is None:
            talk = Conversation(self.platform.new_id("conversation"), self.new_buyer())
            self.platform.furnish(self, talk)
            self.conversations[talk.id] = talk
        else:
            talk = _known(self.conversations, conversation, "conversation")
        self.add_message(talk, "buyer", "text", {"text": text})
        return talk.id

    def add_message(self, talk: Conversation, author: Any, kind: str, contents: dict[str, Any]) -> Message:
        """Put a message at the end of a conversation; what the seller says goes to the outbox."""
        message = Message(self.platform.new_id("message"), talk.id, author, kind, contents, self.clock.now())
        talk.messages.append(message)
        if author == "seller":
            self.outbox.append(Sent(talk.buyer.id, [{"kind": kind, **contents}]))
        else:
            talk.unread += 1
        self.platform.happened("message.added", self, message)
        return message

    def record_ads(self, campaign: str, day: date, spend: Amount, conversion_value: Amount) -> None:
        """Add to a campaign's day what it cost and what it sold, in the account's currency.

        Views and clicks follow from the spend: a click costs 0.5, one view in fifty clicks.
        """
        book = _known(self.campaigns, campaign, "campaign").days.setdefault(day, DayMetrics())
        book.spend += self._amount(spend)
        book.conversion_value += self._amount(conversion_value)
        book.clicks = int(book.spend * 2)
        book.impressions = book.clicks * 50
        book.orders += 1 if self._amount(conversion_value) else 0
        book.items = book.orders

    def post(self, text: str) -> str:
        """Publish a post by hand; answers its id. Raises ``NotPlayed`` where there are none."""
        return self.platform.publish(self, text)

    def approve_templates(self) -> None:
        """Let every waiting message template pass review; ``NotPlayed`` where there are none."""
        self.platform.approve_templates(self)

    def revoke(self) -> None:
        """The seller withdraws every authorisation of this account."""
        self.platform.revoke(self)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Let something happen once so many seconds of pretend time have passed."""
        self.clock.later(seconds, action)


def key_of(thing: object) -> str:
    """The id of what a verb was given: an object, or the id itself."""
    return str(getattr(thing, "id", None) or getattr(thing, "native_id", None) or thing)


def _known(shelf: dict[str, T], thing: object, what: str) -> T:
    key = key_of(thing)
    if key not in shelf:
        raise UnknownEntity(f"there is no {what} {key!r}")
    return shelf[key]


def _assign(entity: Order | Package | Return, changes: dict[str, Any], now: float) -> None:
    for name, value in changes.items():
        setattr(entity, name, value)
    entity.updated = now
