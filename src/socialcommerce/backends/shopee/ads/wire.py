"""How advertising goes over Shopee's wire: days, amounts, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from socialcommerce.backends.shopee.codes.ads import WHOLE_CURRENCIES
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.models.money import Money
from socialcommerce.resources.noun import invalid

__all__ = [
    "PREFIX",
    "amount_problem",
    "day_text",
    "first",
    "first_day",
    "instant",
    "last_day",
    "local_day",
    "number",
    "read_day",
    "reference",
    "roas_problem",
]

PREFIX = "/api/v2/ads/"
_END_OF_DAY = timedelta(hours=23, minutes=59)


def day_text(day: date) -> str:
    """A day as Shopee's ads calls write it: ``17-03-2021``."""
    return day.strftime("%d-%m-%Y")


def read_day(text: str) -> date:
    """The day of ``17-03-2021``."""
    return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007  # a day of the shop, not an instant


def instant(epoch: int | None) -> datetime | None:
    """Unix seconds as an instant; zero means that there is none."""
    return datetime.fromtimestamp(epoch, UTC) if epoch else None


def local_day(moment: datetime, region: Region) -> date:
    """The shop's day that an instant falls into."""
    return moment.astimezone(ZoneInfo(region.timezone)).date()


def first_day(start: datetime, region: Region, now: datetime) -> date | None:
    """The day a campaign starts; None where ``start`` is a time of day, other than right now."""
    local = start.astimezone(ZoneInfo(region.timezone))
    if _time_of(local) and not (start <= now and local.date() == local_day(now, region)):
        return None
    return local.date()


def last_day(end: datetime, region: Region) -> date | None:
    """The last day of a campaign that ends at ``end``: a midnight, or the last minute of a day."""
    local = end.astimezone(ZoneInfo(region.timezone))
    if not _time_of(local):
        return local.date() - timedelta(days=1)
    return local.date() if _time_of(local) >= _END_OF_DAY else None


def _time_of(local: datetime) -> timedelta:
    return timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )


def amount_problem(amount: Money, region: Region) -> str | None:
    """Why the wire would not carry an amount as it is; None where it would."""
    if amount.currency != region.currency:
        return f"is in {amount.currency}; this shop's ads are paid in {region.currency}"
    step = Decimal(1) if amount.currency in WHOLE_CURRENCIES else Decimal("0.01")
    return None if amount.is_multiple_of(step) else f"must be a multiple of {step} {amount.currency}"


def roas_problem(roas: Decimal) -> str | None:
    """Why the wire would cut a target ROAS; None where it would not."""
    return None if roas == roas.quantize(Decimal("0.1")) else "takes one decimal; more would be cut"


def number(identity: str) -> int:
    """An id as the wire carries it."""
    if not identity.isdecimal():
        raise invalid(id=f"{identity!r} is no id of Shopee's: they are numbers")
    return int(identity)


def reference() -> str:
    """A new ``reference_id``: drawn once for a logical call, kept for its repeats."""
    return str(uuid4())


def first(reply: Any) -> Mapping[str, Any]:
    """The one row of a reply that Shopee answers as a list here and as an object there."""
    found: Mapping[str, Any] = reply[0] if isinstance(reply, list) else reply
    return found
