"""The fast transport of asyncio: protocols that are told of what arrives."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from socialcommerce.runtime.http.failures import failure
from socialcommerce.runtime.http.pools import AsyncDefaultTransport
from socialcommerce.runtime.http_fast.messages import BROKEN, Reader
from socialcommerce.runtime.http_fast.routes import Origin, Routes, unconnected
from socialcommerce.runtime.transport import Request, Response, Timeout

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

__all__ = ["AsyncFastTransport"]


class _Line(asyncio.Protocol):
    """One connection. Its methods without a docstring are called by asyncio."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = Reader()
        self._waiter: asyncio.Future[None] | None = None
        self.quiet = True
        self.since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Write through ``transport`` from now on."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    @property
    def clean(self) -> bool:
        """See ``Line``."""
        return self._reader.reusable

    async def exchange(self, method: str, pieces: Sequence[bytes], read: float, until: float) -> Response:
        """Write a request and read its reply; one of ``BROKEN`` where that breaks off."""
        if not self.quiet:
            raise EOFError  # the server took the connection back at once
        self._reader.expect(method)
        self._waiter = self._loop.create_future()
        for piece in pieces:
            self._transport.write(piece)
        self._heard = monotonic()
        self._watch(read, until)
        try:
            await self._waiter
        finally:
            self._timer.cancel()
            self._waiter = None
        return self._reader.response()

    def _watch(self, read: float, until: float) -> None:
        """Break the exchange off when nothing was heard for so long, or when its time is over."""
        left = min(self._heard + read, until) - monotonic()
        if left > 0:
            self._timer = self._loop.call_later(left, self._watch, read, until)
        else:
            self._settle(TimeoutError())

    def _settle(self, error: BaseException | None = None) -> None:
        if self._waiter is None or self._waiter.done():
            return
        if error is None:
            self._waiter.set_result(None)
        else:
            self._waiter.set_exception(error)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._waiter is None:
            self.close()  # nobody asked
            return
        try:
            self._reader.feed(data)
        except BROKEN as error:
            self._settle(error)
        else:
            self._heard = monotonic()
            if self._reader.whole:
                self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        """The reply, if one is awaited, ends here."""
        self.quiet = False
        try:
            if exc is not None:
                raise exc
            self._reader.end()
            self._settle()
        except BROKEN as error:
            self._settle(error)

    def close(self) -> None:
        """Give the connection back; what was not written yet is not written any more."""
        self.quiet = False
        self._transport.abort()


class AsyncFastTransport(Routes[_Line]):
    """The transport of an async client on asyncio that was given none, where httptools is.

    Redirects are answered, never followed. ``Timeout.total`` is exact.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, trust_env: bool = True) -> None:
        """See ``Routes``."""
        super().__init__(tls=tls, trust_env=trust_env)
        self._by_proxy = AsyncDefaultTransport(tls=tls) if self._proxied else None

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        until = monotonic() + timeout.total
        origin, pieces = self._prepare(request)
        if origin.proxied and self._by_proxy is not None:
            return await self._by_proxy.send(request, timeout)
        line = origin.take() or await _connected(origin, request, timeout)
        try:
            return await line.exchange(request.method, pieces, timeout.read, until)
        except BROKEN as error:
            broken = failure(request, error)
        finally:
            origin.keep(line)
        raise broken  # outside the except block: what the parser says may quote the reply

    async def aclose(self) -> None:
        """Give back every connection; what is sent afterwards fails with ``NotSent``."""
        self._closed = True
        self._close_origins()
        await asyncio.sleep(0)  # connections are closed in the loop's next turn
        if self._by_proxy is not None:
            await self._by_proxy.aclose()


async def _connected(origin: Origin[_Line], request: Request, timeout: Timeout) -> _Line:
    loop = asyncio.get_running_loop()
    name = origin.host if origin.tls is not None else None
    try:
        async with asyncio.timeout(min(timeout.connect, timeout.total)):
            _, line = await loop.create_connection(
                _Line, origin.host, origin.port, ssl=origin.tls, server_hostname=name
            )
            return line
    except OSError as error:
        broken = unconnected(request, error)
    raise broken
