"""What authorisation cannot do, and what it needs."""

from __future__ import annotations

from socialcommerce.resources.capability import Level, Refusal

__all__ = ["ACCOUNT_SCOPES", "FEATURES", "NO_REFRESH", "REFUSALS", "SCOPE_NAMES"]

ACCOUNT_SCOPES: tuple[str, ...] = (
    "user.info.basic",
    "user.info.username",
    "user.info.stats",
    "user.info.profile",
    "user.account.type",
    "user.insights",
    "message.list.read",
    "message.list.send",
    "message.list.manage",
)
"""What a TikTok account is asked for unless the caller says: to read and write messages."""

SCOPE_NAMES: dict[str, str] = {
    "1": "ad account",
    "2": "ads",
    "3": "audience",
    "4": "reporting",
    "5": "measurement",
    "6": "creative",
    "7": "app",
    "8": "pixel",
    "9": "catalog",
}
"""The scopes of an advertiser's token are numbers."""

NO_REFRESH = Refusal("an advertiser's token never ends and cannot be renewed", "client.auth.authorize_url")

REFUSALS: dict[str, Refusal] = {
    "auth.acquire": Refusal(
        "both kinds of token begin with a person's consent; webhook and subscription calls send the app's "
        "secret and need no token",
        "client.auth.authorize_url",
    ),
    "auth.refresh:slot.advertiser": NO_REFRESH,
}
FEATURES: dict[str, Level | Refusal] = {"auth.slots": "emulated", "auth.token record": "native"}
