"""Pretend time: it starts at the real now and moves only when it is told to."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["Clock"]


class Clock:
    """A clock in epoch seconds, with timers that ring as it is moved past them.

    ``start`` is the first instant, in epoch seconds; the real now unless given.
    """

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """The pretend instant, in epoch seconds."""
        return self._now

    def moment(self, seconds: float | None = None) -> datetime:
        """An instant (now, unless epoch ``seconds`` are given) as an aware datetime in UTC."""
        return datetime.fromtimestamp(self._now if seconds is None else seconds, UTC)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Run ``action`` once the clock has moved so many seconds further."""
        heapq.heappush(self._timers, (self._now + seconds, next(self._order), action))

    def advance(self, seconds: float) -> None:
        """Move the clock forward, ringing on the way every timer that falls due, in order.

        Raises ``ValueError`` for a negative number of seconds: pretend time does not run back.
        """
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        end = self._now + seconds
        while self._timers and self._timers[0][0] <= end:
            due, _, action = heapq.heappop(self._timers)
            self._now = max(self._now, due)
            action()
        self._now = max(self._now, end)
