"""Categories, attributes, brands, variations and limits of the pretend Shopee, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.shopee.defaults import TWO_DECIMALS
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes

__all__ = ["CATEGORIES", "LIMITS", "is_leaf", "mandatory_attributes", "routes"]

routes = Routes()

CATEGORIES: Mapping[int, tuple[int, str]] = {
    100001: (0, "Bags"),
    100002: (0, "Clothes"),
    100636: (100001, "Backpacks"),
    100637: (100001, "Wallets"),
    100701: (100002, "T-Shirts"),
    100003: (0, "Home"),
    100801: (100003, "Mugs"),
}
"""Category id -> parent id (0 at the top) and name."""

MATERIAL: Mapping[str, Any] = {
    "attribute_id": 4811,
    "name": "Material",
    "values": {7001: "Cotton", 7002: "Canvas"},
}
MANDATORY: Mapping[int, tuple[int, ...]] = {100701: (4811,)}
BRANDS: Mapping[int, str] = {0: "NoBrand"} | {1000 + n: f"Brand {n:02}" for n in range(1, 13)}
LIMITS: Mapping[str, tuple[int, int]] = {
    "item_name_length_limit": (1, 120),
    "item_description_length_limit": (1, 3000),
    "item_image_count_limit": (1, 9),
    "stock_limit": (0, 999_999),
    "tier_variation_name_length_limit": (1, 14),
    "tier_variation_option_length_limit": (1, 20),
    "wholesale_price_threshold_percentage": (50, 100),
}
MOST_MODELS = 50


def price_bounds(region: str) -> tuple[float, int]:
    """The least and the greatest price of a market."""
    return (0.1, 1_000_000) if region in TWO_DECIMALS else (1, 1_000_000_000)


def is_leaf(category_id: int) -> bool:
    """Whether goods may be listed there."""
    return category_id in CATEGORIES and not _has_children(category_id)


def _has_children(category_id: int) -> bool:
    return any(parent == category_id for parent, _ in CATEGORIES.values())


def mandatory_attributes(category_id: int) -> tuple[int, ...]:
    """The attributes without which nothing may be listed in a category."""
    return MANDATORY.get(category_id, ())


@routes.get("product/get_category")
def categories(call: Call) -> Any:
    """The whole tree as one list."""
    rows = [
        {
            "category_id": number,
            "parent_category_id": parent,
            "original_category_name": name,
            "display_category_name": name,
            "has_children": _has_children(number),
        }
        for number, (parent, name) in CATEGORIES.items()
    ]
    return {"category_list": rows}


@routes.get("product/category_recommend")
def recommend(call: Call) -> Any:
    """The leaves whose name shares a word with the title, else the first leaf."""
    words = call.params["item_name"].lower().split()
    leaves = {number: name.lower() for number, (_, name) in CATEGORIES.items() if is_leaf(number)}
    fitting = [number for number, name in leaves.items() if any(word in name for word in words)]
    return {"category_id": fitting or [next(iter(leaves))]}


@routes.get("product/get_attribute_tree")
def attributes(call: Call) -> Any:
    """The attributes of up to twenty categories."""
    wanted = call.params["category_id_list"]
    if not 1 <= len(wanted) <= 20:
        raise Refused("product.error_param", "Wrong parameters, detail: category_id_list holds 1 to 20.")
    return {"list": [{"attribute_tree": [_material(one)], "category_id": one} for one in wanted]}


def _material(category_id: int) -> dict[str, Any]:
    values = [
        {"value_id": number, "name": name, "value_unit": "", "child_attribute_list": [], "multi_lang": []}
        for number, name in MATERIAL["values"].items()
    ]
    return {
        "attribute_id": MATERIAL["attribute_id"],
        "mandatory": MATERIAL["attribute_id"] in mandatory_attributes(category_id),
        "name": MATERIAL["name"],
        "attribute_value_list": values,
        "attribute_info": {
            "input_type": 2,
            "input_validation_type": 2,
            "format_type": 1,
            "date_format_type": 0,
            "attribute_unit_list": [],
            "max_value_count": 1,
        },
        "multi_lang": [],
    }


@routes.get("product/get_brand_list")
def brands(call: Call) -> Any:
    """One page of brands (status 1 normal, 2 pending: there are none)."""
    size = call.twin.page(call.within("page_size", 1, 100))
    offset = call.within("offset", 0, 10**9)
    call.within("status", 1, 2)
    rows = [
        {"original_brand_name": name, "brand_id": number, "display_brand_name": name}
        for number, name in (BRANDS.items() if call.params["status"] == 1 else ())
    ]
    page = rows[offset : offset + size]
    return {
        "brand_list": page,
        "has_next_page": offset + size < len(rows),
        "next_offset": offset + len(page),
        "is_mandatory": False,
        "input_type": "DROP_DOWN",
    }


@routes.get("product/get_variation_tree")
def variations(call: Call) -> Any:
    """The variations that the platform itself names (a reply with ``data``)."""
    options = [
        {"variation_option_id": 6240 + n, "variation_option_name": name}
        for n, name in enumerate(("Black", "White", "Blue"))
    ]
    group = {"variation_group_id": 1, "variation_group_name": "Basic", "variation_option_list": options}
    colour = {"variation_id": 101054, "variation_name": "Colour", "variation_group_list": [group]}
    return {"data": {"standardise_variation_list": [colour]}}


@routes.get("product/get_item_limit")
def limits(call: Call) -> Any:
    """What a listing may hold; ``gtin_limit`` stands beside ``response``."""
    least, most = price_bounds(call.shop.region)
    answer: dict[str, Any] = {
        "price_limit": {"min_limit": least, "max_limit": most},
        "item_count_limit": {"max_limit": 10_000},
        "dts_limit": {
            "days_to_ship_limit": {"min_limit": 7, "max_limit": 30},
            "non_pre_order_days_to_ship": 2,
        },
        "weight_limit": {"weight_mandatory": True},
        "dimension_limit": {"dimension_mandatory": False},
        "size_chart_limit": {
            "size_chart_mandatory": False,
            "support_image_size_chart": True,
            "support_template_size_chart": False,
        },
        "_beside": {"gtin_limit": {"gtin_validation_rule": "Optional"}},
    }
    return answer | {name: {"min_limit": low, "max_limit": high} for name, (low, high) in LIMITS.items()}
