"""The two drivers: the only code that touches the world for a flow.

Each takes a flow, does what it asks, one effect at a time, and sends the result back in.
``SyncDriver`` starts threads only for a ``Gather`` of several flows. ``AsyncDriver`` runs
on asyncio and trio; it opens one transport for each running event loop, since connections
belong to the loop that made them.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field

from socialcommerce.runtime.flow import Effect, Exclusive, Gather, Send, Sleep, Store
from socialcommerce.runtime.locks import Lock
from socialcommerce.runtime.state import State
from socialcommerce.runtime.stores import KeyValue
from socialcommerce.runtime.transport import AsyncTransport, Transport

if TYPE_CHECKING:
    from anyio.lowlevel import RunVar

__all__ = ["AsyncDriver", "SyncDriver", "on_asyncio"]

T = TypeVar("T")
_Flow = Generator[Effect, Any, T]

_FIRST_POLL, _LAST_POLL = 0.002, 0.1
_BUSY = object()


@define(eq=False)
class SyncDriver:
    """Runs flows in the calling thread. ``concurrency`` caps the threads of one ``Gather``."""

    transport: Transport = field(repr=False)
    state: State = field(repr=False)
    sleep: Callable[[float], None] = time.sleep
    concurrency: int = 8

    def run(self, flow: _Flow[T]) -> T:
        """Drive ``flow`` to its end; answers its result or raises its error."""
        value: Any = None
        failure: Exception | None = None
        try:
            while True:
                try:
                    effect = flow.send(value) if failure is None else flow.throw(failure)
                except StopIteration as stop:
                    return stop.value  # type: ignore[no-any-return]  # StopIteration is not generic
                value, failure = None, None
                try:
                    value = _SYNC[type(effect)](self, effect)
                except Exception as error:  # noqa: BLE001  # whatever the world raised belongs to the flow that asked
                    failure = error
        finally:
            flow.close()

    def close(self) -> None:
        """Close the transport."""
        self.transport.close()

    def _send(self, effect: Send) -> Any:
        return self.transport.send(effect.request, effect.timeout)

    def _sleep(self, effect: Sleep) -> None:
        self.sleep(effect.seconds)

    def _gather(self, effect: Gather) -> list[Any]:
        workers = min(effect.limit, self.concurrency, len(effect.flows))
        if workers < 2:
            return [self.run(flow) for flow in effect.flows]
        return _ThreadCrew(self, effect.flows).work(workers)

    def _exclusive(self, effect: Exclusive) -> Any:
        lock = getattr(self.state, effect.part).lock(effect.key)
        lock.acquire()
        try:
            return self.run(effect.flow)
        finally:
            lock.release()

    def _store(self, effect: Store) -> Any:
        return _stored(self.state, effect)


_SYNC: dict[type, Callable[[SyncDriver, Any], Any]] = {
    Send: SyncDriver._send,
    Sleep: SyncDriver._sleep,
    Gather: SyncDriver._gather,
    Exclusive: SyncDriver._exclusive,
    Store: SyncDriver._store,
}


def _stored(state: State, effect: Store) -> Any:
    return getattr(getattr(state, effect.part), effect.verb)(*effect.arguments)


@define(eq=False)
class _ThreadCrew:
    """Threads that share the flows of one ``Gather``; after a failure none begins another flow."""

    driver: SyncDriver
    flows: Sequence[_Flow[Any]]
    results: dict[int, Any] = field(factory=dict)
    failures: list[BaseException] = field(factory=list)
    taking: threading.Lock = field(factory=threading.Lock)

    def work(self, workers: int) -> list[Any]:
        """The results in order, or the first failure raised."""
        jobs = enumerate(self.flows)
        with ThreadPoolExecutor(workers, thread_name_prefix="socialcommerce") as pool:
            futures = [pool.submit(copy_context().run, self._take, jobs) for _ in range(workers)]
            try:
                for future in futures:
                    future.result()
            except BaseException as error:
                self.failures.append(error)
                raise
        if self.failures:
            raise self.failures[0]
        return [self.results[index] for index in range(len(self.flows))]

    def _take(self, jobs: Iterator[tuple[int, _Flow[Any]]]) -> None:
        while not self.failures:
            with self.taking:
                index, flow = next(jobs, (-1, None))
            if flow is None:
                return
            try:
                self.results[index] = self.driver.run(flow)
            except Exception as error:  # noqa: BLE001  # raised by whoever gathers
                self.failures.append(error)


def _new_run_var() -> RunVar[_Loop | None]:
    from anyio.lowlevel import RunVar

    return RunVar("socialcommerce")


@define(eq=False)
class AsyncDriver:
    """Runs flows as coroutines on whatever event loop is running."""

    opener: Callable[[], AsyncTransport] = field(repr=False)
    state: State = field(repr=False)
    sleep: Callable[[float], Awaitable[None]] | None = None
    concurrency: int = 20
    _loops: RunVar[_Loop | None] = field(init=False, factory=_new_run_var, repr=False)
    _latest: tuple[object, _Loop | None] = field(init=False, default=(None, None), repr=False)

    async def run(self, flow: _Flow[T]) -> T:
        """Drive ``flow`` to its end; answers its result or raises its error."""
        value: Any = None
        failure: Exception | None = None
        try:
            while True:
                try:
                    effect = flow.send(value) if failure is None else flow.throw(failure)
                except StopIteration as stop:
                    return stop.value  # type: ignore[no-any-return]  # StopIteration is not generic
                value, failure = None, None
                try:
                    if type(effect) is Store and not getattr(self.state, effect.part).blocking:
                        value = _stored(self.state, effect)
                    else:
                        value = await _ASYNC[type(effect)](self, effect)
                except Exception as error:  # noqa: BLE001  # whatever the world raised belongs to the flow that asked
                    failure = error
        finally:
            flow.close()

    async def close(self) -> None:
        """Close the transport of the running loop; each loop that used the driver closes its own."""
        loop: _Loop | None = self._loops.get(None)
        self._latest = (None, None)
        if loop is not None:
            self._loops.set(None)
            await loop.transport.aclose()

    def _here(self) -> _Loop:
        running = _running_on_asyncio()
        latest, loop = self._latest
        if loop is None or running is None or running is not latest:
            loop = self._opened()
            self._latest = (running, loop)
        return loop

    def _opened(self) -> _Loop:
        loop: _Loop | None = self._loops.get(None)
        if loop is None:
            loop = _Loop(self.opener())
            self._loops.set(loop)
        return loop

    async def _send(self, effect: Send) -> Any:
        return await self._here().transport.send(effect.request, effect.timeout)

    async def _sleep(self, effect: Sleep) -> None:
        if self.sleep is not None:
            await self.sleep(effect.seconds)
            return
        import anyio

        await anyio.sleep(effect.seconds)

    async def _gather(self, effect: Gather) -> list[Any]:
        workers = min(effect.limit, self.concurrency, len(effect.flows))
        if workers < 2:
            return [await self.run(flow) for flow in effect.flows]
        return await _Crew(self, effect, workers).work()

    async def _exclusive(self, effect: Exclusive) -> Any:
        import anyio

        part: KeyValue = getattr(self.state, effect.part)
        lock = part.lock(effect.key)
        pause = _FIRST_POLL
        async with self._here().queue(effect.part + ":" + effect.key):
            while True:
                result = await _whole(self._holding(part, lock, effect.flow))
                if result is not _BUSY:
                    return result
                await anyio.sleep(pause)
                pause = min(pause * 2, _LAST_POLL)

    async def _holding(self, part: KeyValue, lock: Lock, flow: _Flow[Any]) -> Any:
        """Run a flow with a lock that other threads and processes share, or say that it is busy."""
        if not await _call(part, lock.acquire, False):
            return _BUSY
        try:
            return await self.run(flow)
        finally:
            await _call(part, lock.release)

    async def _store(self, effect: Store) -> Any:
        from anyio import to_thread

        return await to_thread.run_sync(_stored, self.state, effect)


_ASYNC: dict[type, Callable[[AsyncDriver, Any], Awaitable[Any]]] = {
    Send: AsyncDriver._send,
    Sleep: AsyncDriver._sleep,
    Gather: AsyncDriver._gather,
    Exclusive: AsyncDriver._exclusive,
    Store: AsyncDriver._store,
}


@define(eq=False)
class _Loop:
    """What belongs to one running event loop: its connections, and who waits for which lock."""

    transport: AsyncTransport
    queues: dict[str, Any] = field(factory=dict)

    @contextlib.asynccontextmanager
    async def queue(self, key: str) -> AsyncGenerator[None]:
        """Let the tasks of this loop wait for one key in turn, so that only one polls the store's lock."""
        import anyio

        lock = self.queues.setdefault(key, anyio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.statistics().locked:  # else it went on to whoever waited
                self.queues.pop(key, None)


@define(eq=False)
class _Crew:
    """Workers that share the flows of one ``Gather``; the first failure cancels the rest."""

    driver: AsyncDriver
    effect: Gather
    workers: int
    results: list[Any] = field(factory=list)

    async def work(self) -> list[Any]:
        import anyio

        self.results = [None] * len(self.effect.flows)
        jobs = iter(enumerate(self.effect.flows))
        failures: list[Exception] = []
        async with anyio.create_task_group() as group:
            for _ in range(self.workers):
                group.start_soon(self._worker, jobs, failures, group.cancel_scope)
        if failures:
            raise failures[0]
        return self.results

    async def _worker(self, jobs: Any, failures: list[Exception], scope: Any) -> None:
        for index, flow in jobs:
            try:
                self.results[index] = await self.driver.run(flow)
            except Exception as error:  # noqa: BLE001  # carried out of the task group, which would wrap it
                failures.append(error)
                scope.cancel()
                return


async def _call(part: KeyValue, verb: Callable[..., T], *arguments: Any) -> T:
    """Call a store, or a lock of it, without ever blocking the loop."""
    if not part.blocking:
        return verb(*arguments)
    from anyio import to_thread

    return await to_thread.run_sync(verb, *arguments)


async def _whole(work: Coroutine[Any, Any, Any]) -> Any:
    """Run ``work`` to its end even when the caller is cancelled meanwhile; he is, right after it.

    Cut off between the platform's answer and the save, a renewal would lose a token that can
    be had once. asyncio's own cancellation knows no shield, so there the work is a task of its own.
    """
    import asyncio

    import anyio

    if anyio.get_cancelled_exc_class() is asyncio.CancelledError:
        work = _in_a_task(work)
    result: Any = _BUSY
    with anyio.CancelScope(shield=True):
        result = await work
    return result


def on_asyncio() -> bool:
    """Whether asyncio runs the code that asks, rather than trio or nothing."""
    return _running_on_asyncio() is not None


def _running_on_asyncio() -> object | None:
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


async def _in_a_task(work: Coroutine[Any, Any, T]) -> T:
    import asyncio

    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it as lost
        raise
