"""One seller's day as one function, run unchanged on every platform, sync and async; all of it offline.

No platform is named in the story. What one cannot do it says itself: the story asks the client's
capabilities, and prints the reason in place of what would have happened.
"""

import asyncio
from datetime import timedelta

from socialcommerce import AsyncClient, Budget, CampaignInput, Client, Delivery, Money, StockChange, simulate

PLATFORMS = ("shopee", "tiktok_shop", "tiktok_ads", "meta", "whatsapp")
DECLARED = {"meta": {"special_ad_categories": []}}
"""What only the seller can declare, in the platform's own words: these ads are about nothing special."""


def can(client: Client, operation: str) -> bool:
    """Whether the platform does it; where not, say why."""
    capability = client.capabilities[operation]
    if not capability:
        print(f"  no        {operation}: {capability.reason}")
    return bool(capability)


def day(client: Client) -> None:
    """List, sell, answer, advertise: whatever of it there is."""
    if can(client, "catalog.list"):
        stock(client)
    if can(client, "orders.get"):
        sell(client)
    if can(client, "messaging.send"):
        answer(client)
    if can(client, "ads.campaigns.create"):
        advertise(client)


def stock(client: Client) -> None:
    """Put two products on sale, and more of each into stock."""
    for sku, price in (("TEE-1", "19.90"), ("MUG-1", "9.50")):
        client.market.add_product(sku, stock=3, price=price)
    for product in client.catalog.list():
        print(f"  listed    {product.variants[0].sku}  {product.variants[0].price}")
    changes = [StockChange(sku=sku, quantity=25) for sku in ("TEE-1", "MUG-1")]
    client.catalog.set_stock(changes).raise_for_failures()


def hear(client: Client) -> None:
    """Take the pushes that came; what was handled before is told apart."""
    heard = []
    for push in client.market.pushes():
        with client.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as receipt:
            heard += [event.type for event in receipt.events]
    print(f"  heard     {', '.join(dict.fromkeys(heard))}")


def sell(client: Client) -> None:
    """A buyer orders; ship it within the hour."""
    order_id = client.market.buy("TEE-1", quantity=2)
    hear(client)
    order = client.orders.get(order_id)
    print(f"  order     {order.lines[0].quantity.ordered} pieces, {order.totals.total}")
    client.market.advance(timedelta(hours=1))  # until then a buyer may change their mind
    shipment = client.orders.ship(order)
    print(f"  shipped   {shipment.status}")
    client.market.advance(timedelta(minutes=10))
    if can(client, "orders.label"):
        label, number = client.orders.label(order), client.orders.tracking(order).tracking_number
        print(f"  label     {len(label.read()):,} bytes for {number}")


def answer(client: Client) -> None:
    """Somebody asks, and is answered where they asked."""
    conversation = client.market.say("Is the tee pre-shrunk?")
    hear(client)
    client.messaging.send(conversation, "It is, and we ship within the day.")
    print(f"  answered  {client.market.outbox[-1].contents[0]['text']}")


def advertise(client: Client) -> None:
    """Create campaigns, read what they brought, raise the best one's budget."""
    today = client.market.now().date()
    campaigns = [client.ads.campaigns.create(one, may_spend=True) for one in wanted(client)]
    for campaign, sales in zip(campaigns, ("30", "95"), strict=True):
        client.market.record_ads(campaign.id, today, spend="18", conversion_value=sales)
    report = client.ads.report("campaign", since=today, until=today)
    best = max(report, key=lambda row: row.roas or 0)
    print(f"  best      spent {best.spend}, ROAS {best.roas:.2f}")
    raised = client.ads.campaigns.update(best.campaign_id, budget=daily(client, "120"))
    print(f"  raised    to {raised.budget.amount} a day")


def wanted(client: Client) -> list[CampaignInput]:
    """Two campaigns as the platform takes them, which it checks itself: by product, or by name and aim."""
    budget, aim = daily(client, "60"), Delivery(objective="conversions")
    products = client.catalog.list().collect(2) if client.capabilities["catalog.list"] else []
    declared = DECLARED.get(client.backend.name, {})
    by_product = [CampaignInput(products=[one], budget=budget) for one in products]
    by_name = [
        CampaignInput(name=name, budget=budget, delivery=aim, native=declared) for name in ("Tees", "Mugs")
    ]
    return next(some for some in (by_product, by_name) if some and all(map(client.ads.check, some)))


def daily(client: Client, amount: str) -> Budget:
    """A budget in the currency that the account pays in."""
    return Budget(kind="daily", amount=Money(amount, client.accounts("ad")[0].currency or "USD"))


async def day_awaited(client: AsyncClient) -> None:
    """The same names, awaited."""
    if client.capabilities["orders.ship"]:
        client.market.add_product("TEE-1", stock=3, price="19.90")
        order_id = client.market.buy("TEE-1", quantity=2)
        await hear_awaited(client)
        order = await client.orders.get(order_id)
        client.market.advance(timedelta(hours=1))
        shipment = await client.orders.ship(order)
        print(f"  shipped   {order.totals.total}, {shipment.status}, awaited")
    if client.capabilities["messaging.send"]:
        conversation = client.market.say("Is it in stock?")
        await hear_awaited(client)
        receipt = await client.messaging.send(conversation, "It is.")
        print(f"  answered  {len(receipt.ids)} message, awaited")


async def hear_awaited(client: AsyncClient) -> None:
    """Take the pushes; verifying asks nobody, so only the handling is awaited."""
    heard = []
    for push in client.market.pushes():
        receipt = client.webhooks.receive(method=push.method, headers=push.headers, body=push.body)
        async with receipt:
            heard += [event.type for event in receipt.events]
    print(f"  heard     {', '.join(dict.fromkeys(heard))}, awaited")


async def awaited(name: str) -> None:
    """An asynchronous client from its opening to its closing."""
    async with simulate(name, AsyncClient) as client:
        await day_awaited(client)


def main() -> None:
    """Everywhere the same day."""
    for name in PLATFORMS:
        print(name)
        with simulate(name) as client:
            day(client)
        asyncio.run(awaited(name))


if __name__ == "__main__":
    main()
