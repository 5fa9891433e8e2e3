"""Reports too large to be answered at once: made as jobs, cut in two, ordered again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.meta.ads_wire import AdsWire, refusal, rows
from tests.meta.reports_wire import EDGE, FIRST, LAST, told, usd

from socialcommerce import Client
from socialcommerce.errors import InvalidRequest, NotReady, PlatformError

RUN = "6023920149050"
TOO_LARGE = refusal(100, "Please reduce the amount of data", 1487534)


def large(*runs: str) -> AdsWire:
    """An account whose reports are too large to be answered at once; jobs get these ids."""
    ids = iter(runs or (RUN,))

    def answer(request: Any) -> Any:
        return TOO_LARGE if request.method == "GET" else {"report_run_id": next(ids)}

    wire = AdsWire()
    wire[EDGE] = answer
    return wire


def standing(status: str = "Job Completed", percent: int = 100, **fields: Any) -> dict[str, Any]:
    return {"id": RUN, "async_status": status, "async_percent_completion": percent, **fields}


def test_a_large_report_is_made_as_published(shared: Path) -> None:
    folder = shared / "samples/meta"
    started, status, page = (
        json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("insights_async_started", "insights_async_status", "insights_page")
    )
    wire = large(started["report_run_id"])
    wire[f"/{RUN}"] = [standing("Job Running", 40), standing("Job Running", 100), status]
    wire[f"/{RUN}/insights"] = [page, rows()]
    report = wire.meta().ads.report("ad", FIRST, LAST)
    assert [one.impressions for one in report] == [1010, 998]
    assert [pause for pause in wire.slept if pause] == [5.0] * 3
    (post,) = [one for one in wire.requests(EDGE) if one.method == "POST"]
    assert post.headers["Content-Type"] == "application/x-www-form-urlencoded"
    asked_at_once = wire.query(EDGE, 0)
    asked_at_once.pop("limit")
    assert wire.sent_form(EDGE) == asked_at_once


def test_complete_without_a_hundred_percent_is_not_done() -> None:
    wire = large()
    wire[f"/{RUN}"] = [standing(percent=99), standing()]
    wire[f"/{RUN}/insights"] = rows(told())
    job = wire.meta().ads.report("campaign", FIRST, LAST, wait=False)
    job.refresh()
    job.refresh()
    assert (job.status, job.progress) == ("running", 0.99)
    job.refresh()
    assert job.status == "done"


def test_a_job_survives_a_restart() -> None:
    wire = large()
    wire[f"/{RUN}"] = [standing("Job Not Started", 0), standing()]
    wire[f"/{RUN}/insights"] = rows(told())
    first = wire.meta()
    job = first.ads.report("campaign", FIRST, LAST, wait=False)
    job.refresh()
    second = Client(first.backend, transport=wire, state=first.state, clock=lambda: wire.now, sleep=bool)
    assert len(second.jobs.resume(job.id)) == 1
    assert len([one for one in wire.requests(EDGE) if one.method == "POST"]) == 1


@pytest.mark.parametrize(
    "why",
    [
        {"error_code": -3, "error_subcode": 1504045},
        {"error_code": -3},
        {"error_code": 2, "error_subcode": 1504038},
    ],
)
def test_a_job_that_is_still_too_large_is_cut_in_two(why: dict[str, int]) -> None:
    wire = large("100", "101", "102")
    wire["/100"] = standing("Job Failed", 30, **why)
    for run, day in (("101", "2026-11-19"), ("102", "2026-11-20")):
        wire[f"/{run}"] = standing()
        wire[f"/{run}/insights"] = rows(told(day))
    report = wire.meta().ads.report("campaign", FIRST, LAST)
    assert [one.date for one in report] == [FIRST, LAST]
    spans = [wire.sent_form(EDGE, number)["time_range"] for number in (1, 2)]
    assert spans == [
        {"since": "2026-11-19", "until": "2026-11-19"},
        {"since": "2026-11-20", "until": "2026-11-20"},
    ]


def test_halves_of_a_total_are_added_up_and_people_are_not() -> None:
    wire = large("100", "101", "102")
    wire["/100"] = standing("Job Failed", error_code=-3)
    for run in ("101", "102"):
        wire[f"/{run}"] = standing()
        wire[f"/{run}/insights"] = rows(told(reach="900", frequency="1.1"))
    (one,) = wire.meta().ads.report("campaign", FIRST, LAST, granularity="total")
    assert (one.impressions, one.spend, one.reach, one.frequency) == (2000, usd("24.68"), None, None)
    assert one.date is None
    assert len(one.raw) == 2


def test_months_are_cut_between_months() -> None:
    wire = large("100", "101", "102")
    wire["/100"] = standing("Job Failed", error_code=-3)
    for run in ("101", "102"):
        wire[f"/{run}"] = standing()
        wire[f"/{run}/insights"] = rows()
    wire.meta().ads.report("campaign", date(2026, 9, 10), date(2026, 11, 20), granularity="month")
    spans = [wire.sent_form(EDGE, number)["time_range"] for number in (1, 2)]
    assert spans == [
        {"since": "2026-09-10", "until": "2026-09-30"},
        {"since": "2026-10-01", "until": "2026-11-20"},
    ]


def test_one_day_that_is_too_large_is_told() -> None:
    wire = large()
    wire[f"/{RUN}"] = standing("Job Failed", error_code=-3, error_message="too much data")
    with pytest.raises(InvalidRequest, match="too much data"):
        wire.meta().ads.report("campaign", FIRST, FIRST)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"status": "Job Skipped"}, PlatformError),
        ({"status": "Job Failed", "error_message": "no idea"}, PlatformError),
    ],
)
def test_a_job_that_ends_without_a_report_is_told(fields: dict[str, Any], kind: type[Exception]) -> None:
    wire = large()
    wire[f"/{RUN}"] = standing(**fields)
    with pytest.raises(kind, match=RUN):
        wire.meta().ads.report("campaign", FIRST, LAST)


def test_a_job_that_meta_gave_up_is_ordered_again_but_not_for_ever() -> None:
    gave_up = standing("Job Failed", error_code=-2, error_subcode=2490547)
    wire = large("100", "101", "102")
    wire["/100"], wire["/101"], wire["/102"] = gave_up, gave_up, standing()
    wire["/102/insights"] = rows(told())
    assert len(wire.meta().ads.report("campaign", FIRST, LAST)) == 1
    wire = large("100", "101", "102")
    wire["/100"] = wire["/101"] = wire["/102"] = gave_up
    with pytest.raises(NotReady, match="Job Failed"):
        wire.meta().ads.report("campaign", FIRST, LAST)


def test_too_much_on_a_later_page_is_a_job_as_well() -> None:
    pages = iter([rows(told(), after="A"), TOO_LARGE])

    def answer(request: Any) -> Any:
        return next(pages) if request.method == "GET" else {"report_run_id": RUN}

    wire = AdsWire()
    wire[EDGE] = answer
    wire[f"/{RUN}"] = standing()
    wire[f"/{RUN}/insights"] = rows(told(), told("2026-11-20"))
    assert len(wire.meta().ads.report("campaign", FIRST, LAST)) == 2


def test_rows_of_a_job_are_read_in_smaller_pages_where_they_are_too_large() -> None:
    wire = large()
    wire[f"/{RUN}"] = standing()
    wire[f"/{RUN}/insights"] = [TOO_LARGE, rows(told())]
    assert len(wire.meta().ads.report("campaign", FIRST, LAST)) == 1
    assert wire.query(f"/{RUN}/insights")["limit"] == "250"
