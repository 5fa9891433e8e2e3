"""``client.catalog`` on Facebook, Instagram and WhatsApp: one kind of catalogue, whose items are variants."""

from __future__ import annotations

from socialcommerce.backends.meta.catalog.feeds import Feeds

__all__ = ["MetaCatalog"]


class MetaCatalog(Feeds):
    """All of the catalogue: batches, reading, rules, amounts, writing and feeds, each upon the one before."""
