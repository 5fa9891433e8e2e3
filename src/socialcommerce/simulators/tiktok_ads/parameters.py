"""What a request carries, checked against the operation's documented parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.tiktok_ads.wire import File, Operation, Parameter, Refused, parameters, wrong

__all__ = ["header", "values_of"]

KINDS: Mapping[str, tuple[type, ...]] = {
    "i": (int,),
    "f": (int, Decimal),
    "s": (str,),
    "b": (bool,),
    "o": (dict,),
}
WORDS = {"i": "an integer", "f": "a number", "s": "a string", "b": "a boolean", "o": "an object"}


def header(request: Request, name: str) -> str:
    """A header by its lower-case name; empty where it is absent."""
    return next((value for key, value in request.headers.items() if key.lower() == name), "")


def values_of(operation: Operation, request: Request) -> tuple[dict[str, Any], dict[str, File]]:
    """The operation's parameters, typed, and the uploaded files by field; unknown ones are ignored.

    Raises ``Refused`` for what is missing, of the wrong type, out of bounds or an unknown word.
    """
    if operation.method == "GET":
        given = _query(operation, request)
        _check(parameters(operation.query), given)
        return given, {}
    values, files = _body(operation, request)
    tree = parameters(operation.body)
    _check([one for one in tree if one.kind != "F"], values)
    missing = [one.name for one in tree if one.kind == "F" and one.required and one.name not in files]
    if missing:
        raise wrong(f"Missing required field(s): {missing[0]}.")
    return {one.name: values[one.name] for one in tree if values.get(one.name) is not None}, files


def _query(operation: Operation, request: Request) -> dict[str, Any]:
    given = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    tree = parameters(operation.query)
    return {one.name: _typed(one, given[one.name]) for one in tree if given.get(one.name)}


def _typed(one: Parameter, text: str) -> Any:
    """A query value: arrays and objects are JSON text, the others are plain."""
    if one.many or one.kind in "ox":
        try:
            return json.loads(text, parse_float=Decimal)
        except ValueError:
            raise wrong(f"{one.name}: Not a valid JSON {'array' if one.many else 'object'}.") from None
    if one.kind == "b":
        return {"true": True, "false": False}.get(text, text)
    if one.kind == "i" and text.removeprefix("-").isdecimal():
        return int(text)
    return text


def _body(operation: Operation, request: Request) -> tuple[dict[str, Any], dict[str, File]]:
    media = header(request, "content-type").partition(";")[0].strip().lower()
    if media == "multipart/form-data" and operation.form == "form":
        return _form(operation, request)
    if operation.form == "form" and any(
        one.required for one in parameters(operation.body) if one.kind == "F"
    ):
        raise wrong("Content-Type must be multipart/form-data.")
    if media != "application/json":
        raise wrong("Content-Type must be application/json.")
    try:
        body = json.loads(request.content, parse_float=Decimal)
    except ValueError:
        raise wrong("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise wrong("The request body must be a JSON object.")
    return body, {}


def _form(operation: Operation, request: Request) -> tuple[dict[str, Any], dict[str, File]]:
    from email import policy  # heavy, and only uploads need it
    from email.parser import BytesParser

    tree = {one.name: one for one in parameters(operation.body)}
    kind = header(request, "content-type")
    raw = f"Content-Type: {kind}\r\n\r\n".encode() + request.content
    values: dict[str, Any] = {}
    files: dict[str, File] = {}
    for part in BytesParser(policy=policy.HTTP).parsebytes(raw).iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if part.get_filename() is not None:
            files[name] = File(str(part.get_filename()), content)
        elif name in tree:
            values[name] = _typed(tree[name], content.decode())
    return values, files


def _check(tree: Sequence[Parameter], values: Mapping[str, Any], where: str = "") -> None:
    missing = [where + one.name for one in tree if one.required and values.get(one.name) in (None, "")]
    if missing:
        raise wrong(f"Missing required field(s): {', '.join(missing)}.")
    for one in tree:
        value, name = values.get(one.name), where + one.name
        if value is None:
            continue
        if not one.many:
            _check_one(one, value, name)
            _check_bounds(one, value if one.kind in "if" else None, value, name)
            continue
        if not isinstance(value, list):
            raise wrong(f"{name}: Must be an array.")
        _check_bounds(one, None, value, name)
        for at, element in enumerate(value):
            _check_one(one, element, f"{name}.{at}")


def _check_one(one: Parameter, value: Any, name: str) -> None:
    allowed = KINDS.get(one.kind)
    if allowed and (not isinstance(value, allowed) or (one.kind in "if" and isinstance(value, bool))):
        raise wrong(f"{name}: Must be {WORDS[one.kind]}.")
    if one.words and value not in one.words:
        raise wrong(f"{name}: Must be one of {', '.join(sorted(one.words))}.")
    if one.kind == "o" and one.children:
        _check(one.children, value, f"{name}.")


def _check_bounds(one: Parameter, number: Any, value: Any, name: str) -> None:
    if one.least is None and one.most is None:
        return
    measure = number if number is not None else len(value)
    if one.most is not None and measure > one.most:
        code = 40011 if one.many and one.name.endswith("_ids") else 40002
        raise Refused(code, f"{name}: Must be at most {one.most}.")
    if one.least is not None and measure < one.least:
        raise wrong(f"{name}: Must be at least {one.least}.")
