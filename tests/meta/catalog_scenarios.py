"""Every write of a Meta catalogue as data, which Facebook's sellers and WhatsApp's have alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve
from tests.faults.scenarios import Scenario

from socialcommerce import Client, Media, Money, PriceChange, ProductInput, StockChange, VariantInput
from socialcommerce.simulators.entities import Product
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS", "mug", "shirts", "usd"]

BATCH = "POST */items_batch"
Looks = Callable[[Product], bool]


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def mug(**fields: Any) -> ProductInput:
    given: dict[str, Any] = {
        "title": "A plain white mug",
        "description": "of clay",
        "url": "https://shop.example.com/mug",
        "media": [Media.from_url("https://cdn.example.com/1.jpg")],
        "variants": [VariantInput(sku="MUG", quantity=5, price=usd("12.50"))],
    }
    return ProductInput(**given | fields)


def shirts(*colours: str) -> list[VariantInput]:
    return [
        VariantInput(sku=f"TEE-{one}", quantity=3, price=usd("20"), options={"Color": one}) for one in colours
    ]


def settled(market: Market) -> Market:
    """The world once every batch that was taken is worked off."""
    market.advance(timedelta(minutes=10))
    return market


def listed(market: Market, _: Any) -> int:
    return sum(one.status != "deleted" for one in settled(market).default.products.values())


def looks(wanted: Looks) -> Callable[[Market, Product], int]:
    return lambda market, one: int(wanted(settled(market).default.products[one.id]))


def product(shop: Client) -> Product:
    made: Product = shop.market.add_product("MUG", 10)
    return made


def item(one: Product) -> str:
    return str(one.variants[0].id)


def off_sale(shop: Client) -> Product:
    one = product(shop)
    shop.catalog.unpublish(item(one))
    return one


def two_shirts(shop: Client) -> Product:
    made = shop.catalog.create(mug(title="A shirt", variants=shirts("Red", "Blue")))
    found: Product = shop.market.default.products[made.id]
    return found


def whole(count: int) -> Callable[[Market, Any], int]:
    def found(market: Market, _: Any) -> int:
        return sum(len(one.variants) == count for one in settled(market).default.products.values())

    return found


def _writes() -> Iterator[Scenario]:
    yield Scenario("catalog.create", BATCH, lambda shop, _: shop.catalog.create(mug()), listed)
    yield Scenario(
        "catalog.create with variants",
        BATCH,
        lambda shop, _: shop.catalog.create(mug(variants=shirts("Red", "Blue"))),
        whole(2),
    )
    yield Scenario(
        "catalog.update",
        BATCH,
        lambda shop, one: shop.catalog.update(item(one), title="A new name for it"),
        looks(lambda one: one.title == "A new name for it"),
        product,
    )
    yield Scenario(
        "catalog.update of variants",
        BATCH,
        lambda shop, one: shop.catalog.update(one.id, variants=shirts("Blue", "Green")),
        looks(lambda one: {variant.sku for variant in one.variants} == {"TEE-Blue", "TEE-Green"}),
        two_shirts,
    )
    yield Scenario(
        "catalog.delete",
        BATCH,
        lambda shop, one: shop.catalog.delete(item(one)),
        looks(lambda one: one.status == "deleted"),
        product,
    )
    yield Scenario(
        "catalog.publish",
        BATCH,
        lambda shop, one: shop.catalog.publish(item(one)),
        looks(lambda one: one.status == "active"),
        off_sale,
    )
    yield Scenario(
        "catalog.unpublish",
        BATCH,
        lambda shop, one: shop.catalog.unpublish(item(one)),
        looks(lambda one: one.status == "inactive"),
        product,
    )
    yield Scenario(
        "catalog.set_stock",
        BATCH,
        lambda shop, _: shop.catalog.set_stock([StockChange(sku="MUG", quantity=25)]),
        looks(lambda one: one.variants[0].available == 25),
        product,
    )
    yield Scenario(
        "catalog.set_prices",
        BATCH,
        lambda shop, _: shop.catalog.set_prices([PriceChange(sku="MUG", base_price=usd("9.95"))]),
        looks(lambda one: one.variants[0].price == Decimal("9.95")),
        product,
    )
    yield Scenario("catalog.upsert, making", BATCH, lambda shop, _: shop.catalog.upsert([mug()]), listed)
    yield Scenario(
        "catalog.upsert, changing",
        BATCH,
        lambda shop, _: shop.catalog.upsert([mug()]),
        looks(lambda one: one.title == "A plain white mug"),
        product,
    )


SCENARIOS = tuple(
    evolve(one, platform=platform, currency="USD") for platform in ("meta", "whatsapp") for one in _writes()
)
