"""The fast transport of threads: sockets that block."""

from __future__ import annotations

import socket
from math import inf
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final

from socialcommerce.runtime.http.failures import failure
from socialcommerce.runtime.http.pools import DefaultTransport
from socialcommerce.runtime.http_fast.messages import BROKEN, Reader
from socialcommerce.runtime.http_fast.routes import Origin, Routes, unconnected
from socialcommerce.runtime.locks import on_fork
from socialcommerce.runtime.transport import Request, Response, Timeout

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

__all__ = ["FastTransport"]

_AT_ONCE: Final = 65536  # bytes asked of the system at a time


class _Line:
    """One connection."""

    __slots__ = ("_reader", "_sent", "_socket", "since")

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._reader = Reader()
        self.since = 0.0

    def __del__(self) -> None:
        """A transport that is forgotten leaves nothing open, and needs no warning of that."""
        self.close()

    @property
    def clean(self) -> bool:
        """See ``Line``."""
        return self._reader.reusable and self._sent

    @property
    def quiet(self) -> bool:
        """See ``Line``."""
        self._socket.settimeout(0)
        try:
            socket.socket.recv(self._socket, 1, socket.MSG_PEEK)  # below TLS, if there is any
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def exchange(self, method: str, pieces: Sequence[bytes], read: float, until: float) -> Response:
        """Write a request and read its reply; one of ``BROKEN`` where that breaks off."""
        reader = self._reader
        reader.expect(method)
        self._sent = self._write(pieces, read, until)
        while not reader.whole:
            self._socket.settimeout(_left(read, until))
            data = self._socket.recv(_AT_ONCE)
            if data:
                reader.feed(data)
            else:
                reader.end()
        return reader.response()

    def _write(self, pieces: Sequence[bytes], read: float, until: float) -> bool:
        """Write it; say whether that was all: a server may have answered before it stopped listening."""
        try:
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    self._socket.settimeout(_left(read, until))
                    rest = rest[self._socket.send(rest) :]
        except TimeoutError:
            raise
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Give the connection back."""
        self._socket.close()


def _left(most: float, until: float) -> float:
    left = min(most, until - monotonic())
    if left <= 0:
        raise TimeoutError
    return left


class FastTransport(Routes[_Line]):
    """The transport of a client that was given none, where httptools is. Safe to share among threads.

    Redirects are answered, never followed. ``Timeout.total`` is held to the last piece of the reply.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, trust_env: bool = True) -> None:
        """See ``Routes``."""
        super().__init__(tls=tls, trust_env=trust_env)
        self._by_proxy = DefaultTransport(tls=tls) if self._proxied else None
        on_fork(child=self._leave_to_parent)

    def send(self, request: Request, timeout: Timeout) -> Response:
        """Exchange one request for one whole reply, or raise ``TransportFailure``."""
        until = monotonic() + timeout.total
        origin, pieces = self._prepare(request)
        if origin.proxied and self._by_proxy is not None:
            return self._by_proxy.send(request, timeout)
        line = origin.take() or _connected(origin, request, timeout)
        try:
            return line.exchange(request.method, pieces, timeout.read, until)
        except BROKEN as error:
            broken = failure(request, error)
        finally:
            origin.keep(line)
        raise broken  # outside the except block: what the parser says may quote the reply

    def close(self) -> None:
        """Give back every connection; what is sent afterwards fails with ``NotSent``."""
        self._closed = True
        self._close_origins()
        if self._by_proxy is not None:
            self._by_proxy.close()

    def _leave_to_parent(self) -> None:
        """A forked child speaks on connections of its own; closing these here leaves them open there."""
        self._changing = Lock()  # another thread of the parent may have held it
        self._close_origins()
        if self._by_proxy is not None and not self._closed:
            self._by_proxy = DefaultTransport(tls=self._tls)


def _connected(origin: Origin[_Line], request: Request, timeout: Timeout) -> _Line:
    until = monotonic() + min(timeout.connect, timeout.total)
    try:
        connection = _dialled(origin, until)
    except OSError as error:
        broken = unconnected(request, error)
    else:
        try:
            return _Line(_secured(connection, origin, until))
        except OSError as error:
            connection.close()
            broken = unconnected(request, error)
    raise broken


def _dialled(origin: Origin[_Line], until: float) -> socket.socket:
    """The first of the server's addresses that answers; all together have the time until then."""
    refused = OSError("the host has no address")
    for *_, address in socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM):
        try:
            return socket.create_connection((str(address[0]), origin.port), _left(inf, until))
        except OSError as error:
            refused = error
    raise refused


def _secured(connection: socket.socket, origin: Origin[_Line], until: float) -> socket.socket:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if origin.tls is None:
        return connection
    connection.settimeout(_left(inf, until))
    return origin.tls.wrap_socket(connection, server_hostname=origin.host)
