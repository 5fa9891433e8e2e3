"""Every write on Facebook and Instagram as data, from all of its nouns."""

from __future__ import annotations

from tests.meta import ads_scenarios, catalog_scenarios, chat_scenarios, login_scenarios, people_scenarios

__all__ = ["SCENARIOS"]

_BOTH = (*catalog_scenarios.SCENARIOS, *login_scenarios.SCENARIOS)
SCENARIOS = (
    *(one for one in _BOTH if one.platform == "meta"),
    *ads_scenarios.SCENARIOS,
    *people_scenarios.SCENARIOS,
    *chat_scenarios.SCENARIOS,
)
