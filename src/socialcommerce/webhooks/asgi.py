"""A thin ASGI application: a webhook endpoint in any asynchronous server or framework."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from socialcommerce.errors import WebhookError
from socialcommerce.webhooks.answers import TOO_LARGE, refusal

if TYPE_CHECKING:
    from socialcommerce.models.event import Event
    from socialcommerce.runtime.transport import Response
    from socialcommerce.webhooks.receiver import AsyncReceipt

__all__ = ["ASGIApp", "asgi_app"]

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class _Webhooks(Protocol):
    @property
    def max_body(self) -> int: ...
    @property
    def receive(self) -> Callable[..., AsyncReceipt]: ...


class _Client(Protocol):
    @property
    def webhooks(self) -> _Webhooks: ...


def asgi_app(
    client: _Client,
    handler: Callable[[Event], Any],
    endpoint: str = "default",
    *,
    max_body: int | None = None,
) -> ASGIApp:
    """An ASGI application that receives a platform's pushes.

    Args:
        client: an ``AsyncClient``.
        handler: called with each new event, plain or ``async``. What it answers, if anything, becomes the
            reply where the platform takes content in it. When it raises, the event is released and the
            error goes to the server, which answers 500: the platform then repeats.
        endpoint: the name of the address it is mounted at, as in the backend's settings.
        max_body: bytes; a larger body is answered 413 without being read to its end. What the platform
            pushes at most (``client.webhooks.max_body``) unless given.
    """
    most = client.webhooks.max_body if max_body is None else max_body

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"a webhook endpoint speaks http, not {scope['type']}")
        body = await _body(receive, most)
        response = TOO_LARGE if body is None else await _respond(client, handler, endpoint, scope, body)
        await _answer(send, response)

    return app


async def _respond(
    client: _Client, handler: Callable[[Event], Any], endpoint: str, scope: Scope, body: bytes
) -> Response:
    try:
        receipt = client.webhooks.receive(
            method=scope["method"],
            headers=scope["headers"],
            body=body,
            query=scope.get("query_string") or b"",
            endpoint=endpoint,
        )
    except WebhookError as error:
        return refusal(error)
    async with receipt:
        for event in receipt.events:
            answer = handler(event)
            if inspect.isawaitable(answer):
                answer = await answer
            if answer is not None:
                receipt.respond(answer)
    return receipt.response


async def _body(receive: Receive, most: int) -> bytes | None:
    """The whole body; None where it is larger than ``most``."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _answer(send: Send, response: Response) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    length = (b"content-length", str(len(response.content)).encode())
    await send({"type": "http.response.start", "status": response.status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": response.content})
