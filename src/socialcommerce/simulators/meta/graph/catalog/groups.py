"""Groups of variants, and the catalog itself."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.meta.graph.catalog import shelf
from socialcommerce.simulators.meta.graph.catalog.items import listed
from socialcommerce.simulators.meta.graph.errors import Refused, missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows

__all__ = ["routes"]

routes = Routes("catalog_management", use_case="catalog_management")
routes.readable("ProductCatalog", "id", "name")
routes.readable("ProductGroup", "id", "retailer_id")
OPTIONS = ("color", "size", "pattern", "material", "gender", "age_group")


def _items(call: Call, group: Node) -> list[Node]:
    return [call.twin.nodes[one.id] for one in group.entity.variants]


@routes.edge("GET", "ProductCatalog", "product_groups")
def product_groups(call: Call) -> Rows:
    """The groups of a catalog; an item without one is a group of its own."""
    return Rows(list(shelf.groups(call.own).values()))


@routes.edge("GET", "ProductGroup", "products")
def products(call: Call) -> Rows:
    """The items of a group."""
    return listed(call, _items(call, call.own))


@routes.reads("ProductGroup", "variants")
def variants(call: Call, group: Node) -> list[dict[str, Any]]:
    """In what the items of a group differ."""
    found = []
    for name in OPTIONS:
        words = [str(one.data[name]) for one in _items(call, group) if one.data.get(name)]
        if words:
            found.append({"product_field": name, "label": name, "options": list(dict.fromkeys(words))})
    return found


@routes.reads("ProductGroup", "product_catalog")
def product_catalog(call: Call, group: Node) -> Node:
    """The catalog."""
    found: Node = group.hidden["catalog"]
    return found


@routes.edge("POST", "ProductCatalog", "product_groups")
def create_group(call: Call) -> Any:
    """A group without items."""
    key = call.given.get("retailer_id")
    if not key:
        raise missing("retailer_id")
    if str(key) in shelf.groups(call.own):
        raise Refused(
            10800, f'(#10800) Duplicate retailer_id "{key}" when attempting to create a product group.'
        )
    return {"id": shelf.new_group(call.twin, call.own, str(key)).id}


@routes.node("POST", "ProductGroup")
def update_group(call: Call) -> None:
    """Which item stands for the group."""
    default = call.given.get("default_product_id")
    if default and str(default) not in {one.id for one in _items(call, call.own)}:
        raise wrong("Param default_product_id must be an item of the group")


@routes.node("DELETE", "ProductGroup")
def delete_group(call: Call) -> None:
    """Take a group away, with its items unless it had to be empty."""
    rows = _items(call, call.own)
    if rows and call.given.get("deletion_method") == "ONLY_IF_EMPTY":
        raise wrong("The product group is not empty")
    for item in rows:
        shelf.remove(call.twin, item)
    if not rows:
        shelf.remove_group(call.twin, call.own)


# -- the catalog


@routes.reads("ProductCatalog", "product_count")
def product_count(call: Call, catalog: Node) -> int:
    """How many items there are."""
    return len(shelf.items(catalog))


@routes.reads("ProductCatalog", "feed_count")
def feed_count(call: Call, catalog: Node) -> int:
    """How many feeds there are."""
    return sum(one.hidden["catalog"] is catalog for one in call.twin.of("ProductFeed"))


@routes.reads("ProductCatalog", "commerce_merchant_settings")
def commerce_merchant_settings(call: Call, catalog: Node) -> Node | None:
    """The shop that sells out of it."""
    return catalog.seller.assets.get("CommerceMerchantSettings") if catalog.seller is not None else None


@routes.node("POST", "ProductCatalog")
def update_catalog(call: Call) -> None:
    """Give the catalog another name or default picture; its vertical stays for ever."""
    if "vertical" in call.given:
        raise wrong("The vertical of a catalog cannot be changed")
    kept = {
        key: call.given[key]
        for key in ("name", "default_image_url", "fallback_image_url")
        if key in call.given
    }
    call.own.data.update(kept)


@routes.node("DELETE", "ProductCatalog", scope=("catalog_management", "business_management"))
def delete_catalog(call: Call) -> None:
    """Take a catalog away with all that is in it."""
    live = [
        one for one in call.twin.of("ProductSet") if one.hidden["catalog"] is call.own and one.hidden["live"]
    ]
    if live and not call.given.get("allow_delete_catalog_with_live_product_set"):
        raise wrong("The catalog has a product set that is in use")
    for item in list(shelf.items(call.own).values()):
        shelf.remove(call.twin, item)
    for node in list(call.twin.nodes.values()):
        if node.hidden.get("catalog") is call.own or node is call.own:
            del call.twin.nodes[node.id]
