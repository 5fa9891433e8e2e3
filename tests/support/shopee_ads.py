"""What tests of the pretend Shopee's ads do again and again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.support.shopee_caller import Caller

from socialcommerce.simulators.entities import Product
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee.campaigns import today

KEYWORD = {"keyword": "mug", "match_type": "exact", "bid_price_per_click": 0.25}
LOCATION = {"location": "daily_discover", "bid_price": 0.2}


def day(market: Market, shift: int = 0) -> str:
    return written(today(market.default) + timedelta(days=shift))


def written(one: date) -> str:
    return f"{one:%d-%m-%Y}"


def later(shop: Caller, **span: float) -> None:
    """Let time pass, and carry on with a fresh token."""
    shop.twin.market.advance(timedelta(**span))
    shop.token = shop.twin.issue_token(shop.twin.accounts[0])["access_token"]


_numbers = iter(range(10**6))


def number() -> int:
    """A number that no other call has used."""
    return next(_numbers)


def create(shop: Caller, product: Product, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "reference_id": f"c-{number()}",
        "budget": 10,
        "start_date": day(shop.twin.market),
        "bidding_method": "auto",
        "item_id": int(product.id),
    }
    reply: dict[str, Any] = shop.post("ads/create_manual_product_ads", **(body | changes))
    return reply


def created(shop: Caller, product: Product, **changes: Any) -> int:
    (row,) = create(shop, product, **changes)["response"]
    return int(row["campaign_id"])


def manual(shop: Caller, product: Product) -> int:
    return created(
        shop,
        product,
        bidding_method="manual",
        selected_keywords=[KEYWORD],
        discovery_ads_locations=[LOCATION],
        enhanced_cpc=True,
    )


def edit(shop: Caller, campaign: int, action: str, **changes: Any) -> str:
    body: dict[str, Any] = {"campaign_id": campaign, "edit_action": action} | changes
    body.setdefault("reference_id", f"e-{number()}")
    return str(shop.post("ads/edit_manual_product_ads", **body)["error"])


def settings(shop: Caller, campaign: int, blocks: str = "1,2,3,4") -> dict[str, Any]:
    path = "ads/get_product_level_campaign_setting_info"
    reply = shop.get(path, info_type_list=blocks, campaign_id_list=str(campaign))
    row: dict[str, Any] = reply["response"]["campaign_list"][0]
    return row


def status(shop: Caller, campaign: int) -> str:
    return str(settings(shop, campaign, "1")["common_info"]["campaign_status"])
