"""Every write of Meta's advertising as data: the world before, and how often its effect is there after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from attrs import evolve
from tests.faults.scenarios import Scenario

from socialcommerce import Client, Money, simulate
from socialcommerce.errors import PartiallyApplied
from socialcommerce.models import Media
from socialcommerce.models.ads import (
    AdGroupInput,
    AdInput,
    Budget,
    CampaignInput,
    Delivery,
    LaunchPlan,
    Targeting,
)
from socialcommerce.models.creatives import Built
from socialcommerce.simulators.faults import Faults
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS", "ad", "built", "daily", "group", "plan"]

PICTURE = Media.from_bytes(b"\x89PNG\r\n\x1a\nmug", name="mug.png")
Count = Callable[[Market, Any], int]


def daily(amount: str) -> Budget:
    return Budget(kind="daily", amount=Money(amount, "USD"))


def plan(**fields: Any) -> CampaignInput:
    given: dict[str, Any] = {
        "name": "Sale",
        "budget": daily("50"),
        "delivery": Delivery(objective="traffic"),
        "native": {"special_ad_categories": []},
    }
    return CampaignInput(**given | fields)


def group(campaign: str | None = None, **fields: Any) -> AdGroupInput:
    reach = Delivery(goal="clicks", targeting=Targeting(countries=["US"]))
    return AdGroupInput(**{"name": "Group", "delivery": reach} | fields, campaign_id=campaign)


def built() -> Built:
    return Built(PICTURE, "Buy a mug", "shop_now", "https://shop.example.com")


def ad(ad_group: str | None = None, **fields: Any) -> AdInput:
    return AdInput(**{"name": "Ad", "creative": built()} | fields, ad_group_id=ad_group)


# -- the world before, and what of it is counted


def campaign(shop: Client) -> str:
    return str(shop.ads.campaigns.create(plan()).id)


def ad_group(shop: Client) -> str:
    return str(shop.ads.ad_groups.create(group(campaign(shop))).id)


def single_ad(shop: Client) -> str:
    return str(shop.ads.ads.create(ad(ad_group(shop))).id)


def another_ad(shop: Client) -> str:
    found: str = shop.ads.ads.get(single_ad(shop)).ad_group_id
    return found


def quiet(market: Market) -> Client:
    """A second client of the same world, in which nothing goes wrong any more."""
    market.faults = Faults()
    return simulate("meta", market=market)


def listed(level: str, before: int = 0) -> Count:
    def count(market: Market, _: Any) -> int:
        return len(getattr(quiet(market).ads, level).list().collect()) - before

    return count


def creatives(market: Market, _: Any) -> int:
    return len(quiet(market).ads.creatives().collect())


def images(market: Market, _: Any) -> int:
    account = quiet(market).accounts("ad")[0].id
    return len(quiet(market).call("GET", f"/{account}/adimages")["data"])


def looks(level: str, wanted: Callable[[Any], bool]) -> Count:
    return lambda market, key: int(wanted(getattr(quiet(market).ads, level).get(key)))


LEVELS: list[tuple[str, str, Callable[[Client], str]]] = [
    ("campaigns", "campaign", campaign),
    ("ad_groups", "ad group", ad_group),
    ("ads", "ad", single_ad),
]


def _creates() -> Iterator[Scenario]:
    first: list[tuple[str, str, Any, Any, Any]] = [
        ("campaigns", "campaigns", lambda shop, _: shop.ads.campaigns.create(plan()), None, campaign),
        (
            "ad_groups",
            "adsets",
            lambda shop, one: shop.ads.ad_groups.create(group(one)),
            campaign,
            lambda shop: shop.ads.ad_groups.get(ad_group(shop)).campaign_id,
        ),
        ("ads", "ads", _made_ad, ad_group, another_ad),
    ]
    for level, edge, act, before, alike in first:
        given = {} if before is None else {"arrange": before}
        yield Scenario(f"ads.{level}.create", f"POST */{edge}", act, listed(level), **given)
        yield Scenario(
            f"ads.{level}.create, of two alike", f"POST */{edge}", act, listed(level, 1), arrange=alike
        )
    yield Scenario(
        "ads.ads.create, at its creative", "POST */adcreatives", _made_ad, creatives, arrange=ad_group
    )


def _known(level: str, act: Callable[[Client, Any], Any], shop: Client, one: Any) -> Any:
    """Do something of several steps; where it stops after ``level`` was made, that is known."""
    try:
        return act(shop, one)
    except PartiallyApplied as error:
        if level in [made.rpartition(" ")[0] for made in error.done] or error.__cause__ is None:
            return error
        raise error.__cause__ from None


def _made_ad(shop: Client, one: Any) -> Any:
    return shop.ads.ads.create(ad(one))


def _changes() -> Iterator[Scenario]:
    for level, _, arrange in LEVELS:
        yield Scenario(
            f"ads.{level}.update",
            "POST */v26.0/1*",
            lambda shop, one, level=level: getattr(shop.ads, level).update(one, name="Other"),
            looks(level, lambda one: one.name == "Other"),
            arrange,
        )
        yield Scenario(
            f"ads.{level}.set_status",
            "POST */v26.0/1*",
            lambda shop, one, level=level: getattr(shop.ads, level).set_status(one, "active"),
            looks(level, lambda one: one.status == "active"),
            arrange,
        )
        yield Scenario(
            f"ads.{level}.delete",
            "DELETE *",
            lambda shop, one, level=level: getattr(shop.ads, level).delete(one),
            looks(level, lambda one: one.status == "deleted"),
            arrange,
        )


def _launch(shop: Client, _: Any) -> Any:
    return shop.ads.launch(LaunchPlan(campaign=plan(), ad_groups=[group()], ads=[ad()]))


def _launches() -> Iterator[Scenario]:
    for (level, what, _), edge in zip(LEVELS, ("campaigns", "adsets", "ads"), strict=True):
        yield Scenario(
            f"ads.launch, at {what}", f"POST */{edge}", partial(_known, what, _launch), listed(level)
        )


def _uploads() -> Iterator[Scenario]:
    yield Scenario(
        "ads.upload_media",
        "POST */adimages",
        lambda shop, _: shop.ads.upload_media(PICTURE),
        # Pictures are known by their bytes, so that one is there once however often it is sent.
        images,
    )


SCENARIOS = tuple(
    evolve(one, platform="meta", currency="USD")
    for part in (_creates, _changes, _launches, _uploads)
    for one in part()
)
