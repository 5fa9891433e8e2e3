"""Whatever goes wrong around lists of people and conversions: the effect is there once, or nobody knows."""

from __future__ import annotations

import pytest
from tests.faults.scenarios import Scenario
from tests.faults.test_fault_table import TROUBLES, Trouble, play
from tests.meta.people_scenarios import SCENARIOS


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda one: one.title)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_a_write_happens_once_or_says_that_it_may_have_happened(scenario: Scenario, trouble: Trouble) -> None:
    found = play(scenario, trouble)
    assert "WRONG" not in found
    if trouble.kind == "expire_token":  # no token of Meta's is renewed after its end: a person signs in
        assert found == "refused"
    elif trouble.passing:
        assert found == "once"
