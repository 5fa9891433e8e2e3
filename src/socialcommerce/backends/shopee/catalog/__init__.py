"""``client.catalog`` on Shopee: items are products, models are variants."""

from __future__ import annotations

from socialcommerce.backends.shopee.catalog.writing import Writing

__all__ = ["ShopeeCatalog"]


class ShopeeCatalog(Writing):
    """All of the catalogue: reading, uploading, rules, amounts and writing, each upon the one before."""
