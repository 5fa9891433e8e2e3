"""Headers and bodies between our values and the wire: bytes, compression, repeated names."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final, TypeAlias

from socialcommerce.runtime.transport import Request, Response

__all__ = [
    "USER_AGENT",
    "RawHeaders",
    "accepted",
    "default_headers",
    "join_headers",
    "raw_headers",
    "response",
]

RawHeaders: TypeAlias = list[tuple[bytes, bytes]]
Decoder: TypeAlias = Callable[[bytes], bytes]

USER_AGENT: Final = "socialcommerce"

# Which module decompresses what, in order of preference; each has ``decompress(bytes)``.
_OPTIONAL: Final = {
    "br": ("brotli", "brotlicffi"),
    "zstd": ("compression.zstd", "backports.zstd"),
}


def _gzip(body: bytes) -> bytes:
    parts = []
    while body:  # a gzip body may be several members, one after the other
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        parts.append(member.decompress(body))
        if not member.eof:
            raise zlib.error("the gzip stream ends early")
        body = member.unused_data
    return b"".join(parts)


def _deflate(body: bytes) -> bytes:
    try:
        return zlib.decompress(body)
    except zlib.error:  # many servers send the bare stream without the zlib header
        return zlib.decompress(body, -zlib.MAX_WBITS)


def _installed(module: str) -> bool:
    parent, _, _ = module.rpartition(".")
    return (not parent or find_spec(parent) is not None) and find_spec(module) is not None


def _checked(decompress: Decoder, error: type[Exception]) -> Decoder:
    """Make an optional decompressor fail as zlib does, so that one error covers all."""

    def decode(body: bytes) -> bytes:
        try:
            return decompress(body)
        except error as broken:
            raise zlib.error("not decompressible") from broken

    return decode


def _find_decoders() -> dict[str, Decoder]:
    found: dict[str, Decoder] = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate}
    for encoding, modules in _OPTIONAL.items():
        name = next(filter(_installed, modules), None)
        if name is not None:
            module = import_module(name)
            error: type[Exception] = getattr(module, "ZstdError", None) or module.error
            found[encoding] = _checked(module.decompress, error)
    return found


_decoders: dict[str, Decoder] = {}


def _known() -> dict[str, Decoder]:
    if not _decoders:
        _decoders.update(_find_decoders())
    return _decoders


def accepted() -> str:
    """The value of ``Accept-Encoding``: what this interpreter can decompress."""
    return ", ".join(name for name in _known() if not name.startswith("x-"))


def default_headers() -> RawHeaders:
    """What every request says unless it says so itself."""
    return [(b"Accept-Encoding", accepted().encode()), (b"User-Agent", USER_AGENT.encode())]


def raw_headers(request: Request, host: bytes, defaults: RawHeaders) -> RawHeaders:
    """Answer the headers to send: ``Host``, the request's own, the defaults it left open, the length.

    Raises ``UnicodeError`` when a header is not latin-1.
    """
    own = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()]
    taken = _lower_names(tuple(request.headers))
    headers = own if b"host" in taken else [(b"Host", host), *own]
    headers += [pair for pair in defaults if _lower_name(pair[0]) not in taken]
    has_body = request.content or request.method in ("POST", "PUT", "PATCH")
    if has_body and b"content-length" not in taken:
        headers.append((b"Content-Length", b"%d" % len(request.content)))
    return headers


@lru_cache(maxsize=256)
def _lower_names(names: tuple[str, ...]) -> frozenset[bytes]:
    return frozenset(name.lower().encode("latin-1") for name in names)


_lower_name = lru_cache(maxsize=256)(bytes.lower)


def join_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Answer headers as text by lower-case name; a repeated name's values are joined by commas."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def response(status: int, headers: Mapping[str, str], body: bytes, *, decoded: bool = False) -> Response:
    """Answer the reply with its body decompressed and the headers of the compression removed.

    ``decoded`` says that the HTTP library has decompressed the body already. An encoding that
    nobody here can read is left as it came, with its header. Raises ``zlib.error`` when the body
    is damaged.
    """
    codings = [
        name.strip().lower() for name in headers.get("content-encoding", "").split(",") if name.strip()
    ]
    decoders = _known() if codings else {}
    if not codings or not all(name in decoders for name in codings):
        return Response(status, headers, body)
    if body and not decoded:
        for name in reversed(codings):
            body = decoders[name](body)
    kept = {name: v for name, v in headers.items() if name not in ("content-encoding", "content-length")}
    return Response(status, kept, body)
