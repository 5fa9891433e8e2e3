"""Shopee Open Platform v2."""

from socialcommerce.backends.shopee.backend import Shopee
from socialcommerce.backends.shopee.platform import App

__all__ = ["App", "Shopee"]
