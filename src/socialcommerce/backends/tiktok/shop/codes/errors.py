"""TikTok Shop's error codes, and what each means to a caller (fact sheet, 'Errors')."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from socialcommerce.errors import (
    AuthenticationError,
    AuthorizationRevoked,
    Conflict,
    InvalidRequest,
    NotFound,
    NotReady,
    PermissionDenied,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    TokenExpired,
)

__all__ = ["error_for", "row_error"]


@frozen
class Meaning:
    """The error class of a code, with the facts that the code itself tells."""

    error: type[PlatformError]
    facts: Mapping[str, Any] = field(factory=dict)


def _means(error: type[PlatformError], *codes: int, **facts: Any) -> dict[int, Meaning]:
    return dict.fromkeys(codes, Meaning(error, facts))


_CODES: Final[dict[int, Meaning]] = {
    **_means(RateLimited, 36009002, 36009037, scope="shop"),
    **_means(PlatformUnavailable, 36009003, 36009007, 33001002),
    **_means(TokenExpired, 105002),
    **_means(AuthenticationError, 106001),
    **_means(PermissionDenied, 105005, kind="scope"),
    **_means(PermissionDenied, 101000, kind="scope"),
    **_means(PermissionDenied, 36009033, kind="ip"),
    **_means(InvalidRequest, 106013, 36009009, 36009010, 36009014, 36009021, 36009022, 36009023),
    **_means(InvalidRequest, 98001004, 12052180, 12052024),
    **_means(AuthenticationError, 36004004),
    **_means(Conflict, 12052996, reason="duplicate"),
    **_means(Conflict, 12052003, 12052990, reason="state"),
    **_means(NotFound, 12052048),
}

_GATEWAY: Final = 36009004
_REUSED: Final[tuple[tuple[re.Pattern[str], Meaning], ...]] = (
    (re.compile(r"access.token", re.I), Meaning(TokenExpired)),
    (re.compile(r"timestamp", re.I), Meaning(NotReady)),
    (re.compile(r"app_key|sign\b|signature", re.I), Meaning(AuthenticationError)),
)
"""One code of the gateway serves many meanings, which the vendor tells apart by the message."""

_STATES: Final = frozenset({12052003, 12052990})
_PROMOTION: Final = re.compile(r"promotion|campaign|flash ?sale", re.I)
_LOCKED: Final = Meaning(Conflict, {"reason": "promotion"})

_MESSAGES: Final[tuple[tuple[re.Pattern[str], Meaning], ...]] = (
    (_PROMOTION, _LOCKED),
    (re.compile(r"not (exist|found|belong)|cannot find|no such", re.I), Meaning(NotFound)),
    (re.compile(r"duplicate", re.I), Meaning(Conflict, {"reason": "duplicate"})),
    (re.compile(r"\bstatus\b|not allow|already", re.I), Meaning(Conflict, {"reason": "state"})),
)
"""What codes that nobody listed say of themselves; first match wins."""

_HTTP: Final[dict[int, Meaning]] = {
    401: Meaning(AuthenticationError),
    403: Meaning(PermissionDenied),
    404: Meaning(NotFound),
    429: Meaning(RateLimited, {"scope": "shop"}),
}
_ACCESS_LAYER: Final = 105
"""Codes 105000 to 105999 are about credentials; those that nobody listed are read so."""

_REFRESH: Final = "/token/refresh"


def error_for(body: Mapping[str, Any], status: int, *, path: str = "") -> PlatformError:
    """The typed error of a refused reply.

    Args:
        body: the envelope; empty where the reply held none.
        status: the HTTP status.
        path: what was called: a refresh token that is refused means that the consent is gone.
    """
    code, message = _number(body.get("code")), str(body.get("message") or "")
    meaning = _meaning(code, message, status)
    if path.endswith(_REFRESH) and issubclass(meaning.error, AuthenticationError | InvalidRequest):
        meaning = Meaning(AuthorizationRevoked)
    return meaning.error(
        message or f"HTTP {status}",
        code=str(code) if code else None,
        status=status,
        request_id=body.get("request_id"),
        raw=dict(body),
        platform="tiktok_shop",
        **meaning.facts,
    )


def row_error(row: Mapping[str, Any]) -> PlatformError:
    """The typed error of one row of ``data.errors``, as bulk writes answer them with code 0."""
    error = error_for(row, 200)
    error.sent = "yes"
    return error


def _number(code: Any) -> int:
    return int(code) if str(code or "").lstrip("-").isdigit() else 0


def _meaning(code: int, message: str, status: int) -> Meaning:
    if code == _GATEWAY:
        return _told(_REUSED, message) or Meaning(InvalidRequest)
    if code in _STATES and _PROMOTION.search(message):
        return _LOCKED
    found = _CODES.get(code)
    if found is not None:
        return found
    if not code or status in _HTTP or status >= 500:
        return _by_status(status)
    if code // 1000 == _ACCESS_LAYER:
        return Meaning(AuthenticationError)
    return _told(_MESSAGES, message) or Meaning(InvalidRequest)


def _told(table: tuple[tuple[re.Pattern[str], Meaning], ...], message: str) -> Meaning | None:
    return next((meaning for pattern, meaning in table if pattern.search(message)), None)


def _by_status(status: int) -> Meaning:
    if status >= 500:
        return Meaning(PlatformUnavailable)
    return _HTTP.get(status, Meaning(InvalidRequest))
