"""The Page: posts, photos, videos, and the comments under them."""

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

routes = Routes("pages_read_engagement", "pages_read_user_content", use_case="pages")
writes = Routes("pages_manage_posts", holders=("PAGE",), use_case="pages")
talks = Routes("pages_manage_engagement", holders=("PAGE",), use_case="pages")
routes.readable("PagePost", "id", "message", "created_time")
routes.readable("Comment", "id", "message", "created_time", "from")
routes.readable("Photo", "id", "name", "created_time")
routes.readable("Video", "id", "description", "updated_time")

EARLIEST, LATEST = 600, 75 * 86400
"""Seconds from now within which a post can be scheduled."""
LONGEST_COMMENT = 8000
STATUS = {"status": "mobile_status_update", "photo": "added_photos", "video": "added_video"}


# -- posts


def publish(twin: GraphTwin, seller: Seller, text: str, item: str = "status", **more: Any) -> Node:
    """Put a post online (or, with ``is_published`` False, aside); answers it."""
    page = seller.asset("Page")
    key = f"{page.id}_{twin.new_id('post')}"
    node = twin.add(
        "PagePost",
        seller,
        key=key,
        message=text,
        created_time=twin.moment(),
        updated_time=twin.moment(),
        permalink_url=f"https://www.facebook.com/{key}",
        status_type=STATUS[item],
        is_published=True,
        is_hidden=False,
    )
    node.data |= {"from": {"name": page.data["name"], "id": page.id}, **more}
    if node.data["is_published"]:
        _tell_post(twin, seller, node, item, "add")
    return node


def _tell_post(twin: GraphTwin, seller: Seller, post: Node, item: str, verb: str) -> None:
    value = {"item": item, "verb": verb, "post_id": post.id, "from": post.data["from"]}
    told = {"message": post.data["message"], "created_time": int(post.created), "published": 1}
    push.change(twin, seller, "page", "feed", value | (told if verb != "remove" else {}))


@routes.verb("publish")
def by_hand(twin: GraphTwin, seller: Seller, text: str) -> str:
    """A person of the business posts; answers the post's id."""
    return publish(twin, seller, text).id


def _posts(call: Call, published: bool | None = None) -> Rows:
    rows = call.twin.of("PagePost", call.seller)[::-1]
    return Rows([one for one in rows if published in (None, one.data["is_published"])], most=100)


@routes.edge("GET", "Page", "feed")
def feed(call: Call) -> Rows:
    """What stands on the Page, newest first."""
    return _posts(call, True)


@routes.edge("GET", "Page", "posts")
def posts(call: Call) -> Rows:
    """The posts of the Page itself."""
    return _posts(call, True)


@routes.edge("GET", "Page", "published_posts")
def published_posts(call: Call) -> Rows:
    """The same."""
    return _posts(call, True)


@writes.edge("GET", "Page", "scheduled_posts")
def scheduled_posts(call: Call) -> Rows:
    """Posts that wait for their time."""
    return _posts(call, False)


@writes.edge("POST", "Page", "feed")
def post(call: Call) -> dict[str, Any]:
    """Publish a text or a link, now or at a time; the same twice in a row is refused (506)."""
    text, link = str(call.given.get("message") or ""), call.given.get("link")
    media = [one.get("media_fbid") for one in call.given.get("attached_media") or ()]
    if not text and not link and not media:
        raise wrong("Either message, link or attached_media must be given")
    if any(str(one) not in call.twin.nodes for one in media):
        raise wrong("Param attached_media names an unknown photo")
    last = next(iter(call.twin.of("PagePost", call.seller)[::-1]), None)
    if last is not None and text and (last.data["message"], last.data.get("link")) == (text, link):
        raise Refused(506, "(#506) Duplicate status message")
    more = {"link": link} if link else {}
    return {"id": _timed(call, text, "photo" if media else "status", more).id}


def _timed(call: Call, text: str, item: str, more: Mapping[str, Any]) -> Node:
    moment, published = call.given.get("scheduled_publish_time"), call.given.get("published", True)
    if moment is None:
        return publish(call.twin, call.seller, text, item, is_published=published, **more)
    if published:
        raise wrong("A scheduled post must have published=false")
    due = int(moment) - call.twin.clock.now()
    if not EARLIEST <= due <= LATEST:
        raise wrong("Param scheduled_publish_time must be between 10 minutes and 75 days from now")
    timed = {"is_published": False, "scheduled_publish_time": int(moment), **more}
    node = publish(call.twin, call.seller, text, item, **timed)
    call.twin.clock.later(due, lambda: _appear(call, node, item))
    return node


def _appear(call: Call, node: Node, item: str) -> None:
    if node.id in call.twin.nodes and not node.data["is_published"]:
        node.data["is_published"] = True
        _tell_post(call.twin, call.seller, node, item, "add")


def _source(call: Call, *names: str) -> Any:
    url = next((call.given[name] for name in names if call.given.get(name)), None)
    if url is None and not call.files:
        raise missing(names[0])
    if url is not None and not str(url).startswith("https://"):
        raise wrong(f"Param {names[0]} must be a secure URL")
    return url


@writes.edge("POST", "Page", "photos")
def photo(call: Call) -> dict[str, Any]:
    """Publish a photo; with ``published=false`` it waits to be attached to a post."""
    url = _source(call, "url")
    text = str(call.given.get("message") or call.given.get("caption") or "")
    node = call.twin.add("Photo", call.seller, name=text, created_time=call.twin.moment(), picture=url)
    if call.given.get("published") is False and "scheduled_publish_time" not in call.given:
        return {"id": node.id}
    story = _timed(call, text, "photo", {"full_picture": url})
    node.data["page_story_id"] = story.id
    return {"id": node.id, "post_id": story.id}


@routes.edge("GET", "Page", "photos")
def photos(call: Call) -> Rows:
    """The photos, newest first."""
    return Rows(call.twin.of("Photo", call.seller)[::-1], most=100)


@writes.edge("POST", "Page", "videos")
def video(call: Call) -> dict[str, Any]:
    """Publish a video."""
    url, text = _source(call, "file_url"), str(call.given.get("description") or "")
    node = call.twin.add(
        "Video",
        call.seller,
        description=text,
        title=call.given.get("title"),
        source=url,
        updated_time=call.twin.moment(),
    )
    _timed(call, text, "video", {})
    return {"id": node.id}


@routes.edge("GET", "Page", "videos")
def videos(call: Call) -> Rows:
    """The videos of the Page, newest first."""
    return Rows(call.twin.of("Video", call.seller)[::-1], most=100)


@writes.node("POST", "PagePost")
def edit_post(call: Call) -> None:
    """Change the text, hide the post, or publish one that waits."""
    given, node = call.given, call.own
    if "message" in given:
        node.data |= {"message": given["message"], "updated_time": call.twin.moment()}
        _tell_post(call.twin, call.seller, node, "status", "edited")
    if "is_hidden" in given:
        node.data["is_hidden"] = given["is_hidden"]
    if given.get("is_published"):
        _appear(call, node, "status")


@writes.node("DELETE", "PagePost")
def delete_post(call: Call) -> None:
    """Take the post down."""
    _tell_post(call.twin, call.seller, call.own, "status", "remove")
    del call.twin.nodes[call.own.id]


# -- comments


def comment(twin: GraphTwin, key: str, text: str, author: Buyer | None = None, mine: bool = False) -> Node:
    """Somebody comments on a post, or answers a comment: a new person, unless ``mine`` or one is given."""
    above = twin.nodes.get(key)
    if above is None or above.kind not in ("PagePost", "Comment") or above.seller is None:
        raise UnknownEntity(f"there is no post or comment {key!r}")
    seller, post_node = above.seller, above.hidden.get("post", above)
    page = seller.asset("Page")
    who = None if mine else author or seller.new_buyer()
    node = twin.add(
        "Comment",
        seller,
        key=f"{post_node.id.partition('_')[2]}_{twin.new_id('comment')}",
        message=text,
        created_time=twin.moment(),
        is_hidden=False,
        can_hide=not mine,
        can_remove=True,
        like_count=0,
        permalink_url=f"{post_node.data['permalink_url']}?comment_id=1",
        can_reply_privately=not mine,
    )
    node.data["from"] = (
        {"name": page.data["name"], "id": page.id} if who is None else {"name": who.name, "id": who.id}
    )
    node.entity = who
    node.hidden |= {"post": post_node, "above": above}
    tell(twin, seller, node, "add")
    return node


def tell(twin: GraphTwin, seller: Seller, node: Node, verb: str) -> None:
    """A comment was written, edited, hidden, shown or deleted."""
    on = node.hidden["post"]
    value = {
        "item": "comment",
        "verb": verb,
        "comment_id": node.id,
        "post_id": on.id,
        "parent_id": node.hidden["above"].id,
        "from": node.data["from"],
        "created_time": int(node.created),
        "post": {
            "status_type": on.data["status_type"],
            "is_published": on.data["is_published"],
            "permalink_url": on.data["permalink_url"],
            "id": on.id,
        },
    }
    push.change(
        twin, seller, "page", "feed", value | ({} if verb == "remove" else {"message": node.data["message"]})
    )


def _below(call: Call) -> list[Node]:
    """The comments under the object in the path; all levels with ``filter=stream``."""
    stream = str(call.given.get("filter") or "").lower() == "stream"
    rows = [
        one
        for one in call.twin.of("Comment", call.seller)
        if one.hidden["above"] is call.own or (stream and one.hidden["post"] is call.own)
    ]
    return rows[::-1] if str(call.given.get("order") or "").lower().startswith("reverse") else rows


@routes.edge("GET", "PagePost", "comments")
@routes.edge("GET", "Comment", "comments")
def comments(call: Call) -> Rows:
    """Comments, oldest first."""
    return Rows(_below(call), most=100)


@routes.reads("Comment", "comment_count")
def comment_count(call: Call, node: Node) -> int:
    """How many answers it has."""
    return sum(one.hidden["above"] is node for one in call.twin.of("Comment", node.seller))


@routes.reads("Comment", "parent")
def parent(call: Call, node: Node) -> Node | None:
    """The comment that it answers."""
    above: Node = node.hidden["above"]
    return above if above.kind == "Comment" else None


@routes.reads("Comment", "object")
def on_post(call: Call, node: Node) -> dict[str, Any]:
    """The post that it stands under."""
    return {"id": node.hidden["post"].id}


@talks.edge("POST", "PagePost", "comments")
@talks.edge("POST", "Comment", "comments")
def write(call: Call) -> dict[str, Any]:
    """Write under a post, or answer a comment, as the Page."""
    text = str(call.given.get("message") or "")
    if not text and not call.given.get("attachment_url"):
        raise missing("message")
    if len(text) > LONGEST_COMMENT:
        raise wrong(f"Param message has at most {LONGEST_COMMENT} characters")
    return {"id": comment(call.twin, call.own.id, text, mine=True).id}


@talks.node("POST", "Comment")
def edit(call: Call) -> None:
    """Hide a comment, show it again, or change one's own."""
    node, given = call.own, call.given
    if "message" in given:
        if node.entity is not None:
            raise Refused(200, "(#200) Only the author can edit a comment", status=403)
        node.data["message"] = given["message"]
        tell(call.twin, call.seller, node, "edited")
    if "is_hidden" in given and node.data["is_hidden"] != given["is_hidden"]:
        if node.entity is None:
            raise wrong("The Page cannot hide its own comments", subcode=1446036)
        node.data["is_hidden"] = given["is_hidden"]
        tell(call.twin, call.seller, node, "hide" if given["is_hidden"] else "unhide")


@talks.node("DELETE", "Comment")
def delete(call: Call) -> None:
    """Take a comment away."""
    tell(call.twin, call.seller, call.own, "remove")
    del call.twin.nodes[call.own.id]


routes.merge(writes)
routes.merge(talks)
