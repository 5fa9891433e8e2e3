"""How every HTTP library's errors become the two failures a driver knows.

httpx, httpx2 and their cores name their errors alike, so one table keyed by class name serves
all of them. The texts are our own: an HTTP library may quote a
header or a URL in its message, and either may hold a secret.
"""

from __future__ import annotations

from typing import Final

from socialcommerce.runtime.transport import Interrupted, NotSent, Request, TransportFailure

__all__ = ["closed", "describe", "failure", "malformed"]

_Kind = tuple[type[TransportFailure], str]

_KINDS: Final[dict[str, _Kind]] = {
    "ConnectTimeout": (NotSent, "no connection in time"),
    "PoolTimeout": (NotSent, "no free connection in time"),
    "ConnectError": (NotSent, "could not connect"),
    "ConnectionRefusedError": (NotSent, "could not connect"),
    "gaierror": (NotSent, "no such host"),
    "ProxyError": (NotSent, "the proxy refused"),
    "UnsupportedProtocol": (NotSent, "neither http nor https"),
    "ReadTimeout": (Interrupted, "no reply in time"),
    "WriteTimeout": (Interrupted, "could not send in time"),
    "TimeoutError": (Interrupted, "not done in time"),
    "ReadError": (Interrupted, "the connection broke while reading"),
    "WriteError": (Interrupted, "the connection broke while sending"),
    "LocalProtocolError": (Interrupted, "the request breaks the HTTP protocol"),
    "RemoteProtocolError": (Interrupted, "the server broke off or broke the HTTP protocol"),
    "HttpParserError": (Interrupted, "the server broke the HTTP protocol"),
    "HttpParserUpgrade": (Interrupted, "the server broke the HTTP protocol"),
    "EOFError": (Interrupted, "the server broke off"),
    "DecodingError": (Interrupted, "the body cannot be decompressed"),
    "error": (Interrupted, "the body cannot be decompressed"),  # zlib.error
}
_UNKNOWN: Final[_Kind] = (Interrupted, "the exchange broke off")

# Only errors of connecting carry the system's own words: nothing of the request is in them.
_QUOTED: Final = frozenset({"ConnectError"})


def failure(request: Request, error: BaseException) -> TransportFailure:
    """Answer the failure that ``error``, raised by httpx or its core, stands for."""
    names = (base.__name__ for base in type(error).__mro__)
    known = next((name for name in names if name in _KINDS), "")
    return describe(request, known, str(error))


def describe(request: Request, name: str, text: str = "") -> TransportFailure:
    """Answer the failure for a name of the table, quoting ``text`` only where that is safe.

    What the table does not know may have happened after the request left: ``Interrupted``.
    """
    kind, words = _KINDS.get(name, _UNKNOWN)
    quoted = f" ({text})" if text and name in _QUOTED and "?" not in text else ""
    return kind(f"{request!r}: {words}{quoted}")


def malformed(request: Request) -> NotSent:
    """The failure of a request that no client could put on the wire."""
    return NotSent(f"{request.method}: not an absolute http or https URL, or a header is not plain text")


def closed(request: Request) -> NotSent:
    """The failure of sending through a transport that was closed."""
    return NotSent(f"{request!r}: the transport is closed")
