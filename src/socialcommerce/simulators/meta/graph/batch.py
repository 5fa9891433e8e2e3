"""Batch requests: up to fifty calls in one POST to the root."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from attrs import evolve

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.graph.requests import Asked

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = ["run"]

MOST = 50
_RESULT = re.compile(r"\{result=([\w-]+):\$\.([^}]+)\}")

Answer = Callable[[Asked], Response]


def run(twin: GraphTwin, whole: Asked, answer: Answer) -> list[Any]:
    """The replies of a batch in the order of its parts; None for those that did not run in time."""
    parts = _parts(whole.given.get("batch"))
    headers = str(whole.given.get("include_headers", "true")).lower() != "false"
    unrun, twin.unrun = twin.unrun, 0
    results: dict[str, Any] = {}
    answers: list[Any] = []
    for at, part in enumerate(parts):
        if at >= len(parts) - unrun:
            answers.append(None)
            continue
        answers.append(_one(twin, whole, part, results, headers, answer))
    return [_omitted(part, one, parts) for part, one in zip(parts, answers, strict=True)]


def _parts(given: Any) -> list[Mapping[str, Any]]:
    try:
        parts = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        parts = None
    if not isinstance(parts, list) or not all(isinstance(one, dict) for one in parts):
        raise wrong("batch parameter must be a JSON array")
    if len(parts) > MOST:
        raise wrong(f"Too many requests in batch message. Maximum batch size is {MOST}")
    return parts


def _one(
    twin: GraphTwin,
    whole: Asked,
    part: Mapping[str, Any],
    results: dict[str, Any],
    headers: bool,
    answer: Answer,
) -> dict[str, Any] | None:
    awaited = part.get("depends_on")
    if awaited is not None and awaited not in results:
        return None
    request = _request(whole, part, results)
    inner = twin.taken_apart(request)
    kept = {key: whole.given[key] for key in ("appsecret_proof", "appsecret_time") if key in whole.given}
    own = bool(inner.token) and inner.token != whole.token
    given = inner.given if own else {**kept, **inner.given}
    files = {name: whole.files[name] for name in str(part.get("attached_files", "")).split(",") if name}
    found = evolve(inner, token=inner.token or whole.token, given=given, files=files)
    response = answer(found)
    body = response.content.decode()
    if part.get("name") and response.status == 200:
        results[str(part["name"])] = json.loads(body)
    shown: dict[str, Any] = {"code": response.status}
    if headers:
        shown["headers"] = [{"name": name, "value": value} for name, value in response.headers.items()]
    return {**shown, "body": body}


def _request(whole: Asked, part: Mapping[str, Any], results: Mapping[str, Any]) -> Request:
    path = _filled(str(part.get("relative_url", "")), results).lstrip("/")
    body = _filled(str(part.get("body") or ""), results)
    prefix = "" if re.match(r"v\d+\.\d+/", path) else f"{whole.version}/".lstrip("/")
    return Request(
        str(part.get("method", "GET")).upper(),
        f"{whole.origin}/{prefix}{path}",
        {"content-type": "application/x-www-form-urlencoded"} if body else {},
        body.encode(),
    )


def _filled(text: str, results: Mapping[str, Any]) -> str:
    r"""The text with each ``{result=name:$.data.*.id}`` put in."""

    def put(match: re.Match[str]) -> str:
        found = _at(results.get(match[1]), match[2].split("."))
        return quote(",".join(map(str, found)) if isinstance(found, list) else str(found), safe=",")

    return _RESULT.sub(put, text)


def _at(value: Any, steps: Sequence[str]) -> Any:
    for at, step in enumerate(steps):
        if step == "*":
            return [_at(one, steps[at + 1 :]) for one in (value or [])]
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _omitted(part: Mapping[str, Any], one: Any, parts: Sequence[Mapping[str, Any]]) -> Any:
    """A success that another part waited for is not repeated, unless it was asked for."""
    awaited = any(other.get("depends_on") == part["name"] for other in parts) if part.get("name") else False
    omit = part.get("omit_response_on_success", awaited)
    return None if omit and one is not None and one["code"] == 200 else one
