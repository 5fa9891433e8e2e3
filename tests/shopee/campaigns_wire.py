"""Shopee's campaign calls, the plans that tests make of them, and wires that hold a campaign."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

from tests.shopee.ads_wire import Wire, refused, settings_row

from socialcommerce.models import Bid, Budget, CampaignInput, Delivery, Keyword, Money, Ref, Targeting

__all__ = [
    "CREATE",
    "EDIT",
    "GMS",
    "GMS_EDIT",
    "IDS",
    "MADE",
    "NO_GMS",
    "SETTINGS",
    "SGT",
    "WORDS",
    "auto_row",
    "by_hand",
    "daily",
    "location",
    "one_campaign",
    "plan",
    "settings",
    "sgd",
    "whole_shop",
]


SGT = timezone(timedelta(hours=8))
IDS = "get_product_level_campaign_id_list"
SETTINGS = "get_product_level_campaign_setting_info"
GMS = "get_gms_campaign_performance"
CREATE = "create_manual_product_ads"
EDIT = "edit_manual_product_ads"
WORDS = "edit_manual_product_ad_keywords"
GMS_EDIT = "edit_gms_product_campaign"
NO_GMS = refused("ads_error_product_gms_campaign_not_found", "Product GMS Campaign cannot be found.")
MADE = [{"campaign_id": 12121}]


def sgd(amount: str) -> Money:
    return Money(amount, "SGD")


def daily(amount: str) -> Budget:
    return Budget(kind="daily", amount=sgd(amount))


def plan(**changes: Any) -> CampaignInput:
    fields: dict[str, Any] = {"products": [Ref(product_id="34001")], "budget": daily("12.5")}
    return CampaignInput(**fields | changes)


def by_hand(**changes: Any) -> Delivery:
    targeting = Targeting(
        keywords=["mug", Keyword("tea cup", "exact", sgd("0.3"))], placements=["search", "daily_discover"]
    )
    fields: dict[str, Any] = {"bid": Bid("manual", sgd("0.2")), "targeting": targeting}
    return Delivery(**fields | changes)


def settings(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"campaign_list": list(rows)}


def auto_row(**changes: Any) -> dict[str, Any]:
    row = settings_row(bidding_method="auto", **changes)
    return row | {"manual_bidding_info": {}}


def one_campaign() -> Wire:
    """A shop with one campaign of products, number 12121."""
    return Wire({SETTINGS: settings(settings_row()), EDIT: MADE, WORDS: MADE, CREATE: MADE, GMS: NO_GMS})


def whole_shop() -> Wire:
    """A shop whose only campaign is the whole shop's, number 900."""
    return Wire(
        {
            SETTINGS: refused("error_not_found", "The information you queried is not found."),
            GMS: {"campaign_id": 900, "report": {}},
            GMS_EDIT: {"campaign_id": 900},
            "create_gms_product_campaign": {"campaign_id": 900},
            "check_create_gms_product_campaign_eligibility": {"is_eligible": True},
        }
    )


def location(bid: str) -> dict[str, Any]:
    return {"location": "daily_discover", "status": "active", "bid_price": Decimal(bid)}
