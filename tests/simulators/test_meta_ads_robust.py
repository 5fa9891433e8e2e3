"""Whatever is sent to the pretend Marketing API, it answers: each part of good calls is spoilt in turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.meta_ads_caller import HASH, AdsCaller, Refusal, open_ads

JUNK: list[Any] = [
    None,
    "",
    "x",
    "[",
    -1,
    0,
    1.5,
    10**30,
    True,
    [],
    {},
    [[]],
    [1],
    ["x"],
    [None],
    {"x": "y"},
    "0",
]
LINK = {
    "link": "https://shop.example/",
    "message": "Look",
    "call_to_action": {"type": "SHOP_NOW"},
    "child_attachments": [{"link": "https://shop.example/", "name": "One"}],
}


def calls(ads: AdsCaller) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Good calls by name: method, path and parameters."""
    campaign = ads.campaign()
    adset = ads.adset(campaign)
    ad, creative = ads.ad(adset), ads.creative()
    fields = {"name": "Buyers", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"}
    audience = ads.post(f"/{ads.act}/customaudiences", **fields)["id"]
    ads.market.record_ads(campaign, ads.books.today(), "10.00", "20.00")
    targeting = {
        "geo_locations": {"countries": ["DE"], "zips": [{"key": "US:90210"}]},
        "age_min": 18,
        "age_max": 65,
        "genders": [1],
        "custom_audiences": [{"id": audience}],
        "excluded_custom_audiences": [{"id": audience}],
        "targeting_automation": {"advantage_audience": 0},
        "messenger_positions": ["messenger_home"],
    }
    europe = {"dsa_beneficiary": "Me", "dsa_payor": "Me"}
    group = {
        "name": "Everyone",
        "campaign_id": campaign,
        "billing_event": "IMPRESSIONS",
        "optimization_goal": "VALUE",
        "bid_strategy": "LOWEST_COST_WITH_MIN_ROAS",
        "bid_constraints": {"roas_average_floor": 20000},
        "lifetime_budget": 20000,
        "start_time": "2030-01-01T00:00:00+0000",
        "end_time": "2031-01-01T00:00:00+0000",
        "adset_schedule": [{"days": [1]}],
        "promoted_object": {"pixel_id": ads.pixel, "custom_event_type": "PURCHASE"},
        "targeting": targeting,
        **europe,
        "status": "PAUSED",
        "attribution_spec": [{"event_type": "CLICK_THROUGH", "window_days": 7}],
    }
    report = {
        "level": "ad",
        "fields": "spend,actions",
        "time_range": {"since": "2026-01-01", "until": "2026-01-31"},
        "time_ranges": [{"since": "2026-01-01", "until": "2026-01-31"}],
        "time_increment": 1,
        "breakdowns": ["age"],
        "action_attribution_windows": ["7d_click"],
        "filtering": [{"field": "spend", "operator": "GREATER_THAN", "value": 1}],
        "sort": ["spend_descending"],
        "summary": ["spend"],
        "limit": 5,
    }
    event = {
        "event_name": "Purchase",
        "event_time": int(ads.market.clock.now()),
        "event_id": "1",
        "action_source": "website",
        "user_data": {"em": [HASH], "client_user_agent": "x"},
        "custom_data": {"currency": "USD", "value": 5, "contents": [{"id": "1"}]},
    }
    names = [{"field": "name", "operator": "IN", "value": ["Sale"]}]
    times = [{"field": "updated_time", "operator": "IN_RANGE", "value": [1, 2]}]
    session = {"session_id": 9, "batch_seq": 1, "last_batch_flag": True}
    people = {"payload": {"schema": ["EMAIL"], "data": [[HASH]]}, "session": session}
    single = {"schema": "EMAIL", "data": [HASH]}
    lookalike = {"ratio": 0.01, "country": "US"}
    alike = {
        "name": "Alike",
        "subtype": "LOOKALIKE",
        "origin_audience_id": audience,
        "lookalike_spec": lookalike,
    }
    rule = {"inclusions": {"operator": "or"}}
    story = {"page_id": ads.page, "link_data": LINK}
    options = {"rename_strategy": "DEEP_RENAME", "rename_prefix": "x"}
    given = {
        "name": "Sale",
        "objective": "OUTCOME_SALES",
        "special_ad_categories": ["HOUSING"],
        "daily_budget": 5000,
        "promoted_object": {"product_catalog_id": ads.seller.catalog.id},
        "start_time": 1795262400,
        "stop_time": "2031-01-01T00:00:00+0000",
    }
    act = f"/{ads.act}"
    return {
        "campaign": ("POST", f"{act}/campaigns", given),
        "campaigns": ("GET", f"{act}/campaigns", {"filtering": names, "effective_status": ["ACTIVE"]}),
        "updated": (
            "GET",
            f"{act}/ads",
            {"filtering": times, "effective_status": ["ACTIVE"], "updated_since": 1},
        ),
        "campaign update": ("POST", f"/{campaign}", {"name": "Other", "status": "PAUSED"}),
        "adset": ("POST", f"{act}/adsets", group),
        "adset update": (
            "POST",
            f"/{adset}",
            {"targeting": targeting, "promoted_object": {"page_id": ads.page}, **europe},
        ),
        "creative": ("POST", f"{act}/adcreatives", {"name": "Look", "object_story_spec": story}),
        "ad": (
            "POST",
            f"{act}/ads",
            {"name": "Ad", "adset_id": adset, "creative": {"creative_id": creative}},
        ),
        "inline ad": (
            "POST",
            f"{act}/ads",
            {"name": "Ad", "adset_id": adset, "creative": {"object_story_spec": story}},
        ),
        "ad update": ("POST", f"/{ad}", {"creative": {"creative_id": creative}}),
        "copy": ("POST", f"/{campaign}/copies", {"rename_options": options, "start_time": 1795262400}),
        "image": ("POST", f"{act}/adimages", {"bytes": "iVBORw0KGgo="}),
        "images": ("GET", f"{act}/adimages", {"hashes": ["x"], "name": "x"}),
        "video": ("POST", f"{act}/advideos", {"upload_phase": "start", "file_size": 6}),
        "insights": ("GET", f"{act}/insights", report),
        "report": ("POST", f"/{campaign}/insights", report),
        "audience": ("POST", f"{act}/customaudiences", fields),
        "lookalike": ("POST", f"{act}/customaudiences", alike),
        "visitors": ("POST", f"{act}/customaudiences", {"name": "x", "subtype": "WEBSITE", "rule": rule}),
        "audience update": ("POST", f"/{audience}", {"name": "x", "description": "y"}),
        "people": ("POST", f"/{audience}/users", people),
        "person": ("DELETE", f"/{audience}/users", {"payload": single}),
        "replaced": ("POST", f"/{audience}/usersreplace", people),
        "events": ("POST", f"/{ads.pixel}/events", {"data": [event], "test_event_code": "T"}),
        "search": ("GET", f"{act}/targetingsearch", {"q": "shop", "regulated_categories": ["HOUSING"]}),
        "suggestions": (
            "GET",
            f"{act}/targetingsuggestions",
            {"targeting_list": [{"type": "interests", "id": "1"}]},
        ),
        "validation": (
            "GET",
            f"{act}/targetingvalidation",
            {"targeting_list": [{"id": "1"}], "id_list": [1]},
        ),
        "places": ("GET", "/search", {"type": "adgeolocation", "q": "x", "location_types": ["city"]}),
        "estimate": (
            "GET",
            f"{act}/delivery_estimate",
            {"optimization_goal": "REACH", "targeting_spec": targeting},
        ),
    }


def spoilt(value: Any) -> Iterator[Any]:
    """The value with each of its parts, however deep, changed for each piece of junk."""
    yield from JUNK
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        for other in spoilt(part):
            changed = dict(value) if isinstance(value, dict) else list(value)
            changed[key] = other
            yield changed


NAMES = sorted(calls(open_ads()))


@pytest.mark.parametrize("name", NAMES)
def test_every_call_is_answered_or_refused(name: str) -> None:
    ads = open_ads()
    ads.checked = False
    method, path, given = calls(ads)[name]
    ads.send(method, path, **given)
    refusals: list[Refusal] = []
    for key, value in given.items():
        for other in spoilt(value):
            try:
                ads.send(method, path, **{**given, key: other})
            except Refusal as refusal:
                refusals.append(refusal)
    assert refusals
    assert all(one.code and one.status in (400, 500) for one in refusals)
