"""A seller's day on a pretend marketplace: nothing to sign up for, nothing leaves this machine."""

import asyncio
from datetime import timedelta

from socialcommerce import (
    AsyncClient,
    Budget,
    CampaignInput,
    Client,
    Money,
    StockChange,
    simulate,
)


def sell(shop: Client) -> None:
    """List, stock, ship, advertise, answer: each line of output is one thing done."""
    market = shop.market
    market.add_product("TEE-1", stock=3, price="19.90")
    market.add_product("MUG-1", stock=40, price="9.50")

    for product in shop.catalog.list():
        variant = product.variants[0]
        print(f"  listed     {variant.sku}  {variant.price}  {variant.available} left")

    shop.catalog.set_stock([StockChange(sku="TEE-1", quantity=25)]).raise_for_failures()
    print("  stocked    TEE-1  25 can be bought now")

    market.buy("TEE-1", quantity=2)
    push = market.pushes()[-1]
    with shop.webhooks.receive(method="POST", headers=push.headers, body=push.body) as receipt:
        _, paid = receipt.events  # the first push about an order says both: created, and paid
        order = paid.fetch()  # the push is a signed hint; this reads the order
    print(f"  {paid.type} {order.id}  {order.lines[0].quantity.ordered} pieces, {order.totals.total}")

    market.advance(timedelta(hours=1))
    shop.orders.ship(order)  # the platform's default way; or Pickup, DropOff, OwnCarrier
    market.advance(timedelta(minutes=10))  # the parcel gets its number
    shipment = shop.orders.tracking(order)
    label = shop.orders.label(order)
    print(f"  shipped    {shipment.tracking_number}  label: {label.name}, {len(label.read()):,} bytes")

    advertise(shop)

    conversation = market.say("Is the tee pre-shrunk?")
    shop.messaging.send(conversation, "It is, and we ship within the day.")
    print("  answered   'Is the tee pre-shrunk?'")


def advertise(shop: Client) -> None:
    """Two campaigns; the better one gets more money, and only because the caller says so."""
    today = shop.market.now().date()
    daily = Budget(kind="daily", amount=Money("20", "SGD"))
    campaigns = [
        shop.ads.campaigns.create(CampaignInput(products=[product], budget=daily), may_spend=True)
        for product in shop.catalog.list()
    ]
    for campaign, sales in zip(campaigns, ("30", "95"), strict=True):
        shop.market.record_ads(campaign.id, today, spend="18", conversion_value=sales)

    report = shop.ads.report("campaign", since=today, until=today)
    for row in report:
        print(f"  advertised {row.campaign_id}  spent {row.spend}  ROAS {row.roas:.2f}")
    best = max(report, key=lambda row: row.roas or 0)
    raised = shop.ads.campaigns.update(
        best.campaign_id, budget=Budget(kind="daily", amount=Money("40", "SGD"))
    )
    print(f"  raised     {raised.id} to {raised.budget.amount} a day")


async def sell_awaiting(shop: AsyncClient) -> None:
    """The same names, awaited."""
    shop.market.add_product("TEE-1", stock=3, price="19.90")
    async for product in shop.catalog.list():
        print(f"  listed     {product.variants[0].sku}  {product.variants[0].price}")
    result = await shop.catalog.set_stock([StockChange(sku="TEE-1", quantity=25)])
    result.raise_for_failures()
    order = await shop.orders.get(shop.market.buy("TEE-1"))
    shipment = await shop.orders.ship(order)
    print(f"  shipped    {order.id} by {shipment.carrier}")


if __name__ == "__main__":
    print("A seller's day, one answer after the other:")
    with simulate("shopee") as shop:
        sell(shop)
    print("The same, in async:")
    asyncio.run(sell_awaiting(simulate("shopee", AsyncClient)))
