"""A TikTok Shop that says exactly what a test tells it to: replies by path, requests kept."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.conftest import shared_path
from tests.tiktok_shop.conftest import vendor_spec

from socialcommerce import Client
from socialcommerce.backends import Request, Response, TikTokShop

SHOP_ID = "7000714532876273421"
CIPHER = "TTP_yF91jgBBBBCi11rtXhuwPjHGOrzvcNu4"
WAREHOUSE = "7068517275539719942"
OTHER_WAREHOUSE = "7068517275539719943"
PRODUCT = "1729592969712207999"


def sample(name: str) -> Any:
    """One of the vendor's published replies."""
    shared = shared_path()
    if shared is None:
        pytest.skip("the platform facts (../shared beside the repository) are not here")
    return json.loads((shared / "samples" / "tiktok_shop" / f"{name}.json").read_text())


class Wire:
    """A transport: ``wire["POST /products/search"] = [data, …]``; the last reply is given again and again.

    A key is the method and the end of the path. A reply is ``data``, a whole envelope (with ``code``), a
    ``Response``, or a function of the request. Every request is held against the vendor's interface data.
    """

    def __init__(self, seller: str = "LOCAL", region: str = "US") -> None:
        self.replies: dict[str, list[Any]] = {}
        self.sent: list[Request] = []
        self.region = region
        shop = {"id": SHOP_ID, "name": "Maomao", "region": region, "seller_type": seller, "cipher": CIPHER}
        self["GET /authorization/202309/shops"] = {"shops": [shop]}
        self["GET /warehouses"] = {
            "warehouses": [
                {"id": WAREHOUSE, "type": "SALES_WAREHOUSE", "is_default": True, "name": "Main"},
                {"id": OTHER_WAREHOUSE, "type": "SALES_WAREHOUSE", "is_default": False, "name": "Other"},
            ]
        }

    def __setitem__(self, key: str, reply: Any) -> None:
        self.replies[key] = list(reply) if isinstance(reply, list) else [reply]

    def __call__(self, request: Request) -> Response:
        self.sent.append(request)
        self._documented(request)
        key = next(
            one
            for one in reversed(self.replies)
            if request.method == one.split()[0] and request.path.endswith(one.split()[1])
        )
        replies = self.replies[key]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if callable(reply):
            reply = reply(request)
        if isinstance(reply, Response):
            return reply
        body = (
            reply if "code" in reply else {"code": 0, "message": "Success", "request_id": "r", "data": reply}
        )
        return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())

    def _documented(self, request: Request) -> None:
        spec = vendor_spec()
        if spec is None or request.path.startswith("/api/v2/"):
            return
        body = json.loads(request.content) if request.content[:1] == b"{" else None
        query = dict(parse_qsl(urlsplit(request.url).query))
        found = spec.disagreements(request.method, request.path, query, body, None)
        assert not found, found

    def paths(self) -> list[str]:
        """What was asked, in order, but for the shop's own row."""
        lines = [f"{request.method} {request.path}" for request in self.sent]
        return [line for line in lines if "/authorization/" not in line]

    def request(self, key: str, number: int = 0) -> Request:
        """A request whose method and end of path are as the key says, the first one unless told."""
        method, end = key.split()
        return [one for one in self.sent if one.method == method and one.path.endswith(end)][number]

    def body(self, key: str, number: int = 0) -> Any:
        """Its JSON body."""
        return json.loads(self.request(key, number).content)

    def query(self, key: str, number: int = 0) -> dict[str, str]:
        """Its query without what every call carries."""
        query = dict(parse_qsl(urlsplit(self.request(key, number).url).query))
        return {
            name: query[name] for name in query if name not in ("app_key", "timestamp", "sign", "shop_cipher")
        }

    def client(self, **options: Any) -> Client:
        """A client whose every request comes here."""
        shop = TikTokShop(
            "6a7b8c9d0e1f2",
            "secret",
            shop_id=SHOP_ID,
            shop_cipher=CIPHER,
            access_token="token",
            region=self.region,
        )
        return Client(shop, transport=self, **options)


def refusal(code: int, message: str) -> dict[str, Any]:
    """An envelope that says no."""
    return {"code": code, "message": message, "request_id": "r1", "data": None}


def failed(sample_or_rows: Any) -> dict[str, Any]:
    """``data`` of a bulk write in which rows failed."""
    return {"errors": sample_or_rows}


def stock(*skus: tuple[str, dict[str, int]], product: str = PRODUCT, committed: int = 0) -> dict[str, Any]:
    """``data`` of inventory/search: each SKU id with its available units by warehouse."""
    rows = [
        {
            "id": sku_id,
            "seller_sku": f"SKU-{sku_id}",
            "total_available_quantity": sum(places.values()),
            "total_committed_quantity": committed,
            "warehouse_inventory": [
                {"warehouse_id": place, "available_quantity": units, "committed_quantity": committed}
                for place, units in places.items()
            ],
        }
        for sku_id, places in skus
    ]
    return {"inventory": [{"product_id": product, "skus": rows}]}


def row(product_id: str = PRODUCT, *skus: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """A row of products/search; ``skus`` are pairs of id and seller SKU."""
    return {
        "id": product_id,
        "title": "Plain mug",
        "status": "ACTIVATE",
        "create_time": 1_762_000_000,
        "update_time": 1_763_700_000,
        "skus": [
            {
                "id": sku_id,
                "seller_sku": seller_sku,
                "price": {"currency": "USD", "sale_price": "12.50", "tax_exclusive_price": "12.50"},
                "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 5}],
                "status_info": {"status": "NORMAL"},
            }
            for sku_id, seller_sku in skus or (("11", "MUG-1"),)
        ],
        **fields,
    }


def found(*rows: dict[str, Any], token: str = "", total: int | None = None) -> dict[str, Any]:
    """``data`` of products/search."""
    return {
        "products": list(rows),
        "total_count": len(rows) if total is None else total,
        "next_page_token": token,
    }
