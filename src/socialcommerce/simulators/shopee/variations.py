"""Tiers and models of the pretend Shopee's items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from socialcommerce.simulators.entities import Product, Variant
from socialcommerce.simulators.shopee.catalog import item_of, legacy_tier
from socialcommerce.simulators.shopee.listing import check_ratio, checked_price, shelf
from socialcommerce.simulators.shopee.taxonomy import MOST_MODELS
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes

__all__ = ["routes"]

routes = Routes()

MODEL_FIELDS = ("gtin_code", "dimension", "pre_order")


def _tiers(call: Call) -> list[dict[str, Any]]:
    """The tiers that were sent, in the newer words or the older ones."""
    newer, older = call.get("standardise_tier_variation"), call.get("tier_variation")
    tiers = [_newer(one) for one in newer] if newer else [_older(one) for one in older or []]
    if not 1 <= len(tiers) <= 2:
        raise Refused("product.error_param", "Wrong parameters, detail: one or two tiers of variation.")
    for tier in tiers:
        names = [one["name"] for one in tier["options"]]
        if not names or len(set(names)) < len(names):
            raise Refused("product.error_model_duplicate_name", "Item tier_variation have duplicate name.")
    return tiers


def _newer(tier: Mapping[str, Any]) -> dict[str, Any]:
    options = [
        {
            "id": one.get("variation_option_id", 0),
            "name": one.get("variation_option_name", ""),
            "image_id": one.get("image_id"),
        }
        for one in tier["variation_option_list"]
    ]
    return {
        "id": tier["variation_id"],
        "name": tier.get("variation_name", ""),
        "group": tier.get("variation_group_id", 0),
        "options": options,
    }


def _older(tier: Mapping[str, Any]) -> dict[str, Any]:
    options = [
        {"id": 0, "name": one["option"], "image_id": (one.get("image") or {}).get("image_id")}
        for one in tier["option_list"]
    ]
    return {"id": 0, "name": tier["name"], "group": 0, "options": options}


def _check_index(tiers: list[dict[str, Any]], indexes: Iterable[tuple[int, ...]]) -> None:
    seen: set[tuple[int, ...]] = set()
    for index in indexes:
        if len(index) != len(tiers):
            raise Refused(
                "product.error_model_tier_index_level_mismatch_var_level",
                "Item tier_index level mismatch tier variation list level.",
            )
        if not all(0 <= at < len(tier["options"]) for at, tier in zip(index, tiers, strict=True)):
            raise Refused("product.error_tier_index", "The tier_index is not exist")
        if index in seen:
            raise Refused(
                "product.error_model_duplicate_tier_variation_index", "Item have duplicate tier_index."
            )
        seen.add(index)
    if len(seen) > MOST_MODELS:
        raise Refused("product.error_model_count_over_limit", "The count of model is too large.")


def _new_model(call: Call, row: Mapping[str, Any]) -> Variant:
    sku = row.get("model_sku", "")
    if len(sku) > 100:
        raise Refused("product.error_param", "Wrong parameters, detail: model_sku is too long.")
    variant = Variant(
        call.twin.new_id("variant"),
        sku,
        checked_price(call.shop, row["original_price"]),
        shelf(call.shop, row["seller_stock"]),
        options=tuple(row["tier_index"]),
    )
    _describe(variant, row)
    return variant


def _describe(variant: Variant, row: Mapping[str, Any]) -> None:
    variant.native |= {name: row[name] for name in MODEL_FIELDS if row.get(name) is not None}
    if row.get("weight") is not None:
        variant.native["weight"] = Decimal(row["weight"])


def _model(variant: Variant) -> dict[str, Any]:
    return {
        "tier_index": list(variant.options),
        "model_id": int(variant.id),
        "model_sku": variant.sku,
        "price_info": [{"original_price": variant.price}],
        "seller_stock": [{"location_id": place, "stock": units} for place, units in variant.stock.items()],
    }


def _without_image_ids(tier: dict[str, Any]) -> dict[str, Any]:
    for option in tier["option_list"]:
        option.get("image", {}).pop("image_id", None)
    return tier


def _open(call: Call) -> Product:
    product = item_of(call, call.params["item_id"])
    if product.promoted:
        raise Refused(
            "product.error_cannt_change_tier_variation_in_promotion",
            "Structure of tier_variation cannot be edited when item is under promotion.",
        )
    return product


@routes.post("product/init_tier_variation")
def init(call: Call) -> Any:
    """Give an item its tiers and models; models of an earlier structure are gone."""
    product, tiers, rows = _open(call), _tiers(call), call.rows("model")
    _check_index(tiers, [tuple(row["tier_index"]) for row in rows])
    variants = [_new_model(call, row) for row in rows]
    check_ratio(call.shop, [one.price for one in variants])
    product.native["tiers"], product.variants = tiers, variants
    product.updated = call.twin.clock.now()
    return {
        "item_id": int(product.id),
        "tier_variation": [_without_image_ids(legacy_tier(one)) for one in tiers],
        "model": [_model(one) for one in variants],
    }


@routes.post("product/update_tier_variation")
def update_tiers(call: Call) -> Any:
    """Change options; the models named keep their ids, the others are removed."""
    product, tiers = _open(call), _tiers(call)
    before = product.native["tiers"]
    if not before:
        raise Refused("product.error_tier_var_is_", "Item without tier-variation.")
    if len(before) != len(tiers):
        raise Refused("product.error_tier_var_level_not_same", "Item tier-variation level not same")
    kept = {str(row["model_id"]): tuple(row["tier_index"]) for row in call.get("model_list", [])}
    if not kept:
        raise Refused("product.error_busi_cannot_delete_all_model", "Cannot delete all models by this api.")
    unknown = kept.keys() - {one.id for one in product.variants}
    if unknown:
        raise Refused("product.error_wrong_modelid", f"The model_id is wrong, model_id:{min(unknown)}")
    _check_index(tiers, kept.values())
    product.variants = [one for one in product.variants if one.id in kept]
    for one in product.variants:
        one.options = kept[one.id]
    product.native["tiers"] = tiers
    product.updated = call.twin.clock.now()
    return {}


@routes.post("product/add_model")
def add_model(call: Call) -> Any:
    """Add models to tiers that are there."""
    product = _open(call)
    rows = call.rows("model_list")
    indexes = [one.options for one in product.variants] + [tuple(row["tier_index"]) for row in rows]
    _check_index(product.native["tiers"], indexes)
    added = [_new_model(call, row) for row in rows]
    check_ratio(call.shop, [one.price for one in (*product.variants, *added)])
    product.variants += added
    product.updated = call.twin.clock.now()
    return {"model": [_model(one) for one in added]}


def _named(product: Product, model_id: int) -> Variant:
    found = product.variant(str(model_id)) if product.native["tiers"] else None
    if found is None:
        raise Refused("product.error_model_invalid_model_id", "Invalid model_id.")
    return found


@routes.post("product/update_model")
def update_model(call: Call) -> Any:
    """Change the SKU and other fields of models."""
    product = item_of(call, call.params["item_id"])
    rows = call.rows("model")
    variants = [_named(product, row["model_id"]) for row in rows]
    if any(one is other for one, other in pairwise(sorted(variants, key=lambda one: one.id))):
        raise Refused("product.error_param", "Repeat model_id.")
    for variant, row in zip(variants, rows, strict=True):
        variant.sku = row["model_sku"]
        _describe(variant, row)
        if row.get("model_status"):
            variant.native["status"] = row["model_status"]
    product.updated = call.twin.clock.now()
    return {}


@routes.post("product/delete_model")
def delete_model(call: Call) -> Any:
    """Remove one model; the last one stays."""
    product = _open(call)
    variant = _named(product, call.params["model_id"])
    if len(product.variants) == 1:
        raise Refused("product.error_busi_cannot_delete_default_model", "Can't delete default model.")
    product.variants.remove(variant)
    product.updated = call.twin.clock.now()
    return {}
