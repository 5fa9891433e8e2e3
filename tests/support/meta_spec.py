"""Hold an exchange with the Graph API (or its twin) against Meta's interface data.

``MetaSpec(folder).disagreements(...)`` answers what is not as documented: unknown fields asked for,
unknown parameters, wrong types and words, missing required ones, and fields of the reply that nobody
has documented. ``kind_of`` says of what type the object with an id is. ``validated`` counts the calls
seen, as "METHOD Kind/edge".
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcommerce.runtime.transport import Request, Response

PLAIN = frozenset(
    {"access_token", "appsecret_proof", "appsecret_time", "fields", "limit", "after", "before", "summary",
     "method", "batch", "include_headers", "format", "locale"}
)  # fmt: skip
"""Parameters that every call takes."""
FIXED = frozenset({"/", "/oauth/access_token", "/oauth/revoke", "/debug_token", "/search"})
"""Paths that are no object: the interface data does not describe them."""
UNLISTED: Mapping[str, frozenset[str]] = {
    "Application": frozenset({"subscribed_fields"}),
    "Page": frozenset({"tasks"}),
    "Business": frozenset({"owned_apps"}),
    "ProductItem": frozenset({"products"}),
    "User": frozenset({"first_name", "last_name"}),
}
"""Fields that the platform's pages document and the interface data lacks."""
PARAMETERS_ALSO: Mapping[str, frozenset[str]] = {
    "POST Application/uploads": frozenset({"file_name", "file_type"}),
    "POST Page/messages": frozenset({"tag", "platform"}),
    "GET ProductCatalog/products": frozenset({"offset"}),
    "POST SystemUser/access_tokens": frozenset(
        {"business_app", "scope", "set_token_expires_in_60_days", "page_id"}
    ),
    "POST Business/owned_product_catalogs": frozenset({"vertical"}),
    **{
        f"GET {kind}": frozenset({"filtering"})
        for kind in (
            "AdAccount/campaigns",
            "AdAccount/adsets",
            "AdAccount/ads",
            "Campaign/adsets",
            "Campaign/ads",
            "AdSet/ads",
        )
    },
}
"""The same of parameters."""
EXTRA_EDGES = frozenset(
    {"POST SystemUser/access_tokens", "DELETE SystemUser/access_tokens", "GET SystemUser/accounts",
     "GET SystemUser/adaccounts", "GET SystemUser/businesses"}
)  # fmt: skip
"""Calls that the platform's pages document and the interface data lacks."""
ANY_CASE = ("pagemess", "pageconversations", "pagesecondary")
"""Types whose words the messaging pages write in small letters, and the interface data in capitals."""
OPEN_WORDS = re.compile(r"commerce_tax_category|origin_country|timezone_id|currency|subscribed_fields")
BREAKDOWNS = "adaccountinsights_breakdowns_enum_param"
"""The words by which a row of insights is broken down; each is a field of the row too."""
OBJECTS = frozenset({"Object", "map", "Targeting", "AdCreative", "AdSet"})
SHAPES = {
    "int": (re.compile(r"-?\d+"), "an integer"),
    "unsigned int": (re.compile(r"-?\d+"), "an integer"),
    "bool": (re.compile(r"(?i)true|false|0|1"), "a boolean"),
}
ROOT = re.compile(r"^/v\d+\.\d+(?=/|$)")

Kinds = Callable[[str], str | None]


class MetaSpec:
    """The documented nodes, fields, edges and words; ``folder`` is ``specs/meta``."""

    def __init__(self, folder: Path) -> None:
        specs = folder / "api_specs"
        self._nodes: dict[str, Any] = {
            one.stem: json.loads(one.read_text(encoding="utf-8"))
            for one in specs.glob("*.json")
            if one.stem != "enum_types"
        }
        words = json.loads((specs / "enum_types.json").read_text(encoding="utf-8"))
        self._words = {one["name"]: {str(value) for value in one["values"]} for one in words}
        self.validated: Counter[str] = Counter()

    @property
    def calls(self) -> set[str]:
        """Every documented call."""
        return {
            f"{call['method']} {kind}/{(call.get('endpoint') or '').strip('/')}"
            for kind, node in self._nodes.items()
            for call in node["apis"]
        }

    def fields(self, kind: str) -> Mapping[str, str] | None:
        """The fields of a kind and their types; None where it is not documented."""
        node = self._nodes.get(kind)
        if node is None:
            return None
        known = {one["name"]: one["type"] for one in node["fields"]}
        cells = self._words[BREAKDOWNS] if kind == "AdsInsights" else ()
        also = (*UNLISTED.get(kind, ()), *cells)
        return {"id": "string", **known, **dict.fromkeys(also, "any")}

    # -- one exchange

    def exchange(self, request: Request, response: Response, kind_of: Kinds) -> list[str]:
        """The disagreements of one exchange as it went over the wire; a batch part by part."""
        path = ROOT.sub("", urlsplit(request.url).path) or "/"
        given = _given(request)
        reply = _decoded(response.content)
        if path.rstrip("/") == "" and "batch" in given:
            return list(self._batch(given, reply, kind_of))
        method = str(given.get("method", request.method)).upper()
        return self.disagreements(method, path, given, reply, kind_of)

    def _batch(self, given: Mapping[str, Any], reply: Any, kind_of: Kinds) -> Iterator[str]:
        parts = given["batch"] if isinstance(given["batch"], list) else json.loads(given["batch"])
        if len(parts) > 50:
            yield "a batch holds at most 50 parts"
        for part, answer in zip(parts, reply if isinstance(reply, list) else [], strict=False):
            address = urlsplit("/" + str(part["relative_url"]).lstrip("/"))
            values = dict(parse_qsl(address.query) + parse_qsl(str(part.get("body") or "")))
            body = _decoded(str(answer["body"]).encode()) if answer else None
            path = ROOT.sub("", address.path)
            yield from self.disagreements(str(part.get("method", "GET")), path, values, body, kind_of)

    def disagreements(
        self, method: str, path: str, given: Mapping[str, Any], reply: Any, kind_of: Kinds
    ) -> list[str]:
        """What of a request (its parameters together) and its decoded reply is not as documented."""
        if path in FIXED or (isinstance(reply, dict) and "error" in reply):
            return self._refusal(reply)
        key, _, edge = path.strip("/").partition("/")
        kind = kind_of(key)
        if kind is None or kind not in self._nodes:
            return []
        name = f"{method} {kind}/{edge}"
        self.validated[name] += 1
        call = self._call(method, kind, edge)
        if call is None:
            return [] if name in EXTRA_EDGES else [f"{name}: no such call"]
        faults = [*self._request(name, call, given), *self._reply(call, given, reply, method)]
        return [f"{name}: {one}" for one in faults]

    def _refusal(self, reply: Any) -> list[str]:
        if not isinstance(reply, dict) or "error" not in reply:
            return []
        error = reply["error"]
        lacking = {"message", "type", "code", "fbtrace_id"} - error.keys()
        return [f"the error lacks {', '.join(sorted(lacking))}"] if lacking else []

    def _call(self, method: str, kind: str, edge: str) -> Any:
        for call in self._nodes[kind]["apis"]:
            if call["method"] == method and (call.get("endpoint") or "").strip("/") == edge:
                return call
        return None

    # -- the request

    def _request(self, name: str, call: Any, given: Mapping[str, Any]) -> Iterator[str]:
        known = {one["name"]: one for one in call["params"]}
        also = PARAMETERS_ALSO.get(name, frozenset())
        for key, value in given.items():
            if key in PLAIN or key in also:
                continue
            if key not in known:
                yield f"{key} is no parameter"
            else:
                yield from self._value(key, known[key]["type"], value)
        for key, one in known.items():
            if one["required"] and key not in given and one["type"] != "file":
                yield f"{key} is required"
        if given.get("fields"):
            report = name.endswith("/insights")
            yield from self._asked("AdsInsights" if report else call["return"], str(given["fields"]))

    def _value(self, name: str, kind: str, value: Any) -> Iterator[str]:
        if kind == "list" or kind.startswith("list<"):
            inner = kind[5:-1] if kind.startswith("list<") else "any"
            for one in _listed(value):
                yield from self._value(f"{name}[]", inner, one)
        elif kind in OBJECTS or kind.startswith("map<"):
            found = _decoded(value.encode()) if isinstance(value, str) else value
            if not isinstance(found, dict | list):
                yield f"{name} should be an object"
        elif kind in SHAPES:
            shape, what = SHAPES[kind]
            if not shape.fullmatch(str(value)):
                yield f"{name} should be {what}"
        elif kind in self._words and not OPEN_WORDS.search(kind):
            word = str(value).upper() if kind.startswith(ANY_CASE) else str(value)
            if word not in self._words[kind]:
                yield f"{name} does not know {value}"

    def _asked(self, kind: str, text: str) -> Iterator[str]:
        for name, inner in _selected(text):
            yield from self._asked_one(kind, name, inner)

    def _asked_one(self, kind: str, name: str, inner: str) -> Iterator[str]:
        known = self.fields(kind)
        if known is None:
            return
        edge = self._call("GET", kind, name)
        if name not in known and edge is None:
            yield f"{kind} has no field {name}"
        elif inner:
            below = edge["return"] if edge is not None else _bare(known[name])
            yield from self._asked(below, inner)

    # -- the reply

    def _reply(self, call: Any, given: Mapping[str, Any], reply: Any, method: str) -> Iterator[str]:
        if method != "GET" or not isinstance(reply, dict):
            return
        if "data" in reply and isinstance(reply["data"], list):
            yield from self._envelope(reply)
            for row in reply["data"]:
                yield from self._shown(call["return"], row, call["return"])
        else:
            yield from self._shown(call["return"], reply, call["return"])

    @staticmethod
    def _envelope(reply: Mapping[str, Any]) -> Iterator[str]:
        for name in reply.keys() - {"data", "paging", "summary"}:
            yield f"a page has no {name}"
        paging = reply.get("paging", {})
        for name in paging.keys() - {"cursors", "next", "previous"}:
            yield f"paging has no {name}"
        if paging and "after" not in paging.get("cursors", {}):
            yield "paging has no cursors.after"

    def _shown(self, kind: str, value: Any, where: str) -> Iterator[str]:
        known = self.fields(kind)
        if known is None or not isinstance(value, dict):
            return
        for name, inner in value.items():
            edge = self._call("GET", kind, name)
            if name not in known and edge is None:
                yield f"{where}.{name} is not documented"
            elif edge is not None and isinstance(inner, dict) and "data" in inner:
                yield from self._envelope(inner)
                for row in inner["data"]:
                    yield from self._shown(edge["return"], row, f"{where}.{name}")
            elif name in known:
                yield from self._typed(known[name], inner, f"{where}.{name}")

    def _typed(self, kind: str, value: Any, where: str) -> Iterator[str]:
        if kind.startswith("list<"):
            if isinstance(value, list):
                for one in value:
                    yield from self._typed(kind[5:-1], one, f"{where}[]")
            elif not isinstance(value, dict):
                yield f"{where} should be a list"
        elif kind in ("string", "datetime") and not isinstance(value, str):
            yield f"{where} should be a text, not {type(value).__name__}"
        elif kind in ("int", "unsigned int") and (isinstance(value, bool) or not isinstance(value, int)):
            yield f"{where} should be an integer, not {type(value).__name__}"
        elif kind == "bool" and not isinstance(value, bool):
            yield f"{where} should be a boolean"
        elif kind in self._words and not OPEN_WORDS.search(kind) and str(value) not in self._words[kind]:
            yield f"{where} does not know {value}"
        elif kind in self._nodes:
            yield from self._shown(kind, value, where)


def _bare(kind: str) -> str:
    return kind.removeprefix("list<").rstrip(">")


def _selected(text: str) -> Iterator[tuple[str, str]]:
    """The names in a ``fields`` text, each with what stands in its braces."""
    name, inner, depth = "", "", 0
    for letter in text + ",":
        if letter in "({":
            depth += 1
        if depth:
            inner += letter
        elif letter == ",":
            braces = re.search(r"\{(.*)\}$", inner)
            yield name.strip().partition(".")[0], braces[1] if braces else ""
            name = inner = ""
        else:
            name += letter
        if letter in ")}":
            depth -= 1


def _listed(value: Any) -> list[Any]:
    if isinstance(value, str):
        found = _decoded(value.encode())
        return found if isinstance(found, list) else [one for one in value.split(",") if one]
    return value if isinstance(value, list) else [value]


def _given(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    media = next((value for key, value in request.headers.items() if key.lower() == "content-type"), "")
    if media.startswith("application/json"):
        body = _decoded(request.content)
        return {**given, **body} if isinstance(body, dict) else given
    if media.startswith("application/x-www-form-urlencoded"):
        return {**given, **dict(parse_qsl(request.content.decode(), keep_blank_values=True))}
    return given


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
