"""Scripted trouble: what goes wrong around a twin's answer, and when.

The functions of ``AROUND`` stand between the line and the twin; each decides whether the
twin hears the request at all, and what the caller hears of the reply.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Protocol, TypeAlias

from attrs import define, evolve

from socialcommerce.runtime.transport import Interrupted, Request, Response
from socialcommerce.simulators.clock import Clock

__all__ = ["AROUND", "KINDS", "Fault", "Faults", "Troubled"]

SLOW = timedelta(seconds=20)


class Troubled(Protocol):
    """What a fault needs of a twin: the platform's own way of saying it."""

    @property
    def clock(self) -> Clock:
        """The pretend clock."""
        ...

    def throttled(self, request: Request, retry_after: timedelta | None) -> Response:
        """The platform's reply to one request too many."""
        ...

    def broken(self, request: Request) -> Response:
        """The platform's reply when it fails inside (status 5xx)."""
        ...

    def expire_token(self, request: Request) -> None:
        """Let the token that the request carries run out now."""
        ...

    def with_unknown_enum(self, request: Request, response: Response) -> Response:
        """The reply with a word in its status fields that nobody has documented."""
        ...


Answer: TypeAlias = Callable[[Request], Response]


@define(slots=True)
class Fault:
    """One kind of trouble, the requests it waits for, and how often it will strike."""

    kind: str
    on: str | None
    left: int
    retry_after: timedelta | None

    def awaits(self, request: Request) -> bool:
        """Whether the request is one that this fault waits for."""
        return self.on is None or fnmatchcase(f"{request.method} {request.path}", self.on)


def _throttle(fault: Fault, twin: Troubled, request: Request, answer: Answer) -> Response:
    return twin.throttled(request, fault.retry_after)


def _server_error(fault: Fault, twin: Troubled, request: Request, answer: Answer) -> Response:
    return twin.broken(request)


def _server_error_after(fault: Fault, twin: Troubled, request: Request, answer: Answer) -> Response:
    answer(request)
    return twin.broken(request)


def _drop_before(fault: Fault, twin: Troubled, request: Request, answer: Answer) -> Response:
    raise Interrupted("the connection broke before the platform read the request")


def _drop_after(fault: Fault, twin: Troubled, request: Request, answer: Answer) -> Response:
    answer(request)
    raise Interrupted("the connection broke before the reply arrived")


def _truncate(fault: Fault, twin: Troubled, request: Request, answer: Answer) -> Response:
    response = answer(request)
    return evolve(response, content=response.content[: len(response.content) // 2])


def _slow(fault: Fault, twin: Troubled, request: Request, answer: Answer) -> Response:
    response = answer(request)
    twin.clock.advance((fault.retry_after or SLOW).total_seconds())
    return response


def _expire_token(fault: Fault, twin: Troubled, request: Request, answer: Answer) -> Response:
    twin.expire_token(request)
    return answer(request)


def _unknown_enum(fault: Fault, twin: Troubled, request: Request, answer: Answer) -> Response:
    return twin.with_unknown_enum(request, answer(request))


AROUND: Mapping[str, Callable[[Fault, Troubled, Request, Answer], Response]] = {
    "throttle": _throttle,
    "server_error": _server_error,
    "server_error_after": _server_error_after,
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "truncate": _truncate,
    "slow": _slow,
    "expire_token": _expire_token,
    "unknown_enum": _unknown_enum,
}
"""The faults that stand around an answer, by kind."""

PUSH_KINDS = frozenset({"duplicate_push", "lose_push"})

KINDS = frozenset(AROUND) | PUSH_KINDS
"""Every kind of fault that can be scripted."""


class Faults:
    """The faults that wait, in the order in which they were scripted."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, kind: str, on: str | None, times: int, retry_after: timedelta | None) -> None:
        """Script a fault; raises ``ValueError`` for a kind that does not exist."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not a fault; there are {', '.join(sorted(KINDS))}")
        self._waiting.append(Fault(kind, on, times, retry_after))

    def clear(self) -> None:
        """Forget every fault."""
        self._waiting.clear()

    def take(self, request: Request) -> Fault | None:
        """The first fault that waits for this request, used up by one."""
        return self._use(lambda fault: fault.kind in AROUND and fault.awaits(request))

    def strikes(self, kind: str) -> bool:
        """Whether a fault of that kind waits for a webhook; it is used up by one."""
        return self._use(lambda fault: fault.kind == kind) is not None

    def _use(self, fits: Callable[[Fault], bool]) -> Fault | None:
        for fault in self._waiting:
            if fault.left > 0 and fits(fault):
                fault.left -= 1
                return fault
        return None


def replace_words(content: bytes, keys: frozenset[str], word: str) -> bytes:
    """JSON ``content`` with every text under one of ``keys`` replaced by ``word``."""

    def changed(value: object) -> object:
        if isinstance(value, dict):
            return {
                key: word if key in keys and isinstance(inner, str) else changed(inner)
                for key, inner in value.items()
            }
        return [changed(inner) for inner in value] if isinstance(value, list) else value

    try:
        return json.dumps(changed(json.loads(content)), ensure_ascii=False).encode()
    except ValueError:
        return content
