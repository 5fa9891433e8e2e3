"""The names of the package itself mean to the type checkers what they are. Never run."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

import socialcommerce
from socialcommerce import Client, Money, Order, Pager, Product, StockChange, models, simulate
from socialcommerce.backends import App, Shopee


def a_name_is_the_class_that_its_module_makes(price: Money, product: Product, change: StockChange) -> None:
    assert_type(price.amount, Decimal)
    assert_type(product.title, str)
    assert_type(change.quantity, int)
    assert_type(socialcommerce.Money(1, "SGD"), models.Money)


def a_client_answers_what_can_be_imported(shop: Client, app: App) -> None:
    assert_type(Client(Shopee(1, "key", ads=app)), Client)
    assert_type(simulate("shopee"), Client)
    assert_type(shop.catalog.list(), Pager[Product])
    assert_type(shop.orders.get("2409"), Order)
