"""The ASGI and WSGI applications: thin, bounded, and answering what the platform expects."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.webhooks.toy import Toy, ToyWebhooks, async_toy, delivery, toy

from socialcommerce import AsyncClient, Event, errors
from socialcommerce.errors import WebhookError
from socialcommerce.webhooks import Assurance, Delivery, asgi_app, wsgi_app

A = {"key": "a"}


def call_wsgi(app: Any, given: Mapping[str, Any], **environ: Any) -> tuple[str, dict[str, str], bytes]:
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in given["headers"].items()}
    base = {
        "REQUEST_METHOD": given["method"],
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(given["body"])),
        "wsgi.input": io.BytesIO(given["body"]),
    }
    answered: list[Any] = []
    body = b"".join(app(base | headers | environ, lambda *answer: answered.append(answer)))
    ((status, names),) = answered
    return status, dict(names), body


async def call_asgi(
    app: Any, given: Mapping[str, Any], parts: int = 1
) -> tuple[int, dict[bytes, bytes], bytes]:
    body = given["body"]
    size = max(1, -(-len(body) // parts))
    chunks = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
    messages = [
        {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]
    scope = {
        "type": "http",
        "method": given["method"],
        "headers": [(n.lower().encode(), v.encode()) for n, v in given["headers"].items()],
        "query_string": b"",
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, end = sent
    return start["status"], dict(start["headers"]), end["body"]


def test_wsgi_hands_each_event_to_the_handler_once() -> None:
    seen: list[str] = []
    app = wsgi_app(toy(), lambda event: seen.append(event.key))
    for _ in range(2):
        status, headers, body = call_wsgi(app, delivery(A, {"key": "b"}))
        assert (status, headers, body) == ("200 OK", {"content-length": "0"}, b"")
    assert seen == ["a", "b"]


def test_wsgi_answers_what_the_handler_gives_back() -> None:
    status, headers, body = call_wsgi(wsgi_app(toy(), lambda event: f"got {event.key}"), delivery(A))
    assert (status, body) == ("200 OK", b"got a")
    assert headers == {"content-type": "text/plain", "content-length": "5"}


def test_wsgi_gives_an_event_back_when_the_handler_fails() -> None:
    client = toy()

    def fails(event: Event) -> None:
        raise LookupError(event.key)

    with pytest.raises(LookupError):
        call_wsgi(wsgi_app(client, fails), delivery(A))
    seen: list[str] = []
    call_wsgi(wsgi_app(client, lambda event: seen.append(event.key)), delivery(A))
    assert seen == ["a"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"HTTP_X_SIGNATURE": "sha256=00"}, "401 Unauthorized"),
        ({"CONTENT_LENGTH": "9999999"}, "413 Request Entity Too Large"),
        ({"CONTENT_LENGTH": "-5"}, "413 Request Entity Too Large"),
        ({"CONTENT_LENGTH": "many"}, "413 Request Entity Too Large"),
        ({"QUERY_STRING": "&".join(["a"] * 300)}, "400 Bad Request"),
    ],
)
def test_wsgi_refuses(changes: dict[str, Any], expected: str) -> None:
    app = wsgi_app(toy(), lambda event: pytest.fail(event.key))
    status, _, body = call_wsgi(app, delivery(A), **changes)
    assert status.split()[0] == expected.split(maxsplit=1)[0]
    assert body == b""


class Chatty(ToyWebhooks):
    max_body = 2 << 20


class ChattyToy(Toy):
    webhooks = Chatty


async def test_as_much_is_read_as_the_platform_pushes() -> None:
    one = delivery({"key": "a", "text": "x" * (3 << 19)})
    for backend, status in ((Toy(), 413), (ChattyToy(), 200)):
        seen: list[Event] = []
        assert call_wsgi(wsgi_app(toy(backend=backend), seen.append), one)[0].startswith(str(status))
        assert (await call_asgi(asgi_app(toy(cls=AsyncClient, backend=backend), seen.append), one))[
            0
        ] == status
        assert len(seen) == (2 if status == 200 else 0)


class OfAFlow(ToyWebhooks):
    def verify(self, delivery: Delivery, now: datetime) -> Assurance:
        raise WebhookError("not signed", reason="flow_signature")


class FlowToy(Toy):
    webhooks = OfAFlow


async def test_a_status_that_only_the_platform_knows_is_answered() -> None:
    def handler(event: Event) -> None:
        pytest.fail(event.key)

    assert call_wsgi(wsgi_app(toy(backend=FlowToy()), handler), delivery(A))[0].startswith("432 ")
    assert (await call_asgi(asgi_app(toy(cls=AsyncClient, backend=FlowToy()), handler), delivery(A)))[
        0
    ] == 432


def test_every_reason_why_a_delivery_is_not_taken_is_documented() -> None:
    root = Path(str(errors.__file__)).parent
    calls = [
        call
        for path in root.rglob("*.py")
        for call in re.findall(r"WebhookError\((.*?)\) *(?:from|\n)", path.read_text(), re.DOTALL)
    ]
    words = {word for call in calls for word in re.findall(r'reason="(\w+)"', call)}
    assert {"signature", "malformed", "flow_key"} <= words
    assert not [word for word in words if f"``{word}``" not in str(WebhookError.__doc__)]


def test_wsgi_reads_no_further_than_was_promised() -> None:
    given = delivery(A)
    more = io.BytesIO(given["body"] + b"the next request")
    seen: list[str] = []
    app = wsgi_app(toy(), lambda event: seen.append(event.key))
    call_wsgi(app, given, **{"wsgi.input": more})
    assert (seen, more.read()) == (["a"], b"the next request")
    chunked = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    call_wsgi(app, delivery({"key": "b"}), **chunked)
    assert seen == ["a", "b"]
    status, *_ = call_wsgi(wsgi_app(toy(), seen.append, max_body=3), delivery(A), **chunked)
    assert status.startswith("413")
    status, *_ = call_wsgi(app, delivery(A), CONTENT_LENGTH="")
    assert status.startswith("401")


async def test_asgi_hands_each_event_to_the_handler_once() -> None:
    seen: list[str] = []

    async def handle(event: Event) -> None:
        seen.append(event.key)

    app = asgi_app(async_toy(), handle)
    for _ in range(2):
        assert await call_asgi(app, delivery(A, {"key": "b"}), parts=3) == (
            200,
            {b"content-length": b"0"},
            b"",
        )
    assert seen == ["a", "b"]


async def test_asgi_takes_a_plain_handler_and_its_answer() -> None:
    status, headers, body = await call_asgi(asgi_app(async_toy(), lambda event: event.key), delivery(A))
    assert (status, body, headers[b"content-type"]) == (200, b"a", b"text/plain")


async def test_asgi_gives_an_event_back_when_the_handler_fails() -> None:
    client = async_toy()

    async def fails(event: Event) -> None:
        raise LookupError(event.key)

    with pytest.raises(LookupError):
        await call_asgi(asgi_app(client, fails), delivery(A))
    seen: list[str] = []
    await call_asgi(asgi_app(client, lambda event: seen.append(event.key)), delivery(A))
    assert seen == ["a"]


async def test_asgi_refuses_what_is_forged_or_too_large() -> None:
    app = asgi_app(async_toy(), lambda event: pytest.fail(event.key), max_body=64)
    forged = delivery(A) | {"headers": {"X-Signature": "sha256=00"}}
    assert (await call_asgi(app, forged))[0] == 401
    assert (await call_asgi(app, delivery({"key": "x" * 100}), parts=4))[0] == 413
    assert (await call_asgi(app, {"method": "POST", "headers": {}, "body": b"[]"}))[0] == 401


async def test_asgi_speaks_http_only() -> None:
    app = asgi_app(async_toy(), lambda event: None)
    with pytest.raises(ValueError, match="websocket"):
        await app({"type": "websocket"}, None, None)  # type: ignore[arg-type]  # never used
