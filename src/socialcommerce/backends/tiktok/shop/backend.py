"""``TikTokShop``: the platform with all its nouns, each imported when it is first used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from typing_extensions import override

from socialcommerce.backends.base import merged
from socialcommerce.backends.tiktok.shop.codes import ads, auth, catalog, messaging, orders, store, webhooks
from socialcommerce.backends.tiktok.shop.platform import TikTokShopPlatform
from socialcommerce.resources.capability import Level, Refusal
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.session import Session

__all__ = ["TikTokShop"]

_CODES = (catalog, orders, store, ads, messaging, auth, webhooks)
_HERE = "socialcommerce.backends.tiktok.shop"


class TikTokShop(TikTokShopPlatform):
    """TikTok Shop Partner API."""

    __doc__ = TikTokShopPlatform.__doc__

    refusals: ClassVar[Mapping[str, Refusal]] = merged(_CODES, "REFUSALS")
    features: ClassVar[Mapping[str, Level | Refusal]] = merged(_CODES, "FEATURES")

    catalog = f"{_HERE}.catalog:TikTokShopCatalog"
    orders = f"{_HERE}.orders:TikTokShopOrders"
    store = f"{_HERE}.store:TikTokShopStore"
    messaging = f"{_HERE}.messaging:TikTokShopMessaging"
    auth = f"{_HERE}.auth:TikTokShopAuth"
    webhooks = f"{_HERE}.webhooks:TikTokShopWebhooks"

    @override
    @classmethod
    def refusal(cls, name: str) -> Refusal:
        return ads.NO_ADS if name.startswith("ads.") else super().refusal(name)

    @override
    def complete(self, session: Session, call: Call, record: TokenRecord) -> Flow[TokenRecord]:
        """The record with the cipher of the shop, where the call takes it (GET authorization/shops, once)."""
        if call.subject is None or not self.lacks_cipher(call, record):
            return record
        from socialcommerce.backends.tiktok.shop.logins import with_cipher

        return (yield from with_cipher(session, self.service(call), call.subject, record))

    @override
    def renew(
        self, session: Session, service: Service, subject: Subject | None, record: TokenRecord
    ) -> Flow[TokenRecord]:
        """New tokens for the old refresh token (GET /api/v2/token/refresh), one renewal for all shops."""
        from socialcommerce.backends.tiktok.shop.logins import renew

        return renew(session, self, subject, record)
