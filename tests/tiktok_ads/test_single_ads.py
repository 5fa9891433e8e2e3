"""Ads: pictures, films, posts and catalogues, by the right identity, made once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.tiktok_ads.plans import IDENTITY, PNG, ad_wire
from tests.tiktok_ads.wire import NOW, ad, group, page

from socialcommerce import errors
from socialcommerce.models.ads import (
    AdInput,
)
from socialcommerce.models.creatives import Built, CatalogCreative, ExistingPost
from socialcommerce.models.media import Media
from socialcommerce.runtime.transport import Interrupted


def test_a_picture_is_uploaded_and_shown_by_the_only_identity() -> None:
    wire = ad_wire()
    plan = AdInput(
        name="Ad 21",
        ad_group_id="11",
        creative=Built(Media.from_bytes(PNG), "Tea", "shop_now", "https://x.example"),
    )
    assert wire.client().ads.ads.create(plan).id == "21"
    (creative,) = wire.body("/ad/create/")["creatives"]
    assert creative == {
        "ad_name": "Ad 21",
        "operation_status": "DISABLE",
        "ad_format": "SINGLE_IMAGE",
        "ad_text": "Tea",
        "image_ids": ["img1"],
        "identity_id": "i1",
        "identity_type": "TT_USER",
        "call_to_action": "SHOP_NOW",
        "landing_page_url": "https://x.example",
    }


def test_films_posts_and_catalogues_are_shown() -> None:
    wire = ad_wire()
    client = wire.client()
    shown = [
        Built(Media.from_url("https://x.example/a.mp4", kind="video"), "Film"),
        ExistingPost("750"),
        CatalogCreative("set1"),
    ]
    formats = []
    for creative in shown:
        client.ads.ads.create(AdInput(name="Ad 21", ad_group_id="11", creative=creative))
        formats.append(wire.body("/ad/create/")["creatives"][0]["ad_format"])
    assert formats == ["SINGLE_VIDEO", "SINGLE_VIDEO", "CATALOG_CAROUSEL"]


def test_a_lost_ad_is_found_again_by_its_name_and_not_made_twice() -> None:
    wire = ad_wire()
    made = datetime.fromtimestamp(NOW, UTC).strftime("%Y-%m-%d %H:%M:%S")
    wire["/ad/create/"] = Interrupted("cut")
    wire["/ad/get/"] = page(ad("21", ad_name="Tea", create_time=made))
    plan = AdInput(name="Tea", ad_group_id="11", creative=ExistingPost("750"))
    assert wire.client().ads.ads.create(plan).id == "21"
    assert len(wire.requests("/ad/create/")) == 1
    wire["/ad/get/"] = page()
    wire["/ad/create/"] = [Interrupted("cut"), {"ad_ids": ["22"]}]
    assert wire.client().ads.ads.create(plan).id == "22"


def test_whose_name_it_is_must_be_clear() -> None:
    wire = ad_wire()
    wire["/identity/get/"] = page(IDENTITY, {**IDENTITY, "identity_id": "i2"}, key="identity_list")
    plan = AdInput(name="x", ad_group_id="11", creative=ExistingPost("750"))
    with pytest.raises(errors.InvalidRequest, match="identity"):
        wire.client().ads.ads.create(plan)
    for wrong in (
        AdInput(name="x", creative=ExistingPost("750")),
        AdInput(name="x", ad_group_id="11", creative=ExistingPost("1", cta="get_offer")),
    ):
        with pytest.raises((errors.InvalidRequest, errors.Unsupported)):
            wire.client().ads.ads.create(wrong)


def test_an_ad_is_patched() -> None:
    wire = ad_wire()
    wire["/ad/update/"] = {"ad_ids": ["21"]}
    wire.client().ads.ads.update("21", name="New", creative=ExistingPost("751"))
    body = wire.body("/ad/update/")
    assert body["patch_update"] is True
    assert (body["creatives"][0]["ad_id"], body["creatives"][0]["tiktok_item_id"]) == ("21", "751")


def test_a_smart_plus_ad_has_lists() -> None:
    wire = ad_wire()
    wire["/adgroup/get/"] = page()
    wire["/smart_plus/adgroup/get/"] = page(group("31"))
    wire["/smart_plus/ad/create/"] = {"smart_plus_ad_id": "41"}
    row = {
        "smart_plus_ad_id": "41",
        "ad_name": "S",
        "adgroup_id": "31",
        "creative_list": [{"creative_info": {"ad_format": "SINGLE_VIDEO", "video_info": {"video_id": "v1"}}}],
    }
    wire["/smart_plus/ad/get/"] = page(row)
    wire["/smart_plus/ad/update/"] = {}
    client = wire.client()
    film = Built(Media.from_id("v1", kind="video"), "Tea", "shop_now", "https://x.example")
    made = client.ads.ads.create(AdInput(name="S", ad_group_id="31", creative=film))
    assert isinstance(made.creative, Built)
    body = wire.body("/smart_plus/ad/create/")
    assert body["ad_text_list"] == [{"ad_text": "Tea"}]
    assert body["creative_list"][0]["creative_info"]["video_info"] == {"video_id": "v1"}
    client.ads.ads.update("41", name="S2")
    assert wire.body("/smart_plus/ad/update/")["ad_name"] == "S2"
