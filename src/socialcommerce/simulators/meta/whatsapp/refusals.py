"""What the WhatsApp platform refuses, by number: the words of its error codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import Refused

__all__ = ["TITLES", "failure", "refuse"]

HELP = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"
TITLES: Mapping[int, str] = {
    100: "Invalid parameter",
    130429: "Rate limit hit",
    130472: "User's number is part of an experiment",
    130497: "Business account is restricted from messaging users in this country.",
    131000: "Something went wrong",
    131005: "Access denied",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131030: "Recipient phone number not in allowed list",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131050: "User has stopped receiving marketing messages from this business.",
    131051: "Unsupported message type",
    131052: "Media download error",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131062: "Business-scoped user IDs are not supported for this message",
    131063: "Marketing templates are disabled on this endpoint",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132005: "Translated text too long",
    132007: "Character policy violated",
    132012: "Parameter format does not match format in the created template",
    132015: "Template is paused",
    132016: "Template is disabled",
    132068: "Flow is in blocked state",
    132069: "Flow is in throttled state",
    133005: "Two step verification PIN mismatch",
    133010: "Phone number not registered",
    133016: "Rate limit exceeded for registration and deregistration attempts",
    139001: "Flow can't be updated",
    139002: "Flow can't be published",
    139003: "Flow can't be deprecated",
    139004: "Flow can't be deleted",
    139101: "Users could not be added to the blocklist",
    147001: "Username is not available",
    147002: "Username is not valid",
    2388019: "Message template limit exceeded",
    2388040: "A field of the template is too long",
    2388047: "The header of the template has a wrong format",
    2388073: "The footer of the template has a wrong format",
    2388293: "The template has too many parameters for its length",
    2388299: "The template begins or ends with a parameter",
}
"""Code -> the words that follow it."""
TOO_MANY = frozenset({130429, 131056, 133016})


def refuse(code: int, details: str) -> Refused:
    """The refusal of a request; ``details`` says what is wrong with this one."""
    said = {"messaging_product": "whatsapp", "details": details}
    status = 429 if code in TOO_MANY else 400
    return Refused(code, f"(#{code}) {TITLES[code]}", error_data=said, status=status)


def failure(code: int, details: str) -> dict[str, Any]:
    """The same as it stands in a webhook: a message that was accepted and did not arrive."""
    title = TITLES[code]
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": HELP,
    }
