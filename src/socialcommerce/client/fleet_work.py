"""One piece of work a shop: side by side, bounded, its outcomes in the order of the shops."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import closing
from contextvars import copy_context
from functools import partial
from operator import attrgetter
from threading import Lock
from typing import Any, Generic, TypeAlias, TypeVar

from attrs import define, field, frozen

from socialcommerce.errors import (
    BulkFailure,
    ConfigurationError,
    OutcomeUnknown,
    SocialCommerceError,
    TransportError,
)
from socialcommerce.models.bulk import BulkResult, Outcome

__all__ = [
    "AsyncCrew",
    "Crew",
    "FleetResult",
    "OpenedClients",
    "Progress",
    "asked",
    "attempt",
    "failure_of",
    "operate",
]

C = TypeVar("C")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Progress: TypeAlias = Callable[[int, int, str], object]
"""Told ``(done, total, account)`` whenever a shop is through, well or not."""

Work: TypeAlias = tuple[str, Callable[[], T]]
Told: TypeAlias = Callable[[int, Outcome[str, Any]], object]


def _kept(outcomes: Iterable[Outcome[Any, Any]]) -> tuple[Outcome[Any, Any], ...]:
    return tuple(outcomes)


@frozen
class FleetResult(Generic[T_co]):
    """What one operation came to in every shop of a fleet, in the order of the shops.

    ``result[account]`` is the value of a shop, or its error raised. Nothing else is raised until
    ``raise_for_failures``.
    """

    outcomes: tuple[Outcome[str, T_co], ...] = field(converter=_kept)

    def __len__(self) -> int:
        return len(self.outcomes)

    def __iter__(self) -> Iterator[str]:
        return (outcome.input for outcome in self.outcomes)

    def __getitem__(self, account: str) -> T_co:
        for outcome in self.outcomes:
            if outcome.input == account:
                return outcome.unwrap()
        raise KeyError(account)

    @property
    def ok(self) -> bool:
        """Whether every shop did all of it; an item that failed inside a ``BulkResult`` counts."""
        return not any(_errors(outcome) for outcome in self.outcomes)

    @property
    def values(self) -> Mapping[str, T_co]:
        """The answers by account; a ``BulkResult`` is one also where some of its items failed."""
        return {outcome.input: outcome.unwrap() for outcome in self.outcomes if outcome.ok}

    @property
    def failures(self) -> Mapping[str, SocialCommerceError]:
        """What went wrong by account; failed items of a ``BulkResult`` are a ``BulkFailure``."""
        found = {outcome.input: failure_of(outcome) for outcome in self.outcomes}
        return {account: error for account, error in found.items() if error is not None}

    def raise_for_failures(self) -> FleetResult[T_co]:
        """This result where all went well; else ``BulkFailure``, one error a shop, in their order."""
        raise_all(self.failures, len(self))
        return self

    def __repr__(self) -> str:
        return f"<FleetResult: {len(self) - len(self.failures)} ok, {len(self.failures)} not>"


def _errors(outcome: Outcome[str, Any]) -> list[SocialCommerceError]:
    if outcome.error is not None:
        return [outcome.error]
    parts = outcome.value if isinstance(outcome.value, BulkResult) else ()
    return [part.error for part in parts if part.error is not None]


def failure_of(outcome: Outcome[str, Any]) -> SocialCommerceError | None:
    """The error of a shop, or the errors of the items that failed there, as one."""
    errors = _errors(outcome)
    if outcome.error is not None or not errors:
        return outcome.error
    return BulkFailure(f"{len(errors)} of {len(outcome.value or ())} failed in {outcome.input}", errors)


def raise_all(failures: Mapping[str, SocialCommerceError], total: int) -> None:
    """Raise what went wrong, where anything did, as ``BulkFailure``; the message names the shops."""
    if failures:
        names = ", ".join(failures)
        raise BulkFailure(f"{len(failures)} of {total} shops failed: {names}", list(failures.values()))


def operate(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], client: Any) -> Any:
    """One operation of a client, by the capability's name."""
    return attrgetter(name)(client)(*args, **kwargs)


def asked(open: Callable[[str], C], account: str, call: Callable[[C], T]) -> T:
    """What a shop answers, asked wherever this runs: in this process or on another machine."""
    return call(open(account))


class OpenedClients(Mapping[str, C]):
    """The clients of some accounts, each opened when it is first needed in this process."""

    def __init__(self, open: Callable[[str], C], accounts: Iterable[str]) -> None:
        self.open = open
        self.opened: dict[str, C] = {}
        self._accounts = dict.fromkeys((accounts,) if isinstance(accounts, str) else accounts)
        named: Iterable[object] = self._accounts
        for account in named:
            if not isinstance(account, str):
                raise ConfigurationError(f"accounts are given by their ids as text, not {account!r}")
        self._lock = Lock()

    def __getitem__(self, account: str) -> C:
        if account not in self._accounts:
            raise KeyError(account)
        with self._lock:
            if account not in self.opened:
                self.opened[account] = self.open(account)
            return self.opened[account]

    def __iter__(self) -> Iterator[str]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)


def _attempt(account: str, job: Callable[[], T]) -> Outcome[str, T]:
    try:
        return Outcome.of(account, job())
    except SocialCommerceError as error:
        return Outcome.of(account, error)


@frozen
class Crew:
    """Works in the calling thread, or at most ``limit`` at a time on an executor of the caller's."""

    executor: Executor | None
    limit: int

    @property
    def here(self) -> bool:
        """Whether the works surely run in this process, where clients and the caller's context are."""
        return self.executor is None or isinstance(self.executor, ThreadPoolExecutor)

    def do(self, works: Sequence[Work[T]], told: Told) -> list[Outcome[str, T]]:
        """One outcome a work, in order. An error that is not ours is raised, and nothing more begun.

        A worker that died took its work with it: ``OutcomeUnknown``; what none of them had begun was not
        sent: ``TransportError``.
        """
        found: dict[int, Outcome[str, T]] = {}
        with closing(self._done(works)) as done:
            for index, outcome in done:
                found[index] = outcome
                told(index, outcome)
        return [found[index] for index in range(len(works))]

    def _done(self, works: Sequence[Work[T]]) -> Generator[tuple[int, Outcome[str, T]]]:
        # One work is done here as well, where its client may be.
        if self.executor is None or (self.here and len(works) < 2):
            return ((index, _attempt(*work)) for index, work in enumerate(works))
        return self._side_by_side(self.executor, works)

    def _side_by_side(
        self, executor: Executor, works: Sequence[Work[T]]
    ) -> Generator[tuple[int, Outcome[str, T]]]:
        waiting = iter(enumerate(works))
        running: dict[Future[Outcome[str, T]], int] = {}
        try:
            while True:
                while len(running) < self.limit and (following := next(waiting, None)):
                    index, work = following
                    try:
                        running[self._submit(executor, partial(_attempt, *work))] = index
                    except BrokenExecutor as error:
                        yield index, Outcome.of(work[0], _not_begun(error))
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    index = running.pop(future)
                    yield index, _come_back(works[index][0], future)
        finally:
            for future in running:
                future.cancel()
            wait(running)

    def _submit(self, executor: Executor, attempt: Callable[[], Outcome[str, T]]) -> Future[Outcome[str, T]]:
        return executor.submit(copy_context().run, attempt) if self.here else executor.submit(attempt)


def _come_back(account: str, future: Future[Outcome[str, T]]) -> Outcome[str, T]:
    """What a worker answered, or why no answer came back from it."""
    try:
        return future.result()
    except SocialCommerceError as error:
        return Outcome.of(account, error)  # the answer could not be read to the end, so not be sent back
    except BrokenExecutor as error:
        lost = OutcomeUnknown(
            "the worker died that asked this shop",
            evidence={"account": account, "worker": str(error)},
            how_to_find_out="look in the shop whether it was done; a listing goes on from its cursor",
        )
        lost.__cause__ = error
        return Outcome.of(account, lost)


def _not_begun(error: BrokenExecutor) -> TransportError:
    unsent = TransportError(f"the shop was not asked: {error}", sent="no")
    unsent.__cause__ = error
    return unsent


@define(eq=False)
class AsyncCrew:
    """Works in tasks of the running event loop, at most ``limit`` at a time."""

    limit: int

    async def do(self, works: Sequence[Work[Awaitable[T]]], told: Told) -> list[Outcome[str, T]]:
        """One outcome a work, in order. An error that is not ours is raised, and the rest cancelled."""
        import anyio

        found: dict[int, Outcome[str, T]] = {}
        strange: list[Exception] = []
        waiting = iter(enumerate(works))

        async def worker() -> None:
            try:
                for index, (account, job) in waiting:
                    found[index] = await attempt(account, job)
                    told(index, found[index])
            except Exception as error:  # noqa: BLE001  # carried out of the task group, which would wrap it
                strange.append(error)
                group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            for _ in range(min(self.limit, len(works))):
                group.start_soon(worker)
        if strange:
            raise strange[0]
        return [found[index] for index in range(len(works))]


async def attempt(account: str, job: Callable[[], Awaitable[T]]) -> Outcome[str, T]:
    """What a shop answers, or the error of this library that it came to."""
    try:
        return Outcome.of(account, await job())
    except SocialCommerceError as error:
        return Outcome.of(account, error)
