"""What ads cost and won: the books of objects, and the figures of a report made out of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import define, field

from socialcommerce.simulators.books import Book, gather, split
from socialcommerce.simulators.meta.social.advertising.money import places
from socialcommerce.simulators.meta.social.advertising.state import Advertising, Level, Unit

__all__ = ["FIGURES", "Ledger", "figures", "spent"]


@define(slots=True)
class Ledger:
    """What each object cost and won on each day, shared out of its campaign's; worked out once."""

    ads: Advertising
    _shares: dict[tuple[str, Level, date], dict[str, Book]] = field(factory=dict, init=False)

    def days(self) -> list[date]:
        """The days on which anything ran, in order."""
        return sorted({day for one in self.ads.seller.campaigns.values() for day in one.days})

    def share(self, unit: Unit, day: date) -> Book:
        """What an object cost and won on a day; nothing where it did not run."""
        campaign = unit.chain["campaign"]
        entry = self.ads.seller.campaigns[campaign.id].days.get(day)
        if entry is None:
            return Book()
        if unit is campaign:
            return Book.of(entry)
        key = (campaign.id, unit.level, day)
        if key not in self._shares:
            parts = self.ads.at(unit.level, campaign)
            books = split(Book.of(entry), len(parts), places(self.ads.seller.currency))
            self._shares[key] = {part.id: book for part, book in zip(parts, books, strict=True)}
        return self._shares[key][unit.id]

    def book(self, units: Iterable[Unit], days: Collection[date]) -> Book:
        """The sum of some objects over some days."""
        return gather(self.share(unit, day) for unit in units for day in days)


def spent(ads: Advertising, unit: Unit, days: Collection[date] | None = None) -> Decimal:
    """What an object cost over some days (all, unless given)."""
    ledger = Ledger(ads)
    return ledger.book([unit], ledger.days() if days is None else days).spend


# -- figures

Figure = Callable[[Book, int], Any]
"""Makes a figure of a book and the number of decimals that money has; None where there is none."""

REACHED = Decimal("0.8")
"""How many people stand behind one view."""


def _reach(book: Book) -> int:
    return int(book.impressions * REACHED)


def _links(book: Book) -> int:
    return book.clicks * 9 // 10


def _count(of: Callable[[Book], int]) -> Figure:
    return lambda book, _: str(of(book)) if of(book) else None


def _ratio(
    above: Callable[[Book], Decimal | int], below: Callable[[Book], Decimal | int], by: int = 1
) -> Figure:
    def made(book: Book, _: int) -> str | None:
        return f"{Decimal(above(book)) * by / Decimal(below(book)):.6f}" if below(book) else None

    return made


ACTIONS: Mapping[str, Callable[[Book], int]] = {
    "link_click": _links,
    "landing_page_view": lambda book: book.clicks * 4 // 5,
    "view_content": lambda book: book.clicks * 4 // 5,
    "video_view": lambda book: book.impressions // 4,
    "post_engagement": lambda book: book.clicks + book.impressions // 4,
    "add_to_cart": lambda book: book.orders * 2,
    "omni_add_to_cart": lambda book: book.orders * 2,
    "initiate_checkout": lambda book: book.orders,
    "purchase": lambda book: book.orders,
    "omni_purchase": lambda book: book.orders,
    "offsite_conversion.fb_pixel_purchase": lambda book: book.orders,
}
"""How often each type of action was taken. Some types hold others: one purchase counts under three."""
VALUES: Mapping[str, Callable[[Book], Decimal]] = {
    "add_to_cart": lambda book: book.value * 2,
    "omni_add_to_cart": lambda book: book.value * 2,
    "purchase": lambda book: book.value,
    "omni_purchase": lambda book: book.value,
    "offsite_conversion.fb_pixel_purchase": lambda book: book.value,
}
CONVERSIONS = frozenset(VALUES) | {"initiate_checkout"}
CLICKED = {"1d_click": Decimal("0.5"), "7d_click": Decimal(1), "28d_click": Decimal(1)}
"""The part of the conversions that falls into a window after the click; none comes by a view alone."""
VIEWED = ("1d_view", "1d_ev")
RETIRED = frozenset({"7d_view", "28d_view"})


def _windows(value: Decimal, windows: Sequence[str], text: Callable[[Decimal], str]) -> dict[str, str]:
    found = {}
    for one in windows:
        if one in CLICKED:
            found[one] = text(value * CLICKED[one])
        elif one in VIEWED or one == "dda":
            found[one] = text(value if one == "dda" else Decimal(0))
    return found


def _whole(value: Decimal) -> str:
    return str(int(value))


def _actions(book: Book, windows: Sequence[str]) -> list[dict[str, str]]:
    return [
        {"action_type": kind, "value": str(count)}
        | (_windows(Decimal(count), windows, _whole) if kind in CONVERSIONS else {})
        for kind, of in ACTIONS.items()
        if (count := of(book))
    ]


def _action_values(book: Book, windows: Sequence[str], decimals: int) -> list[dict[str, str]]:
    def text(value: Decimal) -> str:
        return f"{value:.{decimals}f}"

    return [
        {"action_type": kind, "value": text(amount), **_windows(amount, windows, text)}
        for kind, of in VALUES.items()
        if (amount := of(book))
    ]


def _costs(book: Book, decimals: int) -> list[dict[str, str]]:
    return [
        {"action_type": kind, "value": f"{book.spend / count:.{decimals}f}"}
        for kind, of in ACTIONS.items()
        if (count := of(book))
    ]


def _one(kind: str, value: str | None) -> list[dict[str, str]] | None:
    return None if value is None else [{"action_type": kind, "value": value}]


def _video(part: int) -> Figure:
    return lambda book, _: _one("video_view", str(book.impressions // part)) if book.impressions else None


FIGURES: Mapping[str, Figure] = {
    "impressions": lambda book, _: str(book.impressions),
    "clicks": _count(lambda book: book.clicks),
    "spend": lambda book, decimals: f"{book.spend:.{decimals}f}",
    "reach": lambda book, _: str(_reach(book)),
    "frequency": _ratio(lambda book: book.impressions, _reach),
    "inline_link_clicks": _count(_links),
    "unique_clicks": _count(_links),
    "ctr": _ratio(lambda book: book.clicks, lambda book: book.impressions, 100),
    "inline_link_click_ctr": _ratio(_links, lambda book: book.impressions, 100),
    "cpc": _ratio(lambda book: book.spend, lambda book: book.clicks),
    "cost_per_inline_link_click": _ratio(lambda book: book.spend, _links),
    "cpm": _ratio(lambda book: book.spend, lambda book: book.impressions, 1000),
    "cpp": _ratio(lambda book: book.spend, _reach, 1000),
    "cost_per_action_type": lambda book, decimals: _costs(book, decimals) or None,
    "purchase_roas": lambda book, _: _one("omni_purchase", _roas(book)),
    "website_purchase_roas": lambda book, _: _one("offsite_conversion.fb_pixel_purchase", _roas(book)),
    "converted_product_quantity": lambda book, _: _one("purchase", str(book.items)) if book.items else None,
    "converted_product_value": lambda book, decimals: (
        _one("purchase", f"{book.value:.{decimals}f}") if book.value else None
    ),
    "outbound_clicks": lambda book, _: _one("outbound_click", str(_links(book))) if _links(book) else None,
    "video_play_actions": _video(2),
    "video_thruplay_watched_actions": _video(8),
    "video_p25_watched_actions": _video(5),
    "video_p50_watched_actions": _video(6),
    "video_p75_watched_actions": _video(8),
    "video_p100_watched_actions": _video(10),
}
"""Name of a figure -> how it is computed. All are texts; what is nothing is left out."""


def _roas(book: Book) -> str | None:
    return f"{book.value / book.spend:.6f}" if book.spend and book.value else None


UNIQUE = frozenset({"reach", "frequency", "cpp", "unique_clicks"})
"""Figures that count people; they do not exist by the hour."""


def figures(
    book: Book, names: Iterable[str], windows: Sequence[str], decimals: int, hourly: bool
) -> dict[str, Any]:
    """The figures of a book among ``names``; ``windows`` are the attribution windows asked for."""
    found: dict[str, Any] = {}
    for name in names:
        if name in FIGURES and not (hourly and name in UNIQUE):
            found[name] = FIGURES[name](book, decimals)
        elif name == "actions":
            found[name] = _actions(book, windows) or None
        elif name == "action_values":
            found[name] = _action_values(book, windows, decimals) or None
    return {name: value for name, value in found.items() if value is not None}
