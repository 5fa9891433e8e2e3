"""A Shopee client over a scripted wire: what was asked, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcommerce import Client, Response, Retry
from socialcommerce.backends import Shopee
from socialcommerce.runtime.transport import Request

SHOP = "947042923"
URL = "https://hooks.example.com/webhooks/shopee"
KEY = "7069736b6579e2809c4c69766550757368"
NOW = 1_726_044_800.0


class Wire:
    """Answers each path from a script; the last answer of a path stands for all that follow."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, list[Any]] = {
            name: answer if isinstance(answer, list) else [answer] for name, answer in answers.items()
        }
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        queue = self.answers[urlsplit(request.url).path.rpartition("/")[2]]
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Response):
            return answer
        envelope = answer if "error" in answer else {"error": "", "message": "", "response": answer}
        return Response(200, {}, json.dumps(envelope).encode())

    def sent(self, operation: str) -> list[Request]:
        return [request for request in self.requests if urlsplit(request.url).path.endswith("/" + operation)]

    def query(self, operation: str, index: int = -1) -> dict[str, str]:
        common = {"partner_id", "timestamp", "access_token", "shop_id", "sign"}
        pairs = parse_qsl(urlsplit(self.sent(operation)[index].url).query, keep_blank_values=True)
        return {name: value for name, value in pairs if name not in common}

    def body(self, operation: str, index: int = -1) -> Any:
        return json.loads(self.sent(operation)[index].content)


def shopee(**settings: Any) -> Shopee:
    settings = {
        "shop_id": SHOP,
        "access_token": "token",
        "region": "ID",
        "push_partner_key": KEY,
        "callback_urls": {"default": URL},
    } | settings
    return Shopee(2_000_002, "partner-key", **settings)


def client(wire: Callable[[Request], Response], *, backend: Shopee | None = None, **options: Any) -> Client:
    options = {"clock": lambda: NOW, "sleep": lambda _: None, "retry": Retry(attempts=2)} | options
    return Client(backend or shopee(), transport=wire, **options)


def sample(shared: Path, name: str) -> Any:
    """A recorded reply, or its payload where it has an envelope."""
    read = json.loads((shared / "samples" / "shopee" / f"{name}.json").read_text())
    return read.get("response", read)
