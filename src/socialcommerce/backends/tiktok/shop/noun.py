"""``TikTokShopNoun``: what all of TikTok Shop's nouns share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from socialcommerce.backends.tiktok.shop.logins import authorized_shops
from socialcommerce.backends.tiktok.shop.platform import TikTokShopPlatform
from socialcommerce.backends.tiktok.shop.regions import Region, region_of
from socialcommerce.errors import NotFound
from socialcommerce.models.money import Money
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime.call import Call, Reply
from socialcommerce.runtime.flow import Flow

__all__ = ["Json", "TikTokShopNoun", "instant"]

Json = Mapping[str, Any]
_A_DAY = 86_400.0


class TikTokShopNoun(Noun):
    """A noun that speaks for one shop."""

    service: ClassVar[str] = "shop"

    @property
    def backend(self) -> TikTokShopPlatform:
        """The platform itself, with its app and its settings."""
        return self.session.platform  # type: ignore[return-value]  # it is only bound to TikTok Shop

    @property
    def account(self) -> str:
        """The id of the shop; empty where only the tokens tell which one."""
        subject = self.subject or self.backend.default_subject()
        return subject.id if subject else ""

    def ask(self, method: str, path: str, **fields: Any) -> Flow[Any]:
        """Send one call and answer its ``data`` (an empty mapping where there is none)."""
        fields.setdefault("service", self.service)
        reply: Reply[Any] = yield from self.perform(Call(method, path, **fields))
        return reply.value

    def shops(self) -> Flow[Sequence[Json]]:
        """GET /authorization/202309/shops: every shop of the login, kept for a day."""
        return self.remember("shops", lambda: authorized_shops(self.session), _A_DAY)

    def shop(self) -> Flow[Json]:
        """The row of the shop that is spoken for."""
        rows = yield from self.shops()
        for row in rows:
            if row["id"] == self.account or (not self.account and len(rows) == 1):
                return row
        raise NotFound(f"the login does not reach shop {self.account}", platform="tiktok_shop", sent="yes")

    def region(self) -> Flow[Region]:
        """The shop's market: from the settings, or read once."""
        if self.backend.market is not None:
            return region_of(self.backend.market)
        row = yield from self.shop()
        return region_of(row.get("region") or "")

    def money(self, amount: Any, currency: str) -> Money:
        """An amount as the wire carries it: a decimal text in major units."""
        return Money.of(Decimal(str(amount)), currency)


def instant(seconds: Any) -> datetime | None:
    """An instant of the wire: Unix seconds; 0 and absent are none."""
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
