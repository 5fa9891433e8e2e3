"""Listing products on the pretend TikTok Shop: creating, replacing, editing, checking beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Product, Variant
from socialcommerce.simulators.tiktok_shop import push, review
from socialcommerce.simulators.tiktok_shop.defaults import entity_options, product_fields
from socialcommerce.simulators.tiktok_shop.stock import bad_status, price_of, product_of, shelf_of
from socialcommerce.simulators.tiktok_shop.taxonomy import ATTRIBUTES, category_version, check_leaf
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

MANY_SKUS = frozenset({"US", "GB", "DE", "ES", "FR", "IE", "IT", "BR", "JP", "MX"})
LONG_TITLES = frozenset({"BR", "MX"})
LEAST_TITLE = frozenset({"ID", "MY", "PH", "SG", "TH", "VN"})
NO_FIELDS = frozenset(
    {"title", "description", "skus", "save_mode", "idempotency_key", "category_version", "locale"}
)
Body = Mapping[str, Any]


# -- the rules, in the order in which the platform names what breaks them


def _title(call: Call, body: Body) -> None:
    least = 25 if call.shop.region in LEAST_TITLE else 1
    most = 300 if call.shop.region in LONG_TITLES else 255
    if "title" in body and not least <= len(body["title"]) <= most:
        raise Refused(12052017, f"The product title must have {least} to {most} characters")


def _category(call: Call, body: Body) -> None:
    if "category_id" not in body:
        return
    category = check_leaf(body["category_id"])
    version = body.get("category_version")
    if version is not None and version != category_version(call.shop.region):
        raise Refused(12052023, "The category_version does not fit the market")
    given = {one["id"] for one in body.get("product_attributes") or ()}
    for key in category.attributes:
        if ATTRIBUTES[key].required and key not in given:
            raise Refused(12052251, f"The product attribute {ATTRIBUTES[key].name} is required")


def _images(call: Call, body: Body) -> None:
    if "main_images" not in body:
        return
    uris = [one["uri"] for one in body["main_images"]]
    if not 1 <= len(uris) <= 9:
        raise Refused(12052220, "The product must have 1 to 9 main images")
    known = call.twin.images | {
        one["uri"]
        for shop in call.twin.accounts
        for found in shop.products.values()
        for one in found.native["main_images"]
    }
    if any(uri not in known for uri in uris):
        raise Refused(12052221, "The image uri is invalid, upload the image first")


def _skus(call: Call, body: Body, found: Product | None = None) -> None:
    rows = body.get("skus")
    if rows is None:
        return
    most = 300 if call.shop.region in MANY_SKUS else 100
    if not 1 <= len(rows) <= most:
        raise Refused(12052240, f"The product must have 1 to {most} SKUs")
    for row in rows:
        known = found.variant(row["id"]) if found is not None and row.get("id") else None
        if row.get("id") and known is None:
            raise Refused(12052048, "The SKU does not belong to the product")
        if "price" in row or known is None:
            price_of(call.shop, row.get("price") or {"currency": call.shop.currency})
        if "inventory" in row or known is None:
            shelf_of(call.shop, known, row.get("inventory") or [])
    options = [
        str(
            sorted(
                (one.get("id"), one.get("name"), one.get("value_id"), one.get("value_name"))
                for one in row.get("sales_attributes") or ()
            )
        )
        for row in rows
        if not row.get("id")
    ]
    if len(rows) > 1 and len(set(options)) < len(options):
        raise Refused(12052241, "The SKUs must differ in their sales attributes")


def _external(call: Call, body: Body, found: Product | None = None) -> None:
    wanted = body.get("external_product_id")
    if wanted and any(
        one is not found and one.status != "deleted" and one.native["external_product_id"] == wanted
        for one in call.shop.products.values()
    ):
        raise Refused(12052996, "The external_product_id is duplicated")


RULES: tuple[Callable[[Call, Body], None], ...] = (_title, _category, _images)


def _check(call: Call, body: Body, found: Product | None = None) -> None:
    for rule in RULES:
        rule(call, body)
    _skus(call, body, found)
    _external(call, body, found)


# -- creating


@routes.on("POST", "/product/202309/products")
def create(call: Call) -> Any:
    """A new product, as a draft or sent to review."""
    if len(call.body.get("idempotency_key") or "") > 128:
        raise wrong("`idempotency_key` has at most 128 characters.")
    _check(call, call.body)
    fields, warnings = _fields(call, call.body)
    now = call.twin.clock.now()
    found = Product(
        call.twin.new_id("product"),
        "",
        call.body["title"],
        [],
        now,
        now,
        status="draft",
        description=call.body["description"],
        native=product_fields(call.twin) | _cleared() | fields | {"audit": "NONE"},
    )
    write_skus(call.shop, found, _named(call, call.body["skus"]), replace=True)
    found.sku = found.variants[0].sku
    call.shop.products[found.id] = found
    call.shop.platform.happened("product.created", call.shop, found)
    if call.body.get("save_mode", "LISTING") == "LISTING":
        review.submit(call.twin, call.shop, found)
    return _answer(found, call.body["skus"]) | {"warnings": warnings}


def _fields(call: Call, body: Body) -> tuple[dict[str, Any], list[dict[str, str]]]:
    fields = {name: value for name, value in body.items() if name not in NO_FIELDS and value is not None}
    brand = fields.get("brand_id")
    if brand and brand not in call.twin.brands:
        fields["brand_id"] = ""
        reason = "The brand does not exist"
        text = (
            f"The [brand_id]:{brand} field is incorrect and has been automatically cleared by the system. "
            f"Reason: [{reason}]. You can edit it later."
        )
        return fields, [{"message": text}]
    return fields, []


def _cleared() -> dict[str, Any]:
    return {
        "brand_id": "",
        "package_weight": None,
        "package_dimensions": None,
        "product_attributes": [],
        "external_product_id": "",
        "is_cod_allowed": False,
    }


def _named(call: Call, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"id": row.get("id") or call.twin.new_id("variant")} for row in rows]


def write_skus(shop: Account, found: Product, rows: list[dict[str, Any]], replace: bool) -> None:
    """Write SKUs (each with an id) into a product; with ``replace`` those not named go."""
    known = {one.id: one for one in found.variants}
    written = []
    for row in rows:
        variant = known.get(row["id"])
        if variant is None:
            places = {place.id: 0 for place in shop.locations}
            variant = Variant(row["id"], "", price_of(shop, row["price"]), places)
            entity_options(variant)
        _write_sku(shop, variant, row)
        written.append(variant)
    names = {row["id"] for row in rows}
    found.variants = written if replace else [one for one in found.variants if one.id not in names] + written
    if not replace:
        found.variants.sort(key=lambda one: list(known).index(one.id) if one.id in known else len(known))


def _write_sku(shop: Account, variant: Variant, row: Body) -> None:
    write_numbers(shop, variant, row)
    variant.sku = row.get("seller_sku", variant.sku)
    if "sales_attributes" in row:
        variant.native["sales_attributes"] = [_option(one) for one in row["sales_attributes"]]
    for name in ("external_sku_id", "identifier_code", "list_price", "sku_weight", "sku_dimensions"):
        if name in row:
            variant.native[name] = row[name]


def write_numbers(shop: Account, variant: Variant, row: Body) -> None:
    """Write price and stock of a SKU, which no review holds up."""
    if row.get("price"):
        variant.price = price_of(shop, row["price"])
    if row.get("inventory"):
        variant.stock = shelf_of(shop, variant, row["inventory"])


def _option(one: Body) -> dict[str, Any]:
    known = next(
        (each for each in ATTRIBUTES.values() if one.get("id") == each.id or one.get("name") == each.name),
        None,
    )
    values = {} if known is None else dict(known.values)
    value_id = one.get("value_id") or next(
        (key for key, name in values.items() if name == one.get("value_name")), f"9{hash_of(str(one)):018d}"
    )
    option = {
        "id": known.id if known else one.get("id") or f"8{hash_of(str(one.get('name'))):018d}",
        "name": known.name if known else one.get("name", ""),
        "value_id": value_id,
        "value_name": one.get("value_name") or values.get(value_id, ""),
    }
    return option | ({"sku_img": one["sku_img"]} if one.get("sku_img") else {})


def hash_of(text: str) -> int:
    """A number of at most 18 digits that stays the same for the same text."""
    return int.from_bytes(text.encode()[:64], "big") % 10**18


def _answer(found: Product, rows: list[dict[str, Any]]) -> dict[str, Any]:
    skus = [
        {
            "id": one.id,
            "seller_sku": one.sku,
            "external_sku_id": one.native["external_sku_id"],
            "sales_attributes": [
                {"id": each["id"], "value_id": each["value_id"]} for each in one.native["sales_attributes"]
            ],
        }
        for one in found.variants
    ]
    return {"product_id": found.id, "skus": skus}


# -- editing


@routes.on("PUT", "/product/202509/products/{product_id}")
def replace_product(call: Call) -> Any:
    """Write a product anew: what is left out is cleared, SKUs left out go."""
    return _edit(call, whole=True)


@routes.on("POST", "/product/202509/products/{product_id}/partial_edit")
def edit(call: Call) -> Any:
    """Write what is given; prices and stock apply at once, content after review."""
    return _edit(call, whole=False)


def _edit(call: Call, whole: bool) -> dict[str, Any]:
    found = product_of(call)
    if found.status in ("frozen", "deleted"):
        raise bad_status()
    _check(call, call.body, found)
    fields, warnings = _fields(call, call.body)
    changes = (_cleared() if whole else {}) | fields
    changes |= {name: call.body[name] for name in ("title", "description") if name in call.body}
    rows = _named(call, call.body["skus"]) if call.body.get("skus") else None
    if call.body.get("save_mode", "LISTING") == "AS_DRAFT":
        review.draft(call, found, changes, rows, whole)
    else:
        _list(call, found, changes, rows, whole)
    found.updated = call.twin.clock.now()
    answer = _answer(found, call.body.get("skus") or []) | {"audit": {"status": found.native["audit"]}}
    return answer | ({"warnings": warnings} if whole else {})


def _list(call: Call, found: Product, changes: dict[str, Any], rows: Any, whole: bool) -> None:
    if found.status in ("draft", "failed", "pending"):
        review.apply(call.shop, found, changes, rows, whole)
        review.submit(call.twin, call.shop, found)
        return
    for row in rows or ():
        variant = found.variant(row["id"])
        if variant is not None:
            write_numbers(call.shop, variant, row)
            variant.sku = row.get("seller_sku", variant.sku)
    at_once = {name: value for name, value in changes.items() if name not in review.REVIEWED}
    found.native |= at_once
    held = {name: value for name, value in changes.items() if _differs(found, name, value)}
    if held or _restructured(found, rows, whole):
        found.native["pending"] = held | ({"skus": (rows, whole)} if rows else {})
        review.submit(call.twin, call.shop, found)
    else:
        push.product(
            call.twin,
            call.shop,
            found,
            "PRODUCT_INFORMATION_CHANGE",
            change_source="OPEN_API",
            changed_fields=sorted(call.body),
        )


def _differs(found: Product, name: str, value: Any) -> bool:
    if name not in review.REVIEWED:
        return False
    return bool(
        getattr(found, name) != value if name in ("title", "description") else found.native.get(name) != value
    )


def _restructured(found: Product, rows: list[dict[str, Any]] | None, whole: bool) -> bool:
    if rows is None:
        return False
    known, named = {one.id for one in found.variants}, {row["id"] for row in rows}
    return (
        bool(named - known)
        or (whole and bool(known - named))
        or any("sales_attributes" in row for row in rows)
    )


# -- asking first


@routes.on("POST", "/product/202309/products/listing_check")
def check(call: Call) -> Any:
    """Whether a product could be listed, and every rule that it breaks."""
    reasons = []
    for rule in (*RULES, _skus, _external):
        try:
            rule(call, call.body)
        except Refused as refusal:
            reasons.append({"code": refusal.code, "message": refusal.message})
    quality = {"current_tier": "FAIR", "remaining_recommendations": 1}
    return {
        "check_result": "FAILED" if reasons else "PASS",
        "fail_reasons": reasons,
        "listing_quality": quality,
    }


@routes.on("GET", "/product/202405/products/suggestions")
def suggestions(call: Call) -> Any:
    """Titles and descriptions that might sell better."""
    rows = []
    for key in call.query["product_ids"]:
        found = product_of(call, key)
        rows.append(
            {
                "id": key,
                "suggestions": [{"field": "TITLE", "items": [{"text": f"{found.title} for every day"}]}],
            }
        )
    return {"products": rows}
