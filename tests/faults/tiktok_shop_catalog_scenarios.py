"""Every write of TikTok Shop's catalog as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from tests.faults.scenarios import PACKAGE, PICTURE, Scenario, listed, live, product
from tests.faults.tiktok_shop_write import Write, files, usd

from socialcommerce import Client
from socialcommerce.models import Media, PriceChange, ProductInput, StockChange, VariantInput
from socialcommerce.simulators.entities import Product
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS", "listing"]


TITLE = "A plain white mug for tea and coffee"
LEAF = "600001"


def listing(sku: str | None = "MUG", **fields: Any) -> ProductInput:
    given: dict[str, Any] = {
        "title": TITLE,
        "description": "A mug, plain and white, for tea and for coffee.",
        "categories": [LEAF],
        "media": [PICTURE],
        "package": PACKAGE,
        "variants": [VariantInput(sku=sku, quantity=5, price=usd("10"))],
    }
    return ProductInput(**given | fields)


def _named(market: Market, made: Product) -> int:
    """Whether the new title is there, on sale or under review."""
    pending = made.native["pending"] or {}
    return int("A new name for it" in (made.title, pending.get("title")))


def _described(shop: Client) -> Product:
    made = product(shop)
    made.description = "A mug, plain and white."
    return made


def _of_status(status: str) -> Callable[[Client], Product]:
    def arrange(shop: Client) -> Product:
        made = product(shop)
        made.status = status
        return made

    return arrange


def _is(*statuses: str) -> Callable[[Market, Product], int]:
    return lambda market, made: int(made.status in statuses)


def _catalog() -> Iterator[Scenario]:
    made = "POST /product/202309/products"
    edited = "POST */partial_edit"
    yield Write("catalog.create", made, lambda shop, _: shop.catalog.create(listing()), listed)
    yield Write(
        "catalog.create, without a SKU", made, lambda shop, _: shop.catalog.create(listing(None)), listed
    )
    yield Write(
        "catalog.create, of two inputs alike",
        made,
        lambda shop, _: shop.catalog.create(listing(None)),
        lambda market, _: len(live(market)) - 1,
        lambda shop: shop.catalog.create(listing(None)),
    )
    yield Write(
        "catalog.create, a draft",
        made,
        lambda shop, _: shop.catalog.create(listing(status="draft")),
        listed,
    )
    yield Write(
        "catalog.update",
        edited,
        lambda shop, one: shop.catalog.update(one.id, title="A new name for it"),
        _named,
        product,
    )
    yield Write(
        "catalog.update, whole",
        "PUT /product/202509/products/*",
        lambda shop, one: shop.catalog.update(one.id, native={"minimum_order_quantity": 3}),
        lambda market, one: int((one.native["pending"] or one.native).get("minimum_order_quantity") == 3),
        _described,
    )
    yield Write(
        "catalog.update, off sale too",
        "POST */deactivate",
        lambda shop, one: shop.catalog.update(one.id, title="A new name for it", status="inactive"),
        _is("inactive"),
        product,
    )
    yield Write(
        "catalog.delete",
        "DELETE /product/202309/products",
        lambda shop, one: shop.catalog.delete(one.id),
        _is("deleted"),
        product,
    )
    yield Write(
        "catalog.publish",
        "POST */products/activate",
        lambda shop, one: shop.catalog.publish(one.id),
        _is("pending", "active"),
        _of_status("inactive"),
    )
    yield Write(
        "catalog.publish, a draft",
        edited,
        lambda shop, one: shop.catalog.publish(one.id),
        _is("pending", "active"),
        _of_status("draft"),
    )
    yield Write(
        "catalog.unpublish",
        "POST */products/deactivate",
        lambda shop, one: shop.catalog.unpublish(one.id),
        _is("inactive"),
        product,
    )
    yield Write(
        "catalog.set_stock",
        "POST */inventory/update",
        lambda shop, _: shop.catalog.set_stock([StockChange(sku="MUG", quantity=25)]),
        lambda market, one: int(one.variants[0].available == 25),
        product,
    )
    yield Write(
        "catalog.set_stock, adding",
        "POST */inventory/update",
        lambda shop, _: shop.catalog.set_stock([StockChange(sku="MUG", quantity=5, mode="add", expected=10)]),
        lambda market, one: (one.variants[0].available - 10) // 5,
        product,
    )
    yield Write(
        "catalog.set_prices",
        "POST */prices/update",
        lambda shop, _: shop.catalog.set_prices([PriceChange(sku="MUG", base_price=usd("12.50"))]),
        lambda market, one: int(one.variants[0].price == Decimal("12.5")),
        product,
    )
    yield Write("catalog.upsert, making", made, lambda shop, _: shop.catalog.upsert([listing()]), listed)
    yield Write(
        "catalog.upsert, changing",
        edited,
        lambda shop, _: shop.catalog.upsert([listing(title="A new name for it")]),
        _named,
        lambda shop: shop.market.add_product("MUG", 10, category_id=LEAF),
    )
    yield Write(
        "catalog.upload_media",
        "POST /product/202309/images/upload",
        lambda shop, _: shop.catalog.upload_media(PICTURE),
        lambda market, _: min(1, len(market.twins["tiktok_shop"].images)),  # type: ignore[attr-defined]  # a picture that nobody names is harmless
    )
    yield Write(
        "catalog.upload_media, a document",
        "POST /product/202309/files/upload",
        lambda shop, _: shop.catalog.upload_media(Media.from_bytes(b"%PDF-1.4", "application/pdf")),
        lambda market, _: files(market, "/obj/"),
    )


SCENARIOS: tuple[Scenario, ...] = tuple(_catalog())
