"""How many decimals Meta keeps of a currency: a table of its own, not ISO 4217 (fact sheet, 'Field map')."""

from __future__ import annotations

from typing import Final

__all__ = ["OFFSET_1", "decimals", "offset"]

OFFSET_1: Final = frozenset({"CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"})
"""Currencies that are counted in whole units; all others in hundredths, BHD and JOD too."""


def decimals(currency: str) -> int:
    """Decimals that Meta keeps: 0 for JPY and TWD, 2 for USD and KWD."""
    return 0 if currency in OFFSET_1 else 2


def offset(currency: str) -> int:
    """By what an amount in major units is multiplied where the wire wants an integer: 1 or 100."""
    return 1 if currency in OFFSET_1 else 100
