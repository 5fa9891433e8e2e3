"""Posts, comments and Instagram media of the pretend Meta at the wire, private replies among them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.support.graph_caller import GraphCaller, Refusal
from tests.support.meta_spec import MetaSpec

from socialcommerce.simulators.account import UnknownEntity
from socialcommerce.simulators.meta.social import MetaTwin


class Desk(GraphCaller):
    """Speaks with the Page's token; ``user`` is the business's own."""

    twin: MetaTwin

    def __init__(self, twin: MetaTwin, spec: MetaSpec | None) -> None:
        super().__init__(twin, spec)
        self.seller = twin.sellers[0]
        self.page, self.instagram = (self.seller.asset(kind).id for kind in ("Page", "IGUser"))
        self.user = self.token
        self.token = twin.authority.page_token(twin.token(), self.page, self.seller.id).access

    def changes(self, field: str = "feed") -> list[Any]:
        """The values of the changes of a field that were pushed."""
        bodies = [json.loads(one.body) for one in self.market.pushes()]
        found = [change for body in bodies for entry in body["entry"] for change in entry.get("changes", ())]
        return [one["value"] for one in found if one["field"] == field]

    def refused(self, action: Callable[[], Any]) -> Refusal:
        """The error that an action meets."""
        with pytest.raises(Refusal) as caught:
            action()
        return caught.value

    def privately(self, comment: str, **message: Any) -> Any:
        """Answer a comment in private."""
        body = {"recipient": {"comment_id": comment}, "message": message or {"text": "Ten dollars"}}
        return self.call("POST", f"/{self.page}/messages", body=body)

    def published(self, **container: Any) -> str:
        """Publish on Instagram; answers the media's id."""
        given = {"image_url": "https://a.example/i.jpg", **container}
        key = self.post(f"/{self.instagram}/media", **given)["id"]
        self.market.advance(timedelta(minutes=1))
        return str(self.post(f"/{self.instagram}/media_publish", creation_id=key)["id"])


@pytest.fixture
def desk(meta: MetaTwin, meta_spec: MetaSpec | None) -> Desk:
    return Desk(meta, meta_spec)


# -- posts


def test_a_post_is_published_told_changed_and_taken_down(desk: Desk) -> None:
    key = desk.post(f"/{desk.page}/feed", message="New mugs", link="https://a.example/mugs")["id"]
    assert key.startswith(f"{desk.page}_")
    told = desk.changes()[-1]
    assert (told["item"], told["verb"], told["post_id"], told["message"]) == (
        "status",
        "add",
        key,
        "New mugs",
    )
    assert json.loads(desk.market.pushes()[-1].body)["entry"][0]["time"] == int(desk.twin.clock.now())
    desk.post(f"/{key}", message="Newer mugs", is_hidden="true")
    shown = desk.get(f"/{key}", fields="message,is_hidden,permalink_url,from")
    assert (shown["message"], shown["is_hidden"], shown["from"]["id"]) == ("Newer mugs", True, desk.page)
    desk.call("DELETE", f"/{key}")
    assert [one["verb"] for one in desk.changes()] == ["add", "edited", "remove"]
    assert desk.get(f"/{desk.page}/feed")["data"] == []


def test_the_same_text_twice_is_refused(desk: Desk) -> None:
    desk.post(f"/{desk.page}/feed", message="New mugs")
    assert desk.refused(lambda: desk.post(f"/{desk.page}/feed", message="New mugs")).code == 506
    desk.post(f"/{desk.page}/feed", message="Old mugs")
    assert desk.refused(lambda: desk.post(f"/{desk.page}/feed")).code == 100
    assert desk.refused(lambda: desk.post(f"/{desk.page}/feed", message="x", token=desk.user)).code == 210


def test_a_post_can_wait_for_its_time(desk: Desk) -> None:
    now = int(desk.twin.clock.now())
    path = f"/{desk.page}/feed"
    timed = {"message": "Soon", "published": "false"}
    key = desk.post(path, **timed, scheduled_publish_time=now + 3600)["id"]
    assert desk.changes() == []
    assert desk.get(path)["data"] == []
    assert [one["id"] for one in desk.get(f"/{desk.page}/scheduled_posts")["data"]] == [key]
    desk.market.advance(timedelta(hours=1))
    for edge in ("feed", "posts", "published_posts"):
        assert [one["id"] for one in desk.get(f"/{desk.page}/{edge}")["data"]] == [key]
    assert len(desk.changes()) == 1
    for bad in (
        {"message": "Now", "scheduled_publish_time": now + 7200},
        {"message": "Too soon", "published": "false", "scheduled_publish_time": now + 3700},
    ):
        assert desk.refused(lambda bad=bad: desk.post(path, **bad)).code == 100  # type: ignore[misc]
    aside = desk.post(path, message="Aside", published="false")["id"]
    desk.post(f"/{aside}", is_published="true")
    assert len(desk.get(path)["data"]) == 2


def test_photos_and_videos_stand_in_posts(desk: Desk) -> None:
    url = "https://a.example/i.jpg"
    made = desk.post(f"/{desk.page}/photos", url=url, message="Look")
    assert desk.get(f"/{made['post_id']}", fields="full_picture,status_type") == {
        "full_picture": url,
        "status_type": "added_photos",
        "id": made["post_id"],
    }
    aside = desk.post(f"/{desk.page}/photos", url=url, published="false")
    assert "post_id" not in aside
    album = json.dumps([{"media_fbid": aside["id"]}])
    desk.post(f"/{desk.page}/feed", message="Two", attached_media=album)
    unknown = json.dumps([{"media_fbid": "1"}])
    assert desk.refused(lambda: desk.post(f"/{desk.page}/feed", attached_media=unknown)).code == 100
    assert len(desk.get(f"/{desk.page}/photos")["data"]) == 2
    video = desk.post(f"/{desk.page}/videos", file_url="https://a.example/v.mp4", description="See")["id"]
    assert desk.get(f"/{desk.page}/videos", fields="id,description")["data"][0]["id"] == video
    assert desk.refused(lambda: desk.post(f"/{desk.page}/photos")).code == 100
    assert desk.refused(lambda: desk.post(f"/{desk.page}/photos", url="ftp://a")).code == 100


# -- comments on the Page


def test_comments_are_told_read_answered_and_hidden(desk: Desk) -> None:
    post = desk.market.post("New mugs")
    key = desk.twin.comment(post, "Price?")
    told = desk.changes()[-1]
    assert (told["item"], told["verb"], told["comment_id"], told["post_id"]) == ("comment", "add", key, post)
    assert told["message"] == "Price?"
    answer = desk.post(f"/{key}/comments", message="Ten dollars")["id"]
    assert desk.changes()[-1]["parent_id"] == key
    fields = "id,message,from,comment_count,is_hidden,can_hide,parent,object"
    (row,) = desk.get(f"/{post}/comments", fields=fields)["data"]
    assert (row["id"], row["comment_count"], row["is_hidden"], row["object"]) == (key, 1, False, {"id": post})
    every = desk.get(f"/{post}/comments", fields="id", filter="stream", order="reverse_chronological")["data"]
    assert [one["id"] for one in every] == [answer, key]
    (below,) = desk.get(f"/{key}/comments", fields="from,parent")["data"]
    assert (below["from"]["id"], below["parent"]["id"]) == (desk.page, key)
    desk.post(f"/{key}", is_hidden="true")
    desk.post(f"/{key}", is_hidden="true")
    desk.post(f"/{key}", is_hidden="false")
    desk.post(f"/{answer}", message="Eleven")
    verbs = [one["verb"] for one in desk.changes() if one["item"] == "comment"]
    assert verbs == ["add", "add", "hide", "unhide", "edited"]
    assert desk.refused(lambda: desk.post(f"/{answer}", is_hidden="true")).code == 100
    assert desk.refused(lambda: desk.post(f"/{key}", message="Not mine")).code == 200
    desk.call("DELETE", f"/{answer}")
    assert desk.changes()[-1]["verb"] == "remove"
    own = desk.post(f"/{post}/comments", message="First!")["id"]
    assert desk.get(f"/{own}", fields="message")["message"] == "First!"
    assert desk.refused(lambda: desk.post(f"/{post}/comments")).code == 100
    assert desk.refused(lambda: desk.post(f"/{post}/comments", message="x" * 8001)).code == 100
    with pytest.raises(UnknownEntity):
        desk.twin.comment("1_2", "Where?")


def test_a_comment_is_answered_in_private_once(desk: Desk) -> None:
    post = desk.market.post("New mugs")
    key = desk.twin.comment(post, "Price?")
    assert (
        desk.refused(lambda: desk.privately(key, attachment={"type": "template", "payload": {}})).code == 100
    )
    photo = {"type": "image", "payload": {"url": "https://a.example/i.jpg"}}
    assert desk.refused(lambda: desk.privately(key, attachment=photo)).code == 100
    sent = desk.privately(key)
    assert sent["recipient_id"] == desk.get(f"/{key}", fields="from")["from"]["id"]
    assert desk.refused(lambda: desk.privately(key)).code == 10900
    (talk,) = desk.seller.conversations.values()
    again = {"recipient": {"id": talk.buyer.id}, "message": {"text": "Well?"}}
    refusal = desk.refused(lambda: desk.call("POST", f"/{desk.page}/messages", body=again))
    assert (refusal.code, refusal.subcode) == (10, 2018278)
    desk.market.say("Two, please", talk.id)
    desk.call("POST", f"/{desk.page}/messages", body=again)


def test_a_private_answer_comes_within_a_week_and_to_a_person(desk: Desk) -> None:
    post = desk.market.post("New mugs")
    own = desk.post(f"/{post}/comments", message="First!")["id"]
    assert desk.refused(lambda: desk.privately(own)).subcode == 2018001
    assert desk.refused(lambda: desk.privately("1_2")).subcode == 2018001
    key = desk.twin.comment(post, "Price?")
    desk.market.advance(timedelta(days=8))
    assert desk.refused(lambda: desk.privately(key)).subcode == 2018278
    media = desk.published()
    late = desk.twin.comment(media, "Price?")
    desk.market.advance(timedelta(days=8))
    assert desk.refused(lambda: desk.privately(late)).subcode == 2534022
    fresh = desk.twin.comment(media, "Price??")
    desk.privately(fresh)
    (talk,) = desk.seller.conversations.values()
    assert talk.native["platform"] == "instagram"


# -- Instagram


def test_media_are_prepared_polled_and_published(desk: Desk) -> None:
    path = f"/{desk.instagram}"
    key = desk.post(f"{path}/media", media_type="REELS", video_url="https://a.example/v.mp4", caption="New")[
        "id"
    ]
    shown = desk.get(f"/{key}", fields="status_code,status")
    assert (shown["status_code"], shown["status"]) == (
        "IN_PROGRESS",
        "In Progress: Media is still being processed.",
    )
    early = desk.refused(lambda: desk.post(f"{path}/media_publish", creation_id=key))
    assert (early.code, early.subcode) == (9007, 2207027)
    desk.market.advance(timedelta(minutes=1))
    media = desk.post(f"{path}/media_publish", creation_id=key)["id"]
    assert desk.get(f"/{key}", fields="status_code")["status_code"] == "PUBLISHED"
    fields = "id,caption,media_type,media_product_type,permalink,timestamp,username,comments_count,owner"
    (row,) = desk.get(f"{path}/media", fields=fields)["data"]
    assert (row["id"], row["media_type"], row["media_product_type"]) == (media, "VIDEO", "REELS")
    assert desk.get(path, fields="media_count,username")["media_count"] == 1
    stale = desk.post(f"{path}/media", image_url="https://a.example/i.jpg")["id"]
    desk.market.advance(timedelta(hours=25))
    assert desk.get(f"/{stale}", fields="status_code")["status_code"] == "EXPIRED"
    assert desk.refused(lambda: desk.post(f"{path}/media_publish", creation_id="1")).subcode == 2207008
    desk.call("DELETE", f"/{media}")
    assert desk.get(f"{path}/media")["data"] == []


def test_a_carousel_holds_two_to_ten(desk: Desk) -> None:
    path, image = f"/{desk.instagram}/media", {"image_url": "https://a.example/i.jpg"}
    items = [desk.post(path, **image, is_carousel_item="true")["id"] for _ in range(2)]
    clip = desk.post(path, video_url="https://a.example/v.mp4", is_carousel_item="true")["id"]
    key = desk.post(path, media_type="CAROUSEL", children=",".join([*items, clip]))["id"]
    assert desk.get(f"/{key}", fields="status_code")["status_code"] == "IN_PROGRESS"
    desk.market.advance(timedelta(minutes=1))
    media = desk.post(f"/{desk.instagram}/media_publish", creation_id=key)["id"]
    assert desk.get(f"/{media}", fields="media_type")["media_type"] == "CAROUSEL_ALBUM"
    single = desk.post(path, **image)["id"]
    for children in (items[0], f"{items[0]},{single}", ""):
        bad = desk.refused(
            lambda children=children: desk.post(path, media_type="CAROUSEL", children=children)
        )  # type: ignore[misc]
        assert bad.code == 100


def test_containers_are_checked(desk: Desk) -> None:
    path = f"/{desk.instagram}/media"
    assert desk.refused(lambda: desk.post(path)).code == 100
    assert desk.refused(lambda: desk.post(path, image_url="ftp://a")).code == 9004
    assert desk.refused(lambda: desk.post(path, image_url="https://a", media_type="POEM")).code == 100
    long = desk.refused(lambda: desk.post(path, image_url="https://a", caption="x" * 2201))
    assert long.subcode == 2207010


def test_fifty_posts_a_day(desk: Desk) -> None:
    for _ in range(50):
        key = desk.post(f"/{desk.instagram}/media", image_url="https://a.example/i.jpg")["id"]
        desk.post(f"/{desk.instagram}/media_publish", creation_id=key)
    path = f"/{desk.instagram}/content_publishing_limit"
    (row,) = desk.get(path, fields="config,quota_usage")["data"]
    assert row == {"quota_usage": 50, "config": {"quota_total": 50, "quota_duration": 86400}}
    key = desk.post(f"/{desk.instagram}/media", image_url="https://a.example/i.jpg")["id"]
    refusal = desk.refused(lambda: desk.post(f"/{desk.instagram}/media_publish", creation_id=key))
    assert (refusal.code, refusal.subcode) == (9, 2207042)


def test_stories_stand_apart_for_a_day(desk: Desk) -> None:
    story = desk.published(media_type="STORIES")
    assert desk.get(f"/{desk.instagram}/media")["data"] == []
    assert [one["id"] for one in desk.get(f"/{desk.instagram}/stories")["data"]] == [story]
    desk.market.advance(timedelta(days=1))
    assert desk.get(f"/{desk.instagram}/stories")["data"] == []


def test_products_are_tagged_by_their_number(desk: Desk) -> None:
    for sku in ("TS-1", "TS-2"):
        desk.market.add_product(sku, stock=5)
    path = f"/{desk.instagram}"
    (catalog,) = desk.get(f"{path}/available_catalogs")["data"]
    assert (catalog["catalog_id"], catalog["product_count"]) == (desk.catalog, 2)
    (found,) = desk.get(f"{path}/catalog_product_search", catalog_id=desk.catalog, q="ts-1")["data"]
    assert (found["retailer_id"], found["review_status"]) == ("TS-1", "approved")
    tag = {"product_id": found["product_id"], "x": 0.5, "y": 0.5}
    media = desk.published(product_tags=json.dumps([tag]))
    (row,) = desk.get(f"/{media}/product_tags")["data"]
    assert row["product_id"] == found["product_id"]
    (other,) = desk.get(f"{path}/catalog_product_search", catalog_id=desk.catalog, q="TS-2")["data"]
    added = json.dumps([{"product_id": other["product_id"], "x": 0.1, "y": 0.1}])
    desk.post(f"/{media}/product_tags", updated_tags=added)
    assert len(desk.get(f"/{media}/product_tags")["data"]) == 2
    sku = json.dumps([{"product_id": "TS-1"}])
    assert desk.refused(lambda: desk.post(f"/{media}/product_tags", updated_tags=sku)).subcode == 2207037
    many = json.dumps([tag] * 21)
    assert desk.refused(lambda: desk.post(f"/{media}/product_tags", updated_tags=many)).subcode == 2207040
    story = {"image_url": "https://a", "media_type": "STORIES", "product_tags": json.dumps([tag])}
    assert desk.refused(lambda: desk.post(f"{path}/media", **story)).subcode == 2207036
    desk.twin.nodes[str(other["product_id"])].data["review_status"] = "pending"
    silent = desk.published(product_tags=added)
    assert desk.get(f"/{silent}/product_tags")["data"] == []


def test_comments_on_media_are_told_answered_hidden_and_deleted(desk: Desk) -> None:
    media = desk.published()
    key = desk.twin.comment(media, "Price?")
    (told,) = desk.changes("comments")
    assert (told["id"], told["text"], told["media"]) == (
        key,
        "Price?",
        {"id": media, "media_product_type": "FEED"},
    )
    answer = desk.post(f"/{key}/replies", message="Ten dollars")["id"]
    assert desk.changes("comments")[-1]["parent_id"] == key
    (row,) = desk.get(f"/{media}/comments", fields="id,text,username,hidden,timestamp,from")["data"]
    assert (row["id"], row["hidden"]) == (key, False)
    (reply,) = desk.get(f"/{key}/replies", fields="id,text,parent_id")["data"]
    assert (reply["id"], reply["parent_id"]) == (answer, key)
    below = desk.post(f"/{answer}/replies", message="Or eleven")["id"]
    assert desk.get(f"/{below}", fields="parent_id")["parent_id"] == key
    own = desk.post(f"/{media}/comments", message="Ask away")["id"]
    assert desk.get(f"/{media}", fields="comments_count")["comments_count"] == 4
    desk.post(f"/{key}", hide="true")
    assert desk.get(f"/{key}", fields="hidden")["hidden"] is True
    desk.call("DELETE", f"/{own}")
    assert len(desk.get(f"/{media}/comments")["data"]) == 1
    assert desk.refused(lambda: desk.post(f"/{key}")).code == 100
    assert desk.refused(lambda: desk.post(f"/{key}/replies")).code == 100
    assert desk.refused(lambda: desk.post(f"/{key}/replies", message="x" * 2201)).code == 100
    desk.post(f"/{media}", comment_enabled="false")
    assert desk.get(f"/{media}", fields="is_comment_enabled")["is_comment_enabled"] is False
