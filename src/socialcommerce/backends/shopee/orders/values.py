"""Single values of Shopee's order, logistics and payment replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from socialcommerce.models.money import Money

__all__ = ["Json", "chunks", "exact", "instant", "money", "text"]

Json = Mapping[str, Any]
T = TypeVar("T")


def instant(seconds: Any) -> datetime | None:
    """Unix seconds as an instant; None for 0 and null, which both mean 'not yet'."""
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def text(value: Any) -> str | None:
    """An id or a word as text; None where Shopee gave none ("" and null)."""
    return None if value is None or value == "" else str(value)


def exact(value: Any) -> Decimal:
    """A number as Shopee wrote it; a missing one counts as nothing."""
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def money(value: Any, currency: str) -> Money:
    """An amount of the order's currency."""
    return Money.of(exact(value), currency)


def chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Items in parts of at most ``size``, in order."""
    return [items[start : start + size] for start in range(0, len(items), size)]
