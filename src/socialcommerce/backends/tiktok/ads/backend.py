"""``TikTokAds``: the platform with all its nouns, each imported when it is first used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from typing_extensions import override

from socialcommerce.backends.base import merged
from socialcommerce.backends.tiktok.ads.codes import ads, auth, elsewhere, messaging, webhooks
from socialcommerce.backends.tiktok.ads.platform import TikTokAdsPlatform
from socialcommerce.resources.capability import Level, Refusal
from socialcommerce.runtime.call import Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.session import Session

__all__ = ["TikTokAds"]

_CODES = (ads, messaging, auth, webhooks)
_HERE = "socialcommerce.backends.tiktok.ads"


class TikTokAds(TikTokAdsPlatform):
    """TikTok's Business API, version 1.3."""

    __doc__ = TikTokAdsPlatform.__doc__

    refusals: ClassVar[Mapping[str, Refusal]] = merged(_CODES, "REFUSALS")
    features: ClassVar[Mapping[str, Level | Refusal]] = merged(_CODES, "FEATURES")

    ads = f"{_HERE}.advertising:TikTokAdvertising"
    messaging = f"{_HERE}.messaging:TikTokMessaging"
    auth = f"{_HERE}.auth:TikTokAuth"
    webhooks = f"{_HERE}.webhooks:TikTokWebhooks"

    @classmethod
    @override
    def refusal(cls, name: str) -> Refusal:
        """Why an operation is refused; one reason for each noun that is not there."""
        return elsewhere.NOUNS.get(name.partition(".")[0]) or super().refusal(name)

    @override
    def renew(
        self, session: Session, service: Service, subject: Subject | None, record: TokenRecord
    ) -> Flow[TokenRecord]:
        """A new pair of tokens for a TikTok account (POST /tt_user/oauth2/refresh_token/)."""
        from socialcommerce.backends.tiktok.ads.auth import renew

        return renew(session, service, record)
