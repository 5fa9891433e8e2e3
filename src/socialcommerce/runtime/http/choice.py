"""From what a user passes as ``transport=`` to what a driver needs; plain functions included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, TypeAlias, cast

from socialcommerce.runtime.drivers import on_asyncio
from socialcommerce.runtime.http.clients import AsyncHttpxTransport, HttpxTransport, httpx_kind
from socialcommerce.runtime.http.failures import failure
from socialcommerce.runtime.http.pools import AsyncDefaultTransport, DefaultTransport
from socialcommerce.runtime.transport import (
    AsyncTransport,
    Handler,
    Request,
    Response,
    Timeout,
    Transport,
)

if TYPE_CHECKING:
    import httpx

__all__ = [
    "AnyHandler",
    "AsyncFunctionTransport",
    "FunctionTransport",
    "as_async_transport",
    "as_transport",
    "async_transport_factory",
    "open_async_transport",
    "open_transport",
]

AnyHandler: TypeAlias = Callable[[Request], Response | Awaitable[Response]]

_WANTED = "a transport, an httpx or httpx2 client, a function Request -> Response, or None"


class FunctionTransport:
    """A plain function as a transport: for tests and twins; nothing leaves the process.

    ``NotSent`` and ``Interrupted`` are read as a real transport's, and so are the system's own errors
    (``ConnectionError``, ``TimeoutError``: whether it arrived is unknown, but where the connection was
    refused). Anything else that the function raises reaches the caller as it is.
    """

    def __init__(self, handler: Handler) -> None:
        """Wrap ``handler``; raise ``TypeError`` when it is a coroutine function."""
        if iscoroutinefunction(handler):
            raise TypeError("a coroutine function needs the async client")
        self._handler = handler

    def send(self, request: Request, timeout: Timeout) -> Response:
        """Answer what the function answers; ``timeout`` has nothing to limit here."""
        try:
            return self._handler(request)
        except OSError as error:
            raise failure(request, error) from error

    def close(self) -> None:
        """Do nothing: a function holds no connection."""


class AsyncFunctionTransport:
    """A function or a coroutine function as an asynchronous transport."""

    def __init__(self, handler: AnyHandler) -> None:
        """Wrap ``handler``, which may answer a ``Response`` or an awaitable of one."""
        self._handler = handler

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """Answer what the function answers; ``timeout`` has nothing to limit here."""
        try:
            answer = self._handler(request)
            return answer if isinstance(answer, Response) else await answer
        except OSError as error:
            raise failure(request, error) from error

    async def aclose(self) -> None:
        """Do nothing: a function holds no connection."""


def _use_fast(fast: bool | None) -> bool:
    installed = find_spec("httptools") is not None
    if fast and not installed:
        raise ImportError("the fast transport is not installed: install socialcommerce[fast]")
    return installed if fast is None else fast


def open_transport(fast: bool | None = None) -> Transport:
    """Open the transport of a client that was given none.

    fast: True asks for the fast transport (``ImportError`` without the ``fast`` extra), False
        for the default one; None takes the fast one where it is installed.
    """
    if _use_fast(fast):
        from socialcommerce.runtime.http_fast import FastTransport

        return FastTransport()
    return DefaultTransport()


def open_async_transport(fast: bool | None = None) -> AsyncTransport:
    """Open the transport of an async client; call it inside the event loop that will use it.

    ``fast`` is as for ``open_transport``; outside asyncio (on trio) None takes the default one,
    since the fast transport runs on asyncio alone, and True raises ``RuntimeError``.
    """
    if _use_fast(fast):
        if on_asyncio():
            from socialcommerce.runtime.http_fast import AsyncFastTransport

            return AsyncFastTransport()
        if fast:
            raise RuntimeError("the fast transport runs on asyncio alone")
    return AsyncDefaultTransport()


def as_transport(given: object) -> Transport:
    """Answer ``given``, whatever was passed as ``transport=``, as a transport.

    None opens the default. Clients of httpx and httpx2 are wrapped and stay the caller's to close.
    Raises ``TypeError`` for anything that is not a way to send.
    """
    if given is None:
        return open_transport()
    kind = httpx_kind(given)
    if kind == "sync":
        return HttpxTransport(cast("httpx.Client", given))
    if kind is None and not isinstance(given, type):
        if _has(given, "send", "close"):
            return cast("Transport", given)
        if callable(given):
            return FunctionTransport(cast("Handler", given))
    hint = "; that one is for the async client" if kind or _has(given, "send", "aclose") else ""
    raise TypeError(f"transport must be {_WANTED}, not {_named(given)}{hint}")


def as_async_transport(given: object) -> AsyncTransport:
    """Answer ``given``, whatever was passed as ``transport=``, as an asynchronous transport.

    As ``as_transport``, with the async clients of httpx and httpx2; a plain function will do too.
    """
    if given is None:
        return open_async_transport()
    kind = httpx_kind(given)
    if kind == "async":
        return AsyncHttpxTransport(cast("httpx.AsyncClient", given))
    if kind is None and not isinstance(given, type):
        if _has(given, "send", "aclose"):
            return cast("AsyncTransport", given)
        if callable(given):
            return AsyncFunctionTransport(cast("AnyHandler", given))
    hint = "; that one is for the sync client" if kind or _has(given, "send", "close") else ""
    raise TypeError(f"transport must be {_WANTED}, not {_named(given)}{hint}")


def async_transport_factory(given: object = None, fast: bool | None = None) -> Callable[[], AsyncTransport]:
    """Answer what makes the transport of one event loop; call it inside each loop.

    With None every call opens a pool of its own, so that a client outlives one ``asyncio.run``.
    What the user passed is wrapped once and answered every time: its owner sees to its loops.
    """
    if given is None:
        return lambda: open_async_transport(fast)
    transport = as_async_transport(given)
    return lambda: transport


def _has(obj: object, *methods: str) -> bool:
    return not isinstance(obj, type) and all(callable(getattr(obj, name, None)) for name in methods)


def _named(obj: object) -> str:
    return f"the class {obj.__name__}" if isinstance(obj, type) else type(obj).__name__
