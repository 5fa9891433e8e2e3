"""``client.call``: any call of a platform, signed, limited and retried, decoded with its envelope."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from socialcommerce.errors import InvalidRequest
from socialcommerce.runtime.call import Call, Safety, Upload
from socialcommerce.runtime.perform import perform

if TYPE_CHECKING:
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.session import Session
    from socialcommerce.runtime.transport import Response

__all__ = ["File", "RawBytes", "RawList", "RawObject", "call"]

File: TypeAlias = "Upload | bytes | str | PathLike[str] | tuple[str, bytes]"

_READS = frozenset({"GET", "HEAD"})
_SAFETIES = (None, *get_args(Safety))


class RawObject(dict[str, Any]):
    """A decoded JSON object, with the response it came in beside it."""

    response: Response


class RawList(list[Any]):
    """A decoded JSON array, with the response it came in beside it."""

    response: Response


class RawBytes(bytes):
    """The bytes of a file, with the response it came in beside them."""

    response: Response


def call(
    session: Session,
    method: str,
    path: str,
    query: Mapping[str, Any] | None,
    body: Any,
    files: Mapping[str, File] | None,
    service: str,
    safety: Safety | None,
    raw: bool,
) -> Flow[Any]:
    """The flow of ``client.call``."""
    if not path.startswith("/"):
        raise InvalidRequest(fields={"path": "must begin with '/', without host and query"}, sent="no")
    if safety not in _SAFETIES:
        known = ", ".join(get_args(Safety))
        raise InvalidRequest(fields={"safety": f"{safety!r} is not known; there is {known}"}, sent="no")
    asked = Call(
        method=method.upper(),
        path=path,
        query=query or {},
        body=body,
        files={name: _upload(file) for name, file in files.items()} if files else None,
        service=service,
        safety=safety or ("read" if method.upper() in _READS else "unsafe"),
        raw=raw,
    )
    reply = yield from perform(session, asked, "call")
    return _beside(reply.body, reply.response)


def _upload(file: File) -> Upload:
    if isinstance(file, Upload):
        return file
    if isinstance(file, bytes):
        return Upload("file", file)
    if isinstance(file, tuple):
        return Upload(file[0], file[1], _media_type(file[0]))
    place = Path(file)
    return Upload(place.name, place.read_bytes(), _media_type(place.name))


def _media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _beside(body: Any, response: Response) -> Any:
    decoded: Any
    if isinstance(body, dict):
        decoded = RawObject(body)
    elif isinstance(body, list):
        decoded = RawList(body)
    else:
        decoded = RawBytes(body or b"")
    decoded.response = response
    return decoded
