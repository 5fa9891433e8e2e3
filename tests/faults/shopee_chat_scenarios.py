"""Every write of Shopee's chat, webhooks and consent as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.faults.scenarios import PICTURE, Scenario, sends, talk

from socialcommerce import Client
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee.push import CODES

__all__ = ["SCENARIOS"]


# -- messaging


def _messaging() -> Iterator[Scenario]:
    yield from sends(Scenario, "*/sellerchat/send_message")
    yield Scenario(
        "messaging.mark_read",
        "*/sellerchat/read_conversation",
        lambda shop, thread: shop.messaging.mark_read(thread),
        lambda market, thread: int(market.default.conversations[thread].unread == 0),
        talk,
    )
    yield Scenario(
        "messaging.upload_media",
        "*/sellerchat/upload_image",
        lambda shop, _: shop.messaging.upload_media(PICTURE),
        lambda market, _: len(market.default.uploads),
    )


# -- webhooks and consent


def _pushes(market: Market) -> set[int]:
    found: set[int] = market.twins["shopee"].apps[0].push_on  # type: ignore[attr-defined]  # the twin of Shopee has apps
    return found


def _silent(shop: Client) -> None:
    _pushes(shop.market).clear()


def _loud(shop: Client) -> None:
    _pushes(shop.market).update(CODES)


ORDER_STATUS = 3


def _pairs(market: Market) -> int:
    """How many pairs of tokens were ever given."""
    return len(market.twins["shopee"].authority._refresh)  # type: ignore[attr-defined]  # the twin of Shopee keeps such a book


def _consented(shop: Client) -> Any:
    url = shop.auth.authorize_url("https://seller.example.com/back")
    return shop.market.consent(url), _pairs(shop.market)


def _known_pairs(shop: Client) -> Any:
    return None, _pairs(shop.market)


def _new_pairs(market: Market, found: Any) -> int:
    return _pairs(market) - int(found[1])


def _the_rest() -> Iterator[Scenario]:
    config = "*/push/set_app_push_config"
    yield Scenario(
        "webhooks.subscribe",
        config,
        lambda shop, _: shop.webhooks.subscribe(["order.updated"]),
        lambda market, _: int(ORDER_STATUS in _pushes(market)),
        _silent,
    )
    yield Scenario(
        "webhooks.unsubscribe",
        config,
        lambda shop, _: shop.webhooks.unsubscribe(["order.updated"]),
        lambda market, _: int(ORDER_STATUS not in _pushes(market)),
        _loud,
    )
    yield Scenario(
        "auth.exchange",
        "*/auth/token/get",
        lambda shop, found: shop.auth.exchange(found[0]),
        _new_pairs,
        _consented,
    )
    yield Scenario(
        "auth.refresh",
        "*/auth/access_token/get",
        lambda shop, _: shop.auth.refresh(),
        _new_pairs,
        _known_pairs,
    )


SCENARIOS: tuple[Scenario, ...] = (*_messaging(), *_the_rest())
