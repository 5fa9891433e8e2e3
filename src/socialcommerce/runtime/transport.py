"""The wire as this library sees it: two values and a protocol of two methods.

No HTTP library appears in a public signature. The default transports and adapters for httpx and httpx2
live in ``runtime.http``, the fast ones in ``runtime.http_fast``; a plain function ``Request -> Response``
is a valid transport too, which is how tests and the offline twins are wired.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlsplit

from attrs import field, frozen

__all__ = [
    "AsyncTransport",
    "Interrupted",
    "NotSent",
    "Request",
    "Response",
    "Timeout",
    "Transport",
    "TransportFailure",
]


@frozen
class Timeout:
    """Seconds allowed to connect, between two reads, and for the whole exchange."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0


@frozen(repr=False)
class Request:
    """One HTTP request, ready to be sent: signed, encoded, nothing left to decide.

    ``url`` is absolute and already percent-encoded. The repr shows no query, no header
    and no body, since any of them may hold a secret; nor is a request pickled.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(factory=dict)
    content: bytes = b""

    @property
    def path(self) -> str:
        """The path of the URL, without host and query."""
        return urlsplit(self.url).path

    def __repr__(self) -> str:
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return f"<Request {self.method} to no URL>"
        host = parts.netloc.rpartition("@")[2]  # a password may stand before it
        return f"<Request {self.method} {parts.scheme}://{host}{parts.path}>"

    def __reduce__(self) -> Any:
        raise TypeError("a Request is signed, and may hold a token; it is not pickled")


def _lower(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@frozen(repr=False)
class Response:
    """One whole HTTP reply. Header names are lower case; the body is decompressed."""

    status: int
    headers: Mapping[str, str] = field(factory=dict, converter=_lower)
    content: bytes = b""

    def __repr__(self) -> str:
        return f"<Response {self.status} {len(self.content)} bytes>"


class TransportFailure(Exception):
    """The exchange did not end with a whole reply."""


class NotSent(TransportFailure):
    """Nothing of the request can have reached the server (refused, no route, pool full)."""


class Interrupted(TransportFailure):
    """The request, or part of it, left; no whole reply came back: its effect is unknown."""


class Transport(Protocol):
    """What the synchronous driver needs. Safe to call from several threads."""

    def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        ...

    def close(self) -> None:
        """Give back every connection."""
        ...


class AsyncTransport(Protocol):
    """What the asynchronous driver needs. Used from one event loop only."""

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        ...

    async def aclose(self) -> None:
        """Give back every connection."""
        ...


Handler: TypeAlias = Callable[[Request], Response]
AsyncHandler: TypeAlias = Callable[[Request], Awaitable[Response]]
