"""What advertisements cost and won over some days, and how that is shared out exactly."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal

from attrs import define, fields

from socialcommerce.simulators.entities import DayMetrics

__all__ = ["Book", "gather", "split"]


@define(slots=True)
class Book:
    """What was spent and won over some days, by whatever it is broken down to."""

    spend: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    impressions: int = 0
    clicks: int = 0
    orders: int = 0
    items: int = 0

    @classmethod
    def of(cls, day: DayMetrics) -> Book:
        """A day of the market."""
        return cls(day.spend, day.conversion_value, day.impressions, day.clicks, day.orders, day.items)


def gather(books: Iterable[Book]) -> Book:
    """The sum of some books."""
    total = Book()
    for book in books:
        for name in (one.name for one in fields(Book)):
            setattr(total, name, getattr(total, name) + getattr(book, name))
    return total


def split(book: Book, parts: int, places: int) -> list[Book]:
    """A book in so many parts that add up exactly; what cannot be shared falls to the first.

    ``places`` is the number of decimals that amounts keep.
    """
    step = Decimal(1).scaleb(-places)
    shares = [Book() for _ in range(parts)]
    for name in (one.name for one in fields(Book)):
        whole = getattr(book, name)
        share = (whole / parts).quantize(step, ROUND_DOWN) if isinstance(whole, Decimal) else whole // parts
        for one in shares:
            setattr(one, name, share)
        setattr(shares[0], name, whole - share * (parts - 1))
    return shares
