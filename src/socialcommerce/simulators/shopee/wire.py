"""Shopee at the wire: operations as data, signatures, parameters, envelopes, routes."""

from __future__ import annotations

import hashlib
import hmac
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from socialcommerce.runtime.transport import Response

if TYPE_CHECKING:
    from socialcommerce.simulators.account import Account
    from socialcommerce.simulators.shopee.authority import App
    from socialcommerce.simulators.shopee.twin import ShopeeTwin

__all__ = [
    "IDENTITY",
    "Call",
    "Handler",
    "Operation",
    "Parameter",
    "Raw",
    "Refused",
    "Routes",
    "envelope",
    "operations",
    "push_signature",
    "signature",
]

PACKAGE = "socialcommerce.simulators.shopee"
IDENTITY: Mapping[str, str] = {
    "Shop": "shop_id",
    "Merchant": "merchant_id",
    "User": "user_id",
    "Principal": "principal_id",
}
"""API type -> the query parameter that says for whom the call is made."""


class Refused(Exception):
    """The platform's refusal: its error code and message, the HTTP status, and what else it says.

    ``response`` is put into the envelope where the platform refuses and answers at once. Without
    a code the refusal is the bare HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 200, response: Any = None) -> None:
        super().__init__(code, message)
        self.code, self.message, self.status, self.response = code, message, status, response


@frozen
class Raw:
    """A reply that is a file and no envelope."""

    content: bytes
    content_type: str = "application/pdf"


@frozen
class Parameter:
    """One request parameter.

    ``kind``: i integer, f number, s text, b boolean, o object, F file, x anything;
    ``many``: a list of them; ``children``: the fields of an object.
    """

    name: str
    kind: str
    many: bool
    required: bool
    children: tuple[Parameter, ...] = ()


@frozen
class Operation:
    """One documented operation.

    ``reply``: wrapped (in ``response``), list (a wrapped list), bare (beside ``error``) or
    file. ``apps``: letters of the app categories that may call it (S seller in-house,
    E ERP, A ads service, C customer service).
    """

    method: str
    path: str
    api_type: str
    reply: str
    warning: bool
    apps: str
    parameters: tuple[Parameter, ...]

    @property
    def module(self) -> str:
        """The part of the path that names the module ("order")."""
        return self.path.split("/")[3]


def parse_parameters(text: str) -> tuple[Parameter, ...]:
    """The parameters written as ``name:kind[]!{children}``, separated by commas."""
    found, rest = _level(text)
    if rest:
        raise ValueError(f"what is {rest!r}?")
    return found


def _level(text: str) -> tuple[tuple[Parameter, ...], str]:
    found = []
    while text and text[0] != "}":
        name, _, text = text.partition(":")
        kind, text = text[0], text[1:]
        many = text.startswith("[]")
        text = text.removeprefix("[]")
        required = text.startswith("!")
        text = text.removeprefix("!")
        children: tuple[Parameter, ...] = ()
        if text.startswith("{"):
            children, text = _level(text[1:])
            text = text.removeprefix("}")
        found.append(Parameter(name, kind, many, required, children))
        text = text.removeprefix(",")
    return tuple(found), text


@cache
def operations() -> Mapping[tuple[str, str], Operation]:
    """Every documented operation by method and path."""
    table = (pkgutil.get_data(PACKAGE, "operations.tsv") or b"").decode()
    found = {}
    for row in table.splitlines()[1:]:
        method, path, api_type, reply, warning, apps, tree = row.split("\t")
        parameters = () if tree == "-" else parse_parameters(tree)
        found[method, path] = Operation(method, path, api_type, reply, warning == "yes", apps, parameters)
    return found


def signature(
    key: str, partner_id: object, path: str, timestamp: object, token: str = "", subject: object = ""
) -> str:
    """The ``sign`` of a request: Public with four parts, every other type with token and id."""
    message = f"{partner_id}{path}{timestamp}{token}{subject}"
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def push_signature(key: str, callback_url: str, body: bytes) -> str:
    """The ``Authorization`` of a push: over the registered url, a bar and the raw body."""
    return hmac.new(key.encode(), callback_url.encode() + b"|" + body, hashlib.sha256).hexdigest()


@frozen
class Call:
    """One accepted request, as a handler sees it.

    ``params`` holds the operation's own parameters, typed; ``files`` the uploaded files by
    field. ``shop`` is the account spoken for (None for Public calls).
    """

    twin: ShopeeTwin
    operation: Operation
    app: App
    account: Account | None
    params: Mapping[str, Any]
    files: Mapping[str, list[bytes]]

    @property
    def shop(self) -> Account:
        """The shop spoken for."""
        if self.account is None:
            raise Refused("error_shop", "shopid is invalid")
        return self.account

    @property
    def now(self) -> int:
        """The pretend instant in whole epoch seconds."""
        return int(self.twin.clock.now())

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or ``default`` where it was not sent (or sent as null)."""
        value = self.params.get(name)
        return default if value is None else value

    def csv(self, name: str, most: int | None = None) -> list[str]:
        """A comma-joined parameter as a list; refused above ``most`` entries."""
        values = [part.strip() for part in str(self.get(name, "")).split(",") if part.strip()]
        if most is not None and not 1 <= len(values) <= most:
            raise wrong(self.operation, f"{name} should hold 1 to {most} entries.")
        return values

    def within(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number between two bounds, else the platform's refusal."""
        value = self.get(name, default)
        if value is None or not least <= value <= most:
            raise wrong(self.operation, f"{name} should be between {least} and {most}.")
        return int(value)

    def rows(self, name: str, most: int = 50) -> list[dict[str, Any]]:
        """A list of objects of 1 to ``most`` entries, else the platform's refusal."""
        values = self.get(name, [])
        if not 1 <= len(values) <= most:
            raise wrong(self.operation, f"{name} should hold 1 to {most} entries.")
        return list(values)


def wrong(operation: Operation, detail: str) -> Refused:
    """The refusal of a wrong parameter, with the prefix that the module uses."""
    prefix = "product." if operation.module == "product" else ""
    return Refused(f"{prefix}error_param", f"Wrong parameters, detail: {detail}")


Handler: TypeAlias = Callable[[Call], Any]


class Routes:
    """Handlers by method and path; each file of handlers has one, named ``routes``."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[str, str], Handler] = {}

    def get(self, path: str) -> Callable[[Handler], Handler]:
        """Mark the handler of ``GET /api/v2/<path>``."""
        return self._mark("GET", path)

    def post(self, path: str) -> Callable[[Handler], Handler]:
        """Mark the handler of ``POST /api/v2/<path>``."""
        return self._mark("POST", path)

    def _mark(self, method: str, path: str) -> Callable[[Handler], Handler]:
        key = (method, f"/api/v2/{path}")
        if key not in operations():
            raise ValueError(f"{method} {key[1]} is not a documented operation")

        def mark(handler: Handler) -> Handler:
            self._handlers[key] = handler
            return handler

        return mark

    def __iter__(self) -> Iterator[tuple[tuple[str, str], Handler]]:
        return iter(self._handlers.items())


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def dumps(value: object) -> bytes:
    """Compact UTF-8 JSON; a ``Decimal`` becomes a number."""
    return json.dumps(value, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def envelope(
    operation: Operation | None, request_id: str, answer: Any = None, refusal: Refused | None = None
) -> Response:
    """The platform's reply: fields of ``answer`` beside or inside ``response``, or a refusal.

    A handler's ``_beside`` (a dictionary) goes beside ``response``, ``_warning`` into
    ``warning``; a ``Raw`` answer is sent as it is.
    """
    if isinstance(answer, Raw):
        return Response(200, {"content-type": answer.content_type}, answer.content)
    if refusal is not None and not refusal.code:
        return Response(refusal.status, {}, b"")
    body: dict[str, Any] = {"error": "", "message": "", "request_id": request_id}
    if refusal is not None:
        body |= {"error": refusal.code, "message": refusal.message}
        answer = refusal.response
    elif operation is not None and operation.warning:
        body["warning"] = ""
    if isinstance(answer, dict):
        answer = dict(answer)
        body |= answer.pop("_beside", {})
        if (warning := answer.pop("_warning", None)) is not None:
            body["warning"] = warning
    if answer is not None and operation is not None:
        body |= {"response": answer} if operation.reply in ("wrapped", "list", "file") else answer
    status = 200 if refusal is None else refusal.status
    return Response(status, {"content-type": "application/json; charset=utf-8"}, dumps(body))
