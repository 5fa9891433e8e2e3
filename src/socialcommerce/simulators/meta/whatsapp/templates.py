"""Message templates: created, reviewed, edited, deleted, and used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.entities import Conversation
from socialcommerce.simulators.meta.graph.errors import Refused, missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.whatsapp import push
from socialcommerce.simulators.meta.whatsapp.refusals import refuse
from socialcommerce.simulators.meta.whatsapp.template_text import (
    badly_spaced,
    check_components,
    check_filled,
    part,
)
from socialcommerce.simulators.meta.whatsapp.waba import DAY, Waba, waba_of

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.seller import Seller
    from socialcommerce.simulators.meta.whatsapp.twin import WhatsAppTwin

__all__ = ["KIND", "check_use", "routes", "set_status"]

KIND = "WhatsAppBusinessHSM"
SCOPE = "whatsapp_business_management"
routes = Routes(SCOPE, use_case="whatsapp_business_management")
routes.readable(KIND, "id", "name", "language", "status", "category", "components", "parameter_format")

NAME = re.compile(r"[a-z0-9_]{1,512}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,3})?")
MOST, MOST_AN_HOUR, BLOCKED_NAME = 250, 100, 30 * DAY
EDITS = ((DAY, 1), (30 * DAY, 10))
"""Span in seconds, and how often an approved template may be edited within it."""
SELLING = re.compile(r"\b(sale|discount|promo\w*|coupon|voucher)\b|% off", re.IGNORECASE)
"""Words by which the platform knows that a utility template is marketing."""
FORBIDDEN = re.compile(r"\b(counterfeit|casino)\b", re.IGNORECASE)


def _rows(waba: Waba) -> Iterator[Node]:
    return (one for one in waba.templates.values() if one.data["status"] != "DELETED")


def _found(waba: Waba, name: str, language: str | None = None) -> list[Node]:
    named = [one for one in _rows(waba) if one.data["name"] == name]
    return [one for one in named if language in (None, one.data["language"])]


# -- the review


def set_status(waba: Waba, template: Node, word: str, reason: str = "NONE") -> None:
    """Move a template to a status (APPROVED, REJECTED, PAUSED, DISABLED …), and tell of it."""
    template.data |= {"status": word, "rejected_reason": reason}
    value: dict[str, Any] = {
        "event": word,
        "message_template_id": int(template.id),
        "message_template_name": template.data["name"],
        "message_template_language": template.data["language"],
        "reason": reason,
        "message_template_category": template.data["category"],
    }
    if reason == "INVALID_FORMAT":
        value["rejection_info"] = {
            "reason": "Your template has parameters placed next to each other (like {{1}}{{2}}) without text"
            " or punctuation between them.",
            "recommendation": "Separate parameters with descriptive text and ensure each parameter is clearly"
            " contextualized.",
        }
    push.changed(waba, "message_template_status_update", value, timed=True)


def _review(waba: Waba, template: Node) -> None:
    if template.data["status"] != "PENDING":
        return
    text = str(part(template.data["components"], "BODY").get("text", ""))
    if badly_spaced(text):
        set_status(waba, template, "REJECTED", "INVALID_FORMAT")
    elif FORBIDDEN.search(text):
        set_status(waba, template, "REJECTED", "ABUSIVE_CONTENT")
    else:
        set_status(waba, template, "APPROVED")


@routes.verb("approve_templates")
def approve(_twin: WhatsAppTwin, seller: Seller) -> None:
    """Approve whatever waits for review."""
    waba = waba_of(seller)
    for template in _rows(waba):
        if template.data["status"] == "PENDING":
            set_status(waba, template, "APPROVED")


# -- the edge


@routes.edge("GET", "WhatsAppBusinessAccount", "message_templates")
def listed(call: Call) -> Rows:
    """Templates, newest first; by name (or a part of it), status, category, language."""
    given, rows = call.given, list(_rows(call.own.entity))[::-1]
    for name in ("status", "category", "language"):
        wanted = given.get(name)
        if wanted:
            rows = [one for one in rows if one.data[name] in wanted]
    text = str(given.get("name") or given.get("name_or_content") or "")
    found = [one for one in rows if text in one.data["name"]]
    counts = {
        "message_template_count": len(call.own.entity.templates),
        "message_template_limit": MOST,
        "are_translations_complete": True,
    }
    return Rows(found, most=1000, counts=counts)


@routes.edge("POST", "WhatsAppBusinessAccount", "message_templates")
def create(call: Call) -> dict[str, Any]:
    """Hand in a template; the answer may name another category than was asked for."""
    waba, given = call.own.entity, call.given
    name, language = str(given["name"]), str(given["language"])
    components = given.get("components") or []
    if not NAME.fullmatch(name):
        raise wrong("Invalid parameter: name must hold lower-case letters, digits and underscores only")
    if not LANGUAGE.fullmatch(language):
        raise wrong(f"Invalid parameter: language {language!r} is not supported")
    named = given.get("parameter_format") == "NAMED"
    check_components(components, str(given["category"]), named)
    _check_room(waba, name, language)
    category = _category(str(given["category"]), components)
    template = call.twin.add(
        KIND,
        waba.seller,
        name=name,
        language=language,
        status="PENDING",
        category=category,
        components=components,
        parameter_format="NAMED" if named else "POSITIONAL",
        rejected_reason="NONE",
        quality_score={"score": "UNKNOWN", "date": int(waba.clock.now())},
        **({"previous_category": given["category"]} if category != given["category"] else {}),
        **{key: given[key] for key in ("message_send_ttl_seconds", "sub_category") if key in given},
    )
    template.entity, waba.templates[template.id] = waba, template
    waba.created_templates.append(waba.clock.now())
    waba.seller.later(waba.review_delay, lambda: _review(waba, template))
    return {"id": template.id, "status": "PENDING", "category": category}


def _category(asked: str, components: Sequence[Mapping[str, Any]]) -> str:
    text = str(part(components, "BODY").get("text", ""))
    return "MARKETING" if asked == "UTILITY" and SELLING.search(text) else asked


def _check_room(waba: Waba, name: str, language: str) -> None:
    now = waba.clock.now()
    if _found(waba, name, language):
        raise wrong(
            "Invalid parameter",
            subcode=2388024,
            error_user_title="Content in This Language Already Exists",
            error_user_msg=f"There is already {language} content for this template.",
        )
    if now - waba.freed_names.get(name, float("-inf")) < BLOCKED_NAME:
        raise wrong(
            "Invalid parameter",
            subcode=2388023,
            error_user_title="Message Template Language Is Being Deleted",
            error_user_msg="A name can be used again 30 days after its template was deleted.",
        )
    if len(list(_rows(waba))) >= MOST:
        raise refuse(2388019, f"The account has {MOST} templates already.")
    waba.created_templates = [at for at in waba.created_templates if now - at < 3600]
    if len(waba.created_templates) >= MOST_AN_HOUR:
        raise Refused(80008, "(#80008) There have been too many calls to this WhatsApp Business account.")


@routes.node("POST", KIND)
def edit(call: Call) -> dict[str, Any]:
    """Change components or category; the template is reviewed again."""
    template, given = call.own, call.given
    waba, now = template.entity, call.twin.clock.now()
    if template.data["status"] not in ("APPROVED", "REJECTED", "PAUSED"):
        raise wrong("Invalid parameter", subcode=2388025, error_user_msg="The template waits for review.")
    edits = template.hidden.setdefault("edits", [])
    for span, most in EDITS:
        if template.data["status"] == "APPROVED" and sum(now - at < span for at in edits) >= most:
            raise wrong(
                "Invalid parameter", subcode=2388048, error_user_msg="The template was edited lately."
            )
    components = _typed(given.get("components", template.data["components"]))
    category = str(given.get("category", template.data["category"]))
    check_components(components, category, template.data["parameter_format"] == "NAMED")
    template.data |= {"components": components, "category": category, "status": "PENDING"}
    edits.append(now)
    waba.seller.later(waba.review_delay, lambda: _review(waba, template))
    return {"success": True}


def _typed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise wrong("Param components must be an array.")


@routes.edge("DELETE", "WhatsAppBusinessAccount", "message_templates")
def delete(call: Call) -> dict[str, Any]:
    """Delete every language of a name, or one by ``hsm_id`` too; the name is blocked for 30 days."""
    waba, name, key = call.own.entity, call.given.get("name"), call.given.get("hsm_id")
    if not name:
        raise missing("name")
    doomed = [one for one in _found(waba, str(name)) if key in (None, "", one.id)]
    if not doomed:
        raise wrong(
            "Invalid parameter", subcode=2593002, error_user_msg=f"Message template {name} not found."
        )
    for template in doomed:
        del waba.templates[template.id]
        call.twin.nodes.pop(template.id)
    if not _found(waba, str(name)):
        waba.freed_names[str(name)] = waba.clock.now()
    return {"success": True}


# -- sending one


def check_use(
    waba: Waba, said: Mapping[str, Any], talk: Conversation, values: Mapping[str, Any], marketing: bool
) -> Mapping[str, Any]:
    """The template that a message names, if it may be sent as it was filled in; else the refusal."""
    language = said["language"]
    if language.get("policy", "deterministic") != "deterministic":
        raise refuse(131009, "Parameter 'template.language.policy' must be 'deterministic'")
    rows = _found(waba, str(said["name"]), str(language["code"]))
    status = rows[0].data["status"] if rows else ""
    if status in ("PAUSED", "DISABLED"):
        raise refuse({"PAUSED": 132015, "DISABLED": 132016}[status], f"template ({said['name']}) is {status}")
    if status != "APPROVED":
        raise refuse(132001, f"template name ({said['name']}) does not exist in {language['code']}")
    template = rows[0].data
    if template["category"] == "AUTHENTICATION" and not values.get("to"):
        raise refuse(131062, "Authentication templates need a phone number.")
    if template["category"] == "MARKETING" and waba.no_marketing and not marketing:
        raise refuse(131063, "Send marketing templates by marketing_messages.")
    if marketing and template["category"] != "MARKETING":
        raise refuse(131009, "Only marketing templates can be sent on this endpoint")
    check_filled(template, said.get("components") or [])
    return template
