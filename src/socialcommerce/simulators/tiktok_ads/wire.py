"""The shapes of the pretend TikTok API for Business: operations, refusals, envelope and signatures."""

from __future__ import annotations

import hashlib
import hmac
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import field, frozen

from socialcommerce.runtime.transport import Response

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser
    from socialcommerce.simulators.tiktok_ads.authority import App
    from socialcommerce.simulators.tiktok_ads.twin import TikTokAdsTwin

__all__ = [
    "Call",
    "File",
    "Handler",
    "Operation",
    "Parameter",
    "Partial",
    "Plain",
    "Raw",
    "Refused",
    "Routes",
    "account_signature",
    "dumps",
    "envelope",
    "escaped",
    "operations",
    "parameters",
    "subscription_signature",
    "wrong",
]

T = TypeVar("T")

PACKAGE = "socialcommerce.simulators.tiktok_ads"
PREFIX = "/open_api/v1.3"
MOST_IDS = 100


class Refused(Exception):
    """The platform says no: its code and message; HTTP stays 200."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data: Any = {} if data is None else data


def wrong(message: str) -> Refused:
    """A parameter that the platform does not take."""
    return Refused(40002, message)


@frozen
class Partial:
    """An answer of which only a part was done (code 20001); ``data`` is valid."""

    data: Any


@frozen
class Plain:
    """An answer whose fields stand beside ``code``, not under ``data``."""

    fields: Mapping[str, Any]


@frozen
class Raw:
    """An answer that is a file, with no envelope around it; ``kind`` is its media type."""

    content: bytes
    kind: str


@frozen
class File:
    """An uploaded file."""

    name: str
    content: bytes = field(repr=False)


@frozen
class Parameter:
    """One documented parameter.

    ``kind``: s text, i integer, f number, b boolean, o object, x anything, F file. ``least``
    and ``most`` bound the items of an array, the letters of a text, the value of a number.
    """

    name: str
    kind: str
    many: bool
    required: bool
    least: int | None
    most: int | None
    words: frozenset[str]
    children: tuple[Parameter, ...]


_FIELD = re.compile(r"(\w+):(\w)(\[\])?(!)?(?:\((\d*);(\d*)\))?(?:=([^,{}]*))?")


@cache
def parameters(text: str) -> tuple[Parameter, ...]:
    """The parameters written as ``name:kind[]!(least;most)=A|B{children}``, separated by commas."""
    found, rest = _level("" if text in ("-", "*") else text)
    if rest:
        raise ValueError(f"what is {rest!r}?")
    return found


def _level(text: str) -> tuple[tuple[Parameter, ...], str]:
    found = []
    while text and text[0] != "}":
        head = _FIELD.match(text)
        if head is None:
            raise ValueError(f"what is {text[:40]!r}?")
        name, kind, many, required, least, most, words = head.groups()
        text = text[head.end() :]
        children: tuple[Parameter, ...] = ()
        if text.startswith("{"):
            children, text = _level(text[1:])
            text = text.removeprefix("}")
        bounds = (int(least) if least else None, int(most) if most else None)
        allowed = frozenset(words.split("|")) if words else frozenset()
        found.append(Parameter(name, kind, bool(many), bool(required), *bounds, allowed, children))
        text = text.removeprefix(",")
    return tuple(found), text


@frozen
class Operation:
    """One documented operation; ``query`` and ``body`` are written as in ``operations.tsv``.

    ``form`` is how the body is sent: json, form (multipart), "-" for none, "*" where only
    the name of the operation is known.
    """

    method: str
    path: str
    form: str
    query: str
    body: str


@cache
def operations() -> Mapping[tuple[str, str], Operation]:
    """Every documented operation by method and path (without the version's prefix)."""
    table = (pkgutil.get_data(PACKAGE, "operations.tsv") or b"").decode()
    found = [Operation(*row.split("\t")) for row in table.splitlines()[1:]]
    return {(one.method, one.path): one for one in found}


@frozen
class Call:
    """One accepted request, as a handler sees it.

    ``values`` holds the parameters, typed, from the query or the body; ``files`` the uploaded
    ones; ``account`` the advertiser named by ``advertiser_id``, or the one behind ``business_id``.
    """

    twin: TikTokAdsTwin
    operation: Operation
    app: App
    token: str
    account: Advertiser | None
    values: Mapping[str, Any]
    files: Mapping[str, File]

    @property
    def advertiser(self) -> Advertiser:
        """The ad account spoken for."""
        if self.account is None:
            raise wrong("Missing required field(s): advertiser_id.")
        return self.account

    @property
    def filtering(self) -> Mapping[str, Any]:
        """The ``filtering`` object, empty where none is given; id lists hold at most a hundred."""
        found: Mapping[str, Any] = self.values.get("filtering") or {}
        for name, value in found.items():
            if name.endswith("_ids") and len(value) > MOST_IDS:
                raise Refused(40011, f"Too many ids: {name} holds at most {MOST_IDS}.")
        return found

    def page(
        self,
        rows: Sequence[T],
        show: Callable[[T], Any],
        most: int = 1000,
        name: str = "list",
    ) -> dict[str, Any]:
        """One page of ``rows`` under ``name``, with ``page_info``; 1-based, ten rows unless asked."""
        number, asked = self.values.get("page", 1), self.values.get("page_size", 10)
        if number < 1 or not 1 <= asked <= most:
            raise wrong(f"page: must be at least 1; page_size: must be between 1 and {most}.")
        size = self.twin.page(asked)
        start = (number - 1) * size
        info = {
            "page": number,
            "page_size": size,
            "total_number": len(rows),
            "total_page": -(-len(rows) // size),
        }
        return {name: [show(one) for one in rows[start : start + size]], "page_info": info}


Handler: TypeAlias = Callable[[Call], Any]


class Routes:
    """Handlers by method and path; each file of handlers has one, named ``routes``."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[str, str], Handler] = {}

    def on(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """Mark the handler of a documented operation ("/campaign/get/")."""
        if (method, path) not in operations():
            raise ValueError(f"{method} {path} is not a documented operation")

        def mark(handler: Handler) -> Handler:
            self._handlers[method, path] = handler
            return handler

        return mark

    def __iter__(self) -> Iterator[tuple[tuple[str, str], Handler]]:
        return iter(self._handlers.items())


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def dumps(value: object) -> bytes:
    """Compact UTF-8 JSON; a ``Decimal`` becomes a JSON number, as budgets and bids are here."""
    return json.dumps(value, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def envelope(request_id: str, answer: Any = None, refusal: Refused | None = None) -> Response:
    """The platform's reply: ``code, message, request_id, data``, always with HTTP 200."""
    if isinstance(answer, Raw):
        return Response(200, {"content-type": answer.kind}, answer.content)
    body: dict[str, Any] = {"code": 0, "message": "OK", "request_id": request_id}
    if refusal is not None:
        body |= {"code": refusal.code, "message": refusal.message, "data": refusal.data}
    elif isinstance(answer, Plain):
        body |= answer.fields
    elif isinstance(answer, Partial):
        body |= {"code": 20001, "message": "Partially successful.", "data": answer.data}
    else:
        body["data"] = {} if answer is None else answer
    return Response(200, {"content-type": "application/json"}, dumps(body))


def account_signature(secret: str, seconds: int, body: bytes) -> str:
    """The ``s`` of ``Tiktok-Signature``: over the moment, a dot and the raw body."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def escaped(body: bytes) -> bytes:
    r"""The body with every UTF-16 unit outside ASCII written as lower-case ``\uXXXX``."""

    def units(match: re.Match[str]) -> str:
        raw = match.group().encode("utf-16-be")
        return "".join(f"\\u{raw[at : at + 2].hex()}" for at in range(0, len(raw), 2))

    return re.sub(r"[^\x00-\x7f]+", units, body.decode()).encode()


def subscription_signature(secret: str, body: bytes) -> str:
    """The ``X-Open-Signature`` of a subscription's delivery, over the escaped body."""
    return hmac.new(secret.encode(), escaped(body), hashlib.sha256).hexdigest()
