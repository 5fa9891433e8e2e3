"""Checks of what a backend refuses: with a reason, as ``Unsupported``, and before anything is sent."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from socialcommerce.backends.base import _NOT_OFFERED
from socialcommerce.errors import InvalidRequest, Unsupported
from socialcommerce.resources.arguments import Hints
from socialcommerce.resources.capability import Refusal
from socialcommerce.runtime.transport import Request, Response
from socialcommerce.testing.candidate import Candidate, Operation, placeholders

__all__ = ["naive_datetimes", "parts_are_refused", "refusals_are_raised", "refusals_have_reasons"]

_GIVEN = "conformance"


class _Sent(BaseException):
    """Something reached the transport: no handler of ordinary errors may hide it."""


def _nothing(request: Request) -> Response:
    raise _Sent


def refusals_have_reasons(candidate: Candidate) -> Iterator[str]:
    """Whatever is refused says why; a backend of this library says it in its own words."""
    for name, capability in candidate.build().capabilities().items():
        if capability:
            continue
        if not capability.reason.strip():
            yield f"{name} is refused without a reason; say why in refusals, features or params"
        elif candidate.built_in and capability.reason == _NOT_OFFERED.reason:
            yield f"{name} is refused in the default words; add refusals[{name!r}] = Refusal(why, instead)"


def refusals_are_raised(candidate: Candidate) -> Iterator[str]:
    """A refused operation raises ``Unsupported`` with its reason, and nothing is sent."""
    capabilities = candidate.build().capabilities()
    with candidate.client(_nothing) as client:
        for operation in candidate.operations:
            if not capabilities[operation.name]:
                positional, named = placeholders(operation, _GIVEN)
                yield from _refused(operation.name, partial(operation.on(client), *positional, **named))


def parts_are_refused(candidate: Candidate) -> Iterator[str]:
    """A refused parameter raises ``Unsupported`` when it is given, and nothing is sent."""
    with candidate.client(_nothing) as client:
        for operation in candidate.operations:
            params = operation.mark.params if operation.mark else {}
            for parameter in operation.optional:
                if isinstance(params.get(parameter.name), Refusal):
                    positional, named = placeholders(operation, _GIVEN)
                    named[parameter.name] = _other_than(operation, parameter)
                    yield from _refused(
                        f"{operation.name}:{parameter.name}",
                        partial(operation.on(client), *positional, **named),
                    )


def _other_than(operation: Operation, parameter: inspect.Parameter) -> Any:
    """A value that is not the default, of those that the contract knows."""
    if isinstance(parameter.default, bool):
        return not parameter.default
    words = Hints.of(operation.declared).words.get(parameter.name, (_GIVEN,))
    return next(word for word in words if word != parameter.default)


def _refused(name: str, call: Callable[[], Any]) -> Iterator[str]:
    remedy = "refuse it before the first call"
    try:
        call()
    except Unsupported as error:
        if error.sent != "no" or not error.reason:
            yield f"{name} is refused without a reason, or as if it had been sent; raise Unsupported"
    except _Sent:
        yield f"{name} is refused, yet something was sent; {remedy}"
    except Exception as error:  # noqa: BLE001  # whatever comes in place of Unsupported is told
        yield f"{name} is refused with {type(error).__name__}; raise Unsupported"
    else:
        yield f"{name} is refused, yet it answers; {remedy}"


def naive_datetimes(candidate: Candidate) -> Iterator[str]:
    """An instant without a time zone is refused before anything is sent."""
    with candidate.client(_nothing) as client:
        for operation in candidate.operations:
            for parameter in _instants(operation):
                positional, named = placeholders(operation, _GIVEN)
                named[parameter] = datetime(2026, 1, 1)  # noqa: DTZ001  # a naive one is the point
                problem = _naive(operation, client, positional, named)
                if problem:
                    yield f"{operation.name} takes a naive {parameter}: {problem}; refuse it as invalid"


def _instants(operation: Operation) -> Iterator[str]:
    params = operation.mark.params if operation.mark else {}
    for parameter in inspect.signature(operation.declared).parameters.values():
        instant = "datetime" in str(parameter.annotation)
        if operation.mark and instant and not isinstance(params.get(parameter.name), Refusal):
            yield parameter.name


def _naive(operation: Operation, client: Any, positional: list[Any], named: dict[str, Any]) -> str:
    try:
        answer = operation.on(client)(*positional, **named)
        if operation.listing:
            answer.collect(1)
    except InvalidRequest:
        return ""
    except Exception as error:  # noqa: BLE001  # whatever comes in place of InvalidRequest is told
        return f"it raised {type(error).__name__}"
    except _Sent:
        return "something was sent"
    return "it answered"
