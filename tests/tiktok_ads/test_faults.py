"""Whatever goes wrong around a write of TikTok Ads: its effect is there once, or the caller is told."""

from __future__ import annotations

from collections.abc import Iterator

import anyio
import pytest
from tests.faults.scenarios import Scenario
from tests.faults.test_fault_table import MEANINGS, TROUBLES, play, play_async
from tests.tiktok_ads.ad_scenarios import SCENARIOS

from socialcommerce import simulate


def undisturbed(scenario: Scenario) -> Iterator[tuple[str, int]]:
    with simulate("tiktok_ads", currency="USD") as shop:
        things = scenario.arrange(shop)
        yield "effects before", scenario.count(shop.market, things)
        scenario.act(shop, things)
        yield "effects after", scenario.count(shop.market, things)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_without_trouble_a_write_has_one_effect(scenario: Scenario) -> None:
    assert dict(undisturbed(scenario)) == {"effects before": 0, "effects after": 1}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_nothing_happens_twice_and_nothing_is_lost_in_silence(scenario: Scenario) -> None:
    # An advertiser's token never ends: one that does is revoked, and nothing renews it.
    ends = scenario.name.startswith("ads.")
    troubles = [one for one in TROUBLES if not (ends and one.kind == "expire_token")]
    found = {trouble.title: play(scenario, trouble) for trouble in troubles}
    assert not {title: word for title, word in found.items() if word not in MEANINGS}
    gave_up = [one.title for one in troubles if one.passing and found[one.title] == "refused"]
    assert not gave_up, "trouble that passes is overcome"


ASYNC = [one for one in SCENARIOS if not one.name.startswith("ads.launch")][::4]


@pytest.mark.parametrize("scenario", ASYNC, ids=lambda one: one.name)
def test_the_async_client_fares_alike(scenario: Scenario) -> None:
    for trouble in TROUBLES:
        assert anyio.run(play_async, scenario, trouble) == play(scenario, trouble), trouble.title
