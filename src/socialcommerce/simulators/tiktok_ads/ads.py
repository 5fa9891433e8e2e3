"""Ads and their creatives, and the review that each passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.tiktok_ads import push
from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser, Node
from socialcommerce.simulators.tiktok_ads.nodes import (
    check_name,
    find,
    listing,
    set_status,
    show,
    touch,
    word,
)
from socialcommerce.simulators.tiktok_ads.wire import Call, Refused, Routes, wrong

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_ads.twin import TikTokAdsTwin

__all__ = ["review", "routes"]

routes = Routes()

FORMATS = frozenset(
    {"SINGLE_IMAGE", "SINGLE_VIDEO", "CAROUSEL_ADS", "CATALOG_CAROUSEL", "LIVE_CONTENT", "CAROUSEL"}
)
POSTING = frozenset({"AUTH_CODE", "TT_USER", "BC_AUTH_TT"})
"""Kinds of identity that may use a post."""
ACTIONS = frozenset(
    {"APPLY_NOW", "BOOK_NOW", "CALL_NOW", "CONTACT_US", "DOWNLOAD_NOW", "EXPERIENCE_NOW", "GET_QUOTE",
     "GET_SHOWTIMES", "GET_TICKETS_NOW", "INSTALL_NOW", "INTERESTED", "LEARN_MORE", "LISTEN_NOW", "ORDER_NOW",
     "PLAY_GAME", "PREORDER_NOW", "READ_MORE", "SEND_MESSAGE", "SHOP_NOW", "SIGN_UP", "SUBSCRIBE", "VIEW_NOW",
     "VIEW_PROFILE", "VISIT_STORE", "WATCH_LIVE", "WATCH_NOW", "JOIN_THIS_HASHTAG", "SHOOT_WITH_THIS_EFFECT",
     "VIEW_VIDEO_WITH_THIS_EFFECT"}
)  # fmt: skip
MOST_CREATIVES = 20
DEFAULTS: Mapping[str, Any] = {
    "ad_format": None,
    "ad_text": None,
    "video_id": None,
    "image_ids": None,
    "tiktok_item_id": None,
    "call_to_action": None,
    "landing_page_url": None,
    "product_set_id": None,
    "is_aco": False,
    "is_new_structure": True,
}


def _check_media(account: Advertiser, row: Mapping[str, Any]) -> None:
    post, video, images = row.get("tiktok_item_id"), row.get("video_id"), row.get("image_ids") or []
    if post and row.get("identity_type") not in POSTING:
        raise wrong(f"identity_type: Must be one of {', '.join(sorted(POSTING))} to use tiktok_item_id.")
    if post and row.get("identity_type") == "TT_USER" and post not in account.posts:
        raise Refused(40007, f"tiktok_item_id: {post} doesn't exist.")
    if video and video not in account.videos:
        raise Refused(40007, f"video_id: {video} doesn't exist.")
    for image in images:
        if image not in account.images:
            raise Refused(40007, f"image_ids: {image} doesn't exist.")
    if row["ad_format"] == "SINGLE_VIDEO" and not (post or video):
        raise wrong("Missing required field(s): video_id.")
    if row["ad_format"] in ("SINGLE_IMAGE", "CAROUSEL_ADS") and not (post or images):
        raise wrong("Missing required field(s): image_ids.")


def check_creative(account: Advertiser, row: Mapping[str, Any]) -> None:
    """Refuse a creative without name, identity or media, with an unknown word, or with a bad address."""
    missing = [name for name in ("ad_name", "ad_format", "identity_type", "identity_id") if not row.get(name)]
    if missing:
        raise wrong(f"Missing required field(s): {', '.join(f'creatives.{name}' for name in missing)}.")
    check_name("ad_name", row["ad_name"])
    word("ad_format", row["ad_format"], FORMATS)
    if row.get("call_to_action"):
        word("call_to_action", row["call_to_action"], ACTIONS)
    known = {one["identity_id"] for one in account.identities}
    if row["identity_type"] in ("CUSTOMIZED_USER", "TT_USER") and row["identity_id"] not in known:
        raise Refused(40007, f"identity_id: {row['identity_id']} doesn't exist.")
    if row.get("landing_page_url") and not row["landing_page_url"].startswith(("https://", "http://")):
        raise wrong("landing_page_url: Must be a valid URL.")
    _check_media(account, row)


def review(twin: TikTokAdsTwin, account: Advertiser, node: Node) -> None:
    """Let the platform look at an ad: after a while it passes, or falls over a forbidden word."""
    node.review, node.reason = "AUDIT", ""

    def end() -> None:
        if node.review != "AUDIT":
            return
        text = str(node.row).casefold()
        bad = next((one for one in twin.forbidden if one in text), None)
        node.review, node.reason = ("DENY", f"Prohibited content: {bad}") if bad else ("OK", "")
        if bad:
            push.rejected(twin, account, node)

    twin.clock.later(twin.audit_delay, end)


@routes.on("GET", "/ad/get/")
def get(call: Call) -> Any:
    """Ads of the ordinary family."""
    return listing(call, "ad", "standard")


@routes.on("POST", "/ad/create/")
def create(call: Call) -> Any:
    """New ads in one ad group, all of them or none; no key makes this repeatable."""
    account, creatives = call.advertiser, call.values["creatives"]
    group = find(account, "adgroup", call.values["adgroup_id"], ("standard",))
    if not 1 <= len(creatives) <= MOST_CREATIVES:
        raise wrong(f"creatives: Must hold 1 to {MOST_CREATIVES} creatives.")
    now, nodes = account.clock.now(), []
    for given in creatives:
        row = {"ad_id": call.twin.new_id("ad"), **DEFAULTS, **given}
        check_creative(account, row)
        operation = word("operation_status", row.pop("operation_status", "ENABLE"), {"ENABLE", "DISABLE"})
        nodes.append(Node(row["ad_id"], "ad", "standard", group.id, row, now, now, operation))
    for node in nodes:
        account.add(node)
        review(call.twin, account, node)
    shown = [show(account, node) for node in nodes]
    return {"ad_ids": [node.id for node in nodes], "need_audit": True, "creatives": shown}


@routes.on("POST", "/ad/update/")
def update(call: Call) -> Any:
    """Change ads of one ad group; without ``patch_update`` what is not given is reset."""
    account, patch, plan = call.advertiser, call.values.get("patch_update", False), []
    group = find(account, "adgroup", call.values["adgroup_id"], ("standard",))
    for given in call.values["creatives"]:
        node = find(account, "ad", given.get("ad_id", ""), ("standard",))
        if node.parent != group.id:
            raise Refused(40007, f"ad_id: {node.id} doesn't exist in this ad group.")
        row = (node.row if patch else {"ad_id": node.id, **DEFAULTS}) | given
        check_creative(account, row)
        plan.append((node, row))
    for node, row in plan:
        if row != node.row:
            node.row.clear()
            touch(account, node, row)
            review(call.twin, account, node)
    shown = [show(account, node) for node, _ in plan]
    return {"ad_ids": [node.id for node, _ in plan], "need_audit": True, "creatives": shown}


@routes.on("POST", "/ad/status/update/")
def status(call: Call) -> Any:
    """Switch ads on or off, or delete them."""
    return set_status(call, "ad", call.values.get("ad_ids") or [], ("standard",))


@routes.on("GET", "/identity/get/")
def identities(call: Call) -> Any:
    """The names under which ads can be shown."""
    wanted = call.values.get("identity_type")
    rows = [one for one in call.advertiser.identities if wanted in (None, one["identity_type"])]
    return call.page(rows, dict, 100, "identity_list")


@routes.on("POST", "/identity/create/")
def add_identity(call: Call) -> Any:
    """A custom name with a picture."""
    key = call.twin.authority.hex(32)
    identity = {
        "identity_id": key,
        "identity_type": "CUSTOMIZED_USER",
        "display_name": call.values["display_name"],
        "profile_image": call.values["image_uri"],
        "available_status": "AVAILABLE",
    }
    call.advertiser.identities.append(identity)
    return {"identity_id": key}
