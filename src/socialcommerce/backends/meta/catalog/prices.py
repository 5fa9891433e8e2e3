"""Prices on Meta's wire: read from a display text, written as ``"19.99 USD"``.

Items are read with the price as a person would see it (``$1,299.50``, ``1.299,50 €``), its form left to
Meta. A text is read only where it has one meaning; ``1.299`` of a currency with cents has two.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from socialcommerce.backends.meta.codes import catalog as codes
from socialcommerce.backends.meta.codes.currencies import decimals
from socialcommerce.models.money import Money, exponent
from socialcommerce.models.product import Sale

__all__ = ["instant", "price", "sale_columns", "shown", "too_fine"]

_NUMBER: Final = re.compile(r"\d(?:[\d.,'’٫٬\s]*\d)?")
_GAPS: Final = re.compile(r"[\s'’٬]")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[ .,]\d{3})+|\d{1,2}(?:,\d{2})*,\d{3}")
"""Thousands in groups of three, or as India groups them."""
_WHOLE: Final = re.compile(r"\d+")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}")
"""What three digits behind a mark may make thousands of: such a text has two meanings, but for currencies
without decimals."""


@lru_cache(maxsize=4096)
def shown(text: object, currency: object) -> Money | None:
    """The amount of a display text; None where there is none, or where it could be two amounts.

    Args:
        text: the price as Meta shows it, in major units.
        currency: ISO 4217 code that the item carries beside it.
    """
    if not isinstance(text, str) or not isinstance(currency, str) or "-" in text or "–" in text:
        return None
    numbers = _NUMBER.findall(text)
    amount = _amount(numbers[0], decimals(currency) and exponent(currency)) if len(numbers) == 1 else None
    return Money.of(amount, currency) if amount is not None and len(currency) == 3 else None


def _amount(text: str, places: int) -> Decimal | None:
    """The number that a text of digits and separators means, in a currency of so many decimals."""
    number = _GAPS.sub(" ", text).replace("٫", "\0")
    marks = [mark for mark in number if mark in ".,\0"]
    if not marks or (len(marks) > 1 and len(set(marks)) == 1):
        return _grouped(number)
    whole, _, fraction = number.rpartition(marks[-1])
    if marks.count(marks[-1]) > 1 or not fraction.isdigit():
        return None
    if len(fraction) == 3 and len(marks) == 1 and _THOUSANDS.fullmatch(whole) and marks[0] != "\0":
        return Decimal(whole + fraction) if places == 0 else None
    before = _grouped(whole)
    return before + Decimal(f"0.{fraction}") if before is not None else None


def _grouped(text: str) -> Decimal | None:
    if _WHOLE.fullmatch(text) or (_GROUPED.fullmatch(text) and len(set(re.sub(r"\d", "", text))) == 1):
        return Decimal(re.sub(r"\D", "", text))
    return None


def price(money: Money) -> str:
    """A price as a batch and a feed take it: ``19.99 USD``, in major units."""
    return f"{format(money.amount, 'f')} {money.currency}"


def too_fine(money: Money) -> str | None:
    """What is wrong with an amount that Meta would cut, or that is no price; None where it is fine."""
    places = decimals(money.currency)
    if money.amount < 0:
        return "must not be negative"
    if not money.is_multiple_of(Decimal(1).scaleb(-places)):
        return f"{money.amount} {money.currency} has more than the {places} decimals that Meta keeps"
    return None


def sale_columns(sale: Sale, now: datetime) -> dict[str, str]:
    """A sale as a batch and a feed take it: its price and both ends.

    An open beginning is ``now``, an open end far away: a sale that is written without ends would
    run in those of an earlier one.
    """
    ends = (sale.from_ or now, sale.until or codes.OPEN_END)
    return {
        "sale_price": price(sale.price),
        "sale_price_effective_date": "/".join(map(_written, ends)),
    }


def _written(moment: datetime) -> str:
    form = "%Y-%m-%dT%H:%M:%S%z" if moment.second else "%Y-%m-%dT%H:%M%z"
    return moment.strftime(form)


@lru_cache(maxsize=4096)
def instant(text: object) -> datetime | None:
    """An instant as Graph writes it, ``2026-11-20T00:00:00-0800``; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
