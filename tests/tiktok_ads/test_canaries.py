"""Writes of TikTok Ads with everything going wrong, and not one secret where somebody could read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from tests.canaries.test_secrets import reachable
from tests.faults.scenarios import Scenario
from tests.faults.test_fault_table import TROUBLES
from tests.tiktok_ads.ad_scenarios import SCENARIOS

from socialcommerce import AsyncClient, Client, simulate
from socialcommerce.errors import SocialCommerceError
from socialcommerce.models import BulkResult
from socialcommerce.runtime.observe import Attempt
from socialcommerce.simulators.tiktok_ads.authority import Authority, Token, _Code
from socialcommerce.testing import Canaries, planted

TELLING = [one for one in TROUBLES if one.passing or one.outage]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Canaries]:
    """Every token and code that a pretend TikTok gives while the test runs is one to watch for."""
    enter, keep = Authority._enter, Authority._keep

    def entered(book: Authority, token: Token) -> Token:
        # All tokens of an account begin alike; what follows is the secret.
        found.secrets += tuple(one.partition(".")[2] or one for one in (token.access, token.refresh) if one)
        return enter(book, token)

    def kept(book: Authority, code: _Code) -> str:
        text = keep(book, code)
        found.secrets += (text,)
        return text

    monkeypatch.setattr(Authority, "_enter", entered)
    monkeypatch.setattr(Authority, "_keep", kept)
    with planted() as found:
        yield found


def keys_of(market: Any) -> tuple[str, ...]:
    return tuple(app.secret for app in market.twins["tiktok_ads"].authority.apps.values())


def inspect(watched: Canaries, *things: Any) -> None:
    for thing in things:
        for part in reachable(thing):
            watched.inspect(type(part).__qualname__, part)


def answer(call: Any, *given: Any) -> Any:
    try:
        found = call(*given)
    except SocialCommerceError as error:
        return error
    return list(found) if isinstance(found, BulkResult) else found


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_no_write_shows_a_secret_whatever_happens_to_it(scenario: Scenario, watched: Canaries) -> None:
    for seed, trouble in enumerate(TELLING):
        told: list[Attempt] = []
        with simulate("tiktok_ads", currency="USD", seed=seed, hooks=[told.append]) as shop:
            watched.secrets += keys_of(shop.market)
            things = scenario.arrange(shop)
            trouble.befall(shop.market, scenario.write)
            inspect(watched, answer(scenario.act, shop, things), told)
    watched.check()


CALLS = (
    lambda shop: shop.accounts(),
    lambda shop: shop.auth.status(slot="advertiser"),
    lambda shop: shop.auth.status(slot="account"),
    lambda shop: shop.auth.refresh(slot="account"),
    lambda shop: shop.webhooks.subscribe(["AD", "message.received"]),
    lambda shop: shop.webhooks.health(),
    lambda shop: shop.auth.exchange(
        shop.market.consent(shop.auth.authorize_url("https://a.example.com")), slot="advertiser"
    ),
    lambda shop: shop.auth.exchange(
        shop.market.consent(shop.auth.authorize_url("https://a.example.com", slot="account")), slot="account"
    ),
    lambda shop: shop.auth.exchange("https://a.example.com?auth_code=0123456789abcdef&state=s", state="s"),
    lambda shop: shop.call("GET", "/advertiser/info/", query={"advertiser_ids": [shop.market.default.id]}),
    lambda shop: shop.auth.revoke(slot="advertiser"),
    lambda shop: shop.auth.revoke(slot="account"),
)


@pytest.mark.parametrize("trouble", ["", "drop_before", "drop_after", "server_error", "truncate", "throttle"])
def test_calls_that_carry_secrets_show_none(trouble: str, watched: Canaries) -> None:
    for call in CALLS:
        told: list[Attempt] = []
        with simulate("tiktok_ads", hooks=[told.append]) as shop:
            watched.secrets += keys_of(shop.market)
            if trouble:
                shop.market.fault(trouble, times=2)
            inspect(watched, answer(call, shop), told)
    watched.check()


def test_nothing_that_hangs_on_a_client_shows_a_secret(watched: Canaries) -> None:
    with simulate("tiktok_ads") as shop:
        watched.secrets += keys_of(shop.market)
        shop.market.say("Hello")
        push = shop.market.pushes()[-1]
        receipt = shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body)
        assert len(watched.secrets) >= 4, "both worlds' tokens and the app's secret are watched for"
        services = shop.backend.services
        inspect(watched, shop, shop.backend, services, *services.values(), shop.state, shop.capabilities)
        inspect(watched, shop.plan.auth.accounts(), shop.for_account("7"), receipt, shop.ads.campaigns.list())
    watched.check()


def test_nor_does_the_async_client(watched: Canaries) -> None:
    async def story(shop: AsyncClient, talk: str) -> list[Any]:
        found = [await shop.accounts(), await shop.messaging.send(talk, "Hi"), shop]
        shop.market.fault("server_error", times=9)
        try:
            await shop.auth.refresh(slot="account")
        except SocialCommerceError as error:
            found.append(error)
        return found

    before: Client = simulate("tiktok_ads")
    watched.secrets += keys_of(before.market)
    shop = simulate("tiktok_ads", AsyncClient, market=before.market)
    inspect(watched, *anyio.run(story, shop, before.market.say("Hello")))
    watched.check()
