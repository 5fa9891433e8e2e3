"""Hold requests to TikTok's Business API against the vendor's interface data.

``TikTokAdsSpec(folder).disagreements(request)`` answers what is not as documented: unknown paths
and parameters, parameters in the wrong place, wrong types and words, missing required ones.
``validated`` counts the operations seen. Three sources, the surest first: the vendor's OpenAPI
fragments, the vendor's Python client, and a list of paths from a community client (which says
nothing of parameters). No source describes replies.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcommerce.runtime.transport import Request

__all__ = ["TikTokAdsSpec"]

PREFIX = "/open_api/v1.3"
TOKEN = "Access-Token"
EXTRA_FIELDS = {
    "/oauth2/revoke_token/": {"app_id", "secret"},
    "/identity/get/": {"page", "page_size"},
}
"""Parameters that the sheet has and the interface data lacks."""
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "str": (str,),
    "integer": (int,),
    "int": (int,),
    "number": (int, float),
    "float": (int, float),
    "boolean": (bool,),
    "bool": (bool,),
    "object": (dict,),
    "array": (list,),
}


class TikTokAdsSpec:
    """The documented operations; ``folder`` is ``specs/tiktok_ads``."""

    def __init__(self, folder: Path) -> None:
        merged = json.loads((folder / "tiktok_ads.openapi.merged.json").read_text(encoding="utf-8"))
        client = json.loads((folder / "sdk_operations_and_models.json").read_text(encoding="utf-8"))
        with gzip.open(folder / "community_go_models.json.gz") as packed:
            known = json.load(packed)["operations"]
        self._fragments: dict[str, dict[str, Any]] = merged["paths"]
        self._client: dict[str, dict[str, Any]] = client["operations"]
        self._models: dict[str, dict[str, Any]] = client["models"]
        self._paths = {("GET" if one["verb"] == "Get" else "POST", one["path"]) for one in known}
        self.validated: Counter[str] = Counter()

    def disagreements(self, request: Request) -> list[str]:
        """What of a request is not as documented."""
        path = request.path.removeprefix(PREFIX)
        where = f"{request.method} {path}"
        if not request.path.startswith(PREFIX) or not path.endswith("/"):
            return [f"{where}: not a path of version 1.3"]
        self.validated[where] += 1
        return [f"{where}: {fault}" for fault in self._faults(request, path)]

    def _faults(self, request: Request, path: str) -> Iterator[str]:
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        body, form = _content(request)
        fragment = self._fragments.get(path, {}).get(request.method.lower())
        client = self._client.get(f"{request.method} {PREFIX}{path}")
        if TOKEN in query:
            yield "the token belongs into the header"
        if fragment is not None:
            yield from _query(fragment, path, query)
            yield from _body(fragment, body, form)
        elif client is not None:
            yield from self._by_client(client, path, query, body, form)
        elif (request.method, PREFIX + path) not in self._paths:
            yield "no such operation"

    def _by_client(
        self,
        operation: Mapping[str, Any],
        path: str,
        query: Mapping[str, str],
        body: Any,
        form: Mapping[str, str] | None,
    ) -> Iterator[str]:
        names = {one if isinstance(one, str) else one["name"] for one in operation["query"]}
        for name in sorted(query.keys() - names - EXTRA_FIELDS.get(path, set())):
            yield f"{name} is not a parameter"
        given = {*query, *(form or {})}
        for name in operation["required"]:
            if name != "access_token" and name not in given:
                yield f"{name} is required"
        told = form if form is not None else body if operation["form"] else None
        for name in sorted((told or {}).keys() - set(operation["form"])):
            yield f"{name} is not a field of the form"
        if operation.get("body_model") and isinstance(body, dict):
            yield from self._model(operation["body_model"], body, "", EXTRA_FIELDS.get(path, set()))

    def _model(self, name: str, value: Mapping[str, Any], where: str, extra: set[str]) -> Iterator[str]:
        fields = self._models[name]["fields"]
        for key, inner in value.items():
            if key in fields:
                yield from self._field(fields[key]["type"], inner, f"{where}{key}")
            elif key not in extra:
                yield f"{where}{key} is not documented"
        for key, field in fields.items():
            if field.get("required") and key not in value:
                yield f"{where}{key} is required"

    def _field(self, kind: str, value: Any, where: str) -> Iterator[str]:
        if kind.startswith("list["):
            if not isinstance(value, list):
                yield f"{where} should be a list"
                return
            for one in value:
                yield from self._field(kind[5:-1], one, where)
        elif kind in self._models and isinstance(value, dict):
            yield from self._model(kind, value, f"{where}.", set())
        elif not _fits(kind, value):
            yield f"{where} should be {kind}, not {type(value).__name__}"


def _content(request: Request) -> tuple[Any, Mapping[str, str] | None]:
    """The decoded JSON body, or the names of a form's fields."""
    kind = next((value for name, value in request.headers.items() if name.lower() == "content-type"), "")
    content = bytes(request.content)
    if kind.startswith("multipart/"):
        return None, dict.fromkeys(re.findall(r'form-data; name="([^"]+)"', content.decode("latin-1")), "")
    return (json.loads(content), None) if content else (None, None)


def _query(fragment: Mapping[str, Any], path: str, query: Mapping[str, str]) -> Iterator[str]:
    known = {one["name"]: one for one in fragment.get("parameters", ()) if one["in"] == "query"}
    for name, text in query.items():
        if name not in known:
            if name not in EXTRA_FIELDS.get(path, set()):
                yield f"{name} is not a parameter"
            continue
        media = known[name].get("content", {}).get("application/json")
        schema = media["schema"] if media else known[name].get("schema", {})
        yield from _value(schema, _decoded(text, schema), name)
    for name, one in known.items():
        if one.get("required") and name not in query and name != TOKEN:
            yield f"{name} is required"


def _decoded(text: str, schema: Mapping[str, Any]) -> Any:
    """A parameter as its type reads it: JSON text, but for plain text."""
    if schema.get("type") == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _body(fragment: Mapping[str, Any], body: Any, form: Mapping[str, str] | None) -> Iterator[str]:
    documented = fragment.get("requestBody", {}).get("content", {})
    if form is not None:
        schema = documented.get("multipart/form-data", {}).get("schema")
        if schema is None:
            yield "takes no form"
            return
        for name in sorted(form.keys() - schema["properties"].keys()):
            yield f"{name} is not a field of the form"
        for name in schema.get("required", ()):
            if name not in form:
                yield f"{name} is required"
    elif body is not None:
        schema = documented.get("application/json", {}).get("schema")
        yield from _value(schema, body, "") if schema else ["takes no body"]


def _value(schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
    kind = schema.get("type", "")
    if not _fits(kind, value):
        yield f"{where} should be {kind}, not {type(value).__name__}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is not one of its words"
    if isinstance(value, list):
        for one in value:
            yield from _value(schema.get("items", {}), one, where)
    if isinstance(value, dict) and schema.get("properties"):
        dot = f"{where}." if where else ""
        for name, inner in value.items():
            if name in schema["properties"]:
                yield from _value(schema["properties"][name], inner, f"{dot}{name}")
            else:
                yield f"{dot}{name} is not documented"
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{dot}{name} is required"


def _fits(kind: str, value: Any) -> bool:
    allowed = TYPES.get(kind)
    if allowed is None:
        return True
    return isinstance(value, allowed) and (not isinstance(value, bool) or allowed == (bool,))
