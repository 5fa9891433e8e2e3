"""The Instagram account: media published in two steps, product tags, comments and replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.account import UnknownEntity
from socialcommerce.simulators.entities import Buyer
from socialcommerce.simulators.meta.graph.errors import Refused, missing, wrong
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.social import push

__all__ = ["comment", "publish", "routes"]

routes = Routes("instagram_basic", use_case="instagram")
writes = Routes("instagram_content_publish", use_case="instagram")
talks = Routes("instagram_manage_comments", use_case="instagram")
tags = Routes("instagram_shopping_tag_products", use_case="instagram")
routes.readable("IGMedia", "id")
talks.readable("IGComment", "id", "text", "timestamp")
CONTAINER = "IGContainer"
routes.readable(CONTAINER, "id")

DAY = 86400
CONTAINER_LIFE = DAY
QUOTA, TAGGED_QUOTA = 50, 25
WORKING = {"VIDEO": 30.0, "REELS": 30.0, "STORIES": 5.0, "CAROUSEL": 0.0, "IMAGE": 0.0}
"""Seconds until a container of a type is ready."""
MOST_TAGS = {"REELS": 30}
LONGEST_CAPTION, LONGEST_COMMENT, MOST_CHILDREN = 2200, 2200, 10
SAID = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "EXPIRED": "Expired: The container was not published within 24 hours and has expired.",
    "PUBLISHED": "Published: The container's media object has been published.",
}
"""Status of a container -> what it says."""


# -- containers


@writes.edge("POST", "IGUser", "media")
def contain(call: Call) -> dict[str, Any]:
    """Prepare an image, a video, a reel, a story or a carousel; answers the container's id."""
    given = call.given
    kind = str(given.get("media_type") or ("VIDEO" if given.get("video_url") else "IMAGE"))
    if kind not in WORKING:
        raise wrong(f"Param media_type must be one of {', '.join(sorted(WORKING))}")
    if len(str(given.get("caption") or "")) > LONGEST_CAPTION:
        raise wrong(f"Param caption has at most {LONGEST_CAPTION} characters", subcode=2207010)
    children = _children(call, kind)
    url = None if children else _url(given)
    tagged = _tags(call, given.get("product_tags") or (), kind)
    node = call.twin.add(CONTAINER, call.seller)
    node.hidden |= {"kind": kind, "url": url, "children": children, "tags": tagged, "published": False}
    node.hidden |= {name: given.get(name) for name in ("caption", "alt_text", "is_carousel_item")}
    return {"id": node.id}


def _url(given: Mapping[str, Any]) -> str:
    url = str(given.get("image_url") or given.get("video_url") or "")
    if not url:
        raise missing("image_url")
    if not url.startswith("https://"):
        raise Refused(9004, "(#9004) The media could not be fetched from this URI", subcode=2207052)
    return url


def _children(call: Call, kind: str) -> list[Node]:
    if kind != "CAROUSEL":
        return []
    found = [call.twin.nodes.get(str(one)) for one in call.given.get("children") or ()]
    items = [
        one for one in found if one is not None and one.kind == CONTAINER and one.hidden["is_carousel_item"]
    ]
    if len(items) < len(found) or not 2 <= len(items) <= MOST_CHILDREN:
        raise wrong(f"Param children must name 2 to {MOST_CHILDREN} containers that are carousel items")
    return items


def _state(call: Call, node: Node) -> str:
    age = call.twin.clock.now() - node.created
    if node.hidden["published"]:
        return "PUBLISHED"
    if age > CONTAINER_LIFE:
        return "EXPIRED"
    waiting = any(_state(call, one) == "IN_PROGRESS" for one in node.hidden["children"])
    return "IN_PROGRESS" if waiting or age < WORKING[node.hidden["kind"]] else "FINISHED"


@routes.reads(CONTAINER, "status_code")
def status_code(call: Call, node: Node) -> str:
    """How far the container is."""
    return _state(call, node)


@routes.reads(CONTAINER, "status")
def status(call: Call, node: Node) -> str:
    """The same in words."""
    return SAID[_state(call, node)]


@writes.edge("POST", "IGUser", "media_publish")
def publish_container(call: Call) -> dict[str, Any]:
    """Publish a container that is ready."""
    node = call.twin.nodes.get(str(call.given["creation_id"]))
    if node is None or node.kind != CONTAINER or node.seller is not call.seller:
        raise wrong("Media ID is not available", subcode=2207008)
    state = _state(call, node)
    if state != "FINISHED":
        raise Refused(9007, f"(#9007) Media ID is not available: {SAID[state]}", subcode=2207027)
    if len(_recent(call)) >= QUOTA:
        raise Refused(9, "(#9) Application request limit reached", subcode=2207042, status=403)
    node.hidden["published"] = True
    hidden = node.hidden
    return {"id": publish(call.twin, call.seller, str(hidden["caption"] or ""), hidden).id}


def _recent(call: Call) -> list[Node]:
    since = call.twin.clock.now() - DAY
    return [one for one in call.twin.of("IGMedia", call.seller) if one.created > since and one.hidden["api"]]


@writes.edge("GET", "IGUser", "content_publishing_limit")
def publishing_limit(call: Call) -> Rows:
    """How many posts of the day are used up."""
    config = {"quota_total": QUOTA, "quota_duration": DAY}
    return Rows([{"quota_usage": len(_recent(call)), "config": config}])


# -- media


def publish(twin: GraphTwin, seller: Seller, caption: str, made: Mapping[str, Any] | None = None) -> Node:
    """Put media online: what a container holds, or an image posted by hand."""
    account, found = seller.asset("IGUser"), made or {"kind": "IMAGE", "url": "https://example.com/i.jpg"}
    code = twin.new_word(11)
    kind = {"REELS": "VIDEO", "STORIES": "IMAGE", "CAROUSEL": "CAROUSEL_ALBUM"}.get(
        found["kind"], found["kind"]
    )
    node = twin.add(
        "IGMedia",
        seller,
        caption=caption,
        media_type=kind,
        media_product_type={"REELS": "REELS", "STORIES": "STORY"}.get(found["kind"], "FEED"),
        media_url=found["url"],
        permalink=f"https://www.instagram.com/p/{code}/",
        shortcode=code,
        timestamp=twin.moment(),
        username=account.data["username"],
        owner=account,
        is_comment_enabled=True,
        like_count=0,
        alt_text=found.get("alt_text"),
    )
    node.hidden |= {"tags": list(found.get("tags", ())), "api": made is not None}
    account.data["media_count"] += 1
    return node


@routes.edge("GET", "IGUser", "media")
def media(call: Call) -> Rows:
    """What is published, newest first, stories apart."""
    rows = call.twin.of("IGMedia", call.seller)[::-1]
    return Rows([one for one in rows if one.data["media_product_type"] != "STORY"], most=100)


@routes.edge("GET", "IGUser", "stories")
def stories(call: Call) -> Rows:
    """The stories of the last day."""
    since = call.twin.clock.now() - DAY
    rows = call.twin.of("IGMedia", call.seller)[::-1]
    return Rows([one for one in rows if one.data["media_product_type"] == "STORY" and one.created > since])


@routes.reads("IGMedia", "comments_count")
def comments_count(call: Call, node: Node) -> int:
    """How many comments it has."""
    return sum(one.hidden["media"] is node for one in call.twin.of("IGComment", node.seller))


@talks.node("POST", "IGMedia")
def enable_comments(call: Call) -> None:
    """Let people comment, or not."""
    call.own.data["is_comment_enabled"] = call.given["comment_enabled"]


@writes.node("DELETE", "IGMedia")
def delete_media(call: Call) -> None:
    """Take media down."""
    call.seller.asset("IGUser").data["media_count"] -= 1
    del call.twin.nodes[call.own.id]


# -- product tags


def _tags(call: Call, given: Any, kind: str) -> list[dict[str, Any]]:
    """The tags that stick: products under review are left out without a word."""
    if len(given) > MOST_TAGS.get(kind, 20):
        raise wrong("Too many product tags", subcode=2207040)
    if given and kind == "STORIES":
        raise wrong("Stories cannot be tagged with products", subcode=2207036)
    tagged = [one for one in _recent(call) if one.hidden["tags"]]
    if given and len(tagged) >= TAGGED_QUOTA:
        raise Refused(9, f"(#9) At most {TAGGED_QUOTA} tagged posts a day", subcode=2207042, status=403)
    found = []
    for one in given:
        product = call.twin.nodes.get(str(one.get("product_id")))
        if product is None or product.kind != "ProductItem" or product.seller is not call.seller:
            raise wrong("Invalid product_id: product tags take the numeric id of an item", subcode=2207037)
        if product.data["review_status"] == "approved":
            found.append({**one, "product_id": int(product.id)})
    return found


@tags.edge("GET", "IGMedia", "product_tags")
def product_tags(call: Call) -> Rows:
    """The products that are tagged."""
    return Rows(call.own.hidden["tags"])


@tags.edge("POST", "IGMedia", "product_tags")
def tag(call: Call) -> None:
    """Tag more products, or move the tags of some."""
    kept = {one["product_id"]: one for one in call.own.hidden["tags"]}
    fresh = {one["product_id"]: one for one in _tags(call, call.given["updated_tags"], "IMAGE")}
    if len(kept | fresh) > MOST_TAGS.get(call.own.data["media_product_type"], 20):
        raise wrong("Too many product tags", subcode=2207040)
    call.own.hidden["tags"] = list((kept | fresh).values())


@tags.edge("GET", "IGUser", "available_catalogs")
def available_catalogs(call: Call) -> Rows:
    """The catalogs whose products can be tagged."""
    rows = call.twin.of("ProductCatalog", call.seller)
    count = len(call.twin.of("ProductItem", call.seller))
    return Rows(
        [{"catalog_id": one.id, "catalog_name": one.data["name"], "product_count": count} for one in rows]
    )


@tags.edge("GET", "IGUser", "catalog_product_search")
def search_products(call: Call) -> Rows:
    """Products of a catalog by a part of their name or SKU."""
    text = str(call.given.get("q") or "").lower()
    return Rows(
        [
            {
                "product_id": int(one.id),
                "product_name": one.data["name"],
                "retailer_id": one.entity.sku,
                "review_status": one.data["review_status"],
            }
            for one in call.twin.of("ProductItem", call.seller)
            if one.hidden["catalog"].id == call.given["catalog_id"]
            if text in f"{one.data['name']} {one.entity.sku}".lower()
        ]
    )


# -- comments


def comment(twin: GraphTwin, key: str, text: str, author: Buyer | None = None, mine: bool = False) -> Node:
    """Somebody comments on media, or answers a comment: a new person, unless ``mine`` or one is given."""
    above = twin.nodes.get(key)
    if above is None or above.kind not in ("IGMedia", "IGComment") or above.seller is None:
        raise UnknownEntity(f"there is no media or comment {key!r}")
    seller, on = above.seller, above.hidden.get("media", above)
    account, who = seller.asset("IGUser"), None if mine else author or seller.new_buyer()
    name, number = (account.data["username"], account.id) if who is None else (who.name, who.id)
    node = twin.add(
        "IGComment",
        seller,
        text=text,
        timestamp=twin.moment(),
        username=name,
        hidden=False,
        like_count=0,
        media=on,
    )
    node.data["from"] = {"id": number, "username": name}
    node.entity = who
    node.hidden |= {"media": on, "above": above}
    if above.kind == "IGComment":
        node.data["parent_id"] = above.id
    _tell(twin, seller, node)
    return node


def _tell(twin: GraphTwin, seller: Seller, node: Node) -> None:
    on: Node = node.hidden["media"]
    value = {
        "id": node.id,
        "from": node.data["from"],
        "media": {"id": on.id, "media_product_type": on.data["media_product_type"]},
        "text": node.data["text"],
    }
    above = {"parent_id": node.data["parent_id"]} if "parent_id" in node.data else {}
    push.change(twin, seller, "instagram", "comments", value | above)


def _under(call: Call) -> Rows:
    rows = [one for one in call.twin.of("IGComment", call.seller) if one.hidden["above"] is call.own]
    return Rows(rows[::-1], most=50)


@talks.edge("GET", "IGMedia", "comments")
def comments(call: Call) -> Rows:
    """Comments on media, newest first."""
    return _under(call)


@talks.edge("GET", "IGComment", "replies")
def replies(call: Call) -> Rows:
    """Answers to a comment."""
    return _under(call)


@talks.edge("POST", "IGMedia", "comments")
@talks.edge("POST", "IGComment", "replies")
def write(call: Call) -> dict[str, Any]:
    """Comment on one's own media, or answer a comment."""
    text = str(call.given.get("message") or "")
    if not text:
        raise missing("message")
    if len(text) > LONGEST_COMMENT:
        raise wrong(f"Param message has at most {LONGEST_COMMENT} characters")
    above = call.own.hidden["above"] if call.own.data.get("parent_id") else call.own
    return {"id": comment(call.twin, above.id, text, mine=True).id}


@talks.node("POST", "IGComment")
def hide(call: Call) -> None:
    """Hide a comment, or show it again."""
    call.own.data["hidden"] = call.given["hide"]


@talks.node("DELETE", "IGComment")
def delete(call: Call) -> None:
    """Take a comment away."""
    del call.twin.nodes[call.own.id]


for _part in (writes, talks, tags):
    routes.merge(_part)
