"""``ShopeeOrders``: the orders noun, put together from its parts."""

from __future__ import annotations

from typing import ClassVar

from socialcommerce.backends.shopee.orders.cancelling import Cancelling, ShopeeCancellations
from socialcommerce.backends.shopee.orders.labels import Labels
from socialcommerce.backends.shopee.orders.reading import Reading
from socialcommerce.backends.shopee.orders.returning import ShopeeReturns
from socialcommerce.backends.shopee.orders.shipping import Shipping
from socialcommerce.models.order import Order
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import identity
from socialcommerce.resources.returns import Cancellations, Returns
from socialcommerce.runtime.flow import Flow

__all__ = ["ShopeeOrders"]


class ShopeeOrders(Reading, Shipping, Labels, Cancelling):
    """``client.orders`` on Shopee."""

    cancellations: ClassVar[type[Cancellations]] = ShopeeCancellations
    returns: ClassVar[type[Returns]] = ShopeeReturns

    @supports("native", params=native("order", "text"), requires=("seller",), cost="1 call")
    def note(self, order: str | Order, text: str) -> Flow[None]:
        """POST order/set_note; it replaces the note that was there. Old orders take none any more."""
        yield from self.ask(
            "POST",
            "/api/v2/order/set_note",
            body={"order_sn": identity(order), "note": text},
            safety="absolute",
        )
