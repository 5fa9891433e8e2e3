"""Long work that outlives a process: a task's state is kept, so it goes on after a restart."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from math import inf
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from attrs import evolve, field, frozen

from socialcommerce.errors import NotFound, NotReady
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Exclusive, Flow, Sleep, Store
from socialcommerce.runtime.session import Session

__all__ = ["JobStatus", "Task", "advance", "begin", "find", "to_end"]

T = TypeVar("T")

_KEPT = 30 * 86_400.0
"""Seconds for which a job that is done can still be found."""

JobStatus: TypeAlias = Literal["running", "done", "failed"]


@frozen
class Task(Generic[T]):
    """Work under way: what kind, everything needed to go on (JSON-able), when to look again.

    ``value`` is there once ``done``; it is not kept, so ``state`` must suffice to get it
    again. ``progress`` is between 0 and 1, or None where the platform does not say.
    """

    kind: str
    state: Mapping[str, Any]
    wait: float = 2.0
    done: bool = False
    value: T | None = None
    progress: float | None = None
    id: str = field(factory=lambda: uuid.uuid4().hex)


class Worker(Protocol):
    """A noun that can take a task one step on."""

    session: Session

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        """Look once how the work stands; answers the task with its new state."""
        ...


def begin(worker: Worker, task: Task[T]) -> Flow[Task[T]]:
    """Keep a task that was just started."""
    yield from _keep(worker, task)
    return task


def advance(worker: Worker, task: Task[T]) -> Flow[Task[T]]:
    """Take a task one step on from where it was kept last, and keep where it stands then.

    One step at a time, whoever asks: the work of a step may be a thing that is done once.
    """
    if task.done:
        return task
    moved: Task[T] = yield Exclusive(_key(worker.session, task.id), _step(worker, task), "jobs")
    return moved


def _step(worker: Worker, task: Task[T]) -> Flow[Task[T]]:
    kept, _ = yield Store("jobs", "load", (_key(worker.session, task.id),))
    moved = yield from worker.advance(task if kept is None else _task(task.id, kept))
    moved = evolve(moved, id=task.id)
    yield from _keep(worker, moved)
    return moved


def to_end(worker: Worker, task: Task[T], deadline: float | None = None) -> Flow[T]:
    """Poll a task to its value; ``NotReady`` when ``deadline`` seconds pass before."""
    clock = worker.session.clock
    until = inf if deadline is None else clock() + deadline
    while not task.done:
        left = until - clock()
        if left <= 0:
            raise NotReady(
                f"job {task.id} still runs; client.jobs.resume({task.id!r}) goes on with it",
                retry_after=timedelta(seconds=task.wait),
                platform=worker.session.platform.name,
            )
        yield Sleep(min(task.wait, left))
        task = yield from advance(worker, task)
    return task.value  # type: ignore[return-value]  # a task that is done has its value


def find(session: Session, job_id: str) -> Flow[tuple[Task[Any], Subject | None]]:
    """A kept task and the account (kind, id) it belongs to; ``NotFound`` when none is kept."""
    value, _ = yield Store("jobs", "load", (_key(session, job_id),))
    if value is None:
        raise NotFound(f"no job {job_id} is kept in this client's state", sent="no")
    account = value["account"]
    return _task(job_id, value), Subject(*account) if account else None


def _task(job_id: str, kept: Mapping[str, Any]) -> Task[Any]:
    return Task(kept["kind"], kept["state"], wait=kept["wait"], progress=kept["progress"], id=job_id)


def _keep(worker: Worker, task: Task[Any]) -> Flow[None]:
    key = _key(worker.session, task.id)
    chosen = worker.session.chosen
    value = {
        "kind": task.kind,
        "state": dict(task.state),
        "wait": task.wait,
        "progress": task.progress,
        "done": task.done,
        "account": [chosen.kind, chosen.id] if chosen else None,
    }
    stored = False
    while not stored:
        _, version = yield Store("jobs", "load", (key,))
        stored = yield Store("jobs", "swap", (key, version, value, _KEPT if task.done else None))


def _key(session: Session, job_id: str) -> str:
    return f"{session.platform.name}:{job_id}"
