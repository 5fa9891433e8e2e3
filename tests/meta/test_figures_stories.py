"""Stories of figures, lists of people and conversions on the pretend Meta: the real backend, the twin."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.meta.ads_scenarios import ad, group, plan

from socialcommerce import AsyncClient, Client, Money, simulate
from socialcommerce.errors import InvalidRequest, NotFound, NotReady
from socialcommerce.models import Consent
from socialcommerce.models.ads import LaunchPlan
from socialcommerce.models.audience import AudienceInput, AudienceMember, ConversionEvent
from socialcommerce.models.reports import Attribution
from socialcommerce.simulators.meta.social.advertising.state import advertising


@pytest.fixture
def shop() -> Client:
    return simulate("meta", currency="USD")


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def launched(shop: Client, name: str = "Sale") -> Any:
    """A campaign that ran for three days."""
    tree = shop.ads.launch(LaunchPlan(campaign=plan(name=name), ad_groups=[group()], ads=[ad()]))
    for level, one in ((shop.ads.ads, tree.ads[0]), (shop.ads.ad_groups, tree.ad_groups[0])):
        level.set_status(one, "active")
    shop.ads.campaigns.set_status(tree.campaign, "active")
    return tree


def booked(shop: Client, tree: Any, days: int = 2) -> date:
    """Some days on which a campaign spent ten dollars and brought in forty; answers the first."""
    shop.market.advance(timedelta(days=days + 2))
    first: date = shop.market.now().date() - timedelta(days=days)
    for number in range(days):
        shop.market.record_ads(tree.campaign.id, first + timedelta(days=number), 10, 40)
    return first


# -- figures


def test_a_campaign_is_reported_by_the_day_and_in_one(shop: Client) -> None:
    tree = launched(shop)
    first = booked(shop, tree)
    last = first + timedelta(days=1)
    days = shop.ads.report("campaign", first, last)
    assert [(one.date, one.spend, one.conversion_value) for one in days] == [
        (first, usd("10"), usd("40")),
        (last, usd("10"), usd("40")),
    ]
    (whole,) = shop.ads.report("campaign", first, last, granularity="total")
    assert (whole.campaign_id, whole.spend, whole.roas) == (tree.campaign.id, usd("20"), Decimal(4))
    assert whole.impressions == sum(one.impressions or 0 for one in days)
    assert (days.timezone, days.currency, days.day_basis) == ("America/Los_Angeles", "USD", "account")


def test_every_level_tells_the_same_spend(shop: Client) -> None:
    tree = launched(shop)
    first = booked(shop, tree)
    rows = [shop.ads.report(level, first, first)[0] for level in ("account", "campaign", "ad_group", "ad")]
    assert {one.spend for one in rows} == {usd("10")}
    ids = [(one.campaign_id, one.ad_group_id, one.ad_id) for one in rows]
    campaign, below, leaf = tree.campaign.id, tree.ad_groups[0].id, tree.ads[0].id
    assert ids == [
        (None, None, None),
        (campaign, None, None),
        (campaign, below, None),
        (campaign, below, leaf),
    ]


def test_what_was_deleted_is_still_reported(shop: Client) -> None:
    tree = launched(shop)
    first = booked(shop, tree)
    shop.ads.campaigns.delete(tree.campaign)
    (one,) = shop.ads.report("campaign", first, first)
    assert one.campaign_id == tree.campaign.id


def test_a_report_is_narrowed_to_some_objects(shop: Client) -> None:
    first_tree, second = launched(shop), launched(shop, "Other")
    first = booked(shop, first_tree)
    shop.market.record_ads(second.campaign.id, first, 5, 0)
    (one,) = shop.ads.report("campaign", first, first, ids=[second.campaign])
    assert one.spend == usd("5")
    (below,) = shop.ads.report("ad", first, first, campaigns=[first_tree.campaign])
    assert below.campaign_id == first_tree.campaign.id


def test_days_without_delivery_have_no_row_unless_they_are_filled(shop: Client) -> None:
    tree = launched(shop)
    first = booked(shop, tree, 1)
    before = first - timedelta(days=1)
    assert [one.date for one in shop.ads.report("campaign", before, first)] == [first]
    filled = shop.ads.report("campaign", before, first, fill_zero=True)
    assert [(one.date, one.spend) for one in filled] == [(before, usd("0")), (first, usd("10"))]


def test_hours_breakdowns_and_windows(shop: Client) -> None:
    tree = launched(shop)
    first = booked(shop, tree, 1)
    hours = shop.ads.report("campaign", first, first, granularity="hour")
    assert len({one.hour for one in hours}) == len(hours) > 1
    assert sum((one.spend for one in hours if one.spend), usd("0")) == usd("10")
    slices = shop.ads.report("campaign", first, first, breakdowns=["age", "gender"])
    assert all(one.breakdowns.keys() == {"age", "gender"} for one in slices)
    assert sum(one.impressions or 0 for one in slices) > 0
    chosen = Attribution(click_days=Decimal(7))
    (one,) = shop.ads.report("campaign", first, first, attribution=chosen)
    assert one.conversion_value == usd("40")


def books(shop: Client) -> Any:
    """What the pretend Marketing API may be told to do."""
    return advertising(shop.market.twins["meta"], shop.market.default)


def writes(shop: Client) -> list[str]:
    """What was asked to be made, the last part of each path."""
    return [one.path.rpartition("/")[2] for one in shop.market.requests if one.method == "POST"]


def test_a_report_that_is_too_large_is_made_as_a_job(shop: Client) -> None:
    tree = launched(shop)
    first = booked(shop, tree)
    last = first + timedelta(days=1)
    at_once = shop.ads.report("ad", first, last)
    assert "insights" not in writes(shop)
    books(shop).query_rows = 1
    job = shop.ads.report("ad", first, last, wait=False)
    assert job.status == "running"
    assert job.wait().rows == at_once.rows
    assert writes(shop).count("insights") == 1


def test_a_job_that_meta_skips_for_its_size_is_made_in_two(shop: Client) -> None:
    tree = launched(shop)
    first = booked(shop, tree)
    last = first + timedelta(days=1)
    at_once = shop.ads.report("campaign", first, last)
    books(shop).query_rows, books(shop).failing_reports, books(shop).failure = 1, 1, "Job Skipped"
    assert shop.ads.report("campaign", first, last).rows == at_once.rows
    assert writes(shop).count("insights") == 3


@pytest.mark.parametrize("times", [1, 3])
def test_a_job_that_meta_gives_up_is_ordered_again_but_not_for_ever(shop: Client, times: int) -> None:
    tree = launched(shop)
    first = booked(shop, tree)
    books(shop).query_rows, books(shop).failing_reports, books(shop).failure = 0, times, "Job Failed"
    if times == 1:
        assert len(shop.ads.report("campaign", first, first)) == 1
        return
    with pytest.raises(NotReady, match="Job Failed"):
        shop.ads.report("campaign", first, first)


# -- people


def people(count: int) -> list[AudienceMember]:
    return [AudienceMember(email=f"p{number}@example.com") for number in range(count)]


def agreed(shop: Client) -> Consent:
    return Consent("checkout", shop.market.now(), ["ads"])


def known(shop: Client, audience: str) -> int:
    """How many people the pretend Meta has on a list."""
    return len(shop.market.twins["meta"].nodes[audience].hidden["people"])


def test_a_list_is_made_filled_emptied_replaced_and_deleted(shop: Client) -> None:
    made = shop.ads.audiences.create(AudienceInput(name="Buyers", consent=agreed(shop), members=people(3)))
    assert (made.kind, known(shop, made.id)) == ("customer_list", 3)
    assert shop.ads.audiences.add(made, people(5), consent=agreed(shop)).ok
    assert known(shop, made.id) == 5
    assert shop.ads.audiences.remove(made, people(2)).ok
    assert known(shop, made.id) == 3
    assert shop.ads.audiences.replace(made, people(1), consent=agreed(shop)).ok
    assert known(shop, made.id) == 1
    alike = shop.ads.audiences.create(
        AudienceInput(name="Alike", kind="lookalike", seed_id=made.id, countries=["US"])
    )
    assert {one.id for one in shop.ads.audiences.list()} == {made.id, alike.id}
    assert shop.ads.audiences.delete([alike.id, made.id]).ok
    assert not shop.ads.audiences.list().collect()
    with pytest.raises(NotFound):
        shop.ads.audiences.delete(made)
    with pytest.raises(NotFound):
        shop.ads.audiences.add(made, people(1), consent=agreed(shop))


# -- conversions


def pixel(shop: Client) -> str:
    (account,) = [one.id for one in shop.accounts() if one.kind == "ad"]
    found: str = shop.call("GET", f"/{account}/adspixels", {"fields": "id"}, service="ads")["data"][0]["id"]
    return found


def conversion(shop: Client, number: int = 1, **fields: Any) -> ConversionEvent:
    given: dict[str, Any] = {
        "type": "purchase",
        "event_id": f"e-{number}",
        "occurred_at": shop.market.now(),
        "source": pixel(shop),
        "action_source": "website",
        "person": AudienceMember(email="ann@example.com"),
        "value": usd("12.50"),
        "url": "https://shop.example.com/thanks",
    }
    return ConversionEvent(**given | fields)


def test_conversions_arrive_and_one_that_is_bad_fails_alone(shop: Client) -> None:
    tomorrow = shop.market.now() + timedelta(days=1)
    events = [conversion(shop, number) for number in range(4)]
    events[2] = conversion(shop, 2, occurred_at=tomorrow)
    result = shop.ads.conversions.send(events)
    assert [one.ok for one in result] == [True, True, False, True]
    assert isinstance(result[2].error, InvalidRequest)
    arrived = shop.market.twins["meta"].nodes[pixel(shop)].hidden["events"]
    assert sorted(one["event_id"] for one in arrived) == ["e-0", "e-1", "e-3"]
    assert arrived[0]["custom_data"]["currency"] == "USD"


async def test_the_same_holds_without_waiting() -> None:
    shop = simulate("meta", AsyncClient, currency="USD")
    now = shop.market.now()
    made = await shop.ads.audiences.create(
        AudienceInput(name="Buyers", consent=Consent("checkout", now, ["ads"]), members=people(2))
    )
    assert [one.id async for one in shop.ads.audiences.list()] == [made.id]
    report = await shop.ads.report("account", now.date() - timedelta(days=3), now.date())
    assert len(report) == 0


def test_an_empty_catalogue_has_no_figures_by_product(shop: Client) -> None:
    tree = launched(shop)
    first = booked(shop, tree)
    assert list(shop.ads.report("campaign", first, first))
    assert list(shop.ads.report("campaign", first, first, breakdowns=["product"])) == []


def test_what_is_no_audience_is_not_deleted_as_one(shop: Client) -> None:
    top = launched(shop).campaign
    with pytest.raises(InvalidRequest):
        shop.ads.audiences.delete(top.id)
    assert shop.ads.campaigns.get(top).status == "active"
