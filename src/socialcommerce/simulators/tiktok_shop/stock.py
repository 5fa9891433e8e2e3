"""Stock and prices of the pretend TikTok Shop, product by product, with errors SKU by SKU."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Product, Variant
from socialcommerce.simulators.tiktok_shop import push
from socialcommerce.simulators.tiktok_shop.defaults import WHOLE
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

__all__ = ["bad_status", "committed_units", "price_of", "product_of", "routes", "shelf_of"]

routes = Routes()

MOST = 99_999


def bad_status() -> Refused:
    """The refusal of what the status of a product does not allow."""
    return Refused(12052003, "The current product status does not allow the operation")


def product_of(call: Call, product_id: str | None = None) -> Product:
    """The product meant by the path (or ``product_id``), else the platform's refusal."""
    found = call.shop.products.get(call.path["product_id"] if product_id is None else product_id)
    if found is None:
        raise Refused(12052048, "The product does not belong to the seller")
    return found


def committed_units(shop: Account, variant: Variant) -> int:
    """Units promised to orders that have not left yet."""
    return sum(
        line.quantity - line.cancelled
        for order in shop.orders.values()
        if order.status in ("ready", "processed", "retry", "cancel_requested", "unpaid")
        for line in order.lines
        if line.variant is variant
    )


@routes.on("POST", "/product/202309/inventory/search")
def search(call: Call) -> Any:
    """Stock of up to 100 products, or of up to 600 SKUs, which win."""
    products, skus = call.body.get("product_ids") or [], call.body.get("sku_ids") or []
    if len(products) > 100 or len(skus) > 600 or not (products or skus):
        raise wrong("Give 1 to 100 `product_ids` or 1 to 600 `sku_ids`.")
    rows = []
    for found in call.shop.products.values():
        chosen = [one for one in found.variants if (one.id in skus if skus else found.id in products)]
        if chosen:
            rows.append({"product_id": found.id, "skus": [_level(call.shop, one) for one in chosen]})
    return {"inventory": rows} if rows else {}


def _level(shop: Account, variant: Variant) -> dict[str, Any]:
    held = committed_units(shop, variant)
    first = next(iter(variant.stock))
    return {
        "id": variant.id,
        "seller_sku": variant.sku,
        "total_available_quantity": variant.available,
        "total_committed_quantity": held,
        "total_available_inventory_distribution": {"in_shop_inventory": {"quantity": variant.available}},
        "warehouse_inventory": [
            {
                "warehouse_id": place,
                "available_quantity": units,
                "committed_quantity": held if place == first else 0,
            }
            for place, units in variant.stock.items()
        ],
    }


@routes.on("POST", "/product/202309/products/{product_id}/inventory/update")
def update_stock(call: Call) -> Any:
    """Set what can be bought of SKUs, for every warehouse of each."""
    found = product_of(call)
    if found.status in ("frozen", "deleted"):
        raise bad_status()
    errors = []
    for row in call.body["skus"]:
        variant = found.variant(row["id"])
        try:
            if variant is None:
                raise Refused(12052048, "The SKU does not belong to the product")
            _set(call, found, variant, shelf_of(call.shop, variant, row["inventory"]))
        except ShelfRefused as refusal:
            errors.append(refusal.error(sku_id=row["id"], extra_errors=refusal.extra))
        except Refused as refusal:
            errors.append(refusal.error(sku_id=row["id"]))
    return {"errors": errors} if errors else {}


class ShelfRefused(Refused):
    """Stock that cannot be set, with what is wrong at each warehouse."""

    def __init__(self, extra: list[dict[str, Any]]) -> None:
        super().__init__(12052990, "batch update inventory error")
        self.extra = extra


def shelf_of(shop: Account, variant: Variant | None, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Warehouse -> units out of an ``inventory`` list; every warehouse of the SKU must be in it."""
    known = {place.id for place in shop.locations}
    wanted = set(variant.stock) if variant is not None else set()
    given: dict[str, int] = {}
    extra: list[dict[str, Any]] = []
    for row in rows:
        place = row.get("warehouse_id") or (shop.locations[0].id if len(shop.locations) == 1 else "")
        units = row.get("quantity", 0)
        if place not in known:
            extra.append(_bad(place, 12052048, "The warehouse does not belong to the SKU"))
        elif not 0 <= units <= MOST:
            extra.append(_bad(place, 12052990, f"The quantity must be between 0 and {MOST}"))
        given[place] = units
    extra += [
        _bad(place, 12052990, "The warehouse of the SKU is missing") for place in sorted(wanted - set(given))
    ]
    if extra:
        raise ShelfRefused(extra)
    return given


def _bad(place: str, code: int, message: str) -> dict[str, Any]:
    return {"warehouse_id": place, "code": code, "message": message}


def _set(call: Call, found: Product, variant: Variant, shelf: Mapping[str, int]) -> None:
    before = variant.available
    variant.stock = dict(shelf)
    found.updated = call.twin.clock.now()
    if variant.available != before:
        push.inventory(call.twin, call.shop, found, variant, variant.available - before, 0)


def price_of(shop: Account, price: Mapping[str, Any]) -> Decimal:
    """The price out of ``{currency, amount}`` (or ``sale_price``, for global sellers)."""
    text = price.get("amount") or price.get("sale_price") or ""
    if price["currency"] != shop.currency:
        raise Refused(12052090, f"The currency must be {shop.currency}")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Refused(12052091, "The price is not a number") from None
    step = Decimal(1) if shop.currency in WHOLE else Decimal("0.01")
    if value <= 0 or not value.is_finite() or value % step:
        raise Refused(12052091, f"The price must be positive and a multiple of {step}")
    return value


@routes.on("POST", "/product/202309/products/{product_id}/prices/update")
def update_prices(call: Call) -> Any:
    """Set prices of SKUs of a live product outside any promotion; all or none."""
    found = product_of(call)
    if found.status != "active":
        raise bad_status()
    if found.promoted:
        raise Refused(12052098, "The product is in an ongoing promotion, the price can not be changed")
    changes: list[tuple[Variant, Decimal]] = []
    for row in call.body["skus"]:
        variant = found.variant(row["id"])
        if variant is None:
            raise Refused(12052048, "The SKU does not belong to the product")
        changes.append((variant, price_of(call.shop, row["price"])))
    for (variant, price), row in zip(changes, call.body["skus"], strict=True):
        variant.price = price
        if "list_price" in row:
            variant.native["list_price"] = row["list_price"]
    found.updated = call.twin.clock.now()
    push.product(
        call.twin,
        call.shop,
        found,
        "PRODUCT_INFORMATION_CHANGE",
        change_source="OPEN_API",
        changed_fields=["price"],
    )
    return {}
