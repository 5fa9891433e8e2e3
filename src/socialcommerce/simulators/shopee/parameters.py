"""What a request carries, checked against the operation's documented parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.shopee.wire import Operation, Parameter, Refused, wrong

__all__ = ["files_of", "parameters_of"]

REPEATED = frozenset({"item_status"})
"""Query lists that are sent as a repeated parameter; every other one is comma-joined."""
NEVER_EMPTY = frozenset({"package_number"})
"""Texts that must be left out rather than sent empty."""
MAY_BE_EMPTY = frozenset({"cursor"})
"""Texts that are required and empty at first."""
KINDS: Mapping[str, tuple[type, ...]] = {
    "i": (int,),
    "f": (int, Decimal),
    "s": (str,),
    "b": (bool,),
    "o": (dict,),
}


def parameters_of(operation: Operation, request: Request, query: Mapping[str, list[str]]) -> dict[str, Any]:
    """The operation's parameters out of the query (GET) or the JSON body (POST), typed.

    Raises ``Refused`` for what is missing or of the wrong type. Parameters that are not
    documented are ignored, as the platform does.
    """
    if operation.method == "GET":
        values = _from_query(operation, query)
    elif any(one.kind == "F" for one in operation.parameters):
        values = _from_form(operation, request)
    else:
        values = _from_body(request)
    _check(operation, operation.parameters, values)
    return values


def _from_query(operation: Operation, query: Mapping[str, list[str]]) -> dict[str, Any]:
    return {
        one.name: _typed(operation, one, query[one.name])
        for one in operation.parameters
        if one.name in query and (query[one.name] != [""] or one.name in MAY_BE_EMPTY)
    }


def _typed(operation: Operation, one: Parameter, texts: Sequence[str]) -> Any:
    if one.many and one.name in REPEATED:
        return list(texts)
    if len(texts) > 1:
        raise wrong(operation, f"{one.name} is given more than once.")
    if one.many:
        inner = texts[0].strip("[]").split(",")
        return [_scalar(operation, one, text.strip()) for text in inner if text.strip()]
    return _scalar(operation, one, texts[0])


def _scalar(operation: Operation, one: Parameter, text: str) -> Any:
    if one.kind == "i":
        if not text.removeprefix("-").isdecimal():
            raise wrong(operation, f"{one.name} should be a number.")
        return int(text)
    if one.kind == "b":
        if text not in ("true", "false"):
            raise wrong(operation, f"{one.name} should be true or false.")
        return text == "true"
    return text


def _from_body(request: Request) -> dict[str, Any]:
    if not request.content:
        return {}
    kind = _header(request, "content-type")
    if not kind.startswith("application/json"):
        raise Refused("error_data", "parse data failed")
    try:
        body = json.loads(request.content, parse_float=Decimal)
    except ValueError:
        raise Refused("error_data", "parse data failed") from None
    if not isinstance(body, dict):
        raise Refused("error_data", "parse data failed")
    return body


def _from_form(operation: Operation, request: Request) -> dict[str, Any]:
    by_name = {one.name: one for one in operation.parameters}
    values: dict[str, Any] = {}
    for name, contents in _parts(request).items():
        one = by_name.get(name)
        if one is not None:
            first = contents[0]
            values[name] = first if one.kind == "F" else _scalar(operation, one, first.decode())
    return values


def files_of(operation: Operation, request: Request) -> dict[str, list[bytes]]:
    """The uploaded files of a multipart request, by field."""
    names = {one.name for one in operation.parameters if one.kind == "F"}
    if not names:
        return {}
    return {name: contents for name, contents in _parts(request).items() if name in names}


def _parts(request: Request) -> dict[str, list[bytes]]:
    kind = _header(request, "content-type")
    if not kind.startswith("multipart/form-data"):
        raise Refused("error_param", "Wrong parameters, detail: multipart/form-data is needed.")
    from email import policy  # heavy, and only uploads need it
    from email.parser import BytesParser

    raw = f"Content-Type: {kind}\r\n\r\n".encode() + request.content
    found: dict[str, list[bytes]] = {}
    for part in BytesParser(policy=policy.HTTP).parsebytes(raw).iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found.setdefault(name, []).append(payload)
    return found


def _header(request: Request, name: str) -> str:
    return next((value for key, value in request.headers.items() if key.lower() == name), "")


def _check(operation: Operation, tree: Sequence[Parameter], values: Mapping[str, Any]) -> None:
    for one in tree:
        value = values.get(one.name)
        if value is None or (value == "" and one.required and one.name not in MAY_BE_EMPTY):
            if one.required:
                raise wrong(operation, f"{one.name} is required.")
        elif one.many:
            _check_list(operation, one, value)
        else:
            _check_one(operation, one, value)


def _check_list(operation: Operation, one: Parameter, value: Any) -> None:
    if not isinstance(value, list):
        raise wrong(operation, f"{one.name} should be a list.")
    for element in value:
        _check_one(operation, one, element)


def _check_one(operation: Operation, one: Parameter, value: Any) -> None:
    allowed = KINDS.get(one.kind)
    if allowed is not None and (
        not isinstance(value, allowed) or (one.kind in "if" and isinstance(value, bool))
    ):
        raise wrong(operation, f"{one.name} is of the wrong type.")
    if one.name in NEVER_EMPTY and value == "":
        raise wrong(operation, f"{one.name} should not be empty.")
    if one.kind == "o":
        _check(operation, one.children, value)
