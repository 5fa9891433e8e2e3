"""Payment methods out of platforms' words: one table for all of them, and light to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

from socialcommerce.backends.payments import payment_method


@pytest.mark.parametrize(
    ("word", "method"),
    [
        ("Cash on Delivery", "cash_on_delivery"),
        ("SPayLater", "instalments"),
        ("Klarna", "instalments"),
        ("CCDC", "card"),
        ("Mastercard", "card"),
        ("Shopee Coins", "points"),
        ("Bank Transfer (BCA Virtual Account)", "bank_transfer"),
        ("PIX", "bank_transfer"),
        ("ShopeePay Balance", "wallet"),
        ("Seven-Eleven", "other"),
        ("", "other"),
    ],
)
def test_the_first_word_that_fits_decides(word: str, method: str) -> None:
    assert payment_method(word) == method


def test_no_model_is_loaded_for_it() -> None:
    script = "import sys, socialcommerce.backends.payments; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
