"""TikTok Shop Partner API, path versions 202309 to 202610."""

from socialcommerce.backends.tiktok.shop.backend import TikTokShop

__all__ = ["TikTokShop"]
