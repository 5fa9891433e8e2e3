"""Jobs: slow work that can be waited for, looked at, and taken up again after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Generic, TypeVar

from attrs import evolve

from socialcommerce.errors import NotReady
from socialcommerce.runtime.jobs import JobStatus, Task, Worker, advance, to_end

__all__ = ["AsyncJob", "Job"]

T = TypeVar("T")


class _Work(Generic[T]):
    """What both kinds of job know of their task."""

    def __init__(self, task: Task[T], worker: Worker, run: Callable[[Any], Any]) -> None:
        self._task = task
        self._worker = worker
        self._run = run

    @property
    def id(self) -> str:
        """The id under which ``client.jobs.resume`` finds it, in this process or another."""
        return self._task.id

    @property
    def operation(self) -> str:
        """What kind of work it is, as ``ads.report``."""
        return self._task.kind

    @property
    def status(self) -> JobStatus:
        """``running`` or ``done``, as last seen."""
        return "done" if self._task.done else "running"

    @property
    def progress(self) -> float | None:
        """Between 0 and 1, or None where the platform does not say."""
        return 1.0 if self._task.done else self._task.progress

    @property
    def value(self) -> T:
        """What the work made; ``NotReady`` while it runs."""
        if not self._task.done:
            raise NotReady(
                f"job {self.id} still runs; wait() for it", retry_after=timedelta(seconds=self._task.wait)
            )
        return self._task.value  # type: ignore[return-value]  # a task that is done has its value

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.operation} {self.id} {self.status}>"

    def _done(self, value: T) -> T:
        self._task = evolve(self._task, done=True, value=value)
        return value


class Job(_Work[T]):
    """Slow work of a synchronous client."""

    def wait(self, timeout: timedelta | None = None) -> T:
        """Poll until the work is done and answer its value; ``NotReady`` after ``timeout``."""
        seconds = timeout.total_seconds() if timeout is not None else None
        value: T = self._run(to_end(self._worker, self._task, seconds))
        return self._done(value)

    def refresh(self) -> Job[T]:
        """Look once how the work stands."""
        self._task = self._run(advance(self._worker, self._task))
        return self


class AsyncJob(_Work[T]):
    """Slow work of an asynchronous client."""

    async def wait(self, timeout: timedelta | None = None) -> T:
        """Poll until the work is done and answer its value; ``NotReady`` after ``timeout``."""
        seconds = timeout.total_seconds() if timeout is not None else None
        value: T = await self._run(to_end(self._worker, self._task, seconds))
        return self._done(value)

    async def refresh(self) -> AsyncJob[T]:
        """Look once how the work stands."""
        self._task = await self._run(advance(self._worker, self._task))
        return self
