"""What each seller on Facebook and Instagram has: a Page, an Instagram account, an ad account, a pixel."""

from __future__ import annotations

from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.graph.wire import Routes

__all__ = ["routes"]

routes = Routes()

instagram = Routes("instagram_basic", use_case="instagram")
instagram.readable("IGUser", "id")
ads = Routes("ads_management", "ads_read", use_case="ads_management")
ads.readable("AdAccount", "id", "account_id")
ads.readable("AdsPixel", "id", "name")
shop = Routes("catalog_management", "business_management")
shop.readable("CommerceMerchantSettings", "id")


@routes.opens
def furnish(twin: GraphTwin, seller: Seller) -> None:
    """Give a new seller all of it."""
    handle = seller.name.lower().replace(" ", "")
    page = seller.give(
        twin,
        "Page",
        name=seller.name,
        category="Brand",
        tasks=["ADVERTISE", "CREATE_CONTENT", "MANAGE", "MESSAGING"],
    )
    seller.give(
        twin,
        "IGUser",
        username=handle,
        name=seller.name,
        shopping_product_tag_eligibility=True,
        followers_count=1200,
        media_count=0,
    )
    number = twin.new_id("AdAccount")
    seller.give(
        twin,
        "AdAccount",
        key=f"act_{number}",
        account_id=number,
        name=f"{seller.name} ads",
        currency=seller.currency,
        timezone_name=seller.timezone,
        timezone_id=1,
        account_status=1,
        business=twin.business,
    )
    seller.give(twin, "AdsPixel", name=f"{seller.name} pixel", is_unavailable=False)
    seller.give(
        twin,
        "CommerceMerchantSettings",
        display_name=seller.name,
        merchant_status="ENABLED",
        merchant_page={"id": page.id, "name": seller.name},
    )


for _part in (instagram, ads, shop):
    routes.merge(_part)
