"""Flows: forms inside the chat; drafts that are published, and deprecated in the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.whatsapp import push
from socialcommerce.simulators.meta.whatsapp.refusals import refuse

__all__ = ["KIND", "routes"]

KIND = "WhatsAppExtension"
routes = Routes("whatsapp_business_management", use_case="whatsapp_business_management")
routes.readable(KIND, "id", "name", "status", "categories", "validation_errors")
CATEGORIES = frozenset(
    {"SIGN_UP", "SIGN_IN", "APPOINTMENT_BOOKING", "LEAD_GENERATION", "CONTACT_US", "CUSTOMER_SUPPORT",
     "SURVEY", "OTHER"}
)  # fmt: skip
SHOWN = ("name", "currency", "timezone_id", "message_template_namespace")
"""What a flow tells of its account."""
VERSIONS = frozenset(
    {"2.1", "3.0", "3.1", "4.0", "5.0", "5.1", "6.0", "6.1", "6.2", "6.3", "7.0", "7.1", "7.2", "7.3"}
)


def _categories(given: Any) -> list[str]:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise wrong("Param categories must be valid JSON.") from None
    if not isinstance(given, list) or not given or not set(given) <= CATEGORIES:
        raise wrong(f"Param categories must be a list of {', '.join(sorted(CATEGORIES))}.")
    return [str(one) for one in given]


@routes.edge("GET", "WhatsAppBusinessAccount", "flows")
def listed(call: Call) -> Rows:
    """The flows of the account."""
    return Rows(list(call.own.entity.flows.values()))


@routes.edge("POST", "WhatsAppBusinessAccount", "flows")
def create(call: Call) -> dict[str, Any]:
    """Make a draft; its name is unique in the account."""
    waba, given = call.own.entity, call.given
    name = str(given["name"])
    if any(one.data["name"] == name for one in waba.flows.values()):
        raise wrong("Invalid parameter", subcode=4016019, error_user_msg="The name is taken by another Flow.")
    source = waba.flows.get(str(given.get("clone_flow_id", "")))
    if given.get("clone_flow_id") and source is None:
        raise wrong("Param clone_flow_id is not a Flow of this account.")
    flow = call.twin.add(
        KIND,
        waba.seller,
        name=name,
        status="DRAFT",
        categories=_categories(given["categories"]),
        validation_errors=[],
        data_channel_uri=given.get("endpoint_uri"),
        whatsapp_business_account={"id": waba.id, **{name: waba.node.data[name] for name in SHOWN}},
        updated_at=call.twin.moment(),
    )
    flow.hidden["json"] = b"" if source is None else source.hidden["json"]
    flow.entity, waba.flows[flow.id] = waba, flow
    if given.get("flow_json"):
        _set_json(flow, str(given["flow_json"]).encode())
    return {"id": flow.id} | (
        {"validation_errors": flow.data["validation_errors"]} if "flow_json" in given else {}
    )


@routes.node("POST", KIND)
def update(call: Call) -> dict[str, Any]:
    """Change name, categories or endpoint of a draft."""
    flow, given = call.own, call.given
    if flow.data["status"] == "DEPRECATED":
        raise refuse(139001, "A deprecated Flow cannot be updated.")
    if "categories" in given:
        flow.data["categories"] = _categories(given["categories"])
    flow.data["updated_at"] = call.twin.moment()
    flow.data |= {
        field: given[name]
        for name, field in (("name", "name"), ("endpoint_uri", "data_channel_uri"))
        if name in given
    }
    return {"success": True}


@routes.edge("POST", KIND, "assets")
def set_asset(call: Call) -> dict[str, Any]:
    """Replace the JSON of a flow; answers what is wrong with it."""
    flow, file = call.own, call.files.get("file")
    if file is None or call.given.get("asset_type") != "FLOW_JSON" or call.given.get("name") != "flow.json":
        raise missing("file" if file is None else "asset_type")
    if flow.data["status"] != "DRAFT":
        raise refuse(139001, "Only a draft can be updated.")
    _set_json(flow, file.content)
    flow.data["updated_at"] = call.twin.moment()
    return {"success": True, "validation_errors": flow.data["validation_errors"]}


def _set_json(flow: Node, content: bytes) -> None:
    flow.hidden["json"] = content
    flow.data["validation_errors"] = _errors(content)
    if not flow.data["validation_errors"]:
        flow.data["json_version"] = json.loads(content)["version"]


def _errors(content: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(content)
    except ValueError:
        return [_error("INVALID_JSON", "The file is not valid JSON.")]
    if not isinstance(found, dict) or not found.get("screens"):
        return [_error("REQUIRED_PROPERTY", 'The property "screens" is required at "$root".')]
    if found.get("version") not in VERSIONS:
        return [_error("INVALID_PROPERTY_VALUE", 'The property "version" has no known value at "$root".')]
    if not any(one.get("terminal") for one in found["screens"]):
        return [_error("MISSING_TERMINAL_SCREEN", 'One screen must be terminal at "$root/screens".')]
    return []


def _error(name: str, message: str) -> dict[str, Any]:
    place = {"line_start": 1, "line_end": 1, "column_start": 1, "column_end": 1}
    return {"error": name, "error_type": "FLOW_JSON_ERROR", "message": message, **place}


@routes.edge("GET", KIND, "assets")
def assets(call: Call) -> Rows:
    """The JSON, behind a link."""
    content = call.own.hidden["json"]
    if not content:
        return Rows([])
    path = f"/flows/{call.own.id}/flow.json"
    link = call.twin.keep_file(call.origin, path, content, "application/json", 3600)
    return Rows([{"name": "flow.json", "asset_type": "FLOW_JSON", "download_url": link}])


@routes.edge("POST", KIND, "publish")
def publish(call: Call) -> None:
    """Publish a draft that is without faults; it cannot be changed any more."""
    flow = call.own
    if flow.data["status"] != "DRAFT" or flow.data["validation_errors"] or not flow.hidden["json"]:
        raise refuse(139002, "Only a draft whose JSON has no errors can be published.")
    _move(call, flow, "PUBLISHED")


@routes.edge("POST", KIND, "deprecate")
def deprecate(call: Call) -> None:
    """Retire a published flow."""
    if call.own.data["status"] != "PUBLISHED":
        raise refuse(139003, "Only a published Flow can be deprecated.")
    _move(call, call.own, "DEPRECATED")


def _move(call: Call, flow: Node, word: str) -> None:
    old, flow.data["status"] = flow.data["status"], word
    value: Mapping[str, Any] = {
        "event": "FLOW_STATUS_CHANGE",
        "message": f"Flow {flow.data['name']} changed from {old} to {word}.",
        "flow_id": flow.id,
        "old_status": old,
        "new_status": word,
    }
    push.changed(flow.entity, "flows", value, timed=True)


@routes.node("DELETE", KIND)
def delete(call: Call) -> None:
    """Delete a draft."""
    flow = call.own
    if flow.data["status"] != "DRAFT":
        raise refuse(139004, "Only a draft can be deleted.")
    del flow.entity.flows[flow.id]
    call.twin.nodes.pop(flow.id)
