"""What is left of a shop's settings: how it is shown, and the catalog it shows."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.meta.graph.assets import assets
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows

__all__ = ["routes"]

routes = Routes("catalog_management", "business_management")
KIND = "CommerceMerchantSettings"


@routes.edge("GET", "Business", "commerce_merchant_settings")
def of_business(call: Call) -> Rows:
    """The shops of the business."""
    return assets(call, KIND, False)


@routes.edge("GET", "Page", "commerce_merchant_settings")
def of_page(call: Call) -> Rows:
    """The shop of a page."""
    return Rows([call.seller.asset(KIND)])


@routes.edge("GET", KIND, "product_catalogs")
@routes.edge("GET", "Page", "product_catalogs")
def product_catalogs(call: Call) -> Rows:
    """The catalog that is shown."""
    return Rows([call.seller.catalog])


@routes.edge("GET", KIND, "shops")
def shops(call: Call) -> Rows:
    """The storefronts: one, on both channels."""
    page, instagram = call.seller.asset("Page"), call.seller.asset("IGUser")
    return Rows([{**_storefront(call.own), **_channels(page, instagram)}])


def _storefront(settings: Node) -> dict[str, Any]:
    return {"id": f"{settings.id}0", "shop_status": settings.data["merchant_status"]}


def _channels(page: Node, instagram: Node) -> dict[str, Any]:
    return {
        "fb_sales_channel": {"fb_page": {"id": page.id}},
        "ig_sales_channel": {"ig_account": {"id": instagram.id}},
    }


@routes.edge("GET", KIND, "setup_status")
def setup_status(call: Call) -> Rows:
    """How far the shop is set up; checkout is gone, so there is nothing to be paid."""
    return Rows([{"shop_setup": "SETUP", "payment_setup": "NOT_SETUP", "deals_setup": "NOT_SETUP"}])
