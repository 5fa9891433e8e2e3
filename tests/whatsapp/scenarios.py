"""Every write on WhatsApp as data; its catalogue and logins are of Meta's making."""

from __future__ import annotations

from tests.meta import catalog_scenarios, login_scenarios
from tests.whatsapp import chat_scenarios

__all__ = ["SCENARIOS"]

_BOTH = (*catalog_scenarios.SCENARIOS, *login_scenarios.SCENARIOS)
SCENARIOS = (*(one for one in _BOTH if one.platform == "whatsapp"), *chat_scenarios.SCENARIOS)
