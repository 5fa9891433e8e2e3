"""Categories, attributes, rules, brands and listing prerequisites of the pretend TikTok Shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.tiktok_shop.defaults import EUROPE
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes, wrong

__all__ = ["attribute_rows", "category_version", "chain_of", "check_leaf", "routes"]

routes = Routes()

SEA = frozenset({"ID", "MY", "PH", "SG", "TH", "VN"})


@frozen
class Category:
    """A node of the tree; ``attributes`` are the ids of what describes its products."""

    id: str
    parent: str
    name: str
    leaf: bool
    attributes: tuple[str, ...] = ()


@frozen
class Attribute:
    """What describes a product, or tells its variants apart (``sales``); values by id."""

    id: str
    name: str
    sales: bool
    required: bool
    values: Mapping[str, str]


ATTRIBUTES = {
    one.id: one
    for one in (
        Attribute("100000", "Color", True, False, {"1000001": "Red", "1000002": "Blue"}),
        Attribute("100007", "Size", True, False, {"1000071": "S", "1000072": "M"}),
        Attribute("100157", "Material", False, False, {"1001571": "Cotton", "1001572": "Linen"}),
        Attribute("100347", "Warranty type", False, True, {"1003471": "No warranty", "1003472": "Seller"}),
    )
}
CATEGORIES = {
    one.id: one
    for one in (
        Category("600000", "0", "Clothes", False),
        Category("600001", "600000", "T-shirts", True, ("100000", "100007", "100157")),
        Category("600002", "600000", "Dresses", True, ("100000", "100007", "100157")),
        Category("601000", "0", "Electronics", False),
        Category("601001", "601000", "Phones", True, ("100000", "100347")),
    )
}


def category_version(region: str) -> str:
    """Which tree a market uses."""
    return "v2" if region == "US" or region in EUROPE or region in SEA else "v1"


def _check_version(shop: Account, given: str | None) -> None:
    """The tree asked for (v1 unless said) must be the one of the market."""
    if (given or "v1") != category_version(shop.region):
        raise Refused(
            12052023, f"The category_version must be {category_version(shop.region)} in this market"
        )


def check_leaf(category_id: str) -> Category:
    """The leaf category with that id, else the platform's refusal."""
    found = CATEGORIES.get(category_id)
    if found is None or not found.leaf:
        raise Refused(12052024, "The category is not a leaf category")
    return found


def chain_of(category_id: str) -> list[dict[str, Any]]:
    """The way from the root to a category."""
    chain: list[dict[str, Any]] = []
    found = CATEGORIES.get(category_id)
    while found is not None:
        row = {"id": found.id, "parent_id": found.parent, "local_name": found.name, "is_leaf": found.leaf}
        chain.insert(0, row)
        found = CATEGORIES.get(found.parent)
    return chain


def _category_rows(keyword: str) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "parent_id": one.parent,
            "local_name": one.name,
            "is_leaf": one.leaf,
            "permission_statuses": ["AVAILABLE"],
        }
        for one in CATEGORIES.values()
        if keyword.lower() in one.name.lower()
    ]


@routes.on("GET", "/product/202309/categories")
def categories(call: Call) -> Any:
    """The whole tree of the market."""
    _check_version(call.shop, call.query.get("category_version"))
    return {"categories": _category_rows(call.query.get("keyword", ""))}


@routes.on("GET", "/product/202309/global_categories")
def global_categories(call: Call) -> Any:
    """The tree for global products."""
    return {"categories": _category_rows(call.query.get("keyword", ""))}


def attribute_rows(category: Category) -> list[dict[str, Any]]:
    """The attributes of a category; ``is_requried`` is spelled as the platform does."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "type": "SALES_PROPERTY" if one.sales else "PRODUCT_PROPERTY",
            "is_requried": one.required,
            "values": [{"id": key, "name": name} for key, name in one.values.items()],
            "is_customizable": one.sales,
            "is_multiple_selection": not one.sales,
        }
        for one in (ATTRIBUTES[key] for key in category.attributes)
    ]


@routes.on("GET", "/product/202309/categories/{category_id}/attributes")
def attributes(call: Call) -> Any:
    """What describes the products of a leaf category."""
    _check_version(call.shop, call.query.get("category_version"))
    return {"attributes": attribute_rows(check_leaf(call.path["category_id"]))}


@routes.on("GET", "/product/202309/categories/{category_id}/global_attributes")
def global_attributes(call: Call) -> Any:
    """The same for global products."""
    return {"attributes": attribute_rows(check_leaf(call.path["category_id"]))}


@routes.on("GET", "/product/202309/categories/{category_id}/rules")
def rules(call: Call) -> Any:
    """What products of a leaf category need beside attributes."""
    _check_version(call.shop, call.query.get("category_version"))
    check_leaf(call.path["category_id"])
    european = call.shop.region in EUROPE
    return {
        "product_certifications": [],
        "size_chart": {"is_supported": True, "is_required": False},
        "cod": {"is_supported": call.shop.region in SEA},
        "package_dimension": {"is_required": False},
        "epr": {"is_required": False},
        "responsible_person": {"is_required": european and call.shop.region != "GB"},
        "manufacturer": {"is_required": european and call.shop.region != "GB"},
        "allowed_special_product_types": ["PRE_OWNED"],
        "seller_sku": {"is_required": False},
    }


@routes.on("GET", "/product/202309/categories/{category_id}/global_rules")
def global_rules(call: Call) -> Any:
    """What global products of a leaf category need."""
    check_leaf(call.path["category_id"])
    nowhere = {"is_required": False, "required_regions": [], "optional_regions": []}
    return {
        "product_certifications": [],
        "size_chart": {"is_supported": True, "is_required": False},
        "responsible_person": nowhere,
        "manufacturer": nowhere,
    }


def _recommended(title: str) -> dict[str, Any]:
    words = title.lower().split()
    leaf = next(
        (
            one
            for one in CATEGORIES.values()
            if one.leaf and any(word[:4] in one.name.lower() for word in words)
        ),
        CATEGORIES["600001"],
    )
    rows = [
        {"id": row["id"], "name": row["local_name"], "level": level, "is_leaf": row["is_leaf"]}
        for level, row in enumerate(chain_of(leaf.id), 1)
    ]
    return {"leaf_category_id": leaf.id, "categories": rows}


@routes.on("POST", "/product/202309/categories/recommend")
def recommend(call: Call) -> Any:
    """The leaf category that fits a title."""
    _check_version(call.shop, call.body.get("category_version"))
    found = _recommended(call.body["product_title"])
    found["categories"] = [row | {"permission_statuses": ["AVAILABLE"]} for row in found["categories"]]
    return found


@routes.on("POST", "/product/202309/global_categories/recommend")
def recommend_global(call: Call) -> Any:
    """The leaf category of a global product that fits a title."""
    return _recommended(call.body["product_title"])


@routes.on("GET", "/product/202309/brands")
def brands(call: Call) -> Any:
    """Brands by part of their name."""
    wanted = call.query.get("brand_name", "").lower()
    rows = [(key, name) for key, name in call.twin.brands.items() if wanted in name.lower()]

    def row(pair: tuple[str, str]) -> dict[str, Any]:
        return {"id": pair[0], "name": pair[1], "authorized_status": "UNAUTHORIEZD", "is_t1_brand": False}

    return call.page("brands", rows, row, 100)


@routes.on("POST", "/product/202309/brands")
def create_brand(call: Call) -> Any:
    """A brand of one's own."""
    name = call.body["name"]
    if name in call.twin.brands.values():
        raise wrong("The brand exists already.")
    key = call.twin.new_id("brand")
    call.twin.brands[key] = name
    return {"id": key}


@routes.on("GET", "/product/202312/prerequisites")
def prerequisites(call: Call) -> Any:
    """Whether the shop may list; what is missing stands in ``native["unmet"]`` (item -> reasons)."""
    unmet: Mapping[str, list[str]] = call.shop.native.get("unmet", {})
    return {
        "check_results": [
            {"check_item": item, "is_failed": item in unmet, "fail_reasons": unmet.get(item, [])}
            for item in (
                "SHOP_STATUS",
                "SHOP_TAX",
                "PICKUP_WAREHOUSE",
                "RETURN_WAREHOUSE",
                "DELIVERY_OPTION",
                "SHIPPING_TEMPLATE",
                "PRODUCT_QUANTITY_LIMIT",
            )
        ]
    }
