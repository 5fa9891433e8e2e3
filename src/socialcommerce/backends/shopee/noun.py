"""``ShopeeNoun``: what all of Shopee's nouns share."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from socialcommerce.backends.shopee.regions import Region, region_of
from socialcommerce.models.money import Money
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime.call import Call, Reply

if TYPE_CHECKING:
    from socialcommerce.backends.shopee.platform import ShopeePlatform
    from socialcommerce.runtime.flow import Flow

__all__ = ["ShopeeNoun"]

_A_DAY = 86_400.0


class ShopeeNoun(Noun):
    """A noun that speaks through one of Shopee's services: ``seller``, ``ads`` or ``chat``."""

    service: ClassVar[str] = "seller"

    @property
    def backend(self) -> ShopeePlatform:
        """The Shopee backend that this noun belongs to."""
        return self.session.platform  # type: ignore[return-value]  # a Shopee noun is only bound to Shopee

    def ask(self, method: str, path: str, **fields: Any) -> Flow[Any]:
        """Send one call through this noun's service and answer its payload."""
        fields.setdefault("service", self.service)
        reply: Reply[Any] = yield from self.perform(Call(method, path, **fields))
        return reply.value

    def region(self) -> Flow[Region]:
        """The shop's market: from the settings, or read once (GET shop/get_shop_info)."""
        if self.backend.market is not None:
            return region_of(self.backend.market)
        return (yield from self.remember("region", self._read_region, _A_DAY))

    def _read_region(self) -> Flow[Region]:
        info = yield from self.ask("GET", "/api/v2/shop/get_shop_info", service="seller")
        return region_of(info["region"])

    def money(self, amount: Any, currency: str) -> Money:
        """An amount as the wire carries it (a JSON number, or text in a few places)."""
        exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
        return Money.of(exact, currency)
