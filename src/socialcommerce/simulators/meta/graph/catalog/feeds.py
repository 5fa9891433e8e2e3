"""Feeds: files of items, sent or fetched, and what their uploads did."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.meta.graph.catalog import shelf
from socialcommerce.simulators.meta.graph.catalog.batches import apply
from socialcommerce.simulators.meta.graph.catalog.items import listed
from socialcommerce.simulators.meta.graph.errors import missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = ["routes"]

routes = Routes("catalog_management", use_case="catalog_management")
routes.readable("ProductFeed", "id", "name")
routes.readable("ProductFeedUpload", "id")
routes.readable("ProductFeedUploadError", "id", "summary", "description", "severity")
INTERVALS = {"HOURLY": 3600, "DAILY": 86400, "WEEKLY": 7 * 86400, "MONTHLY": 30 * 86400}
KEPT = ("name", "country", "default_currency", "encoding", "delimiter", "file_name", "ingestion_source_type",
        "quoted_fields_mode", "override_type", "item_sub_type")  # fmt: skip


# -- feeds


@routes.edge("GET", "ProductCatalog", "product_feeds")
def product_feeds(call: Call) -> Rows:
    """The feeds of a catalog."""
    feeds = call.twin.of("ProductFeed", call.seller)
    return Rows([one for one in feeds if one.hidden["catalog"] is call.own])


@routes.edge("POST", "ProductCatalog", "product_feeds")
def create(call: Call) -> Any:
    """A feed. ``schedule`` replaces what is there, ``update_schedule`` adds to it."""
    if not call.given.get("name"):
        raise missing("name")
    plans = _plans(call)
    kept = {name: call.given[name] for name in KEPT if call.given.get(name)}
    feed = call.twin.add("ProductFeed", call.seller, created_time=call.twin.moment(), **kept)
    feed.data["deletion_enabled"] = bool(call.given.get("deletion_enabled"))
    feed.hidden |= {"catalog": call.own, "items": set(), "turns": Counter()}
    _plan(call.twin, feed, plans)
    return {"id": feed.id}


@routes.node("POST", "ProductFeed")
def update(call: Call) -> None:
    """Change a feed; what may delete cannot be kept from it again."""
    if call.own.data["deletion_enabled"] and call.given.get("deletion_enabled") is False:
        raise wrong("deletion_enabled cannot be turned off")
    plans = _plans(call)
    call.own.data.update(
        {name: call.given[name] for name in (*KEPT, "deletion_enabled") if name in call.given}
    )
    _plan(call.twin, call.own, plans)


@routes.node("DELETE", "ProductFeed")
def delete(call: Call) -> None:
    """Take a feed away; its items stay."""
    del call.twin.nodes[call.own.id]


def _plans(call: Call) -> dict[str, dict[str, Any] | None]:
    names = [name for name in ("schedule", "update_schedule") if name in call.given]
    return {name: _schedule(name, call.given[name]) for name in names}


def _plan(twin: GraphTwin, feed: Node, plans: Mapping[str, dict[str, Any] | None]) -> None:
    for name, plan in plans.items():
        feed.data[name] = plan
        feed.hidden["turns"][name] += 1
        if plan is not None:
            _next(twin, feed, name, feed.hidden["turns"][name])


def _schedule(name: str, given: Any) -> dict[str, Any] | None:
    try:
        plan = json.loads(given) if given and isinstance(given, str) else given
    except ValueError:
        raise wrong(f"Param {name} must be valid JSON.") from None
    if not plan:
        return None
    if not isinstance(plan, dict) or plan.get("interval") not in INTERVALS or not plan.get("url"):
        raise wrong(f"Param {name} needs an interval ({', '.join(INTERVALS)}) and a url")
    count = str(plan.get("interval_count", 1))
    if not count.isdecimal() or not int(count):
        raise wrong(f"Param {name} needs an interval_count of 1 or more")
    return {**plan, "interval_count": int(count)}


def _next(twin: GraphTwin, feed: Node, name: str, turn: int) -> None:
    plan = feed.data[name]

    def fetch() -> None:
        if feed.id in twin.nodes and feed.hidden["turns"][name] == turn:
            _upload(twin, feed, plan["url"], None, name == "update_schedule")
            _next(twin, feed, name, turn)

    twin.clock.later(INTERVALS[plan["interval"]] * plan["interval_count"], fetch)


@routes.reads("ProductFeed", "product_count")
def product_count(call: Call, feed: Node) -> int:
    """How many items came by this feed and are still there."""
    return len(_items(feed))


@routes.reads("ProductFeed", "latest_upload")
def latest_upload(call: Call, feed: Node) -> Node | None:
    """The newest upload."""
    return next(iter(_uploads(call, feed)), None)


@routes.edge("GET", "ProductFeed", "products")
def products(call: Call) -> Rows:
    """The items that came by this feed."""
    return listed(call, _items(call.own))


def _items(feed: Node) -> list[Node]:
    rows = shelf.items(feed.hidden["catalog"])
    return [rows[sku] for sku in rows if sku in feed.hidden["items"]]


# -- uploads


@routes.edge("POST", "ProductFeed", "uploads")
def upload(call: Call) -> Any:
    """Take a file, or fetch one from the seller's site."""
    file, url = call.files.get("file"), call.given.get("url")
    if file is None and not url:
        raise missing("url")
    content = None if file is None else file.content
    return {"id": _upload(call.twin, call.own, url, content, bool(call.given.get("update_only"))).id}


def _upload(twin: GraphTwin, feed: Node, url: str | None, content: bytes | None, update_only: bool) -> Node:
    made = twin.add(
        "ProductFeedUpload",
        feed.seller,
        start_time=twin.moment(),
        input_method="Manual Upload" if content is not None else "Server Fetch",
    )
    if url:
        made.data["url"] = url
    made.hidden |= {"feed": feed, "catalog": feed.hidden["catalog"], "errors": []}

    def work() -> None:
        _read(twin, made, content if content is not None else twin.sites.get(str(url)), update_only)

    twin.clock.later(twin.feed_delay, work)
    return made


def _read(twin: GraphTwin, upload: Node, content: bytes | None, update_only: bool) -> None:
    if content is None:
        _fail(upload, "", "fatal", "FETCH_FAILED", "The file could not be fetched")
        rows: list[dict[str, str]] = []
    else:
        rows = _rows(content.decode("utf-8-sig", "replace"), upload.hidden["feed"].data.get("delimiter"))
    feed = upload.hidden["feed"]
    good = _unique(upload, rows)
    stored = {row["id"] for row in good if _store(twin, upload, row)}
    gone = (
        []
        if update_only or content is None
        else [sku for sku in feed.hidden["items"] if sku not in _ids(rows)]
    )
    for sku in gone:
        apply(twin, feed.hidden["catalog"], "DELETE", {"id": sku}, True)
    feed.hidden["items"] = (feed.hidden["items"] - set(gone)) | stored
    upload.data |= {
        "end_time": twin.moment(),
        "num_detected_items": len(rows),
        "num_persisted_items": len(stored),
        "num_invalid_items": len(rows) - len(stored),
        "num_deleted_items": len(gone),
        "error_count": len(upload.hidden["errors"]),
        "warning_count": 0,
    }


DELIMITERS = {"TAB": "\t", "COMMA": ",", "BAR": "|", "SEMICOLON": ";", "TILDE": "~"}


def _rows(text: str, delimiter: str | None) -> list[dict[str, str]]:
    first = text.partition("\n")[0]
    sign = DELIMITERS.get(delimiter or "", "\t" if "\t" in first else ",")
    reader = csv.DictReader(io.StringIO(text), delimiter=sign)
    return [{key: value for key, value in row.items() if key and value} for row in reader]


def _ids(rows: Sequence[Mapping[str, str]]) -> set[str]:
    return {row["id"] for row in rows if "id" in row}


def _unique(upload: Node, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The rows whose id stands once: of one that is repeated, none counts."""
    counts = Counter(row.get("id", "") for row in rows)
    for sku in [sku for sku, times in counts.items() if times > 1 or not sku]:
        problem = f"The id {sku} is repeated" if sku else "A required field is missing: id"
        _fail(upload, sku, "fatal", "DUPLICATE_IDS" if sku else "MISSING_ID", problem)
    return [row for row in rows if row.get("id") and counts[row["id"]] == 1]


def _store(twin: GraphTwin, upload: Node, row: Mapping[str, str]) -> bool:
    problem = apply(twin, upload.hidden["catalog"], "UPDATE", row, True)
    if problem is not None:
        _fail(upload, row["id"], "fatal", "INVALID_ROW", problem)
    return problem is None


def _fail(upload: Node, sku: str, severity: str, kind: str, problem: str) -> None:
    upload.hidden["errors"].append(
        {"retailer_id": sku, "severity": severity, "error_type": kind, "summary": problem}
    )


def _uploads(call: Call, feed: Node) -> list[Node]:
    """Newest first."""
    return [one for one in call.twin.of("ProductFeedUpload", call.seller) if one.hidden["feed"] is feed][::-1]


@routes.edge("GET", "ProductFeed", "uploads")
def uploads(call: Call) -> Rows:
    """The uploads of a feed, newest first."""
    return Rows(_uploads(call, call.own))


@routes.edge("GET", "ProductFeedUpload", "errors")
def errors(call: Call) -> Rows:
    """Samples of what was wrong: one of each kind, with how often it was met."""
    counts = Counter(one["error_type"] for one in call.own.hidden["errors"])
    samples = {one["error_type"]: one for one in reversed(call.own.hidden["errors"])}
    rows = [
        {
            "id": f"{call.own.id}{at}",
            "error_type": kind,
            "severity": one["severity"],
            "summary": one["summary"],
            "description": one["summary"],
            "total_count": counts[kind],
        }
        for at, (kind, one) in enumerate(samples.items())
    ]
    return Rows(rows)


@routes.edge("POST", "ProductFeedUpload", "error_report")
def error_report(call: Call) -> Any:
    """Have the whole list of errors written into a file."""
    upload, twin = call.own, call.twin
    upload.data["error_report"] = {"report_status": "WRITE_STARTED"}

    def write() -> None:
        table = io.StringIO()
        writer = csv.DictWriter(table, ["retailer_id", "severity", "error_type", "summary"])
        writer.writeheader()
        writer.writerows(upload.hidden["errors"])
        content, path = table.getvalue().encode(), f"/feed_error_report/{upload.id}.csv"
        handle = twin.keep_file(call.origin, path, content, "text/csv")
        upload.data["error_report"] = {"report_status": "WRITE_FINISHED", "file_handle": handle}

    twin.clock.later(twin.feed_delay, write)
