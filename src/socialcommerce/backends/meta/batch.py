"""Graph batch requests: many reads in one POST, each answered by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from socialcommerce.backends.meta.graph import FORM, written
from socialcommerce.errors import DecodeError, PlatformUnavailable, SocialCommerceError
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime.call import Call, Reply, Service
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.text import write_query
from socialcommerce.runtime.transport import Response

__all__ = ["MOST", "together"]

MOST: Final = 50
"""Calls in one batch at most."""

Answer = Reply[Any] | SocialCommerceError


def together(noun: Noun, calls: Sequence[Call], limit: int = MOST) -> Flow[list[Answer]]:
    """Send reads as batches and answer one reply or typed error a call, in order.

    What Meta had no time for (``null``) is asked again, as long as each round answers something.
    """
    for call in calls:
        if call.method != "GET" or call.subject != calls[0].subject or call.service != calls[0].service:
            raise ValueError("a batch holds reads of one service for one account")
    answers: dict[int, Answer] = {}
    left = list(range(len(calls)))
    while left:
        part, rest = left[:limit], left[limit:]
        rows = yield from _ask(noun, [calls[index] for index in part])
        for index, answer in zip(part, rows, strict=True):
            if answer is not None:
                answers[index] = answer
        unanswered = [index for index in part if index not in answers]
        if len(unanswered) == len(part):
            answers |= dict.fromkeys(part, _silence(noun))
            unanswered = []
        left = unanswered + rest
    return [answers[index] for index in range(len(calls))]


def _silence(noun: Noun) -> SocialCommerceError:
    return PlatformUnavailable("the batch ran out of time", platform=noun.backend.name, sent="yes")


def _ask(noun: Noun, calls: Sequence[Call]) -> Flow[list[Answer | None]]:
    """POST / with the calls in its form field ``batch``."""
    first = calls[0]
    body = {"batch": [_entry(call) for call in calls]}
    reply = yield from noun.perform(
        Call("POST", "/", body=body, headers=FORM, service=first.service, subject=first.subject)
    )
    rows = reply.value
    if not isinstance(rows, list) or len(rows) != len(calls):
        raise DecodeError(
            "the batch was not answered call by call",
            raw=reply.response.content,
            platform=noun.backend.name,
            status=reply.response.status,
        )
    service: Service = noun.backend.service(first)
    return [_answer(service, call, row) for call, row in zip(calls, rows, strict=True)]


def _entry(call: Call) -> dict[str, str]:
    query = write_query(written(call.query))
    return {"method": call.method, "relative_url": call.path.lstrip("/") + (f"?{query}" if query else "")}


def _answer(service: Service, call: Call, row: Any) -> Answer | None:
    if row is None:
        return None
    response = _response(row)
    try:
        body = service.envelope(call, response)
    except SocialCommerceError as error:
        error.sent = "yes"
        return error
    return Reply(service.unwrap(body), response, body)


def _response(row: Mapping[str, Any]) -> Response:
    """One entry as the reply that the call alone would have had."""
    headers = {str(one["name"]).lower(): str(one["value"]) for one in row.get("headers") or ()}
    return Response(int(row["code"]), headers, str(row.get("body") or "").encode())
