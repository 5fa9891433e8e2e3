"""What a write of TikTok Shop is made of: its shop, its money, the files it leaves behind."""

from __future__ import annotations

from functools import partial

from tests.faults.scenarios import Scenario

from socialcommerce.models import Money
from socialcommerce.simulators.market import Market

__all__ = ["Write", "files", "usd"]


Write = partial(Scenario, platform="tiktok_shop", currency="USD")
"""One write of TikTok Shop, in a shop of the United States."""


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def files(market: Market, folder: str) -> int:
    """Whether the platform holds such a file; one that nobody names is harmless."""
    kept = market.twins["tiktok_shop"].files  # type: ignore[attr-defined]  # the twin of TikTok Shop keeps files
    return int(any(path.startswith(folder) for path in kept))
