"""Templates of messages, which Messenger and WhatsApp review alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from socialcommerce.models.message import TemplateStatus

__all__ = ["TEMPLATE_STATUSES"]

TEMPLATE_STATUSES: Final[Mapping[str, TemplateStatus]] = {
    "PENDING": "in_review",
    "IN_APPEAL": "in_review",
    "APPROVED": "approved",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "LIMIT_EXCEEDED": "disabled",
    "ARCHIVED": "disabled",
    "PENDING_DELETION": "deleted",
    "DELETED": "deleted",
}
