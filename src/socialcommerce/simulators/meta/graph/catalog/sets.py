"""Product sets: a filter with a name."""

from __future__ import annotations

import json
from typing import Any

from socialcommerce.simulators.meta.graph.catalog import shelf
from socialcommerce.simulators.meta.graph.catalog.filters import matches
from socialcommerce.simulators.meta.graph.catalog.items import listed
from socialcommerce.simulators.meta.graph.errors import Refused, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows, dumps

__all__ = ["routes"]

routes = Routes("catalog_management", use_case="catalog_management")
routes.readable("ProductSet", "id", "name")
MOST_FILTER = 500 * 1024


def _sets(call: Call, catalog: Node) -> list[Node]:
    return [one for one in call.twin.of("ProductSet", call.seller) if one.hidden["catalog"] is catalog]


def _members(product_set: Node) -> list[Node]:
    rows = shelf.items(product_set.hidden["catalog"]).values()
    return [one for one in rows if matches(product_set.hidden["filter"], one)]


@routes.reads("ProductSet", "filter")
def filter_text(call: Call, node: Node) -> str:
    """The filter as JSON text, not as an object."""
    return json.dumps(node.hidden["filter"], separators=(",", ":"))


@routes.reads("ProductSet", "product_count")
def product_count(call: Call, node: Node) -> int:
    """How many items are in it now."""
    return len(_members(node))


@routes.reads("ProductSet", "product_catalog")
def product_catalog(call: Call, node: Node) -> Node:
    """The catalog."""
    found: Node = node.hidden["catalog"]
    return found


@routes.edge("GET", "ProductCatalog", "product_sets")
def product_sets(call: Call) -> Rows:
    """The sets of a catalog."""
    wanted = call.given.get("retailer_id")
    rows = _sets(call, call.own)
    return Rows([one for one in rows if wanted is None or one.data.get("retailer_id") == wanted])


@routes.edge("GET", "ProductSet", "products")
def products(call: Call) -> Rows:
    """The items of a set."""
    return listed(call, _members(call.own))


def _checked(call: Call, catalog: Node, mine: Node | None = None) -> Any:
    rule = call.given.get("filter") or {}
    if len(dumps(rule)) > MOST_FILTER:
        raise wrong("Param filter is longer than 500 KiB")
    for item in list(shelf.items(catalog).values())[:1]:
        matches(rule, item)
    same = [one for one in _sets(call, catalog) if one.hidden["filter"] == rule and one is not mine]
    if same:
        raise Refused(10803, f"(#10803) A product set with this filter exists already: {same[0].id}")
    return rule


@routes.edge("POST", "ProductCatalog", "product_sets")
def create(call: Call) -> Any:
    """A set; without a filter it is the whole catalog."""
    rule = _checked(call, call.own)
    kept = {key: call.given[key] for key in ("retailer_id", "ordering_info") if call.given.get(key)}
    node = call.twin.add("ProductSet", call.seller, name=call.given["name"], **kept)
    node.data["live_metadata"] = call.given.get("metadata")
    node.hidden |= {"catalog": call.own, "filter": rule, "live": False}
    return {"id": node.id}


@routes.node("POST", "ProductSet")
def update(call: Call) -> None:
    """Another name, another filter."""
    if "filter" in call.given:
        call.own.hidden["filter"] = _checked(call, call.own.hidden["catalog"], call.own)
    call.own.data.update({key: call.given[key] for key in ("name", "retailer_id") if call.given.get(key)})


@routes.node("DELETE", "ProductSet")
def delete(call: Call) -> None:
    """Take a set away; one that ads use only where that is said."""
    if call.own.hidden["live"] and not call.given.get("allow_live_product_set_deletion"):
        raise wrong("The product set is in use; allow_live_product_set_deletion must be set to delete it")
    del call.twin.nodes[call.own.id]
