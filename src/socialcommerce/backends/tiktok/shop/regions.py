"""TikTok Shop's markets: what a shop's region decides (fact sheet, 'Catalog'; create product, notes)."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

__all__ = ["REGIONS", "Region", "region_of"]

_WITHOUT_CENTS = frozenset({"JPY", "VND", "IDR"})


@frozen
class Region:
    """One market.

    ``timezone`` is the one of its business day; ``tree`` the version of the category tree that its
    products are listed in (``category_version``); ``variants`` and ``title`` are the most a product
    may have; ``sku_min`` the shortest seller SKU.
    """

    code: str
    currency: str
    timezone: str
    tree: str = "v1"
    variants: int = 100
    title_min: int = 1
    title_max: int = 255
    sku_min: int = 1

    @property
    def price_step(self) -> Decimal:
        """The smallest difference between two prices."""
        return Decimal(1) if self.currency in _WITHOUT_CENTS else Decimal("0.01")


def _asian(code: str, currency: str, timezone: str) -> Region:
    return Region(code, currency, timezone, "v2", title_min=25)


def _european(code: str, timezone: str, currency: str = "EUR") -> Region:
    return Region(code, currency, timezone, "v2", 300, sku_min=6 if code != "IE" else 1)


REGIONS: dict[str, Region] = {
    region.code: region
    for region in (
        Region("US", "USD", "America/Los_Angeles", "v2", 300),
        Region("GB", "GBP", "Europe/London", "v1", 300),
        _european("DE", "Europe/Berlin"),
        _european("ES", "Europe/Madrid"),
        _european("FR", "Europe/Paris"),
        _european("IE", "Europe/Dublin"),
        _european("IT", "Europe/Rome"),
        _european("PL", "Europe/Warsaw", "PLN"),
        _european("NL", "Europe/Amsterdam"),
        _european("BE", "Europe/Brussels"),
        _european("CZ", "Europe/Prague", "CZK"),
        _european("AT", "Europe/Vienna"),
        _european("GR", "Europe/Athens"),
        _european("PT", "Europe/Lisbon"),
        _european("HU", "Europe/Budapest", "HUF"),
        Region("JP", "JPY", "Asia/Tokyo", "v1", 300),
        Region("MX", "MXN", "America/Mexico_City", "v1", 300, title_max=300),
        Region("BR", "BRL", "America/Sao_Paulo", "v1", 300, title_max=300),
        _asian("ID", "IDR", "Asia/Jakarta"),
        _asian("MY", "MYR", "Asia/Kuala_Lumpur"),
        _asian("PH", "PHP", "Asia/Manila"),
        _asian("SG", "SGD", "Asia/Singapore"),
        _asian("TH", "THB", "Asia/Bangkok"),
        _asian("VN", "VND", "Asia/Ho_Chi_Minh"),
    )
}


def region_of(code: str) -> Region:
    """The market of a region code; one that is not known keeps its code and has no currency.

    The vendor writes the United Kingdom both ``GB`` and ``UK``.
    """
    upper = {"UK": "GB"}.get(code.upper(), code.upper())
    return REGIONS.get(upper) or Region(upper, "XXX", "UTC")
