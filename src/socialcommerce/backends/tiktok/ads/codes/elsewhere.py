"""What an ad account has nothing of: listings, orders, a shop's settings."""

from __future__ import annotations

from typing import Final

from socialcommerce.resources.capability import Refusal

__all__ = ["NOUNS"]

NOUNS: Final[dict[str, Refusal]] = {
    "catalog": Refusal(
        "the Business API advertises products and lists none: what is on sale lives in the shop",
        "the tiktok_shop backend",
    ),
    "orders": Refusal(
        "the Business API has no orders: what ads sold is in ads.report", "the tiktok_shop backend"
    ),
    "store": Refusal("an ad account is no shop and has no settings of one", "the tiktok_shop backend"),
}
"""The reason for every operation of a noun that is not there."""
