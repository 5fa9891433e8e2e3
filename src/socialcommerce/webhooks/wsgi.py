"""A thin WSGI application: a webhook endpoint in any synchronous server or framework."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from socialcommerce.errors import WebhookError
from socialcommerce.webhooks.answers import TOO_LARGE, refusal

if TYPE_CHECKING:
    from socialcommerce.models.event import Event
    from socialcommerce.runtime.transport import Response
    from socialcommerce.webhooks.receiver import Receipt

__all__ = ["WSGIApp", "wsgi_app"]

Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[[str, list[tuple[str, str]]], Any]
WSGIApp: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]


_PHRASES = {status.value: status.phrase for status in HTTPStatus}
"""Platforms have statuses of their own beside these: 432 of a Flow."""


class _Webhooks(Protocol):
    @property
    def max_body(self) -> int: ...
    @property
    def receive(self) -> Callable[..., Receipt]: ...


class _Client(Protocol):
    @property
    def webhooks(self) -> _Webhooks: ...


def wsgi_app(
    client: _Client,
    handler: Callable[[Event], Any],
    endpoint: str = "default",
    *,
    max_body: int | None = None,
) -> WSGIApp:
    """A WSGI application that receives a platform's pushes.

    Args:
        client: a ``Client``.
        handler: called with each new event. What it answers, if anything, becomes the reply where the
            platform takes content in it. When it raises, the event is released and the error goes to the
            server, which answers 500: the platform then repeats.
        endpoint: the name of the address it is mounted at, as in the backend's settings.
        max_body: bytes; a larger body is answered 413 without being read to its end. What the platform
            pushes at most (``client.webhooks.max_body``) unless given.
    """
    most = client.webhooks.max_body if max_body is None else max_body

    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = _body(environ, most)
        response = TOO_LARGE if body is None else _respond(client, handler, endpoint, environ, body)
        phrase = _PHRASES.get(response.status, "Refused")
        headers = [*response.headers.items(), ("content-length", str(len(response.content)))]
        start_response(f"{response.status} {phrase}", headers)
        return [response.content]

    return app


def _respond(
    client: _Client, handler: Callable[[Event], Any], endpoint: str, environ: Environ, body: bytes
) -> Response:
    try:
        receipt = client.webhooks.receive(
            method=environ["REQUEST_METHOD"],
            headers=list(_headers(environ)),
            body=body,
            query=environ.get("QUERY_STRING") or "",
            endpoint=endpoint,
        )
    except WebhookError as error:
        return refusal(error)
    with receipt:
        for event in receipt.events:
            answer = handler(event)
            if answer is not None:
                receipt.respond(answer)
    return receipt.response


def _body(environ: Environ, most: int) -> bytes | None:
    """The whole body; None where it is larger than ``most``, or a length was promised that is none."""
    length = environ.get("CONTENT_LENGTH") or ""
    promised = int(length) if length.isascii() and length.isdigit() and len(length) < 12 else None
    if length and (promised is None or promised > most):
        return None
    # A server that decodes chunks gives no length and ends the stream; others must not be read beyond it.
    reads_to_end = environ.get("wsgi.input_terminated", False)
    wanted = promised if promised is not None else (most + 1 if reads_to_end else 0)
    body: bytes = environ["wsgi.input"].read(wanted)
    return body if len(body) <= most else None


def _headers(environ: Environ) -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-"), value
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            yield name.replace("_", "-"), value
