"""What was spent and won, as rows of a report: books, how they are split, and metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from socialcommerce.simulators.books import Book, gather
from socialcommerce.simulators.books import split as shared
from socialcommerce.simulators.tiktok_ads.defaults import places

__all__ = ["METRICS", "Book", "gather", "gmv_metrics", "metrics", "split"]

NONE = "-"
"""How the platform writes a figure that cannot be computed."""


def split(book: Book, parts: int, currency: str) -> list[Book]:
    """A book in so many parts of whole steps of the currency. See ``simulators.books.split``."""
    return shared(book, parts, places(currency))


def _ratio(above: Decimal | int, below: Decimal | int, factor: int = 1, missing: str = NONE) -> str:
    return f"{Decimal(above) * factor / Decimal(below):.2f}" if below else missing


Figure = Callable[[Book], str]
METRICS: Mapping[str, Figure] = {
    "spend": lambda book: f"{book.spend:.2f}",
    "impressions": lambda book: str(book.impressions),
    "clicks": lambda book: str(book.clicks),
    "ctr": lambda book: _ratio(book.clicks, book.impressions, 100, "0.00"),
    "cpc": lambda book: _ratio(book.spend, book.clicks, missing="0.00"),
    "cpm": lambda book: _ratio(book.spend, book.impressions, 1000, "0.00"),
    "reach": lambda book: str(book.impressions * 4 // 5),
    "frequency": lambda book: _ratio(book.impressions, book.impressions * 4 // 5),
    "conversion": lambda book: str(book.orders),
    "cost_per_conversion": lambda book: _ratio(book.spend, book.orders),
    "conversion_rate": lambda book: _ratio(book.orders, book.clicks, 100),
    "conversion_rate_v2": lambda book: _ratio(book.orders, book.clicks, 100),
    "result": lambda book: str(book.orders),
    "complete_payment": lambda book: str(book.orders),
    "total_complete_payment_rate": lambda book: f"{book.value:.2f}",
    "complete_payment_roas": lambda book: _ratio(book.value, book.spend),
    "total_purchase_value": lambda book: f"{book.value:.2f}",
    "onsite_total_purchase": lambda book: "0",
    "onsite_total_purchase_value": lambda book: "0.00",
    "onsite_total_add_to_cart": lambda book: "0",
    "onsite_total_add_to_cart_value": lambda book: "0.00",
    "onsite_total_checkout_initiation": lambda book: "0",
    "onsite_total_product_details_page_view": lambda book: str(book.clicks),
    "shop_total_items_purchased": lambda book: str(book.items),
    "web_event_add_to_cart": lambda book: str(book.orders * 2),
    "initiate_checkout": lambda book: str(book.orders),
    "video_play_actions": lambda book: str(book.impressions),
    "video_watched_2s": lambda book: str(book.impressions // 2),
    "video_watched_6s": lambda book: str(book.impressions // 4),
    "video_views_p25": lambda book: str(book.impressions // 2),
    "video_views_p50": lambda book: str(book.impressions // 4),
    "video_views_p75": lambda book: str(book.impressions // 8),
    "video_views_p100": lambda book: str(book.impressions // 10),
    "likes": lambda book: str(book.clicks // 4),
    "comments": lambda book: str(book.clicks // 20),
    "shares": lambda book: str(book.clicks // 30),
    "follows": lambda book: str(book.clicks // 10),
    "form": lambda book: "0",
    "onsite_form": lambda book: "0",
}
"""Name of a figure -> how it is computed; all are texts.

A sale is made on the seller's website or on TikTok, never on both: here on the website, while what
the shop on TikTok sells is told by GMV Max.
"""

GMV_METRICS: Mapping[str, Figure] = {
    "cost": lambda book: f"{book.spend:.2f}",
    "net_cost": lambda book: f"{book.spend:.2f}",
    "orders": lambda book: str(book.orders),
    "cost_per_order": lambda book: _ratio(book.spend, book.orders, missing="0.00"),
    "gross_revenue": lambda book: f"{book.value:.2f}",
    "roi": lambda book: _ratio(book.value, book.spend, missing="0.00"),
    "product_impressions": lambda book: str(book.impressions),
    "product_clicks": lambda book: str(book.clicks),
}


def metrics(book: Book, names: Sequence[str]) -> dict[str, str]:
    """The figures of a book among ``names``."""
    return {name: METRICS[name](book) for name in names if name in METRICS}


def gmv_metrics(book: Book, names: Sequence[str]) -> dict[str, str]:
    """The figures of a GMV Max report among ``names``."""
    return {name: GMV_METRICS[name](book) for name in names if name in GMV_METRICS}
