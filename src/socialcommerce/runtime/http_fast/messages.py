"""HTTP/1.1 as bytes: what a request begins with, and replies read one after the other."""

from __future__ import annotations

import zlib
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from socialcommerce.runtime.http.encoding import (
    USER_AGENT,
    RawHeaders,
    accepted,
    join_headers,
    raw_headers,
    response,
)
from socialcommerce.runtime.transport import Request, Response

__all__ = ["BROKEN", "Reader", "pieces"]

BROKEN: Final = (OSError, EOFError, HttpParserError, HttpParserUpgrade, zlib.error)
"""What may be raised while a reply is awaited and read."""

_SMALL: Final = 65536  # bytes of a body that are cheaper copied than sent by themselves


def pieces(request: Request, target: str, host: bytes) -> list[bytes]:
    """The request as it is written, in one piece or, where the body is large, in two.

    ``ValueError`` where the method is no word, or a header would be more than one line.
    """
    headers = raw_headers(request, host, _defaults())
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), target.encode("ascii"))]
    lines += [b"%b: %b" % pair for pair in headers]
    head = b"\r\n".join(lines) + b"\r\n\r\n"
    if not request.method.isalpha() or _counts(head) != (len(lines) + 1, len(lines) + 1, 0):
        raise ValueError("the head of the request is not plain text")
    return [head + request.content] if len(request.content) < _SMALL else [head, request.content]


def _counts(head: bytes) -> tuple[int, int, int]:
    """How many lines there are, either way of counting, and how many zeros that may end them elsewhere."""
    return head.count(b"\n"), head.count(b"\r"), head.count(b"\0")


_known_defaults: RawHeaders = []


def _defaults() -> RawHeaders:
    if not _known_defaults:
        pairs = (("Accept-Encoding", accepted()), ("User-Agent", USER_AGENT))
        _known_defaults.extend((name.encode(), value.encode()) for name, value in pairs)
    return _known_defaults


class Reader:
    """Reads the replies of one connection. The parser calls the methods that begin with ``on_``."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self.whole = True
        self.reusable = True

    def expect(self, method: str) -> None:
        """Begin to read the reply to a request of this method."""
        self.whole = self.reusable = self._headed = False
        self._bodiless = method == "HEAD"
        self._headers: RawHeaders = []
        self._body: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Read on; ``whole`` says whether that was the end of it. One of ``BROKEN`` for what is no reply."""
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self.reusable = False
            if not self.whole:
                raise

    def end(self) -> None:
        """The connection has ended: so has a body that nothing else ends. ``EOFError`` for any other."""
        framed = {name.lower() for name, _ in self._headers} & {b"content-length", b"transfer-encoding"}
        if not self.whole and (framed or not self._headed):
            raise EOFError
        self.whole, self.reusable = True, False

    def response(self) -> Response:
        """The reply that was read. ``zlib.error`` where its body cannot be decompressed."""
        return response(self._status, join_headers(self._headers), b"".join(self._body))

    def on_message_begin(self) -> None:
        """A reply begins; one that nobody asked for spoils the connection."""
        self.reusable = self.reusable and not self.whole

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Now the status is known; the reply to HEAD ends here, whatever length it states."""
        self._status = self._parser.get_status_code()
        self._headed = self._status >= 200
        self.whole = self._bodiless and self._headed

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the body."""
        self._body.append(piece)

    def on_message_complete(self) -> None:
        """The reply is whole, or was only an announcement of it (100 Continue, 103 Early Hints)."""
        if not self._headed:
            self._headers = []
        elif not self.whole:
            self.whole, self.reusable = True, self._parser.should_keep_alive()
