"""Long work that outlives a process: a task's state is kept, so it goes on after a restart."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from attrs import evolve, field, frozen

from socialcommerce.errors import NotFound, NotReady
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Flow, Sleep, Store
from socialcommerce.runtime.session import Session

__all__ = ["JobStatus", "Task", "advance", "begin", "find", "to_end"]

T = TypeVar("T")

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
    """Take a task one step on and keep where it stands."""
    if task.done:
        return task
    moved = yield from worker.advance(task)
    moved = evolve(moved, id=task.id)
    yield from _keep(worker, moved)
    return moved


def to_end(worker: Worker, task: Task[T], deadline: float | None = None) -> Flow[T]:
    """Poll a task to its value; ``NotReady`` when ``deadline`` seconds pass before."""
    started = worker.session.clock()
    while not task.done:
        if deadline is not None and worker.session.clock() - started > deadline:
            raise NotReady(f"job {task.id} still runs; client.jobs.resume({task.id!r}) goes on with it")
        yield Sleep(task.wait)
        task = yield from advance(worker, task)
    return task.value  # type: ignore[return-value]  # a task that is done has its value


def find(session: Session, job_id: str) -> Flow[tuple[Task[Any], Subject | None]]:
    """A kept task and the account (kind, id) it belongs to; ``NotFound`` when none is kept."""
    value, _ = yield Store("jobs", "load", (_key(session, job_id),))
    if value is None:
        raise NotFound(f"no job {job_id} is kept in this client's state", sent="no")
    task: Task[Any] = Task(
        value["kind"], value["state"], wait=value["wait"], progress=value["progress"], id=job_id
    )
    account = value["account"]
    return task, Subject(*account) if account else None


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
        stored = yield Store("jobs", "swap", (key, version, value))


def _key(session: Session, job_id: str) -> str:
    return f"{session.platform.name}:{job_id}"
