"""Variants of an item, as a seller writes them to the pretend Shopee."""

from __future__ import annotations

from typing import Any

__all__ = ["TIERS", "model"]


TIERS = [
    {
        "variation_id": 0,
        "variation_name": "Colour",
        "variation_option_list": [
            {"variation_option_id": 0, "variation_option_name": name} for name in ("red", "blue")
        ],
    }
]


def model(index: int, price: float = 10, stock: int = 3) -> dict[str, Any]:
    return {
        "tier_index": [index],
        "original_price": price,
        "model_sku": f"M-{index}",
        "seller_stock": [{"stock": stock}],
    }
