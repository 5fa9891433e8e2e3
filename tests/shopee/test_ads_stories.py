"""Stories of an advertiser on the pretend Shopee: the real backend against the twin."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from socialcommerce import AsyncClient, Client, simulate
from socialcommerce.errors import InvalidRequest, NotFound, Unsupported
from socialcommerce.models import (
    AdInput,
    Bid,
    Budget,
    CampaignInput,
    Delivery,
    Keyword,
    LaunchPlan,
    Money,
    Ref,
    Schedule,
    Targeting,
)


def sgd(amount: str) -> Money:
    return Money(amount, "SGD")


def today(shop: Client | AsyncClient) -> date:
    moment: datetime = shop.market.now()
    return moment.astimezone(ZoneInfo("Asia/Singapore")).date()


@pytest.fixture
def shop() -> Client:
    client = simulate("shopee", currency="SGD")
    client.market.add_product("MUG", 10)
    client.market.add_product("POT", 10)
    return client


def plan(**changes: Any) -> CampaignInput:
    fields: dict[str, Any] = {
        "products": [Ref(sku="MUG")],
        "budget": Budget(kind="daily", amount=sgd("20")),
    }
    return CampaignInput(**fields | changes)


def by_hand() -> CampaignInput:
    words: list[Keyword | str] = [Keyword("mug", "exact", sgd("0.50")), "tea cup"]
    targeting = Targeting(keywords=words, placements=["search", "daily_discover"])
    delivery = Delivery(bid=Bid("manual", sgd("0.30")), targeting=targeting)
    return plan(products=[Ref(sku="POT")], delivery=delivery, status="active")


def whole_shop() -> CampaignInput:
    return plan(kind="shop_gmv_max", products=[], status="active")


def test_a_campaign_lives_paused_running_paused_deleted(shop: Client) -> None:
    campaigns = shop.ads.campaigns
    made = campaigns.create(plan(), may_spend=True)
    assert (made.status, made.budget) == ("paused", Budget(kind="daily", amount=sgd("20")))
    assert campaigns.set_status(made, "active").status == "active"
    assert campaigns.set_status(made, "active").status == "active"
    assert [one.id for one in campaigns.list(status="active")] == [made.id]
    assert campaigns.set_status(made, "paused").delivery == "paused"
    assert campaigns.delete(made) == "deleted"
    assert campaigns.list(status=["active", "paused"]).collect() == []


def test_a_launch_can_be_checked_first(shop: Client) -> None:
    assert shop.ads.check(plan())
    launched = shop.ads.launch(LaunchPlan(campaign=plan()), may_spend=True)
    assert launched.campaign.status == "paused"
    assert [ad.campaign_id for ad in launched.ads] == [launched.campaign.id]


def test_one_key_makes_one_campaign(shop: Client) -> None:
    campaigns = shop.ads.campaigns
    first = campaigns.create(plan(status="active"), may_spend=True, idempotency_key="monday")
    again = campaigns.create(plan(status="active"), may_spend=True, idempotency_key="monday")
    assert again.id == first.id
    assert len(campaigns.list().collect()) == 1


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "server_error"])
def test_a_broken_connection_makes_one_campaign_too(shop: Client, kind: str) -> None:
    shop.market.fault(kind, on="POST */create_manual_product_ads")
    made = shop.ads.campaigns.create(plan(status="active"), may_spend=True)
    assert [one.id for one in shop.ads.campaigns.list()] == [made.id]


def test_an_update_changes_what_is_named_and_nothing_else(shop: Client) -> None:
    made = shop.ads.campaigns.create(plan(), may_spend=True)
    changed = shop.ads.campaigns.update(
        made, budget=Budget(kind="daily", amount=sgd("35.5")), target_roas=Decimal("4.5")
    )
    assert (changed.budget, changed.target_roas) == (Budget(kind="daily", amount=sgd("35.5")), Decimal("4.5"))
    unlimited = shop.ads.campaigns.update(made, budget=None, target_roas=None)
    assert unlimited.budget == Budget(kind="unlimited")
    assert unlimited.target_roas is None


@pytest.mark.parametrize("kind", ["drop_after", "server_error"])
def test_an_edit_whose_reply_is_lost_happens_once(shop: Client, kind: str) -> None:
    made = shop.ads.campaigns.create(plan(), may_spend=True)
    shop.market.fault(kind, on="POST */edit_manual_product_ads")
    assert shop.ads.campaigns.set_status(made, "active").status == "active"


def test_a_campaign_is_scheduled_and_its_days_read_back(shop: Client) -> None:
    midnight = (
        shop.market.now()
        .astimezone(ZoneInfo("Asia/Singapore"))
        .replace(hour=0, minute=0, second=0, microsecond=0)
    )
    schedule = Schedule(midnight + timedelta(days=3), midnight + timedelta(days=10))
    made = shop.ads.campaigns.create(
        plan(delivery=Delivery(schedule=schedule), status="active"), may_spend=True
    )
    assert made.delivery == "scheduled"
    assert made.settings is not None
    assert made.settings.schedule is not None
    assert made.settings.schedule.start == midnight + timedelta(days=3)
    assert made.settings.schedule.end is not None
    last = made.settings.schedule.end.astimezone(midnight.tzinfo).date()
    assert last in (midnight.date() + timedelta(days=9), midnight.date() + timedelta(days=10))
    assert shop.ads.campaigns.set_status(made, "active").status == "active"


def test_a_scheduled_campaign_is_created_paused_too(shop: Client) -> None:
    zone = ZoneInfo("Asia/Singapore")
    midnight = shop.market.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    schedule = Schedule(midnight + timedelta(days=3), midnight + timedelta(days=10))
    made = shop.ads.campaigns.create(plan(delivery=Delivery(schedule=schedule)), may_spend=True)
    assert made.status == "paused"


def test_keywords_are_bid_for_changed_and_taken_back(shop: Client) -> None:
    made = shop.ads.campaigns.create(by_hand(), may_spend=True)
    assert made.kind == "standard"
    group = shop.ads.ad_groups.get(made.id)
    assert group.settings is not None
    assert group.settings.targeting is not None
    assert group.settings.targeting.keywords == (
        Keyword("mug", "exact", sgd("0.50")),
        Keyword("tea cup", "broad", sgd("0.30")),
    )
    wanted = [Keyword("mug", "broad", sgd("0.60")), Keyword("teapot", "exact", sgd("0.20"))]
    changed = shop.ads.ad_groups.update(
        group, delivery=Delivery(targeting=Targeting(keywords=wanted, placements=["search"]))
    )
    assert changed.settings is not None
    assert changed.settings.targeting is not None
    assert changed.settings.targeting.keywords == tuple(wanted)
    assert "daily_discover" not in changed.settings.targeting.placements
    back = shop.ads.ad_groups.update(group, delivery=group.settings)
    assert back.settings is not None
    assert back.settings.targeting is not None
    assert {str(word) for word in back.settings.targeting.keywords} == {
        str(word) for word in group.settings.targeting.keywords
    }


def test_the_whole_shop_is_advertised_and_an_item_taken_out_and_put_back(shop: Client) -> None:
    made = shop.ads.campaigns.create(whole_shop(), may_spend=True)
    assert made.kind == "shop_gmv_max"
    assert [one.id for one in shop.ads.campaigns.list(kind="shop_gmv_max")] == [made.id]
    (item,) = shop.catalog.find("MUG")
    ad = f"{made.id}:{item.product_id}"
    assert shop.ads.ads.set_status(ad, "paused").status == "paused"
    assert [ref.product_id for ref in shop.ads.products(made, excluded=True)] == [item.product_id]
    assert shop.ads.ads.get(ad).status == "paused"
    added = AdInput(products=[Ref(sku="MUG")], status="active")
    assert shop.ads.ads.create(added, may_spend=True).id == ad
    assert shop.ads.products(made, excluded=True).collect() == []
    with pytest.raises(Unsupported):
        shop.ads.campaigns.delete(made)


def test_the_whole_shops_campaign_is_steered(shop: Client) -> None:
    campaigns = shop.ads.campaigns
    made = campaigns.create(whole_shop(), may_spend=True)
    campaigns.set_status(made, "paused")
    campaigns.set_status(made, "active")
    campaigns.update(made, budget=Budget(kind="daily", amount=sgd("60")), target_roas=Decimal("8.0"))


@pytest.mark.parametrize("level", ["account", "campaign", "ad_group"])
def test_what_was_spent_is_reported_at_every_level(shop: Client, level: Any) -> None:
    made = shop.ads.campaigns.create(by_hand(), may_spend=True)
    day = today(shop)
    shop.market.record_ads(made.id, day, Decimal("5.00"), Decimal("50.00"))
    rows = [row for row in shop.ads.report(level, day, day) if row.spend]
    assert [(row.date, row.spend, row.conversion_value) for row in rows] == [(day, sgd("5"), sgd("50"))]
    assert rows[0].roas == 10


@pytest.mark.parametrize("granularity", ["day", "hour", "week", "month", "total"])
def test_the_parts_of_a_report_add_up(shop: Client, granularity: Any) -> None:
    made = shop.ads.campaigns.create(by_hand(), may_spend=True)
    day = today(shop)
    for back in (0, 1, 40):
        shop.market.record_ads(made.id, day - timedelta(days=back), Decimal("2.50"), Decimal("20"))
    report = shop.ads.report(
        "campaign",
        day - timedelta(days=60),
        day,
        granularity=granularity,
        ids=[made],
    )
    assert sum((row.spend for row in report if row.spend), sgd("0")) == sgd("7.50")
    assert all(row.campaign_id == made.id for row in report)


def test_the_whole_shops_figures_are_reported_by_day_and_item(shop: Client) -> None:
    made = shop.ads.campaigns.create(whole_shop(), may_spend=True)
    day = today(shop)
    shop.market.record_ads(made.id, day, Decimal("6"), Decimal("30"))
    rows = shop.ads.report("campaign", day - timedelta(days=2), day, campaigns=[made])
    assert [row.spend for row in rows if row.spend] == [sgd("6")]
    items = shop.ads.report("ad", day, day, granularity="total")
    assert all(row.ad_id and row.ad_id.startswith(made.id) for row in items)


def test_a_report_waits_as_a_job(shop: Client) -> None:
    day = today(shop)
    job = shop.ads.report("account", day, day, fill_zero=True, wait=False)
    assert len(shop.jobs.resume(job.id)) == 1


@pytest.mark.parametrize("what", ["bid", "budget", "roas", "keywords", "products"])
def test_shopee_suggests(shop: Client, what: Any) -> None:
    found = shop.ads.suggest(what, product=Ref(sku="MUG"))
    assert found
    assert all(one.kind == what for one in found)


def test_the_ad_account_is_listed(shop: Client) -> None:
    (account,) = shop.accounts(kind="ad")
    assert (account.currency, account.timezone, account.status) == ("SGD", "Asia/Singapore", "active")
    assert account.balance is not None
    assert shop.for_account(account).ads.campaigns.list().collect() == []


def test_many_campaigns_fill_many_pages(shop: Client) -> None:
    plans = [plan(status="active") for _ in range(103)]
    shop.ads.campaigns.create(plans, may_spend=True).raise_for_failures()
    found = shop.ads.campaigns.list().collect()
    assert len({one.id for one in found}) == 103


def test_strangers_are_not_found_and_foreign_money_is_refused(shop: Client) -> None:
    with pytest.raises(NotFound):
        shop.ads.campaigns.get("999999999999")
    budget = Budget(kind="daily", amount=Money("5", "USD"))
    with pytest.raises(InvalidRequest, match="SGD"):
        shop.ads.campaigns.create(plan(budget=budget), may_spend=True)


@pytest.mark.anyio
async def test_the_same_in_the_other_world() -> None:
    async with simulate("shopee", AsyncClient, currency="SGD") as shop:
        shop.market.add_product("MUG", 10)
        made = await shop.ads.campaigns.create(plan(), may_spend=True)
        assert [one.id async for one in shop.ads.campaigns.list()] == [made.id]
        report = await shop.ads.report("campaign", today(shop), today(shop), fill_zero=True)
        assert [row.campaign_id for row in report] == [made.id]
