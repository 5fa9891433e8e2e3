"""The account itself: its settings, and the apps that hear of it."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.entities import Conversation, Message, Order
from socialcommerce.simulators.meta.graph.hooks import handshake
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.subscriptions import check_url, installed
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.whatsapp import people, push
from socialcommerce.simulators.meta.whatsapp.numbers import tier
from socialcommerce.simulators.meta.whatsapp.twin import WhatsAppTwin
from socialcommerce.simulators.meta.whatsapp.waba import meet, waba_of

__all__ = ["routes"]

WABA = "WhatsAppBusinessAccount"
routes = Routes("whatsapp_business_management", use_case="whatsapp_business_management")


@routes.node("POST", WABA)
def configure(call: Call) -> None:
    """Keep marketing templates off the plain endpoint, or let them on."""
    if "disable_marketing_messages_on_cloud_api" in call.given:
        call.own.entity.no_marketing = call.given["disable_marketing_messages_on_cloud_api"]


@routes.reads(WABA, "whatsapp_business_manager_messaging_limit")
def messaging_limit(call: Call, node: Node) -> str:
    """How many people the portfolio may write to first in a day."""
    return tier(node.entity.reach)


@routes.reads(WABA, "disable_marketing_messages_on_cloud_api")
def no_marketing(call: Call, node: Node) -> bool:
    """Whether marketing templates need the other endpoint."""
    return bool(node.entity.no_marketing)


# -- subscriptions


@routes.edge("GET", WABA, "subscribed_apps")
def subscribed(call: Call) -> Rows:
    """The apps that hear of the account."""
    return Rows([_app(call, key, agreed) for key, agreed in installed(call.own).items()])


def _app(call: Call, app_id: str, agreed: dict[str, Any]) -> dict[str, Any]:
    name = call.twin.authority.apps[app_id].name
    link = f"https://www.facebook.com/games/?app_id={app_id}"
    shown = {"whatsapp_business_api_data": {"id": app_id, "name": name, "link": link}}
    url = agreed.get("override_callback_uri")
    return {**shown, "override_callback_uri": url} if url else shown


@routes.edge("POST", WABA, "subscribed_apps")
def subscribe(call: Call) -> None:
    """Hear of the account; at another address if one is given, which is asked for its consent."""
    url = call.given.get("override_callback_uri")
    if url:
        handshake(call.twin.market, check_url(str(url)), str(call.given.get("verify_token", "")))
    installed(call.own)[call.app.app_id] = {"override_callback_uri": url} if url else {}


@routes.edge("DELETE", WABA, "subscribed_apps")
def unsubscribe(call: Call) -> None:
    """Hear of the account no longer."""
    installed(call.own).pop(call.app.app_id, None)


# -- what happens in the market


@routes.furnishes(Conversation)
def begun(_twin: WhatsAppTwin, _seller: Seller, talk: Conversation) -> None:
    """A new person has a number and a user id."""
    meet(talk)


@routes.hears("message.added")
def written(_twin: WhatsAppTwin, seller: Seller, message: Message) -> None:
    """A person wrote a plain text."""
    waba = waba_of(seller)
    people.read(waba, waba.talks[message.conversation_id])
    push.message(waba, message)


@routes.hears("order.placed")
def ordered(_twin: WhatsAppTwin, seller: Seller, order: Order) -> None:
    """A person sent a cart."""
    people.ordered(waba_of(seller), order)
