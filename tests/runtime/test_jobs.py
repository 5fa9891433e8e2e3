"""Slow work: kept at every step, taken up again by whoever comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import define, evolve, field
from tests.support.world import World

from socialcommerce.errors import NotFound, NotReady, PlatformUnavailable
from socialcommerce.resources.jobs import AsyncJob, Job
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Flow, done
from socialcommerce.runtime.jobs import Task, advance, begin, find, to_end
from socialcommerce.runtime.session import Session


@define
class Baking:
    """A noun whose work is done after so many steps; each may fail."""

    session: Session
    steps: int = 3
    fail_at: int | None = None
    seen: list[int] = field(factory=list)

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        step = task.state["step"] + 1
        self.seen.append(step)
        if step == self.fail_at:
            self.fail_at = None
            raise PlatformUnavailable("the oven is cold", sent="yes")
        if step >= self.steps:
            return done(evolve(task, state={"step": step}, done=True, value="bread"))
        # A worker may make a new task: it is the same job all the same.
        return done(Task("toy.bake", {"step": step}, wait=5.0, progress=step / self.steps))


def started(world: World, **how: Any) -> tuple[Baking, Task[Any]]:
    noun = Baking(world.session, **how)
    return noun, world.run(begin(noun, Task("toy.bake", {"step": 0}, wait=2.0)))


class TestTask:
    def test_is_polled_to_its_value_as_often_as_it_says(self) -> None:
        world = World()
        assert world.run(to_end(*started(world))) == "bread"
        assert world.slept == [2.0, 5.0, 5.0]

    def test_one_that_is_done_at_once_is_not_polled(self) -> None:
        world = World()
        noun = Baking(world.session)
        assert world.run(to_end(noun, Task("toy.bake", {}, done=True, value=1))) == 1
        assert world.run(advance(noun, Task("toy.bake", {}, done=True, value=1))).value == 1
        assert (world.slept, noun.seen) == ([], [])

    @pytest.mark.parametrize("chosen", [None, Subject("ad", "9")])
    def test_goes_on_after_a_restart_with_the_same_state(self, chosen: Subject | None) -> None:
        world = World()
        world.session = evolve(world.session, chosen=chosen)
        noun, task = started(world)
        world.run(advance(noun, task))
        found, subject = world.run(find(world.session, task.id))
        assert (found.kind, found.state, found.id, subject) == ("toy.bake", {"step": 1}, task.id, chosen)
        assert (found.wait, found.progress) == (5.0, 1 / 3)
        later = Baking(world.session)
        assert world.run(to_end(later, found)) == "bread"
        assert later.seen == [2, 3]

    def test_no_step_is_taken_twice_by_two_who_wait_for_the_same_job(self) -> None:
        world = World()
        noun, task = started(world)
        world.run(advance(noun, task))
        world.run(advance(noun, task))
        assert noun.seen == [1, 2]

    def test_a_step_that_failed_is_taken_again_from_where_it_stood(self) -> None:
        world = World()
        noun, task = started(world, fail_at=2)
        with pytest.raises(PlatformUnavailable):
            world.run(to_end(noun, task))
        assert world.run(to_end(noun, task)) == "bread"
        assert noun.seen == [1, 2, 2, 3]

    def test_a_job_that_nobody_kept_is_not_found(self) -> None:
        world = World()
        with pytest.raises(NotFound, match="no job abc"):
            world.run(find(world.session, "abc"))

    def test_one_that_is_done_can_be_found_for_a_month(self) -> None:
        world = World()
        noun, task = started(world, steps=1)
        world.run(to_end(noun, task))
        world.now += 29 * 86400
        assert world.run(find(world.session, task.id))[0].id == task.id
        world.now += 2 * 86400
        with pytest.raises(NotFound):
            world.run(find(world.session, task.id))

    def test_one_that_runs_is_kept(self) -> None:
        world = World()
        _, task = started(world)
        world.now += 400 * 86400
        assert world.run(find(world.session, task.id))[0].state == {"step": 0}

    @pytest.mark.parametrize(("deadline", "slept"), [(0.0, []), (1.0, [1.0]), (7.5, [2.0, 5.0, 0.5])])
    def test_waits_no_longer_than_told_and_looks_once_more_at_the_end(
        self, deadline: float, slept: list[float]
    ) -> None:
        world = World()
        noun, task = started(world, steps=99)
        with pytest.raises(NotReady, match="resume") as caught:
            world.run(to_end(noun, task, deadline))
        assert world.slept == slept
        assert len(noun.seen) == len(slept)
        assert (caught.value.platform, caught.value.sent) == ("toy", "no")
        assert caught.value.retry_after is not None


class TestJob:
    def test_tells_how_the_work_stands_and_gives_its_value(self) -> None:
        world = World()
        noun, task = started(world)
        job: Job[str] = Job(task, noun, world.run)
        assert (job.status, job.progress, job.operation, job.id) == ("running", None, "toy.bake", task.id)
        with pytest.raises(NotReady) as caught:
            _ = job.value
        assert caught.value.retry_after == timedelta(seconds=2)
        assert job.refresh().progress == 1 / 3
        assert job.wait() == "bread"
        assert (job.status, job.progress, job.value) == ("done", 1.0, "bread")
        assert "toy.bake" in repr(job)
        assert "done" in repr(job)

    def test_waits_no_longer_than_told_and_then_goes_on(self) -> None:
        world = World()
        noun, task = started(world)
        job: Job[str] = Job(task, noun, world.run)
        with pytest.raises(NotReady):
            job.wait(timedelta(seconds=3))
        assert job.wait() == "bread"
        assert noun.seen == [1, 2, 3]
        assert job.wait() == "bread"

    @pytest.mark.anyio
    async def test_the_same_awaited(self) -> None:
        world = World()
        noun, task = started(world)

        async def run(flow: Flow[Any]) -> Any:
            return world.run(flow)

        job: AsyncJob[str] = AsyncJob(task, noun, run)
        assert (await job.refresh()).progress == 1 / 3
        with pytest.raises(NotReady):
            await job.wait(timedelta())
        assert await job.wait(timedelta(minutes=1)) == "bread"
        assert job.value == "bread"
