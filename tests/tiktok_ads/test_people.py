"""Audiences, conversions, targeting, advice, media, products."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.tiktok_ads.wire import NOW, Wire, campaign, group, page, refusal

from socialcommerce import Money, errors
from socialcommerce.backends.tiktok.ads.advertising.media import signature
from socialcommerce.backends.tiktok.ads.advertising.people import hashed, normal_email, normal_phone
from socialcommerce.models.ads import Delivery, Targeting
from socialcommerce.models.audience import (
    AudienceInput,
    AudienceMember,
    ClickIds,
    ConversionEvent,
    ConversionItem,
)
from socialcommerce.models.media import Media
from socialcommerce.models.message import Consent
from socialcommerce.runtime.transport import Interrupted

SHARED = shared_path()
VECTORS: list[dict[str, Any]] = json.loads((SHARED / "vectors/tiktok_ads.json").read_text()) if SHARED else []
AGREED = Consent(source="shop", obtained_at=datetime(2025, 1, 1, tzinfo=UTC), purposes=["ads"])
JANE = AudienceMember(email=" Jane.Doe@Example.COM ")
DMP = "/dmp/custom_audience/"


@pytest.mark.parametrize(
    "vector", [one for one in VECTORS if one["kind"] == "request_sign"], ids=lambda one: one["name"]
)
def test_hashes_are_as_published(vector: dict[str, Any]) -> None:
    given = vector["inputs"]
    if "data_hex" in given:
        assert signature(bytes.fromhex(given["data_hex"])) == vector["expected"]
    else:
        assert hashed(given["raw"], normal_email) == vector["expected"]


def test_what_is_no_address_or_number_is_not_hashed() -> None:
    assert hashed("nobody", normal_email) is None
    assert hashed("91234567", normal_phone) is None
    assert hashed("+65 (9123) 45-67", normal_phone) == hashlib.sha256(b"+6591234567").hexdigest()
    assert hashed("A" * 64, normal_email) == "a" * 64


def audience(number: str = "9", **fields: Any) -> dict[str, Any]:
    return {
        "audience_id": number,
        "name": "Buyers",
        "is_valid": True,
        "cover_num": 1000,
        "calculate_type": "EMAIL_SHA256",
        "create_time": "2025-11-01 00:00:00",
        **fields,
    }


def wired(**fields: Any) -> Wire:
    wire = Wire()
    wire[f"{DMP}file/upload/"] = {"file_path": "p1"}
    wire[f"{DMP}create/"] = {"custom_audience_id": "9"}
    wire[f"{DMP}update/"] = {}
    wire[f"{DMP}delete/"] = {}
    wire[f"{DMP}get/"] = {"list": [{"audience_details": audience(**fields)}]}
    wire[f"{DMP}list/"] = page(audience())
    return wire


def test_a_list_is_made_of_hashes() -> None:
    wire = wired()
    made = wire.client().ads.audiences.create(
        AudienceInput(name="Buyers", consent=AGREED, members=[JANE], retention_days=90)
    )
    assert (made.id, made.status, made.kind, made.size_max) == ("9", "ready", "customer_list", 1000)
    upload = wire.requests(f"{DMP}file/upload/")[0].content
    assert b"86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d" in bytes(upload)
    assert b"jane" not in bytes(upload).lower()
    assert wire.body(f"{DMP}create/")["file_paths"] == ["p1"]


def test_a_lost_list_is_looked_for_before_another_is_made() -> None:
    wire = wired()
    wire[f"{DMP}create/"] = Interrupted("cut")
    made = datetime.fromtimestamp(NOW, UTC).strftime("%Y-%m-%d %H:%M:%S")
    wire[f"{DMP}list/"] = page(audience(create_time=made))
    plan = AudienceInput(name="Buyers", consent=AGREED, members=[JANE])
    assert wire.client().ads.audiences.create(plan).id == "9"
    assert len(wire.requests(f"{DMP}create/")) == 1
    assert wire.client().ads.audiences.create(plan, idempotency_key="k").id == "9"


def test_a_lookalike_grows_from_a_seed() -> None:
    wire = wired(calculate_type=None, audience_type="Lookalike Audience")
    wire[f"{DMP}lookalike/create/"] = {"custom_audience_id": "9"}
    wire["/tool/region/"] = {
        "region_info": [{"location_id": "6252001", "region_code": "US", "level": "COUNTRY"}]
    }
    plan = AudienceInput(name="Like", kind="lookalike", seed_id="8", countries=["US"])
    assert wire.client().ads.audiences.create(plan).kind == "lookalike"
    assert wire.body(f"{DMP}lookalike/create/")["lookalike_spec"]["location_ids"] == ["6252001"]


@pytest.mark.parametrize(
    "plan",
    [
        AudienceInput(name="x", consent=AGREED),
        AudienceInput(name="x" * 129, consent=AGREED, members=[JANE]),
        AudienceInput(name="x", consent=AGREED, members=[JANE], retention_days=400),
        AudienceInput(name="x", consent=AGREED, members=[JANE, AudienceMember(phone="+6591234567")]),
        AudienceInput(name="x", kind="lookalike", seed_id="8"),
        AudienceInput(name="x", kind="lookalike", seed_id="8", countries=["US"], ratio=Decimal("0.01")),
        AudienceInput(name="x", kind="website"),
    ],
)
def test_a_list_that_tiktok_would_not_make_is_not_sent(plan: AudienceInput) -> None:
    wire = wired()
    with pytest.raises((errors.InvalidRequest, errors.Unsupported)):
        wire.client().ads.audiences.create(plan)
    assert f"{DMP}create/" not in wire.paths()


def test_people_are_added_removed_and_replaced_one_outcome_each() -> None:
    wire = wired()
    client = wire.client()
    result = client.ads.audiences.add("9", [JANE, AudienceMember(phone="+6591234567")], consent=AGREED)
    assert [one.ok for one in result] == [True, False]
    client.ads.audiences.remove("9", [JANE])
    client.ads.audiences.replace("9", [JANE], consent=AGREED)
    actions = [wire.body(f"{DMP}update/", number)["action"] for number in range(3)]
    assert actions == ["APPEND", "REMOVE", "REPLACE"]
    other = AGREED.model_copy(update={"purposes": ("messaging",)})
    with pytest.raises(errors.InvalidRequest):
        client.ads.audiences.add("9", [JANE], consent=other)
    with pytest.raises(errors.NotFound):
        client.ads.audiences.add("404", [JANE], consent=AGREED)
    with pytest.raises(errors.InvalidRequest):
        client.ads.audiences.remove("9", [])


def test_audiences_are_listed_and_deleted() -> None:
    wire = wired()
    wire[f"{DMP}list/"] = [page(audience("9"), of=2), page(audience("10", is_valid=False), number=2, of=2)]
    client = wire.client()
    assert [(one.id, one.status) for one in client.ads.audiences.list()] == [
        ("9", "ready"),
        ("10", "not_ready"),
    ]
    result = client.ads.audiences.delete(["9", "404"])
    assert [one.ok for one in result] == [True, False]


def event(number: int = 1, **fields: Any) -> ConversionEvent:
    given: dict[str, Any] = {
        "type": "purchase",
        "event_id": f"e{number}",
        "occurred_at": datetime(2025, 11, 21, tzinfo=UTC),
        "source": "PIX1",
        "action_source": "website",
        "person": JANE,
        "value": Money("19.9", "USD"),
        "click": ClickIds(click_id="tt1", ip="1.2.3.4"),
        "url": "https://x.example/thanks",
        "order_id": "o1",
        "items": [ConversionItem(id="TS-1", quantity=2, price=Money("9.95", "USD"))],
    }
    return ConversionEvent(**given | fields)


def test_a_conversion_is_told_with_hashes_and_its_click() -> None:
    wire = Wire()
    wire["/event/track/"] = {}
    wire.client().ads.conversions.send(event(test_code="T1"))
    body = wire.body("/event/track/")
    (told,) = body["data"]
    assert (body["event_source"], body["event_source_id"], body["test_event_code"]) == ("web", "PIX1", "T1")
    assert told["user"] == {
        "email": "86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d",
        "ttclid": "tt1",
        "ip": "1.2.3.4",
    }
    assert told["properties"]["value"] == Decimal("19.9")
    assert told["properties"]["contents"] == [{"content_id": "TS-1", "quantity": 2, "price": Decimal("9.95")}]
    assert (told["event"], told["event_time"], told["page"]) == (
        "Purchase",
        1_763_683_200,
        {"url": "https://x.example/thanks"},
    )


def test_one_bad_event_does_not_sink_the_rest() -> None:
    wire = Wire()

    def judge(request: Any) -> dict[str, Any]:
        data = json.loads(request.content)["data"]
        return refusal(40002, "bad event") if any(one["event_id"] == "e3" for one in data) else {}

    wire["/event/track/"] = judge
    result = wire.client().ads.conversions.send([event(number) for number in range(1, 6)])
    assert [one.ok for one in result] == [True, True, False, True, True]


def test_events_that_tiktok_does_not_have_are_told_apart() -> None:
    wire = Wire()
    wire["/event/track/"] = refusal(40001, "not yours")
    wrong = [
        event(type="refund"),
        event(action_source="email"),
        event(consent=AGREED.model_copy(update={"purposes": ("messaging",)})),
        event(action_source="app", person=AudienceMember(mobile_ad_id="ABC-1")),
    ]
    result = wire.client().ads.conversions.send(wrong)
    assert [type(one.error) for one in result] == [errors.InvalidRequest] * 3 + [errors.PermissionDenied]
    assert len(wire.sent) == 1


def test_targets_are_found() -> None:
    wire = Wire()
    wire["/tool/region/"] = {
        "region_info": [
            {"location_id": "6252001", "name": "United States", "region_code": "US", "level": "COUNTRY"},
            {"location_id": "5", "name": "Texas", "region_code": "TX", "level": "PROVINCE"},
        ]
    }
    wire["/tool/targeting/search/"] = {
        "targeting_tag_list": [
            {"name": "Texas", "geo": {"geo_id": "5", "description": "Texas, United States"}}
        ]
    }
    wire["/tool/interest_category/"] = {
        "interest_categories": [{"interest_category_id": "15", "interest_category_name": "Tea"}]
    }
    wire["/tool/language/"] = {"languages": [{"code": "en", "name": "English"}]}
    wire["/tool/action_category/"] = {"action_categories": [{"action_category_id": "3", "name": "Tea"}]}
    wire["/tool/device_model/"] = {"device_models": [{"device_model_id": "4", "device_model_name": "Fon"}]}
    wire["/tool/interest_keyword/recommend/"] = {
        "recommended_keywords": [{"keyword_id": "7", "keyword": "tea"}]
    }
    search = wire.client().ads.targeting.search
    assert [one.id for one in search(kind="countries")] == ["US"]
    assert [one.path for one in search("texas", kind="regions")] == [("Texas", "United States")]
    assert len(search(kind="regions").collect()) == 2
    assert [(one.kind, one.id) for one in search("te")] == [("regions", "5"), ("interests", "15")]
    kinds = {
        kind: [one.id for one in search("tea" if kind == "keywords" else "", kind=kind)]
        for kind in ("languages", "behaviors", "devices", "keywords")
    }
    assert kinds == {"languages": ["en"], "behaviors": ["3"], "devices": ["4"], "keywords": ["7"]}
    assert "PLACEMENT_TIKTOK" in [one.id for one in search(kind="placements")]
    with pytest.raises(errors.InvalidRequest):
        search(kind="keywords").collect()


def test_what_tiktok_recommends() -> None:
    wire = Wire()
    wire["/tool/bid/recommend/"] = {"bid": 0.85}
    wire["/gmv_max/store/list/"] = {"store_list": [{"store_id": "5", "store_authorized_bc_id": "100"}]}
    wire["/gmv_max/bid/recommend/"] = {"roas_bid": 4.2, "budget": 60}
    wire["/tool/interest_keyword/recommend/"] = {"recommended_keywords": [{"keyword": "tea"}]}
    suggest = wire.client().ads.suggest
    delivery = Delivery(objective="traffic", targeting=Targeting(regions=["6252001"]))
    assert suggest("bid", delivery=delivery)[0].amount == Money("0.85", "USD")
    assert suggest("roas", product="17")[0].roas == Decimal("4.2")
    assert suggest("budget", product="17")[0].amount == Money("60", "USD")
    assert suggest("keywords", query="te")[0].keyword == "tea"
    for wrong in ({"what": "products"}, {"what": "budget"}, {"what": "bid"}, {"what": "keywords"}):
        with pytest.raises((errors.Unsupported, errors.InvalidRequest)):
            suggest(**wrong)


def test_products_of_campaigns() -> None:
    wire = Wire()
    client = wire.client()
    info = {"campaign_id": "4", "campaign_name": "G", "store_id": "5", "store_authorized_bc_id": "100"}
    wire["/campaign/gmv_max/info/"] = [info | {"item_group_ids": ["17"]}, info]
    wire["/store/product/get/"] = page({"item_group_id": "18"}, key="store_products")
    assert [one.product_id for one in client.ads.products("4")] == ["17"]
    assert [one.product_id for one in client.ads.products("4")] == ["18"]
    wire["/campaign/get/"] = page(campaign("1"))
    wire["/adgroup/get/"] = page(
        group("11", product_set_id="s1", catalog_id="c1", catalog_authorized_bc_id="100")
    )
    wire["/catalog/set/product/get/"] = page({"sku_id": "TS-1"}, key="products")
    assert [one.sku for one in client.ads.products("1")] == ["TS-1"]
    with pytest.raises(errors.Unsupported):
        client.ads.products("1", excluded=True).collect()


def test_media_are_uploaded_by_bytes_or_address() -> None:
    wire = Wire()
    wire["/file/image/ad/upload/"] = {"image_id": "i1", "width": 10}
    wire["/file/video/ad/upload/"] = {"code": 0, "data": [{"video_id": "v1", "displayable": False}]}
    upload = wire.client().ads.upload_media
    assert upload(Media.from_bytes(b"\x89PNGhello")).id == "i1"
    assert signature(b"\x89PNGhello").encode() in bytes(wire.sent[-1].content)
    film = upload(Media.from_url("https://x.example/a.mp4", kind="video"))
    assert (film.id, film.status) == ("v1", "processing")
    assert wire.body("/file/video/ad/upload/")["upload_type"] == "UPLOAD_BY_URL"
    assert upload(Media.from_id("i2")).id == "i2"
    with pytest.raises(errors.InvalidRequest):
        upload(Media.from_id("", kind="audio").model_copy(update={"id": None}))


def test_creatives_are_those_of_the_ads() -> None:
    wire = Wire()
    wire["/ad/get/"] = page(
        {"ad_id": "21", "ad_name": "x", "video_id": "v1"},
        {"ad_id": "22", "product_set_id": "s1"},
        {"ad_id": "23"},
    )
    found = wire.client().ads.creatives().collect()
    assert [(one.type, one.native["id"]) for one in found] == [("built", "21"), ("catalog", "22")]
