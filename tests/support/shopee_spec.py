"""Hold an exchange with Shopee (or its twin) against the vendor's interface data.

``ShopeeSpec(folder).disagreements(...)`` answers what is not as documented: unknown
parameters, parameters in the wrong place, wrong types, missing required ones, and fields of
the reply that nobody has documented. ``validated`` counts the operations seen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from socialcommerce.runtime.transport import Request, Response

COMMON = frozenset(
    {"partner_id", "timestamp", "sign", "access_token", "shop_id", "merchant_id", "user_id", "principal_id"}
)
ENVELOPE = {"error": "string", "message": "string", "request_id": "string"}
METHODS = {"/api/v2/payment/get_escrow_detail_batch": "POST"}
"""Where the documented method is wrong."""
WHERE = {"POST": "body", "GET": "query"}
EXTRA_PARAMETERS = {
    "/api/v2/product/init_tier_variation": [{"name": "tier_variation", "type": "any[]"}],
    "/api/v2/product/update_tier_variation": [{"name": "tier_variation", "type": "any[]"}],
}
"""Deprecated, but documented in the sheet and still taken."""
EXTRA_FIELDS = {
    "/api/v2/payment/get_income_detail": {"list"},
    "/api/v2/order/get_order_detail": {"parcel_chargeable_weight_gram", "edt", "edt_from", "edt_to"},
    "/api/v2/product/get_item_base_info": {
        "complaint_policy",
        "description_info",
        "description_type",
        "stock_info_v2",
        "tax_info",
    },
}
"""Fields of published samples that the tables leave out, or put one level too high, by operation."""
ANY_TYPE = frozenset(
    {"product_location_id", "deboost", "warning", "tier_index", "image_id_list", "image_id", "dispute_reason",
     "shopee_stock", "child_attribute_list", "summary_info", "holiday_mode_mtime"}
)  # fmt: skip
"""Names whose documented type and published samples contradict each other."""
CHAT = "/api/v2/sellerchat/"

TYPES: Mapping[str, tuple[type, ...]] = {
    "int": (int,), "int32": (int,), "int64": (int,), "uint64": (int,), "timestamp": (int,), "long": (int,),
    "float": (int, float), "double": (int, float), "string": (str,), "boolean": (bool,), "bool": (bool,),
    "object": (dict,),
}  # fmt: skip

IDENTITIES = {"Shop": "shop_id", "Merchant": "merchant_id", "User": "user_id", "Principal": "principal_id"}
"""By API type, the parameter that names whom a call speaks for; Public calls have none."""
SHOP_TOO = frozenset({"/api/v2/media_space/upload_image"})
"""Documented as Public; two maintained clients sign it as Shop and are said to work."""


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdecimal()


QUERY_TYPES: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(("int", "int32", "int64", "uint64", "timestamp"), _is_number),
    **dict.fromkeys(("boolean", "bool"), frozenset({"true", "false"}).__contains__),
}
"""How values of the documented types are written in a query; lists are read part by part elsewhere."""

Tree = Sequence[Mapping[str, Any]]


class ShopeeSpec:
    """The documented operations; ``folder`` is ``specs/shopee``."""

    def __init__(self, folder: Path) -> None:
        self._operations: dict[str, dict[str, Any]] = {}
        for source in folder.glob("*.json"):
            if source.name != "index.json":
                for one in json.loads(source.read_text(encoding="utf-8")):
                    self._operations[one["path"]] = one
        self.validated: Counter[str] = Counter()

    def disagreements(
        self, method: str, path: str, query: Iterable[str], body: object, reply: object
    ) -> list[str]:
        """What of a request (names in the query, decoded body) and its decoded reply is not as documented.

        ``body`` and ``reply`` are None where there is none, or where they are no JSON. The chat
        module has no public documentation and is not judged.
        """
        if path.startswith(CHAT):
            return []
        operation = self._operations.get(path)
        if operation is None:
            return [f"{path}: no such operation"]
        self.validated[path] += 1
        return [
            f"{method} {path}: {fault}"
            for fault in (
                *_method(operation, method),
                *_request(operation, method, set(query) - COMMON, body),
                *_reply(operation, reply),
            )
        ]

    def exchange(self, request: Request, response: Response) -> list[str]:
        """The disagreements of one exchange as it went over the wire."""
        query = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
        operation = self._operations.get(request.path)
        return [
            *self.disagreements(
                request.method, request.path, query, _decoded(request.content), _decoded(response.content)
            ),
            *(_identity(operation, query) if operation else ()),
            *(_query_types(operation, query) if operation and not _refused(response) else ()),
        ]


def _refused(response: Response) -> bool:
    """Whether the platform said no, as it must to what is wrong on purpose."""
    reply = _decoded(response.content)
    return isinstance(reply, dict) and bool(reply.get("error"))


def _identity(operation: Mapping[str, Any], query: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A call speaks for whom its API type says, and for nobody else."""
    wanted = IDENTITIES.get(operation["api_type"])
    found = {name for name in IDENTITIES.values() if name in query}
    if found != ({wanted} if wanted else set()) and operation["path"] not in SHOP_TOO:
        yield f"{operation['path']}: is of type {operation['api_type']}, asked with {sorted(found)}"


def _query_types(operation: Mapping[str, Any], query: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Numbers of the query are numbers, truth values are written in lower case."""
    kinds = {one["name"]: str(one.get("type")) for one in operation["request_params"]}
    for name, values in query.items():
        kind = kinds.get(name, "")
        fits = QUERY_TYPES.get(kind)
        if fits is not None and not all(fits(value) for value in values):
            yield f"{operation['path']}: {name} is a {kind}"


def _decoded(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _method(operation: Mapping[str, Any], method: str) -> Iterator[str]:
    documented = METHODS.get(operation["path"], operation["method"])
    if documented != method:
        yield f"documented as {documented}"


def _request(operation: Mapping[str, Any], method: str, query: set[str], body: object) -> Iterator[str]:
    tree: Tree = [*operation["request_params"], *EXTRA_PARAMETERS.get(operation["path"], [])]
    if any(one.get("type") == "file" for one in tree):
        return
    in_body = set(body) if isinstance(body, dict) else set()
    right, wrong = (in_body, query) if method == "POST" else (query, in_body)
    known = {one["name"] for one in tree}
    for name in sorted(wrong):
        yield f"{name} belongs into the {WHERE[method]}"
    for name in sorted(right - known):
        yield f"{name} is not a parameter"
    for one in tree:
        if one.get("required") == "True" and one["name"] not in right | wrong:
            yield f"{one['name']} is required"
    if method == "POST" and isinstance(body, dict):
        yield from _object(tree, body, "", required=True, extra=known | in_body)


def _reply(operation: Mapping[str, Any], reply: object) -> Iterator[str]:
    if not isinstance(reply, dict):
        return
    tree = [{"name": name, "type": kind} for name, kind in ENVELOPE.items()]
    named = {one["name"] for one in operation["response_params"]}
    tree = [one for one in tree if one["name"] not in named] + operation["response_params"]
    if reply.get("error") and not named & (reply.keys() - ENVELOPE.keys()):
        return
    extra = EXTRA_FIELDS.get(operation["path"], set())
    yield from _object(tree, reply, "", required=False, extra=extra)


def _object(
    tree: Tree, value: Mapping[str, Any], where: str, required: bool, extra: Iterable[str] = ()
) -> Iterator[str]:
    known = {one["name"]: one for one in tree}
    for name, inner in value.items():
        if name in known:
            yield from _value(known[name], inner, f"{where}{name}", required, extra)
        elif name not in extra:
            yield f"{where}{name} is not documented"
    if required and where:
        for name, one in known.items():
            if one.get("required") == "True" and name not in value:
                yield f"{where}{name} is required"


def _value(
    one: Mapping[str, Any], value: Any, where: str, required: bool, extra: Iterable[str]
) -> Iterator[str]:
    kind = one.get("type", "any")
    base = kind.removesuffix("[]")
    children = one.get("children")
    loose = one["name"] in ANY_TYPE
    if value is None or (loose and not children):
        return
    if kind.endswith("[]") and not isinstance(value, list) and not loose:
        yield f"{where} should be a list"
        return
    for element in value if isinstance(value, list) else [value]:
        if children and isinstance(element, dict):
            yield from _object(children, element, f"{where}.", required, extra)
        elif not loose and not _fits(base, element):
            yield f"{where} should be {kind}, not {type(element).__name__}"


def _fits(kind: str, value: Any) -> bool:
    allowed = TYPES.get(kind)
    if allowed is None or value is None:
        return True
    return isinstance(value, allowed) and (not isinstance(value, bool) or allowed == (bool,))
