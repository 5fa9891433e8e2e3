"""What advertising did: rows of figures, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from attrs import field, frozen
from pydantic import Field

from socialcommerce.models.base import Given, Record
from socialcommerce.models.money import Money

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Day: TypeAlias = date
"""A name that a field called ``date`` does not hide."""

__all__ = [
    "Attribution",
    "BookedOn",
    "Breakdown",
    "DayBasis",
    "Derived",
    "Granularity",
    "Level",
    "Metric",
    "Report",
    "ReportRow",
]

Level: TypeAlias = Literal["account", "campaign", "ad_group", "ad"]
Granularity: TypeAlias = Literal["total", "day", "hour", "week", "month"]
Breakdown: TypeAlias = Literal[
    "country", "region", "gender", "age", "device", "placement", "product", "keyword"
]
BookedOn: TypeAlias = Literal["click", "conversion", "mixed", "other"]
DayBasis: TypeAlias = Literal["account", "utc", "fixed"]
Metric: TypeAlias = Literal[
    "impressions",
    "clicks",
    "link_clicks",
    "spend",
    "orders",
    "conversions",
    "conversion_value",
    "reach",
    "frequency",
    "video_views",
    "video_completions",
    "add_to_cart",
    "add_to_cart_value",
    "initiate_checkout",
    "page_views",
    "leads",
    "followers",
    "items_sold",
]
Derived: TypeAlias = Literal["ctr", "cpc", "cpm", "cpa", "cost_per_order", "roas", "conversion_rate", "aov"]


class Attribution(Given):
    """How long after a click, a view or an engagement a sale still counts, in days; None is not counted."""

    click_days: Decimal | None = None
    view_days: Decimal | None = None
    engagement_days: Decimal | None = None


def _ratio(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if part is not None and whole else None


def _each(amount: Money | None, count: Decimal | int | None, times: int = 1) -> Money | None:
    """An average: kept to 28 digits, since it rarely comes out even."""
    if amount is None or not count:
        return None
    return Money.of(amount.amount * times / Decimal(count), amount.currency)


class ReportRow(Record):
    """Figures of one object, on one day, for one slice of people.

    A figure is None where the platform does not report it or it cannot be added up (``reach``).
    ``conversions`` may be fractions. Ratios are computed here; they are None where they are undefined.
    """

    date: Day | None = None
    hour: int | None = Field(default=None, ge=0, le=23)
    account_id: str | None = None
    campaign_id: str | None = None
    ad_group_id: str | None = None
    ad_id: str | None = None
    breakdowns: dict[str, str] = Field(default_factory=dict)
    impressions: int | None = None
    clicks: int | None = None
    link_clicks: int | None = None
    spend: Money | None = None
    orders: int | None = None
    conversions: Decimal | None = None
    conversion_value: Money | None = None
    reach: int | None = None
    frequency: Decimal | None = None
    video_views: int | None = None
    video_completions: int | None = None
    add_to_cart: Decimal | None = None
    add_to_cart_value: Money | None = None
    initiate_checkout: Decimal | None = None
    page_views: Decimal | None = None
    leads: Decimal | None = None
    followers: int | None = None
    items_sold: Decimal | None = None

    @property
    def ctr(self) -> Decimal | None:
        """Clicks by impressions (0.01 is 1 %)."""
        return _ratio(self.clicks, self.impressions)

    @property
    def cpc(self) -> Money | None:
        """Spend by clicks."""
        return _each(self.spend, self.clicks)

    @property
    def cpm(self) -> Money | None:
        """Spend by a thousand impressions."""
        return _each(self.spend, self.impressions, 1000)

    @property
    def cpa(self) -> Money | None:
        """Spend by conversions."""
        return _each(self.spend, self.conversions)

    @property
    def cost_per_order(self) -> Money | None:
        """Spend by orders."""
        return _each(self.spend, self.orders)

    @property
    def roas(self) -> Decimal | None:
        """Value of conversions by spend; both in one currency."""
        if self.conversion_value is None or not self.spend:
            return None
        return self.conversion_value / self.spend

    @property
    def conversion_rate(self) -> Decimal | None:
        """Conversions by clicks (0.01 is 1 %)."""
        return _ratio(self.conversions, self.clicks)

    @property
    def aov(self) -> Money | None:
        """Average order value: value of conversions by orders."""
        return _each(self.conversion_value, self.orders)


def _kept(rows: Iterable[ReportRow]) -> tuple[ReportRow, ...]:
    return tuple(rows)


@frozen(kw_only=True)
class Report(Sequence[ReportRow]):
    """Rows of figures, and what they mean.

    ``since`` and ``until`` are days, inclusive. A day begins at midnight in ``timezone`` (an IANA name);
    ``day_basis`` says whose that is: the account's, UTC, or one the platform fixes. Figures up to
    ``final_until`` will not change any more; None where the platform does not say.
    """

    rows: tuple[ReportRow, ...] = field(converter=_kept, repr=lambda rows: f"<{len(rows)} rows>")
    level: Level
    since: Day
    until: Day
    granularity: Granularity = "day"
    timezone: str | None = None
    day_basis: DayBasis = "account"
    currency: str | None = None
    attribution: Attribution | None = None
    booked_on: BookedOn = "other"
    final_until: Day | datetime | None = None
    raw: Any = field(default=None, repr=False, eq=False)

    @overload
    def __getitem__(self, index: int) -> ReportRow: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ReportRow, ...]: ...
    def __getitem__(self, index: int | slice) -> ReportRow | tuple[ReportRow, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[ReportRow]:
        return iter(self.rows)

    def to_pandas(self) -> pandas.DataFrame:
        """One row a row; needs the extra ``pandas``."""
        from socialcommerce.models.frames import to_pandas

        return to_pandas(self.rows)

    def to_polars(self) -> polars.DataFrame:
        """One row a row; needs the extra ``polars``."""
        from socialcommerce.models.frames import to_polars

        return to_polars(self.rows)

    def to_arrow(self) -> pyarrow.Table:
        """One row a row; needs the extra ``arrow``."""
        from socialcommerce.models.frames import to_arrow

        return to_arrow(self.rows)
