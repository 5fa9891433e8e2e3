"""How orders were paid, out of the words that platforms use for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialcommerce.models.order import PaymentMethod

__all__ = ["payment_method"]

_WORDS: tuple[tuple[str, PaymentMethod], ...] = (
    ("cash on delivery", "cash_on_delivery"),
    ("cod", "cash_on_delivery"),
    ("paylater", "instalments"),
    ("pay later", "instalments"),
    ("klarna", "instalments"),
    ("instal", "instalments"),
    ("ccdc", "card"),
    ("card", "card"),
    ("visa", "card"),
    ("master", "card"),
    ("coin", "points"),
    ("transfer", "bank_transfer"),
    ("bank", "bank_transfer"),
    ("virtual account", "bank_transfer"),
    ("boleto", "bank_transfer"),
    ("pix", "bank_transfer"),
    ("pay", "wallet"),
    ("wallet", "wallet"),
)


def payment_method(word: str) -> PaymentMethod:
    """There are hundreds of methods, named in words; the first of ours that fits decides."""
    lower = word.lower()
    for part, method in _WORDS:
        if part in lower:
            return method
    return "other"
