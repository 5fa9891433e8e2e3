"""What is to be made, held against Meta's rules and written in its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.social.advertising.blocks import (
    Place,
    bid_flaws,
    budget_fields,
    budget_flaws,
    goal_flaws,
    goal_of,
    name_flaws,
    promoted_object,
    roas_flaws,
    schedule_fields,
    schedule_flaws,
    wire_bid,
)
from socialcommerce.backends.meta.social.advertising.looks import creative_flaws
from socialcommerce.backends.meta.social.advertising.reach import targeting_flaws, targeting_spec
from socialcommerce.backends.meta.social.codes import ads as codes
from socialcommerce.models.ads import AdGroupInput, AdInput, Bid, CampaignInput, Delivery

__all__ = [
    "ad_flaws",
    "campaign_body",
    "campaign_flaws",
    "group_body",
    "group_flaws",
    "has_budget",
    "level_flaws",
]

_CAMPAIGN, _GROUP, _AD = "ads.campaigns.create:", "ads.ad_groups.create:", "ads.ads.create:"
_BUDGETS = ("daily_budget", "lifetime_budget")


def has_budget(row: Mapping[str, Any], name: str | None = None) -> bool:
    """Whether an object, as it is read or as it will be written, holds a budget (of one kind)."""
    return any(str(row.get(one) or "0") != "0" for one in (_BUDGETS if name is None else (name,)))


def native_of(plan: CampaignInput | AdGroupInput) -> dict[str, Any]:
    """What an input says in Meta's own words."""
    return {**(plan.delivery.native if plan.delivery else {}), **plan.native}


# -- campaigns


def campaign_flaws(plan: CampaignInput, place: Place) -> Iterator[Flaw]:
    """Everything wrong with a campaign to make."""
    yield from name_flaws(plan.name)
    if plan.kind != "standard":
        yield Flaw("kind", refusal=_CAMPAIGN + "kind")
    if plan.status == "draft":
        yield Flaw("status", refusal=_CAMPAIGN + "status=draft")
    if plan.products:
        yield Flaw("products", refusal=_CAMPAIGN + "products")
    if plan.target_roas is not None:
        yield Flaw("target_roas", refusal=_CAMPAIGN + "target_roas")
    native = native_of(plan)
    yield from budget_flaws(plan.budget, place.account)
    yield from _declaration_flaws(native)
    delivery = plan.delivery or Delivery()
    yield from _objective_flaws(delivery, native, place)
    yield from level_flaws(delivery, place, budget=plan.budget is not None and plan.budget.amount is not None)


def _declaration_flaws(native: Mapping[str, Any]) -> Iterator[Flaw]:
    told = native.get("special_ad_categories")
    if not isinstance(told, list | tuple):
        yield Flaw(
            "native.special_ad_categories",
            "is a declaration that only you can make: [] where the ads are about none of "
            + ", ".join(sorted(codes.SPECIAL_CATEGORIES - {"NONE"})),
        )
    elif unknown := [one for one in told if one not in codes.SPECIAL_CATEGORIES]:
        yield Flaw("native.special_ad_categories", f"knows no {unknown[0]!r}")


def _objective_flaws(delivery: Delivery, native: Mapping[str, Any], place: Place) -> Iterator[Flaw]:
    objective = delivery.objective
    if "objective" in native:
        return
    if objective is None:
        yield Flaw("delivery.objective", f"is needed: one of {', '.join(codes.OBJECTIVES)}")
    elif objective not in codes.OBJECTIVES:
        yield Flaw("delivery.objective", refusal=_CAMPAIGN + "other")
    if objective == "catalog_sales" and "promoted_object" not in native and "catalog" not in place.own:
        yield Flaw(
            "delivery.objective",
            "catalog_sales needs a catalogue: catalog_id in the settings, or "
            "native={'promoted_object': {'product_catalog_id': …}}",
        )


def level_flaws(delivery: Delivery, place: Place, *, budget: bool) -> Iterator[Flaw]:
    """What of a delivery block has no place at a campaign; ``budget`` where the campaign holds one."""
    for name in ("goal", "targeting"):
        if getattr(delivery, name) is not None:
            yield Flaw(f"delivery.{name}", refusal=_CAMPAIGN + name)
    if delivery.schedule is not None:
        if delivery.schedule.hours:
            yield Flaw("delivery.schedule.hours", refusal=_CAMPAIGN + "hours")
        else:
            yield from schedule_flaws(delivery.schedule, False, place.now)
    bid = delivery.bid
    if bid is None:
        return
    yield from bid_flaws(bid, None, place.account)
    if not budget:
        yield Flaw("delivery.bid", refusal=_CAMPAIGN + "bid")
    elif bid.amount is not None:
        yield Flaw("delivery.bid.amount", refusal=_CAMPAIGN + "bid_amount")


def campaign_body(plan: CampaignInput, place: Place, strategy: str | None = None) -> dict[str, Any]:
    """The fields that make a campaign, for a plan without flaws.

    Args:
        plan: what to make.
        place: where and when.
        strategy: how the campaign bids, where its plan leaves the amounts to its ad groups.
    """
    delivery = plan.delivery or Delivery()
    body: dict[str, Any] = {
        "name": plan.name,
        "status": codes.WRITE_STATUS[plan.status],
        **budget_fields(plan.budget, place.account),
        **schedule_fields(delivery.schedule, "stop_time"),
    }
    if delivery.objective is not None:
        body["objective"] = codes.OBJECTIVES[delivery.objective].word
    if delivery.objective == "catalog_sales" and "catalog" in place.own:
        body["promoted_object"] = {"product_catalog_id": place.own["catalog"]}
    if has_budget(body):
        bids = strategy or (delivery.bid.strategy if delivery.bid else "auto")
        body["bid_strategy"] = codes.BID_STRATEGIES[bids]
    else:
        body["is_adset_budget_sharing_enabled"] = False
    return body | native_of(plan)


# -- ad groups


def group_flaws(plan: AdGroupInput, campaign: Mapping[str, Any], place: Place) -> Iterator[Flaw]:
    """Everything wrong with an ad group to make in a campaign (its row, or the body that will make it)."""
    yield from name_flaws(plan.name)
    if plan.status == "draft":
        yield Flaw("status", refusal=_CAMPAIGN + "status=draft")
    if plan.products:
        yield Flaw("products", refusal=_GROUP + "products")
    delivery, native = plan.delivery or Delivery(), native_of(plan)
    yield from _group_budget_flaws(plan, campaign, place)
    yield from _fit_flaws(delivery, native, campaign)
    yield from goal_flaws(delivery, native, place)
    yield from _group_bid_flaws(plan, delivery, campaign, place)
    lifetime = has_budget(campaign, "lifetime_budget") or (
        plan.budget is not None and plan.budget.kind == "lifetime"
    )
    yield from schedule_flaws(delivery.schedule, lifetime, place.now)
    if "targeting" not in native:
        yield from targeting_flaws(delivery.targeting)
    yield from _european_flaws(delivery, native, place)


def _group_budget_flaws(plan: AdGroupInput, campaign: Mapping[str, Any], place: Place) -> Iterator[Flaw]:
    yield from budget_flaws(plan.budget, place.account)
    own = plan.budget is not None and plan.budget.kind != "unlimited"
    above = has_budget(campaign)
    if own and above:
        yield Flaw("budget", "is held by the campaign; leave it out here")
    elif not own and not above and not native_of(plan).keys() & set(_BUDGETS):
        yield Flaw("budget", "is needed: the campaign has none")


def _fit_flaws(delivery: Delivery, native: Mapping[str, Any], campaign: Mapping[str, Any]) -> Iterator[Flaw]:
    """Whether an ad group fits its campaign: the objective, and a product set below a catalogue."""
    meant = codes.OBJECTIVES.get(str(delivery.objective))
    above = campaign.get("objective")
    if delivery.objective is not None and meant is None:
        yield Flaw("delivery.objective", refusal=_CAMPAIGN + "other")
    elif meant is not None and above is not None and not meant.fits(above):
        yield Flaw("delivery.objective", f"{delivery.objective} is none of the campaign's, {above}")
    catalog = (campaign.get("promoted_object") or {}).get("product_catalog_id")
    if catalog is not None and "product_set_id" not in (native.get("promoted_object") or {}):
        yield Flaw(
            "native.promoted_object",
            "the campaign sells from a catalogue: name the set, {'product_set_id': …}",
        )


def _group_bid_flaws(
    plan: AdGroupInput, delivery: Delivery, campaign: Mapping[str, Any], place: Place
) -> Iterator[Flaw]:
    bid = delivery.bid
    yield from bid_flaws(bid, goal_of(delivery), place.account)
    above = codes.READ_BIDS.get(str(campaign.get("bid_strategy"))) if has_budget(campaign) else None
    if above is None:
        yield from roas_flaws(plan.target_roas, delivery)
        return
    own = "target_roas" if plan.target_roas is not None else bid.strategy if bid is not None else above
    if codes.BID_STRATEGIES.get(own) != codes.BID_STRATEGIES[above]:
        yield Flaw("delivery.bid", f"the campaign holds the budget and bids {above}")
    elif above == "target_roas":
        yield from roas_flaws(plan.target_roas, Delivery(bid=Bid("target_roas")))
    elif above in ("bid_cap", "cost_cap") and (bid is None or bid.amount is None):
        yield Flaw("delivery.bid", f"needs an amount: the campaign bids {above}")


def _european_flaws(delivery: Delivery, native: Mapping[str, Any], place: Place) -> Iterator[Flaw]:
    """Within the European Union the law wants the beneficiary and the payer named."""
    countries = set(delivery.targeting.countries) if delivery.targeting else set()
    if not countries & codes.EUROPEAN_UNION:
        return
    for name in ("dsa_beneficiary", "dsa_payor"):
        if not native.get(name) and not place.account.row.get(f"default_{name}"):
            yield Flaw(f"native.{name}", "is needed for ads in the European Union: a name")


def group_body(plan: AdGroupInput, campaign: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The fields that make an ad group in a campaign (its row), for a plan without flaws."""
    delivery, native = plan.delivery or Delivery(), native_of(plan)
    goal = goal_of(delivery)
    billed = delivery.bid.billing_event if delivery.bid else None
    meant = codes.OBJECTIVES.get(str(delivery.objective))
    body: dict[str, Any] = {
        "name": plan.name,
        "campaign_id": str(campaign["id"]),
        "status": codes.WRITE_STATUS[plan.status],
        "billing_event": codes.BILLING[billed or "impressions"],
        **wire_bid(delivery.bid, plan.target_roas, place.account, below_budget=has_budget(campaign)),
        **budget_fields(plan.budget, place.account),
        **schedule_fields(delivery.schedule),
        "targeting": targeting_spec(delivery.targeting),
    }
    if goal in codes.GOALS:
        body["optimization_goal"] = codes.GOALS[goal].word
    if meant is not None and meant.destination is not None:
        body["destination_type"] = meant.destination
    promoted = promoted_object(goal, native.pop("promoted_object", None) or {}, place)
    return body | ({"promoted_object": promoted} if promoted else {}) | native


# -- ads


def ad_flaws(plan: AdInput, own: Mapping[str, str]) -> Iterator[Flaw]:
    """Everything wrong with an ad to make; ``own`` are the ids in the settings by kind."""
    yield from name_flaws(plan.name)
    if plan.status == "draft":
        yield Flaw("status", refusal=_CAMPAIGN + "status=draft")
    if plan.delivery is not None:
        yield Flaw("delivery", refusal=_AD + "delivery")
    if plan.products or plan.creative is None:
        yield Flaw("products", refusal=_AD + "products")
    elif "creative_id" not in plan.native:
        yield from creative_flaws(plan.creative, own)
