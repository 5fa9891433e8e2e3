"""Single values of Shopee's order, logistics and payment replies."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from socialcommerce.backends.shared import Json, chunks, text
from socialcommerce.models.money import Money

__all__ = ["Json", "chunks", "exact", "instant", "money", "text"]


def instant(seconds: Any) -> datetime | None:
    """Unix seconds as an instant; None for 0 and null, which both mean 'not yet'."""
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def exact(value: Any) -> Decimal:
    """A number as Shopee wrote it; a missing one counts as nothing."""
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def money(value: Any, currency: str) -> Money:
    """An amount of the order's currency."""
    return Money.of(exact(value), currency)
