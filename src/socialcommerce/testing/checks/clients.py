"""Checks of both clients on this backend: closing, and that both faces offer the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anyio

from socialcommerce.backends.base import NOUNS
from socialcommerce.client.clients import AsyncClient
from socialcommerce.runtime.transport import Response
from socialcommerce.testing.candidate import Candidate

__all__ = ["closing_twice", "faces_agree"]


def closing_twice(candidate: Candidate) -> Iterator[str]:
    """Closing again is harmless, and a derived client closes nothing."""
    try:
        client = candidate.client(lambda request: Response(200))
        with client.with_options():
            pass
        client.close()
        client.close()
        anyio.run(_close_twice, candidate)
    except Exception as error:  # noqa: BLE001  # whatever escapes is what this check is about
        yield f"closing a client twice raises {type(error).__name__} ({error}); closing again does nothing"


async def _close_twice(candidate: Candidate) -> None:
    client = candidate.client(lambda request: Response(200), AsyncClient)
    await client.aclose()
    await client.aclose()


def faces_agree(candidate: Candidate) -> Iterator[str]:
    """The synchronous and the asynchronous client offer the same operations."""
    sync, asynchronous = candidate.client(_unused), candidate.client(_unused, AsyncClient)
    for noun in NOUNS:
        ours, theirs = set(_operations(getattr(sync, noun))), set(_operations(getattr(asynchronous, noun)))
        for name in sorted(ours ^ theirs):
            lacking = "AsyncClient" if name in ours else "Client"
            yield f"{lacking} does not offer {name}; list it on both faces"
    sync.close()


def _unused(request: Any) -> Response:
    return Response(500)


def _operations(face: Any) -> Iterator[str]:
    """The operations of a face and of the faces inside it."""
    for name in dir(type(face)):
        if name.startswith("_") or name == "contract":
            continue
        found = getattr(face, name)
        if hasattr(found, "operation"):
            yield found.operation
        elif hasattr(found, "_core"):
            yield from _operations(found)
