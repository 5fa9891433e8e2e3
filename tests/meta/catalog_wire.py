"""A Graph API that says exactly what a test tells it to: replies by path, requests kept."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from tests.conftest import shared_path

from socialcommerce import Client
from socialcommerce.backends import Request, Response
from socialcommerce.backends.meta.social.backend import Meta

CATALOG = "1022334455667788"
HANDLE = "AcxWXHQ1RlVoZ2NoYW5kbGU"
BATCH = "POST /items_batch"
STATUS = "GET /check_batch_request_status"


def sample(name: str) -> Any:
    """One of the vendor's replies."""
    shared = shared_path()
    if shared is None:
        pytest.skip("the platform facts (../shared beside the repository) are not here")
    return json.loads((shared / "samples" / "meta" / f"{name}.json").read_text())


def refusal(code: int, message: str = "no", subcode: int | None = None, status: int = 400) -> Response:
    """A reply that says no."""
    error = {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode}
    return Response(status, {"content-type": "application/json"}, json.dumps({"error": error}).encode())


GONE = refusal(100, "Unsupported get request. Object does not exist", 33)
NOT_AN_ITEM = refusal(
    100, "(#100) Tried accessing nonexisting field (availability) on node type (ProductGroup)"
)


def item(sku: str = "TS-1", number: str = "24500000000001", **fields: Any) -> dict[str, Any]:
    """A ProductItem."""
    return {
        "id": number,
        "retailer_id": sku,
        "name": "Tee",
        "description": "Organic cotton tee",
        "availability": "in stock",
        "condition": "new",
        "price": "$19.99",
        "currency": "USD",
        "quantity_to_sell_on_facebook": 12,
        "url": f"https://shop.example.com/p/{sku}",
        "image_url": f"https://cdn.example.com/{sku}.jpg",
        "retailer_product_group_id": "TS",
        "review_status": "approved",
        "visibility": "published",
        "product_group": {"id": "24600000000001", "retailer_id": "TS"},
        **fields,
    }


def group(*items: dict[str, Any], number: str = "24600000000001", more: bool = False) -> dict[str, Any]:
    """A ProductGroup with its items."""
    paging: dict[str, Any] = {"cursors": {"after": "next"}}
    if more:
        paging["next"] = "https://graph.facebook.com/v26.0/…"
    return {"id": number, "retailer_id": "TS", "products": {"data": list(items), "paging": paging}}


def ended(*errors: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """A reply of check_batch_request_status: finished, with an error for each of these SKUs."""
    rows = [{"line": line, "id": sku, "message": text} for line, (sku, text) in enumerate(errors)]
    row = {
        "handle": HANDLE,
        "status": "finished",
        "errors_total_count": len(rows),
        "errors": rows,
        "warnings": [],
        "ids_of_invalid_requests": [sku for sku, _ in errors],
        **fields,
    }
    return {"data": [row]}


class Wire:
    """A transport: ``wire["GET /products"] = [reply, …]``; the last reply is given again and again.

    A key is the method and the end of the path; an item by its SKU is ``GET catalog:SKU``. A reply is
    a body, a ``Response``, or a function of the request. A Graph batch is answered call by call.
    """

    def __init__(self) -> None:
        self.replies: dict[str, list[Any]] = {}
        self.sent: list[Request] = []
        self.batches = 0
        self.clock = Clock()
        self[BATCH] = {"handles": [HANDLE]}
        self[STATUS] = ended()

    def __setitem__(self, key: str, reply: Any) -> None:
        self.replies[key] = list(reply) if isinstance(reply, list) else [reply]

    def __call__(self, request: Request) -> Response:
        if request.method == "POST" and request.path == "/v26.0/":
            return self._batch(request)
        self.sent.append(request)
        reply = self._reply(request)
        if isinstance(reply, Response):
            return reply
        return Response(200, {"content-type": "application/json"}, json.dumps(reply).encode())

    def _batch(self, request: Request) -> Response:
        self.batches += 1
        calls = json.loads(dict(parse_qsl(request.content.decode()))["batch"])
        rows = []
        for call in calls:
            url = f"https://graph.facebook.com/v26.0/{call['relative_url']}"
            answer = self(Request(call["method"], url, {}, b""))
            rows.append({"code": answer.status, "headers": [], "body": answer.content.decode()})
        return Response(200, {}, json.dumps(rows).encode())

    def _reply(self, request: Request) -> Any:
        path = named(request)
        for key in reversed(self.replies):
            method, end = key.split(" ", 1)
            if request.method == method and path.endswith(end):
                replies = self.replies[key]
                reply = replies.pop(0) if len(replies) > 1 else replies[0]
                return reply(request) if callable(reply) else reply
        if "catalog:" in path or path.removeprefix("/").isdigit():
            return GONE
        raise AssertionError(f"nothing is said of {request.method} {path}")

    def calls(self) -> list[str]:
        """What was asked, in order."""
        return [f"{request.method} {named(request)}" for request in self.sent]

    def request(self, key: str, number: int = 0) -> Request:
        """A request whose method and end of path are as the key says, the first one unless told."""
        method, end = key.split(" ", 1)
        return [one for one in self.sent if one.method == method and named(one).endswith(end)][number]

    def body(self, key: str = BATCH, number: int = 0) -> Any:
        """Its JSON body."""
        return json.loads(self.request(key, number).content)

    def written(self, number: int = 0) -> dict[str, dict[str, Any]]:
        """The columns of a batch by SKU, with its method."""
        rows = self.body(BATCH, number)["requests"]
        return {row["data"]["id"]: {"method": row["method"], **row["data"]} for row in rows}

    def query(self, key: str, number: int = 0) -> dict[str, str]:
        """Its query."""
        return dict(parse_qsl(self.request(key, number).url.partition("?")[2]))

    def client(self, **options: Any) -> Client:
        """A client whose every request comes here."""
        settings = Meta("6001", "secret", "token", catalog_id=CATALOG)
        return Client(settings, transport=self, clock=self.clock, sleep=self.clock.sleep, **options)


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self, start: float = 1_795_262_400.0) -> None:
        self.now = start

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.now += seconds


def named(request: Request) -> str:
    """The path without its version, and the SKU of an item in the clear."""
    path = unquote(request.path).removeprefix("/v26.0")
    head, _, key = path.rpartition(":")
    return f"catalog:{urlsafe_b64decode(key).decode()}" if head == f"/catalog:{CATALOG}" else path
