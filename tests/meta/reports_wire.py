"""Rows of figures as Meta answers them, and the two days they are about."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.meta.wire import AD

from socialcommerce import Money

EDGE = f"/{AD}/insights"
FIRST, LAST = date(2026, 11, 19), date(2026, 11, 20)


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def told(day: str = "2026-11-19", **fields: Any) -> dict[str, Any]:
    """A row as Meta answers it."""
    return {
        "account_id": AD.removeprefix("act_"),
        "campaign_id": "1",
        "date_start": day,
        "date_stop": day,
        "impressions": "1000",
        "clicks": "20",
        "spend": "12.34",
        **fields,
    }
