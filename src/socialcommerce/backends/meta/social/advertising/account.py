"""The ad account: its currency with Meta's own offset, its time zone; what every ads noun stands on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from socialcommerce.backends.meta.codes import currencies
from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.models.money import Money
from socialcommerce.runtime.flow import Flow

__all__ = ["AccountNoun", "AdAccount", "instant", "number", "unix"]

_A_DAY = 86_400.0
_FIELDS = (
    "id,account_id,name,currency,timezone_name,account_status,disable_reason,"
    "default_dsa_beneficiary,default_dsa_payor"
)
_MOMENT = "%Y-%m-%dT%H:%M:%S%z"


@frozen
class AdAccount:
    """What every conversion of money and days needs of an ad account; ``id`` is ``act_…``."""

    id: str
    currency: str
    timezone: ZoneInfo
    row: Mapping[str, Any]

    @property
    def offset(self) -> int:
        """How many minor units of budgets and bids make one unit of the currency, by Meta's own table."""
        return currencies.offset(self.currency)

    @property
    def step(self) -> Decimal:
        """The smallest amount that the wire carries."""
        return Decimal(1) / self.offset

    def money(self, minor: Any) -> Money | None:
        """An amount out of minor units; None where there is none (absent, or ``"0"``)."""
        told = number(minor)
        return Money.of(told / self.offset, self.currency) if told else None

    def minor(self, amount: Money) -> str:
        """An amount in minor units, as the wire has it; of a multiple of ``step`` nothing is cut."""
        return str(int(amount.amount * self.offset))


class AccountNoun(GraphNoun):
    """A noun that works on one ad account."""

    service: ClassVar[str] = "ads"

    def account(self) -> Flow[AdAccount]:
        """The ad account's currency and time zone, read once a day (GET /act_{id})."""
        return (yield from self.remember(("ad account", self.own("ad")), self._read_account, _A_DAY))

    def _read_account(self) -> Flow[AdAccount]:
        subject = self.own("ad")
        row = yield from self.ask("GET", f"/{subject}", query={"fields": _FIELDS})
        return AdAccount(subject, row["currency"], zone(row.get("timezone_name")), row)


def zone(name: Any) -> ZoneInfo:
    """The time zone of an account; UTC where its name is unknown here."""
    try:
        return ZoneInfo(str(name or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def instant(told: Any) -> datetime | None:
    """An instant as reads write it, ``2026-11-21T10:11:12+0000``; None where there is none."""
    return datetime.strptime(str(told), _MOMENT).astimezone(UTC) if told else None


def unix(moment: datetime) -> int:
    """An instant in whole epoch seconds, as writes and filters take it."""
    return int(moment.timestamp())


def number(value: Any) -> Decimal | None:
    """A figure, which mostly comes as text; None where there is none."""
    if value in (None, ""):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))
