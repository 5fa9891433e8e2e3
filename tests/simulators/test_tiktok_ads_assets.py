"""Media, audiences, events, catalogs and tools of the pretend TikTok ads."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from tests.support.tiktok_ads_caller import AdsCaller, Refusal, open_ads


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


def refused(ads: AdsCaller, method: str, path: str, **values: Any) -> int:
    with pytest.raises(Refusal) as caught:
        ads.call(method, path, **values)
    return caught.value.code


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


# -- media


def test_an_image_is_uploaded_with_the_md5_of_its_bytes(ads: AdsCaller) -> None:
    content, path = ads.market.image(), "/file/image/ad/upload/"
    made = ads.post(path, image_file=("a.png", content), image_signature=md5(content), file_name="A")
    assert (made["signature"], made["file_name"], made["format"]) == (md5(content), "A", "png")
    info = ads.get("/file/image/ad/info/", image_ids=[made["image_id"], "x"])["list"]
    assert [one["image_id"] for one in info] == [made["image_id"]]
    assert len(ads.get("/file/image/ad/search/", filtering={"image_ids": [made["image_id"]]})["list"]) == 1
    file = ("a.png", content)
    assert refused(ads, "POST", path, image_file=file, image_signature="0" * 32) == 40900
    assert refused(ads, "POST", path, image_file=file) == 40002
    assert refused(ads, "POST", path, image_file=file, image_signature=md5(content), file_name="A") == 40911
    text = ("a.png", b"text")
    assert refused(ads, "POST", path, image_file=text, image_signature=md5(b"text")) == 40002


def test_an_image_by_address_comes_as_json_or_as_a_form(ads: AdsCaller) -> None:
    by_url = {"upload_type": "UPLOAD_BY_URL", "image_url": "https://example.com/a.jpg"}
    assert ads.post("/file/image/ad/upload/", **by_url)["image_id"]
    assert refused(ads, "POST", "/file/image/ad/upload/", **by_url | {"image_url": "ftp://x"}) == 40902
    assert refused(ads, "POST", "/file/image/ad/upload/", upload_type="UPLOAD_BY_URL") == 40002


def test_a_video_answers_a_list(ads: AdsCaller) -> None:
    key = ads.video()
    again = ads.post("/file/video/ad/upload/", upload_type="UPLOAD_BY_VIDEO_ID", video_id=key)
    assert isinstance(again, list)
    assert ads.get("/file/video/ad/info/", video_ids=[key, "x"])["list"][0]["video_id"] == key
    newest = ads.get("/file/video/ad/search/")["list"][0]["video_id"]
    assert newest == again[0]["video_id"]
    assert ads.get("/file/video/ad/search/", filtering={"video_ids": [key]})["page_info"]["total_number"] == 1


# -- audiences

PEOPLE = [hashlib.sha256(name.encode()).hexdigest() for name in ("a@x.com", "b@x.com", "c@x.com")]


def file_of(ads: AdsCaller, people: list[str], kind: str = "EMAIL_SHA256", name: str = "p.csv") -> str:
    content = "\n".join(people).encode()
    values = {"file": (name, content), "file_signature": md5(content), "calculate_type": kind}
    return str(ads.post("/dmp/custom_audience/file/upload/", **values)["file_path"])


def audience(ads: AdsCaller, people: list[str]) -> str:
    values = {"custom_audience_name": "Buyers", "calculate_type": "EMAIL_SHA256", "retention_in_days": 30}
    made = ads.post("/dmp/custom_audience/create/", **values, file_paths=[file_of(ads, people)])
    return str(made["custom_audience_id"])


def size(ads: AdsCaller, key: str) -> int:
    ads.market.advance(timedelta(hours=1))
    found = ads.get("/dmp/custom_audience/get/", custom_audience_ids=[key, "1"])["list"]
    return int(found[0]["audience_details"]["cover_num"])


def test_an_audience_can_be_used_a_while_after_it_was_made(ads: AdsCaller) -> None:
    key = audience(ads, PEOPLE)
    row = ads.get("/dmp/custom_audience/list/")["list"][0]
    assert (row["audience_id"], row["is_valid"], row["cover_num"]) == (key, False, 0)
    assert size(ads, key) == 3
    assert ads.get("/dmp/custom_audience/list/", custom_audience_ids=[key])["list"][0]["is_valid"] is True
    assert ads.get("/dmp/custom_audience/list/", custom_audience_ids=["1"])["list"] == []


def test_people_are_added_removed_and_replaced(ads: AdsCaller) -> None:
    key = audience(ads, PEOPLE[:2])
    path = "/dmp/custom_audience/update/"

    def change(action: str | None, people: list[str]) -> int:
        ads.post(path, custom_audience_id=key, file_paths=[file_of(ads, people)], action=action)
        return size(ads, key)

    assert change("APPEND", PEOPLE[1:]) == 3
    assert change("REMOVE", PEOPLE[:1]) == 2
    assert change("REPLACE", PEOPLE[:1]) == 1
    with pytest.raises(Refusal):
        change(None, PEOPLE)
    ads.post(path, custom_audience_id=key, custom_audience_name="Fans")
    found = ads.get("/dmp/custom_audience/get/", custom_audience_ids=[key], history_size=2)["list"][0]
    assert [one["action"] for one in found["audience_history"]] == ["REMOVE", "REPLACE"]
    assert found["audience_details"]["name"] == "Fans"


def test_audience_files_are_checked(ads: AdsCaller) -> None:
    with pytest.raises(Refusal):
        file_of(ads, PEOPLE, name="p.xlsx")
    path = "/dmp/custom_audience/file/upload/"
    file = {"file": ("p.csv", b"x"), "calculate_type": "EMAIL_SHA256"}
    assert refused(ads, "POST", path, **file, file_signature="0" * 32) == 40900
    assert refused(ads, "POST", path, file_signature="0" * 32, calculate_type="EMAIL_SHA256") == 40002
    missing = ads.request("POST", path, {**file, "file_signature": "0"})
    assert missing.headers["Content-Type"].startswith("multipart/form-data")
    with pytest.raises(Refusal):
        audience(ads, ["a@x.com"])
    made = {"custom_audience_name": "B", "calculate_type": "PHONE_SHA256"}
    assert refused(ads, "POST", "/dmp/custom_audience/create/", **made, file_paths=["x"]) == 40007
    assert (
        refused(ads, "POST", "/dmp/custom_audience/create/", **made, file_paths=[file_of(ads, PEOPLE)])
        == 40002
    )


def test_an_audience_is_applied_to_ad_groups_and_deleted(ads: AdsCaller) -> None:
    key, group = audience(ads, PEOPLE), ads.adgroup(ads.campaign())
    values = {"custom_audience_id": key, "adgroup_ids": [group]}
    ads.post("/dmp/custom_audience/apply/", **values, action_mode="Apply", usage_mode="Include")
    ads.post("/dmp/custom_audience/apply/", **values, action_mode="Apply", usage_mode="Exclude")
    ads.post("/dmp/custom_audience/apply/", **values, action_mode="Disconnect", usage_mode="Exclude")
    row = ads.get("/adgroup/get/")["list"][0]
    assert (row["audience_ids"], row["excluded_audience_ids"]) == ([key], [])
    log = ads.get("/dmp/custom_audience/apply/log/", custom_audience_ids=[key])["list"]
    assert [one["usage_mode"] for one in log] == ["Include", "Exclude", "Exclude"]
    ads.post("/dmp/custom_audience/delete/", custom_audience_ids=[key])
    assert refused(ads, "POST", "/dmp/custom_audience/delete/", custom_audience_ids=[key]) == 40007
    assert ads.get("/adgroup/get/")["list"][0]["audience_ids"] == [key]


def test_a_lookalike_starts_from_an_audience(ads: AdsCaller) -> None:
    spec = {
        "source_audience_id": audience(ads, PEOPLE), "include_source": False, "mobile_os": "ALL",
        "placements": ["TikTok"], "location_ids": ["6252001"], "audience_size": "NARROW",
    }  # fmt: skip
    path = "/dmp/custom_audience/lookalike/create/"
    assert ads.post(path, custom_audience_name="Like", lookalike_spec=spec)["custom_audience_id"]
    spec["source_audience_id"] = "1"
    assert refused(ads, "POST", path, custom_audience_name="Like", lookalike_spec=spec) == 40007


# -- events


def event(ads: AdsCaller, **values: Any) -> dict[str, Any]:
    return {
        "event": "Purchase", "event_time": int(ads.market.now().timestamp()) - 60, "event_id": "o-1",
        "user": {"email": PEOPLE[0], "phone": [PEOPLE[1]], "ip": "192.0.2.1"},
        "properties": {"value": 12.5, "currency": "USD"}, "page": {"url": "https://example.com/ok"}, **values,
    }  # fmt: skip


def test_a_repeated_event_counts_once(ads: AdsCaller) -> None:
    code = ads.post("/pixel/create/", pixel_name="Web")["pixel_code"]
    for _ in range(2):
        ads.post(
            "/event/track/",
            event_source="web",
            event_source_id=code,
            data=[event(ads), event(ads, event_id=None)],
        )
    assert [one["event_id"] for one in ads.account.events] == ["o-1", None, None]
    assert ads.get("/pixel/list/", code=code)["pixels"][0]["pixel_name"] == "Web"
    assert ads.get("/pixel/list/", name="Else")["pixels"] == []


@pytest.mark.parametrize(
    "values",
    [
        {"event_time": 5},
        {"event_time": 10**12},
        {"user": {"email": "a@x.com"}},
        {"user": {"shoe_size": 4}},
        {"properties": {"value": 5}},
        {"page": {}},
        {"event": ""},
    ],
)
def test_one_bad_event_refuses_the_whole_call(ads: AdsCaller, values: dict[str, Any]) -> None:
    code = ads.post("/pixel/create/", pixel_name="Web")["pixel_code"]
    data = [event(ads, event_id="o-0"), event(ads, **values)]
    assert refused(ads, "POST", "/event/track/", event_source="web", event_source_id=code, data=data) == 40002
    assert ads.account.events == []


def test_events_need_a_source_of_their_kind(ads: AdsCaller) -> None:
    made = ads.post("/offline/create/", name="Stores", description="All")["event_set_id"]
    ads.post("/event/track/", event_source="offline", event_source_id=made, data=[event(ads, page=None)])
    assert ads.get("/offline/get/", event_set_ids=[made])["event_sets"][0]["name"] == "Stores"
    web = {"event_source": "web", "event_source_id": made}
    assert refused(ads, "POST", "/event/track/", **web, data=[event(ads)]) == 40001
    assert refused(ads, "POST", "/event/track/", **web, data=[event(ads)] * 1001) == 40002


# -- catalogs


def product(sku: str, **values: Any) -> dict[str, Any]:
    return {
        "sku_id": sku, "title": f"Tee {sku}", "description": "Cotton", "availability": "IN_STOCK",
        "image_url": "https://example.com/t.jpg", "price_info": {"price": 19.99, "currency": "USD"},
        "landing_page": {"landing_page_url": "https://example.com/t"}, **values,
    }  # fmt: skip


def test_products_enter_a_catalog_by_jobs(ads: AdsCaller) -> None:
    conf = {"currency": "USD", "region_code": "US"}
    made = ads.post("/catalog/create/", bc_id=ads.bc_id, name="Main", catalog_type="ECOM", catalog_conf=conf)
    where = {"bc_id": ads.bc_id, "catalog_id": made["catalog_id"]}
    rows = [product("A"), product("B"), product("C", title=None), product("D", availability="MAYBE")]
    job = ads.post("/catalog/product/upload/", **where, products=rows)["feed_log_id"]
    log = ads.get("/catalog/product/log/", **where, feed_log_id=job)["product_feed_log"]
    assert log["process_status"] == "processing"
    ads.market.advance(timedelta(minutes=1))
    log = ads.get("/catalog/product/log/", **where, feed_log_id=job)["product_feed_log"]
    assert (log["process_status"], log["add_count"], log["error_count"]) == ("success", 2, 2)
    bad = [one["field"] for one in log["feed_log_data"]["error_affected_products"]]
    assert bad == ["title", "availability"]
    ads.post("/catalog/product/update/", **where, products=[{"sku_id": "A", "title": "New"}, {"sku_id": "Z"}])
    found = ads.get("/catalog/product/get/", **where, sku_ids=["A"])["list"][0]
    assert (found["title"], found["price_info"]["price"]) == ("New", 19.99)
    by_id = ads.get("/catalog/product/get/", **where, product_ids=[found["product_id"]])["list"]
    assert [one["sku_id"] for one in by_id] == ["A"]
    assert refused(ads, "GET", "/catalog/product/get/", **where, sku_ids=["A"], product_ids=["1"]) == 40002
    assert refused(ads, "GET", "/catalog/product/get/", **where, page=201, page_size=500) == 40002
    assert refused(ads, "GET", "/catalog/product/log/", **where, feed_log_id="1") == 40007
    made_set = ads.post("/catalog/set/create/", **where, product_set_name="All")
    assert made_set["product_count"] == 2
    ads.post("/catalog/product/delete/", **where, sku_ids=["B", "Q"])
    assert refused(ads, "POST", "/catalog/product/delete/", **where, sku_ids=[]) == 40002
    inside = ads.get("/catalog/set/product/get/", **where, product_set_id=made_set["product_set_id"])
    assert [one["sku_id"] for one in inside["products"]] == ["A"]
    assert ads.get("/catalog/set/get/", **where)["product_set"][0]["product_set_name"] == "All"
    assert refused(ads, "GET", "/catalog/set/product/get/", **where, product_set_id="1") == 40007
    assert ads.get("/catalog/get/", bc_id=ads.bc_id)["list"][0]["catalog_name"] == "Main"
    ads.post("/catalog/delete/", **where)
    assert refused(ads, "GET", "/catalog/set/get/", **where) == 40001
    long = {"bc_id": ads.bc_id, "name": "n" * 129, "catalog_type": "ECOM", "catalog_conf": conf}
    assert refused(ads, "POST", "/catalog/create/", **long) == 40002


# -- tools


def test_places_are_found_loosely_or_exactly(ads: AdsCaller) -> None:
    base = {"objective_type": "TRAFFIC", "placements": ["PLACEMENT_TIKTOK"]}

    def names(kind: str, *keywords: str, **values: Any) -> list[str]:
        ask = {**base, "search_type": kind, "keywords": list(keywords), **values}
        found = ads.post("/tool/targeting/search/", **ask)["targeting_tag_list"]
        return [one["name"] for one in found]

    assert names("FUZZY_SEARCH", "new") == ["New York"]
    assert names("FUZZY_SEARCH", "a", geo_types=["COUNTRY"], region_codes=["TH"]) == ["Thailand"]
    assert names("BATCH_REGION_SEARCH", "thailand", "Vietnam", "Narnia") == ["Thailand", "Vietnam"]
    assert names("BATCH_ZIPCODE_SEARCH", "10001") == ["10001"]
    with pytest.raises(Refusal):
        names("FUZZY_SEARCH", "a", "b")
    known = ads.post("/tool/targeting/info/", scene="GEO", targeting_ids=["6252001"])["targeting_tag_list"]
    assert known[0]["geo"]["region_code"] == "US"
    where = ads.get("/tool/region/", placements=["PLACEMENT_TIKTOK"], objective_type="TRAFFIC")
    assert where["region_list"] == [one["location_id"] for one in where["region_info"]]
    assert ads.get("/search/region/")["region_list"][0]["location_id"] == "6252001"


def test_tools_name_interests_actions_devices_and_keywords(ads: AdsCaller) -> None:
    assert ads.get("/tool/interest_category/")["interest_categories"][0]["interest_category_id"] == "10"
    assert ads.get("/tool/action_category/")["action_categories"][2]["action_scene"] == "CREATOR_RELATED"
    assert ads.get("/tool/language/")["languages"][0]["code"] == "en"
    assert ads.get("/tool/device_model/")["device_models"][0]["child_device_ids"] == ["2"]
    assert ads.get("/tool/os_version/", os_type="IOS")["os_versions"][0]["version"] == "16.0"
    assert ads.get("/tool/carrier/")["countries"][1]["country_code"] == "ID"
    assert {"timezone": "UTC"} in ads.get("/tool/timezone/")["timezones"]
    near = ads.get("/tool/interest_keyword/recommend/", keyword="tee", limit=2)["recommended_keywords"]
    assert [one["keyword"] for one in near] == ["tee", "tee sale"]
    query = [{"keyword_id": near[0]["keyword_id"]}]
    assert ads.get("/tool/interest_keyword/get/", keyword_query=query)["keywords"][0]["status"] == "EFFECTIVE"
    tags = ads.get("/tool/hashtag/recommend/", keywords=["tee"])["recommended_keywords"]
    assert tags[1]["keyword"] == "teesale"
    searched = ads.get("/tool/search_keyword/recommend/", search_queries=["tee"], page_size=2)
    assert len(searched["recommended_search_keywords"]) == 2


def test_bids_are_suggested_for_two_objectives(ads: AdsCaller) -> None:
    ask = {"location_ids": ["6252001"]}
    assert ads.post("/tool/bid/recommend/", objective_type="TRAFFIC", **ask) == {"bid": 0.45}
    assert ads.post("/tool/bid/recommend/", objective_type="WEB_CONVERSIONS", **ask) == {"bid": 12.5}
    assert refused(ads, "POST", "/tool/bid/recommend/", objective_type="REACH", **ask) == 40002
    vbo = {"objective_type": "CONVERSIONS", "promotion_type": "WEBSITE", "placements": ["PLACEMENT_TIKTOK"]}
    assert ads.get("/tool/vbo_status/", **vbo)["vo_status"]["min_roas_status"] is False
