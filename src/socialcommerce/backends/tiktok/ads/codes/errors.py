"""The Business API's return codes, and what each means to a caller (fact sheet, 'Errors')."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

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
    QuotaExhausted,
    RateLimited,
    TokenExpired,
)

__all__ = ["error_for"]

_SECOND, _SOON, _MINUTE_CAP = timedelta(seconds=1), timedelta(seconds=5), timedelta(minutes=5)


@frozen
class Meaning:
    """The error class of a code, with the facts that the code itself tells."""

    error: type[PlatformError]
    facts: Mapping[str, Any] = field(factory=dict)


def _means(error: type[PlatformError], *codes: int, **facts: Any) -> dict[int, Meaning]:
    return dict.fromkeys(codes, Meaning(error, facts))


_CODES: dict[int, Meaning] = {
    **_means(InvalidRequest, 40000, 40002, 40006, 40010, 40011, 40051, 40700, 41001, 41002),
    **_means(PermissionDenied, 40001, 40118, 40125, kind="scope"),
    **_means(NotFound, 40007, 40300, 40301),
    **_means(PermissionDenied, 40008, 40009, 40013, 40014, kind="edition"),
    **_means(RateLimited, 40016, 40100, scope="app", retry_after=_SECOND),
    **_means(RateLimited, 40132, scope="pixel", retry_after=_SECOND),
    **_means(RateLimited, 40133, scope="advertiser", retry_after=_SECOND),
    **_means(RateLimited, 40064, scope="messages", retry_after=_SOON),
    **_means(Conflict, 40050, 40911, reason="duplicate"),
    **_means(AuthenticationError, 40101, 40104, 40110, 40113, 40115, 40116),
    **_means(TokenExpired, 40102),
    **_means(AuthorizationRevoked, 40103, 40105, 40107),
    **_means(PlatformError, 40200),
    # Refused without effect, and soon possible: tried again like what is not ready yet.
    **_means(NotReady, 40201, 40901, 40902, 40903, 40913, retry_after=_SOON),
    **_means(NotReady, 40202, retry_after=_SECOND),
    **_means(QuotaExhausted, 40502),
    **_means(PermissionDenied, 41000, kind="ip"),
    **_means(PlatformUnavailable, 50000, 50002, 51305, 60001),
}

_SYSTEM = 50000
_DAY_CAP = re.compile(r"\b(per day|daily|qpd)\b", re.IGNORECASE)
_MINUTE = re.compile(r"\b(per minute|qpm)\b", re.IGNORECASE)


def error_for(body: Mapping[str, Any], status: int, now: datetime | None = None) -> PlatformError:
    """The typed error of a refusal: by its code, else by the HTTP status.

    Args:
        body: the decoded reply; empty where it could not be read.
        status: the HTTP status, which is 200 for most refusals.
        now: the present instant, to tell when a day's quota begins again.
    """
    code, message = body.get("code"), str(body.get("message") or "")
    meaning = _meaning(code, message, status)
    error = meaning.error(
        message or f"HTTP {status}",
        code=None if code is None else str(code),
        status=status,
        request_id=body.get("request_id"),
        raw=dict(body),
        platform="tiktok_ads",
        **meaning.facts,
    )
    if isinstance(error, QuotaExhausted) and meaning is _DAY_QUOTA:
        error.resets_at = _midnight(now or datetime.now(UTC))
    return error


_DAY_QUOTA = Meaning(QuotaExhausted)


def _meaning(code: Any, message: str, status: int) -> Meaning:
    found = _CODES.get(code) if isinstance(code, int) else None
    if found is None:
        return _unlisted(code, status)
    if found.error is RateLimited and _DAY_CAP.search(message):
        return _DAY_QUOTA
    if found.error is RateLimited and _MINUTE.search(message):
        return Meaning(RateLimited, {**found.facts, "retry_after": _MINUTE_CAP})
    return found


def _unlisted(code: Any, status: int) -> Meaning:
    """A code that is not in the table: those from 50000 on are failures of the system."""
    if status >= 500 or (isinstance(code, int) and code >= _SYSTEM):
        return Meaning(PlatformUnavailable)
    if status == 429:
        return Meaning(RateLimited, {"scope": "app"})
    return Meaning(NotFound if status == 404 else InvalidRequest)


def _midnight(now: datetime) -> datetime:
    """The cap of a day ends at midnight UTC."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)
