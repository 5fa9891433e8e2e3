"""Ad accounts and campaigns of the pretend Meta: rules, budgets, states, lists."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.meta_ads_caller import AdsCaller, open_ads, read, refused, status


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


# -- the account


def test_an_account_tells_currency_zone_and_state(ads: AdsCaller) -> None:
    fields = (
        "account_id,currency,timezone_name,timezone_offset_hours_utc,account_status,amount_spent,owner,"
        "disable_reason,tos_accepted,min_daily_budget,created_time"
    )
    found = ads.get(f"/{ads.act}", fields=fields)
    assert found["id"] == f"act_{found['account_id']}"
    assert (found["currency"], found["account_status"], found["amount_spent"]) == ("USD", 1, "0")
    assert found["timezone_offset_hours_utc"] in (-7.0, -8.0)
    assert found["owner"] == ads.twin.business.id
    assert (found["disable_reason"], found["min_daily_budget"]) == (0, 100)
    ads.books.funded = False
    assert ads.get(f"/{ads.act}", fields="account_status")["account_status"] == 3


def test_accounts_are_listed_for_the_holder_of_the_token(ads: AdsCaller) -> None:
    (row,) = ads.get("/me/adaccounts", fields="id,account_id,currency")["data"]
    assert row["id"] == ads.act
    assert ads.get(f"/{ads.twin.business.id}/owned_ad_accounts")["data"][0]["id"] == ads.act
    assert ads.get(f"/{ads.twin.business.id}/client_ad_accounts")["data"] == []


def test_the_account_of_another_seller_is_as_good_as_none() -> None:
    ads = open_ads(accounts=2)
    other = ads.twin.sellers[1].asset("AdAccount").id
    error = refused(ads.get, f"/{other}/campaigns")
    assert (error.code, error.subcode) == (100, 33)


def test_an_account_can_be_renamed(ads: AdsCaller) -> None:
    assert ads.post(f"/{ads.act}", name="Mine", default_dsa_payor="Me") == {"success": True}
    assert read(ads, ads.act, "name")["name"] == "Mine"


def test_reading_needs_a_permission_and_writing_another(ads: AdsCaller) -> None:
    reader = AdsCaller(ads.twin, ("ads_read",))
    assert reader.get(f"/{ads.act}/campaigns")["data"] == []
    assert refused(reader.campaign).code == 200
    stranger = AdsCaller(ads.twin, ("pages_messaging",))
    assert refused(stranger.get, f"/{ads.act}/campaigns").code == 200


@pytest.mark.parametrize(("currency", "least"), [("USD", 100), ("JPY", 100), ("KRW", 1000), ("JOD", 100)])
def test_smallest_budgets_are_in_the_smallest_steps(currency: str, least: int) -> None:
    ads = open_ads(currency)
    (row,) = ads.get(f"/{ads.act}/minimum_budgets")["data"]
    assert (row["currency"], row["min_daily_budget_imp"]) == (currency, least)
    error = refused(ads.budgeted, daily_budget=least - 1)
    assert (error.code, error.subcode, error.blamed) == (100, 1885272, ["daily_budget"])


# -- campaigns


def test_a_campaign_is_on_unless_it_is_created_paused(ads: AdsCaller) -> None:
    assert status(ads, ads.campaign(status=None)) == ("ACTIVE", "ACTIVE")
    assert status(ads, ads.campaign(status="PAUSED")) == ("PAUSED", "PAUSED")
    assert {one.status for one in ads.seller.campaigns.values()} == {"active", "paused"}


def test_without_fields_only_the_id_is_told(ads: AdsCaller) -> None:
    key = ads.campaign()
    assert ads.get(f"/{key}") == {"id": key}
    assert ads.get(f"/{ads.act}/campaigns")["data"] == [{"id": key}]


def test_a_budget_is_a_text_of_the_smallest_steps(ads: AdsCaller) -> None:
    key = ads.budgeted()
    found = read(ads, key, "daily_budget", "lifetime_budget", "budget_remaining", "bid_strategy")
    assert found == {
        "id": key,
        "daily_budget": "5000",
        "budget_remaining": "5000",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
    }
    assert ads.seller.campaigns[key].budget == 50
    today = ads.books.today()
    ads.market.record_ads(key, today, "12.34", 0)
    assert read(ads, key, "budget_remaining")["budget_remaining"] == "3766"
    assert read(ads, ads.act, "amount_spent")["amount_spent"] == "1234"


def test_yen_have_no_smaller_step() -> None:
    ads = open_ads("JPY")
    key = ads.budgeted(daily_budget=5000)
    assert ads.seller.campaigns[key].budget == 5000


@pytest.mark.parametrize(
    ("given", "blamed"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 401}, "name"),
        ({"objective": "CONVERSIONS"}, "objective"),
        ({"objective": None}, "objective"),
        ({"is_adset_budget_sharing_enabled": None}, "is_adset_budget_sharing_enabled"),
        ({"daily_budget": 500, "is_adset_budget_sharing_enabled": True}, "is_adset_budget_sharing_enabled"),
        ({"daily_budget": 500, "lifetime_budget": 500}, "daily_budget"),
        ({"bid_strategy": "COST_CAP"}, "bid_strategy"),
        ({"special_ad_categories": ["NONE", "HOUSING"]}, "special_ad_categories"),
        ({"promoted_object": {"product_catalog_id": "1"}}, "promoted_object"),
        ({"status": "ARCHIVED"}, "status"),
        ({"start_time": 1795262400, "stop_time": 1795262400}, "stop_time"),
    ],
)
def test_a_campaign_that_breaks_a_rule_is_refused(ads: AdsCaller, given: dict[str, Any], blamed: str) -> None:
    error = refused(ads.campaign, **given)
    assert error.code == 100
    assert blamed in error.blamed
    assert ads.get(f"/{ads.act}/campaigns")["data"] == []


@pytest.mark.parametrize(
    "given",
    [
        {"special_ad_categories": None},
        {"special_ad_categories": ["GAMES"]},
        {"objective": "WORLD_PEACE"},
        {"daily_budget": -5},
        {"daily_budget": "5.50"},
        {"start_time": "tomorrow"},
    ],
)
def test_what_the_interface_data_rules_out_is_refused(ads: AdsCaller, given: dict[str, Any]) -> None:
    assert refused(ads.campaign, **given).code == 100


def test_a_call_can_only_be_checked(ads: AdsCaller) -> None:
    only = {"execution_options": ["validate_only"]}
    assert ads.campaign(**only) == "None"
    assert refused(ads.campaign, **only, name="").code == 100
    campaign, adset, ad = ads.tree()
    assert ads.adset(campaign, **only) == "None"
    assert ads.creative(**only) == "None"
    assert ads.ad(adset, **only) == "None"
    assert ads.post(f"/{campaign}", name="Other", **only) == {"success": True}
    assert read(ads, campaign, "name")["name"] == "Sale"
    assert [len(ads.get(f"/{ads.act}/{edge}")["data"]) for edge in ("campaigns", "adsets", "ads")] == [
        1,
        1,
        1,
    ]
    assert ad


def test_a_campaign_is_changed_field_by_field(ads: AdsCaller) -> None:
    key = ads.budgeted()
    ads.wait(60)
    assert ads.post(f"/{key}", name="Better", daily_budget=6000) == {"success": True}
    found = read(ads, key, "name", "daily_budget", "created_time", "updated_time", "advantage_state_info")
    assert (found["name"], found["daily_budget"]) == ("Better", "6000")
    assert found["created_time"] < found["updated_time"]
    assert found["updated_time"].endswith("+0000")
    assert found["advantage_state_info"]["advantage_budget_state"] == "ENABLED"
    assert refused(ads.post, f"/{key}", objective="OUTCOME_TRAFFIC").blamed == ["objective"]
    assert "daily_budget" in refused(ads.post, f"/{key}", lifetime_budget=9000).blamed


def test_what_is_deleted_stays_readable_and_is_listed_only_when_asked_for(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    other = ads.campaign(name="Other")
    assert ads.delete(f"/{campaign}") == {"success": True}
    assert status(ads, campaign) == ("DELETED", "DELETED")
    assert (status(ads, adset), status(ads, ad)) == (("ACTIVE", "DELETED"), ("ACTIVE", "DELETED"))
    assert [row["id"] for row in ads.get(f"/{ads.act}/campaigns")["data"]] == [other]
    asked = ads.get(f"/{ads.act}/campaigns", effective_status=["DELETED", "ARCHIVED"])
    assert [row["id"] for row in asked["data"]] == [campaign]
    assert ads.delete(f"/{campaign}") == {"success": True}
    assert refused(ads.post, f"/{campaign}", status="ACTIVE").code == 100
    assert ads.post(f"/{campaign}", name="Gone") == {"success": True}
    assert refused(ads.adset, campaign).blamed == ["campaign_id"]


def test_what_is_archived_can_only_be_renamed_or_deleted(ads: AdsCaller) -> None:
    key = ads.budgeted()
    ads.post(f"/{key}", status="ARCHIVED")
    assert ads.seller.campaigns[key].status == "archived"
    assert refused(ads.post, f"/{key}", status="ACTIVE").code == 100
    assert refused(ads.post, f"/{key}", daily_budget=7000).code == 100
    ads.post(f"/{key}", name="Old", status="ARCHIVED")
    ads.post(f"/{key}", status="DELETED")
    assert status(ads, key) == ("DELETED", "DELETED")


def test_lists_are_filtered_and_paged() -> None:
    ads = open_ads(page_size=2)
    keys = []
    for at in range(5):
        keys.append(ads.campaign(name=f"Campaign {at}", status="PAUSED" if at % 2 else "ACTIVE"))
        ads.wait(10)
    path = f"/{ads.act}/campaigns"
    assert [row["id"] for row in ads.rows(path)] == keys[::-1]
    assert [row["id"] for row in ads.rows(path, effective_status=["PAUSED"])] == [keys[3], keys[1]]

    def found(field: str, operator: str, value: Any) -> list[str]:
        condition = {"field": field, "operator": operator, "value": value}
        return [row["id"] for row in ads.rows(path, filtering=[condition])][::-1]

    made = ads.twin.nodes[keys[2]].created
    assert found("name", "CONTAIN", "campaign 3") == [keys[3]]
    assert found("name", "NOT_CONTAIN", "3") == [*keys[:3], keys[4]]
    assert found("name", "STARTS_WITH", "Camp") == keys
    assert found("id", "IN", keys[:2]) == keys[:2]
    assert found("id", "NOT_IN", keys[:2]) == keys[2:]
    assert found("campaign.name", "EQUAL", "Campaign 0") == keys[:1]
    assert found("name", "NOT_EQUAL", "Campaign 0") == keys[1:]
    assert found("updated_time", "GREATER_THAN", int(made)) == keys[2:]
    assert found("updated_time", "GREATER_THAN_OR_EQUAL", made + 1) == keys[3:]
    assert found("created_time", "LESS_THAN", "2000-01-01T00:00:00+0000") == []
    assert found("created_time", "LESS_THAN_OR_EQUAL", made) == keys[:3]
    assert found("created_time", "IN_RANGE", [made - 1, made + 1]) == [keys[2]]
    assert found("created_time", "NOT_IN_RANGE", [made - 1, made + 1]) == [*keys[:2], *keys[3:]]
    assert found("daily_budget", "GREATER_THAN", 1) == []


@pytest.mark.parametrize(
    "filtering",
    [
        "nonsense",
        {"field": "name"},
        [{"field": "name", "operator": "EQUAL"}],
        [{"field": "name", "operator": "SOUNDS_LIKE", "value": "x"}],
        [{"field": "colour", "operator": "EQUAL", "value": "x"}],
        [{"field": "id", "operator": "IN", "value": "x"}],
        [{"field": "created_time", "operator": "LESS_THAN", "value": "soon"}],
    ],
)
def test_a_filter_that_is_none_is_refused(ads: AdsCaller, filtering: Any) -> None:
    ads.campaign()
    assert refused(ads.get, f"/{ads.act}/campaigns", filtering=filtering).code == 100


def test_a_field_that_does_not_exist_is_refused(ads: AdsCaller) -> None:
    error = refused(read, ads, ads.campaign(), "colour")
    assert "nonexisting field (colour)" in str(error)
