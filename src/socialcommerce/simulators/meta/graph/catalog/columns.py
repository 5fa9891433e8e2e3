"""The columns of batches and feeds, and the fields of an item that they fill."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.catalog.money import written_price

__all__ = ["REQUIRED", "check", "filled", "unknown"]

_SAME = """
description short_description rich_text_description availability condition brand gtin color size
pattern material gender age_group fb_product_category product_type visibility expiration_date
commerce_tax_category origin_country importer_name importer_address manufacturer_info
wa_compliance_category return_policy_days mobile_link start_date custom_label_0 custom_label_1
custom_label_2 custom_label_3 custom_label_4 custom_number_0 custom_number_1 custom_number_2
custom_number_3 custom_number_4 internal_label vendor_id ordering_index
"""
SAME = frozenset(_SAME.split())
"""Columns that are called as the field they fill."""
RENAMED: Mapping[str, str] = {
    "title": "name",
    "link": "url",
    "image_link": "image_url",
    "item_group_id": "retailer_product_group_id",
    "mpn": "manufacturer_part_number",
    "google_product_category": "category",
}
SPECIAL = frozenset(
    {"id", "price", "sale_price", "sale_price_effective_date", "image", "additional_image_link", "status",
     "quantity_to_sell_on_facebook", "inventory", "additional_variant_attribute", "shipping", "tax",
     "shipping_weight", "video", "applink", "override"}
)  # fmt: skip
REQUIRED: tuple[tuple[str, ...], ...] = (
    ("id",), ("title",), ("availability",), ("condition",), ("price",), ("link",), ("image_link", "image"),
)  # fmt: skip
"""What a new item needs; of each tuple one column."""
LONGEST = {"id": 100, "title": 200, "description": 9999}
WORDS: Mapping[str, frozenset[str]] = {
    "availability": frozenset(
        {
            "in stock",
            "out of stock",
            "preorder",
            "available for order",
            "discontinued",
            "pending",
            "mark_as_sold",
        }
    ),
    "condition": frozenset(
        {"new", "refurbished", "used", "used_like_new", "used_good", "used_fair", "cpo", "open_box_new"}
    ),
    "gender": frozenset({"female", "male", "unisex"}),
    "age_group": frozenset({"adult", "all ages", "teen", "kids", "toddler", "infant", "newborn"}),
    "visibility": frozenset({"published", "staging"}),
    "status": frozenset({"active", "archived"}),
}
MOST_IMAGES = 20


def unknown(data: Mapping[str, Any]) -> list[str]:
    """The columns that nobody knows: they are ignored, with a warning."""
    return [name for name in data if name not in SAME and name not in RENAMED and name not in SPECIAL]


def check(data: Mapping[str, Any]) -> str | None:
    """What is wrong with the values of a row; None where nothing is."""
    for name, most in LONGEST.items():
        if len(str(data.get(name, ""))) > most:
            return f"{name} is longer than {most} characters"
    for name, kind in WORDS.items():
        if name in data and str(data[name]) not in kind:
            return f"Invalid value for {name}: {data[name]}"
    return _check_parts(data)


def _check_parts(data: Mapping[str, Any]) -> str | None:
    for name in ("price", "sale_price"):
        if data.get(name):
            try:
                written_price(data[name])
            except ValueError:
                return f"Invalid {name}"
    for name in ("link", "image_link"):
        if name in data and not str(data[name]).startswith(("http://", "https://")):
            return f"Invalid URL in {name}"
    for name in ("quantity_to_sell_on_facebook", "inventory"):
        if name in data and not str(data[name]).isdecimal():
            return f"Invalid {name}"
    if len(_images(data)[1]) > MOST_IMAGES:
        return f"More than {MOST_IMAGES} additional images"
    return None


def filled(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an item that a row fills, checked before; ``price`` and ``sale_price`` as amounts."""
    found = {name: value for name, value in data.items() if name in SAME}
    found |= {field: data[name] for name, field in RENAMED.items() if name in data}
    if data.get("price"):
        found["price"], found["currency"] = written_price(data["price"])
    if "sale_price" in data:
        found["sale_price"] = written_price(data["sale_price"])[0] if data["sale_price"] else None
    if "sale_price_effective_date" in data:
        since, _, until = str(data["sale_price_effective_date"] or "").partition("/")
        found |= {"sale_price_start_date": since or None, "sale_price_end_date": until or None}
    if "status" in data:
        found["visibility"] = "published" if data["status"] == "active" else "staging"
    for name in ("inventory", "quantity_to_sell_on_facebook"):
        if name in data:
            found["inventory"] = int(data[name])
    return {**found, **_pictures(data), **_attributes(data)}


def _pictures(data: Mapping[str, Any]) -> dict[str, Any]:
    first, others = _images(data)
    found: dict[str, Any] = {}
    if first:
        found["image_url"] = first
    if others or "additional_image_link" in data or "image" in data:
        found["additional_image_urls"] = others
    return found


def _images(data: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The main picture and the others; where ``image`` stands, ``image_link`` does not count."""
    more = data.get("additional_image_link") or []
    others = [one.strip() for one in more.split(",")] if isinstance(more, str) else _rows(more)
    urls = [str(one["url"]) for one in _rows(data.get("image")) if isinstance(one, dict) and one.get("url")]
    if urls:
        return urls[0], [*urls[1:], *map(str, others)]
    return str(data.get("image_link") or ""), list(map(str, others))


def _rows(given: Any) -> list[Any]:
    """A list, also where a file has it as JSON text."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return []
    return given if isinstance(given, list) else []


def _attributes(data: Mapping[str, Any]) -> dict[str, Any]:
    if "additional_variant_attribute" not in data:
        return {}
    text = str(data["additional_variant_attribute"] or "")
    pairs = [one.split(":", 1) for one in text.split(",") if ":" in one]
    return {"additional_variant_attributes": [{"key": name, "value": value} for name, value in pairs]}
