"""What may be said on Messenger and Instagram: texts, attachments, templates, quick replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from socialcommerce.simulators.meta.graph.errors import missing, no_such_object, wrong
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = ["FILES", "check", "check_attachment"]

FILES = frozenset({"audio", "file", "image", "video"})
LONGEST_TEXT, LONGEST_BYTES = 2000, 1000
MOST_REPLIES, MOST_ELEMENTS, MOST_BUTTONS = 13, 10, 3
LONGEST_TITLE, LONGEST_CARD, LONGEST_PROMPT = 20, 80, 640
ON_INSTAGRAM = frozenset({"button", "generic", "product"})
"""The templates that Instagram knows."""


def check(twin: GraphTwin, seller: Seller, platform: str, message: Mapping[str, Any]) -> None:
    """Refuse a message that would not be taken (100)."""
    text, attachment, template = (message.get(key) for key in ("text", "attachment", "template"))
    if sum(one is not None for one in (text, attachment, template)) != 1:
        raise wrong("Message must have exactly one of text, attachment and template")
    if text is not None:
        _check_text(platform, text)
    if attachment is not None:
        check_attachment(twin, seller, platform, attachment)
    _check_replies(message.get("quick_replies") or ())


def _check_text(platform: str, text: Any) -> None:
    if not isinstance(text, str) or not text:
        raise missing("message[text]")
    if platform == "instagram" and len(text.encode()) > LONGEST_BYTES:
        raise wrong(f"Length of param message[text] must be less than or equal to {LONGEST_BYTES} bytes")
    if len(text) > LONGEST_TEXT:
        raise wrong(f"Length of param message[text] must be less than or equal to {LONGEST_TEXT}")


def _check_replies(replies: Sequence[Mapping[str, Any]]) -> None:
    if len(replies) > MOST_REPLIES:
        raise wrong(f"Param message[quick_replies] must have at most {MOST_REPLIES} elements")
    for one in replies:
        kind = one.get("content_type")
        if kind not in ("text", "user_phone_number", "user_email"):
            raise wrong("Param message[quick_replies][content_type] is not valid")
        if kind == "text" and not (one.get("title") and one.get("payload")):
            raise missing("message[quick_replies][title]")
        if len(str(one.get("title", ""))) > LONGEST_TITLE:
            raise wrong(f"A quick reply has at most {LONGEST_TITLE} characters")


def check_attachment(twin: GraphTwin, seller: Seller, platform: str, attachment: Mapping[str, Any]) -> None:
    """Refuse an attachment that would not be taken."""
    kind, payload = attachment.get("type"), attachment.get("payload") or {}
    if kind in FILES:
        _check_file(twin, seller, platform, str(kind), payload)
    elif kind == "template":
        _check_template(twin, seller, platform, payload)
    elif kind != "like_heart" or platform != "instagram":
        raise wrong(f"Param message[attachment][type] is not valid: {kind}")


def _check_file(
    twin: GraphTwin, seller: Seller, platform: str, kind: str, payload: Mapping[str, Any]
) -> None:
    if ("url" in payload) == ("attachment_id" in payload):
        raise wrong("Param message[attachment][payload] must have a url or an attachment_id")
    if "url" in payload:
        if not str(payload["url"]).startswith("https://"):
            raise wrong("Param message[attachment][payload][url] must be a secure URL", subcode=2018047)
        if platform == "instagram" and kind == "file" and not str(payload["url"]).endswith(".pdf"):
            raise wrong("Instagram takes PDF files only")
        return
    found = twin.nodes.get(str(payload["attachment_id"]))
    if found is None or found.kind != "MessageAttachment" or found.seller is not seller:
        raise wrong("Invalid attachment_id", subcode=2018074)
    if found.hidden["type"] != kind:
        raise wrong(f"The attachment is not of type {kind}")


# -- templates


def _check_template(twin: GraphTwin, seller: Seller, platform: str, payload: Mapping[str, Any]) -> None:
    kind = str(payload.get("template_type"))
    if kind not in TEMPLATES or (platform == "instagram" and kind not in ON_INSTAGRAM):
        raise wrong(f"Param message[attachment][payload][template_type] is not valid: {kind}")
    TEMPLATES[kind](twin, seller, payload)


def _elements(payload: Mapping[str, Any]) -> list[Any]:
    found = payload.get("elements")
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_ELEMENTS:
        raise wrong(f"Param elements must have 1 to {MOST_ELEMENTS} elements")
    return found


def _check_buttons(buttons: Sequence[Mapping[str, Any]]) -> None:
    if len(buttons) > MOST_BUTTONS:
        raise wrong(f"Param buttons must have at most {MOST_BUTTONS} elements")
    needed = {"web_url": "url", "postback": "payload", "phone_number": "payload"}
    for one in buttons:
        kind = str(one.get("type"))
        if kind not in needed or not one.get("title") or not one.get(needed[kind]):
            raise wrong("Param buttons holds an element without a valid type, title, or what it leads to")
        if len(str(one["title"])) > LONGEST_TITLE:
            raise wrong(f"The title of a button has at most {LONGEST_TITLE} characters")


def _check_generic(_twin: GraphTwin, _seller: Seller, payload: Mapping[str, Any]) -> None:
    for one in _elements(payload):
        if not one.get("title"):
            raise missing("elements[title]")
        if max(len(str(one["title"])), len(str(one.get("subtitle", "")))) > LONGEST_CARD:
            raise wrong(f"Title and subtitle have at most {LONGEST_CARD} characters")
        _check_buttons(one.get("buttons") or ())


def _check_button(_twin: GraphTwin, _seller: Seller, payload: Mapping[str, Any]) -> None:
    if not 0 < len(str(payload.get("text", ""))) <= LONGEST_PROMPT:
        raise wrong(f"Param text must have 1 to {LONGEST_PROMPT} characters")
    if not payload.get("buttons"):
        raise missing("buttons")
    _check_buttons(payload["buttons"])


def _check_media(_twin: GraphTwin, _seller: Seller, payload: Mapping[str, Any]) -> None:
    elements = _elements(payload)
    if len(elements) != 1 or elements[0].get("media_type") not in ("image", "video"):
        raise wrong("A media template has one element, an image or a video")
    _check_buttons(elements[0].get("buttons") or ())


def _check_product(twin: GraphTwin, seller: Seller, payload: Mapping[str, Any]) -> None:
    """Products are named by their numeric id in the catalog, never by SKU."""
    for one in _elements(payload):
        key = str(one.get("id"))
        found = twin.nodes.get(key)
        if found is None or found.kind != "ProductItem" or found.seller is not seller:
            raise no_such_object("POST", key)


def _check_receipt(_twin: GraphTwin, _seller: Seller, payload: Mapping[str, Any]) -> None:
    for name in ("recipient_name", "order_number", "currency", "payment_method", "summary"):
        if not payload.get(name):
            raise missing(name)
    if "total_cost" not in payload["summary"]:
        raise missing("summary[total_cost]")


def _check_coupon(_twin: GraphTwin, _seller: Seller, payload: Mapping[str, Any]) -> None:
    if not payload.get("title") or not (payload.get("coupon_code") or payload.get("coupon_url")):
        raise missing("coupon_code")


TEMPLATES: Mapping[str, Callable[[GraphTwin, Seller, Mapping[str, Any]], None]] = {
    "button": _check_button,
    "coupon": _check_coupon,
    "generic": _check_generic,
    "media": _check_media,
    "product": _check_product,
    "receipt": _check_receipt,
}
"""Template type -> what it must hold."""
