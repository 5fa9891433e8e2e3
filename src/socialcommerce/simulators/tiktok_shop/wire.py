"""TikTok Shop at the wire: operations as data, signatures, envelopes, page tokens, routes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import frozen

from socialcommerce.runtime.transport import Response

if TYPE_CHECKING:
    from socialcommerce.simulators.account import Account
    from socialcommerce.simulators.tiktok_shop.authority import App
    from socialcommerce.simulators.tiktok_shop.twin import TikTokShopTwin

__all__ = [
    "Call",
    "File",
    "Handler",
    "Operation",
    "Parameter",
    "Refused",
    "Routes",
    "envelope",
    "find_operation",
    "operations",
    "signature",
    "webhook_signature",
    "wrong",
]

T = TypeVar("T")
PACKAGE = "socialcommerce.simulators.tiktok_shop"
UNSIGNED = frozenset({"sign", "access_token"})


class Refused(Exception):
    """The platform's refusal: its code and message, and the HTTP status.

    The code decides, not the status: the sheet fixes the status for 429 alone, so refusals by
    the gate carry the status that HTTP has for them, and refusals by a handler carry 200.
    """

    def __init__(self, code: int, message: str, status: int = 200) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status = code, message, status

    def error(self, **detail: Any) -> dict[str, Any]:
        """The refusal as one entry of ``data.errors``."""
        return {"code": self.code, "message": self.message, "detail": detail}


def wrong(detail: str) -> Refused:
    """The refusal of a parameter."""
    return Refused(36009004, f"Invalid parameter. {detail}", 400)


@frozen
class File:
    """An uploaded file."""

    name: str
    content: bytes


@frozen
class Parameter:
    """One request parameter.

    ``kind``: i integer, f number, s text, b boolean, o object, F file, x anything;
    ``many``: a list of them; ``words``: the values it may have (none: any); ``children``:
    the fields of an object.
    """

    name: str
    kind: str
    many: bool
    required: bool
    words: frozenset[str]
    children: tuple[Parameter, ...] = ()


@frozen
class Operation:
    """One documented operation; ``query`` and ``body`` are written as in ``operations.tsv``."""

    method: str
    template: str
    cipher: bool
    query: str
    body: str

    @property
    def segments(self) -> list[str]:
        """The parts of the path."""
        return self.template.split("/")

    @property
    def group(self) -> str:
        """The first part of the path ("order")."""
        return self.segments[1]

    @property
    def multipart(self) -> bool:
        """Whether the body is a form with a file."""
        return ":F!" in self.body

    def arguments(self, path: str) -> dict[str, str] | None:
        """The path parameters of ``path``; None where it is another operation's."""
        given = path.split("/")
        if len(given) != len(self.segments):
            return None
        found = {}
        for mine, theirs in zip(self.segments, given, strict=True):
            if mine.startswith("{"):
                found[mine.strip("{}")] = theirs
            elif mine != theirs:
                return None
        return found


@cache
def parameters(text: str) -> tuple[Parameter, ...]:
    """The parameters written as ``name:kind[]!=A|B{children}``, separated by commas."""
    found, rest = _level("" if text in ("-", "{}") else text)
    if rest:
        raise ValueError(f"what is {rest!r}?")
    return found


def _level(text: str) -> tuple[tuple[Parameter, ...], str]:
    found = []
    while text and text[0] != "}":
        head = text[: next((at for at, mark in enumerate(text) if mark in ",{}"), len(text))]
        text = text[len(head) :]
        name, _, form = head.partition(":")
        form, _, words = form.partition("=")
        children: tuple[Parameter, ...] = ()
        if text.startswith("{"):
            children, text = _level(text[1:])
            text = text.removeprefix("}")
        allowed = frozenset(words.split("|")) if words else frozenset()
        found.append(Parameter(name, form[0], "[]" in form, "!" in form, allowed, children))
        text = text.removeprefix(",")
    return tuple(found), text


@cache
def operations() -> tuple[Operation, ...]:
    """Every documented operation; those with fewer path parameters come first."""
    table = (pkgutil.get_data(PACKAGE, "operations.tsv") or b"").decode()
    found = []
    for row in table.splitlines()[1:]:
        method, path, cipher, query, body = row.split("\t")
        found.append(Operation(method, path, cipher == "yes", query, body))
    return tuple(sorted(found, key=lambda one: one.template.count("{")))


@cache
def _by_shape() -> Mapping[tuple[str, int], list[Operation]]:
    shapes: dict[tuple[str, int], list[Operation]] = {}
    for one in operations():
        shapes.setdefault((one.group, len(one.segments)), []).append(one)
    return shapes


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    """The operation behind a request, and its path parameters; else the gate's refusal."""
    parts = path.split("/")
    near = _by_shape().get((parts[1] if len(parts) > 1 else "", len(parts)), [])
    fitting = [(one, given) for one in near if (given := one.arguments(path)) is not None]
    for one, given in fitting:
        if one.method == method:
            return one, given
    if fitting:
        raise Refused(36009010, "Invalid method. The HTTP method is not supported by the endpoint.", 405)
    if any(one.arguments("/".join([*parts[:2], one.segments[2], *parts[3:]])) is not None for one in near):
        raise Refused(36009014, "Invalid version. The version in the path is not supported.", 404)
    raise Refused(36009009, "Invalid path. The request path does not exist.", 404)


def signature(secret: str, path: str, query: Mapping[str, str], content_type: str, body: bytes) -> str:
    """The ``sign`` of a request: lower-case hex over path, decoded sorted query and exact body.

    The body counts unless the media type is ``multipart/form-data``.
    """
    pairs = "".join(f"{name}{query[name]}" for name in sorted(query) if name not in UNSIGNED)
    media = content_type.partition(";")[0].strip().lower()
    signed = b"" if media == "multipart/form-data" else body
    message = f"{secret}{path}{pairs}".encode() + signed + secret.encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def webhook_signature(app_key: str, secret: str, body: bytes) -> str:
    """The ``Authorization`` of a webhook: over the app key and the raw body."""
    return hmac.new(secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()


@frozen
class Call:
    """One accepted request, as a handler sees it.

    ``query``, ``body`` and ``path`` hold the parameters of each place, typed; ``files`` the
    uploaded ones. ``account`` is the shop that the cipher names (None where none is taken).
    """

    twin: TikTokShopTwin
    operation: Operation
    app: App
    token: str
    account: Account | None
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    files: Mapping[str, File]

    @property
    def shop(self) -> Account:
        """The shop spoken for."""
        if self.account is None:
            raise Refused(106013, MISSING_CIPHER, 400)
        return self.account

    @property
    def now(self) -> int:
        """The pretend instant in whole epoch seconds."""
        return int(self.twin.clock.now())

    def size(self, most: int, default: int | None = None) -> int:
        """``page_size`` (digits as text where the schema says so), refused outside 1 to ``most``."""
        given = self.query.get("page_size", default)
        if given is None or not str(given).isdecimal() or not 1 <= int(given) <= most:
            raise wrong(f"The `page_size` query parameter must be between 1 and {most}.")
        return self.twin.page(int(given))

    def start(self) -> int:
        """Where the page asked for begins; refused where the other values changed meanwhile."""
        token = self.query.get("page_token")
        if not token:
            return 0
        try:
            raw = base64.b64decode(token.removesuffix(TAIL), validate=True)
        except ValueError:
            raise wrong("The `page_token` query parameter is invalid.") from None
        if not token.endswith(TAIL) or raw[:12] != self._print():
            raise wrong("The `page_token` query parameter is invalid.")
        return int.from_bytes(raw[12:], "big")

    def token_at(self, start: int) -> str:
        """The opaque token of the page that begins at ``start``; it holds ``/ + =``."""
        return base64.b64encode(self._print() + start.to_bytes(6, "big")).decode() + TAIL

    def _print(self) -> bytes:
        values = {name: value for name, value in self.query.items() if name != "page_token"}
        text = json.dumps([values, self.body, dict(self.path)], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).digest()[:12]

    def page(
        self,
        name: str,
        rows: Sequence[T],
        show: Callable[[T], Any],
        most: int,
        default: int | None = None,
        total: bool = True,
    ) -> dict[str, Any]:
        """One page of ``rows`` under ``name``; the key is absent when there are none."""
        size, start = self.size(most, default), self.start()
        shown = [show(one) for one in rows[start : start + size]]
        more = start + size < len(rows)
        answer: dict[str, Any] = {"next_page_token": self.token_at(start + size) if more else ""}
        if total:
            answer["total_count"] = len(rows)
        return answer | ({name: shown} if shown else {})


TAIL = "/+=="
MISSING_CIPHER = (
    "Missing identifier. The `shop_cipher` query parameter is required to identify the target shop."
)

Handler: TypeAlias = Callable[[Call], Any]


class Routes:
    """Handlers by method and path template; each file of handlers has one, named ``routes``."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[str, str], Handler] = {}

    def on(self, method: str, template: str) -> Callable[[Handler], Handler]:
        """Mark the handler of a documented operation ("/order/202309/orders/search")."""
        if not any((one.method, one.template) == (method, template) for one in operations()):
            raise ValueError(f"{method} {template} is not a documented operation")

        def mark(handler: Handler) -> Handler:
            self._handlers[method, template] = handler
            return handler

        return mark

    def __iter__(self) -> Iterator[tuple[tuple[str, str], Handler]]:
        return iter(self._handlers.items())


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def dumps(value: object) -> bytes:
    """Compact UTF-8 JSON; a ``Decimal`` becomes text, as every amount here is."""
    return json.dumps(value, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def envelope(request_id: str, answer: Any = None, refusal: Refused | None = None) -> Response:
    """The platform's reply: ``code, message, request_id, data``."""
    body: dict[str, Any] = {"code": 0, "message": "Success", "request_id": request_id, "data": answer}
    if refusal is not None:
        body |= {"code": refusal.code, "message": refusal.message, "data": None}
    status = 200 if refusal is None else refusal.status
    return Response(status, {"content-type": "application/json; charset=utf-8"}, dumps(body))
