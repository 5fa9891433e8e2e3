"""Faces: what a user calls. Each operation of a contract is bound to a driver here, once for both worlds.

A face lists its operations as descriptors: ``operation`` (one call, one answer), ``each`` (one
in, one out; many in, a ``BulkResult``), ``pages`` (a listing), ``job`` (slow work). The same
descriptor answers a plain method on a ``Sync`` face and an awaitable one on an ``Async`` face;
signature and docstring are those of the contract's method. ``gate`` is the one place where a
capability is checked before a flow begins.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from socialcommerce.errors import SocialCommerceError, Unsupported
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.resources.arguments import Hints, Order, is_one, refuse_wrong
from socialcommerce.resources.capability import Capability
from socialcommerce.resources.noun import Noun, invalid
from socialcommerce.resources.pager import AsyncPager, Pager
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.jobs import Task, begin, to_end
from socialcommerce.runtime.paging import Cursor, Page, begun

__all__ = [
    "Async",
    "AsyncCore",
    "Core",
    "Sync",
    "SyncCore",
    "chunked",
    "each",
    "job",
    "operation",
    "pages",
    "sub",
]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")
I = TypeVar("I")  # noqa: E741  # the letter of "input" reads best in signatures
S = TypeVar("S", bound="Sync")
A = TypeVar("A", bound="Async")


class Core(Protocol):
    """The part of a client that faces stand on."""

    @property
    def platform(self) -> str:
        """The backend's registered name."""
        ...

    def noun(self, contract: type[Noun], operation: str) -> Noun:
        """The backend's implementation of a contract, bound to this client and one operation."""
        ...

    def capability(self, name: str) -> Capability:
        """What the backend says of an operation."""
        ...

    def given(self, operation: str, page: Page[Any]) -> Page[Any]:
        """A page that was read, as the user gets it; the hooks are told."""
        ...


class SyncCore(Core, Protocol):
    """A core that runs flows in the calling thread."""

    def run(self, flow: Flow[R]) -> R:
        """Drive a flow to its end."""
        ...


class AsyncCore(Core, Protocol):
    """A core that runs flows as coroutines."""

    def run(self, flow: Flow[R]) -> Coroutine[Any, Any, R]:
        """Drive a flow to its end."""
        ...


class Sync:
    """A face whose operations answer."""

    def __init__(self, core: SyncCore) -> None:
        self._core = core

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Async:
    """A face whose operations are awaited."""

    def __init__(self, core: AsyncCore) -> None:
        self._core = core

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


_entries: list[_Entry] = []
"""Every operation of every face, in the order the faces list them."""


def operations_of(contract: type[Noun]) -> Iterator[tuple[type[Noun], str]]:
    """The operations that the faces offer of a contract and of the nouns inside it."""
    prefix = contract.noun + "."
    for entry in _entries:
        if entry.contract is contract or entry.contract.noun.startswith(prefix):
            yield entry.contract, entry.name


class _Bound:
    """An operation on one face: callable, and looking like the contract's method."""

    def __init__(self, entry: _Entry, core: Any) -> None:
        self._entry = entry
        self._core = core
        self.__doc__ = entry.method.__doc__
        self.__name__ = entry.name

    @property
    def operation(self) -> str:
        """The capability's name, as ``orders.ship``."""
        return self._entry.full_name

    @property
    def __signature__(self) -> inspect.Signature:
        return self._entry.signature

    def flow(self, *args: Any, **kwargs: Any) -> Flow[Any]:
        """The flow behind a call, its input checked and nothing sent."""
        return self._entry.begin(self._core, *self._entry.taken(args, kwargs))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._core.run(_later(self.flow, args, kwargs))

    def __repr__(self) -> str:
        return f"<operation {self.operation}{self.__signature__}>"


class _Entry:
    """One operation of a contract, as a face lists it."""

    bound: type[_Bound] = _Bound
    bulk = False

    def __init__(self, method: Callable[..., Any]) -> None:
        self.method = method
        self.name = method.__name__

    def __set_name__(self, owner: type, name: str) -> None:
        self.contract: type[Noun] = owner.contract  # type: ignore[attr-defined]  # every face names its contract
        self.full_name = f"{self.contract.noun}.{self.name}"
        _entries.append(self)

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters of the contract's method, without ``self``."""
        return dict(list(inspect.signature(self.method).parameters.items())[1:])

    @cached_property
    def hints(self) -> Hints:
        """What its parameters take, as the contract's annotations say."""
        return Hints.of(self.method, {next(iter(self.parameters))} if self.bulk else set())

    @cached_property
    def order(self) -> Order:
        """In which order its arguments come."""
        return Order.of(self.parameters, self.hints)

    def taken(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Arguments as the contract takes them, however they were given."""
        return self.order.taken(args, kwargs)

    @cached_property
    def signature(self) -> inspect.Signature:
        """What a face's method takes."""
        return inspect.Signature(list(self.parameters.values()))

    @cached_property
    def unbound(self) -> frozenset[str]:
        """The names that may be given as they are; none where something must be given."""
        whole = all(each.default is not each.empty for each in self.parameters.values())
        return frozenset(self.parameters if whole else ())

    def _on(self, face: Any) -> Any:
        return self if face is None else self.bound(self, face._core)

    def gated(self, core: Any, kwargs: Mapping[str, Any], args: tuple[Any, ...] = ()) -> Callable[..., Any]:
        """The backend's method, once it is clear that it can do what is asked."""
        gate(core, self, {**dict(zip(self.parameters, args, strict=False)), **kwargs})
        method: Callable[..., Any] = getattr(core.noun(self.contract, self.full_name), self.name)
        return method

    def begin(self, core: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Flow[Any]:
        """The flow of one call."""
        flow: Flow[Any] = self.gated(core, kwargs, args)(*args, **kwargs)
        return flow


def _later(make: Callable[..., Flow[R]], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Flow[R]:
    """A flow made when it is run: what is refused is raised where an async call is awaited."""
    return (yield from make(*args, **kwargs))


def gate(core: Core, entry: _Entry, given: Mapping[str, Any]) -> None:
    """Refuse what the backend cannot honour, and input that is wrong on every platform."""
    capability = core.capability(entry.full_name)
    if not capability:
        raise _unsupported(core, capability)
    for name, value in given.items():
        if name not in _ALWAYS and not _is_default(entry, name, value):
            _refuse(core, capability, entry, name, value)
    refuse_wrong(given, entry.hints, core.platform)


_ALWAYS = frozenset({"cursor", "wait"})


def _is_default(entry: _Entry, name: str, value: Any) -> bool:
    parameter = entry.parameters.get(name)
    return parameter is not None and bool(value == parameter.default)


def _refuse(core: Core, whole: Capability, entry: _Entry, name: str, value: Any) -> None:
    """Refuse a parameter, or one value of it (``detail.ids``), that the backend does not honour."""
    for part in (name, *(f"{name}.{word}" for word in _words(value))):
        refused = whole.params.get(part)
        if refused is not None and not refused:
            raise _unsupported(core, refused)
    parameter = entry.parameters.get(name)
    if name not in whole.params and parameter and parameter.default is not inspect.Parameter.empty:
        reason = f"it has no parameter {name!r} for this"
        raise _unsupported(core, Capability(f"{whole.name}:{name}", "no", reason))


def _words(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    return [word for word in values if isinstance(word, str)]


def _unsupported(core: Core, refused: Capability) -> Unsupported:
    return Unsupported(refused.name, core.platform, refused.reason, refused.instead)


class operation(_Entry, Generic[P, R]):  # noqa: N801  # used like a decorator
    """One call, one answer."""

    def __init__(self, method: Callable[Concatenate[Any, P], Flow[R]]) -> None:
        super().__init__(method)

    @overload
    def __get__(self, face: None, owner: type) -> Self: ...
    @overload
    def __get__(self, face: Sync, owner: type) -> Callable[P, R]: ...
    @overload
    def __get__(self, face: Async, owner: type) -> Callable[P, Coroutine[Any, Any, R]]: ...
    def __get__(self, face: Any, owner: type) -> Any:
        return self._on(face)


class Each(Protocol[I, P, R_co]):
    """One in, the answer or an error out; a sequence in, a ``BulkResult`` out."""

    @overload
    def __call__(self, one: I, /, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    @overload
    def __call__(self, many: Iterable[I], /, *args: P.args, **kwargs: P.kwargs) -> BulkResult[I, R_co]: ...


class AsyncEach(Protocol[I, P, R_co]):
    """One in, the answer or an error out; a sequence in, a ``BulkResult`` out; awaited."""

    @overload
    def __call__(self, one: I, /, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R_co]: ...
    @overload
    def __call__(
        self, many: Iterable[I], /, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, BulkResult[I, R_co]]: ...


class each(_Entry, Generic[I, P, R]):  # noqa: N801  # used like a decorator
    """An operation whose contract takes a list and answers one outcome an item."""

    bulk = True

    def __init__(self, method: Callable[Concatenate[Any, list[I], P], Flow[BulkResult[Any, R]]]) -> None:
        super().__init__(method)

    @overload
    def __get__(self, face: None, owner: type) -> Self: ...
    @overload
    def __get__(self, face: Sync, owner: type) -> Each[I, P, R]: ...
    @overload
    def __get__(self, face: Async, owner: type) -> AsyncEach[I, P, R]: ...
    def __get__(self, face: Any, owner: type) -> Any:
        return self._on(face)

    def begin(self, core: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Flow[Any]:
        """See ``_Entry.begin``."""
        given, rest = self._given(args, kwargs)
        method = self.gated(core, kwargs, (given, *rest))
        if is_one(given):
            return _single(method([given], *rest, **kwargs))
        return _several(method, list(given), rest, kwargs)

    def _given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
        if args:
            return args[0], args[1:]
        name = next(iter(self.parameters))
        if name not in kwargs:
            raise TypeError(f"{self.full_name}() needs {name!r}")
        return kwargs.pop(name), ()


def _single(flow: Flow[BulkResult[Any, R]]) -> Flow[R]:
    result = yield from flow
    return result[0].unwrap()


def _several(method: Callable[..., Any], items: list[Any], rest: tuple[Any, ...], kwargs: Any) -> Flow[Any]:
    if not items:
        return BulkResult(())
    return (yield from method(items, *rest, **kwargs))


class Chunked(Protocol[I, R_co]):
    """Any iterable in, a ``BulkResult`` out."""

    def __call__(self, inputs: Iterable[I], /) -> BulkResult[I, R_co]: ...


class AsyncChunked(Protocol[I, R_co]):
    """Any iterable in, a ``BulkResult`` out; awaited."""

    def __call__(self, inputs: Iterable[I], /) -> Coroutine[Any, Any, BulkResult[I, R_co]]: ...


class chunked(_Entry, Generic[I, R]):  # noqa: N801  # used like a decorator
    """A bulk operation over an iterable of any length, read chunk by chunk.

    A backend whose platform takes more in one call says so with ``<operation>_size`` on its noun.
    """

    bulk = True
    size = 50

    def __init__(self, method: Callable[[Any, list[I]], Flow[BulkResult[Any, R]]]) -> None:
        super().__init__(method)

    @overload
    def __get__(self, face: None, owner: type) -> Self: ...
    @overload
    def __get__(self, face: Sync, owner: type) -> Chunked[I, R]: ...
    @overload
    def __get__(self, face: Async, owner: type) -> AsyncChunked[I, R]: ...
    def __get__(self, face: Any, owner: type) -> Any:
        return self._on(face)

    def begin(self, core: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Flow[Any]:
        """See ``_Entry.begin``."""
        (given,) = self.signature.bind(*args, **kwargs).args
        method = self.gated(core, {}, (given,))
        size = getattr(core.noun(self.contract, self.full_name), f"{self.name}_size", self.size)
        return _in_chunks(method, iter((given,) if is_one(given) else given), size)


def _in_chunks(method: Callable[..., Any], items: Iterator[Any], size: int) -> Flow[BulkResult[Any, Any]]:
    """An error is raised while nothing is done; later it is the outcome of its chunk."""
    outcomes: list[Outcome[Any, Any]] = []
    while chunk := list(islice(items, size)):
        try:
            outcomes += yield from method(chunk)
        except SocialCommerceError as error:
            if not outcomes:
                raise
            outcomes += [Outcome.of(item, error) for item in chunk]
    return BulkResult(tuple(outcomes))


class _BoundPages(_Bound):
    """A listing on one face: calling it reads nothing yet."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        core, entry = self._core, self._entry
        filters = self._filters(args, kwargs)
        start = self._start(filters.pop("cursor", None), filters)
        gate(core, entry, start.filters)
        run = core.run

        def fetch(place: str | None) -> Any:
            method = getattr(core.noun(entry.contract, entry.full_name), entry.name)
            return run(_given(core, entry.full_name, method(**start.filters, cursor=place)))

        return core.pager(start, fetch)

    def _filters(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        args, given = self._entry.taken(args, kwargs)
        if args or not self._entry.unbound >= given.keys():
            given = self.__signature__.bind(*args, **given).arguments
        return {name: value for name, value in given.items() if value is not None}

    def _start(self, text: str | None, filters: dict[str, Any]) -> Cursor:
        cursor = begun(f"{self._core.platform} {self._entry.full_name}", filters, text)
        if not cursor.filters.keys() <= self._entry.parameters.keys():
            raise invalid(cursor="was made by another version of this listing")
        return cursor

    def flow(self, *args: Any, **kwargs: Any) -> Flow[Any]:
        """The flow of the first page."""
        start = self._start(kwargs.pop("cursor", None), self._filters(args, kwargs))
        return self._entry.begin(self._core, (), {**start.filters, "cursor": start.position})


def _given(core: Core, operation: str, reading: Flow[Page[R]]) -> Flow[Page[R]]:
    page = yield from reading
    return core.given(operation, page)


class pages(_Entry, Generic[P, R]):  # noqa: N801  # used like a decorator
    """A listing: the contract answers one page at a time, the face a pager."""

    bound = _BoundPages

    def __init__(self, method: Callable[Concatenate[Any, P], Flow[Page[R]]]) -> None:
        super().__init__(method)

    @overload
    def __get__(self, face: None, owner: type) -> Self: ...
    @overload
    def __get__(self, face: Sync, owner: type) -> Callable[P, Pager[R]]: ...
    @overload
    def __get__(self, face: Async, owner: type) -> Callable[P, AsyncPager[R]]: ...
    def __get__(self, face: Any, owner: type) -> Any:
        return self._on(face)


class _BoundJob(_Bound):
    """Slow work on one face: to its value, or as a job with ``wait=False``."""

    @property
    def __signature__(self) -> inspect.Signature:
        wait = inspect.Parameter("wait", inspect.Parameter.KEYWORD_ONLY, default=True, annotation="bool")
        return inspect.Signature([*self._entry.parameters.values(), wait])

    def __call__(self, *args: Any, wait: bool = True, **kwargs: Any) -> Any:
        noun = self._core.noun(self._entry.contract, self._entry.full_name)
        started = _started(noun, _later(self.flow, args, kwargs))
        return self._core.run(_finished(noun, started)) if wait else self._core.job(noun, started)


def _started(noun: Any, starting: Flow[Task[T]]) -> Flow[Task[T]]:
    task = yield from starting
    return (yield from begin(noun, task))


def _finished(noun: Any, started: Flow[Task[T]]) -> Flow[T]:
    task = yield from started
    return (yield from to_end(noun, task))


class job(_Entry, Generic[P, R]):  # noqa: N801  # used like a decorator
    """Slow work whose contract answers a ``Task``; a face states its overloads over ``wait``."""

    bound = _BoundJob

    def __init__(self, method: Callable[Concatenate[Any, P], Flow[Task[R]]]) -> None:
        super().__init__(method)

    def __get__(self, face: Any, owner: type) -> Any:
        """Untyped here: no parameter can be added to a ``ParamSpec``, so faces declare ``wait``."""
        return self._on(face)


class sub(Generic[S, A]):  # noqa: N801  # used like a decorator
    """A noun inside a noun, as ``ads.campaigns``."""

    def __init__(self, sync: type[S], asynchronous: type[A]) -> None:
        self._sync, self._async = sync, asynchronous

    @overload
    def __get__(self, face: None, owner: type) -> Self: ...
    @overload
    def __get__(self, face: Sync, owner: type) -> S: ...
    @overload
    def __get__(self, face: Async, owner: type) -> A: ...
    def __get__(self, face: Any, owner: type) -> Any:
        if face is None:
            return self
        return self._sync(face._core) if isinstance(face, Sync) else self._async(face._core)
