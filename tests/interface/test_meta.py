"""Programs of people who sell on Facebook and Instagram, written from the interface alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import anyio
import pytest

from socialcommerce import (
    AdGroupInput,
    AdInput,
    AsyncClient,
    AudienceInput,
    AudienceMember,
    Bid,
    Budget,
    Built,
    CampaignInput,
    Client,
    Consent,
    ConversionEvent,
    Delivery,
    Event,
    LaunchPlan,
    Media,
    Money,
    PriceChange,
    ProductInput,
    Ref,
    Sale,
    StockChange,
    Targeting,
    VariantInput,
    simulate,
)
from socialcommerce.errors import (
    AuthenticationError,
    ConfigurationError,
    Conflict,
    InvalidRequest,
    NotFound,
    PartiallyApplied,
    PolicyViolation,
    Unsupported,
    WebhookError,
)

NONE = {"special_ad_categories": []}
PICTURE = Media.from_url("https://cdn.example.com/tee.jpg")


@pytest.fixture
def shop() -> Iterator[Client]:
    with simulate("meta") as client:
        client.market.add_product("TS-1", stock=10, price="19.90")
        yield client


def tee(sku: str = "NEW-1", **fields: Any) -> ProductInput:
    given: dict[str, Any] = {
        "title": "Tee",
        "description": "A tee",
        "media": [PICTURE],
        "url": "https://shop.example.com/tee",
        "variants": [VariantInput(sku=sku, quantity=3, price=Money(5, "USD"))],
    }
    return ProductInput(**given | fields)


def campaign(amount: Money | None = None, **fields: Any) -> CampaignInput:
    budget = None if amount is None else Budget(kind="daily", amount=amount)
    given: dict[str, Any] = {"name": "Spring", "budget": budget, "delivery": Delivery(objective="traffic")}
    return CampaignInput(**given | {"native": NONE} | fields)


def tree(amount: Money) -> LaunchPlan:
    reach = Delivery(goal="clicks", targeting=Targeting(countries=["US"]))
    look = Built(PICTURE, "Tees!", url="https://shop.example.com/tee")
    return LaunchPlan(
        campaign=campaign(amount),
        ad_groups=[AdGroupInput(name="Group", delivery=reach)],
        ads=[AdInput(name="Ad", creative=look)],
    )


# the catalogue


def test_a_product_is_made_found_changed_hidden_and_removed(shop: Client) -> None:
    sizes = [
        VariantInput(sku=f"T-{size}", quantity=1, price=Money(5, "USD"), options={"Size": size})
        for size in "SML"
    ]
    made = shop.catalog.create(tee(variants=sizes))
    assert [variant.sku for variant in made.variants] == ["T-S", "T-M", "T-L"]
    (ref,) = shop.catalog.find("T-M")
    assert shop.catalog.update(made, title="Tee ü 😀").title == "Tee ü 😀"
    shop.catalog.unpublish(made)
    assert shop.catalog.get(made).status == "inactive"
    shop.catalog.publish(made)
    with pytest.raises(Conflict, match="T-S"):
        shop.catalog.create(tee(variants=sizes))
    shop.catalog.delete(made)
    assert shop.catalog.find("T-M") == ()
    with pytest.raises(NotFound):
        shop.catalog.get(str(ref.product_id))


@pytest.mark.parametrize(
    ("price", "kept"),
    [
        (Money("0.01", "USD"), True),
        (Money("19.999", "USD"), False),
        (Money(500, "JPY"), True),
        (Money("500.5", "JPY"), False),
        (Money("1.25", "BHD"), True),
        (Money("1.255", "BHD"), False),
        (Money(-1, "USD"), False),
    ],
    ids=str,
)
def test_a_price_is_written_as_it_stands_or_refused(shop: Client, price: Money, kept: bool) -> None:
    sent = len(shop.market.requests)
    (outcome,) = shop.catalog.set_prices([PriceChange(sku="TS-1", base_price=price)])
    if kept:
        assert shop.catalog.list().collect()[0].variants[0].price == price
    else:
        assert isinstance(outcome.error, InvalidRequest)
        assert len(shop.market.requests) == sent


def test_a_misspelled_sale_is_no_sale_for_ever() -> None:
    with pytest.raises(InvalidRequest, match="starts_at: is not known"):
        Sale(price=Money(5, "USD"), starts_at=datetime.now().astimezone())  # type: ignore[call-arg]


def test_of_many_each_is_told_in_its_place(shop: Client) -> None:
    result = shop.catalog.upsert(
        tee(f"S-{number}", description="x" * (10_000 if number == 7 else 10)) for number in range(20)
    )
    assert [outcome.status for outcome in result] == ["failed" if one == 7 else "ok" for one in range(20)]
    changes = [StockChange(sku=sku, quantity=4) for sku in ("S-1", "S-7", "S-9")]
    assert [outcome.ok for outcome in shop.catalog.set_stock(iter(changes))] == [True, False, True]
    assert shop.catalog.stock(Ref(sku="S-9")).available == 4


def test_a_feed_is_written_of_products_and_of_nothing_else(shop: Client) -> None:
    assert b"TS-1" in shop.catalog.export_feed(shop.catalog.list()).read()
    with pytest.raises(InvalidRequest, match="expected Product"):
        shop.catalog.export_feed([tee()])  # type: ignore[list-item]


# advertising


@pytest.mark.parametrize(
    ("amount", "wire"),
    [
        (Money("50.00", "USD"), "5000"),
        (Money(5000, "JPY"), "5000"),
        (Money(50_000, "KRW"), "50000"),
        (Money("50.50", "BHD"), "5050"),
    ],
    ids=str,
)
def test_a_budget_is_told_in_metas_own_minor_unit(amount: Money, wire: str) -> None:
    with simulate("meta", currency=amount.currency) as shop:
        made = shop.ads.campaigns.create(campaign(amount))
        assert made.budget is not None
        assert (made.budget.amount, made.raw["daily_budget"], made.status) == (amount, wire, "paused")
        with pytest.raises(InvalidRequest, match="must be a multiple of"):
            shop.ads.campaigns.create(campaign(amount + Money("0.001", amount.currency)))


def test_a_campaign_is_launched_reported_and_ended(shop: Client) -> None:
    account = shop.accounts(kind="ad")[0]
    amount = Money(50, str(account.currency))
    made = shop.ads.launch(tree(amount))
    assert {one.status for one in (made.campaign, *made.ad_groups, *made.ads)} == {"paused"}
    day = shop.market.now().date() - timedelta(days=1)
    shop.market.record_ads(made.campaign.id, day, amount, amount * 3)
    (row,) = shop.ads.report("campaign", day, day)
    assert (row.spend, row.roas) == (amount, 3)
    assert list(shop.ads.report("campaign", day, day, breakdowns=["product"]))
    job = shop.ads.report("account", day, day, wait=False)
    assert [one.spend for one in shop.jobs.resume(job.id)] == [amount]
    assert shop.ads.campaigns.delete(made.campaign) == "deleted"


def test_what_stopped_half_way_goes_on_without_a_second_of_anything(shop: Client) -> None:
    plan = tree(Money(50, "USD"))
    shop.market.fault("server_error", on="POST */ads", times=20)
    with pytest.raises(PartiallyApplied) as caught:
        shop.ads.launch(plan)
    shop.market.clear_faults()
    made = shop.ads.launch(plan, resume=caught.value.resume)
    assert len(shop.ads.campaigns.list().collect()) == len(shop.ads.ads.list().collect()) == 1
    assert made.campaign.id in str(caught.value.done)


def test_checking_a_plan_tells_everything_at_once(shop: Client) -> None:
    plan = LaunchPlan(
        campaign=campaign(native={}), ad_groups=[AdGroupInput(name="Group", delivery=Delivery(goal="clicks"))]
    )
    fields = {problem.field for problem in shop.ads.check(plan).problems}
    assert {"native.special_ad_categories", "ad_groups.0.budget"} <= fields


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_no_bid_is_below_one_cent(amount: str) -> None:
    with pytest.raises(InvalidRequest, match="above zero"):
        Bid("bid_cap", Money(amount, "USD"))


def test_people_are_told_apart_from_numbers_without_a_country(shop: Client) -> None:
    consent = Consent(source="checkout", obtained_at=shop.market.now(), purposes=["ads"])
    audience = shop.ads.audiences.create(AudienceInput(name="Regulars", consent=consent))
    people = [AudienceMember(phone="0171 555 0100"), AudienceMember(phone="+49 (171) 555-0100")]
    result = shop.ads.audiences.add(audience, people, consent=consent)
    assert [outcome.ok for outcome in result] == [False, True]
    pixel = "206771838165625"
    event = ConversionEvent(
        type="purchase",
        event_id="e1",
        occurred_at=shop.market.now() - timedelta(days=9),
        source=pixel,
        action_source="website",
        person=people[1],
        value=Money(5, "USD"),
    )
    (outcome,) = shop.ads.conversions.send([event])
    assert isinstance(outcome.error, InvalidRequest)
    assert "7 days" in str(outcome.error)


# messages and pushes


def received(shop: Client) -> list[Event]:
    events: list[Event] = []
    for push in shop.market.pushes():
        with shop.webhooks.receive(push.method, push.headers, push.body) as receipt:
            events += receipt.events
    return events


def test_a_buyer_is_answered_within_a_day_and_by_people_within_a_week(shop: Client) -> None:
    talk = shop.market.say("ist das Größe M? 😀")
    (event,) = received(shop)
    assert event.state.text == "ist das Größe M? 😀"
    assert shop.messaging.send(event.state, "Ja!").status == "sent"
    shop.market.advance(timedelta(hours=25))
    sent = len(shop.market.outbox)
    with pytest.raises(PolicyViolation, match="human_followup") as caught:
        shop.messaging.send(talk, "Noch da?")
    assert (caught.value.sent, len(shop.market.outbox)) == ("no", sent)
    assert shop.messaging.send(talk, "Noch da?", purpose="human_followup").ids
    shop.market.advance(timedelta(days=8))
    policy = shop.messaging.policy(talk)
    assert (policy.can_reply, policy.exits) == (False, ("utility",))
    assert "never" not in str(policy.reason)
    assert "first" not in str(policy.reason)


def test_a_thousand_updates_come_in_one_push_and_each_once(shop: Client) -> None:
    page = shop.accounts(kind="page")[0].id
    talks = [
        {
            "sender": {"id": str(10**20 + number)},
            "recipient": {"id": page},
            "timestamp": 1_795_262_400_000 + number,
            "message": {"mid": f"m_{number}", "text": "ü", "new_field": {"deep": [1e300]}},
        }
        for number in range(1000)
    ]
    body = json.dumps({"object": "page", "entry": [{"id": page, "time": 1, "messaging": talks}]}).encode()
    push = shop.webhooks.sign(body)
    for wanted in (1000, 0):
        with shop.webhooks.receive(push.method, push.headers, push.body) as receipt:
            assert len(receipt.events) == wanted
    for wrong in (push.body[:-1] + b" ", push.body.replace(b"m_5", b"m_6", 1), b""):
        with pytest.raises(WebhookError):
            shop.webhooks.receive(push.method, push.headers, wrong)


# logging in, and what there is not


def test_a_login_with_few_permissions_lists_what_it_reaches(shop: Client) -> None:
    link = shop.auth.authorize_url("https://me.example.com/cb", state="s1", scopes=["ads_read"])
    callback = shop.market.consent(link)
    with pytest.raises(AuthenticationError, match="forged"):
        shop.auth.exchange(callback, state="other")
    (grant,) = shop.auth.exchange(callback, state="s1")
    assert grant.token.access_token.get_secret_value() not in repr((grant, shop, shop.auth.status()))
    assert "ad" in {account.kind for account in shop.accounts()}


ORDERS: dict[str, Callable[[Client], Any]] = {
    "list": lambda shop: shop.orders.list().collect(),
    "get": lambda shop: shop.orders.get("1"),
    "ship": lambda shop: shop.orders.ship("1"),
    "returns.list": lambda shop: shop.orders.returns.list().collect(),
    "changes": lambda shop: shop.orders.changes(timedelta(days=1)).collect(),
}


@pytest.mark.parametrize("name", ORDERS)
def test_orders_are_refused_with_the_day_they_ended_and_a_way_out(shop: Client, name: str) -> None:
    assert not shop.capabilities[f"orders.{name}"]
    sent = len(shop.market.requests)
    with pytest.raises(Unsupported, match=r"2026-10-27.*instead") as caught:
        ORDERS[name](shop)
    assert (caught.value.sent, len(shop.market.requests)) == ("no", sent)


def test_of_several_accounts_one_is_chosen() -> None:
    with simulate("meta", accounts=2) as shop:
        with pytest.raises(ConfigurationError, match=r"ad_account_id.*for_account"):
            shop.ads.campaigns.list().collect()
        first, second = shop.accounts(kind="ad")
        shop.for_account(first).ads.campaigns.create(campaign())
        found = [len(shop.for_account(one).ads.campaigns.list().collect()) for one in (first, second.id)]
        assert found == [1, 0]


# many at once


def test_threads_share_a_client_and_lose_nothing(shop: Client) -> None:

    def work(number: int) -> str:
        shop.catalog.set_stock(StockChange(sku="TS-1", quantity=number))
        return shop.ads.campaigns.create(campaign(name=f"Campaign {number}")).id

    with ThreadPoolExecutor(6) as pool:
        made = set(pool.map(work, range(6)))
    assert made == {one.id for one in shop.ads.campaigns.list()}
    assert len(made) == 6


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_the_same_words_are_awaited(loop: str) -> None:
    async def program() -> None:
        async with simulate("meta", AsyncClient) as shop:
            shop.market.add_product("TS-1", stock=5, price="5")
            assert len([product async for product in shop.catalog.list()]) == 1
            assert (await shop.catalog.set_stock(StockChange(sku="TS-1", quantity=9))).available == 9
            assert (await shop.messaging.send(shop.market.say("hi"), "hello")).ids
            today: date = shop.market.now().date()
            job = await shop.ads.report("account", today, today, wait=False)
            assert list(await shop.jobs.resume(job.id)) == []
            with pytest.raises(Unsupported):
                await shop.orders.list().collect()

    anyio.run(program, backend=loop)
