"""A Shopee client over a scripted wire: what the order tests answer, and what was asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from socialcommerce import Client, Retry
from socialcommerce.backends import Request, Response, Shopee

SHOP = "947042923"
NOW = 1_726_044_800
SN = "2404098R48U37H"
RETURN = "200203171852695"
DENIED = {"error": "error_permission", "message": "no permission"}
_COMMON = {"partner_id", "timestamp", "access_token", "shop_id", "sign"}


class Wire:
    """Answers each operation from a script; the last answer of one stands for all that follow."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, list[Any]] = {
            name: list(answer) if isinstance(answer, list) else [answer] for name, answer in answers.items()
        }
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        queue = self.answers[_operation(request)]
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Response):
            return answer
        envelope = answer if "error" in answer else {"error": "", "message": "", "response": answer}
        return Response(200, {}, json.dumps(envelope).encode())

    @property
    def operations(self) -> list[str]:
        return [_operation(request) for request in self.requests]

    def sent(self, operation: str) -> list[Request]:
        return [request for request in self.requests if _operation(request) == operation]

    def query(self, operation: str, index: int = -1) -> dict[str, str]:
        parts = self.sent(operation)[index].url.partition("?")[2]
        pairs = parse_qsl(parts, keep_blank_values=True)
        return {name: value for name, value in pairs if name not in _COMMON}

    def body(self, operation: str, index: int = -1) -> Any:
        return json.loads(self.sent(operation)[index].content, parse_float=Decimal)


def _operation(request: Request) -> str:
    return request.url.partition("?")[0].rpartition("/")[2]


def client(wire: Callable[[Request], Response], **options: Any) -> Client:
    """A client of one shop whose every request goes to ``wire``."""
    shop = Shopee(2_000_002, "partner-key", shop_id=SHOP, access_token="token", region="SG")
    known: dict[str, Any] = {"clock": lambda: NOW, "sleep": lambda _: None, "retry": Retry(attempts=2)}
    return Client(shop, transport=wire, **(known | options))


def sample(shared: Path, name: str) -> Any:
    """A recorded reply, or its payload where it has an envelope."""
    read = json.loads((shared / "samples" / "shopee" / f"{name}.json").read_text())
    return read.get("response", read)


ADDRESS = {"address_id": 234, "region": "SG", "city": "Singapore", "address": "1 Road", "address_flag": []}
SLOTS = [
    {"pickup_time_id": "slot-1", "date": NOW, "time_text": "9 to 12"},
    {"pickup_time_id": "slot-2", "date": NOW, "flags": ["recommended"]},
]
PICKUP = {
    "info_needed": {"pickup": ["address_id", "pickup_time_id"], "dropoff": []},
    "pickup": {
        "address_list": [
            ADDRESS | {"time_slot_list": []},
            ADDRESS | {"address_id": 235, "address_flag": ["pickup_address"], "time_slot_list": SLOTS},
        ]
    },
    "dropoff": {"branch_list": None},
}


def line(item: int, quantity: int = 1) -> dict[str, Any]:
    return {
        "item_id": item,
        "model_id": 0,
        "item_name": "Mug",
        "model_quantity_purchased": quantity,
        "model_original_price": 10,
        "model_discounted_price": 10,
    }


def parcel(number: str, word: str = "LOGISTICS_READY", **fields: Any) -> dict[str, Any]:
    items = [{"item_id": 1, "model_id": 0, "model_quantity": 2, "product_location_id": "SGZ"}]
    return {
        "package_number": number,
        "logistics_status": word,
        "logistics_channel_id": 80012,
        "shipping_carrier": "Standard",
        "item_list": items,
    } | fields


def order(*parcels: dict[str, Any], sn: str = SN, **fields: Any) -> dict[str, Any]:
    return {
        "order_sn": sn,
        "region": "SG",
        "order_status": "READY_TO_SHIP",
        "currency": "SGD",
        "create_time": NOW,
        "update_time": NOW,
        "item_list": [line(1, 2), line(2)],
        "package_list": list(parcels),
    } | fields


def shipping(*rows: dict[str, Any], **answers: Any) -> Wire:
    orders = {"order_list": list(rows or [order(parcel("OFG1"))])}
    known = {
        "get_order_detail": orders,
        "get_shipping_parameter": PICKUP,
        "ship_order": {},
        "get_package_detail": {"package_list": []},
        "get_tracking_number": {"tracking_number": ""},
    }
    return Wire(**(known | answers))


SOLUTIONS = {
    "offer_return_refund": {"eligibility": True, "refund_amount_adjustable": False},
    "offer_refund": {
        "eligibility": True,
        "refund_amount_adjustable": True,
        "min_refund_amount": 5,
        "max_refund_amount": 10,
    },
}


def detail(shared: Path, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = sample(shared, "order_get_order_detail")["order_list"][0]
    return row | changes


def escrow(shared: Path, **income: Any) -> dict[str, Any]:
    found: dict[str, Any] = sample(shared, "payment_get_escrow_detail")
    return found | {"order_income": found["order_income"] | income}


def read(shared: Path, **changes: Any) -> Any:
    wire = Wire(
        get_order_detail={"order_list": [detail(shared, **changes)]},
        get_escrow_detail_batch={"response": [{"escrow_detail": escrow(shared)}], "error": ""},
    )
    return client(wire).orders.get(SN)


def plain(order_sn: str) -> dict[str, Any]:
    return {
        "order_sn": order_sn,
        "order_status": "UNPAID",
        "currency": "SGD",
        "create_time": NOW,
        "update_time": NOW,
        "item_list": [],
    }
