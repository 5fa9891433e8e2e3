"""GMV Max: shops, the exclusive right to advertise them, campaigns, suggestions and reports."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.entities import Product
from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser, Family, Node
from socialcommerce.simulators.tiktok_ads.defaults import stores_of
from socialcommerce.simulators.tiktok_ads.nodes import (
    amount,
    check_name,
    check_schedule,
    created,
    find,
    listing,
    once,
    show,
    touch,
)
from socialcommerce.simulators.tiktok_ads.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

FAMILY: tuple[Family, ...] = ("gmv_max",)
PROMOTION = {"PRODUCT": "PRODUCT_GMV_MAX", "LIVE": "LIVE_GMV_MAX"}
NOT_KEPT = frozenset({"advertiser_id", "request_id"})
NEEDED = {"PRODUCT": "product_video_specific_type", "LIVE": "identity_list"}
"""What each kind of campaign must say beside the fields that both need."""


# -- shops


@routes.on("GET", "/store/list/")
def stores(call: Call) -> Any:
    """The shop of an ad account."""
    account = call.advertiser
    row = stores_of(account, call.twin.bc_id) | {"store_type": "TIKTOK_SHOP", "catalog_id": ""}
    return {"stores": [row] if call.values.get("store_id", account.store_id) == account.store_id else []}


def _right(account: Advertiser) -> dict[str, Any]:
    return {
        "advertiser_id": account.id,
        "advertiser_name": account.name,
        "advertiser_status": account.native["status"],
        "authorization_status": "EFFECTIVE" if account.exclusive else "UNAUTHORIZED",
        "store_id": account.store_id,
        "identity_id": account.identities[1]["identity_id"],
    }


@routes.on("GET", "/gmv_max/store/list/")
def gmv_stores(call: Call) -> Any:
    """The shops that can be advertised, and who holds the exclusive right."""
    account = call.advertiser
    row = stores_of(account, call.twin.bc_id) | {
        "store_status": "ACTIVE",
        "is_gmv_max_available": True,
        "is_owner_bc": True,
        "thumbnail_url": "https://p16.example.com/shop.jpeg",
        "exclusive_authorized_advertiser_info": _right(account) if account.exclusive else None,
    }
    return {"store_list": [row]}


@routes.on("GET", "/gmv_max/exclusive_authorization/get/")
def right(call: Call) -> Any:
    """Who holds the exclusive right for a shop."""
    call.twin.check_store(call.advertiser, call.values)
    return _right(call.advertiser)


@routes.on("POST", "/gmv_max/exclusive_authorization/create/")
def take_right(call: Call) -> Any:
    """Take the exclusive right for a shop."""
    call.twin.check_store(call.advertiser, call.values)
    call.advertiser.exclusive = True


@routes.on("GET", "/gmv_max/store/shop_ad_usage_check/")
def usage(call: Call) -> Any:
    """Whether all products may be promoted at once."""
    call.twin.check_store(call.advertiser, call.values)
    return {"promote_all_products_allowed": True, "is_running_custom_shop_ads": False}


@routes.on("GET", "/gmv_max/identity/get/")
def gmv_identities(call: Call) -> Any:
    """The TikTok accounts whose posts a campaign may use."""
    call.twin.check_store(call.advertiser, call.values)
    shown = [one for one in call.advertiser.identities if one["identity_type"] == "TT_USER"]
    more = {
        "identity_authorized_shop_id": call.advertiser.store_id,
        "product_gmv_max_available": True,
        "live_gmv_max_available": True,
    }
    return {"identity_list": [one | more for one in shown]}


def _product(account: Advertiser, product: Product) -> dict[str, Any]:
    prices = [variant.price for variant in product.variants]
    stock = sum(variant.available for variant in product.variants)
    ready = product.status == "active" and stock > 0
    return {
        "store_id": account.store_id,
        "item_group_id": product.id,
        "title": product.title,
        "product_image_url": "https://p16.example.com/product.jpeg",
        "min_price": str(min(prices)),
        "max_price": str(max(prices)),
        "currency": account.currency,
        "historical_sales": product.native["historical_sales"],
        "category": product.native["category"],
        "quantity": stock,
        "status": "AVAILABLE" if ready else "NOT_AVAILABLE",
        "gmv_max_ads_status": "OCCUPIED" if product.id in _advertised(account) else "UNOCCUPIED",
        "is_running_custom_shop_ads": False,
    }


def _advertised(account: Advertiser) -> set[str]:
    found: set[str] = set()
    for node in account.nodes.values():
        if node.family == "gmv_max" and node.operation == "ENABLE":
            found |= set(node.row.get("item_group_ids") or account.products)
    return found


@routes.on("GET", "/store/product/get/")
def products(call: Call) -> Any:
    """The products of a shop."""
    account = call.account or next(
        (one for one in call.twin.advertisers if one.store_id == call.values["store_id"]), None
    )
    if account is None or account.store_id != call.values["store_id"]:
        raise Refused(40007, f"Store {call.values['store_id']} doesn't exist.")
    call.twin.check_bc(call.values["bc_id"])
    filters = call.filtering
    rows = [
        product
        for product in account.products.values()
        if filters.get("product_name", "").casefold() in product.title.casefold()
        if product.id in filters.get("item_group_ids", [product.id])
    ]
    if call.values.get("sort_field") == "min_price":
        rows.sort(key=lambda one: one.variants[0].price, reverse=call.values.get("sort_type") != "ASC")
    return call.page(rows, lambda one: _product(account, one), 100, "store_products")


# -- campaigns


def _check(account: Advertiser, row: Mapping[str, Any]) -> None:
    check_name("campaign_name", row["campaign_name"])
    check_schedule(row)
    amount(account, "budget", row.get("budget"), required=row["shopping_ads_type"] == "PRODUCT")
    if not 0 < (row.get("roas_bid") or 0) <= 1000:
        raise wrong("roas_bid: Must be between 0.01 and 1000.")
    if row["schedule_type"] == "SCHEDULE_FROM_NOW" and row.get("schedule_end_time"):
        raise wrong("schedule_end_time: Not supported when schedule_type is SCHEDULE_FROM_NOW.")
    chosen = row.get("item_group_ids") or []
    if row.get("product_specific_type") == "CUSTOMIZED_PRODUCTS" and not chosen:
        raise wrong("Missing required field(s): item_group_ids.")
    if row.get("product_specific_type", "ALL") == "ALL" and chosen:
        raise wrong("item_group_ids: Must not be given when product_specific_type is ALL.")
    if len(chosen) > 50:
        raise Refused(40011, "item_group_ids: Must hold at most 50 ids.")
    missing = [key for key in chosen if key not in account.products]
    if missing:
        raise Refused(40007, f"item_group_ids: {missing[0]} doesn't exist.")


@routes.on("POST", "/campaign/gmv_max/create/")
def create(call: Call) -> Any:
    """A new campaign. It is on at once: this call has no switch."""

    def make() -> dict[str, Any]:
        account, now = call.advertiser, call.advertiser.clock.now()
        call.twin.check_store(account, call.values)
        if not account.exclusive:
            raise Refused(40001, "The advertiser lacks the exclusive authorization for this store.")
        needed = NEEDED[call.values["shopping_ads_type"]]
        if not call.values.get(needed):
            raise wrong(f"Missing required field(s): {needed}.")
        kept = {name: value for name, value in call.values.items() if name not in NOT_KEPT}
        key = call.twin.new_id("campaign")
        fixed = {"objective_type": "PRODUCT_SALES", "item_group_ids": []}
        row = {**fixed, "product_specific_type": "ALL", **kept, "campaign_id": key}
        _check(account, row)
        return show(account, created(call, Node(key, "campaign", "gmv_max", "", row, now, now)))

    return once(call, make)


CHANGEABLE = ("campaign_name", "budget", "roas_bid", "item_group_ids", "schedule_type", "schedule_end_time",
              "promotion_days", "auto_budget_enabled", "affiliate_posts_enabled")  # fmt: skip


@routes.on("POST", "/campaign/gmv_max/update/")
def update(call: Call) -> Any:
    """Change name, budget, wanted return, products or end."""
    account = call.advertiser
    node = find(account, "campaign", call.values["campaign_id"], FAMILY)
    changes = {name: call.values[name] for name in CHANGEABLE if name in call.values}
    if changes.get("item_group_ids"):
        changes["product_specific_type"] = "CUSTOMIZED_PRODUCTS"
    _check(account, node.row | changes)
    touch(account, node, changes)
    return show(account, node)


@routes.on("GET", "/campaign/gmv_max/info/")
def info(call: Call) -> Any:
    """One campaign in full."""
    node = call.advertiser.nodes.get(call.values["campaign_id"])
    if node is None or node.family != "gmv_max":
        raise Refused(40007, f"campaign_id: {call.values['campaign_id']} doesn't exist.")
    return show(call.advertiser, node)


BRIEF = ("advertiser_id", "campaign_id", "campaign_name", "objective_type", "operation_status",
         "secondary_status", "create_time", "modify_time")  # fmt: skip


def _brief(account: Advertiser, node: Node) -> dict[str, Any]:
    row = show(account, node)
    return {name: row[name] for name in BRIEF} | {"roi_protection_compensation_status": None}


@routes.on("GET", "/gmv_max/campaign/get/")
def campaigns(call: Call) -> Any:
    """Campaigns in brief; ``/campaign/gmv_max/info/`` tells the rest."""
    kinds, stores_ = set(call.filtering["gmv_max_promotion_types"]), call.filtering.get("store_ids")

    def wanted(node: Node) -> bool:
        return PROMOTION[node.row["shopping_ads_type"]] in kinds and (
            not stores_ or node.row["store_id"] in stores_
        )

    return listing(call, "campaign", "gmv_max", _brief, 100, wanted)


@routes.on("GET", "/gmv_max/bid/recommend/")
def recommend(call: Call) -> Any:
    """A wanted return and a daily budget for some products (or all)."""
    account = call.advertiser
    call.twin.check_store(account, call.values)
    chosen = [
        account.products[key] for key in call.values.get("item_group_ids") or () if key in account.products
    ]
    prices = [product.variants[0].price for product in chosen or account.products.values()]
    dearest = max(prices, default=Decimal(10))
    return {"roas_bid": Decimal("4.5"), "budget": max(Decimal(50), round(dearest * 10))}
