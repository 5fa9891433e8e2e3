"""Items by the thousand: a batch is taken, checked on its face, and worked off later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, field

from socialcommerce.simulators.meta.graph.catalog import shelf
from socialcommerce.simulators.meta.graph.catalog.columns import REQUIRED, check, filled, unknown
from socialcommerce.simulators.meta.graph.errors import missing, reduce_data, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows, dumps

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = ["apply", "lacking", "routes"]

routes = Routes("catalog_management", use_case="catalog_management")
MOST_REQUESTS, MOST_BYTES = 5000, 28 * 2**20
METHODS = ("CREATE", "UPDATE", "DELETE")


@define(slots=True)
class Batch:
    """A batch that was taken: its rows by their line, and what became of it."""

    handle: str
    rows: list[tuple[int, Mapping[str, Any]]]
    upsert: bool
    status: str = "started"
    errors: list[dict[str, Any]] = field(factory=list)
    warnings: list[dict[str, Any]] = field(factory=list)


def _batches(catalog: Node) -> dict[str, Batch]:
    found: dict[str, Batch] = catalog.hidden.setdefault("batches", {})
    return found


def lacking(data: Mapping[str, Any]) -> str | None:
    """The first column that a new item needs and the row does not have."""
    for alternatives in REQUIRED:
        if not any(data.get(name) not in (None, "", []) for name in alternatives):
            return alternatives[0]
    return None


# -- taken


@routes.edge("POST", "ProductCatalog", "items_batch", use_case="catalog_batch")
def items_batch(call: Call) -> Any:
    """Create, update and delete items; an empty ``handles`` means that nothing was taken."""
    return _take(call, _work)


@routes.edge("POST", "ProductCatalog", "localized_items_batch", use_case="catalog_batch")
def localized_items_batch(call: Call) -> Any:
    """Other texts and prices of existing items, by country or language."""
    return _take(call, _localize)


def _take(call: Call, work: Callable[[GraphTwin, Node, Batch], None]) -> Any:
    requests = _requests(call)
    problems = [_problems(one, call.route.handler is items_batch) for one in requests]
    taken = [(at, one) for at, one in enumerate(requests) if not problems[at]["errors"]]
    told = [one for one in problems if one["errors"] or one["warnings"]]
    status = {"validation_status": told} if told else {}
    if not taken:
        return {"handles": [], **status}
    upsert = call.given.get("allow_upsert")
    batch = Batch(f"Ac{call.twin.new_word(40)}", taken, upsert is not False)
    _batches(call.own)[batch.handle] = batch
    call.twin.clock.later(call.twin.batch_delay, lambda: work(call.twin, call.own, batch))
    return {"handles": [batch.handle], **status}


def _requests(call: Call) -> Sequence[Mapping[str, Any]]:
    if call.given["item_type"] != "PRODUCT_ITEM":
        raise wrong("Param item_type must be PRODUCT_ITEM for a catalog of this vertical")
    requests = call.given.get("requests")
    if requests is None:
        raise missing("requests")
    if not isinstance(requests, list) or not all(isinstance(one, dict) for one in requests):
        raise wrong("Param requests must be an array.")
    if len(requests) > MOST_REQUESTS:
        raise wrong(f"Param requests must hold at most {MOST_REQUESTS} items")
    if len(dumps(requests)) > MOST_BYTES:
        raise reduce_data()
    return requests


def _problems(request: Mapping[str, Any], whole: bool) -> dict[str, Any]:
    data = request.get("data")
    row: Mapping[str, Any] = data if isinstance(data, dict) else {}
    errors = []
    if str(request.get("method", "UPDATE" if not whole else "")) not in METHODS:
        errors.append({"message": "Invalid method"})
    if not row.get("id"):
        errors.append({"message": "A required field is missing: id"})
    elif request.get("method") == "CREATE" and (name := lacking(row)) is not None:
        errors.append({"message": f"A required field is missing: {name}"})
    warnings = [{"message": f"Unrecognised field: {name}"} for name in unknown(row)] if whole else []
    return {"retailer_id": str(row.get("id", "")), "errors": errors, "warnings": warnings}


# -- worked off


def _work(twin: GraphTwin, catalog: Node, batch: Batch) -> None:
    """Two rows about one item are worked off in an order that nobody promises: here the last comes first."""
    counts = Counter(str(row["data"]["id"]) for _, row in batch.rows)
    several = [one for one in batch.rows if counts[str(one[1]["data"]["id"])] > 1]
    single = [one for one in batch.rows if counts[str(one[1]["data"]["id"])] == 1]
    for line, row in [*single, *reversed(several)]:
        message = apply(twin, catalog, row["method"], row["data"], batch.upsert)
        if message is not None:
            batch.errors.append({"line": line, "id": str(row["data"]["id"]), "message": message})
    batch.status = "finished"


def _localize(twin: GraphTwin, catalog: Node, batch: Batch) -> None:
    for line, row in batch.rows:
        data = dict(row["data"])
        key = str(data.pop("id"))
        item = shelf.items(catalog).get(key)
        if item is None:
            batch.errors.append({"line": line, "id": key, "message": "The product does not exist"})
        else:
            item.hidden.setdefault("overrides", {})[str(data.pop("override", ""))] = data
    batch.status = "finished"


def apply(twin: GraphTwin, catalog: Node, method: str, data: Mapping[str, Any], upsert: bool) -> str | None:
    """Do what one row says; answers what is wrong with it, None where nothing is."""
    sku = str(data["id"])
    old = shelf.items(catalog).get(sku)
    if method == "DELETE":
        if old is not None:
            shelf.remove(twin, old)
        return None
    problem = check(data)
    if problem is not None:
        return problem
    if old is not None:
        if method == "CREATE" and not upsert:
            return f"Duplicate retailer_id: {sku}"
        shelf.change(twin, old, filled(data))
        return None
    if method == "UPDATE" and not upsert:
        return f"The product {sku} does not exist"
    name = lacking(data)
    if name is not None:
        return f"A required field is missing: {name}"
    shelf.create(twin, catalog, sku, filled(data))
    return None


# -- asked about


@routes.edge("GET", "ProductCatalog", "check_batch_request_status")
def check_batch_request_status(call: Call) -> Any:
    """What became of a batch; not paged. The ids of what failed are told only if they are asked for."""
    batch = _batches(call.own).get(str(call.given["handle"]))
    if batch is None:
        raise wrong("Invalid handle")
    shown: dict[str, Any] = {
        "handle": batch.handle,
        "status": batch.status,
        "errors_total_count": len(batch.errors),
        "errors": batch.errors,
        "warnings": batch.warnings,
        "ids_of_invalid_requests": [],
    }
    if batch.status == "finished":
        shown["warnings_total_count"] = len(batch.warnings)
    if call.given.get("load_ids_of_invalid_requests"):
        shown["ids_of_invalid_requests"] = sorted({one["id"] for one in batch.errors})
    return {"data": [shown]}


@routes.edge("GET", "ProductCatalog", "data_sources")
def data_sources(call: Call) -> Rows:
    """The feeds that fill the catalog."""
    feeds = [one for one in call.twin.of("ProductFeed", call.seller) if one.hidden["catalog"] is call.own]
    return Rows(
        [{"id": one.id, "name": one.data["name"], "ingestion_source_type": "PRIMARY"} for one in feeds]
    )
