"""Whatever goes wrong around a write of Meta's advertising: its effect is there once, or nobody knows."""

from __future__ import annotations

import pytest
from tests.faults.scenarios import Scenario
from tests.faults.test_fault_table import TROUBLES, Trouble, play
from tests.meta.ads_scenarios import SCENARIOS


@pytest.mark.parametrize(
    "trouble", [one for one in TROUBLES if one.kind != "expire_token"], ids=lambda one: one.title
)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_a_write_happens_once_or_says_that_it_may_have_happened(scenario: Scenario, trouble: Trouble) -> None:
    found = play(scenario, trouble)
    assert "WRONG" not in found
    assert found == "once" or not trouble.passing
