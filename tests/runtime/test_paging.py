"""Listings: cursors that can be kept, walks that end, windows without gaps."""

from __future__ import annotations

import base64
import json
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcommerce.errors import InvalidRequest, PlatformError
from socialcommerce.runtime.paging import Cursor, Page, Walk, plain, position, read_position, windows

INSTANTS = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001  # Hypothesis adds the time zone
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, ZoneInfo("Europe/Berlin")]),
)
LENGTHS = st.timedeltas(timedelta(hours=1), timedelta(days=400))


def encode(state: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")


class TestWindows:
    @given(INSTANTS, st.timedeltas(timedelta(), timedelta(days=500)), LENGTHS, st.floats(0, 0.9))
    def test_cover_the_period_without_gaps_none_longer_than_allowed(
        self, since: datetime, period: timedelta, longest: timedelta, share: float
    ) -> None:
        since = since.astimezone(UTC)
        overlap = longest * share
        cuts = windows(since, since + period, longest, overlap)
        assert cuts[0][0] == since
        assert cuts[-1][1] == since + period
        assert all(end - start <= longest for start, end in cuts)
        for (_, end), (start, _) in pairwise(cuts):
            assert end - start == overlap

    @given(INSTANTS, st.timedeltas(timedelta(days=1), timedelta(days=90)), LENGTHS)
    def test_every_instant_lies_in_one_window_but_for_shared_boundaries(
        self, since: datetime, period: timedelta, longest: timedelta
    ) -> None:
        cuts = windows(since, since + period, longest)
        assert len({start for start, _ in cuts}) == len(cuts)
        assert all(earlier[1] == later[0] for earlier, later in pairwise(cuts))

    def test_a_day_of_25_hours_makes_no_window_too_long(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        cuts = windows(
            datetime(2025, 10, 20, tzinfo=berlin), datetime(2025, 11, 20, tzinfo=berlin), timedelta(days=15)
        )
        assert all((end - start).total_seconds() <= 15 * 86400 for start, end in cuts)
        assert sum((end - start).total_seconds() for start, end in cuts) == (31 * 24 + 1) * 3600

    def test_an_instant_is_one_window(self) -> None:
        moment = datetime(2025, 1, 1, tzinfo=UTC)
        assert windows(moment, moment, timedelta(days=1)) == [(moment, moment)]

    def test_a_period_that_ends_before_it_begins_is_refused(self) -> None:
        moment = datetime(2025, 1, 1, tzinfo=UTC)
        with pytest.raises(InvalidRequest, match="before it begins"):
            windows(moment, moment - timedelta(seconds=1), timedelta(days=1))

    def test_an_overlap_as_long_as_the_window_goes_nowhere(self) -> None:
        moment = datetime(2025, 1, 1, tzinfo=UTC)
        with pytest.raises(ValueError, match="overlap"):
            windows(moment, moment, timedelta(days=1), timedelta(days=1))


class TestPosition:
    @given(st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.integers())))
    def test_is_read_as_it_was_written(self, parts: dict[str, Any]) -> None:
        assert read_position(json.dumps(parts)) == parts

    def test_of_the_beginning_is_empty(self) -> None:
        assert read_position(None) == {}
        assert read_position(position(page=2, status=["a"])) == {"page": 2, "status": ["a"]}


# In UTC: Python holds a local time that came twice, or never, unequal to itself elsewhere.
MOMENTS = INSTANTS.map(lambda moment: moment.astimezone(UTC))
FILTERS = st.dictionaries(
    st.text(max_size=5),
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | MOMENTS | st.lists(st.text()),
)


class TestCursor:
    @given(FILTERS, st.none() | st.text(), st.integers(0, 999), st.booleans())
    def test_is_read_as_it_was_written(
        self, filters: dict[str, Any], place: str | None, given_: int, ended: bool
    ) -> None:
        cursor = Cursor("catalog.list", filters, place, given_, ended)
        assert Cursor.read(cursor.text(), "catalog.list") == cursor

    def test_is_text_for_anywhere(self) -> None:
        text = Cursor("orders.list", {"since": datetime(2025, 1, 1, tzinfo=UTC)}, "ü/?&=").text()
        assert text.replace("-", "").replace("_", "").isalnum()

    def test_keeps_objects_by_their_id(self) -> None:
        thing = SimpleNamespace(id="42")
        assert plain({"one": thing, "many": {thing.id}, "day": date(2025, 1, 1)}) == {
            "one": "42",
            "many": ["42"],
            "day": {"$on": "2025-01-01"},
        }

    def test_of_another_operation_is_refused_by_name(self) -> None:
        with pytest.raises(InvalidRequest, match=r"belongs to orders\.list, not to catalog\.list"):
            Cursor.read(Cursor("orders.list").text(), "catalog.list")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "%%%",
            "日本",
            encode([]),
            encode({}),
            encode(5),
            encode(["catalog.list", [], None, 0, False]),
            encode(["catalog.list", {}, 5, 0, False]),
            encode(["catalog.list", {}, None, "0", False]),
            encode(["catalog.list", {}, None, -1, False]),
            encode(["catalog.list", {}, None, 0, "no"]),
            encode(["catalog.list", {"a": {"$at": "yesterday"}}, None, 0, False]),
            encode(["catalog.list", {"a": {"$on": 5}}, None, 0, False]),
            encode([5, {}, None, 0, False]),
            base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        ],
    )
    def test_anything_else_is_an_invalid_request(self, text: str) -> None:
        with pytest.raises(InvalidRequest) as caught:
            Cursor.read(text, "catalog.list")
        assert list(caught.value.fields) == ["cursor"]
        assert caught.value.sent == "no"

    @given(st.text())
    def test_whatever_a_caller_gives(self, text: str) -> None:
        with pytest.raises(InvalidRequest):
            Cursor.read(text, "catalog.list")


def item(name: str, updated: int | None = None) -> Any:
    return SimpleNamespace(id=name, updated_at=updated)


def walk(**start: Any) -> Walk[Any]:
    return Walk(Cursor("catalog.list", {}, **start))


class TestWalk:
    def test_stands_after_the_last_item_given(self) -> None:
        steps = walk()
        giving = steps.items(Page([1, 2, 3], "p2"))
        next(giving)
        assert (steps.cursor.position, steps.cursor.given) == (None, 1)
        assert list(giving) == [2, 3]
        assert (steps.cursor.position, steps.cursor.given) == ("p2", 0)

    def test_goes_on_in_the_middle_of_a_page(self) -> None:
        assert list(walk(position="p2", given=2).items(Page([1, 2, 3]))) == [3]

    def test_a_page_that_has_shrunk_meanwhile_gives_nothing_more(self) -> None:
        steps = walk(position="p2", given=9)
        assert list(steps.items(Page([1, 2], "p3"))) == []
        assert steps.place == "p3"

    def test_the_end_is_a_place_too(self) -> None:
        steps = walk()
        list(steps.items(Page([1])))
        assert steps.ended
        assert Walk(steps.cursor).ended

    @pytest.mark.parametrize("circle", [["a", "b", "a"], ["a", "a"]])
    def test_a_platform_that_walks_in_circles_is_stopped(self, circle: list[str]) -> None:
        steps = walk()
        for following in circle[:-1]:
            steps.turn(Page([], following))
        with pytest.raises(PlatformError, match="twice") as caught:
            steps.turn(Page([], circle[-1]))
        assert Cursor.read(caught.value.cursor or "", "catalog.list").position == circle[-2]

    def test_even_back_to_where_it_was_resumed(self) -> None:
        with pytest.raises(PlatformError, match="twice"):
            list(walk(position="p5").items(Page([], "p5")))

    def test_gives_an_item_of_two_overlapping_windows_once(self) -> None:
        steps = walk()
        assert list(steps.items(Page([item("1", 5), item("2", 6)], "w2"))) == [item("1", 5), item("2", 6)]
        assert list(steps.items(Page([item("2", 6), item("3", 7)]))) == [item("3", 7)]

    def test_and_not_again_when_it_changed_meanwhile(self) -> None:
        """Who ships the orders that a listing gives meets each of them once."""
        steps = walk()
        list(steps.items(Page([item("1", 5)], "w2")))
        assert list(steps.items(Page([item("1", 6)]))) == []

    def test_knows_events_by_their_key(self) -> None:
        steps = walk()
        events = [SimpleNamespace(key="a"), SimpleNamespace(key="a"), SimpleNamespace(key="b")]
        assert [event.key for event in steps.items(Page(events))] == ["a", "b"]

    def test_equal_things_without_an_id_are_different_things(self) -> None:
        assert list(walk().items(Page([1, 1, 1]))) == [1, 1, 1]

    def test_remembers_a_bounded_number_of_items(self) -> None:
        steps = walk()
        pages = (
            Page([item(str(n)) for n in range(start, start + 500)], str(start))
            for start in range(0, 20_000, 500)
        )
        assert sum(1 for page in pages for _ in steps.items(page)) == 20_000
        assert len(steps._recent) == len(steps._known) <= 4096

    def test_a_hundred_thousand_pages_cost_little_memory(self) -> None:
        steps = walk()
        tracemalloc.start()
        for number in range(100_000):
            steps.turn(Page([], f"a native cursor that is somewhat long {number:0200d}"))
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size < 12 * 2**20
