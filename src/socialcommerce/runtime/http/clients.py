"""Adapters for an httpx or httpx2 client that the user built: its proxies and hooks stay in force.

Only the client's way to the network is used. Its default headers, parameters, cookies, base URL,
authentication and redirect policy are left aside: the request is signed, and one header more or
one redirect followed would spoil the signature or carry it to a stranger.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

from socialcommerce.runtime.http.body import Body
from socialcommerce.runtime.http.encoding import USER_AGENT, accepted, join_headers, response
from socialcommerce.runtime.http.failures import closed, failure, malformed
from socialcommerce.runtime.http.privacy import guard_logs, private
from socialcommerce.runtime.transport import Request, Response, Timeout

if TYPE_CHECKING:
    import httpx

__all__ = ["AsyncHttpxTransport", "HttpxTransport", "httpx_kind"]

_LIBRARIES: Final = ("httpx", "httpx2")

C = TypeVar("C", "httpx.Client", "httpx.AsyncClient")


def _library_class(obj: object) -> tuple[str, str] | None:
    """The httpx library and class that ``obj`` is an instance of, without importing either."""
    for base in type(obj).__mro__:
        library = base.__module__.partition(".")[0]
        if library in _LIBRARIES and base.__name__ in ("Client", "AsyncClient"):
            return library, base.__name__
    return None


def httpx_kind(obj: object) -> Literal["sync", "async"] | None:
    """Say whether ``obj`` is a sync or an async client of httpx or httpx2, or neither."""
    found = _library_class(obj)
    if found is None:
        return None
    return "sync" if found[1] == "Client" else "async"


class _Adapter(Generic[C]):
    """What the two adapters share: building the library's request, and its errors."""

    _class: str

    def __init__(self, client: C, *, owned: bool = False) -> None:
        """Wrap ``client``; it is closed with the transport only if ``owned``.

        Raises ``TypeError`` when it is not the right kind of client.
        """
        found = _library_class(client)
        if found is None or found[1] != self._class:
            raise TypeError(f"expected an httpx or httpx2 {self._class}, got {type(client).__name__}")
        self._client: C = client
        self._owned = owned
        self._closed = False
        self._library: ModuleType = import_module(found[0])
        self._errors = (OSError, zlib.error, self._library.HTTPError)
        # what both the client and we can decompress: a hook of the user's may read the body first
        theirs = client.headers.get("accept-encoding", "")
        both = [name for name in accepted().split(", ") if name in theirs]
        self._defaults = {"accept-encoding": ", ".join(both) or "identity", "user-agent": USER_AGENT}
        guard_logs()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {self._library.__name__}>"

    def _prepare(self, request: Request, timeout: Timeout) -> httpx.Request:
        """Answer the request in the library's terms; ``NotSent`` if it cannot be one."""
        if self._closed or self._client.is_closed:
            raise closed(request)
        read = min(timeout.read, timeout.total)
        connect = min(timeout.connect, timeout.total)
        limits = {"connect": connect, "pool": connect, "read": read, "write": read}
        try:
            message = self._message(request, limits)
        except (self._library.InvalidURL, ValueError):
            message = None
        if message is None or message.url.scheme not in ("http", "https") or not message.url.host:
            raise malformed(request)
        return message

    def _message(self, request: Request, limits: dict[str, float]) -> httpx.Request:
        taken = {name.lower() for name in request.headers}
        missing = {name: value for name, value in self._defaults.items() if name not in taken}
        message: httpx.Request = self._library.Request(
            request.method,
            request.url,
            headers={**missing, **request.headers},
            content=request.content,
            extensions={"timeout": limits},
        )
        return message


def _answer(reply: httpx.Response, pieces: list[bytes] | None) -> Response:
    """Answer the reply in our terms: from its raw pieces, or as a hook of the user's has read it."""
    body = reply.content if pieces is None else b"".join(pieces)
    return response(reply.status_code, join_headers(reply.headers.raw), body, decoded=pieces is None)


class HttpxTransport(_Adapter["httpx.Client"]):
    """Sends by a user's ``httpx.Client`` or ``httpx2.Client``. As safe for threads as that client.

    ``Timeout.total`` is held as ``DefaultTransport`` holds it.
    """

    _class = "Client"

    def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        message = self._prepare(request, timeout)
        try:
            with private():
                return self._exchange(message, time.monotonic() + timeout.total)
        except self._errors as error:
            broken = failure(request, error)
        raise broken  # outside the except block: the library's error holds the whole request

    def _exchange(self, message: httpx.Request, deadline: float) -> Response:
        reply = self._client.send(message, auth=None, follow_redirects=False, stream=True)
        try:
            pieces = None if reply.is_stream_consumed else self._read(reply, deadline)
        finally:
            reply.close()
        return _answer(reply, pieces)

    def _read(self, reply: httpx.Response, deadline: float) -> list[bytes]:
        pieces = []
        for piece in reply.iter_raw():
            pieces.append(piece)
            if time.monotonic() > deadline:
                raise TimeoutError
        return pieces

    def close(self) -> None:
        """Send nothing more; close the client too if it is owned."""
        self._closed = True
        if self._owned:
            self._client.close()


class AsyncHttpxTransport(_Adapter["httpx.AsyncClient"]):
    """Sends by a user's ``httpx.AsyncClient`` or ``httpx2.AsyncClient``, in the loop it belongs to.

    ``Timeout.total`` is exact.
    """

    _class = "AsyncClient"

    def __init__(self, client: httpx.AsyncClient, *, owned: bool = False) -> None:
        """Wrap ``client``; it is closed with the transport only if ``owned``.

        Raises ``TypeError`` when it is not the right kind of client.
        """
        super().__init__(client, owned=owned)
        self._body: Callable[[bytes], Any] = type("_Body", (Body, self._library.AsyncByteStream), {})

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        from anyio import fail_after

        message = self._prepare(request, timeout)
        message.stream = self._body(request.content)
        try:
            with private(), fail_after(timeout.total):
                return await self._exchange(message)
        except self._errors as error:
            broken = failure(request, error)
        raise broken  # outside the except block: the library's error holds the whole request

    async def _exchange(self, message: httpx.Request) -> Response:
        reply = await self._client.send(message, auth=None, follow_redirects=False, stream=True)
        try:
            pieces = None if reply.is_stream_consumed else [piece async for piece in reply.aiter_raw()]
        finally:
            await reply.aclose()
        return _answer(reply, pieces)

    async def aclose(self) -> None:
        """Send nothing more; close the client too if it is owned."""
        self._closed = True
        if self._owned:
            await self._client.aclose()
