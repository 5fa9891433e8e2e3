"""The fast transport of asyncio: protocols that are told of what arrives."""

from __future__ import annotations

import asyncio
import select
import sys
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final, cast

from socialcommerce.runtime.http.failures import closed, failure
from socialcommerce.runtime.http.pools import AsyncDefaultTransport
from socialcommerce.runtime.http_fast.messages import BROKEN, Reader
from socialcommerce.runtime.http_fast.routes import Origin, Routes, unconnected
from socialcommerce.runtime.transport import Request, Response, Timeout

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

__all__ = ["AsyncFastTransport"]

_AT_ONCE: Final = 65536  # bytes of a large request written at a time


class _Watch:
    """Looks after the exchanges under way by one alarm for all, set for the first that may be late."""

    def __init__(self) -> None:
        self._lines: set[_Line] = set()
        self._alarm: asyncio.TimerHandle | None = None
        self._at = inf

    def over(self, line: _Line) -> None:
        """Watch over an exchange from now on."""
        self._lines.add(line)
        self._wake(line.due)

    def done(self, line: _Line) -> None:
        """The exchange has ended."""
        self._lines.discard(line)

    def stop(self) -> None:
        """Break off every exchange and watch no more."""
        while self._lines:
            self._lines.pop().abandon()
        self._unset()

    def _unset(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm, self._at = None, inf

    def _wake(self, moment: float) -> None:
        if moment < self._at:
            self._unset()
            self._at = moment
            self._alarm = asyncio.get_running_loop().call_later(moment - monotonic(), self._look)

    def _look(self) -> None:
        self._at, now = inf, monotonic()
        for line in [line for line in self._lines if line.due <= now]:
            self._lines.discard(line)
            line.late()
        if self._lines:
            self._wake(min(line.due for line in self._lines))


class _Line(asyncio.Protocol):
    """One connection, which asyncio tells of what happens to it."""

    def __init__(self, watch: _Watch) -> None:
        self._loop = asyncio.get_running_loop()
        self._watch = watch
        self._reader = Reader()
        self._waiter: asyncio.Future[None] | None = None  # of the reply
        self._room: asyncio.Future[None] | None = None  # to write on
        self.open = False
        self.since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Write through ``transport`` from now on."""
        self._transport = cast("asyncio.Transport", transport)  # other loops have classes of their own
        self._arrived = _arrivals(transport.get_extra_info("socket").fileno())
        self.open = True

    @property
    def clean(self) -> bool:
        """See ``Line``."""
        return self._reader.reusable and self._sent and not self._transport.get_write_buffer_size()

    @property
    def quiet(self) -> bool:
        """See ``Line``. The loop may be behind: what it has not read yet counts too."""
        return self.open and not self._arrived()

    async def exchange(self, method: str, pieces: Sequence[bytes], read: float, until: float) -> Response:
        """Write a request and read its reply; one of ``BROKEN`` where that breaks off."""
        self._reader.expect(method)
        self._waiter = self._loop.create_future()
        self._heard, self._read, self._until = monotonic(), read, until
        self._watch.over(self)
        try:
            if len(pieces) == 1:
                self._transport.write(pieces[0])
                self._sent = True
            else:
                self._sent = await self._upload(pieces, self._waiter)
            await self._waiter
        finally:
            self._watch.done(self)
            self._waiter = None
        return self._reader.response()

    async def _upload(self, pieces: Sequence[bytes], answered: asyncio.Future[None]) -> bool:
        """Write much, as fast as the server takes it; say whether that was all before the exchange ended."""
        for piece in pieces:
            for start in range(0, len(piece), _AT_ONCE):
                await self._read_first()
                if answered.done() or self._transport.is_closing():
                    return False
                self._transport.write(piece[start : start + _AT_ONCE])
                if self._room is not None:
                    await self._room
        return True

    async def _read_first(self) -> None:
        """Let the loop read what has arrived: to write on may break the connection, and that be lost."""
        for _ in ("see it", "read it"):
            if self.open and self._arrived():
                await asyncio.sleep(0)

    @property
    def due(self) -> float:
        """When the exchange is broken off unless more is heard."""
        return min(self._heard + self._read, self._until)

    def late(self) -> None:
        """Break the exchange off."""
        self._settle(TimeoutError())

    def abandon(self) -> None:
        """Break the exchange off, and the connection with it."""
        self._settle(ConnectionAbortedError())
        self.close()

    def _settle(self, error: BaseException | None = None) -> None:
        if self._waiter is None or self._waiter.done():
            return
        if error is None:
            self._waiter.set_result(None)
        else:
            self._waiter.set_exception(error)
        self._make_room()

    def pause_writing(self) -> None:
        """Wait until the server has taken some of what was written."""
        self._room = self._loop.create_future()

    def resume_writing(self) -> None:
        """Write on."""
        self._heard = monotonic()
        self._make_room()

    def _make_room(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

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
        self.open = False
        try:
            self._reader.end()
        except EOFError as cut:
            self._settle(exc or cut)
        else:
            self._settle(exc)

    def close(self) -> None:
        """Give the connection back; what was not written yet is not written any more."""
        if self.open:
            self.open = False
            self._transport.abort()


def _arrivals(descriptor: int) -> Callable[[], bool]:
    """What says whether anything has come by a socket, its end included."""
    if sys.platform == "win32":
        return lambda: bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return lambda: bool(poll.poll(0))


class AsyncFastTransport(Routes[_Line]):
    """The transport of an async client on asyncio that was given none, where httptools is.

    Redirects are answered, never followed. ``Timeout.total`` is exact.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, trust_env: bool = True) -> None:
        """See ``Routes``."""
        super().__init__(tls=tls, trust_env=trust_env)
        self._by_proxy = AsyncDefaultTransport(tls=tls) if self._proxied else None
        self._watch = _Watch()

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        until = monotonic() + timeout.total
        origin, pieces = self._prepare(request)
        if origin.proxied and self._by_proxy is not None:
            return await self._by_proxy.send(request, timeout)
        line = origin.take() or await self._connected(origin, request, timeout)
        try:
            return await line.exchange(request.method, pieces, timeout.read, until)
        except BROKEN as error:
            broken = failure(request, error)
        finally:
            origin.keep(line)
        raise broken  # outside the except block: what the parser says may quote the reply

    async def aclose(self) -> None:
        """Give back every connection, whatever is under way; what is sent later fails with ``NotSent``."""
        self._closed = True
        self._close_origins()
        self._watch.stop()
        await asyncio.sleep(0)  # connections are closed in the loop's next turn
        if self._by_proxy is not None:
            await self._by_proxy.aclose()

    async def _connected(self, origin: Origin[_Line], request: Request, timeout: Timeout) -> _Line:
        line = _Line(self._watch)
        name = origin.host if origin.tls is not None else None
        try:
            async with asyncio.timeout(min(timeout.connect, timeout.total)):
                await asyncio.get_running_loop().create_connection(
                    lambda: line, origin.host, origin.port, ssl=origin.tls, server_hostname=name
                )
        except OSError as error:
            broken = unconnected(request, error)
        except asyncio.CancelledError:
            line.close()  # asyncio would wait for the server to agree
            raise
        else:
            if self._closed:
                broken = closed(request)
            elif not line.open:  # the server took it back at once
                broken = unconnected(request, ConnectionResetError())
            else:
                return line
        line.close()
        raise broken
