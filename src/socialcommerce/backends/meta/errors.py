"""From the Graph API's error object to a typed error: by code and subcode, else by the HTTP status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from socialcommerce.backends.meta.codes.errors import CODES, PAIRS, RANGES, SIZES, Meaning
from socialcommerce.backends.meta.limits import regained
from socialcommerce.errors import (
    InvalidRequest,
    NotFound,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
)
from socialcommerce.runtime.text import read_json
from socialcommerce.runtime.transport import Response

__all__ = ["Meaning", "error_for", "number", "too_much"]

_WAIT = timedelta(minutes=1)
"""After a throttle that names no time: one minute, as Meta's back-off begins."""
_TOO_MUCH = "reduce the amount of data"


def error_for(
    body: Mapping[str, Any],
    response: Response,
    platform: str,
    refine: Callable[[int], Meaning | None] = lambda _: None,
) -> PlatformError:
    """The typed error of a refusal.

    Args:
        body: the decoded reply with its ``error`` object; empty where it could not be read.
        response: the reply, for its status and its usage headers.
        platform: the backend's name.
        refine: a platform's own meaning of a code, asked before the common table.

    Returns:
        ``code`` is Meta's code, with its subcode after a slash where there is one (``190/463``);
        ``request_id`` is ``fbtrace_id``; ``raw`` the whole body.
    """
    told: Mapping[str, Any] = body.get("error") or {}
    code, subcode = number(told.get("code")), number(told.get("error_subcode"))
    meaning = _meaning(told, code, subcode, response.status, refine)
    error = meaning.error(
        _message(told, response.status),
        code=_written(code, subcode),
        status=response.status,
        request_id=told.get("fbtrace_id") or response.headers.get("x-fb-trace-id"),
        raw=dict(body),
        platform=platform,
        **meaning.facts,
    )
    if isinstance(error, InvalidRequest):
        error.fields = _fields(told, error.message)
    if isinstance(error, RateLimited):
        error.retry_after = regained(response.headers) or error.retry_after or _WAIT
    return error


def number(told: Any) -> int | None:
    """A code, which resellers send as text; None where there is none."""
    try:
        return None if told is None or isinstance(told, bool) else int(told)
    except (TypeError, ValueError):
        return None


def too_much(error: Exception) -> bool:
    """Whether a read asked for more data than one reply may hold: fewer rows at a time will do."""
    return (
        isinstance(error, InvalidRequest)
        and error.code is not None
        and (error.code in SIZES or (error.code.split("/")[0] == "1" and _TOO_MUCH in error.message.lower()))
    )


def _written(code: int | None, subcode: int | None) -> str | None:
    if code is None:
        return None
    return f"{code}/{subcode}" if subcode else str(code)


def _message(told: Mapping[str, Any], status: int) -> str:
    """What Meta says, with the words it has for people and the details of WhatsApp."""
    data = _data(told)
    words = (
        told.get("message"),
        told.get("error_user_title"),
        told.get("error_user_msg"),
        data.get("details"),
    )
    return ": ".join(dict.fromkeys(str(word) for word in words if word)) or f"HTTP {status}"


def _data(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """``error_data``, which is an object or its JSON text."""
    data = told.get("error_data")
    if isinstance(data, str):
        try:
            data = read_json(data.encode())
        except ValueError:
            return {}
    return data if isinstance(data, Mapping) else {}


def _fields(told: Mapping[str, Any], message: str) -> dict[str, str]:
    """The inputs that Meta blames, as paths with dots."""
    specs = _data(told).get("blame_field_specs") or ()
    return {
        ".".join(str(part) for part in spec): message for spec in specs if isinstance(spec, list) and spec
    }


def _meaning(
    told: Mapping[str, Any],
    code: int | None,
    subcode: int | None,
    status: int,
    refine: Callable[[int], Meaning | None],
) -> Meaning:
    if code is None:
        return _by_status(status)
    if code == 1 and _TOO_MUCH in str(told.get("message")).lower():
        return Meaning(InvalidRequest)
    found = PAIRS.get((code, subcode or 0)) or refine(code) or CODES.get(code) or _ranged(code)
    if told.get("is_transient") and not _settled(code) and not (found and found.error.retryable):
        return Meaning(PlatformUnavailable)
    return found or _by_status(status)


def _settled(code: int) -> bool:
    """Codes that no repeat changes, whatever Meta says of passing trouble."""
    return code in (10, 100, 102, 190, 368) or 200 <= code < 300


def _ranged(code: int) -> Meaning | None:
    return next((meaning for codes, meaning in RANGES if code in codes), None)


def _by_status(status: int) -> Meaning:
    """A code that no table knows, or a reply without one."""
    if status >= 500:
        return Meaning(PlatformUnavailable)
    if status == 429:
        return Meaning(RateLimited)
    return Meaning(NotFound if status == 404 else InvalidRequest)
