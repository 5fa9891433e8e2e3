"""Permissions that logins ask for, and what authorisation cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from socialcommerce.resources.capability import Refusal

__all__ = ["ACCOUNT_STATUS", "NO_INSTAGRAM_LOGIN", "SCOPES", "SYSTEM_SCOPES", "AccountStatus"]

AccountStatus = Literal["active", "restricted", "suspended", "closed", "other"]

SCOPES: Final[tuple[str, ...]] = (
    "catalog_management",
    "business_management",
    "ads_management",
    "ads_read",
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "pages_messaging",
    "instagram_basic",
    "instagram_manage_comments",
    "instagram_manage_messages",
)
"""What a login is asked for unless the caller says."""

SYSTEM_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "meta": SCOPES,
    "whatsapp": (
        "whatsapp_business_messaging",
        "whatsapp_business_management",
        "business_management",
        "catalog_management",
    ),
}
"""The same of a system user, by platform."""

NO_INSTAGRAM_LOGIN: Final = Refusal(
    "the login of Instagram alone gives tokens of graph.instagram.com, whose calls were not verified, "
    "and which carry no product tagging",
    "slot 'user': Facebook Login, with the Instagram account linked to its page",
)

ACCOUNT_STATUS: Final[Mapping[int, AccountStatus]] = {
    1: "active",
    2: "suspended",
    3: "restricted",
    7: "restricted",
    8: "restricted",
    9: "restricted",
    100: "closed",
    101: "closed",
}
"""An ad account's status: active, disabled, unsettled, in review, settling, in grace, closing, closed."""
