"""Why nothing of ads is done here."""

from __future__ import annotations

from typing import Final

from socialcommerce.resources.capability import Level, Refusal

__all__ = ["FEATURES", "NO_ADS", "REFUSALS"]

NO_ADS: Final = Refusal(
    "WhatsApp has no ad objects of its own; click-to-WhatsApp ads live in the meta backend",
    "the meta backend, with an ad set of destination_type=WHATSAPP",
)
"""The reason for every operation of ``client.ads`` that has none of its own."""

REFUSALS: Final[dict[str, Refusal]] = {
    "ads.conversions.send": Refusal(
        "sales that came of a chat are reported to Meta, by the click id of the inbound referral",
        "the meta backend: action_source=business_messaging, messaging_channel=whatsapp, ctwa_clid",
    ),
}
FEATURES: Final[dict[str, Level | Refusal]] = dict.fromkeys(
    ("ads.accounts", "ads.report (async job)"), NO_ADS
)
