"""What a hook is told: one small value an attempt, wait, page or renewal; never a secret."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from attrs import frozen

__all__ = ["Attempt", "Hook", "logger", "notify"]

logger = logging.getLogger("socialcommerce")


@frozen
class Attempt:
    """One thing that happened on the way of an operation.

    ``kind``: a ``request`` was made, a ``wait`` for a rate limit or before a retry was
    ordered, a ``page`` was read, a token ``renewal`` was made. ``outcome``: ``ok``,
    ``not_sent``, ``refused``, ``unknown`` or ``final`` (refused for good). ``elapsed`` and
    ``waited`` are seconds; ``attempt`` counts from 1; ``path`` holds no query.
    """

    operation: str
    account: str | None
    method: str
    path: str
    outcome: Literal["ok", "not_sent", "refused", "unknown", "final"]
    elapsed: float = 0.0
    waited: float = 0.0
    attempt: int = 1
    kind: Literal["request", "wait", "page", "renewal"] = "request"
    status: int | None = None


Hook: TypeAlias = Callable[[Attempt], object]


def notify(hooks: Sequence[Hook], attempt: Attempt) -> None:
    """Tell every hook; one that raises is logged and ignored, so watching never breaks selling."""
    for hook in hooks:
        try:
            hook(attempt)
        except Exception:  # a hook is the caller's code: whatever it raises must not reach the operation
            logger.exception("a hook raised on %s %s", attempt.kind, attempt.operation)
