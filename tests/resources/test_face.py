"""Faces: one signature an operation, gated before anything is sent, bound to either world."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from tests.resources.bakery import AsyncBakery, AsyncCore, Bakery, Bread, Core, Oven, SyncBakery, ToyBakery
from tests.support.world import World

from socialcommerce.errors import InvalidRequest, NotFound, PlatformUnavailable, Unsupported
from socialcommerce.models.bulk import BulkResult
from socialcommerce.resources.capability import Capabilities
from socialcommerce.resources.face import is_one, operation, operations_of, sub
from socialcommerce.resources.jobs import Job
from socialcommerce.resources.noun import each_alone, invalid
from socialcommerce.runtime.flow import Flow, done
from socialcommerce.runtime.jobs import Task
from socialcommerce.runtime.paging import Cursor


@pytest.fixture
def bakery() -> Any:
    ToyBakery.seen = []
    return SyncBakery(Core())


@pytest.fixture
def abakery() -> Any:
    ToyBakery.seen = []
    return AsyncBakery(AsyncCore())


class TestGate:
    def test_an_operation_that_is_not_there_says_why_and_what_instead(self, bakery: Any) -> None:
        with pytest.raises(Unsupported, match="it never closes") as caught:
            bakery.close()
        assert (caught.value.operation, caught.value.platform) == ("oven.close", "toy")
        assert (caught.value.instead, caught.value.sent) == ("leave it", "no")

    @pytest.mark.parametrize(
        "call", [lambda b: b.bake("wheat", "rye"), lambda b: b.bake("wheat", kind="rye")]
    )
    def test_a_value_that_is_refused(self, bakery: Any, call: Callable[[Any], Any]) -> None:
        with pytest.raises(Unsupported, match="no rye is grown here") as caught:
            call(bakery)
        assert caught.value.operation == "oven.bake:kind.rye"
        assert caught.value.instead == "wheat"

    def test_a_value_that_is_refused_among_others(self, bakery: Any) -> None:
        with pytest.raises(Unsupported, match="no rye"):
            bakery.bake("wheat", kind=["white", "rye"])

    def test_a_parameter_that_is_not_named_is_refused_when_it_is_given(self, bakery: Any) -> None:
        with pytest.raises(Unsupported, match="no parameter 'salt'") as caught:
            bakery.bake("wheat", salt=2)
        assert caught.value.operation == "oven.bake:salt"

    def test_but_not_with_the_value_it_has_anyway(self, bakery: Any) -> None:
        assert bakery.bake("wheat", salt=1) == "wheat white"

    def test_a_keyword_of_an_update_is_refused_with_its_reason(self, bakery: Any) -> None:
        with pytest.raises(Unsupported, match="it has no brands"):
            bakery.change("loaf", brand="x")
        assert bakery.change("loaf", title="x") == "loaf ['title']"

    def test_instants_without_a_time_zone_are_refused(self, bakery: Any) -> None:
        naive = datetime(2025, 1, 1)  # noqa: DTZ001
        for call in (lambda: bakery.bake("wheat", until=naive), lambda: bakery.list(since=naive)):
            with pytest.raises(InvalidRequest, match="naive datetime") as caught:
                call()
            assert caught.value.sent == "no"
        assert bakery.bake("wheat", until=naive.replace(tzinfo=UTC)) == "wheat white"

    def test_lists_and_jobs_are_gated_alike(self, bakery: Any) -> None:
        with pytest.raises(Unsupported, match="level"):
            bakery.report("monday", level="ad")
        with pytest.raises(Unsupported, match="level"):
            bakery.report("monday", level="ad", wait=False)

    @pytest.mark.anyio
    async def test_an_async_face_refuses_where_it_is_awaited(self, abakery: Any) -> None:
        waiting = abakery.close()
        with pytest.raises(Unsupported):
            await waiting


class TestOperation:
    def test_answers_and_is_awaited_on_the_async_face(self, bakery: Any) -> None:
        assert bakery.bake("wheat", "white") == "wheat white"

    @pytest.mark.anyio
    async def test_awaited(self, abakery: Any) -> None:
        assert await abakery.bake("wheat", kind="dark") == "wheat dark"
        assert await abakery.inner.heat() == 200

    def test_looks_like_the_method_of_the_contract(self, bakery: Any) -> None:
        assert str(inspect.signature(bakery.bake)) == (
            "(flour: 'str', kind: 'str' = 'white', *, until: 'datetime | None' = None, salt: 'int' = 1)"
        )
        assert inspect.getdoc(bakery.bake) == inspect.cleandoc(Bakery.bake.__doc__ or "")
        assert (bakery.bake.__name__, bakery.bake.operation) == ("bake", "oven.bake")
        assert repr(bakery.bake).startswith("<operation oven.bake(flour")
        assert repr(bakery) == "<SyncBakery>"

    def test_a_noun_inside_a_noun(self, bakery: Any) -> None:
        assert bakery.inner.heat(degrees=250) == 250
        assert bakery.inner.heat.operation == "oven.inner.heat"

    def test_its_flow_can_be_had_without_running_it(self, bakery: Any) -> None:
        assert World().run(bakery.bake.flow("rice")) == "rice white"
        with pytest.raises(Unsupported):
            bakery.close.flow()

    def test_every_operation_of_a_contract_is_known(self) -> None:
        names = [(contract.noun, name) for contract, name in operations_of(Bakery)]
        assert names == [
            ("oven.inner", "heat"),
            *[("oven", name) for name in ("bake", "change", "get", "upsert", "list", "report", "close")],
        ]

    def test_on_the_class_it_is_its_own_description(self) -> None:
        assert isinstance(SyncBakery.bake, operation)
        assert isinstance(SyncBakery.inner, sub)


class TestEach:
    def test_one_in_the_answer_out(self, bakery: Any) -> None:
        assert bakery.get("1") == "white 1"
        assert bakery.get(loaves="1", kind="dark") == "dark 1"

    def test_one_in_or_its_error(self, bakery: Any) -> None:
        with pytest.raises(NotFound):
            bakery.get("gone")

    @pytest.mark.parametrize("many", [["1", "gone"], ("1", "gone"), {"1": 0, "gone": 0}.keys()])
    def test_many_in_a_result_for_each_out_in_order(self, bakery: Any, many: Iterable[str]) -> None:
        result = bakery.get(many)
        assert isinstance(result, BulkResult)
        assert [outcome.status for outcome in result] == ["ok", "failed"]

    def test_a_generator_is_many(self, bakery: Any) -> None:
        assert bakery.get(str(n) for n in range(3)).values == ("white 0", "white 1", "white 2")

    def test_none_in_none_out_and_nothing_asked(self, bakery: Any) -> None:
        assert list(bakery.get([])) == []
        assert ToyBakery.seen == []

    def test_a_model_is_one_though_it_iterates(self, bakery: Any) -> None:
        assert bakery.get(Bread(id="7")) == "white 7"
        assert bakery.get([Bread(id="7")]).values == ("white 7",)

    @pytest.mark.parametrize("one", ["text", b"bytes", {"a": 1}, 5, None, Bread(id="1"), SimpleNamespace()])
    def test_what_counts_as_one(self, one: Any) -> None:
        assert is_one(one)

    def test_something_must_be_given(self, bakery: Any) -> None:
        with pytest.raises(TypeError, match="loaves"):
            bakery.get()

    @pytest.mark.parametrize("wrong", [5, "", None, b"1", SimpleNamespace(id=5)])
    def test_what_is_no_id_is_refused(self, bakery: Any, wrong: Any) -> None:
        with pytest.raises(InvalidRequest, match="its id as text"):
            bakery.get(wrong)

    @pytest.mark.anyio
    async def test_awaited(self, abakery: Any) -> None:
        assert await abakery.get("1") == "white 1"
        assert (await abakery.get(["1", "2"])).values == ("white 1", "white 2")


class TestChunked:
    def test_any_length_is_read_chunk_by_chunk(self, bakery: Any) -> None:
        result = bakery.upsert(str(n) for n in range(120))
        assert result.values == tuple(str(n) for n in range(120))
        assert [len(chunk) for chunk in ToyBakery.seen] == [50, 50, 20]

    def test_one_is_a_chunk_of_its_own(self, bakery: Any) -> None:
        assert bakery.upsert("1").values == ("1",)
        assert bakery.upsert(loaves=["1"]).values == ("1",)

    def test_an_error_before_anything_was_done_is_raised(self, bakery: Any) -> None:
        with pytest.raises(PlatformUnavailable):
            bakery.upsert(["broken"])

    def test_a_later_one_loses_nothing_of_what_was_done(self, bakery: Any) -> None:
        inputs = [*map(str, range(50)), "broken", *map(str, range(60))]
        result = bakery.upsert(inputs)
        assert [outcome.input for outcome in result] == inputs
        assert [outcome.ok for outcome in result] == [True] * 50 + [False] * 50 + [True] * 11

    def test_takes_one_thing(self, bakery: Any) -> None:
        with pytest.raises(TypeError):
            bakery.upsert()

    @pytest.mark.anyio
    async def test_awaited(self, abakery: Any) -> None:
        assert (await abakery.upsert(["1"])).values == ("1",)


SINCE = datetime(2025, 1, 1, tzinfo=UTC)


class TestPages:
    def test_is_a_pager_that_reads_when_it_is_iterated(self, bakery: Any) -> None:
        listing = bakery.list(kind="white", since=SINCE)
        assert ToyBakery.seen == []
        assert list(listing) == [1, 2, 3]
        assert ToyBakery.seen == [("white", SINCE, None), ("white", SINCE, "p2")]

    def test_the_hooks_are_told_of_pages_that_were_read(self, bakery: Any) -> None:
        bakery.list().collect()
        assert bakery._core.read == ["oven.list"] * 2
        bakery._core.world.answers = iter([])
        with pytest.raises(AssertionError):
            bakery.list().collect()
        assert len(bakery._core.read) == 2

    def test_a_cursor_holds_its_filters(self, bakery: Any) -> None:
        listing = bakery.list(kind="white", since=SINCE)
        listing.collect(1)
        assert list(bakery.list(cursor=listing.cursor)) == [2, 3]
        assert ToyBakery.seen[-1] == ("white", SINCE, "p2")

    def test_the_same_filters_may_stand_beside_it(self, bakery: Any) -> None:
        listing = bakery.list(kind="white", since=SINCE)
        listing.collect(1)
        assert list(bakery.list(kind="white", since=SINCE, cursor=listing.cursor)) == [2, 3]

    @pytest.mark.parametrize("other", [{"kind": "dark"}, {"since": SINCE}])
    def test_other_filters_may_not(self, bakery: Any, other: dict[str, Any]) -> None:
        cursor = bakery.list(kind="white").cursor
        with pytest.raises(InvalidRequest, match=f"leave out {next(iter(other))}"):
            bakery.list(cursor=cursor, **other)

    def test_a_cursor_with_filters_that_the_operation_does_not_know(self, bakery: Any) -> None:
        with pytest.raises(InvalidRequest, match="another version"):
            bakery.list(cursor=Cursor("toy oven.list", {"future": 1}).text())

    def test_unknown_filters_are_a_type_error(self, bakery: Any) -> None:
        with pytest.raises(TypeError, match="colour"):
            bakery.list(colour="red")

    def test_its_flow_is_the_first_page(self, bakery: Any) -> None:
        assert bakery._core.run(bakery.list.flow(kind="white")).items == [1, 2]
        cursor = Cursor("toy oven.list", {}, "p2").text()
        assert bakery._core.run(bakery.list.flow(cursor=cursor)).items == [3]

    @pytest.mark.anyio
    async def test_awaited(self, abakery: Any) -> None:
        assert [item async for item in abakery.list(kind="white")] == [1, 2, 3]


class TestJob:
    def test_is_polled_to_its_value(self, bakery: Any) -> None:
        assert bakery.report("monday") == "report of monday"
        assert bakery._core.world.slept == [3]

    def test_or_answered_as_a_job(self, bakery: Any) -> None:
        work = bakery.report("monday", wait=False)
        assert isinstance(work, Job)
        assert work.status == "running"
        assert bakery._core.world.state.jobs.load(f"toy:{work.id}")[0] is not None
        assert work.wait() == "report of monday"

    def test_its_signature_tells_of_wait(self, bakery: Any) -> None:
        assert list(inspect.signature(bakery.report).parameters) == ["day", "level", "wait"]

    @pytest.mark.anyio
    async def test_awaited(self, abakery: Any) -> None:
        assert await abakery.report("monday") == "report of monday"
        work = await abakery.report("monday", wait=False)
        assert await work.wait() == "report of monday"


class TestNoun:
    def test_remembers_for_a_while_what_it_made(self) -> None:
        world = World()
        noun, made = ToyBakery(world.session), []

        def make() -> Flow[int]:
            made.append(1)
            return done(len(made))

        assert [world.run(noun.remember("k", make, 60)) for _ in range(2)] == [1, 1]
        world.now += 61
        assert world.run(noun.remember("k", make, 60)) == 2

    def test_errors_made_here_say_that_nothing_was_sent(self) -> None:
        error = invalid(title="is 130 characters; at most 120")
        assert (error.sent, str(error)) == ("no", "title: is 130 characters; at most 120")

    def test_knows_the_clock_and_the_account(self) -> None:
        world = World()
        noun = ToyBakery(world.session)
        assert noun.now().timestamp() == world.now
        assert noun.subject is None

    def test_a_task_that_no_noun_knows_is_refused(self) -> None:
        with pytest.raises(Unsupported, match="no such job"):
            World().run(Oven(World().session).advance(Task("oven.x", {})))

    def test_side_by_side_each_input_has_its_own_outcome(self) -> None:
        def work(n: int) -> Flow[int]:
            if n == 2:
                raise NotFound("two")
            return done(n)

        result = World().run(each_alone([1, 2, 3], work))
        assert [outcome.status for outcome in result] == ["ok", "failed", "ok"]


class TestCapabilities:
    def test_operations_and_their_parts_by_name(self) -> None:
        marked = Core().capability("oven.bake")
        found = Capabilities({"oven.bake": marked, "oven.close": Core().capability("oven.close")})
        assert bool(found["oven.bake"])
        assert found["oven.bake"].level == "native"
        assert not found["oven.bake:kind.rye"]
        assert found["oven.bake:until"].level == "emulated"
        assert found["oven.close"].reason == "it never closes"
        assert set(found) == {
            "oven.bake",
            "oven.bake:kind",
            "oven.bake:until",
            "oven.bake:kind.rye",
            "oven.close",
        }
        assert repr(found) == "<Capabilities 3 of 5>"


def test_coroutines_are_what_async_faces_answer(abakery: Any) -> None:
    waiting = abakery.bake("wheat")
    assert isinstance(waiting, Coroutine)
    waiting.close()
