"""Global products of the pretend TikTok Shop: kept once by a cross-border seller, published to shops."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.entities import Product, Variant
from socialcommerce.simulators.tiktok_shop import review
from socialcommerce.simulators.tiktok_shop.defaults import entity_options, product_fields
from socialcommerce.simulators.tiktok_shop.taxonomy import check_leaf
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes

__all__ = ["routes"]

routes = Routes()

Fields = dict[str, Any]
SHOWN = ("title", "description", "package_weight", "package_dimensions", "external_global_product_id")


def _found(call: Call, key: str | None = None) -> Fields:
    found = call.twin.global_products.get(call.path["global_product_id"] if key is None else key)
    if found is None or found["status"] == "DELETED":
        raise Refused(12052048, "The product does not belong to the seller")
    return found


def _skus(call: Call, rows: list[Fields]) -> list[Fields]:
    return [row | {"id": row.get("id") or call.twin.new_id("variant")} for row in rows]


def _answer(found: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {"id": one["id"], "seller_sku": one.get("seller_sku", ""), "sales_attributes": []}
        for one in found["skus"]
    ]
    return {"global_skus": rows}


@routes.on("POST", "/product/202309/global_products")
def create(call: Call) -> Any:
    """A new global product, not published anywhere."""
    check_leaf(call.body["category_id"])
    key, now = call.twin.new_id("global"), call.now
    found = dict(call.body) | {
        "id": key,
        "status": "UNPUBLISHED",
        "created": now,
        "updated": now,
        "products": [],
    }
    found["skus"] = _skus(call, call.body["skus"])
    call.twin.global_products[key] = found
    return {"global_product_id": key} | _answer(found)


@routes.on("GET", "/product/202309/global_products/{global_product_id}")
def detail(call: Call) -> Any:
    """One global product, and the products that it became."""
    found = _found(call)
    return {name: found[name] for name in SHOWN if name in found} | {
        "id": found["id"],
        "category": {"id": found["category_id"]},
        "main_images": [{"uri": one["uri"], "width": 600, "height": 600} for one in found["main_images"]],
        "skus": [
            {name: one[name] for name in ("id", "seller_sku", "price", "inventory") if name in one}
            for one in found["skus"]
        ],
        "products": found["products"],
        "create_time": found["created"],
        "update_time": found["updated"],
    }


@routes.on("PUT", "/product/202309/global_products/{global_product_id}")
@routes.on("PUT", "/product/202509/global_products/{global_product_id}/partial_edit")
def edit(call: Call) -> Any:
    """Write fields of a global product."""
    found = _found(call)
    if "category_id" in call.body:
        check_leaf(call.body["category_id"])
    found |= dict(call.body) | {"updated": call.now}
    if "skus" in call.body:
        found["skus"] = _skus(call, call.body["skus"])
    return _answer(found) | {"publish_results": []}


@routes.on("DELETE", "/product/202309/global_products")
def delete(call: Call) -> Any:
    """Delete global products; the products that they became stay."""
    errors = []
    for key in call.body["global_product_ids"]:
        try:
            _found(call, key)["status"] = "DELETED"
        except Refused as refusal:
            errors.append(refusal.error(global_product_id=key))
    return {"errors": errors} if errors else {}


@routes.on("POST", "/product/202312/global_products/search")
def search(call: Call) -> Any:
    """Global products by status, SKU and time."""
    wish = call.body
    rows = [
        one
        for one in call.twin.global_products.values()
        if wish.get("status") in (None, one["status"])
        and (
            not wish.get("seller_skus")
            or any(sku.get("seller_sku") in wish["seller_skus"] for sku in one["skus"])
        )
        and wish.get("update_time_ge", 0) <= one["updated"] <= wish.get("update_time_le", float("inf"))
        and wish.get("create_time_ge", 0) <= one["created"] <= wish.get("create_time_le", float("inf"))
    ]
    return call.page("global_products", rows, _row, 100)


def _row(one: Fields) -> dict[str, Any]:
    skus = [{"id": sku["id"], "seller_sku": sku.get("seller_sku", "")} for sku in one["skus"]]
    return {
        "id": one["id"],
        "title": one["title"],
        "status": one["status"],
        "skus": skus,
        "create_time": one["created"],
        "update_time": one["updated"],
    }


@routes.on("POST", "/product/202309/global_products/{global_product_id}/inventory/update")
def update_stock(call: Call) -> Any:
    """Set what lies in the global warehouses."""
    found = _found(call)
    wanted = {row["id"]: row["inventory"] for row in call.body["global_skus"]}
    if not set(wanted) <= {one["id"] for one in found["skus"]}:
        raise Refused(12052048, "The SKU does not belong to the product")
    for one in found["skus"]:
        one["inventory"] = wanted.get(one["id"], one.get("inventory", []))
    return {}


@routes.on("POST", "/product/202309/global_products/{global_product_id}/publish")
def publish(call: Call) -> Any:
    """Make products of it in the seller's shops of some regions; each goes to review there."""
    found, products, results = _found(call), [], []
    for target in call.body["publish_target"]:
        shop = next((one for one in call.twin.accounts if one.region == target["region"]), None)
        result: Fields = {"region": target["region"], "status": "SUCCESS" if shop else "FAILED"}
        if shop is None:
            results.append(result | {"fail_reasons": [{"message": "There is no shop in the region"}]})
            continue
        results.append(result)
        now = call.twin.clock.now()
        variants = [_variant(call, found, shop.locations[0].id, row) for row in target["skus"]]
        native = product_fields(call.twin) | {
            "category_id": found["category_id"],
            "main_images": found["main_images"],
        }
        made = Product(
            call.twin.new_id("product"),
            variants[0].sku,
            found["title"],
            variants,
            now,
            now,
            status="draft",
            description=found["description"],
            native=native,
        )
        shop.products[made.id] = made
        call.twin.happened("product.created", shop, made)
        review.submit(call.twin, shop, made)
        found["status"] = "PUBLISHED"
        found["products"].append({"region": shop.region, "id": made.id})
        rows = [
            {"related_global_sku_id": row["related_global_sku_id"], "id": one.id, "seller_sku": one.sku}
            for row, one in zip(target["skus"], variants, strict=True)
        ]
        products.append({"region": shop.region, "shop_id": shop.id, "id": made.id, "skus": rows})
    return {"products": products, "publish_result": results}


def _variant(call: Call, found: Fields, place: str, row: Fields) -> Variant:
    source = next((one for one in found["skus"] if one["id"] == row["related_global_sku_id"]), None)
    if source is None:
        raise Refused(12052048, "The SKU does not belong to the product")
    price = row.get("price") or source["price"]
    value = Decimal(price.get("sale_price") or price["amount"])
    units = (row.get("inventory") or {}).get("quantity", 0)
    variant = Variant(call.twin.new_id("variant"), source.get("seller_sku", ""), value, {place: units})
    entity_options(variant)
    return variant
