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
