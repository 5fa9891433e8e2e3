"""Money of an ad account: budgets in the account's smallest steps, costs as decimal texts."""

from __future__ import annotations

from decimal import Decimal

from socialcommerce.simulators.account import Account

__all__ = ["WHOLE", "major", "minor", "offset", "places", "smallest_budget"]

WHOLE = frozenset({"CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"})
"""Currencies that Meta counts in whole units; every other one in hundredths, BHD and JOD too."""

FLOOR = {"JPY": 100, "KRW": 1000, "TWD": 33, "IDR": 15000, "VND": 25000, "HUF": 350, "CLP": 900}
"""The smallest daily budget where it is not 1.00."""


def offset(currency: str) -> int:
    """How many of the smallest steps make one unit of the currency."""
    return 1 if currency in WHOLE else 100


def places(currency: str) -> int:
    """How many decimals a cost has."""
    return 0 if currency in WHOLE else 2


def minor(account: Account, amount: Decimal) -> int:
    """An amount in the smallest steps; what is less than one step is dropped."""
    return int(amount * offset(account.currency))


def major(account: Account, steps: object) -> Decimal:
    """So many of the smallest steps as an amount."""
    return Decimal(str(steps)) / offset(account.currency)


def smallest_budget(account: Account) -> int:
    """The smallest daily budget, in the smallest steps."""
    return FLOOR.get(account.currency, offset(account.currency))
