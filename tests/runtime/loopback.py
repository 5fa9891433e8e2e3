"""A small HTTP server on raw sockets that can misbehave in every way a transport must survive."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import BinaryIO

LONG = 60
"""Seconds that are never reached, however busy the machine."""


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


def reply(body: bytes = b"{}", status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def bare_deflate(body: bytes) -> bytes:
    return zlib.compress(body, wbits=-zlib.MAX_WBITS)


JSON = b'{"ok": true, "text": "' + "é".encode() * 200 + b'"}'

WHOLE: dict[str, bytes] = {
    "/json": reply(JSON, Content_Type="application/json", X_Limit="1\r\nX-Limit: 2"),
    "/gzip": reply(gzip.compress(JSON), Content_Encoding="gzip"),
    "/gzip-members": reply(gzip.compress(JSON[:50]) + gzip.compress(JSON[50:]), Content_Encoding="gzip"),
    "/deflate": reply(zlib.compress(JSON), Content_Encoding="deflate"),
    "/bare-deflate": reply(bare_deflate(JSON), Content_Encoding="deflate"),
    "/not-gzip": reply(b"plainly not gzip", Content_Encoding="gzip"),
    "/half-gzip": reply(gzip.compress(JSON)[:-12], Content_Encoding="gzip"),
    "/redirect": reply(b"", "302 Found", Location="/json"),
    "/empty": reply(b"", "204 No Content"),
    "/teapot": reply(b"short", "418 Teapot"),
    "/announced": b"HTTP/1.1 103 Early Hints\r\nX-Second: 1\r\n\r\n" + reply(b"ok"),
    "/trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trail: 1\r\n\r\n",
    "/last": reply(b"ok", Connection="close"),
    "/head": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
}

BROKEN: dict[str, bytes] = {
    "/drop": b"",
    "/truncated": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this",
    "/truncated-chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nonly ",
    "/garbage": b"this is no HTTP\r\n\r\n",
}


@dataclass
class Loopback:
    """Serves ``WHOLE``, ``BROKEN``, ``/echo``, ``/stall`` and ``/drip``, a thread for each connection."""

    tls: ssl.SSLContext | None = None
    deaf: bool = False  # close every connection without reading
    answer: Callable[[Received], bytes] | None = None  # instead of the tables
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    open: int = 0

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._live: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def url(self, path: str) -> str:
        return f"{'https' if self.tls else 'http'}://{self.netloc}{path}"

    def wait_until(self, condition: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, timeout=LONG)

    def close(self) -> None:
        self._stop.set()
        for connection in self._live:
            with suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RDWR)
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=LONG)

    def _count(self, change: int) -> None:
        with self._changed:
            self.open += change
            self.connections += max(change, 0)
            self._changed.notify_all()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._count(+1)
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(LONG)
            with suppress(OSError), connection:
                if not self.deaf:
                    self._converse(self._secured(connection))
        finally:
            self._count(-1)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(connection, server_side=True) if self.tls else connection

    def _converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            self._live.append(connection)
            while not self._stop.is_set():
                request = _read(stream)
                if request is None:
                    return
                with self._changed:
                    self.received.append(request)
                    self._changed.notify_all()
                if not self._react(connection, request):
                    return

    def _react(self, connection: socket.socket, request: Received) -> bool:
        """Answer ``request``; say whether the connection stays open."""
        if self.answer is not None:
            connection.sendall(self.answer(request))
        elif request.path in BROKEN:
            connection.sendall(BROKEN[request.path])
            return False
        elif request.path == "/stall":
            self._stop.wait(LONG)
        elif request.path == "/drip":
            self._drip(connection)
        elif request.path == "/echo":
            echoed = {"method": request.method, "target": request.target, "headers": request.headers}
            connection.sendall(reply(json.dumps({**echoed, "body": request.body.decode()}).encode()))
        else:
            connection.sendall(WHOLE[request.path])
        return True

    def _drip(self, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not self._stop.wait(0.02):
            connection.sendall(b".")


def _read_head(stream: BinaryIO) -> Received | None:
    first = stream.readline().decode()
    if not first.strip():
        return None
    method, target, _ = first.split(" ")
    headers = {}
    while (line := stream.readline().decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Received(method, target, headers, b"")


def _read(stream: BinaryIO) -> Received | None:
    head = _read_head(stream)
    return head and replace(head, body=stream.read(int(head.headers.get("content-length", 0))))


@dataclass
class Peer:
    """One connection of a ``Scripted`` server, as its script sees it."""

    connection: socket.socket
    number: int

    def __post_init__(self) -> None:
        self._stream = self.connection.makefile("rb")

    def read(self) -> Received | None:
        """The next request; None when the client has gone."""
        return _read(self._stream)

    def read_head(self) -> Received | None:
        """The next request without its body, which is left where it is."""
        return _read_head(self._stream)

    def read_body(self, head: Received) -> int:
        """The body after ``head``; how long it was."""
        return len(self._stream.read(int(head.headers.get("content-length", 0))))

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def gone(self) -> bool:
        """Wait for the client to close the connection; say whether it did, and sent nothing before."""
        with suppress(ConnectionError):
            return self._stream.read(1) == b""
        return True

    def close(self) -> None:
        self._stream.close()
        self.connection.close()


class Scripted:
    """A server that plays a script on each connection, one thread each, and closes it at the end."""

    def __init__(self, script: Callable[[Peer], object], family: int = socket.AF_INET) -> None:
        self.script = script
        self.played: list[object] = []
        """What the scripts that have ended answered."""
        self.connections = 0
        host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
        self._listener = socket.create_server((host, 0), family=family, backlog=64)
        self.netloc = f"{f'[{host}]' if ':' in host else host}:{self._listener.getsockname()[1]}"
        self._changed = threading.Condition()
        self._live: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://{self.netloc}{path}"

    def ended(self, count: int) -> bool:
        """Wait until so many scripts have ended."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.played) >= count, timeout=LONG)

    def close(self) -> None:
        with suppress(OSError):  # it may be closed already
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._live:
            with suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=LONG)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(LONG)
                self.connections += 1
                self._live.append(connection)
                thread = threading.Thread(target=self._play, args=(connection, self.connections), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _play(self, connection: socket.socket, number: int) -> None:
        peer, answer = Peer(connection, number), None
        with suppress(OSError):  # the client may leave at any point
            answer = self.script(peer)
        with suppress(OSError):
            peer.close()
        with self._changed:
            self.played.append(answer)
            self._changed.notify_all()
