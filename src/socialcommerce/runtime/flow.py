"""Flows: all logic of the library, written once, without I/O.

A flow is a generator. It yields *effects* (what it wants of the world) and is sent
their results; an effect that fails is thrown into it. Nothing here sleeps, locks,
reads a clock or opens a socket: the two drivers do (see ``runtime.drivers``), and the
tests drive flows by hand.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, Literal, TypeAlias, TypeVar

from attrs import frozen

from socialcommerce.runtime.transport import Request, Timeout

__all__ = ["Effect", "Exclusive", "Flow", "Gather", "Part", "Send", "Sleep", "Store", "done", "gather"]

T = TypeVar("T")

Part: TypeAlias = Literal["tokens", "seen", "inbox", "jobs", "limits", "skus"]


@frozen
class Send:
    """Put one request on the wire; answers its ``Response``.

    Fails with ``NotSent`` when nothing reached the server, or ``Interrupted`` when the
    request left and no whole reply came back (see ``runtime.transport``).
    """

    request: Request
    timeout: Timeout = Timeout()


@frozen
class Sleep:
    """Wait so many seconds; answers None."""

    seconds: float


@frozen
class Gather:
    """Run flows side by side, at most ``limit`` at once; answers their results in order.

    The first failure cancels what has not started and is thrown into the caller.
    """

    flows: Sequence[Generator[Any, Any, Any]]
    limit: int = 8


@frozen
class Exclusive:
    """Run ``flow`` holding the lock ``key`` of the state part; answers its result.

    The lock holds among the threads and tasks of this process and, where the store can,
    among processes.
    """

    key: str
    flow: Generator[Any, Any, Any]
    part: Part = "tokens"


@frozen
class Store:
    """One operation on a part of the client's state; answers what the store answers.

    ``verb`` is a method of ``runtime.stores.KeyValue``: ``load``, ``swap``, ``write``, ``scan``,
    ``reserve``, ``penalise``.
    """

    part: Part
    verb: Literal["load", "swap", "write", "scan", "reserve", "penalise"]
    arguments: tuple[Any, ...] = ()


Effect: TypeAlias = Send | Sleep | Gather | Exclusive | Store
Flow: TypeAlias = Generator[Effect, Any, T]


def gather(flows: Sequence[Flow[T]], limit: int = 8) -> Flow[list[T]]:
    """Run flows side by side and answer their results in order (typed ``Gather``)."""
    if len(flows) == 1:
        return [(yield from flows[0])]
    results: list[T] = yield Gather(flows, limit)
    return results


def done(value: T) -> Flow[T]:
    """The flow of an operation that asks nothing of the world: it answers at once."""
    yield from ()
    return value
