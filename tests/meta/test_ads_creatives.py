"""Creatives and media on Meta: what an ad shows, and the files in it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from tests.meta.ads_wire import (
    CREATIVES,
    FILMS,
    IMAGES,
    AdsWire,
    ready,
    rows,
)

from socialcommerce import errors
from socialcommerce.models.ads import (
    AdInput,
)
from socialcommerce.models.creatives import Built, CatalogCreative, ExistingPost
from socialcommerce.models.media import Media
from socialcommerce.runtime.transport import Interrupted

PNG = b"\x89PNG\r\n\x1a\nhello"
MP4 = b"\0\0\0\x18ftypmp42"
PICTURE, FILM = Media.from_id("hash1"), Media.from_id("v1", kind="video")
URL = "https://shop.example/x"


@pytest.fixture
def wire() -> AdsWire:
    return ready()


def shown(wire: AdsWire, creative: Any, **settings: Any) -> dict[str, Any]:
    """What Meta is told of a creative."""
    wire.meta(**settings).ads.ads.create(AdInput(name="A", ad_group_id="11", creative=creative))
    form = wire.sent_form(CREATIVES)
    form.pop("name")
    return form


# -- creatives


def test_a_picture_leads_to_its_address(wire: AdsWire) -> None:
    creative = Built(PICTURE, "Hello", "shop_now", URL, title="T", description="D")
    assert shown(wire, creative, instagram_id="1789") == {
        "object_story_spec": {
            "page_id": "1001",
            "instagram_user_id": "1789",
            "link_data": {
                "message": "Hello",
                "link": URL,
                "name": "T",
                "description": "D",
                "call_to_action": {"type": "SHOP_NOW", "value": {"link": URL}},
                "image_hash": "hash1",
            },
        }
    }


def test_several_pictures_are_cards(wire: AdsWire) -> None:
    creative = Built([PICTURE, Media.from_url("https://cdn.example/2.png")], "Hello", url=URL, title="T")
    assert shown(wire, creative)["object_story_spec"]["link_data"] == {
        "message": "Hello",
        "link": URL,
        "child_attachments": [
            {"link": URL, "name": "T", "image_hash": "hash1"},
            {"link": URL, "name": "T", "picture": "https://cdn.example/2.png"},
        ],
    }


def test_a_film_shows_its_own_cover_or_another(wire: AdsWire) -> None:
    told = shown(wire, Built(FILM, "Hello", url=URL, identity="77"))["object_story_spec"]
    assert told == {
        "page_id": "77",
        "video_data": {
            "video_id": "v1",
            "message": "Hello",
            "image_url": "https://cdn.example/p.jpg",
            "call_to_action": {"type": "LEARN_MORE", "value": {"link": URL}},
        },
    }
    covered = shown(wire, Built([FILM, PICTURE], "Hello", "none"))["object_story_spec"]["video_data"]
    assert covered["image_hash"] == "hash1"
    assert covered["call_to_action"] == {"type": "NO_BUTTON"}


def test_a_film_is_waited_for(wire: AdsWire) -> None:
    working = {"id": "v1", "status": {"video_status": "processing"}}
    wire["/v1"] = [working, working, {"id": "v1", "picture": "https://cdn.example/p.jpg"}]
    shown(wire, Built(FILM, "Hello"))
    assert wire.slept == [2.0, 4.0]
    wire["/v1"] = working
    with pytest.raises(errors.NotReady):
        shown(wire, Built(FILM, "Hello"))
    wire["/v1"] = {"id": "v1", "status": {"video_status": "error"}}
    with pytest.raises(errors.InvalidRequest, match="could not use"):
        shown(wire, Built(FILM, "Hello"))


def test_posts_of_pages_and_of_instagram(wire: AdsWire) -> None:
    button = {"call_to_action": {"type": "LEARN_MORE", "value": {"link": URL}}}
    assert shown(wire, ExistingPost("1001_77", cta="learn_more", url=URL)) == {
        "object_story_id": "1001_77",
        **button,
    }
    assert shown(wire, ExistingPost("17895", identity="1789")) == {
        "source_instagram_media_id": "17895",
        "instagram_user_id": "1789",
    }
    assert shown(wire, ExistingPost("17895"), instagram_id="1789")["instagram_user_id"] == "1789"
    with pytest.raises(errors.InvalidRequest, match="instagram_id"):
        shown(wire, ExistingPost("17895"))


def test_a_catalogue_fills_a_template(wire: AdsWire) -> None:
    plain = shown(wire, CatalogCreative("998877"))
    assert plain["product_set_id"] == "998877"
    assert plain["object_story_spec"]["template_data"]["name"] == "{{product.name}}"
    worded = shown(wire, CatalogCreative("998877", "Look"))
    assert worded["object_story_spec"]["template_data"]["message"] == "Look"
    own = shown(wire, CatalogCreative("998877", {"message": "M", "link": URL}, native={"url_tags": "a=b"}))
    assert own["object_story_spec"]["template_data"] == {"message": "M", "link": URL}
    assert own["url_tags"] == "a=b"


def test_native_settings_of_a_creative_stand_beside_ours(wire: AdsWire) -> None:
    native = {"id": "30", "name": "old", "object_story_spec": {"instagram_user_id": "5"}, "url_tags": "a=b"}
    told = shown(wire, Built(PICTURE, "Hi", url=URL, native=native))
    assert told["url_tags"] == "a=b"
    assert told["object_story_spec"]["instagram_user_id"] == "5"
    assert "id" not in told


@pytest.mark.parametrize(
    "creative",
    [
        Built([FILM, FILM], "x"),
        Built([FILM, PICTURE, PICTURE], "x"),
        Built([PICTURE] * 11, "x", url=URL),
        Built(PICTURE, "no address"),
        Built(Media.from_bytes(b"%PDF", name="a.pdf"), "x", url=URL),
        Built(Media(kind="image"), "x", url=URL),
    ],
)
def test_what_no_ad_can_show_is_refused(wire: AdsWire, creative: Built) -> None:
    with pytest.raises(errors.InvalidRequest):
        shown(wire, creative)
    assert wire.writes() == []


def test_a_check_uploads_nothing(wire: AdsWire) -> None:
    plan = AdInput(name="A", ad_group_id="11", creative=Built(Media.from_bytes(PNG), "x", url=URL))
    with pytest.raises(errors.InvalidRequest, match="upload_media"):
        wire.meta().ads.ads.create(plan, validate_only=True)


def test_creatives_are_listed(wire: AdsWire) -> None:
    wire[CREATIVES] = rows(
        {"id": "1", "object_story_spec": {"page_id": "1", "link_data": {"link": URL, "picture": URL}}},
        {"id": "2", "product_set_id": "9", "object_story_spec": {"template_data": {"message": "M"}}},
        {"id": "3", "effective_object_story_id": "1_2", "call_to_action_type": "SHOP_NOW"},
        {"id": "4"},
        {"id": "5", "object_story_spec": {"video_data": {"video_id": "7", "image_hash": "h"}}},
    )
    found = wire.meta().ads.creatives().collect()
    assert [one.native["id"] for one in found] == ["1", "2", "3", "5"]
    assert isinstance(found[1], CatalogCreative)
    assert found[1].template == {"message": "M"}
    assert isinstance(found[2], ExistingPost)
    assert (found[2].post_id, found[2].cta) == ("1_2", "shop_now")
    assert isinstance(found[3], Built)
    assert [one.kind for one in found[3].medias] == ["video", "image"]


# -- media


def test_a_picture_is_known_by_its_hash(wire: AdsWire) -> None:
    wire[IMAGES] = [Interrupted("cut"), {"images": {"bytes": {"hash": "hash1", "url": URL, "width": 600}}}]
    media = wire.meta().ads.upload_media(Media.from_bytes(PNG))
    assert (media.id, media.url, media.width, media.status) == ("hash1", URL, 600, "ready")
    assert base64.b64decode(wire.sent_form(IMAGES)["bytes"]) == PNG
    assert wire.meta().ads.upload_media(PICTURE) == PICTURE


def test_a_film_is_uploaded_or_fetched(wire: AdsWire) -> None:
    wire[FILMS] = {"id": "v9"}
    media = wire.meta().ads.upload_media(Media.from_bytes(MP4, name="film.mp4"))
    assert (media.id, media.status) == ("v9", "processing")
    sent = wire.requests(FILMS)[-1]
    assert b'name="source"; filename="film.mp4"' in sent.content
    fetched = wire.meta().ads.upload_media(Media.from_url("https://cdn.example/f.mp4", kind="video"))
    assert fetched.url == "https://cdn.example/f.mp4"
    assert wire.sent_form(FILMS)["file_url"] == "https://cdn.example/f.mp4"


def test_a_lost_film_is_found_by_its_title(wire: AdsWire) -> None:
    fresh = {"id": "v8", "title": "film.mp4", "created_time": "2026-11-21T12:00:10+0000"}
    wire[FILMS] = [Interrupted("cut"), rows(fresh | {"id": "v7", "title": "other"}, fresh)]
    assert wire.meta().ads.upload_media(Media.from_bytes(MP4, name="film.mp4")).id == "v8"
    wire[FILMS] = [Interrupted("cut"), rows(), {"id": "v9"}]
    assert wire.meta().ads.upload_media(Media.from_bytes(MP4, name="film.mp4")).id == "v9"


def test_pictures_by_address_alone_are_not_uploaded(wire: AdsWire) -> None:
    with pytest.raises(errors.Unsupported, match="files only"):
        wire.meta().ads.upload_media(Media.from_url(URL))


def test_files_are_uploaded_from_disk(wire: AdsWire, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(PNG)
    assert wire.meta().ads.upload_media(Media.from_file(file)).id == "hash1"


@pytest.mark.parametrize("images", [{}, {"bytes": {}}, [], None])
def test_an_answer_of_another_shape_is_named_as_that(wire: AdsWire, images: Any) -> None:
    wire[IMAGES] = {"images": images}
    with pytest.raises(errors.DecodeError):
        wire.meta().ads.upload_media(Media.from_bytes(PNG))


def test_a_page_may_be_named_by_the_creative_alone(wire: AdsWire) -> None:
    story = {"object_story_spec": {"page_id": "77"}}
    told = shown(wire, CatalogCreative("998877", native=story), page_id=None)
    assert told["object_story_spec"]["page_id"] == "77"


@pytest.mark.parametrize("media", [Media.from_bytes(b"%PDF", name="a.pdf"), Media(kind="image")])
def test_what_is_no_media_of_ads_is_not_uploaded(wire: AdsWire, media: Media) -> None:
    with pytest.raises(errors.InvalidRequest, match="media"):
        wire.meta().ads.upload_media(media)
    assert wire.writes() == []
