"""What follows from a change: cancellations beside orders, the end of the remorse hour, refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Order
from socialcommerce.simulators.tiktok_shop import push
from socialcommerce.simulators.tiktok_shop.defaults import units_of

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_shop.twin import TikTokShopTwin

__all__ = [
    "Cancellation",
    "cancel_units",
    "follow",
    "move_cancellation",
    "open_cancellation",
    "pending_cancellation",
]

PENDING, SUCCESS, WITHDRAWN, COMPLETE = (
    "CANCELLATION_REQUEST_PENDING",
    "CANCELLATION_REQUEST_SUCCESS",
    "CANCELLATION_REQUEST_CANCEL",
    "CANCELLATION_REQUEST_COMPLETE",
)
ROLES = {"buyer": "BUYER", "seller": "SELLER", "system": "SYSTEM"}


@define(slots=True, eq=False)
class Cancellation:
    """A request to cancel an order or units of it; ``role`` is who asked."""

    id: str
    order: Order
    units: list[str]
    role: str
    reason: str
    status: str
    created: float
    updated: float
    lines: dict[str, str]


def open_cancellation(
    twin: TikTokShopTwin,
    account: Account,
    order: Order,
    units: list[str],
    role: str,
    reason: str,
    status: str = PENDING,
) -> Cancellation:
    """Enter a cancellation, and tell of it."""
    now = account.clock.now()
    lines = {unit: twin.new_id("cancel") for unit in units}
    case = Cancellation(twin.new_id("cancel"), order, units, role, reason, status, now, now, lines)
    account.native["cancellations"][case.id] = case
    push.cancellation(twin, account, case)
    return case


def move_cancellation(twin: TikTokShopTwin, account: Account, case: Cancellation, status: str) -> None:
    """Let a cancellation become something else, and tell of it."""
    case.status, case.updated = status, account.clock.now()
    push.cancellation(twin, account, case)


def pending_cancellation(account: Account, order: Order) -> Cancellation | None:
    """The cancellation of the order that nobody has answered yet."""
    cases: dict[str, Cancellation] = account.native["cancellations"]
    return next((one for one in cases.values() if one.order is order and one.status == PENDING), None)


def cancel_units(account: Account, order: Order, chosen: list[str]) -> None:
    """Cancel units by id and put them back on the shelf; parcels lose them."""
    for unit in units_of(order):
        if unit.id in chosen and not unit.cancelled:
            unit.cancelled = True
            unit.line.cancelled += 1
            unit.line.variant.give_back(1)
    for package in order.packages:
        package.native["units"] = [one for one in package.native["units"] if one not in chosen]
        recount(order, package)
    account.move_order(order)


def recount(order: Order, package: Any) -> None:
    """Bring the contents of a parcel (line id -> units) in step with the units it holds."""
    counts: dict[str, int] = {}
    for unit in units_of(order):
        if unit.id in package.native["units"]:
            counts[unit.line.id] = counts.get(unit.line.id, 0) + 1
    package.contents = counts


def follow(twin: TikTokShopTwin, what: str, account: Account, entity: Any) -> None:
    """Keep what belongs to an order in step with it."""
    if what == "order.placed" and twin.hold:
        account.later(twin.hold, lambda: _release(account, entity))
    if what == "order.changed":
        _cancellations(twin, account, entity)


def _release(account: Account, order: Order) -> None:
    if order.status != "cancelled":
        order.native["on_hold"] = False
        account.move_order(order)


def _cancellations(twin: TikTokShopTwin, account: Account, order: Order) -> None:
    case = pending_cancellation(account, order)
    if order.status == "cancel_requested" and case is None:
        _asked(twin, account, order)
    elif order.status == "cancelled":
        left = [unit for unit in units_of(order) if not unit.cancelled]
        for unit in left:
            unit.cancelled = True
        if case is not None:
            move_cancellation(twin, account, case, COMPLETE)
        elif left:
            role = ROLES.get(order.cancelled_by, "SYSTEM")
            units = [unit.id for unit in left]
            open_cancellation(twin, account, order, units, role, order.cancel_reason, COMPLETE)
    elif case is not None and order.status not in ("cancel_requested", "unpaid"):
        move_cancellation(twin, account, case, WITHDRAWN)


def _asked(twin: TikTokShopTwin, account: Account, order: Order) -> None:
    order.native["cancel_requested_at"] = account.clock.now()
    order.cancel_reason = "ecom_order_to_ship_canceled_reason_created_by_mistakes"
    units = [unit.id for unit in units_of(order) if not unit.cancelled]
    open_cancellation(twin, account, order, units, "BUYER", order.cancel_reason)
    if order.native["on_hold"] or order.before_request == "unpaid":
        account.cancel(order, "buyer", order.cancel_reason)  # no consent is needed this early
