"""Utility templates of Messenger: handed in, reviewed, and sent outside the window."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows

__all__ = ["check_use", "routes"]

KIND = "MessengerBusinessTemplate"
routes = Routes("pages_utility_messaging", holders=("PAGE",), use_case="messenger")
routes.readable(KIND, "id", "name", "language", "status", "category", "components")
NAME = re.compile(r"[a-z0-9_]{1,512}")
POSITION = re.compile(r"\{\{\s*[a-z0-9_]+\s*\}\}")


def _rows(twin: GraphTwin, seller: Seller) -> list[Node]:
    return twin.of(KIND, seller)


@routes.edge("GET", "Page", "message_templates")
def listed(call: Call) -> Rows:
    """The templates, newest first."""
    rows = _rows(call.twin, call.seller)[::-1]
    for name in ("status", "category", "language"):
        wanted = call.given.get(name)
        rows = [one for one in rows if not wanted or one.data[name] in wanted]
    text = str(call.given.get("name") or call.given.get("name_or_content") or "")
    return Rows([one for one in rows if text in one.data["name"]])


@routes.edge("POST", "Page", "message_templates")
def create(call: Call) -> dict[str, Any]:
    """Hand in a template; it is reviewed a while later."""
    given, twin = call.given, call.twin
    if not NAME.fullmatch(str(given["name"])):
        raise wrong("Param name must hold lower-case letters, digits and underscores only")
    if not given.get("components") and not given.get("library_template_name"):
        raise wrong("The parameter components is required")
    for one in _rows(twin, call.seller):
        if (one.data["name"], one.data["language"]) == (given["name"], given["language"]):
            raise wrong("Content in this language already exists for the template", subcode=2388024)
    node = twin.add(
        KIND,
        call.seller,
        name=given["name"],
        language=given["language"],
        category=given["category"],
        status="PENDING",
        components=given.get("components") or [{"type": "BODY", "text": given.get("library_template_name")}],
        parameter_format=given.get("parameter_format", "POSITIONAL"),
    )
    twin.clock.later(twin.review_delay, lambda: _approve(node))
    return {"id": node.id, "status": "PENDING", "category": given["category"]}


def _approve(node: Node) -> None:
    if node.data["status"] == "PENDING":
        node.data["status"] = "APPROVED"


@routes.verb("approve_templates")
def approve(twin: GraphTwin, seller: Seller) -> None:
    """Approve whatever waits for review."""
    for node in _rows(twin, seller):
        _approve(node)


@routes.edge("DELETE", "Page", "message_templates")
def delete(call: Call) -> None:
    """Delete every language of a name, or one by ``template_id``."""
    name, key = call.given["name"], call.given.get("template_id")
    doomed = [
        one for one in _rows(call.twin, call.seller) if one.data["name"] == name and key in (None, "", one.id)
    ]
    if not doomed:
        raise wrong(f"Message template {name} was not found")
    for one in doomed:
        del call.twin.nodes[one.id]


def check_use(call: Call, platform: str, template: Mapping[str, Any]) -> None:
    """Refuse a template that is unknown, not approved, or not filled in."""
    if platform == "instagram":
        raise wrong("Utility messages are not available on Instagram")
    language = template.get("language")
    code = language.get("code") if isinstance(language, dict) else language
    rows = [
        one
        for one in _rows(call.twin, call.seller)
        if (one.data["name"], one.data["language"]) == (template.get("name"), code)
    ]
    if not rows or rows[0].data["status"] != "APPROVED":
        raise wrong(f"Message template {template.get('name')} does not exist in {code}, or is not approved")
    texts = [one for one in rows[0].data["components"] if str(one.get("type", "")).upper() == "BODY"]
    wanted = len(set(POSITION.findall(str(texts[0].get("text", ""))))) if texts else 0
    filled = [one for one in template.get("components") or () if str(one.get("type", "")).lower() == "body"]
    if (len(filled[0].get("parameters") or ()) if filled else 0) != wanted:
        raise wrong(f"The template needs {wanted} parameters in its body")
