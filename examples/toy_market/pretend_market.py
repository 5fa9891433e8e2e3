"""The platform behind Toy Market, played by a plain function: it checks signatures and keeps its stock."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from socialcommerce import Request, Response

PAGE = 2


def pretend_market(seller: str, secret_key: str) -> Callable[[Request], Response]:
    """A marketplace of five articles and three orders; what it answers is a transport for a client."""
    items = {
        str(number): {
            "id": str(number),
            "sku": f"TOY-{number}",
            "title": f"Toy {number}",
            "price": f"{number}.50",
            "units": 10 * number,
            "state": "HIDDEN" if number == 3 else "ON_SALE",
        }
        for number in range(1, 6)
    }
    orders = [{"id": f"O-{n}", "total": f"{n}.50", "state": "NEW", "placed": 1e9 + n} for n in range(3)]

    def answer(request: Request) -> Response:
        url = urlsplit(request.url)
        message = f"{request.headers['toy-time']}\n{request.method}\n{request.url.split(url.netloc)[1]}\n"
        expected = hmac.new(secret_key.encode(), message.encode() + request.content, hashlib.sha256)
        if not hmac.compare_digest(expected.hexdigest(), request.headers["toy-signature"]):
            return reply(401, {"error": "bad_signature", "message": "the signature does not match"})
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        return route(request, [unquote(step) for step in url.path.split("/")[1:]], query)

    def route(request: Request, steps: list[str], query: dict[str, str]) -> Response:
        match request.method, steps:
            case "GET", ["items"]:
                return page(list(items.values()), query)
            case "GET", ["items", number] if number in items:
                return reply(200, items[number])
            case "GET", ["orders"]:
                return page([row for row in orders if row["placed"] >= float(query.get("since", 0))], query)
            case "PUT", ["stock", sku]:
                for item in items.values():
                    if item["sku"] == sku:
                        item.update(json.loads(request.content))
                        return reply(200, item)
        return reply(404, {"error": "no_such_thing", "message": "there is nothing here"})

    return answer


def page(rows: list[Any], query: dict[str, str]) -> Response:
    start = int(query.get("from", 0))
    after = {"next": str(start + PAGE)} if start + PAGE < len(rows) else {}
    return reply(200, {"rows": rows[start : start + PAGE], **after})


def reply(status: int, body: Any) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(body).encode())
