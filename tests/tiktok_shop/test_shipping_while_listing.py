"""Who acts on what a listing gives meets each thing once."""

from __future__ import annotations

from datetime import timedelta

from socialcommerce import simulate


def test_orders_are_shipped_while_they_are_listed() -> None:
    shop = simulate("tiktok_shop")
    shop.market.add_product("TEE-1", stock=9, price="10")
    bought = {shop.market.buy("TEE-1") for _ in range(5)}
    shop.market.advance(timedelta(hours=2))
    shipped = [shop.orders.ship(order).order_id for order in shop.orders.list(status="open")]
    assert sorted(shipped) == sorted(bought)
