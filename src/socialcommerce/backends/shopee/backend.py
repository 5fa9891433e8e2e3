"""``Shopee``: the platform with all its nouns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from socialcommerce.backends.shopee.auth import ShopeeAuth, renew
from socialcommerce.backends.shopee.codes import messaging as messaging_codes
from socialcommerce.backends.shopee.codes import webhooks as webhook_codes
from socialcommerce.backends.shopee.messaging import ShopeeMessaging
from socialcommerce.backends.shopee.platform import ShopeePlatform
from socialcommerce.backends.shopee.store import ShopeeStore
from socialcommerce.backends.shopee.webhooks import ShopeeWebhooks
from socialcommerce.resources.capability import Level, Refusal
from socialcommerce.runtime.call import Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.session import Session

__all__ = ["Shopee"]


class Shopee(ShopeePlatform):
    __doc__ = ShopeePlatform.__doc__

    refusals: ClassVar[Mapping[str, Refusal]] = {**messaging_codes.REFUSALS, **webhook_codes.REFUSALS}
    features: ClassVar[Mapping[str, Level | Refusal]] = {**messaging_codes.FEATURES, **webhook_codes.FEATURES}

    store = ShopeeStore
    auth = ShopeeAuth
    messaging = ShopeeMessaging
    webhooks = ShopeeWebhooks

    def renew(
        self, session: Session, service: Service, subject: Subject | None, record: TokenRecord
    ) -> Flow[TokenRecord]:
        """A new pair of tokens for the old refresh token (POST /api/v2/auth/access_token/get)."""
        assert subject is not None
        return renew(session, service, self.apps[service.slot], subject, record)
