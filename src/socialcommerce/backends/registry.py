"""Backends by name: ours, those of other packages (entry points), and those registered by hand."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from socialcommerce.errors import ConfigurationError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "backend_class", "names", "register"]

GROUP = "socialcommerce.backends"

_BUILT_IN: dict[str, str] = {
    "meta": "socialcommerce.backends.meta.social:Meta",
    "shopee": "socialcommerce.backends.shopee:Shopee",
    "tiktok_ads": "socialcommerce.backends.tiktok.ads:TikTokAds",
    "tiktok_shop": "socialcommerce.backends.tiktok.shop:TikTokShop",
    "whatsapp": "socialcommerce.backends.meta.whatsapp:WhatsApp",
}
_REGISTERED: dict[str, type[Any]] = {}


def register(name: str, backend_class: type[Any]) -> None:
    """Make a backend known to ``connect`` and ``simulate`` under ``name``, in this process."""
    _REGISTERED[name] = backend_class


def backend_class(name: str) -> type[Any]:
    """The backend class of a name; ``ConfigurationError`` names those there are."""
    if name in _REGISTERED:
        return _REGISTERED[name]
    if name in _BUILT_IN:
        return load(_BUILT_IN[name])
    for point in _installed():
        if point.name == name:
            found: type[Any] = point.load()
            return found
    raise ConfigurationError(f"no backend is called {name!r}; there are {', '.join(names())}")


def names() -> list[str]:
    """Every name that ``connect`` knows."""
    return sorted({*_REGISTERED, *_BUILT_IN, *(point.name for point in _installed())})


def load(path: str) -> type[Any]:
    """Import what ``module:Class`` names."""
    module, _, name = path.partition(":")
    found: type[Any] = getattr(import_module(module), name)
    return found


def _installed() -> Iterable[EntryPoint]:
    """The entry points of other packages; looking for them costs as much as a whole client."""
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)
