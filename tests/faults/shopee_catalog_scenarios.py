"""Every write of Shopee's catalog as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from tests.faults.scenarios import PACKAGE, PICTURE, Scenario, listed, live, product

from socialcommerce import Client
from socialcommerce.models import Money, PriceChange, ProductInput, StockChange, VariantInput
from socialcommerce.simulators.entities import Product
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS", "mug", "sgd", "shirt"]


def sgd(amount: str) -> Money:
    return Money(amount, "SGD")


def mug(sku: str | None = "MUG", **fields: Any) -> ProductInput:
    given: dict[str, Any] = {
        "title": "A plain white mug",
        "description": "A mug, plain and white, for tea and for coffee.",
        "categories": ["100636"],
        "media": [PICTURE],
        "package": PACKAGE,
        "variants": [VariantInput(sku=sku, quantity=5, price=sgd("10"))],
    }
    return ProductInput(**given | fields)


def shirt(*colours: str) -> ProductInput:
    variants = [
        VariantInput(sku=f"T-{colour}", quantity=3, price=sgd("10"), options={"Colour": colour})
        for colour in colours
    ]
    return mug(title="A plain cotton shirt", variants=variants)


def sized() -> list[VariantInput]:
    """Two colours in two sizes."""
    return [
        VariantInput(
            sku=f"T-{colour}-{size}", quantity=3, price=sgd("10"), options={"Colour": colour, "Size": size}
        )
        for colour in ("red", "blue")
        for size in ("S", "M")
    ]


def _made(shop: Client, wanted: ProductInput) -> Product:
    found: Product = shop.market.default.products[shop.catalog.create(wanted).id]
    return found


def shirt_of_two(shop: Client) -> Product:
    return _made(shop, shirt("red", "blue"))


def variants(names: set[str]) -> Callable[[Market, Product], int]:
    def count(market: Market, made: Product) -> int:
        return int({variant.sku for variant in made.variants} == names)

    return count


def _catalog() -> Iterator[Scenario]:
    yield Scenario("catalog.create", "*/product/add_item", lambda shop, _: shop.catalog.create(mug()), listed)
    yield Scenario(
        "catalog.create, of two inputs alike",
        "*/product/add_item",
        lambda shop, _: shop.catalog.create(mug(None)),
        lambda market, _: len(live(market)) - 1,
        arrange=lambda shop: shop.catalog.create(mug(None)),
    )
    for step in ("add_item", "init_tier_variation"):
        yield Scenario(
            f"catalog.create with variants, at {step}",
            f"*/product/{step}",
            lambda shop, _: shop.catalog.create(shirt("red", "blue")),
            _whole if step == "init_tier_variation" else listed,
        )
    yield Scenario(
        "catalog.update",
        "*/product/update_item",
        lambda shop, one: shop.catalog.update(one.id, title="A new name for it"),
        lambda market, one: int(one.title == "A new name for it"),
        product,
    )
    for step, colours in (("add_model", ("red", "blue", "green")), ("update_tier_variation", ("red",))):
        wanted = shirt(*colours).variants
        yield Scenario(
            f"catalog.update of variants, at {step}",
            f"*/product/{step}",
            lambda shop, one, wanted=wanted: shop.catalog.update(one.id, variants=wanted),
            variants({f"T-{colour}" for colour in colours}),
            shirt_of_two,
        )
    yield Scenario(
        "catalog.update of variants, at delete_model",
        "*/product/delete_model",
        lambda shop, one: shop.catalog.update(one.id, variants=sized()[:3]),
        lambda market, one: 4 - len(one.variants),
        lambda shop: _made(shop, mug(title="A shirt in sizes", variants=sized())),
    )
    yield Scenario(
        "catalog.delete",
        "*/product/delete_item",
        lambda shop, one: shop.catalog.delete(one.id),
        lambda market, one: int(one.status == "deleted"),
        product,
    )
    yield Scenario(
        "catalog.publish",
        "*/product/unlist_item",
        lambda shop, one: shop.catalog.publish(one.id),
        lambda market, one: int(one.status == "active"),
        _unlisted,
    )
    yield Scenario(
        "catalog.unpublish",
        "*/product/unlist_item",
        lambda shop, one: shop.catalog.unpublish(one.id),
        lambda market, one: int(one.status == "unlisted"),
        product,
    )
    yield Scenario(
        "catalog.set_stock",
        "*/product/update_stock",
        lambda shop, _: shop.catalog.set_stock([StockChange(sku="MUG", quantity=25)]),
        lambda market, one: int(one.variants[0].available == 25),
        product,
    )
    yield Scenario(
        "catalog.set_stock, adding",
        "*/product/update_stock",
        lambda shop, _: shop.catalog.set_stock([StockChange(sku="MUG", quantity=5, mode="add", expected=10)]),
        lambda market, one: (one.variants[0].available - 10) // 5,
        product,
    )
    yield Scenario(
        "catalog.set_prices",
        "*/product/update_price",
        lambda shop, _: shop.catalog.set_prices([PriceChange(sku="MUG", base_price=sgd("12.50"))]),
        lambda market, one: int(one.variants[0].price == Decimal("12.5")),
        product,
    )
    yield Scenario(
        "catalog.upsert, making",
        "*/product/add_item",
        lambda shop, _: shop.catalog.upsert([mug()]),
        listed,
    )
    yield Scenario(
        "catalog.upsert, changing",
        "*/product/update_item",
        lambda shop, _: shop.catalog.upsert([mug()]),
        lambda market, one: int(one.title == "A plain white mug"),
        product,
    )
    yield Scenario(
        "catalog.upload_media",
        "*/media_space/upload_image",
        lambda shop, _: shop.catalog.upload_media(PICTURE),
        lambda market, _: min(1, len(market.twins["shopee"].images)),  # type: ignore[attr-defined]  # a picture that nobody names is harmless
    )


def _whole(market: Market, _: Any) -> int:
    return sum(len(one.variants) == 2 for one in live(market))


def _unlisted(shop: Client) -> Product:
    one = product(shop)
    one.status = "unlisted"
    return one


SCENARIOS: tuple[Scenario, ...] = tuple(_catalog())
