"""The TikTok account itself: profile, posts, and the comments under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from socialcommerce.simulators.tiktok_ads import push
from socialcommerce.simulators.tiktok_ads.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

LONGEST_COMMENT = 1200
PUBLISHING = 30
"""Seconds until a published video is online."""


def _cut(
    call: Call, name: str, rows: list[dict[str, Any]], most: int, show: Callable[[dict[str, Any]], Any] = dict
) -> dict[str, Any]:
    """One page by ``cursor`` and ``has_more``."""
    start = call.values.get("cursor", 0)
    end = start + call.twin.page(call.values.get("max_count", most))
    return {name: [show(one) for one in rows[start:end]], "cursor": end, "has_more": end < len(rows)}


@routes.on("GET", "/business/get/")
def profile(call: Call) -> Any:
    """Who the account is."""
    account = call.advertiser
    row = {
        "is_business_account": True,
        "username": account.name.replace(".", "_"),
        "display_name": account.name,
        "profile_image": "https://p16.example.com/me.jpeg",
        "followers_count": 1200,
        "following_count": 10,
        "videos_count": len(account.posts),
    }
    fields = call.values.get("fields")
    return {name: value for name, value in row.items() if not fields or name in fields}


@routes.on("GET", "/business/video/list/")
def videos(call: Call) -> Any:
    """Posts, newest first; only ``item_id`` unless ``fields`` names more."""
    fields = call.values.get("fields") or ["item_id"]
    if "item_id" not in fields:
        raise wrong("fields: Must include item_id.")
    wanted = (call.values.get("filters") or {}).get("video_ids")
    rows = [one for key, one in call.advertiser.posts.items() if not wanted or key in wanted]

    def show(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row.get(name) for name in fields}

    return _cut(call, "videos", rows[::-1], 20, show)


@routes.on("POST", "/business/video/publish/")
def publish(call: Call) -> Any:
    """Publish a video; it is online a while later, and a webhook tells."""
    account, twin = call.advertiser, call.twin
    if not call.values["video_url"].startswith("https://"):
        raise Refused(40902, "video_url: The file could not be fetched.")
    key = f"v_pub_url~v2.{twin.authority.hex(12)}"
    jobs = account.native.setdefault("publishing", {})
    jobs[key] = None
    caption = (call.values.get("post_info") or {}).get("caption", "")

    def online() -> None:
        jobs[key] = push.published(twin, account, caption)

    account.later(PUBLISHING, online)
    return {"share_id": key}


@routes.on("GET", "/business/publish/status/")
def publish_status(call: Call) -> Any:
    """How far a publication is."""
    jobs, key = call.advertiser.native.get("publishing", {}), call.values["publish_id"]
    if key not in jobs:
        raise Refused(40007, f"publish_id: {key} doesn't exist.")
    post = jobs[key]
    return {"status": "PUBLISH_COMPLETE", "post_ids": [post]} if post else {"status": "PROCESSING_DOWNLOAD"}


# -- comments


def _shown(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    replies = [
        one for one in call.advertiser.comments.values() if one["parent_comment_id"] == row["comment_id"]
    ]
    return {**row, "replies": len(replies)}


def _rows(call: Call, parent: str | None) -> list[dict[str, Any]]:
    post = call.values["video_id"]
    if post not in call.advertiser.posts:
        raise call.twin.unknown_video(post)
    everything = call.values.get("status", "ALL") == "ALL"
    wanted = call.values.get("comment_ids")
    return [
        _shown(call, one)
        for one in call.advertiser.comments.values()
        if one["video_id"] == post and one["parent_comment_id"] == parent
        if (everything or one["status"] == "PUBLIC") and (not wanted or one["comment_id"] in wanted)
    ][::-1]


@routes.on("GET", "/business/comment/list/")
def comments(call: Call) -> Any:
    """Comments under a post, newest first."""
    return _cut(call, "comments", _rows(call, None), 30)


@routes.on("GET", "/business/comment/reply/list/")
def replies(call: Call) -> Any:
    """Answers to a comment, newest first."""
    return _cut(call, "comments", _rows(call, _comment(call)["comment_id"]), 30)


def _comment(call: Call) -> dict[str, Any]:
    found = call.advertiser.comments.get(call.values["comment_id"])
    if found is None:
        raise Refused(40007, f"comment_id: {call.values['comment_id']} doesn't exist.")
    return found


def _write(call: Call, parent: str | None) -> dict[str, Any]:
    account, text = call.advertiser, call.values["text"]
    if call.values["video_id"] not in account.posts:
        raise call.twin.unknown_video(call.values["video_id"])
    if len(text) > LONGEST_COMMENT:
        raise wrong(f"text: Must hold at most {LONGEST_COMMENT} characters.")
    key = push.commented(call.twin, call.values["video_id"], text, parent or "")
    mine = {"owner": True, "username": account.name, "display_name": account.name}
    account.comments[key] |= mine
    return _shown(call, account.comments[key])


@routes.on("POST", "/business/comment/create/")
def create(call: Call) -> Any:
    """Write under one's own post."""
    return _write(call, None)


@routes.on("POST", "/business/comment/reply/create/")
def reply(call: Call) -> Any:
    """Answer a comment."""
    return _write(call, _comment(call)["comment_id"])


@routes.on("POST", "/business/comment/hide/")
def hide(call: Call) -> Any:
    """Hide a comment, or show it again."""
    found, hidden = _comment(call), call.values["action"] == "HIDE"
    found["status"] = "HIDDEN" if hidden else "PUBLIC"
    action = "set_to_hidden" if hidden else "set_to_public"
    push.tell_comment(call.twin, call.advertiser, found["comment_id"], action)


@routes.on("POST", "/business/comment/like/")
def like(call: Call) -> Any:
    """Like a comment, or no longer."""
    found, liked = _comment(call), call.values["action"] == "LIKE"
    found["likes"] += int(liked) - int(found["liked"])
    found["liked"] = liked


@routes.on("POST", "/business/comment/delete/")
def delete(call: Call) -> Any:
    """Take one's own comment away."""
    found = _comment(call)
    if not found["owner"]:
        raise Refused(40001, "Only comments of the account itself can be deleted.")
    push.tell_comment(call.twin, call.advertiser, found["comment_id"], "delete")
    del call.advertiser.comments[found["comment_id"]]
