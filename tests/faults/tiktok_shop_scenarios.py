"""Every write of TikTok Shop as data, from all of its nouns."""

from __future__ import annotations

from tests.faults import (
    tiktok_shop_catalog_scenarios,
    tiktok_shop_chat_scenarios,
    tiktok_shop_orders_scenarios,
)

__all__ = ["SCENARIOS"]

SCENARIOS = (
    *tiktok_shop_catalog_scenarios.SCENARIOS,
    *tiktok_shop_orders_scenarios.SCENARIOS,
    *tiktok_shop_chat_scenarios.SCENARIOS,
)
