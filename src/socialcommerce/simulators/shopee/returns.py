"""Returns of the pretend Shopee: reading, agreeing, negotiating, disputing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Line, Return
from socialcommerce.simulators.shopee import return_cases
from socialcommerce.simulators.shopee.catalog import image_url
from socialcommerce.simulators.shopee.defaults import RETURN_STATUS, TWO_DECIMALS
from socialcommerce.simulators.shopee.push import variation_id
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

WINDOW = 15 * 86400
IMAGE_BYTES = 10 * 1024 * 1024
MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
FILES = "https://file-proxy.seller.shopee.com/api/v2/files/"
REVIEWING = "Shopee is reviewing the case and will get back to you."

UNBOXING = "Photo(s) or Video of unboxing the returned parcel with the courier label"
NOT_RECEIVED, WRONG_CLAIM = 51, 50
REASONS: Mapping[str, tuple[int, ...]] = {
    "requested": (WRONG_CLAIM,),
    "processing": (WRONG_CLAIM, NOT_RECEIVED),
    "accepted": (WRONG_CLAIM, NOT_RECEIVED),
}
"""Why a seller may dispute a return, by its status."""
REASON_NAMES: Mapping[int, str] = {
    WRONG_CLAIM: "Received return item(s), buyer's claim incorrect",
    NOT_RECEIVED: "Did not receive the return product",
}


def _find(call: Call, code: str = "error_param", message: str = "Return SN or ID is invalid.") -> Return:
    request = call.shop.returns.get(call.params["return_sn"])
    if request is None:
        raise Refused(code, message)
    return request


def _step(shop: Account) -> Decimal:
    return Decimal("0.01") if shop.region in TWO_DECIMALS else Decimal(1)


# -- reading


@routes.get("returns/get_return_list")
def return_list(call: Call) -> Any:
    """Returns, newest first, by pages that count from 0 and windows of fifteen days."""
    size, number = call.twin.page(call.within("page_size", 1, 100)), call.within("page_no", 0, 10**6)
    _check_windows(call)
    fitting = [
        request
        for request in sorted(call.shop.returns.values(), key=lambda one: one.created, reverse=True)
        if _in_window(call, "create", request.created)
        and _in_window(call, "update", request.updated)
        and all(call.get(name) in (None, "", read(request)) for name, read in FILTERS.items())
    ]
    page = fitting[number * size : (number + 1) * size]
    rows = [_common(call.shop, request) | _flags(request) for request in page]
    return {"more": (number + 1) * size < len(fitting), "return": rows}


FILTERS: Mapping[str, Callable[[Return], str]] = {
    "status": lambda request: RETURN_STATUS[request.status],
    "negotiation_status": lambda request: str(request.native["negotiation"]["negotiation_status"]),
    "seller_proof_status": lambda request: str(request.native["proof_status"]),
    "seller_compensation_status": lambda request: str(request.native["compensation"]),
}


def _in_window(call: Call, which: str, instant: float) -> bool:
    first, last = call.get(f"{which}_time_from"), call.get(f"{which}_time_to")
    return bool(first is None or first <= int(instant) <= last)


def _check_windows(call: Call) -> None:
    for which in ("create", "update"):
        first, last = f"{which}_time_from", f"{which}_time_to"
        since, until = call.get(first), call.get(last)
        if since is None and until is None:
            continue
        if since is None or until is None:
            raise wrong(call.operation, f"{first} and {last} go together.")
        if until < since:
            raise Refused("error_param", f"The {last} should be later than {first}.")
        if until - since > WINDOW:
            raise Refused("error_param", f"The period between {first} and {last} must not more than 15 days.")


@routes.get("returns/get_return_detail")
def return_detail(call: Call) -> Any:
    """One return with everything that is known of it."""
    request = _find(call)
    native = request.native
    rows = [row | {"refund_amount": _share(request, line)} for line, row in _items(request)]
    return _common(call.shop, request) | {
        "item": rows,
        "buyer_videos": [],
        "activity": [],
        "seller_proof": {
            "seller_proof_status": native["proof_status"],
            "seller_evidence_deadline": native["proof_due"],
        },
        "seller_compensation": {
            "seller_compensation_status": native["compensation"],
            "seller_compensation_due_date": 0,
            "compensation_amount": 0,
        },
        "negotiation": native["negotiation"],
        "logistics_status": native["logistics"],
        "reverse_logistics_status": native["logistics"],
        "return_pickup_address": _address(call.shop, request),
        "return_address": {"whs_id": call.shop.locations[0].id},
        "has_uploaded_shipping_proof": False,
        "is_reverse_logistics_channel_integrated": True,
        "reverse_logistics_channel_name": "Standard Delivery",
    }


def _address(shop: Account, request: Return) -> dict[str, Any]:
    address = request.order.native["address"]
    wanted = ("name", "phone", "town", "district", "city", "state", "region", "zipcode")
    return {name: address[name] for name in wanted} | {"address": address["full_address"]}


def _common(shop: Account, request: Return) -> dict[str, Any]:
    native, order = request.native, request.order
    disputed = native["dispute"]
    return {
        "image": [image_url("return-photo")],
        "reason": request.reason,
        "text_reason": "It is not what I ordered",
        "reassessed_request_reason": "",
        "return_sn": request.id,
        "refund_amount": request.amount,
        "currency": shop.currency,
        "create_time": int(request.created),
        "update_time": int(request.updated),
        "status": RETURN_STATUS[request.status],
        "due_date": native["due"],
        "tracking_number": native["tracking_number"],
        "dispute_reason": [REASON_NAMES[disputed["reason"]]] if disputed else [],
        "dispute_text_reason": [disputed["text"]] if disputed else [],
        "needs_logistics": not request.refund_only,
        "amount_before_discount": sum((_price(line, units) for line, units in _held(request)), Decimal(0)),
        "user": {"username": order.buyer.name, "email": "****@example.com", "portrait": ""},
        "item": [row for _, row in _items(request)],
        "order_sn": order.id,
        "return_ship_due_date": native["ship_due"],
        "return_seller_due_date": native["due"],
        "return_refund_type": "RRAOC" if native["after_release"] else "RRBOC",
        "return_solution": int(request.refund_only),
        "is_seller_arrange": bool(native.get("seller_arrange")),
        "is_shipping_proof_mandatory": bool(native.get("seller_arrange")),
        "return_refund_request_type": 0,
        "validation_type": native.get("validation_type", "seller_validation"),
        "is_arrived_at_warehouse": 0,
        "follow_up_action_list": [],
    }


def _flags(request: Return) -> dict[str, Any]:
    native = request.native
    return {
        "negotiation_status": native["negotiation"]["negotiation_status"],
        "seller_proof_status": native["proof_status"],
        "seller_compensation_status": native["compensation"],
    }


def _held(request: Return) -> list[tuple[Line, int]]:
    return [(request.order.line(key), units) for key, units in request.contents.items() if units]


def _price(line: Line, units: int) -> Decimal:
    return line.unit_price * units


def _share(request: Return, line: Line) -> Decimal:
    whole = sum((_price(one, units) for one, units in _held(request)), Decimal(0))
    part = _price(line, request.contents[line.id])
    return round(request.amount * part / whole, 2) if whole else Decimal(0)


def _items(request: Return) -> list[tuple[Line, dict[str, Any]]]:
    rows = []
    for line, units in _held(request):
        product = line.product
        row = {
            "item_id": int(product.id),
            "model_id": variation_id(product, line.variant.id),
            "name": product.title,
            "images": [image_url(one) for one in product.native["images"]],
            "amount": units,
            "item_price": line.unit_price,
            "is_add_on_deal": False,
            "is_main_item": False,
            "add_on_deal_id": 0,
            "item_sku": product.sku,
            "variation_sku": line.variant.sku if product.native["tiers"] else "",
        }
        rows.append((line, row))
    return rows


@routes.get("returns/get_reverse_tracking_info")
def reverse_tracking(call: Call) -> Any:
    """The way of the parcel back to the seller."""
    request = _find(call, "returns.return_not_found", "Return not found")
    native = request.native
    if request.refund_only or native["logistics"] == "LOGISTICS_NOT_STARTED":
        raise Refused(
            "returns.error_reverse_logistics", "The Return SN does not have reverse logistics status"
        )
    events = [
        {"update_time": when, "tracking_description": what, "epop_image_list": [], "epod_image_list": []}
        for when, what in reversed(native["events"])
    ]
    return {
        "return_sn": request.id,
        "return_refund_request_type": 0,
        "validation_type": native.get("validation_type", "seller_validation"),
        "reverse_logistics_status": native["logistics"],
        "reverse_logistics_update_time": int(request.updated),
        "tracking_number": native["tracking_number"],
        "tracking_info": events,
    }


@routes.get("returns/get_shipping_carrier")
def shipping_carrier(call: Call) -> Any:
    """The carriers for a return that the seller fetches (Taiwan and Brazil alone)."""
    request = _find(call, "returns.return_not_found", "Return not found")
    if call.shop.region not in ("TW", "BR") or not request.native.get("seller_arrange"):
        raise Refused(
            "returns.missing_reverse_logistics_carrier_list", "No reverse logistics carrier list available"
        )
    carrier = {"reverse_logistics_carrier_id": 1, "reverse_logistics_carrier_name": "Seller's carrier"}
    return {
        "is_shipping_proof_mandatory": True,
        "has_uploaded_seller_arrange_proof": False,
        "shipping_proof_template": [
            {"is_tracking_number_required": True, "is_shipping_image_file_mandatory": True}
        ],
        "reverse_logistics_carrier_list": [carrier],
    }


# -- agreeing and negotiating


def _check_answerable(request: Return, *statuses: str) -> None:
    if request.status in ("judging", "disputed"):
        raise Refused("error_data", REVIEWING)
    if request.status not in statuses:
        raise Refused("error_data", f"Invalid return status: {RETURN_STATUS[request.status]}")


@routes.post("returns/confirm")
def confirm(call: Call) -> Any:
    """The seller agrees: the buyer is refunded."""
    request = _find(call)
    if request.native.get("validation_type") == "warehouse_validation":
        raise Refused(
            "error_validation",
            "Action cannot be performed by shop because the validation_type of Return/Refund request ="
            " warehouse_validation",
        )
    _check_answerable(request, "requested", "processing")
    return_cases.accept(call.shop, request)
    return {"return_sn": request.id}


def _range(shop: Account, request: Return) -> dict[str, tuple[Decimal, Decimal] | None]:
    """Each solution that may be offered, with the least and most to refund (None: not adjustable)."""
    if request.status != "requested":
        return {}
    return {return_cases.RETURN_REFUND: None, return_cases.REFUND: (_step(shop), request.amount)}


@routes.get("returns/get_available_solutions")
def solutions(call: Call) -> Any:
    """What the seller may offer, and how much of the amount is open to bargaining."""
    request = _find(call)
    ranges = _range(call.shop, request)
    return {
        "return_sn": request.id,
        "offer_return_refund": _solution(ranges, return_cases.RETURN_REFUND),
        "offer_refund": _solution(ranges, return_cases.REFUND),
    }


def _solution(ranges: Mapping[str, tuple[Decimal, Decimal] | None], name: str) -> dict[str, Any]:
    bounds = ranges.get(name)
    row = {"eligibility": name in ranges, "refund_amount_adjustable": bounds is not None}
    return row if bounds is None else row | {"min_refund_amount": bounds[0], "max_refund_amount": bounds[1]}


@routes.post("returns/offer")
def offer(call: Call) -> Any:
    """The seller offers a solution, perhaps with a smaller refund; the buyer is to answer."""
    request, solution = _find(call), call.params["proposed_solution"]
    _check_answerable(request, "requested")
    if request.native["negotiation"]["negotiation_status"] != "PENDING_RESPOND":
        raise Refused("error_negotiation_status", "The negotiation status cannot support this action")
    ranges = _range(call.shop, request)
    if solution not in ranges:
        raise Refused(
            "error_param", "This proposed solution is not one of the available solutions for this return."
        )
    amount = _proposed(call, ranges[solution], request)
    return_cases.offer(call.shop, request, solution, amount)
    return {"return_sn": request.id}


def _proposed(call: Call, bounds: tuple[Decimal, Decimal] | None, request: Return) -> Decimal:
    asked = call.get("proposed_adjusted_refund_amount")
    if bounds is None:
        if asked is not None:
            raise Refused("error_param", "The proposed solution cannot have adjusted refund amount")
        return request.amount
    if asked is None:
        raise Refused("error_param", "Please fill a value for proposed adjusted refund amount")
    amount, step = Decimal(asked), _step(call.shop)
    faults = {
        "must be positive": amount <= 0,
        f"only accepts {2 if step < 1 else 0} digit(s) after decimal point": amount % step != 0,
        "can not be lower than min refund amount": amount < bounds[0],
        "can not exceed max refund amount": amount > bounds[1],
    }
    for fault, holds in faults.items():
        if holds:
            raise Refused("error_param", f"The proposed adjusted refund amount {fault}")
    return amount


@routes.post("returns/accept_offer")
def accept_offer(call: Call) -> Any:
    """The seller agrees with the buyer's counter-offer."""
    request = _find(call)
    _check_answerable(request, "requested")
    if request.native["negotiation"]["negotiation_status"] == "PENDING_BUYER_RESPOND":
        raise Refused("err_data", "Cannot accept your own offer.")
    if not request.native["countered"]:
        raise Refused(
            "error_no_buyer_offer",
            "cannot accept refund offer because there is no counter proposal from buyer",
        )
    return_cases.settle(call.shop, request)
    return {"return_sn": request.id}


# -- disputing


def _reasons(request: Return) -> tuple[int, ...]:
    if request.status == "accepted" and request.native["compensation"] != "COMPENSATION_PENDING_REQUEST":
        return ()
    return REASONS.get(request.status, ())


@routes.get("returns/get_return_dispute_reason")
def dispute_reasons(call: Call) -> Any:
    """The reasons that fit this return, each with the evidence that it wants."""
    request = _find(
        call, "dispute.request.param.error", "The return_sn you requested was not queried, please check it"
    )
    return {"dispute_reason_list": [_reason(one) for one in _reasons(request)]}


def _reason(number: int) -> dict[str, Any]:
    module = {"module_index": 1, "requirement": UNBOXING, "is_required": number != NOT_RECEIVED}
    return {
        "dispute_reason": number,
        "dispute_requirement": "Regarding to your refund request, Shopee would like more information.",
        "sample_evidence": [{"type": 1, "url": f"{FILES}sample.png", "thumbnail": f"{FILES}sample_tn.png"}],
        "evidence_module_list": [module],
    }


@routes.post("returns/dispute")
def dispute(call: Call) -> Any:
    """The seller disagrees; the platform is to judge."""
    request, number = (
        _find(call, "returnsn.illegal", "return sn is illegal"),
        call.params["dispute_reason_id"],
    )
    if request.status not in REASONS:
        raise Refused(
            "error_return_status",
            "Cannot raise dispute because return SN is not in REQUESTED, RETURN_PROCESSING, or"
            " RETURN_ACCEPTED",
        )
    if not _reasons(request):
        raise Refused("dispute.rr.not.allow", "dispute.rr.not.allow")
    fault = _dispute_fault(call, request, number)
    if fault:
        raise Refused("dispute.request.param.error", fault)
    return_cases.dispute(call.shop, request, number, call.get("dispute_text_reason", ""))
    return {"return_sn": request.id, "msg": "dispute return success"}


def _dispute_fault(call: Call, request: Return, number: int) -> str:
    modules = {one["module_index"]: one for one in call.get("image_list", [])}
    if "@" not in call.params["email"]:
        return f"Input invalid email=[{call.params['email']}]"
    if number not in _reasons(request):
        return "Can't raise dispute because the return_sn and dispute_reason_id does not match."
    if any(one["requirement"] != UNBOXING for one in modules.values()):
        return "can't raise dispute because the requirement and dispute reason ID does not match"
    if any(len(one["image_url"]) > 3 for one in modules.values()):
        return "Invalid images, images max size is 3 per module"
    if number != NOT_RECEIVED and not modules.get(1, {}).get("image_url"):
        return "can't raise dispute because mandatory evidence is missing"
    return ""


@routes.post("returns/cancel_dispute")
def cancel_dispute(call: Call) -> Any:
    """Withdraw a request for compensation; other disputes cannot be withdrawn."""
    request, code = _find(call), "dispute.cancel.ineligible"
    compensation = request.native["compensation"]
    if request.status != "accepted":
        raise Refused(code, "Cannot cancel dispute when return status is not in ACCEPTED")
    if compensation != "COMPENSATION_REQUESTED":
        raise Refused(code, "Cannot cancel dispute when compensation status is not in COMPENSATION_REQUESTED")
    request.native["compensation"] = "COMPENSATION_CANCELLED"
    call.shop.move_return(request)
    return {"return_sn": request.id, "message": "SUCCESS"}


@routes.post("returns/convert_image")
def convert_image(call: Call) -> Any:
    """Keep one picture and answer its address."""
    _find(call, "returnsn.illegal", "return sn is illegal")
    (content,) = call.files["upload_image"][:1]
    if not content.startswith(MAGIC):
        raise Refused("format.unsupport", "The Image Format Not Support")
    if len(content) > IMAGE_BYTES:
        raise Refused("image.upload.fail", "image upload fail")
    url = f"{FILES}{hashlib.md5(content, usedforsecurity=False).hexdigest()}.png"
    return {"url": url, "thumbnail": url.replace(".png", "_tn.png")}


@routes.post("returns/upload_proof")
def upload_proof(call: Call) -> Any:
    """The seller's evidence: pictures by address, and words."""
    request = _find(call, "returnsn.illegal", "return sn is illegal")
    native, photos = request.native, call.get("photo", [])
    if native["proof_due"] and call.now > native["proof_due"]:
        raise Refused("proof.overdue", "proof is overdue")
    if len(photos) > 9:
        raise Refused("number.error", "not support entry count")
    if not photos and not call.get("description"):
        raise Refused("no.proof", "no proof")
    native["proof"] = {"image": photos, "video": [], "description": call.get("description", "")}
    if native["proof_status"] == "PENDING":
        native["proof_status"] = "UPLOADED"
    call.shop.move_return(request)
    return {}


@routes.get("returns/query_proof")
def query_proof(call: Call) -> Any:
    """The evidence that was uploaded."""
    request = _find(call, "returnsn.illegal", "return sn is illegal")
    if request.native["proof"] is None:
        raise Refused("no.proof", "no proof")
    return request.native["proof"]
