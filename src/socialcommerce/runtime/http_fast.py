"""The compiled transports of the ``fast`` extra: pyreqwest, a client written in Rust.

The same promises as the default transports, at a fraction of the time. The compiled client reads
the proxies of the environment and verifies servers itself; its async face runs on asyncio alone.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from socialcommerce.runtime.http.encoding import USER_AGENT
from socialcommerce.runtime.http.failures import closed, describe, malformed
from socialcommerce.runtime.transport import Request, Response, Timeout, TransportFailure

if TYPE_CHECKING:
    from pyreqwest.client import Client, SyncClient
    from pyreqwest.exceptions import PyreqwestError
    from pyreqwest.request import ConsumedRequest, SyncConsumedRequest
    from pyreqwest.response import BaseResponse

__all__ = ["AsyncFastTransport", "FastTransport"]

_NEVER_CONNECTED: Final = "client error (Connect)"

# What the other errors mean, in the words of the shared table of failures.
_READ_AS: Final = {
    "BodyDecodeError": "BodyDecodeError",
    "DecodeError": "RemoteProtocolError",
    "ConnectError": "RemoteProtocolError",
    "ReadError": "ReadError",
    "WriteError": "WriteError",
}

C = TypeVar("C", "SyncClient", "Client")
M = TypeVar("M", "SyncConsumedRequest", "ConsumedRequest")


class _Compiled(Generic[C, M]):
    """What the two share: one compiled client for each pair of connect and read timeouts."""

    _builder: ClassVar[str]

    def __init__(
        self, *, roots: bytes | None = None, http2: bool = False, max_connections: int | None = None
    ) -> None:
        """Prepare the client; no connection is opened yet.

        roots: certificates (PEM) to trust besides those of the system.
        http2: offer HTTP/2 to https servers.
        max_connections: how many requests may be under way at once; None means no limit.

        Raises ``ImportError`` when pyreqwest is not installed.
        """
        from pyreqwest.exceptions import PyreqwestError

        self._error: type[PyreqwestError] = PyreqwestError
        self._roots, self._http2, self._max_connections = roots, http2, max_connections
        self._clients: dict[tuple[float, float], C] = {}
        self._lock = Lock()
        self._closed = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over pyreqwest>"

    def _client(self, timeout: Timeout) -> C:
        """Answer the client with these timeouts: the compiled client knows them as a whole only."""
        key = (min(timeout.connect, timeout.total), min(timeout.read, timeout.total))
        client = self._clients.get(key)
        if client is None:
            with self._lock:
                client = self._clients.get(key) or self._build(*key)
                self._clients[key] = client
        return client

    def _build(self, connect: float, read: float) -> C:
        import pyreqwest.client

        builder = getattr(pyreqwest.client, self._builder)()
        builder = builder.follow_redirects(False).referer(False).user_agent(USER_AGENT).http2(self._http2)
        builder = builder.connect_timeout(timedelta(seconds=connect)).read_timeout(timedelta(seconds=read))
        if self._max_connections is not None:
            builder = builder.max_connections(self._max_connections).pool_timeout(timedelta(seconds=connect))
        if self._roots is not None:
            builder = builder.add_root_certificate_pem(self._roots)
        client: C = builder.build()
        return client

    def _prepare(self, request: Request, timeout: Timeout) -> M:
        """Answer the request in the library's terms; ``NotSent`` if it cannot be one."""
        if self._closed:
            raise closed(request)
        try:
            message = self._message(request, timeout)
        except ValueError:  # the library's own error for this is a ValueError too
            message = None
        if message is None or message.url.scheme not in ("http", "https"):
            raise malformed(request)
        return message

    def _message(self, request: Request, timeout: Timeout) -> M:
        # Any: the type checkers cannot see that the two kinds of builder belong to the two clients
        builder: Any = self._client(timeout).request(request.method, request.url)
        builder.headers(request.headers).timeout(timedelta(seconds=timeout.total))
        if request.content:
            builder.body_bytes(request.content)
        elif request.method in ("POST", "PUT", "PATCH"):
            builder.header("content-length", "0")
        message: M = builder.build()
        return message

    def _failure(self, request: Request, error: PyreqwestError) -> TransportFailure:
        """Answer the failure that ``error`` stands for.

        The class of the error is no guide: the compiled client calls a connection that closed
        after the request a ConnectError, and a reply that never came a ConnectTimeoutError. Only
        the chain of causes says whether there ever was a connection.
        """
        details = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
        causes = [str(cause["message"]) for cause in details.get("causes") or ()]
        if _NEVER_CONNECTED in causes:
            return describe(request, "ConnectError", causes[-1])
        if type(error).__name__ == "PoolTimeoutError":
            return describe(request, "PoolTimeout")
        if isinstance(error, TimeoutError):
            return describe(request, "ReadTimeout")
        return describe(request, _READ_AS.get(type(error).__name__, ""))


def _headers(reply: BaseResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in reply.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


class FastTransport(_Compiled["SyncClient", "SyncConsumedRequest"]):
    """The compiled transport. Safe to share among threads; redirects are answered, never followed.

    ``Timeout.total`` is exact.
    """

    _builder = "SyncClientBuilder"

    def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        message = self._prepare(request, timeout)
        try:
            reply = message.send()
            return Response(reply.status, _headers(reply), bytes(reply.bytes()))
        except self._error as error:
            broken = self._failure(request, error)
        raise broken  # outside the except block: the library's error quotes the URL

    def close(self) -> None:
        """Give back every connection; what is sent afterwards fails with ``NotSent``."""
        self._closed = True
        while self._clients:  # idle connections close only once nobody holds their client
            self._clients.popitem()[1].close()


class AsyncFastTransport(_Compiled["Client", "ConsumedRequest"]):
    """The compiled transport for one asyncio event loop; redirects are answered, never followed.

    ``Timeout.total`` is exact.
    """

    _builder = "ClientBuilder"

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        message = self._prepare(request, timeout)
        try:
            reply = await message.send()
            return Response(reply.status, _headers(reply), bytes(await reply.bytes()))
        except self._error as error:
            broken = self._failure(request, error)
        raise broken  # outside the except block: the library's error quotes the URL

    async def aclose(self) -> None:
        """Give back every connection; what is sent afterwards fails with ``NotSent``."""
        self._closed = True
        while self._clients:  # idle connections close only once nobody holds their client
            await self._clients.popitem()[1].close()
