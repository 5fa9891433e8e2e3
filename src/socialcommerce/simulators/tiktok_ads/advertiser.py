"""An ad account of the pretend TikTok, with the TikTok account and the shop that stand behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Literal, NoReturn, TypeAlias

from attrs import define, field

from socialcommerce.simulators.account import Account, NotPlayed
from socialcommerce.simulators.entities import Campaign

__all__ = ["Advertiser", "Family", "Level", "Node"]

Level: TypeAlias = Literal["campaign", "adgroup", "ad"]
Family: TypeAlias = Literal["standard", "smart_plus", "gmv_max"]


@define(slots=True, eq=False)
class Node:
    """A campaign, an ad group or an ad; ``row`` holds its fields as they stand on the wire.

    ``operation`` is what the seller set (ENABLE, DISABLE, DELETE), ``review`` what the platform
    found (AUDIT, OK, DENY); ``parent`` is the id of the campaign or ad group above.
    """

    id: str
    level: Level
    family: Family
    parent: str
    row: dict[str, Any]
    created: float
    modified: float
    operation: str = "ENABLE"
    review: str = "OK"
    reason: str = ""
    written: float = float("-inf")

    @property
    def name(self) -> str:
        """What the seller called it."""
        return str(self.row[f"{self.level}_name"])


@define(slots=True, eq=False)
class Advertiser(Account):
    """An ad account. ``open_id`` is the TikTok account, ``store_id`` the shop that belong to it.

    There are no orders here: they live in the shop's own platform.
    """

    open_id: str = ""
    store_id: str = ""
    balance: Decimal = Decimal(10_000)
    nodes: dict[str, Node] = field(factory=dict)
    audiences: dict[str, dict[str, Any]] = field(factory=dict)
    videos: dict[str, dict[str, Any]] = field(factory=dict)
    images: dict[str, dict[str, Any]] = field(factory=dict)
    identities: list[dict[str, Any]] = field(factory=list)
    pixels: dict[str, dict[str, Any]] = field(factory=dict)
    events: list[dict[str, Any]] = field(factory=list)
    tasks: dict[str, dict[str, Any]] = field(factory=dict)
    posts: dict[str, dict[str, Any]] = field(factory=dict)
    comments: dict[str, dict[str, Any]] = field(factory=dict)
    answered: dict[tuple[str, str], float] = field(factory=dict)
    exclusive: bool = False

    STATUS: ClassVar[dict[str, str]] = {"ENABLE": "active", "DISABLE": "paused", "DELETE": "deleted"}

    def add(self, node: Node) -> None:
        """Keep a new object; a campaign is entered among the account's ``campaigns`` too."""
        self.nodes[node.id] = node
        if node.level == "campaign":
            self.campaigns[node.id] = Campaign(node.id, node.name, native=node.row)
        self.note(node)

    def note(self, node: Node) -> None:
        """Carry a campaign's state over to the entity that the market sees."""
        if node.level == "campaign":
            campaign = self.campaigns[node.id]
            campaign.name, campaign.status = node.name, self.STATUS[node.operation]
            campaign.budget = Decimal(str(node.row.get("budget") or 0))

    def below(self, node: Node, level: Level) -> list[Node]:
        """The ad groups or ads under a campaign or ad group, oldest first."""
        return [one for one in self.nodes.values() if one.level == level and node in self.above(one)]

    def above(self, node: Node) -> list[Node]:
        """The ad group and campaign over an object, nearest first."""
        found = []
        while node.parent:
            node = self.nodes[node.parent]
            found.append(node)
        return found

    def buy(self, sku: str, quantity: int = 1) -> NoReturn:
        """Nobody buys from an ad account."""
        raise NotPlayed("TikTok ads have no orders: they live in tiktok_shop")

    def complete(self, order_id: str) -> NoReturn:
        """There are no orders."""
        raise NotPlayed("TikTok ads have no orders: they live in tiktok_shop")

    def request_cancellation(self, order_id: str) -> NoReturn:
        """There are no orders."""
        raise NotPlayed("TikTok ads have no orders: they live in tiktok_shop")

    def request_return(self, order_id: str) -> NoReturn:
        """There are no orders."""
        raise NotPlayed("TikTok ads have no orders: they live in tiktok_shop")
