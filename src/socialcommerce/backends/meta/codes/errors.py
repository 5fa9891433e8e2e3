"""The Graph API's error codes, and what each means to a caller (fact sheet, 'Errors')."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import field, frozen

from socialcommerce.errors import (
    AccountRestricted,
    AuthorizationRevoked,
    Conflict,
    InvalidRequest,
    NotFound,
    NotReady,
    PermissionDenied,
    PlatformError,
    PlatformUnavailable,
    PolicyViolation,
    RateLimited,
    RecipientUnreachable,
    TokenExpired,
)

__all__ = ["CODES", "PAIRS", "RANGES", "SIZES", "Meaning", "means"]


@frozen
class Meaning:
    """The error class of a code, with the facts that the code itself tells."""

    error: type[PlatformError]
    facts: Mapping[str, Any] = field(factory=dict)


def means(error: type[PlatformError], *codes: int, **facts: Any) -> dict[int, Meaning]:
    """One meaning for several codes."""
    return dict.fromkeys(codes, Meaning(error, facts))


def _pairs(
    error: type[PlatformError], code: int, *subcodes: int, **facts: Any
) -> dict[tuple[int, int], Meaning]:
    return {(code, subcode): Meaning(error, facts) for subcode in subcodes}


_LATER = timedelta(minutes=1)
_ENDED = (452, 458, 459, 460, 464, 465, 492)
"""Why a token is dead for good: newer sign-in, app removed, checkpoint, password, unconfirmed, role."""
_CLOSED = "the 24 hours after the person's last message are over"

CODES: Final[Mapping[int, Meaning]] = {
    **means(PlatformUnavailable, 1, 2),
    **means(PermissionDenied, 3, 10, kind="scope"),
    **means(RateLimited, 4, 341, 613, scope="app"),
    **means(InvalidRequest, 12, 100, 2635, 10801, 2909035),
    **means(RateLimited, 17, scope="ad account"),
    **means(RateLimited, 32, scope="page"),
    **means(NotFound, 33, 803),
    # A dead token of a page is derived again; that of a login then proves to be beyond renewal.
    **means(TokenExpired, 102, 190),
    **means(AccountRestricted, 368),
    **means(PolicyViolation, 10900, reason="it was answered privately before"),
    **means(Conflict, 506, 804, 10800, 10803, reason="duplicate"),
    **means(RecipientUnreachable, 551, reason="the person is not available"),
    **means(RecipientUnreachable, 1545041, reason="the person cannot be written to now"),
    **means(NotReady, -2, retry_after=_LATER),
    **means(InvalidRequest, -3),
    **means(NotReady, 1609005, retry_after=_LATER),
    **means(RateLimited, 80000, scope="ads_insights"),
    **means(RateLimited, 80001, scope="pages"),
    **means(RateLimited, 80002, scope="instagram"),
    **means(RateLimited, 80003, scope="custom_audience"),
    **means(RateLimited, 80004, scope="ads_management"),
    **means(RateLimited, 80005, scope="leadgen"),
    **means(RateLimited, 80006, scope="messenger"),
    **means(RateLimited, 80007, 80008, scope="whatsapp_business_management"),
    **means(RateLimited, 80009, scope="catalog_management"),
    **means(RateLimited, 80014, scope="catalog_batch"),
}
"""By code alone."""

PAIRS: Final[Mapping[tuple[int, int], Meaning]] = {
    # 2593002: a template that is not there; 2388024: one that is, in this language.
    **_pairs(NotFound, 100, 33, 2593002),
    **_pairs(Conflict, 100, 2388024, reason="duplicate"),
    **_pairs(InvalidRequest, 100, 1487534, 1504018),
    **_pairs(RecipientUnreachable, 100, 2018001, reason="no such person has written to this page"),
    **_pairs(PermissionDenied, 100, 3191001, kind="scope"),
    **_pairs(PolicyViolation, 10, 2018278, 2534022, reason=_CLOSED),
    **_pairs(AccountRestricted, 10, 1893063),
    # A report that was too slow or asked for the impossible stays so; 1504043 and 1504044 pass.
    **_pairs(InvalidRequest, 2, 1504038, 1504041, 1504042),
    **_pairs(PlatformUnavailable, 2, 1504043, 1504044),
    **_pairs(AuthorizationRevoked, 190, *_ENDED),
    **_pairs(AuthorizationRevoked, 102, *_ENDED),
}
"""By code and subcode, where the subcode changes the meaning."""

RANGES: Final[tuple[tuple[range, Meaning], ...]] = (
    (range(200, 300), Meaning(PermissionDenied, {"kind": "scope"})),
    (range(80000, 80015), Meaning(RateLimited)),
)

SIZES: Final[frozenset[str]] = frozenset({"100/1487534", "100/1504018", "-3/1504045", "2/1504038"})
"""Replies that would be too large or too slow: to be asked for in smaller parts."""
