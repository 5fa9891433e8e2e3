"""``Shopee``: the platform with all its nouns, each imported when it is first used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from typing_extensions import override

from socialcommerce.backends.base import merged
from socialcommerce.backends.shopee.codes import ads, auth, catalog, messaging, orders, store, webhooks
from socialcommerce.backends.shopee.platform import ShopeePlatform
from socialcommerce.resources.capability import Level, Refusal
from socialcommerce.runtime.call import Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.session import Session

__all__ = ["Shopee"]

_CODES = (catalog, orders, store, ads, messaging, auth, webhooks)
_HERE = "socialcommerce.backends.shopee"


class Shopee(ShopeePlatform):
    """Shopee Open Platform v2."""

    __doc__ = ShopeePlatform.__doc__

    refusals: ClassVar[Mapping[str, Refusal]] = merged(_CODES, "REFUSALS")
    features: ClassVar[Mapping[str, Level | Refusal]] = merged(_CODES, "FEATURES")

    catalog = f"{_HERE}.catalog:ShopeeCatalog"
    orders = f"{_HERE}.orders:ShopeeOrders"
    store = f"{_HERE}.store:ShopeeStore"
    ads = f"{_HERE}.ads:ShopeeAds"
    messaging = f"{_HERE}.messaging:ShopeeMessaging"
    auth = f"{_HERE}.auth:ShopeeAuth"
    webhooks = f"{_HERE}.webhooks:ShopeeWebhooks"

    @override
    def renew(
        self, session: Session, service: Service, subject: Subject | None, record: TokenRecord
    ) -> Flow[TokenRecord]:
        """A new pair of tokens for the old refresh token (POST /api/v2/auth/access_token/get)."""
        from socialcommerce.backends.shopee.auth import renew

        assert subject is not None
        return renew(session, service, self.apps[service.slot], subject, record)
