"""What becomes of a return: who may do what, and what the buyer and the platform do.

The seller's side is played over the wire (``returns``). The functions here that begin with
``buyer_``, and ``judge``, do what the other two parties do, for whoever arranges a story.
A request that the seller does not answer in time is accepted by the platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Return

if TYPE_CHECKING:
    from socialcommerce.simulators.shopee.twin import ShopeeTwin

__all__ = [
    "ANSWER_WITHIN",
    "accept",
    "buyer_accepts",
    "buyer_cancels",
    "buyer_counters",
    "buyer_sends_back",
    "dispute",
    "judge",
    "offer",
    "opened",
]

ANSWER_WITHIN = 3 * 86400
"""Seconds that the seller has to answer a request."""
SHIP_WITHIN = 5 * 86400
PROOF_WITHIN = 2 * 86400
COUNTER_OFFERS = 3

RETURN_REFUND, REFUND = "RETURN_REFUND", "REFUND"
OPEN = ("requested", "processing", "judging", "disputed")
DISPUTED: Mapping[str, str] = {"requested": "judging", "processing": "disputed"}
"""Where a dispute takes a return; disputing an accepted one asks for compensation instead."""


def opened(twin: ShopeeTwin, shop: Account, request: Return) -> None:
    """Give a new return the fields that Shopee alone has, and the seller a time to answer."""
    created = int(request.created)
    request.native |= {
        "due": created + ANSWER_WITHIN,
        "ship_due": created + SHIP_WITHIN,
        "after_release": request.order.completed is not None,
        "negotiation": {
            "negotiation_status": "PENDING_RESPOND",
            "latest_solution": REFUND if request.refund_only else RETURN_REFUND,
            "latest_offer_amount": request.amount,
            "latest_offer_creator": request.order.buyer.name,
            "counter_limit": COUNTER_OFFERS,
            "offer_due_date": created + ANSWER_WITHIN,
        },
        "countered": False,
        "proof_status": "NOT_NEEDED",
        "proof_due": 0,
        "proof": None,
        "compensation": "COMPENSATION_NOT_APPLICABLE",
        "dispute": None,
        "logistics": "LOGISTICS_NOT_STARTED",
        "tracking_number": "",
        "events": [],
    }
    twin.clock.later(ANSWER_WITHIN, lambda: _overdue(shop, request))


def _overdue(shop: Account, request: Return) -> None:
    if request.status == "requested":
        accept(shop, request, by_platform=True)


def accept(shop: Account, request: Return, amount: Decimal | None = None, by_platform: bool = False) -> None:
    """Refund the buyer (``amount``, else what was asked for); the order is over with that.

    Where the platform decides, the seller may ask it for compensation.
    """
    for key, units in request.contents.items():
        line = request.order.line(key)
        line.return_requested -= units
        line.returned += units
    request.native["negotiation"]["negotiation_status"] = "TERMINATED"
    if by_platform:
        request.native["compensation"] = "COMPENSATION_PENDING_REQUEST"
    shop.move_return(request, status="accepted", amount=request.amount if amount is None else amount)
    order = request.order
    released = shop.clock.now() if order.completed is None else order.completed
    shop.move_order(order, status="completed", completed=released)


def _drop(shop: Account, request: Return, status: str) -> None:
    for key, units in request.contents.items():
        request.order.line(key).return_requested -= units
    request.native["negotiation"]["negotiation_status"] = "TERMINATED"
    shop.move_return(request, status=status)
    shop.move_order(request.order, status=request.order.before_request)


def _start_return(shop: Account, request: Return) -> None:
    request.native["negotiation"]["negotiation_status"] = "TERMINATED"
    request.native["logistics"] = "LOGISTICS_PENDING_ARRANGE"
    shop.move_return(request, status="processing", refund_only=False)


def settle(shop: Account, request: Return) -> None:
    """Put the latest offer into effect: a refund is paid, a return is waited for."""
    negotiation = request.native["negotiation"]
    if negotiation["latest_solution"] == REFUND:
        request.refund_only = True
        accept(shop, request, negotiation["latest_offer_amount"])
    else:
        _start_return(shop, request)


# -- the seller


def offer(shop: Account, request: Return, solution: str, amount: Decimal) -> None:
    """The seller offers another way out; the buyer is to answer."""
    request.native["negotiation"] |= {
        "negotiation_status": "PENDING_BUYER_RESPOND",
        "latest_solution": solution,
        "latest_offer_amount": amount,
        "latest_offer_creator": shop.name,
        "offer_due_date": int(shop.clock.now()) + ANSWER_WITHIN,
    }
    shop.move_return(request)


def dispute(shop: Account, request: Return, reason: int, text: str) -> None:
    """The seller disagrees: the platform is to judge, or to compensate for what it accepted."""
    request.native["dispute"] = {"reason": reason, "text": text}
    if request.status == "accepted":
        request.native["compensation"] = "COMPENSATION_REQUESTED"
        shop.move_return(request)
        return
    request.native |= {"proof_status": "PENDING", "proof_due": int(shop.clock.now()) + PROOF_WITHIN}
    shop.move_return(request, status=DISPUTED[request.status])


# -- the buyer and the platform


def buyer_accepts(shop: Account, request: Return) -> None:
    """The buyer agrees with the seller's offer."""
    _expect(request, request.native["negotiation"]["negotiation_status"] == "PENDING_BUYER_RESPOND")
    settle(shop, request)


def buyer_counters(
    shop: Account, request: Return, amount: Decimal | int | str, solution: str = REFUND
) -> None:
    """The buyer makes an offer of their own (RETURN_REFUND or REFUND); the seller is to answer."""
    _expect(request, request.status == "requested")
    negotiation = request.native["negotiation"]
    negotiation |= {
        "negotiation_status": "PENDING_RESPOND",
        "latest_solution": solution,
        "latest_offer_amount": Decimal(amount),
        "latest_offer_creator": request.order.buyer.name,
        "counter_limit": max(0, negotiation["counter_limit"] - 1),
    }
    request.native["countered"] = True
    shop.move_return(request)


def buyer_cancels(shop: Account, request: Return) -> None:
    """The buyer withdraws the request."""
    _expect(request, request.status in OPEN)
    _drop(shop, request, "cancelled")


def buyer_sends_back(twin: ShopeeTwin, shop: Account, request: Return) -> None:
    """The buyer hands the parcel to the carrier, who brings it to the seller."""
    _expect(
        request, request.status == "requested" or request.native["logistics"] == "LOGISTICS_PENDING_ARRANGE"
    )
    if request.status == "requested":
        _start_return(shop, request)
    now = int(shop.clock.now())
    request.native |= {
        "tracking_number": twin.new_id("tracking"),
        "logistics": "LOGISTICS_PICKUP_DONE",
        "events": [(now, "Parcel has been picked up by our logistics partner")],
    }
    shop.move_return(request)


def judge(shop: Account, request: Return, for_seller: bool) -> None:
    """The platform decides a dispute."""
    _expect(request, request.status in DISPUTED.values())
    if for_seller:
        _drop(shop, request, "closed")
    else:
        accept(shop, request, by_platform=True)


def _expect(request: Return, possible: Any) -> None:
    if not possible:
        raise ValueError(f"return {request.id} is {request.status}: that cannot happen to it now")
