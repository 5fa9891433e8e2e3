"""What Meta estimates and demands: bids out of a delivery estimate, the least budget, related interests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.backends.meta.social.advertising.account import AdAccount
from socialcommerce.backends.meta.social.advertising.base import RULES, AdvertisingNoun
from socialcommerce.backends.meta.social.advertising.blocks import goal_flaws, goal_of, promoted_object
from socialcommerce.backends.meta.social.advertising.reach import targeting_flaws, targeting_spec
from socialcommerce.backends.meta.social.advertising.targeting import audience_size
from socialcommerce.backends.meta.social.codes.ads import GOALS
from socialcommerce.models.ads import Delivery
from socialcommerce.models.audience import Suggestion
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["AdviceNoun"]

_SEEDS = 5
"""How many of the interests found are asked about."""


class AdviceNoun(AdvertisingNoun):
    """A noun that asks what Meta would do."""

    def bids(self, delivery: Delivery | None) -> Flow[Sequence[Suggestion]]:
        """GET /act_{id}/delivery_estimate for a goal and a targeting."""
        place = yield from self.place()
        told = delivery or Delivery()
        RULES.hold(targeting_flaws(told.targeting))
        RULES.hold(goal_flaws(told, told.native, place))
        goal = goal_of(told)
        promoted = promoted_object(goal, told.native.get("promoted_object") or {}, place)
        query = {
            "optimization_goal": told.native.get("optimization_goal") or GOALS[str(goal)].word,
            "targeting_spec": targeting_spec(told.targeting),
            "promoted_object": promoted or None,
        }
        data = yield from self.ask("GET", f"/{place.account.id}/delivery_estimate", query=query)
        return [_bid(row, place.account) for row in data.get("data") or ()]

    def least_budgets(self) -> Flow[Sequence[Suggestion]]:
        """GET /act_{id}/minimum_budgets: the least a day, in the account's currency."""
        account = yield from self.account()
        data = yield from self.ask("GET", f"/{account.id}/minimum_budgets")
        rows = [row for row in data.get("data") or () if row.get("currency") in (None, account.currency)]
        return [
            Suggestion.build(
                kind="budget",
                amount=account.money(row.get("min_daily_budget_imp")),
                amount_min=account.money(row.get("min_daily_budget_imp")),
                reason="the least that Meta takes a day when impressions are billed",
                raw=row,
            )
            for row in rows
        ]

    def words(self, query: str | None) -> Flow[Sequence[Suggestion]]:
        """Interests near the words: those found (GET /act_{id}/targetingsearch), and what they suggest."""
        if not query:
            raise invalid(query="is needed to find keywords")
        path = f"/{self.own('ad')}"
        asked = {"q": query, "limit_type": "interests"}
        data = yield from self.ask("GET", f"{path}/targetingsearch", query=asked)
        found = list(data.get("data") or ())
        if not found:
            return []
        seeds = [{"type": "interests", "id": str(row["id"])} for row in found[:_SEEDS]]
        near = yield from self.ask(
            "GET",
            f"{path}/targetingsuggestions",
            query={"targeting_list": seeds, "limit_type": "interests"},
        )
        rows = {str(row["id"]): row for row in (*found, *(near.get("data") or ()))}
        return [_word(row) for row in rows.values()]


def _bid(row: Mapping[str, Any], account: AdAccount) -> Suggestion:
    """An estimate; the bids in it are named where Meta tells any, the rest is in ``raw``."""
    told = row.get("bid_estimate") or {}
    return Suggestion.build(
        kind="bid",
        amount=account.money(told.get("median_bid")),
        amount_min=account.money(told.get("min_bid")),
        amount_max=account.money(told.get("max_bid")),
        raw=row,
    )


def _word(row: Mapping[str, Any]) -> Suggestion:
    return Suggestion.build(
        kind="keywords", keyword=row.get("name"), search_volume=audience_size(row), raw=row
    )
