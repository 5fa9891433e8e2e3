"""Advertising on Shopee: product campaigns, and GMV Max for the whole shop."""

from socialcommerce.backends.shopee.ads.noun import ShopeeAds

__all__ = ["ShopeeAds"]
