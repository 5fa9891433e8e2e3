"""One seller's day as one function, run unchanged on every marketplace, sync and async; all of it offline.

What a platform cannot do it says itself: the story asks the client's capabilities, and prints the reason.
"""

import asyncio
from datetime import timedelta

from socialcommerce import AsyncClient, Budget, CampaignInput, Client, Delivery, Money, StockChange, simulate

SHOPS = ("shopee", "tiktok_shop")
ADS = {"shopee": "shopee", "tiktok_shop": "tiktok_ads"}
"""Where one advertises for a shop: on TikTok that is another API, with a login of its own."""


def can(client: Client | AsyncClient, operation: str) -> bool:
    """Whether the platform does it; where not, say why."""
    capability = client.capabilities[operation]
    if not capability:
        print(f"  {client.backend.name} has no {operation}: {capability.reason}")
    return bool(capability)


def sell(shop: Client) -> None:
    """List, stock, ship, answer."""
    market = shop.market
    market.add_product("TEE-1", stock=3, price="19.90")
    for product in shop.catalog.list():
        print(f"  listed    {product.variants[0].sku}  {product.variants[0].price}")
    shop.catalog.set_stock([StockChange(sku="TEE-1", quantity=25)]).raise_for_failures()

    order_id = market.buy("TEE-1", quantity=2)
    push = market.pushes()[-1]
    with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as receipt:
        print(f"  pushed    {', '.join(event.type for event in receipt.events)}")
    order = shop.orders.get(order_id)
    print(f"  order     {order.lines[0].quantity.ordered} pieces, {order.totals.total}")

    market.advance(timedelta(hours=1))
    shop.orders.ship(order)
    market.advance(timedelta(minutes=10))
    label = shop.orders.label(order)
    print(f"  shipped   {shop.orders.tracking(order).tracking_number}, label of {len(label.read()):,} bytes")

    conversation = market.say("Is the tee pre-shrunk?")
    if can(shop, "messaging.send"):
        shop.messaging.send(conversation, "It is, and we ship within the day.")
        print("  answered  the question")


def advertise(ads: Client, wanted: list[CampaignInput], more: Budget) -> None:
    """Create campaigns, read what they brought, raise the best one's budget."""
    today = ads.market.now().date()
    campaigns = [ads.ads.campaigns.create(one, may_spend=True) for one in wanted]
    for campaign, sales in zip(campaigns, ("30", "95"), strict=True):
        ads.market.record_ads(campaign.id, today, spend="18", conversion_value=sales)
    report = ads.ads.report("campaign", since=today, until=today)
    best = max(report, key=lambda row: row.roas or 0)
    print(f"  best      spent {best.spend}, ROAS {best.roas:.2f}")
    raised = ads.ads.campaigns.update(best.campaign_id, budget=more)
    print(f"  raised    to {raised.budget.amount} a day")


def campaigns_of(ads: Client) -> list[CampaignInput]:
    """Two campaigns as each platform takes them: a product on Shopee, a name and an aim elsewhere."""
    currency = ads.accounts("ad")[0].currency or "USD"
    daily = Budget(kind="daily", amount=Money("60", currency))
    if ads.capabilities["catalog.list"]:
        ads.market.add_product("MUG-1", stock=9, price="9.50")
        ads.market.add_product("CAP-1", stock=9, price="12.50")
        return [CampaignInput(products=[one], budget=daily) for one in ads.catalog.list()]
    aim = Delivery(objective="conversions")
    return [CampaignInput(name=name, budget=daily, delivery=aim) for name in ("Tees", "Mugs")]


async def sell_awaiting(shop: AsyncClient) -> None:
    """The same names, awaited."""
    shop.market.add_product("TEE-1", stock=3, price="19.90")
    (await shop.catalog.set_stock([StockChange(sku="TEE-1", quantity=25)])).raise_for_failures()
    order = await shop.orders.get(shop.market.buy("TEE-1", quantity=2))
    shop.market.advance(timedelta(hours=1))
    await shop.orders.ship(order)
    shop.market.advance(timedelta(minutes=10))
    label = await shop.orders.label(order)
    print(f"  async     {order.totals.total}, label of {len(label.read()):,} bytes")


def main() -> None:
    """Everywhere the same day."""
    for name in SHOPS:
        print(name)
        sell(simulate(name))
        ads = simulate(ADS[name])
        wanted = campaigns_of(ads)
        assert wanted[0].budget is not None
        assert wanted[0].budget.amount is not None
        more = Budget(kind="daily", amount=wanted[0].budget.amount * 2)
        advertise(ads, wanted, more)
        asyncio.run(sell_awaiting(simulate(name, AsyncClient)))


if __name__ == "__main__":
    main()
