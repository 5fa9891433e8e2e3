"""A Shopee that says exactly what a test tells it to: replies by operation, requests kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialcommerce import Client
from socialcommerce.backends import Request, Response, Shopee

Reply = dict[str, Any] | Callable[[Request], Any]


class Wire:
    """A transport: ``wire["get_item_list"] = [reply, …]``; the last reply is given again and again."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Any]] = {}
        self.sent: list[Request] = []

    def __setitem__(self, operation: str, reply: Any) -> None:
        self.replies[operation] = list(reply) if isinstance(reply, list) else [reply]

    def __call__(self, request: Request) -> Response:
        self.sent.append(request)
        replies = self.replies[request.path.rpartition("/")[2]]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if callable(reply):
            reply = reply(request)
        if isinstance(reply, Response):
            return reply
        body = reply if "error" in reply else {"error": "", "message": "", "response": reply}
        return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())

    def operations(self) -> list[str]:
        """What was asked, in order, by the last word of its path."""
        return [request.path.rpartition("/")[2] for request in self.sent]

    def request(self, operation: str, number: int = 0) -> Request:
        """The request of an operation, the first one unless told."""
        return [one for one in self.sent if one.path.endswith("/" + operation)][number]

    def query(self, operation: str, number: int = 0) -> dict[str, list[str]]:
        """Its query without what every call carries."""
        return query_of(self.request(operation, number))

    def body(self, operation: str, number: int = 0) -> Any:
        """Its JSON body."""
        return json.loads(self.request(operation, number).content, parse_float=Decimal)

    def client(self, region: str = "SG", **options: Any) -> Client:
        """A client whose every request comes here."""
        shop = Shopee(2001887, "k" * 64, shop_id=14701711, access_token="token", region=region)
        return Client(shop, transport=self, **options)


def query_of(request: Request) -> dict[str, list[str]]:
    """The parameters of a request without what every call carries."""
    common = {"partner_id", "timestamp", "sign", "access_token", "shop_id"}
    pairs = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
    return {name: values for name, values in pairs.items() if name not in common}


def refusal(code: str, message: str) -> dict[str, Any]:
    """An envelope that says no."""
    return {"error": code, "message": message, "request_id": "r1"}


def item(item_id: int = 34001, **fields: Any) -> dict[str, Any]:
    """A row of get_item_base_info without variants."""
    return {
        "item_id": item_id,
        "category_id": 100636,
        "item_name": "Plain mug",
        "description": "A mug",
        "item_sku": f"SKU-{item_id}",
        "create_time": 1_600_572_637,
        "update_time": 1_762_003_200,
        "item_status": "NORMAL",
        "has_model": False,
        "price_info": [{"currency": "SGD", "original_price": 20.5, "current_price": 20.5}],
        "stock_info_v2": stock(10),
        "brand": {"brand_id": 0, "original_brand_name": "NoBrand"},
        "condition": "NEW",
        **fields,
    }


def stock(available: int, reserved: int = 0, seller: Any = None, shopee: Any = ()) -> dict[str, Any]:
    """A ``stock_info_v2``; ``seller`` and ``shopee`` map locations to units."""
    places = {"SGZ": available + reserved} if seller is None else dict(seller)
    return {
        "summary_info": {"total_reserved_stock": reserved, "total_available_stock": available},
        "seller_stock": [{"location_id": key, "stock": units} for key, units in places.items()],
        "shopee_stock": [{"location_id": key, "stock": str(units)} for key, units in dict(shopee).items()],
    }


def models(*rows: dict[str, Any], tiers: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """A reply of get_model_list; one option, Colour, unless told."""
    options = tiers or {"Colour": ["red", "blue"]}
    return {
        "tier_variation": [
            {"name": name, "option_list": [{"option": value} for value in values]}
            for name, values in options.items()
        ],
        "standardise_tier_variation": [],
        "model": list(rows),
    }


def model(model_id: int, *index: int, sku: str = "", price: float = 20.5, **fields: Any) -> dict[str, Any]:
    """A row of ``model``."""
    return {
        "model_id": model_id,
        "tier_index": list(index),
        "model_sku": sku,
        "model_status": "MODEL_NORMAL",
        "price_info": [{"currency": "SGD", "original_price": price, "current_price": price}],
        "stock_info_v2": stock(5),
        **fields,
    }
