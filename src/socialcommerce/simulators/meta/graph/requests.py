"""What a request says, wherever it says it: path, query, form, JSON, multipart, ``method`` override."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve, frozen

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.graph.wire import File

__all__ = ["PIECE", "Asked", "asked", "header"]

VERSION = re.compile(r"/(v\d+\.\d+)(?=/|$)")
PIECE = "file_offset"
"""The header that makes a body the bytes of a file, whatever its media type says."""


@frozen
class Asked:
    """A request taken apart. ``version`` is empty where the path names none; ``path`` has none."""

    method: str
    origin: str
    version: str
    path: str
    query: Mapping[str, str]
    given: Mapping[str, Any]
    files: Mapping[str, File]
    token: str


def header(request: Request, name: str) -> str:
    """A header by its lower-case name; empty where it is absent."""
    return next((value for key, value in request.headers.items() if key.lower() == name), "")


def asked(request: Request) -> Asked:
    """Take a request apart; raises ``Refused`` where its body cannot be read."""
    parts = urlsplit(request.url)
    versioned = VERSION.match(parts.path)
    path = parts.path[versioned.end() :] if versioned else parts.path
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    body, files = _body(request)
    given = {**query, **body}
    found = Asked(
        method=str(given.pop("method", request.method)).upper(),
        origin=f"{parts.scheme}://{parts.netloc}",
        version=versioned[1] if versioned else "",
        path="/" + path.strip("/"),
        query=query,
        given=given,
        files=files,
        token=_bearer(request),
    )
    return evolve(found, token=str(given.pop("access_token", found.token)))


def _bearer(request: Request) -> str:
    scheme, _, token = header(request, "authorization").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "oauth") else ""


def _body(request: Request) -> tuple[dict[str, Any], dict[str, File]]:
    media = header(request, "content-type")
    kind = media.partition(";")[0].strip().lower()
    if not request.content:
        return {}, {}
    if offset := header(request, PIECE):
        return {PIECE: offset}, {PIECE: File(PIECE, request.content)}
    if kind == "application/json":
        return _json(request.content), {}
    if kind == "multipart/form-data":
        return _form(media, request.content)
    return dict(parse_qsl(request.content.decode("utf-8", "replace"), keep_blank_values=True)), {}


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content, parse_float=Decimal)
    except ValueError:
        raise wrong("The body is not valid JSON") from None
    if not isinstance(found, dict):
        raise wrong("The body must be a JSON object")
    return found


def _form(media: str, content: bytes) -> tuple[dict[str, Any], dict[str, File]]:
    from email.parser import BytesParser
    from email.policy import HTTP

    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {media}\r\n\r\n".encode() + content)
    if not message.is_multipart():
        raise wrong("The body is not a valid multipart form")
    values: dict[str, Any] = {}
    files: dict[str, File] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        raw = part.get_payload(decode=True)
        body = raw if isinstance(raw, bytes) else b""
        if part.get_filename() is None:
            values[name] = body.decode("utf-8", "replace")
        else:
            files[name] = File(str(part.get_filename()), body)
    return values, files
