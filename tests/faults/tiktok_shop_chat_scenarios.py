"""Every write of TikTok Shop's messages, webhooks and consent as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.faults.scenarios import PICTURE, Scenario, order, said, sends, talk
from tests.faults.tiktok_shop_write import Write, files

from socialcommerce import Client
from socialcommerce.models import Consent, Identity, OrderCard
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.tiktok_shop.push import TOPICS

__all__ = ["SCENARIOS"]


# -- messaging


def _messaging() -> Iterator[Scenario]:
    send = "POST /customer_service/202606/*/messages"
    yield from sends(Write, send)
    yield Write(
        "messaging.send, order card to the buyer of an order",
        send,
        lambda shop, one: shop.messaging.send(one, OrderCard(one.id)),
        said,
        lambda shop: shop.orders.get(order(shop).id),
    )
    yield Write(
        "messaging.send, opening the conversation",
        "POST /customer_service/202309/conversations",
        lambda shop, one: shop.messaging.send(one, "Thank you!"),
        said,
        lambda shop: shop.orders.get(order(shop).id),
    )
    yield Write(
        "messaging.mark_read",
        "POST */messages/read",
        lambda shop, thread: shop.messaging.mark_read(thread),
        lambda market, thread: int(market.default.conversations[thread].unread == 0),
        talk,
    )
    yield Write(
        "messaging.upload_media",
        "POST /customer_service/202309/images/upload",
        lambda shop, _: shop.messaging.upload_media(PICTURE),
        lambda market, _: files(market, "/tos-im/"),
    )
    yield Write(
        "messaging.broadcast, the task",
        "POST */engagement_tasks/custom",
        _broadcast,
        lambda market, _: len(market.default.native["tasks"]),
        lambda shop: shop.orders.get(order(shop).id),
    )
    yield Write(
        "messaging.broadcast, its messages",
        "POST /customer_engagement/202412/messages",
        _broadcast,
        lambda market, _: sum(len(task["emails"]) for task in market.default.native["tasks"].values()),
        lambda shop: shop.orders.get(order(shop).id),
    )


def _broadcast(shop: Any, one: Any) -> Any:
    consent = Consent(source="checkout", obtained_at=shop.market.now(), purposes=["messaging"])
    who = [Identity(kind="email", value=one.buyer.email)]
    return shop.messaging.broadcast(who, "Something new\nCome and see.", consent=consent)


# -- webhooks and consent


def _topics(market: Market) -> set[str]:
    app = market.twins["tiktok_shop"].apps[0]  # type: ignore[attr-defined]  # the twin of TikTok Shop has apps
    return set(app.subscriptions.get(market.default.id, {}))


def _subscribe(shop: Any, _: Any) -> Any:
    shop.backend.callback_urls["default"] = "https://shop.example.com/hooks"
    return shop.webhooks.subscribe(["ORDER_STATUS_CHANGE"])


def _pairs(market: Market) -> int:
    """How many pairs of tokens were ever given."""
    return len(market.twins["tiktok_shop"].authority._access)  # type: ignore[attr-defined]  # the twin of TikTok Shop keeps such a book


def _consented(shop: Client) -> Any:
    url = shop.auth.authorize_url("https://seller.example.com/back")
    return shop.market.consent(url), _pairs(shop.market)


def _new_pairs(market: Market, found: Any) -> int:
    return _pairs(market) - int(found[1])


def _the_rest() -> Iterator[Scenario]:
    hooks = "/event/202309/webhooks"
    topic = "ORDER_STATUS_CHANGE"
    assert topic in TOPICS
    yield Write(
        "webhooks.subscribe",
        f"PUT {hooks}",
        _subscribe,
        lambda market, _: int(topic in _topics(market)),
        step=f"PUT {topic}",
    )
    yield Write(
        "webhooks.unsubscribe",
        f"DELETE {hooks}",
        lambda shop, _: shop.webhooks.unsubscribe([topic]),
        lambda market, _: int(topic not in _topics(market)),
        lambda shop: _subscribe(shop, None),
        step=f"DELETE {topic}",
    )
    yield Write(
        "auth.exchange",
        "GET /api/v2/token/get",
        lambda shop, found: shop.auth.exchange(found[0]),
        _new_pairs,
        _consented,
    )
    yield Write(
        "auth.refresh",
        "GET /api/v2/token/refresh",
        lambda shop, _: shop.auth.refresh(),
        _new_pairs,
        lambda shop: (None, _pairs(shop.market)),
    )


SCENARIOS: tuple[Scenario, ...] = (*_messaging(), *_the_rest())
