"""What is wrong with a catalog, and the pixels whose events belong to its items."""

from __future__ import annotations

import json
from typing import Any

from socialcommerce.simulators.meta.graph.catalog import shelf
from socialcommerce.simulators.meta.graph.errors import missing, no_such_object, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows

__all__ = ["routes"]

routes = Routes("catalog_management", use_case="catalog_management")


@routes.edge("GET", "ProductCatalog", "diagnostics")
def diagnostics(call: Call) -> Rows:
    """Groups of problems, worst first."""
    rows = list(shelf.items(call.own).values())
    rejected = [one for one in rows if one.data["review_status"] == "rejected"]
    empty = [one for one in rows if not one.entity.available]
    found = [
        _group("ITEM_REJECTED", "Items were rejected", "MUST_FIX", rejected),
        _group("OUT_OF_STOCK", "Items are out of stock", "OPPORTUNITY", empty),
    ]
    wanted = call.given.get("severities")
    return Rows([one for one in found if one is not None and (not wanted or one["severity"] in wanted)])


def _group(code: str, title: str, severity: str, items: list[Node]) -> dict[str, Any] | None:
    if not items:
        return None
    return {
        "title": title,
        "subtitle": f"{len(items)} items",
        "severity": severity,
        "type": "POLICY_VIOLATION" if severity == "MUST_FIX" else "SHOPS_VISIBILITY_ISSUES",
        "error_code": {"ITEM_REJECTED": 1, "OUT_OF_STOCK": 2}[code],
        "affected_entity": "product_item",
        "number_of_affected_items": len(items),
        "number_of_affected_entities": len(items),
        "diagnostics": [],
    }


# -- pixels


def _sources(call: Call) -> list[Node]:
    found: list[Node] = call.own.hidden.setdefault("sources", [])
    return found


def _named(call: Call) -> list[Node]:
    given = call.given.get("external_event_sources")
    if not given:
        raise missing("external_event_sources")
    names = json.loads(given) if isinstance(given, str) else given
    if not isinstance(names, list):
        raise wrong("Param external_event_sources must be an array.")
    return [_pixel(call, str(one)) for one in names]


def _pixel(call: Call, key: str) -> Node:
    node = call.twin.nodes.get(key)
    if node is None or node.kind not in ("AdsPixel", "Application"):
        raise no_such_object("POST", key)
    return node


@routes.edge("GET", "ProductCatalog", "external_event_sources")
def external_event_sources(call: Call) -> Rows:
    """The pixels that are linked."""
    kinds = {"AdsPixel": "PIXEL", "Application": "APP"}
    rows = [
        {"id": one.id, "name": one.data["name"], "source_type": kinds[one.kind]} for one in _sources(call)
    ]
    return Rows(rows)


@routes.edge("POST", "ProductCatalog", "external_event_sources")
def link(call: Call) -> None:
    """Link pixels; without one no event ever matches an item."""
    linked = _sources(call)
    linked.extend(one for one in _named(call) if one not in linked)


@routes.edge("DELETE", "ProductCatalog", "external_event_sources")
def unlink(call: Call) -> None:
    """Unlink pixels."""
    for one in _named(call):
        if one in _sources(call):
            _sources(call).remove(one)


@routes.edge("GET", "ProductCatalog", "event_stats")
def event_stats(call: Call) -> Rows:
    """How many events of the last 28 days matched items; ``hidden["event_stats"]`` holds the rows."""
    return Rows(call.own.hidden.get("event_stats", []) if _sources(call) else [])
