"""Whole stories, with everything going wrong, and not one secret where somebody could read it.

The secrets are those that the pretend platforms really gave: the apps' keys, every token, every code.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import BuiltinMethodType, CellType, FunctionType, MethodType
from typing import Any

import anyio
import pytest
from tests.faults import test_fault_table
from tests.faults.scenarios import Scenario
from tests.faults.test_fault_table import TROUBLES, Trouble

from socialcommerce import AsyncClient, Client, simulate
from socialcommerce.backends import Shopee, TikTokShop
from socialcommerce.errors import SocialCommerceError
from socialcommerce.models import BulkResult, Conversation
from socialcommerce.runtime.observe import Attempt
from socialcommerce.simulators.serve import serve
from socialcommerce.simulators.shopee import authority as shopee
from socialcommerce.simulators.tiktok_shop import authority as tiktok_shop
from socialcommerce.testing import Canaries, planted

TELLING = [
    *(trouble for trouble in TROUBLES if trouble.passing),
    Trouble("unknown words", "unknown_enum"),
    *(trouble for trouble in TROUBLES if trouble.outage),
]
CONTAINERS = (dict, list, tuple, set, partial, MethodType, FunctionType, BuiltinMethodType, CellType)


PLATFORMS = ("shopee", "tiktok_shop")  # TikTok Ads is watched in tests/tiktok_ads
SCENARIOS = [one for one in test_fault_table.SCENARIOS if one.platform in PLATFORMS]
AUTHORITIES = (shopee.Authority, tiktok_shop.Authority)
KEYS = {"shopee": ("partner_key", "push_key"), "tiktok_shop": ("app_secret",)}
"""What of a registered app is secret."""


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Canaries]:
    """Every secret that a pretend platform gives while the test runs is one to watch for."""
    with planted() as found:
        for authority in AUTHORITIES:
            watch(monkeypatch, authority, found)
        yield found


def watch(monkeypatch: pytest.MonkeyPatch, authority: Any, found: Canaries) -> None:
    """Have a platform's book of consents tell of every token and code that it gives."""
    issue, code = authority.issue, authority.code

    def issued(book: Any, *given: Any) -> Any:
        pair = issue(book, *given)
        found.secrets += (pair.access_token, pair.refresh_token)
        return pair

    def coded(book: Any, *given: Any) -> str:
        text: str = code(book, *given)
        found.secrets += (text,)
        return text

    monkeypatch.setattr(authority, "issue", issued)
    monkeypatch.setattr(authority, "code", coded)


def keys_of(market: Any) -> tuple[str, ...]:
    apps = [(name, app) for name, twin in market.twins.items() for app in twin.authority.apps.values()]
    return tuple(getattr(app, key) for name, app in apps for key in KEYS[name])


@contextmanager
def inspected(watched: Canaries) -> Iterator[list[Any]]:
    """What is put into the list is looked at, with all that hangs on it."""
    found: list[Any] = []
    yield found
    for thing in found:
        for part in reachable(thing):
            watched.inspect(type(part).__qualname__, part)


def reachable(thing: Any) -> Iterator[Any]:
    """Objects of this library, and errors, that can be got at from ``thing``; the twin is the platform's."""
    waiting, seen = [thing], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        home = type(one).__module__
        ours = home.startswith("socialcommerce.") and ".simulators" not in home
        if ours or isinstance(one, BaseException):
            yield one
            waiting += _held(one)
        elif isinstance(one, CONTAINERS):
            waiting += _held(one)


def _held(one: Any) -> list[Any]:
    if isinstance(one, BaseException):
        return [one.__cause__, one.__context__, one.args, vars(one)]
    if isinstance(one, FunctionType):
        return [one.__closure__, one.__defaults__]
    return [part for part in gc.get_referents(one) if not isinstance(part, type)]


def ask(shop: Client, scenario: Scenario, things: Any) -> Any:
    try:
        return scenario.act(shop, things)
    except SocialCommerceError as error:
        return error


async def ask_async(shop: AsyncClient, scenario: Scenario, things: Any) -> Any:
    try:
        return await scenario.act(shop, things)
    except SocialCommerceError as error:
        return error


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.label)
def test_no_write_shows_a_secret_whatever_happens_to_it(scenario: Scenario, watched: Canaries) -> None:
    for seed, trouble in enumerate(
        TELLING
    ):  # of one seed, the token of one world is the request id of another
        told: list[Attempt] = []
        with simulate(scenario.platform, currency=scenario.currency, seed=seed, hooks=[told.append]) as shop:
            watched.secrets += keys_of(shop.market)
            things = scenario.arrange(shop)
            trouble.befall(shop.market, scenario.write)
            with inspected(watched) as found:
                answer = ask(shop, scenario, things)
                found += [answer, told]
                if isinstance(answer, BulkResult):
                    found += list(answer)
    watched.check()


@pytest.mark.parametrize("scenario", SCENARIOS[::4], ids=lambda one: one.label)
def test_nor_does_the_async_client(scenario: Scenario, watched: Canaries) -> None:
    for seed, trouble in enumerate(TELLING):
        told: list[Attempt] = []
        with simulate(scenario.platform, currency=scenario.currency, seed=seed) as before:
            watched.secrets += keys_of(before.market)
            shop = simulate(scenario.platform, AsyncClient, market=before.market, hooks=[told.append])
            things = scenario.arrange(before)
            trouble.befall(before.market, scenario.write)
            with inspected(watched) as found:
                found += [anyio.run(ask_async, shop, scenario, things), told, shop]
    watched.check()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_nothing_that_hangs_on_a_client_shows_a_secret(platform: str, watched: Canaries) -> None:
    with simulate(platform) as shop, inspected(watched) as found:
        watched.secrets += keys_of(shop.market)
        shop.market.add_product("MUG", 10)
        order = shop.orders.get(shop.market.buy("MUG"))
        shop.auth.refresh()
        shop.webhooks.receive(**_last_push(shop))
        services = shop.backend.services
        found += [shop, shop.backend, services, *services.values(), shop.state, shop.capabilities]
        found += [shop.plan, shop.for_account("7"), shop.with_options(on_limit="raise")]
        found += [shop.plan.orders.ship(order), shop.plan.catalog.get("1"), shop.plan.auth.accounts()]
        found += [shop.orders.list(), shop.orders.list().pages(), order, shop.auth.status(), shop.accounts()]
        found += [shop.auth.exchange(shop.market.consent(shop.auth.authorize_url("https://a.example.com")))]
        found += [shop.call("GET", INFO[platform]).response]
    watched.check()


def _last_push(shop: Client) -> dict[str, Any]:
    push = shop.market.pushes()[-1]
    return {"method": push.method, "headers": push.headers, "body": push.body}


INFO = {"shopee": "/api/v2/shop/get_shop_info", "tiktok_shop": "/seller/202309/shops"}
STORE_READS = (
    lambda shop: shop.store.info(),
    lambda shop: shop.catalog.get("1"),
    lambda shop: shop.orders.get("2"),
    lambda shop: shop.ads.campaigns.get("3"),
    lambda shop: shop.messaging.profile("4"),
    lambda shop: shop.auth.refresh(),
    lambda shop: shop.auth.exchange({"code": "a code that nobody gave", "shop_id": "1"}),
    lambda shop: shop.webhooks.health(),
    lambda shop: shop.call("GET", INFO[shop.backend.name]),
)
OVER_THE_WIRE = ("", "drop_before", "server_error", "truncate", "expire_token")


def over_the_wire(platform: str, twin: Any, base_url: str) -> Any:
    """A backend with the tokens of the first account, that speaks to a served twin."""
    given = twin.issue_token(twin.accounts[0])
    tokens = {name: given[name] for name in ("access_token", "refresh_token")}
    if platform == "shopee":
        return Shopee(**twin.settings() | {"host": base_url}, **tokens)
    hosts = {"host": base_url, "auth_host": base_url}
    return TikTokShop(**twin.settings() | hosts, shop_id=twin.accounts[0].id, **tokens)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("kind", OVER_THE_WIRE)
def test_http_libraries_log_no_secret(platform: str, kind: str, watched: Canaries) -> None:
    with simulate(platform) as played:
        market = played.market
        watched.secrets += keys_of(market)
        twin = market.twins[platform]
        with serve(twin) as served, inspected(watched) as found:
            backend = over_the_wire(platform, twin, served.base_url)
            with Client(backend, sleep=market.sleep) as shop:
                for call in STORE_READS:
                    _trouble(market, kind)
                    found.append(_answer(call, shop))

            async def over_async() -> None:
                async def sleep(seconds: float) -> None:
                    market.sleep(seconds)

                async with AsyncClient(backend, sleep=sleep) as shop:
                    for call in STORE_READS:
                        _trouble(market, kind)
                        try:
                            found.append(await call(shop))
                        except SocialCommerceError as error:
                            found.append(error)

            anyio.run(over_async)
    watched.check()


def _trouble(market: Any, kind: str) -> None:
    market.clear_faults()
    if kind:
        market.fault(kind)


def _answer(call: Any, shop: Client) -> Any:
    try:
        return call(shop)
    except SocialCommerceError as error:
        return error


NAME, PHONE, STREET, WISH = "Canaria Birdwing", "+6590001234567", "12 Canary Lane", "ring twice, please"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_masked_models_tell_nothing_of_the_buyer(platform: str) -> None:
    with simulate(platform) as shop, planted(NAME, PHONE, STREET, WISH) as watched:
        market = shop.market
        market.add_product("MUG", 10)
        made = market.default.orders[market.buy("MUG")]
        made.buyer.name = NAME
        made.native["message_to_seller"] = WISH
        made.native["address"] |= {"name": NAME, "phone": PHONE, "full_address": STREET, "town": STREET}
        thread = market.say(WISH)
        market.default.conversations[thread].buyer.name = NAME
        market.default.ship(made.id)
        market.request_return(made.id)
        shown: list[Any] = [shop.orders.get(made.id), *shop.orders.list(), *shop.orders.returns.list()]
        shown += [*shop.messaging.conversations(), *shop.messaging.messages(thread)]
        shown += [shop.messaging.profile(thread), *(_event for _event in _events(shop))]
        assert NAME in repr([one.model_dump() for one in shown]), "the names are there to be masked"
        for one in shown:
            masked = one.masked()
            watched.inspect(f"masked {type(one).__name__}", masked)
            watched.look(f"JSON of masked {type(one).__name__}", masked.model_dump_json())
            watched.look(f"dump of masked {type(one).__name__}", repr(masked.model_dump()))
            if isinstance(one, Conversation) and one.buyer is not None:
                assert one.buyer.value not in masked.model_dump_json()


def _events(shop: Client) -> Iterator[Any]:
    for push in shop.market.pushes():
        with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as receipt:
            yield from receipt.events
