"""What the pretend Graph API says no with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "Refused",
    "expired",
    "missing",
    "no_permission",
    "no_such_object",
    "reduce_data",
    "retired",
    "token_refused",
    "wrong",
]

REDUCE = "Please reduce the amount of data you're asking for, then retry your request"
EXPIRED = "Error validating access token: Session has expired"


class Refused(Exception):
    """An error object: ``code`` and ``subcode``, the HTTP ``status``, and whatever stands beside them.

    ``more`` holds further keys of the object (``error_data``, ``error_user_msg`` …).
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        kind: str = "OAuthException",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.code, self.subcode, self.status, self.kind = code, subcode, status, kind
        self.message = message
        self.headers = dict(headers or {})
        self.more = more

    def shown(self, trace: str) -> dict[str, Any]:
        """The reply's body; ``trace`` is its ``fbtrace_id``."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": {**error, **self.more, "fbtrace_id": trace}}


def wrong(message: str, **more: Any) -> Refused:
    """A parameter that is not taken."""
    return Refused(100, f"(#100) {message}", **more)


def missing(name: str) -> Refused:
    """A parameter that had to be there."""
    return wrong(f"The parameter {name} is required")


def no_such_object(method: str, key: str) -> Refused:
    """No object of that id, or none that the token may see: the platform does not tell which."""
    return Refused(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{key}' does not exist, cannot be loaded due "
        "to missing permissions, or does not support this operation. Please read the Graph API "
        "documentation at https://developers.facebook.com/docs/graph-api",
        subcode=33,
        kind="GraphMethodException",
    )


def no_permission(scope: str) -> Refused:
    """The token lacks a permission."""
    return Refused(200, f"(#200) Requires {scope} permission to manage the object", status=403)


def token_refused(message: str, subcode: int | None = None) -> Refused:
    """The token is worth nothing."""
    return Refused(190, message, subcode=subcode)


def expired() -> Refused:
    """The token has run out."""
    return token_refused(EXPIRED, 463)


def retired(what: str) -> Refused:
    """Something that went with v26.0."""
    return Refused(12, f"(#12) {what} is deprecated for versions v26.0 and higher")


def reduce_data() -> Refused:
    """The answer would be too large."""
    return Refused(1, REDUCE, status=500)
