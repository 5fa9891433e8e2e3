"""Stories of an advertiser on the pretend TikTok: the real backend against the twin."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from tests.tiktok_ads.ad_scenarios import (
    CONSENT,
    PEOPLE,
    PICTURE,
    ad,
    auto,
    built,
    by_hand,
    daily,
    event,
    gmv,
    group,
    pixel,
    usd,
)

from socialcommerce import AsyncClient, Client, Money, simulate
from socialcommerce.errors import (
    AuthenticationError,
    ConfigurationError,
    Conflict,
    InvalidRequest,
    NotFound,
    PolicyViolation,
    SocialCommerceError,
)
from socialcommerce.models import AudienceInput, Budget, ExistingPost, Image, LaunchPlan

BACK = "https://app.example.com/back"
ZONE = ZoneInfo("America/New_York")


@pytest.fixture
def shop() -> Client:
    return simulate("tiktok_ads", currency="USD")


def today(shop: Client | AsyncClient) -> date:
    found: date = shop.market.now().astimezone(ZONE).date()
    return found


def tree(shop: Client, **fields: Any) -> LaunchPlan:
    return LaunchPlan(campaign=by_hand(**fields), ad_groups=[group()], ads=[ad(shop)])


# accounts and consent


def test_every_kind_of_account_is_listed(shop: Client) -> None:
    kinds = {one.kind: one for one in shop.accounts()}
    assert (kinds["ad"].currency, kinds["ad"].timezone, kinds["ad"].status) == (
        "USD",
        "America/New_York",
        "active",
    )
    assert kinds["page"].id == shop.market.default.open_id
    assert [one.id for one in shop.accounts(kind="shop")] == [shop.market.default.store_id]
    assert list(shop.accounts(kind="catalog")) == []


def test_an_advertiser_consents_to_every_ad_account_at_once() -> None:
    with simulate("tiktok_ads", accounts=2) as shop:
        link = shop.auth.authorize_url(BACK, state="s")
        grants = shop.auth.exchange(shop.market.consent(link), state="s")
        assert {one.subject for one in grants} == {one.id for one in shop.accounts(kind="ad")}
        own, other = (shop.for_account(one.subject) for one in grants)
        other.ads.campaigns.create(by_hand())
        assert list(own.ads.campaigns.list()) == []
        with pytest.raises(ConfigurationError, match="choose one"):
            list(shop.ads.campaigns.list())


def test_a_tiktok_account_consents_and_is_renewed(shop: Client) -> None:
    link = shop.auth.authorize_url(BACK, state="s", slot="account")
    (grant,) = shop.auth.exchange(shop.market.consent(link), state="s", slot="account")
    assert grant.subject == shop.market.default.open_id
    fresh = shop.auth.refresh(slot="account")
    assert fresh.access_expires_at is not None
    assert shop.auth.status(slot="account").authorized
    shop.market.advance(timedelta(days=2))
    talk = shop.market.say("Hello")
    assert [one.id for one in shop.messaging.conversations()] == [talk]


def test_who_says_no_grants_nothing(shop: Client) -> None:
    back = shop.market.consent(shop.auth.authorize_url(BACK, state="s"), deny=True)
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
    with pytest.raises(SocialCommerceError):
        shop.auth.exchange(back, state="s")


@pytest.mark.parametrize("slot", ["advertiser", "account"])
def test_a_revoked_token_is_forgotten(shop: Client, slot: str) -> None:
    assert shop.auth.status(slot=slot).authorized
    shop.auth.revoke(slot=slot)
    assert not shop.auth.status(slot=slot).authorized


def test_what_the_advertiser_withdraws_is_told(shop: Client) -> None:
    shop.market.default.revoke()
    assert not shop.auth.status(slot="advertiser").authorized
    with pytest.raises(SocialCommerceError):
        shop.messaging.conversations().collect()


# campaigns, ad groups, ads


def test_a_tree_is_launched_paused_and_started_from_below(shop: Client) -> None:
    made = shop.ads.launch(tree(shop), may_spend=True)
    (below,), (leaf,) = made.ad_groups, made.ads
    assert {made.campaign.status, below.status, leaf.status} == {"paused"}
    assert (below.campaign_id, leaf.ad_group_id) == (made.campaign.id, below.id)
    shop.market.advance(timedelta(minutes=2))
    assert shop.ads.ads.set_status(leaf, "active").status == "active"
    assert shop.ads.ad_groups.set_status(below, "active").status == "active"
    assert shop.ads.campaigns.set_status(made.campaign, "active").status == "active"
    found = shop.ads.ads.get(leaf.id)
    assert found.review is not None
    assert (found.delivery, found.review.status) == ("delivering", "approved")
    assert [one.id for one in shop.ads.ads.list(campaign=made.campaign)] == [leaf.id]


def test_a_forbidden_word_fails_the_review(shop: Client) -> None:
    above = shop.ads.campaigns.create(by_hand(status="active"))
    below = shop.ads.ad_groups.create(group(above.id, status="active"))
    bad = built(shop).model_copy(update={"text": "counterfeit mugs"})
    leaf = shop.ads.ads.create(ad(shop, below.id, creative=bad, status="active"))
    shop.market.advance(timedelta(minutes=2))
    found = shop.ads.ads.get(leaf.id)
    assert found.review is not None
    assert found.review.status == "rejected"


def test_a_campaign_lives_paused_running_deleted(shop: Client) -> None:
    campaigns = shop.ads.campaigns
    made = campaigns.create(by_hand())
    assert (made.status, made.budget) == ("paused", daily("50"))
    assert campaigns.set_status(made, "active").status == "active"
    assert [one.id for one in campaigns.list(status="active")] == [made.id]
    assert campaigns.update(made, name="Autumn", budget=daily("75")).budget == daily("75")
    assert campaigns.get(made.id).name == "Autumn"
    assert campaigns.delete(made) == "deleted"
    assert campaigns.delete(made) == "deleted"
    assert campaigns.list(status=["active", "paused"]).collect() == []
    with pytest.raises(Conflict):
        campaigns.set_status(made, "active")


@pytest.mark.parametrize("plan", [by_hand(), auto(), gmv()], ids=lambda one: one.kind)
def test_each_kind_of_campaign_is_made_read_and_listed(shop: Client, plan: Any) -> None:
    made = shop.ads.campaigns.create(plan, may_spend=True)
    assert made.budget is not None
    assert (made.kind, made.status, made.budget.amount) == (plan.kind, "paused", usd("50"))
    assert shop.ads.campaigns.get(made.id).target_roas == plan.target_roas
    assert [one.id for one in shop.ads.campaigns.list(kind=plan.kind)] == [made.id]
    assert [one.id for one in shop.ads.campaigns.list()] == [made.id]


def test_gmv_max_runs_at_once_and_needs_leave(shop: Client) -> None:
    with pytest.raises(PolicyViolation, match="may_spend"):
        shop.ads.campaigns.create(gmv())
    assert shop.ads.campaigns.list().collect() == []
    made = shop.ads.campaigns.create(gmv(status="active"), may_spend=True)
    assert made.status == "active"
    changed = shop.ads.campaigns.update(made, target_roas=Decimal("4.2"), budget=daily("60"))
    assert (changed.target_roas, changed.budget) == (Decimal("4.2"), daily("60"))
    (below,) = shop.ads.ad_groups.list(campaign=made)
    assert below.campaign_id == made.id


def test_a_request_id_that_is_forgotten_makes_no_second_campaign(shop: Client) -> None:
    shop.market.twins["tiktok_ads"].repeat_window = -1
    for fault, name in (("drop_after", "One"), ("server_error_after", "Two"), ("truncate", "Three")):
        shop.market.fault(fault, on="*/v1.3/campaign/create/")
        shop.ads.campaigns.create(by_hand(name=name))
    assert sorted(one.name for one in shop.ads.campaigns.list()) == ["One", "Three", "Two"]


def test_one_picture_serves_many_ads(shop: Client) -> None:
    below = shop.ads.ad_groups.create(group(shop.ads.campaigns.create(by_hand()).id))
    leaves = shop.ads.ads.create([ad(shop, below.id, name=name) for name in ("A", "B", "C")])
    leaves.raise_for_failures()
    assert sorted(one.name for one in shop.ads.ads.list(ad_group=below)) == ["A", "B", "C"]


def test_a_post_is_advertised(shop: Client) -> None:
    post = shop.market.post("Our new mug")
    below = shop.ads.ad_groups.create(group(shop.ads.campaigns.create(by_hand()).id))
    leaf = shop.ads.ads.create(ad(shop, below.id, creative=ExistingPost(post)))
    assert isinstance(leaf.creative, ExistingPost)
    assert leaf.creative.post_id == post
    assert [type(one) for one in shop.ads.creatives()] == [ExistingPost]


def test_many_campaigns_fill_many_pages() -> None:
    with simulate("tiktok_ads", page_size=7) as shop:
        shop.ads.campaigns.create([by_hand(name=f"C{n}") for n in range(23)]).raise_for_failures()
        assert len({one.id for one in shop.ads.campaigns.list()}) == 23


def test_strangers_are_not_found_and_foreign_money_is_refused(shop: Client) -> None:
    for level in (shop.ads.campaigns, shop.ads.ad_groups, shop.ads.ads):
        with pytest.raises(NotFound):
            level.get("1999999999999999")
    euros = Budget(kind="daily", amount=Money("5", "EUR"))
    with pytest.raises(InvalidRequest, match="USD"):
        shop.ads.campaigns.create(by_hand(budget=euros))


# reports


@pytest.mark.parametrize("level", ["account", "campaign", "ad_group", "ad"])
def test_what_was_spent_is_reported_at_every_level(shop: Client, level: Any) -> None:
    made = shop.ads.launch(tree(shop, status="active"), may_spend=True)
    day = today(shop)
    shop.market.record_ads(made.campaign.id, day, Decimal("5.00"), Decimal("50.00"))
    rows = [row for row in shop.ads.report(level, day, day) if row.spend]
    assert [(row.date, row.spend) for row in rows] == [(day, usd("5"))]


@pytest.mark.parametrize("granularity", ["day", "week", "month", "total"])
def test_the_parts_of_a_report_add_up(shop: Client, granularity: Any) -> None:
    made = shop.ads.launch(tree(shop, status="active"), may_spend=True).campaign
    day = today(shop)
    for back in (0, 1, 40):
        shop.market.record_ads(made.id, day - timedelta(days=back), Decimal("2.50"), Decimal(20))
    report = shop.ads.report("campaign", day - timedelta(days=60), day, granularity=granularity, ids=[made])
    assert sum((row.spend for row in report if row.spend), usd("0")) == usd("7.50")


def test_gmv_max_is_reported_among_the_campaigns(shop: Client) -> None:
    made = shop.ads.campaigns.create(gmv(status="active"), may_spend=True)
    day = today(shop)
    shop.market.record_ads(made.id, day, Decimal(6), Decimal(30))
    rows = [row for row in shop.ads.report("campaign", day, day) if row.spend]
    assert [(row.campaign_id, row.spend, row.conversion_value) for row in rows] == [
        (made.id, usd("6"), usd("30"))
    ]


def test_a_report_waits_as_a_job(shop: Client) -> None:
    made = shop.ads.launch(tree(shop, status="active"), may_spend=True).campaign
    day = today(shop)
    shop.market.record_ads(made.id, day, Decimal(6), Decimal(30))
    job = shop.ads.report("campaign", day, day, wait=False)
    shop.market.advance(timedelta(minutes=1))
    assert [row.spend for row in shop.jobs.resume(job.id) if row.spend] == [usd("6")]


# people


def test_an_audience_is_made_filled_and_deleted(shop: Client) -> None:
    made = shop.ads.audiences.create(AudienceInput(name="Friends", members=PEOPLE[:1], consent=CONSENT))
    assert (made.name, made.kind) == ("Friends", "customer_list")
    shop.ads.audiences.add(made, PEOPLE[1:], consent=CONSENT).raise_for_failures()
    shop.ads.audiences.remove(made, PEOPLE[:1]).raise_for_failures()
    shop.market.advance(timedelta(hours=1))
    (found,) = shop.ads.audiences.list()
    assert (found.id, found.status, found.size_max) == (made.id, "ready", 1)
    shop.ads.audiences.delete(made)
    assert shop.ads.audiences.list().collect() == []


def test_conversions_are_told_once_and_the_wrong_one_alone_fails(shop: Client) -> None:
    source, now = pixel(shop), shop.market.now()
    told = [event(event_id=f"e{n}", source=source, occurred_at=now) for n in range(3)]
    stale = event(event_id="old", source=source, occurred_at=now - timedelta(days=30))
    result = shop.ads.conversions.send([*told, stale])
    assert [one.ok for one in result] == [True, True, True, False]
    shop.ads.conversions.send(told).raise_for_failures()
    assert sorted(one["event_id"] for one in shop.market.default.events) == ["e0", "e1", "e2"]


# messages and pushes


def test_a_conversation_is_read_and_answered(shop: Client) -> None:
    talk = shop.market.say("How much is it?")
    (found,) = shop.messaging.conversations()
    (asked,) = shop.messaging.messages(found)
    assert (asked.text, asked.echo) == ("How much is it?", False)
    assert shop.messaging.policy(found).remaining == 10
    sent = shop.messaging.send(found, "Ten dollars", reply_to=asked.id)
    shop.messaging.send(found, Image(media=PICTURE))
    kinds = [one.contents[0].type for one in shop.messaging.messages(talk)]
    assert sorted(kinds) == ["image", "text", "text"]
    assert sent.ids[0] in {one.id for one in shop.messaging.messages(talk)}
    assert shop.messaging.policy(found).remaining == 8
    shop.messaging.typing(found)
    shop.messaging.mark_read(found)


def test_after_two_days_nothing_can_be_sent(shop: Client) -> None:
    talk = shop.market.say("Hello?")
    shop.market.advance(timedelta(hours=49))
    assert not shop.messaging.policy(talk).can_reply
    with pytest.raises(SocialCommerceError):
        shop.messaging.send(talk, "Too late")


def events(shop: Client) -> list[Any]:
    found: list[Any] = []
    for push in shop.market.pushes():
        receipt = shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body)
        assert receipt.assurance == "signed"
        found += receipt.events
    return found


def test_what_happens_to_the_tiktok_account_is_pushed(shop: Client) -> None:
    talk = shop.market.say("Hello?")
    shop.messaging.send(talk, "Hi")
    post = shop.market.post("Our new mug")
    shop.market.twins["tiktok_ads"].comment(post, "Nice 🙏")
    assert [(one.type, one.native_type) for one in events(shop)] == [
        ("message.received", "im_receive_msg"),
        ("message.sent", "im_send_msg"),
        ("job.finished", "post.publish.complete"),
        ("unknown", "comment.update"),
    ]


def test_what_happens_to_the_ad_account_is_pushed_where_it_is_subscribed_to(shop: Client) -> None:
    made = shop.webhooks.subscribe(["AD", "LEAD"])
    assert {"AD", "LEAD"} <= {one.topic for one in made}
    below = shop.ads.ad_groups.create(group(shop.ads.campaigns.create(by_hand(name="祭り")).id))
    bad = built(shop).model_copy(update={"text": "counterfeit"})
    leaf = shop.ads.ads.create(ad(shop, below.id, creative=bad))
    shop.market.advance(timedelta(minutes=2))
    (told,) = events(shop)
    assert (told.type, told.ref.id, told.account) == ("ad.reviewed", leaf.id, shop.market.default.id)
    left = shop.webhooks.unsubscribe(["AD", "LEAD"])
    assert not {"AD", "LEAD"} & {one.topic for one in left}


def test_a_subscription_dies_with_its_token(shop: Client) -> None:
    shop.webhooks.subscribe(["AD"])
    shop.auth.revoke(slot="advertiser")
    assert "AD" not in {one.topic for one in shop.webhooks.subscriptions()}
    with pytest.raises(AuthenticationError):
        shop.ads.campaigns.list().collect()


@pytest.mark.anyio
async def test_the_same_in_the_other_world() -> None:
    async with simulate("tiktok_ads", AsyncClient, currency="USD") as shop:
        made = await shop.ads.campaigns.create(by_hand())
        below = await shop.ads.ad_groups.create(group(made.id))
        assert [one.id async for one in shop.ads.ad_groups.list(campaign=made)] == [below.id]
        shop.market.record_ads(made.id, today(shop), Decimal(3), Decimal(9))
        report = await shop.ads.report("campaign", today(shop), today(shop))
        assert [row.campaign_id for row in report] == [made.id]
        talk = shop.market.say("Hi")
        sent = await shop.messaging.send(talk, "Hello")
        assert sent.ids
