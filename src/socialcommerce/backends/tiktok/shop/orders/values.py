"""Single values of TikTok Shop's order, fulfilment, return and finance replies."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from socialcommerce.backends.shared import Bounds, Json
from socialcommerce.models.money import Money

__all__ = ["NONE", "exact", "key_of", "millis", "money", "times", "total"]

NONE: Json = {}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def millis(value: Any) -> datetime:
    """An instant of the few fields that count milliseconds."""
    return _EPOCH + timedelta(milliseconds=int(value))


def exact(value: Any) -> Decimal:
    """A decimal text as the number it is; a missing one counts as nothing."""
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def money(value: Any, currency: str) -> Money:
    """An amount in major units."""
    return Money.of(exact(value), currency)


def total(values: Iterable[Any]) -> Decimal:
    """The sum of amounts."""
    return sum((exact(value) for value in values), Decimal(0))


def times(bounds: Bounds) -> dict[str, int]:
    """Time bounds as searches take them: Unix seconds, from the first on, before the second.

    Fractions are widened, so that nothing within the bounds is missed; what is too much is left out later.
    """
    given = {
        "create_time_ge": _floor(bounds.created_after),
        "create_time_lt": _ceiling(bounds.created_before),
        "update_time_ge": _floor(bounds.updated_after),
        "update_time_lt": _ceiling(bounds.updated_before),
    }
    return {name: value for name, value in given.items() if value is not None}


def _floor(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // timedelta(seconds=1)


def _ceiling(moment: datetime | None) -> int | None:
    return None if moment is None else -((_EPOCH - moment) // timedelta(seconds=1))


def key_of(*parts: Any) -> str:
    """The idempotency key of one decision: the same parts, the same key, in any process."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join(map(str, parts))))
