"""Where requests go: one origin a scheme and host, with the connections that wait to serve it again."""

from __future__ import annotations

import re
import socket
from collections import deque
from contextlib import suppress
from math import inf
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from attrs import define, field

from socialcommerce.runtime.http.encoding import default_headers
from socialcommerce.runtime.http.environment import bypasses_proxy, environment_proxies, tls_context
from socialcommerce.runtime.http.failures import closed, describe, malformed
from socialcommerce.runtime.http.pools import KEEP_ALIVE, ROUTES_KEPT, load_core
from socialcommerce.runtime.http_fast.messages import pieces
from socialcommerce.runtime.transport import Request, TransportFailure

if TYPE_CHECKING:
    import ssl

__all__ = ["Line", "Origin", "Routes", "unconnected"]

_URL: Final = re.compile(
    r"""((?i:https?)://[!"$-.0->@-~]+)([/?][!"$-~]*)?(?:#.*)?"""
)  # printable ASCII alone


class Line(Protocol):
    """One connection."""

    since: float
    """When it was used last, by the monotonic clock."""

    @property
    def clean(self) -> bool:
        """Whether the last exchange left it so that another may follow."""
        ...

    @property
    def quiet(self) -> bool:
        """Whether the server neither closed it nor said anything unasked."""
        ...

    def close(self) -> None:
        """Give it back to the system."""
        ...


L = TypeVar("L", bound=Line)


@define(eq=False)
class Origin(Generic[L]):
    """One server: where it is, and the idle connections to it, the one used last at the right end."""

    host: str
    port: int
    netloc: bytes
    tls: ssl.SSLContext | None
    proxied: bool
    open: bool = field(init=False, default=True)
    _idle: deque[L] = field(init=False, factory=deque)

    def take(self) -> L | None:
        """A connection that can be used again, if there is one."""
        while (line := self._last()) is not None:
            if line.since > monotonic() - KEEP_ALIVE and line.quiet:
                return line
            line.close()
        return None

    def _last(self) -> L | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def keep(self, line: L) -> None:
        """Let a connection that may serve again wait for that; those that waited too long are closed."""
        if not line.clean:
            line.close()
            return
        line.since = monotonic()
        self._idle.append(line)
        self._close_until(line.since - KEEP_ALIVE if self.open else inf)

    def sweep(self) -> None:
        """Close what waited too long, though nobody asks this server again."""
        self._close_until(monotonic() - KEEP_ALIVE)

    def close(self) -> None:
        """Keep no connection any more."""
        self.open = False
        self._close_until(inf)

    def _close_until(self, moment: float) -> None:
        while (line := self._oldest()) is not None and line.since <= moment:
            with suppress(ValueError):  # another thread took it
                self._idle.remove(line)
                line.close()

    def _oldest(self) -> L | None:
        try:
            return self._idle[0]
        except IndexError:
            return None


class Routes(Generic[L]):
    """What both transports share: everything but the waiting."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, trust_env: bool = True) -> None:
        """Prepare the routes; no connection is opened yet.

        tls: the context that verifies servers; by default the roots httpx trusts, or those of
            ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``.
        trust_env: take proxies from ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``.

        Raises ``ImportError`` when httptools is not installed.
        """
        self._tls = tls
        self._proxied = frozenset(environment_proxies() if trust_env else ())
        self._defaults = default_headers()
        self._origins: dict[str, Origin[L]] = {}
        self._changing = Lock()
        self._closed = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over httptools>"

    def _prepare(self, request: Request) -> tuple[Origin[L], list[bytes]]:
        """Where a request goes and what is written there; ``NotSent`` if it is no request."""
        if self._closed:
            raise closed(request)
        try:
            found = _URL.fullmatch(request.url)
            if found is None:
                raise ValueError("not an absolute http or https URL")
            base, target = found.groups()
            origin = self._origins.get(base) or self._new_origin(base)
            target = target or "/"
            target = target if target[0] == "/" else f"/{target}"
            return origin, pieces(request, target, origin.netloc, self._defaults)
        except ValueError:
            wrong = malformed(request)
        raise wrong

    def _new_origin(self, base: str) -> Origin[L]:
        parts = urlsplit(base)
        if not parts.hostname:
            raise ValueError("the URL names no host")
        parts.hostname.encode("idna")  # a name that DNS cannot hold would fail far below, unmapped
        if parts.port == 0:
            raise ValueError("no server listens at port 0")
        netloc = parts.netloc.rpartition("@")[2].encode("ascii")
        proxied = parts.scheme in self._proxied and not bypasses_proxy(parts.netloc)
        secure = parts.scheme == "https"
        tls = self._context() if secure and not proxied else None
        origin: Origin[L] = Origin(
            parts.hostname, parts.port or (443 if secure else 80), netloc, tls, proxied
        )
        if len(self._origins) >= ROUTES_KEPT:
            self._close_origins()
        for other in list(self._origins.values()):
            other.sweep()
        with self._changing:
            origin.open = not self._closed  # another thread may have closed the transport meanwhile
            return self._origins.setdefault(base, origin)

    def _context(self) -> ssl.SSLContext:
        self._tls = self._tls or tls_context(load_core(None))
        return self._tls

    def _close_origins(self) -> None:
        with self._changing:
            origins, self._origins = self._origins, {}
        for origin in origins.values():
            origin.close()


def unconnected(request: Request, error: OSError) -> TransportFailure:
    """Whatever went wrong before there was a connection, nothing of the request was sent."""
    if isinstance(error, TimeoutError):
        return describe(request, "ConnectTimeout")
    return describe(request, "gaierror" if isinstance(error, socket.gaierror) else "ConnectError", str(error))
