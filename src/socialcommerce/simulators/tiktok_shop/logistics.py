"""Warehouses, delivery options and carriers of the pretend TikTok Shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.tiktok_shop.orders import DELIVERY_NAME, DELIVERY_OPTION
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes

__all__ = ["PROVIDERS", "routes"]

routes = Routes()

PROVIDERS: Mapping[str, str] = {
    "7117858858072016686": "USPS",
    "7117859084333745966": "UPS",
    "7129720299146184490": "FedEx",
}
"""Carriers that a seller may use for parcels of their own."""
BY_SELLER = "7091146663229654999"
"""The delivery option with which the seller ships; the other one is TikTok's."""


def _warehouse(shop: Account, key: str, name: str, kind: str, default: bool) -> dict[str, Any]:
    return {
        "id": key,
        "name": name,
        "effect_status": "ENABLED",
        "type": kind,
        "sub_type": "DOMESTIC_WAREHOUSE",
        "is_default": default,
        "address": {
            "region": shop.region,
            "state": "State",
            "city": "City",
            "distict": "Central",
            "contact_person": "Store Keeper",
            "postal_code": "95110",
            "full_address": "1 Depot Road",
            "region_code": shop.region,
            "phone_number": "213****1234",
            "address_line1": "1 Depot Road",
        },
    }


@routes.on("GET", "/logistics/202309/warehouses")
def warehouses(call: Call) -> Any:
    """Where goods lie, and where returns go; ``distict`` is spelled as the platform does."""
    shop = call.shop
    rows = [
        _warehouse(shop, place.id, place.name, "SALES_WAREHOUSE", at == 0)
        for at, place in enumerate(shop.locations)
    ]
    rows.append(
        _warehouse(shop, shop.native["return_warehouse"], "Returns", "RETURN_WAREHOUSE", default=True)
    )
    return {"warehouses": rows}


@routes.on("GET", "/logistics/202309/global_warehouses")
def global_warehouses(call: Call) -> Any:
    """The warehouses of a cross-border seller."""
    rows = [
        {"id": place.id, "name": place.name, "ownership": "SELLER"}
        for shop in call.twin.accounts
        for place in shop.locations
    ]
    return {"global_warehouses": rows}


@routes.on("GET", "/logistics/202309/warehouses/{warehouse_id}/delivery_options")
def delivery_options(call: Call) -> Any:
    """How goods can leave a warehouse: by TikTok, or by the seller."""
    known = {place.id for place in call.shop.locations} | {call.shop.native["return_warehouse"]}
    if call.path["warehouse_id"] not in known:
        raise Refused(12019001, "The warehouse does not exist")
    rows = ((DELIVERY_OPTION, DELIVERY_NAME, "STANDARD"), (BY_SELLER, "Shipped by seller", "SEND_BY_SELLER"))
    return {
        "delivery_options": [
            {
                "id": key,
                "name": name,
                "type": kind,
                "description": name,
                "dimension_limit": {"max_height": 100, "max_length": 100, "max_width": 100, "unit": "CM"},
                "weight_limit": {"max_weight": 30000, "min_weight": 0, "unit": "GRAM"},
                "platform": ["TIKTOK_SHOP"],
            }
            for key, name, kind in rows
        ]
    }


@routes.on("GET", "/logistics/202309/delivery_options/{delivery_option_id}/shipping_providers")
def shipping_providers(call: Call) -> Any:
    """The carriers of a delivery option; an option that TikTok fulfils answers an error."""
    if call.path["delivery_option_id"] != BY_SELLER:
        raise Refused(12019002, "The delivery option is fulfilled by TikTok, it has no shipping providers")
    return {"shipping_providers": [{"id": key, "name": name} for key, name in PROVIDERS.items()]}
