"""Webhooks of Pages and Instagram accounts: messaging events in milliseconds, changes in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.entities import Conversation, Message
from socialcommerce.simulators.meta.graph.hooks import PAUSES
from socialcommerce.simulators.meta.graph.subscriptions import Listener, installed, listeners
from socialcommerce.simulators.meta.graph.wire import Call, Routes, Rows

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.seller import Seller
    from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = ["FIELDS", "change", "delivered", "echo", "message", "messaging", "routes", "seen"]

routes = Routes("pages_manage_metadata", holders=("PAGE",), use_case="pages")

PAGE_FIELDS = frozenset(
    {"feed", "leadgen", "mention", "messages", "message_deliveries", "message_echoes", "message_edits",
     "message_reactions", "message_reads", "messaging_account_linking", "messaging_feedback",
     "messaging_handovers", "messaging_optins", "messaging_policy_enforcement", "messaging_postbacks",
     "messaging_referrals", "name", "picture", "ratings", "response_feedback", "standby"}
)  # fmt: skip
INSTAGRAM_FIELDS = frozenset(
    {"comments", "live_comments", "mentions", "messages", "message_edit", "message_reactions",
     "messaging_handover", "messaging_postbacks", "messaging_referral", "messaging_seen", "standby",
     "story_insights"}
)  # fmt: skip
AD_FIELDS = frozenset({"in_process_ad_objects", "with_issues_ad_objects", "creative_fatigue"})
FIELDS: Mapping[str, frozenset[str]] = {
    "page": PAGE_FIELDS,
    "instagram": INSTAGRAM_FIELDS,
    "ad_account": AD_FIELDS,
    "permissions": frozenset({"catalog_management", "ads_management", "pages_messaging"}),
    "user": frozenset({"name", "email"}),
}
"""Object -> what an app can hear of."""
ON_INSTAGRAM = {
    "message_echoes": "messages",
    "message_reads": "messaging_seen",
    "messaging_referrals": "messaging_referral",
    "messaging_handovers": "messaging_handover",
    "message_edits": "message_edit",
}
"""A field of a Page -> what Instagram calls it, where that is another word."""
MESSENGER_PAUSES = (0, 60, 300, 900, 1200)
"""Within the hour after which an app is taken off the Page."""


def _place(seller: Seller, talk: Conversation) -> str:
    kind = "Page" if talk.native["platform"] == "messenger" else "IGUser"
    return seller.asset(kind).id


def messaging(
    twin: GraphTwin,
    seller: Seller,
    talk: Conversation,
    field: str,
    event: Mapping[str, Any],
    mine: bool = False,
) -> None:
    """Tell of an event in a conversation; ``mine`` where the business is the one who acts."""
    instagram = talk.native["platform"] == "instagram"
    page, now = seller.asset("Page"), int(twin.clock.now() * 1000)
    place = _place(seller, talk)
    ends = [{"id": place}, {"id": talk.buyer.id}] if mine else [{"id": talk.buyer.id}, {"id": place}]
    said = {"sender": ends[0], "recipient": ends[1], "timestamp": now, **event}
    name = "instagram" if instagram else "page"
    word = ON_INSTAGRAM.get(field, field) if instagram else field
    for one in listeners(twin, page, name, word):
        if not _wants(one, word, instagram):
            continue
        owner = talk.native["owner"]
        channel = (
            "messaging" if owner in (None, one.app.app_id) or field == "messaging_handovers" else "standby"
        )
        entry = {"id": place, "time": now, channel: [said]}
        _send(twin, seller, one, name, entry, MESSENGER_PAUSES if not instagram else PAUSES)


def _wants(one: Listener, field: str, instagram: bool) -> bool:
    """An app hears what its installation names; on Instagram it is enough to be installed."""
    agreed = one.installation.get("subscribed_fields")
    return agreed is None or instagram or field in agreed


def _send(
    twin: GraphTwin,
    seller: Seller,
    one: Listener,
    name: str,
    entry: Mapping[str, Any],
    pauses: tuple[int, ...],
) -> None:
    def cut_off() -> None:
        installed(seller.asset("Page")).pop(one.app.app_id, None)

    one.hook.send(twin.market, name, [entry], pauses, cut_off if pauses is MESSENGER_PAUSES else None)


def change(twin: GraphTwin, seller: Seller, name: str, field: str, value: Mapping[str, Any]) -> None:
    """Tell of a change to a Page's feed, or to the comments of an Instagram account."""
    place = seller.asset("Page" if name == "page" else "IGUser").id
    entry = {"id": place, "time": int(twin.clock.now()), "changes": [{"field": field, "value": dict(value)}]}
    for one in listeners(twin, seller.asset("Page"), name, field):
        if _wants(one, field, name == "instagram"):
            _send(twin, seller, one, name, entry, PAUSES)


# -- messages


def _content(one: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {"mid": one.id, **one.native.get("beside", {})}
    if "text" in one.contents:
        shown["text"] = one.contents["text"]
    attachments = one.contents.get("attachments")
    return {**shown, "attachments": attachments} if attachments else shown


def message(twin: GraphTwin, seller: Seller, talk: Conversation, one: Message) -> None:
    """A person wrote."""
    messaging(twin, seller, talk, "messages", {"message": _content(one)})


def echo(twin: GraphTwin, seller: Seller, talk: Conversation, one: Message, app_id: str) -> None:
    """The business wrote: by an app, or by hand (the inbox has an app id too)."""
    said = {"is_echo": True, "app_id": int(app_id), **_content(one)}
    messaging(twin, seller, talk, "message_echoes", {"message": said}, mine=True)


def delivered(twin: GraphTwin, seller: Seller, talk: Conversation, one: Message) -> None:
    """A message reached the person's device (Messenger tells, Instagram does not)."""
    if talk.native["platform"] == "messenger":
        receipt = {"mids": [one.id], "watermark": int(one.sent * 1000)}
        messaging(twin, seller, talk, "message_deliveries", {"delivery": receipt})


def seen(twin: GraphTwin, seller: Seller, talk: Conversation, last: Message) -> None:
    """The person read everything up to a message."""
    instagram = talk.native["platform"] == "instagram"
    receipt: dict[str, Any] = {"mid": last.id} if instagram else {"watermark": int(last.sent * 1000)}
    messaging(twin, seller, talk, "message_reads", {"read": receipt})


# -- /{page-id}/subscribed_apps


@routes.edge("GET", "Page", "subscribed_apps")
def subscribed(call: Call) -> Rows:
    """The apps on the Page, and what each hears."""
    rows = []
    for app_id, agreed in installed(call.own).items():
        fields = agreed.get("subscribed_fields", sorted(PAGE_FIELDS))
        name = call.twin.authority.apps[app_id].name
        link = f"https://www.facebook.com/games/?app_id={app_id}"
        rows.append({"id": app_id, "name": name, "link": link, "subscribed_fields": fields})
    return Rows(rows)


@routes.edge("POST", "Page", "subscribed_apps")
def subscribe(call: Call) -> None:
    """Put the app on the Page; the fields replace those of before."""
    installed(call.own)[call.app.app_id] = {"subscribed_fields": list(call.given["subscribed_fields"])}


@routes.edge("DELETE", "Page", "subscribed_apps")
def unsubscribe(call: Call) -> None:
    """Take the app off the Page."""
    installed(call.own).pop(call.app.app_id, None)
