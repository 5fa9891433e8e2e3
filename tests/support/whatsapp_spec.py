"""Hold an exchange with WhatsApp's Cloud API (or its twin) against the vendor's interface data.

``WhatsAppSpec(folder).exchange(request, response, kind_of)`` answers what is not as documented: unknown
paths, parameters and names, wrong types and words, what is too long or missing; of the reply as well.
``kind_of`` says of what type the object with an id is (None: nobody knows, and the edge decides).
``webhook`` does the same for a push. ``validated`` counts the calls seen, as "METHOD path".
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcommerce.runtime.transport import Request, Response

SOURCE = "business-messaging-api_v23.0.yaml.gz"
ROOT = re.compile(r"^/v\d+\.\d+(?=/|$)")
KINDS: Mapping[str, str] = {
    "Phone-Number-ID": "WhatsAppBusinessPhoneNumber",
    "WABA-ID": "WhatsAppBusinessAccount",
    "WhatsApp-Business-Account-ID": "WhatsAppBusinessAccount",
    "Media-ID": "WhatsAppMedia",
    "TEMPLATE_ID": "WhatsAppBusinessHSM",
    "Flow-ID": "WhatsAppExtension",
}
"""Name of an id in a path -> the type of the object."""
SHEET_ONLY = frozenset(
    {"product_catalogs", "username", "payments", "pricing_analytics", "template_analytics"}
)
"""Edges that the platform's pages document and the interface data lacks."""
PLAIN = frozenset({"fields", "limit", "after", "before", "appsecret_proof", "appsecret_time", "access_token"})
QUERY_ALSO = frozenset({"status", "category", "language", "name_or_content", "summary", "hsm_ids"})
ALSO = frozenset(
    {"account_mode", "allow_category_change", "biz_opaque_callback_data", "calendar", "caption", "contacts",
     "data_channel_uri", "day_of_month", "day_of_week", "disable_marketing_messages_on_cloud_api",
     "example", "failed_users", "file_url", "filename", "flow_action_payload", "flow_json", "format",
     "from_parent_user_id", "from_user_id", "host_platform", "hour", "input", "updated_at", "index",
     "is_official_business_account", "is_pin_enabled", "json_version", "link", "message_send_ttl_seconds",
     "minute", "mode", "month", "next", "nfm_reply", "override_callback_uri", "paging", "parameter_format",
     "parameter_name", "parent_user_id", "payment", "platform_type", "previous", "previous_category",
     "publish", "quality_score", "recipient", "recipient_identity_key_hash", "recipient_user_id",
     "referral", "rejected_reason", "status", "sub_category", "sub_type", "success", "throughput", "time",
     "type", "typing_indicator", "url", "user_id", "username", "validation_errors", "voice",
     "webhook_configuration", "websites", "whatsapp_business_manager_messaging_limit", "year"}
)  # fmt: skip
"""Names that came after v23.0, or that the interface data forgets in some places."""
BEYOND = frozenset(
    {"cta_url", "order_details", "order_status", "carousel", "address_message", "location_request_message"}
)
"""Interactive types of which the interface data has examples and no schema."""
TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}
RECEIVED: Mapping[str, str] = {
    "BaseMessageProperties": "BaseMessageProperties_1",
    "TextMessage": "TextMessage_2",
    "ContactObject": "ContactObject_1",
    "ErrorObject": "ErrorObject_2",
    **{
        f"{kind}Message": f"{kind}Message_1"
        for kind in ("Reaction", "Audio", "Document", "Image", "Sticker", "Video", "Location")
    },
}
REPLIED: Mapping[str, str] = {
    "SubscribedApp": "SubscribedApp_1",
    "WhatsAppBusinessApiData": "WhatsAppBusinessApiData_1",
    "WhatsAppPhoneNumberQualityRating": "WhatsAppPhoneNumberQualityRating_1",
    "WhatsAppCodeVerificationStatus": "WhatsAppCodeVerificationStatus_1",
}
"""Names that the interface data gives to two schemas, and then refers to the wrong one."""
OPTIONAL = frozenset({"from", "referred_product"})
"""What need not be there: a hidden number, the product of an ordinary answer."""
LOOSE = frozenset({"latitude", "longitude", "phone_number_id", "index", "file_size"})
"""Values that are written as texts or as numbers."""


@cache
def _document(source: Path) -> Any:
    import yaml

    with gzip.open(source) as packed:
        return yaml.load(packed.read(), Loader=yaml.CSafeLoader)


class WhatsAppSpec:
    """The documented paths and schemas; ``folder`` is ``specs/whatsapp``."""

    def __init__(self, folder: Path) -> None:
        self._document = _document(folder / SOURCE)
        self.validated: Counter[str] = Counter()
        self._renamed: Mapping[str, str] = {}

    # -- one exchange

    def exchange(
        self, request: Request, response: Response, kind_of: Callable[[str], str | None] = lambda key: None
    ) -> list[str]:
        """The disagreements of one exchange as it went over the wire."""
        key, _, edge = ROOT.sub("", urlsplit(request.url).path).strip("/").partition("/")
        kind = kind_of(key)
        if edge.partition("/")[0] in SHEET_ONLY or (kind is not None and kind not in KINDS.values()):
            return []
        found = self._operation(request.method, kind, edge)
        if found is None:
            return [f"{request.method} {edge}: no such call"] if kind else []
        path, operation = found
        self.validated[f"{request.method} {path}"] += 1
        faults = [*self._query(request, operation, path), *self._body(request, operation, path)]
        if response.status == 200:
            partial = "fields=" in request.url
            faults += [one for one in self._reply(response, operation) if not (partial and " lacks " in one)]
        return [f"{request.method} {edge}: {one}" for one in faults]

    def webhook(self, body: bytes) -> list[str]:
        """The disagreements of a push of messages, statuses or system messages."""
        value = json.loads(body)["entry"][0]["changes"][0]["value"]
        schema = self._named("StatusMessageValue" if "statuses" in value else "IncomingMessageValueGeneral")
        if "contacts" not in value and "messages" in value:
            schema = self._named("IncomingMessageValueSystem")
        self._renamed = RECEIVED
        return list(self._check(schema, value, "value"))

    def _operation(self, method: str, kind: str | None, edge: str) -> tuple[str, Any] | None:
        for path, operations in self._document["paths"].items():
            names = path.strip("/").split("/")[1:]
            if not names or method.lower() not in operations or "/".join(names[1:]) != edge:
                continue
            mine = KINDS.get(names[0].strip("{}"))
            if mine is not None and kind in (None, mine) and (edge or kind):
                return path, operations[method.lower()]
        return None

    def _named(self, name: str) -> Any:
        return self._document["components"]["schemas"][name]

    # -- the request

    def _query(self, request: Request, operation: Any, path: str) -> Iterator[str]:
        known = {one.get("name") for one in map(self._resolved, operation.get("parameters", ()))}
        for name, _ in parse_qsl(urlsplit(request.url).query):
            if name not in known | PLAIN | QUERY_ALSO:
                yield f"{name} is no parameter of {path}"

    def _body(self, request: Request, operation: Any, path: str) -> Iterator[str]:
        self._renamed = {}
        media = next((text for key, text in request.headers.items() if key.lower() == "content-type"), "")
        kinds = operation.get("requestBody", {}).get("content", {})
        if not request.content or not media.startswith("application/json"):
            return
        if "application/json" not in kinds:
            return
        body = json.loads(request.content)
        schema = kinds["application/json"].get("schema", {})
        if path.endswith("/messages"):
            schema = self._named("MarkMessageRequestPayload" if "status" in body else "Message")
            if body.get("interactive", {}).get("type") in BEYOND:
                return
        yield from (one for one in self._check(schema, body, "body") if self._counts(one, body))

    @staticmethod
    def _counts(fault: str, body: Any) -> bool:
        """A user id takes the place of the number."""
        return not (fault == "body lacks to" and "recipient" in body)

    # -- the reply

    def _reply(self, response: Response, operation: Any) -> Iterator[str]:
        answers = self._resolved(operation["responses"].get("200", {}))
        schema = answers.get("content", {}).get("application/json", {}).get("schema")
        self._renamed = REPLIED
        if schema is not None and "properties" in self._resolved(schema):
            yield from self._check(schema, json.loads(response.content), "reply")

    # -- schemas

    def _resolved(self, schema: Any) -> Any:
        while "$ref" in schema:
            found = self._document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[self._renamed.get(step, step)]
            schema = found
        return schema

    def _flat(self, schema: Any, value: Any, part: bool = False) -> dict[str, Any]:
        """A schema with what it refers to, and the one of its alternatives that fits.

        A ``part`` of another schema does not choose: its alternatives refer back to the whole.
        """
        schema = self._resolved(schema)
        known, needed = dict(schema.get("properties", {})), list(schema.get("required", ()))
        flat = dict(schema, properties=known, required=needed)
        choice = None if part else self._choice(schema, value)
        for one in [*schema.get("allOf", ()), *([choice] if choice is not None else [])]:
            inner = self._flat(one, value, one is not choice)
            flat["properties"] |= inner["properties"]
            flat["required"] += inner["required"]
            flat.setdefault("type", inner.get("type"))
        return flat

    def _choice(self, schema: Any, value: Any) -> Any:
        mapping = schema.get("discriminator", {}).get("mapping", {})
        if mapping and isinstance(value, dict):
            word = value.get(schema["discriminator"]["propertyName"])
            return {"$ref": mapping[word]} if word in mapping else None
        options = schema.get("oneOf") or ()
        return min(options, key=lambda one: len(list(self._check(one, value, ""))), default=None)

    def _check(self, schema: Any, value: Any, where: str) -> Iterator[str]:
        flat = self._flat(schema, value)
        name = where.rpartition(".")[2]
        kind = flat.get("type")
        if isinstance(kind, str) and name not in LOOSE and value is not None and not _is(value, kind):
            yield f"{where} should be of type {kind}"
            return
        if "enum" in flat and value not in flat["enum"] and name not in ALSO:
            yield f"{where} does not know {value}"
        if len(value) > flat.get("maxLength", 10**9) if isinstance(value, str) else False:
            yield f"{where} is too long"
        if isinstance(value, list) and "items" in flat:
            for one in value:
                yield from self._check(flat["items"], one, where)
        if isinstance(value, dict) and flat["properties"]:
            yield from self._object(flat, value, where)

    def _object(self, flat: Mapping[str, Any], value: Mapping[str, Any], where: str) -> Iterator[str]:
        for name in dict.fromkeys(flat["required"]):
            if name not in value and name not in OPTIONAL:
                yield f"{where} lacks {name}"
        for name, inner in value.items():
            if name in flat["properties"]:
                yield from self._check(flat["properties"][name], inner, f"{where}.{name}")
            elif name not in ALSO:
                yield f"{where}.{name} is not documented"


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind in ("integer", "number"))
