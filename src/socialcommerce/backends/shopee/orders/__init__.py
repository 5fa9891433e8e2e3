"""Orders on Shopee."""

from socialcommerce.backends.shopee.orders.noun import ShopeeOrders

__all__ = ["ShopeeOrders"]
