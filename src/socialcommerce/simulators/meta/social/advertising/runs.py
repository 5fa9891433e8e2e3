"""Reports that are written meanwhile: started, watched, and read page by page."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.meta.graph.errors import Refused, no_such_object
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes
from socialcommerce.simulators.meta.social.advertising.insights import answer, question, rows_of
from socialcommerce.simulators.meta.social.advertising.state import KINDS, Advertising, ads_of, advertising

__all__ = ["routes"]

routes = Routes("ads_read", "ads_management", use_case="ads_insights")
LIFE = 30 * 86400
STAGES = (
    (0.25, "Job Not Started", 0),
    (0.5, "Job Started", 0),
    (0.75, "Job Running", 60),
    (1.0, "Job Running", 100),
)
"""Up to which part of the time a report stands where; the last percent is not yet the end."""
NOT_READY = 1815107
FIELDS = ("id", "account_id", "time_ref", "time_completed", "async_status", "async_percent_completion",
          "date_start", "date_stop", "is_running")  # fmt: skip

routes.readable("AdReportRun", *FIELDS)


def start(call: Call) -> Any:
    """Start writing a report."""
    ads, asked = ads_of(call), question(call)
    first, last = asked.days
    run = ads.make("AdReportRun", time_ref=int(ads.now()), date_start=f"{first}", date_stop=f"{last}")
    run.hidden |= {"question": asked, "ready": ads.now() + ads.report_delay, "delay": ads.report_delay}
    if ads.failing_reports > 0:
        ads.failing_reports -= 1
        run.hidden["failure"] = ads.failure
    return {"report_run_id": run.id}


for _kind in ("AdAccount", *KINDS.values()):
    routes.edge("POST", _kind, "insights")(start)


def _state(ads: Advertising, run: Node) -> tuple[str, int]:
    left = run.hidden["ready"] - ads.now()
    if left <= 0:
        return (run.hidden["failure"], 0) if "failure" in run.hidden else ("Job Completed", 100)
    done = 1 - left / run.hidden["delay"]
    return next((word, percent) for until, word, percent in STAGES if done < until)


def _alive(call: Call, run: Node) -> Advertising:
    """The account of a report; a report that is thirty days old is gone."""
    assert run.seller is not None
    ads = advertising(call.twin, run.seller)
    if ads.now() - run.created > LIFE:
        raise no_such_object("get", run.id)
    return ads


@routes.reads("AdReportRun", "async_status")
def status(call: Call, run: Node) -> str:
    """How far a report is, in words."""
    return _state(_alive(call, run), run)[0]


@routes.reads("AdReportRun", "async_percent_completion")
def percent(call: Call, run: Node) -> int:
    """How far a report is, in percent."""
    return _state(_alive(call, run), run)[1]


@routes.reads("AdReportRun", "is_running")
def running(call: Call, run: Node) -> bool:
    """Whether a report is still being written."""
    return bool(_alive(call, run).now() < run.hidden["ready"])


@routes.reads("AdReportRun", "time_completed")
def completed(call: Call, run: Node) -> int | None:
    """When a report was done, in epoch seconds."""
    state = _state(_alive(call, run), run)[0]
    return int(run.hidden["ready"]) if state == "Job Completed" else None


@routes.reads("AdReportRun", "error_code")
def error_code(call: Call, run: Node) -> int | None:
    """What made a report fail: -2 (try again later) or -3 (too large)."""
    return {"Job Failed": -2, "Job Skipped": -3}.get(_state(_alive(call, run), run)[0])


@routes.edge("GET", "AdReportRun", "insights")
def rows(call: Call) -> Any:
    """A page of a report that is done."""
    run = call.own
    ads = _alive(call, run)
    state = _state(ads, run)[0]
    if state == "Job Failed":
        raise Refused(-2, "The report failed. Please try again.", subcode=2490547, status=500)
    if state == "Job Skipped":
        raise Refused(-3, "There are too many rows in the report.", subcode=1504045)
    if state != "Job Completed":
        raise Refused(2601, "(#2601) Error accessing adreport job.", subcode=NOT_READY)
    if "rows" not in run.hidden:
        run.hidden["rows"] = rows_of(ads, run.hidden["question"])
    return answer(call, run.hidden["rows"])
