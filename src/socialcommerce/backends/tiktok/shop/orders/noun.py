"""``TikTokShopOrders``: the orders noun, put together from its parts."""

from __future__ import annotations

from typing import ClassVar

from socialcommerce.backends.tiktok.shop.orders.cancelling import Cancelling, TikTokShopCancellations
from socialcommerce.backends.tiktok.shop.orders.following import Following
from socialcommerce.backends.tiktok.shop.orders.reading import Reading
from socialcommerce.backends.tiktok.shop.orders.refunding import Refunding
from socialcommerce.backends.tiktok.shop.orders.returning import TikTokShopReturns
from socialcommerce.resources.returns import Cancellations, Returns

__all__ = ["TikTokShopOrders"]


class TikTokShopOrders(Reading, Following, Cancelling, Refunding):
    """``client.orders`` on TikTok Shop."""

    cancellations: ClassVar[type[Cancellations]] = TikTokShopCancellations
    returns: ClassVar[type[Returns]] = TikTokShopReturns
