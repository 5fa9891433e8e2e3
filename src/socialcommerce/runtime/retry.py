"""When to try again, how long to wait, and when to stop: policies as values."""

from __future__ import annotations

import threading
from datetime import timedelta
from math import inf
from typing import Literal, TypeAlias

from attrs import define, field, frozen, validators

from socialcommerce.errors import (
    DecodeError,
    NotReady,
    PlatformUnavailable,
    RateLimited,
    TokenExpired,
)
from socialcommerce.runtime.call import Safety
from socialcommerce.runtime.transport import Interrupted, NotSent

__all__ = ["Outcome", "RateLimits", "Retry", "RetryBudget", "classify", "may_repeat"]

Outcome: TypeAlias = Literal["not_sent", "refused", "unknown", "final"]
"""What a failed attempt did: nothing left; the platform refused without effect, for now; the
effect cannot be told; a settled answer that no repeat changes."""

_MOST_DOUBLINGS = 64
_REPEATABLE: frozenset[Safety] = frozenset({"read", "absolute", "keyed"})


def classify(failure: BaseException) -> Outcome:
    """Sort a failed attempt by what it may have done."""
    if isinstance(failure, NotSent):
        return "not_sent"
    if isinstance(failure, RateLimited | NotReady | TokenExpired):
        return "refused"
    if isinstance(failure, Interrupted | PlatformUnavailable | DecodeError):
        return "unknown"
    return "final"


def may_repeat(outcome: Outcome, safety: Safety) -> bool:
    """Whether the same request may simply be sent again after such an outcome."""
    if outcome in ("not_sent", "refused"):
        return True
    return outcome == "unknown" and safety in _REPEATABLE


@define(eq=False)
class RetryBudget:
    """Tokens that retries of one client share, so that an outage is not amplified.

    A retry costs five, a success gives one back; ``capacity`` is the most it holds.
    """

    capacity: float = 500.0
    cost: float = 5.0
    _left: float = field(init=False)
    _lock: threading.Lock = field(init=False, factory=threading.Lock, repr=False)

    def __attrs_post_init__(self) -> None:
        self._left = self.capacity

    def spend(self) -> bool:
        """Take the price of one retry; False when too little is left."""
        with self._lock:
            if self._left < self.cost:
                return False
            self._left -= self.cost
            return True

    def refund(self) -> None:
        """Give back one token, after a success."""
        if self._left < self.capacity:
            with self._lock:
                self._left = min(self.capacity, self._left + 1)


def _seconds(span: float | timedelta | None) -> float:
    if span is None:
        return inf
    return span.total_seconds() if isinstance(span, timedelta) else span


def _budget(given: RetryBudget | float | None) -> RetryBudget | None:
    if given is None or isinstance(given, RetryBudget):
        return given
    budget = RetryBudget()
    return RetryBudget(capacity=given * budget.cost, cost=budget.cost)


@frozen
class Retry:
    """How often, how long and how fast an operation is tried again.

    ``attempts`` counts the first one too; ``deadline`` is in seconds (or a ``timedelta``) from the
    first attempt, after which no further one begins, None for no end; waits are drawn at random
    between zero and ``base × 2ⁿ`` seconds, at most ``cap``, and never shorter than the platform asked
    for. ``budget`` is shared by all operations of a client: a ``RetryBudget``, or how many retries an
    outage may cost before they stop, or None for as many as there are.
    """

    attempts: int = field(default=4, validator=validators.ge(1))
    deadline: float = field(default=120.0, converter=_seconds, validator=validators.ge(0))
    base: float = field(default=0.5, validator=validators.ge(0))
    cap: float = field(default=30.0, validator=validators.ge(0))
    budget: RetryBudget | None = field(factory=RetryBudget, converter=_budget)

    def delay(self, attempt: int, jitter: float, retry_after: float | None) -> float:
        """Seconds to wait after the failed attempt number ``attempt`` (1 = the first)."""
        drawn = jitter * min(self.cap, self.base * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS))
        return max(drawn, retry_after or 0.0)


@frozen
class RateLimits:
    """Whether the platform's known rate limits are kept, and how.

    ``on_limit``: ``"wait"`` sleeps until the call may go, ``"raise"`` answers
    ``RateLimited`` with ``sent == "no"``. ``scale`` multiplies every known rate (0.5 = half as fast).
    """

    enabled: bool = True
    on_limit: Literal["wait", "raise"] = field(default="wait", validator=validators.in_(("wait", "raise")))
    scale: float = field(default=1.0, validator=validators.gt(0))
