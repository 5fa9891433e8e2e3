"""``client.catalog`` on TikTok Shop: products with their SKUs, which are variants here."""

from __future__ import annotations

from socialcommerce.backends.tiktok.shop.catalog.writing import Writing

__all__ = ["TikTokShopCatalog"]


class TikTokShopCatalog(Writing):
    """All of the catalogue: reading, uploading, rules, amounts and writing, each upon the one before."""
