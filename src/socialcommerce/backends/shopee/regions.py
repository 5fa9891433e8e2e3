"""Shopee's markets: what a shop's region decides (fact sheet, 'Catalog'; seller guide 223)."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

__all__ = ["REGIONS", "Region", "region_of"]


@frozen
class Region:
    """One market.

    ``timezone`` is the one of its business day. ``decimals`` is how many a price may have;
    ``price_ratio`` how many times the cheapest variant the dearest may cost (None: no cap known).
    """

    code: str
    currency: str
    timezone: str
    decimals: int = 2
    price_ratio: int | None = None

    @property
    def price_step(self) -> Decimal:
        """The smallest difference between two prices."""
        return Decimal(1).scaleb(-self.decimals)


REGIONS: dict[str, Region] = {
    region.code: region
    for region in (
        Region("SG", "SGD", "Asia/Singapore", 2, 5),
        Region("MY", "MYR", "Asia/Kuala_Lumpur", 2, 7),
        Region("ID", "IDR", "Asia/Jakarta", 0, 7),
        Region("TH", "THB", "Asia/Bangkok", 0, 5),
        Region("VN", "VND", "Asia/Ho_Chi_Minh", 0, 5),
        Region("PH", "PHP", "Asia/Manila", 0, 5),
        Region("TW", "TWD", "Asia/Taipei", 0, 5),
        Region("BR", "BRL", "America/Sao_Paulo", 2, 4),
        Region("MX", "MXN", "America/Mexico_City", 2, 5),
        Region("CO", "COP", "America/Bogota", 0, 9),
        Region("CL", "CLP", "America/Santiago", 0, 9),
        Region("PL", "PLN", "Europe/Warsaw", 2),
        Region("ES", "EUR", "Europe/Madrid", 2),
        Region("AR", "ARS", "America/Argentina/Buenos_Aires", 2),
        Region("FR", "EUR", "Europe/Paris", 2),
        Region("IN", "INR", "Asia/Kolkata", 0),
    )
}


def region_of(code: str) -> Region:
    """The market of a region code; one that is not known keeps its code and has no currency."""
    return REGIONS.get(code.upper()) or Region(code.upper(), "XXX", "UTC")
