"""``Client`` and ``AsyncClient``: a backend, given a transport, a memory and policies."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NoReturn, Self, TypeVar

from attrs import evolve

from socialcommerce.backends.base import NOUNS, Backend
from socialcommerce.backends.registry import load
from socialcommerce.client import raw as raw_calls
from socialcommerce.client.core import AsyncCore, AsyncPlanner, SyncCore, SyncPlanner
from socialcommerce.errors import ConfigurationError
from socialcommerce.runtime import jobs
from socialcommerce.runtime.call import Safety, Subject
from socialcommerce.runtime.drivers import AsyncDriver, SyncDriver
from socialcommerce.runtime.http import as_transport, async_transport_factory
from socialcommerce.runtime.retry import RateLimits, Retry
from socialcommerce.runtime.session import Session
from socialcommerce.runtime.state import State
from socialcommerce.runtime.transport import Timeout

if TYPE_CHECKING:
    from socialcommerce.models.account import Account
    from socialcommerce.resources.ads import AsyncAds, SyncAds
    from socialcommerce.resources.auth import AsyncAuth, SyncAuth
    from socialcommerce.resources.capability import Capabilities
    from socialcommerce.resources.catalog import AsyncCatalog, SyncCatalog
    from socialcommerce.resources.messaging import AsyncMessaging, SyncMessaging
    from socialcommerce.resources.orders import AsyncOrders, SyncOrders
    from socialcommerce.resources.store import AsyncStore, SyncStore
    from socialcommerce.resources.webhooks import AsyncWebhooks, SyncWebhooks
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.observe import Hook

__all__ = ["AsyncClient", "Client"]

C = TypeVar("C", SyncCore, AsyncCore)


class _Base(Generic[C]):
    """What both clients do without I/O."""

    _core: C
    _owner: bool = True
    _market: Any = None

    @classmethod
    def _derived(cls, core: C, market: Any) -> Self:
        client = cls.__new__(cls)
        client._core, client._owner, client._market = core, False, market
        return client

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client holds connections and secrets and stays in its process; "
            "Fleet.opened_by(open, accounts, executor=...) opens clients where the work is done"
        )

    @property
    def backend(self) -> Backend:
        """The backend this client works on."""
        return self._core.backend

    @property
    def state(self) -> State:
        """What the client remembers."""
        return self._core.state

    @property
    def capabilities(self) -> Capabilities:
        """What this platform can do: ``client.capabilities["orders.ship"]``, true or false as a bool."""
        return self._core.backend.capabilities()

    @property
    def market(self) -> Any:
        """The pretend world behind a client made by ``simulate``."""
        if self._market is None:
            raise ConfigurationError("only a client made by simulate(...) has a market")
        return self._market

    def for_account(self, account: Account | str | int) -> Self:
        """A client that speaks for another account, sharing transport, memory and limits.

        Args:
            account: one of ``accounts()``, or the id of one: of the backend's first kind, unless the id
                tells another (``act_…`` of an ad account of Meta's).
        """
        subject = (
            self._named(str(account)) if isinstance(account, str | int) else Subject(account.kind, account.id)
        )
        return self._derived(self._core.derive(chosen=subject), self._market)

    def _named(self, account: str) -> Subject:
        kind = self._core.backend.kind_of(account)
        if kind is None:
            raise ConfigurationError(f"{self._core.platform} has no accounts to choose from")
        return Subject(kind, account)

    def with_options(
        self,
        *,
        retry: Retry | None = None,
        limits: RateLimits | None = None,
        on_limit: Literal["wait", "raise"] | None = None,
        timeout: Timeout | None = None,
        hooks: Sequence[Hook] | None = None,
    ) -> Self:
        """The same client under other policies; what is None stays as it is.

        Args:
            retry: how often and how long to try again.
            limits: whether and how known rate limits are kept.
            on_limit: only what happens at a limit: wait, or raise ``RateLimited``.
            timeout: seconds to connect, to read, and in all.
            hooks: who is told of every attempt.
        """
        old = self._core.session
        limits = limits or old.limits
        session = evolve(
            old,
            retry=retry or old.retry,
            limits=evolve(limits, on_limit=on_limit or limits.on_limit),
            timeout=timeout or old.timeout,
            hooks=old.hooks if hooks is None else tuple(hooks),
        )
        return self._derived(evolve(self._core, session=session), self._market)

    def _resumed(self, job_id: str) -> Flow[Any]:
        task, subject = yield from jobs.find(self._core.session, job_id)
        session = self._core.session.for_subject(subject)
        noun = self._core.backend.noun_at(task.kind.rpartition(".")[0])(session, task.kind)
        return (yield from jobs.to_end(noun, task))

    def __repr__(self) -> str:
        chosen = self._core.session.chosen
        return (
            f"<{type(self).__name__} {self._core.platform}{f' {chosen.kind} {chosen.id}' if chosen else ''}>"
        )


class Client(_Base[SyncCore]):
    """A client whose operations answer.

    Args:
        backend: the platform, with its credentials.
        state: what the client must remember; in this process's memory unless told.
        transport: how requests are sent: a transport, an httpx client, or a plain function.
        retry: how often and how long to try again.
        limits: whether and how known rate limits are kept.
        timeout: seconds to connect, to read, and in all.
        hooks: callables told of every attempt; one that raises is logged and ignored.
        media_host: a function from ``Media`` to a public URL, for platforms that fetch media.
        clock: seconds since the epoch.
        sleep: waits so many seconds.
        jitter: a number between 0 and 1, drawn for every wait.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        state: State | None = None,
        transport: Any = None,
        retry: Retry | None = None,
        limits: RateLimits | None = None,
        timeout: Timeout | None = None,
        hooks: Sequence[Hook] = (),
        media_host: Callable[[Any], str] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        state = state or State.memory(clock)
        session = _session(backend, retry, limits, timeout, hooks, media_host, clock, jitter)
        driver = SyncDriver(as_transport(transport), state, sleep)
        self._core = SyncCore(session, backend, state, driver)

    @cached_property
    def catalog(self) -> SyncCatalog:
        """Products, variants, stock and prices."""
        from socialcommerce.resources.catalog import SyncCatalog

        return SyncCatalog(self._core)

    @cached_property
    def orders(self) -> SyncOrders:
        """Orders, shipments, cancellations, returns."""
        from socialcommerce.resources.orders import SyncOrders

        return SyncOrders(self._core)

    @cached_property
    def store(self) -> SyncStore:
        """The shop itself."""
        from socialcommerce.resources.store import SyncStore

        return SyncStore(self._core)

    @cached_property
    def ads(self) -> SyncAds:
        """Campaigns, reports, audiences."""
        from socialcommerce.resources.ads import SyncAds

        return SyncAds(self._core)

    @cached_property
    def messaging(self) -> SyncMessaging:
        """Conversations with buyers."""
        from socialcommerce.resources.messaging import SyncMessaging

        return SyncMessaging(self._core)

    @cached_property
    def auth(self) -> SyncAuth:
        """Consent and tokens."""
        from socialcommerce.resources.auth import SyncAuth

        return SyncAuth(self._core)

    @cached_property
    def webhooks(self) -> SyncWebhooks:
        """What the platform tells by itself."""
        from socialcommerce.resources.webhooks import SyncWebhooks

        return SyncWebhooks(self._core)

    @cached_property
    def jobs(self) -> Jobs:
        """Slow work that was begun, in this process or another."""
        return Jobs(self)

    @cached_property
    def plan(self) -> Plan:
        """The same nouns, answering the first request that an operation would send, and sending nothing."""
        return Plan(SyncPlanner.of(self._core))

    def accounts(self, kind: str | None = None) -> Sequence[Account]:
        """What the credentials reach: shops, catalogues, ad accounts, pages, phone numbers.

        Args:
            kind: only accounts of this kind.
        """
        return self.auth.accounts(kind=kind)

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        files: Mapping[str, raw_calls.File] | None = None,
        *,
        service: str = "default",
        safety: Safety | None = None,
        raw: bool = False,
    ) -> Any:
        """Call anything the platform offers, signed by the right identity, limited and retried.

        Args:
            method: the HTTP method.
            path: the path, without host and query.
            query: parameters of the query.
            body: what is sent as JSON.
            files: what is sent as multipart: paths, bytes, ``(name, bytes)``.
            service: which front door, where the backend has several.
            safety: what a repeat would do; reads for GET, ``unsafe`` for the rest, unless given.
            raw: the reply is a file.

        Returns:
            The decoded body with its envelope; ``.response`` is beside it.
        """
        return self._core.run(
            raw_calls.call(self._core.session, method, path, query, body, files, service, safety, raw)
        )

    def close(self) -> None:
        """Close transport and memory; on a derived client this does nothing."""
        if self._owner:
            self._core.driver.close()
            self._core.state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Base[AsyncCore]):
    """A client whose operations are awaited, on asyncio or trio; see ``Client`` for the arguments."""

    def __init__(
        self,
        backend: Backend,
        *,
        state: State | None = None,
        transport: Any = None,
        retry: Retry | None = None,
        limits: RateLimits | None = None,
        timeout: Timeout | None = None,
        hooks: Sequence[Hook] = (),
        media_host: Callable[[Any], str] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        state = state or State.memory(clock)
        session = _session(backend, retry, limits, timeout, hooks, media_host, clock, jitter)
        driver = AsyncDriver(async_transport_factory(transport), state, sleep)
        self._core = AsyncCore(session, backend, state, driver)

    @cached_property
    def catalog(self) -> AsyncCatalog:
        """Products, variants, stock and prices."""
        from socialcommerce.resources.catalog import AsyncCatalog

        return AsyncCatalog(self._core)

    @cached_property
    def orders(self) -> AsyncOrders:
        """Orders, shipments, cancellations, returns."""
        from socialcommerce.resources.orders import AsyncOrders

        return AsyncOrders(self._core)

    @cached_property
    def store(self) -> AsyncStore:
        """The shop itself."""
        from socialcommerce.resources.store import AsyncStore

        return AsyncStore(self._core)

    @cached_property
    def ads(self) -> AsyncAds:
        """Campaigns, reports, audiences."""
        from socialcommerce.resources.ads import AsyncAds

        return AsyncAds(self._core)

    @cached_property
    def messaging(self) -> AsyncMessaging:
        """Conversations with buyers."""
        from socialcommerce.resources.messaging import AsyncMessaging

        return AsyncMessaging(self._core)

    @cached_property
    def auth(self) -> AsyncAuth:
        """Consent and tokens."""
        from socialcommerce.resources.auth import AsyncAuth

        return AsyncAuth(self._core)

    @cached_property
    def webhooks(self) -> AsyncWebhooks:
        """What the platform tells by itself."""
        from socialcommerce.resources.webhooks import AsyncWebhooks

        return AsyncWebhooks(self._core)

    @cached_property
    def jobs(self) -> AsyncJobs:
        """Slow work that was begun, in this process or another."""
        return AsyncJobs(self)

    @cached_property
    def plan(self) -> AsyncPlan:
        """The same nouns, answering the first request that an operation would send, and sending nothing."""
        return AsyncPlan(AsyncPlanner.of(self._core))

    async def accounts(self, kind: str | None = None) -> Sequence[Account]:
        """What the credentials reach; see ``Client.accounts``."""
        return await self.auth.accounts(kind=kind)

    async def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        files: Mapping[str, raw_calls.File] | None = None,
        *,
        service: str = "default",
        safety: Safety | None = None,
        raw: bool = False,
    ) -> Any:
        """Call anything the platform offers; see ``Client.call``."""
        return await self._core.run(
            raw_calls.call(self._core.session, method, path, query, body, files, service, safety, raw)
        )

    async def aclose(self) -> None:
        """Close transport and memory; on a derived client this does nothing."""
        if self._owner:
            await self._core.driver.close()
            self._core.state.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class Jobs:
    """``client.jobs``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def resume(self, job_id: str) -> Any:
        """Go on with a job to its value, also after a restart; ``NotFound`` where none is kept."""
        return self._client._core.run(self._client._resumed(job_id))


class AsyncJobs:
    """``client.jobs`` of an ``AsyncClient``."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def resume(self, job_id: str) -> Any:
        """Go on with a job to its value, also after a restart; ``NotFound`` where none is kept."""
        return await self._client._core.run(self._client._resumed(job_id))


class _Plan:
    """Faces over a core that only shows what it would send."""

    _faces: ClassVar[str]

    def __init__(self, core: SyncPlanner | AsyncPlanner) -> None:
        self._core = core

    def __getattr__(self, noun: str) -> Any:
        if noun not in NOUNS or noun == "webhooks":
            raise AttributeError(f"nothing of {noun!r} can be planned")
        return load(f"socialcommerce.resources.{noun}:{self._faces}{noun.capitalize()}")(self._core)


class Plan(_Plan):
    """``client.plan.orders.ship(order)``: the first request of an operation, None where nothing is sent."""

    _faces = "Sync"

    def __call__(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
        """The same for an operation given by name, ``"orders.ship"``, or as ``client.orders.ship``."""
        return _at(self, operation)(*args, **kwargs)


class AsyncPlan(_Plan):
    """``await client.plan.orders.ship(order)``: the first request of an operation."""

    _faces = "Async"

    async def __call__(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
        """The same for an operation given by name, ``"orders.ship"``, or as ``client.orders.ship``."""
        return await _at(self, operation)(*args, **kwargs)


def _at(plan: Any, operation: Any) -> Any:
    found = plan
    for step in (operation if isinstance(operation, str) else operation.operation).split("."):
        found = getattr(found, step)
    return found


def _session(
    backend: Backend,
    retry: Retry | None,
    limits: RateLimits | None,
    timeout: Timeout | None,
    hooks: Sequence[Hook],
    media_host: Callable[[Any], str] | None,
    clock: Callable[[], float],
    jitter: Callable[[], float],
) -> Session:
    if not isinstance(backend, Backend):
        raise ConfigurationError(f"backend must be a Backend, as Shopee(...), not {type(backend).__name__}")
    return Session(
        backend,
        retry=retry or Retry(),
        limits=limits or RateLimits(),
        timeout=timeout or Timeout(),
        hooks=tuple(hooks),
        clock=clock,
        jitter=jitter,
        media_host=media_host,
    )
