"""Checks against bad replies: whatever comes back, what reaches the caller is an error of this library."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterator
from typing import Any

from socialcommerce.errors import SocialCommerceError
from socialcommerce.runtime.transport import Response
from socialcommerce.testing.candidate import Candidate, attempts

__all__ = ["REPLIES", "errors_pickle", "only_typed_errors"]

_JSON = {"content-type": "application/json"}
_NOISE = random.Random(0)

REPLIES: dict[str, Response] = {
    "a server error": Response(500, _JSON, b'{"error": "internal"}'),
    "a bare 502": Response(502),
    "a truncated body": Response(200, _JSON, b'{"response": {"items": [{"id": "1", "na'),
    "a page of HTML": Response(200, {"content-type": "text/html"}, b"<html><body>Maintenance</body></html>"),
    "an empty body": Response(200, _JSON),
    "random bytes": Response(200, _JSON, _NOISE.randbytes(200)),
    "HTML with a 403": Response(403, {"content-type": "text/html"}, b"<html>Access denied</html>"),
    "an empty object": Response(200, _JSON, b"{}"),
    "a payload of null": Response(200, _JSON, b'{"response": null, "data": null}'),
    "a list": Response(200, _JSON, b"[1, 2]"),
    "deeply nested JSON": Response(200, _JSON, b"[" * 100_000),
}
"""Replies that no platform documents and every platform gives one day."""


def only_typed_errors(candidate: Candidate) -> Iterator[str]:
    """A reply that cannot be read ends in a typed error; nothing else escapes."""
    for kind, name, error in _failures(candidate):
        if not isinstance(error, SocialCommerceError):
            yield (
                f"{name} after {kind} raises {type(error).__name__} ({error}); have the envelope raise "
                "DecodeError or the platform's error"
            )


def errors_pickle(candidate: Candidate) -> Iterator[str]:
    """Every error comes back from a pickle as it was: it may cross processes."""
    for kind, name, error in _failures(candidate):
        if isinstance(error, SocialCommerceError):
            problem = _not_pickled(error)
            if problem:
                yield f"{type(error).__name__} of {name} after {kind} {problem}; keep plain values in it"


def _not_pickled(error: SocialCommerceError) -> str:
    try:
        copy = pickle.loads(pickle.dumps(error))
    except Exception as problem:  # noqa: BLE001  # pickling runs whatever code the error's fields hold
        return f"is not pickled ({type(problem).__name__}: {problem})"
    same = type(copy) is type(error) and str(copy) == str(error) and copy.sent == error.sent
    return "" if same else "comes back from its pickle as another error"


def _failures(candidate: Candidate) -> Iterator[tuple[str, str, Exception]]:
    """Every failure of everything that can be tried, for every bad reply."""
    for kind, reply in REPLIES.items():
        with candidate.client(lambda request, reply=reply: reply) as client:
            for name, work in attempts(candidate, client):
                error = _failure(work)
                if error is not None:
                    yield kind, name, error


def _failure(work: Callable[[], Any]) -> Exception | None:
    try:
        work()
    except Exception as error:  # noqa: BLE001  # whatever escapes is what this check is about
        return error
    return None
