"""The default transports: the connection pools of httpx's own core, without the client above.

The core costs half of what ``httpx.Client.get`` does, and nothing in it logs or follows a URL.
What the client adds and a marketplace needs is here: proxies from the environment, TLS roots,
decompression, and a limit on the whole exchange.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from attrs import frozen

from socialcommerce.runtime.http.body import Body
from socialcommerce.runtime.http.encoding import default_headers, join_headers, raw_headers, response
from socialcommerce.runtime.http.environment import bypasses_proxy, environment_proxies, tls_context
from socialcommerce.runtime.http.failures import closed, failure, malformed
from socialcommerce.runtime.http.privacy import guard_logs, private
from socialcommerce.runtime.transport import Request, Response, Timeout

if TYPE_CHECKING:
    import ssl

    import httpcore

__all__ = ["KEEP_ALIVE", "ROUTES_KEPT", "AsyncDefaultTransport", "DefaultTransport", "load_core"]

_CORES: Final = ("httpcore", "httpcore2")
_CORE_ERRORS: Final = (
    "TimeoutException",
    "NetworkError",
    "ProtocolError",
    "ProxyError",
    "UnsupportedProtocol",
)
KEEP_ALIVE: Final = 5.0  # seconds; servers drop idle connections sooner or later, so do it first
_IDLE_CONNECTIONS: Final = 20
ROUTES_KEPT: Final = 512

P = TypeVar("P", "httpcore.ConnectionPool", "httpcore.AsyncConnectionPool")


@frozen
class _Route(Generic[P]):
    """How one origin is reached: by which pool, and what its parts are on the wire."""

    pool: P
    scheme: bytes
    host: bytes
    port: int | None
    netloc: bytes


def load_core(name: str | None) -> ModuleType:
    """The HTTP core of that name, or the first one that is installed; ``ImportError`` where none is."""
    names = _CORES if name is None else (name,)
    found = next((each for each in names if find_spec(each) is not None), None)
    if found is None:
        raise ImportError(f"no HTTP library: install httpx or httpx2 (looked for {', '.join(names)})")
    return import_module(found)


class _Pools(Generic[P]):
    """What the sync and the async default transport share: everything but the waiting."""

    _prefix: ClassVar[str]

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        http2: bool = False,
        trust_env: bool = True,
        max_connections: int = 100,
        core: str | None = None,
    ) -> None:
        """Prepare the pools; no connection is opened yet.

        tls: the context that verifies servers; by default the roots httpx trusts, or those of
            ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``.
        http2: offer HTTP/2 to https servers (needs the package ``h2``).
        trust_env: take proxies from ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``.
        max_connections: how many connections may be open at once, for each way out (direct, proxy).
        core: the module to use, ``"httpcore"`` or ``"httpcore2"``; by default the first installed.

        Raises ``ImportError`` when a needed package is missing and ``ValueError`` for a proxy URL
        that is neither http, https nor socks5.
        """
        if http2 and find_spec("h2") is None:
            raise ImportError("HTTP/2 needs the package h2: install httpx[http2]")
        self._core = load_core(core)
        self._options = {
            "ssl_context": tls or tls_context(self._core),
            "http2": http2,
            "max_connections": max_connections,
            "max_keepalive_connections": min(_IDLE_CONNECTIONS, max_connections),
            "keepalive_expiry": KEEP_ALIVE,
        }
        self._direct: P = getattr(self._core, f"{self._prefix}ConnectionPool")(**self._options)
        proxies = environment_proxies() if trust_env else {}
        self._proxied: dict[str, P] = {scheme: self._proxy_pool(url) for scheme, url in proxies.items()}
        self._errors = (OSError, zlib.error, *(getattr(self._core, name) for name in _CORE_ERRORS))
        self._defaults = default_headers()
        self._routes: dict[tuple[str, str], _Route[P]] = {}
        self._closed = False
        guard_logs()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {self._core.__name__}>"

    def _proxy_pool(self, url: str) -> P:
        """A pool that reaches everything by way of the proxy at ``url``."""
        parts = urlsplit(url)
        kinds = {"http": "HTTPProxy", "https": "HTTPProxy", "socks5": "SOCKSProxy", "socks5h": "SOCKSProxy"}
        if parts.scheme not in kinds:
            raise ValueError(f"a proxy is reached by http, https or socks5, not {parts.scheme!r}")
        if kinds[parts.scheme] == "SOCKSProxy" and find_spec("socksio") is None:
            raise ImportError("a SOCKS proxy needs the package socksio: install httpx[socks]")
        address = self._core.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target="/")
        login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        pool: P = getattr(self._core, self._prefix + kinds[parts.scheme])(
            address, proxy_auth=login, **self._options
        )
        return pool

    def _pools(self) -> Iterator[P]:
        yield self._direct
        yield from self._proxied.values()

    def _new_route(self, parts: SplitResult) -> _Route[P]:
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("not an absolute http or https URL")
        parts.hostname.encode("idna")  # a name that DNS cannot hold would fail far below, unmapped
        proxied = self._proxied.get(parts.scheme)
        pool = self._direct if proxied is None or bypasses_proxy(parts.netloc) else proxied
        netloc = parts.netloc.rpartition("@")[2].encode("ascii")
        return _Route(pool, parts.scheme.encode(), parts.hostname.encode("ascii"), parts.port, netloc)

    def _route(self, parts: SplitResult) -> _Route[P]:
        key = (parts.scheme, parts.netloc)
        route = self._routes.get(key)
        if route is None:
            if len(self._routes) >= ROUTES_KEPT:
                self._routes.clear()
            route = self._routes[key] = self._new_route(parts)
        return route

    def _prepare(self, request: Request, timeout: Timeout) -> tuple[P, httpcore.Request]:
        """Answer the pool to use and the request in the core's terms; ``NotSent`` if it is no request."""
        if self._closed:
            raise closed(request)
        try:
            parts = urlsplit(request.url)
            route = self._route(parts)
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            headers = raw_headers(request, route.netloc, self._defaults)
            url = self._core.URL(
                scheme=route.scheme, host=route.host, port=route.port, target=target.encode("ascii")
            )
        except ValueError:
            wrong = malformed(request)
        else:
            limits = {"timeout": _limits(timeout)}
            return route.pool, self._core.Request(
                request.method, url, headers=headers, content=Body(request.content), extensions=limits
            )
        raise wrong


def _limits(timeout: Timeout) -> dict[str, float]:
    connect, read = min(timeout.connect, timeout.total), min(timeout.read, timeout.total)
    return {"connect": connect, "pool": connect, "read": read, "write": read}


class DefaultTransport(_Pools["httpcore.ConnectionPool"]):
    """The transport of a client that was given none. Safe to share among threads.

    Redirects are answered, never followed. ``Timeout.total`` is held by limiting each phase to it
    and by looking at the clock between two pieces of the body.
    """

    _prefix = ""

    def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        pool, message = self._prepare(request, timeout)
        try:
            with private():
                return _exchange(pool, message, time.monotonic() + timeout.total)
        except self._errors as error:
            broken = failure(request, error)
        raise broken  # outside the except block: the library's error may quote the request

    def close(self) -> None:
        """Give back every connection; what is sent afterwards fails with ``NotSent``."""
        self._closed = True
        for pool in self._pools():
            pool.close()


def _exchange(pool: httpcore.ConnectionPool, message: httpcore.Request, deadline: float) -> Response:
    reply = pool.handle_request(message)
    try:
        pieces = []
        for piece in reply.iter_stream():
            pieces.append(piece)
            if time.monotonic() > deadline:
                raise TimeoutError
    finally:
        reply.close()
    return response(reply.status, join_headers(reply.headers), b"".join(pieces))


class AsyncDefaultTransport(_Pools["httpcore.AsyncConnectionPool"]):
    """The transport of an async client that was given none; for one event loop, asyncio's or trio's.

    Redirects are answered, never followed. ``Timeout.total`` is exact.
    """

    _prefix = "Async"

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        from anyio import fail_after

        pool, message = self._prepare(request, timeout)
        try:
            with private(), fail_after(timeout.total):
                return await _async_exchange(pool, message)
        except self._errors as error:
            broken = failure(request, error)
        raise broken  # outside the except block: the library's error may quote the request

    async def aclose(self) -> None:
        """Give back every connection; what is sent afterwards fails with ``NotSent``."""
        self._closed = True
        for pool in self._pools():
            await pool.aclose()


async def _async_exchange(pool: httpcore.AsyncConnectionPool, message: httpcore.Request) -> Response:
    reply = await pool.handle_async_request(message)
    try:
        pieces = [piece async for piece in reply.aiter_stream()]
    finally:
        await reply.aclose()
    return response(reply.status, join_headers(reply.headers), b"".join(pieces))
