"""Webhooks of both families: events of a TikTok account, and subscriptions of an ad account.

Each is sent once, and again with growing pauses for 72 hours while nobody takes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.account import UnknownEntity
from socialcommerce.simulators.entities import Message
from socialcommerce.simulators.market import Delivery
from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser, Node
from socialcommerce.simulators.tiktok_ads.wire import (
    Call,
    Refused,
    Routes,
    account_signature,
    dumps,
    subscription_signature,
    wrong,
)

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_ads.authority import App
    from socialcommerce.simulators.tiktok_ads.twin import TikTokAdsTwin

__all__ = ["EVENT_TYPES", "commented", "message", "published", "rejected", "routes", "subscribed"]

routes = Routes()

EVENT_TYPES = ("DIRECT_MESSAGE", "COMMENT", "VIDEO")
OBJECTS: Mapping[str, int] = {
    "LEAD": 1,
    "AD_GROUP": 2,
    "AD": 3,
    "CREATIVE_FATIGUE": 8,
    "TCM_VIDEOS": 10,
    "REPORT_DATA_CHANGE": 11,
}
"""Entity of a subscription -> the number under ``object``."""
PAUSES = (60, 300, 1800, 7200, 21600, 43200, 86400, 86400)
"""Seconds between the tries; together no more than 72 hours."""


# -- sending


def _deliver(
    twin: TikTokAdsTwin, url: str, headers: Callable[[], dict[str, str]], body: bytes, tried: int
) -> None:
    arrived = twin.market.deliver(Delivery("POST", url, headers(), body))
    if not arrived and tried < len(PAUSES):
        twin.clock.later(PAUSES[tried], lambda: _deliver(twin, url, headers, body, tried + 1))


def _event(
    twin: TikTokAdsTwin, account: Advertiser, kind: str, event: str, content: Mapping[str, Any]
) -> None:
    """Tell every app that wants events of that kind; ``content`` travels as a JSON text."""
    for app in twin.authority.apps.values():
        url = app.webhooks.get(kind)
        if url is None:
            continue
        body = dumps(
            {
                "client_key": app.app_id,
                "event": event,
                "create_time": int(twin.clock.now()),
                "user_openid": account.open_id,
                "content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            }
        )
        _deliver(twin, url, _signed(twin, app, body), body, 0)


def _signed(twin: TikTokAdsTwin, app: App, body: bytes) -> Callable[[], dict[str, str]]:
    def headers() -> dict[str, str]:
        seconds = int(twin.clock.now())
        return {
            "Content-Type": "application/json",
            "Tiktok-Signature": f"t={seconds},s={account_signature(app.secret, seconds, body)}",
            "webhook-schema-version": "1.0",
            "x-tt-logid": f"{seconds}0102440{app.app_id[-8:]}",
        }

    return headers


def subscribed(twin: TikTokAdsTwin, account: Advertiser, entity: str, entry: Mapping[str, Any]) -> None:
    """Tell every subscription to that entity which covers the ad account."""
    for app in twin.authority.apps.values():
        for one in app.subscriptions.values():
            if one["subscribe_entity"] != entity or account.id not in one["covers"]:  # type: ignore[operator]
                continue
            body = dumps(
                {
                    "object": OBJECTS[entity],
                    "request_id": f"{twin.clock.moment():%Y%m%d%H%M%S}{twin.authority.hex(20).upper()}",
                    "time": int(twin.clock.now()),
                    "entry": [dict(entry)],
                }
            )
            headers = {
                "Content-Type": "application/json",
                "X-Open-Signature": subscription_signature(app.secret, body),
            }
            _deliver(twin, str(one["callback_url"]), lambda found=headers: found, body, 0)  # type: ignore[misc]


# -- what is told


def message(twin: TikTokAdsTwin, account: Advertiser, one: Message) -> None:
    """A message came in, or an echo of one that went out."""
    talk = account.conversations[one.conversation_id]
    buyer, me = {"id": talk.buyer.native["open_id"]}, {"id": account.open_id}
    incoming = one.author == "buyer"
    sender, receiver = (buyer, me) if incoming else (me, buyer)
    names = (talk.buyer.name, account.name) if incoming else (account.name, talk.buyer.name)
    content = {
        "type": one.kind,
        "message_id": one.id,
        "conversation_id": one.conversation_id,
        "timestamp": int(one.sent * 1000),
        "from": names[0],
        "from_user": sender,
        "to": names[1],
        "to_user": receiver,
        **spoken(one),
    }
    _event(twin, account, "DIRECT_MESSAGE", "im_receive_msg" if incoming else "im_send_msg", content)


def spoken(one: Message) -> dict[str, Any]:
    """What a message says, under the key of its kind."""
    return {"text": {"body": one.contents["text"]}} if one.kind == "text" else dict(one.contents)


def published(twin: TikTokAdsTwin, account: Advertiser, text: str) -> str:
    """A video goes online; answers its item id."""
    key, now = twin.new_id("post"), int(twin.clock.now())
    account.posts[key] = {
        "item_id": key,
        "media_type": "VIDEO",
        "caption": text,
        "create_time": str(now),
        "share_url": f"https://www.tiktok.com/@{account.name}/video/{key}",
        "embed_url": f"https://www.tiktok.com/embed/v2/{key}",
        "thumbnail_url": f"https://p16.example.com/{key}.jpeg",
        "video_duration": 15.0,
        "likes": 0,
        "comments": 0,
        "shares": 0,
        "video_views": 0,
    }
    content = {"share_id": f"v_pub_url~{key}", "post_id": key, "publish_type": "DIRECT_PUBLISH"}
    _event(twin, account, "VIDEO", "post.publish.complete", content)
    return key


def commented(twin: TikTokAdsTwin, item_id: str, text: str, parent: str) -> str:
    """A viewer writes under a post; answers the comment's id."""
    account = next((one for one in twin.advertisers if item_id in one.posts), None)
    if account is None:
        raise UnknownEntity(f"there is no post {item_id!r}")
    viewer = account.new_buyer()
    key = twin.new_id("comment")
    account.comments[key] = {
        "comment_id": key,
        "video_id": item_id,
        "parent_comment_id": parent or None,
        "unique_identifier": f"+{twin.authority.hex(10)}/=",
        "create_time": str(int(twin.clock.now())),
        "text": text,
        "likes": 0,
        "owner": False,
        "liked": False,
        "pinned": False,
        "status": "PUBLIC",
        "username": viewer.name,
        "display_name": viewer.name,
        "profile_image": f"https://p16.example.com/{viewer.name}.jpeg",
    }
    tell_comment(twin, account, key, "insert")
    return key


def tell_comment(twin: TikTokAdsTwin, account: Advertiser, key: str, action: str) -> None:
    """A comment was written, deleted, hidden or shown; its ids are numbers here."""
    comment = account.comments[key]
    content = {
        "comment_id": int(key),
        "video_id": int(comment["video_id"]),
        "comment_type": "reply" if comment["parent_comment_id"] else "comment",
        "comment_action": action,
        "timestamp": int(comment["create_time"]),
    }
    _event(twin, account, "COMMENT", "comment.update", content)


def rejected(twin: TikTokAdsTwin, account: Advertiser, node: Node) -> None:
    """An ad fell through its review."""
    entry: dict[str, Any] = {"log_id": twin.authority.hex(16), "adv_id": int(account.id)}
    for one in reversed([node, *account.above(node)]):
        entry |= {f"{one.level}_id": one.id, f"{one.level}_name": one.name}
    subscribed(twin, account, "AD", entry | {"reject_reason": node.reason})


# -- registrations


@routes.on("POST", "/business/webhook/update/")
def set_webhook(call: Call) -> Any:
    """Send events of one type to an address."""
    app = call.twin.authority.app(call.values["app_id"], call.values["secret"])
    url = _https(call.values["callback_url"])
    app.webhooks[_type(call)] = url
    return {"app_id": app.app_id, "event_type": call.values["event_type"], "callback_url": url}


def _https(url: str) -> str:
    if not url.startswith("https://"):
        raise wrong("callback_url: Must be an HTTPS address.")
    return url


def _type(call: Call) -> str:
    asked = str(call.values["event_type"])
    return "VIDEO" if asked == "DEFAULT" else asked


@routes.on("GET", "/business/webhook/list/")
def webhooks(call: Call) -> Any:
    """Where events of one type go."""
    app = call.twin.authority.app(call.values["app_id"], call.values["secret"])
    url = app.webhooks.get(_type(call), "")
    return {"app_id": app.app_id, "event_type": call.values["event_type"], "callback_url": url}


@routes.on("POST", "/business/webhook/delete/")
def drop_webhook(call: Call) -> Any:
    """Send events of one type no longer."""
    app = call.twin.authority.app(call.values["app_id"], call.values["secret"])
    url = app.webhooks.pop(_type(call), "")
    return {"app_id": app.app_id, "event_type": call.values["event_type"], "callback_url": url}


@routes.on("POST", "/subscription/subscribe/")
def subscribe(call: Call) -> Any:
    """Subscribe to what happens in ad accounts, by a token that opens them."""
    values, detail = call.values, call.values["subscription_detail"]
    app = call.twin.authority.app(values["app_id"], values["secret"])
    token = call.twin.authority.tokens.get(detail["access_token"])
    if token is None:
        raise Refused(40105, "Access token is incorrect or has been revoked.")
    wanted = (
        {detail["advertiser_id"]} if "advertiser_id" in detail else set(detail.get("advertiser_ids") or ())
    )
    if wanted - token.advertisers:
        raise Refused(40001, "No permission to operate the advertiser of this subscription.")
    key = call.twin.new_id("subscription")
    app.subscriptions[key] = {
        "subscription_id": key,
        "subscribe_entity": values["subscribe_entity"],
        "callback_url": _https(values["callback_url"]),
        "access_token": detail["access_token"],
        "covers": frozenset(wanted or token.advertisers),
        "detail": {name: value for name, value in detail.items() if name != "access_token"},
    }
    return {"subscription_id": key}


@routes.on("GET", "/subscription/get/")
def subscriptions(call: Call) -> Any:
    """The subscriptions to one entity."""
    app = call.twin.authority.app(call.values["app_id"], call.values["secret"])
    rows = [
        one
        for one in app.subscriptions.values()
        if one["subscribe_entity"] == call.values["subscribe_entity"]
    ]

    def show(one: Mapping[str, Any]) -> dict[str, Any]:
        shown = {name: one[name] for name in ("subscription_id", "subscribe_entity", "callback_url")}
        return shown | {"app_id": app.app_id, "subscription_detail": one["detail"]}

    return call.page(rows, show, 1000, "subscriptions")


@routes.on("POST", "/subscription/unsubscribe/")
def unsubscribe(call: Call) -> Any:
    """End a subscription."""
    app = call.twin.authority.app(call.values["app_id"], call.values["secret"])
    if app.subscriptions.pop(call.values["subscription_id"], None) is None:
        raise Refused(40007, f"subscription_id: {call.values['subscription_id']} doesn't exist.")
