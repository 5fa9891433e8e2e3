"""One seller on Meta: an account of the market with the ids of its assets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define, field

from socialcommerce.simulators.account import Account

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.twin import GraphTwin
    from socialcommerce.simulators.meta.graph.wire import Node

__all__ = ["Seller"]


@define(slots=True, eq=False)
class Seller(Account):
    """A seller with one catalog, and whatever else the platform gives it (``assets``: kind -> node).

    ``shared`` assets belong to another business that lent them: they stand under ``client_*``.
    """

    assets: dict[str, Node] = field(factory=dict)
    shared: bool = False

    @property
    def catalog(self) -> Node:
        """The catalog that the market's products stand in."""
        return self.assets["ProductCatalog"]

    def asset(self, kind: str) -> Node:
        """The seller's asset of a kind ("Page", "AdAccount" …)."""
        return self.assets[kind]

    def give(self, twin: GraphTwin, kind: str, key: str | None = None, **data: Any) -> Node:
        """Make the asset of a kind, and remember it; the one that the account is known by has its id."""
        known = self.id if kind == twin.account_asset else None
        node = twin.add(kind, self, key=key or known, **data)
        self.assets[kind] = node
        return node
