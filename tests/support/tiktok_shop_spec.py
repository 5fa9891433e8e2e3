"""Hold an exchange with TikTok Shop (or its twin) against the vendor's interface data.

``TikTokShopSpec(folder).disagreements(...)`` answers what is not as documented: unknown paths,
a cipher that is missing or too much, unknown parameters, parameters in the wrong place, wrong
types and words, missing required ones, and fields of the reply that nobody has documented.
``webhook`` does the same for a push. ``validated`` counts the operations seen, as "METHOD path".
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialcommerce.runtime.transport import Request, Response

COMMON = frozenset({"app_key", "timestamp", "sign", "shop_cipher"})
SOURCE = "tiktok_shop.openapi.reconstructed.json.gz"
TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}
OPEN_SETS = frozenset({"currency", "locale", "region", "source_locale"})
"""Fields whose listed values grow from year to year."""

Schema = Mapping[str, Any]


class TikTokShopSpec:
    """The documented operations; ``folder`` is ``specs/tiktok_shop``."""

    def __init__(self, folder: Path) -> None:
        with gzip.open(folder / SOURCE) as packed:
            document = json.load(packed)
        self._paths: dict[str, dict[str, Any]] = document["paths"]
        self._schemas: dict[str, Any] = document["components"]["schemas"]
        self._webhooks = {
            one["post"]["x-webhook-type"]: one["post"]["requestBody"]["content"]["application/json"]["schema"]
            for one in document["webhooks"].values()
        }
        self.validated: Counter[str] = Counter()

    @property
    def operations(self) -> set[str]:
        """Every documented operation as "METHOD path"."""
        return {f"{method.upper()} {path}" for path, found in self._paths.items() for method in found}

    def disagreements(
        self, method: str, path: str, query: Mapping[str, str], body: object, reply: object
    ) -> list[str]:
        """What of a request (decoded query and body) and its decoded reply is not as documented.

        ``body`` and ``reply`` are None where there is none, or where they are no JSON. A refusal
        (``code`` other than 0) is held to the envelope alone.
        """
        template = self._template(method, path)
        if template is None:
            return [f"{method} {path}: no such operation"]
        self.validated[f"{method} {template}"] += 1
        operation = self._paths[template][method.lower()]
        faults = (
            *self._query(operation, query),
            *self._body(operation, body),
            *self._reply(operation, reply),
        )
        return [f"{method} {template}: {fault}" for fault in faults]

    def exchange(self, request: Request, response: Response) -> list[str]:
        """The disagreements of one exchange as it went over the wire."""
        found = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
        twice = [f"{name} is repeated" for name, values in found.items() if len(values) > 1]
        query = {name: values[0] for name, values in found.items()}
        body, reply = _decoded(request.content), _decoded(response.content)
        return twice + self.disagreements(request.method, request.path, query, body, reply)

    def webhook(self, body: Mapping[str, Any]) -> list[str]:
        """What of a decoded push is not as documented."""
        schema = self._webhooks.get(body.get("type"))
        if schema is None:
            return [f"type {body.get('type')} is not documented"]
        return [f"type {body['type']}: {one}" for one in self._object(schema, body, "", strict=False)]

    def _template(self, method: str, path: str) -> str | None:
        parts = path.split("/")
        fitting = [
            template
            for template, found in self._paths.items()
            if method.lower() in found and _matches(template.split("/"), parts)
        ]
        return min(fitting, key=lambda one: one.count("{"), default=None)

    def _query(self, operation: Schema, given: Mapping[str, str]) -> Iterator[str]:
        tree = {one["name"]: one for one in operation.get("parameters", ()) if one["in"] == "query"}
        if ("shop_cipher" in tree) is not ("shop_cipher" in given):
            yield "shop_cipher is required" if "shop_cipher" in tree else "shop_cipher is forbidden"
        for name, value in given.items():
            if name not in COMMON and name not in tree:
                yield f"{name} is no query parameter"
            elif name in tree and name not in COMMON:
                yield from self._text(name, tree[name]["schema"], value)
        for name, one in tree.items():
            if one.get("required") and name not in given:
                yield f"{name} is required"

    def _text(self, name: str, schema: Schema, value: str) -> Iterator[str]:
        schema = self._resolve(schema)
        if schema.get("type") == "array":
            for part in value.split(","):
                yield from self._text(name, schema["items"], part)
        elif schema.get("type") == "integer" and not value.removeprefix("-").isdecimal():
            yield f"{name} should be an integer"
        elif schema.get("type") == "boolean" and value not in ("true", "false"):
            yield f"{name} should be a boolean"
        elif "enum" in schema and name not in OPEN_SETS and value not in schema["enum"]:
            yield f"{name} does not know {value}"

    def _body(self, operation: Schema, body: object) -> Iterator[str]:
        content = operation.get("requestBody", {}).get("content", {})
        if "multipart/form-data" in content:
            return
        if not content:
            if body is not None:
                yield "takes no body"
            return
        schema = content["application/json"]["schema"]
        if body is None and self._resolve(schema).get("required"):
            yield "the body is missing"
        if body is not None:
            yield from self._value(schema, body, "body", strict=True)

    def _reply(self, operation: Schema, reply: object) -> Iterator[str]:
        if not isinstance(reply, dict):
            return
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        if reply.get("code") == 0:
            yield from self._object(schema, reply, "", strict=False)
        elif set(reply) != {"code", "message", "request_id", "data"}:
            yield "the refusal has another envelope"

    def _resolve(self, schema: Schema) -> Schema:
        while True:
            if "$ref" in schema:
                schema = self._schemas[schema["$ref"].split("/")[-1]]
                continue
            for union in ("anyOf", "allOf", "oneOf"):
                left = [one for one in schema.get(union, ()) if one.get("type") != "null"]
                if len(left) == 1:
                    schema = left[0]
                    break
            else:
                return schema

    def _value(self, schema: Schema, value: Any, where: str, strict: bool) -> Iterator[str]:
        schema = self._resolve(schema)
        kind = schema.get("type")
        if value is None:
            return
        allowed = TYPES.get(str(kind), (object,))
        if not isinstance(value, allowed) or (isinstance(value, bool) and kind in ("integer", "number")):
            yield f"{where} should be {kind}, not {type(value).__name__}"
        elif isinstance(value, list):
            for element in value:
                yield from self._value(schema.get("items", {}), element, f"{where}[]", strict)
        elif isinstance(value, dict):
            yield from self._object(schema, value, f"{where}.", strict)
        elif "enum" in schema and value not in schema["enum"] and where.rpartition(".")[2] not in OPEN_SETS:
            yield f"{where} does not know {value}"

    def _object(self, schema: Schema, value: Mapping[str, Any], where: str, strict: bool) -> Iterator[str]:
        schema = self._resolve(schema)
        known = schema.get("properties")
        if known is None:
            return
        for name, inner in value.items():
            if name not in known:
                yield f"{where}{name} is not documented"
            else:
                yield from self._value(known[name], inner, f"{where}{name}", strict)
        if strict:
            for name in schema.get("required", ()):
                if value.get(name) is None:
                    yield f"{where}{name} is required"


def _matches(template: Iterable[str], parts: list[str]) -> bool:
    mine = list(template)
    return len(mine) == len(parts) and all(
        one == other or one.startswith("{") for one, other in zip(mine, parts, strict=True)
    )


def _decoded(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None
