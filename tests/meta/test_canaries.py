"""Writes and logins of Meta's platforms with everything going wrong, and not one secret in sight.

The secrets are those that the pretend platforms really gave: the app's, every token, every code, the token
of the webhooks; and the key of a Flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from tests.canaries.test_secrets import reachable
from tests.faults.scenarios import Scenario
from tests.faults.test_fault_table import TROUBLES
from tests.meta import scenarios as of_meta
from tests.meta.login_scenarios import consented
from tests.whatsapp import scenarios as of_whatsapp

from socialcommerce import AsyncClient, Client, simulate
from socialcommerce.backends import Meta, Response, WhatsApp
from socialcommerce.errors import SocialCommerceError
from socialcommerce.models import BulkResult
from socialcommerce.runtime.observe import Attempt
from socialcommerce.simulators.meta.graph.authority import Authority
from socialcommerce.simulators.serve import serve
from socialcommerce.testing import Canaries, planted

TELLING = [one for one in TROUBLES if one.passing or one.outage]
SCENARIOS = (*of_meta.SCENARIOS, *of_whatsapp.SCENARIOS)
PLATFORMS = ("meta", "whatsapp")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Canaries]:
    """Every token and code that a pretend Meta gives while the test runs is one to watch for."""
    word, code = Authority._word, Authority.code

    def worded(book: Authority) -> str:
        text = word(book)
        found.secrets += (text,)
        return text

    def coded(book: Authority, *given: Any) -> str:
        text = code(book, *given)
        found.secrets += (text,)
        return text

    monkeypatch.setattr(Authority, "_word", worded)
    monkeypatch.setattr(Authority, "code", coded)
    with planted() as found:
        yield found


def keys_of(market: Any) -> tuple[str, ...]:
    """What of the app is secret."""
    twins = market.twins.values()
    secrets = [app.secret for twin in twins for app in twin.authority.apps.values()]
    return (*secrets, *(twin.verify_token for twin in twins))


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


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.label)
def test_no_write_shows_a_secret_whatever_happens_to_it(scenario: Scenario, watched: Canaries) -> None:
    for seed, trouble in enumerate(TELLING):
        told: list[Attempt] = []
        with simulate(scenario.platform, currency="USD", seed=seed, hooks=[told.append]) as shop:
            watched.secrets += keys_of(shop.market)
            things = scenario.arrange(shop)
            trouble.befall(shop.market, scenario.write)
            inspect(watched, answer(scenario.act, shop, things), told)
    watched.check()


def forged(shop: Client) -> Any:
    """A code that nobody gave, in the place of a real one."""
    back = {"code": "a code that nobody gave", "redirect_uri": "https://a.example.com"}
    return shop.auth.exchange(back)


SETTINGS: dict[str, Any] = {
    "app_secret": "canary-of-the-app",
    "access_token": "canary-of-the-login",
    "verify_token": "canary-of-the-webhooks",
    "webhook_secrets": ("canary-of-an-older-app",),
}
OWN: list[tuple[type[Any], dict[str, str]]] = [
    (Meta, {"page_token": "canary-of-the-page", "pixel_token": "canary-of-the-pixel"}),
    (WhatsApp, {"catalog_token": "canary-of-the-catalog", "flow_private_key": "canary-of-the-flow"}),
]


@pytest.mark.parametrize(("backend", "own"), OWN)
def test_no_setting_that_is_secret_is_shown(backend: type[Any], own: dict[str, str]) -> None:
    secrets = [*SETTINGS.values(), *own.values()]
    told = [one if isinstance(one, str) else one[0] for one in secrets]
    with planted(*told) as watched:
        made = backend(app_id="1", **SETTINGS, **own)
        with Client(made, transport=lambda request: Response(500)) as shop:
            inspect(watched, made, shop, made.services, *made.services.values(), shop.state)
            for call in CALLS[:4]:
                inspect(watched, answer(call, shop))
            for body in (b"{}", b'{"encrypted_flow_data":"eA==","encrypted_aes_key":"eA=="}'):
                inspect(watched, answer(_received, shop, body))
    watched.check()


def _received(shop: Client, body: bytes) -> Any:
    return shop.webhooks.receive(method="POST", headers=shop.webhooks.sign(body).headers, body=body)


def subscribed(shop: Any) -> Any:
    shop.backend.callback_urls["default"] = "https://nobody.example.com"
    return shop.webhooks.subscribe(["message.received"])


CALLS = (
    lambda shop: shop.accounts(),
    lambda shop: shop.auth.status(),
    lambda shop: shop.auth.status(slot="app"),
    lambda shop: shop.auth.refresh(),
    lambda shop: shop.auth.acquire(slot="app"),
    lambda shop: shop.auth.exchange(consented(shop)),
    forged,
    lambda shop: shop.auth.revoke(),
    subscribed,
    lambda shop: shop.webhooks.health(),
    lambda shop: shop.call("GET", "/me"),
    lambda shop: shop.store.info(),
    lambda shop: shop.catalog.list().collect(),
)
OVER_THE_WIRE = [call for call in CALLS if call is not CALLS[5]]  # a consent goes over no wire
TROUBLED = ("", "drop_before", "drop_after", "server_error", "truncate", "throttle", "expire_token")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("trouble", TROUBLED)
@pytest.mark.parametrize("times", [1, 9])
def test_calls_that_carry_secrets_show_none(
    platform: str, trouble: str, times: int, watched: Canaries
) -> None:
    for call in CALLS:
        told: list[Attempt] = []
        with simulate(platform, hooks=[told.append]) as shop:
            watched.secrets += keys_of(shop.market)
            if trouble:
                shop.market.fault(trouble, times=times)
            inspect(watched, answer(call, shop), told)
    watched.check()


def test_nor_do_pages_tokens(watched: Canaries) -> None:
    for trouble in TROUBLED:
        told: list[Attempt] = []
        with simulate("meta", hooks=[told.append]) as shop:
            watched.secrets += keys_of(shop.market)
            if trouble:
                shop.market.fault(trouble, "GET *[0-9]", times=9)
            inspect(watched, answer(lambda shop=shop: shop.auth.acquire(slot="page")), told)
    watched.check()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_nothing_that_hangs_on_a_client_shows_a_secret(platform: str, watched: Canaries) -> None:
    with simulate(platform) as shop:
        watched.secrets += keys_of(shop.market)
        shop.market.say("Hello")
        push = shop.market.pushes()[-1]
        receipt = shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body)
        query = f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={watched.secrets[-1]}"
        trial = shop.webhooks.receive(method="GET", headers={}, body=b"", query=query)
        services = shop.backend.services
        inspect(watched, shop, shop.backend, services, *services.values(), shop.state, shop.capabilities)
        inspect(watched, shop.plan.auth.accounts(), shop.plan.catalog.get("1"), shop.accounts())
        inspect(watched, shop.for_account(shop.accounts()[0]), receipt, shop.catalog.list())
        inspect(watched, *trial.events, trial.response)
        watched.look("a trial of the address", repr(trial))  # its delivery is what came, and holds the word
        assert len(watched.secrets) >= 3, "the app's secret, the webhooks' and a token are watched for"
    watched.check()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_nor_does_the_async_client(platform: str, watched: Canaries) -> None:
    async def story(shop: AsyncClient) -> list[Any]:
        found = [await shop.accounts(), await shop.auth.status(), shop]
        for kind in ("server_error", "truncate", "expire_token"):
            shop.market.fault(kind, times=9)
            for call in (shop.auth.refresh, shop.store.info, shop.webhooks.health):
                try:
                    found.append(await call())
                except SocialCommerceError as error:
                    found.append(error)
            shop.market.clear_faults()
        return found

    before: Client = simulate(platform)
    watched.secrets += keys_of(before.market)
    inspect(watched, *anyio.run(story, simulate(platform, AsyncClient, market=before.market)))
    watched.check()


def over_the_wire(platform: str, twin: Any, base_url: str) -> Any:
    """A backend with the tokens of the first seller, that speaks to a served twin."""
    token = twin.issue_token(twin.accounts[0])["access_token"]
    settings = twin.settings() | {"host": base_url, "access_token": token}
    return (Meta if platform == "meta" else WhatsApp)(**settings)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("trouble", ["", "drop_before", "server_error", "truncate", "expire_token"])
def test_http_libraries_log_no_secret(platform: str, trouble: str, watched: Canaries) -> None:
    with simulate(platform) as played:
        market = played.market
        watched.secrets += keys_of(market)
        twin = market.twins[platform]
        with serve(twin) as served:
            backend = over_the_wire(platform, twin, served.base_url)
            with Client(backend, sleep=market.sleep) as shop:
                for call in OVER_THE_WIRE:
                    market.clear_faults()
                    if trouble:
                        market.fault(trouble)
                    inspect(watched, answer(call, shop))
    watched.check()
