"""Every error a user can catch.

Each says in ``sent`` whether the platform may have seen the request: ``"no"``, ``"yes"``
or ``"unknown"``. All of them pickle, and none holds a secret: messages carry names,
codes and remedies, never tokens, signed URLs or personal data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, TypeAlias

__all__ = [
    "AccountRestricted",
    "ApprovalRequired",
    "AuthenticationError",
    "AuthorizationRevoked",
    "BulkFailure",
    "ConfigurationError",
    "Conflict",
    "DecodeError",
    "InsufficientFunds",
    "InvalidRequest",
    "NotFound",
    "NotLoaded",
    "NotReady",
    "OutcomeUnknown",
    "PartiallyApplied",
    "PermissionDenied",
    "PlatformError",
    "PlatformUnavailable",
    "PolicyViolation",
    "QuotaExhausted",
    "RateLimited",
    "RecipientUnreachable",
    "ReviewRejected",
    "SHAPE_ERRORS",
    "SocialCommerceError",
    "TokenExpired",
    "TransportError",
    "Unsupported",
    "WebhookError",
]

Sent: TypeAlias = Literal["no", "yes", "unknown"]


class SocialCommerceError(Exception):
    """Root of every error of this library.

    Keyword arguments become attributes; the names that a class knows stand in ``_names``
    of it and of its bases, with None as their value where they were not given. A cursor
    to resume an interrupted listing is added as ``cursor`` by the pager.
    """

    _names: ClassVar[tuple[str, ...]] = ("sent", "cursor")
    sent: Sent = "no"
    cursor: str | None = None

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message)
        known = self._all_names()
        for name, value in facts.items():
            if name not in known:
                raise TypeError(f"{type(self).__name__} has no field {name!r}")
            setattr(self, name, value)

    @property
    def message(self) -> str:
        """What went wrong, without the facts that ``str(error)`` adds."""
        return str(self.args[0]) if self.args else ""

    @classmethod
    def _all_names(cls) -> frozenset[str]:
        return frozenset(name for base in cls.__mro__ for name in base.__dict__.get("_names", ()))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self._portable())

    def _portable(self) -> dict[str, Any]:
        return dict(self.__dict__)


def _restore(
    cls: type[SocialCommerceError], args: tuple[Any, ...], facts: dict[str, Any]
) -> SocialCommerceError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(facts)
    return error


class ConfigurationError(SocialCommerceError):
    """The client was put together wrongly: a missing credential, an unknown name, a missing extra."""


class NotLoaded(SocialCommerceError, AttributeError):
    """A field that this row of a listing did not carry was read; ``get`` loads it."""

    _names: ClassVar[tuple[str, ...]] = ("model", "field")

    def __init__(self, model: str, field: str) -> None:
        super().__init__(
            f"{model}.{field} was not part of this listing; call get(...) for the whole {model.lower()}, "
            f"or list with detail='full'",
            model=model,
            field=field,
        )
        self.name = field


class Unsupported(SocialCommerceError):
    """The platform cannot do this; nothing was sent.

    ``reason`` says why, ``instead`` what to do in its place (may be None).
    """

    _names: ClassVar[tuple[str, ...]] = ("operation", "platform", "reason", "instead")
    operation: str
    platform: str
    reason: str
    instead: str | None = None

    def __init__(self, operation: str, platform: str, reason: str, instead: str | None = None) -> None:
        hint = f"; instead: {instead}" if instead else ""
        super().__init__(
            f"{platform} does not support {operation}: {reason}{hint}",
            operation=operation,
            platform=platform,
            reason=reason,
            instead=instead,
        )


class TransportError(SocialCommerceError):
    """No whole reply came back, for a read, or for something that was never sent."""


class DecodeError(SocialCommerceError):
    """The reply could not be read. ``raw`` holds its bytes (kept out of the message)."""

    _names: ClassVar[tuple[str, ...]] = ("raw", "platform", "status")
    raw: bytes = b""
    platform: str | None = None
    status: int | None = None
    sent = "yes"

    @classmethod
    def misshapen(cls, error: Exception, platform: str) -> DecodeError:
        """A reply that is JSON, though not of the shape that was expected, as ``error`` shows."""
        what = f"{type(error).__name__}: {error}" if isinstance(error, LookupError) else type(error).__name__
        return cls(f"a reply of {platform} has an unexpected shape ({what})", platform=platform)


SHAPE_ERRORS = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError)
"""What reading a reply of an unexpected shape raises."""


class WebhookError(SocialCommerceError):
    """A delivery that cannot be trusted or read: the one answer to all hostile input.

    ``reason`` is one word: ``signature``, ``stale``, ``replayed``, ``malformed``, ``assurance``,
    ``handshake``, ``configuration``; of the endpoint of a Flow also ``flow_key`` (no key of ours opens it)
    and ``flow_signature`` (it was not signed by Meta). An endpoint answers by it.
    """

    _names: ClassVar[tuple[str, ...]] = ("reason",)
    reason: str = "malformed"


class PlatformError(SocialCommerceError):
    """The platform refused, or this library did in its place before sending.

    ``code`` is the platform's own word, ``status`` the HTTP status (both None when nothing
    was sent), ``raw`` the decoded reply, ``attempts`` how many requests were made,
    ``elapsed`` seconds since the operation began, ``retryable`` whether the same call may
    succeed later without any change.
    """

    _names: ClassVar[tuple[str, ...]] = (
        "platform",
        "code",
        "status",
        "request_id",
        "attempts",
        "elapsed",
        "retryable",
        "raw",
        "retry_after",
    )
    platform: str | None = None
    code: str | None = None
    status: int | None = None
    request_id: str | None = None
    attempts: int = 0
    elapsed: float = 0.0
    retryable: bool = False
    raw: Any = None
    retry_after: timedelta | None = None

    def __str__(self) -> str:
        facts = [self.platform, self.code, None if self.status in (None, 200) else f"HTTP {self.status}"]
        head = " ".join(fact for fact in facts if fact)
        return f"{head}: {self.message}" if head else self.message


class AuthenticationError(PlatformError):
    """The credentials were not accepted."""


class TokenExpired(AuthenticationError):
    """The access token is no longer good; renewed by itself where a refresh token exists."""


class AuthorizationRevoked(AuthenticationError):
    """The consent is gone: the seller must authorise again (``client.auth.authorize_url``)."""


class PermissionDenied(AuthenticationError):
    """The credentials are good, but not for this. ``kind`` says which door is shut."""

    _names: ClassVar[tuple[str, ...]] = ("kind",)
    kind: Literal["scope", "app_category", "ip", "market", "edition"] = "scope"


class ApprovalRequired(AuthenticationError):
    """The platform must approve the app, feature or account first."""


class AccountRestricted(AuthenticationError):
    """The account is banned, frozen or otherwise limited by the platform."""


class InvalidRequest(PlatformError):
    """An input is wrong. ``fields`` maps each field to what is wrong with it and the remedy."""

    _names: ClassVar[tuple[str, ...]] = ("fields",)
    fields: Mapping[str, str] = {}

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None, **facts: Any) -> None:
        fields = dict(fields or {})
        text = "; ".join(f"{name}: {problem}" for name, problem in fields.items())
        super().__init__(message or text, fields=fields, **facts)


class NotFound(PlatformError):
    """There is no such thing, or it is not visible to these credentials."""


class Conflict(PlatformError):
    """The present state forbids it. ``reason`` names what is in the way."""

    _names: ClassVar[tuple[str, ...]] = ("reason",)
    reason: Literal["state", "promotion", "stale", "duplicate", "in_progress"] = "state"


class NotReady(PlatformError):
    """It will be possible later; ``retry_after`` says when, where that is known."""

    retryable = True


class RateLimited(PlatformError):
    """Too many calls. ``scope`` is what was counted (shop, app, campaign, ...)."""

    _names: ClassVar[tuple[str, ...]] = ("scope",)
    scope: str | None = None
    retryable = True


class QuotaExhausted(PlatformError):
    """A quota of a day or month is used up until ``resets_at``."""

    _names: ClassVar[tuple[str, ...]] = ("resets_at",)
    resets_at: datetime | None = None


class PlatformUnavailable(PlatformError):
    """The platform failed on its own side."""

    retryable = True


class PolicyViolation(PlatformError):
    """A rule of the platform, or a safety of this library, forbids it. ``reason`` says which."""

    _names: ClassVar[tuple[str, ...]] = ("reason",)
    reason: str = ""


class RecipientUnreachable(PlatformError):
    """The person cannot be written to. ``reason`` says why."""

    _names: ClassVar[tuple[str, ...]] = ("reason",)
    reason: str = ""


class ReviewRejected(PlatformError):
    """The platform's review said no; ``reasons`` as it gave them."""

    _names: ClassVar[tuple[str, ...]] = ("reasons",)
    reasons: Sequence[str] = ()


class InsufficientFunds(PlatformError):
    """The balance does not suffice."""


class OutcomeUnknown(PlatformError):
    """A write was sent and nobody can say whether it took effect; it was not repeated.

    The only error of a write whose result is unknown. ``evidence`` is what was seen,
    ``how_to_find_out`` what to look at before trying again.
    """

    _names: ClassVar[tuple[str, ...]] = ("evidence", "how_to_find_out")
    sent = "unknown"
    evidence: Any = None
    how_to_find_out: str = ""


class PartiallyApplied(SocialCommerceError):
    """An update made of several calls stopped half-way.

    ``done`` and ``failed`` list the steps, ``resume`` (JSON-able) finishes the rest, and
    ``__cause__`` is the error that stopped it.
    """

    _names: ClassVar[tuple[str, ...]] = ("done", "failed", "resume")
    sent = "yes"
    done: Sequence[str] = ()
    failed: Sequence[str] = ()
    resume: Any = None


class BulkFailure(ExceptionGroup[SocialCommerceError], SocialCommerceError):
    """Some items of a bulk operation failed; ``exceptions`` holds one error an item, in input order."""

    sent = "yes"

    def __init__(self, message: str, exceptions: Sequence[SocialCommerceError], /) -> None:
        """Nothing to keep: the group itself holds its message and errors."""

    def derive(self, excs: Sequence[SocialCommerceError], /) -> BulkFailure:  # type: ignore[override]  # narrower on purpose: a part of this group holds our errors only
        """A part of this group, as ``except*`` and ``split`` make them."""
        return BulkFailure(self.message, excs)

    def _portable(self) -> dict[str, Any]:
        return {}
