"""What TikTok Shop's authorisation cannot do, and what it needs."""

from __future__ import annotations

from typing import Final

from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "NO_SCOPES", "REFUSALS"]

NO_SCOPES: Final = Refusal("what is asked for is set on the app in the Partner Center, and not in the link")

REFUSALS: Final[dict[str, Refusal]] = {
    "auth.acquire": Refusal(
        "every token starts from a seller's consent; the app's secret alone signs, it buys no token",
        "client.auth.authorize_url",
    ),
    "auth.revoke": Refusal("only the seller revokes, in Seller Center; webhook 6 tells of it"),
}
FEATURES: Final[dict[str, Level | Refusal]] = {"auth.slots": "emulated", "auth.token record": "native"}
