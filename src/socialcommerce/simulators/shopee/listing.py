"""Writing what a pretend Shopee shop sells: items, prices, stock."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Product, Variant
from socialcommerce.simulators.shopee.catalog import image_url, item_of
from socialcommerce.simulators.shopee.defaults import CHANNEL_NAMES, ITEM_STATUS, RATIO_CAPS, TWO_DECIMALS
from socialcommerce.simulators.shopee.push import variation_id
from socialcommerce.simulators.shopee.taxonomy import (
    BRANDS,
    LIMITS,
    is_leaf,
    mandatory_attributes,
    price_bounds,
)
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, wrong

__all__ = ["checked_price", "routes", "shelf"]

routes = Routes()

PLAIN = ("category_id", "weight", "dimension", "brand", "attribute_list", "condition", "pre_order",
         "item_dangerous", "gtin_code", "tax_info", "wholesale")  # fmt: skip
"""Fields of an item that are kept as they were sent."""
NOT_BY_UPDATE = frozenset(
    {"original_price", "price", "price_list", "seller_stock", "normal_stock", "stock", "stock_list", "model",
     "model_list", "logistic_info"}
)  # fmt: skip
LOCKED: Mapping[str, str] = {
    "item_name": "error_cannt_edit_name_in_promotion",
    "description": "error_cannt_edit_description_in_promotion",
    "image": "error_cannt_edit_image_in_promotion",
}
"""What a promotion locks, and the code of the refusal."""


@routes.post("product/add_item")
def add(call: Call) -> Any:
    """List an item of one price; variants come with ``init_tier_variation``."""
    sent = call.params
    status = call.get("item_status", "NORMAL")
    if status not in ("NORMAL", "UNLIST"):
        raise wrong(call.operation, "item_status should be NORMAL or UNLIST.")
    _check_item(call)
    price = checked_price(call.shop, sent["original_price"])
    stock = shelf(call.shop, call.get("seller_stock", []))
    sku, now = call.get("item_sku", ""), call.twin.clock.now()
    variant = Variant(call.twin.new_id("variant"), sku, price, stock)
    product = Product(call.twin.new_id("product"), sku, sent["item_name"], [variant], now, now)
    product.description = sent["description"]
    product.status = "active" if status == "NORMAL" else "unlisted"
    _keep(call, product)
    product.native["logistic_info"] = sent["logistic_info"]
    call.twin.furnish(call.shop, product)
    call.shop.products[product.id] = product
    return _echo(product) | {
        "price_info": {"current_price": price, "original_price": price},
        "attribute": product.native["attribute_list"],
        "logistic_info": product.native["logistic_info"],
        "seller_stock": [{"location_id": place, "stock": units} for place, units in stock.items()],
    }


@routes.post("product/update_item")
def update(call: Call) -> Any:
    """Change fields; a list that is sent replaces the one before. No price, stock or models."""
    product = item_of(call, call.params["item_id"])
    foreign = NOT_BY_UPDATE & call.params.keys()
    if foreign:
        raise wrong(call.operation, f"{', '.join(sorted(foreign))} cannot be updated by this api.")
    if product.promoted:
        for name, code in LOCKED.items():
            if name in call.params:
                raise Refused(f"product.{code}", f"{name} cannot be edited when item is under promotion.")
    _check_item(call, product)
    product.title = call.get("item_name", product.title)
    product.description = call.get("description", product.description)
    _keep(call, product)
    _rename(product, call.get("item_sku"))
    if (status := call.get("item_status")) in ("NORMAL", "UNLIST"):
        product.status = "active" if status == "NORMAL" else "unlisted"
    product.updated = call.twin.clock.now()
    return _echo(product)


def _rename(product: Product, sku: str | None) -> None:
    if sku is not None:
        product.sku = sku
        if not product.native["tiers"]:
            product.variants[0].sku = sku


def _keep(call: Call, product: Product) -> None:
    product.native |= {name: call.params[name] for name in PLAIN if call.get(name) is not None}
    product.native["weight"] = Decimal(product.native.get("weight", Decimal("0.5")))
    if (image := call.get("image")) is not None:
        product.native["images"] = image["image_id_list"]


def _check_item(call: Call, before: Product | None = None) -> None:
    _check_length(call, "item_name", "item_name_length_limit", "error_title_exceeds_max_length")
    _check_length(call, "description", "item_description_length_limit", "error_param")
    category = call.get("category_id", before.native["category_id"] if before else 0)
    if not is_leaf(category):
        raise Refused("product.error_invalid_category", f"Invalid category ID {category}")
    _check_attributes(call, category, before)
    _check_images(call)
    if (brand := call.get("brand")) and brand.get("brand_id") not in BRANDS:
        raise Refused("product.error_invalid_brand", "Brand name required")
    ways = call.get("logistic_info")
    if before is None and not any(one["enabled"] and one["logistic_id"] in CHANNEL_NAMES for one in ways):
        raise Refused("product.error_invalid_logistic_info", "invalid logistic info, no channel is enabled")


def _check_length(call: Call, name: str, limit: str, code: str) -> None:
    value, (least, most) = call.get(name), LIMITS[limit]
    if value is not None and not least <= len(value) <= most:
        raise Refused(f"product.{code}", f"The length of {name} should be between {least} and {most}.")


def _check_attributes(call: Call, category: int, before: Product | None) -> None:
    sent = call.get("attribute_list", before.native["attribute_list"] if before else [])
    missing = set(mandatory_attributes(category)) - {one["attribute_id"] for one in sent}
    if missing:
        raise Refused("product.error_less_required_attribute", "Mandatory attribute information required")


def _check_images(call: Call) -> None:
    image, (least, most) = call.get("image"), LIMITS["item_image_count_limit"]
    if image is None:
        return
    ids = image["image_id_list"]
    if not least <= len(ids) <= most:
        raise Refused("product.error_image_num_min", f"An item shows {least} to {most} images.")
    product = call.shop.products.get(str(call.get("item_id", "")))
    known = call.twin.images.keys() | set(product.native["images"] if product else ())
    if not set(ids) <= known:
        raise Refused("product.error_image_unavailable", "Image is invalid.")


def _echo(product: Product) -> dict[str, Any]:
    native = product.native
    return {
        "item_id": int(product.id),
        "item_name": product.title,
        "description": product.description,
        "description_type": "normal",
        "item_status": ITEM_STATUS[product.status],
        "category_id": native["category_id"],
        "weight": native["weight"],
        "pre_order": native["pre_order"],
        "images": {
            "image_id_list": native["images"],
            "image_url_list": [image_url(one) for one in native["images"]],
        },
        "dimension": native["dimension"],
        "condition": native["condition"],
        "brand": native["brand"],
        "item_dangerous": native.get("item_dangerous", 0),
    }


def shelf(shop: Account, sent: list[dict[str, Any]]) -> dict[str, int]:
    """Stock by location out of ``seller_stock``; a location is named only by multi-warehouse shops."""
    places = [location.id for location in shop.locations]
    stock = dict.fromkeys(places, 0)
    for one in sent:
        place = one.get("location_id")
        if shop.native["multi_warehouse"] and not place:
            raise Refused(
                "product.error_busi", "The merchant/shop has multi warehouse, please input location id"
            )
        if place and not shop.native["multi_warehouse"]:
            raise Refused("product.error_auth", "You do not have right to use seller location_id.")
        if place and place not in stock:
            raise Refused("product.error_inner", "Invalid stock location ID")
        if not LIMITS["stock_limit"][0] <= one["stock"] <= LIMITS["stock_limit"][1]:
            raise Refused("product.error_param", "Wrong parameters, detail: stock is out of range.")
        stock[place or places[0]] = one["stock"]
    return stock


def checked_price(shop: Account, price: int | Decimal) -> Decimal:
    """A price that the market takes: its decimals and bounds, else the platform's refusal."""
    value = Decimal(price)
    step = Decimal("0.01") if shop.region in TWO_DECIMALS else Decimal(1)
    if value % step:
        raise Refused("product.error_invalid_price", "Invalid price, please use the correct format")
    least, most = price_bounds(shop.region)
    if value < Decimal(str(least)):
        raise Refused("product.error_price_exceed_min_limitt", "Original_price is less than min price limit.")
    if value > most:
        raise Refused(
            "product.error_price_exceed_max_limitt", "Original_price is bigger than max price limit."
        )
    return value


def _variant(product: Product, model_id: int, what: str) -> Variant:
    has_models = bool(product.native["tiers"])
    if has_models and not model_id:
        raise Refused(
            f"product.error_edit_item_{what}_for_item_has_model",
            f"Can't edit item {what} directly while item has models.",
        )
    found = product.variant(str(model_id)) if has_models else product.variants[0]
    if found is None or (model_id and not has_models):
        raise Refused("product.error_param", "Wrong model_id.")
    return found


def _settle(successes: list[dict[str, Any]], failures: list[tuple[Any, Refused]], key: str) -> Any:
    """Both lists; where every row failed, the first failure is the refusal of the whole."""
    lists = {
        "success_list": successes,
        "failure_list": [{key: who, "failed_reason": failure.message} for who, failure in failures],
    }
    if failures and not successes:
        raise Refused(failures[0][1].code, failures[0][1].message, response=lists)
    return lists


@routes.post("product/update_price")
def update_price(call: Call) -> Any:
    """Set the original prices of one item's models, row by row."""
    product = item_of(call, call.params["item_id"])
    successes: list[dict[str, Any]] = []
    failures: list[tuple[Any, Refused]] = []
    for row in call.rows("price_list"):
        model_id = row.get("model_id") or 0
        try:
            price = _set_price(call, product, model_id, row["original_price"])
        except Refused as failure:
            failures.append((model_id, failure))
        else:
            successes.append({"model_id": model_id, "original_price": price})
    return _settle(successes, failures, "model_id")


def _set_price(call: Call, product: Product, model_id: int, sent: int | Decimal) -> Decimal:
    variant = _variant(product, model_id, "price")
    if product.promoted:
        raise Refused(
            "product.error_cannt_edit_price_in_promotion",
            "Original_price cannot be edited when item is under promotion.",
        )
    price = checked_price(call.shop, sent)
    others = [one.price for one in product.variants if one is not variant]
    check_ratio(call.shop, [*others, price])
    change = {
        "item_id": int(product.id),
        "model_id": variation_id(product, variant.id),
        "update_field": "original_price",
        "old_value": variant.price,
        "new_value": price,
        "update_time": call.now,
    }
    variant.price = price
    call.twin.happened("price.changed", call.shop, change)
    return price


def check_ratio(shop: Account, prices: list[Decimal]) -> None:
    """Refuse variants whose prices lie too far apart for the market."""
    if max(prices) > min(prices) * RATIO_CAPS.get(shop.region, 5):
        raise Refused("product.error_price_out_of_range", "The price difference between models is too large.")


@routes.post("product/update_stock")
def update_stock(call: Call) -> Any:
    """Set the absolute stock of one item's models, row by row."""
    product = item_of(call, call.params["item_id"])
    successes: list[dict[str, Any]] = []
    failures: list[tuple[Any, Refused]] = []
    for row in call.rows("stock_list"):
        model_id = row.get("model_id") or 0
        try:
            _set_stock(call.shop, product, model_id, row["seller_stock"])
        except Refused as failure:
            failures.append((model_id, failure))
        else:
            first = call.shop.locations[0].id
            successes += [
                {"model_id": model_id, "location_id": one.get("location_id") or first, "stock": one["stock"]}
                for one in row["seller_stock"]
            ]
    return _settle(successes, failures, "model_id")


def _set_stock(shop: Account, product: Product, model_id: int, sent: list[dict[str, Any]]) -> None:
    variant = _variant(product, model_id, "stock")
    named = {one.get("location_id") or shop.locations[0].id for one in sent}
    new = variant.stock | {place: units for place, units in shelf(shop, sent).items() if place in named}
    total = sum(new.values())
    if total < variant.reserved:
        raise Refused("product.error_auth", "Stock should be larger than reserved stock.")
    if product.promoted and total < variant.on_hand:
        raise Refused(
            "product.error_promotion_cantnot_update_stock",
            "Cannot change stock when item is under promotion.",
        )
    variant.stock = new


@routes.post("product/unlist_item")
def unlist(call: Call) -> Any:
    """Take items off sale, or put them back."""
    successes: list[dict[str, Any]] = []
    failures: list[tuple[Any, Refused]] = []
    for row in call.rows("item_list"):
        try:
            _unlist(call, row)
        except Refused as failure:
            failures.append((row["item_id"], failure))
        else:
            successes.append({"item_id": row["item_id"], "unlist": row["unlist"]})
    return _settle(successes, failures, "item_id")


def _unlist(call: Call, row: dict[str, Any]) -> None:
    product = item_of(call, row["item_id"])
    if product.status not in ("active", "unlisted"):
        raise Refused("product.error_unlist_item_failed", "Unlist item failed. please try later.")
    if product.promoted and row["unlist"]:
        raise Refused(
            "product.error_cannt_unlisted_in_promotion",
            "Item cannot be unlisted when item is under promotion.",
        )
    product.status = "unlisted" if row["unlist"] else "active"
    product.updated = call.twin.clock.now()


@routes.post("product/delete_item")
def delete(call: Call) -> Any:
    """Delete an item; it stays readable for ninety days."""
    product = item_of(call, call.params["item_id"])
    if product.promoted:
        raise Refused(
            "product.error_cannt_delete_in_promotion", "Item cannot be deleted when item is under promotion."
        )
    product.status = "deleted"
    product.updated = call.twin.clock.now()
    return {}
