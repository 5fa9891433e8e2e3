"""The shop itself: who it is, its warehouses, its holidays."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes

__all__ = ["routes"]

routes = Routes()


@routes.get("shop/get_shop_info")
def info(call: Call) -> Any:
    """Name, region and the times of the authorisation (a bare reply)."""
    shop = call.shop
    grant = call.twin.authority.standing(call.app, ("shop_id", shop.id))
    return {
        "auth_time": int(grant.since),
        "expire_time": int(grant.until),
        "shop_name": shop.name,
        "region": shop.region,
        "status": "NORMAL",
        "shop_fulfillment_flag": "Others",
        "is_cb": shop.native["merchant_id"] is not None,
        "is_upgraded_cbsc": False,
        "merchant_id": shop.native["merchant_id"],
        "is_sip": False,
        "sip_affi_shops": [],
        "is_main_shop": False,
        "is_direct_shop": False,
        "linked_direct_shop_list": [],
        "linked_main_shop_id": 0,
    }


@routes.get("shop/get_profile")
def profile(call: Call) -> Any:
    """What buyers see of the shop."""
    return _profile(call.shop) | {"invoice_issuer": "Shopee"}


def _profile(shop: Account) -> dict[str, Any]:
    return {
        "shop_logo": f"https://cf.shopee.sg/file/logo{shop.id}",
        "description": shop.native["description"],
        "shop_name": shop.name,
    }


@routes.post("shop/update_profile")
def update_profile(call: Call) -> Any:
    """Change the shop's name or description."""
    call.shop.name = call.get("shop_name", call.shop.name)
    call.shop.native["description"] = call.get("description", call.shop.native["description"])
    return _profile(call.shop)


@routes.get("shop/get_shop_holiday_mode")
def holiday(call: Call) -> Any:
    """Whether the shop is away."""
    native = call.shop.native
    return {"holiday_mode_on": native["holiday"], "holiday_mode_mtime": native["holiday_changed"]}


@routes.post("shop/set_shop_holiday_mode")
def set_holiday(call: Call) -> Any:
    """Send the shop away, or bring it back."""
    call.shop.native |= {"holiday": call.params["holiday_mode_on"], "holiday_changed": call.now}
    return {"debug_msg": ""}


@routes.get("shop/get_warehouse_detail")
def warehouses(call: Call) -> Any:
    """The warehouses, as a list; a shop with only one is refused."""
    shop = call.shop
    if not shop.native["multi_warehouse"]:
        raise Refused("warehouse.error_not_in_whitelist", "Your shop is not in multi-warehouse whitelist.")
    kind = call.get("warehouse_type", 1)
    rows = [
        {
            "warehouse_id": number,
            "warehouse_name": place.name,
            "warehouse_type": kind,
            "location_id": place.id,
            "region": shop.region,
            "state_code": "",
            "holiday_mode_state": 0,
            **shop.native["address"],
        }
        for number, place in enumerate(shop.locations, 1)
    ]
    return rows if kind == 1 else []
