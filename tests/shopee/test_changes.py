"""What is found by polling reads itself, as what was pushed does."""

from __future__ import annotations

from datetime import timedelta

import anyio

from socialcommerce import AsyncClient, simulate


def test_a_change_found_by_polling_fetches_what_it_is_about() -> None:
    shop = simulate("shopee")
    shop.market.add_product("TEE-1", stock=5, price="10")
    order_id = shop.market.buy("TEE-1")
    events = shop.orders.changes(since=shop.market.now() - timedelta(hours=1)).collect()
    assert [event.ref.id for event in events if event.ref] == [order_id]
    assert events[0].fetch().lines[0].sku == "TEE-1"


def test_a_product_that_changed_fetches_itself() -> None:
    shop = simulate("shopee")
    shop.market.add_product("TEE-1", stock=5, price="10")
    event = next(iter(shop.catalog.changes(since=shop.market.now() - timedelta(hours=1))))
    assert event.fetch().variants[0].sku == "TEE-1"


async def test_an_async_change_is_awaited() -> None:
    shop = simulate("shopee", AsyncClient)
    shop.market.add_product("TEE-1", stock=5, price="10")
    shop.market.buy("TEE-1")
    events = await shop.orders.changes(since=shop.market.now() - timedelta(hours=1)).collect()
    order = await events[0].fetch()
    assert order.lines[0].sku == "TEE-1"
    await anyio.lowlevel.checkpoint()


def test_a_lost_push_fetches_what_it_is_about() -> None:
    shop = simulate("shopee")
    shop.market.add_product("TEE-1", stock=5, price="10")
    shop.market.fault("lose_push")
    order_id = shop.market.buy("TEE-1")
    lost = shop.webhooks.recover().collect()
    assert any(event.fetch().id == order_id for event in lost if event.type == "order.paid")
