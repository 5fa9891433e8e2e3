"""``Script``: a transport that expects certain requests, in order, and answers each as it was told."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Any, Self

from attrs import frozen

from socialcommerce.runtime.text import write_json
from socialcommerce.runtime.transport import Request, Response

__all__ = ["Exchange", "Script", "json_reply"]


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A reply with a JSON body; a ``Decimal`` is written as the number it is.

    Args:
        value: what is encoded.
        status: the HTTP status.
        headers: further headers.
    """
    return Response(status, {"content-type": "application/json", **(headers or {})}, write_json(value))


@frozen
class Exchange:
    """One expected request, as a glob over ``METHOD path``, and what it meets: a reply or an error."""

    expected: str
    answer: Response | BaseException


class Script:
    """A transport for unit tests: each request must be the next one expected.

        script = Script(("GET /items", {"rows": []}), ("PUT /stock/*", Interrupted("line broke")))
        with script:
            client = Client(ToyMarket(...), transport=script)
            ...

    Used with ``with``, it checks at the end that every exchange took place.

    Args:
        exchanges: pairs of a glob over ``METHOD path`` and the answer: a ``Response``, an exception
            to raise (``NotSent``, ``Interrupted``), bytes, or anything else as a JSON reply.
    """

    def __init__(self, *exchanges: tuple[str, Any]) -> None:
        self._left = deque(Exchange(expected, _answer(answer)) for expected, answer in exchanges)
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        """Answer the next request; ``AssertionError`` where it is not the one expected."""
        came = f"{request.method} {request.path}"
        if not self._left:
            raise AssertionError(f"{came} was sent, but the script has ended: expect it, or do not send it")
        if not fnmatchcase(came, self._left[0].expected):
            raise AssertionError(f"{came} was sent where {self._left[0].expected} was expected")
        self.requests.append(request)
        answer = self._left.popleft().answer
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def body(self, index: int = -1) -> Any:
        """The JSON body of a request that came, the last one unless ``index`` is given."""
        return json.loads(self.requests[index].content)

    def finish(self) -> None:
        """Check that every exchange took place; ``AssertionError`` names those that did not."""
        if self._left:
            missing = ", ".join(exchange.expected for exchange in self._left)
            raise AssertionError(f"expected and never sent: {missing}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.finish()

    def __repr__(self) -> str:
        return f"<Script {len(self.requests)} sent, {len(self._left)} to come>"


def _answer(given: Any) -> Response | BaseException:
    if isinstance(given, Response | BaseException):
        return given
    return Response(200, {}, given) if isinstance(given, bytes) else json_reply(given)
