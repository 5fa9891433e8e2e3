"""``Candidate``: a backend on trial, with what is needed to build it and a world to try it in."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Self

from attrs import field, frozen

from socialcommerce.backends import registry
from socialcommerce.backends.base import Backend, operation_names
from socialcommerce.client.clients import AsyncClient, Client
from socialcommerce.client.opening import simulate
from socialcommerce.errors import ConfigurationError
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime.call import Subject, TokenRecord
from socialcommerce.runtime.retry import RateLimits, Retry
from socialcommerce.runtime.state import State
from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators import open_twin, register_twin
from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.market import Market

__all__ = ["CANARY", "READS", "Candidate", "Operation", "operations", "placeholders", "secret_names"]

CANARY = "canary-4b1dc0ffee-{name}-d15ea5e"
"""What a secret argument is given, so that it can be found again wherever it leaks."""

TOKEN = CANARY.format(name="token")
"""The access token that candidates speak with, where they are not in a pretend world."""

EPOCH = 1_750_000_000.0
"""The instant at which pretend worlds begin, so that two of them are equal."""

PAGE_SIZE = 2

READS = frozenset(
    [
        "ads.campaigns.list",
        "ads.ad_groups.list",
        "ads.ads.list",
        "ads.audiences.list",
        "ads.targeting.search",
        "ads.creatives",
        "auth.status",
        "auth.accounts",
        "catalog.list",
        "catalog.categories",
        "catalog.limits",
        "catalog.changes",
        "messaging.templates.list",
        "messaging.conversations",
        "orders.list",
        "orders.cancellations.list",
        "orders.returns.list",
        "orders.changes",
        "store.info",
        "store.locations",
        "store.addresses",
        "store.carriers",
        "webhooks.subscriptions",
        "webhooks.health",
    ]
)
"""Operations that change nothing and need no argument (but ``since``): what can be tried on any backend."""

_SECRET_WORDS = ("key", "secret", "token", "password")

Handler = Callable[[Request], Response]
Arrange = Callable[[Any], None]


@frozen
class Operation:
    """One operation of a contract, and the backend's own method for it."""

    name: str
    contract: type[Noun]
    noun: type[Noun]

    @property
    def listing(self) -> bool:
        """Whether it answers pages."""
        return "Page[" in str(inspect.signature(self.declared).return_annotation)

    @property
    def declared(self) -> Any:
        """The contract's method."""
        return getattr(self.contract, self.method)

    @property
    def method(self) -> str:
        """The method's name."""
        return self.name.rpartition(".")[2]

    @property
    def own(self) -> Any:
        """The backend's method; None where it left the contract's in place."""
        found = getattr(self.noun, self.method, None)
        return None if found is self.declared else found

    @property
    def mark(self) -> Any:
        """The mark of ``supports`` on the backend's method, if it has one."""
        return getattr(self.own, "__capability__", None)

    @property
    def optional(self) -> Iterator[inspect.Parameter]:
        """The parameters that a caller may leave out, but for those that every listing and job has."""
        for parameter in inspect.signature(self.declared).parameters.values():
            if parameter.default is not parameter.empty and parameter.name not in ("cursor", "wait"):
                yield parameter

    def on(self, client: Any) -> Any:
        """The operation as a client offers it."""
        found = client
        for step in self.name.split("."):
            found = getattr(found, step)
        return found


def operations(backend: type[Backend]) -> Iterator[Operation]:
    """Every operation that clients offer, as this backend has it."""
    for name in operation_names():
        path = name.rpartition(".")[0]
        yield Operation(name, Backend.noun_at(path), backend.noun_at(path))


def placeholders(operation: Operation, value: Any) -> tuple[list[Any], dict[str, Any]]:
    """Something for every compulsory parameter: enough where a call is refused before it is read."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in list(inspect.signature(operation.declared).parameters.values())[1:]:
        if parameter.default is not parameter.empty or parameter.kind is parameter.VAR_KEYWORD:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY:
            named[parameter.name] = value
        else:
            positional.append(value)
    return positional, named


def given(operation: Operation, client: Any) -> dict[str, Any]:
    """The arguments of an operation of ``READS``: the last day, where a listing asks since when."""
    since = client._core.session.now() - timedelta(days=1)
    return {"since": since} if "since" in inspect.signature(operation.declared).parameters else {}


def attempts(candidate: Candidate, client: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Everything that can be tried without knowing the platform, by name: reads, and a call a service."""
    for name in client.backend.services:
        yield f"call on {name}", partial(client.call, "GET", "/conformance", service=name)
    for operation in candidate.readable:
        yield operation.name, partial(_read, operation, client)


def _read(operation: Operation, client: Any) -> Any:
    answer = operation.on(client)(**given(operation, client))
    return answer.collect(1) if operation.listing else answer


def _as_it_is(market: Any) -> None:
    """Leave a pretend world as the twin made it."""


def secret_names(backend: type[Backend]) -> list[str]:
    """The constructor's arguments that hold a secret, by their names."""
    return [
        name
        for name, parameter in inspect.signature(backend).parameters.items()
        if any(word in name.lower().split("_") for word in _SECRET_WORDS)
        and "str" in str(parameter.annotation)
    ]


@frozen
class Candidate:
    """A backend on trial.

    ``settings`` build it; those that hold secrets are replaced by canaries unless given. ``twin`` is a
    function from the settings to a transport function with a fresh world behind it; None where the
    backend names its own twin class, or has none. ``arrange`` fills a market before it is read.
    """

    backend: type[Backend]
    settings: Mapping[str, Any] = field(factory=dict, repr=False)
    twin: Callable[..., Handler] | None = None
    arrange: Arrange = field(default=_as_it_is, repr=False)

    @classmethod
    def of(cls, name: str | None = None, backend: type[Backend] | None = None, **details: Any) -> Self:
        """A candidate by its registered name, or by its class, which is then registered if need be.

        Raises:
            ConfigurationError: neither is given, or nothing is registered under the name.
        """
        if backend is None:
            if name is None:
                raise ConfigurationError(
                    "give the kit a name or a backend: class TestToy(BackendConformance): backend = ToyMarket"
                )
            backend = registry.backend_class(name)
        elif backend.name and backend.name not in registry.names():
            registry.register(backend.name, backend)
        return cls(backend, **details)

    @property
    def playable(self) -> bool:
        """Whether there is a pretend marketplace to try it on."""
        return self.twin is not None or self.backend.twin is not None

    @property
    def built_in(self) -> bool:
        """Whether it is one of this library's own backends."""
        return self.backend.__module__.startswith("socialcommerce.")

    @property
    def operations(self) -> list[Operation]:
        """Every operation that clients offer, as this backend has it."""
        return list(operations(self.backend))

    @property
    def readable(self) -> list[Operation]:
        """The operations that change nothing and that this backend can do."""
        return [operation for operation in self.operations if operation.name in READS and operation.mark]

    @property
    def secrets(self) -> dict[str, str]:
        """The secret arguments with their canaries."""
        return {name: self._secret(name) for name in secret_names(self.backend)}

    def _secret(self, name: str) -> str:
        given = self.settings.get(name)
        return given if isinstance(given, str) and given else CANARY.format(name=name)

    def complete_settings(self) -> dict[str, Any]:
        """Settings that build the backend: those given, the twin's, canaries, and made-up values."""
        made: dict[str, Any] = {}
        for name, parameter in inspect.signature(self.backend).parameters.items():
            if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
                made[name] = "1"
        return {**made, **self._twin_settings(), **self.settings, **self.secrets}

    def _twin_settings(self) -> dict[str, Any]:
        if self.twin is not None or self.backend.twin is None:
            return {}
        register_twin(self.backend.name, self.backend.twin)
        return open_twin(self.backend.name).settings()

    def build(self) -> Backend:
        """A new instance; every secret it is given is a canary."""
        return self.backend(**self.complete_settings())

    def client(self, transport: Any, cls: type[Any] = Client, **options: Any) -> Any:
        """A client of a new instance over ``transport``, with canaries for tokens; it never waits."""
        backend = self.build()
        state = State.memory(_at_the_beginning)
        remember_tokens(backend, state)
        return cls(
            backend,
            state=state,
            transport=transport,
            retry=Retry(attempts=2, budget=None),
            limits=RateLimits(enabled=False),
            clock=_at_the_beginning,
            sleep=_no_wait_async if issubclass(cls, AsyncClient) else _no_wait,
            jitter=_at_the_beginning,
            **options,
        )

    def played(self, cls: type[Any] = Client) -> Any:
        """A client in a pretend world of its own, arranged; the same every time."""
        if self.twin is not None:
            settings = self.complete_settings()
            transport = self.twin(**settings)
            return cls(self.backend(**settings), transport=transport, clock=_at_the_beginning)
        market = Market(0, Clock(EPOCH))
        client = simulate(self.backend.name, cls, market=market, page_size=PAGE_SIZE)
        self.arrange(market)
        return client


def remember_tokens(backend: Backend, state: State) -> None:
    """Put a canary where the access token of every account that the settings name is looked for."""
    kinds = backend.account_kinds
    subjects = {backend.default_subject(), *(Subject(kind, "1") for kind in kinds), None}
    for subject in subjects:
        for service in backend.services.values():
            key = backend.token_key(service, subject)
            if state.tokens.load(key)[0] is None:
                state.tokens.swap(key, 0, TokenRecord(access_token=TOKEN).dump())


def _at_the_beginning() -> float:
    return EPOCH


def _no_wait(seconds: float) -> None:
    """Do not wait."""


async def _no_wait_async(seconds: float) -> None:
    """Do not wait."""
