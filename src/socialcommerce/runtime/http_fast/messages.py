"""HTTP/1.1 as bytes: what a request begins with, and replies read one after the other."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from socialcommerce.runtime.http.encoding import (
    RawHeaders,
    join_headers,
    raw_headers,
    response,
)
from socialcommerce.runtime.transport import Request, Response

__all__ = ["BROKEN", "Reader", "pieces"]

BROKEN: Final = (OSError, EOFError, HttpParserError, HttpParserUpgrade, zlib.error)
"""What may be raised while a reply is awaited and read."""

_SMALL: Final = 65536  # bytes of a body that are cheaper copied than sent by themselves
_LONGEST_HEAD: Final = 1 << 18  # bytes; what comes before the body is kept in memory, whatever its length
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})


def pieces(request: Request, target: str, host: bytes, defaults: RawHeaders) -> list[bytes]:
    """The request as it is written, in one piece or, where the body is large, in two.

    ``ValueError`` where the method or a header's name is no word, a header would be more than one line,
    or the headers state another length than the body has.
    """
    if not _are_plain(tuple(request.headers)):
        _check_framing(request)
    headers = raw_headers(request, host, defaults)
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), target.encode("ascii"))]
    lines += [b"%b: %b" % pair for pair in headers]
    head = b"\r\n".join(lines) + b"\r\n\r\n"
    if not request.method.isalpha() or _counts(head) != (len(lines) + 1, len(lines) + 1, 0):
        raise ValueError("the head of the request is not plain text")
    return [head + request.content] if len(request.content) < _SMALL else [head, request.content]


def _counts(head: bytes) -> tuple[int, int, int]:
    """How many lines there are, either way of counting, and how many zeros that may end them elsewhere."""
    return head.count(b"\n"), head.count(b"\r"), head.count(b"\0")


@lru_cache(maxsize=256)
def _are_plain(names: tuple[str, ...]) -> bool:
    """Whether these may name headers, and none of them says where the body ends."""
    if not all(map(_TOKEN.fullmatch, names)):
        raise ValueError("a header's name is no word")
    return _FRAMING.isdisjoint(map(str.lower, names))


def _check_framing(request: Request) -> None:
    """What the headers say of the body must be true: whatever follows it would be the next request."""
    length = str(len(request.content))
    for name, value in request.headers.items():
        if name.lower() in _FRAMING and (name.lower() != "content-length" or value != length):
            raise ValueError("the headers do not state the length of the body")


class Reader:
    """Reads the replies of one connection. The parser calls the methods that begin with ``on_``."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self.whole = True
        self.reusable = False

    def expect(self, method: str) -> None:
        """Begin to read the reply to a request of this method."""
        self.whole = self.reusable = self._headed = False
        self._read = 0
        self._bodiless = method == "HEAD"
        self._headers: RawHeaders = []
        self._body: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Read on; ``whole`` says whether that was the end of it. One of ``BROKEN`` for what is no reply."""
        try:
            self._parser.feed_data(data)
            if not self._headed:
                self._limit_head(len(data))
        except (HttpParserError, HttpParserUpgrade):
            self.reusable = False
            if not self.whole:
                raise

    def _limit_head(self, length: int) -> None:
        self._read += length
        if self._read > _LONGEST_HEAD:
            raise HttpParserError("the head of the reply does not end")

    def end(self) -> None:
        """The connection has ended: so has a body that nothing else ends. ``EOFError`` for any other."""
        self.reusable = False
        if not self.whole and (not self._headed or self._framed):
            raise EOFError
        self.whole = True

    @property
    def _framed(self) -> bool:
        return any(name.lower().decode("latin-1") in _FRAMING for name, _ in self._headers)

    def response(self) -> Response:
        """The reply that was read. ``zlib.error`` where its body cannot be decompressed."""
        body = b"".join(self._body)
        self._body.clear()  # an idle connection keeps none
        return response(self._status, join_headers(self._headers), body)

    def on_message_begin(self) -> None:
        """A reply begins; one that nobody asked for is not read."""
        if self.whole:
            raise HttpParserError("nobody asked for another reply")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; what trails a body is none."""
        if not self._headed:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Now the status is known; the reply to HEAD ends here, whatever length it states."""
        self._status = self._parser.get_status_code()
        if self._status < 100:
            raise HttpParserError("there is no such status")
        self._headed = self._status >= 200
        self.whole = self._bodiless and self._headed

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the body; that of a reply to HEAD is none."""
        if not self.whole:
            self._body.append(piece)

    def on_message_complete(self) -> None:
        """The reply is whole, or was only an announcement of it (100 Continue, 103 Early Hints)."""
        if not self._headed:
            self._headers = []
        elif not self.whole:
            self.whole, self.reusable = True, self._parser.should_keep_alive()
