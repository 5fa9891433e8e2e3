"""Returns and refunds on the pretend TikTok Shop: asking, searching, deciding, and what the buyer does next.

Once a return is agreed the buyer sends the goods back a day later; an offer is answered a day
later too (accepted, unless ``shop.native["declines_offers"]`` is set).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from attrs import frozen

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Return
from socialcommerce.simulators.tiktok_shop.cancellations import (
    REFUND_REASONS,
    REJECT_CANCEL,
    case_item,
    choose_units,
    money_of,
    refund_of,
    refundable,
    within,
)
from socialcommerce.simulators.tiktok_shop.cases import PENDING
from socialcommerce.simulators.tiktok_shop.defaults import units_of
from socialcommerce.simulators.tiktok_shop.orders import CARRIER_ID, CARRIER_NAME, order_of
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_shop.twin import TikTokShopTwin

__all__ = ["move", "routes", "settle"]

routes = Routes()

DAY = 86400
ASKED, SHIP, SENT, OFFERED, DONE, REFUSED, RETURNED = (
    "RETURN_OR_REFUND_REQUEST_PENDING",
    "AWAITING_BUYER_SHIP",
    "BUYER_SHIPPED_ITEM",
    "AWAITING_BUYER_RESPONSE",
    "RETURN_OR_REFUND_REQUEST_COMPLETE",
    "REFUND_OR_RETURN_REQUEST_REJECT",
    "REJECT_RECEIVE_PACKAGE",
)
REPLACE = "REPLACEMENT_REQUEST_PENDING"


@frozen
class Decision:
    """What a seller may decide: about which types, in which states, and what then holds."""

    types: frozenset[str]
    states: frozenset[str]
    then: str


def _decision(types: str, states: str, then: str) -> Decision:
    return Decision(frozenset(types.split()), frozenset(states.split()), then)


EITHER = "REFUND RETURN_AND_REFUND"
DECISIONS: Mapping[str, Decision] = {
    "APPROVE_REFUND": _decision("REFUND", ASKED, DONE),
    "APPROVE_RETURN": _decision("RETURN_AND_REFUND", ASKED, SHIP),
    "APPROVE_RECEIVED_PACKAGE": _decision("RETURN_AND_REFUND", SENT, DONE),
    "APPROVE_REPLACEMENT": _decision("REPLACEMENT", REPLACE, "REPLACEMENT_REQUEST_COMPLETE"),
    "ISSUE_REPLACEMENT_REFUND": _decision("REPLACEMENT", REPLACE, "REPLACEMENT_REQUEST_REFUND_SUCCESS"),
    "OFFER_PARTIAL_REFUND": _decision(EITHER, ASKED, OFFERED),
    "DIRECT_REFUND": _decision("RETURN_AND_REFUND", f"{ASKED} {SHIP}", DONE),
    "REJECT_REFUND": _decision("REFUND", ASKED, REFUSED),
    "REJECT_RETURN": _decision("RETURN_AND_REFUND", ASKED, REFUSED),
    "REJECT_RECEIVED_PACKAGE": _decision("RETURN_AND_REFUND", SENT, RETURNED),
    "REJECT_REPLACEMENT": _decision("REPLACEMENT", REPLACE, "REPLACEMENT_REQUEST_REJECT"),
    "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG": _decision("RETURN_AND_REFUND", SENT, OFFERED),
}
ACTIONS: Mapping[str, str] = {
    "REFUND": "SELLER_RESPOND_REFUND",
    "RETURN_AND_REFUND": "SELLER_RESPOND_RETURN",
    "REPLACEMENT": "SELLER_RESPOND_REPLACEMENT",
}
REJECT_RETURN: Mapping[str, str] = {
    "seller_reject_apply_item_as_described": "The item is as described",
    "seller_reject_apply_buyer_evidence_insufficient": "The evidence is insufficient",
}
REJECT_PARCEL: Mapping[str, str] = {
    "seller_reject_receive_wrong_item": "The wrong item came back",
    "seller_reject_receive_item_damaged": "The item came back damaged",
}
LIKE: Mapping[str, str] = {DONE: "closed", SHIP: "accepted", SENT: "processing", ASKED: "requested"}


def move(twin: TikTokShopTwin, shop: Account, request: Return, status: str) -> None:
    """Let a return become something else; what follows from it follows."""
    request.native["status"] = status
    record = {
        "event": status,
        "role": "SELLER",
        "description": status.replace("_", " ").lower(),
        "create_time": int(shop.clock.now()),
    }
    request.native["records"].append(record)
    if status == SHIP:
        shop.later(DAY, lambda: _sent(twin, shop, request))
    elif status == OFFERED:
        shop.later(DAY, lambda: _answered(twin, shop, request))
    elif "COMPLETE" in status or "REFUND_SUCCESS" in status:
        settle(shop, request, given_back=True)
    elif "REJECT" in status:
        settle(shop, request, given_back=False)
    shop.move_return(request, status=LIKE.get(status, "closed" if "REJECT" in status else "processing"))


def settle(shop: Account, request: Return, given_back: bool) -> None:
    """Close the books on the units of a return: refunded, or the buyer's as before."""
    order = request.order
    for unit in units_of(order):
        if unit.id in request.native["units"]:
            unit.asked, unit.returned = False, given_back
            unit.line.return_requested = max(0, unit.line.return_requested - 1)
            unit.line.returned += given_back
    if order.status == "returning":
        shop.move_order(order, status=order.before_request)


def _sent(twin: TikTokShopTwin, shop: Account, request: Return) -> None:
    if request.native["status"] == SHIP:
        request.native["tracking_number"] = twin.new_id("tracking")
        move(twin, shop, request, SENT)


def _answered(twin: TikTokShopTwin, shop: Account, request: Return) -> None:
    if request.native["status"] != OFFERED:
        return
    if shop.native.get("declines_offers"):
        request.native |= {"rejected_offer": True, "offer": None}
        move(twin, shop, request, request.native["before_offer"])
    else:
        request.amount = Decimal(request.native["offer"]["amount"])
        move(twin, shop, request, DONE)


# -- asking and searching


@routes.on("POST", "/return_refund/202602/returns")
def create(call: Call) -> Any:
    """The seller refunds units, or lets the buyer send them back for a refund."""
    body, order = call.body, order_of(call, call.body["order_id"])
    if body["return_type"] not in ("REFUND", "RETURN_AND_REFUND"):
        raise Refused(98001004, "Parameter invalid: return_type")
    if body["return_reason"] not in REFUND_REASONS:
        raise Refused(98001004, "Parameter invalid: return_reason")
    units = choose_units(call, refundable(order))
    value = _asked_amount(call, refund_of(order, units)["refund_total"])
    now = call.twin.clock.now()
    contents: dict[str, int] = {}
    for unit in units:
        contents[unit.line.id] = contents.get(unit.line.id, 0) + 1
        unit.line.return_requested += 1
    native = {
        "type": body["return_type"],
        "role": "SELLER",
        "reason": body["return_reason"],
        "reason_text": REFUND_REASONS[body["return_reason"]],
        "units": [unit.id for unit in units],
    }
    request = Return(
        call.twin.new_id("return"),
        order,
        contents,
        value,
        now,
        now,
        native=native,
        refund_only=body["return_type"] == "REFUND",
    )
    call.twin.furnish(call.shop, request)
    call.shop.returns[request.id] = request
    if order.status != "returning":
        call.shop.move_order(order, status="returning", before_request=order.status)
    call.shop.platform.happened("return.requested", call.shop, request)
    move(call.twin, call.shop, request, DONE if request.refund_only else SHIP)
    return {"return_id": request.id, "return_status": request.native["status"]}


def _asked_amount(call: Call, most: Decimal) -> Decimal:
    if not call.body.get("refund_total"):
        return most
    if call.body.get("currency") != call.shop.currency:
        raise Refused(98001004, "Parameter invalid: currency")
    value = _decimal(call.body["refund_total"])
    if not 0 < value <= most:
        raise Refused(25020007, "The refund amount exceeds the refundable amount")
    return value


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Refused(98001004, "Parameter invalid: amount") from None


@routes.on("POST", "/return_refund/202602/returns/search")
def search(call: Call) -> Any:
    """Returns, newest first unless said otherwise; the key is absent when there are none."""
    rows = [
        request
        for request in call.shop.returns.values()
        if within(call, request.created, request.updated)
        and all(read(request) in call.body[name] for name, read in TESTS.items() if call.body.get(name))
    ]
    updated = call.query.get("sort_field") == "update_time"
    rows.sort(
        key=lambda one: one.updated if updated else one.created, reverse=call.query.get("sort_order") != "ASC"
    )
    return call.page("return_orders", rows, lambda one: _row(call.shop, one), 50, default=10)


TESTS: Mapping[str, Callable[[Return], str]] = {
    "return_ids": lambda request: request.id,
    "order_ids": lambda request: request.order.id,
    "buyer_user_ids": lambda request: request.order.buyer.id,
    "return_types": lambda request: str(request.native["type"]),
    "return_status": lambda request: str(request.native["status"]),
    "arbitration_status": lambda request: str(request.native["arbitration"]),
}


def _row(shop: Account, request: Return) -> dict[str, Any]:
    native, order = request.native, request.order
    chosen = [unit for unit in units_of(order) if unit.id in native["units"]]
    row = {
        "return_id": request.id,
        "order_id": order.id,
        "return_type": native["type"],
        "return_status": native["status"],
        "role": native["role"],
        "return_reason": native["reason"],
        "return_reason_text": native["reason_text"],
        "can_buyer_keep_item": native.get("keeps", native["type"] == "REFUND"),
        "create_time": int(request.created),
        "update_time": int(request.updated),
        "refund_amount": money_of(shop, refund_of(order, chosen) | {"refund_total": request.amount}),
        "return_line_items": [
            {"return_line_item_id": native["lines"][unit.id]} | case_item(shop, order, unit)
            for unit in chosen
        ],
        "buyer_rejected_partial_refund": native["rejected_offer"],
        "is_combined_return": False,
    }
    return row | _road(request) | _next(request)


def _road(request: Return) -> dict[str, Any]:
    native, extra = request.native, {}
    if native["arbitration"]:
        extra["arbitration_status"] = native["arbitration"]
    if native["offer"]:
        extra |= {"partial_refund": native["offer"], "seller_proposed_return_type": "PARTIAL_REFUND"}
    if native["type"] == "RETURN_AND_REFUND":
        extra |= {
            "shipment_type": "PLATFORM",
            "handover_method": "DROP_OFF",
            "return_method": "PLATFORM_SHIPPED",
            "return_shipping_document_type": "SHIPPING_LABEL",
        }
    if native["tracking_number"]:
        extra |= {
            "return_tracking_number": native["tracking_number"],
            "return_provider_id": CARRIER_ID,
            "return_provider_name": CARRIER_NAME,
        }
    return extra


def _next(request: Return) -> dict[str, Any]:
    native, when = request.native, int(request.updated) + 2 * DAY
    if native["status"] == SENT:
        action = "SELLER_RESPOND_RECEIVE_PACKAGE"
    elif native["status"] in (ASKED, REPLACE):
        action = ACTIONS[native["type"]]
    else:
        return {}
    return {"seller_next_action_response": [{"action": action, "deadline": when}]}


# -- deciding


def _return_of(call: Call, return_id: str) -> Return:
    found = call.shop.returns.get(return_id)
    if found is None:
        raise Refused(25020008, "The return does not exist")
    return found


def _fits(request: Return, name: str) -> bool:
    rule = DECISIONS.get(name)
    return (
        rule is not None and request.native["type"] in rule.types and request.native["status"] in rule.states
    )


def _decide(call: Call, offer: Mapping[str, Any] | None) -> Any:
    request, name = _return_of(call, call.path["return_id"]), call.body["decision"]
    if not _fits(request, name):
        raise Refused(25020009, "The return status does not allow the decision")
    then = DECISIONS[name].then
    if then == OFFERED:
        if not offer or offer.get("currency") != call.shop.currency:
            raise Refused(98001004, "Parameter invalid: partial_refund")
        if not 0 < _decimal(offer.get("amount", "")) < request.amount:
            raise Refused(25020007, "The refund amount exceeds the refundable amount")
        request.native |= {"offer": dict(offer), "before_offer": request.native["status"]}
    if name == "APPROVE_RETURN" and call.body.get("buyer_keep_item"):
        then, request.native["keeps"] = DONE, True
    move(call.twin, call.shop, request, then)
    return {}


@routes.on("POST", "/return_refund/202309/returns/{return_id}/approve")
def approve(call: Call) -> Any:
    """Grant a request, wholly, without the goods, or in part."""
    return _decide(call, call.body.get("partial_refund"))


@routes.on("POST", "/return_refund/202606/returns/{return_id}/reject")
def reject(call: Call) -> Any:
    """Refuse a request with one of the reasons that it allows."""
    request, given = _return_of(call, call.path["return_id"]), call.body.get("partial_refund_amount") or {}
    if call.body["reject_reason"] not in _reasons(request):
        raise Refused(98001004, "Parameter invalid: reject_reason")
    return _decide(call, {"amount": given.get("partial_refund_total", ""), "currency": given.get("currency")})


def _reasons(request: Return) -> Mapping[str, str]:
    return REJECT_PARCEL if request.native["status"] == SENT else REJECT_RETURN


@routes.on("GET", "/return_refund/202309/reject_reasons")
def reject_reasons(call: Call) -> Any:
    """The reasons that a return or a cancellation can be refused with now."""
    key = call.query["return_or_cancel_id"]
    found = REJECT_CANCEL if key in call.shop.native["cancellations"] else _reasons(_return_of(call, key))
    return {"reasons": [{"name": name, "text": text} for name, text in found.items()]}


@routes.on("GET", "/return_refund/202601/decision_eligibility")
def decision_eligibility(call: Call) -> Any:
    """Which decisions a return or a cancellation is open for, and the reasons to refuse it."""
    key, wanted = call.query["return_or_cancel_id"], call.query.get("check_decisions")
    case = call.shop.native["cancellations"].get(key)
    if case is not None:
        names = {
            "APPROVE_REQUEST_CANCEL": case.status == PENDING,
            "REJECT_REQUEST_CANCEL": case.status == PENDING,
        }
        reasons = REJECT_CANCEL
    else:
        request = _return_of(call, key)
        names = {name: _fits(request, name) for name in DECISIONS if "OFFER" not in name}
        reasons = _reasons(request)
    rows = [
        _eligible(name, open_, reasons) for name, open_ in names.items() if wanted is None or name in wanted
    ]
    return {"decisions": rows}


def _eligible(name: str, open_: bool, reasons: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {"decision": name, "eligible": open_}
    if not open_:
        return row | {
            "ineligible_code": 25020009,
            "ineligible_reason": "The status does not allow the decision",
        }
    if name.startswith("REJECT"):
        row["available_reject_reasons"] = [{"name": key, "text": text} for key, text in reasons.items()]
    return row


@routes.on("GET", "/return_refund/202309/returns/{return_id}/records")
def records(call: Call) -> Any:
    """What happened to a return so far."""
    request = _return_of(call, call.path["return_id"])
    first = {
        "event": "ORDER_RETURN",
        "role": request.native["role"],
        "description": "The return was requested.",
        "reason_text": request.native["reason_text"],
        "create_time": int(request.created),
    }
    return {"records": [first, *request.native["records"]]}
