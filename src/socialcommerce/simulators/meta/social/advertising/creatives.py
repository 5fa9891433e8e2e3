"""Creatives: a post that exists, or one that is built out of a link, a video or a catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.graph.tables import words
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.social.advertising.budgets import refused
from socialcommerce.simulators.meta.social.advertising.state import (
    SUCCESS,
    Advertising,
    ads_of,
    only_validated,
    unit_of,
)
from socialcommerce.simulators.meta.social.advertising.units import kept

__all__ = ["enter", "routes"]

routes = Routes("ads_read", "ads_management", use_case="ads_management")
PARTS = ("link_data", "photo_data", "video_data", "template_data", "text_data", "product_data")
NEEDED: Mapping[str, tuple[str, ...]] = {
    "link_data": ("link",),
    "template_data": ("link", "message"),
    "video_data": ("video_id",),
    "photo_data": (),
    "text_data": ("message",),
    "product_data": ("products",),
}
BUTTONS = words()["AdCreative_call_to_action_type"]
TYPES = {"video_data": "VIDEO", "photo_data": "PHOTO", "text_data": "STATUS"}
FIELD = "object_story_spec"


def _bad(user: str, *blame: str) -> Exception:
    return refused("Invalid creative", user, *(blame or (FIELD,)))


def _check_button(part: Mapping[str, Any]) -> None:
    button = part.get("call_to_action")
    if button is not None and button.get("type") not in BUTTONS:
        raise _bad(f"call_to_action.type {button.get('type')} is unknown.", "call_to_action")


def _check_media(ads: Advertising, part: Mapping[str, Any]) -> None:
    for one in (part, *(part.get("child_attachments") or ())):
        if one.get("image_hash") is not None and one["image_hash"] not in ads.images:
            raise _bad(f"There is no image {one['image_hash']}.")
        if one.get("video_id") is not None and str(one["video_id"]) not in ads.videos:
            raise _bad(f"There is no video {one['video_id']}.")


def _check_story(ads: Advertising, row: Mapping[str, Any]) -> str:
    """Check a story that is to be built; answers the name of its part."""
    story = row[FIELD]
    if "instagram_actor_id" in story:
        raise _bad("instagram_actor_id is gone: use instagram_user_id.")
    if not ads.has("Page", story.get("page_id")):
        raise _bad("page_id must be a Page that the ad account may promote.")
    if story.get("instagram_user_id") is not None and not ads.has("IGUser", story["instagram_user_id"]):
        raise _bad("instagram_user_id is unknown.")
    parts = [name for name in PARTS if story.get(name)]
    if len(parts) != 1:
        raise _bad(f"Exactly one of {', '.join(PARTS)} must be given.")
    part = story[parts[0]]
    lacking = [name for name in NEEDED[parts[0]] if not part.get(name)]
    if lacking:
        raise _bad(f"{parts[0]}.{lacking[0]} is required.")
    _check_button(part)
    _check_media(ads, part)
    if parts[0] == "video_data" and not (part.get("image_hash") or part.get("image_url")):
        raise _bad("video_data needs a thumbnail: image_hash or image_url.")
    if parts[0] == "template_data" and not row.get("product_set_id"):
        raise _bad("template_data needs a product_set_id.", "product_set_id")
    return parts[0]


def _check(ads: Advertising, row: Mapping[str, Any]) -> str:
    if "instagram_actor_id" in row:
        raise wrong("instagram_actor_id is deprecated: use instagram_user_id.")
    sources = [name for name in (FIELD, "object_story_id", "source_instagram_media_id") if row.get(name)]
    if len(sources) != 1:
        raise _bad("Give object_story_spec, object_story_id or source_instagram_media_id, and one only.")
    if row.get("product_set_id") is not None and not ads.has("ProductSet", row["product_set_id"]):
        raise _bad(f"There is no product set {row['product_set_id']}.", "product_set_id")
    if sources == [FIELD]:
        return _check_story(ads, row)
    kind = "PagePost" if sources == ["object_story_id"] else "IGMedia"
    if not ads.has(kind, row[sources[0]]):
        raise _bad(f"There is no post {row[sources[0]]}.", sources[0])
    return "post"


def enter(ads: Advertising, row: Mapping[str, Any]) -> Node:
    """A new creative of the account; raises the platform's refusal."""
    part = _check(ads, row)
    story = row.get(FIELD) or {}
    made = ads.make("AdCreative", **{**row, "status": "ACTIVE", "object_type": TYPES.get(part, "SHARE")})
    made.data.setdefault("name", f"Creative {made.id}")
    page = story.get("page_id")
    made.data["effective_object_story_id"] = row.get("object_story_id") or f"{page}_{made.id[-15:]}"
    made.data["thumbnail_url"] = f"https://scontent.example.com/thumbnail/{made.id}.jpg"
    button = (story.get(part) or {}).get("call_to_action")
    if button:
        made.data["call_to_action_type"] = button["type"]
    ads.creatives[made.id] = made
    return made


@routes.edge("POST", "AdAccount", "adcreatives", scope="ads_management")
def create(call: Call) -> Any:
    """A new creative."""
    ads, row = ads_of(call), kept(call, "AdAccount", "adcreatives")
    if "instagram_actor_id" in call.given:
        row["instagram_actor_id"] = call.given["instagram_actor_id"]
    if only_validated(call):
        _check(ads, row)
        return SUCCESS
    return {"id": enter(ads, row).id}


@routes.edge("GET", "AdAccount", "adcreatives")
def creatives(call: Call) -> Rows:
    """Creatives of the account, newest first; deleted ones are left out."""
    rows = [one for one in ads_of(call).creatives.values() if one.data["status"] != "DELETED"]
    return Rows(rows[::-1])


@routes.edge("GET", "AdSet", "adcreatives")
@routes.edge("GET", "Ad", "adcreatives")
def creatives_below(call: Call) -> Rows:
    """The creatives of an ad, or of the ads of an ad set."""
    ads = ads_of(call)
    keys = dict.fromkeys(str(one.row["creative_id"]) for one in ads.at("ad", unit_of(call)))
    return Rows([ads.creatives[key] for key in keys])


@routes.node("POST", "AdCreative", scope="ads_management")
def update(call: Call) -> Any:
    """Rename a creative: everything else of it stands for good."""
    changed = call.given.keys() - {"name", "status", "account_id", "appsecret_proof", "appsecret_time"}
    if changed:
        raise refused("Creative is immutable", "Only its name can be changed.", *sorted(changed))
    call.own.data.update({name: call.given[name] for name in ("name", "status") if name in call.given})
    return SUCCESS


@routes.node("DELETE", "AdCreative", scope="ads_management")
def delete(call: Call) -> Any:
    """Delete a creative that no ad uses."""
    ads = ads_of(call)
    users = [one for one in ads.at("ad") if one.row["creative_id"] == call.own.id]
    if any(one.status != "DELETED" for one in users):
        raise refused("Creative is in use", "An ad uses this creative.", "id")
    call.own.data["status"] = "DELETED"
    return SUCCESS
