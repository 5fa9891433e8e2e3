"""Amounts as a catalog has them: a display text on reading, minor units or "19.99 USD" on writing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

__all__ = ["displayed", "from_minor", "hundredfold", "written_price"]

SYMBOLS: Mapping[str, str] = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$", "MXN": "MX$", "BRL": "R$",
    "KRW": "₩", "INR": "₹", "TWD": "NT$", "VND": "₫", "SGD": "S$",
}  # fmt: skip
WHOLE = frozenset({"CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"})
"""Currencies whose smallest unit is the unit itself."""
_PRICE = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")


def displayed(amount: Decimal | None, currency: str, comma: bool) -> str:
    """The text of a price; empty where there is none. ``comma``: "1.299,50 €" for "€1,299.50"."""
    if amount is None:
        return ""
    text = f"{amount:,.{0 if currency in WHOLE else 2}f}"
    symbol = SYMBOLS.get(currency, f"{currency} ")
    if not comma:
        return f"{symbol}{text}"
    return f"{text.translate(str.maketrans(',.', '.,'))} {symbol.strip()}"


def from_minor(units: int, currency: str) -> Decimal:
    """An amount given as an integer of the smallest unit."""
    return Decimal(units) / (1 if currency in WHOLE else 100)


def hundredfold(amount: Decimal) -> Decimal:
    """The ``price_amount`` of filters: the price times a hundred, whatever the currency."""
    return amount * 100


def written_price(text: object) -> tuple[Decimal, str]:
    """The amount and currency of "19.99 USD"; raises ``ValueError`` for another shape."""
    found = _PRICE.fullmatch(str(text).strip())
    if found is None:
        raise ValueError("Invalid price")
    return Decimal(found[1]), found[2]
