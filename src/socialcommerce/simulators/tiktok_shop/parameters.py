"""What a request carries, checked against the operation's documented parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.tiktok_shop.wire import File, Operation, Parameter, Refused, parameters, wrong

__all__ = ["body_of", "header", "query_of"]

COMMON = frozenset(
    {
        "app_key",
        "timestamp",
        "sign",
        "shop_cipher",
        "access_token",
        "version",
        "shop_id",
        "category_asset_cipher",
    }
)
KINDS: Mapping[str, tuple[type, ...]] = {
    "i": (int,),
    "f": (int, Decimal),
    "s": (str,),
    "b": (bool,),
    "o": (dict,),
}


def header(request: Request, name: str) -> str:
    """A header by its lower-case name; empty where it is absent."""
    return next((value for key, value in request.headers.items() if key.lower() == name), "")


def query_of(operation: Operation, given: Mapping[str, str]) -> dict[str, Any]:
    """The operation's own query parameters, typed; undocumented ones are ignored.

    Raises ``Refused`` for what is missing, of the wrong type or an unknown word.
    """
    tree = parameters(operation.query)
    values = {one.name: _typed(one, given[one.name]) for one in tree if given.get(one.name)}
    _check(tree, values)
    return values


def _typed(one: Parameter, text: str) -> Any:
    if one.many:
        return [_scalar(one, part.strip()) for part in text.split(",") if part.strip()]
    return _scalar(one, text)


def _scalar(one: Parameter, text: str) -> Any:
    if one.kind == "i":
        if not text.removeprefix("-").isdecimal():
            raise wrong(f"The `{one.name}` query parameter must be an integer.")
        return int(text)
    if one.kind == "b":
        if text not in ("true", "false"):
            raise wrong(f"The `{one.name}` query parameter must be a boolean.")
        return text == "true"
    return text


def body_of(operation: Operation, request: Request) -> tuple[dict[str, Any], dict[str, File]]:
    """The body's parameters, typed, and the uploaded files by field.

    Raises ``Refused`` for what is no body of this operation.
    """
    tree = parameters(operation.body)
    if operation.multipart:
        values, files = _form(request)
        _check([one for one in tree if one.kind != "F"], values)
        if any(one.kind == "F" and one.name not in files for one in tree):
            raise wrong("The file is missing.")
        return values, files
    values = _json(request) if request.content else {}
    _check(tree, values)
    return values, {}


def _json(request: Request) -> dict[str, Any]:
    if header(request, "content-type").partition(";")[0].strip().lower() != "application/json":
        raise Refused(36009023, "Invalid content type. Use `application/json`.", 400)
    try:
        body = json.loads(request.content, parse_float=Decimal)
    except ValueError:
        raise Refused(36009022, "Invalid request body. The body is not valid JSON.", 400) from None
    if not isinstance(body, dict):
        raise Refused(36009022, "Invalid request body. The body must be a JSON object.", 400)
    cleaned: dict[str, Any] = _without_nulls(body)
    return cleaned


def _without_nulls(value: Any) -> Any:
    """The value with every null field left out: to the platform both are the same."""
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _form(request: Request) -> tuple[dict[str, Any], dict[str, File]]:
    kind = header(request, "content-type")
    if not kind.startswith("multipart/form-data"):
        raise Refused(36009023, "Invalid content type. Use `multipart/form-data`.", 400)
    from email import policy  # heavy, and only uploads need it
    from email.parser import BytesParser

    raw = f"Content-Type: {kind}\r\n\r\n".encode() + request.content
    values: dict[str, Any] = {}
    files: dict[str, File] = {}
    for part in BytesParser(policy=policy.HTTP).parsebytes(raw).iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if part.get_filename() is None:
            values[name] = content.decode()
        else:
            files[name] = File(str(part.get_filename()), content)
    return values, files


def _check(tree: Sequence[Parameter], values: Mapping[str, Any]) -> None:
    for one in tree:
        value = values.get(one.name)
        if value is None or (value == "" and one.required):
            if one.required:
                raise wrong(f"The `{one.name}` parameter is required.")
        elif not one.many:
            _check_one(one, value)
        elif not isinstance(value, list):
            raise wrong(f"The `{one.name}` parameter must be an array.")
        else:
            for element in value:
                _check_one(one, element)


def _check_one(one: Parameter, value: Any) -> None:
    allowed = KINDS.get(one.kind)
    if allowed and (not isinstance(value, allowed) or (one.kind in "if" and isinstance(value, bool))):
        raise wrong(f"The `{one.name}` parameter is of the wrong type.")
    if one.words and value not in one.words:
        raise wrong(f"The `{one.name}` parameter does not know {value!r}.")
    if one.kind == "o" and one.children:
        _check(one.children, value)
