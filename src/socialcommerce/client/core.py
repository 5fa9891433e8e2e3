"""Cores: a session and a driver, joined; what the faces of one client stand on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import evolve, field, frozen

from socialcommerce.errors import SHAPE_ERRORS, DecodeError, SocialCommerceError
from socialcommerce.resources.jobs import AsyncJob, Job
from socialcommerce.resources.pager import AsyncPager, Pager
from socialcommerce.runtime.draft import drafted
from socialcommerce.runtime.drivers import AsyncDriver, SyncDriver
from socialcommerce.runtime.flow import Exclusive, Flow, Gather, Send
from socialcommerce.runtime.observe import Attempt, notify
from socialcommerce.runtime.retry import RateLimits

if TYPE_CHECKING:
    from socialcommerce.backends.base import Backend
    from socialcommerce.resources.capability import Capability
    from socialcommerce.resources.noun import Noun
    from socialcommerce.runtime.jobs import Task
    from socialcommerce.runtime.paging import Cursor, Page
    from socialcommerce.runtime.session import Session
    from socialcommerce.runtime.state import State
    from socialcommerce.runtime.transport import Request, Response, Timeout

__all__ = ["AsyncCore", "AsyncPlanner", "SyncCore", "SyncPlanner"]

T = TypeVar("T")

_EVENTS = (".changes", ".recover")
"""The listings whose items are events."""


@frozen(eq=False)
class _Core:
    """What both cores share: the backend, seen through one session."""

    session: Session
    backend: Backend
    state: State = field(repr=False)

    @property
    def platform(self) -> str:
        """The backend's registered name."""
        return self.backend.name

    def noun(self, contract: type[Noun], operation: str) -> Noun:
        """The backend's implementation of a contract, for one operation."""
        return self.backend.noun(contract)(self.session, operation)

    def capability(self, name: str) -> Capability:
        """What the backend says of an operation."""
        return self.backend.capability(name)

    def given(self, operation: str, page: Page[Any]) -> Page[Any]:
        """A page that was read, as the user gets it: the hooks told, its events able to ``fetch``."""
        if self.session.hooks:
            account = self.session.chosen.id if self.session.chosen else None
            notify(self.session.hooks, Attempt(operation, account, "", "", "ok", kind="page"))
        return self._fetchable(page) if operation.endswith(_EVENTS) else page

    def _fetchable(self, page: Page[Any]) -> Page[Any]:
        from socialcommerce.resources.webhooks import Webhooks, attach

        reader: Any = self.noun(Webhooks, "event.fetch")
        run = self.run  # type: ignore[attr-defined]  # both cores run flows, each in its own way
        return evolve(page, items=[attach(event, reader, run) for event in page.items])

    def derive(self, **changes: Any) -> Self:
        """The same core with another session."""
        return evolve(self, session=evolve(self.session, **changes))


@frozen(eq=False)
class SyncCore(_Core):
    """Runs flows in the calling thread."""

    driver: SyncDriver = field(repr=False)

    def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its end."""
        return self.driver.run(shaped(flow, self.backend.name))

    def pager(self, start: Cursor, fetch: Callable[[str | None], Any]) -> Any:
        """A listing that begins at ``start``."""
        return Pager[Any](start, fetch)

    def job(self, noun: Noun, started: Flow[Task[T]]) -> Any:
        """Start slow work and answer it as a job."""
        return Job(self.run(started), noun, self.run)


@frozen(eq=False)
class AsyncCore(_Core):
    """Runs flows as coroutines."""

    driver: AsyncDriver = field(repr=False)

    def run(self, flow: Flow[T]) -> Coroutine[Any, Any, T]:
        """Drive a flow to its end."""
        return self.driver.run(shaped(flow, self.backend.name))

    def pager(self, start: Cursor, fetch: Callable[[str | None], Any]) -> Any:
        """A listing that begins at ``start``."""
        return AsyncPager[Any](start, fetch)

    async def job(self, noun: Noun, started: Flow[Task[T]]) -> Any:
        """Start slow work and answer it as a job."""
        return AsyncJob(await self.run(started), noun, self.run)


def shaped(flow: Flow[T], platform: str) -> Flow[T]:
    """``flow``, whose trouble with the shape of a reply is told as ``DecodeError``.

    Before anything was answered, such an error is a fault of ours and goes out as it is.
    """
    answered, value, effect = False, None, None
    failure: Exception | None = None
    try:
        effect = flow.send(None)
        while True:
            failure = None
            try:
                value = yield effect
            except Exception as error:  # noqa: BLE001  # whatever the world raised belongs to the flow that asked
                failure = error
            answered = answered or isinstance(effect, _ANSWERED)
            effect = flow.send(value) if failure is None else flow.throw(failure)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # StopIteration is not generic
    except SocialCommerceError:
        raise
    except SHAPE_ERRORS as error:
        if not answered or (error is failure and isinstance(effect, Send)):
            raise
        raise DecodeError.misshapen(error, platform) from error
    finally:
        flow.close()


_ANSWERED = (Send, Gather, Exclusive)


class _Shown(BaseException):
    """Carries the first request of an operation past every handler of ordinary errors."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class _Showcase:
    """A transport that sends nothing."""

    def send(self, request: Request, timeout: Timeout) -> Response:
        """Show the request instead."""
        raise _Shown(request)

    def close(self) -> None:
        """Nothing to give back."""


class _AsyncShowcase:
    async def send(self, request: Request, timeout: Timeout) -> Response:
        """Show the request instead."""
        raise _Shown(request)

    async def aclose(self) -> None:
        """Nothing to give back."""


def _unlimited(session: Session) -> Session:
    return evolve(session, limits=RateLimits(enabled=False), hooks=())


class SyncPlanner(SyncCore):
    """Answers the first request of an operation instead of sending it; None where nothing is sent.

    What the operation would note before that request is forgotten again.
    """

    @classmethod
    def of(cls, core: SyncCore) -> SyncPlanner:
        """The planner of a core."""
        driver = SyncDriver(_Showcase(), core.state, core.driver.sleep, concurrency=1)
        return cls(_unlimited(core.session), core.backend, core.state, driver)

    def run(self, flow: Flow[Any]) -> Any:
        """Drive a flow to its first request."""
        try:
            evolve(self.driver, state=drafted(self.state)).run(flow)
        except _Shown as shown:
            return shown.request
        return None

    def pager(self, start: Cursor, fetch: Callable[[str | None], Any]) -> Any:
        """The request of the first page."""
        return fetch(start.position)

    def job(self, noun: Noun, started: Flow[Task[Any]]) -> Any:
        """The request that starts the work."""
        return self.run(started)


class AsyncPlanner(AsyncCore):
    """Answers the first request of an operation instead of sending it; None where nothing is sent.

    What the operation would note before that request is forgotten again.
    """

    @classmethod
    def of(cls, core: AsyncCore) -> AsyncPlanner:
        """The planner of a core."""
        driver = AsyncDriver(_AsyncShowcase, core.state, core.driver.sleep, concurrency=1)
        return cls(_unlimited(core.session), core.backend, core.state, driver)

    async def run(self, flow: Flow[Any]) -> Any:
        """Drive a flow to its first request."""
        try:
            await evolve(self.driver, state=drafted(self.state)).run(flow)
        except _Shown as shown:
            return shown.request
        return None

    def pager(self, start: Cursor, fetch: Callable[[str | None], Any]) -> Any:
        """The request of the first page."""
        return fetch(start.position)

    async def job(self, noun: Noun, started: Flow[Task[Any]]) -> Any:
        """The request that starts the work."""
        return await self.run(started)
