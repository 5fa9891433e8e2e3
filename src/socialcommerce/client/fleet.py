"""``Fleet`` and ``AsyncFleet``: many shops, of one platform or several, asked at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from socialcommerce.backends.base import Backend
from socialcommerce.backends.registry import load
from socialcommerce.client.clients import AsyncClient, Client
from socialcommerce.client.fleet_listing import AsyncFleetPager, FleetPager
from socialcommerce.client.fleet_nouns import (
    AsyncFleetCatalog,
    AsyncFleetNoun,
    AsyncFleetOrders,
    AsyncFleetStore,
    FleetCatalog,
    FleetNoun,
    FleetOrders,
    FleetStore,
)
from socialcommerce.client.fleet_progress import shown
from socialcommerce.client.fleet_work import AsyncCrew, Crew, FleetResult, OpenedClients, Progress, asked
from socialcommerce.errors import ConfigurationError
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Store
from socialcommerce.runtime.state import State

if TYPE_CHECKING:
    from socialcommerce.models.bulk import Outcome
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.paging import Cursor
    from socialcommerce.runtime.stores import KeyValue

__all__ = ["AsyncFleet", "Fleet"]

C = TypeVar("C", Client, AsyncClient)
T = TypeVar("T")

_MANY = 100


class _Base(Generic[C]):
    """What both fleets do without I/O: name the clients, choose among them."""

    _clients: Mapping[str, C]
    _owned: tuple[C, ...]
    _progress: Progress | None

    def __getitem__(self, account: str) -> C:
        """The client of an account; ``KeyError`` for one that is not in the fleet."""
        return self._clients[account]

    def __iter__(self) -> Iterator[C]:
        return iter(self._clients.values())

    def __len__(self) -> int:
        return len(self._clients)

    def __contains__(self, account: object) -> bool:
        return account in self._clients

    @property
    def accounts(self) -> tuple[str, ...]:
        """The ids of the accounts, in the order of the clients.

        Where two platforms give the same id, each stands behind its platform: ``shopee:8123``.
        """
        return tuple(self._clients)

    def shops(self) -> Mapping[str, C]:
        """The clients by account."""
        return self._clients

    def _of(self, platforms: Iterable[str]) -> dict[str, C]:
        wanted = frozenset(platforms)
        return {key: client for key, client in self._clients.items() if client.backend.name in wanted}

    def __repr__(self) -> str:
        if isinstance(self._clients, OpenedClients):
            return f"<{type(self).__name__}: {len(self)} accounts>"
        platforms = Counter(client.backend.name for client in self)
        return f"<{type(self).__name__}: {', '.join(f'{n} {name}' for name, n in platforms.items())}>"


def _by_account(clients: Iterable[C]) -> dict[str, C]:
    named = [(client.backend.name, _account(client), client) for client in clients]
    shared = Counter(account for _, account, _ in named)
    keys = [account if shared[account] == 1 else f"{name}:{account}" for name, account, _ in named]
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        raise ConfigurationError(f"two clients of the fleet speak for {twice[0]}")
    return {key: client for key, (_, _, client) in zip(keys, named, strict=True)}


def _account(client: Client | AsyncClient) -> str:
    subject = client._core.session.chosen or client.backend.default_subject()
    if subject is None:
        raise ConfigurationError(
            f"a client of {client.backend.name} speaks for no account; choose one with for_account(...)"
        )
    return subject.id


def _state(store: State | KeyValue) -> State:
    return store if isinstance(store, State) else State(tokens=store)


def _authorized(backend: Backend, kind: str | None) -> Flow[list[Subject]]:
    """The accounts of a kind that have tokens in the store, whatever the service, ordered by id."""
    kind = kind or next(iter(backend.account_kinds), None)
    if kind is None:
        raise ConfigurationError(f"{backend.name} has no accounts to choose from")
    ids: set[str] = set()
    for prefix in {backend.token_key(service, Subject(kind, "")) for service in backend.services.values()}:
        ids |= yield from _names_after(prefix)
    return [Subject(kind, name) for name in sorted(ids)]


def _names_after(prefix: str) -> Flow[set[str]]:
    names: set[str] = set()
    after = ""
    while rows := (yield Store("tokens", "scan", (prefix, after, _MANY))):
        after = rows[-1][0]
        names |= {key.removeprefix(prefix) for key, _ in rows}
    return names


def _refuse_less_than_one(concurrency: int) -> int:
    if concurrency < 1:
        raise ConfigurationError("concurrency is how many shops are asked at a time: at least 1")
    return concurrency


def _progress_over(progress: Progress | None, total: int) -> Callable[[int, Outcome[str, Any]], None]:
    done = 0

    def told(_index: int, outcome: Outcome[str, Any]) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total, outcome.input)

    return told


class Fleet(_Base[Client]):
    """Many clients as one.

    ``fleet.orders.list(...)`` merges the shops' listings (``FleetPager``), in time order where the
    shops list in the same direction, newest or oldest first. Every other operation of ``catalog``,
    ``orders``, ``store``, ``ads`` and ``messaging`` is asked of every shop with the same input
    (``FleetResult``). What fails in one shop does not stop the others.

    Args:
        clients: one for each account; several of one platform share transport, memory and limits
            when they are derived from one client by ``for_account``.
        executor: the threads that shops are asked in; without one they are asked one after
            another in the calling thread. It stays the caller's to shut down.
        concurrency: how many shops are asked at a time, on the executor.
        progress: told ``(done, total, account)`` in the calling thread whenever a shop is through;
            True shows a bar, by tqdm or rich.

    Raises:
        ConfigurationError: a client speaks for no account, or two for the same one; ``progress=True``
            with neither tqdm nor rich installed.
    """

    def __init__(
        self,
        clients: Iterable[Client],
        *,
        executor: Executor | None = None,
        concurrency: int = 8,
        progress: Progress | bool | None = None,
    ) -> None:
        self._clients = _by_account(clients)
        self._owned = tuple(self._clients.values())
        self._crew = Crew(executor, _refuse_less_than_one(concurrency))
        self._progress = shown(progress)

    @classmethod
    def from_tokens(
        cls,
        backend: Backend,
        store: State | KeyValue,
        *,
        kind: str | None = None,
        executor: Executor | None = None,
        concurrency: int = 8,
        progress: Progress | bool | None = None,
        **options: Any,
    ) -> Self:
        """One client for every account of the backend that has tokens in the store.

        Args:
            backend: the platform, with the app's credentials.
            store: the state that holds the tokens, or a token store alone.
            kind: which kind of account; the backend's first unless told.
            executor: see ``Fleet``.
            concurrency: see ``Fleet``.
            progress: see ``Fleet``.
            options: what ``Client`` takes (transport, retry, limits, hooks, ...).

        Returns:
            A fleet whose clients share transport, state and limits; closing it closes them.
        """
        root = Client(backend, state=_state(store), **options)
        subjects = root._core.run(_authorized(backend, kind))
        clients = [Client._derived(root._core.derive(chosen=one), None) for one in subjects]
        fleet = cls(clients, executor=executor, concurrency=concurrency, progress=progress)
        fleet._owned = (root,)
        return fleet

    @classmethod
    def opened_by(
        cls,
        open: Callable[[str], Client],
        accounts: Iterable[str],
        *,
        executor: Executor | None = None,
        concurrency: int = 8,
        progress: Progress | bool | None = None,
    ) -> Self:
        """A fleet whose clients are opened where the work is done: on the machines of a cluster.

        Clients hold connections and secrets and never leave their process. So only ``open`` and an
        account travel, and what the operation was given and answered. Workers that share a
        ``State.redis(...)`` share tokens and limits too.

        Args:
            open: given an account, answers its client; a function that can be pickled. It is called
                for every piece of work: let it keep what it opened (``functools.cache``).
            accounts: the accounts by which ``open`` knows them, as text; one that is named twice is asked
                once.
            executor: any ``concurrent.futures.Executor``: a pool of processes, Dask's
                ``client.get_executor()``, Ray's. Without one the shops are asked here.
            concurrency: see ``Fleet``.
            progress: see ``Fleet``.

        A worker that dies is told as ``OutcomeUnknown`` of the shop that it was asking.
        """
        fleet = cls((), executor=executor, concurrency=concurrency, progress=progress)
        fleet._clients = OpenedClients(open, accounts)
        return fleet

    def opener(self) -> Callable[[str], Client] | None:
        """What opens the client of an account where the work is done; None where that is here."""
        if isinstance(self._clients, OpenedClients) and not self._crew.here:
            return self._clients.open
        return None

    def only(self, *platforms: str) -> Self:
        """The shops of these platforms (``"shopee"``), as a fleet that closes nothing.

        ``ConfigurationError`` where the clients are opened elsewhere: their platforms are not known here.
        """
        if self.opener() is not None:
            raise ConfigurationError(
                "the platforms of clients that are opened elsewhere are not known here; "
                "give opened_by(...) the accounts that are meant"
            )
        crew = self._crew
        fleet = type(self)((), executor=crew.executor, concurrency=crew.limit, progress=self._progress)
        fleet._clients = self._of(platforms)
        return fleet

    @cached_property
    def catalog(self) -> FleetCatalog:
        """Products, variants, stock and prices of every shop."""
        return FleetCatalog(self, _face("Sync", "catalog"))

    @cached_property
    def orders(self) -> FleetOrders:
        """Orders, shipments, cancellations, returns of every shop."""
        return FleetOrders(self, _face("Sync", "orders"))

    @cached_property
    def store(self) -> FleetStore:
        """The shops themselves."""
        return FleetStore(self, _face("Sync", "store"))

    @cached_property
    def ads(self) -> FleetNoun:
        """Campaigns, reports, audiences of every shop."""
        return FleetNoun(self, _face("Sync", "ads"))

    @cached_property
    def messaging(self) -> FleetNoun:
        """Conversations with the buyers of every shop."""
        return FleetNoun(self, _face("Sync", "messaging"))

    def listing(self, start: Cursor, sources: list[Outcome[str, Any]]) -> FleetPager[Any]:
        """A pager over the shops' pagers."""
        return FleetPager(start, sources, self._progress, self._crew)

    def ask(self, call: Callable[[Client], T]) -> FleetResult[T]:
        """Ask anything of every shop: ``fleet.ask(lambda shop: shop.auth.status())``.

        Args:
            call: given a client, answers what is wanted of it.

        Returns:
            One outcome a shop; an error of this library is the outcome of its shop, any other is raised.
        """
        open = self.opener() or self._clients.__getitem__
        works = [(account, partial(asked, open, account, call)) for account in self._clients]
        return FleetResult(self._crew.do(works, _progress_over(self._progress, len(works))))

    def close(self) -> None:
        """Close the clients that the fleet was made of; harmless for those derived from others."""
        opened = self._clients.opened if isinstance(self._clients, OpenedClients) else {}
        for client in (*self._owned, *opened.values()):
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncFleet(_Base[AsyncClient]):
    """Many asynchronous clients as one; see ``Fleet``.

    Args:
        clients: one for each account.
        concurrency: how many shops are asked at a time.
        progress: told ``(done, total, account)`` whenever a shop is through; it must not block. True
            shows a bar, by tqdm or rich.
    """

    def __init__(
        self, clients: Iterable[AsyncClient], *, concurrency: int = 8, progress: Progress | bool | None = None
    ) -> None:
        self._clients = _by_account(clients)
        self._owned = tuple(self._clients.values())
        self._crew = AsyncCrew(_refuse_less_than_one(concurrency))
        self._progress = shown(progress)

    @classmethod
    async def from_tokens(
        cls,
        backend: Backend,
        store: State | KeyValue,
        *,
        kind: str | None = None,
        concurrency: int = 8,
        progress: Progress | bool | None = None,
        **options: Any,
    ) -> Self:
        """One client for every account of the backend that has tokens in the store; see ``Fleet``."""
        root = AsyncClient(backend, state=_state(store), **options)
        subjects = await root._core.run(_authorized(backend, kind))
        clients = [AsyncClient._derived(root._core.derive(chosen=one), None) for one in subjects]
        fleet = cls(clients, concurrency=concurrency, progress=progress)
        fleet._owned = (root,)
        return fleet

    def only(self, *platforms: str) -> Self:
        """The shops of these platforms, as a fleet that closes nothing."""
        fleet = type(self)((), concurrency=self._crew.limit, progress=self._progress)
        fleet._clients = self._of(platforms)
        return fleet

    @cached_property
    def catalog(self) -> AsyncFleetCatalog:
        """Products, variants, stock and prices of every shop."""
        return AsyncFleetCatalog(self, _face("Async", "catalog"))

    @cached_property
    def orders(self) -> AsyncFleetOrders:
        """Orders, shipments, cancellations, returns of every shop."""
        return AsyncFleetOrders(self, _face("Async", "orders"))

    @cached_property
    def store(self) -> AsyncFleetStore:
        """The shops themselves."""
        return AsyncFleetStore(self, _face("Async", "store"))

    @cached_property
    def ads(self) -> AsyncFleetNoun:
        """Campaigns, reports, audiences of every shop."""
        return AsyncFleetNoun(self, _face("Async", "ads"))

    @cached_property
    def messaging(self) -> AsyncFleetNoun:
        """Conversations with the buyers of every shop."""
        return AsyncFleetNoun(self, _face("Async", "messaging"))

    def opener(self) -> None:
        """Tasks of an event loop stay in it."""

    def listing(self, start: Cursor, sources: list[Outcome[str, Any]]) -> AsyncFleetPager[Any]:
        """A pager over the shops' pagers."""
        return AsyncFleetPager(start, sources, self._progress, self._crew)

    async def ask(self, call: Callable[[AsyncClient], Any]) -> FleetResult[Any]:
        """Ask anything of every shop; ``call`` answers an awaitable. See ``Fleet.ask``."""
        works = [(account, partial(call, client)) for account, client in self._clients.items()]
        return FleetResult(await self._crew.do(works, _progress_over(self._progress, len(works))))

    async def aclose(self) -> None:
        """Close the clients that the fleet was made of; harmless for those derived from others."""
        for client in self._owned:
            await client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _face(world: str, noun: str) -> Any:
    """A face without a client: it knows the names, signatures and docstrings of its operations."""
    return load(f"socialcommerce.resources.{noun}:{world}{noun.capitalize()}")(None)
