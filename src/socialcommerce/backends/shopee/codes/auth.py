"""What Shopee's authorisation cannot do, and what it needs."""

from __future__ import annotations

from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "REFUSALS"]

REFUSALS: dict[str, Refusal] = {
    "auth.acquire": Refusal(
        "every token starts from a seller's consent; lost ones come back only by a resend code",
        "client.auth.authorize_url",
    ),
}
FEATURES: dict[str, Level | Refusal] = {"auth.slots": "emulated", "auth.token record": "native"}
