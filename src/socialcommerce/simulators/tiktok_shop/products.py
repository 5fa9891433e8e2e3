"""Products of the pretend TikTok Shop: searching, and reading one in its live, reviewed or draft version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Product, Variant
from socialcommerce.simulators.tiktok_shop.defaults import PRODUCT_STATUS, amount
from socialcommerce.simulators.tiktok_shop.stock import product_of
from socialcommerce.simulators.tiktok_shop.taxonomy import chain_of
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_shop.twin import TikTokShopTwin

__all__ = ["image_of", "routes", "word_of"]

routes = Routes()

IMAGE_HOST = "https://p16-oec-va.ibyteimg.com"


def word_of(found: Product) -> str:
    """The status of a product as the API says it."""
    return PRODUCT_STATUS[found.status]


def image_of(uri: str) -> dict[str, Any]:
    """An image as products show it."""
    return {
        "uri": uri,
        "urls": [f"{IMAGE_HOST}/{uri}"],
        "thumb_urls": [f"{IMAGE_HOST}/{uri}~thumb"],
        "width": 600,
        "height": 600,
    }


@routes.on("POST", "/product/202502/products/search")
def search(call: Call) -> Any:
    """Products, newest first; no more than ``search_cap`` can be reached."""
    wish = call.body
    if len(wish.get("sku_ids") or ()) > 10:
        raise wrong("At most 10 `sku_ids`.")
    rows = sorted(call.shop.products.values(), key=lambda one: one.created, reverse=True)
    fitting = [one for one in rows if _fits(one, wish)]
    if call.start() + call.size(100) > call.twin.search_cap:
        raise Refused(12052180, "The total number of search results can not exceed 10000.")
    return call.page(
        "products", fitting, lambda one: _row(call.shop, one, bool(wish.get("return_draft_version"))), 100
    )


def _fits(found: Product, wish: Mapping[str, Any]) -> bool:
    return all(
        test(found, wish[name]) for name, test in TESTS.items() if wish.get(name) not in (None, [], "")
    )


TESTS: Mapping[str, Callable[[Product, Any], bool]] = {
    "status": lambda found, word: word in ("ALL", word_of(found)),
    "seller_skus": lambda found, skus: any(one.sku in skus for one in found.variants),
    "sku_ids": lambda found, ids: any(one.id in ids for one in found.variants),
    "create_time_ge": lambda found, when: int(found.created) >= when,
    "create_time_le": lambda found, when: int(found.created) <= when,
    "update_time_ge": lambda found, when: int(found.updated) >= when,
    "update_time_le": lambda found, when: int(found.updated) <= when,
    "audit_status": lambda found, words: found.native["audit"] in words,
    "return_draft_version": lambda found, draft: not draft or found.native["draft"] is not None,
}
"""The filters of the search: what a product must be."""


def _row(shop: Account, found: Product, draft: bool) -> dict[str, Any]:
    changed = (found.native["draft"] or {}) if draft else {}
    return {
        "id": found.id,
        "title": changed.get("title", found.title),
        "status": word_of(found),
        "skus": [_search_sku(shop, one) for one in found.variants],
        "sales_regions": [shop.region],
        "create_time": int(found.created),
        "update_time": int(found.updated),
        "product_sync_fail_reasons": [],
        "is_not_for_sale": False,
        "audit": {"status": found.native["audit"], "pre_approved_reasons": []},
        "has_draft": found.native["draft"] is not None,
    }


def _price(shop: Account, variant: Variant) -> dict[str, Any]:
    price = amount(shop, variant.price)
    return {"currency": shop.currency, "tax_exclusive_price": price, "sale_price": price}


def _search_sku(shop: Account, variant: Variant) -> dict[str, Any]:
    row = {
        "id": variant.id,
        "seller_sku": variant.sku,
        "price": _price(shop, variant),
        "inventory": _shelf(variant),
        "status_info": {"status": "NORMAL"},
    }
    return row | ({"list_price": variant.native["list_price"]} if "list_price" in variant.native else {})


def _shelf(variant: Variant) -> list[dict[str, Any]]:
    return [{"warehouse_id": place, "quantity": units} for place, units in variant.stock.items()]


@routes.on("GET", "/product/202309/products/{product_id}")
def detail(call: Call) -> Any:
    """One product whole: as on sale, as under review, or as drafted."""
    found = product_of(call)
    changed: Mapping[str, Any] = {}
    if call.query.get("return_under_review_version"):
        changed = _version(found, "pending", found.status == "pending")
    elif call.query.get("return_draft_version"):
        changed = _version(found, "draft", found.status == "draft")
    return (
        _content(call.twin, found, changed)
        | _state(found)
        | {
            "skus": [_sku(call.shop, one) for one in found.variants],
        }
    )


def _version(found: Product, name: str, itself: bool) -> Mapping[str, Any]:
    changed: Mapping[str, Any] | None = found.native[name]
    if changed is None and not itself:
        raise Refused(12052049, f"The product has no {name} version")
    return changed or {}


def _content(twin: TikTokShopTwin, found: Product, changed: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        **found.native,
        "title": found.title,
        "description": found.description,
        **changed,
    }
    brand = fields["brand_id"]
    kept = {name: fields[name] for name in KEPT if fields.get(name) not in (None, "", [])}
    return kept | {
        "id": found.id,
        "title": fields["title"],
        "description": fields["description"],
        "category_chains": chain_of(fields["category_id"]),
        "main_images": [image_of(one["uri"]) for one in fields["main_images"]],
        "brand": {"id": brand, "name": twin.brands.get(brand, "")} if brand else None,
        "product_attributes": [
            {"id": one["id"], "name": f"Attribute {one['id']}", "values": one["values"]}
            for one in fields["product_attributes"]
        ],
    }


KEPT = (
    "external_product_id",
    "package_weight",
    "package_dimensions",
    "is_cod_allowed",
    "minimum_order_quantity",
    "manufacturer_ids",
    "responsible_person_ids",
    "is_pre_owned",
    "scheduled_sale",
    "shipping_template_id",
    "search_terms",
    "key_product_features",
)
"""Fields that are answered as they were written."""


def _state(found: Product) -> dict[str, Any]:
    native = found.native
    failures = [
        {"position": "Product", "reasons": [one], "suggestions": [], "listing_platform": "TIKTOK_SHOP"}
        for one in native["failures"]
    ]
    status = "INITIAL" if found.status in ("pending", "failed") else word_of(found)
    return {
        "status": word_of(found),
        "product_status": status,
        "audit": {"status": native["audit"], "pre_approved_reasons": [], "not_submitted_reasons": []},
        "audit_failed_reasons": failures,
        "has_draft": native["draft"] is not None,
        "is_not_for_sale": False,
        "create_time": int(found.created),
        "update_time": int(found.updated),
    }


def _sku(shop: Account, variant: Variant) -> dict[str, Any]:
    native = variant.native
    kept = {
        name: native[name]
        for name in ("identifier_code", "list_price", "external_sku_id", "sku_weight", "sku_dimensions")
        if native.get(name)
    }
    return kept | {
        "id": variant.id,
        "seller_sku": variant.sku,
        "sales_attributes": [_option(one) for one in native["sales_attributes"]],
        "price": _price(shop, variant),
        "inventory": _shelf(variant),
        "status_info": {"status": "NORMAL"},
    }


def _option(one: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: one[name] for name in ("id", "name", "value_id", "value_name")}
    return shown | ({"sku_img": image_of(one["sku_img"]["uri"])} if "sku_img" in one else {})
