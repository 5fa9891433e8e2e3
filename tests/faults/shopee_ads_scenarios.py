"""Every write of Shopee's ads as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.faults.scenarios import Scenario, product
from tests.faults.shopee_catalog_scenarios import sgd

from socialcommerce import Client
from socialcommerce.models import (
    AdInput,
    Bid,
    Budget,
    CampaignInput,
    Delivery,
    Keyword,
    LaunchPlan,
    Ref,
    Targeting,
)
from socialcommerce.simulators.entities import Campaign
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS"]


def plan(**changes: Any) -> CampaignInput:
    fields: dict[str, Any] = {
        "products": [Ref(sku="MUG")],
        "budget": Budget(kind="daily", amount=sgd("20")),
        "status": "active",
    }
    return CampaignInput(**fields | changes)


def whole_shop() -> CampaignInput:
    return plan(kind="shop_gmv_max", products=[])


def by_hand(*words: str) -> Delivery:
    keywords = [Keyword(word, "exact", sgd("0.50")) for word in words]
    targeting = Targeting(keywords=keywords, placements=["search"])
    return Delivery(bid=Bid("manual", sgd("0.30")), targeting=targeting)


def campaigns(market: Market, _: Any) -> int:
    return sum(one.status != "deleted" for one in market.default.campaigns.values())


def campaign(*given: CampaignInput) -> Callable[[Client], Campaign]:
    def arrange(shop: Client) -> Campaign:
        product(shop)
        made = shop.ads.campaigns.create(given[0], may_spend=True)
        found: Campaign = shop.market.default.campaigns[made.id]
        return found

    return arrange


def _taken_out(shop: Client) -> Any:
    made, item = _with_item(shop)
    shop.ads.ads.delete(f"{made.id}:{item.id}")
    return made, item


def _with_item(shop: Client) -> Any:
    made = campaign(whole_shop())(shop)
    (item,) = shop.market.default.products.values()
    return made, item


def _out(market: Market, found: Any) -> int:
    return int(found[1].id in found[0].native["removed"])


def _in(market: Market, found: Any) -> int:
    return 1 - _out(market, found)


def _ads() -> Iterator[Scenario]:
    create, edit = "*/ads/create_manual_product_ads", "*/ads/edit_manual_product_ads"
    shop_edit, items = "*/ads/edit_gms_product_campaign", "*/ads/edit_gms_item_product_campaign"
    yield Scenario(
        "ads.campaigns.create",
        create,
        lambda shop, _: shop.ads.campaigns.create(plan(), may_spend=True),
        campaigns,
        product,
    )
    yield Scenario(
        "ads.campaigns.create, of two alike",
        create,
        lambda shop, _: shop.ads.campaigns.create(plan(), may_spend=True),
        lambda market, _: campaigns(market, _) - 1,
        campaign(plan()),
    )
    yield Scenario(
        "ads.campaigns.create, paused at once",
        edit,
        lambda shop, _: shop.ads.campaigns.create(plan(status="paused"), may_spend=True),
        lambda market, _: sum(one.status == "paused" for one in market.default.campaigns.values()),
        product,
    )
    yield Scenario(
        "ads.campaigns.create, GMV Max",
        "*/ads/create_gms_product_campaign",
        lambda shop, _: shop.ads.campaigns.create(whole_shop(), may_spend=True),
        campaigns,
        product,
    )
    yield Scenario(
        "ads.launch",
        create,
        lambda shop, _: shop.ads.launch(LaunchPlan(campaign=plan()), may_spend=True),
        campaigns,
        product,
    )
    budget = Budget(kind="daily", amount=sgd("35"))
    for name, step, given in (("", edit, plan()), (", GMV Max", shop_edit, whole_shop())):
        yield Scenario(
            f"ads.campaigns.update{name}",
            step,
            lambda shop, one: shop.ads.campaigns.update(one.id, budget=budget),
            lambda market, one: int(one.budget == 35),
            campaign(given),
        )
        yield Scenario(
            f"ads.campaigns.set_status{name}",
            step,
            lambda shop, one: shop.ads.campaigns.set_status(one.id, "paused"),
            lambda market, one: int(one.status == "paused"),
            campaign(given),
        )
    yield Scenario(
        "ads.campaigns.delete",
        edit,
        lambda shop, one: shop.ads.campaigns.delete(one.id),
        lambda market, one: int(one.status == "deleted"),
        campaign(plan()),
    )
    yield Scenario(
        "ads.ad_groups.update",
        "*/ads/edit_manual_product_ad_keywords",
        lambda shop, one: shop.ads.ad_groups.update(one.id, delivery=by_hand("mug", "cup")),
        _keywords,
        campaign(plan(delivery=by_hand("mug"))),
    )
    yield Scenario(
        "ads.ads.create",
        items,
        lambda shop, found: shop.ads.ads.create(
            AdInput(products=[Ref(product_id=found[1].id)], status="active"), may_spend=True
        ),
        _in,
        _taken_out,
    )
    yield Scenario(
        "ads.ads.set_status",
        items,
        lambda shop, found: shop.ads.ads.set_status(f"{found[0].id}:{found[1].id}", "paused"),
        _out,
        _with_item,
    )
    yield Scenario(
        "ads.ads.delete",
        items,
        lambda shop, found: shop.ads.ads.delete(f"{found[0].id}:{found[1].id}"),
        _out,
        _with_item,
    )


def _keywords(market: Market, one: Campaign) -> int:
    return int("cup" in one.native["keywords"])


SCENARIOS: tuple[Scenario, ...] = tuple(_ads())
