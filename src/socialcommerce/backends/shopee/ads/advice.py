"""What Shopee says beforehand: the balance, whether a plan would pass, what it recommends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from socialcommerce.backends.shopee.ads.edits import EditingNoun
from socialcommerce.backends.shopee.ads.mapping import exact
from socialcommerce.backends.shopee.ads.plan import LOCATIONS, flaws, problems
from socialcommerce.backends.shopee.ads.wire import number, reference
from socialcommerce.backends.shopee.regions import Region, region_of
from socialcommerce.errors import AccountRestricted
from socialcommerce.models.account import Account
from socialcommerce.models.ads import CampaignInput, Delivery
from socialcommerce.models.audience import Suggestion
from socialcommerce.models.check import Problem
from socialcommerce.models.money import Money
from socialcommerce.runtime.flow import Flow

__all__ = ["AdvisingNoun"]

AccountStatus = Literal["active", "restricted", "suspended", "closed", "other"]


class AdvisingNoun(EditingNoun):
    """A noun that asks before it acts."""

    def ad_account(self) -> Flow[Account]:
        """The ad account of the shop: balance of paid and free credit, in the currency of its market.

        GET ads/get_total_balance (whose refusal tells the status), shop/get_shop_info,
        ads/get_shop_toggle_info (``raw["auto_top_up"]``).
        """
        balance, status, word = yield from self._balance()
        info = yield from self.ask("GET", "/api/v2/shop/get_shop_info", service="seller")
        region = region_of(info["region"])
        toggles = yield from self._toggles(status)
        subject = self.subject or self.backend.default_subject()
        identity = subject.id if subject else ""
        return Account.build(
            kind="ad",
            id=identity,
            platform="shopee",
            native_ids={"shop_id": identity},
            name=info.get("shop_name"),
            region=region.code,
            currency=region.currency,
            timezone=region.timezone,
            balance=None if balance is None else Money.of(exact(balance["total_balance"]), region.currency),
            status=status,
            native_status=word,
            raw={**(balance or {}), **toggles},
        )

    def _balance(self) -> Flow[tuple[Mapping[str, Any] | None, AccountStatus, str | None]]:
        try:
            balance = yield from self.read("get_total_balance")
        except AccountRestricted as error:
            disabled = str(error.code).endswith("invalid_status")
            return None, ("suspended" if disabled else "restricted"), error.code
        return balance, "active", None

    def _toggles(self, status: AccountStatus) -> Flow[Mapping[str, Any]]:
        if status != "active":
            return {}
        toggles: Mapping[str, Any] = yield from self.read("get_shop_toggle_info")
        return toggles

    def problems_of(self, plan: CampaignInput) -> Flow[list[Problem]]:
        """Everything that would be refused in a plan: by our rules, by the shop's limits, by its balance."""
        place = yield from self.place()
        found = problems(flaws(plan, place))
        if plan.kind == "shop_gmv_max":
            found += yield from self._shop_problems()
        elif not found:
            found += yield from self._budget_problems(plan, place.region)
        return found + (yield from self._balance_problems())

    def _shop_problems(self) -> Flow[list[Problem]]:
        reply = yield from self.read("check_create_gms_product_campaign_eligibility")
        if reply.get("is_eligible"):
            return []
        reason = reply.get("reason")
        return [Problem.build(field="kind", message=f"this shop cannot have a GMV Max campaign: {reason}")]

    def _budget_problems(self, plan: CampaignInput, region: Region) -> Flow[list[Problem]]:
        if plan.budget is None or plan.budget.amount is None:
            return []
        item = yield from self.item_of(plan.products[0])
        advised = yield from self._advised_budget(item, plan.delivery, plan.target_roas)
        low, high = exact(advised["min_budget"]), exact(advised["max_budget"])
        if low <= plan.budget.amount.amount <= high:
            return []
        limits = f"must lie between {low} and {high} {region.currency}"
        return [Problem.build(field="budget.amount", message=limits)]

    def _balance_problems(self) -> Flow[list[Problem]]:
        balance, _, word = yield from self._balance()
        if balance is None:
            return [Problem.build(field="account", message=f"the ad account cannot advertise: {word}")]
        if balance["total_balance"]:
            return []
        return [Problem.build(field="account", message="the balance is zero; top it up")]

    def suggestions(
        self, what: str, item: str, query: str | None, delivery: Delivery | None
    ) -> Flow[Sequence[Suggestion]]:
        """What Shopee recommends for an item."""
        region = yield from self.region()
        if what in ("bid", "keywords"):
            reply = yield from self.read(
                "get_recommended_keyword_list", item_id=number(item), input_keyword=query
            )
            rows = reply.get("suggested_keywords") or ()
            return [_keyword(what, item, row, region) for row in rows]
        if what == "budget":
            advised = yield from self._advised_budget(item, delivery, None)
            return [_budget(item, advised, region)]
        target = yield from self.read(
            "get_product_recommended_roi_target", reference_id=reference(), item_id=number(item)
        )
        return [_roas(item, target)]

    def _advised_budget(self, item: str, delivery: Delivery | None, target: Any) -> Flow[Mapping[str, Any]]:
        """The recommended budget; its reads ask for a reference too, which is thrown away."""
        by_hand = delivery is not None and delivery.bid is not None and delivery.bid.strategy == "manual"
        manual = {"enhanced_cpc": False, "discovery_ads_location_names": list(LOCATIONS)}
        reply = yield from self.read(
            "get_create_product_ad_budget_suggestion",
            reference_id=reference(),
            product_selection="manual",
            campaign_placement="all",
            bidding_method="manual" if by_hand else "auto",
            item_id=number(item),
            roas_target=target,
            **(manual if by_hand else {}),
        )
        found: Mapping[str, Any] = reply["budget"]
        return found

    def suggested_items(self) -> Flow[Sequence[Suggestion]]:
        """GET get_recommended_item_list: items worth advertising, and why."""
        rows = yield from self.ask("GET", "/api/v2/ads/get_recommended_item_list")
        return [
            Suggestion.build(
                kind="products",
                product_id=str(row["item_id"]),
                reason=", ".join(row.get("sku_tag_list") or ()) or None,
                raw=row,
            )
            for row in rows
        ]


def _keyword(what: str, item: str, row: Mapping[str, Any], region: Region) -> Suggestion:
    return Suggestion.build(
        kind=what,
        product_id=item,
        keyword=row["keyword"],
        amount=Money.of(exact(row["suggested_bid"]), region.currency),
        search_volume=row.get("search_volume"),
        reason=f"quality score {row['quality_score']}" if "quality_score" in row else None,
        raw=row,
    )


def _budget(item: str, advised: Mapping[str, Any], region: Region) -> Suggestion:
    amounts: dict[str, Any] = {
        name: Money.of(exact(advised[key]), region.currency)
        for name, key in (
            ("amount", "recommended_budget"),
            ("amount_min", "min_budget"),
            ("amount_max", "max_budget"),
        )
    }
    return Suggestion.build(kind="budget", product_id=item, raw=advised, **amounts)


def _roas(item: str, target: Mapping[str, Any]) -> Suggestion:
    values: dict[str, Any] = {
        name: exact(target[key]["value"])
        for name, key in (("roas", "exact"), ("roas_min", "lower_bound"), ("roas_max", "upper_bound"))
    }
    reason = f"more competitive than {target['exact'].get('percentile')} % of similar ads"
    return Suggestion.build(kind="roas", product_id=item, reason=reason, raw=target, **values)
