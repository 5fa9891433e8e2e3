"""Cursor pages, as Graph edges have them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from attrs import frozen

from socialcommerce.simulators.meta.graph.errors import reduce_data, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Rows

__all__ = ["page"]


@frozen
class _Place:
    """Where a cursor stands: at the ``offset``-th row, whose id is ``key``; ``empties`` pages were empty."""

    offset: int
    key: str = ""
    empties: int = 0

    def text(self) -> str:
        """The cursor, opaque to the caller."""
        raw = f"{self.offset}:{self.empties}:{self.key}".encode()
        return "QVFI" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _place(text: str) -> _Place:
    try:
        raw = text.removeprefix("QVFI")
        offset, empties, key = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)).decode().split(":", 2)
        return _Place(int(offset), key, int(empties))
    except ValueError:
        raise wrong("Invalid cursors values.") from None


def _key(row: Any) -> str:
    return row.id if isinstance(row, Node) else str(row.get("id", "")) if isinstance(row, dict) else ""


def _limit(call: Call, rows: Rows) -> int:
    text = str(call.given.get("limit", rows.default))
    if not text.isdecimal():
        raise wrong("Param limit must be an integer that is not negative.")
    asked = int(text) or rows.default
    if rows.too_many is not None and asked > rows.too_many:
        raise reduce_data()
    return call.twin.page(min(asked, rows.most))


def page(call: Call, rows: Rows, show: Callable[[Any], Any]) -> dict[str, Any]:
    """The asked-for page of ``rows``, each as ``show`` makes it.

    The last page has no ``next``; a full one that happens to be the last of several has, and an
    empty one follows it. ``cursors`` stand on every page but that of an edge without rows.
    """
    limit = _limit(call, rows)
    start, end = _window(call, rows, limit)
    empties = _empties(call, rows, start)
    if empties:
        end = start
    answer: dict[str, Any] = {"data": [show(row) for row in rows.items[start:end]]}
    if rows.items:
        more = end < len(rows.items) or (bool(start) and end - start == limit)
        answer["paging"] = _paging(call, rows, (start, end, empties), limit, more)
    summary = _summary(call, rows)
    return {**answer, **({"summary": summary} if summary else {}), **rows.more}


def _summary(call: Call, rows: Rows) -> dict[str, Any]:
    """The counts that ``summary`` names; ``true`` is the number of rows."""
    asked = str(call.given.get("summary", "")).lower()
    names = ["total_count"] if asked in ("true", "1") else asked.split(",")
    known = {"total_count": len(rows.items), **rows.counts}
    return {name: known[name] for name in names if name in known}


def _window(call: Call, rows: Rows, limit: int) -> tuple[int, int]:
    """The first row of the page, and the one after its last."""
    if call.given.get("before"):
        place = _place(str(call.given["before"]))
        end = _index(rows, place, place.offset)
        return max(0, end - limit), end
    if not call.given.get("after"):
        return 0, min(limit, len(rows.items))
    place = _place(str(call.given["after"]))
    gone = place.offset - bool(place.key)
    start = min(_index(rows, place, gone - 1) + 1, len(rows.items)) if place.key else place.offset
    return start, min(start + limit, len(rows.items))


def _index(rows: Rows, place: _Place, otherwise: int) -> int:
    """Where the row of a cursor stands now; ``otherwise`` where it is gone."""
    found = (at for at, row in enumerate(rows.items) if place.key and _key(row) == place.key)
    return min(next(found, otherwise), len(rows.items))


def _empties(call: Call, rows: Rows, start: int) -> int:
    """How many empty pages stand here, this one counted; 0 where this one has its rows."""
    twin = call.twin
    if twin.empty_pages <= 0 or call.nested or start >= len(rows.items):
        return 0
    twin.empty_pages -= 1
    after = call.given.get("after")
    return (_place(str(after)).empties if after else 0) + 1


def _paging(call: Call, rows: Rows, window: tuple[int, int, int], limit: int, more: bool) -> dict[str, Any]:
    start, end, empties = window
    first = _Place(start, _key(rows.items[start]) if start < end else "", empties)
    last = _Place(end, _key(rows.items[end - 1]) if end else "", empties)
    found: dict[str, Any] = {"cursors": {"before": first.text(), "after": last.text()}}
    if start > 0:
        found["previous"] = _link(call, limit, before=first.text())
    if more:
        found["next"] = _link(call, limit, after=last.text())
    return found


def _link(call: Call, limit: int, **cursor: str) -> str:
    kept: Mapping[str, str] = {
        key: value for key, value in call.query.items() if key not in ("after", "before", "limit")
    }
    return f"{call.origin}{call.path}?{urlencode({**kept, 'limit': str(limit), **cursor})}"
