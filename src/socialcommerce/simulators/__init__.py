"""Offline twins: pretend marketplaces that answer at the wire as the real ones do.

A twin is looked up by the registered name of its platform and imported only then::

    twin = open_twin("shopee")
    twin.market.add_product("TS-1", stock=5)
    reply = twin.handle(request)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcommerce.simulators.market import Market
    from socialcommerce.simulators.twin import Twin

__all__ = ["TWINS", "open_twin", "register_twin"]

TWINS: dict[str, str] = {
    "shopee": "socialcommerce.simulators.shopee:ShopeeTwin",
    "tiktok_shop": "socialcommerce.simulators.tiktok_shop:TikTokShopTwin",
    "tiktok_ads": "socialcommerce.simulators.tiktok_ads:TikTokAdsTwin",
    "meta": "socialcommerce.simulators.meta.social:MetaTwin",
    "whatsapp": "socialcommerce.simulators.meta.whatsapp:WhatsAppTwin",
}
"""Platform name -> "module:class" of its twin."""


def register_twin(name: str, target: str) -> None:
    """Make a twin of one's own known under ``name``; ``target`` is "module:class"."""
    TWINS[name] = target


def open_twin(name: str, *, market: Market | None = None, seed: int = 0, **options: Any) -> Twin:
    """A twin of the platform ``name``, in a new world or in ``market``.

    ``options`` go to the twin: ``page_size``, ``accounts``, ``currency``. Where the market
    already holds that platform's twin, it is the one answered, so that two clients share
    one world. Raises ``LookupError`` for a platform without a twin.
    """
    from socialcommerce.simulators.market import Market

    if name not in TWINS:
        raise LookupError(f"no twin plays {name!r}; there are {', '.join(sorted(TWINS))}")
    world = market or Market(seed)
    if name in world.twins:
        return world.twins[name]
    module, _, cls = TWINS[name].partition(":")
    twin: Twin = getattr(importlib.import_module(module), cls)(world, **options)
    return twin
