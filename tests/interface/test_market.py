"""The pretend world: its verbs take what a seller's program has at hand."""

from __future__ import annotations

import pytest

from socialcommerce import Budget, CampaignInput, Client, Money, Ref


def test_a_price_is_a_number_text_or_money_of_the_shop(shop: Client) -> None:
    for sku, price in {"A": 5, "B": "5.00", "C": Money(5, "SGD")}.items():
        shop.market.add_product(sku, 1, price)
    prices = [product.variants[0].price for product in shop.catalog.list()]
    assert prices.count(Money(5, "SGD")) == 3
    with pytest.raises(ValueError, match="counts in SGD, not in USD"):
        shop.market.add_product("D", 1, Money(5, "USD"))


def test_verbs_take_objects_on_the_market_and_on_an_account(shop: Client) -> None:
    account = shop.market.account(shop.accounts("shop")[0])
    order = shop.orders.get(shop.market.buy("TS-1"))
    account.complete(order)
    assert shop.orders.get(order).status == "completed"
    shop.market.say("Is it blue?")
    (conversation,) = shop.messaging.conversations()
    assert shop.market.say("Or red?", conversation.ref) == conversation.id


def test_figures_of_ads_may_be_money(shop: Client) -> None:
    plan = CampaignInput(products=[Ref(sku="TS-1")], budget=Budget(kind="daily", amount=Money(20, "SGD")))
    campaign = shop.ads.campaigns.create(plan, may_spend=True)
    today = shop.market.now().date()
    shop.market.record_ads(campaign, today, spend=Money(18, "SGD"), conversion_value=Money(90, "SGD"))
    (row,) = shop.ads.report("campaign", since=today, until=today)
    assert (row.spend, row.roas) == (Money(18, "SGD"), 5)
