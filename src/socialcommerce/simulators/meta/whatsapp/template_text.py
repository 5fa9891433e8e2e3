"""What a message template may look like, and what must be filled in when it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.whatsapp.refusals import refuse

__all__ = ["badly_spaced", "check_components", "check_filled", "part"]

POSITION = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")
LONGEST_BODY, LONGEST_LINE, MOST_BUTTONS = 1024, 60, 10
MEDIA_HEADERS = frozenset({"IMAGE", "VIDEO", "DOCUMENT"})
HEADERS = MEDIA_HEADERS | {"TEXT", "LOCATION"}
KINDS = frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER", "ORDER_STATUS"})


def part(components: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any]:
    """The component of a kind; empty where there is none."""
    return next((one for one in components if str(one.get("type", "")).upper() == kind), {})


def parameters(text: str) -> list[str]:
    """The parameters of a text, each once, in order."""
    return list(dict.fromkeys(POSITION.findall(text)))


# -- creating


def check_components(components: Sequence[Mapping[str, Any]], category: str, named: bool) -> None:
    """Refuse components that no template may have."""
    kinds = [str(one.get("type", "")).upper() for one in components]
    if not set(kinds) <= KINDS or len(set(kinds)) < len(kinds):
        raise wrong("Invalid parameter: components", error_user_msg="Each kind of component may stand once.")
    _check_body(str(part(components, "BODY").get("text", "")), category, named)
    _check_header(part(components, "HEADER"))
    footer = str(part(components, "FOOTER").get("text", ""))
    if len(footer) > LONGEST_LINE or parameters(footer):
        raise refuse(2388073, "A footer has at most 60 characters and no parameters.")
    if len(part(components, "BUTTONS").get("buttons", ())) > MOST_BUTTONS:
        raise refuse(2388040, f"A template has at most {MOST_BUTTONS} buttons.")


def _check_body(text: str, category: str, named: bool) -> None:
    if not text:
        if category != "AUTHENTICATION":
            raise wrong("Invalid parameter: components must have a BODY with a text")
        return
    if len(text) > LONGEST_BODY:
        raise refuse(2388040, f"The body has at most {LONGEST_BODY} characters.")
    found = parameters(text)
    if not named and found != [str(at) for at in range(1, len(found) + 1)]:
        raise wrong("Invalid parameter: parameters must be numbered from 1 on")
    if badly_spaced(text):
        return
    if found and (POSITION.match(text.strip()) or text.rstrip().endswith("}}")):
        raise refuse(2388299, "Parameters can't be at the start or end of the template.")
    if len(re.findall(r"\w+", POSITION.sub(" ", text))) < len(found):
        raise refuse(2388293, "Reduce the number of parameters or make the text longer.")


def badly_spaced(text: str) -> bool:
    """Whether two parameters touch: the review rejects that."""
    return re.search(r"\}\}\s*\{\{", text) is not None


def _check_header(header: Mapping[str, Any]) -> None:
    if not header:
        return
    form, text = str(header.get("format", "")).upper(), str(header.get("text", ""))
    if form not in HEADERS:
        raise refuse(2388047, f"The format {form!r} is not known.")
    if form == "TEXT" and (not text or len(text) > LONGEST_LINE or len(parameters(text)) > 1):
        raise refuse(2388047, "A text header has 1 to 60 characters and at most one parameter.")


# -- sending


def check_filled(template: Mapping[str, Any], given: Sequence[Mapping[str, Any]]) -> None:
    """Refuse components that do not fill the template: 132000 (count), 132012 (format), 132005 (length)."""
    components, named = template["components"], template.get("parameter_format") == "NAMED"
    filled = {str(one.get("type", "")).lower(): one for one in given if one.get("type") != "button"}
    _check_texts("body", part(components, "BODY"), filled.get("body", {}), named)
    header = part(components, "HEADER")
    form = str(header.get("format", "TEXT")).upper()
    if form == "TEXT":
        _check_texts("header", header, filled.get("header", {}), named)
    else:
        _check_file(form, filled.get("header", {}))
    buttons = [one for one in given if one.get("type") == "button"]
    _check_buttons(part(components, "BUTTONS").get("buttons", ()), buttons)


def _check_texts(where: str, component: Mapping[str, Any], given: Mapping[str, Any], named: bool) -> None:
    text, values = str(component.get("text", "")), given.get("parameters") or []
    wanted = parameters(text)
    if len(values) != len(wanted):
        raise refuse(
            132000,
            f"{where}: number of localizable_params ({len(values)}) does not match the expected number of"
            f" params ({len(wanted)})",
        )
    if named and {one.get("parameter_name") for one in values} != set(wanted):
        raise refuse(132012, f"{where}: parameter_name must be one of {', '.join(wanted)}")
    if any(one.get("type") not in ("text", "currency", "date_time") for one in values):
        raise refuse(132012, f"{where}: Format mismatch, expected TEXT")
    length = len(POSITION.sub("", text)) + sum(len(_shown(one)) for one in values)
    if where == "body" and length > LONGEST_BODY:
        raise refuse(132005, f"body: the text would have {length} characters")


def _shown(value: Mapping[str, Any]) -> str:
    kind = str(value["type"])
    content = value.get(kind)
    if kind == "text" and isinstance(content, str) and content:
        return content
    if kind == "currency" and isinstance(content, dict) and isinstance(content.get("amount_1000"), int):
        return str(content.get("fallback_value", ""))
    if kind == "date_time" and isinstance(content, dict):
        return str(content.get("fallback_value", ""))
    raise refuse(132012, f"Parameter of type {kind} has no valid value")


def _check_file(form: str, given: Mapping[str, Any]) -> None:
    values = given.get("parameters") or [{}]
    received = str(values[0].get("type", "unknown")).upper()
    if received != form or not values[0].get(received.lower()):
        raise refuse(132012, f"header: Format mismatch, expected {form}, received {received}")


def _check_buttons(buttons: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]]) -> None:
    filled = {str(one.get("index")): one for one in given}
    if any(not at.isdecimal() or int(at) >= len(buttons) for at in filled):
        raise refuse(132012, "buttons: the template has no button at that index")
    for at, button in enumerate(buttons):
        one = filled.get(str(at))
        if one is not None and str(one.get("sub_type", "")).upper() != str(button["type"]).upper():
            raise refuse(132012, f"buttons: button at index {at} is of type {button['type']}")
        if parameters(str(button.get("url", ""))) and not (one or {}).get("parameters"):
            raise refuse(131008, f"buttons: Button at index {at} of type Url requires a parameter")
