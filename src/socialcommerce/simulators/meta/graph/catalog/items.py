"""Single items: listed, read, made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.entities import Variant
from socialcommerce.simulators.meta.graph.catalog import shelf
from socialcommerce.simulators.meta.graph.catalog.columns import WORDS
from socialcommerce.simulators.meta.graph.catalog.filters import matches
from socialcommerce.simulators.meta.graph.catalog.money import displayed, from_minor
from socialcommerce.simulators.meta.graph.errors import Refused, missing
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows

__all__ = ["listed", "routes"]

routes = Routes("catalog_management", use_case="catalog_management")
routes.readable("ProductItem", "id", "name", "retailer_id")
TOO_MANY = 3000
"""Asked for so many items at once, the platform fails."""
NEEDED = ("retailer_id", "name", "currency", "price", "image_url", "url", "availability", "condition")
NOT_FIELDS = frozenset(
    {"access_token", "appsecret_proof", "appsecret_time", "allow_upsert", "fields", "retailer_id"}
)


# -- fields


@routes.reads("ProductItem", "price")
def price(call: Call, node: Node) -> str:
    """A text for people, not a number."""
    return displayed(node.entity.price, node.data["currency"], call.twin.comma_prices)


@routes.reads("ProductItem", "sale_price")
def sale_price(call: Call, node: Node) -> str:
    """The same; empty where there is none."""
    return displayed(node.data.get("sale_price"), node.data["currency"], call.twin.comma_prices)


@routes.reads("ProductItem", "inventory", "quantity_to_sell_on_facebook")
def inventory(call: Call, node: Node) -> int:
    """What was last written: nothing is sold here."""
    variant: Variant = node.entity
    return variant.available


@routes.reads("ProductItem", "retailer_id")
def retailer_id(call: Call, node: Node) -> str:
    """The seller's own key."""
    return str(node.entity.sku)


@routes.reads("ProductItem", "retailer_product_group_id")
def retailer_product_group_id(call: Call, node: Node) -> str:
    """The seller's own key of the group; an item without one is its own."""
    return str(shelf.group_of(node).data["retailer_id"])


@routes.reads("ProductItem", "product_group")
def product_group(call: Call, node: Node) -> Node:
    """The group."""
    return shelf.group_of(node)


@routes.reads("ProductItem", "product_catalog")
def product_catalog(call: Call, node: Node) -> Node:
    """The catalog."""
    found: Node = node.hidden["catalog"]
    return found


@routes.edge("GET", "ProductItem", "product_sets")
def product_sets(call: Call) -> Rows:
    """The sets that an item is in."""
    mine = call.own.hidden["catalog"]
    sets = [one for one in call.twin.of("ProductSet", call.seller) if one.hidden["catalog"] is mine]
    return Rows([one for one in sets if matches(one.hidden["filter"], call.own)])


# -- listed


def listed(call: Call, rows: list[Node]) -> Rows:
    """Those of ``rows`` that the call's ``filter`` and its kin let through."""
    rule = call.given.get("filter") or {}
    found = [one for one in rows if matches(rule, one)]
    if call.given.get("return_only_approved_products"):
        found = [one for one in found if one.data["review_status"] == "approved"]
    for name in ("error_type", "error_priority"):
        if call.given.get(name):
            found = [one for one in found if _has_error(one, name, call.given[name])]
    return Rows(found, too_many=TOO_MANY)


def _has_error(item: Node, name: str, value: Any) -> bool:
    return any(error.get(name) == value for error in item.data.get("errors", []))


@routes.edge("GET", "ProductCatalog", "products")
def products(call: Call) -> Rows:
    """The items of a catalog."""
    return listed(call, list(shelf.items(call.own).values()))


# -- written


def _fields(given: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """What a single write gives, as the shelf takes it: its amounts are integers of the smallest unit."""
    found = {name: value for name, value in given.items() if name not in NOT_FIELDS}
    money = str(found.get("currency") or currency)
    for name in ("price", "sale_price"):
        if found.get(name) is not None:
            found[name] = from_minor(int(found[name]), money)
    if "quantity_to_sell_on_facebook" in found:
        found["inventory"] = found.pop("quantity_to_sell_on_facebook")
    attributes = found.get("additional_variant_attributes")
    if isinstance(attributes, dict):
        found["additional_variant_attributes"] = [
            {"key": key, "value": attributes[key]} for key in attributes
        ]
    return found


@routes.edge("POST", "ProductCatalog", "products")
def create(call: Call) -> Any:
    """One item; an existing one is changed unless ``allow_upsert`` says otherwise."""
    for name in NEEDED:
        if call.given.get(name) in (None, ""):
            raise missing(name)
    return _put(call, call.own, call.given)


@routes.edge("POST", "ProductGroup", "products")
def create_in_group(call: Call) -> Any:
    """One item of a group."""
    given = {**call.given, "retailer_product_group_id": call.own.data["retailer_id"]}
    return _put(call, call.own.hidden["catalog"], given)


def _put(call: Call, catalog: Node, given: Mapping[str, Any]) -> Any:
    sku = str(given["retailer_id"])
    fields = _fields(given, call.seller.currency)
    _check(sku, fields)
    old = shelf.items(catalog).get(sku)
    if old is not None and given.get("allow_upsert") is False:
        raise Refused(
            10800, f'(#10800) Duplicate retailer_id "{sku}" when attempting to create a product item.'
        )
    if old is None:
        return {"id": shelf.create(call.twin, catalog, sku, fields).id}
    shelf.change(call.twin, old, fields)
    return {"id": old.id}


def _check(sku: str, fields: Mapping[str, Any]) -> None:
    if len(sku) > 100 or len(str(fields.get("name", ""))) > 200:
        raise Refused(10801, "(#10801) Invalid product: retailer_id or name is too long")
    for name, known in WORDS.items():
        if fields.get(name) and fields[name] not in known:
            raise Refused(10801, f"(#10801) Invalid product: {name} {fields[name]!r}")


@routes.node("POST", "ProductItem")
def update(call: Call) -> None:
    """Change what is given."""
    fields = _fields(call.given, call.own.data["currency"])
    _check("", fields)
    shelf.change(call.twin, call.own, fields)


@routes.node("DELETE", "ProductItem")
def delete(call: Call) -> None:
    """Take it away."""
    shelf.remove(call.twin, call.own)
