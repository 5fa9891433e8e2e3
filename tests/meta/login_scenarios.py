"""What changes subscriptions and tokens of Meta's two platforms, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.faults.scenarios import Scenario

from socialcommerce import Client
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS", "consented"]

BACK = "https://seller.example/back"
HOOKS = {name: f"https://hooks.example.com/webhooks/{name}" for name in ("meta", "whatsapp")}
"""Where the pretend platform tries an address, by platform."""
OBJECTS = {"meta": "page", "whatsapp": "whatsapp_business_account"}
FIELDS = {"meta": "feed", "whatsapp": "calls"}
"""A field of the object, which is subscribed to by its own name."""
SCOPES = {
    "meta": ("catalog_management", "ads_management", "business_management"),
    "whatsapp": ("whatsapp_business_management", "whatsapp_business_messaging", "business_management"),
}
Arrange = Callable[[Client], Any]


def twin(market: Market, platform: str) -> Any:
    return market.twins[platform]


def known(shop: Any) -> Any:
    """The address is one of the settings."""
    shop.backend.callback_urls["default"] = HOOKS[shop.backend.name]


def subscribed(platform: str) -> Callable[[Market, Any], int]:
    def count(market: Market, _: Any) -> int:
        kept = twin(market, platform).apps[0].subscriptions.get(OBJECTS[platform], {})
        return int(FIELDS[platform] in kept.get("fields", ()))

    return count


def _let_go(platform: str) -> Arrange:
    """The app hears of one field less than a new app does."""

    def arrange(shop: Client) -> None:
        known(shop)
        twin(shop.market, platform).apps[0].subscriptions[OBJECTS[platform]]["fields"] -= {FIELDS[platform]}

    return arrange


def tokens(market: Market, platform: str) -> int:
    """How many tokens of people and system users were ever given."""
    every = twin(market, platform).authority.tokens.values()
    return sum(one.kind != "PAGE" for one in every)


def consented(shop: Client) -> str:
    """The address that a seller comes back to, with a code."""
    config = twin(shop.market, shop.backend.name).add_config(*SCOPES[shop.backend.name])
    return str(shop.market.consent(shop.auth.authorize_url(BACK, native={"config_id": config})))


def _of(platform: str) -> Iterator[Scenario]:
    subscriptions, field = "*/subscriptions", FIELDS[platform]

    def subscribe(shop: Any, _: Any) -> Any:
        known(shop)
        return shop.webhooks.subscribe([field], level="app")

    def write(
        name: str, path: str, act: Any, count: Any, arrange: Arrange = lambda shop: None, **more: Any
    ) -> Scenario:
        return Scenario(name, path, act, count, arrange, currency="USD", platform=platform, **more)

    yield write(
        "webhooks.subscribe",
        f"POST {subscriptions}",
        subscribe,
        subscribed(platform),
        _let_go(platform),
        lasting=True,
        step="app page",
    )
    yield write(
        "webhooks.unsubscribe",
        f"DELETE {subscriptions}",
        lambda shop, _: shop.webhooks.unsubscribe([field], level="app"),
        lambda market, _: 1 - subscribed(platform)(market, _),
        lasting=True,
        step="app page",
    )
    yield write(
        "auth.exchange",
        "GET */oauth/access_token",
        lambda shop, found: shop.auth.exchange(found[0]),
        lambda market, found: tokens(market, platform) - found[1],
        lambda shop: (consented(shop), tokens(shop.market, platform)),
        lasting=True,
    )
    yield write(
        "auth.refresh",
        "GET */oauth/access_token",
        lambda shop, _: shop.auth.refresh(),
        # The token before it lives on to its end, so that one more that nobody knows does no harm.
        lambda market, before: min(1, tokens(market, platform) - before),
        lambda shop: tokens(shop.market, platform),
        lasting=True,
        harmless=True,
    )
    yield write(
        "auth.revoke",
        "GET */oauth/revoke",
        lambda shop, _: shop.auth.revoke(),
        lambda market, _: int(any(one.dead for one in twin(market, platform).authority.tokens.values())),
    )


SCENARIOS = tuple(one for platform in OBJECTS for one in _of(platform))
