"""Meta's words for reports: where each metric stands in a row, breakdowns, attribution windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

__all__ = [
    "BOOKED_ON",
    "BREAKDOWNS",
    "FINAL_DAYS",
    "HOUR",
    "INCREMENTS",
    "LEVELS",
    "METRICS",
    "MONEY",
    "NOT_BY_HOUR",
    "NO_SUM",
    "WHOLE",
    "WINDOWS",
    "ReportLevel",
    "Source",
]


@frozen
class Source:
    """Where a metric stands in a row: the value of ``field``, or of one entry of that list.

    ``types`` are the action types that count, the best first: exactly one is taken, since they hold one
    another. Which one is decided by the list ``like``, so that a value belongs to its count. With ``only``
    the single entry of a list counts, whatever its type. Of what is ``attributed``, an entry without any
    of the windows that were chosen counts nothing; what happens on the ad itself has none.
    """

    field: str
    types: tuple[str, ...] = ()
    like: str | None = None
    only: bool = False
    attributed: bool = False


_PURCHASE = ("omni_purchase", "purchase")
_CART = ("omni_add_to_cart", "add_to_cart")

METRICS: Final[Mapping[str, Source]] = {
    "impressions": Source("impressions"),
    "clicks": Source("clicks"),
    "link_clicks": Source("inline_link_clicks"),
    "spend": Source("spend"),
    "orders": Source("actions", _PURCHASE, attributed=True),
    "conversions": Source("results"),
    "conversion_value": Source("action_values", _PURCHASE, like="actions", attributed=True),
    "reach": Source("reach"),
    "frequency": Source("frequency"),
    "video_views": Source("actions", ("video_view",)),
    "video_completions": Source("video_p100_watched_actions", ("video_view",), only=True),
    "add_to_cart": Source("actions", _CART, attributed=True),
    "add_to_cart_value": Source("action_values", _CART, like="actions", attributed=True),
    "initiate_checkout": Source("actions", ("initiate_checkout",), attributed=True),
    "page_views": Source("actions", ("view_content", "landing_page_view")),
    "leads": Source("actions", ("lead",), attributed=True),
    "followers": Source("actions", ("like",)),
    "items_sold": Source("converted_product_quantity", _PURCHASE, only=True),
}
"""``clicks`` are all clicks; ``video_views`` those of three seconds; ``conversions`` the goal's results."""

MONEY = frozenset({"spend", "conversion_value", "add_to_cart_value"})
WHOLE = frozenset({
    "impressions", "clicks", "link_clicks", "orders", "reach", "video_views", "video_completions",
    "followers",
})  # fmt: skip
NO_SUM = frozenset({"reach", "frequency"})
"""People, who would be counted twice."""
NOT_BY_HOUR = NO_SUM
"""What Meta does not tell by the hour."""

BREAKDOWNS: Final[Mapping[str, tuple[str, ...]]] = {
    "country": ("country",),
    "region": ("region",),
    "gender": ("gender",),
    "age": ("age",),
    "device": ("device_platform",),
    "placement": ("publisher_platform", "platform_position"),
    "product": ("product_id",),
}
"""A placement is shown as ``platform:position``, as targeting writes it."""

HOUR: Final = "hourly_stats_aggregated_by_advertiser_time_zone"
"""The breakdown by hour; its values look like ``13:00:00 - 13:59:59``."""

INCREMENTS: Final[Mapping[str, str]] = {"day": "1", "hour": "1", "week": "7", "month": "monthly"}

BOOKED_ON: Final[Mapping[str, str]] = {"click": "impression", "conversion": "conversion", "mixed": "mixed"}
"""``action_report_time``: the day of the ad's part in it, or of the sale."""

WINDOWS: Final[Mapping[str, Mapping[int, str]]] = {
    "click_days": {1: "1d_click", 7: "7d_click", 28: "28d_click"},
    "view_days": {1: "1d_view"},
    "engagement_days": {1: "1d_ev"},
}
"""The attribution windows that Meta still answers; they do not overlap, so those chosen are added up."""

FINAL_DAYS: Final = 28
"""Days after which figures stay as they are: the longest window that counts."""


@frozen
class ReportLevel:
    """A level of a report: Meta's word and the ids that its rows carry, that of the object last."""

    word: str
    ids: tuple[tuple[str, str], ...] = ()


_CAMPAIGN, _GROUP, _AD = ("campaign_id", "campaign_id"), ("ad_group_id", "adset_id"), ("ad_id", "ad_id")

LEVELS: Final[Mapping[str, ReportLevel]] = {
    "account": ReportLevel("account"),
    "campaign": ReportLevel("campaign", (_CAMPAIGN,)),
    "ad_group": ReportLevel("adset", (_CAMPAIGN, _GROUP)),
    "ad": ReportLevel("ad", (_CAMPAIGN, _GROUP, _AD)),
}
