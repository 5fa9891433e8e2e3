"""Stories of an advertiser on the pretend Meta: the real backend against the twin."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from socialcommerce import AsyncClient, Client, Money, simulate
from socialcommerce.errors import Conflict, InvalidRequest, NotFound, PartiallyApplied
from socialcommerce.models import Media
from socialcommerce.models.ads import (
    AdGroupInput,
    AdInput,
    Bid,
    Budget,
    CampaignInput,
    Delivery,
    Hours,
    LaunchPlan,
    Schedule,
    Targeting,
)
from socialcommerce.models.creatives import Built, CatalogCreative, ExistingPost

PICTURE = Media.from_bytes(b"\x89PNG\r\n\x1a\nmug", name="mug.png")
FILM = Media.from_bytes(b"\0\0\0\x18ftypmp42", name="mug.mp4")
REACH = Targeting(countries=["US"])
URL = "https://shop.example/mug"


def daily(amount: str, currency: str = "USD") -> Budget:
    return Budget(kind="daily", amount=Money(amount, currency))


def plan(**fields: Any) -> CampaignInput:
    given: dict[str, Any] = {
        "name": "Spring",
        "budget": daily("50"),
        "delivery": Delivery(objective="traffic"),
        "native": {"special_ad_categories": []},
    }
    return CampaignInput(**given | fields)


def group(campaign: str | None = None, **fields: Any) -> AdGroupInput:
    given: dict[str, Any] = {"name": "Group", "delivery": Delivery(goal="clicks", targeting=REACH)}
    return AdGroupInput(**given | fields, campaign_id=campaign)


def ad(ad_group: str | None = None, creative: Any = None, name: str = "Ad") -> AdInput:
    return AdInput(
        name=name, ad_group_id=ad_group, creative=creative or Built(PICTURE, "Mugs!", "shop_now", URL)
    )


def tree(**fields: Any) -> LaunchPlan:
    return LaunchPlan(campaign=plan(**fields), ad_groups=[group()], ads=[ad()])


@pytest.fixture
def shop() -> Client:
    return simulate("meta", currency="USD")


def test_a_tree_is_launched_paused_started_and_reviewed(shop: Client) -> None:
    assert shop.ads.check(tree())
    made = shop.ads.launch(tree())
    (below,), (leaf,) = made.ad_groups, made.ads
    assert {made.campaign.status, below.status, leaf.status} == {"paused"}
    assert (below.campaign_id, leaf.ad_group_id, leaf.campaign_id) == (
        made.campaign.id,
        below.id,
        made.campaign.id,
    )
    assert isinstance(leaf.creative, Built)
    assert (leaf.creative.text, leaf.creative.cta, leaf.creative.url) == ("Mugs!", "shop_now", URL)
    assert shop.ads.ads.set_status(leaf, "active").delivery == "parent_paused"
    shop.ads.ad_groups.set_status(below, "active")
    assert shop.ads.campaigns.set_status(made.campaign, "active").delivery == "delivering"
    shop.market.advance(timedelta(hours=3))
    found = shop.ads.ads.get(leaf.id)
    assert found.review is not None
    assert (found.delivery, found.review.status) == ("delivering", "approved")


def test_objects_are_listed_by_whatever_narrows_them(shop: Client) -> None:
    made = shop.ads.launch(tree())
    other = shop.ads.campaigns.create(plan(name="Autumn"))
    start = shop.market.now()
    shop.market.advance(timedelta(hours=1))
    shop.ads.campaigns.set_status(other, "archived")
    assert [one.name for one in shop.ads.campaigns.list()] == ["Spring"]
    assert [one.name for one in shop.ads.campaigns.list(status="archived")] == ["Autumn"]
    assert [one.name for one in shop.ads.campaigns.list(name="sPri")] == ["Spring"]
    assert shop.ads.campaigns.list(updated_after=start + timedelta(minutes=5)).collect() == []
    assert [one.id for one in shop.ads.ad_groups.list(campaign=made.campaign)] == [made.ad_groups[0].id]
    assert [one.id for one in shop.ads.ads.list(ad_group=made.ad_groups[0])] == [made.ads[0].id]
    assert [one.id for one in shop.ads.ads.list(ids=[made.ads[0].id, "1"])] == [made.ads[0].id]
    assert len(shop.ads.creatives().collect()) == 1


def test_many_pages_are_one_listing() -> None:
    shop = simulate("meta", currency="USD", page_size=2)
    names = [f"C{number}" for number in range(5)]
    shop.ads.campaigns.create([plan(name=name) for name in names]).raise_for_failures()
    assert sorted(one.name for one in shop.ads.campaigns.list()) == names


def test_everything_about_an_ad_group_comes_back_as_it_was_written(shop: Client) -> None:
    above = shop.ads.campaigns.create(plan(budget=None))
    end = shop.market.now().replace(microsecond=0) + timedelta(days=9)
    told = Delivery(
        goal="clicks",
        bid=Bid("bid_cap", Money("1.25", "USD"), "impressions"),
        schedule=Schedule(end=end, hours=[Hours(weekday=0), Hours(weekday=6)]),
        targeting=Targeting(
            countries=["US", "CA"],
            age_min=21,
            age_max=40,
            genders=["female"],
            languages=["6"],
            placements=["facebook:feed", "instagram"],
        ),
    )
    lifetime = Budget(kind="lifetime", amount=Money("200", "USD"))
    made = shop.ads.ad_groups.create(group(above.id, delivery=told, budget=lifetime))
    assert made.budget == lifetime
    found = made.settings
    assert found is not None
    assert (found.goal, found.bid) == (told.goal, told.bid)
    assert found.schedule is not None
    assert (found.schedule.end, found.schedule.hours) == (end, told.schedule and told.schedule.hours)
    assert found.targeting is not None
    assert found.targeting.model_dump(exclude={"native"}) == (
        told.targeting and told.targeting.model_dump(exclude={"native"})
    )
    again = shop.ads.ad_groups.update(made, delivery=Delivery(targeting=found.targeting))
    assert again.settings is not None
    assert again.settings.targeting == found.targeting


def test_a_target_roas_holds_for_every_ad_group(shop: Client) -> None:
    told = Delivery(objective="conversions", goal="value", targeting=REACH)
    made = shop.ads.launch(
        LaunchPlan(
            campaign=plan(delivery=told, target_roas=Decimal("2.5")),
            ad_groups=[AdGroupInput(name="A"), AdGroupInput(name="B", target_roas=Decimal(4))],
        )
    )
    assert [one.target_roas for one in made.ad_groups] == [Decimal("2.5"), Decimal(4)]


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "9000"), ("IDR", "200000"), ("BHD", "50.25")])
def test_money_is_what_it_was_in_every_currency(currency: str, amount: str) -> None:
    shop = simulate("meta", currency=currency)
    made = shop.ads.campaigns.create(plan(budget=daily(amount, currency)))
    assert made.budget == daily(amount, currency)
    assert shop.ads.campaigns.update(made, budget=daily("90000", currency)).budget == daily("90000", currency)


def test_the_catalogue_is_advertised(shop: Client) -> None:
    for number in range(3):
        shop.market.add_product(f"MUG-{number}", 5)
    catalog = shop.backend.identities["catalog"].id
    query = {"filter": '{"retailer_id":{"is_any":["MUG-0","MUG-2"]}}', "name": "Mugs"}
    product_set = shop.call("POST", f"/{catalog}/product_sets", body=query, safety="absolute")["id"]
    told = Delivery(objective="catalog_sales", goal="purchases", targeting=REACH)
    creative = CatalogCreative(product_set, {"message": "{{product.name}}", "link": URL})
    made = shop.ads.launch(
        LaunchPlan(
            campaign=plan(delivery=told), ad_groups=[AdGroupInput(name="G")], ads=[ad(creative=creative)]
        )
    )
    assert made.campaign.settings is not None
    assert made.campaign.settings.objective == "catalog_sales"
    assert isinstance(made.ads[0].creative, CatalogCreative)
    assert made.ads[0].creative.set == product_set
    assert sorted(str(one.sku) for one in shop.ads.products(made.campaign)) == ["MUG-0", "MUG-2"]


def test_posts_and_films_are_ads_too(shop: Client) -> None:
    above = shop.ads.campaigns.create(plan())
    below = shop.ads.ad_groups.create(group(above.id))
    post = shop.market.post("Look at this mug")
    creatives = [ExistingPost(post), Built(FILM, "Mugs!", url=URL), Built([PICTURE, PICTURE], "Two", url=URL)]
    made = [shop.ads.ads.create(ad(below.id, creative)) for creative in creatives]
    assert [type(one.creative) for one in made] == [ExistingPost, Built, Built]
    assert isinstance(made[1].creative, Built)
    assert made[1].creative.medias[0].kind == "video"


def test_a_new_look_is_reviewed_again(shop: Client) -> None:
    made = shop.ads.launch(tree())
    changed = shop.ads.ads.update(made.ads[0], creative=Built(PICTURE, "New!", url=URL), name="New")
    assert changed.creative_id != made.ads[0].creative_id
    assert isinstance(changed.creative, Built)
    assert (changed.name, changed.creative.text) == ("New", "New!")


def test_what_is_deleted_stays_so(shop: Client) -> None:
    made = shop.ads.launch(tree())
    assert shop.ads.ads.delete([made.ads[0], made.ads[0]]).values == ("deleted", "deleted")
    assert shop.ads.campaigns.delete(made.campaign) == "deleted"
    with pytest.raises(Conflict):
        shop.ads.campaigns.set_status(made.campaign, "active")
    with pytest.raises(NotFound):
        shop.ads.campaigns.get("120210000000000999")
    assert [one.id for one in shop.ads.campaigns.list(status="deleted")] == [made.campaign.id]


def test_validation_makes_nothing_and_finds_what_meta_minds(shop: Client) -> None:
    assert shop.ads.campaigns.create(plan(), validate_only=True).id == ""
    with pytest.raises(InvalidRequest, match="budget"):
        shop.ads.campaigns.create(plan(budget=daily("0.10")), validate_only=True)
    problems = shop.ads.check(plan(budget=daily("0.10"))).problems
    assert [one.field for one in problems] == ["daily_budget"]
    assert shop.ads.campaigns.list().collect() == []


def test_targets_are_found_and_taken(shop: Client) -> None:
    interest = next(iter(shop.ads.targeting.search(kind="interests")))
    (state,) = shop.ads.targeting.search("california", kind="regions")
    above = shop.ads.campaigns.create(plan())
    reach = Targeting(regions=[state.id], interests=[interest.id])
    made = shop.ads.ad_groups.create(group(above.id, delivery=Delivery(goal="clicks", targeting=reach)))
    assert made.settings is not None
    assert made.settings.targeting is not None
    assert made.settings.targeting.regions == (state.id,)
    assert made.settings.targeting.interests == (interest.id,)


def test_meta_advises(shop: Client) -> None:
    (least,) = shop.ads.suggest("budget")
    assert least.amount is not None
    assert least.amount.currency == "USD"
    assert shop.ads.suggest("bid", delivery=Delivery(goal="clicks", targeting=REACH))[0].raw
    words = shop.ads.suggest("keywords", query="fashion")
    assert any("ashion" in str(one.keyword) for one in words)


# -- whatever goes wrong


TROUBLE = ["drop_before", "drop_after", "throttle", "server_error", "truncate"]


@pytest.mark.parametrize("edge", ["campaigns", "adsets", "adimages", "advideos", "adcreatives", "ads"])
@pytest.mark.parametrize("kind", TROUBLE)
def test_a_tree_is_launched_once_whatever_happens(shop: Client, kind: str, edge: str) -> None:
    shop.market.fault(kind, on=f"POST */{edge}")
    whole = tree().model_copy(
        update={"ads": (ad(creative=Built([FILM, PICTURE], "Mugs!", url=URL)), ad(name="Second"))}
    )
    made = shop.ads.launch(whole)
    assert [one.id for one in shop.ads.campaigns.list()] == [made.campaign.id]
    assert [one.id for one in shop.ads.ad_groups.list()] == [made.ad_groups[0].id]
    assert {one.id for one in shop.ads.ads.list()} == {one.id for one in made.ads}
    assert len(made.ads) == 2
    assert len(shop.ads.creatives().collect()) == 2


@pytest.mark.parametrize("kind", TROUBLE)
def test_two_alike_are_two_though_an_answer_is_lost(shop: Client, kind: str) -> None:
    shop.market.fault(kind, on="POST */campaigns")
    result = shop.ads.campaigns.create([plan(), plan()])
    result.raise_for_failures()
    assert len({one.id for one in result.values}) == 2
    assert len(shop.ads.campaigns.list().collect()) == 2


@pytest.mark.parametrize("kind", TROUBLE)
def test_changes_and_deletions_happen_whatever_happens(shop: Client, kind: str) -> None:
    made = shop.ads.campaigns.create(plan())
    shop.market.fault(kind, on=f"POST */{made.id}")
    assert shop.ads.campaigns.update(made, name="New").name == "New"
    shop.market.fault(kind, on=f"DELETE */{made.id}")
    assert shop.ads.campaigns.delete(made) == "deleted"


def test_a_launch_goes_on_where_an_outage_stopped_it(shop: Client) -> None:
    shop.market.fault("server_error", on="POST */adcreatives", times=50)
    with pytest.raises(PartiallyApplied) as failure:
        shop.ads.launch(tree())
    shop.market.clear_faults()
    made = shop.ads.launch(tree(), resume=failure.value.resume)
    assert [one.id for one in shop.ads.campaigns.list()] == [made.campaign.id]
    assert [one.id for one in shop.ads.ads.list()] == [made.ads[0].id]


@pytest.mark.anyio
async def test_the_same_story_awaited() -> None:
    async with simulate("meta", AsyncClient, currency="USD") as shop:
        made = await shop.ads.launch(tree())
        await shop.ads.campaigns.set_status(made.campaign, "active")
        assert [one.status async for one in shop.ads.campaigns.list()] == ["active"]
