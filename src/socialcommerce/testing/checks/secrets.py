"""Checks that secrets stay secret: planted as canaries, looked for wherever something is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anyio

from socialcommerce.client.clients import AsyncClient
from socialcommerce.errors import SocialCommerceError
from socialcommerce.runtime.call import Call, Subject
from socialcommerce.runtime.transport import Interrupted, NotSent, Request, Response
from socialcommerce.testing.canaries import Canaries, watching
from socialcommerce.testing.candidate import EPOCH, TOKEN, Candidate, attempts
from socialcommerce.testing.checks.hostile import REPLIES

__all__ = ["secrets_stay_secret"]

_REMEDY = "hold it with field(repr=False), or as SecretStr, and refuse to be pickled"


def secrets_stay_secret(candidate: Candidate) -> Iterator[str]:
    """No secret in a repr, a pickle, a capability, an error, a traceback, a log or a warning."""
    watched = Canaries([*candidate.secrets.values(), TOKEN])
    with watching(watched):
        _look_at_values(candidate, watched)
        _look_at_errors(candidate, watched)
        anyio.run(_look_at_async_client, candidate, watched)
    for place in dict.fromkeys(watched.leaks):
        yield f"a secret is shown in the {place}; {_REMEDY}"


def _look_at_values(candidate: Candidate, watched: Canaries) -> None:
    backend = candidate.build()
    watched.inspect("backend", backend)
    watched.inspect("capabilities", dict(backend.capabilities()))
    for name, service in backend.services.items():
        watched.inspect(f"service {name!r}", service)
        subject = backend.default_subject() or Subject((backend.account_kinds or ("shop",))[0], "1")
        call = Call("GET", "/conformance", service=name, subject=subject)
        watched.inspect("call", call)
        request = backend.authorize(call, TOKEN, EPOCH)
        watched.look("repr of a request", repr(request) + str(request))


def _look_at_errors(candidate: Candidate, watched: Canaries) -> None:
    for kind, answer in _trouble().items():
        with candidate.client(answer, hooks=[lambda told: watched.inspect("hook's attempt", told)]) as client:
            watched.inspect("client", client)
            for name, work in attempts(candidate, client):
                try:
                    plan = work()
                except SocialCommerceError as error:
                    watched.inspect(f"error of {name} after {kind}", error)
                else:
                    watched.inspect(f"answer of {name} after {kind}", plan)


def _trouble() -> dict[str, Any]:
    """The ways in which a call fails, each as a transport; none repeats what it was sent."""

    def broken(error: Exception) -> Any:
        def answer(request: Request) -> Response:
            raise error

        return answer

    replies = {kind: (lambda request, reply=reply: reply) for kind, reply in REPLIES.items()}
    return {
        "a refused connection": broken(NotSent("connection refused")),
        "a broken line": broken(Interrupted("connection reset")),
        **replies,
    }


async def _look_at_async_client(candidate: Candidate, watched: Canaries) -> None:
    async with candidate.client(lambda request: Response(500), AsyncClient) as client:
        watched.inspect("async client", client)
        watched.inspect("plan", client.plan)
