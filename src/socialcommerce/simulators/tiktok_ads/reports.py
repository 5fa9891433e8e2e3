"""Reports: at once, page by page, and as a file that is written meanwhile."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Any

from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser, Level, Node
from socialcommerce.simulators.tiktok_ads.books import METRICS, Book, gather, gmv_metrics, metrics, split
from socialcommerce.simulators.tiktok_ads.wire import Call, Raw, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

LEVELS: Mapping[str, Level | None] = {
    "AUCTION_ADVERTISER": None,
    "AUCTION_CAMPAIGN": "campaign",
    "AUCTION_ADGROUP": "adgroup",
    "AUCTION_AD": "ad",
}
IDS: Mapping[str, Level | None] = {
    "advertiser_id": None,
    "campaign_id": "campaign",
    "adgroup_id": "adgroup",
    "ad_id": "ad",
}
DEPTH: Mapping[Level | None, int] = {None: 0, "campaign": 1, "adgroup": 2, "ad": 3}
BREAKDOWNS: Mapping[str, tuple[str, ...]] = {
    "gender": ("FEMALE", "MALE", "NONE"),
    "age": ("AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100"),
    "platform": ("ANDROID", "IPHONE"),
    "placement": ("TikTok",),
    "country_code": (),
    "province_id": ("4197000",),
}
ATTRIBUTES: Mapping[str, Level | None] = {
    "advertiser_name": None,
    "advertiser_id": None,
    "currency": None,
    "timezone": None,
    "campaign_name": "campaign",
    "campaign_id": "campaign",
    "objective_type": "campaign",
    "campaign_budget": "campaign",
    "adgroup_name": "adgroup",
    "adgroup_id": "adgroup",
    "budget": "adgroup",
    "billing_event": "adgroup",
    "placement_type": "adgroup",
    "ad_name": "ad",
    "ad_id": "ad",
    "ad_text": "ad",
}
"""Fields of the object that can stand among the figures, and the level from which on they exist."""
DAY, HOUR = "stat_time_day", "stat_time_hour"
Row = tuple[dict[str, str], Book, Advertiser, Node | None]


# -- what is asked


def _days(values: Mapping[str, Any], dimensions: Sequence[str]) -> tuple[date, date]:
    if values.get("query_lifetime"):
        if {DAY, HOUR} & set(dimensions):
            raise wrong("query_lifetime: Must not be true with a time dimension.")
        return date.min, date.max
    edges = []
    for name in ("start_date", "end_date"):
        if not values.get(name):
            raise wrong(f"Missing required field(s): {name}.")
        try:
            edges.append(date.fromisoformat(values[name]))
        except ValueError:
            raise wrong(f"{name}: Must be in the format of YYYY-MM-DD.") from None
    start, end = edges
    most = 1 if HOUR in dimensions else 30 if DAY in dimensions else 365
    if end < start or (end - start).days + 1 > most:
        raise wrong(f"The date range must hold 1 to {most} days.")
    return start, end


def _level(values: Mapping[str, Any], dimensions: Sequence[str]) -> Level | None:
    named = values.get("data_level", "")
    if named not in LEVELS:
        raise wrong(f"data_level: Must be one of {', '.join(LEVELS)}.")
    allowed = {*IDS, *BREAKDOWNS, DAY, HOUR}
    for one in dimensions:
        if one not in allowed:
            raise wrong(f"dimensions: {one} is not supported.")
        if values["report_type"] == "BASIC" and one in BREAKDOWNS and one != "country_code":
            raise wrong(f"dimensions: {one} is not supported when report_type is BASIC.")
    ids = [one for one in dimensions if one in IDS]
    if len(ids) > 1 or any(DEPTH[IDS[one]] > DEPTH[LEVELS[named]] for one in ids):
        raise wrong(f"dimensions: {', '.join(ids)} does not fit data_level {named}.")
    return LEVELS[named]


def _check_metrics(names: Sequence[str], level: Level | None) -> None:
    for name in names:
        deep = ATTRIBUTES.get(name)
        if name not in METRICS and (name not in ATTRIBUTES or DEPTH[deep] > DEPTH[level]):
            raise wrong(f"metrics: {name} is not supported for this data_level.")


def _accounts(call: Call) -> list[Advertiser]:
    values = call.values
    given = [name for name in ("advertiser_id", "advertiser_ids", "bc_id") if values.get(name)]
    if len(given) != 1:
        raise wrong("Exactly one of advertiser_id, advertiser_ids and bc_id must be given.")
    if "advertiser_ids" in values:
        if len(values["advertiser_ids"]) > 5:
            raise Refused(40011, "advertiser_ids: Must hold at most 5 ids.")
        return [call.twin.opened(call.token, key) for key in values["advertiser_ids"]]
    if "bc_id" in values:
        call.twin.check_bc(values["bc_id"])
        return call.twin.advertisers
    return [call.advertiser]


# -- what is answered


def _leaves(
    account: Advertiser, campaign: str, book: Book, level: Level | None
) -> Iterator[tuple[Node, Book]]:
    """A campaign's book, shared among its ad groups or ads."""
    node = account.nodes[campaign]
    parts = [node] if level in (None, "campaign") else account.below(node, level)
    if parts:
        yield from zip(parts, split(book, len(parts), account.currency), strict=True)


def _cells(account: Advertiser, dimensions: Sequence[str], day: date, book: Book) -> Iterator[Row]:
    """A day's book, broken down by time and by whom it reached."""
    axes = []
    for name in dimensions:
        if name == DAY:
            axes.append([(name, f"{day} 00:00:00")])
        elif name == HOUR:
            axes.append([(name, f"{day} {hour:02d}:00:00") for hour in range(24)])
        elif name in BREAKDOWNS:
            axes.append([(name, word) for word in BREAKDOWNS[name] or (account.region,)])
    cells = list(product(*axes))
    for cell, share in zip(cells, split(book, len(cells), account.currency), strict=True):
        yield dict(cell), share, account, None


def _rows(
    account: Advertiser, dimensions: Sequence[str], level: Level | None, days: tuple[date, date]
) -> list[Row]:
    """Every cell with something in it, summed over what the dimensions do not tell apart."""
    wanted = next((one for one in dimensions if one in IDS), None)
    deep = level if wanted is None else IDS[wanted]
    found: dict[tuple[tuple[str, str], ...], list[Row]] = {}
    for key, campaign in account.campaigns.items():
        for day, metrics_ in campaign.days.items():
            if not days[0] <= day <= days[1]:
                continue
            for node, share in _leaves(account, key, Book.of(metrics_), deep):
                for cell, book, _, _ in _cells(account, dimensions, day, share):
                    ids = {wanted: node.id if IDS[wanted] else account.id} if wanted else {}
                    named = {name: ids.get(name) or cell[name] for name in dimensions}
                    found.setdefault(tuple(named.items()), []).append((named, book, account, node))
    return [(rows[0][0], gather(row[1] for row in rows), account, rows[0][3]) for rows in found.values()]


def _attribute(name: str, account: Advertiser, node: Node | None) -> str:
    fixed = {
        "advertiser_name": account.name,
        "advertiser_id": account.id,
        "currency": account.currency,
        "timezone": account.timezone,
    }
    if name in fixed:
        return fixed[name]
    chain = {} if node is None else {one.level: one for one in [node, *account.above(node)]}
    holder = chain.get(ATTRIBUTES[name] or "campaign")
    field = {"campaign_budget": "budget"}.get(name, name)
    value = None if holder is None else holder.row.get(field)
    return "-" if value is None else str(value)


def _figures(row: Row, names: Sequence[str]) -> dict[str, str]:
    _, book, account, node = row
    figures = metrics(book, names)
    return {name: figures.get(name) or _attribute(name, account, node) for name in names}


COMPARE = {
    "GREATER_EQUAL": lambda left, right: left >= right,
    "GREATER_THAN": lambda left, right: left > right,
    "LOWER_EQUAL": lambda left, right: left <= right,
    "LOWER_THAN": lambda left, right: left < right,
}


def _passes(row: Row, one: Mapping[str, Any]) -> bool:
    name, kind = one["field_name"].removesuffix("s"), one["filter_type"]
    shown = row[0] | {
        key: _figures(row, [key])[key] for key in (name,) if key in METRICS or key in ATTRIBUTES
    }
    try:
        wanted = json.loads(one["filter_value"])
    except ValueError:
        raise wrong("filtering.filter_value: Not a valid JSON text.") from None
    if name not in shown:
        raise wrong(f"filtering.field_name: {one['field_name']} is not supported.")
    if kind == "IN":
        return shown[name] in [str(each) for each in wanted]
    if kind == "MATCH":
        return str(wanted) in shown[name]
    if kind not in COMPARE:
        raise wrong(f"filtering.filter_type: {kind} is not supported.")
    return bool(COMPARE[kind](Decimal(shown[name]), Decimal(str(wanted))))


def _filtered(rows: list[Row], filtering: Sequence[Mapping[str, Any]] | None) -> list[Row]:
    return [row for row in rows if all(_passes(row, one) for one in filtering or ())]


def _sorted(rows: list[Row], values: Mapping[str, Any]) -> list[Row]:
    field = values.get("order_field")
    if not field:
        return sorted(rows, key=lambda row: tuple(row[0].values()))
    if field not in METRICS:
        raise wrong(f"order_field: {field} is not supported.")

    def key(row: Row) -> Decimal:
        try:
            return Decimal(METRICS[field](row[1]))
        except InvalidOperation:
            return Decimal(-1)

    return sorted(rows, key=key, reverse=values.get("order_type", "DESC") == "DESC")


def _report(call: Call) -> tuple[list[Row], list[str]]:
    values = call.values
    dimensions, names = values.get("dimensions") or [], values.get("metrics") or ["spend", "impressions"]
    if values.get("service_type", "AUCTION") != "AUCTION":
        raise wrong("service_type: RESERVATION is offline.")
    if not dimensions:
        raise wrong("Missing required field(s): dimensions.")
    level, days = _level(values, dimensions), _days(values, dimensions)
    _check_metrics(names, level)
    rows = [row for account in _accounts(call) for row in _rows(account, dimensions, level, days)]
    return _sorted(_filtered(rows, values.get("filtering")), values), names


@routes.on("GET", "/report/integrated/get/")
def integrated(call: Call) -> Any:
    """One page of a report. Rows without delivery are missing."""
    rows, names = _report(call)
    answer = call.page(rows, lambda row: {"dimensions": row[0], "metrics": _figures(row, names)})
    if call.values.get("enable_total_metrics"):
        answer["total_metrics"] = metrics(gather(row[1] for row in rows), names)
    return answer


# -- written meanwhile


LINK_LIFE = 3600
TITLES = {"spend": "Cost", "impressions": "Impression", "clicks": "Click"}


def _title(name: str) -> str:
    return TITLES.get(name) or name.replace("_", " ").title().replace(" Id", " ID").replace(
        "Adgroup", "Ad Group"
    )


def _csv(rows: Sequence[Row], dimensions: Sequence[str], names: Sequence[str], translated: bool) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_title(name) if translated else name for name in (*dimensions, *names)])
    for row in rows:
        figures = _figures(row, names)
        writer.writerow([*(row[0][name] for name in dimensions), *(figures[name] for name in names)])
    return out.getvalue().encode()


@routes.on("POST", "/report/task/create/")
def create_task(call: Call) -> Any:
    """Start writing a report; its file can be fetched once the task is SUCCESS."""
    rows, names = _report(call)
    key, translated = call.twin.new_id("task"), call.values.get("enable_report_title_translation", True)
    call.advertiser.tasks[key] = {
        "created": call.advertiser.clock.now(),
        "content": _csv(rows, call.values["dimensions"], names, translated),
        "format": call.values.get("output_format", "CSV_STRING"),
        "name": call.values.get("file_name", f"report-{key}"),
        "cancelled": False,
    }
    return {"task_id": key}


def _task(call: Call) -> dict[str, Any]:
    task = call.advertiser.tasks.get(call.values["task_id"])
    if task is None:
        raise Refused(40200, f"Task {call.values['task_id']} doesn't exist.")
    return task


def _task_status(call: Call, task: Mapping[str, Any]) -> str:
    age, delay = call.advertiser.clock.now() - task["created"], call.twin.report_delay
    if task["cancelled"]:
        return "CANCELED"
    return "SUCCESS" if age >= delay else "PROCESSING" if age >= delay / 4 else "QUEUING"


@routes.on("GET", "/report/task/check/")
def check_task(call: Call) -> Any:
    """How far a task is."""
    return {"status": _task_status(call, _task(call)), "message": ""}


@routes.on("POST", "/report/task/cancel/")
def cancel_task(call: Call) -> Any:
    """Stop a task that is not done."""
    task = _task(call)
    if _task_status(call, task) == "SUCCESS":
        raise Refused(40200, "The task is done already.")
    task["cancelled"] = True
    return {"status": "CANCELED"}


@routes.on("GET", "/report/task/download/")
def download_task(call: Call) -> Any:
    """The file itself (CSV_STRING), or where to fetch it."""
    task = _task(call)
    if _task_status(call, task) != "SUCCESS":
        raise Refused(40201, "The task is not ready.")
    if task["format"] == "CSV_STRING":
        return Raw(task["content"], "text/csv")
    if task["format"] == "XLSX_DOWNLOAD":
        raise Refused(40200, "XLSX files are not written in this environment.")
    path = f"/reports/{call.values['task_id']}.csv"
    url = call.twin.keep_file(path, task["content"], "text/csv", LINK_LIFE)
    return {"download_url": url, "file_name": f"{task['name']}.csv", "output_format": task["format"]}


# -- GMV Max

GMV_DIMENSIONS = frozenset({"advertiser_id", "campaign_id", "item_group_id", DAY, HOUR})


@routes.on("GET", "/gmv_max/report/get/")
def gmv(call: Call) -> Any:
    """What the GMV Max campaigns of one shop cost and sold."""
    account, values = call.advertiser, call.values
    call.twin.check_store(account, {"store_id": values["store_ids"][0]})
    dimensions = values["dimensions"]
    for one in dimensions:
        if one not in GMV_DIMENSIONS:
            raise wrong(f"dimensions: {one} is not supported.")
    days, chosen = _days(values, dimensions), call.filtering.get("campaign_ids")
    found: dict[tuple[tuple[str, str], ...], list[tuple[Node, Book]]] = {}
    for node in account.nodes.values():
        if node.family != "gmv_max" or (chosen and node.id not in chosen):
            continue
        for day, numbers in account.campaigns[node.id].days.items():
            if days[0] <= day <= days[1]:
                for key, book in _gmv_cells(account, node, dimensions, day, Book.of(numbers)):
                    found.setdefault(key, []).append((node, book))
    rows = [
        (dict(key), parts[0][0], gather(book for _, book in parts)) for key, parts in sorted(found.items())
    ]
    answer = call.page(
        rows, lambda row: {"dimensions": row[0], "metrics": _gmv_figures(account, row, values)}
    )
    if values.get("enable_total_metrics"):
        answer["total_metrics"] = gmv_metrics(gather(row[2] for row in rows), values["metrics"])
    return answer


def _gmv_cells(
    account: Advertiser, node: Node, dimensions: Sequence[str], day: date, book: Book
) -> Iterator[tuple[tuple[tuple[str, str], ...], Book]]:
    fixed = {"advertiser_id": account.id, "campaign_id": node.id, DAY: f"{day} 00:00:00"}
    axes: dict[str, Sequence[str]] = {
        HOUR: [f"{day} {hour:02d}:00:00" for hour in range(24)],
        "item_group_id": node.row["item_group_ids"] or list(account.products) or ["-"],
    }
    cells = list(product(*(axes.get(name) or [fixed[name]] for name in dimensions)))
    for cell, share in zip(cells, split(book, len(cells), account.currency), strict=True):
        yield tuple(zip(dimensions, cell, strict=True)), share


def _gmv_figures(
    account: Advertiser, row: tuple[Any, Node, Book], values: Mapping[str, Any]
) -> dict[str, str]:
    known = gmv_metrics(row[2], values["metrics"])
    known |= {
        "currency": account.currency,
        "campaign_name": row[1].name,
        "campaign_id": row[1].id,
        "operation_status": row[1].operation,
    }
    missing = [name for name in values["metrics"] if name not in known]
    if missing:
        raise wrong(f"metrics: {missing[0]} is not supported.")
    return {name: known[name] for name in values["metrics"]}
