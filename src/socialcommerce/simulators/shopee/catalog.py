"""Reading what a pretend Shopee shop sells."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Product, Variant
from socialcommerce.simulators.shopee.defaults import CHANNEL_NAMES, ITEM_STATUS
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["image_url", "item_of", "routes"]

routes = Routes()

READABLE_AFTER_DELETE = 90 * 86400
ITEM_NOT_FOUND = "Product not found"


def item_of(call: Call, item_id: int) -> Product:
    """An item that can still be worked on, else the platform's refusal."""
    product = call.shop.products.get(str(item_id))
    if product is None or product.status in ("deleted", "removed"):
        raise Refused("product.error_item_not_found", ITEM_NOT_FOUND)
    return product


def image_url(image_id: str) -> str:
    """Where an image is shown."""
    return f"https://cf.shopee.sg/file/{image_id}"


def _readable(call: Call) -> list[Product]:
    limit = call.now - READABLE_AFTER_DELETE
    return [one for one in call.shop.products.values() if one.status != "deleted" or one.updated > limit]


@routes.get("product/get_item_list")
def item_list(call: Call) -> Any:
    """Ids of the items in the named statuses, narrowed by update time."""
    size = call.twin.page(call.within("page_size", 1, 100))
    offset = call.within("offset", 0, 2**31)
    statuses = set(call.params["item_status"])
    if not statuses <= set(ITEM_STATUS.values()):
        raise wrong(call.operation, "item_status is unknown.")
    if offset > call.twin.max_offset and offset not in call.twin.offsets_given:
        raise wrong(call.operation, "get items offset over limit, please use the next field")
    earliest, latest = call.get("update_time_from", 0), call.get("update_time_to", 2**62)
    fitting = [
        one
        for one in _readable(call)
        if ITEM_STATUS[one.status] in statuses and earliest <= int(one.updated) <= latest
    ]
    page = fitting[offset : offset + size]
    call.twin.offsets_given.add(offset + len(page))
    rows = [
        {
            "item_id": int(one.id),
            "item_status": ITEM_STATUS[one.status],
            "update_time": int(one.updated),
            "tag": {"kit": False},
        }
        for one in page
    ]
    return {
        "item": rows,
        "total_count": len(fitting),
        "has_next_page": offset + size < len(fitting),
        "next_offset": offset + len(page),
    }


@routes.get("product/search_item")
def search(call: Call) -> Any:
    """Ids by title or parent SKU; the offset is an opaque text."""
    size = call.twin.page(call.within("page_size", 1, 100))
    start = _cursor(call)
    name, sku = call.get("item_name", "").lower(), call.get("item_sku")
    statuses = call.get("item_status") or ["NORMAL", "BANNED", "UNLIST", "REVIEWING"]
    fitting = [
        int(one.id)
        for one in call.shop.products.values()
        if ITEM_STATUS[one.status] in statuses
        and name in one.title.lower()
        and (sku is None or one.sku == sku)
    ]
    more = start + size < len(fitting)
    return {
        "item_id_list": fitting[start : start + size],
        "total_count": len(fitting),
        "next_offset": f"AA{start + size:x}" if more else "",
    }


def _cursor(call: Call) -> int:
    text = call.get("offset", "")
    try:
        return int(text.removeprefix("AA"), 16) if text else 0
    except ValueError:
        raise wrong(call.operation, "offset is invalid.") from None


@routes.get("product/get_item_base_info")
def base_info(call: Call) -> Any:
    """Up to fifty items; unknown ids are left out, and refused where none is known."""
    wanted = call.params["item_id_list"]
    if not 1 <= len(wanted) <= 50:
        raise wrong(call.operation, "item_id_list should hold 1 to 50 entries.")
    known = {int(one.id): one for one in _readable(call)}
    rows = [_item(call, known[one]) for one in wanted if one in known]
    if not rows:
        raise Refused("product.error_item_not_found", ITEM_NOT_FOUND)
    return {"item_list": rows}


def _item(call: Call, product: Product) -> dict[str, Any]:
    native = product.native
    has_model = bool(native["tiers"])
    item: dict[str, Any] = {
        "item_id": int(product.id),
        "category_id": native["category_id"],
        "item_name": product.title,
        "description": product.description,
        "item_sku": product.sku,
        "create_time": int(product.created),
        "update_time": int(product.updated),
        "attribute_list": [_attribute(one) for one in native["attribute_list"]],
        "image": {
            "image_url_list": [image_url(one) for one in native["images"]],
            "image_id_list": native["images"],
            "image_ratio": "1:1",
        },
        "weight": f"{native['weight']:.2f}",
        "dimension": native["dimension"],
        "logistic_info": [_logistics(one) for one in native["logistic_info"]],
        "pre_order": native["pre_order"],
        "wholesales": native.get("wholesale", []),
        "condition": native["condition"],
        "size_chart": "",
        "item_status": ITEM_STATUS[product.status],
        "deboost": "FALSE",
        "has_model": has_model,
        "has_promotion": product.promoted,
        "video_info": native.get("video_info", []),
        "brand": native["brand"],
        "item_dangerous": native.get("item_dangerous", 0),
        "gtin_code": native.get("gtin_code", ""),
        "description_type": "normal",
        "tag": {"kit": False},
    }
    if call.get("need_tax_info"):
        item["tax_info"] = native.get("tax_info", {})
    return item if has_model else item | _of_its_own(call.shop, product.variants[0])


def _of_its_own(shop: Account, variant: Variant) -> dict[str, Any]:
    """Price and stock, which an item tells itself only where it has no models."""
    stock = stock_info(variant)
    for one in stock["shopee_stock"]:
        one["stock"] = int(one["stock"])
    return {"price_info": [price_info(shop, variant)], "stock_info_v2": stock}


def _attribute(sent: dict[str, Any]) -> dict[str, Any]:
    return {
        "attribute_id": sent["attribute_id"],
        "original_attribute_name": "Material",
        "is_mandatory": False,
        "attribute_value_list": [
            {
                "value_id": one["value_id"],
                "original_value_name": one.get("original_value_name", ""),
                "value_unit": one.get("value_unit", ""),
            }
            for one in sent.get("attribute_value_list", [])
        ],
    }


def _logistics(info: dict[str, Any]) -> dict[str, Any]:
    return {
        "logistic_id": info["logistic_id"],
        "logistic_name": CHANNEL_NAMES.get(info["logistic_id"], "Channel"),
        "enabled": info["enabled"],
        "shipping_fee": info.get("shipping_fee", 0),
        "size_id": info.get("size_id", 0),
        "is_free": info.get("is_free", False),
        "estimated_shipping_fee": Decimal("4.02"),
    }


def price_info(shop: Account, variant: Variant) -> dict[str, Any]:
    """The prices of a variant: the written one, and the one paid now."""
    current = variant.native.get("promotion_price", variant.price)
    return {
        "currency": shop.currency,
        "original_price": variant.price,
        "current_price": current,
        "inflated_price_of_original_price": variant.price,
        "inflated_price_of_current_price": current,
    }


def stock_info(variant: Variant) -> dict[str, Any]:
    """The stock of a variant: what can be sold, what is reserved, and where it lies.

    The platform's own warehouse writes its numbers as texts.
    """
    warehouse = variant.native.get("shopee_stock", 0)
    return {
        "summary_info": {
            "total_reserved_stock": variant.reserved,
            "total_available_stock": variant.available + warehouse,
        },
        "seller_stock": [
            {"location_id": place, "stock": units, "if_saleable": True}
            for place, units in variant.stock.items()
        ],
        "shopee_stock": [{"location_id": "", "stock": str(warehouse)}] if warehouse else [],
    }


@routes.get("product/get_model_list")
def models(call: Call) -> Any:
    """The tiers of an item and its models; both empty for an item without."""
    product = item_of(call, call.params["item_id"])
    tiers = product.native["tiers"]
    return {
        "tier_variation": [legacy_tier(one) for one in tiers],
        "standardise_tier_variation": [_tier(one) for one in tiers],
        "model": [_model(call.shop, product, one) for one in product.variants] if tiers else [],
    }


def legacy_tier(tier: dict[str, Any]) -> dict[str, Any]:
    """A tier in the older words."""
    return {"name": tier["name"], "option_list": [_legacy_option(one) for one in tier["options"]]}


def _legacy_option(option: dict[str, Any]) -> dict[str, Any]:
    image = option.get("image_id")
    shown = {"image": {"image_id": image, "image_url": image_url(image)}} if image else {}
    return {"option": option["name"], **shown}


def _tier(tier: dict[str, Any]) -> dict[str, Any]:
    options = [
        {
            "variation_option_id": one["id"],
            "variation_option_name": one["name"],
            **(
                {"image_id": one["image_id"], "image_url": image_url(one["image_id"])}
                if one.get("image_id")
                else {}
            ),
        }
        for one in tier["options"]
    ]
    return {
        "variation_id": tier["id"],
        "variation_name": tier["name"],
        "variation_group_id": tier["group"],
        "variation_option_list": options,
    }


def _model(shop: Account, product: Product, variant: Variant) -> dict[str, Any]:
    return {
        "model_id": int(variant.id),
        "tier_index": list(variant.options),
        "model_sku": variant.sku,
        "model_status": variant.native.get("status", "MODEL_NORMAL"),
        "promotion_id": 104993304719361 if product.promoted else 0,
        "has_promotion": product.promoted,
        "price_info": [price_info(shop, variant)],
        "pre_order": variant.native.get("pre_order", product.native["pre_order"]),
        "stock_info_v2": stock_info(variant),
        "gtin_code": variant.native.get("gtin_code", ""),
        "weight": f"{variant.native.get('weight', product.native['weight']):.2f}",
        "dimension": variant.native.get("dimension", product.native["dimension"]),
        "is_fulfillment_by_shopee": False,
    }


@routes.get("product/get_item_extra_info")
def extra_info(call: Call) -> Any:
    """Sales, views and ratings of up to fifty items."""
    known = {int(one.id): one for one in _readable(call)}
    rows = [
        {
            "item_id": one,
            "sale": _sold(call.shop, known[one]),
            "views": 0,
            "likes": 0,
            "rating_star": 0,
            "comment_count": 0,
        }
        for one in call.params["item_id_list"][:50]
        if one in known
    ]
    return {"item_list": rows}


def _sold(shop: Account, product: Product) -> int:
    return sum(
        line.quantity
        for order in shop.orders.values()
        for line in order.lines
        if line.product is product and order.status == "completed"
    )


@routes.get("product/get_item_promotion")
def promotions(call: Call) -> Any:
    """The promotions that hold an item."""
    success, failure = [], []
    for one in call.params["item_id_list"][:50]:
        product = call.shop.products.get(str(one))
        if product is None:
            failure.append({"item_id": one, "failed_reason": ITEM_NOT_FOUND})
        else:
            held = [_promotion(call, product, each) for each in product.variants if product.promoted]
            success.append({"item_id": one, "promotion": held})
    return {"success_list": success, "failure_list": failure}


def _promotion(call: Call, product: Product, variant: Variant) -> dict[str, Any]:
    return {
        "promotion_type": "Discount Promotions",
        "promotion_id": 104993304719361,
        "model_id": int(variant.id) if product.native["tiers"] else 0,
        "start_time": call.now - 3600,
        "end_time": call.now + 86400,
        "promotion_price_info": [{"promotion_price": variant.native.get("promotion_price", variant.price)}],
        "promotion_staging": "ongoing",
        "promotion_stock_info_v2": {"summary_info": {"total_reserved_stock": variant.reserved}},
    }
