"""Products that Shopee takes, and a Shopee that takes them."""

from __future__ import annotations

import json
from typing import Any

from tests.shopee.wire import Wire, item, model, models

from socialcommerce import Client, Media, Money, ProductInput, VariantInput
from socialcommerce.backends import Request

PACKAGE: Any = {"weight_g": 250, "length_mm": 300, "width_mm": 200, "height_mm": 100}


def sgd(amount: str) -> Money:
    return Money(amount, "SGD")


def mug(sku: str | None = "MUG", **fields: Any) -> ProductInput:
    """A product of one variant that Shopee takes."""
    given: dict[str, Any] = {
        "title": "A plain mug",
        "description": "A mug, plain and white, for tea.",
        "categories": ["100636"],
        "media": [Media.from_id("img1")],
        "package": PACKAGE,
        "variants": [VariantInput(sku=sku, quantity=5, price=sgd("10"))],
    }
    return ProductInput(**given | fields)


def shirt(**fields: Any) -> ProductInput:
    """A product in two colours."""
    variants = [
        VariantInput(sku=f"T-{colour}", quantity=3, price=sgd("10"), options={"Colour": colour})
        for colour in ("red", "blue")
    ]
    return mug(title="A cotton shirt", **{"variants": variants} | fields)


def colour(name: str, **fields: Any) -> VariantInput:
    return VariantInput(options={"Colour": name}, **fields)


def open_shop() -> Wire:
    """A Shopee whose rules allow all, where item 77 is made by add_item."""
    wire = Wire()
    wire["get_category"] = {
        "category_list": [
            {"category_id": 100001, "parent_category_id": 0, "has_children": True},
            {"category_id": 100636, "parent_category_id": 100001, "has_children": False},
        ]
    }
    wire["get_item_limit"] = {"item_image_count_limit": {"min_limit": 1, "max_limit": 9}}
    wire["get_attribute_tree"] = {"list": [{"category_id": 100636, "attribute_tree": []}]}
    wire["get_brand_list"] = {"brand_list": [], "has_next_page": False, "is_mandatory": False}
    channels = [
        (80012, True, 0, "SIZE_INPUT"),
        (80013, True, 80012, ""),
        (80014, False, 0, ""),
        (80015, True, 0, "CUSTOM_PRICE"),
    ]
    wire["get_channel_list"] = {
        "logistics_channel_list": [
            {"logistics_channel_id": one, "enabled": on, "mask_channel_id": mask, "fee_type": fee}
            for one, on, mask, fee in channels
        ]
    }
    wire["add_item"] = {"item_id": 77}
    wire["get_item_base_info"] = {"item_list": [item(77)]}
    wire["init_tier_variation"] = {"item_id": 77, "model": []}
    return wire


def with_shirts(wire: Wire) -> Client:
    """A shop whose item 77 is a shirt in red (7) and blue (8)."""
    wire["get_item_base_info"] = {"item_list": [item(77, has_model=True)]}
    wire["get_model_list"] = models(model(7, 0, sku="T-red"), model(8, 1, sku="T-blue"))
    for name in ("update_item", "update_tier_variation", "delete_model", "update_model"):
        wire[name] = {"error": "", "message": ""}
    wire["add_model"] = {"model": [{"model_id": 9}]}

    def agree(request: Request) -> Any:
        body = json.loads(request.content)
        ids = [row["model_id"] for row in body.get("price_list") or body.get("stock_list")]
        return {"success_list": [{"model_id": one} for one in ids], "failure_list": []}

    wire["update_price"] = wire["update_stock"] = agree
    return wire.client()


def writes(wire: Wire) -> list[str]:
    return [name for name in wire.operations() if not name.startswith(("get_", "search_"))]
