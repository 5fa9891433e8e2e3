"""Shopee Open Platform v2."""

from socialcommerce.backends.shopee.affiliate import Affiliate
from socialcommerce.backends.shopee.backend import Shopee
from socialcommerce.backends.shopee.platform import App

__all__ = ["Affiliate", "App", "Shopee"]
