"""Whatever goes wrong around a write: its effect is there once, or the caller knows that nobody knows.

Each cell of the table in docs/faults.md is played here, and the table is written from what happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import anyio
import pytest
from attrs import frozen
from tests.faults import shopee_scenarios, tiktok_shop_scenarios
from tests.faults.scenarios import Scenario
from tests.meta import scenarios as meta_scenarios
from tests.tiktok_ads import ad_scenarios
from tests.whatsapp import scenarios as whatsapp_scenarios

from socialcommerce import AsyncClient, simulate
from socialcommerce.errors import (
    AuthorizationRevoked,
    OutcomeUnknown,
    PartiallyApplied,
    SocialCommerceError,
)
from socialcommerce.models import BulkResult
from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.faults import Fault, Faults
from socialcommerce.simulators.market import Market

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
REWRITE = "python -m tests.faults.test_fault_table"
FOREVER = 1000
SCENARIOS = (
    *shopee_scenarios.SCENARIOS,
    *tiktok_shop_scenarios.SCENARIOS,
    *ad_scenarios.SCENARIOS,
    *meta_scenarios.SCENARIOS,
    *whatsapp_scenarios.SCENARIOS,
)


@frozen
class Platform:
    """A table: its title; ``renews``: whether a token that has ended is renewed without a person."""

    title: str
    renews: bool = True


PLATFORMS = {
    "shopee": Platform("Shopee"),
    "tiktok_shop": Platform("TikTok Shop"),
    "tiktok_ads": Platform("TikTok Ads"),
    "meta": Platform("Meta", renews=False),
    "whatsapp": Platform("WhatsApp", renews=False),
}
Rows = dict[str, dict[str, list[str]]]
"""The cells of each write, by platform and name."""


@frozen
class Trouble:
    """A column: what happens to the write's own request, and how often in a row.

    ``outage``: from then on the platform answers nothing at all; without a ``kind`` the write still is.
    """

    title: str
    kind: str
    times: int = 1
    retry_after: timedelta | None = None
    outage: bool = False

    @property
    def passing(self) -> bool:
        return self.times == 1 and not self.outage

    def is_overcome(self, platform: str) -> bool:
        """Whether a write must get through it."""
        return self.passing and (self.kind != "expire_token" or PLATFORMS[platform].renews)

    def befall(self, market: Market, write: str) -> None:
        """Script it for the requests that match ``write``."""
        if self.outage:
            market.faults = Outage(write, self.kind)
        else:
            market.fault(self.kind, write, self.times, self.retry_after)


class Outage(Faults):
    """Nothing is answered any more once the write has been sent."""

    def __init__(self, write: str, kind: str) -> None:
        super().__init__()
        self._write = Fault(kind, write, 1, None)
        self._begun = False

    def take(self, request: Request) -> Fault | None:
        if self._begun:
            return Fault("drop_before", None, 1, None)
        self._begun = self._write.awaits(request)
        return self._write if self._begun and self._write.kind else None


TROUBLES = (
    Trouble("dropped before", "drop_before"),
    Trouble("dropped after", "drop_after"),
    Trouble("5xx before", "server_error"),
    Trouble("5xx after", "server_error_after"),
    Trouble("throttled", "throttle"),
    Trouble("throttled, told how long", "throttle", retry_after=timedelta(seconds=7)),
    Trouble("reply cut short", "truncate"),
    Trouble("token expired", "expire_token"),
    Trouble("dropped before, always", "drop_before", FOREVER),
    Trouble("dropped after, always", "drop_after", FOREVER),
    Trouble("5xx before, always", "server_error", FOREVER),
    Trouble("5xx after, always", "server_error_after", FOREVER),
    Trouble("throttled, always", "throttle", FOREVER),
    Trouble("reply cut short, always", "truncate", FOREVER),
    Trouble("outage from before on", "drop_before", outage=True),
    Trouble("outage from after on", "drop_after", outage=True),
    Trouble("outage after the reply", "", outage=True),
)

MEANINGS = {
    "once": "the effect is there once, and the caller knows: a result, or `PartiallyApplied` that names it",
    "unknown, done": "the caller holds `OutcomeUnknown` (or an outcome that is `unknown`); it had happened",
    "unknown, not done": "the caller holds `OutcomeUnknown`; it had not happened",
    "refused": "the caller holds an error that says why, and nothing had happened",
    "ask again": "what was begun makes one and the same when it is asked for again (a label)",
    "–": "cannot happen: this token does not expire",
    "lost, told": "the platform renewed the tokens and its answer was lost: `AuthorizationRevoked` says so",
}


# -- playing one cell


def told(error: SocialCommerceError | None, write: str) -> str:
    """What an error tells the caller of its write, which holds the name of the step."""
    if error is None:
        return "ok"
    if isinstance(error, PartiallyApplied):
        cause = error.__cause__
        done = any(step in write for step in error.done)
        return "ok" if done else told(cause if isinstance(cause, SocialCommerceError) else None, write)
    if isinstance(error, AuthorizationRevoked) and "cut off" in str(error):
        return "lost"
    return "unknown" if isinstance(error, OutcomeUnknown) else "refused"


def cell(scenario: Scenario, said: str, effects: int) -> str:
    """The word of a cell; what may not be is spelt out."""
    if scenario.harmless and (said, effects) == ("refused", 1):
        return "ask again"
    words = {
        ("ok", 1): "once",
        ("unknown", 1): "unknown, done",
        ("unknown", 0): "unknown, not done",
        ("refused", 0): "refused",
        ("lost", 1): "lost, told",
    }
    return words.get((said, effects), f"WRONG: {said}, {effects} times")


def outcome(result: Any, write: str) -> str:
    if not isinstance(result, BulkResult):
        return "ok"
    return told(next((one.error for one in result if one.error is not None), None), write)


def play(scenario: Scenario, trouble: Trouble) -> str:
    with simulate(scenario.platform, currency=scenario.currency) as shop:
        things = scenario.arrange(shop)
        trouble.befall(shop.market, scenario.write)
        try:
            said = outcome(scenario.act(shop, things), scenario.done)
        except SocialCommerceError as error:
            said = told(error, scenario.done)
        return cell(scenario, said, scenario.count(shop.market, things))


async def play_async(scenario: Scenario, trouble: Trouble) -> str:
    with simulate(scenario.platform, currency=scenario.currency) as before:
        shop = simulate(scenario.platform, AsyncClient, market=before.market, state=before.state)
        things = scenario.arrange(before)
        async with shop:
            trouble.befall(before.market, scenario.write)
            try:
                said = outcome(await scenario.act(shop, things), scenario.done)
            except SocialCommerceError as error:
                said = told(error, scenario.done)
        return cell(scenario, said, scenario.count(before.market, things))


# -- the page


def table(rows: dict[str, list[str]]) -> str:
    head = "| write | " + " | ".join(trouble.title for trouble in TROUBLES) + " |"
    rule = "|---" * (len(TROUBLES) + 1) + "|"
    lines = [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join([head, rule, *lines])


def page(text: str, rows: Rows) -> str:
    """The page with its tables, one a platform, and the meaning of their words, written anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    meanings = "\n".join(f"- **{word}**: {meaning};" for word, meaning in MEANINGS.items())
    tables = "\n\n".join(f"## {one.title}\n\n{table(rows[name])}" for name, one in PLATFORMS.items())
    return f"{before}{BEGIN}\n\n{meanings.removesuffix(';')}.\n\n{tables}\n\n{END}{after}"


def cells_of(scenario: Scenario) -> list[str]:
    """What each trouble made of a write."""
    return [
        "–" if scenario.lasting and trouble.kind == "expire_token" else play(scenario, trouble)
        for trouble in TROUBLES
    ]


def play_all() -> Rows:
    rows: Rows = {name: {} for name in PLATFORMS}
    for one in SCENARIOS:
        rows[one.platform][one.name] = cells_of(one)
    return rows


# -- the tests


@pytest.fixture(scope="module")
def rows() -> Rows:
    """The cells that were played in this run."""
    return {name: {} for name in PLATFORMS}


def undisturbed(scenario: Scenario) -> Iterator[tuple[str, int]]:
    with simulate(scenario.platform, currency=scenario.currency) as shop:
        things = scenario.arrange(shop)
        yield "effects before", scenario.count(shop.market, things)
        seen = len(shop.market.requests)
        scenario.act(shop, things)
        yield "effects after", scenario.count(shop.market, things)
        sent = [f"{one.method} {one.path}" for one in shop.market.requests[seen:]]
        yield "writes", sum(fnmatchcase(line, scenario.write) for line in sent)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.label)
def test_without_trouble_a_write_is_one_request_with_one_effect(scenario: Scenario) -> None:
    assert dict(undisturbed(scenario)) == {"effects before": 0, "effects after": 1, "writes": 1}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.label)
def test_nothing_happens_twice_and_nothing_is_lost_in_silence(scenario: Scenario, rows: Rows) -> None:
    cells = rows[scenario.platform][scenario.name] = cells_of(scenario)
    found = {trouble.title: word for trouble, word in zip(TROUBLES, cells, strict=True)}
    wrong = {title: word for title, word in found.items() if word not in MEANINGS}
    assert not wrong
    must = [one.title for one in TROUBLES if one.is_overcome(scenario.platform)]
    gave_up = [title for title in must if found[title] == "refused"]
    assert not gave_up, "trouble that passes is overcome"
    lost = [title for title, word in found.items() if word == "lost, told"]
    assert not lost or scenario.name == "auth.refresh"


def test_the_page_holds_what_happened(rows: Rows) -> None:
    played = {(platform, name) for platform, found in rows.items() for name in found}
    if played != {(one.platform, one.name) for one in SCENARIOS}:
        pytest.skip("only a part of the table was played")
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text, rows), f"write the table anew: {REWRITE}"


SAMPLE = [one for one in SCENARIOS if "," not in one.name and not one.name.startswith("ads.launch")][::3]


@pytest.mark.parametrize("scenario", SAMPLE, ids=lambda one: one.label)
def test_the_async_client_fares_alike(scenario: Scenario) -> None:
    for trouble in TROUBLES:
        assert anyio.run(play_async, scenario, trouble) == play(scenario, trouble), trouble.title


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), play_all()), encoding="utf-8")
