"""The Graph API's wire: hosts, proof of the app's secret, how a request is written and a reply is read."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from socialcommerce.backends.meta import errors
from socialcommerce.errors import ConfigurationError, DecodeError
from socialcommerce.runtime.call import Call, TokenRecord
from socialcommerce.runtime.multipart import multipart
from socialcommerce.runtime.text import read_json, write_json, write_query
from socialcommerce.runtime.transport import Request, Response

__all__ = ["FORM", "GRAPH", "LOGIN", "App", "Proof", "proof", "read", "sign", "text", "written"]

GRAPH: Final = "https://graph.facebook.com"
LOGIN: Final = "https://www.facebook.com"

FORM: Final[Mapping[str, str]] = {"Content-Type": "application/x-www-form-urlencoded"}
"""The headers of a call whose ``body`` goes as a form instead of JSON."""

Proof: TypeAlias = Literal["plain", "timed"]

_VERSION = re.compile(r"v\d+\.\d+")
_VERSIONED = re.compile(r"/v\d+\.\d+(/|$)")


def _version(_app: object, _field: object, value: str) -> None:
    if not _VERSION.fullmatch(value):
        raise ConfigurationError(f"api_version looks like 'v26.0', not {value!r}")


def _way(_app: object, _field: object, value: str) -> None:
    if value not in ("plain", "timed"):
        raise ConfigurationError(f"proof is 'plain' or 'timed', not {value!r}")


@frozen
class App:
    """The developer's app.

    ``proof``: how calls prove its secret: ``plain`` (the same for a token always) or ``timed``
    (good for five minutes). Without a secret they prove nothing.
    """

    id: str = ""
    secret: str = field(default="", repr=False)
    version: str = field(default="v26.0", validator=_version)
    proof: Proof = field(default="plain", validator=_way)
    host: str = GRAPH

    def __reduce__(self) -> Any:
        raise TypeError("an App holds a secret and is not pickled")

    @property
    def token(self) -> str:
        """The app's own access token."""
        return f"{self.id}|{self.secret}"


def proof(secret: str, token: str, moment: int | None = None) -> dict[str, str]:
    """The query parameters that prove the app's secret for one access token.

    Args:
        secret: the app secret, as text.
        token: the raw access token.
        moment: whole epoch seconds for the timed form; None for the plain one.
    """
    message = token if moment is None else f"{token}|{moment}"
    digest = hmac.digest(secret.encode(), message.encode(), "sha256").hex()
    timed = {} if moment is None else {"appsecret_time": str(moment)}
    return {"appsecret_proof": digest, **timed}


def sign(app: App, call: Call, token: TokenRecord | None, now: float) -> Request:
    """Write the request of one call: version before the path, token in its header, proof in the query."""
    query = written(call.query)
    headers: dict[str, str] = {}
    if token is not None and token.access_token:
        headers["Authorization"] = f"Bearer {token.access_token}"
        if app.secret and "://" not in call.path:
            query |= proof(app.secret, token.access_token, int(now) if app.proof == "timed" else None)
    kind, content = _content(call)
    tail = f"?{write_query(query)}" if query else ""
    return Request(call.method, _address(app, call.path) + tail, {**headers, **call.headers, **kind}, content)


def _address(app: App, path: str) -> str:
    if "://" in path:
        return path
    return app.host + (path if _VERSIONED.match(path) else f"/{app.version}{path}")


def written(values: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as a query or a form carries them; None is left out."""
    return {name: text(value) for name, value in values.items() if value is not None}


def text(value: Any) -> str:
    """One parameter: lists and objects as compact JSON, booleans in lower case."""
    if isinstance(value, list | tuple | dict | bool):
        return write_json(value).decode()
    return str(value)


def _content(call: Call) -> tuple[dict[str, str], bytes]:
    if call.files is not None:
        kind, content = multipart(written(call.body or {}), call.files)
        return {"Content-Type": kind}, content
    if call.body is None:
        return {}, b""
    if isinstance(call.body, bytes):
        return ({} if _kind(call) else {"Content-Type": "application/json"}), call.body
    if _kind(call) == FORM["Content-Type"]:
        return {}, write_query(written(call.body)).encode()
    return {"Content-Type": "application/json"}, write_json(call.body)


def _kind(call: Call) -> str:
    return next((value for name, value in call.headers.items() if name.lower() == "content-type"), "")


def read(
    platform: str, refine: Callable[[int], errors.Meaning | None], call: Call, response: Response
) -> Any:
    """Decode a reply, or raise the error it holds.

    Decided on the status before the body is looked at: a proxy answers 502 with a page of HTML.
    Old paths tell errors with HTTP 200.

    Args:
        platform: whose name the errors carry.
        refine: the meaning of a code that this platform has for itself.
        call: what was asked.
        response: what came back.
    """
    body = _decoded(response)
    failed = isinstance(body, dict) and isinstance(body.get("error"), dict)
    if response.status >= 400 or failed:
        raise errors.error_for(body if failed else {}, response, platform, refine)
    if call.raw:
        return response.content
    if body is _UNREADABLE:
        raise DecodeError(
            "the reply is not JSON", raw=response.content, platform=platform, status=response.status
        )
    return body


_UNREADABLE: Final = object()


def _decoded(response: Response) -> Any:
    try:
        return read_json(response.content)
    except ValueError:
        return _UNREADABLE
