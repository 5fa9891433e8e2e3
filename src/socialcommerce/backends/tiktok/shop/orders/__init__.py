"""Orders on TikTok Shop."""

from socialcommerce.backends.tiktok.shop.orders.noun import TikTokShopOrders

__all__ = ["TikTokShopOrders"]
