"""The review of listings on the pretend TikTok Shop, and the switches that put them on and off sale."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Product
from socialcommerce.simulators.tiktok_shop import push
from socialcommerce.simulators.tiktok_shop.stock import bad_status, product_of
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_shop.twin import TikTokShopTwin

__all__ = ["REVIEWED", "apply", "draft", "routes", "submit"]

routes = Routes()

REVIEWED = frozenset(
    {
        "title",
        "description",
        "category_id",
        "brand_id",
        "main_images",
        "product_attributes",
        "size_chart",
        "video",
        "certifications",
    }
)
"""What a live product shows only after review."""


def apply(shop: Account, found: Product, changes: dict[str, Any], rows: Any, whole: bool) -> None:
    """Write changes into the copy itself."""
    from socialcommerce.simulators.tiktok_shop.listing import write_skus

    found.title = changes.pop("title", found.title)
    found.description = changes.pop("description", found.description)
    found.native |= changes
    if rows:
        write_skus(shop, found, rows, whole)


def draft(call: Call, found: Product, changes: dict[str, Any], rows: Any, whole: bool) -> None:
    """Keep an edit as a draft; what is live shows nothing of it."""
    if found.status == "pending":
        raise bad_status()
    if found.status == "draft":
        apply(call.shop, found, changes, rows, whole)
        return
    found.native["draft"] = changes | ({"skus": (rows, whole)} if rows else {})


def submit(twin: TikTokShopTwin, shop: Account, found: Product) -> None:
    """Send a product, or the pending edit of a live one, to review."""
    if shop.native.get("unmet"):
        raise Refused(12052701, "The shop has not met the listing prerequisites")
    if found.status in ("draft", "failed"):
        found.status = "pending"
    round_number = found.native.get("round", 0) + 1
    found.native |= {"audit": "AUDITING", "failures": [], "round": round_number, "draft": None}
    _tell(twin, shop, found, "AUDITING")
    shop.later(twin.audit_delay, lambda: _decide(twin, shop, found, round_number))


def _decide(twin: TikTokShopTwin, shop: Account, found: Product, round_number: int) -> None:
    if found.native["round"] != round_number or found.status == "deleted":
        return
    title = (found.native["pending"] or {}).get("title", found.title)
    bad = sorted(word for word in twin.forbidden if word in title.lower())
    found.updated = twin.clock.now()
    if bad:
        _fail(twin, shop, found, [f"The title holds the forbidden word {word}" for word in bad])
    else:
        _pass(twin, shop, found)


def _fail(twin: TikTokShopTwin, shop: Account, found: Product, reasons: list[str]) -> None:
    found.native |= {"audit": "FAILED", "failures": reasons}
    if found.status == "pending":
        found.status = "failed"
    _tell(twin, shop, found, "FAILED")
    push.product(
        twin,
        shop,
        found,
        "PRODUCT_STATUS_CHANGE",
        status="PRODUCT_AUDIT_FAILURE",
        suspended_reason="; ".join(reasons),
    )


def _pass(twin: TikTokShopTwin, shop: Account, found: Product) -> None:
    before, changes = found.native.get("category_id"), dict(found.native["pending"] or {})
    rows, whole = changes.pop("skus", (None, False))
    fields = sorted(changes)
    apply(shop, found, changes, rows, whole)
    first = found.status == "pending"
    found.native |= {"audit": "APPROVED", "pending": None}
    if first:
        found.status = "active"
        push.product(
            twin,
            shop,
            found,
            "PRODUCT_STATUS_CHANGE",
            status="PRODUCT_FIRST_PASS_REVIEW",
            suspended_reason="",
        )
    else:
        push.product(
            twin, shop, found, "PRODUCT_INFORMATION_CHANGE", change_source="OPEN_API", changed_fields=fields
        )
    if found.native["category_id"] != before:
        push.product(
            twin,
            shop,
            found,
            "PRODUCT_CATEGORY_CHANGE",
            previous_category_id=before,
            current_category_id=found.native["category_id"],
        )
    _tell(twin, shop, found, "APPROVED")


def _tell(twin: TikTokShopTwin, shop: Account, found: Product, status: str) -> None:
    push.product(
        twin, shop, found, "PRODUCT_AUDIT_STATUS_CHANGE", audit={"status": status, "pre_approved_reasons": []}
    )


# -- on and off sale


def _each(call: Call, change: Callable[[Product], None]) -> dict[str, Any]:
    ids = call.body["product_ids"]
    if not 1 <= len(ids) <= 20:
        raise wrong("Give 1 to 20 `product_ids`.")
    errors = []
    for key in ids:
        try:
            change(product_of(call, key))
        except Refused as refusal:
            errors.append(refusal.error(product_id=key))
    return {"errors": errors} if errors else {}


def _move(call: Call, found: Product, status: str) -> None:
    found.status, found.updated = status, call.twin.clock.now()
    push.product(
        call.twin,
        call.shop,
        found,
        "PRODUCT_STATUS_CHANGE",
        status="PRODUCT_STATUS_CHANGED",
        suspended_reason="",
    )
    skus = [
        {
            "sku_id": one.id,
            "status": "NORMAL" if status == "active" else "DEACTIVATED",
            "deactivation_source": "SELLER",
        }
        for one in found.variants
    ]
    push.product(call.twin, call.shop, found, "SKU_STATUS_CHANGE", skus=skus)


@routes.on("POST", "/product/202309/products/activate")
def activate(call: Call) -> Any:
    """Put products that were taken off sale back; the review looks at them again."""

    def change(found: Product) -> None:
        if found.status == "inactive":
            _move(call, found, "pending")
            submit(call.twin, call.shop, found)
        elif found.status not in ("active", "pending"):
            raise Refused(12052003, "The current product status can not be actiavted")

    return _each(call, change)


@routes.on("POST", "/product/202309/products/deactivate")
def deactivate(call: Call) -> Any:
    """Take products off sale."""

    def change(found: Product) -> None:
        if found.status == "active":
            _move(call, found, "inactive")
        elif found.status != "inactive":
            raise bad_status()

    return _each(call, change)


@routes.on("DELETE", "/product/202309/products")
def delete(call: Call) -> Any:
    """Delete products; they can be recovered."""

    def change(found: Product) -> None:
        if found.status == "frozen":
            raise bad_status()
        if found.status != "deleted":
            _move(call, found, "deleted")

    return _each(call, change)


@routes.on("POST", "/product/202309/products/recover")
def recover(call: Call) -> Any:
    """Bring deleted products back, off sale."""

    def change(found: Product) -> None:
        if found.status != "deleted":
            raise bad_status()
        _move(call, found, "inactive")

    return _each(call, change)
