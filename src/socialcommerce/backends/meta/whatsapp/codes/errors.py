"""WhatsApp's own error codes, and what each means to a caller (fact sheet, 'Errors')."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from socialcommerce.backends.meta.codes.errors import Meaning, means
from socialcommerce.errors import (
    AccountRestricted,
    ApprovalRequired,
    AuthenticationError,
    Conflict,
    InsufficientFunds,
    InvalidRequest,
    NotFound,
    NotReady,
    PermissionDenied,
    PlatformUnavailable,
    PolicyViolation,
    QuotaExhausted,
    RateLimited,
    RecipientUnreachable,
    TokenExpired,
)

__all__ = ["meaning"]

_SOON, _LATER = timedelta(seconds=4), timedelta(minutes=1)
_WINDOW = "the 24 hours after the person's last message are over: send a template"

_CODES: Final[Mapping[int, Meaning]] = {
    **means(TokenExpired, 0),
    **means(PlatformUnavailable, 131000, 131016, 133004, 135000, 139103),
    **means(PermissionDenied, 131005, kind="scope"),
    **means(RateLimited, 130429, scope="phone number"),
    **means(RateLimited, 131056, scope="pair", retry_after=_SOON),
    **means(RateLimited, 132069, scope="flow"),
    **means(PolicyViolation, 131048, reason="too many messages of this number were blocked or reported"),
    **means(PolicyViolation, 131064, reason="the number may not write to more people now"),
    **means(PolicyViolation, 131049, reason="this person gets no more marketing for at least a day"),
    **means(PolicyViolation, 131047, reason=_WINDOW),
    **means(PolicyViolation, 132007, reason="the template's text breaks a rule"),
    **means(QuotaExhausted, 133016),
    **means(AccountRestricted, 131031, 130497),
    **means(
        RecipientUnreachable, 131026, reason="no WhatsApp, an old version of it, or its terms not accepted"
    ),
    **means(RecipientUnreachable, 131030, reason="a test number writes only to numbers on its list"),
    **means(RecipientUnreachable, 131050, reason="the person stopped marketing messages"),
    **means(RecipientUnreachable, 130472, reason="Meta keeps this person from marketing for an experiment"),
    **means(RecipientUnreachable, 131062, reason="this needs a phone number, not a user id"),
    **means(ApprovalRequired, 131037, 131045),
    **means(InsufficientFunds, 131042, 131044),
    **means(NotReady, 131057, 132015, retry_after=_LATER),
    **means(Conflict, 132016, 132068, reason="state"),
    **means(Conflict, 139102, reason="in_progress"),
    **means(Conflict, 136025, 137000, reason="stale"),
    **means(NotFound, 132001),
    **means(InvalidRequest, 131008, 131009, 131020, 131021, 131041, 131051, 131052, 131053, 131059, 131063),
    **means(InvalidRequest, 132000, 132005, 132008, 132012),
    **means(InvalidRequest, 2388040, 2388047, 2388073, 2388293, 2388299),
    **means(QuotaExhausted, 2388019),
}

_RANGES: Final[tuple[tuple[range, Meaning], ...]] = (
    (range(131201, 131216), Meaning(InvalidRequest)),
    (range(133000, 133016), Meaning(AuthenticationError)),
    (range(138000, 138019), Meaning(InvalidRequest)),
    (range(139000, 139102), Meaning(InvalidRequest)),
    (range(147001, 147006), Meaning(InvalidRequest)),
    (range(2388000, 2389000), Meaning(InvalidRequest)),
)


def meaning(code: int) -> Meaning | None:
    """What a code means on WhatsApp; None where the Graph API's own table says it."""
    return _CODES.get(code) or next((found for codes, found in _RANGES if code in codes), None)
