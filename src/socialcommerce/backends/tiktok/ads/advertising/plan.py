"""What is to be made, held against TikTok's rules: what is wrong with it, and the body that makes it.

The rules stand here once: ``check`` tells them as problems, ``create`` and ``update`` raise them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.tiktok.ads.advertising.blocks import (
    Place,
    bid_fields,
    budget_fields,
    budget_flaws,
    delivery_flaws,
    goal_fields,
    schedule_fields,
    targeting_fields,
    targeting_native,
)
from socialcommerce.backends.tiktok.ads.codes import ads as codes
from socialcommerce.models.ads import AdGroupInput, AdInput, Bid, CampaignInput, CampaignKind, Delivery
from socialcommerce.models.product import RefLike

__all__ = [
    "campaign_body",
    "campaign_flaws",
    "ad_flaws",
    "gmv_body",
    "group_body",
    "group_flaws",
    "name_flaws",
]

_NAME = 512
_PRODUCTS = 50
_CAMPAIGN, _GROUP, _AD = "ads.campaigns.create:", "ads.ad_groups.create:", "ads.ads.create:"
_PROMOTION: dict[str, str] = {
    "TRAFFIC": "WEBSITE",
    "WEB_CONVERSIONS": "WEBSITE",
    "LEAD_GENERATION": "LEAD_GENERATION",
}
"""What an ad group promotes unless told, by its campaign's objective."""
_DIRECT_MESSAGE = "LEAD_GEN_CLICK_TO_TT_DIRECT_MESSAGE"


def name_flaws(name: str | None, field: str = "name") -> Iterator[Flaw]:
    """What is wrong with a name: wide characters count twice, and emoji are refused."""
    if not name:
        yield Flaw(field, "is needed")
        return
    length = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in name)
    if length > _NAME:
        yield Flaw(field, f"counts {length} characters (wide ones twice); at most {_NAME}")
    if any(ord(one) >= 0x1F000 or unicodedata.category(one) == "So" for one in name):
        yield Flaw(field, "must not hold emoji")


def campaign_flaws(plan: CampaignInput, place: Place) -> Iterator[Flaw]:
    """Everything wrong with a campaign to make."""
    yield from name_flaws(plan.name)
    if plan.status == "draft":
        yield Flaw("status", refusal=_CAMPAIGN + "status=draft")
    if plan.kind == "shop_gmv_max":
        yield from _gmv_flaws(plan, place)
        return
    yield from budget_flaws(plan.budget, place.account)
    yield from _objective_flaws(plan)
    delivery = plan.delivery
    if delivery and (delivery.goal or delivery.bid or delivery.schedule or delivery.targeting):
        yield Flaw("delivery", refusal=_CAMPAIGN + "delivery")
    if plan.target_roas is not None:
        yield Flaw("target_roas", refusal=_CAMPAIGN + "target_roas")
    if plan.products:
        yield Flaw("products", refusal=_CAMPAIGN + "products")


def _objective_flaws(plan: CampaignInput) -> Iterator[Flaw]:
    objective = plan.delivery.objective if plan.delivery else None
    if objective is None:
        if "objective_type" not in plan.native:
            yield Flaw("delivery.objective", f"is needed: one of {', '.join(codes.OBJECTIVES)}")
    elif objective in ("shop_sales", "store_visits"):
        yield Flaw("delivery.objective", refusal=_CAMPAIGN + objective)
    elif objective not in codes.OBJECTIVES:
        yield Flaw("delivery.objective", f"{objective!r} can only be read")
    elif plan.kind == "auto" and objective not in codes.SMART_OBJECTIVES:
        yield Flaw("delivery.objective", refusal=_CAMPAIGN + "smart_objective")
    if plan.kind == "auto" and plan.budget is not None and plan.budget.kind == "unlimited":
        yield Flaw("budget", "Smart+ needs an amount, or leaves the budget to the ad groups")


def _gmv_flaws(plan: CampaignInput, place: Place) -> Iterator[Flaw]:
    if plan.budget is None or plan.budget.kind != "daily":
        yield Flaw("budget", "GMV Max needs a daily budget")
    else:
        yield from budget_flaws(plan.budget, place.account)
    yield from roas_flaws(plan.target_roas, needed="roas_bid" not in plan.native)
    yield from delivery_flaws(plan.delivery, place)
    delivery = plan.delivery or Delivery()
    if delivery.objective not in (None, "shop_sales") or delivery.goal not in (None, "value"):
        yield Flaw("delivery.objective", "a GMV Max campaign sells: objective shop_sales, goal value")
    hours = delivery.schedule.hours if delivery.schedule else ()
    if (
        delivery.targeting is not None
        or hours
        or (delivery.bid or Bid()).strategy not in ("auto", "target_roas")
    ):
        yield Flaw("delivery", refusal=_CAMPAIGN + "gmv_max")
    if len(plan.products) > _PRODUCTS:
        yield Flaw("products", f"are {len(plan.products)}; at most {_PRODUCTS}, or none for all of the shop")
    if any(_product_id(one) is None for one in plan.products):
        yield Flaw("products", "name products by product_id: GMV Max knows no SKUs")


def roas_flaws(target: Decimal | None, *, needed: bool = False) -> Iterator[Flaw]:
    """What is wrong with a target ROAS."""
    if target is None and needed:
        yield Flaw("target_roas", "is needed for this bid")
    elif target is not None and target != target.quantize(Decimal("0.01")):
        yield Flaw("target_roas", "takes two decimals; more would be cut")


def _product_id(ref: RefLike) -> str | None:
    return getattr(ref, "product_id", None)


def campaign_body(plan: CampaignInput, key: str) -> dict[str, Any]:
    """The body that makes a campaign by hand or of Smart+, for a plan without flaws."""
    objective = plan.delivery.objective if plan.delivery else None
    body: dict[str, Any] = {
        "campaign_name": plan.name,
        "request_id": key,
        "operation_status": "ENABLE" if plan.status == "active" else "DISABLE",
    }
    if objective is not None:
        body["objective_type"] = codes.OBJECTIVES[objective]
    if objective == "catalog_sales":
        body["campaign_product_source"] = "CATALOG"
    if plan.kind == "auto":
        body |= {"sales_destination": "WEBSITE"} if objective == "conversions" else {}
        body |= {"budget_optimize_on": plan.budget is not None}
    body |= budget_fields(plan.budget, auto=plan.kind == "auto")
    native = {**(plan.delivery.native if plan.delivery else {}), **plan.native}
    return body | native


def gmv_body(plan: CampaignInput, store: Mapping[str, Any], place: Place, key: str) -> dict[str, Any]:
    """The body that makes a GMV Max campaign for a shop."""
    delivery = plan.delivery or Delivery()
    products = [str(_product_id(one)) for one in plan.products]
    body: dict[str, Any] = {
        "campaign_name": plan.name,
        "request_id": key,
        "store_id": str(store["store_id"]),
        "store_authorized_bc_id": str(store["store_authorized_bc_id"]),
        "shopping_ads_type": "PRODUCT",
        "optimization_goal": "VALUE",
        "deep_bid_type": "VO_MIN_ROAS",
        "roas_bid": plan.target_roas,
        "budget": plan.budget.amount.amount if plan.budget and plan.budget.amount else None,
        **schedule_fields(delivery.schedule, place),
    }
    if plan.native.get("shopping_ads_type", "PRODUCT") == "PRODUCT":
        body["product_specific_type"] = "CUSTOMIZED_PRODUCTS" if products else "ALL"
        body["product_video_specific_type"] = "AUTO_SELECTION"
    if products:
        body["item_group_ids"] = products
    return {name: value for name, value in (body | plan.native).items() if value is not None}


def group_flaws(plan: AdGroupInput, kind: CampaignKind, place: Place) -> Iterator[Flaw]:
    """Everything wrong with an ad group to make in a campaign of a kind."""
    yield from name_flaws(plan.name)
    if plan.status == "draft":
        yield Flaw("status", refusal=_CAMPAIGN + "status=draft")
    if kind == "shop_gmv_max":
        yield Flaw("campaign_id", refusal=_GROUP + "gmv_max")
        return
    if plan.products:
        yield Flaw("products", refusal=_GROUP + "products")
    yield from budget_flaws(plan.budget, place.account)
    delivery = plan.delivery or Delivery()
    if delivery.objective is not None:
        yield Flaw("delivery.objective", refusal=_GROUP + "objective")
    if delivery.goal is None and "optimization_goal" not in plan.native:
        yield Flaw("delivery.goal", f"is needed: one of {', '.join(codes.GOALS)}")
    yield from delivery_flaws(delivery, place)
    yield from _bid_flaws(plan, delivery)
    yield from _reach_flaws(plan, kind, delivery)


def _bid_flaws(plan: AdGroupInput, delivery: Delivery) -> Iterator[Flaw]:
    strategy = delivery.bid.strategy if delivery.bid else "auto"
    if plan.target_roas is not None and strategy not in ("auto", "target_roas"):
        yield Flaw("target_roas", f"does not go with the bid {strategy}")
    yield from roas_flaws(plan.target_roas, needed=strategy == "target_roas")


def _reach_flaws(plan: AdGroupInput, kind: CampaignKind, delivery: Delivery) -> Iterator[Flaw]:
    targeting = delivery.targeting
    named = bool(targeting and (targeting.countries or targeting.regions))
    if not named and "location_ids" not in {**targeting_native(delivery), **plan.native}:
        yield Flaw(
            "delivery.targeting.countries", "or regions are needed: TikTok does not advertise everywhere"
        )
    if kind == "auto" and targeting is not None and targeting.keywords:
        yield Flaw("delivery.targeting.keywords", "go with campaigns of kind standard")


def group_body(
    plan: AdGroupInput,
    campaign: Mapping[str, Any],
    kind: CampaignKind,
    place: Place,
    key: str,
) -> dict[str, Any]:
    """The body that makes an ad group in a campaign (its row), for a plan without flaws."""
    delivery = plan.delivery or Delivery()
    targeting = targeting_fields(delivery.targeting, place)
    body: dict[str, Any] = {
        "campaign_id": str(campaign["campaign_id"]),
        "adgroup_name": plan.name,
        "request_id": key,
        "operation_status": "ENABLE" if plan.status == "active" else "DISABLE",
        **_promotion(campaign, delivery),
        **goal_fields(delivery.goal),
        **bid_fields(delivery, plan.target_roas),
        **schedule_fields(delivery.schedule, place),
    }
    if kind == "auto":
        placing = ("placement_type", "placements")
        spec = {name: value for name, value in targeting.items() if name not in placing}
        body |= {name: targeting[name] for name in placing if name in targeting}
        body |= {"targeting_spec": spec, **(budget_fields(plan.budget) if plan.budget else {})}
    else:
        unlimited = {"budget_mode": "BUDGET_MODE_INFINITE", "budget": 0}
        body |= {"pacing": "PACING_MODE_SMOOTH", **targeting, **(budget_fields(plan.budget) or unlimited)}
        body.setdefault("budget", 0)
    return body | delivery.native | plan.native


def _promotion(campaign: Mapping[str, Any], delivery: Delivery) -> dict[str, str]:
    if delivery.goal == "conversations":
        return {"promotion_type": _DIRECT_MESSAGE}
    promoted = _PROMOTION.get(str(campaign.get("objective_type")))
    return {"promotion_type": promoted} if promoted else {}


def ad_flaws(plan: AdInput) -> Iterator[Flaw]:
    """Everything wrong with an ad to make that shows without asking TikTok."""
    yield from name_flaws(plan.name)
    if plan.status == "draft":
        yield Flaw("status", refusal=_CAMPAIGN + "status=draft")
    if plan.delivery is not None:
        yield Flaw("delivery", refusal=_AD + "delivery")
    if plan.products or plan.creative is None:
        yield Flaw("products", refusal=_AD + "products")
        return
    cta = getattr(plan.creative, "cta", None)
    if cta not in (None, "none", *codes.CALLS_TO_ACTION) and "call_to_action" not in plan.native:
        yield Flaw("creative.cta", refusal=_AD + "cta")
