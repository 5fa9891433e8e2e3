"""``connect`` and ``simulate``: a client from a name."""

from __future__ import annotations

import inspect
import os
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar, overload

from socialcommerce.backends import registry
from socialcommerce.client.clients import AsyncClient, Client
from socialcommerce.errors import ConfigurationError
from socialcommerce.runtime.call import Subject, TokenRecord
from socialcommerce.runtime.state import State

if TYPE_CHECKING:
    from socialcommerce.backends.base import Backend
    from socialcommerce.runtime.observe import Hook
    from socialcommerce.runtime.stores import KeyValue

__all__ = ["connect", "simulate"]

C = TypeVar("C", Client, AsyncClient)

_CLIENT_OPTIONS = frozenset(inspect.signature(Client).parameters) - {"backend"}


@overload
def connect(name: str, **settings: Any) -> Client: ...
@overload
def connect(name: str, cls: type[C], **settings: Any) -> C: ...
def connect(name: str, cls: type[Any] = Client, **settings: Any) -> Any:
    """A client of the backend registered under ``name``.

    Args:
        name: as ``shopee``; a class ``TikTokShop`` is called ``tiktok_shop``.
        cls: ``Client`` or ``AsyncClient``.
        settings: what the backend and the client take; a setting of the backend that is not given is read
            from the environment, ``SOCIALCOMMERCE_SHOPEE_PARTNER_KEY`` for ``partner_key``.

    Raises:
        ConfigurationError: no such backend, or a setting is missing or not known.
    """
    backend = registry.backend_class(name)
    ours = {key: settings.pop(key) for key in list(settings) if key in _CLIENT_OPTIONS}
    return cls(_configured(name, backend, settings), **ours)


def _configured(name: str, backend: type[Any], settings: dict[str, Any]) -> Backend:
    parameters = inspect.signature(backend).parameters
    unknown = [key for key in settings if key not in parameters]
    if unknown:
        raise ConfigurationError(f"{name} has no setting {unknown[0]!r}; it has {', '.join(parameters)}")
    for key in parameters:
        value = os.environ.get(f"SOCIALCOMMERCE_{name}_{key}".upper())
        if value is not None:
            settings.setdefault(key, value)
    required = [key for key, item in parameters.items() if item.default is inspect.Parameter.empty]
    missing = [key for key in required if key not in settings]
    if missing:
        variable = f"SOCIALCOMMERCE_{name}_{missing[0]}".upper()
        raise ConfigurationError(f"{name} needs {missing[0]!r}: give it, or set {variable}")
    made: Backend = backend(**settings)
    return made


@overload
def simulate(
    name: str,
    *,
    market: Any = None,
    accounts: int = 1,
    state: State | None = None,
    seed: int = 0,
    page_size: int | None = None,
    currency: str | None = None,
    authorized: bool = True,
    hooks: Sequence[Hook] = (),
) -> Client: ...
@overload
def simulate(
    name: str,
    cls: type[C],
    *,
    market: Any = None,
    accounts: int = 1,
    state: State | None = None,
    seed: int = 0,
    page_size: int | None = None,
    currency: str | None = None,
    authorized: bool = True,
    hooks: Sequence[Hook] = (),
) -> C: ...
def simulate(
    name: str,
    cls: type[Any] = Client,
    *,
    market: Any = None,
    accounts: int = 1,
    state: State | None = None,
    seed: int = 0,
    page_size: int | None = None,
    currency: str | None = None,
    authorized: bool = True,
    hooks: Sequence[Hook] = (),
) -> Any:
    """The real backend wired to its offline twin; nothing waits and nothing leaves the process.

    Args:
        name: the registered name of a backend.
        cls: ``Client`` or ``AsyncClient``.
        market: a world to share with another client.
        accounts: how many accounts the pretend seller has; with several, ``for_account`` chooses.
        state: what the client remembers.
        seed: makes the world repeatable.
        page_size: the most rows a page holds, so that little data fills many pages.
        currency: the ISO 4217 currency of the shops.
        authorized: whether consent was given already.
        hooks: callables told of every attempt.

    Returns:
        The client; ``client.market`` arranges and inspects the pretend world.
    """
    from socialcommerce.simulators import open_twin, register_twin

    backend_class = registry.backend_class(name)
    if backend_class.twin is None:
        raise ConfigurationError(f"{name} has no offline twin")
    register_twin(name, backend_class.twin)
    twin = open_twin(
        name, market=market, seed=seed, page_size=page_size, accounts=accounts, currency=currency
    )
    world = twin.market
    backend = backend_class(**_settings(twin))
    client = cls(
        backend,
        state=state or State.memory(world.clock.now),
        transport=twin.handle,
        hooks=hooks,
        clock=world.clock.now,
        sleep=_sleep(cls, world),
        jitter=world.random.random,
    )
    client._core.driver.concurrency = 1
    client._market = world
    if authorized:
        _authorize(client, backend, twin)
    return client


def _settings(twin: Any) -> dict[str, Any]:
    """Where the seller has several accounts, none is named: a caller must choose one."""
    settings: dict[str, Any] = twin.settings()
    if len(twin.accounts) > 1:
        settings.pop(twin.account_setting, None)
    return settings


def _sleep(cls: type[Any], world: Any) -> Any:
    if issubclass(cls, Client):
        return world.sleep

    async def sleep(seconds: float) -> None:
        world.sleep(seconds)

    return sleep


def _authorize(client: Client | AsyncClient, backend: Backend, twin: Any) -> None:
    """Give the client the tokens that a seller's consent once brought, unless it remembers some."""
    for account in twin.accounts:
        for slot, kind, name, token in twin.grants(account):
            record = TokenRecord.of(SimpleNamespace(**token))
            assert record is not None
            whose = kind or next(iter(backend.account_kinds), None)
            subject = Subject(whose, name) if whose else None
            _remember(client.state.tokens, backend, slot, subject, record)


def _remember(
    tokens: KeyValue, backend: Backend, slot: str | None, subject: Subject | None, record: TokenRecord
) -> None:
    services = [service for service in backend.services.values() if slot in (None, service.slot)]
    for key in {backend.token_key(service, subject) for service in services}:
        if tokens.load(key)[0] is None:
            tokens.swap(key, 0, record.dump())
