"""What an ad account holds: campaigns, ad sets, ads, audiences, reports; and what can be set about it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias
from zoneinfo import ZoneInfo

from attrs import define, field

from socialcommerce.simulators.entities import Campaign
from socialcommerce.simulators.meta.graph.catalog import shelf
from socialcommerce.simulators.meta.graph.catalog.filters import matches
from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.subscriptions import installed
from socialcommerce.simulators.meta.graph.wire import Call, Node
from socialcommerce.simulators.meta.social.advertising.money import major

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = [
    "KINDS",
    "SUCCESS",
    "Advertising",
    "Level",
    "Unit",
    "ads_of",
    "advertising",
    "decoded",
    "instant",
    "only_validated",
    "text_time",
    "unit_of",
]

Level: TypeAlias = Literal["campaign", "adset", "ad"]
KINDS: Mapping[Level, str] = {"campaign": "Campaign", "adset": "AdSet", "ad": "Ad"}
SUCCESS: Mapping[str, Any] = {"success": True}
HEADS = {
    "AdCreative": "2385",
    "CustomAudience": "2384",
    "AdReportRun": "602",
    "AdVideo": "98",
    "AdsPixel": "15",
}
"""How the number of a thing begins; campaigns, ad sets and ads are numbered alike."""
DIGITS = {"AdReportRun": 13, "AdsPixel": 15, "AdVideo": 16}


def text_time(seconds: float) -> str:
    """An instant as the Graph API writes it: "2026-11-21T10:11:12+0000"."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}+0000"


def instant(value: Any, where: str) -> float:
    """The epoch seconds of a moment given as Unix seconds or in ISO 8601."""
    text = str(value)
    if text.isdecimal():
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise wrong(f"Param {where} must be a datetime.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def decoded(value: Any, where: str) -> Any:
    """What a JSON text holds; what is no text stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_float=Decimal)
    except ValueError:
        raise wrong(f"Param {where} must be valid JSON.") from None


@define(slots=True, eq=False)
class Unit:
    """A campaign, an ad set or an ad. ``row`` holds its fields as the seller set them.

    ``status`` is what the seller set; ``over`` stands above it; ``updated`` is in epoch seconds,
    as is ``reviewed``, when the review of an ad ends; ``source`` is what it was copied from.
    """

    node: Node
    level: Level
    over: Unit | None
    row: dict[str, Any]
    status: str
    created: float
    updated: float
    reviewed: float = 0.0
    source: str = ""

    @property
    def id(self) -> str:
        """Its number."""
        return self.node.id

    @property
    def name(self) -> str:
        """What the seller called it."""
        return str(self.row["name"])

    @property
    def above(self) -> list[Unit]:
        """The ad set and campaign over it, nearest first."""
        return [] if self.over is None else [self.over, *self.over.above]

    @property
    def chain(self) -> dict[Level, Unit]:
        """It and what stands above it, by level."""
        return {one.level: one for one in (self, *self.above)}


@define(slots=True, eq=False)
class Advertising:
    """The ad account ``act_{number}`` of a seller.

    What can be set about it:

    * ``review_delay``: seconds until the review of an ad ends; a text with one of the
      ``forbidden`` words fails it;
    * ``report_delay``: seconds until an asynchronous report is written, ``failing_reports`` how
      many of the next ones end as ``failure`` (Job Failed, Job Skipped);
    * ``audience_delay`` and ``video_delay``: seconds until an audience or a video can be used;
    * ``page_rows``: how many insights rows one page can carry, ``query_rows`` how many a
      synchronous query can find at all;
    * ``funded``: whether there is a way to pay.
    """

    seller: Seller
    number: str
    twin: GraphTwin
    units: dict[str, Unit] = field(factory=dict)
    creatives: dict[str, Node] = field(factory=dict)
    images: dict[str, Node] = field(factory=dict)
    videos: dict[str, Node] = field(factory=dict)
    audiences: dict[str, Node] = field(factory=dict)
    review_delay: float = 60
    report_delay: float = 20
    audience_delay: float = 600
    video_delay: float = 10
    page_rows: int = 1000
    query_rows: int = 5000
    failing_reports: int = 0
    failure: str = "Job Failed"
    funded: bool = True
    forbidden: set[str] = field(factory=lambda: {"counterfeit"})
    shown: tuple[Call, Unit, Mapping[str, Any]] | None = field(default=None, repr=False)
    """The object that a call is being told of, so that its fields are worked out once."""

    WORDS: ClassVar[Mapping[str, str]] = {
        "ACTIVE": "active",
        "PAUSED": "paused",
        "ARCHIVED": "archived",
        "DELETED": "deleted",
    }

    @property
    def random(self) -> random.Random:
        """The market's randomness."""
        return self.twin.market.random

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The fields of the account itself, among them what holds where an ad set says nothing."""
        return self.seller.asset("AdAccount").data

    def now(self) -> float:
        """The pretend instant, in epoch seconds."""
        return self.seller.clock.now()

    def today(self) -> date:
        """The day in the account's time zone."""
        return self.day_of(self.now())

    def day_of(self, seconds: float) -> date:
        """The day of an instant in the account's time zone."""
        return datetime.fromtimestamp(seconds, ZoneInfo(self.seller.timezone)).date()

    def make(self, kind: str, **data: Any) -> Node:
        """A new node of the account, under a number too long for a float."""
        head, digits = HEADS.get(kind, "12021"), DIGITS.get(kind, 18)
        tail = digits - len(head)
        key = head + str(self.random.randrange(10**tail)).zfill(tail)
        return self.twin.add(kind, self.seller, key=key, account_id=self.number, **data)

    def find(self, kind: str, key: object) -> Node | None:
        """The seller's object of a kind, if it has one of that id."""
        node = self.twin.nodes.get(str(key))
        return node if node is not None and node.kind == kind and node.seller is self.seller else None

    def has(self, kind: str, key: object) -> bool:
        """Whether the seller has an object of that kind and id."""
        return self.find(kind, key) is not None

    def set_size(self, key: object) -> int | None:
        """How many products a product set holds; None where nobody knows."""
        found = self.find("ProductSet", key)
        if found is None:
            return None
        items = shelf.items(found.hidden["catalog"]).values()
        return sum(1 for one in items if matches(found.hidden["filter"], one))

    def add(self, level: Level, over: Unit | None, row: dict[str, Any], status: str) -> Unit:
        """A new object; a campaign is entered among the seller's ``campaigns`` too."""
        node, now = self.make(KINDS[level]), self.now()
        unit = Unit(node, level, over, row, status, now, now)
        node.entity = self.units[unit.id] = unit
        if level == "campaign":
            self.seller.campaigns[unit.id] = Campaign(unit.id, unit.name, native=row)
        self.note(unit)
        return unit

    def note(self, unit: Unit) -> None:
        """Carry a campaign's state over to the entity that the market sees."""
        if unit.level == "campaign":
            campaign = self.seller.campaigns[unit.id]
            campaign.name, campaign.status = unit.name, self.WORDS[unit.status]
            budget = unit.row.get("daily_budget") or unit.row.get("lifetime_budget") or 0
            campaign.budget = major(self.seller, budget)

    def at(self, level: Level, under: Unit | None = None) -> list[Unit]:
        """The objects of a level, oldest first; those under (or being) one object where it is given."""
        rows = [one for one in self.units.values() if one.level == level]
        return rows if under is None else [one for one in rows if under in (one, *one.above)]


def advertising(twin: GraphTwin, seller: Seller) -> Advertising:
    """What a seller's ad account holds. Every app hears of it, until it is taken off."""
    node = seller.asset("AdAccount")
    if node.entity is None:
        node.entity = Advertising(seller, node.id.removeprefix("act_"), twin)
        installed(node).update({key: {} for key in twin.authority.apps})
    found: Advertising = node.entity
    return found


def ads_of(call: Call) -> Advertising:
    """The ad account that the object in the path belongs to."""
    return advertising(call.twin, call.seller)


def unit_of(call: Call) -> Unit:
    """The campaign, ad set or ad in the path."""
    found = call.own.entity
    assert isinstance(found, Unit)
    return found


def only_validated(call: Call) -> bool:
    """Whether the call shall only be checked."""
    return "validate_only" in (call.given.get("execution_options") or ())
