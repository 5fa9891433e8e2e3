"""Creatives and ads of the pretend Meta: review, states, copies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.meta_ads_caller import SPECS, AdsCaller, open_ads, pushed, read, refused, status


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


# -- creatives and ads


def test_a_creative_shows_what_it_was_built_of(ads: AdsCaller) -> None:
    link = {"link": "https://shop.example/", "message": "Hi", "call_to_action": {"type": "SHOP_NOW"}}
    instagram = ads.seller.asset("IGUser").id
    story = {"page_id": ads.page, "instagram_user_id": instagram, "link_data": link}
    key = ads.creative(name="Nice", object_story_spec=story)
    found = ads.get(
        f"/{key}",
        fields="id,name,status,object_type,object_story_spec,call_to_action_type,effective_object_story_id",
    )
    assert found["object_story_spec"] == story
    assert (found["status"], found["object_type"]) == ("ACTIVE", "SHARE")
    assert found["call_to_action_type"] == "SHOP_NOW"
    assert found["effective_object_story_id"].startswith(f"{ads.page}_")


def story(ads: AdsCaller, **parts: Any) -> dict[str, Any]:
    return {"object_story_spec": {"page_id": ads.page, **parts}}


def test_a_creative_that_breaks_a_rule_is_refused(ads: AdsCaller) -> None:
    link = {"link": "https://shop.example/"}
    bad: list[dict[str, Any]] = [
        {"object_story_spec": None},
        {"object_story_spec": [1]},
        {"object_story_spec": {"page_id": "1", "link_data": link}},
        story(ads),
        story(ads, link_data=link, text_data={"message": "x"}),
        story(ads, link_data={"message": "no link"}),
        story(ads, link_data={**link, "call_to_action": {"type": "JUMP"}}),
        story(ads, link_data={**link, "image_hash": "0"}),
        story(ads, link_data={**link, "child_attachments": [{"image_hash": "0"}]}),
        story(ads, video_data={"video_id": "0", "image_url": "https://x.example/x.png"}),
        story(ads, template_data={**link, "message": "x"}),
        story(ads, link_data=link, instagram_actor_id="1"),
        story(ads, link_data=link, instagram_user_id="1"),
        {**story(ads, link_data=link), "product_set_id": "1"},
        {**story(ads, link_data=link), "object_story_id": "1_2"},
        {**story(ads, link_data=link), "instagram_actor_id": "1"},
        {"object_story_spec": None, "object_story_id": "1_2"},
        {"object_story_spec": None, "source_instagram_media_id": "1"},
    ]
    for given in bad:
        assert refused(ads.creative, **given).code == 100, given
    assert ads.get(f"/{ads.act}/adcreatives")["data"] == []


def test_a_video_creative_needs_a_thumbnail(ads: AdsCaller) -> None:
    video = ads.post(f"/{ads.act}/advideos", file_url="https://x.example/v.mp4")["id"]
    assert refused(ads.creative, **story(ads, video_data={"video_id": video})).code == 100
    key = ads.creative(**story(ads, video_data={"video_id": video, "image_url": "https://x.example/x.png"}))
    assert read(ads, key, "object_type")["object_type"] == "VIDEO"


def test_a_post_that_exists_can_be_advertised(ads: AdsCaller) -> None:
    post = ads.market.post("Look at this")
    key = ads.creative(object_story_spec=None, object_story_id=post)
    found = read(ads, key, "object_story_id", "effective_object_story_id")
    assert found["object_story_id"] == found["effective_object_story_id"] == post


def test_a_creative_is_never_changed_but_for_its_name(ads: AdsCaller) -> None:
    key = ads.creative()
    assert ads.post(f"/{key}", name="Renamed") == {"success": True}
    assert read(ads, key, "name")["name"] == "Renamed"
    assert refused(ads.post, f"/{key}", object_story_spec={}).blamed == ["object_story_spec"]


def test_a_creative_in_use_is_not_deleted(ads: AdsCaller) -> None:
    key = ads.creative()
    ad = ads.ad(ads.adset(ads.campaign()), creative={"creative_id": key})
    assert refused(ads.delete, f"/{key}").code == 100
    ads.delete(f"/{ad}")
    assert ads.delete(f"/{key}") == {"success": True}
    assert ads.get(f"/{ads.act}/adcreatives")["data"] == []
    group = ads.adset(ads.campaign())
    assert refused(ads.ad, group, creative={"creative_id": key}).blamed == ["creative"]


def test_an_ad_is_reviewed_before_it_is_shown(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    assert status(ads, ad) == ("ACTIVE", "PENDING_REVIEW")
    ads.wait(61)
    assert status(ads, ad) == ("ACTIVE", "ACTIVE")
    ads.books.funded = False
    assert status(ads, ad) == ("ACTIVE", "PENDING_BILLING_INFO")
    ads.books.funded = True
    ads.post(f"/{adset}", status="PAUSED")
    assert (status(ads, adset)[1], status(ads, ad)[1]) == ("PAUSED", "ADSET_PAUSED")
    ads.post(f"/{campaign}", status="PAUSED")
    assert (status(ads, adset)[1], status(ads, ad)[1]) == ("CAMPAIGN_PAUSED", "CAMPAIGN_PAUSED")
    ads.post(f"/{campaign}", status="ACTIVE")
    ads.post(f"/{adset}", status="ACTIVE")
    ads.post(f"/{ad}", status="PAUSED")
    assert status(ads, ad) == ("PAUSED", "PAUSED")


def test_a_bad_ad_is_disapproved_with_a_reason(ads: AdsCaller) -> None:
    ad = ads.ad(ads.adset(ads.campaign()), name="Counterfeit bags")
    assert "ad_review_feedback" not in read(ads, ad, "ad_review_feedback")
    ads.wait(61)
    assert status(ads, ad) == ("ACTIVE", "DISAPPROVED")
    assert "global" in read(ads, ad, "ad_review_feedback")["ad_review_feedback"]


def test_the_end_of_a_review_is_told(ads: AdsCaller) -> None:
    group = ads.adset(ads.campaign())
    good, bad = ads.ad(group), ads.ad(group, name="Counterfeit bags")
    assert pushed(ads) == []
    ads.wait(61)
    assert pushed(ads) == [
        {"field": "in_process_ad_objects", "value": {"id": good, "level": "AD", "status_name": "Active"}},
        {"field": "in_process_ad_objects", "value": {"id": bad, "level": "AD", "status_name": "Disapproved"}},
    ]
    ads.post(f"/{good}", creative={"creative_id": ads.creative()})
    ads.wait(30)
    ads.post(f"/{good}", creative={"creative_id": ads.creative()})
    ads.wait(61)
    assert len(pushed(ads)) == 3


def test_an_app_is_put_on_an_account_and_taken_off(ads: AdsCaller) -> None:
    path, app = f"/{ads.act}/subscribed_apps", ads.twin.apps[0].app_id
    ads.tree()
    assert [row["id"] for row in ads.get(path)["data"]] == [app]
    assert ads.delete(path) == {"success": True}
    ads.wait(61)
    assert pushed(ads) == []
    assert ads.post(path, app_id=app) == {"success": True}
    assert [row["id"] for row in ads.get(path)["data"]] == [app]
    assert refused(ads.post, path, app_id="5").code == 101


def test_an_ad_tells_its_creative_and_what_stands_above(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    found = ads.get(
        f"/{ad}", fields="id,adset_id,campaign_id,creative{object_story_spec},adset{name},account_id"
    )
    assert (found["adset_id"], found["campaign_id"]) == (adset, campaign)
    assert found["creative"]["object_story_spec"]["page_id"] == ads.page
    assert found["adset"]["name"] == "Everyone"
    for key in (campaign, adset):
        assert [row["id"] for row in ads.get(f"/{key}/ads")["data"]] == [ad]
    for key in (adset, ad):
        assert [row["id"] for row in ads.get(f"/{key}/adcreatives")["data"]] == [found["creative"]["id"]]
    condition = [{"field": "adset.name", "operator": "EQUAL", "value": "Everyone"}]
    assert [row["id"] for row in ads.get(f"/{ads.act}/ads", filtering=condition)["data"]] == [ad]


def test_another_creative_has_an_ad_reviewed_again(ads: AdsCaller) -> None:
    _, _, ad = ads.tree()
    ads.wait(61)
    other = ads.creative(name="Other")
    assert ads.post(f"/{ad}", creative={"creative_id": other}, name="New name") == {"success": True}
    assert status(ads, ad) == ("ACTIVE", "PENDING_REVIEW")
    assert read(ads, ad, "creative")["creative"]["id"] == other
    ads.wait(61)
    ads.post(f"/{ad}", name="Newer name")
    assert status(ads, ad) == ("ACTIVE", "ACTIVE")


def test_an_ad_can_build_its_creative(ads: AdsCaller) -> None:
    spec = {"name": "Inline", **story(ads, link_data={"link": "https://shop.example/"})}
    ad = ads.ad(ads.adset(ads.campaign()), creative=spec)
    assert ads.get(f"/{ad}", fields="creative{name}")["creative"]["name"] == "Inline"


def test_an_ad_that_breaks_a_rule_is_refused(ads: AdsCaller) -> None:
    adset = ads.adset(ads.campaign())
    assert refused(ads.ad, adset, name="").code == 100
    assert refused(ads.ad, adset, name=None).code == 100
    assert refused(ads.ad, adset, creative=None).code == 100
    assert refused(ads.ad, adset, creative=[1]).code == 100
    assert refused(ads.ad, "12").blamed == ["adset_id"]
    assert refused(ads.ad, adset, creative={"creative_id": "1"}).blamed == ["creative"]
    assert ads.get(f"/{ads.act}/ads")["data"] == []


# -- copies


def test_a_copy_is_paused_and_named_after_its_source(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    answer = ads.post(f"/{campaign}/copies", deep_copy=True)
    copied = answer["copied_campaign_id"]
    assert [one["ad_object_type"] for one in answer["ad_object_ids"]] == ["campaign", "ad_set", "ad"]
    assert [one["source_id"] for one in answer["ad_object_ids"]] == [campaign, adset, ad]
    assert read(ads, copied, "name", "status", "source_campaign_id") == {
        "id": copied,
        "name": "Sale - Copy",
        "status": "PAUSED",
        "source_campaign_id": campaign,
    }
    assert [row["id"] for row in ads.get(f"/{campaign}/copies")["data"]] == [copied]
    (below,) = ads.get(f"/{copied}/adsets", fields="name")["data"]
    assert below["name"] == "Everyone"


def test_a_copy_can_be_put_elsewhere_and_renamed(ads: AdsCaller) -> None:
    _, adset, ad = ads.tree()
    other = ads.campaign(name="Other")
    options = {"rename_strategy": "DEEP_RENAME", "rename_prefix": "2 ", "rename_suffix": ""}
    answer = ads.post(
        f"/{adset}/copies",
        campaign_id=other,
        deep_copy=True,
        rename_options=options,
        status_option="INHERITED_FROM_SOURCE",
        start_time="2030-01-01T00:00:00+0000",
    )
    copied = answer["copied_adset_id"]
    found = read(ads, copied, "name", "status", "campaign_id", "start_time")
    assert (found["name"], found["status"], found["campaign_id"]) == ("2 Everyone", "ACTIVE", other)
    assert found["start_time"] == "2030-01-01T00:00:00+0000"
    assert ads.get(f"/{copied}/ads", fields="name")["data"][0]["name"] == "2 Ad"
    single = ads.post(f"/{ad}/copies", adset_id=copied, rename_options={"rename_strategy": "NO_RENAME"})
    assert read(ads, single["copied_ad_id"], "name", "adset_id")["adset_id"] == copied
    assert refused(ads.post, f"/{adset}/copies", campaign_id="12").blamed == ["campaign_id"]


def test_a_deep_copy_of_too_much_is_refused(ads: AdsCaller) -> None:
    campaign, adset, _ = ads.tree()
    ads.ad(adset)
    ads.ad(adset)
    error = refused(ads.post, f"/{campaign}/copies", deep_copy=True)
    assert (error.subcode, error.blamed) == (1885194, ["deep_copy"])
    assert len(ads.get(f"/{ads.act}/campaigns")["data"]) == 1
    assert ads.post(f"/{campaign}/copies")["copied_campaign_id"]


# -- the interface data


@pytest.mark.skipif(not SPECS.is_dir(), reason="the vendor's interface data is not at hand")
def test_states_and_fields_are_those_of_the_interface_data(ads: AdsCaller) -> None:
    keys = dict(zip(("Campaign", "AdSet", "Ad"), ads.tree(), strict=True))
    enums = {one["name"]: one["values"] for one in json.loads((SPECS / "enum_types.json").read_text())}
    for kind, key in keys.items():
        names = [one["name"] for one in json.loads((SPECS / f"{kind}.json").read_text())["fields"]]
        found = ads.get(f"/{key}", fields=",".join(names))
        assert found["status"] in enums[f"{kind}_status"]
        assert found["effective_status"] in enums[f"{kind}_effective_status"]
        assert found.keys() <= {*names, "id"}


SAMPLES = SPECS.parents[2] / "samples/meta"


def shape(value: Any) -> Any:
    """What kinds of values a sample holds; lists are told by their first element."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value[:1]] if isinstance(value, list) else type(value).__name__


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand")
def test_objects_look_like_the_samples(ads: AdsCaller) -> None:
    campaign, adset, ad = ads.tree()
    budgeted = ads.budgeted(promoted_object={"product_catalog_id": ads.seller.catalog.id})
    (listed,) = json.loads((SAMPLES / "campaigns_list.json").read_text())["data"]
    found = read(ads, budgeted, *listed)
    assert shape(found) == shape(listed)
    sample = json.loads((SAMPLES / "adset.json").read_text())
    found = read(ads, adset, *sample)
    assert found.keys() | {"bid_amount", "end_time", "promoted_object"} == sample.keys()
    assert all(shape(found[name]) == shape(sample[name]) for name in found if name != "targeting")
    sample = json.loads((SAMPLES / "ad.json").read_text())
    found = read(ads, ad, *sample)
    assert found.keys() | {"issues_info"} == sample.keys()
    assert campaign == found["campaign_id"]
