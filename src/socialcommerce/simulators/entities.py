"""What exists in a pretend marketplace, in words that every platform shares.

An entity is itself and equal to no other. Each has a ``native`` dictionary for what one
platform alone knows about it. Instants are epoch seconds of the market's clock; money is
``Decimal`` in the account's currency.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from attrs import define, field

__all__ = [
    "Buyer",
    "Campaign",
    "Conversation",
    "DayMetrics",
    "Line",
    "Location",
    "Message",
    "Native",
    "Order",
    "OrderStatus",
    "Package",
    "PackageStatus",
    "Product",
    "Return",
    "ReturnStatus",
    "Sent",
    "Upload",
    "Variant",
]

Native: TypeAlias = dict[str, Any]
OrderStatus: TypeAlias = Literal[
    "unpaid",
    "ready",
    "processed",
    "retry",
    "shipped",
    "delivered",
    "completed",
    "cancel_requested",
    "cancelled",
    "returning",
]
PackageStatus: TypeAlias = Literal[
    "waiting", "ready", "arranged", "retry", "picked_up", "delivered", "failed", "cancelled"
]
ReturnStatus: TypeAlias = Literal[
    "requested", "accepted", "processing", "judging", "disputed", "cancelled", "closed"
]


@define(slots=True, eq=False)
class Location:
    """A place that holds stock."""

    id: str
    name: str
    native: Native = field(factory=dict)


@define(slots=True, eq=False)
class Variant:
    """What can be bought: its price, and what lies at each location (location id -> units).

    ``reserved`` units are set aside for a promotion and count in the stock.
    """

    id: str
    sku: str
    price: Decimal
    stock: dict[str, int]
    reserved: int = 0
    options: tuple[int, ...] = ()
    native: Native = field(factory=dict)

    @property
    def on_hand(self) -> int:
        """Units at all locations together."""
        return sum(self.stock.values())

    @property
    def available(self) -> int:
        """Units that any buyer can still buy."""
        return self.on_hand - self.reserved

    def take(self, quantity: int) -> None:
        """Take units away, location by location; the caller has made sure there are enough."""
        for location in self.stock:
            taken = min(quantity, self.stock[location])
            self.stock[location] -= taken
            quantity -= taken

    def give_back(self, quantity: int) -> None:
        """Put units back at the first location."""
        self.stock[next(iter(self.stock))] += quantity


@define(slots=True, eq=False)
class Product:
    """A listing with one variant or several."""

    id: str
    sku: str
    title: str
    variants: list[Variant]
    created: float
    updated: float
    status: str = "active"
    description: str = ""
    promoted: bool = False
    native: Native = field(factory=dict)

    def variant(self, variant_id: str) -> Variant | None:
        """The variant with that id, if there is one."""
        return next((each for each in self.variants if each.id == variant_id), None)


@define(slots=True, eq=False)
class Buyer:
    """A person who buys or writes."""

    id: str
    name: str
    native: Native = field(factory=dict)


@define(slots=True, eq=False)
class Line:
    """So many units of one variant in an order, with what became of them."""

    id: str
    product: Product
    variant: Variant
    quantity: int
    unit_price: Decimal
    cancelled: int = 0
    cancel_requested: int = 0
    return_requested: int = 0
    returned: int = 0
    native: Native = field(factory=dict)

    @property
    def active(self) -> int:
        """Units neither cancelled nor returned, nor asked to be."""
        return self.quantity - self.cancelled - self.cancel_requested - self.return_requested - self.returned


@define(slots=True, eq=False)
class Package:
    """A parcel: which lines it holds (line id -> units), and where it is."""

    id: str
    order_id: str
    contents: dict[str, int]
    status: PackageStatus = "ready"
    tracking_number: str = ""
    arranged: float | None = None
    picked_up: float | None = None
    delivered: float | None = None
    updated: float = 0.0
    native: Native = field(factory=dict)


@define(slots=True, eq=False)
class Order:
    """What one buyer ordered at once."""

    id: str
    buyer: Buyer
    lines: list[Line]
    created: float
    updated: float
    status: OrderStatus = "ready"
    before_request: OrderStatus = "ready"
    packages: list[Package] = field(factory=list)
    paid: float | None = None
    completed: float | None = None
    cancelled_by: str = ""
    cancel_reason: str = ""
    note: str = ""
    note_updated: float = 0.0
    native: Native = field(factory=dict)

    @property
    def total(self) -> Decimal:
        """What the buyer pays for the goods that are not cancelled."""
        return sum((line.unit_price * (line.quantity - line.cancelled) for line in self.lines), Decimal(0))

    def line(self, line_id: str) -> Line:
        """The line with that id."""
        return next(line for line in self.lines if line.id == line_id)

    def package(self, package_id: str) -> Package | None:
        """The package with that id, if there is one."""
        return next((package for package in self.packages if package.id == package_id), None)


@define(slots=True, eq=False)
class Return:
    """A buyer's wish to give goods back, or to be refunded without."""

    id: str
    order: Order
    contents: dict[str, int]
    amount: Decimal
    created: float
    updated: float
    reason: str = "NOT_AS_DESCRIBED"
    status: ReturnStatus = "requested"
    refund_only: bool = False
    native: Native = field(factory=dict)


@define(slots=True, eq=False)
class Message:
    """One message of a conversation. ``contents`` is what was said, by kind (text: text)."""

    id: str
    conversation_id: str
    author: Literal["buyer", "seller", "system"]
    kind: str
    contents: dict[str, Any]
    sent: float
    native: Native = field(factory=dict)


@define(slots=True, eq=False)
class Conversation:
    """A buyer and what was written, oldest first."""

    id: str
    buyer: Buyer
    messages: list[Message] = field(factory=list)
    unread: int = 0
    native: Native = field(factory=dict)


@define(slots=True, eq=False)
class DayMetrics:
    """What a campaign did on one day."""

    spend: Decimal = Decimal(0)
    conversion_value: Decimal = Decimal(0)
    impressions: int = 0
    clicks: int = 0
    orders: int = 0
    items: int = 0


@define(slots=True, eq=False)
class Campaign:
    """An advertisement that the account pays for."""

    id: str
    name: str
    status: str = "paused"
    budget: Decimal = Decimal(0)
    days: dict[date, DayMetrics] = field(factory=dict)
    native: Native = field(factory=dict)


@define(slots=True, eq=False)
class Upload:
    """A file that the platform holds."""

    id: str
    content: bytes
    created: float
    status: str = "ready"
    native: Native = field(factory=dict)


@define(slots=True, eq=False)
class Sent:
    """A message that the seller sent: to whom (the buyer's id), and its contents in order."""

    to: str
    contents: list[dict[str, Any]]
