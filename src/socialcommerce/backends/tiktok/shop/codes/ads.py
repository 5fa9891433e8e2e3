"""Why nothing of ads is done here."""

from __future__ import annotations

from typing import Final

from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "NO_ADS", "REFUSALS"]

NO_ADS: Final = Refusal(
    "the TikTok Shop API sells no ads",
    "the tiktok_ads backend (its store_id is this shop's id; GMV Max)",
)
"""The reason for every operation of ``client.ads``."""

REFUSALS: Final[dict[str, Refusal]] = {}
FEATURES: Final[dict[str, Level | Refusal]] = dict.fromkeys(
    ("ads.accounts", "ads.report (async job)"), NO_ADS
)
