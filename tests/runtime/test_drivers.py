"""The two drivers keep one set of promises: order, bounds, locks, and nothing left behind."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import anyio
import pytest
from attrs import define, field

from socialcommerce.runtime.drivers import AsyncDriver, SyncDriver
from socialcommerce.runtime.file_store import FileStore
from socialcommerce.runtime.flow import Exclusive, Flow, Gather, Send, Sleep, Store, done, gather
from socialcommerce.runtime.state import State
from socialcommerce.runtime.transport import Interrupted, Request, Response, Timeout

GET = Request("GET", "https://toy.example/")


@define
class Wire:
    """A transport that meets its callers at ``together`` places before it answers, and counts them."""

    together: int = 1
    failure: Exception | None = None
    at_once: int = 0
    most: int = 0
    sent: int = 0
    closed: int = 0
    _guard: threading.Lock = field(factory=threading.Lock)

    def send(self, request: Request, timeout: Timeout) -> Response:
        with self._guard:
            self.sent += 1
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        wait_for(lambda: self.most >= self.together)
        with self._guard:
            self.at_once -= 1
        if self.failure:
            raise self.failure
        return Response(200)

    def close(self) -> None:
        self.closed += 1


@define
class AsyncWire(Wire):
    async def send(self, request: Request, timeout: Timeout) -> Response:  # type: ignore[override]
        self.sent += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await anyio.lowlevel.checkpoint()
        while self.most < self.together:
            await anyio.lowlevel.checkpoint()
        self.at_once -= 1
        if self.failure:
            raise self.failure
        return Response(200)

    async def aclose(self) -> None:
        self.closed += 1


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "nobody else came"
        time.sleep(0.0005)


def ask(answer: Any) -> Flow[Any]:
    yield Send(GET)
    return answer


def fail(error: Exception) -> Flow[Any]:
    yield Sleep(0)
    raise error


class Run:
    """Both worlds under one hand: ``run`` drives a flow on the driver under test."""

    def __init__(self, kind: str, state: State, wire: Wire) -> None:
        self.state, self.wire = state, wire
        if kind == "sync":
            self.driver: Any = SyncDriver(wire, state, sleep=lambda seconds: None)
        else:
            self.driver = AsyncDriver(lambda: wire, state)  # type: ignore[arg-type, return-value]
        self.kind = kind

    def __call__(self, flow: Flow[Any]) -> Any:
        return (
            self.driver.run(flow)
            if self.kind == "sync"
            else anyio.run(self.driver.run, flow, backend=self.kind)
        )


@pytest.fixture(params=["sync", "asyncio", "trio"])
def make(request: pytest.FixtureRequest) -> Callable[..., Run]:
    def made(state: State | None = None, **wire: Any) -> Run:
        kind = Wire if request.param == "sync" else AsyncWire
        return Run(request.param, state or State.memory(), kind(**wire))

    return made


class TestEffects:
    def test_each_effect_answers_the_flow(self, make: Callable[..., Run]) -> None:
        def flow() -> Flow[Any]:
            response = yield Send(GET)
            nothing = yield Sleep(0)
            swapped = yield Store("skus", "swap", ("k", 0, {"v": 1}))
            loaded, _ = yield Store("skus", "load", ("k",))
            held = yield Exclusive("k", done("held"))
            return response.status, nothing, swapped, loaded, held, (yield Gather([]))

        assert make()(flow()) == (200, None, True, {"v": 1}, "held", [])

    def test_a_failure_is_thrown_into_the_flow_that_asked(self, make: Callable[..., Run]) -> None:
        def flow() -> Flow[str]:
            try:
                yield Send(GET)
            except Interrupted as error:
                return str(error)
            return "no failure"

        assert make(failure=Interrupted("cut"))(flow()) == "cut"

    @pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
    def test_an_interrupt_closes_the_flow(self, stop: type[BaseException]) -> None:
        closed: list[bool] = []

        def sleep(seconds: float) -> None:
            raise stop

        def flow() -> Flow[None]:
            try:
                yield Sleep(1)
            finally:
                closed.append(True)

        with pytest.raises(stop):
            SyncDriver(Wire(), State.memory(), sleep).run(flow())
        assert closed == [True]

    def test_a_store_that_blocks_is_used_from_both(self, make: Callable[..., Run], tmp_path: Path) -> None:
        def flow() -> Flow[Any]:
            yield Exclusive("k", done(None))
            yield Store("tokens", "swap", ("k", 0, {"v": 1}))
            return (yield Store("tokens", "load", ("k",)))

        state = State(tokens=FileStore(tmp_path / "tokens.json", durable=False))
        assert make(state)(flow())[0] == {"v": 1}


class TestGather:
    def test_answers_in_order_whoever_ends_first(self, make: Callable[..., Run]) -> None:
        def slow(turns: int) -> Flow[int]:
            for _ in range(turns):
                yield Sleep(0)
            return turns

        assert make()(gather([slow(n) for n in (5, 1, 3, 0)])) == [5, 1, 3, 0]

    def test_runs_side_by_side_up_to_the_limit(self, make: Callable[..., Run]) -> None:
        run = make(together=3)
        assert run(gather([ask(n) for n in range(12)], limit=3)) == list(range(12))
        assert run.wire.most == 3

    def test_and_never_more_than_the_driver_allows(self, make: Callable[..., Run]) -> None:
        run = make(together=2)
        run.driver.concurrency = 2
        run(gather([ask(n) for n in range(8)], limit=99))
        assert run.wire.most == 2

    def test_the_first_failure_stops_what_has_not_started(self, make: Callable[..., Run]) -> None:
        run, failed = make(), []

        def failing() -> Flow[None]:
            yield Sleep(0)
            failed.append(1)
            raise ValueError("first")

        def waiting() -> Flow[None]:
            while not failed:
                yield Sleep(0)
            yield Send(GET)

        with pytest.raises(ValueError, match="first"):
            run(gather([failing(), *[waiting() for n in range(3000)]], limit=2))
        assert run.wire.sent < 3000

    def test_a_failure_behind_a_slow_flow_stops_the_rest_too(self) -> None:
        wire = Wire()
        gate = threading.Event()

        def slow() -> Flow[None]:
            yield Sleep(1)

        driver = SyncDriver(wire, State.memory(), sleep=lambda seconds: assert_true(gate.wait(60)))

        def failing() -> Flow[None]:
            gate.set()
            yield Send(GET)
            raise ValueError("second")

        with pytest.raises(ValueError, match="second"):
            driver.run(gather([slow(), failing(), *[ask(n) for n in range(300)]], limit=2))

    def test_a_failure_can_be_caught_by_the_flow_that_gathers(self, make: Callable[..., Run]) -> None:
        def flow() -> Flow[str]:
            try:
                yield from gather([ask(1), fail(ValueError("one of two"))])
            except ValueError as error:
                return str(error)
            return "no failure"

        assert make()(flow()) == "one of two"

    def test_nested_ones_do_not_lock_up(self, make: Callable[..., Run]) -> None:
        def nest(depth: int) -> Flow[int]:
            if depth == 0:
                return (yield from ask(1))
            return sum((yield from gather([nest(depth - 1) for _ in range(4)], limit=2)))

        assert make()(nest(3)) == 64

    def test_one_flow_needs_no_thread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(threading.Thread, "start", lambda thread: pytest.fail("a thread was started"))
        driver = SyncDriver(Wire(), State.memory())
        assert driver.run(gather([ask(1)])) == [1]
        assert driver.run(gather([])) == []
        assert driver.run(gather([ask(1), ask(2)], limit=1)) == [1, 2]

    def test_an_interrupt_in_the_middle_ends_all_of_it(self) -> None:
        def interrupted() -> Flow[None]:
            yield Sleep(0)
            raise KeyboardInterrupt

        before = threading.active_count()
        with pytest.raises(KeyboardInterrupt):
            SyncDriver(Wire(), State.memory()).run(gather([interrupted(), ask(1), ask(2)], limit=2))
        assert threading.active_count() == before

    def test_threads_end_with_the_gather(self) -> None:
        before = threading.active_count()
        SyncDriver(Wire(), State.memory()).run(gather([ask(n) for n in range(8)]))
        assert threading.active_count() == before

    def test_threads_see_the_context_of_the_caller(self) -> None:
        variable: ContextVar[str] = ContextVar("variable", default="")
        seen: list[str] = []

        def look() -> Flow[None]:
            yield Sleep(0)
            seen.append(variable.get())

        variable.set("span")
        SyncDriver(Wire(), State.memory()).run(gather([look(), look()]))
        assert seen == ["span", "span"]


def assert_true(value: bool) -> None:
    assert value


@define
class Section:
    """A piece of work that notices when two are in it."""

    inside: int = 0
    passed: int = 0
    clashes: int = 0

    def flow(self) -> Flow[None]:
        self.clashes += self.inside
        self.inside += 1
        yield Sleep(0)
        self.inside -= 1
        self.passed += 1


def stores(folder: Path) -> list[State]:
    return [State.memory(), State(tokens=FileStore(folder / "t.json", durable=False))]


class TestExclusive:
    @pytest.mark.parametrize("which", [0, 1], ids=["memory", "file"])
    def test_holds_among_threads_tasks_and_both_faces(self, which: int, tmp_path: Path) -> None:
        state = stores(tmp_path)[which]
        section = Section()
        sync = SyncDriver(Wire(), state, sleep=lambda seconds: time.sleep(0.0002))
        faces = AsyncDriver(AsyncWire, state)  # type: ignore[arg-type]

        def flows() -> list[Flow[None]]:
            return [one() for _ in range(10)]

        def one() -> Flow[None]:
            yield Exclusive("k", section.flow())

        async def tasks() -> None:
            async with anyio.create_task_group() as group:
                for flow in flows():
                    group.start_soon(faces.run, flow)

        threads = [
            threading.Thread(target=lambda: sync.run(gather(flows(), 5))),
            threading.Thread(target=anyio.run, args=(tasks,)),
            threading.Thread(target=anyio.run, args=(tasks,), kwargs={"backend": "trio"}),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert (section.passed, section.clashes) == (30, 0)

    def test_is_given_back_after_a_failure(self, make: Callable[..., Run]) -> None:
        run = make()

        def flow() -> Flow[None]:
            yield Exclusive("k", fail(ValueError("inside")))

        for _ in range(2):
            with pytest.raises(ValueError, match="inside"):
                run(flow())

    def test_keys_and_parts_do_not_meet(self, make: Callable[..., Run]) -> None:
        def flow() -> Flow[str]:
            return (yield Exclusive("a", other("b", "tokens")))

        def other(key: str, part: Any) -> Flow[str]:
            return (yield Exclusive(key, inner("a"), part))

        def inner(key: str) -> Flow[str]:
            return (yield Exclusive(key, done("in"), "jobs"))

        assert make()(flow()) == "in"


class TestCancelled:
    @pytest.mark.anyio
    async def test_while_waiting_for_a_lock_gives_up_at_once(self) -> None:
        state = State.memory()
        held = state.tokens.lock("k")
        held.acquire()
        driver = AsyncDriver(AsyncWire, state)  # type: ignore[arg-type]
        with anyio.move_on_after(0.02) as scope:
            await driver.run(exclusive(done(1)))
        assert scope.cancelled_caught
        held.release()
        assert await driver.run(exclusive(done(1))) == 1

    @pytest.mark.anyio
    async def test_inside_a_lock_ends_the_work_first(self) -> None:
        """A renewal that the platform answered must be saved: its token is to be had once."""
        state = State.memory()
        steps: list[object] = []

        def renewal() -> Flow[None]:
            for step in range(3):
                yield Sleep(0.005)
                steps.append(step)

        def flow() -> Flow[None]:
            yield from exclusive(renewal())
            yield Sleep(0)
            steps.append("not reached")

        driver = AsyncDriver(AsyncWire, state)  # type: ignore[arg-type]
        with anyio.move_on_after(0.001) as scope:
            await driver.run(flow())
        assert scope.cancelled_caught
        assert steps == [0, 1, 2]
        assert await driver.run(exclusive(done("free"))) == "free"

    @pytest.mark.parametrize("error", [None, ValueError("unseen")])
    def test_by_asyncio_itself_too(self, error: Exception | None) -> None:
        steps: list[int] = []

        def renewal() -> Flow[None]:
            yield Sleep(0.02)
            steps.append(1)
            if error:
                raise error

        async def main() -> None:
            driver = AsyncDriver(AsyncWire, State.memory())  # type: ignore[arg-type]
            task = asyncio.create_task(driver.run(exclusive(renewal())))
            for _ in range(2):
                await asyncio.sleep(0.002)
                task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert steps == [1]
            assert await driver.run(exclusive(done("free"))) == "free"

        asyncio.run(main())

    @pytest.mark.anyio
    async def test_a_gather_leaves_nothing_running(self) -> None:
        driver = AsyncDriver(AsyncWire, State.memory())  # type: ignore[arg-type]
        closed: list[bool] = []

        def endless() -> Flow[None]:
            try:
                while True:
                    yield Sleep(0.001)
            finally:
                closed.append(True)

        with anyio.move_on_after(0.02):
            await driver.run(gather([endless() for _ in range(3)]))
        assert closed == [True] * 3

    @pytest.mark.anyio
    async def test_waiting_tasks_leave_no_queue_behind(self) -> None:
        driver = AsyncDriver(AsyncWire, State.memory())  # type: ignore[arg-type]
        await driver.run(gather([exclusive(done(n)) for n in range(5)]))
        assert driver._here().queues == {}


def exclusive(flow: Flow[Any]) -> Flow[Any]:
    return (yield Exclusive("k", flow))


class TestLoops:
    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_each_loop_has_its_own_connections(self, backend: str) -> None:
        opened: list[AsyncWire] = []

        def opener() -> Any:
            opened.append(AsyncWire())
            return opened[-1]

        driver = AsyncDriver(opener, State.memory())

        async def main() -> None:
            for _ in range(2):
                await driver.run(ask(1))
            await driver.close()
            await driver.close()

        for _ in range(2):
            anyio.run(main, backend=backend)
        assert [(wire.sent, wire.closed) for wire in opened] == [(2, 1), (2, 1)]

    @pytest.mark.anyio
    async def test_a_sleep_of_ones_own_is_awaited(self) -> None:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        own: Callable[[float], Awaitable[None]] = sleep
        driver = AsyncDriver(AsyncWire, State.memory(), sleep=own)  # type: ignore[arg-type]

        def flow() -> Flow[None]:
            yield Sleep(1e9)

        await driver.run(flow())
        assert slept == [1e9]

    def test_closing_the_sync_driver_closes_its_transport(self) -> None:
        wire = Wire()
        SyncDriver(wire, State.memory()).close()
        assert wire.closed == 1
