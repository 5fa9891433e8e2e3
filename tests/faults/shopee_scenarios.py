"""Every write of Shopee as data, from all of its nouns."""

from __future__ import annotations

from tests.faults import (
    shopee_ads_scenarios,
    shopee_catalog_scenarios,
    shopee_chat_scenarios,
    shopee_orders_scenarios,
)

__all__ = ["SCENARIOS"]

SCENARIOS = (
    *shopee_catalog_scenarios.SCENARIOS,
    *shopee_orders_scenarios.SCENARIOS,
    *shopee_ads_scenarios.SCENARIOS,
    *shopee_chat_scenarios.SCENARIOS,
)
