"""Media, audiences, pixels and targeting of the pretend Meta."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from tests.support.meta_ads_caller import HASH, AdsCaller, open_ads, refused

OTHER = "cd" * 32
US = {"geo_locations": {"countries": ["US"]}}


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


# -- images


def test_an_image_is_known_by_its_hash(ads: AdsCaller) -> None:
    content = ads.market.image()
    answer = ads.post(f"/{ads.act}/adimages", bytes=base64.b64encode(content).decode())
    row = answer["images"]["bytes"]
    assert (row["width"], row["height"]) == (8, 8)
    again = ads.send("POST", f"/{ads.act}/adimages", files={"filename/look.png": content})
    assert again["images"]["look.png"]["hash"] == row["hash"] == hashlib.md5(content).hexdigest()
    fields = "hash,status,url,account_id,created_time"
    (listed,) = ads.get(f"/{ads.act}/adimages", hashes=[row["hash"]], fields=fields)["data"]
    assert listed["id"] == f"{ads.act.removeprefix('act_')}:{row['hash']}"
    assert listed["status"] == "ACTIVE"
    assert ads.get(f"/{ads.act}/adimages", hashes=["0"])["data"] == []


def test_what_is_no_image_is_refused(ads: AdsCaller) -> None:
    path = f"/{ads.act}/adimages"
    assert refused(ads.post, path, bytes=base64.b64encode(b"text").decode()).code == 100
    assert refused(ads.post, path, bytes="no base64").code == 100
    assert refused(ads.post, path).code == 100


def test_an_image_in_use_is_not_deleted(ads: AdsCaller) -> None:
    path = f"/{ads.act}/adimages"
    jpeg = base64.b64encode(b"\xff\xd8\xff\xe0 a small picture").decode()
    key = ads.post(path, bytes=jpeg)["images"]["bytes"]["hash"]
    link = {"link": "https://shop.example/", "image_hash": key}
    creative = ads.creative(object_story_spec={"page_id": ads.page, "link_data": link})
    assert refused(ads.delete, path, hash=key).code == 100
    ads.delete(f"/{creative}")
    assert ads.delete(path, hash=key) == {"success": True}
    assert refused(ads.delete, path, hash=key).code == 100


# -- videos


def video_status(ads: AdsCaller, key: str) -> str:
    return str(ads.get(f"/{key}", fields="status")["status"]["video_status"])


def test_a_video_is_worked_on_before_it_can_be_used(ads: AdsCaller) -> None:
    path = f"/{ads.act}/advideos"
    by_url = ads.post(path, file_url="https://cdn.example/v.mp4", name="By address")["id"]
    by_file = ads.send("POST", path, files={"source/v.mp4": b"film"}, title="By file")["id"]
    for key in (by_url, by_file):
        assert video_status(ads, key) == "processing"
    ads.wait(11)
    assert video_status(ads, by_url) == "ready"
    assert [row["id"] for row in ads.get(path, title="file")["data"]] == [by_file]
    assert ads.delete(f"/{by_file}") == {"success": True}
    assert refused(ads.get, f"/{by_file}").subcode == 33
    assert refused(ads.post, path, name="Nothing").code == 100


def test_a_long_video_comes_in_chunks(ads: AdsCaller) -> None:
    path = f"/{ads.act}/advideos"
    begun = ads.post(path, upload_phase="start", file_size=6)
    session = begun["upload_session_id"]
    assert (begun["start_offset"], begun["end_offset"]) == ("0", "6")
    assert video_status(ads, begun["video_id"]) == "uploading"
    transfer = {"upload_phase": "transfer", "upload_session_id": session}
    chunk = {"video_file_chunk/c": b"abc"}
    answer = ads.send("POST", path, files=chunk, **transfer, start_offset=0)
    assert (answer["start_offset"], answer["end_offset"]) == ("3", "6")
    assert refused(ads.send, "POST", path, files=chunk, **transfer, start_offset=0).code == 6001
    finish = {"upload_phase": "finish", "upload_session_id": session}
    assert refused(ads.post, path, **finish).code == 6000
    ads.send("POST", path, files=chunk, **transfer, start_offset=3)
    assert ads.post(path, **finish) == {"success": True}
    ads.wait(11)
    assert video_status(ads, begun["video_id"]) == "ready"
    assert refused(ads.post, path, **finish).code == 6000


def test_an_upload_can_be_called_off(ads: AdsCaller) -> None:
    path = f"/{ads.act}/advideos"
    session = ads.post(path, upload_phase="start", file_size=6)["upload_session_id"]
    assert (
        refused(ads.post, path, upload_phase="transfer", upload_session_id=session, start_offset=0).code
        == 100
    )
    assert ads.post(path, upload_phase="cancel", upload_session_id=session) == {"success": True}
    assert refused(ads.post, path, upload_phase="cancel", upload_session_id=session).code == 6000
    assert refused(ads.post, path, upload_phase="start").code == 100
    assert ads.get(path)["data"] == []


# -- audiences


def audience(ads: AdsCaller, **other: Any) -> str:
    given = {"name": "Buyers", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"}
    return str(ads.post(f"/{ads.act}/customaudiences", **{**given, **other})["id"])


def hashes(count: int, start: int = 0) -> list[str]:
    return [hashlib.sha256(f"{at}@shop.example".encode()).hexdigest() for at in range(start, start + count)]


def people(ads: AdsCaller, key: str) -> int:
    return len(ads.books.audiences[key].hidden["people"])


FIELDS = (
    "name,subtype,operation_status,delivery_status,approximate_count_lower_bound,"
    "approximate_count_upper_bound"
)


def test_an_audience_can_be_used_a_while_later(ads: AdsCaller) -> None:
    key = audience(ads)
    path = f"/{key}/users"
    answer = ads.post(path, payload={"schema": "EMAIL", "data": hashes(100)})
    assert (answer["audience_id"], answer["num_received"], answer["num_invalid_entries"]) == (key, 100, 0)
    (row,) = ads.get(f"/{ads.act}/customaudiences", fields=FIELDS)["data"]
    assert (row["operation_status"]["code"], row["approximate_count_lower_bound"]) == (300, -1)
    ads.wait(601)
    row = ads.get(f"/{key}", fields=FIELDS)
    assert row["operation_status"]["code"] == row["delivery_status"]["code"] == 200
    assert (row["approximate_count_lower_bound"], row["approximate_count_upper_bound"]) == (90, 110)


def test_an_audience_of_few_does_not_deliver(ads: AdsCaller) -> None:
    key = audience(ads)
    ads.post(f"/{key}/users", payload={"schema": ["EMAIL"], "data": [[one] for one in hashes(19)]})
    ads.wait(601)
    row = ads.get(f"/{key}", fields=FIELDS)
    assert (row["operation_status"]["code"], row["delivery_status"]["code"]) == (200, 300)


def test_people_are_added_once_and_removed_by_any_identifier(ads: AdsCaller) -> None:
    key = audience(ads)
    mail, phone = hashes(2)
    whole = {"schema": ["EMAIL", "PHONE", "EXTERN_ID"], "data": [[mail, phone, "7"], [OTHER, "", "8"]]}
    for _ in range(2):
        ads.post(f"/{key}/users", payload=whole)
    assert people(ads, key) == 2
    answer = ads.delete(f"/{key}/users", payload={"schema": "PHONE_SHA256", "data": [phone]})
    assert answer["num_received"] == 1
    assert people(ads, key) == 1
    ads.delete(f"/{key}/users", payload={"schema": ["EXTERN_ID"], "data": [["8"]]})
    assert people(ads, key) == 0


def test_entries_that_are_not_hashed_are_counted_and_left_out(ads: AdsCaller) -> None:
    key = audience(ads)
    data = [[HASH], ["jane@shop.example"], [HASH.upper()], [""], [HASH, HASH]]
    answer = ads.post(f"/{key}/users", payload={"schema": ["EMAIL"], "data": data})
    assert (answer["num_received"], answer["num_invalid_entries"]) == (5, 4)
    assert answer["invalid_entry_samples"]["0"] == "['jane@shop.example']"
    assert people(ads, key) == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"payload": "nonsense"},
        {"payload": {"schema": "EMAIL"}},
        {"payload": {"schema": "SHOE_SIZE", "data": ["44"]}},
        {"payload": {"schema": "EMAIL", "data": [HASH]}, "session": {"session_id": "mine"}},
    ],
)
def test_a_payload_that_is_none_is_refused(ads: AdsCaller, given: dict[str, Any]) -> None:
    assert refused(ads.post, f"/{audience(ads)}/users", **given).code == 100


def test_ten_thousand_people_fit_into_one_call(ads: AdsCaller) -> None:
    key = audience(ads)
    error = refused(ads.post, f"/{key}/users", payload={"schema": "EMAIL", "data": [HASH] * 10_001})
    assert error.code == 2650
    assert people(ads, key) == 0


def part(seq: int, last: bool) -> dict[str, Any]:
    return {"session_id": 9, "batch_seq": seq, "last_batch_flag": last, "estimated_num_total": 4}


def test_all_people_are_replaced_once_the_last_part_came(ads: AdsCaller) -> None:
    key = audience(ads)
    ads.post(f"/{key}/users", payload={"schema": "EMAIL", "data": hashes(50)})
    path = f"/{key}/usersreplace"
    ads.post(path, payload={"schema": "EMAIL", "data": hashes(2, 100)}, session=part(1, last=False))
    assert people(ads, key) == 50
    (session,) = ads.get(f"/{key}/sessions", session_id=9)["data"]
    assert (session["stage"], session["num_received"]) == ("in_progress", "2")
    answer = ads.post(path, payload={"schema": "EMAIL", "data": hashes(2, 200)}, session=part(2, last=True))
    assert answer["session_id"] == "9"
    assert people(ads, key) == 4
    late = {"payload": {"schema": "EMAIL", "data": hashes(1)}, "session": part(3, last=True)}
    assert refused(ads.post, path, **late).blamed == ["session"]
    assert len(ads.get(f"/{key}/sessions")["data"]) == 2
    assert refused(ads.post, path, payload={"schema": "EMAIL", "data": hashes(1)}).code == 100
    empty = {"payload": {"schema": "EMAIL", "data": []}, "session": {}}
    assert refused(ads.post, path, **empty).code == 100


def test_parts_of_one_session_arrive_within_ninety_minutes(ads: AdsCaller) -> None:
    key = audience(ads)
    first = {"payload": {"schema": "EMAIL", "data": hashes(1)}, "session": part(1, last=False)}
    ads.post(f"/{key}/usersreplace", **first)
    ads.wait(91 * 60)
    assert refused(ads.post, f"/{key}/usersreplace", **first).blamed == ["session"]


def test_a_lookalike_has_its_origin_and_no_list(ads: AdsCaller) -> None:
    origin = audience(ads)
    ads.post(f"/{origin}/users", payload={"schema": "EMAIL", "data": hashes(30)})
    alike = {"subtype": "LOOKALIKE", "customer_file_source": None, "origin_audience_id": origin}
    key = audience(ads, name="Alike", lookalike_spec={"ratio": 0.01, "country": "US"}, **alike)
    spec = ads.get(f"/{key}", fields="lookalike_spec,subtype")["lookalike_spec"]
    assert spec["origin"] == [{"id": origin, "type": "custom_audience"}]
    assert refused(ads.post, f"/{key}/users", payload={"schema": "EMAIL", "data": [HASH]}).code == 100
    for bad in (
        {"lookalike_spec": {"ratio": 0.5, "country": "US"}},
        {"lookalike_spec": {"country": "US"}},
        {"lookalike_spec": {"type": "similarity"}},
        {"lookalike_spec": None},
        {"lookalike_spec": {"ratio": 0.01, "country": "US"}, "origin_audience_id": "5"},
    ):
        assert refused(audience, ads, **{**alike, **bad}).code == 100


def test_an_audience_of_visitors_needs_a_rule(ads: AdsCaller) -> None:
    rule = {"inclusions": {"operator": "or", "rules": []}}
    website = {"subtype": "WEBSITE", "customer_file_source": None}
    assert audience(ads, rule=rule, **website)
    assert audience(ads, rule=rule, subtype=None, customer_file_source=None)
    assert refused(audience, ads, rule={}, **website).blamed == ["rule"]
    assert refused(audience, ads, **website).blamed == ["rule"]


def test_a_list_needs_a_name_and_its_source(ads: AdsCaller) -> None:
    assert refused(audience, ads, customer_file_source=None).blamed == ["customer_file_source"]
    assert refused(audience, ads, customer_file_source="A_FRIEND").code == 100
    assert refused(audience, ads, name=None).blamed == ["name"]


def test_audiences_are_listed_renamed_and_deleted(ads: AdsCaller) -> None:
    first, second = audience(ads), audience(ads, name="Visitors")
    path = f"/{ads.act}/customaudiences"
    assert [row["id"] for row in ads.get(path)["data"]] == [second, first]
    condition = [{"field": "name", "operator": "CONTAIN", "value": "visit"}]
    assert [row["id"] for row in ads.get(path, filtering=condition)["data"]] == [second]
    ads.post(f"/{second}", name="Guests")
    assert ads.get(f"/{second}", fields="name")["name"] == "Guests"
    assert ads.delete(f"/{second}") == {"success": True}
    assert refused(ads.get, f"/{second}").subcode == 33
    targeting = {**US, "custom_audiences": [{"id": first}]}
    assert ads.adset(ads.campaign(), targeting=targeting)


# -- pixels


def event(ads: AdsCaller, **other: Any) -> dict[str, Any]:
    given = {
        "event_name": "Purchase",
        "event_time": int(ads.market.clock.now()) - 60,
        "event_id": "order-1",
        "action_source": "website",
        "event_source_url": "https://shop.example/thanks",
        "user_data": {"em": [HASH], "client_user_agent": "Mozilla/5.0", "client_ip_address": "192.0.2.1"},
        "custom_data": {"currency": "USD", "value": 49.98, "contents": [{"id": "TS-1", "quantity": 2}]},
    }
    return {**given, **other}


def taken(ads: AdsCaller) -> list[dict[str, Any]]:
    return list(ads.twin.nodes[ads.pixel].hidden.get("events", []))


def test_events_are_taken_and_counted_once(ads: AdsCaller) -> None:
    path = f"/{ads.pixel}/events"
    answer = ads.post(path, data=[event(ads), event(ads, event_name="AddToCart")])
    assert (answer["events_received"], answer["messages"]) == (2, [])
    assert answer["fbtrace_id"]
    ads.post(path, data=[event(ads)])
    assert len(taken(ads)) == 2
    ads.post(path, data=[event(ads, event_id=None), event(ads, event_id=None)])
    assert len(taken(ads)) == 4
    ads.wait(49 * 3600)
    ads.post(path, data=[event(ads)])
    assert len(taken(ads)) == 5
    found = ads.get(f"/{ads.pixel}", fields="name,last_fired_time,creation_time,owner_ad_account")
    assert found["last_fired_time"] > found["creation_time"]
    assert found["owner_ad_account"]["id"] == ads.act


def test_events_of_a_test_are_only_looked_at(ads: AdsCaller) -> None:
    answer = ads.post(f"/{ads.pixel}/events", data=[event(ads)], test_event_code="TEST123")
    assert answer["events_received"] == 1
    assert taken(ads) == []
    assert "last_fired_time" not in ads.get(f"/{ads.pixel}", fields="last_fired_time")


def without(name: str) -> dict[str, Any]:
    return {name: None}


@pytest.mark.parametrize(
    "broken",
    [
        without("event_name"),
        without("event_time"),
        without("user_data"),
        without("action_source"),
        {"action_source": "telepathy"},
        {"event_time": "yesterday"},
        {"event_time": 1_600_000_000},
        {"event_time": 4_000_000_000},
        {"user_data": {}},
        {"user_data": {"em": ["jane@shop.example"], "client_user_agent": "x"}},
        {"user_data": {"em": HASH.upper(), "client_user_agent": "x"}},
        {"user_data": {"em": HASH, "shoe_size": "44", "client_user_agent": "x"}},
        {"custom_data": {"value": 5}},
        {"custom_data": {"currency": "USD"}},
        {"custom_data": {"value": 5, "currency": "dollars"}},
        {"custom_data": {"value": 5, "currency": "USD", "contents": [{"quantity": 1}]}},
        {"event_name": "ViewContent", "custom_data": {"value": 5}},
    ],
)
def test_one_bad_event_rejects_all(ads: AdsCaller, broken: dict[str, Any]) -> None:
    error = refused(ads.post, f"/{ads.pixel}/events", data=[event(ads), event(ads, **broken)])
    assert error.code == 100
    assert "index 1" in error.error["error_user_msg"]
    assert taken(ads) == []


def test_what_is_no_list_of_events_is_refused(ads: AdsCaller) -> None:
    path = f"/{ads.pixel}/events"
    assert refused(ads.post, path).code == 100
    assert refused(ads.post, path, data=[]).code == 100
    assert refused(ads.post, path, data=[[1]]).code == 100
    assert refused(ads.post, path, data=[event(ads)] * 1001).code == 100


def test_a_visit_to_a_shop_may_lie_longer_ago(ads: AdsCaller) -> None:
    long_ago = event(ads)["event_time"] - 30 * 86400
    error = refused(ads.post, f"/{ads.pixel}/events", data=[event(ads, event_time=long_ago)])
    assert error.subcode == 2804003
    bought = event(ads, event_time=long_ago, action_source="physical_store")
    assert ads.post(f"/{ads.pixel}/events", data=[bought])["events_received"] == 1


def test_pixels_are_listed_made_and_renamed(ads: AdsCaller) -> None:
    path = f"/{ads.act}/adspixels"
    key = ads.post(path, name="Second")["id"]
    assert {row["id"] for row in ads.get(path)["data"]} == {ads.pixel, key}
    ads.post(f"/{key}", name="Renamed", enable_automatic_matching=True)
    assert ads.get(f"/{key}", fields="name")["name"] == "Renamed"
    assert refused(ads.post, path).code == 100


# -- targeting


def names(answer: Any) -> list[str]:
    return [row["name"] for row in answer["data"]]


def test_options_are_found_by_name_and_kind(ads: AdsCaller) -> None:
    path = f"/{ads.act}/targetingsearch"
    assert names(ads.get(path, q="shop")) == ["Online shopping", "Engaged shoppers"]
    assert names(ads.get(path, q="shop", limit_type="behaviors")) == ["Engaged shoppers"]
    assert refused(ads.get, path).code == 100
    assert refused(ads.get, f"/{ads.act}/targetingbrowse", limit_type="feelings").code == 100


def test_regulated_categories_hold_options_back(ads: AdsCaller) -> None:
    path = f"/{ads.act}/targetingbrowse"
    whole = names(ads.get(path))
    left = names(ads.get(path, regulated_categories=["HOUSING"]))
    assert "Parents (all)" in whole
    assert "Parents (all)" not in left
    assert names(ads.get(path, regulated_categories=["NONE"])) == whole


def test_options_near_others_are_suggested(ads: AdsCaller) -> None:
    path = f"/{ads.act}/targetingsuggestions"
    near = ads.get(path, targeting_list=[{"type": "interests", "id": "6003346592981"}])
    assert names(near) == ["Fashion accessories", "Handbags"]
    assert refused(ads.get, path).code == 100


def test_options_are_checked(ads: AdsCaller) -> None:
    path = f"/{ads.act}/targetingvalidation"
    found = ads.get(path, id_list=["6003346592981", "1"], name_list=["Football"])["data"]
    assert [row["valid"] for row in found] == [True, False, True]
    listed = ads.get(path, targeting_list=[{"type": "interests", "id": "6003107902433"}])["data"]
    assert listed[0]["name"] == "Football"
    assert refused(ads.get, path).code == 100


def test_places_and_languages_are_found(ads: AdsCaller) -> None:
    places = ads.get("/search", type="adgeolocation", q="calif", location_types=["region"])["data"]
    assert places == [{"key": "3847", "name": "California", "type": "region", "country_code": "US"}]
    assert names(ads.get("/search", type="adgeolocation", q="germany")) == ["Germany"]
    assert names(ads.get("/search", type="adlocale", q="english")) == ["English (US)", "English (UK)"]
    assert names(ads.get("/search", type="adinterest", q="football")) == ["Football"]
    assert refused(ads.get, "/search", type="adweather", q="rain").code == 100


def test_a_narrower_targeting_reaches_fewer(ads: AdsCaller) -> None:
    def reached(**targeting: Any) -> int:
        path = f"/{ads.act}/delivery_estimate"
        spec = {"optimization_goal": "REACH", "targeting_spec": {**US, **targeting}}
        (row,) = ads.get(path, **spec)["data"]
        assert row["estimate_ready"] is True
        return int(row["estimate_mau_lower_bound"])

    assert reached() > reached(age_min=30) > reached(age_min=30, genders=[2]) > 0
    path = f"/{ads.act}/delivery_estimate"
    assert refused(ads.get, path, targeting_spec=US).code == 100
    assert refused(ads.get, path, optimization_goal="REACH", targeting_spec={"age_min": 20}).code == 100


def test_an_audience_bounds_the_reach(ads: AdsCaller) -> None:
    key = audience(ads)
    ads.post(f"/{key}/users", payload={"schema": "EMAIL", "data": hashes(25)})
    spec = {**US, "custom_audiences": [{"id": key}]}
    found = ads.get(f"/{ads.act}/reachestimate", targeting_spec=spec)["data"]
    assert (found["users_lower_bound"], found["users_upper_bound"]) == (25, 30)


def test_an_adset_has_an_estimate_of_its_own(ads: AdsCaller) -> None:
    adset = ads.adset(ads.campaign())
    (row,) = ads.get(f"/{adset}/delivery_estimate")["data"]
    assert row["estimate_mau_upper_bound"] > row["estimate_mau_lower_bound"] > 0


# -- limits


def test_ads_insights_and_audiences_are_counted_apart(ads: AdsCaller) -> None:
    ads.twin.limits.budgets |= {"ads_management": 3, "ads_insights": 3, "custom_audience": 3}
    calls = {"campaigns": 80004, "insights": 80000, "customaudiences": 80003}
    for edge, code in calls.items():
        for _ in range(3):
            ads.get(f"/{ads.act}/{edge}")
        assert refused(ads.get, f"/{ads.act}/{edge}").code == code


def test_ads_calls_tell_how_much_is_used_in_headers_of_their_own(ads: AdsCaller) -> None:
    ads.get(f"/{ads.act}/insights")
    assert "x-fb-ads-insights-throttle" not in ads.headers
    ads.twin.limits.budgets |= {"ads_management": 4, "ads_insights": 4}
    ads.get(f"/{ads.act}/insights")
    told = json.loads(ads.headers["x-fb-ads-insights-throttle"])
    assert told == {"acc_id_util_pct": 50, "app_id_util_pct": 50, "ads_api_access_tier": "standard_access"}
    ads.get(f"/{ads.act}/campaigns")
    told = json.loads(ads.headers["x-ad-account-usage"])
    assert told == {"acc_id_util_pct": 25, "reset_time_duration": 0, "ads_api_access_tier": "standard_access"}
